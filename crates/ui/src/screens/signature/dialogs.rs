//! The dialogs of the screen: a message to take apart, and the list of published vectors.

use egui::{Context, Rect, ScrollArea, Sense, Ui, pos2, vec2};

use super::count;
use super::texts::area_of_text;
use crate::page::{Page, cut_top};
use crate::paint;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::Button;
use crate::widgets::dialog::{Dialog, Ended};
use wechatpay_codec::selftest::{Check, CheckOutcome};

/// What is open.
#[derive(Default)]
pub(super) struct Dialogs {
    paste: Option<String>,
    refusal: String,
    checks: bool,
}

impl Dialogs {
    pub(super) fn open_paste(&mut self) {
        self.paste.get_or_insert_default();
        self.refusal.clear();
    }

    pub(super) fn open_checks(&mut self) {
        self.checks = true;
    }

    /// The pasted text was not understood: the dialog comes back with the reason.
    pub(super) fn refused(&mut self, title: &str, detail: &str) {
        self.paste.get_or_insert_default();
        self.refusal = format!("{title}  {detail}");
    }

    /// Draws what is open; a text to take apart comes back.
    pub(super) fn show(&mut self, ctx: &Context, page: &Page<'_>) -> Option<String> {
        if self.checks {
            self.show_checks(ctx, page);
        }
        let text = self.paste.as_mut()?;
        let w = &page.w.signature;
        let dialog = Dialog {
            name: "paste message",
            title: w.paste_title,
            width: 640.0,
            height: 300.0,
            note: w.paste_note,
            leave: page.w.frame.cancel,
            deed: Button::primary(w.paste_deed).key("Ctrl ↵"),
            ready: !text.trim().is_empty(),
        };
        let refusal = &self.refusal;
        let ended = dialog.show(ctx, |ui, rect| {
            let (area, foot) = cut_top(rect, rect.height() - 26.0, 6.0);
            area_of_text(ui, area, page, (text, w.text, w.empty));
            if !refusal.is_empty() {
                let style = (TypeStyle::Small, page.t.red.text);
                let (place, _) = paint::fit(
                    ui.painter(),
                    foot.left_center(),
                    foot.width(),
                    refusal,
                    style,
                );
                paint::say(ui, "refusal", place, refusal);
            }
        });
        match ended {
            Ended::No => None,
            Ended::Cancelled => {
                self.paste = None;
                None
            }
            Ended::Done => self.paste.take(),
        }
    }

    fn show_checks(&mut self, ctx: &Context, page: &Page<'_>) {
        let w = &page.w.signature;
        let checks = page.state.lab.checks.value().map_or(&[][..], Vec::as_slice);
        let (ok, all, skipped) = count(checks);
        let note = if skipped > 0 {
            (w.skipped)(&skipped.to_string())
        } else {
            String::new()
        };
        let title = (w.checks)(&ok.to_string(), &all.to_string());
        let dialog = Dialog {
            name: "self-test",
            title: &title,
            width: 760.0,
            height: 420.0,
            note: &note,
            leave: "",
            deed: Button::primary(page.w.frame.close).key("Esc"),
            ready: true,
        };
        let ended = dialog.show(ctx, |ui, rect| list(ui, rect, page, checks));
        if ended != Ended::No {
            self.checks = false;
        }
    }
}

fn list(ui: &mut Ui, rect: Rect, page: &Page<'_>, checks: &[Check]) {
    let t = page.t;
    let shown: Vec<&Check> = checks
        .iter()
        .filter(|check| check.outcome != CheckOutcome::Skipped)
        .collect();
    paint::region(ui, rect, "checks", |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical()
            .auto_shrink(false)
            .show_rows(ui, 28.0, shown.len(), |ui, rows| {
                for check in shown.get(rows).unwrap_or_default() {
                    let (line, _) =
                        ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
                    let p = ui.painter();
                    let y = line.center().y;
                    paint::hline(p, line.x_range(), line.bottom() - 1.0, t.line_weak);
                    let (mood, words, color) = match &check.outcome {
                        CheckOutcome::Failed(reason) => (Tone::Urgent, reason.as_str(), t.red.text),
                        _ => (Tone::Ok, check.source.as_str(), t.text_3),
                    };
                    paint::mark(p, pos2(line.left() + 8.0, y), mood, t);
                    paint::fit(
                        p,
                        pos2(line.left() + 22.0, y),
                        300.0,
                        &check.id,
                        (TypeStyle::Mono, t.text_1),
                    );
                    let room = line.width() - 336.0;
                    paint::fit(
                        p,
                        pos2(line.left() + 330.0, y),
                        room,
                        words,
                        (TypeStyle::Small, color),
                    );
                    let said = format!("{}: {words}", check.id);
                    paint::say(ui, ("check", &check.id), line, &said).on_hover_text(words);
                }
            });
    });
}
