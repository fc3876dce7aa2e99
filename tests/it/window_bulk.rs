//! Goods and money for many cases, as the window asks for them: over the sandbox, with a real workspace.

use std::sync::Arc;

use recondesk::app::jobs::router::WindowJobs;
use recondesk::app::model::{
    BulkAsk, BulkKind, BulkOutcome, BulkPayout, BulkSummary, CaseFilter, PreparedRefunds,
};
use recondesk::app::{Command, Jobs as _, Outcome};
use recondesk::casework::{RefundStage, ReissueWay};
use recondesk::domain::Fen;
use recondesk::ports::{Ports, RefundQuery, RefundRecord};

use crate::casework_cli::CaseworkOffice;
use crate::support::wire::ledger;
use crate::window_refunds::{RecordingReporter, jobs_over};

/// The open cases of some categories, added up.
fn summary(office: &CaseworkOffice, jobs: &mut WindowJobs, codes: &[&str]) -> BulkSummary {
    let mut ids = Vec::new();
    for code in codes {
        for key in office.cases(code) {
            let profile = office.ports.records.profiles().unwrap()[0].0;
            let case = office.ports.records.case(profile, &key).unwrap().unwrap();
            ids.push(u64::try_from(case.id.0).unwrap());
        }
    }
    let ask = BulkAsk {
        filter: CaseFilter::default(),
        ids: Some(ids.into()),
    };
    let outcome = jobs.run(
        Command::BulkSummary(Box::new(ask)),
        &RecordingReporter::default(),
    );
    let Ok(Outcome::BulkSummary(summary)) = outcome else {
        panic!("{outcome:?}");
    };
    *summary
}

fn prepared(
    jobs: &mut WindowJobs,
    ids: Arc<[u64]>,
    watcher: &RecordingReporter,
) -> PreparedRefunds {
    let wish = BulkPayout::Prepare {
        ids,
        reason: String::new(),
    };
    let outcome = jobs.run(Command::BulkPayout(Box::new(wish)), watcher);
    let Ok(Outcome::Prepared(prepared)) = outcome else {
        panic!("{outcome:?}");
    };
    *prepared
}

fn done(jobs: &mut WindowJobs, wish: BulkPayout) -> BulkOutcome {
    let outcome = jobs.run(
        Command::BulkPayout(Box::new(wish)),
        &RecordingReporter::default(),
    );
    let Ok(Outcome::Bulk(done)) = outcome else {
        panic!("{outcome:?}");
    };
    *done
}

fn refunds(ports: &Ports) -> Vec<RefundRecord> {
    ports.casework.refunds(&RefundQuery::default()).unwrap()
}

/// Refunds that the sandbox accepted.
fn accepted(office: &CaseworkOffice) -> usize {
    let ledger = ledger(&office.shop.sandbox.base_http);
    let orders = ledger["merchants"][0]["orders"].as_array().unwrap().iter();
    orders
        .map(|order| order["refunds"].as_array().map_or(0, Vec::len))
        .sum()
}

