//! One deed for many cases: how many and how much first, then one after the other, then what came of each.
//!
//! A decision needs a reason, goods a way to the shop, money its total once more in full.

mod money;
mod results;
mod shop;

use egui::{Context, Rect, Ui, pos2, vec2};

use self::results::{results, running};
use super::decide::DecisionAction;
use super::ignore::IgnoreFields;
use crate::action::{Action, Outbox};
use crate::format;
use crate::page::Page;
use crate::paint;
use crate::screens::person::PersonFields;
use crate::theme::TypeStyle;
use crate::widgets::button::Button;
use crate::widgets::dialog::{Dialog, Ended};
use crate::widgets::input::Field;
use crate::widgets::tabs;
use recondesk_app::Command;
use recondesk_app::model::{BulkAsk, BulkShare, BulkSummary, BulkWish, Decision};
use recondesk_domain::CaseStatus;

/// What can be decided about many at once, and the state it leads to.
const DEEDS: [(DecisionAction, CaseStatus); 8] = [
    (DecisionAction::Take, CaseStatus::Assigned),
    (DecisionAction::HandOver, CaseStatus::Assigned),
    (DecisionAction::Reissue, CaseStatus::Executing),
    (DecisionAction::Refund, CaseStatus::Executing),
    (DecisionAction::Carry, CaseStatus::Waiting),
    (DecisionAction::Resolve, CaseStatus::Resolved),
    (DecisionAction::Propose, CaseStatus::Proposed),
    (DecisionAction::Reopen, CaseStatus::Reopened),
];

const WIDTH: f32 = 720.0;
/// Height of the question, without what a deed needs beside a reason.
const HEIGHT: f32 = 192.0;
/// Height of name and PIN.
const PERSON: f32 = 60.0;

/// The dialog, while it is open.
#[derive(Default)]
pub(super) struct BulkDialog {
    ask: Option<BulkAsk>,
    deed: usize,
    text: String,
    ignore: IgnoreFields,
    /// The total of the refunds, as it is typed.
    total: String,
    way: usize,
    person: PersonFields,
    /// True once the cursor stood where the total is typed.
    is_typing: bool,
    /// True once name and PIN are those of whoever signed in.
    knows_person: bool,
    /// The question went out in this frame: what is known is of the one before.
    is_new: bool,
}

impl BulkDialog {
    /// Opens it and asks what the cases are together.
    pub(super) fn start(&mut self, ask: BulkAsk, out: &mut Outbox) {
        out.run(Command::BulkSummary(Box::new(ask.clone())));
        *self = Self {
            ask: Some(ask),
            is_new: true,
            ..Self::default()
        };
    }

    /// Draws it; a confirmed deed goes out.
    pub(super) fn show(&mut self, ctx: &Context, page: &Page<'_>, out: &mut Outbox) {
        // The sign-in lies over it: Esc closes that alone.
        if self.ask.is_none() || page.state.desk.is_wanted {
            return;
        }
        if std::mem::take(&mut self.is_new) {
            ctx.request_repaint();
            return;
        }
        if !std::mem::replace(&mut self.knows_person, true) {
            self.person = PersonFields::of(&page.state.desk.person);
        }
        let bulk = &page.state.bulk;
        let task = bulk
            .task
            .and_then(|id| Some((id, page.state.tasks.get(&id)?)));
        let closes = match (task, bulk.done.value(), &bulk.prepared) {
            (Some(task), ..) => {
                running(ctx, page, task, out);
                false
            }
            (None, Some(done), _) => results(ctx, page, done),
            (None, None, Some(prepared)) => self.prepared(ctx, page, prepared, out),
            (None, None, None) => self.asking(ctx, page, out),
        };
        if closes {
            *self = Self::default();
        }
    }

