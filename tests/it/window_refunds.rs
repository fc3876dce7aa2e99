//! What the window does with refunds that are not at their end: the same as `refund resume`, under the number they have.

use std::sync::{Arc, Mutex};

use recondesk::adapters;
use recondesk::adapters::files::SystemFiles;
use recondesk::adapters::report::{ReportWriter, XlsxWriter};
use recondesk::app::jobs::desk::Desk;
use recondesk::app::jobs::router::{Environment, WindowJobs};
use recondesk::app::model::RefundChoice;
use recondesk::app::{CancelToken, Command, Jobs as _, NoticeText, Outcome, Progress, Reporter};
use recondesk::casework::RefundEvent;
use recondesk::domain::Secret;
use recondesk::ports::{Ports, RefundQuery, RefundRecord, RefundStep};

use crate::refund_faults::{FEN, FaultApi, LOST, RefundFaultFixture, YUAN};
use crate::support::fault_gateway::{At, PlannedFault, Say};

/// Remembers progress, and wants to stop once it was told so much.
#[derive(Default)]
pub(crate) struct RecordingReporter {
    pub(crate) told: Mutex<Vec<Progress>>,
    pub(crate) cancel: CancelToken,
}

impl Reporter for RecordingReporter {
    fn progress(&self, progress: Progress) {
        self.told.lock().unwrap().push(progress);
    }

    fn cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    fn token(&self) -> CancelToken {
        self.cancel.clone()
    }
}

fn open(shop: &RefundFaultFixture) -> (Ports, WindowJobs) {
    jobs_over(&shop.workspace())
}

