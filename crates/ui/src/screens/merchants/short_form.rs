//! The form of the first merchant of a workspace without keys: its name, and its number as the bill has it.

use egui::{Key, Rect, Response, Ui, pos2, vec2};

use super::form::{MerchantForm, MerchantFormAction};
use super::form_rows::{FormRows, ROW};
use crate::action::Outbox;
use crate::page::{Page, buttons_right};
use crate::theme::TypeStyle;
use crate::widgets::button::Button;
use crate::widgets::card;
use crate::widgets::input::Field;
use crate::{icons, paint};
use recondesk_app::model::ProfileDraft;

impl MerchantForm {
    /// A form for files that wait.
    pub(super) fn for_files(files: Vec<String>) -> Self {
        let mut form = Self::new(ProfileDraft::new());
        form.files = files;
        form
    }

    /// True while only what files need is asked.
    pub(super) const fn is_short(&self) -> bool {
        !self.files.is_empty()
    }

    /// Draws it; the wish to drop it comes back.
    pub(super) fn show_short(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        page: &Page<'_>,
        out: &mut Outbox,
    ) -> Option<MerchantFormAction> {
        let (t, m) = (page.t, &page.w.merchants);
        let body = card::titled(ui, rect, m.new_title, "");
        self.judge();
        let area = body.shrink2(vec2(16.0, 0.0));
        let words = (m.files_wait)(&self.files.join(page.w.frame.list_sign));
        let text = Rect::from_min_size(area.min, vec2(area.width(), 44.0));
        let said = paint::paragraph(ui.painter(), text, &words, (TypeStyle::Small, t.text_2), 2);
        paint::say(ui, "files wait", said, &words);
        let mut lines = FormRows {
            area,
            top: area.top() + 52.0,
        };
        let error = self.problem("name", page);
        let place = lines.next(ui, page, (m.name, true), error.ok_or(m.name_help));
        let name = Field::new(&mut self.draft.name, m.name)
            .error(error.is_some())
            .limit(128)
            .show(ui, place);
        let untouched = ui.memory(|memory| memory.focused().is_none());
        if untouched && !self.is_changed() {
            name.request_focus();
        }
        let error = self.problem("mch_id", page);
        let help = if page.state.first_number.is_some() {
            m.from_bill
        } else {
            m.mch_id_help
        };
        let place = lines.next(ui, page, (m.mch_id, true), error.ok_or(help));
        let number = Field::new(&mut self.draft.mch_id, m.mch_id)
            .number()
            .error(error.is_some())
            .limit(10)
            .show(ui, place);
        let y = area.top() + 52.0 + 2.0 * (ROW + 6.0) + 24.0;
        let save = Button::primary(m.save_and_import)
            .icon(icons::FILE_PLUS)
            .key("Ctrl ↵");
        let buttons = vec![Button::ghost(page.w.frame.cancel), save];
        let (_, responses) = buttons_right(ui, pos2(area.right(), y), buttons, 32.0);
        let clicked = |nth: usize| responses.get(nth).is_some_and(Response::clicked);
        let entered = (name.lost_focus() || number.lost_focus())
            && ui.input(|input| input.key_pressed(Key::Enter));
        if clicked(1) || entered || page.keys.save || page.keys.primary {
            self.save(out);
        }
        clicked(0).then_some(MerchantFormAction::Drop)
    }
}
