//! The right column of a day: the bill's certificate, the pool, the conditions for signing off.

use egui::{Rect, Ui, pos2, vec2};

use super::{GAP, condition, open_urgent};
use crate::action::{Action, Outbox};
use crate::page::{Page, cut_top};
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::{icon_button, link_right};
use crate::widgets::{card, pill};
use crate::{format, icons, paint};
use recondesk_app::Message;
use recondesk_app::model::{
    DayModel, IdentityRow, PoolTotals, ShownCertificate, SignOffItem, account_of,
};

const ROW: f32 = 26.0;
const POOL: f32 = 198.0;

/// Height of the certificate card.
pub(crate) fn height(certificate: &ShownCertificate) -> f32 {
    let lines: f32 = certificate
        .identities
        .iter()
        .map(|row| if row.holds { ROW } else { ROW + 18.0 })
        .sum();
    let unknown = if certificate.unknown_columns.is_empty() {
        0.0
    } else {
        24.0
    };
    42.0 + 52.0 + 8.0 + lines + unknown + 14.0
}

/// Height of the whole column.
pub(super) fn column_height(page: &Page<'_>, model: &DayModel) -> f32 {
    let certificate = model.certificate.as_ref().map_or(0.0, |c| height(c) + GAP);
    let lines = match model.signed {
        Some(_) => 1 + usize::from(unlock_asked(page, model).is_some()),
        None => model.sign_off.len() + more_obstacles(model).count(),
    };
    let conditions = 42.0 + lines as f32 * ROW + 14.0;
    certificate + POOL + GAP + conditions
}

/// Draws the column.
pub(super) fn column(ui: &Ui, area: Rect, page: &Page<'_>, model: &DayModel, out: &mut Outbox) {
    let mut rest = area;
    if let Some(certificate) = &model.certificate {
        let (place, below) = cut_top(rest, height(certificate), GAP);
        rest = below;
        show(ui, place, page, certificate);
    }
    let (place, below) = cut_top(rest, POOL, GAP);
    pool(ui, place, page, model);
    conditions(ui, below, page, model, out);
}

/// Draws the certificate card.
pub(crate) fn show(ui: &Ui, rect: Rect, page: &Page<'_>, certificate: &ShownCertificate) {
    let (t, w) = (page.t, page.w);
    let body = card::titled(ui, rect, w.day.certificate, "");
    let p = ui.painter();
    let (n, of) = (certificate.holding(), certificate.identities.len());
    let words = (w.day.holds)(&n.to_string(), &of.to_string());
    let mood = if certificate.is_good() {
        Tone::Ok
    } else {
        Tone::Urgent
    };
    let x = rect.right() - 16.0 - pill::pill_width(ui, &words);
    let pill = pill::pill(ui, pos2(x, rect.top() + 21.0), mood, &words);
    paint::say(ui, "certificate", pill, &words);
    let well = Rect::from_min_size(
        pos2(rect.left() + 12.0, body.top()),
        vec2(rect.width() - 24.0, 50.0),
    );
    let edge = if t.contrast {
        egui::Stroke::new(1.5, t.line_weak)
    } else {
        egui::Stroke::NONE
    };
    paint::framed(p, well, 6, t.sunken, edge);
    let account = account_of(&certificate.kind).map(recondesk_domain::FundAccount::term);
    let mut facts = vec![match account {
        Some(term) if w.is_zh() => term.zh.to_owned(),
        Some(term) => term.en.to_owned(),
        None => certificate.kind.clone(),
    }];
    if certificate.columns > 0 {
        facts.push((w.day.columns)(&certificate.columns.to_string()));
    }
    if certificate.gzip {
        facts.push("GZIP".to_owned());
    }
    facts.push(format::bytes(certificate.bytes));
    let at = pos2(well.left() + 10.0, well.top() + 15.0);
    paint::meta(p, at, &facts, (TypeStyle::Small, t.text_2), t);
    let digest = format!("sha256 {}", spaced(&certificate.sha256));
    let at = pos2(well.left() + 10.0, well.top() + 36.0);
    let said = paint::left(p, at, &digest, (TypeStyle::MonoSmall, t.text_3));
    let full = format!("sha256 {}", certificate.sha256);
    paint::say(ui, "digest", said, &full).on_hover_text(&certificate.sha256);
    let copy = Rect::from_center_size(pos2(well.right() - 16.0, well.center().y), vec2(24.0, 24.0));
    let name = format!("{} sha256", w.frame.copy);
    if icon_button(ui, copy, icons::COPY, &name, false).clicked() {
        ui.copy_text(certificate.sha256.clone());
    }
    let mut top = well.bottom() + 8.0;
    for row in &certificate.identities {
        top = identity(ui, pos2(rect.left(), top), rect.right(), page, row);
    }
    if !certificate.unknown_columns.is_empty() {
        let words = (w.day.unknown_columns)(&certificate.unknown_columns.join("、"));
        let at = pos2(rect.left() + 22.0, top + 12.0);
        paint::mark(p, at, Tone::Watch, t);
        let room = rect.width() - 54.0;
        paint::fit(
            p,
            pos2(at.x + 16.0, at.y),
            room,
            &words,
            (TypeStyle::Small, t.yellow.text),
        );
    }
}

