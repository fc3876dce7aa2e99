//! Words of states and channels: one row a word with what it means. Those that nobody knows come first, and what was
//! chosen stays and can be chosen anew.

use egui::{Rect, Ui, pos2, vec2};

use crate::page::Page;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::Button;
use crate::widgets::card;
use crate::widgets::input::select;
use crate::{format, paint};
use recondesk_app::model::{ImportSheet, renamed};
use recondesk_domain::{FulfilStatus, PayStatus, RefundStatus};
use recondesk_intake::{
    ChannelOwner, Mapping, Preview, RecordKind, StateSubject, StatusWord, WordSays,
};

const ROW: f32 = 36.0;
const HEAD: f32 = 42.0;

/// A word of a column of states or channels, and how often it stands there.
struct FileWord<'a> {
    column: &'a str,
    word: &'a str,
    rows: u64,
    says: Option<WordSays>,
    /// The mapping itself says what it means: nobody knew it, or a person knows better.
    is_own: bool,
}

/// Every word of the file: those that nobody knew first, settled or not, then those that the program knows.
fn words<'a>(sheet: &ImportSheet, preview: &'a Preview) -> Vec<FileWord<'a>> {
    let mapping = &sheet.mapping;
    let both = preview.stats.unmapped.iter().chain(&preview.stats.words);
    let mut out: Vec<FileWord<'a>> = both
        .flat_map(|(column, words)| words.iter().map(move |(word, rows)| (column, word, *rows)))
        .map(|(column, word, rows)| {
            let own = match mapping.rule_of(column) {
                Some(rule) => rule.words.contains_key(word),
                None => mapping.channels.contains_key(word),
            };
            FileWord {
                column,
                word,
                rows,
                says: mapping.says(column, word),
                is_own: own,
            }
        })
        .collect();
    out.sort_by_key(|word| {
        let is_known = word.says.is_some() && !word.is_own;
        let rows = std::cmp::Reverse(word.rows);
        (is_known, rows, word.column, word.word)
    });
    // A word may be refused on one row and understood on another.
    let mut seen = std::collections::BTreeSet::new();
    out.retain(|word| seen.insert((word.column, word.word)));
    out
}

/// True when the rows are in view: unless a person says otherwise, where one has to say what a word means, or just did.
fn is_open(page: &Page<'_>, words: &[FileWord<'_>], asked: Option<bool>) -> bool {
    let edited = page.state.import.is_edited();
    let wanted = |word: &FileWord<'_>| word.says.is_none() || (edited && word.is_own);
    asked.unwrap_or_else(|| words.iter().any(wanted))
}

/// Rows in view at once; the others scroll.
fn shown(page: &Page<'_>, words: usize) -> usize {
    words.min(if page.rect.height() < 700.0 { 3 } else { 5 })
}

/// Height of the card; nothing where the file has no words of states.
pub(super) fn height(
    page: &Page<'_>,
    sheet: &ImportSheet,
    preview: &Preview,
    open: Option<bool>,
) -> f32 {
    let words = words(sheet, preview);
    match words.len() {
        0 => 0.0,
        _ if !is_open(page, &words, open) => HEAD,
        count => HEAD + ROW * shown(page, count) as f32 + 8.0,
    }
}

