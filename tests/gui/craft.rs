//! What a careful hand expects: nothing done twice, nothing closed unawares, every command at hand, nothing cut.

use egui::{Key, Modifiers, ViewportEvent, ViewportId};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use recondesk::app::model::{CaseDetail, CoverageHole, DayModel, RefundWish};
use recondesk::app::{Command, Export, Remote, ReportFormat};
use recondesk::casework::RefundStage;
use recondesk::domain::{CaseStatus, Fen, ProfileId};
use recondesk::ui::{App, Screen};

use crate::casework::refund;
use crate::sample;
use crate::stage::{Look, Tape, open_row, sample_window};

fn opened(tape: &Tape, change: impl FnOnce(&mut CaseDetail)) -> Harness<'static, App> {
    let mut harness = sample_window(Look::default(), Screen::Cases, tape);
    open_row(&mut harness, "QH260308100244120077");
    let mut detail = sample::case_detail();
    change(&mut detail);
    harness.state_mut().state_mut().cases.open = Remote::Ready(Box::new(detail));
    harness.run_steps(2);
    tape.take();
    harness
}

fn wish() -> Command {
    let row = sample::case_detail().row;
    Command::Refund(Box::new(RefundWish {
        profile: row.profile,
        key: row.key,
        amount: Fen::new(29_900),
        typed: Fen::new(29_900),
        refunded: Fen::ZERO,
        reason: "退款".to_owned(),
        identity: None,
    }))
}

#[test]
fn a_refund_on_its_way_is_shown_and_offers_nothing() {
    let mut harness = opened(&Tape::default(), |_| {});
    harness.get_by_label("退款…");

    harness.state_mut().state_mut().enter(&wish(), 0);
    harness.run_steps(2);

    harness.get_by_label("正在退款 ¥299.00…");
    assert!(harness.query_by_label("退款…").is_none());
    assert!(harness.query_by_label("补发货…").is_none());
    let mut chip = harness.query_all_by_label_contains("退款或补发");
    assert!(chip.next().is_some(), "the top bar shows that it runs");
}

#[test]
fn a_refunded_case_never_says_ship() {
    let harness = opened(&Tape::default(), |detail| {
        detail.row.status = CaseStatus::Resolved;
        detail.work.refunds = vec![refund(1, RefundStage::Done)];
    });

    harness.get_by_label("已结案，不用再处理");
    assert!(harness.query_by_label_contains("建议：").is_none());
    harness.get_by_label_contains("不要再发货");
}

#[test]
fn a_refund_without_an_end_is_no_reason_to_ship() {
    let harness = opened(&Tape::default(), |detail| {
        detail.work.refunds = vec![refund(1, RefundStage::Unknown)];
    });

    harness.get_by_label("退款有结果之前不要发货，也不要另行退款。");
    assert!(harness.query_by_label("补发货…").is_none());
}

#[test]
fn closing_while_work_runs_asks_first() {
    let mut harness = sample_window(Look::default(), Screen::Cases, &Tape::default());
    let (task, cancel) = harness.state_mut().state_mut().enter(&wish(), 0);
    let close = |harness: &mut Harness<'static, App>| {
        let root = harness.input_mut().viewports.entry(ViewportId::ROOT);
        root.or_default().events = vec![ViewportEvent::Close];
        harness.run_steps(1);
        let root = harness.input_mut().viewports.entry(ViewportId::ROOT);
        root.or_default().events.clear();
        harness.run_steps(2);
    };

    close(&mut harness);
    harness.get_by_label("还有任务在运行");
    harness.get_by_label("继续等").click();
    harness.run_steps(2);
    assert!(harness.query_by_label("还有任务在运行").is_none());
    assert!(!cancel.is_cancelled(), "it goes on");

    close(&mut harness);
    harness.get_by_label("停止并关闭").click();
    harness.run_steps(2);
    assert!(cancel.is_cancelled());
    assert!(harness.state().state().tasks.contains_key(&task));
}

#[test]
fn the_palette_reaches_its_last_command_by_arrows() {
    let mut harness = sample_window(Look::default(), Screen::Overview, &Tape::default());
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run_steps(2);
    let reconcile = |harness: &Harness<'static, App>| {
        harness
            .query_all_by_label_contains("对账 2026-03-08")
            .count()
    };
    assert!(reconcile(&harness) > 0);
    assert!(harness.query_by_label_contains("缩放 90%").is_none());

    for _ in 0..80 {
        harness.key_press(Key::ArrowDown);
        harness.run_steps(1);
    }

    harness.get_by_label_contains("缩放 90%");
    assert_eq!(reconcile(&harness), 0, "the first ones left the view");
}

#[test]
fn the_palette_knows_funds_reports_and_care() {
    let run = |typed: &str, cares: bool| {
        let tape = Tape::default();
        let mut harness = sample_window(Look::default(), Screen::Settings, &tape);
        harness.state_mut().state_mut().cares = cares;
        tape.take();
        harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
        harness.run_steps(3);
        harness.event(egui::Event::Text(typed.to_owned()));
        harness.run_steps(2);
        harness.key_press(Key::Enter);
        harness.run_steps(3);
        let asked = std::mem::take(&mut tape.0.borrow_mut().asked);
        (tape.take(), asked, harness.state().screen())
    };

    let (sent, _, screen) = run("资金", true);
    assert!(matches!(sent.as_slice(), [Command::Funds(ask), ..] if !ask.fetches));
    assert_eq!(screen, Screen::Reconcile);
    let (sent, ..) = run("检查工作区", true);
    assert!(matches!(sent.as_slice(), [Command::CheckWorkspace]));
    let (sent, ..) = run("检查工作区", false);
    assert!(sent.is_empty(), "a workspace of a moment is not cared for");
    let (_, asked, _) = run("备份", true);
    assert_eq!(asked.len(), 1, "where to");
    let (sent, _, screen) = run("未了退款", true);
    assert!(matches!(sent.as_slice(), [Command::UnfinishedRefunds(_)]));
    assert_eq!(screen, Screen::Cases);
    let (sent, ..) = run("打开手册", true);
    assert!(matches!(sent.as_slice(), [Command::OpenHandbook(_)]));
    let (_, asked, _) = run("月报", true);
    let name = format!("{asked:?}");
    let month = Export::MonthReport(ReportFormat::Xlsx);
    let mch_id = "1900000109";
    let day = recondesk::domain::BillDate::parse("2026-03-08").unwrap();
    assert!(name.contains(&month.file_name(mch_id, day)), "{name}");
}

