//! A JSON body that a framework read and printed again: found back as WeChat Pay signed it, where a form of it verifies.
//!
//! WeChat Pay signs the bytes it sends: compact, UTF-8, `snake_case`, keys in the order of its documents. What stands
//! between the socket and the check (a typed object, a `dict`, a gateway) often prints something else, and the check
//! fails although nobody forged anything. Every change that such printing makes is undone here; the signature itself
//! says whether the result is what was sent.

use super::explain::json_text;
use super::json_tree::Node;
use recondesk_domain::Message;

/// What printing anew changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rewriting {
    /// `eventType` in place of `event_type`.
    FieldNames,
    /// Keys in another order.
    KeyOrder,
    /// Blanks or line breaks between the parts.
    Blanks,
    /// `\uXXXX` in place of characters.
    Unicode,
    /// `\/` in place of `/`.
    Slashes,
    /// `"100"` in place of `100`.
    NumberText,
    /// `null` for fields that were not sent.
    Nulls,
    /// White space, a mark or a line end around the body.
    Ends,
}

impl Rewriting {
    /// The stable word of exports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::FieldNames => "field-names",
            Self::KeyOrder => "key-order",
            Self::Blanks => "blanks",
            Self::Unicode => "unicode-escapes",
            Self::Slashes => "escaped-slashes",
            Self::NumberText => "numbers-as-text",
            Self::Nulls => "nulls-added",
            Self::Ends => "ends",
        }
    }

    /// What people read.
    #[must_use]
    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::FieldNames => (
                "字段名不是微信支付的（如 eventType，应为 event_type）",
                "the field names are not those of WeChat Pay (eventType for event_type)",
            ),
            Self::KeyOrder => ("键的顺序变了", "the order of the keys was changed"),
            Self::Blanks => ("多了空格或换行", "blanks or line breaks were added"),
            Self::Unicode => ("字符写成了 \\uXXXX", "characters were written as \\uXXXX"),
            Self::Slashes => ("斜杠写成了 \\/", "slashes were written as \\/"),
            Self::NumberText => ("数字写成了文本", "numbers were written as text"),
            Self::Nulls => ("多了值为 null 的字段", "fields with null were added"),
            Self::Ends => (
                "首尾多了或少了空白、换行",
                "white space at an end was added or lost",
            ),
        }
    }
}

/// What became of a body on its way to the check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reprint {
    /// What was changed; seen where nothing is proven.
    pub changes: Vec<Rewriting>,
    /// The body as it was signed, where a form of it verifies.
    pub original: Option<Vec<u8>>,
}

impl Reprint {
    /// What it means, and what to do.
    #[must_use]
    pub fn words(&self) -> Message {
        let names = |pick: fn((&'static str, &'static str)) -> &'static str, between: &str| {
            let each: Vec<&str> = self.changes.iter().map(|one| pick(one.names())).collect();
            each.join(between)
        };
        let (zh, en) = (names(|both| both.0, "；"), names(|both| both.1, "; "));
        if self.original.is_some() {
            Message::new(
                format!(
                    "报文体被框架重新打印过（{zh}）；还原后签名相符，不是伪造。验签要用收到的原始字节"
                ),
                format!(
                    "The body was printed again by a framework ({en}); put back, it verifies, so nobody forged it. Verify the raw bytes as received"
                ),
            )
        } else {
            Message::new(
                format!("签名不符，且报文体像是重新打印过（{zh}）；请用收到的原始报文体再验"),
                format!(
                    "The signature does not fit, and the body looks printed again ({en}): the raw body is needed"
                ),
            )
        }
    }
}

/// Larger bodies are not printed anew: no notification and no answer with a signature is as long.
const LARGEST: usize = 1 << 18;

/// Looks for the body that was signed; `None` where nothing of it looks printed again and no form verifies.
///
/// `verifies` says whether a body fits the signature. The body as it is has been tried already.
#[must_use]
pub fn reprint(body: &[u8], verifies: impl Fn(&[u8]) -> bool) -> Option<Reprint> {
    let text = std::str::from_utf8(body).ok();
    let text = text.filter(|text| text.len() <= LARGEST)?;
    let trimmed = text.trim_start_matches('\u{feff}').trim();
    let mut forms: Vec<(Vec<Rewriting>, String)> = vec![
        (vec![Rewriting::Ends], trimmed.to_owned()),
        (vec![Rewriting::Ends], format!("{trimmed}\n")),
    ];
    let mut seen = Vec::new();
    if json_text::is_json(trimmed)
        && let Some(node) = Node::read(trimmed)
    {
        seen = seen_in(&node, trimmed);
        forms.extend(forms_of(&node, &seen, trimmed != text));
    }
    forms.sort_by_key(|(changes, _)| changes.len());
    let found = forms
        .into_iter()
        .find(|(_, form)| form != text && verifies(form.as_bytes()));
    match found {
        Some((changes, form)) => Some(Reprint {
            changes,
            original: Some(form.into_bytes()),
        }),
        None if seen.is_empty() => None,
        None => Some(Reprint {
            changes: seen,
            original: None,
        }),
    }
}

