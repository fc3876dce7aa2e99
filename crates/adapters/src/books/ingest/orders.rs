//! Importing a merchant's file: rows by day, hot and cold, against what the books hold already.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::{Draft, finish_files};
use super::partition::PartitionedRows;
use super::re_read;
use super::read_orders::{OrdersReader, RowSinks, read};
use super::repeats::{Merged, Repeats, sort};
use super::row_buffer::RowEntry;
use super::section_writer::{write_section, write_superseded};
use super::upsert::weed;
use crate::books::catalog::{NewImport, Reader, SectionMeta, SupersededMeta};
use crate::books::query::snapshot::Snapshot;
use crate::books::{Bookshelf, disk_error};
use crate::digest::{Hash, hex};
use crate::disk::Output;
use crate::object_store::Stop;
use recondesk_domain::{MOrder, MRefund, ProfileId};
use recondesk_intake::{IntakeError, Mapping, RecordKind, Reject, RowAmount, Stats};
use recondesk_ports::{
    BooksError, ImportPart, ImportRecord, OrdersImport, OrdersTarget, Source, Standing, Watch,
};

impl Bookshelf {
    /// Imports a merchant's file.
    pub(crate) fn ingest_orders(
        &self,
        target: OrdersTarget<'_>,
        mut source: Source,
        watch: &dyn Watch,
        rejects: &mut dyn FnMut(&Reject),
    ) -> Result<OrdersImport, BooksError> {
        let OrdersTarget { profile, mapping } = target;
        let recipe = recipe(mapping);
        let reader = Reader {
            profile,
            recipe: &recipe,
        };
        let with_name = recipe_with_name(mapping);
        let before = Reader {
            profile,
            recipe: &with_name,
        };
        for reader in [reader, before] {
            if let Some(record) = self.known_file(reader, &mut source, has_rows, watch)?
                && !re_read::is_withdrawn(self.catalog.as_ref(), &record)?
            {
                return Ok(OrdersImport::unchanged(&record));
            }
        }
        let stamp = self.lasting(source.stamp);
        let name = source.name.clone();
        let beside = self.known_beside(profile, mapping.kind)?;
        let draft = self.draft(watch)?;
        let mut archive = draft.archive()?;
        let by = OrdersReader {
            mapping,
            beside: &beside,
        };
        let sinks = RowSinks {
            archive: &mut archive,
            rejects,
        };
        let reading = read(source, by, &draft, sinks, watch)?;
        let (stats, sha256) = (reading.stats, reading.sha256);
        check_owner(&stats)?;
        // Another program may have imported the same bytes while this one waited for its turn.
        let known = self.catalog.imports_by_content(reader, &sha256)?;
        for record in &known {
            if has_rows(record)? && !re_read::is_withdrawn(self.catalog.as_ref(), record)? {
                return Ok(OrdersImport::unchanged(record));
            }
        }
        if let Some(record) = known.first().filter(|_| stats.good == 0 && stats.bad > 0) {
            return Ok(refused_again(record, stats));
        }
        let mut out = SectionsInWork::new(self, profile, draft.import);
        out.amounts = mapping.row_amount;
        out.re_read = re_read::earlier(self.catalog.as_ref(), target, &sha256)?;
        finish_files(archive, &sha256, watch, |stop| {
            let rows = RowsRead {
                sha256,
                orders: reading.orders,
                refunds: reading.refunds,
            };
            out.write_all(&draft, rows, watch, stop)
        })?;
        let rows = out.rows();
        let summary = out.summary(stats);
        let record = ImportRecord {
            import: draft.import,
            profile,
            kind: kind_word(mapping.kind).to_owned(),
            name,
            sha256,
            bytes: reading.bytes,
            rows,
            imported_at: self.clock.now(),
            day: None,
            standing: Standing::Verified,
            facts: facts(&summary, mapping, out.business, &out.re_read),
        };
        draft.commit(&NewImport {
            record,
            recipe,
            stamp,
            sections: out.sections,
            superseded: out.superseded,
            set_aside: reading.set_aside,
        })?;
        Ok(summary)
    }
}

/// Refuses a file of which every row is another merchant's.
fn check_owner(stats: &Stats) -> Result<(), BooksError> {
    if stats.good == 0 && stats.bad == 0 && stats.others > 0 && stats.left_out() == 0 {
        let rows = stats.others;
        return Err(BooksError::Orders(Box::new(IntakeError::OthersOnly {
            rows,
        })));
    }
    Ok(())
}

