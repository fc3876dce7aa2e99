//! What leaves the program as a document: exported tables as workbooks, written in constant memory, and reports.

mod csv_archive;
mod form;
mod html;
mod pdf;
mod pdf_font;
mod pdf_page;
mod writer;
mod xlsx;

pub use writer::ReportWriter;

use std::io::{self, Write};
use std::path::PathBuf;

use rust_xlsxwriter::{Format, FormatAlign, Workbook, Worksheet, XlsxError};

use recondesk_domain::{Fen, Heading, Language, Sheet, SheetCell};
use recondesk_ports::{SheetForm, Workbooks};

/// Rows a sheet of a workbook can hold, one of them the header.
const MAX_ROWS: u32 = 1_048_576;
/// Characters a cell can hold.
const MAX_TEXT: usize = 32_767;

/// The writer of XLSX files.
#[derive(Debug, Clone, Default)]
pub struct XlsxWriter {
    /// Where rows wait until the file is complete; `None`: the system's folder.
    pub scratch: Option<PathBuf>,
}

struct TableFormats {
    /// Whose words headings and cells have; `None`: those of programs.
    people: Option<Language>,
    header: Format,
    text: Format,
    money: Format,
}

impl TableFormats {
    fn new(people: Option<Language>) -> Self {
        let money = if people.is_some() { "#,##0.00" } else { "0" };
        Self {
            people,
            header: Format::new().set_bold(),
            text: Format::new().set_num_format("@"),
            money: Format::new()
                .set_num_format(money)
                .set_align(FormatAlign::Right),
        }
    }

    const fn heading(&self, heading: &Heading) -> &'static str {
        match self.people {
            Some(language) => heading.label.in_language(language),
            None => heading.name,
        }
    }
}

impl Workbooks for XlsxWriter {
    fn write(
        &self,
        sheet: Sheet<'_>,
        people: Option<Language>,
        out: &mut (dyn Write + Send),
    ) -> io::Result<()> {
        self.write_sheet(sheet, &TableFormats::new(people), out)
            .map_err(io::Error::other)
    }

    fn write_form(&self, form: &SheetForm, out: &mut (dyn Write + Send)) -> io::Result<()> {
        form::write(form, self.scratch.as_deref(), out).map_err(io::Error::other)
    }
}

impl XlsxWriter {
    fn write_sheet(
        &self,
        sheet: Sheet<'_>,
        formats: &TableFormats,
        out: &mut (dyn Write + Send),
    ) -> Result<(), XlsxError> {
        let mut workbook = Workbook::new();
        if let Some(folder) = &self.scratch {
            workbook.set_tempdir(folder)?;
        }
        let Sheet {
            title,
            headings,
            rows,
        } = sheet;
        let mut rows = rows.peekable();
        for part in 1.. {
            let name = if part == 1 {
                title.to_owned()
            } else {
                format!("{title} {part}")
            };
            let page = workbook.add_worksheet_with_constant_memory()?;
            page.set_name(name)?;
            begin(page, headings, formats)?;
            for at in 1..MAX_ROWS {
                let Some(row) = rows.next() else { break };
                for (column, cell) in (0_u16..).zip(&row) {
                    put(page, at, column, cell, formats)?;
                }
            }
            if rows.peek().is_none() {
                break;
            }
        }
        workbook.save_to_writer(out)
    }
}

/// Names, widths and a header that stays in sight.
fn begin(
    page: &mut Worksheet,
    headings: &[Heading],
    formats: &TableFormats,
) -> Result<(), XlsxError> {
    page.set_freeze_panes(1, 0)?;
    for (column, heading) in (0_u16..).zip(headings) {
        page.set_column_width(column, f64::from(heading.width))?;
        page.write_string_with_format(0, column, formats.heading(heading), &formats.header)?;
    }
    Ok(())
}

/// Identifiers and words are text cells, so that no spreadsheet rounds or computes them.
fn put(
    page: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &SheetCell,
    formats: &TableFormats,
) -> Result<(), XlsxError> {
    match cell {
        SheetCell::Empty => {}
        SheetCell::Money(fen) => put_money(page, row, column, *fen, formats)?,
        SheetCell::Count(count) => match u32::try_from(*count) {
            Ok(count) => {
                page.write_number(row, column, count)?;
            }
            Err(_beyond) => {
                page.write_string(row, column, count.to_string())?;
            }
        },
        text @ (SheetCell::Text(_)
        | SheetCell::Word(..)
        | SheetCell::Message(_)
        | SheetCell::Time(_)
        | SheetCell::Day(_)) => {
            let words = match (text, formats.people) {
                (SheetCell::Word(_, term), Some(language)) => term.in_language(language).to_owned(),
                _ => text.plain(),
            };
            let text: String = words.chars().take(MAX_TEXT).collect();
            page.write_string_with_format(row, column, text, &formats.text)?;
        }
    }
    Ok(())
}

