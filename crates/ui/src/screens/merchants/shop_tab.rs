//! The form of a merchant: how the shop is reached when goods are missing, and whether anything may be moved from here.

use egui::{Rect, Ui, pos2};

use super::form::MerchantForm;
use super::form_rows::FormRows;
use crate::page::Page;
use crate::widgets::check::check_box;
use crate::widgets::input::Field;

impl MerchantForm {
    pub(super) fn shop(&mut self, ui: &mut Ui, area: Rect, page: &Page<'_>) {
        let m = &page.w.merchants;
        let mut lines = FormRows {
            area,
            top: area.top(),
        };
        let error = self.problem("shop_url", page);
        let place = lines.next(ui, page, (m.shop_url, false), error.ok_or(m.shop_url_help));
        Field::new(&mut self.draft.shop_url, m.shop_url)
            .error(error.is_some())
            .limit(512)
            .show(ui, place);
        let error = self.problem("notify_url", page);
        let place = lines.next(ui, page, (m.notify_url, false), error.ok_or(m.notify_help));
        Field::new(&mut self.draft.notify_url, m.notify_url)
            .error(error.is_some())
            .limit(512)
            .show(ui, place);
        let at = pos2(area.left(), lines.top + 18.0);
        let chosen = self.draft.read_only;
        if check_box(ui, at, (m.read_only, ""), chosen, true).clicked() {
            self.draft.read_only = !chosen;
        }
        let style = (crate::theme::TypeStyle::Small, page.t.text_3);
        let at = pos2(area.left() + 26.0, at.y + 24.0);
        crate::paint::left(ui.painter(), at, m.read_only_help, style);
    }
}
