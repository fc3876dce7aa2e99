//! A shared workspace is opened by its address: the dialog asks for it, offers those that were opened before, and stays
//! until it is certain that it can be opened.

use egui::{Context, Rect, Ui, pos2, vec2};
use zeroize::Zeroize as _;

use super::action::Outbox;
use super::page::Page;
use super::paint;
use super::theme::TypeStyle;
use super::widgets::button::Button;
use super::widgets::dialog::{Dialog, Ended, REFUSAL, refusal};
use super::widgets::input::Field;
use recondesk_app::{Command, SharedPlaceAsk};
use recondesk_domain::Secret;

/// Addresses of before that are offered.
const MOST: usize = 3;
const LINE: f32 = 58.0;
const FIELDS: f32 = 3.0;
const FIELD: f32 = 30.0;
const OFFER: f32 = 30.0;

/// What is typed while the dialog is open; the password is wiped when it goes.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Default)]
pub(crate) struct OpenSharedDialog {
    address: String,
    files: String,
    password: String,
    is_open: bool,
    /// The next frame puts the cursor into the first field.
    is_new: bool,
    /// The wish went out from here, and its end is not known yet.
    is_sent: bool,
    /// Why the last one was refused is read here.
    is_refused: bool,
}

impl Drop for OpenSharedDialog {
    fn drop(&mut self) {
        self.password.zeroize();
    }
}

impl OpenSharedDialog {
    /// Opens it, with the address that was used last.
    pub(crate) fn open(&mut self, recent: &[String]) {
        *self = Self::default();
        self.address = recent.first().cloned().unwrap_or_default();
        (self.is_open, self.is_new) = (true, true);
    }

    /// Draws it while it is open; a wish goes out.
    pub(crate) fn show(&mut self, ctx: &Context, page: &Page<'_>, out: &mut Outbox) {
        if !self.is_open || self.is_over(page) {
            return;
        }
        let (s, state) = (&page.w.places, page.state);
        let failure = state.deed.failure().filter(|_| self.is_refused);
        let refused = failure.map(|failure| {
            let advice = failure.advice.at(recondesk_app::Surface::Window);
            let lang = page.w.lang;
            let (title, advice) = (failure.title.in_language(lang), advice.in_language(lang));
            format!("{title}{}{advice}", lang.pick("：", ": "))
        });
        let offered = state
            .places
            .as_ref()
            .map_or(0, |recent| recent.len().min(MOST));
        let is_waiting = self.is_sent;
        let dialog = Dialog {
            name: "open shared",
            title: s.title,
            width: 560.0,
            height: offered as f32 * OFFER
                + FIELDS * LINE
                + refused.as_ref().map_or(0.0, |_| REFUSAL),
            note: if is_waiting { s.waiting } else { s.note },
            leave: page.w.frame.cancel,
            deed: Button::primary(if self.files.trim().is_empty() {
                s.open
            } else {
                s.make
            })
            .key("Ctrl ↵"),
            ready: !self.address.trim().is_empty() && !is_waiting,
        };
        let is_ready = dialog.ready;
        let mut entered = false;
        let ended = dialog.show(ctx, |ui, rect| {
            entered = self.content(ui, rect, page, refused.as_deref());
        });
        match ended {
            Ended::Cancelled => *self = Self::default(),
            Ended::Done => self.send(out),
            Ended::No if entered && is_ready => self.send(out),
            Ended::No => {}
        }
    }

    /// True once what went out is done: the dialog goes.
    fn is_over(&mut self, page: &Page<'_>) -> bool {
        if self.is_sent && !page.state.deed.is_loading() {
            self.is_sent = false;
            self.is_refused = page.state.deed.failure().is_some();
            if !self.is_refused {
                *self = Self::default();
                return true;
            }
        }
        false
    }

    fn send(&mut self, out: &mut Outbox) {
        let typed = self.password.clone();
        out.run(Command::OpenShared(Box::new(SharedPlaceAsk {
            address: self.address.trim().to_owned(),
            files: self.files.trim().to_owned(),
            password: (!typed.is_empty()).then(|| Secret::new(typed)),
        })));
        self.is_sent = true;
        self.is_refused = false;
    }

    /// What was opened before, the fields, and why it was refused; true when Enter was pressed in a field.
    fn content(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>, refused: Option<&str>) -> bool {
        let recent = page.state.places.as_deref().unwrap_or_default();
        let mut top = rect.top();
        for (nth, address) in recent.iter().take(MOST).enumerate() {
            let line = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), 26.0));
            let button = Button::ghost(address).salt(nth as u64);
            if button.show(ui, line).clicked() {
                self.address.clone_from(address);
            }
            top += OFFER;
        }
        let fields = Rect::from_min_max(pos2(rect.left(), top), rect.max);
        let entered = self.fields(ui, fields, page);
        if let Some(refused) = refused {
            let at = pos2(rect.left(), top + FIELDS * LINE);
            refusal(ui, Rect::from_min_max(at, rect.max), refused);
        }
        entered
    }

    fn fields(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>) -> bool {
        let s = &page.w.places;
        let is_new = std::mem::take(&mut self.is_new);
        let mut entered = false;
        let lines = [
            (&mut self.address, s.address, s.address_hint, false),
            (&mut self.password, s.password, s.password_hint, true),
            (&mut self.files, s.files, s.files_hint, false),
        ];
        for (nth, (text, name, hint, is_secret)) in lines.into_iter().enumerate() {
            let top = rect.top() + nth as f32 * LINE;
            let at = pos2(rect.left(), top + 8.0);
            paint::left(ui.painter(), at, name, (TypeStyle::Small, page.t.text_2));
            let place =
                Rect::from_min_size(pos2(rect.left(), top + 20.0), vec2(rect.width(), FIELD));
            let mut field = Field::new(text, name).hint(hint).limit(1024);
            if is_secret {
                field = field.masked();
            }
            let response = field.show(ui, place);
            if is_new && nth == 0 {
                response.request_focus();
            }
            let enter = ui.input(|input| input.key_pressed(egui::Key::Enter));
            entered |= response.lost_focus() && enter;
        }
        entered
    }
}
