//! The frame of the window: cuts it into regions, draws them in the order of Tab, handles the shell's keys.

use egui::{Align2, Context, Rect, Sense, Stroke, Ui, Vec2, pos2, vec2};

use super::action::Action;
use super::app::{App, Flash};
use super::help::{self, HelpEnd};
use super::keys::{self, Keys, ShellKeys};
use super::page::Page;
use super::paint;
use super::palette::{self, Palette, PaletteAction};
use super::rail::Rail;
use super::screens::{Screen, Status};
use super::text::{self, words};
use super::theme::{Class, TypeStyle, tokens};
use super::widgets::dialog;
use super::widgets::notices::{self, NoticeAction};
use recondesk_app::Command;
use recondesk_ports::VaultAccess;

/// Smallest window in which nothing is lost.
const LEAST: Vec2 = vec2(800.0, 500.0);
/// Widest content; beyond it the margins grow.
const WIDEST: f32 = 1680.0;
const TOP: f32 = 48.0;
const BOTTOM: f32 = 28.0;

impl App {
    /// Draws a frame and carries out what it asked for.
    pub fn show(&mut self, ui: &mut Ui) {
        let whole = ui.max_rect();
        ui.painter().rect_filled(whole, 0, tokens(ui).window);
        if whole.width() + 0.5 >= LEAST.x && whole.height() + 0.5 >= LEAST.y {
            self.frame(ui, whole);
        } else {
            egui::ScrollArea::both().auto_shrink(false).show(ui, |ui| {
                let size = whole.size().max(LEAST);
                let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
                self.frame(ui, rect);
            });
        }
        let ctx = ui.ctx().clone();
        self.drop_frame(ui, whole);
        self.carry_out(&ctx);
    }

    fn frame(&mut self, ui: &mut Ui, whole: Rect) {
        let class = Class::of(whole.size());
        let ctx = ui.ctx().clone();
        let covered = self.palette.is_some()
            || self.keys_open
            || ctx.memory(|m| m.top_modal_layer().is_some());
        let (shell, mut screen_keys) = if covered {
            (ShellKeys::default(), Keys::default())
        } else {
            (keys::shell(&ctx), keys::screen(&ctx))
        };
        self.shell_keys(shell);
        if self.notices_open && screen_keys.escape {
            self.notices_open = false;
            screen_keys.escape = false;
        }
        let rail = Rect::from_min_size(whole.min, vec2(class.rail(), whole.height() - BOTTOM));
        let bar = Rect::from_min_max(
            pos2(rail.right(), whole.top()),
            pos2(whole.right(), whole.top() + TOP),
        );
        let area = Rect::from_min_max(
            pos2(rail.right(), bar.bottom()),
            pos2(whole.right(), whole.bottom() - BOTTOM),
        );
        let bottom = Rect::from_min_max(pos2(whole.left(), area.bottom()), whole.max);
        let mut rect = area.shrink2(vec2(class.margin(), 0.0));
        if rect.width() > WIDEST {
            rect = Rect::from_center_size(rect.center(), vec2(WIDEST, rect.height()));
        }
        let chosen = paint::region(ui, rail, "rail", |ui| {
            let rail_view = Rail {
                current: self.screen,
                badge: self.state.badge(),
                alt: shell.alt,
                class,
            };
            let chosen = rail_view.show(ui, rail);
            if shell.region != 0 {
                let nth = Screen::ALL
                    .iter()
                    .position(|s| *s == self.screen)
                    .unwrap_or(0);
                let id = Rail::id(ui, nth);
                ui.memory_mut(|memory| memory.request_focus(id));
            }
            chosen
        });
        if let Some(screen) = chosen {
            self.out.push(Action::Go(screen));
        }
        self.top(ui, bar, rect, (class, screen_keys));
        paint::region(ui, area, "page", |ui| {
            let mut page = Page::new(ui, rect, class, &self.state, screen_keys);
            page.steady_ms = self.clock.steady_ms();
            self.screens.show(self.screen, ui, &page, &mut self.out);
        });
        self.status(ui, bottom, (class, rect));
        self.overlays(ui, area);
    }

