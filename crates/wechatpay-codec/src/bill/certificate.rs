//! The certificate of a bill: what it holds, which identities it satisfies, and whether a day may rest on it.
//!
//! It is made from the header and the tally alone, so that it costs nothing beside parsing.

use serde::Serialize;

use super::block::{RowFault, Sums, Tally};
use super::column::Column;
use super::identity::{identities, net};
use super::layout::{BillKind, Family, Layout};
use super::reason::{Effect, Reason};
use super::subject::{wrong_day, wrong_merchant};
use recondesk_domain::{BillDate, Category, Fee, Instant, MchId};

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
    pub column: Column,
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
    pub column: Option<Column>,
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
}

/// How many lines a reason names.
const MAX_LINES: usize = 20;

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
        }
    }

    /// True when a day may be certified with this bill.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.verdict == Verdict::Verified
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

fn ruined(tally: &Tally, out: &mut Vec<Reason>) {
    if tally.ruined_rows > 0 {
        let rows = tally.ruined_rows;
        out.push(
            Reason::new(
                Category::BillRowShape,
                Effect::Refuses,
                format!("{rows} 行的单号被表格软件改坏（变成科学计数法，或第 15 位之后变成 0），无法还原；请导入未经表格软件保存的原始账单"),
                format!("A spreadsheet ruined the numbers of {rows} rows (scientific notation, or fifteen digits and zeros): import the original bill"),
            )
            .at(lines_of(tally, |fault| fault == RowFault::Spreadsheet)),
        );
    }
    if let Some((line, _)) = tally.long_line {
        out.push(
            Reason::new(
                Category::BillRowShape,
                Effect::Refuses,
                format!("第 {line} 行超过 1 MB，不是账单的行"),
                format!("Line {line} is longer than 1 MB: no line of a bill"),
            )
            .at(vec![line]),
        );
    }
}

fn incomplete(tally: &Tally, out: &mut Vec<Reason>) {
    if tally.summary().is_none() {
        out.push(Reason::new(
            Category::BillTruncated,
            Effect::Quarantines,
            "账单末尾没有汇总行，文件不完整；请重新下载".to_owned(),
            "The summary at the end is missing: the file is cut off; download it again".to_owned(),
        ));
    }
}

/// Totals that cannot be compared: a name that no document knows or that stands twice, a column without its total.
fn unchecked_totals(layout: &Layout, tally: &Tally, out: &mut Vec<Reason>) {
    let Some(summary) = tally.summary() else {
        return;
    };
    let mut quarantine = |zh: String, en: String| {
        let reason = Reason::new(Category::BillSum, Effect::Quarantines, zh, en);
        out.push(reason.at(vec![summary.line]));
    };
    let joined = |names: Vec<&str>| (!names.is_empty()).then(|| names.join("、"));
    if let Some(names) = joined(summary.unknown_names().collect()) {
        quarantine(
            format!("汇总行有不认识的合计「{names}」，无法核对；请导入原始账单"),
            format!(
                "The summary has totals that no document knows ({names}): they cannot be checked; import the original bill"
            ),
        );
    }
    if let Some(names) = joined(summary.repeated_names().collect()) {
        quarantine(
            format!("汇总行中「{names}」出现两次；请导入原始账单"),
            format!("The summary names {names} twice: import the original bill"),
        );
    }
    if let Some(names) = joined(summary.missing_names(layout).collect()) {
        quarantine(
            format!("汇总行缺少「{names}」，这些金额无法核对；请重新下载账单"),
            format!(
                "The summary lacks {names}: these amounts cannot be checked; download the bill again"
            ),
        );
    }
}

fn broken_identities(tally: &Tally, identities: &[Identity], out: &mut Vec<Reason>) {
    for identity in identities.iter().filter(|identity| !identity.holds) {
        let Identity {
            id,
            name,
            expected,
            actual,
            difference,
            lines,
            ..
        } = identity;
        let (category, effect) = match *id {
            "I1" => (Category::BillCount, Effect::Quarantines),
            "I2" => (Category::BillSum, Effect::Quarantines),
            _ => (Category::BillRowShape, Effect::Notice),
        };
        if let Some(column) = identity.lacks {
            let column = column.name();
            out.push(Reason::new(
                Category::BillSum,
                Effect::Quarantines,
                format!("账单没有「{column}」列，汇总的「{name}」{expected} 无法核对；请导入原始账单"),
                format!(
                    "The bill has no column {column}, so the total {name} of {expected} cannot be checked: import the original bill"
                ),
            ));
            continue;
        }
        let reason = Reason::new(
            category,
            effect,
            format!("{name}不符：汇总为 {expected}，明细合计 {actual}，相差 {difference}"),
            format!(
                "{name} differs: the summary says {expected}, the rows give {actual}, difference {difference}"
            ),
        );
        let reason = if effect == Effect::Notice {
            Reason {
                zh: format!("{actual} 行的金额关系不符合官方说明（{name}：{expected}）"),
                en: format!(
                    "{actual} rows break a documented relation of amounts ({name}: {expected})"
                ),
                ..reason
            }
        } else {
            reason
        };
        out.push(reason.at(lines.clone()));
    }
    if tally.is_sum_lost {
        out.push(Reason::new(
            Category::BillSum,
            Effect::Quarantines,
            "金额合计超出可表示的范围".to_owned(),
            "The sum of a column is out of range".to_owned(),
        ));
    }
}

