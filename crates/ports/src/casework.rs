//! What casework leaves in a workspace: operators, approvals, refunds, reissues, sign-offs, the audit trail.
//!
//! Stages move by the rules of `recondesk-casework` only, inside one transaction with the check; the
//! database refuses by itself what must never be: a maker who approves, a second outcome, sending without
//! the second person.

use super::{RunId, StoreError};
use recondesk_casework::{
    ApprovalNeed, Judgement, OrderFacts, Outcome, Refund, RefundEvent, RefundStage, ReissueEvent,
    ReissueStage, ReissueWay, Roles, Thresholds,
};
use recondesk_domain::{BillDate, Fen, Instant, OutRefundNo, ProfileId, Secret};

/// A person who may decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// The name; unique for ever.
    pub name: String,
    /// What this person may do.
    pub roles: Roles,
    /// When the person was entered.
    pub created_at: Instant,
    /// When the person was removed.
    pub removed_at: Option<Instant>,
}

/// A PIN that was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// There is no such operator, or the PIN is wrong; which of the two is not told.
    #[error("the operator or the PIN is wrong")]
    Wrong,
    /// Too many wrong ones: wait until then.
    #[error("too many wrong PINs, wait until {0}")]
    Locked(Instant),
    /// The workspace cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Number of something that waits for a second person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApprovalId(pub i64);

/// Something that waits, or waited, for a second person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalRecord {
    /// Its number.
    pub id: ApprovalId,
    /// Why somebody must agree.
    pub need: ApprovalNeed,
    /// What it is about: `refund/RD…`, `case/…`, `sign_off/…`, `reissue/…`.
    pub subject: String,
    /// What the maker says.
    pub reason: String,
    /// Who asks.
    pub maker: String,
    /// When.
    pub asked_at: Instant,
    /// Who decided, what, and when.
    pub judged: Option<(String, Judgement, Instant)>,
}

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
    pub refund: Refund,
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
    /// other refund of the order in this workspace, in the same transaction.
    pub facts: Option<&'a OrderFacts>,
}

/// Number of a reissue in this workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReissueRowId(pub i64);

/// A reissue to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReissueDraft {
    /// The merchant.
    pub profile: ProfileId,
    /// Stable key of the case.
    pub case_key: String,
    /// `out_trade_no`.
    pub out_trade_no: String,
    /// How the shop learns of it.
    pub way: ReissueWay,
    /// Idempotency key: the same for every repeat.
    pub key: String,
    /// Who begins it.
    pub maker: String,
}

/// A reissue on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReissueRecord {
    /// Its number.
    pub id: ReissueRowId,
    /// What was written down.
    pub draft: ReissueDraft,
    /// Where it stands.
    pub stage: ReissueStage,
    /// When it was written down.
    pub created_at: Instant,
    /// When it changed last.
    pub changed_at: Instant,
}

/// One entry of a reissue's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReissueHistory {
    /// When.
    pub at: Instant,
    /// Who; empty for the program.
    pub actor: String,
    /// What happened.
    pub event: ReissueEvent,
    /// Where that led.
    pub stage: ReissueStage,
    /// What shows it, as a JSON document.
    pub evidence: String,
}

/// A file on a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentRecord {
    /// When it was added.
    pub at: Instant,
    /// By whom.
    pub actor: String,
    /// Its name.
    pub name: String,
    /// Its digest.
    pub sha256: [u8; 32],
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A signed day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOffRecord {
    /// Its number.
    pub id: i64,
    /// The merchant.
    pub profile: ProfileId,
    /// The day.
    pub day: BillDate,
    /// The run that was signed.
    pub run: RunId,
    /// By whom.
    pub signed_by: String,
    /// When.
    pub signed_at: Instant,
    /// The certificate, a JSON document.
    pub certificate: String,
}

/// One entry of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its place, from 1 and without gaps.
    pub id: i64,
    /// When.
    pub at: Instant,
    /// Who; empty for the program.
    pub actor: String,
    /// What was done: `refund.dispatch`, `operator.add`, …
    pub kind: String,
    /// What it was done to.
    pub subject: String,
    /// The rest, a JSON document without secrets.
    pub document: String,
    /// Seal of the entry before; zeros before the first.
    pub before: [u8; 32],
    /// Seal of this one.
    pub hash: [u8; 32],
}

/// The casework of one workspace. Every method that writes is one transaction, flushed when it returns.
pub trait Casework: Send + Sync {
    /// All operators, also removed ones, by name.
    ///
    /// # Errors
    /// [`StoreError`] when the workspace cannot be read; the same holds for every method.
    fn operators(&self) -> Result<Vec<Operator>, StoreError>;

    /// Enters an operator. Stores nothing of the PIN but an Argon2id digest.
    ///
    /// # Errors
    /// [`StoreError::Taken`] when the name was ever used.
    fn add_operator(
        &self,
        operator: &Operator,
        pin: &Secret<String>,
        actor: &str,
    ) -> Result<(), StoreError>;

    /// Removes an operator; the name stays taken.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is none, [`StoreError::Forbidden`] for the last who may administer.
    fn remove_operator(&self, name: &str, actor: &str, now: Instant) -> Result<(), StoreError>;

    /// The operator behind a name and a PIN. Wrong ones are counted; after five, a minute's wait.
    ///
    /// # Errors
    /// [`PinError`].
    fn check_pin(
        &self,
        name: &str,
        pin: &Secret<String>,
        now: Instant,
    ) -> Result<Operator, PinError>;

