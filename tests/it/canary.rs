//! Secrets as canaries: a workspace with every kind of key, everything done with it that the command line can do, and
//! no trace of one afterwards in what was written or said.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::refund_cli::Till;
use crate::support::wire::control;

const SHOP_SECRET: &str = "shop-hmac-Zq81x7Kd93mVt2Lp";
const PASSPHRASE: &str = "for tests only";
const PIN: &str = "84712936";

/// Everything that was said, and the till it was said at.
struct Cage {
    till: Till,
    said: Vec<(String, Vec<u8>)>,
}

impl Cage {
    fn new() -> Self {
        Self {
            till: Till::new(),
            said: Vec::new(),
        }
    }

    /// Runs a command however it ends, and keeps what it says.
    fn run(&mut self, arguments: &[&str]) {
        self.fed(arguments, "");
    }

    fn fed(&mut self, arguments: &[&str], input: &str) {
        let merchant = &self.till.running.merchant;
        let output = self
            .till
            .command(arguments)
            .env("V3_KEY", merchant.v3_key.expose())
            .env("SHOP_SECRET", SHOP_SECRET)
            .env("RECONDESK_PIN", PIN)
            .env("RUST_BACKTRACE", "1")
            .env("TMPDIR", self.till.folder())
            .write_stdin(input)
            .output()
            .unwrap();
        let mut said = output.stdout;
        said.extend_from_slice(&output.stderr);
        self.said.push((arguments.join(" "), said));
    }

    fn file(&self, name: &str) -> String {
        self.till.folder().join(name).display().to_string()
    }
}

/// A secret in every form that it could leave in.
struct Canary {
    name: &'static str,
    forms: Vec<Vec<u8>>,
}

impl Canary {
    fn of(name: &'static str, secret: &[u8]) -> Self {
        let hex = secret
            .iter()
            .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        let wide = secret.iter().flat_map(|byte| [*byte, 0]).collect();
        let mut forms = vec![
            secret.to_vec(),
            wide,
            hex.to_uppercase().into_bytes(),
            hex.into_bytes(),
        ];
        // In the middle of a longer text it begins at any of three places of a group.
        for skip in 0..3 {
            let shifted = secret.get(skip..).unwrap_or_default();
            let whole = shifted.len() / 3 * 3;
            let text = STANDARD.encode(&shifted[..whole]);
            if text.len() >= 8 {
                forms.push(text.into_bytes());
            }
        }
        if secret.len() >= 20 {
            forms.push(secret[..16].to_vec());
            forms.push(secret[secret.len() - 16..].to_vec());
        }
        Self { name, forms }
    }

    /// A private key: pieces of what it is made of, and of its text whatever its lines.
    fn of_pem(name: &'static str, pem: &str) -> Self {
        let body: String = pem.lines().filter(|line| !line.contains("-----")).collect();
        let der = STANDARD.decode(&body).unwrap();
        let mut canary = Self::of(name, &der[der.len() / 2..der.len() / 2 + 24]);
        let middle = body.len() / 2;
        canary
            .forms
            .push(body.as_bytes()[middle..middle + 40].to_vec());
        canary
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        let found = |form: &Vec<u8>| memchr::memmem::find(bytes, form).is_some();
        self.forms.iter().any(found)
    }
}

/// Every file below a folder, and every member of the archives among them.
pub(crate) fn files(folder: &Path, out: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, out);
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        if let Ok(mut archive) = zip::ZipArchive::new(std::io::Cursor::new(bytes.clone())) {
            for nth in 0..archive.len() {
                let mut member = archive.by_index(nth).unwrap();
                let mut inner = Vec::new();
                std::io::copy(&mut member, &mut inner).unwrap();
                let name = member.name().unwrap().into_owned();
                out.push((format!("{}!{name}", path.display()), inner));
            }
        }
        out.push((path.display().to_string(), bytes));
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a file that a person made, and that nothing reads twice"
)]
pub(crate) fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
}

fn set_keys(cage: &mut Cage) {
    let pems = &cage.till.running.pems;
    let (certificate, key) = (pems.client_cert.clone(), pems.client_key.expose().clone());
    let keys = tempfile::tempdir().unwrap();
    let at = |name: &str, text: &str| {
        let path = keys.path().join(name);
        write(&path, text);
        path.display().to_string()
    };
    let (certificate, key) = (at("cert.pem", &certificate), at("key.pem", &key));
    let set = ["profile", "set-key", "shop"];
    let with = |rest: &[&str]| [&set[..], rest].concat().join("\u{1f}");
    let commands = [
        with(&["v3", "--from-env", "V3_KEY"]),
        with(&["shop", "--from-env", "SHOP_SECRET"]),
        with(&[
            "client-cert",
            "--from-file",
            &certificate,
            "--from-file",
            &key,
        ]),
        // Refused: a private key where a certificate belongs, and halves.
        with(&["platform-key", "--from-file", &key]),
        with(&["client-cert", "--from-file", &key]),
    ];
    for command in commands {
        let arguments: Vec<&str> = command.split('\u{1f}').collect();
        cage.run(&arguments);
    }
}

