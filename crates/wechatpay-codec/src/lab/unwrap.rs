//! What filters, forms and encodings wrapped round a body of JSON, taken off again: one reading for each way back.
//!
//! Nothing is believed here: the signature says which reading is the body that was sent.

use super::explain::html_unescaped;
use super::explain::unpercent;
use super::json_tree::Node;
use super::reprint::Rewriting;

/// A body with something taken off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unwrapped {
    /// What was taken off; empty for the body as it is.
    pub(super) changes: Vec<Rewriting>,
    /// The text.
    pub(super) text: String,
}

/// A way back; `None` where it says nothing new.
type UnwrapStep = (Rewriting, fn(&str) -> Option<String>);

const STEPS: [UnwrapStep; 14] = [
    (Rewriting::JsonText, json_string),
    (Rewriting::JsonText, json_string_without_quotes),
    (Rewriting::HtmlEscapes, |text| {
        text.contains("quot;").then(|| html_unescaped(text))
    }),
    (Rewriting::HtmlEscapes, |text| {
        text.contains("&#").then(|| html_unescaped(text))
    }),
    (Rewriting::PercentEscapes, |text| {
        percent_decoded(text, false)
    }),
    (Rewriting::PercentEscapes, |text| {
        percent_decoded(text, true)
    }),
    (Rewriting::FormField, |text| form_value(text, true)),
    (Rewriting::FormField, |text| form_value(text, false)),
    (Rewriting::FormField, form_name),
    (Rewriting::PlusBlanks, |text| {
        text.starts_with('{').then(|| text.replace(' ', "+"))
    }),
    (Rewriting::Encoding, |text| {
        let bytes: Option<Vec<u8>> = text.chars().map(|sign| u8::try_from(sign).ok()).collect();
        String::from_utf8(bytes?).ok()
    }),
    (Rewriting::Encoding, |text| {
        read_again(text, encoding_rs::WINDOWS_1252)
    }),
    (Rewriting::Encoding, |text| {
        read_again(text, encoding_rs::GB18030)
    }),
    (Rewriting::Encoding, known_summary),
];

/// Most readings of one body, and the largest body that is read in more than one way.
const MOST: usize = 32;
const LARGEST: usize = 1 << 16;

/// The body as it is, then with one thing taken off, then with two.
pub(super) fn readings(body: &[u8]) -> Vec<Unwrapped> {
    let mut out = Vec::new();
    if let Ok(text) = std::str::from_utf8(body) {
        out.push(Unwrapped {
            changes: Vec::new(),
            text: text.to_owned(),
        });
    } else {
        let (text, _, is_broken) = encoding_rs::GB18030.decode(body);
        if !is_broken {
            out.push(Unwrapped {
                changes: vec![Rewriting::Encoding],
                text: text.into_owned(),
            });
        }
    }
    let depth = if body.len() > LARGEST { 0 } else { 2 };
    let mut from = 0;
    for _ in 0..depth {
        let until = out.len();
        for at in from..until {
            let Some(outer) = out.get(at).cloned() else {
                continue;
            };
            for (change, step) in STEPS {
                let text = step(outer.text.trim());
                let new = text.filter(|text| !out.iter().any(|one| one.text.trim() == text.trim()));
                let Some(text) = new.filter(|_| out.len() < MOST) else {
                    continue;
                };
                let mut changes = outer.changes.clone();
                if !changes.contains(&change) {
                    changes.push(change);
                }
                changes.sort_unstable();
                out.push(Unwrapped { changes, text });
            }
        }
        from = until;
    }
    out
}

/// `"{\"id\":…}"`.
fn json_string(text: &str) -> Option<String> {
    text.starts_with('"')
        .then(|| serde_json::from_str::<String>(text).ok())
        .flatten()
}

/// `{\"id\":…}`: as before, the outer quotes lost, or as PHP's `addslashes` writes it.
fn json_string_without_quotes(text: &str) -> Option<String> {
    text.starts_with("{\\\"")
        .then(|| serde_json::from_str::<String>(&format!("\"{text}\"")).ok())
        .flatten()
}

/// Percent-encoding undone; in a form, a plus is a blank.
fn percent_decoded(text: &str, is_form: bool) -> Option<String> {
    let encoded = ["%7B", "%7b", "%22"].iter().any(|one| text.contains(one));
    if !encoded {
        return None;
    }
    if is_form {
        unpercent(&text.replace('+', " "))
    } else {
        unpercent(text)
    }
}

/// The value of a form's field that holds the body.
fn form_value(text: &str, is_form: bool) -> Option<String> {
    let is_name = |name: &str| {
        let sign = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.[]".contains(&byte);
        !name.is_empty() && name.len() <= 64 && name.bytes().all(sign)
    };
    let first = text.split_once('=').filter(|(name, _)| is_name(name));
    first?;
    let encoded = text.split('&').find_map(|field| {
        let (name, value) = field.split_once('=')?;
        let holds = ["%7B", "%7b", "{"]
            .iter()
            .any(|open| value.starts_with(open));
        (is_name(name) && holds).then_some(value)
    });
    match encoded {
        Some(value) if value.starts_with('%') => percent_decoded(value, is_form),
        // Not encoded: an ampersand inside belongs to the text.
        Some(_) => first.map(|(_, value)| value.to_owned()),
        None => None,
    }
}

/// The body as the *name* of a form's field: `{…}=`, encoded or not.
fn form_name(text: &str) -> Option<String> {
    let name = text.strip_suffix('=')?;
    if name.starts_with('{') {
        return Some(name.to_owned());
    }
    let encoded = name.starts_with("%7B") || name.starts_with("%7b");
    encoded.then(|| percent_decoded(name, true)).flatten()
}

/// Text that was UTF-8, but was read in this encoding.
fn read_again(text: &str, encoding: &'static encoding_rs::Encoding) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let (bytes, _, is_broken) = encoding.encode(text);
    if is_broken {
        return None;
    }
    String::from_utf8(bytes.into_owned()).ok()
}

/// The summaries of notifications, by event; they hold the only characters beyond ASCII.
const SUMMARIES: [(&str, &str); 4] = [
    ("TRANSACTION.SUCCESS", "支付成功"),
    ("REFUND.SUCCESS", "退款成功"),
    ("REFUND.ABNORMAL", "退款异常"),
    ("REFUND.CLOSED", "退款关闭"),
];

/// A summary whose characters were lost, put back.
fn known_summary(text: &str) -> Option<String> {
    if !super::explain::json_text::is_json(text) {
        return None;
    }
    let Node::Object(fields) = Node::read(text)? else {
        return None;
    };
    let leaf = |name: &str| {
        fields.iter().find_map(|(found, value)| match value {
            Node::Leaf(leaf) if found.trim_matches('"') == name => Some(leaf.as_str()),
            Node::Object(_) | Node::Array(_) | Node::Leaf(_) => None,
        })
    };
    let summary = leaf("summary").filter(|summary| !summary.is_ascii() || summary.contains('?'))?;
    let event = leaf("event_type")?.trim_matches('"');
    let (_, known) = SUMMARIES.iter().find(|(known, _)| *known == event)?;
    Some(text.replacen(summary, &format!("\"{known}\""), 1))
}
