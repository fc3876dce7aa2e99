//! Many refunds: the reason that the customers read, what was written down, and the total that is typed before it goes out.

use egui::{Context, Rect, Ui, pos2, vec2};

use super::results::lines;
use super::{BulkDialog, PERSON, WIDTH};
use crate::action::{Action, Outbox};
use crate::page::Page;
use crate::screens::cases::payout::typed_sum;
use crate::theme::TypeStyle;
use crate::widgets::button::Button;
use crate::widgets::dialog::{self, Dialog, Ended};
use crate::widgets::input::Field;
use crate::{format, paint};
use recondesk_app::Command;
use recondesk_app::jobs::refund::{REASON_BYTES, reason_problem};
use recondesk_app::model::{BulkPayout, BulkSummary, PreparedRefunds};

/// Height of the list of what was written down.
const LIST: f32 = 182.0;
/// Height of the lines above it.
const HEAD: f32 = 56.0;
/// Height of the field with the total.
const TOTAL: f32 = 64.0;

impl BulkDialog {
    /// The reason; without one each case has that of its category.
    pub(super) fn refund_reason(&mut self, ui: &mut Ui, body: Rect, page: &Page<'_>) {
        let (t, w) = (page.t, page.w);
        let at = pos2(body.left(), body.top() + 10.0);
        let style = (TypeStyle::Small, t.text_2);
        let said = paint::left(ui.painter(), at, w.payout.reason, style);
        let help = pos2(said.right() + 10.0, at.y);
        let style = (TypeStyle::Small, t.text_3);
        paint::left(ui.painter(), help, w.payout.reason_help, style);
        let place = Rect::from_min_size(
            pos2(body.left(), body.top() + 20.0),
            vec2(body.width(), 30.0),
        );
        let length = self.text.trim().len();
        Field::new(&mut self.text, w.payout.reason)
            .hint(w.work.bulk_reason_hint)
            .right_inset(64.0)
            .error(length > REASON_BYTES)
            .limit(200)
            .show(ui, place);
        let count = (w.payout.bytes_of)(&length.to_string(), &REASON_BYTES.to_string());
        let at = pos2(place.right() - 10.0, place.center().y);
        let said = paint::right(ui.painter(), at, &count, style);
        paint::say(ui, "reason length", said, &count);
    }

