//! What the fund flow brings up: entries and trades that do not fit, counted in full and listed up to a limit.

use super::{FundOverflow, add};
use recondesk_domain::{Category, Fen};
use serde::{Serialize, Serializer};

/// Rows of one category that are listed; all of them are counted and summed.
pub(super) const MOST_LISTED: usize = 10_000;

/// One row that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FundFinding {
    /// 微信支付业务单号: `transaction_id` or `refund_id`.
    pub business_no: String,
    /// 资金流水单号, empty where there is no entry.
    pub flow_no: String,
    /// 业务类型 as the file says, or what the trade bill calls for.
    pub kind: String,
    /// Line of the fund file, 0 where there is no entry.
    pub line: u32,
    /// What should have moved, fen; above zero comes in.
    pub expected: Option<Fen>,
    /// What moved, fen.
    pub actual: Option<Fen>,
}

/// All rows of one category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingGroup {
    /// C01 to C06.
    #[serde(serialize_with = "code")]
    pub category: Category,
    /// How many rows.
    pub count: u64,
    /// By how much they change the balance beyond what the trade bill says, fen.
    pub effect: Fen,
    /// The first of them.
    pub rows: Vec<FundFinding>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands a field over by reference"
)]
fn code<S: Serializer>(category: &Category, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(category.code())
}

impl FindingGroup {
    pub(super) const fn new(category: Category) -> Self {
        Self {
            category,
            count: 0,
            effect: Fen::ZERO,
            rows: Vec::new(),
        }
    }

    pub(super) fn push(
        &mut self,
        effect: Fen,
        row: impl FnOnce() -> FundFinding,
    ) -> Result<(), FundOverflow> {
        self.count = self.count.saturating_add(1);
        self.effect = add(self.effect, effect)?;
        if self.rows.len() < MOST_LISTED {
            self.rows.push(row());
        }
        Ok(())
    }
}
