//! Form rows below each other: label, help or error, and the place of the input.

use egui::{Rect, Ui, pos2, vec2};

use crate::page::Page;
use crate::paint;
use crate::theme::TypeStyle;

pub(super) const ROW: f32 = 58.0;

/// Form rows below each other: label, help or error, and the place of the input.
pub(super) struct FormRows {
    pub(super) area: Rect,
    pub(super) top: f32,
}

impl FormRows {
    pub(super) fn next(
        &mut self,
        ui: &Ui,
        page: &Page<'_>,
        (name, required): (&str, bool),
        said: Result<&str, &str>,
    ) -> Rect {
        let t = page.t;
        let p = ui.painter();
        let y = self.top + 9.0;
        let mut end = paint::left(
            p,
            pos2(self.area.left(), y),
            name,
            (TypeStyle::Small, t.text_2),
        )
        .right();
        if required {
            end = paint::left(p, pos2(end + 3.0, y), "*", (TypeStyle::Small, t.red.text)).right();
        }
        let (words, color) = match said {
            Ok(error) => (error, t.red.text),
            Err(help) => (help, t.text_3),
        };
        if !words.is_empty() {
            let room = self.area.right() - end - 10.0;
            let (place, _) = paint::fit(
                p,
                pos2(end + 10.0, y),
                room,
                words,
                (TypeStyle::Small, color),
            );
            if said.is_ok() {
                paint::say(ui, ("error", name), place, words);
            }
        }
        let width = self.area.width().min(520.0);
        let place = Rect::from_min_size(pos2(self.area.left(), self.top + 22.0), vec2(width, 30.0));
        self.top += ROW + 6.0;
        place
    }
}
