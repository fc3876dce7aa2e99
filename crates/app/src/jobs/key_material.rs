//! Key files as people have them, judged against the profile before anything is stored.
//!
//! A key that is too short, of another certificate or of another merchant is refused here, when it is
//! stored, and not when it is used. Nothing of a key is ever repeated in a message.

use super::morning::Webhook;
use crate::{Failure, FailureKind, Message};
use recondesk_domain::{Instant, MerchantProfile, Secret, SecretKind};
use recondesk_p12::{P12Error, is_p12};
use wechatpay_codec::v3::{
    Certificate, KeyError, KeyFile, PrivateKey, VerifyKey, key_text, normal_serial, verify_keys,
};

/// Days before the end of a certificate from which it is warned.
pub const WARN_DAYS: i64 = 30;

/// What the profile has already, to compare with.
#[derive(Default)]
pub struct HeldKeys {
    /// The merchant's private key.
    pub private: Option<PrivateKey>,
    /// The merchant's certificate.
    pub certificate: Option<Certificate>,
    /// Platform certificates as PEM, one after the other.
    pub platform_certs: String,
}

/// What is to be stored, and what the profile then says.
pub struct KeyMaterial {
    /// Entries of the vault.
    pub entries: Vec<(SecretKind, Secret<Vec<u8>>)>,
    /// Serial number of the merchant's certificate, where it was learnt.
    pub cert_serial: Option<String>,
    /// What was understood, for people.
    pub told: Vec<Message>,
}

/// What is being stored, and where it belongs.
#[derive(Clone, Copy)]
pub struct KeyOffer<'a> {
    /// What it is said to be.
    pub kind: SecretKind,
    /// The bytes of the file, or as typed.
    pub bytes: &'a Secret<Vec<u8>>,
    /// The merchant.
    pub profile: &'a MerchantProfile,
    /// Now, for the days of certificates.
    pub now: Instant,
}

/// Judges a key against the profile and what it has already.
///
/// # Errors
/// [`Failure`] with the reason; nothing may be stored then.
pub fn judge(offer: KeyOffer<'_>, held: &HeldKeys) -> Result<KeyMaterial, Failure> {
    match offer.kind {
        SecretKind::V2Key | SecretKind::V3Key | SecretKind::ShopKey => text_key(offer),
        SecretKind::Webhook | SecretKind::WebhookSecret => webhook_part(offer),
        SecretKind::ClientCert | SecretKind::ClientKey => merchant_pair(offer, held),
        SecretKind::PlatformKey | SecretKind::PlatformCerts => platform(offer, held),
    }
}

/// The keys that are plain text: those of WeChat Pay have 32 characters.
fn text_key(offer: KeyOffer<'_>) -> Result<KeyMaterial, Failure> {
    let text = key_text(offer.bytes.expose());
    let text = text.ok_or_else(|| refused(offer.kind, not_text()))?;
    let key = text.expose();
    let fits = |is_sign: fn(&u8) -> bool| key.len() == 32 && key.as_bytes().iter().all(is_sign);
    let (good, zh, en) = if offer.kind == SecretKind::ShopKey {
        (
            (16..=256).contains(&key.len()) && key.bytes().all(|sign| sign.is_ascii_graphic()),
            "商城接口密钥为 16 到 256 个字符，不含空格",
            "The key of the shop's address has 16 to 256 characters, no blanks",
        )
    } else if offer.kind == SecretKind::V2Key {
        (
            fits(u8::is_ascii_alphanumeric),
            "APIv2 密钥为 32 位字母和数字",
            "An APIv2 key has 32 letters and digits",
        )
    } else {
        (
            fits(u8::is_ascii_graphic),
            "APIv3 密钥为 32 个字符",
            "An APIv3 key has 32 characters",
        )
    };
    if !good {
        let (count, zh, en) = (key.chars().count(), zh, en);
        let words = Message::new(
            format!("{zh}；这里有 {count} 个字符"),
            format!("{en}; this has {count}"),
        );
        return Err(refused(offer.kind, words));
    }
    Ok(KeyMaterial {
        entries: vec![(offer.kind, Secret::new(key.as_bytes().to_vec()))],
        cert_serial: None,
        told: Vec::new(),
    })
}

