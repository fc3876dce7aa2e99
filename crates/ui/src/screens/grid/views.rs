//! Views under a name: order, filters and columns of a table, kept with the preferences.

use egui::{Context, Key, Popup, Rect, Response, pos2, vec2};

use super::Grid;
use crate::action::{Action, Outbox};
use crate::page::Page;
use crate::paint;
use crate::screens::columns;
use crate::theme::TypeStyle;
use crate::widgets::button::Button;
use crate::widgets::dialog::{Dialog, Ended};
use crate::widgets::input::{self, Field};
use recondesk_app::tables::{SavedView, TableView};

/// Most characters of a name.
const LONGEST: usize = 24;

/// The dialog that asks for the name of a view.
#[derive(Default)]
pub(super) struct ViewNaming {
    open: Option<TableView>,
    name: String,
    focused: bool,
}

impl ViewNaming {
    pub(super) const fn is_open(&self) -> bool {
        self.open.is_some()
    }
}

/// What was chosen in the menu of views.
enum ViewChoice {
    Usual,
    Saved(SavedView),
    Keep,
    Remove(String),
}

impl Grid {
    /// The menu under the button of views, and the dialog it may open; the view that was chosen comes back.
    pub(in crate::screens) fn views(
        &mut self,
        response: &Response,
        page: &Page<'_>,
        (table, view): (&'static str, &TableView),
        out: &mut Outbox,
    ) -> Option<TableView> {
        self.name_view(&response.ctx, page, table, out);
        let saved = page.state.preferences.views.get(table);
        let saved = saved.map_or(&[][..], Vec::as_slice);
        match menu(response, page, saved, view)? {
            ViewChoice::Usual => {
                columns::keep(page, table, None, out);
                Some(TableView::default())
            }
            ViewChoice::Saved(saved) => {
                columns::keep(page, table, Some(saved.layout), out);
                Some(saved.view)
            }
            ViewChoice::Keep => {
                self.naming = ViewNaming {
                    open: Some(view.clone()),
                    ..ViewNaming::default()
                };
                None
            }
            ViewChoice::Remove(name) => {
                let mut preferences = page.state.preferences.clone();
                if let Some(views) = preferences.views.get_mut(table) {
                    views.retain(|saved| saved.name != name);
                }
                out.push(Action::Prefer(Box::new(preferences)));
                None
            }
        }
    }

    fn name_view(&mut self, ctx: &Context, page: &Page<'_>, table: &'static str, out: &mut Outbox) {
        let Some(view) = self.naming.open.clone() else {
            return;
        };
        let w = page.w;
        let naming = &mut self.naming;
        let ready = !naming.name.trim().is_empty();
        let dialog = Dialog {
            name: "keep view",
            title: w.table.keep_view.trim_end_matches(['…', '.']),
            width: 420.0,
            height: 64.0,
            note: "",
            leave: w.frame.cancel,
            deed: Button::primary(w.table.keep).key("Ctrl ↵"),
            ready,
        };
        let mut entered = false;
        let ended = dialog.show(ctx, |ui, rect| {
            let at = pos2(rect.left(), rect.top() + 10.0);
            let style = (TypeStyle::Small, page.t.text_2);
            paint::left(ui.painter(), at, w.table.view_name, style);
            let place = Rect::from_min_size(
                pos2(rect.left(), rect.top() + 28.0),
                vec2(rect.width(), 30.0),
            );
            let field = Field::new(&mut naming.name, w.table.view_name).limit(LONGEST);
            let response = field.show(ui, place);
            if !std::mem::replace(&mut naming.focused, true) {
                response.request_focus();
            }
            entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        });
        match ended {
            Ended::Cancelled => naming.open = None,
            Ended::No if !(entered && ready) => {}
            Ended::No | Ended::Done => {
                naming.open = None;
                let saved = SavedView {
                    name: naming.name.trim().to_owned(),
                    view,
                    layout: columns::layout(page, table),
                };
                let mut preferences = page.state.preferences.clone();
                let views = preferences.views.entry(table.to_owned()).or_default();
                views.retain(|known| known.name != saved.name);
                views.push(saved);
                out.push(Action::Prefer(Box::new(preferences)));
            }
        }
    }
}

fn menu(
    response: &Response,
    page: &Page<'_>,
    saved: &[SavedView],
    view: &TableView,
) -> Option<ViewChoice> {
    let w = &page.w.table;
    let mut chosen = None;
    Popup::menu(response).show(|ui| {
        ui.set_width(220.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        let usual = *view == TableView::default();
        if input::menu_row(ui, w.usual_view, 0, usual).clicked() {
            chosen = Some(ViewChoice::Usual);
        }
        for (nth, known) in (1..).zip(saved) {
            if input::menu_row(ui, &known.name, nth, known.view == *view).clicked() {
                chosen = Some(ViewChoice::Saved(known.clone()));
            }
        }
        if input::menu_row(ui, w.keep_view, 100, false).clicked() {
            chosen = Some(ViewChoice::Keep);
        }
        for (nth, known) in (200..).zip(saved) {
            let label = (w.remove_view)(&known.name);
            if input::menu_row(ui, &label, nth, false).clicked() {
                chosen = Some(ViewChoice::Remove(known.name.clone()));
            }
        }
        if chosen.is_some() {
            ui.close();
        }
    });
    chosen
}
