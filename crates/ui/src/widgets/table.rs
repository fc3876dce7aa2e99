//! The table: one component for every screen.
//!
//! Cells are painted, so that a million rows cost what the visible ones cost; positions are counted in 64
//! bits, so that the last of ten million stands where it belongs. The table owns keyboard, selection, the
//! width and order of columns, the funnels of its header and the strip that finds; a screen gives columns
//! and [`Rows`] and reads the [`TableOutput`]. What is asked of the data (order, filters, values, text) goes out
//! and comes back as [`TableView`] and friends; `screens::grid` joins that to the jobs.

mod body;
mod column;
mod find;
mod funnel;
mod funnel_words;
mod header;
mod keys;
mod selection;
mod viewport;

use std::collections::BTreeMap;
use std::ops::Range;

use egui::accesskit::Role;
use egui::{Id, Pos2, Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

pub(crate) use self::column::{Cell, Column};
pub(crate) use self::find::FindWish;
pub(crate) use self::funnel_words::{shown, test_words};
pub(crate) use self::selection::Selection;
use self::viewport::{Extent, Scroll};
use crate::paint;
use crate::text::words;
use crate::theme::{Tokens, tokens};
use recondesk_app::tables::ask::ValueCounts;
use recondesk_app::tables::{TableLayout, TableView};
use recondesk_domain::BillDate;

/// Height of the header.
pub(crate) const HEADER: f32 = 32.0;
/// Narrowest and widest column.
const WIDTHS: std::ops::RangeInclusive<f32> = 36.0..=1600.0;

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
#[derive(Debug, Default)]
pub(crate) struct TableMemory {
    /// The keyboard row.
    pub(crate) cursor: Option<u64>,
    /// Selected rows.
    pub(crate) selection: Selection,
    /// The keyboard column.
    column: Option<&'static str>,
    /// True while the keyboard is in the header.
    in_header: bool,
    anchor: Option<u64>,
    scroll: Scroll,
    scroll_to: Option<u64>,
    /// Rows of a view.
    page: u64,
    header: header::HeaderMemory,
    funnel: Option<funnel::Funnel>,
    find: Option<find::FindStrip>,
}

impl TableMemory {
    /// Forgets selection and place, for another list. The strip that finds stays.
    pub(crate) fn reset(&mut self) {
        self.cursor = None;
        self.anchor = None;
        self.selection.clear();
        self.scroll = Scroll::default();
        self.scroll_to = None;
    }

    /// Puts the keyboard row and the selection on one row and scrolls there.
    pub(crate) fn go_to(&mut self, row: u64) {
        self.choose(row);
        self.scroll_to = Some(row);
    }

    /// The same without scrolling.
    pub(crate) fn choose(&mut self, row: u64) {
        self.cursor = Some(row);
        self.anchor = Some(row);
        self.in_header = false;
        self.selection.set(row..row.saturating_add(1));
    }

    /// True while something over the table has Esc for itself: a funnel, a menu, the strip that finds.
    pub(crate) fn owns_escape(&self) -> bool {
        self.funnel.is_some() || self.find.is_some() || self.header.has_menu()
    }

    fn extend_to(&mut self, row: u64) {
        let from = *self.anchor.get_or_insert(row);
        self.selection
            .set(from.min(row)..from.max(row).saturating_add(1));
        self.cursor = Some(row);
    }
}

/// What happened in a table during a frame.
#[derive(Debug, Clone, Default)]
pub(crate) struct TableOutput {
    /// A row was double-clicked, or Enter pressed on it.
    pub(crate) open: Option<u64>,
    /// The keyboard row moved there, by keys or by a click.
    pub(crate) moved: Option<u64>,
    /// Another order or other filters are wanted.
    pub(crate) view: Option<TableView>,
    /// Another layout is wanted.
    pub(crate) layout: Option<TableLayout>,
    /// The values of this column are wanted, for its funnel.
    pub(crate) values: Option<&'static str>,
    /// A search is wanted.
    pub(crate) find: Option<FindWish>,
    /// The menu of this row is wanted: by the second button or the menu key.
    pub(crate) menu: Option<MenuWish>,
    /// The selection should be copied; with shift the format is asked for.
    pub(crate) copy: Option<CopyWish>,
    /// Rows in view, so that missing pages are asked for.
    pub(crate) visible: Range<u64>,
    /// Focusable id of the body.
    pub(crate) id: Option<Id>,
}

/// Where the menu of a row is wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct MenuWish {
    /// The row.
    pub(crate) row: u64,
    /// The column that was pointed at.
    pub(crate) column: Option<&'static str>,
    /// The place.
    pub(crate) at: Pos2,
    /// True when it was the key.
    pub(crate) by_key: bool,
}

