//! Many marks, one stop of Tab: the days of a calendar, the bars of a chart. Arrows walk among them.

use std::ops::Range;

use egui::{EventFilter, Id, Key, Modifiers, Response, Sense, Ui};

/// Marks that are numbered and reached together.
pub(crate) struct Marks {
    /// Of the whole.
    pub(crate) group: Id,
    /// The numbers of those that can be reached.
    pub(crate) all: Range<i32>,
    /// The one that Tab reaches while nobody has walked.
    pub(crate) home: i32,
    /// How far left and right goes.
    pub(crate) across: i32,
    /// How far up and down goes; zero where there is one row.
    pub(crate) down: i32,
}

impl Marks {
    fn current(&self, ui: &Ui) -> i32 {
        let walked = ui.data(|data| data.get_temp::<i32>(self.group));
        walked
            .filter(|at| self.all.contains(at))
            .unwrap_or(self.home)
    }

    /// What a mark senses: clicks, and the focus where it is the one that Tab reaches.
    pub(crate) fn sense(&self, ui: &Ui, at: i32) -> Sense {
        if self.current(ui) == at {
            Sense::click()
        } else {
            Sense::CLICK
        }
    }

    /// Lets the arrows walk from a mark that has the focus; true where it has it.
    pub(crate) fn walk(
        &self,
        ui: &Ui,
        response: &Response,
        at: i32,
        id_of: impl Fn(i32) -> Id,
    ) -> bool {
        if !response.has_focus() {
            return false;
        }
        let filter = EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let step = ui.input_mut(|input| {
            let mut pressed = |key| i32::from(input.consume_key(Modifiers::NONE, key));
            let across = pressed(Key::ArrowRight) - pressed(Key::ArrowLeft);
            let down = pressed(Key::ArrowDown) - pressed(Key::ArrowUp);
            across * self.across + down * self.down
        });
        let next = at.saturating_add(step);
        if step != 0 && self.all.contains(&next) {
            ui.data_mut(|data| data.insert_temp(self.group, next));
            ui.memory_mut(|memory| memory.request_focus(id_of(next)));
        }
        true
    }
}
