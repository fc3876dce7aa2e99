//! The reconciled day: coverage, both books, categories, certificate, pool.

mod categories;
pub(super) mod certificate;
mod changes;
mod empty;
mod equation;
mod funds;
mod header;
mod settlement;
mod sign_off;

pub(super) use funds::FundsDialog;
pub(super) use sign_off::SignOffDialog;

pub(super) use categories::tag_words;

use egui::{Rect, Sense, Ui, pos2, vec2};

use super::{Screen, Status};
use crate::action::{Action, Outbox};
use crate::page::{Page, cut_right, cut_top};
use crate::theme::{Tone, TypeStyle};
use crate::widgets::{card, chart, pill, progress, tabs};
use crate::{format, icons, paint};
use recondesk_app::model::{CaseFilter, DayModel, DayState, Movement, SignOffItem};
use recondesk_app::{Command, TaskKind};
use recondesk_domain::{Category, Severity};

const GAP: f32 = 12.0;
const COVERAGE: f32 = 154.0;
const SUMS: f32 = 190.0;

/// Draws the screen of the day in view.
pub(super) fn show(ui: &mut Ui, page: &Page<'_>, out: &mut Outbox) {
    header::header(ui, page, out);
    let Some(row) = page.state.merchant_or_first() else {
        super::start::no_merchant(ui, page, out);
        return;
    };
    let id = row.id;
    if page.keys.rerun {
        out.run(Command::Reconcile(id, page.state.day));
    }
    let mut body = page.body();
    body = job(ui, body, page);
    let slot = &page.state.reconciled;
    if let Some(failure) = slot.failure() {
        let (place, rest) = cut_top(body, card::failed_height(failure), GAP);
        body = rest;
        if card::failed(ui, place, failure).is_some() {
            out.run(Command::Day(id, page.state.day));
        }
    }
    let Some(model) = slot.value() else {
        paint::card(ui.painter(), body, page.t);
        if slot.is_loading() {
            let style = (TypeStyle::Body, page.t.text_3);
            let align = egui::Align2::CENTER_CENTER;
            paint::text(
                ui.painter(),
                body.center(),
                align,
                page.w.frame.loading,
                style,
            );
        }
        return;
    };
    if model.state == DayState::Compared {
        compared(ui, body, page, model, out);
    } else {
        empty::not_compared(ui, body, page, model, out);
    }
}

/// The card of a job about this day, above the old result.
fn job(ui: &Ui, body: Rect, page: &Page<'_>) -> Rect {
    let day = page.state.day;
    let mine = page.state.jobs().find(|(_, task)| {
        matches!(
            task.kind,
            TaskKind::Reconcile | TaskKind::Morning | TaskKind::Download
        ) && task.about.1 == Some(day)
    });
    let Some((_, task)) = mine else {
        return body;
    };
    let (place, rest) = cut_top(body, progress::card_height(task), GAP);
    let name = task.about.0.map_or("", |id| page.state.name_of(id));
    let about = format!("{day} {name}");
    let elapsed = page.steady_ms.saturating_sub(task.since_ms);
    progress::card(ui, place, task, about.trim_end(), elapsed);
    rest
}

fn compared(ui: &mut Ui, body: Rect, page: &Page<'_>, model: &DayModel, out: &mut Outbox) {
    let rows = categories::height(model);
    let left_height = COVERAGE + GAP + SUMS + GAP + rows;
    if page.class.is_wide() {
        let (left, right) = cut_right(body, 372.0, GAP);
        if left_height <= left.height() + 0.5 {
            main_column(ui, left, page, model, out);
        } else {
            scrolled(ui, left, left_height, "day left", |ui, rect| {
                main_column(ui, rect, page, model, out);
            });
        }
        let needed = certificate::column_height(page, model);
        if needed <= right.height() + 0.5 {
            certificate::column(ui, right, page, model, out);
        } else {
            scrolled(ui, right, needed, "day right", |ui, rect| {
                certificate::column(ui, rect, page, model, out);
            });
        }
        return;
    }
    let needed = left_height + GAP + certificate::column_height(page, model);
    let area = Rect::from_min_max(body.min, pos2(body.right(), page.rect.bottom()));
    scrolled(ui, area, needed + GAP, "day all", |ui, rect| {
        let (top, below) = cut_top(rect, left_height, GAP);
        main_column(ui, top, page, model, out);
        let height = certificate::column_height(page, model);
        let below = Rect::from_min_size(below.min, vec2(below.width(), height));
        certificate::column(ui, below, page, model, out);
    });
}

