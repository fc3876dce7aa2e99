//! What keeps the files of the database fit: the log goes into the database, the journal stays whole.
//!
//! At its end every program that has stored something moves the log into the database and empties it, so that the
//! database file alone is all there is. The order matters: first the checksums of the pages as they will be, then the
//! pages, then the log is cut off ([`super::page_sums`]).

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, params_from_iter};

use super::change_log::{RowChange, RowEffect, TableSchema, tables};
use super::journal::{Journal, JournalHeading};
use super::page_sums::{PageComparison, PageSums};
use super::write_ahead_log::LogPages;
use super::writer::Writer;
use super::{BUSY, DbError, locked, meta};
use crate::disk::read_at;
use recondesk_ports::{StoreError, WorkspaceFault};

/// A log that is larger than this is emptied while the program goes on.
const LARGE_LOG: u64 = 16 << 20;
/// Where the head of a database file has the version of its schema.
const VERSION_AT: u64 = 60;
/// How long the end of a program waits for others.
const SHORT: Duration = Duration::from_millis(300);
/// Which rows of a table.
#[derive(Debug, Clone, Copy)]
struct RowSelection {
    condition: &'static str,
    value: Option<u32>,
}

/// All rows of a table.
const EVERY: RowSelection = RowSelection {
    condition: "",
    value: None,
};
/// Rows read at a time while the journal is written anew.
const ROWS: usize = 500;

fn log_path(path: &Path) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push("-wal");
    name.into()
}

fn sums_path(path: &Path) -> PathBuf {
    path.with_extension("sums")
}

/// False for sums beside a database file that are not what was written; such sums count as none.
pub(super) fn has_sound_sums(path: &Path) -> Result<bool, DbError> {
    let sums = sums_path(path);
    let is_there = sums.try_exists().map_err(broken)?;
    Ok(!is_there || PageSums::load(&sums).map_err(broken)?.is_some())
}

/// Compares a database file, that nobody has opened yet in this program, with its checksums.
pub(super) fn compare(path: &Path) -> Result<(), DbError> {
    let Some(sums) = PageSums::load(&sums_path(path)).map_err(broken)? else {
        return Ok(());
    };
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other.map_err(broken)?,
    };
    let log = LogPages::read(&log_path(path)).map_err(broken)?;
    match sums.compare(&file, &log).map_err(broken)? {
        PageComparison::Sound => Ok(()),
        PageComparison::Differs(page) => {
            // A newer program may keep its sums in another way.
            let version = read_at(&file, VERSION_AT, 4).map_err(broken)?;
            let version = version.first_chunk().copied().map_or(0, u32::from_be_bytes);
            let (found, known) = (i64::from(version), super::migrate::latest());
            if page == 1 && found > known {
                return Err(StoreError::Newer { found, known }.into());
            }
            Err(StoreError::Torn(WorkspaceFault::DatabaseDamaged { page }).into())
        }
    }
}

/// Refuses a database that knows less than the journal beside it, or is of another workspace.
pub(super) fn compare_with_journal(
    connection: &Connection,
    journal: &Journal,
) -> Result<(), DbError> {
    let Some(ends) = journal.ends().map_err(broken)? else {
        return Ok(());
    };
    let (heading, generation) = state(connection)?;
    let fault = if ends.heading.workspace != heading.workspace {
        WorkspaceFault::DatabaseForeign
    } else if ends.generation > generation || ends.heading.schema > heading.schema {
        WorkspaceFault::DatabaseOlder {
            database: generation,
            beside: ends.generation,
        }
    } else {
        return Ok(());
    };
    Err(StoreError::Torn(fault).into())
}

impl Writer {
    /// Bytes of the log.
    pub(super) fn log_bytes(&self) -> u64 {
        std::fs::metadata(log_path(self.path())).map_or(0, |meta| meta.len())
    }

