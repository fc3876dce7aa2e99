//! The first morning in an empty workspace, with the real jobs behind the window: a merchant, its orders, its bill,
//! the comparison, the cases.

use std::path::PathBuf;
use std::sync::Arc;

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use recondesk::adapters;
use recondesk::adapters::files::SystemFiles;
use recondesk::adapters::report::{ReportWriter, XlsxWriter};
use recondesk::app::event::PageRows;
use recondesk::app::jobs::desk::Desk;
use recondesk::app::jobs::router::{Environment, WindowJobs};
use recondesk::app::model::{CalendarState, CaseFilter, CaseRow, Decision, OrderFilter};
use recondesk::app::tables::orders::fulfil_cell;
use recondesk::app::{Changed, Command, Event, Jobs as _, ListKind, Outcome, PageWanted, Silent};
use recondesk::domain::{BillDate, FulfilStatus, ProfileId};
use recondesk::ports::{CaseRef, Ports, WorkspaceCare};
use recondesk::ui::{App, Screen};

use crate::stage::{Look, Still, Tape, now, window};

pub(crate) const BILL: &str =
    include_str!("../fixtures/bills/all27_ordinary_bom_crlf_2019-02-19.csv");
pub(crate) const ORDERS: &str = "\
out_trade_no,amount,pay_status,fulfil_status,created_at,paid_at
vqlepiql_32071482241528_87182,0.03,CREATED,PENDING,2019-02-19 01:52:00,
htnpcqsr_75848943493361_10538,0.01,PAID,FULFILLED,2019-02-19 18:19:00,2019-02-19 18:19:33
kgstdvzm_82831393266377_44715,0.01,PAID,PENDING,2019-02-19 11:46:00,2019-02-19 11:46:38
";

/// A window over an empty workspace.
pub(crate) struct FirstRunFixture {
    pub(crate) jobs: WindowJobs,
    pub(crate) ports: Ports,
    folder: tempfile::TempDir,
    pub(crate) tape: Tape,
    pub(crate) harness: Harness<'static, App>,
}

