//! Rows that an import refused, mended cell by cell: the bad cell is marked and says why, what is changed is checked, and
//! the rows that are well are stored.

mod parts;

use std::collections::BTreeMap;

use egui::{Context, Key, Rect, Sense, Ui, pos2, vec2};

use self::parts::{columns, head, nothing, plain, verdict, width};
use crate::action::Outbox;
use crate::page::Page;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::Button;
use crate::widgets::card;
use crate::widgets::dialog::{Dialog, Ended};
use crate::widgets::input::Field;
use crate::{format, paint};
use recondesk_app::Command;
use recondesk_app::model::{CellEdit, MendedRows, RefusedRow, RefusedRows};
use recondesk_domain::ProfileId;

const WIDTH: f32 = 1080.0;
const TOP: f32 = 40.0;
const HEAD: f32 = 32.0;
/// A row: its cells, and below them why it is refused.
const ROW: f32 = 58.0;
/// Room of mark and line number.
const LINE: f32 = 84.0;
/// Rows in view at most; the others scroll.
const SHOWN: usize = 7;
/// Rows drawn beyond the view, so that Tab leads on.
const MARGIN: usize = 2;

/// A cell: the line of its row, and its place in it.
type RefusedPlace = (u32, usize);

/// The dialog, while it is open.
#[derive(Default)]
pub(in crate::screens) struct RefusedDialog {
    about: Option<(ProfileId, u32)>,
    /// What was changed so far.
    edits: BTreeMap<RefusedPlace, String>,
    /// What of it was checked.
    checked: BTreeMap<RefusedPlace, String>,
    /// The row whose cells may all be changed.
    chosen: Option<u32>,
    /// True while it asks whether the changes are given up.
    asks: bool,
    /// True until the first bad cell had the focus.
    wants_focus: bool,
    /// The columns in the order in which they are drawn: it stays while rows are mended.
    order: Vec<usize>,
    /// An arrow key left the cell of this row, down or up.
    jump: Option<(u32, bool)>,
}

impl RefusedDialog {
    /// Opens it over an import; changes that were not stored are gone only when the person says so.
    pub(in crate::screens) fn start(&mut self, about: (ProfileId, u32), out: &mut Outbox) {
        if self.about != Some(about) {
            *self = Self {
                about: Some(about),
                wants_focus: true,
                ..Self::default()
            };
        }
        out.run(Command::RefusedRows(about.0, about.1));
    }

    /// Draws it; questions go out.
    pub(in crate::screens) fn show(&mut self, ctx: &Context, page: &Page<'_>, out: &mut Outbox) {
        let Some(about) = self.about else {
            return;
        };
        let asked = self.asks;
        let ended = self.draw(ctx, page, about, out);
        if asked {
            self.ask_to_leave(ctx, page);
            return;
        }
        match ended {
            Ended::No => {}
            Ended::Done if self.edits != self.checked => self.check(about, out),
            Ended::Done => out.run(Command::ImportMended(Box::new(self.wish(about)))),
            Ended::Cancelled if self.edits.is_empty() => *self = Self::default(),
            Ended::Cancelled => self.asks = true,
        }
    }

    fn wish(&self, (profile, import): (ProfileId, u32)) -> MendedRows {
        let edits = self.edits.iter();
        MendedRows {
            profile,
            import,
            edits: edits
                .map(|((line, column), text)| CellEdit {
                    line: *line,
                    column: *column,
                    text: text.clone(),
                })
                .collect(),
        }
    }

    fn check(&mut self, about: (ProfileId, u32), out: &mut Outbox) {
        self.checked = self.edits.clone();
        out.run(Command::TryMended(Box::new(self.wish(about))));
    }

    fn ask_to_leave(&mut self, ctx: &Context, page: &Page<'_>) {
        let w = &page.w.refused;
        let dialog = Dialog {
            name: "leave refused rows",
            title: w.leave_title,
            width: 420.0,
            height: 36.0,
            note: "",
            leave: w.leave_back,
            deed: Button::secondary(w.leave_do),
            ready: true,
        };
        let ended = dialog.show(ctx, |ui, rect| {
            let at = pos2(rect.left(), rect.top() + 10.0);
            let style = (TypeStyle::Body, page.t.text_2);
            let (place, _) = paint::fit(ui.painter(), at, rect.width(), w.leave_note, style);
            paint::say(ui, "leave note", place, w.leave_note);
        });
        match ended {
            Ended::No => {}
            Ended::Cancelled => self.asks = false,
            Ended::Done => *self = Self::default(),
        }
    }

