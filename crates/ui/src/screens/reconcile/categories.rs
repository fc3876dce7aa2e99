//! The table of categories of a day, with its total and the tags.

use egui::accesskit::Role;
use egui::{Color32, Painter, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};

use super::open_category;
use crate::action::{Action, Outbox};
use crate::page::Page;
use crate::screens::Screen;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::pill::{Short, pill, severity_pill, tag};
use crate::{format, icons, paint};
use recondesk_app::model::{BookPair, BookSum, CategoryRow, DayModel, Movement, TagRow};
use recondesk_domain::Severity;

const HEAD: f32 = 34.0;
const ROW: f32 = 31.0;
const TOTAL: f32 = 34.0;
const TAGS: f32 = 40.0;

/// Height that all rows need.
pub(super) fn height(model: &DayModel) -> f32 {
    let tags = if model.tags.is_empty() { 6.0 } else { TAGS };
    HEAD + shown(model).len() as f32 * ROW + totals(model).len() as f32 * TOTAL + tags
}

/// Rows worth a line, the worst first; rows that agree, across midnight or not, each on their own line last.
fn shown(model: &DayModel) -> Vec<CategoryRow> {
    let mut rows: Vec<CategoryRow> = model
        .categories
        .iter()
        .filter(|row| row.count > 0)
        .cloned()
        .collect();
    rows.sort_by_key(|row| {
        let sum = row.wechat.or(row.merchant).map_or(0, |book| book.sum.get());
        let agrees = row.category.is_matched();
        let severity = row.category.severity();
        (
            agrees,
            severity,
            std::cmp::Reverse(sum),
            row.category,
            row.of,
        )
    });
    if rows.is_empty() {
        rows.push(CategoryRow {
            category: recondesk_domain::Category::Matched,
            of: Movement::Payments,
            wechat: Some(BookSum::default()),
            merchant: Some(BookSum::default()),
            count: 0,
        });
    }
    rows
}

/// The totals: payments, and refunds where there are any; never both in one sum.
fn totals(model: &DayModel) -> Vec<(Movement, &BookPair)> {
    let mut out = vec![(Movement::Payments, &model.pays)];
    if !model.refunds.is_empty() {
        out.push((Movement::Refunds, &model.refunds));
    }
    out
}

struct CategoryColumns {
    code: f32,
    category: f32,
    severity: f32,
    count: f32,
    wechat: f32,
    merchant: f32,
    action: f32,
}

impl CategoryColumns {
    /// The names begin where the widest code ends.
    fn of(p: &Painter, rect: Rect, rows: &[CategoryRow]) -> Self {
        let at = |share: f32| rect.left() + rect.width() * share;
        let code = |row: &CategoryRow| paint::width(p, row.category.code(), TypeStyle::Mono);
        let widest = rows.iter().map(code).fold(0.0, f32::max);
        Self {
            code: rect.left() + 16.0,
            category: rect.left() + 16.0 + (widest + 14.0).max(46.0),
            severity: at(0.28),
            count: at(0.41),
            wechat: at(0.56),
            merchant: at(0.715),
            action: at(0.74),
        }
    }
}

/// Draws it; the frame takes the whole rectangle.
pub(super) fn show(ui: &Ui, rect: Rect, page: &Page<'_>, model: &DayModel, out: &mut Outbox) {
    let (t, d) = (page.t, &page.w.day);
    let p = ui.painter();
    paint::card(p, rect, t);
    let rows = shown(model);
    let c = CategoryColumns::of(p, rect, &rows);
    let y = rect.top() + HEAD / 2.0;
    let style = (TypeStyle::Small, t.text_3);
    paint::left(p, pos2(c.code, y), d.code, style);
    paint::left(p, pos2(c.category, y), d.category, style);
    paint::left(p, pos2(c.severity, y), d.severity, style);
    paint::right(p, pos2(c.count, y), d.count, style);
    paint::right(p, pos2(c.wechat, y), d.wechat_yuan, style);
    paint::right(p, pos2(c.merchant, y), d.merchant_yuan, style);
    paint::left(p, pos2(c.action, y), d.action, style);
    paint::hline(
        p,
        rect.x_range().shrink(1.0),
        rect.top() + HEAD - 1.0,
        t.line_weak,
    );
    let mut top = rect.top() + HEAD;
    for row in &rows {
        let line = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), ROW));
        category(ui, line, page, (row, &c, model.signed.is_some()), out);
        top += ROW;
    }
    for (of, pair) in totals(model) {
        let line = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), TOTAL));
        total(ui, line, page, (of, pair, &c), out);
        top += TOTAL;
    }
    if !model.tags.is_empty() {
        let at = pos2(c.code, top + TAGS / 2.0);
        tags(ui, at, rect.right() - 16.0, page, &model.tags);
    }
}

