//! The fund flow of the day in view: each account, the bridge from the trades to the balances as a waterfall, and the
//! rows that need a look.

use egui::{Context, Rect, Ui, pos2, vec2};

use super::settlement;
use crate::action::{Action, Outbox};
use crate::page::Page;
use crate::theme::{Tone, TypeStyle};
use crate::widgets::button::{Button, link_right};
use crate::widgets::card;
use crate::widgets::chart::{STEP, WaterfallColumns, WaterfallKind, WaterfallStep, waterfall};
use crate::widgets::dialog::{Dialog, Ended};
use crate::widgets::pill::pill;
use crate::{format, icons, paint};
use recondesk_app::jobs::funds::{
    AccountOutcome, Bridge, FindingGroup, FundsReport, LEARNING_DAYS, NotCompared, StepKind,
    TradeReport, step_words,
};
use recondesk_app::model::{FundsAsk, FundsModel};
use recondesk_app::{Command, TaskKind};
use recondesk_domain::{BillDate, Fen, FundAccount, ProfileId};

const LINE: f32 = 26.0;
const HEAD: f32 = 30.0;
/// Rows of a category that are listed; the terminal's JSON has all of them.
const MOST: usize = 20;
const WIDTH: f32 = 940.0;

/// The dialog, while it is open.
#[derive(Default)]
pub(in crate::screens) struct FundsDialog {
    about: Option<(ProfileId, BillDate)>,
}

impl FundsDialog {
    /// Opens it with what is here of a day.
    pub(in crate::screens) fn start(
        &mut self,
        profile: ProfileId,
        day: BillDate,
        out: &mut Outbox,
    ) {
        self.about = Some((profile, day));
        out.run(Command::Funds(FundsAsk {
            profile,
            day,
            fetches: false,
        }));
    }

    /// Draws it; questions go out.
    pub(in crate::screens) fn show(&mut self, ctx: &Context, page: &Page<'_>, out: &mut Outbox) {
        let Some((profile, day)) = self.about else {
            return;
        };
        let w = &page.w.funds;
        let slot = &page.state.funds;
        let of_day = |model: &&FundsModel| model.profile == profile && model.report.day == day;
        let model = slot.value().map(AsRef::as_ref).filter(of_day);
        let running = page
            .state
            .jobs()
            .find(|(_, task)| task.kind == TaskKind::Funds);
        let title = (w.title)(&day.to_string(), page.state.name_of(profile));
        let note = match model {
            Some(model) if model.report.days_seen < LEARNING_DAYS && !model.report.is_empty() => {
                let seen = model.report.days_seen.to_string();
                (w.learning)(&seen, &LEARNING_DAYS.to_string())
            }
            _ => String::new(),
        };
        let deed = match running {
            Some(_) => Button::primary(page.w.frame.cancel).icon(icons::STOP),
            None => Button::primary(w.fetch).icon(icons::DOWNLOAD_SIMPLE),
        };
        let failed = slot
            .failure()
            .map_or(0.0, |failure| card::failed_height(failure) + 12.0);
        let content = model.filter(|model| !model.report.is_empty());
        let dialog = Dialog {
            name: "funds",
            title: &title,
            width: WIDTH,
            height: failed + content.map_or(40.0, |model| height(&model.report)),
            note: &note,
            leave: page.w.frame.close,
            deed,
            ready: true,
        };
        let (mut number, mut picks) = (None, false);
        let ended = dialog.show(ctx, |ui, rect| {
            let mut rect = rect;
            if let Some(failure) = slot.failure() {
                let place = Rect::from_min_size(rect.min, vec2(rect.width(), failed - 12.0));
                card::failed(ui, place, failure);
                rect.min.y += failed;
            }
            number = match content {
                Some(model) => show_report(ui, rect, page, &model.report, &mut picks),
                None => nothing(ui, rect, page),
            };
        });
        if picks {
            let fetches = false;
            out.push(Action::PickStatement(FundsAsk {
                profile,
                day,
                fetches,
            }));
        }
        if let Some(number) = number {
            self.about = None;
            out.push(Action::LookUp(number));
            return;
        }
        match (ended, running) {
            (Ended::No, _) => {}
            (Ended::Done, Some((task, _))) => out.push(Action::Cancel(task)),
            (Ended::Done, None) => out.run(Command::Funds(FundsAsk {
                profile,
                day,
                fetches: true,
            })),
            (Ended::Cancelled, _) => self.about = None,
        }
    }
}

/// What is said while there is nothing to show.
fn nothing(ui: &Ui, rect: Rect, page: &Page<'_>) -> Option<String> {
    let w = &page.w.funds;
    let words = if page.state.funds.is_loading() {
        w.reading
    } else {
        w.none
    };
    let at = pos2(rect.left(), rect.top() + 20.0);
    let style = (TypeStyle::Body, page.t.text_2);
    let (place, _) = paint::fit(ui.painter(), at, rect.width(), words, style);
    paint::say(ui, "no funds", place, words);
    None
}

