//! The line below the two bars: why both books differ, term by term, and whether that explains all of it.

use egui::{Rect, Ui, pos2, vec2};

use crate::page::Page;
use crate::theme::{Tone, TypeStyle};
use crate::{format, paint};
use recondesk_app::model::{BookPair, Movement};
use recondesk_domain::{Category, Fen};

/// Payments or refunds of both books.
pub(super) struct ShownEquation<'a> {
    pub(super) of: Movement,
    pub(super) pair: &'a BookPair,
}

/// Draws it from a point to the right end; what does not fit is said on hover.
pub(super) fn show(
    ui: &Ui,
    at: egui::Pos2,
    right: f32,
    page: &Page<'_>,
    shown: &ShownEquation<'_>,
) {
    let ShownEquation { of, pair } = shown;
    let (t, w) = (page.t, page.w);
    let p = ui.painter();
    let ok = pair.residual.get() == 0;
    let words = if ok {
        w.day.conserved.to_owned()
    } else {
        (w.day.residual)(&format::money(pair.residual))
    };
    let color = if ok { t.green.text } else { t.red.text };
    let said = paint::right(p, pos2(right, at.y), &words, (TypeStyle::Small, color));
    let mark = pos2(said.left() - 11.0, at.y);
    paint::mark(p, mark, if ok { Tone::Ok } else { Tone::Urgent }, t);
    paint::say(ui, "conservation", said, &words);
    let Some(difference) = pair.wechat.sum.checked_sub(pair.merchant.sum) else {
        return;
    };
    let room = mark.x - at.x - 20.0;
    let terms = pair.equation.iter().filter(|term| term.sum.get() != 0);
    let terms: Vec<NamedTerm> = terms
        .map(|term| NamedTerm {
            name: name(page, *of, term.category),
            sum: term.sum,
        })
        .collect();
    let whole = line(page, difference, &terms, terms.len());
    let galley = whole.layout(p, f32::INFINITY);
    let cut = galley.size().x > room;
    // What does not fit is added up, and told on hover.
    let shorter = |shown| line(page, difference, &terms, shown).layout(p, f32::INFINITY);
    let galley = if cut {
        let mut fewer = (1..terms.len()).rev().map(shorter);
        fewer.find(|g| g.size().x <= room).unwrap_or(galley)
    } else {
        galley
    };
    let text = whole.said();
    let clip = Rect::from_min_size(pos2(at.x, at.y - 14.0), vec2(room.max(0.0), 28.0));
    let clipped = p.with_clip_rect(clip.intersect(p.clip_rect()));
    paint::put(&clipped, at, egui::Align2::LEFT_CENTER, galley);
    let response = paint::say(ui, "equation", clip, &text);
    if cut {
        response.on_hover_text(text);
    }
}

/// A term under the name that it has in this line.
struct NamedTerm {
    name: &'static str,
    sum: Fen,
}

fn name(page: &Page<'_>, of: Movement, category: Category) -> &'static str {
    let w = page.w;
    match (category, of) {
        (Category::PayPendingW | Category::RefundPendingW, _) => w.day.term_w_cross,
        (Category::PayPendingM | Category::RefundPendingM, _) => w.day.term_m_cross,
        // What both books leave out has a sum only where the bill lists it: a payment that was reversed, which it has
        // twice, or a refund that was closed.
        (Category::Unpaid, Movement::Refunds) => w.day.term_closed,
        (Category::Unpaid, _) => w.day.term_reversed,
        (other, _) => w.category(other),
    }
}

/// `差 ¥134.40 ＝ 微信跨日 337.90 − …` with the first terms, and the rest as one.
fn line(page: &Page<'_>, difference: Fen, terms: &[NamedTerm], shown: usize) -> paint::Runs {
    let (t, w) = (page.t, page.w);
    let face = TypeStyle::Body;
    let mut runs = paint::Runs::default();
    if difference.get() == 0 && terms.is_empty() {
        runs.add(w.day.no_difference, face, t.text_2);
        return runs;
    }
    runs.add(&format!("{} ", w.day.difference), face, t.text_2)
        .add(&format!("¥{}", format::money(difference)), face, t.text_1)
        .add(" ＝ ", face, t.text_2);
    for (nth, term) in terms.iter().take(shown).enumerate() {
        runs.add(&words(nth, term.name, term.sum), face, t.text_2);
    }
    let rest = terms
        .iter()
        .skip(shown)
        .try_fold(Fen::ZERO, |sum, term| sum.checked_add(term.sum));
    if let Some(rest) = rest.filter(|_| terms.len() > shown) {
        let name = (w.day.term_rest)(&format::count((terms.len() - shown) as u64));
        runs.add(&words(shown, &name, rest), face, t.text_2);
    }
    runs
}

/// A term with its sign; the first one has none when it is positive.
fn words(nth: usize, name: &str, sum: Fen) -> String {
    let sign = match (nth, sum.is_negative()) {
        (0, false) => "",
        (0, true) => "−",
        (_, false) => " ＋ ",
        (_, true) => " − ",
    };
    format!("{sign}{name} {}", format::money(sum.abs()))
}
