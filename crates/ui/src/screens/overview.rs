//! The Overview: the morning in one sentence, the merchants, and what proves it.

mod headline;
mod merchants;

use egui::{Rect, Sense, Ui, pos2, vec2};

use super::{Screen, Status};
use crate::action::{Action, Outbox};
use crate::page::{Page, cut_left, cut_top};
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::{Button, icon_button};
use crate::widgets::{calendar, card, chart, tabs};
use crate::{format, icons, paint};
use recondesk_app::model::{LogKind, LoggedBook, MerchantRow, OverviewModel};
use recondesk_app::{Command, Export, Failure, Remote, ReportFormat};

const GAP: f32 = 12.0;

/// What the Overview remembers.
#[derive(Default)]
pub(super) struct Overview {
    by: chart::By,
    /// Which merchant's calendar is shown, while all are in view.
    calendar: usize,
    /// True while the calendar shows the fund-flow bills.
    of_funds: bool,
}

impl Overview {
    pub(super) fn show(&mut self, ui: &mut Ui, page: &Page<'_>, out: &mut Outbox) {
        let slot = &page.state.overview;
        header(ui, page, out);
        if page.keys.rerun {
            out.run(Command::Overview(page.state.day, page.state.merchant));
        }
        let body = page.body();
        let Some(model) = slot.value() else {
            nothing_yet(ui, body, page, out);
            return;
        };
        let failed = slot.failure().cloned();
        let needed = Self::height(page, model, failed.as_ref());
        if needed <= body.height() + 0.5 {
            self.content(ui, body, page, (model, failed, out));
            return;
        }
        let scrolled = Rect::from_min_max(
            body.min - vec2(4.0, 4.0),
            pos2(body.right() + 4.0, page.rect.bottom()),
        );
        paint::region(ui, scrolled, "overview scroll", |ui| {
            egui::ScrollArea::vertical()
                .auto_shrink(false)
                .show(ui, |ui| {
                    let size = vec2(scrolled.width(), needed + GAP + 8.0);
                    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
                    let inner =
                        Rect::from_min_size(rect.min + vec2(4.0, 4.0), vec2(body.width(), needed));
                    self.content(ui, inner, page, (model, failed, out));
                });
        });
    }

    fn height(page: &Page<'_>, model: &OverviewModel, failed: Option<&Failure>) -> f32 {
        let failed = failed.map_or(0.0, |failure| card::failed_height(failure) + GAP);
        let top = failed + headline::height(page) + GAP + merchants::height(model) + GAP;
        let charts = if stacked(page) {
            2.0 * 312.0 + GAP
        } else {
            312.0
        };
        top + charts
    }

    fn content(
        &mut self,
        ui: &mut Ui,
        area: Rect,
        page: &Page<'_>,
        (model, failed, out): (&OverviewModel, Option<Failure>, &mut Outbox),
    ) {
        let mut rest = area;
        if let Some(failure) = failed {
            let (place, below) = cut_top(rest, card::failed_height(&failure), GAP);
            rest = below;
            if card::failed(ui, place, &failure).is_some() {
                out.run(Command::Overview(page.state.day, page.state.merchant));
            }
        }
        let (place, rest) = cut_top(rest, headline::height(page), GAP);
        headline::show(ui, place, page, model, out);
        let (place, rest) = cut_top(rest, merchants::height(model), GAP);
        merchants::show(ui, place, page, model, out);
        let with_log = page.class.is_wide() && rest.height() >= 420.0 && !model.log.is_empty();
        let room = rest.height() - if with_log { 122.0 + GAP } else { 0.0 };
        if stacked(page) {
            let (top, below) = cut_top(rest, 312.0, GAP);
            self.days(ui, top, page, (model, &mut *out));
            let (place, _) = cut_top(below, 312.0, GAP);
            self.calendar_card(ui, place, page, (model, out));
        } else {
            let (charts, below) = cut_top(rest, room.min(380.0), GAP);
            self.charts(ui, charts, page, (model, out));
            if with_log {
                log(ui, cut_top(below, 122.0, GAP).0, page, model);
            }
        }
    }

