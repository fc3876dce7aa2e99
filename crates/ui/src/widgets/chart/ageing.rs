//! Open cases by age: one row a class, a bar split by severity.

use egui::{Rect, Ui, pos2, vec2};

use crate::text::words;
use crate::theme::{Tone, TypeStyle, tokens};
use crate::{format, paint};
use recondesk_app::model::AgeClass;
use recondesk_domain::Severity;

/// Draws the classes, rows of 45, and the legend at the bottom.
pub(crate) fn ageing(ui: &Ui, rect: Rect, classes: &[AgeClass]) {
    let t = tokens(ui);
    let w = words(ui);
    let p = ui.painter();
    let total = |class: &AgeClass| class.counts.to_work() + class.counts.watch;
    let most = classes.iter().map(total).max().unwrap_or(0).max(1);
    let room = rect.height() - 34.0;
    let row_height = (room / classes.len().max(1) as f32).clamp(30.0, 47.0);
    let left = rect.left() + 16.0;
    let full = rect.width() - 62.0;
    for (nth, class) in classes.iter().enumerate() {
        let top = rect.top() + nth as f32 * row_height;
        let y = top + 10.0;
        let name = age_words(w, class);
        paint::left(p, pos2(left, y), &name, (TypeStyle::Small, t.text_2));
        let count = total(class);
        let (sum, ink) = match count {
            0 => ("—".to_owned(), t.text_3),
            _ => (format!("¥{}", format::money(class.sum)), t.text_1),
        };
        let at = pos2(rect.right() - 16.0, y);
        paint::right(p, at, &sum, (TypeStyle::Small, ink));
        let mut x = left;
        for (severity, count) in [
            (Severity::Urgent, class.counts.urgent),
            (Severity::Fault, class.counts.fault),
            (Severity::Watch, class.counts.watch),
        ] {
            if count == 0 {
                continue;
            }
            let width = (count as f32 / most as f32 * full).max(6.0);
            let part = Rect::from_min_size(pos2(x, top + 21.0), vec2(width - 1.0, 8.0));
            segment(ui, part, severity);
            x += width;
        }
        let text = format::count(count);
        if count > 0 {
            paint::left(
                p,
                pos2(x + 6.0, top + 25.0),
                &text,
                (TypeStyle::Small, t.text_3),
            );
        }
        let line = Rect::from_min_size(pos2(left, top), vec2(rect.width() - 32.0, row_height));
        let said = format!("{name}: {}, {sum}", (w.frame.rows)(&text));
        paint::say(ui, ("age", nth), line, &said);
    }
    let mut x = left;
    let y = rect.bottom() - 17.0;
    for severity in [Severity::Urgent, Severity::Fault, Severity::Watch] {
        paint::mark(p, pos2(x + 5.0, y), severity.into(), t);
        let style = (TypeStyle::Small, t.text_2);
        x = paint::left(p, pos2(x + 14.0, y), w.severity(severity), style).right() + 14.0;
    }
}

fn segment(ui: &Ui, rect: Rect, severity: Severity) {
    let t = tokens(ui);
    let fill = match severity {
        Severity::Watch => t.segment_yellow,
        other => t.tone(Tone::from(other)).fill,
    };
    let edge = if severity == Severity::Watch {
        egui::Stroke::new(1.0, t.yellow.fill)
    } else {
        egui::Stroke::NONE
    };
    paint::framed(ui.painter(), rect, 3, fill, edge);
}

fn age_words(w: &crate::text::Wording, class: &AgeClass) -> String {
    let o = &w.overview;
    match (class.from_days, class.to_days) {
        (0, Some(to)) => (o.age_newest)(&to.to_string()),
        (from, Some(to)) => (o.age_days)(&from.to_string(), &to.to_string()),
        (from, None) => (o.age_more)(&from.to_string()),
    }
}
