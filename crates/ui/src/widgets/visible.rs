//! Text to the byte: spaces as dots, other invisible characters as small boxes with their name.
//!
//! What is drawn is never the text itself, so that control characters and bidi marks have no effect.

use std::ops::Range;
use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Color32, Galley, Painter, Ui};

use crate::paint;
use crate::theme::{Tokens, TypeStyle};
use wechatpay_codec::lab::visible::{DRAWN_BYTES, harmless_line, name};

/// Height of a line.
pub(crate) const LINE: f32 = 20.0;

/// How a stretch of bytes is drawn.
#[derive(Debug, Clone)]
pub(crate) struct ByteStretch {
    /// Bytes of the text, in order, without overlap.
    pub(crate) bytes: Range<usize>,
    /// Colour.
    pub(crate) color: Color32,
    /// Ground behind it.
    pub(crate) ground: Color32,
}

/// Lays out text in one colour.
pub(crate) fn plain(
    p: &Painter,
    text: &[u8],
    width: f32,
    color: Color32,
    t: &Tokens,
) -> Arc<Galley> {
    let all = ByteStretch {
        bytes: 0..text.len(),
        color,
        ground: Color32::TRANSPARENT,
    };
    styled(p, text, width, &[all], t)
}

/// Lays out text in stretches. A stretch without bytes is a caret where bytes are missing.
pub(crate) fn styled(
    p: &Painter,
    text: &[u8],
    width: f32,
    stretches: &[ByteStretch],
    t: &Tokens,
) -> Arc<Galley> {
    let mut job = LayoutJob::default();
    job.wrap.max_width = width;
    job.wrap.break_anywhere = true;
    let mut drawn = 0_usize;
    for stretch in stretches {
        if stretch.bytes.is_empty() {
            job.append("|", 0.0, format(stretch.color, stretch.ground));
            continue;
        }
        let room = DRAWN_BYTES.saturating_sub(drawn);
        let piece = text.get(stretch.bytes.clone()).unwrap_or_default();
        let piece = piece.get(..room).unwrap_or(piece);
        drawn += piece.len();
        for chunk in piece.utf8_chunks() {
            append(&mut job, chunk.valid(), stretch, t);
            for byte in chunk.invalid() {
                mark(&mut job, &format!("x{byte:02X}"), stretch, t);
            }
        }
    }
    p.layout_job(job)
}

fn append(job: &mut LayoutJob, text: &str, stretch: &ByteStretch, t: &Tokens) {
    let mut run = String::new();
    let flush = |job: &mut LayoutJob, run: &mut String| {
        if !run.is_empty() {
            job.append(run, 0.0, format(stretch.color, stretch.ground));
            run.clear();
        }
    };
    for character in text.chars() {
        if character == ' ' {
            flush(job, &mut run);
            job.append("·", 0.0, format(t.accent, stretch.ground));
        } else if let Some(name) = name(character) {
            flush(job, &mut run);
            mark(job, &name, stretch, t);
            if character == '\n' {
                job.append("\n", 0.0, format(stretch.color, stretch.ground));
            }
        } else {
            run.push(character);
        }
    }
    flush(job, &mut run);
}

/// The box of a character that cannot be seen; a line end is usual, all others are not.
fn mark(job: &mut LayoutJob, name: &str, stretch: &ByteStretch, t: &Tokens) {
    let (color, ground) = if name == "LF" {
        (t.text_3, t.pressed)
    } else {
        (t.red.text, t.red.tint)
    };
    let ground = if stretch.ground == Color32::TRANSPARENT {
        ground
    } else {
        stretch.ground
    };
    let mut format = format(color, ground);
    format.font_id.size = 9.0;
    format.valign = Align::Center;
    job.append(name, 1.0, format);
}

fn format(color: Color32, ground: Color32) -> TextFormat {
    TextFormat {
        font_id: TypeStyle::Mono.font(),
        color,
        background: ground,
        line_height: Some(LINE),
        valign: Align::Center,
        ..TextFormat::default()
    }
}

/// Says a text to a screen reader as it is drawn.
pub(crate) fn say(
    ui: &Ui,
    salt: impl std::hash::Hash + std::fmt::Debug,
    rect: egui::Rect,
    text: &[u8],
) {
    let shown = text.get(..4096).unwrap_or(text);
    paint::say(ui, salt, rect, &harmless_line(shown));
}
