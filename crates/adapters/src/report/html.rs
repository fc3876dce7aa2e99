//! A report as one page that prints well: nothing is loaded from elsewhere, pictures are drawn inside.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use recondesk_domain::Language;
use recondesk_ports::{
    Anchor, Ink, Picture, Report, ReportCell, ReportColumn, ReportColumnKind, ReportTable, Shape,
};

const STYLE: &str = "\
@page{size:A4 landscape;margin:12mm}\
body{font:13px/1.5 'Noto Sans SC','Microsoft YaHei','PingFang SC',sans-serif;color:#17202b;margin:24px;max-width:1680px}\
header{display:flex;justify-content:space-between;align-items:flex-start;border-bottom:2px solid #17202b;padding-bottom:8px}\
header img{max-width:160px;max-height:60px}\
h1{font-size:20px;margin:0}h2{font-size:15px;margin:24px 0 8px;break-after:avoid}h3{font-size:13px;margin:12px 0 4px;break-after:avoid}\
p{margin:4px 0}.sentence{font-size:17px;margin:12px 0}.faint{color:#5c6776;font-size:12px}\
figure{margin:12px 0;break-inside:avoid}figcaption{color:#5c6776;font-size:12px}svg{width:100%;max-width:720px;height:auto}\
table{border-collapse:collapse;width:100%;font-size:12px}thead{display:table-header-group}tr{break-inside:avoid}\
th{background:#f0f2f5;color:#5c6776;font-weight:400;text-align:left;border-bottom:1px solid #d6dbe2;padding:4px 6px;white-space:nowrap}\
td{border-bottom:1px solid #e8ebef;padding:3px 6px;vertical-align:top;white-space:pre-line;overflow-wrap:anywhere}\
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}tfoot td{border-top:1px solid #17202b;border-bottom:0}\
.none{color:#5c6776}\
@media print{body{margin:0;font-size:10px}table{font-size:8px}}";

pub(super) fn write(report: &Report, out: &mut (dyn Write + Send)) -> io::Result<()> {
    let lang = match report.language {
        Language::Zh => "zh-CN",
        Language::En => "en",
    };
    let title = format!("{} {} {}", report.title, report.merchant, report.period);
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n",
        escaped(&title)
    )?;
    head(report, out)?;
    for picture in &report.pictures {
        figure(picture, out)?;
    }
    for part in &report.parts {
        writeln!(out, "<section>\n<h2>{}</h2>", escaped(&part.name))?;
        for table in &part.tables {
            write_table(table, report.language, out)?;
        }
        writeln!(out, "</section>")?;
    }
    writeln!(out, "</body>\n</html>")
}

fn head(report: &Report, out: &mut (dyn Write + Send)) -> io::Result<()> {
    write!(
        out,
        "<header><div><h1>{}</h1><p>{} {}</p><p>{}</p></div>",
        escaped(&report.title),
        escaped(&report.merchant),
        escaped(&report.mch_id),
        escaped(&report.period)
    )?;
    if let Some(logo) = &report.logo {
        let data = STANDARD.encode(&logo.png);
        write!(out, "<img alt=\"\" src=\"data:image/png;base64,{data}\">")?;
    }
    let made = report
        .language
        .pick("制表时间（北京时间）", "Made at (Beijing time)");
    writeln!(
        out,
        "</header>\n<p class=\"sentence\">{}</p>\n<p class=\"faint\">{made} {}</p>",
        escaped(&report.sentence),
        report.made_at
    )
}

fn write_table(
    table: &ReportTable,
    language: Language,
    out: &mut (dyn Write + Send),
) -> io::Result<()> {
    if !table.caption.is_empty() {
        writeln!(out, "<h3>{}</h3>", escaped(&table.caption))?;
    }
    if table.rows.is_empty() {
        let none = language.pick("没有", "None");
        return writeln!(out, "<p class=\"none\">{none}</p>");
    }
    write!(out, "<table>\n<thead><tr>")?;
    for column in &table.columns {
        let class = class(column);
        write!(out, "<th{class}>{}</th>", escaped(&column.title))?;
    }
    writeln!(out, "</tr></thead>\n<tbody>")?;
    for row in &table.rows {
        write_row(&table.columns, row, out)?;
    }
    writeln!(out, "</tbody>")?;
    if let Some(totals) = &table.totals {
        writeln!(out, "<tfoot>")?;
        write_row(&table.columns, totals, out)?;
        writeln!(out, "</tfoot>")?;
    }
    writeln!(out, "</table>")
}

fn write_row(
    columns: &[ReportColumn],
    row: &[ReportCell],
    out: &mut (dyn Write + Send),
) -> io::Result<()> {
    write!(out, "<tr>")?;
    for (column, cell) in columns.iter().zip(row) {
        let class = class(column);
        write!(out, "<td{class}>{}</td>", escaped(&cell.shown()))?;
    }
    writeln!(out, "</tr>")
}

const fn class(column: &ReportColumn) -> &'static str {
    match column.kind {
        ReportColumnKind::Money | ReportColumnKind::Fee | ReportColumnKind::Count => " class=\"n\"",
        ReportColumnKind::Text | ReportColumnKind::Time => "",
    }
}

fn figure(picture: &Picture, out: &mut (dyn Write + Send)) -> io::Result<()> {
    let title = escaped(&picture.title);
    writeln!(
        out,
        "<figure><figcaption>{title}</figcaption>\n\
         <svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{title}\" xmlns=\"http://www.w3.org/2000/svg\">",
        picture.width, picture.height
    )?;
    for shape in &picture.shapes {
        match shape {
            Shape::Bar {
                x,
                y,
                width,
                height,
                ink,
            } => writeln!(
                out,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{}\"/>",
                colour(*ink)
            )?,
            Shape::Label {
                x,
                y,
                anchor,
                text,
                ink,
            } => {
                let anchor = match anchor {
                    Anchor::Start => "start",
                    Anchor::Middle => "middle",
                    Anchor::End => "end",
                };
                writeln!(
                    out,
                    "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" font-size=\"100\" fill=\"{}\">{}</text>",
                    colour(*ink),
                    escaped(text)
                )?;
            }
        }
    }
    writeln!(out, "</svg></figure>")
}

fn colour(ink: Ink) -> String {
    let [red, green, blue] = ink.rgb();
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// Text that stays text, in a page and in an attribute; control characters are dropped.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push('\n'),
            // Neither control characters nor signs that turn the direction of text.
            sign if sign.is_control() => {}
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            sign => out.push(sign),
        }
    }
    out
}
