//! Whether a row belongs to a table: the tests of a query, and the value of a column they look at.

use memchr::memmem::Finder;

use crate::books::format::group::RowGroup;
use crate::books::format::record::TextScratch;
use crate::books::format::record::{ColumnPlace, Record, unzigzag};
use recondesk_ports::{BookColumn, ColumnTest, RowTest, TableQuery};

/// A row of a group, and the import its group belongs to.
#[derive(Clone, Copy)]
pub(crate) struct GroupRow<'a> {
    pub(crate) group: &'a RowGroup,
    pub(crate) row: usize,
    pub(crate) import: u32,
}

impl GroupRow<'_> {
    /// The number that stands there; `None` for none, and for a place that holds a text.
    pub(crate) fn number<R: Record>(self, place: ColumnPlace) -> Option<i64> {
        let int = |at: usize| self.group.int(self.row, at);
        match place {
            ColumnPlace::Text(_) | ColumnPlace::TextOr(..) => None,
            ColumnPlace::Int(at) => Some(unzigzag(int(at))),
            ColumnPlace::IntOrNone(at) => int(at).checked_sub(1).map(unzigzag),
            ColumnPlace::Beside(base, at) => {
                let distance = unzigzag(int(at).checked_sub(1)?);
                Some(unzigzag(int(base)).wrapping_add(distance))
            }
            ColumnPlace::Bits(at, shift, mask) => i64::try_from(int(at) >> shift & mask).ok(),
            ColumnPlace::Line => i64::try_from(int(R::INTS - 2)).ok(),
            ColumnPlace::Import => Some(i64::from(self.import)),
        }
    }

    /// The text that stands there; empty for none, and for a place that holds a number.
    pub(crate) fn text<'s>(self, place: ColumnPlace, scratch: &'s mut TextScratch) -> &'s [u8]
    where
        Self: 's,
    {
        let at = match place {
            ColumnPlace::Text(at) => at,
            ColumnPlace::TextOr(at, other) => {
                let own = self.group.text(self.row, at, scratch);
                if own.is_some_and(|text| !text.is_empty()) {
                    at
                } else {
                    other
                }
            }
            ColumnPlace::Int(_)
            | ColumnPlace::IntOrNone(_)
            | ColumnPlace::Beside(..)
            | ColumnPlace::Bits(..)
            | ColumnPlace::Line
            | ColumnPlace::Import => return &[],
        };
        self.group.text(self.row, at, scratch).unwrap_or_default()
    }
}

/// The texts of a group that a place needs, one bit each.
pub(crate) const fn texts_of(place: ColumnPlace) -> u8 {
    match place {
        ColumnPlace::Text(at) => 1 << at,
        ColumnPlace::TextOr(at, other) => 1 << at | 1 << other,
        ColumnPlace::Int(_)
        | ColumnPlace::IntOrNone(_)
        | ColumnPlace::Beside(..)
        | ColumnPlace::Bits(..)
        | ColumnPlace::Line
        | ColumnPlace::Import => 0,
    }
}

/// The tests of a query, made ready for many rows.
pub(crate) struct RowFilter<'a> {
    number: Option<Finder<'a>>,
    tests: Vec<PlacedTest<'a>>,
    /// Texts that are needed, one bit each.
    pub(crate) texts: u8,
}

struct PlacedTest<'a> {
    place: ColumnPlace,
    test: &'a RowTest,
    /// What `Contains` looks for, in small letters.
    small: Vec<u8>,
}

impl<'a> RowFilter<'a> {
    /// The tests of a query but for those of one column. A column that the rows lack counts as one
    /// without values.
    pub(crate) fn new<R: Record>(query: &'a TableQuery, but: Option<BookColumn>) -> Self {
        let searched = !query.number.is_empty();
        let wanted = |test: &&ColumnTest| Some(test.column) != but;
        let tests: Vec<PlacedTest<'a>> = query
            .tests
            .iter()
            .filter(wanted)
            .map(|test| PlacedTest {
                // No row has an integer there that is not zero.
                place: R::place_of(test.column).unwrap_or(ColumnPlace::IntOrNone(usize::MAX)),
                test: &test.test,
                small: match &test.test {
                    RowTest::Contains(text) => text.to_ascii_lowercase().into_bytes(),
                    RowTest::Texts { .. }
                    | RowTest::Numbers { .. }
                    | RowTest::Between { .. }
                    | RowTest::Present(_) => Vec::new(),
                },
            })
            .collect();
        let numbers = R::LOOKED_UP.iter().filter(|_| searched);
        let numbers = numbers.fold(u8::from(searched), |texts, at| texts | 1 << at);
        Self {
            number: searched.then(|| Finder::new(query.number.as_bytes())),
            texts: tests
                .iter()
                .fold(numbers, |texts, test| texts | texts_of(test.place)),
            tests,
        }
    }

    /// True when a row passes all of them.
    pub(crate) fn passes<R: Record>(&self, row: GroupRow<'_>, scratch: &mut TextScratch) -> bool {
        if !self.tests.iter().all(|test| test.passes::<R>(row, scratch)) {
            return false;
        }
        let Some(number) = &self.number else {
            return true;
        };
        let mut texts = std::iter::once(0).chain(R::LOOKED_UP.iter().copied());
        texts.any(|column| {
            let text = row.text(ColumnPlace::Text(column), scratch);
            number.find(text).is_some()
        })
    }
}

impl PlacedTest<'_> {
    fn passes<R: Record>(&self, row: GroupRow<'_>, scratch: &mut TextScratch) -> bool {
        match self.test {
            RowTest::Contains(_) => {
                let text = row.text(self.place, scratch);
                let lower = text.to_ascii_lowercase();
                memchr::memmem::find(&lower, &self.small).is_some()
            }
            RowTest::Texts { values, wanted } => {
                let text = row.text(self.place, scratch);
                values.iter().any(|value| value.as_bytes() == text) == *wanted
            }
            RowTest::Numbers { values, wanted } => {
                values.contains(&row.number::<R>(self.place)) == *wanted
            }
            RowTest::Between { least, most } => row.number::<R>(self.place).is_some_and(|number| {
                least.is_none_or(|least| number >= least) && most.is_none_or(|most| number <= most)
            }),
            RowTest::Present(wanted) => self.is_present::<R>(row, scratch) == *wanted,
        }
    }

    fn is_present<R: Record>(&self, row: GroupRow<'_>, scratch: &mut TextScratch) -> bool {
        if texts_of(self.place) == 0 {
            row.number::<R>(self.place).is_some()
        } else {
            !row.text(self.place, scratch).is_empty()
        }
    }
}
