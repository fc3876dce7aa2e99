//! Times many open cases: `cargo bench --bench cases -- COUNT [postgres://…]`.
//!
//! Makes a workspace with COUNT open cases on ten days, in a folder or in the shared workspace that is named (which must
//! be a new one), and asks for them as the window and the terminal do: listed, filtered, sorted, by name. Then the refund
//! of one case is written down and confirmed, and all cases are proposed to be ignored, by way of the jobs that both
//! faces use. Times are the least of five where nothing is stored, of the clock and of the processor; what a processor
//! did not do was waited for: the disk, or the server.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a timing program")]

use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use recondesk::app::jobs::bulk::{BulkActor, CaseDeed, carry_out};
use recondesk::app::jobs::views::Views;
use recondesk::app::model::{CaseFilter, Decision};
use recondesk::app::tables::{CellTest, TableView};
use recondesk::app::{Progress, Reporter, Surface};
use recondesk::casework::{OrderFacts, RefundEvent};
use recondesk::domain::{
    BillDate, Category, Fen, Finding, MerchantProfile, OutTradeNo, PersonalData, ProfileId,
    Severity, TransactionId,
};
use recondesk::ports::{Author, CaseQuery, CaseRecord, NewRun, Ports, RefundDraft, RefundStep};
use recondesk::reconcile::{Collected, DayInput, MemoryBooks, Rules, run};

const MCH_ID: &str = "1900000109";
const DAYS: u64 = 10;
const RUNS: usize = 5;

/// Processor time of this thread.
fn processor() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = text.split(' ').next().and_then(|word| word.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}

/// The least of some runs, by the clock and of the processor.
fn least<T>(name: &str, mut work: impl FnMut() -> T) -> T {
    let mut best = (Duration::MAX, Duration::MAX);
    let mut last = None;
    for _ in 0..RUNS {
        let (start, before) = (Instant::now(), processor());
        last = Some(work());
        let (clock, used) = (start.elapsed(), processor().saturating_sub(before));
        best = (best.0.min(clock), best.1.min(used));
    }
    println!("{name}: {:.1?}, processor {:.1?}", best.0, best.1);
    last.unwrap()
}

fn findings(day: u64, count: u64) -> Vec<Finding> {
    let kinds = [
        Category::AmountDiff,
        Category::WOnlyPay,
        Category::PaidNotBooked,
        Category::PayPendingW,
    ];
    (0..count)
        .map(|nth| {
            let kind = kinds.get(usize::try_from(nth % 4).unwrap()).unwrap();
            let mut finding = Finding::new(*kind);
            finding.out_trade_no = OutTradeNo::new(&format!("QH26{day:04}{nth:016}")).unwrap();
            let id = format!("42000026{day:04}{:016}", nth * 7);
            finding.transaction_id = TransactionId::new(&id).unwrap();
            let fen = i64::try_from(nth * 7_919 % 100_000).unwrap();
            finding.bill = Some(Fen::new(fen + 1));
            finding.detail = format!("minutes={}", nth % 60);
            finding
        })
        .collect()
}

fn fill(ports: &Ports, count: u64) -> ProfileId {
    let now = ports.clock.now();
    let shop = MerchantProfile::new("shop", MCH_ID);
    let profile = ports
        .records
        .add_profile(&shop, Author::program(now))
        .unwrap();
    let first = BillDate::parse("2026-03-01").unwrap();
    for nth in 0..DAYS {
        let day = first.plus(i32::try_from(nth).unwrap());
        let input = DayInput::new(MCH_ID, day, Rules::default());
        let summary = run(&input, &MemoryBooks::default(), &mut Collected::default())
            .unwrap()
            .summary;
        let new = NewRun {
            profile,
            mch_id: MCH_ID,
            digest: [u8::try_from(nth).unwrap(); 32],
            summary: &summary,
            findings: &findings(nth, count / DAYS),
            pool: &[],
            cleared: &[],
        };
        ports.records.conclude(&new, now).unwrap();
    }
    profile
}

