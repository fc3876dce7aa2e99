//! Feeds a layout: the header from the head of a file, whole-line blocks from a buffer, or pieces of any size.
//!
//! Nothing here reads a file; callers with threads use [`Layout::open`] and [`line_blocks`], others [`BillReader`].

use memchr::{memchr, memchr_iter, memmem, memrchr};

use super::block::BillBlock;
use super::layout::{HeaderFault, Layout};
use super::sniff::{BodyKind, sniff};
use recondesk_domain::{WPay, WRefund};

/// Longest line that is read; real ones have a few hundred bytes.
pub const MAX_LINE_BYTES: usize = 1 << 20;

/// Why a text is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BillFault {
    /// It is something else than a trade bill.
    #[error("not a trade bill: {}", .0.en())]
    NotABill(BodyKind),
    /// Its header cannot be used.
    #[error("line {line}: {fault}")]
    Header {
        /// Line of the header.
        line: u32,
        /// What is wrong with it.
        fault: HeaderFault,
    },
    /// A line is longer than [`MAX_LINE_BYTES`].
    #[error("line {line}, which starts at byte {offset}, is longer than {MAX_LINE_BYTES} bytes")]
    LineTooLong {
        /// Line in the file.
        line: u32,
        /// First byte of the line.
        offset: u64,
    },
}

impl BillFault {
    /// The sentence in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Self::NotABill(kind) => format!("不是交易账单：{}", kind.zh()),
            Self::Header { line, fault } => format!("第 {line} 行：{}", fault.zh()),
            Self::LineTooLong { line, offset } => {
                format!("第 {line} 行（从第 {offset} 字节起）超过 {MAX_LINE_BYTES} 字节")
            }
        }
    }
}

/// A header that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// What it says.
    pub layout: Layout,
    /// Bytes up to and including its line end: where the rows start.
    pub bytes: usize,
    /// Lines up to and including it; the rows start on the next.
    pub lines: u32,
}

impl Layout {
    /// Reads the header from the head of an uncompressed bill. `head` is the whole bill or at least its first
    /// [`MAX_LINE_BYTES`].
    ///
    /// # Errors
    /// [`BillFault`] when the text is no bill, or its header cannot be used.
    pub fn open(head: &[u8]) -> Result<Opened, BillFault> {
        let kind = sniff(head);
        if kind != BodyKind::Bill {
            return Err(BillFault::NotABill(kind));
        }
        let mut bytes = 0;
        let mut lines = 0_u32;
        loop {
            let rest = head.get(bytes..).unwrap_or_default();
            let end = memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            let line = rest.get(..end).unwrap_or(rest);
            bytes += end;
            lines = lines.saturating_add(1);
            if line.len() > MAX_LINE_BYTES {
                let offset = (bytes - end) as u64;
                return Err(BillFault::LineTooLong {
                    line: lines,
                    offset,
                });
            }
            let bare = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
            if bare.trim_ascii().is_empty() && bytes < head.len() {
                continue;
            }
            let layout =
                Self::parse(line).map_err(|fault| BillFault::Header { line: lines, fault })?;
            return Ok(Opened {
                layout,
                bytes,
                lines,
            });
        }
    }
}

/// So much is gathered before rows are read.
const GATHERED: usize = 128 << 10;
/// Where a row begins: after a line end, at the backtick of its first cell.
const ROW_START: &[u8] = b"\n`";
/// How far back from its end a text is searched for the beginning of a row.
const LOOK_BACK: usize = 64 << 10;

/// Where a text may be cut so that no row is parted: at the last beginning of a row that can be seen, since a line
/// break in a goods name does not end one. In a bill without backticks, after the last line end; `None` without any.
#[must_use]
pub fn row_start(text: &[u8]) -> Option<usize> {
    let last = memrchr(b'\n', text)? + 1;
    let from = last.saturating_sub(LOOK_BACK);
    let near = text.get(from..).unwrap_or_default();
    let ticked = memmem::rfind(near, ROW_START).map(|at| from + at + 1);
    Some(ticked.unwrap_or(last))
}

/// Some whole lines of a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineBlock<'a> {
    /// The lines.
    pub bytes: &'a [u8],
    /// Number of the first, from 1.
    pub first_line: u32,
    /// Where it starts in the file.
    pub first_offset: u64,
}

/// Cuts a buffer into blocks of whole lines of about `target_bytes`, numbered on from the given place.
///
/// The last block ends where the buffer ends, so a buffer that ends within a line gives a block that does.
pub fn line_blocks(
    buffer: &[u8],
    first_line: u32,
    first_offset: u64,
    target_bytes: usize,
) -> impl Iterator<Item = LineBlock<'_>> {
    let mut rest = buffer;
    let (mut line, mut offset) = (first_line, first_offset);
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let from = target_bytes.saturating_sub(1).min(rest.len());
        let tail = rest.get(from..).unwrap_or_default();
        let whole = memchr(b'\n', tail).map_or(tail.len(), |at| at + 1);
        let after = tail.get(whole.saturating_sub(1)..).unwrap_or_default();
        let more = match after {
            // The next line begins no row: a row with line breaks, the summary, or a bill without backticks.
            [b'\n', next, ..] if *next != b'`' => {
                let near = after.get(..LOOK_BACK).unwrap_or(after);
                memmem::find(near, ROW_START).unwrap_or(0)
            }
            _ => 0,
        };
        let end = from + whole + more;
        let (bytes, next) = rest.split_at(end);
        let block = LineBlock {
            bytes,
            first_line: line,
            first_offset: offset,
        };
        rest = next;
        let lines = memchr_iter(b'\n', bytes).count();
        line = line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        offset += bytes.len() as u64;
        Some(block)
    })
}

