//! The first rows of the file under the columns they would be stored as; refused ones say why.

use egui::{Rect, Sense, Stroke, Ui, pos2, vec2};

use crate::page::Page;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::card::Empty;
use crate::widgets::input::select;
use crate::{icons, paint};
use recondesk_app::model::{ImportSheet, StoreAs};
use recondesk_intake::{Column, Mapping, Preview, RecordKind, Reject, RowFate, StateSubject};

const HEAD: f32 = 76.0;
/// Least height: the head and five rows.
pub(super) const LEAST: f32 = HEAD + 5.0 * ROW;
const LINE: f32 = 84.0;
const ROW: f32 = 30.0;
/// Columns drawn; what a file has beyond these cannot be chosen in the window.
const MOST_COLUMNS: usize = 64;

/// Draws it; the answer is the mapping with a column stored as something else.
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    (sheet, refused_only, scroll): (&ImportSheet, bool, &mut f32),
) -> Option<Mapping> {
    let t = page.t;
    paint::card(ui.painter(), rect, t);
    let inner = rect.shrink(1.0);
    let widths = widths(ui, sheet);
    let head = Rect::from_min_size(inner.min, vec2(inner.width(), HEAD));
    let changed = paint::region(ui, head, "import head", |ui| {
        ui.painter().rect_filled(head, 7, t.sunken);
        header(ui, head, page, (sheet, &widths, *scroll))
    });
    paint::hline(ui.painter(), inner.x_range(), head.bottom() - 1.0, t.line);
    let body = Rect::from_min_max(pos2(inner.left(), head.bottom()), inner.max);
    if sheet.guess.sample.is_empty() {
        let empty = Empty {
            icon: icons::FILE_TEXT,
            mood: Tone::Info,
            title: page.w.import.empty_title,
            note: page.w.import.empty_note,
            button: None,
            primary: false,
        };
        empty.show(ui, body);
        return changed;
    }
    let shown = rows_of(sheet, refused_only);
    // Each set of rows has a scroll position of its own.
    let name = if refused_only {
        "refused rows"
    } else {
        "import rows"
    };
    paint::region(ui, body, name, |ui| {
        let output =
            egui::ScrollArea::both()
                .auto_shrink(false)
                .show_viewport(ui, |ui, viewport| {
                    rows(ui, page, (sheet, &widths, &shown), viewport);
                });
        *scroll = output.state.clamped_offset().x;
    });
    changed
}

fn columns(sheet: &ImportSheet) -> impl Iterator<Item = &str> {
    sheet
        .guess
        .headers
        .iter()
        .take(MOST_COLUMNS)
        .map(String::as_str)
}

/// A column is as wide as its name and its first cells want, within limits.
fn widths(ui: &Ui, sheet: &ImportSheet) -> Vec<f32> {
    let p = ui.painter();
    columns(sheet)
        .enumerate()
        .map(|(at, header)| {
            let cells = sheet.guess.sample.iter().take(12);
            let cells = cells.filter_map(|row| row.cells.get(at)).map(|cell| {
                let shown: String = cell.chars().take(40).collect();
                paint::width(p, &shown, TypeStyle::Body)
            });
            let name = paint::width(p, header, TypeStyle::Mono);
            (cells.fold(name, f32::max) + 24.0).clamp(112.0, 210.0)
        })
        .collect()
}

fn options(page: &Page<'_>, kind: RecordKind) -> Vec<(StoreAs, &'static str)> {
    let w = page.w;
    let mut out = vec![(StoreAs::Nothing, w.import.skip)];
    let subjects = match kind {
        RecordKind::Orders => &StateSubject::ALL[..],
        RecordKind::Refunds => &[StateSubject::Refund][..],
    };
    out.extend(
        subjects
            .iter()
            .map(|about| (StoreAs::Words(*about), w.words_about(*about))),
    );
    let fitting = Column::ALL
        .into_iter()
        .filter(|column| column.belongs_to(kind));
    out.extend(fitting.map(|column| (StoreAs::Column(column), w.column(column))));
    let clocks = [
        (Column::CreatedAt, w.import.created_clock),
        (Column::PaidAt, w.import.paid_clock),
    ];
    let of_kind = clocks
        .into_iter()
        .filter(|(column, _)| column.belongs_to(kind));
    out.extend(of_kind.map(|(column, name)| (StoreAs::Clock(column), name)));
    out
}

