//! The fund flow of a day as the window shows it.

use crate::jobs::funds::FundsReport;
use recondesk_domain::{BillDate, ProfileId};

/// A question about the fund flow of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FundsAsk {
    /// The merchant.
    pub profile: ProfileId,
    /// The day.
    pub day: BillDate,
    /// True to fetch from WeChat Pay what is not here.
    pub fetches: bool,
}

/// The fund flow of a merchant and day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundsModel {
    /// The merchant.
    pub profile: ProfileId,
    /// What was examined.
    pub report: FundsReport,
}
