//! The two fields that say who does it: the operator, chosen from those who are named, and the PIN.

use egui::{Event, Id, Key, Rect, Ui, pos2, vec2};

use crate::page::Page;
use crate::paint;
use crate::theme::TypeStyle;
use crate::widgets::input::{self, Field};
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

    /// The fields for whoever sits down: who signed in last at this computer is proposed, or the only operator.
    pub(crate) fn last(page: &Page<'_>) -> Self {
        let known = &page.state.desk.person.operators;
        let last = &page.state.preferences.operator;
        let name = match known.as_slice() {
            [only] => only.clone(),
            _ if known.contains(last) => last.clone(),
            _ => String::new(),
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

    /// The PIN is wiped; the name stays for another try, and where it was wrong the next one is typed at once.
    pub(crate) fn forget_pin(&mut self) {
        self.pin.zeroize();
        self.wants_focus = true;
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
        let enter = ui.input(|input| input.key_pressed(Key::Enter));
        let name = self.who(ui, place(left), page);
        let pin = Field::new(&mut self.pin, w.pin)
            .masked()
            .limit(64)
            .show(ui, place(right));
        if std::mem::take(&mut self.wants_focus) {
            let first = if has_name { pin.id } else { name.id };
            ui.memory_mut(|memory| memory.request_focus(first));
        }
        if name.is_chosen || (enter && name.is_left) {
            pin.request_focus();
        }
        let ended = enter && pin.lost_focus();
        if ended && self.pin.is_empty() {
            pin.request_focus();
        }
        ended && !self.pin.is_empty()
    }

    /// The operator: one of those who are named; typed while it is not known who is.
    fn who(&mut self, ui: &mut Ui, place: Rect, page: &Page<'_>) -> NameField {
        let w = &page.w.payout;
        let known = &page.state.desk.person.operators;
        if known.is_empty() {
            let field = Field::new(&mut self.name, w.operator)
                .limit(64)
                .show(ui, place);
            return NameField {
                id: field.id,
                is_chosen: false,
                is_left: field.lost_focus(),
            };
        }
        let nth = known.iter().position(|name| *name == self.name.trim());
        let mut options: Vec<(Option<usize>, &str)> = Vec::with_capacity(known.len() + 1);
        if nth.is_none() {
            options.push((None, page.w.cases.choose_reason));
        }
        let names = known.iter().enumerate();
        options.extend(names.map(|(nth, name)| (Some(nth), name.as_str())));
        let id = input::select_id(ui, w.operator);
        let chosen = input::select(ui, place, w.operator, &options, nth).flatten();
        let chosen = chosen.and_then(|nth| known.get(nth));
        let chosen = chosen.or_else(|| beginning(ui, id, known));
        if let Some(chosen) = chosen {
            self.name.clone_from(chosen);
        }
        NameField {
            id,
            is_chosen: chosen.is_some(),
            is_left: false,
        }
    }
}

/// The first name that begins with what is typed while the list has the focus.
fn beginning<'a>(ui: &Ui, list: Id, known: &'a [String]) -> Option<&'a String> {
    if !ui.memory(|memory| memory.has_focus(list)) {
        return None;
    }
    let typed: String = ui.input(|input| {
        let texts = input.events.iter().filter_map(|event| match event {
            Event::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    });
    let typed = typed.trim().to_lowercase();
    let begins = |name: &&String| name.to_lowercase().starts_with(&typed);
    known.iter().find(begins).filter(|_| !typed.is_empty())
}

/// Where the name is chosen or typed.
struct NameField {
    id: Id,
    /// One was chosen in this frame.
    is_chosen: bool,
    /// The focus left it in this frame.
    is_left: bool,
}
