//! Making whole again what can be made from what is left: files of the books from archive and database, the journal
//! and the sums from the database. What was damaged is set aside, never deleted.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{PATIENCE, WorkspaceKeeper, failed};
use crate::books::{Bookshelf, segment_name};
use crate::disk::{Disk, sync_folder};
use crate::sqlite::Database;
use crate::sqlite::care::sums_are_sound;
use crate::workspace::Workspace;
use recondesk_domain::{Message, ProfileId};
use recondesk_intake::Mapping;
use recondesk_ports::{CareFault, MendReport, RebuildReport, Records as _, StoreError};

/// What is being mended.
struct Mending<'a> {
    keeper: &'a WorkspaceKeeper,
    report: MendReport,
    /// Why a file could not be made again.
    reasons: BTreeMap<String, Message>,
}

impl WorkspaceKeeper {
    /// Makes the database anew where that is needed, then the files of imports that are damaged.
    pub(super) fn make_whole(&self) -> Result<RebuildReport, StoreError> {
        let _guard = self.workspace.write_lock(PATIENCE)?;
        let _payout = self.workspace.payout_lock(PATIENCE)?;
        let database = self.make_anew()?;
        let mut mending = Mending {
            keeper: self,
            report: MendReport::default(),
            reasons: BTreeMap::new(),
        };
        mending.database_files()?;
        mending.book_files()?;
        let Mending {
            mut report,
            reasons,
            ..
        } = mending;
        report.left = self.look_over(true)?.faults;
        for fault in &mut report.left {
            if let Some(why) = reasons.get(&fault.file) {
                fault.what = with_reason(fault, why);
            }
        }
        Ok(RebuildReport {
            database,
            files: report,
        })
    }
}

fn with_reason(fault: &CareFault, why: &Message) -> Message {
    let Message { zh, en } = &fault.what;
    Message::new(
        format!("{zh}；不能重新生成：{}", why.zh),
        format!("{en}; it cannot be made again: {}", why.en),
    )
}

impl Mending<'_> {
    /// A copy of a file that is about to be replaced.
    fn keep(&mut self, path: &Path) -> Result<(), StoreError> {
        if !path.try_exists().map_err(failed)? {
            return Ok(());
        }
        let aside = match &self.report.set_aside {
            Some(aside) => aside.clone(),
            None => self.keeper.aside("before-rebuild").map_err(failed)?,
        };
        let name = path.file_name().unwrap_or_default();
        copy_durably(path, &aside.join(name)).map_err(failed)?;
        self.report.set_aside = Some(aside);
        Ok(())
    }

    fn done(&mut self, path: &Path) {
        let folder = self.keeper.workspace.folder();
        let name = path.strip_prefix(folder).unwrap_or(path);
        let name = name.to_string_lossy().replace('\\', "/");
        self.report.mended.push(name);
    }

    /// The sums and the journal of a sound database.
    fn database_files(&mut self) -> Result<(), StoreError> {
        let path = self.keeper.workspace.database_file();
        let sums = path.with_extension("sums");
        if !sums_are_sound(&path)? {
            self.keep(&sums)?;
            fs::remove_file(&sums).map_err(failed)?;
            // Closing it writes them.
            drop(self.keeper.workspace.open()?);
            self.done(&sums);
        }
        let database = self.keeper.workspace.open()?;
        if database.journal_faults()? > 0 {
            let journal = path.with_extension("journal");
            self.keep(&journal)?;
            database.write_journal_anew()?;
            self.done(&journal);
        }
        Ok(())
    }

    fn book_files(&mut self) -> Result<(), StoreError> {
        let database = self.keeper.workspace.open()?;
        let books = self.keeper.books(&database)?;
        self.segments(&database, &books)?;
        let untold = database.entry_faults()?;
        for import in &untold {
            let path = self.in_books(&format!("{import:08}.entry"));
            self.keep(&path)?;
            self.done(&path);
        }
        database.tell_again(&untold)?;
        // Segments that were damaged are not asked again by the same books.
        let books = self.keeper.books(&database)?;
        let sieves = books.damaged_sieves()?;
        for name in &sieves {
            let path = self.in_books(name);
            self.keep(&path)?;
            fs::remove_file(&path).map_err(failed)?;
        }
        if !sieves.is_empty() {
            let books = self.keeper.books(&database)?;
            books.make_sieves();
            for name in &sieves {
                let path = self.in_books(name);
                if path.exists() {
                    self.done(&path);
                }
            }
        }
        Ok(())
    }

    fn in_books(&self, name: &str) -> PathBuf {
        self.keeper.workspace.books_folder().join(name)
    }

    /// Segments, the oldest first: later ones are made again by what earlier ones say.
    fn segments(&mut self, database: &Database, books: &Bookshelf) -> Result<(), StoreError> {
        let last = database.facts()?.imports;
        let damaged = books.damaged_segments(last, true)?;
        if damaged.is_empty() {
            return Ok(());
        }
        let folder = self.keeper.workspace.folder();
        for segment in damaged {
            let scratch = tempfile::Builder::new()
                .prefix(".rebuild-")
                .tempdir_in(folder)
                .map_err(failed)?;
            let workspace = Workspace::at(scratch.path())?;
            let saved = match books.profile_of(segment.import)? {
                Some(profile) => mappings(database, profile)?,
                None => Vec::new(),
            };
            match books.remake(&segment, &saved, &workspace) {
                Ok(made) => {
                    let path = self.in_books(&segment_name(segment.import));
                    self.keep(&path)?;
                    fs::rename(&made, &path).map_err(failed)?;
                    sync_folder(&self.keeper.workspace.books_folder()).map_err(failed)?;
                    self.done(&path);
                }
                Err(why) => {
                    self.reasons.insert(segment.fault.file, why.told());
                }
            }
        }
        Ok(())
    }
}

/// The mappings that are saved for a merchant.
fn mappings(database: &Database, profile: ProfileId) -> Result<Vec<Mapping>, StoreError> {
    let mut out = Vec::new();
    for name in database.mappings(profile)? {
        let text = database.mapping(profile, &name)?;
        out.extend(text.and_then(|text| Mapping::from_toml(&text).ok()));
    }
    Ok(out)
}

fn copy_durably(from: &Path, to: &Path) -> io::Result<()> {
    let folder = to.parent().unwrap_or(to);
    Disk::at(folder, None)?;
    fs::copy(from, to)?;
    fs::File::open(to)?.sync_all()?;
    sync_folder(folder)
}
