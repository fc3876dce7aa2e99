//! OpenDocument spreadsheets, read row by row in the memory of one row.

use std::collections::BTreeSet;
use std::io::{BufRead, Read, Seek};
use std::ops::ControlFlow;

use quick_xml::Reader;
use quick_xml::events::Event;
use zip::ZipArchive;

use super::book::{RowSink, WorkbookSheet};
use super::moment::{ForgivingTimeReader, clock_of};
use super::sheet_row::{RowCell, SheetRow, Strings};
use super::xlsx_container::{self, LimitedPart, MAX_UNPACKED_BYTES, attributes, damaged};
use super::{Damage, IntakeError, MAX_COLUMNS, MAX_RECORD_BYTES};

const CONTENT: &str = "content.xml";
const MANIFEST: &str = "META-INF/manifest.xml";
/// Rows that such a sheet has at most.
const MAX_ROWS: u32 = 1_048_576;

/// A workbook of the OpenDocument format.
pub(super) struct OdsBook<R> {
    zip: ZipArchive<R>,
    sheets: Vec<WorkbookSheet>,
}

/// A cell as its tag says it.
#[derive(Default)]
struct OdsCell {
    kind: String,
    value: String,
    repeated: usize,
    has_formula: bool,
}

impl<R: Read + Seek> OdsBook<R> {
    /// True for containers that have such a workbook.
    pub(super) fn is_one(zip: &ZipArchive<R>) -> bool {
        zip.index_for_name(CONTENT).is_some() && zip.index_for_name(MANIFEST).is_some()
    }

    pub(super) fn open(mut zip: ZipArchive<R>) -> Result<Self, IntakeError> {
        if is_encrypted(&mut zip)? {
            return Err(IntakeError::Protected);
        }
        let mut book = Self {
            zip,
            sheets: Vec::new(),
        };
        book.read_sheets()?;
        if book.sheets.is_empty() {
            return Err(damaged(CONTENT, Damage::NoSheets));
        }
        Ok(book)
    }

    pub(super) fn sheets(&self) -> Vec<WorkbookSheet> {
        self.sheets.clone()
    }

    /// Names of the sheets; hidden ones have a style that is not displayed.
    fn read_sheets(&mut self) -> Result<(), IntakeError> {
        let mut hidden = BTreeSet::new();
        let mut style = String::new();
        let sheets = &mut self.sheets;
        each_start(&mut self.zip, CONTENT, &mut |tag, raw| {
            let mut found = WorkbookSheet::default();
            match tag {
                "style" => {
                    attributes(raw, |name, value| {
                        if local(name) == "name" {
                            style = xlsx_container::unescaped(value);
                        }
                    })?;
                }
                "table-properties" => {
                    attributes(raw, |name, value| {
                        if local(name) == "display" && value == "false" {
                            hidden.insert(style.clone());
                        }
                    })?;
                }
                "table" => {
                    let mut own = String::new();
                    attributes(raw, |name, value| match local(name) {
                        "name" => found.name = xlsx_container::unescaped(value),
                        "style-name" => own = xlsx_container::unescaped(value),
                        _ => {}
                    })?;
                    found.is_hidden = hidden.contains(&own);
                    sheets.push(found);
                }
                _ => {}
            }
            (sheets.len() <= 1_024 && hidden.len() <= 100_000).then_some(())
        })
    }

    /// Hands out the rows of a sheet; the sink may stop.
    pub(super) fn rows(&mut self, sheet: usize, sink: RowSink<'_>) -> Result<(), IntakeError> {
        let xml = xlsx_container::open_part(&mut self.zip, CONTENT, MAX_UNPACKED_BYTES)?
            .ok_or_else(|| damaged(CONTENT, Damage::Missing))?;
        let mut reader = OdsReader {
            xml,
            buffer: Vec::new(),
            times: ForgivingTimeReader::default(),
        };
        reader.find_table(sheet)?;
        let mut line = 1_u32;
        let mut row = SheetRow::default();
        let none = Strings::default();
        while let Some(repeated) = reader.next_row(&mut row, line)? {
            for _ in 0..if row.is_blank() {
                0
            } else {
                repeated.min(MAX_ROWS)
            } {
                if line > MAX_ROWS {
                    return Err(damaged(CONTENT, Damage::RowNumber));
                }
                if let ControlFlow::Break(()) = sink(line, &row, &none)? {
                    return Ok(());
                }
                line += 1;
            }
            if row.is_blank() {
                line = line.saturating_add(repeated);
            }
        }
        xlsx_container::drain(&mut reader.xml, CONTENT)
    }
}

