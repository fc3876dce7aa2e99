//! Why a bill is refused, quarantined or worth a look, read off its tally: ruined numbers, a missing summary, totals
//! that cannot be checked or do not hold, rows that cannot be read.

use super::block::{RowFault, Tally};
use super::column::BillColumn;
use super::identity::Identity;
use super::layout::Layout;
use super::reason::{Effect, Reason};
use recondesk_domain::Category;

/// How many lines a reason names.
const MAX_LINES: usize = 20;

pub(super) fn ruined(tally: &Tally, out: &mut Vec<Reason>) {
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

pub(super) fn incomplete(tally: &Tally, out: &mut Vec<Reason>) {
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
pub(super) fn unchecked_totals(layout: &Layout, tally: &Tally, out: &mut Vec<Reason>) {
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

pub(super) fn broken_identities(tally: &Tally, identities: &[Identity], out: &mut Vec<Reason>) {
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
    let is_rewritten = column == BillColumn::Time && value.contains(['/', '年', 'T']);
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

pub(super) fn bad_rows(layout: &Layout, tally: &Tally, out: &mut Vec<Reason>) {
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

pub(super) fn notices(layout: &Layout, tally: &Tally, out: &mut Vec<Reason>) {
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
