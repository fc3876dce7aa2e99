//! Reading a merchant's file, text or workbook, into rows in memory and raw bytes in the archive.

use std::io::{self, Read, Seek as _};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use super::draft::Draft;
use super::partition::{PartitionedRows, Ranges, Sorted, TOO_MANY_ROWS};
use super::pipeline::{Pipeline, run};
use crate::books::catalog::DayRange;
use crate::books::disk_error;
use crate::books::format::archive::{ArchiveWriter, Squeezed, Squeezer};
use crate::books::set_aside::SetAsideRows;
use crate::digest::Hash;
use recondesk_domain::{Instant, MOrder, MRefund};
use recondesk_intake::{
    Block, Guess, HEAD_BYTES, IntakeError, KnownContext, LeftOut, Mapping, OrderBlock, Plan,
    RecordSplitter, Reject, Stats, Workbook, sniff,
};
use recondesk_ports::{BooksError, ImportPart, Source, Watch};

/// Bytes of a workbook read at a time.
const PIECE_BYTES: usize = 1 << 20;

/// What parsing and compressing a block gives.
#[derive(Default)]
struct Parsed {
    squeezed: Vec<Squeezed>,
    orders: Sorted<MOrder>,
    refunds: Sorted<MRefund>,
    rejects: Vec<Reject>,
    left_out: Vec<LeftOut>,
    stats: Stats,
    raw: u64,
}

/// A block of records, and the raw bytes that were read to get it.
#[derive(Default)]
struct ReadPiece {
    /// Raw bytes that are not those of the block: the header, or all where the file is of another encoding.
    raw: Vec<u8>,
    block: Block,
    /// The bytes of the block are raw bytes, after those above.
    as_it_is: bool,
}

impl ReadPiece {
    /// The raw bytes in order.
    fn parts(&self) -> [&[u8]; 2] {
        let block: &[u8] = if self.as_it_is {
            &self.block.bytes
        } else {
            &[]
        };
        [&self.raw, block]
    }
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

pub(crate) fn place_order(order: &MOrder) -> ((i32, bool), Ranges) {
    let day = order.created().map_or(i32::MIN, Instant::day_number);
    let paid = order.paid_day_number();
    let refunded = order.refund_at.map(Instant::day_number);
    let open = order.waits_for_payment();
    let hot = open || refunded.is_some() || paid.is_some_and(|paid| paid != day);
    let ranges = Ranges {
        open,
        business: !order.order_no.is_empty()
            && order.order_no.as_bytes() != order.out_trade_no.as_bytes(),
        paid: paid.map(DayRange::of),
        refunded: refunded.map(DayRange::of),
    };
    ((day, hot), ranges)
}

pub(crate) fn place_refund(refund: &MRefund) -> ((i32, bool), Ranges) {
    let day = refund.time().map_or(i32::MIN, Instant::day_number);
    ((day, false), Ranges::default())
}

/// Everything that was read of a file.
#[derive(Default)]
pub(crate) struct Reading {
    pub(crate) orders: PartitionedRows<MOrder>,
    pub(crate) refunds: PartitionedRows<MRefund>,
    pub(crate) stats: Stats,
    pub(crate) bytes: u64,
    pub(crate) sha256: [u8; 32],
    pub(crate) set_aside: SetAsideRows,
}

impl Reading {
    /// Hands refused rows on and keeps their numbers, and those of rows that are left out.
    fn put_aside(
        &mut self,
        rejects: &[Reject],
        left_out: &[LeftOut],
        sink: &mut dyn FnMut(&Reject),
    ) {
        for reject in rejects {
            self.set_aside.refuse(reject);
            sink(reject);
        }
        for left in left_out {
            self.set_aside.leave_out(left);
        }
    }

