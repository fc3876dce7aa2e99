//! The Signature screen with the real jobs behind it: over an own workspace and a vault in memory.

use std::sync::Arc;

use egui::{Event as Input, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use recondesk::adapters;
use recondesk::adapters::vault::MemoryVault;
use recondesk::app::jobs::lab;
use recondesk::app::{Command, Event, Language, Outcome, Silent, State};
use recondesk::domain::{ProfileId, Secret, SecretKind, SignType};
use recondesk::ports::Ports;
use recondesk::ui::{App, Screen};
use recondesk::wechat::Params;
use recondesk::wechat::v2::sign;

use crate::stage::{Look, Still, Tape, now, sample_window};

const KEY: &str = "Qh7dPz2mX9cVb4nKt6wRy8sLf3gJa5eU";

/// A workspace with the key of the first merchant of the samples.
pub(crate) struct SignatureFixture {
    ports: Ports,
    _folder: tempfile::TempDir,
}

impl SignatureFixture {
    pub(crate) fn new(state: &State) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut ports = adapters::open(Some(folder.path())).unwrap();
        let vault = MemoryVault::default();
        ports.vault = Arc::new(vault);
        ports.clock = Arc::new(Still(now()));
        for row in &state.merchants {
            let mut profile = row.profile.clone();
            profile.appids = vec!["wx2b8c40d1e7a3f7c1".to_owned()];
            ports
                .records
                .add_profile(&profile, recondesk::ports::Author::program(now()))
                .unwrap();
        }
        let secret = Secret::new(KEY.as_bytes().to_vec());
        ports
            .vault
            .set(ProfileId(1), SecretKind::V2Key, secret)
            .unwrap();
        Self {
            ports,
            _folder: folder,
        }
    }

    /// Carries out what the window asked of the laboratory.
    pub(crate) fn work(&self, harness: &mut Harness<'static, App>, tape: &Tape) {
        for _ in 0..4 {
            let sent = std::mem::take(&mut tape.0.borrow_mut().sent);
            for (task, command) in sent {
                let Command::Lab(ask) = command else { continue };
                let event = match lab::answer(&self.ports, ask, &Silent) {
                    Ok(outcome) => Event::Finished(task, Box::new(Outcome::Lab(outcome))),
                    Err(failure) => Event::Failed(task, Box::new(failure)),
                };
                tape.0.borrow_mut().events.push(event);
            }
            harness.run_steps(2);
        }
    }
}

fn order() -> Params {
    Params::from_iter([
        ("appid", "wx2b8c40d1e7a3f7c1"),
        ("mch_id", "1900000109"),
        ("nonce_str", "5K8264ILTKCH16CQ2502SI8ZNMTM67VS"),
        ("body", "青禾商城 兑换码"),
        ("out_trade_no", "QH260308100244120077"),
        ("total_fee", "29900"),
        ("spbill_create_ip", "203.0.113.7"),
        ("notify_url", "https://shop.example/wx/notify"),
        ("trade_type", "JSAPI"),
        ("openid", "o5dKq4xv0wT1cYh3bZpQ"),
        ("attach", ""),
    ])
}

/// What a shop sent that signed its notification address with a space behind it.
fn mistaken() -> String {
    let mut signed = order();
    signed.set("notify_url", "https://shop.example/wx/notify ");
    let wrong = sign(&signed, &Secret::new(KEY.to_owned()), SignType::Md5);
    let mut text: Vec<String> = order()
        .iter()
        .map(|param| format!("<{0}><![CDATA[{1}]]></{0}>", param.name, param.value))
        .collect();
    text.push(format!("<sign>{wrong}</sign>"));
    format!("<xml>{}</xml>", text.concat())
}

pub(crate) fn opened(look: Look, tape: &Tape) -> (Harness<'static, App>, SignatureFixture) {
    let mut harness = sample_window(look, Screen::Signature, tape);
    let desk = SignatureFixture::new(harness.state().state());
    desk.work(&mut harness, tape);
    (harness, desk)
}

pub(crate) fn press(harness: &mut Harness<'static, App>, name: &str) {
    let found = harness.query_all_by_label(name).next();
    found.expect(name).click();
    harness.run_steps(2);
}

fn paste(harness: &mut Harness<'static, App>, text: &str) {
    let is_zh = harness.state().state().preferences.language == Language::Zh;
    let [open, field, deed] = if is_zh {
        ["粘贴识别", "报文", "识别"]
    } else {
        ["Paste and take apart", "Message", "Take apart"]
    };
    press(harness, open);
    harness
        .get_by_role_and_label(egui::accesskit::Role::MultilineTextInput, field)
        .focus();
    harness.run_steps(2);
    harness.event(Input::Paste(text.to_owned()));
    harness.run_steps(2);
    press(harness, deed);
}

