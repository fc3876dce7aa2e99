//! The form of a merchant: basics, keys, rules; strings until it is saved.

use egui::{Rect, Sense, Ui, pos2, vec2};

use super::form_rows::{FormRows, ROW};
use super::{doctor_tab, mappings_tab};
use crate::action::Outbox;
use crate::page::{Page, cut_top};
use crate::theme::TypeStyle;
use crate::widgets::button::Button;
use crate::widgets::input::Field;
use crate::widgets::{card, tabs};
use crate::{icons, paint};
use recondesk_app::Command;
use recondesk_app::model::{DraftErrors, MerchantRow, ProfileDraft};
use recondesk_domain::{ApiVersion, ProfileId, ProfileProblem, SecretKind, SignType};

/// The fields of the tab about the shop.
const SHOP: [&str; 2] = ["shop_url", "notify_url"];

/// The form while it is open.
pub(super) struct MerchantForm {
    /// As typed.
    pub(super) draft: ProfileDraft,
    stored: ProfileDraft,
    tab: usize,
    errors: DraftErrors,
    tried: bool,
    saving: bool,
    pub(super) typed: Option<(SecretKind, String)>,
    mappings: super::mappings_tab::MappingsTab,
    /// Files that wait for a new merchant, by name: only what they need is asked.
    pub(super) files: Vec<String>,
}

/// What was asked of the screen.
pub(super) enum MerchantFormAction {
    /// Remove this merchant.
    Remove(ProfileId),
    /// Drop the new one.
    Drop,
}

impl MerchantForm {
    pub(super) fn new(draft: ProfileDraft) -> Self {
        Self {
            stored: draft.clone(),
            draft,
            tab: 0,
            errors: DraftErrors::new(),
            tried: false,
            saving: false,
            typed: None,
            mappings: super::mappings_tab::MappingsTab::default(),
            files: Vec::new(),
        }
    }

    /// True when a row is what this new form asked to store.
    pub(super) fn was_saved_as(&self, row: &MerchantRow) -> bool {
        self.saving && row.profile.name == self.draft.name.trim()
    }

