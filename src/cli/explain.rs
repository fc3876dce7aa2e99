//! `recondesk explain`: why a signature differs, by trying the usual mistakes.

#![expect(
    clippy::format_push_string,
    reason = "a few lines for a person are no hot path, and writing to a string has no error to handle"
)]

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::json;

use super::CommandEnd;
use super::context::CommandContext;
use super::lab_keys::{KeySource, read_file, read_pasted, usage};
use super::sign::{TypeWord, target_of};
use super::terminal_output::{print_json, print_text};
use recondesk_app::Failure;
use recondesk_domain::{SecretKind, SignType};
use wechatpay_codec::lab::explain::{
    Alignment, AuthorizationReading, PayParts, QuestionV2, QuestionV3, SignatureVerdict,
    SignedMessage, VerifyCandidate, align_401, explain_v2, explain_v3, merchant_fault, unwatched,
};
use wechatpay_codec::lab::paste::{HttpPart, take_apart};
use wechatpay_codec::lab::visible::harmless_line;
use wechatpay_codec::v3::{Authorization, SignInformation, SignatureHeaders};

#[derive(Debug, Subcommand)]
pub(super) enum ExplainCommand {
    /// APIv2：字段、密钥和得到的签名 | APIv2: fields, key and the signature you got
    V2(ExplainV2),
    /// APIv3：请求、应答、通知或前端参数，密钥和得到的签名，可加 401 应答 | APIv3: request, answer, notification or front-end parameters, key, signature, and the 401 answer if there is one
    V3(ExplainV3),
}

#[derive(Debug, Args)]
pub(super) struct ExplainV2 {
    #[command(flatten)]
    key: KeySource,
    /// 应当使用的算法 | The algorithm that should be used
    #[arg(long = "type", value_enum)]
    sign_type: Option<TypeWord>,
    /// 得到的签名；不写则用报文里的 sign | The signature you got; else the sign of the message
    #[arg(long, value_name = "SIGN", allow_hyphen_values = true)]
    sign: Option<String>,
    /// 对方实际签名的字符串 | File with the string that was really signed
    #[arg(long, value_name = "FILE")]
    string: Option<PathBuf>,
    /// 见过的其他随机串、时间、编号，可多次 | Other nonces, times, numbers seen; repeatable
    #[arg(long, value_name = "VALUE")]
    seen: Vec<String>,
    /// 文件，- 为标准输入 | File, - for standard input
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// 以 JSON 输出 | Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct ExplainV3 {
    #[command(flatten)]
    key: KeySource,
    /// cURL、HTTP 请求、应答或通知、前端支付参数；或用下面各项 | A cURL command, an HTTP request, answer or notification, or the parameters of a front end; or the options below
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// 请求方法 | Method
    #[arg(long, value_name = "M")]
    method: Option<String>,
    /// 地址 | Address
    #[arg(long, value_name = "U")]
    url: Option<String>,
    /// 请求体文件 | File with the body
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    /// 时间戳 | Timestamp
    #[arg(long, value_name = "T")]
    timestamp: Option<String>,
    /// 随机串 | Nonce
    #[arg(long, value_name = "N")]
    nonce: Option<String>,
    /// 得到的签名 | The signature you got
    #[arg(long, value_name = "BASE64", allow_hyphen_values = true)]
    signature: Option<String>,
    /// 401 应答文件 | File with the 401 answer
    #[arg(long, value_name = "FILE")]
    answer: Option<PathBuf>,
    /// 对方实际签名的字符串 | File with the string that was really signed
    #[arg(long, value_name = "FILE")]
    string: Option<PathBuf>,
    /// 见过的其他随机串、时间、编号，可多次 | Other nonces, times, numbers seen; repeatable
    #[arg(long, value_name = "VALUE")]
    seen: Vec<String>,
    /// 以 JSON 输出 | Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(
    command: &ExplainCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    match command {
        ExplainCommand::V2(arguments) => v2(arguments, context),
        ExplainCommand::V3(arguments) => v3(arguments, context),
    }
}

