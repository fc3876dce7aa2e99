//! The filter of a column, opened at its header: a text, a range of numbers or days, a choice of values, blank or not.

use std::collections::BTreeSet;

use egui::{Id, Key, LayerId, Popup, PopupCloseBehavior, PopupKind, Pos2, Sense, Ui, vec2};

use super::funnel_words::shown;
use super::{Column, Table, TableMemory, TableOutput};
use crate::text::{Wording, words};
use crate::theme::{TypeStyle, tokens};
use crate::widgets::button::Button;
use crate::widgets::input::{self, Field};
use crate::widgets::tabs;
use crate::{format, paint};
use recondesk_app::tables::{CellTest, ColumnKind};
use recondesk_domain::{BillDate, Fen, half_width};

/// Width of the content.
const WIDTH: f32 = 248.0;
/// Height of the list of values.
const LIST: f32 = 224.0;

/// The filter that is being filled in.
#[derive(Debug)]
pub(super) struct Funnel {
    column: Column,
    at: Pos2,
    /// What a text contains.
    text: String,
    /// Ends of a range, as typed.
    ends: [String; 2],
    /// Values that are left out.
    out: BTreeSet<String>,
    /// Only these values, where the filter says so; the values decide which are left out once they are known.
    only: Option<BTreeSet<String>>,
    /// 0 all, 1 blank, 2 not blank.
    blank: usize,
    /// The first field still has to get the focus.
    fresh: bool,
}

impl Funnel {
    fn new(column: Column, at: Pos2, test: Option<&CellTest>) -> Self {
        let mut funnel = Self {
            column,
            at,
            text: String::new(),
            ends: Default::default(),
            out: BTreeSet::new(),
            only: None,
            blank: 0,
            fresh: true,
        };
        let end = |end: Option<i64>| end.map(|end| written(column.kind, end)).unwrap_or_default();
        match test {
            Some(CellTest::Contains(text)) => funnel.text.clone_from(text),
            Some(CellTest::Between { least, most }) => funnel.ends = [end(*least), end(*most)],
            Some(CellTest::Days { first, last }) => {
                let day = |day: Option<BillDate>| day.map(|day| day.to_string());
                funnel.ends = [
                    day(*first).unwrap_or_default(),
                    day(*last).unwrap_or_default(),
                ];
            }
            Some(CellTest::OneOf(values)) => {
                funnel.only = Some(values.iter().cloned().collect());
            }
            Some(CellTest::NoneOf(values)) => funnel.out = values.iter().cloned().collect(),
            Some(CellTest::Blank) => funnel.blank = 1,
            Some(CellTest::Filled) => funnel.blank = 2,
            None => {}
        }
        funnel
    }

    /// The filter as it was filled in; `Err` names the end of a range that cannot be read.
    fn test(&self, today: BillDate) -> Result<Option<CellTest>, usize> {
        match self.blank {
            1 => return Ok(Some(CellTest::Blank)),
            2 => return Ok(Some(CellTest::Filled)),
            _ => {}
        }
        if !self.text.trim().is_empty() {
            return Ok(Some(CellTest::Contains(self.text.trim().to_owned())));
        }
        if let Some(only) = &self.only {
            return Ok(Some(CellTest::OneOf(only.iter().cloned().collect())));
        }
        if !self.out.is_empty() {
            return Ok(Some(CellTest::NoneOf(self.out.iter().cloned().collect())));
        }
        match self.column.kind {
            ColumnKind::Money | ColumnKind::Count => {
                let [least, most] = self.read(|text| number(self.column.kind, text))?;
                let asked = least.is_some() || most.is_some();
                Ok(asked.then_some(CellTest::Between { least, most }))
            }
            ColumnKind::Time | ColumnKind::Day => {
                let [first, last] = self.read(|text| format::parse_day(text, today))?;
                let asked = first.is_some() || last.is_some();
                Ok(asked.then_some(CellTest::Days { first, last }))
            }
            ColumnKind::Text | ColumnKind::Word => Ok(None),
        }
    }

