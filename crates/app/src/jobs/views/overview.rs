//! The Overview: every merchant's day, the last 30 days, open cases by age, the calendar of bills.

use std::collections::BTreeMap;

use super::cases::counts;
use super::certificate::CertificateFacts;
use super::day::figures;
use super::{Views, is_bill, is_orders};
use crate::Failure;
use crate::model::{
    AgeClass, BillStatus, CalendarDay, CalendarState, Clause, ClauseKind, DayPoint, LogKind,
    LogLine, MerchantDay, MorningTotals, NextStep, OverviewModel, age_days,
};
use recondesk_domain::{BillDate, Category, Fen, MerchantProfile, ProfileId, Severity};
use recondesk_ports::{CaseQuery, CaseRecord, ImportRecord, RunRecord, Standing};

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
struct MerchantMorning {
    id: ProfileId,
    profile: MerchantProfile,
    imports: Vec<ImportRecord>,
    runs: Vec<RunRecord>,
    /// Open cases of the day.
    cases: Vec<CaseRecord>,
    /// The worst open case of each day that needs a person.
    open: BTreeMap<BillDate, Severity>,
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
            merchants.push(self.merchant_day(book, day));
        }
        merchants.sort_by(|a, b| {
            (b.counts.to_work() > 0)
                .cmp(&(a.counts.to_work() > 0))
                .then_with(|| a.name.cmp(&b.name))
        });
        let shown = books
            .iter()
            .find(|book| Some(book.id) == chosen)
            .or_else(|| books.first());
        let calendar = shown.map(|book| calendar(book, day)).unwrap_or_default();
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
            history: history(&books, day),
            ageing: ageing(&open, self.now.day()),
            missing: missing(&calendar, day),
            calendar_of: shown
                .map(|book| book.profile.name.clone())
                .unwrap_or_default(),
            calendar,
            log: self.log(&books),
        })
    }

    fn book(
        &self,
        id: ProfileId,
        profile: MerchantProfile,
        day: BillDate,
    ) -> Result<MerchantMorning, Failure> {
        let query = CaseQuery {
            profile: Some(id),
            day: Some(day),
            ..CaseQuery::default()
        };
        let mut cases = self.records.cases(&query)?;
        cases.retain(|case| !case.status.is_closed());
        Ok(MerchantMorning {
            id,
            profile,
            imports: self.books.imports(id)?,
            runs: self.records.current_runs(id, first_of_calendar(day), day)?,
            cases,
            open: self.open_days(id)?,
        })
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

    fn merchant_day(&self, book: &MerchantMorning, day: BillDate) -> MerchantDay {
        let bill = bill_of(book, day);
        let facts = bill.map(CertificateFacts::of);
        let run = run_of(book, day);
        let status = self.bill_status(bill, day);
        let (counts, at_stake) = counts(&book.cases);
        let newest = book.imports.iter().map(|import| import.imported_at).max();
        let stale = run.is_some_and(|run| newest.is_some_and(|at| at > run.made_at));
        let next = match (status, run) {
            (BillStatus::NotReady(_), _) => NextStep::Wait,
            (BillStatus::NotFetched | BillStatus::Quarantined, _) => NextStep::Download,
            (BillStatus::NoBill, _) => NextStep::Balanced,
            (BillStatus::Verified(_), _) if !book.imports.iter().any(is_orders) => {
                NextStep::ImportOrders
            }
            (BillStatus::Verified(_), None) => NextStep::Reconcile,
            (BillStatus::Verified(_), Some(_)) if stale => NextStep::Reconcile,
            (BillStatus::Verified(_), Some(run)) if !run.summary.coverage.holes.is_empty() => {
                NextStep::ImportOrders
            }
            (BillStatus::Verified(_), Some(_)) => match counts.to_work() {
                0 => NextStep::Balanced,
                work => NextStep::Work(work),
            },
        };
        MerchantDay {
            profile: book.id,
            name: book.profile.name.clone(),
            mch_id: book.profile.mch_id.clone(),
            bill: status,
            rows: facts.as_ref().map(CertificateFacts::rows),
            amount: facts.as_ref().map(CertificateFacts::amount),
            matched: run.map(matched_share),
            counts,
            at_stake,
            next,
        }
    }

    /// What happened since midnight, oldest first.
    fn log(&self, books: &[MerchantMorning]) -> Vec<LogLine> {
        let today = self.now.day();
        let mut out = Vec::new();
        for book in books {
            for import in book
                .imports
                .iter()
                .filter(|import| import.imported_at.day() == today)
            {
                let name = book.profile.name.clone();
                let (severity, kind) = if is_bill(import) {
                    let good = import.standing == Standing::Verified;
                    (
                        if good { Severity::Ok } else { Severity::Fault },
                        LogKind::Bill(name, import.rows),
                    )
                } else {
                    let bad = rejected(import);
                    let severity = if bad == 0 {
                        Severity::Ok
                    } else {
                        Severity::Fault
                    };
                    (
                        severity,
                        LogKind::Orders(import.name.clone(), import.rows, bad),
                    )
                };
                out.push(LogLine {
                    at: import.imported_at,
                    severity,
                    kind,
                });
            }
            for run in book.runs.iter().filter(|run| run.made_at.day() == today) {
                let head = run.summary.headline();
                let severity = if head.to_work == 0 {
                    Severity::Ok
                } else {
                    Severity::Urgent
                };
                let kind = LogKind::Run(book.profile.name.clone(), head.matched, head.to_work);
                out.push(LogLine {
                    at: run.made_at,
                    severity,
                    kind,
                });
            }
        }
        out.sort_by_key(|line| line.at);
        let surplus = out.len().saturating_sub(6);
        out.drain(..surplus);
        out
    }
}

