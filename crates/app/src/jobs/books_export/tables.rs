//! The tables of an export of the books: names, columns, types. `docs/BOOKS_EXPORT.md` says what each means.
//!
//! They are a contract with whoever reads the files: a column may be added at the end, none is renamed or changed.

use recondesk_ports::{ColumnType, TableColumn, TableShape};

/// Number of the contract; the manifest names it.
pub const FORMAT_VERSION: u32 = 1;

const fn column(name: &'static str, holds: ColumnType) -> TableColumn {
    TableColumn {
        name,
        holds,
        is_optional: false,
        is_summed: false,
    }
}

/// A column in which a row may have nothing.
const fn maybe(name: &'static str, holds: ColumnType) -> TableColumn {
    TableColumn {
        is_optional: true,
        ..column(name, holds)
    }
}

/// Money that is added up in the manifest.
const fn sum(name: &'static str) -> TableColumn {
    TableColumn {
        is_summed: true,
        ..column(name, ColumnType::Whole)
    }
}

/// The same, where a row may have none.
const fn maybe_sum(name: &'static str) -> TableColumn {
    TableColumn {
        is_summed: true,
        ..maybe(name, ColumnType::Whole)
    }
}

use ColumnType::{Day, Flag, Text, Time, Whole, Word};

/// The merchant's orders.
pub(super) const ORDERS: TableShape = TableShape {
    name: "orders",
    columns: &[
        column("mch_id", Word),
        column("profile", Word),
        maybe("beijing_day", Day),
        column("out_trade_no", Text),
        column("order_no", Text),
        maybe("transaction_id", Text),
        maybe("appid", Word),
        maybe("sub_mch_id", Word),
        sum("amount_fen"),
        column("is_cny", Flag),
        column("pay_status", Word),
        maybe("fulfil_status", Word),
        maybe("created_at", Time),
        maybe("created_day", Day),
        maybe("paid_at", Time),
        maybe("paid_day", Day),
        maybe("closed_at", Time),
        maybe("closed_day", Day),
        maybe("fulfilled_at", Time),
        maybe("fulfilled_day", Day),
        maybe_sum("refund_total_fen"),
        maybe("refund_no", Text),
        maybe("refund_at", Time),
        maybe("refund_day", Day),
        column("source_import", Whole),
        column("source_line", Whole),
    ],
};

/// The merchant's refunds.
pub(super) const MERCHANT_REFUNDS: TableShape = TableShape {
    name: "merchant_refunds",
    columns: &[
        column("mch_id", Word),
        column("profile", Word),
        maybe("beijing_day", Day),
        column("out_refund_no", Text),
        maybe("out_trade_no", Text),
        maybe("refund_id", Text),
        sum("amount_fen"),
        column("status", Word),
        maybe("requested_at", Time),
        maybe("requested_day", Day),
        maybe("succeeded_at", Time),
        maybe("succeeded_day", Day),
        column("source_import", Whole),
        column("source_line", Whole),
    ],
};

/// Payments of WeChat Pay's bills.
pub(super) const BILL_PAYMENTS: TableShape = TableShape {
    name: "bill_payments",
    columns: &[
        column("mch_id", Word),
        column("profile", Word),
        maybe("beijing_day", Day),
        column("out_trade_no", Text),
        maybe("transaction_id", Text),
        maybe("appid", Word),
        maybe("sub_mch_id", Word),
        column("paid_at", Time),
        column("paid_day", Day),
        maybe("trade_type", Word),
        maybe("state", Word),
        column("is_cny", Flag),
        sum("amount_fen"),
        sum("settled_fen"),
        sum("coupon_fen"),
        sum("fee_yuan_x100000"),
        maybe("rate_percent_x10000", Whole),
        column("source_import", Whole),
        column("source_line", Whole),
    ],
};

/// Refunds of WeChat Pay's bills.
pub(super) const BILL_REFUNDS: TableShape = TableShape {
    name: "bill_refunds",
    columns: &[
        column("mch_id", Word),
        column("profile", Word),
        maybe("beijing_day", Day),
        column("out_refund_no", Text),
        maybe("refund_id", Text),
        maybe("out_trade_no", Text),
        maybe("transaction_id", Text),
        maybe("appid", Word),
        maybe("sub_mch_id", Word),
        column("accepted_at", Time),
        column("accepted_day", Day),
        maybe("state", Word),
        column("is_cny", Flag),
        sum("amount_fen"),
        sum("settled_fen"),
        sum("coupon_fen"),
        sum("fee_yuan_x100000"),
        maybe("rate_percent_x10000", Whole),
        column("source_import", Whole),
        column("source_line", Whole),
    ],
};

/// Findings of the run that speaks for its day.
pub(super) const FINDINGS: TableShape = TableShape {
    name: "findings",
    columns: &[
        column("mch_id", Word),
        column("profile", Word),
        maybe("beijing_day", Day),
        column("run", Whole),
        column("place", Whole),
        column("case_key", Text),
        column("code", Word),
        column("category", Word),
        column("severity", Word),
        maybe("out_trade_no", Text),
        maybe("order_no", Text),
        maybe("transaction_id", Text),
        maybe("out_refund_no", Text),
        maybe("refund_id", Text),
        maybe_sum("bill_fen"),
        maybe_sum("merchant_fen"),
        maybe("paid_at", Time),
        maybe("paid_day", Day),
        sum("at_stake_fen"),
        column("action", Word),
        maybe("tags", Word),
        maybe("detail", Text),
        maybe("bill_import", Whole),
        maybe("bill_line", Whole),
        maybe("order_import", Whole),
        maybe("order_line", Whole),
        maybe("sub_mch_id", Word),
    ],
};

/// Cases, each with its latest finding.
pub(super) const CASES: TableShape = TableShape {
    name: "cases",
    columns: &[
        column("mch_id", Word),
        column("profile", Word),
        maybe("beijing_day", Day),
        column("case_key", Text),
        column("status", Word),
        column("is_closed", Flag),
        maybe("owner", Word),
        column("finding_day", Day),
        column("code", Word),
        column("category", Word),
        column("severity", Word),
        maybe("out_trade_no", Text),
        maybe("order_no", Text),
        maybe("transaction_id", Text),
        maybe("out_refund_no", Text),
        maybe("refund_id", Text),
        maybe_sum("bill_fen"),
        maybe_sum("merchant_fen"),
        maybe("paid_at", Time),
        maybe("paid_day", Day),
        sum("at_stake_fen"),
        column("action", Word),
        maybe("tags", Word),
        maybe("detail", Text),
        maybe("sub_mch_id", Word),
    ],
};

/// All tables of an export.
pub const TABLES: [TableShape; 6] = [
    ORDERS,
    MERCHANT_REFUNDS,
    BILL_PAYMENTS,
    BILL_REFUNDS,
    FINDINGS,
    CASES,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_moment_has_its_day_beside_it_and_money_says_its_unit() {
        for table in TABLES {
            let names: BTreeSet<&str> = table.columns.iter().map(|column| column.name).collect();
            assert_eq!(names.len(), table.columns.len(), "{}", table.name);
            for pair in table.columns.windows(2) {
                let [this, next] = pair else { continue };
                if this.holds == Time {
                    let day = this.name.replace("_at", "_day");
                    assert_eq!((next.name, next.holds), (day.as_str(), Day));
                    assert_eq!(next.is_optional, this.is_optional);
                }
            }
            for column in table.columns.iter().filter(|column| column.is_summed) {
                let has_unit = column.name.ends_with("_fen") || column.name.ends_with("_x100000");
                assert!(has_unit, "{}", column.name);
            }
        }
    }
}
