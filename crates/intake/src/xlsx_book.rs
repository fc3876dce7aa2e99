//! XLSX and XLSM: the table of contents, and what the cells of its sheets refer to.
//!
//! Written here because no library bounds what a hostile file makes it allocate.

use std::io::{BufRead, Read, Seek};
use std::ops::ControlFlow;

use quick_xml::Reader;
use quick_xml::events::Event;
use zip::ZipArchive;

use super::book::{RowSink, WorkbookSheet};
use super::cells::{NumberFormat, SheetReader, WorkbookContext};
use super::sheet_row::{SheetRow, Strings};
use super::xlsx_container::{self, LimitedPart, MAX_UNPACKED_BYTES, attributes, broken, damaged};
use super::{Damage, IntakeError};

/// The most that shared texts may take.
const MAX_STRINGS: usize = 192 << 20;

/// A workbook of the office formats of today.
pub(super) struct XlsxBook<R> {
    zip: ZipArchive<R>,
    context: WorkbookContext,
    sheets: Vec<SheetEntry>,
}

/// A sheet as the table of contents has it.
#[derive(Default)]
struct SheetEntry {
    sheet: WorkbookSheet,
    id: String,
}

impl<R: Read + Seek> XlsxBook<R> {
    /// True for containers that have such a workbook.
    pub(super) fn is_one(zip: &ZipArchive<R>) -> bool {
        zip.index_for_name(BOOK).is_some()
    }

    pub(super) fn open(mut zip: ZipArchive<R>) -> Result<Self, IntakeError> {
        let contents = read_book(&mut zip)?;
        if contents.sheets.is_empty() {
            return Err(damaged(BOOK, Damage::NoSheets));
        }
        let context = WorkbookContext {
            formats: read_formats(&mut zip)?,
            strings: read_strings(&mut zip)?,
            is_1904: contents.is_1904,
            recalculates: contents.recalculates,
        };
        Ok(Self {
            zip,
            context,
            sheets: contents.sheets,
        })
    }

    pub(super) fn sheets(&self) -> Vec<WorkbookSheet> {
        self.sheets
            .iter()
            .map(|entry| entry.sheet.clone())
            .collect()
    }

    /// Hands out the rows of a sheet; the sink may stop.
    pub(super) fn rows(&mut self, sheet: usize, sink: RowSink<'_>) -> Result<(), IntakeError> {
        let Some(entry) = self.sheets.get(sheet) else {
            return Err(damaged(BOOK, Damage::NoPart));
        };
        let part = find_target(&mut self.zip, &entry.id)?;
        let xml = xlsx_container::open_part(&mut self.zip, &part, MAX_UNPACKED_BYTES)?
            .ok_or_else(|| damaged(&part, Damage::Missing))?;
        let mut reader = SheetReader::new(xml, &self.context, &part);
        let mut row = SheetRow::default();
        while let Some(line) = reader.next_row(&mut row)? {
            if let ControlFlow::Break(()) = sink(line, &row, &self.context.strings)? {
                return Ok(());
            }
        }
        reader.finish()
    }
}

const BOOK: &str = "xl/workbook.xml";
const RELATIONS: &str = "xl/_rels/workbook.xml.rels";
const STYLES: &str = "xl/styles.xml";
const STRINGS: &str = "xl/sharedStrings.xml";

/// What the table of contents says.
#[derive(Default)]
struct Contents {
    sheets: Vec<SheetEntry>,
    /// Dates count from 1904.
    is_1904: bool,
    /// The workbook asks to be computed when it is opened.
    recalculates: bool,
}

fn read_book<R: Read + Seek>(zip: &mut ZipArchive<R>) -> Result<Contents, IntakeError> {
    let mut out = Contents::default();
    each_start(zip, BOOK, &mut |tag, raw| {
        if tag == "sheet" {
            let mut entry = SheetEntry::default();
            attributes(raw, |name, value| match name.rsplit(':').next() {
                Some("name") => entry.sheet.name = xlsx_container::unescaped(value),
                Some("id") => entry.id = xlsx_container::unescaped(value),
                Some("state") => entry.sheet.is_hidden = value != "visible",
                _ => {}
            })?;
            out.sheets.push(entry);
        } else if tag == "workbookPr" {
            attributes(raw, |name, value| {
                out.is_1904 |= name == "date1904" && matches!(value, "1" | "true");
            })?;
        } else if tag == "calcPr" {
            attributes(raw, |name, value| {
                out.recalculates |= name == "fullCalcOnLoad" && matches!(value, "1" | "true");
            })?;
        }
        (out.sheets.len() <= 1_024).then_some(())
    })?;
    Ok(out)
}

/// The part behind a relation of the workbook.
fn find_target<R: Read + Seek>(
    zip: &mut ZipArchive<R>,
    wanted: &str,
) -> Result<String, IntakeError> {
    let mut found = None;
    each_start(zip, RELATIONS, &mut |tag, raw| {
        let (mut id, mut target) = (String::new(), String::new());
        if tag == "Relationship" {
            attributes(raw, |name, value| match name {
                "Id" => id = xlsx_container::unescaped(value),
                "Target" => target = xlsx_container::unescaped(value),
                _ => {}
            })?;
        }
        if id == wanted && !id.is_empty() {
            found = Some(target);
        }
        Some(())
    })?;
    let target = found.ok_or_else(|| damaged(RELATIONS, Damage::NoPart))?;
    Ok(match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => format!("xl/{target}"),
    })
}

