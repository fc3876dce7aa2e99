//! A proposal that a later step on its case takes back is told as taken back, and what waits for a second person can be
//! decided about together: listed first, each with its result, never the maker's own.

use recondesk::ports::ApprovalRecord;
use serde_json::Value;

use crate::casework_cli::CaseworkOffice;

fn office() -> CaseworkOffice {
    let office = CaseworkOffice::new();
    office.operator("li", "work,approve,administer");
    office.operator("wang", "work,approve");
    office.operator("zhao", "work");
    office
}

/// What is said on both channels.
fn said(office: &CaseworkOffice, name: &str, code: i32, arguments: &[&str]) -> String {
    let mut command = office.command(arguments);
    command
        .env("RECONDESK_OPERATOR", name)
        .env("RECONDESK_PIN", "2468");
    let output = command.output().unwrap();
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    let text = String::from_utf8(text).unwrap();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}");
    text
}

fn waiting(office: &CaseworkOffice) -> Vec<ApprovalRecord> {
    office.ports.casework.approvals(false).unwrap()
}

const IGNORE: [&str; 4] = ["--reason", "test-order", "--note", "of the shop's own"];

#[test]
fn taking_a_proposed_case_says_what_it_takes_back() {
    let office = office();
    let key = office.case("P05");
    office.by("li", 0, &[&["cases", "ignore", &key][..], &IGNORE].concat());
    let first = waiting(&office)[0].id.0.to_string();

    let told = said(&office, "zhao", 0, &["cases", "take", &key]);

    assert!(
        told.contains(
            "The proposal of li is withdrawn: Case to be ignored (Test order: of the shop's own)"
        ),
        "{told}"
    );
    assert_eq!(waiting(&office), []);
    let told = said(&office, "wang", 2, &["approve", &first]);
    assert!(told.contains("It waits no longer"), "{told}");
    let shown = said(&office, "zhao", 1, &["cases", "show", &key]);
    assert!(shown.contains("The proposal of li is withdrawn"), "{shown}");
    let trail = office.ports.casework.audit(0, 10_000).unwrap();
    let withdrawn: Vec<_> = trail
        .iter()
        .filter(|entry| entry.kind == "approval.withdraw")
        .collect();
    assert_eq!(withdrawn.len(), 1);
    assert_eq!(withdrawn[0].actor, "zhao");
    assert!(withdrawn[0].document.contains("\"maker\":\"li\""));

    // Proposed anew it is a question of its own, even in the same words.
    office.by("li", 0, &[&["cases", "ignore", &key][..], &IGNORE].concat());
    assert_ne!(waiting(&office)[0].id.0.to_string(), first);
    said(&office, "wang", 2, &["approve", &first]);
    office.agree("wang");
    assert_eq!(office.status(&key), "FORCE_CLOSED");
    office.expect(0, &["audit", "verify"]);
}

#[test]
fn a_step_on_a_carried_case_takes_the_question_back_and_can_itself_be_taken_back() {
    let office = office();
    let key = office.case("P01");
    office.by("zhao", 0, &["cases", "carry", &key, "--reason", "T+1"]);
    assert_eq!(waiting(&office).len(), 1);

    let told = said(&office, "wang", 0, &["cases", "take", &key]);

    assert!(
        told.contains("The proposal of zhao is withdrawn: Case to be carried (T+1)"),
        "{told}"
    );
    assert_eq!(waiting(&office), []);
    // Nobody is asked about it any more: whoever took it may take that back, and the question waits again.
    said(&office, "wang", 0, &["cases", "undo", &key]);
    assert_eq!(office.status(&key), "WAITING");
    assert_eq!(waiting(&office).len(), 1);
    // A note takes nothing back.
    let told = said(
        &office,
        "wang",
        0,
        &["cases", "comment", &key, "--text", "x"],
    );
    assert!(!told.contains("withdrawn"), "{told}");
    assert_eq!(waiting(&office).len(), 1);
    // A refund that is prepared for it does.
    office.by("zhao", 0, &["refund", "prepare", "--case", &key]);
    assert_eq!(waiting(&office), []);
    let shown = said(&office, "zhao", 1, &["cases", "show", &key]);
    assert!(
        shown.matches("The proposal of zhao is withdrawn").count() == 2,
        "{shown}"
    );
}

#[test]
fn all_that_waits_is_listed_first_and_the_own_ones_are_left_to_others() {
    let office = office();
    let keys = [
        office.cases("P05"),
        office.cases("P04"),
        office.cases("P07"),
    ]
    .concat();
    assert!(keys.len() > 1, "the invented day has {keys:?}");
    let mut by_zhao = vec!["cases", "ignore"];
    by_zhao.extend(keys.iter().map(String::as_str));
    office.by("zhao", 0, &[&by_zhao[..], &IGNORE].concat());
    let own = office.case("P01");
    office.by(
        "wang",
        0,
        &[&["cases", "ignore", &own][..], &IGNORE].concat(),
    );
    let all = keys.len() + 1;
    let n = keys.len();

    let told = said(&office, "wang", 1, &["approve", "--all"]);
    assert!(told.contains(&format!("{n} wait for you, ¥")), "{told}");
    assert!(told.contains("1 more are your own"), "{told}");
    assert!(told.contains("add --yes"), "{told}");
    assert_eq!(waiting(&office).len(), all);

    let done = office.by(
        "wang",
        0,
        &["approve", "--all", "--yes", "--format", "json"],
    );
    let done: Vec<Value> = serde_json::from_str(&done).unwrap();
    assert_eq!(done.len(), n);
    assert!(done.iter().all(|one| one["done"] == true), "{done:?}");
    assert!(keys.iter().all(|key| office.status(key) == "FORCE_CLOSED"));
    assert_eq!(office.status(&own), "PROPOSED");
    // What is left is the maker's own: nothing to do, and nothing is done.
    let told = said(&office, "wang", 0, &["approve", "--all", "--yes"]);
    assert!(told.contains("0 wait for you"), "{told}");
    assert_eq!(office.status(&own), "PROPOSED");
    // Somebody without the role decides about nothing.
    said(&office, "zhao", 2, &["approve", "--all", "--yes"]);
    let told = said(&office, "li", 0, &["reject", "--all", "--yes"]);
    assert!(told.contains("Refused: 1, not decided: 0"), "{told}");
    assert_eq!(office.status(&own), "REJECTED");
}
