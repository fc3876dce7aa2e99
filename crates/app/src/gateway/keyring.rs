//! The keys of APIv3: the merchant's own pair, and WeChat Pay's keys that answers are verified with.
//!
//! WeChat Pay's keys are platform certificates, several at once, and for newer merchants a public key
//! with an id. A certificate that is not known yet is fetched once, never in a loop.

use std::cell::{Cell, RefCell};

use super::{GatewayClient, missing};
use crate::{Advice, Failure, MerchantRef, Message};
use recondesk_domain::{Secret, SecretKind};
use recondesk_ports::Vault;
use wechatpay_codec::v3::{Certificate, PrivateKey, VerifyKey, normal_serial, verify_keys};

/// All keys of one merchant, read once.
pub(super) struct Keyring {
    /// The merchant's private key.
    pub(super) private: PrivateKey,
    /// Serial number of the merchant's certificate.
    pub(super) serial: String,
    /// WeChat Pay's keys, those in date alone.
    platform: RefCell<Vec<VerifyKey>>,
    /// True once certificates were asked for, so that no answer can make this a loop.
    pub(super) refreshed: Cell<bool>,
}

impl Keyring {
    /// Reads the keys of a merchant from the vault.
    ///
    /// # Errors
    /// When the private key or its serial number is missing or cannot be read.
    pub(super) fn read(client: &GatewayClient<'_>) -> Result<Self, Failure> {
        let profile = client.merchant.profile;
        let key = client.secret(SecretKind::ClientKey)?.ok_or_else(|| {
            missing(
                "vault.client_key",
                Message::new(
                    "这个商户还没有设置商户私钥",
                    "This merchant has no private key yet",
                ),
                Advice::by_place(
                    Message::new(
                        "用 recondesk profile set-key 档案名 client-key 设置 apiclient_key.pem",
                        "Set apiclient_key.pem with recondesk profile set-key NAME client-key",
                    ),
                    Message::new(
                        "到“商户 › 密钥”存入 apiclient_key.pem",
                        "Store apiclient_key.pem under Merchants › Keys",
                    ),
                ),
            )
        })?;
        let private = PrivateKey::from_pem(&String::from_utf8_lossy(key.expose()))
            .map_err(|error| unusable(SecretKind::ClientKey, &error.to_string()))?;
        let now = client.ports.clock.now();
        let mut platform = platform_keys(
            client.ports.vault,
            MerchantRef::new(client.merchant.id, profile),
        )?;
        platform.retain(|key| key.is_valid_at(now));
        Ok(Self {
            private,
            serial: serial(client)?,
            platform: RefCell::new(platform),
            refreshed: Cell::new(false),
        })
    }

    /// WeChat Pay's keys as they are known now.
    pub(super) fn platform(&self) -> Vec<VerifyKey> {
        self.platform.borrow().clone()
    }

    /// How many platform certificates are known.
    pub(super) fn certificate_count(&self) -> usize {
        let keys = self.platform.borrow();
        keys.iter().filter(|key| !key.is_public_key()).count()
    }

    /// The key by which answers should be signed: the public key where there is one, else the newest certificate.
    pub(super) fn preferred(&self) -> Option<VerifyKey> {
        let keys = self.platform.borrow();
        let newest = || {
            keys.iter()
                .max_by_key(|key| key.certificate.as_ref().map(|held| held.not_before))
        };
        keys.iter()
            .find(|key| key.is_public_key())
            .or_else(newest)
            .cloned()
    }

    /// Takes new platform certificates in, beside those that are known, and keeps them in the vault.
    pub(super) fn take(&self, client: &GatewayClient<'_>, fresh: Vec<VerifyKey>) {
        let mut keys = self.platform.borrow_mut();
        for key in fresh {
            if !keys.iter().any(|known| known.id == key.id) {
                keys.push(key);
            }
        }
        let pem: String = keys
            .iter()
            .filter_map(|key| key.certificate.as_ref().map(Certificate::pem))
            .collect();
        let stored = client.ports.vault.set(
            client.merchant.id,
            SecretKind::PlatformCerts,
            Secret::new(pem.into_bytes()),
        );
        if let Err(error) = stored {
            // They are public and can be fetched again: work goes on without them in the vault.
            tracing::warn!(%error, "platform certificates were not kept");
        }
    }
}

/// All keys of WeChat Pay that a profile has, also those whose days are over: old messages were signed with them.
///
/// # Errors
/// When the vault cannot be read.
pub(crate) fn platform_keys(
    vault: &dyn Vault,
    MerchantRef { id, profile }: MerchantRef<'_>,
) -> Result<Vec<VerifyKey>, Failure> {
    let mut pem = Vec::new();
    for kind in [SecretKind::PlatformKey, SecretKind::PlatformCerts] {
        if let Some(text) = vault.get(id, kind)? {
            pem.extend_from_slice(text.expose());
            pem.push(b'\n');
        }
    }
    Ok(verify_keys(
        &String::from_utf8_lossy(&pem),
        &profile.public_key_id,
    ))
}

/// The serial number that stands in each request: of the stored certificate, else as the profile says.
fn serial(client: &GatewayClient<'_>) -> Result<String, Failure> {
    if let Some(pem) = client.secret(SecretKind::ClientCert)? {
        let certificate = Certificate::from_pem(&String::from_utf8_lossy(pem.expose()))
            .map_err(|error| unusable(SecretKind::ClientCert, &error.to_string()))?;
        return Ok(certificate.serial);
    }
    let serial = normal_serial(&client.merchant.profile.cert_serial);
    if serial.is_empty() {
        return Err(missing(
            "profile.cert_serial",
            Message::new(
                "档案里没有商户证书，也没有它的序列号",
                "The profile has neither the merchant's certificate nor its serial number",
            ),
            Advice::by_place(
                Message::new(
                    "用 set-key 档案名 client-cert 存入 apiclient_cert.pem，或用 profile edit --cert-serial 写上序列号",
                    "Store apiclient_cert.pem with set-key NAME client-cert, or name the serial with profile edit --cert-serial",
                ),
                Message::new(
                    "到“商户 › 密钥”存入 apiclient_cert.pem，或在档案里写上序列号",
                    "Store apiclient_cert.pem under Merchants › Keys, or name its serial number in the profile",
                ),
            ),
        ));
    }
    Ok(serial)
}

fn unusable(kind: SecretKind, detail: &str) -> Failure {
    missing(
        "vault.key",
        Message::new(
            "存着的密钥或证书不能用",
            "A stored key or certificate cannot be used",
        ),
        Advice::by_place(
            Message::new(
                format!(
                    "用 recondesk profile set-key 档案名 {} 重新设置",
                    kind.word()
                ),
                format!(
                    "Set it again with recondesk profile set-key NAME {}",
                    kind.word()
                ),
            ),
            Message::new(
                "到“商户 › 密钥”重新存入",
                "Store it again under Merchants › Keys",
            ),
        ),
    )
    .with_detail(format!("{}: {detail}", kind.word()))
}