    /// Before it goes out; true when the dialog is left.
    fn asking(&mut self, ctx: &Context, page: &Page<'_>, out: &mut Outbox) -> bool {
        let w = page.w;
        let Some((deed, next)) = DEEDS.get(self.deed).copied() else {
            return true;
        };
        let slot = &page.state.bulk.summary;
        let summary = slot.value().map(AsRef::as_ref);
        let fits = summary.map_or(0, |summary| fitting(summary, deed, next));
        let name = deed.label(page).trim_end_matches(['…', '.']);
        let n = format::count(fits);
        let label = match deed {
            DecisionAction::Refund => (w.work.bulk_prepare)(&n),
            _ => (w.work.bulk_do)(name, &n),
        };
        let lacks = self.lacks(page, deed, fits, summary);
        let failure = slot.failure().or(page.state.bulk.done.failure());
        let note = match (failure, deed) {
            (Some(failure), _) => w.of(&failure.title),
            (None, DecisionAction::Refund) => w.work.bulk_prepare_note,
            (None, DecisionAction::Reissue) => w.payout.reissue_note,
            (None, DecisionAction::Propose) => w.cases.ignore_note,
            (None, _) => "",
        };
        let dialog = Dialog {
            name: "bulk",
            title: w.work.bulk_title,
            width: WIDTH,
            height: HEIGHT + extra(page, deed),
            note,
            leave: w.frame.cancel,
            deed: Button::primary(&label)
                .key("Ctrl ↵")
                .enabled_or(lacks.is_none(), lacks.unwrap_or_default()),
            ready: lacks.is_none(),
        };
        let is_listed = self.ask.as_ref().is_some_and(|ask| ask.ids.is_none());
        let mut to_merchants = false;
        let ended = dialog.show(ctx, |ui, rect| {
            head(ui, rect, page, is_listed, summary);
            self.choose(ui, rect, page);
            let body = Rect::from_min_max(pos2(rect.left(), rect.top() + 96.0), rect.max);
            let mut bottom = rect.top() + 168.0;
            match deed {
                DecisionAction::Take => {}
                DecisionAction::Refund => self.refund_reason(ui, body, page),
                DecisionAction::Reissue => {
                    let ways = summary.map_or(&[][..], |summary| &summary.ways);
                    to_merchants = shop::choose(ui, body, page, (ways, &mut self.way));
                    bottom = self.shop_person(ui, body, page);
                }
                DecisionAction::Propose => bottom = self.ignore_reason(ui, body, page),
                deed => self.reason(ui, body, page, deed.asks(page)),
            }
            if let Some(summary) = summary {
                let words = fit_words(page, summary, deed, next, fits);
                let at = pos2(rect.left(), bottom);
                let style = (TypeStyle::Small, page.t.text_2);
                let (place, _) = paint::fit(ui.painter(), at, rect.width(), &words, style);
                paint::say(ui, "bulk fits", place, &words);
            }
        });
        if to_merchants {
            out.push(Action::Go(crate::screens::Screen::Merchants));
            return true;
        }
        match (ended, summary) {
            (Ended::Cancelled, _) => true,
            (Ended::Done, Some(summary)) => {
                self.send(page, deed, summary, out);
                false
            }
            (Ended::Done, None) | (Ended::No, _) => false,
        }
    }

    /// The deeds side by side.
    fn choose(&mut self, ui: &Ui, rect: Rect, page: &Page<'_>) {
        let names = DEEDS.map(|(deed, _)| deed.label(page).trim_end_matches(['…', '.']));
        let width = tabs::segments_width(ui, &names).min(rect.width());
        let place = Rect::from_min_size(pos2(rect.left(), rect.top() + 60.0), vec2(width, 28.0));
        let title = page.w.work.bulk_title;
        if let Some(nth) = tabs::segments(ui, place, title, &names, self.deed) {
            self.deed = nth;
        }
    }

    /// Why they are ignored: a reason from the list, as for one case, and a note; where that ends.
    fn ignore_reason(&mut self, ui: &mut Ui, body: Rect, page: &Page<'_>) -> f32 {
        self.ignore.show(ui, body, page);
        let asks = if self.ignore.needs_note() {
            page.w.cases.reason
        } else {
            page.w.cases.ignore_more
        };
        let note = body.translate(vec2(0.0, IgnoreFields::HEIGHT));
        self.reason(ui, note, page, asks);
        note.top() + 72.0
    }

    /// The reason of a decision.
    fn reason(&mut self, ui: &mut Ui, body: Rect, page: &Page<'_>, asks: &str) {
        let at = pos2(body.left(), body.top() + 10.0);
        let style = (TypeStyle::Small, page.t.text_2);
        paint::left(ui.painter(), at, asks, style);
        let place = Rect::from_min_size(
            pos2(body.left(), body.top() + 20.0),
            vec2(body.width(), 30.0),
        );
        Field::new(&mut self.text, asks).limit(200).show(ui, place);
    }

    /// What is missing before the deed can go out.
    fn lacks(
        &self,
        page: &Page<'_>,
        deed: DecisionAction,
        fits: u64,
        summary: Option<&BulkSummary>,
    ) -> Option<&'static str> {
        let w = page.w;
        let has_text = !self.text.trim().is_empty();
        let has_operators = page.state.desk.person.has_operators;
        match deed {
            _ if summary.is_none() => Some(w.work.bulk_adding),
            _ if fits == 0 => Some(w.work.bulk_none),
            DecisionAction::Take => None,
            DecisionAction::Refund => self.reason_lacks(page),
            DecisionAction::Reissue => {
                (has_operators && !self.person.is_filled()).then_some(w.payout.no_person)
            }
            DecisionAction::Propose => {
                let is_filled = self.ignore.is_filled(&self.text);
                (!is_filled).then_some(w.cases.choose_reason)
            }
            deed => (!has_text).then(|| deed.asks(page)),
        }
    }

    fn send(
        &mut self,
        page: &Page<'_>,
        deed: DecisionAction,
        summary: &BulkSummary,
        out: &mut Outbox,
    ) {
        let signs_in = deed != DecisionAction::Reissue && page.state.desk.must_sign_in();
        if signs_in {
            out.push(Action::AskOperator);
            return;
        }
        match deed {
            DecisionAction::Refund => self.prepare(summary, out),
            DecisionAction::Reissue => self.reissue(summary, out),
            deed => {
                let decision = match deed {
                    DecisionAction::Take => Decision::Take,
                    DecisionAction::Propose => deed.decision(&self.ignore.text(self.text.trim())),
                    deed => deed.decision(&self.text),
                };
                out.run(Command::Bulk(Box::new(BulkWish {
                    ids: summary.ids.clone(),
                    decision,
                    seen: summary.seen,
                })));
            }
        }
    }
}

