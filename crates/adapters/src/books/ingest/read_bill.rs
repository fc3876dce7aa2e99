//! Reading a bill: unpacked, cut into blocks of lines, hashed, compressed and parsed on all cores.

use super::bill_lines::{BillLines, LineSplitter};
use super::draft::Draft;
use super::partition::{PartitionedRows, Ranges, Sorted, TOO_MANY_ROWS};
use super::pipeline::{Pipeline, run};
use crate::books::disk_error;
use crate::books::format::archive::{ArchiveWriter, Squeezed, Squeezer};
use crate::digest::Hash;
use recondesk_domain::{WPay, WRefund};
use recondesk_ports::{BooksError, ImportPart, Source, Watch};
use wechatpay_codec::bill::{BillBlock, BillFault, Layout, Tally};

/// What parsing and compressing a block gives.
#[derive(Default)]
struct ParsedBill {
    squeezed: Vec<Squeezed>,
    pays: Sorted<WPay>,
    refunds: Sorted<WRefund>,
    tally: Tally,
}

/// Everything that was read of a bill.
#[derive(Default)]
pub(crate) struct BillReading {
    pub(crate) pays: PartitionedRows<WPay>,
    pub(crate) refunds: PartitionedRows<WRefund>,
    pub(crate) tally: Tally,
    pub(crate) sha256: [u8; 32],
    pub(crate) sha1: Option<[u8; 20]>,
}

/// Opens a bill and reads it to its end.
pub(crate) fn read(
    source: Source,
    draft: &Draft<'_>,
    archive: &mut ArchiveWriter,
    want_sha1: bool,
    watch: &dyn Watch,
) -> Result<(Layout, BillReading), BooksError> {
    let mut cutter = LineSplitter::open(source).map_err(|e| BooksError::source(&e))?;
    let opened = Layout::open(cutter.carry()).map_err(|fault| match fault {
        BillFault::NotABill(kind) => BooksError::NotABill {
            kind,
            head: cutter.carry().iter().take(4096).copied().collect(),
        },
        fault @ (BillFault::Header { .. } | BillFault::LineTooLong { .. }) => {
            BooksError::Bill(Box::new(fault))
        }
    })?;
    cutter.header = opened.bytes;
    let reading = rows(
        cutter,
        (&opened.layout, opened.lines),
        draft,
        archive,
        (want_sha1, watch),
    )?;
    Ok((opened.layout, reading))
}

fn rows(
    mut cutter: LineSplitter,
    (layout, header_lines): (&Layout, u32),
    draft: &Draft<'_>,
    archive: &mut ArchiveWriter,
    (want_sha1, watch): (bool, &dyn Watch),
) -> Result<BillReading, BooksError> {
    let import = draft.import;
    let mut sha256 = Hash::sha256();
    let mut sha1 = want_sha1.then(Hash::sha1);
    let mut reading = BillReading::default();
    reading.tally.bytes = cutter.header as u64;
    reading.tally.lines = u64::from(header_lines);
    let pipeline = Pipeline {
        next: |spare: BillLines| cutter.next(spare),
        hash: |lines: &BillLines| {
            sha256.update(lines.bytes());
            if let Some(sha1) = &mut sha1 {
                sha1.update(lines.bytes());
            }
        },
        make: || {
            let mut squeezer = Squeezer::new();
            let mut block = BillBlock::default();
            move |lines: &BillLines| {
                let squeezer = squeezer.as_mut().map_err(|error| disk_error(error))?;
                let squeezed = squeezer.squeeze(lines.bytes());
                let mut parsed = ParsedBill {
                    squeezed: vec![squeezed.map_err(|error| disk_error(&error))?],
                    ..ParsedBill::default()
                };
                let header = if lines.header > 0 { header_lines } else { 0 };
                block.pays.clear();
                block.refunds.clear();
                layout.parse_block(
                    lines.bytes().get(lines.header..).unwrap_or_default(),
                    lines.line + header,
                    lines.offset + lines.header as u64,
                    import,
                    &mut block,
                );
                for pay in &block.pays {
                    parsed.pays.push(pay, (0, false), &Ranges::default());
                }
                for refund in &block.refunds {
                    parsed.refunds.push(refund, (0, false), &Ranges::default());
                }
                parsed.tally = std::mem::take(&mut block.tally);
                Ok(parsed)
            }
        },
    };
    run(pipeline, |parsed: ParsedBill| {
        if watch.cancelled() {
            return Err(BooksError::Cancelled);
        }
        for block in &parsed.squeezed {
            archive.push(block).map_err(|error| disk_error(&error))?;
        }
        reading.tally.absorb(parsed.tally);
        watch.at(ImportPart::Read, archive.raw(), None);
        let fits = reading.pays.take(parsed.pays) && reading.refunds.take(parsed.refunds);
        fits.then_some(()).ok_or(BooksError::TooMuch(TOO_MANY_ROWS))
    })?;
    reading.sha256 = sha256.finish();
    reading.sha1 = sha1.map(Hash::<20>::finish);
    Ok(reading)
}
