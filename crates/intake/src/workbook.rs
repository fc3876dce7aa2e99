//! Workbooks: finds the sheet with a merchant's rows, and streams its rows into a [`Plan`].

use std::io::{Read, Seek};
use std::ops::ControlFlow;

use super::book::WorkbookFile;
use super::header::find_header;
use super::record::SKIP;
use super::sheet_row::RowCells;
use super::sniff::{SAMPLE, SampleRow};
use super::{Damage, Guess, IntakeError, Mapping, OrderBlock, Plan, RecordKind, guess};
use recondesk_domain::RowRef;

/// Rows handed out at once.
const BLOCK_ROWS: u64 = 8_192;
/// Sheets that are looked at for rows.
const MOST_SHEETS: usize = 64;

/// A workbook, opened at the sheet with the rows.
pub struct Workbook<R> {
    book: WorkbookFile<R>,
    /// The sheets whose rows are read, in order.
    sheets: Vec<usize>,
    guess: Guess,
}

/// A sheet that was looked at.
struct SeenSheet {
    place: usize,
    name: String,
    is_hidden: bool,
    guess: Guess,
    /// Known names among its headers.
    known: usize,
}

impl SeenSheet {
    /// True when its columns suffice for a list of this kind, or of any.
    fn is_list(&self, mapping: Option<&Mapping>, kind: Option<RecordKind>) -> bool {
        if let Some(mapping) = mapping.filter(|mapping| mapping.name != Mapping::CANONICAL) {
            return mapping
                .sources()
                .all(|source| self.guess.headers.iter().any(|header| header == source));
        }
        let kinds = [RecordKind::Orders, RecordKind::Refunds];
        kinds
            .into_iter()
            .filter(|one| kind.is_none_or(|kind| kind == *one))
            .any(|kind| Mapping::propose(&self.guess, kind).lacking().is_empty())
    }
}

/// True for a sheet that is sound and holds something else: nothing, a bill, a chart.
fn is_of_another_sort(error: &IntakeError) -> bool {
    matches!(
        error,
        IntakeError::Empty
            | IntakeError::NotOrders(_)
            | IntakeError::Workbook {
                what: Damage::NotCells(_),
                ..
            }
    )
}

impl<R: Read + Seek> Workbook<R> {
    /// Opens a workbook at the sheet that the mapping names, else at the one with the rows.
    ///
    /// # Errors
    /// [`IntakeError`] for what is no workbook, unpacks to too much, lacks the sheet, is damaged,
    /// or holds something else than a merchant's rows.
    pub fn open(reader: R, mapping: Option<&Mapping>) -> Result<Self, IntakeError> {
        Self::open_for(reader, mapping, mapping.map(|mapping| mapping.kind))
    }

    /// The same for a list of this kind.
    ///
    /// # Errors
    /// As above.
    pub fn open_for(
        reader: R,
        mapping: Option<&Mapping>,
        kind: Option<RecordKind>,
    ) -> Result<Self, IntakeError> {
        let mut book = Self {
            book: WorkbookFile::open(reader)?,
            sheets: Vec::new(),
            guess: Guess::empty(),
        };
        match mapping.and_then(|mapping| mapping.sheet.as_deref()) {
            Some(name) => book.take_named(name, mapping)?,
            None => book.choose(mapping, kind)?,
        }
        Ok(book)
    }

    /// Hands out the cells of every row of the first sheet that people see; the sink may stop.
    ///
    /// A number stands as the workbook means it; one that has lost digits stands in scientific notation.
    pub(super) fn each_row(
        reader: R,
        sink: &mut dyn FnMut(Vec<String>) -> ControlFlow<()>,
    ) -> Result<(), IntakeError> {
        let mut book = WorkbookFile::open(reader)?;
        let first = book.sheets().iter().position(|sheet| !sheet.is_hidden);
        book.rows(first.unwrap_or(0), &mut |_, row, strings| {
            Ok(sink(row.numbers(strings)))
        })
    }

    /// What the sheet seems to be; goes into [`Plan::new`].
    #[must_use]
    pub fn guess(&self) -> &Guess {
        &self.guess
    }

    fn take_named(&mut self, name: &str, mapping: Option<&Mapping>) -> Result<(), IntakeError> {
        let sheets = self.book.sheets();
        let Some(place) = sheets.iter().position(|sheet| sheet.name == name) else {
            let names: Vec<String> = sheets.into_iter().map(|sheet| sheet.name).collect();
            return Err(IntakeError::NoSheet {
                name: name.to_owned(),
                present: guess::listed(&names),
            });
        };
        self.guess = self.look(place, mapping)?.guess;
        self.guess.sheet = Some(name.to_owned());
        self.sheets = vec![place];
        Ok(())
    }