    /// Takes over what was stored meanwhile, unless something else was typed.
    pub(super) fn take_stored(&mut self, row: &MerchantRow) {
        let stored = ProfileDraft::edit(row);
        if stored == self.stored {
            return;
        }
        let untouched = self.draft == self.stored || self.saving;
        self.stored = stored.clone();
        if untouched {
            self.draft = stored;
            self.saving = false;
        }
    }

    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        page: &Page<'_>,
        (row, out): (Option<&MerchantRow>, &mut Outbox),
    ) -> Option<MerchantFormAction> {
        let m = &page.w.merchants;
        let changed = self.draft != self.stored;
        let title = if self.draft.id.is_none() {
            m.new_title
        } else {
            self.stored.name.as_str()
        };
        let note = if changed && self.draft.id.is_some() {
            m.unsaved
        } else {
            ""
        };
        let title = title.to_owned();
        let body = card::titled(ui, rect, &title, note);
        let mut names = vec![m.basics, m.rules, m.shop];
        if row.is_some() {
            names.insert(1, m.keys);
            names.extend([m.mappings, m.doctor]);
        }
        let (tabs, rest) = cut_top(body, 32.0, 0.0);
        if let Some(tab) = tabs::tabs(ui, tabs.shrink2(vec2(16.0, 0.0)), &names, self.tab) {
            self.tab = tab;
        }
        let foot_height = 56.0;
        let content = Rect::from_min_max(rest.min, pos2(rest.right(), rest.bottom() - foot_height));
        self.judge();
        let chosen = names.get(self.tab).copied().unwrap_or(m.basics);
        paint::region(ui, content, "merchant form", |ui| {
            egui::ScrollArea::vertical()
                .auto_shrink(false)
                .id_salt(chosen)
                .show(ui, |ui| {
                    let rows = tab_height(page, chosen, row);
                    let size = vec2(content.width(), rows + 16.0);
                    let (place, _) = ui.allocate_exact_size(size, Sense::hover());
                    let place = place.shrink2(vec2(16.0, 12.0));
                    match row {
                        Some(row) if chosen == m.keys => self.keys(ui, place, page, (row, out)),
                        Some(row) if chosen == m.mappings => {
                            self.mappings.show(ui, place, page, (row.id, &mut *out));
                        }
                        Some(row) if chosen == m.doctor => {
                            doctor_tab::show(ui, place, page, (row.id, &mut *out));
                        }
                        _ if chosen == m.shop => self.shop(ui, place, page),
                        _ if chosen == m.rules => self.rules(ui, place, page),
                        _ => self.basics(ui, place, page),
                    }
                });
        });
        let foot = Rect::from_min_max(pos2(rest.left(), rest.bottom() - foot_height), rest.max);
        self.foot(ui, foot, page, out)
    }

    fn foot(
        &mut self,
        ui: &Ui,
        rect: Rect,
        page: &Page<'_>,
        out: &mut Outbox,
    ) -> Option<MerchantFormAction> {
        let (t, m) = (page.t, &page.w.merchants);
        paint::hline(
            ui.painter(),
            rect.x_range().shrink(1.0),
            rect.top(),
            t.line_weak,
        );
        let y = rect.center().y;
        let changed = self.draft != self.stored;
        let is_new = self.draft.id.is_none();
        let mut act = None;
        if let Some(id) = self.draft.id {
            let remove = Button::ghost(m.remove).icon(icons::TRASH);
            if remove
                .show_left(ui, pos2(rect.left() + 8.0, y), 30.0)
                .clicked()
            {
                act = Some(MerchantFormAction::Remove(id));
            }
        }
        let undo = if is_new {
            page.w.frame.cancel
        } else {
            m.revert
        };
        let save = Button::secondary(m.save)
            .icon(icons::FLOPPY_DISK)
            .key("Ctrl S");
        let buttons = vec![
            Button::ghost(undo).enabled_or(changed || is_new, ""),
            save.enabled_or(changed, ""),
        ];
        let (_, responses) =
            crate::page::buttons_right(ui, pos2(rect.right() - 16.0, y), buttons, 30.0);
        let clicked = |nth: usize| responses.get(nth).is_some_and(egui::Response::clicked);
        if clicked(0) {
            if is_new {
                act = Some(MerchantFormAction::Drop);
            }
            self.draft = self.stored.clone();
            self.errors.clear();
            self.tried = false;
        }
        if clicked(1) || (page.keys.save && changed) {
            self.save(out);
        }
        act
    }

    /// True when something was typed that is not stored.
    pub(super) fn is_changed(&self) -> bool {
        self.draft != self.stored
    }

    /// The number that stands in a bill, where none was typed yet.
    pub(super) fn take_number(&mut self, number: &str) {
        if self.draft.mch_id.is_empty() && self.stored.mch_id.is_empty() {
            number.clone_into(&mut self.draft.mch_id);
            number.clone_into(&mut self.stored.mch_id);
        }
    }

    pub(super) fn save(&mut self, out: &mut Outbox) {
        self.tried = true;
        match self.draft.parse() {
            Ok(profile) => {
                self.errors.clear();
                self.saving = true;
                out.run(Command::SaveProfile(self.draft.id, Box::new(profile)));
            }
            Err(errors) => {
                let rules = ["cut_off", "lookback", "fulfil", "rate"];
                let in_rules = errors.iter().all(|(field, _)| rules.contains(field));
                let rules_tab = if self.draft.id.is_some() { 2 } else { 1 };
                let in_shop = errors.iter().all(|(field, _)| SHOP.contains(field));
                self.tab = match (in_rules, in_shop) {
                    (true, _) => rules_tab,
                    (_, true) => rules_tab + 1,
                    _ => 0,
                };
                self.errors = errors;
            }
        }
    }

    /// What was typed wrong, once saving was tried.
    pub(super) fn judge(&mut self) {
        if self.tried {
            self.errors = self.draft.parse().err().unwrap_or_default();
        }
    }

    pub(super) fn problem(&self, field: &str, page: &Page<'_>) -> Option<&'static str> {
        let p = &page.w.problems;
        let (_, problem) = self.errors.iter().find(|(known, _)| *known == field)?;
        Some(match problem {
            ProfileProblem::Name if self.draft.name.trim().is_empty() => p.required,
            ProfileProblem::Name => p.name,
            ProfileProblem::MchId if field == "mch_id" && self.draft.mch_id.trim().is_empty() => {
                p.required
            }
            ProfileProblem::MchId => p.mch_id,
            ProfileProblem::AppId => p.appid,
            ProfileProblem::Gateway => p.gateway,
            ProfileProblem::LookAlike => p.look_alike,
            ProfileProblem::CaNotLoopback => p.authority,
            ProfileProblem::CutOff => p.cut_off,
            ProfileProblem::ShopUrl => p.gateway,
            ProfileProblem::Lookback => p.lookback,
            ProfileProblem::Fulfil => p.fulfil,
            ProfileProblem::Tolerance => p.tolerance,
            ProfileProblem::Rate => p.rate,
        })
    }

    fn basics(&mut self, ui: &mut Ui, area: Rect, page: &Page<'_>) {
        let m = &page.w.merchants;
        let mut lines = FormRows {
            area,
            top: area.top(),
        };
        let error = self.problem("name", page);
        let place = lines.next(ui, page, (m.name, true), error.ok_or(m.name_help));
        let is_new = self.draft.id.is_none();
        let response = Field::new(&mut self.draft.name, m.name)
            .error(error.is_some())
            .limit(128)
            .show(ui, place);
        let untouched = ui.memory(|memory| memory.focused().is_none());
        if is_new && untouched && self.draft == self.stored {
            response.request_focus();
        }
        let error = self.problem("mch_id", page);
        let place = lines.next(ui, page, (m.mch_id, true), error.ok_or(m.mch_id_help));
        Field::new(&mut self.draft.mch_id, m.mch_id)
            .number()
            .error(error.is_some())
            .limit(10)
            .show(ui, place);
        let error = self.problem("appid", page);
        let place = lines.next(ui, page, (m.appids, false), error.ok_or(m.appids_help));
        Field::new(&mut self.draft.appids, m.appids)
            .number()
            .error(error.is_some())
            .show(ui, place);
        let error = self.problem("sub_mch_id", page);
        let place = lines.next(ui, page, (m.sub_mch_ids, false), error.ok_or(m.sub_help));
        Field::new(&mut self.draft.sub_mch_ids, m.sub_mch_ids)
            .number()
            .error(error.is_some())
            .show(ui, place);
        let error = self
            .problem("gateway", page)
            .or_else(|| self.problem("gateway_ca", page));
        let place = lines.next(ui, page, (m.gateway, true), error.ok_or(m.gateway_help));
        Field::new(&mut self.draft.gateway, m.gateway)
            .error(error.is_some())
            .limit(256)
            .show(ui, place);
        let place = lines.next(ui, page, (m.api, false), Err(""));
        let names = ["v2", "v3"];
        let chosen = usize::from(self.draft.api == ApiVersion::V3);
        let size = vec2(tabs::segments_width(ui, &names), 30.0);
        let at = Rect::from_min_size(place.min, size);
        if let Some(nth) = tabs::segments(ui, at, m.api, &names, chosen) {
            self.draft.api = if nth == 1 {
                ApiVersion::V3
            } else {
                ApiVersion::V2
            };
        }
        if self.draft.api == ApiVersion::V2 {
            let names = [SignType::Md5.wire(), SignType::HmacSha256.wire()];
            let chosen = usize::from(self.draft.sign_type == SignType::HmacSha256);
            let size = vec2(tabs::segments_width(ui, &names), 30.0);
            let at = Rect::from_min_size(pos2(at.right() + 24.0, place.top()), size);
            let p = ui.painter();
            let label_at = pos2(at.left(), place.top() - 14.0);
            paint::left(p, label_at, m.sign, (TypeStyle::Small, page.t.text_2));
            if let Some(nth) = tabs::segments(ui, at, m.sign, &names, chosen) {
                self.draft.sign_type = if nth == 1 {
                    SignType::HmacSha256
                } else {
                    SignType::Md5
                };
            }
        }
    }

    fn rules(&mut self, ui: &mut Ui, area: Rect, page: &Page<'_>) {
        let m = &page.w.merchants;
        let mut lines = FormRows {
            area,
            top: area.top(),
        };
        let narrow = |place: Rect| Rect::from_min_size(place.min, vec2(160.0, place.height()));
        let error = self.problem("cut_off", page);
        let place = lines.next(ui, page, (m.cut_off, true), error.ok_or(m.cut_off_help));
        Field::new(&mut self.draft.cut_off, m.cut_off)
            .number()
            .error(error.is_some())
            .limit(4)
            .show(ui, narrow(place));
        let error = self.problem("lookback", page);
        let place = lines.next(ui, page, (m.lookback, true), error.ok_or(m.lookback_help));
        Field::new(&mut self.draft.lookback, m.lookback)
            .number()
            .error(error.is_some())
            .limit(3)
            .show(ui, narrow(place));
        let error = self.problem("fulfil", page);
        let place = lines.next(ui, page, (m.fulfil, true), error.ok_or(m.fulfil_help));
        Field::new(&mut self.draft.fulfil, m.fulfil)
            .number()
            .error(error.is_some())
            .limit(6)
            .show(ui, narrow(place));
        let error = self.problem("rate", page);
        let place = lines.next(ui, page, (m.rate, false), error.ok_or(m.rate_help));
        Field::new(&mut self.draft.rate, m.rate)
            .number()
            .error(error.is_some())
            .limit(8)
            .show(ui, narrow(place));
    }
}

/// Height of the tab in view.
fn tab_height(page: &Page<'_>, chosen: &str, row: Option<&MerchantRow>) -> f32 {
    let m = &page.w.merchants;
    match row {
        Some(_) if chosen == m.keys => super::keys_tab::HEIGHT,
        Some(row) if chosen == m.mappings => {
            let all = mappings_tab::known(page, row.id).len();
            all.max(1) as f32 * mappings_tab::ROW
        }
        Some(row) if chosen == m.doctor => doctor_tab::height(page, row.id),
        _ if chosen == m.rules => 4.0 * ROW,
        _ if chosen == m.shop => 2.0 * ROW + 56.0,
        _ => 7.0 * ROW,
    }
}