impl FirstRunFixture {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("workspace");
        let mut ports = adapters::open(Some(&place)).unwrap();
        ports.clock = Arc::new(Still(now()));
        let around = Environment {
            folder: String::new(),
            person: "李雯".to_owned(),
            desk: Desk::default(),
            files: Arc::new(SystemFiles),
            workbooks: Arc::new(XlsxWriter::default()),
            reports: Arc::new(ReportWriter {
                scratch: None,
                font: recondesk::ui::fonts::NOTO,
            }),
            columns: Arc::new(adapters::parquet::ParquetFiles),
            places: None,
            demo: None,
            program: String::new(),
            handbook: Arc::new(|_| Ok(())),
            care: Some(Arc::new(move || {
                adapters::care(Some(&place))
                    .map(|care| -> Box<dyn WorkspaceCare> { Box::new(care) })
            })),
        };
        let tape = Tape::default();
        let mut morning = Self {
            jobs: WindowJobs::new(ports.clone(), around),
            ports,
            folder,
            harness: window(Look::default(), &tape, |_| {}),
            tape,
        };
        morning.work();
        morning
    }

    /// Carries out what the window asked for, until it asks no more.
    pub(crate) fn work(&mut self) {
        for _ in 0..8 {
            let sent = std::mem::take(&mut self.tape.0.borrow_mut().sent);
            for (task, command) in sent {
                let event = match self.jobs.run(command, &Silent) {
                    Ok(outcome) => Event::Finished(task, Box::new(outcome)),
                    Err(failure) => Event::Failed(task, Box::new(failure)),
                };
                self.tape.0.borrow_mut().events.push(event);
            }
            self.harness.run_steps(2);
        }
    }

    pub(crate) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        // A test's own folder needs no atomic write.
        std::io::Write::write_all(&mut std::fs::File::create(&path).unwrap(), text.as_bytes())
            .unwrap();
        path
    }

    pub(crate) fn press(&mut self, name: &str) {
        let found = self.harness.query_all_by_label(name).next();
        found.expect(name).click();
        self.harness.run_steps(2);
        self.work();
    }

    pub(crate) fn screen(&mut self, digit: Key, screen: Screen) {
        self.harness.key_press_modifiers(Modifiers::ALT, digit);
        self.harness.run_steps(2);
        assert_eq!(self.harness.state().screen(), screen);
        self.work();
    }

    pub(crate) fn pick(&mut self, button: &str, path: PathBuf) {
        self.press(button);
        self.tape.0.borrow_mut().answer = Some(vec![path]);
        self.harness.run_steps(2);
        self.work();
    }

    /// Drops files on the window.
    pub(crate) fn drop_files(&mut self, files: Vec<PathBuf>) {
        self.harness.input_mut().dropped_files = files
            .into_iter()
            .map(|path| Arc::new(crate::import::DroppedOnWindow(path)) as Arc<_>)
            .collect();
        self.harness.run_steps(2);
        self.work();
    }

    pub(crate) fn enter(&mut self) {
        self.harness
            .key_press_modifiers(Modifiers::COMMAND, Key::Enter);
        self.harness.run_steps(2);
        self.work();
    }

    pub(crate) fn says(&self, words: &str) -> bool {
        let mut found = self.harness.query_all_by_label_contains(words);
        found.next().is_some()
    }

    /// Adds the merchant of the bill.
    pub(crate) fn merchant(&mut self) {
        for (field, text) in [("名称", "青禾商城"), ("商户号", "4018133365")] {
            self.harness.get_by_label(field).focus();
            self.harness.run_steps(2);
            self.harness.get_by_label(field).type_text(text);
            self.harness.run_steps(2);
        }
        self.harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
        self.harness.run_steps(2);
        self.work();
        assert_eq!(self.harness.state().state().merchants.len(), 1);
    }

    pub(crate) fn run(&mut self, command: Command) -> Outcome {
        self.jobs.run(command, &Silent).unwrap()
    }

    /// Closes a case.
    pub(crate) fn settle(&mut self, id: ProfileId, row: &CaseRow) {
        self.run(Command::Decide(id, row.key.clone(), Decision::Take));
        let how = Decision::Resolve("已补发".to_owned());
        self.run(Command::Decide(id, row.key.clone(), how));
        let known = self.ports.records.case(id, &row.key).unwrap().unwrap();
        if known.status.is_closed() {
            return;
        }
        // An urgent one is called solved by two.
        let agree = Decision::Agree("同意".to_owned());
        let place = CaseRef::new(id, row.key.as_str());
        recondesk::app::jobs::decisions::decide(&self.ports, place, agree, "王宁").unwrap();
    }

    pub(crate) fn notice(&self) -> String {
        let notice = self.harness.state().state().notices.first();
        let notice = notice.expect("a notice");
        notice.title().zh.clone()
    }
}

#[test]
fn the_first_morning_ends_with_cases() {
    let mut morning = FirstRunFixture::new();

    morning.press("新增商户…");
    assert_eq!(morning.harness.state().screen(), Screen::Merchants);
    morning.merchant();
    assert_eq!(morning.notice(), "已新增青禾商城，下一步导入订单和账单");

    morning.screen(Key::Num5, Screen::Orders);
    let orders = morning.file("orders.csv", ORDERS);
    morning.pick("导入订单…", orders);
    // Canonical headers are beyond doubt: nothing is asked.
    assert_eq!(morning.notice(), "orders.csv：已导入 3 行");
    let day = morning.harness.state().state().day;
    assert_eq!(
        day.to_string(),
        "2019-02-19",
        "the day of the file is in view"
    );

    morning.screen(Key::Num4, Screen::Bills);
    let bill = morning.file("bill.csv", BILL);
    morning.pick("导入账单…", bill);
    assert!(morning.notice().contains("2019-02-19 账单"));

    morning.screen(Key::Num3, Screen::Cases);
    assert!(morning.says("这一天还没有对账"));
    morning.press("去对账");
    assert_eq!(morning.harness.state().screen(), Screen::Reconcile);
    morning.enter();
    assert!(
        morning.notice().contains("对账完成"),
        "{}",
        morning.notice()
    );

    morning.screen(Key::Num3, Screen::Cases);
    assert!(morning.says("P01"));
    assert!(morning.says("vqlepiql_32071482241528_87182"));
}

