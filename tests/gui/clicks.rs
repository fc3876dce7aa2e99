//! The daily jobs by accessible names, each with the clicks and keys it takes: they are counted and printed, and none
//! may grow.

use std::path::PathBuf;

use egui::{Key, Modifiers};
use recondesk::app::Command;
use recondesk::ui::Screen;

use crate::first_run::{BILL, FirstRunFixture, ORDERS, compared};
use crate::payout::{deed, refundable};
use crate::stage::{Look, Tape, sample_window};

/// Counts what a hand does, and says so at the end.
struct ClickCounter {
    job: &'static str,
    count: usize,
}

impl ClickCounter {
    const fn new(job: &'static str) -> Self {
        Self { job, count: 0 }
    }

    const fn does(&mut self) {
        self.count += 1;
    }

    fn done(self, most: usize) {
        println!("{}: {}", self.job, self.count);
        assert!(self.count <= most, "{}: {} > {most}", self.job, self.count);
    }
}

#[test]
fn yesterday_is_reconciled_by_one() {
    let mut morning = FirstRunFixture::new();
    let (_, day, _) = compared(&mut morning);
    morning.harness.state_mut().state_mut().day = day;
    morning.screen(Key::Num2, Screen::Reconcile);
    let mut hand = ClickCounter::new("yesterday reconciled");

    hand.does();
    morning.harness.key_press(Key::F5);
    morning.harness.run_steps(2);
    morning.work();

    assert!(morning.notice().contains("对账完成"));
    hand.done(1);
}

#[test]
fn any_number_is_found_by_two() {
    let mut morning = FirstRunFixture::new();
    compared(&mut morning);
    let mut hand = ClickCounter::new("any number");

    hand.does();
    morning
        .harness
        .key_press_modifiers(Modifiers::ALT, Key::Num6);
    morning.harness.run_steps(3);
    hand.does();
    let number = "vqlepiql_32071482241528_87182".to_owned();
    morning.harness.event(egui::Event::Paste(number));
    morning.harness.run_steps(3);
    morning.work();

    assert_eq!(morning.harness.state().screen(), Screen::Lookup);
    assert!(morning.says("掉单"), "the story of the order is there");
    hand.done(2);
}

#[test]
fn a_case_is_refunded_by_five() {
    let tape = Tape::default();
    let mut hand = ClickCounter::new("one case refunded");
    let mut harness = sample_window(Look::default(), Screen::Cases, &tape);

    // Its row, Enter, the deed, the sum once more, Ctrl Enter.
    hand.does();
    hand.does();
    refundable(&mut harness);
    hand.does();
    deed(&mut harness, "退款…");
    hand.does();
    harness.event(egui::Event::Text("299.00".to_owned()));
    harness.run_steps(2);
    hand.does();
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run_steps(2);

    let sent = tape.take();
    let asked =
        |command: &Command| matches!(command, Command::Refund(wish) if wish.amount.get() == 29_900);
    assert!(sent.iter().any(asked), "{sent:?}");
    hand.done(5);
}

#[test]
fn a_wrong_signature_is_explained_by_two() {
    let tape = Tape::default();
    let mut hand = ClickCounter::new("a wrong signature explained");
    let mut harness = sample_window(Look::default(), Screen::Overview, &tape);

    hand.does();
    harness.key_press_modifiers(Modifiers::ALT, Key::Num7);
    harness.run_steps(2);
    tape.take();
    hand.does();
    let call = "<xml><appid>wx8888888888888888</appid><mch_id>1900000109</mch_id>\
                <nonce_str>abc</nonce_str><sign>00112233445566778899AABBCCDDEEFF</sign></xml>";
    harness.event(egui::Event::Paste(call.to_owned()));
    harness.run_steps(3);

    let sent = tape.take();
    let explains = |command: &Command| matches!(command, Command::Lab(_));
    assert!(sent.iter().any(explains), "{sent:?}");
    hand.done(2);
}

#[test]
fn the_report_of_the_day_is_handed_over_by_two() {
    let mut morning = FirstRunFixture::new();
    let (id, day, _) = compared(&mut morning);
    morning.harness.state_mut().state_mut().day = day;
    morning.screen(Key::Num1, Screen::Overview);
    let mut hand = ClickCounter::new("the day's report handed over");
    let file = morning.file("report.xlsx", "");

    hand.does();
    morning.press("日报…");
    // The file dialog of the system opens with name and place filled in: Enter saves.
    hand.does();
    morning.tape.0.borrow_mut().answer = Some(vec![file.clone()]);
    morning.harness.run_steps(2);
    let sent = morning.tape.0.borrow().sent.len();
    morning.work();

    assert!(sent > 0, "a report was asked for of {id:?}");
    assert!(std::fs::metadata(file).unwrap().len() > 1_000);
    hand.done(2);
}

#[test]
fn the_first_day_of_own_files_is_reconciled_by_five() {
    let mut morning = FirstRunFixture::new();
    let mut hand = ClickCounter::new("first day of a new workspace");
    let files: Vec<PathBuf> = [("bill.csv", BILL), ("orders.csv", ORDERS)]
        .map(|(name, text)| morning.file(name, text))
        .into();

    // Both files dropped on the window.
    hand.does();
    morning.drop_files(files);
    assert_eq!(morning.harness.state().screen(), Screen::Merchants);
    assert!(morning.says("bill.csv、orders.csv"));
    let number = morning.harness.state().state().first_number.clone();
    assert_eq!(number.as_deref(), Some("4018133365"), "as the bill has it");
    // The name is typed where the cursor stands already, Enter saves and imports.
    hand.does();
    morning
        .harness
        .event(egui::Event::Text("青禾商城".to_owned()));
    morning.harness.run_steps(2);
    hand.does();
    morning.harness.key_press(Key::Enter);
    morning.harness.run_steps(2);
    morning.work();
    let state = morning.harness.state().state();
    assert_eq!(state.merchants.len(), 1);
    assert_eq!(state.merchants[0].profile.mch_id, "4018133365");
    // Both are here: Reconcile, and its one button.
    hand.does();
    morning.screen(Key::Num2, Screen::Reconcile);
    hand.does();
    morning.enter();

    assert!(
        morning.notice().contains("对账完成"),
        "{}",
        morning.notice()
    );
    hand.done(5);
}
