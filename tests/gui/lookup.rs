//! The Lookup screen as support staff use it: by keyboard alone, from the paste to the ticket.

use egui::{Event as Input, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
#[cfg(feature = "pictures")]
use recondesk::app::Remote;
use recondesk::app::gateway::ExchangeError;
use recondesk::app::jobs::lookup::order_summary::{Attention, sentence};
use recondesk::app::jobs::lookup::session::{Following, ListFile};
use recondesk::app::jobs::poll::{Poll, PollPlan};
use recondesk::app::{Command, Event, Language, Outcome, TaskId};
use recondesk::domain::{
    CaseStatus, Category, Finding, FulfilStatus, PayStatus, ProfileId, SuggestedAction,
};
use recondesk::ports::ExchangeRecord;
use recondesk::ui::{App, Screen};

use crate::lookup_sample::{NUMBER, live, local, view};
use crate::stage::{Look, Tape, now, sample_window};

/// The number of the last command that `wanted` picks.
fn task_of(tape: &Tape, wanted: impl Fn(&Command) -> bool) -> TaskId {
    let wire = tape.0.borrow();
    let found = wire.sent.iter().rev().find(|(_, command)| wanted(command));
    found.expect("the window asked").0
}

fn answer(tape: &Tape, task: TaskId, outcome: Outcome) {
    let event = Event::Finished(task, Box::new(outcome));
    tape.0.borrow_mut().events.push(event);
}

fn is_look_up(command: &Command) -> bool {
    matches!(command, Command::LookUp(_))
}

fn is_question(command: &Command) -> bool {
    matches!(command, Command::AskLive(_))
}

fn paste(harness: &mut Harness<'static, App>, text: &str) {
    harness.event(Input::Paste(text.to_owned()));
    harness.run_steps(2);
}

fn said(harness: &Harness<'static, App>, words: &str) -> bool {
    harness.query_all_by_label_contains(words).next().is_some()
}

const PASTED: &str = "顾客 QH260308100244120077\n急";

/// A window in which the number was pasted and the workspace has answered.
fn looked_up(look: Look, tape: &Tape) -> Harness<'static, App> {
    let mut harness = sample_window(look, Screen::Lookup, tape);
    paste(&mut harness, PASTED);
    let stories = vec![view(look.language)];
    let task = task_of(tape, is_look_up);
    answer(tape, task, Outcome::LookedUp(local(PASTED, stories)));
    harness.run_steps(2);
    harness
}

/// And WeChat Pay as well.
fn asked(look: Look, tape: &Tape, result: Result<&str, ExchangeError>) -> Harness<'static, App> {
    let mut harness = looked_up(look, tape);
    let task = task_of(tape, is_question);
    answer(tape, task, Outcome::Live(live(result)));
    harness.run_steps(2);
    harness
}

#[test]
fn a_customer_on_the_phone_is_helped_by_keyboard_alone() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Overview, &tape);

    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run_steps(3);
    paste(&mut harness, NUMBER);
    assert!(said(&harness, &format!("查此单 {NUMBER}")));
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    assert_eq!(harness.state().screen(), Screen::Lookup);

    let task = task_of(&tape, is_look_up);
    let stories = vec![view(Language::Zh)];
    answer(&tape, task, Outcome::LookedUp(local(NUMBER, stories)));
    harness.run_steps(2);
    assert!(said(
        &harness,
        "顾客 03-08 10:02 已付 ¥299.00，商户订单仍为未支付：掉单，建议补发货"
    ));
    assert!(
        said(&harness, "正在问微信"),
        "WeChat Pay is asked by itself"
    );

    let task = task_of(&tape, is_question);
    answer(&tape, task, Outcome::Live(live(Ok("SUCCESS"))));
    harness.run_steps(2);
    assert!(said(&harness, "签名有效"));
    assert!(said(&harness, "trade_state: SUCCESS 支付成功 ≠ 未支付"));
    assert!(said(&harness, "total_fee: 29900 分 = ¥299.00 | ¥299.00"));

    tape.take();
    harness.key_press(Key::F5);
    harness.run_steps(2);
    assert!(tape.take().iter().any(is_question), "F5 asks again");

    // One event and one frame: a later frame would have an empty clipboard again.
    harness.event(Input::Key {
        key: Key::D,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::COMMAND,
    });
    harness.step();
    let copied = harness
        .output()
        .platform_output
        .commands
        .iter()
        .find_map(|one| match one {
            egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        });
    let ticket = copied.expect("the ticket text is on the clipboard");
    assert!(ticket.contains(NUMBER) && ticket.contains("08F3AB6610"));
    assert!(!ticket.contains("SECRETSIGN") && !ticket.contains("o5dK"));
}

