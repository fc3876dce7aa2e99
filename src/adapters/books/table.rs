//! Tables of a day for the window: row numbers in order, and pages of rows by their numbers.
//!
//! Sorting and filtering read whole groups on all cores but only the columns they need; a million rows
//! cost some tens of milliseconds and eight bytes each.

use rayon::prelude::*;

use super::group::{GROUP_ROWS, Group};
use super::low_half;
use super::pack::scratch;
use super::record::{Record, unzigzag};
use super::shelf::Section;
use super::store::Bookshelf;
use super::view::View;
use crate::domain::{BillDate, Fen, MOrder, MRefund, ProfileId, WPay, WRefund};
use crate::ports::{Book, BookRow, BooksError, RowId, RowList, SortBy, TableQuery, Watch};

/// Rows a page may have.
const PAGE_ROWS: usize = 1000;

/// A row that passed the filter: what it is sorted by, its line, its number, its amount.
#[derive(Debug, Clone, Copy)]
struct Line {
    key: u128,
    id: u64,
    amount: i64,
}

fn row_id(section: u32, row: usize) -> u64 {
    u64::from(section) << 32 | row as u64
}

/// Order of signed numbers as order of unsigned ones.
const fn ordered(value: i64) -> u64 {
    value.cast_unsigned() ^ (1 << 63)
}

impl Bookshelf {
    /// Rows of a book kept under a day, sorted and filtered.
    pub(super) fn table(
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
        view: &View,
        (profile, day): (ProfileId, i32),
        query: &TableQuery,
        watch: &dyn Watch,
    ) -> Result<RowList, BooksError> {
        let mut lines: Vec<Line> = Vec::new();
        let mut list = RowList::default();
        for meta in view.day::<R>(day) {
            if meta.profile != profile {
                continue;
            }
            let section = self.shelf.section(meta)?;
            let dead = view.dead(&self.shelf, meta.id)?;
            let skip = match query.sort {
                SortBy::Number => self.common_start::<R>(&section)?,
                _ => 0,
            };
            let groups = 0..u32::try_from(section.footer.groups.len()).unwrap_or(u32::MAX);
            let read: Vec<Result<(u64, Vec<Line>), BooksError>> = groups
                .into_par_iter()
                .map(|number| {
                    if watch.cancelled() {
                        return Err(BooksError::Cancelled);
                    }
                    let group = self.shelf.load_group::<R>(&section, number)?;
                    let first = number as usize * GROUP_ROWS;
                    let mut lines = Vec::with_capacity(group.len());
                    let mut all = 0;
                    for at in 0..group.len() {
                        let row = first + at;
                        let replaced = dead.as_ref().is_some_and(|dead| {
                            u32::try_from(row).is_ok_and(|row| dead.contains(row))
                        });
                        if replaced {
                            continue;
                        }
                        all += 1;
                        if passes::<R>(&group, at, query) {
                            let key = sort_key::<R>(&group, at, (query.sort, skip));
                            lines.push(Line {
                                key,
                                id: row_id(meta.id, row),
                                amount: unzigzag(group.int(at, R::AMOUNT)),
                            });
                        }
                    }
                    Ok((all, lines))
                })
                .collect();
            for part in read {
                let (all, part) = part?;
                list.of += all;
                lines.extend(part);
            }
        }
        lines.par_sort_unstable_by_key(|line| (line.key, line.id));
        if query.sort == SortBy::Number {
            self.settle_ties::<R>(view, &mut lines)?;
        }
        if query.descending {
            lines.reverse();
        }
        let sum = lines
            .iter()
            .fold(0_i128, |sum, line| sum + i128::from(line.amount));
        list.sum = Fen::new(i64::try_from(sum).unwrap_or(i64::MAX));
        list.ids = lines.into_iter().map(|line| RowId(line.id)).collect();
        Ok(list)
    }

