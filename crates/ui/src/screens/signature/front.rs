//! The tab of the front end: parameters to pay, `wx.config`, web authorisation, payment directories.

use egui::{Rect, ScrollArea, Sense, Ui, pos2, vec2};
use zeroize::Zeroize as _;

use super::form::FormAction;
use super::key::{KeyField, caption};
use super::texts::json_well;
use crate::page::{Page, cut_top};
use crate::paint;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::Button;
use crate::widgets::input::Field;
use crate::widgets::{card, tabs, visible};
use recondesk_app::model::{FrontEndAsk, LabAnswer, LabAsk, PayMethod};
use recondesk_domain::{Secret, Term};
use wechatpay_codec::address::{
    OAUTH_WORDS, OAuthScope, directory_problems, h5_domain_problem, oauth_token_url, oauth_url,
    page_problems,
};
use wechatpay_codec::front_end::{JsSet, PaySet};

/// A part of the tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum FrontPart {
    /// Parameters to pay.
    #[default]
    Pay,
    /// `wx.config`.
    Config,
    /// Web authorisation.
    OAuth,
    /// Payment directories and domains.
    Places,
}

const PARTS: [FrontPart; 4] = [
    FrontPart::Pay,
    FrontPart::Config,
    FrontPart::OAuth,
    FrontPart::Places,
];

/// What the left side holds.
#[derive(Default)]
pub(super) struct Front {
    pub(super) part: FrontPart,
    prepay: String,
    appid: String,
    method: PayMethod,
    ticket: String,
    page_url: String,
    redirect: String,
    user_info: bool,
    state: String,
    directory: String,
    domain: String,
}

impl Front {
    /// Wipes the ticket.
    pub(super) fn forget(&mut self) {
        self.ticket.zeroize();
    }

    pub(super) fn show(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        page: &Page<'_>,
        key: &mut KeyField,
    ) -> Option<FormAction> {
        let w = &page.w.signature;
        paint::card(ui.painter(), rect, page.t);
        let inner = rect.shrink2(vec2(15.0, 12.0));
        let (parts, rest) = cut_top(inner, 30.0, 10.0);
        let parts = parts.with_max_x(parts.left() + tabs::segments_width(ui, &w.parts));
        let chosen = PARTS.iter().position(|part| *part == self.part);
        let picked = tabs::segments(ui, parts, w.part, &w.parts, chosen.unwrap_or(0));
        if let Some(part) = picked.and_then(|nth| PARTS.get(nth)) {
            self.part = *part;
        }
        match self.part {
            FrontPart::Pay => {
                let (line, rest) = cut_top(rest, 50.0, 8.0);
                key.show(ui, line, page);
                let foot = self.pay_fields(ui, rest, page);
                deed(ui, foot, page, self.pay_ask(key))
            }
            FrontPart::Config => {
                let rest = field(
                    ui,
                    rest,
                    page,
                    (&mut self.ticket, w.ticket, w.ticket_hint, true),
                );
                let rest = field(
                    ui,
                    rest,
                    page,
                    (&mut self.page_url, w.page_url, w.page_hint, false),
                );
                let foot = field(
                    ui,
                    rest,
                    page,
                    (&mut self.appid, w.appid, w.appid_hint, false),
                );
                deed(ui, foot, page, self.config_ask(key))
            }
            FrontPart::OAuth => {
                let rest = field(ui, rest, page, (&mut self.appid, w.appid, "", false));
                let rest = field(
                    ui,
                    rest,
                    page,
                    (&mut self.redirect, "redirect_uri", "", false),
                );
                let rest = field(ui, rest, page, (&mut self.state, "state", "", false));
                let below = rest.with_min_y(rest.top() + 20.0);
                caption(ui, rest, page, ("scope", false, ""));
                let names = ["snsapi_base", "snsapi_userinfo"];
                let size = vec2(tabs::segments_width(ui, &names), 30.0);
                let place = Rect::from_min_size(below.min, size);
                let chosen = usize::from(self.user_info);
                if let Some(nth) = tabs::segments(ui, place, "scope", &names, chosen) {
                    self.user_info = nth == 1;
                }
                None
            }
            FrontPart::Places => {
                let rest = field(
                    ui,
                    rest,
                    page,
                    (&mut self.page_url, w.page_url, w.page_hint, false),
                );
                let rest = field(
                    ui,
                    rest,
                    page,
                    (&mut self.directory, w.directory, w.directory_hint, false),
                );
                field(
                    ui,
                    rest,
                    page,
                    (&mut self.domain, w.domain, w.domain_hint, false),
                );
                None
            }
        }
    }