/// Address or secret of the webhook.
fn webhook_part(offer: KeyOffer<'_>) -> Result<KeyMaterial, Failure> {
    let text = std::str::from_utf8(offer.bytes.expose()).map(str::trim);
    let text = text.map_err(|_not_utf8| refused(offer.kind, not_text()))?;
    let told = if offer.kind == SecretKind::Webhook {
        let webhook = Webhook::parse(text).ok_or_else(|| {
            refused(
                offer.kind,
                Message::new(
                    "写成「地址」或「wecom、dingtalk、feishu、json 之一 + 空格 + 地址」；地址须为 https，或本机 http",
                    "Write the address, or one of wecom, dingtalk, feishu, json, a blank and the address; it must be https, \
                     or http of this computer",
                ),
            )
        })?;
        let word = webhook.form.word();
        vec![Message::new(
            format!("消息格式：{word}"),
            format!("Form of messages: {word}"),
        )]
    } else {
        let fits =
            (1..=256).contains(&text.len()) && text.bytes().all(|sign| sign.is_ascii_graphic());
        if !fits {
            let words = Message::new(
                "签名密钥为 1 到 256 个字符，不含空格",
                "The secret has 1 to 256 characters, no blanks",
            );
            return Err(refused(offer.kind, words));
        }
        Vec::new()
    };
    Ok(KeyMaterial {
        entries: vec![(offer.kind, Secret::new(text.as_bytes().to_vec()))],
        cert_serial: None,
        told,
    })
}

/// Certificate and private key of the merchant: either may come alone, both in one file, or as `.p12`.
fn merchant_pair(offer: KeyOffer<'_>, held: &HeldKeys) -> Result<KeyMaterial, Failure> {
    let kind = offer.kind;
    let bytes = offer.bytes.expose();
    let file = if is_p12(bytes) {
        open_p12(offer)?
    } else {
        KeyFile::read(bytes).map_err(|error| refused(kind, key_words(error)))?
    };
    let KeyFile {
        private,
        mut certificates,
        public_keys: _,
    } = file;
    if kind == SecretKind::ClientCert && certificates.is_empty() {
        return Err(refused(kind, no_certificate()));
    }
    if kind == SecretKind::ClientKey && private.is_none() {
        return Err(refused(kind, no_private_key()));
    }
    // The certificates of the authorities may follow; the merchant's own is the one that fits, or the first.
    let own = private
        .as_ref()
        .and_then(|key| certificates.iter().position(|one| one.is_pair_of(key)))
        .unwrap_or(0);
    let certificate = (!certificates.is_empty()).then(|| certificates.swap_remove(own));
    if let Some(certificate) = &certificate {
        own_certificate(offer, certificate)?;
    }
    // What comes together must belong together; what comes alone must fit what is here.
    let key = private.as_ref().or(held.private.as_ref());
    let other = certificate.as_ref().or(held.certificate.as_ref());
    if let (Some(key), Some(other)) = (key, other)
        && !other.is_pair_of(key)
    {
        return Err(refused(kind, no_pair(&other.serial)));
    }
    let mut out = KeyMaterial {
        entries: Vec::new(),
        cert_serial: None,
        told: Vec::new(),
    };
    if let Some(certificate) = certificate {
        let pem = certificate.pem().into_bytes();
        out.entries.push((SecretKind::ClientCert, Secret::new(pem)));
        out.told.push(certificate_words(&certificate, offer.now));
        out.cert_serial = Some(certificate.serial);
    }
    if let Some(key) = private {
        let pem = key.pem().expose().clone().into_bytes();
        out.entries.push((SecretKind::ClientKey, Secret::new(pem)));
        out.told
            .push(Message::new("商户私钥已识别", "The private key was read"));
    }
    Ok(out)
}

fn open_p12(offer: KeyOffer<'_>) -> Result<KeyFile, Failure> {
    let opened = recondesk_p12::open(offer.bytes.expose(), &offer.profile.mch_id);
    let pair = opened.map_err(|error| {
        let words = match error {
            P12Error::Password => Message::new(
                format!(
                    ".p12 的密码应为商户号，用 {} 打不开：这个文件可能属于别的商户号",
                    offer.profile.mch_id
                ),
                format!(
                    "The password of the .p12 is the merchant number, and {} does not open it: it may be another merchant's",
                    offer.profile.mch_id
                ),
            ),
            P12Error::Broken | P12Error::TooMuch | P12Error::NoPair => {
                Message::new(".p12 文件已损坏，或里面没有证书和私钥", error.to_string())
            }
        };
        refused(offer.kind, words)
    })?;
    let mut file =
        KeyFile::read(&pair.certificate).map_err(|error| refused(offer.kind, key_words(error)))?;
    let key = PrivateKey::from_pkcs8(pair.key.expose())
        .map_err(|error| refused(offer.kind, key_words(error)))?;
    file.private = Some(key);
    Ok(file)
}

