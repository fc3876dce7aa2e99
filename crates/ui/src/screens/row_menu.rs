//! The menu of a row, opened by the second button or the menu key, beside the row it is about.

use egui::{Id, LayerId, Popup, Ui};

use crate::widgets::input;
use crate::widgets::table::{MenuWish, TableOutput};

/// Width of the menu.
const WIDTH: f32 = 220.0;

/// Which row's menu is open.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RowMenu {
    open: Option<OpenMenu>,
}

#[derive(Debug, Clone, Copy)]
struct OpenMenu {
    wish: MenuWish,
    /// The first entry still has to get the focus.
    fresh: bool,
}

impl RowMenu {
    /// Closes it: its row is no longer what it was.
    pub(super) fn close(&mut self) {
        self.open = None;
    }

    /// True while it is open; Esc is for it alone then.
    pub(super) const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Draws it after its table, or closes it by Esc; `entries` are the deeds of the row it is open for, with their words,
    /// and may depend on the column that was pointed at. What it was opened for and the chosen deed come back.
    pub(super) fn show<T>(
        &mut self,
        ui: &Ui,
        table: &TableOutput,
        escape: bool,
        entries: impl FnOnce(&MenuWish) -> Vec<(String, T)>,
    ) -> Option<(MenuWish, T)> {
        let just_opened = table.menu.is_some();
        if let Some(wish) = table.menu {
            self.open = Some(OpenMenu { wish, fresh: true });
        }
        let open = self.open?;
        let entries = entries(&open.wish);
        if entries.is_empty() {
            self.open = None;
            return None;
        }
        let mut chosen = None;
        let mut stays = !escape;
        let id = Id::unique(("row menu", table.id));
        let layer = LayerId::new(egui::Order::Middle, id);
        Popup::new(id, ui.ctx().clone(), open.wish.at, layer)
            .kind(egui::PopupKind::Menu)
            .gap(2.0)
            .open_bool(&mut stays)
            .show(|ui| {
                ui.set_width(WIDTH);
                ui.spacing_mut().item_spacing.y = 0.0;
                for (nth, (label, deed)) in entries.into_iter().enumerate() {
                    let response = input::menu_row(ui, &label, nth as u64, false);
                    if nth == 0 && open.fresh && open.wish.by_key {
                        response.request_focus();
                    }
                    if response.clicked() {
                        chosen = Some((open.wish, deed));
                        ui.close();
                    }
                }
            });
        if let Some(open) = &mut self.open {
            open.fresh = false;
        }
        if chosen.is_some() || (!stays && !just_opened) {
            self.open = None;
            if open.wish.by_key
                && let Some(table) = table.id
            {
                ui.memory_mut(|memory| memory.request_focus(table));
            }
        }
        chosen
    }
}
