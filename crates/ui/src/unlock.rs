//! The passphrase of the sealed file: asked for when a key is needed, forgotten after a while without a hand on the
//! window.

use egui::{Context, Rect, Ui, pos2, vec2};
use zeroize::Zeroize as _;

use super::text::{Wording, of};
use super::theme::{TypeStyle, tokens};
use super::widgets::button::Button;
use super::widgets::dialog::{Dialog, Ended};
use super::widgets::input::Field;
use super::{app::App, paint};
use recondesk_app::{Command, State};
use recondesk_domain::Secret;
use recondesk_ports::VaultAccess;

/// Shortest passphrase of a new sealed file.
const LEAST: usize = 8;
const FIELD: f32 = 30.0;
const LINE: f32 = 58.0;

/// What is typed while the dialog is open; wiped when it goes.
#[derive(Default)]
pub(crate) struct UnlockDialog {
    passphrase: String,
    again: String,
    is_open: bool,
}

impl Drop for UnlockDialog {
    fn drop(&mut self) {
        self.wipe();
    }
}

impl UnlockDialog {
    fn wipe(&mut self) {
        self.passphrase.zeroize();
        self.again.zeroize();
    }

    /// What keeps the deed from being done; empty for nothing.
    fn complaint(&self, w: &'static Wording, state: &State) -> &'static str {
        let s = &w.settings;
        let is_new = state.vault == VaultAccess::Unmade;
        if self.passphrase.is_empty() {
            let wrong = state.passphrase_wrong && !is_new;
            return if wrong { s.passphrase_wrong } else { "" };
        }
        match is_new {
            true if self.passphrase.chars().count() < LEAST => s.passphrase_short,
            true if !self.again.is_empty() && self.again != self.passphrase => s.passphrase_unequal,
            _ => "",
        }
    }

    fn is_ready(&self, state: &State) -> bool {
        match state.vault {
            VaultAccess::Unmade => {
                self.passphrase.chars().count() >= LEAST && self.again == self.passphrase
            }
            VaultAccess::System | VaultAccess::Open | VaultAccess::Locked | VaultAccess::Memory => {
                !self.passphrase.is_empty()
            }
        }
    }

    /// Draws it while it is wanted; what comes back is to be submitted.
    pub(crate) fn show(&mut self, ctx: &Context, state: &mut State) -> Option<Command> {
        if !state.passphrase_wanted {
            if self.is_open {
                *self = Self::default();
            }
            return None;
        }
        let opened = !std::mem::replace(&mut self.is_open, true);
        let w = of(state.preferences.language);
        let s = &w.settings;
        let is_new = state.vault == VaultAccess::Unmade;
        let complaint = self.complaint(w, state);
        let dialog = Dialog {
            name: "unlock",
            title: if is_new {
                s.choose_passphrase
            } else {
                s.unlock_title
            },
            width: 480.0,
            height: if is_new {
                44.0 + 2.0 * LINE
            } else {
                44.0 + LINE
            },
            note: complaint,
            leave: w.frame.cancel,
            deed: Button::primary(if is_new { s.set_passphrase } else { s.unlock }).key("Ctrl ↵"),
            ready: self.is_ready(state),
        };
        let mut entered = false;
        let ended = dialog.show(ctx, |ui, rect| {
            entered = self.fields(ui, rect, (w, is_new, opened));
        });
        let done = ended == Ended::Done || (entered && self.is_ready(state));
        if done {
            let given = Secret::new(std::mem::take(&mut self.passphrase));
            self.wipe();
            forget_typing(ctx, is_new);
            return Some(Command::UnlockVault(given));
        }
        if ended == Ended::Cancelled {
            state.passphrase_wanted = false;
            forget_typing(ctx, is_new);
            *self = Self::default();
        }
        None
    }

    /// The fields; true when Enter was pressed in one.
    fn fields(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        (w, is_new, opened): (&'static Wording, bool, bool),
    ) -> bool {
        let t = tokens(ui);
        let s = &w.settings;
        let note = if is_new {
            s.passphrase_new_note
        } else {
            s.passphrase_note
        };
        let at = pos2(rect.left(), rect.top() + 12.0);
        let style = (TypeStyle::Small, t.text_2);
        paint::fit(ui.painter(), at, rect.width(), note, style);
        let mut top = rect.top() + 40.0;
        let mut entered = false;
        let mut lines = vec![(&mut self.passphrase, s.passphrase)];
        if is_new {
            lines.push((&mut self.again, s.passphrase_again));
        }
        for (nth, (text, name)) in lines.into_iter().enumerate() {
            paint::left(ui.painter(), pos2(rect.left(), top), name, style);
            let place =
                Rect::from_min_size(pos2(rect.left(), top + 12.0), vec2(rect.width(), FIELD));
            let response = Field::new(text, name).masked().limit(1024).show(ui, place);
            if opened && nth == 0 {
                response.request_focus();
            }
            let enter = ui.input(|input| input.key_pressed(egui::Key::Enter));
            entered |= response.lost_focus() && enter;
            ui.data_mut(|data| data.insert_temp(field_id(nth), response.id));
            top += LINE;
        }
        entered
    }
}

fn field_id(nth: usize) -> egui::Id {
    egui::Id::unique(("unlock field", nth))
}

/// The undo history of the fields goes with what was typed.
fn forget_typing(ctx: &Context, is_new: bool) {
    for nth in 0..=usize::from(is_new) {
        let Some(id) = ctx.data(|data| data.get_temp::<egui::Id>(field_id(nth))) else {
            continue;
        };
        if let Some(mut state) = egui::TextEdit::load_state(ctx, id) {
            state.clear_undoer();
            egui::TextEdit::store_state(ctx, id, state);
        }
    }
}

impl App {
    /// Forgets the passphrase when nobody has touched the window for as long as the settings say, and no work runs.
    pub(super) fn lock_when_idle(&mut self, ctx: &Context) {
        let now = self.clock.steady_ms();
        let touched = ctx.input(|input| {
            let is_hand = |event: &egui::Event| !matches!(event, egui::Event::WindowFocused(_));
            input.events.iter().any(is_hand)
        });
        if touched {
            self.touched_ms = now;
        }
        let minutes = u64::from(self.state.preferences.lock_after);
        let is_idle = minutes > 0 && now.saturating_sub(self.touched_ms) >= minutes * 60_000;
        if !is_idle || !self.state.tasks.is_empty() {
            return;
        }
        if self.state.vault == VaultAccess::Open {
            self.submit(Command::LockVault);
        }
        let person = &self.state.desk.person;
        if person.has_operators && !person.name.is_empty() {
            self.submit(Command::SignOut);
        }
    }
}
