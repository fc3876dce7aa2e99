//! Every text that the window shows is one of the two-language texts: each language is the other's pseudo-language.
//!
//! A text that stands in the code alone is the same in both: a word of Latin letters in the Chinese window, or hanzi in
//! the English one. So every screen and dialog is drawn in both, all that is painted or said to a screen reader is taken,
//! and what comes from outside (names, numbers, codes, keys) is the only thing that may stay.

use std::collections::BTreeSet;

use egui::{Key, Modifiers, Shape};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use recondesk::app::{Language, Remote};
use recondesk::ports::VaultAccess;
use recondesk::ui::{App, Screen};

use crate::sample;
use crate::stage::{Look, Tape, sample_window, window};

/// Words of Latin letters that Chinese finance staff write as they are: names, keys, formats, fields of the interfaces.
const LATIN: &[&str] = &[
    // The program and its languages, keys, formats and units.
    "Recondesk",
    "English",
    "Ctrl",
    "Alt",
    "Shift",
    "Esc",
    "Enter",
    "Tab",
    "Home",
    "PgUp",
    "Space",
    "Excel",
    "Parquet",
    "cURL",
    "MiB",
    "pdf",
    "xlsx",
    "html",
    "csv",
    "https",
    "http",
    // Fields and words of the interfaces, as WeChat Pay writes them.
    "appid",
    "openid",
    "attach",
    "body",
    "detail",
    "receipt",
    "version",
    "sign",
    "SUCCESS",
    "Wechatpay",
    "SYSTEMERROR",
    "kB",
    "png",
];

/// Hanzi that the English window may show: the mark of the program, the name of the other language, and made-up data.
const HANZI: &[&str] = &["对账台", "中文"];

fn shapes_texts(shape: &Shape, out: &mut BTreeSet<String>) {
    match shape {
        Shape::Text(text) => {
            out.insert(text.galley.text().to_owned());
        }
        Shape::Vec(shapes) => {
            for shape in shapes {
                shapes_texts(shape, out);
            }
        }
        _ => {}
    }
}

/// All that is painted, and all that a screen reader is told.
fn shown(harness: &Harness<'static, App>) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for clipped in &harness.output().shapes {
        shapes_texts(&clipped.shape, &mut out);
    }
    for node in harness.root().children_recursive() {
        let node = node.accesskit_node();
        out.extend(node.label());
        out.extend(node.placeholder().map(str::to_owned));
    }
    out
}

const fn is_hanzi(sign: char) -> bool {
    matches!(sign, '\u{3400}'..='\u{9FFF}')
}

/// Words of a text that are of Latin letters and no name, number or code.
fn latin_words(text: &str) -> Vec<&str> {
    let is_word_sign = |sign: char| sign.is_ascii_graphic();
    text.split(|sign: char| !is_word_sign(sign))
        .map(|word| word.trim_matches(|sign: char| !sign.is_ascii_alphanumeric()))
        .filter(|word| {
            let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
            let is_code = word.bytes().any(|byte| !byte.is_ascii_alphabetic());
            let is_short = word.len() <= 5 && word.bytes().all(|byte| byte.is_ascii_uppercase());
            letters >= 2 && !is_code && !is_short && !LATIN.contains(word)
        })
        .collect()
}

/// What of a text belongs to the other language; `data` came from outside.
fn foreign(text: &str, language: Language, data: &[&str]) -> Option<String> {
    let mut rest = text.to_owned();
    for known in data {
        rest = rest.replace(known, "");
    }
    match language {
        Language::Zh => {
            let words = latin_words(&rest);
            (!words.is_empty()).then(|| words.join(" "))
        }
        Language::En => {
            for known in HANZI {
                rest = rest.replace(known, "");
            }
            let hanzi: String = rest.chars().filter(|sign| is_hanzi(*sign)).collect();
            (!hanzi.is_empty()).then_some(hanzi)
        }
    }
}

fn looks() -> [Look; 2] {
    [Look::default(), Look::default().english()]
}

