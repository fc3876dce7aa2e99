//! What WeChat Pay said of an order or refund, kept for good: notifications and answers to questions.
//!
//! An observation never changes a row of the books; it stands beside it, with its source.

use recondesk_domain::{Fen, Instant, ProfileId};

/// Where an observation comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObservationSource {
    /// A notification.
    Notice,
    /// An answer to a question that a person asked to keep.
    Query,
}

impl ObservationSource {
    /// The stable word of the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Query => "query",
        }
    }

    /// Reads that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Notice, Self::Query]
            .into_iter()
            .find(|source| source.word() == word)
    }
}

/// One thing that WeChat Pay said, or that somebody said in its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// The merchant.
    pub profile: ProfileId,
    /// When it was entered.
    pub at: Instant,
    /// Where it comes from.
    pub source: ObservationSource,
    /// What makes it the same statement: a merchant has each key once.
    pub key: String,
    /// Empty when it is believed; else why it was put aside.
    pub aside: String,
    /// 商户订单号, empty where it names none.
    pub out_trade_no: String,
    /// 特约商户号, empty where it names none.
    pub sub_mch_id: String,
    /// 微信支付订单号.
    pub transaction_id: String,
    /// 商户退款单号.
    pub out_refund_no: String,
    /// 微信退款单号.
    pub refund_id: String,
    /// `trade_state` or `refund_status`.
    pub state: String,
    /// The amount it names.
    pub amount: Option<Fen>,
    /// When the payment or refund succeeded.
    pub happened_at: Option<Instant>,
    /// The message, without secrets.
    pub document: String,
}

impl Observation {
    /// True for what WeChat Pay said and counts: entered, or a refund of a payment whose order the merchant lacks, which
    /// is WeChat Pay's own word about its own money.
    #[must_use]
    pub fn is_believed(&self) -> bool {
        let is_refund = !(self.refund_id.is_empty() && self.out_refund_no.is_empty());
        // The particulars stand behind the word.
        let word = self.aside.split(':').next().unwrap_or_default();
        self.aside.is_empty() || (is_refund && word == Self::NO_ORDER)
    }

    /// Put aside because the merchant's orders do not have the number.
    pub const NO_ORDER: &str = "no_order";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refund_of_an_order_that_the_merchant_lacks_is_believed() {
        let seen = |aside: &str, refund: &str| Observation {
            profile: ProfileId(1),
            at: Instant::from_unix(0),
            source: ObservationSource::Notice,
            key: String::new(),
            aside: aside.to_owned(),
            out_trade_no: "N1".to_owned(),
            sub_mch_id: String::new(),
            transaction_id: String::new(),
            out_refund_no: refund.to_owned(),
            refund_id: String::new(),
            state: "SUCCESS".to_owned(),
            amount: None,
            happened_at: None,
            document: String::new(),
        };
        assert!(seen("", "").is_believed());
        assert!(seen("no_order: N1", "R1").is_believed());
        assert!(!seen("no_order: N1", "").is_believed());
        assert!(!seen("forged: no_order", "R1").is_believed());
    }
}

/// What was said of the state of one refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundWord {
    /// 商户退款单号.
    pub out_refund_no: String,
    /// `refund_status`, as the wire has it.
    pub state: String,
    /// 商户订单号; empty where it was not told.
    pub out_trade_no: String,
    /// 微信支付订单号; empty where it was not told.
    pub transaction_id: String,
    /// The amount, in fen, where it was told.
    pub amount: Option<Fen>,
}
