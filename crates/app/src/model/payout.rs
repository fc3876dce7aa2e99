//! What a person sees and fills in before goods or money move, and what waits for a second person.

use std::path::PathBuf;

use recondesk_casework::{Judgement, OrderFacts, ReissueWay, Thresholds};
use recondesk_domain::{BillDate, Fen, ProfileId, Secret};
use recondesk_ports::{ApprovalId, RefundRecord, ReissueRecord};

/// Who does it: an operator and the PIN, where operators are named.
#[derive(Debug, Clone)]
pub struct OperatorIdentity {
    /// Name of the operator.
    pub name: String,
    /// The PIN.
    pub pin: Secret<String>,
}

/// Who sits at the window.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// The name under which decisions are kept; empty while operators are named and none of them signed in.
    pub name: String,
    /// True when operators are named: then the user of the computer decides nothing.
    pub has_operators: bool,
    /// Their names, to choose from.
    pub operators: Vec<String>,
}

/// An order as WeChat Pay tells it now, beside what was begun for its case here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutView {
    /// The merchant.
    pub profile: ProfileId,
    /// Stable key of the case.
    pub key: String,
    /// `out_trade_no`.
    pub number: String,
    /// What WeChat Pay said.
    pub facts: OrderFacts,
    /// Refunds of the case, oldest first.
    pub refunds: Vec<RefundRecord>,
    /// Its reissue.
    pub reissue: Option<ReissueRecord>,
    /// From when on a second person must agree.
    pub limits: Thresholds,
    /// Ways by which the shop can be told; a list always works.
    pub ways: Vec<ReissueWay>,
    /// True when operators are named, so that one must say who he is.
    pub has_operators: bool,
    /// True when nothing may be moved for the merchant from here.
    pub read_only: bool,
    /// The number that the refund will have: it is fixed before anything is sent.
    pub refund_number: String,
    /// What went back by the merchant's own book, where that says so.
    pub book_refunded: Option<Fen>,
}

impl PayoutView {
    /// What may still go back; nothing when the sums do not add up.
    #[must_use]
    pub fn left(&self) -> Fen {
        self.facts.left_for("").unwrap_or(Fen::ZERO)
    }

    /// What went back or is on its way.
    #[must_use]
    pub fn refunded(&self) -> Fen {
        self.facts.refunded_but("").unwrap_or(Fen::ZERO)
    }
}

/// A refund that a person asked for.
#[derive(Debug, Clone)]
pub struct RefundWish {
    /// The merchant.
    pub profile: ProfileId,
    /// Stable key of the case.
    pub key: String,
    /// How much goes back.
    pub amount: Fen,
    /// The sum as it was typed once more.
    pub typed: Fen,
    /// What had gone back of the order, or was on its way, when the dialog showed it; a refund of the same number
    /// aside.
    pub refunded: Fen,
    /// Shown to the customer.
    pub reason: String,
    /// Who asks.
    pub identity: Option<OperatorIdentity>,
}

/// A reissue that a person asked for.
#[derive(Debug, Clone)]
pub struct ReissueWish {
    /// The merchant.
    pub profile: ProfileId,
    /// Stable key of the case.
    pub key: String,
    /// How the shop learns of it.
    pub way: ReissueWay,
    /// The file of the list.
    pub list: Option<PathBuf>,
    /// Who asks.
    pub identity: Option<OperatorIdentity>,
}

/// A second person's decision.
#[derive(Debug, Clone)]
pub struct JudgeWish {
    /// What is decided.
    pub id: ApprovalId,
    /// The decision.
    pub judgement: Judgement,
    /// Who decides.
    pub identity: Option<OperatorIdentity>,
}

/// A second person's decision about several things that wait, as they were listed.
#[derive(Debug, Clone)]
pub struct JudgeEachWish {
    /// What is decided about.
    pub ids: Vec<ApprovalId>,
    /// The decision.
    pub judgement: Judgement,
    /// Who decides.
    pub identity: Option<OperatorIdentity>,
}

/// A day to be signed off.
#[derive(Debug, Clone)]
pub struct SignOffWish {
    /// The merchant.
    pub profile: ProfileId,
    /// The day.
    pub day: BillDate,
    /// Who signs.
    pub identity: Option<OperatorIdentity>,
}

/// A signed day to be opened again, once a second person agrees.
#[derive(Debug, Clone)]
pub struct UnlockWish {
    /// The merchant.
    pub profile: ProfileId,
    /// The day.
    pub day: BillDate,
    /// Why.
    pub reason: String,
    /// Who asks.
    pub identity: Option<OperatorIdentity>,
}
