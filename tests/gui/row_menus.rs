//! The menus of rows: by the second button and by the menu key.

use egui::accesskit::Role;
use egui::{Key, PointerButton};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use recondesk::app::model::{OrderFilter, OrderRow};
use recondesk::app::tables::{CellTest, TableRow as _, spec};
use recondesk::app::{Command, Language};
use recondesk::ui::{App, Screen};

use crate::stage::{Look, Tape, sample_window};

const FIRST: &str = "QH260308100244100020";

/// A window on the orders, in which the menu of the first row was opened with the mouse on the state of payment.
fn opened(look: Look, tape: &Tape) -> Harness<'static, App> {
    opened_at(look, tape, "pay")
}

/// The same on another column.
fn opened_at(look: Look, tape: &Tape, column: &str) -> Harness<'static, App> {
    let mut harness = sample_window(look, Screen::Orders, tape);
    let spec = spec(OrderRow::COLUMNS, column).expect("a column");
    let label = match look.language {
        Language::Zh => spec.heading.label.zh,
        Language::En => spec.heading.label.en,
    };
    let head = harness
        .get_by_role_and_label(Role::ColumnHeader, label)
        .rect();
    let row = harness.get_by_label_contains(FIRST).rect();
    right_click(&mut harness, egui::pos2(head.center().x, row.center().y));
    tape.take();
    harness
}

fn right_click(harness: &mut Harness<'static, App>, at: egui::Pos2) {
    for pressed in [true, false] {
        harness.event(egui::Event::PointerMoved(at));
        harness.event(egui::Event::PointerButton {
            pos: at,
            button: PointerButton::Secondary,
            pressed,
            modifiers: egui::Modifiers::NONE,
        });
        harness.run_steps(1);
    }
    harness.run_steps(2);
}

/// The list that was asked for.
fn listed(tape: &Tape) -> Option<OrderFilter> {
    tape.take().into_iter().find_map(|command| match command {
        Command::Orders(filter) => Some(filter),
        _ => None,
    })
}

fn looks_up(tape: &Tape, number: &str) -> bool {
    tape.take()
        .iter()
        .any(|command| matches!(command, Command::LookUp(ask) if ask.text == number))
}

#[test]
fn an_order_is_looked_up_with_the_second_button() {
    let tape = Tape::default();
    let mut harness = opened(Look::default(), &tape);

    harness.get_by_label("查此单").click();
    harness.run_steps(3);

    assert_eq!(harness.state().screen(), Screen::Lookup);
    assert!(looks_up(&tape, FIRST));
}

#[test]
fn an_order_is_looked_up_with_the_menu_key_alone() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Orders, &tape);
    harness.get_by_label("订单列表").focus();
    harness.run_steps(2);
    harness.key_press(Key::ArrowDown);
    harness.run_steps(2);
    tape.take();

    harness.key_press(Key::Menu);
    harness.run_steps(3);
    harness.key_press(Key::Enter);
    harness.run_steps(3);

    assert_eq!(harness.state().screen(), Screen::Lookup);
    assert!(looks_up(&tape, FIRST));
}

#[test]
fn a_state_is_shown_alone_or_left_out() {
    let tape = Tape::default();
    let paid = vec!["paid".to_owned()];
    for (entry, test) in [
        ("只看：已支付", CellTest::OneOf(paid.clone())),
        ("排除：已支付", CellTest::NoneOf(paid)),
    ] {
        let mut harness = opened(Look::default(), &tape);

        harness.get_by_label(entry).click();
        harness.run_steps(2);

        let asked = listed(&tape).expect("another list was asked for");
        assert_eq!(asked.view.filter_of("pay"), Some(&test), "{entry}");
    }
}