/// Scrolls what is taller than its place; focus rings keep 4 points around.
pub(super) fn scrolled(
    ui: &mut Ui,
    area: Rect,
    needed: f32,
    salt: &str,
    content: impl FnOnce(&mut Ui, Rect),
) {
    // The bar stands in the gap beside the cards.
    let outer = Rect::from_min_max(area.min - vec2(4.0, 4.0), area.max + vec2(GAP - 3.0, 0.0));
    paint::region(ui, outer, salt, |ui| {
        egui::ScrollArea::vertical()
            .auto_shrink(false)
            .show(ui, |ui| {
                let size = vec2(outer.width(), needed + 8.0);
                let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
                let inner =
                    Rect::from_min_size(rect.min + vec2(4.0, 4.0), vec2(area.width(), needed));
                content(ui, inner);
            });
    });
}

fn main_column(ui: &Ui, area: Rect, page: &Page<'_>, model: &DayModel, out: &mut Outbox) {
    let (place, rest) = cut_top(area, COVERAGE, GAP);
    coverage(ui, place, page, model);
    let (place, rest) = cut_top(rest, SUMS, GAP);
    sums(ui, place, page, model, out);
    categories::show(ui, rest, page, model, out);
}

fn coverage(ui: &Ui, rect: Rect, page: &Page<'_>, model: &DayModel) {
    let (t, w) = (page.t, page.w);
    let body = card::titled(ui, rect, w.day.coverage, w.day.coverage_note);
    let p = ui.painter();
    let at = pos2(rect.right() - 16.0, rect.top() + 21.0);
    let cover = &model.coverage;
    let of_wechat = cover.wechat_holes.first();
    if cover.holes.is_empty() && of_wechat.is_none() {
        let words = (w.day.no_holes)(&cover.cut_off_minutes.to_string());
        let style = (TypeStyle::Small, t.text_2);
        let said = paint::right(p, at, &words, style);
        paint::icon(
            p,
            pos2(said.left() - 11.0, at.y),
            icons::CHECK,
            13.0,
            t.green.text,
        );
        paint::say(ui, "no holes", said, &words);
    } else {
        let words = match cover.holes.as_slice() {
            [] => of_wechat.map_or_else(String::new, |hole| chart::wechat_hole_words(w, hole)),
            [hole] => format!("K01 {}", chart::hole_words(w, hole)),
            _ => format!("K01 {}", w.category(Category::MCoverage)),
        };
        let x = at.x - pill::pill_width(ui, &words);
        let pill = pill::pill(ui, pos2(x, at.y), Tone::Watch, &words);
        paint::say(ui, "holes", pill, &words);
    }
    let inner = Rect::from_min_max(
        pos2(body.left() + 16.0, body.top()),
        pos2(body.right() - 16.0, body.bottom()),
    );
    chart::coverage(ui, inner, model.day, cover, model.rows());
}

/// Which rows the two bars show: a person turns from payments to refunds and back.
fn movement(ui: &Ui, at: egui::Pos2, page: &Page<'_>, model: &DayModel) -> Movement {
    if model.refunds.is_empty() {
        return Movement::Payments;
    }
    let id = paint::id(ui, ("bars", model.day.number()));
    let refunds: bool = ui.data(|data| data.get_temp(id)).unwrap_or_default();
    let d = &page.w.day;
    let names = [
        (d.payments)(&format::count(model.pays.wechat.count)),
        (d.refunds)(&format::count(model.refunds.wechat.count)),
    ];
    let names = [names[0].as_str(), names[1].as_str()];
    let picked = tabs::card_tabs(ui, at, &names, usize::from(refunds));
    let refunds = picked.map_or(refunds, |nth| nth == 1);
    ui.data_mut(|data| data.insert_temp(id, refunds));
    if refunds {
        Movement::Refunds
    } else {
        Movement::Payments
    }
}

