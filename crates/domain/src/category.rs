//! The categories of a reconciliation, with code, names, severity and suggested action.
//!
//! Codes are stable: they stand in exports, on the command line and in the database.

/// How much a finding presses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Severity {
    /// Customer money at risk.
    Urgent = 0,
    /// Own money or books wrong.
    Fault = 1,
    /// Watch.
    Watch = 2,
    /// Information.
    Info = 3,
    /// Nothing to do.
    Ok = 4,
}

impl Severity {
    /// The stable word of exports and the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Urgent => "urgent",
            Self::Fault => "fault",
            Self::Watch => "watch",
            Self::Info => "info",
            Self::Ok => "ok",
        }
    }

    /// True when a person must look at it.
    #[must_use]
    pub const fn needs_person(self) -> bool {
        matches!(self, Self::Urgent | Self::Fault)
    }
}

/// What the program suggests; nothing is automatic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuggestedAction {
    /// None.
    None,
    /// Query, then reissue.
    Reissue,
    /// Reissue if in stock, else refund.
    ReissueOrRefund,
    /// Find the owning system, else refund.
    FindOwner,
    /// Query and stop fulfilment.
    StopFulfilment,
    /// Wait.
    Wait,
    /// Check the amount.
    CheckAmount,
    /// Mend the mapping.
    FixMapping,
    /// Keep one, refund the rest.
    RefundExtra,
    /// Check the source of the data.
    DataFault,
    /// Ask the developers.
    Developer,
    /// Reverse fulfilment.
    ReverseFulfilment,
    /// Update the program.
    Update,
    /// Book the refund.
    BookRefund,
    /// Submit with the same refund number.
    SubmitRefund,
    /// Query until final.
    Poll,
    /// Apply for an abnormal refund.
    ApplyAbnormal,
    /// Refund again with a new number.
    RefundAgain,
    /// Stop and escalate.
    Escalate,
    /// Review.
    Review,
    /// Fetch older bills.
    WidenArchive,
    /// Check the fee.
    CheckFee,
    /// Check the fund bill.
    CheckFund,
    /// Download again.
    DownloadAgain,
    /// Import the missing orders.
    ImportOrders,
    /// Download the bill.
    DownloadBill,
}

impl SuggestedAction {
    /// The stable word of exports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Reissue => "reissue",
            Self::ReissueOrRefund => "reissue_or_refund",
            Self::FindOwner => "find_owner",
            Self::StopFulfilment => "stop_fulfilment",
            Self::Wait => "wait",
            Self::CheckAmount => "check_amount",
            Self::FixMapping => "fix_mapping",
            Self::RefundExtra => "refund_extra",
            Self::DataFault => "data_fault",
            Self::Developer => "developer",
            Self::ReverseFulfilment => "reverse_fulfilment",
            Self::Update => "update",
            Self::BookRefund => "book_refund",
            Self::SubmitRefund => "submit_refund",
            Self::Poll => "poll",
            Self::ApplyAbnormal => "apply_abnormal",
            Self::RefundAgain => "refund_again",
            Self::Escalate => "escalate",
            Self::Review => "review",
            Self::WidenArchive => "widen_archive",
            Self::CheckFee => "check_fee",
            Self::CheckFund => "check_fund",
            Self::DownloadAgain => "download_again",
            Self::ImportOrders => "import_orders",
            Self::DownloadBill => "download_bill",
        }
    }

    /// What finance staff read.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::None => "无",
            Self::Reissue => "查单后补发货",
            Self::ReissueOrRefund => "有货补发，否则退款",
            Self::FindOwner => "查找归属系统，否则退款",
            Self::StopFulfilment => "查单并停止履约",
            Self::Wait => "等待",
            Self::CheckAmount => "核对改价",
            Self::FixMapping => "修正映射",
            Self::RefundExtra => "保留一笔，其余退款",
            Self::DataFault => "检查数据来源",
            Self::Developer => "交开发核查",
            Self::ReverseFulfilment => "撤回履约",
            Self::Update => "升级程序或联系我们",
            Self::BookRefund => "补记退款",
            Self::SubmitRefund => "用原退款单号提交退款",
            Self::Poll => "查询退款直到终态",
            Self::ApplyAbnormal => "处理异常退款",
            Self::RefundAgain => "另行退款",
            Self::Escalate => "停止并上报",
            Self::Review => "人工复核",
            Self::WidenArchive => "补齐历史账单",
            Self::CheckFee => "核对手续费",
            Self::CheckFund => "核对资金账单",
            Self::DownloadAgain => "重新下载",
            Self::ImportOrders => "补导订单",
            Self::DownloadBill => "下载账单",
        }
    }

    /// The English term.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Reissue => "Query, then reissue",
            Self::ReissueOrRefund => "Reissue if in stock, else refund",
            Self::FindOwner => "Find the owning system, else refund",
            Self::StopFulfilment => "Query and stop fulfilment",
            Self::Wait => "Wait",
            Self::CheckAmount => "Check the amount",
            Self::FixMapping => "Mend the mapping",
            Self::RefundExtra => "Keep one, refund the rest",
            Self::DataFault => "Check the source of the data",
            Self::Developer => "Ask the developers",
            Self::ReverseFulfilment => "Reverse fulfilment",
            Self::Update => "Update the program",
            Self::BookRefund => "Book the refund",
            Self::SubmitRefund => "Submit with the same refund number",
            Self::Poll => "Query until final",
            Self::ApplyAbnormal => "Apply for an abnormal refund",
            Self::RefundAgain => "Refund again with a new number",
            Self::Escalate => "Stop and escalate",
            Self::Review => "Review",
            Self::WidenArchive => "Fetch older bills",
            Self::CheckFee => "Check the fee",
            Self::CheckFund => "Check the fund bill",
            Self::DownloadAgain => "Download again",
            Self::ImportOrders => "Import the missing orders",
            Self::DownloadBill => "Download the bill",
        }
    }
}

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
}

