//! A file that a command writes where one lies already: only one of the same kind, made by this program, is replaced,
//! and a name must not say another format than the file has.
//!
//! What kind a file is, is told by its beginning: the first member of an archive, the header of a table, the head of
//! a page, the first key of a document.

use std::io::{self, Read as _, Write};
use std::path::Path;

use recondesk_app::{Failure, FailureKind, Message};
use recondesk_ports::Fill;

/// Bytes of the beginning of a file that tell its kind.
const HEAD: usize = 4096;
/// Bytes of the head of a local entry of a ZIP file, its name not counted.
const ZIP_ENTRY: usize = 30;
/// Bytes of a style that tell whose page it is.
const STYLE: usize = 48;
/// Bytes of a PDF that tell what made it.
const PDF: usize = 64;

/// The format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OutputForm {
    Workbook,
    Archive,
    Pdf,
    Page,
    Json,
    Text,
}

impl OutputForm {
    fn of(head: &[u8]) -> Self {
        let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
        let text = text.trim_ascii_start();
        if head.starts_with(b"PK\x03\x04") {
            let is_workbook = place_of(b"[Content_Types].xml", head).is_some()
                || place_of(b"xl/", head).is_some();
            return if is_workbook {
                Self::Workbook
            } else {
                Self::Archive
            };
        }
        let start: Vec<u8> = text.iter().take(5).map(u8::to_ascii_lowercase).collect();
        match start.as_slice() {
            [b'%', b'p', b'd', b'f', ..] => Self::Pdf,
            b"<!doc" | b"<html" => Self::Page,
            [b'{' | b'[', ..] => Self::Json,
            _ => Self::Text,
        }
    }

    /// The ending that names of such files have.
    const fn ending(self) -> &'static str {
        match self {
            Self::Workbook => "xlsx",
            Self::Archive => "zip",
            Self::Pdf => "pdf",
            Self::Page => "html",
            Self::Json => "json",
            Self::Text => "csv",
        }
    }

    /// False for a name whose ending says another format.
    fn fits(self, path: &Path) -> bool {
        let ending = path.extension().unwrap_or_default();
        let ending = ending.to_string_lossy().to_ascii_lowercase();
        let said = match ending.as_str() {
            "xlsx" | "xlsm" | "xls" => Self::Workbook,
            "zip" => Self::Archive,
            "pdf" => Self::Pdf,
            "html" | "htm" => Self::Page,
            "json" => Self::Json,
            "csv" | "tsv" | "toml" => Self::Text,
            // Any other name says nothing of the format.
            _ => return true,
        };
        said == self
    }

    /// Refuses a name whose ending says another format.
    pub(super) fn check_name(self, path: &Path) -> Result<(), Failure> {
        if self.fits(path) {
            return Ok(());
        }
        let ending = self.ending();
        Err(Failure::new(
            FailureKind::Usage,
            "file.ending",
            Message::new(
                "文件名的后缀与要写的格式不符，没有写",
                "The ending of the name is that of another format; nothing was written",
            ),
            Message::new(
                format!("这个文件的格式是 {ending}：文件名以 .{ending} 结尾，或用 --format 选格式"),
                format!("The file is {ending}: give it a name that ends in .{ending}, or choose with --format"),
            ),
        )
        .with_detail(path.display().to_string()))
    }
}

/// What tells a kind of file from others, whatever it holds.
fn mark(head: &[u8]) -> Vec<u8> {
    match OutputForm::of(head) {
        OutputForm::Workbook | OutputForm::Archive => {
            // How the first entry is packed tells the program, its name tells the content.
            let length = |at: usize| {
                let bytes = head.get(at..).and_then(<[u8]>::first_chunk::<2>);
                bytes.map_or(0, |bytes| usize::from(u16::from_le_bytes(*bytes)))
            };
            let name = head.get(ZIP_ENTRY..).unwrap_or_default();
            let name = name.get(..length(26)).unwrap_or(name);
            let packing = [head.get(4..10), head.get(28..30)].map(Option::unwrap_or_default);
            [packing.concat(), without_digits(name)].concat()
        }
        OutputForm::Pdf => head.get(..PDF).unwrap_or(head).to_vec(),
        OutputForm::Page => {
            let before = up_to(head, b"<title");
            let style = place_of(b"<style>", head).and_then(|at| head.get(at..));
            let style = style.unwrap_or_default();
            let style = style.get(..STYLE).unwrap_or(style);
            let of_language = |text: &[u8]| {
                let text = String::from_utf8_lossy(text).to_lowercase();
                text.replace("lang=\"zh-cn\"", "")
                    .replace("lang=\"en\"", "")
            };
            [of_language(before).as_bytes(), style].concat()
        }
        OutputForm::Json => {
            let text = up_to(head, b":");
            text.iter()
                .copied()
                .filter(|byte| !byte.is_ascii_whitespace())
                .collect()
        }
        OutputForm::Text => {
            let line = up_to(head, b"\n").trim_ascii_end();
            // A line of settings begins with its key.
            without_digits(up_to(line, b" = "))
        }
    }
}

/// Where some bytes begin in the beginning of a file.
fn place_of(wanted: &[u8], head: &[u8]) -> Option<usize> {
    let mut places = head.windows(wanted.len());
    places.position(|bytes| bytes == wanted)
}

