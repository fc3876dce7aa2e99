//! The folder that a shop's exports are put into: new files are imported, nothing in it is moved or deleted.
//!
//! A file is taken when a saved mapping (or the program's own headings) fits it and no stored bill speaks
//! against it; whatever needs a person is refused and named, each time until somebody deals with it.

use std::io::Read as _;
use std::path::Path;

use super::state::MorningMemory;
use crate::jobs::import_file::{is_bill, told_of_bill, told_of_orders};
use crate::jobs::intake::{self, MappingChoice, MappingOrigin, ProposedMapping};
use crate::jobs::{bill_archive, bills};
use crate::{Advice, Failure, FailureKind, MerchantRef, Message, NoticeText, Reporter};
use recondesk_domain::BillDate;
use recondesk_intake::{NOTE_BYTES, reads_as_note};
use recondesk_ports::{BooksError, Files, ListedFile, OrdersTarget, Ports, Source};

/// A file that was written to within so many seconds may still be being written.
const SETTLED_S: i64 = 60;

/// Endings of files that a program has not finished.
const UNFINISHED: [&str; 5] = [".part", ".partial", ".tmp", ".crdownload", ".filepart"];

/// What became of a file of the folder.
#[derive(Debug, Clone, PartialEq)]
pub struct FolderFile {
    /// Its name.
    pub name: String,
    /// What came of it.
    pub fate: FileFate,
}

/// What came of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum FileFate {
    /// It was imported; what a person is told of it.
    Taken(Box<NoticeText>),
    /// It is still being written, and left for the next time.
    Unfinished,
    /// It is no export: nothing in it looks like a table. It is passed over.
    Passed,
    /// It was refused.
    Refused(Box<Failure>),
}

/// What was found in a folder.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct FolderHaul {
    /// Every file that is not known yet, the oldest first.
    pub(super) files: Vec<FolderFile>,
    /// First and last day of the orders and refunds that were taken.
    pub(super) days: Option<(BillDate, BillDate)>,
}

/// A folder that a merchant's files come into.
#[derive(Clone, Copy)]
pub(super) struct WatchedFolder<'a> {
    /// What reads it.
    pub(super) files: &'a dyn Files,
    /// Where it is.
    pub(super) path: &'a Path,
}

/// Takes what is new in a folder.
///
/// # Errors
/// When the folder or the workspace cannot be read, or a person stopped it; a bad file is no failure.
pub(super) fn take(
    ports: &Ports,
    merchant: MerchantRef<'_>,
    WatchedFolder {
        files,
        path: folder,
    }: WatchedFolder<'_>,
    state: &mut MorningMemory,
    reporter: &dyn Reporter,
) -> Result<FolderHaul, Failure> {
    let mut listed = files.list(folder).map_err(|error| unread(folder, &error))?;
    listed.retain(|file| !is_by_the_way(&file.name));
    listed.sort_by(|a, b| (a.modified, &a.name).cmp(&(b.modified, &b.name)));
    state
        .taken
        .retain(|name, _| listed.iter().any(|file| file.name == *name));
    let now = ports.clock.now();
    let mut haul = FolderHaul::default();
    for file in listed {
        if state.has_taken(&file) {
            continue;
        }
        if reporter.cancelled() {
            return Err(Failure::cancelled());
        }
        let age = now.distance(file.modified);
        let fate = if (0..SETTLED_S).contains(&age) {
            FileFate::Unfinished
        } else {
            match import(ports, merchant, files, &file, reporter) {
                Ok(Some(taken)) => {
                    haul.cover(taken.days);
                    let mark = (file.bytes, file.modified.unix());
                    state.taken.insert(file.name.clone(), mark);
                    FileFate::Taken(Box::new(taken.told))
                }
                Ok(None) => FileFate::Unfinished,
                Err(failure) if !is_ours(failure.kind) && is_note(files, &file)? => {
                    FileFate::Passed
                }
                Err(failure) if is_ours(failure.kind) => return Err(failure),
                Err(failure) => FileFate::Refused(Box::new(failure)),
            }
        };
        haul.files.push(FolderFile {
            name: file.name,
            fate,
        });
    }
    Ok(haul)
}

