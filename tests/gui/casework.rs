//! What is done about a case beside deciding: refunds asked about again, files, taking back, many at once, and who decides.

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use recondesk::app::model::{
    BulkKind, BulkLine, BulkOutcome, BulkSummary, CaseClosing, CaseDetail, CaseFact, Decision,
    OperatorIdentity, Person, RefundChoice, UndoOffer,
};
use recondesk::app::{
    Command, Event, Failure, FailureKind, Jobs as _, Message, NoticeText, Progress, Remote, Step,
};
use recondesk::casework::{Approval, RefundProgress, RefundStage, Role, Roles};
use recondesk::domain::{CaseStatus, Fee, Fen, OutRefundNo, ProfileId, Secret};
use recondesk::ports::{
    AttachmentInfo, CaseRef, Operator, PickAsk, RefundDraft, RefundRecord, RefundRowId,
};
use recondesk::ui::{App, Screen};

use std::sync::Arc;

use crate::first_run::{FirstRunFixture, compared};
use crate::import::DroppedOnWindow;
use crate::sample;
use crate::stage::{Look, Tape, now, open_row, sample_window};

const NUMBER: &str = "QH260308100244120077";

fn opened(look: Look, tape: &Tape, change: impl FnOnce(&mut CaseDetail)) -> Harness<'static, App> {
    let mut harness = sample_window(look, Screen::Cases, tape);
    open_row(&mut harness, NUMBER);
    let mut detail = sample::case_detail();
    change(&mut detail);
    harness.state_mut().state_mut().cases.open = Remote::Ready(Box::new(detail));
    harness.run_steps(2);
    tape.take();
    harness
}

pub(crate) fn refund(id: i64, stage: RefundStage) -> RefundRecord {
    let row = sample::case_detail().row;
    let amount = Fen::new(29_900);
    RefundRecord {
        id: RefundRowId(id),
        draft: RefundDraft {
            profile: ProfileId(1),
            mch_id: "1900000109".to_owned(),
            case_key: row.key,
            out_trade_no: row.number,
            sub_mch_id: String::new(),
            total: amount,
            amount,
            reason: "重复支付".to_owned(),
            maker: "李雯".to_owned(),
            together: 1,
            seen: Vec::new(),
        },
        nth: 1,
        out_refund_no: OutRefundNo::new(&format!("RD260308100244120077A{id}")).unwrap(),
        refund: RefundProgress {
            stage,
            ..RefundProgress::draft(amount, Approval::NotNeeded)
        },
        approval: None,
        refund_id: String::new(),
        last_words: "SYSTEMERROR".to_owned(),
        created_at: now(),
        changed_at: now(),
    }
}

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

#[test]
fn an_unclear_refund_is_asked_about_again_from_its_case() {
    let tape = Tape::default();
    let mut harness = opened(Look::default(), &tape, |detail| {
        detail.work.refunds = vec![refund(7, RefundStage::Unknown)];
    });
    harness.get_by_label("结果未明");
    harness.get_by_label_contains("只查询，不会换号，也不会重发");

    click(&mut harness, "继续查询");

    let sent = tape.0.borrow().sent.last().map(|(task, _)| *task);
    assert!(matches!(
        tape.take().as_slice(),
        [Command::ResumeRefunds(RefundChoice::One(RefundRowId(7)))]
    ));
    // While it is asked about it cannot be asked about once more, and can be stopped.
    assert!(harness.query_by_label("继续查询").is_none());
    let task = sent.unwrap();
    click(&mut harness, "停止");
    let state = harness.state().state();
    assert!(state.tasks[&task].cancel.is_cancelled());
}

/// Confirmed, and agreed to by a second person; WeChat Pay was never told.
fn approved(id: i64) -> RefundRecord {
    let mut record = refund(id, RefundStage::Confirmed);
    record.refund.approval = Approval::Given;
    record
}

fn sends(command: &Command) -> bool {
    matches!(command, Command::SendRefund(_))
}

