//! What a given signature looks like: hex or Base64, upper or lower case, and the bytes behind it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::Change;
use recondesk_domain::Message;

/// A signature as given, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// How they were written.
    pub form: Form,
}

/// How a signature is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Upper-case hex: right for APIv2.
    HexUpper,
    /// Lower-case hex.
    HexLower,
    /// Hex with both cases.
    HexMixed,
    /// The middle 16 characters of an MD5, as some libraries call it.
    HexMiddle,
    /// Base64: right for APIv3.
    Base64,
    /// Base64 with `-` and `_`.
    Base64Url,
    /// Base64 without its `=`.
    Base64Unpadded,
    /// Base64 with line breaks or spaces in it.
    Base64Spaced,
    /// Base64 that was URL-encoded.
    Base64Percent,
    /// Base64 of Base64.
    Base64Twice,
    /// Hex, with white space around.
    HexSpaced,
    /// Base64 whose `+` became blanks: it was URL-decoded once too often.
    Base64Blanks,
    /// Base64 with signs escaped for JSON or HTML: `\/`, `\u002b`, `&#x3D;`.
    Base64Escaped,
    /// The printed form of bytes: `b'…'`.
    Printed,
    /// Base64 of hex, or hex of Base64.
    HexAndBase64,
    /// The bytes from the last to the first, as an old interface of Windows gives them.
    Reversed,
}

impl Given {
    /// Reads a signature of APIv2.
    #[must_use]
    pub fn v2(text: &str) -> Option<Self> {
        let trimmed = text.trim().trim_matches('"');
        if let Some(bytes) = unhex(trimmed) {
            let form = match (
                trimmed.bytes().any(|b| b.is_ascii_uppercase()),
                trimmed.bytes().any(|b| b.is_ascii_lowercase()),
            ) {
                _ if trimmed != text => Form::HexSpaced,
                _ if bytes.len() == 8 => Form::HexMiddle,
                (true, true) => Form::HexMixed,
                (false, true) => Form::HexLower,
                _ => Form::HexUpper,
            };
            return matches!(bytes.len(), 8 | 16 | 20 | 32).then_some(Self { bytes, form });
        }
        let given = Self::base64(trimmed)?;
        matches!(given.bytes.len(), 16 | 20 | 32).then_some(given)
    }

    /// Every reading of a signature of APIv3, the likeliest first; the key decides between them.
    #[must_use]
    pub fn v3_readings(text: &str) -> Vec<Self> {
        let trimmed = text.trim().trim_matches('"');
        let mut out: Vec<Self> = Vec::new();
        let mut put = |form: Option<Form>, read: Option<Self>| {
            let read = read.filter(|read| read.bytes.len() >= 128);
            if let Some(read) = read.filter(|read| !out.iter().any(|one| one.bytes == read.bytes)) {
                let form = form.unwrap_or(read.form);
                out.push(Self { form, ..read });
            }
        };
        put(None, long_hex(trimmed));
        let direct = Self::base64(trimmed);
        for inner in direct.iter().chain(&long_hex(trimmed)) {
            let Ok(inner_text) = std::str::from_utf8(&inner.bytes) else {
                continue;
            };
            let inner_text = inner_text.trim();
            let is_hex = inner.form == Form::HexMixed;
            let twice = if is_hex {
                Form::HexAndBase64
            } else {
                Form::Base64Twice
            };
            put(Some(Form::HexAndBase64), long_hex(inner_text));
            put(Some(twice), Self::base64(inner_text));
        }
        put(None, direct.clone());
        if trimmed.contains(' ') || trimmed.len() % 4 == 3 {
            let plus = trimmed.replace(' ', "+");
            put(Some(Form::Base64Blanks), Self::base64(&plus));
            // A blank in front is lost with the white space around a header.
            let first = format!("+{plus}");
            put(Some(Form::Base64Blanks), Self::base64(&first));
        }
        let joined = trimmed.replace("\\r", "").replace("\\n", "");
        if joined != trimmed {
            put(Some(Form::Base64Spaced), Self::base64(&joined));
        }
        let plain = unescaped(trimmed);
        if plain != trimmed {
            put(Some(Form::Base64Escaped), Self::base64(&plain));
        }
        let quoted = ["b'", "b\"", "'"].iter().find_map(|open| {
            let inner = trimmed.strip_prefix(open)?;
            Some(inner.trim_end_matches(['\'', '"']))
        });
        put(Some(Form::Printed), quoted.and_then(Self::base64));
        let twice_percent = trimmed.contains("%25").then(|| trimmed.replace("%25", "%"));
        put(
            Some(Form::Base64Percent),
            twice_percent.as_deref().and_then(Self::base64),
        );
        let reversed = direct.map(|given| Self {
            bytes: given.bytes.into_iter().rev().collect(),
            form: Form::Reversed,
        });
        put(None, reversed);
        out
    }

