//! The header of a table: sorts, moves, widens, freezes and hides columns, and opens their funnels.

use std::cell::Cell as Measured;
use std::collections::BTreeMap;

use egui::accesskit::Role;
use egui::{
    CursorIcon, Id, LayerId, Popup, PopupKind, Pos2, Rangef, Rect, Sense, Ui, WidgetInfo, pos2,
    vec2,
};

use super::{Column, Drawn, Placed, Table, TableMemory, TableOutput, header_ground};
use crate::text::words;
use crate::theme::{TypeStyle, tokens};
use crate::widgets::input;
use crate::{icons, paint};

/// Half the width of what is grabbed to make a column wider.
const GRAB: f32 = 3.0;

/// What the header remembers between frames.
#[derive(Debug, Default)]
pub(super) struct HeaderMemory {
    /// Widths while they are dragged, before they are kept.
    widths: BTreeMap<&'static str, f32>,
    /// The column that is carried to another place.
    carried: Option<&'static str>,
    /// The column that is made as wide as its content, and what its content needs.
    fitted: Option<(&'static str, Measured<f32>)>,
    menu: Option<HeaderMenu>,
}

#[derive(Debug, Clone, Copy)]
struct HeaderMenu {
    column: &'static str,
    at: Pos2,
    /// The first entry still has to get the focus.
    fresh: bool,
}

/// An entry of the menu of a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HeaderAction {
    Ascending,
    Descending,
    Filter,
    Fit,
    Freeze,
    Unfreeze,
    Hide,
    MoveLeft,
    MoveRight,
}

impl HeaderMemory {
    pub(super) const fn widths(&self) -> &BTreeMap<&'static str, f32> {
        &self.widths
    }

    pub(super) const fn has_menu(&self) -> bool {
        self.menu.is_some()
    }

    pub(super) fn open_menu(&mut self, column: &'static str, at: Pos2) {
        self.menu = Some(HeaderMenu {
            column,
            at,
            fresh: true,
        });
    }

    /// Where cells of a column say what they need, while it is fitted.
    pub(super) fn fitting(&self, column: &str) -> Option<&Measured<f32>> {
        let fitted = self.fitted.as_ref().filter(|(id, _)| *id == column);
        fitted.map(|(_, measured)| measured)
    }
}

