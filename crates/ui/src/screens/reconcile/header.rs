//! The head of the Reconcile screen: the state of the day, and what can be done with it.

use egui::{Popup, Ui, pos2};

use super::changes;
use super::sign_off::{self, SignDeed};
use crate::action::{Action, Outbox};
use crate::page::Page;
use crate::theme::Tone;
use crate::widgets::button::Button;
use crate::widgets::{input, pill};
use crate::{format, icons, paint};
use recondesk_app::model::{DayModel, DayState};
use recondesk_app::{Command, Export, ExportFormat, ReportFormat, TaskKind};

/// Title, state and buttons of the day.
pub(super) fn header(ui: &mut Ui, page: &Page<'_>, out: &mut Outbox) {
    let w = page.w;
    let at = page.title(ui, w.frame.reconcile);
    let model = page.state.reconciled.value().map(AsRef::as_ref);
    let compared = model.filter(|model| model.state == DayState::Compared);
    let running = page
        .state
        .jobs()
        .find(|(_, task)| task.kind == TaskKind::Reconcile);
    let roomy = page.class.is_wide();
    let mut buttons = Vec::new();
    if running.is_some() {
        buttons.push(
            Button::secondary(w.frame.cancel)
                .icon(icons::STOP)
                .key("Esc"),
        );
    } else if let Some(model) = compared {
        let rerun = Button::secondary(w.day.rerun).icon(icons::ARROW_CLOCKWISE);
        // A small window keeps the room for what changed since the run before.
        if model.signed.is_none() {
            buttons.push(if roomy { rerun.key("F5") } else { rerun });
        }
        let export = Button::secondary(w.frame.export);
        buttons.push(if roomy {
            export.icon(icons::EXPORT)
        } else {
            export
        });
    }
    let merchant = page.state.merchant_or_first().map(|row| row.id);
    if merchant.is_some() {
        let funds = Button::secondary(w.funds.open);
        buttons.push(if roomy {
            funds.icon(icons::BANK)
        } else {
            funds
        });
    }
    let funds = buttons.len().saturating_sub(1);
    let signing = compared.filter(|_| running.is_none());
    let why = signing.map(|model| obstacle_words(page, model));
    if let Some(model) = signing {
        buttons.push(match &model.signed {
            Some(_) => Button::secondary(w.payout.unlock),
            None => Button::primary(w.payout.sign)
                .enabled_or(model.can_be_signed(), why.as_deref().unwrap_or_default()),
        });
    }
    let (left, responses) = page.buttons(ui, buttons);
    let pressed = |nth: usize| responses.get(nth).is_some_and(egui::Response::clicked);
    if let Some(id) = merchant.filter(|_| pressed(funds)) {
        out.push(Action::Funds(id, page.state.day));
    }
    if let Some(model) = signing {
        sign(ui, page, model, pressed(funds + 1));
    }
    if let Some((task, _)) = running {
        if pressed(0) || page.keys.escape {
            out.push(Action::Cancel(task));
        }
    } else if let Some(model) = compared {
        let again = model.signed.is_none();
        if again && pressed(0) {
            out.run(Command::Reconcile(model.profile, model.day));
        }
        if let Some(response) = responses.get(usize::from(again)) {
            export_menu(response, page, out);
        }
        if page.keys.export {
            out.push(Action::PickExport(Export::Findings(ExportFormat::Xlsx)));
        }
    }
    if let Some(model) = compared {
        pills(ui, (at, left), page, model, out);
    }
}

/// The last button was pressed, or its key: the day is signed off, or opened again.
fn sign(ui: &Ui, page: &Page<'_>, model: &DayModel, pressed: bool) {
    let by_key = page.keys.sign_off || page.keys.primary;
    if model.signed.is_some() && pressed {
        sign_off::ask(ui, model, SignDeed::Unlock);
    } else if model.can_be_signed() && (pressed || by_key) {
        sign_off::ask(ui, model, SignDeed::Sign);
    }
}

