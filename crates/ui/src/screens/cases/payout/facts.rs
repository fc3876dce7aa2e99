//! What is known of an order before goods or money move: its number and case, what was paid, what went back and what is
//! left, and what WeChat Pay said when.

use egui::{Rect, Ui, pos2, vec2};

use super::{PayoutAsk, PayoutKind, PayoutSubject};
use crate::page::Page;
use crate::screens::cases::follow_up;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::link_right;
use crate::widgets::pill::{pill, pill_width};
use crate::{format, paint};
use recondesk_app::jobs::refund::{is_unfinished, state_words, waits_to_be_sent};
use recondesk_app::model::PayoutView;
use recondesk_casework::YEAR_S;
use recondesk_domain::Fen;

const NUMBER: f32 = 30.0;
const WELL: f32 = 108.0;
/// Height of a line below the well.
const LINE: f32 = 24.0;
/// Refunds of the case that are shown; the panel has them all.
const MOST_REFUNDS: usize = 3;

/// Height of all of it.
pub(super) fn facts_height(view: &PayoutView) -> f32 {
    let refunds = view.refunds.len().min(MOST_REFUNDS);
    NUMBER + WELL + 12.0 + (1 + refunds) as f32 * LINE + 8.0
}

/// Draws it; gives back where the next thing begins, and what was asked for.
pub(super) fn facts(
    ui: &Ui,
    rect: Rect,
    page: &Page<'_>,
    about: &PayoutSubject,
    view: &PayoutView,
) -> (f32, Option<PayoutAsk>) {
    head(ui, rect, page, about);
    let well = Rect::from_min_size(
        pos2(rect.left(), rect.top() + NUMBER),
        vec2(rect.width(), WELL),
    );
    sums(ui, well, page, about.kind, view);
    let mut y = well.bottom() + 12.0 + LINE / 2.0;
    let mut asked = live(ui, rect, y, page, view);
    y += LINE;
    let shown = view.refunds.len().saturating_sub(MOST_REFUNDS);
    for (nth, refund) in view.refunds.iter().skip(shown).enumerate() {
        let state = state_words(refund);
        let number = refund.out_refund_no.as_str();
        let words = (page.w.payout.known)(number, page.w.of(&state));
        let mut end = rect.right();
        let asks = is_unfinished(refund.refund.stage) && !waits_to_be_sent(refund);
        if asks && follow_up::running(page).is_none() {
            let at = pos2(rect.right(), y);
            let link = link_right(ui, at, page.w.work.ask_again, nth as u64);
            if link.clicked() {
                asked = Some(PayoutAsk::Refund(refund.id));
            }
            end = link.rect.left() - 12.0;
        }
        let at = pos2(rect.left(), y);
        let style = (TypeStyle::Small, page.t.text_2);
        let (place, cut) = paint::fit(ui.painter(), at, end - rect.left(), &words, style);
        let said = paint::say(ui, ("payout refund", nth), place, &words);
        if cut {
            said.on_hover_text(&words);
        }
        y += LINE;
    }
    (y + 8.0 - LINE / 2.0, asked)
}

/// The number of the order, and what its case is.
fn head(ui: &Ui, rect: Rect, page: &Page<'_>, about: &PayoutSubject) {
    let y = rect.top() + 10.0;
    let style = (TypeStyle::Mono, page.t.text_2);
    let number = paint::left(ui.painter(), pos2(rect.left(), y), &about.number, style);
    paint::say(ui, "payout number", number, &about.number);
    let category = about.category;
    let words = format!("{} {}", category.code(), page.w.category(category));
    let at = pos2(rect.right() - pill_width(ui, &words), y);
    let place = pill(ui, at, Tone::from(category.severity()), &words);
    paint::say(ui, "payout case", place, &words);
}

