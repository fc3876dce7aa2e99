//! Files that a person names: opened to be read, or written whole.

use std::io::{self, Write};
use std::path::Path;

use super::Source;

/// Fills a file that is being written.
pub type Fill<'a> = dyn FnMut(&mut (dyn Write + Send)) -> io::Result<()> + 'a;

/// The file system, as far as a job may touch it.
pub trait Files: Send + Sync {
    /// Opens a file to be imported.
    ///
    /// # Errors
    /// The operating system's; folders are refused.
    fn open(&self, path: &Path) -> io::Result<Source>;

    /// Writes a file so that it holds all of what `fill` writes, or is as it was before.
    ///
    /// # Errors
    /// The operating system's, or what `fill` returns.
    fn write(&self, path: &Path, fill: &mut Fill<'_>) -> io::Result<()>;
}
