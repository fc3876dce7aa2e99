//! The table: one component for every screen, drawn over `egui_table`.
//!
//! Cells are painted, so that a million rows cost what the visible ones cost. The table owns keyboard,
//! selection and the look of rows; a screen gives columns and a [`Rows`] and reads the [`Output`].

use std::collections::BTreeSet;
use std::ops::Range;

use egui::accesskit::Role;
use egui::{
    CornerRadius, Event, EventFilter, Id, IdSalt, Key, Modifiers, Rangef, Rect, Sense, Stroke, Ui,
    WidgetInfo, pos2, vec2,
};
use egui_table::{CellInfo, HeaderCellInfo, HeaderRow, PrefetchInfo, TableDelegate};

use crate::ui::theme::{Face, Tokens, tokens};
use crate::ui::{icons, paint};

/// Height of the header.
const HEADER: f32 = 32.0;

/// A column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    /// Stable name, also of its sort order.
    pub(crate) id: &'static str,
    /// What stands in the header.
    pub(crate) label: &'static str,
    /// Preferred width.
    pub(crate) width: f32,
    /// Right-aligned.
    pub(crate) numeric: bool,
    /// Takes the rest of the width; one column does.
    pub(crate) elastic: bool,
    /// A click on the header sorts by it.
    pub(crate) sorts: bool,
}

impl Column {
    /// A column of text.
    pub(crate) const fn text(id: &'static str, label: &'static str, width: f32) -> Self {
        Self {
            id,
            label,
            width,
            numeric: false,
            elastic: false,
            sorts: false,
        }
    }

    /// A column of numbers.
    pub(crate) const fn number(id: &'static str, label: &'static str, width: f32) -> Self {
        Self {
            numeric: true,
            ..Self::text(id, label, width)
        }
    }

    /// The column that takes the rest; `width` is its least.
    pub(crate) const fn elastic(mut self) -> Self {
        self.elastic = true;
        self
    }

    /// Can be sorted by.
    pub(crate) const fn sorts(mut self) -> Self {
        self.sorts = true;
        self
    }
}

/// A cell to be painted.
pub(crate) struct Cell<'a> {
    /// Where.
    pub(crate) rect: Rect,
    /// On what.
    pub(crate) ui: &'a Ui,
    /// Colours.
    pub(crate) t: &'static Tokens,
    column: Column,
    first: bool,
}

impl Cell<'_> {
    /// Name of its column.
    pub(crate) fn column(&self) -> &'static str {
        self.column.id
    }

    /// Text as the column aligns it, cut where it does not fit.
    pub(crate) fn words(&self, words: &str, style: (Face, egui::Color32)) {
        let p = self.ui.painter();
        let y = self.rect.center().y;
        if self.column.numeric {
            paint::right(p, pos2(self.rect.right() - 10.0, y), words, style);
        } else {
            let left = self.left();
            let room = self.rect.right() - left - 6.0;
            paint::fit(p, pos2(left, y), room, words, style);
        }
    }

    /// Where its text begins.
    pub(crate) fn left(&self) -> f32 {
        self.rect.left() + if self.first { 14.0 } else { 10.0 }
    }
}

/// The content of a table.
pub(crate) trait Rows {
    /// How many rows.
    fn count(&self) -> u64;
    /// One sentence that names a row; `None` while it is on its way.
    fn name(&self, row: u64) -> Option<String>;
    /// Paints a cell of a row that is here.
    fn cell(&self, row: u64, cell: &Cell<'_>);
}

/// What a table remembers between frames.
#[derive(Debug, Clone, Default)]
pub(crate) struct TableMemory {
    /// The keyboard row.
    pub(crate) cursor: Option<u64>,
    /// Selected rows, when not all are.
    pub(crate) selected: BTreeSet<u64>,
    /// True after Ctrl A.
    pub(crate) all: bool,
    anchor: Option<u64>,
    scroll_to: Option<u64>,
    page: u64,
}

impl TableMemory {
    /// Forgets selection and place, for another list.
    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }

    /// Puts the keyboard row and the selection on one row and scrolls there.
    pub(crate) fn go_to(&mut self, row: u64) {
        self.cursor = Some(row);
        self.anchor = Some(row);
        self.selected = BTreeSet::from([row]);
        self.all = false;
        self.scroll_to = Some(row);
    }

    /// True when the row is selected.
    pub(crate) fn is_selected(&self, row: u64) -> bool {
        self.all || self.selected.contains(&row)
    }

    fn extend_to(&mut self, row: u64) {
        let from = self.anchor.unwrap_or(row);
        self.selected = (from.min(row)..=from.max(row)).collect();
        self.all = false;
        self.cursor = Some(row);
        self.scroll_to = Some(row);
    }
}

