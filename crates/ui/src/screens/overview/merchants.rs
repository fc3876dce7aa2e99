//! The merchants of the morning: bill, rows, matched share, what to work, the next step.

use egui::accesskit::Role;
use egui::{Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::action::{Action, Outbox};
use crate::page::Page;
use crate::screens::Screen;
use crate::theme::{Tone, TypeStyle, Width};
use crate::widgets::button::Button;
use crate::widgets::pill::{Short, severity_pill};
use crate::{format, paint};
use recondesk_app::model::{
    BillStatus, CaseFilter, MerchantDay, MerchantRow, NextStep, OverviewModel,
};
use recondesk_app::{BillChoice, Command};
use recondesk_domain::Severity;

const HEAD: f32 = 34.0;
const ROW: f32 = 38.0;
/// Rows before the rest folds into one line.
const MOST: usize = 6;

/// Height of the table.
pub(super) fn height(model: &OverviewModel) -> f32 {
    let rows = model.merchants.len();
    let more = if rows > MOST { ROW } else { 0.0 };
    HEAD + rows.min(MOST) as f32 * ROW + more
}

/// Where the columns stand, from the left edge of the table.
struct MerchantColumns {
    name: f32,
    bill: f32,
    rows_right: f32,
    amount_right: Option<f32>,
    rate: f32,
    rate_right: f32,
    work: f32,
    stake_right: Option<f32>,
    next: f32,
    next_right: f32,
    wide: bool,
}

impl MerchantColumns {
    fn of(page: &Page<'_>, width: f32) -> Self {
        match page.class.width {
            Width::Wide => Self {
                name: 16.0,
                bill: (width * 0.185).floor(),
                rows_right: width * 0.385,
                amount_right: Some(width * 0.50),
                rate: width * 0.535,
                rate_right: width * 0.535 + 52.0,
                work: width * 0.645,
                stake_right: Some(width * 0.825),
                next: width * 0.90 - 12.0,
                next_right: width - 12.0,
                wide: true,
            },
            Width::Medium => {
                let x = |at: f32| at / 926.0 * width;
                Self {
                    name: 14.0,
                    bill: x(150.0),
                    rows_right: x(378.0),
                    amount_right: Some(x(490.0)),
                    rate: x(504.0),
                    rate_right: x(552.0),
                    work: x(580.0),
                    stake_right: Some(x(772.0)),
                    next: x(812.0),
                    next_right: width - 12.0,
                    wide: false,
                }
            }
            Width::Narrow => {
                let x = |at: f32| at / 702.0 * width;
                Self {
                    name: 14.0,
                    bill: x(132.0),
                    rows_right: x(372.0),
                    amount_right: None,
                    rate: x(384.0),
                    rate_right: x(432.0),
                    work: x(452.0),
                    stake_right: None,
                    next: x(588.0),
                    next_right: width - 12.0,
                    wide: false,
                }
            }
        }
    }
}

/// Draws it.
pub(super) fn show(ui: &Ui, rect: Rect, page: &Page<'_>, model: &OverviewModel, out: &mut Outbox) {
    let t = page.t;
    paint::card(ui.painter(), rect, t);
    let columns = MerchantColumns::of(page, rect.width());
    head(ui, rect, page, &columns);
    for (nth, row) in model.merchants.iter().take(MOST).enumerate() {
        let top = rect.top() + HEAD + nth as f32 * ROW;
        let line = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), ROW));
        let last = nth + 1 == model.merchants.len();
        merchant(ui, line, page, (row, &columns, last), out);
    }
    if model.merchants.len() > MOST {
        let all = (page.w.overview.all_of)(&model.merchants.len().to_string());
        let at = pos2(rect.left() + 16.0, rect.bottom() - ROW / 2.0);
        let button = Button::ghost(&all);
        if button.show_left(ui, at, 28.0).clicked() {
            out.push(Action::Go(Screen::Merchants));
        }
    }
}

fn head(ui: &Ui, rect: Rect, page: &Page<'_>, c: &MerchantColumns) {
    let (t, o) = (page.t, &page.w.overview);
    let p = ui.painter();
    let y = rect.top() + HEAD / 2.0;
    let style = (TypeStyle::Small, t.text_3);
    let at = |x: f32| pos2(rect.left() + x, y);
    paint::left(p, at(c.name), o.merchant, style);
    paint::left(p, at(c.bill), o.bill, style);
    paint::right(p, at(c.rows_right), o.rows, style);
    if let Some(x) = c.amount_right {
        paint::right(p, at(x), o.amount, style);
    }
    if c.wide {
        paint::left(p, at(c.rate), o.rate, style);
    } else {
        paint::right(p, at(c.rate_right), o.rate, style);
    }
    paint::left(p, at(c.work), o.work_column, style);
    if let Some(x) = c.stake_right {
        paint::right(p, at(x), o.stake_column, style);
    }
    paint::left(p, at(c.next), o.next, style);
    paint::hline(
        p,
        rect.x_range().shrink(1.0),
        rect.top() + HEAD - 1.0,
        t.line_weak,
    );
}

