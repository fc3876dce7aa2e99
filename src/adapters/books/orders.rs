//! Importing a merchant's file: rows by day, hot and cold, against what the books hold already.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use super::gather::{Gathered, Ranges, Sorted};
use super::pack::Entry;
use super::pipeline::{Pipeline, run};
use super::record::Record;
use super::segment::{write_section, write_superseded};
use super::store::{Bookshelf, Draft, disk_error};
use super::view::View;
use super::weed::weed;
use crate::adapters::archive::{ArchiveWriter, Squeezed, Squeezer};
use crate::adapters::digest::Hash;
use crate::adapters::disk::Output;
use crate::adapters::sqlite::{NewImport, SectionMeta, SupersededMeta};
use crate::domain::{BEIJING_OFFSET_S, Instant, MOrder, MRefund, PayStatus, ProfileId};
use crate::intake::{
    Block, Cutter, HEAD_BYTES, IntakeError, Kind, Mapping, OrderBlock, Plan, Reject, Stats, sniff,
};
use crate::ports::{BooksError, ImportRecord, OrdersImport, Part, Source, Standing, Watch};

/// Number of the Beijing day of an instant, without a calendar.
pub(super) const fn day_number(at: Instant) -> i32 {
    at.plus(BEIJING_OFFSET_S).unix().div_euclid(86_400) as i32
}

/// The day on which an order counts as paid: of `paid_at`, or of its creation where the merchant
/// calls it paid without saying when.
pub(super) fn paid_day(order: &MOrder) -> Option<i32> {
    match order.paid_at {
        Some(at) => Some(day_number(at)),
        None => order
            .pay_status
            .is_paid()
            .then(|| day_number(order.created_at)),
    }
}

/// True for an order that waits for a payment (rule X2: not paid, not final).
pub(super) fn is_open(order: &MOrder) -> bool {
    order.paid_at.is_none()
        && !matches!(
            order.pay_status,
            PayStatus::Paid | PayStatus::Refunded | PayStatus::Closed
        )
}

/// What parsing and compressing a block gives.
#[derive(Default)]
struct Parsed {
    squeezed: Vec<Squeezed>,
    orders: Sorted<MOrder>,
    refunds: Sorted<MRefund>,
    rejects: Vec<Reject>,
    stats: Stats,
    raw: u64,
}

/// A block of records, and the raw bytes that were read to get it.
#[derive(Default)]
struct Piece {
    raw: Vec<u8>,
    block: Block,
}

/// Notes every byte that is read.
struct Tap {
    inner: Box<dyn Read + Send>,
    seen: Arc<Mutex<Vec<u8>>>,
}

impl Read for Tap {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

fn refused(error: IntakeError) -> BooksError {
    BooksError::Orders(Box::new(error))
}

fn place_order(order: &MOrder) -> ((i32, bool), Ranges) {
    let day = day_number(order.created_at);
    let paid = paid_day(order);
    let refunded = order.refund_at.map(day_number);
    let open = is_open(order);
    let hot = open || refunded.is_some() || paid.is_some_and(|paid| paid != day);
    let ranges = Ranges {
        open,
        paid: paid.map(|day| (day, day)),
        refunded: refunded.map(|day| (day, day)),
    };
    ((day, hot), ranges)
}

fn place_refund(refund: &MRefund) -> ((i32, bool), Ranges) {
    let day = refund.time().map_or(i32::MIN, day_number);
    ((day, false), Ranges::default())
}

/// Everything that was read of a file.
#[derive(Default)]
pub(super) struct Reading {
    orders: Gathered<MOrder>,
    refunds: Gathered<MRefund>,
    pub(super) stats: Stats,
    pub(super) bytes: u64,
    pub(super) sha256: [u8; 32],
}

impl Bookshelf {
    /// Imports a merchant's file.
    pub(super) fn orders(
        &self,
        profile: ProfileId,
        mapping: &Mapping,
        mut source: Source,
        watch: &dyn Watch,
        rejects: &mut dyn FnMut(&Reject),
    ) -> Result<OrdersImport, BooksError> {
        let recipe = recipe(mapping);
        let kind = match mapping.kind {
            Kind::Orders => "orders",
            Kind::Refunds => "refunds",
        };
        let unchanged = |record: ImportRecord| OrdersImport::unchanged(&record);
        if let Some(record) = self.known_by_stamp((profile, &recipe), &source)? {
            return Ok(unchanged(record));
        }
        let stamp = self.lasting(source.stamp);
        if let Some(record) = self.known_by_hash((profile, &recipe), &mut source, stamp, watch)? {
            return Ok(unchanged(record));
        }
        let name = source.name.clone();
        let draft = self.draft(watch)?;
        let mut archive = draft.archive()?;
        let reading = read_text(source, mapping, &draft, (&mut archive, rejects), watch)?;
        let Reading {
            orders,
            refunds,
            stats,
            bytes,
            sha256,
        } = reading;
        let mut out = Writing {
            books: self,
            profile,
            import: draft.import,
            sections: Vec::new(),
            superseded: Vec::new(),
            same: 0,
            changed: 0,
        };
        let segment = std::thread::scope(|scope| {
            let archive = scope.spawn(move || archive.finish(&sha256));
            let segment = out.write_all(&draft, (orders, refunds), watch);
            let archive = archive
                .join()
                .unwrap_or_else(|_| Err(io::Error::other("the archive thread failed")));
            archive.map_err(|error| disk_error(&error)).and(segment)
        });
        segment?;
        let rows: u64 = out
            .sections
            .iter()
            .map(|section| u64::from(section.rows))
            .sum();
        let summary = OrdersImport {
            import: draft.import,
            is_new: true,
            good: stats.good,
            bad: stats.bad,
            added: rows.saturating_sub(out.changed),
            changed: out.changed,
            same: out.same,
            sum: stats.sum(),
            days: stats.day_span(),
        };
        let record = ImportRecord {
            import: draft.import,
            profile,
            kind: kind.to_owned(),
            name,
            sha256,
            bytes,
            rows,
            imported_at: self.clock.now(),
            day: None,
            standing: Standing::Verified,
            facts: facts(&summary, mapping),
        };
        draft.commit(&NewImport {
            record,
            recipe,
            stamp,
            sections: out.sections,
            superseded: out.superseded,
        })?;
        Ok(summary)
    }

