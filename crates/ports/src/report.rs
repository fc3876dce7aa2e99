//! A report on its way out of the program: words, tables and pictures, the same for every format.
//!
//! Everything is in one language and ready to be written down: a writer formats and lays out, it neither
//! adds up nor decides. The sums under the columns are made here, checked, once.

use std::io::Write;

use recondesk_domain::{BillDate, Fee, Fen, Instant, Language, group_digits};

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportFormat {
    /// A workbook: one sheet a part, sums as formulas with their results stored.
    Xlsx,
    /// An archive of CSV files, one a table.
    Csv,
    /// One page that prints well, pictures inside.
    Html,
    /// Pages ready to be printed or signed.
    Pdf,
}

impl ReportFormat {
    /// The ending of its files.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "zip",
            Self::Html => "html",
            Self::Pdf => "pdf",
        }
    }
}

/// Writes reports.
pub trait Reports: Send + Sync {
    /// Writes a report in one format.
    ///
    /// # Errors
    /// What the disk or a library says; what was written by then is worth nothing.
    fn write(
        &self,
        report: &Report,
        format: ReportFormat,
        out: &mut (dyn Write + Send),
    ) -> std::io::Result<()>;
}

/// A report of a day or of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The language all of it is in.
    pub language: Language,
    /// What it is.
    pub title: String,
    /// The merchant's name.
    pub merchant: String,
    /// 商户号.
    pub mch_id: String,
    /// The day, or the month.
    pub period: String,
    /// When it was made.
    pub made_at: Instant,
    /// What a person would say aloud of it.
    pub sentence: String,
    /// The merchant's logo.
    pub logo: Option<Logo>,
    /// Charts.
    pub pictures: Vec<Picture>,
    /// Its parts, in order.
    pub parts: Vec<ReportPart>,
}

/// A PNG picture, checked when it was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// The file.
    pub png: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

impl Logo {
    /// Largest file taken.
    pub const MAX_BYTES: usize = 512 << 10;
    /// Longest side taken, in pixels.
    pub const MAX_SIDE: u32 = 2_000;

    /// Takes a PNG file by its head; `None` for anything else, or one that is too large.
    #[must_use]
    pub fn new(png: Vec<u8>) -> Option<Self> {
        const HEAD: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR";
        if png.len() > Self::MAX_BYTES || !png.starts_with(HEAD) {
            return None;
        }
        let side = |from: usize| {
            let bytes = png.get(from..from.checked_add(4)?)?;
            let side = u32::from_be_bytes(bytes.try_into().ok()?);
            (1..=Self::MAX_SIDE).contains(&side).then_some(side)
        };
        let (width, height) = (side(16)?, side(20)?);
        Some(Self { png, width, height })
    }
}

/// One part of a report: a sheet of a workbook, a chapter of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportPart {
    /// Its name.
    pub name: String,
    /// Its tables, one below the other.
    pub tables: Vec<ReportTable>,
}

/// A table with sums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportTable {
    /// What stands above it.
    pub caption: String,
    /// The columns; each row has as many cells.
    pub columns: Vec<ReportColumn>,
    /// The rows.
    pub rows: Vec<Vec<ReportCell>>,
    /// The sums, one a column, where any column has one.
    pub totals: Option<Vec<ReportCell>>,
}

/// A sum went over what can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sum of the report cannot be counted")]
pub struct TotalTooLarge;

impl ReportTable {
    /// A table whose summed columns are added up, checked.
    ///
    /// # Errors
    /// [`TotalTooLarge`].
    pub fn new(
        caption: String,
        columns: Vec<ReportColumn>,
        rows: Vec<Vec<ReportCell>>,
    ) -> Result<Self, TotalTooLarge> {
        let mut totals = Vec::with_capacity(columns.len());
        for (at, column) in columns.iter().enumerate() {
            let cells = rows.iter().filter_map(|row| row.get(at));
            totals.push(if column.sum {
                sum(cells, column.kind)?
            } else {
                ReportCell::Empty
            });
        }
        let has_sums = columns.iter().any(|column| column.sum);
        Ok(Self {
            caption,
            columns,
            rows,
            totals: has_sums.then_some(totals),
        })
    }
}

fn sum<'c>(
    mut cells: impl Iterator<Item = &'c ReportCell>,
    kind: ReportColumnKind,
) -> Result<ReportCell, TotalTooLarge> {
    match kind {
        ReportColumnKind::Money => cells
            .try_fold(Fen::ZERO, |sum, cell| {
                let ReportCell::Money(fen) = cell else {
                    return Some(sum);
                };
                sum.checked_add(*fen)
            })
            .map(ReportCell::Money),
        ReportColumnKind::Fee => cells
            .try_fold(Fee::ZERO, |sum, cell| {
                let ReportCell::Fee(fee) = cell else {
                    return Some(sum);
                };
                sum.checked_add(*fee)
            })
            .map(ReportCell::Fee),
        ReportColumnKind::Count => cells
            .try_fold(0_u64, |sum, cell| {
                let ReportCell::Count(count) = cell else {
                    return Some(sum);
                };
                sum.checked_add(*count)
            })
            .map(ReportCell::Count),
        ReportColumnKind::Text | ReportColumnKind::Time => Some(ReportCell::Empty),
    }
    .ok_or(TotalTooLarge)
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportColumnKind {
    /// Words and numbers that nobody adds.
    Text,
    /// Yuan with two decimals.
    Money,
    /// Yuan with five decimals.
    Fee,
    /// A number of things.
    Count,
    /// A day, or a time of Beijing.
    Time,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportColumn {
    /// What stands above it.
    pub title: String,
    /// What it holds.
    pub kind: ReportColumnKind,
    /// Width in characters of Latin text.
    pub width: u16,
    /// True when it is added up.
    pub sum: bool,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportCell {
    /// Nothing known, or nothing due.
    Empty,
    /// Words, perhaps from outside: they may try to be a formula.
    Text(String),
    /// Money.
    Money(Fen),
    /// A fee.
    Fee(Fee),
    /// A count.
    Count(u64),
    /// An instant, Beijing time.
    Time(Instant),
    /// A day.
    Day(BillDate),
}

impl ReportCell {
    /// Words, or nothing for no words; line breaks are `\n` alone.
    #[must_use]
    pub fn text(text: &str) -> Self {
        if text.is_empty() {
            return Self::Empty;
        }
        Self::Text(text.replace("\r\n", "\n").replace('\r', "\n"))
    }

    /// An amount where there is one.
    #[must_use]
    pub fn money(amount: Option<Fen>) -> Self {
        amount.map_or(Self::Empty, Self::Money)
    }

    /// What a person reads: yuan, grouped.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Money(fen) => fen.grouped(),
            Self::Fee(fee) => fee.grouped(),
            Self::Count(count) => group_digits(&count.to_string()),
            Self::Time(time) => time.to_string(),
            Self::Day(day) => day.to_string(),
        }
    }

    /// What a program reads: yuan without separators.
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            Self::Money(fen) => fen.to_string(),
            Self::Fee(fee) => fee.to_string(),
            Self::Count(count) => count.to_string(),
            Self::Empty | Self::Text(_) | Self::Time(_) | Self::Day(_) => self.shown(),
        }
    }
}

