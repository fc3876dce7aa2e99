//! Names and values of a query or a form, for the control door and the cashier.

use serde_json::{Map, Value};

/// A name or value of a query or a form: percent-decoded, `+` is a blank.
fn decoded(text: &str) -> String {
    percent_decoded(&text.replace('+', " "))
}

/// Percent-decodes; what is no escape stays as it is.
pub(crate) fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = bytes
            .get(at.saturating_add(1)..at.saturating_add(3))
            .and_then(|two| std::str::from_utf8(two).ok())
            .and_then(|two| u8::from_str_radix(two, 16).ok());
        match (byte, hex) {
            (b'%', Some(value)) => {
                out.push(value);
                at = at.saturating_add(3);
            }
            (byte, _) => {
                out.push(*byte);
                at = at.saturating_add(1);
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The pairs of a query or a form.
pub(crate) fn pairs(text: &str) -> impl Iterator<Item = (String, String)> {
    let filled = text.split('&').filter(|pair| !pair.is_empty());
    filled.map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(name), decoded(value))
    })
}

/// Keys whose values are numbers or yes and no; all others are texts, order numbers of digits among them.
const TYPED: [&str; 17] = [
    "notify",
    "send",
    "probe",
    "refund_fee",
    "shift_s",
    "times",
    "ms",
    "bytes",
    "seconds",
    "status",
    "carried_out",
    "pay_after_s",
    "notify_speed",
    "balance_fen",
    "refund_settles_s",
    "refund_gap_s",
    "download_url_lives_s",
];

/// The body of a control request: its JSON, or the query where there is no body.
pub(crate) fn object(body: &[u8], query: &str) -> Result<Map<String, Value>, String> {
    if !body.iter().all(u8::is_ascii_whitespace) {
        return serde_json::from_slice(body)
            .map_err(|error| format!("not the JSON that is wanted: {error}"));
    }
    let read = |(name, value): (String, String)| {
        let typed = TYPED.contains(&name.as_str());
        let number = typed.then(|| serde_json::from_str(&value).ok()).flatten();
        (name, number.unwrap_or(Value::String(value)))
    };
    Ok(pairs(query).map(read).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_says_the_same_as_a_body() {
        let query = object(b"", "out_trade_no=0123&notify=false&attach=a%20b+c").unwrap();
        let body = br#"{"out_trade_no":"0123","notify":false,"attach":"a b c"}"#;
        assert_eq!(query, object(body, "out_trade_no=9").unwrap());
        assert!(object(b"[1]", "").is_err());
        assert_eq!(decoded("%E8%8C%B6%"), "茶%");
    }
}
