//! Rows that are all at hand: put in order, filtered, searched, added up.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::cell_test::{contains, is_blank, number};
use super::columns::{RowContext, RowSum, TableRow, spec};
use super::view::TableView;
use recondesk_domain::{Fen, SheetCell};

/// Which rows are listed, and in which order: places in the list that was arranged.
pub type Arranged = Vec<u32>;

/// What decides about the place of a row in one column; nothing comes last.
#[derive(Debug, Clone, PartialEq, Eq)]
enum SortKey {
    Number(i64),
    Text(String),
    Blank,
}

fn sort_key<R: TableRow>(row: &R, column: &str, known: &RowContext<'_>) -> SortKey {
    if let Some(rank) = row.rank(column) {
        return SortKey::Number(rank);
    }
    let cell = row.cell(column, known);
    if is_blank(&cell) {
        return SortKey::Blank;
    }
    match cell {
        SheetCell::Time(at) => SortKey::Number(at.unix()),
        SheetCell::Day(day) => SortKey::Number(i64::from(day.number())),
        cell @ (SheetCell::Money(_) | SheetCell::Count(_)) => {
            number(&cell).map_or(SortKey::Blank, SortKey::Number)
        }
        cell @ (SheetCell::Empty
        | SheetCell::Text(_)
        | SheetCell::Word(..)
        | SheetCell::Message(_)) => SortKey::Text(cell.plain()),
    }
}

fn compare(a: &SortKey, b: &SortKey, descending: bool) -> Ordering {
    let turned = |order: Ordering| if descending { order.reverse() } else { order };
    match (a, b) {
        (SortKey::Blank, SortKey::Blank) => Ordering::Equal,
        (SortKey::Blank, _) => Ordering::Greater,
        (_, SortKey::Blank) => Ordering::Less,
        (SortKey::Number(a), SortKey::Number(b)) => turned(a.cmp(b)),
        (SortKey::Text(a), SortKey::Text(b)) => turned(a.cmp(b)),
        (SortKey::Number(_), SortKey::Text(_)) => turned(Ordering::Less),
        (SortKey::Text(_), SortKey::Number(_)) => turned(Ordering::Greater),
    }
}

/// True when a row passes all filters of a view.
#[must_use]
pub fn passes<R: TableRow>(row: &R, view: &TableView, known: &RowContext<'_>) -> bool {
    passes_but(row, view, None, known)
}

fn passes_but<R: TableRow>(
    row: &R,
    view: &TableView,
    but: Option<&str>,
    known: &RowContext<'_>,
) -> bool {
    let asked = view.filters.iter();
    asked
        .filter(|filter| Some(filter.column.as_str()) != but)
        .all(|filter| filter.test.passes(&row.cell(&filter.column, known)))
}

/// Rows in the order and with the filters of a view; equal ones stay as they come.
#[must_use]
pub fn arrange<R: TableRow>(rows: &[R], view: &TableView, known: &RowContext<'_>) -> Arranged {
    let listed = (0_u32..)
        .zip(rows)
        .filter(|(_, row)| passes(*row, view, known));
    if view.sorts.is_empty() {
        return listed.map(|(at, _)| at).collect();
    }
    let (keys, places): (Vec<Vec<SortKey>>, Vec<u32>) = listed
        .map(|(at, row)| {
            let sorts = view.sorts.iter();
            let keys = sorts.map(|sort| sort_key(row, &sort.column, known));
            (keys.collect(), at)
        })
        .unzip();
    let begins = Beginnings::of(&keys);
    let is_down = view.sorts.first().is_some_and(|sort| sort.descending);
    let mut order: Vec<((u8, u64), u32)> = (0_u32..)
        .zip(&keys)
        .map(|(at, keys)| (begins.rank(keys.first(), is_down), at))
        .collect();
    let of = |at: u32| keys.get(at as usize).into_iter().flatten();
    // Where even the whole keys are equal, rows stay as they came.
    order.sort_unstable_by(|(first, a), (other, b)| {
        let whole = || {
            let columns = of(*a).zip(of(*b)).zip(&view.sorts);
            columns.fold(Ordering::Equal, |order, ((a, b), sort)| {
                order.then_with(|| compare(a, b, sort.descending))
            })
        };
        first.cmp(other).then_with(whole).then_with(|| a.cmp(b))
    });
    let order = order.into_iter();
    order
        .filter_map(|(_, at)| places.get(at as usize).copied())
        .collect()
}

/// What the keys of the first column begin with: eight bytes decide nearly always, without going to the text.
struct Beginnings {
    /// Bytes that all texts share: numbers of one shop and year have many.
    shared: usize,
}