    /// Looks for an import of the same content, where one of the same size is known.
    ///
    /// Hashing alone costs a tenth of reading; it is done first only where it is likely to pay.
    pub(super) fn known_by_hash(
        &self,
        place: (ProfileId, &str),
        source: &mut Source,
        stamp: Option<crate::ports::Stamp>,
        watch: &dyn Watch,
    ) -> Result<Option<ImportRecord>, BooksError> {
        if !self.db.has_import_of_size(place, source.size)? {
            return Ok(None);
        }
        let mut hash = Hash::sha256();
        let mut buffer = vec![0; 1 << 20];
        let failed = |error: io::Error| BooksError::Source(error.to_string());
        let mut done = 0;
        loop {
            if watch.cancelled() {
                return Err(BooksError::Cancelled);
            }
            let read = source.bytes.read(&mut buffer).map_err(failed)?;
            if read == 0 {
                break;
            }
            hash.update(buffer.get(..read).unwrap_or_default());
            done += read as u64;
            watch.at(Part::Read, done, Some(source.size));
        }
        source.bytes.rewind().map_err(failed)?;
        let found = self
            .db
            .imports_by_content(place, &hash.finish())?
            .into_iter()
            .find(|record| record.standing != Standing::Replaced);
        if let (Some(record), Some(stamp)) = (&found, stamp) {
            self.db.add_stamp(place, &stamp, record.import)?;
        }
        Ok(found)
    }
}

/// What decides how a file is read: two readings of one file are two imports only if this differs.
fn recipe(mapping: &Mapping) -> String {
    let mut digest = Hash::sha256();
    digest.update(mapping.to_toml().as_bytes());
    digest
        .finish()
        .iter()
        .take(16)
        .map(|b| format!("{b:02x}"))
        .collect()
}

fn facts(summary: &OrdersImport, mapping: &Mapping) -> String {
    serde_json::json!({
        "good": summary.good,
        "bad": summary.bad,
        "added": summary.added,
        "changed": summary.changed,
        "same": summary.same,
        "sum_fen": summary.sum.map(crate::domain::Fen::get),
        "mapping": mapping.name,
        "refunds": mapping.refund_shape().word(),
        "kind": match mapping.kind { Kind::Orders => "orders", Kind::Refunds => "refunds" },
    })
    .to_string()
}

/// Reads delimited text into rows in memory, and into the archive.
fn read_text(
    source: Source,
    mapping: &Mapping,
    draft: &Draft<'_>,
    (archive, rejects): (&mut ArchiveWriter, &mut dyn FnMut(&Reject)),
    watch: &dyn Watch,
) -> Result<Reading, BooksError> {
    let size = source.size;
    let failed = |error: io::Error| BooksError::Source(error.to_string());
    let mut bytes = source.bytes;
    let mut head = Vec::new();
    (&mut bytes)
        .take(HEAD_BYTES as u64)
        .read_to_end(&mut head)
        .map_err(failed)?;
    let guess = sniff(&head, Some(mapping))
        .map_err(refused)?
        .ok_or_else(|| BooksError::Source("a workbook".to_owned()))?;
    let plan = Plan::new(mapping, &guess).map_err(|error| BooksError::Mapping(Box::new(error)))?;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let tap = Tap {
        inner: Box::new(io::Cursor::new(head).chain(bytes)),
        seen: Arc::clone(&seen),
    };
    let mut cutter = Cutter::new(tap, &guess);
    let mut ended = false;
    let mut hash = Hash::sha256();
    let mut reading = Reading::default();
    let pipeline = Pipeline {
        next: |spare: Piece| {
            if ended {
                return Ok(None);
            }
            let Piece { mut raw, block } = spare;
            let block = cutter.next_block(block).map_err(refused)?;
            raw.clear();
            std::mem::swap(
                &mut raw,
                &mut *seen.lock().unwrap_or_else(PoisonError::into_inner),
            );
            ended = block.is_none();
            let block = block.unwrap_or_default();
            Ok((!ended || !raw.is_empty()).then_some(Piece { raw, block }))
        },
        hash: |piece: &Piece| hash.update(&piece.raw),
        make: || {
            let mut squeezer = Squeezer::new();
            let mut rows = OrderBlock::default();
            let plan = &plan;
            let import = draft.import;
            move |piece: &Piece| parse(piece, import, plan, (&mut squeezer, &mut rows))
        },
    };
    run(pipeline, |parsed: Parsed| {
        if watch.cancelled() {
            return Err(BooksError::Cancelled);
        }
        for block in &parsed.squeezed {
            archive.push(block).map_err(|error| disk_error(&error))?;
        }
        parsed.rejects.iter().for_each(&mut *rejects);
        reading.stats.merge(&parsed.stats);
        reading.bytes += parsed.raw;
        let fits = reading.orders.take(parsed.orders) && reading.refunds.take(parsed.refunds);
        watch.at(Part::Read, reading.bytes, Some(size));
        fits.then_some(())
            .ok_or_else(|| BooksError::Source("too many rows or days for one file".to_owned()))
    })?;
    reading.sha256 = hash.finish();
    Ok(reading)
}

fn parse(
    piece: &Piece,
    import: u32,
    plan: &Plan,
    (squeezer, rows): (&mut io::Result<Squeezer>, &mut OrderBlock),
) -> Result<Parsed, BooksError> {
    let mut parsed = Parsed {
        raw: piece.raw.len() as u64,
        ..Parsed::default()
    };
    squeezer
        .as_mut()
        .map_err(|error| disk_error(error))?
        .squeeze(&piece.raw, &mut parsed.squeezed)
        .map_err(|error| disk_error(&error))?;
    rows.clear();
    plan.parse_block(&piece.block.bytes, piece.block.at(import), rows)
        .map_err(refused)?;
    for order in &rows.orders {
        let (key, ranges) = place_order(order);
        parsed.orders.push(order, key, &ranges);
    }
    for refund in &rows.refunds {
        let (key, ranges) = place_refund(refund);
        parsed.refunds.push(refund, key, &ranges);
    }
    parsed.rejects = std::mem::take(&mut rows.rejects);
    parsed.stats = std::mem::take(&mut rows.stats);
    Ok(parsed)
}

/// The sections of an import on their way to its segment file.
struct Writing<'a> {
    books: &'a Bookshelf,
    profile: ProfileId,
    import: u32,
    sections: Vec<SectionMeta>,
    superseded: Vec<SupersededMeta>,
    same: u64,
    changed: u64,
}

