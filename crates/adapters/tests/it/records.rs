//! Runs, cases and history in a real workspace database.

mod many;

use super::engine::{RawDatabase, database};
use recondesk_adapters::sqlite::Database;
use recondesk_domain::{
    BillDate, CaseStatus, Category, Fen, Finding, Instant, MerchantProfile, OutTradeNo, ProfileId,
};
use recondesk_ports::{
    CaseEventKind, CaseQuery, CaseRecord, CaseStep, CaseStepKind, Casework as _, KnownRun, NewRun,
    Records as _, RunRecord, StoreError,
};
use recondesk_reconcile::{DayInput, MemoryBooks, Rules, RunSummary};
use tempfile::TempDir;

const MCH: &str = "1900000109";

struct RecordsFixture {
    folder: TempDir,
    db: Database,
    profile: ProfileId,
}

impl RecordsFixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = database(folder.path()).unwrap();
        let profile = db
            .add_profile(
                &MerchantProfile::new("shop", MCH),
                recondesk_ports::Author::program(at(0)),
            )
            .unwrap();
        Self {
            folder,
            db,
            profile,
        }
    }

    fn conclude(
        &self,
        digest: u8,
        day: &str,
        findings: &[Finding],
        cleared: &[Finding],
    ) -> RunRecord {
        let run = NewRun {
            profile: self.profile,
            mch_id: MCH,
            digest: [digest; 32],
            summary: &summary(day),
            findings,
            pool: &[],
            cleared,
        };
        self.db.conclude(&run, at(i64::from(digest))).unwrap()
    }

    fn case(&self, finding: &Finding) -> CaseRecord {
        self.db
            .case(self.profile, &finding.case_key(MCH))
            .unwrap()
            .unwrap()
    }

    fn step(&self, finding: &Finding, kind: CaseStepKind, actor: &str) -> Result<(), StoreError> {
        let step = CaseStep {
            kind,
            actor: actor.to_owned(),
            text: "reason".to_owned(),
            at: at(99),
            together: 1,
            seen: None,
        };
        self.db.step_case(self.case(finding).id, &step)
    }

    fn kinds(&self, finding: &Finding) -> Vec<CaseEventKind> {
        let events = self.db.case_events(self.case(finding).id).unwrap();
        events.into_iter().map(|event| event.kind).collect()
    }
}

fn at(second: i64) -> Instant {
    Instant::from_unix(1_772_900_000 + second)
}

fn day(text: &str) -> BillDate {
    BillDate::parse(text).unwrap()
}

/// The figures of an empty day.
fn summary(text: &str) -> RunSummary {
    let input = DayInput::new(MCH, day(text), Rules::default());
    let mut sink = recondesk_reconcile::Collected::default();
    recondesk_reconcile::run(&input, &MemoryBooks::default(), &mut sink)
        .unwrap()
        .summary
}

fn finding(category: Category, number: &str) -> Finding {
    let mut finding = Finding::new(category);
    finding.out_trade_no = OutTradeNo::new(number).unwrap();
    finding.bill = Some(Fen::new(1230));
    "status=created".clone_into(&mut finding.detail);
    finding
}

#[test]
fn what_a_run_found_is_read_back_as_it_was() {
    let stage = RecordsFixture::new();
    let mut full = finding(Category::PayPendingM, "a");
    full.tags = vec![
        recondesk_domain::Tag::Key2,
        recondesk_domain::Tag::Also(Category::PayPendingW),
    ];
    full.paid_at = Some(at(7));
    let findings = [full, finding(Category::AmountDiff, "b")];

    let run = stage.conclude(1, "2026-03-08", &findings, &[]);

    assert_eq!(stage.db.findings(run.id).unwrap(), findings);
    let current = stage.db.current_run(stage.profile, run.day).unwrap();
    assert_eq!(current, Some(run));
}

#[test]
fn decisions_survive_a_re_run() {
    let stage = RecordsFixture::new();
    let found = finding(Category::WOnlyPay, "a");
    stage.conclude(1, "2026-03-08", std::slice::from_ref(&found), &[]);
    stage
        .step(&found, CaseStepKind::Status(CaseStatus::Assigned), "ann")
        .unwrap();
    stage
        .step(&found, CaseStepKind::Owner("ann".to_owned()), "ann")
        .unwrap();
    stage.step(&found, CaseStepKind::Note, "ann").unwrap();

    let mut again = found.clone();
    again.category = Category::PaidNotBooked;
    stage.conclude(2, "2026-03-08", std::slice::from_ref(&again), &[]);

    let case = stage.case(&found);
    assert_eq!(case.status, CaseStatus::Assigned);
    assert_eq!(case.owner, "ann");
    assert_eq!(case.finding.category, Category::PaidNotBooked);
    assert_eq!(
        stage.kinds(&found),
        [
            CaseEventKind::Found,
            CaseEventKind::Status,
            CaseEventKind::Owner,
            CaseEventKind::Note,
            CaseEventKind::Changed,
        ]
    );
}