/// A window in which the mistaken request was pasted and its reason searched.
pub(crate) fn explained(look: Look, tape: &Tape) -> (Harness<'static, App>, SignatureFixture) {
    let (mut harness, desk) = opened(look, tape);
    let is_zh = look.language == Language::Zh;
    press(
        &mut harness,
        if is_zh {
            "为何不同"
        } else {
            "Why different"
        },
    );
    paste(&mut harness, &mistaken());
    desk.work(&mut harness, tape);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run_steps(2);
    desk.work(&mut harness, tape);
    (harness, desk)
}

fn said(harness: &Harness<'static, App>, words: &str) -> bool {
    harness.query_all_by_label_contains(words).next().is_some()
}

/// Everything that a screen reader would find: roles, labels, values.
fn tree(harness: &Harness<'static, App>) -> String {
    format!("{:?}", harness.root())
}

#[test]
fn a_space_behind_the_notification_address_is_named_as_the_reason() {
    let tape = Tape::default();
    let (harness, _desk) = explained(Look::default(), &tape);
    assert!(said(&harness, "原因："), "{}", tree(&harness));
    assert!(said(&harness, "notify_url"));
    assert!(said(&harness, "种改法"));
    let at = "appid=wx2b8c40d1e7a3f7c1&body=青禾商城 兑换码&mch_id=1900000109&nonce_str=5K8264ILTKCH16CQ2502SI8ZNMTM67VS&notify_url=https://shop.example/wx/notify".len() + 1;
    assert!(said(&harness, &format!("第 {at} 字节")));
}

#[test]
fn the_right_signature_put_into_the_form_is_right() {
    let tape = Tape::default();
    let (mut harness, desk) = explained(Look::default(), &tape);
    press(&mut harness, "改到左侧");
    desk.work(&mut harness, &tape);
    assert!(said(&harness, "签名是对的"));
}

#[test]
fn a_signature_that_nothing_explains_is_told_honestly() {
    let tape = Tape::default();
    let (mut harness, desk) = opened(Look::default(), &tape);
    press(&mut harness, "为何不同");
    let text = mistaken();
    let at = text.find("<sign>").unwrap() + 6;
    let other = format!(
        "{}{}{}",
        &text[..at],
        "0123456789ABCDEF".repeat(2),
        &text[at + 32..]
    );
    paste(&mut harness, &other);
    desk.work(&mut harness, &tape);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run_steps(2);
    desk.work(&mut harness, &tape);
    assert!(said(&harness, "都不成立"));
    assert!(!said(&harness, "改到左侧"));
}

#[test]
fn both_results_stand_in_the_steps_and_the_key_nowhere() {
    let tape = Tape::default();
    let (mut harness, desk) = opened(Look::default(), &tape);
    paste(&mut harness, &mistaken());
    desk.work(&mut harness, &tape);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run_steps(2);
    desk.work(&mut harness, &tape);
    let key = Secret::new(KEY.to_owned());
    for kind in [SignType::Md5, SignType::HmacSha256] {
        let result = sign(&order(), &key, kind);
        assert!(said(&harness, &result), "{kind:?}");
    }
    assert!(said(&harness, "key=••••"));
    assert!(!tree(&harness).contains(KEY));
}

#[test]
fn a_typed_key_is_masked_in_the_tree_and_gone_when_the_screen_is_left() {
    let tape = Tape::default();
    let (mut harness, _desk) = opened(Look::default(), &tape);
    harness.get_by_label_contains("密钥来源").click();
    harness.run_steps(2);
    press(&mut harness, "输入密钥");
    harness.get_by_label("密钥").focus();
    harness.run_steps(2);
    harness.event(Input::Text(KEY.to_owned()));
    harness.run_steps(2);
    let ask = format!("{:?}", tape.take());
    assert!(!ask.contains(KEY));
    assert!(!tree(&harness).contains(KEY));
    assert!(
        tree(&harness).contains(&"•".repeat(8)),
        "the dots stand there: {}",
        tree(&harness)
    );
    harness.state_mut().go(Screen::Settings);
    harness.run_steps(2);
    harness.state_mut().go(Screen::Signature);
    harness.run_steps(2);
    assert!(!tree(&harness).contains(&"•".repeat(8)));
}

/// What the window put into the clipboard in the last frame.
fn copied(harness: &Harness<'static, App>) -> Vec<String> {
    let commands = &harness.output().platform_output.commands;
    let texts = commands.iter().filter_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    texts.collect()
}

/// Presses every button that copies, one after the other; what each put into the clipboard.
fn all_copies(harness: &mut Harness<'static, App>) -> Vec<String> {
    let word = "复制";
    let count = harness.query_all_by_label_contains(word).count();
    let mut texts = Vec::new();
    for nth in 0..count {
        if let Some(node) = harness.query_all_by_label_contains(word).nth(nth) {
            node.click();
        }
        for _ in 0..3 {
            harness.step();
            texts.extend(copied(harness));
        }
    }
    texts
}

