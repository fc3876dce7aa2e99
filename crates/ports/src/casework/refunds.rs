//! Refunds as they are written down.

use super::ApprovalRecord;
use recondesk_casework::{OrderFacts, RefundEvent, RefundPart, RefundProgress, RefundStage};
use recondesk_domain::{Fen, Instant, OutRefundNo, ProfileId};

/// Number of a refund in this workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RefundRowId(pub i64);

/// A refund to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundDraft {
    /// The merchant.
    pub profile: ProfileId,
    /// Its `mch_id`, a part of the number.
    pub mch_id: String,
    /// Stable key of the case; of a refund without a case, a key made from the order.
    pub case_key: String,
    /// `out_trade_no`.
    pub out_trade_no: String,
    /// Sub-merchant; empty otherwise.
    pub sub_mch_id: String,
    /// What was paid.
    pub total: Fen,
    /// What goes back.
    pub amount: Fen,
    /// Shown to the customer.
    pub reason: String,
    /// Who prepares it.
    pub maker: String,
    /// How many are prepared at once.
    pub together: u32,
    /// The other refunds of the order that were known when a person last decided about this one; it is not sent
    /// once there are more.
    pub seen: Vec<RefundPart>,
}

impl RefundDraft {
    /// True where both are about one order: the same number, and no two sub-merchants.
    #[must_use]
    pub fn is_of_same_order(&self, other: &Self) -> bool {
        let (mine, others) = (&self.sub_mch_id, &other.sub_mch_id);
        self.profile == other.profile
            && self.out_trade_no == other.out_trade_no
            && (mine == others || mine.is_empty() || others.is_empty())
    }
}

/// A refund on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRecord {
    /// Its number in this workspace.
    pub id: RefundRowId,
    /// What was written down.
    pub draft: RefundDraft,
    /// Which refund of its case it is, from 1.
    pub nth: u16,
    /// `out_refund_no`.
    pub out_refund_no: OutRefundNo,
    /// Where it stands; its sum is the one that counts.
    pub refund: RefundProgress,
    /// What the second person has to decide or decided.
    pub approval: Option<ApprovalRecord>,
    /// `refund_id`, once WeChat Pay gave one.
    pub refund_id: String,
    /// What WeChat Pay, or the way to it, said last.
    pub last_words: String,
    /// When it was written down.
    pub created_at: Instant,
    /// When it changed last.
    pub changed_at: Instant,
}

/// One entry of a refund's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundHistory {
    /// When.
    pub at: Instant,
    /// Who; empty for the program.
    pub actor: String,
    /// What happened.
    pub event: RefundEvent,
    /// Where that led.
    pub stage: RefundStage,
    /// The words that go with it.
    pub note: String,
}

/// Which refunds are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RefundQuery {
    /// One merchant, or all.
    pub profile: Option<ProfileId>,
    /// Only these stages; empty for all.
    pub stages: Vec<RefundStage>,
    /// Only of this case.
    pub case_key: Option<String>,
    /// Only of this order.
    pub out_trade_no: Option<String>,
}

/// A step of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundStep<'a> {
    /// What happens.
    pub event: RefundEvent,
    /// Who; empty for the program.
    pub actor: &'a str,
    /// When.
    pub at: Instant,
    /// The words that go with it: the remote side's, or the reason.
    pub note: &'a str,
    /// `refund_id`, where it became known.
    pub refund_id: &'a str,
    /// What is known of the order: needed for sending, which is checked against it and against every
    /// other refund of the order in this workspace, in the same transaction. With a confirmation it says which
    /// other refunds the person knows of.
    pub facts: Option<&'a OrderFacts>,
}