    /// The sheet with the headers; sheets of the same form are read after it. A hidden one is never taken unasked.
    fn choose(
        &mut self,
        mapping: Option<&Mapping>,
        kind: Option<RecordKind>,
    ) -> Result<(), IntakeError> {
        let mut seen = Vec::new();
        let mut first_error = None;
        for place in 0..self.book.sheets().len().min(MOST_SHEETS) {
            match self.look(place, mapping) {
                Ok(sheet) => seen.push(sheet),
                Err(error) if is_of_another_sort(&error) => {
                    first_error = first_error.or(Some(error));
                }
                Err(error) => return Err(error),
            }
        }
        let (lists, others): (Vec<SeenSheet>, Vec<SeenSheet>) = seen
            .into_iter()
            .partition(|sheet| sheet.is_list(mapping, kind));
        let best = lists
            .iter()
            .filter(|sheet| !sheet.is_hidden)
            .max_by_key(|sheet| (sheet.known, usize::MAX - sheet.place));
        let Some(best) = best else {
            if let Some(hidden) = lists.first() {
                return Err(IntakeError::HiddenSheet(hidden.name.clone()));
            }
            // Nothing fits: the first sheet that people see says what is missing.
            let visible = others.into_iter().filter(|sheet| !sheet.is_hidden);
            let Some(sheet) = visible.max_by_key(|sheet| (sheet.known, usize::MAX - sheet.place))
            else {
                return Err(first_error.unwrap_or(IntakeError::Empty));
            };
            self.sheets = vec![sheet.place];
            self.guess = sheet.guess;
            self.guess.sheet = Some(sheet.name);
            return Ok(());
        };
        let same =
            |sheet: &&SeenSheet| !sheet.is_hidden && sheet.guess.headers == best.guess.headers;
        let alike: Vec<&SeenSheet> = lists.iter().filter(same).collect();
        self.sheets = alike.iter().map(|sheet| sheet.place).collect();
        let first = alike.first().copied().unwrap_or(best);
        self.guess = first.guess.clone();
        let names: Vec<&str> = alike.iter().map(|sheet| sheet.name.as_str()).collect();
        self.guess.sheet = Some(names.join(", "));
        let left = lists
            .iter()
            .filter(|sheet| !self.sheets.contains(&sheet.place));
        self.guess.other_sheets = left.map(|sheet| sheet.name.clone()).collect();
        Ok(())
    }

    /// Reads the first rows of a sheet for header and sample.
    fn look(&mut self, place: usize, mapping: Option<&Mapping>) -> Result<SeenSheet, IntakeError> {
        let mut rows = Vec::new();
        self.book.rows(place, &mut |line, row, strings| {
            if !row.is_blank() {
                let mut cells = row.texts(strings, None);
                for cell in &mut cells {
                    *cell = cell.trim().to_owned();
                }
                rows.push(SampleRow { line, cells });
            }
            Ok(if rows.len() < SAMPLE {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            })
        })?;
        let table: Vec<&[String]> = rows.iter().map(|row| row.cells.as_slice()).collect();
        let header = find_header(&table, mapping)?;
        let mut guess = Guess::empty();
        guess.headers = header.headers;
        while guess.headers.last().is_some_and(String::is_empty) {
            guess.headers.pop();
        }
        guess.header_line = rows.get(header.last).map_or(0, |row| row.line);
        guess.body_line = guess.header_line.saturating_add(1);
        guess.sample = rows.into_iter().skip(header.last + 1).collect();
        let sheet = self
            .book
            .sheets()
            .into_iter()
            .nth(place)
            .unwrap_or_default();
        Ok(SeenSheet {
            place,
            name: sheet.name,
            is_hidden: sheet.is_hidden,
            guess,
            known: header.known,
        })
    }

    /// Hands out the rows below the header as text; the sink may stop.
    pub(super) fn each_text(
        &mut self,
        sink: &mut dyn FnMut(u32, Vec<String>) -> ControlFlow<()>,
    ) -> Result<(), IntakeError> {
        let (header_line, width) = (self.guess.header_line, self.guess.headers.len());
        let Some(first) = self.sheets.first().copied() else {
            return Ok(());
        };
        self.book.rows(first, &mut |line, row, strings| {
            if line <= header_line || row.is_blank() {
                return Ok(ControlFlow::Continue(()));
            }
            let mut cells = row.texts(strings, Some(width));
            for cell in &mut cells {
                *cell = cell.trim().to_owned();
            }
            Ok(sink(line, cells))
        })
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
        let mut memory = plan.memory();
        let mut out = OrderBlock::default();
        let mut above = 0;
        for (nth, place) in self.sheets.clone().into_iter().enumerate() {
            let header_line = if nth == 0 { self.guess.header_line } else { 0 };
            let mut last = 0;
            self.book.rows(place, &mut |line, row, strings| {
                last = line;
                if line <= header_line || row.is_blank() {
                    return Ok(ControlFlow::Continue(()));
                }
                let cells = RowCells {
                    row,
                    strings,
                    columns: &columns,
                    width,
                };
                let line = line.checked_add(above).ok_or(IntakeError::TooManyLines)?;
                let row = RowRef {
                    import,
                    line,
                    offset: 0,
                };
                plan.take_row(&cells, row, &mut memory, &mut out);
                if out.stats.good.saturating_add(out.stats.bad) >= BLOCK_ROWS {
                    plan.tell_words(&mut memory, &mut out);
                    memory.hold_above(&out);
                    if sink(std::mem::take(&mut out)).is_break() {
                        return Err(IntakeError::Cancelled);
                    }
                }
                Ok(ControlFlow::Continue(()))
            })?;
            above = last.saturating_add(above);
        }
        plan.tell_words(&mut memory, &mut out);
        match sink(out) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(IntakeError::Cancelled),
        }
    }
}
