//! Rows that are no orders: totals, signatures, remarks, headers repeated on each page.

use super::fold::{folded, visible};
use super::value::clean_id;

/// Beginnings of such rows, folded.
const WORDS: [&str; 44] = [
    "合计",
    "总计",
    "小计",
    "汇总",
    "共计",
    "累计",
    "本页",
    "总共",
    "总额",
    "总笔数",
    "合記",
    "total",
    "grandtotal",
    "subtotal",
    "sum",
    "制表",
    "审核",
    "复核",
    "经办",
    "打印",
    "导出",
    "签名",
    "签字",
    "制单",
    "记账",
    "主管",
    "出纳",
    "会计",
    "备注",
    "说明",
    "注",
    "统计",
    "数据来源",
    "报表",
    "日期范围",
    "查询条件",
    "页码",
    "第1页",
    "以下空白",
    "endof",
    "preparedby",
    "generated",
    "printed",
    "note",
];

/// A row that cannot be read as an order, and what is known of its number.
pub(super) struct OddRow<'a> {
    /// All its cells.
    pub(super) cells: &'a [String],
    /// Headers of the file.
    pub(super) headers: &'a [String],
    /// Place of the order number.
    pub(super) number: Option<usize>,
    /// Places of the cells that every order has: time and state.
    pub(super) needed: &'a [usize],
}

impl OddRow<'_> {
    /// True when the row is no order.
    pub(super) fn is_note(&self) -> bool {
        let shown = self.cells.iter().map(|cell| visible(cell));
        let filled: Vec<_> = shown.filter(|cell| !cell.is_empty()).collect();
        let Some(first) = filled.first() else {
            return true;
        };
        if self.repeats_the_header() {
            return true;
        }
        let says = |cell: &str| {
            let word = folded(cell);
            WORDS.iter().any(|known| word.starts_with(known)) || is_page(&word)
        };
        let number = self
            .number
            .and_then(|at| self.cells.get(at))
            .map(|cell| visible(cell));
        let has_number = number.as_deref().is_some_and(looks_like_number);
        if has_number {
            return false;
        }
        let lone = filled.len() == 1 && self.headers.len() > 2 && !looks_like_number(first);
        let labelled = filled.iter().take(2).any(|cell| says(cell));
        // A sum without a label: nothing but figures.
        let is_figure = |cell: &str| {
            cell.chars().all(|sign| {
                sign.is_ascii_digit() || matches!(sign, '.' | ',' | '-' | '¥' | '￥' | '元')
            })
        };
        let bare = number.is_none_or(|number| number.is_empty())
            && self.lacks_what_orders_have()
            && filled.iter().all(|cell| is_figure(cell));
        lone || labelled || bare
    }

    /// True when the cells that every order has are empty: time and state.
    pub(super) fn lacks_what_orders_have(&self) -> bool {
        self.needed.iter().all(|at| {
            self.cells
                .get(*at)
                .is_none_or(|cell| visible(cell).is_empty())
        })
    }

    /// True when the row goes on with the order above: it has no number, or the same, and only items.
    pub(super) fn goes_on_with(&self, above: &str) -> bool {
        let number = self.number.and_then(|at| self.cells.get(at));
        let number = number
            .map(|cell| clean_id(cell).into_owned())
            .unwrap_or_default();
        let others = self
            .cells
            .iter()
            .enumerate()
            .filter(|(at, _)| Some(*at) != self.number);
        let has_item = others
            .into_iter()
            .any(|(_, cell)| !visible(cell).is_empty());
        has_item && (number.is_empty() || number == above) && self.lacks_what_orders_have()
    }

    /// True when most cells are those of the header.
    fn repeats_the_header(&self) -> bool {
        let same = self
            .cells
            .iter()
            .zip(self.headers)
            .filter(|(cell, header)| {
                let cell = cell.trim();
                !cell.is_empty() && (cell == header.trim() || header.ends_with(cell))
            });
        let filled = self
            .cells
            .iter()
            .filter(|cell| !cell.trim().is_empty())
            .count();
        filled >= 2 && same.count() * 2 > filled
    }
}

/// `第 3 页 共 9 页`, `page 3 of 9`.
fn is_page(word: &str) -> bool {
    (word.starts_with('第') && word.contains('页'))
        || (word.starts_with('共') && word.contains(['条', '页', '笔', '单', '行']))
        || word.starts_with("page")
}

/// True for texts that a shop would give an order as its number.
fn looks_like_number(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_plain = text.bytes().all(|b| b.is_ascii_graphic());
    is_plain && digits > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_note(row: &str) -> bool {
        let headers: Vec<String> = "订单号,金额,状态,下单时间"
            .split(',')
            .map(str::to_owned)
            .collect();
        let cells: Vec<String> = row.split(',').map(str::to_owned).collect();
        let row = OddRow {
            cells: &cells,
            headers: &headers,
            number: Some(0),
            needed: &[2, 3],
        };
        row.is_note()
    }

    #[test]
    fn totals_and_signatures_are_no_orders() {
        for row in [
            "合计,1399.90,,",
            "总计：3 笔,,,",
            ",1399.90,,",
            "制表人：张三,,审核：李四,",
            "共 3 条记录,,,",
            "第 1 页 共 2 页,,,",
            "订单号,金额,状态,下单时间",
            "导出时间：2026-03-09 09:30,,,",
            "Total,1399.90,,",
            "以上数据仅供参考",
            "小 计,1.00,,",
            ",,,",
        ] {
            assert!(is_note(row), "{row}");
        }
    }

    #[test]
    fn a_ruined_order_is_no_note() {
        for row in [
            "A1,,已付款,2026-03-08 10:00:00",
            "1.2E+27,8.00,,",
            ",8.00,已付款,2026-03-08 10:00:00",
            "A1,8.00,,",
            "A20260308001",
        ] {
            assert!(!is_note(row), "{row}");
        }
    }
}
