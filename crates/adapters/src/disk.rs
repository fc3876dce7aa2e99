//! Files of the workspace: written whole and fsynced, read by position, never changed afterwards.
//!
//! Every step that touches the disk passes [`Disk::step`], where a test can let the power fail:
//! from the n-th step on nothing works any more, tidying up included.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use crate::object_store::{GO_ON, Going, Room, Stop};
use recondesk_ports::{Source, Stamp};

/// How much is written before the disk is asked to start storing it.
const FLUSH_BYTES: u64 = 8 << 20;
/// Bytes collected before they go to the file.
const BUFFER_BYTES: usize = 256 << 10;

/// A power cut for tests: the n-th step fails, and all after it.
#[derive(Debug)]
pub struct PowerCut {
    left: AtomicI64,
}

impl PowerCut {
    /// Fails after `steps` good steps.
    #[must_use]
    pub const fn after(steps: i64) -> Self {
        Self {
            left: AtomicI64::new(steps),
        }
    }

    /// Steps that would still succeed; negative once it has struck.
    #[must_use]
    pub fn left(&self) -> i64 {
        self.left.load(Ordering::SeqCst)
    }
}

/// A folder of the workspace.
#[derive(Debug, Clone)]
pub struct Disk {
    root: PathBuf,
    fault: Option<Arc<PowerCut>>,
    /// Others write here as well: nothing that is there is written over, and they can read what is made.
    is_shared: bool,
    /// The files lie in an object store, and here what was fetched of them.
    room: Option<Room>,
}

impl Disk {
    /// Uses a folder, making it where there is none.
    ///
    /// # Errors
    /// The operating system's.
    pub fn at(root: &Path, fault: Option<Arc<PowerCut>>) -> io::Result<Self> {
        if !root.is_dir() {
            let mut folders = fs::DirBuilder::new();
            folders.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut folders, 0o700);
            folders.create(root)?;
            if let Some(parent) = root.parent() {
                sync_folder(parent)?;
            }
        }
        Ok(Self {
            root: root.to_owned(),
            fault,
            is_shared: false,
            room: None,
        })
    }

    /// Uses a folder that the programs of several computers write to, making it where there is none.
    ///
    /// # Errors
    /// The operating system's.
    pub fn shared(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        Ok(Self {
            root: root.to_owned(),
            fault: None,
            is_shared: true,
            room: None,
        })
    }

    /// Uses a folder in an object store; `root` is where its files are kept on this computer.
    pub(crate) fn in_store(root: &Path, room: Room) -> Self {
        Self {
            root: root.to_owned(),
            fault: None,
            is_shared: true,
            room: Some(room),
        }
    }

    /// One step towards the disk; fails where a test wants the power to fail.
    ///
    /// # Errors
    /// Only in tests.
    pub fn step(&self, what: &str) -> io::Result<()> {
        match &self.fault {
            Some(fault) if fault.left.fetch_sub(1, Ordering::SeqCst) <= 0 => {
                Err(io::Error::other(format!("power cut at: {what}")))
            }
            _ => Ok(()),
        }
    }

    /// Where a file of this folder lies.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Starts a new file; one of that name, left behind by a crash, is overwritten.
    ///
    /// # Errors
    /// The operating system's.
    pub fn create(&self, name: &str) -> io::Result<Output> {
        self.step("create")?;
        if let Some(room) = &self.room {
            let (file, going) = room.begin(name)?;
            return Ok(self.output(file, Some(going)));
        }
        let mut options = OpenOptions::new();
        if self.is_shared {
            options.write(true).create_new(true);
        } else {
            options.write(true).create(true).truncate(true);
            crate::files::for_owner_only(&mut options);
        }
        let file = options.open(self.path(name))?;
        Ok(self.output(file, None))
    }

    fn output(&self, file: File, going: Option<Going>) -> Output {
        Output {
            disk: self.clone(),
            file,
            going,
            buffer: Vec::with_capacity(BUFFER_BYTES),
            written: 0,
            flushed: 0,
            flusher: None,
        }
    }

    /// Opens a file for reading.
    ///
    /// # Errors
    /// The operating system's.
    pub fn open(&self, name: &str) -> io::Result<File> {
        match &self.room {
            Some(room) => room.open(name),
            None => File::open(self.path(name)),
        }
    }

    /// A file that was made counts from now on: the catalog knows it, or it can be made again at any time.
    pub(crate) fn keep(&self, name: &str) {
        if let Some(room) = &self.room {
            room.keep(name);
        }
    }

    /// Forgets the copy of a file that is not as it should be; true where the file itself may be right.
    pub(crate) fn forget(&self, name: &str) -> bool {
        self.room.as_ref().is_some_and(|room| room.forget(name))
    }

    /// The folder in an object store, where it is one.
    pub(crate) const fn room(&self) -> Option<&Room> {
        self.room.as_ref()
    }

    /// Removes a file; one that is not there is no error.
    ///
    /// # Errors
    /// The operating system's.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        self.step("remove")?;
        if let Some(room) = &self.room {
            return room.remove(name);
        }
        match fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Makes the names of new files durable.
    ///
    /// # Errors
    /// The operating system's.
    pub fn sync(&self) -> io::Result<()> {
        self.step("sync folder")?;
        if self.room.is_some() {
            // There a file has its name as soon as it is there.
            return Ok(());
        }
        sync_folder(&self.root)
    }

    /// Names of the files in this folder, sorted.
    ///
    /// # Errors
    /// The operating system's.
    pub fn names(&self) -> io::Result<Vec<String>> {
        if let Some(room) = &self.room {
            return room.names("");
        }
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.root)? {
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        names.sort_unstable();
        Ok(names)
    }
}

