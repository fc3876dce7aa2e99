//! What WeChat Pay itself says of a profile: an order that cannot exist is asked for, and the verified "no" proves the rest.

use super::{DoctorCheck, Health};
use crate::gateway::{
    BillAnswer, BillFile, ExchangeError, FundAccount, GatewayClient, QueryVerdict,
};
use crate::{Advice, Failure, MerchantRef, Message, Reporter};
use recondesk_domain::{ApiVersion, BillDate, OutTradeNo, SecretKind};
use recondesk_ports::{GatewayError, Ports};
use wechatpay_codec::v2::{OrderRef, same_code};

/// A day whose bill is long gone, so that asking for it moves no data.
const LONG_AGO: (i32, u32, u32) = (2018, 1, 1);
/// From here on a clock is worth a word, long before signatures fail.
const NOTABLE_SKEW_S: u64 = 30;

pub(super) fn checks(
    ports: &Ports,
    profile: MerchantRef<'_>,
    is_ready: bool,
    reporter: &dyn Reporter,
    out: &mut Vec<DoctorCheck>,
) -> Result<(), Failure> {
    if !is_ready {
        out.push(DoctorCheck::skipped(
            "question",
            Message::new(
                "先改正上面标红的项，再联网检查",
                "Mend what is red above first, then check online",
            ),
        ));
        return Ok(());
    }
    let cancel = reporter.token();
    let client = GatewayClient::new(ports, profile, &cancel);
    let nonce = ports.random.nonce();
    let tail: String = nonce.chars().take(12).collect();
    let Some(number) = OutTradeNo::new(&format!("DOCTOR-{tail}")) else {
        return Ok(());
    };
    let asked = match client.query_order(&OrderRef::Merchant(number), "") {
        Ok(asked) => asked,
        Err(failure) => {
            out.push(DoctorCheck::bad("question", failure.title, failure.advice));
            return Ok(());
        }
    };
    if reporter.cancelled() {
        return Err(Failure::cancelled());
    }
    if let QueryVerdict::ExchangeError(trouble @ ExchangeError::Clock { .. }) = &asked.outcome {
        let (fact, advice) = trouble.words();
        out.push(DoctorCheck::bad("clock", fact, advice));
        out.extend(resting_on_the_clock(profile.profile.api));
        return Ok(());
    }
    let answer = asked.exchange.answer.as_ref();
    out.push(clock(answer.and_then(|answer| answer.skew_s)));
    out.push(question(&asked.outcome, profile.profile.api));
    match profile.profile.api {
        ApiVersion::V3 => out.push(certificates(&client)?),
        ApiVersion::V2 => out.push(mutual_tls(ports, profile, &client, reporter)?),
    }
    Ok(())
}

/// What nothing can be said of before the clock is right.
fn resting_on_the_clock(api: ApiVersion) -> impl Iterator<Item = DoctorCheck> {
    let last = match api {
        ApiVersion::V3 => "v3_key_opens",
        ApiVersion::V2 => "mutual_tls",
    };
    ["question", last].into_iter().map(|id| {
        DoctorCheck::skipped(
            id,
            Message::new(
                "时钟校准之后才能检查",
                "It can be checked when the clock is right",
            ),
        )
    })
}

fn clock(skew_s: Option<i64>) -> DoctorCheck {
    let id = "clock";
    let Some(skew_s) = skew_s else {
        return DoctorCheck::skipped(
            id,
            Message::new(
                "应答没有时间，时钟未能核对",
                "The answer had no time to compare the clock with",
            ),
        );
    };
    let fact = Message::new(
        format!("与微信支付的时钟相差 {skew_s} 秒"),
        format!("The clocks are {skew_s} s apart"),
    );
    let advice = Message::new(
        "打开系统的自动校时；相差 5 分钟签名就失效",
        "Turn on automatic time; at five minutes signatures fail",
    );
    match skew_s.unsigned_abs() {
        0..NOTABLE_SKEW_S => DoctorCheck::good(id, fact),
        NOTABLE_SKEW_S..300 => DoctorCheck::new(id, Health::Warning, fact, advice),
        _ => DoctorCheck::bad(id, fact, advice),
    }
}