/// A merchant's certificate: in date, and of this merchant.
fn own_certificate(offer: KeyOffer<'_>, certificate: &Certificate) -> Result<(), Failure> {
    in_date(offer, certificate)?;
    let name = &certificate.subject;
    let is_number = name.len() >= 8 && name.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && *name != offer.profile.mch_id {
        let ours = &offer.profile.mch_id;
        return Err(refused(
            offer.kind,
            Message::new(
                format!("这是商户号 {name} 的证书，档案是 {ours}"),
                format!("This is the certificate of merchant {name}, the profile is {ours}"),
            ),
        ));
    }
    if !is_number && name.to_ascii_lowercase().contains("tenpay") {
        return Err(refused(
            offer.kind,
            Message::new(
                "这是微信支付的平台证书，不是商户证书；商户证书是 apiclient_cert.pem",
                "This is a platform certificate of WeChat Pay; the merchant's is apiclient_cert.pem",
            ),
        ));
    }
    Ok(())
}

fn in_date(offer: KeyOffer<'_>, certificate: &Certificate) -> Result<(), Failure> {
    if certificate.is_valid_at(offer.now) {
        return Ok(());
    }
    let (from, to) = (certificate.not_before, certificate.not_after);
    Err(refused(
        offer.kind,
        Message::new(
            format!("证书不在有效期内：{from} 至 {to}"),
            format!("The certificate is not in date: {from} to {to}"),
        ),
    ))
}

/// WeChat Pay's public key, or its platform certificates.
fn platform(offer: KeyOffer<'_>, held: &HeldKeys) -> Result<KeyMaterial, Failure> {
    let file = KeyFile::read(offer.bytes.expose())
        .map_err(|error| refused(offer.kind, key_words(error)))?;
    if file.private.is_some() {
        return Err(refused(
            offer.kind,
            Message::new(
                "这是私钥；需要微信支付公钥（pub_key.pem）或平台证书",
                "This is a private key; the WeChat Pay public key (pub_key.pem) or a platform certificate is needed",
            ),
        ));
    }
    let mut out = KeyMaterial {
        entries: Vec::new(),
        cert_serial: None,
        told: Vec::new(),
    };
    if let Some(pem) = file.public_keys.first() {
        public_key(offer, held, pem, &mut out)?;
    }
    if !file.certificates.is_empty() {
        platform_certificates(offer, held, &file.certificates, &mut out)?;
    }
    if out.entries.is_empty() {
        return Err(refused(offer.kind, no_public_key()));
    }
    Ok(out)
}

fn public_key(
    offer: KeyOffer<'_>,
    held: &HeldKeys,
    pem: &str,
    out: &mut KeyMaterial,
) -> Result<(), Failure> {
    let id = &offer.profile.public_key_id;
    let key =
        VerifyKey::from_pem(pem, id).map_err(|error| refused(offer.kind, key_words(error)))?;
    let own = held.private.as_ref().is_some_and(|own| key.is_pair_of(own));
    let of_certificate = held.certificate.as_ref().is_some_and(|own| {
        VerifyKey::from_certificate(own.clone()).is_ok_and(|own| own.is_same_key(&key))
    });
    if own || of_certificate {
        return Err(refused(
            offer.kind,
            Message::new(
                "这是商户自己的公钥；需要从商户平台下载的微信支付公钥",
                "This is the merchant's own public key; the one of WeChat Pay from the console is needed",
            ),
        ));
    }
    out.told.push(if id.is_empty() {
        Message::new(
            "微信支付公钥已识别；还要在档案里写上它的 ID（PUB_KEY_ID_…）",
            "The WeChat Pay public key was read; name its id (PUB_KEY_ID_…) in the profile",
        )
    } else {
        Message::new(
            format!("微信支付公钥已识别，ID {id}"),
            format!("The WeChat Pay public key was read, id {id}"),
        )
    });
    let pem = pem.as_bytes().to_vec();
    out.entries
        .push((SecretKind::PlatformKey, Secret::new(pem)));
    Ok(())
}