/// The groups of rows that need a look: of the accounts themselves, and of the comparison.
fn groups(report: &FundsReport) -> Vec<&FindingGroup> {
    let mut out = Vec::new();
    for (_, outcome) in &report.accounts {
        if let AccountOutcome::Bill(bill) = outcome {
            out.extend([&bill.report.breaks, &bill.report.gap]);
        }
    }
    if let Ok((trade, _)) = &report.compared {
        out.extend(&trade.groups);
    }
    out.extend(&report.settlement.groups);
    out.retain(|group| group.count > 0);
    out
}

fn failed_checks(report: &FundsReport) -> usize {
    let of = |outcome: &AccountOutcome| match outcome {
        AccountOutcome::Bill(bill) => {
            let failed = bill.report.checks.iter().filter(|check| !check.holds);
            failed.count()
        }
        AccountOutcome::NothingMoved | AccountOutcome::NotHere { .. } => 0,
    };
    report.accounts.iter().map(|(_, outcome)| of(outcome)).sum()
}

fn group_height(group: &FindingGroup) -> f32 {
    let shown = group.rows.len().min(MOST);
    let more = usize::from(group.count > shown as u64);
    12.0 + HEAD + LINE + (shown + more) as f32 * LINE
}

fn height(report: &FundsReport) -> f32 {
    let accounts = LINE * (1 + report.accounts.len() + failed_checks(report)) as f32;
    let bridge = match &report.compared {
        Ok((_, bridge)) => HEAD + LINE + (bridge.steps.len() + 2) as f32 * STEP,
        Err(_) => 0.0,
    };
    let groups: f32 = groups(report).into_iter().map(group_height).sum();
    36.0 + accounts + 16.0 + bridge + groups + settlement::height(&report.settlement) + 8.0
}

/// Draws everything; a number that is to be looked up comes back.
fn show_report(
    ui: &Ui,
    rect: Rect,
    page: &Page<'_>,
    report: &FundsReport,
    picks: &mut bool,
) -> Option<String> {
    let p = ui.painter();
    let (mood, words) = verdict(page, report);
    let y = rect.top() + 12.0;
    paint::mark(p, pos2(rect.left() + 8.0, y), mood, page.t);
    let at = pos2(rect.left() + 24.0, y);
    let room = rect.width() - 24.0;
    let style = (TypeStyle::Heading, page.t.text_1);
    let (place, cut) = paint::fit(p, at, room, &words, style);
    let said = paint::say(ui, "funds verdict", place, &words);
    if cut {
        said.on_hover_text(&words);
    }
    let mut top = accounts(ui, rect, rect.top() + 36.0, page, report) + 16.0;
    if let Ok((_, bridge)) = &report.compared {
        top = show_bridge(ui, rect, top, page, bridge);
    }
    *picks = settlement::show(ui, rect, top, page, &report.settlement);
    top += settlement::height(&report.settlement);
    let mut number = None;
    for (nth, group) in groups(report).into_iter().enumerate() {
        number = show_group(ui, rect, top, page, (nth, group)).or(number);
        top += group_height(group);
    }
    number
}

/// The day in a sentence.
fn verdict(page: &Page<'_>, report: &FundsReport) -> (Tone, String) {
    let w = &page.w.funds;
    match &report.compared {
        Err(NotCompared::NoTradeBill) => (Tone::Watch, w.no_trade_bill.to_owned()),
        Err(NotCompared::AccountInDoubt) => (Tone::Urgent, w.in_doubt.to_owned()),
        Err(NotCompared::NoAccount) => (Tone::Watch, w.no_account.to_owned()),
        Ok((_, bridge)) if bridge.residual != Fen::ZERO => {
            let rest = format::money(bridge.residual);
            (Tone::Urgent, (w.unexplained)(&rest))
        }
        Ok((trade, bridge)) => explained(page, report, trade, bridge),
    }
}

fn explained(
    page: &Page<'_>,
    report: &FundsReport,
    trade: &TradeReport,
    bridge: &Bridge,
) -> (Tone, String) {
    let w = &page.w.funds;
    let change = format::money(bridge.change);
    let agreed = format::count(trade.agreed);
    if report.is_clean() {
        return (Tone::Ok, (w.explained)(&agreed, &change));
    }
    let rows: u64 = groups(report).iter().map(|group| group.count).sum();
    let words = (w.explained_by)(&agreed, &change, &format::count(rows));
    (Tone::Fault, words)
}

