//! A report as a workbook: one sheet a part, money as numbers, sums as formulas with their results stored.
//!
//! A formula without a stored result shows as nothing, or as 0.00, wherever nothing calculates: previews,
//! phones, readers in scripts, converters without a window. So each sum goes into the file with its value.

use std::io::Write;
use std::path::Path;

use chrono::{Datelike as _, NaiveDateTime, Timelike as _};
use rust_xlsxwriter::{
    ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Image, Workbook, Worksheet,
    XlsxError,
};

use recondesk_domain::{Fee, Fen};
use recondesk_ports::{
    Report, ReportCell, ReportColumn, ReportColumnKind, ReportPart, ReportTable,
};

/// Rows a sheet can hold.
const MAX_ROWS: u32 = 1_048_576;
/// Characters a cell can hold.
const MAX_TEXT: usize = 32_767;
/// Digits that a number of a spreadsheet keeps.
pub(super) const EXACT: u64 = 1_000_000_000_000_000;

struct ReportFormats {
    title: Format,
    caption: Format,
    header: Format,
    text: Format,
    money: Format,
    fee: Format,
    count: Format,
    time: Format,
    day: Format,
    total_text: Format,
}

impl ReportFormats {
    fn new() -> Self {
        let number = |pattern: &str| Format::new().set_num_format(pattern);
        Self {
            title: Format::new().set_bold().set_font_size(16),
            caption: Format::new().set_bold(),
            header: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::VerticalCenter)
                .set_border_bottom(FormatBorder::Thin),
            text: Format::new()
                .set_num_format("@")
                .set_text_wrap()
                .set_align(FormatAlign::Top),
            money: number("#,##0.00"),
            fee: number("#,##0.00000"),
            count: number("#,##0"),
            time: number("yyyy-mm-dd hh:mm:ss").set_align(FormatAlign::Left),
            day: number("yyyy-mm-dd").set_align(FormatAlign::Left),
            total_text: Format::new().set_bold().set_border_top(FormatBorder::Thin),
        }
    }

    const fn of(&self, kind: ReportColumnKind) -> &Format {
        match kind {
            ReportColumnKind::Text => &self.text,
            ReportColumnKind::Money => &self.money,
            ReportColumnKind::Fee => &self.fee,
            ReportColumnKind::Count => &self.count,
            ReportColumnKind::Time => &self.time,
        }
    }

    fn total(&self, kind: ReportColumnKind) -> Format {
        self.of(kind)
            .clone()
            .set_bold()
            .set_border_top(FormatBorder::Thin)
    }
}

pub(super) fn write(
    report: &Report,
    scratch: Option<&Path>,
    out: &mut (dyn Write + Send),
) -> Result<(), XlsxError> {
    let mut workbook = Workbook::new();
    if let Some(folder) = scratch {
        workbook.set_tempdir(folder)?;
    }
    let formats = ReportFormats::new();
    for (at, part) in report.parts.iter().enumerate() {
        let page = workbook.add_worksheet_with_constant_memory()?;
        page.set_name(&part.name)?;
        lay_out(page, report);
        let top = if at == 0 {
            head(page, report, &formats)?
        } else {
            0
        };
        fill(page, part, top, &formats)?;
    }
    workbook.save_to_writer(out)
}

/// How the sheet is printed.
fn lay_out(page: &mut Worksheet, report: &Report) {
    page.set_landscape();
    page.set_paper_size(9);
    page.set_print_fit_to_pages(1, 0);
    // An ampersand begins a code in headers.
    let merchant = report.merchant.replace('&', "&&");
    page.set_header(format!("&L{merchant}&C{}&R{}", report.title, report.period));
    page.set_footer("&C&P / &N");
}

/// What the report is, on top of its first sheet; gives the first free row.
fn head(page: &mut Worksheet, report: &Report, formats: &ReportFormats) -> Result<u32, XlsxError> {
    let made = report
        .language
        .pick("制表时间（北京时间）", "Made at (Beijing time)");
    let lines = [
        format!("{}  {}", report.merchant, report.mch_id),
        report.period.clone(),
        report.sentence.clone(),
        format!("{made} {}", report.made_at),
    ];
    page.write_string_with_format(0, 0, &report.title, &formats.title)?;
    let mut row = 1;
    for line in lines {
        page.write_string(row, 0, line)?;
        row += 1;
    }
    if let Some(logo) = &report.logo {
        let image = Image::new_from_buffer(&logo.png)?.set_scale_to_size(160, 60, true);
        page.insert_image(0, 6, &image)?;
    }
    Ok(row + 1)
}

fn fill(
    page: &mut Worksheet,
    part: &ReportPart,
    top: u32,
    formats: &ReportFormats,
) -> Result<(), XlsxError> {
    set_widths(page, &part.tables)?;
    let mut row = top;
    for table in &part.tables {
        if !table.caption.is_empty() {
            page.write_string_with_format(row, 0, &table.caption, &formats.caption)?;
            row += 1;
        }
        let header = row;
        row = table_at(page, table, header, formats)?;
        if part.tables.len() == 1 {
            let last = u16::try_from(table.columns.len().saturating_sub(1)).unwrap_or_default();
            let rows = u32::try_from(table.rows.len()).unwrap_or(MAX_ROWS);
            page.set_freeze_panes(header + 1, 0)?;
            page.autofilter(header, 0, header.saturating_add(rows).max(header + 1), last)?;
            page.set_repeat_rows(header, header)?;
        }
        row += 1;
    }
    Ok(())
}