    fn draw(
        &mut self,
        ctx: &Context,
        page: &Page<'_>,
        about: (ProfileId, u32),
        out: &mut Outbox,
    ) -> Ended {
        let w = &page.w.refused;
        let refused = &page.state.refused;
        let model = refused.rows.value().map(AsRef::as_ref);
        let model = model.filter(|model| (model.profile, model.import) == about);
        // Rows that were stored take their changes with them.
        if let Some(model) = model.filter(|_| !refused.rows.is_loading()) {
            let here = |line: &u32| model.rows.iter().any(|row| row.line == *line);
            self.edits.retain(|(line, _), _| here(line));
            self.checked.retain(|(line, _), _| here(line));
        }
        let busy = refused.rows.is_loading() || refused.is_storing();
        let changed = self.edits != self.checked;
        let ready = model.map_or(0, RefusedRows::ready);
        let import = (w.import)(&format::count(ready));
        let (words, can) = if changed {
            (w.check, true)
        } else {
            (import.as_str(), ready > 0)
        };
        let shown = model.map_or(1, |model| model.rows.len().clamp(1, SHOWN));
        let failed = refused.rows.failure();
        let told = failed.map_or(0.0, |failure| card::failed_height(failure) + 12.0);
        let title = model.map_or(w.title.to_owned(), |model| (w.title_of)(&model.name));
        let dialog = Dialog {
            name: "refused rows",
            title: &title,
            width: WIDTH,
            height: told + TOP + HEAD + shown as f32 * ROW + 12.0,
            note: w.note,
            leave: page.w.frame.close,
            deed: Button::primary(words).key("Ctrl ↵"),
            ready: can && !busy && !self.asks,
        };
        let mut entered = false;
        let mut other = None;
        let ended = dialog.show(ctx, |ui, rect| {
            let mut rest = rect;
            if let Some(failure) = failed {
                let place = Rect::from_min_size(rest.min, vec2(rest.width(), told - 12.0));
                card::failed(ui, place, failure);
                rest.min.y += told;
            }
            let top = Rect::from_min_size(rest.min, vec2(rest.width(), TOP - 8.0));
            other = head(ui, top, page, (about, model, busy));
            rest.min.y += TOP;
            match model.filter(|model| !model.rows.is_empty()) {
                Some(model) => entered = self.table(ui, rest, page, model),
                None => nothing(ui, rest, page, model),
            }
        });
        if let Some(other) = other.filter(|_| self.edits.is_empty()) {
            self.start((about.0, other), out);
        }
        if entered && changed && !busy {
            self.check(about, out);
        }
        ended
    }

    /// Header and rows; true when Enter ended a cell.
    fn table(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>, model: &RefusedRows) -> bool {
        if self.order.len() != model.headers.len() {
            self.order = columns(model);
        }
        let order = self.order.clone();
        let widths: Vec<f32> = order
            .iter()
            .map(|column| width(ui, model, *column))
            .collect();
        let whole = LINE + widths.iter().sum::<f32>();
        let t = page.t;
        let mut entered = false;
        paint::region(ui, rect.expand(1.0), "refused table", |ui| {
            egui::ScrollArea::both()
                .auto_shrink(false)
                .show_viewport(ui, |ui, viewport| {
                    let size = vec2(
                        whole.max(viewport.width()),
                        HEAD + ROW * model.rows.len() as f32,
                    );
                    let (area, _) = ui.allocate_exact_size(size, Sense::hover());
                    let first = ((viewport.top() - HEAD) / ROW).max(0.0) as usize;
                    let first = first.saturating_sub(MARGIN);
                    let last = ((viewport.bottom() - HEAD) / ROW).max(0.0).ceil() as usize;
                    let rows = model.rows.iter().enumerate();
                    let seen = area.left() + viewport.right();
                    for (nth, row) in rows.take(last + MARGIN).skip(first) {
                        let top = area.top() + HEAD + ROW * nth as f32;
                        let place = Rect::from_min_size(pos2(area.left(), top), vec2(size.x, ROW));
                        entered |= self.row(ui, (place, seen), page, (row, &order, &widths));
                    }
                    self.leap(ui, page, model);
                    // The header stays while the rows pass under it.
                    let head = Rect::from_min_size(
                        pos2(area.left(), area.top() + viewport.top()),
                        vec2(size.x, HEAD),
                    );
                    let p = ui.painter();
                    p.rect_filled(head, 0, t.sunken);
                    paint::hline(p, head.x_range(), head.bottom() - 1.0, t.line);
                    let style = (TypeStyle::Small, t.text_3);
                    let y = head.center().y;
                    paint::left(p, pos2(head.left() + 28.0, y), page.w.refused.line, style);
                    let mut x = head.left() + LINE;
                    for (column, width) in order.iter().zip(&widths) {
                        let name = model.headers.get(*column).map_or("", String::as_str);
                        paint::fit(p, pos2(x + 8.0, y), width - 16.0, name, style);
                        x += width;
                    }
                });
        });
        entered
    }