fn rejected(import: &ImportRecord) -> u64 {
    let facts: serde_json::Value = serde_json::from_str(&import.facts).unwrap_or_default();
    facts
        .get("bad")
        .and_then(serde_json::Value::as_u64)
        .unwrap_or_default()
}

fn bill_of(book: &MerchantMorning, day: BillDate) -> Option<&ImportRecord> {
    let of = |standing: Standing| {
        book.imports
            .iter()
            .find(|i| is_bill(i) && i.day == Some(day) && i.standing == standing)
    };
    of(Standing::Verified).or_else(|| of(Standing::Quarantined))
}

fn run_of(book: &MerchantMorning, day: BillDate) -> Option<&RunRecord> {
    book.runs.iter().find(|run| run.day == day)
}

/// Matched share of the bill's rows in hundredths of a per cent.
fn matched_share(run: &RunRecord) -> u32 {
    let figures = figures(&run.summary);
    let (matched, rows) = (figures.matched.0.count, figures.wechat.count);
    let share = u128::from(matched)
        .saturating_mul(10_000)
        .checked_div(u128::from(rows));
    share
        .and_then(|share| u32::try_from(share).ok())
        .unwrap_or(10_000)
}

fn totals(books: &[MerchantMorning], merchants: &[MerchantDay], day: BillDate) -> MorningTotals {
    let mut out = MorningTotals {
        merchants: merchants.len() as u64,
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
        out.bills = out.bills.saturating_add(u64::from(merchant.rows.is_some()));
        out.order_files = out
            .order_files
            .saturating_add(u64::from(book.imports.iter().any(is_orders)));
        if let Some(run) = run_of(book, day) {
            let head = run.summary.headline();
            out.matched = out.matched.saturating_add(head.matched);
            out.cross_day = out.cross_day.saturating_add(head.cross_day);
        }
    }
    out
}

