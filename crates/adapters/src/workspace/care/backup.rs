//! A copy of a workspace as one ZIP file: the database as it is now, and every file that it knows.
//!
//! The files of imports never change, so a copy of the database made first, and then of those files, is the workspace
//! of that moment, whatever other programs write meanwhile. The last file of the copy is a manifest with the SHA-256
//! of each; the copy counts when all of it has been read back.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::copy_file::CopyFile;
use super::{WorkspaceKeeper, failed};
use crate::books::stray;
use crate::digest::{Hash, hex};
use crate::files;
use crate::sqlite::Database;
use crate::sqlite::care::DatabaseFacts;
use crate::workspace::Workspace;
use recondesk_domain::Instant;
use recondesk_ports::{BackupLeave, BackupOutcome, BackupReport, StoreError};

/// Name of the manifest in a copy.
pub(super) const MANIFEST: &str = "MANIFEST.json";
/// Version of the manifest.
const VERSION: u64 = 1;
/// A larger manifest is none of ours.
const LARGEST_MANIFEST: u64 = 256 << 20;
/// Name of the database in a copy.
pub(super) const DATABASE: &str = "recondesk.db";
/// How the names of sieves end.
const SIEVE_END: &str = ".sieve";
/// Name of the sealed secrets in a copy.
const VAULT: &str = "vault.sealed";

/// How much of a workspace a copy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// All of it.
    Whole,
    /// The database alone: all that was decided, and what the catalog says.
    Database,
}

impl Scope {
    const fn word(self) -> &'static str {
        match self {
            Self::Whole => "workspace",
            Self::Database => "database",
        }
    }
}

/// A file of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CopiedFile {
    pub(super) name: String,
    bytes: u64,
    sha256: String,
}

/// What the manifest of a copy says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BackupManifest {
    pub(super) scope: Scope,
    pub(super) schema: i64,
    pub(super) made_at: Instant,
    pub(super) files: Vec<CopiedFile>,
}

fn invalid(what: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.into())
}

fn zip_error(error: zip::result::ZipError) -> io::Error {
    match error {
        zip::result::ZipError::Io(error) => error,
        other => invalid(other.to_string()),
    }
}

impl BackupManifest {
    fn document(&self, facts: &DatabaseFacts) -> Value {
        let files: Vec<Value> = self
            .files
            .iter()
            .map(|file| json!({ "name": file.name, "bytes": file.bytes, "sha256": file.sha256 }))
            .collect();
        json!({
            "recondesk_backup": VERSION,
            "scope": self.scope.word(),
            "workspace": facts.workspace,
            "schema": self.schema,
            "generation": facts.generation,
            "made_at": self.made_at.unix(),
            "files": files,
        })
    }

    fn of(document: &Value) -> Option<Self> {
        (document.get("recondesk_backup")?.as_u64()? == VERSION).then_some(())?;
        let scope = document.get("scope")?.as_str()?;
        let scope = [Scope::Whole, Scope::Database]
            .into_iter()
            .find(|known| known.word() == scope)?;
        let files = document.get("files")?.as_array()?.iter().map(|file| {
            Some(CopiedFile {
                name: file.get("name")?.as_str()?.to_owned(),
                bytes: file.get("bytes")?.as_u64()?,
                sha256: file.get("sha256")?.as_str()?.to_owned(),
            })
        });
        Some(Self {
            scope,
            schema: document.get("schema")?.as_i64()?,
            made_at: Instant::from_unix(document.get("made_at")?.as_i64()?),
            files: files.collect::<Option<_>>()?,
        })
    }

    /// Reads the manifest of a copy.
    pub(super) fn read(zip: &mut ZipArchive<BufReader<File>>) -> io::Result<Self> {
        let mut text = Vec::new();
        let entry = zip.by_name(MANIFEST).map_err(zip_error)?;
        entry.take(LARGEST_MANIFEST).read_to_end(&mut text)?;
        let document = serde_json::from_slice(&text).map_err(|error| invalid(error.to_string()))?;
        let manifest = Self::of(&document).ok_or_else(|| invalid("the manifest"))?;
        match manifest.files.iter().find(|file| !is_ours(&file.name)) {
            Some(file) => Err(invalid(format!("a file named {}", file.name))),
            None => Ok(manifest),
        }
    }
}

/// True for the names that files of a workspace have: a copy from elsewhere writes nowhere else.
fn is_ours(name: &str) -> bool {
    let is_plain = |part: &str| {
        !part.starts_with('.')
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
    };
    match name.split_once('/') {
        Some((folder, file)) => matches!(folder, "archive" | "books") && is_plain(file),
        None => matches!(name, DATABASE | VAULT),
    }
}

/// Opens a copy.
pub(super) fn open(file: &Path) -> io::Result<ZipArchive<BufReader<File>>> {
    ZipArchive::new(BufReader::new(File::open(file)?)).map_err(zip_error)
}

/// Hands the bytes of a file of a copy over, and checks that they are what was copied.
pub(super) fn read_file<R: Read + Seek>(
    zip: &mut ZipArchive<R>,
    file: &CopiedFile,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut entry = zip
        .by_name(&file.name)
        .map_err(zip_error)?
        .take(file.bytes.saturating_add(1));
    let (bytes, sha256) = pour(&mut entry, out)?;
    if bytes == file.bytes && sha256 == file.sha256 {
        return Ok(());
    }
    Err(invalid(format!("{} is not what was copied", file.name)))
}

