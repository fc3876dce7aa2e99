//! The certificate of a bill: what it holds, which identities it satisfies, and whether a day may rest on it.
//!
//! It is made from the header and the tally alone, so that it costs nothing beside parsing.

use serde::Serialize;

use super::block::{Sums, Tally};
use super::column::BillColumn;
use super::identity::{identities, net};
use super::layout::{BillKind, Family, Layout};
use super::reason::{Effect, Reason};
use super::reasons::{bad_rows, broken_identities, incomplete, notices, ruined, unchecked_totals};
use super::saved_again::{SavedAgain, beside_original};
use super::subject::{wrong_day, wrong_merchant};
use recondesk_domain::{BillDate, Fee, Instant, MchId};

pub use super::identity::Identity;

/// Digests of the bill, computed by whoever holds its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Digests {
    /// SHA-256 of the uncompressed bytes, lower-case hex.
    pub sha256: String,
    /// SHA-1 of the uncompressed bytes, lower-case hex: what `hash_value` of APIv3 is.
    pub sha1: String,
}

/// What the bill is supposed to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expect {
    /// 商户号 of the profile.
    pub mch_id: Option<MchId>,
    /// The day asked for.
    pub day: Option<BillDate>,
    /// That the file was saved again, where the caller put it back in form.
    pub saved_again: Option<SavedAgain>,
}

/// What a bill is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Complete, and its rows add up to its summary.
    Verified,
    /// Readable, but a day must not be certified with it.
    Quarantined,
    /// Not the bill that was asked for, or ruined: it must not be stored.
    Refused,
}

/// Rows of one merchant number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MerchantRows {
    /// 商户号.
    pub mch_id: String,
    /// Number of rows.
    pub rows: u64,
}

/// A word that no document knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnknownValue {
    /// Column it stands in.
    pub column: BillColumn,
    /// The word.
    pub value: String,
    /// Number of rows.
    pub rows: u64,
}

/// A row that was not used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BadRow {
    /// Line in the file.
    pub line: u32,
    /// First byte of the line.
    pub offset: u64,
    /// Column at fault, where one is.
    pub column: Option<BillColumn>,
    /// What is wrong, in Chinese.
    pub zh: String,
    /// What is wrong, in English.
    pub en: String,
    /// The raw line, cut after two kilobytes; bytes that are not UTF-8 show as `�`.
    pub raw: String,
}

/// Column sums in integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SumFigures {
    /// Σ应结订单金额.
    pub settled_fen: i64,
    /// Σ代金券金额.
    pub coupon_fen: i64,
    /// Σ退款金额.
    pub refunded_fen: i64,
    /// Σ充值券退款金额.
    pub refund_coupon_fen: i64,
    /// Σ手续费 in 10⁻⁵ yuan.
    pub fee_e5: i64,
    /// Σ订单金额.
    pub amount_fen: i64,
    /// Σ申请退款金额.
    pub refund_asked_fen: i64,
    /// I6: Σ应结订单金额 − Σ退款金额 − Σ手续费, in 10⁻⁵ yuan; absent beyond 64 bits.
    pub net_e5: Option<i64>,
}

/// What there is to say about a bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Certificate {
    /// What it is worth: the gravest effect of `reasons`.
    pub verdict: Verdict,
    /// Why, gravest first.
    pub reasons: Vec<Reason>,
    /// Name of the layout, such as `ALL 27`.
    pub layout: String,
    /// What it holds.
    pub kind: BillKind,
    /// Age of its column names.
    pub family: Family,
    /// Number of columns.
    pub columns: usize,
    /// Column names that no document knows.
    pub unknown_columns: Vec<String>,
    /// Words that no document knows.
    pub unknown_values: Vec<UnknownValue>,
    /// Digests, as the caller gave them.
    pub digests: Digests,
    /// Uncompressed bytes.
    pub bytes: u64,
    /// Lines, header and summary included.
    pub lines: u64,
    /// Detail rows, quarantined ones included.
    pub rows: u64,
    /// Rows with state SUCCESS.
    pub success_rows: u64,
    /// Refund rows.
    pub refund_rows: u64,
    /// Rows with state REVOKED.
    pub revoked_rows: u64,
    /// Rows and lines that were not used.
    pub problem_count: u64,
    /// The first of them.
    pub problems: Vec<BadRow>,
    /// Merchants the rows belong to.
    pub merchants: Vec<MerchantRows>,
    /// Beijing days of the rows.
    pub days: Vec<String>,
    /// Earliest time of a row.
    pub first_time: Option<String>,
    /// Latest time of a row.
    pub last_time: Option<String>,
    /// Column sums.
    pub sums: SumFigures,
    /// I1 to I4, each with expected and actual.
    pub identities: Vec<Identity>,
    /// Present for a file that is not as WeChat Pay delivered it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved_again: Option<SavedAgain>,
}

