//! The dialog before goods or money move: what WeChat Pay says of the order now, the limits, the sum typed twice.

mod facts;
mod refund;

use egui::{Context, Rect, pos2, vec2};

use self::facts::{facts, facts_height};
use super::shop_ways;
use crate::action::{Action, Outbox, ReissueList};
use crate::page::Page;
use crate::screens::Screen;
use crate::screens::person::PersonFields;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::Button;
use crate::widgets::dialog::{self, Dialog, Ended};
use crate::{format, paint};
use recondesk_app::Command;
use recondesk_app::jobs::refund::customer_reason;
use recondesk_app::model::{CaseDetail, PayoutView, RefundChoice, RefundWish, ReissueWish};
use recondesk_casework::ReissueWay;
use recondesk_domain::{Category, Fen, ProfileId, half_width};
use recondesk_ports::RefundRowId;

/// Height of a field with its label.
const FIELD: f32 = 60.0;

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PayoutKind {
    Refund,
    Reissue,
}

/// The case the dialog is about.
struct PayoutSubject {
    kind: PayoutKind,
    profile: ProfileId,
    key: String,
    number: String,
    category: Category,
}

/// The dialog, while it is open.
#[derive(Default)]
pub(super) struct PayoutDialog {
    about: Option<PayoutSubject>,
    amount: String,
    again: String,
    reason: String,
    way: usize,
    person: PersonFields,
    filled: bool,
    /// True once the cursor stood where the sum is typed again.
    ready_to_type: bool,
    /// The deed went out from here, and its end is not known yet.
    sent: bool,
    /// What was asked for in the dialog instead of its deed.
    asks: Option<PayoutAsk>,
}

/// What can be asked for beside the deed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PayoutAsk {
    /// Where a refund of the case stands.
    Refund(RefundRowId),
    /// What WeChat Pay says of the order by now.
    Order,
    /// The form with the shop's addresses.
    Merchants,
}

/// A sum as a person types it, with or without separators.
pub(super) fn typed_sum(text: &str) -> Option<Fen> {
    let text: String = half_width(text)
        .chars()
        .filter(|sign| !matches!(sign, ',' | ' '))
        .collect();
    let sum = Fen::parse_yuan(text.trim().trim_start_matches('¥')).ok()?;
    (sum > Fen::ZERO).then_some(sum)
}

/// Why the deed was refused, in two lines.
fn refusal_words(page: &Page<'_>, about: &PayoutSubject) -> Option<String> {
    let failure = page.state.payout.refused(about.profile, &about.key)?;
    let (title, advice) = (page.w.of(&failure.title), page.w.advice(failure));
    Some(match advice {
        "" => title.to_owned(),
        advice => format!("{title}\n{advice}"),
    })
}

impl PayoutDialog {
    /// Opens it for a case, and asks WeChat Pay about the order.
    pub(super) fn start(&mut self, kind: PayoutKind, detail: &CaseDetail, out: &mut Outbox) {
        let row = &detail.row;
        *self = Self {
            about: Some(PayoutSubject {
                kind,
                profile: row.profile,
                key: row.key.clone(),
                number: row.number.clone(),
                category: row.category,
            }),
            ..Self::default()
        };
        out.run(Command::Payout(row.profile, row.key.clone()));
    }

