//! Operators, limits and the second person in the window: named in Settings by the rule of the terminal, and what waits
//! for a second one agreed to or refused.

use egui::{Event as Input, Key};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use recondesk::app::model::{CaseName, Decision, NewOperatorWish, WaitingApproval};
use recondesk::app::{Command, Message, Silent};
use recondesk::app::{Jobs as _, Remote};
use recondesk::casework::{ApprovalNeed, Role, Roles};
use recondesk::domain::{CaseStatus, Fen, ProfileId, Secret};
use recondesk::ports::{ApprovalId, ApprovalRecord, CaseQuery, Operator};
use recondesk::ui::Screen;

use crate::first_run::{FirstRunFixture, compared};
use crate::stage::{Look, Tape, now, sample_window};

/// A refund above the limit that waits for a second person.
pub(crate) fn waiting_refund() -> WaitingApproval {
    WaitingApproval {
        asked: ApprovalRecord {
            id: ApprovalId(7),
            need: ApprovalNeed::Sum,
            subject: "refund/RD1".to_owned(),
            reason: "重复支付".to_owned(),
            maker: "li".to_owned(),
            asked_at: now(),
            judged: None,
        },
        profile: Some(ProfileId(1)),
        number: "QH260308100244120077".to_owned(),
        about: Message::new("退款单号 RD1", "refund RD1"),
        sum: Some(Fen::new(129_900)),
        case: Some(CaseName {
            profile: ProfileId(1),
            key: "k".to_owned(),
        }),
        day: None,
    }
}

/// A signed day that waits for a second person to be opened.
pub(crate) fn waiting_unlock() -> WaitingApproval {
    let refund = waiting_refund();
    WaitingApproval {
        asked: ApprovalRecord {
            id: ApprovalId(8),
            need: ApprovalNeed::Unlock,
            subject: "sign_off/1".to_owned(),
            reason: "漏了一笔退款".to_owned(),
            ..refund.asked
        },
        number: String::new(),
        about: Message::new("2026-03-08，陈默 签账", "2026-03-08, signed off by 陈默"),
        sum: None,
        case: None,
        day: Some(crate::sample::day()),
        profile: refund.profile,
    }
}

/// Two operators, the first of whom signed in.
pub(crate) fn name_two(state: &mut recondesk::app::State) {
    use recondesk::app::model::{OperatorGate, OperatorsView};

    let operator = |name: &str, roles: &[Role]| Operator {
        name: name.to_owned(),
        roles: roles.iter().copied().collect(),
        created_at: now(),
        removed_at: None,
    };
    let operators = vec![
        operator("王宁", &[Role::See, Role::Work, Role::Approve]),
        operator("陈默", &Role::ALL),
    ];
    state.people.known = Remote::Ready(Box::new(OperatorsView {
        operators,
        limits: recondesk::casework::Thresholds::default(),
        gate: OperatorGate::Administrator,
    }));
    state.desk.person.has_operators = true;
    state.desk.person.operators = ["王宁", "陈默"].map(str::to_owned).into();
    "王宁".clone_into(&mut state.desk.person.name);
}

/// Types into whatever has the focus.
fn types(morning: &mut FirstRunFixture, text: &str) {
    morning.harness.event(Input::Text(text.to_owned()));
    morning.harness.run_steps(2);
}

fn key(morning: &mut FirstRunFixture, key: Key) {
    morning.harness.key_press(key);
    morning.harness.run_steps(2);
    morning.work();
}

fn into(morning: &mut FirstRunFixture, field: &str, text: &str) {
    let names = &morning.harness.state().state().desk.person.operators;
    if field == "操作人" && !names.is_empty() {
        let role = egui::accesskit::Role::ComboBox;
        let node = morning
            .harness
            .get_by_role_and_label(role, "操作人: 请选择");
        node.click();
        morning.harness.run_steps(2);
        let role = egui::accesskit::Role::MenuItem;
        morning.harness.get_by_role_and_label(role, text).click();
        morning.harness.run_steps(2);
        return;
    }
    let role = match field {
        "操作人" | "姓名" => egui::accesskit::Role::TextInput,
        _ => egui::accesskit::Role::PasswordInput,
    };
    let node = morning.harness.get_by_role_and_label(role, field);
    node.focus();
    morning.harness.run_steps(2);
    types(morning, text);
}

