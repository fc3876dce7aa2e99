//! Paints header, rows and cells where `egui_table` puts them, and takes the pointer's clicks.

use egui::accesskit::Role;
use egui::{Id, Rangef, Rect, Sense, Ui, WidgetInfo, pos2, vec2};
use egui_table::{CellInfo, HeaderCellInfo, PrefetchInfo, TableDelegate};

use super::{Cell, Rows, Table, TableMemory, TableOutput};
use crate::theme::{Tokens, TypeStyle};
use crate::{icons, paint};

/// One frame of a table: what is painted, and where what happened is written down.
pub(super) struct Delegate<'a, 'b> {
    pub(super) table: &'a Table<'b>,
    pub(super) rows: &'a dyn Rows,
    pub(super) widths: Vec<f32>,
    /// Right end of the frozen columns.
    pub(super) split: f32,
    pub(super) memory: &'a mut TableMemory,
    pub(super) output: &'a mut TableOutput,
    pub(super) hover_y: Option<f32>,
    pub(super) focused: bool,
    pub(super) t: &'static Tokens,
}

impl TableDelegate for Delegate<'_, '_> {
    fn prepare(&mut self, info: &PrefetchInfo) {
        self.output.visible = info.visible_rows.clone();
    }

    fn header_cell_ui(&mut self, ui: &mut Ui, cell: &HeaderCellInfo) {
        let Some(column) = self.table.columns.get(cell.col_range.start).copied() else {
            return;
        };
        let t = self.t;
        let rect = ui.max_rect();
        let y = rect.center().y;
        let sorted = self
            .table
            .sort
            .filter(|(id, _)| *id == column.id)
            .map(|(_, descending)| descending);
        let id = Id::unique((self.table.name, "head", column.id));
        let sense = if column.sorts {
            Sense::click()
        } else {
            Sense::hover()
        };
        let response = ui.interact(rect.shrink2(vec2(4.0, 0.0)), id, sense);
        response.widget_info(|| {
            let name = if column.label.is_empty() {
                column.id
            } else {
                column.label
            };
            WidgetInfo::labeled(Role::ColumnHeader, true, name)
        });
        if response.clicked() {
            self.output.sort = Some(column.id);
        }
        let p = ui.painter();
        let style = (TypeStyle::Small, t.text_2);
        let inset = if cell.col_range.start == 0 {
            14.0
        } else {
            10.0
        };
        let caret_room = if sorted.is_some() { 16.0 } else { 0.0 };
        let label = if column.numeric {
            paint::right(
                p,
                pos2(rect.right() - 10.0 - caret_room, y),
                column.label,
                style,
            )
        } else {
            paint::left(p, pos2(rect.left() + inset, y), column.label, style)
        };
        let caret = match (sorted, column.sorts && response.hovered()) {
            (Some(true), _) => Some((icons::CARET_UP, t.accent)),
            (Some(false), _) => Some((icons::CARET_DOWN, t.accent)),
            (None, true) if !column.numeric => Some((icons::CARET_DOWN, t.text_3)),
            _ => None,
        };
        if let Some((icon, color)) = caret {
            paint::icon(p, pos2(label.right() + 10.0, y), icon, 11.0, color);
        }
        if response.has_focus() {
            paint::ring(p, rect.shrink(5.0), 3, t);
        }
    }

