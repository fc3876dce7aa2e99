//! From the bytes of a notification to what it claims: nothing passes whose seal does not hold.

use std::borrow::Cow;

use super::reason::{AsideReason, NO_V2_KEY, NO_V3_KEY};
use crate::gateway::platform_keys;
use crate::{Failure, MerchantRef, Message};
use recondesk_domain::{Fen, Instant, Secret, SecretKind, redact};
use recondesk_ports::Ports;
use wechatpay_codec::lab::reprint::{Reprint, reprint};
use wechatpay_codec::lab::verify::{CauseV3, judge_v3};
use wechatpay_codec::v2::notify::{NoticeKind, PaymentNotice, RefundNotice, kind};
use wechatpay_codec::v2::{ReplyError, xml};
use wechatpay_codec::v3::notify::{Envelope, Subject, subject};
use wechatpay_codec::v3::{
    SignatureHeaders, Transaction, VerifyError, VerifyKey, verify_signature,
};

/// What a notification claims, once its seal holds.
pub(super) struct NotificationClaim {
    pub(super) kind: &'static str,
    pub(super) key: String,
    pub(super) numbers: [String; 4],
    pub(super) state: String,
    pub(super) amount: Fen,
    pub(super) total: Fen,
    /// As the message names it; empty where it names none, which is CNY.
    pub(super) currency: String,
    pub(super) happened_at: Option<Instant>,
    pub(super) mch_id: String,
    /// Who combined the order that this is a part of; empty for an order by itself.
    pub(super) combined_by: String,
    /// Empty for an ordinary merchant.
    pub(super) sub_mch_id: String,
    pub(super) appid: String,
    pub(super) document: String,
}

/// The merchant's keys, read once for a whole log.
pub(super) struct ClaimKeys {
    v2: Option<Secret<Vec<u8>>>,
    v3: Option<Secret<Vec<u8>>>,
    platform: Vec<VerifyKey>,
}

impl ClaimKeys {
    /// A text without these keys, and without what looks like one.
    pub(super) fn redact(&self, text: &str) -> String {
        let keys = [&self.v2, &self.v3].into_iter().flatten();
        let known: Vec<&str> = keys
            .filter_map(|key| std::str::from_utf8(key.expose()).ok())
            .collect();
        redact(text, &known).into_owned()
    }
}

pub(super) fn read_keys(
    ports: &Ports,
    MerchantRef { id, profile }: MerchantRef<'_>,
) -> Result<ClaimKeys, Failure> {
    Ok(ClaimKeys {
        v2: ports.vault.get(id, SecretKind::V2Key)?,
        v3: ports.vault.get(id, SecretKind::V3Key)?,
        platform: platform_keys(&*ports.vault, MerchantRef { id, profile })?,
    })
}

/// Why a notification goes no further.
pub(super) enum ClaimRefusal {
    Aside(Box<Option<NotificationClaim>>, AsideReason),
    Failed(Failure),
}

impl From<AsideReason> for ClaimRefusal {
    fn from(reason: AsideReason) -> Self {
        Self::Aside(Box::new(None), reason)
    }
}

