//! A form as a workbook: what people read is grey and text, what they fill in is white, with drop-downs that
//! point at a sheet of choices, because a list inside a cell's rule ends at 255 signs.

use std::io::Write;
use std::path::Path;

use rust_xlsxwriter::{
    DataValidation, Format, FormatAlign, Formula, Workbook, Worksheet, XlsxError,
};

use recondesk_ports::{FormColumn, ReportCell, SheetForm};

use super::{MAX_ROWS, MAX_TEXT};

/// Money that a spreadsheet keeps to the last digit.
const EXACT: u64 = 1_000_000_000_000_000;

pub(super) fn write(
    form: &SheetForm,
    scratch: Option<&Path>,
    out: &mut (dyn Write + Send),
) -> Result<(), XlsxError> {
    let mut workbook = Workbook::new();
    if let Some(folder) = scratch {
        workbook.set_tempdir(folder)?;
    }
    let text = Format::new()
        .set_num_format("@")
        .set_text_wrap()
        .set_align(FormatAlign::Top);
    let given = text.clone().set_background_color("#F2F2F2");
    let money = Format::new()
        .set_num_format("#,##0.00")
        .set_align(FormatAlign::Top)
        .set_background_color("#F2F2F2");
    let page = workbook.add_worksheet();
    page.set_name(&form.title)?;
    page.set_freeze_panes(1, 0)?;
    let header = Format::new().set_bold().set_text_wrap();
    let last = u32::try_from(form.rows.len()).unwrap_or(MAX_ROWS);
    if last >= MAX_ROWS {
        return Err(XlsxError::RowColumnLimitError);
    }
    for (at, column) in (0_u16..).zip(&form.columns) {
        page.set_column_width(at, f64::from(column.width))?;
        page.write_string_with_format(0, at, &column.title, &header)?;
    }
    for (row, cells) in (1_u32..).zip(&form.rows) {
        for ((at, cell), column) in (0_u16..).zip(cells).zip(&form.columns) {
            let plain = if column.is_open { &text } else { &given };
            match cell {
                ReportCell::Empty => {
                    page.write_blank(row, at, plain)?;
                }
                ReportCell::Money(fen) if fen.get().unsigned_abs() < EXACT => {
                    #[expect(
                        clippy::cast_precision_loss,
                        reason = "exact below 2^53; the nearest double to the decimal, as if typed"
                    )]
                    let yuan = fen.get() as f64 / 100.0;
                    page.write_number_with_format(row, at, yuan, &money)?;
                }
                cell @ (ReportCell::Text(_)
                | ReportCell::Money(_)
                | ReportCell::Fee(_)
                | ReportCell::Count(_)
                | ReportCell::Time(_)
                | ReportCell::Day(_)) => {
                    let words: String = cell.plain().chars().take(MAX_TEXT).collect();
                    page.write_string_with_format(row, at, words, plain)?;
                }
            }
        }
    }
    let width = u16::try_from(form.columns.len().saturating_sub(1)).unwrap_or_default();
    page.autofilter(0, 0, last.max(1), width)?;
    let rules = rules(form);
    for (at, rule) in &rules {
        page.add_data_validation(1, *at, last.max(1), *at, rule)?;
    }
    if !rules.is_empty() {
        choices(workbook.add_worksheet(), form)?;
    }
    workbook.save_to_writer(out)
}

/// Where the columns with choices stand among each other: that is their column on the other sheet.
fn with_choices(form: &SheetForm) -> impl Iterator<Item = (u16, &FormColumn)> {
    (0_u16..)
        .zip(&form.columns)
        .filter(|(_, column)| !column.choices.is_empty())
}

fn rules(form: &SheetForm) -> Vec<(u16, DataValidation)> {
    let sheet = form.choices_title.replace('\'', "''");
    (0_u16..)
        .zip(with_choices(form))
        .map(|(place, (at, column))| {
            let name = rust_xlsxwriter::utility::column_number_to_name(place);
            let count = column.choices.len();
            let range = Formula::new(format!("='{sheet}'!${name}$1:${name}${count}"));
            (at, DataValidation::new().allow_list_formula(range))
        })
        .collect()
}

fn choices(page: &mut Worksheet, form: &SheetForm) -> Result<(), XlsxError> {
    page.set_name(&form.choices_title)?;
    for (place, (_, column)) in (0_u16..).zip(with_choices(form)) {
        page.set_column_width(place, 24)?;
        for (row, choice) in (0_u32..).zip(&column.choices) {
            page.write_string(row, place, choice)?;
        }
    }
    Ok(())
}
