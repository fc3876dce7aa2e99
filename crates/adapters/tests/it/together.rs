//! Twenty people decide about the same cases at once: nothing that was told as stored is lost, and nobody decides about
//! what somebody else changed since.
//!
//! With a server (`RECONDESK_TEST_POSTGRES`) each is a program of its own; `RECONDESK_THOROUGH=1` makes it 10,000
//! cases, and the times of the decisions are printed (`--nocapture`).

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Instant as Clock;

use recondesk_adapters::sqlite::Database;
use recondesk_domain::{
    BillDate, CaseStatus, Category, Fen, Finding, Instant, MerchantProfile, OutTradeNo,
};
use recondesk_ports::{
    Author, CaseEventKind, CaseId, CaseQuery, CaseStep, CaseStepKind, Casework as _, NewRun,
    Records as _, StoreError,
};
use recondesk_reconcile::{DayInput, MemoryBooks, Rules};

use super::engine::database;

const MCH: &str = "1900000109";
const NOW: Instant = Instant::from_unix(1_772_900_000);
const PEOPLE: u64 = 20;

/// A workspace with so many open cases.
fn with_cases(db: &Database, count: usize) -> Vec<CaseId> {
    let shop = MerchantProfile::new("shop", MCH);
    let profile = db.add_profile(&shop, Author::program(NOW)).unwrap();
    let day = BillDate::parse("2026-03-08").unwrap();
    let findings: Vec<Finding> = (0..count)
        .map(|nth| {
            let mut finding = Finding::new(Category::AmountDiff);
            finding.out_trade_no = OutTradeNo::new(&format!("QH{nth:06}")).unwrap();
            finding.bill = Some(Fen::new(1230));
            finding
        })
        .collect();
    let input = DayInput::new(MCH, day, Rules::default());
    let mut sink = recondesk_reconcile::Collected::default();
    let summary = recondesk_reconcile::run(&input, &MemoryBooks::default(), &mut sink)
        .unwrap()
        .summary;
    let run = NewRun {
        profile,
        mch_id: MCH,
        digest: [1; 32],
        summary: &summary,
        findings: &findings,
        pool: &[],
        cleared: &[],
    };
    db.conclude(&run, NOW).unwrap();
    let cases = db.cases(&CaseQuery::default()).unwrap();
    cases.into_iter().map(|case| case.id).collect()
}

/// What a person did: the steps that were told as stored, in the order of each case, and the times of all.
#[derive(Default)]
struct PersonLog {
    stored: u64,
    overtaken: u64,
    micros: Vec<u128>,
}

/// Gives every case that falls to this person to them, if nobody changed it since they looked; else they look again.
fn decide(db: &Database, cases: &[CaseId], person: u64, told: &Mutex<PersonLog>) {
    let name = format!("p{person}");
    // Two people meet at each case.
    let mine = (0_u64..).zip(cases);
    let mine = mine.filter(|(nth, _)| nth % PEOPLE == person || (nth + 1) % PEOPLE == person);
    for (_, case) in mine {
        let mut seen = db.last_case_event().unwrap();
        loop {
            let step = |kind| CaseStep {
                kind,
                actor: name.clone(),
                text: String::new(),
                at: NOW,
                together: 1,
                seen: Some(seen),
            };
            let steps = [
                step(CaseStepKind::Status(CaseStatus::Assigned)),
                step(CaseStepKind::Owner(name.clone())),
            ];
            let begun = Clock::now();
            let result = db.step_case_all(*case, &steps);
            let took = begun.elapsed().as_micros();
            let mut told = told.lock().unwrap();
            told.micros.push(took);
            match result {
                Ok(()) => {
                    told.stored += 1;
                    break;
                }
                Err(StoreError::Overtaken(_)) => told.overtaken += 1,
                Err(error) => panic!("{error:?}"),
            }
            drop(told);
            seen = db.last_case_event().unwrap();
        }
    }
}

#[test]
fn twenty_people_who_decide_at_once_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let db = database(folder.path()).unwrap();
    let is_thorough = std::env::var_os("RECONDESK_THOROUGH").is_some();
    let cases = with_cases(&db, if is_thorough { 10_000 } else { 60 });
    let told = Mutex::new(PersonLog::default());

    std::thread::scope(|scope| {
        for person in 0..PEOPLE {
            let program = database(folder.path()).unwrap();
            let (cases, told) = (&cases, &told);
            scope.spawn(move || decide(&program, cases, person, told));
        }
    });

    let mut told = told.into_inner().unwrap();
    assert_eq!(told.stored, 2 * cases.len() as u64);
    let owners: BTreeMap<i64, String> = db
        .cases(&CaseQuery::default())
        .unwrap()
        .into_iter()
        .map(|case| (case.id.0, case.owner))
        .collect();
    for case in &cases {
        let events = db.case_events(*case).unwrap();
        let given = events
            .iter()
            .filter(|event| event.kind == CaseEventKind::Owner);
        let given: Vec<&str> = given.map(|event| event.text.as_str()).collect();
        assert_eq!(given.len(), 2, "{given:?}");
        assert_eq!(
            owners.get(&case.0).map(String::as_str),
            given.last().copied()
        );
    }
    assert_eq!(db.history_faults(), Ok(vec![]));
    told.micros.sort_unstable();
    let at = |percent: usize| told.micros[(told.micros.len() - 1) * percent / 100];
    println!(
        "{} decisions of {PEOPLE} people, {} overtaken: p50 {} us, p99 {} us",
        told.stored,
        told.overtaken,
        at(50),
        at(99)
    );
}