    fn charts(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        page: &Page<'_>,
        (model, out): (&OverviewModel, &mut Outbox),
    ) {
        let width = rect.width();
        if !page.class.is_wide() {
            let (days, calendar) = cut_left(rect, ((width - GAP) * 0.52).floor(), GAP);
            self.days(ui, days, page, (model, &mut *out));
            self.calendar_card(ui, calendar, page, (model, out));
            return;
        }
        let inner = width - 2.0 * GAP;
        let (days, rest) = cut_left(rect, (inner * 0.44).floor(), GAP);
        let (ages, calendar) = cut_left(rest, (inner * 0.22).floor(), GAP);
        self.days(ui, days, page, (model, &mut *out));
        let open: u64 = model
            .ageing
            .iter()
            .map(|class| class.counts.to_work())
            .sum();
        let note = (page.w.overview.ageing_note)(&format::count(open));
        let body = card::titled(ui, ages, page.w.overview.ageing, &note);
        if open == 0 {
            let text = page.w.overview.nothing_open;
            let style = (TypeStyle::Body, page.t.text_3);
            paint::text(
                ui.painter(),
                body.center(),
                egui::Align2::CENTER_CENTER,
                text,
                style,
            );
        } else {
            chart::ageing(ui, body, &model.ageing);
        }
        self.calendar_card(ui, calendar, page, (model, out));
    }

    fn calendar_card(
        &mut self,
        ui: &Ui,
        rect: Rect,
        page: &Page<'_>,
        (model, out): (&OverviewModel, &mut Outbox),
    ) {
        let w = page.w;
        let last = model.calendars.len().saturating_sub(1);
        self.calendar = self.calendar.min(last);
        let Some(shown) = model.calendars.get(self.calendar) else {
            card::titled(ui, rect, w.overview.calendar, "");
            return;
        };
        let o = &w.overview;
        let body = card::titled(ui, rect, o.calendar, "");
        self.turn(ui, rect, page, last);
        let right = if last == 0 { 12.0 } else { 72.0 };
        let at = pos2(rect.right() - right, rect.top() + 21.0);
        let kinds = [o.kind_trade, o.kind_funds];
        if let Some(kind) = tabs::card_tabs(ui, at, &kinds, usize::from(self.of_funds)) {
            self.of_funds = kind == 1;
        }
        let tabs = kinds.map(|kind| paint::width(ui.painter(), kind, TypeStyle::Small) + 20.0);
        let p = ui.painter();
        let from = rect.left() + 26.0 + paint::width(p, o.calendar, TypeStyle::Heading);
        let room = at.x - tabs.iter().sum::<f32>() - from - 12.0;
        let style = (TypeStyle::Small, page.t.text_3);
        let name = pos2(from, rect.top() + 21.0);
        let (said, _) = paint::fit(p, name, room, &shown.name, style);
        paint::say(ui, "calendar of", said, &shown.name);
        let (days, missing) = if self.of_funds {
            (&shown.funds, shown.funds_missing)
        } else {
            (&shown.days, shown.missing)
        };
        let inner = body.shrink2(vec2(16.0, 0.0));
        let today = page.state.now.day();
        let months = if inner.width() >= 330.0 { 3 } else { 2 };
        let room = inner.height() - 44.0 - 54.0;
        let cell = (room / 6.0).clamp(22.0, 30.0).floor();
        let view = calendar::Months {
            today,
            chosen: None,
            days,
            months,
            back: 0,
            cell,
        };
        let area = Rect::from_min_size(inner.min, vec2(inner.width(), calendar::height(cell)));
        let below = pos2(inner.left(), rect.bottom() - 17.0);
        let pressed = missing.filter(|day| calendar::missing(ui, below, *day, today));
        if let Some(day) = view.show(ui, area).or(pressed) {
            out.push(Action::SetMerchant(Some(shown.profile)));
            out.push(Action::SetDay(day));
            out.push(if self.of_funds {
                Action::Funds(shown.profile, day)
            } else {
                Action::Go(Screen::Reconcile)
            });
        }
        let y = if missing.is_some() {
            rect.bottom() - 40.0
        } else {
            rect.bottom() - 18.0
        };
        calendar::legend(ui, pos2(inner.left(), y), inner.width(), self.of_funds);
    }

