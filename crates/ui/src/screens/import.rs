//! The import assistant: what a file is taken for, what would be stored, what is refused and why.
//!
//! Each choice asks for a new look at the whole file; the old one stays in view until its answer comes.

mod bar;
mod leaving;
mod questions;
mod sheet;
mod stats;
mod words;

use egui::{Rect, Ui};

use self::leaving::Leaving;
use super::Status;
use crate::action::{Action, Outbox};
use crate::page::{Page, cut_top};
use crate::theme::Tone;
use crate::widgets::button::Button;
use crate::widgets::card::{self, Empty};
use crate::widgets::progress;
use crate::{format, icons, paint};
use recondesk_app::jobs::intake::{MappingOrigin, Question};
use recondesk_app::model::{ImportAsk, ImportOrder, ImportSheet, MappingChoice};
use recondesk_app::{Command, jobs::assistant};
use recondesk_intake::{Mapping, RecordKind};

/// What the screen remembers.
#[derive(Default)]
pub(super) struct ImportScreen {
    /// The file it remembers this of.
    opened: u64,
    /// Name under which the mapping is to be saved; empty for not at all.
    name: String,
    /// The name that was proposed, once it was.
    proposed: Option<String>,
    scroll: f32,
    /// Shows the refused rows alone.
    refused_only: bool,
    /// Shows the words of states although all are known, or hides them.
    words_open: Option<bool>,
    /// What a person is asked about who leaves an edited import.
    leaving: Option<Leaving>,
}

impl ImportScreen {
    pub(super) fn show(&mut self, ui: &mut Ui, page: &Page<'_>, out: &mut Outbox) {
        let import = &page.state.import;
        if self.opened != import.opened {
            *self = Self {
                opened: import.opened,
                ..Self::default()
            };
        }
        self.propose_name(import.sheet.value().map(AsRef::as_ref));
        let sheet = import.sheet.value();
        self.header(ui, page, sheet.map(AsRef::as_ref), out);
        if page.keys.escape {
            self.leave(page, Leaving::File, out);
        }
        self.ask_to_leave(ui.ctx(), page, out);
        let body = page.body();
        if let Some(failure) = import.sheet.failure() {
            let (place, rest) = cut_top(body, card::failed_height(failure), 12.0);
            card::failed(ui, place, failure);
            if failure.code == assistant::IS_A_BILL {
                as_bill(ui, place, page, out);
            }
            if let Some(sheet) = sheet {
                self.content(ui, rest, (page, sheet), out);
            }
            return;
        }
        if let Some(sheet) = sheet {
            self.content(ui, body, (page, sheet), out);
        } else {
            paint::card(ui.painter(), body, page.t);
            let empty = Empty {
                icon: icons::CIRCLE_NOTCH,
                mood: Tone::Info,
                title: page.w.import.reading_rows,
                note: &file_name(page),
                button: None,
                primary: false,
            };
            empty.show(ui, body);
        }
    }

    /// A mapping that is not saved yet is saved with the import, unless a person empties the name.
    fn propose_name(&mut self, sheet: Option<&ImportSheet>) {
        let Some(sheet) = sheet.filter(|_| self.proposed.is_none()) else {
            return;
        };
        if sheet.origin == MappingOrigin::Guessed {
            sheet.name_for_mapping.clone_into(&mut self.name);
        }
        self.proposed = Some(self.name.clone());
    }

