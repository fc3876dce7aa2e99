//! XLSX: finds the sheet, reads what its cells refer to, and streams its rows into a [`Plan`].
//!
//! Written here because no library bounds what a hostile file makes it allocate.

use std::io::{Read, Seek};
use std::ops::ControlFlow;

use quick_xml::events::Event;
use zip::ZipArchive;

use super::cells::{Context, RowCells, SheetReader, SheetRow};
use super::record::SKIP;
use super::sniff::{SAMPLE, SampleRow, header_row};
use super::value::ForgivingTimeReader;
use super::xlsx_container::{self, MAX_UNPACKED_BYTES, attributes, broken, damaged};
use super::{Damage, Encoding, Guess, IntakeError, Mapping, NotOrders, OrderBlock, Plan};
use recondesk_domain::RowRef;

/// Rows handed out at once.
const BLOCK_ROWS: u64 = 8_192;
/// The most that shared texts may take.
const MAX_STRINGS: usize = 192 << 20;

/// A workbook, opened at the sheet with the rows.
pub struct Workbook<R> {
    zip: ZipArchive<R>,
    context: Context,
    /// Name of the part that holds the sheet.
    part: String,
    guess: Guess,
}

/// A sheet as the table of contents has it.
struct SheetEntry {
    name: String,
    id: String,
}

impl<R: Read + Seek> Workbook<R> {
    /// Opens a workbook at the sheet that the mapping names, else at the first.
    ///
    /// # Errors
    /// [`IntakeError`] for what is no workbook, unpacks to too much, lacks the sheet, is damaged,
    /// or holds something else than a merchant's rows.
    pub fn open(reader: R, mapping: Option<&Mapping>) -> Result<Self, IntakeError> {
        let wanted = mapping.and_then(|mapping| mapping.sheet.as_deref());
        let mut book = Self::at_sheet(reader, wanted)?;
        book.look(mapping)?;
        Ok(book)
    }

    /// Opens a workbook at this sheet, else at the first; its rows are not looked at.
    fn at_sheet(reader: R, wanted: Option<&str>) -> Result<Self, IntakeError> {
        let mut zip = xlsx_container::open_zip(reader, MAX_UNPACKED_BYTES)?;
        if zip.index_for_name(BOOK).is_none() {
            return Err(IntakeError::NotOrders(NotOrders::Zip));
        }
        let (sheets, is_1904) = read_book(&mut zip)?;
        let entry = match wanted {
            Some(name) => sheets.iter().find(|sheet| sheet.name == name),
            None => sheets.first(),
        };
        let Some(entry) = entry else {
            if sheets.is_empty() {
                return Err(damaged(BOOK, Damage::NoSheets));
            }
            let names: Vec<String> = sheets.into_iter().map(|sheet| sheet.name).collect();
            return Err(IntakeError::NoSheet {
                name: wanted.unwrap_or_default().to_owned(),
                present: super::guess::listed(&names),
            });
        };
        let part = find_target(&mut zip, &entry.id)?;
        let context = Context {
            date_formats: read_formats(&mut zip)?,
            strings: read_strings(&mut zip)?,
            is_1904,
        };
        let guess = Guess {
            encoding: Encoding::Utf8,
            has_bom: false,
            delimiter: None,
            sheet: Some(entry.name.clone()),
            headers: Vec::new(),
            header_line: 0,
            body_line: 0,
            body_offset: 0,
            sample: Vec::new(),
        };
        Ok(Self {
            zip,
            context,
            part,
            guess,
        })
    }

    /// Hands out the cells of every row of the first sheet; the sink may stop.
    ///
    /// A number stands as the workbook means it; one that has lost digits stands in scientific notation.
    pub(super) fn each_row(
        reader: R,
        sink: &mut dyn FnMut(Vec<String>) -> ControlFlow<()>,
    ) -> Result<(), IntakeError> {
        let mut book = Self::at_sheet(reader, None)?;
        let xml = xlsx_container::open_part(&mut book.zip, &book.part, MAX_UNPACKED_BYTES)?
            .ok_or_else(|| damaged(&book.part, Damage::Missing))?;
        let mut reader = SheetReader::new(xml, &book.context, &book.part);
        let mut row = SheetRow::default();
        while reader.next_row(&mut row)?.is_some() {
            if sink(row.numbers(&book.context.strings)).is_break() {
                return Ok(());
            }
        }
        reader.finish()
    }

    /// What the sheet seems to be; goes into [`Plan::new`].
    #[must_use]
    pub fn guess(&self) -> &Guess {
        &self.guess
    }

