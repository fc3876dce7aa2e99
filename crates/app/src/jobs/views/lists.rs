//! What is asked about the rows of a long list: text, files, sums, values of a column, the next hit.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use super::Views;
use super::list_rows::ListReader;
use crate::jobs::export::{write_csv, write_json};
use crate::jobs::imports::Watching;
use crate::model::{CaseRow, OrderFilter};
use crate::tables::ask::{FindAsk, ListAnswer, ListFilter, ListRows, MOST_VALUES, ValueCounts};
use crate::tables::text::{CopyFormat, RowText};
use crate::tables::{self, CellTest, RowContext, RowSum, Search, orders};
use crate::{ExportFormat, Failure, FailureKind, Message, Reporter};
use recondesk_domain::{Fen, Heading, Sheet, Term};
use recondesk_ports::{Book, BookDay, Files, RowId, ValuesAsk, Workbooks};

/// Most bytes that go to the clipboard.
const MOST_COPIED: usize = 256 << 20;

/// What writes files.
#[derive(Clone, Copy)]
pub struct FileWriters<'a> {
    /// The file system.
    pub files: &'a dyn Files,
    /// Workbooks.
    pub workbooks: &'a dyn Workbooks,
}

/// The file of an export.
#[derive(Debug, Clone, Copy)]
pub struct ExportFile<'a> {
    /// How it is written.
    pub format: ExportFormat,
    /// Where.
    pub path: &'a Path,
}

impl Views<'_> {
    /// Rows as text, every one of them.
    ///
    /// # Errors
    /// When they cannot be read, when it is more than a clipboard takes, and when it is stopped.
    pub fn copy_rows(
        &self,
        ask: &ListRows,
        format: CopyFormat,
        reporter: &dyn Reporter,
    ) -> Result<ListAnswer, Failure> {
        let columns = ask.specs();
        let mut text = RowText::new(format, &columns, ask.language);
        let mut reader = ListReader::new(*self, ask, reporter)?;
        for cells in &mut reader {
            text.push(&cells);
            if text.len() > MOST_COPIED {
                return Err(too_much());
            }
        }
        let rows = reader.finish()?;
        Ok(ListAnswer::Copied(Arc::from(text.finish()), rows))
    }

    /// Rows into a file, one after the other; the file is whole or as it was. Gives how many there are.
    ///
    /// # Errors
    /// When they cannot be read, when the file cannot be written, and when it is stopped.
    pub fn export_rows(
        &self,
        ask: &ListRows,
        ExportFile { format, path }: ExportFile<'_>,
        writers: FileWriters<'_>,
        reporter: &dyn Reporter,
    ) -> Result<u64, Failure> {
        let headings: Vec<Heading> = ask.specs().iter().map(|column| column.heading).collect();
        let mut read = Ok(0);
        let written = writers.files.write(path, &mut |out| {
            let mut reader = match ListReader::new(*self, ask, reporter) {
                Ok(reader) => reader,
                Err(failure) => {
                    read = Err(failure);
                    return Err(std::io::Error::other("the rows cannot be read"));
                }
            };
            let people = (format == ExportFormat::Xlsx).then_some(ask.language);
            let sheet = Sheet {
                title: ask.list.kind().title(people),
                headings: &headings,
                rows: &mut reader,
            };
            let written = match format {
                ExportFormat::Csv => write_csv(sheet, out),
                ExportFormat::Json => write_json(sheet, out),
                ExportFormat::Xlsx => writers.workbooks.write(sheet, people, out),
            };
            read = reader.finish();
            // Rows that could not be read end the file early: it must not stay.
            if read.is_err() {
                return Err(std::io::Error::other("the rows cannot be read"));
            }
            written
        });
        let rows = read?;
        written.map_err(|error| crate::jobs::router::cannot_write(&error))?;
        Ok(rows)
    }

    /// Sums over chosen orders.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn order_sums(&self, ids: &[u64], reporter: &dyn Reporter) -> Result<Vec<RowSum>, Failure> {
        let rows: Vec<RowId> = ids.iter().map(|id| RowId(*id)).collect();
        let sum = self.books.sum(&rows, &Watching(reporter))?;
        Ok(vec![RowSum {
            of: Term::new("订单金额", "Orders"),
            count: ids.len() as u64,
            sum,
        }])
    }

    /// The values of a column of orders.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn order_values(
        &self,
        filter: &OrderFilter,
        column: &str,
        reporter: &dyn Reporter,
    ) -> Result<ValueCounts, Failure> {
        let place = BookDay {
            profile: filter.profile,
            book: Book::Orders,
            day: filter.day,
        };
        let files = self.file_names(filter.profile)?;
        let found = match orders::book_column(column) {
            Some(column) => {
                let ask = ValuesAsk {
                    column,
                    most: MOST_VALUES,
                };
                let query = self.order_query(filter)?;
                let found = self.books.values(place, &query, ask, &Watching(reporter))?;
                found.map(|values| {
                    let values = values.into_iter();
                    let cell = |value| orders::value_cell(column, &value, &files);
                    values
                        .map(|known| (cell(known.value), known.count))
                        .collect()
                })
            }
            None => Some(Vec::new()),
        };
        Ok(ValueCounts {
            column: column.to_owned(),
            values: found,
        })
    }

    /// The next order that a text stands in: in one of its numbers, or as its amount.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn find_order(
        &self,
        filter: &OrderFilter,
        find: &FindAsk,
        reporter: &dyn Reporter,
    ) -> Result<Option<u64>, Failure> {
        let text = find.text.trim();
        let mut hits: HashSet<u64> = HashSet::new();
        if filter.number.is_empty() || filter.number.contains(text) || text.contains(&filter.number)
        {
            let numbers = OrderFilter {
                number: text.to_owned(),
                ..filter.clone()
            };
            let list = self.listed(&numbers, &Watching(reporter))?;
            hits.extend(list.ids.iter().map(|id| id.0));
        }
        if let Ok(fen) = Fen::parse_typed(text) {
            let mut amounts = filter.clone();
            let test = CellTest::Between {
                least: Some(fen.get()),
                most: Some(fen.get()),
            };
            amounts.view.set_filter("amount", Some(test));
            let list = self.listed(&amounts, &Watching(reporter))?;
            hits.extend(list.ids.iter().map(|id| id.0));
        }
        let search = Search {
            text,
            columns: &find.columns,
            from: find.from,
            back: find.back,
        };
        let id_at = |at: u64| find.ids.get(usize::try_from(at).ok()?);
        let mut places = search.places(find.ids.len() as u64);
        Ok(places.find(|at| id_at(*at).is_some_and(|id| hits.contains(id))))
    }
}

