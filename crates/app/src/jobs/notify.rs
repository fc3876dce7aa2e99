//! Notifications, pasted or from a log: verified, compared with the order, entered exactly once.
//!
//! What is forged, foreign or does not fit is kept aside with the reason and changes nothing.
//! Each result says which answer WeChat Pay should get.

mod claim;
mod log;
mod reason;

use sha2::{Digest as _, Sha256};

use crate::{Failure, FailureKind, MerchantRef, Message, Reporter};
use claim::{ClaimKeys, ClaimRefusal, NotificationClaim, open_v2, open_v3, read_keys};
pub use log::{LoggedNotice, MAX_LOG_BYTES, messages};
pub use reason::{AsideReason, NotificationFate, stored_words};
use recondesk_domain::{Fen, MOrder, ProfileId, mask_message};
use recondesk_ports::{
    BookRow, NumberKind, Observation, ObservationSource, Ports, RefundQuery, RefundRecord,
};
use wechatpay_codec::v2::notify::{SUCCESS_ANSWER, failure_answer};
use wechatpay_codec::v3::notify::failure_answer as v3_failure_answer;

/// The result of one notification, or of one part of a combined order in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationResult {
    /// First line of it in the log, counted from 1.
    pub line: u32,
    /// `v2.payment`, `v2.refund`, `v3.payment`, `v3.combined` for a part of a combined order, `v3.refund`, `v3.other`,
    /// or `unknown`.
    pub kind: &'static str,
    /// 商户订单号, where one can be told.
    pub out_trade_no: String,
    /// 微信支付订单号, or 微信退款单号 for refunds.
    pub wechat_number: String,
    /// State it tells.
    pub state: String,
    /// Amount it tells.
    pub amount: Option<Fen>,
    /// What became of it.
    pub fate: NotificationFate,
    /// The body of the answer that WeChat Pay should get; empty for an empty one.
    pub answer: String,
}

/// Takes the notifications of a text in: one result for each, and for each part of a combined order, in order, and all
/// of them or none.
///
/// # Errors
/// When the text is too large, or workspace or vault cannot be used. A bad notification is no failure.
pub fn import(
    ports: &Ports,
    profile: MerchantRef<'_>,
    text: &[u8],
    reporter: &dyn Reporter,
) -> Result<Vec<NotificationResult>, Failure> {
    // A failure in the middle leaves no half to be guessed at.
    let mut results = Ok(Vec::new());
    ports.records.observe_together(&mut || {
        results = take_each(ports, profile, text, reporter);
        results.is_ok()
    })?;
    results
}

fn take_each(
    ports: &Ports,
    profile: MerchantRef<'_>,
    text: &[u8],
    reporter: &dyn Reporter,
) -> Result<Vec<NotificationResult>, Failure> {
    if text.len() > MAX_LOG_BYTES {
        return Err(Failure::new(
            FailureKind::RefusedInput,
            "notify.size",
            Message::new("文件太大", "The file is too large"),
            Message::new(
                "把日志拆成 64 MB 以内的几份",
                "Split the log into parts of at most 64 MB",
            ),
        ));
    }
    let keys = read_keys(ports, profile)?;
    let mut out = Vec::new();
    for message in messages(text) {
        if reporter.cancelled() {
            return Err(Failure::cancelled());
        }
        out.extend(receive(ports, profile, &keys, &message)?);
    }
    Ok(out)
}