fn header(
    ui: &mut Ui,
    head: Rect,
    page: &Page<'_>,
    (sheet, widths, scroll): (&ImportSheet, &[f32], f32),
) -> Option<Mapping> {
    let (t, w) = (page.t, &page.w.import);
    let options = options(page, sheet.mapping.kind);
    let (top, low) = (head.top() + 21.0, head.top() + 57.0);
    let mut changed = None;
    let moving = Rect::from_min_max(pos2(head.left() + LINE, head.top()), head.max);
    paint::region(ui, moving, "import columns", |ui| {
        let mut x = moving.left() - scroll;
        for (header, width) in columns(sheet).zip(widths) {
            let place = Rect::from_min_size(pos2(x, top - 14.0), vec2(width - 8.0, 28.0));
            x += width;
            if place.right() < moving.left() || place.left() > moving.right() {
                continue;
            }
            let current = sheet.stored_as(header);
            let picked = select(ui, place, header, &options, current);
            if let Some(wanted) = picked.filter(|wanted| *wanted != current) {
                changed = Some(sheet.with(header, wanted));
            }
            let color = if current == StoreAs::Nothing {
                t.disabled
            } else {
                t.text_2
            };
            let at = pos2(place.left() + 8.0, low);
            paint::fit(
                ui.painter(),
                at,
                width - 20.0,
                header,
                (TypeStyle::Mono, color),
            );
        }
    });
    let p = ui.painter();
    let style = (TypeStyle::Small, t.text_3);
    paint::left(p, pos2(head.left() + 13.0, top), w.store_as, style);
    paint::left(p, pos2(head.left() + 13.0, low), w.file_column, style);
    changed
}

/// A row of the file as it is drawn.
struct ShownRow<'a> {
    line: u32,
    cells: &'a [String],
    refused: Option<&'a Reject>,
}

/// The first rows of the file, or the first refused ones wherever they stand in it.
fn rows_of(sheet: &ImportSheet, refused_only: bool) -> Vec<ShownRow<'_>> {
    let preview = sheet.preview.as_ref();
    let refuses = |preview: &&Preview| refused_only && !preview.rejects.is_empty();
    if let Some(preview) = preview.filter(refuses) {
        let rejects = preview.rejects.iter();
        return rejects
            .map(|reject| ShownRow {
                line: reject.row.line,
                cells: &reject.cells,
                refused: Some(reject),
            })
            .collect();
    }
    let sample = &sheet.guess.sample;
    let shown = preview.map_or(sample.len(), |preview| preview.rows.len());
    let rows = sample.iter().enumerate().take(shown);
    rows.map(|(at, row)| ShownRow {
        line: row.line,
        cells: &row.cells,
        refused: refused(preview, at),
    })
    .collect()
}

