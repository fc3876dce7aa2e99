//! The application object: fields, construction, what happens before each frame.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use egui::Context;

use super::action::{Action, Outbox};
use super::file_picks::Picking;
use super::open_shared::OpenSharedDialog;
use super::palette::Palette;
use super::screens::{Screen, Screens};
use super::sign_in::SignInDialog;
use super::topbar::TopBar;
use super::unlock::UnlockDialog;
use super::{closing, fonts, format, text, theme};
use recondesk_app::model::{CaseFilter, OrderFilter};
use recondesk_app::{
    CancelToken, Command, Event, ListKind, Preferences, QueueFull, State, TaskId, ThemeChoice,
    Worker,
};
use recondesk_domain::{BillDate, Instant, ProfileId};
use recondesk_ports::{Clock, Picker};

/// The other side of the window: takes commands, gives events, never waits.
pub trait Backend {
    /// Hands a command over.
    ///
    /// # Errors
    /// [`QueueFull`]; nothing happened then.
    fn submit(&self, task: TaskId, command: Command, cancel: CancelToken) -> Result<(), QueueFull>;

    /// The next event, if one is there.
    fn try_next(&self) -> Option<Event>;
}

impl Backend for Worker {
    fn submit(&self, task: TaskId, command: Command, cancel: CancelToken) -> Result<(), QueueFull> {
        Self::submit(self, task, command, cancel)
    }

    fn try_next(&self) -> Option<Event> {
        Self::try_next(self)
    }
}

/// What the status bar says for a while.
pub(super) enum Flash {
    /// The title of a notice, by its number.
    Notice(u64),
    /// A few words.
    Said(String),
}

/// The window.
pub struct App {
    pub(super) state: State,
    pub(super) screen: Screen,
    pub(super) screens: Screens,
    pub(super) topbar: TopBar,
    pub(super) palette: Option<Palette>,
    pub(super) notices_open: bool,
    pub(super) keys_open: bool,
    pub(super) unlocking: UnlockDialog,
    pub(super) signing_in: SignInDialog,
    pub(super) opening: OpenSharedDialog,
    /// Steady milliseconds when a hand was last on the window.
    pub(super) touched_ms: u64,
    pub(super) out: Outbox,
    /// What the status bar says for a while, and until when.
    pub(super) flash: Option<(Instant, Flash)>,
    pub(super) clock: Arc<dyn Clock>,
    backend: Box<dyn Backend>,
    pub(super) picker: Box<dyn Picker>,
    pub(super) picking: Option<Picking>,
    /// Files that wait for the first merchant.
    pub(super) held: Vec<PathBuf>,
    /// Whether the window may go while work runs.
    pub(super) closing: closing::Closing,
    /// The newest notice that the status bar has said.
    told: Option<u64>,
    applied: Option<Preferences>,
    started: bool,
    renderer: String,
    language: Option<recondesk_app::Language>,
}

impl App {
    /// A window over a backend; it asks for its content in the first frame.
    #[must_use]
    pub fn new(backend: Box<dyn Backend>, clock: Arc<dyn Clock>, picker: Box<dyn Picker>) -> Self {
        Self {
            state: State::new(clock.now()),
            screen: Screen::Overview,
            screens: Screens::default(),
            topbar: TopBar::default(),
            palette: None,
            notices_open: false,
            keys_open: false,
            unlocking: UnlockDialog::default(),
            signing_in: SignInDialog::default(),
            opening: OpenSharedDialog::default(),
            touched_ms: clock.steady_ms(),
            out: Outbox::default(),
            flash: None,
            clock,
            backend,
            picker,
            picking: None,
            held: Vec::new(),
            closing: closing::Closing::default(),
            told: None,
            applied: None,
            started: false,
            renderer: String::new(),
            language: None,
        }
    }

    /// Names the renderer that draws this window, for the settings screen.
    #[must_use]
    pub fn drawn_by(mut self, renderer: String) -> Self {
        self.renderer = renderer;
        self
    }