fn question(outcome: &QueryVerdict, api: ApiVersion) -> DoctorCheck {
    let id = "question";
    match outcome {
        QueryVerdict::NotFound | QueryVerdict::Known(_) => DoctorCheck::good(
            id,
            Message::new(
                "微信支付接受了签名，它的应答也通过了验证",
                "WeChat Pay accepted the signature, and its answer was verified",
            ),
        ),
        QueryVerdict::ExchangeError(trouble) => {
            let fact = trouble.told();
            let health = match trouble {
                ExchangeError::Unclear(_) | ExchangeError::NotSent(GatewayError::Connect(_)) => {
                    Health::Warning
                }
                _ => Health::Bad,
            };
            DoctorCheck::new(id, health, fact, question_advice(trouble, api))
        }
    }
}

/// What to do about it: a refused signature names the key that makes it, which is not to be seen from outside.
fn question_advice(trouble: &ExchangeError, api: ApiVersion) -> Advice {
    if !is_bad_signature(trouble) {
        return trouble.words().1.into();
    }
    match api {
        ApiVersion::V2 => Advice::by_place(
            Message::new(
                "APIv2 密钥或签名类型不对：先核对签名类型（MD5 或 HMAC-SHA256）和商户号；仍不对，在商户平台“账户中心 → API 安全”重设 APIv2 密钥，再用 recondesk profile set-key 档案 v2 存入",
                "The APIv2 key or the sign type is wrong: check the sign type (MD5 or HMAC-SHA256) and the merchant number; then set a new APIv2 key in the merchant console (Account, API security) and store it with recondesk profile set-key NAME v2",
            ),
            Message::new(
                "APIv2 密钥或签名类型不对：先核对签名类型（MD5 或 HMAC-SHA256）和商户号；仍不对，在商户平台“账户中心 → API 安全”重设 APIv2 密钥，再在这里更换",
                "The APIv2 key or the sign type is wrong: check the sign type (MD5 or HMAC-SHA256) and the merchant number; then set a new APIv2 key in the merchant console (Account, API security) and replace it here",
            ),
        ),
        ApiVersion::V3 => Advice::by_place(
            Message::new(
                "商户私钥与证书序列号不是一对，或不属于这个商户号：在商户平台“账户中心 → API 安全”查看证书序列号，用 recondesk profile set-key 档案 client-key 存入同一张证书的私钥",
                "The private key and the serial are not a pair, or not of this merchant: look the serial up in the merchant console (Account, API security) and store the key of that certificate with recondesk profile set-key NAME client-key",
            ),
            Message::new(
                "商户私钥与证书序列号不是一对，或不属于这个商户号：在商户平台“账户中心 → API 安全”查看证书序列号，在这里存入同一张证书的私钥",
                "The private key and the serial are not a pair, or not of this merchant: look the serial up in the merchant console (Account, API security) and store the key of that certificate here",
            ),
        ),
    }
}

/// True where WeChat Pay says that the signature of the request is wrong: in its words without a code, or by the code.
fn is_bad_signature(trouble: &ExchangeError) -> bool {
    let says = |text: &str| {
        let text = text.to_ascii_lowercase();
        text.contains("签名错误") || text.contains("签名失败") || text.contains("sign error")
    };
    match trouble {
        ExchangeError::Refused {
            message,
            error_code,
        } => says(message) || same_code(error_code, "SIGN_ERROR"),
        ExchangeError::Fault(fault) => fault.is("SIGN_ERROR") || fault.is("SIGNERROR"),
        ExchangeError::NotSent(_)
        | ExchangeError::Unclear(_)
        | ExchangeError::Untrusted(_)
        | ExchangeError::UnknownKey(_)
        | ExchangeError::Clock { .. } => false,
    }
}

/// The list of platform certificates: opening it proves the APIv3 key.
fn certificates(client: &GatewayClient<'_>) -> Result<DoctorCheck, Failure> {
    let id = "v3_key_opens";
    Ok(match client.fetch_certificates()? {
        Ok(count) => DoctorCheck::good(
            id,
            Message::new(
                format!("APIv3 密钥解开了 {count} 张平台证书"),
                format!("The APIv3 key opened {count} platform certificates"),
            ),
        ),
        Err(ExchangeError::Fault(fault)) if fault.is("RESOURCE_NOT_EXISTS") => {
            DoctorCheck::skipped(
                id,
                Message::new(
                    "这个商户没有平台证书，APIv3 密钥要等第一条通知才能验证",
                    "This merchant has no platform certificates; the first notification will prove the APIv3 key",
                ),
            )
        }
        // Only an answer that came and does not open says something of the key.
        Err(ExchangeError::Untrusted(_)) => DoctorCheck::bad(
            id,
            Message::new(
                "APIv3 密钥解不开平台证书",
                "The APIv3 key does not open the platform certificates",
            ),
            Message::new(
                "核对 APIv3 密钥：它和 APIv2 密钥、商户私钥是三样东西",
                "Check the APIv3 key: it is neither the APIv2 key nor the private key",
            ),
        ),
        Err(trouble) => {
            let why = trouble.told();
            let fact = Message::new(
                format!("平台证书没有取到：{}", why.zh),
                format!("The platform certificates were not fetched: {}", why.en),
            );
            DoctorCheck::bad(id, fact, trouble.words().1)
        }
    })
}