    /// How many first bytes all keys of a section share: numbers of one day often begin alike.
    fn common_start<R: Record>(&self, section: &Section) -> Result<usize, BooksError> {
        let first: R = self.shelf.row(section, 0)?;
        let groups = 0..u32::try_from(section.footer.groups.len()).unwrap_or(u32::MAX);
        let shared: Vec<Result<usize, BooksError>> = groups
            .into_par_iter()
            .map(|number| {
                let group = self.shelf.load_group::<R>(section, number)?;
                let mut scratch = scratch();
                Ok((0..group.len()).fold(first.key().len(), |shared, at| {
                    let key = group.text(at, 0, &mut scratch).unwrap_or_default();
                    let same = key.iter().zip(first.key()).take(shared);
                    same.take_while(|(a, b)| a == b).count()
                }))
            })
            .collect();
        shared
            .into_iter()
            .try_fold(usize::MAX, |least, shared| Ok(least.min(shared?)))
    }

    /// Sorts rows whose keys agree in the bytes that were compared by their whole keys.
    fn settle_ties<R: Record>(&self, view: &View, lines: &mut [Line]) -> Result<(), BooksError> {
        for run in lines.chunk_by_mut(|a, b| a.key == b.key) {
            if run.len() < 2 {
                continue;
            }
            let mut whole = Vec::with_capacity(run.len());
            for line in run.iter() {
                let row: R = self.by_id(view, RowId(line.id))?;
                whole.push((row.key().to_vec(), line.id, *line));
            }
            whole.sort_unstable_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
            for (to, (_, _, line)) in run.iter_mut().zip(whole) {
                *to = line;
            }
        }
        Ok(())
    }

    /// Rows by their numbers, in the order asked.
    pub(super) fn page(&self, ids: &[RowId]) -> Result<Vec<BookRow>, BooksError> {
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

    fn by_id<R: Record>(&self, view: &View, id: RowId) -> Result<R, BooksError> {
        let meta = view
            .section(low_half(id.0 >> 32))
            .filter(|meta| meta.book == R::BOOK)
            .ok_or_else(|| no_such_row(id))?;
        let section = self.shelf.section(meta)?;
        self.shelf.row(&section, low_half(id.0))
    }
}

fn no_such_row(id: RowId) -> BooksError {
    BooksError::Damaged {
        file: "recondesk.db".to_owned(),
        what: format!("there is no row {:x}", id.0),
    }
}

fn passes<R: Record>(group: &Group, row: usize, query: &TableQuery) -> bool {
    if !query.states.is_empty() && !query.states.contains(&state::<R>(group, row)) {
        return false;
    }
    if let Some((least, most)) = query.amount {
        let amount = unzigzag(group.int(row, R::AMOUNT));
        if amount < least.get() || amount > most.get() {
            return false;
        }
    }
    if query.number.is_empty() {
        return true;
    }
    let mut scratch = scratch();
    std::iter::once(0)
        .chain(R::LOOKED_UP.iter().copied())
        .any(|column| {
            group
                .text(row, column, &mut scratch)
                .is_some_and(|text| memchr::memmem::find(text, query.number.as_bytes()).is_some())
        })
}

fn state<R: Record>(group: &Group, row: usize) -> u8 {
    let (column, shift, mask) = R::STATE;
    u8::try_from(group.int(row, column) >> shift & mask).unwrap_or(u8::MAX)
}

fn sort_key<R: Record>(group: &Group, row: usize, (by, skip): (SortBy, usize)) -> u128 {
    let line = u128::from(group.int(row, R::INTS - 2));
    let first = match by {
        SortBy::Line => 0,
        SortBy::Time => ordered(unzigzag(group.int(row, 0))),
        SortBy::Amount => ordered(unzigzag(group.int(row, R::AMOUNT))),
        SortBy::State => u64::from(state::<R>(group, row)),
        SortBy::Number => {
            let mut scratch = scratch();
            let key = group.text(row, 0, &mut scratch).unwrap_or_default();
            let mut bytes = [0; 16];
            for (to, from) in bytes.iter_mut().zip(key.iter().skip(skip)) {
                *to = *from;
            }
            return u128::from_be_bytes(bytes);
        }
    };
    u128::from(first) << 32 | line
}