/// Code, stable name, Chinese name, English name, severity, suggested action.
type CategoryEntry = (
    Category,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Severity,
    SuggestedAction,
);

/// One entry a category, in the order of the variants.
#[rustfmt::skip] // One line an entry, so that the table can be read as one.
const ENTRIES: [CategoryEntry; 53] = [
    (Category::Matched, "MATCHED", "MATCHED", "平账", "Matched", Severity::Ok, SuggestedAction::None),
    (Category::MatchedXday, "MATCHED_XDAY", "MATCHED_XDAY", "跨日平账", "Matched across days", Severity::Ok, SuggestedAction::None),
    (Category::MatchedLate, "MATCHED_LATE", "MATCHED_LATE", "延迟平账", "Matched late", Severity::Ok, SuggestedAction::None),
    (Category::Unpaid, "UNPAID", "UNPAID", "双方未付", "Unpaid on both sides", Severity::Ok, SuggestedAction::None),
    (Category::BalancedAfter, "BALANCED_AFTER", "BALANCED_AFTER", "处理后账平", "Balanced after action", Severity::Ok, SuggestedAction::None),
    (Category::PaidNotBooked, "P01", "PAID_NOT_BOOKED", "掉单", "Paid, not booked", Severity::Urgent, SuggestedAction::Reissue),
    (Category::PaidAfterClose, "P02", "PAID_AFTER_CLOSE", "关单后支付", "Paid after close", Severity::Urgent, SuggestedAction::ReissueOrRefund),
    (Category::BookedNotFulfilled, "P03", "BOOKED_NOT_FULFILLED", "已收款未履约", "Booked, not fulfilled", Severity::Urgent, SuggestedAction::Reissue),
    (Category::WOnlyPay, "P04", "W_ONLY_PAY", "微信单边支付", "WeChat only payment", Severity::Urgent, SuggestedAction::FindOwner),
    (Category::MOnlyPay, "P05", "M_ONLY_PAY", "商户单边支付", "Merchant only payment", Severity::Urgent, SuggestedAction::StopFulfilment),
    (Category::PayPendingW, "P06", "PAY_PENDING_W", "跨日在途（微信有）", "In transit (WeChat has it)", Severity::Watch, SuggestedAction::Wait),
    (Category::PayPendingM, "P06", "PAY_PENDING_M", "跨日在途（商户有）", "In transit (merchant has it)", Severity::Watch, SuggestedAction::Wait),
    (Category::AmountDiff, "P07", "AMOUNT_DIFF", "金额不符", "Amounts differ", Severity::Fault, SuggestedAction::CheckAmount),
    (Category::AmountBasis, "P08", "AMOUNT_BASIS", "口径差", "Different basis", Severity::Info, SuggestedAction::FixMapping),
    (Category::DupPay, "P09", "DUP_PAY", "重复支付", "Paid twice", Severity::Urgent, SuggestedAction::RefundExtra),
    (Category::DupRowW, "P10", "DUP_ROW_W", "重复行（微信）", "Duplicate row (WeChat)", Severity::Fault, SuggestedAction::DataFault),
    (Category::DupRowM, "P10", "DUP_ROW_M", "重复行（商户）", "Duplicate row (merchant)", Severity::Fault, SuggestedAction::DataFault),
    (Category::IdMismatch, "P11", "ID_MISMATCH", "身份不符", "Identity mismatch", Severity::Fault, SuggestedAction::Developer),
    (Category::Revoked, "P12", "REVOKED", "已撤销", "Revoked", Severity::Fault, SuggestedAction::ReverseFulfilment),
    (Category::CurrencyDiff, "P13", "CURRENCY_DIFF", "币种不符", "Currencies differ", Severity::Fault, SuggestedAction::Developer),
    (Category::TimeDiff, "P14", "TIME_DIFF", "支付时间差", "Payment times differ", Severity::Info, SuggestedAction::None),
    (Category::UnknownState, "P15", "UNKNOWN_STATE", "未识别状态", "Unknown state", Severity::Watch, SuggestedAction::Update),
    (Category::WOnlyRefund, "R01", "W_ONLY_REFUND", "微信单边退款", "WeChat only refund", Severity::Fault, SuggestedAction::BookRefund),
    (Category::MOnlyRefund, "R02", "M_ONLY_REFUND", "商户单边退款", "Merchant only refund", Severity::Urgent, SuggestedAction::SubmitRefund),
    (Category::RefundAmountDiff, "R03", "REFUND_AMOUNT_DIFF", "退款金额不符", "Refund amounts differ", Severity::Fault, SuggestedAction::CheckAmount),
    (Category::RefundInFlight, "R04", "REFUND_IN_FLIGHT", "退款在途", "Refund in flight", Severity::Watch, SuggestedAction::Poll),
    (Category::RefundAbnormal, "R05", "REFUND_ABNORMAL", "退款异常", "Refund abnormal", Severity::Urgent, SuggestedAction::ApplyAbnormal),
    (Category::RefundClosed, "R06", "REFUND_CLOSED", "退款关闭（商户记成功）", "Refund closed, booked as done", Severity::Urgent, SuggestedAction::RefundAgain),
    (Category::OverRefund, "R07", "OVER_REFUND", "超额退款", "Refunded too much", Severity::Urgent, SuggestedAction::Escalate),
    (Category::DupRefundSuspect, "R08", "DUP_REFUND_SUSPECT", "疑似重复退款", "Refund twice?", Severity::Fault, SuggestedAction::Review),
    (Category::RefundOrphan, "R09", "REFUND_ORPHAN", "退款无原单", "Refund without its payment", Severity::Info, SuggestedAction::WidenArchive),
    (Category::RefundPendingW, "R10", "REFUND_PENDING_W", "退款跨日在途（微信有）", "Refund in transit (WeChat has it)", Severity::Watch, SuggestedAction::Wait),
    (Category::RefundPendingM, "R10", "REFUND_PENDING_M", "退款跨日在途（商户有）", "Refund in transit (merchant has it)", Severity::Watch, SuggestedAction::Wait),
    (Category::FeeRate, "F01", "FEE_RATE", "费率不符", "Rate differs", Severity::Fault, SuggestedAction::CheckFee),
    (Category::FeeCalc, "F02", "FEE_CALC", "手续费计算不符", "Fee does not compute", Severity::Fault, SuggestedAction::CheckFee),
    (Category::FeeRefund, "F03", "FEE_REFUND", "手续费退还不符", "Returned fee does not compute", Severity::Fault, SuggestedAction::CheckFee),
    (Category::FundMissing, "C01", "FUND_MISSING", "有交易无资金", "Trade without fund entry", Severity::Fault, SuggestedAction::CheckFund),
    (Category::FundExtra, "C02", "FUND_EXTRA", "有资金无交易", "Fund entry without trade", Severity::Fault, SuggestedAction::CheckFund),
    (Category::FundAmount, "C03", "FUND_AMOUNT", "资金金额不符", "Fund amount differs", Severity::Fault, SuggestedAction::CheckFund),
    (Category::BalanceBreak, "C04", "BALANCE_BREAK", "余额链断裂", "Balance chain broken", Severity::Urgent, SuggestedAction::CheckFund),
    (Category::DayGap, "C05", "DAY_GAP", "日间余额不衔接", "Balances of two days do not meet", Severity::Urgent, SuggestedAction::CheckFund),
    (Category::FundOther, "C06", "FUND_OTHER", "非交易资金", "Other funds", Severity::Info, SuggestedAction::None),
    (Category::BillHash, "B01", "HASH", "摘要不符", "Hash differs", Severity::Urgent, SuggestedAction::DownloadAgain),
    (Category::BillCount, "B02", "SUM_COUNT", "汇总笔数不符", "Row count differs from summary", Severity::Urgent, SuggestedAction::DownloadAgain),
    (Category::BillSum, "B03", "SUM_AMOUNT", "汇总金额不符", "Sum differs from summary", Severity::Urgent, SuggestedAction::DownloadAgain),
    (Category::BillTruncated, "B04", "TRUNCATED", "账单不完整", "Bill is cut off", Severity::Urgent, SuggestedAction::DownloadAgain),
    (Category::BillLayout, "B05", "LAYOUT", "未知表头", "Unknown header", Severity::Watch, SuggestedAction::Update),
    (Category::BillRowShape, "B06", "ROW_SHAPE", "行结构异常", "Row of another shape", Severity::Fault, SuggestedAction::DataFault),
    (Category::BillChanged, "B07", "BILL_CHANGED", "账单变更", "Bill changed", Severity::Urgent, SuggestedAction::Review),
    (Category::WrongBill, "B08", "WRONG_BILL", "账单主体不符", "Bill of another merchant or day", Severity::Urgent, SuggestedAction::DownloadAgain),
    (Category::BillSetDiff, "B09", "SET_DIFF", "账单间不一致", "Bills contradict each other", Severity::Fault, SuggestedAction::DownloadAgain),
    (Category::MCoverage, "K01", "M_COVERAGE", "商户数据不完整", "Merchant data incomplete", Severity::Watch, SuggestedAction::ImportOrders),
    (Category::WCoverage, "K02", "W_COVERAGE", "账单缺失", "Bill missing", Severity::Watch, SuggestedAction::DownloadBill),
];

