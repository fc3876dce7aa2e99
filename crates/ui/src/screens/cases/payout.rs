//! The dialog before goods or money move: what WeChat Pay says of the order now, the limits, the sum typed twice.

use egui::{Context, Rect, Response, Ui, pos2, vec2};

use super::follow_up;
use crate::action::Outbox;
use crate::page::Page;
use crate::screens::person::PersonFields;
use crate::theme::TypeStyle;
use crate::widgets::button::{Button, link_right};
use crate::widgets::dialog::{Dialog, Ended};
use crate::widgets::input::Field;
use crate::widgets::tabs::segments;
use crate::{format, paint};
use recondesk_app::Command;
use recondesk_app::jobs::refund::{is_unfinished, state_words};
use recondesk_app::model::{CaseDetail, PayoutView, RefundChoice, RefundWish, ReissueWish};
use recondesk_casework::{MAX_PARTS, Outcome, ReissueWay, YEAR_S};
use recondesk_domain::{Fen, ProfileId};
use recondesk_ports::RefundRowId;

/// Height of a line of facts.
const LINE: f32 = 24.0;
/// Height of a field with its label.
const FIELD: f32 = 56.0;

/// Refunds of the case that the dialog shows.
const MOST_REFUNDS: usize = 3;

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PayoutKind {
    Refund,
    Reissue,
}

/// The case the dialog is about.
struct About {
    kind: PayoutKind,
    profile: ProfileId,
    key: String,
    number: String,
}

/// The dialog, while it is open.
#[derive(Default)]
pub(super) struct PayoutDialog {
    about: Option<About>,
    amount: String,
    again: String,
    reason: String,
    way: usize,
    person: PersonFields,
    filled: bool,
    /// True once the cursor stood where the sum is typed again.
    ready_to_type: bool,
    /// A refund that is to be asked about again instead.
    resumes: Option<RefundRowId>,
}