/// The answer to what is asked about the rows of the list of cases, which are all at hand.
///
/// # Errors
/// When a sum is too large for money.
pub fn case_sums(rows: &[CaseRow], ids: &[u64]) -> Result<Vec<RowSum>, Failure> {
    let chosen: HashSet<u64> = ids.iter().copied().collect();
    let chosen = rows.iter().filter(|row| chosen.contains(&row.id));
    tables::sums(chosen).ok_or_else(|| {
        Failure::new(
            FailureKind::Workspace,
            "sum.large",
            Message::new("合计超出金额上限", "The sum is too large"),
            Message::default(),
        )
    })
}

/// The next case that a text stands in.
#[must_use]
pub fn find_case(rows: &[CaseRow], find: &FindAsk, known: &RowContext<'_>) -> Option<u64> {
    let search = Search {
        text: &find.text,
        columns: &find.columns,
        from: find.from,
        back: find.back,
    };
    let row_at = |at: u64| rows.get(usize::try_from(at).ok()?);
    tables::find_row(rows.len() as u64, row_at, &search, known)
}

/// The values of a column of cases, as if it had no filter of its own.
///
/// # Errors
/// When they cannot be read.
pub fn case_values(
    views: Views<'_>,
    list: &ListFilter,
    column: &str,
    known: &RowContext<'_>,
) -> Result<ValueCounts, Failure> {
    let ListFilter::Cases(filter) = list else {
        return Ok(ValueCounts {
            column: column.to_owned(),
            values: None,
        });
    };
    let mut open = filter.clone();
    open.view.set_filter(column, None);
    let (_, rows) = views.cases(&open)?;
    let values = tables::column_values(&rows, &open.view, column, MOST_VALUES, known);
    Ok(ValueCounts {
        column: column.to_owned(),
        values,
    })
}

fn too_much() -> Failure {
    Failure::new(
        FailureKind::Usage,
        "copy.large",
        Message::new(
            "选中的行太多，剪贴板放不下，没有复制",
            "The selected rows are too many for the clipboard; nothing was copied",
        ),
        Message::new("请用导出", "Export them instead"),
    )
}
