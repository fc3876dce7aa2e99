//! The advice about an order, walked over every combination of what may be known of it: no sentence, step, category and
//! exit code contradict each other, money leaves only where some is left, goods only where they are paid for.

use recondesk::app::jobs::lookup::collect::{CaseStory, DatedRow, OrderRecord};
use recondesk::app::jobs::lookup::money::{NOT_FOUND, OrderMoney};
use recondesk::app::jobs::lookup::order_summary::{Attention, OrderSummary, sentence};
use recondesk::domain::{
    BillDate, BillRefundState, BillState, CaseStatus, Category, Fen, Finding, FulfilStatus,
    Instant, MOrder, MerchantProfile, PayStatus, ProfileId, SuggestedAction, Text, WPay, WRefund,
};
use recondesk::ports::{CaseId, CaseRecord, Observation, ObservationSource, SetAside};

const TOTAL: i64 = 3_500;

fn day() -> BillDate {
    BillDate::parse("2026-03-09").unwrap()
}

fn at(minute: i64) -> Instant {
    Instant::parse_beijing("2026-03-09 12:00:00")
        .unwrap()
        .plus(minute * 60)
}

fn kept<T>(row: T) -> DatedRow<T> {
    DatedRow {
        day: Some(day()),
        row,
        superseded: false,
    }
}

fn payment(number: &str, state: BillState) -> WPay {
    WPay {
        out_trade_no: Text::new("A1").unwrap(),
        transaction_id: Text::new(number).unwrap(),
        time: at(0),
        state,
        amount: Fen::new(TOTAL),
        settled: Fen::new(TOTAL),
        ..WPay::NONE
    }
}

fn refund(number: &str, fen: i64, state: BillRefundState) -> WRefund {
    WRefund {
        out_refund_no: Text::new(number).unwrap(),
        refund_id: Text::new(&format!("5{number}")).unwrap(),
        out_trade_no: Text::new("A1").unwrap(),
        transaction_id: Text::new("T1").unwrap(),
        time: at(10),
        state,
        amount: Fen::new(fen),
        ..WRefund::NONE
    }
}

fn heard(state: &str, refund: &str, fen: i64) -> Observation {
    Observation {
        profile: ProfileId(1),
        at: at(20),
        source: ObservationSource::Query,
        key: String::new(),
        aside: String::new(),
        out_trade_no: "A1".to_owned(),
        sub_mch_id: String::new(),
        transaction_id: "T1".to_owned(),
        out_refund_no: refund.to_owned(),
        refund_id: String::new(),
        state: state.to_owned(),
        amount: Some(Fen::new(fen)),
        happened_at: Some(at(0)),
        document: String::new(),
    }
}

/// What a bill may have.
const BILLS: [&[(&str, BillState)]; 4] = [
    &[],
    &[("T1", BillState::Success)],
    &[("T1", BillState::Success), ("T2", BillState::Success)],
    &[("T1", BillState::Success), ("T1", BillState::Revoked)],
];

/// Refund rows of bills.
const REFUNDS: [&[(&str, i64, BillRefundState)]; 9] = [
    &[],
    &[("R1", 1_000, BillRefundState::Success)],
    &[("R1", TOTAL, BillRefundState::Success)],
    &[("R1", TOTAL, BillRefundState::Processing)],
    &[("R1", TOTAL, BillRefundState::Fail)],
    &[("R1", TOTAL, BillRefundState::Change)],
    &[("R1", 1_000, BillRefundState::Unknown)],
    &[
        ("R1", 2_500, BillRefundState::Success),
        ("R2", 1_000, BillRefundState::Success),
    ],
    &[
        ("R1", TOTAL, BillRefundState::Success),
        ("R2", TOTAL, BillRefundState::Success),
    ],
];