#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "other systems have no such step: names are durable with the file"
)]
pub(crate) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// A file being written, front to back.
#[derive(Debug)]
pub struct Output {
    disk: Disk,
    file: File,
    going: Option<Going>,
    buffer: Vec<u8>,
    written: u64,
    flushed: u64,
    flusher: Option<Flusher>,
}

/// Stores what was written while more is being computed, so that the last fsync has little to do.
#[derive(Debug)]
struct Flusher {
    ask: SyncSender<()>,
    thread: JoinHandle<io::Result<()>>,
}

impl Output {
    /// Bytes so far: the place of whatever is written next.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.written + self.buffer.len() as u64
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// The operating system's, such as a full disk.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.buffer.len() + bytes.len() > BUFFER_BYTES {
            self.flush()?;
        }
        if bytes.len() >= BUFFER_BYTES {
            return self.put(bytes);
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        let buffer = std::mem::take(&mut self.buffer);
        let done = self.put(&buffer);
        self.buffer = buffer;
        self.buffer.clear();
        done
    }

    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.disk.step("write")?;
        self.file.write_all(bytes)?;
        if let Some(going) = &mut self.going {
            going.update(bytes);
        }
        self.written += bytes.len() as u64;
        if self.written - self.flushed >= FLUSH_BYTES {
            self.flushed = self.written;
            let flusher = match &mut self.flusher {
                Some(flusher) => flusher,
                none => none.insert(Flusher::start(&self.file)?),
            };
            // A full queue means that it is still at work: it will see these bytes as well.
            flusher.ask.try_send(()).unwrap_or_default();
        }
        Ok(())
    }

    /// Makes all of it durable and returns its size.
    ///
    /// # Errors
    /// The operating system's; then nothing is certain about the file.
    pub fn finish(self) -> io::Result<u64> {
        self.finish_unless(GO_ON)
    }

    /// The same, unless it is stopped on the way to an object store.
    ///
    /// # Errors
    /// As above, and [`io::ErrorKind::Interrupted`] when it was stopped.
    pub(crate) fn finish_unless(mut self, stop: Stop<'_>) -> io::Result<u64> {
        self.flush()?;
        if let Some(flusher) = self.flusher.take() {
            flusher.stop()?;
        }
        self.disk.step("fsync")?;
        self.file.sync_all()?;
        if let (Some(room), Some(going)) = (&self.disk.room, self.going.take()) {
            room.put(going, stop)?;
        }
        Ok(self.written)
    }
}

