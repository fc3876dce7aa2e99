//! The columns of the table of orders, and how the books are asked for what a view of it lists.

use std::collections::BTreeMap;

use super::{CellTest, ColumnKind, ColumnSpec, RowContext, TableRow, TableView};
use crate::model::OrderRow;
use recondesk_domain::{Fen, FulfilStatus, Instant, PayStatus, SheetCell, Term};
use recondesk_ports::{BookColumn, BookValue, ColumnTest, RowTest, SortColumn, TableQuery};

const fn column(
    id: &'static str,
    name: &'static str,
    kind: ColumnKind,
    zh: &'static str,
    en: &'static str,
) -> ColumnSpec {
    ColumnSpec::new(id, name, kind, Term::new(zh, en))
}

/// The columns, in their usual order.
pub const COLUMNS: &[ColumnSpec] = &[
    column(
        "number",
        "out_trade_no",
        ColumnKind::Text,
        "商户订单号",
        "Order no.",
    ),
    column(
        "amount",
        "amount_fen",
        ColumnKind::Money,
        "金额 ¥",
        "Amount ¥",
    ),
    column("pay", "pay_status", ColumnKind::Word, "支付", "Payment"),
    column(
        "fulfil",
        "fulfil_status",
        ColumnKind::Word,
        "履约",
        "Fulfilment",
    ),
    column(
        "business",
        "order_no",
        ColumnKind::Text,
        "业务单号",
        "Business no.",
    ),
    column("appid", "appid", ColumnKind::Text, "appid", "appid"),
    column(
        "transaction",
        "transaction_id",
        ColumnKind::Text,
        "微信订单号",
        "WeChat no.",
    ),
    column(
        "created",
        "created_at",
        ColumnKind::Time,
        "创建时间",
        "Created",
    ),
    column("paid", "paid_at", ColumnKind::Time, "支付时间", "Paid at"),
    column(
        "closed",
        "closed_at",
        ColumnKind::Time,
        "关单时间",
        "Closed at",
    ),
    column(
        "fulfilled",
        "fulfilled_at",
        ColumnKind::Time,
        "发货时间",
        "Fulfilled at",
    ),
    column(
        "refunded",
        "refund_total_fen",
        ColumnKind::Money,
        "已退 ¥",
        "Refunded ¥",
    ),
    column("source", "source", ColumnKind::Text, "来源", "Source"),
];

/// All states that an order can be in.
pub const PAY_STATES: [PayStatus; 8] = [
    PayStatus::Created,
    PayStatus::Paying,
    PayStatus::Paid,
    PayStatus::Failed,
    PayStatus::Closed,
    PayStatus::Refunding,
    PayStatus::Refunded,
    PayStatus::Unknown,
];

/// All states of delivery.
pub const FULFILMENTS: [FulfilStatus; 5] = [
    FulfilStatus::NotKnown,
    FulfilStatus::Pending,
    FulfilStatus::Fulfilled,
    FulfilStatus::Failed,
    FulfilStatus::NotRequired,
];

/// A state of payment as a word.
#[must_use]
pub const fn pay_cell(status: PayStatus) -> SheetCell {
    let term = match status {
        PayStatus::Refunding => Term::new("退款中", "refund asked for"),
        PayStatus::Created => Term::new("未支付", "unpaid"),
        PayStatus::Paying => Term::new("支付中", "paying"),
        PayStatus::Paid => Term::new("已支付", "paid"),
        PayStatus::Failed => Term::new("支付失败", "failed"),
        PayStatus::Closed => Term::new("已关单", "closed"),
        PayStatus::Refunded => Term::new("已退款", "refunded"),
        PayStatus::Unknown => Term::new("未知", "unknown"),
    };
    SheetCell::Word(status.word(), term)
}

/// A state of delivery as a word; nothing where the file has no such column.
#[must_use]
pub const fn fulfil_cell(status: FulfilStatus) -> SheetCell {
    let term = match status {
        FulfilStatus::NotKnown => return SheetCell::Empty,
        FulfilStatus::Pending => Term::new("未发货", "pending"),
        FulfilStatus::Fulfilled => Term::new("已发货", "fulfilled"),
        FulfilStatus::Failed => Term::new("发货失败", "failed"),
        FulfilStatus::NotRequired => Term::new("无需发货", "not required"),
    };
    SheetCell::Word(status.word(), term)
}

