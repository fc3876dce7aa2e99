//! Pages of a PDF: a place that moves down, lines of text, rows of a table, pictures.

use std::io;

use pdf_writer::{Content, Name, Rect, Ref, Str};

use recondesk_ports::{Anchor, Ink, Picture, ReportCell, ReportColumnKind, ReportTable, Shape};

use super::pdf_font::PageFont;

/// A4, lying.
pub(super) const PAGE: (f32, f32) = (842.0, 595.0);
const MARGIN: f32 = 34.0;
const BOTTOM: f32 = 40.0;
/// Width between the margins.
const WIDTH: f32 = PAGE.0 - 2.0 * MARGIN;
/// Size of text in tables.
const SMALL: f32 = 6.5;
const LINE: f32 = 8.5;
const PAD: f32 = 2.0;
/// Lines of a cell that are shown; the workbook has them all.
const MOST_LINES: usize = 12;

/// Where a line of text goes, and how it looks.
#[derive(Clone, Copy)]
struct TextPlace {
    /// Points from the left edge of the page.
    x: f32,
    /// Points from its lower edge.
    y: f32,
    /// Height of the letters.
    size: f32,
    /// Colour of the letters.
    ink: Ink,
}

/// Pages while they are made.
pub(super) struct Pages<'f> {
    pub(super) font: PageFont<'f>,
    done: Vec<Vec<u8>>,
    page: Content,
    y: f32,
}

impl<'f> Pages<'f> {
    pub(super) fn new(font: PageFont<'f>) -> Self {
        Self {
            font,
            done: Vec::new(),
            page: Content::new(),
            y: PAGE.1 - MARGIN,
        }
    }

    /// Ends the last page; gives the contents of all.
    pub(super) fn finish(mut self, footer: &str) -> (PageFont<'f>, Vec<Vec<u8>>) {
        self.next_page();
        let count = self.done.len();
        let mut out = Vec::with_capacity(count);
        for (at, body) in (1..).zip(std::mem::take(&mut self.done)) {
            let text = format!("{footer}    {at} / {count}");
            let x = PAGE.0 - MARGIN - self.font.line_width(&text, SMALL);
            let place = TextPlace {
                x,
                y: 22.0,
                size: SMALL,
                ink: Ink::Faint,
            };
            self.text_at(place, &text);
            let mut bytes = body;
            // Two streams of operators become one: the last of the first must not run into the first of the second.
            bytes.push(b'\n');
            bytes.extend(
                std::mem::replace(&mut self.page, Content::new())
                    .finish()
                    .into_vec(),
            );
            out.push(bytes);
        }
        (self.font, out)
    }

    fn next_page(&mut self) {
        let page = std::mem::replace(&mut self.page, Content::new());
        self.done.push(page.finish().into_vec());
        self.y = PAGE.1 - MARGIN;
    }

    /// Goes on a new page unless there is room of this height.
    pub(super) fn need(&mut self, height: f32) {
        if self.y - height < BOTTOM {
            self.next_page();
        }
    }

    pub(super) fn space(&mut self, height: f32) {
        self.y -= height;
    }

    /// One line of text over the whole width, wrapped where it is longer.
    pub(super) fn line(&mut self, text: &str, size: f32, ink: Ink) {
        let text = self.font.settable(text);
        for line in wrapped(&self.font, &text, size, WIDTH) {
            self.need(size * 1.5);
            self.y -= size * 1.4;
            let place = TextPlace {
                x: MARGIN,
                y: self.y,
                size,
                ink,
            };
            self.text_at(place, &line);
        }
    }

    /// A logo at the upper right of the first page.
    pub(super) fn logo(&mut self, name: Name<'_>, size: (f32, f32)) {
        let scale = (130.0 / size.0).min(46.0 / size.1);
        let (width, height) = (size.0 * scale, size.1 * scale);
        let (x, y) = (PAGE.0 - MARGIN - width, PAGE.1 - MARGIN - height);
        self.page.save_state();
        self.page.transform([width, 0.0, 0.0, height, x, y]);
        self.page.x_object(name);
        self.page.restore_state();
    }

    fn text_at(&mut self, place: TextPlace, text: &str) {
        let TextPlace { x, y, size, ink } = place;
        let shown = self.font.shown(text);
        self.fill(ink);
        self.page.begin_text();
        self.page.set_font(Name(b"F"), size);
        self.page.next_line(x, y);
        self.page.show(Str(&shown));
        self.page.end_text();
    }

    fn fill(&mut self, ink: Ink) {
        let [red, green, blue] = ink.rgb().map(|part| f32::from(part) / 255.0);
        self.page.set_fill_rgb(red, green, blue);
    }

    fn box_at(&mut self, area: Rect, ink: Ink) {
        self.fill(ink);
        self.page
            .rect(area.x1, area.y1, area.x2 - area.x1, area.y2 - area.y1);
        self.page.fill_nonzero();
    }

