//! The work behind the Signature screen: keys are fetched, used and dropped here; answers carry placeholders.

use super::lab_keys::{private_key, refuse_key_as_field, v2_candidates, verify_key};
use super::lab_open::{front_end, open};
use super::lab_send;
use crate::model::{
    KeyChoice, LabAnswer, LabAsk, LabChoice, LabFill, LabMessage, LabOutcome, LabSigned,
    MeantField, Steps, Verified, Why, WhyAsk,
};
use crate::{Failure, FailureKind, Message, Progress, Reporter, Step};
use recondesk_domain::{MerchantProfile, ProfileId, SecretKind, SignType};
use recondesk_ports::Ports;
use wechatpay_codec::lab::explain::{
    AuthorizationReading, QuestionV2, QuestionV3, SignedMessage, VerifyCandidate, align_401,
    explain_v2, explain_v3, merchant_fault,
};
use wechatpay_codec::lab::field_meaning;
use wechatpay_codec::lab::paste::{HttpPart, PasteError, take_apart};
use wechatpay_codec::lab::reading::value_reading;
use wechatpay_codec::lab::steps::{curl, signed_xml, steps_v2, steps_v3};
use wechatpay_codec::lab::template::{Template, check};
use wechatpay_codec::lab::verify::{MessageKind, cause_v2, cause_v3, fits_v2};
use wechatpay_codec::v3::{
    Authorization, RequestParts, SignInformation, SignatureHeaders, VerifyError, VerifyKey,
    authorize, normal_serial, verify_message,
};
use wechatpay_codec::{Params, selftest};

/// Answers a question of the Signature screen.
///
/// # Errors
/// A [`Failure`] that says what is missing or cannot be read; it never holds a key.
pub fn answer(ports: &Ports, ask: LabAsk, reporter: &dyn Reporter) -> Result<LabOutcome, Failure> {
    let of_tab = |answer| LabOutcome::Answer(Box::new(answer));
    Ok(match ask {
        LabAsk::Fill(template, profile) => {
            let profile =
                profile_of(ports, profile)?.unwrap_or_else(|| MerchantProfile::new("", ""));
            let now = ports.clock.now();
            LabOutcome::Fill(match template {
                LabChoice::V2(template) => {
                    let params = template.prefill(&profile, &ports.random.nonce(), now);
                    LabFill::Fields(template, params)
                }
                LabChoice::V3(template) => {
                    LabFill::Request(template, Box::new(template.prefill(&profile, now)))
                }
            })
        }
        LabAsk::TakeApart(text) => {
            let pasted = take_apart(text.as_bytes()).map_err(|error| unread(&error))?;
            LabOutcome::Fill(LabFill::Taken(Box::new(pasted)))
        }
        LabAsk::Sign(template, message, key) => {
            of_tab(LabAnswer::Signed(sign(ports, template, &message, &key)?))
        }
        LabAsk::Why(ask) => of_tab(LabAnswer::Why(why(ports, &ask, reporter)?)),
        LabAsk::Verify(text, key) => of_tab(LabAnswer::Verified(verify(ports, &text, &key)?)),
        LabAsk::FrontEnd(ask) => of_tab(front_end(ports, &ask)?),
        LabAsk::Decrypt(kind, text, key) => {
            of_tab(LabAnswer::Plain(open(ports, kind, &text, &key)?))
        }
        LabAsk::Send(ask) => {
            LabOutcome::Sent(Box::new(lab_send::send(ports, &ask, &reporter.token())?))
        }
        LabAsk::Follow(ask) => {
            LabOutcome::Followed(Box::new(lab_send::follow(ports, &ask, &reporter.token())?))
        }
        LabAsk::SelfTest => {
            let checks = selftest::run_embedded().map_err(|error| unclear(error.to_string()))?;
            LabOutcome::Checks(checks)
        }
    })
}

pub(super) fn profile_of(
    ports: &Ports,
    id: Option<ProfileId>,
) -> Result<Option<MerchantProfile>, Failure> {
    let Some(id) = id else {
        return Ok(None);
    };
    let rows = ports.records.profiles()?;
    Ok(rows
        .into_iter()
        .find(|(known, _)| *known == id)
        .map(|(_, profile)| profile))
}

pub(super) fn chosen_profile(
    ports: &Ports,
    key: &KeyChoice,
) -> Result<Option<MerchantProfile>, Failure> {
    match key {
        KeyChoice::Stored(id) => profile_of(ports, Some(*id)),
        KeyChoice::Typed(_) => Ok(None),
    }
}