    /// From when on a second person must agree.
    ///
    /// # Errors
    /// As above.
    fn thresholds(&self) -> Result<Thresholds, StoreError>;

    /// Changes that.
    ///
    /// # Errors
    /// As above.
    fn set_thresholds(
        &self,
        thresholds: Thresholds,
        actor: &str,
        now: Instant,
    ) -> Result<(), StoreError>;

    /// What waits for a second person, or everything that ever did, oldest first.
    ///
    /// # Errors
    /// As above.
    fn approvals(&self, judged_too: bool) -> Result<Vec<ApprovalRecord>, StoreError>;

    /// Asks for a second person.
    ///
    /// # Errors
    /// As above.
    fn ask_approval(
        &self,
        need: ApprovalNeed,
        subject: &str,
        reason: &str,
        maker: (&str, Instant),
    ) -> Result<ApprovalRecord, StoreError>;

    /// A second person decides. A refund or a day that waited for it moves on in the same transaction.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] for the maker, for somebody without the role, and for a second decision.
    fn judge(
        &self,
        approval: ApprovalId,
        judgement: Judgement,
        checker: (&str, Instant),
    ) -> Result<ApprovalRecord, StoreError>;

    /// Writes a refund down, number and outcome of the case included. A draft that is there already with the
    /// same sum comes back as it is.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] when the case or the order has another outcome, or another refund of the
    /// case is not at its end.
    fn draft_refund(&self, draft: &RefundDraft, now: Instant) -> Result<RefundRecord, StoreError>;

    /// Moves a refund on by one event, if the rules allow it.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] when they do not; nothing is changed then.
    fn step_refund(
        &self,
        refund: RefundRowId,
        step: &RefundStep<'_>,
    ) -> Result<RefundRecord, StoreError>;

    /// A refund.
    ///
    /// # Errors
    /// As above.
    fn refund(&self, id: RefundRowId) -> Result<Option<RefundRecord>, StoreError>;

    /// Refunds, oldest first.
    ///
    /// # Errors
    /// As above.
    fn refunds(&self, query: &RefundQuery) -> Result<Vec<RefundRecord>, StoreError>;

    /// What happened to a refund, oldest first.
    ///
    /// # Errors
    /// As above.
    fn refund_history(&self, refund: RefundRowId) -> Result<Vec<RefundHistory>, StoreError>;

    /// Writes a reissue down, outcome of the case included.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] when the case or the order has another outcome.
    fn draft_reissue(
        &self,
        draft: &ReissueDraft,
        now: Instant,
    ) -> Result<ReissueRecord, StoreError>;

    /// Moves a reissue on by one event, with what shows it.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] when the rules do not allow it.
    fn step_reissue(
        &self,
        reissue: ReissueRowId,
        event: ReissueEvent,
        by: (&str, Instant),
        evidence: &str,
    ) -> Result<ReissueRecord, StoreError>;

    /// Reissues of a merchant, or of all, oldest first.
    ///
    /// # Errors
    /// As above.
    fn reissues(&self, profile: Option<ProfileId>) -> Result<Vec<ReissueRecord>, StoreError>;

    /// What happened to a reissue, oldest first.
    ///
    /// # Errors
    /// As above.
    fn reissue_history(&self, reissue: ReissueRowId) -> Result<Vec<ReissueHistory>, StoreError>;

    /// The outcomes in force for a case and its order.
    ///
    /// # Errors
    /// As above.
    fn outcomes(
        &self,
        profile: ProfileId,
        case_key: &str,
        out_trade_no: &str,
    ) -> Result<Vec<Outcome>, StoreError>;

    /// Hangs a file on a case; the same bytes once.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when the case is gone.
    fn attach(
        &self,
        profile: ProfileId,
        case_key: &str,
        file: &AttachmentRecord,
    ) -> Result<(), StoreError>;

    /// The files of a case, oldest first.
    ///
    /// # Errors
    /// As above.
    fn attachments(
        &self,
        profile: ProfileId,
        case_key: &str,
    ) -> Result<Vec<AttachmentRecord>, StoreError>;

    /// Signs a day off; from then on its result is locked.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] when it is signed already, or another run speaks for it now.
    fn sign_off(&self, signed: &SignOffRecord) -> Result<SignOffRecord, StoreError>;

    /// The signature in force of a day.
    ///
    /// # Errors
    /// As above.
    fn signed(
        &self,
        profile: ProfileId,
        day: BillDate,
    ) -> Result<Option<SignOffRecord>, StoreError>;

    /// Writes one thing down that is done nowhere else.
    ///
    /// # Errors
    /// As above.
    fn record(&self, deed: &AuditDeed<'_>) -> Result<(), StoreError>;

    /// The trail from a place on, at most so many entries.
    ///
    /// # Errors
    /// As above.
    fn audit(&self, from: i64, most: u32) -> Result<Vec<AuditEntry>, StoreError>;

    /// The entries about a subject, oldest first.
    ///
    /// # Errors
    /// As above.
    fn audit_of(&self, subject: &str) -> Result<Vec<AuditEntry>, StoreError>;
}

/// Something to be written to the trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditDeed<'a> {
    /// When.
    pub at: Instant,
    /// Who; empty for the program.
    pub actor: &'a str,
    /// What was done.
    pub kind: &'a str,
    /// What it was done to.
    pub subject: &'a str,
    /// The rest, a JSON document without secrets.
    pub document: &'a str,
}
