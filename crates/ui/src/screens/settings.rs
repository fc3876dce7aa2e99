//! Settings: language, theme, zoom, rows, operators, where the data lies. Changes of preferences apply at once.

mod operators;
mod people;

use egui::{Rect, Ui, pos2, vec2};

use super::Status;
use crate::action::{Action, Outbox};
use crate::page::Page;
use crate::theme::TypeStyle;
use crate::widgets::button::Button;
use crate::widgets::{button, card, input, progress, tabs};
use crate::{icons, paint};
use recondesk_app::schedule::{ScheduleAsk, Scheduler, unit};
use recondesk_app::{Command, Density, Language, Preferences, State, TaskKind, ThemeChoice};
use recondesk_ports::VaultAccess;

const ROW: f32 = 42.0;
const GAP: f32 = 12.0;
/// Minutes of idleness to choose from; 0 for never.
const LOCK_AFTER: [u16; 6] = [1, 5, 15, 30, 60, 0];

/// What the screen remembers: the values before each change, for Ctrl Z.
#[derive(Default)]
pub(super) struct SettingsScreen {
    undo: Vec<Preferences>,
    people: people::PeopleDialog,
}

impl SettingsScreen {
    /// The form of the first operator opens, where none is named.
    pub(super) fn show_operators(&mut self, state: &State) {
        if !state.desk.person.has_operators {
            self.people.start(people::PeopleDeed::Add);
        }
    }

    pub(super) fn show(&mut self, ui: &mut Ui, page: &Page<'_>, out: &mut Outbox) {
        if page.state.people.known.is_idle() {
            out.run(Command::Operators);
        }
        let w = page.w;
        page.title(ui, w.frame.settings);
        let body = page.body();
        let mut next = page.state.preferences.clone();
        paint::region(ui, body, "settings", |ui| {
            let scroll = egui::ScrollArea::vertical().auto_shrink(false);
            scroll.show(ui, |ui| {
                let width = body.width().min(760.0);
                let size = vec2(width, cards_height(page));
                let (area, _) = ui.allocate_exact_size(size, egui::Sense::hover());
                if let Some(deed) = Self::cards(ui, area, page, &mut next, out) {
                    self.people.start(deed);
                }
            });
        });
        self.people.show(ui, page, out);
        let undo = ui.input_mut(|input| input.consume_key(egui::Modifiers::COMMAND, egui::Key::Z));
        if undo && let Some(before) = self.undo.pop() {
            out.push(Action::Prefer(Box::new(before)));
        } else if next != page.state.preferences {
            self.undo.push(page.state.preferences.clone());
            out.push(Action::Prefer(Box::new(next)));
        }
    }

    fn cards(
        ui: &mut Ui,
        area: Rect,
        page: &Page<'_>,
        next: &mut Preferences,
        out: &mut Outbox,
    ) -> Option<people::PeopleDeed> {
        let mut top = area.top();
        let mut place = |rows: f32| {
            let size = vec2(area.width(), card_height(rows));
            let rect = Rect::from_min_size(pos2(area.left(), top), size);
            top = rect.bottom() + GAP;
            rect
        };
        let display = place(5.0);
        let named = place(operators::rows(page));
        let (keys, data) = (place(2.0), place(data_rows(page)));
        Self::display(ui, display, page, next);
        let deed = operators::show(ui, named, page, out);
        show_keys(ui, keys, page, next, &mut *out);
        show_data(ui, data, page);
        show_care(ui, data, page, out);
        if !page.state.program.is_empty() {
            show_morning(ui, place(schedulers().len() as f32), page);
        }
        deed
    }

