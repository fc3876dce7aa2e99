//! Finding notifications in whatever was pasted: one body, a raw HTTP request, or a log of many.
//!
//! APIv2 messages are recognised by `<xml>`, APIv3 ones by their JSON; the headers of the latter are
//! the lines `Name: value` above it, or stand in a wrapper `{"headers":{…},"body":"…"}`.

use std::borrow::Cow;

/// More than this is not looked at.
pub const MAX_LOG_BYTES: usize = 64 << 20;
/// No notification is larger; bounds the work on text that only looks like one.
const MAX_MESSAGE_BYTES: usize = 1 << 20;
/// Headers kept for one message.
const MAX_HEADERS: usize = 64;

/// A message, not verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoggedNotice<'a> {
    /// XML.
    V2 {
        /// First line in the log, from 1.
        line: u32,
        /// From `<xml>` to `</xml>`.
        body: Cow<'a, [u8]>,
    },
    /// JSON with the headers that were found for it.
    V3 {
        /// First line in the log, from 1.
        line: u32,
        /// Headers, as written.
        headers: Vec<(String, String)>,
        /// The raw body, byte for byte.
        body: Cow<'a, [u8]>,
    },
}

impl LoggedNotice<'_> {
    /// First line in the log, from 1.
    #[must_use]
    pub const fn line(&self) -> u32 {
        match self {
            Self::V2 { line, .. } | Self::V3 { line, .. } => *line,
        }
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        match self {
            Self::V2 { body, .. } | Self::V3 { body, .. } => body,
        }
    }
}

/// All messages of a text, in order. Text between them is passed over.
#[must_use]
pub fn messages(text: &[u8]) -> Vec<LoggedNotice<'_>> {
    let mut out = Vec::new();
    let mut from = 0;
    // Everything since the last message: where headers of the next one may stand.
    let mut gap = 0;
    let mut line = 1;
    let mut counted = 0;
    while let Some(at) = next_start(text, from) {
        line = lines(text, counted, at, line);
        counted = at;
        let rest = text.get(at..).unwrap_or_default();
        let taken = if rest.first() == Some(&b'<') {
            xml(rest, line)
        } else {
            json(rest, line, text.get(gap..at).unwrap_or_default())
        };
        match taken {
            Some((message, length)) => {
                out.push(message);
                from = at.saturating_add(length.max(1));
                gap = from;
            }
            // A second look at the same line would find the same nothing.
            None => from = next_line(text, at.saturating_add(1)),
        }
    }
    out
}

fn next_line(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let stop = memchr::memchr2(b'\n', b'<', rest).unwrap_or(rest.len());
    from.saturating_add(stop)
}

fn lines(text: &[u8], from: usize, to: usize, before: u32) -> u32 {
    let part = text.get(from..to).unwrap_or_default();
    let breaks = memchr::memchr_iter(b'\n', part).count();
    before.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX))
}

fn next_start(text: &[u8], from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    memchr::memchr2_iter(b'<', b'{', rest)
        .find(|at| {
            let here = rest.get(*at..).unwrap_or_default();
            here.first() == Some(&b'{') || here.starts_with(b"<xml>") || here.starts_with(b"<xml ")
        })
        .map(|at| from.saturating_add(at))
}

fn xml(rest: &[u8], line: u32) -> Option<(LoggedNotice<'_>, usize)> {
    let near = rest.get(..MAX_MESSAGE_BYTES.min(rest.len()))?;
    let end = memchr::memmem::find(near, b"</xml>")?.saturating_add(6);
    let body = rest.get(..end)?;
    Some((
        LoggedNotice::V2 {
            line,
            body: Cow::Borrowed(body),
        },
        end,
    ))
}

fn json<'a>(rest: &'a [u8], line: u32, before: &[u8]) -> Option<(LoggedNotice<'a>, usize)> {
    let near = rest.get(..MAX_MESSAGE_BYTES.min(rest.len()))?;
    let mut stream = serde_json::Deserializer::from_slice(near).into_iter::<serde_json::Value>();
    let value = stream.next()?.ok()?;
    let end = stream.byte_offset();
    let object = value.as_object()?;
    if let (Some(headers), Some(body)) = (object.get("headers"), object.get("body")) {
        let headers: Vec<(String, String)> = headers
            .as_object()?
            .iter()
            .take(MAX_HEADERS)
            .filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())))
            .collect();
        let body = body.as_str()?.as_bytes().to_vec();
        let message = if body.trim_ascii_start().starts_with(b"<") {
            LoggedNotice::V2 {
                line,
                body: Cow::Owned(body),
            }
        } else {
            LoggedNotice::V3 {
                line,
                headers,
                body: Cow::Owned(body),
            }
        };
        return Some((message, end));
    }
    if !object.contains_key("resource") && !object.contains_key("event_type") {
        return None;
    }
    Some((
        LoggedNotice::V3 {
            line,
            headers: header_lines(before),
            body: Cow::Borrowed(rest.get(..end)?),
        },
        end,
    ))
}

/// Lines `Name: value` of the text above a body; anything else above is passed over.
fn header_lines(before: &[u8]) -> Vec<(String, String)> {
    let start = before.len().saturating_sub(64 * 1024);
    let text = String::from_utf8_lossy(before.get(start..).unwrap_or_default());
    let mut out: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        let name = name.trim();
        let plain = !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if plain && out.len() < MAX_HEADERS {
            out.push((name.to_owned(), value.trim().to_owned()));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_yields_every_message_with_its_line() {
        let log = b"2026-03-08 POST /notify\n<xml><a>1</a></xml>\nnoise { not json\n\
            <xml><a>2</a></xml>\nWechatpay-Serial: AB\r\nWechatpay-Nonce: n\r\n\r\n\
            {\"event_type\":\"TRANSACTION.SUCCESS\",\"resource\":{}}\n\
            {\"headers\":{\"Wechatpay-Serial\":\"C\"},\"body\":\"{\\\"resource\\\":1}\"}\n";

        let found = messages(log);

        let lines: Vec<_> = found.iter().map(LoggedNotice::line).collect();
        assert_eq!(lines, [2, 4, 8, 9]);
        assert_eq!(found[1].body(), b"<xml><a>2</a></xml>");
        let LoggedNotice::V3 { headers, .. } = &found[2] else {
            panic!("{found:?}");
        };
        assert_eq!(headers[0], ("Wechatpay-Serial".to_owned(), "AB".to_owned()));
        assert_eq!(found[3].body(), b"{\"resource\":1}");
    }

    #[test]
    fn cut_and_hostile_texts_yield_nothing_and_end() {
        for text in [
            &b""[..],
            b"<xml><a>",
            b"{{{{{{{{",
            b"{\"resource\":",
            b"<xml",
            b"\xff\xfe{",
        ] {
            assert_eq!(messages(text), [], "{text:?}");
        }
        let deep = [b"{\"a\":".repeat(5000), b"1".to_vec()].concat();
        assert_eq!(messages(&deep), []);
    }
}
