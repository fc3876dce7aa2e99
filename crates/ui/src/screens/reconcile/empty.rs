//! What stands in place of the day while there is nothing to compare, with the one step that mends it.

use std::borrow::Cow;

use egui::{Rect, Ui};

use crate::action::{Action, Outbox};
use crate::page::Page;
use crate::theme::Tone;
use crate::widgets::card::Empty;
use crate::{format, icons, paint};
use recondesk_app::model::{BillStatus, DayModel, DayState, MerchantRow};
use recondesk_app::{BillChoice, Command};

/// Icon, mood, title, note, and the step that mends it.
type EmptyDay = (
    char,
    Tone,
    Cow<'static, str>,
    Cow<'static, str>,
    Option<(char, &'static str)>,
);

/// What is said of a day without a result; without a key the file of a bill is the way.
fn said(page: &Page<'_>, model: &DayModel, fetches: bool) -> EmptyDay {
    let d = &page.w.day;
    match &model.state {
        DayState::NoBill(BillStatus::NotReady(at)) => {
            let early = (d.early_title)(&format::time(*at, page.state.now));
            let import = Some((icons::FILE_PLUS, page.w.bills.import));
            let note = d.early_note.into();
            (icons::HOURGLASS, Tone::Watch, early.into(), note, import)
        }
        DayState::NoBill(BillStatus::Failed(at, reason)) => {
            let time = format::time(*at, page.state.now);
            let note = (d.failed_note)(&time, page.w.of(reason));
            let way = if fetches {
                (icons::DOWNLOAD_SIMPLE, page.w.overview.step_retry)
            } else {
                (icons::FILE_PLUS, page.w.bills.import)
            };
            let title = d.failed_title.into();
            (
                icons::WARNING_DIAMOND,
                Tone::Urgent,
                title,
                note.into(),
                Some(way),
            )
        }
        DayState::NoBill(BillStatus::NoBill) => (
            icons::CALENDAR_X,
            Tone::Info,
            d.no_trade_title.into(),
            d.no_trade_note.into(),
            Some((icons::SCALES, d.run)),
        ),
        DayState::NoBill(BillStatus::Quarantined) => (
            icons::WARNING_DIAMOND,
            Tone::Urgent,
            d.quarantined_title.into(),
            d.quarantined_note.into(),
            Some(if fetches {
                (icons::DOWNLOAD_SIMPLE, d.download)
            } else {
                (icons::FILE_PLUS, page.w.bills.import)
            }),
        ),
        DayState::NoBill(_) if !fetches => (
            icons::RECEIPT,
            Tone::Info,
            d.no_bill_title.into(),
            d.no_key_note.into(),
            Some((icons::FILE_PLUS, page.w.bills.import)),
        ),
        DayState::NoBill(_) => (
            icons::RECEIPT,
            Tone::Info,
            d.no_bill_title.into(),
            d.no_bill_note.into(),
            Some((icons::DOWNLOAD_SIMPLE, d.download)),
        ),
        DayState::NoOrders => (
            icons::PACKAGE,
            Tone::Info,
            d.no_orders_title.into(),
            d.no_orders_note.into(),
            Some((icons::FILE_PLUS, d.import_orders)),
        ),
        DayState::NotRun | DayState::Compared => (
            icons::SCALES,
            Tone::Info,
            d.not_run_title.into(),
            d.not_run_note.into(),
            Some((icons::SCALES, d.run)),
        ),
    }
}

/// A bill or orders are missing, or nobody has compared them.
pub(super) fn not_compared(
    ui: &Ui,
    body: Rect,
    page: &Page<'_>,
    model: &DayModel,
    out: &mut Outbox,
) {
    paint::card(ui.painter(), body, page.t);
    let known = page.state.merchant_or_first();
    let fetches = known.is_none_or(MerchantRow::can_fetch);
    let (icon, mood, title, note, button) = said(page, model, fetches);
    let empty = Empty {
        icon,
        mood,
        title: &title,
        note: &note,
        button,
        primary: true,
    };
    let clicked = empty
        .show(ui, body)
        .is_some_and(|response| response.clicked());
    if button.is_none() || !(clicked || page.keys.primary) {
        return;
    }
    match &model.state {
        DayState::NoBill(BillStatus::NotReady(_)) => out.push(Action::PickFiles),
        DayState::NoBill(BillStatus::NoBill) => {
            out.run(Command::Reconcile(model.profile, model.day));
        }
        DayState::NoBill(_) if !fetches => out.push(Action::PickFiles),
        DayState::NoBill(_) => {
            out.run(Command::Download(model.profile, model.day, BillChoice::All));
        }
        DayState::NoOrders => out.push(Action::PickFiles),
        DayState::NotRun | DayState::Compared => {
            out.run(Command::Reconcile(model.profile, model.day));
        }
    }
}