    /// The arrows that bring another merchant's calendar.
    fn turn(&mut self, ui: &Ui, rect: Rect, page: &Page<'_>, last: usize) {
        if last == 0 {
            return;
        }
        let o = &page.w.overview;
        let place = |nth: f32| {
            let center = pos2(rect.right() - 26.0 - nth * 28.0, rect.top() + 21.0);
            Rect::from_center_size(center, vec2(26.0, 26.0))
        };
        let before = icon_button(ui, place(1.0), icons::CARET_LEFT, o.calendar_previous, true);
        let after = icon_button(ui, place(0.0), icons::CARET_RIGHT, o.calendar_next, true);
        if before.clicked() {
            self.calendar = self.calendar.checked_sub(1).unwrap_or(last);
        } else if after.clicked() {
            self.calendar = if self.calendar == last {
                0
            } else {
                self.calendar + 1
            };
        }
    }

    fn days(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        page: &Page<'_>,
        (model, out): (&OverviewModel, &mut Outbox),
    ) {
        let o = &page.w.overview;
        let body = card::titled(ui, rect, o.last_30, o.last_30_note);
        let at = pos2(rect.right() - 12.0, rect.top() + 21.0);
        let all = [chart::By::Rows, chart::By::Net, chart::By::Cases];
        let chosen = all.iter().position(|by| *by == self.by).unwrap_or(0);
        let names = [o.by_rows, o.by_net, o.by_cases];
        let picked = tabs::card_tabs(ui, at, &names, chosen);
        if let Some(by) = picked.and_then(|nth| all.get(nth)) {
            self.by = *by;
        }
        if let Some(day) = chart::thirty_days(ui, body, &model.history, self.by) {
            out.push(Action::SetDay(day));
            out.push(Action::Go(Screen::Reconcile));
        }
    }
}

/// True when a merchant in view has the key to fetch bills with.
fn fetches(page: &Page<'_>) -> bool {
    let in_view = |row: &&MerchantRow| page.state.merchant.is_none_or(|id| row.id == id);
    let mut rows = page.state.merchants.iter().filter(in_view);
    rows.any(MerchantRow::can_fetch)
}

/// True where chart and calendar do not fit side by side.
fn stacked(page: &Page<'_>) -> bool {
    !page.class.is_wide() && (page.rect.width() - GAP) * 0.48 < 330.0
}

fn header(ui: &mut Ui, page: &Page<'_>, out: &mut Outbox) {
    let w = page.w;
    let slot = &page.state.overview;
    let at = page.title(ui, w.frame.overview);
    // Yesterday's bill has its own button in the sentence below.
    let gaps = slot.value().map_or(0, |model| model.gaps());
    let label = (w.overview.backfill)(&gaps.to_string());
    let mut buttons = Vec::new();
    if gaps > 0 && fetches(page) {
        buttons.push(Button::secondary(&label).icon(icons::DOWNLOAD_SIMPLE));
    }
    let has_gaps = !buttons.is_empty();
    let one_merchant = page.state.merchant.is_some() || page.state.merchants.len() == 1;
    if one_merchant {
        buttons.push(Button::secondary(w.frame.day_report).icon(icons::EXPORT));
    }
    let subtitle = match slot {
        Remote::Loading(_, Some(old)) => {
            (w.frame.loading_old)(&format::time(old.made_at, page.state.now))
        }
        Remote::Loading(_, None) => w.frame.loading.to_owned(),
        _ => w.overview.subtitle.to_owned(),
    };
    let (_, responses) = page.header(ui, at, &subtitle, buttons);
    let pressed = |nth: usize| responses.get(nth).is_some_and(egui::Response::clicked);
    if has_gaps && pressed(0) {
        out.run(Command::Backfill(page.state.merchant));
    }
    if one_merchant && pressed(usize::from(has_gaps)) {
        let what = Export::DayReport(ReportFormat::Xlsx);
        out.push(Action::PickExport(what));
    }
}

