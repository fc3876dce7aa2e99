//! Signing a day off in the window with the real jobs behind it: what keeps it from being signed, how it looks after, its
//! certificate, and how it is opened again.

use egui::{Event as Input, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use recondesk::app::Remote;
use recondesk::app::jobs::sign_off::read_certificate;
use recondesk::app::model::{NextStep, OpenCategory};
use recondesk::casework::{ApprovalNeed, Role};
use recondesk::domain::{Category, Fen, Secret};
use recondesk::ports::Operator;
use recondesk::ui::{App, Screen};

use crate::first_run::{FirstRunFixture, compared};
use crate::stage::{Look, Tape, now, sample_window};

/// A day whose cases are all closed, on the Reconcile screen.
fn settled() -> FirstRunFixture {
    let mut morning = FirstRunFixture::new();
    let (_, _, rows) = compared(&mut morning);
    for row in &rows {
        morning.settle(row.profile, row);
    }
    morning.harness.state_mut().state_mut().day = rows[0].day;
    morning.screen(Key::Num2, Screen::Reconcile);
    morning.press("前一天");
    morning.press("后一天");
    morning
}

fn into(morning: &mut FirstRunFixture, field: &str, text: &str) {
    morning.harness.get_by_label(field).focus();
    morning.harness.run_steps(2);
    morning.harness.event(Input::Text(text.to_owned()));
    morning.harness.run_steps(2);
}

#[test]
fn a_day_with_open_cases_says_what_lacks_and_is_not_signed() {
    let mut morning = FirstRunFixture::new();
    let (_, day, _) = compared(&mut morning);
    morning.harness.state_mut().state_mut().day = day;
    morning.screen(Key::Num2, Screen::Reconcile);
    morning.press("前一天");
    morning.press("后一天");

    let model = morning.harness.state().state().reconciled.value().unwrap();
    assert!(!model.obstacles.is_empty() && !model.can_be_signed());
    morning.press("签账…");
    assert!(!morning.says("签账后结果锁定"));
}

#[test]
fn a_settled_day_is_signed_shown_as_signed_and_opened_by_two() {
    let mut morning = settled();
    morning
        .harness
        .key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::S);
    morning.harness.run_steps(3);
    assert!(
        morning.says("签账人：李雯"),
        "nobody is named: no PIN is asked for"
    );
    morning.enter();

    assert!(
        morning.notice().contains("已由 李雯 签账"),
        "{}",
        morning.notice()
    );
    assert!(morning.says("已签账 李雯"));
    assert!(morning.harness.query_by_label("签账…").is_none());
    assert!(morning.harness.query_by_label("重新对账").is_none());

    morning.press("保存证书…");
    let page = morning.file("certificate.html", "");
    let json = morning.file("certificate.json", "");
    morning.tape.0.borrow_mut().answer = Some(vec![page.clone()]);
    morning.harness.run_steps(2);
    morning.work();
    assert!(std::fs::read_to_string(&page).unwrap().contains("<html"));
    morning.press("保存证书…");
    morning.tape.0.borrow_mut().answer = Some(vec![json.clone()]);
    morning.harness.run_steps(2);
    morning.work();
    let read = read_certificate(&std::fs::read(&json).unwrap()).expect("a certificate");
    assert!(read.faults.is_empty());

    morning.press("解锁…");
    into(&mut morning, "原因", "漏了一笔退款");
    morning.enter();
    let waiting = morning.ports.casework.approvals(false).unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].need, ApprovalNeed::Unlock);
    assert!(
        morning.says("已签账 李雯"),
        "one person alone opens nothing"
    );
}

#[test]
fn a_wrong_pin_leaves_the_dialog_open_and_says_so() {
    let mut morning = settled();
    let boss = Operator {
        name: "陈默".to_owned(),
        roles: [Role::Work, Role::Approve, Role::Administer]
            .into_iter()
            .collect(),
        created_at: now(),
        removed_at: None,
    };
    let pin = Secret::new("135790".to_owned());
    morning
        .ports
        .casework
        .add_operator(&boss, &pin, "李雯")
        .unwrap();
    morning
        .harness
        .state_mut()
        .state_mut()
        .desk
        .person
        .has_operators = true;
    morning
        .harness
        .state_mut()
        .state_mut()
        .desk
        .person
        .name
        .clear();
    morning.press("签账…");
    // The first field has the focus: what is typed goes there.
    morning.harness.event(Input::Text("陈默".to_owned()));
    morning.harness.run_steps(2);
    into(&mut morning, "PIN", "000000");
    morning.harness.key_press(Key::Enter);
    morning.harness.run_steps(2);
    morning.work();
    assert!(morning.says("签账后结果锁定"), "the dialog stays");
    assert!(morning.harness.query_by_label("已签账").is_none());

    into(&mut morning, "PIN", "135790");
    morning.harness.key_press(Key::Enter);
    morning.harness.run_steps(2);
    morning.work();
    assert!(morning.says("已签账 陈默"));
}

#[test]
fn the_morning_says_whether_a_matched_day_may_be_signed_or_is() {
    for (next, said, button) in [
        (NextStep::Balanced, "全部平账", None),
        (NextStep::SignOff, "全部平账，可以签账", Some("签账…")),
        (NextStep::Signed, "全部平账，已签账", None),
    ] {
        let tape = Tape::default();
        let mut harness = sample_window(Look::default(), Screen::Overview, &tape);
        let state = harness.state_mut().state_mut();
        let Remote::Ready(model) = &mut state.overview else {
            panic!("no overview");
        };
        model.merchants.retain(|row| row.next == NextStep::Balanced);
        let id = model.merchants[0].profile;
        model.merchants[0].next = next;
        model.totals.to_work = 0;
        model.totals.matched = model.totals.compared_rows;
        model.totals.cross_day = 0;
        state.merchant = Some(id);
        harness.run_steps(3);

        let found = harness.query_all_by_label_contains("全部平账");
        let words: Vec<String> = found
            .filter_map(|node| node.accesskit_node().label())
            .collect();
        assert!(words.iter().any(|words| words.ends_with(said)), "{words:?}");
        let buttons = button.map(|name| harness.query_all_by_label(name).count());
        assert_ne!(buttons, Some(0));
    }
}

#[test]
fn whoever_signs_reads_which_open_cases_that_accepts() {
    let mut harness = signing(&[]);
    harness.get_by_label("没有未结差错");

    let open = |category, count, fen| OpenCategory {
        category,
        count,
        at_stake: Some(Fen::new(fen)),
    };
    harness = signing(&[
        open(Category::DupRowW, 1, 128_000),
        open(Category::AmountDiff, 2, 250),
    ]);
    harness.get_by_label(
        "未结差错 3 条，涉及 ¥1,282.50，签账即认可：P10 重复行（微信） 1、P07 金额不符 2",
    );
}

/// The dialog about a day that may be signed while these cases are open.
fn signing(accepted: &[OpenCategory]) -> Harness<'static, App> {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Reconcile, &tape);
    let Remote::Ready(model) = &mut harness.state_mut().state_mut().reconciled else {
        panic!("no day");
    };
    model.obstacles.clear();
    model.accepted = accepted.to_vec();
    harness.run_steps(2);
    harness.get_by_label("签账…").click();
    harness.run_steps(3);
    harness
}