impl Flusher {
    fn start(file: &File) -> io::Result<Self> {
        let file = file.try_clone()?;
        let (ask, asked) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("flush".to_owned())
            .spawn(move || {
                while asked.recv().is_ok() {
                    file.sync_data()?;
                }
                Ok(())
            })?;
        Ok(Self { ask, thread })
    }

    fn stop(self) -> io::Result<()> {
        drop(self.ask);
        self.thread
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("the flushing thread failed")))
    }
}

/// Reads exactly `len` bytes at a place, without moving any cursor.
///
/// # Errors
/// The operating system's, or `UnexpectedEof` when the file ends before.
pub fn read_at(file: &File, offset: u64, len: usize) -> io::Result<Vec<u8>> {
    read_over(file, offset, len, Vec::new())
}

/// The same into used memory, which is given back as the bytes that were read.
///
/// # Errors
/// As [`read_at`].
pub fn read_over(file: &File, offset: u64, len: usize, mut bytes: Vec<u8>) -> io::Result<Vec<u8>> {
    if bytes.capacity() < len {
        bytes = vec![0; len];
    }
    bytes.resize(len, 0);
    fill_at(file, offset, &mut bytes)?;
    Ok(bytes)
}

#[cfg(unix)]
fn fill_at(file: &File, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
}

#[cfg(windows)]
fn fill_at(file: &File, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
    let mut done = 0;
    while let Some(rest) = bytes.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match std::os::windows::fs::FileExt::seek_read(file, rest, offset + done as u64)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => done += read,
        }
    }
    Ok(())
}

/// Files that a program with ten years of days keeps open at most.
#[cfg(target_os = "linux")]
const MOST_FILES: u64 = 16_384;

/// How many files may be kept open: half of what the system allows when asked, but at least `least`.
///
/// A number of unknown day is looked for in every segment; opening them anew costs as much as the search.
#[must_use]
pub fn room_for_files(least: usize) -> usize {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

        let limit = getrlimit(Resource::Nofile);
        let most = limit.maximum.unwrap_or(u64::MAX).min(2 * MOST_FILES);
        let mut allowed = limit.current.unwrap_or(most);
        if allowed < most {
            let more = Rlimit {
                current: Some(most),
                ..limit
            };
            if setrlimit(Resource::Nofile, more).is_ok() {
                allowed = most;
            }
        }
        let room = usize::try_from(allowed.min(most) / 2);
        room.map_or(least, |room| room.max(least))
    }
    #[cfg(not(target_os = "linux"))]
    {
        least
    }
}

/// Opens an input that a person named.
///
/// # Errors
/// The operating system's; folders are refused.
pub fn open_source(path: &Path) -> io::Result<Source> {
    let file = File::open(path)?;
    let meta = file.metadata()?;
    if meta.is_dir() {
        return Err(io::Error::new(
            io::ErrorKind::IsADirectory,
            "this is a folder",
        ));
    }
    Ok(Source {
        name: path.file_name().map_or_else(
            || path.to_string_lossy().into_owned(),
            |name| name.to_string_lossy().into_owned(),
        ),
        size: meta.len(),
        stamp: stamp(&meta),
        saved_again: None,
        bytes: Box::new(file),
    })
}

/// The stamp of a regular file.
#[cfg(unix)]
fn stamp(meta: &fs::Metadata) -> Option<Stamp> {
    use std::os::unix::fs::MetadataExt as _;
    let nanoseconds =
        |seconds: i64, rest: i64| seconds.checked_mul(1_000_000_000)?.checked_add(rest);
    meta.is_file().then_some(())?;
    Some(Stamp {
        device: meta.dev(),
        file: meta.ino(),
        size: meta.len(),
        modified_ns: nanoseconds(meta.mtime(), meta.mtime_nsec())?,
        changed_ns: nanoseconds(meta.ctime(), meta.ctime_nsec())?,
    })
}

#[cfg(not(unix))]
const fn stamp(_: &fs::Metadata) -> Option<Stamp> {
    None
}
