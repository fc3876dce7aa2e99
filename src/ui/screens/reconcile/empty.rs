//! What stands in place of the day while there is nothing to compare, with the one step that mends it.

use egui::{Rect, Ui};

use crate::app::model::{BillStatus, DayModel, DayState};
use crate::app::{BillChoice, Command};
use crate::ui::action::{Action, Outbox};
use crate::ui::page::Page;
use crate::ui::theme::Mood;
use crate::ui::widgets::card::Empty;
use crate::ui::{format, icons, paint};

/// No merchant yet.
pub(super) fn no_merchant(ui: &Ui, body: Rect, page: &Page<'_>, out: &mut Outbox) {
    paint::card(ui.painter(), body, page.t);
    let w = page.w;
    let empty = Empty {
        icon: icons::STOREFRONT,
        mood: Mood::Info,
        title: w.day.no_merchant_title,
        note: w.day.no_merchant_note,
        button: Some((icons::PLUS, w.merchants.add)),
        primary: true,
    };
    let clicked = empty
        .show(ui, body)
        .is_some_and(|response| response.clicked());
    if clicked || page.keys.primary {
        out.push(Action::NewMerchant);
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
    let d = &page.w.day;
    let early;
    let (icon, mood, title, note, button) = match model.state {
        DayState::NoBill(BillStatus::NotReady(at)) => {
            early = (d.early_title)(&format::time(at, page.state.now));
            (
                icons::HOURGLASS,
                Mood::Watch,
                early.as_str(),
                d.early_note,
                None,
            )
        }
        DayState::NoBill(BillStatus::NoBill) => (
            icons::CALENDAR_X,
            Mood::Info,
            d.no_trade_title,
            d.no_trade_note,
            None,
        ),
        DayState::NoBill(BillStatus::Quarantined) => (
            icons::WARNING_DIAMOND,
            Mood::Urgent,
            d.quarantined_title,
            d.quarantined_note,
            Some((icons::DOWNLOAD_SIMPLE, d.download)),
        ),
        DayState::NoBill(_) => (
            icons::RECEIPT,
            Mood::Info,
            d.no_bill_title,
            d.no_bill_note,
            Some((icons::DOWNLOAD_SIMPLE, d.download)),
        ),
        DayState::NoOrders => (
            icons::PACKAGE,
            Mood::Info,
            d.no_orders_title,
            d.no_orders_note,
            Some((icons::FILE_PLUS, d.import_orders)),
        ),
        DayState::NotRun | DayState::Compared => (
            icons::SCALES,
            Mood::Info,
            d.not_run_title,
            d.not_run_note,
            Some((icons::SCALES, d.run)),
        ),
    };
    let empty = Empty {
        icon,
        mood,
        title,
        note,
        button,
        primary: true,
    };
    let clicked = empty
        .show(ui, body)
        .is_some_and(|response| response.clicked());
    if button.is_none() || !(clicked || page.keys.primary) {
        return;
    }
    match model.state {
        DayState::NoBill(_) => {
            out.run(Command::Download(model.profile, model.day, BillChoice::All));
        }
        DayState::NoOrders => out.push(Action::PickFiles),
        DayState::NotRun | DayState::Compared => {
            out.run(Command::Reconcile(model.profile, model.day));
        }
    }
}
