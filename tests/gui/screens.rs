//! What the screens say and what they ask for, found by accessible name.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use recondesk::app::model::{
    BillStatus, BookSum, CalendarState, CategoryRow, MerchantDay, MorningTotals, Movement,
    NextStep, SeverityCounts,
};
use recondesk::app::{Command, Failure, FailureKind, Language, Message, Remote};
use recondesk::domain::{Category, Fen, Severity};
use recondesk::ui::{App, Screen};

use crate::sample;
use crate::stage::{Look, Tape, sample_window, window};

/// The sentence of a morning whose first merchant is in this state, alone in view.
fn sentence(change: impl FnOnce(&mut MerchantDay)) -> Harness<'static, App> {
    window(Look::default(), &Tape::default(), |app| {
        sample::fill(app.state_mut());
        let mut model = app.state_mut().overview.value().unwrap().clone();
        model.merchants.truncate(1);
        let row = &mut model.merchants[0];
        row.counts = SeverityCounts::default();
        change(row);
        model.totals = MorningTotals {
            rows: 31_604,
            merchants: 1,
            bills: 1,
            ..MorningTotals::default()
        };
        app.state_mut().overview = Remote::Ready(model);
        app.go(Screen::Overview);
    })
}

#[test]
fn a_day_that_was_never_compared_is_not_called_matched() {
    let harness = sentence(|row| {
        row.matched = None;
        row.next = NextStep::Reconcile;
    });

    harness.get_by_label("昨日账单已到，31,604 笔尚未对账");
    assert_eq!(harness.query_all_by_label_contains("全部平账").count(), 0);
}

#[test]
fn a_bill_that_did_not_come_says_why_in_the_sentence_and_in_its_row() {
    let why = Message::new("连不上网关", "The gateway cannot be reached");
    let harness = sentence(|row| {
        row.bill = BillStatus::Failed(sample::at("2026-03-09 10:03:10"), why);
        row.rows = None;
        row.matched = None;
        row.next = NextStep::Download;
    });

    harness.get_by_label("昨日账单下载失败：连不上网关");
    assert!(
        harness
            .query_all_by_label_contains("失败：连不上网关")
            .count()
            >= 2
    );
}

#[test]
fn the_morning_is_one_sentence() {
    let harness = sample_window(Look::default(), Screen::Overview, &Tape::default());

    harness.get_by_label("昨日 48,213 笔，平账 48,190；跨日 19；需处理 4，涉及 ¥1,288.00");
    harness.get_by_label("3 笔客户已付款未履约");
}

#[test]
fn the_english_morning_says_the_same() {
    let harness = sample_window(
        Look::default().english(),
        Screen::Overview,
        &Tape::default(),
    );

    harness.get_by_label(
        "48,213 yesterday, 48,190 matched; 19 cross-day; 4 to work, ¥1,288.00 at stake",
    );
}

#[test]
fn working_the_cases_of_the_morning_opens_them_filtered() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Overview, &tape);
    tape.take();

    harness.get_by_label("处理 4 笔").click();
    harness.run_steps(2);

    assert_eq!(harness.state().screen(), Screen::Cases);
    let sent = tape.take();
    let filter = sent.iter().find_map(|command| match command {
        Command::Cases(filter) => Some(filter),
        _ => None,
    });
    assert_eq!(
        filter.unwrap().severities,
        [Severity::Urgent, Severity::Fault]
    );
}

#[test]
fn a_day_of_the_calendar_opens_its_reconciliation() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Overview, &tape);
    tape.take();

    harness
        .get_by_label_contains("2026-02-16：缺账单")
        .click_accesskit();
    harness.run_steps(2);

    assert_eq!(harness.state().screen(), Screen::Reconcile);
    assert_eq!(harness.state().state().day.to_string(), "2026-02-16");
    assert!(
        tape.take()
            .iter()
            .any(|c| matches!(c, Command::Day(_, day) if day.to_string() == "2026-02-16"))
    );
    let model = harness.state().state().overview.value().unwrap();
    assert!(
        model.calendars[0]
            .days
            .iter()
            .any(|day| day.state == CalendarState::Missing)
    );
}

