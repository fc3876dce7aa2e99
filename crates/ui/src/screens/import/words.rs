//! Status words that the mapping does not have: one row a word, with what it means to be chosen.

use std::collections::BTreeMap;

use egui::{Rect, Ui, pos2, vec2};

use crate::page::Page;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::card;
use crate::widgets::input::select;
use crate::{format, paint};
use recondesk_app::model::{ImportSheet, renamed};
use recondesk_domain::{FulfilStatus, PayStatus, RefundStatus};
use recondesk_intake::{Mapping, Preview, RecordKind, StatusWord};

/// Words shown at once; the others come up as these are settled.
const SHOWN: usize = 3;
const ROW: f32 = 36.0;

/// Height of the card; nothing when every word is known.
pub(super) fn height(preview: &Preview) -> f32 {
    match preview.stats.unmapped.len() {
        0 => 0.0,
        words => 42.0 + ROW * words.min(SHOWN) as f32 + 8.0,
    }
}

/// Draws it; the answer is the mapping with one word more.
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    (sheet, preview): (&ImportSheet, &Preview),
) -> Option<Mapping> {
    let w = &page.w.import;
    let words: &BTreeMap<String, u64> = &preview.stats.unmapped;
    let more = words.len().saturating_sub(SHOWN) as u64;
    let note = if more > 0 {
        (w.more_words)(&format::count(more))
    } else {
        w.unmapped_note.to_owned()
    };
    let body = card::titled(ui, rect, w.unmapped, &note);
    card::result_bar(ui, rect, Tone::Fault);
    let mut most: Vec<(&String, &u64)> = words.iter().collect();
    most.sort_by_key(|(word, count)| (std::cmp::Reverse(**count), *word));
    let mut changed = None;
    for (nth, (word, count)) in most.into_iter().take(SHOWN).enumerate() {
        let y = body.top() + ROW * (nth as f32 + 0.5);
        let p = ui.painter();
        let at = pos2(rect.left() + 16.0, y);
        let (said, _) = paint::fit(p, at, 180.0, word, (TypeStyle::Mono, page.t.red.text));
        let rows = (w.rows)(&format::count(*count));
        paint::say(ui, ("word", word), said, &format!("{word} {rows}"));
        let at = pos2(rect.left() + 210.0, y);
        paint::left(p, at, &rows, (TypeStyle::Small, page.t.text_3));
        let meaning = match sheet.mapping.kind {
            RecordKind::Orders => order_word(ui, pos2(rect.left() + 300.0, y), page, word),
            RecordKind::Refunds => refund_word(ui, pos2(rect.left() + 300.0, y), page, word),
        };
        if let Some(meaning) = meaning {
            changed = Some(with(sheet, word, meaning));
        }
    }
    changed
}

fn with(sheet: &ImportSheet, word: &str, meaning: StatusWord) -> Mapping {
    let mut mapping = sheet.mapping.clone();
    if let Some(rule) = &mut mapping.status {
        rule.words.insert(word.to_owned(), meaning);
    }
    renamed(mapping)
}

/// One choice for both statuses that an order's word sets.
fn order_word(ui: &mut Ui, at: egui::Pos2, page: &Page<'_>, word: &str) -> Option<StatusWord> {
    let w = page.w;
    let states = [
        (PayStatus::Created, None),
        (PayStatus::Paying, None),
        (PayStatus::Paid, Some(FulfilStatus::Pending)),
        (PayStatus::Paid, Some(FulfilStatus::Fulfilled)),
        (PayStatus::Paid, Some(FulfilStatus::Failed)),
        (PayStatus::Paid, Some(FulfilStatus::NotRequired)),
        (PayStatus::Paid, None),
        (PayStatus::Failed, None),
        (PayStatus::Closed, None),
        (PayStatus::Refunded, Some(FulfilStatus::Fulfilled)),
        (PayStatus::Refunded, None),
        (PayStatus::Unknown, None),
    ];
    let labels: Vec<String> = states
        .iter()
        .map(|(pay, fulfil)| {
            let pay = w.orders.pay_status(*pay);
            match fulfil {
                Some(fulfil) => format!("{pay}，{}", w.orders.fulfil_status(*fulfil)),
                None => pay.to_owned(),
            }
        })
        .map(|label| {
            if w.is_zh() {
                label
            } else {
                label.replace('，', ", ")
            }
        })
        .collect();
    let picked = choose(ui, at, page, (word, &labels))?;
    let (pay, fulfil) = states.get(picked)?;
    Some(StatusWord::order(*pay, *fulfil))
}

fn refund_word(ui: &mut Ui, at: egui::Pos2, page: &Page<'_>, word: &str) -> Option<StatusWord> {
    let states = [
        RefundStatus::Processing,
        RefundStatus::Success,
        RefundStatus::Closed,
        RefundStatus::Abnormal,
    ];
    let labels: Vec<String> = states
        .iter()
        .map(|status| page.w.meaning_refund(*status).to_owned())
        .collect();
    let picked = choose(ui, at, page, (word, &labels))?;
    let status = states.get(picked)?;
    Some(StatusWord {
        refund_status: Some(status.word().to_owned()),
        ..StatusWord::default()
    })
}

fn choose(
    ui: &mut Ui,
    at: egui::Pos2,
    page: &Page<'_>,
    (word, labels): (&str, &[String]),
) -> Option<usize> {
    let mut options: Vec<(usize, &str)> = vec![(usize::MAX, page.w.import.choose)];
    options.extend(labels.iter().map(String::as_str).enumerate());
    let rect = paint::from_left(at, vec2(220.0, 28.0));
    let picked = select(ui, rect, word, &options, usize::MAX)?;
    (picked != usize::MAX).then_some(picked)
}
