//! Closing the window while work runs: asked first, so that nobody stops a refund or an import unawares.

use egui::{Context, ViewportCommand};

use super::app::App;
use super::text;
use super::theme::{TypeStyle, tokens};
use super::widgets::button::Button;
use super::widgets::dialog::{Dialog, Ended};
use super::widgets::progress::kind_words;
use super::{icons, paint};

/// What became of the wish to close.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Closing {
    /// Nobody wants to.
    #[default]
    No,
    /// A person is asked.
    Asked,
    /// The window goes, whatever runs.
    Agreed,
}

const LINE: f32 = 26.0;

impl App {
    /// Holds the window back while work runs, and asks.
    pub(super) fn ask_before_closing(&mut self, ctx: &Context) {
        let wanted = ctx.input(|input| input.viewport().close_requested());
        let runs = self.state.jobs().next().is_some();
        if wanted && runs && self.closing != Closing::Agreed {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            self.closing = Closing::Asked;
        }
        if self.closing != Closing::Asked {
            return;
        }
        if !runs {
            // What was waited for is done: the window goes as was asked.
            self.closing = Closing::Agreed;
            ctx.send_viewport_cmd(ViewportCommand::Close);
            return;
        }
        let w = text::of(self.state.preferences.language);
        let jobs: Vec<&str> = self
            .state
            .jobs()
            .map(|(_, task)| kind_words(w, task.kind))
            .collect();
        let dialog = Dialog {
            name: "closing",
            title: w.frame.close_title,
            width: 480.0,
            height: 48.0 + jobs.len().min(4) as f32 * LINE,
            note: "",
            leave: w.frame.close_stay,
            deed: Button::secondary(w.frame.close_do).icon(icons::STOP),
            ready: true,
        };
        let ended = dialog.show(ctx, |ui, rect| {
            let t = tokens(ui);
            let p = ui.painter();
            for (nth, words) in jobs.iter().take(4).enumerate() {
                let y = rect.top() + LINE * (nth as f32 + 0.5);
                let at = egui::pos2(rect.left(), y);
                let place = paint::left(p, at, words, (TypeStyle::Body, t.text_1));
                paint::say(ui, ("running", nth), place, words);
            }
            let top = rect.top() + jobs.len().min(4) as f32 * LINE + 4.0;
            let place = egui::Rect::from_min_max(egui::pos2(rect.left(), top), rect.max);
            let style = (TypeStyle::Small, t.text_2);
            let said = paint::paragraph(p, place, w.frame.close_note, style, 3);
            paint::say(ui, "close note", said, w.frame.close_note);
        });
        match ended {
            Ended::No => {}
            Ended::Cancelled => self.closing = Closing::No,
            Ended::Done => {
                self.closing = Closing::Agreed;
                for (_, task) in self.state.jobs() {
                    task.cancel.cancel();
                }
                ctx.send_viewport_cmd(ViewportCommand::Close);
            }
        }
    }
}