/// What happened in a table during a frame.
#[derive(Debug, Clone, Default)]
pub(crate) struct Output {
    /// A row was clicked, or Enter pressed on it.
    pub(crate) open: Option<u64>,
    /// The keyboard row moved there.
    pub(crate) moved: Option<u64>,
    /// A header was clicked.
    pub(crate) sort: Option<&'static str>,
    /// A row was clicked with the second button.
    pub(crate) menu: Option<u64>,
    /// The selection should be copied.
    pub(crate) copy: bool,
    /// Rows in view, so that missing pages are asked for.
    pub(crate) visible: Range<u64>,
    /// Focusable id of the body.
    pub(crate) id: Option<Id>,
}

/// A table; draw it with [`Table::show`].
pub(crate) struct Table<'a> {
    /// Name, for ids and screen readers.
    pub(crate) name: &'a str,
    /// Its columns.
    pub(crate) columns: &'a [Column],
    /// How many of them stay while the rest scrolls.
    pub(crate) frozen: usize,
    /// Height of a row.
    pub(crate) row_height: f32,
    /// Sorted by, and turned round.
    pub(crate) sort: Option<(&'static str, bool)>,
}

impl Table<'_> {
    /// Draws it into a rectangle.
    pub(crate) fn show(
        &self,
        ui: &mut Ui,
        rect: Rect,
        rows: &dyn Rows,
        memory: &mut TableMemory,
    ) -> Output {
        let t = tokens(ui);
        paint::card(ui.painter(), rect, t);
        let inner = rect.shrink(1.0);
        let head = Rect::from_min_size(inner.min, vec2(inner.width(), HEADER));
        let corners = CornerRadius {
            nw: 7,
            ne: 7,
            sw: 0,
            se: 0,
        };
        ui.painter().rect_filled(head, corners, t.sunken);
        paint::hline(ui.painter(), head.x_range(), head.bottom() - 1.0, t.line);
        let body = Rect::from_min_max(head.left_bottom(), inner.max);
        memory.page = ((body.height() / self.row_height) as u64).max(1);
        let id = paint::id(ui, ("table", self.name));
        let focus = ui.interact(body, id, Sense::click());
        let name = self.name;
        focus.widget_info(|| WidgetInfo::labeled(Role::Table, true, name));
        let mut output = Output {
            id: Some(id),
            ..Output::default()
        };
        if focus.has_focus() {
            self.keyboard(ui, id, rows, memory, &mut output);
        }
        let count = rows.count();
        paint::region(ui, inner, name, |ui| {
            self.show_table(ui, inner, rows, (memory, &mut output), focus.has_focus());
        });
        if let Some(row) = output.open.or(output.menu) {
            debug_assert!(row < count);
        }
        let edge = Stroke::new(t.hairline, t.line_weak);
        paint::framed(ui.painter(), rect, 8, egui::Color32::TRANSPARENT, edge);
        output
    }

    fn show_table(
        &self,
        ui: &mut Ui,
        inner: Rect,
        rows: &dyn Rows,
        (memory, output): (&mut TableMemory, &mut Output),
        focused: bool,
    ) {
        ui.visuals_mut().widgets.noninteractive.bg_stroke = Stroke::NONE;
        let salt = ("cells", self.name, self.columns.len());
        let state_id = egui_table::TableState::id(ui, IdSalt::new(salt));
        let widths = self.widths(ui, state_id, inner.width());
        let columns: Vec<egui_table::Column> = self
            .columns
            .iter()
            .zip(&widths)
            .map(|(column, width)| {
                egui_table::Column::new(*width)
                    .range(36.0..=1600.0)
                    .id(Id::unique(("column", self.name, column.id)))
                    .resizable(!column.elastic)
            })
            .collect();
        let mut table = egui_table::Table::new()
            .id_salt(salt)
            .num_rows(rows.count())
            .columns(columns)
            .num_sticky_cols(self.frozen)
            .headers([HeaderRow::new(HEADER)]);
        if let Some(row) = memory.scroll_to.take().filter(|row| *row < rows.count()) {
            table = table.scroll_to_row(row, None);
        }
        let hover = ui
            .pointer_hover_pos()
            .filter(|at| inner.contains(*at) && ui.rect_contains_pointer(inner));
        let frozen_width = widths.iter().take(self.frozen).sum::<f32>();
        let mut delegate = Delegate {
            table: self,
            rows,
            widths,
            split: inner.left() + frozen_width,
            memory,
            output,
            hover_y: hover.map(|at| at.y).filter(|y| *y > inner.top() + HEADER),
            focused,
            t: tokens(ui),
        };
        table.show(ui, &mut delegate);
    }

    /// Stored widths, with the elastic column taking the rest; stored back, so that there is no sizing pass.
    fn widths(&self, ui: &Ui, state_id: Id, available: f32) -> Vec<f32> {
        let mut state = egui_table::TableState::load(ui, state_id).unwrap_or_default();
        let column_id = |column: &Column| Id::unique(("column", self.name, column.id));
        let mut widths: Vec<f32> = self
            .columns
            .iter()
            .map(|column| {
                let stored = state.col_widths.get(&column_id(column)).copied();
                if column.elastic {
                    column.width
                } else {
                    stored.unwrap_or(column.width)
                }
            })
            .collect();
        let taken: f32 = self
            .columns
            .iter()
            .zip(&widths)
            .filter(|(column, _)| !column.elastic)
            .map(|(_, width)| *width)
            .sum();
        for (column, width) in self.columns.iter().zip(&mut widths) {
            if column.elastic {
                *width = (available - taken).max(column.width).floor();
            }
            state.col_widths.insert(column_id(column), *width);
        }
        state.store(ui, state_id);
        widths
    }

    fn keyboard(
        &self,
        ui: &Ui,
        id: Id,
        rows: &dyn Rows,
        memory: &mut TableMemory,
        output: &mut Output,
    ) {
        ui.memory_mut(|m| {
            m.set_focus_lock_filter(
                id,
                EventFilter {
                    horizontal_arrows: true,
                    vertical_arrows: true,
                    ..EventFilter::default()
                },
            );
        });
        let last = rows.count().saturating_sub(1);
        if rows.count() == 0 {
            return;
        }
        let at = memory.cursor.map(|row| row.min(last));
        let page = memory.page.saturating_sub(1).max(1);
        let step = |input: &mut egui::InputState, extend: bool| {
            let mods = if extend {
                Modifiers::SHIFT
            } else {
                Modifiers::NONE
            };
            let mut key = |key| input.consume_key(mods, key);
            let here = at.unwrap_or(0);
            if key(Key::ArrowDown) || (!extend && key(Key::J)) {
                return Some(at.map_or(0, |row| row.saturating_add(1).min(last)));
            }
            if key(Key::ArrowUp) || (!extend && key(Key::K)) {
                return Some(here.saturating_sub(1));
            }
            if key(Key::PageDown) {
                return Some(here.saturating_add(page).min(last));
            }
            if key(Key::PageUp) {
                return Some(here.saturating_sub(page));
            }
            if key(Key::Home) {
                return Some(0);
            }
            key(Key::End).then_some(last)
        };
        ui.input_mut(|input| {
            if let Some(row) = step(input, true) {
                memory.extend_to(row);
                output.moved = Some(row);
            }
            if let Some(row) = step(input, false) {
                memory.go_to(row);
                output.moved = Some(row);
            }
            for (key, row) in [(Key::Home, 0), (Key::End, last)] {
                if input.consume_key(Modifiers::COMMAND, key) {
                    memory.go_to(row);
                    output.moved = Some(row);
                }
            }
            if input.consume_key(Modifiers::COMMAND, Key::A) {
                memory.all = true;
            }
            if input.consume_key(Modifiers::NONE, Key::Space)
                && let Some(row) = at
                && !memory.selected.remove(&row)
            {
                memory.selected.insert(row);
            }
            if input.consume_key(Modifiers::NONE, Key::Enter) {
                output.open = at;
            }
            output.copy = input
                .events
                .iter()
                .any(|event| matches!(event, Event::Copy));
        });
    }
}

struct Delegate<'a, 'b> {
    table: &'a Table<'b>,
    rows: &'a dyn Rows,
    widths: Vec<f32>,
    /// Right end of the frozen columns.
    split: f32,
    memory: &'a mut TableMemory,
    output: &'a mut Output,
    hover_y: Option<f32>,
    focused: bool,
    t: &'static Tokens,
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
        let style = (Face::Small, t.text_2);
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
        let t = self.t;
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
        }
        self.paint_row(ui, row_rect, row, (selected, is_frozen), t);
        self.paint_cells(ui, row_rect, row, (name.is_some(), is_frozen));
    }

    fn cell_ui(&mut self, _: &mut Ui, _: &CellInfo) {}

    fn default_row_height(&self) -> f32 {
        self.table.row_height
    }
}

impl Delegate<'_, '_> {
    fn paint_row(
        &self,
        ui: &Ui,
        rect: Rect,
        row: u64,
        (selected, is_frozen): (bool, bool),
        t: &Tokens,
    ) {
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
