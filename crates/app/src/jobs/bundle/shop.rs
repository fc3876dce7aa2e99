//! Whose order the evidence is about, where several sub-merchants of a service provider use one number.

use std::collections::BTreeSet;

use crate::{Failure, FailureKind, Message};
use recondesk_domain::ProfileId;
use recondesk_ports::{BookRow, Ports};

/// The sub-merchant whose order is meant, and those who use its number.
pub(super) struct SubMerchantChoice {
    all: BTreeSet<String>,
    /// The one that is meant; empty where the number is of one alone.
    pub(super) asked: String,
}

impl SubMerchantChoice {
    /// Chooses; a number of several is refused unless one of them is named.
    pub(super) fn choose(
        ports: &Ports,
        id: ProfileId,
        number: &str,
        asked: &str,
    ) -> Result<Self, Failure> {
        let mut all: BTreeSet<String> = ports
            .books
            .find(number)?
            .iter()
            .filter(|found| found.profile == id)
            .map(|found| sub_merchant(&found.row))
            .collect();
        all.remove("");
        let shop = Self {
            asked: asked.trim().to_owned(),
            all,
        };
        let is_clear = shop.all.len() < 2 || shop.all.contains(&shop.asked);
        let is_named = shop.asked.is_empty() || shop.all.contains(&shop.asked);
        if is_clear && is_named {
            return Ok(shop);
        }
        Err(shop.refused(number))
    }

    /// True for what is of the order that is meant, or of no sub-merchant in particular.
    pub(super) fn has(&self, sub_mch_id: &str) -> bool {
        self.asked.is_empty() || sub_mch_id.is_empty() || sub_mch_id == self.asked
    }

    pub(super) fn has_row(&self, row: &BookRow) -> bool {
        self.has(&sub_merchant(row))
    }

    /// False for a text that names another sub-merchant of the number, and not the one that is meant.
    pub(super) fn may_have(&self, text: &str) -> bool {
        let names = |sub: &String| text.contains(sub.as_str());
        self.asked.is_empty() || names(&self.asked) || !self.all.iter().any(names)
    }

    fn refused(&self, number: &str) -> Failure {
        let listed = self.all.iter().map(String::as_str);
        let listed: Vec<&str> = listed.collect();
        let (zh, en) = if self.asked.is_empty() {
            (
                "几个特约商户都有这个订单号".to_owned(),
                "Several sub-merchants have this order number".to_owned(),
            )
        } else {
            let asked = &self.asked;
            (
                format!("特约商户 {asked} 没有这个订单号"),
                format!("Sub-merchant {asked} has no such order number"),
            )
        };
        Failure::new(
            FailureKind::Usage,
            "bundle.sub_merchant",
            Message::new(zh, en),
            Message::new(
                "用 --sub-mch-id 写明是哪一个",
                "Name the one that is meant with --sub-mch-id",
            ),
        )
        .with_detail(format!("{number}: {}", listed.join(", ")))
    }
}

fn sub_merchant(row: &BookRow) -> String {
    match row {
        BookRow::Pay(row) => row.sub_mch_id.to_string(),
        BookRow::Refund(row) => row.sub_mch_id.to_string(),
        BookRow::Order(row) => row.sub_mch_id.to_string(),
        BookRow::MerchantRefund(_) => String::new(),
    }
}
