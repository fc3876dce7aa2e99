//! The frame of a dialog: title, content, footer with a note and at most two buttons.

use egui::{
    Area, Color32, Context, CornerRadius, Event, Frame, Id, Key, Modal, Pos2, Rect, Shadow, Stroke,
    Ui, pos2, vec2,
};

use super::button::{Button, icon_button};
use crate::text::words;
use crate::theme::{TypeStyle, tokens};
use crate::{icons, paint};

/// How a frame of a dialog ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It stays open.
    No,
    /// Cancelled by button, key or close.
    Cancelled,
    /// The deed was pressed.
    Done,
}

/// A dialog; show it every frame while it is open.
pub(crate) struct Dialog<'a> {
    /// Unique name.
    pub(crate) name: &'static str,
    /// Title.
    pub(crate) title: &'a str,
    /// Width: 420 for a question, 560 for a form.
    pub(crate) width: f32,
    /// Height of the content.
    pub(crate) height: f32,
    /// Small words at the left of the footer.
    pub(crate) note: &'a str,
    /// What leaves the dialog without the deed: "cancel", or "close" when there is nothing to undo;
    /// empty when the deed is all there is.
    pub(crate) leave: &'a str,
    /// The deed. Ctrl Enter presses it where it is filled, primary or danger; what gives something up is
    /// secondary and has no key.
    pub(crate) deed: Button<'a>,
    /// True when the deed may be pressed.
    pub(crate) ready: bool,
}

impl Dialog<'_> {
    /// Draws it; `content` gets the rectangle inside the margins.
    pub(crate) fn show(self, ctx: &Context, content: impl FnOnce(&mut Ui, Rect)) -> Ended {
        let screen = ctx.content_rect();
        let width = self.width.min(screen.width() - 48.0);
        let height = (60.0 + self.height + 60.0).min(screen.height() - 48.0);
        let area: Area = Modal::default_area(Id::unique(self.name));
        let modal = Modal::new(Id::unique(self.name))
            .area(area)
            .frame(Frame::NONE)
            .backdrop_color(egui::Color32::TRANSPARENT);
        // A menu that is open over it is the topmost: Esc closes that alone.
        let has_menu = egui::Popup::is_any_open(ctx);
        let response = modal.show(ctx, |ui| {
            let t = tokens(ui);
            let (rect, _) = ui.allocate_exact_size(vec2(width, height), egui::Sense::hover());
            backdrop(ui, screen, rect);
            paint::framed(
                ui.painter(),
                rect,
                10,
                t.raised,
                Stroke::new(t.hairline, t.line),
            );
            let mut ended = self.head(ui, rect);
            let inner = Rect::from_min_max(
                pos2(rect.left() + 24.0, rect.top() + 60.0),
                pos2(rect.right() - 24.0, rect.bottom() - 60.0),
            );
            paint::region(ui, inner.expand(5.0), "content", |ui| {
                let needed = Rect::from_min_size(inner.min, vec2(inner.width(), self.height));
                if needed.height() <= inner.height() + 0.5 {
                    content(ui, needed);
                    return;
                }
                egui::ScrollArea::vertical().show(ui, |ui| {
                    let (rect, _) = ui.allocate_exact_size(
                        vec2(inner.width(), self.height + 10.0),
                        egui::Sense::hover(),
                    );
                    content(ui, rect.shrink(5.0));
                });
            });
            if ended == Ended::No {
                ended = self.foot(ui, rect);
            } else {
                self.foot(ui, rect);
            }
            ended
        });
        let cancelled = response
            .response
            .ctx
            .input(|input| input.key_pressed(Key::Escape));
        match response.inner {
            Ended::No if cancelled && !has_menu => Ended::Cancelled,
            ended => ended,
        }
    }

    fn head(&self, ui: &Ui, rect: Rect) -> Ended {
        let t = tokens(ui);
        let w = words(ui);
        let at = pos2(rect.left() + 24.0, rect.top() + 32.0);
        let title = paint::left(ui.painter(), at, self.title, (TypeStyle::Reason, t.text_1));
        paint::say(ui, "dialog title", title, self.title);
        let close = Rect::from_center_size(pos2(rect.right() - 30.0, at.y), vec2(30.0, 30.0));
        if icon_button(ui, close, icons::X, w.frame.close, false).clicked() {
            Ended::Cancelled
        } else {
            Ended::No
        }
    }

    fn foot(self, ui: &Ui, rect: Rect) -> Ended {
        let t = tokens(ui);
        let top = rect.bottom() - 60.0;
        paint::hline(ui.painter(), rect.x_range(), top, t.line_weak);
        let y = top + 30.0;
        let enter = self.deed.has_the_key() && pressed_anew(ui, Key::Enter);
        let ready = self.ready;
        let deed = self
            .deed
            .only_if(ready)
            .show_right(ui, pos2(rect.right() - 24.0, y), 32.0);
        let leave_at = pos2(deed.rect.left() - 8.0, y);
        let leave = (!self.leave.is_empty()).then(|| {
            Button::ghost(self.leave)
                .key("Esc")
                .show_right(ui, leave_at, 32.0)
        });
        let end = leave.as_ref().map_or(deed.rect.left(), |b| b.rect.left());
        let room = end - rect.left() - 40.0;
        let style = (TypeStyle::Small, t.text_3);
        let at = pos2(rect.left() + 24.0, y);
        if !self.note.is_empty() {
            let place = note(ui, at, room, self.note, style);
            paint::say(ui, "dialog note", place, self.note).on_hover_text(self.note);
        }
        if leave.is_some_and(|leave| leave.clicked()) {
            Ended::Cancelled
        } else if ready && (deed.clicked() || enter) {
            Ended::Done
        } else {
            Ended::No
        }
    }
}

