//! The Reconcile screen's model from a run's summary: figures are copied and added, never made up.

use crate::model::{
    BookPair, BookSum, CategoryRow, CoverageHole, DayCoverage, Equation, Movement, PoolRow,
    PoolTotals as PoolCell, SignOffItem, TagRow,
};
use recondesk_domain::{Category, Fen};
use recondesk_reconcile::{BookSummary, CategoryLine, CountedSum, PoolRoll, PoolSide, RunSummary};

/// The parts of the day's model that come from the summary alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DayFigures {
    /// Rows by the quarter of an hour.
    pub coverage: DayCoverage,
    /// Payments of both books.
    pub pays: BookPair,
    /// Refunds of both books.
    pub refunds: BookPair,
    /// Categories, worst first, agreement last.
    pub categories: Vec<CategoryRow>,
    /// Tags.
    pub tags: Vec<TagRow>,
    /// The pool, what WeChat has and what the merchant has.
    pub pool: (PoolRow, PoolRow),
}

/// Reads the figures of a run: each row of a book counts once, payments and refunds apart.
#[must_use]
pub fn figures(summary: &RunSummary) -> DayFigures {
    let mut lines: Vec<(Movement, &CategoryLine)> = Vec::new();
    lines.extend(summary.pays.lines.iter().map(|l| (Movement::Payments, l)));
    lines.extend(summary.refunds.lines.iter().map(|l| (Movement::Refunds, l)));
    lines.extend(summary.day_findings.iter().map(|l| (Movement::Day, l)));
    let weight = |line: &CategoryLine| line.wechat.fen.abs().max(line.merchant.fen.abs());
    lines.sort_by_key(|(of, line)| {
        let severity = line.category.severity();
        let heaviest_first = std::cmp::Reverse(weight(line));
        (severity, heaviest_first, line.category, *of)
    });
    let rows = lines.iter().map(|(of, line)| category_row(*of, line));
    DayFigures {
        coverage: coverage(summary),
        pays: pair(&summary.pays),
        refunds: pair(&summary.refunds),
        categories: rows.collect(),
        tags: tags(summary),
        pool: (
            pool(summary, PoolSide::Wechat),
            pool(summary, PoolSide::Merchant),
        ),
    }
}

/// Payments or refunds of both books, and what explains that their sums differ.
fn pair(book: &BookSummary) -> BookPair {
    let mut matched = (CountedSum::default(), CountedSum::default());
    for line in book.lines.iter().filter(|line| line.category.is_matched()) {
        add(&mut matched.0, line.wechat);
        add(&mut matched.1, line.merchant);
    }
    let equation = equation(book);
    let explained = equation
        .iter()
        .fold(Fen::ZERO, |sum, term| plus(sum, term.sum));
    BookPair {
        wechat: cell(book.wechat),
        merchant: cell(book.merchant),
        matched: (cell(matched.0), cell(matched.1)),
        equation,
        residual: minus(minus(book.wechat.fen, book.merchant.fen), explained),
    }
}

/// What a day was compared with.
#[derive(Debug, Clone, Copy)]
pub struct DayGrounds {
    /// Every sum of the bill holds.
    pub certificate_good: bool,
    /// The merchant's files have no row of the day that was refused.
    pub export_good: bool,
}

/// The conditions for signing the day off, in the order of the card.
#[must_use]
pub fn sign_off(
    summary: &RunSummary,
    DayGrounds {
        certificate_good,
        export_good,
    }: DayGrounds,
    urgent_open: u64,
) -> Vec<SignOffItem> {
    let holds = summary
        .identities
        .iter()
        .all(|identity| identity.id == "I16" || identity.holds());
    let covered = summary.has_bill && summary.coverage.holes.is_empty() && export_good;
    vec![
        SignOffItem::Bill(summary.has_bill && certificate_good),
        SignOffItem::Coverage(covered),
        SignOffItem::Conservation(holds),
        SignOffItem::UrgentOpen(urgent_open),
    ]
}

fn category_row(of: Movement, line: &CategoryLine) -> CategoryRow {
    let some = |sums: CountedSum| (sums.count > 0).then(|| cell(sums));
    let rows = line
        .wechat
        .count
        .max(line.merchant.count)
        .max(line.carried.count);
    let agreement = line.category.is_agreement();
    CategoryRow {
        category: line.category,
        of,
        wechat: some(line.wechat),
        merchant: some(line.merchant),
        count: if agreement { rows } else { line.findings },
    }
}

