//! A cell of the field grid: a text field without a frame.

use egui::{FontSelection, Frame, Margin, Rect, TextEdit, Ui, pos2};

use crate::paint;
use crate::theme::{TypeStyle, tokens};

/// Bytes of a value up to which it is measured in every frame.
const MOST_MEASURED: usize = 1_024;

/// Height of a row.
pub(super) const ROW: f32 = 28.0;
/// Width of the column of names.
pub(super) const NAMES: f32 = 132.0;

/// A text field without a frame, for cells.
pub(super) fn cell(
    ui: &mut Ui,
    rect: Rect,
    (text, name): (&mut String, &str),
    (hint, color): (&str, egui::Color32),
    hint_color: egui::Color32,
) {
    let id = paint::id(ui, ("cell", name));
    let hint = egui::RichText::new(hint)
        .font(TypeStyle::Small.font())
        .color(hint_color);
    // Measured as it stands before this frame's typing; a long one is not copied in every frame.
    let too_wide = (text.len() <= MOST_MEASURED
        && paint::width(ui.painter(), text, TypeStyle::Mono) > rect.width())
    .then(|| text.clone());
    let edit = TextEdit::singleline(text)
        .id(id)
        .font(FontSelection::FontId(TypeStyle::Mono.font()))
        .text_color(color)
        .hint_text(hint)
        .frame(Frame::NONE)
        .margin(Margin::ZERO)
        .char_limit(1 << 20)
        .align(egui::Align2::LEFT_CENTER)
        .desired_width(rect.width())
        .min_size(rect.size());
    let response = ui.put(rect, edit);
    ui.accesskit_node_builder(id, |node| node.set_label(name));
    // What does not fit says so, and is read whole by pointing at it.
    if let Some(whole) = too_wide.filter(|_| !response.has_focus()) {
        let t = tokens(ui);
        let from = pos2(rect.right() - 13.0, rect.top() + 1.0);
        let end = Rect::from_min_max(from, pos2(rect.right() + 3.0, rect.bottom() - 1.0));
        let p = ui.painter();
        p.rect_filled(end, 0, t.surface);
        paint::left(p, end.left_center(), "…", (TypeStyle::Small, t.text_3));
        response.on_hover_text(whole);
    }
}