impl TableRow for OrderRow {
    const COLUMNS: &'static [ColumnSpec] = COLUMNS;

    fn cell(&self, column: &str, _: &RowContext<'_>) -> SheetCell {
        let order = &self.order;
        match column {
            "number" => SheetCell::text(order.out_trade_no.as_str()),
            "amount" => SheetCell::Money(order.amount),
            "pay" => pay_cell(order.pay_status),
            "fulfil" => fulfil_cell(order.fulfil_status),
            "business" => SheetCell::text(order.order_no.as_str()),
            "appid" => SheetCell::text(order.appid.as_str()),
            "transaction" => SheetCell::text(order.transaction_id.as_str()),
            "created" => order.created().map_or(SheetCell::Empty, SheetCell::Time),
            "paid" => SheetCell::time(order.paid_at),
            "closed" => SheetCell::time(order.closed_at),
            "fulfilled" => SheetCell::time(order.fulfilled_at),
            "refunded" => SheetCell::money(order.refund_total),
            "source" => SheetCell::text(&self.source),
            _ => SheetCell::Empty,
        }
    }

    fn rank(&self, column: &str) -> Option<i64> {
        match column {
            "pay" => Some(self.order.pay_status as i64),
            "fulfil" => Some(self.order.fulfil_status as i64),
            _ => None,
        }
    }

    fn amounts(&self) -> Vec<(Term, Fen)> {
        vec![(Term::new("订单金额", "Orders"), self.order.amount)]
    }
}

/// The column of the books that a column of the table shows.
#[must_use]
pub fn book_column(column: &str) -> Option<BookColumn> {
    Some(match column {
        "number" => BookColumn::Number,
        "amount" => BookColumn::Amount,
        "pay" => BookColumn::State,
        "fulfil" => BookColumn::Fulfilment,
        "business" => BookColumn::OrderNo,
        "appid" => BookColumn::AppId,
        "transaction" => BookColumn::TransactionId,
        "created" => BookColumn::Time,
        "paid" => BookColumn::PaidAt,
        "closed" => BookColumn::ClosedAt,
        "fulfilled" => BookColumn::FulfilledAt,
        "refunded" => BookColumn::RefundTotal,
        "source" => BookColumn::Import,
        _ => return None,
    })
}

/// Names of files by the numbers of their imports.
pub type FileNames = BTreeMap<u32, String>;

/// What the books are asked for a view, and for numbers that contain a text.
#[must_use]
pub fn query(view: &TableView, number: &str, files: &FileNames) -> TableQuery {
    let sorts = view.sorts.iter().filter_map(|sort| {
        Some(SortColumn {
            column: book_column(&sort.column)?,
            descending: sort.descending,
        })
    });
    let tests = view.filters.iter().filter_map(|filter| {
        let column = book_column(&filter.column)?;
        Some(ColumnTest {
            column,
            test: row_test(column, &filter.test, files),
        })
    });
    TableQuery {
        sorts: sorts.collect(),
        number: number.trim().to_owned(),
        tests: tests.collect(),
    }
}

/// The test of a cell as a test of what the books hold.
fn row_test(column: BookColumn, test: &CellTest, files: &FileNames) -> RowTest {
    if let Some(cells) = coded(column, files) {
        let values = cells.iter().filter(|(_, cell)| test.passes(cell));
        return RowTest::Numbers {
            values: values.map(|(code, _)| Some(i64::from(*code))).collect(),
            wanted: true,
        };
    }
    match test {
        CellTest::Contains(text) => RowTest::Contains(text.trim().to_owned()),
        CellTest::Between { least, most } => RowTest::Between {
            least: *least,
            most: *most,
        },
        CellTest::Days { first, last } => RowTest::Between {
            least: first.map(|day| day.start().unix()),
            most: last.map(|day| day.end().unix().saturating_sub(1)),
        },
        CellTest::OneOf(values) => one_of(column, values, true),
        CellTest::NoneOf(values) => one_of(column, values, false),
        CellTest::Blank => RowTest::Present(false),
        CellTest::Filled => RowTest::Present(true),
    }
}

