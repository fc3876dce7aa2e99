//! Native file dialogs, asked without waiting: a window must never stand still for one.

use std::path::PathBuf;

/// What is asked of the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PickAsk {
    /// One or several files to read.
    Open {
        /// Title of the dialog.
        title: String,
    },
    /// Where to write a file.
    Save {
        /// Title of the dialog.
        title: String,
        /// Suggested name.
        name: String,
    },
    /// A folder to write into.
    Folder {
        /// Title of the dialog.
        title: String,
    },
}

/// Opens native file dialogs, one at a time.
pub trait Picker {
    /// Opens a dialog, on the main thread; false when one is open already.
    fn ask(&mut self, ask: PickAsk) -> bool;

    /// The answer, once it is there; no paths when the person cancelled.
    fn answer(&mut self) -> Option<Vec<PathBuf>>;
}
