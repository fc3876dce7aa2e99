//! Rows as text for the clipboard: for a spreadsheet, a chat, a script.
//!
//! TSV and Markdown are read by people: labels and words of the language in view, money in yuan. CSV and JSON
//! are those of exports: stable names and words, money in fen.

use std::fmt::Write as _;

use super::columns::ColumnSpec;
use crate::jobs::export::write_json_cell;
use recondesk_domain::{Language, SheetCell, formula_safe};

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CopyFormat {
    /// Tab separated, as spreadsheets paste it.
    #[default]
    Tsv,
    /// Comma separated, as exports write it.
    Csv,
    /// A table in Markdown.
    Markdown,
    /// An array of objects, as exports write it.
    Json,
}

impl CopyFormat {
    /// All of them, the usual one first.
    pub const ALL: [Self; 4] = [Self::Tsv, Self::Csv, Self::Markdown, Self::Json];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tsv => "TSV",
            Self::Csv => "CSV",
            Self::Markdown => "Markdown",
            Self::Json => "JSON",
        }
    }
}

/// Rows on their way into one text.
pub struct RowText<'c> {
    format: CopyFormat,
    columns: &'c [&'static ColumnSpec],
    language: Language,
    out: String,
    rows: u64,
}

impl<'c> RowText<'c> {
    /// A text with these columns, and their header.
    #[must_use]
    pub fn new(format: CopyFormat, columns: &'c [&'static ColumnSpec], language: Language) -> Self {
        let mut text = Self {
            format,
            columns,
            language,
            out: String::new(),
            rows: 0,
        };
        text.header();
        text
    }

    /// Bytes so far.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.out.len()
    }

    /// True before anything was written.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    fn header(&mut self) {
        let labels = self.columns.iter().map(|column| column.heading.label);
        let labels: Vec<&str> = labels
            .map(|label| label.in_language(self.language))
            .collect();
        match self.format {
            CopyFormat::Tsv => self.out.push_str(&labels.join("\t")),
            CopyFormat::Csv => {
                let names = self.columns.iter().map(|column| column.heading.name);
                self.out = names.collect::<Vec<&str>>().join(",");
            }
            CopyFormat::Markdown => {
                for label in labels {
                    self.out.push_str("| ");
                    self.out.push_str(&markdown(label));
                    self.out.push(' ');
                }
                self.out.push_str("|\n");
                for column in self.columns {
                    let rule = if column.kind.is_number() {
                        "| ---: "
                    } else {
                        "| --- "
                    };
                    self.out.push_str(rule);
                }
                self.out.push('|');
            }
            CopyFormat::Json => self.out.push('['),
        }
    }

    /// Adds a row: one cell for each column.
    pub fn push(&mut self, cells: &[SheetCell]) {
        match self.format {
            CopyFormat::Tsv => {
                let cells = cells
                    .iter()
                    .map(|cell| one_line(&spoken(cell, self.language)));
                let cells: Vec<String> = cells.collect();
                self.out.push('\n');
                self.out.push_str(&cells.join("\t"));
            }
            CopyFormat::Csv => {
                let cells = cells.iter().map(|cell| quoted(&safe(cell, cell.plain())));
                let cells: Vec<String> = cells.collect();
                self.out.push('\n');
                self.out.push_str(&cells.join(","));
            }
            CopyFormat::Markdown => {
                self.out.push('\n');
                for cell in cells {
                    self.out.push_str("| ");
                    self.out.push_str(&markdown(&spoken(cell, self.language)));
                    self.out.push(' ');
                }
                self.out.push('|');
            }
            CopyFormat::Json => self.push_object(cells),
        }
        self.rows = self.rows.saturating_add(1);
    }

    fn push_object(&mut self, cells: &[SheetCell]) {
        self.out
            .push_str(if self.rows == 0 { "\n{" } else { ",\n{" });
        for (nth, (column, cell)) in self.columns.iter().zip(cells).enumerate() {
            let comma = if nth == 0 { "" } else { "," };
            let mut bytes = Vec::new();
            // Writing into memory cannot fail, and what serde writes is UTF-8.
            let written = write_json_cell(cell, &mut bytes).ok();
            let value = written.and_then(|()| String::from_utf8(bytes).ok());
            let value = value.unwrap_or_else(|| "null".to_owned());
            let _written = write!(self.out, "{comma}\"{}\":{value}", column.heading.name);
        }
        self.out.push('}');
    }

    /// The whole text.
    #[must_use]
    pub fn finish(mut self) -> String {
        if self.format == CopyFormat::Json {
            self.out.push_str("\n]");
        }
        self.out.push('\n');
        self.out
    }
}