impl Table<'_> {
    pub(super) fn header(
        &self,
        ui: &mut Ui,
        drawn: &Drawn<'_>,
        memory: &mut TableMemory,
        output: &mut TableOutput,
    ) {
        let placed = drawn.placed;
        let head = header_ground(ui, placed, tokens(ui));
        self.finish_fit(memory, output);
        for frozen in [false, true] {
            let part = placed.part(head, frozen);
            if part.width() <= 0.0 {
                continue;
            }
            let salt = if frozen { "head stays" } else { "head scrolls" };
            paint::region(ui, part, salt, |ui| {
                for (nth, column) in self.columns.iter().enumerate() {
                    if (nth < self.frozen) != frozen {
                        continue;
                    }
                    let place = placed.column(nth, self.frozen, memory.scroll.x);
                    if place.intersects(part.x_range()) {
                        let rect = Rect::from_x_y_ranges(place, head.y_range());
                        self.head(ui, (nth, column, rect), memory, output);
                    }
                }
            });
        }
        self.edges(ui, drawn, memory, output);
        self.carry(ui, placed, memory, output);
        self.header_menu(ui, placed, memory, output);
    }

    /// One header: words, caret, funnel.
    fn head(
        &self,
        ui: &Ui,
        (nth, column, rect): (usize, &Column, Rect),
        memory: &mut TableMemory,
        output: &mut TableOutput,
    ) {
        let t = tokens(ui);
        let id = Id::unique((self.name, "head", column.id));
        let response = ui.interact(rect.shrink2(vec2(4.0, 0.0)), id, Sense::CLICK | Sense::DRAG);
        let name = column.label;
        response.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, true, name));
        if response.clicked() && column.sorts {
            let shift = ui.input(|input| input.modifiers.shift);
            let mut view = self.view.clone();
            view.sort_by(column.id, shift);
            output.view = Some(view);
        }
        if response.drag_started() {
            memory.header.carried = Some(column.id);
        }
        if response.secondary_clicked() {
            let at = response
                .interact_pointer_pos()
                .unwrap_or(rect.left_bottom());
            memory.header.open_menu(column.id, at);
        }
        let hovered = response.hovered() || ui.rect_contains_pointer(rect);
        let funnel = self.funnel_icon(ui, (column, rect, name), hovered);
        if funnel.is_some_and(|clicked| clicked) {
            self.open_funnel(column, rect.left_bottom(), memory, output);
        }
        self.words(ui, (nth, column, rect), hovered);
        if memory.in_header
            && memory.column == Some(column.id)
            && ui.memory(|m| {
                m.focused()
                    .is_some_and(|focused| Some(focused) == output.id)
            })
        {
            paint::ring(ui.painter(), rect.shrink(5.0), 3, t);
        }
    }

    fn words(&self, ui: &Ui, (nth, column, rect): (usize, &Column, Rect), hovered: bool) {
        let t = tokens(ui);
        let p = ui.painter();
        let y = rect.center().y;
        let sorted = self.view.sort_of(column.id);
        let filtered = self.view.filter_of(column.id).is_some();
        let several = self.view.sorts.len() > 1;
        let funnel_room = if filtered || (hovered && column.filters) {
            18.0
        } else {
            0.0
        };
        let caret_room = match sorted {
            Some(_) if several => 22.0,
            Some(_) => 14.0,
            None => 0.0,
        };
        let style = (TypeStyle::Small, t.text_2);
        let inset = if nth == 0 { 14.0 } else { 10.0 };
        let room = rect.width() - inset - 8.0 - caret_room - funnel_room;
        let label = if column.is_number() {
            let width = paint::width(p, column.header, TypeStyle::Small).min(room.max(0.0));
            let right = rect.right() - 10.0 - caret_room - funnel_room;
            paint::fit(p, pos2(right - width, y), room, column.header, style).0
        } else {
            paint::fit(p, pos2(rect.left() + inset, y), room, column.header, style).0
        };
        let (icon, color) = match sorted {
            Some((_, true)) => (icons::CARET_DOWN, t.accent),
            Some((_, false)) => (icons::CARET_UP, t.accent),
            None if hovered && column.sorts && !column.is_number() => (icons::CARET_UP, t.text_3),
            None => return,
        };
        paint::icon(p, pos2(label.right() + 9.0, y), icon, 11.0, color);
        if let Some((place, _)) = sorted.filter(|_| several) {
            let at = pos2(label.right() + 16.0, y);
            let digit = (place + 1).to_string();
            paint::left(p, at, &digit, (TypeStyle::Micro, t.accent));
        }
    }

    /// The funnel at the right end of a header: shown while the column is filtered or under the pointer, there
    /// for screen readers always. True when it was clicked.
    fn funnel_icon(
        &self,
        ui: &Ui,
        (column, rect, name): (&Column, Rect, &str),
        hovered: bool,
    ) -> Option<bool> {
        if !column.filters {
            return None;
        }
        let t = tokens(ui);
        let center = pos2(rect.right() - 14.0, rect.center().y);
        let place = Rect::from_center_size(center, vec2(20.0, 24.0));
        let id = Id::unique((self.name, "funnel", column.id));
        let response = ui.interact(place, id, Sense::CLICK);
        let said = (words(ui).table.filter_of)(name);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &said));
        let filtered = self.view.filter_of(column.id).is_some();
        let color = match (filtered, response.hovered()) {
            (true, _) => t.accent,
            (false, true) => t.text_1,
            (false, false) if hovered => t.text_3,
            (false, false) => return Some(response.clicked()),
        };
        paint::icon(ui.painter(), center, icons::FUNNEL, 12.0, color);
        Some(response.clicked())
    }

    /// The edges of the columns: a drag widens, a double click fits. Not in the way of Tab.
    fn edges(
        &self,
        ui: &Ui,
        &Drawn { placed, rows, .. }: &Drawn<'_>,
        memory: &mut TableMemory,
        output: &mut TableOutput,
    ) {
        let head = placed.head();
        for (nth, column) in self.columns.iter().enumerate() {
            let place = placed.column(nth, self.frozen, memory.scroll.x);
            let part = placed.part(head, nth < self.frozen);
            let x = place.max.min(head.right() - GRAB);
            if !part.expand(1.0).x_range().contains(x) {
                continue;
            }
            let grab = Rect::from_x_y_ranges(Rangef::new(x - GRAB, x + GRAB), head.y_range());
            let id = Id::unique((self.name, "edge", column.id));
            let response = ui.interact(grab, id, Sense::CLICK | Sense::DRAG);
            let response = response.on_hover_cursor(CursorIcon::ResizeHorizontal);
            if response.hovered() || response.dragged() {
                let line = Rangef::new(head.top(), placed.body.bottom());
                paint::vline(ui.painter(), x, line, tokens(ui).accent);
            }
            if response.dragged()
                && let Some(at) = response.interact_pointer_pos()
            {
                let width = (at.x - place.min).clamp(*super::WIDTHS.start(), *super::WIDTHS.end());
                memory.header.widths.insert(column.id, width.round());
            }
            if response.drag_stopped() {
                self.keep_widths(memory, output);
            }
            if response.double_clicked() {
                // The cells of the next frame say what they need.
                memory.header.fitted = Some((column.id, Measured::new(0.0)));
                let _ = rows.count();
                ui.ctx().request_repaint();
            }
        }
    }

    /// Takes what the cells of a fitted column needed; the header needs room for its words, too.
    fn finish_fit(&self, memory: &mut TableMemory, output: &mut TableOutput) {
        let Some((column, needed)) = &memory.header.fitted else {
            return;
        };
        let (column, needed) = (*column, needed.get());
        if needed <= 0.0 {
            return;
        }
        memory.header.fitted = None;
        memory.header.widths.insert(column, needed.ceil());
        self.keep_widths(memory, output);
    }

    fn keep_widths(&self, memory: &mut TableMemory, output: &mut TableOutput) {
        let mut layout = self.layout.clone();
        for (column, width) in std::mem::take(&mut memory.header.widths) {
            layout.widths.insert(column.to_owned(), width as u16);
        }
        output.layout = Some(layout);
    }

    /// A column that is dragged: a line shows where it would go, the release puts it there.
    fn carry(&self, ui: &Ui, placed: &Placed, memory: &mut TableMemory, output: &mut TableOutput) {
        let head = placed.head();
        let Some(carried) = memory.header.carried else {
            return;
        };
        let id = Id::unique((self.name, "head", carried));
        let pointer = ui.input(|input| input.pointer.interact_pos());
        let released = ui.input(|input| input.pointer.any_released());
        let still = ui.ctx().is_being_dragged(id);
        let Some(from) = self.place_of(carried).filter(|_| still || released) else {
            memory.header.carried = None;
            return;
        };
        let Some(x) = pointer.map(|at| at.x) else {
            return;
        };
        let middles = (0..self.columns.len())
            .map(|nth| placed.column(nth, self.frozen, memory.scroll.x).center());
        let to = middles.filter(|middle| *middle < x).count();
        let unmoved = to == from || to == from + 1;
        if !unmoved {
            let line = match to.checked_sub(1) {
                Some(before) => placed.column(before, self.frozen, memory.scroll.x).max,
                None => placed.inner.left(),
            };
            let mark = Rect::from_x_y_ranges(Rangef::new(line - 1.0, line + 1.0), head.y_range());
            ui.painter().rect_filled(mark, 0, tokens(ui).accent);
        }
        if released {
            memory.header.carried = None;
            if !unmoved {
                output.layout = Some(self.moved(from, to));
            }
        }
    }

    /// The layout with a column moved before the one at `to`.
    fn moved(&self, from: usize, to: usize) -> recondesk_app::tables::TableLayout {
        let mut order = self.order();
        if from < order.len() {
            let column = order.remove(from);
            let to = if to > from { to - 1 } else { to };
            order.insert(to.min(order.len()), column);
        }
        self.with_order(order)
    }

    fn header_menu(
        &self,
        ui: &Ui,
        placed: &Placed,
        memory: &mut TableMemory,
        output: &mut TableOutput,
    ) {
        let Some(menu) = memory.header.menu else {
            return;
        };
        let Some(nth) = self.place_of(menu.column) else {
            memory.header.menu = None;
            return;
        };
        let mut open = true;
        let mut chosen = None;
        let id = Id::unique((self.name, "header menu"));
        let layer = LayerId::new(egui::Order::Middle, id);
        Popup::new(id, ui.ctx().clone(), menu.at, layer)
            .kind(PopupKind::Menu)
            .gap(2.0)
            .open_bool(&mut open)
            .show(|ui| {
                ui.set_width(200.0);
                ui.spacing_mut().item_spacing.y = 0.0;
                for (at, (action, label)) in self.header_entries(ui, nth).into_iter().enumerate() {
                    let response = input::menu_row(ui, label, at as u64, false);
                    if at == 0 && menu.fresh {
                        response.request_focus();
                    }
                    if response.clicked() {
                        chosen = Some(action);
                        ui.close();
                    }
                }
            });
        if let Some(menu) = &mut memory.header.menu {
            menu.fresh = false;
        }
        if chosen.is_some() || (!open && !menu.fresh) {
            memory.header.menu = None;
            ui.memory_mut(|memory| memory.request_focus(placed.id));
        }
        if let Some(action) = chosen {
            self.header_action((nth, action), menu.at, memory, output);
        }
    }

    fn header_entries(&self, ui: &Ui, nth: usize) -> Vec<(HeaderAction, &'static str)> {
        let w = &words(ui).table;
        let Some(column) = self.columns.get(nth) else {
            return Vec::new();
        };
        let freezes = nth + 1 != self.frozen;
        let all = [
            (HeaderAction::Ascending, w.ascending, column.sorts),
            (HeaderAction::Descending, w.descending, column.sorts),
            (HeaderAction::Filter, w.filter, column.filters),
            (HeaderAction::Fit, w.fit, true),
            (HeaderAction::Freeze, w.freeze, freezes),
            (HeaderAction::Unfreeze, w.unfreeze, self.frozen > 0),
            (HeaderAction::MoveLeft, w.move_left, nth > 0),
            (
                HeaderAction::MoveRight,
                w.move_right,
                nth + 1 < self.columns.len(),
            ),
            (HeaderAction::Hide, w.hide, self.columns.len() > 1),
        ];
        let offered = all.into_iter().filter(|entry| entry.2);
        offered.map(|(action, label, _)| (action, label)).collect()
    }

    fn header_action(
        &self,
        (nth, action): (usize, HeaderAction),
        at: Pos2,
        memory: &mut TableMemory,
        output: &mut TableOutput,
    ) {
        let Some(column) = self.columns.get(nth) else {
            return;
        };
        let mut layout = self.layout.clone();
        match action {
            HeaderAction::Ascending | HeaderAction::Descending => {
                let mut view = self.view.clone();
                view.sorts = vec![recondesk_app::tables::ColumnSort {
                    column: column.id.to_owned(),
                    descending: action == HeaderAction::Descending,
                }];
                output.view = Some(view);
            }
            HeaderAction::Filter => self.open_funnel(column, at, memory, output),
            HeaderAction::Fit => {
                memory.header.fitted = Some((column.id, Measured::new(0.0)));
            }
            HeaderAction::Freeze => {
                layout.frozen = u8::try_from(nth + 1).ok();
                output.layout = Some(layout);
            }
            HeaderAction::Unfreeze => {
                layout.frozen = Some(0);
                output.layout = Some(layout);
            }
            HeaderAction::MoveLeft => output.layout = Some(self.moved(nth, nth.saturating_sub(1))),
            HeaderAction::MoveRight => output.layout = Some(self.moved(nth, nth + 2)),
            HeaderAction::Hide => {
                let mut order = self.order();
                order.retain(|id| id != column.id);
                output.layout = Some(self.with_order(order));
            }
        }
    }
}