#[test]
fn no_button_of_a_header_covers_the_title_or_leaves_the_window() {
    for (width, height) in [(800.0, 500.0), (1024.0, 640.0), (1440.0, 900.0)] {
        for screen in [
            Screen::Cases,
            Screen::Bills,
            Screen::Orders,
            Screen::Overview,
        ] {
            let look = Look::default().english().size(width, height);
            let harness = sample_window(look, screen, &Tape::default());
            let title = match screen {
                Screen::Cases => "Cases",
                Screen::Bills => "Bills",
                Screen::Orders => "Orders",
                _ => "Overview",
            };
            let role = egui::accesskit::Role::Heading;
            let title = harness.get_by_role_and_label(role, title).rect();
            let buttons = [
                "Views",
                "Columns",
                "Export...",
                "Approvals",
                "Open refunds...",
                "Funds...",
            ];
            for name in buttons {
                for button in harness.query_all_by_label(name) {
                    let rect = button.rect();
                    let in_header = (rect.center().y - title.center().y).abs() < 12.0;
                    assert!(
                        !in_header || (rect.left() > title.right() && rect.right() < width),
                        "{screen:?} {width}: {name} {rect:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn many_cases_are_decided_about_in_the_smallest_window() {
    let look = Look::default().english().size(800.0, 500.0);
    let harness = sample_window(look, Screen::Cases, &Tape::default());
    let mut bulk = harness.query_all_by_label_contains("Decide on");
    let rect = bulk.next().expect("the button").rect();

    assert!(rect.left() > 64.0 && rect.right() < 800.0, "{rect:?}");
}

#[test]
fn the_calendar_shows_the_fund_flow_bills_too() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Overview, &tape);
    harness.get_by_label("资金").click();
    harness.run_steps(2);
    tape.take();

    let mut days = harness.query_all_by_label_contains("2026-03-05");
    let day = days.find(|node| node.accesskit_node().role() == egui::accesskit::Role::GridCell);
    day.expect("a day").click();
    drop(days);
    harness.run_steps(3);

    let sent = tape.take();
    let asked = |command: &Command| {
        matches!(command, Command::Funds(ask)
            if ask.profile == ProfileId(1) && ask.day.to_string() == "2026-03-05")
    };
    assert!(sent.iter().any(asked), "{sent:?}");
}

#[test]
fn the_strip_of_wechat_has_its_holes_marked() {
    let mut harness = sample_window(Look::default(), Screen::Reconcile, &Tape::default());
    let mut model: DayModel = sample::reconciled("青禾商城");
    model.coverage.wechat_holes = vec![CoverageHole {
        from: sample::at("2026-03-08 13:15:00"),
        to: sample::at("2026-03-08 14:30:00"),
        rows: 31,
    }];
    harness.state_mut().state_mut().reconciled = Remote::Ready(Box::new(model));
    harness.run_steps(2);

    let said = "13:15–14:30 账单无支付，商户有 31 笔";
    let count = harness.query_all_by_label(said).count();
    assert_eq!(count, 2, "on the strip, and in the head of the card");
    assert!(harness.query_by_label_contains("两册无空洞").is_none());
}

#[test]
fn esc_closes_the_topmost_alone() {
    let mut harness = opened(&Tape::default(), |_| {});
    let has = |harness: &Harness<'static, App>, words: &str| {
        harness.query_all_by_label_contains(words).next().is_some()
    };
    harness.key_press_modifiers(Modifiers::COMMAND, Key::B);
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run_steps(2);

    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert!(!has(&harness, "对账 2026-03-08"), "the palette went");
    assert!(has(&harness, "写备注"), "the case stays");
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert!(has(&harness, "写备注"), "the notices went before it");
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert!(!has(&harness, "写备注"));
}

#[test]
fn a_digit_with_alt_opens_a_screen_and_types_nothing() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Cases, &tape);
    harness.key_press(Key::Slash);
    harness.run_steps(2);

    // Some systems send the letter as well.
    harness.event_modifiers(egui::Event::Text("3".to_owned()), Modifiers::ALT);
    harness.key_press_modifiers(Modifiers::ALT, Key::Num3);
    harness.run_steps(3);

    let filter = &harness.state().state().cases.filter;
    assert_eq!(filter.text, "");
}

#[test]
fn every_sign_of_the_calendar_has_its_word_in_a_small_window() {
    for look in [
        Look::default().size(1024.0, 640.0),
        Look::default().size(1024.0, 640.0).english(),
    ] {
        let tape = Tape::default();
        let harness = sample_window(look, Screen::Overview, &tape);
        let words = if look.language == recondesk::app::Language::Zh {
            ["已平账", "需处理", "缺账单", "无账单", "未对账"]
        } else {
            ["Balanced", "To work", "Missing", "No bill", "Not compared"]
        };
        for word in words {
            assert!(harness.query_all_by_label(word).next().is_some(), "{word}");
        }
    }
}
