//! The one kind of error a person sees: what happened, what it means, what to do.

use std::fmt;

/// Which exit code and which way out a failure has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailureKind {
    /// The command or the form was filled in wrongly.
    Usage,
    /// The bill is not there yet; asking later helps.
    NotReady,
    /// A file or an answer was refused.
    RefusedInput,
    /// The gateway could not be reached or said no.
    Gateway,
    /// The workspace cannot be read or written.
    Workspace,
    /// The work was stopped by a person.
    Cancelled,
}

impl FailureKind {
    /// The exit code of the command line.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Usage => 2,
            Self::NotReady => 3,
            Self::RefusedInput => 4,
            Self::Gateway => 5,
            Self::Workspace | Self::Cancelled => 6,
        }
    }
}

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// As finance staff write it.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Words {
    /// Both languages at once.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
        }
    }
}

/// A failure as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Failure {
    /// What sort of failure it is.
    pub kind: FailureKind,
    /// Stable code for scripts and support: `bill.sum`, `orders.row`, `gateway.timeout`.
    pub code: &'static str,
    /// The fact, in one line.
    pub title: Words,
    /// What to do, in one line.
    pub advice: Words,
    /// Where: file, row, column, raw text; the remote side's own words.
    pub detail: String,
    /// True when the same request may succeed later.
    pub retryable: bool,
}

impl Failure {
    /// A failure with title and advice; `detail` is empty and it is not retryable.
    #[must_use]
    pub fn new(kind: FailureKind, code: &'static str, title: Words, advice: Words) -> Self {
        Self {
            kind,
            code,
            title,
            advice,
            detail: String::new(),
            retryable: false,
        }
    }

    /// Adds where it happened.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// Says that trying again may help.
    #[must_use]
    pub fn retryable(mut self) -> Self {
        self.retryable = true;
        self
    }

    /// The work was stopped by a person; nothing was stored.
    #[must_use]
    pub fn cancelled() -> Self {
        Self::new(
            FailureKind::Cancelled,
            "cancelled",
            Words::new("已取消，没有存入任何数据", "Cancelled, nothing was stored"),
            Words::default(),
        )
    }
}

/// English, one line, for logs and tests; screens and the command line choose the language.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title.en)?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        Ok(())
    }
}
