//! What is imported: bytes with a name and the state of their file, and whoever watches them being read.

use std::io::{Read, Seek};

use wechatpay_codec::bill::SavedAgain;

/// Bytes of an input: a file, a download, a text in a test.
pub trait Bytes: Read + Seek + Send {}

impl<T: Read + Seek + Send> Bytes for T {}

/// An input to import, opened by whoever knows where it lies.
pub struct Source {
    /// File name as messages show it; never a whole path.
    pub name: String,
    /// Size in bytes.
    pub size: u64,
    /// How the file system tells this very state of the file from every other, where it can.
    pub stamp: Option<Stamp>,
    /// That the bytes are a bill that was saved again, put back in form.
    pub saved_again: Option<SavedAgain>,
    /// The bytes, at their beginning.
    pub bytes: Box<dyn Bytes>,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, size, .. } = self;
        write!(f, "Source({name:?}, {size} bytes)")
    }
}

impl Source {
    /// Bytes in memory, such as a small download or a pasted text.
    #[must_use]
    pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Self {
        Self {
            name: name.to_owned(),
            size: bytes.len() as u64,
            stamp: None,
            saved_again: None,
            bytes: Box::new(std::io::Cursor::new(bytes)),
        }
    }
}

/// Identity of one state of a file: whoever writes to it changes the last of these numbers, and
/// no program can set that one back. `None` where the system keeps no such number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// Device.
    pub device: u64,
    /// Number of the file on it.
    pub file: u64,
    /// Size in bytes.
    pub size: u64,
    /// Time of the last write, nanoseconds.
    pub modified_ns: i64,
    /// Time of the last change of any kind, nanoseconds.
    pub changed_ns: i64,
}

/// Which part of an import runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportPart {
    /// Reading, checking and archiving the file; counted in bytes.
    Read,
    /// Putting rows in order; counted in rows.
    Sort,
    /// Writing; counted in rows.
    Store,
    /// Sending to the object store of a shared workspace; counted in bytes.
    Send,
}

/// Watches an import: takes progress, and says when to stop.
pub trait Watch: Sync {
    /// Takes note of progress; called often, must be cheap.
    fn at(&self, part: ImportPart, done: u64, total: Option<u64>);
    /// True when the import should stop and leave nothing behind.
    fn cancelled(&self) -> bool;
}

/// A watch that neither looks nor stops.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn at(&self, _: ImportPart, _: u64, _: Option<u64>) {}

    fn cancelled(&self) -> bool {
        false
    }
}