    fn top(&mut self, ui: &mut Ui, bar: Rect, rect: Rect, (class, screen_keys): (Class, Keys)) {
        let assisting = self.screen == Screen::Orders && self.state.import.is_open();
        let has_day = self.screen.has_day() && !assisting;
        let asked = paint::region(ui, bar, "top", |ui| {
            let page = Page::new(ui, rect, class, &self.state, screen_keys);
            self.topbar.show(ui, bar, (&page, has_day), &mut self.out)
        });
        if asked.palette {
            self.palette = Some(Palette::default());
        }
        if asked.notices {
            self.notices_open = !self.notices_open;
        }
        if asked.job {
            self.screen = Screen::Reconcile;
        }
    }

    /// Locks the keys away, or says why there is nothing to lock.
    fn lock_keys(&mut self) {
        let s = &text::of(self.state.preferences.language).settings;
        let said = match self.state.vault {
            VaultAccess::Open => {
                self.out.run(Command::LockVault);
                return;
            }
            VaultAccess::System => s.vault_system,
            VaultAccess::Locked => s.vault_locked,
            VaultAccess::Unmade => s.vault_unmade,
            VaultAccess::Memory => s.vault_memory,
        };
        self.out.push(Action::Say(said.to_owned()));
    }

    fn shell_keys(&mut self, keys: ShellKeys) {
        if keys.palette {
            self.palette = Some(Palette::default());
        }
        if keys.help {
            self.keys_open = true;
        }
        if keys.notices {
            self.notices_open = !self.notices_open;
        }
        if keys.import {
            self.out.push(Action::PickFiles);
        }
        if keys.lock {
            self.lock_keys();
        }
        if let Some(screen) = keys.screen.and_then(|nth| Screen::ALL.get(nth)) {
            self.out.push(Action::Go(*screen));
        }
        if keys.day != 0 && self.screen.has_day() {
            self.out.push(Action::SetDay(self.state.day.plus(keys.day)));
        }
        if let Some(steps) = keys.zoom {
            let mut preferences = self.state.preferences.clone();
            preferences.zoom = if steps == 0 {
                100
            } else {
                preferences.zoomed(steps)
            };
            self.out.push(Action::Prefer(Box::new(preferences)));
        }
    }

    fn status(&self, ui: &mut Ui, bar: Rect, (class, rect): (Class, Rect)) {
        let t = tokens(ui);
        paint::hline(ui.painter(), bar.x_range(), bar.top(), t.line_weak);
        let page = Page::new(ui, rect, class, &self.state, Keys::default());
        let Status { mut left, right } = self.screens.status(self.screen, &page);
        match &self.flash {
            Some((_, Flash::Notice(id))) => {
                let mut notices = self.state.notices.iter();
                if let Some(notice) = notices.find(|notice| notice.id == *id) {
                    left = vec![words(ui).of(notice.title()).to_owned()];
                }
            }
            Some((_, Flash::Said(said))) => left = vec![said.clone()],
            None => {}
        }
        let y = bar.center().y + 0.5;
        let p = ui.painter();
        let right_width = paint::meta_width(p, &right, TypeStyle::Small);
        let left_width = paint::meta_width(p, &left, TypeStyle::Small);
        let style = (TypeStyle::Small, t.text_2);
        let at = pos2(bar.left() + 14.0, y);
        let end = paint::meta(p, at, &left, style, t);
        let said = Rect::from_min_max(pos2(at.x, bar.top()), pos2(end, bar.bottom()));
        paint::say(ui, "status", said, &left.join("  "));
        if left_width + right_width + 60.0 <= bar.width() {
            let at = pos2(bar.right() - 14.0 - right_width, y);
            paint::meta(p, at, &right, (TypeStyle::Small, t.text_3), t);
            let said = Rect::from_min_max(pos2(at.x, bar.top()), bar.max);
            paint::say(ui, "status right", said, &right.join("  "));
        }
    }