#[test]
fn pasting_keeps_line_breaks_and_asks_at_once() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Lookup, &tape);

    paste(&mut harness, "a\nWechatpay-Serial: AB\n");

    let sent = tape.take();
    let text = sent.iter().find_map(|command| match command {
        Command::LookUp(ask) => Some(ask.text.clone()),
        _ => None,
    });
    assert_eq!(text.as_deref(), Some("a\nWechatpay-Serial: AB\n"));
}

/// A window on many numbers, into which a list of a file was read.
fn with_list(look: Look, tape: &Tape) -> Harness<'static, App> {
    let mut harness = sample_window(look, Screen::Lookup, tape);
    let english = look.language == Language::En;
    let (many, file) = if english {
        ("Many...", "From a file...")
    } else {
        ("批量…", "从文件…")
    };
    harness.get_by_label(many).click();
    harness.run_steps(2);
    harness.get_by_label(file).click();
    harness.run_steps(2);
    assert_eq!(tape.0.borrow().asked.len(), 1, "the file dialog is open");
    tape.0.borrow_mut().answer = Some(vec!["/somewhere/list.csv".into()]);
    harness.run_steps(2);
    let task = task_of(
        tape,
        |command| matches!(command, Command::ReadList(path) if path.ends_with("list.csv")),
    );
    let list = ListFile {
        name: "list.csv".into(),
        numbers: vec!["A1".into(), "A2".into(), NUMBER.into()],
        ruined: 1,
        unused: Vec::new(),
        cut: false,
    };
    answer(tape, task, Outcome::List(Box::new(list)));
    harness.run_steps(2);
    harness
}

#[test]
fn a_list_in_a_file_is_read_and_shown_before_anybody_is_asked() {
    let tape = Tape::default();
    let mut harness = with_list(Look::default(), &tape);
    assert!(said(&harness, "list.csv：3 个单号，1 个已被电子表格破坏"));
    assert!(
        !tape
            .take()
            .iter()
            .any(|c| matches!(c, Command::AskMany(..)))
    );

    harness.get_by_label("查询 3 个单号").click();
    harness.run_steps(2);

    let text = tape.take().into_iter().find_map(|command| match command {
        Command::AskMany(_, text) => Some(text),
        _ => None,
    });
    assert_eq!(text, Some(format!("A1\nA2\n{NUMBER}")));
}

fn exchange() -> ExchangeRecord {
    ExchangeRecord {
        profile: ProfileId(1),
        at: now(),
        operation: "orderquery".into(),
        number: NUMBER.into(),
        outcome: "SUCCESS".into(),
        took_ms: 212,
        document: "{}".into(),
    }
}

#[test]
fn the_history_is_searched_and_a_row_of_it_looked_up() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Lookup, &tape);
    harness.get_by_label("历史").click();
    harness.run_steps(2);
    harness.get_by_label("按单号或操作查找").focus();
    harness.run_steps(2);
    harness.event(Input::Text("0077".into()));
    harness.run_steps(2);
    let task = task_of(
        &tape,
        |command| matches!(command, Command::LookupHistory(text) if text == "0077"),
    );

    answer(&tape, task, Outcome::LookupHistory(vec![exchange()]));
    harness.run_steps(2);
    tape.take();
    crate::stage::open_row(&mut harness, "orderquery");

    assert!(
        tape.take()
            .iter()
            .any(|c| matches!(c, Command::LookUp(ask) if ask.text == NUMBER))
    );
}

#[test]
fn without_a_key_nobody_is_asked() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Lookup, &tape);
    for row in &mut harness.state_mut().state_mut().merchants {
        row.secrets.clear();
    }
    paste(&mut harness, NUMBER);
    let task = task_of(&tape, is_look_up);
    let stories = vec![view(Language::Zh)];
    answer(&tape, task, Outcome::LookedUp(local(NUMBER, stories)));
    harness.run_steps(2);

    assert!(!tape.take().iter().any(is_question));
    assert!(said(&harness, "还没有密钥，只看本地记录"));
}

#[test]
fn an_unclear_answer_is_unknown_and_a_bad_signature_is_not_used() {
    let tape = Tape::default();
    let unclear = ExchangeError::Unclear("time-out: 15 s".to_owned());
    let harness = asked(Look::default(), &tape, Err(unclear));
    assert!(said(&harness, "结果未明：没有收到明确答复"));
    assert!(!said(&harness, "失败") && !said(&harness, "更新本地记录"));

    let tape = Tape::default();
    let untrusted = ExchangeError::Untrusted("sign differs".to_owned());
    let harness = asked(Look::default(), &tape, Err(untrusted));
    assert!(said(&harness, "答复签名无效，未采用"));
    assert!(!said(&harness, "签名有效") && !said(&harness, "更新本地记录"));
}

