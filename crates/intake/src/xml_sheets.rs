//! The XML of spreadsheets of 2003, which many programs write under the name of an old Excel file.

use std::io::Read;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::encoding::encoding_of;
use super::loaded_sheet::{CellBudget, LoadedSheet, read_whole};
use super::moment::ForgivingTimeReader;
use super::sheet_row::{RowCell, SheetRow};
use super::xlsx_container::{attributes, broken, damaged, push_reference, unescaped};
use super::{Damage, IntakeError, MAX_COLUMNS};

const PART: &str = "Workbook";
/// Elements within elements.
const MAX_DEPTH: usize = 64;

/// True when a file begins as such a workbook.
pub(super) fn is_workbook(head: &[u8]) -> bool {
    let head = head.get(..2048).unwrap_or(head).trim_ascii_start();
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let has = |text: &[u8]| memchr::memmem::find(head, text).is_some();
    head.starts_with(b"<")
        && has(b"urn:schemas-microsoft-com:office:spreadsheet")
        && has(b"<Workbook")
        || head.starts_with(b"<")
            && has(b"urn:schemas-microsoft-com:office:spreadsheet")
            && has(b"Excel.Sheet")
}

/// The state of a sheet while it is read.
#[derive(Default)]
struct OpenSheet {
    line: u32,
    column: usize,
    row: SheetRow,
    kind: String,
    text: String,
    taking: bool,
    has_formula: bool,
}

/// Reads the sheets of such a workbook.
pub(super) fn read(reader: impl Read) -> Result<Vec<LoadedSheet>, IntakeError> {
    let bytes = read_whole(reader)?;
    let (encoding, mark) = encoding_of(&bytes, None)?;
    let label =
        encoding_rs::Encoding::for_label(encoding.name().as_bytes()).unwrap_or(encoding_rs::UTF_8);
    let body = bytes.get(mark..).unwrap_or_default();
    let (text, _) = label.decode_without_bom_handling(body);
    let mut xml = Reader::from_str(&text);
    let config = xml.config_mut();
    config.check_end_names = false;
    config.expand_empty_elements = true;
    let mut sheets: Vec<LoadedSheet> = Vec::new();
    let mut open = OpenSheet::default();
    let mut budget = CellBudget::default();
    let mut depth = 0_usize;
    loop {
        match xml.read_event().map_err(|error| broken(PART, error))? {
            Event::Start(start) => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(damaged(PART, Damage::TooDeep));
                }
                let raw = start.attributes_raw();
                let name = start.local_name();
                if name.as_ref() == "Worksheet" {
                    let mut title = String::new();
                    attributes(raw, |name, value| {
                        if name.ends_with("Name") {
                            title = unescaped(value);
                        }
                    });
                    sheets.push(LoadedSheet::named(&title));
                    open = OpenSheet::default();
                } else {
                    open.start(name.as_ref(), raw, &mut budget)?;
                }
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                let name = end.local_name();
                if name.as_ref() == "Visible" {
                    if let Some(sheet) = sheets.last_mut() {
                        sheet.sheet.is_hidden = open.text.trim().ends_with("Hidden");
                    }
                    open.taking = false;
                } else {
                    open.end(name.as_ref(), sheets.last_mut())?;
                }
            }
            Event::Text(piece) if open.taking => open.text.push_str(&piece.xml10_content()),
            Event::CData(piece) if open.taking => open.text.push_str(&piece.xml10_content()),
            Event::GeneralRef(reference) if open.taking => {
                let mut sign = Vec::new();
                push_reference(&reference, &mut sign)
                    .ok_or_else(|| damaged(PART, Damage::Reference))?;
                open.text.push_str(&String::from_utf8_lossy(&sign));
            }
            Event::DocType(_) => return Err(damaged(PART, Damage::DocType)),
            Event::Eof => break,
            _ => {}
        }
    }
    if depth > 0 {
        return Err(damaged(PART, Damage::CutOff));
    }
    if sheets.is_empty() {
        return Err(damaged(PART, Damage::NoSheets));
    }
    Ok(sheets)
}

impl OpenSheet {
    fn start(&mut self, name: &str, raw: &str, budget: &mut CellBudget) -> Result<(), IntakeError> {
        match name {
            "Row" => {
                let index = index_of(raw).and_then(|index| u32::try_from(index).ok());
                let next = self.line.saturating_add(1);
                self.line = index.unwrap_or(next);
                if self.line < next {
                    return Err(damaged(PART, Damage::RowNumber));
                }
                self.column = 0;
                self.row = SheetRow::default();
            }
            "Cell" => {
                let index = index_of(raw).unwrap_or(self.column.saturating_add(1));
                if index <= self.column || index > MAX_COLUMNS {
                    return Err(damaged(PART, Damage::Cell));
                }
                budget.take(index - self.column)?;
                self.row.cells.resize(index - 1, RowCell::Empty);
                self.column = index;
                self.has_formula = false;
                attributes(raw, |name, _| self.has_formula |= name.ends_with("Formula"));
            }
            "Data" => {
                self.text.clear();
                self.kind.clear();
                self.taking = true;
                attributes(raw, |name, value| {
                    if name.ends_with("Type") {
                        value.clone_into(&mut self.kind);
                    }
                });
            }
            "Comment" => self.taking = false,
            "Visible" => {
                self.text.clear();
                self.taking = true;
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str, sheet: Option<&mut LoadedSheet>) -> Result<(), IntakeError> {
        match name {
            "Data" if self.taking => {
                self.taking = false;
                self.row.cells.truncate(self.column.saturating_sub(1));
                match self.kind.as_str() {
                    "Number" if self.has_formula && self.text.trim() == "0" => {
                        self.row.cells.push(RowCell::ZeroFormula);
                    }
                    "Number" => self
                        .row
                        .push_number(&super::cells::plain_number(self.text.trim())),
                    "DateTime" => {
                        match ForgivingTimeReader::default().read(self.text.trim().as_bytes()) {
                            Ok(time) => self.row.cells.push(RowCell::Date(time)),
                            Err(_) => self.row.push_text(&self.text),
                        }
                    }
                    _ => self.row.push_text(&self.text),
                }
            }
            "Row" => {
                let row = std::mem::take(&mut self.row);
                if let Some(sheet) = sheet {
                    sheet.push(self.line, row)?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn index_of(raw: &str) -> Option<usize> {
    let mut index = None;
    attributes(raw, |name, value| {
        if name.ends_with(":Index") || name == "Index" {
            index = value.parse().ok();
        }
    })?;
    index
}