#[test]
fn an_approved_refund_goes_out_only_after_a_question_that_names_the_sum() {
    let tape = Tape::default();
    let mut harness = opened(Look::default(), &tape, |detail| {
        detail.work.refunds = vec![approved(7)];
    });
    harness.get_by_label("退款 ¥299.00：复核已同意，尚未发送");
    assert!(
        harness.query_by_label("继续查询").is_none(),
        "what sends money is not called asking"
    );

    click(&mut harness, "发送 ¥299.00…");
    assert!(tape.take().is_empty(), "it asks first");
    harness.get_by_label("退款单号 RD260308100244120077A7");
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert!(tape.take().is_empty());

    click(&mut harness, "发送 ¥299.00…");
    click(&mut harness, "退款 ¥299.00");
    let sent = tape.take();
    let [Command::SendRefund(wish)] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    assert_eq!(wish.refund, RefundRowId(7));
    assert!(wish.identity.is_none(), "no operator is named");
}

#[test]
fn whoever_sends_an_approved_refund_gives_the_pin() {
    let tape = Tape::default();
    let mut harness = opened(Look::default(), &tape, |detail| {
        detail.work.refunds = vec![approved(7)];
    });
    let person = &mut harness.state_mut().state_mut().desk.person;
    person.has_operators = true;
    "陈默".clone_into(&mut person.name);
    person.operators = vec!["陈默".to_owned()];
    harness.run_steps(2);
    click(&mut harness, "发送 ¥299.00…");
    click(&mut harness, "退款 ¥299.00");
    assert!(tape.take().is_empty(), "nothing goes out without the PIN");
    harness.get_by_label("PIN").focus();
    harness.run_steps(1);
    harness.event(egui::Event::Text("135790".to_owned()));
    harness.run_steps(2);
    click(&mut harness, "退款 ¥299.00");
    let sent = tape.take();
    let [Command::SendRefund(wish)] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    let identity = wish.identity.as_ref().unwrap();
    assert_eq!(identity.name, "陈默");
}

#[test]
fn asking_about_all_refunds_does_not_count_those_that_would_be_sent() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Cases, &tape);
    click(&mut harness, "未了退款…");
    let list = vec![approved(7), refund(8, RefundStage::Accepted)];
    harness.state_mut().state_mut().payout.unfinished = Remote::Ready(list);
    harness.run_steps(2);
    tape.take();

    click(&mut harness, "全部继续查询 1");
    assert!(!tape.take().iter().any(sends));
    harness.state_mut().state_mut().tasks.clear();
    harness.run_steps(2);
    click(&mut harness, "发送 ¥299.00…");
    click(&mut harness, "退款 ¥299.00");
    assert!(tape.take().iter().any(sends));
}

#[test]
fn a_refund_that_waits_for_a_second_person_leads_to_the_approvals() {
    let tape = Tape::default();
    let mut harness = opened(Look::default(), &tape, |detail| {
        let mut waits = refund(7, RefundStage::Confirmed);
        waits.refund.approval = Approval::Awaited;
        detail.work.refunds = vec![waits];
    });
    harness.get_by_label("退款 ¥299.00：待复核");
    // Nothing else is a step beside it.
    for other in ["退款…", "补发货…", "已处理…", "忽略…", "挂账…"] {
        assert!(harness.query_by_label(other).is_none(), "{other}");
    }

    click(&mut harness, "去复核…");

    assert!(matches!(tape.take().as_slice(), [Command::Approvals]));
}