fn up_to<'a>(bytes: &'a [u8], end: &[u8]) -> &'a [u8] {
    let at = place_of(end, bytes).unwrap_or(bytes.len());
    bytes.get(..at).unwrap_or(bytes)
}

fn without_digits(bytes: &[u8]) -> Vec<u8> {
    let bytes = bytes.iter().copied();
    bytes.filter(|byte| !byte.is_ascii_digit()).collect()
}

/// True for files of one kind; of two lists in JSON one may be empty.
fn is_same_kind(old: &[u8], new: &[u8]) -> bool {
    let (old, new) = (mark(old), mark(new));
    let is_empty_list = |one: &[u8], other: &[u8]| one == b"[]" && other.starts_with(b"[");
    old == new || is_empty_list(&old, &new) || is_empty_list(&new, &old)
}

/// Why a file was not written.
#[derive(Debug)]
pub(super) enum Unfit {
    /// The file that is there is of another kind.
    InTheWay,
    /// The name says another format.
    Name(OutputForm),
}

/// A writer that keeps the beginning of what goes through it.
struct KeptHead<'a> {
    out: &'a mut (dyn Write + Send),
    head: Vec<u8>,
}

impl Write for KeptHead<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        let room = HEAD.saturating_sub(self.head.len()).min(written);
        self.head
            .extend_from_slice(bytes.get(..room).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The beginning of a file that would be lost; `None` where none is, an empty one, or a device.
fn head_of(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match std::fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
        Ok(meta) if !meta.is_file() || meta.len() == 0 => return Ok(None),
        Ok(_) => {}
    }
    let mut head = Vec::new();
    std::fs::File::open(path)?
        .take(HEAD as u64)
        .read_to_end(&mut head)?;
    Ok(Some(head))
}

/// Fills a file as `fill` does, and stops before it takes the place of another when it must not.
pub(super) fn fill_checked(
    path: &Path,
    out: &mut (dyn Write + Send),
    fill: &mut Fill<'_>,
    unfit: &mut Option<Unfit>,
) -> io::Result<()> {
    let old = head_of(path)?;
    let mut heading = KeptHead {
        out,
        head: Vec::new(),
    };
    fill(&mut heading)?;
    let form = OutputForm::of(&heading.head);
    if !heading.head.is_empty() && !form.fits(path) {
        *unfit = Some(Unfit::Name(form));
    } else if old.is_some_and(|old| !is_same_kind(&old, &heading.head)) {
        *unfit = Some(Unfit::InTheWay);
    }
    match unfit {
        None => Ok(()),
        Some(_) => Err(io::ErrorKind::AlreadyExists.into()),
    }
}

/// A file that this command does not make lies where it would write.
pub(super) fn in_the_way(path: &Path) -> Failure {
    Failure::new(
        FailureKind::Usage,
        "file.in_the_way",
        Message::new(
            "这个文件已存在，且不是本程序写出的同一种文件，没有改动",
            "The file exists and is not one of this kind made by this program; it was not touched",
        ),
        Message::new(
            "换一个文件名，或先把原来的文件移走",
            "Choose another name, or move the file away first",
        ),
    )
    .with_detail(path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_of_the_same_kind_whatever_it_holds() {
        let page = |day: &str, lang: &str| {
            format!(
                "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<title>{day}</title>\n<style>body{{a}}</style>"
            )
        };
        let same: [(&str, &str); 5] = [
            ("code,category\nP01,a\n", "code,category\nR02,b\n"),
            ("[]", "[{\"code\": \"P01\"}]"),
            ("{\n  \"state\": 1}", "{\"state\":2,\"b\":1}"),
            ("name = \"a\"\nkind = 1\n", "name = \"b\"\n"),
            (&page("2026-03-08", "zh-CN"), &page("2026-03-09", "en")),
        ];
        for (old, new) in same {
            assert!(is_same_kind(old.as_bytes(), new.as_bytes()), "{old} {new}");
        }
        let foreign: [(&str, &str); 5] = [
            ("order,amount\n1,2\n", "code,category\nP01,a\n"),
            ("code,category\n", "{\"code\":1}"),
            ("{\"orders\":1}", "{\"state\":1}"),
            (
                "<!DOCTYPE html>\n<html><body>mine",
                &page("2026-03-08", "en"),
            ),
            ("my notes", "%PDF-1.7\n"),
        ];
        for (old, new) in foreign {
            assert!(!is_same_kind(old.as_bytes(), new.as_bytes()), "{old} {new}");
        }
    }

    #[test]
    fn a_name_must_not_say_another_format() {
        let cases = [
            (&b"PK\x03\x04 [Content_Types].xml"[..], "a.xlsx", "a.csv"),
            (b"PK\x03\x04 1-x.csv", "a.zip", "a.xlsx"),
            (b"%PDF-1.7", "a.PDF", "a.html"),
            (b"<!doctype html>", "a.htm", "a.pdf"),
            (b"{\"a\":1}", "a.json", "a.csv"),
            (b"\xEF\xBB\xBFcode,category", "a.csv", "a.xlsx"),
        ];
        for (head, good, bad) in cases {
            let form = OutputForm::of(head);
            assert!(form.fits(Path::new(good)), "{good}");
            assert!(form.fits(Path::new("a")) && form.fits(Path::new("a.bak")));
            assert!(form.check_name(Path::new(bad)).is_err(), "{bad}");
        }
    }
}
