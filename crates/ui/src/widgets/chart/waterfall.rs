//! A waterfall: each step of a sum begins where the one before ended; the end stands on the ground again.

use egui::{Rect, Stroke, Ui, pos2};

use crate::theme::{TypeStyle, tokens};
use crate::{format, paint};
use recondesk_domain::Fen;

/// Height of a step.
pub(crate) const STEP: f32 = 26.0;

/// What a bar stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WaterfallKind {
    /// A step as every day has it.
    Plain,
    /// A step that needs a look.
    Attention,
    /// A sum that stands on the ground.
    Total,
}

/// One step.
pub(crate) struct WaterfallStep {
    /// Its name.
    pub(crate) name: String,
    /// Rows behind it; 0 where the sum alone is known.
    pub(crate) count: u64,
    /// The sum before it.
    pub(crate) from: Fen,
    /// The sum after it.
    pub(crate) to: Fen,
    /// By how much it changes the sum.
    pub(crate) change: Fen,
    /// What it stands for.
    pub(crate) kind: WaterfallKind,
}

/// Where the columns of a waterfall of that width stand: right edges of count, amount and running sum, left of the bars.
pub(crate) struct WaterfallColumns {
    /// Left of the names.
    pub(crate) name: f32,
    /// Right of the counts.
    pub(crate) count: f32,
    /// Right of the amounts.
    pub(crate) amount: f32,
    /// Right of the running sums.
    pub(crate) running: f32,
    /// Left of the bars.
    pub(crate) bars: f32,
}

impl WaterfallColumns {
    /// The columns in a rectangle.
    pub(crate) fn of(rect: Rect) -> Self {
        let name = rect.left();
        let wide = (rect.width() * 0.26).clamp(150.0, 240.0);
        let count = name + wide + 52.0;
        let amount = count + 104.0;
        let running = amount + 108.0;
        Self {
            name,
            count,
            amount,
            running,
            bars: running + 20.0,
        }
    }
}

/// Draws the steps from the top of a rectangle on; each is one line of [`STEP`].
pub(crate) fn waterfall(ui: &Ui, rect: Rect, steps: &[WaterfallStep]) {
    let t = tokens(ui);
    let p = ui.painter();
    let columns = WaterfallColumns::of(rect);
    let fen = |sum: Fen| sum.get() as f64;
    let ends = || steps.iter().flat_map(|step| [fen(step.from), fen(step.to)]);
    let least = ends().fold(0.0, f64::min);
    let most = ends().fold(0.0, f64::max);
    let span = (most - least).max(1.0);
    let room = f64::from(rect.right() - columns.bars);
    let x = |sum: f64| columns.bars + ((sum - least) / span * room) as f32;
    for (nth, step) in steps.iter().enumerate() {
        let top = rect.top() + nth as f32 * STEP;
        let y = top + STEP / 2.0;
        let is_total = step.kind == WaterfallKind::Total;
        let color = match step.kind {
            WaterfallKind::Attention => t.orange.text,
            WaterfallKind::Plain | WaterfallKind::Total => t.text_1,
        };
        if is_total {
            paint::hline(p, rect.x_range(), top, t.line_weak);
        }
        let room = columns.count - columns.name - 56.0;
        let at = pos2(columns.name, y);
        let (place, cut) = paint::fit(p, at, room, &step.name, (TypeStyle::Body, color));
        if cut {
            paint::say(ui, ("step name", nth), place, &step.name).on_hover_text(&step.name);
        }
        let small = (TypeStyle::Body, t.text_3);
        if step.count > 0 {
            paint::right(p, pos2(columns.count, y), &format::count(step.count), small);
        }
        let sum = format::money(step.change);
        paint::right(p, pos2(columns.amount, y), &sum, (TypeStyle::Body, color));
        if !is_total {
            paint::right(p, pos2(columns.running, y), &format::money(step.to), small);
        }
        let (from, to) = (x(fen(step.from)), x(fen(step.to)));
        let bar = Rect::from_x_y_ranges(
            from.min(to)..=from.max(to).max(from.min(to) + 1.0),
            top + 5.0..=top + STEP - 5.0,
        );
        let fill = match step.kind {
            WaterfallKind::Attention => t.orange.fill,
            WaterfallKind::Total => t.accent_fill,
            WaterfallKind::Plain if step.change < Fen::ZERO => t.grey.fill,
            WaterfallKind::Plain => t.book_w,
        };
        p.rect_filled(bar, 2, fill);
        if t.contrast {
            paint::framed(p, bar, 2, fill, Stroke::new(1.5, t.text_1));
        }
        // The thread from where one step ends to where the next begins.
        if nth + 1 < steps.len() && !is_total {
            paint::vline(
                p,
                to,
                egui::Rangef::new(bar.bottom(), top + STEP + 5.0),
                t.line,
            );
        }
        let line = Rect::from_min_max(pos2(rect.left(), top), pos2(rect.right(), top + STEP));
        let said = format!("{} {sum}", step.name);
        paint::say(ui, ("step", nth), line, &said);
    }
}
