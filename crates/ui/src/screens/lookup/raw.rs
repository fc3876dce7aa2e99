//! Dialogs of the live answer: the messages as they went, and the question before an answer is kept.

use egui::{Context, Rect, ScrollArea, Ui};

use crate::action::Outbox;
use crate::page::Page;
use crate::theme::{TypeStyle, tokens};
use crate::widgets::button::Button;
use crate::widgets::dialog::{Dialog, Ended};
use crate::{icons, paint};
use recondesk_app::Command;
use recondesk_app::gateway::Exchange;
use recondesk_app::jobs::lookup::session::Live;
use recondesk_domain::mask_message;

/// The messages, while they are in view.
#[derive(Default)]
pub(super) struct RawDialog {
    open: bool,
}

impl RawDialog {
    pub(super) fn open(&mut self) {
        self.open = true;
    }

    pub(super) fn show(&mut self, ctx: &Context, page: &Page<'_>, live: &Live) {
        if !self.open {
            return;
        }
        let l = &page.w.lookup;
        let text: String = live.asked.inquiry.exchanges.iter().map(message).collect();
        let dialog = Dialog {
            name: "raw exchange",
            title: l.raw_title,
            width: 760.0,
            height: 420.0,
            note: l.raw_note,
            leave: page.w.frame.close,
            deed: Button::primary(page.w.frame.copy).icon(icons::COPY),
            ready: true,
        };
        match dialog.show(ctx, |ui, rect| well(ui, rect, &text)) {
            Ended::No => {}
            Ended::Cancelled => self.open = false,
            Ended::Done => {
                ctx.copy_text(text);
                self.open = false;
            }
        }
    }
}

fn well(ui: &mut Ui, rect: Rect, text: &str) {
    let t = tokens(ui);
    paint::framed(ui.painter(), rect, 6, t.sunken, egui::Stroke::NONE);
    let inner = rect.shrink(10.0);
    paint::region(ui, inner, "raw", |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let label = egui::RichText::new(text)
                .font(TypeStyle::MonoSmall.font())
                .color(t.text_1);
            ui.add(egui::Label::new(label).wrap().selectable(true));
        });
    });
}

/// Request and answer with headers, masked.
fn message(exchange: &Exchange) -> String {
    let mut lines = vec![
        format!("{} {}", exchange.method, exchange.target),
        String::new(),
        mask_message(&exchange.body),
    ];
    lines.push(String::new());
    if let Some(answer) = &exchange.answer {
        lines.push(format!("HTTP {} {}", answer.status, answer.address));
        let headers = answer.headers.iter();
        lines.extend(headers.map(|(name, value)| format!("{name}: {value}")));
        lines.extend([String::new(), mask_message(&answer.body)]);
    } else if let Err(trouble) = &exchange.result {
        lines.push(trouble.to_string());
    }
    lines.extend([String::new(), String::new()]);
    lines.join("\n")
}

/// Asks before an answer is kept; true when the dialog is over.
pub(super) fn keep(ctx: &Context, page: &Page<'_>, live: &Live, out: &mut Outbox) -> bool {
    let l = &page.w.lookup;
    let dialog = Dialog {
        name: "keep answer",
        title: l.keep_title,
        width: 480.0,
        height: 96.0,
        note: l.keep_note,
        leave: page.w.frame.cancel,
        deed: Button::primary(l.keep_deed),
        ready: true,
    };
    let ended = dialog.show(ctx, |ui, rect| {
        let t = tokens(ui);
        let style = (TypeStyle::Body, t.text_2);
        let used = paint::paragraph(ui.painter(), rect, l.keep_why, style, 4);
        paint::say(ui, "why", used, l.keep_why);
    });
    if ended == Ended::Done {
        let asked = Box::new(live.asked.clone());
        out.run(Command::KeepAnswer(live.question.profile, asked));
    }
    ended != Ended::No
}
