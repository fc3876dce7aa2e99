//! The categories of a reconciliation: code, names, severity, suggested action, and which decides before which.
//!
//! Codes are stable: they stand in exports, on the command line and in the database. What each says is in `docs/RULES.md`.

use super::{Severity, SuggestedAction};

/// Category of a row of either book, or of a bill or a day.
///
/// The order of the variants is the order of report; [`Category::code`] is the stable name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// MATCHED 平账: Matched.
    Matched,
    /// MATCHED_XDAY 跨日平账: Matched across days.
    MatchedXday,
    /// MATCHED_LATE 延迟平账: Matched late.
    MatchedLate,
    /// UNPAID 双方未付: Unpaid on both sides.
    Unpaid,
    /// BALANCED_AFTER 处理后账平: Balanced after action.
    BalancedAfter,
    /// P01 掉单: Paid, not booked.
    PaidNotBooked,
    /// P02 关单后支付: Paid after close.
    PaidAfterClose,
    /// P03 已收款未履约: Booked, not fulfilled.
    BookedNotFulfilled,
    /// P04 微信单边支付: WeChat only payment.
    WOnlyPay,
    /// P05 商户单边支付: Merchant only payment.
    MOnlyPay,
    /// P06 跨日在途（微信有）: In transit (WeChat has it).
    PayPendingW,
    /// P06 跨日在途（商户有）: In transit (merchant has it).
    PayPendingM,
    /// P07 金额不符: Amounts differ.
    AmountDiff,
    /// P08 口径差: Different basis.
    AmountBasis,
    /// P09 重复支付: Paid twice.
    DupPay,
    /// P10 重复行（微信）: Duplicate row (WeChat).
    DupRowW,
    /// P10 重复行（商户）: Duplicate row (merchant).
    DupRowM,
    /// P11 身份不符: Identity mismatch.
    IdMismatch,
    /// P12 已撤销: Revoked.
    Revoked,
    /// P13 币种不符: Currencies differ.
    CurrencyDiff,
    /// P14 支付时间差: Payment times differ.
    TimeDiff,
    /// P15 未识别状态: Unknown state.
    UnknownState,
    /// R01 微信单边退款: WeChat only refund.
    WOnlyRefund,
    /// R02 商户单边退款: Merchant only refund.
    MOnlyRefund,
    /// R03 退款金额不符: Refund amounts differ.
    RefundAmountDiff,
    /// R04 退款在途: Refund in flight.
    RefundInFlight,
    /// R05 退款异常: Refund abnormal.
    RefundAbnormal,
    /// R06 退款关闭（商户记成功）: Refund closed, booked as done.
    RefundClosed,
    /// R07 超额退款: Refunded too much.
    OverRefund,
    /// R08 疑似重复退款: Refund twice?.
    DupRefundSuspect,
    /// R09 退款无原单: Refund without its payment.
    RefundOrphan,
    /// R10 退款跨日在途（微信有）: Refund in transit (WeChat has it).
    RefundPendingW,
    /// R10 退款跨日在途（商户有）: Refund in transit (merchant has it).
    RefundPendingM,
    /// F01 费率不符: Rate differs.
    FeeRate,
    /// F02 手续费计算不符: Fee does not compute.
    FeeCalc,
    /// F03 手续费退还不符: Returned fee does not compute.
    FeeRefund,
    /// C01 有交易无资金: Trade without fund entry.
    FundMissing,
    /// C02 有资金无交易: Fund entry without trade.
    FundExtra,
    /// C03 资金金额不符: Fund amount differs.
    FundAmount,
    /// C04 余额链断裂: Balance chain broken.
    BalanceBreak,
    /// C05 日间余额不衔接: Balances of two days do not meet.
    DayGap,
    /// C06 非交易资金: Other funds.
    FundOther,
    /// C07 提现未到账: Withdrawal not arrived.
    WithdrawalMissing,
    /// C08 提现到账金额不符: Withdrawal arrived with another sum.
    WithdrawalAmount,
    /// C09 银行入账无提现: Bank credit without withdrawal.
    BankExtra,
    /// B01 摘要不符: Hash differs.
    BillHash,
    /// B02 汇总笔数不符: Row count differs from summary.
    BillCount,
    /// B03 汇总金额不符: Sum differs from summary.
    BillSum,
    /// B04 账单不完整: Bill is cut off.
    BillTruncated,
    /// B05 未知表头: Unknown header.
    BillLayout,
    /// B06 行结构异常: Row of another shape.
    BillRowShape,
    /// B07 账单变更: Bill changed.
    BillChanged,
    /// B08 账单主体不符: Bill of another merchant or day.
    WrongBill,
    /// B09 账单间不一致: Bills contradict each other.
    BillSetDiff,
    /// K01 商户数据不完整: Merchant data incomplete.
    MCoverage,
    /// K02 账单缺失: Bill missing.
    WCoverage,
    /// K03 订单与账单对不上: No number of the orders is in the bill: another column, or another merchant.
    MForeign,
    /// K04 订单未导入: The order stands in a file of the merchant and was refused or left out at import.
    MSetAside,
    /// K05 其他特约商户: A payment or refund of a sub-merchant that the profile does not name.
    WOtherShop,
}

