//! Damage in any file of a workspace: found by looking it over, kept out of copies, mended from what is whole.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use recondesk_adapters::clock::SystemClock;
use recondesk_adapters::workspace::WorkspaceKeeper;
use recondesk_domain::BillDate;
use recondesk_ports::{
    BackupLeave, BackupOutcome, CopyFault, RebuildOutcome, RestoreOutcome, WorkspaceCare as _,
};

use super::care::overwrite;
use super::crash::copy;
use super::store::{bill_text, import_bill, import_orders, open, orders_text, pays};

/// Days with a bill each.
const DAYS: u32 = 26;
/// Places of a file that are damaged, spread over all of it.
const PLACES: usize = 5;

fn keeper(folder: &Path) -> WorkspaceKeeper {
    WorkspaceKeeper::of(Some(folder), Arc::new(SystemClock::new())).unwrap()
}

/// More imports than a sieve covers: bills, orders of some days, the same with changes, a bill that replaces one.
fn shop() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (books, profile) = open(folder.path(), None).unwrap();
    let first = BillDate::parse("2026-03-08").unwrap();
    for at in 0..DAYS {
        let date = first.plus(i32::try_from(at).unwrap()).to_string();
        let count = if at == 0 { 2500 } else { 40 };
        let mut day = pays(count, at * 5000);
        import_bill(&books, profile, &bill_text(&date, &day)).unwrap();
        if at % 5 == 0 {
            import_orders(&books, profile, &orders_text(&date, &day, |_| "paid")).unwrap();
            day.get_mut(3).unwrap().fen += 5;
            import_orders(&books, profile, &orders_text(&date, &day, |_| "paid")).unwrap();
        }
        if at == 5 {
            import_bill(&books, profile, &bill_text(&date, &day)).unwrap();
        }
    }
    drop(books);
    folder
}

/// Files that hold something, of the folders of a workspace.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for part in ["", "archive", "books"] {
        for entry in std::fs::read_dir(folder.join(part)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() && std::fs::metadata(&path).unwrap().len() > 0 {
                out.push(path);
            }
        }
    }
    out.sort();
    out
}

fn flip(path: &Path, at: usize) -> Vec<u8> {
    let whole = std::fs::read(path).unwrap();
    let mut bytes = whole.clone();
    *bytes.get_mut(at).unwrap() ^= 0x41;
    overwrite(path, &bytes);
    whole
}

fn written(outcome: &BackupOutcome) -> bool {
    matches!(outcome, BackupOutcome::Written(_))
}

#[test]
fn a_flipped_byte_of_any_file_is_found_and_comes_into_no_copy() {
    let folder = shop();
    let folder = folder.path();
    let copy_file = folder.join("copy.zip");
    assert_eq!(keeper(folder).check(true).unwrap().faults, []);
    let of_some = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        // SQLite makes the index of its log anew whenever it opens the log.
        let is_index = name.ends_with("-shm");
        !is_index
            && ["recondesk", "00000001", "00000003", "00000032"]
                .iter()
                .any(|stem| name.starts_with(stem))
    };
    let tried: Vec<PathBuf> = files(folder).into_iter().filter(of_some).collect();
    assert!(tried.iter().any(|path| path.ends_with("00000032.sieve")));
    assert_eq!(tried.len(), 3 + 3 * 3 + 1, "{tried:?}");
    for path in tried {
        let length = usize::try_from(std::fs::metadata(&path).unwrap().len()).unwrap();
        for place in 0..PLACES {
            let at = (length - 1) * place / (PLACES - 1);
            let whole = flip(&path, at);
            let flipped = std::fs::read(&path).unwrap();
            let name = path.strip_prefix(folder).unwrap().to_string_lossy();
            // The journal is written anew from the database as soon as its end is seen to be torn.
            let is_found = match keeper(folder).check(true) {
                Err(_) => true,
                Ok(report) => report
                    .faults
                    .iter()
                    .any(|fault| name.ends_with(&fault.file)),
            };
            let is_mended = std::fs::read(&path).unwrap() != flipped;
            assert!(is_found || is_mended, "{name} byte {at}");
            if place == 2 && (name.ends_with(".seg") || name.ends_with(".entry")) {
                let made = keeper(folder).backup(&copy_file, BackupLeave::default());
                assert!(!written(&made.unwrap()), "{name} byte {at}");
                assert!(!copy_file.exists());
            }
            overwrite(&path, &whole);
        }
    }
    assert_eq!(keeper(folder).check(true).unwrap().faults, []);
}

