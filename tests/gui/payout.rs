//! The dialogs that move goods or money: what is shown before, what keeps a deed from going out, what goes out.

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use recondesk::app::model::{PayoutView, SignOffItem};
use recondesk::app::{Command, Event, Failure, FailureKind, Message, Remote};
use recondesk::casework::{Judgement, OrderFacts, RefundPart, ReissueWay, RemoteState, Thresholds};
use recondesk::domain::{Fen, Instant};
use recondesk::ports::{ApprovalId, PickAsk};
use recondesk::ui::{App, Screen};

use crate::sample;
use crate::stage::{Look, Tape, now, sample_window};

/// A case of a payment is open, and one of its dialogs asked for.
fn asked(tape: &Tape, look: Look, deed: &str, more: &str) -> Harness<'static, App> {
    let mut harness = sample_window(look, Screen::Cases, tape);
    crate::stage::open_row(&mut harness, "QH260308100244120077");
    harness.state_mut().state_mut().cases.open = Remote::Ready(Box::new(sample::case_detail()));
    harness.run_steps(2);
    tape.take();
    if harness.query_by_label(deed).is_none() {
        harness.get_by_label(more).click();
        harness.run_steps(2);
    }
    harness.get_by_label(deed).click();
    harness.run_steps(2);
    harness
}

fn view() -> PayoutView {
    let row = sample::case_detail().row;
    PayoutView {
        profile: row.profile,
        key: row.key,
        number: row.number,
        facts: OrderFacts {
            asked_at: now(),
            is_paid: true,
            paid: Fen::new(29_900),
            coupon: Fen::ZERO,
            paid_at: Instant::parse_beijing("2026-03-08 10:02:44"),
            transaction_id: "4200002781202603087745393918".to_owned(),
            parts: Vec::new(),
        },
        refunds: Vec::new(),
        reissue: None,
        limits: Thresholds::default(),
        ways: vec![ReissueWay::Notification, ReissueWay::List],
        has_operators: false,
        read_only: false,
        refund_number: "RD1900000109K7Q2M4X1".to_owned(),
        book_refunded: Some(Fen::ZERO),
    }
}

fn show(harness: &mut Harness<'static, App>, view: PayoutView) {
    harness.state_mut().state_mut().payout.view = Remote::Ready(Box::new(view));
    harness.run_steps(3);
}

/// Opens a case whose payment can be refunded: its row, then Enter.
pub(crate) fn refundable(harness: &mut Harness<'static, App>) {
    crate::stage::open_row(harness, "QH260308100244120077");
    harness.state_mut().state_mut().cases.open = Remote::Ready(Box::new(sample::case_detail()));
    harness.run_steps(2);
}

/// Presses the button of a deed, and lets WeChat Pay answer.
pub(crate) fn deed(harness: &mut Harness<'static, App>, name: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(2);
    show(harness, view());
}

/// The same, of a shop that can be told by a list alone.
pub(crate) fn deed_by_list(harness: &mut Harness<'static, App>, name: &str) {
    harness.get_by_label(name).click();
    harness.run_steps(2);
    let mut bare = view();
    bare.ways = vec![ReissueWay::List];
    show(harness, bare);
}

fn confirm(harness: &mut Harness<'static, App>) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run_steps(2);
}

fn typed(harness: &mut Harness<'static, App>, field: &str, text: &str) {
    harness.get_by_label(field).focus();
    harness.run_steps(1);
    harness.get_by_label(field).type_text(text);
    harness.run_steps(2);
}

#[test]
fn a_refund_asks_wechat_pay_first_and_goes_out_once_the_sum_is_typed_again() {
    let tape = Tape::default();
    let mut harness = asked(&tape, Look::default(), "退款…", "更多操作");
    assert!(matches!(tape.take().as_slice(), [Command::Payout(_, _)]));
    harness.get_by_label("正在向微信支付查单…");

    show(&mut harness, view());
    harness.get_by_label("可退 ¥299.00");
    harness.get_by_label("含券 ¥0.00 可退至 2027-03-08 第 1 次，上限 50 次");
    harness.get_by_label("10:12:40 查单：已支付，已退 ¥0.00，与订单表一致");
    harness.get_by_label("退款单号已定：RD1900000109K7Q2M4X1");
    let reason = "订单未能交付，款项原路退回";
    assert_eq!(value(&harness, "退款原因"), reason, "the customer reads it");
    harness.get_by_label("39 / 80");
    confirm(&mut harness);
    assert!(tape.take().is_empty(), "the sum was not typed again");
    typed(&mut harness, "再输一次金额", "298.00");
    confirm(&mut harness);
    assert!(tape.take().is_empty(), "another sum");
    harness.get_by_label("再输一次金额").focus();
    harness.run_steps(1);
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    harness.run_steps(1);
    harness.key_press(Key::Backspace);
    harness.run_steps(1);
    typed(&mut harness, "再输一次金额", "299");
    harness.get_by_label("退款 ¥299.00");
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert!(tape.take().is_empty(), "Enter alone moves no money");
    confirm(&mut harness);

    let sent = tape.take();
    let [Command::Refund(wish)] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    assert_eq!(
        (wish.amount, wish.typed),
        (Fen::new(29_900), Fen::new(29_900))
    );
    assert!(wish.identity.is_none());
    // It is locked until the end is known: nothing can be sent twice by holding the key.
    harness.get_by_label("转到后台");
    confirm(&mut harness);
    let moves_money =
        |command: &Command| matches!(command, Command::Refund(_) | Command::Reissue(_));
    assert!(!tape.take().iter().any(moves_money));
}

