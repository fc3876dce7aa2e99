//! How the shop's own address answers: what it took, what it delivered, what it refused.
//!
//! A status of 2xx alone says that something listened. The body decides: a clear no is a refusal, a page is no answer.

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// What the body of a `2xx` answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyWord {
    /// Nothing, or yes: the shop took it.
    Taken,
    /// The goods are out.
    Delivered,
    /// No.
    Refused,
    /// Not an answer of a program: a page, something else.
    Foreign,
}

/// Words of a state that say no.
const NO: [&str; 12] = [
    "failed",
    "failure",
    "fail",
    "error",
    "rejected",
    "refused",
    "denied",
    "invalid",
    "not_found",
    "notfound",
    "cancelled",
    "canceled",
];
/// Words of a state that say that the goods are out.
const OUT: [&str; 4] = ["delivered", "fulfilled", "shipped", "completed"];
/// Plain texts by which programs say yes.
const YES: [&str; 6] = ["ok", "success", "accepted", "received", "done", "true"];
/// Fields that hold a state.
const STATES: [&str; 6] = [
    "status",
    "state",
    "result",
    "fulfil_status",
    "fulfillment_status",
    "return_code",
];
/// Fields of yes or no.
const FLAGS: [&str; 4] = ["success", "ok", "accepted", "delivered"];
/// Fields of a number that is 0, or 200, when all is well.
const CODES: [&str; 4] = ["code", "errcode", "err_code", "errno"];

/// Fields that name what was asked for: an answer that has one of them has it from the call.
const NAMES: [&str; 4] = [
    "out_trade_no",
    "order_no",
    "transaction_id",
    "idempotency_key",
];

/// An object whose names stand once each; another one contradicts itself.
struct PlainObject(serde_json::Map<String, Value>);

impl<'de> Deserialize<'de> for PlainObject {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = PlainObject;

            fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut source: A) -> Result<PlainObject, A::Error> {
                let mut fields = serde_json::Map::new();
                while let Some((name, value)) = source.next_entry::<String, Value>()? {
                    if fields.insert(name, value).is_some() {
                        return Err(serde::de::Error::custom("a name stands twice"));
                    }
                }
                Ok(PlainObject(fields))
            }
        }
        source.deserialize_map(Members)
    }
}

/// Reads the body of a `2xx` answer to a call with this body.
pub(super) fn read(body: &[u8], call: &[u8]) -> BodyWord {
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    if text.is_empty() {
        return BodyWord::Taken;
    }
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(_)) => match serde_json::from_str::<PlainObject>(text) {
            Ok(PlainObject(fields)) if is_of_call(&fields, call) => of_fields(&fields),
            // Of another order, or two things at once: nothing is proven by it.
            Ok(_) | Err(_) => BodyWord::Foreign,
        },
        Ok(Value::Bool(true)) => BodyWord::Taken,
        Ok(Value::Bool(false)) => BodyWord::Refused,
        Ok(Value::String(word)) => of_text(&word),
        Ok(_) => BodyWord::Foreign,
        Err(_) => of_text(text),
    }
}

/// True when the answer names no other order than the call.
fn is_of_call(fields: &serde_json::Map<String, Value>, call: &[u8]) -> bool {
    let asked: Value = serde_json::from_slice(call).unwrap_or_default();
    NAMES
        .iter()
        .all(|name| match (fields.get(*name), asked.get(name)) {
            (Some(said), Some(asked)) => said == asked || said.is_null(),
            _ => true,
        })
}

fn of_text(text: &str) -> BodyWord {
    let word = text.trim().to_ascii_lowercase();
    if YES.contains(&word.as_str()) {
        BodyWord::Taken
    } else if NO.contains(&word.as_str()) {
        BodyWord::Refused
    } else {
        BodyWord::Foreign
    }
}

fn of_fields(fields: &serde_json::Map<String, Value>) -> BodyWord {
    let is_empty = |value: &Value| match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Number(number) => number.as_i64() == Some(0),
        Value::Bool(true) => false,
    };
    let states: Vec<String> = STATES
        .iter()
        .filter_map(|name| fields.get(*name)?.as_str())
        .map(str::to_ascii_lowercase)
        .collect();
    let says = |words: &[&str]| states.iter().any(|state| words.contains(&state.as_str()));
    let has_error = ["error", "errors"]
        .iter()
        .any(|name| fields.get(*name).is_some_and(|value| !is_empty(value)));
    let flag = |wanted: bool| {
        FLAGS
            .iter()
            .any(|name| fields.get(*name) == Some(&Value::Bool(wanted)))
    };
    let is_bad_code = |value: &Value| match value {
        Value::Number(number) => !matches!(number.as_i64(), Some(0 | 200..=299)),
        Value::String(word) => {
            let word = word.to_ascii_lowercase();
            !matches!(word.as_str(), "0" | "200" | "0000") && !YES.contains(&word.as_str())
        }
        _ => false,
    };
    let has_bad_code = CODES
        .iter()
        .any(|name| fields.get(*name).is_some_and(is_bad_code));
    if says(&NO) || has_error || flag(false) || has_bad_code {
        BodyWord::Refused
    } else if says(&OUT) || fields.get("delivered") == Some(&Value::Bool(true)) {
        BodyWord::Delivered
    } else {
        BodyWord::Taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &[u8]) -> BodyWord {
        super::read(body, b"{}")
    }

    #[test]
    fn a_no_in_the_body_is_a_refusal_whatever_the_status() {
        for body in [
            r#"{"status":"failed"}"#,
            r#"{"error":"no such order"}"#,
            r#"{"success":false}"#,
            r#"{"code":40004,"message":"订单不存在"}"#,
            r#"{"errcode":-1}"#,
            r#"{"delivered":false}"#,
            "false",
            "FAIL",
        ] {
            assert_eq!(read(body.as_bytes()), BodyWord::Refused, "{body}");
        }
    }

    #[test]
    fn goods_that_are_out_are_proof_and_yes_is_taken() {
        for body in [
            r#"{"delivered":true}"#,
            r#"{"status":"fulfilled"}"#,
            r#"{"code":0,"fulfil_status":"delivered"}"#,
        ] {
            assert_eq!(read(body.as_bytes()), BodyWord::Delivered, "{body}");
        }
        for body in [
            "",
            "OK",
            "success",
            r#"{"code":0}"#,
            r#"{"status":"queued"}"#,
            r#"{"error":null,"accepted":true}"#,
        ] {
            assert_eq!(read(body.as_bytes()), BodyWord::Taken, "{body}");
        }
    }

    #[test]
    fn an_answer_about_another_order_or_with_two_words_proves_nothing() {
        let call = br#"{"out_trade_no":"A1","idempotency_key":"K1"}"#;
        for body in [
            r#"{"delivered":true,"out_trade_no":"OTHER"}"#,
            r#"{"delivered":true,"idempotency_key":"K2"}"#,
            r#"{"delivered":false,"delivered":true}"#,
        ] {
            assert_eq!(
                super::read(body.as_bytes(), call),
                BodyWord::Foreign,
                "{body}"
            );
        }
        let own = br#"{"delivered":true,"out_trade_no":"A1"}"#;
        assert_eq!(super::read(own, call), BodyWord::Delivered);
    }

    #[test]
    fn a_page_is_no_answer() {
        for body in ["<!DOCTYPE html><html>login</html>", "[1,2]", "12"] {
            assert_eq!(read(body.as_bytes()), BodyWord::Foreign, "{body}");
        }
    }
}
