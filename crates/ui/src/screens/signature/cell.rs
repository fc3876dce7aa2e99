//! A cell of the field grid: a text field without a frame.

use egui::{FontSelection, Frame, Margin, Rect, TextEdit, Ui};

use crate::paint;
use crate::theme::TypeStyle;

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
    ui.put(rect, edit);
    ui.accesskit_node_builder(id, |node| node.set_label(name));
}
