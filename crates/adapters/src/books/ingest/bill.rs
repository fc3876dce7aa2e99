//! Importing a bill: unpacked, hashed, certified, archived; its rows stored when they add up.

use super::draft::{Draft, finish_files};
use super::partition::PartitionedRows;
use super::read_bill::{BillReading, read};
use super::section_writer::write_section;
use crate::books::catalog::{NewImport, Reader, SectionMeta};
use crate::books::format::archive::ArchiveWriter;
use crate::books::format::record::Record;
use crate::books::set_aside::SetAsideRows;
use crate::books::{Bookshelf, disk_error};
use crate::digest::hex;
use crate::disk::Output;
use recondesk_domain::{BillDate, ProfileId};
use recondesk_ports::{
    BillExpect, BillImport, BooksError, ImportPart, ImportRecord, Source, Standing, StoreError,
    Stored, Watch,
};
use wechatpay_codec::bill::{
    BillKind, Certificate, Digests, Expect, Layout, SavedAgain, Tally, Verdict,
};

/// The word of a kind of bill in the catalog.
const fn kind_word(kind: BillKind) -> &'static str {
    match kind {
        BillKind::All => "bill.all",
        BillKind::Success => "bill.success",
        BillKind::Refund => "bill.refund",
        BillKind::RechargeRefund => "bill.recharge_refund",
    }
}

impl Bookshelf {
    /// Imports a bill.
    pub(crate) fn ingest_bill(
        &self,
        profile: ProfileId,
        mut source: Source,
        expect: &BillExpect,
        watch: &dyn Watch,
    ) -> Result<BillImport, BooksError> {
        let fits = |record: &ImportRecord| is_it(record, expect);
        let reader = Reader {
            profile,
            recipe: "",
        };
        // A bill whose digest was announced is read whatever is here: an old one must not pass for it.
        if expect.sha1.is_none()
            && let Some(record) =
                self.known_file(reader, &mut source, |record| Ok(fits(record)), watch)?
        {
            return Ok(unchanged(record));
        }
        let stamp = self.lasting(source.stamp);
        let name = source.name.clone();
        let saved_again = source.saved_again;
        let draft = self.draft(watch)?;
        let mut archive = draft.archive()?;
        let (layout, reading) = read(source, &draft, &mut archive, expect.sha1.is_some(), watch)?;
        let certificate = certify(&layout, &reading, expect, saved_again)?;
        let known = self.catalog.imports_by_content(reader, &reading.sha256)?;
        if let Some(record) = known.into_iter().find(fits) {
            return Ok(unchanged(record));
        }
        let Some(day) = day_of(&reading.tally, expect) else {
            return Err(match certificate.verdict {
                Verdict::Verified => BooksError::WhichDay(certificate.days),
                Verdict::Quarantined | Verdict::Refused => {
                    BooksError::BillRefused(Box::new(certificate))
                }
            });
        };
        let kind = kind_word(layout.kind());
        if let Some(original) = self.original_of(profile, day, kind, &certificate)? {
            return Ok(unchanged(original));
        }
        let stored = if certificate.verdict == Verdict::Verified {
            self.place_of(profile, day, kind)?
        } else {
            Stored::Quarantined
        };
        let sha256 = reading.sha256;
        let place = BillPlace {
            import: draft.import,
            profile,
            day,
            counts: stored != Stored::Quarantined,
        };
        let sections = write(place, &draft, archive, reading, watch)?;
        let record = ImportRecord {
            import: draft.import,
            profile,
            kind: kind.to_owned(),
            name,
            sha256,
            bytes: certificate.bytes,
            rows: sections.iter().map(|section| u64::from(section.rows)).sum(),
            imported_at: self.clock.now(),
            day: Some(day),
            standing: match stored {
                Stored::Quarantined => Standing::Quarantined,
                Stored::New | Stored::Replaced | Stored::Unchanged => Standing::Verified,
            },
            facts: serde_json::to_string(&certificate)
                .map_err(|error| StoreError::Broken(error.to_string()))?,
        };
        draft.commit(&NewImport {
            record: record.clone(),
            recipe: String::new(),
            stamp,
            sections,
            superseded: Vec::new(),
            set_aside: SetAsideRows::default(),
        })?;
        Ok(BillImport {
            stored,
            day: Some(day),
            certificate: Some(Box::new(certificate)),
            record,
        })
    }