    fn row(
        &mut self,
        ui: &mut Ui,
        (rect, seen): (Rect, f32),
        page: &Page<'_>,
        (row, order, widths): (&RefusedRow, &[usize], &[f32]),
    ) -> bool {
        let (t, w) = (page.t, &page.w.refused);
        let of_row = |place: &RefusedPlace| place.0 == row.line;
        let changed = self.edits.iter().filter(|(place, _)| of_row(place));
        let checked = self.checked.iter().filter(|(place, _)| of_row(place));
        let open = !changed.eq(checked);
        let (mood, words) = match &row.fault {
            _ if open => (Tone::Info, w.unchecked.to_owned()),
            Some(fault) => (Tone::Fault, page.w.of(&fault.why).to_owned()),
            None => (Tone::Ok, w.well.to_owned()),
        };
        // Tab goes from cell to cell, not over rows.
        let id = paint::id(ui, ("refused row", row.line));
        let response = ui.interact(rect, id, Sense::CLICK);
        if response.clicked() {
            self.chosen = Some(row.line);
        }
        let p = ui.painter().clone();
        if self.chosen == Some(row.line) {
            p.rect_filled(rect, 0, t.selected);
        }
        paint::hline(&p, rect.x_range(), rect.bottom() - 1.0, t.line_weak);
        let y = rect.top() + 20.0;
        paint::mark(&p, pos2(rect.left() + 13.0, y), mood, t);
        let line = row.line.to_string();
        let style = (TypeStyle::Small, t.text_2);
        paint::left(&p, pos2(rect.left() + 28.0, y), &line, style);
        let bad = row.fault.as_ref().and_then(|fault| fault.at);
        let (mut x, mut reason_x) = (rect.left() + LINE, rect.left() + LINE);
        let mut entered = false;
        for (column, width) in order.iter().zip(widths) {
            let place = Rect::from_min_size(pos2(x + 1.0, y - 14.0), vec2(width - 6.0, 28.0));
            x += width;
            let Some(cell) = row.cells.get(*column) else {
                continue;
            };
            let is_bad = bad == Some(*column);
            if is_bad {
                reason_x = place.left();
            }
            let edited = self.edits.contains_key(&(row.line, *column));
            let is_field = !cell.masked && (is_bad || edited || self.chosen == Some(row.line));
            if is_field {
                let name = (w.cell)(&line, &header_of(page, *column));
                entered |= self.cell(
                    ui,
                    place,
                    (&name, is_bad && !open),
                    (row.line, *column, &cell.text),
                );
            } else {
                plain(&p, place, page, cell);
            }
        }
        let said = match mood {
            Tone::Ok | Tone::Info => (w.line_is)(&line, &words),
            _ => (page.w.import.line_of)(&line, &words),
        };
        verdict(ui, (rect, reason_x, seen), page, (mood, &words, &said));
        entered
    }

    /// Up and down lead to the bad cell of the next row.
    fn leap(&mut self, ui: &Ui, page: &Page<'_>, model: &RefusedRows) {
        let Some((line, down)) = self.jump.take() else {
            return;
        };
        let Some(here) = model.rows.iter().position(|row| row.line == line) else {
            return;
        };
        let next = if down {
            here.checked_add(1)
        } else {
            here.checked_sub(1)
        };
        let Some(row) = next.and_then(|next| model.rows.get(next)) else {
            return;
        };
        let bad = row.fault.as_ref().and_then(|fault| fault.at);
        let edited = self.edits.keys().find(|place| place.0 == row.line);
        if let Some(column) = bad.or(edited.map(|place| place.1)) {
            let line = row.line.to_string();
            let name = (page.w.refused.cell)(&line, &header_of(page, column));
            let id = Field::id_of(ui, &name, 0);
            ui.memory_mut(|memory| memory.request_focus(id));
        }
    }

    fn cell(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        (name, bad): (&str, bool),
        (line, column, text): (u32, usize, &str),
    ) -> bool {
        let place = (line, column);
        let known = self.edits.get(&place).map_or(text, String::as_str);
        let mut typed = known.to_owned();
        let response = Field::new(&mut typed, name).error(bad).show(ui, rect);
        if bad && std::mem::take(&mut self.wants_focus) {
            response.request_focus();
        }
        if response.gained_focus() {
            self.chosen = Some(line);
            response.scroll_to_me(None);
        }
        if response.has_focus() {
            let (down, up) = ui.input(|input| {
                (
                    input.key_pressed(Key::ArrowDown),
                    input.key_pressed(Key::ArrowUp),
                )
            });
            if down || up {
                self.jump = Some((line, down));
            }
        }
        if typed != known {
            self.edits.insert(place, typed);
        }
        response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
    }
}

/// The name of a column of the rows in view.
fn header_of(page: &Page<'_>, column: usize) -> String {
    let model = page.state.refused.rows.value();
    let header = model.and_then(|model| model.headers.get(column));
    header.cloned().unwrap_or_default()
}
