//! What stands on a statement of the merchant's bank, and what of the fund flow should arrive there.

use serde::{Deserialize, Serialize};

use super::{Fen, FundAccount, Instant};

/// One entry of a bank statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BankEntry {
    /// Line in the file, from 1.
    pub line: u32,
    /// When; the start of the day where the bank gives no clock.
    pub time: Instant,
    /// True where the bank gives the clock.
    pub has_clock: bool,
    /// Above zero for what came, below for what left.
    pub change: Fen,
    /// Balance after the entry, where the bank prints one.
    pub balance: Option<Fen>,
    /// 对方户名.
    pub payer: String,
    /// 摘要, 附言, 用途.
    pub remark: String,
    /// 流水号, 凭证号.
    pub reference: String,
}

/// An entry of the fund flow that moves money between WeChat Pay and the bank (提现, 提现退回).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FundMove {
    /// 记账时间.
    pub time: Instant,
    /// The account it is of.
    pub account: FundAccount,
    /// 业务类型, as the file says.
    pub kind: String,
    /// 微信支付业务单号.
    pub business_no: String,
    /// 资金流水单号.
    pub flow_no: String,
    /// 收支金额 with its direction: below zero left for the bank.
    pub change: Fen,
}

impl FundMove {
    /// True for a 业务类型 that tells of the way to the bank.
    #[must_use]
    pub fn is_of_bank(kind_word: &str) -> bool {
        kind_word.contains("提现")
    }
}
