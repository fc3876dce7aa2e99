//! Sieves only narrow: with them, without them and with damaged ones a number is found in the same places.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use recondesk_adapters::books::Bookshelf;
use recondesk_adapters::disk::PowerCut;
use recondesk_domain::BillDate;
use recondesk_ports::{Book, BookDay, Books, TableQuery, Unwatched};

use super::store::{StoreFixture, bill_text, import_bill, open, orders_text, pays};

const DAYS: u32 = 40;

fn date(at: u32) -> String {
    let first = BillDate::parse("2026-03-08").unwrap();
    first.plus(i32::try_from(at).unwrap()).to_string()
}

/// The first day's bill again and again, each time of one day later, and an export of every third day: 54 imports.
fn books() -> StoreFixture {
    let shop = StoreFixture::new();
    for at in 0..DAYS {
        let pays = pays(6, at * 100);
        shop.bill(&bill_text(&date(at), &pays)).unwrap();
        if at % 3 == 0 {
            let text = orders_text(&date(at), &pays, |_| "paid");
            shop.orders(&text).unwrap();
        }
    }
    shop
}

/// Numbers of each kind of two payments of every sixth day, one of them refunded, and some that are nowhere.
fn asked() -> Vec<String> {
    let mut out: Vec<String> = (0..10).map(|at| format!("XX{at:010}")).collect();
    for at in (0..DAYS).step_by(6) {
        for pay in pays(6, at * 100).into_iter().step_by(5) {
            let digits = pay.number.trim_start_matches("QH").to_owned();
            out.push(format!("4200002{digits:>021}"));
            out.push(format!("R{}", pay.number));
            out.push(format!("B{}", pay.number));
            out.push(pay.number);
        }
    }
    out
}

fn found(books: &Bookshelf) -> String {
    let places = |number: &String| format!("{number} {:?}", books.find(number).unwrap());
    asked().iter().map(places).collect::<Vec<_>>().join("\n")
}

fn sieves(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder.join("books")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|end| end == "sieve"))
        .collect()
}

/// The answers of a program that is started now.
fn found_anew(folder: &Path) -> String {
    found(&open(folder, None).unwrap().0)
}

#[test]
fn books_of_a_version_without_sieves_answer_alike_and_get_them_with_the_next_import() {
    let shop = books();
    let folder = shop.folder.path();
    let with = found(&shop.books);
    assert!(with.contains("OrderNo") && with.contains("OutRefundNo"));
    let made = sieves(folder);
    assert_eq!(made, [folder.join("books/00000032.sieve")]);
    let bytes = std::fs::read(&made[0]).unwrap();
    std::fs::remove_file(&made[0]).unwrap();

    assert_eq!(found_anew(folder), with);

    let (again, profile) = open(folder, None).unwrap();
    import_bill(&again, profile, &bill_text(&date(DAYS), &pays(3, 9))).unwrap();
    assert_eq!(std::fs::read(&made[0]).unwrap(), bytes);
    assert_eq!(found_anew(folder), with);
}

#[test]
fn a_sieve_is_asked_before_any_segment_is_opened() {
    let shop = books();
    let folder = shop.folder.path();
    for import in 1..=32 {
        std::fs::remove_file(folder.join(format!("books/{import:08}.seg"))).unwrap();
    }
    let (books, _) = open(folder, None).unwrap();
    let refused = |number: u32| books.find(&format!("ZZ{number:012}")).is_err();
    // One in fifty passes by chance, and is then looked for where it is not.
    assert!((0..200).filter(|number| refused(*number)).count() < 20);
    assert!(books.find(&pays(1, 0)[0].number).is_err());

    std::fs::remove_file(folder.join("books/00000032.sieve")).unwrap();
    let (books, _) = open(folder, None).unwrap();
    assert!(books.find("ZZ000000000001").is_err());
}

#[test]
fn a_row_counts_alike_whether_all_of_the_catalog_was_read_or_its_days_alone() {
    let shop = books();
    let folder = shop.folder.path();
    // Once more: a bill with another row, and an export that was not paid yet.
    let again = pays(6, 600);
    shop.bill(&bill_text(&date(6), &pays(7, 600))).unwrap();
    let unpaid = |at| if at == 0 { "created" } else { "paid" };
    shop.orders(&orders_text(&date(6), &again, unpaid)).unwrap();
    let (books, profile) = open(folder, None).unwrap();

    let by_days = found(&books);

    assert!(by_days.contains("superseded: true") && by_days.contains("superseded: false"));
    let place = BookDay {
        profile,
        book: Book::Pays,
        day: BillDate::parse(&date(6)).unwrap(),
    };
    let list = books.list(place, &TableQuery::default(), &Unwatched);
    assert_eq!(list.unwrap().ids.len(), 7);
    assert_eq!(found(&books), by_days);
}

#[test]
fn a_damaged_or_foreign_sieve_hides_no_row() {
    let shop = books();
    let folder = shop.folder.path();
    let with = found(&shop.books);
    let path = folder.join("books/00000032.sieve");
    let sound = std::fs::read(&path).unwrap();
    let mut damaged: Vec<Vec<u8>> = Vec::new();
    for at in [0, 5, 9, 700, 4094, sound.len() - 300, sound.len() - 30] {
        let mut bytes = sound.clone();
        bytes[at] ^= 0x40;
        damaged.push(bytes);
    }
    damaged.push(sound[..sound.len() / 2].to_vec());
    damaged.push(vec![0; sound.len()]);
    damaged.push(Vec::new());
    for bytes in damaged {
        damage(&path, &bytes);
        assert_eq!(found_anew(folder), with);
    }

    let other = StoreFixture::new();
    for at in 0..32 {
        other.bill(&bill_text(&date(at), &pays(2, 7))).unwrap();
    }
    std::fs::copy(other.folder.path().join("books/00000032.sieve"), &path).unwrap();
    assert_eq!(found_anew(folder), with);
}

#[test]
fn a_power_cut_while_a_sieve_is_made_leaves_the_import_stored() {
    let shop = StoreFixture::new();
    for at in 0..31 {
        shop.bill(&bill_text(&date(at), &pays(4, at * 100)))
            .unwrap();
    }
    let text = bill_text(&date(31), &pays(4, 9));
    let mut stored_without = 0;
    for steps in 0.. {
        let copy = tempfile::tempdir().unwrap();
        copy_all(shop.folder.path(), copy.path());
        let (books, profile) = open(copy.path(), Some(Arc::new(PowerCut::after(steps)))).unwrap();
        let done = import_bill(&books, profile, &text);
        drop(books);
        let (books, _) = open(copy.path(), None).unwrap();
        for at in 0..31 {
            assert!(!books.find(&pays(4, at * 100)[0].number).unwrap().is_empty());
        }
        let is_found = !books.find(&pays(4, 9)[3].number).unwrap().is_empty();
        assert!(is_found || done.is_err(), "after {steps} steps");
        let whole = std::fs::read(copy.path().join("books/00000032.sieve"));
        if done.is_ok() && whole.is_err() {
            stored_without += 1;
        }
        if done.is_ok() && whole.is_ok_and(|bytes| bytes.len() > 296) && steps > 40 {
            break;
        }
    }
    assert!(stored_without > 0, "the power never failed at a sieve");
}

#[expect(clippy::disallowed_methods, reason = "damage on the disk")]
fn damage(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}

fn copy_all(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy_all(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}
