//! What the window's state makes of commands and events.

use super::*;
use crate::command::CaseList;
use crate::model::{CaseFilter, CaseTotals};
use recondesk_domain::MerchantProfile;

fn state() -> State {
    State::new(Instant::parse_beijing("2026-03-09 10:12:40").unwrap())
}

fn merchant(id: i64) -> MerchantRow {
    MerchantRow {
        id: ProfileId(id),
        profile: MerchantProfile::new("青禾商城", "1900000109"),
        secrets: Vec::new(),
        locked: false,
    }
}

fn welcome(merchants: Vec<MerchantRow>) -> Outcome {
    Outcome::Welcome(Box::new(Welcome {
        preferences: Preferences::default(),
        merchants,
        folder: String::new(),
        demo: true,
        cares: true,
        places: None,
        program: String::new(),
        person: crate::model::Person {
            name: "李雯".to_owned(),
            ..crate::model::Person::default()
        },
        vault: recondesk_ports::VaultAccess::System,
    }))
}

fn ask(state: &mut State, command: &Command) -> TaskId {
    state.enter(command, 0).0
}

#[test]
fn the_window_opens_on_yesterday() {
    assert_eq!(state().day.to_string(), "2026-03-08");
}

#[test]
fn the_start_asks_for_what_the_screens_show() {
    let mut state = state();
    let task = ask(&mut state, &Command::Start);

    let next = state.apply(Event::Finished(task, Box::new(welcome(vec![merchant(1)]))));

    assert_eq!(state.merchant, Some(ProfileId(1)));
    assert!(next.iter().any(|c| matches!(c, Command::Overview(..))));
    assert!(next.iter().any(|c| matches!(c, Command::Day(..))));
    assert!(state.tasks.is_empty());
}

#[test]
fn a_fresh_workspace_asks_for_nothing_more() {
    let mut state = state();
    let task = ask(&mut state, &Command::Start);

    let next = state.apply(Event::Finished(task, Box::new(welcome(Vec::new()))));

    assert!(next.is_empty());
    assert!(state.welcome.value().is_some());
}

#[test]
fn only_the_last_list_that_was_asked_for_is_shown() {
    let mut state = state();
    let first = ask(&mut state, &Command::Cases(CaseFilter::default()));
    let second = ask(&mut state, &Command::Cases(CaseFilter::default()));
    let list = |ids| {
        Box::new(Outcome::Cases(CaseList {
            ids,
            totals: CaseTotals::default(),
        }))
    };

    state.apply(Event::Finished(second, list(vec![7, 8])));
    state.apply(Event::Finished(first, list(vec![1])));

    assert_eq!(state.cases.rows.ids(), [7, 8]);
}

#[test]
fn a_failed_reload_keeps_the_rows_and_says_why_in_place() {
    let mut state = state();
    let task = ask(&mut state, &Command::Bills(None));
    state.apply(Event::Finished(task, Box::new(Outcome::Bills(Vec::new()))));
    let task = ask(&mut state, &Command::Bills(None));

    state.apply(Event::Failed(task, Box::new(Failure::cancelled())));

    assert!(state.bills.value().is_some());
    assert!(state.bills.failure().is_some());
    assert!(state.notices.is_empty());
}

#[test]
fn a_failed_job_becomes_a_notice_that_stays() {
    let mut state = state();
    let day = state.day;
    let task = ask(&mut state, &Command::Reconcile(ProfileId(1), day));
    let failure = Failure::new(
        FailureKind::RefusedInput,
        "bill.sum",
        Message::new("账单汇总不符，已隔离", "Bill and summary disagree"),
        Message::default(),
    );

    state.apply(Event::Failed(task, Box::new(failure)));
    let next_week = state.now.plus(7 * 86_400);
    state.tick(next_week);

    assert_eq!(state.notices.len(), 1);
    assert!(state.bell());
}

#[test]
fn a_day_of_another_merchant_is_not_shown_under_this_ones_name() {
    let mut state = state();
    let day = state.day;
    let task = ask(&mut state, &Command::Day(ProfileId(1), day));
    state.apply(Event::Failed(task, Box::new(Failure::cancelled())));

    ask(&mut state, &Command::Day(ProfileId(2), day));

    assert!(state.reconciled.value().is_none());
    assert!(state.reconciled.is_loading());
}