#[test]
fn a_refund_that_was_not_sent_can_be_given_up_with_a_reason() {
    let tape = Tape::default();
    let mut harness = opened(Look::default(), &tape, |detail| {
        let mut waits = refund(7, RefundStage::Confirmed);
        waits.refund.approval = Approval::Awaited;
        detail.work.refunds = vec![waits];
    });
    click(&mut harness, "撤回退款…");
    harness.get_by_label("¥299.00  RD260308100244120077A7");
    confirm(&mut harness);
    assert!(tape.take().is_empty(), "a reason is needed");
    typed(&mut harness, "原因", "金额填错");
    confirm(&mut harness);

    assert!(matches!(
        tape.take().as_slice(),
        [Command::WithdrawRefund(RefundRowId(7), why)] if why == "金额填错"
    ));
    let sent = opened(Look::default(), &tape, |detail| {
        detail.work.refunds = vec![refund(8, RefundStage::Accepted)];
    });
    assert!(sent.query_by_label("撤回退款…").is_none(), "it may arrive");
}

#[test]
fn esc_closes_the_menu_of_the_panel_and_leaves_the_panel_open() {
    let mut harness = opened(Look::default(), &Tape::default(), |_| ());
    click(&mut harness, "更多操作");
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    harness.get_by_label("更多操作");

    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert!(harness.query_by_label("更多操作").is_none());
}

#[test]
fn a_case_that_nobody_named_took_is_with_this_computer() {
    let detail = |detail: &mut CaseDetail| "local".clone_into(&mut detail.row.owner);
    let harness = opened(Look::default(), &Tape::default(), detail);
    harness.get_by_label_contains("，本机");
    let look = Look::default().english();
    let harness = opened(look, &Tape::default(), detail);
    harness.get_by_label_contains(", This computer");
}

#[test]
fn a_case_whose_money_is_back_says_who_made_the_refund_and_is_urgent_no_more() {
    let harness = opened(Look::default(), &Tape::default(), |detail| {
        detail.row.status = CaseStatus::Resolved;
        detail.work.refunds = vec![refund(7, RefundStage::Done)];
        detail.closing = Some(CaseClosing {
            at: now(),
            by: "王启明".to_owned(),
            status: CaseStatus::Resolved,
            reason: "test-order: 内部下单".to_owned(),
        });
    });
    harness.get_by_label_contains("已退款 ¥299.00，制单 李雯");
    harness.get_by_label_contains("由王启明：已解决，测试订单，内部下单");
}

#[test]
fn a_refund_that_is_back_has_no_way_on_and_an_english_window_says_so() {
    let harness = opened(Look::default().english(), &Tape::default(), |detail| {
        detail.work.refunds = vec![refund(7, RefundStage::Done)];
    });
    harness.get_by_label("The money is back");
    assert!(harness.query_by_label("Ask again").is_none());
}

#[test]
fn every_unfinished_refund_is_listed_and_asked_about_with_the_outcome_in_words() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Cases, &tape);
    tape.take();
    click(&mut harness, "未了退款…");
    assert!(matches!(
        tape.take().as_slice(),
        [Command::UnfinishedRefunds(_)]
    ));
    let list = vec![
        refund(7, RefundStage::Unknown),
        refund(8, RefundStage::Accepted),
    ];
    harness.state_mut().state_mut().payout.unfinished = Remote::Ready(list);
    harness.run_steps(2);
    harness.get_by_label(&format!("{NUMBER} ¥299.00 结果未明"));

    click(&mut harness, "全部继续查询 2");

    let task = tape.0.borrow().sent.last().map(|(task, _)| *task).unwrap();
    assert!(matches!(
        tape.take().as_slice(),
        [Command::ResumeRefunds(RefundChoice::Unfinished(None))]
    ));
    let progress = Progress {
        step: Step::Ask,
        done: 1,
        total: Some(2),
    };
    tape.0
        .borrow_mut()
        .events
        .push(Event::Progress(task, progress));
    harness.run_steps(2);
    harness.get_by_label("正在查询 1 / 2");
    harness.state_mut().state_mut().tasks.clear();
    harness.state_mut().state_mut().tell(Ok(NoticeText {
        title: Message::new(
            "已查询 2 笔退款：已退款 2",
            "Refunds asked about: 2 (Refunded 2)",
        ),
        note: Message::default(),
        day: None,
        next: recondesk::app::NextDeed::None,
        attention: false,
    }));
    harness.run_steps(2);
    assert!(
        harness
            .query_all_by_label("已查询 2 笔退款：已退款 2")
            .next()
            .is_some()
    );
}

