//! Importing a bank statement: read whole or refused, its balances proven where it prints them, archived byte for byte;
//! its entries are read from the archive again when they are asked for.

use std::io::{Cursor, Read as _};

use super::draft::finish_files;
use crate::books::catalog::{NewImport, Reader};
use crate::books::format::archive::Squeezer;
use crate::books::{Bookshelf, SetAsideRows, disk_error};
use crate::digest::Hash;
use recondesk_domain::ProfileId;
use recondesk_intake::{IntakeError, StatementFault, read_statement};
use recondesk_ports::{
    BANK_KIND, BankFacts, BankImport, BooksError, ImportPart, ImportRecord, Source, Standing,
    Stored, Watch,
};
use recondesk_reconcile::fund_flow::{FundOverflow, StatementReport, examine_statement};

/// The largest file that is taken.
const MOST_BYTES: u64 = 128 << 20;

impl Bookshelf {
    /// Imports a bank statement.
    pub(crate) fn ingest_bank_statement(
        &self,
        profile: ProfileId,
        source: Source,
        watch: &dyn Watch,
    ) -> Result<BankImport, BooksError> {
        let name = source.name.clone();
        let bytes = whole(source)?;
        watch.at(ImportPart::Read, bytes.len() as u64, None);
        let (report, around) = examined(&bytes)?;
        if watch.cancelled() {
            return Err(BooksError::Cancelled);
        }
        let stored = if report.adds_up() {
            Stored::New
        } else {
            Stored::Quarantined
        };
        let mut sha256 = Hash::sha256();
        sha256.update(&bytes);
        let sha256: [u8; 32] = sha256.finish();
        let reader = Reader {
            profile,
            recipe: BANK_KIND,
        };
        let known = self.catalog.imports_by_content(reader, &sha256)?;
        if let Some(record) = known.into_iter().next() {
            return Ok(BankImport {
                stored: match stored {
                    Stored::Quarantined => Stored::Quarantined,
                    Stored::New | Stored::Replaced | Stored::Unchanged => Stored::Unchanged,
                },
                record,
                report,
                around,
            });
        }
        let facts = facts(&report)?;
        let draft = self.draft(watch)?;
        let mut archive = draft.archive()?;
        let squeezed = Squeezer::new().and_then(|mut squeezer| squeezer.squeeze(&bytes));
        let squeezed = squeezed.map_err(|error| disk_error(&error))?;
        archive
            .push(&squeezed)
            .map_err(|error| disk_error(&error))?;
        finish_files(archive, &sha256, watch, |_| Ok(()))?;
        let record = ImportRecord {
            import: draft.import,
            profile,
            kind: BANK_KIND.to_owned(),
            name,
            sha256,
            bytes: bytes.len() as u64,
            rows: report.entries,
            imported_at: self.clock.now(),
            day: None,
            standing: if stored == Stored::Quarantined {
                Standing::Quarantined
            } else {
                Standing::Verified
            },
            facts,
        };
        draft.commit(&NewImport {
            record: record.clone(),
            recipe: BANK_KIND.to_owned(),
            stamp: None,
            sections: Vec::new(),
            superseded: Vec::new(),
            set_aside: SetAsideRows::default(),
        })?;
        Ok(BankImport {
            stored,
            record,
            report,
            around,
        })
    }
}

fn refused(fault: StatementFault) -> BooksError {
    BooksError::Statement(Box::new(fault))
}

/// All bytes of the file.
fn whole(source: Source) -> Result<Vec<u8>, BooksError> {
    let mut bytes = Vec::new();
    source
        .bytes
        .take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| BooksError::source(&error))?;
    if bytes.len() as u64 > MOST_BYTES {
        let too_large = IntakeError::Bomb { limit: MOST_BYTES };
        return Err(refused(too_large.into()));
    }
    Ok(bytes)
}

/// What the statement is worth, and the rows around its entries.
fn examined(bytes: &[u8]) -> Result<(StatementReport, u64), BooksError> {
    let statement = read_statement(Cursor::new(bytes)).map_err(refused)?;
    let report = examine_statement(&statement.entries)
        .map_err(|FundOverflow| refused(StatementFault::Sum))?
        .ok_or_else(|| refused(StatementFault::NoRows))?;
    Ok((report, statement.around))
}

/// The facts as the catalog keeps them.
fn facts(report: &StatementReport) -> Result<String, BooksError> {
    let facts = BankFacts {
        first: report.first,
        last: report.last,
        opening: report.opening,
        closing: report.closing,
        checks: report.checks.clone(),
    };
    serde_json::to_string(&facts).map_err(|error| BooksError::Source(error.to_string()))
}
