//! The run and the look-up of one order beside each other, over every combination of bill, order and refunds: they name
//! the same thing, propose steps that fit each other, agree in exit code, and give nothing away that is not there.

use recondesk::app::jobs::lookup::collect::{CaseStory, DatedRow, OrderRecord};
use recondesk::app::jobs::lookup::order_summary::{OrderSummary, sentence};
use recondesk::domain::{
    BillDate, BillRefundState, BillState, CaseStatus, Category, Fen, Finding, FulfilStatus,
    Instant, MOrder, MRefund, MerchantProfile, PayStatus, ProfileId, RefundStatus, Severity,
    SuggestedAction, Text, WPay, WRefund,
};
use recondesk::ports::{CaseId, CaseRecord};
use recondesk::reconcile::{Collected, DayInput, MemoryBooks, Rules, run};

const TOTAL: i64 = 1_000;
const PART: i64 = 300;

fn day() -> BillDate {
    BillDate::parse("2026-03-08").unwrap()
}

fn at(minute: i64) -> Instant {
    Instant::parse_beijing("2026-03-08 12:00:00")
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

fn payment(order: &str, number: &str, state: BillState) -> WPay {
    WPay {
        out_trade_no: Text::new(order).unwrap(),
        transaction_id: Text::new(number).unwrap(),
        time: at(0),
        state,
        is_cny: true,
        amount: Fen::new(TOTAL),
        settled: Fen::new(TOTAL),
        ..WPay::NONE
    }
}

/// What a bill may have of the order.
const BILLS: [&[(&str, BillState)]; 5] = [
    &[],
    &[("T1", BillState::Success)],
    &[("T1", BillState::Success), ("T2", BillState::Success)],
    &[("T1", BillState::Success), ("T1", BillState::Revoked)],
    &[("T1", BillState::Unknown)],
];

/// Refund rows of the bill: number, amount, state.
const REFUNDS: [&[(&str, i64, BillRefundState)]; 7] = [
    &[],
    &[("R1", PART, BillRefundState::Success)],
    &[("R1", TOTAL, BillRefundState::Success)],
    &[("R1", TOTAL, BillRefundState::Processing)],
    &[("R1", TOTAL, BillRefundState::Fail)],
    &[("R1", TOTAL, BillRefundState::Change)],
    &[("W9", TOTAL, BillRefundState::Success)],
];

/// What the merchant has of refunds.
#[derive(Debug, Clone, Copy)]
enum Own {
    /// A list of refunds: number, amount, status; `None`: nothing of this order.
    Rows(Option<(&'static str, i64, RefundStatus)>),
    /// A running total, and whether it has a time.
    Total(i64, bool),
    /// No data of refunds.
    Silent,
}

const OWN: [Own; 12] = [
    Own::Silent,
    Own::Rows(None),
    Own::Rows(Some(("R1", TOTAL, RefundStatus::Success))),
    Own::Rows(Some(("R1", TOTAL, RefundStatus::Processing))),
    Own::Rows(Some(("R1", PART, RefundStatus::Success))),
    Own::Rows(Some(("R1", TOTAL, RefundStatus::Closed))),
    Own::Rows(Some(("M9", TOTAL, RefundStatus::Success))),
    Own::Total(0, false),
    Own::Total(PART, false),
    Own::Total(TOTAL, false),
    Own::Total(TOTAL, true),
    Own::Total(TOTAL + PART, false),
];

const ORDERS: [Option<(PayStatus, FulfilStatus)>; 8] = [
    None,
    Some((PayStatus::Created, FulfilStatus::Pending)),
    Some((PayStatus::Closed, FulfilStatus::Pending)),
    Some((PayStatus::Paid, FulfilStatus::Pending)),
    Some((PayStatus::Paid, FulfilStatus::Fulfilled)),
    Some((PayStatus::Paid, FulfilStatus::NotKnown)),
    Some((PayStatus::Refunded, FulfilStatus::Pending)),
    Some((PayStatus::Refunded, FulfilStatus::NotKnown)),
];

/// All that is known of one order.
struct AdvisedOrder {
    pays: Vec<WPay>,
    refunds: Vec<WRefund>,
    order: Option<MOrder>,
    own: Vec<MRefund>,
    has_rows: bool,
}

impl AdvisedOrder {
    fn of(bill: usize, refunds: usize, order: Option<(PayStatus, FulfilStatus)>, own: Own) -> Self {
        let refund = |(number, fen, state): &(&str, i64, BillRefundState)| WRefund {
            out_refund_no: Text::new(number).unwrap(),
            refund_id: Text::new(&format!("5{number}")).unwrap(),
            out_trade_no: Text::new("N1").unwrap(),
            transaction_id: Text::new("T1").unwrap(),
            time: at(60),
            state: *state,
            is_cny: true,
            amount: Fen::new(*fen),
            settled: Fen::new(*fen),
            rate: -1,
            ..WRefund::NONE
        };
        let total = match own {
            Own::Total(fen, timed) => Some((Fen::new(fen), timed && fen > 0)),
            Own::Rows(_) | Own::Silent => None,
        };
        let order = order.map(|(pay_status, fulfil_status)| MOrder {
            out_trade_no: Text::new("N1").unwrap(),
            order_no: Text::new("N1").unwrap(),
            amount: Fen::new(TOTAL),
            pay_status,
            fulfil_status,
            created_at: at(-5),
            paid_at: pay_status.is_paid().then(|| at(0)),
            refund_total: total.map(|total| total.0),
            refund_at: total.and_then(|total| total.1.then(|| at(60))),
            ..MOrder::NONE
        });
        let row = match own {
            Own::Rows(row) => row,
            Own::Total(..) | Own::Silent => None,
        };
        let row = row.map(|(number, fen, status)| MRefund {
            out_refund_no: Text::new(number).unwrap(),
            out_trade_no: Text::new("N1").unwrap(),
            amount: Fen::new(fen),
            status,
            requested_at: Some(at(60)),
            succeeded_at: (status == RefundStatus::Success).then(|| at(60)),
            ..MRefund::NONE
        });
        Self {
            pays: BILLS[bill]
                .iter()
                .map(|(number, state)| payment("N1", number, *state))
                .collect(),
            refunds: REFUNDS[refunds].iter().map(refund).collect(),
            order,
            own: row.into_iter().collect(),
            has_rows: matches!(own, Own::Rows(_)),
        }
    }

    /// What the comparison of the day finds.
    fn compared(&self) -> Vec<Finding> {
        let mut books = MemoryBooks::new();
        let good = payment("OK1", "T9", BillState::Success);
        let mut pays = self.pays.clone();
        pays.push(good);
        books.set_bill(day(), pays, self.refunds.clone());
        let mut orders: Vec<MOrder> = self.order.into_iter().collect();
        orders.push(MOrder {
            out_trade_no: Text::new("OK1").unwrap(),
            order_no: Text::new("OK1").unwrap(),
            amount: Fen::new(TOTAL),
            pay_status: PayStatus::Paid,
            fulfil_status: FulfilStatus::Fulfilled,
            created_at: at(-5),
            paid_at: Some(at(0)),
            refund_total: self
                .order
                .and_then(|order| order.refund_total.map(|_| Fen::ZERO)),
            ..MOrder::NONE
        });
        books.set_orders(orders);
        if self.has_rows {
            books.set_refunds(self.own.clone());
        }
        let mut input = DayInput::new("1900000109", day(), Rules::default());
        input.bill = books.bill_facts(day()).unwrap();
        let mut sink = Collected::default();
        run(&input, &books, &mut sink).unwrap();
        sink.findings
    }

    /// The same as the workspace has it, with the cases of the run.
    fn record(&self, findings: &[Finding]) -> OrderRecord {
        let mut cases: Vec<CaseStory> = Vec::new();
        for finding in findings {
            let key = finding.case_key("1900000109");
            if cases.iter().any(|story| story.case.key == key) {
                continue;
            }
            cases.push(CaseStory {
                case: CaseRecord {
                    id: CaseId(1),
                    profile: ProfileId(1),
                    key,
                    status: CaseStatus::New,
                    owner: String::new(),
                    opened_on: day(),
                    day: day(),
                    finding: finding.clone(),
                },
                events: Vec::new(),
            });
        }
        OrderRecord {
            profile: (ProfileId(1), MerchantProfile::new("shop", "1900000109")),
            out_trade_no: "N1".to_owned(),
            orders: self.order.map(kept).into_iter().collect(),
            pays: self.pays.iter().copied().map(kept).collect(),
            refunds: self.refunds.iter().copied().map(kept).collect(),
            merchant_refunds: self.own.iter().copied().map(kept).collect(),
            reissues: Vec::new(),
            answers: Vec::new(),
            awaits_orders: None,
            own_refunds: Vec::new(),
            observations: Vec::new(),
            exchanges: Vec::new(),
            cases,
            has_bill_of_day: true,
            is_notice_denied: false,
            covered: None,
            refused: None,
            is_taken_back: false,
        }
    }

    fn sum(amounts: impl Iterator<Item = Fen>) -> i64 {
        amounts.map(Fen::get).sum()
    }

    fn paid(&self) -> i64 {
        let is_reversed = |w: &WPay| {
            self.pays.iter().any(|other| {
                other.state == BillState::Revoked && other.transaction_id == w.transaction_id
            })
        };
        let standing = self
            .pays
            .iter()
            .filter(|w| w.state == BillState::Success && !is_reversed(w));
        Self::sum(standing.map(|w| w.amount))
    }

    fn left(&self) -> i64 {
        let back = self
            .refunds
            .iter()
            .filter(|w| w.state != BillRefundState::Fail);
        self.paid() - Self::sum(back.map(|w| w.amount))
    }

    /// What the merchant itself gives or gave back and no row of the bill has.
    fn claimed(&self) -> i64 {
        let unbilled = |m: &&MRefund| {
            matches!(m.status, RefundStatus::Success | RefundStatus::Processing)
                && !self
                    .refunds
                    .iter()
                    .any(|w| w.out_refund_no == m.out_refund_no || w.amount == m.amount)
        };
        Self::sum(self.own.iter().filter(unbilled).map(|m| m.amount))
    }

    /// Where `query` presses before the run does, because it looks at the whole order at once: a refund that the merchant
    /// still calls processing (or gave up) although WeChat Pay made it or has no payment, and a total above the payment.
    fn is_told_earlier(&self) -> bool {
        let is_open = self.own.iter().any(|m| m.status != RefundStatus::Success);
        let paid = self.pays.iter().any(|w| w.state == BillState::Success);
        let total = self.order.and_then(|order| order.refund_total);
        let is_above = total.is_some_and(|total| total.get() > TOTAL);
        let is_billed = self
            .refunds
            .iter()
            .any(|w| w.state == BillRefundState::Success);
        (is_open && (is_billed || !paid)) || is_above
    }

    /// What is wrong with a step; `None` where it may be taken.
    fn against(&self, step: SuggestedAction) -> Option<&'static str> {
        let is_own = matches!(
            step,
            SuggestedAction::SubmitRefund | SuggestedAction::RefundAgain
        );
        if step.moves_money() && self.left() <= 0 {
            return Some("money leaves where none is left");
        }
        if step.delivers() && self.left() <= 0 {
            return Some("goods leave for what is not paid or went back");
        }
        let gives = step.moves_money() || step.delivers();
        (gives && !is_own && self.claimed() > 0 && self.claimed() >= self.left())
            .then_some("given twice: the merchant is refunding already")
    }
}

/// What contradicts what.
fn fault(facts: &AdvisedOrder, findings: &[Finding], told: &OrderSummary) -> Option<&'static str> {
    for finding in findings {
        if let Some(why) = facts.against(finding.action()) {
            return Some(why);
        }
        let is_short = finding.action() == SuggestedAction::SubmitRefund
            && finding.merchant.unwrap_or(Fen::ZERO).get()
                - finding.bill.unwrap_or(Fen::ZERO).get()
                > facts.left();
        if is_short {
            return Some("a refund of more than is left");
        }
    }
    if let Some(why) = facts.against(told.step) {
        return Some(why);
    }
    let presses = |f: &&Finding| f.category.severity() <= Severity::Watch;
    let pressing: Vec<&Finding> = findings.iter().filter(presses).collect();
    let works = findings
        .iter()
        .any(|f| f.category.severity().needs_person());
    // A number that nobody has, and an order that nobody paid: only WeChat Pay can say more, and nothing is owed.
    let is_open = told.category.is_none() && facts.paid() == 0 && !told.step.moves_money();
    if works != told.needs_person() && (works || !is_open) && !facts.is_told_earlier() {
        return Some("the exit codes differ");
    }
    if told.words.en.contains("compare again") {
        return Some("comparing again ends nothing");
    }
    if pressing.is_empty() {
        return None;
    }
    let Some(category) = told.category else {
        return Some("the look-up does not know what the run found");
    };
    let mut same = pressing
        .iter()
        .filter(|f| f.category.family() == category.family())
        .peekable();
    if same.peek().is_none() {
        return Some("another category");
    }
    let steps_fit = same.any(|f| f.action() == told.step);
    (!steps_fit).then_some("another step")
}

#[test]
fn run_and_look_up_say_the_same_of_every_combination() {
    let (mut walked, mut faults) = (0_u64, Vec::new());
    for (bill, states) in BILLS.iter().enumerate() {
        for (refunds, rows) in REFUNDS.iter().enumerate() {
            for order in ORDERS {
                for own in OWN {
                    let facts = AdvisedOrder::of(bill, refunds, order, own);
                    let findings = facts.compared();
                    let told = sentence(&facts.record(&findings));
                    walked += 1;
                    if let Some(why) = fault(&facts, &findings, &told) {
                        let found: Vec<_> = findings
                            .iter()
                            .map(|f| (f.category.code(), f.action().word()))
                            .collect();
                        faults.push(format!(
                            "{why}: {states:?} {rows:?} {order:?} {own:?}: run {found:?}, query {:?} {:?} {:?}",
                            told.category.map(Category::code),
                            told.step.word(),
                            told.words.en
                        ));
                    }
                }
            }
        }
    }
    println!("{walked} combinations");
    assert!(walked > 3_000, "{walked}");
    let mut kinds = std::collections::BTreeMap::<&str, u64>::new();
    for fault in &faults {
        *kinds.entry(fault.split(':').next().unwrap()).or_default() += 1;
    }
    let some: Vec<&String> = faults.iter().step_by(faults.len() / 40 + 1).collect();
    assert!(
        faults.is_empty(),
        "{} faults {kinds:?}: {some:#?}",
        faults.len()
    );
}
