//! Single rules of the engine on books of a few rows.

use recondesk_domain::{
    BillRefundState, BillState, Category, Fee, Fen, Finding, FulfilStatus, MOrder, OrderNo,
    OutRefundNo, PayStatus, RefundStatus, SuggestedAction, Tag, TransactionId, WPay, WRefund,
};
use recondesk_reconcile::{LiveRefund, LiveRefundState};

use crate::small_books::{
    BOTH, RunResult, at, back, booked, books, day, noon, order, pay, plain, tell, with_pool,
};

#[test]
fn an_unknown_state_is_p15_with_or_without_an_order() {
    let odd = |number| WPay {
        state: BillState::Unknown,
        ..pay(number, noon())
    };
    let books = books(&[odd("A"), odd("B")], &[], &[order("A", noon())], &BOTH());

    let told = plain(&books);

    assert_eq!(told.categories(), [Category::UnknownState; 2]);
}

#[test]
fn a_refund_of_an_unknown_state_is_p15_where_both_books_have_it_and_r01_where_one_has() {
    let odd = |number, of| WRefund {
        state: BillRefundState::Unknown,
        ..back(number, of, noon(), 100)
    };
    let mut books = books(
        &[pay("A", noon()), pay("B", noon())],
        &[odd("R1", "A"), odd("R2", "B")],
        &[order("A", noon()), order("B", noon())],
        &BOTH(),
    );
    books.set_refunds(vec![booked("R1", "A", noon(), 100)]);

    let told = plain(&books);

    let found: Vec<(Category, &str)> = told
        .findings
        .iter()
        .map(|f| (f.category, f.out_refund_no.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (Category::WOnlyRefund, "R2"),
            (Category::UnknownState, "R1")
        ]
    );
}

#[test]
fn goods_wait_for_no_refund_that_was_only_taken_over() {
    let pending = MOrder {
        fulfil_status: FulfilStatus::Pending,
        fulfilled_at: None,
        ..order("A", noon())
    };
    let books = books(&[pay("A", noon())], &[], &[pending], &BOTH());
    let under_way = |state| {
        let told = tell(&books, day(), |input| {
            input.live_refunds = vec![LiveRefund {
                out_trade_no: pending.out_trade_no,
                transaction_id: pay("A", noon()).transaction_id,
                amount: Some(pay("A", noon()).amount),
                ..LiveRefund::new(OutRefundNo::new("R1").unwrap(), state)
            }];
        });
        let found = told.findings.iter();
        found
            .map(|f| (f.category, f.action()))
            .collect::<Vec<(Category, SuggestedAction)>>()
    };

    // It may still be closed without any money moving: the payment stays open, and nothing is given for it.
    assert_eq!(
        under_way(LiveRefundState::Processing),
        [(Category::BookedNotFulfilled, SuggestedAction::Review)]
    );
    // Nor has the customer what could not reach a card: it is settled with WeChat Pay, in neither goods nor another refund.
    assert_eq!(
        under_way(LiveRefundState::Abnormal),
        [(Category::BookedNotFulfilled, SuggestedAction::Review)]
    );
    assert_eq!(under_way(LiveRefundState::Success), []);
    assert_eq!(
        under_way(LiveRefundState::Closed),
        [(Category::BookedNotFulfilled, SuggestedAction::Reissue)]
    );
}

#[test]
fn a_renumbered_order_is_met_by_the_payment_number() {
    let mut renumbered = order("A-2", noon());
    renumbered.transaction_id = pay("A", noon()).transaction_id;
    let books = books(&[pay("A", noon())], &[], &[renumbered], &BOTH());

    let told = plain(&books);

    assert_eq!(told.categories(), []);
    assert_eq!(
        told.outcome
            .summary
            .pays
            .line(Category::Matched)
            .unwrap()
            .wechat
            .count,
        1
    );
}

#[test]
fn payments_of_one_business_order_on_two_days_are_p09() {
    let of = |number, time| MOrder {
        order_no: OrderNo::new("BIZ").unwrap(),
        ..order(number, time)
    };
    let yesterday = noon().plus(-86_400);
    let books = books(
        &[pay("A", yesterday), pay("B", noon())],
        &[],
        &[of("A", yesterday), of("B", noon())],
        &BOTH(),
    );

    let told = plain(&books);

    assert_eq!(told.categories(), [Category::DupPay]);
    // Booked one by one, a day apart: perhaps instalments, so nothing is proposed but to look.
    assert_eq!(told.findings[0].detail, "numbers=A,B each=booked");
    assert_eq!(told.findings[0].action(), SuggestedAction::Review);
}

