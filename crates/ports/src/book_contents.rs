//! All that a merchant's books hold, for those who take all of it.

use recondesk_domain::BillDate;

use crate::{Book, BookRow, BooksError};

/// A day under which a book keeps rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentDay {
    /// The day; `None` for the merchant's rows without any time.
    pub day: Option<BillDate>,
    /// Rows in the files of that day; those that a newer import took the place of among them.
    pub most_rows: u64,
}

/// The books of a merchant as they stood when they were opened: later imports do not change them.
///
/// Rows of bills are those that count: of several bills of a day the one that comparisons use, and none of a bill in
/// quarantine.
pub trait BookContents {
    /// The days of a book: those without a day first, then ascending.
    fn days(&self, book: Book) -> Vec<ContentDay>;

    /// The rows of a book that are kept under a day.
    ///
    /// # Errors
    /// [`BooksError`] when they cannot be read.
    fn rows(&self, book: Book, day: Option<BillDate>)
    -> Result<Box<dyn BookRows + '_>, BooksError>;
}

/// Rows of a book, in an order that the rows alone decide.
pub trait BookRows {
    /// Shows the next rows, at most so many, and tells how many there were; none only at the end.
    ///
    /// # Errors
    /// [`BooksError`] when they cannot be read.
    fn visit(&mut self, most: usize, see: &mut dyn FnMut(&BookRow)) -> Result<usize, BooksError>;
}