/// How the selection should be copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CopyWish {
    /// As spreadsheets paste it.
    AsUsual,
    /// In a format that is to be chosen.
    Ask,
}

/// A table; draw it with [`Table::show`].
pub(crate) struct Table<'a> {
    /// Name, for ids and screen readers.
    pub(crate) name: &'a str,
    /// The columns that are shown, in order.
    pub(crate) columns: &'a [Column],
    /// How many of them stay while the rest scrolls.
    pub(crate) frozen: usize,
    /// Height of a row.
    pub(crate) row_height: f32,
    /// Its order and filters.
    pub(crate) view: &'a TableView,
    /// What a person changed of its layout.
    pub(crate) layout: &'a TableLayout,
    /// Values of the column whose funnel is open, once they are known.
    pub(crate) values: Option<&'a ValueCounts>,
    /// True when the last search found nothing.
    pub(crate) found_nothing: bool,
    /// Today, for days that are typed without a year.
    pub(crate) today: BillDate,
}

/// Where the columns of a table stand in this frame.
struct Placed {
    /// The whole table inside its edge.
    inner: Rect,
    /// The rows.
    body: Rect,
    /// Widths of the columns.
    widths: Vec<f32>,
    /// Right end of the columns that stay.
    split: f32,
    extent: Extent,
    id: Id,
    focused: bool,
}

/// What a table draws from in this frame.
struct Drawn<'a> {
    /// Where its columns stand.
    placed: &'a Placed,
    /// Its content.
    rows: &'a dyn Rows,
    /// What the pointer and the keyboard do on its body.
    focus: &'a Response,
}

impl Placed {
    /// Left and right of a column on the screen, cut to nothing.
    fn column(&self, nth: usize, frozen: usize, scroll_x: f32) -> egui::Rangef {
        let before: f32 = self.widths.iter().take(nth).sum();
        let width = self.widths.get(nth).copied().unwrap_or_default();
        let offset = if nth < frozen { 0.0 } else { scroll_x };
        let left = self.inner.left() + before - offset;
        egui::Rangef::new(left, left + width)
    }

    /// The line of the headers.
    fn head(&self) -> Rect {
        Rect::from_min_size(self.inner.min, vec2(self.inner.width(), HEADER))
    }