#[test]
fn no_key_ever_reaches_the_clipboard() {
    let tall = Look::default().size(1600.0, 2400.0);
    let tape = Tape::default();
    let (mut harness, desk) = opened(tall, &tape);
    paste(&mut harness, &mistaken());
    desk.work(&mut harness, &tape);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run_steps(2);
    desk.work(&mut harness, &tape);

    let mut texts = all_copies(&mut harness);
    assert!(texts.len() > 3, "the steps can be copied: {texts:?}");
    // A typed key can be selected and not copied or cut.
    harness.get_by_label_contains("密钥来源").click();
    harness.run_steps(2);
    press(&mut harness, "输入密钥");
    harness.get_by_label("密钥").focus();
    harness.run_steps(2);
    harness.event(Input::Text(KEY.to_owned()));
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(2);
    for take in [Input::Copy, Input::Cut] {
        harness.event(take);
        for _ in 0..3 {
            harness.step();
            texts.extend(copied(&harness));
        }
    }
    for screen in [Screen::Merchants, Screen::Settings] {
        harness.state_mut().go(screen);
        harness.run_steps(3);
        texts.extend(all_copies(&mut harness));
    }

    assert!(texts.iter().all(|text| !text.contains(KEY)), "{texts:?}");
}

#[test]
fn text_that_is_no_message_comes_back_with_the_reason() {
    let tape = Tape::default();
    let (mut harness, desk) = opened(Look::default(), &tape);
    paste(&mut harness, "你好");
    desk.work(&mut harness, &tape);
    assert!(said(&harness, "文本无法识别"));
}

#[test]
fn the_self_test_lists_every_vector_with_its_source() {
    let tape = Tape::default();
    let (mut harness, desk) = opened(Look::default(), &tape);
    press(&mut harness, "自检");
    desk.work(&mut harness, &tape);
    assert!(said(&harness, "通过"));
    let checks = harness.state().state().lab.checks.value().unwrap();
    let first = &checks.first().unwrap().id;
    assert!(said(&harness, first));
}

