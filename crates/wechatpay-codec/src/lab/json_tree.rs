//! JSON as a tree that keeps the order of its keys and the writing of its values.

use super::explain::json_text;

/// JSON with the order of its keys and the writing of its values kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Object(Vec<(String, Node)>),
    Array(Vec<Node>),
    /// A string with its quotes, a number or a word, as written.
    Leaf(String),
}

impl Node {
    /// Reads text that is known to be JSON.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut pieces: Vec<String> = Vec::new();
        let mut joins = false;
        json_text::walk(text, |piece| {
            let is_word =
                !piece.starts_with('"') && !matches!(piece, "{" | "}" | "[" | "]" | ":" | ",");
            match pieces.last_mut() {
                Some(last) if is_word && joins => last.push_str(piece),
                _ => pieces.push(piece.to_owned()),
            }
            joins = is_word;
        });
        let mut rest = pieces.as_slice();
        let node = Self::take(&mut rest)?;
        rest.is_empty().then_some(node)
    }

    /// One value; the depth is limited by the check that the text is JSON.
    fn take(rest: &mut &[String]) -> Option<Self> {
        let first = next(rest)?;
        match first {
            "{" => {
                let mut fields = Vec::new();
                if peek(rest) == Some("}") {
                    next(rest)?;
                    return Some(Self::Object(fields));
                }
                loop {
                    let name = next(rest)?.to_owned();
                    (next(rest)? == ":").then_some(())?;
                    fields.push((name, Self::take(rest)?));
                    match next(rest)? {
                        "," => {}
                        "}" => return Some(Self::Object(fields)),
                        _ => return None,
                    }
                }
            }
            "[" => {
                let mut values = Vec::new();
                if peek(rest) == Some("]") {
                    next(rest)?;
                    return Some(Self::Array(values));
                }
                loop {
                    values.push(Self::take(rest)?);
                    match next(rest)? {
                        "," => {}
                        "]" => return Some(Self::Array(values)),
                        _ => return None,
                    }
                }
            }
            leaf => Some(Self::Leaf(leaf.to_owned())),
        }
    }

    /// Prints it compact.
    pub(super) fn write(&self, out: &mut String) {
        match self {
            Self::Leaf(text) => out.push_str(text),
            Self::Array(values) => {
                out.push('[');
                for (at, value) in values.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    value.write(out);
                }
                out.push(']');
            }
            Self::Object(fields) => {
                out.push('{');
                for (at, (name, value)) in fields.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    out.extend([name, ":"]);
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

fn next<'a>(rest: &mut &'a [String]) -> Option<&'a str> {
    let (first, after) = rest.split_first()?;
    *rest = after;
    Some(first)
}

fn peek(rest: &[String]) -> Option<&str> {
    rest.first().map(String::as_str)
}
