//! Laws of the engine on random days: conservation, indifference to order, exactness.

use proptest::prelude::*;
use recondesk_domain::{
    BillDate, Category, Fen, Finding, MOrder, OutTradeNo, RowRef, Tag, WPay, WRefund,
};
use recondesk_reconcile::{
    Collected, DayInput, MemoryBooks, PoolItem, ReconcileError, Rules, RunOutcome, run,
};
use wechatpay_sandbox::scenario::{Anomaly, ExportHole, RATE, Scenario};

fn day() -> BillDate {
    BillDate::ymd(2026, 3, 8).unwrap()
}

/// The rows of a scene, numbered in the order in which a file would have them.
#[derive(Debug, Clone, Default)]
struct SceneRows {
    pays: Vec<WPay>,
    refunds: Vec<WRefund>,
    orders: Vec<MOrder>,
    expected: Vec<(Category, OutTradeNo)>,
}

impl SceneRows {
    fn of(scene: &Scenario) -> Self {
        let mut out = Self::default();
        for deal in scene.deals() {
            out.pays.extend(deal.pays().copied());
            out.refunds.extend(deal.refunds.iter().copied());
            out.orders.extend(deal.order);
            if deal.order_twice {
                out.orders.extend(deal.order);
            }
            out.expected.extend(deal.expected);
        }
        out.number();
        out
    }

    fn number(&mut self) {
        let row = |at: usize| RowRef {
            import: 1,
            line: u32::try_from(at).unwrap() + 2,
            offset: at as u64 * 300,
        };
        for (at, w) in self.pays.iter_mut().enumerate() {
            w.row = row(at);
        }
        for (at, w) in self.refunds.iter_mut().enumerate() {
            w.row = row(at);
        }
        for (at, m) in self.orders.iter_mut().enumerate() {
            m.row = row(at);
        }
    }

    fn books(&self, days: &[BillDate]) -> MemoryBooks {
        let mut books = MemoryBooks::new();
        for day in days {
            let pays = self.pays.iter().filter(|w| day.contains(w.time));
            let refunds = self.refunds.iter().filter(|w| day.contains(w.time));
            books.set_bill(*day, pays.copied().collect(), refunds.copied().collect());
        }
        books.set_orders(self.orders.clone());
        books
    }
}

fn rules() -> Rules {
    let mut rules = Rules::default();
    rules.fee_rates.push(recondesk_domain::FeeRate {
        trade_type: String::new(),
        rate: RATE,
        from: String::new(),
    });
    rules
}

fn reconcile(
    books: &MemoryBooks,
    day: BillDate,
    pool: &[PoolItem],
) -> Result<(RunOutcome, Vec<Finding>), ReconcileError> {
    let mut input = DayInput::new("1900000109", day, rules());
    input.bill = books.bill_facts(day)?;
    input.pool = pool.to_vec();
    let mut sink = Collected::default();
    let outcome = run(&input, books, &mut sink)?;
    Ok((outcome, sink.findings))
}

fn told(findings: &[Finding]) -> Vec<(Category, OutTradeNo)> {
    let mut out: Vec<_> = findings
        .iter()
        .map(|f| (f.category, f.out_trade_no))
        .collect();
    out.sort();
    out
}

/// Findings without the places of their rows, which a shuffled file changes.
fn placeless(findings: &[Finding]) -> Vec<Finding> {
    let mut out = findings.to_vec();
    for finding in &mut out {
        finding.bill_row = None;
        finding.order_row = None;
        if finding.detail.starts_with("first_row=") {
            finding.detail.clear();
        }
    }
    out
}

fn scene(seed: u64, orders: u64, twists: Vec<Anomaly>) -> Scenario {
    let mut scene = Scenario::new(day(), seed, orders);
    scene.twists = twists;
    scene
}

#[test]
fn a_plain_day_has_no_findings() {
    let rows = SceneRows::of(&scene(7, 3_000, Vec::new()));

    let (outcome, findings) = reconcile(&rows.books(&[day().prev(), day()]), day(), &[]).unwrap();

    assert_eq!(findings, []);
    assert_eq!(outcome.pool, []);
    let head = outcome.summary.headline();
    assert_eq!(head.matched, head.rows);
    assert!(outcome.summary.pays.difference.is_empty());
    assert!(outcome.summary.refunds.difference.is_empty());
}

