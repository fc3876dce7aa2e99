//! Goods and money for many cases in one dialog: what is said before, what keeps it from going out, what goes out.

use std::sync::Arc;

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use recondesk::app::model::{
    BulkLine, BulkPayout, BulkShare, BulkSummary, Decision, PreparedRefunds,
};
use recondesk::app::{Command, Event, Failure, FailureKind, Message, Outcome, Remote};
use recondesk::casework::ReissueWay;
use recondesk::domain::{CaseStatus, Fen};
use recondesk::ports::RefundRowId;
use recondesk::ui::{App, Screen};

use crate::stage::{Look, Tape, sample_window};

#[track_caller]
fn click(harness: &mut Harness<'static, App>, name: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(3);
}

fn typed(harness: &mut Harness<'static, App>, field: &str, text: &str) {
    harness.get_by_label(field).focus();
    harness.run_steps(1);
    harness.get_by_label(field).type_text(text);
    harness.run_steps(2);
}

fn confirm(harness: &mut Harness<'static, App>) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run_steps(3);
}

fn ids(all: &[u64]) -> Arc<[u64]> {
    all.into()
}

fn summary() -> BulkSummary {
    BulkSummary {
        ids: ids(&[1, 2, 3]),
        at_stake: Some(Fen::new(75_600)),
        states: vec![(CaseStatus::New, 3)],
        refunds: BulkShare {
            ids: ids(&[1, 2]),
            at_stake: Some(Fen::new(50_000)),
        },
        reissues: BulkShare {
            ids: ids(&[1]),
            at_stake: Some(Fen::new(20_000)),
        },
        ways: vec![ReissueWay::List],
        bulk_over: 20,
        seen: 77,
    }
}

/// The dialog for all cases that match, added up.
fn asked(tape: &Tape, deed: &str) -> Harness<'static, App> {
    let mut harness = added_up(Look::default(), tape, "批量处理 23…");
    click(&mut harness, &format!("批量处理: {deed}"));
    tape.take();
    harness
}

/// The dialog behind that button, once the cases are added up.
pub(crate) fn added_up(look: Look, tape: &Tape, button: &str) -> Harness<'static, App> {
    let mut harness = sample_window(look, Screen::Cases, tape);
    click(&mut harness, button);
    harness.state_mut().state_mut().bulk.summary = Remote::Ready(Box::new(summary()));
    harness.run_steps(2);
    harness
}

pub(crate) fn prepared() -> PreparedRefunds {
    let line = |id, result| BulkLine {
        id,
        key: String::new(),
        number: format!("QH26030810024412007{id}"),
        result,
        waits: false,
        is_under_way: false,
    };
    let words = |text: &str| Ok(Message::new(text, text));
    let kept = Failure::new(
        FailureKind::Usage,
        "refund.kept",
        Message::new("重复支付里要保留的就是这一笔，不退", "This one is kept"),
        Message::default(),
    );
    PreparedRefunds {
        refunds: vec![RefundRowId(7), RefundRowId(8)].into(),
        fresh: vec![RefundRowId(7)].into(),
        total: Some(Fen::new(49_900)),
        awaited: 0,
        lines: vec![
            line(1, words("¥299.00  RD260308100244120077A7")),
            line(2, words("¥200.00  RD260308100244120077A8")),
            line(3, Err(kept)),
        ],
        left: 0,
    }
}

fn answer(tape: &Tape, event: impl FnOnce(recondesk::app::TaskId) -> Event) {
    let mut wire = tape.0.borrow_mut();
    let task = wire.sent.last().expect("a command").0;
    let event = event(task);
    wire.events.push(event);
}

#[test]
fn many_are_ignored_for_a_reason_from_the_list_with_what_was_seen() {
    let tape = Tape::default();
    let mut harness = asked(&tape, "忽略");
    harness.get_by_label("须第二人同意才关闭");
    confirm(&mut harness);
    assert!(tape.take().is_empty(), "no reason is chosen");
    typed(&mut harness, "补充说明（可不填）", "顾客要求");
    confirm(&mut harness);
    assert!(tape.take().is_empty(), "a note alone cannot be counted");

    harness.get_by_label("原因: 请选择").click();
    harness.run_steps(3);
    click(&mut harness, "客户放弃");
    confirm(&mut harness);

    let sent = tape.take();
    let [Command::Bulk(wish)] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    let reason = "customer-waived: 顾客要求".to_owned();
    assert_eq!(wish.decision, Decision::Propose(reason));
    assert_eq!((wish.ids.len(), wish.seen), (3, 77));
}