/// The jobs of a window over a workspace, of which the user of the computer is "li".
pub(crate) fn jobs_over(workspace: &std::path::Path) -> (Ports, WindowJobs) {
    let ports = adapters::open(Some(workspace)).unwrap();
    let passphrase = Secret::new("for tests only".to_owned());
    ports.vault.unlock(passphrase).unwrap();
    let around = Environment {
        folder: String::new(),
        person: "li".to_owned(),
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
    let jobs = WindowJobs::new(ports.clone(), around);
    (ports, jobs)
}

fn unfinished(jobs: &mut WindowJobs) -> Vec<RefundRecord> {
    let asked = jobs.run(
        Command::UnfinishedRefunds(None),
        &RecordingReporter::default(),
    );
    let Ok(Outcome::Refunds(refunds)) = asked else {
        panic!("{asked:?}");
    };
    refunds
}

fn resumed(jobs: &mut WindowJobs, which: RefundChoice, watcher: &RecordingReporter) -> NoticeText {
    let outcome = jobs.run(Command::ResumeRefunds(which), watcher);
    let Ok(Outcome::Changed(_, told)) = outcome else {
        panic!("{outcome:?}");
    };
    *told
}

/// A refund whose answer was lost, and the questions about it as well.
fn unclear(shop: &RefundFaultFixture, order: &str) -> String {
    let number = shop.drafted(order);
    let deaf = PlannedFault {
        at: At::Query,
        done: true,
        say: Say::Nothing,
    };
    shop.gateway.plan(&[LOST, deaf, deaf, deaf]);
    let send = ["refund", "send", &number, "--confirm", YUAN, "--wait", "0"];
    shop.expect(1, &send);
    shop.gateway.plan(&[]);
    number
}

#[test]
fn an_unclear_refund_is_asked_about_and_never_sent_again() {
    let shop = RefundFaultFixture::new(FaultApi::V2);
    let order = "W20261128000001";
    let number = unclear(&shop, order);
    let (_, mut jobs) = open(&shop);
    let waits = unfinished(&mut jobs);
    assert_eq!(waits.len(), 1);
    assert_eq!(waits[0].out_refund_no.as_str(), number);

    let which = RefundChoice::One(waits[0].id);
    let told = resumed(&mut jobs, which, &RecordingReporter::default());

    assert!(told.title.zh.contains("已退款"), "{told:?}");
    assert!(!told.attention);
    let words = format!("{told:?}");
    assert!(
        !words.contains("recondesk "),
        "no command of the terminal: {words}"
    );
    assert_eq!(shop.gateway.accepted(order).len(), 1);
    assert_eq!(shop.gateway.asked(order), [(number, FEN)]);
    assert!(unfinished(&mut jobs).is_empty());
}

#[test]
fn what_was_never_sent_goes_out_only_where_a_person_says_so_of_it() {
    let shop = RefundFaultFixture::new(FaultApi::V2);
    let order = "W20261128000031";
    let number = shop.drafted(order);
    let (ports, mut jobs) = open(&shop);
    let all = ports.casework.refunds(&RefundQuery::default()).unwrap();
    let draft = all.iter().find(|one| one.out_refund_no.as_str() == number);
    let draft = draft.expect("it is written down");
    let step = RefundStep {
        event: RefundEvent::Confirm(draft.refund.amount),
        actor: "li",
        at: ports.clock.now(),
        note: "",
        refund_id: "",
        facts: None,
    };
    ports.casework.step_refund(draft.id, &step).unwrap();

    for which in [RefundChoice::One(draft.id), RefundChoice::Unfinished(None)] {
        resumed(&mut jobs, which, &RecordingReporter::default());
        assert!(shop.gateway.asked(order).is_empty(), "asking sends nothing");
    }

    resumed(
        &mut jobs,
        RefundChoice::Send(draft.id),
        &RecordingReporter::default(),
    );
    assert_eq!(shop.gateway.asked(order), [(number, FEN)]);
}

#[test]
fn all_of_them_are_asked_about_with_progress_and_a_wish_to_stop_is_heard() {
    let shop = RefundFaultFixture::new(FaultApi::V2);
    let orders = ["W20261128000011", "W20261128000012", "W20261128000013"];
    for order in orders {
        unclear(&shop, order);
    }
    let (ports, mut jobs) = open(&shop);
    let stopped = RecordingReporter::default();
    stopped.cancel.cancel();

    let told = resumed(&mut jobs, RefundChoice::Unfinished(None), &stopped);
    assert!(told.attention, "{told:?}");
    assert_eq!(told.title.zh, "已停止，没有查询");
    assert!(told.note.zh.contains("余 3 笔没有查"), "{told:?}");
    assert_eq!(unfinished(&mut jobs).len(), 3);

    let watcher = RecordingReporter::default();
    let told = resumed(&mut jobs, RefundChoice::Unfinished(None), &watcher);

    assert!(told.title.zh.starts_with("已查询 3 笔退款"), "{told:?}");
    let progress = watcher.told.lock().unwrap();
    let done: Vec<u64> = progress.iter().map(|one| one.done).collect();
    assert_eq!(done, [0, 1, 2, 3]);
    assert!(progress.iter().all(|one| one.total == Some(3)));
    for order in orders {
        assert_eq!(shop.gateway.asked(order).len(), 1, "sent once");
    }
    let all = ports.casework.refunds(&RefundQuery::default()).unwrap();
    assert_eq!(all.len(), 3, "no new number");
    let none = resumed(
        &mut jobs,
        RefundChoice::Unfinished(None),
        &RecordingReporter::default(),
    );
    assert_eq!(none.title.zh, "没有未了的退款");
}

#[test]
fn a_sealed_key_asks_for_the_passphrase_instead_of_failing_one_by_one() {
    let shop = RefundFaultFixture::new(FaultApi::V2);
    unclear(&shop, "W20261128000021");
    let (ports, mut jobs) = open(&shop);
    ports.vault.lock();

    let all = Command::ResumeRefunds(RefundChoice::Unfinished(None));
    let failure = jobs.run(all, &RecordingReporter::default()).unwrap_err();

    assert_eq!(failure.code, "vault.locked");
}
