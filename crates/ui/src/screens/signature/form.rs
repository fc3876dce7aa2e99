//! The left card of signing and of the search: endpoint, algorithm, key, fields, the signature that came out.

use super::cell::{NAMES, ROW, cell};
use super::key::{KeyField, caption};
use super::request::V3Message;
use crate::page::{Page, cut_left, cut_top};
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::Button;
use crate::widgets::input::{self, Field};
use crate::widgets::tabs;
use crate::{icons, paint};
use egui::{Rect, ScrollArea, Sense, Stroke, Ui, pos2, vec2};
use recondesk_app::model::{LabAsk, LabChoice, LabFill, LabMessage, LabTab, SendAsk, WhyAsk};
use recondesk_domain::SignType;
use wechatpay_codec::lab::paste::HttpPart;
use wechatpay_codec::lab::sending::refusal;
use wechatpay_codec::lab::template::{FieldProblem, Template, check};
use wechatpay_codec::lab::template_v3::TemplateV3;
use wechatpay_codec::lab::visible::harmless_line;
use wechatpay_codec::{Param, Params};

/// Bytes of a value up to which it can be edited in its cell.
const MOST_EDITED: usize = 16_384;

/// What the form asks of the screen.
pub(super) enum FormAction {
    /// The template was changed.
    Refill,
    /// The deed was pressed.
    Ask(Box<LabAsk>),
}

/// What the form holds.
pub(super) struct RequestForm {
    pub(super) choice: LabChoice,
    pub(super) key: KeyField,
    pub(super) given: String,
    sign_type: SignType,
    fields: Vec<(String, String)>,
    new_name: String,
    request: Option<Box<V3Message>>,
    other_side: String,
    problems: Vec<FieldProblem>,
    checked: Vec<(String, String)>,
}

impl Default for RequestForm {
    fn default() -> Self {
        Self {
            choice: LabChoice::V2(Template::OrderJsapi),
            key: KeyField::default(),
            given: String::new(),
            sign_type: SignType::Md5,
            fields: Vec::new(),
            new_name: String::new(),
            request: None,
            other_side: String::new(),
            problems: Vec::new(),
            checked: Vec::new(),
        }
    }
}