fn rows(
    ui: &mut Ui,
    page: &Page<'_>,
    (sheet, widths, shown): (&ImportSheet, &[f32], &[ShownRow<'_>]),
    viewport: Rect,
) {
    let width = LINE + widths.iter().sum::<f32>();
    let size = vec2(width.max(viewport.width()), ROW * shown.len() as f32);
    let (area, _) = ui.allocate_exact_size(size, Sense::hover());
    let first = (viewport.top() / ROW).max(0.0) as usize;
    let last = (viewport.bottom() / ROW).max(0.0).ceil() as usize;
    let window = Rect::from_min_size(area.min + viewport.min.to_vec2(), viewport.size());
    for (at, row) in shown.iter().enumerate().take(last).skip(first) {
        let place = Rect::from_min_size(
            pos2(window.left(), area.top() + ROW * at as f32),
            vec2(window.width(), ROW),
        );
        draw_row(ui, place, area.left(), page, (sheet, widths, row));
    }
}

fn refused(preview: Option<&Preview>, at: usize) -> Option<&Reject> {
    match &preview?.rows.get(at)?.fate {
        RowFate::Refused(reject) => Some(reject),
        _ => None,
    }
}

fn draw_row(
    ui: &Ui,
    rect: Rect,
    left: f32,
    page: &Page<'_>,
    (sheet, widths, row): (&ImportSheet, &[f32], &ShownRow<'_>),
) {
    let (t, p) = (page.t, ui.painter());
    let refused = row.refused;
    if refused.is_some() {
        p.rect_filled(rect, 0, t.orange.tint);
    }
    let y = rect.center().y;
    let mut x = left + LINE;
    for ((header, width), cell) in columns(sheet).zip(widths).zip(row.cells) {
        let stored = sheet.stored_as(header);
        let bad = refused.is_some_and(|reject| reject.column == header);
        let color = match (bad, stored) {
            (true, _) => t.red.text,
            (_, StoreAs::Nothing) => t.disabled,
            _ if cell.is_empty() => t.text_3,
            _ => t.text_1,
        };
        let cell = if cell.is_empty() { "—" } else { cell };
        draw_cell(p, (x, y, *width), (cell, stored, color));
        x += width;
    }
    // What scrolls passes under the number of the line.
    let ground = if refused.is_some() {
        t.orange.tint
    } else {
        t.surface
    };
    let frozen = Rect::from_min_size(rect.min, vec2(LINE, ROW));
    p.rect_filled(frozen, 0, if t.contrast { t.surface } else { ground });
    let line = row.line.to_string();
    paint::right(
        p,
        pos2(rect.left() + LINE - 17.0, y),
        &line,
        (TypeStyle::Small, t.text_3),
    );
    paint::hline(p, rect.x_range(), rect.bottom() - 1.0, t.line_weak);
    let Some(reject) = refused else {
        paint::say(ui, ("row", row.line), rect, &row.cells.join(" "));
        return;
    };
    paint::mark(p, pos2(rect.left() + 18.0, y), Tone::Fault, t);
    let words = if page.w.is_zh() {
        reject.reason.zh()
    } else {
        reject.reason.en()
    };
    let room = (paint::width(p, &words, TypeStyle::Small) + 24.0).min(rect.width() * 0.45);
    let label = paint::from_right(pos2(rect.right() - 10.0, y), vec2(room, 22.0));
    paint::framed(
        p,
        label,
        4,
        t.surface,
        Stroke::new(t.hairline, t.orange.fill),
    );
    let at = pos2(label.left() + 12.0, y);
    let style = (TypeStyle::Small, t.orange.text);
    let (_, cut) = paint::fit(p, at, room - 24.0, &words, style);
    let said = (page.w.import.line_of)(&line, &words);
    let response = paint::say(ui, ("row", row.line), rect, &said);
    if cut {
        response.on_hover_text(words);
    }
}

fn draw_cell(
    p: &egui::Painter,
    (x, y, width): (f32, f32, f32),
    (cell, stored, color): (&str, StoreAs, egui::Color32),
) {
    let cell: String = cell.chars().take(80).collect();
    let room = width - 20.0;
    match stored {
        StoreAs::Column(Column::Amount | Column::RefundAmount)
            if paint::width(p, &cell, TypeStyle::Body) <= room =>
        {
            paint::right(
                p,
                pos2(x + width - 16.0, y),
                &cell,
                (TypeStyle::Body, color),
            );
        }
        StoreAs::Column(
            Column::OutTradeNo
            | Column::OrderNo
            | Column::TransactionId
            | Column::OutRefundNo
            | Column::RefundNo
            | Column::RefundId,
        ) => {
            paint::fit(p, pos2(x + 8.0, y), room, &cell, (TypeStyle::Mono, color));
        }
        _ => {
            paint::fit(p, pos2(x + 8.0, y), room, &cell, (TypeStyle::Body, color));
        }
    }
}
