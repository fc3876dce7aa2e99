//! Deciding about a case in its panel, and seeing what changed since the run before.

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use recondesk::app::model::{CaseClosing, CaseDetail, Decision, Proposal};
use recondesk::app::{Command, Event, Failure, FailureKind, Message, Outcome, Remote};
use recondesk::domain::{CaseStatus, Instant};
use recondesk::ui::{App, Screen};

use crate::sample;
use crate::stage::{Look, Tape, sample_window};

fn opened(tape: &Tape, change: impl FnOnce(&mut CaseDetail)) -> Harness<'static, App> {
    let mut harness = sample_window(Look::default(), Screen::Cases, tape);
    crate::stage::open_row(&mut harness, "QH260308100244120077");
    let mut detail = sample::case_detail();
    change(&mut detail);
    harness.state_mut().state_mut().cases.open = Remote::Ready(Box::new(detail));
    harness.run_steps(2);
    tape.take();
    harness
}

fn decided(tape: &Tape) -> Vec<Decision> {
    let decision = |command| match command {
        Command::Decide(_, key, decision) => {
            assert!(key.contains("QH260308100244120077"));
            Some(decision)
        }
        _ => None,
    };
    tape.take().into_iter().filter_map(decision).collect()
}

#[test]
fn a_case_is_taken_by_its_button_and_by_its_key() {
    let tape = Tape::default();
    let mut harness = opened(&tape, |_| {});

    harness.get_by_label("接手").click();
    harness.run_steps(2);
    assert_eq!(decided(&tape), [Decision::Take]);

    harness.key_press(Key::T);
    harness.run_steps(2);
    assert_eq!(decided(&tape), [Decision::Take]);
}

/// The answer to what went out last.
fn answer(tape: &Tape, result: Result<(), Failure>) {
    let mut wire = tape.0.borrow_mut();
    let task = wire.sent.last().expect("a command").0;
    wire.events.push(match result {
        Ok(()) => Event::Finished(task, Box::new(Outcome::Done)),
        Err(failure) => Event::Failed(task, Box::new(failure)),
    });
}

/// Takes a reason from the list of an open dialog.
fn choose(harness: &mut Harness<'static, App>, reason: &str) {
    harness.get_by_label("原因: 请选择").click();
    harness.run_steps(2);
    harness.get_by_label(reason).click();
    harness.run_steps(2);
}

#[test]
fn ignoring_takes_a_reason_from_the_list_and_stays_until_it_is_kept() {
    let tape = Tape::default();
    let mut harness = opened(&tape, |_| {});
    let confirm = |harness: &mut Harness<'static, App>| {
        harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
        harness.run_steps(2);
    };

    harness.key_press(Key::I);
    harness.run_steps(3);
    confirm(&mut harness);
    assert_eq!(decided(&tape), [], "no reason yet");
    choose(&mut harness, "其他");
    confirm(&mut harness);
    assert_eq!(decided(&tape), [], "another reason is written down");
    harness.get_by_label("原因: 其他").click();
    harness.run_steps(2);
    // Esc closes the list alone.
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    harness.get_by_label("原因: 其他").click();
    harness.run_steps(2);
    harness.get_by_label("客户放弃").click();
    harness.run_steps(2);
    harness.get_by_label("补充说明（可不填）").focus();
    harness.run_steps(1);
    let field = harness.get_by_label("补充说明（可不填）");
    field.type_text("顾客撤销投诉");
    harness.run_steps(2);
    confirm(&mut harness);

    let no = Failure::new(
        FailureKind::Usage,
        "day.signed",
        Message::new("这一天已签账", "The day is signed off"),
        Message::new("先解锁", "Open it first"),
    );
    answer(&tape, Err(no));
    let reason = "customer-waived: 顾客撤销投诉".to_owned();
    assert_eq!(decided(&tape), [Decision::Propose(reason.clone())]);
    harness.run_steps(3);
    // What was typed is still there, with the reason why it was refused.
    harness.get_by_label("这一天已签账\n先解锁");
    let typed = harness.get_by_label("补充说明（可不填）");
    assert_eq!(typed.value().unwrap_or_default(), "顾客撤销投诉");

    confirm(&mut harness);
    answer(&tape, Ok(()));
    assert_eq!(decided(&tape), [Decision::Propose(reason)]);
    harness.run_steps(3);
    assert!(harness.query_by_label("原因: 客户放弃").is_none());
}

#[test]
fn the_maker_of_a_proposal_cannot_agree_but_another_can() {
    let proposed = |maker: &str| {
        let maker = maker.to_owned();
        move |detail: &mut CaseDetail| {
            detail.row.status = CaseStatus::Proposed;
            let reason = "测试单".to_owned();
            detail.proposal = Some(Proposal { maker, reason });
        }
    };

    let own = opened(&Tape::default(), proposed("李雯"));
    own.get_by_label("李雯 提请忽略：测试单");
    assert!(own.query_by_label("同意忽略…").is_none());

    let other = opened(&Tape::default(), proposed("王启明"));
    other.get_by_label("同意忽略…");
    other.get_by_label("驳回…");
}

#[test]
fn a_closed_case_offers_only_to_open_it_again() {
    let harness = opened(&Tape::default(), |detail| {
        detail.row.status = CaseStatus::Resolved;
    });

    harness.get_by_label("重开…");
    assert!(harness.query_by_label("接手").is_none());
    harness.get_by_label("已解决");
}

#[test]
fn a_case_of_a_signed_day_is_not_reopened_and_says_what_comes_first() {
    let tape = Tape::default();
    let mut harness = opened(&tape, |detail| {
        detail.row.status = CaseStatus::Resolved;
        detail.work.signed_by = Some("陈默".to_owned());
    });
    harness.get_by_label_contains("已由 陈默 签账；要重开，先在“对账”里解锁。");

    harness.get_by_label("重开…").click();
    harness.run_steps(3);

    assert!(harness.query_by_label("原因").is_none(), "no dialog for it");
}

#[test]
fn a_closed_case_says_who_closed_it_and_when() {
    let harness = opened(&Tape::default(), |detail| {
        detail.row.status = CaseStatus::Resolved;
        detail.closing = Some(CaseClosing {
            at: Instant::parse_beijing("2026-03-09 10:21:00").unwrap(),
            by: "陈默".to_owned(),
            status: CaseStatus::Resolved,
            reason: "已补发货".to_owned(),
        });
    });

    harness.get_by_label("已于 10:21 由陈默：已解决，已补发货");
}

#[test]
fn letters_typed_into_a_note_decide_nothing() {
    let tape = Tape::default();
    let mut harness = opened(&tape, |_| {});

    harness.key_press(Key::N);
    harness.run_steps(2);
    harness.key_press(Key::T);
    harness.run_steps(2);

    assert_eq!(decided(&tape), []);
}

#[test]
fn the_header_of_a_day_tells_what_changed_and_leads_to_it() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Reconcile, &tape);
    tape.take();

    harness.get_by_label("与上次运行比：+1 / −3 笔").click();
    harness.run_steps(3);
    harness
        .get_by_label("− P04 微信单边支付 QH260308104412090013 45.00")
        .click();
    harness.run_steps(2);

    assert_eq!(harness.state().screen(), Screen::Cases);
    assert!(tape.take().iter().any(|command| matches!(
        command,
        Command::Cases(filter) if filter.text == "QH260308104412090013" && filter.closed_too
    )));
}