    /// Draws it; a finished wish goes out.
    pub(super) fn show(&mut self, ctx: &Context, page: &Page<'_>, out: &mut Outbox) {
        let Some(about) = self.about.take() else {
            return;
        };
        let moves = page.state.payout.moving(about.profile, &about.key);
        if moves.is_some() && !self.sent {
            self.sent = true;
            self.person.forget_pin();
        }
        if self.sent && self.is_over(page, &about) {
            return;
        }
        let slot = &page.state.payout.view;
        let view = slot
            .value()
            .map(AsRef::as_ref)
            .filter(|view| view.key == about.key && view.profile == about.profile);
        let ended = match view {
            Some(view) => self.filled(ctx, page, &about, view),
            None => waiting(ctx, page, &about),
        };
        match self.asks.take() {
            Some(PayoutAsk::Refund(refund)) => {
                out.run(Command::ResumeRefunds(RefundChoice::One(refund)));
                return;
            }
            Some(PayoutAsk::Merchants) => {
                out.push(Action::Go(Screen::Merchants));
                return;
            }
            Some(PayoutAsk::Order) => {
                out.run(Command::Payout(about.profile, about.key.clone()));
            }
            None => {}
        }
        match (ended, view) {
            (Ended::Cancelled, _) => {}
            (Ended::Done, Some(view)) => {
                match self.command(&about, view) {
                    // It is on its way once a place for the list is chosen.
                    Some(Command::Reissue(wish)) if wish.way == ReissueWay::List => {
                        out.push(Action::PickReissueList(ReissueList::One(wish)));
                    }
                    Some(command) => {
                        self.sent = true;
                        self.person.forget_pin();
                        out.run(command);
                    }
                    None => {}
                }
                self.about = Some(about);
            }
            (Ended::Done, None) => {
                out.run(Command::Payout(about.profile, about.key.clone()));
                self.about = Some(about);
            }
            (Ended::No, _) => self.about = Some(about),
        }
    }

    /// True when the deed that went out ended well; after a refusal all that was typed is still there.
    fn is_over(&mut self, page: &Page<'_>, about: &PayoutSubject) -> bool {
        let payout = &page.state.payout;
        if payout.moving(about.profile, &about.key).is_some() {
            return false;
        }
        self.sent = false;
        payout.refused(about.profile, &about.key).is_none()
    }

    fn command(&self, about: &PayoutSubject, view: &PayoutView) -> Option<Command> {
        let identity = self.person.identity();
        match about.kind {
            PayoutKind::Refund => Some(Command::Refund(Box::new(RefundWish {
                profile: about.profile,
                key: about.key.clone(),
                amount: typed_sum(&self.amount)?,
                typed: typed_sum(&self.again)?,
                refunded: view.refunded(),
                reason: self.reason.trim().to_owned(),
                identity,
            }))),
            PayoutKind::Reissue => Some(Command::Reissue(Box::new(ReissueWish {
                profile: about.profile,
                key: about.key.clone(),
                way: *view.ways.get(self.way)?,
                list: None,
                identity,
            }))),
        }
    }

    fn filled(
        &mut self,
        ctx: &Context,
        page: &Page<'_>,
        about: &PayoutSubject,
        view: &PayoutView,
    ) -> Ended {
        if !self.filled {
            self.filled = true;
            self.person = PersonFields::of(&page.state.desk.person);
            self.amount = format::money(view.left());
            customer_reason(about.category).clone_into(&mut self.reason);
        }
        match about.kind {
            PayoutKind::Refund => self.refund(ctx, page, (about, view)),
            PayoutKind::Reissue => self.reissue(ctx, page, about, view),
        }
    }