fn named(morning: &FirstRunFixture) -> Vec<(String, String, bool)> {
    let known = morning.ports.casework.operators().unwrap();
    known
        .into_iter()
        .map(|one| (one.name, one.roles.words(), one.removed_at.is_some()))
        .collect()
}

/// An operator who is there already, as the terminal would have named him.
fn known(morning: &FirstRunFixture, name: &str, roles: &[Role], actor: &str) {
    let operator = Operator {
        name: name.to_owned(),
        roles: roles.iter().copied().collect(),
        created_at: now(),
        removed_at: None,
    };
    let pin = Secret::new("135790".to_owned());
    let casework = &morning.ports.casework;
    casework.add_operator(&operator, &pin, actor).unwrap();
}

/// Settings of a workspace with one merchant.
fn settings() -> FirstRunFixture {
    let mut morning = FirstRunFixture::new();
    compared(&mut morning);
    morning.screen(Key::Num9, Screen::Settings);
    morning
}

#[test]
fn the_first_operator_is_named_by_keys_alone_administers_and_is_signed_in() {
    let mut morning = settings();
    assert!(morning.says("还没有操作人"));
    morning.press("新增操作人…");
    // The name has the focus; Enter leads on to what lacks.
    types(&mut morning, "王启明");
    key(&mut morning, Key::Enter);
    types(&mut morning, "123");
    assert!(morning.says("PIN 至少 4 位"));
    types(&mut morning, "4");
    key(&mut morning, Key::Enter);
    types(&mut morning, "1235");
    assert!(morning.says("两次 PIN 不同"));
    key(&mut morning, Key::Enter);
    assert!(named(&morning).is_empty(), "the two PINs differ");
    key(&mut morning, Key::Backspace);
    types(&mut morning, "4");
    key(&mut morning, Key::Enter);

    assert_eq!(
        named(&morning),
        [("王启明".to_owned(), "see,work,administer".to_owned(), false)]
    );
    assert!(
        morning
            .harness
            .query_by_label("新 PIN（至少 4 位）")
            .is_none()
    );
    assert!(morning.says("王启明 查看、经办、管理 当前登录"));
    let person = &morning.harness.state().state().desk.person;
    assert_eq!(
        (person.name.as_str(), person.has_operators),
        ("王启明", true)
    );
    assert!(!morning.says("操作人登录"), "nothing waits for a sign-in");
}

#[test]
fn the_role_of_the_first_one_cannot_be_taken_away() {
    let mut morning = settings();
    morning.press("新增操作人…");
    let administers = |morning: &FirstRunFixture| {
        let role = egui::accesskit::Role::CheckBox;
        let node = morning.harness.get_by_role_and_label(role, "管理");
        (
            node.accesskit_node().toggled(),
            node.accesskit_node().is_disabled(),
        )
    };
    let fixed = (Some(egui::accesskit::Toggled::True), true);
    assert_eq!(administers(&morning), fixed);
    let wish = NewOperatorWish {
        name: "李雯".to_owned(),
        roles: Roles::default().with(Role::Work),
        pin: Secret::new("2468".to_owned()),
        identity: None,
    };
    let refused = morning
        .jobs
        .run(Command::AddOperator(Box::new(wish)), &Silent);
    assert_eq!(refused.unwrap_err().code, "operator.first");
}

