//! The key of a question: whose stored one, or one that is typed, masked and wiped.

use egui::{Rect, Ui, pos2};
use zeroize::Zeroize as _;

use crate::page::{Page, cut_left};
use crate::theme::TypeStyle;
use crate::widgets::input::{self, Field};
use crate::{icons, paint};
use recondesk_app::State;
use recondesk_app::model::KeyChoice;
use recondesk_domain::{ProfileId, Secret};

/// Where the key comes from, and one that is typed.
#[derive(Default)]
pub(super) struct KeyField {
    stored: Option<ProfileId>,
    typing: bool,
    typed: String,
    settled: bool,
}

impl KeyField {
    /// Chooses the merchant in view, once.
    pub(super) fn settle(&mut self, state: &State) {
        if !self.settled && !state.merchants.is_empty() {
            self.settled = true;
            self.stored = state.merchant_or_first().map(|row| row.id);
        }
        self.typing |= state.merchants.is_empty();
    }

    pub(super) fn profile(&self) -> Option<ProfileId> {
        self.stored.filter(|_| !self.typing)
    }

    /// Wipes what was typed.
    pub(super) fn forget(&mut self) {
        self.typed.zeroize();
    }

    /// True when there is a key to ask with.
    pub(super) fn is_ready(&self) -> bool {
        if self.typing {
            !self.typed.trim().is_empty()
        } else {
            self.stored.is_some()
        }
    }

    /// The key as the job wants it; `None` while there is none.
    pub(super) fn choice(&self) -> Option<KeyChoice> {
        if self.typing {
            let typed = self.typed.trim();
            (!typed.is_empty()).then(|| KeyChoice::Typed(Secret::new(typed.to_owned())))
        } else {
            self.stored.map(KeyChoice::Stored)
        }
    }

    /// Draws label, source and dots; 52 high.
    pub(super) fn show(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>) {
        let w = &page.w.signature;
        caption(ui, rect, page, (w.key, true, ""));
        let line = Rect::from_min_max(pos2(rect.left(), rect.top() + 20.0), rect.max);
        let merchants = &page.state.merchants;
        let mut options: Vec<(Option<ProfileId>, &str)> = merchants
            .iter()
            .map(|row| (Some(row.id), row.profile.name.as_str()))
            .collect();
        options.push((None, w.typed_key));
        let (place, field) = cut_left(line, 150.0, 8.0);
        let current = self.profile();
        if let Some(picked) = input::select(ui, place, w.key_source, &options, current) {
            self.typing = picked.is_none();
            self.forget();
            if picked.is_some() {
                self.stored = picked;
            }
        }
        if self.typing {
            Field::new(&mut self.typed, w.key)
                .hint(w.key_hint)
                .icon(icons::KEY)
                .masked()
                .limit(16_384)
                .show(ui, field);
        } else {
            input::secret(ui, field, w.key, None);
        }
    }
}

/// A small label over an input.
pub(super) fn caption(
    ui: &Ui,
    rect: Rect,
    page: &Page<'_>,
    (name, required, note): (&str, bool, &str),
) {
    let t = page.t;
    let p = ui.painter();
    let y = rect.top() + 8.0;
    let mut x = paint::left(p, pos2(rect.left(), y), name, (TypeStyle::Small, t.text_2)).right();
    if required {
        x = paint::left(p, pos2(x + 4.0, y), "*", (TypeStyle::Small, t.red.text)).right();
    }
    if !note.is_empty() {
        let room = rect.right() - x - 8.0;
        paint::fit(
            p,
            pos2(x + 8.0, y),
            room,
            note,
            (TypeStyle::Small, t.text_3),
        );
    }
}
