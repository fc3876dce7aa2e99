//! Reading an `Authorization` header that is not as it should be: what stands there is taken, what is wrong is named.

use super::Change;
use crate::v3::{Authorization, SCHEME};
use recondesk_domain::Message;

/// A header as read, and what of it WeChat Pay would not take.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuthorizationReading {
    /// The fields that were found; those that were not are empty.
    pub header: Authorization,
    /// What is wrong, seen by reading alone; the codes begin with `header-`.
    pub faults: Vec<Change>,
}

/// The fields, with other names that code gives them, written without case and joints.
const FIELDS: [(&str, &[&str]); 5] = [
    ("mchid", &["mchid", "merchantid"]),
    ("nonce_str", &["noncestr", "nonce"]),
    ("signature", &["signature", "sign"]),
    ("timestamp", &["timestamp", "time"]),
    (
        "serial_no",
        &["serialno", "serial", "serialnumber", "certserialno"],
    ),
];

/// One `name="value"` of the header.
struct HeaderField<'a> {
    name: &'a str,
    value: &'a str,
    quote: Option<char>,
}

impl AuthorizationReading {
    /// Reads the value of a header; never fails.
    #[must_use]
    pub fn of(header: &str) -> Self {
        let mut out = Self::default();
        let mut rest = header.trim();
        if let Some(after) = strip_ignoring_case(rest, "authorization:") {
            out.fault("header-name-twice", "");
            rest = after.trim_start();
        }
        rest = out.scheme(rest);
        let mut found: Vec<HeaderField<'_>> = Vec::new();
        let (mut unquoted, mut other_joint) = (false, false);
        while let Some((field, after)) = field_of(rest) {
            unquoted |= field.quote.is_none();
            if let Some(quote) = field.quote.filter(|quote| *quote != '"') {
                out.fault_once("header-quotes-other", &quote.to_string());
            }
            found.push(field);
            let joint = after.trim_start();
            other_joint |= !joint.is_empty() && !joint.starts_with(',');
            rest = joint.trim_start_matches([',', ';', '&', '，', ' ']);
        }
        let is_known = |field: &HeaderField<'_>| {
            let name = plain(field.name);
            FIELDS
                .iter()
                .any(|(_, others)| others.contains(&name.as_str()))
        };
        if out.has("header-scheme-other") && !found.iter().any(is_known) {
            return out;
        }
        if unquoted {
            out.fault("header-quotes-missing", "");
        }
        if other_joint {
            out.fault("header-joint-other", "");
        }
        for (name, others) in FIELDS {
            out.take(name, others, &found);
        }
        out
    }

    /// True where nothing is wrong with the header.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.faults.is_empty()
    }

    fn has(&self, code: &str) -> bool {
        self.faults.iter().any(|fault| fault.code == code)
    }

    fn fault(&mut self, code: &'static str, detail: &str) {
        self.faults.push(named(code, detail));
    }

    fn fault_once(&mut self, code: &'static str, detail: &str) {
        if !self.has(code) {
            self.fault(code, detail);
        }
    }

    /// Takes the scheme off, judged.
    fn scheme<'h>(&mut self, header: &'h str) -> &'h str {
        if let Some(after) = header.strip_prefix(SCHEME) {
            if !after.starts_with(char::is_whitespace) && !after.is_empty() {
                self.fault("header-scheme-glued", "");
            }
            return after.trim_start();
        }
        if let Some(after) = strip_ignoring_case(header, SCHEME) {
            self.fault(
                "header-scheme-case",
                header.get(..SCHEME.len()).unwrap_or_default(),
            );
            return after.trim_start();
        }
        let first = header.split_whitespace().next().unwrap_or_default();
        if first.is_empty() || first.contains('=') {
            self.fault("header-scheme-missing", "");
            return header;
        }
        let shown: String = first.chars().take(40).collect();
        self.fault("header-scheme-other", &shown);
        header.get(first.len()..).unwrap_or_default().trim_start()
    }

    /// Takes one field out of those found.
    fn take(&mut self, name: &'static str, others: &[&str], found: &[HeaderField<'_>]) {
        let exact: Vec<&HeaderField<'_>> = found.iter().filter(|one| one.name == name).collect();
        let like = || {
            found
                .iter()
                .find(|one| others.contains(&plain(one.name).as_str()))
        };
        let value = match exact.as_slice() {
            [one] => one.value,
            [one, ..] => {
                self.fault("header-field-twice", name);
                one.value
            }
            [] => {
                let Some(one) = like() else {
                    self.fault("header-field-missing", name);
                    return;
                };
                let short: String = one.name.chars().take(40).collect();
                self.faults.push(renamed(name, &short));
                one.value
            }
        };
        if value.is_empty() {
            self.fault("header-field-empty", name);
        }
        let slot = match name {
            "mchid" => &mut self.header.mchid,
            "nonce_str" => &mut self.header.nonce,
            "signature" => &mut self.header.signature,
            "timestamp" => &mut self.header.timestamp,
            _ => &mut self.header.serial,
        };
        value.clone_into(slot);
    }
}

