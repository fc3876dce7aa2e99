//! Tables on their way to other programs, column by column: what a column holds, and some rows of it at a time.

use std::io::{self, Write};

use recondesk_domain::{BillDate, Fee, Fen, Instant};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// Text that differs from row to row: numbers of orders and payments.
    Text,
    /// Text with few different values.
    Word,
    /// A whole number: fen, 10⁻⁵ yuan, a count.
    Whole,
    /// A moment.
    Time,
    /// A day of Beijing.
    Day,
    /// Yes or no.
    Flag,
}

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableColumn {
    /// Its name: a contract with whoever reads the table.
    pub name: &'static str,
    /// What it holds.
    pub holds: ColumnType,
    /// True where a row may have nothing in it.
    pub is_optional: bool,
    /// True when its sum tells whether all rows are there.
    pub is_summed: bool,
}

/// A table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableShape {
    /// Its name: a contract as well.
    pub name: &'static str,
    /// Its columns, in order.
    pub columns: &'static [TableColumn],
}

/// The values of a column that are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnValues {
    /// Texts, one after the other, and where each ends.
    Text {
        /// The bytes of all.
        bytes: Vec<u8>,
        /// First byte behind each.
        ends: Vec<usize>,
    },
    /// Whole numbers; seconds since 1970 of a moment.
    Whole(Vec<i64>),
    /// Days since 1970-01-01.
    Day(Vec<i32>),
    /// Yes or no.
    Flag(Vec<bool>),
}

/// Some rows of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnRows {
    /// Whether each row has a value; empty for columns where each must.
    pub present: Vec<bool>,
    /// The values that are there.
    pub values: ColumnValues,
}

impl ColumnRows {
    fn new(holds: ColumnType) -> Self {
        let values = match holds {
            ColumnType::Text | ColumnType::Word => ColumnValues::Text {
                bytes: Vec::new(),
                ends: Vec::new(),
            },
            ColumnType::Whole | ColumnType::Time => ColumnValues::Whole(Vec::new()),
            ColumnType::Day => ColumnValues::Day(Vec::new()),
            ColumnType::Flag => ColumnValues::Flag(Vec::new()),
        };
        Self {
            present: Vec::new(),
            values,
        }
    }

    fn clear(&mut self) {
        self.present.clear();
        match &mut self.values {
            ColumnValues::Text { bytes, ends } => {
                bytes.clear();
                ends.clear();
            }
            ColumnValues::Whole(values) => values.clear(),
            ColumnValues::Day(values) => values.clear(),
            ColumnValues::Flag(values) => values.clear(),
        }
    }

    /// How many values are there.
    #[must_use]
    pub const fn len(&self) -> usize {
        match &self.values {
            ColumnValues::Text { ends, .. } => ends.len(),
            ColumnValues::Whole(values) => values.len(),
            ColumnValues::Day(values) => values.len(),
            ColumnValues::Flag(values) => values.len(),
        }
    }

    /// True without any value.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Some rows of a table. Cells are entered from left to right, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnBatch {
    shape: TableShape,
    columns: Vec<ColumnRows>,
    rows: usize,
    /// The column of the next cell.
    next: usize,
    is_broken: bool,
}

impl ColumnBatch {
    /// No rows of a table.
    #[must_use]
    pub fn new(shape: TableShape) -> Self {
        let columns = shape.columns.iter();
        Self {
            shape,
            columns: columns
                .map(|column| ColumnRows::new(column.holds))
                .collect(),
            rows: 0,
            next: 0,
            is_broken: false,
        }
    }

    /// Forgets all rows, and keeps their memory for the next ones.
    pub fn clear(&mut self) {
        for column in &mut self.columns {
            column.clear();
        }
        (self.rows, self.next, self.is_broken) = (0, 0, false);
    }

    /// The table.
    #[must_use]
    pub const fn shape(&self) -> TableShape {
        self.shape
    }

    /// How many rows there are.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// The columns, beside their descriptions; `None` when the cells entered are not those of the table.
    #[must_use]
    pub fn columns(&self) -> Option<&[ColumnRows]> {
        (!self.is_broken && self.next == 0).then_some(&self.columns)
    }

    /// Enters a cell: a value for its list, or nothing where the column allows it.
    fn enter<T>(&mut self, value: Option<T>, put: impl FnOnce(&mut ColumnValues, T) -> bool) {
        let shape = self.shape.columns.get(self.next);
        let (Some(shape), Some(column)) = (shape, self.columns.get_mut(self.next)) else {
            self.is_broken = true;
            return;
        };
        if shape.is_optional {
            column.present.push(value.is_some());
        }
        match value {
            Some(value) => self.is_broken |= !put(&mut column.values, value),
            None => self.is_broken |= !shape.is_optional,
        }
        self.next += 1;
        if self.next == self.columns.len() {
            self.next = 0;
            self.rows += 1;
        }
    }