#[test]
fn many_refunds_are_written_down_first_and_go_out_by_their_total() {
    let tape = Tape::default();
    let mut harness = asked(&tape, "退款");
    harness.get_by_label("2 条可以退款，涉及 ¥500.00；其余 1 条不动");
    click(&mut harness, "查单并制单 2 笔");
    answer(&tape, |task| {
        Event::Finished(task, Box::new(Outcome::Prepared(Box::new(prepared()))))
    });
    let sent = tape.take();
    let [Command::BulkPayout(wish)] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    assert!(
        matches!(wish.as_ref(), BulkPayout::Prepare { ids, reason } if ids.len() == 2 && reason.is_empty()),
        "{wish:?}"
    );
    harness.run_steps(3);
    tape.take();
    harness.get_by_label("已制单 2 笔，合计 ¥499.00；还没有发送");
    harness.get_by_label("1 笔未能制单");
    harness.get_by_label("QH260308100244120073 重复支付里要保留的就是这一笔，不退");

    confirm(&mut harness);
    assert!(tape.take().is_empty(), "the total is not typed");
    typed(&mut harness, "输入合计金额 ¥", "498");
    confirm(&mut harness);
    assert!(tape.take().is_empty(), "another total");
    harness.get_by_label("输入合计金额 ¥").focus();
    harness.run_steps(1);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(1);
    typed(&mut harness, "输入合计金额 ¥", "499");
    harness.get_by_label("退款 2 笔 ¥499.00");
    confirm(&mut harness);
    answer(&tape, |task| {
        let no = Failure::new(
            FailureKind::Usage,
            "operator.pin",
            Message::new("操作人或 PIN 不对", "Wrong PIN"),
            Message::default(),
        );
        Event::Failed(task, Box::new(no))
    });
    let sent = tape.take();
    let [Command::BulkPayout(wish)] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    assert!(
        matches!(wish.as_ref(), BulkPayout::Send { refunds, typed, .. } if refunds.len() == 2 && *typed == Fen::new(49_900)),
        "{wish:?}"
    );
    harness.run_steps(3);
    // A refusal leaves it open with all that is there.
    harness.get_by_label("操作人或 PIN 不对");
    harness.get_by_label("退款 2 笔 ¥499.00");
}

#[test]
fn leaving_what_was_written_down_gives_up_only_what_is_new() {
    let tape = Tape::default();
    let mut harness = asked(&tape, "退款");
    click(&mut harness, "查单并制单 2 笔");
    answer(&tape, |task| {
        Event::Finished(task, Box::new(Outcome::Prepared(Box::new(prepared()))))
    });
    harness.run_steps(3);
    tape.take();

    click(&mut harness, "撤回制单");

    let sent = tape.take();
    let [Command::BulkPayout(wish)] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    assert!(
        matches!(wish.as_ref(), BulkPayout::GiveUp(refunds) if **refunds == [RefundRowId(7)]),
        "{wish:?}"
    );
    assert!(harness.query_by_label("撤回制单").is_none(), "it is left");
}

#[test]
fn many_reissues_by_a_list_ask_for_a_place_first() {
    let tape = Tape::default();
    let mut harness = asked(&tape, "补发货");
    harness.get_by_label("1 条要补发货，涉及 ¥200.00；其余 2 条不动");
    harness.get_by_label("怎样通知商城: 导出清单给商城");

    click(&mut harness, "补发货 1 条");
    assert!(tape.take().is_empty());
    tape.0.borrow_mut().answer = Some(vec!["/tmp/list.csv".into()]);
    harness.run_steps(3);

    let sent = tape.take();
    let [Command::BulkPayout(wish)] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    assert!(
        matches!(wish.as_ref(), BulkPayout::Reissue { ids, way: ReissueWay::List, list: Some(_), .. } if ids.len() == 1),
        "{wish:?}"
    );
}

#[test]
fn in_a_small_window_every_button_of_the_header_is_still_there() {
    let tape = Tape::default();
    let look = Look::default().size(1024.0, 640.0);
    let mut harness = sample_window(look, Screen::Cases, &tape);
    crate::payout::refundable(&mut harness);
    let rows = harness.state().state().cases.rows.len();
    harness.get_by_label("视图");
    harness.get_by_label("未了退款…");

    click(&mut harness, &format!("批量处理 {rows}…"));

    harness.get_by_label("符合当前筛选的全部差错");
}
