//! `recondesk decrypt`: refund notifications of APIv2, resources of APIv3.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::CommandEnd;
use super::context::CommandContext;
use super::lab_keys::{KeySource, read_file, refused};
use super::terminal_output::print;
use recondesk_app::{Failure, FailureKind, Message};
use recondesk_domain::SecretKind;
use wechatpay_codec::lab::paste::take_apart;
use wechatpay_codec::lab::visible::harmless;
use wechatpay_codec::v2::notify::decrypt_req_info;
use wechatpay_codec::v3::{notify::Envelope, open_resource};

#[derive(Debug, Subcommand)]
pub(super) enum DecryptCommand {
    /// APIv2 退款通知，或单独的 req_info | A refund notification of APIv2, or its req_info alone
    RefundNotice(Sealed),
    /// APIv3 通知（可带请求头），或单独的 resource | A notification of APIv3, with or without its headers, or its resource alone
    Resource(Sealed),
}

#[derive(Debug, Args)]
pub(super) struct Sealed {
    #[command(flatten)]
    key: KeySource,
    /// 文件，- 为标准输入 | File, - for standard input
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

pub(super) fn run(
    command: &DecryptCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let plain = match command {
        DecryptCommand::RefundNotice(sealed) => refund_notice(sealed, context)?,
        DecryptCommand::Resource(sealed) => resource(sealed, context)?,
    };
    let mut text = harmless(&plain).replace("⟨LF⟩\n", "\n");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    print(text.as_bytes())?;
    Ok(CommandEnd::Clean)
}

fn failed(detail: impl std::fmt::Display) -> Failure {
    refused(
        "decrypt",
        ("解不开", "It does not decrypt"),
        detail.to_string(),
    )
}

fn refund_notice(sealed: &Sealed, context: &CommandContext<'_>) -> Result<Vec<u8>, Failure> {
    let chosen = sealed.key.read(SecretKind::V2Key, context)?;
    let bytes = read_file(sealed.file.as_deref())?;
    let text = String::from_utf8_lossy(&bytes);
    let req_info = if text.trim_start().starts_with('<') {
        let pasted = take_apart(&bytes).map_err(failed)?;
        pasted
            .params
            .filled("req_info")
            .map(str::to_owned)
            .ok_or_else(|| failed("req_info"))?
    } else {
        text.trim().trim_start_matches("req_info=").to_owned()
    };
    decrypt_req_info(&req_info, &chosen.key).map_err(failed)
}

/// The body of a whole notification with its headers; all of it where there are none.
fn body_of(bytes: Vec<u8>) -> Vec<u8> {
    let http = take_apart(&bytes).ok().and_then(|pasted| pasted.http);
    match http {
        Some(http) if !http.body.is_empty() => http.body,
        _ => bytes,
    }
}

fn no_notification(error: &serde_json::Error) -> Failure {
    let (line, column) = (error.line(), error.column());
    Failure::new(
        FailureKind::RefusedInput,
        "decrypt",
        Message::new(
            format!("解不开：第 {line} 行第 {column} 列起不是 JSON"),
            format!("It does not decrypt: no JSON from line {line}, column {column}"),
        ),
        Message::new(
            "给出通知的 JSON 正文、其中的 resource，或带请求头的整条通知",
            "Give the JSON body of the notification, its resource, or all of it with its headers",
        ),
    )
}

fn resource(sealed: &Sealed, context: &CommandContext<'_>) -> Result<Vec<u8>, Failure> {
    let chosen = sealed.key.read(SecretKind::V3Key, context)?;
    let bytes = body_of(read_file(sealed.file.as_deref())?);
    if let Ok(envelope) = Envelope::read(&bytes) {
        return envelope.open(&chosen.key).map_err(failed);
    }
    let value: serde_json::Value =
        serde_json::from_slice(&bytes).map_err(|error| no_notification(&error))?;
    let place = ["resource", "encrypt_certificate"]
        .iter()
        .find_map(|name| value.get(name))
        .unwrap_or(&value);
    let text = |name: &str| {
        place
            .get(name)
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default()
    };
    open_resource(
        text("ciphertext"),
        text("nonce"),
        text("associated_data"),
        &chosen.key,
    )
    .map_err(failed)
}