/// New certificates beside those that are here: old and new ones overlap.
fn platform_certificates(
    offer: KeyOffer<'_>,
    held: &HeldKeys,
    certificates: &[Certificate],
    out: &mut KeyMaterial,
) -> Result<(), Failure> {
    let mut pem = held.platform_certs.clone();
    let known = verify_keys(&pem, "");
    for certificate in certificates {
        if certificate.subject == offer.profile.mch_id {
            return Err(refused(
                offer.kind,
                Message::new(
                    "这是商户自己的证书；需要微信支付的平台证书",
                    "This is the merchant's own certificate; a platform certificate of WeChat Pay is needed",
                ),
            ));
        }
        in_date(offer, certificate)?;
        if !known.iter().any(|key| key.is_called(&certificate.serial)) {
            pem.push_str(&certificate.pem());
        }
        out.told.push(certificate_words(certificate, offer.now));
    }
    let bytes = pem.into_bytes();
    out.entries
        .push((SecretKind::PlatformCerts, Secret::new(bytes)));
    Ok(())
}

/// Whole days until the end of a certificate.
#[must_use]
pub fn days_left(certificate: &Certificate, now: Instant) -> i64 {
    certificate
        .not_after
        .unix()
        .saturating_sub(now.unix())
        .div_euclid(86_400)
}

/// Serial number, last day, and how many days that is.
fn certificate_words(certificate: &Certificate, now: Instant) -> Message {
    let (serial, until) = (&certificate.serial, certificate.not_after.day());
    let days = days_left(certificate, now);
    Message::new(
        format!("证书 {serial}，有效期至 {until}，还有 {days} 天"),
        format!("Certificate {serial}, valid until {until}, {days} days left"),
    )
}

/// What the profile's serial number says against the certificate's; `None` when they agree or there is none.
#[must_use]
pub fn other_serial(profile: &MerchantProfile, certificate: &Certificate) -> Option<String> {
    let named = normal_serial(&profile.cert_serial);
    (!named.is_empty() && named != certificate.serial).then_some(named)
}

fn refused(kind: SecretKind, why: Message) -> Failure {
    Failure::new(
        FailureKind::RefusedInput,
        "profile.key",
        Message::new(
            "密钥不合要求，没有保存",
            "The key is not acceptable, nothing was stored",
        ),
        why,
    )
    .with_detail(kind.word())
}

fn not_text() -> Message {
    Message::new("这不是文本文件", "This is not a text file")
}

fn no_certificate() -> Message {
    Message::new(
        "文件里没有证书；需要商户证书 apiclient_cert.pem 或 apiclient_cert.p12",
        "There is no certificate in it; apiclient_cert.pem or apiclient_cert.p12 is needed",
    )
}

fn no_private_key() -> Message {
    Message::new(
        "文件里没有私钥；需要商户私钥 apiclient_key.pem 或 apiclient_cert.p12",
        "There is no private key in it; apiclient_key.pem or apiclient_cert.p12 is needed",
    )
}

fn no_public_key() -> Message {
    Message::new(
        "文件里没有微信支付公钥，也没有平台证书",
        "There is neither a WeChat Pay public key nor a platform certificate in it",
    )
}

fn no_pair(serial: &str) -> Message {
    Message::new(
        format!(
            "私钥和证书 {serial} 不是一对；更换证书时证书和私钥要一起存：用 apiclient_cert.p12，或两个 PEM 放在一起"
        ),
        format!(
            "The private key does not belong to certificate {serial}; to replace both, store them together: apiclient_cert.p12, or both PEM texts at once"
        ),
    )
}

/// Why a file is no key, for people.
fn key_words(error: KeyError) -> Message {
    let zh = match error {
        KeyError::NotPem => "不是 PEM、DER 或 .p12 格式的密钥文件",
        KeyError::WrongKind { .. } => "PEM 里是别的东西，不是密钥或证书",
        KeyError::Encrypted => "私钥有口令保护；请导出不带口令的，或用 apiclient_cert.p12",
        KeyError::NotRsa => "不是 2048 位以上的 RSA 密钥",
        KeyError::BrokenCertificate => "证书无法读取",
    };
    Message::new(zh, error.to_string())
}
