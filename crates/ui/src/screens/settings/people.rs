//! The dialogs that change who may decide: a new operator, one who leaves, other limits.

use egui::{Context, Key, Rect, Response, Ui, pos2, vec2};
use zeroize::Zeroize as _;

use crate::action::Outbox;
use crate::page::Page;
use crate::paint;
use crate::screens::person::PersonFields;
use crate::theme::TypeStyle;
use crate::widgets::button::Button;
use crate::widgets::check::check_box;
use crate::widgets::dialog::{Dialog, Ended, REFUSAL, refusal};
use crate::widgets::input::Field;
use recondesk_app::Command;
use recondesk_app::jobs::operators::{SHORTEST_PIN, usual_roles};
use recondesk_app::model::{
    LimitsWish, NewOperatorWish, OperatorGate, OperatorsView, RemoveOperatorWish,
};
use recondesk_casework::{Role, Roles, Thresholds};
use recondesk_domain::{Fen, Secret};

/// Height of a field with its label, and of a role.
const FIELD: f32 = 58.0;
const ROLE: f32 = 28.0;
/// Height of the line over name and PIN of whoever confirms.
const WHO: f32 = 28.0;

/// What is to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PeopleDeed {
    /// Another operator.
    Add,
    /// One who leaves.
    Remove(String),
    /// From when on a second person must agree.
    Limits,
}

/// The dialog, while it is open; PINs are wiped when it goes.
#[derive(Default)]
pub(super) struct PeopleDialog {
    deed: Option<PeopleDeed>,
    /// True once the fields hold what they begin with.
    filled: bool,
    name: String,
    roles: Roles,
    pin: String,
    again: String,
    refund_over: String,
    bulk_over: String,
    person: PersonFields,
    /// True once a wish went out: what came of it is in the state.
    sent: bool,
    /// True until a refusal was taken note of.
    is_fresh: bool,
    /// What gets the focus in the next frame.
    focus: Option<FocusOn>,
}

/// A field that is to get the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FocusOn {
    /// The first one.
    First,
    /// The first one that lacks something.
    Lacking,
}

impl Drop for PeopleDialog {
    fn drop(&mut self) {
        self.pin.zeroize();
        self.again.zeroize();
    }
}

/// True when Enter ended one of these fields.
fn enters(ui: &Ui, fields: &[Response]) -> bool {
    let enter = ui.input(|input| input.key_pressed(Key::Enter));
    enter && fields.iter().any(Response::lost_focus)
}

impl PeopleDialog {
    /// Opens it.
    pub(super) fn start(&mut self, deed: PeopleDeed) {
        *self = Self::default();
        self.deed = Some(deed);
        self.focus = Some(FocusOn::First);
    }

    /// Draws it while it is open; a finished wish goes out. It stays until the wish is carried out, and says why when it
    /// is not.
    pub(super) fn show(&mut self, ctx: &Context, page: &Page<'_>, out: &mut Outbox) {
        let Some(deed) = self.deed.clone() else {
            return;
        };
        let Some(view) = page.state.people.known.value() else {
            return;
        };
        let asked = &page.state.people.asked;
        if self.sent && !asked.is_loading() && asked.failure().is_none() {
            *self = Self::default();
            return;
        }
        if !self.filled {
            self.filled = true;
            self.roles = usual_roles(view.gate);
            self.refund_over = view.limits.refund_over.to_string();
            self.bulk_over = view.limits.bulk_over.to_string();
            // Who signed in is proposed where that person may change this.
            let person = &page.state.desk.person;
            let mut known = view.operators.iter();
            let may = known.any(|known| {
                known.name == person.name
                    && (view.gate.lacks_administrator() || known.roles.has(Role::Administer))
            });
            if may {
                self.person = PersonFields::of(person);
            }
        }
        let refused = asked.failure().filter(|_| self.sent);
        let refused = refused.map(|failure| {
            let advice = page.w.advice(failure);
            let stop = if advice.is_empty() {
                ""
            } else {
                page.w.frame.stop
            };
            format!("{}{stop}{advice}", page.w.of(&failure.title))
        });
        let ended = self.draw(ctx, page, (&deed, view), refused.as_deref());
        match ended {
            Ended::No => {}
            Ended::Cancelled => *self = Self::default(),
            Ended::Done => {
                if let Some(command) = self.command(&deed) {
                    self.sent = true;
                    self.is_fresh = true;
                    self.person.forget_pin();
                    out.run(command);
                }
            }
        }
    }