/// Paid, gone back, left; how much of it went back; the limits.
fn sums(ui: &Ui, well: Rect, page: &Page<'_>, kind: PayoutKind, view: &PayoutView) {
    let (t, w) = (page.t, &page.w.payout);
    let p = ui.painter();
    paint::framed(p, well, 6, t.sunken, egui::Stroke::NONE);
    let inner = well.shrink2(vec2(16.0, 0.0));
    let paid = view.facts.paid;
    let columns = [
        (w.paid, paid, t.text_1),
        (w.refunded, view.refunded(), t.text_2),
        (w.left, view.left(), t.accent),
    ];
    // What is left to refund says nothing of goods.
    let shown = match kind {
        PayoutKind::Refund => 3,
        PayoutKind::Reissue => 2,
    };
    for (nth, (name, sum, color)) in columns.into_iter().take(shown).enumerate() {
        let x = inner.left() + inner.width() * nth as f32 / 3.0;
        let at = pos2(x, well.top() + 20.0);
        paint::left(p, at, name, (TypeStyle::Small, t.text_2));
        let sum = format!("¥{}", format::money(sum));
        let at = pos2(x, well.top() + 44.0);
        let place = paint::left(p, at, &sum, (TypeStyle::Title, color));
        paint::say(ui, ("payout sum", nth), place, &format!("{name} {sum}"));
    }
    let bar = Rect::from_min_size(
        pos2(inner.left(), well.top() + 66.0),
        vec2(inner.width(), 8.0),
    );
    let edge = egui::Stroke::new(t.hairline, t.line);
    paint::framed(p, bar, 4, t.selected, edge);
    if paid > Fen::ZERO && view.refunded() > Fen::ZERO {
        // A drawing, not a sum.
        let share = view.refunded().get() as f32 / paid.get() as f32;
        let width = (bar.width() * share.clamp(0.0, 1.0)).max(4.0);
        let part = Rect::from_min_size(bar.min, vec2(width, bar.height()));
        p.rect_filled(part, 4, t.grey.fill);
    }
    let pieces = match kind {
        PayoutKind::Refund => limits(page, view),
        PayoutKind::Reissue => payment(page, view),
    };
    let at = pos2(inner.left(), well.top() + 92.0);
    paint::meta(p, at, &pieces, (TypeStyle::Small, t.text_2), t);
    let line = Rect::from_min_size(pos2(inner.left(), at.y - 9.0), vec2(inner.width(), 18.0));
    paint::say(ui, "payout limits", line, &pieces.join(" "));
}

/// The payment for which goods are due.
fn payment(page: &Page<'_>, view: &PayoutView) -> Vec<String> {
    let w = &page.w.compare;
    let facts = &view.facts;
    let mut out = vec![format!("{} {}", w.transaction_id, facts.transaction_id)];
    if let Some(at) = facts.paid_at {
        let at = format::stamp(at, page.state.now);
        out.push(format!("{} {at}", w.paid_at));
    }
    out
}

fn limits(page: &Page<'_>, view: &PayoutView) -> Vec<String> {
    let w = &page.w.payout;
    let facts = &view.facts;
    let coupon = format::money(facts.coupon);
    let cash = facts.paid.checked_sub(facts.coupon);
    let split = match cash.filter(|_| facts.coupon > Fen::ZERO) {
        Some(cash) => (w.coupon_split)(&coupon, &format::money(cash)),
        None => (w.coupon)(&coupon),
    };
    let mut out = vec![split];
    if let Some(at) = facts.paid_at {
        out.push((w.until)(&at.plus(YEAR_S).day().to_string()));
    }
    let next = facts.parts.len() as u64 + 1;
    out.push((w.nth_part)(&format::count(next)));
    out
}

/// What WeChat Pay said when, beside the merchant's own book, and the way to ask anew.
fn live(ui: &Ui, rect: Rect, y: f32, page: &Page<'_>, view: &PayoutView) -> Option<PayoutAsk> {
    let (t, w) = (page.t, &page.w.payout);
    let facts = &view.facts;
    let time = facts.asked_at.beijing().format("%H:%M:%S").to_string();
    let state = if facts.is_paid {
        w.is_paid
    } else {
        w.is_unpaid
    };
    let mut words = (w.live)(&time, state, &format::money(view.refunded()));
    let mut mood = if facts.is_paid { Tone::Ok } else { Tone::Fault };
    match view.book_refunded {
        Some(book) if book == view.refunded() => words.push_str(w.same_as_book),
        Some(book) => {
            mood = Tone::Watch;
            words.push_str(&(w.unlike_book)(&format::money(book)));
        }
        None => {}
    }
    paint::mark(ui.painter(), pos2(rect.left() + 7.0, y), mood, t);
    let again = link_right(ui, pos2(rect.right(), y), page.w.payout.ask_anew, 99);
    let at = pos2(rect.left() + 20.0, y);
    let room = again.rect.left() - at.x - 12.0;
    let style = (TypeStyle::Small, t.text_2);
    let (place, cut) = paint::fit(ui.painter(), at, room, &words, style);
    let said = paint::say(ui, "payout live", place, &words);
    if cut {
        said.on_hover_text(&words);
    }
    again.clicked().then_some(PayoutAsk::Order)
}
