//! A merchant's day from end to end: fetch the bill, import it, compare. What a scheduler runs.

use super::bills;
use super::download::{self, BillType, Fetched};
use super::reconcile::{self, Basis, Matched, Reconciled, RunRequest};
use crate::event::NoticeText;
use crate::gateway::{BillFile, BillSink, GatewayClient};
use crate::{Failure, FailureKind, MerchantRef, Message, Reporter};
use recondesk_domain::{BillDate, Category, Fen, MchId, ProfileId, group_digits};
use recondesk_ports::{
    BillExpect, BillFailure, BillImport, CaseQuery, CaseRecord, Ports, Records, Scratch, Source,
    Standing, StoreError,
};

/// What came of fetching a bill.
#[derive(Debug, Clone, PartialEq)]
pub enum Arrived {
    /// It was imported, or was there already with the same bytes.
    Bill(Box<BillImport>),
    /// WeChat Pay says that nothing happened that day.
    NoBill,
}

/// Fetches the bill of a day and imports it. Why it did not come is written down, so that every screen can
/// say it.
///
/// # Errors
/// [`Failure`]: not ready, refused, the gateway, the workspace; nothing is half stored.
pub fn fetch(
    ports: &Ports,
    merchant: MerchantRef<'_>,
    day: BillDate,
    kind: BillType,
    reporter: &dyn Reporter,
) -> Result<Arrived, Failure> {
    let arrived = asked(ports, merchant, day, kind, reporter);
    if let Err(failure) = &arrived
        && failure.kind != FailureKind::Cancelled
    {
        ports.records.mark_bill_failure(
            merchant.id,
            &BillFailure {
                day,
                at: ports.clock.now(),
                code: failure.code.to_owned(),
                reason: failure.title.clone(),
            },
        )?;
    }
    arrived
}

fn asked(
    ports: &Ports,
    merchant: MerchantRef<'_>,
    day: BillDate,
    kind: BillType,
    reporter: &dyn Reporter,
) -> Result<Arrived, Failure> {
    let MerchantRef { id, profile } = merchant;
    let cancel = reporter.token();
    let client = GatewayClient::new(ports, merchant, &cancel);
    let mut sink = ScratchSink::new(ports);
    let now = ports.clock.now();
    let file = BillFile::Trade(kind);
    match download::fetch(&client, file, day, &mut sink, reporter)? {
        Fetched::NoBill if now < day.bill_available_from() => Err(not_ready(day)),
        Fetched::NoBill => {
            if kind == BillType::All {
                ports.records.mark_no_bill(id, day, now)?;
            }
            Ok(Arrived::NoBill)
        }
        Fetched::Bill { sha1, .. } => {
            let word = kind.wire().to_lowercase();
            let name = format!("{}_{day}_{word}.csv.gz", profile.mch_id);
            let source = sink.into_source(&name)?;
            let expect = BillExpect {
                mch_id: MchId::new(&profile.mch_id),
                day: Some(day),
                sha1,
            };
            let books = ports.books.as_ref();
            let import = bills::import_expecting(books, id, source, &expect, reporter)?;
            Ok(Arrived::Bill(Box::new(import)))
        }
    }
}

/// A nameless file on the disk of the workspace, begun anew with each transfer.
pub(super) struct ScratchSink<'a> {
    ports: &'a Ports,
    file: Option<Box<dyn Scratch>>,
}

impl<'a> ScratchSink<'a> {
    pub(super) const fn new(ports: &'a Ports) -> Self {
        Self { ports, file: None }
    }

    /// What came, under the name that messages show.
    pub(super) fn into_source(self, name: &str) -> Result<Source, Failure> {
        let nothing = || std::io::Error::other("nothing was fetched");
        let file = self.file.ok_or_else(nothing);
        file.and_then(|file| file.into_source(name))
            .map_err(|error| unwritten(&error))
    }
}

impl BillSink for ScratchSink<'_> {
    fn restart(&mut self) -> std::io::Result<()> {
        self.file = Some(self.ports.writers.scratch()?);
        Ok(())
    }

    fn take(&mut self, piece: &[u8]) -> std::io::Result<()> {
        match &mut self.file {
            Some(file) => file.write_all(piece),
            None => Err(std::io::Error::other("the transfer was not begun")),
        }
    }
}

