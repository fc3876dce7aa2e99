//! A newer export, or another reading, of a day so large that several cores judge its rows side by side.

use std::collections::BTreeMap;

use recondesk_intake::{Column, Mapping};
use recondesk_ports::{Books as _, OrdersTarget, Source, Unwatched};

use super::store::{DATE, SamplePay, StoreFixture, day, orders_text, pays};

/// Rows that make several shares.
const ROWS: u32 = 50_000;

/// Number, amount and import of every order of the day.
fn stored(shop: &StoreFixture) -> Vec<(String, i64, u32)> {
    let evidence = shop.books.evidence(shop.profile).unwrap();
    let orders = evidence.orders(day(DATE), 7).unwrap().map(Result::unwrap);
    let mut rows: Vec<_> = orders
        .map(|order| {
            (
                order.out_trade_no.as_str().to_owned(),
                order.amount.get(),
                order.row.import,
            )
        })
        .collect();
    rows.sort();
    rows
}

fn by_number(list: &[SamplePay]) -> BTreeMap<String, Vec<i64>> {
    let mut out: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for pay in list {
        out.entry(pay.number.clone()).or_default().push(pay.fen);
    }
    out
}

#[test]
fn every_row_of_a_large_day_is_judged_once_wherever_it_is_cut() {
    let shop = StoreFixture::new();
    let mut first = pays(ROWS, 9);
    // Numbers that repeat with other amounts stay repeated: P10.
    for at in (0..2_000).step_by(40) {
        let mut repeat = first[at].clone();
        repeat.fen += 500_000;
        first.push(repeat);
    }
    let mut second: Vec<SamplePay> = first
        .iter()
        .enumerate()
        .filter(|(at, _)| at % 700 != 3)
        .map(|(at, pay)| SamplePay {
            fen: pay.fen + i64::from(at % 100 == 7 || at == 40),
            ..pay.clone()
        })
        .collect();
    second.extend(pays(300, 4));
    second.push(first[80].clone());
    second.last_mut().unwrap().fen += 900_000;
    // Open orders lie apart from the others, and some of them were paid since.
    let status = |open: usize| {
        move |at: usize| {
            if at.is_multiple_of(open) {
                "created"
            } else {
                "paid"
            }
        }
    };

    let old = shop.orders(&orders_text(DATE, &first, |_| "paid")).unwrap();
    let new = shop
        .orders(&orders_text(DATE, &second, |_| "paid"))
        .unwrap();

    let (before, after) = (by_number(&first), by_number(&second));
    let (mut same, mut changed, mut added) = (0, 0, 0);
    let mut expected = Vec::new();
    for (number, amounts) in &after {
        let rows = amounts.len() as u64;
        let import = match before.get(number) {
            Some(known) if known == amounts => {
                same += rows;
                old.import
            }
            Some(_) => {
                changed += rows;
                new.import
            }
            None => {
                added += rows;
                new.import
            }
        };
        expected.extend(amounts.iter().map(|fen| (number.clone(), *fen, import)));
    }
    for (number, amounts) in before
        .iter()
        .filter(|(number, _)| !after.contains_key(*number))
    {
        expected.extend(amounts.iter().map(|fen| (number.clone(), *fen, old.import)));
    }
    expected.sort();
    assert_eq!((new.same, new.changed, new.added), (same, changed, added));
    assert!(same > 45_000 && changed > 500 && added == 300, "{new:?}");
    assert_eq!(stored(&shop), expected);

    let opened = shop
        .orders(&orders_text(DATE, &second, status(10)))
        .unwrap();
    let closed = shop
        .orders(&orders_text(DATE, &second, status(20)))
        .unwrap();
    let rows = second.len() as u64;
    assert_eq!(opened.same + opened.changed + opened.merged, rows);
    assert_eq!(closed.same + closed.changed + closed.merged, rows);
    assert!(opened.changed >= rows / 10 && closed.changed < opened.changed);
    let open = |imports: &[(String, i64, u32)], import| {
        imports.iter().filter(|row| row.2 == import).count() as u64
    };
    assert_eq!(open(&stored(&shop), closed.import), closed.changed);
}

#[test]
fn another_reading_of_a_large_file_takes_back_every_row_of_the_first() {
    let shop = StoreFixture::new();
    let text = orders_text(DATE, &pays(ROWS, 9), |_| "paid");
    let first = shop.orders(&text).unwrap();
    let mut mapping = Mapping::canonical();
    let business = mapping
        .columns
        .insert(Column::OutTradeNo, "order_no".to_owned());
    mapping.columns.insert(
        Column::OrderNo,
        business.unwrap_or_else(|| "out_trade_no".to_owned()),
    );

    let source = Source::from_bytes("orders.csv", text.into_bytes());
    let target = OrdersTarget {
        profile: shop.profile,
        mapping: &mapping,
    };
    let again = shop
        .books
        .import_orders(target, source, &Unwatched, &mut |_| {})
        .unwrap();

    assert_eq!(
        (again.withdrawn, again.added),
        (u64::from(ROWS), u64::from(ROWS))
    );
    let rows = stored(&shop);
    assert_eq!(rows.len(), ROWS as usize);
    assert!(
        rows.iter()
            .all(|row| row.0.starts_with('B') && row.2 != first.import)
    );
}
