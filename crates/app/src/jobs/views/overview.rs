//! The Overview: every merchant's day, the last 30 days, open cases by age, the calendar of bills.

use std::collections::BTreeMap;

use super::cases::counts;
use super::certificate::CertificateFacts;
use super::day::figures;
use super::overview_calendar::calendar;
use super::overview_clauses::clauses;
use super::{Views, is_bill, is_orders};
use crate::Failure;
use crate::jobs::reconcile::Basis;
use crate::model::{
    AgeClass, BillStatus, DayPoint, LogKind, LogLine, LoggedBook, LoggedFile, MerchantDay,
    MorningTotals, NextStep, OverviewModel, age_days,
};
use recondesk_domain::{BillDate, Fen, MerchantProfile, ProfileId, Severity};
use recondesk_ports::{
    BANK_KIND, BillFailure, CaseQuery, CaseRecord, ImportRecord, RunRecord, Standing, StoreError,
};

/// Days of the chart.
const CHART_DAYS: i32 = 30;
/// Ages of open cases, in days: from, to.
const AGES: [(u32, Option<u32>); 5] = [
    (0, Some(1)),
    (2, Some(3)),
    (4, Some(7)),
    (8, Some(30)),
    (31, None),
];

/// Everything of one merchant that the Overview adds up.
pub(super) struct MerchantOverview {
    pub(super) id: ProfileId,
    pub(super) profile: MerchantProfile,
    pub(super) imports: Vec<ImportRecord>,
    pub(super) runs: Vec<RunRecord>,
    /// Days of which WeChat Pay said that nothing happened.
    pub(super) no_bill: Vec<BillDate>,
    /// Why bills did not come.
    pub(super) failures: Vec<BillFailure>,
    /// Open cases of the day.
    pub(super) cases: Vec<CaseRecord>,
    /// The worst open case of each day that needs a person.
    pub(super) open: BTreeMap<BillDate, Severity>,
}

