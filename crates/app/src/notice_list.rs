//! The list of notices: what a person is told, newest first.

use super::event::NoticeText;
use super::{Failure, Notice, State};
use recondesk_domain::Instant;

/// Notices kept.
const NOTICES: usize = 200;

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