#[test]
fn of_two_booked_payments_within_minutes_one_goes_back() {
    let of = |number, time| MOrder {
        order_no: OrderNo::new("BIZ").unwrap(),
        ..order(number, time)
    };
    let again = noon().plus(1_799);
    let books = books(
        &[pay("A", noon()), pay("B", again)],
        &[],
        &[of("A", noon()), of("B", again)],
        &BOTH(),
    );

    let told = plain(&books);

    let steps: Vec<SuggestedAction> = told.findings.iter().map(Finding::action).collect();
    assert_eq!(steps, [SuggestedAction::Keep, SuggestedAction::RefundExtra]);
}

#[test]
fn the_payment_that_is_kept_of_two_still_waits_for_its_goods() {
    let of = |number, time| MOrder {
        order_no: OrderNo::new("BIZ").unwrap(),
        fulfil_status: FulfilStatus::Pending,
        fulfilled_at: None,
        ..order(number, time)
    };
    let again = noon().plus(60);
    let books = books(
        &[pay("A", noon()), pay("B", again)],
        &[],
        &[of("A", noon()), of("B", again)],
        &BOTH(),
    );

    let told = plain(&books);

    let steps: Vec<(&str, SuggestedAction)> = told
        .findings
        .iter()
        .map(|f| (f.out_trade_no.as_str(), f.action()))
        .collect();
    assert_eq!(
        steps,
        [
            ("A", SuggestedAction::Reissue),
            ("B", SuggestedAction::RefundExtra)
        ]
    );
    let kept = &told.findings[0];
    assert_eq!(kept.category, Category::BookedNotFulfilled);
    assert!(kept.tags.contains(&Tag::Also(Category::DupPay)));
    assert!(kept.detail.ends_with("numbers=A,B"), "{}", kept.detail);
}

#[test]
fn two_payments_under_one_number_are_p09_and_a_copy_is_p10() {
    let again = WPay {
        transaction_id: TransactionId::new("42other").unwrap(),
        time: noon().plus(5),
        ..pay("A", noon())
    };
    let twice = books(
        &[pay("A", noon()), again],
        &[],
        &[order("A", noon())],
        &BOTH(),
    );
    let copied = books(
        &[pay("A", noon()), pay("A", noon())],
        &[],
        &[order("A", noon())],
        &BOTH(),
    );

    assert_eq!(plain(&twice).categories(), [Category::DupPay; 2]);
    assert_eq!(plain(&copied).categories(), [Category::DupRowW]);
}

#[test]
fn a_payment_reversed_and_not_booked_is_nothing() {
    let reversed = WPay {
        state: BillState::Revoked,
        time: noon().plus(20),
        ..pay("A", noon())
    };
    let mut closed = order("A", noon());
    closed.pay_status = PayStatus::Closed;
    closed.paid_at = None;
    let books = books(&[pay("A", noon()), reversed], &[], &[closed], &BOTH());

    assert_eq!(plain(&books).categories(), []);
}

#[test]
fn an_order_closed_after_the_payment_is_p01_and_before_it_p02() {
    let closed = |number, seconds| MOrder {
        pay_status: PayStatus::Closed,
        paid_at: None,
        closed_at: Some(noon().plus(seconds)),
        ..order(number, noon())
    };
    let books = books(
        &[pay("A", noon()), pay("B", noon())],
        &[],
        &[closed("A", 60), closed("B", -60)],
        &BOTH(),
    );

    assert_eq!(
        plain(&books).categories(),
        [Category::PaidNotBooked, Category::PaidAfterClose]
    );
}

#[test]
fn an_old_unpaid_order_beyond_the_lookback_is_found_by_its_number() {
    let mut old = order("A", noon());
    old.pay_status = PayStatus::Created;
    old.paid_at = None;
    old.created_at = noon().plus(-40 * 86_400);
    let books = books(&[pay("A", noon())], &[], &[old], &BOTH());

    assert_eq!(plain(&books).categories(), [Category::PaidNotBooked]);
}

#[test]
fn an_order_paid_without_a_time_counts_on_its_day_of_creation() {
    let mut undated = order("A", noon());
    undated.paid_at = None;
    let alone = books(&[], &[], &[undated], &BOTH());
    let with_payment = books(&[pay("A", noon())], &[], &[undated], &BOTH());

    assert_eq!(plain(&alone).categories(), [Category::MOnlyPay]);
    assert_eq!(plain(&with_payment).categories(), []);
}

