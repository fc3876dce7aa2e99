//! `recondesk verify`: which key and which algorithm fit a message.

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
use super::terminal_output::{print_json, print_text};
use recondesk_app::jobs::lab::{other_serial, verify_words};
use recondesk_app::{Failure, Message};
use recondesk_domain::SecretKind;
use wechatpay_codec::lab::explain::{
    AuthorizationReading, QuestionV3, SignedMessage, VerifyCandidate,
};
use wechatpay_codec::lab::paste::{HttpPart, take_apart};
use wechatpay_codec::lab::verify::{MessageKind, cause_of_request, cause_v2, fits_v2};
use wechatpay_codec::lab::visible::harmless_line;
use wechatpay_codec::v3::{
    SignatureHeaders, VerifyKey, normal_serial, verify_message, verify_signature,
};

#[derive(Debug, Subcommand)]
pub(super) enum VerifyCommand {
    /// APIv2 的请求、应答或通知 | A request, answer or notification of APIv2
    V2(VerifyV2),
    /// APIv3 的应答、通知或请求 | An answer, notification or request of APIv3
    V3(VerifyV3),
}

#[derive(Debug, Args)]
pub(super) struct VerifyV2 {
    #[command(flatten)]
    key: KeySource,
    /// 文件，- 为标准输入 | File, - for standard input
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// 以 JSON 输出 | Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct VerifyV3 {
    #[command(flatten)]
    key: KeySource,
    /// 完整的 HTTP 报文；或用下面各项 | A whole HTTP message; or the options below
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// 报文头 Wechatpay-Serial 的值：平台证书序列号或公钥编号 | Value of the header Wechatpay-Serial: serial number of the platform certificate, or id of the public key
    #[arg(long, value_name = "S")]
    serial: Option<String>,
    /// 报文头 Wechatpay-Timestamp 的值：秒 | Value of the header Wechatpay-Timestamp, in seconds
    #[arg(long, value_name = "T")]
    timestamp: Option<String>,
    /// 报文头 Wechatpay-Nonce 的值 | Value of the header Wechatpay-Nonce
    #[arg(long, value_name = "N")]
    nonce: Option<String>,
    /// 报文头 Wechatpay-Signature 的值 | Value of the header Wechatpay-Signature
    #[arg(long, value_name = "BASE64", allow_hyphen_values = true)]
    signature: Option<String>,
    /// 原始报文体文件 | File with the raw body
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    /// 不查五分钟（旧报文） | Leave the five minutes out, for recorded messages
    #[arg(long)]
    any_age: bool,
}

pub(super) fn run(
    command: &VerifyCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    match command {
        VerifyCommand::V2(arguments) => v2(arguments, context),
        VerifyCommand::V3(arguments) => v3(arguments, context),
    }
}

fn v2(arguments: &VerifyV2, context: &CommandContext<'_>) -> Result<CommandEnd, Failure> {
    let (keys, _) = arguments.key.candidates(context)?;
    let pasted = read_pasted(arguments.file.as_deref(), context)?;
    let fits = fits_v2(&pasted.params, &keys);
    let kind = MessageKind::of(&pasted.params);
    let is_signed = pasted.params.filled("sign").is_some();
    let cause = if fits.is_empty() {
        cause_v2(&pasted.params, &arguments.key.suspects(context)?.0)
    } else {
        None
    };
    let lang = context.lang;
    if arguments.json {
        print_json(&json!({
            "valid": !fits.is_empty(),
            "kind": kind.name().en,
            "fits": fits.iter().map(|fit| json!({ "key": fit.name, "sign_type": fit.sign_type.wire() })).collect::<Vec<_>>(),
            "expected_answer": kind.expected_answer(),
            "cause_zh": cause.as_ref().map(|cause| cause.zh.as_str()),
            "cause_en": cause.as_ref().map(|cause| cause.en.as_str()),
        }))?;
    } else {
        let mut text = format!("{}\n", lang.pick(kind.name().zh, kind.name().en));
        for fit in &fits {
            text.push_str(&format!(
                "ok {} {}\n",
                harmless_line(fit.name.as_bytes()),
                fit.sign_type.wire()
            ));
        }
        if fits.is_empty() && !is_signed {
            text.push_str(&unsigned(kind, cause.as_ref(), context));
        } else if fits.is_empty() {
            let tried = keys.len() * 2;
            text.push_str(&format!(
                "{} ({tried})\n",
                lang.pick(
                    "FAILED 没有一把密钥和算法相符",
                    "FAILED no key and algorithm fit"
                )
            ));
            if let Some(cause) = &cause {
                text.push_str(&format!(
                    "  {}\n",
                    harmless_line(cause.get(lang).as_bytes())
                ));
            }
        }
        // What cannot be trusted is not confirmed.
        if !kind.expected_answer().is_empty()
            && (!fits.is_empty() || kind == MessageKind::RefundNotice)
        {
            text.push_str(&format!(
                "{} {}\n",
                lang.pick("应答", "answer"),
                kind.expected_answer()
            ));
        }
        print_text(&text)?;
    }
    Ok(if fits.is_empty() {
        CommandEnd::NeedsPerson
    } else {
        CommandEnd::Clean
    })
}