    fn base64(text: &str) -> Option<Self> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let percent = compact.contains('%').then(|| {
            compact
                .replace("%2B", "+")
                .replace("%2b", "+")
                .replace("%2F", "/")
                .replace("%2f", "/")
                .replace("%3D", "=")
                .replace("%3d", "=")
        });
        let body = percent.as_deref().unwrap_or(&compact).trim_end_matches('=');
        let url = body.contains(['-', '_']);
        let bytes = if url {
            URL_SAFE_NO_PAD.decode(body)
        } else {
            STANDARD_NO_PAD.decode(body)
        }
        .ok()?;
        let padded = percent
            .as_deref()
            .unwrap_or(&compact)
            .len()
            .is_multiple_of(4);
        let form = if percent.is_some() {
            Form::Base64Percent
        } else if url {
            Form::Base64Url
        } else if compact.len() != text.len() {
            Form::Base64Spaced
        } else if padded {
            Form::Base64
        } else {
            Form::Base64Unpadded
        };
        Some(Self { bytes, form })
    }

    /// The change that the writing alone needs, if any.
    #[expect(clippy::too_many_lines, reason = "a table of words, one line each")]
    pub(super) fn change(&self, wanted: Form) -> Option<Change> {
        let (code, zh, en) = match self.form {
            form if form == wanted => return None,
            Form::HexUpper | Form::HexMixed => (
                "result-hex",
                "结果写成了十六进制",
                "the result is written as hex",
            ),
            Form::HexLower => (
                "result-lower-case",
                "结果是小写",
                "the result is in lower case",
            ),
            Form::HexMiddle => (
                "result-16",
                "结果只取了中间 16 位",
                "only the middle 16 characters were taken",
            ),
            Form::HexSpaced => (
                "result-space",
                "结果前后有空白或引号",
                "white space or quotes stand around the result",
            ),
            Form::Base64 => (
                "result-base64",
                "结果写成了 Base64",
                "the result is written as Base64",
            ),
            Form::Base64Url => (
                "result-base64url",
                "结果用了 URL 安全的 Base64（- 和 _）",
                "the result is URL-safe Base64 (- and _)",
            ),
            Form::Base64Unpadded => (
                "result-unpadded",
                "Base64 末尾缺少 =",
                "the Base64 lacks its =",
            ),
            Form::Base64Spaced => (
                "result-line-break",
                "Base64 里有换行或空格（或写出来的 \\n）",
                "the Base64 has line breaks or spaces in it (or \\n as two characters)",
            ),
            Form::Base64Twice => (
                "result-base64-twice",
                "结果做了两次 Base64",
                "the result was written as Base64 twice",
            ),
            Form::Base64Percent => (
                "result-percent",
                "Base64 被 URL 编码了",
                "the Base64 was URL-encoded",
            ),
            Form::Base64Blanks => (
                "result-plus-blank",
                "Base64 里的 + 成了空格（多做了一次 URL 解码）",
                "each + of the Base64 became a blank (URL-decoded once too often)",
            ),
            Form::Base64Escaped => (
                "result-escaped",
                "Base64 里的 +、/、= 被转义了（\\/、\\u002b、&#x3D;）",
                "+, / or = of the Base64 were escaped (\\/, \\u002b, &#x3D;)",
            ),
            Form::Printed => (
                "result-printed",
                "结果是打印出来的字节串：b'…'",
                "the result is the printed form of bytes: b'…'",
            ),
            Form::HexAndBase64 => (
                "result-hex-and-base64",
                "结果既写成十六进制又做了 Base64",
                "the result was written as hex and as Base64",
            ),
            Form::Reversed => (
                "result-reversed",
                "签名的字节顺序颠倒了",
                "the bytes of the signature stand in reverse order",
            ),
        };
        let (mend_zh, mend_en) = if wanted == Form::HexUpper {
            ("写成大写十六进制", "write it as upper-case hex")
        } else {
            (
                "写成标准 Base64，不换行",
                "write it as standard Base64 without line breaks",
            )
        };
        Some(Change {
            code,
            field: String::new(),
            what: Message::new(zh, en),
            mend: Message::new(mend_zh, mend_en),
        })
    }
}

