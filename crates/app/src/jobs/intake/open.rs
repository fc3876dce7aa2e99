//! Opening a merchant's file: what lies in an archive is unpacked first.

use crate::{Failure, FailureKind, Message};
use recondesk_intake::{IntakeError, packed_files};
use recondesk_ports::{BooksError, Source, Writers};

/// The file itself, or the one in the archive that it is; at its first byte.
///
/// # Errors
/// [`Failure`] for archives that are damaged, behind a password, or hold none or several files.
pub fn open(writers: &dyn Writers, mut source: Source) -> Result<Source, Failure> {
    let refused = |error: IntakeError| Failure::from(BooksError::Orders(Box::new(error)));
    let unread = |error: std::io::Error| Failure::from(BooksError::source(&error));
    let files = packed_files(&mut source.bytes, &source.name).map_err(refused)?;
    source.bytes.rewind().map_err(unread)?;
    let Some(mut files) = files else {
        return Ok(source);
    };
    if files.len() > 1 {
        let mut kept = Vec::new();
        for file in files {
            if !(file.is_text() && file.is_note(&mut source.bytes).map_err(refused)?) {
                kept.push(file);
            }
        }
        files = kept;
        source.bytes.rewind().map_err(unread)?;
    }
    let [file] = files.as_slice() else {
        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        return Err(which(&names));
    };
    let mut scratch = writers.scratch().map_err(unread)?;
    let mut out = std::io::BufWriter::with_capacity(1 << 20, &mut scratch);
    file.unpack(&mut source.bytes, &mut out).map_err(refused)?;
    std::io::Write::flush(&mut out).map_err(unread)?;
    drop(out);
    let name = if file.name.is_empty() || file.name == source.name {
        source.name
    } else {
        format!("{}/{}", source.name, file.name)
    };
    scratch.into_source(&name).map_err(unread)
}

fn which(names: &[&str]) -> Failure {
    const SHOWN: usize = 8;
    let title = if names.is_empty() {
        Message::new(
            "压缩包里没有订单文件（CSV、Excel）",
            "The archive holds no file of orders (CSV, Excel)",
        )
    } else {
        Message::new(
            format!("压缩包里有 {} 个文件，不知道导入哪一个", names.len()),
            format!(
                "The archive holds {} files: which one is meant is unknown",
                names.len()
            ),
        )
    };
    let shown: Vec<&str> = names.iter().take(SHOWN).copied().collect();
    Failure::new(
        FailureKind::RefusedInput,
        "import.archive",
        title,
        Message::new("解压后分别导入", "Unpack it and import each file"),
    )
    .with_detail(shown.join(", "))
}
