//! The rows of a table: painted where the view shows them, and what the pointer does on them.

use egui::accesskit::{Action, Role};
use egui::{Id, Rangef, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{Cell, Drawn, MenuWish, Placed, Rows, Table, TableMemory, TableOutput};
use crate::paint;
use crate::theme::{Tokens, tokens};

/// How far beyond the edge the pointer scrolls the list by one row a frame while it drags.
const EDGE: f32 = 24.0;

impl Table<'_> {
    pub(super) fn body(
        &self,
        ui: &mut Ui,
        drawn: &Drawn<'_>,
        memory: &mut TableMemory,
        output: &mut TableOutput,
    ) {
        self.pointer(ui, drawn, memory, output);
        let (placed, rows) = (drawn.placed, drawn.rows);
        let visible = memory.scroll.rows(&placed.extent);
        output.visible = visible.clone();
        let hovered = hovered_row(ui, placed, memory);
        for row in visible.clone() {
            let rect = row_rect(placed, memory, row);
            let name = rows.name(row);
            self.row_node(ui, placed, (row, name), memory);
            let cursor = memory.cursor == Some(row) && !memory.in_header;
            let look = RowLook {
                selected: memory.selection.contains(row),
                pointed: hovered == Some(row) || (cursor && !placed.focused),
                cursor: cursor && placed.focused,
            };
            paint_ground(ui, rect, &look, tokens(ui));
        }
        for frozen in [false, true] {
            let part = placed.part(placed.body, frozen);
            if part.width() <= 0.0 {
                continue;
            }
            paint::region(ui, part, if frozen { "stays" } else { "scrolls" }, |ui| {
                for row in visible.clone() {
                    self.cells(ui, placed, (rows, row, frozen), memory);
                }
            });
        }
        for row in visible {
            let rect = row_rect(placed, memory, row);
            if memory.selection.contains(row) {
                let bar = Rect::from_min_size(rect.min, vec2(3.0, rect.height() - 1.0));
                ui.painter().rect_filled(bar, 0, tokens(ui).accent);
            }
        }
        if placed.focused && !memory.in_header {
            self.cell_cursor(ui, placed, rows, memory);
        }
    }

    /// A press selects, a drag selects a stretch, a double click opens, the second button asks for the menu.
    fn pointer(
        &self,
        ui: &Ui,
        &Drawn { placed, focus, .. }: &Drawn<'_>,
        memory: &mut TableMemory,
        output: &mut TableOutput,
    ) {
        let Some(at) = focus.interact_pointer_pos() else {
            return;
        };
        let Some(row) = memory
            .scroll
            .row_at(at.y - placed.body.top(), &placed.extent)
        else {
            return;
        };
        let below = memory.scroll.top_of(placed.extent.rows, &placed.extent) + placed.body.top();
        let column = self.column_at(placed, at.x, memory.scroll.x);
        if focus.secondary_clicked() && at.y < below {
            focus.request_focus();
            if !memory.selection.contains(row) {
                memory.choose(row);
            }
            memory.cursor = Some(row);
            memory.column = column;
            output.menu = Some(MenuWish {
                row,
                column,
                at,
                by_key: false,
            });
            return;
        }
        // Asked before the input is: a response reads the input itself, and the lock is taken once only.
        let clicked = focus.clicked();
        let (pressed, modifiers) =
            ui.input(|input| (input.pointer.primary_pressed(), input.modifiers));
        let begins = clicked || (pressed && focus.is_pointer_button_down_on());
        if begins && at.y < below {
            focus.request_focus();
            memory.column = column;
            memory.in_header = false;
            match (modifiers.shift, modifiers.command) {
                (true, _) => memory.extend_to(row),
                // A press and its release may come in two frames: only the press counts.
                (false, true) if !clicked || pressed => {
                    memory.selection.toggle(row);
                    memory.anchor = Some(row);
                    memory.cursor = Some(row);
                }
                (false, true) => {}
                (false, false) => memory.choose(row),
            }
            output.moved = Some(row);
        } else if focus.dragged_by(egui::PointerButton::Primary) && memory.anchor.is_some() {
            self.drag(ui, placed, (at.y, row), memory);
        }
        if focus.double_clicked() && at.y < below {
            output.open = Some(row);
        }
    }

    /// A drag over rows; beyond the edge it scrolls.
    fn drag(&self, ui: &Ui, placed: &Placed, (y, row): (f32, u64), memory: &mut TableMemory) {
        let over = if y < placed.body.top() {
            y - placed.body.top()
        } else {
            (y - placed.body.bottom()).max(0.0)
        };
        if over != 0.0 {
            let steps = (over.abs() / EDGE).ceil().min(8.0).copysign(over);
            memory.scroll.y += f64::from(steps * self.row_height);
            memory.scroll.settle(&placed.extent, ui.pixels_per_point());
            ui.ctx().request_repaint();
        }
        if memory.cursor != Some(row) {
            memory.extend_to(row);
        }
    }

    /// The node of a row; a screen reader's click selects it.
    fn row_node(
        &self,
        ui: &Ui,
        placed: &Placed,
        (row, name): (u64, Option<String>),
        memory: &mut TableMemory,
    ) {
        let id = Id::unique((self.name, "row", row));
        let seen = row_rect(placed, memory, row).intersect(placed.body);
        let response = ui.interact(seen, id, Sense::hover());
        let selected = memory.selection.contains(row);
        let name = name.unwrap_or_default();
        response.widget_info(|| WidgetInfo::selected(Role::Row, true, selected, &name));
        ui.accesskit_node_builder(id, |node| {
            node.add_action(Action::Click);
            node.set_selected(selected);
        });
        if ui.input(|input| input.has_accesskit_action_request(id, Action::Click)) {
            memory.choose(row);
            ui.memory_mut(|memory| memory.request_focus(placed.id));
        }
    }

    fn cells(
        &self,
        ui: &Ui,
        placed: &Placed,
        (rows, row, frozen): (&dyn Rows, u64, bool),
        memory: &TableMemory,
    ) {
        let here = rows.name(row).is_some();
        let line = row_rect(placed, memory, row);
        let t = tokens(ui);
        for (nth, column) in self.columns.iter().enumerate() {
            if (nth < self.frozen) != frozen {
                continue;
            }
            let place = placed.column(nth, self.frozen, memory.scroll.x);
            if !place.intersects(ui.clip_rect().x_range()) {
                continue;
            }
            let rect = Rect::from_x_y_ranges(place, Rangef::new(line.top(), line.bottom() - 1.0));
            if here {
                let cell = Cell {
                    rect,
                    ui,
                    t,
                    column: *column,
                    first: nth == 0,
                    fit: memory.header.fitting(column.id),
                };
                rows.cell(row, &cell);
            } else {
                let bar = Rect::from_center_size(rect.center(), vec2(rect.width() - 28.0, 8.0));
                ui.painter().rect_filled(bar, 4, t.line_weak);
            }
        }
    }

    /// The frame around the cell that the keyboard is on, and its node.
    fn cell_cursor(&self, ui: &Ui, placed: &Placed, rows: &dyn Rows, memory: &TableMemory) {
        let (Some(row), Some(id)) = (memory.cursor, memory.column) else {
            return;
        };
        let Some(nth) = self.place_of(id) else {
            return;
        };
        let visible = memory.scroll.rows(&placed.extent);
        if !visible.contains(&row) {
            return;
        }
        let place = placed.column(nth, self.frozen, memory.scroll.x);
        let line = row_rect(placed, memory, row);
        let rect = Rect::from_x_y_ranges(place, Rangef::new(line.top(), line.bottom() - 1.0));
        let part = placed.part(placed.body, nth < self.frozen);
        let p = ui.painter().with_clip_rect(part.intersect(ui.clip_rect()));
        let t = tokens(ui);
        p.rect_stroke(
            rect,
            3,
            egui::Stroke::new(t.hairline.max(1.5), t.accent),
            egui::StrokeKind::Inside,
        );
        let label = self.columns.get(nth).map_or("", |column| column.label);
        let said = format!("{label} {}", rows.name(row).unwrap_or_default());
        paint::say_as(ui, "cell cursor", rect.intersect(part), Role::Cell, &said);
    }
}

