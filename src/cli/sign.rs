//! `recondesk sign`: signatures of APIv2 and APIv3, with their steps.

#![expect(
    clippy::format_push_string,
    reason = "a few lines for a person are no hot path, and writing to a string has no error to handle"
)]

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::CommandEnd;
use super::context::CommandContext;
use super::lab_keys::{KeySource, read_file, read_pasted, refused, usage};
use super::sign_front_end as front_end;
use super::sign_send::{self, SendRequest};
use super::terminal_output::{print, print_json};
use recondesk_app::Failure;
use recondesk_app::jobs::lab_keys::refuse_key_as_field;
use recondesk_app::model::SendAsk;
use recondesk_domain::{SecretKind, SignType};
use wechatpay_codec::lab::steps::{StepsV2, curl, signed_xml, steps_v2, steps_v3};
use wechatpay_codec::lab::visible::{harmless, harmless_line};
use wechatpay_codec::v2::Endpoint;
use wechatpay_codec::v3::{RequestParts, authorize};

#[derive(Debug, Subcommand)]
pub(super) enum SignCommand {
    /// APIv2：XML、JSON、k=v 或 cURL 的字段 | APIv2: fields as XML, JSON, k=v or cURL
    V2(SignV2),
    /// APIv3：一个请求 | APIv3: a request
    V3(SignV3),
    /// 公众号支付参数 | Parameters of an official account's page
    Jsapi(front_end::PayCommand),
    /// APP 支付参数 | Parameters of an app
    App(front_end::PayCommand),
    /// 小程序支付参数 | Parameters of a mini program
    Miniprogram(front_end::PayCommand),
    /// JS-SDK 的 wx.config | wx.config of the JS-SDK
    Jssdk(front_end::JsSdk),
}

/// The algorithms of APIv2 on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TypeWord {
    /// MD5
    Md5,
    /// HMAC-SHA256
    HmacSha256,
}