/// What WeChat Pay said: state of the order, then of refunds.
const WORDS: [&[(&str, &str, i64)]; 12] = [
    &[],
    &[("SUCCESS", "", TOTAL)],
    &[("REFUND", "", TOTAL)],
    &[("REFUND", "", TOTAL), ("SUCCESS", "R1", TOTAL)],
    &[("REFUND", "", TOTAL), ("SUCCESS", "R1", 1_000)],
    &[("REFUND", "", TOTAL), ("PROCESSING", "R1", TOTAL)],
    &[("REFUND", "", TOTAL), ("CHANGE", "R1", TOTAL)],
    &[("REFUND", "", TOTAL), ("REFUNDCLOSE", "R1", TOTAL)],
    &[("REVOKED", "", TOTAL)],
    &[("NOTPAY", "", TOTAL)],
    &[("USERPAYING", "", TOTAL)],
    &[(NOT_FOUND, "", 0)],
];

const STATES: [PayStatus; 7] = [
    PayStatus::Created,
    PayStatus::Paying,
    PayStatus::Paid,
    PayStatus::Failed,
    PayStatus::Closed,
    PayStatus::Refunded,
    PayStatus::Unknown,
];

/// Only an order that is booked as paid is delivered or waits for it.
const fn fulfilments(status: PayStatus) -> &'static [FulfilStatus] {
    if status.is_paid() {
        &[
            FulfilStatus::NotKnown,
            FulfilStatus::Pending,
            FulfilStatus::Fulfilled,
        ]
    } else {
        &[FulfilStatus::Pending]
    }
}

/// Refund total and amount of an order.
const SUMS: [(Option<i64>, i64); 5] = [
    (None, TOTAL),
    (Some(0), TOTAL),
    (Some(1_000), TOTAL),
    (Some(TOTAL), TOTAL),
    (None, TOTAL - 1),
];

/// The orders that a merchant may have of it.
fn orders() -> Vec<Option<MOrder>> {
    let mut out = vec![None];
    for pay_status in STATES {
        for fulfil_status in fulfilments(pay_status) {
            for (refund_total, amount) in SUMS {
                out.push(Some(MOrder {
                    out_trade_no: Text::new("A1").unwrap(),
                    amount: Fen::new(amount),
                    is_cny: true,
                    pay_status,
                    fulfil_status: *fulfil_status,
                    created_at: at(-5),
                    paid_at: pay_status.is_paid().then(|| at(0)),
                    refund_total: refund_total.map(Fen::new),
                    ..MOrder::NONE
                }));
            }
        }
    }
    out
}

fn case(category: Category, status: CaseStatus) -> CaseStory {
    CaseStory {
        case: CaseRecord {
            id: CaseId(1),
            profile: ProfileId(1),
            key: String::new(),
            status,
            owner: String::new(),
            opened_on: day(),
            day: day(),
            finding: Finding::new(category),
        },
        events: Vec::new(),
    }
}

/// Cases that may be open or closed about it.
fn decisions() -> Vec<Option<(Category, CaseStatus)>> {
    let mut out = vec![None];
    for category in [
        Category::PaidNotBooked,
        Category::PaidAfterClose,
        Category::BookedNotFulfilled,
        Category::MOnlyPay,
        Category::PayPendingW,
        Category::PayPendingM,
        Category::DupPay,
        Category::WOnlyRefund,
        Category::RefundAbnormal,
        Category::TimeDiff,
    ] {
        for status in [CaseStatus::New, CaseStatus::Resolved] {
            out.push(Some((category, status)));
        }
    }
    out
}

fn record(bill: usize, refunds: usize, words: usize, order: Option<&MOrder>) -> OrderRecord {
    OrderRecord {
        profile: (ProfileId(1), MerchantProfile::new("shop", "1900000109")),
        out_trade_no: "A1".to_owned(),
        orders: order.copied().map(kept).into_iter().collect(),
        pays: BILLS[bill]
            .iter()
            .map(|(number, state)| kept(payment(number, *state)))
            .collect(),
        refunds: REFUNDS[refunds]
            .iter()
            .map(|(number, fen, state)| kept(refund(number, *fen, *state)))
            .collect(),
        merchant_refunds: Vec::new(),
        reissues: Vec::new(),
        answers: Vec::new(),
        awaits_orders: None,
        own_refunds: Vec::new(),
        observations: WORDS[words]
            .iter()
            .map(|(state, number, fen)| heard(state, number, *fen))
            .collect(),
        exchanges: Vec::new(),
        cases: Vec::new(),
        has_bill_of_day: bill > 0,
        is_notice_denied: false,
        covered: None,
        refused: None,
        is_taken_back: false,
    }
}

