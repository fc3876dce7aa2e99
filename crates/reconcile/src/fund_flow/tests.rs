//! The fund flow of small days, with every kind of fault planted once.

use super::*;
use recondesk_domain::{
    BillDate, BillState, Category, Fee, FundAccount, FundEntry, FundKind, FundTotals, Instant,
    RefundId, TransactionId, WPay, WRefund,
};

fn day() -> BillDate {
    BillDate::ymd(2026, 3, 8).unwrap()
}

fn at(clock: &str) -> Instant {
    Instant::parse_beijing(&format!("2026-03-08 {clock}")).unwrap()
}

/// An account whose balances follow from its entries.
struct Account {
    entries: Vec<FundEntry<'static>>,
    balance: i64,
}

impl Account {
    fn with(balance: i64) -> Self {
        Self {
            entries: Vec::new(),
            balance,
        }
    }

    fn entry(mut self, clock: &str, number: &'static str, word: &'static str, fen: i64) -> Self {
        self.balance += fen;
        self.entries.push(FundEntry {
            line: u32::try_from(self.entries.len()).unwrap() + 2,
            time: at(clock),
            business_no: number,
            flow_no: number,
            kind_word: word,
            kind: FundKind::of(word),
            change: Fen::new(fen),
            balance: Fen::new(self.balance),
            voucher: "",
        });
        self
    }

    fn totals(&self) -> FundTotals {
        let mut totals = FundTotals::default();
        for entry in &self.entries {
            totals.entries += 1;
            let fen = entry.change.get();
            if fen < 0 {
                totals.expense_count += 1;
                totals.expense = Fen::new(totals.expense.get() - fen);
            } else {
                totals.income_count += 1;
                totals.income = Fen::new(totals.income.get() + fen);
            }
        }
        totals
    }

    fn report(&self, before: Option<i64>) -> AccountReport {
        examine(&AccountDay {
            account: FundAccount::Basic,
            day: day(),
            entries: &self.entries,
            totals: self.totals(),
            before: before.map(|fen| ClosedBefore {
                day: day().prev(),
                closing: Fen::new(fen),
            }),
        })
        .unwrap()
    }
}

fn pay(number: &str, clock: &str, fen: i64, fee: i64) -> WPay {
    WPay {
        transaction_id: TransactionId::new(number).unwrap(),
        time: at(clock),
        state: BillState::Success,
        settled: Fen::new(fen),
        fee: Fee::new(fee * Fee::UNITS_PER_FEN),
        ..WPay::NONE
    }
}

fn refund(number: &str, clock: &str, fen: i64, fee: i64) -> WRefund {
    WRefund {
        refund_id: RefundId::new(number).unwrap(),
        time: at(clock),
        settled: Fen::new(fen),
        fee: Fee::new(-fee * Fee::UNITS_PER_FEN),
        ..WRefund::NONE
    }
}

fn compared(pays: &[WPay], refunds: &[WRefund], account: &Account) -> TradeReport {
    let bill = TradeBill {
        pays: &mut pays.iter().copied(),
        refunds: &mut refunds.iter().copied(),
        was_yesterday: &|number| number == "Y1",
        cut_off: at("23:30:00"),
    };
    compare(bill, &[&account.entries]).unwrap()
}

fn counts(report: &TradeReport) -> Vec<(&'static str, u64)> {
    let groups = report.groups.iter().filter(|group| group.count > 0);
    groups
        .map(|group| (group.category.code(), group.count))
        .collect()
}

#[test]
fn a_sound_day_holds_every_identity_and_its_bridge_leaves_nothing() {
    let account = Account::with(1_000)
        .entry("10:00:00", "P1", "交易", 500)
        .entry("10:00:00", "P1", "扣除交易手续费", -3)
        .entry("11:00:00", "R1", "退款", -99)
        .entry("12:00:00", "R2", "退款", -200)
        .entry("12:00:00", "R2", "退还交易手续费", 1)
        .entry("13:00:00", "W1", "提现", -700)
        .entry("14:00:00", "R0", "退款关闭", 50);
    let report = account.report(Some(1_000));
    assert!(
        report.checks.iter().all(|check| check.holds),
        "{:?}",
        report.checks
    );
    assert_eq!(
        report
            .checks
            .iter()
            .filter(|check| check.id == "I9")
            .count(),
        1
    );

    // One refund leaves less its fee, the other whole with its fee beside it: both are right.
    let trade = compared(
        &[pay("P1", "10:00:00", 500, 3)],
        &[
            refund("R1", "11:00:00", 100, 1),
            refund("R2", "12:00:00", 200, 1),
        ],
        &account,
    );
    assert_eq!((trade.agreed, counts(&trade)), (3, vec![]));
    let bridge = Bridge::build(&trade, &[report]).unwrap();
    assert_eq!(bridge.change, Fen::new(-451));
    assert_eq!(bridge.residual, Fen::ZERO);
    let other = bridge
        .steps
        .iter()
        .find(|step| step.kind == StepKind::Other("提现".to_owned()));
    assert_eq!(other.map(|step| step.change), Some(Fen::new(-700)));
}

