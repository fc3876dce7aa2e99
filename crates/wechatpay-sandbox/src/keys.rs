//! The keys of APIv3 on both sides: merchants' pairs, platform certificates old and new, the public key.
//!
//! RSA keys take time to make, so a program makes each only once and hands it to every sandbox it starts.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::RsaKeyPair;
use rcgen::{KeyPair, PKCS_RSA_SHA256};

use recondesk_domain::Secret;
use recondesk_p12::{CertificateAndKey, write_old_form};
use wechatpay_codec::v3::{Certificate, PrivateKey, VerifyKey, pem_blocks};

/// Keys made so far, PKCS#8, by whose they are.
static MADE: Mutex<BTreeMap<String, Vec<u8>>> = Mutex::new(BTreeMap::new());

/// The RSA key of somebody, the same for the whole life of the program.
pub(crate) fn rsa(whose: &str) -> Result<KeyPair, String> {
    let der = {
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(der) = made.get(whose) {
            der.clone()
        } else {
            let der = generate()?;
            made.insert(whose.to_owned(), der.clone());
            der
        }
    };
    KeyPair::from_pkcs8_der_and_sign_algo(&der.into(), &PKCS_RSA_SHA256)
        .map_err(|error| error.to_string())
}

fn generate() -> Result<Vec<u8>, String> {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|error| error.to_string())?;
    let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|error| error.to_string())?;
    Ok(der.as_ref().to_vec())
}

/// A certificate with its private key.
#[derive(Clone)]
pub(crate) struct CertifiedKey {
    /// PEM of the certificate.
    pub(crate) certificate_pem: String,
    /// PEM of the private key.
    pub(crate) key_pem: Secret<String>,
    /// Serial number in its normal form.
    pub(crate) serial: String,
}

impl CertifiedKey {
    /// Reads what was issued.
    pub(crate) fn new(certificate_pem: String, key: &KeyPair) -> Result<Self, String> {
        let certificate =
            Certificate::from_pem(&certificate_pem).map_err(|error| error.to_string())?;
        Ok(Self {
            serial: certificate.serial,
            certificate_pem,
            key_pem: Secret::new(key.serialize_pem()),
        })
    }

    /// The key that signs.
    pub(crate) fn private(&self) -> Result<PrivateKey, String> {
        PrivateKey::from_pem(self.key_pem.expose()).map_err(|error| error.to_string())
    }

    /// Both in a PKCS#12 file of the old form, as merchants get it.
    pub(crate) fn p12(&self, password: &str) -> Result<Vec<u8>, String> {
        let der = |pem: &str| {
            let block = pem_blocks(pem).into_iter().next();
            block
                .map(|(_, content)| content.to_vec())
                .ok_or("not a PEM text")
        };
        let pair = CertificateAndKey {
            certificate: der(&self.certificate_pem)?,
            key: Secret::new(der(self.key_pem.expose())?),
        };
        write_old_form(&pair, password).map_err(|error| error.to_string())
    }

    /// The key that others verify with.
    pub(crate) fn verifying(&self) -> Result<VerifyKey, String> {
        VerifyKey::from_pem(&self.certificate_pem, "").map_err(|error| error.to_string())
    }
}

/// WeChat Pay's own keys.
pub(crate) struct PlatformKeys {
    /// The certificate in use.
    pub(crate) old: PlatformKey,
    /// The one that follows it.
    pub(crate) new: PlatformKey,
    /// The WeChat Pay public key.
    pub(crate) public: PlatformKey,
    /// A key that nobody was told of, for wrong signatures.
    pub(crate) stranger: PrivateKey,
}

/// One of them: what it is called, what is published of it, and what signs.
pub(crate) struct PlatformKey {
    /// Serial number, or `PUB_KEY_ID_…`.
    pub(crate) id: String,
    /// PEM of the certificate, or of the public key.
    pub(crate) pem: String,
    /// The private half.
    pub(crate) private: PrivateKey,
}

impl PlatformKeys {
    /// Certificates as they were issued, and a public key with an id that looks like the real ones.
    pub(crate) fn new(
        old: &CertifiedKey,
        new: &CertifiedKey,
        mch_id: &str,
    ) -> Result<Self, String> {
        let certified = |key: &CertifiedKey| {
            Ok::<_, String>(PlatformKey {
                id: key.serial.clone(),
                pem: key.certificate_pem.clone(),
                private: key.private()?,
            })
        };
        let public = rsa("WeChat Pay public key")?;
        let private = |pair: &KeyPair| {
            PrivateKey::from_pem(&pair.serialize_pem()).map_err(|error| error.to_string())
        };
        Ok(Self {
            old: certified(old)?,
            new: certified(new)?,
            public: PlatformKey {
                id: format!("PUB_KEY_ID_01{mch_id:0>10}2026030800291233000801"),
                pem: public.public_key_pem(),
                private: private(&public)?,
            },
            stranger: private(&rsa("nobody")?)?,
        })
    }
}