fn merchant(
    ui: &Ui,
    line: Rect,
    page: &Page<'_>,
    (row, c, last): (&MerchantDay, &MerchantColumns, bool),
    out: &mut Outbox,
) {
    let t = page.t;
    let p = ui.painter();
    let id = paint::id(ui, ("merchant row", row.profile.0));
    let response = ui.interact(line, id, Sense::CLICK);
    response.widget_info(|| WidgetInfo::labeled(Role::Row, true, said(page, row)));
    if response.hovered() {
        p.rect_filled(line.shrink2(vec2(1.0, 0.0)), 0, t.hover);
    }
    if !last {
        paint::hline(
            p,
            line.x_range().shrink(1.0),
            line.bottom() - 1.0,
            t.line_weak,
        );
    }
    let y = line.center().y;
    let at = |x: f32| pos2(line.left() + x, y);
    let room = c.bill - c.name - 8.0;
    let (name, _) = paint::fit(p, at(c.name), room, &row.name, (TypeStyle::Body, t.text_1));
    let left = line.left() + c.bill - name.right() - 18.0;
    if c.wide && left > 74.0 {
        let place = pos2(name.right() + 10.0, y);
        paint::left(p, place, &row.mch_id, (TypeStyle::Small, t.text_3));
    }
    bill_cell(ui, at(c.bill), page, row, c);
    let absent = (TypeStyle::Body, t.text_3);
    let value = |here: bool| {
        if here {
            (TypeStyle::Body, t.text_1)
        } else {
            absent
        }
    };
    let rows = row.rows.map_or_else(|| "—".to_owned(), format::count);
    paint::right(p, at(c.rows_right), &rows, value(row.rows.is_some()));
    if let Some(x) = c.amount_right {
        let amount = format::money_or_dash(row.amount);
        paint::right(p, at(x), &amount, value(row.amount.is_some()));
    }
    let share = row.matched.map_or_else(|| "—".to_owned(), format::share);
    paint::right(p, at(c.rate_right), &share, value(row.matched.is_some()));
    if let (true, Some(share)) = (c.wide, row.matched) {
        let track = paint::from_left(at(c.rate_right + 10.0), vec2(48.0, 4.0));
        p.rect_filled(track, 2, t.line_weak);
        let mut done = track;
        done.set_width(48.0 * share.min(10_000) as f32 / 10_000.0);
        p.rect_filled(done, 2, t.green.fill);
    }
    work(ui, at(c.work), page, row, c);
    if let Some(x) = c.stake_right {
        let stake = row
            .matched
            .map_or_else(|| "—".to_owned(), |_| format::money(row.at_stake));
        let style = if row.at_stake.get() > 0 {
            value(true)
        } else {
            absent
        };
        paint::right(p, at(x), &stake, style);
    }
    let place = Rect::from_min_max(
        pos2(line.left() + c.next, y - 14.0),
        pos2(line.left() + c.next_right, y + 14.0),
    );
    next(ui, place, page, row, out);
    if response.clicked() {
        out.push(Action::SetMerchant(Some(row.profile)));
        out.push(Action::Go(Screen::Reconcile));
    }
}

/// The state of the bill; words that are cut appear under the pointer.
fn bill_cell(ui: &Ui, at: egui::Pos2, page: &Page<'_>, row: &MerchantDay, c: &MerchantColumns) {
    let (t, p) = (page.t, ui.painter());
    let (mood, words) = bill(page, row);
    paint::mark(p, at + vec2(5.0, 0.0), mood, t);
    let room = c.rows_right - c.bill - 70.0;
    let style = (TypeStyle::Body, t.text_2);
    let (place, cut) = paint::fit(p, at + vec2(16.0, 0.0), room, &words, style);
    if cut {
        paint::say(ui, ("bill", row.profile.0), place, &words).on_hover_text(&words);
    }
}

fn said(page: &Page<'_>, row: &MerchantDay) -> String {
    let rows = row.rows.map_or_else(|| "—".to_owned(), format::count);
    let stake = format::money(row.at_stake);
    let (_, bill) = bill(page, row);
    let work = (page.w.overview.work)(&format::count(row.counts.to_work()));
    format!("{} {} {bill} {rows} {work} ¥{stake}", row.name, row.mch_id)
}

