//! What waits for a second person, and that person's decision.

use egui::{Context, Rect, Ui, pos2, vec2};

use super::ignore::reason_words;
use crate::action::{Action, Outbox};
use crate::page::Page;
use crate::screens::Screen;
use crate::screens::person::PersonFields;
use crate::theme::TypeStyle;
use crate::widgets::button::Button;
use crate::widgets::dialog::{Dialog, Ended, REFUSAL, refusal};
use crate::{format, icons, paint};
use recondesk_app::Command;
use recondesk_app::model::{JudgeWish, WaitingApproval};
use recondesk_casework::Judgement;
use recondesk_ports::ApprovalId;

/// Height of one thing that waits.
const ROW: f32 = 60.0;
/// So many are in view at once; the others are reached by the wheel.
const MOST: usize = 5;
/// Height of the fields, and of what stands there while nobody can decide.
const FIELDS: f32 = 66.0;

/// The dialog, while it is open.
#[derive(Default)]
pub(super) struct ApprovalsDialog {
    open: bool,
    /// True once the fields hold who signed in.
    filled: bool,
    person: PersonFields,
    /// The newest notice when the decision went out: a newer one is what came of it.
    sent: Option<u64>,
    /// The decision whose refusal was taken note of.
    heard: Option<u64>,
}

/// What was pressed in the list.
enum Pressed {
    Judge(ApprovalId, Judgement),
    Look(Box<Action>),
    SetUp,
}

impl ApprovalsDialog {
    /// Opens it and asks what waits.
    pub(super) fn start(&mut self, out: &mut Outbox) {
        *self = Self {
            open: true,
            ..Self::default()
        };
        out.run(Command::Approvals);
    }

    /// Draws it; decisions go out. It stays open, and says what came of each.
    pub(super) fn show(&mut self, ctx: &Context, page: &Page<'_>, out: &mut Outbox) {
        if !self.open {
            return;
        }
        self.fill(page);
        let w = &page.w.payout;
        let waiting = page.state.payout.approvals.value();
        let waiting = waiting.map_or(&[][..], Vec::as_slice);
        let (done, refused) = self.outcome(page);
        let fields = if waiting.is_empty() { 0.0 } else { FIELDS };
        let is_own = |one: &WaitingApproval| one.asked.maker == self.person.name();
        let own = if waiting.iter().any(is_own) {
            page.w.people.own
        } else {
            ""
        };
        let shown = waiting.len().clamp(1, MOST) as f32 * ROW;
        let dialog = Dialog {
            name: "approvals",
            title: w.approvals,
            width: 760.0,
            height: shown + fields + refused.as_ref().or(done.as_ref()).map_or(0.0, |_| REFUSAL),
            note: own,
            leave: "",
            deed: Button::primary(page.w.frame.close).key("Esc"),
            ready: true,
        };
        let mut pressed = None;
        let ended = dialog.show(ctx, |ui, rect| {
            let list = Rect::from_min_size(rect.min, vec2(rect.width(), shown));
            let mut rest = Rect::from_min_max(pos2(rect.left(), list.bottom()), rect.max);
            // The fields first: Enter in the PIN leads to the first decision in the same frame.
            let entered = if waiting.is_empty() {
                false
            } else if page.state.desk.person.has_operators {
                self.person.show(ui, rest.shrink2(vec2(0.0, 4.0)), page)
            } else {
                if nobody_can(ui, rest, page) {
                    pressed = Some(Pressed::SetUp);
                }
                false
            };
            rest.min.y += fields;
            if let Some(words) = &refused {
                refusal(ui, rest, words);
            } else if let Some(words) = &done {
                let style = (TypeStyle::Small, page.t.text_2);
                let said = paint::paragraph(ui.painter(), rest, words, style, 2);
                paint::say(ui, "approved", said, words);
            }
            if waiting.is_empty() {
                empty(ui, list, page);
            }
            pressed = self
                .list(ui, list, page, (waiting, entered))
                .or(pressed.take());
        });
        match pressed {
            None => {}
            Some(Pressed::Judge(id, judgement)) => {
                self.sent = Some(newest(page));
                out.run(Command::Judge(Box::new(JudgeWish {
                    id,
                    judgement,
                    identity: self.person.identity(),
                })));
            }
            Some(Pressed::Look(action)) => {
                *self = Self::default();
                out.push(*action);
            }
            Some(Pressed::SetUp) => {
                *self = Self::default();
                out.push(Action::Operators);
            }
        }
        if ended != Ended::No {
            *self = Self::default();
        }
    }

