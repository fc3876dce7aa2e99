//! The two languages: the words of `--lang` and of the preferences, and the guess which one a person reads.

use serde::{Deserialize, Serialize};

use super::Message;

/// A language of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// 中文.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// The word of `--lang` and of the preferences.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// Reads that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "zh" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The language of the system, from the values of `LC_ALL`, `LC_MESSAGES` and `LANG` in this order.
    ///
    /// The first one set decides; where none is set (Windows, macOS), Chinese.
    pub fn of_system<'a>(locales: impl IntoIterator<Item = &'a str>) -> Self {
        match locales.into_iter().find(|locale| !locale.is_empty()) {
            Some(locale) if !locale.to_ascii_lowercase().starts_with("zh") => Self::En,
            _ => Self::Zh,
        }
    }

    /// One of two texts.
    #[must_use]
    pub const fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

impl Message {
    /// The sentence in one language.
    #[must_use]
    pub fn get(&self, lang: Language) -> &str {
        lang.pick(&self.zh, &self.en)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_locale_that_is_set_decides() {
        assert_eq!(Language::of_system(["", "zh_CN.UTF-8"]), Language::Zh);
        assert_eq!(
            Language::of_system(["C.UTF-8", "zh_CN.UTF-8"]),
            Language::En
        );
        assert_eq!(Language::of_system([]), Language::Zh);
    }
}
