//! Columns and cells of the table of cases.

use egui::pos2;

use crate::page::Page;
use crate::screens::columns::{self, Offer, OfferedColumn};
use crate::theme::{Tone, TypeStyle};
use crate::widgets::table::{Cell, Rows};
use crate::{format, paint};
use recondesk_app::model::{CaseRow, age_days};
use recondesk_app::tables::cases::COLUMNS;

/// Name of the table, also of its layout.
pub(super) const NAME: &str = "cases";

/// Paints the rows of the table.
pub(super) struct CaseRows<'a> {
    page: &'a Page<'a>,
    /// Numbers show their end.
    short: bool,
    /// Severities show their mark.
    marks: bool,
}

impl<'a> CaseRows<'a> {
    pub(super) fn new(page: &'a Page<'a>, panel_open: bool) -> Self {
        Self {
            page,
            short: !is_roomy(page, panel_open),
            marks: marks(page, panel_open),
        }
    }
}

/// False beside an open panel in a small window, which has room for few short columns alone.
pub(super) fn is_roomy(page: &Page<'_>, panel_open: bool) -> bool {
    !panel_open || page.class.is_wide()
}

/// Beside a panel the words of severities give way to English names of categories, which are long.
fn marks(page: &Page<'_>, panel_open: bool) -> bool {
    panel_open && !(page.class.is_wide() && page.w.is_zh())
}

/// Every column there is; beside an open panel fewer of them are usual.
pub(super) fn offers(page: &Page<'_>, panel_open: bool) -> Vec<Offer> {
    let mut offers = if is_roomy(page, panel_open) {
        let free = !panel_open && page.class.is_wide();
        let closed_too = page.state.cases.filter.closed_too;
        let several = page.state.merchant.is_none() && page.state.merchants.len() > 1;
        columns::offers(
            page,
            COLUMNS,
            &[
                OfferedColumn(
                    "severity",
                    if marks(page, panel_open) { 40.0 } else { 84.0 },
                    true,
                ),
                OfferedColumn("code", 56.0, true),
                OfferedColumn("category", 118.0, true),
                OfferedColumn("shop", 120.0, free && several),
                OfferedColumn("number", 178.0, true),
                OfferedColumn("wechat", 86.0, true),
                OfferedColumn("merchant", 86.0, true),
                OfferedColumn("paid", 124.0, true),
                OfferedColumn("day", 100.0, free),
                // Where each row says its state, a small window has no room for the age.
                OfferedColumn("age", 56.0, !panel_open && (free || !closed_too)),
                OfferedColumn("owner", 76.0, !panel_open),
                // Among closed cases each row says which it is.
                OfferedColumn("status", 84.0, closed_too),
            ],
        )
    } else {
        columns::offers(
            page,
            COLUMNS,
            &[
                OfferedColumn("severity", 40.0, true),
                OfferedColumn("code", 48.0, true),
                OfferedColumn("category", 128.0, true),
                OfferedColumn("number", 92.0, true),
                OfferedColumn("wechat", 84.0, true),
                OfferedColumn("merchant", 92.0, true),
            ],
        )
    };
    for offer in &mut offers {
        let column = &mut offer.column;
        if column.id == "category" {
            *column = column.elastic();
        } else if column.id == "severity" && marks(page, panel_open) {
            *column = column.unlabelled();
        }
    }
    offers
}

