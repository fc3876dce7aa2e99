//! Importing a bill from a file, a drop or a download: judged, archived, and stored when it adds up.

use super::imports::Watching;
use crate::{Failure, Message, Reporter};
use recondesk_domain::{BillDate, MchId, MerchantProfile, ProfileId};
use recondesk_ports::{BillExpect, BillImport, Books, Source};

/// Imports a bill of a merchant. Without `day` the bill itself must say of which single day it is.
///
/// Do not hold the right to write of [`recondesk_ports::Writers`]: the books take it themselves.
///
/// # Errors
/// A [`Failure`] that says why the bill is refused, or what is wrong with the workspace; nothing is
/// stored then. A bill that does not add up is no failure: it is kept in quarantine.
pub fn import(
    books: &dyn Books,
    (id, profile): (ProfileId, &MerchantProfile),
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
