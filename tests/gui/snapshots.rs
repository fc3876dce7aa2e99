//! Pictures that are compared with those stored under `tests/snapshots`, so that nothing moves unseen.
//!
//! `.ci/run` draws them with Mesa's software adapter. After a change that is meant, `UPDATE_SNAPSHOTS=1` stores them anew: look at each one then.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use egui_kittest::{Harness, SnapshotResults};
use recondesk::app::model::{BookSum, CategoryRow, CoverageHole, KeptMapping, SignOffItem};
use recondesk::app::{
    Command, Event, Failure, FailureKind, Message, NoticeText, Progress, Remote, Step, ThemeChoice,
};
use recondesk::domain::{Category, Fen, ProfileId};
use recondesk::intake::RecordKind;
use recondesk::ports::VaultAccess;
use recondesk::ui::{App, Screen};

use crate::sample::{self, at, day};
use crate::stage::{Look, Tape, sample_window, window};

fn light() -> Look {
    Look::default()
}

fn dark() -> Look {
    Look::default().dark()
}

fn small_english() -> Look {
    Look::default().english().size(1024.0, 640.0)
}

fn smallest() -> Look {
    Look::default().size(800.0, 500.0)
}

fn contrast() -> Look {
    Look {
        theme: ThemeChoice::Contrast,
        ..dark()
    }
}

fn screen(look: Look, screen: Screen) -> Harness<'static, App> {
    sample_window(look, screen, &Tape::default())
}

/// The dialog for the passphrase, over Settings.
fn unlock(look: Look, vault: VaultAccess) -> Harness<'static, App> {
    let mut harness = screen(look, Screen::Settings);
    let state = harness.state_mut().state_mut();
    state.vault = vault;
    state.passphrase_wanted = true;
    harness.run_steps(3);
    harness
}

/// The screen of Cases with one open beside the table, the pointer out of the way.
fn case(look: Look) -> Harness<'static, App> {
    let mut harness = screen(look, Screen::Cases);
    crate::stage::open_row(&mut harness, "QH260308100244120077");
    harness.state_mut().state_mut().cases.open = Remote::Ready(Box::new(sample::case_detail()));
    harness.remove_cursor();
    harness.run_steps(2);
    harness
}

/// A day whose orders lack an hour and ten minutes.
fn hole(look: Look) -> Harness<'static, App> {
    let mut harness = screen(look, Screen::Reconcile);
    let mut model = sample::reconciled("青禾商城");
    for cell in model.coverage.merchant.iter_mut().skip(53).take(5) {
        *cell = 0;
    }
    model.coverage.holes = vec![CoverageHole {
        from: at("2026-03-08 13:20:00"),
        to: at("2026-03-08 14:30:00"),
        rows: 312,
    }];
    let missing = BookSum {
        count: 312,
        sum: Fen::new(2_683_740),
    };
    let row = CategoryRow {
        category: Category::MCoverage,
        of: recondesk::app::model::Movement::Payments,
        wechat: Some(missing),
        merchant: None,
        count: 312,
    };
    model.categories.insert(3, row);
    for item in &mut model.sign_off {
        if let SignOffItem::Coverage(met) = item {
            *met = false;
        }
    }
    harness.state_mut().state_mut().reconciled = Remote::Ready(Box::new(model));
    harness.run_steps(2);
    harness
}

/// A comparison that runs above the old result, which could not be read again, and two notices.
fn busy(look: Look) -> Harness<'static, App> {
    let mut harness = screen(look, Screen::Reconcile);
    let state = harness.state_mut().state_mut();
    let failure = Failure::new(
        FailureKind::RefusedInput,
        "B03",
        Message::new("账单汇总不符，已隔离", "Bill and summary disagree"),
        Message::new("重新下载账单", "Fetch the bill again"),
    )
    .with_detail("2026-03-08_ALL.csv.gz line 12,044")
    .retryable();
    state.tell(Err(failure.clone()));
    state.tell(Ok(NoticeText {
        title: Message::new("已导入 31,600 行", "31,600 rows imported"),
        note: Message::new("orders_20260308.csv，拒收 3 行", "3 rows refused"),
        day: Some((ProfileId(1), day())),
        next: recondesk::app::NextDeed::None,
        attention: false,
    }));
    let old = Box::new(sample::reconciled("青禾商城"));
    state.reconciled = Remote::Failed(failure, Some(old));
    let (task, _) = state.enter(&Command::Reconcile(ProfileId(1), day()), 0);
    state.apply(Event::Progress(
        task,
        Progress {
            step: Step::Compare,
            done: 19_600,
            total: Some(31_601),
        },
    ));
    harness.key_press_modifiers(Modifiers::COMMAND, Key::B);
    harness.run_steps(3);
    harness
}

fn first_start(look: Look) -> Harness<'static, App> {
    window(look, &Tape::default(), |app| {
        app.state_mut().welcome = Remote::Ready(());
        app.state_mut().demo = true;
    })
}

/// What changed since the run before, opened from the header.
fn changes(look: Look) -> Harness<'static, App> {
    let mut harness = screen(look, Screen::Reconcile);
    harness.get_by_label("与上次运行比：+1 / −3 笔").click();
    harness.run_steps(2);
    harness.remove_cursor();
    harness.run_steps(2);
    harness
}

