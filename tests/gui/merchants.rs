//! What belongs to a merchant beside its basics: how its shop is reached, its mappings, its checks, its keys locked away.

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use recondesk::app::model::{KeptMapping, MerchantAsk};
use recondesk::app::{Command, Event, Failure, FailureKind, Jobs as _, Message, Outcome, Remote};
use recondesk::domain::ProfileId;
use recondesk::intake::{Mapping, RecordKind};
use recondesk::ports::VaultAccess;
use recondesk::ui::{App, Screen};

use crate::first_run::{FirstRunFixture, compared};
use crate::stage::{Look, Tape, sample_window};

#[track_caller]
fn click(harness: &mut Harness<'static, App>, name: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(3);
}

fn typed(harness: &mut Harness<'static, App>, field: &str, text: &str) {
    harness.get_by_label(field).focus();
    harness.run_steps(1);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(1);
    harness.get_by_label(field).type_text(text);
    harness.run_steps(2);
}

fn answer(tape: &Tape, event: impl FnOnce(recondesk::app::TaskId) -> Event) {
    let mut wire = tape.0.borrow_mut();
    let task = wire.sent.last().expect("a command").0;
    let event = event(task);
    wire.events.push(event);
}

#[test]
fn the_addresses_of_the_shop_and_read_only_are_kept_with_the_profile() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Merchants, &tape);
    click(&mut harness, "商城");
    typed(&mut harness, "商城地址", "http://example.com/hook");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    harness.run_steps(2);
    let saves = |command: &Command| matches!(command, Command::SaveProfile(..));
    assert!(!tape.take().iter().any(saves), "not over plain http");
    harness.get_by_label("须为 https 地址；http 只用于本机");

    typed(&mut harness, "商城地址", "https://shop.example.com/reissue");
    typed(&mut harness, "通知地址", "https://shop.example.com/notify");
    click(&mut harness, "只读：从这里不退款，也不补发货");
    harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    harness.run_steps(2);

    let sent = tape.take();
    let profile = sent.iter().find_map(|command| match command {
        Command::SaveProfile(_, profile) => Some(profile),
        _ => None,
    });
    let profile = profile.expect("it is saved");
    assert_eq!(profile.shop_url, "https://shop.example.com/reissue");
    assert_eq!(profile.notify_url, "https://shop.example.com/notify");
    assert!(profile.read_only);
}

#[test]
fn a_kept_mapping_is_seen_renamed_and_forgotten() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Merchants, &tape);
    click(&mut harness, "映射");
    let kept = vec![KeptMapping {
        name: "orders a".to_owned(),
        kind: Some(RecordKind::Orders),
        sources: vec!["订单号".to_owned(), "实付".to_owned()],
    }];
    answer(&tape, |task| {
        Event::Finished(task, Box::new(Outcome::Mappings(ProfileId(1), kept)))
    });
    assert!(matches!(
        tape.take().last(),
        Some(Command::Merchant(MerchantAsk::Mappings(ProfileId(1))))
    ));
    harness.run_steps(3);
    harness.get_by_label("订单  订单号、实付");

    click(&mut harness, "改名…");
    typed(&mut harness, "映射名称", "小程序订单");
    click(&mut harness, "改名");
    answer(&tape, |task| {
        let taken = Failure::new(
            FailureKind::Usage,
            "mapping.taken",
            Message::new("已有名为 小程序订单 的列映射", "It is taken"),
            Message::default(),
        );
        Event::Failed(task, Box::new(taken))
    });
    let sent = tape.take();
    assert!(
        matches!(sent.as_slice(), [Command::Merchant(MerchantAsk::RenameMapping { from, to, .. })]
            if from == "orders a" && to == "小程序订单"),
        "{sent:?}"
    );
    harness.run_steps(3);
    // What was typed is still there, with the reason.
    harness.get_by_label("已有名为 小程序订单 的列映射");
    harness.key_press(Key::Escape);
    harness.run_steps(3);

    click(&mut harness, "移除…");
    click(&mut harness, "移除");
    let sent = tape.take();
    assert!(
        matches!(sent.as_slice(), [Command::Merchant(MerchantAsk::RemoveMapping(_, name))] if name == "orders a"),
        "{sent:?}"
    );
}

#[test]
fn ctrl_l_locks_the_keys_away() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Overview, &tape);
    let lock = |harness: &mut Harness<'static, App>| {
        tape.take();
        harness.key_press_modifiers(Modifiers::COMMAND, Key::L);
        harness.run_steps(2);
        tape.take()
    };
    harness.state_mut().state_mut().vault = VaultAccess::System;
    assert!(lock(&mut harness).is_empty(), "the system locks its own");
    harness.state_mut().state_mut().vault = VaultAccess::Open;
    assert!(matches!(
        lock(&mut harness).as_slice(),
        [Command::LockVault]
    ));
}

#[test]
fn a_renamed_mapping_says_the_same_under_its_new_name() {
    let mut morning = FirstRunFixture::new();
    let (id, _, _) = compared(&mut morning);
    let records = morning.ports.records.clone();
    let toml = Mapping::canonical().to_toml();
    records.set_mapping(id, "旧", &toml).unwrap();
    records.set_mapping(id, "别的", &toml).unwrap();
    let rename = |to: &str| {
        Command::Merchant(MerchantAsk::RenameMapping {
            profile: id,
            from: "旧".to_owned(),
            to: to.to_owned(),
        })
    };
    let taken = morning.jobs.run(rename("别的"), &recondesk::app::Silent);
    assert_eq!(taken.unwrap_err().code, "mapping.taken");
    let empty = morning.jobs.run(rename("  "), &recondesk::app::Silent);
    assert_eq!(empty.unwrap_err().code, "mapping.name");

    morning.run(rename(" 新 "));

    assert_eq!(records.mapping(id, "旧").unwrap(), None);
    let text = records.mapping(id, "新").unwrap().expect("it is there");
    let mapping = Mapping::from_toml(&text).unwrap();
    assert_eq!(mapping.name, "新");
    assert_eq!(mapping.columns, Mapping::canonical().columns);
    let outcome = morning.run(Command::Merchant(MerchantAsk::Examine(id)));
    let Outcome::Examined(report) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(!report.checks.is_empty());
    harness_shows(&report);
}

/// The checks as the window shows them, with the window's own advice.
fn harness_shows(report: &recondesk::app::jobs::doctor::DoctorReport) {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Merchants, &tape);
    click(&mut harness, "体检");
    let mut report = report.clone();
    report.profile = ProfileId(1);
    let first = report.checks[0].fact.zh.clone();
    let answers = &mut harness.state_mut().state_mut().merchant_answers;
    answers.doctor = Remote::Ready(Box::new(report));
    harness.run_steps(3);
    harness.get_by_label(&first);
    assert!(harness.query_by_label_contains("recondesk ").is_none());
}