/// A message without `sign`: nothing was tried, and no key is to blame.
fn unsigned(kind: MessageKind, cause: Option<&Message>, context: &CommandContext<'_>) -> String {
    let lang = context.lang;
    match (kind, cause) {
        (MessageKind::RefundNotice, _) => lang
            .pick(
                "没有签名可验：内容用 API 密钥加密，用 decrypt refund-notice 解开，退款结果以查退款为准\n",
                "There is no signature to verify: the contents are encrypted with the API key. decrypt refund-notice opens them; only a query of the refund proves its outcome\n",
            )
            .to_owned(),
        (_, Some(cause)) => format!("FAILED {}\n", harmless_line(cause.get(lang).as_bytes())),
        (_, None) => lang
            .pick("FAILED 没有 sign 字段\n", "FAILED there is no field sign\n")
            .to_owned(),
    }
}

fn v3(arguments: &VerifyV3, context: &CommandContext<'_>) -> Result<CommandEnd, Failure> {
    let http = match (&arguments.file, &arguments.signature) {
        (None, Some(_)) => HttpPart::default(),
        (file, _) => {
            let bytes = read_file(file.as_deref())?;
            take_apart(&bytes)
                .ok()
                .and_then(|pasted| pasted.http)
                .ok_or_else(|| {
                    usage(
                        (
                            "要完整的 HTTP 报文，或 --signature 等各项",
                            "A whole HTTP message is wanted, or --signature and the rest",
                        ),
                        "",
                    )
                })?
        }
    };
    if let Some(header) = http.header("Authorization") {
        return request(&http, header, arguments, context);
    }
    let pick = |given: &Option<String>, header: &'static str| {
        given
            .clone()
            .or_else(|| http.header(header).map(str::to_owned))
            .ok_or_else(|| usage(("缺少一项", "One part is missing"), header))
    };
    let headers = SignatureHeaders {
        serial: arguments
            .serial
            .clone()
            .or_else(|| http.header("Wechatpay-Serial").map(str::to_owned))
            .unwrap_or_default(),
        timestamp: pick(&arguments.timestamp, "Wechatpay-Timestamp")?,
        nonce: pick(&arguments.nonce, "Wechatpay-Nonce")?,
        signature: pick(&arguments.signature, "Wechatpay-Signature")?,
    };
    let body = match &arguments.body {
        Some(file) => read_file(Some(file))?,
        None => http.body,
    };
    let mut key = arguments
        .key
        .verify_key(SecretKind::PlatformKey, &headers.serial, context)?;
    let other = !headers.serial.is_empty() && !key.is_called(&headers.serial);
    let own = std::mem::replace(&mut key.id, normal_serial(&headers.serial));
    let keys: [VerifyKey; 1] = [key];
    let outcome = if arguments.any_age {
        verify_signature(&headers, &body, &keys)
    } else {
        verify_message(&headers, &body, &keys, context.clock().now())
    };
    if other {
        let note = other_serial(&headers.serial, &own);
        context.tell(&note.zh, &note.en);
    }
    let refusal = outcome
        .err()
        .map(|error| verify_words(&error, &headers, &body, &keys));
    told(refusal.as_ref(), context)
}

fn told(refusal: Option<&Message>, context: &CommandContext<'_>) -> Result<CommandEnd, Failure> {
    let Some(words) = refusal else {
        print_text("ok\n")?;
        return Ok(CommandEnd::Clean);
    };
    let words = harmless_line(words.get(context.lang).as_bytes());
    print_text(&format!("FAILED {words}\n"))?;
    Ok(CommandEnd::NeedsPerson)
}

fn request(
    http: &HttpPart,
    header: &str,
    arguments: &VerifyV3,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let AuthorizationReading {
        header: read,
        faults,
    } = AuthorizationReading::of(header);
    if read.signature.is_empty() {
        let each = |pick: fn(&Message) -> &str, between: &str| {
            let all: Vec<&str> = faults.iter().map(|fault| pick(&fault.what)).collect();
            all.join(between)
        };
        let refusal = Message::new(each(|words| &words.zh, "；"), each(|words| &words.en, "; "));
        return told(Some(&refusal), context);
    }
    let key = arguments
        .key
        .verify_key(SecretKind::ClientKey, &read.serial, context)?;
    let body = match &arguments.body {
        Some(file) => read_file(Some(file))?,
        None => http.body.clone(),
    };
    let fits = faults.is_empty() && read.fits(&http.method, &http.target, &body, &key);
    if fits {
        return told(None, context);
    }
    let question = QuestionV3 {
        message: SignedMessage::Request {
            method: http.method.clone(),
            target: http.target.clone(),
            host: http.host.clone(),
            body,
        },
        timestamp: read.timestamp,
        nonce: read.nonce,
        given: read.signature,
        keys: vec![VerifyCandidate {
            name: read.serial,
            key,
        }],
        // Whether the serial is the key's own is what explain looks at.
        serial: String::new(),
        signed_text: None,
        seen: Vec::new(),
        header_faults: faults,
    };
    let refusal = cause_of_request(&question).unwrap_or_else(|| {
        Message::new(
            "签名不符：密钥不对，或请求与签名时不同；原因用 explain v3 查",
            "the signature does not fit the request: another key, or another request than the signed one; explain v3 finds the cause",
        )
    });
    told(Some(&refusal), context)
}
