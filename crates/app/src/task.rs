//! Long work: its identity, its progress, and the way to stop it.

use recondesk_ports::CancelToken;

/// Number of a task in this run of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(pub u64);

/// Which part of a job is running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Waiting for the gateway.
    Download,
    /// Reading and checking a file.
    Read,
    /// Putting rows in order.
    Sort,
    /// Writing to the workspace.
    Store,
    /// Sending to the object store of a shared workspace.
    Send,
    /// Comparing the two books.
    Compare,
    /// Writing an export.
    Export,
    /// Asking WeChat Pay about one after the other.
    Ask,
    /// Deciding about one after the other.
    Decide,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The part that runs.
    pub step: Step,
    /// Units done: bytes while reading, rows afterwards.
    pub done: u64,
    /// Units in all, where known.
    pub total: Option<u64>,
}

/// What a job gets from its caller: a place for progress and the question whether to stop.
pub trait Reporter: Sync {
    /// Takes note of progress; may drop most calls (at most ten a second reach a person).
    fn progress(&self, progress: Progress);
    /// True when the job should stop at its next safe point.
    fn cancelled(&self) -> bool;
    /// The wish to stop as a token, for work that waits on somebody else.
    fn token(&self) -> CancelToken {
        CancelToken::default()
    }
}

/// A reporter for callers that want neither.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Reporter for Silent {
    fn progress(&self, _: Progress) {}

    fn cancelled(&self) -> bool {
        false
    }
}
