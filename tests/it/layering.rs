//! The layers point down only, files stay small, and each module says what it is for.

use std::path::{Path, PathBuf};

/// A layer, and what its sources must not name.
const RULES: &[(&str, &[&str])] = &[
    (
        "src/domain",
        &[
            "crate::wechat",
            "crate::reconcile",
            "crate::intake",
            "crate::ports",
            "crate::app",
            "crate::adapters",
            "crate::cli",
            "crate::ui",
            "crate::sandbox",
            "std::fs",
            "TcpStream",
            "TcpListener",
            "UdpSocket",
            "ToSocketAddrs",
            "std::thread",
            "SystemTime",
            "rusqlite",
            "reqwest",
            "egui",
        ],
    ),
    (
        "src/wechat",
        &[
            "crate::reconcile",
            "crate::intake",
            "crate::ports",
            "crate::app",
            "crate::adapters",
            "crate::cli",
            "crate::ui",
            "crate::sandbox",
            "std::fs",
            "TcpStream",
            "TcpListener",
            "UdpSocket",
            "ToSocketAddrs",
            "std::thread",
            "SystemTime",
            "rusqlite",
            "reqwest",
            "egui",
            "tokio",
        ],
    ),
    (
        "src/reconcile",
        &[
            "crate::wechat",
            "crate::intake",
            "crate::ports",
            "crate::app",
            "crate::adapters",
            "crate::cli",
            "crate::ui",
            "crate::sandbox",
            "std::fs",
            "TcpStream",
            "TcpListener",
            "UdpSocket",
            "ToSocketAddrs",
            "SystemTime",
            "rusqlite",
            "reqwest",
            "egui",
        ],
    ),
    (
        "src/intake",
        &[
            "crate::reconcile",
            "crate::ports",
            "crate::app",
            "crate::adapters",
            "crate::cli",
            "crate::ui",
            "crate::sandbox",
            "std::fs",
            "TcpStream",
            "TcpListener",
            "UdpSocket",
            "ToSocketAddrs",
            "SystemTime",
            "rusqlite",
            "reqwest",
            "egui",
        ],
    ),
    (
        "src/ports",
        &[
            "crate::app",
            "crate::adapters",
            "crate::cli",
            "crate::ui",
            "crate::sandbox",
            "rusqlite",
            "reqwest",
            "egui",
        ],
    ),
    (
        "src/app",
        &[
            "crate::adapters",
            "crate::cli",
            "crate::ui",
            "crate::sandbox",
            "std::fs",
            "TcpStream",
            "TcpListener",
            "UdpSocket",
            "ToSocketAddrs",
            "egui",
            "eframe",
            "reqwest",
            "rusqlite",
            "rfd::",
            "keyring",
        ],
    ),
    (
        "src/adapters",
        &[
            "crate::app",
            "crate::cli",
            "crate::ui",
            "crate::sandbox",
            "egui",
            "eframe",
        ],
    ),
    (
        "src/ui",
        &[
            "crate::adapters",
            "crate::cli",
            "crate::sandbox",
            "reqwest",
            "rusqlite",
            "std::fs",
            "TcpStream",
            "TcpListener",
            "UdpSocket",
            "ToSocketAddrs",
        ],
    ),
    (
        "src/cli",
        &[
            "crate::adapters",
            "crate::ui",
            "egui",
            "eframe",
            "rusqlite",
            "reqwest",
            "TcpStream",
        ],
    ),
    (
        "src/sandbox",
        &[
            "crate::app",
            "crate::ui",
            "crate::adapters",
            "crate::cli",
            "crate::ports",
            "crate::reconcile",
            "crate::intake",
            "rusqlite",
            "reqwest",
            "egui",
        ],
    ),
];

/// Crates that one place owns.
const OWNED: &[(&str, &[&str])] = &[
    ("rusqlite", &["src/adapters/sqlite"]),
    ("reqwest", &["src/adapters/gateway"]),
    ("keyring::", &["src/adapters/vault"]),
    ("SystemTime::now", &["src/adapters/clock.rs"]),
    ("anyhow", &["src/main.rs"]),
];

const LONGEST_FILE: usize = 500;

fn sources(folder: &Path) -> Vec<PathBuf> {
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

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
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
fn name(path: &Path) -> String {
    let below = path.strip_prefix(root()).unwrap();
    below.to_str().unwrap().replace('\\', "/")
}

fn of_layer(layer: &str) -> Vec<PathBuf> {
    let file = root().join(format!("{layer}.rs"));
    let mut out = sources(&root().join(layer));
    out.extend(file.exists().then_some(file));
    out
}

#[test]
fn layers_point_down_only() {
    let mut found = Vec::new();
    for (layer, forbidden) in RULES {
        for path in of_layer(layer) {
            // Scripts of a layer's tests may stand in files of their own.
            if name(&path).ends_with("tests.rs") {
                continue;
            }
            let code = code(&path);
            for word in *forbidden {
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
    for path in sources(&root().join("src")) {
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
    for path in sources(&root().join("src")) {
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
