//! The row of a table that names its columns: below titles, in one row or two, with names that repeat.

use super::guess::is_known_header;
use super::{IntakeError, Mapping, NotOrders};

/// Rows of the beginning that are looked at.
const LOOK: usize = 40;
/// Longest name of a column, in characters.
const LONGEST: usize = 24;

/// Where the header of a table is, and what it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HeaderPlace {
    /// The last row of the header, among the rows that were looked at.
    pub(super) last: usize,
    /// The names, each only once.
    pub(super) headers: Vec<String>,
    /// How many of them are known.
    pub(super) known: usize,
}

/// Finds the header among the first rows, and refuses tables of another sort.
pub(super) fn find_header(
    rows: &[&[String]],
    mapping: Option<&Mapping>,
) -> Result<HeaderPlace, IntakeError> {
    for row in rows.iter().take(LOOK) {
        if let Some(what) = by_cells(row) {
            return Err(IntakeError::NotOrders(what));
        }
    }
    let is_known = |cell: &str| cell.chars().count() <= LONGEST && is_known_header(cell, mapping);
    let score = |row: &[String]| row.iter().filter(|cell| is_known(cell)).count();
    let place = |last: usize, headers: Vec<String>| HeaderPlace {
        known: score(&headers),
        last,
        headers: unique(headers),
    };
    for (at, row) in rows.iter().enumerate().take(LOOK) {
        let single = score(row);
        // A block of sums or a filter above the table has names of columns in it, too.
        let has_better = || {
            let is_form = row.iter().any(|cell| is_value(cell) || is_label(cell));
            // A row of names right below others is the second row of one header.
            let (least, from) = if is_form {
                (single + 1, at + 1)
            } else {
                (single + 2, at + 2)
            };
            let below = rows.iter().take(LOOK).skip(from);
            let mut tables = below.filter(|row| !row.iter().any(|cell| is_value(cell)));
            tables.any(|row| score(row) >= least.max(3))
        };
        if single >= 2 && has_better() {
            continue;
        }
        let lower = rows.get(at + 1).map_or(0, |below| score(below));
        // A row with a number, a sum or a time in it is of data, whatever words stand beside them.
        let below = rows.get(at + 1);
        let below = below.filter(|below| lower > 0 && !below.iter().any(|cell| is_value(cell)));
        let joined = below.map(|below| join(row, below, &is_known));
        let double = joined.as_ref().map_or(0, |joined| score(joined));
        // A cell that reaches over both rows stands in both of them on a web page.
        let reaches_down = below.is_some_and(|below| {
            let both = row.iter().zip(below.iter());
            both.filter(|(above, below)| above == below && is_known(above))
                .count()
                > 0
        });
        // Groups that tell two columns of one name apart.
        let parts_twins = below.zip(joined.as_ref()).is_some_and(|(below, joined)| {
            lower >= 2 && twins(joined) < twins(below) && double >= single.max(lower)
        });
        let is_better = double > single.max(lower)
            || parts_twins
            || reaches_down && double >= single.max(lower);
        // A title above a header adds nothing to it; its own second row may still come.
        if let Some(joined) = joined.filter(|_| is_better && double >= 2) {
            return Ok(place(at + 1, joined));
        }
        if single >= 2 {
            return Ok(place(at, row.to_vec()));
        }
    }
    let filled = |row: &[String]| row.iter().filter(|cell| !cell.is_empty()).count();
    let first = |least: usize| rows.iter().take(LOOK).position(|row| filled(row) >= least);
    let at = first(2).or_else(|| first(1)).ok_or(IntakeError::Empty)?;
    let row = rows.get(at).ok_or(IntakeError::Empty)?;
    Ok(place(at, row.to_vec()))
}

/// Two header rows as one: the lower names the column, with its group in front where it says too little alone.
pub(super) fn join(
    upper: &[String],
    lower: &[String],
    is_known: &dyn Fn(&str) -> bool,
) -> Vec<String> {
    let mut group = "";
    (0..upper.len().max(lower.len()))
        .map(|at| {
            let above = upper.get(at).map_or("", String::as_str);
            let below = lower.get(at).map_or("", String::as_str);
            // A merged cell stands above several columns and is written in the first.
            if !above.is_empty() {
                group = above;
            }
            let twice = lower.iter().filter(|name| *name == below).count() > 1;
            let grouped = format!("{}{below}", bare_group(group));
            if below.is_empty() {
                above.to_owned()
            } else if (twice || !is_known(below)) && is_known(&grouped) {
                grouped
            } else {
                below.to_owned()
            }
        })
        .collect()
}

/// 退款信息 stands above what is told of the refund: 退款.
fn bare_group(group: &str) -> &str {
    let group = group.trim();
    ["信息", "资料", "情况", "明细", "数据", "部分"]
        .iter()
        .find_map(|tail| group.strip_suffix(tail))
        .filter(|bare| !bare.is_empty())
        .unwrap_or(group)
}

/// True for a cell that is mostly digits: a number, a sum, a time, and the name of no column.
fn is_value(cell: &str) -> bool {
    let cell = cell.trim();
    let digits = cell.bytes().filter(u8::is_ascii_digit).count();
    digits > 0 && digits.saturating_mul(2) >= cell.chars().count()
}

/// True for the name of a field of a form.
fn is_label(cell: &str) -> bool {
    cell.trim().ends_with(['：', ':'])
}

/// Cells whose name stands elsewhere in the row, too.
fn twins(row: &[String]) -> usize {
    let is_twin = |name: &&String| {
        !name.trim().is_empty() && row.iter().filter(|other| other == name).count() > 1
    };
    row.iter().filter(is_twin).count()
}