    /// Reads all rows and hands them out in blocks, in order; the sink may stop.
    ///
    /// # Errors
    /// [`IntakeError`] for damage; rows before it have been handed out.
    pub fn read(
        &mut self,
        plan: &Plan,
        import: u32,
        sink: &mut dyn FnMut(OrderBlock) -> ControlFlow<()>,
    ) -> Result<(), IntakeError> {
        let slots = plan.slots().iter().filter(|slot| **slot != SKIP).count();
        let columns: Vec<usize> = (0..slots)
            .map(|slot| {
                let place = plan
                    .slots()
                    .iter()
                    .position(|entry| usize::from(*entry) == slot);
                place.unwrap_or(usize::MAX)
            })
            .collect();
        let width = plan.headers().len();
        let xml = xlsx_container::open_part(&mut self.zip, &self.part, MAX_UNPACKED_BYTES)?
            .ok_or_else(|| damaged(&self.part, Damage::Missing))?;
        let mut reader = SheetReader::new(xml, &self.context, &self.part);
        let mut times = ForgivingTimeReader::new(plan.mapping().time_format.clone());
        let mut row = SheetRow::default();
        let mut out = OrderBlock::default();
        while let Some(line) = reader.next_row(&mut row)? {
            if line <= self.guess.header_line || row.is_blank() {
                continue;
            }
            let cells = RowCells {
                row: &row,
                strings: &self.context.strings,
                columns: &columns,
                width,
            };
            let place = RowRef {
                import,
                line,
                offset: 0,
            };
            plan.take_row(&cells, place, &mut times, &mut out);
            if out.stats.good.saturating_add(out.stats.bad) >= BLOCK_ROWS
                && sink(std::mem::take(&mut out)).is_break()
            {
                return Err(IntakeError::Cancelled);
            }
        }
        reader.finish()?;
        match sink(out) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(IntakeError::Cancelled),
        }
    }

    /// Reads the first rows for header and sample.
    fn look(&mut self, mapping: Option<&Mapping>) -> Result<(), IntakeError> {
        let xml = xlsx_container::open_part(&mut self.zip, &self.part, MAX_UNPACKED_BYTES)?
            .ok_or_else(|| damaged(&self.part, Damage::Missing))?;
        let mut reader = SheetReader::new(xml, &self.context, &self.part);
        let mut row = SheetRow::default();
        let mut rows = Vec::new();
        while rows.len() < SAMPLE
            && let Some(line) = reader.next_row(&mut row)?
        {
            if !row.is_blank() {
                let mut cells = row.texts(&self.context.strings, None);
                for cell in &mut cells {
                    *cell = cell.trim().to_owned();
                }
                rows.push(SampleRow { line, cells });
            }
        }
        let table: Vec<&[String]> = rows.iter().map(|row| row.cells.as_slice()).collect();
        let at = header_row(&table, mapping)?;
        let mut rows = rows.into_iter().skip(at);
        let header = rows.next().ok_or(IntakeError::Empty)?;
        self.guess.headers = header.cells;
        while self.guess.headers.last().is_some_and(String::is_empty) {
            self.guess.headers.pop();
        }
        self.guess.header_line = header.line;
        self.guess.body_line = header.line.saturating_add(1);
        self.guess.sample = rows.collect();
        Ok(())
    }
}

const BOOK: &str = "xl/workbook.xml";
const RELATIONS: &str = "xl/_rels/workbook.xml.rels";
const STYLES: &str = "xl/styles.xml";
const STRINGS: &str = "xl/sharedStrings.xml";

/// The sheets in order, and whether dates count from 1904.
fn read_book<R: Read + Seek>(
    zip: &mut ZipArchive<R>,
) -> Result<(Vec<SheetEntry>, bool), IntakeError> {
    let mut sheets = Vec::new();
    let mut is_1904 = false;
    each_start(zip, BOOK, &mut |tag, raw| {
        if tag == "sheet" {
            let mut entry = SheetEntry {
                name: String::new(),
                id: String::new(),
            };
            attributes(raw, |name, value| match name.rsplit(':').next() {
                Some("name") => entry.name = xlsx_container::unescaped(value),
                Some("id") => entry.id = xlsx_container::unescaped(value),
                _ => {}
            })?;
            sheets.push(entry);
        } else if tag == "workbookPr" {
            attributes(raw, |name, value| {
                is_1904 |= name == "date1904" && matches!(value, "1" | "true");
            })?;
        }
        (sheets.len() <= 1_024).then_some(())
    })?;
    Ok((sheets, is_1904))
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

/// For each cell format, whether it shows a date.
fn read_formats<R: Read + Seek>(zip: &mut ZipArchive<R>) -> Result<Vec<bool>, IntakeError> {
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
            custom.insert(id, shows_date(&code));
        } else if tag == "xf" && in_cells {
            let own = custom.get(&id).copied();
            formats.push(own.unwrap_or(matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58)));
        }
        (formats.len() <= 100_000 && custom.len() <= 100_000).then_some(())
    })?;
    Ok(formats)
}

/// True for number formats with a sign of date or time outside quotes and brackets.
fn shows_date(code: &str) -> bool {
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

fn read_strings<R: Read + Seek>(
    zip: &mut ZipArchive<R>,
) -> Result<super::cells::Strings, IntakeError> {
    let mut strings = super::cells::Strings::default();
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
                }
                "sst" => {
                    xlsx_container::drain(&mut xml, STRINGS)?;
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
