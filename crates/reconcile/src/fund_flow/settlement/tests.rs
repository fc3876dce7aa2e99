//! Withdrawals that arrive, are late, come together, differ, come back or stay away.

use super::*;
use recondesk_domain::{FundAccount, Instant};

fn day(of: u32) -> BillDate {
    BillDate::ymd(2026, 3, of).unwrap()
}

fn at(of: u32, hour: i64) -> Instant {
    day(of).start().plus(hour * 3_600)
}

fn moved(number: &str, of: u32, fen: i64) -> FundMove {
    FundMove {
        time: at(of, 2),
        account: FundAccount::Basic,
        kind: "提现".to_owned(),
        business_no: number.to_owned(),
        flow_no: format!("F{number}"),
        change: Fen::new(fen),
    }
}

fn credit(of: u32, fen: i64, payer: &str, remark: &str) -> BankEntry {
    BankEntry {
        line: of,
        time: at(of, 9),
        has_clock: true,
        change: Fen::new(fen),
        balance: None,
        payer: payer.to_owned(),
        remark: remark.to_owned(),
        reference: String::new(),
    }
}

const WECHAT: &str = "财付通支付科技有限公司";

/// What became of withdrawals, looked at on the 11th, a Wednesday, with statements of the 1st to `covered`.
fn settled(moves: &[FundMove], bank: &[BankEntry], covered: u32) -> Settlement {
    settle(&SettlementAsk {
        day: day(11),
        moves,
        today: day(12),
        bank,
        covered: &[(day(1), day(covered))],
        within: 3,
        knows_moves: true,
    })
    .unwrap()
}

fn states(settlement: &Settlement) -> Vec<SettlementState> {
    settlement.rows.iter().map(|row| row.state).collect()
}

fn counts(settlement: &Settlement) -> [u64; 3] {
    let mut groups = settlement.groups.iter().map(|group| group.count);
    std::array::from_fn(|_| groups.next().unwrap())
}

#[test]
fn the_same_sum_arrives_once_and_in_order_of_time() {
    let moves = [
        moved("W1", 10, -500),
        moved("W2", 11, -500),
        moved("W3", 11, -500),
    ];
    let bank = [credit(11, 500, WECHAT, ""), credit(12, 500, WECHAT, "")];

    let found = settled(&moves, &bank, 12);

    let [arrived, waits] = [SettlementState::Arrived, SettlementState::OnTheWay];
    assert_eq!(states(&found), [arrived, arrived, waits]);
    assert_eq!(found.rows[0].credit.as_ref().map(|one| one.line), Some(11));
    assert_eq!(
        (found.withdrawn, found.settled),
        (Fen::new(1_500), Fen::new(1_000))
    );
    assert!(found.is_clean());
}

#[test]
fn a_number_in_the_remark_outweighs_the_order() {
    let moves = [
        moved("100000000001", 11, -500),
        moved("100000000002", 11, -500),
    ];
    let bank = [
        credit(11, 500, "", "提现 100000000002"),
        credit(12, 480, "", "提现100000000001"),
    ];

    let found = settled(&moves, &bank, 12);

    assert_eq!(
        states(&found),
        [SettlementState::OtherSum, SettlementState::Arrived]
    );
    assert_eq!(counts(&found), [0, 1, 0]);
    assert_eq!(found.groups[1].effect, Fen::new(-20));
    assert_eq!(found.settled, Fen::new(980));
}

#[test]
fn time_is_over_after_working_days_that_a_statement_covers() {
    // The 6th is a Friday: three working days later is Wednesday the 11th.
    let moves = [moved("W1", 6, -500)];

    assert_eq!(
        states(&settled(&moves, &[], 11)),
        [SettlementState::NotArrived]
    );
    assert_eq!(counts(&settled(&moves, &[], 11)), [1, 0, 0]);
    assert_eq!(
        states(&settled(&moves, &[], 10)),
        [SettlementState::NoStatement]
    );
    assert_eq!(counts(&settled(&moves, &[], 10)), [0, 0, 0]);
    let late = [credit(12, 500, WECHAT, "")];
    assert_eq!(
        states(&settled(&moves, &late, 12)),
        [SettlementState::ArrivedLate]
    );
    let fresh = [moved("W2", 11, -500)];
    assert_eq!(
        states(&settled(&fresh, &[], 10)),
        [SettlementState::OnTheWay]
    );
}