impl From<TypeWord> for SignType {
    fn from(word: TypeWord) -> Self {
        match word {
            TypeWord::Md5 => Self::Md5,
            TypeWord::HmacSha256 => Self::HmacSha256,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum SignatureFormat {
    /// 文本 | Text
    Text,
    /// JSON
    Json,
    /// 可直接发送的 XML | XML ready to send
    Xml,
}

#[derive(Debug, Args)]
pub(super) struct SignV2 {
    #[command(flatten)]
    key: KeySource,
    /// 签名算法；不写则看 sign_type，再看档案 | Algorithm; else sign_type, else the profile's
    #[arg(long = "type", value_enum)]
    sign_type: Option<TypeWord>,
    /// 文件，- 为标准输入 | File, - for standard input
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// 显示每一步 | Show every step
    #[arg(long)]
    steps: bool,
    /// 输出格式 | Format of the output
    #[arg(long, value_enum, default_value_t = SignatureFormat::Text)]
    format: SignatureFormat,
    /// 签名后发送到档案的网关；正式网关只发查询类接口 | Send it to the profile's gateway; a live one is only asked questions
    #[arg(long, requires = "profile")]
    send: bool,
    /// 发送到的接口；不写则看 cURL 或 HTTP 的地址 | Endpoint to send to; else that of the cURL or HTTP text
    #[arg(long, value_name = "NAME", requires = "send", value_parser = endpoint_named)]
    endpoint: Option<Endpoint>,
    /// 下单后按官方间隔查单，直到支付 | After ordering, query at the official points until it is paid
    #[arg(long, requires = "send")]
    follow: bool,
}

/// An endpoint by its word.
fn endpoint_named(word: &str) -> Result<Endpoint, String> {
    let known = Endpoint::ALL.map(Endpoint::word);
    let found = Endpoint::ALL.into_iter().find(|call| call.word() == word);
    found.ok_or_else(|| known.join(", "))
}

#[derive(Debug, Args)]
pub(super) struct SignV3 {
    #[command(flatten)]
    key: KeySource,
    /// 商户 API 证书序列号 | Serial number of the merchant certificate
    #[arg(long, value_name = "S")]
    serial: Option<String>,
    /// 商户号；不写则用档案的 | Merchant number; else the profile's
    #[arg(long, value_name = "ID")]
    mchid: Option<String>,
    /// 请求方法 | Method
    #[arg(long, value_name = "M", default_value = "GET")]
    method: String,
    /// 地址，域名可有可无 | Address, with or without its host
    #[arg(long, value_name = "U")]
    url: String,
    /// 请求体文件 | File with the body
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    /// 时间戳（秒）；不写则用现在 | Timestamp in seconds; else now
    #[arg(long, value_name = "T")]
    timestamp: Option<String>,
    /// 随机串；不写则新生成 | Nonce; else a new one
    #[arg(long, value_name = "N")]
    nonce: Option<String>,
    /// 显示每一步 | Show every step
    #[arg(long)]
    steps: bool,
    /// 以 JSON 输出 | Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(
    command: &SignCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    match command {
        SignCommand::V2(arguments) => return v2(arguments, context),
        SignCommand::V3(arguments) => v3(arguments, context),
        SignCommand::Jsapi(pay) => front_end::jsapi(pay, context),
        SignCommand::App(pay) => front_end::app(pay, context),
        SignCommand::Miniprogram(pay) => front_end::mini_program(pay, context),
        SignCommand::Jssdk(arguments) => front_end::js_sdk(arguments, context),
    }?;
    Ok(CommandEnd::Clean)
}

fn v2(arguments: &SignV2, context: &CommandContext<'_>) -> Result<CommandEnd, Failure> {
    let chosen = arguments.key.read(SecretKind::V2Key, context)?;
    let pasted = read_pasted(arguments.file.as_deref(), context)?;
    let announced = match pasted.params.get("sign_type") {
        Some("HMAC-SHA256") => Some(SignType::HmacSha256),
        Some("MD5") => Some(SignType::Md5),
        _ => None,
    };
    let sign_type = arguments
        .sign_type
        .map(SignType::from)
        .or(announced)
        .or(chosen.profile.as_ref().map(|profile| profile.sign_type))
        .unwrap_or_default();
    if announced.is_some_and(|announced| announced != sign_type) {
        context.tell(
            "注意：sign_type 字段与所用算法不同",
            "Note: the field sign_type names another algorithm",
        );
    }
    if arguments.send {
        let endpoint = arguments.endpoint.or(pasted.endpoint);
        let endpoint = endpoint.ok_or_else(|| {
            let title = ("没有指定接口", "No endpoint is named");
            usage(
                title,
                format!("--endpoint {}", Endpoint::ALL.map(Endpoint::word).join("|")),
            )
        })?;
        let (ports, profile) = arguments.key.profile(context)?;
        let ask = SendAsk {
            endpoint,
            params: pasted.params,
            sign_type,
            profile,
        };
        let wish = SendRequest {
            ask,
            json: arguments.format == SignatureFormat::Json,
            follow: arguments.follow,
        };
        return sign_send::run(&wish, context, &ports);
    }
    refuse_key_as_field(&pasted.params, chosen.key.expose().as_bytes())?;
    let steps = steps_v2(&pasted.params, &chosen.key, sign_type);
    let unwritable = |error: wechatpay_codec::v2::XmlError| {
        refused(
            "xml.write",
            ("无法写成 XML", "Cannot be written as XML"),
            error.to_string(),
        )
    };
    match arguments.format {
        SignatureFormat::Xml => {
            let xml = signed_xml(&pasted.params, steps.result()).map_err(unwritable)?;
            print(format!("{xml}\n").as_bytes())
        }
        SignatureFormat::Json => print_json(&steps_json(&steps)),
        SignatureFormat::Text if arguments.steps => {
            let mut text = steps_text(&steps, context);
            if let Ok(xml) = signed_xml(&pasted.params, steps.result()) {
                let path = pasted.endpoint.map_or("/pay/…", Endpoint::path);
                let address = format!("{}{path}", recondesk_domain::OFFICIAL_GATEWAY);
                let command = curl("POST", &address, &[("Content-Type", "text/xml")], &xml);
                // Line feeds stay bare here, so that the command can be copied.
                let copied = |text: &str| harmless(text.as_bytes()).replace("⟨LF⟩\n", "\n");
                text.push_str(&format!(
                    "XML\n{}\ncURL\n{}\n",
                    copied(&xml),
                    copied(&command)
                ));
            }
            print(text.as_bytes())
        }
        SignatureFormat::Text => print(format!("{}\n", steps.result()).as_bytes()),
    }?;
    Ok(CommandEnd::Clean)
}

fn steps_text(steps: &StepsV2, context: &CommandContext<'_>) -> String {
    let lang = context.lang;
    let title = |number: u8, zh: &str, en: &str| format!("{number} {}\n", lang.pick(zh, en));
    let mut text = title(1, "取字段", "Take fields");
    for field in &steps.fields {
        let words = field.part.words();
        text.push_str(&format!(
            "  {} = {}  ({}{})\n",
            harmless_line(field.name.as_bytes()),
            harmless_line(field.value.as_bytes()),
            lang.pick(words.zh, words.en),
            if field.repeated {
                lang.pick("，重复", ", repeated")
            } else {
                ""
            },
        ));
    }
    text.push_str(&title(2, "排序", "Sort"));
    text.push_str(&format!(
        "  {}\n",
        harmless_line(steps.sorted.join(", ").as_bytes())
    ));
    text.push_str(&title(3, "拼接", "Join"));
    text.push_str(&format!("  {}\n", harmless(steps.joined.as_bytes())));
    text.push_str(&title(4, "加密钥", "Add key"));
    text.push_str(&format!("  {}\n", harmless(steps.with_key.as_bytes())));
    text.push_str(&title(5, "结果", "Result"));
    for (name, result, kind) in [
        ("MD5", &steps.md5, SignType::Md5),
        ("HMAC-SHA256", &steps.hmac, SignType::HmacSha256),
    ] {
        let mark = if kind == steps.chosen { "*" } else { " " };
        text.push_str(&format!("{mark} {name} {result}\n"));
    }
    text
}

fn steps_json(steps: &StepsV2) -> serde_json::Value {
    json!({
        "sign": steps.result(),
        "sign_type": steps.chosen.wire(),
        "string_to_sign": steps.with_key,
        "md5": steps.md5,
        "hmac_sha256": steps.hmac,
        "signed": steps.sorted,
        "dropped": steps.fields.iter()
            .filter(|field| field.part != wechatpay_codec::lab::steps::FieldPart::Signed)
            .map(|field| field.name.as_str()).collect::<Vec<_>>(),
    })
}

/// Path and query of an address, without scheme, host and fragment.
pub(super) fn target_of(url: &str) -> Result<String, Failure> {
    let target = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/"),
        None => url,
    };
    let target = target.split('#').next().unwrap_or_default();
    if !target.starts_with('/') || target.chars().any(|c| c.is_control() || c == ' ') {
        return Err(usage(
            (
                "地址要以 / 或 https:// 开头，不含空格",
                "An address starts with / or https:// and has no spaces",
            ),
            harmless_line(url.as_bytes()),
        ));
    }
    Ok(target.to_owned())
}

fn v3(arguments: &SignV3, context: &CommandContext<'_>) -> Result<(), Failure> {
    let (key, profile) = arguments.key.private_key(context)?;
    let target = target_of(&arguments.url)?;
    let body = match &arguments.body {
        Some(file) => read_file(Some(file))?,
        None => Vec::new(),
    };
    let from = |pick: fn(&recondesk_domain::MerchantProfile) -> &str| {
        profile
            .as_ref()
            .map(|profile| pick(profile).to_owned())
            .filter(|text| !text.is_empty())
    };
    let serial = arguments
        .serial
        .clone()
        .or_else(|| from(|p| &p.cert_serial))
        .ok_or_else(|| {
            usage(
                ("没有证书序列号", "There is no certificate serial"),
                "--serial",
            )
        })?;
    let mchid = arguments.mchid.clone().or_else(|| from(|p| &p.mch_id)).or_else(|| mchid_of(&target, &body)).unwrap_or_else(|| {
        context.tell("注意：没有商户号，头里写作 MCHID；用 --mchid 指定", "Note: there is no merchant number, MCHID stands in the header; name it with --mchid");
        "MCHID".to_owned()
    });
    let timestamp = arguments
        .timestamp
        .clone()
        .unwrap_or_else(|| context.clock().now().unix().to_string());
    if timestamp.len() != 10 {
        context.tell(
            "注意：时间戳应为 10 位秒数",
            "Note: a timestamp has 10 digits of seconds",
        );
    }
    let nonce = arguments.nonce.clone().unwrap_or_else(|| context.nonce());
    let method = arguments.method.to_uppercase();
    let parts = RequestParts {
        method: &method,
        target: &target,
        timestamp: &timestamp,
        nonce: &nonce,
        body: &body,
    };
    let signed = authorize(&parts, &mchid, &serial, &key);
    let steps = steps_v3(&parts, &signed);
    if arguments.json {
        return print_json(&json!({
            "authorization": steps.header,
            "signature": steps.signature,
            "timestamp": timestamp,
            "nonce_str": nonce,
            "message": String::from_utf8_lossy(&steps.message),
        }));
    }
    let mut text = String::new();
    if arguments.steps {
        for (name, line) in &steps.lines {
            text.push_str(&format!("{name}: {}⟨LF⟩\n", harmless(line)));
        }
    }
    text.push_str(&format!(
        "Authorization: {}\n",
        harmless_line(steps.header.as_bytes())
    ));
    print(text.as_bytes())
}

/// The merchant number that the request itself names.
fn mchid_of(target: &str, body: &[u8]) -> Option<String> {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let named = |name: &str| {
        query.split('&').find_map(|pair| {
            pair.strip_prefix(name)?
                .strip_prefix('=')
                .map(str::to_owned)
        })
    };
    let object: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let inside = |name: &str| Some(object.as_ref()?.get(name)?.as_str()?.to_owned());
    named("sp_mchid")
        .or_else(|| named("mchid"))
        .or_else(|| inside("sp_mchid"))
        .or_else(|| inside("mchid"))
}