/// One notification from its bytes to its fate; a combined order has one for each part.
fn receive(
    ports: &Ports,
    merchant: MerchantRef<'_>,
    keys: &ClaimKeys,
    message: &LoggedNotice<'_>,
) -> Result<Vec<NotificationResult>, Failure> {
    let opened = match message {
        LoggedNotice::V2 { body, .. } => open_v2(body, keys).map(|claim| vec![claim]),
        LoggedNotice::V3 { headers, body, .. } => open_v3(headers, body, keys),
    };
    let mut told: Vec<(Option<NotificationClaim>, NotificationFate)> = Vec::new();
    match opened {
        Err(ClaimRefusal::Failed(failure)) => return Err(failure),
        Err(ClaimRefusal::Aside(claim, reason)) => {
            put_aside(
                ports,
                merchant.id,
                (message, keys),
                claim.as_ref().as_ref(),
                &reason,
            )?;
            told.push((*claim, NotificationFate::Aside(reason)));
        }
        Ok(claims) => {
            for claim in claims {
                let fate = enter(ports, merchant, &claim)?;
                match &fate {
                    // A contradiction stands beside what was entered before.
                    NotificationFate::Aside(AsideReason::Contradiction(_)) => {}
                    NotificationFate::Aside(reason) => {
                        put_aside(ports, merchant.id, (message, keys), Some(&claim), reason)?;
                    }
                    NotificationFate::Applied
                    | NotificationFate::Repeated { .. }
                    | NotificationFate::Elsewhere { .. } => {}
                }
                told.push((Some(claim), fate));
            }
        }
    }
    let answer = answer(&told, matches!(message, LoggedNotice::V3 { .. }));
    let results = told.into_iter();
    Ok(results
        .map(|(claim, fate)| received(message, claim.as_ref(), fate, answer.clone()))
        .collect())
}

/// Enters what a sealed message claims, once, where it fits the books.
fn enter(
    ports: &Ports,
    MerchantRef { id, profile }: MerchantRef<'_>,
    claim: &NotificationClaim,
) -> Result<NotificationFate, Failure> {
    if claim.combined_by == profile.mch_id && claim.mch_id != profile.mch_id {
        return Ok(NotificationFate::Elsewhere {
            mch_id: claim.mch_id.clone(),
        });
    }
    if let Some(reason) = judge(ports, MerchantRef { id, profile }, claim)? {
        return Ok(NotificationFate::Aside(reason));
    }
    let known = ports
        .records
        .observe(&observation(ports, id, claim, None))?;
    Ok(match known {
        None => NotificationFate::Applied,
        Some(first) if first.amount == Some(claim.amount) && first.state == claim.state => {
            NotificationFate::Repeated { first: first.at }
        }
        Some(first) => NotificationFate::Aside(AsideReason::Contradiction(format!(
            "{} {}",
            first.state,
            first
                .amount
                .map_or_else(|| "—".to_owned(), |sum| sum.to_string())
        ))),
    })
}

/// The one answer that WeChat Pay should get: as long as a part does not fit, the whole comes again.
fn answer(told: &[(Option<NotificationClaim>, NotificationFate)], is_v3: bool) -> String {
    let reason = told.iter().find_map(|(_, fate)| match fate {
        NotificationFate::Aside(reason) => Some(reason.words().zh),
        NotificationFate::Applied
        | NotificationFate::Repeated { .. }
        | NotificationFate::Elsewhere { .. } => None,
    });
    match (reason, is_v3) {
        (Some(reason), false) => failure_answer(&reason),
        (Some(reason), true) => v3_failure_answer(&reason),
        (None, false) => SUCCESS_ANSWER.to_owned(),
        (None, true) => String::new(),
    }
}

