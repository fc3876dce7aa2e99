//! The line that says what the file was taken for; each part of it is a choice.

use egui::{Rect, Ui, pos2, vec2};

use crate::page::Page;
use crate::paint;
use crate::theme::TypeStyle;
use crate::widgets::input::{Field, select};
use recondesk_app::model::{ImportSheet, MappingChoice, renamed};
use recondesk_intake::{AmountUnit, Encoding, Mapping, RecordKind};

use super::given;

/// Height of the bar: two lines where one does not hold it.
pub(super) fn height(page: &Page<'_>) -> f32 {
    if page.class.is_wide() { 52.0 } else { 88.0 }
}

/// Places labelled controls from left to right, on as many lines as they need.
struct ControlRow {
    x: f32,
    y: f32,
    area: Rect,
    step: f32,
}

impl ControlRow {
    fn place(&mut self, ui: &Ui, page: &Page<'_>, label: &str, width: f32) -> Rect {
        let p = ui.painter();
        let room = paint::width(p, label, TypeStyle::Small) + 8.0 + width;
        if self.x + room > self.area.right() - 16.0 && self.x > self.area.left() + 20.0 {
            self.x = self.area.left() + 16.0;
            self.y += self.step;
        }
        let said = paint::left(
            p,
            pos2(self.x, self.y),
            label,
            (TypeStyle::Small, page.t.text_3),
        );
        let rect = paint::from_left(pos2(said.right() + 8.0, self.y), vec2(width, 28.0));
        self.x = rect.right() + 18.0;
        rect
    }
}

/// Draws it; the answer is the new choice.
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    (sheet, name): (&ImportSheet, &mut String),
) -> Option<MappingChoice> {
    paint::card(ui.painter(), rect, page.t);
    let w = &page.w.import;
    let mut line = ControlRow {
        x: rect.left() + 16.0,
        y: if page.class.is_wide() {
            rect.center().y
        } else {
            rect.top() + 24.0
        },
        area: rect,
        step: 40.0,
    };
    let mut choice = kind(ui, page, sheet, &mut line);
    choice = format(ui, page, sheet, &mut line).or(choice);
    choice = mapping(ui, page, sheet, &mut line).or(choice);
    let place = line.place(ui, page, w.unit, 84.0);
    let units = [(AmountUnit::Yuan, w.yuan), (AmountUnit::Fen, w.fen)];
    if let Some(unit) = select(ui, place, w.unit, &units, sheet.mapping.amount_unit) {
        choice = Some(changed(sheet, |mapping| mapping.amount_unit = unit));
    }
    let place = line.place(ui, page, w.save_as, 170.0);
    Field::new(name, w.save_as)
        .hint(w.save_hint)
        .limit(recondesk_app::jobs::assistant::LONGEST_NAME)
        .show(ui, place);
    remark(
        ui,
        Rect::from_min_max(place.max, rect.max),
        page,
        sheet,
        line.y,
    );
    choice
}

/// At the right end: what keeps the file from being imported, or that all of this may be changed.
fn remark(ui: &Ui, rest: Rect, page: &Page<'_>, sheet: &ImportSheet, y: f32) {
    let w = &page.w.import;
    let lacking = (w.lacking)(&super::lacking(page, sheet));
    let known = super::known(page, sheet);
    let (words, color) = match (&sheet.problem, &known) {
        (_, Some(words)) => (words.as_str(), page.t.orange.text),
        (Some(words), None) => (page.w.of(words), page.t.orange.text),
        _ if !sheet.lacking.is_empty() => (lacking.as_str(), page.t.orange.text),
        _ => (w.all_guessed, page.t.text_3),
    };
    let p = ui.painter();
    let room = rest.width() - 34.0;
    let width = paint::width(p, words, TypeStyle::Small).min(room);
    let quiet = words == w.all_guessed;
    if quiet && width >= room {
        return;
    }
    let at = pos2(rest.right() - 16.0 - width, y);
    let (said, cut) = paint::fit(p, at, room, words, (TypeStyle::Small, color));
    let response = paint::say(ui, "remark", said, words);
    if cut {
        response.on_hover_text(words);
    }
}

fn changed(sheet: &ImportSheet, change: impl FnOnce(&mut Mapping)) -> MappingChoice {
    let mut mapping = sheet.mapping.clone();
    change(&mut mapping);
    given(renamed(mapping))
}

fn kind(
    ui: &mut Ui,
    page: &Page<'_>,
    sheet: &ImportSheet,
    line: &mut ControlRow,
) -> Option<MappingChoice> {
    let w = &page.w.import;
    let place = line.place(ui, page, w.kind, 84.0);
    let kinds = [
        (RecordKind::Orders, w.orders),
        (RecordKind::Refunds, w.refunds),
    ];
    select(ui, place, w.kind, &kinds, sheet.mapping.kind).map(MappingChoice::Guessed)
}

fn format(
    ui: &mut Ui,
    page: &Page<'_>,
    sheet: &ImportSheet,
    line: &mut ControlRow,
) -> Option<MappingChoice> {
    let w = &page.w.import;
    let Some(delimiter) = sheet.guess.delimiter else {
        let name = sheet.guess.sheet.as_deref().unwrap_or("—");
        let place = line.place(ui, page, w.sheet, 120.0);
        crate::widgets::input::read_only(ui, place, name, w.sheet);
        return None;
    };
    let encodings = [
        (Encoding::Utf8, "UTF-8"),
        (Encoding::Gb18030, "GB18030"),
        (Encoding::Big5, "Big5"),
        (Encoding::Utf16Le, "UTF-16 LE"),
        (Encoding::Utf16Be, "UTF-16 BE"),
    ];
    let mut choice = None;
    let place = line.place(ui, page, w.encoding, 108.0);
    if let Some(encoding) = select(ui, place, w.encoding, &encodings, sheet.guess.encoding) {
        choice = Some(changed(sheet, |mapping| {
            mapping.encoding = Some(encoding);
        }));
    }
    let signs = [
        (',', w.comma),
        ('\t', w.tab),
        (';', w.semicolon),
        ('|', w.bar),
    ];
    let place = line.place(ui, page, w.delimiter, 92.0);
    if let Some(sign) = select(ui, place, w.delimiter, &signs, delimiter) {
        choice = Some(changed(sheet, |mapping| {
            mapping.delimiter = Some(sign);
        }));
    }
    choice
}

fn mapping(
    ui: &mut Ui,
    page: &Page<'_>,
    sheet: &ImportSheet,
    line: &mut ControlRow,
) -> Option<MappingChoice> {
    let w = &page.w.import;
    let place = line.place(ui, page, w.mapping, 150.0);
    let mut options: Vec<(usize, &str)> = vec![(
        0,
        if sheet.mapping.name == Mapping::CANONICAL {
            w.canonical
        } else {
            w.guessed
        },
    )];
    options.extend((1..).zip(sheet.saved.iter().map(String::as_str)));
    let current = sheet
        .saved
        .iter()
        .position(|saved| *saved == sheet.mapping.name)
        .map_or(0, |at| at + 1);
    let picked = select(ui, place, w.mapping, &options, current)?;
    Some(
        match picked.checked_sub(1).and_then(|at| sheet.saved.get(at)) {
            Some(name) => MappingChoice::Saved(name.clone()),
            None => MappingChoice::Guessed(sheet.mapping.kind),
        },
    )
}
