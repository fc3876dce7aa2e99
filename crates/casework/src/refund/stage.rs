//! The stages of a refund here, and the states it has at WeChat Pay.

use serde::{Deserialize, Serialize};

/// Where a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStage {
    /// 已制单: number and sum are on disk.
    Drafted,
    /// 已确认: a person typed the sum; it may be sent.
    Confirmed,
    /// 已写入批量文件: a person hands it to WeChat Pay in a batch file; from here it is only asked about.
    Listed,
    /// 已发送: on its way to WeChat Pay, no answer yet.
    Sent,
    /// 结果未明: only a question leads on.
    Unknown,
    /// 已受理: WeChat Pay has it, the money is on its way.
    Accepted,
    /// 退款异常: the money cannot reach the customer's account.
    Abnormal,
    /// 已退款: the money is back.
    Done,
    /// 退款关闭: closed without money moving.
    Closed,
    /// 被拒绝: certainly not accepted.
    Rejected,
    /// 已撤回: given up before anything was accepted.
    Withdrawn,
}

/// Stage, stable word, Chinese, English.
type StageEntry = (RefundStage, &'static str, &'static str, &'static str);

const STAGES: [StageEntry; 11] = [
    (RefundStage::Drafted, "drafted", "已制单", "Drafted"),
    (RefundStage::Confirmed, "confirmed", "已确认", "Confirmed"),
    (
        RefundStage::Listed,
        "listed",
        "已写入批量文件",
        "In a batch file",
    ),
    (RefundStage::Sent, "sent", "已发送", "Sent"),
    (
        RefundStage::Unknown,
        "unknown",
        "结果未明",
        "Outcome unknown",
    ),
    (RefundStage::Accepted, "accepted", "已受理", "Accepted"),
    (RefundStage::Abnormal, "abnormal", "退款异常", "Abnormal"),
    (RefundStage::Done, "done", "已退款", "Refunded"),
    (RefundStage::Closed, "closed", "退款关闭", "Closed"),
    (RefundStage::Rejected, "rejected", "被拒绝", "Rejected"),
    (RefundStage::Withdrawn, "withdrawn", "已撤回", "Withdrawn"),
];

impl RefundStage {
    /// All of them, in the order of a refund's life.
    pub fn all() -> impl Iterator<Item = Self> {
        STAGES.iter().map(|entry| entry.0)
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "one entry a variant, checked by a test"
    )]
    const fn entry(self) -> &'static StageEntry {
        &STAGES[self as usize]
    }

    /// The stable word of the database, the command line and exports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        self.entry().1
    }

    /// Reads that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::all().find(|stage| stage.word() == word)
    }

    /// What finance staff read.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        self.entry().2
    }

    /// The English term.
    #[must_use]
    pub const fn en(self) -> &'static str {
        self.entry().3
    }

    /// True when nothing more will happen to this refund.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Closed | Self::Withdrawn)
    }

    /// True when money went back, is on its way, or may be: it counts against what is left of the order.
    #[must_use]
    pub const fn may_move_money(self) -> bool {
        !matches!(self, Self::Closed | Self::Withdrawn | Self::Rejected)
    }

    /// True while the case belongs to this refund: nothing else may be begun for it.
    #[must_use]
    pub const fn holds_case(self) -> bool {
        !matches!(self, Self::Closed | Self::Withdrawn)
    }
}

/// What WeChat Pay says of a refund (`refund_status`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum RemoteState {
    /// On its way.
    Processing,
    /// The money arrived.
    Success,
    /// CHANGE, ABNORMAL.
    Abnormal,
    /// REFUNDCLOSE, CLOSED.
    Closed,
    /// A word the documents do not have: taken for money under way.
    Other,
}

impl RemoteState {
    /// True unless the money stayed with the merchant.
    #[must_use]
    pub const fn counts(self) -> bool {
        !matches!(self, Self::Closed)
    }

    pub(super) const fn stage(self) -> RefundStage {
        match self {
            Self::Processing | Self::Other => RefundStage::Accepted,
            Self::Success => RefundStage::Done,
            Self::Abnormal => RefundStage::Abnormal,
            Self::Closed => RefundStage::Closed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_stand_in_the_order_of_the_variants() {
        for (at, stage) in RefundStage::all().enumerate() {
            assert_eq!(stage as usize, at);
            assert_eq!(RefundStage::parse(stage.word()), Some(stage));
        }
    }
}
