//! The list of notices: what a person is told, newest first.

use super::event::NoticeText;
use super::{Failure, FailureKind, Message, State};
use recondesk_domain::Instant;

/// Notices kept.
const NOTICES: usize = 200;

/// A line of the notices panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Counts up; never used twice.
    pub id: u64,
    /// When.
    pub at: Instant,
    /// What was done, or why it was not.
    pub what: Result<NoticeText, Failure>,
    /// True until the panel was looked at.
    pub unread: bool,
}

impl Notice {
    /// True when it stays until dismissed and marks the bell.
    #[must_use]
    pub fn is_pressing(&self) -> bool {
        match &self.what {
            Ok(told) => told.attention,
            Err(failure) => failure.kind != FailureKind::Cancelled,
        }
    }

    /// The fact in one line.
    #[must_use]
    pub const fn title(&self) -> &Message {
        match &self.what {
            Ok(told) => &told.title,
            Err(failure) => &failure.title,
        }
    }
}

impl State {
    /// Adds a notice.
    pub fn tell(&mut self, what: Result<NoticeText, Failure>) {
        let notice = Notice {
            id: self.next_notice,
            at: self.now,
            what,
            unread: true,
        };
        self.next_notice += 1;
        self.notices.insert(0, notice);
        self.notices.truncate(NOTICES);
    }

    /// Moves the clock; notices that need nobody leave after a day.
    pub fn tick(&mut self, now: Instant) {
        self.now = now;
        self.notices.retain(|notice| {
            notice.is_pressing() || now.unix().saturating_sub(notice.at.unix()) < 86_400
        });
    }

    /// True when an unread notice presses.
    #[must_use]
    pub fn bell(&self) -> bool {
        self.notices
            .iter()
            .any(|notice| notice.unread && notice.is_pressing())
    }
}
