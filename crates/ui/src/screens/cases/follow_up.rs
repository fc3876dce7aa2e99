//! What was begun for a case and what hangs on it: its refunds with the way on, its files.

use egui::{Rect, Ui, pos2, vec2};

use crate::action::{Action, Outbox};
use crate::page::Page;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::{Button, icon_button};
use crate::widgets::pill::{pill, pill_width};
use crate::{format, icons, paint};
use recondesk_app::jobs::refund::{is_unfinished, state_words, waits_to_be_sent, window_advice};
use recondesk_app::model::{CaseDetail, CaseName, RefundChoice};
use recondesk_app::{Command, Task, TaskId, TaskKind};
use recondesk_casework::{Approval, RefundStage};
use recondesk_ports::RefundRecord;

/// Height of a head line of a section.
const HEAD: f32 = 28.0;
/// Height of the line of a refund, and of its button.
const LINE: f32 = 26.0;
const BUTTON: f32 = 36.0;
/// Height of a file's line.
const FILE: f32 = 28.0;

/// The case that a detail is of.
pub(super) fn name_of(detail: &CaseDetail) -> CaseName {
    CaseName {
        profile: detail.row.profile,
        key: detail.row.key.clone(),
    }
}

/// The asking about refunds that runs or waits.
pub(super) fn running<'a>(page: &'a Page<'_>) -> Option<(TaskId, &'a Task)> {
    let mut jobs = page.state.jobs();
    jobs.find(|(_, task)| task.kind == TaskKind::Resume)
}

/// How a stage looks.
pub(super) const fn tone(stage: RefundStage) -> Tone {
    match stage {
        RefundStage::Done => Tone::Ok,
        RefundStage::Sent | RefundStage::Unknown | RefundStage::Abnormal => Tone::Fault,
        RefundStage::Rejected | RefundStage::Closed => Tone::Watch,
        RefundStage::Drafted
        | RefundStage::Confirmed
        | RefundStage::Listed
        | RefundStage::Accepted
        | RefundStage::Withdrawn => Tone::Info,
    }
}

/// What a refund's way on is, and what WeChat Pay said last where that explains it.
pub(super) fn advice(page: &Page<'_>, refund: &RefundRecord) -> String {
    let w = page.w;
    let advice = window_advice(refund);
    let words = w.of(&advice).to_owned();
    let explains = matches!(
        refund.refund.stage,
        RefundStage::Unknown | RefundStage::Rejected | RefundStage::Abnormal
    );
    if refund.last_words.is_empty() || !explains {
        return words;
    }
    format!("{words}\n{}", (w.work.last_words)(&refund.last_words))
}

/// Height of the refunds of a case; nothing without one.
pub(super) fn refunds_height(ui: &Ui, width: f32, page: &Page<'_>, detail: &CaseDetail) -> f32 {
    let refunds = &detail.work.refunds;
    if refunds.is_empty() {
        return 0.0;
    }
    let one = |refund: &RefundRecord| refund_height(ui, width, page, refund);
    HEAD + refunds.iter().map(one).sum::<f32>() + 8.0
}

fn refund_height(ui: &Ui, width: f32, page: &Page<'_>, refund: &RefundRecord) -> f32 {
    let words = advice(page, refund);
    let text = paint::paragraph_height(ui.painter(), width, &words, TypeStyle::Small);
    let button = if has_buttons(refund) { BUTTON } else { 0.0 };
    LINE + text + button + 10.0
}

/// Draws the refunds of a case from a line on; gives back where the next section begins.
pub(super) fn refunds(
    ui: &Ui,
    (area, top): (Rect, f32),
    page: &Page<'_>,
    detail: &CaseDetail,
    out: &mut Outbox,
) -> f32 {
    let refunds = &detail.work.refunds;
    if refunds.is_empty() {
        return top;
    }
    let style = (TypeStyle::Small, page.t.text_3);
    let at = pos2(area.left(), top + 14.0);
    paint::left(ui.painter(), at, page.w.work.refunds, style);
    let mut top = top + HEAD;
    for (nth, refund) in refunds.iter().enumerate() {
        let height = refund_height(ui, area.width(), page, refund);
        let place = Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), height));
        one_refund(ui, place, page, (nth, refund), out);
        top += height;
    }
    top + 8.0
}