    /// Both ends; an empty one is open.
    fn read<T>(&self, read: impl Fn(&str) -> Option<T>) -> Result<[Option<T>; 2], usize> {
        let mut out = [None, None];
        for (nth, (to, text)) in out.iter_mut().zip(&self.ends).enumerate() {
            let text = text.trim();
            if !text.is_empty() {
                *to = Some(read(text).ok_or(nth)?);
            }
        }
        Ok(out)
    }

    fn is_listed(&self, value: &str) -> bool {
        match &self.only {
            Some(only) => only.contains(value),
            None => !self.out.contains(value),
        }
    }

    fn toggle(&mut self, value: &str) {
        let set = match &mut self.only {
            Some(only) => only,
            None => &mut self.out,
        };
        if !set.remove(value) {
            set.insert(value.to_owned());
        }
    }
}

fn number(kind: ColumnKind, text: &str) -> Option<i64> {
    let text = half_width(text).replace(['¥', ' '], "");
    if kind == ColumnKind::Money {
        Fen::parse_typed(&text).ok().map(Fen::get)
    } else {
        text.replace(',', "").parse().ok()
    }
}

pub(super) fn written(kind: ColumnKind, number: i64) -> String {
    if kind == ColumnKind::Money {
        Fen::new(number).grouped()
    } else {
        number.to_string()
    }
}

/// What became of the funnel in a frame.
enum FunnelEnd {
    Open,
    Closed,
    Set(Option<CellTest>),
}

impl Table<'_> {
    pub(super) fn open_funnel(
        &self,
        column: &Column,
        at: Pos2,
        memory: &mut TableMemory,
        output: &mut TableOutput,
    ) {
        let test = self.view.filter_of(column.id);
        memory.funnel = Some(Funnel::new(*column, at, test));
        output.values = Some(column.id);
    }

    /// Draws the funnel that is open; a filter goes out with the view.
    pub(super) fn funnel(&self, ui: &Ui, memory: &mut TableMemory, output: &mut TableOutput) {
        let Some(funnel) = &mut memory.funnel else {
            return;
        };
        let mut open = true;
        let mut end = FunnelEnd::Open;
        let id = Id::unique((self.name, "funnel"));
        let layer = LayerId::new(egui::Order::Middle, id);
        let fresh = funnel.fresh;
        Popup::new(id, ui.ctx().clone(), funnel.at, layer)
            .kind(PopupKind::Popup)
            .gap(2.0)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .open_bool(&mut open)
            .show(|ui| {
                ui.set_width(WIDTH);
                ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
                end = self.funnel_content(ui, funnel);
            });
        funnel.fresh = false;
        match end {
            FunnelEnd::Set(test) => {
                let mut view = self.view.clone();
                view.set_filter(funnel.column.id, test);
                output.view = Some(view);
            }
            FunnelEnd::Closed => {}
            // The click that opens it is outside of it.
            FunnelEnd::Open if open || fresh => return,
            FunnelEnd::Open => {}
        }
        memory.funnel = None;
        if let Some(table) = output.id {
            ui.memory_mut(|memory| memory.request_focus(table));
        }
    }

    fn funnel_content(&self, ui: &mut Ui, funnel: &mut Funnel) -> FunnelEnd {
        let w = words(ui);
        let today = self.today;
        let heading = (w.table.filter_of)(funnel.column.label);
        row(ui, 18.0, |ui, rect| {
            let t = tokens(ui);
            let style = (TypeStyle::Small, t.text_3);
            paint::fit(ui.painter(), rect.left_center(), WIDTH, &heading, style);
        });
        let mut entered = false;
        match funnel.column.kind {
            ColumnKind::Text => {
                entered = text_field(ui, funnel, w);
                self.value_list(ui, funnel);
            }
            ColumnKind::Word => self.value_list(ui, funnel),
            ColumnKind::Money | ColumnKind::Count | ColumnKind::Time | ColumnKind::Day => {
                entered = ends(ui, funnel, today);
                value_note(ui, funnel);
            }
        }
        let names = [w.table.all, w.table.blank, w.table.filled];
        let mut blank = funnel.blank;
        row(ui, 28.0, |ui, rect| {
            let width = tabs::segments_width(ui, &names).min(WIDTH);
            let rect = rect.with_max_x(rect.left() + width);
            if let Some(chosen) = tabs::segments(ui, rect, w.table.rows, &names, blank) {
                blank = chosen;
            }
        });
        funnel.blank = blank;
        let test = funnel.test(today);
        let mut end = FunnelEnd::Open;
        row(ui, 30.0, |ui, rect| {
            let clear = Button::ghost(w.table.clear);
            if clear.show_left(ui, rect.left_center(), 30.0).clicked() {
                end = FunnelEnd::Set(None);
            }
            let apply = Button::primary(w.table.apply).enabled_or(test.is_ok(), w.table.unreadable);
            let clicked = apply.show_right(ui, rect.right_center(), 30.0).clicked();
            if (clicked || entered) && test.is_ok() {
                end = FunnelEnd::Set(test.unwrap_or_default());
            }
        });
        if ui.input_mut(|input| input.consume_key(egui::Modifiers::NONE, Key::Escape)) {
            return FunnelEnd::Closed;
        }
        end
    }

    /// The values of the column with their counts, each to be left out or taken in.
    fn value_list(&self, ui: &mut Ui, funnel: &mut Funnel) {
        let w = words(ui);
        let known = self.values.filter(|known| known.column == funnel.column.id);
        let Some(values) = known.and_then(|known| known.values.as_ref()) else {
            let said = if known.is_some() {
                w.table.too_many_values
            } else {
                w.frame.loading
            };
            note(ui, said);
            return;
        };
        let all = funnel.only.is_none() && funnel.out.is_empty();
        if input::menu_row(ui, w.table.all_values, 0, all).clicked() {
            // The second click leaves all of them out, so that few are quickly taken in.
            funnel.only = all.then(BTreeSet::new);
            funnel.out.clear();
        }
        egui::ScrollArea::vertical()
            .max_height(LIST)
            .auto_shrink([false, true])
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                for (nth, (cell, count)) in (1..).zip(values) {
                    let value = cell.plain();
                    let said = format!("{}  {}", shown(w, cell), format::count(*count));
                    let listed = funnel.is_listed(&value);
                    if input::menu_row(ui, &said, nth, listed).clicked() {
                        funnel.toggle(&value);
                    }
                }
            });
    }
}