    /// Text; nothing for an empty one where the column may have nothing.
    pub fn text(&mut self, text: &str) {
        let column = self.shape.columns.get(self.next);
        let is_none = text.is_empty() && column.is_some_and(|column| column.is_optional);
        self.enter((!is_none).then_some(text), |values, text| {
            let ColumnValues::Text { bytes, ends } = values else {
                return false;
            };
            bytes.extend_from_slice(text.as_bytes());
            ends.push(bytes.len());
            true
        });
    }

    /// A whole number.
    pub fn whole(&mut self, value: Option<i64>) {
        self.enter(value, |values, value| match values {
            ColumnValues::Whole(list) => {
                list.push(value);
                true
            }
            ColumnValues::Text { .. } | ColumnValues::Day(_) | ColumnValues::Flag(_) => false,
        });
    }

    /// Money, in fen.
    pub fn fen(&mut self, amount: Option<Fen>) {
        self.whole(amount.map(Fen::get));
    }

    /// A fee, in 10⁻⁵ yuan.
    pub fn fee(&mut self, fee: Fee) {
        self.whole(Some(fee.get()));
    }

    /// A day.
    pub fn day(&mut self, day: Option<BillDate>) {
        self.enter(day.map(BillDate::number), |values, day| match values {
            ColumnValues::Day(list) => {
                list.push(day);
                true
            }
            ColumnValues::Text { .. } | ColumnValues::Whole(_) | ColumnValues::Flag(_) => false,
        });
    }

    /// A moment, and its day of Beijing in the column beside it.
    pub fn time(&mut self, at: Option<Instant>) {
        self.whole(at.map(Instant::unix));
        self.enter(at.map(Instant::day_number), |values, day| match values {
            ColumnValues::Day(list) => {
                list.push(day);
                true
            }
            ColumnValues::Text { .. } | ColumnValues::Whole(_) | ColumnValues::Flag(_) => false,
        });
    }

    /// Yes or no.
    pub fn flag(&mut self, value: bool) {
        self.enter(Some(value), |values, value| match values {
            ColumnValues::Flag(list) => {
                list.push(value);
                true
            }
            ColumnValues::Text { .. } | ColumnValues::Whole(_) | ColumnValues::Day(_) => false,
        });
    }
}

/// Enters the next rows of a table into a batch without any; none means that there are no more.
pub type FillRows<'a> = dyn FnMut(&mut ColumnBatch) -> io::Result<()> + 'a;

/// Writes tables for other programs.
pub trait ColumnFiles: Send + Sync {
    /// The ending of its files.
    fn ending(&self) -> &'static str;

    /// Writes a table; what one call of `fill` enters lies together in the file. Gives the number of rows.
    ///
    /// # Errors
    /// What `fill`, the disk or the library says; what was written by then is worth nothing.
    fn write(
        &self,
        shape: TableShape,
        fill: &mut FillRows<'_>,
        out: &mut (dyn Write + Send),
    ) -> io::Result<u64>;
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn column(name: &'static str, holds: ColumnType, is_optional: bool) -> TableColumn {
        TableColumn {
            name,
            holds,
            is_optional,
            is_summed: false,
        }
    }

    const SHAPE: TableShape = TableShape {
        name: "t",
        columns: &[
            column("number", ColumnType::Text, false),
            column("at", ColumnType::Time, true),
            column("day", ColumnType::Day, true),
        ],
    };

    #[test]
    fn cells_go_from_column_to_column_and_nothing_stays_nothing() {
        let mut batch = ColumnBatch::new(SHAPE);
        batch.text("");
        batch.time(Instant::parse_beijing("2026-03-08 00:00:01"));
        batch.text("00123");
        batch.time(None);

        assert_eq!(batch.rows(), 2);
        let columns = batch.columns().unwrap();
        let texts = ColumnValues::Text {
            bytes: b"00123".to_vec(),
            ends: vec![0, 5],
        };
        assert_eq!(columns[0].values, texts);
        assert_eq!(columns[1].present, [true, false]);
        assert_eq!(columns[2].values, ColumnValues::Day(vec![20_520]));
    }

    #[test]
    fn cells_of_another_kind_or_number_give_no_columns() {
        let mut half = ColumnBatch::new(SHAPE);
        half.text("1");
        assert_eq!(half.columns(), None);

        let mut other = ColumnBatch::new(SHAPE);
        other.fen(Some(Fen::new(1)));
        other.time(None);
        assert_eq!(other.columns(), None);
        other.clear();
        assert_eq!(other.columns().map(<[_]>::len), Some(3));
    }
}
