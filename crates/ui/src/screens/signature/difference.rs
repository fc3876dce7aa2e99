//! The two strings, one above the other, with the bytes that differ on a ground of their own.

use std::ops::Range;

use egui::{Color32, Key, Modifiers, Rect, Ui, pos2};

use crate::page::{Page, cut_top};
use crate::paint;
use crate::theme::{Tokens, TypeStyle};
use crate::widgets::card;
use crate::widgets::visible::{self, ByteStretch, LINE};
use wechatpay_codec::lab::hunks::{Hunk, hunks};

/// Bytes shown before a difference.
const BEFORE: usize = 40;

/// Which difference is in view.
#[derive(Default)]
pub(super) struct DifferenceCursor {
    nth: usize,
    /// The strings that were compared, so that they are not compared in each frame.
    seen: Option<(Vec<u8>, Vec<u8>, Vec<Hunk>)>,
}

impl DifferenceCursor {
    fn hunks(&mut self, one: &[u8], other: &[u8]) -> &[Hunk] {
        let is_known = self
            .seen
            .as_ref()
            .is_some_and(|(a, b, _)| a == one && b == other);
        if !is_known {
            self.nth = 0;
            self.seen = Some((one.to_vec(), other.to_vec(), hunks(one, other)));
        }
        self.seen
            .as_ref()
            .map_or(&[], |(_, _, found)| found.as_slice())
    }
}

/// Height of the card.
pub(super) const HEIGHT: f32 = 182.0;

/// Draws the card; `names` are those of the two wells.
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    (one, other, names): (&[u8], &[u8], [&str; 2]),
    place: &mut DifferenceCursor,
) {
    let (t, w) = (page.t, &page.w.signature);
    let body = card::titled(ui, rect, w.difference, w.difference_note);
    let found = place.hunks(one, other).to_vec();
    let (back, on) = ui.input_mut(|input| {
        let back = input.consume_key(Modifiers::SHIFT, Key::F8);
        (back, input.consume_key(Modifiers::NONE, Key::F8))
    });
    if on && place.nth + 1 < found.len() {
        place.nth += 1;
    } else if back {
        place.nth = place.nth.saturating_sub(1);
    }
    let Some(hunk) = found.get(place.nth) else {
        let at = pos2(rect.left() + 16.0, body.center().y - 8.0);
        let said = paint::left(ui.painter(), at, w.same_string, (TypeStyle::Body, t.text_2));
        paint::say(ui, "same strings", said, w.same_string);
        return;
    };
    let mut where_at = (w.byte)(&(hunk.one.start + 1).to_string());
    if found.len() > 1 {
        let nth = (place.nth + 1).to_string();
        where_at = format!("{where_at}  {}", (w.nth_of)(&nth, &found.len().to_string()));
    }
    let at = pos2(rect.right() - 16.0, rect.top() + 21.0);
    let said = paint::right(ui.painter(), at, &where_at, (TypeStyle::Small, t.text_2));
    paint::say(ui, "difference at", said, &where_at);
    let wells = Rect::from_min_max(
        pos2(rect.left() + 15.0, body.top()),
        rect.max - egui::vec2(15.0, 14.0),
    );
    let (top, bottom) = cut_top(wells, (wells.height() - 8.0) / 2.0, 8.0);
    let from = hunk.one.start.saturating_sub(BEFORE);
    let other_from = hunk.other.start.saturating_sub(BEFORE);
    well(
        ui,
        top,
        page,
        (one, from, "−", names[0]),
        (&found, |hunk| &hunk.one, |hunk| &hunk.one_field),
    );
    well(
        ui,
        bottom,
        page,
        (other, other_from, "+", names[1]),
        (&found, |hunk| &hunk.other, |hunk| &hunk.other_field),
    );
}

type HunkSide = fn(&Hunk) -> &Range<usize>;

fn well(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    (text, from, sign, name): (&[u8], usize, &str, &str),
    (found, bytes, field): (&[Hunk], HunkSide, HunkSide),
) {
    let t = page.t;
    let p = ui.painter();
    paint::framed(p, rect, 6, t.sunken, egui::Stroke::NONE);
    let is_wrong = sign == "−";
    let color = if is_wrong { t.red.text } else { t.green.text };
    let at = pos2(rect.left() + 10.0, rect.top() + 8.0 + LINE / 2.0);
    let x = paint::left(p, at, sign, (TypeStyle::Body, color)).right();
    paint::left(p, pos2(x + 6.0, at.y), name, (TypeStyle::Small, color));
    let from = char_start(text, from);
    let lines = ((rect.height() - 8.0) / LINE).floor().max(1.0);
    let area = Rect::from_min_max(
        pos2(rect.left() + 86.0, rect.top() + 8.0),
        pos2(rect.right() - 10.0, rect.top() + 8.0 + lines * LINE),
    );
    // Beyond three lines nothing is seen; what is said keeps more.
    let to = char_start(text, text.len().min(from + 600));
    let parts = stretches(from..to, (found, bytes, field), is_wrong, t);
    let galley = visible::styled(p, text, area.width(), &parts, t);
    let lead = if from > 0 { "…" } else { "" };
    paint::right(
        p,
        pos2(area.left() - 1.0, area.top() + LINE / 2.0),
        lead,
        (TypeStyle::Mono, t.text_3),
    );
    p.with_clip_rect(area.intersect(p.clip_rect()))
        .galley(area.min, galley, t.text_1);
    let said = text.get(from..to).unwrap_or_default();
    let mut whole = format!("{name}: ").into_bytes();
    whole.extend_from_slice(said);
    visible::say(ui, ("well", sign), area, &whole);
}

fn char_start(text: &[u8], mut at: usize) -> usize {
    while at > 0 && text.get(at).is_some_and(|byte| byte & 0xC0 == 0x80) {
        at -= 1;
    }
    at
}

/// Stretches under construction, from left to right.
struct StretchBuilder {
    out: Vec<ByteStretch>,
    at: usize,
    end: usize,
}

impl StretchBuilder {
    fn to(&mut self, end: usize, color: Color32, ground: Color32) {
        let end = end.min(self.end);
        if self.at < end {
            self.out.push(ByteStretch {
                bytes: self.at..end,
                color,
                ground,
            });
            self.at = end;
        }
    }

    fn caret(&mut self, color: Color32, ground: Color32) {
        self.out.push(ByteStretch {
            bytes: 0..0,
            color,
            ground,
        });
    }
}

fn stretches(
    view: Range<usize>,
    (found, bytes, field): (&[Hunk], HunkSide, HunkSide),
    is_wrong: bool,
    t: &Tokens,
) -> Vec<ByteStretch> {
    let (ground, tone) = if is_wrong {
        (t.diff_del, t.red.text)
    } else {
        (t.diff_add, t.green.text)
    };
    let clear = Color32::TRANSPARENT;
    let mut run = StretchBuilder {
        out: Vec::new(),
        at: view.start,
        end: view.end,
    };
    for hunk in found {
        let (own, whole) = (bytes(hunk), field(hunk));
        if own.end < view.start || own.start > view.end {
            continue;
        }
        run.to(whole.start, t.text_3, clear);
        run.to(own.start, t.text_1, clear);
        if own.is_empty() {
            run.caret(tone, ground);
        }
        run.to(own.end, t.text_1, ground);
        run.to(whole.end, t.text_1, clear);
    }
    run.to(view.end, t.text_3, clear);
    run.out
}
