//! Several rows that look like one thing: sub-merchants, parts, groups, and amounts that may lie apart.

use recondesk_domain::{
    BillDate, Category, FeeRate, Fen, MOrder, MchId, OrderNo, PayStatus, Tag, TradeType,
    TransactionId, WPay,
};
use recondesk_reconcile::WaitingRefund;

use crate::small_books::{BOTH, books, day, noon, order, pay, plain, tell};

fn of_shop(shop: &str, w: WPay) -> WPay {
    WPay {
        sub_mch_id: MchId::new(shop).unwrap(),
        transaction_id: TransactionId::new(&format!("42{shop}")).unwrap(),
        ..w
    }
}

#[test]
fn one_number_at_two_sub_merchants_is_two_orders() {
    let pays = [
        of_shop("1900000201", pay("A", noon())),
        of_shop("1900000202", pay("A", noon())),
    ];
    let order_of = |shop| MOrder {
        sub_mch_id: MchId::new(shop).unwrap(),
        ..order("A", noon())
    };
    let both = [order_of("1900000201"), order_of("1900000202")];
    assert_eq!(plain(&books(&pays, &[], &both, &BOTH())).categories(), []);

    // The other sub-merchant's order is missing: that is found, and nobody is told that A was paid twice.
    let one = plain(&books(&pays, &[], &both[..1], &BOTH()));
    assert_eq!(one.categories(), [Category::WOnlyPay]);
}

#[test]
fn an_overdue_refund_is_that_of_its_own_sub_merchant() {
    let shops = ["1900000201", "1900000202"];
    let pays = shops.map(|shop| of_shop(shop, pay("A", noon())));
    let refunded = |shop, fen| MOrder {
        sub_mch_id: MchId::new(shop).unwrap(),
        pay_status: PayStatus::Refunded,
        refund_total: Some(Fen::new(fen)),
        ..order("A", noon())
    };
    let orders = [refunded(shops[0], 3_000), refunded(shops[1], 10_000)];
    let days: Vec<BillDate> = (0..4).map(|later| day().plus(later)).collect();
    let books = books(&pays, &[], &orders, &days);
    let told = |waits: &[&str]| {
        let told = tell(&books, days[3], |input| {
            let waits = waits.iter().map(|shop| WaitingRefund {
                out_trade_no: orders[0].out_trade_no,
                sub_mch_id: MchId::new(shop).unwrap(),
                since: day(),
            });
            input.waiting_refunds = waits.collect();
        });
        let overdue = told.findings.iter();
        let overdue = overdue.filter(|found| found.category == Category::MOnlyRefund);
        overdue
            .map(|found| (found.sub_mch_id.to_string(), found.merchant.unwrap().get()))
            .collect::<Vec<_>>()
    };

    let (first, second) = ((shops[0].to_owned(), 3_000), (shops[1].to_owned(), 10_000));
    assert_eq!(told(&shops[..1]), std::slice::from_ref(&first));
    assert_eq!(told(&shops[1..]), std::slice::from_ref(&second));
    assert_eq!(told(&shops), [first, second]);
    // One that names no sub-merchant is told once, as before.
    assert_eq!(told(&[""]).len(), 1);
}

#[test]
fn orders_without_their_zeros_go_with_the_payments_of_their_own_sub_merchant() {
    let cut_at = |shop| MOrder {
        sub_mch_id: MchId::new(shop).unwrap(),
        ..order("308001", noon())
    };
    let pays = [of_shop("1900000201", pay("0000308001", noon()))];
    let both = [cut_at("1900000201"), cut_at("1900000202")];

    // The other sub-merchant's order is in no bill, and its sum is not lost on the way.
    let told = plain(&books(&pays, &[], &both, &BOTH()));
    assert_eq!(told.categories(), [Category::MOnlyPay, Category::MForeign]);

    let pays = [pays[0], of_shop("1900000202", pay("0000308001", noon()))];
    let told = plain(&books(&pays, &[], &both, &BOTH()));
    assert_eq!(told.categories(), [Category::MForeign]);

    // A list that does not name the sub-merchant.
    let told = plain(&books(&pays[..1], &[], &[order("308001", noon())], &BOTH()));
    assert_eq!(told.categories(), [Category::MForeign]);

    // Another amount is another order.
    let other = MOrder {
        amount: Fen::new(1),
        ..order("308001", noon())
    };
    let told = plain(&books(&pays[..1], &[], &[other], &BOTH()));
    assert_eq!(told.categories(), [Category::WOnlyPay, Category::MOnlyPay]);
}