    /// True when there is something for [`Self::empty_log`] to do.
    pub(super) fn is_untidy(&self) -> bool {
        self.log_bytes() > 0 || !sums_path(self.path()).exists()
    }

    /// Empties a log that has grown large. That it cannot be is no fault of what was just stored.
    pub(super) fn trim_log(&self) {
        if self.log_bytes() > LARGE_LOG
            && let Err(error) = self.empty_log()
        {
            tracing::warn!(?error, "the log of the database stays as it is");
        }
    }

    /// Moves the log into the database and cuts it off; false when others are at work.
    pub(super) fn empty_log(&self) -> Result<bool, DbError> {
        let Ok(_turn) = self.turn.enter(SHORT) else {
            return Ok(false);
        };
        let sums = sums_path(self.path());
        let known = PageSums::load(&sums).map_err(broken)?;
        if self.log_bytes() > 0 {
            // A commit that failed, here or in another program, may look in the log like one that did not.
            self.fence()?;
        }
        let log = LogPages::read(&log_path(self.path())).map_err(broken)?;
        let mut pages = match known {
            Some(_) if log.database_pages.is_none() => return Ok(true),
            Some(pages) => pages,
            None => PageSums::of(&self.file).map_err(broken)?,
        };
        pages.advance(&log).map_err(broken)?;
        // Without a log, whoever opens the database next trusts what lies beside it.
        self.flush_beside()?;
        pages.store(&sums).map_err(broken)?;
        let connection = locked(&self.connection);
        let connection = connection.lite()?;
        connection.busy_timeout(SHORT)?;
        let busy = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
        connection.busy_timeout(BUSY)?;
        let busy: i64 = busy?;
        Ok(busy == 0)
    }

    /// Makes the journal and what was told of imports durable; what could not be told is told now.
    fn flush_beside(&self) -> Result<(), DbError> {
        self.journal.flush().map_err(broken)?;
        let told = locked(&self.told).clone();
        let Some(last) = told.last() else {
            return Ok(());
        };
        for import in &told {
            if self.is_untold(*import) {
                let connection = locked(&self.connection);
                self.tell_import(connection.lite()?, *import)?;
            }
            match File::open(self.entry_path(*import)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                other => other.and_then(|file| file.sync_all()).map_err(broken)?,
            }
        }
        crate::files::sync_folder(&self.entry_path(*last)).map_err(broken)?;
        locked(&self.told).clear();
        Ok(())
    }

    /// The file that tells of an import.
    pub(super) fn entry_path(&self, import: u32) -> PathBuf {
        let folder = self.path().with_file_name("books");
        folder.join(format!("{import:08}.entry"))
    }

    /// True when the file that tells of an import is not there as a whole.
    fn is_untold(&self, import: u32) -> bool {
        let ends = Journal::at(self.entry_path(import)).ends();
        !ends.is_ok_and(|ends| ends.is_some_and(|ends| ends.is_whole))
    }

    /// Compares the journal with the database, and writes it anew where it is behind, or where a power cut may have
    /// torn it: that is when the log of the database was not emptied.
    pub(super) fn catch_up(&self, is_new_schema: bool) -> Result<(), DbError> {
        let Some(_turn) = self.turn.enter_soon()? else {
            return Ok(());
        };
        let connection = locked(&self.connection);
        let connection = connection.lite()?;
        let (heading, generation) = state(connection)?;
        let ends = self.journal.ends().map_err(broken)?;
        let is_up_to_date = ends.is_some_and(|ends| {
            ends.generation == generation && ends.is_whole && ends.heading == heading
        });
        let has_log = self.log_bytes() > 0;
        let is_sound = is_up_to_date && (!has_log || self.journal.is_sound().map_err(broken)?);
        if is_sound && !is_new_schema && !has_log {
            return Ok(());
        }
        if !is_sound || is_new_schema {
            self.renew_journal(connection)?;
        }
        let imports: Vec<u32> = connection
            .prepare("SELECT id FROM import")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for import in imports {
            if is_new_schema || self.is_untold(import) {
                self.tell_import(connection, import)?;
            }
        }
        Ok(())
    }

