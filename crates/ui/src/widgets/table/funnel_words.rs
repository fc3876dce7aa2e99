//! Values and filters of a column in the words of a person: for the lists of a funnel and the chips beside it.

use super::Column;
use super::funnel::written;
use crate::format;
use crate::text::Wording;
use recondesk_app::tables::{CellTest, ColumnKind};
use recondesk_domain::{BillDate, SheetCell};

/// What a person reads for a value.
pub(crate) fn shown(w: &Wording, cell: &SheetCell) -> String {
    match cell {
        SheetCell::Empty => w.table.blank_value.to_owned(),
        SheetCell::Word(_, term) => term.in_language(w.lang).to_owned(),
        SheetCell::Money(fen) => format::money(*fen),
        SheetCell::Count(count) => format::count(*count),
        SheetCell::Text(_) | SheetCell::Message(_) | SheetCell::Time(_) | SheetCell::Day(_) => {
            cell.plain()
        }
    }
}

/// A filter in a few words, for its chip.
pub(crate) fn test_words(w: &Wording, column: &Column, test: &CellTest) -> String {
    let t = &w.table;
    let name = column.label;
    let list = |values: &[String]| match values {
        [] => t.nothing.to_owned(),
        [one] => value_words(w, column, one),
        [one, ..] => {
            let more = (values.len() - 1).to_string();
            format!("{} +{more}", value_words(w, column, one))
        }
    };
    let range = |least: Option<String>, most: Option<String>| match (least, most) {
        (Some(least), Some(most)) if least == most => least,
        (Some(least), Some(most)) => format!("{least} – {most}"),
        (Some(least), None) => format!("≥ {least}"),
        (None, Some(most)) => format!("≤ {most}"),
        (None, None) => String::new(),
    };
    match test {
        CellTest::Contains(text) => format!("{name} {text}"),
        CellTest::Between { least, most } => {
            let end = |end: &Option<i64>| end.map(|end| written(column.kind, end));
            format!("{name} {}", range(end(least), end(most)))
        }
        CellTest::Days { first, last } => {
            let day = |day: &Option<BillDate>| day.map(|day| day.to_string());
            format!("{name} {}", range(day(first), day(last)))
        }
        CellTest::OneOf(values) => (t.only)(name, &list(values)),
        CellTest::NoneOf(values) => (t.without)(name, &list(values)),
        CellTest::Blank => format!("{name} {}", t.blank),
        CellTest::Filled => format!("{name} {}", t.filled),
    }
}

/// A value as scripts read it, in the words of a person where it is a number.
fn value_words(w: &Wording, column: &Column, value: &str) -> String {
    if value.is_empty() {
        return w.table.blank_value.to_owned();
    }
    match value.parse() {
        Ok(number) if column.kind.is_number() => written(column.kind, number),
        Ok(_) | Err(_) => match column.kind {
            ColumnKind::Word => w.stable_word(value).to_owned(),
            ColumnKind::Text
            | ColumnKind::Money
            | ColumnKind::Count
            | ColumnKind::Time
            | ColumnKind::Day => value.to_owned(),
        },
    }
}
