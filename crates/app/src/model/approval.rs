//! What waits for a second person, as the window shows it.

use super::CaseName;
use crate::Message;
use recondesk_domain::{BillDate, Fen, ProfileId};
use recondesk_ports::ApprovalRecord;

/// Something that waits for a second person, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingApproval {
    /// The question as it was asked.
    pub asked: ApprovalRecord,
    /// The merchant; nothing where what it is about is gone.
    pub profile: Option<ProfileId>,
    /// Number of the order; empty where it is about none.
    pub number: String,
    /// What it is about beside the reason why somebody must agree: the category of a case, a day.
    pub about: Message,
    /// The sum that moves or is at stake, where there is one.
    pub sum: Option<Fen>,
    /// The case, where it is about one.
    pub case: Option<CaseName>,
    /// The signed day that is to be opened.
    pub day: Option<BillDate>,
}

/// What waits for a second person, oldest first.
pub type Approvals = Vec<WaitingApproval>;
