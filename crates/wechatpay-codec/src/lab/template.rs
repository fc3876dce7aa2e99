//! Templates of the laboratory: the fields of each call, what they want, and checks with a reason.
//!
//! Limits and needs are those of `v2` documents; unknown fields are legal, because the protocol grows.

use super::template_fields::{
    ANSWER, BILL, CLOSE, ENVELOPE, FUND_FLOW, ORDER, QUERY, REFUND, REFUND_QUERY,
};
use crate::Params;
use crate::v2::Endpoint;
use recondesk_domain::{Instant, MerchantProfile, Message, SignType, Term};

/// A template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Template {
    /// 统一下单, official account.
    OrderJsapi,
    /// 统一下单, mini program.
    OrderMiniProgram,
    /// 统一下单, app.
    OrderApp,
    /// 统一下单, code to scan.
    OrderNative,
    /// 统一下单, mobile browser.
    OrderH5,
    /// 查询订单.
    OrderQuery,
    /// 关闭订单.
    CloseOrder,
    /// 申请退款.
    Refund,
    /// 查询退款.
    RefundQuery,
    /// 下载交易账单.
    DownloadBill,
    /// 下载资金账单.
    DownloadFundFlow,
    /// Answer to a notification.
    NoticeAnswer,
    /// Anything.
    Free,
}

impl Template {
    /// All of them, in the order of the list.
    pub const ALL: [Self; 13] = [
        Self::OrderJsapi,
        Self::OrderMiniProgram,
        Self::OrderApp,
        Self::OrderNative,
        Self::OrderH5,
        Self::OrderQuery,
        Self::CloseOrder,
        Self::Refund,
        Self::RefundQuery,
        Self::DownloadBill,
        Self::DownloadFundFlow,
        Self::NoticeAnswer,
        Self::Free,
    ];

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> Term {
        match self {
            Self::OrderJsapi => {
                Term::new("统一下单 公众号 JSAPI", "Create order, official account")
            }
            Self::OrderMiniProgram => Term::new("统一下单 小程序", "Create order, mini program"),
            Self::OrderApp => Term::new("统一下单 APP", "Create order, app"),
            Self::OrderNative => Term::new("统一下单 扫码 NATIVE", "Create order, code to scan"),
            Self::OrderH5 => Term::new("统一下单 H5", "Create order, mobile browser"),
            Self::NoticeAnswer => Term::new("应答通知", "Answer a notification"),
            Self::Free => Term::new("自由填写", "Free form"),
            other @ (Self::OrderQuery
            | Self::CloseOrder
            | Self::Refund
            | Self::RefundQuery
            | Self::DownloadBill
            | Self::DownloadFundFlow) => match other.endpoint() {
                Some(endpoint) => endpoint.name(),
                None => Term::new("", ""),
            },
        }
    }

    /// The call it belongs to.
    #[must_use]
    pub const fn endpoint(self) -> Option<Endpoint> {
        Some(match self {
            Self::OrderJsapi
            | Self::OrderMiniProgram
            | Self::OrderApp
            | Self::OrderNative
            | Self::OrderH5 => Endpoint::UnifiedOrder,
            Self::OrderQuery => Endpoint::OrderQuery,
            Self::CloseOrder => Endpoint::CloseOrder,
            Self::Refund => Endpoint::Refund,
            Self::RefundQuery => Endpoint::RefundQuery,
            Self::DownloadBill => Endpoint::DownloadBill,
            Self::DownloadFundFlow => Endpoint::DownloadFundFlow,
            Self::NoticeAnswer | Self::Free => return None,
        })
    }

