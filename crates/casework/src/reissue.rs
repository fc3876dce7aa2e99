//! The life of one reissue (补发货): handed to the shop in one of three ways, closed only by proof of delivery.

use serde::{Deserialize, Serialize};

/// How the shop learns that it must deliver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReissueWay {
    /// A list is exported for the shop system.
    List,
    /// The shop's own address is called.
    Webhook,
    /// The notification that was missed is sent to the shop's `notify_url`.
    Notification,
}

impl ReissueWay {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::List, Self::Webhook, Self::Notification];

    /// The word of the command line and the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Webhook => "webhook",
            Self::Notification => "notification",
        }
    }

    /// Reads that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.word() == word)
    }

    /// What finance staff read.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::List => "导出清单",
            Self::Webhook => "调用商城接口",
            Self::Notification => "补发支付通知",
        }
    }

    /// The English term.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::List => "Exported list",
            Self::Webhook => "Call to the shop",
            Self::Notification => "Payment notification",
        }
    }
}

/// Where a reissue stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReissueStage {
    /// 已登记: on disk, the shop does not know yet.
    Begun,
    /// 已发出: about to reach the shop; written before the first byte.
    Sent,
    /// 待证实: the shop took it; proof of delivery is awaited.
    Waiting,
    /// 已发货: a later import or answer shows delivery.
    Proven,
    /// 商城拒绝: the shop said no.
    Refused,
    /// 已撤回: taken back.
    Withdrawn,
}

impl ReissueStage {
    const ALL: [Self; 6] = [
        Self::Begun,
        Self::Sent,
        Self::Waiting,
        Self::Proven,
        Self::Refused,
        Self::Withdrawn,
    ];

    /// The stable word of the database and of exports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Sent => "sent",
            Self::Waiting => "waiting",
            Self::Proven => "proven",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.word() == word)
    }

    /// What finance staff read.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Begun => "已登记",
            Self::Sent => "已发出",
            Self::Waiting => "待证实",
            Self::Proven => "已证实发货",
            Self::Refused => "商城拒绝",
            Self::Withdrawn => "已撤回",
        }
    }

    /// The English term.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Begun => "Begun",
            Self::Sent => "Sent",
            Self::Waiting => "Waiting for proof",
            Self::Proven => "Delivery proven",
            Self::Refused => "Refused by the shop",
            Self::Withdrawn => "Withdrawn",
        }
    }

    /// True while neither a refund nor another outcome may be begun for the case or its order.
    #[must_use]
    pub const fn holds_case(self) -> bool {
        !matches!(self, Self::Withdrawn)
    }

    /// True when only a second person may take it back: the shop may be delivering.
    #[must_use]
    pub const fn is_with_shop(self) -> bool {
        matches!(self, Self::Sent | Self::Waiting)
    }
}

/// Something that happens to a reissue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReissueEvent {
    /// About to reach the shop; also the repeat of a call whose answer was lost (same idempotency key).
    Dispatch,
    /// The shop took it, or the list lies on disk.
    Taken,
    /// The shop said no, clearly.
    Refused,
    /// A later import or answer shows delivery.
    Proof,
    /// A person takes it back.
    Withdraw,
    /// A person takes it back with a second person's agreement.
    WithdrawApproved,
}

/// A reissue without its texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reissue {
    /// How the shop learns of it.
    pub way: ReissueWay,
    /// Where it stands.
    pub stage: ReissueStage,
}

impl Reissue {
    /// A reissue that the shop does not know yet.
    #[must_use]
    pub const fn begin(way: ReissueWay) -> Self {
        Self {
            way,
            stage: ReissueStage::Begun,
        }
    }

    /// The only way from one stage to the next; `None` when the event does not fit.
    #[must_use]
    pub const fn apply(self, event: ReissueEvent) -> Option<Self> {
        use ReissueEvent as E;
        use ReissueStage as S;
        let stage = match (self.stage, event) {
            (S::Begun | S::Sent | S::Refused, E::Dispatch) => S::Sent,
            (S::Sent, E::Taken) => S::Waiting,
            (S::Sent, E::Refused) => S::Refused,
            // Goods can be on their way whatever the answer was.
            (S::Begun | S::Sent | S::Waiting | S::Refused, E::Proof) => S::Proven,
            (S::Begun | S::Refused, E::Withdraw | E::WithdrawApproved) => S::Withdrawn,
            (S::Sent | S::Waiting, E::WithdrawApproved) => S::Withdrawn,
            _ => return None,
        };
        Some(Self {
            way: self.way,
            stage,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_proof_closes_and_the_shop_is_not_undercut_alone() {
        let begun = Reissue::begin(ReissueWay::Webhook);
        let sent = begun.apply(ReissueEvent::Dispatch).unwrap();
        assert_eq!(begun.apply(ReissueEvent::Taken), None);
        assert_eq!(sent.apply(ReissueEvent::Withdraw), None);
        assert_eq!(sent.apply(ReissueEvent::Dispatch), Some(sent));

        let waiting = sent.apply(ReissueEvent::Taken).unwrap();
        assert_eq!(waiting.apply(ReissueEvent::Withdraw), None);
        assert!(waiting.stage.holds_case());
        let proven = waiting.apply(ReissueEvent::Proof).unwrap();
        for event in [ReissueEvent::Dispatch, ReissueEvent::WithdrawApproved] {
            assert_eq!(proven.apply(event), None);
        }
        let back = waiting.apply(ReissueEvent::WithdrawApproved).unwrap();
        assert!(!back.stage.holds_case());
    }
}