/// Tells the sandbox that the customer pays.
fn pay(base: &str, number: &str) {
    use std::io::{Read as _, Write as _};
    let address = base.trim_start_matches("http://");
    let body = format!("{{\"out_trade_no\":\"{number}\"}}");
    let mut line = std::net::TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /_sandbox/pay HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    line.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

/// A window whose first merchant is the sandbox's, with a NATIVE order pasted and sent.
pub(crate) fn sent(
    look: Look,
    tape: &Tape,
) -> (
    Harness<'static, App>,
    SignatureFixture,
    recondesk::sandbox::Running,
) {
    use recondesk::sandbox::{Config, start};
    let running = start(Config::new(Arc::new(now), 7)).unwrap();
    let mut harness = sample_window(look, Screen::Signature, tape);
    let mut profile = harness
        .state()
        .state()
        .merchants
        .first()
        .unwrap()
        .profile
        .clone();
    profile.mch_id.clone_from(&running.merchant.mch_id);
    profile.appids.clone_from(&running.merchant.appids);
    profile.gateway.clone_from(&running.base_http);
    let merchants = &mut harness.state_mut().state_mut().merchants;
    merchants.first_mut().unwrap().profile = profile.clone();
    let mut desk = SignatureFixture::new(harness.state().state());
    let known = desk.ports.records.profiles().unwrap();
    let mine = known.iter().find(|(_, known)| known.name == profile.name);
    let id = mine.expect("the first merchant").0;
    let program = recondesk::ports::Author::program(now());
    desk.ports
        .records
        .update_profile(id, &profile, program)
        .unwrap();
    desk.ports.vault = Arc::new(MemoryVault::default());
    let key = Secret::new(running.merchant.v2_key.expose().clone().into_bytes());
    desk.ports.vault.set(id, SecretKind::V2Key, key).unwrap();
    desk.work(&mut harness, tape);
    let order = [
        ("appid", running.merchant.appids.first().unwrap().as_str()),
        ("mch_id", &running.merchant.mch_id),
        ("nonce_str", "5K8264ILTKCH16CQ2502SI8ZNMTM67VS"),
        ("body", "青禾商城 兑换码"),
        ("out_trade_no", "QH260308100244120077"),
        ("total_fee", "29900"),
        ("spbill_create_ip", "203.0.113.7"),
        ("notify_url", "http://127.0.0.1:9/notify"),
        ("trade_type", "NATIVE"),
        ("product_id", "P1"),
    ];
    let text: Vec<String> = order.iter().map(|(k, v)| format!("{k}={v}")).collect();
    paste(&mut harness, &text.join("&"));
    desk.work(&mut harness, tape);
    let is_zh = look.language == Language::Zh;
    press(&mut harness, if is_zh { "发送" } else { "Send" });
    desk.work(&mut harness, tape);
    (harness, desk, running)
}

#[test]
fn an_order_that_is_sent_shows_its_code_and_is_followed_until_paid() {
    let tape = Tape::default();
    let (mut harness, desk, running) = sent(Look::default(), &tape);
    assert!(said(&harness, "应答有效"), "{}", tree(&harness));
    assert!(said(&harness, "付款二维码: http://127.0.0.1:"));
    assert!(said(&harness, "未支付"));
    assert!(said(&harness, "下次查单"));
    assert!(!said(&harness, "查单确认已支付"));

    pay(&running.base_http, "QH260308100244120077");
    press(&mut harness, "现在查单");
    desk.work(&mut harness, &tape);
    assert!(said(&harness, "查单确认已支付"), "{}", tree(&harness));
    assert!(said(&harness, "¥299.00"));
}

#[test]
fn to_a_live_gateway_an_order_cannot_be_sent_and_the_button_says_why() {
    let tape = Tape::default();
    let (mut harness, desk) = opened(Look::default(), &tape);
    let live = "https://api.mch.weixin.qq.com";
    let merchants = &mut harness.state_mut().state_mut().merchants;
    live.clone_into(&mut merchants.first_mut().unwrap().profile.gateway);
    harness.run_steps(2);
    press(&mut harness, "发送");
    desk.work(&mut harness, &tape);
    assert!(!said(&harness, "正在发送"));
    assert!(harness.state().state().lab.sent.is_idle());
}

#[test]
fn the_rules_of_payment_directories_are_checked_on_a_given_address() {
    let tape = Tape::default();
    let (mut harness, _desk) = opened(Look::default(), &tape);
    press(&mut harness, "前端参数");
    press(&mut harness, "内容: 目录域名");
    let mut write = |name: &str, text: &str| {
        let field = egui::accesskit::Role::TextInput;
        harness.get_by_role_and_label(field, name).focus();
        harness.run_steps(2);
        harness.event(Input::Text(text.to_owned()));
        harness.run_steps(2);
    };
    write("页面地址", "https://pay.qinghe.cn/shop/Pay/index.html?x=1");
    write("支付授权目录", "https://pay.qinghe.cn/shop/pay/");
    assert!(said(&harness, "大小写不同"), "{}", tree(&harness));
}

#[test]
fn the_ticket_of_a_config_is_masked_and_the_set_ready_to_paste() {
    const TICKET: &str = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy";
    let tape = Tape::default();
    let (mut harness, desk) = opened(Look::default(), &tape);
    press(&mut harness, "前端参数");
    press(&mut harness, "内容: wx.config");
    for (name, text) in [
        ("jsapi_ticket", TICKET),
        ("页面地址", "https://pay.qinghe.cn/a?b=1#c"),
    ] {
        harness.get_by_label(name).focus();
        harness.run_steps(2);
        harness.event(Input::Text(text.to_owned()));
        harness.run_steps(2);
    }
    press(&mut harness, "生成参数");
    desk.work(&mut harness, &tape);
    assert!(said(&harness, "\"jsApiList\""), "{}", tree(&harness));
    assert!(said(&harness, "jsapi_ticket=YOUR_TICKET"));
    assert!(!tree(&harness).contains(TICKET));
}

/// Names of the tabs, the front end last.
pub(crate) fn tabs(look: Look) -> [&'static str; 5] {
    if look.language == Language::Zh {
        ["生成", "验证", "为何不同", "解密", "前端参数"]
    } else {
        ["Sign", "Verify", "Why different", "Decrypt", "Front end"]
    }
}

/// Names of the parts of the front end.
#[cfg(feature = "pictures")]
pub(crate) fn parts(look: Look) -> Vec<String> {
    if look.language == Language::Zh {
        ["wx.config", "授权", "目录域名"]
            .map(|part| format!("内容: {part}"))
            .to_vec()
    } else {
        ["wx.config", "OAuth", "Places"]
            .map(|part| format!("Part: {part}"))
            .to_vec()
    }
}

#[test]
fn a_nonce_of_32_signs_is_read_whole_in_the_smallest_roomy_window() {
    for look in [Look::default(), Look::default().english()] {
        let look = look.size(1024.0, 640.0);
        let tape = Tape::default();
        let (harness, _desk, _running) = sent(look, &tape);
        let fields = if look.language == Language::Zh {
            "字段 nonce_str"
        } else {
            "Fields nonce_str"
        };
        let cell = harness.get_by_label(fields).rect();
        // A sign of the monospaced face is 0.602 of its 12 points wide.
        assert!(cell.width() >= 32.0 * 12.0 * 0.602, "{cell:?}");
    }
}