    fn overlays(&mut self, ui: &mut Ui, area: Rect) {
        let ctx = ui.ctx().clone();
        self.ask_before_closing(&ctx);
        if self.notices_open {
            self.notices(&ctx, area);
        }
        if self.keys_open {
            let end = help::show(&ctx);
            self.keys_open = end == HelpEnd::No;
            if end == HelpEnd::Handbook {
                let language = self.state.preferences.language;
                self.out.run(Command::OpenHandbook(language));
            }
        }
        if let Some(command) = self.unlocking.show(&ctx, &mut self.state) {
            self.submit(command);
        }
        let class = Class::of(area.size());
        let page = Page::new(ui, area, class, &self.state, Keys::default());
        self.opening.show(&ctx, &page, &mut self.out);
        let (signed, command) = self.signing_in.show(&ctx, &page);
        if signed == dialog::Ended::Cancelled {
            self.state.desk.is_wanted = false;
        }
        if let Some(command) = command {
            self.submit(command);
        }
        let ended = match &mut self.palette {
            Some(palette) => palette.show(&ctx, &self.state),
            None => return,
        };
        match ended {
            palette::PaletteEnd::No => {}
            palette::PaletteEnd::Closed => self.palette = None,
            palette::PaletteEnd::Chosen(deed) => {
                self.palette = None;
                match palette::carry_out(deed, &self.state, &mut self.out) {
                    Some(PaletteAction::Keys) => self.keys_open = true,
                    Some(PaletteAction::Notices) => self.notices_open = true,
                    _ => {}
                }
            }
        }
    }

    fn notices(&mut self, ctx: &Context, area: Rect) {
        let rect = Rect::from_min_max(
            pos2(area.right() - 392.0, area.top() + 6.0),
            pos2(area.right() - 12.0, area.bottom() - 12.0),
        );
        let wanted = 60.0 + (self.state.notices.len() as f32 * 66.0).max(220.0);
        let rect = Rect::from_min_size(rect.min, vec2(rect.width(), rect.height().min(wanted)));
        let shown = egui::Area::new(egui::Id::unique("notices"))
            .order(egui::Order::Foreground)
            .fixed_pos(rect.min)
            .constrain(false)
            .show(ctx, |ui| {
                ui.allocate_rect(rect, Sense::hover());
                notices::panel(ui, rect, &self.state)
            });
        match shown.inner {
            Some(NoticeAction::Close) => self.notices_open = false,
            Some(NoticeAction::ClearAll) => self.state.notices.clear(),
            Some(NoticeAction::Dismiss(id)) => self.state.notices.retain(|notice| notice.id != id),
            Some(NoticeAction::Mend(profile, import)) => {
                self.notices_open = false;
                self.out.push(Action::SetMerchant(Some(profile)));
                self.out.push(Action::MendRows(profile, import));
            }
            Some(NoticeAction::Approve) => {
                self.notices_open = false;
                self.out.push(Action::Approvals);
            }
            Some(NoticeAction::Go(profile, day)) => {
                self.notices_open = false;
                self.out.push(Action::SetMerchant(Some(profile)));
                self.out.push(Action::SetDay(day));
                self.out.push(Action::Go(Screen::Reconcile));
            }
            None => {}
        }
        if !self.notices_open {
            for notice in &mut self.state.notices {
                notice.unread = false;
            }
        }
    }

    /// The dashed frame while files hover over the window.
    fn drop_frame(&self, ui: &Ui, whole: Rect) {
        let names: Vec<String> = ui.input(|input| {
            let files = input.raw.hovered_files.iter();
            files
                .map(|file| {
                    let name = file.path.as_deref().and_then(|path| path.file_name());
                    name.map(|name| name.to_string_lossy().into_owned())
                        .unwrap_or_default()
                })
                .collect()
        });
        if names.is_empty() {
            return;
        }
        let t = tokens(ui);
        let w = words(ui);
        let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop"));
        let p = ui.layer_painter(layer);
        p.rect_filled(whole, 0, t.scrim);
        paint::dashed(&p, whole.shrink(6.0), Stroke::new(2.0, t.accent), 6.0);
        let case = self.screens.case_for_files(self.screen, &self.state);
        let said = match names.as_slice() {
            _ if let Some(case) = case => (w.work.drop_on_case)(&case.row.number),
            [one] => (w.frame.drop_here)(one),
            many => (w.frame.drop_many)(&many.len().to_string()),
        };
        let width = paint::width(&p, &said, TypeStyle::Heading) + 48.0;
        let sign = Rect::from_center_size(whole.center(), vec2(width, 56.0));
        dialog::shadow(&p, sign, ui.visuals().popup_shadow);
        paint::framed(&p, sign, 10, t.raised, Stroke::new(t.hairline, t.line));
        let style = (TypeStyle::Heading, t.text_1);
        paint::text(&p, sign.center(), Align2::CENTER_CENTER, &said, style);
    }
}
