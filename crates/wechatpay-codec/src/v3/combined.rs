//! Combined orders (合单): the customer pays once for several orders, each of which is a payment of its own from then on.

use serde::Deserialize;

use super::Transaction;
use super::object::{ObjectError, fen, moment, parse};
use crate::v2::TradeState;
use recondesk_domain::Fen;

/// More parts than WeChat Pay combines (50), by far.
const MOST_PARTS: usize = 200;

/// A combined order, as its query and its notification tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CombinedOrder {
    /// `combine_appid`.
    pub appid: String,
    /// `combine_mchid`: who combined them.
    pub mchid: String,
    /// `combine_out_trade_no`: a number of the whole, of which no bill speaks.
    pub number: String,
    /// `sub_orders`, each as a payment of its own; there is at least one, and no number stands twice.
    pub parts: Vec<Transaction>,
}

#[derive(Deserialize)]
struct RawCombined {
    combine_appid: Option<String>,
    combine_mchid: String,
    combine_out_trade_no: String,
    sub_orders: Vec<RawCombinedPart>,
    combine_payer_info: Option<RawCombinedPayer>,
}

#[derive(Deserialize)]
struct RawCombinedPayer {
    openid: Option<String>,
}

#[derive(Deserialize)]
struct RawCombinedPart {
    mchid: String,
    sub_mchid: Option<String>,
    out_trade_no: String,
    transaction_id: Option<String>,
    trade_type: Option<String>,
    trade_state: String,
    bank_type: Option<String>,
    attach: Option<String>,
    success_time: Option<String>,
    sub_openid: Option<String>,
    amount: Option<RawCombinedAmount>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RawCombinedAmount {
    total_amount: Option<i64>,
    payer_amount: Option<i64>,
    currency: Option<String>,
}

/// True for the JSON of a combined order: nothing else has its number.
pub(super) fn is_combined(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Named {
        combine_out_trade_no: Option<serde::de::IgnoredAny>,
    }
    parse::<Named>(body).is_ok_and(|named| named.combine_out_trade_no.is_some())
}

impl CombinedOrder {
    /// Reads it from a verified body or a decrypted resource.
    ///
    /// # Errors
    /// [`ObjectError`]: without parts, with a number twice, with a paid part that lacks number or amount, with more
    /// cash than its price, or with a sum that is none.
    pub fn read(body: &[u8]) -> Result<Self, ObjectError> {
        let raw: RawCombined = parse(body)?;
        if raw.combine_out_trade_no.is_empty() {
            return Err(ObjectError::Field("combine_out_trade_no"));
        }
        if raw.sub_orders.is_empty() || raw.sub_orders.len() > MOST_PARTS {
            return Err(ObjectError::Field("sub_orders"));
        }
        let appid = raw.combine_appid.unwrap_or_default();
        let openid = raw.combine_payer_info.and_then(|payer| payer.openid);
        let openid = openid.unwrap_or_default();
        let parts = raw.sub_orders.into_iter();
        let out = Self {
            parts: parts
                .map(|part| part.read(&appid, &openid))
                .collect::<Result<_, _>>()?,
            appid,
            mchid: raw.combine_mchid,
            number: raw.combine_out_trade_no,
        };
        if out.has_a_number_twice() {
            return Err(ObjectError::Field("sub_orders.out_trade_no"));
        }
        if out.total().is_none() {
            return Err(ObjectError::Field("sub_orders.amount.total_amount"));
        }
        Ok(out)
    }

    /// The sum of all parts; none where it is no amount.
    #[must_use]
    pub fn total(&self) -> Option<Fen> {
        let parts = self.parts.iter();
        parts
            .map(|part| part.total.unwrap_or_default())
            .try_fold(Fen::ZERO, Fen::checked_add)
    }