/// What stops the refund as it is filled in.
fn problem(page: &Page<'_>, view: &PayoutView, amount: &str, again: &str) -> Option<&'static str> {
    let w = &page.w.payout;
    let sum = match Fen::parse_yuan(amount.trim()) {
        Ok(sum) if sum > Fen::ZERO => sum,
        _ => return Some(w.no_amount),
    };
    if sum > view.left() {
        return Some(w.over_left);
    }
    (Fen::parse_yuan(again.trim()) != Ok(sum)).then_some(w.not_same)
}

/// The ways that need no file.
fn ways(view: &PayoutView) -> Vec<ReissueWay> {
    let sendable = view.ways.iter().filter(|way| **way != ReissueWay::List);
    sendable.copied().collect()
}

impl PayoutDialog {
    /// Opens it for a case, and asks WeChat Pay about the order.
    pub(super) fn start(&mut self, kind: PayoutKind, detail: &CaseDetail, out: &mut Outbox) {
        let row = &detail.row;
        *self = Self {
            about: Some(About {
                kind,
                profile: row.profile,
                key: row.key.clone(),
                number: row.number.clone(),
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
        let slot = &page.state.payout.view;
        let view = slot
            .value()
            .map(AsRef::as_ref)
            .filter(|view| view.key == about.key && view.profile == about.profile);
        let ended = match view {
            Some(view) => self.filled(ctx, page, (&about, view)),
            None => waiting(ctx, page, &about),
        };
        if let Some(refund) = self.resumes.take() {
            out.run(Command::ResumeRefunds(RefundChoice::One(refund)));
            return;
        }
        match (ended, view) {
            (Ended::Cancelled, _) => {}
            (Ended::Done, Some(view)) => {
                if let Some(command) = self.command(&about, view) {
                    out.run(command);
                }
            }
            (Ended::Done, None) => {
                out.run(Command::Payout(about.profile, about.key.clone()));
                self.about = Some(about);
            }
            (Ended::No, _) => self.about = Some(about),
        }
    }

    fn command(&self, about: &About, view: &PayoutView) -> Option<Command> {
        let identity = self.person.identity();
        match about.kind {
            PayoutKind::Refund => Some(Command::Refund(Box::new(RefundWish {
                profile: about.profile,
                key: about.key.clone(),
                amount: Fen::parse_yuan(self.amount.trim()).ok()?,
                typed: Fen::parse_yuan(self.again.trim()).ok()?,
                refunded: view.refunded(),
                reason: self.reason.trim().to_owned(),
                identity,
            }))),
            PayoutKind::Reissue => Some(Command::Reissue(Box::new(ReissueWish {
                profile: about.profile,
                key: about.key.clone(),
                way: *ways(view).get(self.way)?,
                list: None,
                identity,
            }))),
        }
    }

    fn filled(
        &mut self,
        ctx: &Context,
        page: &Page<'_>,
        (about, view): (&About, &PayoutView),
    ) -> Ended {
        if !self.filled {
            self.filled = true;
            self.person = PersonFields::of(&page.state.desk.person);
            self.amount = view.left().to_string();
            Outcome::Refund.zh().clone_into(&mut self.reason);
        }
        match about.kind {
            PayoutKind::Refund => self.refund(ctx, page, (about, view)),
            PayoutKind::Reissue => self.reissue(ctx, page, (about, view)),
        }
    }

    fn refund(
        &mut self,
        ctx: &Context,
        page: &Page<'_>,
        (about, view): (&About, &PayoutView),
    ) -> Ended {
        let w = &page.w.payout;
        let title = (w.refund_title)(&about.number);
        let wrong = problem(page, view, &self.amount, &self.again);
        let limit = format::money(view.limits.refund_over);
        let over =
            Fen::parse_yuan(self.amount.trim()).is_ok_and(|sum| sum > view.limits.refund_over);
        let second = if view.has_operators {
            (w.second)(&limit)
        } else {
            (w.second_nobody)(&limit)
        };
        let blocked = blocked(page, view);
        let note: &str = match (&blocked, wrong) {
            (Some(why), _) => why,
            (None, Some(wrong)) if !self.again.is_empty() => wrong,
            _ if over => &second,
            _ => w.sent_at_once,
        };
        let person = view.has_operators;
        let ready = blocked.is_none()
            && wrong.is_none()
            && !self.reason.trim().is_empty()
            && (!person || self.person.is_filled());
        let dialog = Dialog {
            name: "refund",
            title: &title,
            width: 560.0,
            height: facts_height(view) + 2.0 * FIELD + 8.0 + if person { FIELD } else { 0.0 },
            note,
            leave: page.w.frame.cancel,
            deed: Button::primary(w.do_refund).key("Ctrl ↵"),
            ready,
        };
        let (mut resumes, mut entered) = (None, false);
        let ended = dialog.show(ctx, |ui, rect| {
            let mut top;
            (top, resumes) = facts(ui, rect, page, view);
            let half = (rect.width() - 12.0) / 2.0;
            let row = |left: f32, width: f32, top: f32| {
                Rect::from_min_size(pos2(rect.left() + left, top), vec2(width, FIELD))
            };
            field(ui, row(0.0, half, top), page, (&mut self.amount, w.amount));
            let again = field(
                ui,
                row(half + 12.0, half, top),
                page,
                (&mut self.again, w.again),
            );
            if !self.ready_to_type {
                self.ready_to_type = true;
                again.request_focus();
            }
            if enters(ui, &again) {
                entered = !person;
                self.person.want_focus();
            }
            top += FIELD;
            field(
                ui,
                row(0.0, rect.width(), top),
                page,
                (&mut self.reason, w.reason),
            );
            top += FIELD;
            if person {
                entered = self.person.show(ui, row(0.0, rect.width(), top), page);
            }
        });
        self.resumes = resumes;
        confirmed(ended, entered && ready)
    }

    fn reissue(
        &mut self,
        ctx: &Context,
        page: &Page<'_>,
        (about, view): (&About, &PayoutView),
    ) -> Ended {
        let w = &page.w.payout;
        let title = (w.reissue_title)(&about.number);
        let ways = ways(view);
        let back = (w.paid_back)(&format::money(view.refunded()));
        let blocked =
            blocked(page, view).or_else(|| (view.refunded() > Fen::ZERO).then(|| back.clone()));
        let person = view.has_operators;
        let ready =
            blocked.is_none() && self.way < ways.len() && (!person || self.person.is_filled());
        let note = match &blocked {
            Some(why) => why,
            None if ways.is_empty() => w.no_way,
            None => w.reissue_note,
        };
        let dialog = Dialog {
            name: "reissue",
            title: &title,
            width: 560.0,
            height: facts_height(view) + FIELD + if person { FIELD } else { 0.0 },
            note,
            leave: page.w.frame.cancel,
            deed: Button::primary(w.do_reissue).key("Ctrl ↵"),
            ready,
        };
        if person && !std::mem::replace(&mut self.ready_to_type, true) {
            self.person.want_focus();
        }
        let (mut resumes, mut entered) = (None, false);
        let ended = dialog.show(ctx, |ui, rect| {
            let top;
            (top, resumes) = facts(ui, rect, page, view);
            let style = (TypeStyle::Small, page.t.text_2);
            paint::left(ui.painter(), pos2(rect.left(), top + 12.0), w.way, style);
            let names: Vec<&str> = ways
                .iter()
                .map(|way| match way {
                    ReissueWay::Webhook | ReissueWay::List => w.by_webhook,
                    ReissueWay::Notification => w.by_notification,
                })
                .collect();
            let place =
                Rect::from_min_size(pos2(rect.left(), top + 22.0), vec2(rect.width(), 28.0));
            if ways.is_empty() {
                let at = pos2(rect.left(), top + 36.0);
                paint::fit(ui.painter(), at, rect.width(), w.no_way, style);
            } else if let Some(chosen) = segments(ui, place, w.way, &names, self.way) {
                self.way = chosen;
            }
            if person {
                let place =
                    Rect::from_min_size(pos2(rect.left(), top + FIELD), vec2(rect.width(), FIELD));
                entered = self.person.show(ui, place, page);
            }
        });
        self.resumes = resumes;
        confirmed(ended, entered && ready)
    }
}

/// True when Enter ended a field.
fn enters(ui: &Ui, field: &Response) -> bool {
    field.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter))
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
fn waiting(ctx: &Context, page: &Page<'_>, about: &About) -> Ended {
    let w = &page.w.payout;
    let title = match about.kind {
        PayoutKind::Refund => (w.refund_title)(&about.number),
        PayoutKind::Reissue => (w.reissue_title)(&about.number),
    };
    let failure = page.state.payout.view.failure();
    let dialog = Dialog {
        name: "payout waits",
        title: &title,
        width: 560.0,
        height: 64.0,
        note: "",
        leave: page.w.frame.cancel,
        deed: Button::primary(page.w.frame.retry),
        ready: failure.is_some(),
    };
    dialog.show(ctx, |ui, rect| {
        let (words, color) = match failure {
            Some(failure) => (failure.title.get(page.w.lang), page.t.red.text),
            None => (w.asking, page.t.text_2),
        };
        let at = pos2(rect.left(), rect.top() + 16.0);
        let (place, _) = paint::fit(
            ui.painter(),
            at,
            rect.width(),
            words,
            (TypeStyle::Body, color),
        );
        paint::say(ui, "payout waits", place, words);
    })
}

/// The lines of facts: name, value.
fn lines(page: &Page<'_>, view: &PayoutView) -> Vec<(&'static str, String)> {
    let w = &page.w.payout;
    let facts = &view.facts;
    let mut out = vec![
        (w.paid, format::money(facts.paid)),
        (w.refunded, format::money(view.refunded())),
        (w.left, format::money(view.left())),
    ];
    if facts.coupon > Fen::ZERO {
        out.push((w.coupon, format::money(facts.coupon)));
    }
    let parts = facts.parts.len().min(usize::from(MAX_PARTS));
    out.push((w.parts, (w.of_fifty)(&parts.to_string())));
    if let Some(at) = facts.paid_at {
        out.push((w.until, at.plus(YEAR_S).day().to_string()));
    }
    out
}

fn facts_height(view: &PayoutView) -> f32 {
    let coupon = usize::from(view.facts.coupon > Fen::ZERO);
    let until = usize::from(view.facts.paid_at.is_some());
    let count = 4 + coupon + until + view.refunds.len().min(MOST_REFUNDS);
    count as f32 * LINE + 12.0
}

/// Draws what WeChat Pay said; gives back where the next thing begins, and the refund that is to be asked about again.
fn facts(ui: &Ui, rect: Rect, page: &Page<'_>, view: &PayoutView) -> (f32, Option<RefundRowId>) {
    let (t, w) = (page.t, &page.w.payout);
    let p = ui.painter();
    let mut y = rect.top() + LINE / 2.0;
    for (nth, (name, value)) in lines(page, view).into_iter().enumerate() {
        let at = pos2(rect.left(), y);
        paint::left(p, at, name, (TypeStyle::Body, t.text_2));
        let at = pos2(rect.left() + 180.0, y);
        let place = paint::left(p, at, &value, (TypeStyle::Mono, t.text_1));
        paint::say(ui, ("payout fact", nth), place, &format!("{name} {value}"));
        y += LINE;
    }
    let mut asked = None;
    // The newest are what matters; the panel has them all.
    let shown = view.refunds.len().saturating_sub(MOST_REFUNDS);
    for (nth, refund) in view.refunds.iter().skip(shown).enumerate() {
        let state = state_words(refund);
        let words = (w.known)(refund.out_refund_no.as_str(), page.w.of(&state));
        let mut end = rect.right();
        if is_unfinished(refund.refund.stage) && follow_up::running(page).is_none() {
            let at = pos2(rect.right(), y);
            let link = link_right(ui, at, page.w.work.ask_again, nth as u64);
            if link.clicked() {
                asked = Some(refund.id);
            }
            end = link.rect.left() - 12.0;
        }
        let at = pos2(rect.left(), y);
        let style = (TypeStyle::Small, t.text_2);
        let (place, cut) = paint::fit(p, at, end - rect.left(), &words, style);
        let said = paint::say(ui, ("payout refund", nth), place, &words);
        if cut {
            said.on_hover_text(&words);
        }
        y += LINE;
    }
    (y + 12.0 - LINE / 2.0, asked)
}

fn field(ui: &mut Ui, area: Rect, page: &Page<'_>, (text, name): (&mut String, &str)) -> Response {
    let at = pos2(area.left(), area.top() + 10.0);
    let style = (TypeStyle::Small, page.t.text_2);
    paint::left(ui.painter(), at, name, style);
    let place = Rect::from_min_size(
        pos2(area.left(), area.top() + 20.0),
        vec2(area.width(), 30.0),
    );
    Field::new(text, name).limit(80).show(ui, place)
}
