//! A window without threads: what it submits is written down, what it hears is put in by the test.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Theme, Vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use egui_kittest::{Harness, HarnessBuilder};
use recondesk::app::{CancelToken, Command, Event, Language, QueueFull, TaskId, ThemeChoice};
use recondesk::domain::Instant;
use recondesk::ports::{Clock, PickAsk, Picker};
use recondesk::ui::{App, Backend, Screen};

/// A clock that stands still.
pub(crate) struct Still(pub(crate) Instant);

impl Clock for Still {
    fn now(&self) -> Instant {
        self.0
    }

    fn steady_ms(&self) -> u64 {
        1_100
    }
}

/// What the window submitted, in order, and what it will hear.
#[derive(Default)]
pub(crate) struct WindowTape {
    pub(crate) sent: Vec<(TaskId, Command)>,
    pub(crate) events: Vec<Event>,
    pub(crate) full: bool,
    pub(crate) asked: Vec<PickAsk>,
    pub(crate) answer: Option<Vec<PathBuf>>,
}

#[derive(Clone, Default)]
pub(crate) struct Tape(pub(crate) Rc<RefCell<WindowTape>>);

impl Tape {
    /// Takes what was submitted so far.
    pub(crate) fn take(&self) -> Vec<Command> {
        let sent = std::mem::take(&mut self.0.borrow_mut().sent);
        sent.into_iter().map(|(_, command)| command).collect()
    }
}

impl Backend for Tape {
    fn submit(&self, task: TaskId, command: Command, _: CancelToken) -> Result<(), QueueFull> {
        let mut wire = self.0.borrow_mut();
        if wire.full {
            return Err(QueueFull);
        }
        wire.sent.push((task, command));
        Ok(())
    }

    fn try_next(&self) -> Option<Event> {
        let mut wire = self.0.borrow_mut();
        (!wire.events.is_empty()).then(|| wire.events.remove(0))
    }
}

/// File dialogs that the test answers.
pub(crate) struct ScriptedDialogs(pub(crate) Tape);

impl Picker for ScriptedDialogs {
    fn ask(&mut self, ask: PickAsk) -> bool {
        self.0.0.borrow_mut().asked.push(ask);
        true
    }

    fn answer(&mut self) -> Option<Vec<PathBuf>> {
        self.0.0.borrow_mut().answer.take()
    }
}

/// How a window is set up.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    pub(crate) size: (f32, f32),
    pub(crate) language: Language,
    pub(crate) theme: ThemeChoice,
    pub(crate) dark: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            size: (1440.0, 900.0),
            language: Language::Zh,
            theme: ThemeChoice::Light,
            dark: false,
        }
    }
}

impl Look {
    pub(crate) fn size(mut self, width: f32, height: f32) -> Self {
        self.size = (width, height);
        self
    }

    pub(crate) fn english(mut self) -> Self {
        self.language = Language::En;
        self
    }

    #[cfg(feature = "pictures")]
    pub(crate) fn dark(mut self) -> Self {
        self.theme = ThemeChoice::Dark;
        self.dark = true;
        self
    }
}

/// A window with that look; `fill` puts the state in.
pub(crate) fn window(
    look: Look,
    tape: &Tape,
    fill: impl FnOnce(&mut App),
) -> Harness<'static, App> {
    let (clock, hand, backend) = (
        Arc::new(Still(now())),
        ScriptedDialogs(tape.clone()),
        tape.clone(),
    );
    let mut app = App::new(Box::new(backend), clock, Box::new(hand));
    app.state_mut().preferences.language = look.language;
    app.state_mut().preferences.theme = look.theme;
    fill(&mut app);
    let builder: HarnessBuilder<App> = Harness::builder()
        .with_size(Vec2::new(look.size.0, look.size.1))
        .with_theme(if look.dark { Theme::Dark } else { Theme::Light });
    let mut harness = builder.build_eframe(move |cc| {
        App::install(&cc.egui_ctx);
        app
    });
    harness.run_steps(2);
    harness
}

/// The morning of the samples.
pub(crate) fn now() -> Instant {
    Instant::parse_beijing("2026-03-09 10:12:40").unwrap()
}

/// Selects the row of a table whose name contains a text, and opens it with Enter.
pub(crate) fn open_row(harness: &mut Harness<'static, App>, name: &str) {
    let row = harness
        .query_all_by_label_contains(name)
        .find(|node| node.accesskit_node().role() == Role::Row)
        .expect("a row");
    row.click();
    harness.run_steps(2);
    harness.key_press(egui::Key::Enter);
    harness.run_steps(2);
}

/// A window with the sample day, on a screen.
pub(crate) fn sample_window(look: Look, screen: Screen, tape: &Tape) -> Harness<'static, App> {
    window(look, tape, |app| {
        crate::sample::fill(app.state_mut());
        app.go(screen);
    })
}
