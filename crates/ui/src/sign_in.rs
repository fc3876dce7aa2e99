//! An operator signs in: asked for when a decision needs a name, or from the top bar; left after a while without a hand
//! on the window.

use egui::{Context, Rect, pos2, vec2};

use super::screens::PersonFields;
use super::text::of;
use super::theme::{TypeStyle, tokens};
use super::widgets::button::Button;
use super::widgets::dialog::{Dialog, Ended};
use super::{page::Page, paint};
use recondesk_app::{Command, State};

/// What is typed while the dialog is open; the PIN is wiped when it goes.
#[derive(Default)]
pub(crate) struct SignInDialog {
    person: PersonFields,
    is_open: bool,
}

impl SignInDialog {
    /// Draws it while it is wanted; what comes back is to be submitted.
    pub(crate) fn show(&mut self, ctx: &Context, page: &Page<'_>) -> (Ended, Option<Command>) {
        let state: &State = page.state;
        if !state.desk.is_wanted {
            *self = Self::default();
            return (Ended::No, None);
        }
        if !std::mem::replace(&mut self.is_open, true) {
            self.person = PersonFields::last(page).focused(true);
        }
        let w = of(state.preferences.language);
        let refused = state.desk.asked.failure();
        let note = refused.map_or(w.work.sign_in_note, |failure| w.of(&failure.title));
        let dialog = Dialog {
            name: "sign in",
            title: w.work.sign_in_title,
            width: 480.0,
            height: 96.0,
            note: "",
            leave: w.frame.cancel,
            deed: Button::primary(w.work.sign_in_do).key("Ctrl ↵"),
            ready: self.person.is_filled() && !state.desk.asked.is_loading(),
        };
        let ready = dialog.ready;
        let mut entered = false;
        let person = &mut self.person;
        let ended = dialog.show(ctx, |ui, rect| {
            let t = tokens(ui);
            let color = if refused.is_some() {
                t.red.text
            } else {
                t.text_2
            };
            let at = pos2(rect.left(), rect.top() + 10.0);
            let style = (TypeStyle::Small, color);
            let (place, _) = paint::fit(ui.painter(), at, rect.width(), note, style);
            paint::say(ui, "sign in note", place, note);
            let fields = Rect::from_min_size(
                pos2(rect.left(), rect.top() + 32.0),
                vec2(rect.width(), 56.0),
            );
            entered = person.show(ui, fields, page);
        });
        let ended = if entered && ready && ended == Ended::No {
            Ended::Done
        } else {
            ended
        };
        let command = (ended == Ended::Done)
            .then(|| self.person.identity())
            .flatten()
            .map(|identity| Command::SignIn(Box::new(identity)));
        if command.is_some() {
            self.person.forget_pin();
        }
        (ended, command)
    }
}