/// Left of the account, right of opening, closing, entries, left of the checks.
fn account_columns(rect: Rect) -> [f32; 5] {
    let left = rect.left();
    [left, left + 280.0, left + 410.0, left + 490.0, left + 530.0]
}

fn accounts(ui: &Ui, rect: Rect, top: f32, page: &Page<'_>, report: &FundsReport) -> f32 {
    let (t, w) = (page.t, &page.w.funds);
    let p = ui.painter();
    let [name, opening, closing, entries, checks] = account_columns(rect);
    let small = (TypeStyle::Small, t.text_3);
    let y = top + LINE / 2.0;
    paint::left(p, pos2(name, y), w.account, small);
    paint::right(p, pos2(opening, y), w.opening, small);
    paint::right(p, pos2(closing, y), w.closing, small);
    paint::right(p, pos2(entries, y), w.entries, small);
    paint::left(p, pos2(checks, y), w.checks, small);
    paint::hline(p, rect.x_range(), top + LINE, t.line);
    let mut top = top + LINE;
    for (account, outcome) in &report.accounts {
        account_line(ui, rect, top, page, (*account, outcome));
        top += LINE;
        let AccountOutcome::Bill(bill) = outcome else {
            continue;
        };
        for check in bill.report.checks.iter().filter(|check| !check.holds) {
            let what = if page.w.is_zh() { check.zh } else { check.en };
            let sums = (w.sums)(&check.expected, &check.actual);
            let words = (w.broken)(check.id, what, &sums);
            let at = pos2(name + 24.0, top + LINE / 2.0);
            let style = (TypeStyle::Small, t.red.text);
            let (place, _) = paint::fit(p, at, rect.width() - 24.0, &words, style);
            paint::say(ui, ("broken", top as i32), place, &words);
            top += LINE;
        }
    }
    top
}

fn account_line(
    ui: &Ui,
    rect: Rect,
    top: f32,
    page: &Page<'_>,
    (account, outcome): (FundAccount, &AccountOutcome),
) {
    let (t, w) = (page.t, &page.w.funds);
    let p = ui.painter();
    let [name, opening, closing, entries, checks] = account_columns(rect);
    let y = top + LINE / 2.0;
    let term = account.term();
    let of = if page.w.is_zh() { term.zh } else { term.en };
    let body = (TypeStyle::Body, t.text_1);
    paint::left(p, pos2(name, y), of, body);
    let (words, color) = match outcome {
        AccountOutcome::Bill(bill) => {
            let money = |sum: Option<Fen>| format::money_or_dash(sum);
            let report = &bill.report;
            paint::right(p, pos2(opening, y), &money(report.opening), body);
            paint::right(p, pos2(closing, y), &money(report.closing), body);
            let n = format::count(report.entries);
            paint::right(p, pos2(entries, y), &n, body);
            let failed: Vec<&str> = report
                .checks
                .iter()
                .filter(|check| !check.holds)
                .map(|check| check.id)
                .collect();
            if failed.is_empty() {
                (w.holds.to_owned(), t.green.text)
            } else {
                ((w.fails)(&failed.join(" ")), t.red.text)
            }
        }
        AccountOutcome::NothingMoved => (w.nothing_moved.to_owned(), t.text_3),
        AccountOutcome::NotHere { is_used: true } => (w.missing.to_owned(), t.orange.text),
        AccountOutcome::NotHere { is_used: false } => (w.not_here.to_owned(), t.text_3),
    };
    let room = rect.right() - checks;
    paint::fit(p, pos2(checks, y), room, &words, (TypeStyle::Body, color));
    let line = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), LINE));
    paint::say(
        ui,
        ("account", account.word()),
        line,
        &format!("{of} {words}"),
    );
}

fn show_bridge(ui: &Ui, rect: Rect, top: f32, page: &Page<'_>, bridge: &Bridge) -> f32 {
    let (t, w) = (page.t, &page.w.funds);
    let p = ui.painter();
    let at = pos2(rect.left(), top + 12.0);
    paint::left(p, at, w.bridge, (TypeStyle::Heading, t.text_1));
    let top = top + HEAD;
    let columns = WaterfallColumns::of(rect);
    let small = (TypeStyle::Small, t.text_3);
    let y = top + LINE / 2.0;
    paint::right(p, pos2(columns.count, y), w.rows, small);
    paint::right(p, pos2(columns.amount, y), w.amount, small);
    paint::right(p, pos2(columns.running, y), w.running, small);
    paint::hline(p, rect.x_range(), top + LINE, t.line);
    let steps = steps(page, bridge);
    let place = Rect::from_min_max(pos2(rect.left(), top + LINE), rect.max);
    waterfall(ui, place, &steps);
    top + LINE + steps.len() as f32 * STEP
}

