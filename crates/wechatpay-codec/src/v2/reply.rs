//! Opening an answer of APIv2, and reading single fields of it; `contents` has the typed answers.
//!
//! The signature is checked over the raw element list before anything else is believed (pitfall A7).

use subtle::ConstantTimeEq as _;
use zeroize::Zeroize;

use super::{Endpoint, Fault, SignError, XmlError, verify, xml};
use crate::Params;
use recondesk_domain::{Fen, Instant, Secret, SignType};

/// A trustworthy answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// `result_code` is SUCCESS; all elements as received.
    Done(Params),
    /// `result_code` is FAIL.
    Fault(Fault),
}

/// Why an answer says nothing that can be relied on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// Not a message: HTML, broken, or hostile.
    #[error(transparent)]
    Message(#[from] XmlError),
    /// `return_code` is FAIL: refused before it was looked at, and never signed.
    #[error("refused: {message}")]
    Refused {
        /// `return_msg`.
        message: String,
        /// `error_code`, where bills have one.
        error_code: String,
    },
    /// `return_code` or `result_code` is missing or unknown.
    #[error("the answer has no {field}")]
    Incomplete {
        /// The missing field.
        field: &'static str,
    },
    /// The signature does not hold.
    #[error(transparent)]
    Signature(#[from] SignError),
    /// It speaks of another merchant.
    #[error("the answer is about {field} {found}")]
    Foreign {
        /// `mch_id` or `appid`.
        field: &'static str,
        /// What stands there.
        found: String,
    },
    /// A field that is needed is absent, repeated, or unreadable.
    #[error("field {field} of the answer cannot be read: {found:?}")]
    Field {
        /// Its name.
        field: String,
        /// Its text.
        found: String,
    },
}

/// Opens an answer: XML, `return_code`, signature, merchant, `result_code`, in this order.
///
/// # Errors
/// [`ReplyError`]; after `Signature` and `Foreign` nothing of the answer may be shown as fact.
pub fn open<K: AsRef<[u8]> + Zeroize>(
    endpoint: Endpoint,
    body: &[u8],
    key: &Secret<K>,
    sign_type: SignType,
    mch_id: &str,
) -> Result<Answer, ReplyError> {
    let params = xml::read(body)?;
    require_accepted(&params)?;
    verify(&params, key, sign_type)?;
    if let Some(found) = params.get("mch_id")
        && !bool::from(found.as_bytes().ct_eq(mch_id.as_bytes()))
    {
        return Err(ReplyError::Foreign {
            field: "mch_id",
            found: found.to_owned(),
        });
    }
    match single(&params, "result_code")? {
        "SUCCESS" => Ok(Answer::Done(params)),
        "FAIL" => Ok(Answer::Fault(Fault::new(
            endpoint,
            params.get("err_code").unwrap_or_default(),
            params.get("err_code_des").unwrap_or_default(),
        ))),
        _ => Err(ReplyError::Incomplete {
            field: "result_code",
        }),
    }
}

/// Passes when `return_code` is SUCCESS.
pub(super) fn require_accepted(params: &Params) -> Result<(), ReplyError> {
    match single(params, "return_code")? {
        "SUCCESS" => Ok(()),
        "FAIL" => Err(ReplyError::Refused {
            message: params.get("return_msg").unwrap_or_default().to_owned(),
            error_code: params.get("error_code").unwrap_or_default().to_owned(),
        }),
        _ => Err(ReplyError::Incomplete {
            field: "return_code",
        }),
    }
}

/// The value of a field that must stand there exactly once (repeats with the same value are the same statement).
pub(super) fn single<'a>(params: &'a Params, field: &str) -> Result<&'a str, ReplyError> {
    let mut values = params
        .iter()
        .filter(|param| param.name == field)
        .map(|param| param.value.as_str());
    let first = values.next().unwrap_or_default();
    if first.is_empty() || values.any(|other| other != first) {
        return Err(ReplyError::Field {
            field: field.to_owned(),
            found: first.to_owned(),
        });
    }
    Ok(first)
}

pub(super) fn optional<'a>(params: &'a Params, field: &str) -> Result<Option<&'a str>, ReplyError> {
    if params.filled(field).is_none() {
        return Ok(None);
    }
    single(params, field).map(Some)
}