/// How a row looks.
struct RowLook {
    selected: bool,
    /// Under the pointer, or the keyboard row of a table without the focus.
    pointed: bool,
    /// The keyboard row of the table that has the focus.
    cursor: bool,
}

fn row_rect(placed: &Placed, memory: &TableMemory, row: u64) -> Rect {
    let top = placed.body.top() + memory.scroll.top_of(row, &placed.extent);
    Rect::from_min_size(
        pos2(placed.body.left(), top),
        vec2(placed.body.width(), placed.extent.row_height),
    )
}

fn hovered_row(ui: &Ui, placed: &Placed, memory: &TableMemory) -> Option<u64> {
    let at = ui.pointer_hover_pos()?;
    if !placed.body.contains(at) || !ui.rect_contains_pointer(placed.body) {
        return None;
    }
    memory
        .scroll
        .row_at(at.y - placed.body.top(), &placed.extent)
}

fn paint_ground(ui: &Ui, rect: Rect, look: &RowLook, t: &Tokens) {
    let p = ui.painter();
    if look.selected {
        p.rect_filled(rect, 0, t.selected);
    } else if look.pointed {
        p.rect_filled(rect, 0, t.hover);
    }
    paint::hline(p, rect.x_range(), rect.bottom() - 1.0, t.line_weak);
    if look.cursor || (look.selected && t.contrast) {
        let width = if t.contrast { 2.0 } else { 1.0 };
        p.rect_stroke(
            rect.with_max_y(rect.bottom() - 1.0),
            0,
            egui::Stroke::new(width, t.accent),
            egui::StrokeKind::Inside,
        );
    }
}