#[test]
fn two_payments_of_one_number_at_one_merchant_are_still_p09() {
    let second = WPay {
        transaction_id: TransactionId::new("42second").unwrap(),
        ..pay("A", noon())
    };
    let books = books(
        &[pay("A", noon()), second],
        &[],
        &[order("A", noon())],
        &BOTH(),
    );

    assert!(plain(&books).categories().contains(&Category::DupPay));
}

#[test]
fn deposit_and_balance_booked_one_by_one_are_no_double_payment() {
    let part = |number, fen| MOrder {
        order_no: OrderNo::new("BIZ").unwrap(),
        amount: Fen::new(fen),
        ..order(number, noon())
    };
    let paid = |number, fen| WPay {
        amount: Fen::new(fen),
        settled: Fen::new(fen),
        ..pay(number, noon())
    };
    let agreed = books(
        &[paid("BIZ-1", 3_000), paid("BIZ-2", 7_000)],
        &[],
        &[part("BIZ-1", 3_000), part("BIZ-2", 7_000)],
        &BOTH(),
    );
    assert!(!plain(&agreed).categories().contains(&Category::DupPay));

    let twice = books(
        &[paid("BIZ-1", 7_000), paid("BIZ-2", 7_000)],
        &[],
        &[part("BIZ-1", 7_000), part("BIZ-2", 7_000)],
        &BOTH(),
    );
    assert!(plain(&twice).categories().contains(&Category::DupPay));
}

#[test]
fn a_tolerance_holds_to_the_fen_and_on_its_own_side() {
    let paid = |fen| WPay {
        amount: Fen::new(fen),
        settled: Fen::new(fen),
        ..pay("A", noon())
    };
    for (bill, expected) in [(10_005, 0), (10_006, 1), (9_998, 0), (9_997, 1)] {
        let books = books(&[paid(bill)], &[], &[order("A", noon())], &BOTH());
        let told = tell(&books, day(), |input| {
            input.rules.tolerance_above = Fen::new(5);
            input.rules.tolerance_below = Fen::new(2);
        });
        let differing = told
            .categories()
            .iter()
            .filter(|c| **c == Category::AmountDiff)
            .count();
        assert_eq!(differing, expected, "{bill}");
    }
}

#[test]
fn a_contract_has_a_rate_for_each_product() {
    let paid = |number, product, rate| WPay {
        product,
        rate,
        ..pay(number, noon())
    };
    let pays = [
        paid("A", TradeType::Jsapi, 6_000),
        paid("B", TradeType::CodePay, 3_800),
        paid("C", TradeType::CodePay, 6_000),
        paid("D", TradeType::Jsapi, 3_800),
    ];
    let orders: Vec<MOrder> = ["A", "B", "C", "D"]
        .map(|number| order(number, noon()))
        .to_vec();
    let books = books(&pays, &[], &orders, &BOTH());
    let rate = |trade_type: &str, rate| FeeRate {
        trade_type: trade_type.to_owned(),
        rate,
        from: String::new(),
    };

    let told = tell(&books, day(), |input| {
        input.rules.fee_rates = vec![rate("", 6_000), rate("MICROPAY", 3_800)];
    });

    let mut wrong: Vec<String> = told
        .findings
        .iter()
        .filter(|f| f.category == Category::FeeRate)
        .map(|f| f.out_trade_no.as_str().to_owned())
        .collect();
    wrong.sort();
    assert_eq!(wrong, ["C", "D"]);
}

#[test]
fn orders_that_add_up_to_one_payment_are_suggested_and_stay_what_they_are() {
    let paid = WPay {
        amount: Fen::new(30_000),
        settled: Fen::new(30_000),
        ..pay("BIZ", noon())
    };
    let part = |number| MOrder {
        order_no: OrderNo::new("BIZ").unwrap(),
        amount: Fen::new(15_000),
        ..order(number, noon())
    };
    let books = books(&[paid], &[], &[part("X1"), part("X2")], &BOTH());

    let told = plain(&books);

    let suggested = told
        .findings
        .iter()
        .filter(|f| f.tags.contains(&Tag::Suggested))
        .count();
    assert_eq!(suggested, 3, "{:?}", told.findings);
    assert!(told.categories().contains(&Category::WOnlyPay));
    assert!(told.categories().contains(&Category::MOnlyPay));
}
