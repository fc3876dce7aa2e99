//! The first start: see the demo, add a merchant, or drop files; or open the workspace of a team.

use egui::{Align2, Rect, Stroke, Ui, pos2, vec2};

use crate::action::{Action, Outbox};
use crate::page::Page;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::{Button, link_right};
use crate::widgets::card::Empty;
use crate::{icons, paint};
use recondesk_app::Command;

struct FirstStep<'a> {
    icon: char,
    title: &'a str,
    line: &'a str,
    button: Button<'a>,
}

/// Draws it.
pub(super) fn show(ui: &mut Ui, page: &Page<'_>, out: &mut Outbox) {
    let (t, s) = (page.t, &page.w.start);
    offer_shared(ui, page, page.title(ui, s.title).y, out);
    if page.state.welcome.value().is_none() {
        loading(ui, page, out);
        return;
    }
    let body = page.body();
    let narrow = body.width() < 3.0 * 280.0 + 32.0;
    let gap = 16.0;
    let width = if narrow {
        ((body.width() - 2.0 * gap) / 3.0).floor()
    } else {
        280.0
    };
    let total = 3.0 * width + 2.0 * gap;
    let left = (body.center().x - total / 2.0).round();
    let top = (body.center().y - 236.0).max(body.top() + 6.0);
    let p = ui.painter();
    let center = body.center().x;
    let at = pos2(center, top + 16.0);
    let face = if narrow {
        TypeStyle::Reason
    } else {
        TypeStyle::Title
    };
    let title = paint::text(p, at, Align2::CENTER_CENTER, s.sentence, (face, t.text_1));
    paint::say(ui, "start sentence", title, s.sentence);
    let at = pos2(center, top + 46.0);
    let style = (TypeStyle::Body, t.text_3);
    if paint::width(p, s.line, TypeStyle::Body) <= body.width() {
        paint::text(p, at, Align2::CENTER_CENTER, s.line, style);
    }
    let can_demo = page.state.demo;
    let demo = Button::primary(s.demo_button);
    let merchant = if can_demo {
        Button::secondary(s.merchant_button)
    } else {
        Button::primary(s.merchant_button)
    };
    let ways = [
        FirstStep {
            icon: icons::PLAY,
            title: s.demo,
            line: s.demo_line,
            button: demo.enabled_or(can_demo, ""),
        },
        FirstStep {
            icon: icons::STOREFRONT,
            title: s.merchant,
            line: s.merchant_line,
            button: merchant,
        },
        FirstStep {
            icon: icons::FILE_CSV,
            title: s.files,
            line: s.files_line,
            button: Button::secondary(s.files_button),
        },
    ];
    let mut pressed = None;
    let card_top = top + 88.0;
    let height = 212.0_f32.min(body.bottom() - card_top - 80.0).max(168.0);
    for (nth, way) in ways.into_iter().enumerate() {
        let x = left + nth as f32 * (width + gap);
        let rect = Rect::from_min_size(pos2(x, card_top), vec2(width, height));
        if show_way(ui, rect, page, way, nth == 0) {
            pressed = Some(nth);
        }
    }
    match pressed {
        Some(0) => out.run(Command::OpenDemo),
        Some(1) => out.push(Action::NewMerchant),
        Some(_) => out.push(Action::PickFiles),
        None if page.keys.primary && can_demo => out.run(Command::OpenDemo),
        None => {}
    }
    let zone = Rect::from_min_size(pos2(left, card_top + height + 20.0), vec2(total, 56.0));
    if zone.bottom() <= body.bottom() + 12.0 {
        drop_zone(ui, zone, page);
    }
}

/// The way to the workspace of a team, beside the title.
fn offer_shared(ui: &Ui, page: &Page<'_>, y: f32, out: &mut Outbox) {
    if page.state.places.is_none() {
        return;
    }
    let at = pos2(page.body().right() - 4.0, y);
    if link_right(ui, at, page.w.places.open_shared, 0).clicked() {
        out.push(Action::OpenShared);
    }
}

fn show_way(ui: &Ui, rect: Rect, page: &Page<'_>, way: FirstStep<'_>, first: bool) -> bool {
    let t = page.t;
    let p = ui.painter();
    paint::card(p, rect, t);
    let inset = if rect.height() < 200.0 { 14.0 } else { 20.0 };
    let tile = Rect::from_min_size(rect.min + vec2(20.0, inset), vec2(40.0, 40.0));
    let edge = if t.contrast {
        Stroke::new(1.5, t.accent)
    } else {
        Stroke::NONE
    };
    paint::framed(p, tile, 10, t.selected, edge);
    paint::icon(p, tile.center(), way.icon, 22.0, t.accent);
    let at = pos2(rect.left() + 20.0, tile.bottom() + inset + 2.0);
    let title = paint::left(p, at, way.title, (TypeStyle::Heading, t.text_1));
    let text = Rect::from_min_max(
        pos2(rect.left() + 20.0, title.bottom() + 2.0),
        pos2(rect.right() - 20.0, rect.bottom() - inset - 34.0),
    );
    let line = paint::paragraph(p, text, way.line, (TypeStyle::Body, t.text_2), 3);
    let said = format!("{} {}", way.title, way.line);
    paint::say(ui, ("way", way.title), title.union(line), &said);
    let at = pos2(rect.left() + 20.0, rect.bottom() - inset - 15.0);
    let response = way.button.show_left(ui, at, 30.0);
    // Once, when nothing has the focus yet: asking in every frame would keep the window awake.
    if first && ui.memory(|memory| memory.focused().is_none()) && !page.state.tasks.is_empty() {
        response.request_focus();
    }
    response.clicked()
}

fn drop_zone(ui: &Ui, rect: Rect, page: &Page<'_>) {
    let (t, s) = (page.t, &page.w.start);
    let p = ui.painter();
    paint::dashed(p, rect, Stroke::new(1.0, t.line_input), 4.0);
    let width = paint::width(p, s.drop, TypeStyle::Body);
    let x = rect.center().x - f32::midpoint(width, 24.0);
    let y = rect.center().y;
    paint::icon(p, pos2(x + 8.0, y), icons::TRAY, 17.0, t.text_3);
    let text = paint::left(p, pos2(x + 24.0, y), s.drop, (TypeStyle::Body, t.text_2));
    paint::say(ui, "drop zone", text, s.drop);
}

fn loading(ui: &Ui, page: &Page<'_>, out: &mut Outbox) {
    let body = page.body();
    if let Some(failure) = page.state.welcome.failure() {
        let height = crate::widgets::card::failed_height(failure);
        let rect = Rect::from_min_size(body.min, vec2(body.width(), height));
        if crate::widgets::card::failed(ui, rect, failure).is_some() {
            out.run(Command::Start);
        }
        return;
    }
    let style = (TypeStyle::Body, page.t.text_3);
    paint::text(
        ui.painter(),
        body.center(),
        Align2::CENTER_CENTER,
        page.w.frame.loading,
        style,
    );
}

/// What a screen of books shows before there is a merchant, with the step that comes first.
pub(super) fn no_merchant(ui: &Ui, page: &Page<'_>, out: &mut Outbox) {
    let (w, body) = (page.w, page.body());
    paint::card(ui.painter(), body, page.t);
    let empty = Empty {
        icon: icons::STOREFRONT,
        mood: Tone::Info,
        title: w.start.no_merchant,
        note: w.start.no_merchant_note,
        button: Some((icons::PLUS, w.merchants.add)),
        primary: true,
    };
    let response = empty.show(ui, body);
    if response.is_some_and(|response| response.clicked()) || page.keys.primary {
        out.push(Action::NewMerchant);
    }
}