#[test]
fn a_later_one_takes_an_administrator_and_a_refusal_stays_in_the_dialog() {
    let mut morning = settings();
    known(&morning, "陈默", &[Role::Work, Role::Administer], "");
    morning.run(Command::Operators);
    morning.harness.state_mut().state_mut().people.known = Remote::Idle;
    morning.harness.run_steps(2);
    morning.work();
    morning.press("新增操作人…");
    types(&mut morning, "王宁");
    let role = egui::accesskit::Role::CheckBox;
    morning.harness.get_by_role_and_label(role, "复核").click();
    morning.harness.run_steps(2);
    into(&mut morning, "新 PIN（至少 4 位）", "2468");
    into(&mut morning, "再输一次新 PIN", "2468");
    morning.enter();
    assert_eq!(named(&morning).len(), 1, "nobody said who adds");

    into(&mut morning, "操作人", "陈默");
    into(&mut morning, "PIN", "000000");
    key(&mut morning, Key::Enter);
    assert!(
        morning.says("操作人或 PIN 不对"),
        "it is said in the dialog"
    );
    assert!(morning.says("由有“管理”权限的人确认"), "the dialog stays");
    let debug = format!("{:?}", morning.tape.0.borrow().sent);
    assert!(!debug.contains("2468"), "a PIN is never printed");

    // The PIN is empty again and has the focus.
    types(&mut morning, "135790");
    key(&mut morning, Key::Enter);
    assert!(!morning.says("由有“管理”权限的人确认"));
    let known = named(&morning);
    assert!(
        known.contains(&("王宁".to_owned(), "see,work,approve".to_owned(), false)),
        "{known:?}"
    );
    assert!(morning.says("王宁 查看、经办、复核"));
}

#[test]
fn a_name_that_was_used_is_not_used_again_and_the_reason_is_said() {
    let mut morning = settings();
    known(&morning, "陈默", &[Role::Administer], "");
    morning.harness.state_mut().state_mut().people.known = Remote::Idle;
    morning.harness.run_steps(2);
    morning.work();
    morning.press("新增操作人…");
    types(&mut morning, "陈默");
    into(&mut morning, "新 PIN（至少 4 位）", "2468");
    into(&mut morning, "再输一次新 PIN", "2468");
    into(&mut morning, "操作人", "陈默");
    into(&mut morning, "PIN", "135790");
    morning.enter();
    assert!(morning.says("姓名“陈默”用过了。姓名只用一次"));

    // Escape closes the topmost alone: the settings stay.
    key(&mut morning, Key::Escape);
    assert!(!morning.says("用过了"));
    assert_eq!(morning.harness.state().screen(), Screen::Settings);
}

#[test]
fn the_last_administrator_stays_and_another_one_leaves_and_is_shown_as_gone() {
    let mut morning = settings();
    known(&morning, "陈默", &[Role::Administer], "");
    known(&morning, "王宁", &[Role::Work], "陈默");
    morning.harness.state_mut().state_mut().people.known = Remote::Idle;
    morning.harness.run_steps(2);
    morning.work();
    for (nth, name) in [(1, "陈默"), (0, "王宁")] {
        morning
            .harness
            .query_all_by_label("移除…")
            .nth(nth)
            .unwrap()
            .click();
        morning.harness.run_steps(2);
        assert!(morning.says(&format!("移除操作人 {name}")));
        types(&mut morning, "陈默");
        key(&mut morning, Key::Enter);
        types(&mut morning, "135790");
        key(&mut morning, Key::Enter);
        if name == "陈默" {
            assert!(morning.says("最后一位有「管理」权限的人"));
            key(&mut morning, Key::Escape);
        }
    }
    let known = named(&morning);
    assert_eq!(known.iter().filter(|one| one.2).count(), 1, "{known:?}");
    assert!(morning.says("王宁 经办 已移除 2026-03-09"));
}

