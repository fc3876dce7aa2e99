//! The list for the shop system: one row an order that must be delivered.

use super::Reissued;
use recondesk_domain::{Heading, SheetCell, Term};

const fn heading(name: &'static str, zh: &'static str, en: &'static str, width: u16) -> Heading {
    Heading {
        name,
        label: Term::new(zh, en),
        width,
    }
}

/// The columns of the list; names and order are a contract with shop systems.
pub const REISSUE_HEADINGS: [Heading; 6] = [
    heading("idempotency_key", "幂等键", "Idempotency key", 34),
    heading("out_trade_no", "商户订单号", "Order number", 34),
    heading("transaction_id", "微信订单号", "Transaction ID", 34),
    heading("paid_fen", "支付金额", "Paid", 12),
    heading("paid_at", "支付时间", "Paid at", 20),
    heading("case", "差错", "Case", 40),
];

/// The rows of the list, in the order given.
pub fn reissue_rows(done: &[Reissued]) -> impl Iterator<Item = Vec<SheetCell>> + '_ {
    done.iter().map(|one| {
        let draft = &one.record.draft;
        vec![
            SheetCell::text(&draft.key),
            SheetCell::text(&draft.out_trade_no),
            SheetCell::text(&one.facts.transaction_id),
            SheetCell::Money(one.facts.paid),
            SheetCell::time(one.facts.paid_at),
            SheetCell::text(&draft.case_key),
        ]
    })
}