/// Every text of these windows that is not of their language.
fn judge(
    look: Look,
    data: &[&str],
    windows: Vec<(&str, Harness<'static, App>)>,
    wrong: &mut Vec<String>,
) {
    for (name, harness) in windows {
        let texts = shown(&harness);
        assert!(texts.len() > 5, "{name} is drawn");
        for text in texts {
            if let Some(words) = foreign(&text, look.language, data) {
                wrong.push(format!("{:?} {name}: {words:?} in {text:?}", look.language));
            }
        }
    }
}

/// Names, files and words of orders in the samples.
const SAMPLES: &[&str] = &[
    "青禾商城",
    "李雯",
    "陈默",
    "王宁",
    "li 10:12",
    "workspace",
    "未支付 created",
    "未发货",
    "兑换码",
    "已请仓库确认库存",
    "行 9,318",
    "账单行 12,044",
    "运行 7f3a",
    "± 1 分",
    // What a customer reads of a refund, and the kinds of entries as the bill has them.
    "订单未能交付，款项原路退回",
    "提现",
    "交易",
];

fn screen(look: Look, screen: Screen) -> Harness<'static, App> {
    sample_window(look, screen, &Tape::default())
}

fn word<'w>(look: Look, zh: &'w str, en: &'w str) -> &'w str {
    look.language.pick(zh, en)
}

fn press(harness: &mut Harness<'static, App>, name: &str) {
    let found = harness.query_all_by_label(name).next();
    found.unwrap_or_else(|| panic!("{name}")).click();
    harness.run_steps(3);
}

fn case(look: Look) -> Harness<'static, App> {
    let mut harness = screen(look, Screen::Cases);
    crate::stage::open_row(&mut harness, "QH260308100244120077");
    harness.state_mut().state_mut().cases.open = Remote::Ready(Box::new(sample::case_detail()));
    harness.run_steps(2);
    harness
}