impl Rows for CaseRows<'_> {
    fn count(&self) -> u64 {
        self.page.state.cases.rows.len()
    }

    fn name(&self, row: u64) -> Option<String> {
        let row = self.page.state.cases.rows.get(row)?;
        let w = self.page.w;
        let category = row.category;
        let state = match row.status {
            status if !status.is_closed() => "",
            status if w.is_zh() => status.zh(),
            status => status.en(),
        };
        let name = format!(
            "{} {} {} {} {} {} {} {} {state}",
            w.severity(category.severity()),
            category.code(),
            w.category(category),
            row.number,
            w.day.book_w,
            format::money_or_dash(row.wechat),
            w.day.book_m,
            format::money_or_dash(row.merchant),
        );
        Some(name.trim_end().to_owned())
    }

    fn cell(&self, row: u64, cell: &Cell<'_>) {
        let Some(row) = self.page.state.cases.rows.get(row) else {
            return;
        };
        let (t, w) = (self.page.t, self.page.w);
        let is_closed = row.status.is_closed();
        let color = if is_closed { t.text_3 } else { t.text_1 };
        let body = (TypeStyle::Body, color);
        match cell.column() {
            "severity" => severity(cell, row, self.page, self.marks),
            "code" => cell.words(row.category.code(), (TypeStyle::Mono, t.text_2)),
            "category" => cell.words(w.category(row.category), body),
            "number" => number(cell, row, self.short),
            "wechat" => money(cell, row, row.wechat),
            "merchant" => money(cell, row, row.merchant),
            "paid" => {
                let words = row.paid_at.map(|at| format::stamp(at, self.page.state.now));
                let color = if words.is_some() { t.text_2 } else { t.text_3 };
                cell.words(words.as_deref().unwrap_or("—"), (TypeStyle::Body, color));
            }
            "shop" => cell.words(self.page.state.name_of(row.profile), body),
            "day" => cell.words(&row.day.to_string(), (TypeStyle::Body, t.text_2)),
            "status" => {
                let status = row.status;
                let said = if w.is_zh() { status.zh() } else { status.en() };
                cell.words(said, (TypeStyle::Body, t.text_2));
            }
            "owner" if row.owner.is_empty() => cell.words("—", (TypeStyle::Body, t.text_3)),
            "owner" => cell.words(self.page.w.who(&row.owner), (TypeStyle::Body, t.text_2)),
            "age" => {
                let age = age_days(row.opened_on, self.page.state.now.day());
                let age = format::age(age, w);
                cell.words(&age, (TypeStyle::Body, t.text_2));
            }
            _ => {}
        }
    }
}

fn severity(cell: &Cell<'_>, row: &CaseRow, page: &Page<'_>, short: bool) {
    let severity = row.category.severity();
    // Nothing of a closed case needs a person.
    let mood = if row.status.is_closed() {
        Tone::Info
    } else {
        Tone::from(severity)
    };
    let t = page.t;
    let y = cell.rect.center().y;
    let p = cell.ui.painter();
    if short {
        paint::mark(p, pos2(cell.rect.center().x, y), mood, t);
        return;
    }
    paint::mark(p, pos2(cell.left() + 5.0, y), mood, t);
    let style = (TypeStyle::Body, t.tone(mood).text);
    let at = pos2(cell.left() + 16.0, y);
    let said = paint::left(p, at, page.w.severity(severity), style);
    cell.needs(said.right() + 10.0 - cell.rect.left());
}

fn number(cell: &Cell<'_>, row: &CaseRow, short: bool) {
    let color = if row.status.is_closed() {
        cell.t.text_3
    } else {
        cell.t.text_1
    };
    let style = (TypeStyle::Mono, color);
    if row.number.is_empty() {
        cell.words("—", (TypeStyle::Body, cell.t.text_3));
        return;
    }
    let p = cell.ui.painter();
    let whole = paint::width(p, &row.number, TypeStyle::Mono);
    cell.needs(cell.left() - cell.rect.left() + whole + 11.0);
    let room = cell.rect.width() - 14.0;
    // Hack's advance is 0.602 em.
    let fits = (room / (TypeStyle::Mono.size() * 0.602)) as usize;
    if !short && row.number.chars().count() <= fits {
        cell.words(&row.number, style);
        return;
    }
    let shown = if short {
        let count = row.number.chars().count();
        let tail: String = row.number.chars().skip(count.saturating_sub(8)).collect();
        if count > 8 {
            format!("…{tail}")
        } else {
            tail
        }
    } else {
        paint::elide_middle(&row.number, fits.saturating_sub(7).max(4), 5)
    };
    paint::left(p, pos2(cell.left(), cell.rect.center().y), &shown, style);
}

fn money(cell: &Cell<'_>, row: &CaseRow, value: Option<recondesk_domain::Fen>) {
    let t = cell.t;
    let differ = matches!((row.wechat, row.merchant), (Some(a), Some(b)) if a != b);
    let color = match (value, differ) {
        (None, _) => t.text_3,
        (Some(_), _) if row.status.is_closed() => t.text_3,
        (Some(_), true) => t.orange.text,
        (Some(_), false) => t.text_1,
    };
    cell.words(&format::money_or_dash(value), (TypeStyle::Body, color));
}