    /// In a short window the parts are lower, and the page scrolls where that is not enough.
    fn content(
        &mut self,
        ui: &mut Ui,
        body: Rect,
        (page, sheet): (&Page<'_>, &ImportSheet),
        out: &mut Outbox,
    ) {
        if self.height(page, sheet, false) <= body.height() {
            self.parts(ui, body, (page, sheet, false), out);
            return;
        }
        let wanted = self.height(page, sheet, true);
        if wanted <= body.height() {
            self.parts(ui, body, (page, sheet, true), out);
            return;
        }
        // The bar of the page stands in its margin, beside the cards.
        let place = Rect::from_min_max(body.min, body.max + egui::vec2(12.0, 0.0));
        paint::region(ui, place, "import page", |ui| {
            egui::ScrollArea::vertical()
                .auto_shrink(false)
                .show(ui, |ui| {
                    let size = egui::vec2(body.width(), wanted);
                    let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
                    self.parts(ui, rect, (page, sheet, true), out);
                });
        });
    }

    /// Height of all parts with some rows of the file; in a short window they are lower.
    fn height(&self, page: &Page<'_>, sheet: &ImportSheet, is_short: bool) -> f32 {
        let stats = if is_short {
            stats::SHORT
        } else {
            stats::HEIGHT
        };
        let figures = sheet.preview.as_ref().map_or(0.0, |preview| {
            let words = words::height(page, sheet, preview, self.words_open);
            stats + 12.0 + if words > 0.0 { words + 12.0 } else { 0.0 }
        });
        let asked = match questions::height(page, sheet, is_short) {
            0.0 => 0.0,
            height => height + 12.0,
        };
        bar::height(page) + 12.0 + asked + figures + sheet::LEAST
    }

    fn parts(
        &mut self,
        ui: &mut Ui,
        body: Rect,
        (page, sheet, is_short): (&Page<'_>, &ImportSheet, bool),
        out: &mut Outbox,
    ) {
        let (place, mut rest) = cut_top(body, bar::height(page), 12.0);
        if let Some(choice) = bar::show(ui, place, page, (sheet, &mut self.name)) {
            ask(sheet, choice, out);
        }
        let height = questions::height(page, sheet, is_short);
        if height > 0.0 {
            let (place, below) = cut_top(rest, height, 12.0);
            if let Some(mapping) = questions::show(ui, place, page, (sheet, is_short)) {
                ask(sheet, given(mapping), out);
            }
            rest = below;
        }
        if let Some(preview) = &sheet.preview {
            let height = if is_short {
                stats::SHORT
            } else {
                stats::HEIGHT
            };
            let (place, below) = cut_top(rest, height, 12.0);
            stats::show(ui, place, page, (preview, &mut self.refused_only));
            rest = below;
            let height = words::height(page, sheet, preview, self.words_open);
            if height > 0.0 {
                let (place, below) = cut_top(rest, height, 12.0);
                let about = (sheet, preview, &mut self.words_open);
                if let Some(mapping) = words::show(ui, place, page, about) {
                    ask(sheet, given(mapping), out);
                }
                rest = below;
            }
        }
        let about = (sheet, self.refused_only, &mut self.scroll);
        if let Some(mapping) = sheet::show(ui, rest, page, about) {
            ask(sheet, given(mapping), out);
        }
    }

    /// What the status bar says.
    pub(super) fn status(&self, page: &Page<'_>) -> Status {
        let w = &page.w.import;
        let mut status = Status::default();
        if let Some(sheet) = page.state.import.sheet.value() {
            let refused = sheet.preview.as_ref().filter(|_| self.refused_only);
            let words = match (refused, &sheet.preview) {
                (Some(preview), _) if !preview.rejects.is_empty() => {
                    let shown = format::count(preview.rejects.len() as u64);
                    (w.first_refused)(&shown, &format::count(preview.stats.bad))
                }
                (_, Some(preview)) => (w.status)(&format::count(preview.rows.len() as u64)),
                (_, None) => (w.status)(&format::count(sheet.guess.sample.len() as u64)),
            };
            status.left.push(words);
            status.right.push(sheet.name.clone());
            status.right.push(format::bytes(sheet.size));
        }
        status
    }

    fn header(&mut self, ui: &Ui, page: &Page<'_>, sheet: Option<&ImportSheet>, out: &mut Outbox) {
        let w = &page.w.import;
        let refunds = sheet.is_some_and(|sheet| sheet.mapping.kind == RecordKind::Refunds);
        let at = page.title(ui, if refunds { w.title_refunds } else { w.title });
        let good = sheet
            .and_then(|sheet| sheet.preview.as_ref())
            .map_or(0, |p| p.stats.good);
        let (label, why) = deed(page, sheet, good);
        let waiting = page.state.import.waiting();
        let skips = waiting > 0 && page.state.import.running.is_none();
        let mut buttons = vec![
            Button::ghost(if skips { w.skip_file } else { w.cancel }).key("Esc"),
            Button::primary(&label)
                .icon(icons::DOWNLOAD_SIMPLE)
                .key("Ctrl ↵")
                .enabled_or(why.is_empty(), &why),
        ];
        if skips {
            buttons.insert(0, Button::ghost(w.cancel_all));
        }
        let (left, responses) = page.buttons(ui, buttons);
        let mut words = file_name(page);
        if waiting > 0 {
            words = (w.and_more)(&words, &format::count(waiting as u64));
        }
        page.subtitle(ui, at, left, &words);
        let clicked = |back: usize| {
            let response = responses.iter().rev().nth(back);
            response.is_some_and(egui::Response::clicked)
        };
        if clicked(1) {
            self.leave(page, Leaving::File, out);
        }
        if clicked(2) {
            self.leave(page, Leaving::All, out);
        }
        let pressed = clicked(0) || page.keys.primary;
        if let Some(sheet) = sheet.filter(|_| pressed && why.is_empty()) {
            out.run(Command::ImportShown(Box::new(self.order(sheet))));
        }
    }

    fn order(&self, sheet: &ImportSheet) -> ImportOrder {
        let mut mapping = sheet.mapping.clone();
        let name = self.name.trim();
        let save = !name.is_empty();
        if save {
            name.clone_into(&mut mapping.name);
        }
        ImportOrder {
            profile: sheet.profile,
            path: sheet.path.clone(),
            mapping: Box::new(mapping),
            save,
        }
    }
}

/// Label of the deed, and why it cannot be done; empty when it can.
fn deed(page: &Page<'_>, sheet: Option<&ImportSheet>, good: u64) -> (String, String) {
    let w = &page.w.import;
    let import = &page.state.import;
    let share = |task| {
        let task = page.state.tasks.get(&task)?;
        progress::per_cent(task).map(format::count)
    };
    if let Some(task) = import.running {
        let words = (w.storing)(&share(task).unwrap_or_else(|| "0".to_owned()));
        return (words.clone(), words);
    }
    if import.sheet.is_loading() {
        let read = import.looking().and_then(share);
        let words = read.map_or_else(|| w.reading_rows.to_owned(), |share| (w.reading)(&share));
        return (words.clone(), words);
    }
    if let Some(known) = sheet.and_then(|sheet| known(page, sheet)) {
        return (w.known_deed.to_owned(), known);
    }
    let label = (w.deed)(&format::count(good));
    let why = match sheet {
        _ if import.sheet.failure().is_some() => w.no_rows.to_owned(),
        None => w.no_rows.to_owned(),
        Some(sheet) if !sheet.lacking.is_empty() => (w.lacking)(&lacking(page, sheet)),
        Some(sheet) if sheet.questions.contains(&Question::DayOrder) => {
            w.day_order_first.to_owned()
        }
        Some(sheet) => match &sheet.problem {
            Some(words) => page.w.of(words).to_owned(),
            None if good == 0 => w.no_rows.to_owned(),
            None => String::new(),
        },
    };
    (label, why)
}

/// When the very file was imported in the way it is shown; nothing would be new.
fn known(page: &Page<'_>, sheet: &ImportSheet) -> Option<String> {
    // A person who changed the mapping means to read the file anew.
    let ask = page.state.import.asked.as_ref();
    let changed = ask.is_some_and(|ask| matches!(ask.choice, MappingChoice::Given(_)));
    let known = sheet.known.as_ref()?;
    let same = known.mapping == sheet.mapping.name && !changed;
    let time = format::time(known.at, page.state.now);
    same.then(|| (page.w.import.known)(&time))
}

/// The missing columns, by name.
fn lacking(page: &Page<'_>, sheet: &ImportSheet) -> String {
    let names: Vec<&str> = sheet
        .lacking
        .iter()
        .map(|column| page.w.column(*column))
        .collect();
    names.join(if page.w.is_zh() { "、" } else { ", " })
}

fn as_bill(ui: &Ui, place: Rect, page: &Page<'_>, out: &mut Outbox) {
    let at = egui::pos2(place.right() - 16.0, place.bottom() - 31.0);
    let button = Button::primary(page.w.import.as_bill).icon(icons::RECEIPT);
    if let Some(ask) = &page.state.import.asked
        && button.show_right(ui, at, 30.0).clicked()
    {
        out.run(Command::ImportFile(ask.profile, ask.path.clone()));
        out.push(Action::CloseImport);
    }
}

fn ask(sheet: &ImportSheet, choice: MappingChoice, out: &mut Outbox) {
    out.run(Command::LookAtFile(Box::new(ImportAsk {
        profile: sheet.profile,
        path: sheet.path.clone(),
        choice,
    })));
}

fn given(mapping: Mapping) -> MappingChoice {
    MappingChoice::Given(Box::new(mapping))
}

fn file_name(page: &Page<'_>) -> String {
    let ask = page.state.import.asked.as_ref();
    let name = ask.and_then(|ask| ask.path.file_name());
    name.unwrap_or_default().to_string_lossy().into_owned()
}