/// Reads a bill from pieces of any size, on one thread and in bounded memory.
///
/// ```
/// use wechatpay_codec::bill::BillReader;
/// let mut reader = BillReader::new(1);
/// reader.push("交易时间,商户号,微信订单号,商户订单号,交易状态,总金额\n".as_bytes())?;
/// reader.push(b"`2026-03-05 14:07:09,`1900000109,`4200000001,`QH2603051")?;
/// reader.push(b"4,`SUCCESS,`12.30\n")?;
/// let (_layout, block) = reader.finish()?;
/// assert_eq!(block.pays[0].out_trade_no.as_str(), "QH26030514");
/// assert!(block.tally.summary().is_none());
/// # Ok::<(), wechatpay_codec::bill::BillFault>(())
/// ```
#[derive(Debug)]
pub struct BillReader {
    import: u32,
    layout: Option<Layout>,
    /// What was pushed but not parsed: the head, or a line without its end.
    tail: Vec<u8>,
    block: BillBlock,
    line: u32,
    offset: u64,
}

impl BillReader {
    /// A reader whose rows belong to this import.
    #[must_use]
    pub fn new(import: u32) -> Self {
        Self {
            import,
            layout: None,
            tail: Vec::new(),
            block: BillBlock::default(),
            line: 1,
            offset: 0,
        }
    }

    /// Takes the next piece of the uncompressed bill.
    ///
    /// # Errors
    /// [`BillFault`]; the reader must not be used further then.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), BillFault> {
        if self.layout.is_none() {
            self.tail.extend_from_slice(bytes);
            let starts_with_text = self.tail.iter().position(|b| !b.is_ascii_whitespace());
            let has_line = starts_with_text
                .is_some_and(|at| memchr(b'\n', self.tail.get(at..).unwrap_or_default()).is_some());
            if has_line || self.tail.len() > MAX_LINE_BYTES {
                return self.open();
            }
            return Ok(());
        }
        // A line end alone does not say that a row ends there: enough is gathered to see where the next one begins.
        for piece in bytes.chunks(GATHERED) {
            self.tail.extend_from_slice(piece);
            if self.tail.len() < GATHERED {
                continue;
            }
            if let Some(cut) = row_start(&self.tail) {
                let mut rows = std::mem::take(&mut self.tail);
                self.tail = rows.split_off(cut);
                self.parse(&rows)?;
            }
            self.check_tail()?;
        }
        Ok(())
    }

    fn open(&mut self) -> Result<(), BillFault> {
        let head = std::mem::take(&mut self.tail);
        let opened = Layout::open(&head)?;
        self.layout = Some(opened.layout);
        self.line = opened.lines.saturating_add(1);
        self.offset = opened.bytes as u64;
        self.block.tally.lines = u64::from(opened.lines);
        self.block.tally.bytes = self.offset;
        self.push(head.get(opened.bytes..).unwrap_or_default())
    }

    fn parse(&mut self, lines: &[u8]) -> Result<(), BillFault> {
        let Some(layout) = &self.layout else {
            return Ok(());
        };
        let before = self.block.tally.lines;
        layout.parse_block(lines, self.line, self.offset, self.import, &mut self.block);
        let parsed = self.block.tally.lines - before;
        self.line = self
            .line
            .saturating_add(u32::try_from(parsed).unwrap_or(u32::MAX));
        self.offset += lines.len() as u64;
        match self.block.tally.long_line {
            Some((line, offset)) => Err(BillFault::LineTooLong { line, offset }),
            None => Ok(()),
        }
    }

    /// The last line of what was gathered may still be without its end, but not without end.
    fn check_tail(&self) -> Result<(), BillFault> {
        let last = memrchr(b'\n', &self.tail).map_or(0, |at| at + 1);
        let (before, line) = self.tail.split_at(last);
        if line.len() > MAX_LINE_BYTES {
            let lines = u32::try_from(memchr_iter(b'\n', before).count()).unwrap_or(u32::MAX);
            return Err(BillFault::LineTooLong {
                line: self.line.saturating_add(lines),
                offset: self.offset + last as u64,
            });
        }
        Ok(())
    }

    /// What the header said, once it was read.
    #[must_use]
    pub const fn layout(&self) -> Option<&Layout> {
        self.layout.as_ref()
    }

    /// The rows parsed since they were last taken or cleared.
    #[must_use]
    pub fn rows(&self) -> (&[WPay], &[WRefund]) {
        (&self.block.pays, &self.block.refunds)
    }

    /// Forgets those rows and keeps their room for the next piece.
    pub fn clear_rows(&mut self) {
        self.block.pays.clear();
        self.block.refunds.clear();
    }

    /// Hands over the rows parsed so far; call it after each piece to keep memory flat.
    pub fn take_rows(&mut self) -> (Vec<WPay>, Vec<WRefund>) {
        (
            std::mem::take(&mut self.block.pays),
            std::mem::take(&mut self.block.refunds),
        )
    }

    /// Parses what is left and hands over the tally, with the rows that were not taken.
    ///
    /// # Errors
    /// [`BillFault`], for example when the text ended before a header.
    pub fn finish(mut self) -> Result<(Layout, BillBlock), BillFault> {
        if self.layout.is_none() {
            self.open()?;
        }
        let rest = std::mem::take(&mut self.tail);
        self.parse(&rest)?;
        match self.layout {
            Some(layout) => Ok((layout, self.block)),
            None => Err(BillFault::NotABill(BodyKind::Empty)),
        }
    }
}
