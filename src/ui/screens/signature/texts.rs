//! The tabs with one text or two fields at the left: verify, front end, decrypt; and their answers.

use egui::{Rect, ScrollArea, Sense, Stroke, TextEdit, Ui, pos2, vec2};

use super::answer::{self, Act as Right};
use super::form::Act;
use super::key::{KeyField, caption};
use crate::app::Remote;
use crate::app::model::{LabAnswer, LabAsk, LabTab, PayMethod, Verified};
use crate::ui::page::{Page, cut_top};
use crate::ui::theme::{Face, Mood};
use crate::ui::widgets::button::{Button, icon_button};
use crate::ui::widgets::input::Field;
use crate::ui::widgets::{card, label, visible};
use crate::ui::{icons, paint};
use crate::wechat::front_end::PaySet;

/// What the left side holds.
#[derive(Default)]
pub(super) struct Texts {
    verify: String,
    decrypt: String,
    prepay: String,
    appid: String,
    method: PayMethod,
}

impl Texts {
    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        page: &Page<'_>,
        (tab, key): (LabTab, &mut KeyField),
    ) -> Option<Act> {
        let w = &page.w.signature;
        paint::card(ui.painter(), rect, page.t);
        let inner = rect.shrink2(vec2(15.0, 12.0));
        let (key_line, rest) = cut_top(inner, 50.0, 8.0);
        key.show(ui, key_line, page);
        let foot = if tab == LabTab::FrontEnd {
            let (fields, foot) = cut_top(rest, 170.0, 10.0);
            self.front_end(ui, fields, page);
            foot
        } else {
            let room = (rest.height() - 50.0).max(80.0);
            let (place, foot) = cut_top(rest, room, 10.0);
            let (text, hint) = match tab {
                LabTab::Verify => (&mut self.verify, w.verify_hint),
                _ => (&mut self.decrypt, w.decrypt_hint),
            };
            caption(ui, place, page, (w.text, true, ""));
            let area = Rect::from_min_max(pos2(place.left(), place.top() + 20.0), place.max);
            area_of_text(ui, area, page, (text, w.text, hint));
            foot
        };
        let ask = self.ask(tab, key);
        let name = match tab {
            LabTab::Verify => w.verify,
            LabTab::FrontEnd => w.make,
            _ => w.decrypt,
        };
        let at = pos2(foot.left(), foot.top() + 16.0);
        let deed = Button::primary(name)
            .key("Ctrl ↵")
            .enabled_or(ask.is_some(), w.empty);
        let pressed = deed.show_left(ui, at, 32.0).clicked() || page.keys.primary;
        ask.filter(|_| pressed).map(|ask| Act::Ask(Box::new(ask)))
    }

    fn ask(&self, tab: LabTab, key: &KeyField) -> Option<LabAsk> {
        let key = key.choice()?;
        let filled = |text: &String| (!text.trim().is_empty()).then(|| text.clone());
        match tab {
            LabTab::Verify => Some(LabAsk::Verify(filled(&self.verify)?, key)),
            LabTab::Decrypt => Some(LabAsk::Decrypt(filled(&self.decrypt)?, key)),
            LabTab::FrontEnd => {
                let prepay = filled(&self.prepay)?;
                Some(LabAsk::FrontEnd(
                    prepay,
                    self.appid.clone(),
                    self.method,
                    key,
                ))
            }
            _ => None,
        }
    }

    fn front_end(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>) {
        let w = &page.w.signature;
        let below = |rect: Rect| Rect::from_min_max(pos2(rect.left(), rect.top() + 20.0), rect.max);
        let (line, rest) = cut_top(rect, 50.0, 8.0);
        caption(ui, line, page, (w.prepay, true, ""));
        Field::new(&mut self.prepay, w.prepay)
            .face(Face::Mono)
            .show(ui, below(line));
        let (line, rest) = cut_top(rest, 50.0, 8.0);
        caption(ui, line, page, (w.appid, false, w.appid_hint));
        Field::new(&mut self.appid, w.appid)
            .face(Face::Mono)
            .show(ui, below(line));
        caption(ui, rest, page, (w.method, false, ""));
        let names = ["MD5", "HMAC-SHA256", "RSA (APIv3)"];
        let methods = [PayMethod::Md5, PayMethod::HmacSha256, PayMethod::Rsa];
        let chosen = methods.iter().position(|method| *method == self.method);
        let size = vec2(label::segments_width(ui, &names), 30.0);
        let place = Rect::from_min_size(below(rest).min, size);
        if let Some(method) = label::segments(ui, place, w.method, &names, chosen.unwrap_or(0))
            .and_then(|nth| methods.get(nth))
        {
            self.method = *method;
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
    let hint = egui::RichText::new(hint)
        .font(Face::Small.font())
        .color(t.text_3);
    paint::region(ui, rect.shrink(1.0), "text", |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            let edit = TextEdit::multiline(text)
                .id(id)
                .font(egui::FontSelection::FontId(Face::Mono.font()))
                .text_color(t.text_1)
                .hint_text(hint)
                .frame(egui::Frame::NONE)
                .margin(egui::Margin::same(9))
                .char_limit(16 << 20)
                .desired_width(rect.width() - 20.0)
                .min_size(rect.shrink(2.0).size());
            ui.add(edit);
        });
    });
    ui.accesskit_node_builder(id, |node| node.set_label(name));
}

