//! The fields of a profile that have defaults, as they are named on the command line.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::profile::read_small;
use recondesk_app::Failure;
use recondesk_domain::{
    ApiVersion, FeeRate, Fen, MerchantProfile, MoneyError, SignType, TradeType, half_width,
};

/// The fields of a profile that have defaults.
#[derive(Debug, Args)]
pub(super) struct ProfileFields {
    /// 公众账号 ID，可多个 | App id, may be repeated
    #[arg(long, value_name = "ID")]
    appid: Vec<String>,
    /// 特约商户号，可多个；账单里别家的款项不算本档案的（K05） | Sub-merchant number, may be repeated; the bill's payments of others are then not this profile's (K05)
    #[arg(long, value_name = "ID")]
    sub_mch_id: Vec<String>,
    /// 网关地址，默认官方地址 | Gateway address, the official one by default
    #[arg(long, value_name = "URL")]
    gateway: Option<String>,
    /// 信任的证书颁发者（PEM），仅限本机回环网关 | Authority to trust (PEM), loopback gateways only
    #[arg(long, value_name = "FILE")]
    gateway_ca: Option<PathBuf>,
    /// 接口版本 | API version
    #[arg(long, value_enum)]
    api: Option<ApiChoice>,
    /// APIv2 签名方式 | How APIv2 messages are signed
    #[arg(long, value_enum)]
    sign: Option<SignChoice>,
    /// 日切窗口（分钟） | Cut-off window in minutes
    #[arg(long, value_name = "MINUTES")]
    cut_off: Option<u32>,
    /// 未付订单回溯天数 | Days an unpaid order stays a candidate
    #[arg(long, value_name = "DAYS")]
    lookback: Option<u32>,
    /// 付款后应在多少分钟内发货 | Minutes after payment within which goods must be delivered
    #[arg(long, value_name = "MINUTES")]
    fulfil_within: Option<u32>,
    /// 合同费率，如 0.60%、MICROPAY=0.38%、0.54%@2026-01-01，可多个 | Contract rate such as 0.60%, MICROPAY=0.38%, 0.54%@2026-01-01; may be repeated
    #[arg(long, value_name = "RATE", value_parser = fee_rate)]
    fee_rate: Vec<FeeRate>,
    /// 账单金额最多可比订单多多少元而不算差异 | By how much a bill may have more than the order, in yuan
    #[arg(long, value_name = "YUAN", value_parser = yuan)]
    tolerance_above: Option<Fen>,
    /// 账单金额最多可比订单少多少元而不算差异 | By how much a bill may have less than the order, in yuan
    #[arg(long, value_name = "YUAN", value_parser = yuan)]
    tolerance_below: Option<Fen>,
    /// 商户 API 证书序列号（APIv3） | Serial number of the API certificate (APIv3)
    #[arg(long, value_name = "SERIAL")]
    cert_serial: Option<String>,
    /// 微信支付公钥 ID（APIv3） | Id of the WeChat Pay public key (APIv3)
    #[arg(long, value_name = "ID")]
    public_key_id: Option<String>,
    /// 通知地址 | Address of notifications
    #[arg(long, value_name = "URL")]
    notify_url: Option<String>,
    /// 商城补发货接口地址 | The shop's own address for reissues
    #[arg(long, value_name = "URL")]
    shop_url: Option<String>,
    /// 商城导出文件的文件夹，每天早上从这里取新文件 | Folder of the shop's exports, from which new files are taken each morning
    #[arg(long, value_name = "DIR")]
    orders_from: Option<String>,
    /// 只读：不能从这里退款或补发货 | Read-only: neither refunds nor reissues from here
    #[arg(long, value_name = "true|false", num_args = 0..=1, default_missing_value = "true")]
    read_only: Option<bool>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ApiChoice {
    V2,
    V3,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SignChoice {
    Md5,
    HmacSha256,
}

impl ProfileFields {
    /// Writes what was named over a profile.
    pub(super) fn apply(self: Box<Self>, profile: &mut MerchantProfile) -> Result<(), Failure> {
        let Self {
            appid,
            sub_mch_id,
            gateway,
            gateway_ca,
            api,
            sign,
            cut_off,
            lookback,
            fulfil_within,
            fee_rate,
            tolerance_above,
            tolerance_below,
            cert_serial,
            public_key_id,
            notify_url,
            shop_url,
            orders_from,
            read_only,
        } = *self;
        let keep = |list: &mut Vec<String>, new: Vec<String>| {
            if !new.is_empty() {
                *list = new;
            }
        };
        keep(&mut profile.appids, appid);
        let numbers = sub_mch_id.iter().map(|id| half_width(id).into_owned());
        keep(&mut profile.sub_mch_ids, numbers.collect());
        if !fee_rate.is_empty() {
            profile.fee_rates = fee_rate;
        }
        if let Some(gateway) = gateway {
            gateway
                .trim_end_matches('/')
                .clone_into(&mut profile.gateway);
        }
        if let Some(file) = gateway_ca {
            let pem = read_small(&file)?;
            profile.gateway_ca = Some(String::from_utf8_lossy(pem.expose()).into_owned());
        }
        match api {
            Some(ApiChoice::V2) => profile.api = ApiVersion::V2,
            Some(ApiChoice::V3) => profile.api = ApiVersion::V3,
            None => {}
        }
        match sign {
            Some(SignChoice::Md5) => profile.sign_type = SignType::Md5,
            Some(SignChoice::HmacSha256) => profile.sign_type = SignType::HmacSha256,
            None => {}
        }
        profile.read_only = read_only.unwrap_or(profile.read_only);
        profile.cut_off_minutes = cut_off.unwrap_or(profile.cut_off_minutes);
        profile.lookback_days = lookback.unwrap_or(profile.lookback_days);
        profile.tolerance_above = tolerance_above.unwrap_or(profile.tolerance_above);
        profile.tolerance_below = tolerance_below.unwrap_or(profile.tolerance_below);
        profile.fulfil_minutes = fulfil_within.unwrap_or(profile.fulfil_minutes);
        for (field, new) in [
            (&mut profile.cert_serial, cert_serial),
            (&mut profile.public_key_id, public_key_id),
            (&mut profile.notify_url, notify_url),
            (&mut profile.shop_url, shop_url),
            (&mut profile.orders_from, orders_from),
        ] {
            if let Some(new) = new {
                *field = new;
            }
        }
        Ok(())
    }
}

/// Reads an amount in yuan.
fn yuan(text: &str) -> Result<Fen, MoneyError> {
    Fen::parse_yuan(&half_width(text))
}

/// Reads `[TYPE=]0.60%[@YYYY-MM-DD]`.
fn fee_rate(text: &str) -> Result<FeeRate, String> {
    let text = half_width(text);
    let wrong = || "[TYPE=]0.60%[@YYYY-MM-DD]".to_owned();
    let (rest, from) = match text.split_once('@') {
        Some((rest, from)) => (rest, from),
        None => (&*text, ""),
    };
    if !from.is_empty() && recondesk_domain::BillDate::parse(from).is_none() {
        return Err(wrong());
    }
    let (trade_type, rate) = rest.split_once('=').unwrap_or(("", rest));
    if TradeType::read(trade_type.as_bytes()) == TradeType::Other {
        let known: Vec<&str> = TradeType::KNOWN.iter().map(|one| one.word()).collect();
        return Err(format!("TYPE: {}", known.join(", ")));
    }
    let digits = rate.strip_suffix('%').ok_or_else(wrong)?;
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if part.len() > 4
        || !part
            .bytes()
            .chain(whole.bytes())
            .all(|b| b.is_ascii_digit())
    {
        return Err(wrong());
    }
    let rate = format!("{whole}{part:0<4}")
        .parse()
        .map_err(|_overflow| wrong())?;
    Ok(FeeRate {
        trade_type: trade_type.to_owned(),
        rate,
        from: from.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_to_the_last_digit_or_refused() {
        let rate = fee_rate("MICROPAY=0.38%@2026-01-01").unwrap();
        assert_eq!((rate.trade_type.as_str(), rate.rate), ("MICROPAY", 3800));
        assert_eq!(rate.from, "2026-01-01");
        assert_eq!(fee_rate("0.6%").unwrap().rate, 6000);
        for bad in [
            "0.6",
            "0.60001%",
            "x%",
            "0.6%@2026-02-30",
            "-1%",
            "WXPAY=0.6%",
        ] {
            assert!(fee_rate(bad).is_err(), "{bad}");
        }
    }
}