/// `9c41 7e02 … 5b1f` of a long digest.
fn spaced(hex: &str) -> String {
    match (
        hex.get(..4),
        hex.get(4..8),
        hex.get(hex.len().saturating_sub(4)..),
    ) {
        (Some(a), Some(b), Some(end)) if hex.len() > 16 => format!("{a} {b} … {end}"),
        _ => hex.to_owned(),
    }
}

fn identity(ui: &Ui, at: egui::Pos2, right: f32, page: &Page<'_>, row: &IdentityRow) -> f32 {
    let (t, w) = (page.t, page.w);
    let p = ui.painter();
    let y = at.y + ROW / 2.0;
    let mood = if row.holds { Tone::Ok } else { Tone::Urgent };
    paint::mark(p, pos2(at.x + 23.0, y), mood, t);
    paint::left(
        p,
        pos2(at.x + 38.0, y),
        &row.id,
        (TypeStyle::MonoSmall, t.text_3),
    );
    let value = (
        TypeStyle::Body,
        if row.holds { t.text_1 } else { t.red.text },
    );
    let value_rect = paint::right(p, pos2(right - 16.0, y), &row.actual, value);
    let name = w.of(&row.name);
    let x = at.x + 70.0;
    let room = value_rect.left() - x - 10.0;
    let (_, cut) = paint::fit(p, pos2(x, y), room, name, (TypeStyle::Body, t.text_1));
    let line = Rect::from_min_max(at, pos2(right, at.y + ROW));
    let mut said = format!("{} {name} {}", row.id, row.actual);
    let mut bottom = at.y + ROW;
    if !row.holds {
        let words = (w.day.expected)(&row.expected, &row.actual);
        let at = pos2(x, bottom + 6.0);
        paint::fit(
            p,
            at,
            right - x - 16.0,
            &words,
            (TypeStyle::Small, t.red.text),
        );
        said.push(' ');
        said.push_str(&words);
        bottom += 18.0;
    }
    let response = paint::say(ui, ("identity", &row.id), line, &said);
    if cut {
        response.on_hover_text(name);
    }
    bottom
}

fn pool(ui: &Ui, rect: Rect, page: &Page<'_>, model: &DayModel) {
    let (t, d) = (page.t, &page.w.day);
    let body = card::titled(ui, rect, d.pool, d.pool_note);
    let p = ui.painter();
    let width = rect.width() - 32.0;
    let left = rect.left() + 16.0;
    let columns = [0.295, 0.555, 0.755, 1.0].map(|share: f32| left + width * share);
    let [count_w, sum_w, count_m, sum_m] = columns;
    let y = body.top() + 10.0;
    paint::right(p, pos2(sum_w, y), d.pool_w, (TypeStyle::Small, t.text_3));
    paint::right(p, pos2(sum_m, y), d.pool_m, (TypeStyle::Small, t.text_3));
    let (w, m) = (&model.pool.0, &model.pool.1);
    let lines = [
        (d.opening, w.opening, m.opening, false),
        (d.new, w.new, m.new, false),
        (d.cleared, w.cleared, m.cleared, true),
        (d.expired, w.expired, m.expired, true),
        (d.closing, w.closing, m.closing, false),
    ];
    for (nth, (name, wechat, merchant, minus)) in lines.into_iter().enumerate() {
        let y = body.top() + 35.0 + nth as f32 * 24.0;
        let last = nth == 4;
        if last {
            let range = egui::Rangef::new(left, rect.right() - 16.0);
            paint::hline(p, range, y - 12.0, t.line);
        }
        let color = if last { t.text_1 } else { t.text_2 };
        paint::left(p, pos2(left, y), name, (TypeStyle::Body, color));
        let style = (TypeStyle::Body, color);
        let sides = [(count_w, sum_w, wechat), (count_m, sum_m, merchant)];
        let mut said = name.to_owned();
        for (count_x, sum_x, side) in sides {
            let (count, sum) = pool_words(side, minus);
            paint::right(p, pos2(count_x, y), &count, style);
            paint::right(p, pos2(sum_x, y), &sum, style);
            said = format!("{said} {count} {sum}");
        }
        let line = Rect::from_min_size(pos2(left, y - 12.0), vec2(width, 24.0));
        paint::say(ui, ("pool", nth), line, &said);
    }
}