    /// Sets the language of this run, whatever the preferences say.
    #[must_use]
    pub const fn in_language(mut self, language: Option<recondesk_app::Language>) -> Self {
        self.language = language;
        self
    }

    /// Sets fonts and styles; once, before the first frame.
    pub fn install(ctx: &Context) {
        fonts::install(ctx);
        theme::install(ctx, false);
    }

    /// What the screens read.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// The same, to be filled by tests.
    pub const fn state_mut(&mut self) -> &mut State {
        &mut self.state
    }

    /// The screen in view.
    #[must_use]
    pub const fn screen(&self) -> Screen {
        self.screen
    }

    /// Goes to a screen.
    pub const fn go(&mut self, screen: Screen) {
        self.screen = screen;
    }

    /// What happens before each frame, and while the window is hidden: events in, follow-ups out.
    pub fn logic(&mut self, ctx: &Context) {
        if !self.started {
            self.started = true;
            self.submit(Command::Start);
        }
        while let Some(event) = self.backend.try_next() {
            let welcomed = self.state.welcome.value().is_some();
            let opened = self.state.import.opened;
            for command in self.state.apply(event) {
                self.submit(command);
            }
            if self.state.import.opened != opened {
                self.screen = Screen::Orders;
            }
            if !welcomed && self.state.welcome.value().is_some() {
                self.settle();
            }
        }
        if let Some((text, rows)) = self.state.take_copied() {
            ctx.copy_text(text.to_string());
            let w = text::of(self.state.preferences.language);
            let said = (w.table.copied)(&format::count(rows));
            self.say(ctx, Flash::Said(said));
        }
        self.files(ctx);
        let newest = self.state.notices.first().map(|notice| notice.id);
        if newest > self.told
            && let Some(id) = newest
        {
            self.told = newest;
            self.say(ctx, Flash::Notice(id));
        }
        self.lock_when_idle(ctx);
        let now = self.clock.now();
        if now.unix() / 60 != self.state.now.unix() / 60 || self.flash.is_some() {
            self.state.tick(now);
        }
        if self.flash.as_ref().is_some_and(|(until, _)| now >= *until) {
            self.flash = None;
        }
        let rest = u64::try_from(60 - now.unix().rem_euclid(60)).unwrap_or(60);
        ctx.request_repaint_after(Duration::from_secs(rest));
        self.apply_preferences(ctx);
    }

    /// Says something in the status bar for six seconds.
    fn say(&mut self, ctx: &Context, flash: Flash) {
        self.flash = Some((self.clock.now().plus(6), flash));
        ctx.request_repaint_after(Duration::from_secs(6));
    }

    /// What the command line and the renderer say goes over what was stored.
    fn settle(&mut self) {
        if let Some(language) = self.language {
            self.state.preferences.language = language;
        }
        if !self.renderer.is_empty() {
            self.state.preferences.renderer.clone_from(&self.renderer);
        }
    }

    fn apply_preferences(&mut self, ctx: &Context) {
        let preferences = &self.state.preferences;
        if self.applied.as_ref() == Some(preferences) {
            return;
        }
        text::install(ctx, preferences.language);
        theme::install(ctx, preferences.theme == ThemeChoice::Contrast);
        ctx.set_theme(match preferences.theme {
            ThemeChoice::System | ThemeChoice::Contrast => egui::ThemePreference::System,
            ThemeChoice::Light => egui::ThemePreference::Light,
            ThemeChoice::Dark => egui::ThemePreference::Dark,
        });
        ctx.set_zoom_factor(f32::from(preferences.zoom_percent()) / 100.0);
        self.applied = Some(preferences.clone());
    }

    /// Hands a command to the backend; what nobody takes is told.
    pub(super) fn submit(&mut self, command: Command) {
        let (task, cancel) = self.state.enter(&command, self.clock.steady_ms());
        if self.backend.submit(task, command, cancel).is_err() {
            self.state.refuse(task);
        }
    }

