//! Small things that say something: pills of a state or severity, tags of a code.

use egui::{Align2, Pos2, Rect, Stroke, Ui, pos2, vec2};

use crate::paint;
use crate::text::words;
use crate::theme::{Tone, TypeStyle, tokens};
use recondesk_domain::Severity;

/// How much of a pill is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Short {
    /// Mark and words.
    No,
    /// Mark and count only; the name keeps the words.
    Yes,
}

/// A pill from the left middle; returns its place.
pub(crate) fn pill(ui: &Ui, at: Pos2, mood: Tone, words: &str) -> Rect {
    let t = tokens(ui);
    let p = ui.painter();
    let tone = t.tone(mood);
    let inset = inset(mood);
    let width = inset + paint::width(p, words, TypeStyle::Small) + 8.0;
    let rect = paint::from_left(at, vec2(width, 20.0));
    let edge = if t.contrast {
        Stroke::new(1.5, tone.text)
    } else {
        Stroke::NONE
    };
    paint::framed(p, rect, 10, tone.tint, edge);
    paint::mark(p, pos2(rect.left() + 12.0, at.y), mood, t);
    paint::left(
        p,
        pos2(rect.left() + inset, at.y),
        words,
        (TypeStyle::Small, tone.text),
    );
    rect
}

/// Where the words of a pill begin; the check is wider than the other marks.
const fn inset(mood: Tone) -> f32 {
    if matches!(mood, Tone::Ok) { 22.0 } else { 20.0 }
}

/// Most that a pill takes.
pub(crate) fn pill_width(ui: &Ui, words: &str) -> f32 {
    30.0 + paint::width(ui.painter(), words, TypeStyle::Small)
}

/// A pill of a severity with a count; the node says both whatever is drawn.
pub(crate) fn severity_pill(
    ui: &Ui,
    at: Pos2,
    severity: Severity,
    count: &str,
    short: Short,
) -> Rect {
    let word = words(ui).severity(severity);
    let full = if count.is_empty() {
        word.to_owned()
    } else {
        format!("{word} {count}")
    };
    let shown = if short == Short::Yes {
        count
    } else {
        full.as_str()
    };
    let rect = pill(ui, at, severity.into(), shown);
    paint::say(
        ui,
        ("pill", word, rect.left() as i32, rect.top() as i32),
        rect,
        &full,
    );
    rect
}

/// A code on a grey ground, from the left middle; returns its place.
pub(crate) fn tag(ui: &Ui, at: Pos2, code: &str) -> Rect {
    let t = tokens(ui);
    let p = ui.painter();
    let width = paint::width(p, code, TypeStyle::MonoSmall) + 10.0;
    let rect = paint::from_left(at, vec2(width, 18.0));
    let edge = if t.contrast {
        Stroke::new(1.5, t.line)
    } else {
        Stroke::NONE
    };
    paint::framed(p, rect, 4, t.grey.tint, edge);
    let style = (TypeStyle::MonoSmall, t.text_2);
    paint::text(p, rect.center(), Align2::CENTER_CENTER, code, style);
    rect
}