    /// Once it is known what waits: who signed in, unless it is that person who asked.
    fn fill(&mut self, page: &Page<'_>) {
        let slot = &page.state.payout.approvals;
        let Some(waiting) = slot.value().filter(|_| !self.filled && !slot.is_loading()) else {
            return;
        };
        self.filled = true;
        let person = &page.state.desk.person;
        let all_own = waiting.iter().all(|one| one.asked.maker == person.name);
        let own = if all_own {
            PersonFields::default()
        } else {
            PersonFields::of(person)
        };
        self.person = own.focused(true);
    }

    /// What came of the decision that went out last: what was done, or why it was not.
    fn outcome(&mut self, page: &Page<'_>) -> (Option<String>, Option<String>) {
        let Some(sent) = self.sent else {
            return (None, None);
        };
        let newest = page.state.notices.first().filter(|notice| notice.id > sent);
        match newest.map(|notice| &notice.what) {
            None => (None, None),
            Some(Ok(told)) => {
                let (title, note) = (page.w.of(&told.title), page.w.of(&told.note));
                let stop = if note.is_empty() {
                    ""
                } else {
                    page.w.frame.stop
                };
                (Some(format!("{title}{stop}{note}")), None)
            }
            Some(Err(failure)) => {
                if failure.code == "operator.pin" && self.heard != Some(sent) {
                    self.person.forget_pin();
                }
                self.heard = Some(sent);
                (None, Some(page.w.of(&failure.title).to_owned()))
            }
        }
    }

    fn list(
        &self,
        ui: &mut Ui,
        list: Rect,
        page: &Page<'_>,
        (waiting, entered): (&[WaitingApproval], bool),
    ) -> Option<Pressed> {
        let mut pressed = None;
        // The bar of a long list stands beside the buttons.
        let is_long = waiting.len() as f32 * ROW > list.height() + 0.5;
        let beside = if is_long { 14.0 } else { 0.0 };
        paint::region(ui, list, "approvals", |ui| {
            let scroll = egui::ScrollArea::vertical().auto_shrink(false);
            scroll.show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                for (nth, one) in waiting.iter().enumerate() {
                    let size = vec2(list.width() - beside, ROW);
                    let (row, _) = ui.allocate_exact_size(size, egui::Sense::hover());
                    let focus = entered && nth == 0;
                    pressed = self
                        .row(ui, row, page, (nth, one, focus))
                        .or(pressed.take());
                }
            });
        });
        pressed
    }

    fn row(
        &self,
        ui: &Ui,
        row: Rect,
        page: &Page<'_>,
        (nth, one, focus): (usize, &WaitingApproval, bool),
    ) -> Option<Pressed> {
        let (t, w) = (page.t, &page.w.people);
        let p = ui.painter();
        if nth > 0 {
            paint::hline(p, row.x_range(), row.top(), t.line_weak);
        }
        let asked = &one.asked;
        let salt = asked.id.0.unsigned_abs();
        let is_own = self.person.name() == asked.maker;
        let (ready, why) = match () {
            () if !page.state.desk.person.has_operators => (false, w.nobody_can),
            () if is_own => (false, w.own),
            () => (self.person.is_filled(), w.say_who),
        };
        let y = row.center().y;
        let agree = Button::secondary(page.w.payout.agree)
            .salt(salt)
            .enabled_or(ready, why)
            .show_right(ui, pos2(row.right(), y), 28.0);
        let refuse = Button::secondary(page.w.payout.refuse)
            .salt(salt)
            .enabled_or(ready, why)
            .show_right(ui, pos2(agree.rect.left() - 8.0, y), 28.0);
        let mut end = refuse.rect.left();
        let mut pressed = None;
        if let Some(action) = place_of(one) {
            let look = Button::ghost(w.look)
                .salt(salt)
                .show_right(ui, pos2(end - 4.0, y), 28.0);
            end = look.rect.left();
            if look.clicked() {
                pressed = Some(Pressed::Look(Box::new(action)));
            }
        }
        if focus && ready {
            agree.request_focus();
        }
        words_of(
            ui,
            Rect::from_min_max(row.min, pos2(end - 8.0, row.bottom())),
            page,
            nth,
            one,
        );
        if agree.clicked() {
            pressed = Some(Pressed::Judge(asked.id, Judgement::Approved));
        } else if refuse.clicked() {
            pressed = Some(Pressed::Judge(asked.id, Judgement::Declined));
        }
        pressed
    }
}

