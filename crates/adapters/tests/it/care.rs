//! Copies of a workspace, putting them back, looking it over, making its database anew.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use recondesk_adapters::clock::SystemClock;
use recondesk_adapters::workspace::{Workspace, WorkspaceKeeper};
use recondesk_domain::MerchantProfile;
use recondesk_ports::{
    BackupLeave, BackupOutcome, Books as _, Clock as _, CopyFault, RebuildOutcome, Records as _,
    RestoreOutcome, StoreError, WorkspaceCare as _,
};

use super::crash::copy;
use super::store::{StoreFixture, bill_text, import_bill, import_orders, open, orders_text, pays};

const DATE: &str = "2026-03-08";
const COMPANIONS: [&str; 4] = ["db-wal", "db-shm", "sums", "journal"];

fn keeper(folder: &Path) -> WorkspaceKeeper {
    WorkspaceKeeper::of(Some(folder), Arc::new(SystemClock::new())).unwrap()
}

fn backup(folder: &Path, file: &Path) -> BackupOutcome {
    keeper(folder).backup(file, BackupLeave::default()).unwrap()
}

/// A workspace with a replaced bill, a bill and orders, and a second merchant.
fn shop() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (books, profile) = open(folder.path(), None).unwrap();
    let mut day = pays(40, 1);
    import_bill(&books, profile, &bill_text(DATE, &day)).unwrap();
    import_orders(&books, profile, &orders_text(DATE, &day, |_| "paid")).unwrap();
    day.get_mut(3).unwrap().fen += 5;
    import_bill(&books, profile, &bill_text(DATE, &day)).unwrap();
    drop(books);
    let database = Workspace::at(folder.path()).unwrap().open().unwrap();
    let other = MerchantProfile::new("other", "1900000208");
    database
        .add_profile(
            &other,
            recondesk_ports::Author::program(SystemClock::new().now()),
        )
        .unwrap();
    database.set_preference("theme", "\"dark\"").unwrap();
    drop(database);
    folder
}

/// All that a person sees: merchants, preferences, imports, and the bytes they came from.
fn seen(folder: &Path) -> String {
    let database = Workspace::at(folder).unwrap().open().unwrap();
    let mut out = format!(
        "{:?}\n{:?}\n",
        database.profiles().unwrap(),
        database.preference("theme")
    );
    drop(database);
    let (books, profile) = open(folder, None).unwrap();
    for import in books.imports(profile).unwrap() {
        let mut bytes = Vec::new();
        books
            .raw_file(import.import, &mut |some| bytes.extend_from_slice(some))
            .unwrap();
        writeln!(out, "{import:?} {}", String::from_utf8_lossy(&bytes)).unwrap();
    }
    out
}

fn without_database(folder: &Path, with_journal: bool) {
    for end in std::iter::once("db").chain(COMPANIONS) {
        let path = folder.join("recondesk").with_extension(end);
        if path.exists() && (with_journal || end != "journal") {
            std::fs::remove_file(path).unwrap();
        }
    }
}

#[test]
fn a_copy_is_put_back_as_it_was_a_hundred_times() {
    let folder = shop();
    let was = seen(folder.path());
    let file = folder.path().join("copy.zip");
    let BackupOutcome::Written(report) = backup(folder.path(), &file) else {
        panic!("no copy");
    };
    assert_eq!((report.imports, report.files), (3, 1 + 3 * 3));
    let archived = |folder: &Path| std::fs::read(folder.join("archive/00000002.raw")).unwrap();

    for round in 0..100 {
        let empty = tempfile::tempdir().unwrap();
        let outcome = keeper(empty.path()).restore(&file, false).unwrap();
        assert!(matches!(
            outcome,
            RestoreOutcome::Restored {
                files: 10,
                set_aside: None,
                ..
            }
        ));
        assert_eq!(archived(empty.path()), archived(folder.path()));
        if round % 20 == 0 {
            assert_eq!(seen(empty.path()), was);
            let report = keeper(empty.path()).check(true).unwrap();
            assert_eq!(report.faults, []);
        }
    }

    // A workspace in use is refused, or set aside as a whole.
    assert_eq!(
        keeper(folder.path()).restore(&file, false).unwrap(),
        RestoreOutcome::InUse
    );
    let outcome = keeper(folder.path()).restore(&file, true).unwrap();
    let RestoreOutcome::Restored {
        set_aside: Some(aside),
        ..
    } = outcome
    else {
        panic!("{outcome:?}");
    };
    assert_eq!(archived(&aside), archived(folder.path()));
    assert_eq!(seen(folder.path()), was);
}

