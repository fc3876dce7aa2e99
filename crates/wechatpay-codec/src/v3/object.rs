//! The objects of APIv3's answers and notifications, read from a verified body or a decrypted resource.

use serde::Deserialize;

use crate::v2::{RefundState, TradeState};
use recondesk_domain::{Fen, Instant};

/// Why an object of an answer cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    /// Larger than any real object.
    #[error("the object has {0} bytes, more than is read")]
    TooLarge(usize),
    /// Not this JSON object.
    #[error("the JSON cannot be read: {0}")]
    Json(String),
    /// A field does not have the value it must have.
    #[error("field {0} of the answer cannot be read")]
    Field(&'static str),
}

/// Reads a JSON object of at most 1 MiB.
///
/// # Errors
/// [`ObjectError`].
pub(super) fn parse<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, ObjectError> {
    if body.len() > 1 << 20 {
        return Err(ObjectError::TooLarge(body.len()));
    }
    serde_json::from_slice(body).map_err(|error| ObjectError::Json(error.to_string()))
}

/// A payment, as queries and notifications tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// `appid` (`sp_appid` for a service provider).
    pub appid: String,
    /// `mchid` (`sp_mchid` for a service provider).
    pub mchid: String,
    /// `sub_mchid`, service-provider mode.
    pub sub_mchid: String,
    /// `out_trade_no`.
    pub out_trade_no: String,
    /// `transaction_id`, once paid.
    pub transaction_id: String,
    /// `trade_type`, once paid.
    pub trade_type: String,
    /// `trade_state`.
    pub state: TradeState,
    /// `trade_state_desc`.
    pub description: String,
    /// `bank_type`.
    pub bank_type: String,
    /// `attach`.
    pub attach: String,
    /// `success_time`.
    pub paid_at: Option<Instant>,
    /// `payer.openid`.
    pub openid: String,
    /// `amount.total`; always there when paid.
    pub total: Option<Fen>,
    /// `amount.payer_total`: what the customer paid in cash.
    pub payer_total: Option<Fen>,
    /// `amount.currency`; empty means CNY.
    pub currency: String,
    /// `promotion_detail`: coupons one by one.
    pub promotions: Vec<Promotion>,
}

