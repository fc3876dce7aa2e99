//! Tables of a day for the window: row numbers in order, and pages of rows by their numbers.
//!
//! Sorting and filtering read whole groups on all cores but only the columns they need; a million rows
//! cost some tens of milliseconds and eight bytes each.

use memchr::memmem::Finder;
use rayon::prelude::*;

use super::snapshot::Snapshot;
use super::table_sort::{Part, by_number, by_text};
use crate::books::Bookshelf;
use crate::books::format::group::{GROUP_ROWS, Group};
use crate::books::format::record::{Record, Scratch, scratch, unzigzag};
use crate::books::{low_half, narrow};
use recondesk_domain::{BillDate, Fen, MOrder, MRefund, ProfileId, WPay, WRefund};
use recondesk_ports::{
    Book, BookRow, BooksError, RowId, RowList, SortBy, StoreError, TableQuery, Watch,
};

/// Rows a page may have.
const PAGE_ROWS: usize = 1000;

/// The number of a row, by its place among all rows of the table.
fn row_id(sections: &[(u64, u32)], place: u64) -> RowId {
    let after = sections.partition_point(|(base, _)| *base <= place);
    let (base, section) = sections
        .get(after.saturating_sub(1))
        .copied()
        .unwrap_or_default();
    RowId(u64::from(section) << 32 | (place - base))
}

/// Order of signed numbers as order of unsigned ones.
const fn ordered(value: i64) -> u64 {
    value.cast_unsigned() ^ (1 << 63)
}

impl Bookshelf {
    /// Rows of a book kept under a day, sorted and filtered.
    pub(crate) fn table(
        &self,
        (profile, book, day): (ProfileId, Book, BillDate),
        query: &TableQuery,
        watch: &dyn Watch,
    ) -> Result<RowList, BooksError> {
        let view = self.view()?;
        let day = (profile, day.number());
        match book {
            Book::Pays => self.sorted::<WPay>(&view, day, query, watch),
            Book::Refunds => self.sorted::<WRefund>(&view, day, query, watch),
            Book::Orders => self.sorted::<MOrder>(&view, day, query, watch),
            Book::MerchantRefunds => self.sorted::<MRefund>(&view, day, query, watch),
        }
    }

    fn sorted<R: Record>(
        &self,
        view: &Snapshot,
        (profile, day): (ProfileId, i32),
        query: &TableQuery,
        watch: &dyn Watch,
    ) -> Result<RowList, BooksError> {
        let ask = TableWants::new::<R>(query);
        let mut parts: Vec<Part> = Vec::new();
        // Place of the first row of each section, and the section.
        let mut sections: Vec<(u64, u32)> = Vec::new();
        let mut places = 0;
        for meta in view.day::<R>(day) {
            if meta.profile != profile {
                continue;
            }
            let section = self.segments.section(meta)?;
            let dead = view.dead(&self.segments, meta.id)?;
            let groups = 0..u32::try_from(section.footer.groups.len()).unwrap_or(u32::MAX);
            let read: Result<Vec<Part>, BooksError> = groups
                .into_par_iter()
                .map_init(Vec::new, |used, number| {
                    if watch.cancelled() {
                        return Err(BooksError::Cancelled);
                    }
                    let which = (number, ask.texts);
                    let group =
                        self.segments
                            .skim_group::<R>(&section, which, std::mem::take(used))?;
                    let first = number * narrow(GROUP_ROWS);
                    let dead = |row: u32| dead.as_ref().is_some_and(|d| d.contains(first + row));
                    let mut part = ask.part::<R>(&group, dead);
                    part.base = places + u64::from(first);
                    *used = group.into_bytes();
                    Ok(part)
                })
                .collect();
            parts.extend(read?);
            sections.push((places, meta.id));
            places += u64::from(meta.rows);
        }
        let places = u32::try_from(places).map_err(|_too_many| {
            BooksError::Store(StoreError::Broken("too many rows".to_owned()))
        })?;
        let mut sorted = match query.sort {
            SortBy::Number => by_text(&parts, places),
            _ => by_number(&parts, places),
        };
        if query.descending {
            sorted.reverse();
        }
        let sum = parts.iter().map(|part| part.sum).sum::<i128>();
        Ok(RowList {
            ids: sorted.iter().map(|at| row_id(&sections, *at)).collect(),
            of: parts.iter().map(|part| part.all).sum(),
            sum: Fen::new(i64::try_from(sum).unwrap_or(i64::MAX)),
        })
    }

