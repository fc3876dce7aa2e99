//! Looking anew at a day that is signed off: its result is locked, so what its books say now is shown and not kept.

use super::reconcile::{self, FindingChanges, Matched, RunRequest};
use crate::{Failure, MerchantRef, Message, Reporter};
use recondesk_domain::BillDate;
use recondesk_ports::{Ports, SignOffRecord};

/// A signed day, and what its books say now against what was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedDay {
    /// The signature in force.
    pub signed: SignOffRecord,
    /// What a comparison would find now and the signed one did not, and the other way round; nothing while the books
    /// are those that were signed.
    pub changes: FindingChanges,
    /// True when files changed since, even where that changes no finding.
    pub has_new_books: bool,
}

/// Looks at a day that is signed off; `None` for any other. Nothing is stored.
///
/// # Errors
/// When the workspace cannot be read, a person stops it, or the comparison cannot prove itself.
pub fn look(
    ports: &Ports,
    MerchantRef { id, profile }: MerchantRef<'_>,
    day: BillDate,
    reporter: &dyn Reporter,
) -> Result<Option<SignedDay>, Failure> {
    let Some(signed) = ports.casework.signed(id, day)? else {
        return Ok(None);
    };
    let current = ports.records.current_run(id, day)?;
    let now = reconcile::digest_now(ports, MerchantRef { id, profile }, day)?;
    if current.is_some_and(|run| run.digest == now) {
        return Ok(Some(SignedDay {
            signed,
            changes: FindingChanges::default(),
            has_new_books: false,
        }));
    }
    let ask = RunRequest {
        merchant: MerchantRef { id, profile },
        day,
        cut_off_minutes: None,
        matched: Matched::Counted,
    };
    let tried = reconcile::what_if(ports, &ask, reporter)?;
    Ok(Some(SignedDay {
        signed,
        changes: tried.changes.unwrap_or_default(),
        has_new_books: true,
    }))
}

impl SignedDay {
    /// What is said of the day, in one line.
    #[must_use]
    pub fn words(&self) -> Message {
        let SignOffRecord {
            day,
            signed_by,
            signed_at,
            ..
        } = &self.signed;
        let head = Message::new(
            format!("{day} 已由 {signed_by} 于 {signed_at} 签账，结果已锁定"),
            format!("{day} was signed off by {signed_by} at {signed_at}; its result is locked"),
        );
        if self.changes.is_empty() {
            return head;
        }
        let (new, gone, changed) = (
            self.changes.new.len(),
            self.changes.gone.len(),
            self.changes.changed.len(),
        );
        Message::new(
            format!(
                "{}。签账后账变了：现在对账会新增 {new}、消失 {gone}、变化 {changed}；要改结果，先 recondesk day unlock，由另一人同意",
                head.zh
            ),
            format!(
                "{}. Its books changed since: compared now, {new} would be new, {gone} gone, {changed} changed; to change the result, recondesk day unlock asks another person first",
                head.en
            ),
        )
    }
}