/// A name without case and joints.
fn plain(text: &str) -> String {
    let kept = text.chars().filter(char::is_ascii_alphanumeric);
    kept.collect::<String>().to_ascii_lowercase()
}

fn strip_ignoring_case<'t>(text: &'t str, start: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(start.len())?;
    head.eq_ignore_ascii_case(start).then_some(rest)
}

/// The next field and what follows it; values may stand in quotes of any kind or in none.
fn field_of(text: &str) -> Option<(HeaderField<'_>, &str)> {
    let (name, after) = text.split_once('=')?;
    let name = name.trim();
    if name.is_empty() || name.len() > 64 {
        return None;
    }
    let after = after.trim_start();
    // A quote with a backslash before it comes out of a JSON text.
    let after = after.strip_prefix('\\').unwrap_or(after);
    let open = after.chars().next().filter(|sign| "\"'“”‘".contains(*sign));
    if let Some(quote) = open {
        let inner = after.strip_prefix(quote)?;
        let close: &[char] = match quote {
            '“' | '”' => &['“', '”'],
            '‘' => &['‘', '’'],
            '\'' => &['\''],
            _ => &['"'],
        };
        let end = inner.find(close).unwrap_or(inner.len());
        let (value, rest) = inner.split_at_checked(end)?;
        let mut rest = rest.chars();
        rest.next();
        let field = HeaderField {
            name,
            value: value.trim_end_matches('\\'),
            quote: Some(quote),
        };
        return Some((field, rest.as_str()));
    }
    let end = after
        .find([',', ';', ' ', '&', '，'])
        .unwrap_or(after.len());
    let (value, rest) = after.split_at_checked(end)?;
    let quote = None;
    Some((HeaderField { name, value, quote }, rest))
}

fn renamed(name: &'static str, found: &str) -> Change {
    Change {
        code: "header-field-name",
        field: name.to_owned(),
        what: Message::new(
            format!("Authorization 头写的是 {found}，应为 {name}"),
            format!("the Authorization header says {found} instead of {name}"),
        ),
        mend: Message::new(format!("改成 {name}"), format!("call it {name}")),
    }
}

