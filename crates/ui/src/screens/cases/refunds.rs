//! Every refund that is not at its end, and asking about all of them: what a person does after a bad line or a crash.

use egui::{Context, Rect, Ui, pos2, vec2};

use super::follow_up::{GrowthSide, advice, on_button, running, tone};
use crate::action::{Action, Outbox};
use crate::page::Page;
use crate::theme::TypeStyle;
use crate::widgets::button::Button;
use crate::widgets::dialog::{Dialog, Ended};
use crate::widgets::pill::pill;
use crate::{format, icons, paint};
use recondesk_app::jobs::refund::{state_words, waits_to_be_sent};
use recondesk_app::model::RefundChoice;
use recondesk_app::{Command, State};
use recondesk_ports::RefundRecord;

/// Height of one refund.
const ROW: f32 = 52.0;
/// So many are shown at once; the oldest first.
const MOST: usize = 6;

/// The dialog, while it is open.
#[derive(Default)]
pub(super) struct RefundsDialog {
    open: bool,
    /// The newest notice when it opened: a newer one is the outcome of what was asked here.
    notice: u64,
}

impl RefundsDialog {
    /// Opens it and asks which there are.
    pub(super) fn start(&mut self, state: &State, out: &mut Outbox) {
        self.open = true;
        self.notice = newest(state);
        out.run(Command::UnfinishedRefunds(state.merchant));
    }

    /// Draws it; questions go out.
    pub(super) fn show(&mut self, ctx: &Context, page: &Page<'_>, out: &mut Outbox) {
        if !self.open {
            return;
        }
        let w = page.w;
        let none = Vec::new();
        let slot = &page.state.payout.unfinished;
        let refunds: &Vec<RefundRecord> = slot.value().unwrap_or(&none);
        let task = running(page);
        let asked = task.and_then(|(_, task)| task.progress);
        let note = match (asked, self.outcome(page)) {
            (Some(progress), _) => (w.work.asked_of)(
                &format::count(progress.done),
                &format::count(progress.total.unwrap_or(progress.done)),
            ),
            (None, Some(outcome)) => outcome,
            (None, None) => w.work.unfinished_note.to_owned(),
        };
        // Asking about all of them sends none.
        let asks = refunds.iter().filter(|refund| !waits_to_be_sent(refund));
        let asks = asks.count();
        let all = (w.work.ask_all)(&format::count(asks as u64));
        let deed = if task.is_some() {
            Button::primary(w.work.stop).icon(icons::STOP)
        } else {
            Button::primary(&all).icon(icons::ARROW_CLOCKWISE)
        };
        let more = refunds.len().saturating_sub(MOST);
        let shown = refunds.len().clamp(1, MOST) + usize::from(more > 0);
        let dialog = Dialog {
            name: "refunds",
            title: w.work.unfinished_title,
            width: 720.0,
            height: shown as f32 * ROW + 28.0,
            note: "",
            leave: w.frame.close,
            deed,
            ready: task.is_some() || asks > 0,
        };
        let mut one = None;
        let ended = dialog.show(ctx, |ui, rect| {
            let style = (TypeStyle::Small, page.t.text_2);
            let at = pos2(rect.left(), rect.bottom() - 12.0);
            let (place, cut) = paint::fit(ui.painter(), at, rect.width(), &note, style);
            let said = paint::say(ui, "refunds note", place, &note);
            if cut {
                said.on_hover_text(&note);
            }
            if refunds.is_empty() {
                empty(ui, rect, page);
            }
            for (nth, refund) in refunds.iter().take(MOST).enumerate() {
                let top = rect.top() + nth as f32 * ROW;
                let row = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), ROW));
                one = show_row(ui, row, page, (nth, refund), out).or(one);
            }
            if more > 0 {
                let words = (w.work.and_more)(&format::count(more as u64));
                let at = pos2(rect.left(), rect.top() + MOST as f32 * ROW + 20.0);
                paint::left(ui.painter(), at, &words, style);
            }
        });
        match (ended, task) {
            (Ended::No, _) => {}
            (Ended::Done, Some((task, _))) => out.push(Action::Cancel(task)),
            (Ended::Done, None) => {
                self.notice = newest(page.state);
                let all = RefundChoice::Unfinished(page.state.merchant);
                out.run(Command::ResumeRefunds(all));
            }
            (Ended::Cancelled, _) => self.open = false,
        }
        if let Some(which) = one {
            self.notice = newest(page.state);
            out.run(Command::ResumeRefunds(which));
        }
    }

    /// What came of the last question asked here, in words.
    fn outcome(&self, page: &Page<'_>) -> Option<String> {
        let notice = page.state.notices.first()?;
        if notice.id <= self.notice {
            return None;
        }
        let title = page.w.of(notice.title()).to_owned();
        let note = notice
            .what
            .as_ref()
            .map_or("", |told| page.w.of(&told.note));
        if note.is_empty() {
            return Some(title);
        }
        let join = if page.w.is_zh() { "；" } else { "; " };
        Some(format!("{title}{join}{note}"))
    }
}

