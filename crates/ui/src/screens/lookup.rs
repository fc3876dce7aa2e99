//! Lookup: any number pasted, what is known of it, what WeChat Pay says, what to do.
//!
//! The box and its row of findings are in `paste`, the sentence in `sentence`, the two cards in `timeline`
//! and `live`, what is not an order in `other`, history and many numbers in `lists`.

mod list_table;
mod lists;
mod live;
mod other;
mod paste;
mod raw;
mod summary_card;
mod timeline;

use egui::{Key, Modifiers, Rect, ScrollArea, Sense, Ui, pos2, vec2};

use super::Status;
use crate::action::{Action, Outbox};
use crate::page::{Page, cut_left, cut_top};
use crate::theme::Tone;
use crate::widgets::button::Button;
use crate::widgets::card::{self, Empty};
use crate::{format, icons, paint};
use recondesk_app::Command;
use recondesk_app::jobs::lookup::OrderView;
use recondesk_app::jobs::lookup::session::LookUp;
use recondesk_app::jobs::lookup::ticket;

/// What is in view below the box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum LookupView {
    #[default]
    Answer,
    History,
    Many,
}

/// What the screen remembers.
#[derive(Default)]
pub(crate) struct LookupScreen {
    text: String,
    /// The text of the last question, while its answer is awaited.
    awaited: Option<String>,
    entered: bool,
    view: LookupView,
    lists: lists::Lists,
    raw: raw::RawDialog,
    keep_open: bool,
    copied: bool,
}

impl LookupScreen {
    /// The screen is left; the box gets the focus again when it is opened next.
    pub(super) fn left(&mut self) {
        self.entered = false;
        self.copied = false;
    }

    /// Looks a text up, whoever brought it.
    pub(crate) fn start(&mut self, text: String, out: &mut Outbox) {
        self.view = LookupView::Answer;
        self.copied = false;
        let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.text = line.chars().take(256).collect();
        self.awaited = Some(text.clone());
        out.run(Command::LookUp(LookUp {
            text,
            live: true,
            ..LookUp::default()
        }));
    }

    pub(super) fn show(&mut self, ui: &mut Ui, page: &Page<'_>, out: &mut Outbox) {
        if self.take_answer(page) {
            paste::cursor_to_end(ui, page, &self.text);
        }
        self.header(ui, page, out);
        let (field, rest) = cut_top(page.body(), 44.0, 0.0);
        self.field(ui, field, page, out);
        self.entered = true;
        let escape = page.keys.escape && !self.lists.owns_escape();
        match self.view {
            LookupView::Answer => self.answer(ui, rest, page, out),
            LookupView::History => {
                let (_, rest) = cut_top(rest, 12.0, 0.0);
                if let Some(number) = self.lists.history(ui, rest, page, out) {
                    self.start(number, out);
                }
            }
            LookupView::Many => {
                let (_, rest) = cut_top(rest, 12.0, 0.0);
                if let Some(number) = self.lists.many(ui, rest, page, out) {
                    self.start(number, out);
                }
            }
        }
        if escape {
            self.view = LookupView::Answer;
        }
        self.dialogs(ui, page, out);
    }

    /// The box shows the clean number once it is known.
    fn take_answer(&mut self, page: &Page<'_>) -> bool {
        let slot = &page.state.lookup.local;
        let Some(local) = slot.value().filter(|_| !slot.is_loading()) else {
            return false;
        };
        if self.awaited.as_ref() != Some(&local.ask.text) {
            return false;
        }
        self.awaited = None;
        if !local.number.is_empty() {
            self.text.clone_from(&local.number);
        }
        true
    }

    fn header(&mut self, ui: &mut Ui, page: &Page<'_>, out: &mut Outbox) {
        let w = &page.w.lookup;
        page.title(ui, page.w.frame.lookup);
        if self.view != LookupView::Answer {
            let back = Button::secondary(w.back).key("Esc");
            let (_, responses) = page.buttons(ui, vec![back]);
            if responses.first().is_some_and(egui::Response::clicked) {
                self.view = LookupView::Answer;
                self.entered = false;
            }
            return;
        }
        let buttons = vec![
            Button::secondary(w.history).icon(icons::CLOCK_COUNTER_CLOCKWISE),
            Button::secondary(w.many).icon(icons::TABLE),
        ];
        let (_, responses) = page.buttons(ui, buttons);
        if responses.first().is_some_and(egui::Response::clicked) {
            self.view = LookupView::History;
            out.run(Command::LookupHistory(String::new()));
        }
        if responses.get(1).is_some_and(egui::Response::clicked) {
            self.view = LookupView::Many;
            self.lists.opened();
        }
    }