impl Beginnings {
    fn of(keys: &[Vec<SortKey>]) -> Self {
        let mut texts = keys.iter().filter_map(|keys| match keys.first() {
            Some(SortKey::Text(text)) => Some(text.as_bytes()),
            _ => None,
        });
        let first = texts.next().unwrap_or_default();
        let shared = texts.fold(first.len(), |shared, text| {
            let pairs = first.iter().zip(text).take(shared);
            pairs.take_while(|(a, b)| a == b).count()
        });
        Self { shared }
    }

    /// Orders keys as [`compare`] does, as far as it goes: equal ranks say nothing.
    fn rank(&self, key: Option<&SortKey>, descending: bool) -> (u8, u64) {
        let (class, rank) = match key {
            Some(SortKey::Number(number)) => (0, number.cast_unsigned() ^ (1 << 63)),
            Some(SortKey::Text(text)) => {
                let rest = text.as_bytes().get(self.shared..).unwrap_or_default();
                let mut begin = [0; 8];
                for (to, from) in begin.iter_mut().zip(rest) {
                    *to = *from;
                }
                (1, u64::from_be_bytes(begin))
            }
            Some(SortKey::Blank) | None => return (2, 0),
        };
        if descending {
            (1 - class, !rank)
        } else {
            (class, rank)
        }
    }
}

/// The different values of a column, the most frequent first, each with the cell that holds it; the
/// column's own filter does not narrow them. `None` when there are more than `most`.
#[must_use]
pub fn column_values<R: TableRow>(
    rows: &[R],
    view: &TableView,
    column: &str,
    most: usize,
    known: &RowContext<'_>,
) -> Option<Vec<(SheetCell, u64)>> {
    let mut counts: BTreeMap<String, (SheetCell, u64)> = BTreeMap::new();
    for row in rows
        .iter()
        .filter(|row| passes_but(*row, view, Some(column), known))
    {
        let cell = row.cell(column, known);
        let entry = counts.entry(cell.plain()).or_insert((cell, 0));
        entry.1 = entry.1.saturating_add(1);
        if counts.len() > most {
            return None;
        }
    }
    let mut out: Vec<(SheetCell, u64)> = counts.into_values().collect();
    out.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Some(out)
}

/// The next row, after `from` or before it, in one of whose columns a text stands; the search goes on at the
/// other end. `row_at` gives the row at a place of the list in view.
pub fn find_row<'r, R: TableRow + 'r>(
    count: u64,
    row_at: impl Fn(u64) -> Option<&'r R>,
    search: &Search<'_>,
    known: &RowContext<'_>,
) -> Option<u64> {
    search.places(count).find(|place| {
        row_at(*place).is_some_and(|row| {
            let mut columns = search.columns.iter();
            columns.any(|column| {
                spec(R::COLUMNS, column).is_some()
                    && contains(&row.cell(column, known), search.text)
            })
        })
    })
}

/// A search in a list.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// What is looked for.
    pub text: &'a str,
    /// Columns that are looked at.
    pub columns: &'a [String],
    /// Where the search begins; that row is looked at last.
    pub from: Option<u64>,
    /// Upwards.
    pub back: bool,
}

impl Search<'_> {
    /// All places of a list of so many rows, in the order of the search.
    pub fn places(&self, count: u64) -> impl Iterator<Item = u64> + use<> {
        let (from, back) = (self.from, self.back);
        let start = match (from, back) {
            (Some(from), false) => from.saturating_add(1),
            (Some(from), true) => from.saturating_add(count).saturating_sub(1),
            (None, false) => 0,
            (None, true) => count.saturating_sub(1),
        };
        (0..count).map(move |step| {
            let at = if back {
                start.saturating_add(count).saturating_sub(step)
            } else {
                start.saturating_add(step)
            };
            at.checked_rem(count).unwrap_or(0)
        })
    }
}

