//! The Reconcile screen: what is there of a day, and what its run says.

use super::cases::{counts, number_of};
use super::certificate::{CertificateFacts, hex};
use super::day::{DayGrounds, figures, sign_off};
use super::{Views, is_orders};
use crate::Failure;
use crate::jobs::reconcile::FindingChanges;
use crate::jobs::sign_off::is_integrity;
use crate::model::{
    BillStatus, ChangeKind, ChangeRow, DayChanges, DayModel, DayState, OpenCategory,
};
use recondesk_domain::{BillDate, Category, Fen, Finding, ProfileId};
use recondesk_ports::{
    BillFailure, CaseQuery, CaseRecord, ImportRecord, RunRecord, Standing, StoreError,
};
use recondesk_reconcile::RunSummary;

/// Changed findings that are listed; their number is always told in full.
const MOST_CHANGES: usize = 100;

impl Views<'_> {
    /// All of a day of one merchant.
    ///
    /// # Errors
    /// [`Failure`] when the workspace cannot be read.
    pub fn day(&self, profile: ProfileId, day: BillDate) -> Result<DayModel, Failure> {
        let mut merchant = self.profile(profile)?;
        let bill = self.bill_of(profile, day)?;
        let run = self.records.current_run(profile, day)?;
        let certificate = bill
            .as_ref()
            .map(|bill| Ok::<_, StoreError>(CertificateFacts::of(bill)?.certificate(bill)))
            .transpose()?;
        let good = certificate
            .as_ref()
            .is_some_and(crate::model::ShownCertificate::is_good);
        let mut model = DayModel {
            profile,
            name: std::mem::take(&mut merchant.name),
            day,
            state: self.day_state(profile, day, bill.as_ref(), run.as_ref())?,
            certificate,
            ..empty(profile, day)
        };
        if let Some(run) = run {
            let open = self.records.cases(&CaseQuery {
                profile: Some(profile),
                day: Some(day),
                ..CaseQuery::default()
            })?;
            model.open = counts(&open).0;
            model.accepted = for_a_person(&open);
            // What keeps the day from being signed is unmet from the start, not only once all else holds.
            let blocks = self.integrity(&run)?;
            let family = |family: &str| !blocks.iter().any(|code| code.starts_with(family));
            let grounds = DayGrounds {
                certificate_good: good && family("B"),
                export_good: family("K"),
            };
            model.sign_off = sign_off(&run.summary, grounds, model.open.urgent);
            model.changed = self.changes(&merchant.mch_id, &run)?;
            model.run = hex(&run.digest);
            model.made_at = Some(run.made_at);
            fill(&mut model, &run.summary);
        }
        Ok(model)
    }

    /// Codes of what the run found of the bill and of the merchant's export that keeps the day open.
    fn integrity(&self, run: &RunRecord) -> Result<Vec<&'static str>, Failure> {
        let findings = self.records.findings(run.id)?;
        let blocking = findings.iter().map(|finding| finding.category);
        let blocking = blocking.filter(|category| is_integrity(*category));
        Ok(blocking.map(Category::code).collect())
    }

    /// What the run that speaks for the day says otherwise than the one that spoke before.
    fn changes(&self, mch_id: &str, run: &RunRecord) -> Result<Option<DayChanges>, Failure> {
        let Some(before) = self.records.run_before(run.profile, run.day)? else {
            return Ok(None);
        };
        let old = self.records.findings(before.id)?;
        let now = self.records.findings(run.id)?;
        Ok(Some(listed(&FindingChanges::between(mch_id, &old, &now))))
    }

    fn day_state(
        &self,
        profile: ProfileId,
        day: BillDate,
        bill: Option<&ImportRecord>,
        run: Option<&RunRecord>,
    ) -> Result<DayState, Failure> {
        if run.is_some() {
            return Ok(DayState::Compared);
        }
        if bill.is_none_or(|bill| bill.standing != Standing::Verified) {
            let told = (
                self.records.no_bill_days(profile)?,
                self.records.bill_failures(profile)?,
            );
            let status = self.bill_status(bill, &told.0, &told.1, day);
            return Ok(DayState::NoBill(status));
        }
        let orders = self.books.imports(profile)?.iter().any(is_orders);
        Ok(if orders {
            DayState::NotRun
        } else {
            DayState::NoOrders
        })
    }

    /// What is to be said of a day's bill.
    pub(super) fn bill_status(
        &self,
        bill: Option<&ImportRecord>,
        no_bill: &[BillDate],
        failures: &[BillFailure],
        day: BillDate,
    ) -> BillStatus {
        let failed = failures.iter().find(|failure| failure.day == day);
        match bill {
            Some(bill) if bill.standing == Standing::Verified => {
                BillStatus::Verified(bill.imported_at)
            }
            Some(_) => BillStatus::Quarantined,
            None if no_bill.contains(&day) => BillStatus::NoBill,
            None if self.now < day.bill_available_from() => {
                BillStatus::NotReady(day.bill_available_from())
            }
            None => match failed {
                Some(failure) if failure.code == "bill.not_ready" => {
                    BillStatus::Creating(failure.at)
                }
                Some(failure) => BillStatus::Failed(failure.at, failure.reason.clone()),
                None => BillStatus::NotFetched,
            },
        }
    }
}

