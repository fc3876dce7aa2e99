//! What was expected, by how much it differs, and the way to the other row or payment: lines under the reason of a case.

use egui::{Rect, Ui, pos2};

use crate::action::{Action, Outbox};
use crate::page::Page;
use crate::theme::TypeStyle;
use crate::widgets::button::link_right;
use crate::{format, paint};
use recondesk_app::model::{CaseDetail, CaseFact};
use recondesk_domain::{Fee, Fen};

const LINE: f32 = 24.0;
/// Other payments that are listed; the lookup of one of them shows the rest.
const MOST: usize = 4;

/// Height of the facts of a case; nothing without one.
pub(super) fn height(detail: &CaseDetail) -> f32 {
    let lines = detail.facts.len().min(MOST);
    if lines == 0 {
        0.0
    } else {
        lines as f32 * LINE + 4.0
    }
}

/// Draws them from the top of a rectangle on.
pub(super) fn show(ui: &Ui, area: Rect, page: &Page<'_>, detail: &CaseDetail, out: &mut Outbox) {
    let p = ui.painter();
    for (nth, fact) in detail.facts.iter().take(MOST).enumerate() {
        let y = area.top() + LINE * (nth as f32 + 0.5);
        let words = in_words(page, fact);
        let mut end = area.right();
        if let CaseFact::SameAs(number) = fact {
            let at = pos2(area.right(), y);
            let link = link_right(ui, at, page.w.lookup.open_lookup, nth as u64);
            if link.clicked() {
                out.push(Action::LookUp(number.clone()));
            }
            end = link.rect.left() - 12.0;
        }
        let at = pos2(area.left(), y);
        let style = (TypeStyle::Body, page.t.text_1);
        let (place, cut) = paint::fit(p, at, end - area.left(), &words, style);
        let said = paint::say(ui, ("fact", nth), place, &words);
        if cut {
            said.on_hover_text(&words);
        }
    }
}

fn in_words(page: &Page<'_>, fact: &CaseFact) -> String {
    let c = &page.w.facts;
    match fact {
        CaseFact::Fee {
            billed,
            expected,
            apart,
            rate,
        } => {
            let fees = (c.fee)(&fee_words(*billed), rate, &fee_words(*expected));
            let apart = if *apart < Fee::ZERO {
                (c.less)(&fee_words(Fee::new(apart.get().saturating_neg())))
            } else {
                (c.more)(&fee_words(*apart))
            };
            format!("{fees}{apart}")
        }
        CaseFact::Rate {
            billed,
            contract: Some(contract),
        } => (c.rate)(billed, contract),
        CaseFact::Rate {
            billed,
            contract: None,
        } => (c.rate_alone)(billed),
        CaseFact::Apart(apart) if *apart < Fen::ZERO => {
            let sum = Fen::ZERO.checked_sub(*apart).unwrap_or(*apart);
            (c.wechat_less)(&format::money(sum))
        }
        CaseFact::Apart(apart) => (c.wechat_more)(&format::money(*apart)),
        CaseFact::CopyOf(line) => (c.copy_of)(&format::count(u64::from(*line))),
        CaseFact::SameAs(number) => (c.same_as)(number),
        CaseFact::OverRefund {
            refunded,
            paid,
            apart,
        } => (c.over)(
            &format::money(*refunded),
            &format::money(*paid),
            &format::money(*apart),
        ),
    }
}

/// `0.13`, or `0.12345` where a fee has more than two decimals.
fn fee_words(fee: Fee) -> String {
    let text = fee.to_string();
    let short = text.trim_end_matches('0');
    let decimals = short.rsplit('.').next().map_or(0, str::len);
    let kept = short.len() + 2_usize.saturating_sub(decimals);
    text.get(..kept).unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fee_has_two_decimals_and_more_only_where_it_needs_them() {
        let said = |units| fee_words(Fee::new(units));
        assert_eq!(said(13_000), "0.13");
        assert_eq!(said(12_345), "0.12345");
        assert_eq!(said(100_000), "1.00");
        assert_eq!(said(110_000), "1.10");
        assert_eq!(said(0), "0.00");
        assert_eq!(said(-12_300), "-0.123");
    }
}
