//! The two fields that say who does it: name and PIN of an operator.

use egui::{Key, Rect, Ui, pos2, vec2};

use crate::page::Page;
use crate::paint;
use crate::theme::TypeStyle;
use crate::widgets::input::Field;
use recondesk_app::model::{OperatorIdentity, Person};
use recondesk_domain::Secret;
use zeroize::Zeroize as _;

/// Name and PIN as they are typed; the PIN is wiped when the dialog goes.
#[derive(Default)]
pub(crate) struct PersonFields {
    name: String,
    pin: String,
    /// The first empty field wants the focus.
    wants_focus: bool,
}

impl Drop for PersonFields {
    fn drop(&mut self) {
        self.pin.zeroize();
    }
}

impl PersonFields {
    /// The fields with the name of whoever signed in; the PIN is always typed.
    pub(crate) fn of(person: &Person) -> Self {
        let name = if person.has_operators {
            person.name.clone()
        } else {
            String::new()
        };
        Self {
            name,
            pin: String::new(),
            wants_focus: false,
        }
    }

    /// Where they are the first fields of a dialog: the first empty one has the focus.
    pub(crate) fn focused(mut self, wanted: bool) -> Self {
        self.wants_focus = wanted;
        self
    }

    /// The first empty one gets the focus in the next frame, or this one where they are not drawn yet.
    pub(crate) fn want_focus(&mut self) {
        self.wants_focus = true;
    }

    /// The name as it is typed.
    pub(crate) fn name(&self) -> &str {
        self.name.trim()
    }

    /// True when both are there.
    pub(crate) fn is_filled(&self) -> bool {
        !self.name.trim().is_empty() && !self.pin.is_empty()
    }

    /// Who does it; nobody while a field is empty.
    pub(crate) fn identity(&self) -> Option<OperatorIdentity> {
        self.is_filled().then(|| OperatorIdentity {
            name: self.name.trim().to_owned(),
            pin: Secret::new(self.pin.clone()),
        })
    }

    /// The PIN is wiped; the name stays for another try.
    pub(crate) fn forget_pin(&mut self) {
        self.pin.zeroize();
    }

    /// Draws them side by side; true when Enter ended the PIN.
    pub(crate) fn show(&mut self, ui: &mut Ui, area: Rect, page: &Page<'_>) -> bool {
        let w = &page.w.payout;
        let half = (area.width() - 12.0) / 2.0;
        let style = (TypeStyle::Small, page.t.text_2);
        let left = area.left();
        let right = left + half + 12.0;
        paint::left(
            ui.painter(),
            pos2(left, area.top() + 10.0),
            w.operator,
            style,
        );
        paint::left(ui.painter(), pos2(right, area.top() + 10.0), w.pin, style);
        let place = |x: f32| Rect::from_min_size(pos2(x, area.top() + 20.0), vec2(half, 30.0));
        let has_name = !self.name.trim().is_empty();
        let name = Field::new(&mut self.name, w.operator)
            .limit(64)
            .show(ui, place(left));
        let pin = Field::new(&mut self.pin, w.pin)
            .masked()
            .limit(64)
            .show(ui, place(right));
        if std::mem::take(&mut self.wants_focus) {
            if has_name { &pin } else { &name }.request_focus();
        }
        let enter = ui.input(|input| input.key_pressed(Key::Enter));
        if enter && name.lost_focus() {
            pin.request_focus();
        }
        enter && pin.lost_focus()
    }
}