impl Certificate {
    /// Judges a bill that was read to its end.
    #[must_use]
    pub fn new(layout: &Layout, tally: &Tally, expect: &Expect, digests: Digests) -> Self {
        let identities = identities(layout, tally);
        let mut reasons = Vec::new();
        wrong_merchant(tally, expect, &mut reasons);
        wrong_day(layout, tally, expect, &mut reasons);
        ruined(tally, &mut reasons);
        incomplete(tally, &mut reasons);
        unchecked_totals(layout, tally, &mut reasons);
        bad_rows(layout, tally, &mut reasons);
        broken_identities(tally, &identities, &mut reasons);
        notices(layout, tally, &mut reasons);
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.effect));
        let verdict = match reasons.first().map(|reason| reason.effect) {
            Some(Effect::Refuses) => Verdict::Refused,
            Some(Effect::Quarantines) => Verdict::Quarantined,
            Some(Effect::Notice) | None => Verdict::Verified,
        };
        let saved_again = SavedAgain::judge(tally, expect);
        reasons.extend(saved_again.map(|saved| saved.reason(verdict)));
        Self {
            verdict,
            reasons,
            layout: layout.name(),
            kind: layout.kind(),
            family: layout.family(),
            columns: layout.width(),
            unknown_columns: layout.unknown_columns().map(str::to_owned).collect(),
            unknown_values: unknown_values(tally),
            digests,
            bytes: tally.bytes,
            lines: tally.lines,
            rows: tally.rows,
            success_rows: tally.success_rows,
            refund_rows: tally.refund_rows,
            revoked_rows: tally.revoked_rows,
            problem_count: tally.problem_count,
            problems: tally.problems.iter().map(bad_row).collect(),
            merchants: merchants(tally),
            days: days(tally).map(|day| day.to_string()).collect(),
            first_time: tally.first_time.as_ref().map(Instant::to_string),
            last_time: tally.last_time.as_ref().map(Instant::to_string),
            sums: figures(&tally.sums),
            identities,
            saved_again,
        }
    }

    /// True when a day may be certified with this bill.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.verdict == Verdict::Verified
    }

    /// Refuses a bill that was saved again because the original of its day is here and says something else.
    pub fn refuse_beside_original(&mut self, day: &str) {
        self.verdict = Verdict::Refused;
        self.reasons.insert(0, beside_original(day));
    }

    /// I6, 应结净额, or `None` beyond 64 bits.
    #[must_use]
    pub fn net(&self) -> Option<Fee> {
        self.sums.net_e5.map(Fee::new)
    }
}

fn figures(sums: &Sums) -> SumFigures {
    SumFigures {
        settled_fen: sums.settled.get(),
        coupon_fen: sums.coupon.get(),
        refunded_fen: sums.refunded.get(),
        refund_coupon_fen: sums.refund_coupon.get(),
        fee_e5: sums.fee.get(),
        amount_fen: sums.amount.get(),
        refund_asked_fen: sums.refund_asked.get(),
        net_e5: net(sums).map(Fee::get),
    }
}

fn merchants(tally: &Tally) -> Vec<MerchantRows> {
    tally
        .merchants
        .iter()
        .map(|merchant| MerchantRows {
            mch_id: merchant.mch_id.to_string(),
            rows: merchant.rows,
        })
        .collect()
}

fn unknown_values(tally: &Tally) -> Vec<UnknownValue> {
    tally
        .unknown_values
        .iter()
        .map(|((column, value), rows)| UnknownValue {
            column: *column,
            value: value.clone(),
            rows: *rows,
        })
        .collect()
}

fn days(tally: &Tally) -> impl Iterator<Item = BillDate> {
    tally
        .days
        .keys()
        .filter_map(|day| BillDate::from_number(*day))
}

fn bad_row(problem: &super::Problem) -> BadRow {
    BadRow {
        line: problem.line,
        offset: problem.offset,
        column: problem.column,
        zh: problem.fault.zh(),
        en: problem.fault.to_string(),
        raw: String::from_utf8_lossy(&problem.raw).into_owned(),
    }
}
