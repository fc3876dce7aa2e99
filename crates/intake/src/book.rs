//! Workbooks of every format, as the rest of the crate reads them: named sheets, and their rows in order.

use std::io::{Read, Seek};
use std::ops::ControlFlow;

use super::binary_book::{self, OLE_MAGIC};
use super::loaded_sheet::LoadedSheet;
use super::ods_book::OdsBook;
use super::sheet_row::{SheetRow, Strings};
use super::xlsx_book::XlsxBook;
use super::xlsx_container::{self, MAX_UNPACKED_BYTES};
use super::{HEAD_BYTES, IntakeError, NotOrders, html_tables, xml_sheets};

/// A sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct WorkbookSheet {
    pub(super) name: String,
    /// People do not see it.
    pub(super) is_hidden: bool,
}

/// Takes rows with their numbers; says whether to go on.
pub(super) type RowSink<'a> =
    &'a mut dyn FnMut(u32, &SheetRow, &Strings) -> Result<ControlFlow<()>, IntakeError>;

/// A workbook of any format.
pub(super) enum WorkbookFile<R> {
    /// XLSX and XLSM.
    Xlsx(Box<XlsxBook<R>>),
    /// OpenDocument.
    Ods(Box<OdsBook<R>>),
    /// Formats that are read as a whole: XLS, XLSB, tables of web pages, XML of 2003.
    Loaded(Vec<LoadedSheet>),
}

impl<R: Read + Seek> WorkbookFile<R> {
    /// Opens a workbook, whatever its format.
    pub(super) fn open(mut reader: R) -> Result<Self, IntakeError> {
        let mut head = Vec::new();
        reader.rewind()?;
        reader
            .by_ref()
            .take(HEAD_BYTES as u64)
            .read_to_end(&mut head)?;
        reader.rewind()?;
        if head.starts_with(OLE_MAGIC) {
            return binary_book::xls(reader).map(Self::Loaded);
        }
        if xml_sheets::is_workbook(&head) {
            return xml_sheets::read(reader).map(Self::Loaded);
        }
        if html_tables::is_page(&head) {
            return html_tables::read(reader).map(Self::Loaded);
        }
        if !head.starts_with(b"PK") {
            return Err(IntakeError::NotOrders(NotOrders::Binary));
        }
        let zip = xlsx_container::open_zip(reader, MAX_UNPACKED_BYTES)?;
        if XlsxBook::is_one(&zip) {
            XlsxBook::open(zip).map(|book| Self::Xlsx(Box::new(book)))
        } else if OdsBook::is_one(&zip) {
            OdsBook::open(zip).map(|book| Self::Ods(Box::new(book)))
        } else if binary_book::is_xlsb(&zip) {
            binary_book::xlsb(zip.into_inner()).map(Self::Loaded)
        } else {
            Err(IntakeError::NotOrders(NotOrders::Zip))
        }
    }

    pub(super) fn sheets(&self) -> Vec<WorkbookSheet> {
        match self {
            Self::Xlsx(book) => book.sheets(),
            Self::Ods(book) => book.sheets(),
            Self::Loaded(sheets) => sheets.iter().map(|sheet| sheet.sheet.clone()).collect(),
        }
    }

    /// Hands out the rows of a sheet; the sink may stop.
    pub(super) fn rows(&mut self, sheet: usize, sink: RowSink<'_>) -> Result<(), IntakeError> {
        match self {
            Self::Xlsx(book) => book.rows(sheet, sink),
            Self::Ods(book) => book.rows(sheet, sink),
            Self::Loaded(sheets) => match sheets.get(sheet) {
                Some(sheet) => sheet.rows(sink),
                None => Ok(()),
            },
        }
    }
}
