//! The books of a workspace whose files lie in an object store: as those in a folder, whatever store and line do.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use recondesk_adapters::books::Bookshelf;
use recondesk_adapters::clock::SystemClock;
use recondesk_adapters::object_store::{Limits, ObjectStore};
use recondesk_adapters::workspace::Workspace;
use recondesk_domain::ProfileId;
use recondesk_ports::{Books as _, BooksError, StoreError};

use super::object_store_double::{Double, DoubleFault, KEY, SECRET};
use super::store::{bill_text, day, import_bill, import_orders, open_over, orders_text, pays};

const DATE: &str = "2026-03-08";

fn limits() -> Limits {
    Limits {
        pause: Duration::from_millis(1),
        rest: Duration::ZERO,
        ..Limits::default()
    }
}

fn keys(name: &str) -> Option<String> {
    match name {
        "AWS_ACCESS_KEY_ID" => Some(KEY.to_owned()),
        "AWS_SECRET_ACCESS_KEY" => Some(SECRET.to_owned()),
        _ => None,
    }
}

fn store(location: &str, limits: Limits) -> ObjectStore {
    ObjectStore::with_env(location, limits, Box::new(keys)).unwrap()
}

/// A program on a computer: the database lies in `place`, as that of all, and what it fetched in `here`.
fn program(double: &Double, place: &Path, here: &Path) -> (Bookshelf, ProfileId) {
    program_by(store(&double.location, limits()), place, here)
}

fn program_by(store: ObjectStore, place: &Path, here: &Path) -> (Bookshelf, ProfileId) {
    let database = Workspace::at(place).unwrap().open().unwrap();
    let workspace = Workspace::with_store(here, store).unwrap();
    open_over(&workspace, database, None, Arc::new(SystemClock::new())).unwrap()
}

/// What the books show of the day, and the stored originals.
fn shown(program: &(Bookshelf, ProfileId)) -> Result<Vec<String>, String> {
    read(program).map_err(|error| error.to_string())
}

fn read((books, profile): &(Bookshelf, ProfileId)) -> Result<Vec<String>, Box<dyn Error>> {
    let evidence = books.evidence(*profile)?;
    let mut lines = Vec::new();
    for pay in evidence.pays(day(DATE))? {
        lines.push(format!("{pay:?}"));
    }
    for order in evidence.orders(day(DATE), 7)? {
        lines.push(format!("{order:?}"));
    }
    for import in books.imports(*profile)? {
        let mut raw = Vec::new();
        books.raw_file(import.import, &mut |piece| raw.extend_from_slice(piece))?;
        lines.push(String::from_utf8(raw).unwrap());
    }
    Ok(lines)
}

fn import((books, profile): &(Bookshelf, ProfileId)) -> Result<(), BooksError> {
    let pays = pays(700, 1);
    import_bill(books, *profile, &bill_text(DATE, &pays))?;
    import_orders(books, *profile, &orders_text(DATE, &pays, |_| "paid"))?;
    Ok(())
}

fn folders<const N: usize>() -> [tempfile::TempDir; N] {
    std::array::from_fn(|_| tempfile::tempdir().unwrap())
}

/// The same in a folder.
fn expected() -> Vec<String> {
    let [folder] = folders();
    let (books, profile) = super::store::open(folder.path(), None).unwrap();
    let local = (books, profile);
    import(&local).unwrap();
    shown(&local).unwrap()
}

#[test]
fn what_is_imported_is_read_on_another_computer_as_from_a_folder() {
    let double = Double::start();
    let [place, one, other] = folders();
    let maker = program(&double, place.path(), one.path());
    import(&maker).unwrap();
    assert_eq!(
        double.names(),
        [
            "archive/00000001.raw",
            "archive/00000002.raw",
            "books/00000001.seg",
            "books/00000002.seg"
        ]
    );
    assert_eq!(shown(&maker).unwrap(), expected());
    // What it put is here already.
    assert_eq!(
        double.asked("GET archive/0") + double.asked("GET books/0"),
        0
    );

    let reader = program(&double, place.path(), other.path());
    assert_eq!(shown(&reader).unwrap(), expected());
    drop(reader);
    let asked = double.asked("GET ");
    let again = program(&double, place.path(), other.path());
    assert_eq!(shown(&again).unwrap(), expected());
    assert_eq!(double.asked("GET "), asked);
}