    fn display(ui: &mut Ui, rect: Rect, page: &Page<'_>, next: &mut Preferences) {
        let s = &page.w.settings;
        card::titled(ui, rect, s.display, "");
        let line = |nth: usize| row(rect, nth);
        let at = |nth: usize| pos2(rect.right() - 16.0, line(nth).center().y);
        label_of(ui, line(0), page, (s.language, "", true));
        let names = ["中文", "English"];
        let chosen = usize::from(next.language == Language::En);
        if let Some(nth) = segments(ui, at(0), s.language, &names, chosen) {
            next.language = if nth == 1 { Language::En } else { Language::Zh };
        }
        label_of(ui, line(1), page, (s.theme, "", true));
        let themes = [
            ThemeChoice::System,
            ThemeChoice::Light,
            ThemeChoice::Dark,
            ThemeChoice::Contrast,
        ];
        let names = [
            s.theme_system,
            s.theme_light,
            s.theme_dark,
            s.theme_contrast,
        ];
        let chosen = themes.iter().position(|t| *t == next.theme).unwrap_or(0);
        let picked = segments(ui, at(1), s.theme, &names, chosen);
        if let Some(theme) = picked.and_then(|nth| themes.get(nth)) {
            next.theme = *theme;
        }
        label_of(ui, line(2), page, (s.zoom, s.zoom_note, true));
        let steps: Vec<(u16, String)> =
            (8..=20).map(|n| (n * 10, format!("{}%", n * 10))).collect();
        let options: Vec<(u16, &str)> = steps.iter().map(|(n, s)| (*n, s.as_str())).collect();
        let place = paint::from_right(at(2), vec2(84.0, 28.0));
        let current = next.zoom_percent();
        if let Some(zoom) = input::select(ui, place, s.zoom, &options, current) {
            next.zoom = zoom;
        }
        label_of(ui, line(3), page, (s.density, "", true));
        let names = [s.comfortable, s.compact];
        let chosen = usize::from(next.density == Density::Compact);
        if let Some(nth) = segments(ui, at(3), s.density, &names, chosen) {
            next.density = if nth == 1 {
                Density::Compact
            } else {
                Density::Comfortable
            };
        }
        label_of(ui, line(4), page, (s.personal, s.personal_note, false));
        let names = [s.personal_masked, s.personal_shown];
        let chosen = usize::from(next.show_personal_data);
        if let Some(nth) = segments(ui, at(4), s.personal, &names, chosen) {
            next.show_personal_data = nth == 1;
        }
    }
}

/// Height of a card with so many rows.
const fn card_height(rows: f32) -> f32 {
    46.0 + rows * ROW
}

/// Height of all cards with what is between them.
fn cards_height(page: &Page<'_>) -> f32 {
    let morning = if page.state.program.is_empty() {
        0.0
    } else {
        GAP + card_height(schedulers().len() as f32)
    };
    let named = card_height(operators::rows(page)) + GAP;
    named + card_height(5.0) + GAP + card_height(2.0) + GAP + card_height(data_rows(page)) + morning
}

/// Where the keys lie, whether they can be used, and when their passphrase is forgotten.
fn show_keys(ui: &mut Ui, rect: Rect, page: &Page<'_>, next: &mut Preferences, out: &mut Outbox) {
    let (t, s) = (page.t, &page.w.settings);
    card::titled(ui, rect, s.keys, "");
    let line = row(rect, 0);
    let said = match page.state.vault {
        VaultAccess::System => s.vault_system,
        VaultAccess::Open => s.vault_open,
        VaultAccess::Locked => s.vault_locked,
        VaultAccess::Unmade => s.vault_unmade,
        VaultAccess::Memory => s.vault_memory,
    };
    let end = label_of(ui, line, page, (s.vault, "", true));
    let at = pos2(end + 12.0, line.center().y);
    let place = paint::left(ui.painter(), at, said, (TypeStyle::Small, t.text_3));
    paint::say(ui, "vault", place, said);
    let right = pos2(rect.right() - 16.0, line.center().y);
    match page.state.vault {
        VaultAccess::Open => {
            if Button::ghost(s.lock_now)
                .show_right(ui, right, 28.0)
                .clicked()
            {
                out.run(Command::LockVault);
            }
        }
        VaultAccess::Locked => {
            if Button::ghost(s.unlock)
                .show_right(ui, right, 28.0)
                .clicked()
            {
                out.push(Action::AskPassphrase);
            }
        }
        VaultAccess::System | VaultAccess::Unmade | VaultAccess::Memory => {}
    }
    let line = row(rect, 1);
    label_of(ui, line, page, (s.lock_after, s.lock_note, false));
    let names = LOCK_AFTER.map(|minutes| {
        if minutes == 0 {
            s.lock_never.to_owned()
        } else {
            (s.lock_minutes)(&minutes.to_string())
        }
    });
    let options: Vec<(u16, &str)> = LOCK_AFTER
        .into_iter()
        .zip(names.iter().map(String::as_str))
        .collect();
    let right = pos2(rect.right() - 16.0, line.center().y);
    let place = paint::from_right(right, vec2(110.0, 28.0));
    if let Some(minutes) = input::select(ui, place, s.lock_after, &options, next.lock_after) {
        next.lock_after = minutes;
    }
}