#[test]
fn bytes_that_are_missing_or_too_many_are_found() {
    let folder = shop();
    let folder = folder.path();
    let path = folder.join("books/00000003.seg");
    let whole = std::fs::read(&path).unwrap();
    let longer = [whole.as_slice(), b"more"].concat();
    for bytes in [longer.as_slice(), &whole[..whole.len() - 1], b""] {
        overwrite(&path, bytes);
        let faults = keeper(folder).check(true).unwrap().faults;
        let named: Vec<&str> = faults.iter().map(|fault| fault.file.as_str()).collect();
        assert_eq!(named, ["books/00000003.seg"]);
    }
}

#[test]
fn what_is_damaged_is_made_again_byte_for_byte() {
    let sound = shop();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    copy(sound.path(), folder);
    let ends = [".seg", ".entry", ".sieve"];
    let mut damaged: Vec<PathBuf> = files(&folder.join(""))
        .into_iter()
        .filter(|path| ends.iter().any(|end| path.to_string_lossy().ends_with(end)))
        .collect();
    for (number, path) in damaged.iter().enumerate() {
        let length = usize::try_from(std::fs::metadata(path).unwrap().len()).unwrap();
        flip(path, length * (number % 10) / 10);
    }
    let gone = folder.join("books/00000007.seg");
    std::fs::remove_file(&gone).unwrap();
    assert!(keeper(folder).check(true).unwrap().faults.len() >= damaged.len());

    let report = keeper(folder).rebuild().unwrap();

    assert_eq!(report.database, RebuildOutcome::NotNeeded);
    assert_eq!(report.files.left, []);
    assert_eq!(report.files.mended.len(), damaged.len());
    damaged.retain(|path| !path.to_string_lossy().ends_with(".entry"));
    for path in damaged {
        let name = path.strip_prefix(folder).unwrap();
        let was = std::fs::read(sound.path().join(name)).unwrap();
        assert!(std::fs::read(&path).unwrap() == was, "{}", name.display());
        let aside = report.files.set_aside.clone().unwrap();
        let kept = aside.join(name.file_name().unwrap());
        assert_eq!(kept.exists(), path != gone, "{}", kept.display());
    }
    let again = keeper(folder).rebuild().unwrap();
    assert_eq!(again.files.mended, Vec::<String>::new());
    assert_eq!(again.files.set_aside, None);
}

#[test]
fn what_cannot_be_made_again_is_left_as_it_is_and_told() {
    let folder = shop();
    let folder = folder.path();
    let (segment, raw) = (
        folder.join("books/00000001.seg"),
        folder.join("archive/00000001.raw"),
    );
    flip(&segment, 300);
    flip(&raw, 300);
    let damaged = std::fs::read(&segment).unwrap();

    let report = keeper(folder).rebuild().unwrap().files;

    assert_eq!(report.mended, Vec::<String>::new());
    let told: Vec<&str> = report
        .left
        .iter()
        .map(|fault| fault.file.as_str())
        .collect();
    assert_eq!(told, ["archive/00000001.raw", "books/00000001.seg"]);
    assert!(report.left[1].what.zh.contains("原始文件也已损坏"));
    assert!(std::fs::read(&segment).unwrap() == damaged);
}

#[test]
fn the_sums_and_the_journal_are_written_anew() {
    let folder = shop();
    let folder = folder.path();
    flip(&folder.join("recondesk.sums"), 20);
    flip(&folder.join("recondesk.journal"), 400);

    let report = keeper(folder).rebuild().unwrap().files;

    assert_eq!(report.mended, ["recondesk.sums", "recondesk.journal"]);
    assert_eq!(report.left, []);
    assert_eq!(keeper(folder).check(true).unwrap().faults, []);
}