    const fn trade_type(self) -> Option<&'static str> {
        match self {
            Self::OrderJsapi | Self::OrderMiniProgram => Some("JSAPI"),
            Self::OrderApp => Some("APP"),
            Self::OrderNative => Some("NATIVE"),
            Self::OrderH5 => Some("MWEB"),
            Self::OrderQuery
            | Self::CloseOrder
            | Self::Refund
            | Self::RefundQuery
            | Self::DownloadBill
            | Self::DownloadFundFlow
            | Self::NoticeAnswer
            | Self::Free => None,
        }
    }

    /// Its fields, in the order of the documents; the envelope first.
    #[must_use]
    pub fn fields(self) -> Vec<TemplateField> {
        let own = match self {
            Self::Free => return Vec::new(),
            Self::NoticeAnswer => return ANSWER.to_vec(),
            Self::OrderQuery => QUERY,
            Self::CloseOrder => CLOSE,
            Self::Refund => REFUND,
            Self::RefundQuery => REFUND_QUERY,
            Self::DownloadBill => BILL,
            Self::DownloadFundFlow => FUND_FLOW,
            Self::OrderJsapi
            | Self::OrderMiniProgram
            | Self::OrderApp
            | Self::OrderNative
            | Self::OrderH5 => ORDER,
        };
        let mut out: Vec<TemplateField> = ENVELOPE.iter().chain(own).copied().collect();
        for field in &mut out {
            let wanted = match field.name {
                "openid" => self.trade_type() == Some("JSAPI"),
                "product_id" => self == Self::OrderNative,
                "scene_info" => self == Self::OrderH5,
                _ => continue,
            };
            if wanted {
                field.need = Need::Required;
            }
        }
        out
    }

    /// The fields with what is known filled in; the rest stays empty.
    #[must_use]
    pub fn prefill(self, profile: &MerchantProfile, nonce: &str, now: Instant) -> Params {
        let day = now.day().prev().compact();
        let hmac = profile.sign_type == SignType::HmacSha256 || self == Self::DownloadFundFlow;
        let mut out = Params::new();
        for field in self.fields() {
            let value = match field.name {
                "appid" => profile.appids.first().map_or("", String::as_str),
                "mch_id" => &profile.mch_id,
                "sub_mch_id" => profile.sub_mch_ids.first().map_or("", String::as_str),
                "nonce_str" => nonce,
                "sign_type" if hmac => "HMAC-SHA256",
                "notify_url" if self != Self::Refund => &profile.notify_url,
                "trade_type" => self.trade_type().unwrap_or_default(),
                "bill_date" => &day,
                "bill_type" => "ALL",
                "account_type" => "Basic",
                "tar_type" => "GZIP",
                "return_code" => "SUCCESS",
                "return_msg" => "OK",
                _ => "",
            };
            out.push(field.name, value);
        }
        out
    }
}

/// Whether a field must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Need {
    /// Always.
    Required,
    /// One of the fields with the same group number.
    OneOf(u8),
    /// May be left out.
    Optional,
}

/// What a value looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueKind {
    /// Any text.
    Text,
    /// An order or refund number: digits, letters and the signs given.
    Number(&'static str),
    /// Fen, a whole number of at least one.
    Fen,
    /// A whole number.
    Count,
    /// `yyyyMMddHHmmss`, Beijing time.
    Time,
    /// `yyyyMMdd`.
    Day,
    /// An address for notifications.
    NotifyUrl,
    /// An IP address.
    Ip,
    /// JSON.
    Json,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Eight to ten digits.
    MchId,
}

/// A field of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TemplateField {
    /// Name on the wire.
    pub name: &'static str,
    /// Whether it must be there.
    pub need: Need,
    /// Most bytes.
    pub most: usize,
    /// What a value looks like.
    pub kind: ValueKind,
    /// What it means.
    pub what: Term,
}

/// How much a problem presses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// WeChat Pay will refuse it.
    Wrong,
    /// It may be meant, but usually is not.
    Doubtful,
}

/// Something wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field.
    pub field: String,
    /// How much it presses.
    pub level: Level,
    /// What is wrong.
    pub words: Message,
}

/// Checks a message against a template; empty when nothing is wrong.
#[must_use]
pub fn check(template: Template, params: &Params, now: Instant) -> Vec<FieldProblem> {
    let fields = template.fields();
    let mut out = Vec::new();
    let mut put = |field: &str, level, zh: &str, en: &str| {
        out.push(FieldProblem {
            field: field.to_owned(),
            level,
            words: Message::new(zh, en),
        });
    };
    for field in &fields {
        let value = params.filled(field.name);
        match (field.need, value) {
            (Need::Required, None) => put(field.name, Level::Wrong, "必填", "required"),
            (Need::OneOf(group), None) => {
                let first = fields.iter().find(|other| other.need == Need::OneOf(group));
                let any = fields.iter().any(|other| {
                    other.need == Need::OneOf(group) && params.filled(other.name).is_some()
                });
                if !any && first.is_some_and(|first| first.name == field.name) {
                    put(
                        field.name,
                        Level::Wrong,
                        "这几个单号至少填一个",
                        "one of these numbers is required",
                    );
                }
            }
            _ => {}
        }
        if let Some(value) = value {
            if value.trim() != value {
                put(
                    field.name,
                    Level::Doubtful,
                    "前后有空白，会参与签名",
                    "white space around it takes part in the signature",
                );
            } else if let Some((level, zh, en)) = look(field.kind, value, now) {
                put(field.name, level, zh, en);
            } else if value.len() > field.most {
                let (zh, en) = (
                    format!("{} 字节，最多 {}", value.len(), field.most),
                    format!("{} bytes, at most {}", value.len(), field.most),
                );
                put(field.name, Level::Wrong, &zh, &en);
            }
        }
    }
    for name in params.duplicates() {
        put(name, Level::Doubtful, "字段重复", "the field is repeated");
    }
    if template == Template::DownloadFundFlow && params.get("sign_type") != Some("HMAC-SHA256") {
        put(
            "sign_type",
            Level::Wrong,
            "资金账单只接受 HMAC-SHA256",
            "the fund-flow bill accepts only HMAC-SHA256",
        );
    }
    if template == Template::Refund {
        let fen = |name| params.get(name).and_then(|text| text.parse::<i64>().ok());
        if let (Some(refund), Some(total)) = (fen("refund_fee"), fen("total_fee"))
            && refund > total
        {
            put(
                "refund_fee",
                Level::Wrong,
                "退款金额大于订单金额",
                "more than the order's amount",
            );
        }
    }
    out
}