    /// Carries out what the views asked for.
    pub(super) fn carry_out(&mut self, ctx: &Context) {
        let mut actions = self.out.take();
        while !actions.is_empty() {
            self.carry_out_each(ctx, actions);
            // A screen that is told of a wish may have one of its own.
            actions = self.out.take();
        }
        if self.screen != Screen::Lookup {
            self.state.leave_lookup();
        }
    }

    fn carry_out_each(&mut self, ctx: &Context, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Go(screen) => self.screen = screen,
                Action::GoToDay(screen, of, day) => self.go_to_day(screen, (of, day)),
                Action::LookUp(text) => {
                    self.screen = Screen::Lookup;
                    self.screens.look_up(text, &mut self.out);
                }
                Action::ChooseStory(nth) => self.choose_story(nth),
                Action::StopAsking => self.state.leave_lookup(),
                Action::OpenCase(profile, key, number) => self.open_case(profile, key, number),
                Action::PickAnswers(format) => self.pick_answers(format),
                Action::PickList => self.pick_list(),
                Action::Run(command) => self.submit(command),
                Action::SetDay(day) => self.set_day(day),
                Action::SetMerchant(merchant) => self.set_merchant(merchant),
                Action::Visible(list, rows) => self.load_rows(list, rows),
                Action::Prefer(preferences) => self.prefer(ctx, *preferences),
                Action::PickTable(export, format) => self.pick_table(export, format),
                Action::Say(said) => self.say(ctx, Flash::Said(said)),
                Action::PickFiles => self.pick_files(Picking::Import),
                Action::PickStatement(ask) => self.pick_statement(ask),
                Action::PickOrders => self.pick_files(Picking::Orders),
                Action::CloseImport => {
                    if let Some(command) = self.state.close_import() {
                        self.submit(command);
                    }
                }
                Action::DropImports => {
                    self.state.import.drop_waiting();
                    drop(self.state.close_import());
                }
                Action::PickExport(what) => self.pick_export(what),
                Action::Cancel(task) => {
                    if let Some(task) = self.state.tasks.get(&task) {
                        task.cancel.cancel();
                    }
                }
                Action::AskPassphrase => {
                    self.state.passphrase_wrong = false;
                    self.state.passphrase_wanted = true;
                }
                Action::AskOperator => {
                    self.state.desk.asked.clear();
                    self.state.desk.is_wanted = true;
                }
                Action::OpenShared => {
                    let recent = self.state.places.as_deref();
                    self.opening.open(recent.unwrap_or_default());
                }
                Action::PickAttachments(case) => self.pick_attachments(case),
                Action::PickAttachmentCopy(case, file) => self.pick_attachment_copy(case, &file),
                Action::PickReissueList(list) => self.pick_reissue_list(list),
                Action::Approvals => self.show_approvals(),
                wish @ (Action::SendRefund(_) | Action::WithdrawRefund(_)) => {
                    self.screens.ask_about(wish);
                }
                Action::UnfinishedRefunds => {
                    self.screen = Screen::Cases;
                    self.screens.show_refunds(&self.state, &mut self.out);
                }
                Action::Operators => self.show_operators(),
                Action::PickBooks => self.pick_books(),
                Action::PickBackup => self.pick_backup(),
                Action::PickCertificate(profile, day) => self.pick_certificate(profile, day),
                Action::MendRows(profile, import) => self.mend_rows((profile, import)),
                Action::PickOriginal(import, name) => self.pick_original(import, &name),
                Action::Funds(profile, day) => {
                    if self.screen != Screen::Bills {
                        self.screen = Screen::Reconcile;
                    }
                    self.screens.show_funds(profile, day, &mut self.out);
                }
                Action::ImportFiles(paths) => self.import(paths),
                Action::NewMerchant => {
                    self.screen = Screen::Merchants;
                    self.screens.new_merchant();
                }
            }
        }
    }

    fn choose_story(&mut self, nth: usize) {
        let merchants = std::mem::take(&mut self.state.merchants);
        let next = self.state.lookup.choose(nth, &merchants);
        self.state.merchants = merchants;
        if let Some(command) = next {
            self.submit(command);
        }
    }

    fn mend_rows(&mut self, import: (ProfileId, u32)) {
        self.screen = Screen::Orders;
        self.screens.mend_rows(import, &mut self.out);
    }

    fn show_approvals(&mut self) {
        self.screen = Screen::Cases;
        self.screens.show_approvals(&mut self.out);
    }

    fn go_to_day(&mut self, screen: Screen, (merchant, day): (ProfileId, BillDate)) {
        self.screen = screen;
        self.set_merchant(Some(merchant));
        self.set_day(day);
    }

    fn show_operators(&mut self) {
        self.screen = Screen::Settings;
        self.screens.show_operators(&self.state);
    }

    /// Stores what a person chose, at once in force.
    fn prefer(&mut self, ctx: &Context, preferences: Preferences) {
        let before = std::mem::replace(&mut self.state.preferences, preferences);
        self.submit(Command::SavePreferences(self.state.preferences.clone()));
        self.apply_preferences(ctx);
        if before.show_personal_data != self.state.preferences.show_personal_data {
            // What was read before says too much now, or too little.
            self.state.cases.open.clear();
            self.state.orders.open.clear();
            self.state.bill.clear();
            self.screens.moved();
        }
    }

    fn load_rows(&mut self, list: ListKind, rows: std::ops::Range<u64>) {
        // Half a screen more on both sides, so that a slow wheel meets no grey bars.
        let margin = (rows.end - rows.start) / 2;
        let rows = rows.start.saturating_sub(margin)..rows.end.saturating_add(margin);
        let wanted = match list {
            ListKind::Cases => self.state.cases.rows.wanted(rows),
            ListKind::Orders => self.state.orders.rows.wanted(rows),
        };
        for page in wanted {
            self.submit(Command::Page(list, page));
        }
    }

    /// Goes to a case from elsewhere: the list shows its number, the panel the case.
    fn open_case(&mut self, profile: ProfileId, key: String, number: String) {
        self.screen = Screen::Cases;
        self.screens.open_case();
        self.submit(Command::Cases(CaseFilter {
            profile: Some(profile),
            text: number,
            ..CaseFilter::default()
        }));
        self.submit(Command::Case(profile, key));
    }

    fn set_day(&mut self, day: BillDate) {
        let last = self.clock.now().day().prev();
        self.state.day = day.min(last);
        self.screens.moved();
        if self.state.cases.filter.day.is_some() {
            self.state.cases.filter.day = Some(self.state.day);
        }
        self.reload();
    }

    fn set_merchant(&mut self, merchant: Option<ProfileId>) {
        if self.state.merchant == merchant {
            return;
        }
        self.state.merchant = merchant;
        self.state.cases.filter = CaseFilter {
            profile: merchant,
            ..CaseFilter::default()
        };
        self.state.cases.open.clear();
        let orders = self.state.merchant_or_first();
        self.state.orders.filter = orders.map(|row| OrderFilter::all(row.id, self.state.day));
        self.state.preferences.merchant = merchant;
        self.applied
            .clone_from(&Some(self.state.preferences.clone()));
        self.screens.moved();
        self.submit(Command::SavePreferences(self.state.preferences.clone()));
        self.reload();
    }

    pub(super) fn reload(&mut self) {
        for command in self.state.reload_books() {
            self.submit(command);
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &Context, _: &mut eframe::Frame) {
        Self::logic(self, ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        self.show(ui);
    }

    fn persist_egui_memory(&self) -> bool {
        false
    }
}