fn text_of(file: Option<&PathBuf>) -> Result<Option<String>, Failure> {
    file.map(|file| read_file(Some(file)).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
        .transpose()
}

fn v2(arguments: &ExplainV2, context: &CommandContext<'_>) -> Result<CommandEnd, Failure> {
    let (keys, profile) = arguments.key.suspects(context)?;
    let pasted = read_pasted(arguments.file.as_deref(), context)?;
    let given = arguments
        .sign
        .clone()
        .or_else(|| {
            ["sign", "paySign"]
                .iter()
                .find_map(|name| pasted.params.filled(name).map(str::to_owned))
        })
        .ok_or_else(|| {
            usage(
                ("没有得到的签名", "There is no signature to explain"),
                "--sign",
            )
        })?;
    let announced = match pasted
        .params
        .get("sign_type")
        .or_else(|| pasted.params.get("signType"))
    {
        Some("HMAC-SHA256") => Some(SignType::HmacSha256),
        Some("MD5") => Some(SignType::Md5),
        _ => None,
    };
    let mut message = pasted.params;
    message.remove("paySign");
    let mut seen = arguments.seen.clone();
    // A front end's set of an app holds the merchant's number, the one of a page does not.
    seen.extend(profile.as_ref().map(|profile| profile.mch_id.clone()));
    let question = QuestionV2 {
        message,
        given,
        keys,
        sign_type: arguments
            .sign_type
            .map(SignType::from)
            .or(announced)
            .or(profile.map(|profile| profile.sign_type))
            .unwrap_or_default(),
        signed_text: text_of(arguments.string.as_ref())?,
        seen,
    };
    let verdict = explain_v2(&question, &unwatched);
    told(&verdict, None, arguments.json, context)
}

fn v3(arguments: &ExplainV3, context: &CommandContext<'_>) -> Result<CommandEnd, Failure> {
    let pasted = match (&arguments.file, &arguments.url) {
        (None, Some(_)) => None,
        (file, _) => take_apart(&read_file(file.as_deref())?).ok(),
    };
    let pay = pasted
        .as_ref()
        .filter(|pasted| pasted.http.is_none())
        .and_then(|pasted| PayParts::of(&pasted.params));
    let question = if let Some(pay) = pay {
        pay_question(arguments, pay, context)?
    } else {
        let http = match (pasted, &arguments.url) {
            (Some(pasted), _) => pasted.http.ok_or_else(no_http)?,
            (None, Some(_)) => HttpPart::default(),
            (None, None) => return Err(no_http()),
        };
        match SignatureHeaders::collect(&http.headers) {
            Ok(headers) => reply_question(arguments, http.body, &headers, context)?,
            Err(_) => request_question(arguments, &http, context)?,
        }
    };
    let aligned = match &arguments.answer {
        Some(file) => SignInformation::from_answer(&read_file(Some(file))?)
            .map(|information| align_401(&information, &question.right_string())),
        None => None,
    };
    let verdict = explain_v3(&question, &unwatched);
    told(&verdict, aligned.as_ref(), arguments.json, context)
}

fn no_http() -> Failure {
    usage(
        (
            "要 cURL、HTTP 请求、应答或通知、前端支付参数，或 --url 等各项",
            "A cURL command, an HTTP request, answer or notification, or the parameters of a front end are wanted, or --url and the rest",
        ),
        "",
    )
}

fn pick(given: Option<&String>, other: &str, name: &'static str) -> Result<String, Failure> {
    given
        .cloned()
        .or_else(|| (!other.is_empty()).then(|| other.to_owned()))
        .ok_or_else(|| usage(("缺少一项", "One part is missing"), name))
}

/// A request of the merchant.
fn request_question(
    arguments: &ExplainV3,
    http: &HttpPart,
    context: &CommandContext<'_>,
) -> Result<QuestionV3, Failure> {
    let AuthorizationReading { header, faults } = http
        .header("Authorization")
        .map(AuthorizationReading::of)
        .unwrap_or_default();
    let part = |given: Option<&String>, own: &str, name: &'static str| {
        // What is wrong with the header says more than the option that would replace it.
        pick(given, own, name).map_err(|failure| match faults.first() {
            Some(fault) => usage((&fault.what.zh, &fault.what.en), name),
            None => failure,
        })
    };
    let target = match &arguments.url {
        Some(url) => target_of(url)?,
        None => http.target.clone(),
    };
    let body = match &arguments.body {
        Some(file) => read_file(Some(file))?,
        None => http.body.clone(),
    };
    let mut header_faults = faults.clone();
    header_faults.extend(merchant_fault(&header.mchid, &target, &body));
    let method = if http.method.is_empty() {
        "GET"
    } else {
        &http.method
    };
    let source = &arguments.key;
    Ok(QuestionV3 {
        message: SignedMessage::Request {
            method: pick(arguments.method.as_ref(), method, "--method")?.to_uppercase(),
            target,
            host: http.host.clone(),
            body,
        },
        timestamp: part(
            arguments.timestamp.as_ref(),
            &header.timestamp,
            "--timestamp",
        )?,
        nonce: part(arguments.nonce.as_ref(), &header.nonce, "--nonce")?,
        given: part(
            arguments.signature.as_ref(),
            &header.signature,
            "--signature",
        )?,
        keys: vec![VerifyCandidate {
            name: header.serial.clone(),
            key: source.verify_key(SecretKind::ClientKey, &header.serial, context)?,
        }],
        serial: header.serial.clone(),
        signed_text: text_of(arguments.string.as_ref())?,
        seen: seen(arguments, &header),
        header_faults,
    })
}

