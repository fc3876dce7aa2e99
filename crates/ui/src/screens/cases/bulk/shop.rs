//! How the shops of many cases are told to deliver.

use egui::{Rect, Ui, pos2};

use super::BulkDialog;
use crate::action::{Action, Outbox, ReissueList};
use crate::page::Page;
use crate::screens::cases::shop_ways;
use recondesk_app::Command;
use recondesk_app::model::{BulkPayout, BulkSummary};
use recondesk_casework::ReissueWay;

/// The ways; true when somebody wants to fill an address in.
pub(super) fn choose(
    ui: &Ui,
    body: Rect,
    page: &Page<'_>,
    (ways, chosen): (&[ReissueWay], &mut usize),
) -> bool {
    shop_ways::choose(ui, body, page, (ways, chosen))
}

impl BulkDialog {
    /// Name and PIN below the ways, where operators are named; where the next line goes.
    pub(super) fn shop_person(&mut self, ui: &mut Ui, body: Rect, page: &Page<'_>) -> f32 {
        let top = body.top() + shop_ways::HEIGHT;
        if !page.state.desk.person.has_operators {
            return top + 14.0;
        }
        let bottom = top + super::PERSON;
        let place = Rect::from_min_max(pos2(body.left(), top), pos2(body.right(), bottom));
        self.person.show(ui, place, page);
        bottom + 14.0
    }

    /// The wish goes out; a list asks for its place first.
    pub(super) fn reissue(&mut self, summary: &BulkSummary, out: &mut Outbox) {
        let Some(way) = summary.ways.get(self.way).copied() else {
            return;
        };
        let wish = Box::new(BulkPayout::Reissue {
            ids: summary.reissues.ids.clone(),
            way,
            list: None,
            identity: self.person.identity(),
        });
        self.person.forget_pin();
        if way == ReissueWay::List {
            out.push(Action::PickReissueList(ReissueList::Many(wish)));
        } else {
            out.run(Command::BulkPayout(wish));
        }
    }
}
