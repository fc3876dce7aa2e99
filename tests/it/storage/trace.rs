//! What a program did to a folder, as the layer wrote it down, and what a power cut leaves of it.
//!
//! What a returned fsync covered stays: the bytes of a file by the fsync of the file, its name by that of the folder.
//! Of the rest any part may be there: sectors of writes, cuts, names, in any combination.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use fastrand::Rng;

/// What a disk writes as a whole.
const SECTOR: u64 = 512;

/// One thing that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FileEvent {
    /// A file got its first name.
    Created { file: u64, name: String },
    /// Bytes were written.
    Written { file: u64, at: u64, bytes: Vec<u8> },
    /// A file got another length.
    Cut { file: u64, len: u64 },
    /// The bytes of a file were made durable.
    Synced { file: u64 },
    /// The names of a folder were made durable.
    FolderSynced { folder: String },
    /// A name changed.
    Renamed { from: String, to: String },
    /// A name was removed.
    Removed { name: String },
    /// A folder was made.
    FolderMade { name: String },
    /// Something was told to the world outside.
    Told,
}

/// Reads what the layer wrote.
pub(super) fn read(path: &Path) -> Vec<FileEvent> {
    let bytes = std::fs::read(path).unwrap();
    let mut rest = bytes.as_slice();
    let mut out = Vec::new();
    while !rest.is_empty() {
        let (head, after) = rest.split_at(32);
        let short = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().unwrap()) as usize;
        let long = |at: usize| u64::from_le_bytes(head[at..at + 8].try_into().unwrap());
        let (first, after) = after.split_at(short(4));
        let (second, after) = after.split_at(short(8));
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let (file, at) = (long(16), long(24));
        out.push(match short(0) {
            1 => FileEvent::Created {
                file,
                name: text(first),
            },
            2 => FileEvent::Written {
                file,
                at,
                bytes: first.to_vec(),
            },
            3 => FileEvent::Cut { file, len: at },
            4 => FileEvent::Synced { file },
            5 => FileEvent::FolderSynced {
                folder: text(first),
            },
            6 => FileEvent::Renamed {
                from: text(first),
                to: text(second),
            },
            7 => FileEvent::Removed { name: text(first) },
            8 => FileEvent::FolderMade { name: text(first) },
            9 => FileEvent::Told,
            other => panic!("a deed of kind {other}"),
        });
        rest = after;
    }
    out
}

/// A change of the bytes of a file that no fsync has covered.
#[derive(Debug, Clone)]
enum UnsyncedChange {
    Bytes { at: u64, bytes: Vec<u8> },
    Len(u64),
}

impl UnsyncedChange {
    fn apply(&self, to: &mut Vec<u8>) {
        match self {
            Self::Bytes { at, bytes } => {
                let at = usize::try_from(*at).unwrap();
                if to.len() < at + bytes.len() {
                    to.resize(at + bytes.len(), 0);
                }
                to[at..at + bytes.len()].copy_from_slice(bytes);
            }
            Self::Len(len) => to.resize(usize::try_from(*len).unwrap(), 0),
        }
    }

    /// The parts of it that reach the disk each by itself.
    fn sectors(&self) -> Vec<Self> {
        let Self::Bytes { at, bytes } = self else {
            return vec![self.clone()];
        };
        let (mut at, mut rest) = (*at, bytes.as_slice());
        let mut out = Vec::new();
        while !rest.is_empty() {
            let room = usize::try_from(SECTOR - at % SECTOR).unwrap();
            let (some, after) = rest.split_at(room.min(rest.len()));
            let bytes = some.to_vec();
            out.push(Self::Bytes { at, bytes });
            at += some.len() as u64;
            rest = after;
        }
        out
    }
}

#[derive(Debug, Clone, Default)]
struct Content {
    durable: Vec<u8>,
    pending: Vec<UnsyncedChange>,
}

impl Content {
    fn make_durable(&mut self) {
        for change in self.pending.drain(..) {
            change.apply(&mut self.durable);
        }
    }
}

/// A change of names that no fsync has covered.
#[derive(Debug, Clone)]
enum Naming {
    Put { name: String, content: usize },
    Move { from: String, to: String },
    Gone { name: String },
    Folder { name: String },
}

