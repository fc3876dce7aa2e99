//! What of the workspace a call is about: a case, a day of a book, the records of a merchant.

use super::Book;
use recondesk_domain::{BillDate, ProfileId};
use recondesk_intake::{Mapping, RecordKind};

/// A case by the name that stays the same from one comparison to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseRef<'a> {
    /// The merchant.
    pub profile: ProfileId,
    /// Stable key of the case.
    pub key: &'a str,
}

impl<'a> CaseRef<'a> {
    /// The case with this key.
    #[must_use]
    pub const fn new(profile: ProfileId, key: &'a str) -> Self {
        Self { profile, key }
    }
}

/// The records of one kind that a merchant has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProfileRecords {
    /// The merchant.
    pub profile: ProfileId,
    /// Orders or refunds.
    pub kind: RecordKind,
}

/// A day of one book of a merchant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookDay {
    /// The merchant.
    pub profile: ProfileId,
    /// The book.
    pub book: Book,
    /// The day.
    pub day: BillDate,
}

/// Where the rows of a merchant's file go, and how its columns are read.
#[derive(Debug, Clone, Copy)]
pub struct OrdersTarget<'a> {
    /// The merchant.
    pub profile: ProfileId,
    /// The column mapping.
    pub mapping: &'a Mapping,
}
