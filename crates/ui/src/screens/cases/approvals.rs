//! What waits for a second person, and that person's decision.

use egui::{Context, Rect, pos2, vec2};

use crate::action::Outbox;
use crate::page::Page;
use crate::paint;
use crate::screens::person::PersonFields;
use crate::theme::TypeStyle;
use crate::widgets::button::Button;
use crate::widgets::dialog::{Dialog, Ended};
use recondesk_app::Command;
use recondesk_app::model::JudgeWish;
use recondesk_casework::Judgement;
use recondesk_ports::ApprovalRecord;

/// Height of one thing that waits.
const ROW: f32 = 52.0;
const FIELDS: f32 = 60.0;
/// So many are shown at once; the oldest first.
const MOST: usize = 6;

/// The dialog, while it is open.
#[derive(Default)]
pub(super) struct ApprovalsDialog {
    open: bool,
    person: PersonFields,
}

impl ApprovalsDialog {
    /// Opens it and asks what waits.
    pub(super) fn start(&mut self, out: &mut Outbox) {
        *self = Self {
            open: true,
            ..Self::default()
        };
        out.run(Command::Approvals);
    }

    /// Draws it; decisions go out.
    pub(super) fn show(&mut self, ctx: &Context, page: &Page<'_>, out: &mut Outbox) {
        if !self.open {
            return;
        }
        let w = &page.w.payout;
        let none = Vec::new();
        let waiting: &Vec<ApprovalRecord> = page.state.payout.approvals.value().unwrap_or(&none);
        let shown = waiting.len().clamp(1, MOST);
        let dialog = Dialog {
            name: "approvals",
            title: w.approvals,
            width: 640.0,
            height: FIELDS + shown as f32 * ROW,
            note: "",
            leave: "",
            deed: Button::primary(page.w.frame.close),
            ready: true,
        };
        let mut judged = None;
        let person = &mut self.person;
        let ended = dialog.show(ctx, |ui, rect| {
            let fields = Rect::from_min_size(rect.min, vec2(rect.width(), FIELDS));
            let _ = person.show(ui, fields, page);
            let ready = person.is_filled();
            if waiting.is_empty() {
                let at = pos2(rect.left(), rect.top() + FIELDS + 24.0);
                let style = (TypeStyle::Body, page.t.text_2);
                let place = paint::left(ui.painter(), at, w.approvals_none, style);
                paint::say(ui, "no approvals", place, w.approvals_none);
            }
            for (nth, asked) in waiting.iter().take(MOST).enumerate() {
                let top = rect.top() + FIELDS + nth as f32 * ROW;
                let row = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), ROW));
                paint::hline(ui.painter(), row.x_range(), top, page.t.line_weak);
                let need = if page.w.is_zh() {
                    asked.need.zh()
                } else {
                    asked.need.en()
                };
                let words = format!("{need}  {}", asked.subject);
                let room = row.width() - 200.0;
                let at = pos2(row.left(), top + 16.0);
                let style = (TypeStyle::Body, page.t.text_1);
                let (place, _) = paint::fit(ui.painter(), at, room, &words, style);
                paint::say(ui, ("approval", nth), place, &words);
                let words = (w.asked_by)(&asked.maker, &asked.reason);
                let at = pos2(row.left(), top + 36.0);
                let style = (TypeStyle::Small, page.t.text_2);
                paint::fit(ui.painter(), at, room, &words, style);
                let salt = asked.id.0.unsigned_abs();
                let at = pos2(row.right(), top + ROW / 2.0);
                let agree = Button::primary(w.agree)
                    .salt(salt)
                    .enabled_or(ready, w.operator)
                    .show_right(ui, at, 28.0);
                let at = pos2(agree.rect.left() - 8.0, at.y);
                let refuse = Button::secondary(w.refuse)
                    .salt(salt)
                    .enabled_or(ready, w.operator)
                    .show_right(ui, at, 28.0);
                if agree.clicked() {
                    judged = Some((asked.id, Judgement::Approved));
                } else if refuse.clicked() {
                    judged = Some((asked.id, Judgement::Declined));
                }
            }
        });
        if let Some((id, judgement)) = judged {
            let identity = self.person.identity();
            out.run(Command::Judge(Box::new(JudgeWish {
                id,
                judgement,
                identity,
            })));
        }
        if ended != Ended::No {
            self.open = false;
            self.person = PersonFields::default();
        }
    }
}