/// The first row that cannot be read, with the cell at fault: `第 2 行 交易时间「2026/3/8 9:05」`.
fn first_bad_cell(layout: &Layout, tally: &Tally) -> Option<(String, String)> {
    const SHOWN: usize = 40;
    let problem = tally
        .problems
        .iter()
        .find(|problem| problem.fault.is_of_row())?;
    let (line, fault) = (problem.line, problem.fault);
    let Some(column) = problem.column else {
        let zh = format!("例如第 {line} 行：{}", fault.zh());
        return Some((zh, format!("for example line {line}: {fault}")));
    };
    let cells = layout.cells(&problem.raw).ok()?;
    let (_, value) = cells.get(layout.position(column)?)?;
    let value: String = value.chars().take(SHOWN).collect();
    let is_rewritten = column == Column::Time && value.contains(['/', '年', 'T']);
    let (zh_why, en_why) = if is_rewritten {
        (
            "时间的写法被表格软件改过，请导入原始账单".to_owned(),
            "a spreadsheet rewrote the times, import the original bill".to_owned(),
        )
    } else {
        (fault.zh(), fault.to_string())
    };
    let name = column.name();
    Some((
        format!("例如第 {line} 行「{name}」= {value:?}：{zh_why}"),
        format!("for example line {line}, {name} = {value:?}: {en_why}"),
    ))
}

fn bad_rows(layout: &Layout, tally: &Tally, out: &mut Vec<Reason>) {
    let rows = tally.problem_count.saturating_sub(tally.misplaced_lines);
    if rows > 0 {
        let (zh, en) = first_bad_cell(layout, tally).map_or_else(Default::default, |(zh, en)| {
            (format!("；{zh}"), format!("; {en}"))
        });
        out.push(
            Reason::new(
                Category::BillRowShape,
                Effect::Quarantines,
                format!("{rows} 行无法按表头读取，已隔离{zh}"),
                format!("{rows} rows cannot be read by the header and are set aside{en}"),
            )
            .at(lines_of(tally, RowFault::is_of_row)),
        );
    }
    if tally.misplaced_lines > 0 || tally.is_text_after_summary {
        out.push(
            Reason::new(
                Category::BillRowShape,
                Effect::Quarantines,
                "汇总行之后还有内容、汇总行损坏或出现第二个表头，文件可能由多份账单拼成".to_owned(),
                "Text after the summary, a damaged summary or a second header: several bills in one file?"
                    .to_owned(),
            )
            .at(lines_of(tally, |fault| !fault.is_of_row())),
        );
    }
}

fn notices(layout: &Layout, tally: &Tally, out: &mut Vec<Reason>) {
    let unknown: Vec<&str> = layout.unknown_columns().collect();
    if !unknown.is_empty() {
        let names = unknown.join("、");
        out.push(Reason::new(
            Category::BillLayout,
            Effect::Notice,
            format!("表头有未知列：{names}；其余列按名称读取"),
            format!("Unknown columns: {names}; all others were read by name"),
        ));
    }
    if tally.broken_rows > 0 {
        let rows = tally.broken_rows;
        out.push(Reason::new(
            Category::BillRowShape,
            Effect::Notice,
            format!("{rows} 行的商品名称或商户数据包里有换行，两端的列都对得上，已按一行读取"),
            format!(
                "{rows} rows have line breaks in the goods name or the merchant's data: both ends prove them, each was read as one row"
            ),
        ));
    }
    let words: Vec<String> = tally
        .unknown_values
        .keys()
        .map(|(column, word)| format!("{}={word}", column.name()))
        .collect();
    if !words.is_empty() {
        let words = words.join("、");
        out.push(Reason::new(
            Category::UnknownState,
            Effect::Notice,
            format!("出现未识别的取值：{words}"),
            format!("Words that this program does not know: {words}"),
        ));
    }
}

fn lines_of(tally: &Tally, is_meant: impl Fn(RowFault) -> bool) -> Vec<u32> {
    let meant = tally
        .problems
        .iter()
        .filter(|problem| is_meant(problem.fault));
    meant.map(|problem| problem.line).take(MAX_LINES).collect()
}
