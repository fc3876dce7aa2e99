//! The menus of rows: by the second button and by the menu key.

use egui::accesskit::Role;
use egui::{Key, PointerButton};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use recondesk::app::Command;
use recondesk::domain::PayStatus;
use recondesk::ui::{App, Screen};

use crate::stage::{Look, Tape, sample_window};

const FIRST: &str = "QH260308100244100020";

/// A window on the orders, in which the menu of the first row was opened with the mouse.
fn opened(look: Look, tape: &Tape) -> Harness<'static, App> {
    let mut harness = sample_window(look, Screen::Orders, tape);
    harness
        .get_by_label_contains(FIRST)
        .click_button(PointerButton::Secondary);
    harness.run_steps(3);
    tape.take();
    harness
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
    harness.get_by_label("orders").focus();
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
    let paid = PayStatus::Paid as u8;
    for (entry, alone) in [("只看：已支付", true), ("排除：已支付", false)] {
        let mut harness = opened(Look::default(), &tape);

        harness.get_by_label(entry).click();
        harness.run_steps(2);

        let asked = tape.take().into_iter().find_map(|command| match command {
            Command::Orders(filter) => Some(filter.query.states),
            _ => None,
        });
        let states = asked.expect("another list was asked for");
        assert_eq!(states.contains(&paid), alone, "{entry}");
        assert_eq!(states.len() == 1, alone, "{entry}");
    }
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

#[test]
fn the_menu_draws_in_every_look() {
    if std::env::var_os("RECONDESK_PICTURES").is_none() {
        return;
    }
    let small = Look::default().english().dark().size(1024.0, 640.0);
    for (name, look) in [
        ("rowmenu-light-zh", Look::default()),
        ("rowmenu-dark-en-1024x640", small),
    ] {
        let mut harness = opened(look, &Tape::default());
        crate::pictures::take(name, &mut harness);
    }
}