/// Fetches the bill of a day unless a good one is here, and compares.
///
/// # Errors
/// As [`fetch`] and [`reconcile::run`].
pub fn run(
    ports: &Ports,
    MerchantRef { id, profile }: MerchantRef<'_>,
    day: BillDate,
    reporter: &dyn Reporter,
) -> Result<Reconciled, Failure> {
    let is_here = ports
        .books
        .bills(id, day)?
        .iter()
        .any(|bill| bill.kind == "bill.all" && bill.standing == Standing::Verified)
        || super::no_bill::empty_days(ports, id)?.contains(&day);
    if !is_here {
        let merchant = MerchantRef { id, profile };
        fetch(ports, merchant, day, BillType::All, reporter)?;
    }
    let ask = RunRequest {
        merchant: MerchantRef { id, profile },
        day,
        cut_off_minutes: None,
        matched: Matched::Counted,
    };
    reconcile::run(ports, &ask, reporter)
}

/// Before 10:00 of the next day "no bill" only means "not made yet".
fn not_ready(day: BillDate) -> Failure {
    Failure::new(
        FailureKind::NotReady,
        "bill.not_ready",
        Message::new("账单还没有生成好", "The bill is not ready yet"),
        Message::new(
            "次日 10:00（北京时间）后再取",
            "Try after 10:00 Beijing time of the next day",
        ),
    )
    .with_detail(day.to_string())
    .retryable()
}

fn unwritten(error: &std::io::Error) -> Failure {
    Failure::new(
        FailureKind::Workspace,
        "workspace.scratch",
        Message::new("无法写临时文件", "A temporary file cannot be written"),
        Message::new(
            "检查工作区所在磁盘的空间和权限",
            "Check room and rights on the disk of the workspace",
        ),
    )
    .with_detail(error.to_string())
}

/// Findings of a day that still wait for a person: what was decided or closed by itself is not among them.
pub(super) fn still_open(
    records: &dyn Records,
    id: ProfileId,
    day: BillDate,
) -> Result<u64, StoreError> {
    Ok(open_work(records, id, day)?.count)
}

/// What of a day still waits for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OpenWork {
    /// Findings that need a person and are not decided.
    pub count: u64,
    /// Their sum at stake; as much of it as 64 bits hold.
    pub at_stake: Fen,
    /// True when a bill is missing or half an export hides what else there is.
    pub is_uncovered: bool,
}

impl OpenWork {
    /// What of these cases waits for a person.
    pub(super) fn of<'c>(cases: impl IntoIterator<Item = &'c CaseRecord>) -> Self {
        let mut out = Self::default();
        for case in cases.into_iter().filter(|case| !case.status.is_closed()) {
            let category = case.finding.category;
            out.is_uncovered |= matches!(category, Category::MCoverage | Category::WCoverage);
            if category.severity().needs_person() {
                out.count = out.count.saturating_add(1);
                let sum = out.at_stake.checked_add(case.finding.at_stake());
                out.at_stake = sum.unwrap_or(out.at_stake);
            }
        }
        out
    }

    /// True when somebody must act.
    #[must_use]
    pub const fn needs_person(self) -> bool {
        self.count > 0 || self.is_uncovered
    }
}

/// Reads what of a day is still open.
///
/// # Errors
/// When the workspace cannot be read.
pub fn open_work(
    records: &dyn Records,
    id: ProfileId,
    day: BillDate,
) -> Result<OpenWork, StoreError> {
    let cases = records.cases(&CaseQuery {
        profile: Some(id),
        day: Some(day),
        ..CaseQuery::default()
    })?;
    Ok(OpenWork::of(&cases))
}

/// Says what a comparison brought and what of it is still open, and what changed against the run before.
pub(super) fn told_of_run(
    records: &dyn Records,
    done: &Reconciled,
    MerchantRef { id, profile }: MerchantRef<'_>,
    day: BillDate,
) -> Result<NoticeText, StoreError> {
    let open = still_open(records, id, day)?;
    let matched = digits(done.run.summary.headline().matched);
    let work = digits(open);
    let name = &profile.name;
    let basis = Basis::of(&done.run.summary, &done.findings).words();
    let is_compared = basis.is_none();
    let title = match basis {
        Some(words) => Message::new(
            format!("{name} {day} {}", words.zh),
            format!("{name} {day}: {}", words.en),
        ),
        None => Message::new(
            format!("{name} {day} 对账完成：平账 {matched}，需处理 {work}"),
            format!("{name} {day} compared: {matched} matched, {work} to work"),
        ),
    };
    let changes = done.changes.as_ref().filter(|changes| !changes.is_empty());
    let note = changes.map(|changes| {
        let (new, gone) = (changes.new.len(), changes.gone.len());
        Message::new(
            format!("与上次运行比：+{new} / −{gone} 笔"),
            format!("against the run before: +{new} / −{gone}"),
        )
    });
    Ok(NoticeText {
        title,
        note: note.unwrap_or_default(),
        day: Some((id, day)),
        next: crate::NextDeed::None,
        attention: open > 0 || !is_compared,
    })
}

fn digits(n: u64) -> String {
    group_digits(&n.to_string())
}