#[test]
fn what_changed_at_wechat_pay_keeps_the_deed_from_going_out() {
    let tape = Tape::default();
    let mut harness = asked(&tape, Look::default(), "补发货…", "更多操作");
    tape.take();
    let mut back = view();
    back.facts.parts.push(RefundPart {
        number: "RD1".to_owned(),
        amount: Fen::new(29_900),
        state: RemoteState::Processing,
        sent_at: None,
    });
    show(&mut harness, back);
    confirm(&mut harness);
    assert!(tape.take().is_empty(), "paid back: no goods");

    let mut unpaid = view();
    unpaid.facts.is_paid = false;
    show(&mut harness, unpaid);
    confirm(&mut harness);
    assert!(tape.take().is_empty(), "not paid: no goods");

    show(&mut harness, view());
    confirm(&mut harness);
    let sent = tape.take();
    let [Command::Reissue(wish)] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    assert_eq!(wish.way, ReissueWay::Notification);
}

#[test]
fn a_shop_without_addresses_gets_a_list_and_the_dialog_leads_to_where_they_are_filled_in() {
    let tape = Tape::default();
    let mut harness = asked(&tape, Look::default(), "补发货…", "更多操作");
    let mut bare = view();
    bare.ways = vec![ReissueWay::List];
    show(&mut harness, bare.clone());
    tape.take();
    harness.get_by_label("怎样通知商城: 导出清单给商城");
    // It is about goods: the payment stands there, and no limit of refunds.
    harness.get_by_label("微信订单号 4200002781202603087745393918 支付时间 03-08 10:02:44");
    assert!(harness.query_by_label_contains("可退至").is_none());
    harness.get_by_label("另两种方式要先在商户档案里填商城地址或通知地址");

    confirm(&mut harness);
    assert!(tape.take().is_empty(), "the list has no place yet");
    let asked_for = tape.0.borrow_mut().asked.pop();
    assert!(
        matches!(&asked_for, Some(PickAsk::Save { name, .. }) if name == "reissue_2026-03-09.csv"),
        "{asked_for:?}"
    );
    tape.0.borrow_mut().answer = Some(vec!["/tmp/list.csv".into()]);
    harness.run_steps(3);
    let sent = tape.take();
    let [Command::Reissue(wish)] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    assert_eq!(wish.way, ReissueWay::List);
    assert_eq!(wish.list.as_deref(), Some("/tmp/list.csv".as_ref()));

    let mut harness = asked(&tape, Look::default().english(), "Reissue...", "More");
    show(&mut harness, bare);
    harness.get_by_label("To Merchants").click();
    harness.run_steps(3);
    assert_eq!(harness.state().screen(), Screen::Merchants);
}

#[test]
fn an_unclear_answer_offers_to_ask_again_and_nothing_else() {
    let tape = Tape::default();
    let mut harness = asked(&tape, Look::default().english(), "Refund...", "More");
    tape.take();
    let title = Message::new("没有答复", "No answer");
    let advice = Message::new("检查网络", "Check the network");
    let failure = Failure::new(FailureKind::Gateway, "gateway.timeout", title, advice);
    harness.state_mut().state_mut().payout.view = Remote::Failed(failure, None);
    harness.run_steps(2);
    harness.get_by_label("No answer");
    harness.get_by_label("Check the network");

    harness.get_by_label("Try again").click();
    harness.run_steps(2);

    assert!(matches!(tape.take().as_slice(), [Command::Payout(_, _)]));
}

#[test]
fn operators_say_who_they_are_before_money_moves() {
    let tape = Tape::default();
    let mut harness = asked(&tape, Look::default(), "退款…", "更多操作");
    tape.take();
    let mut named = view();
    named.has_operators = true;
    show(&mut harness, named);
    typed(&mut harness, "再输一次金额", "299.00");
    confirm(&mut harness);
    assert!(tape.take().is_empty());

    typed(&mut harness, "操作人", "li");
    typed(&mut harness, "PIN", "2468");
    confirm(&mut harness);

    let sent = tape.take();
    let [Command::Refund(wish)] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    assert_eq!(wish.identity.as_ref().unwrap().name, "li");
    assert!(
        !format!("{sent:?}").contains("2468"),
        "a PIN is never printed"
    );
}