fn nothing_yet(ui: &Ui, body: Rect, page: &Page<'_>, out: &mut Outbox) {
    paint::card(ui.painter(), body, page.t);
    if let Some(failure) = page.state.overview.failure() {
        let place = Rect::from_min_size(body.min, vec2(body.width(), card::failed_height(failure)));
        if card::failed(ui, place, failure).is_some() {
            out.run(Command::Overview(page.state.day, page.state.merchant));
        }
        return;
    }
    let style = (TypeStyle::Body, page.t.text_3);
    let text = page.w.frame.loading;
    paint::text(
        ui.painter(),
        body.center(),
        egui::Align2::CENTER_CENTER,
        text,
        style,
    );
}

fn log(ui: &Ui, rect: Rect, page: &Page<'_>, model: &OverviewModel) {
    let (t, w) = (page.t, page.w);
    let body = card::titled(ui, rect, w.overview.log, "");
    let half = body.width() / 2.0;
    let p = ui.painter();
    for (nth, line) in model.log.iter().take(6).enumerate() {
        let x = body.left() + 16.0 + (nth / 3) as f32 * half;
        let y = body.top() + 8.0 + (nth % 3) as f32 * 24.0;
        let time = format::time(line.at, page.state.now);
        let style = (TypeStyle::Small, t.text_3);
        paint::left(p, pos2(x, y), &time, style);
        let x = x + paint::width(p, &time, TypeStyle::Small).max(34.0) + 15.0;
        paint::mark(p, pos2(x, y), Tone::from(line.severity), t);
        let words = log_words(page, &line.kind);
        let room = half - 96.0;
        let (said, _) = paint::fit(
            p,
            pos2(x + 14.0, y),
            room,
            &words,
            (TypeStyle::Body, t.text_2),
        );
        paint::say(ui, ("log", nth), said, &format!("{time} {words}"));
    }
}

fn log_words(page: &Page<'_>, kind: &LogKind) -> String {
    let o = &page.w.overview;
    match kind {
        LogKind::Orders(file, rows, rejected) => {
            (o.log_orders)(file, &format::count(*rows), &format::count(*rejected))
        }
        LogKind::File(file) => {
            let of = match file.book {
                LoggedBook::Refunds => o.log_refunds,
                LoggedBook::Funds => o.log_funds,
                LoggedBook::Bank => o.log_bank,
            };
            let rows = format::count(file.rows);
            let mut words = (o.log_file)(of, &file.name, &rows);
            if file.rejected > 0 {
                words.push_str(&(o.log_rejected)(&format::count(file.rejected)));
            }
            if file.is_set_aside {
                words.push_str(o.log_aside);
            }
            words
        }
        LogKind::Bill(merchant, rows) => (o.log_bill)(merchant, &format::count(*rows)),
        LogKind::NotCompared(merchant, why) => (o.log_not_compared)(merchant, page.w.of(why)),
        LogKind::Run(merchant, matched, work) => {
            (o.log_run)(merchant, &format::count(*matched), &format::count(*work))
        }
    }
}

pub(super) fn status(page: &Page<'_>) -> Status {
    let w = page.w;
    let clock = page
        .state
        .now
        .beijing()
        .format("%Y-%m-%d %H:%M")
        .to_string();
    let right = vec![(w.frame.clock)(&clock), w.frame.here.to_owned()];
    if page.state.merchants.is_empty() {
        return Status {
            left: vec![w.frame.new_workspace.to_owned()],
            right: vec![w.frame.stays_here.to_owned()],
        };
    }
    let Some(model) = page.state.overview.value() else {
        return Status {
            left: Vec::new(),
            right,
        };
    };
    let totals = &model.totals;
    let merchants = totals.merchants.to_string();
    Status {
        left: vec![
            (w.frame.merchants_count)(&merchants),
            (w.frame.bills_count)(&totals.bills.to_string(), &merchants),
            (w.frame.order_files)(&totals.order_files.to_string(), &merchants),
        ],
        right,
    }
}
