//! The report of a month: one line a day, every case, what is open at its end, refunds and fees by day.

use std::collections::{BTreeMap, BTreeSet};

use recondesk_domain::{BillDate, Fee, Language};
use recondesk_ports::{Report, ReportCell, ReportTable, RunRecord, Standing};
use recondesk_reconcile::Headline;

use super::day::{part, sentence, transit};
use super::table::{counts, fees, money, times, words};
use super::{ReportMade, ReportRequest, cases, logo, not_compared, pictures};
use crate::Failure;
use crate::jobs::day::{OpenWork, open_work};
use crate::jobs::reconcile::Basis;

/// A month of the calendar, Beijing time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    first: BillDate,
    last: BillDate,
}

impl Month {
    /// The month that a day lies in.
    #[must_use]
    pub fn of(day: BillDate) -> Self {
        let (_, _, nth) = day.ymd_parts();
        let back = i32::try_from(nth).unwrap_or(1).saturating_sub(1);
        let first = day.plus(back.saturating_neg());
        let mut last = day;
        while last.next().ymd_parts().1 == first.ymd_parts().1 {
            last = last.next();
        }
        Self { first, last }
    }

    /// Reads `2026-03`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        BillDate::parse(&format!("{text}-01")).map(Self::of)
    }

    /// The month before.
    #[must_use]
    pub fn before(self) -> Self {
        Self::of(self.first.prev())
    }

    /// Its first day.
    #[must_use]
    pub const fn first(self) -> BillDate {
        self.first
    }

    /// Its last day.
    #[must_use]
    pub const fn last(self) -> BillDate {
        self.last
    }

    /// Every day of it.
    pub fn days(self) -> impl Iterator<Item = BillDate> {
        std::iter::successors(Some(self.first), |day| Some(day.next()))
            .take_while(move |day| *day <= self.last)
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month, _) = self.first.ymd_parts();
        write!(f, "{year:04}-{month:02}")
    }
}

/// The report of a month of which at least one day was compared. Days that were not say so.
///
/// # Errors
/// [`Failure`]: no day was compared, or the workspace cannot be read.
pub fn of_month(request: &ReportRequest<'_>, month: Month) -> Result<ReportMade, Failure> {
    let records = request.ports.records.as_ref();
    let all = records.current_runs(request.id, month.first, month.last)?;
    if all.is_empty() {
        return Err(not_compared(&month.to_string()));
    }
    let last = all.last().map_or(month.first, |run| run.day);
    let (runs, changed) = super::as_compared(request, all)?;
    let known = DayWords::read(request, &changed)?;
    let compared: BTreeSet<BillDate> = runs.iter().map(|run| run.day).collect();
    let lacks = |run: &RunRecord| !run.summary.has_bill || Basis::lacks_orders(&run.summary);
    let is_whole = !runs.iter().any(lacks)
        && month
            .days()
            .all(|day| compared.contains(&day) || known.is_settled(request, day));
    let mut rows = Vec::new();
    for run in &runs {
        rows.extend(cases::rows(request, run, true)?);
    }
    let case_table = ReportTable::new(String::new(), cases::columns(request, true), rows)?;
    let open = OpenDays::read(request, &runs)?;
    let headline = open.headline(&runs);
    let parts = vec![
        part(
            request.pick("汇总", "Summary"),
            vec![days(request, month, &known, &runs, &open)?],
        ),
        part(request.pick("差错", "Cases"), vec![case_table]),
        part(
            request.pick("在途", "In transit"),
            vec![transit(request, last)?],
        ),
        part(
            request.pick("退款", "Refunds"),
            vec![refunds(request, &runs)?],
        ),
        part(
            request.pick("手续费", "Fees"),
            vec![settlement(request, &runs)?],
        ),
    ];
    let compared = runs.iter().filter(|run| !lacks(run)).count();
    let told = opening(
        request.language,
        &MonthExtent {
            compared,
            lacking: runs.len().saturating_sub(compared),
            changed: changed.len(),
            days: month.days().count(),
        },
    );
    let report = Report {
        language: request.language,
        title: request
            .pick("对账月报", "Monthly reconciliation")
            .to_owned(),
        merchant: request.profile.name.clone(),
        mch_id: request.profile.mch_id.clone(),
        period: month.to_string(),
        made_at: request.ports.clock.now(),
        sentence: told + &sentence(&headline, request.language),
        logo: logo(records, request.id)?,
        pictures: pictures::of_month(month, &runs, request.language),
        parts,
    };
    Ok(ReportMade {
        report,
        needs_person: headline.to_work > 0 || !is_whole,
    })
}

/// How much of a month is compared.
struct MonthExtent {
    compared: usize,
    /// Days with a run, but without orders or bill.
    lacking: usize,
    /// Days whose books changed since.
    changed: usize,
    days: usize,
}

