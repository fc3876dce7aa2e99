//! Checks of APIv2 vectors, of addresses' signatures, of XML and of money.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::{Vector, same};
use crate::v2::{self, notify, xml};
use crate::{Params, front_end};
use recondesk_domain::{Fee, Fen, Instant, Secret, SignType};

fn sign_type(v: &Vector<'_>) -> Result<SignType, String> {
    match v.text("sign_type")? {
        "MD5" => Ok(SignType::Md5),
        "HMAC-SHA256" => Ok(SignType::HmacSha256),
        _ => Err("the sign_type is not known".to_owned()),
    }
}

fn key(v: &Vector<'_>) -> Result<Secret<String>, String> {
    v.text("api_key").map(|key| Secret::new(key.to_owned()))
}

fn string_to_sign(params: &Params, key: &Secret<String>) -> String {
    format!("{}&key={}", v2::canonical(params), key.expose())
}

pub(super) fn v2_sign(v: &Vector<'_>) -> Result<(), String> {
    let (key, kind) = (key(v)?, sign_type(v)?);
    let wanted = v.text("expected_sign")?;
    let mut messages = vec![v.pairs("params")?.into_iter().collect::<Params>()];
    if v.vector.get("xml").is_some() {
        messages.push(xml::read(v.text("xml")?.as_bytes()).map_err(|error| error.to_string())?);
    }
    for params in &mut messages {
        same(
            "the string to sign",
            &string_to_sign(params, &key),
            v.text("string_to_sign")?,
        )?;
        same("the signature", &v2::sign(params, &key, kind), wanted)?;
        params.set(v2::SIGN, wanted);
        v2::verify(params, &key, kind).map_err(|error| error.to_string())?;
        params.push("one_more", "1");
        if v2::verify(params, &key, kind).is_ok() {
            return Err("a changed message was accepted".to_owned());
        }
    }
    if v.vector.get("wrong_sign_when_empty_kept_prefix").is_some() {
        let prefix = v.text("wrong_sign_when_empty_kept_prefix")?;
        let mut pairs = v.pairs("params")?;
        pairs.retain(|(name, _)| name != v2::SIGN);
        pairs.sort();
        let joined: Vec<String> = pairs
            .iter()
            .map(|(k, value)| format!("{k}={value}"))
            .collect();
        let text = format!("{}&key={}", joined.join("&"), key.expose());
        let wrong = v2::digest(text.as_bytes(), key.expose().as_bytes(), kind);
        same(
            "the signature with empty fields",
            wrong.get(..prefix.len()).unwrap_or_default(),
            prefix,
        )?;
    }
    Ok(())
}

pub(super) fn v2_pay_sign(v: &Vector<'_>) -> Result<(), String> {
    let (key, kind) = (key(v)?, sign_type(v)?);
    let params: Params = v.pairs("params")?.into_iter().collect();
    same(
        "the string to sign",
        &string_to_sign(&params, &key),
        v.text("string_to_sign")?,
    )?;
    same(
        "the signature",
        &v2::sign(&params, &key, kind),
        v.text("expected")?,
    )?;
    let field = |one: &str, other: &str| params.get(one).or_else(|| params.get(other));
    let app = params.get("prepayid").is_some();
    let prepay_id = params
        .get("prepayid")
        .or_else(|| params.get("package")?.strip_prefix("prepay_id="))
        .ok_or("there is no prepay_id")?;
    let seconds = field("timeStamp", "timestamp")
        .and_then(|text| text.parse().ok())
        .ok_or("there is no timestamp")?;
    let prepaid = front_end::Prepaid {
        appid: field("appId", "appid").unwrap_or_default(),
        mch_id: params.get("partnerid").unwrap_or_default(),
        prepay_id,
        nonce: field("nonceStr", "noncestr").unwrap_or_default(),
        now: Instant::from_unix(seconds),
    };
    let place = if app {
        front_end::FrontEnd::App
    } else {
        front_end::FrontEnd::Bridge
    };
    let set = front_end::pay_v2(place, &prepaid, kind, &key);
    same(
        "the signature of the parameter set",
        set.params.get(v.text("output_field")?).unwrap_or_default(),
        v.text("expected")?,
    )
}

pub(super) fn refund_notice(v: &Vector<'_>) -> Result<(), String> {
    let plain = notify::decrypt_req_info(v.text("req_info")?, &key(v)?)
        .map_err(|error| error.to_string())?;
    same(
        "the plain text",
        &String::from_utf8_lossy(&plain),
        v.text("expected_plaintext")?,
    )?;
    let fields = xml::read_root(&plain, "root", xml::XmlLimits::default())
        .map_err(|error| error.to_string())?;
    for (name, value) in v.pairs("expected_fields")? {
        same(&name, fields.get(&name).unwrap_or_default(), &value)?;
    }
    let wrong = Secret::new("this is not the key".to_owned());
    match notify::decrypt_req_info(v.text("req_info")?, &wrong) {
        Ok(text) if text == plain => Err("another key opened it".to_owned()),
        _ => Ok(()),
    }
}

pub(super) fn js_config(v: &Vector<'_>) -> Result<(), String> {
    let ticket = Secret::new(v.text("jsapi_ticket")?.to_owned());
    let config = front_end::js_config(
        &ticket,
        v.text("noncestr")?,
        v.text("timestamp")?,
        v.text("url")?,
    );
    same(
        "the string to sign",
        &config.signed,
        v.text("string_to_sign")?,
    )?;
    same("the signature", &config.signature, v.text("expected")?)
}

pub(super) fn xml(v: &Vector<'_>) -> Result<(), String> {
    let read = xml::read(v.text("xml")?.as_bytes());
    match (v.text("expect")?, read) {
        ("must_accept", Ok(_)) => Ok(()),
        ("must_accept", Err(error)) => Err(format!("refused: {error}")),
        ("must_reject", Err(_)) => Ok(()),
        (
            "must_reject_as_not_xml_message",
            Err(xml::XmlError::Html { .. } | xml::XmlError::NotAMessage),
        ) => Ok(()),
        ("must_reject_as_not_xml_message", Err(error)) => {
            Err(format!("refused for another reason: {error}"))
        }
        ("must_reject" | "must_reject_as_not_xml_message", Ok(_)) => Err("accepted".to_owned()),
        (other, _) => Err(format!("the expectation {other} is not known")),
    }
}

pub(super) fn aes_ecb(v: &Vector<'_>) -> Result<(), String> {
    let sealed = BASE64
        .decode(v.text("ciphertext_base64")?)
        .map_err(|error| error.to_string())?;
    let plain = notify::aes_ecb_open(&sealed, v.text("key_ascii")?.as_bytes())
        .ok_or("it does not decrypt")?;
    same(
        "the plain text",
        &String::from_utf8_lossy(&plain),
        v.text("expected_plaintext")?,
    )
}

pub(super) fn money(v: &Vector<'_>) -> Result<(), String> {
    let text = v.text("yuan")?;
    let (got, wanted) = if v.vector.get("expected_fen").is_some() {
        (
            Fen::parse_yuan(text).map(Fen::get),
            v.number("expected_fen")?,
        )
    } else {
        (
            Fee::parse_yuan_bytes(text.as_bytes()).map(Fee::get),
            v.number("expected_1e5_yuan")?,
        )
    };
    match got {
        Ok(got) if got == wanted => Ok(()),
        Ok(got) => Err(format!("got {got}, wanted {wanted}")),
        Err(error) => Err(error.to_string()),
    }
}
