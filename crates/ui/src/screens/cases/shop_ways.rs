//! The choice of how a shop is told to deliver: a list always works; what needs an address says so and leads there.

use egui::{Rect, Ui, pos2, vec2};

use crate::page::Page;
use crate::paint;
use crate::theme::TypeStyle;
use crate::widgets::button::link_right;
use crate::widgets::tabs;
use recondesk_casework::ReissueWay;

/// Height of the choice with the line below it.
pub(super) const HEIGHT: f32 = 82.0;

/// Draws the ways that are open; true when somebody wants to fill in the address that another one needs.
pub(super) fn choose(
    ui: &Ui,
    rect: Rect,
    page: &Page<'_>,
    (ways, chosen): (&[ReissueWay], &mut usize),
) -> bool {
    let w = &page.w.payout;
    let style = (TypeStyle::Small, page.t.text_2);
    let at = pos2(rect.left(), rect.top() + 10.0);
    paint::left(ui.painter(), at, w.way, style);
    let names: Vec<&str> = ways
        .iter()
        .map(|way| match way {
            ReissueWay::List => w.by_list,
            ReissueWay::Webhook => w.by_webhook,
            ReissueWay::Notification => w.by_notification,
        })
        .collect();
    let width = tabs::segments_width(ui, &names).min(rect.width());
    let place = Rect::from_min_size(pos2(rect.left(), rect.top() + 20.0), vec2(width, 28.0));
    if let Some(nth) = tabs::segments(ui, place, w.way, &names, *chosen) {
        *chosen = nth;
    }
    let y = rect.top() + 64.0;
    let has = |way: ReissueWay| ways.contains(&way);
    let lacks = match (has(ReissueWay::Webhook), has(ReissueWay::Notification)) {
        (true, true) => "",
        (true, false) => w.needs_notify,
        (false, true) => w.needs_shop,
        (false, false) => w.needs_both,
    };
    if lacks.is_empty() {
        let note = match ways.get(*chosen) {
            Some(ReissueWay::List) => w.list_note,
            _ => "",
        };
        let (place, _) = paint::fit(
            ui.painter(),
            pos2(rect.left(), y),
            rect.width(),
            note,
            style,
        );
        if !note.is_empty() {
            paint::say(ui, "way note", place, note);
        }
        return false;
    }
    let link = link_right(ui, pos2(rect.right(), y), w.to_merchants, 0);
    let room = link.rect.left() - rect.left() - 12.0;
    let (place, cut) = paint::fit(ui.painter(), pos2(rect.left(), y), room, lacks, style);
    let said = paint::say(ui, "way lacks", place, lacks);
    if cut {
        said.on_hover_text(lacks);
    }
    link.clicked()
}
