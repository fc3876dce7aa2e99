//! The import assistant: looks at a merchant's file with one mapping after the other, then imports it as shown.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::import_file::{head_of, told_of_orders};
use super::intake::{self, MOST_REJECTS, questions};
use crate::event::NoticeText;
use crate::model::{ImportAsk, ImportOrder, ImportSheet, KnownFile, StoreAs};
use crate::{Failure, FailureKind, Language, Message, Reporter};
use recondesk_domain::{ProfileId, mask_cell};
use recondesk_intake::{Column, Guess, ReasonLanguage, Reject, RejectWriter};
use recondesk_ports::{BooksError, Files, ImportRecord, OrdersTarget, Ports, Source};
use wechatpay_codec::bill::{BodyKind, sniff as sniff_body};

/// Longest name of a saved mapping.
pub const LONGEST_NAME: usize = 64;
/// Code of the failure that says a file is a bill, so that the window can offer to import it as one.
pub const IS_A_BILL: &str = "import.bill";

/// Opens a file of a person, unpacked where it lies in an archive, and reads its beginning; the source stands at its
/// first byte again.
fn open(ports: &Ports, files: &dyn Files, path: &Path) -> Result<(Source, Vec<u8>), Failure> {
    let unread = |error: std::io::Error| Failure::from(BooksError::source(&error));
    let source = files.open(path).map_err(unread)?;
    let mut source = intake::open(ports.writers.as_ref(), source)?;
    let head = head_of(&mut source)?;
    Ok((source, head))
}

/// True for a file that the import of bills should take, or name better than anybody else.
///
/// # Errors
/// [`Failure`] when the file cannot be read.
pub fn is_bill(files: &dyn Files, path: &Path) -> Result<bool, Failure> {
    let mut source = files
        .open(path)
        .map_err(|error| BooksError::source(&error))?;
    super::import_file::is_bill(&mut source)
}

/// Looks at a whole file with a mapping; nothing is stored.
///
/// # Errors
/// [`Failure`] when it is no file of a merchant's rows, or a person stops it. A mapping that does not fit is no failure.
pub fn look(
    ports: &Ports,
    files: &dyn Files,
    ask: &ImportAsk,
    reporter: &dyn Reporter,
) -> Result<ImportSheet, Failure> {
    let (mut source, head) = open(ports, files, &ask.path)?;
    match sniff_body(&head) {
        BodyKind::Unknown | BodyKind::Zip | BodyKind::Html => {}
        kind => return Err(not_orders(kind)),
    }
    let known = known_import(ports, ask.profile, &mut source, reporter)?;
    let mut chosen = intake::choose(ports, ask.profile, (&mut source, &ask.choice), None)?;
    forget_absent(&mut chosen);
    let lacking = chosen.mapping.lacking();
    let planned = lacking
        .is_empty()
        .then(|| intake::plan(&chosen.mapping, &chosen.guess).map_err(|failure| failure.title));
    let (size, name) = (source.size, source.name.clone());
    let (problem, seen) = match planned {
        None => (None, None),
        Some(Err(title)) => (Some(title), None),
        Some(Ok(_)) => {
            let beside = ports.books.beside(ask.profile, chosen.mapping.kind)?;
            let seen = intake::preview(source, (&chosen.mapping, &beside), reporter)?;
            (None, Some(seen))
        }
    };
    let saved = ports.records.mappings(ask.profile)?;
    let questions = questions(&chosen, seen.as_ref());
    let mut sheet = ImportSheet {
        profile: ask.profile,
        path: ask.path.clone(),
        name_for_mapping: intake::name_for_mapping(&ask.path, &saved),
        name,
        size,
        guess: chosen.guess,
        mapping: chosen.mapping,
        origin: chosen.origin,
        proof: chosen.proof,
        others: chosen.others,
        questions,
        saved,
        lacking,
        problem,
        preview: seen,
        known,
    };
    mask(&mut sheet);
    Ok(sheet)
}

/// Masks the personal data of customers among the rows that are shown; a column that is stored as something else is no such.
fn mask(sheet: &mut ImportSheet) {
    let headers = std::mem::take(&mut sheet.guess.headers);
    let is_shown = |header: &String| {
        !matches!(
            sheet.stored_as(header),
            StoreAs::Nothing | StoreAs::Column(Column::Openid | Column::Attach)
        )
    };
    let shown: Vec<bool> = headers.iter().map(is_shown).collect();
    for row in &mut sheet.guess.sample {
        for ((header, is_shown), cell) in headers.iter().zip(&shown).zip(&mut row.cells) {
            if !is_shown {
                *cell = mask_cell(header, cell);
            }
        }
    }
    sheet.guess.headers = headers;
}

/// What the file lacks takes no part in its mapping.
fn forget_absent(chosen: &mut intake::ProposedMapping) {
    let Guess { headers, .. } = &chosen.guess;
    let has = |name: &String| headers.iter().any(|header| header.trim() == name.trim());
    let mapping = &mut chosen.mapping;
    mapping.columns.retain(|_, source| has(source));
    mapping.clocks.retain(|_, source| has(source));
    mapping.status.retain(|rule| has(&rule.column));
    let columns = &mapping.columns;
    mapping
        .clocks
        .retain(|column, _| columns.contains_key(column));
}