#[test]
fn a_trouble_that_passes_is_not_noticed() {
    let expected = expected();
    let faults = [
        DoubleFault::Status(500),
        DoubleFault::Status(503),
        DoubleFault::Unheard,
        DoubleFault::Unanswered,
        DoubleFault::Torn(100),
    ];
    for fault in faults {
        let double = Double::start();
        let [place, one, other] = folders();
        for request in [
            "HEAD archive/",
            "PUT archive/",
            "PUT books/",
            "HEAD books/",
            "GET ",
        ] {
            double.fail(request, fault);
        }
        import(&program(&double, place.path(), one.path())).unwrap();
        for request in ["GET archive/", "GET books/"] {
            double.fail(request, fault);
        }
        let reader = program(&double, place.path(), other.path());
        assert_eq!(shown(&reader).unwrap(), expected, "{fault:?}");
        assert_eq!(double.faults_left(), 0, "{fault:?}");
        assert_eq!(double.names().len(), 4, "{fault:?}");
    }
}

#[test]
fn after_a_cut_only_the_rest_is_fetched() {
    let double = Double::start();
    let [place, one, other] = folders();
    import(&program(&double, place.path(), one.path())).unwrap();
    let whole = double.bytes("books/00000001.seg").len();
    for part in [1, whole / 2] {
        double.fail("GET books/00000001", DoubleFault::Torn(part));
    }
    let reader = program(&double, place.path(), other.path());
    assert_eq!(shown(&reader).unwrap(), expected());
    assert_eq!(double.asked("GET books/00000001"), 3);
    assert_eq!(double.sent("GET books/00000001"), whole);
}

#[test]
fn an_import_that_the_store_fails_leaves_nothing_and_can_be_done_again() {
    let expected = expected();
    for request in ["PUT archive/", "PUT books/", "HEAD books/", "GET "] {
        for fault in [
            DoubleFault::Status(403),
            DoubleFault::Status(500),
            DoubleFault::Unanswered,
        ] {
            let double = Double::start();
            let [place, one] = folders();
            let attempts = match fault {
                DoubleFault::Status(403) => 1,
                _ => limits().attempts,
            };
            for _ in 0..attempts {
                double.fail(request, fault);
            }
            let maker = program(&double, place.path(), one.path());
            let told = import(&maker).unwrap_err();
            assert!(
                matches!(told, BooksError::Store(StoreError::Unreachable(_))),
                "{request} {fault:?}: {told}"
            );
            let told = told.to_string();
            assert!(
                !told.contains(SECRET) && !told.contains("Signature"),
                "{told}"
            );
            assert_eq!(double.faults_left(), 0, "{request} {fault:?}");
            assert_eq!(maker.0.imports(maker.1).unwrap(), []);
            drop(maker);

            let again = program(&double, place.path(), one.path());
            import(&again).unwrap();
            assert_eq!(shown(&again).unwrap(), expected, "{request} {fault:?}");
        }
    }
}

