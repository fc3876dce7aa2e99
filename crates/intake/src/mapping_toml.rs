//! The written form of a mapping: the order, the blank lines and the inline tables of the documents.

use std::fmt::Write as _;

use super::{AmountUnit, ChannelOwner, Mapping, RecordKind, RowAmount, StateSubject, StatusWord};

impl Mapping {
    /// The TOML form, as a person would write it.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut out = String::new();
        let mut line = |key: &str, value: &str| {
            // Writing to a String cannot fail.
            writeln!(out, "{key} = {}", quoted(value)).unwrap_or_default();
        };
        line("name", &self.name);
        line(
            "kind",
            if self.kind == RecordKind::Orders {
                "orders"
            } else {
                "refunds"
            },
        );
        line(
            "amount_unit",
            if self.amount_unit == AmountUnit::Yuan {
                "yuan"
            } else {
                "fen"
            },
        );
        if let Some(shape) = self.refunds {
            line("refunds", shape.word());
        }
        if let Some(encoding) = self.encoding {
            line("encoding", encoding.name());
        }
        if let Some(delimiter) = self.delimiter {
            line("delimiter", &delimiter.to_string());
        }
        if let Some(sheet) = &self.sheet {
            line("sheet", sheet);
        }
        if let Some(format) = &self.time_format {
            line("time_format", format);
        }
        if let Some(order) = self.day_order {
            line("day_order", order.word());
        }
        if self.row_amount == RowAmount::Share {
            line("row_amount", "share");
        }
        if let Some(minutes) = self.utc_offset_minutes {
            writeln!(out, "utc_offset_minutes = {minutes}").unwrap_or_default();
        }
        if self.all_paid {
            out.push_str("all_paid = true\n");
        }
        if self.keep_zero_tails {
            out.push_str("keep_zero_tails = true\n");
        }
        out.push_str("\n[columns]\n");
        for (column, source) in &self.columns {
            writeln!(out, "{} = {}", column.name(), quoted(source)).unwrap_or_default();
        }
        if !self.clocks.is_empty() {
            out.push_str("\n[clocks]\n");
            for (column, source) in &self.clocks {
                writeln!(out, "{} = {}", column.name(), quoted(source)).unwrap_or_default();
            }
        }
        if !self.channels.is_empty() {
            out.push_str("\n[channels]\n");
            for (word, owner) in &self.channels {
                let owner = match owner {
                    ChannelOwner::Wechat => "wechat",
                    ChannelOwner::Other => "other",
                };
                writeln!(out, "{} = {}", key(word), quoted(owner)).unwrap_or_default();
            }
        }
        self.push_status(&mut out);
        out
    }

    /// The tables of the status words.
    fn push_status(&self, out: &mut String) {
        let head = if let [_] = self.status.as_slice() {
            ("[status]", "[status.words]")
        } else {
            ("[[status]]", "[status.words]")
        };
        for rule in &self.status {
            writeln!(out, "\n{}\ncolumn = {}", head.0, quoted(&rule.column)).unwrap_or_default();
            if rule.about != StateSubject::Order {
                writeln!(out, "about = {}", quoted(rule.about.word())).unwrap_or_default();
            }
            if rule.known_words {
                out.push_str("known_words = true\n");
            }
            if !rule.words.is_empty() {
                writeln!(out, "\n{}", head.1).unwrap_or_default();
            }
            for (word, meaning) in &rule.words {
                writeln!(out, "{} = {}", key(word), meaning.to_toml()).unwrap_or_default();
            }
        }
    }
}

impl StatusWord {
    fn to_toml(&self) -> String {
        let parts: Vec<String> = [
            ("pay_status", &self.pay_status),
            ("fulfil_status", &self.fulfil_status),
            ("refund_status", &self.refund_status),
        ]
        .into_iter()
        .filter_map(|(name, value)| {
            value
                .as_ref()
                .map(|value| format!("{name} = {}", quoted(value)))
        })
        .collect();
        format!("{{ {} }}", parts.join(", "))
    }
}

/// A basic string of TOML, on one line whatever it holds.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for sign in text.chars() {
        match sign {
            '"' | '\\' => out.extend(['\\', sign]),
            '\t' => out.push_str("\\t"),
            sign if sign.is_control() => {
                write!(out, "\\u{:04X}", u32::from(sign)).unwrap_or_default();
            }
            sign => out.push(sign),
        }
    }
    out.push('"');
    out
}

fn key(word: &str) -> String {
    let bare = !word.is_empty()
        && word
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if bare { word.to_owned() } else { quoted(word) }
}
