//! What every table does: sort by several columns, filter, find, select, copy all of it, keep its layout and views.

use std::collections::BTreeSet;
use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Event as Input, Key, Modifiers, OutputCommand, PointerButton, Pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use recondesk::app::model::OrderFilter;
use recondesk::app::tables::ask::{ListAnswer, ListAsk, ValueCounts};
use recondesk::app::tables::{CellTest, RowSum, text::CopyFormat};
use recondesk::app::{Command, Event, ExportFormat, ListKind, Outcome, Preferences, TaskId};
use recondesk::domain::{Fen, SheetCell, Term};
use recondesk::ports::PickAsk;
use recondesk::ui::{App, Screen};

use crate::stage::{Look, Tape, sample_window, window};

fn orders(tape: &Tape) -> Harness<'static, App> {
    let harness = sample_window(Look::default(), Screen::Orders, tape);
    tape.take();
    harness
}

fn header(harness: &Harness<'static, App>, label: &str) -> Pos2 {
    harness
        .get_by_role_and_label(Role::ColumnHeader, label)
        .rect()
        .center()
}

fn row(harness: &Harness<'static, App>, nth: usize) -> Pos2 {
    let rows = harness.query_all_by_role(Role::Row);
    let mut rects: Vec<egui::Rect> = rows.map(|node| node.rect()).collect();
    rects.sort_by(|a, b| a.top().total_cmp(&b.top()));
    rects[nth].left_center() + egui::vec2(60.0, 0.0)
}

fn press(harness: &mut Harness<'static, App>, at: Pos2, modifiers: Modifiers) {
    harness.event(Input::PointerMoved(at));
    for pressed in [true, false] {
        let button = Input::PointerButton {
            pos: at,
            button: PointerButton::Primary,
            pressed,
            modifiers,
        };
        harness.event(Input::ModifiersChanged(modifiers));
        harness.event(button);
        harness.run_steps(1);
    }
    harness.event(Input::ModifiersChanged(Modifiers::NONE));
    harness.run_steps(2);
}

fn drag(harness: &mut Harness<'static, App>, from: Pos2, to: Pos2) {
    let button = |pos, pressed| Input::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    harness.event(Input::PointerMoved(from));
    harness.event(button(from, true));
    harness.run_steps(1);
    for step in 1..=8_u8 {
        let at = from + (to - from) * (f32::from(step) / 8.0);
        harness.event(Input::PointerMoved(at));
        harness.run_steps(1);
    }
    harness.event(button(to, false));
    harness.run_steps(3);
}

/// The orders that were asked for last.
fn listed(tape: &Tape) -> Option<OrderFilter> {
    let orders = |command| match command {
        Command::Orders(filter) => Some(filter),
        _ => None,
    };
    tape.take().into_iter().rev().find_map(orders)
}

fn asked(tape: &Tape) -> Vec<(TaskId, ListAsk)> {
    let sent = std::mem::take(&mut tape.0.borrow_mut().sent);
    let rows = |(task, command)| match command {
        Command::Rows(ask) => Some((task, *ask)),
        _ => None,
    };
    sent.into_iter().filter_map(rows).collect()
}

fn answer(tape: &Tape, task: TaskId, answer: ListAnswer) {
    let outcome = Outcome::Rows(ListKind::Orders, answer);
    let event = Event::Finished(task, Box::new(outcome));
    tape.0.borrow_mut().events.push(event);
}

fn copied(harness: &Harness<'static, App>) -> Option<String> {
    let commands = &harness.output().platform_output.commands;
    commands.iter().find_map(|command| match command {
        OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    })
}

fn status(harness: &Harness<'static, App>, words: &str) -> bool {
    harness.query_all_by_label_contains(words).next().is_some()
}

fn saved(tape: &Tape) -> Option<Preferences> {
    let preferences = |command| match command {
        Command::SavePreferences(preferences) => Some(preferences),
        _ => None,
    };
    tape.take().into_iter().rev().find_map(preferences)
}

