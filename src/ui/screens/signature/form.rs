//! The left card of signing and of the search: endpoint, algorithm, key, fields, the signature that came out.

use super::key::{KeyField, caption};
use crate::app::model::{LabAsk, LabFill, LabTab, Message, WhyAsk};
use crate::domain::SignType;
use crate::ui::page::{Page, cut_left, cut_top};
use crate::ui::theme::{Face, Mood};
use crate::ui::widgets::button::Button;
use crate::ui::widgets::input::{self, Field};
use crate::ui::widgets::label;
use crate::ui::{icons, paint};
use crate::wechat::lab::paste::HttpPart;
use crate::wechat::lab::template::{Problem, Template, check};
use crate::wechat::{Param, Params};
use egui::{
    FontSelection, Frame, Margin, Rect, ScrollArea, Sense, Stroke, TextEdit, Ui, pos2, vec2,
};

const ROW: f32 = 28.0;
const NAMES: f32 = 132.0;

/// What the form asks of the screen.
pub(super) enum Act {
    /// The template was changed.
    Refill,
    /// The deed was pressed.
    Ask(Box<LabAsk>),
}

/// What the form holds.
pub(super) struct Form {
    pub(super) template: Template,
    pub(super) key: KeyField,
    pub(super) given: String,
    sign_type: SignType,
    fields: Vec<(String, String)>,
    new_name: String,
    http: Option<Box<HttpPart>>,
    other_side: String,
    problems: Vec<Problem>,
    checked: Vec<(String, String)>,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            template: Template::OrderJsapi,
            key: KeyField::default(),
            given: String::new(),
            sign_type: SignType::Md5,
            fields: Vec::new(),
            new_name: String::new(),
            http: None,
            other_side: String::new(),
            problems: Vec::new(),
            checked: Vec::new(),
        }
    }
}