    fn gather(
        &mut self,
        orders: Sorted<MOrder>,
        refunds: Sorted<MRefund>,
    ) -> Result<(), BooksError> {
        let fits = self.orders.take(orders) && self.refunds.take(refunds);
        fits.then_some(()).ok_or(BooksError::TooMuch(TOO_MANY_ROWS))
    }
}

/// Takes the rows out of a block, each into its section.
fn sort_out(rows: &mut OrderBlock, orders: &mut Sorted<MOrder>, refunds: &mut Sorted<MRefund>) {
    for order in &rows.orders {
        let (key, ranges) = place_order(order);
        orders.push(order, key, &ranges);
    }
    for refund in &rows.refunds {
        let (key, ranges) = place_refund(refund);
        refunds.push(refund, key, &ranges);
    }
    rows.orders.clear();
    rows.refunds.clear();
}

/// How the rows of a file are read: by a mapping, beside what the books hold already.
#[derive(Clone, Copy)]
pub(crate) struct OrdersReader<'a> {
    pub(crate) mapping: &'a Mapping,
    pub(crate) beside: &'a KnownContext,
}

impl OrdersReader<'_> {
    fn plan(self, guess: &Guess) -> Result<Plan, BooksError> {
        let mut plan =
            Plan::new(self.mapping, guess).map_err(|error| BooksError::Mapping(Box::new(error)))?;
        plan.learn_beside(self.beside);
        Ok(plan)
    }
}

/// Where a file goes while it is read, beside its rows.
pub(crate) struct RowSinks<'a> {
    pub(crate) archive: &'a mut ArchiveWriter,
    /// Is told of each row that is refused.
    pub(crate) rejects: &'a mut dyn FnMut(&Reject),
}

/// A text whose first bytes were read to tell what it is.
struct OpenedText<'a> {
    head: Vec<u8>,
    /// What follows them.
    source: Source,
    guess: &'a Guess,
}

/// Reads a file, whatever its form, beside numbers that the books hold already.
pub(crate) fn read(
    mut source: Source,
    by: OrdersReader<'_>,
    draft: &Draft<'_>,
    sinks: RowSinks<'_>,
    watch: &dyn Watch,
) -> Result<Reading, BooksError> {
    let mut head = Vec::new();
    (&mut source.bytes)
        .take(HEAD_BYTES as u64)
        .read_to_end(&mut head)
        .map_err(|error| BooksError::source(&error))?;
    match sniff(&head, Some(by.mapping)).map_err(refused)? {
        Some(guess) => {
            let text = OpenedText {
                head,
                source,
                guess: &guess,
            };
            read_text(text, by, draft, sinks, watch)
        }
        None => read_workbook(source, by, draft, sinks, watch),
    }
}

/// Reads a workbook: first its bytes for the archive, then its rows.
fn read_workbook(
    mut source: Source,
    by: OrdersReader<'_>,
    draft: &Draft<'_>,
    RowSinks { archive, rejects }: RowSinks<'_>,
    watch: &dyn Watch,
) -> Result<Reading, BooksError> {
    let failed = |error: io::Error| BooksError::source(&error);
    source.bytes.rewind().map_err(failed)?;
    let mut squeezer = Squeezer::new().map_err(|error| disk_error(&error))?;
    let mut hash = Hash::sha256();
    let mut reading = Reading::default();
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        if watch.cancelled() {
            return Err(BooksError::Cancelled);
        }
        let read = source.bytes.read(&mut piece).map_err(failed)?;
        let bytes = piece.get(..read).unwrap_or_default();
        if bytes.is_empty() {
            break;
        }
        hash.update(bytes);
        squeezer
            .squeeze(bytes)
            .and_then(|squeezed| archive.push(&squeezed))
            .map_err(|error| disk_error(&error))?;
        reading.bytes += read as u64;
    }
    reading.sha256 = hash.finish();
    source.bytes.rewind().map_err(failed)?;
    let mut workbook = Workbook::open(source.bytes, Some(by.mapping)).map_err(refused)?;
    let plan = by.plan(workbook.guess())?;
    let mut stopped = Ok(());
    workbook
        .read(&plan, draft.import, &mut |block| {
            reading.put_aside(&block.rejects, &block.left_out, rejects);
            reading.stats.merge(&block.stats);
            let (mut orders, mut refunds) = (Sorted::default(), Sorted::default());
            let mut block = block;
            sort_out(&mut block, &mut orders, &mut refunds);
            stopped = reading.gather(orders, refunds);
            watch.at(ImportPart::Read, reading.stats.good, None);
            if watch.cancelled() {
                stopped = Err(BooksError::Cancelled);
            }
            if stopped.is_ok() {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })
        .map_err(refused)?;
    stopped?;
    Ok(reading)
}

