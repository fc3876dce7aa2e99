//! The sentence card: what it means, the numbers and which one is for what, the case.

use egui::{Color32, Pos2, Rect, Ui, pos2, vec2};

use super::at;
use crate::action::Outbox;
use crate::page::{Page, buttons_right};
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::{Button, icon_button};
use crate::widgets::card::result_bar;
use crate::widgets::pill::pill;
use crate::{icons, paint};
use recondesk_app::jobs::lookup::OrderView;
use recondesk_app::jobs::lookup::collect::{CaseStory, pay_status_words};
use recondesk_app::jobs::lookup::order_summary::{Attention, OrderSummary};

/// The open case that presses most.
pub(super) fn pressing(view: &OrderView) -> Option<&CaseStory> {
    let open = view.record.cases.iter();
    open.filter(|one| !one.case.status.is_closed())
        .max_by_key(|one| Tone::from(one.case.finding.category.severity()) == Tone::Urgent)
}

fn mood(summary: &OrderSummary, view: &OrderView) -> Tone {
    match (summary.standing, pressing(view)) {
        (Attention::Agrees, _) => Tone::Ok,
        (Attention::Open, _) => Tone::Watch,
        (Attention::NeedsPerson, Some(case)) => Tone::from(case.case.finding.category.severity()),
        (Attention::NeedsPerson, None) => Tone::Fault,
    }
}

/// Draws it; true when the ticket text is wanted.
pub(super) fn show(
    ui: &Ui,
    rect: Rect,
    page: &Page<'_>,
    (view, copied): (&OrderView, bool),
    out: &mut Outbox,
) -> bool {
    let (t, w, l) = (page.t, page.w, &page.w.lookup);
    let p = ui.painter();
    paint::card(p, rect, t);
    let summary = page.state.lookup.summary().unwrap_or(&view.sentence);
    result_bar(ui, rect, mood(summary, view));
    sentence(ui, rect, page, view, summary);
    numbers(ui, rect, page, view);
    let wide = page.class.is_wide();
    let y = rect.top() + if wide { 80.0 } else { 86.0 };
    let mut x = rect.left() + 20.0;
    if let Some(case) = pressing(view) {
        let category = case.case.finding.category;
        let severity = category.severity();
        let words = format!(
            "{} {} {}",
            w.severity(severity),
            category.code(),
            w.category(category)
        );
        x = pill(ui, pos2(x, y), Tone::from(severity), &words).right() + 12.0;
        let status = case.case.status;
        let state = if w.is_zh() { status.zh() } else { status.en() };
        let owner = if case.case.owner.is_empty() {
            String::new()
        } else {
            format!(" · {}", case.case.owner)
        };
        let said = (l.case_line)(state, &owner);
        let place = paint::left(p, pos2(x, y), &said, (TypeStyle::Small, t.text_2));
        paint::say(ui, "case line", place, &said);
        x = place.right() + 16.0;
    }
    if pressing(view).is_none()
        && let Some(done) = view.record.cases.iter().rev().find_map(|story| {
            let closing = recondesk_app::jobs::views::closing(&story.case, &story.events)?;
            Some((story, closing))
        })
    {
        let (story, closing) = done;
        let category = story.case.finding.category;
        let status = story.case.status;
        let state = if w.is_zh() { status.zh() } else { status.en() };
        let how = crate::screens::cases::closing_words(page, Some(&closing), state);
        let said = format!("{} {} {how}", category.code(), w.category(category));
        let style = (TypeStyle::Small, t.text_2);
        let room = (rect.right() - x - 320.0).max(80.0);
        let (place, cut) = paint::fit(p, pos2(x, y), room, &said, style);
        let response = paint::say(ui, "closed case", place, &said);
        if cut {
            response.on_hover_text(&said);
        }
        x = place.right() + 16.0;
    }
    if copied {
        paint::icon(p, pos2(x + 7.0, y), icons::CHECK, 13.0, t.green.text);
        let style = (TypeStyle::Small, t.text_2);
        let room = (rect.right() - x - 300.0).max(40.0);
        let (place, _) = paint::fit(p, pos2(x + 18.0, y), room, l.ticket_copied, style);
        paint::say(ui, "ticket copied", place, l.ticket_copied);
    }
    let mut buttons = vec![Button::ghost(l.ticket).icon(icons::CHAT_TEXT)];
    if pressing(view).is_some() {
        buttons.push(Button::secondary(l.open_case).icon(icons::WARNING_DIAMOND));
    }
    let middle = if wide { rect.top() + 70.0 } else { y };
    let (_, responses) = buttons_right(ui, pos2(rect.right() - 16.0, middle), buttons, 32.0);
    if responses.get(1).is_some_and(egui::Response::clicked) {
        super::open_case(out, view);
    }
    responses.first().is_some_and(egui::Response::clicked)
}