/// Merchant, app and order against the claim; `None` when all fits.
fn judge(
    ports: &Ports,
    MerchantRef { id, profile }: MerchantRef<'_>,
    claim: &NotificationClaim,
) -> Result<Option<AsideReason>, Failure> {
    if !claim.combined_by.is_empty() && claim.combined_by != profile.mch_id {
        return Ok(Some(AsideReason::Foreign(format!(
            "combine_mchid {}",
            claim.combined_by
        ))));
    }
    if claim.mch_id != profile.mch_id {
        return Ok(Some(AsideReason::Foreign(format!(
            "mch_id {}",
            claim.mch_id
        ))));
    }
    // A profile that names no app has nothing to compare with; merchant and seal have been checked.
    let names_apps = !profile.appids.is_empty();
    if names_apps && !claim.appid.is_empty() && !profile.appids.contains(&claim.appid) {
        return Ok(Some(AsideReason::Foreign(format!("appid {}", claim.appid))));
    }
    let [out_trade_no, ..] = &claim.numbers;
    let shop = claim.sub_mch_id.as_str();
    let names_shops = !profile.sub_mch_ids.is_empty();
    let is_foreign = |order: &MOrder| {
        let theirs = order.sub_mch_id.as_str();
        !shop.is_empty() && !theirs.is_empty() && shop != theirs
    };
    let order = order_at(ports, id, out_trade_no, shop)?;
    let is_unknown = names_shops && !profile.sub_mch_ids.iter().any(|known| known == shop);
    if !shop.is_empty() && (is_unknown || order.as_ref().is_some_and(is_foreign)) {
        let why = format!("sub_mch_id {shop}");
        return Ok(Some(AsideReason::Foreign(why)));
    }
    let made = made_here(ports, id, claim)?;
    if let Some(why) = made.as_ref().and_then(|made| differs_from(made, claim)) {
        return Ok(Some(AsideReason::Mismatch(why)));
    }
    let Some(order) = order else {
        // The order of a refund that was made here need not be one of the merchant's books.
        let unknown = || AsideReason::NoOrder(out_trade_no.clone());
        return Ok(made.is_none().then(unknown));
    };
    let mut wrong = Vec::new();
    if claim.total != order.amount {
        wrong.push(format!("total_fee {} ≠ {}", claim.total, order.amount));
    }
    let is_cny = matches!(claim.currency.as_str(), "" | "CNY");
    if is_cny != order.is_cny {
        let ours = if order.is_cny { "CNY" } else { "?" };
        wrong.push(format!("currency {} ≠ {ours}", claim.currency));
    }
    if claim.amount > order.amount {
        wrong.push(format!("amount {} > {}", claim.amount, order.amount));
    }
    let theirs = claim.numbers.get(1).map_or("", String::as_str);
    if !order.transaction_id.is_empty() && order.transaction_id.as_str() != theirs {
        wrong.push(format!(
            "transaction_id {theirs} ≠ {}",
            order.transaction_id
        ));
    }
    Ok((!wrong.is_empty()).then(|| AsideReason::Mismatch(wrong.join("; "))))
}

/// The refund that was made here under the number that a notification names.
fn made_here(
    ports: &Ports,
    profile: ProfileId,
    claim: &NotificationClaim,
) -> Result<Option<RefundRecord>, Failure> {
    let [.., number, _] = &claim.numbers;
    if number.is_empty() {
        return Ok(None);
    }
    let known = ports.casework.refunds(&RefundQuery {
        profile: Some(profile),
        ..RefundQuery::default()
    })?;
    Ok(known
        .into_iter()
        .find(|own| own.out_refund_no.as_str() == number && own.refund.sends > 0))
}

/// How a notification differs from the refund that was made here; `None` where it fits.
fn differs_from(own: &RefundRecord, claim: &NotificationClaim) -> Option<String> {
    let [order, _, _, refund_id] = &claim.numbers;
    let draft = &own.draft;
    let mut wrong = Vec::new();
    if draft.out_trade_no != *order {
        wrong.push(format!("out_trade_no {order} ≠ {}", draft.out_trade_no));
    }
    if claim.amount != own.refund.amount {
        wrong.push(format!(
            "refund_fee {} ≠ {}",
            claim.amount, own.refund.amount
        ));
    }
    if claim.total != draft.total {
        wrong.push(format!("total_fee {} ≠ {}", claim.total, draft.total));
    }
    if !own.refund_id.is_empty() && own.refund_id != *refund_id {
        wrong.push(format!("refund_id {refund_id} ≠ {}", own.refund_id));
    }
    (!wrong.is_empty()).then(|| wrong.join("; "))
}

/// The order of a sub-merchant; else one that names none, else whatever has the number.
///
/// # Errors
/// When the books cannot be read.
pub fn order_at(
    ports: &Ports,
    profile: ProfileId,
    out_trade_no: &str,
    sub_mch_id: &str,
) -> Result<Option<MOrder>, Failure> {
    let found = ports.books.find(out_trade_no).map_err(Failure::from)?;
    let mine = found.into_iter().filter(|place| {
        place.profile == profile && !place.superseded && place.kind == NumberKind::OutTradeNo
    });
    let orders: Vec<MOrder> = mine
        .filter_map(|place| match place.row {
            BookRow::Order(order) => Some(order),
            BookRow::Pay(_) | BookRow::Refund(_) | BookRow::MerchantRefund(_) => None,
        })
        .collect();
    let with = |sub: &str| orders.iter().find(|order| order.sub_mch_id.as_str() == sub);
    Ok(with(sub_mch_id).or(with("")).or(orders.first()).copied())
}