/// What a deed needs beside the place of a reason.
fn extra(page: &Page<'_>, deed: DecisionAction) -> f32 {
    if deed != DecisionAction::Reissue {
        return IgnoreFields::height(deed);
    }
    let asks = page.state.desk.person.has_operators;
    24.0 + if asks { PERSON } else { 0.0 }
}

/// Those of the cases to which goods or money can move; nothing for a decision.
fn share(summary: &BulkSummary, deed: DecisionAction) -> Option<&BulkShare> {
    match deed {
        DecisionAction::Refund => Some(&summary.refunds),
        DecisionAction::Reissue => Some(&summary.reissues),
        _ => None,
    }
}

/// How many may be dealt with so now.
fn fitting(summary: &BulkSummary, deed: DecisionAction, next: CaseStatus) -> u64 {
    if let Some(share) = share(summary, deed) {
        return share.ids.len() as u64;
    }
    let may = summary
        .states
        .iter()
        .filter(|(state, _)| state.may_become(next));
    may.map(|(_, n)| *n).sum()
}

fn fit_words(
    page: &Page<'_>,
    summary: &BulkSummary,
    deed: DecisionAction,
    next: CaseStatus,
    fits: u64,
) -> String {
    let w = &page.w.work;
    let others = (summary.ids.len() as u64).saturating_sub(fits);
    if let Some(share) = share(summary, deed) {
        return share_words(page, summary, deed, share, others);
    }
    if fits == 0 {
        let taken = |state: CaseStatus| {
            state.may_become(CaseStatus::Assigned) && CaseStatus::Assigned.may_become(next)
        };
        let helps = summary.states.iter().any(|(state, _)| taken(*state));
        let words = if helps && next != CaseStatus::Assigned {
            w.bulk_take_first
        } else {
            w.bulk_none
        };
        return words.to_owned();
    }
    if others == 0 {
        return w.bulk_fits_all.to_owned();
    }
    let join = if page.w.is_zh() { "；" } else { "; " };
    let (fits, others) = (format::count(fits), format::count(others));
    format!("{}{join}{}", (w.bulk_fits)(&fits), (w.bulk_others)(&others))
}

/// How many of them goods or money can move for, what that is about, and whether a second person is needed.
fn share_words(
    page: &Page<'_>,
    summary: &BulkSummary,
    deed: DecisionAction,
    share: &BulkShare,
    others: u64,
) -> String {
    let w = &page.w.work;
    let n = share.ids.len() as u64;
    if n == 0 {
        return match deed {
            DecisionAction::Refund => w.bulk_no_refund,
            _ => w.bulk_no_reissue,
        }
        .to_owned();
    }
    let sum = share.at_stake.map_or_else(|| "?".to_owned(), format::money);
    let can = match deed {
        DecisionAction::Refund => w.bulk_can_refund,
        _ => w.bulk_can_reissue,
    };
    let mut words = vec![can(&format::count(n), &sum)];
    if others > 0 {
        words.push((w.bulk_untouched)(&format::count(others)));
    }
    if n > u64::from(summary.bulk_over) {
        words.push((w.bulk_second)(&format::count(summary.bulk_over.into())));
    }
    words.join(if page.w.is_zh() { "；" } else { "; " })
}

/// Which cases, and what they are together.
fn head(ui: &Ui, rect: Rect, page: &Page<'_>, is_listed: bool, summary: Option<&BulkSummary>) {
    let (t, w) = (page.t, &page.w.work);
    let p = ui.painter();
    let of = if is_listed {
        w.bulk_listed
    } else {
        w.bulk_selection
    };
    let at = pos2(rect.left(), rect.top() + 8.0);
    let place = paint::left(p, at, of, (TypeStyle::Small, t.text_2));
    paint::say(ui, "bulk of", place, of);
    let words = match summary {
        None => w.bulk_adding.to_owned(),
        Some(summary) => {
            let n = format::count(summary.ids.len() as u64);
            match summary.at_stake {
                Some(sum) => (w.bulk_sum)(&n, &format::money(sum)),
                None => (w.bulk_sum_unknown)(&n),
            }
        }
    };
    let at = pos2(rect.left(), rect.top() + 34.0);
    let place = paint::left(p, at, &words, (TypeStyle::Heading, t.text_1));
    paint::say(ui, "bulk sum", place, &words);
}
