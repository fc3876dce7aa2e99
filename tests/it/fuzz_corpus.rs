//! The kept corpus of each fuzz target, as it is and damaged at random: what `cargo fuzz` looks for at length, in short.
//! `RECONDESK_FUZZED=20000` runs that many a target.

use std::io::Write as _;
use std::path::PathBuf;

use fastrand::Rng;

use crate::damage::bytes;

#[path = "../../fuzz/targets.rs"]
mod targets;

/// Damaged inputs a target when nobody asks for more.
const SHORT: usize = 150;

fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

/// One or several damages of bytes; now and then a piece of another file of the corpus.
fn damaged(files: &[(PathBuf, Vec<u8>)], rng: &mut Rng) -> Vec<u8> {
    let mut out = files[rng.usize(..files.len())].1.clone();
    for _ in 0..=rng.usize(..3) {
        let kind = bytes::KINDS[rng.usize(..bytes::KINDS.len())];
        if let Some(changed) = (kind.make)(&out, rng) {
            out = changed;
        }
    }
    if rng.u8(..8) == 0 {
        let other = &files[rng.usize(..files.len())].1;
        let (from, at) = (rng.usize(..=other.len()), rng.usize(..=out.len()));
        out.truncate(at);
        out.extend_from_slice(&other[from..]);
    }
    out
}

#[expect(clippy::print_stdout, reason = "the input that fails, and the count")]
fn run(target: &str, work: fn(&[u8]), share: usize) {
    let files = corpus(target);
    assert!(files.len() >= 3, "{target}: {}", files.len());
    for (path, bytes) in &files {
        println!("{}", path.display());
        work(bytes);
    }
    let wanted = std::env::var("RECONDESK_FUZZED").ok();
    let count = wanted.and_then(|count| count.parse().ok()).unwrap_or(SHORT) / share;
    let mut rng = Rng::with_seed(20_260_308);
    for number in 0..count {
        let input = damaged(&files, &mut rng);
        let outcome = std::panic::catch_unwind(|| work(&input));
        if outcome.is_err() {
            let name = format!("recondesk-{target}-{number}-");
            let mut file = tempfile::Builder::new().prefix(&name).tempfile().unwrap();
            file.write_all(&input).unwrap();
            let (_, kept) = file.keep().unwrap();
            panic!("{target} failed on {}", kept.display());
        }
    }
    println!(
        "{target}: {} files, {count} damaged ones, 0 crashes",
        files.len()
    );
}

#[test]
fn bills() {
    run("bill", targets::bill, 1);
}

#[test]
fn order_files() {
    run("order_file", targets::order_file, 1);
}

#[test]
fn xml_messages() {
    run("xml", targets::xml, 1);
}

#[test]
fn json_messages() {
    run("json", targets::json, 1);
}

#[test]
fn workbooks() {
    run("xlsx", targets::xlsx, 1);
}

#[test]
fn zip_archives() {
    run("zip", targets::zip, 1);
}

#[test]
fn mappings() {
    run("mapping", targets::mapping, 1);
}

#[test]
fn vector_files() {
    run("vectors", targets::vectors, 1);
}

#[test]
fn vault_heads() {
    run("vault", targets::vault, 1);
}

/// Each opens a workspace on disk, which takes longer.
#[test]
fn workspace_files() {
    run("workspace", targets::workspace, 5);
}

/// The list of targets here, in the manifest and in the folders is the same.
#[test]
fn every_target_has_a_corpus_and_a_program() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let manifest = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let source = include_str!("fuzz_corpus.rs");
    let mut names: Vec<String> = std::fs::read_dir(root.join("corpus"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names.len(), 10, "{names:?}");
    for name in names {
        assert!(
            root.join(format!("fuzz_targets/{name}.rs")).exists(),
            "{name}"
        );
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
        assert!(
            source.contains(&format!("run(\"{name}\", targets::{name}")),
            "{name}"
        );
    }
}
