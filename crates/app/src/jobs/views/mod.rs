//! Fills the models of the screens from the ports: one file a screen, nothing stored, nothing sent.

mod bills;
mod case_facts;
mod cases;
pub(in crate::jobs) mod certificate;
mod compare;
mod day;
mod day_screen;
mod fund_bill;
mod list_rows;
mod lists;
mod orders;
mod overview;
mod overview_calendar;
mod overview_clauses;

use crate::Failure;
use crate::model::RawLine;
use recondesk_domain::{BillDate, Instant, MerchantProfile, PersonalData, ProfileId};
use recondesk_ports::{Books, BooksError, ImportRecord, RawRow, Records, Standing, StoreError};

pub use cases::closing;
pub(in crate::jobs) use cases::number_of;
pub use day::{DayFigures, DayGrounds, figures, sign_off};
pub use lists::{ExportFile, FileWriters, case_sums, case_values, find_case};

/// Reads what the screens show. Cheap to make, one for each question.
#[derive(Clone, Copy)]
pub struct Views<'a> {
    /// Profiles, runs, cases.
    pub records: &'a dyn Records,
    /// The books on disk.
    pub books: &'a dyn Books,
    /// The present instant.
    pub now: Instant,
    /// Whether rows of files show personal data of customers.
    pub personal: PersonalData,
}

impl Views<'_> {
    /// A row of a file as it may be shown.
    fn raw_line(&self, raw: RawRow) -> RawLine {
        let (cells, text) = match self.personal {
            PersonalData::Shown => (raw.cells, raw.text),
            PersonalData::Masked => {
                let plain = raw.plain();
                (plain.masked_cells(), plain.masked_text())
            }
        };
        RawLine {
            file: raw.file,
            line: raw.line,
            cells,
            text,
        }
    }

    fn profile(&self, id: ProfileId) -> Result<MerchantProfile, Failure> {
        let found = self
            .records
            .profiles()?
            .into_iter()
            .find(|(known, _)| *known == id);
        found
            .map(|(_, profile)| profile)
            .ok_or_else(|| StoreError::Missing(id.0.to_string()).into())
    }

    /// The bill of a day that speaks for it: a verified one before a quarantined one.
    fn bill_of(
        &self,
        profile: ProfileId,
        day: BillDate,
    ) -> Result<Option<ImportRecord>, BooksError> {
        let bills = self.books.bills(profile, day)?;
        // The account bills of the day stand among them, with checks of their own.
        let standing = |wanted: Standing| {
            let of = |bill: &&ImportRecord| bill.standing == wanted && is_bill(bill);
            bills.iter().find(of).cloned()
        };
        Ok(standing(Standing::Verified).or_else(|| standing(Standing::Quarantined)))
    }
}

/// True for a file of the merchant's own book.
fn is_orders(import: &ImportRecord) -> bool {
    matches!(import.kind.as_str(), "orders" | "refunds")
}

/// True for a bill.
fn is_bill(import: &ImportRecord) -> bool {
    import.kind.starts_with("bill.")
}