#[test]
fn the_limits_are_read_and_set() {
    let mut morning = settings();
    assert!(morning.says("退款超过 ¥1,000.00，或一次超过 20 条"));
    morning.press("修改…");
    let field = |morning: &mut FirstRunFixture, name: &str, text: &str| {
        morning.harness.get_by_label(name).focus();
        morning.harness.run_steps(1);
        for _ in 0..10 {
            morning.harness.key_press(Key::Backspace);
            morning.harness.key_press(Key::Delete);
        }
        morning.harness.run_steps(2);
        types(morning, text);
    };
    field(&mut morning, "退款超过（元）", "12x");
    assert!(morning.says("金额不对"));
    morning.enter();
    field(&mut morning, "退款超过（元）", "500.50");
    field(&mut morning, "一次超过（条）", "5");
    key(&mut morning, Key::Enter);

    let limits = morning.ports.casework.thresholds().unwrap();
    assert_eq!((limits.refund_over.get(), limits.bulk_over), (50_050, 5));
    assert!(morning.says("退款超过 ¥500.50，或一次超过 5 条"));
}

/// A case whose being ignored waits for a second person: asked for by 王宁.
fn proposed() -> (FirstRunFixture, ProfileId, String) {
    let mut morning = FirstRunFixture::new();
    let (id, _, rows) = compared(&mut morning);
    known(
        &morning,
        "陈默",
        &[Role::Work, Role::Approve, Role::Administer],
        "",
    );
    known(&morning, "王宁", &[Role::Work, Role::Approve], "陈默");
    let key = rows[0].key.clone();
    let identity = recondesk::app::model::OperatorIdentity {
        name: "王宁".to_owned(),
        pin: Secret::new("135790".to_owned()),
    };
    morning.run(Command::SignIn(Box::new(identity)));
    morning.run(Command::Decide(
        id,
        key.clone(),
        Decision::Propose("测试单".to_owned()),
    ));
    let person = &mut morning.harness.state_mut().state_mut().desk.person;
    person.has_operators = true;
    "王宁".clone_into(&mut person.name);
    (morning, id, key)
}

fn status(morning: &FirstRunFixture, id: ProfileId, key: &str) -> CaseStatus {
    morning.ports.records.case(id, key).unwrap().unwrap().status
}

#[test]
fn what_waits_is_counted_told_in_full_and_agreed_to_by_another_person() {
    let (mut morning, id, case) = proposed();
    morning.screen(Key::Num1, Screen::Overview);
    morning.harness.key_press(Key::F5);
    morning.harness.run_steps(2);
    morning.work();
    morning.harness.state_mut().state_mut().payout.approvals = Remote::Idle;
    morning.screen(Key::Num3, Screen::Cases);
    morning.press("复核");
    assert!(morning.says("忽略差错 "));
    assert!(morning.says("王宁 10:12 提请：测试单"));
    morning.harness.get_by_label("复核 1");

    // Whoever asked is not proposed, and cannot agree, whatever the PIN.
    types(&mut morning, "王宁");
    key(&mut morning, Key::Enter);
    types(&mut morning, "135790");
    assert!(morning.says("制单人不能复核自己的单"));
    morning.press("同意");
    assert_eq!(status(&morning, id, &case), CaseStatus::Proposed);

    key(&mut morning, Key::Escape);
    morning.press("复核 1");
    types(&mut morning, "陈默");
    key(&mut morning, Key::Enter);
    types(&mut morning, "000000");
    morning.press("同意");
    assert!(
        morning.says("操作人或 PIN 不对"),
        "it is said in the dialog"
    );
    assert_eq!(status(&morning, id, &case), CaseStatus::Proposed);

    // The wrong PIN is gone, and the next one is typed at once.
    types(&mut morning, "135790");
    // Enter in the PIN leads to the first decision, and Enter once more takes it.
    key(&mut morning, Key::Enter);
    assert_eq!(status(&morning, id, &case), CaseStatus::Proposed);
    key(&mut morning, Key::Enter);
    assert_eq!(status(&morning, id, &case), CaseStatus::ForceClosed);
    assert!(morning.says("陈默 已同意：忽略差错"));
    assert!(morning.says("没有待复核的事项"));
}