fn coverage(summary: &RunSummary) -> DayCoverage {
    DayCoverage {
        wechat: summary.coverage.wechat.clone(),
        merchant: summary.coverage.merchant.clone(),
        cut_off_minutes: summary.cut_off_minutes,
        holes: summary
            .coverage
            .holes
            .iter()
            .map(|hole| CoverageHole {
                from: hole.from,
                to: hole.to,
                rows: hole.sums.count,
            })
            .collect(),
        wechat_holes: wechat_holes(summary),
    }
}

/// Paid orders in a row for which the bill has no payment at all, from which on its silence is a hole.
const WECHAT_HOLE: u64 = 10;
/// Quarters of an hour in a row that a hole of the bill takes at least.
const WECHAT_HOLE_CELLS: usize = 2;
/// Seconds of a cell.
const CELL_S: i64 = 900;

/// Stretches of quarters of an hour without a payment in the bill, though the merchant has paid orders in them.
fn wechat_holes(summary: &RunSummary) -> Vec<CoverageHole> {
    let start = summary.day.start();
    let mut out = Vec::new();
    let mut open: Option<(usize, u64)> = None;
    let cells = summary
        .coverage
        .wechat
        .iter()
        .zip(&summary.coverage.merchant);
    let mut close = |open: Option<(usize, u64)>, end: usize| {
        let long = open.filter(|(first, rows)| {
            *rows >= WECHAT_HOLE && end.saturating_sub(*first) >= WECHAT_HOLE_CELLS
        });
        if let Some((first, rows)) = long {
            let at = |cell: usize| start.plus(i64::try_from(cell).unwrap_or(0) * CELL_S);
            out.push(CoverageHole {
                from: at(first),
                to: at(end),
                rows,
            });
        }
    };
    let mut end = 0;
    for (at, (wechat, merchant)) in cells.enumerate() {
        end = at + 1;
        if *wechat > 0 {
            close(open.take(), at);
        } else {
            let (first, rows) = open.unwrap_or((at, 0));
            open = Some((first, rows.saturating_add(u64::from(*merchant))));
        }
    }
    close(open, end);
    out
}

fn equation(book: &BookSummary) -> Vec<Equation> {
    let mut out: Vec<Equation> = Vec::new();
    for term in &book.difference {
        match out.iter_mut().find(|known| known.category == term.category) {
            Some(known) => known.sum = plus(known.sum, term.fen),
            None => out.push(Equation {
                category: term.category,
                sum: term.fen,
            }),
        }
    }
    out.retain(|term| term.sum != Fen::ZERO);
    out.sort_by_key(|term| (std::cmp::Reverse(term.sum.abs()), term.category));
    out
}

fn tags(summary: &RunSummary) -> Vec<TagRow> {
    let row = |&(category, count): &(Category, u64)| TagRow {
        word: category.code().to_owned(),
        category: Some(category),
        count,
    };
    summary.tags.iter().map(row).collect()
}

fn pool(summary: &RunSummary, side: PoolSide) -> PoolRow {
    let mut out = PoolRow::default();
    for roll in summary.pool.iter().filter(|roll| roll.side == side) {
        let PoolRoll {
            opening,
            new,
            cleared,
            expired,
            closing,
            ..
        } = roll;
        for (to, from) in [
            (&mut out.opening, opening),
            (&mut out.new, new),
            (&mut out.cleared, cleared),
            (&mut out.expired, expired),
            (&mut out.closing, closing),
        ] {
            *to = PoolCell {
                count: to.count.saturating_add(from.count),
                sum: plus(to.sum, from.fen),
            };
        }
    }
    out
}

const fn cell(sums: CountedSum) -> BookSum {
    BookSum {
        count: sums.count,
        sum: sums.fen,
    }
}

fn add(to: &mut CountedSum, from: CountedSum) {
    to.count = to.count.saturating_add(from.count);
    to.fen = plus(to.fen, from.fen);
}

/// Sums of a stored run were checked when it was made; a screen shows them and stops nothing.
fn plus(a: Fen, b: Fen) -> Fen {
    a.checked_add(b).unwrap_or(a)
}

fn minus(a: Fen, b: Fen) -> Fen {
    a.checked_sub(b).unwrap_or(a)
}

#[cfg(test)]
mod tests {
    use super::*;
    use recondesk_domain::BillDate;
    use recondesk_reconcile::{Coverage, DifferenceTerm, NetSettlement};

    fn sums(count: u64, fen: i64) -> CountedSum {
        CountedSum {
            count,
            fen: Fen::new(fen),
        }
    }