fn sign(
    ports: &Ports,
    template: Template,
    message: &LabMessage,
    key: &KeyChoice,
) -> Result<LabSigned, Failure> {
    let profile = chosen_profile(ports, key)?;
    match message {
        LabMessage::V2(params, sign_type) => {
            let keys = v2_candidates(ports, key)?;
            let first = keys.first().ok_or_else(no_key)?;
            refuse_key_as_field(params, first.key.expose().as_bytes())?;
            let steps = steps_v2(params, &first.key, *sign_type);
            let xml = signed_xml(params, steps.result()).unwrap_or_default();
            let command = template.endpoint().map(|endpoint| {
                let base = profile.map_or_else(
                    || recondesk_domain::OFFICIAL_GATEWAY.to_owned(),
                    |profile| profile.gateway,
                );
                let address = format!("{}{}", base.trim_end_matches('/'), endpoint.path());
                curl("POST", &address, &[("Content-Type", "text/xml")], &xml)
            });
            Ok(LabSigned {
                problems: check(template, params, ports.clock.now()),
                steps: Steps::V2(steps),
                curl: command.unwrap_or_default(),
                xml,
            })
        }
        LabMessage::V3(http) => sign_v3(ports, http, key, profile.as_ref()),
    }
}

fn sign_v3(
    ports: &Ports,
    http: &HttpPart,
    key: &KeyChoice,
    profile: Option<&MerchantProfile>,
) -> Result<LabSigned, Failure> {
    let private = private_key(ports, key)?;
    let header = authorization(http);
    let or = |own: &str, other: Option<&str>| match own {
        "" => other.unwrap_or_default().to_owned(),
        own => own.to_owned(),
    };
    let mchid = or(&header.mchid, profile.map(|p| p.mch_id.as_str()));
    let serial = or(&header.serial, profile.map(|p| p.cert_serial.as_str()));
    let now = ports.clock.now().unix().to_string();
    let timestamp = or(&header.timestamp, Some(&now));
    let nonce = or(&header.nonce, Some(&ports.random.nonce()));
    let parts = RequestParts {
        method: &http.method,
        target: &http.target,
        timestamp: &timestamp,
        nonce: &nonce,
        body: &http.body,
    };
    let signed = authorize(&parts, &mchid, &serial, &private);
    let steps = steps_v3(&parts, &signed);
    let address = format!("https://{}{}", http.host, http.target);
    let headers = [
        ("Authorization", steps.header.as_str()),
        ("Accept", "application/json"),
        ("Content-Type", "application/json"),
    ];
    let body = String::from_utf8_lossy(&http.body);
    Ok(LabSigned {
        curl: if http.host.is_empty() {
            String::new()
        } else {
            curl(&http.method, &address, &headers, &body)
        },
        steps: Steps::V3(steps),
        xml: String::new(),
        problems: Vec::new(),
    })
}

fn authorization(http: &HttpPart) -> Authorization {
    http.header("Authorization")
        .and_then(|header| Authorization::parse(header).ok())
        .unwrap_or_default()
}

fn why(ports: &Ports, ask: &WhyAsk, reporter: &dyn Reporter) -> Result<Why, Failure> {
    let begun = ports.clock.steady_ms();
    let watch = |done: u64, total: u64| {
        reporter.progress(Progress {
            step: Step::Compare,
            done,
            total: Some(total),
        });
        !reporter.cancelled()
    };
    let mut out = match &ask.message {
        LabMessage::V2(params, sign_type) => {
            let keys = v2_candidates(ports, &ask.key)?;
            let first = keys.first().ok_or_else(no_key)?;
            refuse_key_as_field(params, first.key.expose().as_bytes())?;
            let steps = Some(Steps::V2(steps_v2(params, &first.key, *sign_type)));
            let mut question = question_v2(params, *sign_type, ask, &keys);
            let profile = chosen_profile(ports, &ask.key)?;
            question.seen.extend(profile.map(|profile| profile.mch_id));
            let verdict = explain_v2(&question, &watch);
            Why {
                verdict,
                aligned: None,
                steps,
                took_ms: 0,
            }
        }
        LabMessage::V3(http) => {
            let question = question_v3(ports, http, ask)?;
            let aligned = SignInformation::from_answer(ask.other_side.as_bytes())
                .map(|told| align_401(&told, &question.right_string()));
            Why {
                verdict: explain_v3(&question, &watch),
                aligned,
                steps: None,
                took_ms: 0,
            }
        }
    };
    out.took_ms = ports.clock.steady_ms().saturating_sub(begun);
    Ok(out)
}

