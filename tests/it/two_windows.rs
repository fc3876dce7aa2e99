//! Two people with a window each on one workspace: what one decides, the other does not decide over unseen.

use std::sync::Arc;

use recondesk::adapters;
use recondesk::adapters::files::SystemFiles;
use recondesk::adapters::report::{ReportWriter, XlsxWriter};
use recondesk::app::jobs::desk::Desk;
use recondesk::app::jobs::router::{Environment, WindowJobs};
use recondesk::app::model::{BulkAsk, BulkWish, CaseFilter, Decision};
use recondesk::app::{
    Bell, Command, Event, Failure, Jobs as _, Outcome, Silent, Worker, WorkerSet,
};
use recondesk::domain::{Category, ProfileId};
use recondesk::ports::CaseQuery;
use recondesk::sandbox::scenario::Anomaly;

use super::cli::CliFixture;

/// The window of a person.
fn window(stage: &CliFixture, person: &str) -> WindowJobs {
    let ports = adapters::open(Some(&stage.path("workspace"))).unwrap();
    let around = Environment {
        folder: String::new(),
        person: person.to_owned(),
        desk: Desk::default(),
        files: Arc::new(SystemFiles),
        workbooks: Arc::new(XlsxWriter::default()),
        reports: Arc::new(ReportWriter {
            scratch: None,
            font: recondesk::ui::fonts::NOTO,
        }),
        columns: Arc::new(recondesk::adapters::parquet::ParquetFiles),
        places: None,
        demo: None,
        program: String::new(),
        handbook: Arc::new(|_| Ok(())),
        care: None,
    };
    WindowJobs::new(ports, around)
}

fn list(window: &mut WindowJobs) {
    let answer = window.run(Command::Cases(CaseFilter::default()), &Silent);
    assert!(matches!(answer, Ok(Outcome::Cases(_))), "{answer:?}");
}

fn open(window: &mut WindowJobs, case: &(ProfileId, String)) {
    let answer = window.run(Command::Case(case.0, case.1.clone()), &Silent);
    assert!(matches!(answer, Ok(Outcome::Case(_))), "{answer:?}");
}

fn decide(
    window: &mut WindowJobs,
    case: &(ProfileId, String),
    decision: Decision,
) -> Result<(), Failure> {
    let command = Command::Decide(case.0, case.1.clone(), decision);
    window.run(command, &Silent).map(drop)
}

#[test]
fn who_has_not_seen_the_others_decision_is_told_of_it_and_decides_again() {
    let stage = CliFixture::new();
    stage.import(vec![
        Anomaly::Find(Category::AmountDiff),
        Anomaly::Find(Category::BookedNotFulfilled),
    ]);
    let compare = ["reconcile", "--profile", "shop", "--date", "2026-03-08"];
    stage.expect(1, &compare);
    let ports = adapters::open(Some(&stage.path("workspace"))).unwrap();
    let cases = ports.records.cases(&CaseQuery::default()).unwrap();
    let cases: Vec<(ProfileId, String)> = cases
        .into_iter()
        .map(|case| (case.profile, case.key))
        .collect();
    let (mut li, mut wang) = (window(&stage, "li"), window(&stage, "wang"));
    list(&mut li);
    list(&mut wang);
    open(&mut wang, &cases[0]);

    decide(&mut li, &cases[0], Decision::Take).unwrap();
    let carry = || Decision::Carry("明天到账".to_owned());
    let refused = decide(&mut wang, &cases[0], carry()).unwrap_err();

    assert_eq!(refused.code, "case.overtaken");
    assert!(
        refused.title.zh.contains("li") && refused.title.zh.contains("明天到账"),
        "{refused:?}"
    );
    // Other cases are as they were seen; one's own decisions are no surprise.
    decide(&mut wang, &cases[1], Decision::Take).unwrap();
    decide(&mut wang, &cases[1], carry()).unwrap();
    // Having looked, the person may decide.
    open(&mut wang, &cases[0]);
    decide(&mut wang, &cases[0], carry()).unwrap();
    assert!(decide(&mut li, &cases[0], carry()).is_err());
}

