//! What bills say of the columns that were taken, and what a person has to say: one row each, with its choice.

use egui::{Rect, Ui, pos2, vec2};

use crate::page::Page;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::card;
use crate::widgets::input::select;
use crate::{format, paint};
use recondesk_app::jobs::intake::{MappingOrigin, Question};
use recondesk_app::model::{ImportSheet, StoreAs, renamed};
use recondesk_intake::{AmountUnit, Column, DayOrder, Mapping, RecordKind, RowAmount, UnitDoubt};

const ROW: f32 = 36.0;
/// Height of a row where the window is short.
const SHORT_ROW: f32 = 31.0;
/// Width of a choice.
const CHOICE: f32 = 240.0;

/// One row of the card.
struct QuestionRow {
    label: &'static str,
    text: String,
    tone: Option<Tone>,
    choice: Option<RowChoice>,
}

/// A choice, and the mapping that each option makes.
struct RowChoice {
    options: Vec<(String, Mapping)>,
    /// The option that holds now.
    current: usize,
}

/// Height of the card; nothing where there is nothing to say. In a short window the rows alone are drawn.
pub(super) fn height(page: &Page<'_>, sheet: &ImportSheet, is_short: bool) -> f32 {
    match rows(page, sheet).len() {
        0 => 0.0,
        rows if is_short => SHORT_ROW * rows as f32 + 10.0,
        rows => 42.0 + ROW * rows as f32 + 8.0,
    }
}

/// Draws it; the answer is the mapping after a choice.
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    (sheet, is_short): (&ImportSheet, bool),
) -> Option<Mapping> {
    let w = &page.w.import;
    let rows = rows(page, sheet);
    let asks = rows.iter().any(|row| row.tone == Some(Tone::Fault));
    let (top, high) = if is_short {
        paint::card(ui.painter(), rect, page.t);
        (rect.top() + 5.0, SHORT_ROW)
    } else {
        let title = if asks { w.asked } else { w.proof };
        (card::titled(ui, rect, title, w.asked_note).top(), ROW)
    };
    card::result_bar(ui, rect, if asks { Tone::Fault } else { Tone::Ok });
    let mut changed = None;
    let widths = rows
        .iter()
        .map(|row| paint::width(ui.painter(), row.label, TypeStyle::Small));
    let names = widths.fold(84.0, f32::max);
    for (nth, row) in rows.into_iter().enumerate() {
        let y = top + high * (nth as f32 + 0.5);
        let p = ui.painter();
        let left = rect.left() + 16.0;
        let style = (TypeStyle::Small, page.t.text_3);
        paint::left(p, pos2(left, y), row.label, style);
        let room = rect.right()
            - 16.0
            - if row.choice.is_some() {
                CHOICE + 12.0
            } else {
                0.0
            };
        let color = match row.tone {
            Some(tone) => page.t.tone(tone).text,
            None => page.t.text_1,
        };
        let at = pos2(left + names + 12.0, y);
        let (said, cut) = paint::fit(p, at, room - at.x, &row.text, (TypeStyle::Body, color));
        let response = paint::say(ui, ("question", nth), said, &row.text);
        if cut {
            response.on_hover_text(&row.text);
        }
        let Some(choice) = row.choice else { continue };
        let place = Rect::from_min_size(
            pos2(rect.right() - 16.0 - CHOICE, y - 14.0),
            vec2(CHOICE, 28.0),
        );
        let mut options: Vec<(usize, &str)> = Vec::new();
        if choice.current == usize::MAX {
            options.push((usize::MAX, w.choose));
        }
        options.extend(
            choice
                .options
                .iter()
                .map(|(label, _)| label.as_str())
                .enumerate(),
        );
        let picked = select(ui, place, row.label, &options, choice.current);
        if let Some((_, mapping)) = picked.and_then(|picked| choice.options.get(picked)) {
            changed = Some(mapping.clone());
        }
    }
    changed
}

fn rows(page: &Page<'_>, sheet: &ImportSheet) -> Vec<QuestionRow> {
    let w = &page.w.import;
    let mut rows: Vec<QuestionRow> = sheet
        .questions
        .iter()
        .filter_map(|question| asked(page, sheet, question))
        .collect();
    if sheet.origin == MappingOrigin::Canonical {
        return rows;
    }
    let number = match sheet.mapping.kind {
        RecordKind::Orders => Column::OutTradeNo,
        RecordKind::Refunds => Column::OutRefundNo,
    };
    let numbers = column_choice(page, sheet, number);
    let amounts = column_choice(page, sheet, Column::Amount);
    if let Some(proof) = &sheet.proof {
        rows.push(QuestionRow {
            label: w.number_column,
            text: page.w.of(&proof.told(&sheet.mapping)).to_owned(),
            tone: Some(if proof.holds() { Tone::Ok } else { Tone::Fault }),
            choice: numbers,
        });
    } else if numbers.is_some() {
        rows.push(QuestionRow {
            label: w.number_column,
            text: w.no_proof.to_owned(),
            tone: None,
            choice: numbers,
        });
    }
    if amounts.is_some() {
        let taken = sheet.mapping.columns.get(&Column::Amount).cloned();
        rows.push(QuestionRow {
            label: w.amount_column,
            text: taken.unwrap_or_default(),
            tone: None,
            choice: amounts,
        });
    }
    rows
}

