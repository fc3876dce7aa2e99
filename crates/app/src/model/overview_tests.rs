//! What the sentence of the morning may say, state by state: green is kept for a finished comparison alone.

use super::*;

fn at() -> Instant {
    Instant::parse_beijing("2026-03-09 10:03:10").unwrap()
}

/// A merchant whose day was compared and agrees.
fn balanced(id: i64) -> MerchantDay {
    MerchantDay {
        profile: ProfileId(id),
        name: id.to_string(),
        mch_id: String::new(),
        bill: BillStatus::Verified(at()),
        rows: Some(10),
        amount: Some(Fen::new(1_000)),
        matched: Some(10_000),
        counts: SeverityCounts::default(),
        at_stake: Fen::ZERO,
        waiting: None,
        next: NextStep::Balanced,
    }
}

fn model(merchants: Vec<MerchantDay>) -> OverviewModel {
    let day = BillDate::parse("2026-03-08").unwrap();
    let compared = merchants.iter().filter(|row| row.is_compared()).count() as u64;
    OverviewModel {
        day,
        made_at: at(),
        totals: MorningTotals {
            rows: merchants.iter().filter_map(|row| row.rows).sum(),
            compared_rows: compared * 10,
            matched: compared * 10,
            compared,
            ..MorningTotals::default()
        },
        clauses: Vec::new(),
        merchants,
        history: Vec::new(),
        ageing: Vec::new(),
        calendars: Vec::new(),
        log: Vec::new(),
    }
}

fn said(merchants: Vec<MerchantDay>) -> MorningState {
    model(merchants).morning(None)
}

#[test]
fn a_day_that_nobody_compared_is_never_called_matched() {
    let imported = MerchantDay {
        matched: None,
        next: NextStep::Reconcile,
        ..balanced(2)
    };
    // A file came after the comparison: what it says is not known yet.
    let stale = MerchantDay {
        next: NextStep::Reconcile,
        ..balanced(2)
    };
    for waiting in [imported, stale] {
        assert_eq!(said(vec![waiting.clone()]), MorningState::NotCompared);
        assert_eq!(said(vec![balanced(1), waiting]), MorningState::NotCompared);
    }
    assert_eq!(said(vec![balanced(1)]), MorningState::AllMatched);
    assert_eq!(
        said(vec![balanced(1), balanced(2)]),
        MorningState::AllMatched
    );
}

#[test]
fn the_worst_merchant_speaks() {
    let why = Message::new("连不上网关", "The gateway cannot be reached");
    let with = |bill: BillStatus, next| MerchantDay {
        bill,
        rows: None,
        amount: None,
        matched: None,
        next,
        ..balanced(2)
    };
    let failed = with(BillStatus::Failed(at(), why.clone()), NextStep::Download);
    let missing = with(BillStatus::NotFetched, NextStep::Download);
    let early = with(BillStatus::NotReady(at()), NextStep::Wait);
    let holes = MerchantDay {
        next: NextStep::ImportOrders,
        ..balanced(2)
    };
    let work = MerchantDay {
        counts: SeverityCounts {
            fault: 1,
            ..SeverityCounts::default()
        },
        next: NextStep::Work(1),
        ..balanced(3)
    };
    let beside = |row: &MerchantDay| said(vec![balanced(1), row.clone()]);
    assert_eq!(beside(&failed), MorningState::FetchFailed(why));
    assert_eq!(beside(&missing), MorningState::BillMissing);
    assert_eq!(beside(&early), MorningState::NotOut(at()));
    assert_eq!(beside(&holes), MorningState::OrdersMissing);
    assert_eq!(said(vec![failed, missing, early, work]), MorningState::Work);
}

#[test]
fn cases_of_a_day_without_one_order_are_not_called_a_comparison() {
    // The run found refunds to look at, and not one order to compare the payments with.
    let bare = MerchantDay {
        matched: None,
        counts: SeverityCounts {
            urgent: 1,
            fault: 9,
            ..SeverityCounts::default()
        },
        waiting: Some(Fen::new(920_108)),
        next: NextStep::ImportOrders,
        ..balanced(2)
    };
    let other = MerchantDay {
        waiting: Some(Fen::new(92)),
        ..bare.clone()
    };

    assert_eq!(
        said(vec![bare.clone()]),
        MorningState::NoOrders(Fen::new(920_108))
    );
    assert_eq!(
        said(vec![bare.clone(), other]),
        MorningState::NoOrders(Fen::new(920_200))
    );
    // Beside a merchant that was compared the numbers of that one are told, and the other has its clause.
    assert_eq!(said(vec![balanced(1), bare]), MorningState::Work);
}

#[test]
fn no_trade_is_said_only_where_wechat_pay_told_it_of_every_merchant_in_view() {
    let none = MerchantDay {
        bill: BillStatus::NoBill,
        rows: None,
        amount: None,
        matched: None,
        next: NextStep::Reconcile,
        ..balanced(2)
    };
    assert_eq!(said(vec![none.clone()]), MorningState::NoTrade);
    // Its orders may say otherwise: compared first, then done.
    assert_eq!(
        said(vec![balanced(1), none.clone()]),
        MorningState::NotCompared
    );
    let both = model(vec![balanced(1), none]);
    assert_eq!(both.morning(Some(ProfileId(2))), MorningState::NoTrade);
}

#[test]
fn rows_that_wait_or_are_watched_are_not_called_all_matched() {
    let mut settled = model(vec![balanced(1)]);
    settled.totals.cross_day = 1;
    assert_eq!(settled.morning(None), MorningState::Settled);
    settled.totals.cross_day = 0;
    settled.totals.matched = 9;
    assert_eq!(settled.morning(None), MorningState::Settled);
}