    fn row_ui(&mut self, ui: &mut Ui, row: u64) {
        let row_rect = ui.max_rect();
        let clip = ui.clip_rect();
        let is_frozen = clip.right() <= self.split + 0.5;
        let name = self.rows.name(row);
        let selected = self.memory.is_selected(row);
        let id = Id::unique((self.table.name, "row", row, is_frozen));
        // Not focusable: Tab goes to the table, arrows walk its rows.
        let response = ui.interact(row_rect.intersect(clip), id, Sense::CLICK);
        if !is_frozen {
            response.widget_info(|| {
                let said = name.clone().unwrap_or_default();
                WidgetInfo::selected(Role::Row, true, selected, said)
            });
        }
        if response.clicked() {
            let shift = ui.input(|input| input.modifiers.shift);
            let command = ui.input(|input| input.modifiers.command);
            if shift {
                self.memory.extend_to(row);
            } else if command {
                if !self.memory.selected.remove(&row) {
                    self.memory.selected.insert(row);
                }
                self.memory.cursor = Some(row);
            } else {
                self.memory.go_to(row);
                self.memory.scroll_to = None;
                self.output.open = Some(row);
            }
            if let Some(table) = self.output.id {
                ui.memory_mut(|memory| memory.request_focus(table));
            }
        }
        if response.secondary_clicked() {
            self.memory.go_to(row);
            self.memory.scroll_to = None;
            self.output.menu = Some(row);
            self.output.menu_by_key = false;
            self.output.menu_at = response.interact_pointer_pos();
            self.output.menu_column = self
                .output
                .menu_at
                .and_then(|at| self.column_at(row_rect.left(), at.x, is_frozen));
        } else if self.output.menu == Some(row) && self.output.menu_by_key {
            let seen = row_rect.intersect(clip);
            let left = self.output.menu_at.map_or(seen.left(), |at| at.x);
            self.output.menu_at = Some(egui::pos2(left, seen.bottom()));
        }
        self.paint_row(ui, row_rect, row, (selected, is_frozen));
        self.paint_cells(ui, row_rect, row, (name.is_some(), is_frozen));
    }

    fn cell_ui(&mut self, _: &mut Ui, _: &CellInfo) {}

    fn default_row_height(&self) -> f32 {
        self.table.row_height
    }
}

impl Delegate<'_, '_> {
    /// The column under a point of a row that begins at `left`.
    fn column_at(&self, left: f32, x: f32, is_frozen: bool) -> Option<&'static str> {
        let mut right = left;
        let columns = self.table.columns.iter().zip(&self.widths).enumerate();
        for (nth, (column, width)) in columns {
            right += width;
            if x < right && (nth < self.table.frozen) == is_frozen {
                return Some(column.id);
            }
        }
        None
    }

    fn paint_row(&self, ui: &Ui, rect: Rect, row: u64, (selected, is_frozen): (bool, bool)) {
        let t = self.t;
        let p = ui.painter();
        let hovered = self.hover_y.is_some_and(|y| rect.y_range().contains(y));
        let cursor = self.memory.cursor == Some(row);
        let visible = rect.intersect(ui.clip_rect());
        if selected {
            p.rect_filled(visible, 0, t.selected);
        } else if hovered || (cursor && !self.focused) {
            p.rect_filled(visible, 0, t.hover);
        }
        paint::hline(p, visible.x_range(), rect.bottom() - 1.0, t.line_weak);
        let starts_here = is_frozen || self.table.frozen == 0;
        if selected && starts_here {
            let bar = Rect::from_min_size(rect.min, vec2(3.0, rect.height() - 1.0));
            p.rect_filled(bar, 0, t.accent);
        }
        if (cursor && self.focused) || (selected && t.contrast) {
            let width = if t.contrast { 2.0 } else { 1.0 };
            for y in [rect.top(), rect.bottom() - 1.0 - width] {
                let line =
                    Rect::from_min_size(pos2(visible.left(), y), vec2(visible.width(), width));
                p.rect_filled(line, 0, t.accent);
            }
            let edge = Rangef::new(rect.top(), rect.bottom() - 1.0);
            if starts_here {
                paint::vline(p, visible.left(), edge, t.accent);
            }
            if !is_frozen {
                paint::vline(p, visible.right() - 1.0, edge, t.accent);
            }
        }
    }

    fn paint_cells(&self, ui: &Ui, row_rect: Rect, row: u64, (here, is_frozen): (bool, bool)) {
        let clip = ui.clip_rect();
        let mut x = row_rect.left();
        for (nth, (column, width)) in self.table.columns.iter().zip(&self.widths).enumerate() {
            let rect = Rect::from_min_size(
                pos2(x, row_rect.top()),
                vec2(*width, row_rect.height() - 1.0),
            );
            x += width;
            let mine = (nth < self.table.frozen) == is_frozen;
            if !mine || !rect.x_range().intersects(clip.x_range()) {
                continue;
            }
            if here {
                let cell = Cell {
                    rect,
                    ui,
                    t: self.t,
                    column: *column,
                    first: nth == 0,
                };
                self.rows.cell(row, &cell);
            } else {
                let bar = Rect::from_center_size(rect.center(), vec2(width - 28.0, 8.0));
                ui.painter().rect_filled(bar, 4, self.t.line_weak);
            }
        }
    }
}
