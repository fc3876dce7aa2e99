//! Tables of a day: order, filters, sums and values, as the rows themselves say.

use std::cmp::Reverse;

use crate::store::{DATE, StoreFixture, bill_text, day, orders_text, pays};
use recondesk_domain::{Instant, MOrder, PayStatus};
use recondesk_ports::{
    Book, BookColumn, BookDay, BookRow, Books as _, ColumnTest, RowTest, SortColumn, TableQuery,
    Unwatched, ValuesAsk,
};

#[test]
fn tables_are_sorted_filtered_and_paged() {
    let shop = StoreFixture::new();
    let list = pays(7000, 5);
    shop.bill(&bill_text(DATE, &list)).unwrap();
    let place = BookDay {
        profile: shop.profile,
        book: Book::Pays,
        day: day(DATE),
    };
    let table = |query: &TableQuery| {
        let table = shop.books.list(place, query, &Unwatched).unwrap();
        let mut rows = Vec::new();
        for page in table.ids.chunks(200) {
            rows.extend(shop.books.rows(page).unwrap());
        }
        let rows: Vec<_> = rows
            .into_iter()
            .map(|row| match row {
                BookRow::Pay(pay) => pay,
                other => panic!("{other:?}"),
            })
            .collect();
        (table, rows)
    };

    let (all, rows) = table(&TableQuery::default());
    assert_eq!((all.of, all.ids.len()), (7000, 7000));
    assert!(rows.is_sorted_by_key(|pay| pay.row.line));
    assert_eq!(all.sum.get(), list.iter().map(|pay| pay.fen).sum::<i64>());
    let sorted = |columns: &[(BookColumn, bool)]| {
        let sort = |&(column, descending)| SortColumn { column, descending };
        table(&TableQuery {
            sorts: columns.iter().map(sort).collect(),
            ..TableQuery::default()
        })
        .1
    };
    let up = sorted(&[(BookColumn::Number, false)]);
    assert!(up.is_sorted_by_key(|pay| pay.out_trade_no));
    let down = sorted(&[(BookColumn::Number, true)]);
    assert!(down.is_sorted_by_key(|pay| Reverse(pay.out_trade_no)));
    let both = sorted(&[(BookColumn::Amount, true), (BookColumn::Time, false)]);
    assert!(both.is_sorted_by_key(|pay| (Reverse(pay.amount), pay.time, pay.row.line)));
    let test = |column, test| ColumnTest { column, test };
    let query = TableQuery {
        number: "777".to_owned(),
        tests: vec![test(
            BookColumn::Amount,
            RowTest::Between {
                least: None,
                most: Some(50_000),
            },
        )],
        ..TableQuery::default()
    };
    let (some, rows) = table(&query);
    let wanted: Vec<_> = list
        .iter()
        .filter(|pay| pay.number.contains("777") && pay.fen <= 50_000)
        .collect();
    assert_eq!(rows.len(), wanted.len());
    assert_eq!(some.of, 7000);
    let sum = wanted.iter().map(|pay| pay.fen).sum::<i64>();
    assert_eq!(some.sum.get(), sum);
    assert_eq!(shop.books.sum(&some.ids, &Unwatched).unwrap().get(), sum);
    let ask = |column, most| ValuesAsk { column, most };
    let values = |ask| shop.books.values(place, &query, ask, &Unwatched).unwrap();
    assert_eq!(
        values(ask(BookColumn::Number, 10_000)).map(|all| all.len()),
        Some(wanted.len())
    );
    assert_eq!(values(ask(BookColumn::Number, 3)), None);
    let states = values(ask(BookColumn::State, 9)).unwrap();
    assert_eq!(
        states.iter().map(|state| state.count).sum::<u64>(),
        wanted.len() as u64
    );
}

/// What a row must be to pass a test.
type Passes = Box<dyn Fn(&MOrder) -> bool>;

/// A test of each column, after an order and a time of payment, with what it means.
fn tests_of_columns(one: &MOrder, first: Instant) -> Vec<(ColumnTest, Passes)> {
    let one = *one;
    vec![
        (
            ColumnTest {
                column: BookColumn::PaidAt,
                test: RowTest::Present(false),
            },
            Box::new(|order| order.paid_at.is_none()),
        ),
        (
            ColumnTest {
                column: BookColumn::PaidAt,
                test: RowTest::Between {
                    least: Some(first.unix()),
                    most: None,
                },
            },
            Box::new(move |order| order.paid_at.is_some_and(|at| at >= first)),
        ),
        (
            ColumnTest {
                column: BookColumn::State,
                test: RowTest::Numbers {
                    values: vec![Some(PayStatus::Paid as i64)],
                    wanted: false,
                },
            },
            Box::new(|order| order.pay_status != PayStatus::Paid),
        ),
        (
            ColumnTest {
                column: BookColumn::OrderNo,
                test: RowTest::Texts {
                    values: vec![one.order_no.as_str().to_owned()],
                    wanted: true,
                },
            },
            Box::new(move |order| order.order_no == one.order_no),
        ),
        (
            ColumnTest {
                column: BookColumn::Number,
                test: RowTest::Contains("77".to_owned()),
            },
            Box::new(|order| order.out_trade_no.as_str().contains("77")),
        ),
        (
            ColumnTest {
                column: BookColumn::Import,
                test: RowTest::Numbers {
                    values: vec![Some(i64::from(one.row.import))],
                    wanted: true,
                },
            },
            Box::new(move |order| order.row.import == one.row.import),
        ),
    ]
}

#[test]
fn orders_are_filtered_by_every_column_and_what_is_missing_comes_last() {
    let shop = StoreFixture::new();
    let list = pays(3000, 5);
    let text = orders_text(
        DATE,
        &list,
        |at| if at % 3 == 0 { "created" } else { "paid" },
    );
    shop.orders(&text).unwrap();
    let place = BookDay {
        profile: shop.profile,
        book: Book::Orders,
        day: day(DATE),
    };
    let table = |sorts: Vec<SortColumn>, tests: Vec<ColumnTest>| {
        let query = TableQuery {
            sorts,
            tests,
            ..TableQuery::default()
        };
        let found = shop.books.list(place, &query, &Unwatched).unwrap();
        let rows = found
            .ids
            .chunks(200)
            .flat_map(|page| shop.books.rows(page).unwrap());
        rows.map(|row| match row {
            BookRow::Order(order) => order,
            other => panic!("{other:?}"),
        })
        .collect::<Vec<_>>()
    };
    let all = table(Vec::new(), Vec::new());
    for descending in [false, true] {
        let column = BookColumn::PaidAt;
        let rows = table(vec![SortColumn { column, descending }], Vec::new());
        let unpaid = rows.iter().position(|order| order.paid_at.is_none());
        let (paid, rest) = rows.split_at(unpaid.unwrap());
        assert!(rest.iter().all(|order| order.paid_at.is_none()));
        assert!(rest.is_sorted_by_key(|order| order.row.line));
        if descending {
            assert!(paid.is_sorted_by_key(|order| Reverse(order.paid_at)));
        } else {
            assert!(paid.is_sorted_by_key(|order| order.paid_at));
        }
    }
    let one = all[1];
    let first = one.paid_at.or(all[2].paid_at).unwrap();
    for (test, passes) in tests_of_columns(&one, first) {
        let said = format!("{test:?}");
        let rows = table(Vec::new(), vec![test]);
        let wanted: Vec<MOrder> = all.iter().copied().filter(|order| passes(order)).collect();
        assert_eq!(rows, wanted, "{said}");
        assert!(!rows.is_empty(), "{said}");
    }
}