#[test]
fn files_are_chosen_for_a_case_and_a_copy_is_saved() {
    let tape = Tape::default();
    // The files stand at the end of the panel.
    let tall = Look::default().size(1440.0, 1300.0);
    let mut harness = opened(tall, &tape, |detail| {
        detail.work.attachments = vec![AttachmentInfo {
            at: now(),
            actor: "李雯".to_owned(),
            name: "聊天截图.png".to_owned(),
            sha256: [7; 32],
            bytes: 12_345,
        }];
    });
    click(&mut harness, "附上文件…");
    tape.0.borrow_mut().answer = Some(vec!["收据.pdf".into()]);
    harness.run_steps(2);
    let sent = tape.take();
    let [Command::Attach(wish)] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    assert!(wish.case.key.contains(NUMBER));
    assert_eq!(wish.paths, [std::path::PathBuf::from("收据.pdf")]);

    click(&mut harness, "另存 聊天截图.png");
    let asked = tape.0.borrow().asked.last().cloned();
    assert!(matches!(asked, Some(PickAsk::Save { name, .. }) if name == "聊天截图.png"));
    tape.0.borrow_mut().answer = Some(vec!["copy.png".into()]);
    harness.run_steps(2);
    let sent = tape.take();
    let [Command::SaveAttachment(wish)] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    assert_eq!(wish.sha256, [7; 32]);
}

#[test]
fn a_file_dropped_beside_an_open_case_is_asked_about_before_it_hangs_there() {
    let dropped = |harness: &mut Harness<'static, App>, tape: &Tape| {
        let path = std::path::PathBuf::from("orders.csv");
        let file = Arc::new(DroppedOnWindow(path)) as egui::DroppedFileHandle;
        harness.input_mut().dropped_files = vec![file];
        harness.run_steps(3);
        assert!(tape.take().is_empty(), "nothing before a person says so");
    };
    let tape = Tape::default();
    let mut harness = opened(Look::default(), &tape, |_| {});
    dropped(&mut harness, &tape);
    harness.get_by_label(&format!("附到差错 {NUMBER}"));
    click(&mut harness, "附上 1 个文件");
    assert!(matches!(tape.take().as_slice(), [Command::Attach(_)]));

    dropped(&mut harness, &tape);
    click(&mut harness, "改为导入账单或订单");
    assert!(matches!(tape.take().as_slice(), [Command::Recognise(..)]));

    dropped(&mut harness, &tape);
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert!(tape.take().is_empty());
}

#[test]
fn what_taking_back_leads_to_is_said_first() {
    let tape = Tape::default();
    let mut harness = opened(Look::default(), &tape, |detail| {
        detail.row.status = CaseStatus::Resolved;
        detail.row.owner = "李雯".to_owned();
        detail.work.undo = Some(UndoOffer {
            status: CaseStatus::New,
            owner: String::new(),
        });
    });
    click(&mut harness, "撤销…");
    harness.get_by_label("现在：已解决，李雯");
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    // Ctrl Z asks the same; in a field it takes back what was typed there.
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    harness.run_steps(2);
    harness.get_by_label("现在：已解决，李雯");
    harness.get_by_label("撤销后：待处理，无负责人");
    assert!(tape.take().is_empty());

    confirm(&mut harness);

    let sent = tape.take();
    assert!(
        matches!(sent.as_slice(), [Command::Undo(case, why)] if case.key.contains(NUMBER) && why.is_empty()),
        "{sent:?}"
    );
}

#[test]
fn a_case_without_an_own_decision_offers_no_taking_back() {
    let harness = opened(Look::default(), &Tape::default(), |_| {});
    assert!(harness.query_by_label("撤销…").is_none());
}