/// Every combination of what is seen, undone.
fn forms_of(node: &Node, seen: &[Rewriting], ends: bool) -> Vec<(Vec<Rewriting>, String)> {
    let mut out = Vec::new();
    // Blanks always go: WeChat Pay sends none.
    let others: Vec<Rewriting> = seen
        .iter()
        .copied()
        .filter(|one| *one != Rewriting::Blanks)
        .collect();
    let count = 1_u32.checked_shl(u32::try_from(others.len()).unwrap_or(0));
    for mask in 0..count.unwrap_or(1) {
        let undone: Vec<Rewriting> = others
            .iter()
            .enumerate()
            .filter(|(at, _)| mask >> at & 1 == 1)
            .map(|(_, one)| *one)
            .collect();
        let mut form = node.clone();
        for one in &undone {
            form.undo(*one);
        }
        let mut changes = undone;
        if seen.contains(&Rewriting::Blanks) {
            changes.push(Rewriting::Blanks);
        }
        if ends {
            changes.push(Rewriting::Ends);
        }
        changes.sort_unstable();
        let mut text = String::new();
        form.write(&mut text);
        out.push((changes, text));
    }
    out
}

/// What of a body can be seen to be unlike WeChat Pay's.
fn seen_in(node: &Node, text: &str) -> Vec<Rewriting> {
    let mut compact = String::new();
    node.write(&mut compact);
    let changed = |one: Rewriting| {
        let mut other = node.clone();
        other.undo(one);
        other != *node
    };
    let mut out: Vec<Rewriting> = [
        Rewriting::FieldNames,
        Rewriting::Unicode,
        Rewriting::Slashes,
        Rewriting::NumberText,
        Rewriting::Nulls,
    ]
    .into_iter()
    .filter(|one| changed(*one))
    .collect();
    // The order is that of WeChat Pay's names.
    let mut named = node.clone();
    named.undo(Rewriting::FieldNames);
    named.undo(Rewriting::Nulls);
    let before = named.clone();
    named.undo(Rewriting::KeyOrder);
    if named != before {
        out.push(Rewriting::KeyOrder);
    }
    if compact != text {
        out.push(Rewriting::Blanks);
    }
    out.sort_unstable();
    out
}

/// Objects of the documents with their keys in the order in which WeChat Pay sends them.
const ORDERS: [&[&str]; 2] = [
    &[
        "id",
        "create_time",
        "resource_type",
        "event_type",
        "summary",
        "resource",
    ],
    &[
        "original_type",
        "algorithm",
        "ciphertext",
        "associated_data",
        "nonce",
    ],
];

/// Fields that hold whole numbers.
const NUMBERS: [&str; 16] = [
    "total",
    "payer_total",
    "refund",
    "payer_refund",
    "settlement_refund",
    "settlement_total",
    "discount_refund",
    "refund_fee",
    "amount",
    "wechatpay_contribute",
    "merchant_contribute",
    "other_contribute",
    "quantity",
    "unit_price",
    "discount_amount",
    "refund_amount",
];

impl Node {
    /// Takes one kind of change back, everywhere.
    fn undo(&mut self, what: Rewriting) {
        match self {
            Self::Leaf(text) => undo_in_leaf(text, what),
            Self::Array(values) => values.iter_mut().for_each(|value| value.undo(what)),
            Self::Object(fields) => {
                if what == Rewriting::Nulls {
                    fields.retain(|(_, value)| *value != Self::Leaf("null".to_owned()));
                }
                for (name, value) in fields.iter_mut() {
                    match what {
                        Rewriting::FieldNames => *name = snake_case(name),
                        Rewriting::NumberText => value.undo_number(name),
                        Rewriting::KeyOrder
                        | Rewriting::Blanks
                        | Rewriting::Unicode
                        | Rewriting::Slashes
                        | Rewriting::Nulls
                        | Rewriting::Ends => {}
                    }
                    value.undo(what);
                }
                if what == Rewriting::KeyOrder {
                    sort_as_sent(fields);
                }
            }
        }
    }

    /// `"100"` of a field that holds a number becomes `100`.
    fn undo_number(&mut self, name: &str) {
        if let Self::Leaf(text) = self
            && let Some(inner) = text
                .strip_prefix('"')
                .and_then(|text| text.strip_suffix('"'))
            && NUMBERS.contains(&snake_case(name).trim_matches('"'))
            && inner
                .parse::<i64>()
                .is_ok_and(|number| number.to_string() == inner)
        {
            *text = inner.to_owned();
        }
    }
}