type TemplateVerdict = Option<(Level, &'static str, &'static str)>;

fn look(kind: ValueKind, value: &str, now: Instant) -> TemplateVerdict {
    use Level::{Doubtful, Wrong};
    let digits = value.bytes().all(|b| b.is_ascii_digit());
    match kind {
        ValueKind::Text => None,
        ValueKind::Number(signs) => (!value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || signs.as_bytes().contains(&b)))
        .then_some((
            Wrong,
            "只能有数字、字母和 _-|*@",
            "only digits, letters and _-|*@",
        )),
        ValueKind::Fen if !digits => {
            Some((Wrong, "单位是分，只能是整数", "in fen, whole numbers only"))
        }
        ValueKind::Fen if value.trim_start_matches('0').is_empty() => {
            Some((Wrong, "至少 1 分", "at least 1 fen"))
        }
        ValueKind::Fen if value.starts_with('0') => {
            Some((Wrong, "前面不能有 0", "no leading zeros"))
        }
        ValueKind::Fen if value.len() > 10 => Some((Wrong, "金额太大", "too large")),
        ValueKind::Count if !digits => Some((Wrong, "只能是整数", "whole numbers only")),
        ValueKind::Fen | ValueKind::Count => None,
        ValueKind::Time => match Instant::parse_compact(value) {
            None => Some((
                Wrong,
                "时间要写成 yyyyMMddHHmmss，北京时间",
                "a time is yyyyMMddHHmmss, Beijing time",
            )),
            Some(time) if time < now.plus(300) && time > now.plus(-12 * 3600) => Some((
                Doubtful,
                "离现在不到 5 分钟；服务器若用 UTC 会早 8 小时",
                "less than 5 minutes from now; a server in UTC is 8 hours early",
            )),
            Some(_) => None,
        },
        ValueKind::Day => (value.len() != 8 || !digits).then_some((
            Wrong,
            "日期要写成 yyyyMMdd",
            "a day is yyyyMMdd",
        )),
        ValueKind::NotifyUrl => notify_url(value),
        ValueKind::Ip => value.parse::<std::net::IpAddr>().is_err().then_some((
            Wrong,
            "不是 IP 地址",
            "not an IP address",
        )),
        ValueKind::Json => serde_json::from_str::<serde::de::IgnoredAny>(value)
            .is_err()
            .then_some((Wrong, "不是 JSON", "not JSON")),
        ValueKind::Word(words) => (!words.contains(&value)).then_some((
            Doubtful,
            "不是文档里的词",
            "not a word of the documents",
        )),
        ValueKind::MchId => (!digits || !(8..=10).contains(&value.len())).then_some((
            Doubtful,
            "商户号是 8 到 10 位数字",
            "a merchant number has 8 to 10 digits",
        )),
    }
}

fn notify_url(value: &str) -> TemplateVerdict {
    use Level::{Doubtful, Wrong};
    let rest = value
        .strip_prefix("https://")
        .or_else(|| value.strip_prefix("http://"));
    let Some(rest) = rest else {
        return Some((Wrong, "要以 https:// 开头", "it starts with https://"));
    };
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or_default();
    if value.contains(['?', '#']) {
        return Some((Wrong, "不能带参数", "no query is allowed"));
    }
    if host == "localhost"
        || host
            .parse::<std::net::Ipv4Addr>()
            .is_ok_and(|ip| ip.is_private() || ip.is_loopback())
    {
        return Some((
            Wrong,
            "微信支付访问不到内网地址",
            "WeChat Pay cannot reach an internal address",
        ));
    }
    if value.starts_with("http://") {
        return Some((Doubtful, "应使用 https", "https is expected"));
    }
    None
}

#[cfg(test)]
mod tests;