/// Names that stand more than once get a number each, so that a mapping can tell their columns apart.
fn unique(mut headers: Vec<String>) -> Vec<String> {
    let all = headers.clone();
    for (at, header) in headers.iter_mut().enumerate() {
        let same = |other: &&String| other.trim() == all.get(at).map_or("", |name| name.trim());
        if header.trim().is_empty() || all.iter().filter(same).count() < 2 {
            continue;
        }
        let nth = all.iter().take(at + 1).filter(same).count();
        *header = format!("{} ({nth})", header.trim());
    }
    headers
}

fn by_cells(row: &[String]) -> Option<NotOrders> {
    let has = |name: &str| row.iter().any(|cell| cell.trim_start_matches('`') == name);
    // A title has its row to itself; beside other cells it is the name of some goods.
    let mut filled = row.iter().filter(|cell| !cell.trim().is_empty());
    if let (Some(title), None) = (filled.next(), filled.next())
        && title.contains("微信支付账单明细")
    {
        return Some(NotOrders::ConsumerExport);
    }
    let trade = has("交易时间") && has("公众账号ID") && has("微信订单号");
    let fund = has("记账时间") && has("资金流水单号");
    (trade || fund).then_some(NotOrders::WechatBill)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header_of(rows: &[&str]) -> HeaderPlace {
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.split('|').map(str::to_owned).collect())
            .collect();
        let rows: Vec<&[String]> = rows.iter().map(Vec::as_slice).collect();
        find_header(&rows, None).unwrap()
    }

    #[test]
    fn goods_named_like_the_title_of_another_file_are_goods() {
        let found = header_of(&[
            "订单号|商品|实付金额|付款时间",
            "A1|微信支付账单明细打印|12.90|2026-03-08 09:05:11",
        ]);

        assert_eq!(found.last, 0);
        let title = ["", "微信支付账单明细", ""].map(str::to_owned);
        assert_eq!(by_cells(&title), Some(NotOrders::ConsumerExport));
    }

    #[test]
    fn two_rows_below_titles_name_the_columns_together() {
        let found = header_of(&[
            "演示商贸有限公司 2026年3月8日 销售订单明细表||||",
            "制表人：张三    打印时间：2026-03-09 09:30||||",
            "订单号|付款||发货|",
            "|付款时间|实付金额|发货状态|发货时间",
            "A1|2026-03-08 09:05:11|12.90|已发货|2026-03-08 16:00:00",
        ]);

        assert_eq!(found.last, 3);
        let expected = ["订单号", "付款时间", "实付金额", "发货状态", "发货时间"];
        assert_eq!(found.headers, expected);
    }

    #[test]
    fn cells_of_two_rows_that_stand_in_both_are_one_header() {
        let found = header_of(&[
            "订单号|金额||订单状态|付款时间",
            "订单号|应付|实付|订单状态|付款时间",
            "A1|15.00|12.90|待发货|2026-03-08 09:05:11",
        ]);

        assert_eq!(found.last, 1);
        let expected = ["订单号", "应付", "实付", "订单状态", "付款时间"];
        assert_eq!(found.headers, expected);
    }

    #[test]
    fn a_filter_or_sums_above_the_table_are_not_its_header() {
        let table = "商户订单号|商品名称|实付金额|订单状态|下单时间|付款时间|退款金额";
        let row = "A1|苹果|12.90|已发货|2026-03-08 09:00:00|2026-03-08 09:00:10|";
        for above in [
            "商户订单号：||实付金额：||付款时间：|2026-03-08|",
            "总笔数|12|总金额|1234.50|退款金额|0.00|",
        ] {
            let found = header_of(&["订单导出", above, table, row]);
            assert_eq!((found.last, found.headers.len()), (2, 7), "{above}");
        }
        let sums = "统计项|订单数|订单金额|退款金额|||";
        let found = header_of(&[sums, "合计|12|1234.50|0.00|||", table, row]);
        assert_eq!((found.last, found.headers.len()), (2, 7));
    }

    #[test]
    fn a_first_row_of_data_with_the_name_of_a_column_in_it_is_no_header() {
        for word in ["SHIPPED", "退款", "合计", "refund"] {
            let row = format!("G2603080000|10.00|2026-03-08 09:00:10|{word}");
            let found = header_of(&["支付单号|实付金额|付款时间|进度", &row]);
            assert_eq!(found.last, 0, "{word}");
            assert_eq!(found.headers, ["支付单号", "实付金额", "付款时间", "进度"]);
        }
    }

    #[test]
    fn groups_tell_columns_of_one_name_apart() {
        let found = header_of(&[
            "订单信息||支付信息|||退款信息||",
            "订单号|下单时间|支付单号|支付时间|金额|退款单号|退款时间|金额",
            "D0|2026-03-08 09:00:00|C1|2026-03-08 09:00:10|10.00|||",
        ]);

        assert_eq!(found.last, 1);
        assert_eq!(
            found.headers[4..],
            ["支付金额", "退款单号", "退款时间", "退款金额"]
        );
    }

    #[test]
    fn a_title_is_no_part_of_the_header_below_it() {
        let found = header_of(&[
            "销售订单||",
            "订单号|实付金额|付款时间",
            "A1|12.90|2026-03-08",
        ]);

        assert_eq!(found.last, 1);
        assert_eq!(found.headers, ["订单号", "实付金额", "付款时间"]);
    }
}
