//! Words of states and channels that nobody knows: one row a word, with what it means to be chosen.

use egui::{Rect, Ui, pos2, vec2};

use crate::page::Page;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::card;
use crate::widgets::input::select;
use crate::{format, paint};
use recondesk_app::model::{ImportSheet, renamed};
use recondesk_domain::{FulfilStatus, PayStatus, RefundStatus};
use recondesk_intake::{ChannelOwner, Mapping, Preview, RecordKind, StateSubject, StatusWord};

/// Words shown at once; the others come up as these are settled.
const SHOWN: usize = 3;
const ROW: f32 = 36.0;

/// A word that nobody knows, and where it stands.
struct UnknownWord<'a> {
    column: &'a str,
    word: &'a str,
    rows: u64,
}

fn unknown(preview: &Preview) -> Vec<UnknownWord<'_>> {
    let columns = preview.stats.unmapped.iter();
    let mut out: Vec<UnknownWord<'_>> = columns
        .flat_map(|(column, words)| {
            words.iter().map(|(word, rows)| UnknownWord {
                column,
                word,
                rows: *rows,
            })
        })
        .collect();
    out.sort_by_key(|unknown| {
        (
            std::cmp::Reverse(unknown.rows),
            unknown.column,
            unknown.word,
        )
    });
    out
}

/// Height of the card; nothing when every word is known.
pub(super) fn height(preview: &Preview) -> f32 {
    match unknown(preview).len() {
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
    let words = unknown(preview);
    let more = words.len().saturating_sub(SHOWN) as u64;
    let note = if more > 0 {
        (w.more_words)(&format::count(more))
    } else {
        w.unmapped_note.to_owned()
    };
    let body = card::titled(ui, rect, w.unmapped, &note);
    card::result_bar(ui, rect, Tone::Fault);
    let mut changed = None;
    for (nth, unknown) in words.iter().take(SHOWN).enumerate() {
        let y = body.top() + ROW * (nth as f32 + 0.5);
        let p = ui.painter();
        let at = pos2(rect.left() + 16.0, y);
        let word = unknown.word;
        let (said, _) = paint::fit(p, at, 180.0, word, (TypeStyle::Mono, page.t.red.text));
        let rows = format!(
            "{} · {}",
            unknown.column,
            (w.rows)(&format::count(unknown.rows))
        );
        paint::say(ui, ("word", word), said, &format!("{word} {rows}"));
        let at = pos2(rect.left() + 210.0, y);
        paint::fit(p, at, 170.0, &rows, (TypeStyle::Small, page.t.text_3));
        let place = pos2(rect.left() + 390.0, y);
        if let Some(mapping) = meaning(ui, place, page, (sheet, unknown)) {
            changed = Some(mapping);
        }
    }
    changed
}

/// The choice of what a word means; the answer is the mapping that knows it.
fn meaning(
    ui: &mut Ui,
    place: egui::Pos2,
    page: &Page<'_>,
    (sheet, unknown): (&ImportSheet, &UnknownWord<'_>),
) -> Option<Mapping> {
    let word = unknown.word;
    let mut mapping = sheet.mapping.clone();
    let Some(about) = mapping.rule_of(unknown.column).map(|rule| rule.about) else {
        let labels = [
            page.w.import.of_wechat.to_owned(),
            page.w.import.of_another.to_owned(),
        ];
        let picked = choose(ui, place, page, (word, &labels))?;
        let owner = if picked == 0 {
            ChannelOwner::Wechat
        } else {
            ChannelOwner::Other
        };
        mapping.channels.insert(word.to_owned(), owner);
        return Some(renamed(mapping));
    };
    let meaning = match (sheet.mapping.kind, about) {
        (RecordKind::Refunds, _) => refund_word(ui, place, page, word)?,
        (RecordKind::Orders, StateSubject::Order | StateSubject::Payment) => {
            order_word(ui, place, page, word)?
        }
        (RecordKind::Orders, StateSubject::Delivery) => delivery_word(ui, place, page, word)?,
        (RecordKind::Orders, StateSubject::Refund) => returned_word(ui, place, page, word)?,
    };
    let rules = mapping.status.iter_mut();
    for rule in rules.filter(|rule| rule.column.trim() == unknown.column) {
        rule.words.insert(word.to_owned(), meaning.clone());
    }
    Some(renamed(mapping))
}

/// What a word of the delivery can mean.
fn delivery_word(ui: &mut Ui, at: egui::Pos2, page: &Page<'_>, word: &str) -> Option<StatusWord> {
    let states = [
        FulfilStatus::Pending,
        FulfilStatus::Fulfilled,
        FulfilStatus::Failed,
        FulfilStatus::NotRequired,
    ];
    let labels: Vec<String> = states
        .iter()
        .map(|status| page.w.orders.fulfil_status(*status).to_owned())
        .collect();
    let picked = choose(ui, at, page, (word, &labels))?;
    states
        .get(picked)
        .map(|status| StatusWord::delivery(*status))
}

/// What a word of the refund beside an order can mean.
fn returned_word(ui: &mut Ui, at: egui::Pos2, page: &Page<'_>, word: &str) -> Option<StatusWord> {
    let labels = [
        page.w.import.says_nothing.to_owned(),
        page.w.orders.pay_status(PayStatus::Refunded).to_owned(),
    ];
    match choose(ui, at, page, (word, &labels))? {
        0 => Some(StatusWord::default()),
        _ => Some(StatusWord::order(PayStatus::Refunded, None)),
    }
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
    Some(StatusWord::refund(*status))
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