/// Copies bytes; tells how many they were, and their SHA-256.
fn pour(from: &mut dyn Read, to: &mut dyn Write) -> io::Result<(u64, String)> {
    let mut hash = Hash::sha256();
    let mut buffer = vec![0; 1 << 18];
    let mut bytes = 0;
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            return Ok((bytes, hex(&hash.finish())));
        }
        let some = buffer.get(..read).unwrap_or_default();
        hash.update(some);
        to.write_all(some)?;
        bytes += read as u64;
    }
}

impl WorkspaceKeeper {
    pub(super) fn write_backup(
        &self,
        file: &Path,
        leave: BackupLeave,
    ) -> Result<BackupOutcome, StoreError> {
        if !leave.replace && !may_be_replaced(file).map_err(failed)? {
            return Ok(BackupOutcome::InTheWay);
        }
        let database = self.workspace.open()?;
        let mut faults = self.book_faults(&database, true)?;
        // Those of a sieve are in no copy.
        faults.retain(|fault| !fault.file.ends_with(SIEVE_END));
        if !faults.is_empty() && !leave.damaged {
            return Ok(BackupOutcome::Damaged(faults));
        }
        let target = BackupTarget {
            file,
            scope: Scope::Whole,
        };
        let report = write(&self.workspace, &database, target, self.clock.now())?;
        Ok(BackupOutcome::Written(BackupReport { faults, ..report }))
    }
}

/// True where no file lies, an empty one, a device, or an earlier copy.
fn may_be_replaced(file: &Path) -> io::Result<bool> {
    match std::fs::metadata(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
        Ok(meta) if !meta.is_file() || meta.len() == 0 => Ok(true),
        Ok(_) => Ok(open(file)
            .and_then(|mut zip| BackupManifest::read(&mut zip))
            .is_ok()),
    }
}

/// What to write, and where.
#[derive(Debug, Clone, Copy)]
pub(super) struct BackupTarget<'a> {
    pub(super) file: &'a Path,
    pub(super) scope: Scope,
}

/// Writes a copy, and reads it back before it gets its name.
pub(super) fn write(
    workspace: &Workspace,
    database: &Database,
    target: BackupTarget<'_>,
    now: Instant,
) -> Result<BackupReport, StoreError> {
    let scratch = tempfile::Builder::new()
        .prefix(".copy-")
        .tempdir_in(workspace.folder())
        .map_err(failed)?;
    let copy = scratch.path().join(DATABASE);
    database.copy_to(&copy)?;
    let facts = DatabaseFacts::of(&copy)?;
    let mut sources = vec![(DATABASE.to_owned(), copy)];
    if target.scope == Scope::Whole {
        sources.extend(files_known(workspace, &facts).map_err(failed)?);
    }
    let part = target
        .file
        .with_extension(format!("{}.part", std::process::id()));
    let manifest = BackupManifest {
        scope: target.scope,
        schema: facts.schema,
        made_at: now,
        files: Vec::with_capacity(sources.len()),
    };
    let written = fill(&part, &sources, &facts, manifest)
        .and_then(|()| read_back(&part))
        .and_then(|()| std::fs::rename(&part, target.file))
        .and_then(|()| files::sync_folder(target.file));
    if let Err(error) = written {
        // What is left of the attempt is of no use; that it stays is no second error.
        drop(std::fs::remove_file(&part));
        return Err(failed(error));
    }
    Ok(BackupReport {
        files: sources.len() as u64,
        imports: facts.imports,
        bytes: std::fs::metadata(target.file).map_err(failed)?.len(),
        leaves_keys: !workspace.vault_file().exists(),
        faults: Vec::new(),
    })
}

/// The files that a database knows, and the sealed secrets.
fn files_known(workspace: &Workspace, facts: &DatabaseFacts) -> io::Result<Vec<(String, PathBuf)>> {
    let mut out = Vec::new();
    for paths in stray::files_of_imports(workspace)?
        .range(..=facts.imports)
        .map(|(_, paths)| paths)
    {
        for path in paths {
            let name = path.strip_prefix(workspace.folder()).unwrap_or(path);
            let name = name.to_string_lossy().replace('\\', "/");
            out.push((name, path.clone()));
        }
    }
    let vault = workspace.vault_file();
    if vault.exists() {
        out.push((VAULT.to_owned(), vault));
    }
    Ok(out)
}

fn fill(
    part: &Path,
    sources: &[(String, PathBuf)],
    facts: &DatabaseFacts,
    mut manifest: BackupManifest,
) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    files::for_owner_only(&mut options);
    let file = CopyFile::new(options.open(part)?);
    let failure = file.failure();
    let mut zip = ZipWriter::new(file);
    let plain = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .large_file(true);
    // All else is compressed already.
    let packed = plain
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(1));
    for (name, path) in sources {
        let options = if name == DATABASE { packed } else { plain };
        zip.start_file(name.as_str(), options).map_err(zip_error)?;
        let (bytes, sha256) = pour(&mut File::open(path)?, &mut zip)?;
        failure.check()?;
        let name = name.clone();
        manifest.files.push(CopiedFile {
            name,
            bytes,
            sha256,
        });
    }
    zip.start_file(MANIFEST, packed).map_err(zip_error)?;
    zip.write_all(manifest.document(facts).to_string().as_bytes())?;
    let out = zip.finish().map_err(zip_error)?;
    out.finish()?.sync_all()
}

/// Reads a copy from end to end.
pub(super) fn read_back(file: &Path) -> io::Result<()> {
    let mut zip = open(file)?;
    let manifest = BackupManifest::read(&mut zip)?;
    for copied in &manifest.files {
        read_file(&mut zip, copied, &mut io::sink())?;
    }
    Ok(())
}
