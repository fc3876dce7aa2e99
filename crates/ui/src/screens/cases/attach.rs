//! Files that were dropped while a case is open: a person says whether they hang on the case or are imported.

use std::path::PathBuf;

use egui::{Context, pos2};

use crate::action::{Action, Outbox};
use crate::page::Page;
use crate::paint;
use crate::theme::TypeStyle;
use crate::widgets::button::Button;
use crate::widgets::dialog::{Dialog, Ended};
use recondesk_app::Command;
use recondesk_app::model::{AttachWish, CaseName};

/// So many names are shown.
const MOST: usize = 6;
const ROW: f32 = 24.0;

/// The dialog, while it is open.
#[derive(Default)]
pub(super) struct AttachDialog {
    about: Option<(CaseName, String, Vec<PathBuf>)>,
}

impl AttachDialog {
    /// Opens it for the files and the case with that number.
    pub(super) fn start(&mut self, case: CaseName, number: String, paths: Vec<PathBuf>) {
        self.about = Some((case, number, paths));
    }

    /// Draws it; the files go to the case or to the import.
    pub(super) fn show(&mut self, ctx: &Context, page: &Page<'_>, out: &mut Outbox) {
        // The sign-in lies over it: Esc closes that alone.
        if page.state.desk.is_wanted {
            return;
        }
        let Some((case, number, paths)) = self.about.take() else {
            return;
        };
        let w = &page.w.work;
        let title = (w.attach_title)(&number);
        let deed = (w.attach_do)(&paths.len().to_string());
        let shown = paths.len().min(MOST + 1);
        let dialog = Dialog {
            name: "attach",
            title: &title,
            width: 560.0,
            height: shown as f32 * ROW + 40.0,
            note: w.attach_note,
            leave: page.w.frame.cancel,
            deed: Button::primary(&deed).key("Ctrl ↵"),
            ready: true,
        };
        let mut imports = false;
        let ended = dialog.show(ctx, |ui, rect| {
            let p = ui.painter();
            for (nth, path) in paths.iter().take(MOST).enumerate() {
                let name = path.file_name().unwrap_or(path.as_os_str());
                let name = name.to_string_lossy();
                let at = pos2(rect.left(), rect.top() + ROW * (nth as f32 + 0.5));
                let style = (TypeStyle::Body, page.t.text_1);
                let (place, _) = paint::fit(p, at, rect.width(), &name, style);
                paint::say(ui, ("dropped", nth), place, &name);
            }
            if paths.len() > MOST {
                let more = format!("+{}", paths.len() - MOST);
                let at = pos2(rect.left(), rect.top() + ROW * (MOST as f32 + 0.5));
                paint::left(p, at, &more, (TypeStyle::Body, page.t.text_3));
            }
            let at = pos2(rect.left() - 12.0, rect.bottom() - 16.0);
            imports = Button::ghost(w.import_instead)
                .show_left(ui, at, 28.0)
                .clicked();
        });
        if imports {
            out.push(Action::ImportFiles(paths));
        } else if ended == Ended::Done {
            if page.state.desk.must_sign_in() {
                out.push(Action::AskOperator);
                self.about = Some((case, number, paths));
            } else {
                out.run(Command::Attach(Box::new(AttachWish { case, paths })));
            }
        } else if ended == Ended::No {
            self.about = Some((case, number, paths));
        }
    }
}
