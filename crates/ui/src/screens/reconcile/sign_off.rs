//! Signing the day in view off: who, and that the result is locked from then on.

use egui::{Context, Id, Rect, Ui, pos2, vec2};

use crate::action::Outbox;
use crate::page::Page;
use crate::screens::person::PersonFields;
use crate::widgets::button::Button;
use crate::widgets::dialog::{Dialog, Ended};
use recondesk_app::Command;
use recondesk_app::model::{DayModel, SignOffWish};

/// The dialog, while it is open.
#[derive(Default)]
pub(in crate::screens) struct SignOffDialog {
    about: Option<(recondesk_domain::ProfileId, recondesk_domain::BillDate)>,
    person: PersonFields,
}

/// Where the card leaves the wish to sign; the dialog takes it in the same frame.
fn wish() -> Id {
    Id::unique("sign off wish")
}

/// The card's link was pressed.
pub(in crate::screens) fn ask(ui: &Ui, model: &DayModel) {
    let about = (model.profile, model.day);
    ui.data_mut(|data| data.insert_temp(wish(), about));
}

impl SignOffDialog {
    /// Draws it; a finished wish goes out.
    pub(in crate::screens) fn show(&mut self, ctx: &Context, page: &Page<'_>, out: &mut Outbox) {
        type Day = (recondesk_domain::ProfileId, recondesk_domain::BillDate);
        let asked = ctx.data_mut(|data| {
            let asked = data.get_temp::<Day>(wish());
            data.remove::<Day>(wish());
            asked
        });
        if asked.is_some() {
            *self = Self {
                about: asked,
                person: PersonFields::of(&page.state.desk.person),
            };
        }
        let Some((profile, day)) = self.about else {
            return;
        };
        let w = &page.w.payout;
        let title = (w.sign_title)(&day.to_string());
        let dialog = Dialog {
            name: "sign off",
            title: &title,
            width: 480.0,
            height: 64.0,
            note: w.sign_note,
            leave: page.w.frame.cancel,
            deed: Button::primary(w.do_sign).key("Ctrl ↵"),
            ready: self.person.is_filled(),
        };
        let person = &mut self.person;
        let ended = dialog.show(ctx, |ui, rect| {
            let area = Rect::from_min_size(pos2(rect.left(), rect.top()), vec2(rect.width(), 56.0));
            person.show(ui, area, page);
        });
        if ended == Ended::Done {
            let identity = self.person.identity();
            out.run(Command::SignOff(Box::new(SignOffWish {
                profile,
                day,
                identity,
            })));
        }
        if ended != Ended::No {
            *self = Self::default();
        }
    }
}