/// Reads delimited text into rows in memory, and into the archive.
fn read_text(
    text: OpenedText<'_>,
    by: OrdersReader<'_>,
    draft: &Draft<'_>,
    RowSinks { archive, rejects }: RowSinks<'_>,
    watch: &dyn Watch,
) -> Result<Reading, BooksError> {
    let OpenedText {
        head,
        source,
        guess,
    } = text;
    let (size, bytes) = (source.size, source.bytes);
    let plan = by.plan(guess)?;
    // What comes before the rows is handed on once; the rows are raw bytes themselves, or are noted on their way.
    let before = usize::try_from(guess.body_offset).ok();
    let before = before.and_then(|len| head.get(..len)).map(<[u8]>::to_vec);
    let as_it_is = before.is_some() && guess.is_read_as_it_is();
    let seen = Arc::new(Mutex::new(before.filter(|_| as_it_is).unwrap_or_default()));
    let whole = Box::new(io::Cursor::new(head).chain(bytes));
    let reader: Box<dyn Read + Send> = if as_it_is {
        whole
    } else {
        Box::new(Tap {
            inner: whole,
            seen: Arc::clone(&seen),
        })
    };
    let mut cutter = RecordSplitter::new(reader, guess);
    let mut ended = false;
    let mut hash = Hash::sha256();
    let mut reading = Reading::default();
    let pipeline = Pipeline {
        next: |spare: ReadPiece| {
            if ended {
                return Ok(None);
            }
            let ReadPiece { mut raw, block, .. } = spare;
            let block = cutter.next_block(block).map_err(refused)?;
            raw.clear();
            std::mem::swap(
                &mut raw,
                &mut *seen.lock().unwrap_or_else(PoisonError::into_inner),
            );
            ended = block.is_none();
            let block = block.unwrap_or_default();
            Ok((!ended || !raw.is_empty()).then_some(ReadPiece {
                raw,
                block,
                as_it_is,
            }))
        },
        hash: |piece: &ReadPiece| piece.parts().iter().for_each(|part| hash.update(part)),
        make: || {
            let mut squeezer = Squeezer::new();
            let mut rows = OrderBlock::default();
            let plan = &plan;
            let import = draft.import;
            move |piece: &ReadPiece| parse(piece, import, plan, &mut squeezer, &mut rows)
        },
    };
    run(pipeline, |parsed: Parsed| {
        if watch.cancelled() {
            return Err(BooksError::Cancelled);
        }
        for block in &parsed.squeezed {
            archive.push(block).map_err(|error| disk_error(&error))?;
        }
        reading.put_aside(&parsed.rejects, &parsed.left_out, rejects);
        reading.stats.merge(&parsed.stats);
        reading.bytes += parsed.raw;
        watch.at(ImportPart::Read, reading.bytes, Some(size));
        reading.gather(parsed.orders, parsed.refunds)
    })?;
    reading.sha256 = hash.finish();
    Ok(reading)
}

fn parse(
    piece: &ReadPiece,
    import: u32,
    plan: &Plan,
    squeezer: &mut io::Result<Squeezer>,
    rows: &mut OrderBlock,
) -> Result<Parsed, BooksError> {
    let mut parsed = Parsed::default();
    let squeezer = squeezer.as_mut().map_err(|error| disk_error(error))?;
    for part in piece.parts() {
        parsed.raw += part.len() as u64;
        let squeezed = squeezer.squeeze(part);
        let squeezed = squeezed.map_err(|error| disk_error(&error))?;
        parsed.squeezed.push(squeezed);
    }
    rows.clear();
    let mut sorted = (Sorted::default(), Sorted::default());
    let mut take = |rows: &mut OrderBlock| sort_out(rows, &mut sorted.0, &mut sorted.1);
    plan.parse_in_parts(&piece.block, import, rows, &mut take)
        .map_err(refused)?;
    take(rows);
    (parsed.orders, parsed.refunds) = sorted;
    parsed.rejects = std::mem::take(&mut rows.rejects);
    parsed.left_out = std::mem::take(&mut rows.left_out);
    parsed.stats = std::mem::take(&mut rows.stats);
    Ok(parsed)
}
