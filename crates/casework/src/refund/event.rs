//! What happens to a refund, what came back of it, and what must happen next.

use super::{RefundStage, RemoteState};
use recondesk_domain::{Fen, Instant};
use serde::{Deserialize, Serialize};

/// Whether a second person must agree, and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    /// The sum is below the limit.
    NotNeeded,
    /// Nobody decided yet.
    Awaited,
    /// A second person agreed.
    Given,
    /// A second person refused.
    Declined,
}

/// What a well signed "no" means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// It will not succeed as it is.
    Final,
    /// Not accepted now; the same number may be sent later (balance, frequency).
    ForNow,
}

/// What came back from sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SendAnswer {
    /// Well signed, about this very refund.
    Accepted,
    /// Well signed refusal.
    Refused(Refusal),
    /// Certainly never sent: no connection, no TLS.
    NeverLeft,
    /// Anything else: lost, cut, unsigned, badly signed, about another refund, busy.
    Unclear,
}

/// What came back from asking about the refund by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Queried {
    /// Well signed, about this very refund: its sum and its state.
    Found(Fen, RemoteState),
    /// Well signed: there is no such refund.
    Absent,
    /// Anything else.
    Unclear,
}

/// Where the money of an abnormal refund goes instead (发起异常退款).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RedirectTo {
    /// A bank card of the customer; the last four digits of its number.
    CustomerCard(u16),
    /// The merchant's own bank account, to be paid out by hand.
    MerchantAccount,
}

/// Something that happens to a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RefundEvent {
    /// A person typed the sum.
    Confirm(Fen),
    /// A second person must agree after all: a limit was lowered, other refunds of the order went out, or it is one
    /// of many.
    Require,
    /// A second person agreed.
    Approve,
    /// A second person refused.
    Decline,
    /// About to be sent: stored and flushed before the first byte.
    Dispatch,
    /// What came of it.
    Answer(SendAnswer),
    /// It was being sent when the program ended.
    Restart,
    /// WeChat Pay was asked.
    Query(Queried),
    /// A notification came. It may be forged, so that it proves nothing: the next question is due at once.
    Told,
    /// It is written into the platform's batch file, which a person uploads: never sent from here any more.
    List,
    /// A person gives it up.
    Withdraw,
    /// A person takes up what was given up: the same number, perhaps another sum.
    Redraft(Fen, Approval),
    /// A second person must agree to send the money of an abnormal refund to this account.
    RequireRedirect(RedirectTo),
    /// About to ask WeChat Pay to send it there: stored and flushed before the first byte.
    Redirect(RedirectTo),
    /// What came of it.
    Redirected(SendAnswer),
}

/// An event that does not fit the stage; nothing changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{event:?} is not possible when the refund is {}", .stage.word())]
pub struct Illegal {
    /// Where it stands.
    pub stage: RefundStage,
    /// What was to happen.
    pub event: RefundEvent,
}

/// What must happen next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Move {
    /// A person types the sum.
    Confirm,
    /// A second person decides.
    Approve,
    /// Ask about the order, check the limits, then send.
    Send,
    /// The program was interrupted while sending: take the outcome for unknown.
    Restart,
    /// Ask about the refund.
    Ask,
    /// Nothing before this instant.
    WaitUntil(Instant),
    /// A person sees to it: correct what was refused, or the merchant console for an abnormal refund.
    Attend,
    /// Refund again under the next number, or choose another outcome.
    BeginAnew,
    /// Nothing: the money is back, or it was given up.
    Nothing,
}
