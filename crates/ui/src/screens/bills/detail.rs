//! One bill in full: its certificate, the balances of a fund-flow bill, the head of the file.

use egui::{Rect, Ui, pos2, vec2};

use crate::page::Page;
use crate::screens::reconcile::certificate;
use crate::theme::TypeStyle;
use crate::widgets::card;
use crate::{format, paint};
use recondesk_app::model::BillDetail;

/// Height of the balances of a fund-flow bill.
const BALANCES: f32 = 60.0;

/// Height of all of it.
pub(super) fn height(detail: &BillDetail) -> f32 {
    let balances = detail.balances.map_or(0.0, |_| BALANCES);
    let head = detail.head.len() as f32 * 96.0;
    certificate::height(&detail.certificate) + 16.0 + balances + head
}

/// Draws it.
pub(super) fn show(ui: &Ui, area: Rect, page: &Page<'_>, detail: &BillDetail) {
    let place = Rect::from_min_size(
        area.min,
        vec2(area.width(), certificate::height(&detail.certificate)),
    );
    certificate::show(ui, place, page, &detail.certificate);
    let mut top = place.bottom() + 12.0;
    if let Some(balances) = detail.balances {
        let f = &page.w.funds;
        let lines = [(f.opening, balances.opening), (f.closing, balances.closing)];
        for (nth, (name, sum)) in lines.into_iter().enumerate() {
            let y = top + 12.0 + nth as f32 * 26.0;
            let p = ui.painter();
            let value = format::money_or_dash(sum);
            let body = (TypeStyle::Body, page.t.text_1);
            paint::left(
                p,
                pos2(area.left(), y),
                name,
                (TypeStyle::Body, page.t.text_2),
            );
            paint::right(p, pos2(area.right(), y), &value, body);
            let line = Rect::from_min_size(pos2(area.left(), y - 13.0), vec2(area.width(), 26.0));
            paint::say(ui, ("balance", nth), line, &format!("{name} {value}"));
        }
        top += BALANCES;
    }
    for line in &detail.head {
        let well = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), 86.0));
        let place = (page.w.cases.at_line)(&line.file, &format::count(u64::from(line.line)));
        let head = format!("{} {}", page.w.bills.head, line.line);
        card::raw_well(ui, well, (&head, &place), &line.text, "");
        top += 96.0;
    }
}
