//! Wording in both languages: [`Term`] for fixed tables, [`Message`] for sentences put together while running.

use super::Language;

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct Message {
    /// As finance staff write it.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Message {
    /// Both languages at once.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
        }
    }

    /// The sentence in one language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }
}

/// Fixed wording in both languages, for tables of the program itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Term {
    /// As finance staff write it.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

impl Term {
    /// Both languages at once.
    #[must_use]
    pub const fn new(zh: &'static str, en: &'static str) -> Self {
        Self { zh, en }
    }

    /// The word in one language.
    #[must_use]
    pub const fn in_language(self, language: Language) -> &'static str {
        match language {
            Language::Zh => self.zh,
            Language::En => self.en,
        }
    }

    /// The same as owned text.
    #[must_use]
    pub fn words(self) -> Message {
        Message::new(self.zh, self.en)
    }
}

impl From<Term> for Message {
    fn from(term: Term) -> Self {
        term.words()
    }
}