/// A list of so many orders, of which the first page is here.
fn long(harness: &mut Harness<'static, App>, count: u64) {
    let state = harness.state_mut().state_mut();
    let first: Vec<_> = (0..60)
        .filter_map(|row| state.orders.rows.get(row).cloned())
        .collect();
    state.orders.rows.set_order((1..=count).collect::<Vec<_>>());
    let generation = state.orders.rows.generation();
    state.orders.rows.put(generation, 0, first);
    harness.run_steps(2);
}

#[test]
fn a_header_sorts_and_with_shift_adds_a_column_to_the_order() {
    let tape = Tape::default();
    let mut harness = orders(&tape);

    let at = header(&harness, "金额 ¥");
    press(&mut harness, at, Modifiers::NONE);
    let first = listed(&tape).expect("a sorted list");
    assert_eq!(first.view.sort_of("amount"), Some((0, false)));
    harness.state_mut().state_mut().orders.filter = Some(first);
    harness.run_steps(2);

    let at = header(&harness, "支付");
    press(&mut harness, at, Modifiers::SHIFT);
    let both = listed(&tape).expect("a list sorted by two");
    assert_eq!(both.view.sort_of("amount"), Some((0, false)));
    assert_eq!(both.view.sort_of("pay"), Some((1, false)));
}

#[test]
fn a_funnel_filters_by_a_range_of_money() {
    let tape = Tape::default();
    let mut harness = orders(&tape);

    harness.get_by_label("筛选：金额 ¥").click();
    harness.run_steps(3);
    harness.event(Input::Text("1,000".into()));
    harness.run_steps(2);
    harness.get_by_label("应用").click();
    harness.run_steps(2);

    let asked = listed(&tape).expect("a filtered list");
    let test = CellTest::Between {
        least: Some(100_000),
        most: None,
    };
    assert_eq!(asked.view.filter_of("amount"), Some(&test));
    harness.state_mut().state_mut().orders.filter = Some(asked);
    harness.run_steps(2);
    harness.get_by_label("金额 ¥ ≥ 1,000.00").click();
    harness.run_steps(2);
    assert!(!listed(&tape).expect("the whole list").narrows());
}

#[test]
fn a_funnel_offers_the_values_of_a_column_with_their_counts() {
    let tape = Tape::default();
    let mut harness = orders(&tape);
    harness.get_by_label("筛选：支付").click();
    harness.run_steps(3);
    let (task, ask) = asked(&tape).pop().expect("the values are asked for");
    assert!(matches!(ask, ListAsk::Values(_, ref column) if column == "pay"));
    let word = |word, zh| SheetCell::Word(word, Term::new(zh, ""));
    let values = vec![
        (word("paid", "已支付"), 48),
        (word("created", "未支付"), 12),
    ];
    answer(
        &tape,
        task,
        ListAnswer::Values(ValueCounts {
            column: "pay".to_owned(),
            values: Some(values),
        }),
    );
    harness.run_steps(3);

    harness.get_by_label("未支付  12").click();
    harness.run_steps(2);
    harness.get_by_label("应用").click();
    harness.run_steps(2);

    let asked = listed(&tape).expect("a filtered list");
    let test = CellTest::NoneOf(vec!["created".to_owned()]);
    assert_eq!(asked.view.filter_of("pay"), Some(&test));
}

#[test]
fn rows_are_selected_by_drag_by_shift_by_control_and_all_of_them_are_added_up() {
    let tape = Tape::default();
    let mut harness = orders(&tape);

    let (from, to) = (row(&harness, 0), row(&harness, 2));
    drag(&mut harness, from, to);
    // 9.00 + 22.11 + 35.22
    assert!(status(&harness, "已选 3 笔"));
    assert!(status(&harness, "订单金额 ¥66.33"));
    assert!(status(&harness, "均值 ¥22.11"));

    let at = row(&harness, 4);
    press(&mut harness, at, Modifiers::COMMAND);
    assert!(status(&harness, "已选 4 笔"));
    press(&mut harness, at, Modifiers::COMMAND);
    assert!(status(&harness, "已选 3 笔"));

    let at = row(&harness, 1);
    press(&mut harness, at, Modifiers::NONE);
    let at = row(&harness, 5);
    press(&mut harness, at, Modifiers::SHIFT);
    assert!(status(&harness, "已选 5 笔"));
    harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowDown);
    harness.run_steps(2);
    assert!(status(&harness, "已选 6 笔"));
}