/// The newest version of the merchant's order, whichever sub-merchant has it.
///
/// # Errors
/// When the books cannot be read.
pub fn local_order(
    ports: &Ports,
    profile: ProfileId,
    out_trade_no: &str,
) -> Result<Option<MOrder>, Failure> {
    let found = ports.books.find(out_trade_no).map_err(Failure::from)?;
    Ok(found.into_iter().find_map(|place| match place.row {
        BookRow::Order(order)
            if place.profile == profile
                && !place.superseded
                && place.kind == NumberKind::OutTradeNo =>
        {
            Some(order)
        }
        BookRow::Pay(_) | BookRow::Refund(_) | BookRow::Order(_) | BookRow::MerchantRefund(_) => {
            None
        }
    }))
}

fn observation(
    ports: &Ports,
    profile: ProfileId,
    claim: &NotificationClaim,
    aside: Option<(&str, &AsideReason)>,
) -> Observation {
    let [out_trade_no, transaction_id, out_refund_no, refund_id] = claim.numbers.clone();
    Observation {
        profile,
        at: ports.clock.now(),
        source: ObservationSource::Notice,
        key: aside.map_or_else(|| claim.key.clone(), |(key, _)| key.to_owned()),
        aside: aside.map_or_else(String::new, |(_, reason)| {
            format!("{}: {}", reason.word(), reason.detail())
        }),
        out_trade_no,
        sub_mch_id: claim.sub_mch_id.clone(),
        transaction_id,
        out_refund_no,
        refund_id,
        state: claim.state.clone(),
        amount: Some(claim.amount),
        happened_at: claim.happened_at,
        document: mask_message(claim.document.as_bytes()),
    }
}

/// Keeps what was not believed, once for each different message and reason, without the keys that somebody may have
/// pasted along with it.
fn put_aside(
    ports: &Ports,
    profile: ProfileId,
    (message, keys): (&LoggedNotice<'_>, &ClaimKeys),
    claim: Option<&NotificationClaim>,
    reason: &AsideReason,
) -> Result<(), Failure> {
    let body = message.body();
    let digest: String = Sha256::digest(body)
        .iter()
        .take(16)
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
    // Parts of one message are put aside each by itself.
    let part = claim.filter(|claim| !claim.combined_by.is_empty());
    let part = part.map_or_else(String::new, |claim| {
        let [number, ..] = &claim.numbers;
        format!("/{number}")
    });
    let key = format!("aside/{}/{digest}{part}", reason.word());
    let entry = if let Some(claim) = claim {
        observation(ports, profile, claim, Some((&key, reason)))
    } else {
        let nobody = NotificationClaim {
            kind: "unknown",
            key: String::new(),
            numbers: Default::default(),
            state: String::new(),
            amount: Fen::ZERO,
            total: Fen::ZERO,
            currency: String::new(),
            happened_at: None,
            mch_id: String::new(),
            combined_by: String::new(),
            sub_mch_id: String::new(),
            appid: String::new(),
            document: String::from_utf8_lossy(body).chars().take(65_536).collect(),
        };
        let entry = observation(ports, profile, &nobody, Some((&key, reason)));
        Observation {
            amount: None,
            ..entry
        }
    };
    ports.records.observe(&Observation {
        document: keys.redact(&entry.document),
        aside: mask_message(keys.redact(&entry.aside).as_bytes()),
        ..entry
    })?;
    Ok(())
}

fn received(
    message: &LoggedNotice<'_>,
    claim: Option<&NotificationClaim>,
    fate: NotificationFate,
    answer: String,
) -> NotificationResult {
    let number = |at: usize| {
        claim
            .and_then(|claim| claim.numbers.get(at))
            .cloned()
            .unwrap_or_default()
    };
    let refund = number(3);
    NotificationResult {
        line: message.line(),
        kind: claim.map_or("unknown", |claim| claim.kind),
        out_trade_no: number(0),
        wechat_number: if refund.is_empty() { number(1) } else { refund },
        state: claim.map_or_else(String::new, |claim| claim.state.clone()),
        amount: claim.map(|claim| claim.amount),
        fate,
        answer,
    }
}
