//! A database that is not the one its files were made with: recognised, and nothing is touched.

use std::collections::BTreeMap;
use std::path::Path;

use recondesk_adapters::workspace::Workspace;
use recondesk_ports::{BooksError, StoreError, WorkspaceFault};

use super::crash::copy;
use super::store::{bill_text, import_bill, open, pays};

const DATE: &str = "2026-03-08";

/// A workspace with some imports, in the state of a program that is still running: its log is not empty.
fn running(imports: u32) -> tempfile::TempDir {
    let (folder, seen) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    drop(open(folder.path(), None).unwrap());
    let (books, profile) = open(folder.path(), None).unwrap();
    for seed in 0..imports {
        import_bill(&books, profile, &bill_text(DATE, &pays(3, seed))).unwrap();
    }
    copy(folder.path(), seen.path());
    drop(books);
    seen
}

/// The same after the program has ended.
fn ended(imports: u32) -> tempfile::TempDir {
    let folder = running(imports);
    drop(open(folder.path(), None).unwrap());
    folder
}

/// Every file but those that SQLite and the lock keep for the time of use.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut out = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            let inner = files(&path).into_iter();
            out.extend(inner.map(|(file, bytes)| (format!("{name}/{file}"), bytes)));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        if !name.ends_with("-shm") && !name.ends_with("lock") && !bytes.is_empty() {
            out.insert(name, bytes);
        }
    }
    out
}

fn remove(folder: &Path, names: &[&str]) {
    for name in names {
        let path = folder.join(name);
        if path.exists() {
            std::fs::remove_file(path).unwrap();
        }
    }
}

const DATABASE: [&str; 3] = ["recondesk.db", "recondesk.db-wal", "recondesk.db-shm"];
const BESIDE: [&str; 2] = ["recondesk.journal", "recondesk.sums"];

fn put_database(from: &Path, to: &Path, with_companions: bool) {
    remove(to, &DATABASE);
    remove(to, &BESIDE);
    std::fs::copy(from.join("recondesk.db"), to.join("recondesk.db")).unwrap();
    if with_companions {
        for name in BESIDE {
            std::fs::copy(from.join(name), to.join(name)).unwrap();
        }
    }
}

/// What was done to a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DatabaseDamage {
    Removed,
    RemovedWithAllBeside,
    Emptied,
    WithoutItsLog,
    Older,
    OlderAlone,
    Foreign,
    ForeignAlone,
    ForeignOfNoImport,
    OneByte,
}

fn done(deed: DatabaseDamage, imports: u32) -> tempfile::TempDir {
    let folder = if deed == DatabaseDamage::WithoutItsLog {
        running(imports)
    } else {
        ended(imports)
    };
    let path = folder.path();
    match deed {
        DatabaseDamage::Removed => remove(path, &DATABASE),
        DatabaseDamage::RemovedWithAllBeside => {
            remove(path, &DATABASE);
            remove(path, &BESIDE);
        }
        DatabaseDamage::Emptied => {
            remove(path, &DATABASE);
            std::fs::File::create(path.join("recondesk.db")).unwrap();
        }
        DatabaseDamage::WithoutItsLog => remove(path, &["recondesk.db-wal", "recondesk.db-shm"]),
        DatabaseDamage::Older | DatabaseDamage::OlderAlone => {
            return with_older(imports, deed == DatabaseDamage::OlderAlone);
        }
        DatabaseDamage::Foreign => put_database(foreign(imports).path(), path, true),
        DatabaseDamage::ForeignAlone => put_database(foreign(imports).path(), path, false),
        DatabaseDamage::ForeignOfNoImport => put_database(ended(0).path(), path, true),
        DatabaseDamage::OneByte => {
            let file = path.join("recondesk.db");
            let mut bytes = std::fs::read(&file).unwrap();
            let at = bytes.len() / 2;
            *bytes.get_mut(at).unwrap() ^= 4;
            overwrite(&file, &bytes);
        }
    }
    folder
}

/// A workspace whose database was put back from a copy of two imports ago.
fn with_older(imports: u32, is_alone: bool) -> tempfile::TempDir {
    let (folder, kept) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for seed in 0..imports {
        let (books, profile) = open(folder.path(), None).unwrap();
        if seed + 2 == imports {
            drop(books);
            copy(folder.path(), kept.path());
            let (books, profile) = open(folder.path(), None).unwrap();
            import_bill(&books, profile, &bill_text(DATE, &pays(3, seed))).unwrap();
            continue;
        }
        import_bill(&books, profile, &bill_text(DATE, &pays(3, seed))).unwrap();
    }
    let journal = std::fs::read(folder.path().join("recondesk.journal")).unwrap();
    put_database(kept.path(), folder.path(), false);
    if !is_alone {
        overwrite(&folder.path().join("recondesk.journal"), &journal);
    }
    folder
}