impl RequestForm {
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.request.is_none()
    }

    /// Takes the fields of a template or of a pasted message.
    pub(super) fn take(&mut self, fill: &LabFill) {
        let own = |params: &Params| {
            let pair = |param: &Param| (param.name.clone(), param.value.clone());
            params.iter().map(pair).collect()
        };
        match fill {
            LabFill::Fields(template, params) => {
                self.choice = LabChoice::V2(*template);
                self.request = None;
                self.fields = own(params);
            }
            LabFill::Request(template, http) => {
                self.choice = LabChoice::V3(*template);
                self.request = Some(Box::new(V3Message::of(http)));
                self.fields.clear();
            }
            LabFill::Taken(pasted) => {
                self.choice = LabChoice::V2(template_of(&pasted.params, pasted.endpoint));
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
                let http = pasted.http.as_ref().filter(is_v3);
                self.request = http.map(|http| Box::new(V3Message::of(http)));
                if self.request.is_some() {
                    self.choice = LabChoice::V3(TemplateV3::Free);
                }
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

    fn message(&self) -> LabMessage {
        match &self.request {
            Some(request) => LabMessage::V3(Box::new(request.http())),
            None => LabMessage::V2(self.params(), self.sign_type),
        }
    }

    const fn template(&self) -> Template {
        match self.choice {
            LabChoice::V2(template) => template,
            LabChoice::V3(_) => Template::Free,
        }
    }

    /// True when nothing is missing for the question of that tab.
    fn is_ready(&self, tab: LabTab) -> bool {
        let has_given = || !self.given.trim().is_empty() || self.request.is_some();
        self.key.is_ready() && !self.is_empty() && (tab == LabTab::Sign || has_given())
    }

    /// The question of that tab; `None` while something is missing.
    pub(super) fn ask(&self, tab: LabTab) -> Option<LabAsk> {
        let key = self.key.choice().filter(|_| self.is_ready(tab))?;
        if tab == LabTab::Sign {
            return Some(LabAsk::Sign(self.template(), self.message(), key));
        }
        Some(LabAsk::Why(Box::new(WhyAsk {
            message: self.message(),
            given: self.given.trim().to_owned(),
            other_side: self.other_side.clone(),
            key,
        })))
    }

    /// Why the message cannot be sent from here; `None` when it can.
    fn unsendable<'a>(&self, page: &Page<'a>) -> Option<&'a str> {
        let w = &page.w.signature;
        let LabChoice::V2(template) = self.choice else {
            return Some(w.send_v2_only);
        };
        let Some(endpoint) = template.endpoint() else {
            return Some(w.send_no_endpoint);
        };
        let profile = self.key.profile();
        let row = page
            .state
            .merchants
            .iter()
            .find(|row| Some(row.id) == profile);
        let Some(row) = row else {
            return Some(w.send_no_profile);
        };
        refusal(endpoint, &row.profile.gateway).map(|why| page.w.lang.pick(why.zh, why.en))
    }

    fn send(&self) -> Option<LabAsk> {
        Some(LabAsk::Send(Box::new(SendAsk {
            endpoint: self.template().endpoint()?,
            params: self.params(),
            sign_type: self.sign_type,
            profile: self.key.profile()?,
        })))
    }

    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        page: &Page<'_>,
        tab: LabTab,
    ) -> Option<FormAction> {
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
                .face(TypeStyle::Mono)
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
        match &self.request {
            Some(request) => request.rows(),
            None => self.fields.len() + 1,
        }
    }

    fn kind_row(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>) -> Option<FormAction> {
        let w = &page.w.signature;
        let names = ["MD5", "HMAC-SHA256"];
        let wide = tabs::segments_width(ui, &names);
        let (left, right) = cut_left(rect, rect.width() - wide - 10.0, 10.0);
        caption(ui, left, page, (w.endpoint, false, ""));
        let lines = |rect: Rect| Rect::from_min_max(pos2(rect.left(), rect.top() + 20.0), rect.max);
        let lang = page.w.lang;
        let v2 = Template::ALL.into_iter().map(|template| {
            let name = template.name();
            (LabChoice::V2(template), lang.pick(name.zh, name.en))
        });
        let v3 = TemplateV3::ALL.into_iter().map(|template| {
            let name = template.name();
            (LabChoice::V3(template), lang.pick(name.zh, name.en))
        });
        let options: Vec<(LabChoice, &str)> = v2.chain(v3).collect();
        let mut refill = None;
        if let Some(choice) = input::select(ui, lines(left), w.endpoint, &options, self.choice) {
            self.choice = choice;
            refill = Some(FormAction::Refill);
        }
        if self.request.is_some() {
            caption(ui, right, page, (w.algorithm, false, ""));
            input::read_only(ui, lines(right), "SHA256-RSA2048", w.algorithm);
            return refill;
        }
        caption(ui, right, page, (w.algorithm, false, ""));
        let chosen = usize::from(self.sign_type == SignType::HmacSha256);
        if let Some(nth) = tabs::segments(ui, lines(right), w.algorithm, &names, chosen) {
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
        let note = match &self.request {
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
            self.problems = check(self.template(), &self.params(), page.state.now);
            self.checked.clone_from(&self.fields);
        }
        paint::region(ui, frame.shrink(1.0), "fields", |ui| {
            ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                if let Some(request) = &mut self.request {
                    request.show(ui, page);
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
            let (place, cut) = paint::fit(p, at, NAMES - 12.0, name, (TypeStyle::Mono, color));
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
            if value.len() > MOST_EDITED {
                // Too much to lay out in every frame; it is signed whole.
                let head: String = value.chars().take(200).collect();
                let shown = harmless_line(head.as_bytes());
                let at = edit.left_center();
                paint::fit(
                    ui.painter(),
                    at,
                    edit.width(),
                    &shown,
                    (TypeStyle::Mono, color),
                );
                paint::say(ui, ("long", nth), edit, &shown).on_hover_text(w.cut);
            } else {
                let label = format!("{} {name}", w.fields);
                cell(ui, edit, (value, &label), (hint, color), t.text_3);
            }
            if let Some(problem) = problem {
                let at = pos2(line.right() - 14.0, line.center().y);
                let mood = match problem.level {
                    wechatpay_codec::lab::template::Level::Wrong => Tone::Urgent,
                    wechatpay_codec::lab::template::Level::Doubtful => Tone::Fault,
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
        caption(ui, rect, page, (w.given, self.request.is_none(), ""));
        let line = Rect::from_min_max(pos2(rect.left(), rect.top() + 20.0), rect.max);
        Field::new(&mut self.given, w.given)
            .face(TypeStyle::Mono)
            .hint(w.given_hint)
            .show(ui, line);
    }

    fn deed(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        page: &Page<'_>,
        tab: LabTab,
    ) -> Option<FormAction> {
        let w = &page.w.signature;
        let name = if tab == LabTab::Sign { w.sign } else { w.find };
        let is_ready = self.is_ready(tab);
        let y = rect.top() + 16.0;
        let deed = Button::primary(name)
            .key("Ctrl ↵")
            .enabled_or(is_ready, w.empty);
        let pressed = deed.show_left(ui, pos2(rect.left(), y), 32.0);
        let mut right = pressed.rect.right();
        if tab == LabTab::Sign {
            let why = self.unsendable(page);
            let send = Button::secondary(w.send).enabled_or(why.is_none(), why.unwrap_or(""));
            let sending = send.show_left(ui, pos2(right + 8.0, y), 32.0);
            right = sending.rect.right();
            if sending.clicked() {
                return self.send().map(|ask| FormAction::Ask(Box::new(ask)));
            }
        }
        let clear = Button::ghost(w.clear);
        if clear.show_left(ui, pos2(right + 8.0, y), 32.0).clicked() {
            self.given.clear();
            self.other_side.clear();
            self.key.forget();
            return Some(FormAction::Refill);
        }
        if pressed.clicked() || page.keys.primary {
            return self.ask(tab).map(|ask| FormAction::Ask(Box::new(ask)));
        }
        None
    }
}

/// The endpoint of a pasted message: by its address, else by the fields it has.
fn template_of(params: &Params, endpoint: Option<wechatpay_codec::v2::Endpoint>) -> Template {
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
