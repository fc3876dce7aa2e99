//! A signature step by step, as plain data: fields kept and dropped, sorted string, string with the key masked, results.

use zeroize::Zeroize;

use super::KEY_PLACEHOLDER;
use crate::v2::{self, XmlError, canonical, sign, xml};
use crate::v3::{Authorization, RequestParts, request_message};
use crate::{Param, Params};
use recondesk_domain::{Secret, SignType, Term};

/// Whether a field takes part, and why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldPart {
    /// It is signed.
    Signed,
    /// Empty values are not signed.
    Empty,
    /// The signature itself is not signed.
    Sign,
}

impl FieldPart {
    /// What to tell a person.
    #[must_use]
    pub const fn words(self) -> Term {
        match self {
            Self::Signed => Term::new("参与签名", "signed"),
            Self::Empty => Term::new("空，不参与", "empty, dropped"),
            Self::Sign => Term::new("签名本身，不参与", "the signature itself, dropped"),
        }
    }
}

/// A field in the first step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldLine {
    /// Name.
    pub name: String,
    /// Value.
    pub value: String,
    /// Whether it takes part.
    pub part: FieldPart,
    /// True when another field has the same name.
    pub repeated: bool,
    /// True when white space stands around the value, or it holds invisible characters.
    pub doubtful: bool,
}

/// The steps of an APIv2 signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepsV2 {
    /// Step 1: the fields in their order.
    pub fields: Vec<FieldLine>,
    /// Step 2: the names that take part, sorted.
    pub sorted: Vec<String>,
    /// Step 3: the string without the key.
    pub joined: String,
    /// Step 4: the string with a placeholder for the key.
    pub with_key: String,
    /// Step 5: result with MD5.
    pub md5: String,
    /// Step 5: result with HMAC-SHA256.
    pub hmac: String,
    /// The algorithm that was chosen.
    pub chosen: SignType,
    /// True when the key does not have the 32 bytes of the documents.
    pub odd_key: bool,
}

impl StepsV2 {
    /// The chosen result.
    #[must_use]
    pub fn result(&self) -> &str {
        match self.chosen {
            SignType::Md5 => &self.md5,
            SignType::HmacSha256 => &self.hmac,
        }
    }
}

/// Signs and shows every step.
#[must_use]
pub fn steps_v2<K: AsRef<[u8]> + Zeroize>(
    params: &Params,
    key: &Secret<K>,
    chosen: SignType,
) -> StepsV2 {
    let repeated = params.duplicates();
    let fields = params
        .iter()
        .map(|Param { name, value }| FieldLine {
            name: name.clone(),
            value: value.clone(),
            part: if name == v2::SIGN {
                FieldPart::Sign
            } else if value.is_empty() {
                FieldPart::Empty
            } else {
                FieldPart::Signed
            },
            repeated: repeated.contains(&name.as_str()),
            doubtful: value.trim() != value
                || value.chars().any(|c| super::visible::name(c).is_some()),
        })
        .collect();
    let joined = canonical(params);
    let with_key = match joined.as_str() {
        "" => format!("key={KEY_PLACEHOLDER}"),
        joined => format!("{joined}&key={KEY_PLACEHOLDER}"),
    };
    StepsV2 {
        fields,
        sorted: v2::signed_params(params)
            .iter()
            .map(|param| param.name.clone())
            .collect(),
        joined,
        with_key,
        md5: sign(params, key, SignType::Md5),
        hmac: sign(params, key, SignType::HmacSha256),
        chosen,
        odd_key: key.expose().as_ref().len() != 32,
    }
}

/// The message with its signature, as XML.
///
/// # Errors
/// [`XmlError::Unwritable`].
pub fn signed_xml(params: &Params, signature: &str) -> Result<String, XmlError> {
    let mut signed = params.clone();
    signed.remove(v2::SIGN);
    signed.push(v2::SIGN, signature);
    xml::write(&signed).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// A cURL command for an address; nothing in it is secret but what the body itself holds.
#[must_use]
pub fn curl(method: &str, address: &str, headers: &[(&str, &str)], body: &str) -> String {
    let mut out = format!("curl -X {method} {}", quoted(address));
    for (name, value) in headers {
        out.push_str(" \\\n  -H ");
        out.push_str(&quoted(&format!("{name}: {value}")));
    }
    if !body.is_empty() {
        out.push_str(" \\\n  --data-binary ");
        out.push_str(&quoted(body));
    }
    out
}

/// Single quotes for a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// The steps of an APIv3 signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepsV3 {
    /// The five lines, each without its line end.
    pub lines: Vec<(&'static str, Vec<u8>)>,
    /// The whole string.
    pub message: Vec<u8>,
    /// The header with the result.
    pub header: String,
    /// The signature alone.
    pub signature: String,
}

/// Shows the steps of a request that was signed.
#[must_use]
pub fn steps_v3(parts: &RequestParts<'_>, signed: &Authorization) -> StepsV3 {
    StepsV3 {
        lines: vec![
            ("method", parts.method.into()),
            ("target", parts.target.into()),
            ("timestamp", parts.timestamp.into()),
            ("nonce", parts.nonce.into()),
            ("body", parts.body.into()),
        ],
        message: request_message(parts),
        header: signed.header(),
        signature: signed.signature.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::paste::take_apart;

    #[test]
    fn the_key_is_nowhere_in_the_steps() {
        let key = Secret::new("192006250b4c09247ec02edce69f6a2d".to_owned());
        let params: Params = [("b", "1"), ("a", " x\u{200B}"), ("e", ""), ("sign", "old")]
            .into_iter()
            .collect();

        let steps = steps_v2(&params, &key, SignType::HmacSha256);

        assert!(!format!("{steps:?}").contains(key.expose().as_str()));
        assert_eq!(steps.with_key, "a= x\u{200B}&b=1&key=YOUR_KEY");
        let parts: Vec<_> = steps.fields.iter().map(|f| (f.part, f.doubtful)).collect();
        assert_eq!(
            parts,
            [
                (FieldPart::Signed, false),
                (FieldPart::Signed, true),
                (FieldPart::Empty, false),
                (FieldPart::Sign, false)
            ]
        );
        assert_eq!(steps.result().len(), 64);
    }

    #[test]
    fn a_copied_command_reads_back_as_the_same_message() {
        let params: Params = [("body", "it's <中> & \"x\"\nz"), ("fee", "1")]
            .into_iter()
            .collect();
        let body = signed_xml(&params, "ABC").unwrap();
        let command = curl(
            "POST",
            "https://api.mch.weixin.qq.com/pay/orderquery",
            &[("Content-Type", "text/xml")],
            &body,
        );

        let read = take_apart(command.as_bytes()).unwrap();

        assert_eq!(read.params.get("body"), params.get("body"));
        assert_eq!(read.params.get("sign"), Some("ABC"));
        assert_eq!(read.endpoint, Some(v2::Endpoint::OrderQuery));
    }
}
