//! Importing whatever file a person drops: what it is decides which job takes it.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use super::bill_archive::{self, PassedOver};
use super::bills::first_reason;
use super::intake::{self, MappingChoice, attention, remarks, unread};
use crate::event::{NextDeed, NoticeText};
use crate::{Failure, FailureKind, MerchantRef, Message, Reporter, Surface};
use recondesk_domain::{ProfileId, group_digits};
use recondesk_intake::{Guess, HEAD_BYTES, Mapping};
use recondesk_ports::{
    BillImport, BooksError, Files, OrdersImport, OrdersTarget, Ports, Source, Stored,
};
use wechatpay_codec::bill::{BodyKind, sniff as sniff_body};

/// Imports a bill, an orders file or a refunds file; a person is told what became of it.
///
/// # Errors
/// A [`Failure`] that says why the file is refused; nothing is stored then.
pub fn import(
    ports: &Ports,
    files: &dyn Files,
    merchant: MerchantRef<'_>,
    path: &Path,
    reporter: &dyn Reporter,
) -> Result<NoticeText, Failure> {
    let mut source = files
        .open(path)
        .map_err(|error| BooksError::source(&error))?;
    if is_bill(&mut source)? {
        return bill(ports, merchant, source, reporter);
    }
    let mut source = intake::open(ports.writers.as_ref(), source)?;
    let chosen = intake::choose(
        ports,
        merchant.id,
        (&mut source, &MappingChoice::Any(None)),
        None,
    )?;
    if let Some(question) = intake::questions(&chosen, None).first() {
        return Err(asked(question));
    }
    orders(
        ports,
        merchant,
        source,
        OrdersReading {
            mapping: &chosen.mapping,
            guess: &chosen.guess,
        },
        reporter,
    )
}

/// A file that cannot be imported before somebody answers this.
fn asked(question: &intake::Question) -> Failure {
    let Message { zh, en } = question.told();
    Failure::new(
        FailureKind::RefusedInput,
        "import.asked",
        Message::new(
            format!("还不能导入：{zh}"),
            format!("Cannot be imported yet: {en}"),
        ),
        Message::new(
            "在导入窗口里选择列",
            "Choose the columns in the import window",
        ),
    )
}

/// True for a file that the import of bills should take, or name better than anybody else; the source stands at its
/// first byte again.
///
/// # Errors
/// [`Failure`] when the file cannot be read.
pub fn is_bill(source: &mut Source) -> Result<bool, Failure> {
    let kind = sniff_body(&head_of(source)?);
    if kind == BodyKind::Zip {
        return bill_archive::has_bills(source);
    }
    Ok(!matches!(kind, BodyKind::Unknown | BodyKind::Html))
}

fn bill(
    ports: &Ports,
    merchant: MerchantRef<'_>,
    source: Source,
    reporter: &dyn Reporter,
) -> Result<NoticeText, Failure> {
    let found = bill_archive::bills_in(ports.writers.as_ref(), source)?;
    let books = ports.books.as_ref();
    let all = super::bills::import_found(books, merchant, found.bills, None, reporter)?;
    let mut told: Vec<NoticeText> = Vec::new();
    let is_one = all.outcomes.len() == 1;
    for super::bills::BillOutcome { name, done } in all.outcomes {
        match done {
            Ok(done) => told.push(told_of_bill(&done, merchant.id)),
            // The others of an archive are stored already, or will be: the failure is told with them.
            Err(failure) if !is_one => told.push(told_of_failure(&name, &failure)),
            Err(failure) => return Err(failure),
        }
    }
    let mut notice = together(told);
    for passed in found.passed.iter().map(PassedOver::told) {
        let join = |note: &str, more: &str, sign: &str| match note {
            "" => more.to_owned(),
            note => format!("{note}{sign}{more}"),
        };
        notice.note.zh = join(&notice.note.zh, &passed.zh, "；");
        notice.note.en = join(&notice.note.en, &passed.en, "; ");
    }
    Ok(notice)
}