/// The newest import of the same bytes. A file is read through only where its size is known.
fn known_import(
    ports: &Ports,
    profile: ProfileId,
    source: &mut Source,
    reporter: &dyn Reporter,
) -> Result<Option<KnownFile>, Failure> {
    let size = source.size;
    let mut imports = ports.books.imports(profile)?;
    imports.retain(|import| import.bytes == size && matches!(&*import.kind, "orders" | "refunds"));
    if imports.is_empty() {
        return Ok(None);
    }
    let unread = |error: std::io::Error| Failure::from(BooksError::source(&error));
    let mut digest = Sha256::new();
    let mut piece = vec![0; 1 << 20];
    loop {
        if reporter.cancelled() {
            return Err(Failure::cancelled());
        }
        let read = source.bytes.read(&mut piece).map_err(unread)?;
        if read == 0 {
            break;
        }
        digest.update(piece.get(..read).unwrap_or_default());
    }
    source.bytes.rewind().map_err(unread)?;
    let digest: [u8; 32] = digest.finalize().into();
    let same = imports.into_iter().find(|import| import.sha256 == digest);
    same.map(|import| {
        Ok(KnownFile {
            at: import.imported_at,
            mapping: mapping_of(&import)?,
        })
    })
    .transpose()
}

/// The mapping of an import, as its facts name it.
fn mapping_of(import: &ImportRecord) -> Result<String, Failure> {
    let facts: serde_json::Value = import.read_facts()?;
    let name = facts.get("mapping").and_then(serde_json::Value::as_str);
    Ok(name.unwrap_or_default().to_owned())
}

/// Imports a file as it was shown; refused rows go to a file beside it.
///
/// # Errors
/// [`Failure`] that says why the file is refused; nothing is stored then.
pub fn import(
    ports: &Ports,
    files: &dyn Files,
    order: &ImportOrder,
    language: Language,
    reporter: &dyn Reporter,
) -> Result<NoticeText, Failure> {
    let (mut source, _) = open(ports, files, &order.path)?;
    let kind = Some(order.mapping.kind);
    let guess = intake::look(&mut source, Some(&order.mapping), kind)?;
    let plan = intake::plan(&order.mapping, &guess)?;
    let reasons = match language {
        Language::Zh => ReasonLanguage::Zh,
        Language::En => ReasonLanguage::En,
    };
    let mut bytes = Vec::new();
    let unwritten = |error: std::io::Error| cannot_reject(&error);
    let mut writer = RejectWriter::new(&mut bytes, &plan, reasons).map_err(unwritten)?;
    let mut first: Option<Message> = None;
    let mut room = MOST_REJECTS;
    let mut keep = |reject: &Reject| {
        first.get_or_insert_with(|| Message::new(reject.zh(), reject.en()));
        let size: usize = reject.cells.iter().map(String::len).sum::<usize>() + 256;
        if let Some(left) = room.checked_sub(size) {
            room = left;
            // Memory takes whatever is written.
            drop(writer.write(reject));
        }
    };
    let place = OrdersTarget {
        profile: order.profile,
        mapping: order.mapping.as_ref(),
    };
    let done = intake::import(ports.books.as_ref(), place, source, &mut keep, reporter)?;
    writer.finish().map_err(unwritten)?;
    if order.save {
        let (name, text) = (&order.mapping.name, order.mapping.to_toml());
        ports.records.set_mapping(order.profile, name, &text)?;
    }
    let mut note = first.unwrap_or_default();
    if done.bad > 0 && done.is_new {
        let path = reject_path(&order.path, language);
        let written = files.write(&path, &mut |out| out.write_all(&bytes));
        note = told_of_rejects(&path, written.err(), note);
    }
    Ok(told_of_orders(
        &done,
        OrdersTarget {
            profile: order.profile,
            mapping: &order.mapping,
        },
        Some(&guess),
        note,
    ))
}

/// `orders_拒收.csv` beside `orders.xlsx`.
fn reject_path(path: &Path, language: Language) -> PathBuf {
    let word = match language {
        Language::Zh => "拒收",
        Language::En => "refused",
    };
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}_{word}.csv"))
}

fn told_of_rejects(path: &Path, error: Option<std::io::Error>, first: Message) -> Message {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let Message { zh, en } = first;
    match error {
        None => Message::new(
            format!("拒收的行写入 {name}，改正后可再导入；{zh}"),
            format!("Refused rows are in {name}, to be mended and imported; {en}"),
        ),
        Some(error) => Message::new(
            format!("拒收文件写不出去（{error}）；{zh}"),
            format!("The file of refused rows cannot be written ({error}); {en}"),
        ),
    }
}

fn not_orders(kind: BodyKind) -> Failure {
    let is_bill = matches!(kind, BodyKind::Bill | BodyKind::Gzip);
    let code = if is_bill {
        IS_A_BILL
    } else {
        "import.not_orders"
    };
    let title = if is_bill {
        Message::new(
            "不是订单文件：这是一份微信账单",
            "Not a file of orders: this is a bill of WeChat Pay",
        )
    } else {
        Message::new(
            format!("不是订单文件：{}", kind.zh()),
            format!("Not a file of orders: {}", kind.en()),
        )
    };
    let advice = if is_bill {
        Message::new(
            "账单不用选列，直接按账单导入",
            "A bill needs no columns chosen: import it as a bill",
        )
    } else {
        Message::new(
            "从商城系统导出订单后再导入",
            "Export the orders from the shop system, then import them",
        )
    };
    Failure::new(FailureKind::RefusedInput, code, title, advice)
}

fn cannot_reject(error: &std::io::Error) -> Failure {
    Failure::new(
        FailureKind::Workspace,
        "import.rejects",
        Message::new("拒收的行写不出去", "Refused rows cannot be written"),
        Message::default(),
    )
    .with_detail(error.to_string())
}
