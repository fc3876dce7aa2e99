//! A JSON body that a framework read and printed again: found back as WeChat Pay signed it, where a form of it verifies.
//!
//! WeChat Pay signs the bytes it sends: compact, UTF-8, `snake_case`, keys in the order of its documents. What stands
//! between the socket and the check (a typed object, a `dict`, a gateway) often prints something else, and the check
//! fails although nobody forged anything. Every change that such printing makes is undone here; the signature itself
//! says whether the result is what was sent.

use std::collections::HashSet;

use super::explain::json_text;
use super::json_tree::Node;
use super::unwrap::{self, Unwrapped};
use recondesk_domain::Message;

pub use super::rewriting::Rewriting;

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
    if body.len() > LARGEST {
        return None;
    }
    let mut seen: Vec<Rewriting> = Vec::new();
    let mut is_base_json = false;
    let mut tried: HashSet<String> = HashSet::new();
    for (at, reading) in unwrap::readings(body).into_iter().enumerate() {
        let BodyForms { visible, forms } = forms_of_reading(&reading);
        if at == 0 {
            is_base_json = visible.is_some();
        }
        // What is taken off a body that is JSON as it stands is proven by the signature alone.
        if seen.is_empty() && (at == 0 || !is_base_json) {
            seen = visible.unwrap_or_default();
            seen.retain(|one| *one != Rewriting::Encoding);
        }
        for (changes, form) in forms {
            if form.as_bytes() == body || tried.contains(&form) {
                continue;
            }
            if verifies(form.as_bytes()) {
                let original = Some(form.into_bytes());
                return Some(Reprint { changes, original });
            }
            tried.insert(form);
        }
    }
    (!seen.is_empty()).then_some(Reprint {
        changes: seen,
        original: None,
    })
}

/// The forms of one reading of a body.
struct BodyForms {
    /// What can be seen to be unlike WeChat Pay's; `None` where the reading is no JSON.
    visible: Option<Vec<Rewriting>>,
    /// What the body may have been, the least changed first.
    forms: Vec<(Vec<Rewriting>, String)>,
}

fn forms_of_reading(reading: &Unwrapped) -> BodyForms {
    let Unwrapped { changes, text } = reading;
    let trimmed = text.trim_start_matches('\u{feff}').trim();
    let with = |more: &[Rewriting]| {
        let mut all = [&changes[..], more].concat();
        all.sort_unstable();
        all.dedup();
        all
    };
    let mut forms: Vec<(Vec<Rewriting>, String)> = vec![
        (changes.clone(), text.clone()),
        (with(&[Rewriting::Ends]), trimmed.to_owned()),
        (with(&[Rewriting::Ends]), format!("{trimmed}\n")),
    ];
    let node = json_text::is_json(trimmed)
        .then(|| Node::read(trimmed))
        .flatten();
    let visible = node.map(|node| {
        let visible = seen_in(&node, trimmed);
        let undone = forms_of(&node, &visible, trimmed != text);
        forms.extend(undone.into_iter().map(|(more, form)| (with(&more), form)));
        with(&visible)
    });
    forms.sort_by_key(|(changes, _)| changes.len());
    BodyForms { visible, forms }
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
        Rewriting::Decimals,
        Rewriting::PlusBlanks,
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
                        Rewriting::Decimals => value.undo_decimals(name),
                        Rewriting::PlusBlanks => value.undo_blanks(name),
                        Rewriting::Encoding
                        | Rewriting::JsonText
                        | Rewriting::HtmlEscapes
                        | Rewriting::PercentEscapes
                        | Rewriting::FormField
                        | Rewriting::KeyOrder
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

impl Node {
    /// `100.0` of a field that holds a number becomes `100`.
    fn undo_decimals(&mut self, name: &str) {
        if let Self::Leaf(text) = self
            && NUMBERS.contains(&snake_case(name).trim_matches('"'))
            && let Some(whole) = text.strip_suffix(".0")
            && whole.bytes().all(|byte| byte.is_ascii_digit())
        {
            *text = whole.to_owned();
        }
    }

    /// Blanks of a field that never has any become `+` again.
    fn undo_blanks(&mut self, name: &str) {
        if let Self::Leaf(text) = self
            && text.starts_with('"')
            && NO_BLANKS.contains(&snake_case(name).trim_matches('"'))
        {
            *text = text.replace(' ', "+");
        }
    }
}

/// Fields of Base64 or of a time with its zone: they have no blanks.
const NO_BLANKS: [&str; 7] = [
    "ciphertext",
    "create_time",
    "success_time",
    "time_end",
    "expire_time",
    "effective_time",
    "user_received_time",
];

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
        | Rewriting::Ends
        | Rewriting::Decimals
        | Rewriting::PlusBlanks
        | Rewriting::Encoding
        | Rewriting::JsonText
        | Rewriting::HtmlEscapes
        | Rewriting::PercentEscapes
        | Rewriting::FormField => {}
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
mod tests;
