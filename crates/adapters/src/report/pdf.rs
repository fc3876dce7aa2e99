//! A report as a PDF: pages of A4, the signs in use of one font inside, text that can be searched and copied.

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::{Filter, Finish as _, Name, Pdf, Rect, Ref, Stream, TextStr};

use recondesk_ports::{Ink, Logo, Report};

use super::pdf_font::PageFont;
use super::pdf_page::{PAGE, Pages, reference};

/// Rows of a table that are set; the report says how many are left to the workbook.
const MOST_ROWS: usize = 5_000;

const CATALOG: Ref = Ref::new(1);
const PAGE_TREE: Ref = Ref::new(2);
const INFO: Ref = Ref::new(3);
/// The font takes five numbers.
const FONT: Ref = Ref::new(4);
const LOGO: Ref = Ref::new(9);
const LOGO_MASK: Ref = Ref::new(10);
/// From here on two numbers a page.
const FIRST_PAGE: usize = 11;

pub(super) fn write(report: &Report, font: &[u8], out: &mut (dyn Write + Send)) -> io::Result<()> {
    let logo = report.logo.as_ref().map(pixels).transpose()?;
    let mut pages = Pages::new(PageFont::new(font)?);
    if let Some(logo) = &logo {
        pages.logo(Name(b"L"), logo.size());
    }
    lay_out(report, &mut pages);
    let footer = format!("{}  {}", report.merchant, report.period);
    let footer = pages.font.settable(&footer);
    let (font, contents) = pages.finish(&footer);

    let mut pdf = Pdf::new();
    pdf.catalog(CATALOG)
        .pages(PAGE_TREE)
        .lang(TextStr(match report.language {
            recondesk_domain::Language::Zh => "zh-CN",
            recondesk_domain::Language::En => "en",
        }));
    let title = format!("{} {} {}", report.title, report.merchant, report.period);
    pdf.document_info(INFO)
        .title(TextStr(&title))
        .creator(TextStr("Recondesk"));
    let count = i32::try_from(contents.len()).unwrap_or(i32::MAX);
    let kids: io::Result<Vec<Ref>> = (0..contents.len())
        .map(|at| reference(at.saturating_mul(2).saturating_add(FIRST_PAGE)))
        .collect();
    let kids = kids?;
    pdf.pages(PAGE_TREE).kids(kids.iter().copied()).count(count);
    for (id, content) in kids.iter().zip(&contents) {
        let body = Ref::new(id.get().saturating_add(1));
        let mut page = pdf.page(*id);
        page.parent(PAGE_TREE)
            .media_box(Rect::new(0.0, 0.0, PAGE.0, PAGE.1))
            .contents(body);
        let mut resources = page.resources();
        resources.fonts().pair(Name(b"F"), FONT);
        if logo.is_some() {
            resources.x_objects().pair(Name(b"L"), LOGO);
        }
        resources.finish();
        page.finish();
        let bytes = deflate(content)?;
        compressed(&mut pdf, body, &bytes);
    }
    font.write(&mut pdf, FONT)?;
    if let Some(logo) = &logo {
        logo.write(&mut pdf)?;
    }
    out.write_all(&pdf.finish())
}

fn lay_out(report: &Report, pages: &mut Pages<'_>) {
    let made = report
        .language
        .pick("制表时间（北京时间）", "Made at (Beijing time)");
    pages.line(&report.title, 18.0, Ink::Text);
    pages.line(
        &format!("{}  {}", report.merchant, report.mch_id),
        10.0,
        Ink::Text,
    );
    pages.line(&report.period, 10.0, Ink::Text);
    pages.space(4.0);
    pages.line(&report.sentence, 13.0, Ink::Text);
    pages.line(&format!("{made} {}", report.made_at), 8.0, Ink::Faint);
    pages.space(8.0);
    for picture in &report.pictures {
        pages.picture(picture);
    }
    for part in &report.parts {
        pages.need(60.0);
        pages.space(10.0);
        pages.line(&part.name, 13.0, Ink::Text);
        for table in &part.tables {
            pages.need(40.0);
            pages.space(4.0);
            if !table.caption.is_empty() {
                pages.line(&table.caption, 9.0, Ink::Text);
            }
            if table.rows.is_empty() {
                pages.line(report.language.pick("没有", "None"), 8.0, Ink::Faint);
                continue;
            }
            pages.table(table, MOST_ROWS);
            let left = table.rows.len().saturating_sub(MOST_ROWS);
            if left > 0 {
                let note = match report.language {
                    recondesk_domain::Language::Zh => {
                        format!("另有 {left} 行未印出，见 XLSX 报表；合计已含")
                    }
                    recondesk_domain::Language::En => format!(
                        "{left} more rows are not printed, see the XLSX report; the sums have them"
                    ),
                };
                pages.line(&note, 8.0, Ink::Fault);
            }
        }
    }
}

