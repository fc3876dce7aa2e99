//! The import assistant with the real jobs behind it: a file is picked, its columns and words are settled, it is imported.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::{Event as Input, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use recondesk::adapters;
use recondesk::adapters::files::SystemFiles;
use recondesk::app::jobs::{assistant, bills};
use recondesk::app::{Changed, Command, Event, Language, MerchantRef, Outcome, Silent};
use recondesk::ports::{Ports, Source};
use recondesk::ui::{App, Screen};

#[cfg(feature = "pictures")]
use crate::pictures::take;
use crate::stage::{Look, Still, Tape, now, sample_window};

const SHOP: &str = "\
订单编号,价款,状态,下单时间,支付时间,备注,商品
QH260308100200120077,299.00,FULFILLED,2026-03-08 10:02:00,2026-03-08 10:02:09,a,兑换码
QH260308100207129258,88.00,PAID,2026-03-08 11:02:07,2026-03-08 11:02:16,b,咖啡月卡
2.60308E+19,126.00,FULFILLED,2026-03-08 12:02:21,2026-03-08 12:02:30,c,书券
QH260308100214138439,35.90,SHIPPED_PART,2026-03-08 13:02:14,2026-03-08 13:02:23,d,生鲜礼盒
QH260308100228156801,19.90,CREATED,2026-03-08 14:02:28,,e,兑换码
QH260308100235165982,699.00,REFUNDED,2026-03-08 15:02:35,2026-03-08 15:02:44,f,咖啡月卡
";

/// Nothing is asked of it, and no bill proves it: it is shown first.
const PLAIN: &str = "\
订单编号,实付金额,状态,下单时间
QH260308100200120077,299.00,待付款,2026-03-08 10:02:00
";

/// Its columns are named as the program names them.
const CANONICAL: &str = "\
out_trade_no,amount,pay_status,created_at
QH260308100200120077,299.00,created,2026-03-08 10:02:00
";

/// An export of two merchants, without a word of deliveries.
const SHARED: &str = "\
订单编号,商户号,实付金额,支付状态,下单时间
QH260308100200120077,1900000109,299.00,支付成功,2026-03-08 10:02:00
QH260308100207129258,1900009999,88.00,待付款,2026-03-08 11:02:07
";

/// A file dropped on the window.
#[derive(Debug)]
pub(crate) struct DroppedOnWindow(pub(crate) PathBuf);

impl egui::DroppedFile for DroppedOnWindow {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("read by nobody".to_owned())
    }
}

/// A window over a workspace of its own.
struct ImportFixture {
    ports: Ports,
    folder: tempfile::TempDir,
    tape: Tape,
    harness: Harness<'static, App>,
}

impl ImportFixture {
    fn new(look: Look) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut ports = adapters::open(Some(&folder.path().join("workspace"))).unwrap();
        ports.clock = Arc::new(Still(now()));
        let tape = Tape::default();
        let harness = sample_window(look, Screen::Orders, &tape);
        for row in &harness.state().state().merchants {
            ports
                .records
                .add_profile(&row.profile, recondesk::ports::Author::program(now()))
                .unwrap();
        }
        Self {
            ports,
            folder,
            tape,
            harness,
        }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        // A test's own folder needs no atomic write.
        std::io::Write::write_all(&mut std::fs::File::create(&path).unwrap(), text.as_bytes())
            .unwrap();
        path
    }

    /// Carries out what the window asked for.
    fn work(&mut self) {
        for _ in 0..4 {
            let sent = std::mem::take(&mut self.tape.0.borrow_mut().sent);
            for (task, command) in sent {
                let files = &SystemFiles;
                let done = match command {
                    Command::Recognise(id, path) => assistant::is_bill(files, &path)
                        .map(|bill| Outcome::Recognised(id, path, bill)),
                    Command::LookAtFile(ask) => assistant::look(&self.ports, files, &ask, &Silent)
                        .map(|sheet| Outcome::Sheet(Box::new(sheet))),
                    Command::ImportShown(order) => {
                        assistant::import(&self.ports, files, &order, Language::Zh, &Silent)
                            .map(|told| Outcome::Changed(Changed::Books, Box::new(told)))
                    }
                    _ => continue,
                };
                let event = match done {
                    Ok(outcome) => Event::Finished(task, Box::new(outcome)),
                    Err(failure) => Event::Failed(task, Box::new(failure)),
                };
                self.tape.0.borrow_mut().events.push(event);
            }
            self.harness.run_steps(2);
        }
    }

    /// Picks a file from the Orders screen, by its button.
    fn pick(&mut self, path: PathBuf) {
        let words = if self.zh() {
            "导入订单…"
        } else {
            "Import orders..."
        };
        self.press(words);
        assert_eq!(self.tape.0.borrow().asked.len(), 1);
        self.tape.0.borrow_mut().answer = Some(vec![path]);
        self.harness.run_steps(2);
        self.work();
    }

    fn zh(&self) -> bool {
        self.harness.state().state().preferences.language == Language::Zh
    }

    fn press(&mut self, name: &str) {
        let found = self.harness.query_all_by_label(name).next();
        found.expect(name).click();
        self.harness.run_steps(2);
    }

    fn choose(&mut self, select: &str, option: &str) {
        let found = self.harness.query_all_by_label_contains(select).next();
        found.expect(select).click();
        self.harness.run_steps(3);
        self.press(option);
        self.work();
    }

    fn says(&self, words: &str) -> bool {
        self.harness
            .query_all_by_label_contains(words)
            .next()
            .is_some()
    }
}