/// What can be done with the data as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CareDeed {
    Books,
    Backup,
    Check,
}

/// What can be done here and now: without merchants there are no books, and the demo has no care.
fn care_deeds(page: &Page<'_>) -> Vec<CareDeed> {
    let mut deeds = Vec::new();
    if !page.state.merchants.is_empty() {
        deeds.push(CareDeed::Books);
    }
    if page.state.cares {
        deeds.extend([CareDeed::Backup, CareDeed::Check]);
    }
    deeds
}

/// Lines about the data: where they lie, what can be done with them.
fn data_rows(page: &Page<'_>) -> f32 {
    1.0 + care_deeds(page).len() as f32
}

/// The lines of exporting the books, of copying the workspace and of looking it over.
fn show_care(ui: &Ui, rect: Rect, page: &Page<'_>, out: &mut Outbox) {
    let s = &page.w.settings;
    let running = |kind| {
        let mut jobs = page.state.jobs();
        jobs.find(|(_, task)| task.kind == kind)
    };
    let exporting = running(TaskKind::ExportBooks);
    let deeds = care_deeds(page);
    let last = deeds.len().saturating_sub(1);
    for (nth, deed) in deeds.into_iter().enumerate() {
        let (name, note, words) = match deed {
            CareDeed::Books => (s.books, s.books_note, s.books_do),
            CareDeed::Backup => (s.backup, s.backup_note, s.backup_do),
            CareDeed::Check => (s.check, s.check_note, s.check_do),
        };
        let stops = exporting.filter(|_| deed == CareDeed::Books);
        let far = stops.map(|(_, task)| {
            let share = progress::per_cent(task).unwrap_or(0);
            format!("{} {share}%", page.w.jobs.step_export)
        });
        let note = far.as_deref().unwrap_or(note);
        let words = if stops.is_some() { s.books_stop } else { words };
        let line = row(rect, nth + 1);
        let at = pos2(rect.right() - 16.0, line.center().y);
        let idle = deed == CareDeed::Books || running(TaskKind::Care).is_none();
        let button = Button::secondary(words).enabled_or(idle, "");
        let response = button.show_right(ui, at, 28.0);
        let end = label_of(ui, line, page, (name, "", nth < last));
        let from = pos2(end + 12.0, line.center().y);
        let room = response.rect.left() - from.x - 12.0;
        let style = (TypeStyle::Small, page.t.text_3);
        let (place, cut) = paint::fit(ui.painter(), from, room, note, style);
        let said = paint::say(ui, ("care", nth), place, note);
        if cut {
            said.on_hover_text(note);
        }
        if response.clicked() {
            match (deed, stops) {
                (CareDeed::Books, Some((task, _))) => out.push(Action::Cancel(task)),
                (CareDeed::Books, None) => out.push(Action::PickBooks),
                (CareDeed::Backup, _) => out.push(Action::PickBackup),
                (CareDeed::Check, _) => out.run(Command::CheckWorkspace),
            }
        }
    }
}