#[test]
fn many_cases_are_added_up_before_and_told_one_by_one_after() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Cases, &tape);
    tape.take();
    let rows = harness.state().state().cases.rows.len();
    click(&mut harness, &format!("批量处理 {rows}…"));
    let sent = tape.take();
    let [Command::BulkSummary(ask)] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    assert!(ask.ids.is_none(), "nothing is selected: all that match");
    harness.get_by_label("正在合计…");
    confirm(&mut harness);
    assert!(tape.take().is_empty(), "not before count and sum are there");

    let ids: std::sync::Arc<[u64]> = vec![1, 2, 3].into();
    harness.state_mut().state_mut().bulk.summary = Remote::Ready(Box::new(BulkSummary {
        ids: ids.clone(),
        at_stake: Some(Fen::new(75_600)),
        states: vec![(CaseStatus::New, 2), (CaseStatus::Resolved, 1)],
        seen: 41,
        ..BulkSummary::default()
    }));
    harness.run_steps(2);
    harness.get_by_label("3 条，涉及 ¥756.00");
    harness.get_by_label("其中 2 条现在可以这样处理；其余 1 条会被拒绝，状态不变");
    click(&mut harness, "批量处理: 挂账");
    confirm(&mut harness);
    assert!(tape.take().is_empty(), "a reason is needed");
    typed(&mut harness, "在等什么", "等财务核对");
    confirm(&mut harness);

    let task = tape.0.borrow().sent.last().map(|(task, _)| *task).unwrap();
    let sent = tape.take();
    let [Command::Bulk(wish)] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    assert_eq!(wish.ids, ids, "exactly those that were added up");
    assert_eq!(wish.decision, Decision::Carry("等财务核对".to_owned()));
    assert_eq!(wish.seen, 41, "it is about what was added up");

    // Stop is heard at once: the wish is there in the frame of the click.
    click(&mut harness, "停止");
    let state = harness.state().state();
    assert!(state.tasks[&task].cancel.is_cancelled());
    let line = |id, result| BulkLine {
        id,
        key: String::new(),
        number: NUMBER.to_owned(),
        result,
        waits: id == 3,
        is_under_way: false,
    };
    let no = Failure::new(
        FailureKind::Usage,
        "workspace.forbidden",
        Message::new("不允许", "Not allowed"),
        Message::default(),
    );
    let done = BulkOutcome {
        kind: BulkKind::Decided,
        lines: vec![
            line(1, Ok(Message::new("已挂账", "Carried"))),
            line(2, Err(no)),
            line(3, Ok(Message::new("已提请忽略", "Proposed to ignore"))),
        ],
        left: 1,
    };
    let event = Event::Finished(
        task,
        Box::new(recondesk::app::Outcome::Bulk(Box::new(done))),
    );
    tape.0.borrow_mut().events.push(event);
    harness.run_steps(3);
    let words = "1 条待另一人复核，尚未关闭；完成 1 条，拒绝 1 条，未处理 1 条";
    harness.get_by_label(words);
    let told = &harness.state().state().notices[0];
    let title = &told.what.as_ref().unwrap().title.zh;
    assert!(title.contains("1 条差错已提请，待另一人复核"), "{title}");
    harness.get_by_label(&format!("{NUMBER} 已挂账"));
    harness.get_by_label(&format!("{NUMBER} 不允许"));
    // The cross and the button are both called so.
    harness.query_all_by_label("关闭").last().unwrap().click();
    harness.run_steps(3);
    assert!(harness.query_by_label(words).is_none());
}