#[test]
fn a_case_that_is_gone_closes_itself_and_reopens_when_found_again() {
    let stage = RecordsFixture::new();
    let found = [finding(Category::WOnlyPay, "a")];
    stage.conclude(1, "2026-03-08", &found, &[]);

    stage.conclude(2, "2026-03-08", &[], &[]);
    assert_eq!(stage.case(&found[0]).status, CaseStatus::AutoClosed);

    stage.conclude(3, "2026-03-08", &found, &[]);
    assert_eq!(stage.case(&found[0]).status, CaseStatus::Reopened);
}

#[test]
fn a_later_match_closes_the_case_and_a_re_run_of_the_older_day_leaves_it_closed() {
    let stage = RecordsFixture::new();
    let waiting = [finding(Category::PayPendingW, "a")];
    stage.conclude(1, "2026-03-08", &waiting, &[]);
    let cleared = [finding(Category::MatchedXday, "a")];

    stage.conclude(2, "2026-03-09", &[], &cleared);
    assert_eq!(stage.case(&waiting[0]).status, CaseStatus::AutoClosed);
    let events = stage.db.case_events(stage.case(&waiting[0]).id).unwrap();
    assert_eq!(events.last().unwrap().text, "MATCHED_XDAY 2026-03-09");

    stage.conclude(3, "2026-03-08", &waiting, &[]);
    assert_eq!(stage.case(&waiting[0]).status, CaseStatus::AutoClosed);
}

#[test]
fn an_older_result_that_speaks_again_brings_its_cases_back() {
    let stage = RecordsFixture::new();
    let found = [finding(Category::WOnlyPay, "a")];
    let first = stage.conclude(1, "2026-03-08", &found, &[]);
    stage.conclude(2, "2026-03-08", &[], &[]);
    let known = KnownRun {
        profile: stage.profile,
        mch_id: MCH,
        day: first.day,
        digest: first.digest,
    };

    let recalled = stage.db.recall_run(&known, at(50)).unwrap();

    assert_eq!(recalled.as_ref(), Some(&first));
    assert_eq!(
        stage.db.current_run(stage.profile, first.day).unwrap(),
        Some(first)
    );
    assert_eq!(stage.case(&found[0]).status, CaseStatus::Reopened);
}

#[test]
fn the_run_before_is_the_one_that_spoke_before() {
    let stage = RecordsFixture::new();
    let found = [finding(Category::WOnlyPay, "a")];
    let first = stage.conclude(1, "2026-03-08", &found, &[]);
    let before = || stage.db.run_before(stage.profile, first.day).unwrap();
    assert_eq!(before(), None);

    let second = stage.conclude(2, "2026-03-08", &[], &[]);
    assert_eq!(before().as_ref(), Some(&first));

    let recall = |run: &RunRecord| {
        let known = KnownRun {
            profile: stage.profile,
            mch_id: MCH,
            day: run.day,
            digest: run.digest,
        };
        stage.db.recall_run(&known, at(50)).unwrap().unwrap()
    };
    recall(&second);
    assert_eq!(before().as_ref(), Some(&first));
    recall(&first);
    assert_eq!(before().as_ref(), Some(&second));
}

#[test]
fn steps_that_belong_together_are_all_taken_or_none() {
    let stage = RecordsFixture::new();
    let found = finding(Category::WOnlyPay, "a");
    stage.conclude(1, "2026-03-08", std::slice::from_ref(&found), &[]);
    let step = |kind| CaseStep {
        kind,
        actor: "ann".to_owned(),
        text: String::new(),
        at: at(9),
        together: 1,
        seen: None,
    };
    let steps = [
        step(CaseStepKind::Owner("ann".to_owned())),
        step(CaseStepKind::Status(CaseStatus::Approved)),
    ];

    let refused = stage.db.step_case_all(stage.case(&found).id, &steps);

    assert!(matches!(refused, Err(StoreError::Forbidden(_))));
    assert_eq!(stage.case(&found).owner, "");
    assert_eq!(stage.kinds(&found), [CaseEventKind::Found]);
}

#[test]
fn maker_and_checker_differ_and_steps_follow_the_workflow() {
    let stage = RecordsFixture::new();
    let found = finding(Category::WOnlyPay, "a");
    stage.conclude(1, "2026-03-08", std::slice::from_ref(&found), &[]);
    let step = |status, actor: &str| stage.step(&found, CaseStepKind::Status(status), actor);

    let forbidden = |result: Result<(), StoreError>| {
        assert!(
            matches!(result, Err(StoreError::Forbidden(_))),
            "{result:?}"
        );
    };
    forbidden(step(CaseStatus::Executing, "ann"));
    step(CaseStatus::Proposed, "ann").unwrap();
    forbidden(step(CaseStatus::Approved, "ann"));
    forbidden(step(CaseStatus::ForceClosed, "ann"));
    step(CaseStatus::Approved, "bob").unwrap();
    assert_eq!(stage.case(&found).status, CaseStatus::Approved);
}