/// What is fixed of a category.
struct CategoryEntry {
    category: Category,
    /// Place in the precedence: of several that apply to one row the one with the smallest rank decides.
    rank: u8,
    code: &'static str,
    name: &'static str,
    /// Findings of one family about one number are one case; most are a family of their own.
    family: &'static str,
    zh: &'static str,
    en: &'static str,
    severity: Severity,
    action: SuggestedAction,
}

const COUNT: usize = Category::COUNT;

/// One entry a category, in the order of the variants. A category cannot be without a rank, nor two have the same:
/// [`BY_RANK`] does not compile then.
///
/// The ranks follow the rules' order: integrity, coverage, identity, copies and payments made twice, state, what is
/// against the customer in refunds, one-sided rows, amount, fulfilment, what waits, fee, fund, time, agreement.
#[rustfmt::skip] // One line an entry, so that the table can be read as one.
const ENTRIES: [CategoryEntry; COUNT] = [
    CategoryEntry { category: Category::Matched, rank: 53, code: "MATCHED", name: "MATCHED", family: "MATCHED", zh: "平账", en: "Matched", severity: Severity::Ok, action: SuggestedAction::None },
    CategoryEntry { category: Category::MatchedXday, rank: 52, code: "MATCHED_XDAY", name: "MATCHED_XDAY", family: "MATCHED_XDAY", zh: "跨日平账", en: "Matched across days", severity: Severity::Ok, action: SuggestedAction::None },
    CategoryEntry { category: Category::MatchedLate, rank: 51, code: "MATCHED_LATE", name: "MATCHED_LATE", family: "MATCHED_LATE", zh: "延迟平账", en: "Matched late", severity: Severity::Ok, action: SuggestedAction::None },
    CategoryEntry { category: Category::Unpaid, rank: 54, code: "UNPAID", name: "UNPAID", family: "UNPAID", zh: "双方未付", en: "Unpaid on both sides", severity: Severity::Ok, action: SuggestedAction::None },
    CategoryEntry { category: Category::BalancedAfter, rank: 50, code: "BALANCED_AFTER", name: "BALANCED_AFTER", family: "BALANCED_AFTER", zh: "处理后账平", en: "Balanced after action", severity: Severity::Ok, action: SuggestedAction::None },
    CategoryEntry { category: Category::PaidNotBooked, rank: 19, code: "P01", name: "PAID_NOT_BOOKED", family: "unfulfilled", zh: "掉单", en: "Paid, not booked", severity: Severity::Urgent, action: SuggestedAction::Reissue },
    CategoryEntry { category: Category::PaidAfterClose, rank: 20, code: "P02", name: "PAID_AFTER_CLOSE", family: "unfulfilled", zh: "关单后支付", en: "Paid after close", severity: Severity::Urgent, action: SuggestedAction::ReissueOrRefund },
    CategoryEntry { category: Category::BookedNotFulfilled, rank: 33, code: "P03", name: "BOOKED_NOT_FULFILLED", family: "unfulfilled", zh: "已收款未履约", en: "Booked, not fulfilled", severity: Severity::Urgent, action: SuggestedAction::Reissue },
    CategoryEntry { category: Category::WOnlyPay, rank: 22, code: "P04", name: "W_ONLY_PAY", family: "unfulfilled", zh: "微信单边支付", en: "WeChat only payment", severity: Severity::Urgent, action: SuggestedAction::FindOwner },
    CategoryEntry { category: Category::MOnlyPay, rank: 23, code: "P05", name: "M_ONLY_PAY", family: "merchant-only", zh: "商户单边支付", en: "Merchant only payment", severity: Severity::Urgent, action: SuggestedAction::StopFulfilment },
    CategoryEntry { category: Category::PayPendingW, rank: 37, code: "P06", name: "PAY_PENDING_W", family: "unfulfilled", zh: "跨日在途（微信有）", en: "In transit (WeChat has it)", severity: Severity::Watch, action: SuggestedAction::Wait },
    CategoryEntry { category: Category::PayPendingM, rank: 38, code: "P06", name: "PAY_PENDING_M", family: "merchant-only", zh: "跨日在途（商户有）", en: "In transit (merchant has it)", severity: Severity::Watch, action: SuggestedAction::Wait },
    CategoryEntry { category: Category::AmountDiff, rank: 31, code: "P07", name: "AMOUNT_DIFF", family: "AMOUNT_DIFF", zh: "金额不符", en: "Amounts differ", severity: Severity::Fault, action: SuggestedAction::CheckAmount },
    CategoryEntry { category: Category::AmountBasis, rank: 32, code: "P08", name: "AMOUNT_BASIS", family: "AMOUNT_BASIS", zh: "口径差", en: "Different basis", severity: Severity::Info, action: SuggestedAction::FixMapping },
    CategoryEntry { category: Category::DupPay, rank: 17, code: "P09", name: "DUP_PAY", family: "DUP_PAY", zh: "重复支付", en: "Paid twice", severity: Severity::Urgent, action: SuggestedAction::RefundExtra },
    CategoryEntry { category: Category::DupRowW, rank: 15, code: "P10", name: "DUP_ROW_W", family: "DUP_ROW_W", zh: "重复行（微信）", en: "Duplicate row (WeChat)", severity: Severity::Fault, action: SuggestedAction::DataFault },
    CategoryEntry { category: Category::DupRowM, rank: 16, code: "P10", name: "DUP_ROW_M", family: "DUP_ROW_M", zh: "重复行（商户）", en: "Duplicate row (merchant)", severity: Severity::Fault, action: SuggestedAction::DataFault },
    CategoryEntry { category: Category::IdMismatch, rank: 13, code: "P11", name: "ID_MISMATCH", family: "ID_MISMATCH", zh: "身份不符", en: "Identity mismatch", severity: Severity::Fault, action: SuggestedAction::Developer },
    CategoryEntry { category: Category::Revoked, rank: 18, code: "P12", name: "REVOKED", family: "REVOKED", zh: "已撤销", en: "Revoked", severity: Severity::Fault, action: SuggestedAction::ReverseFulfilment },
    CategoryEntry { category: Category::CurrencyDiff, rank: 14, code: "P13", name: "CURRENCY_DIFF", family: "CURRENCY_DIFF", zh: "币种不符", en: "Currencies differ", severity: Severity::Fault, action: SuggestedAction::Developer },
    CategoryEntry { category: Category::TimeDiff, rank: 48, code: "P14", name: "TIME_DIFF", family: "TIME_DIFF", zh: "支付时间差", en: "Payment times differ", severity: Severity::Info, action: SuggestedAction::None },
    CategoryEntry { category: Category::UnknownState, rank: 21, code: "P15", name: "UNKNOWN_STATE", family: "UNKNOWN_STATE", zh: "未识别状态", en: "Unknown state", severity: Severity::Watch, action: SuggestedAction::Update },
    CategoryEntry { category: Category::WOnlyRefund, rank: 28, code: "R01", name: "W_ONLY_REFUND", family: "wechat-refund", zh: "微信单边退款", en: "WeChat only refund", severity: Severity::Fault, action: SuggestedAction::BookRefund },
    CategoryEntry { category: Category::MOnlyRefund, rank: 29, code: "R02", name: "M_ONLY_REFUND", family: "merchant-refund", zh: "商户单边退款", en: "Merchant only refund", severity: Severity::Urgent, action: SuggestedAction::SubmitRefund },
    CategoryEntry { category: Category::RefundAmountDiff, rank: 30, code: "R03", name: "REFUND_AMOUNT_DIFF", family: "REFUND_AMOUNT_DIFF", zh: "退款金额不符", en: "Refund amounts differ", severity: Severity::Fault, action: SuggestedAction::CheckAmount },
    CategoryEntry { category: Category::RefundInFlight, rank: 34, code: "R04", name: "REFUND_IN_FLIGHT", family: "REFUND_IN_FLIGHT", zh: "退款在途", en: "Refund in flight", severity: Severity::Watch, action: SuggestedAction::Poll },
    CategoryEntry { category: Category::RefundAbnormal, rank: 26, code: "R05", name: "REFUND_ABNORMAL", family: "REFUND_ABNORMAL", zh: "退款异常", en: "Refund abnormal", severity: Severity::Urgent, action: SuggestedAction::ApplyAbnormal },
    CategoryEntry { category: Category::RefundClosed, rank: 25, code: "R06", name: "REFUND_CLOSED", family: "REFUND_CLOSED", zh: "退款关闭（商户记成功）", en: "Refund closed, booked as done", severity: Severity::Urgent, action: SuggestedAction::RefundAgain },
    CategoryEntry { category: Category::OverRefund, rank: 24, code: "R07", name: "OVER_REFUND", family: "OVER_REFUND", zh: "超额退款", en: "Refunded too much", severity: Severity::Urgent, action: SuggestedAction::Escalate },
    CategoryEntry { category: Category::DupRefundSuspect, rank: 27, code: "R08", name: "DUP_REFUND_SUSPECT", family: "DUP_REFUND_SUSPECT", zh: "疑似重复退款", en: "Refund twice?", severity: Severity::Fault, action: SuggestedAction::Review },
    CategoryEntry { category: Category::RefundOrphan, rank: 49, code: "R09", name: "REFUND_ORPHAN", family: "REFUND_ORPHAN", zh: "退款无原单", en: "Refund without its payment", severity: Severity::Info, action: SuggestedAction::WidenArchive },
    CategoryEntry { category: Category::RefundPendingW, rank: 36, code: "R10", name: "REFUND_PENDING_W", family: "wechat-refund", zh: "退款跨日在途（微信有）", en: "Refund in transit (WeChat has it)", severity: Severity::Watch, action: SuggestedAction::Wait },
    CategoryEntry { category: Category::RefundPendingM, rank: 35, code: "R10", name: "REFUND_PENDING_M", family: "merchant-refund", zh: "退款跨日在途（商户有）", en: "Refund in transit (merchant has it)", severity: Severity::Watch, action: SuggestedAction::Wait },
    CategoryEntry { category: Category::FeeRate, rank: 39, code: "F01", name: "FEE_RATE", family: "FEE_RATE", zh: "费率不符", en: "Rate differs", severity: Severity::Fault, action: SuggestedAction::CheckFee },
    CategoryEntry { category: Category::FeeCalc, rank: 40, code: "F02", name: "FEE_CALC", family: "FEE_CALC", zh: "手续费计算不符", en: "Fee does not compute", severity: Severity::Fault, action: SuggestedAction::CheckFee },
    CategoryEntry { category: Category::FeeRefund, rank: 41, code: "F03", name: "FEE_REFUND", family: "FEE_REFUND", zh: "手续费退还不符", en: "Returned fee does not compute", severity: Severity::Fault, action: SuggestedAction::CheckFee },
    CategoryEntry { category: Category::FundMissing, rank: 42, code: "C01", name: "FUND_MISSING", family: "FUND_MISSING", zh: "有交易无资金", en: "Trade without fund entry", severity: Severity::Fault, action: SuggestedAction::CheckFund },
    CategoryEntry { category: Category::FundExtra, rank: 43, code: "C02", name: "FUND_EXTRA", family: "FUND_EXTRA", zh: "有资金无交易", en: "Fund entry without trade", severity: Severity::Fault, action: SuggestedAction::CheckFund },
    CategoryEntry { category: Category::FundAmount, rank: 44, code: "C03", name: "FUND_AMOUNT", family: "FUND_AMOUNT", zh: "资金金额不符", en: "Fund amount differs", severity: Severity::Fault, action: SuggestedAction::CheckFund },
    CategoryEntry { category: Category::BalanceBreak, rank: 45, code: "C04", name: "BALANCE_BREAK", family: "BALANCE_BREAK", zh: "余额链断裂", en: "Balance chain broken", severity: Severity::Urgent, action: SuggestedAction::CheckFund },
    CategoryEntry { category: Category::DayGap, rank: 46, code: "C05", name: "DAY_GAP", family: "DAY_GAP", zh: "日间余额不衔接", en: "Balances of two days do not meet", severity: Severity::Urgent, action: SuggestedAction::CheckFund },
    CategoryEntry { category: Category::FundOther, rank: 47, code: "C06", name: "FUND_OTHER", family: "FUND_OTHER", zh: "非交易资金", en: "Other funds", severity: Severity::Info, action: SuggestedAction::None },
    CategoryEntry { category: Category::WithdrawalMissing, rank: 56, code: "C07", name: "WITHDRAWAL_MISSING", family: "WITHDRAWAL_MISSING", zh: "提现未到账", en: "Withdrawal not arrived", severity: Severity::Fault, action: SuggestedAction::CheckFund },
    CategoryEntry { category: Category::WithdrawalAmount, rank: 57, code: "C08", name: "WITHDRAWAL_AMOUNT", family: "WITHDRAWAL_AMOUNT", zh: "提现到账金额不符", en: "Withdrawal arrived with another sum", severity: Severity::Fault, action: SuggestedAction::CheckFund },
    CategoryEntry { category: Category::BankExtra, rank: 58, code: "C09", name: "BANK_EXTRA", family: "BANK_EXTRA", zh: "银行入账无提现", en: "Bank credit without withdrawal", severity: Severity::Fault, action: SuggestedAction::CheckFund },
    CategoryEntry { category: Category::BillHash, rank: 0, code: "B01", name: "HASH", family: "HASH", zh: "摘要不符", en: "Hash differs", severity: Severity::Urgent, action: SuggestedAction::DownloadAgain },
    CategoryEntry { category: Category::BillCount, rank: 1, code: "B02", name: "SUM_COUNT", family: "SUM_COUNT", zh: "汇总笔数不符", en: "Row count differs from summary", severity: Severity::Urgent, action: SuggestedAction::DownloadAgain },
    CategoryEntry { category: Category::BillSum, rank: 2, code: "B03", name: "SUM_AMOUNT", family: "SUM_AMOUNT", zh: "汇总金额不符", en: "Sum differs from summary", severity: Severity::Urgent, action: SuggestedAction::DownloadAgain },
    CategoryEntry { category: Category::BillTruncated, rank: 3, code: "B04", name: "TRUNCATED", family: "TRUNCATED", zh: "账单不完整", en: "Bill is cut off", severity: Severity::Urgent, action: SuggestedAction::DownloadAgain },
    CategoryEntry { category: Category::BillLayout, rank: 4, code: "B05", name: "LAYOUT", family: "LAYOUT", zh: "未知表头", en: "Unknown header", severity: Severity::Watch, action: SuggestedAction::Update },
    CategoryEntry { category: Category::BillRowShape, rank: 5, code: "B06", name: "ROW_SHAPE", family: "ROW_SHAPE", zh: "行结构异常", en: "Row of another shape", severity: Severity::Fault, action: SuggestedAction::DataFault },
    CategoryEntry { category: Category::BillChanged, rank: 6, code: "B07", name: "BILL_CHANGED", family: "BILL_CHANGED", zh: "账单变更", en: "Bill changed", severity: Severity::Urgent, action: SuggestedAction::Review },
    CategoryEntry { category: Category::WrongBill, rank: 7, code: "B08", name: "WRONG_BILL", family: "WRONG_BILL", zh: "账单主体不符", en: "Bill of another merchant or day", severity: Severity::Urgent, action: SuggestedAction::DownloadAgain },
    CategoryEntry { category: Category::BillSetDiff, rank: 8, code: "B09", name: "SET_DIFF", family: "SET_DIFF", zh: "账单间不一致", en: "Bills contradict each other", severity: Severity::Fault, action: SuggestedAction::DownloadAgain },
    CategoryEntry { category: Category::MCoverage, rank: 10, code: "K01", name: "M_COVERAGE", family: "M_COVERAGE", zh: "商户数据不完整", en: "Merchant data incomplete", severity: Severity::Watch, action: SuggestedAction::ImportOrders },
    CategoryEntry { category: Category::WCoverage, rank: 9, code: "K02", name: "W_COVERAGE", family: "W_COVERAGE", zh: "账单缺失", en: "Bill missing", severity: Severity::Watch, action: SuggestedAction::DownloadBill },
    CategoryEntry { category: Category::MForeign, rank: 11, code: "K03", name: "M_FOREIGN", family: "M_FOREIGN", zh: "订单与账单对不上", en: "Orders and bill have no number in common", severity: Severity::Fault, action: SuggestedAction::FixMapping },
    CategoryEntry { category: Category::MSetAside, rank: 12, code: "K04", name: "M_SET_ASIDE", family: "unfulfilled", zh: "订单未导入", en: "Order set aside at import", severity: Severity::Fault, action: SuggestedAction::ImportOrders },
    CategoryEntry { category: Category::WOtherShop, rank: 55, code: "K05", name: "W_OTHER_SHOP", family: "W_OTHER_SHOP", zh: "其他特约商户", en: "Of another sub-merchant", severity: Severity::Info, action: SuggestedAction::None },
];