    /// Rows by their numbers, in the order asked.
    pub(crate) fn page(&self, ids: &[RowId]) -> Result<Vec<BookRow>, BooksError> {
        let view = self.view()?;
        let mut out = Vec::with_capacity(ids.len().min(PAGE_ROWS));
        for id in ids.iter().take(PAGE_ROWS) {
            let book = view.section(low_half(id.0 >> 32)).map(|meta| meta.book);
            out.push(match book {
                Some(Book::Pays) => self.by_id::<WPay>(&view, *id)?.any(),
                Some(Book::Refunds) => self.by_id::<WRefund>(&view, *id)?.any(),
                Some(Book::Orders) => self.by_id::<MOrder>(&view, *id)?.any(),
                Some(Book::MerchantRefunds) => self.by_id::<MRefund>(&view, *id)?.any(),
                None => return Err(no_such_row(*id)),
            });
        }
        Ok(out)
    }

    fn by_id<R: Record>(&self, view: &Snapshot, id: RowId) -> Result<R, BooksError> {
        let meta = view
            .section(low_half(id.0 >> 32))
            .filter(|meta| meta.book == R::BOOK)
            .ok_or_else(|| no_such_row(id))?;
        let section = self.segments.section(meta)?;
        self.segments.row(&section, low_half(id.0))
    }
}

fn no_such_row(id: RowId) -> BooksError {
    BooksError::Damaged {
        file: "recondesk.db".to_owned(),
        what: format!("there is no row {:x}", id.0),
    }
}

/// What a table wants of each group.
struct TableWants<'a> {
    query: &'a TableQuery,
    number: Option<Finder<'a>>,
    /// Texts that are needed, one bit each.
    texts: u8,
}

impl<'a> TableWants<'a> {
    fn new<R: Record>(query: &'a TableQuery) -> Self {
        let searched = !query.number.is_empty();
        let mut texts = u8::from(searched || query.sort == SortBy::Number);
        for at in R::LOOKED_UP.iter().filter(|_| searched) {
            texts |= 1 << at;
        }
        for at in R::APPID.iter().filter(|_| query.appid.is_some()) {
            texts |= 1 << at;
        }
        Self {
            query,
            number: searched.then(|| Finder::new(query.number.as_bytes())),
            texts,
        }
    }

    /// The rows of a group that count and pass.
    fn part<R: Record>(&self, group: &Group, dead: impl Fn(u32) -> bool) -> Part {
        let mut part = Part::default();
        let mut scratch = scratch();
        let by_text = self.query.sort == SortBy::Number;
        for (at, row) in (0..group.len()).zip(0_u32..) {
            if dead(row) {
                continue;
            }
            part.all += 1;
            let amount = unzigzag(group.int(at, R::AMOUNT));
            if !self.passes::<R>(group, (at, amount), &mut scratch) {
                continue;
            }
            part.sum += i128::from(amount);
            part.rows.push(row);
            if by_text {
                let key = group.text(at, 0, &mut scratch).unwrap_or_default();
                part.push_text(key);
                continue;
            }
            part.lines
                .push(u32::try_from(group.int(at, R::INTS - 2)).unwrap_or(u32::MAX));
            part.keys.push(match self.query.sort {
                SortBy::Line | SortBy::Number => 0,
                SortBy::Time => ordered(unzigzag(group.int(at, 0))),
                SortBy::Amount => ordered(amount),
                SortBy::State => u64::from(state::<R>(group, at)),
            });
        }
        part
    }

    fn passes<R: Record>(
        &self,
        group: &Group,
        (row, amount): (usize, i64),
        scratch: &mut Scratch,
    ) -> bool {
        let query = self.query;
        if !query.states.is_empty() && !query.states.contains(&state::<R>(group, row)) {
            return false;
        }
        if let Some((least, most)) = query.amount
            && (amount < least.get() || amount > most.get())
        {
            return false;
        }
        if !query.fulfilments.is_empty() && !delivered::<R>(query, group, row) {
            return false;
        }
        if let Some(appid) = &query.appid {
            let text = R::APPID.and_then(|column| group.text(row, column, scratch));
            if text != Some(appid.as_bytes()) {
                return false;
            }
        }
        let Some(number) = &self.number else {
            return true;
        };
        let mut texts = std::iter::once(0).chain(R::LOOKED_UP.iter().copied());
        texts.any(|column| {
            let text = group.text(row, column, scratch);
            text.is_some_and(|text| number.find(text).is_some())
        })
    }
}

/// True when a row is in one of the wanted states of fulfilment.
fn delivered<R: Record>(query: &TableQuery, group: &Group, row: usize) -> bool {
    let Some((column, shift, mask)) = R::FULFILMENT else {
        return false;
    };
    let state = group.int(row, column) >> shift & mask;
    let mut wanted = query.fulfilments.iter();
    wanted.any(|status| u64::from(*status as u8) == state)
}

fn state<R: Record>(group: &Group, row: usize) -> u8 {
    let (column, shift, mask) = R::STATE;
    u8::try_from(group.int(row, column) >> shift & mask).unwrap_or(u8::MAX)
}