fn set_widths(page: &mut Worksheet, tables: &[ReportTable]) -> Result<(), XlsxError> {
    let most = tables.iter().map(|table| table.columns.len()).max();
    for at in 0..most.unwrap_or_default() {
        let columns = tables.iter().filter_map(|table| table.columns.get(at));
        let width = columns.map(|column| column.width).max().unwrap_or(10);
        page.set_column_width(u16::try_from(at).unwrap_or(u16::MAX), f64::from(width))?;
    }
    Ok(())
}

/// Writes a table with its header in this row; gives the first row behind it.
fn table_at(
    page: &mut Worksheet,
    table: &ReportTable,
    header: u32,
    formats: &ReportFormats,
) -> Result<u32, XlsxError> {
    for (column, heading) in (0_u16..).zip(&table.columns) {
        page.write_string_with_format(header, column, &heading.title, &formats.header)?;
    }
    let mut row = header + 1;
    for cells in &table.rows {
        if row >= MAX_ROWS - 1 {
            return Err(XlsxError::RowColumnLimitError);
        }
        for ((column, cell), heading) in (0_u16..).zip(cells).zip(&table.columns) {
            put(
                page,
                CellPlace { row, column },
                cell,
                formats.of(heading.kind),
                formats,
            )?;
        }
        row += 1;
    }
    if let Some(totals) = &table.totals {
        let span = SumSpan {
            first: header + 1,
            row,
        };
        for ((column, total), heading) in (0_u16..).zip(totals).zip(&table.columns) {
            put_total(page, (column, total), heading, span, formats)?;
        }
        row += 1;
    }
    Ok(row)
}

#[derive(Clone, Copy)]
struct CellPlace {
    row: u32,
    column: u16,
}

fn put(
    page: &mut Worksheet,
    place: CellPlace,
    cell: &ReportCell,
    format: &Format,
    formats: &ReportFormats,
) -> Result<(), XlsxError> {
    let CellPlace { row, column } = place;
    match cell {
        ReportCell::Empty => {}
        ReportCell::Text(text) => {
            let text: String = text.chars().take(MAX_TEXT).collect();
            page.write_string_with_format(row, column, text, &formats.text)?;
        }
        ReportCell::Money(_) | ReportCell::Fee(_) | ReportCell::Count(_) => {
            match number(cell) {
                Some(value) => page.write_number_with_format(row, column, value, format)?,
                None => page.write_string_with_format(row, column, cell.plain(), &formats.text)?,
            };
        }
        ReportCell::Time(time) => {
            let time = date_time(time.beijing())?;
            page.write_datetime_with_format(row, column, &time, &formats.time)?;
        }
        ReportCell::Day(day) => {
            let day = date_time(day.start().beijing())?;
            page.write_datetime_with_format(row, column, &day, &formats.day)?;
        }
    }
    Ok(())
}

/// The rows a sum is over, and the row it stands in.
#[derive(Clone, Copy)]
struct SumSpan {
    first: u32,
    row: u32,
}

fn put_total(
    page: &mut Worksheet,
    (column, total): (u16, &ReportCell),
    heading: &ReportColumn,
    span: SumSpan,
    formats: &ReportFormats,
) -> Result<(), XlsxError> {
    let SumSpan { first, row } = span;
    if matches!(total, ReportCell::Empty) {
        page.write_blank(row, column, &formats.total_text)?;
        return Ok(());
    }
    let format = formats.total(heading.kind);
    // 109: what the filter shows; without any row there is nothing to point at.
    if row > first {
        let name = rust_xlsxwriter::utility::column_number_to_name(column);
        let formula = format!("=SUBTOTAL(109,{name}{}:{name}{row})", first + 1);
        let formula = Formula::new(formula).set_result(total.plain());
        page.write_formula_with_format(row, column, formula, &format)?;
    } else {
        page.write_number_with_format(row, column, 0, &format)?;
    }
    Ok(())
}

/// A number that a spreadsheet keeps to the last digit, or none.
fn number(cell: &ReportCell) -> Option<f64> {
    let (units, scale) = match cell {
        ReportCell::Money(fen) => (Fen::get(*fen), 100.0),
        ReportCell::Fee(fee) => (Fee::get(*fee), 100_000.0),
        ReportCell::Count(count) => (i64::try_from(*count).ok()?, 1.0),
        ReportCell::Empty | ReportCell::Text(_) | ReportCell::Time(_) | ReportCell::Day(_) => {
            return None;
        }
    };
    if units.unsigned_abs() >= EXACT {
        return None;
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "exact below 2^53; the quotient is the double nearest to the decimal, as if typed"
    )]
    let value = units as f64 / scale;
    Some(value)
}

fn date_time(time: NaiveDateTime) -> Result<ExcelDateTime, XlsxError> {
    let small = |value: u32| u8::try_from(value).unwrap_or_default();
    let year = u16::try_from(time.year()).unwrap_or_default();
    ExcelDateTime::from_ymd(year, small(time.month()), small(time.day()))?.and_hms(
        u16::try_from(time.hour()).unwrap_or_default(),
        small(time.minute()),
        f64::from(time.second()),
    )
}