    fn answer(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>, out: &mut Outbox) {
        let lookup = &page.state.lookup;
        let (info, rest) = cut_top(rect, 36.0, 0.0);
        if let Some(failure) = lookup.local.failure() {
            let (place, _) = cut_top(rest, card::failed_height(failure), 0.0);
            if card::failed(ui, place, failure).is_some() {
                self.start(self.text.clone(), out);
            }
            return;
        }
        let Some(local) = lookup.local.value() else {
            let empty = Empty {
                icon: icons::MAGNIFYING_GLASS,
                mood: Tone::Info,
                title: page.w.lookup.empty_title,
                note: page.w.lookup.empty_note,
                button: None,
                primary: false,
            };
            empty.show(ui, rest);
            return;
        };
        paste::findings(ui, info, page, local);
        let chips = paste::chips(ui, rest, page, local, out);
        let (_, rest) = cut_top(rest, chips, 0.0);
        if lookup.view().is_none() {
            other::show(ui, rest, page, (local, &self.text), out);
            return;
        }
        self.order(ui, rest, page, out);
    }

    /// The sentence, and the two cards under it.
    fn order(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>, out: &mut Outbox) {
        let Some(view) = page.state.lookup.view() else {
            return;
        };
        let height = if page.class.is_wide() { 100.0 } else { 112.0 };
        let (top, below) = cut_top(rect, height, 12.0);
        let free = ui.memory(|memory| memory.top_modal_layer().is_none());
        let key = free && ui.input_mut(|input| input.consume_key(Modifiers::COMMAND, Key::D));
        if summary_card::show(ui, top, page, (view, self.copied), out) || key {
            let asked = page.state.lookup.live.value().map(|live| &live.asked);
            ui.copy_text(ticket::ticket(Some(view), asked, page.w.lang));
            self.copied = true;
        }
        let act = if page.class.is_narrow() {
            stacked(ui, below, page, view, out)
        } else {
            let share = if page.class.is_wide() { 0.58 } else { 0.52 };
            let width = ((below.width() - 12.0) * share).round();
            let (line, answer) = cut_left(below, width, 12.0);
            timeline::show(ui, line, page, view);
            live::show(ui, answer, page, out)
        };
        match act {
            Some(live::LiveAction::Keep) => self.keep_open = true,
            Some(live::LiveAction::Raw) => self.raw.open(),
            None => {}
        }
    }

    fn dialogs(&mut self, ui: &Ui, page: &Page<'_>, out: &mut Outbox) {
        let Some(live) = page.state.lookup.live.value() else {
            return;
        };
        self.raw.show(ui.ctx(), page, live);
        if self.keep_open && raw::keep(ui.ctx(), page, live, out) {
            self.keep_open = false;
        }
    }

    pub(super) fn status(&self, page: &Page<'_>) -> Status {
        let w = &page.w.lookup;
        let mut left = match self.view {
            LookupView::History => self.lists.standing(true).to_vec(),
            LookupView::Many => self.lists.standing(false).to_vec(),
            LookupView::Answer => Vec::new(),
        };
        if let Some(local) = page.state.lookup.local.value() {
            let records: usize = local.stories.iter().map(|view| view.entries.len()).sum();
            left.push((w.local_count)(&format::count(records as u64)));
            left.push((w.took_status)(&if local.took_ms == 0 {
                "<1".to_owned()
            } else {
                format::count(local.took_ms)
            }));
        }
        if page.state.lookup.offline {
            left.push(w.offline_title.to_owned());
        }
        Status {
            left,
            right: [w.k_paste, w.k_again, w.k_ticket]
                .map(str::to_owned)
                .to_vec(),
        }
    }
}

/// The two cards below each other, the live one first; they scroll together.
fn stacked(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    view: &OrderView,
    out: &mut Outbox,
) -> Option<live::LiveAction> {
    paint::region(ui, rect, "stacked", |ui| {
        let shown = ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let (answer, line) = (360.0, 320.0);
            let size = vec2(rect.width(), answer + 12.0 + line);
            let (area, _) = ui.allocate_exact_size(size, Sense::hover());
            let (upper, lower) = cut_top(area, answer, 12.0);
            let act = live::show(ui, upper, page, out);
            timeline::show(ui, lower, page, view);
            act
        });
        shown.inner
    })
}

/// Opens the case behind a story.
fn open_case(out: &mut Outbox, view: &OrderView) {
    if let Some(case) = summary_card::pressing(view) {
        out.push(Action::OpenCase(
            case.case.profile,
            case.case.key.clone(),
            view.record.out_trade_no.clone(),
        ));
    }
}

/// The middle of a line `y` below the top of a rectangle, `x` from its left.
fn at(rect: Rect, x: f32, y: f32) -> egui::Pos2 {
    pos2(rect.left() + x, rect.top() + y)
}
