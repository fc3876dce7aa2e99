//! Payments whose money went back: nothing is to be delivered or refunded a second time.

use recondesk_domain::{Category, Fen, FulfilStatus, MOrder, PayStatus, RowRef, SuggestedAction};

use crate::small_books::{BOTH, back, books, noon, order, pay, plain};

/// True when a finding would have a person give goods or money for this order.
fn gives(category: Category) -> bool {
    matches!(
        category.action(),
        SuggestedAction::RefundExtra
            | SuggestedAction::Reissue
            | SuggestedAction::FindOwner
            | SuggestedAction::ReissueOrRefund
    )
}

fn closed_after_refund(number: &str) -> MOrder {
    MOrder {
        pay_status: PayStatus::Closed,
        fulfil_status: FulfilStatus::NotKnown,
        refund_total: Some(Fen::new(10_000)),
        refund_at: Some(noon().plus(3_600)),
        closed_at: Some(noon().plus(3_600)),
        ..order(number, noon())
    }
}

#[test]
fn an_order_closed_after_its_full_refund_agrees() {
    let books = books(
        &[pay("A", noon())],
        &[back("R1", "A", noon().plus(3_600), 10_000)],
        &[closed_after_refund("A")],
        &BOTH(),
    );

    let told = plain(&books);

    assert_eq!(told.categories(), []);
}

#[test]
fn a_closed_order_is_still_to_be_acted_on_while_money_is_left() {
    let part = MOrder {
        refund_total: Some(Fen::new(4_000)),
        ..closed_after_refund("A")
    };
    let books = books(
        &[pay("A", noon())],
        &[back("R1", "A", noon().plus(3_600), 4_000)],
        &[part],
        &BOTH(),
    );

    let told = plain(&books);

    let due: Vec<_> = told
        .categories()
        .into_iter()
        .filter(|c| gives(*c))
        .collect();
    assert_eq!(due.len(), 1, "{:?}", told.findings);
}

#[test]
fn nothing_is_to_be_given_for_a_payment_that_went_back_in_full() {
    let unpaid = |number| MOrder {
        pay_status: PayStatus::Created,
        paid_at: None,
        fulfilled_at: None,
        fulfil_status: FulfilStatus::Pending,
        ..order(number, noon())
    };
    let waiting = |number| MOrder {
        fulfilled_at: None,
        fulfil_status: FulfilStatus::Pending,
        ..order(number, noon())
    };
    let orders: [&[MOrder]; 4] = [
        &[],
        &[unpaid("A")],
        &[waiting("A")],
        &[MOrder {
            pay_status: PayStatus::Closed,
            paid_at: None,
            ..unpaid("A")
        }],
    ];
    for (at, orders) in orders.into_iter().enumerate() {
        let refund = back("R1", "A", noon().plus(3_600), 10_000);
        let books = books(&[pay("A", noon())], &[refund], orders, &BOTH());

        let told = plain(&books);

        let wrong: Vec<_> = told.findings.iter().filter(|f| gives(f.category)).collect();
        assert!(wrong.is_empty(), "{at}: {wrong:?}");
    }
}

#[test]
fn goods_and_money_are_still_due_for_a_payment_that_went_back_in_part() {
    let refund = back("R1", "A", noon().plus(3_600), 4_000);
    // A day without any order of the merchant is a hole of its book.
    let pays = [pay("A", noon()), pay("B", noon())];
    let books = books(&pays, &[refund], &[order("B", noon())], &BOTH());

    let told = plain(&books);

    assert!(
        told.categories().contains(&Category::WOnlyPay),
        "{:?}",
        told.findings
    );
}