fn one_refund(
    ui: &Ui,
    place: Rect,
    page: &Page<'_>,
    (nth, refund): (usize, &RefundRecord),
    out: &mut Outbox,
) {
    let (t, w) = (page.t, page.w);
    let p = ui.painter();
    let y = place.top() + LINE / 2.0;
    let state = state_words(refund);
    let state = w.of(&state);
    let x = place.right() - pill_width(ui, state);
    let pill = pill(ui, pos2(x, y), tone(refund.refund.stage), state);
    paint::say(ui, ("refund state", nth), pill, state);
    let sum = format!("¥{}", format::money(refund.refund.amount));
    let at = pos2(pill.left() - 12.0, y);
    let sum_place = paint::right(p, at, &sum, (TypeStyle::Body, t.text_1));
    let number = refund.out_refund_no.as_str();
    let room = sum_place.left() - place.left() - 12.0;
    let fits = (room / (TypeStyle::Mono.size() * 0.602)) as usize;
    let short = paint::elide_middle(number, fits.saturating_sub(7).max(6), 5);
    let style = (TypeStyle::Mono, t.text_1);
    let shown = paint::left(p, pos2(place.left(), y), &short, style);
    paint::say(ui, ("refund number", nth), shown, number).on_hover_text(number);
    let words = advice(page, refund);
    let text = Rect::from_min_max(pos2(place.left(), place.top() + LINE), place.max);
    let said = paint::paragraph(p, text, &words, (TypeStyle::Small, t.text_2), 6);
    paint::say(ui, ("refund advice", nth), said, &words);
    if !has_buttons(refund) {
        return;
    }
    let mut at = pos2(place.left(), said.bottom() + 6.0 + 14.0);
    let salt = nth as u64;
    if is_unfinished(refund.refund.stage) {
        let button = on_button(ui, (at, GrowthSide::Left), page, (salt, refund), out);
        let end = button.unwrap_or_else(|| {
            let which = RefundChoice::One(refund.id);
            ask_button(ui, at, page, (salt, which), out)
        });
        at.x = end.right() + 8.0;
    }
    if refund.refund.may_withdraw() {
        let give_up = Button::secondary(page.w.work.withdraw)
            .salt(salt)
            .enabled_or(running(page).is_none(), page.w.work.asking);
        if give_up.show_left(ui, at, 28.0).clicked() {
            out.push(if page.state.desk.must_sign_in() {
                Action::AskOperator
            } else {
                Action::WithdrawRefund(Box::new(refund.clone()))
            });
        }
    }
}

/// True for a refund that can be led on, or given up.
fn has_buttons(refund: &RefundRecord) -> bool {
    is_unfinished(refund.refund.stage) || refund.refund.may_withdraw()
}

/// From where a button grows.
#[derive(Clone, Copy)]
pub(super) enum GrowthSide {
    Left,
    Right,
}

/// The way on of a refund that asking does not lead further: it is sent, after a question, or somebody must agree.
/// Nothing where asking is the way on.
pub(super) fn on_button(
    ui: &Ui,
    (at, side): (egui::Pos2, GrowthSide),
    page: &Page<'_>,
    (salt, refund): (u64, &RefundRecord),
    out: &mut Outbox,
) -> Option<Rect> {
    let w = &page.w.work;
    let waits = refund.refund.stage == RefundStage::Confirmed
        && refund.refund.approval == Approval::Awaited;
    let sends = waits_to_be_sent(refund);
    if !waits && !sends {
        return None;
    }
    let send = (w.send)(&format::money(refund.refund.amount));
    let button = if sends {
        Button::danger(&send)
    } else {
        Button::secondary(w.to_approvals)
    };
    let button = button
        .salt(salt)
        .enabled_or(running(page).is_none(), w.asking);
    let response = match side {
        GrowthSide::Left => button.show_left(ui, at, 28.0),
        GrowthSide::Right => button.show_right(ui, at, 28.0),
    };
    if response.clicked() {
        out.push(match sends {
            _ if page.state.desk.must_sign_in() => Action::AskOperator,
            true => Action::SendRefund(Box::new(refund.clone())),
            false => Action::Approvals,
        });
    }
    Some(response.rect)
}

