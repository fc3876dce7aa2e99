//! All keys on one page.

use egui::{Area, Context, Id, Modal, Rect, Sense, Stroke, pos2, vec2};

use super::text::words;
use super::theme::{TypeStyle, tokens};
use super::widgets::button::{Button, icon_button, key_cap};
use super::widgets::dialog;
use super::{icons, paint};

/// What a person did on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HelpEnd {
    /// Nothing yet.
    No,
    /// Closed it.
    Closed,
    /// Asked for the handbook.
    Handbook,
}

/// Draws the page over everything.
pub(crate) fn show(ctx: &Context) -> HelpEnd {
    let screen = ctx.content_rect();
    let area: Area = Modal::default_area(Id::unique("keys"));
    let modal = Modal::new(Id::unique("keys"))
        .area(area)
        .frame(egui::Frame::NONE)
        .backdrop_color(egui::Color32::TRANSPARENT);
    let response = modal.show(ctx, |ui| {
        let t = tokens(ui);
        let w = words(ui);
        let k = &w.keys;
        let rows = [
            ("Ctrl K", k.palette),
            ("Alt 1…9", k.screens),
            ("F6", k.regions),
            ("Ctrl ↵", k.primary),
            ("Esc", k.escape),
            ("F5", k.rerun),
            ("[  ]", k.days),
            ("Ctrl O", k.import),
            ("Ctrl E", k.export),
            ("Ctrl S", k.save),
            ("Ctrl F  /", k.find),
            ("Ctrl B", k.notices),
            ("Ctrl L", k.lock),
            ("Ctrl +  −  0", k.zoom),
            ("↑ ↓  J K", k.rows),
            ("PgUp  Home", k.pages),
            ("Enter  Esc", k.open),
            ("Space  Ctrl A", k.select),
            ("Ctrl C", k.copy),
            ("Alt ↑  Alt ↓", k.neighbours),
            ("T  N  G  I", k.case_letters),
            ("Ctrl Z", k.undo),
            ("F1  ?", k.title),
        ];
        let half = rows.len().div_ceil(2);
        let width = 720.0_f32.min(screen.width() - 48.0);
        let height = (72.0 + half as f32 * 32.0 + 16.0).min(screen.height() - 48.0);
        let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
        dialog::backdrop(ui, screen, rect);
        paint::framed(
            ui.painter(),
            rect,
            10,
            t.raised,
            Stroke::new(t.hairline, t.line),
        );
        let at = pos2(rect.left() + 24.0, rect.top() + 32.0);
        let title = paint::left(ui.painter(), at, k.title, (TypeStyle::Reason, t.text_1));
        paint::say(ui, "keys title", title, k.title);
        let close = Rect::from_center_size(pos2(rect.right() - 30.0, at.y), vec2(30.0, 30.0));
        let closed = icon_button(ui, close, icons::X, w.frame.close, false).clicked();
        let book = Button::secondary(k.handbook);
        let book = book.show_right(ui, pos2(close.left() - 8.0, at.y), 30.0);
        let step = ((height - 84.0) / half as f32).min(32.0);
        for (nth, (keys, what)) in rows.into_iter().enumerate() {
            let column = (nth / half) as f32;
            let x = rect.left() + 24.0 + column * (width - 24.0) / 2.0;
            let y = rect.top() + 72.0 + (nth % half) as f32 * step + step / 2.0;
            let cap = key_cap(ui, pos2(x, y), keys);
            let at = pos2(x + 104.0, y);
            let room = (width - 48.0) / 2.0 - 112.0;
            let (said, _) = paint::fit(ui.painter(), at, room, what, (TypeStyle::Body, t.text_2));
            paint::say(ui, ("key", nth), cap.union(said), &format!("{keys} {what}"));
        }
        if book.clicked() {
            HelpEnd::Handbook
        } else if closed {
            HelpEnd::Closed
        } else {
            HelpEnd::No
        }
    });
    if response.inner == HelpEnd::No && response.should_close() {
        HelpEnd::Closed
    } else {
        response.inner
    }
}
