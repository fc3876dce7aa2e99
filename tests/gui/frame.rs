//! The frame: keys, palette, notices, stillness.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use recondesk::app::{Command, Failure};
use recondesk::ui::Screen;

use crate::stage::{Look, Tape, sample_window, window};

#[test]
fn alt_and_a_digit_open_a_screen() {
    let mut harness = sample_window(Look::default(), Screen::Overview, &Tape::default());

    harness.key_press_modifiers(Modifiers::ALT, Key::Num3);
    harness.run_steps(2);

    assert_eq!(harness.state().screen(), Screen::Cases);
}

#[test]
fn brackets_move_the_day_but_never_past_yesterday() {
    let mut harness = sample_window(Look::default(), Screen::Overview, &Tape::default());

    harness.key_press(Key::OpenBracket);
    harness.run_steps(2);
    assert_eq!(harness.state().state().day.to_string(), "2026-03-07");

    for _ in 0..3 {
        harness.key_press(Key::CloseBracket);
        harness.run_steps(1);
    }
    assert_eq!(harness.state().state().day.to_string(), "2026-03-08");
}

#[test]
fn the_palette_runs_what_is_chosen_and_closes() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Overview, &tape);
    tape.take();

    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);

    assert!(
        tape.take()
            .iter()
            .any(|c| matches!(c, Command::Reconcile(..)))
    );
    assert!(harness.query_by_label("命令").is_none());
}

#[test]
fn a_failure_is_kept_in_the_notices() {
    let mut harness = sample_window(Look::default(), Screen::Overview, &Tape::default());
    harness
        .state_mut()
        .state_mut()
        .tell(Err(Failure::cancelled()));

    harness.key_press_modifiers(Modifiers::COMMAND, Key::B);
    harness.run_steps(2);

    let said = harness.query_all_by_label("已取消，没有存入任何数据");
    assert_eq!(said.count(), 2, "in the panel, and in the status bar");
}

#[test]
fn a_full_queue_is_told_and_nothing_waits() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Reconcile, &tape);
    tape.0.borrow_mut().full = true;

    harness.key_press(Key::F5);
    harness.run_steps(2);

    assert_eq!(harness.state().state().notices.len(), 1);
}

#[test]
fn files_without_a_merchant_are_picked_and_wait_for_its_form() {
    let tape = Tape::default();
    let mut harness = window(Look::default(), &tape, |app| {
        app.state_mut().welcome = recondesk::app::Remote::Ready(());
    });

    harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    harness.run_steps(2);

    assert_eq!(tape.0.borrow().asked.len(), 1);
    tape.0.borrow_mut().answer = Some(vec!["orders.csv".into()]);
    harness.run_steps(2);

    assert_eq!(harness.state().state().notices.len(), 1);
    assert_eq!(harness.state().screen(), Screen::Merchants);
    let sent = tape.take();
    assert!(!sent.iter().any(|c| matches!(c, Command::Recognise(..))));
}

#[test]
fn a_still_window_asks_for_no_frames() {
    for screen in Screen::ALL {
        let mut harness = sample_window(Look::default(), screen, &Tape::default());
        harness.run_steps(3);

        let delay = harness
            .output()
            .viewport_output
            .values()
            .map(|v| v.repaint_delay)
            .min();

        // The clock of the status bar wakes it once a minute.
        assert!(delay.unwrap().as_secs() >= 10, "{screen:?} {delay:?}");
    }
}

#[test]
fn the_window_survives_every_size() {
    for (width, height) in [
        (480.0, 320.0),
        (800.0, 500.0),
        (1024.0, 640.0),
        (2560.0, 1440.0),
    ] {
        for screen in Screen::ALL {
            let look = Look::default().english().size(width, height);
            sample_window(look, screen, &Tape::default()).run_steps(2);
        }
    }
}
