//! The grid of an APIv3 message: a request that can be edited, or an answer as it came.

use egui::{Sense, Ui, pos2, vec2};

use super::cell::{NAMES, ROW, cell};
use crate::page::Page;
use crate::paint;
use crate::theme::TypeStyle;
use wechatpay_codec::lab::paste::HttpPart;
use wechatpay_codec::lab::visible::harmless_line;
use wechatpay_codec::v3::Authorization;

/// Bytes of a body up to which it can be edited in its cell.
const MOST_EDITED: usize = 16_384;

/// An APIv3 message in the form.
pub(super) struct V3Message {
    method: String,
    host: String,
    target: String,
    known: Authorization,
    body: String,
    /// Headers but `Authorization`.
    rest: Vec<(String, String)>,
    /// The message as it came, where it is no request or too large to edit.
    fixed: Option<HttpPart>,
}

impl V3Message {
    pub(super) fn of(http: &HttpPart) -> Self {
        let header = http.header("Authorization").map(Authorization::parse);
        let is_broken = matches!(header, Some(Err(_)));
        let body = String::from_utf8(http.body.clone()).ok();
        let is_fixed = http.method.is_empty()
            || is_broken
            || body.as_ref().is_none_or(|body| body.len() > MOST_EDITED);
        let is_rest = |(name, _): &&(String, String)| !name.eq_ignore_ascii_case("Authorization");
        Self {
            method: http.method.clone(),
            host: http.host.clone(),
            target: http.target.clone(),
            known: header.and_then(Result::ok).unwrap_or_default(),
            body: body.filter(|_| !is_fixed).unwrap_or_default(),
            rest: http.headers.iter().filter(is_rest).cloned().collect(),
            fixed: is_fixed.then(|| http.clone()),
        }
    }

    /// The message as it is signed.
    pub(super) fn http(&self) -> HttpPart {
        if let Some(fixed) = &self.fixed {
            return fixed.clone();
        }
        let mut headers = vec![("Authorization".to_owned(), self.known.header())];
        headers.extend(self.rest.iter().cloned());
        HttpPart {
            method: self.method.trim().to_owned(),
            host: self.host.trim().to_owned(),
            target: self.target.trim().to_owned(),
            headers,
            body: self.body.clone().into_bytes(),
        }
    }

    /// How many rows the grid has.
    pub(super) fn rows(&self) -> usize {
        match &self.fixed {
            Some(http) => 3 + http.headers.len(),
            None => 8 + self.rest.len(),
        }
    }

    pub(super) fn show(&mut self, ui: &mut Ui, page: &Page<'_>) {
        if let Some(http) = &self.fixed {
            show_fixed(ui, http, page);
            return;
        }
        let w = &page.w.signature;
        let known = &mut self.known;
        let rows = [
            ("method", &mut self.method, ""),
            ("host", &mut self.host, ""),
            ("target", &mut self.target, ""),
            ("mchid", &mut known.mchid, w.from_profile),
            ("serial_no", &mut known.serial, w.from_profile),
            ("timestamp", &mut known.timestamp, w.made_now),
            ("nonce_str", &mut known.nonce, w.made_now),
            ("body", &mut self.body, w.no_body),
        ];
        for (name, value, hint) in rows {
            let color = if value.is_empty() {
                page.t.disabled
            } else {
                page.t.text_1
            };
            let edit = row(ui, page, name);
            let label = format!("{} {name}", w.fields);
            cell(ui, edit, (value, &label), (hint, color), page.t.text_3);
        }
        for (name, value) in &self.rest {
            fixed_row(ui, page, name, value.as_bytes());
        }
    }
}

/// A line with its name; what is left of it comes back.
fn row(ui: &mut Ui, page: &Page<'_>, name: &str) -> egui::Rect {
    let t = page.t;
    let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let p = ui.painter();
    paint::hline(p, line.x_range(), line.bottom() - 1.0, t.line_weak);
    let at = pos2(line.left() + 9.0, line.center().y);
    paint::fit(p, at, NAMES - 12.0, name, (TypeStyle::Mono, t.text_2));
    egui::Rect::from_min_max(
        pos2(line.left() + NAMES + 9.0, line.top()),
        pos2(line.right() - 9.0, line.bottom() - 1.0),
    )
}

fn fixed_row(ui: &mut Ui, page: &Page<'_>, name: &str, value: &[u8]) {
    let place = row(ui, page, name);
    let shown = harmless_line(value.get(..512).unwrap_or(value));
    let style = (TypeStyle::Mono, page.t.text_1);
    let at = place.left_center();
    let (drawn, _) = paint::fit(ui.painter(), at, place.width(), &shown, style);
    paint::say(ui, ("http", name), drawn, &format!("{name}: {shown}"));
}

fn show_fixed(ui: &mut Ui, http: &HttpPart, page: &Page<'_>) {
    fixed_row(ui, page, "method", http.method.as_bytes());
    fixed_row(ui, page, "target", http.target.as_bytes());
    for (name, value) in &http.headers {
        fixed_row(ui, page, name, value.as_bytes());
    }
    fixed_row(ui, page, "body", &http.body);
}