#[test]
fn a_copy_of_rows_that_are_here_has_every_one_of_them() {
    let tape = Tape::default();
    let mut harness = orders(&tape);
    harness.get_by_label("订单列表").focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(2);

    harness.event(Input::Copy);
    harness.step();

    let text = copied(&harness).expect("a copy");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 61);
    assert!(lines[0].starts_with("商户订单号\t金额 ¥\t支付\t履约"));
    assert!(lines[1].starts_with("QH260308100244100020\t9.00\t已支付\t已发货"));
    assert_eq!(lines.iter().collect::<BTreeSet<_>>().len(), 61);
}

#[test]
fn a_copy_of_rows_that_are_not_here_is_read_by_a_job_and_then_copied_whole() {
    let tape = Tape::default();
    let mut harness = orders(&tape);
    long(&mut harness, 2_997);
    harness.get_by_label("订单列表").focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(2);
    let sums = asked(&tape);
    assert!(
        sums.iter()
            .any(|(_, ask)| matches!(ask, ListAsk::Sums(_, ids) if ids.len() == 2_997))
    );

    harness.event(Input::Copy);
    harness.step();
    assert_eq!(copied(&harness), None, "not before all of it is here");

    let (task, ask) = asked(&tape).pop().expect("a job");
    let ListAsk::Copy(rows, CopyFormat::Tsv) = ask else {
        panic!("{ask:?}");
    };
    assert_eq!(rows.ids.map(|ids| ids.len()), Some(2_997));
    answer(
        &tape,
        task,
        ListAnswer::Copied(Arc::from("all of it"), 2_997),
    );
    harness.step();
    assert_eq!(copied(&harness).as_deref(), Some("all of it"));
    harness.run_steps(1);
    assert!(status(&harness, "已复制 2,997 行"));
}

#[test]
fn the_sum_of_rows_that_are_not_here_comes_from_a_job() {
    let tape = Tape::default();
    let mut harness = orders(&tape);
    long(&mut harness, 5_000);
    harness.get_by_label("订单列表").focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(2);
    assert!(status(&harness, "正在合计"));
    let (task, _) = asked(&tape).pop().expect("a job");
    let sum = RowSum {
        of: Term::new("订单金额", "Orders"),
        count: 5_000,
        sum: Fen::new(1_234_500),
    };
    answer(&tape, task, ListAnswer::Sums(vec![sum]));
    harness.run_steps(2);
    assert!(status(&harness, "订单金额 ¥12,345.00"));
    assert!(status(&harness, "均值 ¥2.46"));
}

#[test]
fn the_format_of_a_copy_is_chosen_by_the_menu_of_a_row() {
    let tape = Tape::default();
    let mut harness = orders(&tape);
    let at = row(&harness, 0);
    press(&mut harness, at, Modifiers::NONE);
    harness.key_press(Key::Menu);
    harness.run_steps(3);

    harness.get_by_label("复制为 JSON").click();
    harness.step();

    let text = copied(&harness).or_else(|| {
        harness.step();
        copied(&harness)
    });
    let text = text.expect("a copy");
    assert!(
        text.contains("\"out_trade_no\":\"QH260308100244100020\""),
        "{text}"
    );
    assert!(text.contains("\"amount_fen\":900"), "{text}");
}

