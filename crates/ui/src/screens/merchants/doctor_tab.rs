//! The checks of a merchant: keys, certificates, clock and line, and what to do for each that is red.

use egui::{Rect, Ui, pos2};

use crate::action::Outbox;
use crate::page::Page;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::Button;
use crate::{format, icons, paint};
use recondesk_app::jobs::doctor::{DoctorCheck, DoctorReport, Health};
use recondesk_app::model::MerchantAsk;
use recondesk_app::{Command, Surface};
use recondesk_domain::ProfileId;

/// Height of the button with the line beside it.
const HEAD: f32 = 44.0;
/// Height of a check.
const ROW: f32 = 44.0;

/// How the checks of a merchant came out, once they were made.
fn known<'a>(page: &Page<'a>, id: ProfileId) -> Option<&'a DoctorReport> {
    let report = page.state.merchant_answers.doctor.value()?;
    (report.profile == id).then_some(report.as_ref())
}

/// Height of all of it.
pub(super) fn height(page: &Page<'_>, id: ProfileId) -> f32 {
    HEAD + known(page, id).map_or(1, |report| report.checks.len()) as f32 * ROW
}

/// Draws it; the question goes out.
pub(super) fn show(ui: &Ui, area: Rect, page: &Page<'_>, (id, out): (ProfileId, &mut Outbox)) {
    let (t, m) = (page.t, &page.w.merchants);
    let slot = &page.state.merchant_answers.doctor;
    let y = area.top() + 16.0;
    let examine = Button::secondary(m.examine)
        .icon(icons::SEAL_CHECK)
        .enabled_or(!slot.is_loading(), page.w.frame.loading)
        .show_left(ui, pos2(area.left(), y), 30.0);
    if examine.clicked() {
        out.run(Command::Merchant(MerchantAsk::Examine(id)));
    }
    let report = known(page, id);
    let failure = slot.failure();
    let words = match (failure, report) {
        (Some(failure), _) => page.w.of(&failure.title).to_owned(),
        (None, Some(report)) => (m.examined)(&format::time(report.at, page.state.now)),
        (None, None) if slot.is_loading() => page.w.frame.loading.to_owned(),
        (None, None) => m.examine_note.to_owned(),
    };
    let at = pos2(examine.rect.right() + 12.0, y);
    let color = if failure.is_some() {
        t.red.text
    } else {
        t.text_2
    };
    let style = (TypeStyle::Small, color);
    let (place, _) = paint::fit(ui.painter(), at, area.right() - at.x, &words, style);
    paint::say(ui, "examined", place, &words);
    for (nth, check) in report.iter().flat_map(|report| &report.checks).enumerate() {
        check_row(
            ui,
            page,
            area,
            area.top() + HEAD + nth as f32 * ROW,
            (nth, check),
        );
    }
}

fn check_row(ui: &Ui, page: &Page<'_>, area: Rect, top: f32, (nth, check): (usize, &DoctorCheck)) {
    let t = page.t;
    let p = ui.painter();
    let mood = match check.health {
        Health::Good => Tone::Ok,
        Health::Skipped => Tone::Info,
        Health::Warning => Tone::Watch,
        Health::Bad => Tone::Urgent,
    };
    let y = top + 12.0;
    paint::mark(p, pos2(area.left() + 7.0, y), mood, t);
    let left = area.left() + 22.0;
    let fact = page.w.of(&check.fact);
    let style = (TypeStyle::Body, t.text_1);
    let (place, cut) = paint::fit(p, pos2(left, y), area.right() - left, fact, style);
    let said = paint::say(ui, ("check", nth), place, fact);
    if cut {
        said.on_hover_text(fact);
    }
    let advice = page.w.of(check.advice.at(Surface::Window));
    if advice.is_empty() {
        return;
    }
    let style = (TypeStyle::Small, t.text_2);
    let (place, cut) = paint::fit(
        p,
        pos2(left, top + 31.0),
        area.right() - left,
        advice,
        style,
    );
    let said = paint::say(ui, ("check advice", nth), place, advice);
    if cut {
        said.on_hover_text(advice);
    }
}
