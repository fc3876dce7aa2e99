//! Where a TOML file that a person wrote stops being one, and why, in both languages.
//!
//! The parser's own message is of several lines and English; here it is one line: the place, what stands there, and
//! what is wrong with it.

use std::fmt;

use recondesk_domain::Message;

/// The longest piece of the file that is shown.
const SHOWN: usize = 60;

/// A mistake in a TOML file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TomlSlip {
    /// Line and column from 1, and what stands on the line; nothing where the parser names no place.
    place: Option<(usize, usize, String)>,
    what: Wrong,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Wrong {
    /// No key of this form; the ones it knows, where the parser says them.
    UnknownKey(String, String),
    /// A word that this key does not take; the ones it takes.
    UnknownWord(String, String),
    /// A key that must be there is not.
    MissingKey(String),
    /// A key that stands twice.
    Twice,
    /// Another type than this key takes.
    Type(String, String),
    /// A key that must stand in quotes: it has other signs than letters, digits, `-` and `_`.
    BareKey,
    /// No TOML.
    Syntax,
}

impl TomlSlip {
    /// What the parser found in this text.
    #[must_use]
    pub fn of(text: &str, error: &toml::de::Error) -> Self {
        let what = wrong(error.message());
        // What the file as a whole lacks stands nowhere.
        let span = error
            .span()
            .filter(|span| span.start > 0 || !matches!(what, Wrong::MissingKey(_)));
        Self {
            place: span.map(|span| place(text, span.start)),
            what,
        }
    }

    /// The sentence in both languages.
    #[must_use]
    pub fn message(&self) -> Message {
        let (zh, en) = match &self.what {
            Wrong::UnknownKey(key, known) => (
                format!("没有“{key}”这个键{}", listed_zh(known)),
                format!("there is no key {key:?}{}", listed_en(known)),
            ),
            Wrong::UnknownWord(word, known) => (
                format!("不能写“{word}”{}", listed_zh(known)),
                format!("{word:?} cannot stand here{}", listed_en(known)),
            ),
            Wrong::MissingKey(key) => (format!("缺少 {key}"), format!("{key} is missing")),
            Wrong::Twice => (
                "同一个键写了两次".to_owned(),
                "the key stands twice".to_owned(),
            ),
            Wrong::Type(found, expected) => (
                format!("类型不对：写的是 {found}，应为 {expected}"),
                format!("of the wrong type: {found}, {expected} is needed"),
            ),
            Wrong::BareKey => (
                "等号左边含有字母、数字、- 和 _ 以外的字符，须加英文双引号".to_owned(),
                "what stands before the equals sign needs double quotes: it has other signs than letters, digits, - and _"
                    .to_owned(),
            ),
            Wrong::Syntax => (
                "不符合 TOML 的写法".to_owned(),
                "not written as TOML is".to_owned(),
            ),
        };
        match &self.place {
            None => Message::new(zh, en),
            Some((line, column, shown)) => Message::new(
                format!("第 {line} 行第 {column} 列：{zh}（{shown}）"),
                format!("line {line}, column {column}: {en} ({shown})"),
            ),
        }
    }
}

impl fmt::Display for TomlSlip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message().en)
    }
}

fn listed_zh(known: &str) -> String {
    if known.is_empty() {
        return String::new();
    }
    format!("，可用：{known}")
}

fn listed_en(known: &str) -> String {
    if known.is_empty() {
        return String::new();
    }
    format!("; there are: {known}")
}

/// What the words of the parser mean; words it does not have today are told as a slip of syntax.
fn wrong(message: &str) -> Wrong {
    let known = || {
        let list = message
            .split_once(", expected ")
            .map_or("", |(_, list)| list.trim_start_matches("one of "));
        list.replace('`', "")
    };
    if message.starts_with("unknown field `") {
        Wrong::UnknownKey(quoted(message), known())
    } else if message.starts_with("unknown variant `") {
        Wrong::UnknownWord(quoted(message), known())
    } else if message.starts_with("missing field `") {
        Wrong::MissingKey(quoted(message))
    } else if message.starts_with("duplicate ") {
        Wrong::Twice
    } else if let Some(rest) = message.strip_prefix("invalid type: ") {
        let (found, expected) = rest.split_once(", expected ").unwrap_or((rest, "?"));
        Wrong::Type(found.replace('`', ""), expected.to_owned())
    } else if message.contains("invalid unquoted key") {
        Wrong::BareKey
    } else {
        Wrong::Syntax
    }
}

/// What stands between the first two back quotes.
fn quoted(message: &str) -> String {
    message.split('`').nth(1).unwrap_or_default().to_owned()
}

/// Line and column of a byte, from 1, and the line, cut.
fn place(text: &str, at: usize) -> (usize, usize, String) {
    let before = text.get(..at).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |end| end.saturating_add(1));
    let line = before.matches('\n').count().saturating_add(1);
    let column = before
        .get(start..)
        .map_or(0, |rest| rest.chars().count())
        .saturating_add(1);
    let whole = text.get(start..).unwrap_or_default();
    let whole = whole.lines().next().unwrap_or_default().trim();
    let mut shown: String = whole.chars().take(SHOWN).collect();
    if whole.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    (line, column, shown)
}

#[cfg(test)]
mod tests {
    use super::super::{Mapping, MappingError};

    fn told(text: &str) -> (String, String) {
        let Err(MappingError::Toml(slip)) = Mapping::from_toml(text) else {
            panic!("{text} is no slip of the form");
        };
        let message = slip.message();
        for words in [&message.zh, &message.en] {
            assert!(!words.contains('\n'), "{words}");
        }
        (message.zh, message.en)
    }

    #[test]
    fn a_slip_is_one_line_with_its_place_and_no_words_of_the_parser() {
        let head = "name = \"x\"\nkind = \"orders\"\namount_unit = \"yuan\"\n";
        let cases = [
            (
                "[columns]\n订单 = \"单号\"\n",
                "第 2 行第 1 列：等号左边含有",
            ),
            (
                &format!("{head}colour = 3\n"),
                "第 4 行第 1 列：没有“colour”这个键，可用：name",
            ),
            (
                "name = \"x\"\nkind = \"order\"\n",
                "第 2 行第 8 列：不能写“order”，可用：orders",
            ),
            (
                &format!("{head}all_paid = \"yes\"\n[columns]\n"),
                "第 4 行第 12 列：类型不对",
            ),
            (
                &format!("{head}name = \"y\"\n"),
                "第 4 行第 1 列：同一个键写了两次",
            ),
            ("name = \"x\n", "不符合 TOML 的写法（name"),
            ("name = \"x\"\n", "缺少 columns"),
        ];
        for (text, zh) in cases {
            let (found, en) = told(text);
            assert!(found.contains(zh), "{text}: {found}");
            assert!(en.is_ascii() || text.contains('订'), "{en}");
        }
    }

    #[test]
    fn a_long_line_is_cut() {
        let (zh, _) = told(&format!("name = {}\n", "长".repeat(500)));
        assert!(zh.contains('…') && zh.chars().count() < 120, "{zh}");
    }
}
