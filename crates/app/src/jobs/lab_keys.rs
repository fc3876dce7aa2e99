//! Keys for the Signature screen, from the vault or as typed; nothing here outlives a question.

use super::lab::refused;
use crate::gateway::platform_keys;
use crate::model::KeyChoice;
use crate::{Failure, FailureKind, MerchantRef, Message};
use recondesk_domain::{ProfileId, Secret, SecretKind};
use recondesk_ports::Ports;
use wechatpay_codec::Params;
use wechatpay_codec::lab::explain::KeyCandidate;
use wechatpay_codec::v3::{KeyError, PrivateKey, VerifyKey, normal_serial};

/// The key of that kind as text.
pub(super) fn text_key(
    ports: &Ports,
    key: &KeyChoice,
    kind: SecretKind,
) -> Result<Secret<String>, Failure> {
    match key {
        KeyChoice::Typed(key) => Ok(key.clone()),
        KeyChoice::Stored(id) => stored(ports, *id, kind)?.ok_or_else(|| missing(kind)),
    }
}

fn stored(
    ports: &Ports,
    id: ProfileId,
    kind: SecretKind,
) -> Result<Option<Secret<String>>, Failure> {
    let Some(bytes) = ports.vault.get(id, kind)? else {
        return Ok(None);
    };
    let text = std::str::from_utf8(bytes.expose()).ok();
    let text = text.ok_or_else(|| {
        refused(
            "key.text",
            ("密钥不是文本", "The key is not text"),
            kind.word().to_owned(),
        )
    })?;
    Ok(Some(Secret::new(text.to_owned())))
}

/// The chosen APIv2 key first; where it is a stored one, those of all other merchants after it.
pub(super) fn v2_candidates(ports: &Ports, key: &KeyChoice) -> Result<Vec<KeyCandidate>, Failure> {
    let first = text_key(ports, key, SecretKind::V2Key)?;
    let KeyChoice::Stored(chosen) = key else {
        return Ok(vec![KeyCandidate {
            name: String::new(),
            key: first,
        }]);
    };
    let rows = ports.records.profiles()?;
    let name = rows.iter().find(|(id, _)| id == chosen);
    let mut out = vec![KeyCandidate {
        name: name
            .map(|(_, profile)| profile.name.clone())
            .unwrap_or_default(),
        key: first,
    }];
    for (id, profile) in rows.into_iter().filter(|(id, _)| id != chosen) {
        // A key that cannot be read only shortens the search.
        if let Ok(Some(key)) = stored(ports, id, SecretKind::V2Key) {
            out.push(KeyCandidate {
                name: profile.name,
                key,
            });
        }
    }
    Ok(out)
}

/// The merchant's private key.
pub(super) fn private_key(ports: &Ports, key: &KeyChoice) -> Result<PrivateKey, Failure> {
    let text = text_key(ports, key, SecretKind::ClientKey)?;
    PrivateKey::from_pem(text.expose()).map_err(|error| unusable(&error))
}

/// A key to verify with: certificate, public key, or the public half of a private key. It is called as the
/// certificate or the profile says, else as the message does.
pub(super) fn verify_key(
    ports: &Ports,
    key: &KeyChoice,
    kind: SecretKind,
    id: &str,
) -> Result<VerifyKey, Failure> {
    let profile = super::lab::chosen_profile(ports, key)?;
    if let (KeyChoice::Stored(owner), SecretKind::PlatformKey, Some(profile)) =
        (key, kind, &profile)
        && let Some(key) = platform_key(ports, MerchantRef::new(*owner, profile), id)?
    {
        return Ok(key);
    }
    let text = text_key(ports, key, kind)?;
    let text = text.expose();
    let own = profile.map(|profile| match kind {
        SecretKind::ClientKey => profile.cert_serial,
        SecretKind::V2Key
        | SecretKind::V3Key
        | SecretKind::ClientCert
        | SecretKind::PlatformKey
        | SecretKind::PlatformCerts
        | SecretKind::ShopKey
        | SecretKind::Webhook
        | SecretKind::WebhookSecret => profile.public_key_id,
    });
    let own = own.filter(|own| !own.is_empty());
    let id = own.as_deref().unwrap_or(id);
    let key = if text.contains("PRIVATE KEY-----") {
        PrivateKey::from_pem(text).and_then(|key| key.verifying(id))
    } else {
        VerifyKey::from_pem(text, id)
    };
    key.map_err(|error| unusable(&error))
}

/// The key of WeChat Pay that a profile has under this serial, public key or certificate; else the first there is.
///
/// # Errors
/// When the vault cannot be read.
pub fn platform_key(
    ports: &Ports,
    profile: MerchantRef<'_>,
    serial: &str,
) -> Result<Option<VerifyKey>, Failure> {
    let keys = platform_keys(&*ports.vault, profile)?;
    let wanted = normal_serial(serial);
    let named = keys.iter().find(|key| key.id == wanted);
    Ok(named.or(keys.first()).cloned())
}

/// Refuses a message that holds the key as a field: it would be signed, shown and sent along with the message.
///
/// # Errors
/// [`Failure`] naming the field, never the key.
pub fn refuse_key_as_field(params: &Params, key: &[u8]) -> Result<(), Failure> {
    let mut fields = params.iter();
    let Some(field) = fields.find(|field| !key.is_empty() && field.value.as_bytes() == key) else {
        return Ok(());
    };
    Err(refused(
        "lab.key_field",
        (
            "报文的字段里有 API 密钥：密钥只拼在待签名串末尾，不是字段，也不能发送。删掉这个字段再签",
            "A field of the message holds the API key: the key is appended to the string that is signed, it is no field and \
             never sent. Take the field out and sign again",
        ),
        field.name.clone(),
    ))
}

fn unusable(error: &KeyError) -> Failure {
    let why = error.words();
    let title = Message::new(
        format!("密钥或证书无法使用：{}", why.zh),
        format!("The key or certificate cannot be used: {}", why.en),
    );
    Failure::new(
        FailureKind::RefusedInput,
        "key.pem",
        title,
        Message::default(),
    )
}

fn missing(kind: SecretKind) -> Failure {
    let (zh, en) = match kind {
        SecretKind::V2Key => ("没有存 v2 API 密钥", "No v2 API key is stored"),
        SecretKind::V3Key => ("没有存 APIv3 密钥", "No APIv3 key is stored"),
        SecretKind::ClientCert => ("没有存商户证书", "No merchant certificate is stored"),
        SecretKind::ClientKey => ("没有存商户私钥", "No private key is stored"),
        SecretKind::PlatformKey => ("没有存微信支付公钥", "No WeChat Pay public key is stored"),
        SecretKind::PlatformCerts => ("没有存平台证书", "No platform certificate is stored"),
        SecretKind::ShopKey => (
            "没有存商城接口密钥",
            "No key of the shop's address is stored",
        ),
        SecretKind::Webhook => ("没有存群机器人地址", "No address of a webhook is stored"),
        SecretKind::WebhookSecret => ("没有存群机器人签名密钥", "No secret of a webhook is stored"),
    };
    Failure::new(
        FailureKind::Usage,
        "vault.missing",
        Message::new(zh, en),
        Message::new(
            "在“商户”里存入，或在这里输入密钥",
            "Store it under Merchants, or type the key here",
        ),
    )
}
