//! Looking the files of imports over: are they there, are they those of the catalog, is every byte what was written.

use super::Bookshelf;
use super::catalog::SectionMeta;
use super::format::record::Record;
use crate::books::format::segment::segment_name;
use recondesk_domain::{MOrder, Message};
use recondesk_ports::{Book, BooksError, CareFault, StoreError};

impl Bookshelf {
    /// What is wrong with the files of the imports up to one; `deep` reads all of them.
    pub(crate) fn file_faults(&self, last: u32, deep: bool) -> Result<Vec<CareFault>, StoreError> {
        let mut faults = Vec::new();
        for import in 1..=last {
            if self.catalog.import(import)?.is_some()
                && let Err(error) = self.check_archive(import, deep)
            {
                faults.push(fault_of(error, format!("archive/{import:08}.raw")));
            }
        }
        for section in self.catalog.sections(None)? {
            if section.import <= last
                && let Err(error) = self.check_section(&section, deep)
            {
                faults.push(fault_of(
                    error,
                    format!("books/{}", segment_name(section.import)),
                ));
            }
        }
        if deep {
            let sieves = self.sieves(self.catalog.newest_import(None)?);
            let sieves = sieves.map_err(|error| StoreError::Broken(error.to_string()))?;
            for name in sieves.damaged(self.segments.disk()) {
                faults.push(CareFault {
                    file: format!("books/{name}"),
                    what: Message::new(
                        "与写入时不同；它只用来加快查单号，删掉后下一次导入会重建",
                        "Not what was written; it only speeds up looking for numbers, and once it is deleted the next import makes it anew",
                    ),
                });
            }
        }
        Ok(faults)
    }

    fn check_archive(&self, import: u32, deep: bool) -> Result<(), BooksError> {
        let (_, archive) = self.archive_of(import)?;
        if deep {
            archive.read_all(|_| {})
        } else {
            Ok(())
        }
    }

    fn check_section(&self, meta: &SectionMeta, deep: bool) -> Result<(), BooksError> {
        let section = self.segments.section(meta)?;
        if !deep {
            return Ok(());
        }
        for group in 0..super::narrow(section.footer.groups.len()) {
            match meta.book {
                Book::Pays => self.check_group::<recondesk_domain::WPay>(&section, group)?,
                Book::Refunds => self.check_group::<recondesk_domain::WRefund>(&section, group)?,
                Book::Orders => self.check_group::<MOrder>(&section, group)?,
                Book::MerchantRefunds => {
                    self.check_group::<recondesk_domain::MRefund>(&section, group)?;
                }
            }
        }
        Ok(())
    }

    fn check_group<R: Record>(
        &self,
        section: &super::query::segment_cache::Section,
        group: u32,
    ) -> Result<(), BooksError> {
        self.segments.load_group::<R>(section, group).map(drop)
    }
}

fn fault_of(error: BooksError, file: String) -> CareFault {
    let (file, what) = match error {
        BooksError::Damaged { file, what } => (file, what),
        other => (file, other.to_string()),
    };
    CareFault {
        what: Message::new(
            format!("与写入时不同：{what}"),
            format!("Not what was written: {what}"),
        ),
        file,
    }
}