fn told_of_failure(name: &str, failure: &Failure) -> NoticeText {
    NoticeText {
        title: Message::new(
            format!("{name}：{}", failure.title.zh),
            format!("{name}: {}", failure.title.en),
        ),
        note: failure.advice_at(Surface::Window).clone(),
        day: None,
        next: NextDeed::None,
        attention: true,
    }
}

/// What became of several bills, as one notice: the first title, and all of them below.
fn together(mut told: Vec<NoticeText>) -> NoticeText {
    if told.len() == 1
        && let Some(only) = told.pop()
    {
        return only;
    }
    let join = |words: fn(&Message) -> &str, sign: &str| {
        let words: Vec<&str> = told.iter().map(|one| words(&one.title)).collect();
        words.join(sign)
    };
    let count = told.len();
    NoticeText {
        title: Message::new(
            format!("文件里有 {count} 份账单"),
            format!("The file holds {count} bills"),
        ),
        note: Message::new(join(|title| &title.zh, "；"), join(|title| &title.en, "; ")),
        day: told.iter().rev().find_map(|one| one.day),
        next: told
            .iter()
            .map(|one| one.next)
            .max_by_key(|next| *next != NextDeed::None)
            .unwrap_or_default(),
        attention: told.iter().any(|one| one.attention),
    }
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
        next: match done.stored {
            Stored::New | Stored::Replaced => NextDeed::Compare,
            Stored::Unchanged | Stored::Quarantined => NextDeed::None,
        },
        attention,
    }
}

fn reason_of(done: &BillImport) -> Message {
    first_reason(done).unwrap_or_default()
}

/// How a file of orders is read.
#[derive(Clone, Copy)]
struct OrdersReading<'a> {
    mapping: &'a Mapping,
    guess: &'a Guess,
}

fn orders(
    ports: &Ports,
    merchant: MerchantRef<'_>,
    source: Source,
    reading: OrdersReading<'_>,
    reporter: &dyn Reporter,
) -> Result<NoticeText, Failure> {
    let OrdersReading { mapping, guess } = reading;
    let books = ports.books.as_ref();
    let mut first = None;
    let mut keep = |reject: &recondesk_intake::Reject| {
        if first.is_none() {
            first = Some((reject.row.line, reject.reason.zh(), reject.reason.en()));
        }
    };
    let done = intake::import(
        books,
        OrdersTarget {
            profile: merchant.id,
            mapping,
        },
        source,
        &mut keep,
        reporter,
    )?;
    let note = first
        .map(|(line, zh, en)| {
            Message::new(format!("第 {line} 行：{zh}"), format!("row {line}: {en}"))
        })
        .unwrap_or_default();
    Ok(told_of_orders(
        &done,
        OrdersTarget {
            profile: merchant.id,
            mapping,
        },
        Some(guess),
        note,
    ))
}

/// Says what became of a file of orders; `note` is the first row that was refused.
#[must_use]
pub fn told_of_orders(
    done: &OrdersImport,
    OrdersTarget { profile, mapping }: OrdersTarget<'_>,
    guess: Option<&Guess>,
    note: Message,
) -> NoticeText {
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
    let mut parts = vec![note];
    if done.is_new {
        parts.extend(guess.map_or_else(Vec::new, |guess| unread(guess, mapping)));
        parts.extend(remarks(&done.stats, mapping.amount_unit, guess));
    }
    parts.retain(|part| !part.zh.is_empty());
    let join = |words: fn(&Message) -> &str, sign: &str| {
        let words: Vec<&str> = parts.iter().map(words).collect();
        words.join(sign)
    };
    let note = Message::new(join(|part| &part.zh, "；"), join(|part| &part.en, "; "));
    let day = done.days.map(|(_, last)| (profile, last));
    NoticeText {
        title,
        note,
        day,
        next: if !done.is_new {
            NextDeed::None
        } else if done.bad > 0 {
            NextDeed::Mend(profile, done.import)
        } else {
            NextDeed::Compare
        },
        attention: done.is_new && attention(&done.stats, mapping.amount_unit, guess),
    }
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