/// The button that asks again, or what runs and the way to stop it; where they end.
fn ask_button(
    ui: &Ui,
    at: egui::Pos2,
    page: &Page<'_>,
    (salt, which): (u64, RefundChoice),
    out: &mut Outbox,
) -> Rect {
    let w = &page.w.work;
    let Some((task, _)) = running(page) else {
        let button = Button::secondary(w.ask_again)
            .icon(icons::ARROW_CLOCKWISE)
            .salt(salt);
        let response = button.show_left(ui, at, 28.0);
        if response.clicked() {
            out.run(Command::ResumeRefunds(which));
        }
        return response.rect;
    };
    let asking = Button::secondary(w.asking).salt(salt).enabled_or(false, "");
    let rect = asking.show_left(ui, at, 28.0).rect;
    let at = pos2(rect.right() + 8.0, at.y);
    let stop = Button::ghost(w.stop).icon(icons::STOP).salt(salt);
    let response = stop.show_left(ui, at, 28.0);
    if response.clicked() {
        out.push(Action::Cancel(task));
    }
    response.rect
}

/// Height of the files of a case.
pub(super) fn files_height(detail: &CaseDetail) -> f32 {
    let rows = detail.work.attachments.len().max(1);
    HEAD + 6.0 + rows as f32 * FILE + 12.0
}

/// Draws the files of a case, with the way to add one and to save a copy.
pub(super) fn files(
    ui: &Ui,
    (area, top): (Rect, f32),
    page: &Page<'_>,
    detail: &CaseDetail,
    out: &mut Outbox,
) {
    let (t, w) = (page.t, page.w);
    let p = ui.painter();
    let style = (TypeStyle::Small, t.text_3);
    let y = top + 16.0;
    paint::left(p, pos2(area.left(), y), w.work.attachments, style);
    let add = Button::secondary(w.work.attach).icon(icons::PAPERCLIP);
    if add.show_right(ui, pos2(area.right(), y), 28.0).clicked() {
        out.push(if page.state.desk.must_sign_in() {
            Action::AskOperator
        } else {
            Action::PickAttachments(name_of(detail))
        });
    }
    let mut top = top + HEAD + 6.0;
    if detail.work.attachments.is_empty() {
        let at = pos2(area.left(), top + FILE / 2.0);
        let (place, cut) = paint::fit(p, at, area.width(), w.work.attach_hint, style);
        let said = paint::say(ui, "no files", place, w.work.attach_hint);
        if cut {
            said.on_hover_text(w.work.attach_hint);
        }
        return;
    }
    for (nth, file) in detail.work.attachments.iter().enumerate() {
        let y = top + FILE / 2.0;
        let save = Rect::from_center_size(pos2(area.right() - 12.0, y), vec2(24.0, 24.0));
        let name = (w.work.save_as)(&file.name);
        if icon_button(ui, save, icons::FLOPPY_DISK, &name, true).clicked() {
            out.push(Action::PickAttachmentCopy(
                name_of(detail),
                Box::new(file.clone()),
            ));
        }
        let stamp = format!(
            "{}  {}  {}",
            format::bytes(file.bytes),
            w.who(&file.actor),
            format::time(file.at, page.state.now)
        );
        let end = paint::right(p, pos2(save.left() - 8.0, y), &stamp, style);
        let room = end.left() - area.left() - 12.0;
        let at = pos2(area.left(), y);
        let (place, cut) = paint::fit(p, at, room, &file.name, (TypeStyle::Body, t.text_1));
        let said = paint::say(ui, ("file", nth), place, &file.name);
        if cut {
            said.on_hover_text(&file.name);
        }
        top += FILE;
    }
}