#[test]
fn withdrawals_of_a_day_may_come_in_one_sum_and_one_may_come_back() {
    let moves = [
        moved("W1", 11, -500),
        moved("W2", 11, -300),
        moved("W3", 11, -77),
        moved("W3", 11, 77),
    ];
    let found = settled(&moves, &[credit(12, 800, WECHAT, "")], 12);

    let [together, back] = [SettlementState::ArrivedTogether, SettlementState::Returned];
    assert_eq!(states(&found), [together, together, back]);
    assert_eq!(found.settled, found.withdrawn);
}

#[test]
fn the_amount_alone_ties_nothing_to_another_payer() {
    let moves = [moved("W1", 11, -500)];
    let other = [credit(11, 500, "某客户", "货款")];
    assert_eq!(
        states(&settled(&moves, &other, 12)),
        [SettlementState::OnTheWay]
    );
    let nameless = [credit(11, 500, "", "")];
    assert_eq!(
        states(&settled(&moves, &nameless, 12)),
        [SettlementState::Arrived]
    );
    let before = [credit(11, 500, WECHAT, "")];
    let later = [FundMove {
        time: at(11, 12),
        ..moved("W1", 11, -500)
    }];
    let found = settled(&later, &before, 12);
    assert_eq!(
        states(&found),
        [SettlementState::OnTheWay],
        "it came before it was sent"
    );
}

#[test]
fn a_credit_of_wechat_pay_without_a_withdrawal_is_named() {
    let bank = [
        credit(11, 900, "", "微信支付提现"),
        credit(10, 1, WECHAT, ""),
    ];
    assert_eq!(counts(&settled(&[], &bank, 12)), [0, 0, 1]);
    let unknown = settle(&SettlementAsk {
        day: day(11),
        moves: &[],
        today: day(12),
        bank: &bank,
        covered: &[(day(1), day(12))],
        within: 3,
        knows_moves: false,
    });
    assert!(unknown.unwrap().is_clean());
}

#[test]
fn a_single_other_sum_is_taken_for_the_single_withdrawal_that_is_left() {
    let moves = [moved("W1", 11, -500), moved("W2", 11, -300)];
    let bank = [credit(12, 500, WECHAT, ""), credit(12, 299, WECHAT, "")];
    let found = settled(&moves, &bank, 12);
    assert_eq!(
        states(&found),
        [SettlementState::Arrived, SettlementState::OtherSum]
    );

    let two = settled(&moves, &[credit(12, 299, WECHAT, "")], 12);
    assert_eq!(
        states(&two),
        [SettlementState::OnTheWay; 2],
        "either could be meant"
    );
}

mod statements {
    use super::*;
    use crate::fund_flow::examine_statement;

    fn with_balance(of: u32, fen: i64, balance: i64) -> BankEntry {
        BankEntry {
            balance: Some(Fen::new(balance)),
            has_clock: false,
            time: day(of).start(),
            ..credit(of, fen, "", "")
        }
    }

    #[test]
    fn balances_prove_a_statement_in_either_order() {
        let mut rows = vec![
            with_balance(9, 500, 1_500),
            with_balance(9, -200, 1_300),
            with_balance(10, 50, 1_350),
        ];
        for _ in 0..2 {
            let report = examine_statement(&rows).unwrap().unwrap();
            assert!(report.is_proven());
            assert_eq!(report.opening, Some(Fen::new(1_000)));
            assert_eq!(report.closing, Some(Fen::new(1_350)));
            assert_eq!((report.first, report.last), (day(9), day(10)));
            rows.reverse();
        }
        rows.remove(1);
        let report = examine_statement(&rows).unwrap().unwrap();
        assert!(!report.adds_up());
        assert_eq!((report.breaks.count, report.breaks.rows[0].line), (1, 10));
    }

    #[test]
    fn without_balances_nothing_is_proven_and_nothing_contradicts() {
        let report = examine_statement(&[credit(9, 5, "", "")]).unwrap().unwrap();
        assert!(report.adds_up() && !report.is_proven());
        assert_eq!(examine_statement(&[]), Ok(None));
    }
}