/// A cell as people read it, safe against formulas; money in yuan without separators, so that it stays a number.
fn spoken(cell: &SheetCell, language: Language) -> String {
    match cell {
        SheetCell::Money(fen) => fen.to_string(),
        SheetCell::Word(_, term) => term.in_language(language).to_owned(),
        SheetCell::Empty
        | SheetCell::Text(_)
        | SheetCell::Message(_)
        | SheetCell::Count(_)
        | SheetCell::Time(_)
        | SheetCell::Day(_) => safe(cell, cell.plain()),
    }
}

fn safe(cell: &SheetCell, said: String) -> String {
    match cell {
        SheetCell::Text(text) => formula_safe(text).into_owned(),
        SheetCell::Empty
        | SheetCell::Word(..)
        | SheetCell::Message(_)
        | SheetCell::Money(_)
        | SheetCell::Count(_)
        | SheetCell::Time(_)
        | SheetCell::Day(_) => said,
    }
}

/// Without the signs that would begin another cell or row.
fn one_line(text: &str) -> String {
    text.replace(['\t', '\n', '\r'], " ")
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

fn markdown(text: &str) -> String {
    one_line(text).replace('\\', "\\\\").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::ColumnKind;
    use recondesk_domain::Fen;
    use recondesk_domain::Term;

    const NUMBER: ColumnSpec = ColumnSpec::new(
        "number",
        "out_trade_no",
        ColumnKind::Text,
        Term::new("商户订单号", "Order no."),
    );
    const STATE: ColumnSpec = ColumnSpec::new(
        "state",
        "state",
        ColumnKind::Word,
        Term::new("状态", "State"),
    );
    const AMOUNT: ColumnSpec = ColumnSpec::new(
        "amount",
        "amount_fen",
        ColumnKind::Money,
        Term::new("金额 ¥", "Amount ¥"),
    );

    fn text(format: CopyFormat, language: Language) -> String {
        let columns = [&NUMBER, &STATE, &AMOUNT];
        let mut text = RowText::new(format, &columns, language);
        let paid = SheetCell::Word("paid", Term::new("已支付", "Paid"));
        text.push(&[
            SheetCell::text("=A|1\t\"x\","),
            paid.clone(),
            SheetCell::Money(Fen::new(123_456)),
        ]);
        text.push(&[SheetCell::text("QH1"), paid, SheetCell::Empty]);
        text.finish()
    }

    #[test]
    fn people_get_words_and_yuan() {
        assert_eq!(
            text(CopyFormat::Tsv, Language::Zh),
            "商户订单号\t状态\t金额 ¥\n'=A|1 \"x\",\t已支付\t1234.56\nQH1\t已支付\t\n"
        );
        assert_eq!(
            text(CopyFormat::Markdown, Language::En),
            "| Order no. | State | Amount ¥ |\n| --- | --- | ---: |\n\
             | '=A\\|1 \"x\", | Paid | 1234.56 |\n| QH1 | Paid |  |\n"
        );
    }

    #[test]
    fn scripts_get_stable_words_and_fen() {
        let csv = text(CopyFormat::Csv, Language::Zh);
        assert_eq!(
            csv,
            "out_trade_no,state,amount_fen\n\"'=A|1\t\"\"x\"\",\",paid,123456\nQH1,paid,\n"
        );
        let read: serde_json::Value =
            serde_json::from_str(&text(CopyFormat::Json, Language::En)).unwrap();
        assert_eq!(read[0]["amount_fen"], 123_456);
        assert_eq!(read[0]["out_trade_no"], "=A|1\t\"x\",");
        assert_eq!(read[1]["amount_fen"], serde_json::Value::Null);
        assert_eq!(read[1]["state"], "paid");
    }
}
