//! What a certificate says about itself: serial, subject, issuer, days, key. Its issuer is not judged here.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::der::{Der, tag};
use super::keys::{RSA_OID, normal_serial, pem_blocks, pem_text};
use super::{KeyError, PrivateKey};
use crate::v2::hex_upper;
use recondesk_domain::Instant;

const COMMON_NAME_OID: &[u8] = &[0x55, 0x04, 0x03];

/// What a certificate says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Serial number, upper-case hex without leading zeros.
    pub serial: String,
    /// Common name of the subject; of a merchant certificate the merchant number.
    pub subject: String,
    /// Common name of the issuer.
    pub issuer: String,
    /// First instant of validity.
    pub not_before: Instant,
    /// Last instant of validity.
    pub not_after: Instant,
    /// The key, as PKCS#1.
    pub(super) rsa: Vec<u8>,
    /// All of it.
    der: Vec<u8>,
}

impl Certificate {
    /// Reads the first certificate of a PEM text.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let blocks = pem_blocks(text);
        let (_, content) = blocks
            .iter()
            .find(|(label, _)| label == "CERTIFICATE")
            .ok_or(if blocks.is_empty() {
                KeyError::NotPem
            } else {
                KeyError::WrongKind {
                    wanted: "a certificate",
                }
            })?;
        Self::from_der(content)
    }

    /// Reads DER.
    ///
    /// # Errors
    /// [`KeyError::BrokenCertificate`], or [`KeyError::NotRsa`] for a key of another kind.
    pub fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        let broken = KeyError::BrokenCertificate;
        let mut outer = Der(der).enter(tag::SEQUENCE).ok_or(broken)?;
        let mut body = outer.enter(tag::SEQUENCE).ok_or(broken)?;
        // The version is absent in certificates of version 1, which test set-ups still make.
        let _version = body.take(tag::CONTEXT_0);
        let serial = body.take(tag::INTEGER).ok_or(broken)?.content;
        body.take(tag::SEQUENCE).ok_or(broken)?;
        let issuer = body.take(tag::SEQUENCE).ok_or(broken)?.content;
        let mut days = body.enter(tag::SEQUENCE).ok_or(broken)?;
        let not_before = time(&mut days).ok_or(broken)?;
        let not_after = time(&mut days).ok_or(broken)?;
        let subject = body.take(tag::SEQUENCE).ok_or(broken)?.content;
        let spki = body.take(tag::SEQUENCE).ok_or(broken)?.whole;
        Ok(Self {
            serial: normal_serial(&hex_upper(serial)),
            subject: common_name(subject),
            issuer: common_name(issuer),
            not_before,
            not_after,
            rsa: rsa_of_spki(spki).ok_or(KeyError::NotRsa)?.to_vec(),
            der: der.to_vec(),
        })
    }

    /// The certificate as PEM text.
    #[must_use]
    pub fn pem(&self) -> String {
        pem_text("CERTIFICATE", &self.der)
    }

    /// True when the private key is the other half of this certificate's key.
    #[must_use]
    pub fn is_pair_of(&self, key: &PrivateKey) -> bool {
        self.rsa == key.public()
    }

    /// True at an instant inside its days.
    #[must_use]
    pub fn is_valid_at(&self, now: Instant) -> bool {
        self.not_before <= now && now <= self.not_after
    }
}

/// The RSA key inside `SubjectPublicKeyInfo`.
pub(super) fn rsa_of_spki(spki: &[u8]) -> Option<&[u8]> {
    let mut info = Der(spki).enter(tag::SEQUENCE)?;
    let mut algorithm = info.enter(tag::SEQUENCE)?;
    if algorithm.take(tag::OID)?.content != RSA_OID {
        return None;
    }
    match info.take(tag::BIT_STRING)?.content.split_first()? {
        (0, key) => Some(key),
        _ => None,
    }
}

fn common_name(name: &[u8]) -> String {
    let mut sets = Der(name);
    while let Some(mut attributes) = sets.enter(tag::SET) {
        while let Some(mut attribute) = attributes.enter(tag::SEQUENCE) {
            if let (Some(kind), Some(value)) = (attribute.take(tag::OID), attribute.next())
                && kind.content == COMMON_NAME_OID
            {
                return String::from_utf8_lossy(value.content)
                    .chars()
                    .filter(|c| !c.is_control())
                    .take(128)
                    .collect();
            }
        }
    }
    String::new()
}

/// `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`, always UTC.
fn time(days: &mut Der<'_>) -> Option<Instant> {
    let element = days.next()?;
    let text = std::str::from_utf8(element.content)
        .ok()?
        .strip_suffix('Z')?;
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (century, text) = match element.tag {
        tag::UTC_TIME if text.len() == 12 => {
            let year: i32 = text.get(..2)?.parse().ok()?;
            (if year < 50 { 2000 } else { 1900 }, text.to_owned())
        }
        tag::GENERALIZED_TIME if text.len() == 14 => {
            let century: i32 = text.get(..2)?.parse().ok()?;
            (century * 100, text.get(2..)?.to_owned())
        }
        _ => return None,
    };
    let part = |at: usize| -> Option<u32> { text.get(at..at + 2)?.parse().ok() };
    let year = century + i32::try_from(part(0)?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, part(2)?, part(4)?)?;
    let time = NaiveTime::from_hms_opt(part(6)?, part(8)?, part(10)?)?;
    Some(Instant::from_unix(
        NaiveDateTime::new(date, time).and_utc().timestamp(),
    ))
}