    fn pay_fields(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>) -> Rect {
        let w = &page.w.signature;
        let rest = field(ui, rect, page, (&mut self.prepay, w.prepay, "", false));
        let rest = field(
            ui,
            rest,
            page,
            (&mut self.appid, w.appid, w.appid_hint, false),
        );
        let (line, foot) = cut_top(rest, 50.0, 14.0);
        caption(ui, line, page, (w.method, false, ""));
        let names = ["MD5", "HMAC-SHA256", "RSA (APIv3)"];
        let methods = [PayMethod::Md5, PayMethod::HmacSha256, PayMethod::Rsa];
        let chosen = methods.iter().position(|method| *method == self.method);
        let size = vec2(tabs::segments_width(ui, &names), 30.0);
        let place = Rect::from_min_size(pos2(line.left(), line.top() + 20.0), size);
        if let Some(method) = tabs::segments(ui, place, w.method, &names, chosen.unwrap_or(0))
            .and_then(|nth| methods.get(nth))
        {
            self.method = *method;
        }
        foot
    }

    fn pay_ask(&self, key: &KeyField) -> Option<LabAsk> {
        if self.prepay.trim().is_empty() {
            return None;
        }
        let (prepay, appid) = (self.prepay.clone(), self.appid.clone());
        let ask = FrontEndAsk::Pay(prepay, appid, self.method, key.choice()?);
        Some(LabAsk::FrontEnd(ask))
    }

    fn config_ask(&self, key: &KeyField) -> Option<LabAsk> {
        let (ticket, url) = (self.ticket.trim(), self.page_url.trim());
        if ticket.is_empty() || url.is_empty() {
            return None;
        }
        let ticket = Secret::new(ticket.to_owned());
        let appid = self.appid.clone();
        let ask = FrontEndAsk::Config(ticket, url.to_owned(), appid, key.profile());
        Some(LabAsk::FrontEnd(ask))
    }

    /// Draws what stands at the right.
    pub(super) fn result(
        &self,
        ui: &mut Ui,
        rect: Rect,
        page: &Page<'_>,
        answer: Option<&LabAnswer>,
    ) {
        match (self.part, answer) {
            (FrontPart::Pay, Some(LabAnswer::FrontEnd(sets))) => pay_cards(ui, rect, page, sets),
            (FrontPart::Config, Some(LabAnswer::Config(set))) => config_cards(ui, rect, page, set),
            (FrontPart::OAuth, _) => self.oauth_cards(ui, rect, page),
            (FrontPart::Places, _) => self.place_cards(ui, rect, page),
            _ => {
                let w = &page.w.signature;
                paint::card(ui.painter(), rect, page.t);
                let empty = card::Empty {
                    icon: crate::icons::SIGNATURE,
                    mood: Tone::Info,
                    title: w.never_proof,
                    note: w.empty_note,
                    button: None,
                    primary: false,
                };
                empty.show(ui, rect);
            }
        }
    }

    fn oauth_cards(&self, ui: &mut Ui, rect: Rect, page: &Page<'_>) {
        let w = &page.w.signature;
        let scope = if self.user_info {
            OAuthScope::UserInfo
        } else {
            OAuthScope::Base
        };
        let appid = or(&self.appid, "APPID");
        let redirect = or(&self.redirect, "REDIRECT_URI");
        let ask = oauth_url(appid, redirect, scope, or(&self.state, "STATE"));
        let (top, rest) = cut_top(rect, 132.0, 12.0);
        text_card(ui, top, page, (w.oauth_ask, &ask));
        let (top, rest) = cut_top(rest, 118.0, 12.0);
        text_card(
            ui,
            top,
            page,
            (w.oauth_token, &oauth_token_url(appid, "CODE")),
        );
        let meaning = scope.meaning();
        let mut rows: Vec<(&str, Term)> = OAUTH_WORDS.to_vec();
        rows.push((scope.word(), meaning));
        let body = card::titled(ui, rest, w.words, "");
        for (nth, (name, words)) in rows.into_iter().enumerate() {
            let y = body.top() + 12.0 + nth as f32 * 26.0;
            if y + 12.0 > body.bottom() {
                break;
            }
            let words = page.w.lang.pick(words.zh, words.en);
            let style = (TypeStyle::Mono, page.t.text_1);
            paint::fit(
                ui.painter(),
                pos2(body.left() + 16.0, y),
                130.0,
                name,
                style,
            );
            let at = pos2(body.left() + 150.0, y);
            let room = body.width() - 166.0;
            let (place, cut) = paint::fit(
                ui.painter(),
                at,
                room,
                words,
                (TypeStyle::Body, page.t.text_2),
            );
            let said = paint::say(ui, ("word", nth), place, &format!("{name}: {words}"));
            if cut {
                said.on_hover_text(words);
            }
        }
    }

