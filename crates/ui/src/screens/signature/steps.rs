//! The steps of a signature, numbered, each with its text to the byte and a way to copy it.

use egui::{Rect, ScrollArea, Sense, Stroke, Ui, pos2, vec2};

use crate::page::Page;
use crate::theme::TypeStyle;
use crate::widgets::button::icon_button;
use crate::widgets::{card, visible};
use crate::{icons, paint};
use recondesk_app::model::{LabSigned, Steps};
use recondesk_domain::SignType;
use wechatpay_codec::lab::KEY_PLACEHOLDER;
use wechatpay_codec::lab::steps::{FieldPart, StepsV2, StepsV3};
use wechatpay_codec::lab::visible::DRAWN_BYTES;

const DOTS: &str = "••••••••••••";

/// One step as it is drawn.
struct StepRow<'a> {
    name: &'a str,
    shown: Vec<u8>,
    copied: String,
    /// Text to the byte, or words.
    exact: bool,
    strong: bool,
}

impl<'a> StepRow<'a> {
    fn words(name: &'a str, words: String, copied: String) -> Self {
        Self {
            name,
            shown: words.into_bytes(),
            copied,
            exact: false,
            strong: false,
        }
    }

    fn text(name: &'a str, text: &str, strong: bool) -> Self {
        Self {
            name,
            shown: text.as_bytes().to_vec(),
            copied: text.to_owned(),
            exact: true,
            strong,
        }
    }
}

/// Draws the card of the steps, with what is sent after them where a message was signed.
pub(super) fn show(
    ui: &mut Ui,
    rect: Rect,
    page: &Page<'_>,
    steps: &Steps,
    sent: Option<&LabSigned>,
) {
    let w = &page.w.signature;
    let mut rows = match steps {
        Steps::V2(steps) => rows_v2(page, steps),
        Steps::V3(steps) => rows_v3(page, steps),
    };
    if let Some(sent) = sent {
        for (name, text) in [(w.xml, &sent.xml), (w.curl, &sent.curl)] {
            if !text.is_empty() {
                rows.push(StepRow::text(name, text, false));
            }
        }
    }
    let note = match steps {
        Steps::V2(steps) if steps.odd_key => w.odd_key,
        _ if rows.iter().any(|row| row.shown.len() > DRAWN_BYTES) => w.cut,
        _ => "",
    };
    let body = card::titled(ui, rect, w.steps, note);
    if copy_pressed(ui) {
        ui.copy_text(result(steps).to_owned());
    }
    paint::region(ui, body.with_max_y(body.bottom() - 6.0), "steps", |ui| {
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let count = rows.len();
            for (nth, row) in rows.iter().enumerate() {
                draw(ui, page, row, nth, nth + 1 == count);
            }
        });
    });
}

fn copy_pressed(ui: &Ui) -> bool {
    let mods = egui::Modifiers::COMMAND | egui::Modifiers::SHIFT;
    ui.input_mut(|input| input.consume_key(mods, egui::Key::C))
}

fn result(steps: &Steps) -> &str {
    match steps {
        Steps::V2(steps) => steps.result(),
        Steps::V3(steps) => &steps.header,
    }
}

fn rows_v2<'a>(page: &Page<'a>, steps: &StepsV2) -> Vec<StepRow<'a>> {
    let w = &page.w.signature;
    let all = steps.fields.len().to_string();
    let names: Vec<&str> = steps
        .fields
        .iter()
        .filter(|field| field.part != FieldPart::Signed)
        .map(|field| field.name.as_str())
        .collect();
    let left = (steps.fields.len() - names.len()).to_string();
    let taken = if names.is_empty() {
        (w.none_dropped)(&all)
    } else {
        let and = page.w.lang.pick("、", ", ");
        (w.some_dropped)(&all, &names.join(and), &left)
    };
    let kept: String = steps.sorted.join("\n");
    // The step shows dots; what is copied has a word that tells what belongs there.
    let last = steps
        .with_key
        .rfind('&')
        .and_then(|at| steps.with_key.get(..at));
    let last = last.map_or("", |head| {
        head.get(head.rfind('&').unwrap_or(0)..).unwrap_or("")
    });
    let masked = match last {
        "" => steps.with_key.replace(KEY_PLACEHOLDER, DOTS),
        last => format!("…{last}&key={DOTS}"),
    };
    let key = StepRow {
        name: w.add_key,
        shown: masked.into_bytes(),
        copied: steps.with_key.clone(),
        exact: true,
        strong: false,
    };
    vec![
        StepRow::words(w.take, taken, kept.clone()),
        StepRow::words(w.sort, w.by_name.to_owned(), kept),
        StepRow::text(w.join, &steps.joined, false),
        key,
        StepRow::text("MD5", &steps.md5, steps.chosen == SignType::Md5),
        StepRow::text("HMAC", &steps.hmac, steps.chosen == SignType::HmacSha256),
    ]
}

fn rows_v3<'a>(page: &Page<'a>, steps: &StepsV3) -> Vec<StepRow<'a>> {
    let w = &page.w.signature;
    let message = StepRow {
        name: w.message,
        shown: steps.message.clone(),
        copied: String::from_utf8_lossy(&steps.message).into_owned(),
        exact: true,
        strong: false,
    };
    vec![
        message,
        StepRow::text("RSA-SHA256", &steps.signature, true),
        StepRow::text(w.header, &steps.header, false),
    ]
}

fn draw(ui: &mut Ui, page: &Page<'_>, row: &StepRow<'_>, nth: usize, is_last: bool) {
    let t = page.t;
    let width = ui.available_width();
    let room = (width - 128.0 - 56.0).max(60.0);
    let color = if row.strong { t.text_1 } else { t.text_2 };
    let galley = row
        .exact
        .then(|| visible::plain(ui.painter(), &row.shown, room, color, t));
    let height = galley
        .as_ref()
        .map_or(20.0, |galley| galley.size().y.max(20.0))
        + 14.0;
    let (line, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    let p = ui.painter();
    let center = pos2(line.left() + 28.0, line.top() + 10.0);
    if !is_last {
        let below = egui::Rangef::new(center.y + 10.0, line.bottom());
        paint::vline(p, center.x, below, t.line_weak);
    }
    p.circle(center, 10.0, t.selected, Stroke::NONE);
    let number = (nth + 1).to_string();
    paint::text(
        p,
        center,
        egui::Align2::CENTER_CENTER,
        &number,
        (TypeStyle::Small, t.accent),
    );
    paint::left(
        p,
        pos2(line.left() + 48.0, center.y),
        row.name,
        (TypeStyle::Body, t.text_1),
    );
    let at = pos2(line.left() + 128.0, line.top());
    let area = Rect::from_min_size(at, vec2(room, height - 14.0));
    if let Some(galley) = galley {
        p.galley(at, galley, color);
        visible::say(ui, ("step", nth), area, &row.shown);
    } else {
        let words = String::from_utf8_lossy(&row.shown);
        let at = pos2(at.x, center.y);
        let (place, _) = paint::fit(p, at, room, &words, (TypeStyle::Body, t.text_2));
        paint::say(ui, ("step", nth), place, &format!("{}: {words}", row.name));
    }
    let copy = Rect::from_center_size(pos2(line.right() - 24.0, center.y), vec2(28.0, 28.0));
    let name = format!("{} {}", page.w.frame.copy, row.name);
    if icon_button(ui, copy, icons::COPY, &name, false).clicked() {
        ui.copy_text(row.copied.clone());
    }
}
