//! The request signature of APIv3: five lines, RSA-SHA256, and the `Authorization` header that carries it.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::{PrivateKey, VerifyKey};

/// The scheme of the header.
pub const SCHEME: &str = "WECHATPAY2-SHA256-RSA2048";

/// What a request signature is taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestParts<'a> {
    /// `GET`, `POST`, in upper case.
    pub method: &'a str,
    /// Path and query exactly as sent, without the host.
    pub target: &'a str,
    /// Seconds since 1970, as text.
    pub timestamp: &'a str,
    /// Nonce, up to 32 characters.
    pub nonce: &'a str,
    /// Body exactly as sent; empty for none.
    pub body: &'a [u8],
}

/// The five lines, each ended by one LF.
#[must_use]
pub fn request_message(parts: &RequestParts<'_>) -> Vec<u8> {
    let RequestParts {
        method,
        target,
        timestamp,
        nonce,
        body,
    } = *parts;
    lines(&[
        method.as_bytes(),
        target.as_bytes(),
        timestamp.as_bytes(),
        nonce.as_bytes(),
        body,
    ])
}

/// Lines joined as APIv3 signs them: LF after each, also after the last.
#[must_use]
pub fn lines(lines: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::with_capacity(lines.iter().map(|line| line.len() + 1).sum());
    for line in lines {
        out.extend_from_slice(line);
        out.push(b'\n');
    }
    out
}

/// The fields of an `Authorization` header.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Authorization {
    /// `mchid`; in service-provider mode the provider's.
    pub mchid: String,
    /// `nonce_str`.
    pub nonce: String,
    /// `signature`, Base64.
    pub signature: String,
    /// `timestamp`, seconds.
    pub timestamp: String,
    /// `serial_no` of the merchant certificate.
    pub serial: String,
}

/// Why an `Authorization` header cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizationError {
    /// Another scheme.
    #[error("the scheme is not {SCHEME}")]
    Scheme,
    /// Not a list of `name="value"`.
    #[error("the header is broken after {0}")]
    Broken(String),
    /// A field is missing or stands there twice.
    #[error("the header has no single {0}")]
    Field(&'static str),
}

/// Signs a request and builds its header.
#[must_use]
pub fn authorize(
    parts: &RequestParts<'_>,
    mchid: &str,
    serial: &str,
    key: &PrivateKey,
) -> Authorization {
    Authorization {
        mchid: mchid.to_owned(),
        nonce: parts.nonce.to_owned(),
        signature: key.sign(&request_message(parts)),
        timestamp: parts.timestamp.to_owned(),
        serial: serial.to_owned(),
    }
}

impl Authorization {
    /// The header's value.
    #[must_use]
    pub fn header(&self) -> String {
        let mut out = String::with_capacity(560);
        out.push_str(SCHEME);
        let fields = [
            ("mchid", &self.mchid),
            ("nonce_str", &self.nonce),
            ("signature", &self.signature),
            ("timestamp", &self.timestamp),
            ("serial_no", &self.serial),
        ];
        for (at, (name, value)) in fields.into_iter().enumerate() {
            out.push(if at == 0 { ' ' } else { ',' });
            // Writing to a string cannot fail.
            write!(out, "{name}=\"{value}\"").unwrap_or_default();
        }
        out
    }

    /// Reads a header's value; the order of the fields is free.
    ///
    /// # Errors
    /// [`AuthorizationError`].
    pub fn parse(header: &str) -> Result<Self, AuthorizationError> {
        let mut rest = header
            .trim()
            .strip_prefix(SCHEME)
            .filter(|rest| rest.starts_with(' '))
            .ok_or(AuthorizationError::Scheme)?
            .trim_start();
        let mut found: Vec<(&str, &str)> = Vec::new();
        while !rest.is_empty() {
            let place = || AuthorizationError::Broken(rest.chars().take(24).collect());
            let (name, after) = rest.split_once("=\"").ok_or_else(place)?;
            let (value, after) = after.split_once('"').ok_or_else(place)?;
            found.push((name.trim(), value));
            rest = match after.trim_start().strip_prefix(',') {
                Some(more) => more.trim_start(),
                None if after.trim().is_empty() => "",
                None => return Err(place()),
            };
        }
        let one = |name: &'static str| {
            let mut values = found.iter().filter(|(found, _)| *found == name);
            match (values.next(), values.next()) {
                (Some((_, value)), None) => Ok((*value).to_owned()),
                _ => Err(AuthorizationError::Field(name)),
            }
        };
        Ok(Self {
            mchid: one("mchid")?,
            nonce: one("nonce_str")?,
            signature: one("signature")?,
            timestamp: one("timestamp")?,
            serial: one("serial_no")?,
        })
    }

    /// True when the header's signature over these parts is the key's; nonce and timestamp are the header's.
    #[must_use]
    pub fn fits(&self, method: &str, target: &str, body: &[u8], key: &VerifyKey) -> bool {
        let parts = RequestParts {
            method,
            target,
            timestamp: &self.timestamp,
            nonce: &self.nonce,
            body,
        };
        BASE64
            .decode(&self.signature)
            .is_ok_and(|signature| key.verifies(&request_message(&parts), &signature))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Authorization {
        Authorization {
            mchid: "1900007291".to_owned(),
            nonce: "n".to_owned(),
            signature: "c2ln/+==".to_owned(),
            timestamp: "1".to_owned(),
            serial: "408B".to_owned(),
        }
    }

    #[test]
    fn a_header_reads_as_it_was_written_in_any_order() {
        assert_eq!(Authorization::parse(&header().header()), Ok(header()));
        let mixed = "WECHATPAY2-SHA256-RSA2048 serial_no=\"408B\", timestamp=\"1\",signature=\"c2ln/+==\" ,nonce_str=\"n\",mchid=\"1900007291\"";
        assert_eq!(Authorization::parse(mixed), Ok(header()));
    }

    #[test]
    fn a_header_with_missing_repeated_or_loose_parts_is_refused() {
        for bad in [
            "Bearer x",
            "WECHATPAY2-SHA256-RSA2048mchid=\"1\"",
            "WECHATPAY2-SHA256-RSA2048 mchid=\"1\"",
            "WECHATPAY2-SHA256-RSA2048 mchid=1",
        ] {
            assert!(Authorization::parse(bad).is_err(), "{bad}");
        }
        let twice = format!("{},mchid=\"2\"", header().header());
        assert_eq!(
            Authorization::parse(&twice),
            Err(AuthorizationError::Field("mchid"))
        );
    }

    #[test]
    fn an_empty_body_is_an_empty_line() {
        let parts = RequestParts {
            method: "GET",
            target: "/v3/certificates",
            timestamp: "1",
            nonce: "n",
            body: b"",
        };
        assert_eq!(request_message(&parts), b"GET\n/v3/certificates\n1\nn\n\n");
    }
}