/// A line of a table begins with a capital; hanzi have none.
fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// The steps with the sum before and after each, then the change of the balances and what is left.
fn steps(page: &Page<'_>, bridge: &Bridge) -> Vec<WaterfallStep> {
    let w = page.w;
    let mut sum = Fen::ZERO;
    let mut out = Vec::with_capacity(bridge.steps.len() + 2);
    for step in &bridge.steps {
        // The bridge was added up when it was built, so no sum of its first steps overflows unseen.
        let to = sum.checked_add(step.change).unwrap_or(sum);
        let words = step_words(&step.kind);
        out.push(WaterfallStep {
            name: capital(w.of(&words)),
            count: step.count,
            from: sum,
            to,
            change: step.change,
            kind: if needs_look(&step.kind) {
                WaterfallKind::Attention
            } else {
                WaterfallKind::Plain
            },
        });
        sum = to;
    }
    out.push(WaterfallStep {
        name: w.funds.change.to_owned(),
        count: 0,
        from: Fen::ZERO,
        to: bridge.change,
        change: bridge.change,
        kind: WaterfallKind::Total,
    });
    let is_explained = bridge.residual == Fen::ZERO;
    out.push(WaterfallStep {
        name: w.funds.residual.to_owned(),
        count: 0,
        from: sum,
        to: bridge.change,
        change: bridge.residual,
        kind: if is_explained {
            WaterfallKind::Plain
        } else {
            WaterfallKind::Attention
        },
    });
    out
}

const fn needs_look(kind: &StepKind) -> bool {
    match kind {
        StepKind::Missing
        | StepKind::Extra
        | StepKind::Differing
        | StepKind::BalanceBreaks
        | StepKind::RefundsClosed => true,
        StepKind::Settled
        | StepKind::Fees
        | StepKind::Refunds
        | StepKind::FeesReturned
        | StepKind::FeesElsewhere
        | StepKind::InTransit
        | StepKind::CarriedIn
        | StepKind::Other(_) => false,
    }
}

fn show_group(
    ui: &Ui,
    rect: Rect,
    top: f32,
    page: &Page<'_>,
    (nth, group): (usize, &FindingGroup),
) -> Option<String> {
    let (t, w) = (page.t, &page.w.funds);
    let p = ui.painter();
    let category = group.category;
    let count = format::count(group.count);
    let words = (w.group)(category.code(), page.w.category(category), &count);
    let y = top + 12.0 + HEAD / 2.0;
    let pill = pill(ui, pos2(rect.left(), y), Tone::Fault, &words);
    paint::say(ui, ("funds group", nth), pill, &words);
    let top = top + 12.0 + HEAD;
    let left = rect.left();
    let [kind, expected, actual, line] = [left + 300.0, left + 560.0, left + 690.0, left + 760.0];
    let small = (TypeStyle::Small, t.text_3);
    let y = top + LINE / 2.0;
    paint::left(p, pos2(left, y), w.number, small);
    paint::left(p, pos2(kind, y), w.kind, small);
    paint::right(p, pos2(expected, y), w.expected, small);
    paint::right(p, pos2(actual, y), w.actual, small);
    paint::right(p, pos2(line, y), w.line, small);
    paint::hline(p, rect.x_range(), top + LINE, t.line);
    let mut number = None;
    let mut top = top + LINE;
    for (at, row) in group.rows.iter().take(MOST).enumerate() {
        let y = top + LINE / 2.0;
        let body = (TypeStyle::Body, t.text_1);
        paint::left(
            p,
            pos2(left, y),
            &row.business_no,
            (TypeStyle::Mono, t.text_1),
        );
        paint::fit(p, pos2(kind, y), expected - kind - 110.0, &row.kind, body);
        let told = format::money_or_dash(row.expected);
        paint::right(p, pos2(expected, y), &told, body);
        let found = format::money_or_dash(row.actual);
        paint::right(p, pos2(actual, y), &found, body);
        if row.line > 0 {
            let n = format::count(u64::from(row.line));
            paint::right(p, pos2(line, y), &n, (TypeStyle::Body, t.text_3));
        }
        let area = Rect::from_min_size(pos2(left, top), vec2(line - left, LINE));
        let said = format!("{} {} {told} {found}", row.business_no, row.kind);
        paint::say(ui, ("funds row", nth, at), area, &said);
        let salt = (nth * MOST + at) as u64;
        if !row.business_no.is_empty()
            && link_right(ui, pos2(rect.right(), y), page.w.lookup.open_lookup, salt).clicked()
        {
            number = Some(row.business_no.clone());
        }
        top += LINE;
    }
    let left_out = group
        .count
        .saturating_sub(group.rows.len().min(MOST) as u64);
    if left_out > 0 {
        let words = (w.more)(&format::count(left_out));
        paint::left(p, pos2(left, top + LINE / 2.0), &words, small);
    }
    number
}
