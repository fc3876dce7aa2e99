//! What a person may decide about the open case: the buttons, and the dialog that asks who or why.
//!
//! Only what the workflow allows in the case's state is offered; every decision but taking asks first.

use egui::{Context, Key, Popup, Pos2, Rect, Ui, pos2, vec2};

use crate::action::Outbox;
use crate::keys::Letter;
use crate::page::Page;
use crate::theme::TypeStyle;
use crate::widgets::button::{Button, icon_button};
use crate::widgets::dialog::{Dialog, Ended};
use crate::widgets::input::{self, Field};
use crate::{icons, paint};
use recondesk_app::Command;
use recondesk_app::model::{CaseDetail, Decision};
use recondesk_domain::{CaseStatus, SuggestedAction};

/// A decision that is still to be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DecisionAction {
    Take,
    Reissue,
    Refund,
    HandOver,
    Carry,
    Resolve,
    Propose,
    Agree,
    Refuse,
    Reopen,
}

/// What may be done with the case, the next step first.
pub(super) fn deeds(page: &Page<'_>, detail: &CaseDetail) -> Vec<DecisionAction> {
    let (status, me) = (detail.row.status, page.state.person.as_str());
    if status.is_closed() {
        return vec![DecisionAction::Reopen];
    }
    let mine = !me.is_empty() && detail.row.owner == me;
    let maker = detail.proposal.as_ref().map(|made| made.maker.as_str());
    let all = [
        (DecisionAction::Take, CaseStatus::Assigned, !mine),
        (
            DecisionAction::Reissue,
            CaseStatus::Assigned,
            may_move(detail) && reissues(detail),
        ),
        (
            DecisionAction::Refund,
            CaseStatus::Assigned,
            may_move(detail),
        ),
        (DecisionAction::Resolve, CaseStatus::Resolved, true),
        (
            DecisionAction::Agree,
            CaseStatus::ForceClosed,
            maker != Some(me),
        ),
        (
            DecisionAction::Refuse,
            CaseStatus::Rejected,
            maker != Some(me),
        ),
        (DecisionAction::HandOver, CaseStatus::Assigned, true),
        (
            DecisionAction::Carry,
            CaseStatus::Waiting,
            status != CaseStatus::Waiting,
        ),
        (DecisionAction::Propose, CaseStatus::Proposed, true),
    ];
    all.into_iter()
        .filter(|(_, next, wanted)| *wanted && status.may_become(*next))
        .map(|(deed, ..)| deed)
        .collect()
}

/// True for a payment whose customer may get goods or money: what the program proposes says so.
fn may_move(detail: &CaseDetail) -> bool {
    let action = detail.row.category.action();
    let pays = matches!(
        action,
        SuggestedAction::Reissue
            | SuggestedAction::ReissueOrRefund
            | SuggestedAction::FindOwner
            | SuggestedAction::RefundExtra
    );
    pays && !detail.row.number.is_empty() && detail.row.status != CaseStatus::Proposed
}

fn reissues(detail: &CaseDetail) -> bool {
    matches!(
        detail.row.category.action(),
        SuggestedAction::Reissue | SuggestedAction::ReissueOrRefund
    )
}

