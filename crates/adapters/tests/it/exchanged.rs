//! Sound files in the place of others: told, and never shown as what they are not.

use std::path::Path;

use recondesk_domain::RowRef;
use recondesk_ports::{Books, BooksError};

use super::store::{SamplePay, StoreFixture, day, open, orders_text, pays};

const DATE: &str = "2026-03-08";

/// A shop that has exported its orders four times, with other sums of the same length each time.
fn exports() -> StoreFixture {
    let shop = StoreFixture::new();
    for export in 0..4 {
        shop.orders(&orders_text(DATE, &of_export(export), |_| "paid"))
            .unwrap();
    }
    shop
}

fn of_export(export: i64) -> Vec<SamplePay> {
    let mut pays = pays(40, 1);
    for (fen, pay) in (10_000_i64..).step_by(10).zip(&mut pays) {
        pay.fen = fen + export;
        pay.refunded = false;
    }
    pays
}

fn exchange(one: &Path, other: &Path) {
    let aside = one.with_extension("aside");
    std::fs::rename(one, &aside).unwrap();
    std::fs::rename(other, one).unwrap();
    std::fs::rename(&aside, other).unwrap();
}

#[test]
fn rows_of_another_import_are_not_shown_as_those_of_this_one() {
    let shop = exports();
    let (folder, profile) = (shop.folder, shop.profile);
    drop(shop.books);
    let file = |import: u32| folder.path().join(format!("books/{import:08}.seg"));
    let len = |import| std::fs::metadata(file(import)).unwrap().len();
    assert_eq!(len(3), len(4), "else the test shows nothing");
    exchange(&file(3), &file(4));

    let (books, _) = open(folder.path(), None).unwrap();
    let evidence = books.evidence(profile).unwrap();
    let shown = evidence
        .orders(day(DATE), 7)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>);

    assert!(shown.is_err(), "{shown:?}");
}

#[test]
fn an_exchanged_archive_file_is_told_whichever_import_it_is_of() {
    let shop = exports();
    let (folder, profile) = (shop.folder, shop.profile);
    drop(shop.books);
    let file = |import: u32| folder.path().join(format!("archive/{import:08}.raw"));
    exchange(&file(1), &file(2));

    let (books, _) = open(folder.path(), None).unwrap();
    assert_eq!(books.imports(profile).unwrap().len(), 4);
    for import in 1..=4 {
        let whole = books.raw_file(import, &mut |_| {});
        let row = books.raw_row(RowRef {
            import,
            line: 2,
            offset: 0,
        });
        let is_told = matches!(whole, Err(BooksError::Damaged { .. }))
            && matches!(row, Err(BooksError::Damaged { .. }));
        assert_eq!(is_told, import < 3, "{import}: {whole:?} {row:?}");
    }
}