/// Small words at the left of the footer, in two lines where one is too short.
fn note(ui: &Ui, at: Pos2, room: f32, words: &str, style: (TypeStyle, Color32)) -> Rect {
    let p = ui.painter();
    let high = paint::paragraph_height(p, room, words, style.0);
    let line = paint::paragraph_height(p, f32::INFINITY, words, style.0);
    if high < line * 1.5 {
        return paint::left(p, at, words, style);
    }
    let area = Rect::from_min_size(pos2(at.x, at.y - line), vec2(room, line * 2.0));
    paint::paragraph(p, area, words, style, 2)
}

/// True when the key went down with Ctrl in this frame; one that is held from before does nothing.
fn pressed_anew(ui: &Ui, wanted: Key) -> bool {
    ui.input(|input| {
        input.events.iter().any(|event| {
            matches!(event, Event::Key { key, pressed: true, repeat: false, modifiers, .. }
                if *key == wanted && modifiers.command)
        })
    })
}

/// Height of why a wish was not carried out.
pub(crate) const REFUSAL: f32 = 44.0;

/// Why a wish was not carried out, in the content of the dialog that it went out from; where it stands comes back.
pub(crate) fn refusal(ui: &Ui, rect: Rect, words: &str) -> Rect {
    let t = tokens(ui);
    let area = Rect::from_min_size(
        pos2(rect.left(), rect.top() + 6.0),
        vec2(rect.width(), REFUSAL - 6.0),
    );
    let style = (TypeStyle::Small, t.red.text);
    let place = paint::paragraph(ui.painter(), area, words, style, 2);
    paint::say(ui, "refused", place, words).on_hover_text(words);
    place
}

/// The scrim over the window, and the shadow under what floats on it.
pub(crate) fn backdrop(ui: &Ui, screen: Rect, floating: Rect) {
    let t = tokens(ui);
    let p = ui.painter().with_clip_rect(screen);
    p.rect_filled(screen, 0, t.scrim);
    shadow(&p, floating, ui.visuals().window_shadow);
}

/// A shadow under a floating thing.
pub(crate) fn shadow(p: &egui::Painter, rect: Rect, shadow: Shadow) {
    p.add(shadow.as_shape(rect, CornerRadius::same(10)));
}
