//! Lines of a list that give no number: named, so that nobody takes them for answered.

use super::is_quote;
use recondesk_domain::{printable, redact};

/// A line of a list that gives no number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnusedLine {
    /// Its place, counted from 1.
    pub line: usize,
    /// Its beginning, free of keys and of signs that steer a terminal.
    pub text: String,
}

impl UnusedLine {
    pub(super) fn new(line: usize, text: &str) -> Self {
        let text = redact(text.trim(), &[]);
        let head: String = text.chars().take(40).collect();
        Self {
            line,
            text: printable(&head).into_owned(),
        }
    }
}

/// True for a formula of a spreadsheet that came as it was typed; `="4200…"` is a number kept as text.
pub(super) fn is_formula(line: &str) -> bool {
    let line = line.trim_start();
    let rest = line.strip_prefix('=').or_else(|| line.strip_prefix('＝'));
    rest.is_some_and(|rest| !rest.trim_start().starts_with(is_quote))
}
