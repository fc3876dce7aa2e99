//! Copies of a workspace with damage in one file: what is shown is right, or is refused, and never something else.
//!
//! The short form takes 60 copies; with `RECONDESK_THOROUGH=1` it is 1,000.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use fastrand::Rng;
use recondesk::adapters;
use recondesk::ports::CaseQuery;

use super::view::{PARTS, parts};
use super::yard::Yard;
use super::{copy, is_thorough, overwrite};

/// Files in a folder and below that hold something, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::metadata(&path).unwrap().len() > 0 {
                out.push(path);
            }
        }
    }
    out.sort();
    out
}

/// Where other states of a file come from.
struct Others {
    /// The same workspace at an earlier time.
    early: PathBuf,
    /// A workspace of another shop.
    foreign: PathBuf,
}

/// Does one kind of damage to a file; tells which.
fn damage(folder: &Path, path: &Path, others: &Others, rng: &mut Rng) -> String {
    let name = path.strip_prefix(folder).unwrap();
    let mut bytes = std::fs::read(path).unwrap();
    let at = rng.usize(0..bytes.len());
    let kind = rng.u8(0..10);
    let what = match kind {
        0..=3 => {
            bytes[at] ^= 1 << rng.u8(0..8);
            "a bit"
        }
        4 => {
            let end = (at + rng.usize(1..600)).min(bytes.len());
            bytes[at..end].fill(0);
            "zeros"
        }
        5 => {
            bytes.truncate(at);
            "cut"
        }
        6 => {
            let len = 512.min(bytes.len() - at);
            let from = rng.usize(0..=bytes.len() - len);
            bytes.copy_within(from..from + len, at);
            "another place"
        }
        7 => {
            bytes = std::fs::read(others.early.join(name)).unwrap_or_default();
            "an earlier state"
        }
        8 => {
            bytes = std::fs::read(others.foreign.join(name)).unwrap_or_default();
            "of another shop"
        }
        _ => {
            let beside = files(path.parent().unwrap());
            bytes = std::fs::read(rng.choice(&beside).unwrap()).unwrap();
            "of the file beside it"
        }
    };
    overwrite(path, &bytes);
    format!("{what} at {at} of {}", name.display())
}

/// The file to damage: often one of those that all depends on.
fn target(folder: &Path, rng: &mut Rng) -> PathBuf {
    let all = files(folder);
    let database: Vec<&PathBuf> = all
        .iter()
        .filter(|path| path.parent() == Some(folder))
        .collect();
    if rng.bool() {
        return rng.choice(database).unwrap().clone();
    }
    rng.choice(all).unwrap()
}

#[test]
fn a_damaged_copy_shows_what_is_right_or_nothing() {
    let copies = if is_thorough() { 1000 } else { 60 };
    let (yard, foreign) = (Yard::new(7), Yard::new(8));
    let others = Others {
        early: yard.early(),
        foreign: foreign.workspace(),
    };
    let ended = yard.workspace();
    let running = tempfile::tempdir().unwrap();
    let open = adapters::open(Some(&ended)).unwrap();
    for case in open.records.cases(&CaseQuery::default()).unwrap() {
        open.records.set_preference(&case.key, "1").unwrap();
    }
    copy(&ended, running.path());
    drop(open);
    let was = parts(&ended);
    assert!(was.iter().all(Option::is_some), "{was:?}");
    assert_eq!(parts(running.path()), was);

    let mut rng = Rng::with_seed(15);
    let (mut refused, mut whole) = (0, 0);
    let (mut panics, mut wrong) = (Vec::new(), Vec::new());
    for turn in 0..copies {
        let base = if turn % 2 == 0 {
            &ended
        } else {
            running.path()
        };
        let folder = tempfile::tempdir().unwrap();
        copy(base, folder.path());
        let path = target(folder.path(), &mut rng);
        let what = damage(folder.path(), &path, &others, &mut rng);
        let Ok(now) = catch_unwind(AssertUnwindSafe(|| parts(folder.path()))) else {
            panics.push(format!("copy {turn}, {what}"));
            continue;
        };
        for ((now, was), part) in now.iter().zip(&was).zip(PARTS) {
            if now.is_some() && now != was {
                wrong.push(format!("copy {turn}, {what}: {part}"));
            }
        }
        if now == was {
            whole += 1;
        } else {
            refused += 1;
        }
    }
    println!(
        "{copies} damaged copies: {whole} shown whole, {refused} refused in part or as a whole, {} panics, {} wrong",
        panics.len(),
        wrong.len()
    );
    assert!(
        panics.is_empty() && wrong.is_empty(),
        "{panics:#?} {wrong:#?}"
    );
    assert!(refused > copies / 10);
}
