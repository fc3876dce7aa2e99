//! [`Casework`] over the workspace database: each method is one call into the file of its table family.

mod approvals;
mod attachments;
mod operators;
mod outcomes;
mod redirect;
mod refund_checks;
mod refund_records;
mod refunds;
mod reissues;
mod second_person;
mod sign_offs;
mod trail;
mod trail_check;
mod undo;

use super::Database;
use recondesk_casework::{
    ApprovalNeed, CaseOutcome, Judgement, RedirectTo, ReissueEvent, Thresholds,
};
use recondesk_domain::{BillDate, Instant, ProfileId, Secret};
use recondesk_ports::{
    ApprovalId, ApprovalRecord, AttachmentInfo, AttachmentRecord, AuditDeed, AuditEntry, Author,
    CaseRef, Casework, HistoryFault, Operator, PinError, RefundDraft, RefundHistory, RefundQuery,
    RefundRecord, RefundRowId, RefundStep, ReissueDraft, ReissueHistory, ReissueRecord,
    ReissueRowId, SignOffRecord, StoreError,
};

pub(super) use outcomes::{forbid_while_in_force, forget_write_off, write_off};
pub(super) use second_person::{CaseUnderReview, forbid_on_signed_day, second_person};
pub(super) use trail::{
    WrittenCaseEvent, append as append_to_trail, last_case_event, seal_case_event, seal_run,
};
pub(super) use trail_check::holds as trail_holds;
pub(super) use undo::before;

impl Casework for Database {
    fn operators(&self) -> Result<Vec<Operator>, StoreError> {
        Ok(operators::all(self)?)
    }

    fn add_operator(
        &self,
        operator: &Operator,
        pin: &Secret<String>,
        actor: &str,
    ) -> Result<(), StoreError> {
        operators::add(self, operator, pin, actor)
    }

    fn remove_operator(&self, name: &str, actor: &str, now: Instant) -> Result<(), StoreError> {
        Ok(operators::remove(self, name, actor, now)?)
    }

    fn check_pin(
        &self,
        name: &str,
        pin: &Secret<String>,
        now: Instant,
    ) -> Result<Operator, PinError> {
        operators::check_pin(self, name, pin, now)
    }

    fn thresholds(&self) -> Result<Thresholds, StoreError> {
        Ok(approvals::thresholds(&self.lock())?)
    }

    fn set_thresholds(
        &self,
        thresholds: Thresholds,
        actor: &str,
        now: Instant,
    ) -> Result<(), StoreError> {
        Ok(approvals::set_thresholds(self, thresholds, actor, now)?)
    }

    fn approvals(&self, judged_too: bool) -> Result<Vec<ApprovalRecord>, StoreError> {
        Ok(approvals::all(self, judged_too)?)
    }

    fn waiting_about(&self, subjects: &[String]) -> Result<Vec<Option<ApprovalId>>, StoreError> {
        Ok(approvals::waiting_about(self, subjects)?)
    }

    fn ask_approval(
        &self,
        need: ApprovalNeed,
        subject: &str,
        reason: &str,
        maker: Author<'_>,
    ) -> Result<ApprovalRecord, StoreError> {
        Ok(self.write(|tx| approvals::ask(tx, need, subject, reason, maker))?)
    }

    fn judge(
        &self,
        approval: ApprovalId,
        judgement: Judgement,
        checker: Author<'_>,
    ) -> Result<ApprovalRecord, StoreError> {
        Ok(self.write(|tx| approvals::judge(tx, approval, judgement, checker))?)
    }

    fn draft_refund(&self, draft: &RefundDraft, now: Instant) -> Result<RefundRecord, StoreError> {
        Ok(self.write(|tx| refunds::draft(tx, draft, now))?)
    }

    fn step_refund(
        &self,
        refund: RefundRowId,
        step: &RefundStep<'_>,
    ) -> Result<RefundRecord, StoreError> {
        Ok(self.write(|tx| refunds::step(tx, refund, step))?)
    }

    fn require_redirect(
        &self,
        refund: RefundRowId,
        to: RedirectTo,
        by: Author<'_>,
    ) -> Result<RefundRecord, StoreError> {
        Ok(self.write(|tx| redirect::require_redirect(tx, refund, to, by))?)
    }

