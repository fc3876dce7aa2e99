//! One JSON text as the printers of Python, JavaScript, Java, Go, PHP and .NET write it: every combination of their habits.
//!
//! A body is often signed by one printer and sent by another; each habit alone stands in `json_text`.

use std::collections::HashSet;
use std::fmt::Write as _;

use crate::lab::json_tree::Node;

/// Larger bodies are not printed in every way.
const LARGEST: usize = 1 << 16;

/// The text as another printer writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Printing {
    /// What differs from the text as sent; stable names.
    pub(super) codes: Vec<&'static str>,
    /// The text.
    pub(super) text: String,
}

/// What stands between the parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum JsonLayout {
    Compact,
    /// Python: a blank after colon and comma.
    Spaces,
    Indent2,
    Indent4,
    Tab,
    /// Jackson: `"a" : 1`, arrays in one line.
    Jackson,
}

/// How characters beyond ASCII are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unicode {
    Plain,
    Lower,
    Upper,
}

/// Which harmless characters are escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Html {
    Plain,
    /// Go: `<`, `>`, `&`.
    Go,
    /// Gson: also `=` and `'`.
    Gson,
    /// .NET: also quotes, `+` and the grave accent, in upper case.
    DotNet,
}

/// Which fields are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FieldFilter {
    All,
    NoNulls,
    NoEmpties,
}

/// The habits of one printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Printer {
    layout: JsonLayout,
    unicode: Unicode,
    html: Html,
    slashes: bool,
    sorted: bool,
    kept: FieldFilter,
    line_end: bool,
}

/// The text as every other printer writes it, those with the fewest differences first; nothing for what is no object.
pub(super) fn printings(sent: &str) -> Vec<Printing> {
    if sent.len() > LARGEST || !super::json_text::is_json(sent) {
        return Vec::new();
    }
    let Some(node) = Node::read(sent) else {
        return Vec::new();
    };
    let node = plain(node);
    let printers = printers(&node);
    let mut seen: HashSet<String> = HashSet::new();
    let mut out: Vec<(Printer, String)> = Vec::new();
    let mut own = None;
    for printer in printers {
        let text = printer.print(&node);
        if text == sent {
            own = own.or(Some(printer));
        } else if seen.insert(text.clone()) {
            out.push((printer, text));
        }
    }
    let mut out: Vec<Printing> = out
        .into_iter()
        .map(|(printer, text)| Printing {
            codes: printer.differs_from(own),
            text,
        })
        .collect();
    out.sort_by_key(|printing| printing.codes.len());
    out
}

/// Every combination that can make a difference for this text.
fn printers(node: &Node) -> Vec<Printer> {
    let mut text = String::new();
    node.write(&mut text);
    let pick = |is_worth: bool| if is_worth { usize::MAX } else { 1 };
    let unicode = [Unicode::Plain, Unicode::Lower, Unicode::Upper];
    let unicode_count = pick(!text.is_ascii());
    let html = [Html::Plain, Html::Go, Html::Gson, Html::DotNet];
    let html_count = pick(text.contains(['<', '>', '&', '=', '\'', '+', '`', '\\']));
    let slash_count = pick(text.contains('/'));
    let kept = [
        FieldFilter::All,
        FieldFilter::NoNulls,
        FieldFilter::NoEmpties,
    ];
    let kept_count = pick(
        ["null", "\"\"", "[]", "{}"]
            .iter()
            .any(|one| text.contains(one)),
    );
    let layouts = [
        JsonLayout::Compact,
        JsonLayout::Spaces,
        JsonLayout::Indent2,
        JsonLayout::Indent4,
        JsonLayout::Jackson,
        JsonLayout::Tab,
    ];
    let mut out = Vec::new();
    for layout in layouts {
        for unicode in unicode.into_iter().take(unicode_count) {
            for html in html.into_iter().take(html_count) {
                for slashes in [false, true].into_iter().take(slash_count) {
                    for kept in kept.into_iter().take(kept_count) {
                        for (sorted, line_end) in
                            [(false, false), (true, false), (false, true), (true, true)]
                        {
                            out.push(Printer {
                                layout,
                                unicode,
                                html,
                                slashes,
                                sorted,
                                kept,
                                line_end,
                            });
                        }
                    }
                }
            }
        }
    }
    out
}

/// Strings with as few escapes as JSON allows.
fn plain(node: Node) -> Node {
    match node {
        Node::Object(fields) => Node::Object(
            fields
                .into_iter()
                .map(|(name, value)| (plain_text(name), plain(value)))
                .collect(),
        ),
        Node::Array(values) => Node::Array(values.into_iter().map(plain).collect()),
        Node::Leaf(text) => Node::Leaf(plain_text(text)),
    }
}

fn plain_text(text: String) -> String {
    match serde_json::from_str::<String>(&text) {
        Ok(inner) => serde_json::Value::from(inner).to_string(),
        Err(_) => text,
    }
}

