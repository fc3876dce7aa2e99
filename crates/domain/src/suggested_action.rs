//! What the program suggests a person does; it never does any of it by itself.

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
    /// Keep this payment of several.
    Keep,
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
            Self::Keep => "keep",
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
            Self::Keep => "保留这一笔",
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
            Self::Keep => "Keep this payment",
        }
    }

    /// True for a step by which money leaves the merchant.
    #[must_use]
    pub const fn moves_money(self) -> bool {
        matches!(
            self,
            Self::ReissueOrRefund
                | Self::FindOwner
                | Self::RefundExtra
                | Self::SubmitRefund
                | Self::RefundAgain
        )
    }

    /// True for a step by which goods leave the merchant.
    #[must_use]
    pub const fn delivers(self) -> bool {
        matches!(self, Self::Reissue | Self::ReissueOrRefund)
    }
}
