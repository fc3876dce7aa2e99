//! The binary formats of Excel, XLS and XLSB: read by a library, after their sizes were looked at here.

use std::io::{Cursor, Read, Seek};

use calamine::{Data, Range, Reader as _, SheetVisible, Xls, XlsError, Xlsb};
use zip::ZipArchive;

use super::loaded_sheet::{CellBudget, LoadedSheet, read_whole};
use super::ole_container;
use super::sheet_row::{RowCell, SheetRow};
use super::xlsx_container::{broken, damaged};
use super::{Damage, IntakeError, NotOrders, value};

/// The beginning of the container of old office files.
pub(super) const OLE_MAGIC: &[u8] = b"\xD0\xCF\x11\xE0";
const XLS: &str = "xls";
const XLSB: &str = "xlsb";

/// True for containers that have such a workbook.
pub(super) fn is_xlsb<R: Read + Seek>(zip: &ZipArchive<R>) -> bool {
    zip.index_for_name("xl/workbook.bin").is_some()
}

/// Reads an XLS, or says what else the container holds: a workbook behind a password, a document.
pub(super) fn xls(reader: impl Read) -> Result<Vec<LoadedSheet>, IntakeError> {
    let bytes = read_whole(reader)?;
    let (mut container, bytes) = ole_container::open(&bytes).map_err(|error| broken(XLS, error))?;
    let has = |name: &str, container: &ole_container::Container| container.is_stream(name);
    if has("/EncryptedPackage", &container) || has("/EncryptionInfo", &container) {
        return Err(IntakeError::Protected);
    }
    let name = ["/Workbook", "/Book"]
        .into_iter()
        .find(|name| has(name, &container));
    let Some(name) = name else {
        return Err(IntakeError::NotOrders(NotOrders::Ole));
    };
    let mut stream = Vec::new();
    let opened = container
        .open_stream(name)
        .map_err(|error| broken(XLS, error))?;
    opened
        .take(super::loaded_sheet::MAX_LOADED_BYTES)
        .read_to_end(&mut stream)
        .map_err(|error| broken(XLS, error))?;
    look(&stream)?;
    let mut book = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsError::Password => IntakeError::Protected,
        error => broken(XLS, error),
    })?;
    let is_1904 = book.has_1904_epoch();
    let mut sheets = Vec::new();
    for meta in book.sheets_metadata().to_vec() {
        let Ok(range) = book.worksheet_range(&meta.name) else {
            continue;
        };
        let mut sheet = LoadedSheet::named(&meta.name);
        sheet.sheet.is_hidden = meta.visible != SheetVisible::Visible;
        take_range(&range, is_1904, &mut sheet)?;
        sheets.push(sheet);
    }
    if sheets.is_empty() {
        return Err(damaged(XLS, Damage::NoSheets));
    }
    Ok(sheets)
}

/// Walks over the records of the stream: the library lays each sheet out from its first to its last cell, so that two
/// cells in opposite corners would take the memory of the whole sheet.
fn look(stream: &[u8]) -> Result<(), IntakeError> {
    const BOF: u16 = 0x0809;
    const PASSWORD: u16 = 0x002F;
    const CELLS: [u16; 10] = [
        0x0203, 0x027E, 0x00BD, 0x00FD, 0x0204, 0x0006, 0x0205, 0x0201, 0x00BE, 0x00D6,
    ];
    let mut budget = CellBudget::default();
    let mut area = Area::default();
    let mut rest = stream;
    while let Some((&[i1, i2, l1, l2], after)) = rest.split_first_chunk::<4>() {
        let (id, len) = (
            u16::from_le_bytes([i1, i2]),
            usize::from(u16::from_le_bytes([l1, l2])),
        );
        let Some((data, next)) = after.split_at_checked(len) else {
            break;
        };
        rest = next;
        match id {
            PASSWORD => return Err(IntakeError::Protected),
            BOF => budget.take(std::mem::take(&mut area).cells())?,
            id if CELLS.contains(&id) => area.take(data, matches!(id, 0x00BD | 0x00BE)),
            _ => {}
        }
    }
    budget.take(area.cells())
}

