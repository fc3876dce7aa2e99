//! The form of a refund: the sum twice, the reason that the customer reads, who makes it; its deed names the sum.

use egui::{Context, Rect, Response, Stroke, Ui, pos2, vec2};

use super::facts::{facts, facts_height};
use super::{FIELD, PayoutDialog, PayoutSubject, blocked, confirmed, refusal_words, typed_sum};
use crate::page::Page;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::Button;
use crate::widgets::dialog::{self, Dialog, Ended};
use crate::widgets::input::Field;
use crate::{format, paint};
use recondesk_app::jobs::refund::{REASON_BYTES, reason_problem};
use recondesk_app::model::PayoutView;
use recondesk_casework::{LimitError, check_refund};
use recondesk_domain::Fen;

/// Height of the box about the second person, and of the line with the refund's number.
const SECOND: f32 = 64.0;
const NUMBER: f32 = 28.0;

/// What the form comes to.
struct FormVerdict {
    /// The sum, where it is one.
    sum: Option<Fen>,
    /// It is above the limit.
    over: bool,
    /// What lacks or forbids it.
    lacks: Option<String>,
}

impl PayoutDialog {
    fn verdict(&self, page: &Page<'_>, view: &PayoutView) -> FormVerdict {
        let w = &page.w.payout;
        let sum = typed_sum(&self.amount);
        let over = sum.is_some_and(|sum| sum > view.limits.refund_over);
        let asked_at = view.facts.asked_at;
        let limit = sum.and_then(|sum| check_refund(&view.facts, "", sum, asked_at).err());
        let reason = self.reason.trim();
        let lacks = blocked(page, view)
            .or_else(|| {
                let why = match limit? {
                    LimitError::OverOneYear => w.over_year,
                    LimitError::TooManyParts => w.no_parts,
                    _ => return None,
                };
                Some(why.to_owned())
            })
            .or_else(|| (view.left() == Fen::ZERO).then(|| w.no_left.to_owned()))
            .or_else(|| match sum {
                None => Some(w.no_amount.to_owned()),
                Some(sum) if sum > view.left() => Some(w.over_left.to_owned()),
                sum if typed_sum(&self.again) != sum => Some(w.not_same.to_owned()),
                _ => None,
            })
            .or_else(|| reason.is_empty().then(|| w.no_reason.to_owned()))
            .or_else(|| reason_problem(reason).map(|why| page.w.of(&why).to_owned()))
            .or_else(|| {
                let unnamed = view.has_operators && !self.person.is_filled();
                unnamed.then(|| w.no_person.to_owned())
            });
        FormVerdict { sum, over, lacks }
    }

