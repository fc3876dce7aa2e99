//! `recondesk sign jsapi|app|miniprogram|jssdk`: what pages and apps are given.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::context::CommandContext;
use super::lab_keys::{KeySource, read_file, usage};
use super::terminal_output::{print, print_json};
use recondesk_app::Failure;
use recondesk_domain::{Instant, MerchantProfile, Secret, SecretKind, SignType};
use wechatpay_codec::front_end::{FrontEnd, PaySet, Prepaid, js_config, pay_v2, pay_v3};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PayType {
    /// MD5 (APIv2)
    Md5,
    /// HMAC-SHA256 (APIv2)
    HmacSha256,
    /// RSA (APIv3)
    Rsa,
}

#[derive(Debug, Args)]
pub(super) struct PayCommand {
    #[command(flatten)]
    key: KeySource,
    /// 预支付编号 | The prepay_id
    #[arg(long, value_name = "ID")]
    prepay_id: String,
    /// appid；不写则用档案的第一个 | App id; else the profile's first
    #[arg(long, value_name = "ID")]
    appid: Option<String>,
    /// 商户号（APP 需要）；不写则用档案的 | Merchant number, for apps; else the profile's
    #[arg(long, value_name = "ID")]
    mchid: Option<String>,
    /// 签名方式，须与下单一致 | How to sign; the same as for the order
    #[arg(long = "type", value_enum, default_value_t = PayType::Md5)]
    kind: PayType,
    /// 用 wx.chooseWXPay 的写法（公众号） | For wx.chooseWXPay, official accounts
    #[arg(long)]
    choose_wx_pay: bool,
    /// 时间戳（秒）；不写则用现在 | Timestamp in seconds; else now
    #[arg(long, value_name = "T")]
    timestamp: Option<i64>,
    /// 随机串；不写则新生成 | Nonce; else a new one
    #[arg(long, value_name = "N")]
    nonce: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct JsSdk {
    /// jsapi_ticket 在这个环境变量里 | The jsapi_ticket is in this environment variable
    #[arg(long, value_name = "VAR")]
    ticket_env: Option<String>,
    /// jsapi_ticket 在这个文件里 | The jsapi_ticket is in this file
    #[arg(long, value_name = "FILE", conflicts_with = "ticket_env")]
    ticket_file: Option<PathBuf>,
    /// 当前页面地址 | Address of the page
    #[arg(long, value_name = "U")]
    url: String,
    /// appid，写进结果 | App id, for the result
    #[arg(long, value_name = "ID", default_value = "")]
    appid: String,
    /// 时间戳（秒）；不写则用现在 | Timestamp in seconds; else now
    #[arg(long, value_name = "T")]
    timestamp: Option<i64>,
    /// 随机串；不写则新生成 | Nonce; else a new one
    #[arg(long, value_name = "N")]
    nonce: Option<String>,
}

pub(super) fn jsapi(pay: &PayCommand, context: &CommandContext<'_>) -> Result<(), Failure> {
    let place = if pay.choose_wx_pay {
        FrontEnd::ChooseWxPay
    } else {
        FrontEnd::Bridge
    };
    sign(pay, place, context)
}

pub(super) fn app(pay: &PayCommand, context: &CommandContext<'_>) -> Result<(), Failure> {
    sign(pay, FrontEnd::App, context)
}

pub(super) fn mini_program(pay: &PayCommand, context: &CommandContext<'_>) -> Result<(), Failure> {
    sign(pay, FrontEnd::MiniProgram, context)
}

fn sign(pay: &PayCommand, place: FrontEnd, context: &CommandContext<'_>) -> Result<(), Failure> {
    let nonce = pay.nonce.clone().unwrap_or_else(|| context.nonce());
    let now = pay
        .timestamp
        .map_or_else(|| context.clock().now(), Instant::from_unix);
    let make = |profile: Option<&MerchantProfile>, with: &dyn Fn(&Prepaid<'_>) -> PaySet| {
        let first = profile.and_then(|profile| profile.appids.first());
        let appid = pay
            .appid
            .as_ref()
            .or(first)
            .ok_or_else(|| usage(("没有 appid", "There is no appid"), "--appid"))?;
        let mch_id = pay
            .mchid
            .as_deref()
            .or(profile.map(|profile| profile.mch_id.as_str()));
        if place == FrontEnd::App && mch_id.is_none() {
            return Err(usage(
                ("APP 需要商户号", "Apps need a merchant number"),
                "--mchid",
            ));
        }
        Ok(with(&Prepaid {
            appid,
            mch_id: mch_id.unwrap_or_default(),
            prepay_id: pay.prepay_id.trim_start_matches("prepay_id="),
            nonce: &nonce,
            now,
        }))
    };
    let set = if pay.kind == PayType::Rsa {
        let (key, profile) = pay.key.private_key(context)?;
        make(profile.as_ref(), &|prepaid| pay_v3(place, prepaid, &key))?
    } else {
        let sign_type = match pay.kind {
            PayType::HmacSha256 => SignType::HmacSha256,
            _ => SignType::Md5,
        };
        let chosen = pay.key.read(SecretKind::V2Key, context)?;
        make(chosen.profile.as_ref(), &|prepaid| {
            pay_v2(place, prepaid, sign_type, &chosen.key)
        })?
    };
    print(format!("{}\n", set.json()).as_bytes())
}

pub(super) fn js_sdk(arguments: &JsSdk, context: &CommandContext<'_>) -> Result<(), Failure> {
    let text = match (&arguments.ticket_env, &arguments.ticket_file) {
        (Some(variable), _) => std::env::var(variable)
            .ok()
            .ok_or_else(|| usage(("环境变量没有设置", "The variable is not set"), variable))?,
        (_, Some(file)) => String::from_utf8_lossy(&read_file(Some(file))?).into_owned(),
        _ => {
            return Err(usage(
                ("没有指定 jsapi_ticket", "No jsapi_ticket is named"),
                "--ticket-env, --ticket-file",
            ));
        }
    };
    let ticket = Secret::new(text.trim().to_owned());
    let nonce = arguments.nonce.clone().unwrap_or_else(|| context.nonce());
    let now = arguments
        .timestamp
        .map_or_else(|| context.clock().now(), Instant::from_unix);
    let timestamp = now.unix().to_string();
    let config = js_config(&ticket, &nonce, &timestamp, &arguments.url);
    print_json(&json!({
        "appId": arguments.appid,
        "timestamp": timestamp,
        "nonceStr": nonce,
        "signature": config.signature,
        "url": config.url,
    }))
}