pub(super) fn fen(params: &Params, field: &str) -> Result<Fen, ReplyError> {
    let text = single(params, field)?;
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| Fen::parse_fen(text).ok())
        .flatten()
        .ok_or_else(|| ReplyError::Field {
            field: field.to_owned(),
            found: text.to_owned(),
        })
}

pub(super) fn optional_fen(params: &Params, field: &str) -> Result<Option<Fen>, ReplyError> {
    if params.filled(field).is_none() {
        return Ok(None);
    }
    fen(params, field).map(Some)
}

pub(super) fn time(params: &Params, field: &str) -> Result<Option<Instant>, ReplyError> {
    optional(params, field)?
        .map(|text| {
            Instant::parse_compact(text)
                .or_else(|| Instant::parse_beijing(text))
                .ok_or_else(|| ReplyError::Field {
                    field: field.to_owned(),
                    found: text.to_owned(),
                })
        })
        .transpose()
}

pub(super) fn text(params: &Params, field: &str) -> String {
    params.get(field).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::sign;
    use super::*;
    use crate::v2::{StateReading, TradeState, read_order_answer};

    fn key() -> Secret<String> {
        Secret::new("8934e7d15453e97507ef794cf7b0519d".to_owned())
    }

    fn answer(fields: &[(&str, &str)]) -> Vec<u8> {
        let mut params: Params = [("return_code", "SUCCESS"), ("mch_id", "1900009851")]
            .iter()
            .chain(fields)
            .copied()
            .collect();
        let signature = sign(&params, &key(), SignType::Md5);
        params.push("sign", signature);
        xml::write(&params).unwrap()
    }

    fn opened(body: &[u8]) -> Result<Answer, ReplyError> {
        open(
            Endpoint::OrderQuery,
            body,
            &key(),
            SignType::Md5,
            "1900009851",
        )
    }

    #[test]
    fn each_row_of_the_reading_table_is_read_as_it_says() {
        let state = |word| answer(&[("result_code", "SUCCESS"), ("trade_state", word)]);
        let fail = |code| answer(&[("result_code", "FAIL"), ("err_code", code)]);
        let read = |body: &[u8]| read_order_answer(&opened(body));

        assert_eq!(read(b"<html></html>"), StateReading::NoAnswer);
        assert_eq!(
            read(b"<xml><return_code>FAIL</return_code><return_msg>appid</return_msg></xml>"),
            StateReading::Refused("appid".to_owned())
        );
        assert_eq!(
            read(
                b"<xml><return_code>SUCCESS</return_code><trade_state>SUCCESS</trade_state></xml>"
            ),
            StateReading::Untrusted
        );
        assert_eq!(read(&fail("ORDERNOTEXIST")), StateReading::NotFound);
        assert_eq!(read(&fail("SYSTEMERROR")), StateReading::TryAgain);
        assert_eq!(
            read(&state("SUCCESS")),
            StateReading::Order(TradeState::Success)
        );
        assert_eq!(
            read(&state("REFUND")),
            StateReading::Order(TradeState::Refund)
        );
        assert_eq!(
            read(&state("PAID")),
            StateReading::Order(TradeState::Unknown("PAID".to_owned()))
        );
        assert!(!TradeState::parse("PAID").is_paid());
    }

    #[test]
    fn an_answer_about_another_merchant_is_refused() {
        let mut params: Params = [
            ("return_code", "SUCCESS"),
            ("mch_id", "1900000000"),
            ("result_code", "SUCCESS"),
        ]
        .into_iter()
        .collect();
        let signature = sign(&params, &key(), SignType::Md5);
        params.push("sign", signature);

        let refused = opened(&xml::write(&params).unwrap());

        assert!(matches!(
            refused,
            Err(ReplyError::Foreign {
                field: "mch_id",
                ..
            })
        ));
    }

    #[test]
    fn an_unknown_signed_element_does_not_break_the_signature() {
        let body = answer(&[
            ("result_code", "SUCCESS"),
            ("trade_state", "NOTPAY"),
            ("brand_new", "1"),
        ]);

        assert!(matches!(opened(&body), Ok(Answer::Done(_))));
    }
}
