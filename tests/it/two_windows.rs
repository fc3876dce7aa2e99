//! Two people with a window each on one workspace: what one decides, the other does not decide over unseen.

use std::sync::Arc;

use recondesk::adapters;
use recondesk::adapters::files::SystemFiles;
use recondesk::adapters::report::{ReportWriter, XlsxWriter};
use recondesk::app::jobs::desk::Desk;
use recondesk::app::jobs::router::{Environment, WindowJobs};
use recondesk::app::model::{CaseFilter, Decision};
use recondesk::app::{Command, Failure, Jobs as _, Outcome, Silent};
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
