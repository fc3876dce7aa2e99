//! Everything the books know, as files of columns for other programs: one folder, whole or not there at all.

mod manifest;
mod rows;
mod tables;
mod work;

use std::path::Path;

use crate::{Failure, FailureKind, Message, Reporter};
use recondesk_domain::{BillDate, MerchantProfile, ProfileId};
use recondesk_ports::{ColumnFiles, Files, Ports};

pub use manifest::MANIFEST;
pub use tables::{FORMAT_VERSION, TABLES};

/// What is to be exported, and where to.
#[derive(Clone, Copy)]
pub struct BooksExport<'a> {
    /// The merchants.
    pub profiles: &'a [(ProfileId, MerchantProfile)],
    /// First day; all before it are left out.
    pub from: Option<BillDate>,
    /// Last day.
    pub to: Option<BillDate>,
    /// The folder: not there yet, or empty.
    pub folder: &'a Path,
}

/// What writes the files.
#[derive(Clone, Copy)]
pub struct TableWriters<'a> {
    /// The file system.
    pub files: &'a dyn Files,
    /// The tables.
    pub columns: &'a dyn ColumnFiles,
}

/// A bill or a day that a reader of an export should know of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayOf {
    /// Name of the profile.
    pub profile: String,
    /// The day, where there is one.
    pub day: Option<BillDate>,
    /// The file, for a bill.
    pub file: String,
}

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BooksExported {
    /// Rows of all tables.
    pub rows: u64,
    /// Files, the manifest not among them.
    pub files: u64,
    /// Bills that do not add up: they are named in the manifest, and none of their rows is exported.
    pub quarantined: Vec<DayOf>,
    /// Days whose findings are of books that have changed since.
    pub outdated: Vec<DayOf>,
    /// Days with a bill that were never compared: they have no findings.
    pub not_compared: Vec<DayOf>,
}

impl BooksExported {
    /// True when somebody has work to do before the export is the whole truth.
    #[must_use]
    pub const fn needs_person(&self) -> bool {
        !self.quarantined.is_empty() || !self.outdated.is_empty()
    }
}

/// Exports the books; when it fails or is stopped, the folder is as it was.
///
/// # Errors
/// [`Failure`] for a folder with something in it, books that cannot be read, a disk that cannot be written, a sum that
/// does not fit, and a person's stop.
pub fn export(
    ports: &Ports,
    ask: &BooksExport<'_>,
    writers: TableWriters<'_>,
    reporter: &dyn Reporter,
) -> Result<BooksExported, Failure> {
    if let (Some(from), Some(to)) = (ask.from, ask.to)
        && from > to
    {
        return Err(Failure::new(
            FailureKind::Usage,
            "export.days",
            Message::new("起始日晚于截止日", "The first day is later than the last"),
            Message::new("调换 --from 和 --to", "Exchange --from and --to"),
        )
        .with_detail(format!("{from} > {to}")));
    }
    let draft = writers
        .files
        .draft_folder(ask.folder)
        .map_err(|error| no_folder(ask.folder, &error))?;
    work::ExportWork::new(ports, ask, writers.columns, reporter, draft).run()
}

fn no_folder(path: &Path, error: &std::io::Error) -> Failure {
    if error.kind() == std::io::ErrorKind::AlreadyExists {
        return Failure::new(
            FailureKind::Usage,
            "export.folder",
            Message::new(
                "这个文件夹里已有内容，不会覆盖",
                "There is something in the folder already; nothing is overwritten",
            ),
            Message::new(
                "换一个新的或空的文件夹",
                "Name a folder that is new or empty",
            ),
        )
        .with_detail(path.display().to_string());
    }
    Failure::new(
        FailureKind::Workspace,
        "export.write",
        Message::new("导出文件夹无法写入", "The folder cannot be written"),
        Message::new(
            "核对路径、权限和磁盘空间",
            "Check path, rights and room on the disk",
        ),
    )
    .with_detail(format!("{}: {error}", path.display()))
}