impl From<Failure> for ClaimRefusal {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

fn reply_reason(error: &ReplyError) -> AsideReason {
    match error {
        ReplyError::Signature(_) => AsideReason::Forged(error.to_string()),
        ReplyError::Foreign { .. } => AsideReason::Foreign(error.to_string()),
        _ => AsideReason::Unreadable(error.to_string()),
    }
}

/// A payment whose sum nobody can read: no sum is put in its place.
fn no_amount(field: &str) -> ClaimRefusal {
    AsideReason::Unreadable(format!("{field} is missing")).into()
}

pub(super) fn open_v2(body: &[u8], keys: &ClaimKeys) -> Result<NotificationClaim, ClaimRefusal> {
    let params = xml::read(body).map_err(|error| AsideReason::Unreadable(error.to_string()))?;
    let key = keys
        .v2
        .as_ref()
        .ok_or_else(|| AsideReason::NoKey(NO_V2_KEY.to_owned()))?;
    if kind(&params) == NoticeKind::Refund {
        let notice = RefundNotice::open(body, key)
            .map_err(|error| AsideReason::Forged(error.to_string()))?;
        return Ok(NotificationClaim {
            kind: "v2.refund",
            key: format!("refund/{}/{}", notice.refund_id, notice.state.v2_word()),
            numbers: [
                notice.out_trade_no,
                notice.transaction_id,
                notice.out_refund_no,
                notice.refund_id,
            ],
            state: notice.state.v2_word().to_owned(),
            amount: notice.refund_fee,
            total: notice.total_fee,
            currency: String::new(),
            happened_at: notice.succeeded_at,
            mch_id: notice.mch_id,
            combined_by: String::new(),
            sub_mch_id: notice.sub_mch_id,
            appid: notice.appid,
            document: String::from_utf8_lossy(body).into_owned(),
        });
    }
    let notice = PaymentNotice::open(body, key, None).map_err(|error| reply_reason(&error))?;
    let total = notice
        .order
        .total_fee
        .ok_or_else(|| no_amount("total_fee"))?;
    Ok(NotificationClaim {
        kind: "v2.payment",
        key: format!("pay/{}", notice.order.transaction_id),
        state: notice.order.state.word().to_owned(),
        amount: total,
        total,
        currency: notice.order.currency.clone(),
        happened_at: notice.order.paid_at,
        mch_id: notice.mch_id,
        combined_by: String::new(),
        sub_mch_id: notice
            .params
            .filled("sub_mch_id")
            .unwrap_or_default()
            .to_owned(),
        appid: notice.appid,
        document: String::from_utf8_lossy(body).into_owned(),
        numbers: [
            notice.order.out_trade_no,
            notice.order.transaction_id,
            String::new(),
            String::new(),
        ],
    })
}

/// The body that was signed: as it is, or put back from what a framework printed again.
///
/// A recorded notification may be older than five minutes: its seal is checked, its age is not.
fn signed_body<'b>(
    signed: &SignatureHeaders,
    body: &'b [u8],
    keys: &[VerifyKey],
) -> Result<Cow<'b, [u8]>, AsideReason> {
    match verify_signature(signed, body, keys) {
        Ok(_) => Ok(Cow::Borrowed(body)),
        Err(VerifyError::Probe) => Err(AsideReason::Probe(VerifyError::Probe.to_string())),
        Err(VerifyError::UnknownKey(serial)) => Err(AsideReason::UnknownKey(serial)),
        Err(VerifyError::Wrong) => {
            let fits = |form: &[u8]| verify_signature(signed, form, keys).is_ok();
            match reprint(body, fits) {
                Some(Reprint {
                    original: Some(original),
                    ..
                }) => Ok(Cow::Owned(original)),
                Some(Reprint { changes, .. }) => {
                    let words: Vec<&str> = changes.iter().map(|one| one.word()).collect();
                    Err(AsideReason::Reprinted(words.join(", ")))
                }
                None => {
                    let (cause, words) = judge_v3(signed, body, keys);
                    Err(wrong(cause, words))
                }
            }
        }
        Err(error @ VerifyError::Header(_)) => Err(AsideReason::Unsigned(error.to_string())),
        Err(error @ (VerifyError::Timestamp | VerifyError::Stale(_))) => {
            Err(AsideReason::Forged(error.to_string()))
        }
    }
}

/// What a signature that does not fit says of its message.
fn wrong(cause: CauseV3, words: Message) -> AsideReason {
    match cause {
        CauseV3::OtherBody => AsideReason::OtherBody(words),
        CauseV3::OtherForm => AsideReason::OtherForm(words),
        CauseV3::Reprinted | CauseV3::Unproven => {
            AsideReason::Forged(VerifyError::Wrong.to_string())
        }
    }
}

