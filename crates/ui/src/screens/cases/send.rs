//! The question before a refund goes out that was made earlier: its order, its number and its sum, once more in full.

use egui::{Context, Rect, pos2};

use crate::action::Outbox;
use crate::page::Page;
use crate::screens::person::PersonFields;
use crate::theme::TypeStyle;
use crate::widgets::button::Button;
use crate::widgets::dialog::{Dialog, Ended};
use crate::{format, paint};
use recondesk_app::jobs::refund::state_words;
use recondesk_app::model::SendRefundWish;
use recondesk_app::{Command, State};
use recondesk_ports::RefundRecord;

const LINE: f32 = 26.0;
/// Height of name and PIN.
const PERSON: f32 = 64.0;

/// The dialog, while it is open.
#[derive(Default)]
pub(super) struct SendDialog {
    refund: Option<Box<RefundRecord>>,
    person: PersonFields,
}

impl SendDialog {
    /// Opens it for a refund that waits to be sent; whoever signed in is proposed.
    pub(super) fn start(&mut self, refund: Box<RefundRecord>, state: &State) {
        self.refund = Some(refund);
        self.person = PersonFields::of(&state.desk.person).focused(true);
    }

    /// Draws it; the refund goes out when its sum is pressed.
    pub(super) fn show(&mut self, ctx: &Context, page: &Page<'_>, out: &mut Outbox) {
        let Some(refund) = &self.refund else {
            return;
        };
        let w = &page.w.work;
        let sum = format::money(refund.refund.amount);
        let label = (w.send_deed)(&sum);
        let asks = page.state.desk.person.has_operators;
        let is_ready = !asks || self.person.is_filled();
        let dialog = Dialog {
            name: "send refund",
            title: w.send_title,
            width: 480.0,
            height: 4.0 * LINE + 44.0 + if asks { PERSON } else { 0.0 },
            note: "",
            leave: page.w.frame.cancel,
            deed: Button::danger(&label)
                .key("Ctrl ↵")
                .enabled_or(is_ready, page.w.payout.no_person),
            ready: is_ready,
        };
        let state = state_words(refund);
        let lines = [
            (w.send_order, refund.draft.out_trade_no.clone()),
            (w.send_number, refund.out_refund_no.to_string()),
            (w.send_reason, refund.draft.reason.clone()),
            (w.send_state, page.w.of(&state).to_owned()),
        ];
        let person = &mut self.person;
        let ended = dialog.show(ctx, |ui, rect| {
            let p = ui.painter();
            for (nth, (name, value)) in lines.iter().enumerate() {
                let y = rect.top() + LINE * (nth as f32 + 0.5);
                let style = (TypeStyle::Body, page.t.text_2);
                paint::left(p, pos2(rect.left(), y), name, style);
                let at = pos2(rect.left() + 96.0, y);
                let style = (TypeStyle::Body, page.t.text_1);
                let (place, cut) = paint::fit(p, at, rect.right() - at.x, value, style);
                let said = paint::say(ui, ("send", nth), place, &format!("{name} {value}"));
                if cut {
                    said.on_hover_text(value);
                }
            }
            let top = rect.top() + LINE * lines.len() as f32 + 8.0;
            let place = Rect::from_min_max(pos2(rect.left(), top), rect.max);
            let style = (TypeStyle::Small, page.t.text_2);
            let said = paint::paragraph(p, place, w.send_note, style, 2);
            paint::say(ui, "send note", said, w.send_note);
            if asks {
                let top = pos2(rect.left(), rect.bottom() - PERSON);
                person.show(ui, Rect::from_min_max(top, rect.max), page);
            }
        });
        let (id, amount) = (refund.id, refund.refund.amount);
        match ended {
            Ended::No => {}
            Ended::Cancelled => self.refund = None,
            Ended::Done => {
                self.refund = None;
                out.run(Command::SendRefund(Box::new(SendRefundWish {
                    refund: id,
                    amount,
                    identity: self.person.identity(),
                })));
                self.person = PersonFields::default();
            }
        }
    }
}
