//! Notifications of APIv3: verify, then open the resource, then read the object.

use serde::Deserialize;
use zeroize::Zeroize;

use super::combined::{CombinedOrder, is_combined};
use super::object::{ObjectError, Refund, Transaction, moment, parse};
use super::seal::{AEAD, SealError, open_resource};
use super::verify::{SignatureHeaders, VerifyError, verify_message};
use super::{Certificate, KeyError, VerifyKey};
use recondesk_domain::{Instant, Secret};

/// The body that accepts a notification; status 200 or 204 with no body is as good.
pub const SUCCESS_ANSWER: &str = r#"{"code":"SUCCESS"}"#;

/// The body that asks for another delivery; it goes with a status of 4xx or 5xx.
#[must_use]
pub fn failure_answer(reason: &str) -> String {
    serde_json::json!({ "code": "FAIL", "message": reason }).to_string()
}

/// The envelope of a notification, not yet opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// `id`; repeats of one notification keep it.
    pub id: String,
    /// `create_time`.
    pub created_at: Option<Instant>,
    /// `event_type`, such as `TRANSACTION.SUCCESS`.
    pub event_type: String,
    /// `summary`, for people.
    pub summary: String,
    /// `resource.original_type`.
    pub original_type: String,
    /// `resource.algorithm`.
    pub algorithm: String,
    /// `resource.ciphertext`.
    pub ciphertext: String,
    /// `resource.associated_data`; may be empty.
    pub associated_data: String,
    /// `resource.nonce`.
    pub nonce: String,
}

#[derive(Deserialize)]
struct RawEnvelope {
    id: String,
    create_time: Option<String>,
    event_type: String,
    summary: Option<String>,
    resource: RawResource,
}

#[derive(Deserialize)]
struct RawResource {
    original_type: Option<String>,
    algorithm: String,
    ciphertext: String,
    associated_data: Option<String>,
    nonce: String,
}

impl Envelope {
    /// Reads the JSON of a notification.
    ///
    /// # Errors
    /// [`ObjectError`].
    pub fn read(body: &[u8]) -> Result<Self, ObjectError> {
        let raw: RawEnvelope = parse(body)?;
        Ok(Self {
            id: raw.id,
            created_at: moment(raw.create_time.as_deref(), "create_time")?,
            event_type: raw.event_type,
            summary: raw.summary.unwrap_or_default(),
            original_type: raw.resource.original_type.unwrap_or_default(),
            algorithm: raw.resource.algorithm,
            ciphertext: raw.resource.ciphertext,
            associated_data: raw.resource.associated_data.unwrap_or_default(),
            nonce: raw.resource.nonce,
        })
    }

    /// Opens the resource with the APIv3 key.
    ///
    /// # Errors
    /// [`NoticeError`].
    pub fn open<K: AsRef<[u8]> + Zeroize>(&self, key: &Secret<K>) -> Result<Vec<u8>, NoticeError> {
        if self.algorithm != AEAD {
            return Err(NoticeError::Algorithm(
                self.algorithm.chars().take(40).collect(),
            ));
        }
        Ok(open_resource(
            &self.ciphertext,
            &self.nonce,
            &self.associated_data,
            key,
        )?)
    }
}

/// What a notification is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A payment.
    Transaction(Box<Transaction>),
    /// Several payments that the customer made at once.
    Combined(Box<CombinedOrder>),
    /// A refund.
    Refund(Box<Refund>),
    /// Something this program does not follow; its plain JSON.
    Other(Vec<u8>),
}

/// Why a notification is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoticeError {
    /// The signature.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The JSON, outside or inside.
    #[error(transparent)]
    Object(#[from] ObjectError),
    /// The sealed part.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Sealed in another way.
    #[error("the resource is sealed with {0}")]
    Algorithm(String),
    /// A certificate inside cannot be read.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// What is needed to open notifications of a merchant.
#[derive(Debug, Clone, Copy)]
pub struct Opener<'a, K: Zeroize> {
    /// Keys of WeChat Pay.
    pub keys: &'a [VerifyKey],
    /// The APIv3 key.
    pub v3_key: &'a Secret<K>,
    /// Now, for the five minutes.
    pub now: Instant,
}

impl<K: AsRef<[u8]> + Zeroize> Opener<'_, K> {
    /// Verifies and opens a notification as it arrived.
    ///
    /// # Errors
    /// [`NoticeError`]; answer with an error status then.
    pub fn open(
        &self,
        headers: &SignatureHeaders,
        body: &[u8],
    ) -> Result<(Envelope, Subject), NoticeError> {
        verify_message(headers, body, self.keys, self.now)?;
        let envelope = Envelope::read(body)?;
        let plain = envelope.open(self.v3_key)?;
        let subject = subject(&envelope.event_type, plain)?;
        Ok((envelope, subject))
    }
}

/// Reads the object of an event.
///
/// # Errors
/// [`ObjectError`].
pub fn subject(event_type: &str, plain: Vec<u8>) -> Result<Subject, ObjectError> {
    Ok(match event_type.split('.').next() {
        Some("TRANSACTION") => match Transaction::read(&plain) {
            Ok(one) => Subject::Transaction(Box::new(one)),
            Err(_) if is_combined(&plain) => {
                Subject::Combined(Box::new(CombinedOrder::read(&plain)?))
            }
            Err(error) => return Err(error),
        },
        Some("REFUND") => Subject::Refund(Box::new(Refund::read(&plain)?)),
        _ => Subject::Other(plain),
    })
}

#[derive(Deserialize)]
struct RawCertificates {
    data: Vec<RawCertificate>,
}

#[derive(Deserialize)]
struct RawCertificate {
    serial_no: String,
    encrypt_certificate: RawResource,
}

/// Opens the answer of `GET /v3/certificates`. Keep all of them: old and new overlap (pitfall H2).
///
/// # Errors
/// [`NoticeError`]; also when a certificate does not have the serial number announced for it.
pub fn open_certificates<K: AsRef<[u8]> + Zeroize>(
    body: &[u8],
    key: &Secret<K>,
) -> Result<Vec<VerifyKey>, NoticeError> {
    let list: RawCertificates = parse(body)?;
    let mut out = Vec::with_capacity(list.data.len().min(16));
    for entry in list.data.iter().take(64) {
        let sealed = &entry.encrypt_certificate;
        let aad = sealed.associated_data.as_deref().unwrap_or_default();
        let plain = open_resource(&sealed.ciphertext, &sealed.nonce, aad, key)?;
        let text = String::from_utf8_lossy(&plain);
        let verify = VerifyKey::from_certificate(Certificate::from_pem(&text)?)?;
        if !verify.is_called(&entry.serial_no) {
            return Err(ObjectError::Field("serial_no").into());
        }
        out.push(verify);
    }
    Ok(out)
}