/// The form of another operator, over two who are named.
fn new_operator(look: Look) -> Harness<'static, App> {
    let mut harness = screen(look, Screen::Settings);
    crate::people::name_two(harness.state_mut().state_mut());
    harness.run_steps(2);
    harness.get_by_label("新增操作人…").click();
    harness.run_steps(3);
    harness.remove_cursor();
    harness.run_steps(2);
    harness
}

/// What waits for a second person: a refund, and a day that is to be opened.
fn approvals(look: Look) -> Harness<'static, App> {
    let mut harness = screen(look, Screen::Cases);
    let state = harness.state_mut().state_mut();
    crate::people::name_two(state);
    state.payout.approvals = Remote::Ready(vec![
        crate::people::waiting_refund(),
        crate::people::waiting_unlock(),
    ]);
    harness.run_steps(2);
    harness.get_by_label("Approvals 2").click();
    harness.run_steps(2);
    // Nobody answers the question that went out: what is known stays.
    let state = harness.state_mut().state_mut();
    state.payout.approvals = Remote::Ready(vec![
        crate::people::waiting_refund(),
        crate::people::waiting_unlock(),
    ]);
    harness.remove_cursor();
    harness.run_steps(2);
    harness
}

/// One deed for many cases: which they are, what it needs.
fn bulk(look: Look, (button, deed): (&str, &str)) -> Harness<'static, App> {
    let mut harness = crate::bulk::added_up(look, &Tape::default(), button);
    harness.get_by_label(deed).click();
    harness.run_steps(2);
    harness.remove_cursor();
    harness.run_steps(2);
    harness
}

/// Many refunds that are written down, before their total is typed.
fn prepared(look: Look, button: &str) -> Harness<'static, App> {
    let mut harness = crate::bulk::added_up(look, &Tape::default(), button);
    harness.state_mut().state_mut().bulk.prepared = Some(Box::new(crate::bulk::prepared()));
    harness.remove_cursor();
    harness.run_steps(2);
    harness
}

/// A tab of a merchant.
fn merchant(look: Look, tab: &str) -> Harness<'static, App> {
    let mut harness = screen(look, Screen::Merchants);
    harness.get_by_label(tab).click();
    harness.run_steps(2);
    let kept = |name: &str| KeptMapping {
        name: name.to_owned(),
        kind: Some(RecordKind::Orders),
        sources: ["订单编号", "实付金额", "下单时间", "付款时间", "订单状态"]
            .map(str::to_owned)
            .to_vec(),
    };
    let all = vec![kept("小程序订单"), kept("orders a")];
    let answers = &mut harness.state_mut().state_mut().merchant_answers;
    answers.mappings = Remote::Ready((ProfileId(1), all));
    harness.remove_cursor();
    harness.run_steps(2);
    harness
}

/// The reissue of a case whose shop has no address.
fn reissue(look: Look, deed: &str) -> Harness<'static, App> {
    let mut harness = case(look);
    crate::payout::deed_by_list(&mut harness, deed);
    harness.remove_cursor();
    harness.run_steps(2);
    harness
}

#[test]
fn the_window_looks_as_it_was_left() {
    let pictures: Vec<(&str, Harness<'static, App>)> = vec![
        ("overview-light-zh", screen(light(), Screen::Overview)),
        ("overview-dark-zh", screen(dark(), Screen::Overview)),
        ("overview-contrast-zh", screen(contrast(), Screen::Overview)),
        (
            "overview-en-1024x640",
            screen(small_english(), Screen::Overview),
        ),
        (
            "reconcile-en-1024x640",
            screen(small_english(), Screen::Reconcile),
        ),
        ("reconcile-hole-dark-zh", hole(dark())),
        ("reconcile-busy-light-zh", busy(light())),
        ("reconcile-changes-light-zh", changes(light())),
        ("case-light-zh", case(light())),
        ("case-en-1024x640", case(small_english())),
        ("bills-zh-800x500", screen(smallest(), Screen::Bills)),
        (
            "orders-en-1024x640",
            screen(small_english(), Screen::Orders),
        ),
        ("merchants-light-zh", screen(light(), Screen::Merchants)),
        ("settings-dark-zh", screen(dark(), Screen::Settings)),
        ("operator-new-light-zh", new_operator(light())),
        ("approvals-en-1024x640", approvals(small_english())),
        (
            "bulk-reissue-dark-zh",
            bulk(dark(), ("批量处理 23…", "批量处理: 补发货")),
        ),
        (
            "bulk-refund-en-1024x640",
            bulk(
                small_english(),
                ("Decide on 23...", "Decide about many cases: Refund"),
            ),
        ),
        ("bulk-prepared-light-zh", prepared(light(), "批量处理 23…")),
        (
            "bulk-prepared-en-1024x640",
            prepared(small_english(), "Decide on 23..."),
        ),
        ("merchant-mappings-light-zh", merchant(light(), "映射")),
        (
            "merchant-shop-en-1024x640",
            merchant(small_english(), "Shop"),
        ),
        ("reissue-light-zh", reissue(light(), "补发货…")),
        ("unlock-light-zh", unlock(light(), VaultAccess::Locked)),
        (
            "unlock-new-1024x640-en",
            unlock(small_english(), VaultAccess::Unmade),
        ),
        ("start-zh-800x500", first_start(smallest())),
    ];
    let mut results = SnapshotResults::new();
    for (name, mut harness) in pictures {
        results.add(harness.try_snapshot(name));
    }
}
