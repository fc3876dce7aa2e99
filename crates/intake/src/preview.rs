//! What a person checks before anything is stored, computed over the whole file.

use std::io::{Read, Seek};
use std::ops::ControlFlow;

use super::{
    Block, Guess, IntakeError, Mapping, OrderBlock, Plan, RecordSplitter, Reject, Stats, UnitDoubt,
    Workbook,
};
use recondesk_domain::{MOrder, MRefund};

/// Rows shown.
const ROWS: usize = 200;
/// Refused rows shown.
const REJECTS: usize = 200;

/// One of the first rows of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewRow {
    /// Line in the file.
    pub line: u32,
    /// The cells as the file has them.
    pub cells: Vec<String>,
    /// What becomes of it.
    pub fate: RowFate,
}

/// What becomes of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowFate {
    /// Stored as this order.
    Order(MOrder),
    /// Stored as this refund.
    Refund(MRefund),
    /// Refused.
    Refused(Reject),
    /// Neither: the row is blank.
    Blank,
}

/// A file as it would be imported.
#[derive(Debug, Clone)]
pub struct Preview {
    /// Encoding, delimiter or sheet, headers.
    pub guess: Guess,
    /// The mapping, without the columns that the file lacks.
    pub mapping: Mapping,
    /// The first rows.
    pub rows: Vec<PreviewRow>,
    /// The first refused rows.
    pub rejects: Vec<Reject>,
    /// Counts, sum, days, hours, unmapped status words.
    pub stats: Stats,
    /// Why the unit of money looks wrong, if it does.
    pub unit_doubt: Option<UnitDoubt>,
    /// False when the file says nothing of delivery, so that P03 cannot be found.
    pub knows_fulfilment: bool,
}

/// How far a preview is; the answer says whether to go on.
pub type Watcher<'a> = dyn FnMut(&Stats, u64) -> ControlFlow<()> + 'a;

impl Preview {
    /// Reads a text file from its first byte; `watch` hears figures and file offset.
    ///
    /// # Errors
    /// [`IntakeError`], [`IntakeError::Cancelled`] when the watcher stops it.
    pub fn of_text(
        reader: impl Read,
        guess: &Guess,
        plan: &Plan,
        watch: &mut Watcher<'_>,
    ) -> Result<Self, IntakeError> {
        let mut preview = Self::empty(guess, plan);
        let mut cutter = RecordSplitter::new(reader, guess);
        let mut spare = Block::default();
        let mut out = OrderBlock::default();
        while let Some(block) = cutter.next_block(spare)? {
            plan.parse_block(&block, 0, &mut out)?;
            preview.add(&out);
            out.clear();
            let read = block.offset.saturating_add(block.bytes.len() as u64);
            spare = block;
            if watch(&preview.stats, read).is_break() {
                return Err(IntakeError::Cancelled);
            }
        }
        Ok(preview.finished(plan))
    }

    /// Reads a workbook; `watch` hears figures and rows.
    ///
    /// # Errors
    /// As [`Preview::of_text`].
    pub fn of_workbook<R: Read + Seek>(
        book: &mut Workbook<R>,
        plan: &Plan,
        watch: &mut Watcher<'_>,
    ) -> Result<Self, IntakeError> {
        let mut preview = Self::empty(book.guess(), plan);
        book.read(plan, 0, &mut |out| {
            preview.add(&out);
            let rows = preview.stats.good.saturating_add(preview.stats.bad);
            watch(&preview.stats, rows)
        })?;
        Ok(preview.finished(plan))
    }

    fn empty(guess: &Guess, plan: &Plan) -> Self {
        let rows = guess
            .sample
            .iter()
            .take(ROWS)
            .map(|row| PreviewRow {
                line: row.line,
                cells: row.cells.clone(),
                fate: RowFate::Blank,
            })
            .collect();
        Self {
            guess: guess.clone(),
            mapping: plan.mapping().clone(),
            rows,
            rejects: Vec::new(),
            stats: Stats::default(),
            unit_doubt: None,
            knows_fulfilment: plan.knows_fulfilment(),
        }
    }

    fn add(&mut self, out: &OrderBlock) {
        self.stats.merge(&out.stats);
        let room = REJECTS.saturating_sub(self.rejects.len());
        self.rejects.extend(out.rejects.iter().take(room).cloned());
        let open = self
            .rows
            .iter_mut()
            .filter(|row| row.fate == RowFate::Blank);
        for row in open {
            if let Ok(at) = out.orders.binary_search_by_key(&row.line, |o| o.row.line) {
                row.fate = out
                    .orders
                    .get(at)
                    .map_or(RowFate::Blank, |o| RowFate::Order(*o));
            } else if let Ok(at) = out.refunds.binary_search_by_key(&row.line, |r| r.row.line) {
                row.fate = out
                    .refunds
                    .get(at)
                    .map_or(RowFate::Blank, |r| RowFate::Refund(*r));
            } else if let Ok(at) = out.rejects.binary_search_by_key(&row.line, |r| r.row.line) {
                row.fate = out
                    .rejects
                    .get(at)
                    .map_or(RowFate::Blank, |r| RowFate::Refused(r.clone()));
            }
        }
    }

    fn finished(mut self, plan: &Plan) -> Self {
        self.unit_doubt = self.stats.unit_doubt(plan.mapping().amount_unit);
        self
    }
}
