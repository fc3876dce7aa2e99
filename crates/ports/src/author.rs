//! Who changes something, and when: what a change of the workspace leaves in the trail.

use recondesk_domain::Instant;

/// Who changes something, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Author<'a> {
    /// The operator, or the user of the computer; empty for the program.
    pub name: &'a str,
    /// When.
    pub at: Instant,
}

impl<'a> Author<'a> {
    /// This person, now.
    #[must_use]
    pub const fn new(name: &'a str, at: Instant) -> Self {
        Self { name, at }
    }
}

impl Author<'_> {
    /// The program by itself.
    #[must_use]
    pub const fn program(at: Instant) -> Self {
        Self { name: "", at }
    }
}
