//! The morning sentence, its clauses, and the one primary button.

use egui::accesskit::Role;
use egui::{Align2, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::action::{Action, Outbox};
use crate::page::Page;
use crate::screens::Screen;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::Button;
use crate::widgets::card;
use crate::{format, icons, paint};
use recondesk_app::Command;
use recondesk_app::model::{
    CaseFilter, Clause, ClauseKind, MerchantDay, MorningState, NextStep, OverviewModel,
};
use recondesk_domain::{Category, ProfileId, Severity};

/// Height of the card.
pub(super) fn height(page: &Page<'_>) -> f32 {
    if page.class.is_wide() { 92.0 } else { 84.0 }
}

/// Draws it.
pub(super) fn show(ui: &Ui, rect: Rect, page: &Page<'_>, model: &OverviewModel, out: &mut Outbox) {
    let t = page.t;
    let p = ui.painter();
    paint::card(p, rect, t);
    card::result_bar(ui, rect, mood(page, model));
    let wide = page.class.is_wide();
    let button_left = primary(ui, rect, page, model, out);
    let x = rect.left() + if wide { 20.0 } else { 16.0 };
    let y = rect.top() + if wide { 31.0 } else { 28.0 };
    let face = if wide {
        TypeStyle::Title
    } else {
        TypeStyle::Reason
    };
    let runs = sentence(page, model, face);
    let galley = runs.layout(p, f32::INFINITY);
    let too_wide = galley.size().x > rect.right() - 16.0 - x;
    let galley = if too_wide {
        sentence(page, model, TypeStyle::Heading).layout(p, f32::INFINITY)
    } else {
        galley
    };
    let place = paint::put(p, pos2(x, y), Align2::LEFT_CENTER, galley);
    let said = runs.said();
    paint::say_as(ui, "morning", place, Role::Status, said.trim_end());
    let y = rect.top() + if wide { 66.0 } else { 58.0 };
    clauses(ui, (x, y, button_left - 12.0), page, model, out);
}

fn mood(page: &Page<'_>, model: &OverviewModel) -> Tone {
    let urgent = model
        .in_view(page.state.merchant)
        .any(|row| row.counts.urgent > 0);
    match model.morning(page.state.merchant) {
        MorningState::Work if urgent => Tone::Urgent,
        MorningState::FetchFailed(_) | MorningState::Quarantined => Tone::Urgent,
        MorningState::Work => Tone::Fault,
        MorningState::BillMissing | MorningState::OrdersMissing | MorningState::NoOrders(_) => {
            Tone::Watch
        }
        MorningState::NotCompared | MorningState::NotOut(_) | MorningState::NoTrade => Tone::Info,
        MorningState::Settled | MorningState::AllMatched => Tone::Ok,
    }
}

fn sentence(page: &Page<'_>, model: &OverviewModel, face: TypeStyle) -> paint::Runs {
    let (t, o) = (page.t, &page.w.overview);
    let totals = &model.totals;
    let day = day_words(page, model);
    let mut runs = paint::Runs::default();
    let rows = format::count(totals.rows);
    match model.morning(page.state.merchant) {
        MorningState::Work | MorningState::Settled => compared(page, model, face, &mut runs),
        MorningState::AllMatched => {
            let rest = match signing(page, model) {
                Signing::Ready(_) => o.can_be_signed,
                Signing::Done => o.is_signed,
                Signing::NotYet => "",
            };
            let words = format!("{}{rest}", (o.all_matched)(&day, &rows));
            runs.add(&words, face, t.green.text);
        }
        MorningState::FetchFailed(reason) => {
            let words = (o.fetch_failed)(&day, page.w.of(&reason));
            runs.add(&words, face, t.red.text);
        }
        MorningState::Quarantined => {
            runs.add(&(o.bill_quarantined)(&day), face, t.red.text);
        }
        MorningState::BillMissing => {
            let missing = totals.bills_missing().to_string();
            runs.add(&(o.bill_missing)(&day, &missing), face, t.text_1);
            if totals.compared_rows > 0 {
                let rows = format::count(totals.compared_rows);
                let matched = format::count(totals.matched);
                runs.add(&(o.arrived)(&rows, &matched), face, t.text_2);
            }
        }
        MorningState::NotCompared => {
            runs.add(&(o.not_compared)(&day, &rows), face, t.text_1);
        }
        MorningState::OrdersMissing => {
            runs.add(&(o.orders_missing)(&day, &rows), face, t.text_1);
        }
        MorningState::NoOrders(sum) => {
            let sum = format::money(sum);
            runs.add(&(o.no_orders)(&day, &rows, &sum), face, t.text_1);
        }
        MorningState::NotOut(at) => {
            let at = format::time(at, page.state.now);
            runs.add(&(o.not_out)(&day, &at), face, t.text_1);
        }
        MorningState::NoTrade => {
            runs.add(&(o.no_trade)(&day), face, t.text_1);
        }
    }
    runs
}

fn day_words(page: &Page<'_>, model: &OverviewModel) -> String {
    let o = &page.w.overview;
    if model.day == page.state.now.day().prev() {
        o.yesterday.to_owned()
    } else if page.w.is_zh() {
        format::short_day(model.day)
    } else {
        (o.on_day)(&format::short_day(model.day))
    }
}

/// The numbers of the merchants that were compared, and of those alone.
fn compared(page: &Page<'_>, model: &OverviewModel, face: TypeStyle, runs: &mut paint::Runs) {
    let (t, o) = (page.t, &page.w.overview);
    let totals = &model.totals;
    let day = day_words(page, model);
    let plain = t.text_2;
    let rows = format::count(totals.compared_rows);
    let matched = format::count(totals.matched);
    let cross = format::count(totals.cross_day);
    let work = format::count(totals.to_work);
    let sum = format!("¥{}", format::money(totals.at_stake));
    let work_color = if totals.to_work > 0 {
        t.red.text
    } else {
        t.text_1
    };
    if page.w.is_zh() {
        runs.add(&format!("{day} "), face, plain)
            .add(&rows, face, t.text_1)
            .add(&format!(" {} ", o.rows_unit), face, plain)
            .add(&matched, face, t.green.text)
            .add(&format!("{} ", o.matched), face, plain)
            .add(&cross, face, t.yellow.text)
            .add(&format!("{} ", o.cross_day), face, plain)
            .add(&work, face, work_color);
        if totals.to_work > 0 {
            runs.add(&format!("{} ", o.to_work), face, plain)
                .add(&sum, face, t.red.text);
        }
    } else {
        runs.add(&rows, face, t.text_1)
            .add(&format!(" {day}{} ", o.rows_unit), face, plain)
            .add(&matched, face, t.green.text)
            .add(&format!(" {} ", o.matched), face, plain)
            .add(&cross, face, t.yellow.text)
            .add(&format!(" {} ", o.cross_day), face, plain)
            .add(&work, face, work_color)
            .add(&format!(" {} ", o.to_work), face, plain)
            .add(&sum, face, work_color)
            .add(&format!(" {}", o.at_stake), face, plain);
    }
}

/// What the one primary button does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PrimaryAction {
    Work,
    Fetch,
    Import,
    Compare,
    Sign(ProfileId),
}

