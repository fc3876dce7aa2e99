//! The report of a day or of a month: the figures of its runs and the cases as they stand, in one language.
//!
//! Nothing is compared here. Every figure comes from a stored run or from the cases, as on the screens;
//! where the books have changed since the run, there is no report but the advice to compare again.

mod cases;
mod day;
mod identity_words;
pub mod journal;
mod logo;
mod month;
mod pictures;
mod table;

pub(super) use cases::notes;

use recondesk_domain::{BillDate, Language, MerchantProfile, ProfileId};
use recondesk_ports::{ImportRecord, Ports, Report, RunRecord, TotalTooLarge};

use crate::jobs::reconcile::{self, Matched, RunRequest, is_bill_as_compared};
use crate::{Failure, FailureKind, MerchantRef, Message, Reporter};

pub use day::of_day;
pub use logo::{forget_logo, logo, set_logo};
pub use month::{Month, of_month};

/// Whose report is wanted, in which language.
#[derive(Clone, Copy)]
pub struct ReportRequest<'a> {
    /// The world.
    pub ports: &'a Ports,
    /// The merchant's number in the workspace.
    pub id: ProfileId,
    /// The merchant.
    pub profile: &'a MerchantProfile,
    /// The language of every word.
    pub language: Language,
    /// Where a comparison that has to be tried again tells how far it is.
    pub reporter: &'a dyn Reporter,
}

/// A report, and whether it tells of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportMade {
    /// The report.
    pub report: Report,
    /// True when findings of it need a person.
    pub needs_person: bool,
}

impl ReportRequest<'_> {
    const fn pick<'w>(&self, zh: &'w str, en: &'w str) -> &'w str {
        self.language.pick(zh, en)
    }

    /// The run that speaks for a day.
    ///
    /// # Errors
    /// [`Failure`] when that day was never compared.
    fn run(&self, day: BillDate) -> Result<RunRecord, Failure> {
        let run = self.ports.records.current_run(self.id, day)?;
        run.ok_or_else(|| not_compared(&day.to_string()))
    }

    /// True while the books say of a day what its run says. A day that is signed off stays as it was signed, unless
    /// its bill is another one. Where files came in since, the day is compared once more and nothing of it kept: most
    /// files are about other days.
    fn is_as_compared(&self, imports: &[ImportRecord], run: &RunRecord) -> Result<bool, Failure> {
        if !is_bill_as_compared(imports, run)? {
            return Ok(false);
        }
        let profile = MerchantRef::new(self.id, self.profile);
        if self.ports.casework.signed(self.id, run.day)?.is_some()
            || reconcile::digest_now(self.ports, profile, run.day)? == run.digest
        {
            return Ok(true);
        }
        let ask = RunRequest {
            merchant: profile,
            day: run.day,
            cut_off_minutes: None,
            matched: Matched::Counted,
        };
        let tried = reconcile::what_if(self.ports, &ask, self.reporter)?;
        Ok(tried.changes.is_none_or(|changes| changes.is_empty()))
    }
}

/// The runs that the books still bear out, and the days of the others.
fn as_compared(
    request: &ReportRequest<'_>,
    runs: Vec<RunRecord>,
) -> Result<(Vec<RunRecord>, Vec<BillDate>), Failure> {
    let imports = request.ports.books.imports(request.id)?;
    let (mut same, mut others) = (Vec::new(), Vec::new());
    for run in runs {
        if request.is_as_compared(&imports, &run)? {
            same.push(run);
        } else {
            others.push(run.day);
        }
    }
    Ok((same, others))
}

fn not_compared(period: &str) -> Failure {
    Failure::new(
        FailureKind::Usage,
        "report.not_compared",
        Message::new(
            "还没有对账，没有可出的报表",
            "Not compared yet: there is nothing to report",
        ),
        Message::new("先对账，再出报表", "Compare first, then report"),
    )
    .with_detail(period)
}

/// The books say something else than the run did.
fn changed_since(day: BillDate) -> Failure {
    Failure::new(
        FailureKind::Usage,
        "report.changed",
        Message::new(
            "对账之后账又变了，报表会与账不符",
            "The books have changed since they were compared; a report would contradict them",
        ),
        Message::new("重新对账，再出报表", "Compare again, then report"),
    )
    .with_detail(day.to_string())
}

impl From<TotalTooLarge> for Failure {
    fn from(error: TotalTooLarge) -> Self {
        Self::new(
            FailureKind::Workspace,
            "report.total",
            Message::new("合计超出可计的范围", "A sum is beyond what can be counted"),
            Message::default(),
        )
        .with_detail(error.to_string())
    }
}