impl Category {
    /// Every category, in the order of report.
    pub fn all() -> impl Iterator<Item = Self> {
        ENTRIES.iter().map(|entry| entry.0)
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "one entry a variant, checked by a test"
    )]
    const fn entry(self) -> &'static CategoryEntry {
        &ENTRIES[self as usize]
    }

    /// The stable code. Both sides of P06, P10 and R10 share one; [`Category::name`] tells them apart.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.entry().1
    }

    /// The stable name, unique: `PAID_NOT_BOOKED`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.entry().2
    }

    /// Reads a stable name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let mut entries = ENTRIES.iter();
        let entry = entries.find(|entry| entry.2.eq_ignore_ascii_case(name))?;
        Some(entry.0)
    }

    /// Every category meant by a code or a name: `P06` means both of its sides.
    pub fn meant_by(word: &str) -> impl Iterator<Item = Self> {
        ENTRIES
            .iter()
            .filter(move |entry| {
                entry.1.eq_ignore_ascii_case(word) || entry.2.eq_ignore_ascii_case(word)
            })
            .map(|entry| entry.0)
    }

    /// What finance staff read.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        self.entry().3
    }

    /// The English term.
    #[must_use]
    pub const fn en(self) -> &'static str {
        self.entry().4
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

    /// How much it presses.
    #[must_use]
    pub const fn severity(self) -> Severity {
        self.entry().5
    }

    /// What is suggested.
    #[must_use]
    pub const fn action(self) -> SuggestedAction {
        self.entry().6
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
