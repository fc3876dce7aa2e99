//! Keys and certificates of APIv3: the merchant's private key, platform certificates, WeChat Pay public keys.
//!
//! Reads PEM as the console hands it out. A certificate gives serial, days, subject and key; its issuer is not judged,
//! because certificates come from the gateway, sealed with the APIv3 key, or from a person.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use zeroize::Zeroizing;

use super::certificate::{Certificate, rsa_of_spki};
use super::der::{element, tag};
use super::key_error::KeyError;
use recondesk_domain::{Instant, Secret};

/// What stands before the id of a WeChat Pay public key.
pub const PUBLIC_KEY_PREFIX: &str = "PUB_KEY_ID_";

/// The blocks of a PEM text, as (label, content).
#[must_use]
pub fn pem_blocks(text: &str) -> Vec<(String, Zeroizing<Vec<u8>>)> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("-----BEGIN ") {
        let Some((label, after)) = after.split_once("-----") else {
            break;
        };
        let end = format!("-----END {label}-----");
        let Some((body, after)) = after.split_once(&end) else {
            break;
        };
        let compact: Zeroizing<String> =
            Zeroizing::new(body.chars().filter(|c| !c.is_ascii_whitespace()).collect());
        if let Ok(content) = BASE64.decode(compact.as_bytes()) {
            out.push((label.to_owned(), Zeroizing::new(content)));
        }
        rest = after;
    }
    out
}

/// PEM text of a block: lines of 64 signs between its two marks.
pub(super) fn pem_text(label: &str, content: &[u8]) -> String {
    let text = BASE64.encode(content);
    let mut out = format!("-----BEGIN {label}-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, more) = rest.split_at(rest.len().min(64));
        out.push_str(line);
        out.push('\n');
        rest = more;
    }
    out.push_str("-----END ");
    out.push_str(label);
    out.push_str("-----\n");
    out
}

/// Every certificate and public key of a PEM text; blocks that cannot be used are left out.
///
/// Old and new platform certificates overlap, and during a migration a public key stands beside them (pitfall H2).
#[must_use]
pub fn verify_keys(pem: &str, public_key_id: &str) -> Vec<VerifyKey> {
    let blocks = pem_blocks(pem);
    let keys = blocks
        .iter()
        .filter_map(|(label, content)| VerifyKey::from_block(label, content, public_key_id));
    let mut out: Vec<VerifyKey> = Vec::new();
    for key in keys.filter_map(Result::ok) {
        if !out.iter().any(|known| known.id == key.id) {
            out.push(key);
        }
    }
    out
}

/// A serial number in the one form in which it is compared: upper-case hex without leading zeros.
///
/// Public-key ids keep their form. Some libraries drop leading zeros, some write lower case or colons (pitfall H4).
#[must_use]
pub fn normal_serial(serial: &str) -> String {
    let serial = serial.trim();
    if serial.starts_with(PUBLIC_KEY_PREFIX) {
        return serial.to_owned();
    }
    let hex: String = serial
        .chars()
        .filter(|c| *c != ':' && !c.is_whitespace())
        .map(|c| c.to_ascii_uppercase())
        .collect();
    match hex.trim_start_matches('0') {
        "" if !hex.is_empty() => "0".to_owned(),
        rest => rest.to_owned(),
    }
}

/// A merchant's private key.
pub struct PrivateKey {
    pair: RsaKeyPair,
    pkcs8: Secret<Vec<u8>>,
}

impl PrivateKey {
    /// Reads `PRIVATE KEY` (PKCS#8) or `RSA PRIVATE KEY` (PKCS#1).
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let blocks = pem_blocks(text);
        if blocks.is_empty() {
            return Err(KeyError::NotPem);
        }
        for (label, content) in &blocks {
            match label.as_str() {
                "PRIVATE KEY" => return Self::from_pkcs8(content),
                "RSA PRIVATE KEY" if !text.contains("ENCRYPTED") => {
                    return Self::from_pkcs8(&wrap_pkcs1(content));
                }
                "ENCRYPTED PRIVATE KEY" | "RSA PRIVATE KEY" => return Err(KeyError::Encrypted),
                _ => {}
            }
        }
        Err(KeyError::WrongKind {
            wanted: "a private key",
        })
    }

    /// Reads DER of PKCS#8.
    ///
    /// # Errors
    /// [`KeyError::NotRsa`].
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        let pair = RsaKeyPair::from_pkcs8(der).ok().ok_or(KeyError::NotRsa)?;
        Ok(Self {
            pair,
            pkcs8: Secret::new(der.to_vec()),
        })
    }

    /// RSA PKCS#1 v1.5 with SHA-256 over a message, in Base64.
    ///
    /// Empty if the library refuses, which it does not for a key that was accepted.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> String {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        // The padding is deterministic; the generator only blinds the computation.
        match self.pair.sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            message,
            &mut signature,
        ) {
            Ok(()) => BASE64.encode(signature),
            Err(_) => String::new(),
        }
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> Vec<u8> {
        self.pair.public_key().as_ref().to_vec()
    }

    /// The public half as a key to verify with, under the given id.
    ///
    /// # Errors
    /// [`KeyError::NotRsa`].
    pub fn verifying(&self, id: &str) -> Result<VerifyKey, KeyError> {
        VerifyKey::new(id, &self.public())
    }

    pub(super) fn pkcs8(&self) -> &[u8] {
        self.pkcs8.expose()
    }
}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PrivateKey(••••)")
    }
}