#[test]
fn what_a_program_left_that_died_is_set_aside_and_nothing_is_written_over() {
    let double = Double::start();
    let [place, one] = folders();
    double.put("archive/00000001.raw", b"left by a program that died");
    double.put("books/00000001.seg", b"left as well");
    double.put("lost+found/00000001.raw", b"left before");
    let maker = program(&double, place.path(), one.path());
    import(&maker).unwrap();
    assert_eq!(shown(&maker).unwrap(), expected());
    assert_eq!(double.bytes("lost+found/00000001.raw"), b"left before");
    assert_eq!(
        double.bytes("lost+found/00000001.raw.2"),
        b"left by a program that died"
    );
    assert_eq!(double.bytes("lost+found/00000001.seg"), b"left as well");

    // Files of two imports that nobody knows: the database is not theirs.
    double.put("archive/00000003.raw", b"x");
    double.put("books/00000004.seg", b"x");
    let refused = import_orders(
        &maker.0,
        maker.1,
        &orders_text(DATE, &pays(3, 9), |_| "paid"),
    );
    assert!(matches!(
        refused,
        Err(BooksError::Store(StoreError::Torn(_)))
    ));
    assert_eq!(double.bytes("archive/00000003.raw"), b"x");
}

#[test]
fn a_file_that_is_not_what_was_put_is_refused_and_fetched_anew() {
    let double = Double::start();
    let [place, one] = folders();
    import(&program(&double, place.path(), one.path())).unwrap();
    for request in ["GET books/00000001", "GET archive/00000002"] {
        let [other] = folders();
        double.fail(request, DoubleFault::Altered);
        let reader = program(&double, place.path(), other.path());
        let told = shown(&reader).unwrap_err();
        assert!(told.contains("digest"), "{told}");
        assert_eq!(shown(&reader).unwrap(), expected());
    }
    // The file of another import under this name, which says no digest.
    let sound = double.bytes("books/00000001.seg");
    double.put("books/00000001.seg", &double.bytes("books/00000002.seg"));
    let [third] = folders();
    let reader = program(&double, place.path(), third.path());
    let told = shown(&reader).unwrap_err();
    assert!(told.contains("not the file of this import"), "{told}");
    double.put("books/00000001.seg", &sound);
    assert_eq!(shown(&reader).unwrap(), expected());
}

#[test]
fn a_store_that_is_silent_is_told_in_time() {
    // It is silent for ever: that this test ends is what it shows.
    let double = Double::start();
    let [place, one, other] = folders();
    import(&program(&double, place.path(), one.path())).unwrap();
    let quick = Limits {
        connect: Duration::from_millis(100),
        idle: Duration::from_millis(100),
        attempts: 2,
        ..limits()
    };
    for _ in 0..2 {
        double.fail("GET books/", DoubleFault::Silent);
    }
    let reader = program_by(store(&double.location, quick), place.path(), other.path());
    let told = shown(&reader).unwrap_err();
    assert!(told.contains("nothing moved"), "{told}");
    // A comparison is told that the place is away, not that its books are damaged.
    for _ in 0..2 {
        double.fail("GET books/", DoubleFault::Silent);
    }
    let evidence = reader.0.evidence(reader.1).unwrap();
    let told = evidence
        .pays(day(DATE))
        .and_then(|mut rows| rows.next().unwrap());
    let why = told.unwrap_err().unreachable.unwrap();
    assert!(why.zh.contains("没有应答") && why.en.contains("did not answer"));
    assert_eq!(shown(&reader).unwrap(), expected());
}

#[test]
fn without_keys_or_with_wrong_ones_it_is_told_what_to_do() {
    let double = Double::start();
    let [place, one] = folders();
    for (known, told_word) in [
        (None, "AWS_ACCESS_KEY_ID"),
        (Some("AKIAOTHER"), "check the keys"),
    ] {
        let env = move |name: &str| match (name, known) {
            ("AWS_ACCESS_KEY_ID", Some(known)) => Some(known.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", Some(_)) => Some(SECRET.to_owned()),
            ("AWS_SHARED_CREDENTIALS_FILE", None) => Some("/nowhere/at/all".to_owned()),
            _ => None,
        };
        let store = ObjectStore::with_env(&double.location, limits(), Box::new(env)).unwrap();
        let told = import(&program_by(store, place.path(), one.path())).unwrap_err();
        assert!(told.to_string().contains(told_word), "{told}");
    }
}

/// Damages the end of every file of the cache that has this end.
fn damage(folder: &Path, end: &str) -> usize {
    let mut damaged = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            damaged += damage(&path, end);
        } else if path.extension().is_some_and(|it| it == end) {
            let mut bytes = std::fs::read(&path).unwrap();
            let middle = bytes.len() / 2;
            bytes.iter_mut().skip(middle).for_each(|byte| *byte ^= 1);
            recondesk_adapters::files::replace(&path, &bytes).unwrap();
            damaged += 1;
        }
    }
    damaged
}

