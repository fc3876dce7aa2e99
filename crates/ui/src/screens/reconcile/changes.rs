//! What changed against the run before: the words of the header, and the rows behind them.

use egui::accesskit::Role;
use egui::{Popup, PopupCloseBehavior, Pos2, Rect, Response, ScrollArea, Sense, Ui, pos2, vec2};

use super::Screen;
use crate::action::{Action, Outbox};
use crate::page::Page;
use crate::theme::{Tone, TypeStyle};
use crate::{format, icons, paint};
use recondesk_app::Command;
use recondesk_app::model::{CaseFilter, ChangeKind, ChangeRow, DayChanges, DayModel};

const ROW: f32 = 28.0;
const WIDTH: f32 = 460.0;

/// Draws the words from their left middle up to `right`; where there is something to see they open it.
pub(super) fn show(
    ui: &Ui,
    at: Pos2,
    right: f32,
    (page, model): (&Page<'_>, &DayModel),
    out: &mut Outbox,
) {
    let Some(changes) = &model.changed else {
        return;
    };
    let (t, d) = (page.t, &page.w.day);
    let p = ui.painter();
    if changes.count() == 0 {
        let style = (TypeStyle::Small, t.text_3);
        let (said, _) = paint::fit(p, at, right - at.x, d.unchanged, style);
        paint::say(ui, "unchanged", said, d.unchanged);
        return;
    }
    let words = said(page, changes);
    let room = right - at.x - 18.0;
    if room < 60.0 {
        return;
    }
    let (text, cut) = paint::fit(p, at, room, &words, (TypeStyle::Small, t.accent));
    let caret = pos2(text.right() + 9.0, at.y);
    paint::icon(p, caret, icons::CARET_DOWN, 12.0, t.accent);
    let hit = Rect::from_min_max(
        pos2(text.left() - 4.0, at.y - 14.0),
        pos2(caret.x + 8.0, at.y + 14.0),
    );
    let response = ui.interact(hit, paint::id(ui, "changes"), Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(Role::Button, true, &words));
    if response.hovered() {
        ui.set_cursor_icon(egui::CursorIcon::PointingHand);
        paint::hline(p, text.x_range(), text.bottom() - 1.0, t.accent);
    }
    if response.has_focus() {
        paint::ring(p, hit.shrink2(vec2(1.0, 3.0)), 4, t);
    }
    list(&response, page, model, changes, out);
    if cut {
        response.on_hover_text(words);
    }
}

/// `与上次运行比：+1 / −3 笔`, and how many were judged otherwise.
fn said(page: &Page<'_>, changes: &DayChanges) -> String {
    let d = &page.w.day;
    let words = (d.changed)(&format::count(changes.new), &format::count(changes.gone));
    if changes.judged == 0 {
        return words;
    }
    (d.changed_judged)(&words, &format::count(changes.judged))
}

fn list(
    button: &Response,
    page: &Page<'_>,
    model: &DayModel,
    changes: &DayChanges,
    out: &mut Outbox,
) {
    Popup::menu(button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            ui.set_width(WIDTH);
            ui.spacing_mut().item_spacing.y = 0.0;
            ScrollArea::vertical()
                .max_height(ROW * 10.0)
                .show(ui, |ui| {
                    for (nth, change) in changes.rows.iter().enumerate() {
                        if row(ui, page, nth, change).clicked() {
                            out.push(Action::Go(Screen::Cases));
                            out.run(Command::Cases(CaseFilter {
                                profile: Some(model.profile),
                                text: wanted(change),
                                closed_too: true,
                                ..CaseFilter::default()
                            }));
                            ui.close();
                        }
                    }
                });
            let more = changes.count().saturating_sub(changes.rows.len() as u64);
            if more > 0 {
                let (line, _) = ui.allocate_exact_size(vec2(WIDTH, ROW), Sense::hover());
                let words = (page.w.day.changed_more)(&format::count(more));
                let at = pos2(line.left() + 10.0, line.center().y);
                let style = (TypeStyle::Small, page.t.text_3);
                let place = paint::left(ui.painter(), at, &words, style);
                paint::say(ui, "more changes", place, &words);
            }
        });
}

/// What finds its case in the list: the number, or the category of one about the whole day.
fn wanted(change: &ChangeRow) -> String {
    if change.number.is_empty() {
        change.category.code().to_owned()
    } else {
        change.number.clone()
    }
}

fn row(ui: &mut Ui, page: &Page<'_>, nth: usize, change: &ChangeRow) -> Response {
    let (t, w) = (page.t, page.w);
    let (rect, _) = ui.allocate_exact_size(vec2(WIDTH, ROW), Sense::hover());
    let response = ui.interact(rect, paint::id(ui, ("change", nth)), Sense::click());
    let name = match change.kind {
        ChangeKind::Judged(before) if before != change.category => {
            format!("{} → {}", before.code(), w.category(change.category))
        }
        _ => w.category(change.category).to_owned(),
    };
    let sign = match change.kind {
        ChangeKind::New => "+",
        ChangeKind::Gone => "−",
        ChangeKind::Judged(_) => "≠",
    };
    let code = change.category.code();
    let sum = format::money_or_dash(change.sum);
    let said = format!("{sign} {code} {name} {} {sum}", change.number);
    response.widget_info(|| egui::WidgetInfo::labeled(Role::MenuItem, true, &said));
    let p = ui.painter();
    if response.hovered() || response.has_focus() {
        p.rect_filled(rect, 6, t.hover);
    }
    let y = rect.center().y;
    let gone = change.kind == ChangeKind::Gone;
    let mood = Tone::from(change.category.severity());
    let color = if gone { t.text_3 } else { t.tone(mood).text };
    paint::left(
        p,
        pos2(rect.left() + 10.0, y),
        sign,
        (TypeStyle::Body, color),
    );
    let quiet = if gone { t.text_3 } else { t.text_2 };
    paint::left(
        p,
        pos2(rect.left() + 28.0, y),
        code,
        (TypeStyle::Mono, quiet),
    );
    let text = if gone { t.text_2 } else { t.text_1 };
    let at = pos2(rect.left() + 64.0, y);
    let sum_rect = paint::right(
        p,
        pos2(rect.right() - 10.0, y),
        &sum,
        (TypeStyle::Body, text),
    );
    let number = paint::elide_middle(&change.number, 14, 5);
    let number_at = pos2(rect.left() + 216.0, y);
    paint::fit(
        p,
        at,
        number_at.x - at.x - 8.0,
        &name,
        (TypeStyle::Body, text),
    );
    let room = sum_rect.left() - number_at.x - 10.0;
    paint::fit(p, number_at, room, &number, (TypeStyle::Mono, quiet));
    response
}
