//! Pictures of the screens, written to `target/pictures` to be looked at.
//!
//! `RECONDESK_PICTURES=overview` draws those alone whose name has that word.

use egui_kittest::Harness;
use recondesk::app::Remote;
use recondesk::ui::{App, Screen};

use crate::sample;
use crate::stage::{Look, Tape, sample_window, window};

pub(crate) fn take(name: &str, harness: &mut Harness<'static, App>) {
    let picture = harness.render().expect("an adapter draws the picture");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/pictures");
    std::fs::create_dir_all(&folder).expect("the folder for pictures");
    picture
        .save(folder.join(format!("{name}.png")))
        .expect("the picture is written");
}

fn looks() -> Vec<(&'static str, Look)> {
    vec![
        ("light-zh", Look::default()),
        ("dark-zh", Look::default().dark()),
        (
            "light-en-1024x640",
            Look::default().english().size(1024.0, 640.0),
        ),
        ("light-zh-800x500", Look::default().size(800.0, 500.0)),
    ]
}

#[test]
fn every_screen_draws_in_every_look() {
    let only = std::env::var("RECONDESK_PICTURES").unwrap_or_default();
    for (look_name, look) in looks() {
        for screen in Screen::ALL {
            let name = format!("{screen:?}-{look_name}").to_lowercase();
            if !name.contains(&only) {
                continue;
            }
            let tape = Tape::default();
            let mut harness = sample_window(look, screen, &tape);
            if screen == Screen::Cases {
                open_case(&mut harness);
            }
            take(&name, &mut harness);
        }
    }
}

#[test]
fn the_first_start_draws() {
    for (look_name, look) in looks() {
        let mut harness = window(look, &Tape::default(), |app| {
            app.state_mut().welcome = Remote::Ready(());
            app.state_mut().demo = true;
        });
        take(&format!("start-{look_name}"), &mut harness);
    }
}

#[test]
fn the_palette_draws() {
    let mut harness = sample_window(Look::default().dark(), Screen::Overview, &Tape::default());
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::K);
    harness.run_steps(3);
    take("palette-dark-zh", &mut harness);
}

fn open_case(harness: &mut Harness<'static, App>) {
    crate::stage::open_row(harness, "QH260308100244120077");
    harness.state_mut().state_mut().cases.open = Remote::Ready(Box::new(sample::case_detail()));
    harness.run_steps(2);
}

#[test]
fn a_reason_draws_on_the_signature_screen() {
    for (look_name, look) in looks() {
        let tape = Tape::default();
        let (mut harness, _desk) = crate::signature::explained(look, &tape);
        take(&format!("signature-why-{look_name}"), &mut harness);
    }
}

#[test]
fn the_tabs_of_the_signature_screen_draw() {
    let sizes = [(1024.0, 640.0), (1600.0, 1000.0)];
    for (width, height) in sizes {
        for (name, look) in [
            ("light-zh", Look::default()),
            ("dark-en", Look::default().dark().english()),
        ] {
            let tape = Tape::default();
            let look = look.size(width, height);
            let (mut harness, desk, _running) = crate::signature::sent(look, &tape);
            take(&format!("signature-sent-{name}-{width}"), &mut harness);
            for (nth, tab) in crate::signature::tabs(look).into_iter().enumerate() {
                crate::signature::press(&mut harness, tab);
                desk.work(&mut harness, &tape);
                take(&format!("signature-tab{nth}-{name}-{width}"), &mut harness);
            }
            for (nth, part) in crate::signature::parts(look).into_iter().enumerate() {
                crate::signature::press(&mut harness, &part);
                take(&format!("signature-part{nth}-{name}-{width}"), &mut harness);
            }
        }
    }
}

/// The looks in which a dialog is drawn.
fn dialog_looks() -> Vec<(&'static str, Look)> {
    vec![
        ("light-zh", Look::default()),
        (
            "dark-en",
            Look::default().dark().english().size(1024.0, 640.0),
        ),
    ]
}

#[test]
fn the_fund_flow_draws() {
    for (name, look) in dialog_looks() {
        for (state, missing) in [("clean", false), ("missing", true)] {
            let report = crate::funds::report(missing);
            let mut harness = crate::funds::shown(look, &Tape::default(), report);
            take(&format!("funds-{state}-{name}"), &mut harness);
        }
    }
}

#[test]
fn what_is_done_about_cases_draws() {
    for (name, look) in dialog_looks() {
        for (part, mut harness) in crate::casework::pictured(look) {
            take(&format!("casework-{part}-{name}"), &mut harness);
        }
    }
}
