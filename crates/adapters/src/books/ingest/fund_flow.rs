//! Importing a fund-flow bill: unpacked, hashed, archived byte for byte; its entries are read from the archive again
//! when they are asked for, because they are compared as a whole and looked up nowhere else.

use super::bill_lines::{BillLines, LineSplitter};
use super::draft::finish_files;
use crate::books::catalog::{NewImport, Reader};
use crate::books::format::archive::Squeezer;
use crate::books::{Bookshelf, SetAsideRows, disk_error};
use crate::digest::{Hash, hex};
use recondesk_domain::{FundMove, ProfileId};
use recondesk_ports::{
    BooksError, FundExpect, FundFacts, FundImport, ImportPart, ImportRecord, Source, Standing,
    Stored, Watch,
};
use recondesk_reconcile::fund_flow::{AccountDay, AccountReport, examine};
use wechatpay_codec::bill::{BodyKind, sniff};
use wechatpay_codec::fund_flow::FundBill;

/// The largest file that is taken, unpacked: some eight million entries.
const MOST_BYTES: usize = 2 << 30;

impl Bookshelf {
    /// Imports a fund-flow bill.
    pub(crate) fn ingest_fund_flow(
        &self,
        profile: ProfileId,
        source: Source,
        expect: &FundExpect,
        watch: &dyn Watch,
    ) -> Result<FundImport, BooksError> {
        let name = source.name.clone();
        let text = unpack(source, watch)?;
        let head = text.get(..text.len().min(4096)).unwrap_or_default();
        match sniff(head) {
            BodyKind::FundFlow => {}
            kind => {
                return Err(BooksError::NotABill {
                    kind,
                    head: head.to_vec(),
                });
            }
        }
        announced(expect, &text)?;
        let (report, moves) = examined(expect, &text)?;
        let kind = expect.kind_word();
        let mut sha256 = Hash::sha256();
        sha256.update(&text);
        let sha256: [u8; 32] = sha256.finish();
        let reader = Reader {
            profile,
            recipe: &kind,
        };
        let known = self.catalog.imports_by_content(reader, &sha256)?;
        let fits = |record: &ImportRecord| {
            record.day == Some(expect.day) && record.standing != Standing::Replaced
        };
        if let Some(record) = known.into_iter().find(fits) {
            return Ok(FundImport {
                stored: match record.standing {
                    Standing::Quarantined => Stored::Quarantined,
                    Standing::Verified | Standing::Replaced => Stored::Unchanged,
                },
                record,
            });
        }
        let stored = self.place_of_fund(profile, expect, &report)?;
        let draft = self.draft(watch)?;
        let mut archive = draft.archive()?;
        let squeezed = Squeezer::new().and_then(|mut squeezer| squeezer.squeeze(&text));
        let squeezed = squeezed.map_err(|error| disk_error(&error))?;
        archive
            .push(&squeezed)
            .map_err(|error| disk_error(&error))?;
        finish_files(archive, &sha256, watch, |_| Ok(()))?;
        let facts = FundFacts {
            opening: report.opening,
            closing: report.closing,
            checks: report.checks,
            moves,
        };
        let record = ImportRecord {
            import: draft.import,
            profile,
            kind: kind.clone(),
            name,
            sha256,
            bytes: text.len() as u64,
            rows: report.entries,
            imported_at: self.clock.now(),
            day: Some(expect.day),
            standing: if stored == Stored::Quarantined {
                Standing::Quarantined
            } else {
                Standing::Verified
            },
            facts: serde_json::to_string(&facts)
                .map_err(|error| BooksError::Source(error.to_string()))?,
        };
        draft.commit(&NewImport {
            record: record.clone(),
            recipe: kind,
            stamp: None,
            sections: Vec::new(),
            superseded: Vec::new(),
            set_aside: SetAsideRows::default(),
        })?;
        Ok(FundImport { stored, record })
    }

    /// Whether the bill is the first of its day and account; one that does not add up is no evidence.
    fn place_of_fund(
        &self,
        profile: ProfileId,
        expect: &FundExpect,
        report: &AccountReport,
    ) -> Result<Stored, BooksError> {
        if !report.adds_up() {
            return Ok(Stored::Quarantined);
        }
        let kind = expect.kind_word();
        let bills = self.catalog.bills(profile, expect.day)?;
        let has_one = bills
            .iter()
            .any(|bill| bill.kind == kind && bill.standing == Standing::Verified);
        Ok(if has_one {
            Stored::Replaced
        } else {
            Stored::New
        })
    }
}

/// The whole text, unpacked.
fn unpack(source: Source, watch: &dyn Watch) -> Result<Vec<u8>, BooksError> {
    let mut cutter = LineSplitter::open(source).map_err(|error| BooksError::source(&error))?;
    let mut text = Vec::new();
    let mut spare = BillLines::default();
    while let Some(lines) = cutter.next(spare)? {
        if watch.cancelled() {
            return Err(BooksError::Cancelled);
        }
        text.extend_from_slice(lines.bytes());
        if text.len() > MOST_BYTES {
            return Err(BooksError::TooMuch(super::partition::TOO_MANY_ROWS));
        }
        watch.at(ImportPart::Read, text.len() as u64, None);
        spare = lines;
    }
    Ok(text)
}

/// What the gateway announced is what came (B01).
fn announced(expect: &FundExpect, text: &[u8]) -> Result<(), BooksError> {
    let Some(wanted) = &expect.sha1 else {
        return Ok(());
    };
    let mut hash = Hash::sha1();
    hash.update(text);
    let found: [u8; 20] = Hash::<20>::finish(hash);
    if found == *wanted {
        return Ok(());
    }
    Err(BooksError::Digest {
        expected: hex(wanted),
        found: hex(&found),
    })
}

fn examined(
    expect: &FundExpect,
    text: &[u8],
) -> Result<(AccountReport, Vec<FundMove>), BooksError> {
    let bill = FundBill::read(text).map_err(|fault| BooksError::Fund(Box::new(fault)))?;
    let day = AccountDay {
        account: expect.account,
        day: expect.day,
        entries: &bill.entries,
        totals: bill.totals,
        before: None,
    };
    let report = examine(&day).map_err(|_overflow| BooksError::FundSum)?;
    Ok((report, FundFacts::moves(expect.account, &bill.entries)))
}