fn ask(ports: &Ports) -> Vec<CaseRecord> {
    let views = Views {
        records: ports.records.as_ref(),
        books: ports.books.as_ref(),
        now: ports.clock.now(),
        personal: PersonalData::Masked,
    };
    let all = least("all open cases as stored", || {
        ports.records.cases(&CaseQuery::default()).unwrap()
    });
    let list = |filter: &CaseFilter| views.cases(filter).unwrap().0.totals.rows;
    let plain = CaseFilter::default();
    let rows = least("the list of the window, with its counts", || list(&plain));
    println!("  {rows} rows");
    let urgent = CaseFilter {
        severities: vec![Severity::Urgent],
        ..plain.clone()
    };
    let rows = least("the same, of one severity", || list(&urgent));
    println!("  {rows} rows");
    let text = CaseFilter {
        text: "000777".to_owned(),
        ..plain.clone()
    };
    let rows = least("the same, whose numbers hold a text", || list(&text));
    println!("  {rows} rows");
    let mut view = TableView::default();
    view.sort_by("number", false);
    view.set_filter("owner", Some(CellTest::Blank));
    let sorted = CaseFilter { view, ..plain };
    let rows = least("the same, a column filtered, sorted by another", || {
        list(&sorted)
    });
    println!("  {rows} rows");
    let ids: Vec<_> = all.iter().map(|case| case.id).collect();
    least("all of them by their ids", || {
        ports.records.cases_by_id(&ids).unwrap()
    });
    let number = all.last().unwrap().finding.out_trade_no;
    least("one by its order number", || {
        ports.records.cases_named(number.as_str()).unwrap()
    });
    all
}

/// From the last key of the dialog until the refund is on disk, the question to WeChat Pay aside.
fn refund(ports: &Ports, profile: ProfileId, cases: &[CaseRecord]) {
    let now = ports.clock.now();
    let mut best = (Duration::MAX, Duration::MAX);
    for case in cases.iter().rev().take(RUNS) {
        let paid = case.finding.bill.unwrap();
        let draft = RefundDraft {
            profile,
            mch_id: MCH_ID.to_owned(),
            case_key: case.key.clone(),
            out_trade_no: case.finding.out_trade_no.to_string(),
            sub_mch_id: String::new(),
            total: paid,
            amount: paid,
            reason: "重复支付".to_owned(),
            maker: "li".to_owned(),
            together: 1,
            seen: Vec::new(),
        };
        let facts = OrderFacts {
            asked_at: now,
            is_paid: true,
            paid,
            coupon: Fen::ZERO,
            paid_at: Some(now.plus(-3_600)),
            transaction_id: case.finding.transaction_id.to_string(),
            parts: Vec::new(),
        };
        let step = RefundStep {
            event: RefundEvent::Confirm(paid),
            actor: "li",
            at: now,
            note: "",
            refund_id: "",
            facts: Some(&facts),
        };
        let (start, before) = (Instant::now(), processor());
        let record = ports.casework.draft_refund(&draft, now).unwrap();
        ports.casework.step_refund(record.id, &step).unwrap();
        let (clock, used) = (start.elapsed(), processor().saturating_sub(before));
        best = (best.0.min(clock), best.1.min(used));
    }
    println!(
        "a refund written down and confirmed, two transactions: {:.1?}, processor {:.1?}",
        best.0, best.1
    );
}

/// Notes when the first cases were decided.
struct First {
    start: Instant,
    at: Mutex<Option<(u64, Duration)>>,
}

impl Reporter for First {
    fn progress(&self, progress: Progress) {
        let mut at = self.at.lock().unwrap();
        if progress.done > 0 && at.is_none() {
            *at = Some((progress.done, self.start.elapsed()));
        }
    }

    fn cancelled(&self) -> bool {
        false
    }
}

fn decide(ports: &Ports, cases: &[CaseRecord]) {
    let first = First {
        start: Instant::now(),
        at: Mutex::new(None),
    };
    let before = processor();
    let deed = CaseDeed::Decide(Decision::Propose("too-small".to_owned()));
    let by = BulkActor {
        name: "li",
        surface: Surface::Terminal,
        seen: None,
    };
    let done = carry_out(ports, cases, &deed, by, &first);
    let (clock, used) = (first.start.elapsed(), processor().saturating_sub(before));
    println!(
        "{} cases decided: first {:?}, all after {clock:.1?}, processor {used:.1?}; {} refused",
        done.lines.len(),
        first.at.into_inner().unwrap(),
        done.refused()
    );
    let faults = ports.casework.history_faults().unwrap();
    assert!(faults.is_empty(), "{faults:?}");
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let count = words.iter().find_map(|word| word.parse().ok());
    let place = words.iter().find(|word| word.starts_with("postgres://"));
    let folder = tempfile::tempdir().unwrap();
    let at = place.map_or(folder.path(), |url| Path::new(url.as_str()));
    let ports = recondesk::adapters::open(Some(at)).unwrap();
    let start = Instant::now();
    let profile = fill(&ports, count.unwrap_or(10_000));
    println!("stored in {:.1?}", start.elapsed());
    let cases = ask(&ports);
    let (many, few) = cases.split_at(cases.len().saturating_sub(RUNS));
    refund(&ports, profile, few);
    decide(&ports, many);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM"));
    println!("{}", peak.unwrap_or("peak unknown"));
}