/// Sums over rows, one for each thing that is added up; `None` for a sum that money cannot hold.
#[must_use]
pub fn sums<'r, R: TableRow + 'r>(rows: impl Iterator<Item = &'r R>) -> Option<Vec<RowSum>> {
    let mut out: Vec<RowSum> = Vec::new();
    for (of, fen) in rows.flat_map(TableRow::amounts) {
        let at = out.iter().position(|sum| sum.of == of).unwrap_or_else(|| {
            out.push(RowSum {
                of,
                count: 0,
                sum: Fen::ZERO,
            });
            out.len().saturating_sub(1)
        });
        let sum = out.get_mut(at)?;
        sum.count = sum.count.checked_add(1)?;
        sum.sum = sum.sum.checked_add(fen)?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::{CellTest, ColumnKind, ColumnSpec};
    use recondesk_domain::{BillDate, Term};

    struct ListedRow(&'static str, Option<i64>);

    const AMOUNT: Term = Term::new("金额", "Amount");

    impl TableRow for ListedRow {
        const COLUMNS: &'static [ColumnSpec] = &[
            ColumnSpec::new("name", "name", ColumnKind::Text, Term::new("名称", "Name")),
            ColumnSpec::new("sum", "sum_fen", ColumnKind::Money, AMOUNT),
        ];

        fn cell(&self, column: &str, _: &RowContext<'_>) -> SheetCell {
            match column {
                "name" => SheetCell::text(self.0),
                "sum" => SheetCell::money(self.1.map(Fen::new)),
                _ => SheetCell::Empty,
            }
        }

        fn amounts(&self) -> Vec<(Term, Fen)> {
            self.1
                .map(|fen| (AMOUNT, Fen::new(fen)))
                .into_iter()
                .collect()
        }
    }

    fn known() -> RowContext<'static> {
        RowContext {
            today: BillDate::parse("2026-03-09").unwrap(),
            name_of: &|_| String::new(),
        }
    }

    const ROWS: [ListedRow; 5] = [
        ListedRow("b", Some(200)),
        ListedRow("a", Some(200)),
        ListedRow("", None),
        ListedRow("c", Some(-100)),
        ListedRow("a", Some(900)),
    ];

    fn places(view: &TableView) -> Arranged {
        arrange(&ROWS, view, &known())
    }

    #[test]
    fn rows_are_sorted_by_several_columns_and_blanks_come_last_either_way() {
        let mut view = TableView::default();
        assert_eq!(places(&view), [0, 1, 2, 3, 4]);
        view.sort_by("sum", false);
        assert_eq!(places(&view), [3, 0, 1, 4, 2]);
        view.sort_by("sum", false);
        assert_eq!(places(&view), [4, 0, 1, 3, 2]);
        view.sort_by("name", true);
        assert_eq!(places(&view), [4, 1, 0, 3, 2]);
    }

    #[test]
    fn texts_that_begin_alike_are_told_apart_and_equal_ones_stay_as_they_came() {
        const ALIKE: [ListedRow; 7] = [
            ListedRow("QH2026030800000012", Some(1)),
            ListedRow("QH2026030800000003", Some(1)),
            ListedRow("", Some(1)),
            ListedRow("QH20260308000000030", Some(1)),
            ListedRow("QH2026030800000003", Some(1)),
            ListedRow("QH20260308", Some(1)),
            ListedRow("QH20260308000000120000", Some(1)),
        ];
        let mut view = TableView::default();
        view.sort_by("name", false);
        let places = |view: &TableView| arrange(&ALIKE, view, &known());
        assert_eq!(places(&view), [5, 1, 4, 3, 0, 6, 2]);
        view.sort_by("name", false);
        assert_eq!(places(&view), [6, 0, 3, 1, 4, 5, 2]);
    }

    #[test]
    fn the_values_of_a_column_are_those_without_its_own_filter() {
        let mut view = TableView::default();
        view.only("name", &SheetCell::text("b"));
        let values = |most| column_values(&ROWS, &view, "name", most, &known());

        let all = values(9).unwrap();
        assert_eq!(all.first(), Some(&(SheetCell::text("a"), 2)));
        assert_eq!(all.len(), 4);
        assert_eq!(values(3), None);
        assert_eq!(places(&view), [0]);
    }

    #[test]
    fn a_search_goes_round_and_ends_where_it_began() {
        let columns = ["name".to_owned()];
        let find = |text, from, back| {
            let search = Search {
                text,
                columns: &columns,
                from,
                back,
            };
            let row = |at: u64| ROWS.get(usize::try_from(at).unwrap());
            find_row(5, row, &search, &known())
        };
        assert_eq!(find("a", None, false), Some(1));
        assert_eq!(find("A", Some(1), false), Some(4));
        assert_eq!(find("a", Some(4), false), Some(1));
        assert_eq!(find("a", Some(4), true), Some(1));
        assert_eq!(find("a", Some(1), true), Some(4));
        assert_eq!(find("b", Some(0), false), Some(0));
        assert_eq!(find("z", Some(0), false), None);
        assert_eq!(find_none(), None);
    }

    fn find_none() -> Option<u64> {
        let search = Search {
            text: "a",
            columns: &[],
            from: None,
            back: true,
        };
        find_row(0, |_| None::<&ListedRow>, &search, &known())
    }

    #[test]
    fn sums_are_exact_and_one_that_is_too_large_is_none() {
        let all = sums(ROWS.iter()).unwrap();
        assert_eq!((all[0].count, all[0].sum.get()), (4, 1200));
        assert_eq!(all[0].mean(), Some(Fen::new(300)));
        let large = [ListedRow("a", Some(i64::MAX)), ListedRow("b", Some(1))];
        assert_eq!(sums(large.iter()), None);
        let mut view = TableView::default();
        view.set_filter("sum", Some(CellTest::Blank));
        assert_eq!(places(&view), [2]);
    }
}