#[test]
fn a_search_goes_to_the_row_that_was_found_and_says_when_there_is_none() {
    let tape = Tape::default();
    let mut harness = orders(&tape);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::F);
    harness.run_steps(3);
    harness.event(Input::Text("0175".into()));
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    let (task, ask) = asked(&tape).pop().expect("a search");
    let ListAsk::Find(find) = ask else {
        panic!("{ask:?}");
    };
    assert_eq!(
        (find.text.as_str(), find.from, find.back),
        ("0175", None, false)
    );
    answer(&tape, task, ListAnswer::Found(Some(40)));
    harness.run_steps(3);
    assert!(status(&harness, "已选 1 笔"));
    let row = harness.get_by_label_contains("QH260308100244103100");
    assert_eq!(row.accesskit_node().is_selected(), Some(true));

    harness.key_press(Key::Enter);
    harness.run_steps(2);
    let (task, ask) = asked(&tape).pop().expect("the next search");
    assert!(matches!(ask, ListAsk::Find(ref find) if find.from == Some(40)));
    answer(&tape, task, ListAnswer::Found(None));
    harness.run_steps(3);
    harness.get_by_label("没有找到");

    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert!(harness.query_by_label("没有找到").is_none());
}

#[test]
fn columns_are_moved_widened_and_frozen_and_that_is_kept() {
    let tape = Tape::default();
    let mut harness = orders(&tape);
    let (from, to) = (header(&harness, "履约"), header(&harness, "金额 ¥"));
    drag(&mut harness, from, to - egui::vec2(60.0, 0.0));
    let kept = saved(&tape).expect("the order is kept");
    let order = kept.tables["orders"].order.clone().unwrap();
    assert_eq!(order[..4], ["number", "fulfil", "amount", "pay"]);

    let head = harness
        .get_by_role_and_label(Role::ColumnHeader, "支付")
        .rect();
    let edge = egui::pos2(head.right() + 4.0, head.center().y);
    drag(&mut harness, edge, edge + egui::vec2(40.0, 0.0));
    let kept = saved(&tape).expect("the width is kept");
    assert_eq!(kept.tables["orders"].widths["pay"], 124);

    let at = header(&harness, "支付");
    harness.event(Input::PointerMoved(at));
    for pressed in [true, false] {
        harness.event(Input::PointerButton {
            pos: at,
            button: PointerButton::Secondary,
            pressed,
            modifiers: Modifiers::NONE,
        });
        harness.run_steps(1);
    }
    harness.run_steps(2);
    harness.get_by_label("冻结到此列").click();
    harness.run_steps(2);
    let kept = saved(&tape).expect("what is frozen is kept");
    assert_eq!(kept.tables["orders"].frozen, Some(4));
}