/// The codes of a column that holds codes, each with the cell that shows it.
fn coded(column: BookColumn, files: &FileNames) -> Option<Vec<(u32, SheetCell)>> {
    match column {
        BookColumn::State => {
            let states = PAY_STATES.iter();
            Some(
                states
                    .map(|state| (*state as u32, pay_cell(*state)))
                    .collect(),
            )
        }
        BookColumn::Fulfilment => {
            let states = FULFILMENTS.iter();
            Some(
                states
                    .map(|state| (*state as u32, fulfil_cell(*state)))
                    .collect(),
            )
        }
        BookColumn::Import => {
            let files = files.iter();
            Some(
                files
                    .map(|(import, name)| (*import, SheetCell::text(name)))
                    .collect(),
            )
        }
        BookColumn::Line
        | BookColumn::Number
        | BookColumn::OrderNo
        | BookColumn::TransactionId
        | BookColumn::AppId
        | BookColumn::Amount
        | BookColumn::Time
        | BookColumn::PaidAt
        | BookColumn::ClosedAt
        | BookColumn::FulfilledAt
        | BookColumn::RefundTotal => None,
    }
}

/// Some values of a column, as scripts read them.
fn one_of(column: BookColumn, values: &[String], wanted: bool) -> RowTest {
    let number: fn(&String) -> Option<i64> = match column {
        BookColumn::Amount | BookColumn::RefundTotal | BookColumn::Line => {
            |value| value.parse().ok()
        }
        BookColumn::Time | BookColumn::PaidAt | BookColumn::ClosedAt | BookColumn::FulfilledAt => {
            |value| Instant::parse_beijing(value).map(Instant::unix)
        }
        BookColumn::Number
        | BookColumn::OrderNo
        | BookColumn::TransactionId
        | BookColumn::AppId
        | BookColumn::State
        | BookColumn::Fulfilment
        | BookColumn::Import => {
            return RowTest::Texts {
                values: values.to_vec(),
                wanted,
            };
        }
    };
    RowTest::Numbers {
        values: values.iter().map(number).collect(),
        wanted,
    }
}

/// What a value of the books is on screen.
#[must_use]
pub fn value_cell(column: BookColumn, value: &BookValue, files: &FileNames) -> SheetCell {
    match value {
        BookValue::Text(text) => SheetCell::text(text),
        BookValue::Code(code) => {
            let cells = coded(column, files).unwrap_or_default();
            let mut known = cells.into_iter().filter(|(known, _)| known == code);
            known.next().map_or(SheetCell::Empty, |(_, cell)| cell)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use recondesk_domain::BillDate;

    #[test]
    fn a_view_becomes_what_the_books_are_asked() {
        let files = FileNames::from([
            (7, "orders_0308.csv".to_owned()),
            (8, "late.csv".to_owned()),
        ]);
        let mut view = TableView::default();
        view.sort_by("paid", false);
        view.sort_by("paid", false);
        view.only("pay", &pay_cell(PayStatus::Paid));
        view.without("fulfil", &SheetCell::Empty);
        view.without("amount", &SheetCell::Money(Fen::new(100)));
        view.only("business", &SheetCell::Empty);
        view.set_filter("source", Some(CellTest::Contains("LATE".to_owned())));
        let day = BillDate::parse("2026-03-08");
        view.set_filter(
            "paid",
            Some(CellTest::Days {
                first: day,
                last: day,
            }),
        );
        let asked = query(&view, " QH ", &files);

        assert_eq!(asked.number, "QH");
        let sort = SortColumn {
            column: BookColumn::PaidAt,
            descending: true,
        };
        assert_eq!(asked.sorts, [sort]);
        let numbers = |values: &[Option<i64>], wanted| RowTest::Numbers {
            values: values.to_vec(),
            wanted,
        };
        let tests: Vec<RowTest> = asked.tests.into_iter().map(|test| test.test).collect();
        let start = Instant::parse_beijing("2026-03-08 00:00:00")
            .unwrap()
            .unix();
        assert_eq!(
            tests,
            [
                numbers(&[Some(3)], true),
                numbers(&[Some(1), Some(2), Some(3), Some(4)], true),
                numbers(&[Some(100)], false),
                RowTest::Texts {
                    values: vec![String::new()],
                    wanted: true
                },
                numbers(&[Some(8)], true),
                RowTest::Between {
                    least: Some(start),
                    most: Some(start + 86_399)
                },
            ]
        );
        let cell = value_cell(BookColumn::Import, &BookValue::Code(7), &files);
        assert_eq!(cell, SheetCell::text("orders_0308.csv"));
    }
}