/// What the first sentence says before the counts.
fn opening(language: Language, extent: &MonthExtent) -> String {
    let MonthExtent {
        compared,
        lacking,
        changed,
        days,
    } = extent;
    match language {
        Language::Zh => {
            let changed = match changed {
                0 => String::new(),
                days => format!("{days} 天的账在对账之后变了，没有计入；"),
            };
            let lacking = match lacking {
                0 => String::new(),
                days => format!("{days} 天没有订单或账单，没有对账；"),
            };
            format!("已对账 {compared} / {days} 天；{lacking}{changed}")
        }
        Language::En => {
            let changed = match changed {
                0 => String::new(),
                1 => "the books of 1 day changed since and are not counted; ".to_owned(),
                days => format!("the books of {days} days changed since and are not counted; "),
            };
            let lacking = match lacking {
                0 => String::new(),
                1 => "1 day without orders or bill was not; ".to_owned(),
                days => format!("{days} days without orders or bill were not; "),
            };
            format!("{compared} of {days} days compared; {lacking}{changed}")
        }
    }
}

/// What of each day is still open.
struct OpenDays(BTreeMap<BillDate, OpenWork>);

impl OpenDays {
    fn read(request: &ReportRequest<'_>, runs: &[RunRecord]) -> Result<Self, Failure> {
        let records = request.ports.records.as_ref();
        let mut out = BTreeMap::new();
        for run in runs {
            out.insert(run.day, open_work(records, request.id, run.day)?);
        }
        Ok(Self(out))
    }

    /// The figures of a day, with the work that nobody has decided.
    fn of(&self, run: &RunRecord) -> Headline {
        let open = self.0.get(&run.day).copied().unwrap_or_default();
        Headline {
            to_work: open.count,
            at_stake: open.at_stake,
            ..run.summary.headline()
        }
    }

    fn headline(&self, runs: &[RunRecord]) -> Headline {
        let mut out = Headline::default();
        for day in runs.iter().map(|run| self.of(run)) {
            out.rows = out.rows.saturating_add(day.rows);
            out.matched = out.matched.saturating_add(day.matched);
            out.cross_day = out.cross_day.saturating_add(day.cross_day);
            out.to_work = out.to_work.saturating_add(day.to_work);
            let sum = out.at_stake.checked_add(day.at_stake);
            out.at_stake = sum.unwrap_or(out.at_stake);
        }
        out
    }
}

/// What is known of a day that was not compared.
struct DayWords {
    verified: BTreeSet<BillDate>,
    kept: BTreeSet<BillDate>,
    empty: BTreeSet<BillDate>,
    changed: BTreeSet<BillDate>,
}

impl DayWords {
    fn read(request: &ReportRequest<'_>, changed: &[BillDate]) -> Result<Self, Failure> {
        let mut out = Self {
            changed: changed.iter().copied().collect(),
            verified: BTreeSet::new(),
            kept: BTreeSet::new(),
            empty: BTreeSet::new(),
        };
        for import in request.ports.books.imports(request.id)? {
            let Some(day) = import.day.filter(|_| import.kind.starts_with("bill.")) else {
                continue;
            };
            match import.standing {
                Standing::Verified => out.verified.insert(day),
                Standing::Quarantined | Standing::Replaced => out.kept.insert(day),
            };
        }
        out.empty
            .extend(request.ports.records.no_bill_days(request.id)?);
        Ok(out)
    }

    /// True for a day on which nothing is to be compared, or not yet.
    fn is_settled(&self, request: &ReportRequest<'_>, day: BillDate) -> bool {
        let has_bill = self.verified.contains(&day) || self.kept.contains(&day);
        let is_early = request.ports.clock.now() < day.bill_available_from();
        !has_bill && (self.empty.contains(&day) || is_early)
    }

    fn word<'w>(&self, request: &ReportRequest<'_>, day: BillDate) -> &'w str {
        if self.changed.contains(&day) {
            request.pick("账已变，须重新对账", "books changed, compare again")
        } else if self.verified.contains(&day) {
            request.pick("未对账", "not compared")
        } else if self.kept.contains(&day) {
            request.pick("账单未通过校验", "bill not verified")
        } else if self.empty.contains(&day) {
            request.pick("当日无账单", "no bill that day")
        } else if request.ports.clock.now() < day.bill_available_from() {
            request.pick("账单未出", "bill not out yet")
        } else {
            request.pick("账单缺", "bill missing")
        }
    }
}

