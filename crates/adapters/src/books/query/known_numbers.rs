//! Numbers that the books hold already: a file whose numbers lost their leading zeros shows beside them.

use super::segment_cache::Section;
use crate::books::Bookshelf;
use crate::books::format::record::{Record, scratch};
use recondesk_domain::{MOrder, MRefund, ProfileId, WPay, WRefund};
use recondesk_intake::{KnownContext, RecordKind};
use recondesk_ports::{Book, BooksError};

/// Numbers that are enough to know their form.
const ENOUGH: usize = 256;

impl Bookshelf {
    /// What is known beside a file of this merchant.
    pub(crate) fn known_beside(
        &self,
        profile: ProfileId,
        kind: RecordKind,
    ) -> Result<KnownContext, BooksError> {
        Ok(KnownContext {
            merchants: self.catalog.merchant_numbers(profile)?,
            numbers: self.some_numbers(profile, kind)?,
        })
    }

    /// Some numbers of the merchant's newest orders or refunds.
    fn some_numbers(
        &self,
        profile: ProfileId,
        kind: RecordKind,
    ) -> Result<Vec<String>, BooksError> {
        let sections = self.catalog.sections(Some(profile))?;
        let newest = |book: Book| {
            let mut newest = sections.iter().rev();
            newest.find(|section| section.book == book && section.rows > 0)
        };
        let books = match kind {
            RecordKind::Orders => [Book::Orders, Book::Pays],
            RecordKind::Refunds => [Book::MerchantRefunds, Book::Refunds],
        };
        let mut numbers = Vec::new();
        for meta in books.into_iter().filter_map(newest) {
            let section = self.segments.section(meta)?;
            numbers.extend(match meta.book {
                Book::Orders => self.keys::<MOrder>(&section)?,
                Book::MerchantRefunds => self.keys::<MRefund>(&section)?,
                Book::Pays => self.keys::<WPay>(&section)?,
                Book::Refunds => self.keys::<WRefund>(&section)?,
            });
        }
        Ok(numbers)
    }

    fn keys<R: Record>(&self, section: &Section) -> Result<Vec<String>, BooksError> {
        let group = self.segments.load_group::<R>(section, 0)?;
        let mut scratch = scratch();
        let mut keys = Vec::new();
        for row in 0..group.len().min(ENOUGH) {
            let key = group.text(row, 0, &mut scratch).unwrap_or_default();
            keys.push(String::from_utf8_lossy(key).into_owned());
        }
        Ok(keys)
    }
}