#[test]
fn a_category_row_opens_its_cases() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Reconcile, &tape);
    tape.take();

    harness
        .get_by_label("P07 金额不符 差错 1 132.00 123.00")
        .click();
    harness.run_steps(2);

    assert_eq!(harness.state().screen(), Screen::Cases);
    assert!(
        tape.take()
            .iter()
            .any(|c| matches!(c, Command::Cases(f) if f.categories.len() == 1))
    );
}

#[test]
fn a_row_is_named_by_its_content_and_opens_beside_the_table() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Cases, &tape);
    tape.take();

    let name = "紧急 P01 掉单 QH260308100244120077 微信账 299.00 商户账 299.00";
    harness.get_by_label(name).click();
    harness.run_steps(2);
    assert!(!tape.take().iter().any(|c| matches!(c, Command::Case(..))));
    crate::stage::open_row(&mut harness, name);
    harness.state_mut().state_mut().cases.open = Remote::Ready(Box::new(sample::case_detail()));
    harness.run_steps(2);

    assert!(tape.take().iter().any(|c| matches!(c, Command::Case(..))));
    harness.get_by_label("建议：查单后补发货");
    harness.get_by_label("状态: SUCCESS ≠ 未支付 created");
}

#[test]
fn arrows_move_the_row_and_the_panel_follows() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Cases, &tape);
    crate::stage::open_row(&mut harness, "QH260308200817340021");
    tape.take();

    harness.key_press(egui::Key::ArrowDown);
    harness.run_steps(2);

    assert!(
        tape.take()
            .iter()
            .any(|c| matches!(c, Command::Case(_, key) if key.contains("QH260308100244120077")))
    );
}

#[test]
fn a_closed_panel_opens_again_in_its_place() {
    let rows = [
        (Screen::Cases, "紧急 P01 掉单"),
        (Screen::Bills, "2026-03-08"),
        (Screen::Orders, "QH2603"),
    ];
    for (screen, row) in rows {
        let mut harness = sample_window(Look::default(), screen, &Tape::default());
        let close = |harness: &Harness<'static, App>| {
            harness
                .query_by_role_and_label(Role::Button, "关闭")
                .map(|button| button.rect())
        };
        crate::stage::open_row(&mut harness, row);
        let open = harness.state_mut().state_mut();
        open.cases.open = Remote::Ready(Box::new(sample::case_detail()));
        harness.run_steps(2);
        let first = close(&harness);
        assert!(first.is_some(), "{screen:?}");

        harness.key_press(Key::Escape);
        harness.run_steps(2);
        assert_eq!(close(&harness), None, "{screen:?}");
        harness.key_press(Key::Enter);
        harness.run_steps(2);

        assert_eq!(close(&harness), first, "{screen:?}");
    }
}

#[test]
fn sorting_by_a_column_asks_for_another_order() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Cases, &tape);
    tape.take();

    harness.get_by_label("支付时间").click();
    harness.run_steps(2);

    let sorts = |command: &Command| match command {
        Command::Cases(filter) => filter.view.sort_of("paid"),
        _ => None,
    };
    assert_eq!(tape.take().iter().find_map(sorts), Some((0, false)));
}

#[test]
fn a_fresh_workspace_offers_demo_merchant_and_files() {
    let tape = Tape::default();
    let mut harness = window(Look::default(), &tape, |app| {
        app.state_mut().welcome = Remote::Ready(());
        app.state_mut().demo = true;
    });
    tape.take();

    harness.get_by_label("打开演示").click();
    harness.run_steps(2);

    assert!(tape.take().iter().any(|c| matches!(c, Command::OpenDemo)));
    harness.get_by_label("选择文件…");
}

#[test]
fn a_failed_day_says_what_where_and_what_to_do_beside_the_old_result() {
    let harness = window(Look::default(), &Tape::default(), |app| {
        sample::fill(app.state_mut());
        let failure = Failure::new(
            FailureKind::RefusedInput,
            "B03",
            Message::new("账单汇总不符，已隔离", "Bill and summary disagree"),
            Message::new("重新下载账单", "Fetch the bill again"),
        )
        .with_detail("2026-03-08_ALL.csv.gz line 12,044")
        .retryable();
        let old = Box::new(sample::reconciled("青禾商城"));
        app.state_mut().reconciled = Remote::Failed(failure, Some(old));
        app.go(Screen::Reconcile);
    });

    harness.get_by_label("账单汇总不符，已隔离");
    harness.get_by_label("重试");
    harness.get_by_label_contains("I1 行数 ＝ 总交易单数");
}