#[test]
fn a_file_with_unknown_columns_and_words_is_settled_and_imported() {
    let mut desk = ImportFixture::new(Look::default());
    let path = desk.file("orders_20260308.csv", SHOP);

    desk.pick(path.clone());
    assert!(desk.says("缺少：金额"), "the deed names what lacks");

    desk.choose("价款: 不导入", "金额");
    assert!(desk.says("可导入 4"), "two rows are refused so far");
    assert!(desk.says("第 4 行拒收：单号被表格软件改成科学计数"));
    assert!(desk.says("SHIPPED_PART 状态 · 1 行"));

    desk.choose("SHIPPED_PART: 请选择", "已支付，未发货");
    assert!(desk.says("可导入 5"));
    assert!(desk.says("拒收 1"));

    let name = desk
        .harness
        .get_by_role_and_label(egui::accesskit::Role::TextInput, "存为映射");
    name.focus();
    desk.harness.run_steps(2);
    // The name of the file stands there as a proposal.
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    desk.harness.run_steps(2);
    desk.harness.event(Input::Text("商城导出 v3".to_owned()));
    desk.harness.run_steps(2);
    desk.harness
        .key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    desk.harness.run_steps(2);
    desk.work();

    let state = desk.harness.state().state();
    let notice = state.notices.first().expect("a notice");
    let told = notice.what.as_ref().expect("the import went well");
    assert_eq!(told.title.zh, "已导入 5 行，拒收 1 行");
    assert!(
        told.note.zh.contains("orders_20260308_拒收.csv"),
        "{}",
        told.note.zh
    );
    assert!(!state.import.is_open());
    let id = state.merchants[0].id;
    assert_eq!(desk.ports.records.mappings(id).unwrap(), ["商城导出 v3"]);
    let rejects = desk.folder.path().join("orders_20260308_拒收.csv");
    let text = std::fs::read_to_string(rejects).unwrap();
    assert!(text.contains("2.60308E+19"), "{text}");

    // The next file of that form needs nothing chosen.
    let next = desk.file(
        "orders_20260309.csv",
        SHOP.split_inclusive('\n')
            .take(3)
            .collect::<String>()
            .as_str(),
    );
    desk.tape.0.borrow_mut().asked.clear();
    desk.pick(next);
    let state = desk.harness.state().state();
    assert!(!state.import.is_open(), "it is imported without a click");
    let told = state.notices.last().unwrap().what.as_ref().unwrap();
    let newest = state.notices.first().unwrap().what.as_ref().unwrap();
    let titles = [&told.title.zh, &newest.title.zh];
    assert!(
        titles.iter().any(|title| *title == "已导入 2 行"),
        "{titles:?}"
    );
}

#[test]
fn a_file_with_the_names_of_the_program_needs_no_click() {
    let mut desk = ImportFixture::new(Look::default());
    let path = desk.file("canonical.csv", CANONICAL);

    desk.pick(path);

    let state = desk.harness.state().state();
    assert!(!state.import.is_open());
    let told = state.notices.first().expect("a notice").what.as_ref();
    assert_eq!(told.expect("it went well").title.zh, "已导入 1 行");
}