/// What holds of every summary; the fault where one does not.
fn fault(record: &OrderRecord, told: &OrderSummary) -> Option<&'static str> {
    let money = OrderMoney::of(record);
    let has_left = money.left() > Fen::ZERO && !money.is_refund_unknown();
    let (zh, en) = (told.words.zh.as_str(), told.words.en.as_str());
    let rules = [
        (
            !told.step.moves_money() || has_left,
            "money leaves where none is left",
        ),
        (
            !told.step.delivers() || (has_left && money.paid() > Fen::ZERO),
            "goods leave unpaid or refunded",
        ),
        (
            told.standing != Attention::Agrees || told.step == SuggestedAction::None,
            "agreement with a step",
        ),
        (
            told.standing != Attention::NeedsPerson || told.step != SuggestedAction::None,
            "a person without a step",
        ),
        (
            told.category.is_none_or(|category| {
                category.action() == told.step || told.step == SuggestedAction::Review
            }),
            "the step is not the category's",
        ),
        (
            told.category.is_none_or(|category| {
                category.severity().needs_person() == (told.standing == Attention::NeedsPerson)
                    && category.is_agreement() == (told.standing == Attention::Agrees)
            }),
            "the standing is not the category's",
        ),
        (
            told.standing == Attention::Agrees
                || !(zh.contains("两边一致") || en.contains("both books agree")),
            "agreement in words only",
        ),
        (
            !(zh.contains("补发货") || en.contains("reissue")) || told.step.delivers(),
            "delivery in words only",
        ),
        (
            !(zh.contains("其余退款") || zh.contains("否则退款") || zh.contains("另行退款"))
                || told.step.moves_money(),
            "a refund in words only",
        ),
        (
            !zh.contains("全额退款") || zh.contains("未") || money.left() == Fen::ZERO,
            "refunded in full with something left",
        ),
        (!zh.is_empty() && !en.is_empty(), "a language is missing"),
    ];
    rules.iter().find(|(holds, _)| !holds).map(|(_, why)| *why)
}

#[test]
fn no_combination_of_facts_contradicts_itself() {
    let (orders, decisions) = (orders(), decisions());
    let (mut walked, mut faults) = (0_u64, Vec::new());
    for bill in 0..BILLS.len() {
        for refunds in 0..REFUNDS.len() {
            for words in 0..WORDS.len() {
                for order in &orders {
                    let mut record = record(bill, refunds, words, order.as_ref());
                    for decision in &decisions {
                        record.cases = decision
                            .iter()
                            .map(|(category, status)| case(*category, *status))
                            .collect();
                        let told = sentence(&record);
                        walked += 1;
                        if let Some(why) = fault(&record, &told) {
                            faults.push(format!(
                                "{why}: bill {bill}, refunds {refunds}, words {words}, {:?}, {decision:?}: {:?} {:?} {}",
                                order.map(|m| (m.pay_status, m.fulfil_status, m.refund_total)),
                                told.category,
                                told.step,
                                told.words.en
                            ));
                        }
                    }
                }
            }
        }
    }
    println!("{walked} combinations");
    assert!(walked > 400_000, "{walked}");
    let first: Vec<&String> = faults.iter().take(12).collect();
    assert!(faults.is_empty(), "{} faults: {first:#?}", faults.len());
}

fn paid(pay_status: PayStatus) -> MOrder {
    MOrder {
        out_trade_no: Text::new("A1").unwrap(),
        amount: Fen::new(TOTAL),
        pay_status,
        fulfil_status: FulfilStatus::Pending,
        paid_at: Some(at(0)),
        created_at: at(-5),
        ..MOrder::NONE
    }
}

