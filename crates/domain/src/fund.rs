//! The third book: what moved on the accounts at WeChat Pay (资金账单).

use serde::{Deserialize, Serialize};

use super::{Fen, Instant, Term};

/// An account of a merchant at WeChat Pay.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum FundAccount {
    /// 基本账户.
    #[default]
    Basic,
    /// 运营账户.
    Operation,
    /// 手续费账户.
    Fees,
}

impl FundAccount {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Basic, Self::Operation, Self::Fees];

    /// The word of APIv2 (`account_type`).
    #[must_use]
    pub const fn v2_word(self) -> &'static str {
        match self {
            Self::Basic => "Basic",
            Self::Operation => "Operation",
            Self::Fees => "Fees",
        }
    }

    /// The word of APIv3 (`account_type`).
    #[must_use]
    pub const fn v3_word(self) -> &'static str {
        match self {
            Self::Basic => "BASIC",
            Self::Operation => "OPERATION",
            Self::Fees => "FEES",
        }
    }

    /// The word of the command line and of the catalog.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Operation => "operation",
            Self::Fees => "fees",
        }
    }

    /// The name for people.
    #[must_use]
    pub const fn term(self) -> Term {
        match self {
            Self::Basic => Term::new("基本账户", "Basic account"),
            Self::Operation => Term::new("运营账户", "Operation account"),
            Self::Fees => Term::new("手续费账户", "Fee account"),
        }
    }

    /// Reads [`Self::word`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// What an entry is for, judged by 业务类型, which is an open set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FundKind {
    /// 交易: a payment arrives.
    Trade,
    /// 扣除交易手续费: its fee leaves.
    TradeFee,
    /// 退款: money goes back to a customer.
    Refund,
    /// 退还交易手续费: the fee of a refund comes back.
    FeeReturn,
    /// 退款关闭: money of a refund that could not be paid out comes back.
    RefundClosed,
    /// Withdrawals, top-ups, shared profits and every word that is not known.
    Other,
}

impl FundKind {
    /// Judges 业务类型.
    #[must_use]
    pub fn of(word: &str) -> Self {
        match word {
            "交易" => Self::Trade,
            "扣除交易手续费" => Self::TradeFee,
            "退款" => Self::Refund,
            "退还交易手续费" => Self::FeeReturn,
            "退款关闭" => Self::RefundClosed,
            _ => Self::Other,
        }
    }

    /// True for what belongs to a row of the trade bill.
    #[must_use]
    pub const fn is_of_trade(self) -> bool {
        match self {
            Self::Trade | Self::TradeFee | Self::Refund | Self::FeeReturn => true,
            Self::RefundClosed | Self::Other => false,
        }
    }
}

/// One entry of a fund-flow bill, its texts as the file has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FundEntry<'a> {
    /// Line in the file, from 1.
    pub line: u32,
    /// 记账时间.
    pub time: Instant,
    /// 微信支付业务单号: `transaction_id` of a payment, `refund_id` of a refund.
    pub business_no: &'a str,
    /// 资金流水单号.
    pub flow_no: &'a str,
    /// 业务类型, as the file says.
    pub kind_word: &'a str,
    /// The same, judged.
    pub kind: FundKind,
    /// 收支金额 with its direction: above zero for 收入, below for 支出.
    pub change: Fen,
    /// 账户结余 after the entry.
    pub balance: Fen,
    /// 业务凭证号, usually the merchant's number.
    pub voucher: &'a str,
}

/// The summary of a fund-flow bill, as printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FundTotals {
    /// 资金流水总笔数.
    pub entries: u64,
    /// 收入笔数.
    pub income_count: u64,
    /// 收入金额.
    pub income: Fen,
    /// 支出笔数.
    pub expense_count: u64,
    /// 支出金额.
    pub expense: Fen,
}