#[test]
fn both_runs_around_midnight_agree_without_a_case() {
    let paid = at("2026-03-07 23:59:50");
    let seen = at("2026-03-08 00:00:10");
    let books = books(&[pay("A", paid)], &[], &[order("A", seen)], &BOTH());

    let before = tell(&books, day().prev(), |_| {});
    let after = plain(&books);

    assert_eq!(before.categories(), []);
    assert_eq!(after.categories(), []);
    let xday = |told: &RunResult| {
        told.outcome
            .summary
            .pays
            .line(Category::MatchedXday)
            .cloned()
    };
    assert_eq!(xday(&before).unwrap().wechat.count, 1);
    assert_eq!(xday(&after).unwrap().merchant.count, 1);
}

#[test]
fn a_one_sided_order_says_when_the_bill_before_is_missing() {
    let books = books(&[], &[], &[order("A", noon())], &[day()]);

    let told = plain(&books);

    assert_eq!(told.categories(), [Category::MOnlyPay]);
    assert_eq!(told.findings[0].tags, [Tag::NoBillOfDayBefore]);
}

#[test]
fn twenty_unmet_payments_in_a_row_are_a_hole_and_nineteen_are_not() {
    let run_of = |count: i64| {
        let mut pays: Vec<WPay> = (0..count)
            .map(|n| pay(&format!("L{n}"), noon().plus(n * 10)))
            .collect();
        pays.extend([pay("A", noon().plus(-5)), pay("B", noon().plus(count * 10))]);
        let orders = [
            order("A", noon().plus(-5)),
            order("B", noon().plus(count * 10)),
        ];
        plain(&books(&pays, &[], &orders, &BOTH())).categories()
    };

    assert_eq!(run_of(20), [Category::MCoverage]);
    assert_eq!(run_of(19), [Category::WOnlyPay; 19]);
}

#[test]
fn refund_rows_are_matched_by_number() {
    let mut books = books(
        &[pay("A", noon())],
        &[
            back("R1", "A", noon(), 100),
            back("R2", "A", noon().plus(9_000), 250),
        ],
        &[order("A", noon())],
        &BOTH(),
    );
    books.set_refunds(vec![
        booked("R1", "A", noon(), 100),
        booked("R2", "A", noon(), 200),
        booked("R3", "A", noon(), 300),
    ]);

    let told = plain(&books);

    assert_eq!(
        told.categories(),
        [Category::MOnlyRefund, Category::RefundAmountDiff]
    );
    assert_eq!(told.findings[0].out_refund_no.as_str(), "R3");
}

#[test]
fn lonely_refunds_of_one_order_and_amount_suggest_each_other() {
    let mut books = books(
        &[pay("A", noon())],
        &[back("R1", "A", noon(), 100)],
        &[order("A", noon())],
        &BOTH(),
    );
    books.set_refunds(vec![booked("X1", "A", noon(), 100)]);

    let told = plain(&books);

    assert_eq!(
        told.categories(),
        [Category::MOnlyRefund, Category::WOnlyRefund]
    );
    assert!(
        told.findings
            .iter()
            .all(|f| f.tags.contains(&Tag::Suggested))
    );
}

#[test]
fn live_states_of_refunds_are_r05_and_r06() {
    let mut books = books(
        &[pay("A", noon()), pay("B", noon())],
        &[back("R1", "A", noon(), 100), back("R2", "B", noon(), 100)],
        &[order("A", noon()), order("B", noon())],
        &BOTH(),
    );
    books.set_refunds(vec![
        booked("R1", "A", noon(), 100),
        booked("R2", "B", noon(), 100),
    ]);
    let live = |number, state| LiveRefund::new(OutRefundNo::new(number).unwrap(), state);

    let told = tell(&books, day(), |input| {
        input.live_refunds = vec![
            live("R1", LiveRefundState::Abnormal),
            live("R2", LiveRefundState::Closed),
        ];
    });

    assert_eq!(
        told.categories(),
        [Category::RefundAbnormal, Category::RefundClosed]
    );
}