/// Another workspace with as many imports, of other contents.
fn foreign(imports: u32) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (books, profile) = open(folder.path(), None).unwrap();
    for seed in 0..imports {
        import_bill(&books, profile, &bill_text(DATE, &pays(3, 70 + seed))).unwrap();
    }
    drop(books);
    folder
}

#[expect(
    clippy::disallowed_methods,
    reason = "a damaged file is what the test needs"
)]
fn overwrite(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_database_that_is_not_of_these_files_is_refused_and_nothing_is_touched() {
    let deeds = [
        DatabaseDamage::Removed,
        DatabaseDamage::RemovedWithAllBeside,
        DatabaseDamage::Emptied,
        DatabaseDamage::WithoutItsLog,
        DatabaseDamage::Older,
        DatabaseDamage::OlderAlone,
        DatabaseDamage::Foreign,
        DatabaseDamage::ForeignAlone,
        DatabaseDamage::ForeignOfNoImport,
        DatabaseDamage::OneByte,
    ];
    let mut kept = 0;
    for deed in deeds {
        for imports in [2, 4] {
            let folder = done(deed, imports);
            let before = files(folder.path());

            let opened = Workspace::at(folder.path()).unwrap().open();
            let imported = open(folder.path(), None).and_then(|(books, profile)| {
                import_bill(&books, profile, &bill_text(DATE, &pays(3, 99)))
            });

            let fault = match opened.map(drop) {
                Err(StoreError::Torn(fault)) => fault,
                other => panic!("{deed:?} {imports}: {other:?}"),
            };
            assert!(matches!(
                imported,
                Err(BooksError::Store(StoreError::Torn(_)))
            ));
            let is_missing =
                matches!(fault, WorkspaceFault::DatabaseMissing { files } if files == imports);
            let is_gone = matches!(
                deed,
                DatabaseDamage::Removed
                    | DatabaseDamage::RemovedWithAllBeside
                    | DatabaseDamage::Emptied
            );
            assert_eq!(is_missing, is_gone, "{deed:?}: {fault:?}");
            assert!(
                files(folder.path()) == before,
                "{deed:?} {imports}: touched"
            );
            kept += 1;
        }
    }
    assert_eq!(kept, 20);
}

#[test]
fn what_a_crash_left_is_set_aside_and_never_deleted() {
    let folder = ended(2);
    let stray = [("archive", "raw"), ("books", "seg")].map(|(room, end)| {
        let path = folder.path().join(room).join(format!("00000003.{end}"));
        overwrite(&path, b"of an import that never ended");
        path
    });

    let (books, profile) = open(folder.path(), None).unwrap();
    import_bill(&books, profile, &bill_text(DATE, &pays(3, 8))).unwrap();

    for path in stray {
        let name = path.file_name().unwrap();
        let aside = folder.path().join("lost+found").join(name);
        assert_eq!(
            std::fs::read(aside).unwrap(),
            b"of an import that never ended"
        );
        assert_ne!(
            std::fs::read(path).unwrap(),
            b"of an import that never ended"
        );
    }
}

#[test]
fn the_database_file_alone_has_it_all_when_the_program_has_ended() {
    let folder = running(3);
    let log = folder.path().join("recondesk.db-wal");
    assert!(std::fs::metadata(&log).unwrap().len() > 0);

    drop(open(folder.path(), None).unwrap());

    assert_eq!(std::fs::metadata(&log).unwrap().len(), 0);
    let journal = std::fs::read(folder.path().join("recondesk.journal")).unwrap();
    remove(folder.path(), &DATABASE[1..]);
    remove(folder.path(), &BESIDE);
    let (books, profile) = open(folder.path(), None).unwrap();
    assert_eq!(
        recondesk_ports::Books::imports(&books, profile)
            .unwrap()
            .len(),
        3
    );
    let renewed = std::fs::read(folder.path().join("recondesk.journal")).unwrap();
    assert!(renewed.len() > 1000 && journal.len() >= renewed.len());
}