fn days(
    request: &ReportRequest<'_>,
    month: Month,
    known: &DayWords,
    runs: &[RunRecord],
    open: &OpenDays,
) -> Result<ReportTable, Failure> {
    let columns = vec![
        times(request.pick("账单日", "Day")),
        words(request.pick("状态", "State"), 16),
        counts(request.pick("支付 笔数", "Payments")),
        money(request.pick("支付 ¥", "Paid ¥")),
        counts(request.pick("退款 笔数", "Refunds")),
        money(request.pick("退款 ¥", "Refunded ¥")),
        counts(request.pick("平账", "Matched")),
        counts(request.pick("跨日", "Across days")),
        counts(request.pick("需处理", "To work")),
        money(request.pick("涉及 ¥", "At stake ¥")),
        fees(request.pick("手续费 ¥", "Fees ¥")),
        fees(request.pick("应结净额 ¥", "Net settlement ¥")),
    ];
    let by_day: BTreeMap<BillDate, &RunRecord> = runs.iter().map(|run| (run.day, run)).collect();
    let rows = month.days().map(|day| {
        if let Some(run) = by_day.get(&day) {
            compared(request, run, open)
        } else {
            let mut row = vec![ReportCell::Empty; columns.len()];
            row.splice(
                ..2,
                [
                    ReportCell::Day(day),
                    ReportCell::text(known.word(request, day)),
                ],
            );
            row
        }
    });
    let rows = rows.collect();
    Ok(ReportTable::new(String::new(), columns, rows)?)
}

fn compared(request: &ReportRequest<'_>, run: &RunRecord, open: &OpenDays) -> Vec<ReportCell> {
    let summary = &run.summary;
    let headline = open.of(run);
    let state = if !summary.has_bill {
        request.pick("无已校验账单", "no verified bill")
    } else if Basis::lacks_orders(summary) {
        request.pick("无商户订单，未对账", "no orders, not compared")
    } else if headline.to_work > 0 {
        request.pick("有差错", "differences")
    } else {
        request.pick("平账", "matched")
    };
    vec![
        ReportCell::Day(run.day),
        ReportCell::text(state),
        ReportCell::Count(summary.pays.wechat.count),
        ReportCell::Money(summary.pays.wechat.fen),
        ReportCell::Count(summary.refunds.wechat.count),
        ReportCell::Money(summary.refunds.wechat.fen),
        ReportCell::Count(headline.matched),
        ReportCell::Count(headline.cross_day),
        ReportCell::Count(headline.to_work),
        ReportCell::Money(headline.at_stake),
        ReportCell::Fee(Fee::new(summary.net.fees)),
        ReportCell::Fee(Fee::new(summary.net.net)),
    ]
}

fn refunds(request: &ReportRequest<'_>, runs: &[RunRecord]) -> Result<ReportTable, Failure> {
    let columns = vec![
        times(request.pick("账单日", "Day")),
        counts(request.pick("微信 笔数", "WeChat rows")),
        money(request.pick("微信 ¥", "WeChat ¥")),
        counts(request.pick("商户 笔数", "Merchant rows")),
        money(request.pick("商户 ¥", "Merchant ¥")),
        money(request.pick("差额 ¥", "Difference ¥")),
    ];
    let rows = runs.iter().map(|run| {
        let book = &run.summary.refunds;
        vec![
            ReportCell::Day(run.day),
            ReportCell::Count(book.wechat.count),
            ReportCell::Money(book.wechat.fen),
            ReportCell::Count(book.merchant.count),
            ReportCell::Money(book.merchant.fen),
            ReportCell::money(book.wechat.fen.checked_sub(book.merchant.fen)),
        ]
    });
    Ok(ReportTable::new(String::new(), columns, rows.collect())?)
}

fn settlement(request: &ReportRequest<'_>, runs: &[RunRecord]) -> Result<ReportTable, Failure> {
    let columns = vec![
        times(request.pick("账单日", "Day")),
        money(request.pick("应结 ¥", "Settled ¥")),
        money(request.pick("退款 ¥", "Refunded ¥")),
        fees(request.pick("手续费 ¥", "Fees ¥")),
        fees(request.pick("应结净额 ¥", "Net settlement ¥")),
    ];
    let rows = runs.iter().map(|run| {
        let net = run.summary.net;
        vec![
            ReportCell::Day(run.day),
            ReportCell::money(net.settled.checked_sub(net.reversed)),
            ReportCell::Money(net.refunded),
            ReportCell::Fee(Fee::new(net.fees)),
            ReportCell::Fee(Fee::new(net.net)),
        ]
    });
    Ok(ReportTable::new(String::new(), columns, rows.collect())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_have_the_days_of_the_calendar() {
        for (text, last) in [
            ("2026-02", "2026-02-28"),
            ("2028-02", "2028-02-29"),
            ("2026-12", "2026-12-31"),
        ] {
            let month = Month::parse(text).unwrap();
            assert_eq!(month.to_string(), text);
            assert_eq!(month.last().to_string(), last);
            assert_eq!(month.days().last(), Some(month.last()));
        }
        assert_eq!(
            Month::parse("2026-01").unwrap().before().to_string(),
            "2025-12"
        );
        assert_eq!(Month::parse("2026-13"), None);
    }
}