impl DecisionAction {
    fn label(self, page: &Page<'_>) -> &'static str {
        let c = &page.w.cases;
        match self {
            Self::Take => c.take,
            Self::Reissue => page.w.payout.reissue,
            Self::Refund => page.w.payout.refund,
            Self::HandOver => c.hand_over,
            Self::Carry => c.carry,
            Self::Resolve => c.resolve,
            Self::Propose => c.ignore,
            Self::Agree => c.agree,
            Self::Refuse => c.refuse,
            Self::Reopen => c.reopen,
        }
    }

    const fn icon(self) -> char {
        match self {
            Self::Take => icons::USER_CHECK,
            Self::Reissue => icons::TRUCK,
            Self::Refund => icons::ARROW_U_UP_LEFT,
            Self::HandOver => icons::USER,
            Self::Carry => icons::HOURGLASS,
            Self::Resolve | Self::Agree => icons::CHECK,
            Self::Propose => icons::PROHIBIT,
            Self::Refuse => icons::X,
            Self::Reopen => icons::ARROW_COUNTER_CLOCKWISE,
        }
    }

    const fn key(self) -> Option<(&'static str, Letter)> {
        match self {
            Self::Take => Some(("T", Letter::Take)),
            Self::Carry => Some(("G", Letter::Carry)),
            Self::Propose => Some(("I", Letter::Ignore)),
            _ => None,
        }
    }

    /// What the dialog asks for.
    fn asks(self, page: &Page<'_>) -> &'static str {
        let c = &page.w.cases;
        match self {
            Self::HandOver => c.whom,
            Self::Carry => c.waits_for,
            Self::Resolve => c.how,
            _ => c.reason,
        }
    }

    fn decision(self, text: &str) -> Decision {
        let text = text.trim().to_owned();
        match self {
            // Goods and money have a dialog of their own.
            Self::Take | Self::Reissue | Self::Refund => Decision::Take,
            Self::HandOver => Decision::HandOver(text),
            Self::Carry => Decision::Carry(text),
            Self::Resolve => Decision::Resolve(text),
            Self::Propose => Decision::Propose(text),
            Self::Agree => Decision::Agree(text),
            Self::Refuse => Decision::Refuse(text),
            Self::Reopen => Decision::Reopen(text),
        }
    }
}

/// Height of the buttons, the gap above them included.
pub(super) const HEIGHT: f32 = 36.0;
/// Side of the button that opens the menu of what does not fit.
const MORE: f32 = 28.0;
const GAP: f32 = 8.0;

/// How many of the deeds fit side by side into a width; the others are in a menu beside them.
fn fitting(widths: &[f32], room: f32) -> usize {
    let whole = widths.iter().map(|wide| wide + GAP).sum::<f32>() - GAP;
    if whole <= room {
        return widths.len();
    }
    let mut right = 0.0;
    let fits = |wide: &&f32| {
        right += **wide + GAP;
        right + MORE <= room
    };
    widths.iter().take_while(fits).count().max(1)
}

fn button<'a>(page: &Page<'_>, deed: DecisionAction, first: bool) -> Button<'a> {
    let button = if first {
        Button::primary(deed.label(page)).icon(deed.icon())
    } else {
        Button::secondary(deed.label(page))
    };
    match deed.key() {
        Some((key, _)) => button.key(key),
        None => button,
    }
}