    /// Writes beside the rows of an import what the catalog has of it, so that the catalog can be made again from
    /// the books alone. The caller has the turn.
    pub(super) fn tell_import(&self, connection: &Connection, import: u32) -> Result<(), DbError> {
        let path = self.entry_path(import);
        if !path.parent().is_some_and(Path::is_dir) {
            return Ok(());
        }
        // Whatever fails from here on is made good before the log is emptied.
        locked(&self.told).insert(import);
        let (heading, generation) = state(connection)?;
        let mut rows = Vec::new();
        for table in tables(connection)? {
            let condition = match table.name.as_str() {
                "profile" => "WHERE id = (SELECT profile FROM import WHERE id = ?1)",
                "import" => "WHERE id = ?1",
                "section" | "superseded" => "WHERE import = ?1",
                _ => continue,
            };
            rows_of(
                connection,
                &table,
                RowSelection {
                    condition,
                    value: Some(import),
                },
                &mut |some| {
                    rows.extend_from_slice(some);
                    Ok(())
                },
            )?;
        }
        Journal::at(path)
            .write_import(&heading, generation, &rows)
            .map_err(broken)
    }

    /// Writes the journal anew from the database. The caller has the turn.
    pub(super) fn renew_journal(&self, connection: &Connection) -> Result<(), DbError> {
        let (heading, generation) = state(connection)?;
        let tables = tables(connection)?;
        let mut failed = None;
        let written = self.journal.replace(&heading, generation, |put| {
            for table in &tables {
                if let Err(error) = rows_of(connection, table, EVERY, put) {
                    failed = Some(error);
                    return Err(io::Error::other("the database cannot be read"));
                }
            }
            Ok(())
        });
        match (failed, written) {
            (Some(error), _) => Err(error),
            (None, written) => written.map_err(broken),
        }
    }
}

/// Whose database it is, and how many transactions it has seen; one without a schema is nobody's.
pub(super) fn state(connection: &Connection) -> Result<(JournalHeading, u64), DbError> {
    let schema = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let mut out = JournalHeading {
        workspace: String::new(),
        schema,
    };
    if schema == 0 {
        return Ok((out, 0));
    }
    out.workspace = meta(connection, "workspace_id")?;
    let sql = "SELECT value FROM meta WHERE key = 'generation'";
    // Databases of before the count have none.
    let text: Option<String> = connection.query_row(sql, [], |row| row.get(0)).optional()?;
    let generation = text.map_or(Ok(0), |text| {
        text.parse()
            .map_err(|_error| DbError::broken(format!("generation {text}")))
    })?;
    Ok((out, generation))
}

/// Hands rows of a table over, some at a time.
fn rows_of(
    connection: &Connection,
    table: &TableSchema,
    choice: RowSelection,
    put: &mut dyn FnMut(&[RowChange]) -> io::Result<()>,
) -> Result<(), DbError> {
    let sql = format!("SELECT * FROM main.\"{}\" {}", table.name, choice.condition);
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query(params_from_iter(choice.value))?;
    let mut some = Vec::with_capacity(ROWS);
    while let Some(row) = rows.next()? {
        let values = (0..table.columns.len()).map(|at| row.get(at));
        some.push(RowChange {
            table: table.name.clone(),
            fate: RowEffect::Put,
            values: values.collect::<Result<_, _>>()?,
        });
        if some.len() == ROWS {
            put(&some).map_err(broken)?;
            some.clear();
        }
    }
    put(&some).map_err(broken)
}

/// What a failed step on a file beside the database means.
#[expect(
    clippy::needless_pass_by_value,
    reason = "handed to map_err by its name"
)]
pub(super) fn broken(error: io::Error) -> DbError {
    let full = matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    );
    if full {
        return StoreError::Full.into();
    }
    StoreError::Broken(error.to_string()).into()
}
