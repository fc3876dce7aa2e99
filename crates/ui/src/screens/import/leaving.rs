//! Leaving the import assistant: asked first where a person chose something about the file.

use egui::{Context, Rect};

use super::ImportScreen;
use crate::action::{Action, Outbox};
use crate::page::Page;
use crate::paint;
use crate::theme::TypeStyle;
use crate::widgets::button::Button;
use crate::widgets::dialog::{Dialog, Ended};

/// What is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaving {
    /// The file that is open.
    File,
    /// It and the files that wait.
    All,
}

impl ImportScreen {
    /// True when something would be lost: a choice about the file, or a name that was typed.
    fn is_edited(&self, page: &Page<'_>) -> bool {
        let named = self
            .proposed
            .as_ref()
            .is_some_and(|name| *name != self.name);
        named || page.state.import.is_edited()
    }

    /// Stops the import that runs, asks about what would be lost, or else closes the assistant.
    pub(super) fn leave(&mut self, page: &Page<'_>, what: Leaving, out: &mut Outbox) {
        match page.state.import.running {
            Some(task) if what == Leaving::File => out.push(Action::Cancel(task)),
            _ if self.is_edited(page) => self.leaving = Some(what),
            _ => out.push(deed(what)),
        }
    }

    /// The question, while it is open.
    pub(super) fn ask_to_leave(&mut self, ctx: &Context, page: &Page<'_>, out: &mut Outbox) {
        let Some(what) = self.leaving else {
            return;
        };
        let w = &page.w.import;
        let dialog = Dialog {
            name: "leave import",
            title: w.leave_title,
            width: 420.0,
            height: 44.0,
            note: "",
            leave: w.leave_back,
            deed: Button::secondary(w.leave_do),
            ready: true,
        };
        let ended = dialog.show(ctx, |ui, rect| {
            let place = Rect::from_min_max(rect.min, rect.max);
            let style = (TypeStyle::Body, page.t.text_2);
            let said = paint::paragraph(ui.painter(), place, w.leave_note, style, 2);
            paint::say(ui, "leave note", said, w.leave_note);
        });
        match ended {
            Ended::No => {}
            Ended::Cancelled => self.leaving = None,
            Ended::Done => {
                self.leaving = None;
                out.push(deed(what));
            }
        }
    }
}

const fn deed(what: Leaving) -> Action {
    match what {
        Leaving::File => Action::CloseImport,
        Leaving::All => Action::DropImports,
    }
}