#[test]
fn every_twist_is_found_and_nothing_besides() {
    let twists: Vec<Anomaly> = Anomaly::all().chain(Anomaly::all()).collect();
    let rows = SceneRows::of(&scene(1, 4_000, twists));

    let (_, findings) = reconcile(&rows.books(&[day().prev(), day()]), day(), &[]).unwrap();

    let mut expected = rows.expected.clone();
    expected.sort();
    assert_eq!(told(&findings), expected);
}

#[test]
fn a_truncated_export_is_one_hole_and_no_one_sided_payments() {
    let mut cut = scene(3, 4_000, Vec::new());
    cut.hole = Some(ExportHole {
        from: 18 * 3600 + 250,
        to: 86_399,
    });
    let rows = SceneRows::of(&cut);

    let (outcome, findings) = reconcile(&rows.books(&[day().prev(), day()]), day(), &[]).unwrap();

    let categories: Vec<Category> = findings.iter().map(|f| f.category).collect();
    assert_eq!(categories, [Category::MCoverage]);
    let hole = outcome.summary.coverage.holes[0];
    assert!(hole.from >= day().start().plus(18 * 3600 + 250));
    assert!(hole.sums.count > 500);
    assert!(findings[0].detail.contains("count="));
}

#[test]
fn a_day_without_its_bill_blocks_one_sided_findings() {
    let rows = SceneRows::of(&scene(4, 500, Vec::new()));

    let (outcome, findings) = reconcile(&rows.books(&[day().prev()]), day(), &[]).unwrap();

    let categories: Vec<Category> = findings.iter().map(|f| f.category).collect();
    assert_eq!(categories, [Category::WCoverage]);
    assert!(!outcome.summary.has_bill);
}

#[test]
fn a_pending_order_is_cleared_by_the_next_bill() {
    let rows = SceneRows::of(&scene(5, 500, vec![Anomaly::Find(Category::PayPendingM)]));
    let books = rows.books(&[day().prev(), day(), day().next()]);

    let (first, findings) = reconcile(&books, day(), &[]).unwrap();
    let (second, later) = reconcile(&books, day().next(), &first.pool).unwrap();

    assert_eq!(told(&findings), rows.expected);
    assert_eq!(first.pool.len(), 1);
    assert_eq!(later, []);
    assert_eq!(second.pool, []);
    assert_eq!(second.summary.pool[0].cleared.count, 1);
    assert_eq!(second.cleared[0].category, Category::MatchedXday);
}

#[test]
fn a_pending_payment_expires_with_the_next_bill() {
    let rows = SceneRows::of(&scene(6, 500, vec![Anomaly::Find(Category::PayPendingW)]));
    let books = rows.books(&[day().prev(), day(), day().next()]);

    let (first, _) = reconcile(&books, day(), &[]).unwrap();
    let (second, later) = reconcile(&books, day().next(), &first.pool).unwrap();

    assert_eq!(first.pool.len(), 1);
    assert_eq!(later[0].category, Category::WOnlyPay);
    assert_eq!(later[0].detail, "entered=2026-03-08");
    assert_eq!(second.summary.pool[0].expired.count, 1);
    assert_eq!(second.pool, []);
}

#[test]
fn a_failed_download_does_not_age_the_pool() {
    let rows = SceneRows::of(&scene(6, 500, vec![Anomaly::Find(Category::PayPendingW)]));
    let books = rows.books(&[day().prev(), day(), day().plus(2)]);

    let (first, _) = reconcile(&books, day(), &[]).unwrap();
    let (second, waiting) = reconcile(&books, day().next(), &first.pool).unwrap();
    let (third, raised) = reconcile(&books, day().plus(2), &second.pool).unwrap();

    assert_eq!(second.pool, first.pool);
    assert!(waiting.iter().any(|f| f.category == Category::PayPendingW));
    assert_eq!(raised[0].category, Category::WOnlyPay);
    assert_eq!(third.pool, []);
}