impl Naming {
    /// The folder whose fsync covers it; of a move, that of the new name.
    fn folder(&self) -> &str {
        let name = match self {
            Self::Put { name, .. } | Self::Gone { name } | Self::Folder { name } => name,
            Self::Move { to, .. } => to,
        };
        name.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

/// Names of files, and folders.
#[derive(Debug, Clone, Default)]
struct TracedNames {
    files: BTreeMap<String, usize>,
    folders: BTreeSet<String>,
}

impl TracedNames {
    fn apply(&mut self, naming: &Naming) {
        match naming {
            Naming::Put { name, content } => {
                self.files.insert(name.clone(), *content);
            }
            Naming::Move { from, to } => {
                if let Some(content) = self.files.remove(from) {
                    self.files.insert(to.clone(), content);
                    return;
                }
                self.move_folder(from, to);
            }
            Naming::Gone { name } => {
                self.files.remove(name);
                self.folders.remove(name);
            }
            Naming::Folder { name } => {
                self.folders.insert(name.clone());
            }
        }
    }

    fn move_folder(&mut self, from: &str, to: &str) {
        if !self.folders.remove(from) {
            return;
        }
        self.folders.insert(to.to_owned());
        let inside = format!("{from}/");
        let moved: Vec<String> = self
            .files
            .keys()
            .filter(|name| name.starts_with(&inside))
            .cloned()
            .collect();
        for name in moved {
            if let Some(content) = self.files.remove(&name) {
                self.files
                    .insert(format!("{to}/{}", &name[inside.len()..]), content);
            }
        }
    }
}

/// A disk: what is on it for certain, and what may be.
#[derive(Debug, Clone, Default)]
pub(super) struct TracedDisk {
    root: PathBuf,
    contents: Vec<Content>,
    by_number: BTreeMap<u64, usize>,
    names: TracedNames,
    pending: Vec<Naming>,
}

/// What a power cut leaves of the things that no fsync covered.
#[derive(Debug, Clone)]
pub(super) enum Rest {
    /// All of it, as after the end of a program.
    All,
    /// Some of it.
    Some(Rng),
}

impl TracedDisk {
    /// The disk as it is now.
    pub(super) fn of(root: &Path) -> Self {
        let mut disk = Self {
            root: root.to_owned(),
            ..Self::default()
        };
        disk.add(root);
        disk
    }

    fn add(&mut self, folder: &Path) {
        self.names.folders.insert(text(folder));
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                self.add(&entry.path());
                continue;
            }
            let content = self.new_content(entry.metadata().unwrap().ino());
            self.contents[content].durable = std::fs::read(entry.path()).unwrap();
            self.names.files.insert(text(&entry.path()), content);
        }
    }

    fn new_content(&mut self, file: u64) -> usize {
        self.contents.push(Content::default());
        self.by_number.insert(file, self.contents.len() - 1);
        self.contents.len() - 1
    }

    fn change(&mut self, file: u64, change: UnsyncedChange) {
        // Files without a name are not kept.
        if let Some(content) = self.by_number.get(&file) {
            self.contents[*content].pending.push(change);
        }
    }

    /// Does what a program did.
    pub(super) fn follow(&mut self, deed: &FileEvent) {
        match deed {
            FileEvent::Created { file, name } => {
                let content = self.new_content(*file);
                let name = name.clone();
                self.pending.push(Naming::Put { name, content });
            }
            FileEvent::Written { file, at, bytes } => {
                let (at, bytes) = (*at, bytes.clone());
                self.change(*file, UnsyncedChange::Bytes { at, bytes });
            }
            FileEvent::Cut { file, len } => self.change(*file, UnsyncedChange::Len(*len)),
            FileEvent::Synced { file } => {
                if let Some(content) = self.by_number.get(file) {
                    self.contents[*content].make_durable();
                }
            }
            FileEvent::FolderSynced { folder } => {
                let (of_it, rest) = std::mem::take(&mut self.pending)
                    .into_iter()
                    .partition(|naming| naming.folder() == folder);
                self.pending = rest;
                let of_it: Vec<Naming> = of_it;
                for naming in of_it {
                    self.names.apply(&naming);
                }
            }
            FileEvent::Renamed { from, to } => {
                let (from, to) = (from.clone(), to.clone());
                self.pending.push(Naming::Move { from, to });
            }
            FileEvent::Removed { name } => self.pending.push(Naming::Gone { name: name.clone() }),
            FileEvent::FolderMade { name } => {
                self.pending.push(Naming::Folder { name: name.clone() });
            }
            FileEvent::Told => {}
        }
    }

    /// Writes down what is there after a power cut.
    pub(super) fn write(&self, rest: Rest, to: &Path) {
        let mut luck = Luck::of(rest);
        let mut names = self.names.clone();
        for naming in &self.pending {
            if luck.has(luck.names) {
                names.apply(naming);
            }
        }
        for folder in &names.folders {
            std::fs::create_dir_all(self.place(folder, to)).unwrap();
        }
        for (name, content) in &names.files {
            let path = self.place(name, to);
            let content = &self.contents[*content];
            let mut bytes = content.durable.clone();
            let share = luck.share();
            for change in &content.pending {
                for sector in change.sectors() {
                    if luck.has(share) {
                        sector.apply(&mut bytes);
                    }
                }
            }
            // The index of the log is made anew by whoever opens the database first.
            if path.parent().is_some_and(Path::is_dir) && !name.ends_with("-shm") {
                super::overwrite(&path, &bytes);
            }
        }
    }

    fn place(&self, name: &str, to: &Path) -> PathBuf {
        to.join(Path::new(name).strip_prefix(&self.root).unwrap())
    }
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// Which of the uncovered changes are there.
struct Luck {
    rng: Option<Rng>,
    /// Share of the names, in hundredths.
    names: u8,
}

impl Luck {
    fn of(rest: Rest) -> Self {
        let mut luck = Self {
            rng: match rest {
                Rest::All => None,
                Rest::Some(rng) => Some(rng),
            },
            names: 100,
        };
        luck.names = luck.share();
        luck
    }

    /// A share, in hundredths: often none or all.
    fn share(&mut self) -> u8 {
        self.rng.as_mut().map_or(100, |rng| {
            rng.choice([0, 0, 10, 50, 90, 100, 100]).unwrap_or(100)
        })
    }

    fn has(&mut self, share: u8) -> bool {
        self.rng.as_mut().is_none_or(|rng| rng.u8(0..100) < share)
    }
}