fn clauses(books: &[MerchantMorning], merchants: &[MerchantDay]) -> Vec<Clause> {
    let unfulfilled = |category: Category| {
        matches!(
            category,
            Category::PaidNotBooked
                | Category::PaidAfterClose
                | Category::BookedNotFulfilled
                | Category::WOnlyPay
        )
    };
    let found = |wanted: &dyn Fn(Category) -> bool| {
        books
            .iter()
            .flat_map(|book| &book.cases)
            .filter(|case| wanted(case.finding.category))
            .count() as u64
    };
    let mut out = Vec::new();
    let mut push = |severity, kind, count| {
        if count > 0 {
            out.push(Clause {
                severity,
                kind,
                count,
            });
        }
    };
    push(
        Severity::Urgent,
        ClauseKind::PaidNotFulfilled,
        found(&unfulfilled),
    );
    let mut others: Vec<(Category, u64)> = Category::all()
        .filter(|category| category.severity().needs_person() && !unfulfilled(*category))
        .map(|category| (category, found(&|known| known == category)))
        .filter(|(_, count)| *count > 0)
        .collect();
    others.sort_by_key(|(category, count)| (category.severity(), std::cmp::Reverse(*count)));
    for (category, count) in others.into_iter().take(2) {
        push(category.severity(), ClauseKind::Category(category), count);
    }
    let having = |wanted: fn(&MerchantDay) -> bool| {
        merchants.iter().filter(|day| wanted(day)).count() as u64
    };
    push(
        Severity::Watch,
        ClauseKind::BillNotReady,
        having(|day| matches!(day.bill, BillStatus::NotReady(_))),
    );
    push(
        Severity::Watch,
        ClauseKind::BillNotFetched,
        having(|day| day.bill == BillStatus::NotFetched),
    );
    push(
        Severity::Ok,
        ClauseKind::ReadyToSign,
        having(|day| day.next == NextStep::Balanced),
    );
    out.truncate(4);
    out
}

fn history(books: &[MerchantMorning], day: BillDate) -> Vec<DayPoint> {
    let point = |day: BillDate| {
        let bills: Vec<CertificateFacts> = books
            .iter()
            .filter_map(|book| bill_of(book, day))
            .map(CertificateFacts::of)
            .collect();
        let runs: Vec<&RunRecord> = books.iter().filter_map(|book| run_of(book, day)).collect();
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
        DayPoint {
            day,
            rows: (!bills.is_empty()).then(|| bills.iter().map(CertificateFacts::rows).sum()),
            net,
            cases,
            matched: share.and_then(|share| u32::try_from(share).ok()),
            urgent_open: urgent,
        }
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
            .filter(|case| case.finding.category.severity() <= Severity::Watch)
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
fn first_of_calendar(day: BillDate) -> BillDate {
    let (year, month, _) = day.ymd_parts();
    let (year, month) = if month > 2 {
        (year, month - 2)
    } else {
        (year - 1, month + 10)
    };
    BillDate::ymd(year, month, 1).unwrap_or(day)
}

fn calendar(book: &MerchantMorning, day: BillDate) -> Vec<CalendarDay> {
    let first_import = book.imports.iter().filter_map(|import| import.day).min();
    let first = first_of_calendar(day);
    let days = (first.number()..=day.number()).filter_map(BillDate::from_number);
    days.filter_map(|day| {
        let bill = bill_of(book, day);
        let rows = bill.map_or(0, |bill| bill.rows);
        let state = match (bill, run_of(book, day)) {
            // Days before the merchant's first bill are not missing: nobody kept books then.
            (None, _) if first_import.is_none_or(|first| day < first) => return None,
            (None, _) => CalendarState::Missing,
            (Some(_), None) => CalendarState::Verified,
            // What was decided or closed by itself marks its day no longer.
            (Some(_), Some(_)) => match book.open.get(&day) {
                Some(Severity::Urgent) => CalendarState::NeedsWork,
                Some(_) => CalendarState::Faults,
                None => CalendarState::Balanced,
            },
        };
        Some(CalendarDay { day, state, rows })
    })
    .collect()
}

/// The missing day that can be fetched for the shortest time still.
fn missing(calendar: &[CalendarDay], today: BillDate) -> Option<BillDate> {
    calendar
        .iter()
        .find(|entry| {
            entry.state == CalendarState::Missing && entry.day.bill_available_until() >= today
        })
        .map(|entry| entry.day)
}
