//! Why a bill is refused, quarantined or worth a look: one sentence each, in the words of finance staff.

use serde::Serialize;

use recondesk_domain::Category;

/// What a reason does to a bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Worth knowing; the bill is as good as without it.
    Notice,
    /// Stored and shown, but the day cannot be certified.
    Quarantines,
    /// Not stored.
    Refuses,
}

/// One thing to say about a bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// Stable code of the category, such as `B03`.
    pub code: &'static str,
    /// What it does to the bill.
    pub effect: Effect,
    /// What happened and what to do, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// Lines concerned, the first few.
    pub lines: Vec<u32>,
    /// The category.
    #[serde(skip)]
    pub category: Category,
}

impl Reason {
    pub(super) fn new(category: Category, effect: Effect, zh: String, en: String) -> Self {
        Self {
            code: category.code(),
            effect,
            zh,
            en,
            lines: Vec::new(),
            category,
        }
    }

    pub(super) fn at(mut self, lines: Vec<u32>) -> Self {
        self.lines = lines;
        self
    }
}