#[test]
fn money_that_went_back_owes_nothing_whoever_says_so() {
    for (refunds, words) in [(2, 0), (7, 0), (0, 3), (1, 3)] {
        for status in [PayStatus::Closed, PayStatus::Created, PayStatus::Paid] {
            let told = sentence(&record(1, refunds, words, Some(&paid(status))));
            assert_eq!(told.standing, Attention::Agrees, "{status:?}: {told:?}");
            assert!(told.words.en.contains("refunded in full"), "{told:?}");
        }
    }
    // A case that the refund has overtaken asks for no second refund.
    let mut late = record(1, 0, 3, Some(&paid(PayStatus::Closed)));
    late.cases = vec![case(Category::PaidAfterClose, CaseStatus::New)];
    let told = sentence(&late);
    assert_eq!(told.step, SuggestedAction::Review);
    assert!(told.words.en.contains("compare again"), "{told:?}");
}

#[test]
fn refunds_that_did_not_reach_the_customer_are_no_agreement() {
    let order = paid(PayStatus::Refunded);
    let of = |refunds, words| sentence(&record(1, refunds, words, Some(&order))).category;
    assert_eq!(of(5, 0), Some(Category::RefundAbnormal));
    assert_eq!(of(0, 6), Some(Category::RefundAbnormal));
    assert_eq!(of(2, 6), Some(Category::RefundAbnormal));
    assert_eq!(of(4, 0), Some(Category::RefundClosed));
    assert_eq!(of(0, 7), Some(Category::RefundClosed));
    assert_eq!(of(3, 0), Some(Category::RefundInFlight));
    assert_eq!(of(0, 1), Some(Category::MOnlyRefund));
    assert_eq!(of(8, 0), Some(Category::OverRefund));
}

#[test]
fn several_sub_merchants_and_deposits_are_no_double_payment() {
    let mut two = record(2, 0, 0, None);
    two.pays[0].row.sub_mch_id = Text::new("1900000201").unwrap();
    two.pays[1].row.sub_mch_id = Text::new("1900000202").unwrap();
    for sub in ["1900000201", "1900000202"] {
        let mut order = paid(PayStatus::Paid);
        order.fulfil_status = FulfilStatus::Fulfilled;
        order.sub_mch_id = Text::new(sub).unwrap();
        two.orders.push(kept(order));
    }
    assert_eq!(sentence(&two).standing, Attention::Agrees);

    let mut parts = record(2, 0, 0, None);
    parts.pays[1].row.amount = Fen::new(500);
    for amount in [TOTAL, 500] {
        let mut order = paid(PayStatus::Paid);
        order.fulfil_status = FulfilStatus::Fulfilled;
        order.amount = Fen::new(amount);
        parts.orders.push(kept(order));
    }
    assert_eq!(sentence(&parts).standing, Attention::Agrees);
    parts.orders.pop();
    assert_eq!(sentence(&parts).category, Some(Category::DupPay));

    let mut back = record(2, 2, 0, Some(&paid(PayStatus::Paid)));
    back.orders[0].row.fulfil_status = FulfilStatus::Fulfilled;
    assert_ne!(sentence(&back).category, Some(Category::DupPay));
}

#[test]
fn what_a_person_decided_is_not_asked_again_and_a_refused_row_is_named() {
    for status in [CaseStatus::Resolved, CaseStatus::ForceClosed] {
        let mut closed = record(1, 0, 0, Some(&paid(PayStatus::Closed)));
        closed.cases = vec![case(Category::PaidAfterClose, status)];
        let told = sentence(&closed);
        assert_eq!(told.standing, Attention::Agrees);
        assert_eq!(told.decided, Some(Category::PaidAfterClose));
    }
    let mut refused = record(1, 0, 0, None);
    refused.refused = Some(SetAside {
        import: 1,
        file: "orders.csv".to_owned(),
        line: 17,
        number: "A1".to_owned(),
        refused: true,
        zh: "状态无法识别".to_owned(),
        en: "unknown state".to_owned(),
    });
    let told = sentence(&refused);
    assert_eq!(told.category, Some(Category::MSetAside));
    assert!(told.words.en.contains("row 17"), "{told:?}");
}