impl Views<'_> {
    /// The morning of `day`; the calendar is that of `chosen`, or of the first merchant.
    ///
    /// # Errors
    /// [`Failure`] when the workspace cannot be read.
    pub fn overview(
        &self,
        day: BillDate,
        chosen: Option<ProfileId>,
    ) -> Result<OverviewModel, Failure> {
        let mut books = Vec::new();
        for (id, profile) in self.records.profiles()? {
            books.push(self.book(id, profile, day)?);
        }
        let mut merchants: Vec<MerchantDay> = Vec::new();
        for book in &books {
            merchants.push(self.merchant_day(book, day)?);
        }
        merchants.sort_by(|a, b| {
            (b.counts.to_work() > 0)
                .cmp(&(a.counts.to_work() > 0))
                .then_with(|| a.name.cmp(&b.name))
        });
        let order: Vec<ProfileId> = merchants.iter().map(|row| row.profile).collect();
        let mut calendars = Vec::new();
        for id in order {
            let wanted = chosen.is_none_or(|chosen| chosen == id);
            if let Some(book) = books.iter().find(|book| book.id == id && wanted) {
                calendars.push(calendar(book, day, self.now));
            }
        }
        // The sentence, the charts and the ages are about the merchants in view.
        books.retain(|book| chosen.is_none_or(|chosen| chosen == book.id));
        let open = self.records.cases(&CaseQuery {
            profile: chosen,
            ..CaseQuery::default()
        })?;
        Ok(OverviewModel {
            day,
            made_at: self.now,
            totals: totals(&books, &merchants, day),
            clauses: clauses(&books, &merchants),
            merchants,
            history: history(&books, day)?,
            ageing: ageing(&open, self.now.day()),
            calendars,
            log: self.log(&books)?,
        })
    }

    fn book(
        &self,
        id: ProfileId,
        profile: MerchantProfile,
        day: BillDate,
    ) -> Result<MerchantOverview, Failure> {
        let query = CaseQuery {
            profile: Some(id),
            day: Some(day),
            ..CaseQuery::default()
        };
        let mut cases = self.records.cases(&query)?;
        cases.retain(|case| !case.status.is_closed());
        Ok(MerchantOverview {
            id,
            profile,
            imports: self.books.imports(id)?,
            runs: self
                .records
                .current_runs(id, self.first_shown(day), self.last_shown(day))?,
            no_bill: self.records.no_bill_days(id)?,
            failures: self.records.bill_failures(id)?,
            cases,
            open: self.open_days(id)?,
        })
    }

    /// First day of the calendar and the charts.
    fn first_shown(&self, day: BillDate) -> BillDate {
        let calendar = first_of_calendar(day.min(self.now.day().prev()));
        calendar.min(day.plus(1 - CHART_DAYS))
    }

    fn last_shown(&self, day: BillDate) -> BillDate {
        day.max(self.now.day().prev())
    }

    fn open_days(&self, id: ProfileId) -> Result<BTreeMap<BillDate, Severity>, Failure> {
        let all = self.records.cases(&CaseQuery {
            profile: Some(id),
            ..CaseQuery::default()
        })?;
        let mut worst = BTreeMap::new();
        for case in all.iter().filter(|case| !case.status.is_closed()) {
            let severity = case.finding.category.severity();
            if severity.needs_person() {
                let known = worst.entry(case.day).or_insert(severity);
                *known = severity.min(*known);
            }
        }
        Ok(worst)
    }

    fn merchant_day(
        &self,
        book: &MerchantOverview,
        day: BillDate,
    ) -> Result<MerchantDay, StoreError> {
        let bill = bill_of(book, day);
        let facts = bill.map(CertificateFacts::of).transpose()?;
        let run = run_of(book, day);
        let status = self.bill_status(bill, &book.no_bill, &book.failures, day);
        let (counts, at_stake) = counts(&book.cases);
        // What came after the comparison and bears on the day: its bill, or rows of the merchant.
        let bears = |import: &&ImportRecord| is_orders(import) || import.day == Some(day);
        let newest = book
            .imports
            .iter()
            .filter(bears)
            .map(|import| import.imported_at)
            .max();
        let stale = run.is_some_and(|run| newest.is_some_and(|at| at > run.made_at));
        let bare = run.filter(|run| Basis::lacks_orders(&run.summary));
        let next = match (&status, run) {
            (BillStatus::NotReady(_) | BillStatus::Creating(_), _) => NextStep::Wait,
            (BillStatus::NotFetched | BillStatus::Quarantined | BillStatus::Failed(..), _) => {
                NextStep::Download
            }
            (BillStatus::Verified(_), _) if !book.imports.iter().any(is_orders) => {
                NextStep::ImportOrders
            }
            (BillStatus::Verified(_) | BillStatus::NoBill, None) => NextStep::Reconcile,
            (BillStatus::Verified(_) | BillStatus::NoBill, Some(_)) if stale => NextStep::Reconcile,
            (BillStatus::Verified(_) | BillStatus::NoBill, Some(_)) if bare.is_some() => {
                NextStep::ImportOrders
            }
            (BillStatus::Verified(_) | BillStatus::NoBill, Some(run)) => match counts.to_work() {
                0 if !run.summary.coverage.holes.is_empty() => NextStep::ImportOrders,
                0 => NextStep::Balanced,
                work => NextStep::Work(work),
            },
        };
        Ok(MerchantDay {
            profile: book.id,
            name: book.profile.name.clone(),
            mch_id: book.profile.mch_id.clone(),
            bill: status,
            rows: facts.as_ref().map(CertificateFacts::rows),
            amount: facts.as_ref().map(CertificateFacts::amount),
            matched: run.filter(|_| bare.is_none()).map(matched_share),
            counts,
            at_stake,
            waiting: bare.map(|run| run.summary.pays.wechat.fen),
            next,
        })
    }

    /// What happened since midnight, oldest first.
    fn log(&self, books: &[MerchantOverview]) -> Result<Vec<LogLine>, Failure> {
        let today = self.now.day();
        let mut out = Vec::new();
        for book in books {
            for import in book
                .imports
                .iter()
                .filter(|import| import.imported_at.day() == today)
            {
                out.push(import_line(book, import)?);
            }
            for run in book.runs.iter().filter(|run| run.made_at.day() == today) {
                out.push(self.told_run(&book.profile.name, run)?);
            }
        }
        out.sort_by_key(|line| line.at);
        let surplus = out.len().saturating_sub(6);
        out.drain(..surplus);
        Ok(out)
    }

    /// The line of a run; one that compared nothing has no counts that look like a result.
    fn told_run(&self, name: &str, run: &RunRecord) -> Result<LogLine, Failure> {
        let findings = if run.summary.has_bill {
            Vec::new()
        } else {
            self.records.findings(run.id)?
        };
        let head = run.summary.headline();
        let (severity, kind) = match Basis::of(&run.summary, &findings).words() {
            Some(why) => (Severity::Watch, LogKind::NotCompared(name.to_owned(), why)),
            None => (
                if head.to_work == 0 {
                    Severity::Ok
                } else {
                    Severity::Urgent
                },
                LogKind::Run(name.to_owned(), head.matched, head.to_work),
            ),
        };
        Ok(LogLine {
            at: run.made_at,
            severity,
            kind,
        })
    }
}

