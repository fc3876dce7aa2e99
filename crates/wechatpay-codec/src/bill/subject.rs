//! Whose bill it is and of which day: every row is asked, not only the first (pitfall G17).

use super::block::Tally;
use super::certificate::Expect;
use super::column::BillColumn;
use super::layout::{Family, Layout};
use super::reason::{Effect, Reason};
use recondesk_domain::{BillDate, Category};

/// How many lines a reason names.
const MAX_LINES: usize = 20;

/// G17: rows of a merchant that was not meant.
pub(super) fn wrong_merchant(tally: &Tally, expect: &Expect, out: &mut Vec<Reason>) {
    let others: Vec<_> = tally
        .merchants
        .iter()
        .filter(|seen| expect.mch_id.is_none_or(|mch_id| mch_id != seen.mch_id))
        .collect();
    let lines = others.iter().map(|seen| seen.first_line).take(MAX_LINES);
    let names: Vec<String> = others.iter().map(|seen| seen.mch_id.to_string()).collect();
    let names = names.join("、");
    if let Some(mch_id) = expect.mch_id {
        if !others.is_empty() {
            out.push(
                Reason::new(
                    Category::WrongBill,
                    Effect::Refuses,
                    format!("账单里有其他商户的记录：应为 {mch_id}，实际有 {names}；请确认选对了商户"),
                    format!(
                        "Rows of another merchant: expected {mch_id}, found {names}; check the chosen merchant"
                    ),
                )
                .at(lines.collect()),
            );
        }
    } else if others.len() > 1 {
        out.push(
            Reason::new(
                Category::WrongBill,
                Effect::Quarantines,
                format!("一个文件里混有多个商户的记录：{names}"),
                format!("Rows of several merchants in one file: {names}"),
            )
            .at(lines.collect()),
        );
    }
}

/// G17: rows of a day that was not meant.
pub(super) fn wrong_day(layout: &Layout, tally: &Tally, expect: &Expect, out: &mut Vec<Reason>) {
    let Some(day) = expect.day.or_else(|| main_day(tally)) else {
        return;
    };
    let effect = if expect.day.is_some() {
        Effect::Refuses
    } else {
        Effect::Quarantines
    };
    // Where 退款申请时间 is missing, legacy service-provider bills print another time on refund rows.
    let is_loose = layout.family() != Family::Current && !layout.has(BillColumn::RefundRequested);
    let mut lines = Vec::new();
    let mut loose_lines = Vec::new();
    let mut others = Vec::new();
    for (number, count) in &tally.days {
        if *number == day.number() {
            continue;
        }
        if count.pays > 0 {
            lines.push(count.first_pay_line);
        }
        if count.refunds > 0 && is_loose {
            loose_lines.push(count.first_refund_line);
        } else if count.refunds > 0 {
            lines.push(count.first_refund_line);
        }
        if count.pays > 0 || !is_loose {
            others.extend(BillDate::from_number(*number).map(|day| day.to_string()));
        }
    }
    if !lines.is_empty() {
        lines.sort_unstable();
        lines.truncate(MAX_LINES);
        let others = others.join("、");
        out.push(
            Reason::new(
                Category::WrongBill,
                effect,
                format!("账单里有其他日期的记录：应为 {day}，实际有 {others}；请确认日期，或文件是否由多天拼成"),
                format!("Rows of another day: expected {day}, found {others}; check the date, or whether days were joined into one file"),
            )
            .at(lines),
        );
    }
    if !loose_lines.is_empty() {
        out.push(
            Reason::new(
                Category::WrongBill,
                Effect::Notice,
                "旧版账单的退款行可能印退款成功时间或原支付时间，这些行不在当日之内".to_owned(),
                "Refund rows of old bills may show the refund's success or the original payment time; these lie outside the day".to_owned(),
            )
            .at(loose_lines),
        );
    }
}

/// The day that most rows belong to.
fn main_day(tally: &Tally) -> Option<BillDate> {
    let most = tally
        .days
        .iter()
        .max_by_key(|(_, count)| count.pays + count.refunds)?;
    BillDate::from_number(*most.0)
}
