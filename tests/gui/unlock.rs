//! The passphrase of the sealed file: asked for when a key is needed, never shown, forgotten after idle minutes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use recondesk::app::{Command, Event, Failure, Outcome};
use recondesk::domain::Instant;
use recondesk::ports::{Clock, VaultAccess, VaultError};
use recondesk::ui::{App, Screen};

use crate::stage::{Look, ScriptedDialogs, Tape, now, sample_window};

const PASSPHRASE: &str = "correct horse 1";

/// A clock whose steady part is moved by the test.
struct Hourglass(AtomicU64);

impl Clock for Hourglass {
    fn now(&self) -> Instant {
        now()
    }

    fn steady_ms(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

fn typed(harness: &mut Harness<'static, App>, field: &str, text: &str) {
    harness.get_by_label(field).focus();
    harness.run_steps(1);
    harness.get_by_label(field).type_text(text);
    harness.run_steps(2);
}

fn confirm(harness: &mut Harness<'static, App>) {
    harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    harness.run_steps(2);
}

/// The fetch that was submitted last finds the vault locked.
fn fail_last(harness: &mut Harness<'static, App>, tape: &Tape) {
    let (task, _) = tape.0.borrow_mut().sent.pop().unwrap();
    let failure = Failure::from(VaultError::Locked);
    let event = Event::Failed(task, Box::new(failure));
    tape.0.borrow_mut().events.push(event);
    harness.run_steps(3);
}

fn last<T>(tape: &Tape, read: impl Fn(&Command) -> T) -> T {
    let wire = tape.0.borrow();
    wire.sent.last().map(|(_, command)| read(command)).unwrap()
}

fn locked_window(vault: VaultAccess, tape: &Tape) -> Harness<'static, App> {
    let mut harness = sample_window(Look::default(), Screen::Reconcile, tape);
    harness.state_mut().state_mut().vault = vault;
    tape.take();
    harness.key_press(Key::F5);
    harness.run_steps(2);
    fail_last(&mut harness, tape);
    harness
}

fn given(tape: &Tape) -> Vec<String> {
    let taken = tape.take();
    let passphrases = taken.iter().filter_map(|command| match command {
        Command::UnlockVault(passphrase) => Some(passphrase.expose().clone()),
        _ => None,
    });
    passphrases.collect()
}

#[test]
fn a_locked_vault_asks_for_its_passphrase_until_it_is_right() {
    let tape = Tape::default();
    let mut harness = locked_window(VaultAccess::Locked, &tape);
    harness.get_by_label("输入密封文件的口令");
    confirm(&mut harness);
    assert!(given(&tape).is_empty(), "nothing was typed");

    typed(&mut harness, "口令", "wrong");
    confirm(&mut harness);
    let command = last(&tape, |command| format!("{command:?}"));
    assert!(
        !command.contains("wrong"),
        "a passphrase is printed: {command}"
    );
    fail_last(&mut harness, &tape);
    harness.get_by_label("输入密封文件的口令");

    typed(&mut harness, "口令", PASSPHRASE);
    confirm(&mut harness);
    let task = tape.0.borrow().sent.last().map(|(task, _)| *task).unwrap();
    assert_eq!(given(&tape), [PASSPHRASE]);
    let merchants = harness.state().state().merchants.clone();
    let opened = Outcome::Merchants(merchants, VaultAccess::Open);
    let event = Event::Finished(task, Box::new(opened));
    tape.0.borrow_mut().events.push(event);
    harness.run_steps(3);
    assert!(harness.query_by_label("输入密封文件的口令").is_none());
    assert_eq!(harness.state().state().vault, VaultAccess::Open);
}

#[test]
fn a_new_passphrase_is_typed_twice_and_is_no_short_one() {
    let tape = Tape::default();
    let mut harness = locked_window(VaultAccess::Unmade, &tape);
    harness.get_by_label("为密封文件设置口令");
    typed(&mut harness, "口令", PASSPHRASE);
    typed(&mut harness, "再输一次", "correct horse 2");
    confirm(&mut harness);
    assert!(given(&tape).is_empty(), "the two differ");
    harness.get_by_label("再输一次").focus();
    harness.run_steps(1);
    harness.key_press(Key::Backspace);
    harness.run_steps(1);
    typed(&mut harness, "再输一次", "1");
    confirm(&mut harness);
    assert_eq!(given(&tape), [PASSPHRASE]);
}

#[test]
fn escape_drops_the_wish_and_the_window_goes_on() {
    let tape = Tape::default();
    let mut harness = locked_window(VaultAccess::Locked, &tape);
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert!(harness.query_by_label("输入密封文件的口令").is_none());
    harness.key_press_modifiers(Modifiers::ALT, Key::Num3);
    harness.run_steps(2);
    assert_eq!(harness.state().screen(), Screen::Cases);
}

#[test]
fn idle_minutes_lock_an_open_vault_once_and_a_hand_keeps_it_open() {
    let tape = Tape::default();
    let clock = Arc::new(Hourglass(AtomicU64::new(0)));
    let hand = ScriptedDialogs(tape.clone());
    let mut app = App::new(
        Box::new(tape.clone()),
        Arc::clone(&clock) as _,
        Box::new(hand),
    );
    crate::sample::fill(app.state_mut());
    app.state_mut().vault = VaultAccess::Open;
    let mut harness = Harness::builder().build_eframe(move |cc| {
        App::install(&cc.egui_ctx);
        app
    });
    harness.run_steps(3);
    harness.state_mut().state_mut().tasks.clear();
    let locks = |tape: &Tape| {
        let taken = tape.take();
        let is_lock = |command: &&Command| matches!(command, Command::LockVault);
        taken.iter().filter(is_lock).count()
    };
    locks(&tape);

    clock.0.store(4 * 60_000, Ordering::SeqCst);
    harness.key_press(Key::F6);
    harness.run_steps(2);
    clock.0.store(8 * 60_000, Ordering::SeqCst);
    harness.run_steps(2);
    assert_eq!(locks(&tape), 0, "four minutes since the last key");

    clock.0.store(9 * 60_000, Ordering::SeqCst);
    harness.run_steps(3);
    assert_eq!(locks(&tape), 1);

    harness.state_mut().state_mut().tasks.clear();
    harness.state_mut().state_mut().preferences.lock_after = 0;
    harness.run_steps(3);
    assert_eq!(locks(&tape), 0, "never was chosen");
}
