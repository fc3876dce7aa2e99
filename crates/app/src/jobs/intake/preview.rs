//! What a person checks before merchant rows are stored: the file read as it would be imported.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::ops::ControlFlow;

use crate::{Failure, FailureKind, Message, Progress, Reporter, Step};
use recondesk_intake::{
    Block, Guess, HEAD_BYTES, IntakeError, KnownContext, Mapping, OrderBlock, Plan, Preview,
    RecordKind, RecordSplitter, Stats, Workbook, sniff,
};
use recondesk_ports::{BooksError, Source};

/// Judges the beginning of a file that is a list of this kind, or of any; the source stands at its first byte again.
///
/// # Errors
/// [`Failure`] when it is no file of a merchant's rows.
pub fn look(
    source: &mut Source,
    mapping: Option<&Mapping>,
    kind: Option<RecordKind>,
) -> Result<Guess, Failure> {
    let mut head = Vec::new();
    let unread = |error: std::io::Error| Failure::from(BooksError::source(&error));
    source
        .bytes
        .by_ref()
        .take(HEAD_BYTES as u64)
        .read_to_end(&mut head)
        .map_err(unread)?;
    source.bytes.seek(SeekFrom::Start(0)).map_err(unread)?;
    let guess = match sniff(&head, mapping).map_err(refused)? {
        Some(guess) => guess,
        None => Workbook::open_for(&mut source.bytes, mapping, kind)
            .map_err(refused)?
            .guess()
            .clone(),
    };
    source.bytes.seek(SeekFrom::Start(0)).map_err(unread)?;
    Ok(guess)
}

/// Reads a whole file as it would be imported, beside numbers that are known already; stores nothing.
///
/// # Errors
/// [`Failure`] when the file or the mapping is refused, or a person stops it.
pub fn preview(
    mut source: Source,
    (mapping, beside): (&Mapping, &KnownContext),
    reporter: &dyn Reporter,
) -> Result<Preview, Failure> {
    let guess = look(&mut source, Some(mapping), Some(mapping.kind))?;
    let mut plan = plan(mapping, &guess)?;
    plan.learn_beside(beside);
    let total = Some(source.size);
    let mut watch = |_: &Stats, done: u64| {
        reporter.progress(Progress {
            step: Step::Read,
            done,
            total,
        });
        if reporter.cancelled() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let is_workbook = guess.delimiter.is_none();
    let preview = if is_workbook {
        Workbook::open(source.bytes, Some(mapping))
            .and_then(|mut book| Preview::of_workbook(&mut book, &plan, &mut watch))
    } else {
        Preview::of_text(source.bytes, &guess, &plan, &mut watch)
    };
    preview.map_err(refused)
}

/// Hands out the rows of a whole file as they would be imported, beside numbers that are known already; stores nothing.
/// Returns what the file is.
///
/// # Errors
/// [`Failure`] when the file or the mapping is refused, or a person stops it. A sink that breaks ends it quietly.
pub fn each_block(
    mut source: Source,
    (mapping, beside): (&Mapping, &KnownContext),
    sink: &mut dyn FnMut(&OrderBlock) -> ControlFlow<()>,
    reporter: &dyn Reporter,
) -> Result<Guess, Failure> {
    let guess = look(&mut source, Some(mapping), Some(mapping.kind))?;
    let mut plan = plan(mapping, &guess)?;
    plan.learn_beside(beside);
    if guess.delimiter.is_none() {
        let mut book = Workbook::open(source.bytes, Some(mapping)).map_err(refused)?;
        let read = book.read(&plan, 0, &mut |block| {
            if reporter.cancelled() {
                return ControlFlow::Break(());
            }
            sink(&block)
        });
        read.map_err(refused)?;
    } else {
        let mut cutter = RecordSplitter::new(source.bytes, &guess);
        let mut spare = Block::default();
        let mut out = OrderBlock::default();
        while let Some(block) = cutter.next_block(spare).map_err(refused)? {
            if reporter.cancelled() {
                break;
            }
            plan.parse_block(&block, 0, &mut out).map_err(refused)?;
            if sink(&out).is_break() {
                break;
            }
            out.clear();
            spare = block;
        }
    }
    if reporter.cancelled() {
        return Err(Failure::cancelled());
    }
    Ok(guess)
}

/// Joins a mapping and a file.
///
/// # Errors
/// [`Failure`] that says which column the file lacks.
pub fn plan(mapping: &Mapping, guess: &Guess) -> Result<Plan, Failure> {
    Plan::new(mapping, guess).map_err(|error| BooksError::Mapping(Box::new(error)).into())
}

/// Reads a mapping from the text of a TOML file.
///
/// # Errors
/// [`Failure`] that says what is wrong with it.
pub fn read_mapping(text: &str, kind: RecordKind) -> Result<Mapping, Failure> {
    let mapping = Mapping::from_toml(text)
        .map_err(|error| Failure::from(BooksError::Mapping(Box::new(error))))?;
    if mapping.kind == kind {
        return Ok(mapping);
    }
    Err(Failure::new(
        FailureKind::Usage,
        "orders.mapping_kind",
        Message::new(
            "这份列映射是另一种文件的",
            "This mapping is for another kind of file",
        ),
        Message::new(
            "订单用 kind = \"orders\"，退款用 kind = \"refunds\"",
            "Orders have kind = \"orders\", refunds kind = \"refunds\"",
        ),
    ))
}

pub(super) fn refused(error: IntakeError) -> Failure {
    match error {
        IntakeError::Cancelled => Failure::cancelled(),
        error => BooksError::Orders(Box::new(error)).into(),
    }
}