#[test]
fn a_processing_refund_waits_for_three_bills() {
    let mut archive = books(
        &[pay("A", noon())],
        &[],
        &[order("A", noon())],
        &[day(), day().next(), day().plus(3), day().plus(4)],
    );
    let mut waiting = booked("R1", "A", noon(), 100);
    waiting.status = RefundStatus::Processing;
    waiting.succeeded_at = None;
    archive.set_refunds(vec![waiting]);

    let first = plain(&archive);
    let mut pool = first.outcome.pool.clone();
    let mut heard = Vec::new();
    for later in 1..=4 {
        let told = with_pool(&archive, day().plus(later), &pool);
        pool = told.outcome.pool.clone();
        heard.push(told.categories());
    }

    assert_eq!(first.categories(), [Category::RefundPendingM]);
    // Day 2 has no bill, and does not count.
    assert_eq!(heard[0], [Category::RefundPendingM]);
    assert!(heard[1].contains(&Category::RefundPendingM));
    assert_eq!(heard[2], [Category::RefundPendingM]);
    assert_eq!(heard[3], [Category::MOnlyRefund]);
    assert_eq!(pool, []);
}

#[test]
fn running_totals_are_judged_over_all_days() {
    let yesterday = noon().plus(-86_400);
    let mut half = order("A", yesterday);
    half.refund_total = Some(Fen::new(300));
    half.refund_at = Some(noon());
    let refunds = [
        back("R1", "A", yesterday, 100),
        back("R2", "A", noon(), 200),
    ];
    let books = books(&[pay("A", yesterday)], &refunds, &[half], &BOTH());

    assert_eq!(tell(&books, day().prev(), |_| {}).categories(), []);
    let told = plain(&books);
    assert_eq!(told.categories(), []);
    let line = told
        .outcome
        .summary
        .refunds
        .line(Category::Matched)
        .unwrap();
    assert_eq!(
        (line.wechat.fen, line.merchant.fen),
        (Fen::new(200), Fen::new(200))
    );
}

#[test]
fn refunds_over_several_days_above_the_payment_are_r07() {
    let yesterday = noon().plus(-86_400);
    let mut m = order("A", yesterday);
    m.refund_total = Some(Fen::new(12_000));
    m.refund_at = Some(noon());
    let refunds = [
        back("R1", "A", yesterday, 7_000),
        back("R2", "A", noon(), 5_000),
    ];
    let books = books(&[pay("A", yesterday)], &refunds, &[m], &BOTH());

    let told = plain(&books);

    assert_eq!(told.categories(), [Category::OverRefund]);
    let over = told
        .outcome
        .summary
        .identities
        .iter()
        .find(|i| i.id == "I16");
    assert!(!over.unwrap().holds());
}

#[test]
fn fees_that_follow_another_rule_as_a_whole_are_not_raised_row_by_row() {
    let cheap = |n: i64| WPay {
        fee: Fee::ZERO,
        ..pay(&format!("N{n}"), noon().plus(n))
    };
    let pays: Vec<WPay> = (0..1_200).map(cheap).collect();
    let orders: Vec<MOrder> = pays
        .iter()
        .map(|w| order(w.out_trade_no.as_str(), w.time))
        .collect();
    let few = books(&pays[..10], &[], &orders[..10], &BOTH());
    let many = books(&pays, &[], &orders, &BOTH());

    assert_eq!(plain(&few).categories(), [Category::FeeCalc; 10]);
    let told = plain(&many);
    assert_eq!(told.categories(), []);
    assert!(!told.outcome.summary.fees_judged);
}

#[test]
fn an_order_with_a_time_of_delivery_and_a_state_of_none_is_looked_at_and_not_sent_again() {
    let both = MOrder {
        fulfil_status: FulfilStatus::Pending,
        ..order("A", noon())
    };
    let told = plain(&books(&[pay("A", noon())], &[], &[both], &BOTH()));
    let found: Vec<_> = told
        .findings
        .iter()
        .map(|f| (f.category, f.action()))
        .collect();
    assert_eq!(
        found,
        [(Category::BookedNotFulfilled, SuggestedAction::Review)]
    );
}

#[test]
fn refunds_meet_their_order_by_the_number_of_the_payment() {
    let renumbered = |total: i64| MOrder {
        transaction_id: pay("A", noon()).transaction_id,
        refund_total: Some(Fen::new(total)),
        ..order("A-2", noon())
    };
    let part = back("R1", "A", noon().plus(3_600), 4_000);
    let agreed = plain(&books(
        &[pay("A", noon())],
        &[part],
        &[renumbered(4_000)],
        &BOTH(),
    ));
    assert_eq!(agreed.categories(), []);
    // One that WeChat Pay has not made waits, under the number of the bill.
    let owed = plain(&books(
        &[pay("A", noon())],
        &[],
        &[renumbered(4_000)],
        &BOTH(),
    ));
    assert_eq!(owed.categories(), [Category::RefundPendingM]);
    assert_eq!(owed.findings[0].out_trade_no.as_str(), "A");
}
