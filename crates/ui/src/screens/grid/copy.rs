//! Selected rows as text for the clipboard, and listed rows into a file: every one of them.

use egui::{Id, LayerId, Popup, Pos2, Response, Ui};

use super::{AT_ONCE, Grid, GridAsk, data};
use crate::action::{Action, Outbox, TableExport};
use crate::format;
use crate::widgets::input;
use crate::widgets::table::CopyWish;
use recondesk_app::tables::ask::{ListAsk, ListRows};
use recondesk_app::tables::text::{CopyFormat, RowText};
use recondesk_app::tables::{ColumnSpec, TableRow, spec};
use recondesk_app::{Command, ExportFormat, SheetRows};

/// The menu that asks for the format.
#[derive(Default)]
pub(super) struct CopyMenu {
    at: Option<Pos2>,
    fresh: bool,
}

impl Grid {
    pub(super) fn copy_wished<R: TableRow>(
        &mut self,
        ui: &Ui,
        ask: &GridAsk<'_, R>,
        (order, wish): (&[String], CopyWish),
        out: &mut Outbox,
    ) {
        match wish {
            CopyWish::AsUsual => self.copy(ui, ask, (order, CopyFormat::Tsv), out),
            CopyWish::Ask => {
                let middle = ui.clip_rect().center();
                self.copy_menu.at = ui.pointer_hover_pos().or(Some(middle));
                self.copy_menu.fresh = true;
            }
        }
    }

    pub(super) fn copy_menu_shown<R: TableRow>(
        &mut self,
        ui: &Ui,
        ask: &GridAsk<'_, R>,
        order: &[String],
        out: &mut Outbox,
    ) {
        let Some(at) = self.copy_menu.at else {
            return;
        };
        let fresh = std::mem::take(&mut self.copy_menu.fresh);
        let mut open = true;
        let mut chosen = None;
        let id = Id::unique((ask.name, "copy menu"));
        let layer = LayerId::new(egui::Order::Middle, id);
        Popup::new(id, ui.ctx().clone(), at, layer)
            .kind(egui::PopupKind::Menu)
            .open_bool(&mut open)
            .show(|ui| {
                ui.set_width(200.0);
                ui.spacing_mut().item_spacing.y = 0.0;
                for (nth, format) in (0..).zip(CopyFormat::ALL) {
                    let label = (ask.page.w.table.copy_as)(format.name());
                    let response = input::menu_row(ui, &label, nth, false);
                    if nth == 0 && fresh {
                        response.request_focus();
                    }
                    if response.clicked() {
                        chosen = Some(format);
                        ui.close();
                    }
                }
            });
        if !open && !fresh {
            self.copy_menu.at = None;
        }
        if let Some(format) = chosen {
            self.copy_menu.at = None;
            self.copy(ui, ask, (order, format), out);
        }
    }

    /// Copies every selected row: at once where all are here, else by a job that reads them.
    pub(super) fn copy<R: TableRow>(
        &self,
        ui: &Ui,
        ask: &GridAsk<'_, R>,
        (order, format): (&[String], CopyFormat),
        out: &mut Outbox,
    ) {
        let page = ask.page;
        let selection = &self.table.selection;
        let count = selection.count();
        if count == 0 {
            return;
        }
        let here: Option<Vec<&R>> = (count <= AT_ONCE || ask.data.list().is_none())
            .then(|| selection.rows().map(|row| ask.data.get(row)).collect())
            .flatten();
        if let Some(rows) = here {
            let columns = specs::<R>(order);
            let mut text = RowText::new(format, &columns, page.w.lang);
            data::with_known(page, |known| {
                for row in rows {
                    let cells = columns.iter().map(|column| row.cell(column.id, known));
                    text.push(&cells.collect::<Vec<_>>());
                }
            });
            ui.copy_text(text.finish());
            out.push(Action::Say((page.w.table.copied)(&format::count(count))));
            return;
        }
        if let Some(list) = ask.data.list() {
            let rows = ListRows {
                list: list.clone(),
                ids: Some(ask.data.ids_of(selection)),
                columns: order.to_vec(),
                language: page.w.lang,
            };
            out.run(Command::Rows(Box::new(ListAsk::Copy(rows, format))));
        }
    }
}

fn specs<R: TableRow>(order: &[String]) -> Vec<&'static ColumnSpec> {
    let columns = order.iter();
    columns.filter_map(|id| spec(R::COLUMNS, id)).collect()
}

/// The menu that writes everything listed into a file, with the columns in view.
pub(in crate::screens) fn export_menu<R: TableRow>(
    response: &Response,
    ask: &GridAsk<'_, R>,
    out: &mut Outbox,
) {
    let (page, w) = (ask.page, ask.page.w);
    let formats = [
        (ExportFormat::Xlsx, w.frame.export_xlsx),
        (ExportFormat::Csv, w.frame.export_csv),
        (ExportFormat::Json, w.frame.export_json),
    ];
    let mut chosen = None;
    Popup::menu(response).show(|ui| {
        ui.set_width(240.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        for (nth, (format, name)) in (0..).zip(formats) {
            if input::menu_row(ui, name, nth, false).clicked() {
                chosen = Some(format);
                ui.close();
            }
        }
    });
    let by_key = page.keys.export && ask.data.count() > 0;
    let Some(format) = chosen.or(by_key.then_some(ExportFormat::Xlsx)) else {
        return;
    };
    let columns = ask.columns();
    let order: Vec<String> = columns.iter().map(|column| column.id.to_owned()).collect();
    let export = match ask.data.list() {
        Some(list) => TableExport::List(ListRows {
            list: list.clone(),
            ids: None,
            columns: order,
            language: w.lang,
        }),
        None => TableExport::Sheet(sheet(ask, &order)),
    };
    out.push(Action::PickTable(Box::new(export), format));
}

/// All listed rows, of a list that is here.
fn sheet<R: TableRow>(ask: &GridAsk<'_, R>, order: &[String]) -> SheetRows {
    let columns = specs::<R>(order);
    let rows = data::with_known(ask.page, |known| {
        let rows = (0..ask.data.count()).filter_map(|row| ask.data.get(row));
        rows.map(|row| {
            columns
                .iter()
                .map(|column| row.cell(column.id, known))
                .collect()
        })
        .collect()
    });
    SheetRows {
        title: ask.name,
        headings: columns.iter().map(|column| column.heading).collect(),
        rows,
    }
}