#[test]
fn an_order_that_comes_late_is_matched_through_the_pool() {
    let full = SceneRows::of(&scene(8, 500, Vec::new()));
    let mut short = full.clone();
    let last = full
        .pays
        .iter()
        .max_by_key(|w| (w.time, w.out_trade_no))
        .unwrap();
    short.orders.retain(|m| m.out_trade_no != last.out_trade_no);
    let days = [day().prev(), day(), day().next()];
    // The last payment of a day lies in a long window.
    let mut input = DayInput::new("1900000109", day(), rules());
    input.rules.cut_off_minutes = 120;
    let books = short.books(&days);
    input.bill = books.bill_facts(day()).unwrap();
    let mut sink = Collected::default();
    let first = run(&input, &books, &mut sink).unwrap();

    let (second, later) = reconcile(&full.books(&days), day().next(), &first.pool).unwrap();

    assert_eq!(first.pool.len(), 1, "{:?}", sink.findings);
    assert_eq!(later, []);
    assert_eq!(second.cleared[0].out_trade_no, last.out_trade_no);
}

#[test]
fn an_open_item_is_not_opened_again_by_a_rerun_of_its_own_day() {
    let rows = SceneRows::of(&scene(5, 500, vec![Anomaly::Find(Category::PayPendingM)]));
    let books = rows.books(&[day().prev(), day()]);
    let (first, before) = reconcile(&books, day(), &[]).unwrap();

    let (again, after) = reconcile(&books, day(), &first.pool).unwrap();

    assert_eq!(before, after);
    assert_eq!(first.pool, again.pool);
}

#[test]
fn rows_that_the_certificate_does_not_count_stop_the_run() {
    let rows = SceneRows::of(&scene(9, 100, Vec::new()));
    let books = rows.books(&[day()]);
    let mut input = DayInput::new("1900000109", day(), rules());
    let mut facts = books.bill_facts(day()).unwrap().unwrap();
    facts.paid = facts.paid.checked_add(Fen::new(1)).unwrap();
    input.bill = Some(facts);

    let end = run(&input, &books, &mut Collected::default());

    assert!(matches!(end, Err(ReconcileError::OtherRows { .. })));
}

#[test]
fn a_run_can_be_stopped() {
    struct ImpatientControl;
    impl recondesk_reconcile::FindingSink for ImpatientControl {
        fn finding(&mut self, _: Finding) {}
        fn keep_going(&mut self, _: u64) -> bool {
            false
        }
    }
    let rows = SceneRows::of(&scene(9, 100, Vec::new()));
    let books = rows.books(&[day()]);
    let mut input = DayInput::new("1900000109", day(), rules());
    input.bill = books.bill_facts(day()).unwrap();

    assert_eq!(
        run(&input, &books, &mut ImpatientControl),
        Err(ReconcileError::Cancelled)
    );
}

fn any_twists() -> impl Strategy<Value = Vec<Anomaly>> {
    let all: Vec<Anomaly> = Anomaly::all().collect();
    proptest::collection::vec(proptest::sample::select(all), 0..24)
}