impl FolderHaul {
    fn cover(&mut self, days: Option<(BillDate, BillDate)>) {
        let Some((first, last)) = days else { return };
        self.days = Some(match self.days {
            Some((from, to)) => (from.min(first), to.max(last)),
            None => (first, last),
        });
    }
}

/// What an import brought.
struct Taken {
    told: NoticeText,
    days: Option<(BillDate, BillDate)>,
}

/// Imports one file; `None` when it changed since the folder was listed.
fn import(
    ports: &Ports,
    merchant: MerchantRef<'_>,
    files: &dyn Files,
    file: &ListedFile,
    reporter: &dyn Reporter,
) -> Result<Option<Taken>, Failure> {
    let mut source = files
        .open(&file.path)
        .map_err(|error| BooksError::source(&error))?;
    if source.size != file.bytes {
        return Ok(None);
    }
    if is_bill(&mut source)? {
        return bill(ports, merchant, source, reporter).map(Some);
    }
    let mut source = intake::open(ports.writers.as_ref(), source)?;
    let any = MappingChoice::Any(None);
    let chosen = intake::choose(ports, merchant.id, (&mut source, &any), None)?;
    check(&chosen)?;
    let books = ports.books.as_ref();
    let mut first = None;
    let mut keep = |reject: &recondesk_intake::Reject| {
        if first.is_none() {
            let (line, reason) = (reject.row.line, &reject.reason);
            first = Some(Message::new(
                format!("第 {line} 行：{}", reason.zh()),
                format!("row {line}: {}", reason.en()),
            ));
        }
    };
    let place = OrdersTarget {
        profile: merchant.id,
        mapping: &chosen.mapping,
    };
    let done = intake::import(books, place, source, &mut keep, reporter)?;
    let note = first.unwrap_or_default();
    if done.is_new && done.good == 0 && done.bad > 0 {
        return Err(refused(
            Message::new("没有一行可以导入", "Not a single row can be imported"),
            note,
        ));
    }
    Ok(Some(Taken {
        told: told_of_orders(&done, place, Some(&chosen.guess), note),
        days: done.days,
    }))
}

fn bill(
    ports: &Ports,
    merchant: MerchantRef<'_>,
    source: Source,
    reporter: &dyn Reporter,
) -> Result<Taken, Failure> {
    let found = bill_archive::bills_in(ports.writers.as_ref(), source)?;
    let books = ports.books.as_ref();
    let all = bills::import_found(books, merchant, found.bills, None, reporter)?;
    let mut told = None;
    let mut ends = Vec::new();
    for bills::BillOutcome { name, done } in all.outcomes {
        let end = done.map(|done| told = Some(told_of_bill(&done, merchant.id)));
        ends.push((name, end));
    }
    if let Some(failure) = bills::refused_of(ends) {
        return Err(failure);
    }
    let nothing = || {
        refused(
            Message::new("文件里没有账单", "There is no bill in the file"),
            Message::default(),
        )
    };
    Ok(Taken {
        told: told.ok_or_else(nothing)?,
        days: None,
    })
}