impl Form {
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.http.is_none()
    }

    /// Takes the fields of a template or of a pasted message.
    pub(super) fn take(&mut self, fill: &LabFill) {
        let own = |params: &Params| {
            let pair = |param: &Param| (param.name.clone(), param.value.clone());
            params.iter().map(pair).collect()
        };
        match fill {
            LabFill::Fields(template, params) => {
                self.template = *template;
                self.http = None;
                self.fields = own(params);
            }
            LabFill::Taken(pasted) => {
                self.template = template_of(&pasted.params, pasted.endpoint);
                self.fields = own(&pasted.params);
                let signed = ["sign", "paySign"];
                if let Some(sign) = signed.iter().find_map(|name| pasted.params.filled(name)) {
                    sign.clone_into(&mut self.given);
                } else {
                    self.given.clear();
                }
                let is_v3 = |http: &&HttpPart| {
                    ["Authorization", "Wechatpay-Signature"]
                        .iter()
                        .any(|name| http.header(name).is_some())
                        || http.target.starts_with("/v3/")
                };
                self.http = pasted.http.as_ref().filter(is_v3).cloned().map(Box::new);
            }
        }
        match self.value("sign_type").or_else(|| self.value("signType")) {
            Some("HMAC-SHA256") => self.sign_type = SignType::HmacSha256,
            Some("MD5" | "") | None => self.sign_type = SignType::Md5,
            Some(_) => {}
        }
    }

    fn value(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    fn params(&self) -> Params {
        let filled = self.fields.iter();
        filled
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    fn message(&self) -> Message {
        match &self.http {
            Some(http) => Message::V3(http.clone()),
            None => Message::V2(self.params(), self.sign_type),
        }
    }

    /// The question of that tab; `None` while something is missing.
    pub(super) fn ask(&self, tab: LabTab) -> Option<LabAsk> {
        let key = self.key.choice()?;
        if self.is_empty() {
            return None;
        }
        if tab == LabTab::Sign {
            return Some(LabAsk::Sign(self.template, self.message(), key));
        }
        let given = self.given.trim().to_owned();
        (!given.is_empty() || self.http.is_some()).then(|| {
            LabAsk::Why(Box::new(WhyAsk {
                message: self.message(),
                given,
                other_side: self.other_side.clone(),
                key,
            }))
        })
    }

    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        page: &Page<'_>,
        tab: LabTab,
    ) -> Option<Act> {
        let w = &page.w.signature;
        paint::card(ui.painter(), rect, page.t);
        let inner = rect.shrink2(vec2(15.0, 12.0));
        let (top, rest) = cut_top(inner, 50.0, 6.0);
        let refill = self.kind_row(ui, top, page);
        let (key, rest) = cut_top(rest, 50.0, 8.0);
        self.key.show(ui, key, page);
        let explains = tab == LabTab::Explain;
        let foot = if explains { 152.0 } else { 46.0 };
        let room = (rest.height() - foot - 20.0).max(60.0);
        let rows = self.rows() as f32 * ROW + 2.0;
        let (grid, rest) = cut_top(rest, 20.0 + rows.min(room), 10.0);
        self.grid(ui, grid, page);
        let deed_line = if explains {
            let (given, rest) = cut_top(rest, 50.0, 4.0);
            self.given_row(ui, given, page);
            let (other, rest) = cut_top(rest, 50.0, 8.0);
            caption(ui, other, page, (w.other_side, false, w.optional));
            let line = Rect::from_min_max(pos2(other.left(), other.top() + 20.0), other.max);
            Field::new(&mut self.other_side, w.other_side)
                .face(Face::Mono)
                .limit(1 << 20)
                .show(ui, line);
            rest
        } else {
            rest
        };
        let deed = self.deed(ui, deed_line, page, tab);
        refill.or(deed)
    }

    fn rows(&self) -> usize {
        match &self.http {
            Some(http) => 3 + http.headers.len(),
            None => self.fields.len() + 1,
        }
    }

    fn kind_row(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>) -> Option<Act> {
        let w = &page.w.signature;
        let names = ["MD5", "HMAC-SHA256"];
        let wide = label::segments_width(ui, &names);
        let (left, right) = cut_left(rect, rect.width() - wide - 10.0, 10.0);
        caption(ui, left, page, (w.endpoint, false, ""));
        let lines = |rect: Rect| Rect::from_min_max(pos2(rect.left(), rect.top() + 20.0), rect.max);
        if self.http.is_some() {
            input::read_only(ui, lines(left), w.v3_note, w.endpoint);
            caption(ui, right, page, (w.algorithm, false, ""));
            input::read_only(ui, lines(right), "SHA256-RSA2048", w.algorithm);
            return None;
        }
        let lang = page.w.lang;
        let options: Vec<(Template, &str)> = Template::ALL
            .into_iter()
            .map(|template| (template, lang.pick(template.name().zh, template.name().en)))
            .collect();
        let mut refill = None;
        if let Some(template) = input::select(ui, lines(left), w.endpoint, &options, self.template)
        {
            self.template = template;
            refill = Some(Act::Refill);
        }
        caption(ui, right, page, (w.algorithm, false, ""));
        let chosen = usize::from(self.sign_type == SignType::HmacSha256);
        if let Some(nth) = label::segments(ui, lines(right), w.algorithm, &names, chosen) {
            self.sign_type = if nth == 1 {
                SignType::HmacSha256
            } else {
                SignType::Md5
            };
            // The field says which one was used; it is signed itself.
            if let Some((_, value)) = self.fields.iter_mut().find(|(name, _)| name == "sign_type") {
                *value = if nth == 1 {
                    "HMAC-SHA256".to_owned()
                } else {
                    String::new()
                };
            }
        }
        refill
    }

    fn grid(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>) {
        let (t, w) = (page.t, &page.w.signature);
        let left_out = |(name, value): &&(String, String)| name == "sign" || value.is_empty();
        let dropped = self.fields.iter().filter(left_out).count();
        let note = match &self.http {
            Some(_) => String::new(),
            None => (w.fields_note)(&self.fields.len().to_string(), &dropped.to_string()),
        };
        caption(ui, rect, page, (w.fields, false, &note));
        let frame = Rect::from_min_max(pos2(rect.left(), rect.top() + 20.0), rect.max);
        paint::framed(
            ui.painter(),
            frame,
            6,
            t.surface,
            Stroke::new(t.hairline, t.line),
        );
        if self.checked != self.fields {
            self.problems = check(self.template, &self.params(), page.state.now);
            self.checked.clone_from(&self.fields);
        }
        paint::region(ui, frame.shrink(1.0), "fields", |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                if let Some(http) = self.http.clone() {
                    show_http(ui, &http, page);
                } else {
                    self.field_rows(ui, page);
                }
            });
        });
        let x = frame.left() + NAMES;
        paint::vline(ui.painter(), x, frame.y_range(), t.line_weak);
    }

    fn field_rows(&mut self, ui: &mut Ui, page: &Page<'_>) {
        let (t, w) = (page.t, &page.w.signature);
        let lang = page.w.lang;
        for (nth, (name, value)) in self.fields.iter_mut().enumerate() {
            let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
            let p = ui.painter();
            paint::hline(p, line.x_range(), line.bottom() - 1.0, t.line_weak);
            let is_out = value.is_empty() || name == "sign";
            let color = if is_out { t.disabled } else { t.text_2 };
            let at = pos2(line.left() + 9.0, line.center().y);
            let (place, cut) = paint::fit(p, at, NAMES - 12.0, name, (Face::Mono, color));
            if cut {
                paint::say(ui, ("name", nth), place, name).on_hover_text(name.as_str());
            }
            let problem = self.problems.iter().find(|problem| problem.field == *name);
            let edit = Rect::from_min_max(
                pos2(line.left() + NAMES + 9.0, line.top()),
                pos2(line.right() - 26.0, line.bottom() - 1.0),
            );
            let hint = if value.is_empty() { w.dropped } else { "" };
            let color = if is_out { t.disabled } else { t.text_1 };
            cell(
                ui,
                edit,
                (value, &format!("{} {name}", w.fields)),
                (hint, color),
                t.text_3,
            );
            if let Some(problem) = problem {
                let at = pos2(line.right() - 14.0, line.center().y);
                let mood = match problem.level {
                    crate::wechat::lab::template::Level::Wrong => Mood::Urgent,
                    crate::wechat::lab::template::Level::Doubtful => Mood::Fault,
                };
                paint::mark(ui.painter(), at, mood, t);
                let place = Rect::from_center_size(at, vec2(20.0, 20.0));
                let words = format!("{name}: {}", problem.words.get(lang));
                paint::say(ui, ("problem", nth), place, &words).on_hover_text(words);
            }
        }
        self.new_row(ui, page);
    }

    fn new_row(&mut self, ui: &mut Ui, page: &Page<'_>) {
        let (t, w) = (page.t, &page.w.signature);
        let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
        let edit = Rect::from_min_size(
            pos2(line.left() + 9.0, line.top()),
            vec2(NAMES - 12.0, ROW - 1.0),
        );
        cell(
            ui,
            edit,
            (&mut self.new_name, w.new_field),
            (w.new_field, t.text_1),
            t.text_3,
        );
        let at = pos2(line.left() + NAMES + 6.0, line.center().y);
        let ready = !self.new_name.trim().is_empty();
        let enter = ready && ui.input(|input| input.key_pressed(egui::Key::Enter));
        let pressed = ready
            && Button::ghost(w.add)
                .icon(icons::PLUS)
                .show_left(ui, at, 24.0)
                .clicked();
        if enter || pressed {
            let name = std::mem::take(&mut self.new_name);
            self.fields.push((name.trim().to_owned(), String::new()));
        }
    }

    fn given_row(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>) {
        let w = &page.w.signature;
        caption(ui, rect, page, (w.given, self.http.is_none(), ""));
        let line = Rect::from_min_max(pos2(rect.left(), rect.top() + 20.0), rect.max);
        Field::new(&mut self.given, w.given)
            .face(Face::Mono)
            .hint(w.given_hint)
            .show(ui, line);
    }

    fn deed(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>, tab: LabTab) -> Option<Act> {
        let w = &page.w.signature;
        let name = if tab == LabTab::Sign { w.sign } else { w.find };
        let ask = self.ask(tab);
        let y = rect.top() + 16.0;
        let deed = Button::primary(name)
            .key("Ctrl ↵")
            .enabled_or(ask.is_some(), w.empty);
        let pressed = deed.show_left(ui, pos2(rect.left(), y), 32.0);
        let clear = Button::ghost(w.clear);
        if clear
            .show_left(ui, pos2(pressed.rect.right() + 8.0, y), 32.0)
            .clicked()
        {
            self.given.clear();
            self.other_side.clear();
            self.http = None;
            self.key.forget();
            return Some(Act::Refill);
        }
        if pressed.clicked() || page.keys.primary {
            return ask.map(|ask| Act::Ask(Box::new(ask)));
        }
        None
    }
}