#[test]
fn a_decision_waits_for_an_operator_to_sign_in() {
    let tape = Tape::default();
    let mut harness = opened(Look::default(), &tape, |_| {});
    harness.state_mut().state_mut().desk.person = Person {
        name: String::new(),
        has_operators: true,
        ..Person::default()
    };
    harness.run_steps(2);
    typed(&mut harness, "写备注", "请核对");
    click(&mut harness, "记下");
    assert!(tape.take().is_empty());
    harness.get_by_label("操作人登录");
    typed(&mut harness, "操作人", "li");
    typed(&mut harness, "PIN", "2468");
    confirm(&mut harness);
    let task = tape.0.borrow().sent.last().map(|(task, _)| *task).unwrap();
    let sent = tape.take();
    assert!(
        matches!(sent.as_slice(), [Command::SignIn(identity)] if identity.name == "li"),
        "{sent:?}"
    );
    assert!(
        !format!("{sent:?}").contains("2468"),
        "a PIN is never printed"
    );

    let person = Person {
        name: "li".to_owned(),
        has_operators: true,
        ..Person::default()
    };
    let event = Event::Finished(task, Box::new(recondesk::app::Outcome::Person(person)));
    tape.0.borrow_mut().events.push(event);
    harness.run_steps(3);
    tape.take();
    harness.get_by_label("li");
    // The note is still there.
    click(&mut harness, "记下");
    assert!(matches!(tape.take().as_slice(), [Command::Note(_, _, text)] if text == "请核对"));
}

#[test]
fn a_case_says_what_was_expected_and_leads_to_the_other_payment() {
    let tape = Tape::default();
    let mut harness = opened(Look::default(), &tape, |detail| {
        detail.facts = vec![
            CaseFact::Fee {
                billed: Fee::new(13_000),
                expected: Fee::new(12_000),
                apart: Fee::new(1_000),
                rate: "0.60%".to_owned(),
            },
            CaseFact::SameAs("QH260304113350780099".to_owned()),
        ];
    });
    harness.get_by_label("账单手续费 ¥0.13，按 0.60% 应为 ¥0.12，多 ¥0.01");
    harness.get_by_label("另一笔：QH260304113350780099");

    click(&mut harness, "查此单");

    assert_eq!(harness.state().screen(), Screen::Lookup);
}

/// An operator with the right to work on cases.
fn operator(morning: &FirstRunFixture) -> OperatorIdentity {
    let pin = Secret::new("24680".to_owned());
    let roles = Role::ALL.into_iter().fold(Roles::default(), Roles::with);
    let operator = Operator {
        name: "王宁".to_owned(),
        roles,
        created_at: now(),
        removed_at: None,
    };
    let casework = &morning.ports.casework;
    casework.add_operator(&operator, &pin, "李雯").unwrap();
    OperatorIdentity {
        name: "王宁".to_owned(),
        pin,
    }
}

#[test]
fn once_operators_are_named_the_user_of_the_computer_decides_nothing() {
    let mut morning = FirstRunFixture::new();
    let (id, _, rows) = compared(&mut morning);
    let take = |key: &str| Command::Decide(id, key.to_owned(), Decision::Take);
    morning.run(take(&rows[0].key));
    let identity = operator(&morning);

    let refused = morning
        .jobs
        .run(take(&rows[1].key), &recondesk::app::Silent);
    assert_eq!(refused.unwrap_err().code, "operator.sign_in");

    morning.run(Command::SignIn(Box::new(identity)));
    morning.run(take(&rows[1].key));
    let owner = |morning: &FirstRunFixture, key: &str| {
        let case = morning.ports.records.case(id, key).unwrap();
        case.unwrap().owner
    };
    assert_eq!(owner(&morning, &rows[0].key), "李雯");
    assert_eq!(owner(&morning, &rows[1].key), "王宁");

    morning.run(Command::SignOut);
    let refused = morning
        .jobs
        .run(take(&rows[2].key), &recondesk::app::Silent);
    assert_eq!(refused.unwrap_err().code, "operator.sign_in");
}