fn category(
    ui: &Ui,
    line: Rect,
    page: &Page<'_>,
    (row, c, is_signed): (&CategoryRow, &CategoryColumns, bool),
    out: &mut Outbox,
) {
    let (t, w) = (page.t, page.w);
    let p = ui.painter();
    let name = w.category(row.category);
    let severity = row.category.severity();
    let agreement = row.category.is_matched();
    let of_refunds;
    let name = if agreement && row.of == Movement::Refunds {
        of_refunds = (w.day.of_refunds)(name);
        of_refunds.as_str()
    } else {
        name
    };
    let sense = if agreement {
        Sense::hover()
    } else {
        Sense::click()
    };
    let response = ui.interact(
        line,
        paint::id(ui, ("category", row.category.name(), row.of)),
        sense,
    );
    let (wechat, merchant) = (money(row.wechat), money(row.merchant));
    let count = format::count(row.count);
    let of_rows = more_rows(page, row);
    response.widget_info(|| {
        let code = if agreement { "" } else { row.category.code() };
        let said = format!(
            "{code} {name} {} {count} {wechat} {merchant} {of_rows}",
            w.severity(severity)
        );
        WidgetInfo::labeled(Role::Row, true, said.trim())
    });
    if response.hovered() && !agreement {
        p.rect_filled(line.shrink2(vec2(1.0, 0.0)), 0, t.hover);
    }
    paint::hline(
        p,
        line.x_range().shrink(1.0),
        line.bottom() - 1.0,
        t.line_weak,
    );
    let y = line.center().y;
    if !agreement {
        paint::left(
            p,
            pos2(c.code, y),
            row.category.code(),
            (TypeStyle::Mono, t.text_2),
        );
    }
    let color = if agreement { t.text_2 } else { t.text_1 };
    let names = Rect::from_x_y_ranges(c.category..=c.severity - 8.0, line.y_range());
    named(p, names, name, &of_rows, [color, t.text_3]);
    standing(ui, pos2(c.severity, y), page, severity, is_signed);
    paint::right(p, pos2(c.count, y), &count, (TypeStyle::Body, color));
    amounts(ui, y, page, (row, c), color);
    if !agreement {
        if response.clicked() {
            open_category(page, row.category, out);
        }
        let action = if is_signed {
            w.day.as_signed
        } else {
            w.action(row.category.action())
        };
        suggested(p, page, line, c.action, (action, response));
    }
}

/// The name of a category, and behind it of how many rows the sums are, where there is room.
fn named(p: &Painter, place: Rect, name: &str, of_rows: &str, colors: [Color32; 2]) {
    let at = place.left_center();
    let (named, _) = paint::fit(p, at, place.width(), name, (TypeStyle::Body, colors[0]));
    let at = pos2(named.right() + 8.0, at.y);
    if paint::width(p, of_rows, TypeStyle::Small) <= place.right() - at.x {
        paint::left(p, at, of_rows, (TypeStyle::Small, colors[1]));
    }
}

/// What the program proposes, at the end of the row, and the mark that the row leads on.
fn suggested(
    p: &Painter,
    page: &Page<'_>,
    line: Rect,
    left: f32,
    (action, response): (&str, Response),
) {
    let (t, y) = (page.t, line.center().y);
    let style = (TypeStyle::Body, t.text_2);
    let (_, cut) = paint::fit(p, pos2(left, y), line.right() - left - 34.0, action, style);
    let at = pos2(line.right() - 16.0, y);
    paint::icon(p, at, icons::CARET_RIGHT, 12.0, t.text_3);
    if response.has_focus() {
        paint::ring(p, line.shrink(4.0), 3, t);
    }
    // The row is as wide as the table: the words appear where they are cut.
    let over = |at: egui::Pos2| at.x >= left - 10.0;
    if cut && response.hover_pos().is_some_and(over) {
        response.on_hover_text_at_pointer(action);
    }
}

/// Of how many rows the sums are, where one finding is about several: a payment and its reversal, a whole hole.
fn more_rows(page: &Page<'_>, row: &CategoryRow) -> String {
    if row.category.is_matched() {
        return String::new();
    }
    let d = &page.w.day;
    let more = |book: Option<BookSum>| book.filter(|book| book.count > row.count);
    let words = |book: Option<BookSum>, words: fn(&str) -> String| {
        more(book).map(|book| words(&format::count(book.count)))
    };
    let said = [words(row.wechat, d.rows_w), words(row.merchant, d.rows_m)];
    let said: Vec<String> = said.into_iter().flatten().collect();
    said.join(if page.w.is_zh() { "，" } else { ", " })
}

/// How severe a category is; nothing of a signed day calls, what was decided about it stands.
fn standing(ui: &Ui, at: egui::Pos2, page: &Page<'_>, severity: Severity, is_signed: bool) {
    if is_signed {
        pill(ui, at, Tone::Info, page.w.severity(severity));
    } else {
        severity_pill(ui, at, severity, "", Short::No);
    }
}