/// An answer or a notification of WeChat Pay.
fn reply_question(
    arguments: &ExplainV3,
    body: Vec<u8>,
    headers: &SignatureHeaders,
    context: &CommandContext<'_>,
) -> Result<QuestionV3, Failure> {
    let body = match &arguments.body {
        Some(file) => read_file(Some(file))?,
        None => body,
    };
    let source = &arguments.key;
    Ok(QuestionV3 {
        message: SignedMessage::Reply { body },
        timestamp: pick(
            arguments.timestamp.as_ref(),
            &headers.timestamp,
            "--timestamp",
        )?,
        nonce: pick(arguments.nonce.as_ref(), &headers.nonce, "--nonce")?,
        given: pick(
            arguments.signature.as_ref(),
            &headers.signature,
            "--signature",
        )?,
        keys: vec![VerifyCandidate {
            name: headers.serial.clone(),
            key: source.verify_key(SecretKind::PlatformKey, &headers.serial, context)?,
        }],
        serial: headers.serial.clone(),
        signed_text: text_of(arguments.string.as_ref())?,
        seen: arguments.seen.clone(),
        header_faults: Vec::new(),
    })
}

/// The parameters that a page or an app got.
fn pay_question(
    arguments: &ExplainV3,
    pay: PayParts,
    context: &CommandContext<'_>,
) -> Result<QuestionV3, Failure> {
    let source = &arguments.key;
    Ok(QuestionV3 {
        message: SignedMessage::Pay(pay.message),
        timestamp: pick(arguments.timestamp.as_ref(), &pay.timestamp, "--timestamp")?,
        nonce: pick(arguments.nonce.as_ref(), &pay.nonce, "--nonce")?,
        given: pick(arguments.signature.as_ref(), &pay.signature, "--signature")?,
        keys: vec![VerifyCandidate {
            name: "paySign".to_owned(),
            key: source.verify_key(SecretKind::ClientKey, "", context)?,
        }],
        serial: String::new(),
        signed_text: text_of(arguments.string.as_ref())?,
        seen: arguments.seen.clone(),
        header_faults: Vec::new(),
    })
}

/// What the options and the header say differently may both have been signed.
fn seen(arguments: &ExplainV3, header: &Authorization) -> Vec<String> {
    let mut out = arguments.seen.clone();
    out.extend([
        header.nonce.clone(),
        header.timestamp.clone(),
        header.mchid.clone(),
    ]);
    out.retain(|value| !value.is_empty());
    out
}

fn told(
    verdict: &SignatureVerdict,
    aligned: Option<&Alignment>,
    as_json: bool,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    if as_json {
        print_json(&verdict_json(verdict, aligned))?;
    } else {
        print_text(&verdict_text(verdict, aligned, context))?;
    }
    Ok(match verdict {
        SignatureVerdict::Explained(found) if found.is_beside_only() => CommandEnd::NeedsPerson,
        SignatureVerdict::Right | SignatureVerdict::Explained(_) => CommandEnd::Clean,
        _ if aligned.is_some_and(|aligned| aligned.first_difference.is_some()) => CommandEnd::Clean,
        _ => CommandEnd::NeedsPerson,
    })
}

