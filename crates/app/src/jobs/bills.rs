//! Importing a bill from a file, a drop or a download: judged, archived, and stored when it adds up.

use super::bill_archive::FoundBill;
use super::imports::Watching;
use crate::{Advice, Failure, FailureKind, MerchantRef, Message, Reporter};
use recondesk_domain::{BillDate, MchId, ProfileId};
use recondesk_ports::{BillExpect, BillImport, Books, Source};
use wechatpay_codec::bill::SavedAgain;

/// Imports a bill of a merchant. Without `day` the bill itself must say of which single day it is.
///
/// Do not hold the right to write of [`recondesk_ports::Writers`]: the books take it themselves.
///
/// # Errors
/// A [`Failure`] that says why the bill is refused, or what is wrong with the workspace; nothing is
/// stored then. A bill that does not add up is no failure: it is kept in quarantine.
pub fn import(
    books: &dyn Books,
    MerchantRef { id, profile }: MerchantRef<'_>,
    source: Source,
    day: Option<BillDate>,
    reporter: &dyn Reporter,
) -> Result<BillImport, Failure> {
    let expect = BillExpect {
        mch_id: MchId::new(&profile.mch_id),
        day,
        sha1: None,
    };
    import_expecting(books, id, source, &expect, reporter)
}

/// The first thing to say about a bill that was imported now or before.
#[must_use]
pub fn first_reason(done: &BillImport) -> Option<Message> {
    if let Some(certificate) = &done.certificate {
        let reason = certificate.reasons.first()?;
        return Some(Message::new(reason.zh.clone(), reason.en.clone()));
    }
    let stored: serde_json::Value = serde_json::from_str(&done.record.facts).ok()?;
    let reason = stored.get("reasons")?.get(0)?;
    let words = |lang: &str| Some(reason.get(lang)?.as_str()?.to_owned());
    Some(Message::new(words("zh")?, words("en")?))
}

/// That a bill, imported now or before, is a file that was saved again.
#[must_use]
pub fn saved_again(done: &BillImport) -> Option<SavedAgain> {
    if let Some(certificate) = &done.certificate {
        return certificate.saved_again;
    }
    let stored: serde_json::Value = serde_json::from_str(&done.record.facts).ok()?;
    serde_json::from_value(stored.get("saved_again")?.clone()).ok()
}

/// As [`import`], with everything the caller knows of the bill, such as its announced digest.
///
/// # Errors
/// As above.
pub fn import_expecting(
    books: &dyn Books,
    id: ProfileId,
    source: Source,
    expect: &BillExpect,
    reporter: &dyn Reporter,
) -> Result<BillImport, Failure> {
    Ok(books.import_bill(id, source, expect, &Watching(reporter))?)
}

/// What became of one bill of a file.
#[derive(Debug)]
pub struct BillOutcome {
    /// Its name in the file.
    pub name: String,
    /// What the import did.
    pub done: Result<BillImport, Failure>,
}

/// What became of the bills of a file.
#[derive(Debug, Default)]
pub struct BillOutcomes {
    /// Each that was imported or refused.
    pub outcomes: Vec<BillOutcome>,
    /// Days of the file that were not asked for.
    pub other_days: Vec<BillDate>,
}

/// Imports the bills of a file; one bad bill does not keep the others out. Of a file with several bills only those of
/// `day` are taken, where one was asked for.
///
/// # Errors
/// [`Failure`] when a person stops it, or when no bill of the file is of the day.
pub fn import_found(
    books: &dyn Books,
    merchant: MerchantRef<'_>,
    found: Vec<FoundBill>,
    day: Option<BillDate>,
    reporter: &dyn Reporter,
) -> Result<BillOutcomes, Failure> {
    let is_one = found.len() == 1;
    let mut all = BillOutcomes::default();
    for FoundBill { source, day: own } in found {
        if let (Some(asked), Some(own)) = (day, own)
            && asked != own
            && !is_one
        {
            all.other_days.push(own);
            continue;
        }
        let name = source.name.clone();
        let done = import(books, merchant, source, day, reporter);
        if let Err(failure) = &done
            && failure.kind == FailureKind::Cancelled
        {
            return Err(failure.clone());
        }
        all.outcomes.push(BillOutcome { name, done });
    }
    match day {
        Some(day) if all.outcomes.is_empty() => Err(not_of(day, &all.other_days)),
        _ => Ok(all),
    }
}

fn not_of(day: BillDate, others: &[BillDate]) -> Failure {
    let others: Vec<String> = others.iter().map(ToString::to_string).collect();
    let others = others.join(", ");
    Failure::new(
        FailureKind::RefusedInput,
        "bill.refused",
        Message::new(
            format!("文件里没有 {day} 的账单，只有 {others}"),
            format!("The file has no bill of {day}, only of {others}"),
        ),
        Message::new(
            "确认日期；没有存入任何数据",
            "Check the day; nothing was stored",
        ),
    )
}

/// What to say of the bills that were refused: of the only one its own failure, of one among others what became of both.
#[must_use]
pub fn refused_of(outcomes: Vec<(String, Result<(), Failure>)>) -> Option<Failure> {
    let count = outcomes.len();
    let refused: Vec<(String, Failure)> = outcomes
        .into_iter()
        .filter_map(|(name, done)| done.err().map(|failure| (name, failure)))
        .collect();
    let good = count.saturating_sub(refused.len());
    let list = |words: fn(&Message) -> &str, signs: (&str, &str)| {
        let each = refused
            .iter()
            .map(|(name, failure)| format!("{name}{}{}", signs.0, words(&failure.title)));
        each.collect::<Vec<_>>().join(signs.1)
    };
    let (zh, en) = (
        list(|title| &title.zh, ("：", "；")),
        list(|title| &title.en, (": ", "; ")),
    );
    let bad = refused.len();
    let (_, first) = refused.into_iter().next()?;
    if count == 1 {
        return Some(first);
    }
    Some(Failure {
        kind: first.kind,
        code: "bill.partly",
        title: Message::new(
            format!("{count} 份账单中有 {bad} 份没有导入：{zh}"),
            format!("{bad} of {count} bills were not imported: {en}"),
        ),
        advice: if good == 0 {
            first.advice
        } else {
            Advice::from(Message::new(
                format!("另外 {good} 份已导入，照常有效；处理好没有导入的再导入"),
                format!(
                    "What was imported counts ({good} of {count}); mend the others and import them again"
                ),
            ))
        },
        detail: String::new(),
        retryable: first.retryable,
    })
}