/// PKCS#8 around a bare RSA key: version 0, the object identifier of RSA, the key.
pub(super) fn wrap_pkcs1(pkcs1: &[u8]) -> Zeroizing<Vec<u8>> {
    let algorithm = element(
        tag::SEQUENCE,
        &[element(tag::OID, RSA_OID), vec![0x05, 0x00]].concat(),
    );
    let body = [
        element(tag::INTEGER, &[0]),
        algorithm,
        element(tag::OCTET_STRING, pkcs1),
    ]
    .map(Zeroizing::new);
    let mut joined = Zeroizing::new(Vec::new());
    for part in &body {
        joined.extend_from_slice(part);
    }
    Zeroizing::new(element(tag::SEQUENCE, &joined))
}

pub(super) const RSA_OID: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];

/// A key to verify answers with: a platform certificate's, or a WeChat Pay public key.
#[derive(Clone)]
pub struct VerifyKey {
    /// Serial number in its normal form, or `PUB_KEY_ID_…`.
    pub id: String,
    /// The certificate it came from, if any.
    pub certificate: Option<Certificate>,
    rsa: Vec<u8>,
    parsed: std::sync::Arc<ParsedPublicKey>,
}

impl VerifyKey {
    fn new(id: &str, rsa: &[u8]) -> Result<Self, KeyError> {
        let parsed = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, rsa)
            .ok()
            .ok_or(KeyError::NotRsa)?;
        Ok(Self {
            id: normal_serial(id),
            certificate: None,
            rsa: rsa.to_vec(),
            parsed: std::sync::Arc::new(parsed),
        })
    }

    /// Reads a certificate (the id is its serial number) or a public key (with the id given).
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn from_pem(text: &str, id: &str) -> Result<Self, KeyError> {
        let blocks = pem_blocks(text);
        if blocks.is_empty() {
            return Err(KeyError::NotPem);
        }
        blocks
            .iter()
            .find_map(|(label, content)| Self::from_block(label, content, id))
            .unwrap_or(Err(KeyError::WrongKind {
                wanted: "a certificate or a public key",
            }))
    }

    /// A bare key (PKCS#1), without a name yet.
    ///
    /// # Errors
    /// [`KeyError::NotRsa`].
    pub(super) fn from_rsa(rsa: &[u8]) -> Result<Self, KeyError> {
        Self::new("", rsa)
    }

    /// The key as PEM text with its algorithm.
    #[must_use]
    pub fn public_pem(&self) -> String {
        pem_text("PUBLIC KEY", &self.spki())
    }

    /// True when both are one key, whatever they are called.
    #[must_use]
    pub fn is_same_key(&self, other: &Self) -> bool {
        self.rsa == other.rsa
    }

    /// The key in a PEM block; `None` for a block of another kind.
    fn from_block(label: &str, content: &[u8], id: &str) -> Option<Result<Self, KeyError>> {
        match label {
            "CERTIFICATE" => Some(Certificate::from_der(content).and_then(Self::from_certificate)),
            "PUBLIC KEY" => Some(
                rsa_of_spki(content)
                    .ok_or(KeyError::NotRsa)
                    .and_then(|rsa| Self::new(id, rsa)),
            ),
            "RSA PUBLIC KEY" => Some(Self::new(id, content)),
            _ => None,
        }
    }

    /// True for a WeChat Pay public key, which has no certificate and no end.
    #[must_use]
    pub fn is_public_key(&self) -> bool {
        self.certificate.is_none()
    }

    /// True unless its certificate's days are over, or have not begun.
    #[must_use]
    pub fn is_valid_at(&self, now: Instant) -> bool {
        let certificate = self.certificate.as_ref();
        certificate.is_none_or(|certificate| certificate.is_valid_at(now))
    }

    /// The key of a certificate.
    ///
    /// # Errors
    /// [`KeyError::NotRsa`].
    pub fn from_certificate(certificate: Certificate) -> Result<Self, KeyError> {
        let mut key = Self::new(&certificate.serial, &certificate.rsa)?;
        key.certificate = Some(certificate);
        Ok(key)
    }

    /// True when the signature over the message is this key's.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.parsed.verify_sig(message, signature).is_ok()
    }

    /// What the signature was taken over; `None` when another key made it.
    #[must_use]
    pub fn recover(&self, signature: &[u8]) -> Option<super::Recovered> {
        super::recover::recover(&self.rsa, signature)
    }

    /// True when the private key is the other half of this one (pitfall A10).
    #[must_use]
    pub fn is_pair_of(&self, key: &PrivateKey) -> bool {
        self.rsa == key.public()
    }

    /// True when an id in a header means this key.
    #[must_use]
    pub fn is_called(&self, serial: &str) -> bool {
        self.id == normal_serial(serial)
    }

    /// DER of the key with its algorithm, for encryption.
    pub(super) fn spki(&self) -> Vec<u8> {
        let algorithm = element(
            tag::SEQUENCE,
            &[element(tag::OID, RSA_OID), vec![0x05, 0x00]].concat(),
        );
        let mut bits = vec![0];
        bits.extend_from_slice(&self.rsa);
        element(
            tag::SEQUENCE,
            &[algorithm, element(tag::BIT_STRING, &bits)].concat(),
        )
    }
}

