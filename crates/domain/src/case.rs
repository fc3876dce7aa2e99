//! The workflow of a case: its states and which may follow which.

/// State of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaseStatus {
    /// 待处理: found by a run, nobody has looked.
    New,
    /// 已分派: somebody looks after it.
    Assigned,
    /// 等待外部: somebody else must act first.
    Waiting,
    /// 待复核: a way out is proposed.
    Proposed,
    /// 已复核: a second person agrees.
    Approved,
    /// 执行中: being carried out.
    Executing,
    /// 已解决: done.
    Resolved,
    /// 已驳回: the proposal was refused.
    Rejected,
    /// 自动平账: a later run no longer finds it.
    AutoClosed,
    /// 已忽略: closed by decision, with reason and a second person.
    ForceClosed,
    /// 重开: found again after it was closed.
    Reopened,
}

/// State, stable word, Chinese, English.
type StatusEntry = (CaseStatus, &'static str, &'static str, &'static str);

const ENTRIES: [StatusEntry; 11] = [
    (CaseStatus::New, "NEW", "待处理", "New"),
    (CaseStatus::Assigned, "ASSIGNED", "已分派", "Assigned"),
    (CaseStatus::Waiting, "WAITING", "等待外部", "Waiting"),
    (CaseStatus::Proposed, "PROPOSED", "待复核", "Proposed"),
    (CaseStatus::Approved, "APPROVED", "已复核", "Approved"),
    (
        CaseStatus::Executing,
        "EXECUTING",
        "执行中",
        "Being carried out",
    ),
    (CaseStatus::Resolved, "RESOLVED", "已解决", "Resolved"),
    (CaseStatus::Rejected, "REJECTED", "已驳回", "Rejected"),
    (
        CaseStatus::AutoClosed,
        "AUTO_CLOSED",
        "自动平账",
        "Closed by a match",
    ),
    (CaseStatus::ForceClosed, "FORCE_CLOSED", "已忽略", "Ignored"),
    (CaseStatus::Reopened, "REOPENED", "重开", "Reopened"),
];

impl CaseStatus {
    /// All of them, in the order of the workflow.
    pub fn all() -> impl Iterator<Item = Self> {
        ENTRIES.iter().map(|entry| entry.0)
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "one entry a variant, checked by a test"
    )]
    const fn entry(self) -> &'static StatusEntry {
        &ENTRIES[self as usize]
    }

    /// The stable word of exports and the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        self.entry().1
    }

    /// What finance staff read.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        self.entry().2
    }

    /// The English term.
    #[must_use]
    pub const fn en(self) -> &'static str {
        self.entry().3
    }

    /// Reads the stable word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::all().find(|status| status.word() == word)
    }

    /// True when nothing is left to do.
    #[must_use]
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Resolved | Self::AutoClosed | Self::ForceClosed)
    }

    /// True when a person may take a case from this state to `next`; runs close and reopen by
    /// [`CaseStatus::AutoClosed`] and [`CaseStatus::Reopened`], which no person sets.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        match next {
            Self::New | Self::AutoClosed => false,
            Self::Reopened => self.is_closed(),
            Self::Assigned => !self.is_closed() && !matches!(self, Self::Executing),
            Self::Waiting => matches!(
                self,
                Self::New | Self::Assigned | Self::Waiting | Self::Reopened | Self::Rejected
            ),
            // While something is under way for it only what is stuck may be proposed: the store knows.
            Self::Proposed => matches!(
                self,
                Self::New
                    | Self::Assigned
                    | Self::Waiting
                    | Self::Executing
                    | Self::Reopened
                    | Self::Rejected
            ),
            Self::Approved | Self::Rejected => matches!(self, Self::Proposed),
            Self::Executing => matches!(self, Self::Approved),
            Self::Resolved => matches!(
                self,
                Self::Assigned | Self::Waiting | Self::Approved | Self::Executing
            ),
            Self::ForceClosed => matches!(self, Self::Proposed | Self::Approved),
        }
    }

    /// True for a step that the person who made the proposal may not take (maker and checker differ).
    #[must_use]
    pub const fn needs_second_person(self) -> bool {
        matches!(self, Self::Approved | Self::Rejected | Self::ForceClosed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_stand_in_the_order_of_the_variants() {
        for (at, status) in CaseStatus::all().enumerate() {
            assert_eq!(status as usize, at);
            assert_eq!(CaseStatus::parse(status.word()), Some(status));
        }
    }

    #[test]
    fn no_open_case_is_executed_without_approval() {
        for status in CaseStatus::all().filter(|s| *s != CaseStatus::Approved) {
            assert!(!status.may_become(CaseStatus::Executing), "{status:?}");
        }
    }

    #[test]
    fn a_closed_case_can_only_be_reopened() {
        for from in CaseStatus::all().filter(|s| s.is_closed()) {
            let next: Vec<_> = CaseStatus::all().filter(|n| from.may_become(*n)).collect();
            assert_eq!(next, [CaseStatus::Reopened], "{from:?}");
        }
    }
}