/// What a file comes to whose refused rows are known since the first try.
fn refused_again(record: &ImportRecord, stats: Stats) -> OrdersImport {
    OrdersImport {
        is_new: true,
        bad: stats.bad,
        others: stats.others,
        stats: Box::new(stats),
        ..OrdersImport::nothing(record.import)
    }
}

/// False for an import that only left refused rows behind: the next try with the same file is no repetition.
fn has_rows(record: &ImportRecord) -> Result<bool, BooksError> {
    let facts: serde_json::Value = record.read_facts()?;
    let count = |name: &str| facts.get(name).and_then(serde_json::Value::as_u64);
    Ok(count("good") != Some(0) || count("bad") == Some(0))
}

/// The word of a kind of file in the catalog.
pub(super) const fn kind_word(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Orders => "orders",
        RecordKind::Refunds => "refunds",
    }
}

/// What decides how a file is read: two readings of one file are two imports only if this differs. The name of the
/// mapping reads nothing: a guess that was proven and saved under a name is the same reading.
fn recipe(mapping: &Mapping) -> String {
    let nameless = Mapping {
        name: String::new(),
        ..mapping.clone()
    };
    digest_of(&nameless)
}

/// True when a file that was read in this way would be read by the mapping in the same.
pub(crate) fn reads_alike(mapping: &Mapping, read: &str) -> bool {
    recipe(mapping) == read || recipe_with_name(mapping) == read
}

/// The same as imports of before have it, the name among it.
fn recipe_with_name(mapping: &Mapping) -> String {
    digest_of(mapping)
}

fn digest_of(mapping: &Mapping) -> String {
    let mut digest = Hash::sha256();
    digest.update(mapping.to_toml().as_bytes());
    hex(digest.finish().get(..16).unwrap_or_default())
}

fn facts(
    summary: &OrdersImport,
    mapping: &Mapping,
    business: bool,
    re_read: &BTreeSet<u32>,
) -> String {
    serde_json::json!({
        "good": summary.good,
        "bad": summary.bad,
        "others": summary.others,
        "added": summary.added,
        "changed": summary.changed,
        "same": summary.same,
        "merged": summary.merged,
        "repeated": summary.repeated,
        "left_out": summary.stats.left_out(),
        "delivery_unknown": summary.stats.lacks_delivery(),
        "sum_fen": summary.sum.map(recondesk_domain::Fen::get),
        "business_numbers": business,
        "mapping": mapping.name,
        // Refused rows, and rows that the disk has lost, are read again by the very mapping of then.
        "mapping_text": mapping.to_toml(),
        "refunds": mapping.refund_shape().word(),
        "number": re_read::number_of(mapping),
        "re_read": re_read,
        "withdrawn": summary.withdrawn,
        "days": summary.days.map(|(first, last)| [first, last]),
        "kind": kind_word(mapping.kind),
    })
    .to_string()
}

/// What a file has, before it is stored.
struct RowsRead {
    /// Of the file.
    sha256: [u8; 32],
    orders: PartitionedRows<MOrder>,
    refunds: PartitionedRows<MRefund>,
}

/// The sections of an import on their way to its segment file.
struct SectionsInWork<'a> {
    books: &'a Bookshelf,
    profile: ProfileId,
    import: u32,
    sections: Vec<SectionMeta>,
    superseded: Vec<SupersededMeta>,
    same: u64,
    changed: u64,
    /// An order that is stored has a business number other than its own number.
    business: bool,
    /// What the amount of a row is where an order has several.
    amounts: RowAmount,
    /// Earlier readings of the same file: what this one has not of them stands no longer.
    re_read: BTreeSet<u32>,
    withdrawn: u64,
    repeats: Repeats,
}

impl<'a> SectionsInWork<'a> {
    /// Nothing written yet.
    fn new(books: &'a Bookshelf, profile: ProfileId, import: u32) -> Self {
        Self {
            books,
            profile,
            import,
            sections: Vec::new(),
            superseded: Vec::new(),
            same: 0,
            changed: 0,
            business: false,
            amounts: RowAmount::Order,
            re_read: BTreeSet::new(),
            withdrawn: 0,
            repeats: Repeats::default(),
        }
    }

    fn rows(&self) -> u64 {
        let sections = self.sections.iter();
        sections.map(|section| u64::from(section.rows)).sum()
    }

