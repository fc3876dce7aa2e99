//! The filter bar above the table of cases.

use egui::{Popup, PopupCloseBehavior, Rect, Ui, pos2, vec2};

use super::table;
use crate::action::Outbox;
use crate::page::Page;
use crate::screens::grid::filter_chips;
use crate::widgets::chip::Chip;
use crate::widgets::input::{self, Field};
use crate::widgets::table::Column;
use crate::{format, icons, paint};
use recondesk_app::Command;
use recondesk_app::model::CaseFilter;
use recondesk_app::tables::TableView;
use recondesk_domain::{Category, Severity};

/// The text of the filter field, as typed.
#[derive(Default)]
pub(super) struct CaseFilterText {
    typed: String,
    known: String,
}

/// What a chip stands for.
#[derive(Clone, PartialEq)]
enum What {
    Severity(Severity),
    Category(Category),
    Day,
    Unowned,
    Closed,
    /// A filter of a column; the view that is left without it.
    Column(TableView),
}

struct FilterEntry {
    what: What,
    label: String,
    count: String,
    chosen: bool,
}

impl CaseFilterText {
    /// Draws field and chips; changes go out as a new list.
    pub(super) fn bar(&mut self, ui: &mut Ui, rect: Rect, page: &Page<'_>, out: &mut Outbox) {
        let w = page.w;
        let filter = &page.state.cases.filter;
        if self.known != filter.text {
            self.known.clone_from(&filter.text);
            self.typed.clone_from(&filter.text);
        }
        let wide = if page.class.is_wide() { 200.0 } else { 150.0 };
        let place = Rect::from_min_size(rect.min, vec2(wide, 28.0));
        let hint = format!("{}  /", w.frame.filter);
        let response = Field::new(&mut self.typed, w.frame.filter)
            .hint(&hint)
            .icon(icons::FUNNEL)
            .limit(64)
            .show(ui, place);
        if page.keys.filter {
            response.request_focus();
        }
        if response.changed() {
            self.known.clone_from(&self.typed);
            let mut next = filter.clone();
            self.typed.trim().clone_into(&mut next.text);
            self.known.clone_from(&next.text);
            out.run(Command::Cases(next));
        }
        chips(
            ui,
            pos2(place.right() + 8.0, rect.center().y),
            rect.right(),
            page,
            out,
        );
    }
}

/// The chips of severities and categories in one row; what does not fit is folded into a menu.
fn chips(ui: &mut Ui, at: egui::Pos2, right: f32, page: &Page<'_>, out: &mut Outbox) {
    let entries = entries(page);
    let fold_width = 84.0;
    let mut x = at.x;
    let mut folded = Vec::new();
    let mut widths = entries.iter().map(|entry| chip(entry).width(ui) + 6.0);
    let total: f32 = widths.by_ref().sum();
    let all_fit = at.x + total - 6.0 <= right;
    for entry in &entries {
        let shown = chip(entry);
        let width = shown.width(ui);
        let limit = if all_fit {
            right
        } else {
            right - fold_width - 6.0
        };
        if x + width > limit || !folded.is_empty() {
            folded.push(entry);
            continue;
        }
        if shown.show(ui, pos2(x, at.y)).clicked() {
            out.run(Command::Cases(toggled(
                &page.state.cases.filter,
                &entry.what,
                page,
            )));
        }
        x += width + 6.0;
    }
    if !folded.is_empty() {
        fold(ui, pos2(x, at.y), &folded, page, out);
    }
}

fn chip(entry: &FilterEntry) -> Chip<'_> {
    let mark = match &entry.what {
        What::Severity(severity) => Some((*severity).into()),
        What::Category(_) | What::Day | What::Unowned | What::Closed | What::Column(_) => None,
    };
    Chip {
        mark,
        label: &entry.label,
        count: &entry.count,
        chosen: entry.chosen,
    }
}