/// Whether the merchants in view may be signed off, or are.
enum Signing {
    NotYet,
    /// The first that may be.
    Ready(ProfileId),
    Done,
}

fn signing(page: &Page<'_>, model: &OverviewModel) -> Signing {
    let ready = |row: &&MerchantDay| row.next == NextStep::SignOff;
    if let Some(row) = model.in_view(page.state.merchant).find(ready) {
        return Signing::Ready(row.profile);
    }
    let is_signed = |row: &MerchantDay| row.next == NextStep::Signed;
    if model.in_view(page.state.merchant).all(is_signed) {
        Signing::Done
    } else {
        Signing::NotYet
    }
}

fn deed(page: &Page<'_>, model: &OverviewModel) -> Option<(PrimaryAction, Option<char>)> {
    let fetches = super::fetches(page);
    let fetch = if fetches {
        (PrimaryAction::Fetch, Some(icons::ARROW_CLOCKWISE))
    } else {
        (PrimaryAction::Import, Some(icons::FILE_PLUS))
    };
    match model.morning(page.state.merchant) {
        MorningState::Work => Some((PrimaryAction::Work, None)),
        MorningState::FetchFailed(_) | MorningState::Quarantined | MorningState::BillMissing => {
            Some(fetch)
        }
        MorningState::NotCompared => Some((PrimaryAction::Compare, Some(icons::SCALES))),
        MorningState::OrdersMissing | MorningState::NoOrders(_) => {
            Some((PrimaryAction::Import, Some(icons::FILE_PLUS)))
        }
        MorningState::NotOut(_) if page.state.now >= model.day.bill_available_from() && fetches => {
            Some(fetch)
        }
        MorningState::Settled | MorningState::AllMatched => match signing(page, model) {
            Signing::Ready(profile) => {
                Some((PrimaryAction::Sign(profile), Some(icons::SEAL_CHECK)))
            }
            Signing::NotYet | Signing::Done => None,
        },
        MorningState::NotOut(_) | MorningState::NoTrade => None,
    }
}