#[test]
fn a_state_of_delivery_is_shown_alone_and_the_chip_takes_it_back() {
    let tape = Tape::default();
    let mut harness = opened_at(Look::default(), &tape, "fulfil");

    harness.get_by_label("只看：已发货").click();
    harness.run_steps(2);
    let asked = listed(&tape).expect("another list");
    let fulfilled = CellTest::OneOf(vec!["fulfilled".to_owned()]);
    assert_eq!(asked.view.filter_of("fulfil"), Some(&fulfilled));

    harness.get_by_label("履约：已发货").click();
    harness.run_steps(2);
    assert!(!listed(&tape).expect("the list before").narrows());
}

#[test]
fn the_menu_is_about_the_column_that_was_pointed_at() {
    let tape = Tape::default();
    let mut harness = opened_at(Look::default(), &tape, "amount");

    assert!(harness.query_by_label("只看：已支付").is_none());
    let entry = harness
        .query_all_by_label_contains("只看：")
        .next()
        .expect("an entry for the amount");
    entry.click();
    harness.run_steps(2);

    let asked = listed(&tape).expect("another list");
    assert!(
        matches!(asked.view.filter_of("amount"), Some(CellTest::OneOf(values)) if values.len() == 1)
    );
}

#[test]
fn escape_closes_the_menu_of_a_case_and_leaves_its_panel() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Cases, &tape);
    crate::stage::open_row(&mut harness, "QH260308100244120077");
    harness.get_by_role_and_label(Role::Button, "关闭");
    harness
        .query_all_by_label_contains("QH260308100244120077")
        .find(|node| node.accesskit_node().role() == Role::Row)
        .expect("the row")
        .click_button(PointerButton::Secondary);
    harness.run_steps(3);
    assert!(harness.query_by_label("只看此分类").is_some());

    harness.key_press(Key::Escape);
    harness.run_steps(3);

    assert!(harness.query_by_label("只看此分类").is_none());
    harness.get_by_role_and_label(Role::Button, "关闭");
}

#[test]
fn a_column_is_hidden_and_comes_back() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Cases, &tape);
    let heads = |harness: &Harness<'static, App>, name: &str| {
        let mut heads = harness.query_all_by_label(name);
        heads.any(|node| node.accesskit_node().role() == Role::ColumnHeader)
    };
    assert!(heads(&harness, "账龄"));

    harness.get_by_label("列").click();
    harness.run_steps(3);
    harness
        .get_by_role_and_label(Role::MenuItem, "账龄")
        .click();
    harness.run_steps(3);
    assert!(!heads(&harness, "账龄"));
    let saved = |command: &Command| matches!(command, Command::SavePreferences(_));
    assert!(tape.take().iter().any(saved));

    harness.get_by_label("恢复默认列").click();
    harness.run_steps(3);
    assert!(heads(&harness, "账龄"));
}

#[test]
fn escape_closes_the_menu_and_nothing_is_done() {
    let tape = Tape::default();
    let mut harness = opened(Look::default(), &tape);

    harness.key_press(Key::Escape);
    harness.run_steps(3);

    assert!(harness.query_by_label("查此单").is_none());
    assert_eq!(harness.state().screen(), Screen::Orders);
}

#[test]
fn a_bill_leads_to_the_day_it_is_of() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Bills, &tape);
    harness
        .get_all_by_label_contains("2026-03-08")
        .find(|node| node.accesskit_node().role() == Role::Row)
        .expect("a bill of the day")
        .click_button(PointerButton::Secondary);
    harness.run_steps(3);

    harness.get_by_label_contains("的对账").click();
    harness.run_steps(3);

    assert_eq!(harness.state().screen(), Screen::Reconcile);
}

#[cfg(feature = "pictures")]
#[test]
fn the_menu_draws_in_every_look() {
    let small = Look::default().english().dark().size(1024.0, 640.0);
    for (name, look) in [
        ("rowmenu-light-zh", Look::default()),
        ("rowmenu-dark-en-1024x640", small),
    ] {
        let mut harness = opened(look, &Tape::default());
        crate::pictures::take(name, &mut harness);
    }
}
