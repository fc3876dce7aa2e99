//! A JSON answer as a flat list of names and texts, to be shown and searched as the elements of APIv2 are.
//!
//! `{"amount":{"total":8}}` is `amount.total` = `8`; entries of lists are numbered (`promotion_detail[0].amount`).
//! Nothing is decided from these: the typed objects read the body themselves.

use serde_json::Value;

use super::object::{ObjectError, parse};
use crate::Params;

/// More fields than any real answer has.
const MOST_FIELDS: usize = 4000;
/// Deeper than any real answer is.
const DEEPEST: usize = 16;

/// All fields of a JSON object in order of arrival of their names; empty values and nulls are left out.
///
/// # Errors
/// [`ObjectError`] when it is not one JSON object, too large, too deep, or has too many fields.
pub fn flat_fields(body: &[u8]) -> Result<Params, ObjectError> {
    let mut out = Params::new();
    if body.is_empty() {
        return Ok(out);
    }
    let value: Value = parse(body)?;
    if !value.is_object() {
        return Err(ObjectError::Json("not an object".to_owned()));
    }
    flatten(&value, "", 0, &mut out)?;
    Ok(out)
}

fn flatten(value: &Value, name: &str, depth: usize, out: &mut Params) -> Result<(), ObjectError> {
    if depth > DEEPEST || out.len() > MOST_FIELDS {
        return Err(ObjectError::Json("too many or too deep fields".to_owned()));
    }
    match value {
        Value::Null => {}
        Value::Bool(truth) => out.push(name, truth.to_string()),
        Value::Number(number) => out.push(name, number.to_string()),
        Value::String(text) if text.is_empty() => {}
        Value::String(text) => out.push(name, text.as_str()),
        Value::Array(entries) => {
            for (at, entry) in entries.iter().enumerate() {
                flatten(
                    entry,
                    &format!("{name}[{at}]"),
                    depth.saturating_add(1),
                    out,
                )?;
            }
        }
        Value::Object(fields) => {
            for (field, inner) in fields {
                let full = if name.is_empty() {
                    field.clone()
                } else {
                    format!("{name}.{field}")
                };
                flatten(inner, &full, depth.saturating_add(1), out)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_fields_have_dotted_names() {
        let body = br#"{"out_trade_no":"A1","amount":{"total":8,"payer_total":7},"attach":"","promotion_detail":[{"coupon_id":"9"}],"x":null}"#;

        let flat = flat_fields(body).unwrap();

        let read = |name| flat.get(name);
        assert_eq!(read("out_trade_no"), Some("A1"));
        assert_eq!(read("amount.total"), Some("8"));
        assert_eq!(read("promotion_detail[0].coupon_id"), Some("9"));
        assert_eq!(flat.len(), 4);
    }

    #[test]
    fn what_is_no_object_or_a_trap_is_refused() {
        let deep = [b"{\"a\":".repeat(40).as_slice(), b"1", &b"}".repeat(40)].concat();
        let mut wide = b"{".to_vec();
        for n in 0..5000 {
            wide.extend_from_slice(format!("\"f{n}\":1,").as_bytes());
        }
        wide.extend_from_slice(b"\"z\":1}");
        for bad in [&b"[1]"[..], b"x", b"1", &deep, &wide] {
            assert!(flat_fields(bad).is_err());
        }
        assert_eq!(flat_fields(b"").map(|flat| flat.len()), Ok(0));
    }
}
