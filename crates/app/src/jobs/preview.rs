//! What a person checks before merchant rows are stored, and the choice of the column mapping.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::ops::ControlFlow;

use crate::{Failure, FailureKind, Message, Progress, Reporter, Step};
use recondesk_intake::{
    Guess, HEAD_BYTES, IntakeError, KnownContext, Mapping, Plan, Preview, RecordKind, Stats,
    Workbook, sniff,
};
use recondesk_ports::{BooksError, Source};

/// Judges the beginning of a file; the source stands at its first byte again.
///
/// # Errors
/// [`Failure`] when it is no file of a merchant's rows.
pub fn look(source: &mut Source, mapping: Option<&Mapping>) -> Result<Guess, Failure> {
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
        None => Workbook::open(&mut source.bytes, mapping)
            .map_err(refused)?
            .guess()
            .clone(),
    };
    source.bytes.seek(SeekFrom::Start(0)).map_err(unread)?;
    Ok(guess)
}

/// Chooses the mapping of a file: the first saved one all of whose columns the file has, else one
/// guessed by the names of the columns. Words of a status are never guessed.
///
/// # Errors
/// [`Failure`] that names the columns that are missing.
pub fn choose_mapping(
    source: &mut Source,
    saved: &[Mapping],
    kind: RecordKind,
) -> Result<Mapping, Failure> {
    for mapping in saved.iter().filter(|mapping| mapping.kind == kind) {
        let Ok(guess) = look(source, Some(mapping)) else {
            continue;
        };
        let has = |name: &String| guess.headers.iter().any(|header| header == name.trim());
        let status = mapping.status.iter().all(|rule| has(&rule.column));
        if status && mapping.columns.values().all(has) {
            return Ok(mapping.clone());
        }
    }
    let guess = look(source, None)?;
    Mapping::guess(&guess.headers, kind)
        .map_err(|error| BooksError::Mapping(Box::new(error)).into())
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
    let guess = look(&mut source, Some(mapping))?;
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

fn refused(error: IntakeError) -> Failure {
    match error {
        IntakeError::Cancelled => Failure::cancelled(),
        error => BooksError::Orders(Box::new(error)).into(),
    }
}