    fn has_a_number_twice(&self) -> bool {
        let mut orders: Vec<(&str, &str)> = Vec::new();
        let mut payments: Vec<&str> = Vec::new();
        for part in &self.parts {
            orders.push((&part.mchid, &part.out_trade_no));
            if !part.transaction_id.is_empty() {
                payments.push(&part.transaction_id);
            }
        }
        let (count, paid) = (orders.len(), payments.len());
        orders.sort_unstable();
        orders.dedup();
        payments.sort_unstable();
        payments.dedup();
        orders.len() != count || payments.len() != paid
    }
}

impl RawCombinedPart {
    fn read(self, appid: &str, openid: &str) -> Result<Transaction, ObjectError> {
        let amount = self.amount.unwrap_or_default();
        let part = Transaction {
            appid: appid.to_owned(),
            mchid: self.mchid,
            sub_mchid: self.sub_mchid.unwrap_or_default(),
            out_trade_no: self.out_trade_no,
            transaction_id: self.transaction_id.unwrap_or_default(),
            trade_type: self.trade_type.unwrap_or_default(),
            state: TradeState::parse(&self.trade_state),
            description: String::new(),
            bank_type: self.bank_type.unwrap_or_default(),
            attach: self.attach.unwrap_or_default(),
            paid_at: moment(self.success_time.as_deref(), "sub_orders.success_time")?,
            openid: match self.sub_openid {
                Some(own) if openid.is_empty() => own,
                _ => openid.to_owned(),
            },
            total: fen(amount.total_amount, "sub_orders.amount.total_amount")?,
            payer_total: fen(amount.payer_amount, "sub_orders.amount.payer_amount")?,
            currency: amount.currency.unwrap_or_default(),
            promotions: Vec::new(),
        };
        if part.out_trade_no.is_empty() {
            return Err(ObjectError::Field("sub_orders.out_trade_no"));
        }
        if part.mchid.is_empty() {
            return Err(ObjectError::Field("sub_orders.mchid"));
        }
        if part.state.is_paid() && part.total.is_none() {
            return Err(ObjectError::Field("sub_orders.amount.total_amount"));
        }
        if part.state.is_paid() && part.transaction_id.is_empty() {
            return Err(ObjectError::Field("sub_orders.transaction_id"));
        }
        if let (Some(total), Some(cash)) = (part.total, part.payer_total)
            && cash > total
        {
            return Err(ObjectError::Field("sub_orders.amount.payer_amount"));
        }
        Ok(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn part(number: &str, fen: i64) -> Value {
        json!({
            "mchid": "1900000109", "trade_type": "JSAPI", "trade_state": "SUCCESS",
            "bank_type": "CMB_DEBIT", "attach": "深圳分店", "success_time": "2026-03-08T10:02:03+08:00",
            "transaction_id": format!("42000000002026030800{number}"), "out_trade_no": number,
            "amount": {
                "total_amount": fen, "currency": "CNY", "payer_amount": fen, "payer_currency": "CNY",
            },
            "new_field": {"of": ["WeChat Pay"]},
        })
    }

    fn combined(parts: &[Value]) -> Value {
        json!({
            "combine_appid": "wx8888888888888888", "combine_mchid": "1900000109",
            "combine_out_trade_no": "P20260308", "scene_info": {"device_id": "POS1:1"},
            "sub_orders": parts, "combine_payer_info": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
        })
    }

    fn read(value: &Value) -> Result<CombinedOrder, ObjectError> {
        CombinedOrder::read(value.to_string().as_bytes())
    }

    #[test]
    fn each_part_is_a_payment_of_its_own() {
        let told = read(&combined(&[part("A1", 101), part("A2", 202)])).unwrap();

        assert_eq!((told.number.as_str(), told.parts.len()), ("P20260308", 2));
        assert_eq!(told.total(), Some(Fen::new(303)));
        let second = told.parts.get(1).unwrap();
        assert_eq!(second.out_trade_no, "A2");
        assert_eq!(second.transaction_id, "42000000002026030800A2");
        assert_eq!(
            (second.total, second.payer_total),
            (Some(Fen::new(202)), Some(Fen::new(202)))
        );
        assert_eq!(second.appid, "wx8888888888888888");
        assert_eq!(second.openid, "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o");
        assert!(is_combined(combined(&[]).to_string().as_bytes()));
        assert!(!is_combined(part("A1", 1).to_string().as_bytes()));
        assert!(!is_combined(br#"{"combine_out_trade_no":null}"#));
    }

    #[test]
    fn an_unpaid_part_needs_neither_payment_number_nor_time() {
        let mut open = part("A1", 101);
        open["trade_state"] = json!("NOTPAY");
        open["transaction_id"] = json!("");
        open["success_time"] = json!("");
        let told = read(&combined(&[open])).unwrap();
        assert_eq!(told.parts.first().unwrap().state, TradeState::NotPay);
    }

    #[test]
    fn what_is_missing_doubled_or_does_not_add_up_is_refused() {
        let with = |pointer: &str, value: Value| {
            let mut whole = combined(&[part("A1", 101), part("A2", 202)]);
            *whole.pointer_mut(pointer).unwrap() = value;
            read(&whole)
        };
        let half = i64::MAX / 2 + 1;
        for (pointer, value, field) in [
            ("/combine_out_trade_no", json!(""), "combine_out_trade_no"),
            ("/sub_orders", json!([]), "sub_orders"),
            (
                "/sub_orders/0/out_trade_no",
                json!("A2"),
                "sub_orders.out_trade_no",
            ),
            (
                "/sub_orders/0/out_trade_no",
                json!(""),
                "sub_orders.out_trade_no",
            ),
            (
                "/sub_orders/0/transaction_id",
                json!("42000000002026030800A2"),
                "sub_orders.out_trade_no",
            ),
            (
                "/sub_orders/0/transaction_id",
                json!(""),
                "sub_orders.transaction_id",
            ),
            ("/sub_orders/0/mchid", json!(""), "sub_orders.mchid"),
            (
                "/sub_orders/0/success_time",
                json!("noon"),
                "sub_orders.success_time",
            ),
            (
                "/sub_orders/0/amount",
                Value::Null,
                "sub_orders.amount.total_amount",
            ),
            (
                "/sub_orders/0/amount/total_amount",
                json!(-1),
                "sub_orders.amount.total_amount",
            ),
            (
                "/sub_orders/0/amount/payer_amount",
                json!(102),
                "sub_orders.amount.payer_amount",
            ),
        ] {
            let told = with(pointer, value);
            assert_eq!(told, Err(ObjectError::Field(field)), "{pointer}");
        }
        assert_eq!(
            read(&combined(&[part("A1", half), part("A2", half)])),
            Err(ObjectError::Field("sub_orders.amount.total_amount"))
        );
        let many: Vec<Value> = (0..=MOST_PARTS)
            .map(|at| part(&format!("A{at}"), 1))
            .collect();
        assert_eq!(
            read(&combined(&many)),
            Err(ObjectError::Field("sub_orders"))
        );
        for bad in [
            json!(1.5),
            json!("101"),
            json!(i128::from(i64::MAX) + 1),
            json!({}),
        ] {
            let told = with("/sub_orders/0/amount/total_amount", bad);
            assert!(matches!(told, Err(ObjectError::Json(_))), "{told:?}");
        }
        assert!(matches!(
            CombinedOrder::read(br#"{"combine_out_trade_no":"P"}"#),
            Err(ObjectError::Json(_))
        ));
    }
}
