//! The rules by which a case is worked: how money goes back, how goods go out, who must agree, when a day is done.
//!
//! Nothing here reads a clock, a file or a socket, and nothing here decides for a person.
//! A refund is a state machine: [`RefundProgress::apply`] is the only way from one stage to the next, and
//! [`RefundProgress::next_move`] says what must happen now. The program, its simulation and the model that is
//! checked to the end (`tests/it/model`) all run these very functions.

mod answer;
mod approval;
mod ignore;
mod limits;
mod number;
mod outcome;
mod refund;
mod reissue;
mod sign_off;
mod trail;
mod undo;
mod withdrawn;

pub use answer::{AnswerEvidence, QueryReply, SendReply, read_query, read_send};
pub use approval::{ApprovalNeed, Judgement, Role, Roles, Thresholds, may_judge};
pub use ignore::IgnoreReason;
pub use limits::{
    FRESH_S, LimitError, MAX_PARTS, MIN_GAP_S, OrderFacts, RefundPart, UNLISTED, YEAR_S,
    check_refund, check_seen, owed,
};
pub use number::{RefundSubject, refund_number};
pub use outcome::{CaseOutcome, OutcomeError, may_claim};
pub use refund::{
    ABSENCE_S, Approval, CONFIRMATION_S, Illegal, Move, Queried, RETRY_S, RedirectTo, RefundEvent,
    RefundProgress, RefundStage, Refusal, RemoteState, SendAnswer,
};
pub use reissue::{Reissue, ReissueEvent, ReissueStage, ReissueWay};
pub use sign_off::{Obstacle, SignOffFacts, sign_off};
pub use trail::{TRAIL_START, TrailEntry, seal};
pub use undo::{Before, PastDeed, PastStep, UNDONE, UndoError, undo};
pub use withdrawn::{ParsedWithdrawal, WithdrawnQuestion};