/// A day that was compared: the merchant, the day, its cases.
pub(crate) fn compared(morning: &mut FirstRunFixture) -> (ProfileId, BillDate, Vec<CaseRow>) {
    morning.press("新增商户…");
    morning.merchant();
    let id = morning
        .harness
        .state()
        .state()
        .merchants
        .first()
        .unwrap()
        .id;
    let (orders, bill) = (
        morning.file("orders.csv", ORDERS),
        morning.file("bill.csv", BILL),
    );
    morning.run(Command::ImportFile(id, orders));
    morning.run(Command::ImportFile(id, bill));
    let day = BillDate::parse("2019-02-19").unwrap();
    morning.run(Command::Reconcile(id, day));
    let Outcome::Cases(list) = morning.run(Command::Cases(CaseFilter::default())) else {
        panic!("no list");
    };
    let wanted = PageWanted {
        generation: 0,
        page: 0,
        ids: list.ids,
    };
    let page = morning.run(Command::Page(ListKind::Cases, wanted));
    let Outcome::Page(_, _, PageRows::Cases(rows)) = page else {
        panic!("no page");
    };
    (id, day, rows)
}

#[test]
fn a_run_again_counts_what_is_still_open() {
    let mut morning = FirstRunFixture::new();
    let (id, day, rows) = compared(&mut morning);
    let open = |morning: &mut FirstRunFixture| -> u64 {
        let outcome = morning.run(Command::Reconcile(id, day));
        let Outcome::Changed(Changed::Books, told) = outcome else {
            panic!("{outcome:?}");
        };
        let (_, count) = told.title.zh.split_once("需处理 ").expect("a count");
        count.parse().unwrap()
    };
    let before = open(&mut morning);

    morning.settle(id, &rows[0]);

    assert_eq!(open(&mut morning), before - 1);
}

#[test]
fn a_day_whose_cases_are_settled_is_marked_no_longer() {
    let mut morning = FirstRunFixture::new();
    let (id, day, rows) = compared(&mut morning);
    let marks = |morning: &mut FirstRunFixture| {
        let Outcome::Overview(model) = morning.run(Command::Overview(day, None)) else {
            panic!("no overview");
        };
        let mut days = model.calendars.iter().flat_map(|known| &known.days);
        let entry = days.find(|entry| entry.day == day);
        (
            entry.unwrap().state.clone(),
            model.history.last().unwrap().urgent_open,
        )
    };
    assert_eq!(marks(&mut morning), (CalendarState::NeedsWork, true));

    for row in &rows {
        morning.settle(id, row);
    }

    assert_eq!(marks(&mut morning), (CalendarState::Balanced, false));
}

#[test]
fn orders_are_listed_by_fulfilment() {
    let mut morning = FirstRunFixture::new();
    morning.press("新增商户…");
    morning.merchant();
    let id = morning
        .harness
        .state()
        .state()
        .merchants
        .first()
        .unwrap()
        .id;
    let orders = morning.file("orders.csv", ORDERS);
    morning
        .jobs
        .run(Command::ImportFile(id, orders), &Silent)
        .unwrap();
    let day = BillDate::parse("2019-02-19").unwrap();
    let mut filter = OrderFilter::all(id, day);
    let pending = fulfil_cell(FulfilStatus::Pending);
    filter.view.only("fulfil", &pending);

    let listed = morning.jobs.run(Command::Orders(filter), &Silent).unwrap();

    let Outcome::Orders(list) = listed else {
        panic!("no list");
    };
    assert_eq!(list.ids.len(), 2);
    assert_eq!(list.totals.0, 3, "rows of the day before filtering");
    assert_eq!(list.totals.1.get(), 4);
}

#[test]
fn every_screen_of_books_names_the_first_step() {
    for digit in [Key::Num2, Key::Num3, Key::Num4, Key::Num5] {
        let mut morning = FirstRunFixture::new();
        morning.harness.key_press_modifiers(Modifiers::ALT, digit);
        morning.harness.run_steps(2);
        assert!(morning.says("先新增商户，再导入订单和账单"), "{digit:?}");

        morning.press("新增商户…");

        assert_eq!(morning.harness.state().screen(), Screen::Merchants);
    }
}

#[test]
fn files_of_nobody_wait_for_the_first_merchant() {
    let mut morning = FirstRunFixture::new();
    let orders = morning.file("orders.csv", ORDERS);

    morning.pick("选择文件…", orders);
    assert_eq!(morning.harness.state().screen(), Screen::Merchants);
    assert!(morning.notice().contains("先填商户"));
    morning.merchant();

    assert_eq!(morning.harness.state().screen(), Screen::Orders);
    assert_eq!(morning.notice(), "orders.csv：已导入 3 行");
}