/// Draws the buttons in one row from a corner; returns the deed that was asked for, by pointer or key.
pub(super) fn buttons(
    ui: &Ui,
    at: Pos2,
    width: f32,
    page: &Page<'_>,
    detail: &CaseDetail,
) -> Option<DecisionAction> {
    let deeds = deeds(page, detail);
    let first = deeds.first().copied();
    let by_key = |deed: DecisionAction| {
        deed.key().is_some_and(|k| Some(k.1) == page.keys.letter)
            || (page.keys.primary && Some(deed) == first)
    };
    let mut asked = deeds.iter().copied().find(|deed| by_key(*deed));
    let buttons: Vec<_> = deeds
        .iter()
        .map(|deed| button(page, *deed, Some(*deed) == first))
        .collect();
    let widths: Vec<f32> = buttons.iter().map(|button| button.width(ui)).collect();
    let shown = fitting(&widths, width);
    let mut from = pos2(at.x, at.y + 14.0);
    for ((deed, button), wide) in deeds.iter().zip(buttons).zip(&widths).take(shown) {
        let rect = paint::from_left(from, vec2(*wide, 28.0));
        if button.show(ui, rect).clicked() {
            asked = Some(*deed);
        }
        from.x += wide + GAP;
    }
    let rest = deeds.get(shown..).unwrap_or_default();
    if rest.is_empty() {
        return asked;
    }
    let more = paint::from_left(from, vec2(MORE, MORE));
    let response = icon_button(ui, more, icons::DOTS_THREE, page.w.cases.more, true);
    Popup::menu(&response).show(|ui| {
        ui.set_width(160.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        for (nth, deed) in rest.iter().enumerate() {
            if input::menu_row(ui, deed.label(page), nth as u64, false).clicked() {
                asked = Some(*deed);
                ui.close();
            }
        }
    });
    asked
}

/// The dialog that asks for a name or a reason, while it is open.
#[derive(Default)]
pub(super) struct DecisionDialog {
    about: Option<(DecisionAction, recondesk_domain::ProfileId, String, String)>,
    text: String,
    opened: bool,
}

impl DecisionDialog {
    /// Carries a deed out, or opens the dialog it needs.
    pub(super) fn start(&mut self, deed: DecisionAction, detail: &CaseDetail, out: &mut Outbox) {
        let row = &detail.row;
        if deed == DecisionAction::Take {
            let take = Decision::Take;
            out.run(Command::Decide(row.profile, row.key.clone(), take));
            return;
        }
        self.about = Some((deed, row.profile, row.key.clone(), row.number.clone()));
        self.text.clear();
        self.opened = false;
    }

    /// Draws the dialog; a finished decision goes out.
    pub(super) fn show(&mut self, ctx: &Context, page: &Page<'_>, out: &mut Outbox) {
        let Some((deed, profile, key, number)) = self.about.clone() else {
            return;
        };
        let (c, t) = (&page.w.cases, page.t);
        let label = deed.label(page).trim_end_matches(['…', '.']);
        let note = if deed == DecisionAction::Propose {
            c.ignore_note
        } else {
            ""
        };
        let ready = !self.text.trim().is_empty();
        let dialog = Dialog {
            name: "decide",
            title: label,
            width: 480.0,
            height: 96.0,
            note,
            leave: page.w.frame.cancel,
            deed: Button::primary(label).key("Ctrl ↵"),
            ready,
        };
        let (text, opened) = (&mut self.text, &mut self.opened);
        let mut entered = false;
        let ended = dialog.show(ctx, |ui, rect| {
            let p = ui.painter();
            let at = pos2(rect.left(), rect.top() + 8.0);
            paint::fit(p, at, rect.width(), &number, (TypeStyle::Mono, t.text_2));
            let asks = deed.asks(page);
            let at = pos2(rect.left(), rect.top() + 42.0);
            let said = paint::left(p, at, asks, (TypeStyle::Small, t.text_2));
            let star = pos2(said.right() + 4.0, at.y);
            paint::left(p, star, "*", (TypeStyle::Small, t.red.text));
            let place = Rect::from_min_size(
                pos2(rect.left(), rect.top() + 60.0),
                vec2(rect.width(), 30.0),
            );
            let response = Field::new(text, asks).limit(200).show(ui, place);
            // Once: asking in every frame would interrupt the input method each time.
            if !*opened {
                *opened = true;
                response.request_focus();
            }
            entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        });
        if ended == Ended::Cancelled {
            self.about = None;
        } else if ended == Ended::Done || (entered && ready) {
            self.about = None;
            out.run(Command::Decide(profile, key, deed.decision(&self.text)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_leaves_room_for_the_menu() {
        let widths = [100.0, 90.0, 80.0];

        assert_eq!(fitting(&widths, 286.0), 3, "all, without a menu");
        assert_eq!(fitting(&widths, 285.0), 2);
        assert_eq!(fitting(&widths, 234.0), 2);
        assert_eq!(fitting(&widths, 233.0), 1);
        assert_eq!(fitting(&widths, 50.0), 1, "the next step is always there");
        assert_eq!(fitting(&[], 50.0), 0);
    }
}
