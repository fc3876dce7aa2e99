//! The charts of reports, as shapes: whole numbers only, so that a sum is never rounded on its way to a bar.

use std::collections::BTreeMap;

use recondesk_domain::{BillDate, Category, Language, Severity, group_digits};
use recondesk_ports::{Anchor, Ink, Picture, RunRecord, Shape};
use recondesk_reconcile::RunSummary;

use super::Month;
use super::table::severity_word;

/// Width of a chart, in tenths of a point.
const WIDTH: i32 = 7_200;
/// Left edge of what is drawn; captions stand before it.
const LEFT: i32 = 900;
/// Width of what is drawn.
const SPAN: i32 = WIDTH - LEFT;

/// The charts of a day.
pub(super) fn of_day(summary: &RunSummary, language: Language) -> Vec<Picture> {
    let mut out = Vec::new();
    if !summary.coverage.wechat.is_empty() {
        out.push(coverage(summary, language));
    }
    out.push(books(summary, language));
    out
}

/// `part` of `whole`, of a length; never beyond it.
fn share(part: u64, whole: u64, length: i32) -> i32 {
    let length_wide = u128::from(length.unsigned_abs());
    let scaled = u128::from(part).saturating_mul(length_wide) / u128::from(whole.max(1));
    i32::try_from(scaled).unwrap_or(length).min(length)
}

/// The same, but what is there is seen.
fn visible_share(part: u64, whole: u64, length: i32) -> i32 {
    if part == 0 {
        0
    } else {
        share(part, whole, length).max(15)
    }
}

fn bar(x: i32, y: i32, width: i32, height: i32, ink: Ink) -> Shape {
    Shape::Bar {
        x,
        y,
        width,
        height,
        ink,
    }
}

fn label(x: i32, y: i32, anchor: Anchor, text: impl Into<String>) -> Shape {
    Shape::Label {
        x,
        y,
        anchor,
        text: text.into(),
        ink: Ink::Faint,
    }
}

/// The 24 hours of both books, in quarters of an hour, holes marked.
fn coverage(summary: &RunSummary, language: Language) -> Picture {
    const STRIP: i32 = 360;
    let mut shapes = Vec::new();
    let cells = i32::try_from(summary.coverage.wechat.len())
        .unwrap_or(96)
        .max(1);
    let width = SPAN / cells;
    for hole in &summary.coverage.holes {
        let place = |second: i64| {
            let second = u64::try_from(second).unwrap_or_default();
            LEFT.saturating_add(share(second, 86_400, width.saturating_mul(cells)))
        };
        let start = summary.day.start();
        let from = place(hole.from.distance(start));
        let to = place(hole.to.distance(start)).max(from.saturating_add(30));
        shapes.push(bar(
            from,
            100,
            to.saturating_sub(from),
            2 * STRIP + 160,
            Ink::Hole,
        ));
    }
    let most = |cells: &[u32]| cells.iter().copied().max().unwrap_or_default();
    let top = most(&summary.coverage.wechat).max(most(&summary.coverage.merchant));
    let strips = [
        (
            &summary.coverage.wechat,
            Ink::Wechat,
            language.pick("微信账", "WeChat"),
        ),
        (
            &summary.coverage.merchant,
            Ink::Merchant,
            language.pick("商户账", "Merchant"),
        ),
    ];
    for ((cells, ink, name), base) in strips.into_iter().zip([100 + STRIP, 2 * STRIP + 220]) {
        shapes.push(bar(LEFT, base, SPAN, 8, Ink::Line));
        shapes.push(label(LEFT - 80, base, Anchor::End, name));
        for (at, rows) in (0_i32..).zip(cells) {
            let height = visible_share(u64::from(*rows), u64::from(top), STRIP - 20);
            let x = LEFT.saturating_add(at.saturating_mul(width));
            shapes.push(bar(x, base.saturating_sub(height), width - 10, height, ink));
        }
    }
    for hour in (0_i32..=24).step_by(6) {
        let x = LEFT.saturating_add(hour.saturating_mul(4).saturating_mul(width));
        let text = format!("{hour:02}:00");
        shapes.push(label(x, 2 * STRIP + 350, Anchor::Middle, text));
    }
    Picture {
        title: language
            .pick("24 小时覆盖", "24 hours of both books")
            .to_owned(),
        width: WIDTH,
        height: 2 * STRIP + 400,
        shapes,
    }
}

/// What a row of a book came to, for the colour of its part of the bar.
const fn ink_of(category: Category) -> Ink {
    if category.is_matched() {
        return Ink::Matched;
    }
    if category.is_in_transit() {
        return Ink::InTransit;
    }
    match category.severity() {
        Severity::Urgent => Ink::Urgent,
        Severity::Fault => Ink::Fault,
        Severity::Watch => Ink::Watch,
        Severity::Info | Severity::Ok => Ink::Volume,
    }
}