/// Fen, or yuan for people, as a number while a spreadsheet keeps it to the last digit, else as text.
fn put_money(
    page: &mut Worksheet,
    row: u32,
    column: u16,
    fen: Fen,
    formats: &TableFormats,
) -> Result<(), XlsxError> {
    let value = fen.get();
    if value.unsigned_abs() >= xlsx::EXACT {
        let text = if formats.people.is_some() {
            fen.to_string()
        } else {
            value.to_string()
        };
        page.write_string_with_format(row, column, text, &formats.text)?;
        return Ok(());
    }
    let scale = if formats.people.is_some() { 100.0 } else { 1.0 };
    #[expect(
        clippy::cast_precision_loss,
        reason = "exact below 2^53; the quotient is the double nearest to the decimal, as if typed"
    )]
    let number = value as f64 / scale;
    page.write_number_with_format(row, column, number, &formats.money)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader as _, Xlsx};

    use super::*;
    use recondesk_domain::{Instant, Term};

    const HEADINGS: [Heading; 3] = [
        Heading {
            name: "number",
            label: Term::new("单号", "Number"),
            width: 30,
        },
        Heading {
            name: "fen",
            label: Term::new("金额", "Amount"),
            width: 10,
        },
        Heading {
            name: "at",
            label: Term::new("时间", "At"),
            width: 20,
        },
    ];

    fn written(rows: Vec<Vec<SheetCell>>, people: Option<Language>) -> Vec<u8> {
        let mut out = Vec::new();
        let sheet = Sheet {
            title: "findings",
            headings: &HEADINGS,
            rows: &mut rows.into_iter(),
        };
        XlsxWriter::default()
            .write(sheet, people, &mut out)
            .unwrap();
        out
    }

    #[test]
    fn identifiers_are_text_amounts_are_numbers_and_nothing_is_a_formula() {
        let rows = vec![
            vec![
                SheetCell::text("00123456789012345678"),
                SheetCell::Money(Fen::new(-5)),
                SheetCell::time(Instant::parse_beijing("2026-03-08 10:00:00")),
            ],
            vec![
                SheetCell::text("=1+1"),
                SheetCell::Money(Fen::new(i64::MAX)),
                SheetCell::Empty,
            ],
        ];
        let bytes = written(rows, None);
        let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
        let range = book.worksheet_range("findings").unwrap();
        let cell = |row, column| range.get_value((row, column)).unwrap().clone();
        assert_eq!(cell(0, 0), Data::String("number".to_owned()));
        assert_eq!(cell(1, 0), Data::String("00123456789012345678".to_owned()));
        assert_eq!(cell(1, 1), Data::Float(-5.0));
        assert_eq!(cell(1, 2), Data::String("2026-03-08 10:00:00".to_owned()));
        assert_eq!(cell(2, 0), Data::String("=1+1".to_owned()));
        assert_eq!(cell(2, 1), Data::String(i64::MAX.to_string()));
        let formulas = book.worksheet_formula("findings").unwrap();
        assert!(
            formulas
                .used_cells()
                .all(|(.., formula)| formula.is_empty())
        );
    }

    #[test]
    fn people_read_yuan_and_the_words_of_their_language() {
        let rows = || {
            let state = SheetCell::Word("paid", Term::new("已支付", "Paid"));
            [2824, -5, 123_456_789_012_345].map(|fen| {
                let sum = SheetCell::Money(Fen::new(fen));
                vec![state.clone(), sum, SheetCell::Empty]
            })
        };
        for (language, title, word) in [
            (Language::Zh, "金额", "已支付"),
            (Language::En, "Amount", "Paid"),
        ] {
            let bytes = written(rows().to_vec(), Some(language));
            let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
            let range = book.worksheet_range("findings").unwrap();
            let cell = |row, column| range.get_value((row, column)).unwrap().clone();
            assert_eq!(cell(0, 1), Data::String(title.to_owned()));
            assert_eq!(cell(1, 0), Data::String(word.to_owned()));
            assert_eq!(cell(1, 1), Data::Float(28.24));
            assert_eq!(cell(2, 1), Data::Float(-0.05));
            assert_eq!(cell(3, 1), Data::Float(1_234_567_890_123.45));
        }
        let huge = vec![vec![
            SheetCell::Empty,
            SheetCell::Money(Fen::new(i64::MAX)),
            SheetCell::Empty,
        ]];
        let bytes = written(huge, Some(Language::Zh));
        let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
        let range = book.worksheet_range("findings").unwrap();
        let sum = range.get_value((1, 1)).unwrap();
        assert_eq!(*sum, Data::String("92233720368547758.07".to_owned()));
    }

    #[test]
    fn an_empty_table_is_a_workbook_with_its_header() {
        let mut book = Xlsx::new(Cursor::new(written(Vec::new(), None))).unwrap();
        assert_eq!(book.worksheet_range("findings").unwrap().height(), 1);
    }
}