/// Values of a column of numbers that are asked for or left out by a right click.
fn value_note(ui: &mut Ui, funnel: &mut Funnel) {
    let w = words(ui);
    let (values, said) = match (&funnel.only, funnel.out.is_empty()) {
        (Some(only), _) => (only, w.table.only_these),
        (None, false) => (&funnel.out, w.table.without_these),
        (None, true) => return,
    };
    let kind = funnel.column.kind;
    let value = |value: &String| match value.parse() {
        Ok(number) if kind.is_number() => written(kind, number),
        Ok(_) | Err(_) if value.is_empty() => w.table.blank_value.to_owned(),
        Ok(_) | Err(_) => value.clone(),
    };
    let values: Vec<String> = values.iter().take(3).map(value).collect();
    let label = format!("{said} {}", values.join("  "));
    if input::menu_row(ui, &label, 90, true).clicked() {
        funnel.only = None;
        funnel.out.clear();
    }
}

/// A line of the popup.
fn row<T>(ui: &mut Ui, height: f32, draw: impl FnOnce(&mut Ui, egui::Rect) -> T) -> T {
    let (rect, _) = ui.allocate_exact_size(vec2(WIDTH, height), Sense::hover());
    draw(ui, rect)
}

fn note(ui: &mut Ui, said: &str) {
    let t = tokens(ui);
    row(ui, 20.0, |ui, rect| {
        let style = (TypeStyle::Small, t.text_3);
        let (place, _) = paint::fit(ui.painter(), rect.left_center(), WIDTH, said, style);
        paint::say(ui, "values", place, said);
    });
}

/// The field for a text; true when it was entered.
fn text_field(ui: &mut Ui, funnel: &mut Funnel, w: &'static Wording) -> bool {
    let fresh = funnel.fresh;
    row(ui, 30.0, |ui, rect| {
        let field = Field::new(&mut funnel.text, w.table.contains)
            .hint(w.table.contains)
            .limit(128);
        let response = field.show(ui, rect);
        if fresh {
            response.request_focus();
        }
        response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
    })
}