fn primary(ui: &Ui, rect: Rect, page: &Page<'_>, model: &OverviewModel, out: &mut Outbox) -> f32 {
    let o = &page.w.overview;
    let work = (o.work)(&format::count(model.totals.to_work));
    let Some((deed, icon)) = deed(page, model) else {
        return rect.right() - 16.0;
    };
    let orders = matches!(
        model.morning(page.state.merchant),
        MorningState::OrdersMissing | MorningState::NoOrders(_)
    );
    let label = match deed {
        PrimaryAction::Work => work.as_str(),
        PrimaryAction::Fetch => o.run_all,
        PrimaryAction::Import if orders => o.step_orders,
        PrimaryAction::Import => page.w.bills.import,
        PrimaryAction::Compare => o.step_reconcile,
        PrimaryAction::Sign(_) => page.w.payout.sign,
    };
    let mut button = Button::primary(label).key("Ctrl ↵");
    if let Some(icon) = icon {
        button = button.icon(icon);
    }
    let wide = page.class.is_wide();
    let height = if wide { 36.0 } else { 30.0 };
    let y = if wide {
        rect.center().y
    } else {
        rect.bottom() - 30.0
    };
    let right = rect.right() - if wide { 20.0 } else { 16.0 };
    let response = button.show_right(ui, pos2(right, y), height);
    if response.clicked() || page.keys.primary {
        match deed {
            PrimaryAction::Work => {
                let severities = vec![Severity::Urgent, Severity::Fault];
                open_cases(page, severities, Vec::new(), out);
            }
            PrimaryAction::Fetch => out.run(Command::Morning(page.state.merchant, page.state.day)),
            PrimaryAction::Import => out.push(Action::PickFiles),
            PrimaryAction::Sign(profile) => {
                out.push(Action::SetMerchant(Some(profile)));
                out.push(Action::Go(Screen::Reconcile));
            }
            PrimaryAction::Compare => {
                let waiting = model.in_view(page.state.merchant);
                for row in waiting.filter(|row| row.next == NextStep::Reconcile) {
                    out.run(Command::Reconcile(row.profile, page.state.day));
                }
            }
        }
    }
    response.rect.left()
}

fn open_cases(
    page: &Page<'_>,
    severities: Vec<Severity>,
    categories: Vec<Category>,
    out: &mut Outbox,
) {
    let filter = CaseFilter {
        profile: page.state.merchant,
        day: Some(page.state.day),
        severities,
        categories,
        ..CaseFilter::default()
    };
    out.push(Action::Go(Screen::Cases));
    out.run(Command::Cases(filter));
}