#[test]
fn a_copy_of_damage_and_one_over_a_foreign_file_are_made_only_when_told_to() {
    let folder = shop();
    let folder = folder.path();
    let outside = tempfile::tempdir().unwrap();
    let file = outside.path().join("mine.csv");
    overwrite(&file, b"order,amount\n1,2.00\n");
    let mut leave = BackupLeave::default();
    let by_itself = keeper(folder).backup(&file, leave).unwrap();
    assert_eq!(by_itself, BackupOutcome::InTheWay);
    assert_eq!(std::fs::read(&file).unwrap(), b"order,amount\n1,2.00\n");
    leave.replace = true;
    assert!(written(&keeper(folder).backup(&file, leave).unwrap()));
    leave.replace = false;
    // Its own copy is replaced, morning by morning.
    assert!(written(&keeper(folder).backup(&file, leave).unwrap()));

    let sound = std::fs::read(&file).unwrap();
    flip(&folder.join("books/00000002.seg"), 500);
    let by_itself = keeper(folder).backup(&file, leave).unwrap();
    let BackupOutcome::Damaged(faults) = by_itself else {
        panic!("{by_itself:?}");
    };
    assert_eq!(faults.len(), 1);
    assert!(std::fs::read(&file).unwrap() == sound);
    leave.damaged = true;
    let BackupOutcome::Written(report) = keeper(folder).backup(&file, leave).unwrap() else {
        panic!("no copy");
    };
    assert_eq!(report.faults, faults);
}

#[test]
fn a_copy_that_cannot_be_put_back_is_told_by_what_it_is() {
    let folder = shop();
    let outside = tempfile::tempdir().unwrap();
    let (file, empty) = (outside.path().join("c.zip"), outside.path().join("empty"));
    let restored = || keeper(&empty).restore(&file, false).unwrap();
    assert_eq!(restored(), RestoreOutcome::Unusable(CopyFault::Missing));
    keeper(folder.path())
        .backup(&file, BackupLeave::default())
        .unwrap();
    let sound = std::fs::read(&file).unwrap();

    overwrite(&file, &sound[..sound.len() / 2]);
    assert_eq!(restored(), RestoreOutcome::Unusable(CopyFault::Damaged));
    overwrite(&file, &sound);
    flip(&file, sound.len() / 2);
    assert_eq!(restored(), RestoreOutcome::Unusable(CopyFault::Damaged));
    overwrite(&file, b"a letter");
    assert_eq!(restored(), RestoreOutcome::Unusable(CopyFault::NoCopy));
    // An empty archive, as other programs write them.
    overwrite(&file, b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    assert_eq!(restored(), RestoreOutcome::Unusable(CopyFault::NoCopy));
    overwrite(&file, b"SQLite format 3\0and then nothing");
    assert!(matches!(restored(), RestoreOutcome::Unusable(_)));
    assert!(!empty.join("recondesk.db").exists());
}

#[test]
fn copies_of_the_days_are_looked_over() {
    let folder = shop();
    let folder = folder.path();
    keeper(folder)
        .backup(&folder.join("copy.zip"), BackupLeave::default())
        .unwrap();
    std::fs::create_dir_all(folder.join("backups")).unwrap();
    let daily = folder.join("backups/2026-03-09-g00000004.zip");
    std::fs::copy(folder.join("copy.zip"), &daily).unwrap();
    assert_eq!(keeper(folder).check(true).unwrap().faults, []);

    let whole = flip(&daily, 3000);

    let faults = keeper(folder).check(true).unwrap().faults;
    assert_eq!(faults.len(), 1);
    assert!(faults[0].file.ends_with("2026-03-09-g00000004.zip"));
    overwrite(&daily, &whole);
    assert_eq!(keeper(folder).check(true).unwrap().faults, []);
}