fn verdict_json(verdict: &SignatureVerdict, aligned: Option<&Alignment>) -> serde_json::Value {
    let mut out = match verdict {
        SignatureVerdict::Right => json!({ "verdict": "right" }),
        SignatureVerdict::Explained(found) => json!({
            "verdict": "explained",
            "changes": found.changes.iter().map(|change| json!({
                "code": change.code, "field": change.field,
                "what_zh": change.what.zh, "what_en": change.what.en,
                "mend_zh": change.mend.zh, "mend_en": change.mend.en,
            })).collect::<Vec<_>>(),
            "theirs": String::from_utf8_lossy(&found.theirs),
            "right": String::from_utf8_lossy(&found.right),
            "first_difference": found.first_difference,
            "tried": found.tried,
        }),
        SignatureVerdict::Unexplained { tried, hints } => json!({
            "verdict": "unexplained", "tried": tried,
            "hints_zh": hints.iter().map(|hint| hint.zh.as_str()).collect::<Vec<_>>(),
            "hints_en": hints.iter().map(|hint| hint.en.as_str()).collect::<Vec<_>>(),
        }),
        SignatureVerdict::NotASignature(words) => {
            json!({ "verdict": "not-a-signature", "zh": words.zh, "en": words.en })
        }
        SignatureVerdict::Cancelled { tried } => json!({ "verdict": "cancelled", "tried": tried }),
    };
    if let (Some(aligned), Some(object)) = (aligned, out.as_object_mut()) {
        object.insert(
            "answer_401".to_owned(),
            json!({
                "first_difference": aligned.first_difference,
                "line": aligned.line,
                "truncated": aligned.truncated,
                "server": String::from_utf8_lossy(&aligned.server),
                "ours": String::from_utf8_lossy(&aligned.ours),
            }),
        );
    }
    out
}

fn verdict_text(
    verdict: &SignatureVerdict,
    aligned: Option<&Alignment>,
    context: &CommandContext<'_>,
) -> String {
    let lang = context.lang;
    let mut text = String::new();
    if let Some(aligned) = aligned {
        text.push_str(&format!("401: {}\n", aligned.words.get(lang)));
        if aligned.first_difference.is_some() {
            text.push_str(&both(
                &aligned.ours,
                &aligned.server,
                aligned.first_difference,
            ));
        }
    }
    match verdict {
        SignatureVerdict::Right => {
            text.push_str(lang.pick("签名是对的\n", "The signature is right\n"));
        }
        SignatureVerdict::Explained(found) => {
            for change in &found.changes {
                text.push_str(&format!(
                    "{} [{}]\n  {}\n",
                    harmless_line(change.what.get(lang).as_bytes()),
                    change.code,
                    harmless_line(change.mend.get(lang).as_bytes())
                ));
            }
            text.push_str(&both(&found.theirs, &found.right, found.first_difference));
            let tried = found.tried;
            let zh = format!("改后签名完全相符；试过 {tried} 种改法\n");
            let en = format!("With this the signature fits; {tried} changes tried\n");
            text.push_str(if found.is_beside_only() {
                lang.pick(
                    "签名本身是对的，但微信支付不会接受这样的请求\n",
                    "The signature itself is right, but WeChat Pay does not take the message like this\n",
                )
            } else {
                lang.pick(&zh, &en)
            });
        }
        SignatureVerdict::Unexplained { tried, hints } => {
            let zh = format!("试过 {tried} 种改法，都不成立\n");
            let en = format!("None of {tried} changes explains it\n");
            text.push_str(lang.pick(&zh, &en));
            for hint in hints {
                text.push_str(&format!("  {}\n", hint.get(lang)));
            }
        }
        SignatureVerdict::NotASignature(words) => {
            text.push_str(&format!("{}\n", words.get(lang)));
        }
        SignatureVerdict::Cancelled { tried } => {
            text.push_str(&format!("{} ({tried})\n", lang.pick("已取消", "cancelled")));
        }
    }
    text
}

/// Both strings from forty bytes before the first difference, as the difference view shows them.
fn both(theirs: &[u8], right: &[u8], first: Option<usize>) -> String {
    let Some(at) = first else {
        return String::new();
    };
    let from = at.saturating_sub(40);
    let cut = |text: &[u8]| {
        let end = text.len().min(at.saturating_add(80));
        harmless_line(text.get(from.min(end)..end).unwrap_or_default())
    };
    format!("− {}\n+ {}\n@ {at}\n", cut(theirs), cut(right))
}