#[test]
fn what_does_not_fit_is_named_and_explains_the_bridge_to_the_fen() {
    let account = Account::with(0)
        .entry("00:00:05", "Y1", "交易", 40)
        .entry("10:00:00", "P1", "交易", 490)
        .entry("10:00:00", "P1", "扣除交易手续费", -3)
        .entry("10:30:00", "X1", "交易", 7);
    let pays = [
        pay("P1", "10:00:00", 500, 3),
        pay("P2", "10:00:00", 80, 0),
        pay("P3", "23:59:59", 60, 0),
        pay("P4", "10:00:00", 0, 0),
    ];
    let trade = compared(&pays, &[], &account);
    assert_eq!(counts(&trade), [("C01", 1), ("C02", 1), ("C03", 1)]);
    let differing = &trade.groups[2].rows[0];
    assert_eq!(
        (differing.expected, differing.actual),
        (Some(Fen::new(497)), Some(Fen::new(487)))
    );
    assert_eq!(
        (trade.in_transit.count, trade.carried_in.count, trade.agreed),
        (1, 1, 1)
    );
    let bridge = Bridge::build(&trade, &[account.report(None)]).unwrap();
    assert_eq!(bridge.residual, Fen::ZERO);
}

#[test]
fn fees_that_are_settled_elsewhere_are_a_step_and_no_thousand_findings() {
    let account = Account::with(0).entry("10:00:00", "P1", "交易", 500);
    let trade = compared(&[pay("P1", "10:00:00", 500, 3)], &[], &account);
    assert_eq!(
        (trade.fee_custom, counts(&trade)),
        (FeeCustom::Elsewhere, vec![])
    );
    let bridge = Bridge::build(&trade, &[account.report(None)]).unwrap();
    assert_eq!(bridge.residual, Fen::ZERO);
}

#[test]
fn a_balance_that_does_not_follow_is_a_break_and_the_bridge_says_so() {
    let mut account = Account::with(0)
        .entry("10:00:00", "P1", "交易", 500)
        .entry("11:00:00", "P2", "交易", 100);
    account.entries[1].balance = Fen::new(650);
    let report = account.report(None);
    let failed: Vec<_> = report.checks.iter().filter(|check| !check.holds).collect();
    assert_eq!(
        failed.iter().map(|check| check.id).collect::<Vec<_>>(),
        ["I8", "I10"]
    );
    assert_eq!(report.breaks.category, Category::BalanceBreak);
    assert_eq!(report.breaks.rows[0].expected, Some(Fen::new(600)));
    assert!(!report.adds_up());
    let pays = [pay("P1", "10:00:00", 500, 0), pay("P2", "11:00:00", 100, 0)];
    let bridge = Bridge::build(&compared(&pays, &[], &account), &[report]).unwrap();
    assert_eq!(bridge.residual, Fen::ZERO);
    assert_eq!(
        bridge.steps.last().map(|step| step.change),
        Some(Fen::new(50))
    );
}

#[test]
fn a_file_may_run_backwards_but_not_to_and_fro() {
    let mut account = Account::with(0)
        .entry("10:00:00", "P1", "交易", 500)
        .entry("11:00:00", "P2", "交易", 100)
        .entry("12:00:00", "P3", "交易", 20);
    account.entries.reverse();
    let report = account.report(None);
    assert!(report.adds_up());
    assert_eq!(
        (report.opening, report.closing),
        (Some(Fen::ZERO), Some(Fen::new(620)))
    );
    account.entries.swap(0, 1);
    assert!(!account.report(None).adds_up());
}

#[test]
fn a_gap_between_two_days_and_a_wrong_summary_are_told_apart() {
    let account = Account::with(1_000).entry("10:00:00", "P1", "交易", 500);
    let report = account.report(Some(900));
    assert!(report.adds_up());
    assert_eq!(
        (report.gap.category, report.gap.count),
        (Category::DayGap, 1)
    );
    let totals = FundTotals {
        entries: 3,
        ..account.totals()
    };
    let report = examine(&AccountDay {
        account: FundAccount::Basic,
        day: day(),
        entries: &account.entries,
        totals,
        before: None,
    });
    assert!(!report.unwrap().adds_up());
    // A day without entries carries the balance on.
    let quiet = Account::with(0).report(Some(900));
    assert_eq!(
        (quiet.opening, quiet.closing),
        (Some(Fen::new(900)), Some(Fen::new(900)))
    );
}

#[test]
fn rows_that_the_bill_repeats_are_compared_together() {
    let twice = [
        pay("A1", "10:00:00", 4_975, 30),
        pay("A1", "10:00:00", 4_975, 30),
    ];
    let moved_twice = Account::with(0)
        .entry("10:00:00", "A1", "交易", 4_975)
        .entry("10:00:00", "A1", "扣除交易手续费", -30)
        .entry("10:00:00", "A1", "交易", 4_975)
        .entry("10:00:00", "A1", "扣除交易手续费", -30);
    let report = compared(&twice, &[], &moved_twice);
    assert_eq!((counts(&report), report.agreed), (vec![], 2));

    let moved_once = Account::with(0)
        .entry("10:00:00", "A1", "交易", 4_975)
        .entry("10:00:00", "A1", "扣除交易手续费", -30);
    let report = compared(&twice, &[], &moved_once);
    assert_eq!(counts(&report), [("C03", 1)]);
    let bridge = Bridge::build(&report, &[moved_once.report(None)]).unwrap();
    assert_eq!(bridge.residual, Fen::ZERO);
}