    /// What keeps the reason from being sent.
    pub(super) fn reason_lacks(&self, page: &Page<'_>) -> Option<&'static str> {
        let reason = self.text.trim();
        let bad = !reason.is_empty() && reason_problem(reason).is_some();
        bad.then_some(page.w.payout.reason_help)
    }

    /// Everything is asked about and written down; nothing is sent.
    pub(super) fn prepare(&mut self, summary: &BulkSummary, out: &mut Outbox) {
        self.total.clear();
        self.is_typing = false;
        out.run(Command::BulkPayout(Box::new(BulkPayout::Prepare {
            ids: summary.refunds.ids.clone(),
            reason: self.text.trim().to_owned(),
        })));
    }

    /// What was written down, until its total is typed; true when the dialog is left.
    pub(super) fn prepared(
        &mut self,
        ctx: &Context,
        page: &Page<'_>,
        made: &PreparedRefunds,
        out: &mut Outbox,
    ) -> bool {
        let w = page.w;
        let n = made.refunds.len() as u64;
        let sum = made.total.filter(|_| n > 0).map(format::money);
        let label = match &sum {
            None => w.frame.close.to_owned(),
            Some(sum) if made.awaited >= n => (w.work.bulk_submit)(&format::count(n), sum),
            Some(sum) => (w.work.bulk_refund)(&format::count(n), sum),
        };
        let has_operators = page.state.desk.person.has_operators && sum.is_some();
        let lacks = match typed_sum(&self.total) {
            _ if sum.is_none() => None,
            typed if typed.is_none() || typed != made.total => Some(w.work.bulk_type_total),
            _ if has_operators && !self.person.is_filled() => Some(w.payout.no_person),
            _ => None,
        };
        let refused = page.state.bulk.done.failure().map(|failure| {
            let (title, advice) = (w.of(&failure.title), w.advice(failure));
            format!("{title}\n{advice}").trim_end().to_owned()
        });
        let deed = if sum.is_some() {
            Button::danger(&label)
                .key("Ctrl ↵")
                .enabled_or(lacks.is_none(), lacks.unwrap_or_default())
        } else {
            Button::primary(&label).key("Esc")
        };
        let dialog = Dialog {
            name: "bulk",
            title: w.work.bulk_title,
            width: WIDTH,
            height: HEAD
                + LIST
                + if sum.is_some() { TOTAL } else { 0.0 }
                + if has_operators { PERSON } else { 0.0 }
                + refused.as_ref().map_or(0.0, |_| dialog::REFUSAL),
            note: if sum.is_some() {
                w.work.bulk_give_up_note
            } else {
                ""
            },
            leave: if sum.is_some() {
                w.work.bulk_give_up
            } else {
                ""
            },
            deed,
            ready: lacks.is_none(),
        };
        let asks = (sum.is_some(), has_operators);
        let ended = dialog.show(ctx, |ui, rect| {
            told(ui, rect, page, made, sum.as_deref());
            self.prepared_body(ui, rect, page, (made, asks, refused.as_deref()));
        });
        match (ended, made.total.filter(|_| sum.is_some())) {
            (Ended::No, _) => false,
            (Ended::Done, Some(total)) => {
                out.run(Command::BulkPayout(Box::new(BulkPayout::Send {
                    refunds: made.refunds.clone(),
                    typed: total,
                    identity: self.person.identity(),
                })));
                self.person.forget_pin();
                false
            }
            (Ended::Cancelled, _) if page.state.desk.must_sign_in() => {
                out.push(Action::AskOperator);
                false
            }
            (Ended::Done | Ended::Cancelled, _) => {
                let fresh = made.fresh.clone();
                out.run(Command::BulkPayout(Box::new(BulkPayout::GiveUp(fresh))));
                true
            }
        }
    }

    /// The list, the total, who sends it, and why it was refused.
    fn prepared_body(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        page: &Page<'_>,
        (made, (has_sum, asks_who), refused): (&PreparedRefunds, (bool, bool), Option<&str>),
    ) {
        let list = Rect::from_min_size(
            pos2(rect.left(), rect.top() + HEAD),
            vec2(rect.width(), LIST - 8.0),
        );
        lines(ui, list, page, &made.lines);
        let mut top = rect.top() + HEAD + LIST;
        if has_sum {
            self.type_total(ui, pos2(rect.left(), top), page);
            top += TOTAL;
        }
        if asks_who {
            let place = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), PERSON));
            self.person.show(ui, place, page);
            top += PERSON;
        }
        if let Some(words) = refused {
            let place = Rect::from_min_max(pos2(rect.left(), top), rect.max);
            dialog::refusal(ui, place, words);
        }
    }

    fn type_total(&mut self, ui: &mut Ui, at: egui::Pos2, page: &Page<'_>) {
        let name = page.w.work.bulk_total;
        let style = (TypeStyle::Small, page.t.text_2);
        let said = paint::left(ui.painter(), pos2(at.x, at.y + 10.0), name, style);
        let star = pos2(said.right() + 4.0, at.y + 10.0);
        let style = (TypeStyle::Small, page.t.red.text);
        paint::left(ui.painter(), star, "*", style);
        let place = Rect::from_min_size(pos2(at.x, at.y + 20.0), vec2(240.0, 32.0));
        let field = Field::new(&mut self.total, name)
            .number()
            .face(TypeStyle::Heading)
            .right()
            .limit(24);
        let response = field.show(ui, place);
        if !std::mem::replace(&mut self.is_typing, true) {
            response.request_focus();
        }
        if response.lost_focus()
            && let Some(known) = typed_sum(&self.total)
        {
            self.total = format::money(known);
        }
    }
}

/// How many were written down for how much, and what was not.
fn told(ui: &Ui, rect: Rect, page: &Page<'_>, made: &PreparedRefunds, sum: Option<&str>) {
    let w = &page.w.work;
    let p = ui.painter();
    let n = made.refunds.len() as u64;
    let words = match sum {
        Some(sum) => (w.bulk_prepared)(&format::count(n), sum),
        None => w.bulk_nothing_prepared.to_owned(),
    };
    let at = pos2(rect.left(), rect.top() + 10.0);
    let place = paint::left(p, at, &words, (TypeStyle::Heading, page.t.text_1));
    paint::say(ui, "bulk prepared", place, &words);
    let refused = (made.lines.len() as u64).saturating_sub(n);
    let mut rest = Vec::new();
    if refused > 0 {
        rest.push((w.bulk_not_prepared)(&format::count(refused)));
    }
    if made.left > 0 {
        rest.push((w.bulk_not_reached)(&format::count(made.left)));
    }
    if made.awaited > 0 {
        rest.push((w.bulk_awaited)(&format::count(made.awaited)));
    }
    if rest.is_empty() {
        return;
    }
    let words = rest.join(if page.w.is_zh() { "；" } else { "; " });
    let at = pos2(rect.left(), rect.top() + 36.0);
    let style = (TypeStyle::Small, page.t.text_2);
    let (place, _) = paint::fit(p, at, rect.width(), &words, style);
    paint::say(ui, "bulk not prepared", place, &words);
}