fn pool_words(side: PoolTotals, minus: bool) -> (String, String) {
    let sign = if minus && side.count > 0 { "−" } else { "" };
    let sum = format::money(side.sum.abs());
    (
        format!("{sign}{}", format::count(side.count)),
        format!("{sign}{sum}"),
    )
}

fn conditions(ui: &Ui, rect: Rect, page: &Page<'_>, model: &DayModel, out: &mut Outbox) {
    let (t, d) = (page.t, &page.w.day);
    let body = card::titled(ui, rect, d.sign_off, "");
    let p = ui.painter();
    if let Some(signed) = &model.signed {
        let w = &page.w.payout;
        let corner = pos2(rect.right() - 16.0, rect.top() + 20.0);
        if link_right(ui, corner, w.certificate, 1).clicked() {
            out.push(Action::PickCertificate(model.profile, model.day));
        }
        let y = body.top() + 9.0;
        paint::mark(p, pos2(rect.left() + 23.0, y), Tone::Ok, t);
        let words = (w.signed_by)(&signed.by, &format::time(signed.at, page.state.now));
        let at = pos2(rect.left() + 38.0, y);
        let style = (TypeStyle::Body, t.text_1);
        let (place, cut) = paint::fit(p, at, rect.width() - 54.0, &words, style);
        let said = paint::say(ui, "signed", place, &words);
        if cut {
            said.on_hover_text(&words);
        }
        if let Some(maker) = unlock_asked(page, model) {
            let y = y + ROW;
            let words = (page.w.people.unlock_waits)(maker);
            paint::mark(p, pos2(rect.left() + 23.0, y), Tone::Watch, t);
            let at = pos2(rect.left() + 38.0, y);
            let link = link_right(ui, pos2(rect.right() - 16.0, y), w.approvals, 2);
            if link.clicked() {
                out.push(Action::Approvals);
            }
            let room = link.rect.left() - at.x - 8.0;
            let (place, cut) = paint::fit(p, at, room, &words, style);
            let said = paint::say(ui, "unlock waits", place, &words);
            if cut {
                said.on_hover_text(words);
            }
        }
        return;
    }
    for (nth, item) in model.sign_off.iter().enumerate() {
        let y = body.top() + 9.0 + nth as f32 * ROW;
        let met = item.is_met();
        let mood = match (met, item) {
            (true, _) => Tone::Ok,
            (false, SignOffItem::Coverage(_)) => Tone::Fault,
            (false, _) => Tone::Urgent,
        };
        paint::mark(p, pos2(rect.left() + 23.0, y), mood, t);
        let words = condition(page, *item);
        let color = if met { t.text_2 } else { t.text_1 };
        let at = pos2(rect.left() + 38.0, y);
        let room = rect.width() - 38.0 - if met { 16.0 } else { 110.0 };
        let (said, _) = paint::fit(p, at, room, &words, (TypeStyle::Body, color));
        paint::say(ui, ("condition", nth), said, &words);
        let right = pos2(rect.right() - 16.0, y);
        match item {
            SignOffItem::UrgentOpen(1..) if link_right(ui, right, d.work_them, 0).clicked() => {
                open_urgent(page, out);
            }
            SignOffItem::Coverage(false) if link_right(ui, right, d.import_orders, 0).clicked() => {
                out.push(Action::PickFiles);
            }
            _ => {}
        }
    }
    let top = body.top() + 9.0 + model.sign_off.len() as f32 * ROW;
    for (nth, words) in more_obstacles(model).enumerate() {
        let y = top + nth as f32 * ROW;
        let words = page.w.of(words);
        paint::mark(p, pos2(rect.left() + 23.0, y), Tone::Fault, t);
        let at = pos2(rect.left() + 38.0, y);
        let style = (TypeStyle::Body, t.text_1);
        let (place, cut) = paint::fit(p, at, rect.width() - 54.0, words, style);
        let said = paint::say(ui, ("obstacle", nth), place, words);
        if cut {
            said.on_hover_text(words);
        }
    }
}

/// Who asked to open the signed day again, while a second person has not decided.
fn unlock_asked<'a>(page: &'a Page<'_>, model: &DayModel) -> Option<&'a str> {
    let mut waiting = page.state.payout.approvals.value()?.iter();
    let asked =
        waiting.find(|one| one.profile == Some(model.profile) && one.day == Some(model.day))?;
    Some(&asked.asked.maker)
}

/// What stands in the way where the conditions of the card hold.
fn more_obstacles(model: &DayModel) -> impl Iterator<Item = &Message> {
    let hold = model.sign_off.iter().all(|item| item.is_met());
    model.obstacles.iter().filter(move |_| hold)
}
