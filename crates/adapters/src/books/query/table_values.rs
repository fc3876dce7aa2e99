//! What a table tells without its rows: the sum of chosen ones, and the values of a column with their counts.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use super::row_test::{GroupRow, RowFilter, texts_of};
use super::snapshot::Snapshot;
use super::table::no_such_row;
use crate::books::Bookshelf;
use crate::books::format::group::{GROUP_ROWS, RowGroup};
use crate::books::format::record::scratch;
use crate::books::format::record::{ColumnPlace, Record, unzigzag};
use crate::books::{low_half, narrow};
use recondesk_domain::{Fen, MOrder, MRefund, WPay, WRefund};
use recondesk_ports::{
    Book, BookDay, BookValue, BooksError, RowId, StoreError, TableQuery, ValueCount, ValuesAsk,
    Watch,
};

/// Rows of a group whose amounts are wanted, by section and group.
type RowsByGroup = BTreeMap<GroupPlace, Vec<u32>>;

/// A group of rows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct GroupPlace {
    section: u32,
    /// Its number in the section.
    group: u32,
}

impl Bookshelf {
    /// The sum of the amounts of rows; each group is read once, whatever the order of the rows.
    pub(crate) fn sum_of(&self, ids: &[RowId], watch: &dyn Watch) -> Result<Fen, BooksError> {
        let view = self.view()?;
        let mut wanted = RowsByGroup::new();
        let rows = narrow(GROUP_ROWS);
        for id in ids {
            let (section, row) = (low_half(id.0 >> 32), low_half(id.0));
            let group = row / rows;
            let group = wanted.entry(GroupPlace { section, group }).or_default();
            group.push(row % rows);
        }
        let sums: Result<Vec<i128>, BooksError> = wanted
            .par_iter()
            .map(|(place, rows)| {
                if watch.cancelled() {
                    return Err(BooksError::Cancelled);
                }
                self.sum_in(&view, *place, rows)
            })
            .collect();
        let sum = sums?.iter().sum::<i128>();
        let sum = i64::try_from(sum).map_err(|_too_large| {
            BooksError::Store(StoreError::Broken("a sum is too large".to_owned()))
        })?;
        Ok(Fen::new(sum))
    }

    fn sum_in(&self, view: &Snapshot, place: GroupPlace, rows: &[u32]) -> Result<i128, BooksError> {
        let missing = || no_such_row(RowId(u64::from(place.section) << 32));
        match view.section(place.section).ok_or_else(missing)?.book {
            Book::Pays => self.amounts::<WPay>(view, place, rows),
            Book::Refunds => self.amounts::<WRefund>(view, place, rows),
            Book::Orders => self.amounts::<MOrder>(view, place, rows),
            Book::MerchantRefunds => self.amounts::<MRefund>(view, place, rows),
        }
    }

    fn amounts<R: Record>(
        &self,
        view: &Snapshot,
        GroupPlace { section, group }: GroupPlace,
        rows: &[u32],
    ) -> Result<i128, BooksError> {
        let missing = |row: u32| no_such_row(RowId(u64::from(section) << 32 | u64::from(row)));
        let meta = view.section(section).ok_or_else(|| missing(0))?;
        let section = self.segments.section(meta)?;
        let group = self
            .segments
            .skim_group::<R>(&section, group, 0, Vec::new())?;
        let mut sum = 0_i128;
        for row in rows {
            let at = *row as usize;
            if at >= group.len() {
                return Err(missing(*row));
            }
            sum += i128::from(unzigzag(group.int(at, R::AMOUNT)));
        }
        Ok(sum)
    }

    /// The values of a column, the most frequent first; `None` when there are too many to be of use.
    pub(crate) fn values_of(
        &self,
        place: BookDay,
        query: &TableQuery,
        ask: ValuesAsk,
        watch: &dyn Watch,
    ) -> Result<Option<Vec<ValueCount>>, BooksError> {
        match place.book {
            Book::Pays => self.count_values::<WPay>(place, query, ask, watch),
            Book::Refunds => self.count_values::<WRefund>(place, query, ask, watch),
            Book::Orders => self.count_values::<MOrder>(place, query, ask, watch),
            Book::MerchantRefunds => self.count_values::<MRefund>(place, query, ask, watch),
        }
    }

    fn count_values<R: Record>(
        &self,
        BookDay { profile, day, .. }: BookDay,
        query: &TableQuery,
        ask: ValuesAsk,
        watch: &dyn Watch,
    ) -> Result<Option<Vec<ValueCount>>, BooksError> {
        let Some(place) = R::place_of(ask.column) else {
            return Ok(Some(Vec::new()));
        };
        let view = self.view()?;
        let filter = RowFilter::new::<R>(query, Some(ask.column));
        let texts = filter.texts | texts_of(place);
        let mut counts: HashMap<BookValue, u64> = HashMap::new();
        for meta in view.day::<R>(day.number()) {
            if meta.profile != profile {
                continue;
            }
            let section = self.segments.section(meta)?;
            let dead = view.dead(&self.segments, meta.id)?;
            let groups = narrow(section.footer.groups.len());
            for number in 0..groups {
                if watch.cancelled() {
                    return Err(BooksError::Cancelled);
                }
                let group = self
                    .segments
                    .skim_group::<R>(&section, number, texts, Vec::new())?;
                let first = number * narrow(GROUP_ROWS);
                let is_dead = |row: u32| dead.as_ref().is_some_and(|d| d.contains(first + row));
                let counting = Counting {
                    filter: &filter,
                    place,
                    import: meta.import,
                };
                counting.add::<R>(&group, is_dead, &mut counts);
                if counts.len() > ask.most {
                    return Ok(None);
                }
            }
        }
        let mut out: Vec<ValueCount> = counts
            .into_iter()
            .map(|(value, count)| ValueCount { value, count })
            .collect();
        out.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        Ok(Some(out))
    }
}

struct Counting<'a> {
    filter: &'a RowFilter<'a>,
    place: ColumnPlace,
    import: u32,
}

impl Counting<'_> {
    fn add<R: Record>(
        &self,
        group: &RowGroup,
        dead: impl Fn(u32) -> bool,
        counts: &mut HashMap<BookValue, u64>,
    ) {
        let mut scratch = scratch();
        for (at, row) in (0..group.len()).zip(0_u32..) {
            let here = GroupRow {
                group,
                row: at,
                import: self.import,
            };
            if dead(row) || !self.filter.passes::<R>(here, &mut scratch) {
                continue;
            }
            let value = if texts_of(self.place) > 0 {
                let text = here.text(self.place, &mut scratch);
                BookValue::Text(String::from_utf8_lossy(text).into_owned())
            } else {
                let code = here.number::<R>(self.place);
                BookValue::Code(code.and_then(|code| u32::try_from(code).ok()).unwrap_or(0))
            };
            let count = counts.entry(value).or_default();
            *count = count.saturating_add(1);
        }
    }
}
