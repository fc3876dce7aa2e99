//! Merchants: the list, and the form of one with its keys and rules.

mod doctor_tab;
mod form;
mod form_rows;
mod keys_tab;
mod mappings_tab;
mod shop_tab;
mod short_form;

use std::path::PathBuf;

use egui::accesskit::Role;
use egui::{Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use super::Status;
use crate::action::Outbox;
use crate::page::{Page, cut_left};
use crate::theme::{Tone, TypeStyle, Width};
use crate::widgets::button::Button;
use crate::widgets::card::Empty;
use crate::widgets::dialog::{Dialog, Ended};
use crate::{format, icons, paint};
use recondesk_app::Command;
use recondesk_app::model::{MerchantRow, ProfileDraft};
use recondesk_domain::ProfileId;
use recondesk_ports::VaultAccess;

/// What the screen remembers.
#[derive(Default)]
pub(super) struct MerchantsScreen {
    chosen: Option<ProfileId>,
    form: Option<form::MerchantForm>,
    removing: Option<ProfileId>,
}

impl MerchantsScreen {
    /// Opens an empty form.
    pub(super) fn start_new(&mut self) {
        self.form = Some(form::MerchantForm::new(ProfileDraft::new()));
    }

    /// Opens the form that asks for a name and a number alone, while these files wait.
    pub(super) fn start_for_files(&mut self, files: &[PathBuf]) {
        let names: Vec<String> = files
            .iter()
            .filter_map(|path| path.file_name())
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        self.form = Some(form::MerchantForm::for_files(names));
    }

    pub(super) fn show(&mut self, ui: &mut Ui, page: &Page<'_>, out: &mut Outbox) {
        let w = page.w;
        page.title(ui, w.frame.merchants);
        let is_new = self
            .form
            .as_ref()
            .is_some_and(|form| form.draft.id.is_none());
        // A new form has a primary button of its own, and Ctrl Enter is its key.
        if !is_new {
            let buttons = vec![Button::primary(w.merchants.add).icon(icons::PLUS)];
            let (_, responses) = page.buttons(ui, buttons);
            if responses.first().is_some_and(egui::Response::clicked) || page.keys.primary {
                self.start_new();
            }
        }
        let body = page.body();
        let is_new = self
            .form
            .as_ref()
            .is_some_and(|form| form.draft.id.is_none());
        if let Some(form) = self.form.as_mut().filter(|form| form.is_short()) {
            if let Some(number) = &page.state.first_number {
                form.take_number(number);
            }
            let width = body.width().min(560.0);
            let place = Rect::from_min_size(body.min, vec2(width, body.height().min(340.0)));
            if form.show_short(ui, place, page, out).is_some() {
                self.form = None;
            }
            self.follow(page);
            return;
        }
        if page.state.merchants.is_empty() && !is_new {
            self.empty(ui, body, page);
            return;
        }
        self.follow(page);
        let list_width = match page.class.width {
            Width::Wide => 280.0,
            Width::Medium => 220.0,
            Width::Narrow => 180.0,
        };
        let (left, right) = cut_left(body, list_width, 12.0);
        self.list(ui, left, page);
        let Some(form) = &mut self.form else {
            return;
        };
        let row = page
            .state
            .merchants
            .iter()
            .find(|row| Some(row.id) == form.draft.id);
        match form.show(ui, right, page, (row, &mut *out)) {
            Some(form::MerchantFormAction::Remove(id)) => self.removing = Some(id),
            Some(form::MerchantFormAction::Drop) => self.form = None,
            None => {}
        }
        self.remove_dialog(ui, page, out);
    }

    /// Keeps the form on the chosen merchant, and takes over what was stored meanwhile.
    fn follow(&mut self, page: &Page<'_>) {
        let rows = &page.state.merchants;
        if let Some(form) = &mut self.form {
            match form.draft.id {
                None => {
                    // A new merchant was stored: its row is there under the name that was typed.
                    let stored = rows.iter().find(|row| form.was_saved_as(row));
                    if let Some(row) = stored {
                        self.chosen = Some(row.id);
                        self.form = Some(form::MerchantForm::new(ProfileDraft::edit(row)));
                    }
                    return;
                }
                Some(id) => match rows.iter().find(|row| row.id == id) {
                    Some(row) => {
                        form.take_stored(row);
                        return;
                    }
                    None => self.form = None,
                },
            }
        }
        let wanted = self.chosen.or(page.state.merchant);
        let row = rows
            .iter()
            .find(|row| Some(row.id) == wanted)
            .or_else(|| rows.first());
        if let Some(row) = row {
            self.chosen = Some(row.id);
            self.form = Some(form::MerchantForm::new(ProfileDraft::edit(row)));
        }
    }

    fn list(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>) {
        paint::card(ui.painter(), rect, page.t);
        let inner = rect.shrink(8.0);
        let current = self.form.as_ref().and_then(|form| form.draft.id);
        let mut chosen = None;
        paint::region(ui, inner.expand(4.0), "merchant list", |ui| {
            egui::ScrollArea::vertical()
                .auto_shrink(false)
                .show(ui, |ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    ui.add_space(4.0);
                    for row in &page.state.merchants {
                        let size = vec2(inner.width() + 8.0, 56.0);
                        let (line, _) = ui.allocate_exact_size(size, Sense::hover());
                        let line = line.shrink2(vec2(4.0, 0.0));
                        if list_row(ui, line, page, row, current == Some(row.id)) {
                            chosen = Some(row);
                        }
                    }
                });
        });
        if let Some(row) = chosen {
            self.chosen = Some(row.id);
            self.form = Some(form::MerchantForm::new(ProfileDraft::edit(row)));
        }
    }

    fn remove_dialog(&mut self, ui: &Ui, page: &Page<'_>, out: &mut Outbox) {
        let Some(id) = self.removing else {
            return;
        };
        let (t, m) = (page.t, &page.w.merchants);
        let title = (m.remove_title)(page.state.name_of(id));
        let dialog = Dialog {
            name: "remove merchant",
            title: &title,
            width: 420.0,
            height: 56.0,
            note: "",
            leave: page.w.frame.cancel,
            deed: Button::secondary(m.remove_do),
            ready: true,
        };
        let ended = dialog.show(ui, |ui, rect| {
            let style = (TypeStyle::Body, t.text_2);
            let said = paint::paragraph(ui.painter(), rect, m.remove_note, style, 3);
            paint::say(ui, "remove note", said, m.remove_note);
        });
        match ended {
            Ended::No => return,
            Ended::Done => {
                out.run(Command::RemoveProfile(id));
                self.form = None;
                self.chosen = None;
            }
            Ended::Cancelled => {}
        }
        self.removing = None;
    }

    fn empty(&mut self, ui: &Ui, body: Rect, page: &Page<'_>) {
        let m = &page.w.merchants;
        paint::card(ui.painter(), body, page.t);
        let empty = Empty {
            icon: icons::STOREFRONT,
            mood: Tone::Info,
            title: m.empty_title,
            note: m.empty_note,
            button: Some((icons::PLUS, m.add)),
            primary: false,
        };
        if empty
            .show(ui, body)
            .is_some_and(|response| response.clicked())
        {
            self.start_new();
        }
    }
}

