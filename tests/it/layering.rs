//! The layers point down only, files stay small, and each module says what it is for.
//!
//! That no layer names one above it is the compiler's work: each is a crate. What is left to check is that
//! the crates name no other than these, and what the compiler cannot know.

use std::path::{Path, PathBuf};

/// A crate, the crates of this workspace that it may need, and what its sources must not name.
struct Layer {
    folder: &'static str,
    may_need: &'static [&'static str],
    must_not_name: &'static [&'static str],
}

const FILES: &str = "std::fs";
const CLOCK: &str = "SystemTime";
const THREADS: &str = "std::thread";
const SOCKETS: [&str; 4] = ["TcpStream", "TcpListener", "UdpSocket", "ToSocketAddrs"];

const LAYERS: &[Layer] = &[
    Layer {
        folder: "crates/simd",
        may_need: &[],
        must_not_name: &[FILES, CLOCK, THREADS],
    },
    Layer {
        folder: "crates/domain",
        may_need: &[],
        must_not_name: &[FILES, CLOCK, THREADS],
    },
    Layer {
        folder: "crates/wechatpay-codec",
        may_need: &["recondesk-domain", "recondesk-simd"],
        must_not_name: &[FILES, CLOCK, THREADS, "tokio"],
    },
    Layer {
        folder: "crates/p12",
        may_need: &["recondesk-domain"],
        must_not_name: &[FILES, CLOCK, THREADS],
    },
    Layer {
        folder: "crates/intake",
        may_need: &["recondesk-domain", "recondesk-simd"],
        must_not_name: &[FILES, CLOCK],
    },
    Layer {
        folder: "crates/reconcile",
        may_need: &["recondesk-domain"],
        must_not_name: &[FILES, CLOCK, THREADS],
    },
    Layer {
        folder: "crates/casework",
        may_need: &["recondesk-domain"],
        must_not_name: &[FILES, CLOCK, THREADS],
    },
    Layer {
        folder: "crates/ports",
        may_need: &[
            "recondesk-casework",
            "recondesk-domain",
            "wechatpay-codec",
            "recondesk-intake",
            "recondesk-reconcile",
        ],
        must_not_name: &[CLOCK],
    },
    Layer {
        folder: "crates/adapters",
        may_need: &[
            "recondesk-casework",
            "recondesk-domain",
            "wechatpay-codec",
            "recondesk-intake",
            "recondesk-reconcile",
            "recondesk-ports",
        ],
        must_not_name: &[],
    },
    Layer {
        folder: "crates/wechatpay-sandbox",
        may_need: &["recondesk-domain", "recondesk-p12", "wechatpay-codec"],
        must_not_name: &[],
    },
    Layer {
        folder: "crates/app",
        may_need: &[
            "recondesk-casework",
            "recondesk-domain",
            "recondesk-p12",
            "wechatpay-codec",
            "recondesk-intake",
            "recondesk-reconcile",
            "recondesk-ports",
        ],
        must_not_name: &[FILES, CLOCK],
    },
    Layer {
        folder: "crates/ui",
        may_need: &[
            "recondesk-casework",
            "recondesk-domain",
            "wechatpay-codec",
            "recondesk-intake",
            "recondesk-ports",
            "recondesk-app",
        ],
        must_not_name: &[FILES, CLOCK],
    },
];

/// Crates and calls that one place owns.
const OWNED: &[(&str, &[&str])] = &[
    ("rusqlite", &["crates/adapters/src/sqlite"]),
    ("postgres::", &["crates/adapters/src/sqlite"]),
    (
        "reqwest",
        &[
            "crates/adapters/src/gateway",
            "crates/adapters/src/object_store",
        ],
    ),
    ("rusty_s3", &["crates/adapters/src/object_store"]),
    ("use keyring::{Entry", &["crates/adapters/src/vault"]),
    ("rfd::", &["src/picker.rs"]),
    ("use parquet::", &["crates/adapters/src/parquet.rs"]),
    ("SystemTime::now", &["crates/adapters/src/clock.rs"]),
];

const LONGEST_FILE: usize = 500;

pub(crate) fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            out.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            out.push(path);
        }
    }
    out.sort();
    out
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every source of the program, tests and benches apart.
fn all_sources() -> Vec<PathBuf> {
    let mut out = sources(&root().join("src"));
    for layer in crate_folders() {
        out.extend(sources(&layer.join("src")));
    }
    out
}

fn crate_folders() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("crates")).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

/// The code of a file: neither comments nor what stands in its tests.
fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    code.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The path below the project, with the same separators everywhere.
pub(crate) fn name(path: &Path) -> String {
    let below = path.strip_prefix(root()).unwrap();
    below.to_str().unwrap().replace('\\', "/")
}

#[test]
fn every_crate_is_a_layer() {
    let mut folders: Vec<String> = crate_folders().iter().map(|path| name(path)).collect();
    let mut layers: Vec<&str> = LAYERS.iter().map(|layer| layer.folder).collect();
    folders.sort();
    layers.sort_unstable();
    assert_eq!(folders, layers);
}

#[test]
fn crates_need_only_crates_below_them() {
    let mut found = Vec::new();
    for layer in LAYERS {
        let manifest = root().join(layer.folder).join("Cargo.toml");
        let manifest: toml::Table = std::fs::read_to_string(manifest).unwrap().parse().unwrap();
        let needs = manifest.get("dependencies").and_then(toml::Value::as_table);
        for need in needs.into_iter().flat_map(toml::Table::keys) {
            let ours = need.starts_with("recondesk") || need.starts_with("wechatpay");
            if ours && !layer.may_need.contains(&need.as_str()) {
                found.push(format!("{} needs {need}", layer.folder));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn layers_do_not_touch_the_world_but_through_ports() {
    let mut found = Vec::new();
    for layer in LAYERS {
        let pure = !matches!(layer.folder, "crates/adapters" | "crates/wechatpay-sandbox");
        let sockets: &[&str] = if pure { &SOCKETS } else { &[] };
        for path in sources(&root().join(layer.folder).join("src")) {
            // Scripts of a layer's tests may stand in files of their own.
            if name(&path).ends_with("tests.rs") {
                continue;
            }
            let code = code(&path);
            for word in layer.must_not_name.iter().chain(sockets) {
                if code.contains(word) {
                    found.push(format!("{} names {word}", name(&path)));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn each_outside_library_has_one_place() {
    let mut found = Vec::new();
    for path in all_sources() {
        let code = code(&path);
        for (word, places) in OWNED {
            let at_home = places.iter().any(|place| name(&path).starts_with(place));
            if !at_home && code.contains(word) {
                found.push(format!("{} names {word}", name(&path)));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn files_are_short_and_say_what_they_are_for() {
    let mut found = Vec::new();
    for path in all_sources() {
        let text = std::fs::read_to_string(&path).unwrap();
        let lines = text.lines().count();
        if lines > LONGEST_FILE {
            found.push(format!("{} has {lines} lines", name(&path)));
        }
        if !text.starts_with("//! ") {
            found.push(format!("{} does not say what it is for", name(&path)));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
