//! The mappings that are kept with a merchant: which there are, another name for one, and forgetting one.

use egui::{Context, Rect, Ui, pos2, vec2};

use crate::action::Outbox;
use crate::page::Page;
use crate::paint;
use crate::theme::TypeStyle;
use crate::widgets::button::Button;
use crate::widgets::dialog::{Dialog, Ended, REFUSAL, refusal};
use crate::widgets::input::Field;
use recondesk_app::Command;
use recondesk_app::model::{KeptMapping, MerchantAsk};
use recondesk_domain::ProfileId;
use recondesk_intake::RecordKind;

/// Height of a mapping.
pub(super) const ROW: f32 = 56.0;

/// What is done to a mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MappingDeed {
    Rename,
    Remove,
}

/// The tab, and the question over it while it is open.
#[derive(Default)]
pub(super) struct MappingsTab {
    /// The merchant whose mappings were asked for.
    asked: Option<ProfileId>,
    about: Option<(MappingDeed, String)>,
    name: String,
    opened: bool,
    /// The deed went out, and its end is not known yet.
    sent: bool,
    refused: bool,
}

/// Those of a merchant, once they are known.
pub(super) fn known<'a>(page: &Page<'a>, id: ProfileId) -> &'a [KeptMapping] {
    match page.state.merchant_answers.mappings.value() {
        Some((of, all)) if *of == id => all,
        _ => &[],
    }
}

impl MappingsTab {
    /// Draws the list; questions go out.
    pub(super) fn show(
        &mut self,
        ui: &Ui,
        area: Rect,
        page: &Page<'_>,
        (id, out): (ProfileId, &mut Outbox),
    ) {
        let (t, m) = (page.t, &page.w.merchants);
        if self.asked != Some(id) {
            self.asked = Some(id);
            out.run(Command::Merchant(MerchantAsk::Mappings(id)));
        }
        let all = known(page, id);
        if all.is_empty() {
            let slot = &page.state.merchant_answers.mappings;
            let words = match slot.failure() {
                Some(failure) => page.w.of(&failure.title),
                None if slot.is_loading() => page.w.frame.loading,
                None => m.mappings_none,
            };
            let at = pos2(area.left(), area.top() + 14.0);
            let style = (TypeStyle::Body, t.text_2);
            let (place, _) = paint::fit(ui.painter(), at, area.width(), words, style);
            paint::say(ui, "no mappings", place, words);
        }
        for (nth, mapping) in all.iter().enumerate() {
            let top = area.top() + nth as f32 * ROW;
            let row = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), ROW));
            if let Some(deed) = mapping_row(ui, row, page, nth, mapping) {
                self.about = Some((deed, mapping.name.clone()));
                self.name.clone_from(&mapping.name);
                (self.opened, self.sent, self.refused) = (false, false, false);
            }
        }
        self.question(ui, page, id, out);
    }

    fn question(&mut self, ctx: &Context, page: &Page<'_>, id: ProfileId, out: &mut Outbox) {
        let Some((deed, name)) = self.about.clone() else {
            return;
        };
        if self.sent && !page.state.deed.is_loading() {
            self.sent = false;
            self.refused = page.state.deed.failure().is_some();
            if !self.refused {
                self.about = None;
                return;
            }
        }
        let m = &page.w.merchants;
        let title = match deed {
            MappingDeed::Rename => (m.rename_title)(&name),
            MappingDeed::Remove => (m.forget_title)(&name),
        };
        let failure = page.state.deed.failure().filter(|_| self.refused);
        let refused = failure.map(|failure| {
            let (title, advice) = (page.w.of(&failure.title), page.w.advice(failure));
            format!("{title}\n{advice}").trim_end().to_owned()
        });
        let is_named = deed == MappingDeed::Remove || !self.name.trim().is_empty();
        let dialog = Dialog {
            name: "mapping",
            title: &title,
            width: 480.0,
            height: 48.0 + refused.as_ref().map_or(0.0, |_| REFUSAL),
            note: "",
            leave: page.w.frame.cancel,
            deed: match deed {
                MappingDeed::Rename => Button::primary(m.rename_do).key("Ctrl ↵"),
                MappingDeed::Remove => Button::secondary(m.remove_do),
            },
            ready: is_named && !self.sent,
        };
        let (text, opened) = (&mut self.name, &mut self.opened);
        let ended = dialog.show(ctx, |ui, rect| {
            match deed {
                MappingDeed::Remove => {
                    let style = (TypeStyle::Body, page.t.text_2);
                    let said = paint::paragraph(ui.painter(), rect, m.forget_note, style, 2);
                    paint::say(ui, "forget note", said, m.forget_note);
                }
                MappingDeed::Rename => {
                    let place = Rect::from_min_size(rect.min, vec2(rect.width(), 30.0));
                    let field = Field::new(text, m.mapping_name).limit(128).show(ui, place);
                    if !std::mem::replace(opened, true) {
                        field.request_focus();
                    }
                }
            }
            if let Some(words) = &refused {
                let place = Rect::from_min_max(pos2(rect.left(), rect.top() + 40.0), rect.max);
                refusal(ui, place, words);
            }
        });
        match ended {
            Ended::No => {}
            Ended::Cancelled => self.about = None,
            Ended::Done => {
                self.sent = true;
                self.refused = false;
                out.run(Command::Merchant(match deed {
                    MappingDeed::Rename => MerchantAsk::RenameMapping {
                        profile: id,
                        from: name,
                        to: self.name.trim().to_owned(),
                    },
                    MappingDeed::Remove => MerchantAsk::RemoveMapping(id, name),
                }));
            }
        }
    }
}

/// A mapping with its headers; what is to be done with it.
fn mapping_row(
    ui: &Ui,
    row: Rect,
    page: &Page<'_>,
    nth: usize,
    mapping: &KeptMapping,
) -> Option<MappingDeed> {
    let (t, m) = (page.t, &page.w.merchants);
    let p = ui.painter();
    if nth > 0 {
        paint::hline(p, row.x_range(), row.top(), t.line_weak);
    }
    let salt = nth as u64;
    let y = row.center().y;
    let remove = Button::ghost(m.forget).salt(salt);
    let remove = remove.show_right(ui, pos2(row.right(), y), 28.0);
    let at = pos2(remove.rect.left() - 8.0, y);
    let rename = Button::secondary(m.rename)
        .salt(salt)
        .show_right(ui, at, 28.0);
    let room = rename.rect.left() - row.left() - 16.0;
    let kind = match mapping.kind {
        Some(RecordKind::Orders) => m.of_orders,
        Some(RecordKind::Refunds) => m.of_refunds,
        None => m.unreadable,
    };
    let join = if page.w.is_zh() { "、" } else { ", " };
    let sources = mapping.sources.join(join);
    let at = pos2(row.left(), row.top() + 18.0);
    let style = (TypeStyle::Body, t.text_1);
    let (place, _) = paint::fit(p, at, room, &mapping.name, style);
    paint::say(ui, ("mapping", nth), place, &mapping.name);
    let words = if sources.is_empty() {
        kind.to_owned()
    } else {
        format!("{kind}  {sources}")
    };
    let at = pos2(row.left(), row.top() + 38.0);
    let style = (TypeStyle::Small, t.text_2);
    let (place, cut) = paint::fit(p, at, room, &words, style);
    let said = paint::say(ui, ("mapping of", nth), place, &words);
    if cut {
        said.on_hover_text(&words);
    }
    if rename.clicked() {
        return Some(MappingDeed::Rename);
    }
    remove.clicked().then_some(MappingDeed::Remove)
}