/// Keys where they do not belong: as arguments, in messages, in notifications.
fn misplace_keys(cage: &mut Cage, key: &str) {
    cage.run(&["profile", "set-key", "shop", "v2", key]);
    cage.run(&["profile", "set-key", "shop", key]);
    cage.run(&["profile", "set-key", "shop", "v2", "--from-file", key]);
    cage.run(&["sign", "v2", "--key", key]);
    cage.run(&["operator", "add", "amy", "--pin", PIN]);
    for language in ["zh", "en"] {
        for misplaced in [
            &["operator", "add", "amy", PIN][..],
            &["approve", "1", PIN],
            &["vault", "passphrase", PASSPHRASE],
            &["profile", "set-key", "shop", SHOP_SECRET],
            &["profile", "set-key", "shop", PASSPHRASE],
            &["profile", "set-key", "shop", "v2", PASSPHRASE],
        ] {
            cage.run(&[misplaced, &["--lang", language]].concat());
        }
    }
    let message = format!("<xml><appid>a</appid><key>{key}</key><sign>AB</sign></xml>");
    cage.fed(&["explain", "v2", "--profile", "shop"], &message);
    cage.fed(&["verify", "v2", "--profile", "shop"], &message);
    cage.run(&["query", &format!("appid=a&key={key}")]);
    let log = cage.file("notice.log");
    let pasted = format!("{message}\n{{\"a\":\"{key}\"}}\nappid=a&key={key}\n");
    write(Path::new(&log), &pasted);
    cage.run(&["notify", "import", "--profile", "shop", &log]);
    std::fs::remove_file(&log).unwrap();
}

fn work(cage: &mut Cage) {
    let shop = ["--profile", "shop", "--date", "yesterday"];
    let of_day = |words: &[&'static str]| [words, &shop[..]].concat();
    cage.run(&["profile", "doctor", "shop"]);
    cage.run(&["profile", "export", "shop"]);
    cage.run(&["profile", "list"]);
    cage.run(&of_day(&["bill", "download"]));
    cage.run(&of_day(&["reconcile"]));
    cage.run(&of_day(&["funds"]));
    cage.run(&["day", "--all"]);
    cage.run(&["query", "A20260308000001", "--profile", "shop", "--live"]);
    let prepare = [
        "refund",
        "prepare",
        "--profile",
        "shop",
        "--order",
        "A20260308000001",
    ];
    let rest = ["--amount", "1.00", "--reason", "t", "--format", "json"];
    cage.run(&[&prepare[..], &rest[..]].concat());
    control(
        &cage.till.running.base_http,
        "fault",
        &json!({ "kind": "reset", "bytes": 40 }),
    );
    cage.run(&["refund", "send", "1", "--confirm", "1.00"]);
    cage.run(&["refund", "resume"]);
    cage.run(&["operator", "add", "amy", "--role", "administer"]);
    let copy = cage.file("b.bak");
    cage.run(&["backup", &copy]);
    for name in ["r.html", "r.xlsx"] {
        let file = cage.file(name);
        cage.run(&[&of_day(&["report", "day"])[..], &["--out", &file]].concat());
    }
    let bundle = cage.file("order.zip");
    let make = [
        "bundle",
        "make",
        "A20260308000001",
        "--profile",
        "shop",
        "--out",
    ];
    cage.run(&[&make[..], &[bundle.as_str()]].concat());
    cage.run(&["check", "--deep"]);
    cage.run(&["audit", "verify"]);
}

#[test]
fn no_secret_is_found_in_anything_that_was_written_or_said() {
    let mut cage = Cage::new();
    cage.till.paid("A20260308000001", "129900");
    set_keys(&mut cage);
    work(&mut cage);
    let key = cage.till.running.merchant.v2_key.expose().clone();
    misplace_keys(&mut cage, &key);

    let merchant = &cage.till.running.merchant;
    let canaries = [
        Canary::of("APIv2 key", merchant.v2_key.expose().as_bytes()),
        Canary::of("APIv3 key", merchant.v3_key.expose().as_bytes()),
        Canary::of("secret of the shop", SHOP_SECRET.as_bytes()),
        Canary::of("passphrase", PASSPHRASE.as_bytes()),
        Canary::of("PIN", PIN.as_bytes()),
        Canary::of_pem("private key", cage.till.running.pems.client_key.expose()),
    ];
    let mut places = std::mem::take(&mut cage.said);
    let said = places.len();
    files(cage.till.folder(), &mut places);
    assert!(
        said > 25 && places.len() > said + 8,
        "{} places",
        places.len()
    );
    let mut hits = Vec::new();
    for (place, bytes) in &places {
        let joined: Vec<u8> = bytes
            .iter()
            .copied()
            .filter(|byte| !matches!(byte, b'\r' | b'\n'))
            .collect();
        for canary in &canaries {
            if canary.is_in(bytes) || canary.is_in(&joined) {
                hits.push(format!("{} in {place}", canary.name));
            }
        }
    }
    assert!(hits.is_empty(), "{}", hits.join("\n"));
    println!(
        "{} places, {} secrets, no hit",
        places.len(),
        canaries.len()
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_crash_leaves_no_core_file() {
    use std::io::Read as _;

    let folder = tempfile::tempdir().unwrap();
    let mut program = std::process::Command::new(assert_cmd::cargo::cargo_bin("recondesk"))
        .args(["sandbox", "--workspace"])
        .arg(folder.path())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // It greets once it runs.
    let greeted = program.stdout.as_mut().unwrap().read(&mut [0; 8]).unwrap();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", program.id())).unwrap();
    program.kill().unwrap();
    program.wait().unwrap();

    assert!(greeted > 0);
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"));
    let numbers: Vec<&str> = line.unwrap().split_whitespace().skip(4).take(2).collect();
    assert_eq!(numbers, ["0", "0"]);
}