    fn require_second(
        &self,
        refund: RefundRowId,
        together: u32,
        by: Author<'_>,
    ) -> Result<RefundRecord, StoreError> {
        Ok(self.write(|tx| refunds::require_second(tx, refund, together, by))?)
    }

    fn refund(&self, id: RefundRowId) -> Result<Option<RefundRecord>, StoreError> {
        Ok(refund_records::by_id(&self.lock(), id)?)
    }

    fn refunds(&self, query: &RefundQuery) -> Result<Vec<RefundRecord>, StoreError> {
        Ok(refund_records::list(&self.lock(), query)?)
    }

    fn refund_history(&self, refund: RefundRowId) -> Result<Vec<RefundHistory>, StoreError> {
        Ok(refund_records::history(self, refund)?)
    }

    fn draft_reissue(
        &self,
        draft: &ReissueDraft,
        now: Instant,
    ) -> Result<ReissueRecord, StoreError> {
        Ok(self.write(|tx| reissues::draft(tx, draft, now))?)
    }

    fn step_reissue(
        &self,
        reissue: ReissueRowId,
        event: ReissueEvent,
        by: Author<'_>,
        evidence: &str,
    ) -> Result<ReissueRecord, StoreError> {
        Ok(self.write(|tx| reissues::step(tx, reissue, event, by, evidence))?)
    }

    fn reissues(&self, profile: Option<ProfileId>) -> Result<Vec<ReissueRecord>, StoreError> {
        Ok(reissues::all(self, profile)?)
    }

    fn reissue_history(&self, reissue: ReissueRowId) -> Result<Vec<ReissueHistory>, StoreError> {
        Ok(reissues::history(self, reissue)?)
    }

    fn outcomes(
        &self,
        profile: ProfileId,
        case_key: &str,
        out_trade_no: &str,
    ) -> Result<Vec<CaseOutcome>, StoreError> {
        Ok(outcomes::standing(
            &self.lock(),
            profile,
            case_key,
            out_trade_no,
        )?)
    }

    fn attach(
        &self,
        profile: ProfileId,
        case_key: &str,
        file: &AttachmentRecord,
    ) -> Result<(), StoreError> {
        Ok(self.write(|tx| attachments::add(tx, CaseRef::new(profile, case_key), file))?)
    }

    fn attachments(
        &self,
        profile: ProfileId,
        case_key: &str,
    ) -> Result<Vec<AttachmentRecord>, StoreError> {
        Ok(attachments::of(self, profile, case_key)?)
    }

    fn attachment_list(
        &self,
        profile: ProfileId,
        case_key: &str,
    ) -> Result<Vec<AttachmentInfo>, StoreError> {
        Ok(attachments::list(self, profile, case_key)?)
    }

    fn sign_off(&self, signed: &SignOffRecord) -> Result<SignOffRecord, StoreError> {
        Ok(self.write(|tx| sign_offs::sign(tx, signed))?)
    }

    fn signed(
        &self,
        profile: ProfileId,
        day: BillDate,
    ) -> Result<Option<SignOffRecord>, StoreError> {
        Ok(sign_offs::in_force(&self.lock(), profile, day)?)
    }

    fn sign_off_record(&self, id: i64) -> Result<Option<SignOffRecord>, StoreError> {
        Ok(sign_offs::by_id(&self.lock(), id)?)
    }

    fn record(&self, deed: &AuditDeed<'_>) -> Result<(), StoreError> {
        Ok(self.write(|tx| trail::append(tx, deed))?)
    }

    fn audit(&self, from: i64, most: u32) -> Result<Vec<AuditEntry>, StoreError> {
        Ok(trail::read(self, from, most)?)
    }

    fn history_faults(&self) -> Result<Vec<HistoryFault>, StoreError> {
        Ok(trail_check::faults(&self.lock())?)
    }

    fn audit_of(&self, subject: &str) -> Result<Vec<AuditEntry>, StoreError> {
        Ok(trail::about(self, subject)?)
    }
}
