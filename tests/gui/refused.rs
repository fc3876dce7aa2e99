//! Rows that an import refused, mended in the window with the real jobs behind it.

use egui::{Event as Input, Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use recondesk::ports::{Occurrence, Ports};
use recondesk::ui::Screen;

use crate::first_run::FirstRunFixture;

/// Two rows are bad: an amount with the letter O, and a month that no year has.
const ORDERS: &str = "\
out_trade_no,amount,pay_status,fulfil_status,created_at,paid_at,openid
vqlepiql_32071482241528_87182,0.03,CREATED,PENDING,2019-02-19 01:52:00,,oUp4u5Xk0000000000000001
htnpcqsr_75848943493361_10538,0.O1,PAID,FULFILLED,2019-02-19 18:19:00,2019-02-19 18:19:33,oUp4u5Xk0000000000000002
kgstdvzm_82831393266377_44715,0.01,PAID,PENDING,2019-13-19 11:46:00,2019-02-19 11:46:38,oUp4u5Xk0000000000000003
";
const FIRST_BAD: &str = "htnpcqsr_75848943493361_10538";
const SECOND_BAD: &str = "kgstdvzm_82831393266377_44715";

fn stored(ports: &Ports, number: &str) -> Vec<Occurrence> {
    ports.books.find(number).unwrap()
}

/// The file is imported; two of its rows are refused.
fn imported(text: &str) -> FirstRunFixture {
    let mut morning = FirstRunFixture::new();
    morning.press("新增商户…");
    morning.merchant();
    morning.screen(Key::Num5, Screen::Orders);
    let orders = morning.file("orders.csv", text);
    morning.pick("导入订单…", orders);
    morning.enter();
    morning
}

fn retype(morning: &mut FirstRunFixture, field: &str, text: &str) {
    let harness = &mut morning.harness;
    harness.get_by_label(field).focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(2);
    harness.event(Input::Text(text.to_owned()));
    harness.run_steps(2);
}

#[test]
fn refused_rows_are_mended_cell_by_cell_and_imported() {
    let mut morning = imported(ORDERS);
    assert_eq!(morning.notice(), "orders.csv：已导入 1 行，拒收 2 行");
    assert!(stored(&morning.ports, FIRST_BAD).is_empty());

    morning.press("拒收行…");
    assert!(morning.says("2 行：0 行可导入，2 行待改"));
    assert!(morning.says("第 3 行拒收：不是金额"));
    assert!(morning.says("第 4 行拒收：不是时间"));

    // The first bad cell has the focus, an arrow leads to the next row's; Enter checks what was typed.
    let focused =
        |morning: &FirstRunFixture, name: &str| morning.harness.get_by_label(name).is_focused();
    assert!(focused(&morning, "第 3 行 amount"));
    morning.harness.key_press(Key::ArrowDown);
    morning.harness.run_steps(2);
    assert!(focused(&morning, "第 4 行 created_at"));
    retype(&mut morning, "第 3 行 amount", "0.01");
    assert!(morning.says("已改，未检查"));
    morning.harness.key_press(Key::Enter);
    morning.harness.run_steps(2);
    morning.work();
    assert!(morning.says("2 行：1 行可导入，1 行待改"));
    assert!(
        stored(&morning.ports, FIRST_BAD).is_empty(),
        "checking stores nothing"
    );

    morning.press("导入 1 行");
    assert_eq!(morning.notice(), "orders.csv：补正的 1 行已导入");
    assert_eq!(stored(&morning.ports, FIRST_BAD).len(), 1);
    assert!(
        morning.says("1 行：0 行可导入，1 行待改"),
        "the other row is left"
    );

    // The mended file is kept as any other: with the customer's id as it was.
    let id = morning.harness.state().state().merchants[0].id;
    let imports = morning.ports.books.imports(id).unwrap();
    let mended = imports
        .iter()
        .find(|import| import.name.contains("_补正_"))
        .unwrap();
    let mut raw = Vec::new();
    morning
        .ports
        .books
        .raw_file(mended.import, &mut |piece| raw.extend_from_slice(piece))
        .unwrap();
    let raw = String::from_utf8(raw).unwrap();
    assert!(raw.contains("oUp4u5Xk0000000000000002"), "{raw}");
    assert!(
        raw.starts_with("\u{feff}行号,拒收原因,out_trade_no"),
        "{raw}"
    );

    // Ctrl Enter checks first, then stores.
    retype(&mut morning, "第 4 行 created_at", "2019-02-19 11:46:00");
    morning.enter();
    assert!(stored(&morning.ports, SECOND_BAD).is_empty());
    morning.enter();
    assert_eq!(stored(&morning.ports, SECOND_BAD).len(), 1);
    assert!(morning.says("都已补正"));

    morning.harness.key_press(Key::Escape);
    morning.harness.run_steps(2);
    assert!(
        morning.harness.query_by_label("拒收行…").is_none(),
        "nothing is left to mend"
    );
}

#[test]
fn changes_that_are_not_imported_are_never_lost_by_esc() {
    let mut morning = imported(ORDERS);
    morning.press("拒收行…");
    retype(&mut morning, "第 3 行 amount", "0.01");

    morning.harness.key_press(Key::Escape);
    morning.harness.run_steps(2);
    assert!(morning.says("放弃没有导入的改动"), "it asks");
    morning.press("继续改");
    let field = morning.harness.get_by_label("第 3 行 amount");
    assert_eq!(field.value().as_deref(), Some("0.01"));

    morning.harness.key_press(Key::Escape);
    morning.harness.run_steps(2);
    morning.enter();
    assert!(
        morning.says("放弃没有导入的改动"),
        "the key of the dialog below gives nothing up"
    );
    morning.press("放弃改动");
    assert!(morning.harness.query_by_label("第 3 行 amount").is_none());
    assert!(stored(&morning.ports, FIRST_BAD).is_empty());
}

#[test]
fn a_row_beside_others_of_its_order_is_not_mended_alone() {
    let text = format!(
        "{ORDERS}vqlepiql_32071482241528_87182,0.O3,CREATED,PENDING,2019-02-19 01:52:00,,x\n"
    );
    let mut morning = imported(&text);
    morning.press("拒收行…");
    retype(&mut morning, "第 5 行 amount", "0.03");
    morning.enter();

    assert!(morning.says("第 5 行拒收：同一单号在文件里还有其他行"));
    assert!(morning.says("3 行：0 行可导入，3 行待改"));
}

#[test]
fn rows_that_a_later_import_has_are_not_asked_about_again() {
    let mut morning = imported(ORDERS);
    let whole = ORDERS
        .replace("0.O1", "0.01")
        .replace("2019-13-19", "2019-02-19");
    let again = morning.file("again.csv", &whole);
    morning.pick("导入订单…", again);
    morning.press("拒收行…");

    assert!(morning.says("2 行已在之后的导入里"));
    assert!(morning.says("都已补正，或已在之后的导入里"));
}

#[test]
fn the_notice_of_refused_rows_leads_to_them() {
    let mut morning = imported(ORDERS);
    morning.screen(Key::Num1, Screen::Overview);
    morning
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::B);
    morning.harness.run_steps(2);
    morning.press("改正拒收行");

    assert_eq!(morning.harness.state().screen(), Screen::Orders);
    assert!(morning.says("第 3 行拒收：不是金额"));
}