fn list_row(ui: &Ui, rect: Rect, page: &Page<'_>, row: &MerchantRow, chosen: bool) -> bool {
    let t = page.t;
    let p = ui.painter();
    let response = ui.interact(rect, paint::id(ui, ("merchant", row.id.0)), Sense::click());
    let (mood, words) = standing(page, row);
    response.widget_info(|| {
        let said = format!("{} {} {words}", row.profile.name, row.profile.mch_id);
        WidgetInfo::selected(Role::ListBoxOption, true, chosen, said)
    });
    if chosen {
        let edge = if t.contrast {
            egui::Stroke::new(2.0, t.accent)
        } else {
            egui::Stroke::NONE
        };
        paint::framed(p, rect, 6, t.selected, edge);
    } else if response.hovered() {
        p.rect_filled(rect, 6, t.hover);
    }
    let y = rect.top() + 19.0;
    let number = paint::right(
        p,
        pos2(rect.right() - 12.0, y),
        &row.profile.mch_id,
        (TypeStyle::Small, t.text_3),
    );
    let room = number.left() - rect.left() - 20.0;
    paint::fit(
        p,
        pos2(rect.left() + 12.0, y),
        room,
        &row.profile.name,
        (TypeStyle::Body, t.text_1),
    );
    let y = rect.top() + 39.0;
    paint::mark(p, pos2(rect.left() + 17.0, y), mood, t);
    let room = rect.width() - 40.0;
    paint::fit(
        p,
        pos2(rect.left() + 27.0, y),
        room,
        words,
        (TypeStyle::Small, t.text_2),
    );
    if response.has_focus() {
        paint::ring(p, rect.shrink(3.0), 6, t);
    }
    response.clicked()
}

/// What a merchant can do, in one line.
fn standing(page: &Page<'_>, row: &MerchantRow) -> (Tone, &'static str) {
    let m = &page.w.merchants;
    if row.locked {
        return (Tone::Watch, m.locked);
    }
    if row.can_fetch() {
        (Tone::Ok, m.ready)
    } else {
        (Tone::Info, m.files_only)
    }
}

pub(super) fn status(page: &Page<'_>) -> Status {
    let w = page.w;
    let count = format::count(page.state.merchants.len() as u64);
    Status {
        left: vec![(w.frame.merchants_count)(&count)],
        right: vec![keys_note(page).trim_end_matches(['。', '.']).to_owned()],
    }
}

/// Where keys go in this workspace.
fn keys_note(page: &Page<'_>) -> &'static str {
    match page.state.vault {
        VaultAccess::Memory => page.w.settings.vault_memory,
        VaultAccess::System | VaultAccess::Open | VaultAccess::Locked | VaultAccess::Unmade => {
            page.w.merchants.keys_note
        }
    }
}