/// The endpoint of a pasted message: by its address, else by the fields it has.
fn template_of(params: &Params, endpoint: Option<crate::wechat::v2::Endpoint>) -> Template {
    let ordered = match params.get("trade_type") {
        Some("NATIVE") => Some(Template::OrderNative),
        Some("APP") => Some(Template::OrderApp),
        Some("MWEB") => Some(Template::OrderH5),
        Some("JSAPI") if params.get("return_code").is_none() => Some(Template::OrderJsapi),
        _ => None,
    };
    let by_address = || {
        let endpoint = endpoint?;
        Template::ALL
            .into_iter()
            .find(|template| template.endpoint() == Some(endpoint))
    };
    ordered.or_else(by_address).unwrap_or(Template::Free)
}

fn show_http(ui: &mut Ui, http: &HttpPart, page: &Page<'_>) {
    let body = String::from_utf8_lossy(http.body.get(..512).unwrap_or(&http.body)).into_owned();
    let mut rows = vec![
        ("method", http.method.clone()),
        ("target", http.target.clone()),
    ];
    rows.extend(
        http.headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone())),
    );
    rows.push(("body", body));
    for (nth, (name, value)) in rows.iter().enumerate() {
        let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
        let t = page.t;
        let p = ui.painter();
        paint::hline(p, line.x_range(), line.bottom() - 1.0, t.line_weak);
        let y = line.center().y;
        paint::fit(
            p,
            pos2(line.left() + 9.0, y),
            NAMES - 12.0,
            name,
            (Face::Mono, t.text_2),
        );
        let shown = crate::wechat::lab::visible::harmless_line(value.as_bytes());
        let room = line.width() - NAMES - 18.0;
        let at = pos2(line.left() + NAMES + 9.0, y);
        let (place, _) = paint::fit(p, at, room, &shown, (Face::Mono, t.text_1));
        paint::say(ui, ("http", nth), place, &format!("{name}: {shown}"));
    }
}

/// A text field without a frame, for cells.
fn cell(
    ui: &mut Ui,
    rect: Rect,
    (text, name): (&mut String, &str),
    (hint, color): (&str, egui::Color32),
    hint_color: egui::Color32,
) {
    let id = paint::id(ui, ("cell", name));
    let hint = egui::RichText::new(hint)
        .font(Face::Small.font())
        .color(hint_color);
    let edit = TextEdit::singleline(text)
        .id(id)
        .font(FontSelection::FontId(Face::Mono.font()))
        .text_color(color)
        .hint_text(hint)
        .frame(Frame::NONE)
        .margin(Margin::ZERO)
        .char_limit(1 << 20)
        .align(egui::Align2::LEFT_CENTER)
        .desired_width(rect.width())
        .min_size(rect.size());
    ui.put(rect, edit);
    ui.accesskit_node_builder(id, |node| node.set_label(name));
}
