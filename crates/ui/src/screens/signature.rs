//! Signature: sign, verify, say why two signatures differ, front-end sets, open what is sealed.
//!
//! The form is in `form`, the right side of signing and of the search in `answer`, the step list in `steps`,
//! the two strings in `difference`, the tabs with one text in `texts`, the front end in `front`, what was sent in `sent`, paste and
//! self-test in `dialogs`.

mod answer;
mod cell;
mod dialogs;
mod difference;
mod form;
mod front;
mod key;
mod request;
mod sent;
mod steps;
mod texts;

use egui::{Rect, Ui};

use super::Status;
use crate::action::Outbox;
use crate::icons;
use crate::page::{Page, cut_left, cut_top};
use crate::widgets::button::Button;
use crate::widgets::tabs;
use recondesk_app::Command;
use recondesk_app::model::{LabAsk, LabTab};
use wechatpay_codec::selftest::{Check, CheckOutcome};

/// What the form waits for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Awaited {
    /// Nothing.
    #[default]
    Nothing,
    /// What fills it.
    Fill,
    /// A message that was pasted onto the screen: its reason is searched at once.
    Pasted,
}

/// What the screen remembers.
#[derive(Default)]
pub(super) struct SignatureScreen {
    tab: LabTab,
    form: form::RequestForm,
    texts: texts::TextTabs,
    front: front::Front,
    /// True while the right side of signing shows what was sent.
    shows_sent: bool,
    difference: difference::DifferenceCursor,
    dialogs: dialogs::Dialogs,
    awaited: Awaited,
    begun: bool,
}

impl SignatureScreen {
    /// The screen is left: typed keys are wiped.
    pub(super) fn left(&mut self) {
        self.form.key.forget();
        self.front.forget();
    }

    pub(super) fn show(&mut self, ui: &mut Ui, page: &Page<'_>, out: &mut Outbox) {
        self.begin(page, out);
        self.take_fill(page, out);
        self.take_paste(ui, out);
        self.header(ui, page, out);
        let names = page.w.signature.tabs;
        let (bar, body) = cut_top(page.body(), 31.0, 11.0);
        let chosen = LabTab::ALL.iter().position(|tab| *tab == self.tab);
        if let Some(tab) =
            tabs::tabs(ui, bar, &names, chosen.unwrap_or(0)).and_then(|nth| LabTab::ALL.get(nth))
        {
            self.tab = *tab;
            self.difference = difference::DifferenceCursor::default();
        }
        if page.class.is_narrow() {
            self.stacked(ui, body, page, out);
        } else {
            // Wide enough for the 32 signs of a nonce_str.
            let (left, right) = cut_left(body, 440.0, 12.0);
            self.left_card(ui, left, page, out);
            self.right_side(ui, right, page, out);
        }
        if let Some(text) = self.dialogs.show(ui.ctx(), page) {
            self.awaited = Awaited::Fill;
            out.run(Command::Lab(LabAsk::TakeApart(text)));
        }
    }

    /// One above the other, and both scroll: the form first, the answer once there is one.
    fn stacked(&mut self, ui: &mut Ui, body: Rect, page: &Page<'_>, out: &mut Outbox) {
        let slot = page.state.lab.of(self.tab);
        let shows_sent = self.tab == LabTab::Sign && self.shows_sent;
        let is_answered = shows_sent || slot.value().is_some() || slot.failure().is_some();
        crate::paint::region(ui, body, "stacked", |ui| {
            egui::ScrollArea::vertical().show(ui, |ui| {
                let size = egui::vec2(body.width(), 1_060.0);
                let (whole, _) = ui.allocate_exact_size(size, egui::Sense::hover());
                if is_answered {
                    let (top, rest) = cut_top(whole, 548.0, 12.0);
                    self.right_side(ui, top, page, out);
                    self.left_card(ui, rest, page, out);
                } else {
                    let (top, rest) = cut_top(whole, 500.0, 12.0);
                    self.left_card(ui, top, page, out);
                    self.right_side(ui, rest, page, out);
                }
            });
        });
    }

    fn begin(&mut self, page: &Page<'_>, out: &mut Outbox) {
        self.form.key.settle(page.state);
        if self.begun || page.state.welcome.value().is_none() {
            return;
        }
        self.begun = true;
        if page.state.lab.checks.is_idle() {
            out.run(Command::Lab(LabAsk::SelfTest));
        }
        if self.form.is_empty() {
            self.fill(out);
        }
    }

    fn fill(&mut self, out: &mut Outbox) {
        self.awaited = Awaited::Fill;
        let profile = self.form.key.profile();
        out.run(Command::Lab(LabAsk::Fill(self.form.choice, profile)));
    }

    /// A message pasted where no field has the cursor is taken apart.
    fn take_paste(&mut self, ui: &Ui, out: &mut Outbox) {
        let is_free =
            !ui.ctx().text_edit_focused() && ui.memory(|memory| memory.top_modal_layer().is_none());
        let pasted = |event: &egui::Event| match event {
            egui::Event::Paste(text) if !text.trim().is_empty() => Some(text.clone()),
            _ => None,
        };
        let text = ui.input(|input| input.events.iter().find_map(pasted));
        if let Some(text) = text.filter(|_| is_free) {
            self.awaited = Awaited::Pasted;
            out.run(Command::Lab(LabAsk::TakeApart(text)));
        }
    }