/// Adds to a changed message that its cipher text opens: WeChat Pay made that part.
fn with_cipher(reason: AsideReason, body: &[u8], key: Option<&Secret<Vec<u8>>>) -> AsideReason {
    let opens = key
        .zip(Envelope::read(body).ok())
        .is_some_and(|(key, envelope)| envelope.open(key).is_ok());
    match reason {
        AsideReason::OtherBody(words) if opens => AsideReason::OtherBody(Message::new(
            format!(
                "{}；密文能用 APIv3 密钥打开，变的是密文以外的部分",
                words.zh
            ),
            format!(
                "{}; its cipher text opens with the APIv3 key, so what changed lies outside of it",
                words.en
            ),
        )),
        other => other,
    }
}

pub(super) fn open_v3(
    headers: &[(String, String)],
    body: &[u8],
    keys: &ClaimKeys,
) -> Result<Vec<NotificationClaim>, ClaimRefusal> {
    let forged = |error: String| ClaimRefusal::from(AsideReason::Forged(error));
    let signed = SignatureHeaders::collect(headers).map_err(|error| match error {
        VerifyError::Header(_) => ClaimRefusal::from(AsideReason::Unsigned(error.to_string())),
        error => forged(error.to_string()),
    })?;
    let body = signed_body(&signed, body, &keys.platform)
        .map_err(|reason| with_cipher(reason, body, keys.v3.as_ref()))?;
    let body = body.as_ref();
    let key = keys
        .v3
        .as_ref()
        .ok_or_else(|| AsideReason::NoKey(NO_V3_KEY.to_owned()))?;
    let unreadable = |error: String| ClaimRefusal::from(AsideReason::Unreadable(error));
    let envelope = Envelope::read(body).map_err(|error| unreadable(error.to_string()))?;
    let plain = envelope
        .open(key)
        .map_err(|error| forged(error.to_string()))?;
    let about = subject(&envelope.event_type, plain);
    let document = String::from_utf8_lossy(body).into_owned();
    match about.map_err(|error| unreadable(error.to_string()))? {
        Subject::Transaction(pay) => Ok(vec![paid("v3.payment", *pay, "", document)?]),
        // Each part is a payment of its own, however many came in one message.
        Subject::Combined(order) => order
            .parts
            .into_iter()
            .map(|part| paid("v3.combined", part, &order.mchid, document.clone()))
            .collect(),
        Subject::Refund(refund) => Ok(vec![NotificationClaim {
            kind: "v3.refund",
            key: format!("refund/{}/{}", refund.refund_id, refund.state.v2_word()),
            state: refund.state.v2_word().to_owned(),
            amount: refund.refund,
            total: refund.total,
            currency: String::new(),
            happened_at: refund.succeeded_at,
            mch_id: refund.mchid,
            combined_by: String::new(),
            sub_mch_id: refund.sub_mchid,
            appid: String::new(),
            numbers: [
                refund.out_trade_no,
                refund.transaction_id,
                refund.out_refund_no,
                refund.refund_id,
            ],
            document,
        }]),
        Subject::Other(_) => Err(AsideReason::OtherEvent(envelope.event_type).into()),
    }
}

fn paid(
    kind: &'static str,
    pay: Transaction,
    combined_by: &str,
    document: String,
) -> Result<NotificationClaim, ClaimRefusal> {
    let total = pay.total.ok_or_else(|| no_amount("amount.total"))?;
    Ok(NotificationClaim {
        kind,
        key: format!("pay/{}", pay.transaction_id),
        state: pay.state.word().to_owned(),
        amount: total,
        total,
        currency: pay.currency,
        happened_at: pay.paid_at,
        mch_id: pay.mchid,
        combined_by: combined_by.to_owned(),
        sub_mch_id: pay.sub_mchid,
        appid: pay.appid,
        numbers: [
            pay.out_trade_no,
            pay.transaction_id,
            String::new(),
            String::new(),
        ],
        document,
    })
}