fn newest(state: &State) -> u64 {
    state.notices.first().map_or(0, |notice| notice.id)
}

fn empty(ui: &Ui, rect: Rect, page: &Page<'_>) {
    let slot = &page.state.payout.unfinished;
    let words = match slot.failure() {
        Some(failure) => page.w.of(&failure.title),
        None if slot.is_loading() => page.w.frame.loading,
        None => page.w.work.unfinished_none,
    };
    let at = pos2(rect.left(), rect.top() + 20.0);
    let style = (TypeStyle::Body, page.t.text_2);
    let place = paint::left(ui.painter(), at, words, style);
    paint::say(ui, "no refunds", place, words);
}

fn show_row(
    ui: &Ui,
    row: Rect,
    page: &Page<'_>,
    (nth, refund): (usize, &RefundRecord),
    out: &mut Outbox,
) -> Option<RefundChoice> {
    let (t, w) = (page.t, page.w);
    let p = ui.painter();
    if nth > 0 {
        paint::hline(p, row.x_range(), row.top(), t.line_weak);
    }
    let y = row.top() + 17.0;
    let sum = format!("¥{}", format::money(refund.refund.amount));
    let number = refund.draft.out_trade_no.as_str();
    let shown = paint::elide_middle(number, 20, 6);
    let style = (TypeStyle::Mono, t.text_1);
    let place = paint::left(p, pos2(row.left(), y), &shown, style);
    paint::say(ui, ("order", nth), place, number).on_hover_text(refund.out_refund_no.as_str());
    let at = pos2(place.right() + 16.0, y);
    let place = paint::left(p, at, &sum, (TypeStyle::Body, t.text_1));
    let state = state_words(refund);
    let state = w.of(&state);
    let at = pos2(place.right() + 16.0, y);
    let pill = pill(ui, at, tone(refund.refund.stage), state);
    let name = page.state.name_of(refund.draft.profile);
    paint::say(ui, ("state", nth), pill, &format!("{number} {sum} {state}"));
    let at = pos2(row.right(), row.center().y);
    let mut asked = None;
    let button = Button::secondary(w.work.ask_again)
        .salt(nth as u64)
        .enabled_or(running(page).is_none(), w.work.asking);
    let mut width = button.width(ui);
    let on = on_button(ui, (at, GrowthSide::Right), page, (nth as u64, refund), out);
    if let Some(place) = on {
        width = place.width();
    } else if button.show_right(ui, at, 28.0).clicked() {
        asked = Some(RefundChoice::One(refund.id));
    }
    let room = row.width() - width - 16.0;
    let words = advice(page, refund).replace('\n', "  ");
    let words = match page.state.merchant {
        Some(_) => words,
        None => format!("{name}  {words}"),
    };
    let at = pos2(row.left(), row.top() + 37.0);
    let (place, cut) = paint::fit(p, at, room, &words, (TypeStyle::Small, t.text_2));
    if cut {
        paint::say(ui, ("advice", nth), place, &words).on_hover_text(&words);
    }
    asked
}