#[test]
fn a_file_hangs_on_a_case_and_comes_back_byte_for_byte() {
    let mut morning = FirstRunFixture::new();
    let (_, _, rows) = compared(&mut morning);
    let receipt = morning.file("receipt.txt", "收到 ¥0.03\r\n");
    let copy = receipt.with_file_name("copy.txt");
    let case = recondesk::app::model::CaseName {
        profile: rows[0].profile,
        key: rows[0].key.clone(),
    };
    let wish = recondesk::app::model::AttachWish {
        case: case.clone(),
        paths: vec![receipt.clone()],
    };
    morning.run(Command::Attach(Box::new(wish)));

    let outcome = morning.run(Command::Case(case.profile, case.key.clone()));
    let recondesk::app::Outcome::Case(detail) = outcome else {
        panic!("{outcome:?}");
    };
    let [file] = detail.work.attachments.as_slice() else {
        panic!("{:?}", detail.work);
    };
    assert_eq!(
        (file.name.as_str(), file.actor.as_str()),
        ("receipt.txt", "李雯")
    );
    let wish = recondesk::app::model::SaveAttachmentWish {
        case,
        sha256: file.sha256,
        path: copy.clone(),
    };
    morning.run(Command::SaveAttachment(Box::new(wish)));
    assert_eq!(
        std::fs::read(copy).unwrap(),
        std::fs::read(receipt).unwrap()
    );
}

#[test]
fn an_own_decision_is_offered_to_be_taken_back_and_is() {
    let mut morning = FirstRunFixture::new();
    let (id, _, rows) = compared(&mut morning);
    let key = rows[0].key.clone();
    let offer = |morning: &mut FirstRunFixture| {
        let outcome = morning.run(Command::Case(id, key.clone()));
        let recondesk::app::Outcome::Case(detail) = outcome else {
            panic!("{outcome:?}");
        };
        detail.work.undo
    };
    assert_eq!(offer(&mut morning), None);
    morning.run(Command::Decide(id, key.clone(), Decision::Take));
    assert_eq!(
        offer(&mut morning),
        Some(UndoOffer {
            status: CaseStatus::New,
            owner: String::new()
        })
    );

    let case = recondesk::app::model::CaseName {
        profile: id,
        key: key.clone(),
    };
    morning.run(Command::Undo(case, String::new()));

    assert_eq!(offer(&mut morning), None, "once");
    let case = morning.ports.records.case(id, &key).unwrap().unwrap();
    assert_eq!((case.status, case.owner.as_str()), (CaseStatus::New, ""));
}

#[test]
fn many_are_decided_one_by_one_and_each_has_its_result() {
    let mut morning = FirstRunFixture::new();
    let (id, _, rows) = compared(&mut morning);
    let how = Decision::Resolve("已补发".to_owned());
    morning.run(Command::Decide(id, rows[0].key.clone(), Decision::Take));
    morning.run(Command::Decide(id, rows[0].key.clone(), how.clone()));
    let agree = Decision::Agree("同意".to_owned());
    let place = CaseRef::new(id, rows[0].key.as_str());
    recondesk::app::jobs::decisions::decide(&morning.ports, place, agree, "王宁").unwrap();
    let ask = recondesk::app::model::BulkAsk {
        filter: recondesk::app::model::CaseFilter {
            closed_too: true,
            ..Default::default()
        },
        ids: Some(rows.iter().map(|row| row.id).collect()),
    };
    let outcome = morning.run(Command::BulkSummary(Box::new(ask)));
    let recondesk::app::Outcome::BulkSummary(summary) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(summary.ids.len(), rows.len());

    let wish = recondesk::app::model::BulkWish {
        ids: summary.ids.clone(),
        decision: Decision::Take,
        seen: summary.seen,
    };
    let outcome = morning.run(Command::Bulk(Box::new(wish)));

    let recondesk::app::Outcome::Bulk(done) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(done.lines.len(), rows.len());
    assert_eq!((done.refused(), done.left), (1, 0), "{done:?}");
    let resolved = done.lines.iter().find(|line| line.result.is_err());
    assert_eq!(resolved.unwrap().key, rows[0].key);
}

