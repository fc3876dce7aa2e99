//! A table on its way out of the program: to CSV, JSON, XLSX or a terminal, always the same cells.

use super::{BillDate, Fen, Instant, Term};

/// One cell of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SheetCell {
    /// Nothing known.
    Empty,
    /// Text that came from outside: it may try to be a formula.
    Text(String),
    /// A word of this program: the stable one for scripts, the wording for people.
    Word(&'static str, Term),
    /// Several stable words.
    Message(Vec<&'static str>),
    /// Money: fen for scripts, yuan for people.
    Money(Fen),
    /// A count or a row number.
    Count(u64),
    /// An instant, Beijing time.
    Time(Instant),
    /// A day.
    Day(BillDate),
}

impl SheetCell {
    /// A text cell, or an empty one for no text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        if text.is_empty() {
            Self::Empty
        } else {
            Self::Text(text.to_owned())
        }
    }

    /// An amount where there is one.
    #[must_use]
    pub fn money(amount: Option<Fen>) -> Self {
        amount.map_or(Self::Empty, Self::Money)
    }

    /// An instant where there is one.
    #[must_use]
    pub fn time(time: Option<Instant>) -> Self {
        time.map_or(Self::Empty, Self::Time)
    }

    /// The text for scripts: stable words, fen, no separators; not yet safe for spreadsheets.
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Word(word, _) => (*word).to_owned(),
            Self::Message(words) => words.join("|"),
            Self::Money(fen) => fen.get().to_string(),
            Self::Count(count) => count.to_string(),
            Self::Time(time) => time.to_string(),
            Self::Day(day) => day.to_string(),
        }
    }
}

/// A column of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heading {
    /// Stable name, the header of CSV and the key of JSON.
    pub name: &'static str,
    /// What people read.
    pub label: Term,
    /// Width in a spreadsheet, in characters.
    pub width: u16,
}

/// A table to write: headings, and rows that may come one by one.
pub struct Sheet<'a> {
    /// Name of the sheet in a workbook.
    pub title: &'a str,
    /// The columns; each row has as many cells.
    pub headings: &'a [Heading],
    /// The rows.
    pub rows: &'a mut dyn Iterator<Item = Vec<SheetCell>>,
}

/// Text that a spreadsheet shows as text: what could begin a formula gets an apostrophe in front.
///
/// ```
/// use recondesk_domain::formula_safe;
/// assert_eq!(formula_safe("=1+1"), "'=1+1");
/// assert_eq!(formula_safe("QH1"), "QH1");
/// ```
#[must_use]
pub fn formula_safe(text: &str) -> std::borrow::Cow<'_, str> {
    // Some spreadsheets read the full-width signs of Chinese input as their plain forms.
    let risky = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if text.starts_with(risky) {
        format!("'{text}").into()
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_begins_a_formula_stays_bare() {
        for text in [
            "=cmd|' /C calc'!A0",
            "+1",
            "-1+2",
            "@SUM(1)",
            "\t=1",
            "\r=1",
            "\n=1",
            "＝1",
        ] {
            assert_eq!(formula_safe(text), format!("'{text}"));
        }
        for text in ["", "A=1", "1-2", " =1", "'=1", "中文"] {
            assert_eq!(formula_safe(text), text);
        }
    }
}