    /// What the import comes to once all is written.
    fn summary(&self, stats: Stats) -> OrdersImport {
        OrdersImport {
            import: self.import,
            is_new: true,
            good: stats.good,
            bad: stats.bad,
            others: stats.others,
            added: self.rows().saturating_sub(self.changed),
            changed: self.changed,
            same: self.same,
            withdrawn: self.withdrawn,
            merged: self.repeats.merged,
            repeated: self.repeats.contrary,
            sum: stats
                .sum()
                .zip(self.repeats.twice)
                .and_then(|(sum, twice)| sum.checked_sub(twice)),
            days: stats.day_span(),
            stats: Box::new(stats),
        }
    }

    fn write_all(
        &mut self,
        draft: &Draft<'_>,
        rows: RowsRead,
        watch: &dyn Watch,
        stop: Stop<'_>,
    ) -> Result<(), BooksError> {
        let RowsRead {
            sha256,
            orders,
            refunds,
        } = rows;
        let is_empty = orders.sections.is_empty() && refunds.sections.is_empty();
        if is_empty && self.re_read.is_empty() {
            return Ok(());
        }
        let view = Snapshot::load(self.books.catalog.as_ref(), Some(self.profile), None)?;
        let mut out = draft.segment(&sha256)?;
        self.write(&mut out, orders, &view, watch)?;
        self.write(&mut out, refunds, &view, watch)?;
        out.finish_unless(stop)
            .map_err(|error| disk_error(&error))?;
        Ok(())
    }

    fn write<R: Merged>(
        &mut self,
        out: &mut Output,
        mut rows: PartitionedRows<R>,
        view: &Snapshot,
        watch: &dyn Watch,
    ) -> Result<(), BooksError> {
        watch.at(ImportPart::Sort, 0, Some(rows.buffer.entries.len() as u64));
        let repeats = sort(&mut rows, self.amounts)?;
        self.repeats = self.repeats.with(repeats);
        let PartitionedRows {
            mut buffer,
            sections,
        } = rows;
        let entries = std::mem::take(&mut buffer.entries);
        let mut by_number: BTreeMap<u64, &[RowEntry]> = entries
            .chunk_by(|a, b| a.section() == b.section())
            .filter_map(|run| Some((run.first()?.section(), run)))
            .collect();
        let days: Vec<i32> = {
            let mut days: BTreeSet<i32> = sections.keys().map(|(day, _)| *day).collect();
            if !self.re_read.is_empty() {
                let stored = view.days::<R>(i32::MIN..=i32::MAX);
                let stored = stored.filter(|section| self.re_read.contains(&section.import));
                days.extend(stored.map(|section| section.day));
            }
            days.into_iter().collect()
        };
        for day in days {
            if watch.cancelled() {
                return Err(BooksError::Cancelled);
            }
            let [cold, hot] = [false, true].map(|hot| {
                let (number, ranges) = sections.get(&(day, hot)).copied().unwrap_or_default();
                let known = sections.contains_key(&(day, hot));
                let run = known.then(|| by_number.remove(&number)).flatten();
                (run.unwrap_or_default(), ranges)
            });
            let kept;
            let mut runs = [(false, cold.0, cold.1), (true, hot.0, hot.1)];
            let stored = view.day::<R>(day);
            if !stored.is_empty() {
                let old = view.merge::<R>(&self.books.segments, stored, None)?;
                let weeded = weed(&buffer, [cold.0, hot.0], old, &self.re_read, watch)?;
                self.withdrawn += weeded.withdrawn;
                self.same += weeded.same;
                self.changed += weeded.changed;
                for (section, rows) in &weeded.superseded {
                    let range = write_superseded(out, rows).map_err(|error| disk_error(&error))?;
                    self.superseded.push(SupersededMeta {
                        import: self.import,
                        section: *section,
                        list: range,
                    });
                }
                kept = weeded.kept;
                for (run, kept) in runs.iter_mut().zip(&kept) {
                    run.1 = kept;
                }
            }
            for (hot, run, ranges) in runs {
                if run.is_empty() {
                    continue;
                }
                self.business |= ranges.business;
                let footer =
                    write_section(out, &buffer, run, watch).map_err(|error| disk_error(&error))?;
                self.sections.push(SectionMeta {
                    id: 0,
                    import: self.import,
                    profile: self.profile,
                    book: R::BOOK,
                    day,
                    rows: u32::try_from(run.len()).unwrap_or(u32::MAX),
                    hot,
                    open: ranges.open,
                    paid: ranges.paid,
                    refunded: ranges.refunded,
                    footer,
                });
            }
        }
        Ok(())
    }
}