    pub(super) fn refund(
        &mut self,
        ctx: &Context,
        page: &Page<'_>,
        (about, view): (&PayoutSubject, &PayoutView),
    ) -> Ended {
        let w = &page.w.payout;
        let verdict = self.verdict(page, view);
        let sent = self.sent;
        let sum = verdict.sum.map(format::money);
        let label = match (&sum, verdict.over) {
            (None, _) => w.refund_name.to_owned(),
            (Some(sum), true) => (w.do_submit)(sum),
            (Some(sum), false) => (w.do_refund)(sum),
        };
        let lacks = verdict.lacks.as_deref();
        let note: &str = match lacks {
            _ if sent => w.sending,
            // What is not typed yet is no fault.
            Some(why) if !self.again.is_empty() || blocked(page, view).is_some() => why,
            _ if verdict.over => w.submitted,
            _ => w.sent_at_once,
        };
        let refused = refusal_words(page, about).filter(|_| !sent);
        let person = view.has_operators;
        let ready = !sent && lacks.is_none();
        let dialog = Dialog {
            name: "refund",
            title: w.refund_name,
            width: 560.0,
            height: facts_height(view)
                + 2.0 * FIELD
                + NUMBER
                + if person { FIELD } else { 0.0 }
                + if verdict.over { SECOND } else { 0.0 }
                + refused.as_ref().map_or(0.0, |_| dialog::REFUSAL),
            note,
            leave: if sent {
                w.leave_running
            } else {
                page.w.frame.cancel
            },
            deed: Button::danger(&label)
                .key("Ctrl ↵")
                .enabled_or(ready, lacks.unwrap_or_default()),
            ready,
        };
        let (mut asks, mut entered) = (None, false);
        let ended = dialog.show(ctx, |ui, rect| {
            let mut top;
            (top, asks) = facts(ui, rect, page, about, view);
            if sent {
                ui.disable();
            }
            let row = |top: f32, height: f32| {
                Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), height))
            };
            self.sums(ui, row(top, FIELD), page);
            top += FIELD;
            self.reason(ui, row(top, FIELD), page);
            top += FIELD;
            if verdict.over {
                second(ui, row(top, SECOND - 8.0), page, view, self.person.name());
                top += SECOND;
            }
            if person {
                entered = self.person.show(ui, row(top, FIELD), page);
                top += FIELD;
            }
            let words = (w.number_fixed)(&view.refund_number);
            let at = pos2(rect.left(), top + NUMBER / 2.0);
            let said = paint::left(ui.painter(), at, &words, (TypeStyle::Small, page.t.text_2));
            paint::say(ui, "refund number", said, &words);
            if let Some(words) = &refused {
                dialog::refusal(ui, row(top + NUMBER, dialog::REFUSAL), words);
            }
        });
        self.asks = asks;
        confirmed(ended, entered && ready)
    }

    /// The sum and, beside it, the sum once more.
    fn sums(&mut self, ui: &mut Ui, row: Rect, page: &Page<'_>) {
        let w = &page.w.payout;
        let half = (row.width() - 12.0) / 2.0;
        let left = Rect::from_min_size(row.min, vec2(half, row.height()));
        let right = left.translate(vec2(half + 12.0, 0.0));
        let sum = money(ui, left, page, (&mut self.amount, w.amount));
        if sum.lost_focus()
            && let Some(known) = typed_sum(&self.amount)
        {
            self.amount = format::money(known);
        }
        let again = money(ui, right, page, (&mut self.again, w.again));
        if !std::mem::replace(&mut self.ready_to_type, true) {
            again.request_focus();
        }
        if again.lost_focus() {
            if let Some(known) = typed_sum(&self.again) {
                self.again = format::money(known);
            }
            // Enter goes on to what is still to be filled in; it never sends.
            if ui.input(|input| input.key_pressed(egui::Key::Enter)) {
                let id = Field::id_of(ui, w.reason, 0);
                ui.memory_mut(|memory| memory.request_focus(id));
            }
        }
    }

    /// What the customer reads, with its length as WeChat Pay counts it.
    fn reason(&mut self, ui: &mut Ui, row: Rect, page: &Page<'_>) {
        let (t, w) = (page.t, &page.w.payout);
        let at = pos2(row.left(), row.top() + 10.0);
        let end = label(ui, at, page, w.reason);
        let help = pos2(end + 10.0, at.y);
        paint::left(
            ui.painter(),
            help,
            w.reason_help,
            (TypeStyle::Small, t.text_3),
        );
        let place =
            Rect::from_min_size(pos2(row.left(), row.top() + 20.0), vec2(row.width(), 32.0));
        let length = self.reason.trim().len();
        let bad = length > 0 && reason_problem(self.reason.trim()).is_some();
        Field::new(&mut self.reason, w.reason)
            .right_inset(64.0)
            .error(bad)
            .limit(200)
            .show(ui, place);
        let count = (w.bytes_of)(&length.to_string(), &REASON_BYTES.to_string());
        let color = if length > REASON_BYTES {
            t.red.text
        } else {
            t.text_3
        };
        let at = pos2(place.right() - 10.0, place.center().y);
        let said = paint::right(ui.painter(), at, &count, (TypeStyle::Small, color));
        paint::say(ui, "reason length", said, &count);
    }
}

/// The name of a field that must be filled in; its right end comes back.
fn label(ui: &Ui, at: egui::Pos2, page: &Page<'_>, name: &str) -> f32 {
    let p = ui.painter();
    let said = paint::left(p, at, name, (TypeStyle::Small, page.t.text_2));
    let star = pos2(said.right() + 4.0, at.y);
    paint::left(p, star, "*", (TypeStyle::Small, page.t.red.text)).right()
}

fn money(ui: &mut Ui, area: Rect, page: &Page<'_>, (text, name): (&mut String, &str)) -> Response {
    label(ui, pos2(area.left(), area.top() + 10.0), page, name);
    let place = Rect::from_min_size(
        pos2(area.left(), area.top() + 20.0),
        vec2(area.width(), 32.0),
    );
    Field::new(text, name)
        .number()
        .face(TypeStyle::Heading)
        .right()
        .limit(20)
        .show(ui, place)
}

/// Above the limit a second person must agree; who makes it cannot be that person.
fn second(ui: &Ui, rect: Rect, page: &Page<'_>, view: &PayoutView, maker: &str) {
    let (t, w) = (page.t, &page.w.payout);
    let p = ui.painter();
    let edge = if t.contrast {
        Stroke::new(t.hairline, t.orange.text)
    } else {
        Stroke::NONE
    };
    paint::framed(p, rect, 6, t.orange.tint, edge);
    let limit = format::money(view.limits.refund_over);
    let words = if view.has_operators {
        (w.second)(&limit)
    } else {
        (w.second_nobody)(&limit)
    };
    let at = pos2(rect.left() + 34.0, rect.top() + 18.0);
    paint::mark(p, pos2(rect.left() + 18.0, at.y), Tone::Fault, t);
    let room = rect.width() - 48.0;
    let (said, cut) = paint::fit(p, at, room, &words, (TypeStyle::Body, t.orange.text));
    let said = paint::say(ui, "second person", said, &words);
    if cut {
        said.on_hover_text(&words);
    }
    if !maker.is_empty() {
        let at = pos2(at.x, rect.top() + 40.0);
        let words = (w.maker_note)(maker);
        paint::fit(p, at, room, &words, (TypeStyle::Small, t.text_2));
    }
}
