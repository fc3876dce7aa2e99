//! Importing whatever file a person drops: what it is decides which job takes it.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use super::bills::first_reason;
use crate::event::NoticeText;
use crate::{Failure, FailureKind, Message, Reporter};
use recondesk_domain::{MerchantProfile, ProfileId, group_digits};
use recondesk_intake::{HEAD_BYTES, IntakeError, Mapping, RecordKind, Workbook, sniff};
use recondesk_ports::{BillImport, BooksError, Files, OrdersImport, Ports, Source, Stored};
use wechatpay_codec::bill::{BodyKind, sniff as sniff_body};

/// The merchant a file is imported for.
type Merchant<'a> = (ProfileId, &'a MerchantProfile);

/// Imports a bill, an orders file or a refunds file; a person is told what became of it.
///
/// # Errors
/// A [`Failure`] that says why the file is refused; nothing is stored then.
pub fn import(
    ports: &Ports,
    files: &dyn Files,
    merchant: Merchant<'_>,
    path: &Path,
    reporter: &dyn Reporter,
) -> Result<NoticeText, Failure> {
    let mut source = files
        .open(path)
        .map_err(|error| BooksError::source(&error))?;
    let head = head_of(&mut source)?;
    match sniff_body(&head) {
        BodyKind::Unknown | BodyKind::Zip => {
            let mapping = mapping_for(ports, merchant.0, &head, || files.open(path))?;
            orders(ports, merchant, (source, &mapping), reporter)
        }
        // A bill, or something that the bill import names better than anybody else.
        _ => bill(ports, merchant, source, reporter),
    }
}

fn bill(
    ports: &Ports,
    merchant: Merchant<'_>,
    source: Source,
    reporter: &dyn Reporter,
) -> Result<NoticeText, Failure> {
    let done = super::bills::import(ports.books.as_ref(), merchant, source, None, reporter)?;
    Ok(told_of_bill(&done, merchant.0))
}

/// Says what became of a bill.
#[must_use]
pub fn told_of_bill(done: &BillImport, profile: ProfileId) -> NoticeText {
    let rows = group_digits(&done.record.rows.to_string());
    let day = done.day.map(|day| day.to_string()).unwrap_or_default();
    let (title, attention) = match done.stored {
        Stored::New => (
            Message::new(
                format!("已导入 {day} 账单，{rows} 行"),
                format!("Bill of {day} imported, {rows} rows"),
            ),
            false,
        ),
        Stored::Replaced => (
            Message::new(
                format!("{day} 账单有变更，已换为新账单，{rows} 行"),
                format!("The bill of {day} changed; the new one counts now, {rows} rows"),
            ),
            true,
        ),
        Stored::Unchanged => (
            Message::new(
                format!("{day} 账单已导入过，没有变化"),
                format!("The bill of {day} was imported before, nothing changed"),
            ),
            false,
        ),
        Stored::Quarantined => (
            Message::new(
                format!("{day} 账单汇总不符，已隔离"),
                format!("The bill of {day} does not add up and is quarantined"),
            ),
            true,
        ),
    };
    NoticeText {
        title,
        note: reason_of(done),
        day: done.day.map(|day| (profile, day)),
        attention,
    }
}

fn reason_of(done: &BillImport) -> Message {
    first_reason(done).unwrap_or_default()
}

fn orders(
    ports: &Ports,
    merchant: Merchant<'_>,
    (source, mapping): (Source, &Mapping),
    reporter: &dyn Reporter,
) -> Result<NoticeText, Failure> {
    let books = ports.books.as_ref();
    let mut first = None;
    let mut keep = |reject: &recondesk_intake::Reject| {
        if first.is_none() {
            first = Some((reject.row.line, reject.reason.zh(), reject.reason.en()));
        }
    };
    let done = super::orders::import(books, (merchant.0, mapping), source, &mut keep, reporter)?;
    let note = first
        .map(|(line, zh, en)| {
            Message::new(format!("第 {line} 行：{zh}"), format!("row {line}: {en}"))
        })
        .unwrap_or_default();
    Ok(told_of_orders(&done, merchant.0, note))
}