/// Hex as long as a signature of RSA, with the separators that printers of bytes put in.
fn long_hex(text: &str) -> Option<Given> {
    let bare: String = text.chars().filter(|c| !" :-\r\n".contains(*c)).collect();
    let bare = bare.strip_prefix("0x").unwrap_or(&bare);
    if bare.len() < 256 {
        return None;
    }
    let bytes = unhex(bare)?;
    let form = Form::HexMixed;
    Some(Given { bytes, form })
}

/// Takes the escapes of JSON and HTML back.
fn unescaped(text: &str) -> String {
    let mut out = text.replace("\\/", "/");
    for (sign, digits) in [("+", "2b"), ("/", "2f"), ("=", "3d")] {
        let upper = digits.to_uppercase();
        for digits in [digits, &upper] {
            out = out.replace(&format!("\\u00{digits}"), sign);
            out = out.replace(&format!("&#x{digits};"), sign);
        }
    }
    out.replace("&#43;", "+")
        .replace("&#47;", "/")
        .replace("&#61;", "=")
        .replace("\\n", "")
}

/// Bytes written as hex.
pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() || !text.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    let (pairs, _) = text.as_bytes().as_chunks::<2>();
    pairs
        .iter()
        .map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_writing_of_a_signature_is_recognised() {
        let form = |text: &str| Given::v2(text).map(|given| given.form);
        assert_eq!(
            form("9A0A8659F005D6984697E2CA0A9CF3B7"),
            Some(Form::HexUpper)
        );
        assert_eq!(
            form("9a0a8659f005d6984697e2ca0a9cf3b7"),
            Some(Form::HexLower)
        );
        assert_eq!(
            form(" 9A0A8659F005D6984697E2CA0A9CF3B7"),
            Some(Form::HexSpaced)
        );
        assert_eq!(form("mgqGWfAF1phGl+LKCpzztw=="), Some(Form::Base64));
        assert_eq!(form("mgqGWfAF1phGl-LKCpzztw=="), Some(Form::Base64Url));
        assert_eq!(form("hello"), None);
        assert_eq!(form(""), None);
    }

    #[test]
    fn a_plus_in_front_that_was_trimmed_as_a_blank_is_read() {
        let whole = format!("+{}+{}==", "A".repeat(100), "A".repeat(240));
        assert_eq!(whole.len(), 344);
        let right = Given::base64(&whole).unwrap().bytes;
        let lost = whole.replace('+', " ");
        let readings = Given::v3_readings(lost.trim());
        let found = readings.iter().find(|given| given.bytes == right);
        assert_eq!(found.map(|given| given.form), Some(Form::Base64Blanks));
    }
}