/// Only what a person has said already is taken without one.
fn check(chosen: &ProposedMapping) -> Result<(), Failure> {
    let once = Advice::by_place(
        Message::new(
            "先在导入窗口导入一次，或用 recondesk orders import --mapping；映射会保存下来",
            "Import it once in the window, or with recondesk orders import --mapping; the mapping is kept",
        ),
        Message::new(
            "先在导入窗口导入一次，映射会保存下来",
            "Import it once in the window; the mapping is kept",
        ),
    );
    if let Some(question) = intake::questions(chosen, None).first() {
        return Err(refused(question.told(), once));
    }
    let is_known = match chosen.origin {
        MappingOrigin::Saved | MappingOrigin::Canonical => true,
        MappingOrigin::Given | MappingOrigin::Guessed => false,
    };
    if !is_known {
        return Err(refused(
            Message::new(
                "没有适合这个文件的已保存列映射",
                "No saved mapping fits this file",
            ),
            once,
        ));
    }
    if let Some(proof) = chosen.proof.as_ref().filter(|proof| proof.fails()) {
        return Err(refused(
            proof.told(&chosen.mapping),
            Message::new(
                "可能是另一家商户的文件，或单号列不对",
                "It may be of another merchant, or another column is the number",
            ),
        ));
    }
    Ok(())
}

fn refused(title: Message, advice: impl Into<Advice>) -> Failure {
    Failure::new(FailureKind::RefusedInput, "folder.refused", title, advice)
}

/// Failures that are not about the file.
const fn is_ours(kind: FailureKind) -> bool {
    match kind {
        FailureKind::Workspace | FailureKind::Cancelled => true,
        FailureKind::Usage
        | FailureKind::NotReady
        | FailureKind::RefusedInput
        | FailureKind::Gateway => false,
    }
}

/// Hidden files, lock files of office programs, downloads that are under way, what Windows keeps in its folders.
fn is_by_the_way(name: &str) -> bool {
    let small = name.to_lowercase();
    name.starts_with(['.', '~'])
        || UNFINISHED.iter().any(|end| small.ends_with(end))
        || ["desktop.ini", "thumbs.db"].contains(&small.as_str())
}

/// True for a short text that is no table, such as a readme.
fn is_note(files: &dyn Files, file: &ListedFile) -> Result<bool, Failure> {
    if file.bytes > NOTE_BYTES {
        return Ok(false);
    }
    let source = files
        .open(&file.path)
        .map_err(|error| BooksError::source(&error))?;
    let mut bytes = Vec::new();
    source
        .bytes
        .take(NOTE_BYTES)
        .read_to_end(&mut bytes)
        .map_err(|error| BooksError::source(&error))?;
    Ok(reads_as_note(&bytes))
}

fn unread(folder: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        FailureKind::RefusedInput,
        "folder.read",
        Message::new(
            "订单文件夹无法读取",
            "The folder of the shop's exports cannot be read",
        ),
        Message::new("核对路径和权限", "Check the path and the rights"),
    )
    .with_detail(format!("{}: {error}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_under_way_and_hidden_ones_are_passed_over() {
        for name in [
            ".orders.csv.swp",
            "~$orders.xlsx",
            "orders.csv.part",
            "a.CRDOWNLOAD",
            "Thumbs.db",
            "desktop.ini",
        ] {
            assert!(is_by_the_way(name), "{name}");
        }
        assert!(!is_by_the_way("orders.csv"));
    }

    #[test]
    fn a_text_without_columns_and_numbers_is_no_export() {
        for text in [
            "导出说明：每天 10:00 放这里\r\n联系小王 2026-03-08",
            "read me first\n",
        ] {
            assert!(reads_as_note(text.as_bytes()), "{text}");
        }
        for text in [
            "",
            "订单号,金额\n",
            "a;b",
            "20260308001\n",
            "<table>",
            "{\"a\":1}",
            "PK\u{3}\u{4}",
        ] {
            assert!(!reads_as_note(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn the_days_of_several_files_are_one_stretch() {
        let day = |text| BillDate::parse(text).unwrap();
        let mut haul = FolderHaul::default();
        haul.cover(Some((day("2026-03-08"), day("2026-03-08"))));
        haul.cover(None);
        haul.cover(Some((day("2026-03-06"), day("2026-03-07"))));
        assert_eq!(haul.days, Some((day("2026-03-06"), day("2026-03-08"))));
    }
}