fn money(book: Option<BookSum>) -> String {
    format::money_or_dash(book.map(|book| book.sum))
}

/// The sums of both books, marked where they differ.
fn amounts(
    ui: &Ui,
    y: f32,
    page: &Page<'_>,
    (row, c): (&CategoryRow, &CategoryColumns),
    color: egui::Color32,
) {
    let t = page.t;
    let differ = matches!((row.wechat, row.merchant), (Some(a), Some(b)) if a.sum != b.sum);
    for (x, book) in [(c.wechat, row.wechat), (c.merchant, row.merchant)] {
        let color = match (book.is_some(), differ) {
            (false, _) => t.text_3,
            (true, true) => t.orange.text,
            (true, false) => color,
        };
        let style = (TypeStyle::Body, color);
        paint::right(ui.painter(), pos2(x, y), &money(book), style);
    }
}

fn total(
    ui: &Ui,
    line: Rect,
    page: &Page<'_>,
    (of, pair, c): (Movement, &BookPair, &CategoryColumns),
    out: &mut Outbox,
) {
    let t = page.t;
    let p = ui.painter();
    paint::hline(p, line.x_range().shrink(1.0), line.top() - 1.0, t.line);
    let y = line.center().y;
    let style = (TypeStyle::Body, t.text_1);
    let name = match of {
        Movement::Refunds => page.w.day.total_refunds,
        Movement::Payments | Movement::Day => page.w.day.total_payments,
    };
    paint::left(p, pos2(c.category, y), name, (TypeStyle::Body, t.text_2));
    let count = format::count(pair.wechat.count);
    let wechat = format::money(pair.wechat.sum);
    let merchant = format::money(pair.merchant.sum);
    paint::right(p, pos2(c.count, y), &count, style);
    for (x, sum, book, screen) in [
        (c.wechat, &wechat, page.w.day.book_w, Screen::Bills),
        (c.merchant, &merchant, page.w.day.book_m, Screen::Orders),
    ] {
        let place = paint::right(p, pos2(x, y), sum, style);
        let id = paint::id(ui, ("total of", of, book));
        let response = ui.interact(place.expand(4.0), id, Sense::click());
        response
            .widget_info(|| WidgetInfo::labeled(Role::Link, true, format!("{name} {book} {sum}")));
        if response.hovered() {
            paint::hline(p, place.x_range(), y + 9.0, t.text_3);
            ui.set_cursor_icon(egui::CursorIcon::PointingHand);
        }
        if response.has_focus() {
            paint::ring(p, place, 4, t);
        }
        if response.clicked() {
            out.push(Action::Go(screen));
        }
    }
    let said = format!("{name} {count} {wechat} {merchant}");
    paint::say(ui, ("total", of), line, &said);
}

fn tags(ui: &Ui, at: egui::Pos2, right: f32, page: &Page<'_>, tags: &[TagRow]) {
    let (t, d) = (page.t, &page.w.day);
    let p = ui.painter();
    paint::hline(
        p,
        egui::Rangef::new(at.x - 15.0, right + 15.0),
        at.y - TAGS / 2.0,
        t.line_weak,
    );
    let mut x = paint::left(p, at, d.tags, (TypeStyle::Small, t.text_3)).right() + 16.0;
    for row in tags {
        let name = match row.category {
            Some(category) => page.w.category(category),
            None => tag_words(page, &row.word),
        };
        let words = format!("{name} {}", format::count(row.count));
        let code = match row.category {
            Some(category) => category.code(),
            None => row.word.as_str(),
        };
        let width = paint::width(p, code, TypeStyle::MonoSmall)
            + 17.0
            + paint::width(p, &words, TypeStyle::Small);
        if x + width > right {
            break;
        }
        let place = tag(ui, pos2(x, at.y), code);
        let said = paint::left(
            p,
            pos2(place.right() + 7.0, at.y),
            &words,
            (TypeStyle::Small, t.text_2),
        );
        paint::say(
            ui,
            ("tag", &row.word),
            place.union(said),
            &format!("{code} {words}"),
        );
        x = said.right() + 16.0;
    }
}

/// What a tag that is no category means; empty for any other word.
pub(in crate::screens) fn tag_words(page: &Page<'_>, word: &str) -> &'static str {
    let d = &page.w.day;
    match word {
        "KEY2" => d.tag_key2,
        "ID_CONFLICT" => d.tag_conflict,
        "NO_BILL_OF_DAY_BEFORE" => d.tag_no_bill,
        "SUGGESTED" => d.tag_suggested,
        "KEEP" => d.tag_keep,
        "HOLD" => d.tag_hold,
        _ => "",
    }
}
