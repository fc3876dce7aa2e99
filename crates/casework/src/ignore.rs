//! Why a case may be left be: reasons from a list, so that they can be counted (reconciliation section 7).

/// A reason to close a case without solving it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IgnoreReason {
    /// 测试订单: nobody waits for it.
    TestOrder,
    /// 线下已处理: goods or money were given by another way.
    SettledElsewhere,
    /// 客户放弃: the customer wants neither.
    CustomerWaived,
    /// 金额极小: following it up costs more than it is worth.
    TooSmall,
    /// 数据问题: the books are wrong, not the payment.
    DataFault,
    /// 重复差错: another case is about the same.
    Duplicate,
    /// 其他: a note says what.
    Other,
}

impl IgnoreReason {
    /// All of them, in the order of the list.
    pub const ALL: [Self; 7] = [
        Self::TestOrder,
        Self::SettledElsewhere,
        Self::CustomerWaived,
        Self::TooSmall,
        Self::DataFault,
        Self::Duplicate,
        Self::Other,
    ];

    /// The stable word of the command line and of exports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::TestOrder => "test-order",
            Self::SettledElsewhere => "settled-elsewhere",
            Self::CustomerWaived => "customer-waived",
            Self::TooSmall => "too-small",
            Self::DataFault => "data-fault",
            Self::Duplicate => "duplicate",
            Self::Other => "other",
        }
    }

    /// Reads that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }

    /// What finance staff read.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::TestOrder => "测试订单",
            Self::SettledElsewhere => "线下已处理",
            Self::CustomerWaived => "客户放弃",
            Self::TooSmall => "金额极小",
            Self::DataFault => "数据问题",
            Self::Duplicate => "重复差错",
            Self::Other => "其他",
        }
    }

    /// The English term.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::TestOrder => "Test order",
            Self::SettledElsewhere => "Settled elsewhere",
            Self::CustomerWaived => "Waived by the customer",
            Self::TooSmall => "Too small",
            Self::DataFault => "Fault of the data",
            Self::Duplicate => "Duplicate",
            Self::Other => "Other",
        }
    }

    /// True when the reason says nothing without a note.
    #[must_use]
    pub const fn needs_note(self) -> bool {
        matches!(self, Self::Other)
    }

    /// What is written down: the stable word, and the note after it.
    #[must_use]
    pub fn text(self, note: &str) -> String {
        let note = note.trim();
        if note.is_empty() {
            self.word().to_owned()
        } else {
            format!("{}: {note}", self.word())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_read_back_from_its_word() {
        for reason in IgnoreReason::ALL {
            assert_eq!(IgnoreReason::parse(reason.word()), Some(reason));
        }
        assert_eq!(IgnoreReason::Other.text(" 老板 "), "other: 老板");
        assert_eq!(IgnoreReason::TestOrder.text(""), "test-order");
    }
}