#[test]
fn all_that_waits_is_counted_and_agreed_to_with_a_result_for_each() {
    let (mut morning, id, case) = proposed();
    let other = {
        let rows = morning.ports.records.cases(&CaseQuery::default()).unwrap();
        let free = rows
            .into_iter()
            .find(|row| row.key != case && row.status == CaseStatus::New && row.profile == id);
        free.unwrap().key
    };
    let propose = Decision::Propose("测试单".to_owned());
    morning.run(Command::Decide(id, other.clone(), propose));
    morning.screen(Key::Num3, Screen::Cases);
    morning.press("复核");
    // Both are of 王宁: that person is offered nothing.
    types(&mut morning, "王宁");
    key(&mut morning, Key::Enter);
    types(&mut morning, "135790");
    assert!(morning.harness.query_by_label("全部同意…").is_none());
    key(&mut morning, Key::Escape);
    morning.press("复核 2");
    types(&mut morning, "陈默");
    key(&mut morning, Key::Enter);
    types(&mut morning, "135790");
    assert!(morning.says("2 件待您复核，涉及 ¥"));
    morning.press("全部同意…");
    assert!(morning.says("同意全部 2 件，涉及 ¥"));
    assert_eq!(status(&morning, id, &other), CaseStatus::Proposed);
    morning.press("同意 2 件");

    assert!(morning.says("完成 2 条"));
    for key in [&case, &other] {
        assert_eq!(status(&morning, id, key), CaseStatus::ForceClosed);
    }
}

#[test]
fn the_panel_of_a_carried_case_says_that_a_second_person_must_agree() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Cases, &tape);
    crate::stage::open_row(&mut harness, "QH260308100244120077");
    let detail = crate::sample::case_detail();
    let mut asked = waiting_refund();
    asked.asked.need = ApprovalNeed::Carry;
    asked.case = Some(CaseName {
        profile: detail.row.profile,
        key: detail.row.key.clone(),
    });
    let state = harness.state_mut().state_mut();
    state.cases.open = Remote::Ready(Box::new(detail));
    state.payout.approvals = Remote::Ready(vec![asked]);
    harness.run_steps(2);
    harness.get_by_label("li 挂账，待另一人在“复核”里同意");
}

#[test]
fn what_is_refused_goes_back_to_its_maker() {
    let (mut morning, id, case) = proposed();
    morning.screen(Key::Num3, Screen::Cases);
    morning.press("复核");
    types(&mut morning, "陈默");
    into(&mut morning, "PIN", "135790");
    morning.press("驳回");
    assert_eq!(status(&morning, id, &case), CaseStatus::Rejected);
    assert!(morning.says("陈默 已驳回：忽略差错"));
}

#[test]
fn the_overview_counts_what_waits_and_leads_there() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Overview, &tape);
    harness.state_mut().state_mut().payout.approvals = Remote::Ready(vec![waiting_refund()]);
    harness.run_steps(2);
    tape.take();
    harness.get_by_label("待复核 1 件").click();
    harness.run_steps(3);
    assert_eq!(harness.state().screen(), Screen::Cases);
    assert!(matches!(tape.take().as_slice(), [Command::Approvals]));
}

#[test]
fn where_nobody_is_named_the_dialogs_lead_to_the_form_of_the_first_operator() {
    let mut morning = FirstRunFixture::new();
    let (id, _, rows) = compared(&mut morning);
    let key_of = rows[0].key.clone();
    morning.run(Command::Decide(
        id,
        key_of,
        Decision::Propose("测试单".to_owned()),
    ));
    morning.screen(Key::Num3, Screen::Cases);
    morning.press("复核");
    assert!(morning.says("还没有操作人，谁都不能作第二人复核"));
    assert!(morning.harness.query_by_label("PIN").is_none());
    morning.press("同意");
    assert_eq!(morning.ports.casework.approvals(false).unwrap().len(), 1);
    morning.press("设置操作人…");

    assert_eq!(morning.harness.state().screen(), Screen::Settings);
    types(&mut morning, "陈默");
    let name = morning.harness.get_by_label("姓名");
    assert_eq!(name.accesskit_node().value().as_deref(), Some("陈默"));
}