fn undo_in_leaf(text: &mut String, what: Rewriting) {
    match what {
        Rewriting::Slashes if text.starts_with('"') => *text = text.replace("\\/", "/"),
        Rewriting::Unicode if text.contains("\\u") => {
            // Escaped slashes are another change: they are kept apart through the reading.
            let kept = text.replace("\\/", "\\\\/");
            if let Ok(plain) = serde_json::from_str::<String>(&kept) {
                let printed = serde_json::Value::from(plain).to_string();
                *text = printed.replace("\\\\/", "\\/");
            }
        }
        Rewriting::Unicode
        | Rewriting::Slashes
        | Rewriting::FieldNames
        | Rewriting::KeyOrder
        | Rewriting::Blanks
        | Rewriting::NumberText
        | Rewriting::Nulls
        | Rewriting::Ends => {}
    }
}

/// `"eventType"` and `"EventType"` as `"event_type"`; what is in lower case stays.
fn snake_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for sign in name.chars() {
        if sign.is_ascii_uppercase() {
            if !out.ends_with(['"', '_']) && !out.is_empty() {
                out.push('_');
            }
            out.push(sign.to_ascii_lowercase());
        } else {
            out.push(sign);
        }
    }
    out
}

/// Puts the keys of a known object into WeChat Pay's order; any other object stays.
fn sort_as_sent(fields: &mut [(String, Node)]) {
    let place = |order: &[&str], name: &str| {
        let name = name.trim_matches('"');
        order.iter().position(|known| *known == name)
    };
    let order = ORDERS.iter().find(|order| {
        fields.len() > 1 && fields.iter().all(|(name, _)| place(order, name).is_some())
    });
    if let Some(order) = order {
        fields.sort_by_key(|(name, _)| place(order, name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: &str = r#"{"id":"e-1","create_time":"2026-03-08T09:05:12+08:00","resource_type":"encrypt-resource","event_type":"TRANSACTION.SUCCESS","summary":"支付成功","resource":{"original_type":"transaction","algorithm":"AEAD_AES_256_GCM","ciphertext":"a/b+c==","associated_data":"","nonce":"n"}}"#;

    fn found(body: &str) -> Option<Reprint> {
        reprint(body.as_bytes(), |form| form == SENT.as_bytes())
    }

    #[test]
    fn every_change_of_a_printer_is_undone_and_named() {
        let value: serde_json::Value = serde_json::from_str(SENT).unwrap();
        let camel = SENT
            .replace("create_time", "createTime")
            .replace("event_type", "eventType")
            .replace("original_type", "originalType");
        let cases = [
            (value.to_string(), Rewriting::KeyOrder),
            (SENT.replace("\":", "\": "), Rewriting::Blanks),
            (
                serde_json::to_string_pretty(&value).unwrap(),
                Rewriting::Blanks,
            ),
            (SENT.replace("支付", "\\u652f\\u4ed8"), Rewriting::Unicode),
            (SENT.replace("==", "\\u003d\\u003d"), Rewriting::Unicode),
            (SENT.replace("a/b", "a\\/b"), Rewriting::Slashes),
            (camel, Rewriting::FieldNames),
            (
                SENT.replace("\"nonce\"", "\"x\":null,\"nonce\""),
                Rewriting::Nulls,
            ),
            (format!("\u{feff}{SENT}\r\n"), Rewriting::Ends),
            (
                SENT.replace("支付", "\\u652F\\u4ED8")
                    .replace("a/b", "a\\/b")
                    .replace(",\"", ", \""),
                Rewriting::Slashes,
            ),
        ];
        for (body, change) in cases {
            let found = found(&body).unwrap_or_else(|| panic!("{body}"));
            assert_eq!(found.original.as_deref(), Some(SENT.as_bytes()), "{body}");
            assert!(
                found.changes.contains(&change),
                "{body}: {:?}",
                found.changes
            );
            assert!(found.words().zh.contains("不是伪造"));
        }
    }

    #[test]
    fn numbers_as_text_are_numbers_again() {
        let sent = r#"{"amount":{"total":100,"currency":"CNY"},"transaction_id":"4200"}"#;
        let body = sent.replace("100", "\"100\"");
        let found = reprint(body.as_bytes(), |form| form == sent.as_bytes()).unwrap();
        assert_eq!(found.changes, [Rewriting::NumberText]);
    }

    #[test]
    fn what_is_not_proven_is_named_and_a_clean_body_is_not_suspected() {
        let body = SENT
            .replace("event_type", "eventType")
            .replace("e-1", "e-2");
        let found = found(&body).unwrap();
        assert_eq!(found.original, None);
        assert_eq!(found.changes, [Rewriting::FieldNames]);
        assert!(found.words().en.contains("the raw body is needed"));
        let never = |body: &str| reprint(body.as_bytes(), |_| false);
        assert_eq!(never(&SENT.replace("e-1", "e-3")), None);
        for body in ["", "{", "[[[[", "\"", "{\"a\":", "\u{feff}", "{}"] {
            assert_eq!(never(body), None, "{body}");
        }
        assert_eq!(reprint(&[0xFF, 0xFE], |_| false), None);
    }
}