fn shuffle<T>(rows: &mut [T], mut seed: u64) {
    for at in (1..rows.len()).rev() {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        rows.swap(at, (seed >> 33) as usize % (at + 1));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn random_days_are_told_exactly(seed in any::<u64>(), orders in 300_u64..1_500, twists in any_twists()) {
        let rows = SceneRows::of(&scene(seed, orders, twists));
        let books = rows.books(&[day().prev(), day()]);

        let (outcome, findings) = reconcile(&books, day(), &[]).unwrap();

        let mut expected = rows.expected.clone();
        expected.sort();
        prop_assert_eq!(told(&findings), expected);
        let summary = &outcome.summary;
        for book in [&summary.pays, &summary.refunds] {
            let explained: i64 = book.difference.iter().map(|term| term.fen.get()).sum();
            let difference = book.wechat.fen.get() - book.merchant.fen.get();
            prop_assert_eq!(explained, difference);
        }
        let in_bill = rows.pays.iter().filter(|w| day().contains(w.time)).count();
        prop_assert_eq!(summary.pays.wechat.count, in_bill as u64);
        let listed: u64 = summary.lines().map(|line| line.findings).sum();
        prop_assert_eq!(listed, findings.len() as u64);
    }

    #[test]
    fn the_order_of_rows_and_of_arrival_does_not_matter(seed in any::<u64>(), mix in any::<u64>(), twists in any_twists()) {
        let rows = SceneRows::of(&scene(seed, 400, twists));
        let mut shuffled = rows.clone();
        shuffle(&mut shuffled.pays, mix);
        shuffle(&mut shuffled.refunds, mix ^ 1);
        shuffle(&mut shuffled.orders, mix ^ 2);
        shuffled.number();

        let days = [day().prev(), day()];
        let (one, first) = reconcile(&rows.books(&days), day(), &[]).unwrap();
        let (two, second) = reconcile(&shuffled.books(&days), day(), &[]).unwrap();

        prop_assert_eq!(&one.summary, &two.summary);
        prop_assert_eq!(placeless(&first), placeless(&second));
    }

    #[test]
    fn a_rerun_gives_the_same_bytes(seed in any::<u64>(), twists in any_twists()) {
        let books = SceneRows::of(&scene(seed, 300, twists)).books(&[day().prev(), day()]);

        let first = reconcile(&books, day(), &[]).unwrap();
        let second = reconcile(&books, day(), &[]).unwrap();

        prop_assert_eq!(
            serde_json::to_string(&first.0.summary).unwrap(),
            serde_json::to_string(&second.0.summary).unwrap()
        );
        prop_assert_eq!(first, second);
    }

    #[test]
    fn any_rows_whatever_are_conserved(seed in any::<u64>(), lost in any::<u64>(), twists in any_twists()) {
        let mut rows = SceneRows::of(&scene(seed, 300, twists));
        // Rows vanish from either book, numbers repeat, and times run over midnight.
        let mut dice = lost;
        let mut roll = || {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(97);
            dice >> 40
        };
        rows.pays.retain(|_| !roll().is_multiple_of(5));
        rows.orders.retain(|_| !roll().is_multiple_of(5));
        rows.refunds.retain(|_| !roll().is_multiple_of(3));
        for at in 1..rows.pays.len() {
            if roll().is_multiple_of(20) {
                rows.pays[at].out_trade_no = rows.pays[at - 1].out_trade_no;
            }
            if roll().is_multiple_of(20) {
                rows.pays[at].transaction_id = rows.pays[at - 1].transaction_id;
            }
        }
        for at in 1..rows.orders.len() {
            if roll().is_multiple_of(20) {
                rows.orders[at].out_trade_no = rows.orders[at - 1].out_trade_no;
            }
        }
        rows.number();
        let books = rows.books(&[day().prev(), day(), day().next()]);

        // Conservation and the roll-forward are proven inside; a break is an error.
        let (first, _) = reconcile(&books, day(), &[]).unwrap();
        let (second, _) = reconcile(&books, day().next(), &first.pool).unwrap();

        prop_assert!(first.summary.identities.iter().filter(|i| i.id != "I16").all(recondesk_reconcile::RunIdentity::holds));
        prop_assert!(second.pool.iter().all(|item| item.entered == day().next()));
    }
}

#[test]
fn tags_name_what_else_applies() {
    let mut rows = SceneRows::of(&scene(11, 300, vec![Anomaly::Find(Category::AmountDiff)]));
    let number = rows.expected[0].1;
    let order = rows
        .orders
        .iter_mut()
        .find(|m| m.out_trade_no == number)
        .unwrap();
    order.fulfil_status = recondesk_domain::FulfilStatus::Pending;

    let (outcome, findings) = reconcile(&rows.books(&[day().prev(), day()]), day(), &[]).unwrap();

    assert_eq!(findings[0].category, Category::AmountDiff);
    assert_eq!(findings[0].tags, [Tag::Also(Category::BookedNotFulfilled)]);
    assert_eq!(outcome.summary.tags, [(Category::BookedNotFulfilled, 1)]);
}
