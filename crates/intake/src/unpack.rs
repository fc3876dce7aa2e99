//! Files inside an archive: a list of orders that a shop system hands out as .zip or .gz.

use std::io::{Read, Seek, Write};

use zip::ZipArchive;
use zip::result::ZipError;

use super::xlsx_container::{MAX_UNPACKED_BYTES, broken, damaged};
use super::{Damage, IntakeError};

/// Bytes that a packed text may have.
const MAX_TEXT_BYTES: u64 = 4 << 30;
/// A longer text is no note.
pub const NOTE_BYTES: u64 = 64 << 10;
/// Digits in a row that may be the number of an order.
const NUMBER_DIGITS: usize = 6;
/// Files of an archive that are looked at.
const MOST_FILES: usize = 1_000;
/// Ends of names of files that may be a merchant's.
const ENDS: [&str; 12] = [
    ".gz", ".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".htm", ".html",
    ".xml",
];

/// A file in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedFile {
    /// Its name, folders left out.
    pub name: String,
    /// Its place in the archive; `None` in a gzip stream, which has one file.
    place: Option<usize>,
    /// A gzip stream by itself.
    is_packed: bool,
}

/// The files of an archive that may be a merchant's lists; `None` for what is no archive, or a workbook, which is
/// one too.
///
/// # Errors
/// [`IntakeError`] for a damaged archive.
pub fn packed_files<R: Read + Seek>(
    mut reader: R,
    own_name: &str,
) -> Result<Option<Vec<PackedFile>>, IntakeError> {
    let mut head = [0; 4];
    reader.rewind()?;
    let read = read_some(&mut reader, &mut head)?;
    reader.rewind()?;
    let head = head.get(..read).unwrap_or_default();
    if head.starts_with(b"\x1F\x8B") {
        let name = own_name.trim_end_matches(".gz").to_owned();
        return Ok(Some(vec![PackedFile {
            name,
            place: None,
            is_packed: true,
        }]));
    }
    if !head.starts_with(b"PK") {
        return Ok(None);
    }
    let mut zip = ZipArchive::new(reader).map_err(|error| broken("zip", error))?;
    let has = |name: &str| zip.index_for_name(name).is_some();
    if has("xl/workbook.xml") || has("xl/workbook.bin") || has("content.xml") {
        return Ok(None);
    }
    if zip.len() > MOST_FILES {
        return Err(damaged("zip", Damage::TooManyFiles));
    }
    let mut files = Vec::new();
    for place in 0..zip.len() {
        let file = zip
            .by_index_raw(place)
            .map_err(|error| broken("zip", error))?;
        let raw = file.name_raw();
        let name = match std::str::from_utf8(raw) {
            Ok(name) => name.to_owned(),
            Err(_) => encoding_rs::GB18030.decode(raw).0.into_owned(),
        };
        let is_shadow =
            name.starts_with("__MACOSX") || name.split('/').any(|part| part.starts_with('.'));
        let lower = name.to_lowercase();
        if !is_shadow && ENDS.iter().any(|end| lower.ends_with(end)) {
            let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
            let packed = name
                .len()
                .checked_sub(3)
                .and_then(|at| name.split_at_checked(at));
            let packed = packed.filter(|(_, end)| end.eq_ignore_ascii_case(".gz"));
            let is_packed = packed.is_some();
            let name = packed.map_or(name, |(stem, _)| stem).to_owned();
            files.push(PackedFile {
                name,
                place: Some(place),
                is_packed,
            });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Some(files))
}

impl PackedFile {
    /// Unpacks the file.
    ///
    /// # Errors
    /// [`IntakeError`] for a damaged archive, one behind a password, and one that unpacks to too much.
    pub fn unpack<R: Read + Seek>(
        &self,
        mut reader: R,
        out: &mut dyn Write,
    ) -> Result<(), IntakeError> {
        reader.rewind()?;
        self.unpack_part(reader, out, None)
    }

    /// True for a short text that is no table, such as a readme beside the list.
    ///
    /// # Errors
    /// As [`Self::unpack`].
    pub fn is_note<R: Read + Seek>(&self, mut reader: R) -> Result<bool, IntakeError> {
        reader.rewind()?;
        let mut bytes = Vec::new();
        match self.unpack_part(reader, &mut bytes, Some(NOTE_BYTES)) {
            Ok(()) => Ok(reads_as_note(&bytes)),
            Err(IntakeError::Bomb { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// True for a text by its name.
    #[must_use]
    pub fn is_text(&self) -> bool {
        let name = self.name.to_lowercase();
        [".csv", ".tsv", ".txt"]
            .iter()
            .any(|end| name.ends_with(end))
    }

    fn unpack_part<R: Read + Seek>(
        &self,
        reader: R,
        out: &mut dyn Write,
        most: Option<u64>,
    ) -> Result<(), IntakeError> {
        let Some(place) = self.place else {
            return copy(
                flate2::read::MultiGzDecoder::new(reader),
                out,
                most.unwrap_or(MAX_TEXT_BYTES),
            );
        };
        let mut zip = ZipArchive::new(reader).map_err(|error| broken("zip", error))?;
        let file = match zip.by_index(place) {
            Ok(file) => file,
            Err(
                ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)
                | ZipError::InvalidPassword,
            ) => {
                return Err(IntakeError::Protected);
            }
            Err(error) => return Err(broken("zip", error)),
        };
        let limit = most.unwrap_or(if self.is_text() {
            MAX_TEXT_BYTES
        } else {
            MAX_UNPACKED_BYTES
        });
        if self.is_packed {
            let inner = file.take(MAX_TEXT_BYTES);
            return copy(flate2::read::MultiGzDecoder::new(inner), out, limit);
        }
        copy(file, out, limit)
    }
}

/// True for a short text that is no table: no line of it has two columns, and no number is long enough for an order.
/// An empty file is an export that went wrong, and none.
#[must_use]
pub fn reads_as_note(bytes: &[u8]) -> bool {
    let is_binary = bytes.contains(&0) || bytes.starts_with(b"PK");
    let columns = |line: &[u8]| line.iter().any(|byte| b"\t,;|<{[".contains(byte));
    let numbers = |line: &[u8]| {
        let mut runs = line.split(|byte| !byte.is_ascii_digit());
        runs.any(|run| run.len() >= NUMBER_DIGITS)
    };
    let mut lines = bytes.split(|byte| matches!(byte, b'\n' | b'\r'));
    !bytes.is_empty() && !is_binary && !lines.any(|line| columns(line) || numbers(line))
}

fn copy(reader: impl Read, out: &mut dyn Write, limit: u64) -> Result<(), IntakeError> {
    let mut reader = reader.take(limit.saturating_add(1));
    let copied = std::io::copy(&mut reader, out).map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidData
        | std::io::ErrorKind::InvalidInput
        | std::io::ErrorKind::UnexpectedEof => broken("archive", error),
        _ => IntakeError::from(error),
    })?;
    if copied > limit {
        return Err(IntakeError::Bomb { limit });
    }
    Ok(())
}

fn read_some(reader: &mut impl Read, to: &mut [u8]) -> std::io::Result<usize> {
    let mut have = 0;
    while let Some(room) = to.get_mut(have..).filter(|room| !room.is_empty()) {
        match reader.read(room) {
            Ok(0) => break,
            Ok(read) => have += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(have)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn archive(files: &[(&str, &[u8])]) -> Cursor<Vec<u8>> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            zip.start_file(*name, zip::write::SimpleFileOptions::default())
                .unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap()
    }

    #[test]
    fn a_packed_list_inside_an_archive_is_unpacked_twice() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(b"a,b\n1,2\n").unwrap();
        let packed = packed.finish().unwrap();
        let mut zip = archive(&[("x/orders.csv.gz", &packed)]);
        let files = packed_files(&mut zip, "orders.zip").unwrap().unwrap();
        let [file] = files.as_slice() else {
            panic!("{files:?}");
        };
        let mut out = Vec::new();
        file.unpack(&mut zip, &mut out).unwrap();
        assert_eq!(
            (file.name.as_str(), out.as_slice()),
            ("orders.csv", &b"a,b\n1,2\n"[..])
        );
    }

    #[test]
    fn a_note_beside_the_list_is_told_from_it() {
        let mut zip = archive(&[
            ("orders.csv", b"a,b\n1,2\n"),
            ("readme.txt", "本文件由系统导出".as_bytes()),
        ]);
        let files = packed_files(&mut zip, "orders.zip").unwrap().unwrap();
        let notes: Vec<bool> = files
            .iter()
            .map(|file| file.is_note(&mut zip).unwrap())
            .collect();
        assert_eq!(notes, [false, true]);
        let long = vec![b'x'; 70 << 10];
        let mut zip = archive(&[("long.txt", &long)]);
        let files = packed_files(&mut zip, "a.zip").unwrap().unwrap();
        assert!(!files[0].is_note(&mut zip).unwrap());
    }
}