#[test]
fn an_order_without_an_end_is_followed_until_the_screen_is_left() {
    let tape = Tape::default();
    let mut harness = looked_up(Look::default(), &tape);
    let mut open = live(Ok("NOTPAY"));
    open.following = Some(Following {
        poll: Poll::new(PollPlan::Ordered, now()),
        at: now().plus(5),
    });
    let task = task_of(&tape, is_question);
    tape.take();
    answer(&tape, task, Outcome::Live(open));
    harness.run_steps(2);

    let waits = tape.take().into_iter().find_map(|command| match command {
        Command::AskLive(question) => Some(question.after_ms),
        _ => None,
    });
    assert_eq!(waits, Some(5_000));
    assert!(said(&harness, "10:12:45 自动再查"));
    assert!(said(&harness, "停止"));

    harness.key_press_modifiers(Modifiers::ALT, Key::Num1);
    harness.run_steps(2);
    assert!(harness.state().state().lookup.paused.is_none());
}

#[test]
fn an_answer_is_kept_only_after_a_question() {
    let tape = Tape::default();
    let mut harness = asked(Look::default(), &tape, Ok("SUCCESS"));
    tape.take();

    harness.get_by_label("更新本地记录…").click();
    harness.run_steps(2);
    assert!(tape.take().is_empty());
    harness.get_by_label("记下这份答复").click();
    harness.run_steps(2);

    let kept = tape.take();
    assert!(
        matches!(kept.as_slice(), [Command::KeepAnswer(_, _)]),
        "{kept:?}"
    );
}

#[cfg(feature = "pictures")]
#[test]
fn the_screen_draws_in_every_look() {
    let small = |look: Look| look.size(1024.0, 640.0);
    let looks = [
        ("light-zh", Look::default()),
        ("dark-zh", Look::default().dark()),
        ("light-en", Look::default().english()),
        ("light-zh-1024x640", small(Look::default())),
        ("dark-en-1024x640", small(Look::default().dark().english())),
        ("light-zh-800x500", Look::default().size(800.0, 500.0)),
    ];
    for (name, look) in looks {
        let mut harness = asked(look, &Tape::default(), Ok("SUCCESS"));
        crate::pictures::take(&format!("lookup-answer-{name}"), &mut harness);
    }
    let unclear = Err(ExchangeError::Unclear("time-out: 15 s".to_owned()));
    let mut harness = asked(Look::default(), &Tape::default(), unclear);
    crate::pictures::take("lookup-unclear-light-zh", &mut harness);
    let mut harness = asked(Look::default(), &Tape::default(), Ok("SUCCESS"));
    harness.get_by_label("批量…").click();
    harness.state_mut().state_mut().lookup.answers =
        Remote::Ready(vec![live(Ok("SUCCESS")).asked, live(Ok("NOTPAY")).asked]);
    harness.run_steps(2);
    crate::pictures::take("lookup-many-light-zh", &mut harness);
    for (name, look) in [
        ("light-zh", Look::default()),
        ("dark-en-1024x640", small(Look::default().dark().english())),
    ] {
        let mut harness = with_list(look, &Tape::default());
        harness.state_mut().state_mut().lookup.answers =
            Remote::Ready(vec![live(Ok("SUCCESS")).asked]);
        harness.run_steps(2);
        crate::pictures::take(&format!("lookup-list-{name}"), &mut harness);
    }
}

#[test]
fn the_sentence_never_contradicts_an_open_case() {
    let mut record = view(Language::Zh).record;
    record.cases[0].case.finding = Finding::new(Category::PayPendingW);
    record.orders.clear();
    let waiting = sentence(&record);
    assert_eq!(waiting.standing, Attention::Open);
    assert_eq!(waiting.step, SuggestedAction::Wait);
    assert!(
        waiting.words.zh.contains("跨日在途，等次日对账"),
        "{waiting:?}"
    );

    let mut record = view(Language::Zh).record;
    let order = &mut record.orders[0].row;
    order.pay_status = PayStatus::Paid;
    order.fulfil_status = FulfilStatus::Fulfilled;
    record.cases[0].case.finding = Finding::new(Category::MOnlyRefund);
    let refund = sentence(&record);
    assert_eq!(refund.standing, Attention::NeedsPerson);
    assert_eq!(refund.step, SuggestedAction::SubmitRefund);
    assert!(refund.words.zh.contains("R02"), "{refund:?}");

    record.cases[0].case.status = CaseStatus::Resolved;
    assert_eq!(sentence(&record).standing, Attention::Agrees);
}

#[test]
fn a_list_is_typed_right_after_its_view_is_opened() {
    let mut harness = asked(Look::default(), &Tape::default(), Ok("SUCCESS"));
    harness.get_by_label("批量…").click();
    harness.run_steps(3);

    harness.event(Input::Text("QH260308100244120077".to_owned()));
    harness.run_steps(2);

    harness.get_by_label("查询 1 个单号");
}
