//! What was begun for a case here, what hangs on it, and what can be taken back.

use std::path::PathBuf;
use std::sync::Arc;

use super::{CaseFilter, Decision, OperatorIdentity};
use crate::{Failure, Message};
use recondesk_casework::ReissueWay;
use recondesk_domain::{CaseStatus, Fen, ProfileId};
use recondesk_ports::{AttachmentInfo, RefundRecord, RefundRowId, ReissueRecord};

/// What was begun for a case here, beside what the books say of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CaseWork {
    /// Its refunds, oldest first.
    pub refunds: Vec<RefundRecord>,
    /// Its newest reissue.
    pub reissue: Option<ReissueRecord>,
    /// Files that hang on it, oldest first.
    pub attachments: Vec<AttachmentInfo>,
    /// Who signed the day off that the case belongs to: until it is opened again, what was decided stands.
    pub signed_by: Option<String>,
    /// What taking back the last decision leads to, while whoever sits here may do it.
    pub undo: Option<UndoOffer>,
}

/// What a case was before the last decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoOffer {
    /// Its state.
    pub status: CaseStatus,
    /// Who looked after it; empty for nobody.
    pub owner: String,
}

/// Refunds to be asked about again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundChoice {
    /// This one; where it was never sent, or was refused, it stays as it is.
    One(RefundRowId),
    /// Every one of a merchant, or of all, that is not at its end; what waits to be sent stays as it is.
    Unfinished(Option<ProfileId>),
}

/// A refund that was held back is to be sent: a person saw its sum and says so.
#[derive(Debug, Clone)]
pub struct SendRefundWish {
    /// Which.
    pub refund: RefundRowId,
    /// Its sum, as it was shown.
    pub amount: Fen,
    /// Who sends it.
    pub identity: Option<OperatorIdentity>,
}

/// A case, by merchant and stable key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseName {
    /// The merchant.
    pub profile: ProfileId,
    /// Stable key.
    pub key: String,
}

/// Files to be hung on a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachWish {
    /// The case.
    pub case: CaseName,
    /// The files.
    pub paths: Vec<PathBuf>,
}

/// A file of a case that is to be written somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaveAttachmentWish {
    /// The case.
    pub case: CaseName,
    /// Digest of the file.
    pub sha256: [u8; 32],
    /// Where to.
    pub path: PathBuf,
}

/// Cases that are to be decided about together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkAsk {
    /// The list as it is filtered.
    pub filter: CaseFilter,
    /// Numbers of the chosen rows; `None` for all that the list has.
    pub ids: Option<Arc<[u64]>>,
}

/// What many cases are together, before anything is decided.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BulkSummary {
    /// Numbers of the cases, in the order of the list: exactly these are decided about.
    pub ids: Arc<[u64]>,
    /// Sum at stake; `None` when no number holds it.
    pub at_stake: Option<Fen>,
    /// How many stand in each state.
    pub states: Vec<(CaseStatus, u64)>,
    /// Those of which the money may go back, and what that is about.
    pub refunds: BulkShare,
    /// Those for which goods may go out, and what that is about.
    pub reissues: BulkShare,
    /// The ways by which every shop among those can be told; a list always works.
    pub ways: Vec<ReissueWay>,
    /// More than so many at once need a second person.
    pub bulk_over: u32,
    /// The last change of any case that whoever reads this has seen.
    pub seen: i64,
}

/// The cases of a summary to which something applies.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BulkShare {
    /// Their numbers, in the order of the list.
    pub ids: Arc<[u64]>,
    /// Sum at stake; `None` when no number holds it.
    pub at_stake: Option<Fen>,
}

/// One decision about many cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkWish {
    /// Numbers of the cases.
    pub ids: Arc<[u64]>,
    /// The decision.
    pub decision: Decision,
    /// The last change of any case that was seen: a case that somebody else changed since is left as it is.
    pub seen: i64,
}

/// What came of one of many cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkLine {
    /// Its number here.
    pub id: i64,
    /// Its stable key.
    pub key: String,
    /// The number a person knows it by; empty for one about a whole day.
    pub number: String,
    /// What was done, or why it was not.
    pub result: Result<Message, Failure>,
    /// True where nothing holds before a second person agrees.
    pub waits: bool,
    /// True for goods or money that are on their way: it is followed up.
    pub is_under_way: bool,
}

/// Goods or money that are to move for many cases.
#[derive(Debug, Clone)]
pub enum BulkPayout {
    /// Each case is asked about and its refund written down; nothing is sent.
    Prepare {
        /// Numbers of the cases.
        ids: Arc<[u64]>,
        /// Shown to every customer; empty for the words of each category.
        reason: String,
    },
    /// What was written down is sent, one after the other.
    Send {
        /// The refunds.
        refunds: Arc<[RefundRowId]>,
        /// Their total, as it was typed.
        typed: Fen,
        /// Who sends them.
        identity: Option<OperatorIdentity>,
    },
    /// What was written down and not sent is given up.
    GiveUp(Arc<[RefundRowId]>),
    /// The shop is told to deliver, one case after the other.
    Reissue {
        /// Numbers of the cases.
        ids: Arc<[u64]>,
        /// How the shop learns of it.
        way: ReissueWay,
        /// The file of the list.
        list: Option<PathBuf>,
        /// Who asks.
        identity: Option<OperatorIdentity>,
    },
}

/// Refunds that were written down together, before anything is sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PreparedRefunds {
    /// Those that can be sent.
    pub refunds: Arc<[RefundRowId]>,
    /// Those among them that did not exist before: they are given up when nobody goes on.
    pub fresh: Arc<[RefundRowId]>,
    /// Their total; `None` when no number holds it.
    pub total: Option<Fen>,
    /// How many of them are sent only once a second person agrees.
    pub awaited: u64,
    /// One line for each case that was reached, in order.
    pub lines: Vec<BulkLine>,
    /// How many were left because somebody stopped it.
    pub left: u64,
}

/// What was done to many cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BulkKind {
    /// A decision.
    #[default]
    Decided,
    /// Money went back.
    Refunded,
    /// The shop was told to deliver.
    Reissued,
    /// A second person decided.
    Judged,
}

/// What came of one deed for many cases.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BulkOutcome {
    /// What was done.
    pub kind: BulkKind,
    /// One line for each case that was reached, in order.
    pub lines: Vec<BulkLine>,
    /// How many were left because somebody stopped it.
    pub left: u64,
}

impl BulkOutcome {
    /// How many wait for a second person.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        let waiting = self.lines.iter().filter(|line| line.waits);
        u64::try_from(waiting.count()).unwrap_or(u64::MAX)
    }

    /// How many are on their way and followed up.
    #[must_use]
    pub fn under_way(&self) -> u64 {
        let moving = self.lines.iter().filter(|line| line.is_under_way);
        u64::try_from(moving.count()).unwrap_or(u64::MAX)
    }

    /// How many are at their end.
    #[must_use]
    pub fn done(&self) -> u64 {
        let over = |line: &&BulkLine| line.result.is_ok() && !line.waits && !line.is_under_way;
        u64::try_from(self.lines.iter().filter(over).count()).unwrap_or(u64::MAX)
    }

    /// How many were refused.
    #[must_use]
    pub fn refused(&self) -> u64 {
        let refused = self.lines.iter().filter(|line| line.result.is_err());
        u64::try_from(refused.count()).unwrap_or(u64::MAX)
    }
}
