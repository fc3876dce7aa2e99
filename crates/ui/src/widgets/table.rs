//! The table: one component for every screen, drawn over `egui_table`.
//!
//! Cells are painted, so that a million rows cost what the visible ones cost. The table owns keyboard,
//! selection and the look of rows; a screen gives columns and a [`Rows`] and reads the [`TableOutput`].

mod delegate;

use std::collections::BTreeSet;
use std::ops::Range;

use egui::accesskit::Role;
use egui::{
    CornerRadius, Event, EventFilter, Id, IdSalt, Key, Modifiers, Rect, Sense, Stroke, Ui,
    WidgetInfo, pos2, vec2,
};
use egui_table::HeaderRow;

use self::delegate::Delegate;
use crate::paint;
use crate::theme::{Tokens, TypeStyle, tokens};

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
    pub(crate) fn words(&self, words: &str, style: (TypeStyle, egui::Color32)) {
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
pub(crate) struct TableOutput {
    /// A row was clicked, or Enter pressed on it.
    pub(crate) open: Option<u64>,
    /// The keyboard row moved there.
    pub(crate) moved: Option<u64>,
    /// A header was clicked.
    pub(crate) sort: Option<&'static str>,
    /// A row was clicked with the second button, or the menu key pressed on it.
    pub(crate) menu: Option<u64>,
    /// Where its menu belongs; nowhere while the row is out of view.
    pub(crate) menu_at: Option<egui::Pos2>,
    /// True when it was the key.
    pub(crate) menu_by_key: bool,
    /// The column that the pointer asked in.
    pub(crate) menu_column: Option<&'static str>,
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
    ) -> TableOutput {
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
        let mut output = TableOutput {
            id: Some(id),
            ..TableOutput::default()
        };
        let count = rows.count();
        if focus.has_focus() {
            keyboard(ui, id, count, memory, &mut output);
        }
        paint::region(ui, inner, name, |ui| {
            self.show_table(ui, (inner, focus.has_focus()), rows, (memory, &mut output));
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
        (inner, focused): (Rect, bool),
        rows: &dyn Rows,
        (memory, output): (&mut TableMemory, &mut TableOutput),
    ) {
        ui.visuals_mut().widgets.noninteractive.bg_stroke = Stroke::NONE;
        // Each choice of columns keeps its own widths: another one may be the elastic one, and in another language
        // other columns are wide.
        let choice = self.columns.iter();
        let choice: Vec<(&str, u32)> = choice
            .map(|column| (column.id, column.width.to_bits()))
            .collect();
        let salt = Id::unique(("cells", self.name, choice));
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
}

/// The keys of a focused table: arrows, pages and ends move, Shift extends, Ctrl A takes all.
fn keyboard(ui: &Ui, id: Id, count: u64, memory: &mut TableMemory, output: &mut TableOutput) {
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
    let last = count.saturating_sub(1);
    if count == 0 {
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
        if (input.consume_key(Modifiers::NONE, Key::Menu)
            || input.consume_key(Modifiers::SHIFT, Key::F10))
            && at.is_some()
        {
            output.menu = at;
            output.menu_by_key = true;
        }
        output.copy = input
            .events
            .iter()
            .any(|event| matches!(event, Event::Copy));
    });
}
