//! Pages of long lists, and what is asked about their rows.

use std::collections::HashMap;
use std::path::Path;

use super::{WindowJobs, cannot_write, changed, count, quiet};
use crate::command::{ListKind, SheetRows};
use crate::event::{Changed, PageRows};
use crate::jobs::export::{write_csv, write_json};
use crate::jobs::views::{ExportFile, FileWriters, case_sums, case_values, find_case};
use crate::model::CaseRow;
use crate::rows::PageWanted;
use crate::tables::RowContext;
use crate::tables::ask::{FindAsk, ListAnswer, ListAsk, ListFilter, ListRows};
use crate::{ExportFormat, Failure, Message, Outcome, Reporter};
use recondesk_domain::Sheet;

/// The rows of the list of cases that was asked for last.
#[derive(Default)]
pub(super) struct CaseListing {
    rows: Vec<CaseRow>,
    /// Places of the rows, by their numbers.
    places: HashMap<u64, usize>,
}

impl CaseListing {
    pub(super) fn new(rows: Vec<CaseRow>) -> Self {
        let places = rows.iter().enumerate().map(|(at, row)| (row.id, at));
        Self {
            places: places.collect(),
            rows,
        }
    }

    fn row(&self, id: u64) -> Option<&CaseRow> {
        self.rows.get(*self.places.get(&id)?)
    }
}

impl WindowJobs {
    pub(super) fn page(&self, list: ListKind, wanted: &PageWanted) -> Result<Outcome, Failure> {
        let rows = match list {
            ListKind::Cases => {
                let rows = wanted.ids.iter().filter_map(|id| self.cases.row(*id));
                PageRows::Cases(rows.cloned().collect())
            }
            ListKind::Orders => PageRows::Orders(self.views().order_rows(&wanted.ids)?),
        };
        Ok(Outcome::Page(wanted.generation, wanted.page, rows))
    }

    pub(super) fn list(&self, ask: &ListAsk, reporter: &dyn Reporter) -> Result<Outcome, Failure> {
        let views = self.views();
        let (kind, answer) = match ask {
            ListAsk::Copy(rows, format) => {
                (rows.list.kind(), views.copy_rows(rows, *format, reporter)?)
            }
            ListAsk::Export(rows, format, path) => {
                return self.export_list(rows, *format, path, reporter);
            }
            ListAsk::Sums(list, ids) => {
                let sums = match list {
                    ListFilter::Cases(_) => case_sums(&self.cases.rows, ids)?,
                    ListFilter::Orders(_) => views.order_sums(ids, reporter)?,
                };
                (list.kind(), ListAnswer::Sums(sums))
            }
            ListAsk::Values(list, column) => {
                let values = match list {
                    ListFilter::Cases(_) => {
                        let names = views.names()?;
                        let known = RowContext {
                            today: views.now.day(),
                            name_of: &|id| names.get(&id).cloned().unwrap_or_default(),
                        };
                        case_values(views, list, column, &known)?
                    }
                    ListFilter::Orders(filter) => views.order_values(filter, column, reporter)?,
                };
                (list.kind(), ListAnswer::Values(values))
            }
            ListAsk::Find(find) => {
                let found = self.find_row(find, reporter)?;
                (find.list.kind(), ListAnswer::Found(found))
            }
        };
        Ok(Outcome::Rows(kind, answer))
    }

    fn find_row(&self, find: &FindAsk, reporter: &dyn Reporter) -> Result<Option<u64>, Failure> {
        let views = self.views();
        match &find.list {
            ListFilter::Cases(_) => {
                let names = views.names()?;
                let known = RowContext {
                    today: views.now.day(),
                    name_of: &|id| names.get(&id).cloned().unwrap_or_default(),
                };
                Ok(find_case(&self.cases.rows, find, &known))
            }
            ListFilter::Orders(filter) => views.find_order(filter, find, reporter),
        }
    }

    fn export_list(
        &self,
        rows: &ListRows,
        format: ExportFormat,
        path: &Path,
        reporter: &dyn Reporter,
    ) -> Result<Outcome, Failure> {
        let writers = FileWriters {
            files: self.around.files.as_ref(),
            workbooks: self.around.workbooks.as_ref(),
        };
        let written =
            self.views()
                .export_rows(rows, ExportFile { format, path }, writers, reporter)?;
        Ok(wrote(written, path))
    }

    pub(super) fn write_sheet(
        &self,
        rows: &SheetRows,
        format: ExportFormat,
        path: &Path,
    ) -> Result<Outcome, Failure> {
        let people = self.readers(format)?;
        let written = self.around.files.write(path, &mut |out| {
            let mut cells = rows.rows.iter().cloned();
            let sheet = Sheet {
                title: rows.title,
                headings: &rows.headings,
                rows: &mut cells,
            };
            match format {
                ExportFormat::Csv => write_csv(sheet, out),
                ExportFormat::Json => write_json(sheet, out),
                ExportFormat::Xlsx => self.around.workbooks.write(sheet, people, out),
            }
        });
        written.map_err(|error| cannot_write(&error))?;
        Ok(wrote(rows.rows.len() as u64, path))
    }
}

/// The notice of a file that was written: how many rows, and where it lies, so that it is found again.
fn wrote(rows: u64, path: &Path) -> Outcome {
    let rows = count(rows);
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let title = Message::new(
        format!("已导出 {rows} 行到 {name}"),
        format!("{rows} rows written to {name}"),
    );
    let mut told = quiet(title);
    told.note = Message::new(path.display().to_string(), path.display().to_string());
    changed(Changed::Nothing, told)
}