/// Draws it; the answer is the mapping with another meaning of a word.
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    (sheet, preview, asked): (&ImportSheet, &Preview, &mut Option<bool>),
) -> Option<Mapping> {
    let w = &page.w.import;
    let words = words(sheet, preview);
    let count = |some: usize| format::count(some as u64);
    let unknown = words.iter().filter(|word| word.says.is_none()).count();
    let (title, note) = if unknown > 0 {
        (w.unmapped, w.unmapped_note.to_owned())
    } else {
        (w.words, (w.words_known)(&count(words.len())))
    };
    let body = card::titled(ui, rect, title, &note);
    if unknown > 0 {
        card::result_bar(ui, rect, Tone::Fault);
    }
    let open = is_open(page, &words, *asked);
    let label = if open { w.words_hide } else { w.words_show };
    let at = pos2(rect.right() - 12.0, rect.top() + 21.0);
    if Button::ghost(label).show_right(ui, at, 28.0).clicked() {
        *asked = Some(!open);
    }
    if !open {
        return None;
    }
    let body = Rect::from_min_max(body.min, pos2(body.right() - 1.0, rect.bottom() - 4.0));
    let mut changed = None;
    paint::region(ui, body, "words of states", |ui| {
        egui::ScrollArea::vertical()
            .auto_shrink(false)
            .show(ui, |ui| {
                let size = vec2(body.width(), ROW * words.len() as f32);
                let (area, _) = ui.allocate_exact_size(size, egui::Sense::hover());
                for (nth, word) in words.iter().enumerate() {
                    let top = area.top() + ROW * nth as f32;
                    let row = Rect::from_min_size(pos2(area.left(), top), vec2(size.x, ROW));
                    if let Some(mapping) = word_row(ui, row, page, sheet, word) {
                        changed = Some(mapping);
                    }
                }
            });
    });
    changed
}

fn word_row(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    sheet: &ImportSheet,
    word: &FileWord<'_>,
) -> Option<Mapping> {
    let t = page.t;
    let y = rect.center().y;
    let p = ui.painter();
    let at = pos2(rect.left() + 16.0, y);
    let color = if word.says.is_none() {
        t.red.text
    } else {
        t.text_1
    };
    let (said, _) = paint::fit(p, at, 180.0, word.word, (TypeStyle::Mono, color));
    let rows = (page.w.import.rows)(&format::count(word.rows));
    let rows = format!("{} · {rows}", word.column);
    let words = format!("{} {rows}", word.word);
    paint::say(ui, ("word", word.column, word.word), said, &words);
    let at = pos2(rect.left() + 210.0, y);
    paint::fit(p, at, 170.0, &rows, (TypeStyle::Small, t.text_3));
    let place = pos2(rect.left() + 390.0, y);
    // The same word may stand in two columns.
    paint::region(ui, rect, word.column, |ui| {
        meaning(ui, place, page, sheet, word)
    })
}

/// The choice of what a word means; the answer is the mapping that knows it.
fn meaning(
    ui: &mut Ui,
    place: egui::Pos2,
    page: &Page<'_>,
    sheet: &ImportSheet,
    about: &FileWord<'_>,
) -> Option<Mapping> {
    let (word, says) = (about.word, about.says.as_ref());
    let mapping = &sheet.mapping;
    let Some(subject) = mapping.rule_of(about.column).map(|rule| rule.about) else {
        let options = [
            (
                WordSays::Channel(ChannelOwner::Wechat),
                page.w.import.of_wechat.to_owned(),
            ),
            (
                WordSays::Channel(ChannelOwner::Other),
                page.w.import.of_another.to_owned(),
            ),
        ];
        let WordSays::Channel(owner) = choose(ui, place, page, (word, says, &options))? else {
            return None;
        };
        let mut mapping = mapping.clone();
        mapping.channels.insert(word.to_owned(), owner);
        return Some(renamed(mapping));
    };
    let options: Vec<(WordSays, String)> = match (mapping.kind, subject) {
        (RecordKind::Refunds, _) => refund_states(page),
        (RecordKind::Orders, StateSubject::Order | StateSubject::Payment) => order_states(page),
        (RecordKind::Orders, StateSubject::Delivery) => delivery_states(page),
        (RecordKind::Orders, StateSubject::Refund) => returned_states(page),
    }
    .into_iter()
    .map(|(state, label)| (WordSays::State(state), label))
    .collect();
    let WordSays::State(meaning) = choose(ui, place, page, (word, says, &options))? else {
        return None;
    };
    let mut mapping = mapping.clone();
    let rules = mapping.status.iter_mut();
    for rule in rules.filter(|rule| rule.column.trim() == about.column.trim()) {
        rule.words.insert(word.to_owned(), meaning.clone());
    }
    Some(renamed(mapping))
}