/// A coupon of a payment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Promotion {
    /// `coupon_id`.
    pub coupon_id: String,
    /// `type`: `CASH` (prepaid) or `NOCASH`; other words are kept.
    #[serde(rename = "type")]
    pub kind: String,
    /// `amount` in fen.
    pub amount: Option<i64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawAmount {
    total: Option<i64>,
    payer_total: Option<i64>,
    currency: Option<String>,
    refund: Option<i64>,
    payer_refund: Option<i64>,
    settlement_refund: Option<i64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawPayer {
    openid: Option<String>,
    sp_openid: Option<String>,
}

#[derive(Deserialize)]
struct RawTransaction {
    appid: Option<String>,
    sp_appid: Option<String>,
    mchid: Option<String>,
    sp_mchid: Option<String>,
    sub_mchid: Option<String>,
    out_trade_no: String,
    transaction_id: Option<String>,
    trade_type: Option<String>,
    trade_state: String,
    trade_state_desc: Option<String>,
    bank_type: Option<String>,
    attach: Option<String>,
    success_time: Option<String>,
    payer: Option<RawPayer>,
    amount: Option<RawAmount>,
    promotion_detail: Option<Vec<Promotion>>,
}

impl Transaction {
    /// Reads it from a verified body or a decrypted resource.
    ///
    /// # Errors
    /// [`ObjectError`]; a paid one without number or amount is refused.
    pub fn read(body: &[u8]) -> Result<Self, ObjectError> {
        let raw: RawTransaction = parse(body)?;
        let amount = raw.amount.unwrap_or_default();
        let payer = raw.payer.unwrap_or_default();
        let out = Self {
            appid: raw.appid.or(raw.sp_appid).unwrap_or_default(),
            mchid: raw.mchid.or(raw.sp_mchid).unwrap_or_default(),
            sub_mchid: raw.sub_mchid.unwrap_or_default(),
            out_trade_no: raw.out_trade_no,
            transaction_id: raw.transaction_id.unwrap_or_default(),
            trade_type: raw.trade_type.unwrap_or_default(),
            state: TradeState::parse(&raw.trade_state),
            description: raw.trade_state_desc.unwrap_or_default(),
            bank_type: raw.bank_type.unwrap_or_default(),
            attach: raw.attach.unwrap_or_default(),
            paid_at: moment(raw.success_time.as_deref(), "success_time")?,
            openid: payer.openid.or(payer.sp_openid).unwrap_or_default(),
            total: fen(amount.total, "amount.total")?,
            payer_total: fen(amount.payer_total, "amount.payer_total")?,
            currency: amount.currency.unwrap_or_default(),
            promotions: raw.promotion_detail.unwrap_or_default(),
        };
        if out
            .promotions
            .iter()
            .any(|one| one.amount.is_some_and(|fen| fen < 0))
        {
            return Err(ObjectError::Field("promotion_detail.amount"));
        }
        if out.state.is_paid() && out.total.is_none() {
            return Err(ObjectError::Field("amount.total"));
        }
        if out.state.is_paid() && out.transaction_id.is_empty() {
            return Err(ObjectError::Field("transaction_id"));
        }
        Ok(out)
    }
}

/// A refund, as queries and notifications tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// `mchid`, in notifications.
    pub mchid: String,
    /// `sub_mchid`, in notifications of a service provider.
    pub sub_mchid: String,
    /// `refund_id`.
    pub refund_id: String,
    /// `out_refund_no`.
    pub out_refund_no: String,
    /// `transaction_id`.
    pub transaction_id: String,
    /// `out_trade_no`.
    pub out_trade_no: String,
    /// `status`, in notifications `refund_status`.
    pub state: RefundState,
    /// `channel`.
    pub channel: String,
    /// `user_received_account`.
    pub received_by: String,
    /// `funds_account`.
    pub funds_account: String,
    /// `create_time`.
    pub created_at: Option<Instant>,
    /// `success_time`.
    pub succeeded_at: Option<Instant>,
    /// `amount.refund`.
    pub refund: Fen,
    /// `amount.total`.
    pub total: Fen,
    /// `amount.payer_refund`: the cash part.
    pub payer_refund: Option<Fen>,
    /// `amount.settlement_refund`.
    pub settlement_refund: Option<Fen>,
}

#[derive(Deserialize)]
struct RawRefund {
    mchid: Option<String>,
    sp_mchid: Option<String>,
    sub_mchid: Option<String>,
    refund_id: String,
    out_refund_no: String,
    transaction_id: String,
    out_trade_no: String,
    status: Option<String>,
    refund_status: Option<String>,
    channel: Option<String>,
    user_received_account: Option<String>,
    funds_account: Option<String>,
    create_time: Option<String>,
    success_time: Option<String>,
    amount: RawAmount,
}

impl Refund {
    /// Reads it from a verified body or a decrypted resource.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub fn read(body: &[u8]) -> Result<Self, ObjectError> {
        let raw: RawRefund = parse(body)?;
        let status = raw
            .status
            .or(raw.refund_status)
            .ok_or(ObjectError::Field("status"))?;
        Ok(Self {
            mchid: raw.mchid.or(raw.sp_mchid).unwrap_or_default(),
            sub_mchid: raw.sub_mchid.unwrap_or_default(),
            refund_id: raw.refund_id,
            out_refund_no: raw.out_refund_no,
            transaction_id: raw.transaction_id,
            out_trade_no: raw.out_trade_no,
            state: RefundState::parse(&status),
            channel: raw.channel.unwrap_or_default(),
            received_by: raw.user_received_account.unwrap_or_default(),
            funds_account: raw.funds_account.unwrap_or_default(),
            created_at: moment(raw.create_time.as_deref(), "create_time")?,
            succeeded_at: moment(raw.success_time.as_deref(), "success_time")?,
            refund: fen(raw.amount.refund, "amount.refund")?
                .ok_or(ObjectError::Field("amount.refund"))?,
            total: fen(raw.amount.total, "amount.total")?
                .ok_or(ObjectError::Field("amount.total"))?,
            payer_refund: fen(raw.amount.payer_refund, "amount.payer_refund")?,
            settlement_refund: fen(raw.amount.settlement_refund, "amount.settlement_refund")?,
        })
    }
}