#[test]
fn many_refunds_go_out_once_their_total_is_typed_and_each_once() {
    let office = CaseworkOffice::new();
    let (ports, mut jobs) = jobs_over(&office.path("workspace"));
    let before = accepted(&office);
    let summary = summary(&office, &mut jobs, &["P04", "P01", "P05"]);
    let wanted = office.cases("P04").len() + office.cases("P01").len();
    assert_eq!(summary.refunds.ids.len(), wanted, "P05 has no payment");
    assert!(summary.ids.len() > wanted);

    let watcher = RecordingReporter::default();
    let made = prepared(&mut jobs, summary.refunds.ids.clone(), &watcher);
    assert_eq!(made.refunds.len(), wanted, "{made:?}");
    assert_eq!(made.refunds, made.fresh);
    assert_eq!(watcher.told.lock().unwrap().len(), wanted);
    assert_eq!(accepted(&office), before, "nothing is sent yet");
    let drafts = refunds(&ports);
    let sum = drafts.iter().map(|one| one.refund.amount.get()).sum();
    assert_eq!(made.total, Some(Fen::new(sum)));
    assert!(drafts.iter().all(|one| !one.draft.reason.is_empty()));

    let send = |typed| BulkPayout::Send {
        refunds: made.refunds.clone(),
        typed,
        identity: None,
    };
    let wrong = Command::BulkPayout(Box::new(send(Fen::new(1))));
    let failure = jobs.run(wrong, &RecordingReporter::default()).unwrap_err();
    assert_eq!(failure.code, "refund.confirm");
    assert_eq!(accepted(&office), before);

    let told = done(&mut jobs, send(Fen::new(sum)));
    assert_eq!(told.kind, BulkKind::Refunded);
    assert_eq!(told.lines.len(), wanted);
    assert_eq!((told.refused(), told.left), (0, 0), "{told:?}");
    assert_eq!(accepted(&office), before + wanted);
    // A second click finds them sent.
    done(&mut jobs, send(Fen::new(sum)));
    assert_eq!(accepted(&office), before + wanted);
    assert_eq!(refunds(&ports).len(), wanted);
}

#[test]
fn what_was_withdrawn_meanwhile_is_not_counted_as_on_its_way() {
    let office = CaseworkOffice::new();
    let (ports, mut jobs) = jobs_over(&office.path("workspace"));
    let ids = summary(&office, &mut jobs, &["P04", "P01"]).refunds.ids;
    let made = prepared(&mut jobs, ids, &RecordingReporter::default());
    let drafts = refunds(&ports);
    assert!(drafts.len() > 1, "{drafts:?}");
    let gone = drafts[0].out_refund_no.as_str();
    office.expect(0, &["refund", "withdraw", gone, "--reason", "x"]);

    let told = done(
        &mut jobs,
        BulkPayout::Send {
            refunds: made.refunds.clone(),
            typed: made.total.unwrap(),
            identity: None,
        },
    );

    assert_eq!(told.refused(), 1, "{told:?}");
    let rest = made.refunds.len() as u64 - 1;
    assert_eq!(told.done() + told.under_way(), rest, "{told:?}");
    let line = told.lines.iter().find(|line| line.result.is_err()).unwrap();
    assert_eq!(line.id, drafts[0].id.0);
}

#[test]
fn giving_up_what_was_prepared_leaves_every_case_free() {
    let office = CaseworkOffice::new();
    let (ports, mut jobs) = jobs_over(&office.path("workspace"));
    let before = summary(&office, &mut jobs, &["P04"]);
    let made = prepared(
        &mut jobs,
        before.refunds.ids.clone(),
        &RecordingReporter::default(),
    );
    assert!(!made.fresh.is_empty());
    // What was a draft before is not given up with them.
    let again = prepared(
        &mut jobs,
        before.refunds.ids.clone(),
        &RecordingReporter::default(),
    );
    assert_eq!(again.refunds, made.refunds);
    assert!(again.fresh.is_empty());

    let wish = BulkPayout::GiveUp(made.fresh.clone());
    let outcome = jobs.run(
        Command::BulkPayout(Box::new(wish)),
        &RecordingReporter::default(),
    );
    assert!(matches!(outcome, Ok(Outcome::Changed(..))), "{outcome:?}");

    let stages: Vec<RefundStage> = refunds(&ports).iter().map(|one| one.refund.stage).collect();
    assert!(stages.iter().all(|stage| *stage == RefundStage::Withdrawn));
    let after = summary(&office, &mut jobs, &["P04"]);
    assert_eq!(after.refunds, before.refunds);
}