    fn command(&self, deed: &PeopleDeed) -> Option<Command> {
        let identity = self.person.identity();
        Some(match deed {
            PeopleDeed::Add => Command::AddOperator(Box::new(NewOperatorWish {
                name: self.name.trim().to_owned(),
                roles: self.roles,
                pin: Secret::new(self.pin.clone()),
                identity,
            })),
            PeopleDeed::Remove(name) => Command::RemoveOperator(Box::new(RemoveOperatorWish {
                name: name.clone(),
                identity,
            })),
            PeopleDeed::Limits => Command::SetLimits(Box::new(LimitsWish {
                limits: self.limits()?,
                identity,
            })),
        })
    }

    fn limits(&self) -> Option<Thresholds> {
        Some(Thresholds {
            refund_over: self.sum()?,
            bulk_over: self.bulk_over.trim().parse().ok()?,
        })
    }

    /// The limit of a refund, as it is typed.
    fn sum(&self) -> Option<Fen> {
        let sum = Fen::parse_typed(&self.refund_over).ok();
        sum.filter(|sum| *sum >= Fen::ZERO)
    }

    /// What keeps the wish from going out; said once there is something to complain of.
    fn complaint(&self, page: &Page<'_>, deed: &PeopleDeed) -> &'static str {
        let w = &page.w.people;
        match deed {
            PeopleDeed::Add if self.roles == Roles::default() => w.no_role,
            PeopleDeed::Add if !self.pin.is_empty() && self.is_short() => w.pin_short,
            PeopleDeed::Add if !self.again.is_empty() && self.again != self.pin => w.pin_unequal,
            PeopleDeed::Limits if self.sum().is_none() => w.no_amount,
            PeopleDeed::Limits if self.limits().is_none() => w.no_count,
            PeopleDeed::Add | PeopleDeed::Remove(_) | PeopleDeed::Limits => "",
        }
    }

    fn is_short(&self) -> bool {
        self.pin.chars().count() < SHORTEST_PIN
    }

    fn is_ready(&self, deed: &PeopleDeed, gate: OperatorGate) -> bool {
        let is_filled = match deed {
            PeopleDeed::Add => {
                let has_name = !self.name.trim().is_empty();
                let has_pin = !self.is_short() && self.again == self.pin;
                has_name && has_pin && self.roles != Roles::default()
            }
            PeopleDeed::Remove(_) => true,
            PeopleDeed::Limits => self.limits().is_some(),
        };
        is_filled && (!gate.asks_who() || self.person.is_filled())
    }

    fn draw(
        &mut self,
        ctx: &Context,
        page: &Page<'_>,
        (deed, view): (&PeopleDeed, &OperatorsView),
        refused: Option<&str>,
    ) -> Ended {
        let w = &page.w.people;
        let gate = view.gate;
        let title = match deed {
            PeopleDeed::Add => w.add_title.to_owned(),
            PeopleDeed::Remove(name) => (w.remove_title)(name),
            PeopleDeed::Limits => w.limits_title.to_owned(),
        };
        let does = match deed {
            PeopleDeed::Add => w.do_add,
            PeopleDeed::Remove(_) => w.do_remove,
            PeopleDeed::Limits => w.do_limits,
        };
        let own = match deed {
            PeopleDeed::Add => 2.0 * FIELD + 22.0 + Role::ALL.len() as f32 * ROLE + 14.0,
            PeopleDeed::Remove(_) => 28.0,
            PeopleDeed::Limits => FIELD,
        };
        let who = if gate.asks_who() { WHO + FIELD } else { 0.0 };
        let told = refused.map_or(0.0, |_| REFUSAL);
        let waits = self.sent && refused.is_none();
        let ready = self.is_ready(deed, gate) && !waits;
        let complaint = self.complaint(page, deed);
        let dialog = Dialog {
            name: "operators",
            title: &title,
            width: 560.0,
            height: own + who + told,
            note: complaint,
            leave: page.w.frame.cancel,
            deed: Button::primary(does).key("Ctrl ↵"),
            ready,
        };
        let mut entered = false;
        let ended = dialog.show(ctx, |ui, rect| {
            let focus = self.focus.take();
            let is_fresh = refused.is_some() && std::mem::take(&mut self.is_fresh);
            if is_fresh {
                // The PIN of whoever confirms went with the wish.
                self.person.want_focus();
            }
            let mut rest = rect;
            match deed {
                PeopleDeed::Add => entered = self.form(ui, rest, page, (gate, focus)),
                PeopleDeed::Remove(_) => {
                    let at = pos2(rest.left(), rest.top() + 10.0);
                    let style = (TypeStyle::Body, page.t.text_2);
                    let (place, _) =
                        paint::fit(ui.painter(), at, rest.width(), w.remove_note, style);
                    paint::say(ui, "remove note", place, w.remove_note);
                }
                PeopleDeed::Limits => entered = self.limit_fields(ui, rest, page, focus),
            }
            rest.min.y += own;
            if gate.asks_who() {
                if focus.is_some() && matches!(deed, PeopleDeed::Remove(_)) {
                    self.person.want_focus();
                }
                entered |= self.confirmed_by(ui, rest, page, gate);
                rest.min.y += who;
            }
            if let Some(words) = refused {
                let place = refusal(ui, rest, words);
                if is_fresh {
                    ui.scroll_to_rect(place, None);
                }
            }
        });
        if ended == Ended::No && entered && ready {
            return Ended::Done;
        }
        // Enter before everything is there leads on to what lacks.
        if entered && !waits {
            self.focus = Some(FocusOn::Lacking);
        }
        ended
    }

    /// Name and PIN of whoever may change this; true when Enter ended the PIN.
    fn confirmed_by(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        page: &Page<'_>,
        gate: OperatorGate,
    ) -> bool {
        let w = &page.w.people;
        paint::hline(ui.painter(), rect.x_range(), rect.top(), page.t.line_weak);
        let words = match gate {
            OperatorGate::AnyOperator => w.by_any,
            OperatorGate::Administrator | OperatorGate::Anybody => w.by_administrator,
        };
        let at = pos2(rect.left(), rect.top() + 16.0);
        let style = (TypeStyle::Small, page.t.text_2);
        let place = paint::left(ui.painter(), at, words, style);
        paint::say(ui, "confirmed by", place, words);
        let top = pos2(rect.left(), rect.top() + WHO);
        let fields = Rect::from_min_size(top, vec2(rect.width(), FIELD));
        self.person.show(ui, fields, page)
    }

    /// The fields of a new operator; true when Enter ended one.
    fn form(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        page: &Page<'_>,
        (gate, focus): (OperatorGate, Option<FocusOn>),
    ) -> bool {
        let w = &page.w.people;
        let half = (rect.width() - 12.0) / 2.0;
        let place = |left: f32, top: f32, width: f32| {
            let at = pos2(rect.left() + left, rect.top() + top);
            Rect::from_min_size(at, vec2(width, FIELD))
        };
        let lacks_name = self.name.trim().is_empty();
        let lacks_pin = self.is_short();
        let name = Field::new(&mut self.name, w.name)
            .limit(64)
            .hint(w.name_hint);
        let name = labelled(ui, place(0.0, 0.0, rect.width()), page, w.name, name);
        let top = FIELD;
        let at = pos2(rect.left(), rect.top() + top + 10.0);
        let style = (TypeStyle::Small, page.t.text_2);
        let label = paint::left(ui.painter(), at, w.roles, style);
        if gate.lacks_administrator() {
            let at = pos2(label.right() + 12.0, at.y);
            let style = (TypeStyle::Small, page.t.text_3);
            let place = paint::left(ui.painter(), at, w.add_first, style);
            paint::say(ui, "first", place, w.add_first);
        }
        for (nth, role) in Role::ALL.into_iter().enumerate() {
            let y = rect.top() + top + 22.0 + ROLE * (nth as f32 + 0.5);
            let held = self.roles.has(role);
            let name = if page.w.is_zh() { role.zh() } else { role.en() };
            // The first one administers, whatever else.
            let is_free = !(role == Role::Administer && gate.lacks_administrator());
            let words = (name, w.role_note(role));
            if check_box(ui, pos2(rect.left(), y), words, held, is_free).clicked() {
                let others = self.roles.iter().filter(|other| *other != role);
                let others: Roles = others.collect();
                self.roles = if held { others } else { others.with(role) };
            }
        }
        let top = top + 22.0 + Role::ALL.len() as f32 * ROLE + 6.0;
        let pin = Field::new(&mut self.pin, w.pin).masked().limit(64);
        let pin = labelled(ui, place(0.0, top, half), page, w.pin, pin);
        let unequal = !self.again.is_empty() && self.again != self.pin;
        let again = Field::new(&mut self.again, w.pin_again)
            .masked()
            .limit(64)
            .error(unequal);
        let again_place = place(half + 12.0, top, half);
        let again = labelled(ui, again_place, page, w.pin_again, again);
        if focus.is_some() {
            if lacks_name {
                name.request_focus();
            } else if lacks_pin {
                pin.request_focus();
            } else if self.again != self.pin {
                again.request_focus();
            } else {
                self.person.want_focus();
            }
        }
        enters(ui, &[name, pin, again])
    }

    /// The fields of the limits; true when Enter ended one.
    fn limit_fields(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        page: &Page<'_>,
        focus: Option<FocusOn>,
    ) -> bool {
        let w = &page.w.people;
        let half = (rect.width() - 12.0) / 2.0;
        let size = vec2(half, FIELD);
        let bad_sum = self.sum().is_none();
        let sum = Field::new(&mut self.refund_over, w.refund_over)
            .number()
            .limit(20)
            .error(bad_sum);
        let place = Rect::from_min_size(rect.min, size);
        let sum = labelled(ui, place, page, w.refund_over, sum);
        let bad_count = self.bulk_over.trim().parse::<u32>().is_err();
        let count = Field::new(&mut self.bulk_over, w.bulk_over)
            .number()
            .limit(10)
            .error(bad_count);
        let place = Rect::from_min_size(pos2(rect.left() + half + 12.0, rect.top()), size);
        let count = labelled(ui, place, page, w.bulk_over, count);
        match focus {
            None => {}
            Some(FocusOn::First) => sum.request_focus(),
            Some(FocusOn::Lacking) if bad_sum => sum.request_focus(),
            Some(FocusOn::Lacking) if bad_count => count.request_focus(),
            Some(FocusOn::Lacking) => self.person.want_focus(),
        }
        enters(ui, &[sum, count])
    }
}

/// A field under its label.
fn labelled(ui: &mut Ui, area: Rect, page: &Page<'_>, label: &str, field: Field<'_>) -> Response {
    let at = pos2(area.left(), area.top() + 10.0);
    let style = (TypeStyle::Small, page.t.text_2);
    paint::left(ui.painter(), at, label, style);
    let top = pos2(area.left(), area.top() + 20.0);
    field.show(ui, Rect::from_min_size(top, vec2(area.width(), 30.0)))
}