fn named(code: &'static str, detail: &str) -> Change {
    let same = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
    let (zh, en) = match code {
        "header-name-twice" => same(
            "Authorization 头的值里又写了一次 Authorization:",
            "the value of the Authorization header begins with Authorization: again",
        ),
        "header-scheme-missing" => (
            format!("Authorization 头缺少认证类型 {SCHEME}"),
            format!("the Authorization header lacks its scheme {SCHEME}"),
        ),
        "header-scheme-other" => (
            format!("Authorization 头的认证类型是 {detail}，应为 {SCHEME}"),
            format!("the scheme of the Authorization header is {detail} instead of {SCHEME}"),
        ),
        "header-scheme-case" => (
            format!("认证类型要大写：{detail} 应为 {SCHEME}"),
            format!("the scheme must be in upper case: {detail} instead of {SCHEME}"),
        ),
        "header-scheme-glued" => same(
            "认证类型和第一项之间少了空格",
            "no blank stands between the scheme and the first field",
        ),
        "header-quotes-missing" => same(
            "Authorization 头的值没有双引号",
            "values of the Authorization header stand without quotes",
        ),
        "header-quotes-other" => (
            format!("Authorization 头的引号是 {detail}，应为 \""),
            format!("the quotes of the Authorization header are {detail} instead of \""),
        ),
        "header-joint-other" => same(
            "Authorization 头各项之间要用英文逗号",
            "the fields of the Authorization header are to be parted by commas",
        ),
        "header-field-twice" => (
            format!("Authorization 头里 {detail} 写了两次"),
            format!("the Authorization header has {detail} twice"),
        ),
        "header-field-empty" => (
            format!("Authorization 头里 {detail} 是空的"),
            format!("{detail} of the Authorization header is empty"),
        ),
        _ => (
            format!("Authorization 头缺少 {detail}"),
            format!("the Authorization header lacks {detail}"),
        ),
    };
    let field = match code {
        "header-field-twice" | "header-field-empty" | "header-field-missing" => detail,
        _ => "",
    };
    Change {
        code,
        field: field.to_owned(),
        what: Message::new(zh, en),
        mend: Message::new(
            format!(
                "写成 {SCHEME} mchid=\"…\",nonce_str=\"…\",signature=\"…\",timestamp=\"…\",serial_no=\"…\""
            ),
            format!(
                "write {SCHEME} mchid=\"…\",nonce_str=\"…\",signature=\"…\",timestamp=\"…\",serial_no=\"…\""
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RIGHT: &str = "WECHATPAY2-SHA256-RSA2048 mchid=\"1900007291\",nonce_str=\"n\",signature=\"c2ln/+==\",timestamp=\"1\",serial_no=\"408B\"";

    fn codes(header: &str) -> Vec<(&'static str, String)> {
        let read = AuthorizationReading::of(header);
        read.faults
            .into_iter()
            .map(|fault| (fault.code, fault.field))
            .collect()
    }

    #[test]
    fn a_right_header_reads_as_the_strict_reader_reads_it() {
        let read = AuthorizationReading::of(RIGHT);
        assert!(read.is_right());
        assert_eq!(Ok(read.header), Authorization::parse(RIGHT));
        assert_eq!(codes(&RIGHT.replace(',', ", ")), []);
    }

    #[test]
    fn every_fault_is_named_and_the_fields_are_still_read() {
        let field = |code, name: &str| vec![(code, name.to_owned())];
        let lower = RIGHT.replace(SCHEME, &SCHEME.to_lowercase());
        let cases = [
            (
                RIGHT.replace("WECHATPAY2-SHA256-RSA2048 ", ""),
                field("header-scheme-missing", ""),
            ),
            (lower, field("header-scheme-case", "")),
            (
                RIGHT.replace(SCHEME, "WECHATPAY2-SM2-WITH-SM3"),
                field("header-scheme-other", ""),
            ),
            (
                RIGHT.replace("2048 ", "2048"),
                field("header-scheme-glued", ""),
            ),
            (
                format!("Authorization: {RIGHT}"),
                field("header-name-twice", ""),
            ),
            (RIGHT.replace('"', ""), field("header-quotes-missing", "")),
            (RIGHT.replace('"', "'"), field("header-quotes-other", "")),
            (
                RIGHT.replace("\",", "\"; "),
                field("header-joint-other", ""),
            ),
            (RIGHT.replace("\",", "\" "), field("header-joint-other", "")),
            (
                RIGHT.replace("serial_no", "serialNo"),
                field("header-field-name", "serial_no"),
            ),
            (
                RIGHT.replace("nonce_str", "nonce"),
                field("header-field-name", "nonce_str"),
            ),
            (
                format!("{RIGHT},mchid=\"2\""),
                field("header-field-twice", "mchid"),
            ),
        ];
        for (header, wanted) in cases {
            assert_eq!(codes(&header), wanted, "{header}");
            let read = AuthorizationReading::of(&header).header;
            assert_eq!(Ok(read), Authorization::parse(RIGHT), "{header}");
        }
        assert_eq!(
            codes(&RIGHT.replace(",serial_no=\"408B\"", "")),
            field("header-field-missing", "serial_no")
        );
        assert_eq!(
            codes(&RIGHT.replace("408B", "")),
            field("header-field-empty", "serial_no")
        );
    }

    #[test]
    fn another_scheme_alone_and_broken_text_do_no_harm() {
        assert_eq!(
            codes("Bearer xyz"),
            [("header-scheme-other", String::new())]
        );
        for text in [
            "",
            "=",
            "a=",
            "a=\"",
            "a=“",
            "\\",
            "WECHATPAY2-SHA256-RSA2048",
            "é=’,é=‘",
        ] {
            assert!(!AuthorizationReading::of(text).is_right(), "{text}");
        }
    }
}