#[test]
fn an_export_that_a_bill_proves_needs_no_click() {
    let mut desk = ImportFixture::new(Look::default());
    let bill = include_str!("../fixtures/exports/youzan-orders-bill.csv");
    let merchant = desk.harness.state().state().merchants[0].clone();
    let source = Source::from_bytes("bill.csv", bill.into());
    let profile = MerchantRef::new(merchant.id, &merchant.profile);
    bills::import(desk.ports.books.as_ref(), profile, source, None, &Silent).unwrap();
    let path = desk.folder.path().join("youzan-orders.csv");
    let export = include_bytes!("../fixtures/exports/youzan-orders.csv");
    recondesk::adapters::files::replace(&path, export).unwrap();

    desk.pick(path.clone());

    let state = desk.harness.state().state();
    assert!(!state.import.is_open(), "nothing is asked");
    let told = state.notices.first().expect("a notice").what.as_ref();
    assert_eq!(told.expect("it went well").title.zh, "已导入 6 行");
    let saved = desk.ports.records.mappings(merchant.id).unwrap();
    assert_eq!(saved, ["youzan orders"], "its mapping is kept");
}

#[test]
fn a_bill_among_the_orders_is_told_and_offered_as_a_bill() {
    let mut desk = ImportFixture::new(Look::default());
    let bill = include_str!("../fixtures/bills/all27_ordinary_bom_crlf_2019-02-19.csv");
    let path = desk.file("bill.csv", bill);

    desk.pick(path);
    assert!(desk.says("不是订单文件：这是一份微信账单"));

    desk.press("按账单导入");
    assert!(
        desk.tape
            .take()
            .iter()
            .any(|command| matches!(command, Command::ImportFile(..)))
    );
    desk.harness.run_steps(2);
    assert!(!desk.harness.state().state().import.is_open());
}

#[test]
fn escape_leaves_the_assistant_and_nothing_is_stored() {
    let mut desk = ImportFixture::new(Look::default());
    let path = desk.file("orders.csv", SHOP);
    desk.pick(path);
    assert!(desk.harness.state().state().import.is_open());

    desk.harness.key_press(Key::Escape);
    desk.harness.run_steps(3);

    assert!(!desk.harness.state().state().import.is_open());
    let id = desk.harness.state().state().merchants[0].id;
    assert!(desk.ports.books.imports(id).unwrap().is_empty());
}

#[test]
fn leaving_an_edited_import_asks_and_no_key_gives_the_edits_up() {
    let mut desk = ImportFixture::new(Look::default());
    let path = desk.file("orders.csv", SHOP);
    desk.pick(path);
    desk.choose("价款: 不导入", "金额");

    desk.harness.key_press(Key::Escape);
    desk.harness.run_steps(3);
    assert!(desk.says("放弃对这个文件的改动"));
    // What Ctrl Enter is on the screen below, and Enter anywhere, is not the answer here.
    for modifiers in [Modifiers::COMMAND, Modifiers::NONE] {
        desk.harness.key_press_modifiers(modifiers, Key::Enter);
        desk.harness.run_steps(2);
    }
    assert!(desk.says("放弃对这个文件的改动"));
    desk.press("继续导入");
    assert!(!desk.says("放弃对这个文件的改动"));
    assert!(desk.says("价款: 金额"), "the choice is still there");

    desk.press("取消");
    assert!(desk.harness.state().state().import.is_open());
    desk.press("放弃改动");
    assert!(!desk.harness.state().state().import.is_open());
}

#[test]
fn leaving_asks_while_the_file_is_read_anew_as_well() {
    let mut desk = ImportFixture::new(Look::default());
    let path = desk.file("orders.csv", SHOP);
    desk.pick(path);
    let found = desk
        .harness
        .query_all_by_label_contains("价款: 不导入")
        .next();
    found.expect("the select").click();
    desk.harness.run_steps(3);
    desk.press("金额");
    assert!(desk.harness.state().state().import.sheet.is_loading());

    desk.harness.key_press(Key::Escape);
    desk.harness.run_steps(3);

    assert!(desk.says("放弃对这个文件的改动"));
}

