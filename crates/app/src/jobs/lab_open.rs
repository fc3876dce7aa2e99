//! Front-end parameters, and opening or sealing, for the Signature screen.

use super::lab::{chosen_profile, no_key, profile_of, refused, unclear, unread, usage};
use super::lab_keys::{private_key, text_key, v2_candidates, verify_key};
use crate::model::{FrontEndAsk, KeyChoice, LabAnswer, OpenKind, PayMethod};
use crate::{Failure, Message};
use recondesk_domain::{MerchantProfile, SecretKind, SignType};
use recondesk_ports::Ports;
use wechatpay_codec::front_end::{FrontEnd, Prepaid, js_set, pay_v2, pay_v3};
use wechatpay_codec::lab::paste::take_apart;
use wechatpay_codec::v2::notify::decrypt_req_info;
use wechatpay_codec::v3::{decrypt_field, encrypt_field, notify::Envelope, open_resource};

/// Makes what pages and apps are given.
///
/// # Errors
/// When a key or an app id is missing.
pub(super) fn front_end(ports: &Ports, ask: &FrontEndAsk) -> Result<LabAnswer, Failure> {
    match ask {
        FrontEndAsk::Pay(prepay, appid, method, key) => pay(ports, prepay, appid, *method, key),
        FrontEndAsk::Config(ticket, url, appid, profile) => {
            let profile = profile_of(ports, *profile)?;
            let appid = appid_of(appid, profile.as_ref())?;
            let nonce = ports.random.nonce();
            let now = ports.clock.now();
            let set = js_set(ticket, &appid, &nonce, now, url.trim());
            Ok(LabAnswer::Config(set))
        }
    }
}

fn appid_of(given: &str, profile: Option<&MerchantProfile>) -> Result<String, Failure> {
    let first = profile.and_then(|profile| profile.appids.first());
    match (given.trim(), first) {
        ("", Some(first)) => Ok(first.clone()),
        ("", None) => Err(usage(Message::new("没有 appid", "There is no appid"))),
        (given, _) => Ok(given.to_owned()),
    }
}

fn pay(
    ports: &Ports,
    prepay: &str,
    appid: &str,
    method: PayMethod,
    key: &KeyChoice,
) -> Result<LabAnswer, Failure> {
    let profile = chosen_profile(ports, key)?;
    let appid = appid_of(appid, profile.as_ref())?;
    let nonce = ports.random.nonce();
    let prepaid = Prepaid {
        appid: &appid,
        mch_id: profile.as_ref().map_or("", |profile| &profile.mch_id),
        prepay_id: prepay.trim().trim_start_matches("prepay_id="),
        nonce: &nonce,
        now: ports.clock.now(),
    };
    let places = FrontEnd::ALL
        .into_iter()
        .filter(|place| *place != FrontEnd::App || !prepaid.mch_id.is_empty());
    let sets = if method == PayMethod::Rsa {
        let private = private_key(ports, key)?;
        places
            .map(|place| pay_v3(place, &prepaid, &private))
            .collect()
    } else {
        let sign_type = match method {
            PayMethod::HmacSha256 => SignType::HmacSha256,
            PayMethod::Md5 | PayMethod::Rsa => SignType::Md5,
        };
        let keys = v2_candidates(ports, key)?;
        let first = keys.first().ok_or_else(no_key)?;
        places
            .map(|place| pay_v2(place, &prepaid, sign_type, &first.key))
            .collect()
    };
    Ok(LabAnswer::FrontEnd(sets))
}

fn failed(detail: String) -> Failure {
    refused("decrypt", ("解不开", "It does not decrypt"), detail)
}

/// Opens what is sealed, or seals.
///
/// # Errors
/// When the key is missing or does not fit.
pub(super) fn open(
    ports: &Ports,
    kind: OpenKind,
    text: &str,
    key: &KeyChoice,
) -> Result<Vec<u8>, Failure> {
    match kind {
        OpenKind::Notice => notice(ports, text, key),
        OpenKind::Field => {
            let private = private_key(ports, key)?;
            decrypt_field(text, &private).map_err(|error| failed(error.to_string()))
        }
        OpenKind::Seal => {
            let public = verify_key(ports, key, SecretKind::PlatformKey, "")?;
            let sealed = encrypt_field(text.trim_end_matches(['\r', '\n']), &public);
            sealed.map(String::into_bytes).map_err(|error| {
                let title = ("无法加密", "It cannot be encrypted");
                refused("encrypt", title, error.to_string())
            })
        }
    }
}

fn notice(ports: &Ports, text: &str, key: &KeyChoice) -> Result<Vec<u8>, Failure> {
    let trimmed = text.trim();
    if !trimmed.starts_with('{') {
        let keys = v2_candidates(ports, key)?;
        let first = keys.first().ok_or_else(no_key)?;
        let sealed = if trimmed.starts_with('<') {
            let pasted = take_apart(text.as_bytes()).map_err(|error| unread(&error))?;
            let found = pasted.params.filled("req_info").map(str::to_owned);
            found.ok_or_else(|| failed("req_info".to_owned()))?
        } else {
            trimmed.trim_start_matches("req_info=").to_owned()
        };
        return decrypt_req_info(&sealed, &first.key).map_err(|error| failed(error.to_string()));
    }
    let key = text_key(ports, key, SecretKind::V3Key)?;
    if let Ok(envelope) = Envelope::read(trimmed.as_bytes()) {
        return envelope
            .open(&key)
            .map_err(|error| failed(error.to_string()));
    }
    let value: serde_json::Value =
        serde_json::from_str(trimmed).map_err(|error| unclear(error.to_string()))?;
    let place = ["resource", "encrypt_certificate"]
        .iter()
        .find_map(|name| value.get(name))
        .unwrap_or(&value);
    let part = |name: &str| {
        place
            .get(name)
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default()
    };
    open_resource(
        part("ciphertext"),
        part("nonce"),
        part("associated_data"),
        &key,
    )
    .map_err(|error| failed(error.to_string()))
}