#[test]
fn a_double_click_on_an_edge_fits_the_column_to_what_it_holds() {
    let tape = Tape::default();
    let mut harness = orders(&tape);
    let head = harness
        .get_by_role_and_label(Role::ColumnHeader, "支付")
        .rect();
    let edge = egui::pos2(head.right() + 4.0, head.center().y);
    harness.event(Input::PointerMoved(edge));
    harness.run_steps(1);
    // Two steps of the harness take longer than a double click may: both clicks come in one.
    for pressed in [true, false, true, false] {
        harness.input_mut().events.push(Input::PointerButton {
            pos: edge,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
    }
    harness.run_steps(4);
    let kept = saved(&tape).expect("the width is kept");
    let width = kept.tables["orders"].widths["pay"];
    assert!((50..80).contains(&width), "{width}");
}

#[test]
fn a_view_is_kept_under_a_name_and_comes_back() {
    let tape = Tape::default();
    let mut harness = orders(&tape);
    let mut filter = harness.state().state().orders.filter.clone().unwrap();
    filter.view.only("pay", &SheetCell::text("paid"));
    let view = filter.view.clone();
    harness.state_mut().state_mut().orders.filter = Some(filter);
    harness.run_steps(2);
    harness.get_by_label("视图").click();
    harness.run_steps(3);
    harness.get_by_label("存为视图…").click();
    harness.run_steps(3);
    harness.event(Input::Text("已付".into()));
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run_steps(2);
    let kept = saved(&tape).expect("the view is kept");
    assert_eq!(kept.views["orders"][0].name, "已付");
    assert_eq!(kept.views["orders"][0].view, view);

    let state = harness.state_mut().state_mut();
    state.orders.filter.as_mut().unwrap().view.filters.clear();
    harness.run_steps(2);
    harness.get_by_label("视图").click();
    harness.run_steps(3);
    harness
        .get_by_role_and_label(Role::MenuItem, "已付")
        .click();
    harness.run_steps(2);
    assert_eq!(listed(&tape).expect("the list of the view").view, view);
}

#[test]
fn everything_listed_is_exported_with_the_columns_in_view() {
    let tape = Tape::default();
    let mut harness = orders(&tape);
    long(&mut harness, 5_000);
    harness.get_by_label("导出…").click();
    harness.run_steps(3);
    harness.get_by_label("CSV 文件（.csv）").click();
    harness.run_steps(2);
    let name = match tape.0.borrow_mut().asked.pop() {
        Some(PickAsk::Save { name, .. }) => name,
        other => panic!("{other:?}"),
    };
    assert_eq!(name, "orders_2026-03-09.csv");
    tape.0.borrow_mut().answer = Some(vec!["/somewhere/orders.csv".into()]);
    harness.run_steps(2);
    let (_, ask) = asked(&tape).pop().expect("a job");
    let ListAsk::Export(rows, ExportFormat::Csv, path) = ask else {
        panic!("{ask:?}");
    };
    assert_eq!(rows.ids, None, "all that are listed");
    assert_eq!(rows.columns[..3], ["number", "amount", "pay"]);
    assert_eq!(path.to_str(), Some("/somewhere/orders.csv"));
}

#[test]
fn the_rows_at_the_end_of_ten_million_stand_at_their_height() {
    let tape = Tape::default();
    let mut harness = window(Look::default(), &tape, |app| {
        crate::sample::fill(app.state_mut());
        app.state_mut()
            .orders
            .rows
            .set_order((0..10_000_000_u64).collect::<Vec<_>>());
        app.go(Screen::Orders);
    });
    harness.get_by_label("订单列表").focus();
    harness.run_steps(2);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::End);
    harness.run_steps(3);

    let rows = harness.query_all_by_role(Role::Row);
    let mut tops: Vec<f32> = rows.map(|row| row.rect().bottom()).collect();
    tops.sort_by(f32::total_cmp);
    assert!(tops.len() > 20);
    // The first one may be cut at the header.
    for pair in tops[1..].windows(2) {
        assert!((pair[1] - pair[0] - 30.0).abs() < 0.01, "{tops:?}");
    }
    let wanted: Vec<u64> = tape
        .take()
        .into_iter()
        .filter_map(|command| match command {
            Command::Page(ListKind::Orders, page) => page.ids.last().copied(),
            _ => None,
        })
        .collect();
    assert!(wanted.contains(&9_999_999), "{wanted:?}");
}

#[test]
fn every_cell_and_every_header_is_reached_by_keys() {
    let tape = Tape::default();
    let mut harness = orders(&tape);
    harness.get_by_label("订单列表").focus();
    harness.run_steps(2);
    harness.key_press(Key::ArrowDown);
    harness.run_steps(2);
    harness.key_press(Key::ArrowRight);
    harness.key_press(Key::ArrowRight);
    harness.run_steps(2);
    let cell = harness.query_all_by_role(Role::Cell).next();
    let label = cell.and_then(|cell| cell.accesskit_node().label());
    assert!(label.is_some_and(|label| label.starts_with("金额 ¥ ")));

    harness.key_press(Key::ArrowUp);
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    let sorted = listed(&tape).expect("sorted by the header");
    assert_eq!(sorted.view.sort_of("amount"), Some((0, false)));

    harness.key_press_modifiers(Modifiers::ALT, Key::ArrowDown);
    harness.run_steps(3);
    harness.get_by_label("应用");
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert!(harness.query_by_label("应用").is_none());
}