#[test]
fn two_parts_that_the_merchants_total_confirms_are_no_double_refund() {
    let parts = [
        back("R1", "A", noon().plus(3_600), 3_000),
        back("R2", "A", noon().plus(3_690), 3_000),
    ];
    let with_total = |fen| MOrder {
        refund_total: Some(Fen::new(fen)),
        refund_at: Some(noon().plus(3_690)),
        ..order("A", noon())
    };
    for (total, expected) in [(6_000, vec![]), (3_000, vec![Category::DupRefundSuspect])] {
        let books = books(&[pay("A", noon())], &parts, &[with_total(total)], &BOTH());

        let told = plain(&books);

        let mut found = told.categories();
        found.dedup();
        assert_eq!(found, expected, "{total}");
    }
}

#[test]
fn a_day_without_orders_is_a_hole_of_the_merchants_book_and_nothing_is_to_be_refunded() {
    let books = books(&[pay("A", noon())], &[], &[], &BOTH());

    let told = plain(&books);

    assert_eq!(told.categories(), [Category::MCoverage]);
}

#[test]
fn the_orders_of_a_file_that_no_bill_knows_are_one_finding_beside_a_file_that_agrees() {
    let of_file = |number: &str, import, minute: i64| MOrder {
        row: RowRef {
            import,
            ..RowRef::NONE
        },
        ..order(number, noon().plus(minute * 60))
    };
    let own = ["A", "B", "C"].map(|number| of_file(number, 2, 0));
    let pays = ["A", "B", "C"].map(|number| pay(number, noon()));
    for count in [2, 3, 4] {
        let others = (0..count).map(|at| of_file(&format!("X{at}"), 1, 30 + at));
        let orders: Vec<MOrder> = own.iter().copied().chain(others).collect();

        let told = plain(&books(&pays, &[], &orders, &BOTH()));

        let expected = match count {
            // One or two may be cases of their own.
            2 => vec![Category::MOnlyPay; 2],
            _ => vec![Category::MForeign],
        };
        assert_eq!(told.categories(), expected, "{count}");
    }
}

#[test]
fn a_day_of_closed_orders_is_no_hole() {
    let closed = MOrder {
        pay_status: PayStatus::Closed,
        paid_at: None,
        ..order("B", noon())
    };
    let books = books(&[pay("A", noon())], &[], &[closed], &BOTH());

    let told = plain(&books);

    assert_eq!(told.categories(), [Category::WOnlyPay]);
}

fn asked_back(number: &str, total: Option<Fen>) -> MOrder {
    MOrder {
        pay_status: PayStatus::Refunding,
        fulfil_status: FulfilStatus::NotRequired,
        fulfilled_at: None,
        refund_total: total,
        ..order(number, noon())
    }
}

#[test]
fn a_refund_that_was_asked_for_waits_while_no_bill_has_any() {
    for total in [None, Some(Fen::ZERO)] {
        let asked = asked_back("A", total);
        let told = plain(&books(&[pay("A", noon())], &[], &[asked], &BOTH()));
        assert_eq!(told.categories(), [Category::RefundPendingM], "{total:?}");
        assert_eq!(told.findings[0].merchant, None, "its sum is not known");
    }
}

#[test]
fn any_refund_of_the_order_is_the_one_whose_sum_the_merchant_does_not_tell() {
    for total in [None, Some(Fen::ZERO)] {
        for sum in [4_000, 10_000] {
            let back = back("R1", "A", noon().plus(3_600), sum);
            let asked = asked_back("A", total);
            let told = plain(&books(&[pay("A", noon())], &[back], &[asked], &BOTH()));
            assert_eq!(told.categories(), [], "{total:?} {sum}");
        }
    }
}

#[test]
fn goods_that_an_after_sales_case_may_concern_are_reviewed_and_not_sent() {
    let open = MOrder {
        fulfil_status: FulfilStatus::Pending,
        ..asked_back("A", None)
    };
    let told = plain(&books(&[pay("A", noon())], &[], &[open], &BOTH()));
    assert!(told.categories().contains(&Category::BookedNotFulfilled));
    for finding in &told.findings {
        assert!(
            !finding.action().delivers() && !finding.action().moves_money(),
            "{finding:?}"
        );
    }
}
