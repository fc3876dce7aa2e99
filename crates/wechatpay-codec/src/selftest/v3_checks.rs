//! Checks of APIv3 vectors.

use serde_json::Value;

use super::{Vector, same};
use crate::front_end;
use crate::v3::{
    self, Authorization, PrivateKey, RequestParts, SignatureHeaders, VerifyKey, notify,
};
use recondesk_domain::{Instant, Secret};

/// A test key of the file, with what belongs to it.
struct TestKey<'a> {
    key: PrivateKey,
    mchid: Option<&'a str>,
    serial: Option<&'a str>,
}

fn test_key<'a>(v: &Vector<'a>) -> Result<TestKey<'a>, String> {
    let name = v.text("key")?;
    let entry = v
        .file
        .get("test_keys")
        .and_then(|keys| keys.get(name))
        .ok_or_else(|| format!("the file has no key {name}"))?;
    let pem = entry.get("private_key_pem").ok_or("the key has no PEM")?;
    let part = |field: &str| pem.get(field).and_then(Value::as_str);
    let text = match (pem.as_str(), part("pem_label"), part("pem_base64")) {
        (Some(text), ..) => text.to_owned(),
        (_, Some(label), Some(content)) => {
            format!("-----BEGIN {label}-----\n{content}\n-----END {label}-----\n")
        }
        _ => return Err("the key's PEM cannot be read".to_owned()),
    };
    Ok(TestKey {
        key: PrivateKey::from_pem(&text).map_err(|error| error.to_string())?,
        mchid: entry.get("mchid").and_then(Value::as_str),
        serial: entry.get("serial_no").and_then(Value::as_str),
    })
}

pub(super) fn request_sign(v: &Vector<'_>) -> Result<(), String> {
    let TestKey { key, mchid, serial } = test_key(v)?;
    let wanted = v.text("expected_signature")?;
    let text = v.text("string_to_sign")?;
    if v.vector.get("message").is_some() {
        same("the message", v.text("message")?, text)?;
        return same("the signature", &key.sign(text.as_bytes()), wanted);
    }
    let parts = RequestParts {
        method: v.text("method")?,
        target: v.text("url_path_and_query")?,
        timestamp: v.text("timestamp")?,
        nonce: v.text("nonce_str")?,
        body: v.text("body")?.as_bytes(),
    };
    let message = v3::request_message(&parts);
    same(
        "the string to sign",
        &String::from_utf8_lossy(&message),
        text,
    )?;
    let made = v3::authorize(&parts, mchid.unwrap_or("-"), serial.unwrap_or("-"), &key);
    same("the signature", &made.signature, wanted)?;
    let verify = key.verifying("test").map_err(|error| error.to_string())?;
    if !made.fits(parts.method, parts.target, parts.body, &verify) {
        return Err("the signature does not verify".to_owned());
    }
    if made.fits(parts.method, parts.target, b"changed", &verify) {
        return Err("a changed body was accepted".to_owned());
    }
    if v.vector.get("authorization_header").is_some() {
        let header = v.text("authorization_header")?;
        let read = Authorization::parse(header).map_err(|error| error.to_string())?;
        if read != made {
            return Err("the header reads differently".to_owned());
        }
        same("the header", &made.header(), header)?;
    }
    Ok(())
}

pub(super) fn pay_sign(v: &Vector<'_>) -> Result<(), String> {
    let TestKey { key, .. } = test_key(v)?;
    let line4 = v.text("line4")?;
    let seconds = v.text("timestamp")?;
    let prepaid = front_end::Prepaid {
        appid: v.text("appid")?,
        mch_id: "",
        prepay_id: line4.strip_prefix("prepay_id=").unwrap_or(line4),
        nonce: v.text("nonce_str")?,
        now: Instant::from_unix(
            seconds
                .parse()
                .ok()
                .ok_or("the timestamp is not a number")?,
        ),
    };
    let (place, field) = if v.text("kind")? == "APP" {
        (front_end::FrontEnd::App, "sign")
    } else {
        (front_end::FrontEnd::MiniProgram, "paySign")
    };
    let set = front_end::pay_v3(place, &prepaid, &key);
    same("the string to sign", &set.signed, v.text("string_to_sign")?)?;
    same(
        "the signature",
        set.params.get(field).unwrap_or_default(),
        v.text("expected")?,
    )
}

fn headers(v: &Vector<'_>) -> Result<SignatureHeaders, String> {
    SignatureHeaders::collect(&v.pairs("headers")?).map_err(|error| error.to_string())
}

/// Recorded messages are old: the five minutes are left out.
fn holds(
    headers: &SignatureHeaders,
    body: &[u8],
    key: VerifyKey,
    wanted: bool,
) -> Result<(), String> {
    match (v3::verify_signature(headers, body, &[key]), wanted) {
        (Ok(_), true) | (Err(_), false) => Ok(()),
        (Ok(_), false) => Err("the signature was accepted".to_owned()),
        (Err(error), true) => Err(error.to_string()),
    }
}

pub(super) fn response(v: &Vector<'_>) -> Result<(), String> {
    let headers = headers(v)?;
    let mut key = VerifyKey::from_pem(v.text("key_pem")?, &headers.serial)
        .map_err(|error| error.to_string())?;
    // One recorded answer came without its serial; the certificate beside it is the right one.
    key.id = v3::normal_serial(&headers.serial);
    let body = v.text("body")?.as_bytes();
    let wanted = v.flag("expected_valid")?;
    holds(&headers, body, key.clone(), wanted)?;
    if wanted {
        holds(&headers, &[body, b" "].concat(), key, false)?;
    }
    Ok(())
}

pub(super) fn notice(v: &Vector<'_>) -> Result<(), String> {
    let headers = headers(v)?;
    let key = VerifyKey::from_pem(v.text("verify_key_pem")?, &headers.serial)
        .map_err(|error| error.to_string())?;
    let body = v.text("body")?.as_bytes();
    holds(&headers, body, key, v.flag("expected_signature_valid")?)?;
    let envelope = notify::Envelope::read(body).map_err(|error| error.to_string())?;
    let plain = envelope
        .open(&Secret::new(v.text("apiv3_key")?.to_owned()))
        .map_err(|error| error.to_string())?;
    same(
        "the resource",
        &String::from_utf8_lossy(&plain),
        v.text("expected_resource_plaintext")?,
    )?;
    match notify::subject(&envelope.event_type, plain).map_err(|error| error.to_string())? {
        notify::Subject::Other(_) => Err("the object is not known".to_owned()),
        notify::Subject::Transaction(_)
        | notify::Subject::Combined(_)
        | notify::Subject::Refund(_) => Ok(()),
    }
}

pub(super) fn aes_gcm(v: &Vector<'_>) -> Result<(), String> {
    let key = Secret::new(v.text("key")?.to_owned());
    let opened = v3::open_resource(
        v.text("ciphertext")?,
        v.text("nonce")?,
        v.text("associated_data")?,
        &key,
    );
    match (opened, v.flag("expected_valid")?) {
        (Ok(plain), true) => same(
            "the plain text",
            &String::from_utf8_lossy(&plain),
            v.text("expected_plaintext")?,
        ),
        (Err(_), false) => Ok(()),
        (Ok(_), false) => Err("it was opened".to_owned()),
        (Err(error), true) => Err(error.to_string()),
    }
}