#[test]
fn a_copy_that_is_damaged_newer_or_none_touches_nothing() {
    let folder = shop();
    let was = seen(folder.path());
    let file = folder.path().join("copy.zip");
    backup(folder.path(), &file);
    let sound = std::fs::read(&file).unwrap();
    for at in (0..sound.len()).step_by(sound.len() / 40) {
        let mut bytes = sound.clone();
        bytes[at] ^= 0x20;
        overwrite(&file, &bytes);
        // A byte of the ZIP that says nothing of the files may differ.
        let empty = tempfile::tempdir().unwrap();
        let outcome = keeper(empty.path()).restore(&file, false).unwrap();
        if matches!(outcome, RestoreOutcome::Restored { .. }) {
            assert_eq!(seen(empty.path()), was, "byte {at}");
        } else {
            assert!(!empty.path().join("recondesk.db").exists(), "byte {at}");
        }
    }
    overwrite(&file, b"no copy at all, only words");
    assert_eq!(
        keeper(folder.path()).restore(&file, true),
        Ok(RestoreOutcome::Unusable(CopyFault::NoCopy))
    );
    assert_eq!(seen(folder.path()), was);
}

#[test]
fn a_lost_database_is_made_anew_from_journal_and_books() {
    let folder = shop();
    let was = seen(folder.path());
    assert_eq!(
        keeper(folder.path()).rebuild().unwrap().database,
        RebuildOutcome::NotNeeded
    );

    // The journal has everything.
    without_database(folder.path(), false);
    assert!(Workspace::at(folder.path()).unwrap().open().is_err());
    let outcome = keeper(folder.path()).rebuild().unwrap().database;
    assert!(matches!(
        outcome,
        RebuildOutcome::Rebuilt {
            imports: 3,
            adopted: 0,
            lost_lines: 0,
            ..
        }
    ));
    assert_eq!(seen(folder.path()), was);
    assert_eq!(keeper(folder.path()).check(true).unwrap().faults, []);

    // A damaged page.
    let database = folder.path().join("recondesk.db");
    let mut bytes = std::fs::read(&database).unwrap();
    bytes[9000] ^= 1;
    overwrite(&database, &bytes);
    assert!(matches!(
        Workspace::at(folder.path()).unwrap().open(),
        Err(StoreError::Torn(_))
    ));
    keeper(folder.path()).rebuild().unwrap();
    assert_eq!(seen(folder.path()), was);

    // The books alone have the imports and their merchant.
    without_database(folder.path(), true);
    let outcome = keeper(folder.path()).rebuild().unwrap().database;
    assert!(
        matches!(
            outcome,
            RebuildOutcome::Rebuilt {
                imports: 3,
                adopted: 3,
                ..
            }
        ),
        "{outcome:?}"
    );
    let imports = |text: &str| text.lines().skip(2).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(imports(&seen(folder.path())), imports(&was));
}

#[test]
fn a_copy_of_the_database_is_put_back_and_later_imports_are_entered_again() {
    let folder = shop();
    let kept = tempfile::tempdir().unwrap();
    copy(folder.path(), kept.path());
    let (books, profile) = open(folder.path(), None).unwrap();
    import_bill(&books, profile, &bill_text("2026-03-09", &pays(5, 4))).unwrap();
    import_bill(&books, profile, &bill_text("2026-03-10", &pays(5, 5))).unwrap();
    drop(books);
    let was = seen(folder.path());

    let outcome = keeper(folder.path())
        .restore(&kept.path().join("recondesk.db"), true)
        .unwrap();

    assert!(
        matches!(
            outcome,
            RestoreOutcome::Restored {
                files: 1,
                adopted: 2,
                ..
            }
        ),
        "{outcome:?}"
    );
    assert_eq!(seen(folder.path()), was);
    assert_eq!(keeper(folder.path()).check(true).unwrap().faults, []);
}

#[test]
fn what_is_damaged_or_exchanged_is_named() {
    let folder = shop();
    let (first, second) = (
        folder.path().join("archive/00000001.raw"),
        folder.path().join("archive/00000003.raw"),
    );
    let other = std::fs::read(&second).unwrap();
    overwrite(&first, &other);
    let mut bytes = std::fs::read(folder.path().join("books/00000002.seg")).unwrap();
    bytes[300] ^= 8;
    overwrite(&folder.path().join("books/00000002.seg"), &bytes);

    let faults = keeper(folder.path()).check(true).unwrap().faults;

    let files: Vec<&str> = faults.iter().map(|fault| fault.file.as_str()).collect();
    assert!(files.contains(&"archive/00000001.raw"), "{faults:?}");
    assert!(
        files.iter().any(|file| file.ends_with("00000002.seg")),
        "{faults:?}"
    );
    assert_eq!(faults.len(), 2, "{faults:?}");
}

#[expect(
    clippy::disallowed_methods,
    reason = "a damaged file is what the test needs"
)]
pub(crate) fn overwrite(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}

#[cfg(unix)]
#[test]
fn every_file_and_folder_is_closed_to_others_from_its_birth() {
    use std::os::unix::fs::PermissionsExt as _;
    let shop = StoreFixture::new();
    shop.bill(&bill_text(DATE, &pays(3, 1))).unwrap();
    let mut folders = vec![shop.folder.path().to_owned()];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            let wanted = if path.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(mode, wanted, "{path:?}");
            seen += 1;
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    assert!(seen > 8, "{seen}");
}