    fn place_cards(&self, ui: &Ui, rect: Rect, page: &Page<'_>) {
        let w = &page.w.signature;
        let (url, entry, domain) = (
            self.page_url.trim(),
            self.directory.trim(),
            self.domain.trim(),
        );
        let directory = match (url, entry) {
            (_, "") => None,
            ("", entry) => Some(directory_problems(entry)),
            (url, entry) => Some(page_problems(url, entry)),
        };
        let h5 = (!domain.is_empty()).then(|| h5_domain_problem(domain).into_iter().collect());
        let judged = [
            (w.directory, directory, w.directory_ok, w.directory_rule),
            (w.domain, h5, w.domain_ok, w.domain_rule),
        ];
        let mut rest = rect;
        for (nth, (title, problems, fine, rule)) in judged.into_iter().enumerate() {
            let count = problems.as_ref().map_or(1, |found| found.len().max(1)) as f32;
            let (top, below) = cut_top(rest, 84.0 + count * 26.0, 12.0);
            rest = below;
            let body = card::titled(ui, top, title, "");
            let lang = page.w.lang;
            let lines: Vec<(Tone, &str)> = match &problems {
                None => vec![(Tone::Info, w.not_given)],
                Some(found) if found.is_empty() => vec![(Tone::Ok, fine)],
                Some(found) => {
                    let told = found.iter().map(|problem| problem.words());
                    told.map(|words| (Tone::Urgent, lang.pick(words.zh, words.en)))
                        .collect()
                }
            };
            let mut y = body.top() + 8.0;
            for (line, (mood, words)) in lines.into_iter().enumerate() {
                paint::mark(ui.painter(), pos2(body.left() + 23.0, y), mood, page.t);
                let at = pos2(body.left() + 40.0, y);
                let room = body.width() - 56.0;
                let style = (TypeStyle::Body, page.t.text_1);
                let (place, _) = paint::fit(ui.painter(), at, room, words, style);
                paint::say(ui, ("judged", nth, line), place, words);
                y += 26.0;
            }
            let at = pos2(body.left() + 16.0, y);
            paint::fit(
                ui.painter(),
                at,
                body.width() - 32.0,
                rule,
                (TypeStyle::Small, page.t.text_3),
            );
        }
    }
}

const fn or<'a>(text: &'a str, other: &'a str) -> &'a str {
    if text.is_empty() { other } else { text }
}

/// A field with its caption; what is left below comes back.
fn field(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    (text, name, hint, masked): (&mut String, &str, &str, bool),
) -> Rect {
    let (line, rest) = cut_top(rect, 50.0, 8.0);
    caption(ui, line, page, (name, false, hint));
    let place = line.with_min_y(line.top() + 20.0);
    let field = Field::new(text, name).face(TypeStyle::Mono).limit(4096);
    if masked { field.masked() } else { field }.show(ui, place);
    rest
}

fn deed(ui: &Ui, foot: Rect, page: &Page<'_>, ask: Option<LabAsk>) -> Option<FormAction> {
    let w = &page.w.signature;
    let at = pos2(foot.left(), foot.top() + 16.0);
    let button = Button::primary(w.make)
        .key("Ctrl ↵")
        .enabled_or(ask.is_some(), w.empty);
    let pressed = button.show_left(ui, at, 32.0).clicked() || page.keys.primary;
    ask.filter(|_| pressed)
        .map(|ask| FormAction::Ask(Box::new(ask)))
}

/// A text to copy in a card of its own.
fn text_card(ui: &mut Ui, rect: Rect, page: &Page<'_>, (title, text): (&str, &str)) {
    let body = card::titled(ui, rect, title, "");
    let place = body.shrink2(vec2(15.0, 6.0));
    super::texts::well(ui, place, page, (text.as_bytes(), text, title));
}

fn config_cards(ui: &mut Ui, rect: Rect, page: &Page<'_>, set: &JsSet) {
    let w = &page.w.signature;
    let lines = set.json.lines().count() as f32;
    let (top, rest) = cut_top(rect, 42.0 + lines * visible::LINE + 32.0, 12.0);
    let body = card::titled(ui, top, "wx.config", w.config_note);
    json_well(
        ui,
        body.shrink2(vec2(15.0, 8.0)),
        page,
        (&set.json, "wx.config"),
    );
    let (signed, _) = cut_top(rest, 118.0, 12.0);
    text_card(ui, signed, page, (w.join, &set.shown));
}

fn pay_cards(ui: &mut Ui, rect: Rect, page: &Page<'_>, sets: &[PaySet]) {
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
