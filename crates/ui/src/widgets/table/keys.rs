//! The keys of a focused table.

use egui::{Event, EventFilter, InputState, Key, Modifiers, Ui, pos2};

use super::{CopyWish, MenuWish, Placed, Table, TableMemory, TableOutput};

/// Where the keyboard row goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowStep {
    To(u64),
    Header,
}

impl Table<'_> {
    /// Arrows, pages and ends move, Shift extends, Ctrl A takes all; left and right choose the column; up from
    /// the first row leads to the header, where Enter sorts and Alt Down opens the funnel.
    pub(super) fn keyboard(
        &self,
        ui: &Ui,
        placed: &Placed,
        memory: &mut TableMemory,
        output: &mut TableOutput,
    ) {
        ui.memory_mut(|m| {
            m.set_focus_lock_filter(
                placed.id,
                EventFilter {
                    horizontal_arrows: true,
                    vertical_arrows: true,
                    ..EventFilter::default()
                },
            );
        });
        self.columns_by_key(ui, placed, memory);
        if memory.in_header {
            self.header_keys(ui, placed, memory, output);
            return;
        }
        let count = placed.extent.rows;
        if count == 0 {
            if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::ArrowUp)) {
                memory.in_header = true;
            }
            return;
        }
        ui.input_mut(|input| row_keys(input, count, memory, output));
        let wants_menu = ui.input_mut(|input| {
            input.consume_key(Modifiers::NONE, Key::Menu)
                || input.consume_key(Modifiers::SHIFT, Key::F10)
        });
        if let Some(row) = memory.cursor.filter(|_| wants_menu) {
            memory.scroll.show_row(row, &placed.extent);
            let top = placed.body.top() + memory.scroll.top_of(row, &placed.extent);
            let nth = memory.column.and_then(|column| self.place_of(column));
            let left = nth.map_or(placed.body.left(), |nth| {
                placed.column(nth, self.frozen, memory.scroll.x).min
            });
            output.menu = Some(MenuWish {
                row,
                column: memory.column,
                at: pos2(left.max(placed.body.left()), top + self.row_height),
                by_key: true,
            });
        }
        output.copy = ui.input(|input| {
            let copies = input
                .events
                .iter()
                .any(|event| matches!(event, Event::Copy));
            let shift = input.modifiers.shift;
            copies.then_some(if shift {
                CopyWish::Ask
            } else {
                CopyWish::AsUsual
            })
        });
    }

    /// Left and right choose a column, and scroll it into view.
    fn columns_by_key(&self, ui: &Ui, placed: &Placed, memory: &mut TableMemory) {
        let step = ui.input_mut(|input| {
            let right = input.consume_key(Modifiers::NONE, Key::ArrowRight);
            let left = input.consume_key(Modifiers::NONE, Key::ArrowLeft);
            (right, left)
        });
        let here = memory.column.and_then(|column| self.place_of(column));
        let last = self.columns.len().saturating_sub(1);
        let next = match (step, here) {
            ((true, _), Some(at)) => at.saturating_add(1).min(last),
            ((_, true), Some(at)) => at.saturating_sub(1),
            ((true, _) | (_, true), None) => 0,
            ((false, false), _) => return,
        };
        memory.column = self.columns.get(next).map(|column| column.id);
        if next >= self.frozen {
            let place = placed.column(next, self.frozen, 0.0);
            let from = placed.split;
            let place = egui::Rangef::new(place.min - from, place.max - from);
            memory.scroll.show_column(place, &placed.extent);
        }
    }

    fn header_keys(
        &self,
        ui: &Ui,
        placed: &Placed,
        memory: &mut TableMemory,
        output: &mut TableOutput,
    ) {
        if memory.column.is_none() {
            memory.column = self.columns.first().map(|column| column.id);
        }
        let column = memory.column.and_then(|id| self.place_of(id));
        let column = column.and_then(|nth| Some((nth, self.columns.get(nth)?)));
        let (down, sort, add, funnel, menu) = ui.input_mut(|input| {
            let funnel = input.consume_key(Modifiers::ALT, Key::ArrowDown);
            let down = input.consume_key(Modifiers::NONE, Key::ArrowDown);
            let add = input.consume_key(Modifiers::SHIFT, Key::Enter);
            let sort = input.consume_key(Modifiers::NONE, Key::Enter);
            let menu = input.consume_key(Modifiers::NONE, Key::Menu)
                || input.consume_key(Modifiers::SHIFT, Key::F10);
            (down, sort, add, funnel, menu)
        });
        if down {
            memory.in_header = false;
            if memory.cursor.is_none() && placed.extent.rows > 0 {
                memory.go_to(0);
            }
        }
        let Some((nth, column)) = column else {
            return;
        };
        let at = pos2(
            placed.column(nth, self.frozen, memory.scroll.x).min,
            placed.body.top(),
        );
        if (sort || add) && column.sorts {
            let mut view = self.view.clone();
            view.sort_by(column.id, add);
            output.view = Some(view);
        }
        if funnel && column.filters {
            self.open_funnel(column, at, memory, output);
        }
        if menu {
            memory.header.open_menu(column.id, at);
        }
    }
}

fn row_keys(
    input: &mut InputState,
    count: u64,
    memory: &mut TableMemory,
    output: &mut TableOutput,
) {
    let last = count.saturating_sub(1);
    if let Some(RowStep::To(row)) = step(input, Modifiers::SHIFT, last, memory) {
        memory.extend_to(row);
        memory.scroll_to = Some(row);
        output.moved = Some(row);
    }
    match step(input, Modifiers::NONE, last, memory) {
        Some(RowStep::To(row)) => {
            memory.go_to(row);
            output.moved = Some(row);
        }
        Some(RowStep::Header) => memory.in_header = true,
        None => {}
    }
    for (key, row) in [(Key::Home, 0), (Key::End, last)] {
        if input.consume_key(Modifiers::COMMAND, key) {
            memory.go_to(row);
            output.moved = Some(row);
        }
    }
    if input.consume_key(Modifiers::COMMAND, Key::A) {
        memory.selection.set(0..count);
        memory.anchor = Some(0);
    }
    if input.consume_key(Modifiers::NONE, Key::Space)
        && let Some(row) = memory.cursor
    {
        memory.selection.toggle(row);
        memory.anchor = Some(row);
    }
    if input.consume_key(Modifiers::NONE, Key::Enter) {
        output.open = memory.cursor.map(|row| row.min(last));
    }
}

fn step(
    input: &mut InputState,
    modifiers: Modifiers,
    last: u64,
    memory: &TableMemory,
) -> Option<RowStep> {
    let plain = modifiers == Modifiers::NONE;
    let at = memory.cursor.map(|row| row.min(last));
    let here = at.unwrap_or(0);
    let page = memory.page.saturating_sub(1).max(1);
    let mut key = |key| input.consume_key(modifiers, key);
    if key(Key::ArrowDown) || (plain && key(Key::J)) {
        return Some(RowStep::To(
            at.map_or(0, |row| row.saturating_add(1).min(last)),
        ));
    }
    let up = key(Key::ArrowUp);
    if up && plain && here == 0 {
        return Some(RowStep::Header);
    }
    if up || (plain && key(Key::K)) {
        return Some(RowStep::To(here.saturating_sub(1)));
    }
    if key(Key::PageDown) {
        return Some(RowStep::To(here.saturating_add(page).min(last)));
    }
    if key(Key::PageUp) {
        return Some(RowStep::To(here.saturating_sub(page)));
    }
    if key(Key::Home) {
        return Some(RowStep::To(0));
    }
    key(Key::End).then_some(RowStep::To(last))
}