fn sums(ui: &Ui, rect: Rect, page: &Page<'_>, model: &DayModel, out: &mut Outbox) {
    let (t, w) = (page.t, page.w);
    let body = card::titled(ui, rect, w.day.sums, w.day.sums_note);
    let at = pos2(rect.right() - 12.0, rect.top() + 21.0);
    let of = movement(ui, at, page, model);
    let Some(pair) = model.books(of) else {
        return;
    };
    let segments = |wechat: bool| -> Vec<chart::Segment> {
        let mut pieces: Vec<chart::Segment> = model
            .categories
            .iter()
            .filter(|row| row.of == of && !row.category.is_matched())
            .filter_map(|row| {
                let book = if wechat { row.wechat } else { row.merchant };
                book.filter(|book| book.count > 0)
                    .map(|book| chart::Segment {
                        category: row.category,
                        count: book.count,
                    })
            })
            .collect();
        pieces.sort_by_key(|piece| place(piece.category));
        pieces
    };
    let count = |n: u64| format::count(n);
    let matched_w = (w.day.matched)(&count(pair.matched.0.count));
    let matched_m = (w.day.matched)(&count(pair.matched.1.count));
    let sum = |fen| format!("¥{}", format::money(fen));
    let totals_w = (count(pair.wechat.count), sum(pair.wechat.sum));
    let totals_m = (count(pair.merchant.count), sum(pair.merchant.sum));
    let (pieces_w, pieces_m) = (segments(true), segments(false));
    let inner = Rect::from_min_max(
        pos2(body.left() + 16.0, body.top()),
        pos2(body.right() - 16.0, body.bottom()),
    );
    let books = [
        chart::BookBar {
            name: w.day.book_w,
            matched: &matched_w,
            segments: &pieces_w,
            totals: (&totals_w.0, &totals_w.1),
        },
        chart::BookBar {
            name: w.day.book_m,
            matched: &matched_m,
            segments: &pieces_m,
            totals: (&totals_m.0, &totals_m.1),
        },
    ];
    if let Some(category) = chart::two_bars(ui, inner, &books) {
        open_category(page, category, out);
    }
    let line = rect.bottom() - 40.0;
    paint::hline(ui.painter(), inner.x_range(), line, t.line_weak);
    equation::show(
        ui,
        pos2(inner.left(), line + 20.0),
        inner.right(),
        page,
        &equation::ShownEquation { of, pair },
    );
}

/// Order of the pieces of a bar: what is not covered, what waits, then the worst first.
fn place(category: Category) -> (u8, Severity) {
    let rank = match category {
        Category::MCoverage | Category::WCoverage | Category::MForeign => 0,
        other if other.is_in_transit() => 1,
        _ => 2,
    };
    (rank, category.severity())
}

/// Opens Cases on one category of the day in view.
pub(super) fn open_category(page: &Page<'_>, category: Category, out: &mut Outbox) {
    out.push(Action::Go(Screen::Cases));
    out.run(Command::Cases(CaseFilter {
        profile: page.state.merchant_or_first().map(|row| row.id),
        day: Some(page.state.day),
        categories: vec![category],
        ..CaseFilter::default()
    }));
}

/// Opens Cases on the urgent ones of the day in view.
pub(super) fn open_urgent(page: &Page<'_>, out: &mut Outbox) {
    out.push(Action::Go(Screen::Cases));
    out.run(Command::Cases(CaseFilter {
        profile: page.state.merchant_or_first().map(|row| row.id),
        day: Some(page.state.day),
        severities: vec![Severity::Urgent],
        ..CaseFilter::default()
    }));
}

pub(super) fn status(page: &Page<'_>) -> Status {
    let w = page.w;
    let Some(model) = page
        .state
        .reconciled
        .value()
        .filter(|m| m.state == DayState::Compared)
    else {
        return Status::default();
    };
    let mut left = vec![
        (w.day.wechat_rows)(&format::count(model.rows().0)),
        (w.day.merchant_rows)(&format::count(model.rows().1)),
    ];
    if model.took_ms > 0 {
        left.push(format::duration(model.took_ms, w));
    }
    let mut right = Vec::new();
    if !model.run.is_empty() {
        right.push((w.day.run_id)(&paint::elide_middle(&model.run, 4, 4)));
    }
    if let Some(at) = model.made_at {
        right.push(format::time(at, page.state.now));
    }
    Status { left, right }
}

/// What is missing for signing off, by condition.
pub(super) fn condition(page: &Page<'_>, item: SignOffItem) -> String {
    let d = &page.w.day;
    match item {
        SignOffItem::Bill(_) => d.cond_bill.to_owned(),
        SignOffItem::Coverage(_) => d.cond_coverage.to_owned(),
        SignOffItem::Conservation(_) => d.cond_conservation.to_owned(),
        SignOffItem::UrgentOpen(0) => d.cond_urgent_none.to_owned(),
        SignOffItem::UrgentOpen(n) => (d.cond_urgent)(&format::count(n)),
    }
}
