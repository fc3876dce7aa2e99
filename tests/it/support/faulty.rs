//! A casework store of which one write fails: before it is stored, or after, as when the power goes.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use recondesk::casework::{
    ApprovalNeed, CaseOutcome, Judgement, RedirectTo, ReissueEvent, Thresholds,
};
use recondesk::domain::{BillDate, Instant, ProfileId, Secret};
use recondesk::ports::{
    ApprovalId, ApprovalRecord, AttachmentInfo, AttachmentRecord, AuditDeed, AuditEntry, Author,
    Casework, HistoryFault, Operator, PinError, RefundDraft, RefundHistory, RefundQuery,
    RefundRecord, RefundRowId, RefundStep, ReissueDraft, ReissueHistory, ReissueRecord,
    ReissueRowId, SignOffRecord, StoreError,
};

/// When the write that fails is lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Loss {
    /// It never reached the disk.
    Before,
    /// It is on disk; nobody was told.
    After,
}

/// The store, and how many writes are left before the one that fails.
pub(crate) struct FaultyCasework {
    inner: Arc<dyn Casework>,
    left: AtomicI64,
    loss: Loss,
}

impl FaultyCasework {
    /// The `nth` write fails, counted from 1; 0 for none.
    pub(crate) fn new(inner: Arc<dyn Casework>, nth: i64, loss: Loss) -> Self {
        Self {
            inner,
            left: AtomicI64::new(if nth == 0 { i64::MAX } else { nth }),
            loss,
        }
    }

    /// True once the fault happened.
    pub(crate) fn has_failed(&self) -> bool {
        self.left.load(Ordering::SeqCst) <= 0
    }

    fn write<T>(&self, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        let left = self.left.fetch_sub(1, Ordering::SeqCst);
        let broken = || StoreError::Broken("the power is gone".to_owned());
        match (left, self.loss) {
            // After the fault nothing works any more: the program is dead.
            (..=0, _) | (1, Loss::Before) => Err(broken()),
            (1, Loss::After) => {
                work()?;
                Err(broken())
            }
            _ => work(),
        }
    }
}

impl Casework for FaultyCasework {
    fn operators(&self) -> Result<Vec<Operator>, StoreError> {
        self.inner.operators()
    }

    fn add_operator(
        &self,
        operator: &Operator,
        pin: &Secret<String>,
        actor: &str,
    ) -> Result<(), StoreError> {
        self.write(|| self.inner.add_operator(operator, pin, actor))
    }

    fn remove_operator(&self, name: &str, actor: &str, now: Instant) -> Result<(), StoreError> {
        self.write(|| self.inner.remove_operator(name, actor, now))
    }

    fn check_pin(
        &self,
        name: &str,
        pin: &Secret<String>,
        now: Instant,
    ) -> Result<Operator, PinError> {
        self.inner.check_pin(name, pin, now)
    }

    fn thresholds(&self) -> Result<Thresholds, StoreError> {
        self.inner.thresholds()
    }

    fn set_thresholds(
        &self,
        thresholds: Thresholds,
        actor: &str,
        now: Instant,
    ) -> Result<(), StoreError> {
        self.write(|| self.inner.set_thresholds(thresholds, actor, now))
    }

    fn approvals(&self, judged_too: bool) -> Result<Vec<ApprovalRecord>, StoreError> {
        self.inner.approvals(judged_too)
    }

    fn waiting_about(&self, subjects: &[String]) -> Result<Vec<Option<ApprovalId>>, StoreError> {
        self.inner.waiting_about(subjects)
    }

    fn ask_approval(
        &self,
        need: ApprovalNeed,
        subject: &str,
        reason: &str,
        maker: Author<'_>,
    ) -> Result<ApprovalRecord, StoreError> {
        self.write(|| self.inner.ask_approval(need, subject, reason, maker))
    }

    fn judge(
        &self,
        approval: ApprovalId,
        judgement: Judgement,
        checker: Author<'_>,
    ) -> Result<ApprovalRecord, StoreError> {
        self.write(|| self.inner.judge(approval, judgement, checker))
    }