    /// Why the signature of a pasted message is another one.
    fn search(&mut self, out: &mut Outbox) {
        if self.form.given.is_empty() {
            return;
        }
        self.tab = LabTab::Explain;
        self.difference = difference::DifferenceCursor::default();
        if let Some(ask) = self.form.ask(LabTab::Explain) {
            out.run(Command::Lab(ask));
        }
    }

    fn take_fill(&mut self, page: &Page<'_>, out: &mut Outbox) {
        let slot = &page.state.lab.fill;
        if self.awaited == Awaited::Nothing || slot.is_loading() {
            return;
        }
        if let Some(failure) = slot.failure() {
            self.awaited = Awaited::Nothing;
            self.dialogs
                .refused(page.w.of(&failure.title), &failure.detail);
        } else if let Some(fill) = slot.value() {
            let is_pasted = self.awaited == Awaited::Pasted;
            self.awaited = Awaited::Nothing;
            self.form.take(fill);
            if is_pasted {
                self.search(out);
            }
        }
    }

    fn header(&mut self, ui: &mut Ui, page: &Page<'_>, out: &mut Outbox) {
        let w = &page.w.signature;
        page.title(ui, page.w.frame.signature);
        let buttons = vec![
            Button::secondary(w.paste).icon(icons::CLIPBOARD_TEXT),
            Button::secondary(w.self_test).icon(icons::CHECK_CIRCLE),
        ];
        let (_, responses) = page.buttons(ui, buttons);
        if responses.first().is_some_and(egui::Response::clicked) {
            self.dialogs.open_paste();
        }
        if responses.get(1).is_some_and(egui::Response::clicked) {
            self.dialogs.open_checks();
            out.run(Command::Lab(LabAsk::SelfTest));
        }
    }

    fn left_card(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>, out: &mut Outbox) {
        let act = match self.tab {
            LabTab::Sign | LabTab::Explain => self.form.show(ui, rect, page, self.tab),
            LabTab::FrontEnd => self.front.show(ui, rect, page, &mut self.form.key),
            tab => self.texts.show(ui, rect, page, (tab, &mut self.form.key)),
        };
        match act {
            None => {}
            Some(form::FormAction::Refill) => self.fill(out),
            Some(form::FormAction::Ask(ask)) => {
                self.difference = difference::DifferenceCursor::default();
                if self.tab == LabTab::Sign {
                    self.shows_sent = matches!(*ask, LabAsk::Send(_));
                }
                out.run(Command::Lab(*ask));
            }
        }
    }

    fn right_side(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>, out: &mut Outbox) {
        let slot = page.state.lab.of(self.tab);
        if self.tab == LabTab::Sign && self.shows_sent {
            match sent::show(ui, rect, page, &page.state.lab) {
                None => {}
                Some(sent::SentAction::Stop) => page.state.lab.stop(),
                Some(sent::SentAction::Ask(ask)) => out.run(Command::Lab(*ask)),
            }
            return;
        }
        let act = match self.tab {
            LabTab::FrontEnd => {
                if let Some(failure) = slot.failure() {
                    answer::refused(ui, rect, failure);
                } else {
                    let answer = slot.value().map(AsRef::as_ref);
                    self.front.result(ui, rect, page, answer);
                }
                None
            }
            LabTab::Sign | LabTab::Explain => {
                answer::show(ui, rect, page, slot, &mut self.difference)
            }
            tab => texts::result(ui, rect, page, tab, slot),
        };
        match act {
            None => {}
            Some(answer::AnswerAction::Paste) => self.dialogs.open_paste(),
            Some(answer::AnswerAction::Apply(signature)) => {
                self.form.given = signature;
                if let Some(ask) = self.form.ask(self.tab) {
                    out.run(Command::Lab(ask));
                }
            }
        }
    }
}

/// How many vectors hold, of how many that can be verified, and how many cannot.
fn count(checks: &[Check]) -> (usize, usize, usize) {
    let of =
        |wanted: fn(&CheckOutcome) -> bool| checks.iter().filter(|c| wanted(&c.outcome)).count();
    let ok = of(|outcome| *outcome == CheckOutcome::Ok);
    let skipped = of(|outcome| *outcome == CheckOutcome::Skipped);
    (ok, checks.len() - skipped, skipped)
}

pub(super) fn status(page: &Page<'_>) -> Status {
    let w = &page.w.signature;
    let left = page.state.lab.checks.value().map(|checks| {
        let (ok, all, _) = count(checks);
        (w.checks)(&ok.to_string(), &all.to_string())
    });
    Status {
        left: left.into_iter().collect(),
        right: vec![
            w.status_sign.to_owned(),
            w.status_copy.to_owned(),
            w.status_key.to_owned(),
        ],
    }
}