/// The case with refunds and files, and each dialog, for pictures.
pub(crate) fn pictured(look: Look) -> Vec<(&'static str, Harness<'static, App>)> {
    let tape = Tape::default();
    let zh = look.language == recondesk::app::Language::Zh;
    let word = |zh_word: &'static str, en_word: &'static str| if zh { zh_word } else { en_word };
    let worked = |detail: &mut CaseDetail| {
        detail.work.refunds = vec![
            refund(7, RefundStage::Unknown),
            refund(8, RefundStage::Done),
        ];
        detail.work.attachments = vec![AttachmentInfo {
            at: now(),
            actor: "李雯".to_owned(),
            name: "聊天截图.png".to_owned(),
            sha256: [7; 32],
            bytes: 12_345,
        }];
        detail.work.undo = Some(UndoOffer {
            status: CaseStatus::New,
            owner: String::new(),
        });
    };
    let mut panel = opened(look, &tape, worked);
    panel.state_mut().state_mut().desk.person = Person {
        name: "李雯".to_owned(),
        has_operators: true,
        ..Person::default()
    };
    panel.run_steps(2);
    let mut undo = opened(look.size(1440.0, 900.0), &tape, |detail| {
        worked(detail);
        detail.row.status = CaseStatus::Resolved;
    });
    click(&mut undo, word("撤销…", "Take back..."));
    let mut refunds = sample_window(look, Screen::Cases, &tape);
    click(&mut refunds, word("未了退款…", "Open refunds..."));
    refunds.state_mut().state_mut().payout.unfinished = Remote::Ready(vec![
        refund(7, RefundStage::Unknown),
        refund(8, RefundStage::Accepted),
        refund(9, RefundStage::Abnormal),
    ]);
    refunds.run_steps(2);
    let mut bulk = sample_window(look, Screen::Cases, &tape);
    let rows = bulk.state().state().cases.rows.len();
    let open = if zh {
        format!("批量处理 {rows}…")
    } else {
        format!("Decide on {rows}...")
    };
    click(&mut bulk, &open);
    bulk.state_mut().state_mut().bulk.summary = Remote::Ready(Box::new(BulkSummary {
        ids: vec![1, 2, 3].into(),
        at_stake: Some(Fen::new(75_600)),
        states: vec![(CaseStatus::New, 2), (CaseStatus::Resolved, 1)],
        ..BulkSummary::default()
    }));
    bulk.run_steps(2);
    click(
        &mut bulk,
        word("批量处理: 挂账", "Decide about many cases: Carry"),
    );
    let mut sign_in = opened(look, &tape, |_| {});
    let desk = &mut sign_in.state_mut().state_mut().desk;
    desk.person.has_operators = true;
    desk.person.name.clear();
    desk.is_wanted = true;
    sign_in.run_steps(3);
    vec![
        ("panel", panel),
        ("undo", undo),
        ("refunds", refunds),
        ("bulk", bulk),
        ("sign-in", sign_in),
    ]
}

#[test]
fn the_chips_count_open_cases_and_closed_ones_on_their_own() {
    let mut morning = FirstRunFixture::new();
    let (_, _, rows) = compared(&mut morning);
    morning.settle(rows[0].profile, &rows[0]);
    let list = |morning: &mut FirstRunFixture, closed_too| {
        let filter = recondesk::app::model::CaseFilter {
            closed_too,
            ..Default::default()
        };
        match morning.run(Command::Cases(filter)) {
            recondesk::app::Outcome::Cases(list) => list.totals,
            other => panic!("{other:?}"),
        }
    };

    let open = list(&mut morning, false);
    let all = list(&mut morning, true);

    let count = rows.len() as u64;
    assert_eq!((open.rows, open.closed), (count - 1, 0));
    assert_eq!((all.rows, all.closed), (count, 1));
    assert_eq!(
        all.counts, open.counts,
        "a closed case is in no chip of open ones"
    );
    assert_eq!(all.unowned, open.unowned);
}