/// The state of the day behind the title, and what changed since the run before, as far as they fit.
fn pills(
    ui: &Ui,
    (at, left): (egui::Pos2, f32),
    page: &Page<'_>,
    model: &DayModel,
    out: &mut Outbox,
) {
    let w = page.w;
    let mut x = at.x;
    let (mood, words) = state_pill(page, model);
    let mut pills = vec![(mood, words)];
    if !page.class.is_wide() {
        if let Some(certificate) = &model.certificate {
            let mood = if certificate.is_good() {
                Tone::Ok
            } else {
                Tone::Urgent
            };
            let (n, of) = (certificate.holding(), certificate.identities.len());
            pills.push((
                mood,
                (w.day.certificate_pill)(&n.to_string(), &of.to_string()),
            ));
        }
        let waiting = model.pool.0.closing.count + model.pool.1.closing.count;
        if waiting > 0 {
            pills.push((Tone::Watch, (w.day.pool_pill)(&format::count(waiting))));
        }
    }
    for (mood, words) in pills {
        if x + pill::pill_width(ui, &words) > left - 8.0 {
            return;
        }
        let pill = pill::pill(ui, pos2(x, at.y + 1.0), mood, &words);
        paint::say(ui, ("state", x as i32), pill, &words);
        x = pill.right() + 10.0;
    }
    let at = pos2(x + 4.0, at.y + 1.0);
    changes::show(ui, at, left - 12.0, (page, model), out);
}

/// The menu of formats below an export button.
pub(in crate::screens) fn export_menu(
    response: &egui::Response,
    page: &Page<'_>,
    out: &mut Outbox,
) {
    let w = page.w;
    let formats = [
        (Export::DayReport(ReportFormat::Xlsx), w.frame.report_xlsx),
        (Export::DayReport(ReportFormat::Pdf), w.frame.report_pdf),
        (Export::DayReport(ReportFormat::Html), w.frame.report_html),
        (
            Export::MonthReport(ReportFormat::Xlsx),
            w.frame.report_month,
        ),
        (Export::Findings(ExportFormat::Xlsx), w.frame.export_xlsx),
        (Export::Findings(ExportFormat::Csv), w.frame.export_csv),
        (Export::Findings(ExportFormat::Json), w.frame.export_json),
    ];
    Popup::menu(response).show(|ui| {
        ui.set_width(220.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        for (nth, (format, name)) in formats.into_iter().enumerate() {
            if input::menu_row(ui, name, nth as u64, false).clicked() {
                out.push(Action::PickExport(format));
                ui.close();
            }
        }
    });
}

fn state_pill(page: &Page<'_>, model: &DayModel) -> (Tone, String) {
    let d = &page.w.day;
    let counts = model.open;
    if let Some(signed) = &model.signed {
        let at = format::time(signed.at, page.state.now);
        return (Tone::Ok, (page.w.payout.signed_pill)(&signed.by, &at));
    }
    if model.lacks_orders() {
        (Tone::Watch, d.no_orders_pill.to_owned())
    } else if counts.urgent > 0 {
        (Tone::Urgent, (d.not_ready)(&format::count(counts.urgent)))
    } else if counts.fault > 0 {
        (Tone::Fault, (d.faults)(&format::count(counts.fault)))
    } else if !model.coverage.holes.is_empty() {
        (Tone::Watch, d.incomplete.to_owned())
    } else if model.counts().to_work() > 0 {
        (Tone::Ok, d.worked.to_owned())
    } else {
        (Tone::Ok, d.balanced.to_owned())
    }
}

/// Everything that stands in the way of signing off, in one line.
fn obstacle_words(page: &Page<'_>, model: &DayModel) -> String {
    let words = model.obstacles.iter().map(|words| page.w.of(words));
    let words: Vec<&str> = words.collect();
    let sign = if page.w.is_zh() { "；" } else { "; " };
    (page.w.payout.cannot_sign)(&words.join(sign))
}