/// Every category, the one that decides first in front.
const BY_RANK: [Category; COUNT] = by_rank();

#[expect(
    clippy::indexing_slicing,
    reason = "runs while compiling: a rank outside the table or used twice stops the build"
)]
const fn by_rank() -> [Category; COUNT] {
    let mut out = [Category::Matched; COUNT];
    let mut taken = [false; COUNT];
    let mut at = 0;
    while at < COUNT {
        let entry = &ENTRIES[at];
        assert!(
            entry.category as usize == at,
            "entries stand in the order of the variants"
        );
        assert!(!taken[entry.rank as usize], "two categories have one rank");
        taken[entry.rank as usize] = true;
        out[entry.rank as usize] = entry.category;
        at += 1;
    }
    out
}

impl Category {
    /// How many categories there are.
    pub const COUNT: usize = Self::WOtherShop as usize + 1;

    /// Every category, in the order of report.
    pub fn all() -> impl Iterator<Item = Self> {
        ENTRIES.iter().map(|entry| entry.category)
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "one entry a variant, checked while compiling"
    )]
    const fn entry(self) -> &'static CategoryEntry {
        &ENTRIES[self as usize]
    }

    /// The stable code. Both sides of P06, P10 and R10 share one; [`Category::name`] tells them apart.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.entry().code
    }

    /// The stable name, unique: `PAID_NOT_BOOKED`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.entry().name
    }

    /// Family of a category: findings of one family about one number are one case.
    #[must_use]
    pub const fn family(self) -> &'static str {
        self.entry().family
    }

    /// Reads a stable name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let mut entries = ENTRIES.iter();
        let entry = entries.find(|entry| entry.name.eq_ignore_ascii_case(name))?;
        Some(entry.category)
    }

    /// Every category meant by a code or a name: `P06` means both of its sides.
    pub fn meant_by(word: &str) -> impl Iterator<Item = Self> {
        ENTRIES
            .iter()
            .filter(move |entry| {
                entry.code.eq_ignore_ascii_case(word) || entry.name.eq_ignore_ascii_case(word)
            })
            .map(|entry| entry.category)
    }

    /// What finance staff read.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        self.entry().zh
    }

    /// The English term.
    #[must_use]
    pub const fn en(self) -> &'static str {
        self.entry().en
    }

    /// True for rows on which both books agree, be it across midnight.
    #[must_use]
    pub const fn is_matched(self) -> bool {
        matches!(
            self,
            Self::Matched | Self::MatchedXday | Self::MatchedLate | Self::BalancedAfter
        )
    }

    /// True for rows that wait for the other book on the other side of midnight.
    #[must_use]
    pub const fn is_in_transit(self) -> bool {
        matches!(
            self,
            Self::PayPendingW | Self::PayPendingM | Self::RefundPendingW | Self::RefundPendingM
        )
    }

    /// Every category by precedence (section 4 of the rules): of several that apply to one row, the first decides and
    /// the others are remarks.
    #[must_use]
    pub const fn by_precedence() -> &'static [Self] {
        &BY_RANK
    }

    /// How much it presses.
    #[must_use]
    pub const fn severity(self) -> Severity {
        self.entry().severity
    }

    /// What is suggested.
    #[must_use]
    pub const fn action(self) -> SuggestedAction {
        self.entry().action
    }

    /// True for the categories of agreement, which are counted and never listed.
    #[must_use]
    pub const fn is_agreement(self) -> bool {
        matches!(self.severity(), Severity::Ok)
    }
}

/// As its stable name.
impl serde::Serialize for Category {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

/// From its stable name.
impl<'de> serde::Deserialize<'de> for Category {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = <String as serde::Deserialize>::deserialize(from)?;
        Self::parse(&name).ok_or_else(|| serde::de::Error::custom("no category has this name"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_stand_in_the_order_of_the_variants() {
        for (at, category) in Category::all().enumerate() {
            assert_eq!(category as usize, at);
            assert_eq!(Category::parse(category.name()), Some(category));
        }
    }
}