#[test]
fn of_many_cases_those_that_another_changed_meanwhile_are_left_as_they_are() {
    let stage = CliFixture::new();
    stage.import(vec![
        Anomaly::Find(Category::AmountDiff),
        Anomaly::Find(Category::BookedNotFulfilled),
    ]);
    let compare = ["reconcile", "--profile", "shop", "--date", "2026-03-08"];
    stage.expect(1, &compare);
    let ports = adapters::open(Some(&stage.path("workspace"))).unwrap();
    let cases = ports.records.cases(&CaseQuery::default()).unwrap();
    let first = (cases[0].profile, cases[0].key.clone());
    let (mut li, mut wang) = (window(&stage, "li"), window(&stage, "wang"));
    list(&mut wang);
    let ask = || {
        let ask = BulkAsk {
            filter: CaseFilter::default(),
            ids: None,
        };
        Command::BulkSummary(Box::new(ask))
    };
    let summary = match wang.run(ask(), &Silent) {
        Ok(Outcome::BulkSummary(summary)) => summary,
        other => panic!("{other:?}"),
    };
    assert_eq!(summary.ids.len(), cases.len());

    decide(&mut li, &first, Decision::Take).unwrap();
    // The list behind the dialog is read again; what the dialog says is not.
    list(&mut wang);
    let wish = BulkWish {
        ids: summary.ids.clone(),
        decision: Decision::Carry("明天到账".to_owned()),
        seen: summary.seen,
    };
    let done = match wang.run(Command::Bulk(Box::new(wish)), &Silent) {
        Ok(Outcome::Bulk(done)) => done,
        other => panic!("{other:?}"),
    };

    let refused: Vec<_> = done
        .lines
        .iter()
        .filter(|line| line.result.is_err())
        .collect();
    let [line] = refused.as_slice() else {
        panic!("{:?}", done.lines);
    };
    assert_eq!(line.key, first.1);
    let failure = line.result.as_ref().unwrap_err();
    assert_eq!(failure.code, "case.overtaken");
    assert!(failure.title.zh.contains("li"), "{failure:?}");
    let taken = ports.records.case(first.0, &first.1).unwrap().unwrap();
    assert_eq!(taken.owner, "li");
    assert_eq!(taken.status.word(), "ASSIGNED");
}

#[test]
fn cases_that_were_changed_after_the_list_was_read_were_not_seen_when_they_are_added_up() {
    let stage = CliFixture::new();
    stage.import(vec![Anomaly::Find(Category::AmountDiff)]);
    let compare = ["reconcile", "--profile", "shop", "--date", "2026-03-08"];
    stage.expect(1, &compare);
    let ports = adapters::open(Some(&stage.path("workspace"))).unwrap();
    let case = ports
        .records
        .cases(&CaseQuery::default())
        .unwrap()
        .remove(0);
    let (mut li, mut wang) = (window(&stage, "li"), window(&stage, "wang"));
    list(&mut wang);
    let seen = ports.records.last_case_event().unwrap();

    decide(&mut li, &(case.profile, case.key), Decision::Take).unwrap();
    let ask = BulkAsk {
        filter: CaseFilter::default(),
        ids: None,
    };
    let summary = match wang.run(Command::BulkSummary(Box::new(ask)), &Silent) {
        Ok(Outcome::BulkSummary(summary)) => summary,
        other => panic!("{other:?}"),
    };

    assert_eq!(summary.seen, seen);
}

#[test]
fn what_a_terminal_decides_is_told_to_a_window_on_the_same_computer() {
    let stage = CliFixture::new();
    stage.import(vec![Anomaly::Find(Category::AmountDiff)]);
    let compare = ["reconcile", "--profile", "shop", "--date", "2026-03-08"];
    stage.expect(1, &compare);
    let ports = adapters::open(Some(&stage.path("workspace"))).unwrap();
    let case = ports
        .records
        .cases(&CaseQuery::default())
        .unwrap()
        .remove(0);
    let jobs = || Box::new(window(&stage, "li"));
    let crew = WorkerSet {
        queries: jobs(),
        jobs: jobs(),
        line: jobs(),
        give_way: || (),
    };
    let mut worker = Worker::start(crew, Arc::new(|| ())).unwrap();
    let records = Arc::clone(&ports.records);
    let looked = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let has_looked = Arc::clone(&looked);
    let last = move || {
        let last = records.last_deed().ok();
        has_looked.store(true, std::sync::atomic::Ordering::Release);
        last
    };
    worker
        .watch(
            std::time::Duration::from_millis(5),
            Bell::default(),
            Box::new(last),
        )
        .unwrap();
    while !looked.load(std::sync::atomic::Ordering::Acquire) {
        std::thread::yield_now();
    }

    let take = ["cases", "take", case.key.as_str()];
    stage.expect(0, &take);

    let told = worker.next_within(std::time::Duration::from_mins(10));
    assert!(matches!(told, Some(Event::Decided)), "{told:?}");
}