    fn line(
        category: Category,
        wechat: CountedSum,
        merchant: CountedSum,
        findings: u64,
    ) -> CategoryLine {
        let at_stake = wechat.fen;
        CategoryLine {
            category,
            wechat,
            merchant,
            carried: CountedSum::default(),
            findings,
            at_stake,
        }
    }

    fn book(lines: Vec<CategoryLine>, difference: Vec<DifferenceTerm>) -> BookSummary {
        let mut book = BookSummary {
            difference,
            ..BookSummary::default()
        };
        for line in &lines {
            add(&mut book.wechat, line.wechat);
            add(&mut book.merchant, line.merchant);
        }
        BookSummary { lines, ..book }
    }

    fn summary() -> RunSummary {
        RunSummary {
            day: BillDate::parse("2026-03-08").unwrap(),
            has_bill: true,
            fulfilment_known: true,
            fees_judged: true,
            cut_off_minutes: 30,
            pays: book(
                vec![
                    line(Category::Matched, sums(10, 1000), sums(10, 1000), 0),
                    line(Category::PaidNotBooked, sums(1, 299), sums(1, 299), 1),
                    line(Category::AmountDiff, sums(1, 132), sums(1, 123), 1),
                ],
                vec![DifferenceTerm {
                    category: Category::AmountDiff,
                    fen: Fen::new(9),
                }],
            ),
            refunds: book(
                vec![
                    line(Category::Matched, sums(2, 50), sums(2, 50), 0),
                    line(Category::WOnlyRefund, sums(1, 86), CountedSum::default(), 1),
                ],
                vec![DifferenceTerm {
                    category: Category::WOnlyRefund,
                    fen: Fen::new(86),
                }],
            ),
            day_findings: Vec::new(),
            pool: Vec::new(),
            tags: vec![(Category::TimeDiff, 3)],
            coverage: Coverage::default(),
            net: NetSettlement::default(),
            identities: Vec::new(),
        }
    }

    fn sum(count: u64, fen: i64) -> BookSum {
        BookSum {
            count,
            sum: Fen::new(fen),
        }
    }

    #[test]
    fn every_row_is_shown_once_and_payments_and_refunds_are_two_sums() {
        let figures = figures(&summary());

        assert_eq!(figures.pays.wechat, sum(12, 1431));
        assert_eq!(figures.pays.matched.0, sum(10, 1000));
        assert_eq!(figures.refunds.wechat, sum(3, 136));
        assert_eq!(figures.refunds.matched.0, sum(2, 50));
        let of = |of: Movement| -> (u64, i64) {
            let rows = figures.categories.iter().filter(|row| row.of == of);
            let books: Vec<BookSum> = rows.filter_map(|row| row.wechat).collect();
            let fen = books.iter().map(|book| book.sum.get()).sum();
            (books.iter().map(|book| book.count).sum(), fen)
        };
        assert_eq!(of(Movement::Payments), (12, 1431));
        assert_eq!(of(Movement::Refunds), (3, 136));
    }

    #[test]
    fn each_equation_explains_its_difference_to_the_fen() {
        let figures = figures(&summary());

        let terms = |pair: &BookPair| -> Vec<(Category, i64)> {
            let terms = pair.equation.iter();
            terms.map(|t| (t.category, t.sum.get())).collect()
        };
        assert_eq!(terms(&figures.pays), [(Category::AmountDiff, 9)]);
        assert_eq!(terms(&figures.refunds), [(Category::WOnlyRefund, 86)]);
        assert_eq!(figures.pays.residual, Fen::ZERO);
        assert_eq!(figures.refunds.residual, Fen::ZERO);
    }

    #[test]
    fn the_worst_category_stands_first_and_agreement_last() {
        let order: Vec<_> = figures(&summary())
            .categories
            .iter()
            .map(|row| row.category)
            .collect();

        assert_eq!(order.first(), Some(&Category::PaidNotBooked));
        assert_eq!(order.last(), Some(&Category::Matched));
    }

    #[test]
    fn a_hole_in_the_merchants_book_keeps_the_day_unsigned() {
        let mut summary = summary();
        let at = summary.day.start();
        summary.coverage.holes = vec![recondesk_reconcile::Hole {
            from: at,
            to: at,
            sums: sums(20, 1),
        }];

        assert_eq!(
            sign_off(
                &summary,
                DayGrounds {
                    certificate_good: true,
                    export_good: true,
                },
                0,
            ),
            [
                SignOffItem::Bill(true),
                SignOffItem::Coverage(false),
                SignOffItem::Conservation(true),
                SignOffItem::UrgentOpen(0),
            ]
        );
    }
}