fn other_string(ask: &WhyAsk) -> Option<String> {
    let text = &ask.other_side;
    let is_answer = SignInformation::from_answer(text.as_bytes()).is_some();
    (!text.trim().is_empty() && !is_answer).then(|| text.clone())
}

fn question_v2(
    params: &Params,
    sign_type: SignType,
    ask: &WhyAsk,
    keys: &[wechatpay_codec::lab::explain::KeyCandidate],
) -> QuestionV2 {
    let mut message = params.clone();
    // Another signature than the one in question may have been signed by mistake.
    if message.get("sign") == Some(ask.given.trim()) {
        message.remove("sign");
    }
    message.remove("paySign");
    QuestionV2 {
        message,
        given: ask.given.trim().to_owned(),
        keys: keys.to_vec(),
        sign_type,
        signed_text: other_string(ask),
        seen: Vec::new(),
    }
}

fn question_v3(ports: &Ports, http: &HttpPart, ask: &WhyAsk) -> Result<QuestionV3, Failure> {
    let headers = SignatureHeaders::collect(&http.headers).ok();
    let AuthorizationReading { header, mut faults } = http
        .header("Authorization")
        .map(AuthorizationReading::of)
        .unwrap_or_default();
    let is_reply = headers.is_some() || http.method.is_empty();
    let headers = headers.unwrap_or_default();
    let pick = |reply: String, request: &str| if is_reply { reply } else { request.to_owned() };
    let serial = pick(headers.serial, &header.serial);
    let kind = if is_reply {
        SecretKind::PlatformKey
    } else {
        SecretKind::ClientKey
    };
    let message = if is_reply {
        SignedMessage::Reply {
            body: http.body.clone(),
        }
    } else {
        SignedMessage::Request {
            method: http.method.to_uppercase(),
            target: http.target.clone(),
            host: http.host.clone(),
            body: http.body.clone(),
        }
    };
    let own = pick(headers.signature, &header.signature);
    let given = match ask.given.trim() {
        "" => own,
        given => given.to_owned(),
    };
    faults.extend(merchant_fault(&header.mchid, &http.target, &http.body));
    let mut seen = vec![header.nonce.clone(), header.timestamp.clone(), header.mchid];
    seen.retain(|value| !value.is_empty());
    Ok(QuestionV3 {
        message,
        timestamp: pick(headers.timestamp, &header.timestamp),
        nonce: pick(headers.nonce, &header.nonce),
        given,
        keys: vec![VerifyCandidate {
            name: serial.clone(),
            key: verify_key(ports, &ask.key, kind, &serial)?,
        }],
        serial,
        signed_text: other_string(ask),
        seen,
        header_faults: if is_reply { Vec::new() } else { faults },
    })
}

fn verify(ports: &Ports, text: &str, key: &KeyChoice) -> Result<Verified, Failure> {
    let pasted = take_apart(text.as_bytes()).map_err(|error| unread(&error))?;
    if let Some(http) = &pasted.http
        && let Ok(headers) = SignatureHeaders::collect(&http.headers)
    {
        return verify_v3(ports, &headers, &http.body, key);
    }
    let keys = v2_candidates(ports, key)?;
    let kind = MessageKind::of(&pasted.params);
    let fits = fits_v2(&pasted.params, &keys);
    let refusal = if !fits.is_empty() {
        Message::default()
    } else if kind == MessageKind::RefundNotice {
        Message::new(
            "退款通知不签名，到“解密”里打开",
            "Refund notifications are not signed; open it under Decrypt",
        )
    } else {
        let none = Message::new("没有一把密钥和算法相符", "No key and algorithm fit");
        match cause_v2(&pasted.params, &keys) {
            Some(cause) => Message::new(
                format!("{}：{}", none.zh, cause.zh),
                format!("{}: {}", none.en, cause.en),
            ),
            None => none,
        }
    };
    Ok(Verified {
        kind: kind.name().words(),
        fits: fits
            .into_iter()
            .map(|fit| (fit.name, fit.sign_type.wire()))
            .collect(),
        refusal,
        keys: keys.len(),
        fields: meant(&pasted.params),
        reply: kind.expected_answer().to_owned(),
    })
}