fn clauses(
    ui: &Ui,
    (mut x, y, right): (f32, f32, f32),
    page: &Page<'_>,
    model: &OverviewModel,
    out: &mut Outbox,
) {
    let t = page.t;
    let p = ui.painter();
    let face = if page.class.is_wide() {
        TypeStyle::Body
    } else {
        TypeStyle::Small
    };
    x = approvals(ui, (x, y, right), page, face, out);
    for (nth, clause) in model.clauses.iter().take(4).enumerate() {
        let words = clause_words(page, clause);
        let inset = if clause.severity == Severity::Ok {
            17.0
        } else {
            14.0
        };
        let width = inset + paint::width(p, &words, face);
        if x + width > right {
            break;
        }
        let rect = paint::from_left(pos2(x, y), vec2(width, 22.0));
        let response = ui.interact(rect, paint::id(ui, ("clause", nth)), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Link, true, &words));
        paint::mark(p, pos2(x + 5.0, y), clause.severity.into(), t);
        let text = paint::left(p, pos2(x + inset, y), &words, (face, t.text_2));
        if response.hovered() {
            paint::hline(p, text.x_range(), y + 9.0, t.text_3);
            ui.set_cursor_icon(egui::CursorIcon::PointingHand);
        }
        if response.has_focus() {
            paint::ring(p, rect, 4, t);
        }
        if response.clicked() {
            follow(page, clause, out);
        }
        x += width + if page.class.is_wide() { 24.0 } else { 14.0 };
    }
}

/// What waits for a second person, before the clauses of the day; where the next one begins comes back.
fn approvals(
    ui: &Ui,
    (x, y, right): (f32, f32, f32),
    page: &Page<'_>,
    face: TypeStyle,
    out: &mut Outbox,
) -> f32 {
    let waiting = page.state.payout.approvals.value().map_or(0, Vec::len);
    let words = (page.w.people.waiting)(&format::count(waiting as u64));
    let p = ui.painter();
    let width = 17.0 + paint::width(p, &words, face);
    if waiting == 0 || x + width > right {
        return x;
    }
    let rect = paint::from_left(pos2(x, y), vec2(width, 22.0));
    let response = ui.interact(rect, paint::id(ui, "waiting approvals"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Link, true, &words));
    paint::icon(p, pos2(x + 6.0, y), icons::SEAL_CHECK, 14.0, page.t.accent);
    let text = paint::left(p, pos2(x + 17.0, y), &words, (face, page.t.text_1));
    if response.hovered() {
        paint::hline(p, text.x_range(), y + 9.0, page.t.text_3);
        ui.set_cursor_icon(egui::CursorIcon::PointingHand);
    }
    if response.has_focus() {
        paint::ring(p, rect, 4, page.t);
    }
    if response.clicked() {
        out.push(Action::Approvals);
    }
    x + width + if page.class.is_wide() { 24.0 } else { 14.0 }
}

fn follow(page: &Page<'_>, clause: &Clause, out: &mut Outbox) {
    match clause.kind {
        ClauseKind::PaidNotFulfilled | ClauseKind::Category(_) | ClauseKind::Severity => {
            open_cases(page, vec![clause.severity], Vec::new(), out);
        }
        ClauseKind::BillNotReady | ClauseKind::BillNotFetched | ClauseKind::FetchFailed => {
            out.push(Action::Go(Screen::Bills));
        }
        ClauseKind::NotCompared | ClauseKind::NoOrders | ClauseKind::ReadyToSign => {
            out.push(Action::Go(Screen::Reconcile));
        }
    }
}

fn clause_words(page: &Page<'_>, clause: &Clause) -> String {
    let o = &page.w.overview;
    let n = format::count(clause.count);
    match clause.kind {
        ClauseKind::PaidNotFulfilled => (o.paid_not_fulfilled)(&n),
        ClauseKind::Category(category) => (o.of_category)(&n, page.w.category(category)),
        ClauseKind::Severity => (o.of_category)(&n, page.w.severity(clause.severity)),
        ClauseKind::BillNotReady => (o.bill_not_ready)(&n),
        ClauseKind::BillNotFetched => (o.bill_not_fetched)(&n),
        ClauseKind::FetchFailed => (o.bills_failed)(&n),
        ClauseKind::NotCompared => (o.merchants_waiting)(&n),
        ClauseKind::NoOrders => (o.merchants_no_orders)(&n),
        ClauseKind::ReadyToSign => (o.ready_to_sign)(&n),
    }
}