/// An import as the log tells it: what it holds, and whether anything rests on it.
fn import_line(book: &MerchantOverview, import: &ImportRecord) -> Result<LogLine, StoreError> {
    let is_set_aside = import.standing == Standing::Quarantined;
    let bad = rejected(import)?;
    let other = match import.kind.as_str() {
        "refunds" => Some(LoggedBook::Refunds),
        BANK_KIND => Some(LoggedBook::Bank),
        kind if kind.starts_with("fund.") => Some(LoggedBook::Funds),
        _ => None,
    };
    let is_good = if is_bill(import) {
        import.standing == Standing::Verified
    } else {
        bad == 0 && !is_set_aside
    };
    let kind = if is_bill(import) {
        LogKind::Bill(book.profile.name.clone(), import.rows)
    } else if let Some(book) = other {
        LogKind::File(LoggedFile {
            book,
            name: import.name.clone(),
            rows: import.rows,
            rejected: bad,
            is_set_aside,
        })
    } else {
        LogKind::Orders(import.name.clone(), import.rows, bad)
    };
    Ok(LogLine {
        at: import.imported_at,
        severity: if is_good {
            Severity::Ok
        } else {
            Severity::Fault
        },
        kind,
    })
}

/// Rows of a merchant's file that were refused; other files count none.
fn rejected(import: &ImportRecord) -> Result<u64, StoreError> {
    let facts: serde_json::Value = import.read_facts()?;
    let bad = facts.get("bad").and_then(serde_json::Value::as_u64);
    Ok(bad.unwrap_or(0))
}

pub(super) fn bill_of(book: &MerchantOverview, day: BillDate) -> Option<&ImportRecord> {
    let of = |standing: Standing| {
        book.imports
            .iter()
            .find(|i| is_bill(i) && i.day == Some(day) && i.standing == standing)
    };
    of(Standing::Verified).or_else(|| of(Standing::Quarantined))
}

pub(super) fn run_of(book: &MerchantOverview, day: BillDate) -> Option<&RunRecord> {
    book.runs.iter().find(|run| run.day == day)
}

/// Matched share of the bill's rows in hundredths of a per cent.
fn matched_share(run: &RunRecord) -> u32 {
    let figures = figures(&run.summary);
    let (pays, refunds) = (&figures.pays, &figures.refunds);
    let matched = pays.matched.0.count.saturating_add(refunds.matched.0.count);
    let rows = pays.wechat.count.saturating_add(refunds.wechat.count);
    let share = u128::from(matched)
        .saturating_mul(10_000)
        .checked_div(u128::from(rows));
    share
        .and_then(|share| u32::try_from(share).ok())
        .unwrap_or(10_000)
}

