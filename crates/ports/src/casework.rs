//! What casework leaves in a workspace: operators, approvals, refunds, reissues, sign-offs, the audit trail.
//!
//! Stages move by the rules of `recondesk-casework` only, inside one transaction with the check; the
//! database refuses by itself what must never be: a maker who approves, a second outcome, sending without
//! the second person.

mod people;
mod refunds;
mod reissues;
mod trail;

use super::{Author, StoreError};
use recondesk_casework::{
    ApprovalNeed, CaseOutcome, Judgement, RedirectTo, ReissueEvent, Thresholds,
};
use recondesk_domain::{BillDate, Instant, ProfileId, Secret};

pub use people::{ApprovalId, ApprovalRecord, Operator, PinError};
pub use refunds::{RefundDraft, RefundHistory, RefundQuery, RefundRecord, RefundRowId, RefundStep};
pub use reissues::{ReissueDraft, ReissueHistory, ReissueRecord, ReissueRowId};
pub use trail::{
    AttachmentInfo, AttachmentRecord, AuditDeed, AuditEntry, HistoryFault, HistoryFaultKind,
    SignOffRecord,
};

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
    /// [`StoreError::Taken`] when the name was ever used, [`StoreError::Forbidden`] for a first operator who does
    /// not administer, and later where `actor` does not.
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

    /// The question about each of these subjects that waits for a second person, where there is one.
    ///
    /// # Errors
    /// As above.
    fn waiting_about(&self, subjects: &[String]) -> Result<Vec<Option<ApprovalId>>, StoreError>;

    /// Asks for a second person.
    ///
    /// # Errors
    /// As above.
    fn ask_approval(
        &self,
        need: ApprovalNeed,
        subject: &str,
        reason: &str,
        maker: Author<'_>,
    ) -> Result<ApprovalRecord, StoreError>;

    /// A second person decides. A refund or a day that waited for it moves on in the same transaction.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] for the maker, for somebody without the role, and for a second decision.
    fn judge(
        &self,
        approval: ApprovalId,
        judgement: Judgement,
        checker: Author<'_>,
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

    /// Asks for a second person for a refund that was drafted without one and needs one now: for the limit, for the
    /// order's other refunds, or for how many go out together. Else it comes back as it is.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when it is gone.
    fn require_second(
        &self,
        refund: RefundRowId,
        together: u32,
        by: Author<'_>,
    ) -> Result<RefundRecord, StoreError>;

    /// Asks for a second person for sending the money of an abnormal refund to another account, where the limits want
    /// one who has not agreed to that account yet. Else it comes back as it is.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when it is gone, [`StoreError::Forbidden`] when it is not abnormal.
    fn require_redirect(
        &self,
        refund: RefundRowId,
        to: RedirectTo,
        by: Author<'_>,
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
        by: Author<'_>,
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
    ) -> Result<Vec<CaseOutcome>, StoreError>;

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

    /// The files of a case without their bytes, oldest first.
    ///
    /// # Errors
    /// As above.
    fn attachment_list(
        &self,
        profile: ProfileId,
        case_key: &str,
    ) -> Result<Vec<AttachmentInfo>, StoreError>;

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

    /// A signature by its number, while it is in force.
    ///
    /// # Errors
    /// As above.
    fn sign_off_record(&self, id: i64) -> Result<Option<SignOffRecord>, StoreError>;

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

    /// Rows of history that are no longer as the trail sealed them: of cases, refunds, approvals, signatures and
    /// operators.
    ///
    /// # Errors
    /// As above.
    fn history_faults(&self) -> Result<Vec<HistoryFault>, StoreError>;

    /// The entries about a subject, oldest first.
    ///
    /// # Errors
    /// As above.
    fn audit_of(&self, subject: &str) -> Result<Vec<AuditEntry>, StoreError>;
}
