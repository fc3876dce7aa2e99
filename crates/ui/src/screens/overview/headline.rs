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
use recondesk_app::model::{CaseFilter, Clause, ClauseKind, OverviewModel};
use recondesk_domain::{Category, Severity};

/// Height of the card.
pub(super) fn height(page: &Page<'_>) -> f32 {
    if page.class.is_wide() { 92.0 } else { 84.0 }
}

/// Draws it.
pub(super) fn show(ui: &Ui, rect: Rect, page: &Page<'_>, model: &OverviewModel, out: &mut Outbox) {
    let t = page.t;
    let p = ui.painter();
    paint::card(p, rect, t);
    card::result_bar(ui, rect, mood(model));
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
    paint::say_as(ui, "morning", place, (Role::Status, said.trim_end()));
    let y = rect.top() + if wide { 66.0 } else { 58.0 };
    clauses(ui, (x, y, button_left - 12.0), page, model, out);
}

fn mood(model: &OverviewModel) -> Tone {
    let totals = &model.totals;
    let urgent = model.merchants.iter().any(|row| row.counts.urgent > 0);
    match (urgent, totals.to_work, totals.bills_missing()) {
        (true, _, _) => Tone::Urgent,
        (_, 1.., _) => Tone::Fault,
        (_, _, 1..) => Tone::Watch,
        _ => Tone::Ok,
    }
}

fn sentence(page: &Page<'_>, model: &OverviewModel, face: TypeStyle) -> paint::Runs {
    let (t, o) = (page.t, &page.w.overview);
    let totals = &model.totals;
    let yesterday = model.day == page.state.now.day().prev();
    let zh = page.w.is_zh();
    let day = if yesterday {
        o.yesterday.to_owned()
    } else if zh {
        format::short_day(model.day)
    } else {
        (o.on_day)(&format::short_day(model.day))
    };
    let mut runs = paint::Runs::default();
    let plain = t.text_2;
    if totals.bills == 0 {
        runs.add(&(o.nothing_here)(&day), face, t.text_1);
        return runs;
    }
    if totals.bills_missing() > 0 && totals.to_work == 0 {
        let missing = totals.bills_missing().to_string();
        runs.add(&(o.bill_missing)(&day, &missing), face, t.text_1);
        let (rows, matched) = (format::count(totals.rows), format::count(totals.matched));
        runs.add(&(o.arrived)(&rows, &matched), face, plain);
        return runs;
    }
    let rows = format::count(totals.rows);
    if totals.to_work == 0 && totals.cross_day == 0 {
        runs.add(&(o.all_matched)(&day, &rows), face, t.green.text);
        return runs;
    }
    let matched = format::count(totals.matched);
    let cross = format::count(totals.cross_day);
    let work = format::count(totals.to_work);
    let sum = format!("¥{}", format::money(totals.at_stake));
    let work_color = if totals.to_work > 0 {
        t.red.text
    } else {
        t.text_1
    };
    if zh {
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
    runs
}

fn primary(ui: &Ui, rect: Rect, page: &Page<'_>, model: &OverviewModel, out: &mut Outbox) -> f32 {
    let o = &page.w.overview;
    let totals = &model.totals;
    let work = (o.work)(&format::count(totals.to_work));
    let can_fetch = page.state.now >= model.day.bill_available_from();
    let fetches = super::fetches(page);
    let (label, icon) = if totals.to_work > 0 {
        (work.as_str(), None)
    } else if totals.bills_missing() > 0 && !fetches {
        (page.w.bills.import, Some(icons::FILE_PLUS))
    } else if totals.bills_missing() > 0 && can_fetch {
        (o.run_all, Some(icons::ARROW_CLOCKWISE))
    } else {
        return rect.right() - 16.0;
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
        if totals.to_work > 0 {
            open_cases(
                page,
                vec![Severity::Urgent, Severity::Fault],
                Vec::new(),
                out,
            );
        } else if fetches {
            out.run(Command::Morning(page.state.merchant, page.state.day));
        } else {
            out.push(Action::PickFiles);
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

fn follow(page: &Page<'_>, clause: &Clause, out: &mut Outbox) {
    match clause.kind {
        ClauseKind::PaidNotFulfilled => {
            let family = Category::all()
                .filter(|c| c.family() == "unfulfilled" && c.severity() == Severity::Urgent);
            open_cases(page, Vec::new(), family.collect(), out);
        }
        ClauseKind::Category(category) => open_cases(page, Vec::new(), vec![category], out),
        ClauseKind::BillNotReady | ClauseKind::BillNotFetched => {
            out.push(Action::Go(Screen::Bills));
        }
        ClauseKind::ReadyToSign => out.push(Action::Go(Screen::Reconcile)),
    }
}

fn clause_words(page: &Page<'_>, clause: &Clause) -> String {
    let o = &page.w.overview;
    let n = format::count(clause.count);
    match clause.kind {
        ClauseKind::PaidNotFulfilled => (o.paid_not_fulfilled)(&n),
        ClauseKind::Category(category) => (o.of_category)(&n, page.w.category(category)),
        ClauseKind::BillNotReady => (o.bill_not_ready)(&n),
        ClauseKind::BillNotFetched => (o.bill_not_fetched)(&n),
        ClauseKind::ReadyToSign => (o.ready_to_sign)(&n),
    }
}