/// Draws the answer of one of these tabs.
pub(super) fn result(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    (tab, slot): (LabTab, &Remote<Box<LabAnswer>>),
) -> Option<Right> {
    if let Some(failure) = slot.failure() {
        answer::refused(ui, rect, failure);
        return None;
    }
    match slot.value().map(AsRef::as_ref) {
        Some(LabAnswer::Verified(verified)) => verified_card(ui, rect, page, verified),
        Some(LabAnswer::FrontEnd(sets)) => front_end_cards(ui, rect, page, sets),
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
                LabTab::Decrypt => page.w.signature.decrypt_hint,
                _ => page.w.signature.never_proof,
            };
            paint::card(ui.painter(), rect, page.t);
            let empty = card::Empty {
                icon: icons::SIGNATURE,
                mood: Mood::Info,
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
fn well(ui: &mut Ui, rect: Rect, page: &Page<'_>, (text, copied, salt): (&[u8], &str, &str)) {
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
    if icon_button(ui, copy, icons::COPY, page.w.frame.copy, false).clicked() {
        ui.copy_text(copied.to_owned());
    }
}

fn verified_card(ui: &mut Ui, rect: Rect, page: &Page<'_>, verified: &Verified) {
    let (t, w, lang) = (page.t, &page.w.signature, page.w.lang);
    let (top, rest) = cut_top(rect, 86.0, 12.0);
    paint::card(ui.painter(), top, t);
    let (mood, title) = match verified.fits.first() {
        Some((name, kind)) => (Mood::Ok, (w.fits)(name, kind)),
        None => (Mood::Fault, verified.refusal.get(lang).to_owned()),
    };
    card::result_bar(ui, top, mood);
    let room = top.width() - 40.0;
    let at = pos2(top.left() + 20.0, top.top() + 28.0);
    let (place, _) = paint::fit(ui.painter(), at, room, &title, (Face::Reason, t.text_1));
    paint::say(ui, "verdict", place, &title);
    let note = format!(
        "{} • {}",
        verified.kind.get(lang),
        (w.keys_tried)(&verified.keys.to_string())
    );
    let at = pos2(top.left() + 20.0, top.bottom() - 24.0);
    paint::fit(ui.painter(), at, room, &note, (Face::Small, t.text_2));
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
    let body = card::titled(ui, rest, w.fields, "");
    paint::region(ui, body, "meant", |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (nth, field) in verified.fields.iter().enumerate() {
                let (line, _) =
                    ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::hover());
                let p = ui.painter();
                let y = line.center().y;
                paint::hline(p, line.x_range(), line.bottom() - 1.0, t.line_weak);
                let cell = |x: f32, room: f32, words: &str, style| {
                    paint::fit(p, pos2(line.left() + x, y), room, words, style);
                };
                let third = (line.width() - 176.0) / 2.0;
                let value = crate::wechat::lab::visible::harmless_line(field.value.as_bytes());
                let meaning = field.meaning.get(lang);
                cell(16.0, 150.0, &field.name, (Face::Mono, t.text_2));
                cell(172.0, third - 12.0, &value, (Face::Mono, t.text_1));
                cell(
                    172.0 + third,
                    third - 12.0,
                    meaning,
                    (Face::Small, t.text_3),
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

fn front_end_cards(ui: &mut Ui, rect: Rect, page: &Page<'_>, sets: &[PaySet]) {
    let w = &page.w.signature;
    let lang = page.w.lang;
    paint::region(ui, rect, "sets", |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 12.0;
            for set in sets {
                let json = set.json();
                let lines = json.lines().count() as f32;
                let size = vec2(ui.available_width(), 42.0 + lines * visible::LINE + 32.0);
                let (card_rect, _) = ui.allocate_exact_size(size, Sense::hover());
                let name = set.front_end.name();
                let title = lang.pick(name.zh, name.en);
                let body = card::titled(ui, card_rect, title, w.never_proof);
                json_well(ui, body.shrink2(vec2(15.0, 8.0)), page, (&json, title));
            }
        });
    });
}

/// JSON as it is pasted; its line ends are layout and not drawn.
fn json_well(ui: &mut Ui, rect: Rect, page: &Page<'_>, (json, title): (&str, &str)) {
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
            (Face::Mono, t.text_1),
        );
    }
    paint::say(ui, ("set", title), rect.shrink(20.0), json);
    let copy = Rect::from_center_size(rect.right_top() + vec2(-18.0, 18.0), vec2(28.0, 28.0));
    let name = format!("{} {title}", page.w.frame.copy);
    if icon_button(ui, copy, icons::COPY, &name, false).clicked() {
        ui.copy_text(json.to_owned());
    }
}
