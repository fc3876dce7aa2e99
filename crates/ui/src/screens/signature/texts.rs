//! The tabs with one text at the left: verify, decrypt; and their answers.

use egui::{Rect, ScrollArea, Sense, Stroke, TextEdit, Ui, pos2, vec2};

use super::answer::{self, AnswerAction};
use super::form::FormAction;
use super::key::{KeyField, caption};
use crate::page::{Page, cut_top};
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::{Button, icon_button};
use crate::widgets::{card, tabs, visible};
use crate::{icons, paint};
use recondesk_app::Remote;
use recondesk_app::model::{LabAnswer, LabAsk, LabTab, MeantField, OpenKind, Verified};

/// What the left side holds.
#[derive(Default)]
pub(super) struct TextTabs {
    verify: String,
    decrypt: String,
    kind: OpenKind,
}

const KINDS: [OpenKind; 3] = [OpenKind::Notice, OpenKind::Field, OpenKind::Seal];

/// Bytes of a text up to which it can be edited; more is only shown.
const MOST_EDITED: usize = 256 << 10;

impl TextTabs {
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        page: &Page<'_>,
        (tab, key): (LabTab, &mut KeyField),
    ) -> Option<FormAction> {
        let w = &page.w.signature;
        paint::card(ui.painter(), rect, page.t);
        let inner = rect.shrink2(vec2(15.0, 12.0));
        let (key_line, rest) = cut_top(inner, 50.0, 8.0);
        key.show(ui, key_line, page);
        let rest = if tab == LabTab::Decrypt {
            let (line, rest) = cut_top(rest, 30.0, 10.0);
            let chosen = KINDS.iter().position(|kind| *kind == self.kind);
            let width = tabs::segments_width(ui, &w.open_kinds);
            let line = line.with_max_x(line.left() + width);
            let picked = tabs::segments(ui, line, w.part, &w.open_kinds, chosen.unwrap_or(0));
            if let Some(kind) = picked.and_then(|nth| KINDS.get(nth)) {
                self.kind = *kind;
            }
            rest
        } else {
            rest
        };
        let room = (rest.height() - 50.0).max(80.0);
        let (place, foot) = cut_top(rest, room, 10.0);
        let (text, hint) = match (tab, self.kind) {
            (LabTab::Verify, _) => (&mut self.verify, w.verify_hint),
            (_, OpenKind::Notice) => (&mut self.decrypt, w.decrypt_hint),
            (_, OpenKind::Field) => (&mut self.decrypt, w.field_hint),
            (_, OpenKind::Seal) => (&mut self.decrypt, w.seal_hint),
        };
        caption(ui, place, page, (w.text, true, ""));
        let area = Rect::from_min_max(pos2(place.left(), place.top() + 20.0), place.max);
        area_of_text(ui, area, page, (text, w.text, hint));
        let text = if tab == LabTab::Verify {
            &self.verify
        } else {
            &self.decrypt
        };
        let is_ready = key.is_ready() && !text.trim().is_empty();
        let name = match (tab, self.kind) {
            (LabTab::Verify, _) => w.verify,
            (_, OpenKind::Seal) => w.seal,
            _ => w.decrypt,
        };
        let at = pos2(foot.left(), foot.top() + 16.0);
        let deed = Button::primary(name)
            .key("Ctrl ↵")
            .enabled_or(is_ready, w.empty);
        let pressed = deed.show_left(ui, at, 32.0).clicked() || page.keys.primary;
        if !(pressed && is_ready) {
            return None;
        }
        self.ask(tab, key).map(|ask| FormAction::Ask(Box::new(ask)))
    }

    fn ask(&self, tab: LabTab, key: &KeyField) -> Option<LabAsk> {
        let key = key.choice()?;
        let filled = |text: &String| (!text.trim().is_empty()).then(|| text.clone());
        match tab {
            LabTab::Verify => Some(LabAsk::Verify(filled(&self.verify)?, key)),
            LabTab::Decrypt => Some(LabAsk::Decrypt(self.kind, filled(&self.decrypt)?, key)),
            _ => None,
        }
    }
}