impl std::fmt::Debug for VerifyKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "VerifyKey({})", self.id)
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::AsDer as _;

    use super::*;

    #[test]
    fn serials_are_compared_as_numbers() {
        assert_eq!(normal_serial("00:ab:0C"), "AB0C");
        assert_eq!(normal_serial(" 0ab0c "), "AB0C");
        assert_eq!(normal_serial("0000"), "0");
        assert_eq!(normal_serial("PUB_KEY_ID_0012"), "PUB_KEY_ID_0012");
    }

    fn generated() -> (PrivateKey, String, String) {
        let rsa = RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
        let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = rsa.as_der().unwrap();
        let text = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            BASE64.encode(der.as_ref())
        );
        let pair = rcgen::KeyPair::from_pem_and_sign_algo(&text, &rcgen::PKCS_RSA_SHA256).unwrap();
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        params
            .distinguished_name
            .push(rcgen::DnType::CommonName, "1900000109");
        params.serial_number = Some(vec![0, 0x5F, 0xA1].into());
        params.not_before = rcgen::date_time_ymd(2024, 1, 1);
        params.not_after = rcgen::date_time_ymd(2051, 2, 3);
        let certificate = params.self_signed(&pair).unwrap();
        (
            PrivateKey::from_pem(&text).unwrap(),
            certificate.pem(),
            pair.public_key_pem(),
        )
    }

    #[test]
    fn a_certificate_tells_serial_subject_days_and_its_pair() {
        let (key, pem, public_pem) = generated();

        let certificate = Certificate::from_pem(&pem).unwrap();

        assert_eq!(certificate.serial, "5FA1");
        assert_eq!(certificate.subject, "1900000109");
        assert_eq!(certificate.not_before.to_string(), "2024-01-01 08:00:00");
        assert_eq!(certificate.not_after.to_string(), "2051-02-03 08:00:00");
        assert!(certificate.is_pair_of(&key));
        let public = VerifyKey::from_pem(&public_pem, "PUB_KEY_ID_1").unwrap();
        assert!(public.is_pair_of(&key));
        assert!(public.is_called("PUB_KEY_ID_1"));
    }

    #[test]
    fn the_digest_inside_a_signature_is_recovered_with_its_own_key_only() {
        use sha2::Digest as _;
        let (key, _, public_pem) = generated();
        let public = VerifyKey::from_pem(&public_pem, "PUB_KEY_ID_1").unwrap();
        let signature = BASE64.decode(key.sign(b"text")).unwrap();
        let digest = sha2::Sha256::digest(b"text").to_vec();

        assert_eq!(
            public.recover(&signature),
            Some(super::super::Recovered::Digest {
                name: super::super::DigestName::Sha256,
                digest
            })
        );

        let (_, _, other_pem) = generated();
        let other = VerifyKey::from_pem(&other_pem, "PUB_KEY_ID_2").unwrap();
        assert_eq!(other.recover(&signature), None);
        assert_eq!(public.recover(&signature[1..]), None);
    }

    #[test]
    fn a_damaged_certificate_never_panics() {
        let (_, pem, _) = generated();
        let der = pem_blocks(&pem).remove(0).1;
        for at in 0..der.len() {
            assert!(Certificate::from_der(&der[..at]).is_err());
            let mut changed = der.to_vec();
            changed[at] ^= 0xFF;
            // Changed signature bytes do not matter here; anything but a panic is right.
            drop(Certificate::from_der(&changed));
        }
    }

    #[test]
    fn what_is_not_the_wanted_key_is_told() {
        let (_, pem, public_pem) = generated();
        assert_eq!(PrivateKey::from_pem("x").unwrap_err(), KeyError::NotPem);
        assert!(matches!(
            PrivateKey::from_pem(&pem),
            Err(KeyError::WrongKind { .. })
        ));
        assert!(matches!(
            Certificate::from_pem(&public_pem),
            Err(KeyError::WrongKind { .. })
        ));
        let sealed =
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----";
        assert_eq!(
            PrivateKey::from_pem(sealed).unwrap_err(),
            KeyError::Encrypted
        );
    }
}