struct OdsReader<R: BufRead> {
    xml: Reader<LimitedPart<R>>,
    buffer: Vec<u8>,
    times: ForgivingTimeReader,
}

impl<R: BufRead> OdsReader<R> {
    fn find_table(&mut self, wanted: usize) -> Result<(), IntakeError> {
        let mut seen = 0;
        loop {
            match xlsx_container::next(&mut self.xml, &mut self.buffer, CONTENT)? {
                Event::Start(start) if start.local_name().as_ref() == "table" => {
                    if seen == wanted {
                        return Ok(());
                    }
                    seen += 1;
                }
                Event::Eof => return Err(damaged(CONTENT, Damage::CutOff)),
                _ => {}
            }
        }
    }

    /// Reads the next row; gives how often it stands, or `None` after the last.
    fn next_row(&mut self, row: &mut SheetRow, line: u32) -> Result<Option<u32>, IntakeError> {
        row.clear();
        let mut repeated = None;
        loop {
            let event = xlsx_container::next(&mut self.xml, &mut self.buffer, CONTENT)?;
            match event {
                Event::Start(start) => match (repeated, start.local_name().as_ref()) {
                    (None, "table-row") => {
                        let mut times = 1;
                        attributes(start.attributes_raw(), |name, value| {
                            if local(name) == "number-rows-repeated" {
                                times = value.parse().unwrap_or(1);
                            }
                        })
                        .ok_or_else(|| damaged(CONTENT, Damage::Attributes))?;
                        repeated = Some(times);
                    }
                    (Some(_), "table-cell" | "covered-table-cell") => {
                        let cell = cell_of(start.attributes_raw())
                            .ok_or_else(|| damaged(CONTENT, Damage::Attributes))?;
                        self.cell(&cell, row, line)?;
                    }
                    _ => {}
                },
                Event::End(end) => match end.local_name().as_ref() {
                    "table-row" => return Ok(repeated),
                    "table" => return Ok(None),
                    _ => {}
                },
                Event::Eof => return Err(damaged(CONTENT, Damage::CutOff)),
                _ => {}
            }
        }
    }

    fn cell(&mut self, cell: &OdsCell, row: &mut SheetRow, line: u32) -> Result<(), IntakeError> {
        let text = self.text()?;
        let bad = || damaged(&format!("{CONTENT}, row {line}"), Damage::Cell);
        for _ in 0..cell.repeated {
            let is_empty = text.is_empty() && cell.kind.is_empty();
            // Empty cells repeat to the right end of the sheet.
            if is_empty && cell.repeated > MAX_COLUMNS {
                break;
            }
            if row.cells.len() >= MAX_COLUMNS {
                return Err(IntakeError::TooManyColumns {
                    line,
                    limit: MAX_COLUMNS,
                });
            }
            match cell.kind.as_str() {
                "float" | "currency" | "percentage" => {
                    if cell.has_formula && cell.value == "0" {
                        row.cells.push(RowCell::ZeroFormula);
                    } else {
                        row.push_number(&super::cells::plain_number(&cell.value));
                    }
                }
                "date" => {
                    let time = self
                        .times
                        .read(cell.value.as_bytes())
                        .map_err(|_time| bad())?;
                    row.cells.push(RowCell::Date(time));
                }
                "time" => match clock_of(&duration(&cell.value)) {
                    Some(_) => row.push_text(&duration(&cell.value)),
                    None => row.push_text(&text),
                },
                _ => row.push_text(if text.is_empty() { &cell.value } else { &text }),
            }
            if row.bytes.len() > MAX_RECORD_BYTES {
                return Err(damaged(
                    &format!("{CONTENT}, row {line}"),
                    Damage::RowTooLong,
                ));
            }
        }
        Ok(())
    }