/// The certificate of APIv2, shown at a door that demands it.
fn mutual_tls(
    ports: &Ports,
    MerchantRef { id, profile }: MerchantRef<'_>,
    client: &GatewayClient<'_>,
    reporter: &dyn Reporter,
) -> Result<DoctorCheck, Failure> {
    let check = "mutual_tls";
    let has_pair = ports.vault.get(id, SecretKind::ClientCert)?.is_some()
        && ports.vault.get(id, SecretKind::ClientKey)?.is_some();
    let (year, month, day) = LONG_AGO;
    let Some(day) = BillDate::ymd(year, month, day).filter(|_| has_pair) else {
        return Ok(DoctorCheck::skipped(
            check,
            Message::new(
                "没有商户证书，双向 TLS 未检查：退款和资金账单需要它",
                "Without a certificate mutual TLS was not checked: refunds and fund flow need it",
            ),
        ));
    };
    if !profile.gateway.starts_with("https://") {
        return Ok(DoctorCheck::skipped(
            check,
            Message::new(
                "网关不是 https，双向 TLS 未检查",
                "The gateway is not https",
            ),
        ));
    }
    let file = BillFile::FundFlow(FundAccount::Basic);
    let mut nowhere = Vec::new();
    let answer = client.bill_file(file, day, &mut nowhere, reporter)?;
    Ok(match answer {
        BillAnswer::ExchangeError(ExchangeError::NotSent(error)) => DoctorCheck::bad(
            check,
            Message::new(
                format!("证书在双向 TLS 时被拒绝：{error}"),
                format!("The certificate was refused in mutual TLS: {error}"),
            ),
            Message::new(
                "换用商户平台上未作废的 apiclient_cert.p12",
                "Use an apiclient_cert.p12 that the console still lists",
            ),
        ),
        BillAnswer::ExchangeError(trouble) => DoctorCheck::new(
            check,
            Health::Warning,
            Message::new(
                format!("双向 TLS：{}", trouble.told().zh),
                format!("Mutual TLS: {}", trouble.told().en),
            ),
            Message::new("稍后再检查一次", "Check again later"),
        ),
        BillAnswer::NotABill(body) if contains(&body, b"certificate not match") => {
            DoctorCheck::bad(
                check,
                Message::new(
                    "证书属于别的商户号（certificate not match）",
                    "The certificate belongs to another merchant (certificate not match)",
                ),
                Message::new(
                    "存入这个商户号的 apiclient_cert.p12",
                    "Store the apiclient_cert.p12 of this merchant",
                ),
            )
        }
        BillAnswer::File { .. } | BillAnswer::NotABill(_) | BillAnswer::Refused(_) => {
            DoctorCheck::good(
                check,
                Message::new(
                    "双向 TLS 接受了商户证书",
                    "Mutual TLS accepted the certificate",
                ),
            )
        }
    })
}

fn contains(body: &[u8], words: &[u8]) -> bool {
    body.windows(words.len()).any(|part| part == words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Surface;

    #[test]
    fn a_refused_signature_says_which_key_and_how_to_store_it() {
        let refused = |message: &str, code: &str| {
            QueryVerdict::ExchangeError(ExchangeError::Refused {
                message: message.to_owned(),
                error_code: code.to_owned(),
            })
        };
        for (verdict, api, key) in [
            (refused("签名错误", ""), ApiVersion::V2, "set-key 档案 v2"),
            (
                refused("签名错误，请检查后再试", "SIGN_ERROR"),
                ApiVersion::V3,
                "set-key 档案 client-key",
            ),
        ] {
            let check = question(&verdict, api);
            assert_eq!(check.health, Health::Bad);
            assert!(check.fact.zh.starts_with("微信支付拒绝了请求：签名错误"));
            let terminal = &check.advice.at(Surface::Terminal).zh;
            assert!(terminal.contains(key), "{terminal}");
            assert!(!check.advice.at(Surface::Window).zh.contains("recondesk"));
        }
        let other = question(&refused("商户号不存在", ""), ApiVersion::V2);
        assert!(!other.advice.at(Surface::Terminal).zh.contains("set-key"));
    }
}
