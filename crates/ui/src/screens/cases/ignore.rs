//! Why a case is ignored: a reason from the list, so that reasons can be counted, and a note beside it.

use egui::{Rect, Ui, pos2, vec2};

use super::decide::DecisionAction;
use crate::page::Page;
use crate::paint;
use crate::text::Wording;
use crate::theme::TypeStyle;
use crate::widgets::input;
use recondesk_app::jobs::case_words::stored_words;
use recondesk_casework::IgnoreReason;

/// The reason that is chosen.
#[derive(Default)]
pub(super) struct IgnoreFields {
    reason: Option<IgnoreReason>,
}

impl IgnoreFields {
    /// Height of the list with its label.
    pub(super) const HEIGHT: f32 = 60.0;

    /// What it adds to a dialog.
    pub(super) fn height(deed: DecisionAction) -> f32 {
        if deed == DecisionAction::Propose {
            Self::HEIGHT
        } else {
            0.0
        }
    }

    /// True where the reason says nothing without a note.
    pub(super) fn needs_note(&self) -> bool {
        self.reason.is_some_and(IgnoreReason::needs_note)
    }

    /// True when a reason is chosen, and the note is there where one is needed.
    pub(super) fn is_filled(&self, note: &str) -> bool {
        self.reason
            .is_some_and(|reason| !reason.needs_note() || !note.trim().is_empty())
    }

    /// What is kept: the word of the reason, and the note after it.
    pub(super) fn text(&self, note: &str) -> String {
        self.reason
            .map_or_else(|| note.to_owned(), |reason| reason.text(note))
    }

    /// Draws the list.
    pub(super) fn show(&mut self, ui: &mut Ui, row: Rect, page: &Page<'_>) {
        let c = &page.w.cases;
        let at = pos2(row.left(), row.top() + 10.0);
        let style = (TypeStyle::Small, page.t.text_2);
        let said = paint::left(ui.painter(), at, c.reason, style);
        let star = pos2(said.right() + 4.0, at.y);
        let style = (TypeStyle::Small, page.t.red.text);
        paint::left(ui.painter(), star, "*", style);
        let mut options = vec![(None, c.choose_reason)];
        options.extend(IgnoreReason::ALL.map(|reason| (Some(reason), word(page.w, reason))));
        let place = Rect::from_min_size(
            pos2(row.left(), row.top() + 22.0),
            vec2(row.width().min(280.0), 30.0),
        );
        if let Some(chosen) = input::select(ui, place, c.reason, &options, self.reason) {
            self.reason = chosen;
        }
    }
}

const fn word(w: &Wording, reason: IgnoreReason) -> &'static str {
    if w.is_zh() { reason.zh() } else { reason.en() }
}

/// A reason as a person reads it: what was chosen from the list is in the words of the language.
pub(super) fn reason_words(w: &Wording, reason: &str) -> String {
    let (code, more) = reason.split_once(": ").unwrap_or((reason, ""));
    let Some(known) = IgnoreReason::parse(code) else {
        // What the program itself wrote beside a step is said in the words of the language, too.
        let words = stored_words(reason);
        return w.of(&words).to_owned();
    };
    let said = word(w, known);
    match more {
        "" => said.to_owned(),
        more => (w.cases.status_of)(said, more),
    }
}