#[test]
fn a_wish_to_stop_leaves_the_rest_unwritten() {
    let office = CaseworkOffice::new();
    let (ports, mut jobs) = jobs_over(&office.path("workspace"));
    let ids = summary(&office, &mut jobs, &["P04", "P01"]).refunds.ids;
    let stopped = RecordingReporter::default();
    stopped.cancel.cancel();

    let made = prepared(&mut jobs, ids.clone(), &stopped);

    assert_eq!(made.left, ids.len() as u64);
    assert!(made.refunds.is_empty() && refunds(&ports).is_empty());
}

#[test]
fn a_sealed_key_asks_for_the_passphrase_instead_of_failing_one_by_one() {
    let office = CaseworkOffice::new();
    let (ports, mut jobs) = jobs_over(&office.path("workspace"));
    let ids = summary(&office, &mut jobs, &["P04"]).refunds.ids;
    let made = prepared(&mut jobs, ids.clone(), &RecordingReporter::default());
    ports.vault.lock();

    let prepare = BulkPayout::Prepare {
        ids,
        reason: String::new(),
    };
    let send = BulkPayout::Send {
        refunds: made.refunds.clone(),
        typed: made.total.unwrap(),
        identity: None,
    };
    for wish in [prepare, send] {
        let command = Command::BulkPayout(Box::new(wish));
        let failure = jobs
            .run(command, &RecordingReporter::default())
            .unwrap_err();
        assert_eq!(failure.code, "vault.locked");
    }
}

#[test]
fn more_than_the_limit_wait_for_a_second_person() {
    let office = CaseworkOffice::new();
    office.operator("li", "work,approve,administer");
    office.operator("wang", "work,approve");
    let (_, mut jobs) = jobs_over(&office.path("workspace"));
    let limits = ["operator", "limits", "--bulk-over", "1"];
    office.by("li", 0, &limits);
    let identity = || {
        Some(recondesk::app::model::OperatorIdentity {
            name: "li".to_owned(),
            pin: recondesk::domain::Secret::new("2468".to_owned()),
        })
    };
    let sign_in = Command::SignIn(Box::new(identity().unwrap()));
    jobs.run(sign_in, &RecordingReporter::default()).unwrap();
    let before = accepted(&office);
    let summary = summary(&office, &mut jobs, &["P04", "P01"]);
    assert_eq!(summary.bulk_over, 1);
    let made = prepared(
        &mut jobs,
        summary.refunds.ids.clone(),
        &RecordingReporter::default(),
    );
    assert_eq!(made.awaited, made.refunds.len() as u64);

    let told = done(
        &mut jobs,
        BulkPayout::Send {
            refunds: made.refunds.clone(),
            typed: made.total.unwrap(),
            identity: identity(),
        },
    );

    assert_eq!(told.waiting(), made.refunds.len() as u64, "{told:?}");
    assert_eq!(accepted(&office), before, "nobody agreed yet");
}

#[test]
fn many_reissues_by_a_list_are_one_file_and_wait_for_proof() {
    let office = CaseworkOffice::new();
    let (ports, mut jobs) = jobs_over(&office.path("workspace"));
    let summary = summary(&office, &mut jobs, &["P01", "P02"]);
    assert!(!summary.reissues.ids.is_empty());
    assert!(summary.ways.contains(&ReissueWay::List));
    let file = office.path("reissue.csv");

    let told = done(
        &mut jobs,
        BulkPayout::Reissue {
            ids: summary.reissues.ids.clone(),
            way: ReissueWay::List,
            list: Some(file.clone()),
            identity: None,
        },
    );

    assert_eq!(told.kind, BulkKind::Reissued);
    let good = told.lines.iter().filter(|line| line.result.is_ok()).count();
    assert!(good > 0, "{told:?}");
    assert_eq!(told.under_way(), good as u64, "nothing is proven yet");
    let list = std::fs::read_to_string(file).unwrap();
    assert_eq!(list.lines().count(), good + 1, "{list}");
    let reissues = ports.casework.reissues(None).unwrap();
    assert_eq!(reissues.len(), good);
}
