//! CSV that people open in a spreadsheet: every number of an order, payment or refund stays text.
//!
//! Such a cell is `="4200..."`, a formula whose value is the text: Excel and LibreOffice show every digit, and a join
//! meets no apostrophe and no tab. A program that reads the file meets the formula, so it takes plain CSV.

use std::io::{self, Write};

use crate::Language;
use recondesk_domain::{Sheet, SheetCell, formula_safe};

/// The longest text that a formula of Excel may hold.
const LONGEST: usize = 255;

/// Writes it: with a mark, so that Excel reads UTF-8; headings in the language of the program, money in yuan.
///
/// # Errors
/// What the writer says.
pub fn write_spreadsheet_csv(
    sheet: Sheet<'_>,
    language: Language,
    out: &mut dyn Write,
) -> io::Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    let mut csv = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .buffer_capacity(64 << 10)
        .from_writer(out);
    let names = sheet.headings.iter();
    csv.write_record(names.map(|heading| language.pick(heading.label.zh, heading.label.en)))?;
    for row in sheet.rows {
        for cell in row {
            csv.write_field(shown(&cell, language).as_bytes())?;
        }
        csv.write_record(None::<&[u8]>)?;
    }
    csv.flush()
}

fn shown(cell: &SheetCell, language: Language) -> String {
    match cell {
        SheetCell::Text(text) if is_number_like(text) => format!("=\"{text}\""),
        SheetCell::Text(text) => formula_safe(text).into_owned(),
        SheetCell::Money(fen) => fen.to_string(),
        SheetCell::Word(_, term) => language.pick(term.zh, term.en).to_owned(),
        SheetCell::Empty
        | SheetCell::Message(_)
        | SheetCell::Count(_)
        | SheetCell::Time(_)
        | SheetCell::Day(_) => cell.plain(),
    }
}

/// True for what a spreadsheet may take for a number, a date or `1E5`: signs of numbers, a digit among them. It holds
/// no quote and no blank, so that it can end no formula.
fn is_number_like(text: &str) -> bool {
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.+*@|/:".contains(&byte);
    text.len() <= LONGEST
        && text.bytes().all(is_sign)
        && text.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use recondesk_domain::{Fen, Heading, Term};

    #[test]
    fn numbers_are_text_and_nothing_from_outside_is_a_formula() {
        const HEADINGS: [Heading; 2] = [
            Heading {
                name: "number",
                label: Term::new("单号", "Number"),
                width: 10,
            },
            Heading {
                name: "total_fen",
                label: Term::new("金额", "Amount"),
                width: 10,
            },
        ];
        let texts = [
            "0042",
            "4200002781202603087745309690",
            "1E5",
            "青禾",
            "=1+1",
            "a\"5",
        ];
        let mut rows = texts
            .iter()
            .map(|text| vec![SheetCell::text(text), SheetCell::Money(Fen::new(1_230))]);
        let sheet = Sheet {
            title: "t",
            headings: &HEADINGS,
            rows: &mut rows,
        };
        let mut out = Vec::new();

        write_spreadsheet_csv(sheet, Language::Zh, &mut out).unwrap();

        let text = String::from_utf8(out).unwrap();
        let expected = "\u{feff}单号,金额\r\n\"=\"\"0042\"\"\",12.30\r\n\
            \"=\"\"4200002781202603087745309690\"\"\",12.30\r\n\"=\"\"1E5\"\"\",12.30\r\n\
            青禾,12.30\r\n'=1+1,12.30\r\n\"a\"\"5\",12.30\r\n";
        assert_eq!(text, expected);
    }
}
