//! `recondesk profile show`: a profile as a person reads it, fields by name, amounts and times with their unit.

use super::CommandEnd;
use super::context::{CommandContext, profile_named};
use super::profile::ListFormat;
use super::table::TextTable;
use super::terminal_output::{print_json, print_text};
use recondesk_app::{Failure, Language as Lang};
use recondesk_domain::{ApiVersion, FeeRate, Fen, MerchantProfile, SignType};

pub(super) fn run(
    context: &CommandContext<'_>,
    name: &str,
    format: ListFormat,
) -> Result<CommandEnd, Failure> {
    let ports = context.open()?;
    let (_, profile) = profile_named(&ports, name)?;
    if format == ListFormat::Json {
        print_json(&profile)?;
        return Ok(CommandEnd::Clean);
    }
    let lang = context.lang;
    let mut table = TextTable::new([lang.pick("项目", "Item"), lang.pick("值", "Value")]);
    for (zh, en, value) in rows(&profile, lang) {
        table.row([lang.pick(zh, en).to_owned(), value]);
    }
    print_text(&table.print())?;
    Ok(CommandEnd::Clean)
}

/// Names in both languages, and the values.
fn rows(profile: &MerchantProfile, lang: Lang) -> Vec<(&'static str, &'static str, String)> {
    let minutes = |count: u32| format!("{count} {}", lang.pick("分钟", "min"));
    let days = |count: u32| format!("{count} {}", lang.pick("天", "days"));
    let yuan = |amount: Fen| format!("{amount} {}", lang.pick("元", "yuan"));
    let list = |items: &[String]| items.join(lang.pick("、", ", "));
    let authority = profile.gateway_ca.as_deref().unwrap_or_default();
    vec![
        ("档案", "Profile", profile.name.clone()),
        ("商户号", "Merchant number", profile.mch_id.clone()),
        ("appid", "appid", list(&profile.appids)),
        ("特约商户号", "Sub-merchants", list(&profile.sub_mch_ids)),
        ("接口版本", "API", api(profile.api).to_owned()),
        (
            "签名类型（APIv2）",
            "Sign type (APIv2)",
            sign_type(profile.sign_type).to_owned(),
        ),
        ("网关", "Gateway", profile.gateway.clone()),
        (
            "网关 CA 证书",
            "CA of the gateway",
            of_authority(authority, lang),
        ),
        ("切日窗", "Cut-off window", minutes(profile.cut_off_minutes)),
        (
            "未付订单保留",
            "Unpaid orders stay",
            days(profile.lookback_days),
        ),
        (
            "发货时限",
            "Delivery within",
            minutes(profile.fulfil_minutes),
        ),
        (
            "合同费率",
            "Contract rates",
            rates(&profile.fee_rates, lang),
        ),
        (
            "账单可多于订单",
            "Bill may exceed by",
            yuan(profile.tolerance_above),
        ),
        (
            "账单可少于订单",
            "Bill may fall short by",
            yuan(profile.tolerance_below),
        ),
        (
            "证书序列号",
            "Serial of the certificate",
            profile.cert_serial.clone(),
        ),
        (
            "微信支付公钥 ID",
            "WeChat Pay public key id",
            profile.public_key_id.clone(),
        ),
        (
            "通知地址",
            "Notifications go to",
            profile.notify_url.clone(),
        ),
        ("商城补发地址", "Shop's address", profile.shop_url.clone()),
        (
            "订单导出文件夹",
            "Folder of exports",
            profile.orders_from.clone(),
        ),
        (
            "只读",
            "Read-only",
            yes_or_no(profile.read_only, lang).to_owned(),
        ),
    ]
}

const fn api(version: ApiVersion) -> &'static str {
    match version {
        ApiVersion::V2 => "APIv2",
        ApiVersion::V3 => "APIv3",
    }
}

const fn sign_type(sign_type: SignType) -> &'static str {
    match sign_type {
        SignType::Md5 => "MD5",
        SignType::HmacSha256 => "HMAC-SHA256",
    }
}

fn yes_or_no(is_so: bool, lang: Lang) -> &'static str {
    if is_so {
        lang.pick("是", "yes")
    } else {
        lang.pick("否", "no")
    }
}

/// How many certificates a PEM holds: its lines say nothing to a person.
fn of_authority(pem: &str, lang: Lang) -> String {
    match pem.matches("-----BEGIN CERTIFICATE-----").count() {
        0 => String::new(),
        count => match lang {
            Lang::Zh => format!("已存，{count} 张"),
            Lang::En => format!("stored, {count} certificates"),
        },
    }
}

/// Rates as the contract writes them.
fn rates(rates: &[FeeRate], lang: Lang) -> String {
    let one = |rate: &FeeRate| {
        let (whole, part) = (rate.rate / 10_000, rate.rate % 10_000);
        let part = format!("{part:04}");
        let part = part.trim_end_matches('0');
        let percent = format!("{whole}.{part:0<2}%");
        let from = match (rate.from.as_str(), lang) {
            ("", _) => String::new(),
            (day, Lang::Zh) => format!("（{day} 起）"),
            (day, Lang::En) => format!(" (from {day})"),
        };
        let of = if rate.trade_type.is_empty() {
            String::new()
        } else {
            format!("{} ", rate.trade_type)
        };
        format!("{of}{percent}{from}")
    };
    let all: Vec<String> = rates.iter().map(one).collect();
    all.join(lang.pick("、", ", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_a_name_and_its_unit() {
        let mut profile = MerchantProfile::new("shop", "1900000109");
        profile.appids = vec!["wx1".to_owned(), "wx2".to_owned()];
        profile.tolerance_above = Fen::new(5);
        profile.gateway_ca = Some("-----BEGIN CERTIFICATE-----\nAA\n-----END".to_owned());
        profile.fee_rates = vec![FeeRate {
            trade_type: "NATIVE".to_owned(),
            rate: 6000,
            from: "2026-01-01".to_owned(),
        }];
        let shown = |lang| rows(&profile, lang);
        let fields = serde_json::to_value(&profile).unwrap();
        assert_eq!(shown(Lang::Zh).len(), fields.as_object().unwrap().len());
        let value = |lang, name: &str| {
            let mut rows = shown(lang).into_iter();
            rows.find(|row| row.0 == name).unwrap().2
        };
        assert_eq!(value(Lang::Zh, "appid"), "wx1、wx2");
        assert_eq!(value(Lang::Zh, "账单可多于订单"), "0.05 元");
        assert_eq!(value(Lang::Zh, "网关 CA 证书"), "已存，1 张");
        assert_eq!(value(Lang::Zh, "合同费率"), "NATIVE 0.60%（2026-01-01 起）");
        assert_eq!(
            value(Lang::En, "合同费率"),
            "NATIVE 0.60% (from 2026-01-01)"
        );
    }
}