    /// A chart, as wide as half the page is high.
    #[expect(clippy::cast_precision_loss, reason = "lengths on a page")]
    pub(super) fn picture(&mut self, picture: &Picture) {
        let scale = 0.09;
        let height = picture.height as f32 * scale;
        self.need(height + 30.0);
        self.line(&picture.title, 8.0, Ink::Faint);
        let top = self.y - 4.0;
        for shape in &picture.shapes {
            let place = |x: i32, y: i32| (MARGIN + x as f32 * scale, top - y as f32 * scale);
            match shape {
                Shape::Bar {
                    x,
                    y,
                    width,
                    height,
                    ink,
                } => {
                    let (left, upper) = place(*x, *y);
                    let (right, lower) = place(x.saturating_add(*width), y.saturating_add(*height));
                    self.box_at(Rect::new(left, lower, right, upper), *ink);
                }
                Shape::Label {
                    x,
                    y,
                    anchor,
                    text,
                    ink,
                } => {
                    let (x, y) = place(*x, *y);
                    let text = self.font.settable(text);
                    let width = self.font.line_width(&text, 8.0);
                    let x = match anchor {
                        Anchor::Start => x,
                        Anchor::Middle => x - width / 2.0,
                        Anchor::End => x - width,
                    };
                    let (size, ink) = (8.0, *ink);
                    self.text_at(TextPlace { x, y, size, ink }, &text);
                }
            }
        }
        self.y = top - height - 8.0;
    }

    /// A table; its header stands again on each page.
    pub(super) fn table(&mut self, table: &ReportTable, most: usize) {
        let widths = widths(table);
        let header: Vec<String> = table
            .columns
            .iter()
            .map(|column| self.font.settable(&column.title))
            .collect();
        self.need(4.0 * LINE);
        self.row(table, &widths, &header, Ink::Faint);
        for row in table.rows.iter().take(most) {
            let texts: Vec<String> = row
                .iter()
                .map(|cell| self.font.settable(&cell.shown()))
                .collect();
            let before = self.done.len();
            self.need(self.row_height(&widths, &texts));
            if self.done.len() > before {
                self.row(table, &widths, &header, Ink::Faint);
            }
            self.row(table, &widths, &texts, Ink::Text);
        }
        if let Some(totals) = &table.totals {
            let texts: Vec<String> = totals.iter().map(ReportCell::shown).collect();
            self.need(2.0 * LINE);
            self.row(table, &widths, &texts, Ink::Text);
        }
    }

    fn row_height(&self, widths: &[f32], texts: &[String]) -> f32 {
        let lines = widths.iter().zip(texts).map(|(width, text)| {
            wrapped(&self.font, text, SMALL, width - 2.0 * PAD)
                .len()
                .clamp(1, MOST_LINES)
        });
        let most = u16::try_from(lines.max().unwrap_or(1)).unwrap_or(1);
        f32::from(most) * LINE + 2.0 * PAD
    }

    fn row(&mut self, table: &ReportTable, widths: &[f32], texts: &[String], ink: Ink) {
        let height = self.row_height(widths, texts);
        let top = self.y;
        let mut x = MARGIN;
        for ((column, width), text) in table.columns.iter().zip(widths).zip(texts) {
            let lines = wrapped(&self.font, text, SMALL, width - 2.0 * PAD);
            let mut y = top - PAD;
            for line in lines.iter().take(MOST_LINES) {
                y -= LINE;
                let end = x + width - PAD - self.font.line_width(line, SMALL);
                let start = match column.kind {
                    ReportColumnKind::Money | ReportColumnKind::Fee | ReportColumnKind::Count => {
                        end
                    }
                    ReportColumnKind::Text | ReportColumnKind::Time => x + PAD,
                };
                let place = TextPlace {
                    x: start,
                    y: y + 2.0,
                    size: SMALL,
                    ink,
                };
                self.text_at(place, line);
            }
            x += width;
        }
        self.y = top - height;
        self.box_at(
            Rect::new(MARGIN, self.y, MARGIN + WIDTH, self.y + 0.4),
            Ink::Line,
        );
    }
}

/// The columns over the width of the page, in proportion to what they want.
fn widths(table: &ReportTable) -> Vec<f32> {
    let wanted: f32 = table
        .columns
        .iter()
        .map(|column| f32::from(column.width))
        .sum();
    let scale = (WIDTH / wanted.max(1.0)).min(6.0);
    table
        .columns
        .iter()
        .map(|column| f32::from(column.width) * scale)
        .collect()
}

/// Lines that fit a width; a line may break at any sign.
fn wrapped(font: &PageFont<'_>, text: &str, size: f32, width: f32) -> Vec<String> {
    let mut out = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        let mut used = 0.0;
        for sign in paragraph.chars() {
            let advance = font.width(sign) * size / 1000.0;
            if used + advance > width && !line.is_empty() {
                out.push(std::mem::take(&mut line));
                used = 0.0;
            }
            line.push(sign);
            used += advance;
        }
        out.push(line);
    }
    out
}

/// Checks that a number for the file can be made.
pub(super) fn reference(number: usize) -> io::Result<Ref> {
    let number = i32::try_from(number).ok().filter(|number| *number > 0);
    number
        .map(Ref::new)
        .ok_or_else(|| io::Error::other("too many pages"))
}