/// A framed text of many lines.
pub(super) fn area_of_text(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    (text, name, hint): (&mut String, &str, &str),
) {
    let t = page.t;
    paint::framed(
        ui.painter(),
        rect,
        6,
        t.surface,
        Stroke::new(t.hairline, t.line_input),
    );
    let id = paint::id(ui, ("text", name));
    take_long_paste(ui, id, text);
    if text.len() > MOST_EDITED {
        long_text(ui, rect, page, text, name);
        return;
    }
    let hint = egui::RichText::new(hint)
        .font(TypeStyle::Small.font())
        .color(t.text_3);
    paint::region(ui, rect.shrink2(vec2(9.0, 8.0)), "text", |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let edit = TextEdit::multiline(text)
                .id(id)
                .font(egui::FontSelection::FontId(TypeStyle::Mono.font()))
                .text_color(t.text_1)
                .hint_text(hint)
                .frame(egui::Frame::NONE)
                .margin(egui::Margin::ZERO)
                .char_limit(16 << 20)
                .desired_width(rect.width() - 20.0)
                .min_size(rect.shrink2(vec2(10.0, 9.0)).size());
            ui.add(edit);
        });
    });
    ui.accesskit_node_builder(id, |node| node.set_label(name));
}

/// A text too long to be laid out in every frame goes past the field.
fn take_long_paste(ui: &Ui, id: egui::Id, text: &mut String) {
    if !ui.memory(|memory| memory.has_focus(id)) {
        return;
    }
    let pasted = ui.input_mut(|input| {
        let is_long =
            |event: &egui::Event| matches!(event, egui::Event::Paste(new) if new.len() > MOST_EDITED);
        let at = input.events.iter().position(is_long)?;
        match input.events.remove(at) {
            egui::Event::Paste(new) => Some(new),
            _ => None,
        }
    });
    if let Some(new) = pasted {
        *text = new;
    }
}

/// The head of a long text, and the way to be rid of it.
fn long_text(ui: &mut Ui, rect: Rect, page: &Page<'_>, text: &mut String, name: &str) {
    let w = &page.w.signature;
    let (top, rest) = cut_top(rect.shrink(9.0), 28.0, 6.0);
    let bytes = recondesk_domain::group_digits(&text.len().to_string());
    let words = (w.long_text)(&bytes);
    let style = (TypeStyle::Small, page.t.text_2);
    let clear = Button::ghost(w.clear).show_right(ui, top.right_center(), 28.0);
    let room = clear.rect.left() - top.left() - 8.0;
    let (place, _) = paint::fit(ui.painter(), top.left_center(), room, &words, style);
    paint::say(ui, ("long", name), place, &words);
    let head = text.as_bytes();
    let head = head.get(..4096).unwrap_or(head);
    let shown = wechatpay_codec::lab::visible::harmless_line(head);
    let painter = ui.painter().with_clip_rect(rest.intersect(ui.clip_rect()));
    let style = (TypeStyle::Mono, page.t.text_2);
    paint::paragraph(&painter, rest, &shown, style, usize::MAX);
    if clear.clicked() {
        text.clear();
    }
}

/// Draws the answer of one of these tabs.
pub(super) fn result(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    tab: LabTab,
    slot: &Remote<Box<LabAnswer>>,
) -> Option<AnswerAction> {
    if let Some(failure) = slot.failure() {
        answer::refused(ui, rect, failure);
        return None;
    }
    match slot.value().map(AsRef::as_ref) {
        Some(LabAnswer::Verified(verified)) => verified_card(ui, rect, page, verified),
        Some(LabAnswer::Plain(plain)) => {
            let body = card::titled(ui, rect, page.w.signature.plain, "");
            let copied = String::from_utf8_lossy(plain).into_owned();
            well(
                ui,
                body.shrink2(vec2(15.0, 8.0)),
                page,
                (plain, &copied, "plain"),
            );
        }
        _ => {
            let hint = match tab {
                LabTab::Verify => page.w.signature.verify_hint,
                _ => page.w.signature.decrypt_hint,
            };
            paint::card(ui.painter(), rect, page.t);
            let empty = card::Empty {
                icon: icons::SIGNATURE,
                mood: Tone::Info,
                title: hint,
                note: page.w.signature.empty_note,
                button: None,
                primary: false,
            };
            empty.show(ui, rect);
        }
    }
    None
}

/// Text to the byte in a sunken well with a way to copy it.
pub(super) fn well(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    (text, copied, salt): (&[u8], &str, &str),
) {
    let t = page.t;
    paint::framed(ui.painter(), rect, 6, t.sunken, Stroke::NONE);
    let copy = Rect::from_center_size(rect.right_top() + vec2(-18.0, 18.0), vec2(28.0, 28.0));
    let inner = Rect::from_min_max(rect.min + vec2(12.0, 8.0), rect.max - vec2(40.0, 8.0));
    paint::region(ui, inner, salt, |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let galley = visible::plain(ui.painter(), text, inner.width(), t.text_1, t);
            let (place, _) = ui.allocate_exact_size(galley.size(), Sense::hover());
            ui.painter().galley(place.min, galley, t.text_1);
            visible::say(ui, "text", place, text);
        });
    });
    // Two of them may stand in one view.
    let pressed = paint::region(ui, copy, &format!("copy {salt}"), |ui| {
        icon_button(ui, copy, icons::COPY, page.w.frame.copy, false).clicked()
    });
    if pressed {
        ui.copy_text(copied.to_owned());
    }
}

