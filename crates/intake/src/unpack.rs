//! Files inside an archive: a list of orders that a shop system hands out as .zip or .gz.

use std::io::{Read, Seek, Write};

use zip::ZipArchive;
use zip::result::ZipError;

use super::xlsx_container::{MAX_UNPACKED_BYTES, broken, damaged};
use super::{Damage, IntakeError};

/// Bytes that a packed text may have.
const MAX_TEXT_BYTES: u64 = 4 << 30;
/// Files of an archive that are looked at.
const MOST_FILES: usize = 1_000;
/// Ends of names of files that may be a merchant's.
const ENDS: [&str; 11] = [
    ".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".htm", ".html", ".xml",
];

/// A file in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackedFile {
    /// Its name, folders left out.
    pub name: String,
    /// Its place in the archive; `None` in a gzip stream, which has one file.
    place: Option<usize>,
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
        return Ok(Some(vec![PackedFile { name, place: None }]));
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
            let name = name
                .rsplit(['/', '\\'])
                .next()
                .unwrap_or_default()
                .to_owned();
            files.push(PackedFile {
                name,
                place: Some(place),
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
        let Some(place) = self.place else {
            return copy(
                flate2::read::MultiGzDecoder::new(reader),
                out,
                MAX_TEXT_BYTES,
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
        let is_text = [".csv", ".tsv", ".txt"]
            .iter()
            .any(|end| self.name.to_lowercase().ends_with(end));
        copy(
            file,
            out,
            if is_text {
                MAX_TEXT_BYTES
            } else {
                MAX_UNPACKED_BYTES
            },
        )
    }
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