#[test]
fn a_settled_word_stays_with_its_meaning_and_can_be_changed() {
    let mut desk = ImportFixture::new(Look::default());
    let second = SHOP.replace("REFUNDED", "DONE_MAYBE");
    let path = desk.file("orders.csv", &second);
    desk.pick(path);
    desk.choose("价款: 不导入", "金额");

    // Two choices, the second before the first one's answer: both hold.
    for (word, meaning) in [
        ("SHIPPED_PART: 请选择", "已支付，未发货"),
        ("DONE_MAYBE: 请选择", "已支付，已发货"),
    ] {
        let found = desk.harness.query_all_by_label_contains(word).next();
        found.expect(word).click();
        desk.harness.run_steps(3);
        desk.press(meaning);
        let shown = word.replace("请选择", meaning);
        assert!(desk.says(&shown), "it is seen at once: {shown}");
    }
    desk.work();
    assert!(desk.says("SHIPPED_PART: 已支付，未发货"));
    assert!(desk.says("DONE_MAYBE: 已支付，已发货"));
    assert!(desk.says("可导入 5"));
    assert!(
        desk.says("FULFILLED: 已支付，已发货"),
        "known words are shown"
    );

    desk.choose("DONE_MAYBE: 已支付，已发货", "已关单");
    assert!(desk.says("DONE_MAYBE: 已关单"));
    let state = desk.harness.state().state();
    let sheet = state.import.sheet.value().expect("a sheet");
    let rule = sheet.mapping.rule_of("状态").expect("a rule");
    assert_eq!(
        rule.words["DONE_MAYBE"].pay_status.as_deref(),
        Some("closed")
    );
    assert_eq!(
        rule.words["SHIPPED_PART"].pay_status.as_deref(),
        Some("paid")
    );
}

#[test]
fn refused_rows_are_seen_before_the_import_wherever_they_stand() {
    let mut desk = ImportFixture::new(Look::default());
    let mut text = "订单编号,实付金额,状态,下单时间\n".to_owned();
    for nth in 0..260 {
        let amount = if nth == 251 { "1O.00" } else { "10.00" };
        let number = 20_120_077 + nth;
        let row = format!("QH2603081002{number},{amount},待付款,2026-03-08 10:02:00\n");
        text.push_str(&row);
    }
    let path = desk.file("long.csv", &text);
    desk.pick(path);
    assert!(!desk.says("第 253 行拒收"));

    desk.press("拒收 1 写入拒收文件");

    assert!(desk.says("第 253 行拒收：不是金额"));
    assert!(desk.says("拒收的 1 行中的前 1 行"));
    desk.press("拒收 1 写入拒收文件");
    assert!(!desk.says("第 253 行拒收"));
}

#[test]
fn nothing_is_imported_before_the_order_of_day_and_month_is_chosen() {
    let mut desk = ImportFixture::new(Look::default());
    let text = "\
订单编号,实付金额,状态,下单时间
QH260308100200120077,299.00,待付款,2026-03-08 10:02:00
QH260308100200120078,299.00,待付款,03/04/2026 10:02:00
";
    let path = desk.file("orders.csv", text);
    desk.pick(path);
    assert!(desk.says("可导入 1"));
    desk.harness
        .key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    desk.harness.run_steps(2);
    assert!(
        !desk
            .tape
            .take()
            .iter()
            .any(|command| matches!(command, Command::ImportShown(_)))
    );
}

#[test]
fn an_import_that_ends_leaves_the_next_file_open() {
    let mut desk = ImportFixture::new(Look::default());
    let first = desk.file("plain.csv", PLAIN);
    desk.pick(first);
    desk.harness
        .key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    desk.harness.run_steps(2);
    let waiting = std::mem::take(&mut desk.tape.0.borrow_mut().sent);

    let second = desk.file("orders.csv", SHOP);
    desk.tape.0.borrow_mut().asked.clear();
    desk.harness.state_mut().state_mut().close_import();
    desk.harness.run_steps(2);
    desk.pick(second);
    desk.tape.0.borrow_mut().sent = waiting;
    desk.work();

    let state = desk.harness.state().state();
    let told = state.notices.first().expect("a notice").what.as_ref();
    assert_eq!(told.expect("it went well").title.zh, "已导入 1 行");
    assert!(state.import.is_open());
}

#[test]
fn a_file_that_is_known_says_so_before_the_deed() {
    let mut desk = ImportFixture::new(Look::default());
    let path = desk.file("plain.csv", PLAIN);
    desk.pick(path.clone());
    desk.harness
        .key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    desk.harness.run_steps(2);
    desk.work();

    desk.tape.0.borrow_mut().asked.clear();
    desk.pick(path);

    assert!(desk.says("此文件已于"));
    assert!(desk.says("导入，没有新内容"));
    desk.harness
        .key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    desk.harness.run_steps(2);
    let sent = desk.tape.take();
    assert!(!sent.iter().any(|c| matches!(c, Command::ImportShown(_))));
}