/// What is to be agreed to; of goods and money, that it is they that move.
fn need_words(page: &Page<'_>, one: &WaitingApproval) -> String {
    let w = page.w;
    let need = one.asked.need;
    let need = if w.is_zh() { need.zh() } else { need.en() };
    let what = match one.asked.subject.split_once('/') {
        Some(("refund", _)) => w.payout.refund_name,
        Some(("reissues", _)) => w.work.many_reissues,
        _ => return need.to_owned(),
    };
    let colon = if w.is_zh() { "：" } else { ": " };
    format!("{what}{colon}{need}")
}

/// What waits, how much it is about, who asks, when and why.
fn words_of(ui: &Ui, row: Rect, page: &Page<'_>, nth: usize, one: &WaitingApproval) {
    let (t, w) = (page.t, page.w);
    let p = ui.painter();
    let asked = &one.asked;
    let need = need_words(page, one);
    let need = need.as_str();
    let sum = one
        .sum
        .map_or_else(String::new, |sum| format!("¥{}", format::money(sum)));
    let y = row.top() + 19.0;
    let style = (TypeStyle::Body, t.text_1);
    let right = paint::right(p, pos2(row.right(), y), &sum, style).left();
    let (place, _) = paint::fit(
        p,
        pos2(row.left(), y),
        right - row.left() - 12.0,
        need,
        style,
    );
    let mut said = format!("{need} {}", one.number);
    let at = pos2(place.right() + 12.0, y);
    let room = right - at.x - 12.0;
    if one.number.is_empty() {
        let about = w.of(&one.about);
        paint::fit(p, at, room, about, (TypeStyle::Body, t.text_2));
        said = format!("{need} {about}");
    } else {
        let number = paint::elide_middle(&one.number, 14, 8);
        paint::fit(p, at, room, &number, (TypeStyle::Mono, t.text_2));
    }
    let line = Rect::from_min_max(pos2(row.left(), y - 12.0), pos2(row.right(), y + 12.0));
    let response = paint::say(
        ui,
        ("approval", nth),
        line,
        format!("{said} {sum}").trim_end(),
    );
    let about = w.of(&one.about);
    let merchant = one.profile.map_or("", |id| page.state.name_of(id));
    response.on_hover_text(format!("{}\n{merchant}\n{about}", asked.subject));
    let at = format::time(asked.asked_at, page.state.now);
    let who = (w.people.asked_at)(&asked.maker, &at);
    let colon = if w.is_zh() { "：" } else { ": " };
    let words = if asked.reason.is_empty() {
        who
    } else {
        format!("{who}{colon}{}", reason_words(w, &asked.reason))
    };
    let at = pos2(row.left(), row.top() + 41.0);
    let style = (TypeStyle::Small, t.text_2);
    let (place, cut) = paint::fit(p, at, row.width(), &words, style);
    let said = paint::say(ui, ("asked by", nth), place, &words);
    if cut {
        said.on_hover_text(words);
    }
}

/// Where it can be looked at.
fn place_of(one: &WaitingApproval) -> Option<Action> {
    if let Some(case) = &one.case {
        let (profile, key) = (case.profile, case.key.clone());
        return Some(Action::OpenCase(profile, key, one.number.clone()));
    }
    let (profile, day) = (one.profile?, one.day?);
    Some(Action::GoToDay(Screen::Reconcile, profile, day))
}

/// While nobody is named who could agree: what to do about it; true when it is to be done.
fn nobody_can(ui: &Ui, rect: Rect, page: &Page<'_>) -> bool {
    let w = &page.w.people;
    let y = rect.top() + FIELDS / 2.0;
    let set_up =
        Button::secondary(w.set_up)
            .icon(icons::USERS)
            .show_right(ui, pos2(rect.right(), y), 28.0);
    let at = pos2(rect.left(), y);
    let room = set_up.rect.left() - at.x - 12.0;
    let style = (TypeStyle::Body, page.t.orange.text);
    let (place, cut) = paint::fit(ui.painter(), at, room, w.nobody_can, style);
    let said = paint::say(ui, "nobody can", place, w.nobody_can);
    if cut {
        said.on_hover_text(w.nobody_can);
    }
    set_up.clicked()
}

fn empty(ui: &Ui, list: Rect, page: &Page<'_>) {
    let slot = &page.state.payout.approvals;
    let (words, color) = match slot.failure() {
        Some(failure) => (page.w.of(&failure.title), page.t.red.text),
        None if slot.is_loading() => (page.w.frame.loading, page.t.text_2),
        None => (page.w.payout.approvals_none, page.t.text_2),
    };
    let at = pos2(list.left(), list.top() + 24.0);
    let place = paint::left(ui.painter(), at, words, (TypeStyle::Body, color));
    paint::say(ui, "no approvals", place, words);
}

fn newest(page: &Page<'_>) -> u64 {
    page.state.notices.first().map_or(0, |notice| notice.id)
}