#[test]
fn a_decision_in_the_window_names_the_way_of_the_window() {
    let (mut morning, id, _) = proposed();
    let rows = morning
        .ports
        .records
        .cases(&recondesk::ports::CaseQuery::default())
        .unwrap();
    let other = rows
        .iter()
        .find(|case| case.status == CaseStatus::New)
        .unwrap()
        .key
        .clone();
    let outcome = morning.run(Command::Decide(
        id,
        other,
        Decision::Propose("测试单".to_owned()),
    ));
    let recondesk::app::Outcome::Changed(_, told) = outcome else {
        panic!("{outcome:?}");
    };
    assert!(told.title.zh.contains("在“复核”里同意"), "{:?}", told.title);
    assert!(!told.title.zh.contains("recondesk"), "{:?}", told.title);
    assert_eq!(told.next, recondesk::app::NextDeed::Approve);

    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Overview, &tape);
    harness.state_mut().state_mut().tell(Ok(*told));
    harness.run_steps(2);
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::B);
    harness.run_steps(3);
    harness.get_by_label("复核").click();
    harness.run_steps(3);
    assert_eq!(harness.state().screen(), Screen::Cases);
    let sent = tape.take();
    assert!(
        sent.iter()
            .any(|command| matches!(command, Command::Approvals))
    );
}

#[test]
fn a_signed_day_says_who_asked_to_open_it() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Reconcile, &tape);
    let state = harness.state_mut().state_mut();
    let Remote::Ready(model) = &mut state.reconciled else {
        panic!("no day");
    };
    model.signed = Some(recondesk::app::model::DaySignature {
        by: "陈默".to_owned(),
        at: now(),
    });
    let mut asked = waiting_refund();
    asked.day = Some(model.day);
    asked.profile = Some(model.profile);
    asked.case = None;
    asked.asked.need = ApprovalNeed::Unlock;
    state.payout.approvals = Remote::Ready(vec![asked]);
    harness.run_steps(3);
    harness.get_by_label("li 已申请解锁，待另一人复核");
}

#[test]
fn who_signs_in_is_chosen_from_the_names_and_proposed_the_next_time() {
    let mut morning = settings();
    known(&morning, "陈默", &[Role::Work, Role::Administer], "");
    known(&morning, "王宁", &[Role::Work], "陈默");
    morning.harness.state_mut().state_mut().people.known = Remote::Idle;
    morning.harness.run_steps(2);
    morning.work();
    // Operators were named elsewhere: from now on somebody signs in.
    assert!(morning.harness.state().state().desk.must_sign_in());
    morning.press("未登录");
    into(&mut morning, "操作人", "王宁");
    // The PIN has the focus, and has it again after a wrong one.
    types(&mut morning, "000000");
    key(&mut morning, Key::Enter);
    assert!(morning.says("操作人或 PIN 不对"));
    types(&mut morning, "135790");
    key(&mut morning, Key::Enter);
    let desk = &morning.harness.state().state().desk;
    assert_eq!((desk.person.name.as_str(), desk.is_wanted), ("王宁", false));

    // Kept on this computer, not only in this window.
    let recondesk::app::Outcome::Welcome(start) = morning.run(Command::Start) else {
        panic!("no start");
    };
    assert_eq!(start.preferences.operator, "王宁");
    morning.run(Command::SignOut);
    let person = &mut morning.harness.state_mut().state_mut().desk.person;
    person.name.clear();
    morning.harness.run_steps(2);
    morning.press("未登录");
    let role = egui::accesskit::Role::ComboBox;
    morning.harness.get_by_role_and_label(role, "操作人: 王宁");
    types(&mut morning, "135790");
    key(&mut morning, Key::Enter);
    assert_eq!(morning.harness.state().state().desk.person.name, "王宁");
}