#[test]
fn files_dropped_together_are_checked_one_after_the_other() {
    let mut desk = ImportFixture::new(Look::default());
    let second = PLAIN.replace("20120077", "20120078");
    let paths = [
        desk.file("a.csv", PLAIN),
        desk.file("b.csv", &second),
        desk.file("c.csv", SHOP),
    ];
    let dropped = |path: PathBuf| Arc::new(DroppedOnWindow(path)) as egui::DroppedFileHandle;
    desk.harness.input_mut().dropped_files = paths.into_iter().map(dropped).collect();
    desk.harness.run_steps(2);
    desk.work();
    assert!(desk.says("a.csv，后面还有 2 个文件"));

    desk.harness
        .key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    desk.harness.run_steps(2);
    desk.work();
    assert!(
        desk.says("b.csv，后面还有 1 个文件"),
        "the next one follows"
    );
    let state = desk.harness.state().state();
    assert_eq!(state.notices.len(), 1, "only the first one is imported");

    desk.press("跳过此文件");
    desk.work();
    assert!(desk.says("c.csv"));
    assert!(!desk.says("后面还有"));

    desk.harness.key_press(Key::Escape);
    desk.harness.run_steps(3);
    assert!(!desk.harness.state().state().import.is_open());
}

#[test]
fn rows_of_other_merchants_are_told_before_and_after_and_hide_no_warning() {
    let mut desk = ImportFixture::new(Look::default());
    let path = desk.file("orders.csv", SHARED);

    desk.pick(path);
    assert!(desk.says("可导入 1"));
    assert!(desk.says("拒收 0 另有 1 行属于其他商户"));
    assert!(
        desk.says("没有发货信息，查不出未履约"),
        "the lack of deliveries is still told"
    );
    desk.harness
        .key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    desk.harness.run_steps(2);
    desk.work();

    let state = desk.harness.state().state();
    let notice = state.notices.first().expect("a notice");
    let told = notice.what.as_ref().expect("the import went well");
    assert_eq!(told.title.zh, "已导入 1 行，另有 1 行属于其他商户");
}

#[test]
fn a_file_without_rows_and_an_empty_file_say_so() {
    let mut desk = ImportFixture::new(Look::default());
    let head = SHOP.lines().next().unwrap().to_owned() + "\n";
    let path = desk.file("none.csv", &head);
    desk.pick(path);
    assert!(desk.says("文件里没有数据行"));

    let mut desk = ImportFixture::new(Look::default());
    let path = desk.file("empty.csv", "");
    desk.pick(path);
    assert!(desk.says("文件是空的"));
}

#[test]
fn in_a_small_window_rows_of_the_file_are_seen_below_all_that_is_asked() {
    let mut desk = ImportFixture::new(Look::default().size(1024.0, 640.0));
    let text = "\
订单编号,实付金额,状态,下单时间
QH260308100200120077,299.00,待付款,03/05/2026 10:02:00
QH260308100200120078,299.00,待付款,03/04/2026 10:02:00
";
    let path = desk.file("orders.csv", text);
    desk.pick(path);
    assert!(desk.says("日期有两种读法：月在前，还是日在前？"));
    for line in ["第 2 行拒收", "第 3 行拒收"] {
        let row = desk.harness.get_by_label_contains(line);
        let place = row.accesskit_node().bounding_box();
        let bottom = place.map(|place| place.y1);
        assert!(bottom.is_some_and(|bottom| bottom < 610.0), "{bottom:?}");
    }
}

#[cfg(feature = "pictures")]
#[test]
fn the_assistant_draws_in_every_look() {
    let looks = [
        ("light-zh", Look::default()),
        ("dark-en", Look::default().dark().english()),
        (
            "light-en-1024x640",
            Look::default().english().size(1024.0, 640.0),
        ),
        ("light-zh-800x500", Look::default().size(800.0, 500.0)),
    ];
    for (name, look) in looks {
        let mut desk = ImportFixture::new(look);
        let path = desk.file("orders_20260308.csv", SHOP);
        desk.pick(path);
        let amount = if desk.zh() {
            ("价款: 不导入", "金额")
        } else {
            ("价款: skip", "Amount")
        };
        desk.choose(amount.0, amount.1);
        take(&format!("import-{name}"), &mut desk.harness);
        let mut desk = ImportFixture::new(look);
        let path = desk.file("orders.csv", SHARED);
        desk.pick(path);
        take(&format!("import-shared-{name}"), &mut desk.harness);
    }
}