    /// The text of a cell up to its end tag; annotations are left out.
    fn text(&mut self) -> Result<String, IntakeError> {
        let mut text = String::new();
        let mut paragraphs = 0;
        let mut skipping = 0_u32;
        let mut sign = Vec::new();
        loop {
            let event = xlsx_container::next(&mut self.xml, &mut self.buffer, CONTENT)?;
            match event {
                Event::Start(start) => match start.local_name().as_ref() {
                    "annotation" => skipping += 1,
                    "p" if skipping == 0 => {
                        if paragraphs > 0 {
                            text.push('\n');
                        }
                        paragraphs += 1;
                    }
                    "s" | "tab" if skipping == 0 => text.push(' '),
                    "line-break" if skipping == 0 => text.push('\n'),
                    _ => {}
                },
                Event::End(end) => match end.local_name().as_ref() {
                    "annotation" => skipping = skipping.saturating_sub(1),
                    "table-cell" | "covered-table-cell" => return Ok(text),
                    _ => {}
                },
                Event::Text(piece) if skipping == 0 && paragraphs > 0 => {
                    text.push_str(&piece.xml10_content());
                }
                Event::CData(piece) if skipping == 0 && paragraphs > 0 => {
                    text.push_str(&piece.xml10_content());
                }
                Event::GeneralRef(reference) if skipping == 0 => {
                    sign.clear();
                    xlsx_container::push_reference(&reference, &mut sign)
                        .ok_or_else(|| damaged(CONTENT, Damage::Reference))?;
                    text.push_str(&String::from_utf8_lossy(&sign));
                }
                Event::Eof => return Err(damaged(CONTENT, Damage::CutOff)),
                _ => {}
            }
            if text.len() > MAX_RECORD_BYTES {
                return Err(damaged(CONTENT, Damage::RowTooLong));
            }
        }
    }
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn cell_of(raw: &str) -> Option<OdsCell> {
    let mut cell = OdsCell {
        repeated: 1,
        ..OdsCell::default()
    };
    attributes(raw, |name, value| match name {
        "office:value-type" => value.clone_into(&mut cell.kind),
        "office:value"
        | "office:date-value"
        | "office:time-value"
        | "office:boolean-value"
        | "office:string-value" => {
            cell.value = xlsx_container::unescaped(value);
        }
        "table:number-columns-repeated" => cell.repeated = value.parse().unwrap_or(1),
        "table:formula" => cell.has_formula = true,
        _ => {}
    })?;
    Some(cell)
}

/// `PT09H05M11S` as a clock.
fn duration(text: &str) -> String {
    let rest = text.strip_prefix("PT").unwrap_or(text);
    let rest = rest
        .trim_end_matches('S')
        .split('.')
        .next()
        .unwrap_or_default();
    rest.replace(['H', 'M'], ":")
}

/// True when the manifest says that the content is encrypted.
fn is_encrypted<R: Read + Seek>(zip: &mut ZipArchive<R>) -> Result<bool, IntakeError> {
    let mut encrypted = false;
    each_start(zip, MANIFEST, &mut |tag, _| {
        encrypted |= tag == "encryption-data";
        Some(())
    })?;
    Ok(encrypted)
}

/// Calls `take` with name and attributes of every element of a part.
fn each_start<R: Read + Seek>(
    zip: &mut ZipArchive<R>,
    part: &str,
    take: &mut dyn FnMut(&str, &str) -> Option<()>,
) -> Result<(), IntakeError> {
    let Some(mut xml) = xlsx_container::open_part(zip, part, MAX_UNPACKED_BYTES)? else {
        return Ok(());
    };
    let mut buffer = Vec::new();
    loop {
        match xlsx_container::next(&mut xml, &mut buffer, part)? {
            Event::Start(start) => take(start.local_name().as_ref(), start.attributes_raw())
                .ok_or_else(|| damaged(part, Damage::Attributes))?,
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}