/// The fields for both ends of a range; true when one was entered.
fn ends(ui: &mut Ui, funnel: &mut Funnel, today: BillDate) -> bool {
    let w = words(ui);
    let wrong = funnel.test(today).err();
    let fresh = funnel.fresh;
    let days = matches!(funnel.column.kind, ColumnKind::Time | ColumnKind::Day);
    let [least, most] = &mut funnel.ends;
    row(ui, 30.0, |ui, rect| {
        let half = (rect.width() - 8.0) / 2.0;
        let left = rect.with_max_x(rect.left() + half);
        let right = rect.with_min_x(rect.right() - half);
        let mut field = |text: &mut String, name, nth, place| {
            let hint = if days { w.frame.type_day } else { name };
            let hint = if nth == 0 { name } else { hint };
            let field = Field::new(text, name).hint(hint).limit(32);
            field.error(wrong == Some(nth)).show(ui, place)
        };
        let first = field(least, w.table.from, 0, left);
        let second = field(most, w.table.to, 1, right);
        if fresh {
            first.request_focus();
        }
        let entered = first.lost_focus() || second.lost_focus();
        entered && ui.input(|input| input.key_pressed(Key::Enter))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    fn funnel(kind: ColumnKind, test: Option<&CellTest>) -> Funnel {
        let column = Column {
            id: "x",
            label: "x",
            header: "x",
            width: 90.0,
            kind,
            elastic: false,
            sorts: true,
            filters: true,
        };
        Funnel::new(column, pos2(0.0, 0.0), test)
    }

    #[test]
    fn every_filter_comes_back_as_it_was_opened() {
        let today = BillDate::parse("2026-03-09").unwrap();
        let day = BillDate::parse("2026-03-08");
        let values = vec!["a".to_owned(), String::new()];
        for (kind, test) in [
            (ColumnKind::Text, CellTest::Contains("QH".to_owned())),
            (
                ColumnKind::Money,
                CellTest::Between {
                    least: Some(123_456),
                    most: None,
                },
            ),
            (
                ColumnKind::Count,
                CellTest::Between {
                    least: None,
                    most: Some(12),
                },
            ),
            (
                ColumnKind::Time,
                CellTest::Days {
                    first: day,
                    last: day,
                },
            ),
            (ColumnKind::Word, CellTest::NoneOf(vec!["paid".to_owned()])),
            (ColumnKind::Day, CellTest::Blank),
            (ColumnKind::Money, CellTest::Filled),
        ] {
            assert_eq!(funnel(kind, Some(&test)).test(today), Ok(Some(test)));
        }
        let one_of = funnel(ColumnKind::Text, Some(&CellTest::OneOf(values)));
        let sorted = vec![String::new(), "a".to_owned()];
        assert_eq!(one_of.test(today), Ok(Some(CellTest::OneOf(sorted))));
        assert_eq!(funnel(ColumnKind::Text, None).test(today), Ok(None));
    }

    #[test]
    fn an_end_that_cannot_be_read_is_named_and_nothing_is_filtered_by_it() {
        let today = BillDate::parse("2026-03-09").unwrap();
        let mut money = funnel(ColumnKind::Money, None);
        money.ends = ["1,234.56".to_owned(), "12.345".to_owned()];
        assert_eq!(money.test(today), Err(1));
        money.ends[1].clear();
        let least = Some(123_456);
        assert_eq!(
            money.test(today),
            Ok(Some(CellTest::Between { least, most: None }))
        );
        let mut days = funnel(ColumnKind::Time, None);
        days.ends[0] = "3-40".to_owned();
        assert_eq!(days.test(today), Err(0));
    }

    #[test]
    fn values_are_left_out_one_by_one_or_all_at_once() {
        let mut funnel = funnel(ColumnKind::Word, None);
        funnel.toggle("paid");
        assert!(!funnel.is_listed("paid") && funnel.is_listed("closed"));
        funnel.toggle("paid");
        assert!(funnel.is_listed("paid"));
        funnel.only = Some(BTreeSet::new());
        funnel.toggle("paid");
        assert!(funnel.is_listed("paid") && !funnel.is_listed("closed"));
    }
}
