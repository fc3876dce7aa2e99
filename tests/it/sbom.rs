//! The bill of materials names every crate of Cargo.lock, each with its digest, and the same each time.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn printed() -> Vec<u8> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/sbom.py");
    let output = Command::new("python3").arg(script).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    output.stdout
}

/// Name, version and digest of a crate; own crates have no digest.
type Crate = (String, String, String);

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn locked() -> BTreeSet<Crate> {
    let lock =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock")).unwrap();
    let lock: toml::Table = toml::from_str(&lock).unwrap();
    let field = |package: &toml::Value, name: &str| {
        package
            .get(name)
            .and_then(|value| value.as_str())
            .unwrap_or_default()
            .to_owned()
    };
    let packages = lock["package"].as_array().unwrap().iter();
    packages
        .map(|one| {
            (
                field(one, "name"),
                field(one, "version"),
                field(one, "checksum"),
            )
        })
        .collect()
}

/// What Cargo says the program on this system is made of.
fn crates_of_the_program() -> BTreeSet<(String, String)> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args([
            "tree",
            "--package",
            "recondesk",
            "--edges",
            "normal",
            "--prefix",
            "none",
        ])
        .args(["--locked", "--offline", "--format", "{p}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    let listed = String::from_utf8(output.stdout).unwrap();
    let crates: BTreeSet<_> = listed
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            let name = words.next()?.to_owned();
            Some((name, words.next()?.strip_prefix('v')?.to_owned()))
        })
        .collect();
    assert!(crates.len() > 100, "{}", crates.len());
    crates
}

#[test]
fn the_bill_of_materials_has_every_crate_of_the_lock_file_and_its_licence_where_it_is_shipped() {
    let bytes = printed();
    assert_eq!(bytes, printed(), "the same bytes each time");
    let bom: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(
        (&bom["bomFormat"], &bom["specVersion"]),
        (&"CycloneDX".into(), &"1.5".into())
    );

    let components = bom["components"].as_array().unwrap();
    let program = &bom["metadata"]["component"];
    let listed: BTreeSet<Crate> = components
        .iter()
        .chain([program])
        .map(|one| {
            (
                text(&one["name"]),
                text(&one["version"]),
                text(&one["hashes"][0]["content"]),
            )
        })
        .collect();
    assert_eq!(listed, locked());
    assert_eq!(components.len() + 1, listed.len(), "each once");

    let known: BTreeSet<String> = components
        .iter()
        .chain([program])
        .map(|one| text(&one["bom-ref"]))
        .collect();
    for edge in bom["dependencies"].as_array().unwrap() {
        assert!(known.contains(&text(&edge["ref"])));
        let to = edge["dependsOn"].as_array().unwrap();
        assert!(to.iter().all(|one| known.contains(&text(one))), "{edge}");
    }
    let of_scope = |scope: &str| {
        components
            .iter()
            .filter(|one| one["scope"] == scope)
            .collect::<Vec<_>>()
    };
    let (shipped, others) = (of_scope("required"), of_scope("excluded"));
    assert_eq!(shipped.len() + others.len(), components.len());
    let has_licence = |one: &&Value| one["licenses"][0]["expression"].is_string();
    assert!(shipped.iter().all(has_licence));
    for name in ["egui", "rusqlite", "rustls", "zstd", "recondesk-domain"] {
        assert!(shipped.iter().any(|one| one["name"] == name), "{name}");
    }
    for name_and_version in crates_of_the_program() {
        let is_it = |one: &&&Value| (text(&one["name"]), text(&one["version"])) == name_and_version;
        assert!(
            name_and_version.0 == "recondesk" || shipped.iter().any(|one| is_it(&one)),
            "{name_and_version:?}: run assets/licenses/gather.py"
        );
    }
    println!(
        "{} crates, {} of them in the program",
        listed.len(),
        shipped.len()
    );
}
