//! The stage of the APIv3 tests: a merchant with keys, and a gateway in memory that signs with a key of its own.

use crate::MerchantRef;
use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex};

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::RsaKeyPair;

use super::super::*;
use recondesk_domain::{Instant, MerchantProfile, ProfileId};
use recondesk_ports::{GatewayError, HttpAnswer, HttpRequest, VaultError};
use wechatpay_codec::v3::{PrivateKey, lines};

pub(super) const PUBLIC_ID: &str = "PUB_KEY_ID_0119000001092026030800291233000801";
pub(super) const V3_KEY: &str = "0123456789abcdef0123456789ABCDEF";

/// A key pair with its certificate.
pub(super) struct TestKeyPair {
    pub(super) private_pem: String,
    pub(super) public_pem: String,
    pub(super) certificate_pem: String,
    pub(super) key: PrivateKey,
}

pub(super) fn pair(name: &str, serial: u8) -> TestKeyPair {
    let rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: Pkcs8V1Der<'_> = rsa.as_der().unwrap();
    let pair =
        rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&der.as_ref().into(), &rcgen::PKCS_RSA_SHA256)
            .unwrap();
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    params.serial_number = Some(vec![0x5F, serial].into());
    params.not_before = rcgen::date_time_ymd(2024, 1, 1);
    params.not_after = rcgen::date_time_ymd(2044, 1, 1);
    let private_pem = pair.serialize_pem();
    TestKeyPair {
        certificate_pem: params.self_signed(&pair).unwrap().pem(),
        public_pem: pair.public_key_pem(),
        key: PrivateKey::from_pem(&private_pem).unwrap(),
        private_pem,
    }
}

pub(super) static MERCHANT: LazyLock<TestKeyPair> = LazyLock::new(|| pair("1900000109", 1));
pub(super) static PLATFORM: LazyLock<TestKeyPair> = LazyLock::new(|| pair("Tenpay.com Root CA", 2));

pub(super) fn noon() -> Instant {
    Instant::parse_beijing("2026-03-09 12:00:00").unwrap()
}

pub(super) struct Noon;

impl Clock for Noon {
    fn now(&self) -> Instant {
        noon()
    }

    fn steady_ms(&self) -> u64 {
        0
    }
}

pub(super) struct OneNonce;

impl Random for OneNonce {
    fn nonce(&self) -> String {
        "0123456789ABCDEF0123456789ABCDEF".to_owned()
    }
}

#[derive(Default)]
pub(super) struct FakeVault(Mutex<BTreeMap<SecretKind, Vec<u8>>>);

impl Vault for FakeVault {
    fn get(&self, _: ProfileId, kind: SecretKind) -> Result<Option<Secret<Vec<u8>>>, VaultError> {
        Ok(self.0.lock().unwrap().get(&kind).cloned().map(Secret::new))
    }

    fn set(
        &self,
        _: ProfileId,
        kind: SecretKind,
        value: Secret<Vec<u8>>,
    ) -> Result<(), VaultError> {
        let mut held = self.0.lock().unwrap();
        held.insert(kind, value.expose().clone());
        Ok(())
    }

    fn remove(&self, _: ProfileId, kind: SecretKind) -> Result<(), VaultError> {
        self.0.lock().unwrap().remove(&kind);
        Ok(())
    }
}

/// How an answer is signed.
#[derive(Clone)]
pub(super) struct SigningManner {
    pub(super) serial: Option<String>,
    pub(super) at: Instant,
    pub(super) skew_s: Option<i64>,
    pub(super) damaged: bool,
}

impl SigningManner {
    pub(super) fn sound(serial: &str) -> Self {
        Self {
            serial: Some(serial.to_owned()),
            at: noon(),
            skew_s: Some(0),
            damaged: false,
        }
    }
}

pub(super) fn answer(status: u16, body: &str, manner: &SigningManner) -> HttpAnswer {
    let mut headers = vec![("request-id".to_owned(), "08F7-268443699".to_owned())];
    if let Some(serial) = &manner.serial {
        let time = manner.at.unix().to_string();
        let text = lines(&[time.as_bytes(), b"nonce", body.as_bytes()]);
        headers.extend([
            ("wechatpay-serial".to_owned(), serial.clone()),
            ("wechatpay-timestamp".to_owned(), time),
            ("wechatpay-nonce".to_owned(), "nonce".to_owned()),
            ("wechatpay-signature".to_owned(), PLATFORM.key.sign(&text)),
        ]);
    }
    let mut body = body.as_bytes().to_vec();
    if manner.damaged {
        body.push(b' ');
    }
    HttpAnswer {
        status,
        headers,
        body,
        skew_s: manner.skew_s,
        took_ms: 1,
        address: "here".to_owned(),
    }
}

/// Answers in order, and keeps what it was asked.
pub(super) struct Played {
    pub(super) answers: Mutex<Vec<Result<HttpAnswer, GatewayError>>>,
    pub(super) asked: Mutex<Vec<HttpRequest>>,
}

impl Gateway for Played {
    fn send(
        &self,
        _: &Route,
        request: &HttpRequest,
        _: &CancelToken,
    ) -> Result<HttpAnswer, GatewayError> {
        self.asked.lock().unwrap().push(request.clone());
        self.answers.lock().unwrap().remove(0)
    }

    fn download(
        &self,
        _: &Route,
        _: &HttpRequest,
        _: &CancelToken,
        _: &mut dyn FnMut(&[u8]) -> Result<(), String>,
    ) -> Result<HttpAnswer, GatewayError> {
        Err(GatewayError::Connect("not played".to_owned()))
    }
}

/// What a merchant has.
pub(super) struct Stage {
    pub(super) played: Played,
    pub(super) vault: FakeVault,
    pub(super) profile: MerchantProfile,
    pub(super) cancel: CancelToken,
}

impl Stage {
    /// A merchant with the WeChat Pay public key, and answers to come.
    pub(super) fn new(answers: Vec<Result<HttpAnswer, GatewayError>>) -> Self {
        let mut profile = MerchantProfile::new("演示", "1900000109");
        profile.api = ApiVersion::V3;
        profile.appids = vec!["wx8888888888888888".to_owned()];
        PUBLIC_ID.clone_into(&mut profile.public_key_id);
        let vault = FakeVault::default();
        for (kind, value) in [
            (SecretKind::ClientKey, &MERCHANT.private_pem),
            (SecretKind::ClientCert, &MERCHANT.certificate_pem),
            (SecretKind::V3Key, &V3_KEY.to_owned()),
            (SecretKind::PlatformKey, &PLATFORM.public_pem),
        ] {
            let value = Secret::new(value.clone().into_bytes());
            vault.set(ProfileId(1), kind, value).unwrap();
        }
        Self {
            played: Played {
                answers: Mutex::new(answers),
                asked: Mutex::default(),
            },
            vault,
            profile,
            cancel: CancelToken::default(),
        }
    }

    pub(super) fn client(&self) -> GatewayClient<'_> {
        let ports = GatewayPorts {
            gateway: &self.played,
            vault: &self.vault,
            random: &OneNonce,
            clock: &Noon,
        };
        GatewayClient::new(
            ports,
            MerchantRef::new(ProfileId(1), &self.profile),
            &self.cancel,
        )
    }
}
