//! Who may do what, and what a second person must agree to (reconciliation section 7).

use recondesk_domain::Fen;
use serde::{Deserialize, Serialize};

/// What an operator may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// 查看: read everything.
    See,
    /// 经办: work cases, prepare and send refunds and reissues.
    Work,
    /// 复核: agree to what others prepared.
    Approve,
    /// 管理: operators, thresholds, profiles.
    Administer,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::See, Self::Work, Self::Approve, Self::Administer];

    /// The word of the command line and the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::See => "see",
            Self::Work => "work",
            Self::Approve => "approve",
            Self::Administer => "administer",
        }
    }

    /// Reads that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// What finance staff read.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::See => "查看",
            Self::Work => "经办",
            Self::Approve => "复核",
            Self::Administer => "管理",
        }
    }

    /// The English term.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::See => "See",
            Self::Work => "Work",
            Self::Approve => "Approve",
            Self::Administer => "Administer",
        }
    }
}

/// The roles of one operator, in the order of [`Role::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Roles(u8);

impl Roles {
    /// Adds a role.
    #[must_use]
    pub const fn with(self, role: Role) -> Self {
        Self(self.0 | 1 << role as u8)
    }

    /// True when the operator has it.
    #[must_use]
    pub const fn has(self, role: Role) -> bool {
        self.0 & (1 << role as u8) != 0
    }

    /// The roles held.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.has(*role))
    }

    /// `work,approve`.
    #[must_use]
    pub fn words(self) -> String {
        self.iter().map(Role::word).collect::<Vec<_>>().join(",")
    }

    /// Reads that list; `None` for a word that is no role.
    #[must_use]
    pub fn parse(words: &str) -> Option<Self> {
        words
            .split(',')
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .try_fold(Self::default(), |held, word| {
                Some(held.with(Role::parse(word)?))
            })
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<T: IntoIterator<Item = Role>>(roles: T) -> Self {
        roles.into_iter().fold(Self::default(), Self::with)
    }
}

/// From when on a second person must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thresholds {
    /// Refunds by which one order gets back more than this.
    pub refund_over: Fen,
    /// Steps on more than this many cases at once that move goods or money, or close or carry the cases.
    pub bulk_over: u32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            refund_over: Fen::new(100_000),
            bulk_over: 20,
        }
    }
}

/// Why a second person must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalNeed {
    /// The sum is above the limit.
    Sum,
    /// Too many at once.
    Bulk,
    /// A case is closed without being solved.
    ForceClosed,
    /// More was refunded than paid.
    OverRefund,
    /// A signed day is opened again.
    Unlock,
    /// A reissue that was handed to the shop is taken back.
    Withdrawal,
    /// An urgent case is carried instead of being solved.
    Carry,
    /// An urgent case, or many cases at once, are called solved by word alone.
    Resolution,
}

impl ApprovalNeed {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Sum,
        Self::Bulk,
        Self::ForceClosed,
        Self::OverRefund,
        Self::Unlock,
        Self::Withdrawal,
        Self::Carry,
        Self::Resolution,
    ];

    /// The stable word of the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Bulk => "bulk",
            Self::ForceClosed => "force_closed",
            Self::OverRefund => "over_refund",
            Self::Unlock => "unlock",
            Self::Withdrawal => "withdrawal",
            Self::Carry => "carry",
            Self::Resolution => "resolution",
        }
    }

    /// Reads that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|need| need.word() == word)
    }

    /// What finance staff read.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Sum => "金额超过界限",
            Self::Bulk => "批量超过界限",
            Self::ForceClosed => "忽略差错",
            Self::OverRefund => "超额退款",
            Self::Unlock => "解锁已签账的日期",
            Self::Withdrawal => "撤回已交商城的补发货",
            Self::Carry => "差错挂账",
            Self::Resolution => "标为已解决",
        }
    }

    /// The English term.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Sum => "Sum above the limit",
            Self::Bulk => "Many at once",
            Self::ForceClosed => "Case to be ignored",
            Self::OverRefund => "More refunded than paid",
            Self::Unlock => "Signed day to be opened",
            Self::Withdrawal => "Reissue to be taken back from the shop",
            Self::Carry => "Case to be carried",
            Self::Resolution => "Case to be called solved",
        }
    }
}

impl Thresholds {
    /// Why a refund needs a second person: `of_order` is what the order gets back by it and by its other refunds,
    /// `together` how many are prepared at once.
    #[must_use]
    pub fn refund_needs(&self, of_order: Fen, together: u32) -> Option<ApprovalNeed> {
        if of_order > self.refund_over {
            Some(ApprovalNeed::Sum)
        } else {
            (together > self.bulk_over).then_some(ApprovalNeed::Bulk)
        }
    }
}

/// What a second person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// Agrees.
    Approved,
    /// Refuses.
    Declined,
}

impl Judgement {
    /// The stable word of the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Declined => "declined",
        }
    }
}

/// Whether an operator may agree to (or refuse) what `maker` prepared: another person, who may approve.
///
/// An empty name is nobody: it never is a second person.
#[must_use]
pub fn may_judge(maker: &str, checker: &str, roles: Roles) -> bool {
    !checker.is_empty() && maker != checker && roles.has(Role::Approve)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_are_exclusive() {
        let limits = Thresholds::default();

        assert_eq!(limits.refund_needs(Fen::new(100_000), 20), None);
        assert_eq!(
            limits.refund_needs(Fen::new(100_001), 1),
            Some(ApprovalNeed::Sum)
        );
        assert_eq!(
            limits.refund_needs(Fen::new(1), 21),
            Some(ApprovalNeed::Bulk)
        );
    }

    #[test]
    fn nobody_agrees_with_himself() {
        let all: Roles = Role::ALL.into_iter().collect();

        assert!(may_judge("li", "wang", all));
        assert!(!may_judge("li", "li", all));
        assert!(!may_judge("li", "", all));
        assert!(!may_judge(
            "li",
            "wang",
            Roles::default().with(Role::Administer)
        ));
        assert_eq!(Roles::parse(&all.words()), Some(all));
        assert_eq!(Roles::parse("work,boss"), None);
    }
}