/// Fields with their meaning, and what their value says with its unit.
pub(super) fn meant(params: &Params) -> Vec<MeantField> {
    let field = |param: &wechatpay_codec::Param| MeantField {
        name: param.name.clone(),
        value: param.value.clone(),
        meaning: meaning(&param.name, &param.value),
    };
    params.iter().map(field).collect()
}

fn meaning(name: &str, value: &str) -> Message {
    let known: Message = field_meaning(name).map(Into::into).unwrap_or_default();
    match value_reading(name, value) {
        None => known,
        Some(read) if known.zh.is_empty() => read,
        Some(read) => Message::new(
            format!("{} → {}", known.zh, read.zh),
            format!("{} → {}", known.en, read.en),
        ),
    }
}

fn verify_v3(
    ports: &Ports,
    headers: &SignatureHeaders,
    body: &[u8],
    key: &KeyChoice,
) -> Result<Verified, Failure> {
    let mut key = verify_key(ports, key, SecretKind::PlatformKey, &headers.serial)?;
    let is_other = !headers.serial.is_empty() && !key.is_called(&headers.serial);
    let own = std::mem::replace(&mut key.id, normal_serial(&headers.serial));
    let keys = [key];
    let outcome = verify_message(headers, body, &keys, ports.clock.now()).map(|_| ());
    let mut refusal = match &outcome {
        Ok(()) => Message::default(),
        Err(error) => verify_words(error, headers, body, &keys),
    };
    if outcome.is_err() && is_other {
        let note = other_serial(&headers.serial, &own);
        refusal = Message::new(
            format!("{}。{}", refusal.zh, note.zh),
            format!("{}. {}", refusal.en, note.en),
        );
    }
    let fields = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(body)
        .unwrap_or_default()
        .into_iter()
        .map(|(name, value)| MeantField {
            meaning: field_meaning(&name).map(Into::into).unwrap_or_default(),
            value: value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned),
            name,
        })
        .collect();
    Ok(Verified {
        kind: Message::new("APIv3 应答或通知", "APIv3 answer or notification"),
        fits: outcome
            .is_ok()
            .then_some((own, "SHA256-RSA2048"))
            .into_iter()
            .collect(),
        refusal,
        keys: 1,
        fields,
        reply: String::new(),
    })
}

/// Why a message of APIv3 does not verify: a body that was printed again is told from another key.
#[must_use]
pub fn verify_words(
    error: &VerifyError,
    headers: &SignatureHeaders,
    body: &[u8],
    keys: &[VerifyKey],
) -> Message {
    let zh = match error {
        VerifyError::Probe => "这是微信支付的探测流量：按失败应答即可".to_owned(),
        VerifyError::Stale(seconds) => {
            format!("时间相差 {seconds} 秒，超过五分钟")
        }
        VerifyError::Wrong => return cause_v3(headers, body, keys),
        VerifyError::Header(name) => format!("报文头 {name} 没有、为空或不止一个"),
        VerifyError::Timestamp => "时间戳不是秒数".to_owned(),
        VerifyError::UnknownKey(serial) => format!("没有编号为 {serial} 的公钥或证书"),
    };
    Message::new(zh, error.to_string())
}

/// The message names another key than the one it was checked with.
#[must_use]
pub fn other_serial(named: &str, own: &str) -> Message {
    Message::new(
        format!("报文用的是 {named}，验签用的是 {own}：换成报文指明的公钥或平台证书"),
        format!(
            "The message names {named}, it was checked with {own}: take the key or platform certificate that the message names"
        ),
    )
}

pub(super) fn no_key() -> Failure {
    usage(Message::new("没有密钥", "There is no key"))
}

/// The question was filled in wrongly.
pub(super) fn usage(title: Message) -> Failure {
    Failure::new(FailureKind::Usage, "usage.lab", title, Message::default())
}

/// What was given cannot be used.
pub(super) fn refused(code: &'static str, title: (&str, &str), detail: String) -> Failure {
    let title = Message::new(title.0, title.1);
    Failure::new(FailureKind::RefusedInput, code, title, Message::default()).with_detail(detail)
}

/// A text that is none of the known shapes.
pub(super) fn unread(error: &PasteError) -> Failure {
    let why = error.words();
    let title = Message::new(
        format!("文本无法识别：{}", why.zh),
        format!("The text is not understood: {}", why.en),
    );
    Failure::new(
        FailureKind::RefusedInput,
        "lab.text",
        title,
        Message::default(),
    )
}

pub(super) fn unclear(detail: String) -> Failure {
    refused(
        "lab.text",
        ("文本无法识别", "The text is not understood"),
        detail,
    )
}