impl Printer {
    fn print(self, node: &Node) -> String {
        let mut out = String::new();
        self.value(node, 0, &mut out);
        if self.line_end {
            out.push('\n');
        }
        out
    }

    fn value(self, node: &Node, depth: usize, out: &mut String) {
        match node {
            Node::Leaf(text) => self.leaf(text, out),
            Node::Array(values) => {
                let parts = values.iter().map(|value| (None, value)).collect::<Vec<_>>();
                self.parts(&parts, ('[', ']'), depth, out);
            }
            Node::Object(fields) => {
                let mut parts: Vec<(Option<&str>, &Node)> = fields
                    .iter()
                    .filter(|(_, value)| !self.leaves_out(value))
                    .map(|(name, value)| (Some(name.as_str()), value))
                    .collect();
                if self.sorted {
                    parts.sort_by_key(|(name, _)| *name);
                }
                self.parts(&parts, ('{', '}'), depth, out);
            }
        }
    }

    fn parts(
        self,
        parts: &[(Option<&str>, &Node)],
        (open, close): (char, char),
        depth: usize,
        out: &mut String,
    ) {
        out.push(open);
        let is_jackson = self.layout == JsonLayout::Jackson;
        let in_line = is_jackson && (open == '[' || parts.is_empty());
        for (at, (name, value)) in parts.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            if in_line {
                out.push(' ');
            } else {
                self.line(depth + 1, at > 0, out);
            }
            if let Some(name) = name {
                self.leaf(name, out);
                out.push_str(match self.layout {
                    JsonLayout::Compact => ":",
                    JsonLayout::Jackson => " : ",
                    JsonLayout::Spaces
                    | JsonLayout::Indent2
                    | JsonLayout::Indent4
                    | JsonLayout::Tab => ": ",
                });
            }
            // Jackson counts the depth of objects alone.
            let inner = if in_line { depth } else { depth + 1 };
            self.value(value, inner, out);
        }
        if in_line {
            out.push(' ');
        } else if !parts.is_empty() {
            self.line(depth, false, out);
        }
        out.push(close);
    }

    /// What stands before a part; `between` after a comma.
    fn line(self, depth: usize, between: bool, out: &mut String) {
        let (unit, count) = match self.layout {
            JsonLayout::Compact => return,
            JsonLayout::Spaces => {
                if between {
                    out.push(' ');
                }
                return;
            }
            JsonLayout::Indent2 | JsonLayout::Jackson => (' ', 2),
            JsonLayout::Indent4 => (' ', 4),
            JsonLayout::Tab => ('\t', 1),
        };
        out.push('\n');
        out.extend(std::iter::repeat_n(unit, depth.min(64) * count));
    }

    fn leaves_out(self, value: &Node) -> bool {
        let Node::Leaf(text) = value else {
            let is_empty = match value {
                Node::Object(fields) => fields.is_empty(),
                Node::Array(values) => values.is_empty(),
                Node::Leaf(_) => false,
            };
            return is_empty && self.kept == FieldFilter::NoEmpties;
        };
        match self.kept {
            FieldFilter::All => false,
            FieldFilter::NoNulls => text == "null",
            FieldFilter::NoEmpties => text == "null" || text == "\"\"",
        }
    }

    fn leaf(self, text: &str, out: &mut String) {
        if !text.starts_with('"') {
            out.push_str(text);
            return;
        }
        let mut signs = text.chars().peekable();
        let mut first = true;
        while let Some(sign) = signs.next() {
            let is_end = signs.peek().is_none();
            let is_quote = sign == '"' && (first || is_end);
            first = false;
            if is_quote {
                out.push(sign);
            } else if sign == '\\' {
                let next = signs.next();
                match next {
                    Some('"') if self.html == Html::DotNet => out.push_str("\\u0022"),
                    Some(next) => out.extend(['\\', next]),
                    None => out.push('\\'),
                }
            } else {
                self.sign(sign, out);
            }
        }
    }

    fn sign(self, sign: char, out: &mut String) {
        let escaped = match self.html {
            Html::Plain => "",
            Html::Go => "<>&",
            Html::Gson => "<>&='",
            Html::DotNet => "<>&'+`",
        };
        if sign == '/' && self.slashes {
            out.push_str("\\/");
        } else if escaped.contains(sign) {
            let code = u32::from(sign);
            if self.html == Html::DotNet {
                write!(out, "\\u{code:04X}").unwrap_or_default();
            } else {
                write!(out, "\\u{code:04x}").unwrap_or_default();
            }
        } else if sign.is_ascii() || self.unicode == Unicode::Plain {
            out.push(sign);
        } else {
            for unit in sign.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                if self.unicode == Unicode::Upper {
                    write!(out, "\\u{unit:04X}").unwrap_or_default();
                } else {
                    write!(out, "\\u{unit:04x}").unwrap_or_default();
                }
            }
        }
    }

    /// The stable names of what differs from the printer that wrote the text, where one did.
    fn differs_from(self, own: Option<Self>) -> Vec<&'static str> {
        let mut out = Vec::new();
        let mut put = |differs: bool, code: &'static str| {
            if differs {
                out.push(code);
            }
        };
        let layout = match self.layout {
            JsonLayout::Compact => "json-compact",
            JsonLayout::Spaces => "json-spaces",
            JsonLayout::Indent2 => "json-indent-2",
            JsonLayout::Indent4 => "json-indent-4",
            JsonLayout::Tab => "json-indent-tab",
            JsonLayout::Jackson => "json-indent-jackson",
        };
        put(own.is_none_or(|own| own.layout != self.layout), layout);
        let own = own.unwrap_or(Self {
            layout: self.layout,
            unicode: Unicode::Plain,
            html: Html::Plain,
            slashes: false,
            sorted: false,
            kept: FieldFilter::All,
            line_end: false,
        });
        let unicode = match self.unicode {
            Unicode::Plain => "json-unicode-plain",
            Unicode::Lower => "json-unicode-escaped",
            Unicode::Upper => "json-unicode-upper",
        };
        put(own.unicode != self.unicode, unicode);
        let html = match self.html {
            Html::Plain => "json-html-plain",
            Html::Go | Html::Gson | Html::DotNet => "json-html-escaped",
        };
        put(own.html != self.html, html);
        let slashes = if self.slashes {
            "json-slash-escaped"
        } else {
            "json-slash-plain"
        };
        put(own.slashes != self.slashes, slashes);
        put(own.sorted != self.sorted, "json-sorted");
        let kept = match self.kept {
            FieldFilter::All | FieldFilter::NoNulls => "json-nulls-dropped",
            FieldFilter::NoEmpties => "json-empties-dropped",
        };
        put(own.kept != self.kept, kept);
        let line_end = if self.line_end {
            "body-lf-end"
        } else {
            "body-trimmed"
        };
        put(own.line_end != self.line_end, line_end);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: &str = r#"{"b":"中/<a>&'=","n":null,"l":[1,{"c":""}],"q":"\"\\"}"#;

    fn found(text: &str) -> Option<Vec<&'static str>> {
        let all = printings(SENT);
        let hit = all.into_iter().find(|printing| printing.text == text);
        hit.map(|printing| printing.codes)
    }

    #[test]
    fn every_printing_reads_as_the_same_values() {
        let whole: serde_json::Value = serde_json::from_str(SENT).unwrap();
        let all = printings(SENT);
        assert!(all.len() > 500, "{}", all.len());
        for printing in &all {
            let value: serde_json::Value = serde_json::from_str(&printing.text).unwrap();
            let drops = printing.codes.iter().any(|code| code.ends_with("-dropped"));
            assert!(value == whole || drops, "{}", printing.text);
            assert!(!printing.codes.is_empty(), "{}", printing.text);
        }
    }

    #[test]
    fn the_habits_of_each_language_are_named() {
        let python = r#"{"b": "\u4e2d/<a>&'=", "n": null, "l": [1, {"c": ""}], "q": "\"\\"}"#;
        assert_eq!(
            found(python).unwrap(),
            ["json-spaces", "json-unicode-escaped"]
        );
        let php = r#"{"b":"\u4e2d\/<a>&'=","n":null,"l":[1,{"c":""}],"q":"\"\\"}"#;
        assert_eq!(
            found(php).unwrap(),
            ["json-unicode-escaped", "json-slash-escaped"]
        );
        let go = "{\"b\":\"中/\\u003ca\\u003e\\u0026'=\",\"n\":null,\"l\":[1,{\"c\":\"\"}],\"q\":\"\\\"\\\\\"}\n";
        assert_eq!(found(go).unwrap(), ["json-html-escaped", "body-lf-end"]);
        let net =
            r#"{"b":"\u4E2D/\u003Ca\u003E\u0026\u0027=","n":null,"l":[1,{"c":""}],"q":"\u0022\\"}"#;
        assert_eq!(
            found(net).unwrap(),
            ["json-unicode-upper", "json-html-escaped"]
        );
        let jackson = "{\n  \"b\" : \"中/<a>&'=\",\n  \"l\" : [ 1, {\n    \"c\" : \"\"\n  } ],\n  \"q\" : \"\\\"\\\\\"\n}";
        assert_eq!(
            found(jackson).unwrap(),
            ["json-indent-jackson", "json-nulls-dropped"]
        );
    }

    #[test]
    fn the_printer_of_the_text_itself_is_recognised() {
        let sent = r#"{"b": "\u4e2d", "a": 1}"#;
        let plain = printings(sent)
            .into_iter()
            .find(|one| one.text == r#"{"b":"中","a":1}"#);
        assert_eq!(plain.unwrap().codes, ["json-compact", "json-unicode-plain"]);
        for text in ["", "[", "1", "\"x\"", "{\"a\":"] {
            assert_eq!(printings(text), []);
        }
    }
}