/// The sentence, facts stronger than the words between them, the next step in accent.
fn sentence(ui: &Ui, rect: Rect, page: &Page<'_>, view: &OrderView, summary: &OrderSummary) {
    let (t, w) = (page.t, page.w);
    let text = w.of(&summary.words);
    let needs = summary.standing == Attention::NeedsPerson;
    let split = if needs {
        step_at(text, w.is_zh())
    } else {
        text.len()
    };
    let (fact, step) = text.split_at(split);
    let state = view
        .record
        .order()
        .map(|order| pay_status_words(order.pay_status));
    let state = state.map(|(zh, en)| if w.is_zh() { zh } else { en });
    let room = rect.width() - 40.0;
    let whole = paint::width(ui.painter(), text, TypeStyle::OrderSummary);
    let face = if whole <= room {
        TypeStyle::OrderSummary
    } else {
        TypeStyle::Heading
    };
    let mut runs = paint::Runs::default();
    match state
        .filter(|_| needs)
        .and_then(|state| fact.split_once(state))
    {
        Some((before, after)) => {
            emphasise(&mut runs, before, face, (t.text_1, t.text_2));
            runs.add(state.unwrap_or_default(), face, t.red.text);
            emphasise(&mut runs, after, face, (t.text_1, t.text_2));
        }
        None => emphasise(&mut runs, fact, face, (t.text_1, t.text_2)),
    }
    runs.add(step, face, t.accent);
    let galley = runs.layout(ui.painter(), room);
    let place = Rect::from_min_size(at(rect, 20.0, 12.0), vec2(room, galley.size().y));
    let clip = Rect::from_min_max(place.min, pos2(place.right(), rect.top() + 46.0));
    let p = ui.painter().with_clip_rect(clip.intersect(ui.clip_rect()));
    let response = paint::say(ui, "sentence", clip, text);
    paint::put(&p, place.min, egui::Align2::LEFT_TOP, galley);
    if whole > room {
        response.on_hover_text(text);
    }
}

/// Where the advice of a sentence begins.
fn step_at(text: &str, zh: bool) -> usize {
    let marks: &[&str] = if zh {
        &["建议", "：", "，"]
    } else {
        &[", ", ": "]
    };
    marks
        .iter()
        .find_map(|mark| text.rfind(mark).map(|at| at.saturating_add(mark.len())))
        .filter(|at| text.is_char_boundary(*at))
        .unwrap_or(text.len())
}

/// Dates, times and sums in the strong colour, the rest in the soft one.
fn emphasise(
    runs: &mut paint::Runs,
    text: &str,
    face: TypeStyle,
    (strong, soft): (Color32, Color32),
) {
    let is_fact = |sign: char| sign.is_ascii_digit() || "¥.:-,".contains(sign);
    let mut from = 0;
    let mut last: Option<bool> = None;
    for (here, sign) in text.char_indices() {
        let fact = is_fact(sign) || (sign == ' ' && last.unwrap_or(false));
        if last.is_some_and(|before| before != fact) {
            let color = if last == Some(true) { strong } else { soft };
            runs.add(text.get(from..here).unwrap_or_default(), face, color);
            from = here;
        }
        last = Some(fact);
    }
    let color = if last == Some(true) { strong } else { soft };
    runs.add(text.get(from..).unwrap_or_default(), face, color);
}

/// Both numbers, each with copy and what it is for.
fn numbers(ui: &Ui, rect: Rect, page: &Page<'_>, view: &OrderView) {
    let l = &page.w.lookup;
    let y = rect.top() + 56.0;
    let record = &view.record;
    let here = pos2(rect.left() + 20.0, y);
    let x = number(
        ui,
        here,
        page,
        (l.out_trade_no, &record.out_trade_no, l.reconciles),
    );
    let transaction = record.transaction_id();
    if !transaction.is_empty() {
        let there = pos2(x + 28.0, y);
        number(
            ui,
            there,
            page,
            (l.transaction_id, &transaction, l.for_support),
        );
    }
}

fn number(ui: &Ui, here: Pos2, page: &Page<'_>, (name, value, purpose): (&str, &str, &str)) -> f32 {
    let t = page.t;
    let p = ui.painter();
    let label = paint::left(p, here, name, (TypeStyle::Small, t.text_3));
    let place = paint::left(
        p,
        pos2(label.right() + 8.0, here.y),
        value,
        (TypeStyle::Mono, t.text_1),
    );
    paint::say(
        ui,
        ("number", name),
        label.union(place),
        &format!("{name} {value}"),
    );
    let copy = paint::from_left(pos2(place.right() + 2.0, here.y), vec2(22.0, 22.0));
    let copy_name = format!("{} {name}", page.w.frame.copy);
    if icon_button(ui, copy, icons::COPY, &copy_name, true).clicked() {
        ui.copy_text(value.to_owned());
    }
    let at = pos2(copy.right() + 2.0, here.y);
    paint::left(p, at, purpose, (TypeStyle::Small, t.text_3)).right()
}
