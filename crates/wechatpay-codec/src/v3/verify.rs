//! Verifying what WeChat Pay sends: answers and notifications of APIv3, over the raw body.
//!
//! Probe traffic (`WECHATPAY/SIGNTEST/`) simply fails; nothing older than five minutes passes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::{VerifyKey, lines};
use recondesk_domain::Instant;

/// How far the clock of a message may be away, in seconds.
pub const MAX_SKEW_S: i64 = 300;
/// How the signature of a probe starts.
pub const PROBE_PREFIX: &str = "WECHATPAY/SIGNTEST/";

/// The headers that carry a signature.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SignatureHeaders {
    /// `Wechatpay-Serial`: which key.
    pub serial: String,
    /// `Wechatpay-Timestamp`, seconds.
    pub timestamp: String,
    /// `Wechatpay-Nonce`.
    pub nonce: String,
    /// `Wechatpay-Signature`, Base64.
    pub signature: String,
}

/// Why a message is not trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// A header is missing, empty, or stands there twice.
    #[error("there is no single header {0}")]
    Header(&'static str),
    /// The timestamp is no number.
    #[error("the timestamp is not a number of seconds")]
    Timestamp,
    /// Too old, or from the future.
    #[error("the message is {0} seconds away from our clock, more than five minutes")]
    Stale(i64),
    /// No key with this serial: download platform certificates again, or switch to the public key.
    #[error("there is no key {0}")]
    UnknownKey(String),
    /// A deliberate probe: fail, and answer with an error status.
    #[error("this is a probe of WeChat Pay with a wrong signature")]
    Probe,
    /// The signature does not fit.
    #[error("the signature does not fit the message")]
    Wrong,
}

impl SignatureHeaders {
    /// Collects the four headers; names in any case.
    ///
    /// # Errors
    /// [`VerifyError::Header`] names the missing or repeated one.
    pub fn collect(headers: &[(String, String)]) -> Result<Self, VerifyError> {
        let one = |name: &'static str| {
            let mut values = headers
                .iter()
                .filter(|(found, _)| found.eq_ignore_ascii_case(name));
            match (values.next(), values.next()) {
                (Some((_, value)), None) if !value.is_empty() => Ok(value.clone()),
                _ => Err(VerifyError::Header(name)),
            }
        };
        Ok(Self {
            serial: one("Wechatpay-Serial")?,
            timestamp: one("Wechatpay-Timestamp")?,
            nonce: one("Wechatpay-Nonce")?,
            signature: one("Wechatpay-Signature")?,
        })
    }

    /// The three lines that are signed.
    #[must_use]
    pub fn message(&self, body: &[u8]) -> Vec<u8> {
        lines(&[self.timestamp.as_bytes(), self.nonce.as_bytes(), body])
    }

    /// How many seconds the message is away from our clock.
    ///
    /// # Errors
    /// [`VerifyError::Timestamp`].
    pub fn age(&self, now: Instant) -> Result<i64, VerifyError> {
        self.timestamp
            .parse()
            .ok()
            .map(|seconds| Instant::from_unix(seconds).distance(now))
            .ok_or(VerifyError::Timestamp)
    }
}

/// Checks an answer or a notification: key by serial, five minutes, signature over the raw body.
///
/// # Errors
/// [`VerifyError`]; the content may not be used then.
pub fn verify_message<'k>(
    headers: &SignatureHeaders,
    body: &[u8],
    keys: &'k [VerifyKey],
    now: Instant,
) -> Result<&'k VerifyKey, VerifyError> {
    let age = headers.age(now)?;
    if age >= MAX_SKEW_S {
        return Err(VerifyError::Stale(age));
    }
    verify_signature(headers, body, keys)
}

/// As [`verify_message`] without the five minutes, for recorded messages.
///
/// # Errors
/// [`VerifyError`].
pub fn verify_signature<'k>(
    headers: &SignatureHeaders,
    body: &[u8],
    keys: &'k [VerifyKey],
) -> Result<&'k VerifyKey, VerifyError> {
    if headers.signature.starts_with(PROBE_PREFIX) {
        return Err(VerifyError::Probe);
    }
    let key = keys
        .iter()
        .find(|key| key.is_called(&headers.serial))
        .ok_or_else(|| VerifyError::UnknownKey(headers.serial.chars().take(64).collect()))?;
    let signature = BASE64
        .decode(&headers.signature)
        .ok()
        .ok_or(VerifyError::Wrong)?;
    if key.verifies(&headers.message(body), &signature) {
        Ok(key)
    } else {
        Err(VerifyError::Wrong)
    }
}