fn value(harness: &Harness<'static, App>, field: &str) -> String {
    harness.get_by_label(field).value().unwrap_or_default()
}

#[test]
fn a_refused_refund_leaves_all_that_was_typed_and_says_why() {
    let tape = Tape::default();
    let mut harness = asked(&tape, Look::default(), "退款…", "更多操作");
    tape.take();
    show(&mut harness, view());
    typed(&mut harness, "再输一次金额", "299.00");
    harness.get_by_label("退款原因").focus();
    harness.run_steps(1);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(1);
    typed(&mut harness, "退款原因", &"退".repeat(27));
    harness.get_by_label("81 / 80");
    confirm(&mut harness);
    assert!(tape.take().is_empty(), "81 bytes are one too many");
    harness.get_by_label("退款原因超过 80 字节");
    harness.get_by_label("退款原因").focus();
    harness.run_steps(1);
    harness.key_press(Key::Backspace);
    harness.run_steps(2);
    harness.get_by_label("78 / 80");
    confirm(&mut harness);
    let sent = std::mem::take(&mut tape.0.borrow_mut().sent);
    let refund = sent
        .iter()
        .find(|(_, command)| matches!(command, Command::Refund(_)));
    let task = refund.expect("a refund").0;
    let failure = Failure::new(
        FailureKind::Gateway,
        "gateway.auth",
        Message::new("签名错误", "Bad signature"),
        Message::new("到“商户”检查密钥", "Check the keys under Merchants"),
    );
    tape.0
        .borrow_mut()
        .events
        .push(Event::Failed(task, Box::new(failure)));
    harness.run_steps(3);

    harness.get_by_label("签名错误\n到“商户”检查密钥");
    assert_eq!(value(&harness, "再输一次金额"), "299.00");
    assert_eq!(value(&harness, "退款原因"), "退".repeat(26));
    tape.take();
    confirm(&mut harness);
    let again = tape.take();
    assert!(
        matches!(again.as_slice(), [Command::Refund(_)]),
        "{again:?}"
    );
}

#[test]
fn a_refund_above_the_limit_says_that_it_goes_to_a_second_person() {
    let tape = Tape::default();
    let mut harness = asked(&tape, Look::default().english(), "Refund...", "More");
    tape.take();
    let mut high = view();
    high.limits.refund_over = Fen::new(10_000);
    high.book_refunded = Some(Fen::new(100));
    show(&mut harness, high);

    harness.get_by_label("Send for approval ¥299.00");
    harness.get_by_label_contains("the orders say ¥1.00");
    harness.get_by_label_contains("Above ¥100.00");
}

#[test]
fn a_second_person_agrees_or_refuses_by_name_and_pin() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Cases, &tape);
    tape.take();
    harness.get_by_label("复核").click();
    harness.run_steps(2);
    assert!(matches!(tape.take().as_slice(), [Command::Approvals]));
    let state = harness.state_mut().state_mut();
    state.desk.person.has_operators = true;
    state.payout.approvals = Remote::Ready(vec![crate::people::waiting_refund()]);
    harness.run_steps(2);
    // Whoever agrees is told that money goes back.
    harness.get_by_label("退款：金额超过界限 QH260308100244120077 ¥1,299.00");
    harness.get_by_label("li 10:12 提请：重复支付");
    harness.get_by_label("复核 1");
    harness.get_by_label("同意").click();
    harness.run_steps(2);
    assert!(
        tape.take().is_empty(),
        "nobody in particular agrees to nothing"
    );

    typed(&mut harness, "操作人", "wang");
    typed(&mut harness, "PIN", "1357");
    harness.get_by_label("同意").click();
    harness.run_steps(2);

    let sent = tape.take();
    let [Command::Judge(wish)] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    assert_eq!(
        (wish.id, wish.judgement),
        (ApprovalId(7), Judgement::Approved)
    );
}

#[test]
fn a_day_whose_conditions_hold_can_be_signed_off() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Reconcile, &tape);
    harness.get_by_label("签账…").click();
    harness.run_steps(3);
    assert!(
        harness.query_by_label("PIN").is_none(),
        "urgent cases are open"
    );
    let state = harness.state_mut().state_mut();
    state.desk.person.has_operators = true;
    state.desk.person.name.clear();
    if let Remote::Ready(model) = &mut state.reconciled {
        model.sign_off = vec![SignOffItem::Bill(true), SignOffItem::UrgentOpen(0)];
        model.obstacles.clear();
    }
    harness.run_steps(2);
    tape.take();
    harness.get_by_label("签账…").click();
    harness.run_steps(3);
    confirm(&mut harness);
    assert!(tape.take().is_empty());

    typed(&mut harness, "操作人", "wang");
    typed(&mut harness, "PIN", "1357");
    confirm(&mut harness);

    assert!(matches!(tape.take().as_slice(), [Command::SignOff(_)]));
}
