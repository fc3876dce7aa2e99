//! Agreeing to everything that waits for one person: how many and how much first, then one after the other with a way to
//! stop, then what came of each.

use egui::{Context, Rect, Ui, pos2};

use super::bulk::{results, running};
use crate::action::Outbox;
use crate::page::Page;
use crate::screens::person::PersonFields;
use crate::theme::TypeStyle;
use crate::widgets::button::Button;
use crate::{format, paint};
use recondesk_app::Command;
use recondesk_app::jobs::approvals::OpenApprovals;
use recondesk_app::model::{JudgeEachWish, OperatorIdentity};
use recondesk_casework::Judgement;
use recondesk_ports::ApprovalId;

/// Height of the row that offers it.
pub(super) const AGREE_ALL: f32 = 40.0;

/// How far it is.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum AgreeAll {
    /// It is offered.
    #[default]
    Offered,
    /// It was pressed once; once more sends it.
    Asked,
    /// It goes on, or its results are shown.
    Sent,
}

/// What was pressed in the row.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum AllPressed {
    Nothing,
    Agree,
}

/// What can be agreed to at once, and whether it is said who agrees.
pub(super) struct AgreeOffer<'a> {
    open: OpenApprovals<'a>,
    is_filled: bool,
}

impl AgreeOffer<'_> {
    /// What was listed.
    pub(super) fn ids(&self) -> Vec<ApprovalId> {
        self.open.ids()
    }
}

impl AgreeAll {
    /// What can be agreed to at once: several things that somebody else asked for, where there are operators.
    pub(super) fn offer<'a>(page: &'a Page<'_>, person: &PersonFields) -> Option<AgreeOffer<'a>> {
        if !page.state.desk.person.has_operators {
            return None;
        }
        let all = page.state.payout.approvals.value()?;
        let open = OpenApprovals::to(person.name(), all);
        let is_filled = person.is_filled();
        (open.theirs.len() > 1).then_some(AgreeOffer { open, is_filled })
    }

    /// Sends what was listed.
    pub(super) fn send(
        &mut self,
        ids: Vec<ApprovalId>,
        identity: Option<OperatorIdentity>,
        out: &mut Outbox,
    ) {
        *self = Self::Sent;
        out.run(Command::JudgeEach(Box::new(JudgeEachWish {
            ids,
            judgement: Judgement::Approved,
            identity,
        })));
    }

    /// Draws it while it goes on, and its results; true while those are in the place of the list.
    pub(super) fn show(&mut self, ctx: &Context, page: &Page<'_>, out: &mut Outbox) -> bool {
        if *self != Self::Sent {
            return false;
        }
        let bulk = &page.state.bulk;
        let task = bulk
            .task
            .and_then(|id| Some((id, page.state.tasks.get(&id)?)));
        match (task, bulk.done.value()) {
            (Some(task), _) => {
                running(ctx, page, task, out);
                true
            }
            (None, Some(done)) => {
                if results(ctx, page, done) {
                    *self = Self::Offered;
                    out.run(Command::Approvals);
                }
                true
            }
            // It was refused as a whole: the list says why.
            (None, None) => {
                *self = Self::Offered;
                false
            }
        }
    }

    /// The row below the list: how many and how much, and the two steps of agreeing to them.
    pub(super) fn row(
        &mut self,
        ui: &Ui,
        row: Rect,
        page: &Page<'_>,
        offer: &AgreeOffer<'_>,
    ) -> AllPressed {
        let w = &page.w.people;
        let AgreeOffer { open, is_filled } = offer;
        let is_filled = *is_filled;
        let n = format::count(open.theirs.len() as u64);
        let sum = open.sum.map_or_else(|| "?".to_owned(), format::money);
        let y = row.center().y;
        let at = pos2(row.right(), y);
        let mut pressed = AllPressed::Nothing;
        let (words, left) = if *self == Self::Asked {
            let label = (w.all_do)(&n);
            let sure = Button::danger(&label)
                .enabled_or(is_filled, w.say_who)
                .show_right(ui, at, 28.0);
            let leave = Button::ghost(page.w.frame.cancel)
                .salt(u64::MAX)
                .show_right(ui, pos2(sure.rect.left() - 8.0, y), 28.0);
            if sure.clicked() {
                pressed = AllPressed::Agree;
            } else if leave.clicked() {
                *self = Self::Offered;
            }
            ((w.all_sure)(&n, &sum), leave.rect.left())
        } else {
            let begin = Button::secondary(w.all_agree)
                .enabled_or(is_filled, w.say_who)
                .show_right(ui, at, 28.0);
            if begin.clicked() {
                *self = Self::Asked;
            }
            ((w.all_open)(&n, &sum), begin.rect.left())
        };
        let room = left - row.left() - 12.0;
        let style = (TypeStyle::Small, page.t.text_2);
        let (place, cut) = paint::fit(ui.painter(), pos2(row.left(), y), room, &words, style);
        let said = paint::say(ui, "agree to all", place, &words);
        if cut {
            said.on_hover_text(&words);
        }
        pressed
    }
}
