//! What the dialog of refused rows paints around its fields: the line above the table, plain cells, the word on a row.

use egui::{Rect, Ui, pos2, vec2};

use crate::page::Page;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::input::select;
use crate::{format, paint};
use recondesk_app::model::{RefusedCell, RefusedRows};
use recondesk_domain::ProfileId;

/// A cell that is not changed now.
pub(super) fn plain(p: &egui::Painter, place: Rect, page: &Page<'_>, cell: &RefusedCell) {
    let color = if cell.masked {
        page.t.text_3
    } else {
        page.t.text_1
    };
    let at = pos2(place.left() + 8.0, place.center().y);
    let room = place.width() - 12.0;
    paint::fit(p, at, room, &cell.text, (TypeStyle::Body, color));
}

/// The line below the cells of a row: why it is refused, or that it is well.
pub(super) fn verdict(
    ui: &Ui,
    (rect, from, seen): (Rect, f32, f32),
    page: &Page<'_>,
    (mood, words, said): (Tone, &str, &str),
) {
    let (t, p) = (page.t, ui.painter());
    let color = match mood {
        Tone::Ok => t.green.text,
        Tone::Fault => t.orange.text,
        _ => t.text_3,
    };
    let wanted = paint::width(p, words, TypeStyle::Small);
    let x = from.min(seen - wanted - 12.0).max(rect.left() + 28.0);
    let at = pos2(x, rect.top() + 45.0);
    let (_, cut) = paint::fit(p, at, seen - x - 8.0, words, (TypeStyle::Small, color));
    let top = pos2(rect.left(), rect.top() + 36.0);
    let told = Rect::from_min_size(top, vec2(rect.width(), 20.0));
    let note = paint::say(ui, ("refused", rect.top() as i32), told, said);
    if cut {
        note.on_hover_text(words);
    }
}

/// Which file, how many of its rows are well, and how many come later; the answer is another file.
pub(super) fn head(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    ((_, import), model, busy): ((ProfileId, u32), Option<&RefusedRows>, bool),
) -> Option<u32> {
    let (t, w) = (page.t, &page.w.refused);
    let mut left = rect.left();
    let mut other = None;
    let none = Vec::new();
    let files = page.state.refused.files.value().unwrap_or(&none);
    if files.len() > 1 {
        let options: Vec<(u32, &str)> = files
            .iter()
            .map(|file| (file.import, file.name.as_str()))
            .collect();
        let place = Rect::from_min_size(rect.min, vec2(260.0, 28.0));
        other = select(ui, place, w.file, &options, import).filter(|other| *other != import);
        left = place.right() + 16.0;
    }
    let words = match model {
        _ if busy => page.w.frame.loading.to_owned(),
        Some(model) => {
            let rows = model.rows.len() as u64;
            let mut words = (w.so_far)(
                &format::count(rows),
                &format::count(model.ready()),
                &format::count(rows - model.ready()),
            );
            for (n, tell) in [(model.beyond, w.beyond), (model.replaced, w.replaced)] {
                if n > 0 {
                    words = format!("{words}  {}", tell(&format::count(n)));
                }
            }
            words
        }
        None => String::new(),
    };
    let at = pos2(left, rect.top() + 14.0);
    let style = (TypeStyle::Body, t.text_2);
    let (place, cut) = paint::fit(ui.painter(), at, rect.right() - left, &words, style);
    let said = paint::say(ui, "so far", place, &words);
    if cut {
        said.on_hover_text(&words);
    }
    other
}

pub(super) fn nothing(ui: &Ui, rect: Rect, page: &Page<'_>, model: Option<&RefusedRows>) {
    let w = &page.w.refused;
    let words = match model {
        Some(_) => w.done,
        None if page.state.refused.rows.failure().is_some() => "",
        None => page.w.frame.loading,
    };
    let at = pos2(rect.left(), rect.top() + 20.0);
    let place = paint::left(ui.painter(), at, words, (TypeStyle::Body, page.t.text_1));
    paint::say(ui, "nothing refused", place, words);
}

/// The columns in the order in which they are drawn: those at fault first.
pub(super) fn columns(model: &RefusedRows) -> Vec<usize> {
    let at_fault = |column: &usize| {
        let mut faults = model.rows.iter().filter_map(|row| row.fault.as_ref());
        faults.any(|fault| fault.at == Some(*column))
    };
    let (mut first, rest): (Vec<usize>, Vec<usize>) = (0..model.headers.len()).partition(at_fault);
    first.extend(rest);
    first
}

/// A column is as wide as its name and its cells want, within limits.
pub(super) fn width(ui: &Ui, model: &RefusedRows, column: usize) -> f32 {
    let p = ui.painter();
    let cells = model.rows.iter().take(20);
    let cells = cells.filter_map(|row| row.cells.get(column)).map(|cell| {
        let shown: String = cell.text.chars().take(40).collect();
        paint::width(p, &shown, TypeStyle::Body)
    });
    let name = model.headers.get(column).map_or("", String::as_str);
    let name = paint::width(p, name, TypeStyle::Small);
    (cells.fold(name, f32::max) + 34.0).clamp(112.0, 240.0)
}