/// From the first to the last cell of a sheet.
#[derive(Default)]
struct Area {
    rows: Option<(u16, u16)>,
    columns: Option<(u16, u16)>,
}

impl Area {
    fn take(&mut self, data: &[u8], is_run: bool) {
        let number = |at: usize| Some(u16::from_le_bytes([*data.get(at)?, *data.get(at + 1)?]));
        let (Some(row), Some(column)) = (number(0), number(2)) else {
            return;
        };
        let last = if is_run {
            data.len().checked_sub(2).and_then(number).unwrap_or(column)
        } else {
            column
        };
        let wider = |range: Option<(u16, u16)>, from: u16, to: u16| match range {
            Some((low, high)) => Some((low.min(from), high.max(to))),
            None => Some((from, to)),
        };
        self.rows = wider(self.rows, row, row);
        self.columns = wider(self.columns, column, last.max(column));
    }

    fn cells(&self) -> usize {
        let len =
            |range: Option<(u16, u16)>| range.map_or(0, |(low, high)| usize::from(high - low) + 1);
        len(self.rows) * len(self.columns)
    }
}

/// Reads an XLSB, whose cells come one by one.
pub(super) fn xlsb<R: Read + Seek>(mut reader: R) -> Result<Vec<LoadedSheet>, IntakeError> {
    reader.rewind()?;
    let bytes = read_whole(reader)?;
    let mut book = Xlsb::new(Cursor::new(bytes)).map_err(|error| broken(XLSB, error))?;
    let is_1904 = book.has_1904_epoch();
    let mut budget = CellBudget::default();
    let mut sheets = Vec::new();
    for meta in book.sheets_metadata().to_vec() {
        let mut sheet = LoadedSheet::named(&meta.name);
        sheet.sheet.is_hidden = meta.visible != SheetVisible::Visible;
        let Ok(mut cells) = book.worksheet_cells_reader(&meta.name) else {
            continue;
        };
        let mut row = SheetRow::default();
        let mut line = 0;
        while let Some(cell) = cells.next_cell().map_err(|error| broken(XLSB, error))? {
            let (at, column) = cell.get_position();
            if at != line {
                sheet.push(line.saturating_add(1), std::mem::take(&mut row))?;
                line = at;
            }
            let column = usize::try_from(column).unwrap_or(usize::MAX);
            if column < row.cells.len() || column >= super::MAX_COLUMNS {
                return Err(damaged(XLSB, Damage::Cell));
            }
            budget.take(column + 1 - row.cells.len())?;
            row.cells.resize(column, RowCell::Empty);
            push(&Data::from(cell.get_value().clone()), is_1904, &mut row);
        }
        sheet.push(line.saturating_add(1), row)?;
        sheets.push(sheet);
    }
    if sheets.is_empty() {
        return Err(damaged(XLSB, Damage::NoSheets));
    }
    Ok(sheets)
}

fn take_range(
    range: &Range<Data>,
    is_1904: bool,
    sheet: &mut LoadedSheet,
) -> Result<(), IntakeError> {
    let Some((first, left)) = range.start() else {
        return Ok(());
    };
    let left = usize::try_from(left).unwrap_or(0);
    for (line, cells) in (first.saturating_add(1)..).zip(range.rows()) {
        let mut row = SheetRow::default();
        row.cells.resize(left, RowCell::Empty);
        for cell in cells {
            push(cell, is_1904, &mut row);
        }
        while row.cells.last() == Some(&RowCell::Empty) {
            row.cells.pop();
        }
        sheet.push(line, row)?;
    }
    Ok(())
}

fn push(cell: &Data, is_1904: bool, row: &mut SheetRow) {
    match cell {
        Data::Empty => row.cells.push(RowCell::Empty),
        Data::Int(number) => row.push_number(&number.to_string()),
        Data::Float(number) => row.push_number(&number.to_string()),
        Data::Bool(yes) => row.push_text(if *yes { "TRUE" } else { "FALSE" }),
        Data::DateTime(date) => match value::serial_time(date.as_f64(), is_1904) {
            Some(time) => row.cells.push(RowCell::Date(time)),
            None => row.push_number(&date.as_f64().to_string()),
        },
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            row.push_text(text);
        }
        Data::Error(error) => row.push_text(&error.to_string()),
    }
}