/// Says what became of a file of orders; `note` is the first row that was refused.
#[must_use]
pub fn told_of_orders(done: &OrdersImport, profile: ProfileId, note: Message) -> NoticeText {
    let count = |n: u64| group_digits(&n.to_string());
    let good = count(done.good);
    let title = if !done.is_new {
        Message::new("已导入过，没有变化", "Imported before, nothing changed")
    } else if done.bad == 0 {
        Message::new(format!("已导入 {good} 行"), format!("{good} rows imported"))
    } else {
        let bad = count(done.bad);
        Message::new(
            format!("已导入 {good} 行，拒收 {bad} 行"),
            format!("{good} rows imported, {bad} refused"),
        )
    };
    let title = if done.others > 0 {
        let others = count(done.others);
        Message::new(
            format!("{}，另有 {others} 行属于其他商户", title.zh),
            format!("{}, {others} more are of other merchants", title.en),
        )
    } else {
        title
    };
    let day = done.days.map(|(_, last)| (profile, last));
    NoticeText {
        title,
        note,
        day,
        attention: done.bad > 0,
    }
}

/// The mapping of a file: a saved one whose columns it has, else the canonical one, else a guess.
///
/// # Errors
/// What the file is instead, or which columns are missing.
pub fn mapping_for(
    ports: &Ports,
    profile: ProfileId,
    head: &[u8],
    reopen: impl FnOnce() -> std::io::Result<Source>,
) -> Result<Mapping, Failure> {
    let headers = headers_of(head, reopen)?;
    for name in ports.records.mappings(profile)? {
        let text = ports.records.mapping(profile, &name)?.unwrap_or_default();
        if let Ok(mapping) = Mapping::from_toml(&text)
            && fits(&mapping, &headers)
        {
            return Ok(mapping);
        }
    }
    let is_refunds = headers
        .iter()
        .any(|h| h == "out_refund_no" || h == "商户退款单号")
        && !headers.iter().any(|h| h == "pay_status" || h == "支付状态");
    let kinds = if is_refunds {
        [RecordKind::Refunds, RecordKind::Orders]
    } else {
        [RecordKind::Orders, RecordKind::Refunds]
    };
    let [first, second] = kinds.map(|kind| Mapping::guess(&headers, kind));
    first
        .or(second)
        .map_err(|error| BooksError::Mapping(Box::new(error)).into())
}

fn fits(mapping: &Mapping, headers: &[String]) -> bool {
    let has = |source: &String| headers.iter().any(|header| header == source);
    mapping.columns.values().all(has)
        && mapping.status.as_ref().is_none_or(|rule| has(&rule.column))
}

fn headers_of(
    head: &[u8],
    reopen: impl FnOnce() -> std::io::Result<Source>,
) -> Result<Vec<String>, Failure> {
    let refused = |error: IntakeError| Failure::from(BooksError::Orders(Box::new(error)));
    if let Some(guess) = sniff(head, None).map_err(refused)? {
        return Ok(guess.headers);
    }
    let source = reopen().map_err(|error| BooksError::source(&error))?;
    let book = Workbook::open(source.bytes, None).map_err(refused)?;
    Ok(book.guess().headers.clone())
}

/// The beginning of a source, which stands at its beginning again afterwards.
pub(super) fn head_of(source: &mut Source) -> Result<Vec<u8>, Failure> {
    let mut head = Vec::new();
    let read = (&mut source.bytes)
        .take(HEAD_BYTES as u64)
        .read_to_end(&mut head);
    read.and_then(|_| source.bytes.seek(SeekFrom::Start(0)))
        .map_err(|error| BooksError::source(&error))?;
    if head.is_empty() {
        return Err(Failure::new(
            FailureKind::RefusedInput,
            "import.empty",
            Message::new("文件是空的", "The file is empty"),
            Message::new("重新导出后再导入", "Export it again, then import it"),
        ));
    }
    Ok(head)
}