    /// Whether a verified bill is the first of its day and kind.
    fn place_of(
        &self,
        profile: ProfileId,
        day: BillDate,
        kind: &str,
    ) -> Result<Stored, BooksError> {
        let bills = self.catalog.bills(profile, day)?;
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

impl Bookshelf {
    /// The original of a bill that was saved again, where it is here: no copy takes its place.
    fn original_of(
        &self,
        profile: ProfileId,
        day: BillDate,
        kind: &str,
        copy: &Certificate,
    ) -> Result<Option<ImportRecord>, BooksError> {
        if copy.saved_again.is_none() || copy.verdict != Verdict::Verified {
            return Ok(None);
        }
        let bills = self.catalog.bills(profile, day)?;
        let mut original = None;
        for bill in bills {
            if bill.kind != kind || bill.standing != Standing::Verified {
                continue;
            }
            let facts: serde_json::Value = bill.read_facts()?;
            if facts.get("saved_again").is_none() {
                original = Some((bill, facts));
                break;
            }
        }
        let Some((original, facts)) = original else {
            return Ok(None);
        };
        let is_same = facts.get("rows") == Some(&copy.rows.into())
            && facts.get("sums") == serde_json::to_value(copy.sums).ok().as_ref();
        if is_same {
            return Ok(Some(original));
        }
        let mut refused = copy.clone();
        refused.refuse_beside_original(&day.to_string());
        Err(BooksError::BillRefused(Box::new(refused)))
    }
}

fn unchanged(record: ImportRecord) -> BillImport {
    BillImport {
        stored: match record.standing {
            Standing::Quarantined => Stored::Quarantined,
            Standing::Verified | Standing::Replaced => Stored::Unchanged,
        },
        day: record.day,
        certificate: None,
        record,
    }
}

/// True for an import that holds the bill that is expected.
fn is_it(record: &ImportRecord, expect: &BillExpect) -> bool {
    let is_of_day = expect.day.is_none() || expect.day == record.day;
    record.standing != Standing::Replaced && is_of_day
}

/// Where the rows of a bill go.
#[derive(Clone, Copy)]
struct BillPlace {
    import: u32,
    profile: ProfileId,
    day: BillDate,
    /// False while it is in quarantine.
    counts: bool,
}

/// Finishes the archive while the rows, unless they are in quarantine, become a segment.
fn write(
    place: BillPlace,
    draft: &Draft<'_>,
    archive: ArchiveWriter,
    reading: BillReading,
    watch: &dyn Watch,
) -> Result<Vec<SectionMeta>, BooksError> {
    let BillReading {
        pays,
        refunds,
        sha256,
        ..
    } = reading;
    finish_files(archive, &sha256, watch, |stop| {
        if !place.counts {
            return Ok(Vec::new());
        }
        let mut out = draft.segment(&sha256)?;
        let mut sections = Vec::new();
        sections.extend(section(&mut out, place, pays, watch)?);
        sections.extend(section(&mut out, place, refunds, watch)?);
        out.finish_unless(stop)
            .map_err(|error| disk_error(&error))?;
        Ok(sections)
    })
}

/// Judges the bill; a refused one is not stored.
fn certify(
    layout: &Layout,
    reading: &BillReading,
    expect: &BillExpect,
    saved_again: Option<SavedAgain>,
) -> Result<Certificate, BooksError> {
    let digests = Digests {
        sha256: hex(&reading.sha256),
        sha1: reading.sha1.map(|sha1| hex(&sha1)).unwrap_or_default(),
    };
    if let (Some(wanted), Some(found)) = (&expect.sha1, &reading.sha1)
        && wanted != found
    {
        return Err(BooksError::Digest {
            expected: hex(wanted),
            found: hex(found),
        });
    }
    let asked = Expect {
        mch_id: expect.mch_id,
        day: expect.day,
        saved_again,
    };
    let certificate = Certificate::new(layout, &reading.tally, &asked, digests);
    if certificate.verdict == Verdict::Refused {
        return Err(BooksError::BillRefused(Box::new(certificate)));
    }
    Ok(certificate)
}

/// The day of a bill: the one asked for, else the only one in it.
fn day_of(tally: &Tally, expect: &BillExpect) -> Option<BillDate> {
    let mut days = tally.days.keys();
    let only = match (days.next(), days.next()) {
        (Some(day), None) => BillDate::from_number(*day),
        _ => None,
    };
    expect.day.or(only)
}

fn section<R: Record>(
    out: &mut Output,
    place: BillPlace,
    rows: PartitionedRows<R>,
    watch: &dyn Watch,
) -> Result<Option<SectionMeta>, BooksError> {
    let mut buffer = rows.buffer;
    if buffer.entries.is_empty() {
        return Ok(None);
    }
    watch.at(ImportPart::Sort, 0, Some(buffer.entries.len() as u64));
    buffer.sort();
    let entries = std::mem::take(&mut buffer.entries);
    let footer =
        write_section(out, &buffer, &entries, watch).map_err(|error| disk_error(&error))?;
    Ok(Some(SectionMeta {
        id: 0,
        import: place.import,
        profile: place.profile,
        book: R::BOOK,
        day: place.day.number(),
        rows: u32::try_from(entries.len()).unwrap_or(u32::MAX),
        hot: false,
        open: false,
        paid: None,
        refunded: None,
        footer,
    }))
}