    fn draft_refund(&self, draft: &RefundDraft, now: Instant) -> Result<RefundRecord, StoreError> {
        self.write(|| self.inner.draft_refund(draft, now))
    }

    fn step_refund(
        &self,
        refund: RefundRowId,
        step: &RefundStep<'_>,
    ) -> Result<RefundRecord, StoreError> {
        self.write(|| self.inner.step_refund(refund, step))
    }

    fn require_redirect(
        &self,
        refund: RefundRowId,
        to: RedirectTo,
        by: Author<'_>,
    ) -> Result<RefundRecord, StoreError> {
        self.write(|| self.inner.require_redirect(refund, to, by))
    }

    fn require_second(
        &self,
        refund: RefundRowId,
        together: u32,
        by: Author<'_>,
    ) -> Result<RefundRecord, StoreError> {
        self.write(|| self.inner.require_second(refund, together, by))
    }

    fn refund(&self, id: RefundRowId) -> Result<Option<RefundRecord>, StoreError> {
        self.inner.refund(id)
    }

    fn refunds(&self, query: &RefundQuery) -> Result<Vec<RefundRecord>, StoreError> {
        self.inner.refunds(query)
    }

    fn refund_history(&self, refund: RefundRowId) -> Result<Vec<RefundHistory>, StoreError> {
        self.inner.refund_history(refund)
    }

    fn draft_reissue(
        &self,
        draft: &ReissueDraft,
        now: Instant,
    ) -> Result<ReissueRecord, StoreError> {
        self.write(|| self.inner.draft_reissue(draft, now))
    }

    fn step_reissue(
        &self,
        reissue: ReissueRowId,
        event: ReissueEvent,
        by: Author<'_>,
        evidence: &str,
    ) -> Result<ReissueRecord, StoreError> {
        self.write(|| self.inner.step_reissue(reissue, event, by, evidence))
    }

    fn reissues(&self, profile: Option<ProfileId>) -> Result<Vec<ReissueRecord>, StoreError> {
        self.inner.reissues(profile)
    }

    fn reissue_history(&self, reissue: ReissueRowId) -> Result<Vec<ReissueHistory>, StoreError> {
        self.inner.reissue_history(reissue)
    }

    fn outcomes(
        &self,
        profile: ProfileId,
        case_key: &str,
        out_trade_no: &str,
    ) -> Result<Vec<CaseOutcome>, StoreError> {
        self.inner.outcomes(profile, case_key, out_trade_no)
    }

    fn attach(
        &self,
        profile: ProfileId,
        case_key: &str,
        file: &AttachmentRecord,
    ) -> Result<(), StoreError> {
        self.write(|| self.inner.attach(profile, case_key, file))
    }

    fn attachments(
        &self,
        profile: ProfileId,
        case_key: &str,
    ) -> Result<Vec<AttachmentRecord>, StoreError> {
        self.inner.attachments(profile, case_key)
    }

    fn attachment_list(
        &self,
        profile: ProfileId,
        case_key: &str,
    ) -> Result<Vec<AttachmentInfo>, StoreError> {
        self.inner.attachment_list(profile, case_key)
    }

    fn sign_off(&self, signed: &SignOffRecord) -> Result<SignOffRecord, StoreError> {
        self.write(|| self.inner.sign_off(signed))
    }

    fn signed(
        &self,
        profile: ProfileId,
        day: BillDate,
    ) -> Result<Option<SignOffRecord>, StoreError> {
        self.inner.signed(profile, day)
    }

    fn sign_off_record(&self, id: i64) -> Result<Option<SignOffRecord>, StoreError> {
        self.inner.sign_off_record(id)
    }

    fn record(&self, deed: &AuditDeed<'_>) -> Result<(), StoreError> {
        self.write(|| self.inner.record(deed))
    }

    fn audit(&self, from: i64, most: u32) -> Result<Vec<AuditEntry>, StoreError> {
        self.inner.audit(from, most)
    }

    fn history_faults(&self) -> Result<Vec<HistoryFault>, StoreError> {
        self.inner.history_faults()
    }

    fn audit_of(&self, subject: &str) -> Result<Vec<AuditEntry>, StoreError> {
        self.inner.audit_of(subject)
    }
}