fn listed(changes: &FindingChanges) -> DayChanges {
    let row = |kind, finding: &Finding| ChangeRow {
        kind,
        category: finding.category,
        number: number_of(finding).to_owned(),
        sum: finding.bill.or(finding.merchant),
    };
    let new = changes.new.iter().map(|f| row(ChangeKind::New, f));
    let judged = changes
        .changed
        .iter()
        .map(|(was, f)| row(ChangeKind::Judged(was.category), f));
    let gone = changes.gone.iter().map(|f| row(ChangeKind::Gone, f));
    DayChanges {
        new: changes.new.len() as u64,
        gone: changes.gone.len() as u64,
        judged: changes.changed.len() as u64,
        rows: new.chain(judged).chain(gone).take(MOST_CHANGES).collect(),
    }
}

fn fill(model: &mut DayModel, summary: &RunSummary) {
    let figures = figures(summary);
    model.coverage = figures.coverage;
    model.pays = figures.pays;
    model.refunds = figures.refunds;
    model.categories = figures.categories;
    model.tags = figures.tags;
    model.pool = figures.pool;
}

fn empty(profile: ProfileId, day: BillDate) -> DayModel {
    let figures = super::DayFigures::default();
    DayModel {
        profile,
        name: String::new(),
        day,
        state: DayState::NotRun,
        run: String::new(),
        made_at: None,
        took_ms: 0,
        changed: None,
        open: crate::model::SeverityCounts::default(),
        accepted: Vec::new(),
        coverage: figures.coverage,
        pays: figures.pays,
        refunds: figures.refunds,
        categories: figures.categories,
        tags: figures.tags,
        certificate: None,
        pool: figures.pool,
        sign_off: Vec::new(),
        obstacles: Vec::new(),
        signed: None,
    }
}

/// Open cases that need a person, by category in the order of the list of categories.
fn for_a_person(cases: &[CaseRecord]) -> Vec<OpenCategory> {
    let mut open: Vec<OpenCategory> = Vec::new();
    let wanted = |case: &&CaseRecord| {
        case.finding.category.severity().needs_person() && !case.status.is_closed()
    };
    for case in cases.iter().filter(wanted) {
        let (category, stake) = (case.finding.category, case.finding.at_stake());
        match open.iter_mut().find(|known| known.category == category) {
            Some(known) => {
                known.count = known.count.saturating_add(1);
                known.at_stake = known.at_stake.and_then(|sum| sum.checked_add(stake));
            }
            None => open.push(OpenCategory {
                category,
                count: 1,
                at_stake: Fen::ZERO.checked_add(stake),
            }),
        }
    }
    open.sort_by_key(|known| (known.category.severity(), known.category.code()));
    open
}