/// The columns that could be meant, the one that was taken first; `None` where there is no other.
fn column_choice(page: &Page<'_>, sheet: &ImportSheet, column: Column) -> Option<RowChoice> {
    let taken = sheet.mapping.columns.get(&column)?;
    let named = |header: &str, hits: Option<u64>| match hits {
        Some(hits) => (page.w.import.with_hits)(header, &format::count(hits)),
        None => header.to_owned(),
    };
    let own = sheet.proof.as_ref().and_then(|proof| match column {
        Column::Amount => proof
            .amounts
            .iter()
            .find(|known| known.header == *taken)
            .map(|known| known.agree),
        _ => Some(proof.hits),
    });
    let mut options = vec![(named(taken, own), sheet.mapping.clone())];
    for other in sheet.others.iter().filter(|other| other.column == column) {
        let mapping = sheet.with(&other.header, StoreAs::Column(column));
        options.push((named(&other.header, other.hits), mapping));
    }
    (options.len() > 1).then_some(RowChoice {
        options,
        current: 0,
    })
}

/// The row of a question; columns and words that are missing have places of their own.
fn asked(page: &Page<'_>, sheet: &ImportSheet, question: &Question) -> Option<QuestionRow> {
    let w = &page.w.import;
    let with = |change: &dyn Fn(&mut Mapping)| {
        let mut mapping = sheet.mapping.clone();
        change(&mut mapping);
        renamed(mapping)
    };
    let options = match question {
        Question::DayOrder => vec![
            (
                w.month_first.to_owned(),
                with(&|mapping| mapping.day_order = Some(DayOrder::MonthFirst)),
            ),
            (
                w.day_first.to_owned(),
                with(&|mapping| mapping.day_order = Some(DayOrder::DayFirst)),
            ),
        ],
        Question::Unit(UnitDoubt::LooksLikeFen) => {
            vec![(
                w.use_fen.to_owned(),
                with(&|mapping| mapping.amount_unit = AmountUnit::Fen),
            )]
        }
        Question::Unit(UnitDoubt::LooksLikeYuan) => {
            vec![(
                w.use_yuan.to_owned(),
                with(&|mapping| mapping.amount_unit = AmountUnit::Yuan),
            )]
        }
        Question::Columns(columns) if columns.contains(&Column::PayStatus) => {
            vec![(
                w.all_paid.to_owned(),
                with(&|mapping| mapping.all_paid = true),
            )]
        }
        Question::Amounts(proven) => vec![(
            (w.with_hits)(&proven.header, &format::count(proven.agree)),
            with(&|mapping| {
                mapping
                    .columns
                    .insert(Column::Amount, proven.header.clone());
                mapping.amount_unit = proven.unit;
            }),
        )],
        Question::Shares { .. } => vec![
            (
                w.amount_of_order.to_owned(),
                with(&|mapping| mapping.row_amount = RowAmount::Order),
            ),
            (
                w.amount_of_item.to_owned(),
                with(&|mapping| mapping.row_amount = RowAmount::Share),
            ),
        ],
        Question::TwoPayments { first, second } => [first, second]
            .into_iter()
            .map(|header| {
                let mapping = with(&|mapping| {
                    mapping.columns.insert(Column::OutTradeNo, header.clone());
                });
                (header.clone(), mapping)
            })
            .collect(),
        Question::NoAmount { header, .. } => vec![(header.clone(), with(&|_| {}))],
        Question::Numbers => Vec::new(),
        Question::Columns(_) | Question::Words { .. } => return None,
    };
    Some(QuestionRow {
        label: w.asked,
        text: in_words(page, sheet, question),
        tone: Some(Tone::Fault),
        choice: (!options.is_empty()).then_some(RowChoice {
            options,
            current: usize::MAX,
        }),
    })
}

/// The question in the words of the window.
fn in_words(page: &Page<'_>, sheet: &ImportSheet, question: &Question) -> String {
    let w = &page.w.import;
    match question {
        Question::Columns(_) => (w.lacking)(&super::lacking(page, sheet)),
        Question::DayOrder => w.two_orders.to_owned(),
        _ => page.w.of(&question.told()).to_owned(),
    }
}