/// Both books, payments and refunds apart: the rows by what they came to, what differs drawn to its own scale.
fn books(summary: &RunSummary, language: Language) -> Picture {
    const HEIGHT: i32 = 200;
    let mut shapes = Vec::new();
    let kinds = [
        (&summary.pays, language.pick("支付", "Payments")),
        (&summary.refunds, language.pick("退款", "Refunds")),
    ];
    let mut y = 100_i32;
    for (book, kind) in kinds {
        let sides = [
            (language.pick("微信", "WeChat"), true),
            (language.pick("商户", "merchant"), false),
        ];
        for (side, is_wechat) in sides {
            let count = |line: &recondesk_reconcile::CategoryLine| {
                if is_wechat {
                    line.wechat.count
                } else {
                    line.merchant.count
                }
            };
            let all: u64 = book.lines.iter().map(count).fold(0, u64::saturating_add);
            let name = format!("{kind} {side}");
            let base = y.saturating_add(HEIGHT - 60);
            shapes.push(label(LEFT - 80, base, Anchor::End, name));
            let mut x = LEFT;
            let room = SPAN.saturating_sub(900);
            for line in &book.lines {
                let width = visible_share(count(line), all, room);
                shapes.push(bar(x, y, width, HEIGHT, ink_of(line.category)));
                x = x.saturating_add(width);
            }
            let text = group_digits(&all.to_string());
            shapes.push(label(WIDTH, base, Anchor::End, text));
            y = y.saturating_add(HEIGHT + 60);
        }
        y = y.saturating_add(60);
    }
    legend(&mut shapes, y.saturating_add(100), language);
    Picture {
        title: language
            .pick("两册构成（笔数）", "What the rows of both books came to")
            .to_owned(),
        width: WIDTH,
        height: y.saturating_add(160),
        shapes,
    }
}

fn legend(shapes: &mut Vec<Shape>, base: i32, language: Language) {
    let entries = [
        (Ink::Matched, language.pick("平账", "matched")),
        (Ink::InTransit, language.pick("跨日", "across days")),
        (Ink::Urgent, severity_word(Severity::Urgent, language)),
        (Ink::Fault, severity_word(Severity::Fault, language)),
        (Ink::Watch, severity_word(Severity::Watch, language)),
        (Ink::Volume, severity_word(Severity::Info, language)),
    ];
    for (at, (ink, text)) in (0_i32..).zip(entries) {
        let x = LEFT.saturating_add(at.saturating_mul(1_000));
        shapes.push(bar(x, base.saturating_sub(80), 90, 90, ink));
        shapes.push(label(x.saturating_add(130), base, Anchor::Start, text));
    }
}

/// The charts of a month: volume by day, with the days that have work marked; what needs a person by severity.
pub(super) fn of_month(month: Month, runs: &[RunRecord], language: Language) -> Vec<Picture> {
    let rows = |run: &RunRecord| run.summary.headline().rows;
    let work = |run: &RunRecord| run.summary.headline().to_work;
    let mut volume = by_day(month, runs, Ink::Volume, &rows);
    language
        .pick("每日笔数", "Rows a day")
        .clone_into(&mut volume.title);
    let mut open = by_day(month, runs, Ink::Fault, &work);
    language
        .pick("每日需处理", "To work a day")
        .clone_into(&mut open.title);
    vec![volume, open]
}

fn by_day(
    month: Month,
    runs: &[RunRecord],
    ink: Ink,
    count: &dyn Fn(&RunRecord) -> u64,
) -> Picture {
    const HEIGHT: i32 = 700;
    let counts: BTreeMap<BillDate, u64> = runs.iter().map(|run| (run.day, count(run))).collect();
    let most = counts.values().copied().max().unwrap_or_default();
    let days = i32::try_from(month.days().count()).unwrap_or(31).max(1);
    let width = SPAN / days;
    let base = HEIGHT + 100;
    let mut shapes = vec![
        bar(LEFT, base, SPAN, 8, Ink::Line),
        label(LEFT - 80, base, Anchor::End, "0"),
        label(LEFT - 80, 180, Anchor::End, group_digits(&most.to_string())),
    ];
    for (at, day) in (0_i32..).zip(month.days()) {
        let x = LEFT.saturating_add(at.saturating_mul(width));
        if let Some(count) = counts.get(&day) {
            let height = visible_share(*count, most, HEIGHT);
            shapes.push(bar(x, base.saturating_sub(height), width - 20, height, ink));
        }
        let (_, _, nth) = day.ymd_parts();
        if nth == 1 || nth % 5 == 0 {
            let middle = x.saturating_add(width / 2);
            shapes.push(label(middle, base + 130, Anchor::Middle, nth.to_string()));
        }
    }
    Picture {
        title: String::new(),
        width: WIDTH,
        height: base + 180,
        shapes,
    }
}