fn entries(page: &Page<'_>) -> Vec<FilterEntry> {
    let w = page.w;
    let filter = &page.state.cases.filter;
    let totals = page.state.cases.totals.value();
    let mut out = Vec::new();
    // What a person narrowed comes first, so that it is seen in a small window, too.
    let columns: Vec<Column> = table::offers(page, false)
        .iter()
        .map(|offer| offer.column)
        .collect();
    for (label, view) in filter_chips(page, &filter.view, &columns) {
        out.push(FilterEntry {
            what: What::Column(view),
            label,
            count: String::new(),
            chosen: true,
        });
    }
    for severity in [
        Severity::Urgent,
        Severity::Fault,
        Severity::Watch,
        Severity::Info,
    ] {
        let count = totals.map_or(0, |totals| totals.counts.of(severity));
        let chosen = filter.severities.contains(&severity);
        if count > 0 || chosen {
            out.push(FilterEntry {
                what: What::Severity(severity),
                label: w.severity(severity).to_owned(),
                count: format::count(count),
                chosen,
            });
        }
    }
    for category in &filter.categories {
        out.push(FilterEntry {
            what: What::Category(*category),
            label: (w.cases.only_category)(category.code(), w.category(*category)),
            count: String::new(),
            chosen: true,
        });
    }
    let day = filter.day.unwrap_or(page.state.day);
    out.push(FilterEntry {
        what: What::Day,
        label: (w.cases.this_day)(&format::short_day(day)),
        count: String::new(),
        chosen: filter.day.is_some(),
    });
    let unowned = totals.map_or(0, |totals| totals.unowned);
    if unowned > 0 || filter.unowned {
        out.push(FilterEntry {
            what: What::Unowned,
            label: w.cases.unowned.to_owned(),
            count: format::count(unowned),
            chosen: filter.unowned,
        });
    }
    out.push(FilterEntry {
        what: What::Closed,
        label: w.cases.closed_state.to_owned(),
        // How many there are is known once they are listed.
        count: totals
            .filter(|_| filter.closed_too)
            .map_or_else(String::new, |totals| format::count(totals.closed)),
        chosen: filter.closed_too,
    });
    out
}

fn toggled(filter: &CaseFilter, what: &What, page: &Page<'_>) -> CaseFilter {
    let mut next = filter.clone();
    match what {
        What::Severity(severity) => {
            if next.severities.contains(severity) {
                next.severities.retain(|known| known != severity);
            } else {
                next.severities.push(*severity);
            }
        }
        What::Category(category) => next.categories.retain(|known| known != category),
        What::Day => {
            next.day = if filter.day.is_some() {
                None
            } else {
                Some(page.state.day)
            }
        }
        What::Unowned => next.unowned = !filter.unowned,
        What::Closed => next.closed_too = !filter.closed_too,
        What::Column(view) => next.view = view.clone(),
    }
    next
}

fn fold(ui: &mut Ui, at: egui::Pos2, folded: &[&FilterEntry], page: &Page<'_>, out: &mut Outbox) {
    let label = (page.w.frame.more_filters)(&folded.len().to_string());
    let chosen = folded.iter().any(|entry| entry.chosen);
    let chip = Chip {
        mark: None,
        label: &label,
        count: "",
        chosen: false,
    };
    let response = chip.show(ui, at);
    if chosen {
        let t = page.t;
        let edge = egui::Stroke::new(t.hairline, t.accent);
        paint::framed(
            ui.painter(),
            response.rect,
            14,
            egui::Color32::TRANSPARENT,
            edge,
        );
    }
    Popup::menu(&response)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            ui.set_width(200.0);
            ui.spacing_mut().item_spacing.y = 0.0;
            for (nth, entry) in folded.iter().enumerate() {
                let label = format!("{} {}", entry.label, entry.count);
                if input::menu_row(ui, label.trim_end(), nth as u64, entry.chosen).clicked() {
                    out.run(Command::Cases(toggled(
                        &page.state.cases.filter,
                        &entry.what,
                        page,
                    )));
                }
            }
        });
}
