//! Takes keys out of a text from outside before it is kept: those that are known, those that a field is named after,
//! and private keys in PEM.

use std::borrow::Cow;
use std::ops::Range;

/// What stands in the place of a key.
pub const REDACTED: &str = "•••";
/// Names of fields that hold a key; none of them is a field of a message of WeChat Pay.
const NAMES: [&str; 9] = [
    "key",
    "api_key",
    "apikey",
    "apiv3_key",
    "api_v3_key",
    "apiv3key",
    "mch_key",
    "mchkey",
    "partner_key",
];
/// Shorter ones are found by chance in other words.
const SHORTEST_KNOWN: usize = 8;

/// The text without keys; borrowed where there is none.
///
/// ```
/// use recondesk_domain::redact;
/// assert_eq!(redact("a=1&key=192006250b4c09247ec0&b=2", &[]), "a=1&key=•••&b=2");
/// assert_eq!(redact("out_trade_no=A1", &[]), "out_trade_no=A1");
/// ```
#[must_use]
pub fn redact<'a>(text: &'a str, known: &[&str]) -> Cow<'a, str> {
    let mut ranges = private_keys(text);
    for key in known.iter().filter(|key| key.len() >= SHORTEST_KNOWN) {
        ranges.extend(text.match_indices(key).map(|(at, key)| at..at + key.len()));
    }
    let lower = text.to_ascii_lowercase();
    for name in NAMES {
        ranges.extend(values_of(&lower, name));
    }
    if ranges.is_empty() {
        return Cow::Borrowed(text);
    }
    ranges.sort_by_key(|range| range.start);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for range in ranges {
        if range.end <= at {
            continue;
        }
        out.push_str(text.get(at..range.start).unwrap_or_default());
        if range.start >= at {
            out.push_str(REDACTED);
        }
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    Cow::Owned(out)
}

/// Blocks of private keys, those without an end to the end of the text.
fn private_keys(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    for (at, _) in text.match_indices("-----BEGIN ") {
        let block = text.get(at..).unwrap_or_default();
        let head = block.get(11..).and_then(|rest| rest.split_once("-----"));
        if head.is_some_and(|(name, _)| name.ends_with("PRIVATE KEY")) {
            let end = block.find("-----END ").map_or(text.len(), |end| at + end);
            out.push(at..end);
        }
    }
    out
}

/// Where the values of fields of that name stand: `name=…`, `<name>…<`, `"name": "…"`.
fn values_of(lower: &str, name: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    for (at, _) in lower.match_indices(name) {
        let before = lower.get(..at).unwrap_or_default();
        let after = lower.get(at + name.len()..).unwrap_or_default();
        let is_whole = !before.ends_with(|sign: char| sign.is_alphanumeric() || sign == '_');
        let Some((skipped, length)) = is_whole.then(|| value_at(before, after)).flatten() else {
            continue;
        };
        let start = at + name.len() + skipped;
        let value = lower.get(start..start + length).unwrap_or_default();
        // A number of WeChat Pay has digits alone, and a log may call it a key; a key of the protocol never has.
        if !value.bytes().all(|byte| byte.is_ascii_digit()) {
            out.push(start..start + length);
        }
    }
    out
}

/// How many bytes after a name its value begins, and how long it is, told by the signs around both.
fn value_at(before: &str, after: &str) -> Option<(usize, usize)> {
    let (rest, ends): (&str, fn(char) -> bool) = if before.ends_with('<') {
        let inner = after.strip_prefix('>')?;
        (inner.strip_prefix("<![cdata[").unwrap_or(inner), |sign| {
            matches!(sign, ']' | '<')
        })
    } else {
        let after = after
            .strip_prefix(['"', '\''])
            .unwrap_or(after)
            .trim_start();
        let value = after.strip_prefix(['=', ':', '：'])?.trim_start();
        let ends_plain: fn(char) -> bool =
            |sign| sign.is_whitespace() || matches!(sign, '&' | ',' | '}' | ';' | '<');
        match value.chars().next()? {
            '"' => (value.get(1..)?, |sign| sign == '"'),
            '\'' => (value.get(1..)?, |sign| sign == '\''),
            _ => (value, ends_plain),
        }
    };
    let length = rest.find(ends).unwrap_or(rest.len());
    Some((after.len() - rest.len(), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "vEH3gydyFEYZXubY8Qnuvj9k7YzSnwrz";

    #[test]
    fn a_key_goes_in_every_form_it_is_written_in() {
        let texts = [
            format!("<xml><appid>a</appid><key>{KEY}</key></xml>"),
            format!("<xml><KEY><![CDATA[{KEY}]]></KEY></xml>"),
            format!("appid=a&key={KEY}"),
            format!("appid=a&key={KEY}&b=c"),
            format!(r#"{{"mch_key" : "{KEY}","a":1}}"#),
            format!("apiv3_key: {KEY}\nmchid: 1"),
            format!("{{'api_key': '{KEY}'}}"),
        ];
        for text in texts {
            let clean = redact(&text, &[]);
            assert!(!clean.contains(KEY), "{clean}");
            assert!(clean.contains(REDACTED), "{clean}");
            let around = text.split(KEY).collect::<Vec<_>>();
            assert_eq!(clean, around.join(REDACTED), "the rest stays");
        }
    }

    #[test]
    fn a_known_key_goes_wherever_it_stands() {
        let text = format!("signed {KEY}{KEY} at noon");
        assert_eq!(redact(&text, &[KEY]), "signed •••••• at noon");
    }

    #[test]
    fn a_private_key_goes_with_its_head() {
        let text = "a\n-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\nb";
        assert_eq!(redact(text, &[]), "a\n•••-----END PRIVATE KEY-----\nb");
        assert_eq!(redact("-----BEGIN RSA PRIVATE KEY-----\nMIIE", &[]), "•••");
        let public = "-----BEGIN PUBLIC KEY-----\nMIIE\n-----END PUBLIC KEY-----";
        assert_eq!(redact(public, &[]), public);
    }

    #[test]
    fn other_fields_stay() {
        for text in [
            "monkey=1",
            "key_id=4",
            "turkey: 2",
            "<keyword>x</keyword>",
            "key",
            "key=",
            r#"{"key":"4200002781202603087745393918"}"#,
        ] {
            assert_eq!(redact(text, &[]), text);
        }
    }
}