    /// What is seen of the columns that stay, or of those that scroll.
    fn part(&self, area: Rect, frozen: bool) -> Rect {
        let split = self.split.min(area.right());
        if frozen {
            area.with_max_x(split)
        } else {
            area.with_min_x(split)
        }
    }
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
        let id = paint::id(ui, ("table", self.name));
        let mut output = TableOutput {
            id: Some(id),
            ..TableOutput::default()
        };
        let body = Rect::from_min_max(pos2(inner.left(), inner.top() + HEADER), inner.max);
        let focus = ui.interact(body, id, Sense::click_and_drag());
        let name = words(ui).table_name(self.name);
        focus.widget_info(|| WidgetInfo::labeled(Role::Table, true, name));
        let mut placed = self.placed(inner, id, rows.count(), memory);
        memory.scroll.settle(&placed.extent, ui.pixels_per_point());
        placed.focused = focus.has_focus();
        memory.page = ((body.height() / self.row_height) as u64).max(1);
        if placed.focused {
            self.keyboard(ui, &placed, memory, &mut output);
        }
        if let Some(row) = memory.scroll_to.take().filter(|row| *row < rows.count()) {
            memory.scroll.show_row(row, &placed.extent);
        }
        memory.scroll.settle(&placed.extent, ui.pixels_per_point());
        let drawn = Drawn {
            placed: &placed,
            rows,
            focus: &focus,
        };
        paint::region(ui, inner, name, |ui| {
            self.body(ui, &drawn, memory, &mut output);
            self.header(ui, &drawn, memory, &mut output);
            memory.scroll.bars(ui, body, id, &placed.extent);
        });
        self.funnel(ui, memory, &mut output);
        self.find_strip(ui, inner, memory, &mut output);
        let claim = crate::keys::TableClaim {
            header: placed.focused && memory.in_header,
            escape: memory.owns_escape(),
        };
        crate::keys::claim(ui.ctx(), claim);
        let edge = Stroke::new(t.hairline, t.line_weak);
        paint::framed(ui.painter(), rect, 8, egui::Color32::TRANSPARENT, edge);
        output
    }

    fn placed(&self, inner: Rect, id: Id, rows: u64, memory: &TableMemory) -> Placed {
        let widths = self.widths(inner.width(), memory.header.widths());
        let frozen: f32 = widths.iter().take(self.frozen).sum();
        let all: f32 = widths.iter().sum();
        let split = inner.left() + frozen.min(inner.width());
        let body = Rect::from_min_max(pos2(inner.left(), inner.top() + HEADER), inner.max);
        let extent = Extent {
            rows,
            row_height: self.row_height,
            height: body.height(),
            columns: all - frozen,
            width: (inner.right() - split).max(0.0),
        };
        Placed {
            inner,
            body,
            widths,
            split,
            extent,
            id,
            focused: false,
        }
    }

    /// Chosen widths, else preferred ones; the elastic column takes the rest while nobody chose its width.
    fn widths(&self, available: f32, live: &BTreeMap<&'static str, f32>) -> Vec<f32> {
        let chosen = |column: &Column| {
            let kept = self.layout.widths.get(column.id);
            let kept = kept.map(|width| f32::from(*width));
            live.get(column.id).copied().or(kept)
        };
        let mut widths: Vec<f32> = self
            .columns
            .iter()
            .map(|column| chosen(column).unwrap_or(column.width))
            .map(|width| width.clamp(*WIDTHS.start(), *WIDTHS.end()))
            .collect();
        let taken: f32 = widths.iter().sum();
        for (column, width) in self.columns.iter().zip(&mut widths) {
            if column.elastic && chosen(column).is_none() && taken < available {
                *width = (*width + available - taken).floor();
            }
        }
        widths
    }

    /// The place of a column among those that are shown.
    fn place_of(&self, id: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.id == id)
    }

    /// The column under a point of the body or the header.
    fn column_at(&self, placed: &Placed, x: f32, scroll_x: f32) -> Option<&'static str> {
        let frozen = x < placed.split;
        let mut places = (0..).zip(self.columns);
        let (_, column) = places.find(|(nth, _)| {
            (*nth < self.frozen) == frozen && placed.column(*nth, self.frozen, scroll_x).contains(x)
        })?;
        Some(column.id)
    }

    /// The layout with these columns in this order.
    fn with_order(&self, order: Vec<String>) -> TableLayout {
        TableLayout {
            order: Some(order),
            ..self.layout.clone()
        }
    }

    fn order(&self) -> Vec<String> {
        self.columns
            .iter()
            .map(|column| column.id.to_owned())
            .collect()
    }
}

/// Ground and lines of the header, drawn before its cells.
fn header_ground(ui: &Ui, placed: &Placed, t: &Tokens) -> Rect {
    let head = placed.head();
    let corners = egui::CornerRadius {
        nw: 7,
        ne: 7,
        sw: 0,
        se: 0,
    };
    ui.painter().rect_filled(head, corners, t.sunken);
    paint::hline(ui.painter(), head.x_range(), head.bottom() - 1.0, t.line);
    head
}
