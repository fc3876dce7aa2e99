//! The line below the two bars: why both books differ, term by term, and whether that explains all of it.

use egui::{Rect, Ui, pos2, vec2};

use crate::app::model::DayModel;
use crate::domain::Category;
use crate::ui::page::Page;
use crate::ui::theme::{Face, Mood};
use crate::ui::{format, paint};

/// Draws it from a point to the right end; what does not fit is said on hover.
pub(super) fn show(ui: &Ui, at: egui::Pos2, right: f32, page: &Page<'_>, model: &DayModel) {
    let (t, w) = (page.t, page.w);
    let p = ui.painter();
    let ok = model.residual.get() == 0;
    let words = if ok {
        w.day.conserved.to_owned()
    } else {
        (w.day.residual)(&format::money(model.residual))
    };
    let color = if ok { t.green.text } else { t.red.text };
    let said = paint::right(p, pos2(right, at.y), &words, (Face::Small, color));
    let mark = pos2(said.left() - 11.0, at.y);
    paint::mark(p, mark, if ok { Mood::Ok } else { Mood::Urgent }, t);
    paint::say(ui, "conservation", said, &words);
    let Some(difference) = model.wechat.sum.checked_sub(model.merchant.sum) else {
        return;
    };
    let mut runs = paint::Runs::default();
    let face = Face::Body;
    if difference.get() == 0 && model.equation.iter().all(|term| term.sum.get() == 0) {
        runs.add(w.day.no_difference, face, t.text_2);
    } else {
        runs.add(&format!("{} ", w.day.difference), face, t.text_2)
            .add(&format!("¥{}", format::money(difference)), face, t.text_1)
            .add(" ＝ ", face, t.text_2);
        let terms: Vec<_> = model
            .equation
            .iter()
            .filter(|term| term.sum.get() != 0)
            .collect();
        for (nth, term) in terms.iter().enumerate() {
            let negative = term.sum.is_negative();
            let sign = match (nth, negative) {
                (0, false) => "",
                (0, true) => "−",
                (_, false) => " ＋ ",
                (_, true) => " − ",
            };
            let name = match term.category {
                Category::PayPendingW | Category::RefundPendingW => w.day.term_w_cross,
                Category::PayPendingM | Category::RefundPendingM => w.day.term_m_cross,
                other => w.category(other),
            };
            runs.add(
                &format!("{sign}{name} {}", format::money(term.sum.abs())),
                face,
                t.text_2,
            );
        }
    }
    let room = mark.x - at.x - 20.0;
    let text = runs.said();
    let galley = runs.layout(p, f32::INFINITY);
    let cut = galley.size().x > room;
    let clip = Rect::from_min_size(pos2(at.x, at.y - 14.0), vec2(room.max(0.0), 28.0));
    let clipped = p.with_clip_rect(clip.intersect(p.clip_rect()));
    paint::put(&clipped, at, egui::Align2::LEFT_CENTER, galley);
    let response = paint::say(ui, "equation", clip, &text);
    if cut {
        response.on_hover_text(text);
    }
}
