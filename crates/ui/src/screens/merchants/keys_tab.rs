//! The form of a merchant: its keys, of which only the length is ever shown, and locking them away.

use egui::{Rect, Ui, pos2, vec2};

use super::form::MerchantForm;
use crate::action::Outbox;
use crate::page::Page;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::Button;
use crate::widgets::input::{self, Field};
use crate::{icons, paint};
use recondesk_app::Command;
use recondesk_app::model::MerchantRow;
use recondesk_domain::{ProfileId, Secret, SecretKind};
use recondesk_ports::VaultAccess;

/// Width of the names of the keys.
const NAME: f32 = 152.0;
/// Height of all of it.
pub(super) const HEIGHT: f32 = 6.0 * 64.0 + 100.0;

impl MerchantForm {
    pub(super) fn keys(
        &mut self,
        ui: &mut Ui,
        area: Rect,
        page: &Page<'_>,
        (row, out): (&MerchantRow, &mut Outbox),
    ) {
        let (t, m) = (page.t, &page.w.merchants);
        let kinds = [
            (SecretKind::V2Key, m.v2_key, m.needs_v2),
            (SecretKind::V3Key, m.v3_key, m.needs_v3),
            (SecretKind::ClientCert, m.client_cert, m.needs_pair),
            (SecretKind::ClientKey, m.client_key, m.needs_pair),
            (SecretKind::PlatformKey, m.platform_key, ""),
            (SecretKind::ShopKey, m.shop_key, m.needs_shop),
        ];
        let mut top = area.top();
        for (kind, name, needs) in kinds {
            let line = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), 62.0));
            self.key(ui, line, page, (row, kind, name, needs, &mut *out));
            top += 64.0;
        }
        paint::hline(ui.painter(), area.x_range(), top, t.line_weak);
        let text = Rect::from_min_size(pos2(area.left(), top + 12.0), vec2(area.width(), 40.0));
        paint::paragraph(
            ui.painter(),
            text,
            super::keys_note(page),
            (TypeStyle::Small, t.text_3),
            2,
        );
        if page.state.vault == VaultAccess::Open {
            let lock = Button::secondary(page.w.settings.lock_now)
                .icon(icons::KEY)
                .key("Ctrl L");
            let at = pos2(area.left(), top + 66.0);
            if lock.show_left(ui, at, 30.0).clicked() {
                out.run(Command::LockVault);
            }
        }
    }

    fn key(
        &mut self,
        ui: &mut Ui,
        line: Rect,
        page: &Page<'_>,
        (row, kind, name, needs, out): (&MerchantRow, SecretKind, &str, &str, &mut Outbox),
    ) {
        let (t, m) = (page.t, &page.w.merchants);
        let y = line.top() + 15.0;
        paint::left(
            ui.painter(),
            pos2(line.left(), y),
            name,
            (TypeStyle::Body, t.text_1),
        );
        let length = row
            .secrets
            .iter()
            .find(|s| s.kind == kind)
            .and_then(|s| s.length);
        let editing = self.typed.as_ref().is_some_and(|(known, _)| *known == kind);
        let label = match (editing, length.is_some()) {
            (true, _) => m.keep,
            (false, true) => m.replace,
            (false, false) => m.store,
        };
        let ready = self
            .typed
            .as_ref()
            .is_some_and(|(_, text)| !text.trim().is_empty());
        let salt = kind as u64;
        let button = Button::secondary(label)
            .salt(salt)
            .enabled_or(!row.locked && (!editing || ready), m.locked);
        // All buttons are as wide as the widest, so that the fields end below each other.
        let widths = [m.keep, m.replace, m.store].map(|label| Button::secondary(label).width(ui));
        let width = widths.into_iter().fold(76.0, f32::max);
        let field = Rect::from_min_max(
            pos2(line.left() + NAME, line.top()),
            pos2(line.right() - width - 8.0, line.top() + 30.0),
        );
        if let Some((_, text)) = self.typed.as_mut().filter(|_| editing) {
            let response = Field::new(text, name)
                .hint(m.type_key)
                .icon(icons::KEY)
                .masked()
                .limit(16_384)
                .show(ui, field);
            if ui.memory(|memory| memory.focused().is_none()) {
                response.request_focus();
            }
        } else {
            let words = if row.locked {
                Some(m.locked)
            } else {
                Some(m.none).filter(|_| length.is_none())
            };
            input::secret(ui, field, name, words);
        }
        let place = Rect::from_min_size(pos2(field.right() + 8.0, line.top()), vec2(width, 30.0));
        if button.show(ui, place).clicked() {
            if editing {
                self.store(ui, row.id, kind, (name, out));
            } else {
                self.typed = Some((kind, String::new()));
            }
        }
        let (mood, words) = match length {
            Some(length) => (Tone::Ok, (m.length)(&length.to_string())),
            None => (Tone::Info, needs.to_owned()),
        };
        if !words.is_empty() && !row.locked {
            let at = pos2(field.left() + 6.0, line.top() + 44.0);
            paint::mark(ui.painter(), at, mood, t);
            let at = pos2(at.x + 11.0, at.y);
            paint::left(ui.painter(), at, &words, (TypeStyle::Small, t.text_3));
        }
    }

    /// Hands the secret over and wipes what was typed, the field's undo history included.
    fn store(
        &mut self,
        ui: &Ui,
        id: ProfileId,
        kind: SecretKind,
        (name, out): (&str, &mut Outbox),
    ) {
        use zeroize::Zeroize as _;
        let Some((_, mut text)) = self.typed.take() else {
            return;
        };
        let secret = Secret::new(text.trim().as_bytes().to_vec());
        text.zeroize();
        let field = Field::id_of(ui, name, 0);
        if let Some(mut state) = egui::TextEdit::load_state(ui, field) {
            state.clear_undoer();
            egui::TextEdit::store_state(ui, field, state);
        }
        out.run(Command::StoreSecret(id, kind, secret));
    }
}
