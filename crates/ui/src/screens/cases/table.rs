//! Columns and cells of the table of cases.

use egui::{Rect, Ui, pos2};

use super::{column_of, sort_of};
use crate::page::Page;
use crate::screens::columns::{self, Offer};
use crate::theme::{Tone, TypeStyle};
use crate::widgets::table::{Cell, Column, Rows, Table, TableMemory, TableOutput};
use crate::{format, paint};
use recondesk_app::model::{CaseFilter, CaseRow, age_days};

/// Name of the table, also of its choice of columns.
pub(super) const NAME: &str = "cases";

struct CaseRows<'a> {
    page: &'a Page<'a>,
    /// Numbers show their end.
    short: bool,
    /// Severities show their mark.
    marks: bool,
}

/// Draws the table.
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    panel_open: bool,
    memory: &mut TableMemory,
) -> TableOutput {
    let short = panel_open && !page.class.is_wide();
    let columns = columns(page, panel_open);
    let filter = &page.state.cases.filter;
    let table = Table {
        name: NAME,
        columns: &columns,
        frozen: 2,
        row_height: page.row_height(),
        sort: Some((column_of(filter.sort), filter.descending)),
    };
    let marks = marks(page, panel_open);
    let rows = CaseRows { page, short, marks };
    table.show(ui, rect, &rows, memory)
}

/// Beside a panel the words of severities give way to English names of categories, which are long.
fn marks(page: &Page<'_>, panel_open: bool) -> bool {
    panel_open && !(page.class.is_wide() && page.w.is_zh())
}

fn columns(page: &Page<'_>, panel_open: bool) -> Vec<Column> {
    let c = &page.w.cases;
    if panel_open && !page.class.is_wide() {
        return vec![
            Column::text("severity", "", 40.0).sorts(),
            Column::text("code", c.code, 48.0).sorts(),
            Column::text("category", c.category, 128.0).elastic(),
            Column::text("number", c.number, 92.0).sorts(),
            Column::number("wechat", c.wechat, 84.0).sorts(),
            Column::number("merchant", c.merchant, 92.0).sorts(),
        ];
    }
    columns::chosen(page, NAME, &offers(page, panel_open))
}

/// Every column there is; beside an open panel fewer of them are usual.
pub(super) fn offers(page: &Page<'_>, panel_open: bool) -> Vec<Offer> {
    let (c, w) = (&page.w.cases, page.w);
    let fixed = |column| Offer {
        column,
        usual: true,
        fixed: true,
    };
    let offer = |column, usual| Offer {
        column,
        usual,
        fixed: false,
    };
    let roomy = !panel_open && page.class.is_wide();
    let several = page.state.merchant.is_none() && page.state.merchants.len() > 1;
    vec![
        fixed(if marks(page, panel_open) {
            Column::text("severity", "", 40.0).sorts()
        } else {
            Column::text("severity", c.severity, 84.0).sorts()
        }),
        fixed(Column::text("code", c.code, 56.0).sorts()),
        fixed(Column::text("category", c.category, 118.0).elastic()),
        offer(
            Column::text("shop", w.overview.merchant, 120.0),
            roomy && several,
        ),
        fixed(Column::text("number", c.number, 178.0).sorts()),
        offer(Column::number("wechat", c.wechat, 86.0).sorts(), true),
        offer(Column::number("merchant", c.merchant, 86.0).sorts(), true),
        offer(Column::text("paid", c.paid_at, 124.0).sorts(), true),
        offer(Column::text("day", c.day, 100.0), roomy),
        offer(Column::text("age", c.age, 56.0), !panel_open),
        offer(Column::text("owner", c.owner, 76.0), !panel_open),
    ]
}

impl Rows for CaseRows<'_> {
    fn count(&self) -> u64 {
        self.page.state.cases.rows.len()
    }

    fn name(&self, row: u64) -> Option<String> {
        let row = self.page.state.cases.rows.get(row)?;
        let w = self.page.w;
        let category = row.category;
        Some(format!(
            "{} {} {} {} {} {} {} {}",
            w.severity(category.severity()),
            category.code(),
            w.category(category),
            row.number,
            w.day.book_w,
            format::money_or_dash(row.wechat),
            w.day.book_m,
            format::money_or_dash(row.merchant),
        ))
    }

    fn cell(&self, row: u64, cell: &Cell<'_>) {
        let Some(row) = self.page.state.cases.rows.get(row) else {
            return;
        };
        let (t, w) = (self.page.t, self.page.w);
        let body = (TypeStyle::Body, t.text_1);
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
            "owner" if row.owner.is_empty() => cell.words("—", (TypeStyle::Body, t.text_3)),
            "owner" => cell.words(&row.owner, (TypeStyle::Body, t.text_2)),
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
    let mood = Tone::from(severity);
    let t = page.t;
    let y = cell.rect.center().y;
    let p = cell.ui.painter();
    if short {
        paint::mark(p, pos2(cell.rect.center().x, y), mood, t);
        return;
    }
    paint::mark(p, pos2(cell.left() + 5.0, y), mood, t);
    let style = (TypeStyle::Body, t.tone(mood).text);
    paint::left(
        p,
        pos2(cell.left() + 16.0, y),
        page.w.severity(severity),
        style,
    );
}

fn number(cell: &Cell<'_>, row: &CaseRow, short: bool) {
    let style = (TypeStyle::Mono, cell.t.text_1);
    if row.number.is_empty() {
        cell.words("—", (TypeStyle::Body, cell.t.text_3));
        return;
    }
    let p = cell.ui.painter();
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
        (Some(_), true) => t.orange.text,
        (Some(_), false) => t.text_1,
    };
    cell.words(&format::money_or_dash(value), (TypeStyle::Body, color));
}

/// The filter with another order: the same column again turns it round.
pub(super) fn sorted(filter: &CaseFilter, column: &str) -> CaseFilter {
    let sort = sort_of(column);
    CaseFilter {
        descending: filter.sort == sort && !filter.descending,
        sort,
        ..filter.clone()
    }
}

/// Rows as tab-separated text with a header, safe against formulas.
pub(super) fn tsv<'a>(page: &Page<'_>, rows: impl Iterator<Item = &'a CaseRow>) -> String {
    let (w, c) = (page.w, &page.w.cases);
    let head = [
        c.severity, c.code, c.category, c.number, c.wechat, c.merchant, c.paid_at, c.day, c.owner,
    ];
    let mut out = head.join("\t");
    for row in rows {
        let plain =
            |fen: Option<recondesk_domain::Fen>| fen.map(|f| f.to_string()).unwrap_or_default();
        let cells = [
            w.severity(row.category.severity()).to_owned(),
            row.category.code().to_owned(),
            w.category(row.category).to_owned(),
            recondesk_domain::formula_safe(&row.number).into_owned(),
            plain(row.wechat),
            plain(row.merchant),
            row.paid_at.map(|at| at.to_string()).unwrap_or_default(),
            row.day.to_string(),
            recondesk_domain::formula_safe(&row.owner).into_owned(),
        ];
        out.push('\n');
        out.push_str(&cells.join("\t"));
    }
    out
}