/// What a word can mean, as a mapping writes it, with its label.
type StateChoice = (StatusWord, String);

/// What a word of the delivery can mean.
fn delivery_states(page: &Page<'_>) -> Vec<StateChoice> {
    let states = [
        FulfilStatus::Pending,
        FulfilStatus::Fulfilled,
        FulfilStatus::Failed,
        FulfilStatus::NotRequired,
    ];
    let of = |status| {
        (
            StatusWord::delivery(status),
            page.w.orders.fulfil_status(status).to_owned(),
        )
    };
    let mut out: Vec<StateChoice> = states.into_iter().map(of).collect();
    out.push((StatusWord::default(), page.w.import.says_nothing.to_owned()));
    out
}

/// What a word of the refund beside an order can mean.
fn returned_states(page: &Page<'_>) -> Vec<StateChoice> {
    let returned = page.w.orders.pay_status(PayStatus::Refunded).to_owned();
    vec![
        (StatusWord::default(), page.w.import.says_nothing.to_owned()),
        (StatusWord::order(PayStatus::Refunded, None), returned),
    ]
}

/// Both statuses that an order's word sets.
fn order_states(page: &Page<'_>) -> Vec<StateChoice> {
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
    let of = |(pay, fulfil)| {
        (
            StatusWord::order(pay, fulfil),
            both_words(page, Some(pay), fulfil),
        )
    };
    states.into_iter().map(of).collect()
}

/// `已支付，未发货`.
fn both_words(page: &Page<'_>, pay: Option<PayStatus>, fulfil: Option<FulfilStatus>) -> String {
    let w = page.w;
    let pay = pay.map(|pay| w.orders.pay_status(pay));
    let fulfil = fulfil.map(|fulfil| w.orders.fulfil_status(fulfil));
    let both: Vec<&str> = pay.into_iter().chain(fulfil).collect();
    if both.is_empty() {
        return w.import.says_nothing.to_owned();
    }
    both.join(if w.is_zh() { "，" } else { ", " })
}

fn refund_states(page: &Page<'_>) -> Vec<StateChoice> {
    let states = [
        RefundStatus::Processing,
        RefundStatus::Success,
        RefundStatus::Closed,
        RefundStatus::Abnormal,
    ];
    let of = |status| {
        (
            StatusWord::refund(status),
            page.w.meaning_refund(status).to_owned(),
        )
    };
    states.into_iter().map(of).collect()
}

/// A meaning that is not among those that can be chosen, in words.
fn other_meaning(page: &Page<'_>, says: &WordSays) -> String {
    match says {
        WordSays::State(state) if state.refund_status.is_none() => {
            let text = |value: &Option<String>| value.clone().unwrap_or_default();
            let pay = PayStatus::parse(&text(&state.pay_status));
            both_words(page, pay, FulfilStatus::parse(&text(&state.fulfil_status)))
        }
        _ => page.w.import.known_word.to_owned(),
    }
}

/// The choice; the answer is another meaning than the one that holds.
fn choose(
    ui: &mut Ui,
    at: egui::Pos2,
    page: &Page<'_>,
    (word, says, options): (&str, Option<&WordSays>, &[(WordSays, String)]),
) -> Option<WordSays> {
    let current = says.map(|says| options.iter().position(|(option, _)| option == says));
    let other = match (says, current) {
        (Some(says), Some(None)) => other_meaning(page, says),
        _ => page.w.import.choose.to_owned(),
    };
    let current = current.flatten().unwrap_or(usize::MAX);
    let mut labels: Vec<(usize, &str)> = Vec::with_capacity(options.len() + 1);
    if current == usize::MAX {
        labels.push((usize::MAX, &other));
    }
    labels.extend(options.iter().map(|(_, label)| label.as_str()).enumerate());
    let rect = paint::from_left(at, vec2(220.0, 28.0));
    let picked = select(ui, rect, word, &labels, current)?;
    let picked = options.get(picked).filter(|_| picked != current)?;
    Some(picked.0.clone())
}