fn bill(page: &Page<'_>, row: &MerchantDay) -> (Tone, String) {
    let o = &page.w.overview;
    let time = |at| format::time(at, page.state.now);
    match &row.bill {
        BillStatus::Verified(_) if row.waiting.is_some() => {
            (Tone::Watch, o.no_orders_here.to_owned())
        }
        BillStatus::Verified(at) if row.next == NextStep::Reconcile => {
            (Tone::Info, (o.waiting)(&time(*at)))
        }
        BillStatus::Verified(at) => (Tone::Ok, (o.verified)(&time(*at))),
        BillStatus::Quarantined => (Tone::Urgent, o.quarantined.to_owned()),
        BillStatus::NotReady(at) => (Tone::Watch, (o.not_ready)(&time(*at))),
        BillStatus::Creating(at) => (Tone::Watch, (o.creating)(&time(*at))),
        BillStatus::Failed(_, reason) => (Tone::Urgent, (o.failed)(page.w.of(reason))),
        BillStatus::NotFetched => (Tone::Watch, o.not_fetched.to_owned()),
        BillStatus::NoBill => (Tone::Info, o.no_bill.to_owned()),
    }
}

fn work(ui: &Ui, at: egui::Pos2, page: &Page<'_>, row: &MerchantDay, c: &MerchantColumns) {
    let t = page.t;
    let p = ui.painter();
    if row.matched.is_none() {
        paint::left(p, at, "—", (TypeStyle::Body, t.text_3));
        return;
    }
    let counts = [
        (Severity::Urgent, row.counts.urgent),
        (Severity::Fault, row.counts.fault),
        (Severity::Watch, row.counts.watch),
    ];
    let shown: Vec<_> = counts.into_iter().filter(|(_, n)| *n > 0).take(2).collect();
    if shown.is_empty() {
        paint::left(p, at, page.w.frame.none, (TypeStyle::Body, t.text_3));
        return;
    }
    let short = if c.wide && page.w.is_zh() {
        Short::No
    } else {
        Short::Yes
    };
    let mut x = at.x;
    for (severity, count) in shown {
        let pill = severity_pill(ui, pos2(x, at.y), severity, &format::count(count), short);
        x = pill.right() + 6.0;
    }
}

fn next(ui: &Ui, rect: Rect, page: &Page<'_>, row: &MerchantDay, out: &mut Outbox) {
    let o = &page.w.overview;
    let salt = row.profile.0.unsigned_abs();
    let known = page.state.merchants.iter();
    let mut known = known.filter(|known| known.id == row.profile);
    let fetches = known.next().is_none_or(MerchantRow::can_fetch);
    let work;
    let (label, enabled) = match row.next {
        NextStep::Work(count) => {
            work = (o.work_short)(&format::count(count));
            (work.as_str(), true)
        }
        NextStep::Balanced => (o.step_balanced, true),
        NextStep::SignOff => (page.w.payout.sign, true),
        NextStep::Signed => (o.step_signed, true),
        NextStep::ImportOrders => (o.step_orders, true),
        NextStep::Download if fetches && matches!(row.bill, BillStatus::Failed(..)) => {
            (o.step_retry, true)
        }
        NextStep::Download if fetches => (o.step_download, true),
        NextStep::Download => (page.w.bills.import, true),
        NextStep::Reconcile => (o.step_reconcile, true),
        NextStep::Wait => (o.step_wait, false),
    };
    let ghost = matches!(
        row.next,
        NextStep::Balanced | NextStep::Signed | NextStep::Wait
    );
    let button = if ghost {
        Button::ghost(label)
    } else {
        Button::secondary(label)
    };
    let response = button
        .salt(salt)
        .enabled_or(enabled, o.wait_why)
        .show(ui, rect);
    if !response.clicked() {
        return;
    }
    let day = page.state.day;
    let next = match row.next {
        // Without a key the file is the way.
        NextStep::Download if !fetches => NextStep::ImportOrders,
        next => next,
    };
    match next {
        NextStep::Work(_) => {
            out.push(Action::SetMerchant(Some(row.profile)));
            out.push(Action::Go(Screen::Cases));
            out.run(Command::Cases(CaseFilter {
                profile: Some(row.profile),
                day: Some(day),
                severities: vec![Severity::Urgent, Severity::Fault],
                ..CaseFilter::default()
            }));
        }
        NextStep::Balanced | NextStep::SignOff | NextStep::Signed => {
            out.push(Action::SetMerchant(Some(row.profile)));
            out.push(Action::Go(Screen::Reconcile));
        }
        NextStep::ImportOrders => {
            out.push(Action::SetMerchant(Some(row.profile)));
            out.push(Action::PickFiles);
        }
        NextStep::Download => out.run(Command::Download(row.profile, day, BillChoice::All)),
        NextStep::Reconcile => out.run(Command::Reconcile(row.profile, day)),
        NextStep::Wait => {}
    }
}