/// What each cell format shows.
fn read_formats<R: Read + Seek>(zip: &mut ZipArchive<R>) -> Result<Vec<NumberFormat>, IntakeError> {
    let mut custom = std::collections::BTreeMap::new();
    let mut formats = Vec::new();
    let mut in_cells = false;
    each_start(zip, STYLES, &mut |tag, raw| {
        let (mut id, mut code) = (0_u32, String::new());
        match tag {
            "numFmt" | "xf" => {
                attributes(raw, |name, value| match name {
                    "numFmtId" => id = value.parse().unwrap_or_default(),
                    "formatCode" => code = xlsx_container::unescaped(value),
                    _ => {}
                })?;
            }
            "cellXfs" => in_cells = true,
            "cellStyles" | "dxfs" => in_cells = false,
            _ => {}
        }
        if tag == "numFmt" {
            custom.insert(id, NumberFormat::of(&code));
        } else if tag == "xf" && in_cells {
            let own = custom.get(&id).copied();
            formats.push(own.unwrap_or(NumberFormat {
                is_date: matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58),
                digits: 0,
            }));
        }
        (formats.len() <= 100_000 && custom.len() <= 100_000).then_some(())
    })?;
    Ok(formats)
}

/// True for number formats with a sign of date or time outside quotes and brackets.
pub(super) fn shows_date(code: &str) -> bool {
    let (mut quoted, mut bracket, mut escaped) = (false, false, false);
    for sign in code.chars() {
        if escaped {
            escaped = false;
            continue;
        }
        match sign {
            '\\' | '_' | '*' if !quoted => escaped = true,
            '"' => quoted = !quoted,
            '[' if !quoted => bracket = true,
            ']' if !quoted => bracket = false,
            'y' | 'Y' | 'm' | 'M' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' | 'e'
                if !quoted && !bracket =>
            {
                return true;
            }
            _ => {}
        }
    }
    false
}

fn read_strings<R: Read + Seek>(zip: &mut ZipArchive<R>) -> Result<Strings, IntakeError> {
    let mut strings = Strings::default();
    let Some(mut xml) = xlsx_container::open_part(zip, STRINGS, MAX_UNPACKED_BYTES)? else {
        return Ok(strings);
    };
    let mut buffer = Vec::new();
    let mut sign = Vec::new();
    let (mut taking, mut phonetic) = (false, false);
    loop {
        match xlsx_container::next(&mut xml, &mut buffer, STRINGS)? {
            Event::Start(start) => match start.local_name().as_ref() {
                "t" => taking = !phonetic,
                "rPh" => phonetic = true,
                "si" => {
                    sign.clear();
                    if xlsx_container::take_plain(&mut xml, (b"<t>", b"</t>"), &mut sign) {
                        let text =
                            std::str::from_utf8(&sign).map_err(|error| broken(STRINGS, error))?;
                        strings.text.push_str(text);
                    }
                }
                _ => {}
            },
            Event::End(end) => match end.local_name().as_ref() {
                "t" => taking = false,
                "rPh" => phonetic = false,
                "si" => {
                    let start = strings.ends.last().copied().unwrap_or_default();
                    xlsx_container::resolve_escapes(&mut strings.text, start as usize);
                    let end = u32::try_from(strings.text.len()).unwrap_or(u32::MAX);
                    strings.ends.push(end);
                    plain_strings(&mut xml, &mut strings);
                }
                "sst" => {
                    xlsx_container::drain(&mut xml, STRINGS)?;
                    strings.close();
                    return Ok(strings);
                }
                _ => {}
            },
            Event::Text(piece) if taking => strings.text.push_str(&piece.xml10_content()),
            Event::CData(piece) if taking => strings.text.push_str(&piece.xml10_content()),
            Event::GeneralRef(reference) if taking => {
                sign.clear();
                xlsx_container::push_reference(&reference, &mut sign)
                    .ok_or_else(|| damaged(STRINGS, Damage::Reference))?;
                strings.text.push_str(&String::from_utf8_lossy(&sign));
            }
            Event::Eof => return Err(damaged(STRINGS, Damage::CutOff)),
            _ => {}
        }
        let memory = strings
            .text
            .len()
            .saturating_add(strings.ends.len().saturating_mul(4));
        if memory > MAX_STRINGS {
            return Err(IntakeError::Bomb {
                limit: MAX_STRINGS as u64,
            });
        }
    }
}

/// Takes texts of the usual shape, `<si><t>…</t></si>`, that stand in memory behind another one; [`MAX_STRINGS`] is
/// looked at by the caller, before more is read.
fn plain_strings<R: BufRead>(xml: &mut Reader<LimitedPart<R>>, strings: &mut Strings) {
    const OPEN: &[u8] = b"<si><t>";
    const CLOSE: &[u8] = b"</t></si>";
    let Ok(bytes) = xlsx_container::in_memory(xml) else {
        return;
    };
    let mut rest = bytes;
    while let Some(inner) = rest.strip_prefix(OPEN)
        && let Some(end) = memchr::memchr3(b'<', b'&', b'\r', inner)
        && let Some((plain, after)) = inner.split_at_checked(end)
        && let Some(after) = after.strip_prefix(CLOSE)
        && let Ok(text) = std::str::from_utf8(plain)
    {
        let start = strings.text.len();
        strings.text.push_str(text);
        xlsx_container::resolve_escapes(&mut strings.text, start);
        let end = u32::try_from(strings.text.len()).unwrap_or(u32::MAX);
        strings.ends.push(end);
        rest = after;
    }
    let used = bytes.len() - rest.len();
    xlsx_container::pass(xml, used);
}

/// Calls `take` with name and attributes of every element of a small part.
fn each_start<R: Read + Seek>(
    zip: &mut ZipArchive<R>,
    part: &str,
    take: &mut dyn FnMut(&str, &str) -> Option<()>,
) -> Result<(), IntakeError> {
    const SMALL: u64 = 32 << 20;
    let Some(mut xml) = xlsx_container::open_part(zip, part, SMALL)? else {
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
