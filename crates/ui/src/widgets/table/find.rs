//! The strip that finds a text in a table: forwards, backwards, round and round.

use egui::{Id, Key, Modifiers, Order, Rect, Sense, Stroke, Ui, UiBuilder, pos2, vec2};

use super::{HEADER, Table, TableMemory, TableOutput};
use crate::text::words;
use crate::theme::{TypeStyle, tokens};
use crate::widgets::button::icon_button;
use crate::widgets::dialog;
use crate::widgets::input::Field;
use crate::{icons, paint};

/// A search that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FindWish {
    /// What is looked for.
    pub(crate) text: String,
    /// Upwards.
    pub(crate) back: bool,
}

/// The strip, while it is open.
#[derive(Debug, Default)]
pub(super) struct FindStrip {
    text: String,
    /// Its field still has to get the focus.
    fresh: bool,
}

impl TableMemory {
    /// Opens the strip, or puts the focus into it.
    pub(crate) fn open_find(&mut self) {
        self.find.get_or_insert_default().fresh = true;
    }
}

impl Table<'_> {
    pub(super) fn find_strip(
        &self,
        ui: &Ui,
        inner: Rect,
        memory: &mut TableMemory,
        output: &mut TableOutput,
    ) {
        let Some(strip) = &mut memory.find else {
            return;
        };
        let size = vec2(360.0_f32.min(inner.width() - 24.0), 40.0);
        let at = pos2(inner.right() - size.x - 14.0, inner.top() + HEADER + 6.0);
        let place = Rect::from_min_size(at, size);
        let id = Id::unique((self.name, "find"));
        let shown = egui::Area::new(id)
            .order(Order::Middle)
            .fixed_pos(at)
            .constrain(false)
            .show(ui.ctx(), |ui| {
                ui.allocate_rect(place, Sense::click());
                let builder = UiBuilder::new().max_rect(place);
                let mut inside = ui.new_child(builder);
                self.find_content(&mut inside, place, strip)
            });
        match shown.inner {
            FindEnd::Open => {}
            FindEnd::Wish(back) if !strip.text.trim().is_empty() => {
                output.find = Some(FindWish {
                    text: strip.text.trim().to_owned(),
                    back,
                });
            }
            FindEnd::Wish(_) => {}
            FindEnd::Closed => {
                memory.find = None;
                if let Some(table) = output.id {
                    ui.memory_mut(|memory| memory.request_focus(table));
                }
            }
        }
    }

    fn find_content(&self, ui: &mut Ui, place: Rect, strip: &mut FindStrip) -> FindEnd {
        let t = tokens(ui);
        let w = words(ui);
        dialog::shadow(ui.painter(), place, ui.visuals().popup_shadow);
        let edge = Stroke::new(t.hairline, t.line);
        paint::framed(ui.painter(), place, 8, t.raised, edge);
        let y = place.center().y;
        let button = |nth: f32| {
            Rect::from_center_size(pos2(place.right() - 20.0 - nth * 29.0, y), vec2(28.0, 28.0))
        };
        let field = Rect::from_min_max(
            pos2(place.left() + 6.0, place.top() + 5.0),
            pos2(button(2.0).left() - 4.0, place.bottom() - 5.0),
        );
        let response = Field::new(&mut strip.text, w.table.find)
            .hint(w.table.find)
            .icon(icons::MAGNIFYING_GLASS)
            .right_inset(72.0)
            .limit(128)
            .show(ui, field);
        if std::mem::take(&mut strip.fresh) {
            response.request_focus();
        }
        if self.found_nothing && !response.changed() {
            let at = pos2(field.right() - 10.0, y);
            let style = (TypeStyle::Small, t.red.text);
            let said = paint::right(ui.painter(), at, w.table.not_found, style);
            paint::say(ui, "not found", said, w.table.not_found);
        }
        let up = icon_button(ui, button(2.0), icons::CARET_UP, w.table.find_before, true);
        let down = icon_button(ui, button(1.0), icons::CARET_DOWN, w.table.find_next, true);
        let close = icon_button(ui, button(0.0), icons::X, w.frame.close, false);
        let (enter, shift, escape) = ui.input(|input| {
            (
                input.key_pressed(Key::Enter),
                input.modifiers.shift,
                input.key_pressed(Key::Escape),
            )
        });
        let entered = response.lost_focus() && enter;
        let (next, before) = ui.input_mut(|input| {
            let before = input.consume_key(Modifiers::SHIFT, Key::F3);
            (input.consume_key(Modifiers::NONE, Key::F3), before)
        });
        if entered {
            // Enter again finds the next one.
            response.request_focus();
        }
        if close.clicked() || escape {
            FindEnd::Closed
        } else if before || up.clicked() || (entered && shift) {
            FindEnd::Wish(true)
        } else if next || down.clicked() || entered {
            FindEnd::Wish(false)
        } else {
            FindEnd::Open
        }
    }
}

enum FindEnd {
    Open,
    Closed,
    /// True for upwards.
    Wish(bool),
}
