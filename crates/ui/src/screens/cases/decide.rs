//! What a person may decide about the open case: the buttons of its panel.
//!
//! Only what the workflow allows in the case's state is offered; every decision but taking asks first.

use egui::{Popup, Pos2, Ui, pos2, vec2};

use super::advice;
use crate::keys::Letter;
use crate::page::Page;
use crate::widgets::button::{Button, icon_button};
use crate::widgets::input;
use crate::{icons, paint};
use recondesk_app::model::{CaseDetail, Decision};
use recondesk_casework::RefundStage;
use recondesk_domain::{CaseStatus, SuggestedAction};
use recondesk_ports::RefundRecord;

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
    Undo,
    Withdraw,
}

/// What may be done with the case, the next step first.
pub(super) fn deeds(page: &Page<'_>, detail: &CaseDetail) -> Vec<DecisionAction> {
    let (status, me) = (detail.row.status, page.state.desk.person.name.as_str());
    let undo = detail.work.undo.as_ref().map(|_| DecisionAction::Undo);
    if advice::is_moving(page, detail) {
        return Vec::new();
    }
    if status.is_closed() {
        return [DecisionAction::Reopen].into_iter().chain(undo).collect();
    }
    let mine = !me.is_empty() && detail.row.owner == me;
    // While a refund waits for a second person, or to be sent, nothing else is a step.
    let is_made = advice::made_refund(detail).is_some();
    let maker = detail.proposal.as_ref().map(|made| made.maker.as_str());
    let all = [
        (DecisionAction::Take, CaseStatus::Assigned, !mine),
        (
            DecisionAction::Reissue,
            CaseStatus::Assigned,
            !is_made
                && may_move(detail)
                && reissues(detail)
                && advice::live_refund(detail).is_none(),
        ),
        (
            DecisionAction::Refund,
            CaseStatus::Assigned,
            !is_made && may_move(detail) && !advice::is_reissued(detail),
        ),
        (
            DecisionAction::Resolve,
            CaseStatus::Resolved,
            !is_made && may_close(detail),
        ),
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
            !is_made && status != CaseStatus::Waiting,
        ),
        (
            DecisionAction::Propose,
            CaseStatus::Proposed,
            !is_made && may_close(detail),
        ),
    ];
    all.into_iter()
        .filter(|(_, next, wanted)| *wanted && status.may_become(*next))
        .map(|(deed, ..)| deed)
        .chain(undo)
        .collect()
}

/// True unless money or goods are under way: a refund that cannot reach the customer moves no further.
fn may_close(detail: &CaseDetail) -> bool {
    let is_stuck = |refund: &RefundRecord| refund.refund.stage == RefundStage::Abnormal;
    detail.row.status != CaseStatus::Executing || advice::live_refund(detail).is_some_and(is_stuck)
}

/// True for a payment whose customer may get goods or money: what the program proposes says so.
fn may_move(detail: &CaseDetail) -> bool {
    let action = detail.row.action;
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
        detail.row.action,
        SuggestedAction::Reissue | SuggestedAction::ReissueOrRefund
    )
}

impl DecisionAction {
    pub(super) fn label(self, page: &Page<'_>) -> &'static str {
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
            Self::Undo => page.w.work.undo,
            Self::Withdraw => page.w.work.withdraw,
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
            Self::Reopen | Self::Undo | Self::Withdraw => icons::ARROW_COUNTER_CLOCKWISE,
        }
    }

    const fn key(self) -> Option<(&'static str, Letter)> {
        match self {
            Self::Take => Some(("T", Letter::Take)),
            Self::Carry => Some(("G", Letter::Carry)),
            Self::Propose => Some(("I", Letter::Ignore)),
            Self::Undo => Some(("Ctrl Z", Letter::Undo)),
            _ => None,
        }
    }

    /// What the dialog asks for.
    pub(super) fn asks(self, page: &Page<'_>) -> &'static str {
        let c = &page.w.cases;
        match self {
            Self::HandOver => c.whom,
            Self::Carry => c.waits_for,
            Self::Resolve => c.how,
            Self::Undo => page.w.work.undo_why,
            _ => c.reason,
        }
    }

    pub(super) fn decision(self, text: &str) -> Decision {
        let text = text.trim().to_owned();
        match self {
            // Goods and money have commands of their own, and taking back is no decision.
            Self::Take | Self::Reissue | Self::Refund | Self::Undo | Self::Withdraw => {
                Decision::Take
            }
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

/// What is decided about a case of a signed day stands until the day is opened again.
fn is_settled(detail: &CaseDetail, deed: DecisionAction) -> bool {
    let undoes = matches!(deed, DecisionAction::Reopen | DecisionAction::Undo);
    undoes && detail.work.signed_by.is_some() && detail.row.status.is_closed()
}

fn button<'a>(page: &Page<'_>, deed: DecisionAction, first: bool) -> Button<'a> {
    // Opening a closed case again is no next step.
    let button = if first && deed != DecisionAction::Reopen {
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
            || (page.keys.primary && Some(deed) == first && deed != DecisionAction::Reopen)
    };
    let mut asked = deeds.iter().copied().find(|deed| by_key(*deed));
    let buttons: Vec<_> = deeds
        .iter()
        .map(|deed| {
            let free = !is_settled(detail, *deed);
            button(page, *deed, Some(*deed) == first).enabled_or(free, page.w.cases.day_signed)
        })
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
        let free = rest.iter().filter(|deed| !is_settled(detail, **deed));
        for (nth, deed) in free.enumerate() {
            let key = deed.key().map_or("", |(key, _)| key);
            if input::menu_row_with_key(ui, (deed.label(page), key), nth as u64).clicked() {
                asked = Some(*deed);
                ui.close();
            }
        }
    });
    asked
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
