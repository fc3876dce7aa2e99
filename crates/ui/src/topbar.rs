//! The top bar: merchant, day, search field, running jobs, bell.

use egui::accesskit::Role;
use egui::{Popup, PopupCloseBehavior, Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::action::{Action, Outbox};
use super::page::Page;
use super::theme::{TypeStyle, Width};
use super::widgets::{button, date, input, progress};
use super::{icons, paint};
use recondesk_app::{Command, TaskKind};

/// What the top bar remembers.
#[derive(Default)]
pub(crate) struct TopBar {
    date: date::DateMemory,
    find: String,
}

/// What was asked for in the top bar beyond actions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct TopBarRequests {
    /// The palette.
    pub(crate) palette: bool,
    /// The notices panel.
    pub(crate) notices: bool,
    /// The screen of the running job.
    pub(crate) job: bool,
}

impl TopBar {
    /// Draws it.
    pub(crate) fn show(
        &mut self,
        ui: &mut Ui,
        bar: Rect,
        (page, with_day): (&Page<'_>, bool),
        out: &mut Outbox,
    ) -> TopBarRequests {
        let t = page.t;
        let y = bar.center().y;
        paint::hline(ui.painter(), bar.x_range(), bar.bottom() - 1.0, t.line_weak);
        let margin = page.class.margin();
        let left = bar.left() + margin;
        let mut asked = TopBarRequests::default();
        let select = self.merchants(ui, pos2(left, y), page, out);
        let mut used = select.right();
        if with_day && !page.state.merchants.is_empty() {
            let (day, today) = (page.state.day, page.state.now.day());
            let size = vec2(date::width(ui, day), 30.0);
            let rect = paint::from_left(pos2(used + 10.0, y), size);
            let days = page
                .state
                .overview
                .value()
                .and_then(|model| {
                    let shown = page.state.merchant_or_first()?.id;
                    model.calendars.iter().find(|known| known.profile == shown)
                })
                .map_or(&[][..], |known| known.days.as_slice());
            if let Some(day) = date::field(ui, rect, (day, today), days, &mut self.date) {
                out.push(Action::SetDay(day));
            }
            used = rect.right();
        }
        let right = bar.right() - margin + 8.0;
        let bell = Rect::from_center_size(pos2(right - 15.0, y), vec2(30.0, 30.0));
        let desk = operator(ui, bell, page, out);
        let chip = Self::chip_place(page, desk);
        let end = chip.map_or(desk.left(), |rect| rect.left()) - 10.0;
        let width = (end - used - 24.0).min(300.0);
        if width >= 60.0 {
            let rect = paint::from_right(pos2(end, y), vec2(width, 30.0));
            asked.palette = search(ui, rect, page).clicked();
        }
        if let Some(rect) = chip {
            asked.job = job_chip(ui, rect, page).clicked();
        }
        let name = page.w.frame.notices;
        if button::icon_button(ui, bell, icons::BELL, name, true).clicked() {
            asked.notices = true;
        }
        if page.state.bell() {
            let at = bell.center() + vec2(7.0, -7.0);
            ui.painter()
                .circle(at, 4.0, t.red.fill, Stroke::new(1.0, t.window));
        }
        asked
    }

    fn merchants(
        &mut self,
        ui: &mut Ui,
        at: egui::Pos2,
        page: &Page<'_>,
        out: &mut Outbox,
    ) -> Rect {
        let (t, w) = (page.t, page.w);
        let rows = &page.state.merchants;
        let shown = match page.state.merchant {
            Some(id) => page.state.name_of(id).to_owned(),
            None if rows.is_empty() => w.frame.no_merchant.to_owned(),
            None => (w.frame.all_merchants)(&rows.len().to_string()),
        };
        let p = ui.painter();
        let width = (paint::width(p, &shown, TypeStyle::Body) + 62.0).min(240.0);
        let rect = paint::from_left(at, vec2(width, 30.0));
        let response = ui.interact(rect, paint::id(ui, "merchant"), Sense::click());
        let said = format!("{}: {shown}", w.frame.merchant_select);
        response.widget_info(|| WidgetInfo::labeled(Role::ComboBox, !rows.is_empty(), &said));
        let (ground, edge) = if response.hovered() {
            (t.hover, t.line_input)
        } else {
            (t.surface, t.line)
        };
        paint::framed(p, rect, 6, ground, Stroke::new(t.hairline, edge));
        let y = rect.center().y;
        paint::icon(
            p,
            pos2(rect.left() + 18.0, y),
            icons::STOREFRONT,
            16.0,
            t.text_2,
        );
        let room = rect.width() - 58.0;
        paint::fit(
            p,
            pos2(rect.left() + 32.0, y),
            room,
            &shown,
            (TypeStyle::Body, t.text_1),
        );
        paint::icon(
            p,
            pos2(rect.right() - 14.0, y),
            icons::CARET_DOWN,
            13.0,
            t.text_2,
        );
        if response.has_focus() {
            paint::ring(p, rect, 6, t);
        }
        if rows.is_empty() {
            return rect;
        }
        self.choices(&response, width, page, out);
        rect
    }

    /// The menu below the merchant: all of them, then each; above eight a field finds one.
    fn choices(&mut self, field: &Response, width: f32, page: &Page<'_>, out: &mut Outbox) {
        let w = page.w;
        let rows = &page.state.merchants;
        let all = (w.frame.all_merchants)(&rows.len().to_string());
        Popup::menu(field)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .show(|ui| {
                ui.set_width(width.max(220.0));
                ui.spacing_mut().item_spacing.y = 0.0;
                if rows.len() > 8 {
                    let (rect, _) =
                        ui.allocate_exact_size(vec2(width.max(220.0), 34.0), Sense::hover());
                    let field = Rect::from_min_size(rect.min, vec2(rect.width(), 30.0));
                    input::Field::new(&mut self.find, w.frame.find_merchant)
                        .hint(w.frame.find_merchant)
                        .icon(icons::MAGNIFYING_GLASS)
                        .show(ui, field);
                }
                let mut chosen = None;
                if rows.len() > 1
                    && input::menu_row(ui, &all, 0, page.state.merchant.is_none()).clicked()
                {
                    chosen = Some(None);
                }
                let find = self.find.trim();
                let matching = rows.iter().filter(|row| {
                    row.profile.name.contains(find) || row.profile.mch_id.contains(find)
                });
                for row in matching.take(12) {
                    let current = page.state.merchant == Some(row.id);
                    let salt = row.id.0.unsigned_abs();
                    if input::menu_row(ui, &row.profile.name, salt, current).clicked() {
                        chosen = Some(Some(row.id));
                    }
                }
                if let Some(merchant) = chosen {
                    out.push(Action::SetMerchant(merchant));
                    self.find.clear();
                    ui.close();
                }
            });
    }

    fn chip_place(page: &Page<'_>, bell: Rect) -> Option<Rect> {
        page.state.jobs().next()?;
        let width = if page.class.width == Width::Wide {
            210.0
        } else {
            150.0
        };
        Some(paint::from_right(
            pos2(bell.left() - 8.0, bell.center().y),
            vec2(width, 30.0),
        ))
    }
}

/// Who decides, left of the bell, once operators are named; gives back the leftmost of the two.
fn operator(ui: &Ui, bell: Rect, page: &Page<'_>, out: &mut Outbox) -> Rect {
    let w = &page.w.work;
    let person = &page.state.desk.person;
    if !person.has_operators {
        return bell;
    }
    let at = pos2(bell.left() - 4.0, bell.center().y);
    let is_in = !person.name.is_empty();
    let name = if is_in {
        (w.signed_in)(&person.name)
    } else {
        w.sign_in.to_owned()
    };
    let response = if page.class.width == Width::Wide {
        let shown = if is_in { &person.name } else { w.sign_in_short };
        let button = button::Button::ghost(shown).icon(icons::USER);
        button.show_right(ui, at, 30.0)
    } else {
        let rect = paint::from_right(at, vec2(30.0, 30.0));
        button::icon_button(ui, rect, icons::USER, &name, true)
    };
    if !is_in {
        if response.clicked() {
            out.push(Action::AskOperator);
        }
        return response.rect;
    }
    let rect = response.rect;
    Popup::menu(&response).show(|ui| {
        ui.set_width(180.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        for (nth, label) in [w.sign_in, w.sign_out].into_iter().enumerate() {
            if input::menu_row(ui, label, nth as u64, false).clicked() {
                if nth == 0 {
                    out.push(Action::AskOperator);
                } else {
                    out.run(Command::SignOut);
                }
                ui.close();
            }
        }
    });
    rect
}

fn search(ui: &Ui, rect: Rect, page: &Page<'_>) -> Response {
    let (t, w) = (page.t, page.w);
    let p = ui.painter();
    let response = ui.interact(rect, paint::id(ui, "search"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, w.frame.search));
    let edge = if response.hovered() {
        t.line
    } else {
        t.line_weak
    };
    paint::framed(p, rect, 6, t.sunken, Stroke::new(t.hairline, edge));
    let y = rect.center().y;
    paint::icon(
        p,
        pos2(rect.left() + 17.0, y),
        icons::MAGNIFYING_GLASS,
        15.0,
        t.text_2,
    );
    let cap = "Ctrl K";
    let cap_width = button::key_width(ui, cap);
    let room = rect.width() - cap_width - 50.0;
    if room > 40.0 {
        paint::fit(
            p,
            pos2(rect.left() + 30.0, y),
            room,
            w.frame.search,
            (TypeStyle::Small, t.text_2),
        );
    }
    button::key_cap(ui, pos2(rect.right() - cap_width - 6.0, y), cap);
    if response.has_focus() {
        paint::ring(p, rect, 6, t);
    }
    response
}

fn job_chip(ui: &Ui, rect: Rect, page: &Page<'_>) -> Response {
    let w = page.w;
    let jobs: Vec<_> = page.state.jobs().collect();
    let slowest = jobs
        .iter()
        .min_by_key(|(_, task)| progress::per_cent(task).unwrap_or(0))
        .map(|(_, task)| *task);
    let (Some(task), count) = (slowest, jobs.len()) else {
        return ui.interact(rect, paint::id(ui, "job chip"), Sense::hover());
    };
    let label = if count > 1 {
        (w.jobs.many)(&count.to_string())
    } else {
        job_label(page, task.kind, task.about.1)
    };
    progress::chip(ui, rect, &label, task)
}

fn job_label(page: &Page<'_>, kind: TaskKind, day: Option<recondesk_domain::BillDate>) -> String {
    let what = progress::kind_words(page.w, kind);
    match day {
        Some(day) => format!("{what} {}", super::format::short_day(day)),
        None => what.to_owned(),
    }
}
