//! Text from outside on a terminal: a gateway's words, headers, files and their names never steer it, piped or not.

use std::process::Output;

use assert_cmd::Command;

use super::bill_layouts::{bill, pay};
use super::cli::CliFixture;
use crate::support::fake_gateway::FakeGateway;
use recondesk::wechat::bill::BillForm;

/// Clears the screen, sets a title, turns the writing, forges a line; also in the one-byte forms and as C1 letters.
const HOSTILE: &str =
    "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}gnp.exe\u{2028}\rrecondesk: all well\u{8}\u{0}";
/// The same without what XML and HTTP do not carry.
const IN_XML: &str = "bad\u{9b}2J\u{202e}gnp\u{2028}\u{85}&#x9b;31m";

fn is_plain(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    text.chars().all(|sign| {
        matches!(sign, '\n' | '\t')
            || !(sign.is_control()
                || matches!(sign, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
    })
}

#[track_caller]
fn check(output: &Output, what: &[&str]) {
    let shown = String::from_utf8_lossy(&output.stderr);
    assert!(
        is_plain(&output.stderr),
        "{what:?} on standard error: {shown:?}"
    );
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(
        is_plain(&output.stdout),
        "{what:?} on standard output: {shown:?}"
    );
}

/// Runs a command in both languages.
#[track_caller]
fn run(stage: &CliFixture, arguments: &[&str]) -> Output {
    for language in ["zh", "en"] {
        let chosen = [arguments, &["--lang", language]].concat();
        check(&stage.run_as(&chosen), arguments);
    }
    stage.run(arguments)
}

#[test]
fn files_and_their_names_never_steer_the_terminal() {
    let stage = CliFixture::new();
    let sound = String::from_utf8(bill(BillForm::All27, &[pay("A1"), pay("A2")])).unwrap();
    let column = sound.replacen("设备号", &format!("设备号{HOSTILE}"), 1);
    let state = sound.replace("`SUCCESS", &format!("`SUC{HOSTILE}"));
    let number = sound.replace("`A1,", &format!("`A1{HOSTILE},"));
    let error =
        format!("<xml><return_code>FAIL</return_code><return_msg>{IN_XML}</return_msg></xml>");
    let json = format!("{{\"code\":\"{IN_XML}\",\"message\":\"{IN_XML}\"}}");
    let orders = format!(
        "out_trade_no,amount,pay_status,created_at,paid_at,x{HOSTILE}\nA1,1{HOSTILE},paid,2026-03-08 09:00:00,2026-03-08 09:00:00,\nA2,1.00,pa{HOSTILE},2026-03-08 09:00:00,2026-03-08 09:00:00,{HOSTILE}\n"
    );
    let heads = format!("a{HOSTILE},b{HOSTILE},c\n1,2,3\n");
    for (name, text) in [
        ("column.csv", column),
        ("state.csv", state),
        ("number.csv", number),
        ("error.xml", error),
        ("error.json", json),
        ("orders.csv", orders),
        ("heads.csv", heads),
        ("steer\u{1b}[31m\u{202e}.csv", sound),
        ("line\nrecondesk: forged.csv", HOSTILE.to_owned()),
    ] {
        let file = stage.file(name, text.as_bytes());
        for arguments in [
            &["bill", "check", &file][..],
            &["bill", "import", &file, "--profile", "shop"],
            &["orders", "preview", &file],
            &["orders", "import", &file, "--profile", "shop"],
            &["refunds", "import", &file, "--profile", "shop"],
            &["notify", "import", &file, "--profile", "shop"],
            &["explain-error", &file],
            &["verify", "v2", &file],
        ] {
            run(&stage, arguments);
        }
    }
    run(
        &stage,
        &["reconcile", "--profile", "shop", "--date", "2026-03-08"],
    );
}

#[test]
fn arguments_never_steer_the_terminal() {
    let stage = CliFixture::new();
    let hostile = "\u{1b}[2J\u{9b}31m\u{202e}x\rforged";
    for arguments in [
        &[hostile][..],
        &["profile", hostile],
        &["profile", "show", hostile],
        &["profile", "add", hostile, "--mch-id", hostile],
        &["profile", "edit", "shop", "--gateway", hostile],
        &["reconcile", "--profile", "shop", "--date", hostile],
        &["bill", "check", hostile],
        &["query", hostile, "--profile", "shop"],
        &["explain-error", hostile],
        &["profile", "list", "--format", hostile],
    ] {
        run(&stage, arguments);
    }
}

#[test]
fn a_gateway_never_steers_the_terminal() {
    let message = format!(
        "<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[{IN_XML}]]></return_msg><err_code>{IN_XML}</err_code></xml>"
    );
    let json = format!("{{\"code\":\"PARAM_ERROR{IN_XML}\",\"message\":\"{IN_XML}\"}}");
    let page = format!("<html><title>{HOSTILE}</title></html>");
    let headers = "Request-ID: 08\u{9b}31m\u{202e}x\r\nServer: \u{9b}2J\r\n";
    for (status, headers, body) in [
        ("200 OK", headers, message.as_str()),
        ("400 Bad Request", headers, &json),
        ("502 Bad Gateway", headers, &page),
        (
            "302 Found",
            "Location: http://evil/\u{9b}2J\u{202e}x\r\n",
            "",
        ),
        ("200 OK\u{9b}31m", headers, HOSTILE),
    ] {
        let gateway = FakeGateway::new(status, headers.as_bytes(), body.as_bytes());
        let stage = CliFixture::new();
        let edit = ["profile", "edit", "shop", "--appid", "wx8888888888888888"];
        stage.expect(0, &[&edit[..], &["--gateway", &gateway.base]].concat());
        let key = stage.file("key", b"192006250b4c09247ec02edce69f6a2d");
        stage.expect(
            0,
            &["profile", "set-key", "shop", "v2", "--from-file", &key],
        );
        for arguments in [
            &["query", "A1", "--profile", "shop", "--live"][..],
            &[
                "bill",
                "download",
                "--profile",
                "shop",
                "--date",
                "2026-03-08",
            ],
            &["day", "--profile", "shop", "--date", "2026-03-08"],
        ] {
            run(&stage, arguments);
        }
        assert!(!gateway.asked().is_empty(), "{status}");
    }
}

/// Data for programs reaches a pipe byte by byte, and a terminal only as far as it cannot steer it.
#[cfg(target_os = "linux")]
#[test]
fn data_is_exact_in_a_pipe_and_harmless_on_a_terminal() {
    use std::io::Read as _;

    let stage = CliFixture::new();
    let text = String::from_utf8(bill(BillForm::All27, &[pay("A1")])).unwrap();
    let file = stage.file(
        "bill.csv",
        text.replacen("设备号", "设备号\u{9b}31m", 1).as_bytes(),
    );
    let arguments = ["bill", "check", &file, "--format", "json"];

    let piped = stage.run(&arguments).stdout;

    assert!(String::from_utf8(piped).unwrap().contains('\u{9b}'));

    let (mut seen, user) = pseudo_terminal();
    let output = Command::cargo_bin("recondesk").unwrap();
    let mut child = std::process::Command::new(output.get_program())
        .args(arguments)
        .stdout(user)
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut bytes = vec![0; 1 << 16];
    let mut shown = Vec::new();
    while let Ok(count) = seen.read(&mut bytes) {
        if count == 0 {
            break;
        }
        shown.extend_from_slice(&bytes[..count]);
    }
    child.wait().unwrap();
    let shown = String::from_utf8(shown).unwrap().replace("\r\n", "\n");
    assert!(shown.contains("unknown_columns"), "{shown}");
    assert!(is_plain(shown.as_bytes()), "{shown:?}");
}

/// A terminal nobody sits at: its side of the master, and that of the program. Reading ends when the program's side is
/// closed.
#[cfg(target_os = "linux")]
fn pseudo_terminal() -> (std::fs::File, std::fs::File) {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let user = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(name.to_str().unwrap())
        .unwrap();
    (master.into(), user)
}
