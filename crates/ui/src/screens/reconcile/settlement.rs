//! The withdrawals of a day in view, and what of them arrived at the bank; a bank statement is asked for here.

use egui::{Rect, Ui, pos2, vec2};

use crate::page::Page;
use crate::theme::TypeStyle;
use crate::widgets::button::link_right;
use crate::{format, paint};
use recondesk_app::jobs::funds::{SettledWithdrawal, Settlement, SettlementState};
use recondesk_domain::Fen;

const LINE: f32 = 26.0;
const HEAD: f32 = 30.0;
/// Withdrawals that are listed; the terminal's JSON has all of them.
const MOST: usize = 20;
/// Tells the link apart from those of rows.
const LINK: u64 = u64::MAX;

/// How high the part is.
pub(super) fn height(settlement: &Settlement) -> f32 {
    let shown = settlement.rows.len().min(MOST);
    let more = usize::from(settlement.rows.len() > shown);
    let lines = if shown == 0 { 1 } else { shown + more + 2 };
    12.0 + HEAD + lines as f32 * LINE
}

/// Draws it; true when a statement is to be chosen.
pub(super) fn show(
    ui: &Ui,
    rect: Rect,
    top: f32,
    page: &Page<'_>,
    settlement: &Settlement,
) -> bool {
    let (t, w) = (page.t, &page.w.funds);
    let p = ui.painter();
    let y = top + 12.0 + HEAD / 2.0;
    let heading = (TypeStyle::Heading, t.text_1);
    paint::left(p, pos2(rect.left(), y), w.to_bank, heading);
    let picks = link_right(ui, pos2(rect.right(), y), w.pick_statement, LINK).clicked();
    let mut top = top + 12.0 + HEAD;
    let body = (TypeStyle::Body, t.text_2);
    if settlement.rows.is_empty() {
        paint::left(
            p,
            pos2(rect.left(), top + LINE / 2.0),
            w.no_withdrawals,
            body,
        );
        return picks;
    }
    let small = (TypeStyle::Small, t.text_3);
    let [number, amount, state, arrived, bank] = columns(rect);
    let y = top + LINE / 2.0;
    paint::left(p, pos2(rect.left(), y), w.withdrawn_on, small);
    paint::left(p, pos2(number, y), w.number, small);
    paint::right(p, pos2(amount, y), w.amount, small);
    paint::left(p, pos2(state, y), w.state, small);
    paint::left(p, pos2(arrived, y), w.arrived_on, small);
    paint::right(p, pos2(bank, y), w.at_bank, small);
    paint::hline(p, rect.x_range(), top + LINE, t.line);
    top += LINE;
    for (at, row) in settlement.rows.iter().take(MOST).enumerate() {
        withdrawal(ui, rect, top, page, (at, row));
        top += LINE;
    }
    let left_out = settlement.rows.len().saturating_sub(MOST);
    if left_out > 0 {
        let words = (w.more)(&format::count(left_out as u64));
        paint::left(p, pos2(rect.left(), top + LINE / 2.0), &words, small);
        top += LINE;
    }
    let sums = [settlement.withdrawn, settlement.settled].map(format::money);
    let words = (w.settled)(&sums[0], &sums[1]);
    let at = pos2(rect.left(), top + LINE / 2.0);
    let (place, _) = paint::fit(p, at, rect.width(), &words, body);
    paint::say(ui, "settled", place, &words);
    picks
}

/// Left of the number, right of the amount, left of state and day, right of the sum at the bank.
fn columns(rect: Rect) -> [f32; 5] {
    let left = rect.left();
    [
        left + 110.0,
        left + 470.0,
        left + 500.0,
        left + 670.0,
        rect.right(),
    ]
}

fn withdrawal(
    ui: &Ui,
    rect: Rect,
    top: f32,
    page: &Page<'_>,
    (at, row): (usize, &SettledWithdrawal),
) {
    let (t, w) = (page.t, &page.w.funds);
    let p = ui.painter();
    let [number, amount, state, arrived, bank] = columns(rect);
    let y = top + LINE / 2.0;
    let body = (TypeStyle::Body, t.text_1);
    paint::left(p, pos2(rect.left(), y), &row.day.to_string(), body);
    let mono = (TypeStyle::Mono, t.text_1);
    paint::fit(
        p,
        pos2(number, y),
        amount - number - 110.0,
        &row.withdrawal.business_no,
        mono,
    );
    let size = format::money_or_dash(Fen::ZERO.checked_sub(row.withdrawal.change));
    paint::right(p, pos2(amount, y), &size, body);
    let (zh, en) = row.state.words();
    let words = if page.w.is_zh() { zh } else { en };
    let color = if row.state.needs_look() {
        t.red.text
    } else if row.state.is_settled() {
        t.green.text
    } else {
        t.orange.text
    };
    paint::fit(
        p,
        pos2(state, y),
        arrived - state - 8.0,
        words,
        (TypeStyle::Body, color),
    );
    let day = match (&row.credit, row.state) {
        (Some(credit), _) => credit.time.day().to_string(),
        (None, SettlementState::OnTheWay) => (w.due)(&row.due.to_string()),
        (None, _) => String::new(),
    };
    paint::left(p, pos2(arrived, y), &day, body);
    let sum = row
        .credit
        .as_ref()
        .map(|credit| format::money(credit.change));
    if let Some(sum) = &sum {
        paint::right(p, pos2(bank, y), sum, body);
    }
    let line = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), LINE));
    let said = format!("{} {size} {words} {day}", row.withdrawal.business_no);
    paint::say(ui, ("withdrawal", at), line, said.trim_end());
}