impl Writing<'_> {
    fn write_all(
        &mut self,
        draft: &Draft<'_>,
        (orders, refunds): (Gathered<MOrder>, Gathered<MRefund>),
        watch: &dyn Watch,
    ) -> Result<(), BooksError> {
        if orders.sections.is_empty() && refunds.sections.is_empty() {
            return Ok(());
        }
        let view = View::load(&self.books.db, Some(self.profile), None)?;
        let mut out = draft.segment()?;
        self.write(&mut out, orders, &view, watch)?;
        self.write(&mut out, refunds, &view, watch)?;
        out.finish().map_err(|error| disk_error(&error))?;
        Ok(())
    }

    fn write<R: Record>(
        &mut self,
        out: &mut Output,
        rows: Gathered<R>,
        view: &View,
        watch: &dyn Watch,
    ) -> Result<(), BooksError> {
        let Gathered {
            mut sheaf,
            sections,
        } = rows;
        watch.at(Part::Sort, 0, Some(sheaf.entries.len() as u64));
        sheaf.sort();
        let entries = std::mem::take(&mut sheaf.entries);
        let mut by_number: BTreeMap<u64, &[Entry]> = entries
            .chunk_by(|a, b| a.section() == b.section())
            .filter_map(|run| Some((run.first()?.section(), run)))
            .collect();
        let days: Vec<i32> = {
            let mut days: Vec<i32> = sections.keys().map(|(day, _)| *day).collect();
            days.dedup();
            days
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
                let old = view.merge::<R>(&self.books.shelf, stored, None)?;
                let weeded = weed(&sheaf, [cold.0, hot.0], old)?;
                self.same += weeded.same;
                self.changed += weeded.changed;
                for (section, list) in &weeded.superseded {
                    let place = write_superseded(out, list).map_err(|error| disk_error(&error))?;
                    self.superseded.push(SupersededMeta {
                        import: self.import,
                        section: *section,
                        place,
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
                let footer =
                    write_section(out, &sheaf, run, watch).map_err(|error| disk_error(&error))?;
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