    fn reissue(
        &mut self,
        ctx: &Context,
        page: &Page<'_>,
        about: &PayoutSubject,
        view: &PayoutView,
    ) -> Ended {
        let w = &page.w.payout;
        let ways = view.ways.as_slice();
        let back = (w.paid_back)(&format::money(view.refunded()));
        let blocked =
            blocked(page, view).or_else(|| (view.refunded() > Fen::ZERO).then(|| back.clone()));
        let person = view.has_operators;
        let sent = self.sent;
        let ready = !sent
            && blocked.is_none()
            && self.way < ways.len()
            && (!person || self.person.is_filled());
        let refused = refusal_words(page, about).filter(|_| !sent);
        let note = match &blocked {
            _ if sent => w.sending,
            Some(why) => why,
            None => w.reissue_note,
        };
        let dialog = Dialog {
            name: "reissue",
            title: w.reissue_title,
            width: 560.0,
            height: facts_height(view)
                + shop_ways::HEIGHT
                + if person { FIELD } else { 0.0 }
                + refused.as_ref().map_or(0.0, |_| dialog::REFUSAL),
            note,
            leave: if sent {
                w.leave_running
            } else {
                page.w.frame.cancel
            },
            deed: Button::primary(w.do_reissue).key("Ctrl ↵"),
            ready,
        };
        if person && !std::mem::replace(&mut self.ready_to_type, true) {
            self.person.want_focus();
        }
        let (mut asks, mut entered, mut to_merchants) = (None, false, false);
        let ended = dialog.show(ctx, |ui, rect| {
            let mut top;
            (top, asks) = facts(ui, rect, page, about, view);
            let place = Rect::from_min_max(pos2(rect.left(), top), rect.max);
            to_merchants = shop_ways::choose(ui, place, page, (ways, &mut self.way));
            top += shop_ways::HEIGHT;
            if person {
                let place = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), FIELD));
                entered = self.person.show(ui, place, page);
                top += FIELD;
            }
            if let Some(words) = &refused {
                let place = Rect::from_min_max(pos2(rect.left(), top), rect.max);
                dialog::refusal(ui, place, words);
            }
        });
        self.asks = if to_merchants {
            Some(PayoutAsk::Merchants)
        } else {
            asks
        };
        confirmed(ended, entered && ready)
    }
}

/// Enter in the PIN confirms as the button does.
fn confirmed(ended: Ended, entered: bool) -> Ended {
    if entered && ended == Ended::No {
        Ended::Done
    } else {
        ended
    }
}

/// What forbids it whatever is filled in.
fn blocked(page: &Page<'_>, view: &PayoutView) -> Option<String> {
    let w = &page.w.payout;
    if view.read_only {
        Some(w.read_only.to_owned())
    } else if !view.facts.is_paid {
        Some(w.not_paid.to_owned())
    } else {
        None
    }
}

/// The dialog while WeChat Pay is asked, or could not be.
fn waiting(ctx: &Context, page: &Page<'_>, about: &PayoutSubject) -> Ended {
    let w = &page.w.payout;
    let title = match about.kind {
        PayoutKind::Refund => w.refund_name,
        PayoutKind::Reissue => w.reissue_title,
    };
    let failure = page.state.payout.view.failure();
    let dialog = Dialog {
        name: "payout waits",
        title,
        width: 560.0,
        height: 96.0,
        note: "",
        leave: page.w.frame.cancel,
        deed: Button::primary(page.w.frame.retry),
        ready: failure.is_some(),
    };
    dialog.show(ctx, |ui, rect| {
        let p = ui.painter();
        let style = (TypeStyle::Mono, page.t.text_2);
        let number = paint::left(p, pos2(rect.left(), rect.top() + 8.0), &about.number, style);
        paint::say(ui, "payout number", number, &about.number);
        let (words, color) = match failure {
            Some(failure) => (page.w.of(&failure.title), page.t.red.text),
            None => (w.asking, page.t.text_2),
        };
        let mut left = rect.left();
        let y = rect.top() + 36.0;
        if failure.is_some() {
            paint::mark(p, pos2(left + 8.0, y), Tone::Urgent, page.t);
            left += 22.0;
        }
        let style = (TypeStyle::Body, color);
        let (place, _) = paint::fit(p, pos2(left, y), rect.right() - left, words, style);
        paint::say(ui, "payout waits", place, words);
        let Some(failure) = failure else { return };
        let advice = page.w.advice(failure);
        let advice = if advice.is_empty() {
            failure.code
        } else {
            advice
        };
        let room = Rect::from_min_max(pos2(left, rect.top() + 50.0), rect.max);
        let said = paint::paragraph(p, room, advice, (TypeStyle::Small, page.t.text_2), 3);
        paint::say(ui, "payout advice", said, advice).on_hover_text(&failure.detail);
    })
}