fn totals(books: &[MerchantOverview], merchants: &[MerchantDay], day: BillDate) -> MorningTotals {
    let mut out = MorningTotals {
        merchants: books.len() as u64,
        ..MorningTotals::default()
    };
    for (book, merchant) in books
        .iter()
        .filter_map(|book| Some((book, merchants.iter().find(|m| m.profile == book.id)?)))
    {
        out.rows = out.rows.saturating_add(merchant.rows.unwrap_or_default());
        out.to_work = out.to_work.saturating_add(merchant.counts.to_work());
        out.at_stake = out
            .at_stake
            .checked_add(merchant.at_stake)
            .unwrap_or(out.at_stake);
        let is_told = merchant.rows.is_some() || merchant.bill == BillStatus::NoBill;
        out.bills = out.bills.saturating_add(u64::from(is_told));
        out.order_files = out
            .order_files
            .saturating_add(u64::from(book.imports.iter().any(is_orders)));
        if let Some(run) = run_of(book, day).filter(|_| merchant.is_compared()) {
            let head = run.summary.headline();
            out.compared = out.compared.saturating_add(1);
            out.compared_rows = out.compared_rows.saturating_add(head.rows);
            out.matched = out.matched.saturating_add(head.matched);
            out.cross_day = out.cross_day.saturating_add(head.cross_day);
        }
    }
    out
}

fn history(books: &[MerchantOverview], day: BillDate) -> Result<Vec<DayPoint>, StoreError> {
    let point = |day: BillDate| {
        let bills: Vec<CertificateFacts> = books
            .iter()
            .filter_map(|book| bill_of(book, day))
            .map(CertificateFacts::of)
            .collect::<Result<_, _>>()?;
        let runs = books.iter().filter_map(|book| run_of(book, day));
        // A run without one order compared nothing: it has no share.
        let runs: Vec<&RunRecord> = runs
            .filter(|run| !Basis::lacks_orders(&run.summary))
            .collect();
        let (mut matched, mut rows, mut cases) = (0_u64, 0_u64, 0_u64);
        for line in runs.iter().flat_map(|run| run.summary.lines()) {
            rows = rows.saturating_add(line.wechat.count);
            if line.category.is_matched() {
                matched = matched.saturating_add(line.wechat.count);
            }
            if line.category.severity().needs_person() {
                cases = cases.saturating_add(line.findings);
            }
        }
        let urgent = books
            .iter()
            .any(|book| book.open.get(&day) == Some(&Severity::Urgent));
        let net = bills
            .iter()
            .filter_map(CertificateFacts::net)
            .fold(Fen::ZERO, |a, b| a.checked_add(b).unwrap_or(a));
        let share = u128::from(matched)
            .saturating_mul(10_000)
            .checked_div(u128::from(rows));
        Ok(DayPoint {
            day,
            rows: (!bills.is_empty()).then(|| bills.iter().map(CertificateFacts::rows).sum()),
            net,
            cases,
            matched: share.and_then(|share| u32::try_from(share).ok()),
            urgent_open: urgent,
        })
    };
    (1 - CHART_DAYS..=0)
        .map(|back| point(day.plus(back)))
        .collect()
}

fn ageing(open: &[CaseRecord], today: BillDate) -> Vec<AgeClass> {
    let class = |&(from_days, to_days): &(u32, Option<u32>)| {
        let age = |case: &&CaseRecord| age_days(case.opened_on, today);
        let of_age: Vec<&CaseRecord> = open
            .iter()
            .filter(|case| !case.status.is_closed())
            .filter(|case| case.finding.category.severity().needs_person())
            .filter(|case| age(case) >= from_days && to_days.is_none_or(|to| age(case) <= to))
            .collect();
        let mut out = AgeClass {
            from_days,
            to_days,
            ..AgeClass::default()
        };
        for case in of_age {
            out.counts.add(case.finding.category.severity(), 1);
            out.sum = out
                .sum
                .checked_add(case.finding.at_stake())
                .unwrap_or(out.sum);
        }
        out
    };
    AGES.iter().map(class).collect()
}

/// The first day of the month two months before.
pub(super) fn first_of_calendar(day: BillDate) -> BillDate {
    let (year, month, _) = day.ymd_parts();
    let (year, month) = if month > 2 {
        (year, month - 2)
    } else {
        (year - 1, month + 10)
    };
    BillDate::ymd(year, month, 1).unwrap_or(day)
}