#[test]
fn a_copy_that_was_damaged_on_this_computer_is_fetched_anew() {
    let double = Double::start();
    let [place, one] = folders();
    import(&program(&double, place.path(), one.path())).unwrap();
    for end in ["seg", "raw"] {
        assert_eq!(damage(one.path(), end), 2);
        let reader = program(&double, place.path(), one.path());
        assert_eq!(shown(&reader).unwrap(), expected());
    }
    assert_eq!(
        double.asked("GET books/0") + double.asked("GET archive/0"),
        4
    );
}

/// Stops as soon as something is sent.
#[derive(Default)]
struct Impatient(std::sync::atomic::AtomicBool);

impl recondesk_ports::Watch for Impatient {
    fn at(&self, part: recondesk_ports::ImportPart, _: u64, _: Option<u64>) {
        if part == recondesk_ports::ImportPart::Send {
            self.0.store(true, std::sync::atomic::Ordering::Relaxed);
        }
    }

    fn cancelled(&self) -> bool {
        self.0.load(std::sync::atomic::Ordering::Relaxed)
    }
}

#[test]
fn who_stops_while_a_file_is_sent_is_heard_and_nothing_is_stored() {
    let double = Double::start();
    let [place, one] = folders();
    double.fail("PUT books/", DoubleFault::Silent);
    let (books, profile) = program(&double, place.path(), one.path());
    let source = recondesk_ports::Source::from_bytes("bill.csv", bill_text(DATE, &pays(9, 1)));
    let expect = recondesk_ports::BillExpect::default();
    let told = books.import_bill(profile, source, &expect, &Impatient::default());
    assert!(matches!(told, Err(BooksError::Cancelled)), "{told:?}");
    assert_eq!(books.imports(profile).unwrap(), []);
    // The other file may just have been on its way: then the next import sets it aside.
    assert!(!double.names().iter().any(|name| name.starts_with("books/")));
    import(&(books, profile)).unwrap();
}

#[test]
fn a_number_is_looked_up_with_one_wait_for_a_store_that_is_away() {
    let double = Double::start();
    let [place, one, other] = folders();
    let maker = program(&double, place.path(), one.path());
    for seed in 0..33 {
        let text = orders_text(DATE, &pays(2, 1_000 * (seed + 1)), |_| "paid");
        import_orders(&maker.0, maker.1, &text).unwrap();
    }
    assert!(double.names().contains(&"books/00000032.sieve".to_owned()));

    let reader = program(&double, place.path(), other.path());
    let before = double.asked("GET books/");
    double.fail("GET books/", DoubleFault::Status(403));
    let number = pays(2, 5_000).remove(1).number;
    let told = reader.0.find(&number).unwrap_err();
    assert!(matches!(
        told,
        BooksError::Store(StoreError::Unreachable(_))
    ));
    assert_eq!(double.asked("GET books/") - before, 1);
    assert_eq!(reader.0.find(&number).unwrap().len(), 1);

    // Who has given the store up does not ask it for the next file.
    let [third] = folders();
    let patient = Limits {
        rest: Duration::from_hours(1),
        ..limits()
    };
    let reader = program_by(store(&double.location, patient), place.path(), third.path());
    let before = double.asked("GET ");
    for _ in 0..limits().attempts {
        double.fail("GET books/", DoubleFault::Unheard);
    }
    for _ in 0..3 {
        assert!(reader.0.find(&number).is_err());
    }
    assert_eq!(double.asked("GET ") - before, limits().attempts as usize);
}
