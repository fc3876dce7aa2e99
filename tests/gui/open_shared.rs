//! A shared workspace is opened by its address: from the palette or the first page, with one of before or a new one; the
//! dialog stays until it can be opened, and prints no password.

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use recondesk::app::{
    Changed, Command, Event, Failure, Message, NextDeed, NoticeText, Outcome, Remote,
};
use recondesk::ports::StoreError;
use recondesk::ui::{App, Screen};

use crate::stage::{Look, Tape, sample_window, window};

const TITLE: &str = "打开共用工作区";
const LAST: &str = "postgres://li@db.example.com/desk";
const OTHER: &str = "postgres://li@db.example.com/other";

fn answer(harness: &mut Harness<'static, App>, tape: &Tape, result: Result<Outcome, Failure>) {
    let task = tape.0.borrow().sent.last().map(|(task, _)| *task).unwrap();
    let event = match result {
        Ok(outcome) => Event::Finished(task, Box::new(outcome)),
        Err(failure) => Event::Failed(task, Box::new(failure)),
    };
    tape.0.borrow_mut().events.push(event);
    harness.run_steps(3);
}

/// The wish that went out last.
struct SentWish {
    address: String,
    files: String,
    password: Option<String>,
    printed: String,
}

fn wish(tape: &Tape) -> SentWish {
    let wire = tape.0.borrow();
    let Some((_, Command::OpenShared(ask))) = wire.sent.last() else {
        panic!("nothing went out");
    };
    SentWish {
        address: ask.address.clone(),
        files: ask.files.clone(),
        password: ask.password.as_ref().map(|given| given.expose().clone()),
        printed: format!("{ask:?}"),
    }
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
fn one_of_before_is_opened_and_the_dialog_stays_until_it_can_be() {
    let tape = Tape::default();
    let mut harness = sample_window(Look::default(), Screen::Overview, &tape);
    harness.state_mut().state_mut().places = Some(vec![LAST.to_owned(), OTHER.to_owned()]);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    harness.run_steps(2);
    harness.event(egui::Event::Text("dkgygzq".to_owned()));
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    harness.get_by_label(TITLE);

    harness.get_by_label(OTHER).click();
    harness.run_steps(2);
    typed(&mut harness, "数据库口令", "geheim");
    tape.take();
    confirm(&mut harness);
    let sent = wish(&tape);
    assert_eq!((sent.address.as_str(), sent.files.as_str()), (OTHER, ""));
    assert_eq!(sent.password.as_deref(), Some("geheim"));
    assert!(!sent.printed.contains("geheim"), "{}", sent.printed);
    // It went out once.
    confirm(&mut harness);
    assert_eq!(tape.0.borrow().sent.len(), 1);

    let why = Message::new("连不上", "no way there");
    let failure = Failure::from(StoreError::Unreachable(why));
    answer(&mut harness, &tape, Err(failure));
    harness.get_by_label(TITLE);
    let told = harness.query_all_by_label_contains("连不上").count();
    assert!(told > 0, "nobody is told why");

    confirm(&mut harness);
    let said = NoticeText {
        title: Message::new("已打开", "Opened"),
        note: Message::default(),
        day: None,
        next: NextDeed::None,
        attention: false,
    };
    let done = Outcome::Changed(Changed::Nothing, Box::new(said));
    answer(&mut harness, &tape, Ok(done));
    assert!(harness.query_by_label(TITLE).is_none());
}

#[test]
fn the_first_page_leads_to_it_and_a_new_one_is_made_where_its_files_have_a_place() {
    let tape = Tape::default();
    let mut harness = window(Look::default().english(), &tape, |app| {
        let state = app.state_mut();
        state.welcome = Remote::Ready(());
        state.places = Some(Vec::new());
    });
    harness.get_by_label("Open a shared workspace...").click();
    harness.run_steps(3);
    confirm(&mut harness);
    let went_out = |tape: &Tape| {
        let sent = &tape.0.borrow().sent;
        sent.iter()
            .any(|(_, command)| matches!(command, Command::OpenShared(_)))
    };
    assert!(!went_out(&tape), "there was no address");

    typed(&mut harness, "Address", LAST);
    let files = "Place of the files (only where it is to be made)";
    typed(&mut harness, files, "file:///srv/desk");
    harness.get_by_label("Make and open");
    confirm(&mut harness);
    let sent = wish(&tape);
    assert_eq!(sent.address, LAST);
    assert_eq!(
        (sent.files.as_str(), sent.password),
        ("file:///srv/desk", None)
    );

    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert!(harness.query_by_label("Open a shared workspace").is_none());
}