fn verified_card(ui: &mut Ui, rect: Rect, page: &Page<'_>, verified: &Verified) {
    let (t, w, lang) = (page.t, &page.w.signature, page.w.lang);
    let (top, rest) = cut_top(rect, 86.0, 12.0);
    paint::card(ui.painter(), top, t);
    let (mood, title) = match verified.fits.first() {
        Some((name, kind)) => (Tone::Ok, (w.fits)(name, kind)),
        None => (Tone::Fault, verified.refusal.get(lang).to_owned()),
    };
    card::result_bar(ui, top, mood);
    let room = top.width() - 40.0;
    let at = pos2(top.left() + 20.0, top.top() + 28.0);
    let (place, _) = paint::fit(
        ui.painter(),
        at,
        room,
        &title,
        (TypeStyle::Reason, t.text_1),
    );
    paint::say(ui, "verdict", place, &title);
    let note = format!(
        "{} • {}",
        verified.kind.get(lang),
        (w.keys_tried)(&verified.keys.to_string())
    );
    let at = pos2(top.left() + 20.0, top.bottom() - 24.0);
    paint::fit(ui.painter(), at, room, &note, (TypeStyle::Small, t.text_2));
    let rest = if verified.reply.is_empty() {
        rest
    } else {
        let (reply, rest) = cut_top(rest, 108.0, 12.0);
        let body = card::titled(ui, reply, w.reply, "");
        let text = &verified.reply;
        well(
            ui,
            body.shrink2(vec2(15.0, 4.0)),
            page,
            (text.as_bytes(), text, "reply"),
        );
        rest
    };
    meant_card(ui, rest, page, w.fields, &verified.fields);
}

/// Fields with their values and what they mean.
pub(super) fn meant_card(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    title: &str,
    fields: &[MeantField],
) {
    let (t, lang) = (page.t, page.w.lang);
    let body = card::titled(ui, rect, title, "");
    paint::region(ui, body, "meant", |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (nth, field) in fields.iter().enumerate() {
                let (line, _) =
                    ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
                let p = ui.painter();
                let y = line.center().y;
                paint::hline(p, line.x_range(), line.bottom() - 1.0, t.line_weak);
                let cell = |x: f32, room: f32, words: &str, style| {
                    paint::fit(p, pos2(line.left() + x, y), room, words, style);
                };
                let third = (line.width() - 176.0) / 2.0;
                let value = wechatpay_codec::lab::visible::harmless_line(field.value.as_bytes());
                let meaning = field.meaning.get(lang);
                cell(16.0, 150.0, &field.name, (TypeStyle::Mono, t.text_2));
                cell(172.0, third - 12.0, &value, (TypeStyle::Mono, t.text_1));
                cell(
                    172.0 + third,
                    third - 12.0,
                    meaning,
                    (TypeStyle::Small, t.text_3),
                );
                paint::say(
                    ui,
                    ("meant", nth),
                    line,
                    &format!("{}: {value} {meaning}", field.name),
                );
            }
        });
    });
}

/// JSON as it is pasted; its line ends are layout and not drawn.
pub(super) fn json_well(ui: &mut Ui, rect: Rect, page: &Page<'_>, (json, title): (&str, &str)) {
    let t = page.t;
    paint::framed(ui.painter(), rect, 6, t.sunken, Stroke::NONE);
    for (nth, line) in json.lines().enumerate() {
        let y = rect.top() + 8.0 + nth as f32 * visible::LINE;
        let area = Rect::from_min_size(
            pos2(rect.left() + 12.0, y),
            vec2(rect.width() - 52.0, visible::LINE),
        );
        let shown = line.trim_start();
        let indent = (line.len() - shown.len()) as f32 * 7.0;
        let at = pos2(area.left() + indent, area.center().y);
        paint::fit(
            ui.painter(),
            at,
            area.width() - indent,
            shown,
            (TypeStyle::Mono, t.text_1),
        );
    }
    paint::say(ui, ("set", title), rect.shrink(20.0), json);
    let copy = Rect::from_center_size(rect.right_top() + vec2(-18.0, 18.0), vec2(28.0, 28.0));
    let name = format!("{} {title}", page.w.frame.copy);
    if icon_button(ui, copy, icons::COPY, &name, false).clicked() {
        ui.copy_text(json.to_owned());
    }
}
