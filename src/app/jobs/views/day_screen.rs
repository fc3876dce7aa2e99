//! The Reconcile screen: what is there of a day, and what its run says.

use super::cases::counts;
use super::certificate::{Facts, hex};
use super::day::{figures, sign_off};
use super::{Views, is_orders};
use crate::app::Failure;
use crate::app::model::{BillStatus, DayModel, DayState};
use crate::domain::{BillDate, ProfileId};
use crate::ports::{CaseQuery, ImportRecord, RunRecord, Standing};
use crate::reconcile::Summary;

impl Views<'_> {
    /// All of a day of one merchant.
    ///
    /// # Errors
    /// [`Failure`] when the workspace cannot be read.
    pub fn day(&self, profile: ProfileId, day: BillDate) -> Result<DayModel, Failure> {
        let merchant = self.profile(profile)?;
        let bill = self.bill_of(profile, day)?;
        let run = self.records.current_run(profile, day)?;
        let certificate = bill.as_ref().map(|bill| Facts::of(bill).certificate(bill));
        let good = certificate
            .as_ref()
            .is_some_and(crate::app::model::Certificate::is_good);
        let mut model = DayModel {
            profile,
            name: merchant.name,
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
            let urgent = counts(&open).0.urgent;
            model.sign_off = sign_off(&run.summary, good, urgent);
            model.run = hex(&run.digest);
            model.made_at = Some(run.made_at);
            fill(&mut model, &run.summary);
        }
        Ok(model)
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
            return Ok(DayState::NoBill(self.bill_status(bill, day)));
        }
        let orders = self.books.imports(profile)?.iter().any(is_orders);
        Ok(if orders {
            DayState::NotRun
        } else {
            DayState::NoOrders
        })
    }

    /// What is to be said of a day's bill.
    pub(super) fn bill_status(&self, bill: Option<&ImportRecord>, day: BillDate) -> BillStatus {
        match bill {
            Some(bill) if bill.standing == Standing::Verified => {
                BillStatus::Verified(bill.imported_at)
            }
            Some(_) => BillStatus::Quarantined,
            None if self.now < day.bill_available_from() => {
                BillStatus::NotReady(day.bill_available_from())
            }
            None => BillStatus::NotFetched,
        }
    }
}

fn fill(model: &mut DayModel, summary: &Summary) {
    let figures = figures(summary);
    model.coverage = figures.coverage;
    model.wechat = figures.wechat;
    model.merchant = figures.merchant;
    model.matched = figures.matched;
    model.equation = figures.equation;
    model.residual = figures.residual;
    model.categories = figures.categories;
    model.tags = figures.tags;
    model.pool = figures.pool;
}

fn empty(profile: ProfileId, day: BillDate) -> DayModel {
    let figures = super::Figures::default();
    DayModel {
        profile,
        name: String::new(),
        day,
        state: DayState::NotRun,
        run: String::new(),
        made_at: None,
        took_ms: 0,
        changed: None,
        coverage: figures.coverage,
        wechat: figures.wechat,
        merchant: figures.merchant,
        matched: figures.matched,
        equation: figures.equation,
        residual: figures.residual,
        categories: figures.categories,
        tags: figures.tags,
        certificate: None,
        pool: figures.pool,
        sign_off: Vec::new(),
    }
}