#[test]
fn a_merchant_form_with_errors_is_not_sent() {
    let tape = Tape::default();
    let mut harness = window(Look::default(), &tape, |app| {
        app.state_mut().welcome = Remote::Ready(());
        app.go(Screen::Merchants);
    });
    harness
        .get_all_by_label("新增商户…")
        .next()
        .unwrap()
        .click();
    harness.run_steps(2);
    harness.get_by_label("商户号").focus();
    harness.run_steps(1);
    harness.get_by_label("商户号").type_text("12");
    harness.run_steps(2);
    tape.take();

    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::S);
    harness.run_steps(2);

    assert!(
        !tape
            .take()
            .iter()
            .any(|c| matches!(c, Command::SaveProfile(..)))
    );
    harness.get_by_label("必填");
}

#[test]
fn the_language_changes_in_the_next_frame_and_is_stored() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Settings, &tape);
    tape.take();

    harness.get_by_label("语言: English").click();
    harness.run_steps(3);

    harness.get_by_label("Changes apply at once");
    assert!(
        tape.take()
            .iter()
            .any(|c| matches!(c, Command::SavePreferences(_)))
    );
}

#[test]
fn settings_give_the_schedule_of_this_workspace_to_copy() {
    let look = Look::default().size(1440.0, 1100.0);
    let mut harness = window(look, &Tape::default(), |app| {
        sample::fill(app.state_mut());
        app.state_mut().program = "/usr/bin/recondesk".to_owned();
        app.state_mut().folder = "/home/a/账 本".to_owned();
        app.go(Screen::Settings);
    });

    harness.get_by_label("复制 cron").click();
    harness.run_steps(1);

    let commands = &harness.output().platform_output.commands;
    let copied = commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.as_str()),
        _ => None,
    });
    let line = copied.unwrap().lines().last().unwrap();
    assert_eq!(
        line,
        "15,45 * * * * /usr/bin/recondesk --workspace '/home/a/账 本' --lang zh day --all --catch-up --not-before 10:15"
    );
}

#[test]
fn the_page_of_keys_opens_the_handbook_in_the_language_in_view() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default().english(), Screen::Overview, &tape);
    harness.key_press(Key::F1);
    harness.run_steps(2);
    tape.take();

    harness.get_by_label("Open the handbook").click();
    harness.run_steps(2);

    let asked = |command: &Command| matches!(command, Command::OpenHandbook(Language::En));
    assert!(tape.take().iter().any(asked));
    assert!(harness.query_by_label("Open the handbook").is_none());
}

#[test]
fn the_sum_of_a_category_says_of_how_many_rows_it_is() {
    let mut harness = sample_window(Look::default(), Screen::Reconcile, &Tape::default());
    let Remote::Ready(model) = &mut harness.state_mut().state_mut().reconciled else {
        panic!("no day");
    };
    let sum = |count, fen| {
        Some(BookSum {
            count,
            sum: Fen::new(fen),
        })
    };
    // One payment and its reversal, against one order.
    model.categories.push(CategoryRow {
        category: Category::Revoked,
        of: Movement::Payments,
        wechat: sum(2, 4_000),
        merchant: sum(1, 2_000),
        count: 1,
    });
    harness.run_steps(2);

    harness.get_by_label("P12 已撤销 差错 1 40.00 20.00 账单 2 行");
}

#[test]
fn the_most_urgent_missing_day_is_gone_to_though_its_month_is_not_in_view() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Overview, &tape);

    harness
        .get_by_role_and_label(Role::Link, "01-22 尚缺，离三个月期限还有 44 天")
        .click();
    harness.run_steps(2);

    assert_eq!(harness.state().screen(), Screen::Reconcile);
    assert_eq!(harness.state().state().day.to_string(), "2026-01-22");
}
