//! Tables of a day for the window: row numbers in order, and pages of rows by their numbers.
//!
//! Sorting and filtering read whole groups on all cores but only the columns they need; a million rows
//! cost some tens of milliseconds and eight bytes each.

use rayon::prelude::*;

use super::row_test::{GroupRow, RowFilter, texts_of};
use super::snapshot::Snapshot;
use super::table_sort::{KeyColumn, KeyTexts, SortKeys, SortedPart, in_order};
use crate::books::Bookshelf;
use crate::books::format::group::{GROUP_ROWS, RowGroup};
use crate::books::format::record::scratch;
use crate::books::format::record::{ColumnPlace, Record, unzigzag};
use crate::books::{low_half, narrow};
use recondesk_domain::{Fen, MOrder, MRefund, WPay, WRefund};
use recondesk_ports::{
    Book, BookDay, BookRow, BooksError, RowId, RowList, StoreError, TableQuery, Watch,
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
        place: BookDay,
        query: &TableQuery,
        watch: &dyn Watch,
    ) -> Result<RowList, BooksError> {
        let view = self.view()?;
        match place.book {
            Book::Pays => self.sorted::<WPay>(&view, place, query, watch),
            Book::Refunds => self.sorted::<WRefund>(&view, place, query, watch),
            Book::Orders => self.sorted::<MOrder>(&view, place, query, watch),
            Book::MerchantRefunds => self.sorted::<MRefund>(&view, place, query, watch),
        }
    }

    fn sorted<R: Record>(
        &self,
        view: &Snapshot,
        BookDay { profile, day, .. }: BookDay,
        query: &TableQuery,
        watch: &dyn Watch,
    ) -> Result<RowList, BooksError> {
        let ask = TableWants::new::<R>(query);
        let mut parts: Vec<SortedPart> = Vec::new();
        // Place of the first row of each section, and the section.
        let mut sections: Vec<(u64, u32)> = Vec::new();
        let mut places = 0;
        for meta in view.day::<R>(day.number()) {
            if meta.profile != profile {
                continue;
            }
            let section = self.segments.section(meta)?;
            let dead = view.dead(&self.segments, meta.id)?;
            let groups = 0..u32::try_from(section.footer.groups.len()).unwrap_or(u32::MAX);
            let read: Result<Vec<SortedPart>, BooksError> = groups
                .into_par_iter()
                .map_init(Vec::new, |used, number| {
                    if watch.cancelled() {
                        return Err(BooksError::Cancelled);
                    }
                    let which = (number, ask.texts);
                    let group = self.segments.skim_group::<R>(
                        &section,
                        which.0,
                        which.1,
                        std::mem::take(used),
                    )?;
                    let first = number * narrow(GROUP_ROWS);
                    let dead = |row: u32| dead.as_ref().is_some_and(|d| d.contains(first + row));
                    let mut part = ask.part::<R>(&group, meta.import, dead);
                    part.base = places + u64::from(first);
                    *used = group.into_bytes();
                    Ok(part)
                })
                .collect();
            parts.extend(read?);
            sections.push((places, meta.id));
            places += u64::from(meta.rows);
        }
        if u32::try_from(places).is_err() {
            let broken = StoreError::Broken("too many rows".to_owned());
            return Err(BooksError::Store(broken));
        }
        let columns: Vec<KeyColumn> = ask.sorts.iter().map(|(_, column)| *column).collect();
        let sorted = in_order(&parts, &columns);
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

pub(crate) fn no_such_row(id: RowId) -> BooksError {
    BooksError::Damaged {
        file: "recondesk.db".to_owned(),
        what: format!("there is no row {:x}", id.0),
    }
}

/// What a table wants of each group.
struct TableWants<'a> {
    filter: RowFilter<'a>,
    sorts: Vec<(Option<ColumnPlace>, KeyColumn)>,
    /// Texts that are needed, one bit each.
    texts: u8,
}

impl<'a> TableWants<'a> {
    fn new<R: Record>(query: &'a TableQuery) -> Self {
        let filter = RowFilter::new::<R>(query, None);
        let sorts: Vec<(Option<ColumnPlace>, KeyColumn)> = query
            .sorts
            .iter()
            .map(|sort| {
                let place = R::place_of(sort.column);
                let key = KeyColumn {
                    is_text: place.is_some_and(|place| texts_of(place) > 0),
                    descending: sort.descending,
                };
                (place, key)
            })
            .collect();
        let keys = sorts.iter().filter_map(|(place, _)| *place);
        Self {
            texts: keys.fold(filter.texts, |texts, place| texts | texts_of(place)),
            filter,
            sorts,
        }
    }

    /// The rows of a group that count and pass.
    fn part<R: Record>(
        &self,
        group: &RowGroup,
        import: u32,
        dead: impl Fn(u32) -> bool,
    ) -> SortedPart {
        let mut part = SortedPart::default();
        let mut scratch = scratch();
        for (at, row) in (0..group.len()).zip(0_u32..) {
            if dead(row) {
                continue;
            }
            part.all += 1;
            let here = GroupRow {
                group,
                row: at,
                import,
            };
            if !self.filter.passes::<R>(here, &mut scratch) {
                continue;
            }
            part.sum += i128::from(unzigzag(group.int(at, R::AMOUNT)));
            part.rows.push(row);
            part.lines
                .push(u32::try_from(group.int(at, R::INTS - 2)).unwrap_or(u32::MAX));
        }
        part.columns = self
            .sorts
            .iter()
            .map(|(place, column)| keys::<R>(group, import, &part.rows, *place, *column))
            .collect();
        part
    }
}

/// What rows of a group have in a column, ready to be sorted by.
fn keys<R: Record>(
    group: &RowGroup,
    import: u32,
    rows: &[u32],
    place: Option<ColumnPlace>,
    column: KeyColumn,
) -> SortKeys {
    let here = |row: &u32| GroupRow {
        group,
        row: *row as usize,
        import,
    };
    if column.is_text {
        let (mut texts, mut scratch) = (KeyTexts::default(), scratch());
        for row in rows {
            let text = place.map_or(&[][..], |place| here(row).text(place, &mut scratch));
            texts.push(text);
        }
        return SortKeys::Texts(texts);
    }
    let number = |row: &u32| {
        // Rows without a value come last in either order.
        let Some(value) = place.and_then(|place| here(row).number::<R>(place)) else {
            return u64::MAX;
        };
        let up = ordered(value);
        if column.descending { !up } else { up }.min(u64::MAX - 1)
    };
    SortKeys::Numbers(rows.iter().map(number).collect())
}