pub(super) fn fen(amount: Option<i64>, field: &'static str) -> Result<Option<Fen>, ObjectError> {
    match amount {
        Some(fen) if fen < 0 => Err(ObjectError::Field(field)),
        amount => Ok(amount.map(Fen::new)),
    }
}

/// RFC 3339 with any offset; empty counts as absent.
pub(super) fn moment(
    text: Option<&str>,
    field: &'static str,
) -> Result<Option<Instant>, ObjectError> {
    match text {
        None | Some("") => Ok(None),
        Some(text) => chrono::DateTime::parse_from_rfc3339(text)
            .map(|time| Some(Instant::from_unix(time.timestamp())))
            .ok()
            .ok_or(ObjectError::Field(field)),
    }
}

/// What an application for a bill gives.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BillTicket {
    /// `hash_type`, SHA1.
    pub hash_type: String,
    /// `hash_value`: lower-case hex over the uncompressed file.
    pub hash_value: String,
    /// `download_url`, good for five minutes.
    pub download_url: String,
}

impl BillTicket {
    /// Reads it from a verified body.
    ///
    /// # Errors
    /// [`ObjectError`]; another hash than SHA-1 is refused, because the file could not be checked.
    pub fn read(body: &[u8]) -> Result<Self, ObjectError> {
        let ticket: Self = parse(body)?;
        ticket.check()?;
        Ok(ticket)
    }

    /// Whether a file can be checked by it.
    pub(super) fn check(&self) -> Result<(), ObjectError> {
        if !self.hash_type.eq_ignore_ascii_case("SHA1") {
            return Err(ObjectError::Field("hash_type"));
        }
        if self.hash_value.len() != 40 || !self.hash_value.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(ObjectError::Field("hash_value"));
        }
        Ok(())
    }

    /// `hash_value` as bytes; `None` only for a ticket that was not read by [`Self::read`].
    #[must_use]
    pub fn sha1(&self) -> Option<[u8; 20]> {
        let mut out = [0; 20];
        let digits = self.hash_value.as_bytes();
        for (slot, pair) in out.iter_mut().zip(digits.chunks(2)) {
            let pair = std::str::from_utf8(pair).ok()?;
            *slot = u8::from_str_radix(pair, 16).ok()?;
        }
        (digits.len() == 40).then_some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unpaid_order_has_no_amount_and_a_paid_one_must() {
        let unpaid =
            br#"{"out_trade_no":"A1","trade_state":"NOTPAY","payer":{},"extra":{"a":[1]}}"#;
        assert_eq!(Transaction::read(unpaid).unwrap().state, TradeState::NotPay);
        let paid = br#"{"out_trade_no":"A1","trade_state":"SUCCESS","transaction_id":"42"}"#;
        assert_eq!(
            Transaction::read(paid),
            Err(ObjectError::Field("amount.total"))
        );
        let float = br#"{"out_trade_no":"A1","trade_state":"NOTPAY","amount":{"total":1.5}}"#;
        assert!(matches!(
            Transaction::read(float),
            Err(ObjectError::Json(_))
        ));
    }

    #[test]
    fn times_of_any_offset_are_one_instant() {
        assert_eq!(
            moment(Some("2024-08-05T17:30:21+08:00"), "t"),
            moment(Some("2024-08-05T09:30:21Z"), "t")
        );
        assert!(moment(Some("yesterday"), "t").is_err());
    }
}