/// Packs bytes as PDF streams are packed.
pub(super) fn deflate(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
    packer.write_all(bytes)?;
    packer.finish()
}

/// Begins a packed stream.
pub(super) fn compressed<'p>(pdf: &'p mut Pdf, id: Ref, bytes: &'p [u8]) -> Stream<'p> {
    let mut stream = pdf.stream(id, bytes);
    stream.filter(Filter::FlateDecode);
    stream
}

/// A logo as a PDF keeps it: colours, and how much of each is seen.
struct LogoPixels {
    width: u32,
    height: u32,
    colours: Vec<u8>,
    alpha: Vec<u8>,
}

/// Unpacks a logo; its size was bounded when it was taken in.
fn pixels(logo: &Logo) -> io::Result<LogoPixels> {
    let limits = png::Limits { bytes: 64 << 20 };
    let mut decoder = png::Decoder::new_with_limits(io::Cursor::new(&logo.png), limits);
    decoder.set_transformations(png::Transformations::ALPHA | png::Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(io::Error::other)?;
    let size = reader
        .output_buffer_size()
        .ok_or_else(|| io::Error::other("logo too large"))?;
    let mut bytes = vec![0; size];
    let frame = reader.next_frame(&mut bytes).map_err(io::Error::other)?;
    bytes.truncate(frame.buffer_size());
    let mut out = LogoPixels {
        width: frame.width,
        height: frame.height,
        colours: Vec::new(),
        alpha: Vec::new(),
    };
    let parts = match frame.color_type {
        png::ColorType::Rgba => 4,
        png::ColorType::GrayscaleAlpha => 2,
        png::ColorType::Rgb | png::ColorType::Grayscale | png::ColorType::Indexed => {
            return Err(io::Error::other(
                "the logo was not unpacked with its transparency",
            ));
        }
    };
    for pixel in bytes.chunks_exact(parts) {
        match pixel {
            [red, green, blue, alpha] => {
                out.colours.extend([red, green, blue]);
                out.alpha.push(*alpha);
            }
            [grey, alpha] => {
                out.colours.extend([grey, grey, grey]);
                out.alpha.push(*alpha);
            }
            _ => {}
        }
    }
    Ok(out)
}

impl LogoPixels {
    #[expect(clippy::cast_precision_loss, reason = "at most 2,000")]
    const fn size(&self) -> (f32, f32) {
        (self.width as f32, self.height as f32)
    }

    fn write(&self, pdf: &mut Pdf) -> io::Result<()> {
        let side = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
        let bytes = deflate(&self.colours)?;
        let mut image = pdf.image_xobject(LOGO, &bytes);
        image.filter(Filter::FlateDecode);
        image
            .width(side(self.width))
            .height(side(self.height))
            .bits_per_component(8)
            .s_mask(LOGO_MASK);
        image.color_space().device_rgb();
        image.finish();
        let bytes = deflate(&self.alpha)?;
        let mut mask = pdf.image_xobject(LOGO_MASK, &bytes);
        mask.filter(Filter::FlateDecode);
        mask.width(side(self.width))
            .height(side(self.height))
            .bits_per_component(8);
        mask.color_space().device_gray();
        mask.finish();
        Ok(())
    }
}