#[test]
fn every_screen_speaks_one_language() {
    let mut wrong = Vec::new();
    for look in looks() {
        let mut windows: Vec<(&str, Harness<'static, App>)> = Vec::new();
        for of in Screen::ALL {
            windows.push(("screen", screen(look, of)));
        }
        windows.push(("case", case(look)));
        let start = window(look, &Tape::default(), |app| {
            app.state_mut().welcome = Remote::Ready(());
            app.state_mut().demo = true;
        });
        windows.push(("start", start));
        let mut palette = screen(look, Screen::Overview);
        palette.key_press_modifiers(Modifiers::COMMAND, Key::K);
        palette.run_steps(3);
        windows.push(("palette", palette));
        let mut notices = screen(look, Screen::Overview);
        notices.key_press_modifiers(Modifiers::COMMAND, Key::B);
        notices.run_steps(3);
        windows.push(("notices", notices));
        judge(look, SAMPLES, windows, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_dialog_of_a_case_speaks_one_language() {
    let mut wrong = Vec::new();
    for look in looks() {
        let mut windows = crate::casework::pictured(look);
        for (zh, en) in [("退款…", "Refund..."), ("补发货…", "Reissue...")] {
            let mut harness = case(look);
            crate::payout::deed(&mut harness, word(look, zh, en));
            windows.push((en, harness));
            let mut harness = case(look);
            crate::payout::deed_by_list(&mut harness, word(look, zh, en));
            windows.push((en, harness));
        }
        let button = word(look, "批量处理 23…", "Decide on 23...");
        let mut prepared = crate::bulk::added_up(look, &Tape::default(), button);
        prepared.state_mut().state_mut().bulk.prepared = Some(Box::new(crate::bulk::prepared()));
        prepared.run_steps(2);
        windows.push(("bulk prepared", prepared));
        for deed in [
            ("退款", "Refund"),
            ("补发货", "Reissue"),
            ("忽略", "Ignore"),
        ] {
            let mut bulk = crate::bulk::added_up(look, &Tape::default(), button);
            let name = match look.language {
                Language::Zh => format!("批量处理: {}", deed.0),
                Language::En => format!("Decide about many cases: {}", deed.1),
            };
            press(&mut bulk, &name);
            windows.push(("bulk", bulk));
        }
        let mut approvals = screen(look, Screen::Cases);
        let state = approvals.state_mut().state_mut();
        crate::people::name_two(state);
        let waiting = || {
            vec![
                crate::people::waiting_refund(),
                crate::people::waiting_unlock(),
            ]
        };
        state.payout.approvals = Remote::Ready(waiting());
        approvals.run_steps(2);
        press(&mut approvals, word(look, "复核 2", "Approvals 2"));
        approvals.state_mut().state_mut().payout.approvals = Remote::Ready(waiting());
        approvals.run_steps(2);
        windows.push(("approvals", approvals));
        let data: Vec<&str> = [SAMPLES, &["聊天截图", "重复支付", "漏了一笔退款"]].concat();
        judge(look, &data, windows, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_dialog_of_settings_and_merchants_speaks_one_language() {
    let mut wrong = Vec::new();
    for look in looks() {
        let mut windows: Vec<(&str, Harness<'static, App>)> = Vec::new();
        for vault in [VaultAccess::Locked, VaultAccess::Unmade] {
            let mut unlock = screen(look, Screen::Settings);
            let state = unlock.state_mut().state_mut();
            state.vault = vault;
            state.passphrase_wanted = true;
            unlock.run_steps(3);
            windows.push(("unlock", unlock));
        }
        let mut operator = screen(look, Screen::Settings);
        crate::people::name_two(operator.state_mut().state_mut());
        operator.run_steps(2);
        press(
            &mut operator,
            word(look, "新增操作人…", "Add an operator..."),
        );
        windows.push(("operator", operator));
        for tab in [("映射", "Mappings"), ("商城", "Shop")] {
            let mut merchant = screen(look, Screen::Merchants);
            press(&mut merchant, word(look, tab.0, tab.1));
            windows.push((tab.1, merchant));
        }
        judge(look, SAMPLES, windows, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_dialog_of_a_day_speaks_one_language() {
    let mut wrong = Vec::new();
    for look in looks() {
        let mut windows: Vec<(&str, Harness<'static, App>)> = Vec::new();
        for missing in [false, true] {
            let report = crate::funds::report(missing);
            windows.push(("funds", crate::funds::shown(look, &Tape::default(), report)));
        }
        let mut keys = screen(look, Screen::Reconcile);
        keys.key_press(Key::F1);
        keys.run_steps(3);
        windows.push(("keys", keys));
        judge(look, SAMPLES, windows, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_signature_screen_speaks_one_language() {
    let mut wrong = Vec::new();
    for look in looks() {
        let mut windows: Vec<(&str, Harness<'static, App>)> = Vec::new();
        for tab in crate::signature::tabs(look) {
            let (mut harness, _desk) = crate::signature::opened(look, &Tape::default());
            crate::signature::press(&mut harness, tab);
            windows.push((tab, harness));
        }
        let tape = Tape::default();
        let (harness, _desk) = crate::signature::explained(look, &tape);
        windows.push(("explained", harness));
        judge(look, SAMPLES, windows, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_text_of_the_code_alone_is_found_in_one_of_the_languages() {
    let data = ["青禾商城"];
    assert_eq!(
        foreign("导出 Export", Language::Zh, &data).as_deref(),
        Some("Export")
    );
    assert_eq!(
        foreign("Export 导出", Language::En, &data).as_deref(),
        Some("导出")
    );
    for (language, fine) in [
        (
            Language::Zh,
            "青禾商城 P04 4200002781202603087745393918 Ctrl K XLSX out_trade_no",
        ),
        (Language::En, "青禾商城 4 rows, Recondesk 对账台"),
    ] {
        assert_eq!(foreign(fine, language, &data), None);
    }
}