/// A chart: shapes on a ground, lengths in tenths of a point, from the upper left corner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What it shows, for those who cannot see it, too.
    pub title: String,
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
    /// The shapes, the last on top.
    pub shapes: Vec<Shape>,
}

/// One shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A filled rectangle.
    Bar {
        /// Left edge.
        x: i32,
        /// Upper edge.
        y: i32,
        /// Width.
        width: i32,
        /// Height.
        height: i32,
        /// Colour.
        ink: Ink,
    },
    /// Words on a base line.
    Label {
        /// Where they are held.
        x: i32,
        /// The base line.
        y: i32,
        /// Which part of them is held there.
        anchor: Anchor,
        /// The words.
        text: String,
        /// Colour.
        ink: Ink,
    },
}

/// Which part of a label is at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Its beginning.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// Colours by what they mean; those of the window's light theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Words.
    Text,
    /// Captions.
    Faint,
    /// Base lines.
    Line,
    /// What agrees.
    Matched,
    /// What waits for the other side of midnight.
    InTransit,
    /// Customers' money at risk.
    Urgent,
    /// Own books or money wrong.
    Fault,
    /// To be watched.
    Watch,
    /// Bars of volume.
    Volume,
    /// Rows of the WeChat book.
    Wechat,
    /// Rows of the merchant's book.
    Merchant,
    /// A hole in a book.
    Hole,
}

impl Ink {
    /// Red, green, blue.
    #[must_use]
    pub const fn rgb(self) -> [u8; 3] {
        match self {
            Self::Text => [0x17, 0x20, 0x2b],
            Self::Faint => [0x5c, 0x67, 0x76],
            Self::Line => [0xd6, 0xdb, 0xe2],
            Self::Matched => [0x2e, 0x9b, 0x68],
            Self::InTransit => [0x9d, 0xb8, 0xe8],
            Self::Urgent => [0xd1, 0x3b, 0x30],
            Self::Fault => [0xd5, 0x70, 0x1a],
            Self::Watch => [0xb3, 0x8a, 0x0a],
            Self::Volume => [0xb4, 0xc4, 0xe0],
            Self::Wechat => [0x7f, 0xb5, 0x9b],
            Self::Merchant => [0x8f, 0xa9, 0xd8],
            Self::Hole => [0xfb, 0xf4, 0xd7],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(kind: ReportColumnKind, sum: bool) -> ReportColumn {
        ReportColumn {
            title: "c".to_owned(),
            kind,
            width: 10,
            sum,
        }
    }

    #[test]
    fn sums_are_checked_and_stand_under_their_columns() {
        let columns = vec![
            column(ReportColumnKind::Money, true),
            column(ReportColumnKind::Text, false),
        ];
        let row = |fen| vec![ReportCell::Money(Fen::new(fen)), ReportCell::text("x")];

        let table = ReportTable::new(String::new(), columns.clone(), vec![row(5), row(-7)]);
        let beyond = ReportTable::new(String::new(), columns, vec![row(i64::MAX), row(1)]);

        let totals = table.unwrap().totals.unwrap();
        assert_eq!(totals, [ReportCell::Money(Fen::new(-2)), ReportCell::Empty]);
        assert_eq!(beyond, Err(TotalTooLarge));
    }

    #[test]
    fn line_breaks_are_line_feeds_alone() {
        assert_eq!(
            ReportCell::text("a\r\nb\rc\nd"),
            ReportCell::Text("a\nb\nc\nd".to_owned())
        );
    }

    #[test]
    fn a_logo_is_a_png_of_a_decent_size() {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        png.extend_from_slice(&120_u32.to_be_bytes());
        png.extend_from_slice(&40_u32.to_be_bytes());
        let mut wide = png.clone();
        wide[16..20].copy_from_slice(&9_000_u32.to_be_bytes());

        let logo = Logo::new(png.clone()).unwrap();

        assert_eq!((logo.width, logo.height), (120, 40));
        assert_eq!(Logo::new(wide), None);
        assert_eq!(Logo::new(png[..20].to_vec()), None);
        assert_eq!(Logo::new(b"GIF89a".to_vec()), None);
        png.resize(Logo::MAX_BYTES + 1, 0);
        assert_eq!(Logo::new(png), None);
    }
}