fn show_data(ui: &Ui, rect: Rect, page: &Page<'_>) {
    let (t, s) = (page.t, &page.w.settings);
    card::titled(ui, rect, s.data, "");
    let line = row(rect, 0);
    let name_right = label_of(ui, line, page, (s.folder, "", data_rows(page) > 1.0));
    let copy = Rect::from_center_size(pos2(rect.right() - 30.0, line.center().y), vec2(28.0, 28.0));
    let folder = &page.state.folder;
    let room = copy.left() - name_right - 20.0;
    let at = pos2(name_right + 12.0, line.center().y);
    let (place, cut) = paint::fit(ui.painter(), at, room, folder, (TypeStyle::Small, t.text_3));
    let response = paint::say(ui, "folder", place, folder);
    if cut {
        response.on_hover_text(folder);
    }
    let name = format!("{} {}", page.w.frame.copy, s.folder);
    if button::icon_button(ui, copy, icons::COPY, &name, true).clicked() {
        ui.copy_text(folder.clone());
    }
}

/// The schedulers that this system may have.
const fn schedulers() -> &'static [(Scheduler, &'static str)] {
    match Scheduler::of_system() {
        Scheduler::TaskScheduler => &[(Scheduler::TaskScheduler, "Task Scheduler")],
        Scheduler::Launchd => &[(Scheduler::Launchd, "launchd"), (Scheduler::Cron, "cron")],
        Scheduler::Systemd | Scheduler::Cron => {
            &[(Scheduler::Systemd, "systemd"), (Scheduler::Cron, "cron")]
        }
    }
}

/// What a scheduler needs to run the morning, to be copied.
fn show_morning(ui: &Ui, rect: Rect, page: &Page<'_>) {
    let s = &page.w.settings;
    card::titled(ui, rect, s.morning, s.morning_note);
    for (nth, (scheduler, name)) in schedulers().iter().enumerate() {
        let line = row(rect, nth);
        let words = (s.scheduler)(name);
        let separated = nth + 1 < schedulers().len();
        label_of(ui, line, page, (&words, "", separated));
        let ask = ScheduleAsk {
            program: &page.state.program,
            workspace: Some(&page.state.folder),
            at_minutes: 10 * 60 + 15,
            language: page.state.preferences.language,
        };
        let Some(text) = unit(*scheduler, &ask) else {
            continue;
        };
        let at = pos2(rect.right() - 30.0, line.center().y);
        let copy = Rect::from_center_size(at, vec2(28.0, 28.0));
        let name = format!("{} {name}", page.w.frame.copy);
        if button::icon_button(ui, copy, icons::COPY, &name, true).clicked() {
            ui.copy_text(text);
        }
    }
}

fn row(card: Rect, nth: usize) -> Rect {
    let top = card.top() + 42.0 + nth as f32 * ROW;
    Rect::from_min_size(pos2(card.left(), top), vec2(card.width(), ROW))
}

fn label_of(
    ui: &Ui,
    line: Rect,
    page: &Page<'_>,
    (name, note, separated): (&str, &str, bool),
) -> f32 {
    let t = page.t;
    let p = ui.painter();
    let at = pos2(line.left() + 16.0, line.center().y);
    let mut end = paint::left(p, at, name, (TypeStyle::Body, t.text_1)).right();
    if !note.is_empty() {
        let at = pos2(end + 12.0, line.center().y);
        end = paint::left(p, at, note, (TypeStyle::Small, t.text_3)).right();
    }
    if separated {
        paint::hline(
            p,
            line.x_range().shrink(16.0),
            line.bottom() - 1.0,
            t.line_weak,
        );
    }
    end
}

fn segments(
    ui: &Ui,
    right: egui::Pos2,
    name: &str,
    names: &[&str],
    chosen: usize,
) -> Option<usize> {
    let size = vec2(tabs::segments_width(ui, names), 28.0);
    tabs::segments(ui, paint::from_right(right, size), name, names, chosen)
}

pub(super) fn status(page: &Page<'_>) -> Status {
    let mut right = vec![format!("Recondesk {}", env!("CARGO_PKG_VERSION"))];
    if !page.state.preferences.renderer.is_empty() {
        right.push(page.state.preferences.renderer.clone());
    }
    Status {
        left: vec![page.w.settings.at_once.to_owned()],
        right,
    }
}