#[test]
fn history_cannot_be_changed_or_deleted() {
    let stage = RecordsFixture::new();
    let found = finding(Category::WOnlyPay, "a");
    stage.conclude(1, "2026-03-08", std::slice::from_ref(&found), &[]);
    let raw = RawDatabase::of(stage.folder.path());

    for sql in ["UPDATE case_event SET text = 'x'", "DELETE FROM case_event"] {
        let refused = raw.execute(sql, []).unwrap_err();
        assert!(refused.contains("append-only"), "{sql}: {refused}");
    }
    assert_eq!(stage.kinds(&found), [CaseEventKind::Found]);
}

#[test]
fn cases_come_most_pressing_first_and_closed_ones_only_when_asked() {
    let stage = RecordsFixture::new();
    let found = [
        finding(Category::AmountDiff, "a"),
        finding(Category::WOnlyPay, "b"),
    ];
    stage.conclude(1, "2026-03-08", &found, &[]);
    stage.conclude(2, "2026-03-09", &[], &[]);
    stage.conclude(3, "2026-03-08", &found[..1], &[]);
    let list = |query: CaseQuery| -> Vec<String> {
        let cases = stage.db.cases(&query).unwrap();
        cases
            .iter()
            .map(|case| case.finding.out_trade_no.to_string())
            .collect()
    };

    assert_eq!(list(CaseQuery::default()), ["a"]);
    assert_eq!(
        list(CaseQuery {
            closed_too: true,
            ..CaseQuery::default()
        }),
        ["b", "a"]
    );
    assert_eq!(
        list(CaseQuery {
            day: Some(day("2026-03-09")),
            ..CaseQuery::default()
        }),
        [] as [&str; 0]
    );
}

#[test]
fn a_name_is_unique_and_a_merchant_that_comes_back_finds_its_books() {
    let stage = RecordsFixture::new();
    let profile = MerchantProfile::new("shop", MCH);

    assert_eq!(
        stage
            .db
            .add_profile(&profile, recondesk_ports::Author::program(at(1))),
        Err(StoreError::Taken("shop".to_owned()))
    );
    let removed = stage
        .db
        .remove_profile(stage.profile, recondesk_ports::Author::program(at(2)));
    assert_eq!(removed, Ok(()));
    let again = stage
        .db
        .add_profile(&profile, recondesk_ports::Author::program(at(3)))
        .unwrap();

    assert_eq!(
        again, stage.profile,
        "its books and refunds are found again"
    );
    let other = MerchantProfile::new("other", "1900000110");
    let other = stage
        .db
        .add_profile(&other, recondesk_ports::Author::program(at(4)));
    assert_ne!(other, Ok(again));
    let trail = stage.db.audit(1, 9).unwrap().into_iter();
    assert_eq!(
        trail.map(|entry| entry.kind).collect::<Vec<_>>(),
        [
            "profile.add",
            "profile.remove",
            "profile.restore",
            "profile.add"
        ]
    );
}

#[test]
fn a_step_on_what_somebody_else_changed_since_is_refused_with_what_happened() {
    let stage = RecordsFixture::new();
    let (one, other) = (
        finding(Category::PaidNotBooked, "QH1"),
        finding(Category::AmountDiff, "QH2"),
    );
    stage.conclude(1, "2026-03-08", &[one.clone(), other.clone()], &[]);
    let seen = stage.db.last_case_event().unwrap();
    let deeds = stage.db.last_deed().unwrap();
    let take = |finding: &Finding, actor: &str, seen: i64| {
        let step = CaseStep {
            kind: CaseStepKind::Status(CaseStatus::Assigned),
            actor: actor.to_owned(),
            text: String::new(),
            at: at(99),
            together: 1,
            seen: Some(seen),
        };
        stage.db.step_case(stage.case(finding).id, &step)
    };
    take(&one, "li", seen).unwrap();
    assert!(stage.db.last_deed().unwrap() > deeds);

    let Err(StoreError::Overtaken(since)) = take(&one, "wang", seen) else {
        panic!("stored over what li did");
    };
    assert_eq!(since.len(), 1);
    assert_eq!(
        (since[0].actor.as_str(), since[0].kind),
        ("li", CaseEventKind::Status)
    );
    // Other cases are not concerned, nor what one did oneself; and who looks again may go on.
    take(&other, "wang", seen).unwrap();
    stage.step(&one, CaseStepKind::Note, "li").unwrap();
    let now = stage.db.last_case_event().unwrap();
    let waiting = CaseStepKind::Status(CaseStatus::Waiting);
    stage.step(&one, waiting, "wang").unwrap();
    assert!(matches!(
        take(&one, "li", now),
        Err(StoreError::Overtaken(_))
    ));
}
