//! What can be said of a profile without asking anybody: fields, keys, certificates, and how they fit.

use super::{DoctorCheck, Health};
use crate::gateway::platform_keys;
use crate::jobs::key_material::{HeldKeys, WARN_DAYS, days_left, other_serial};
use crate::jobs::profiles;
use crate::{Advice, Failure, MerchantRef, Message};
use recondesk_domain::{
    ApiVersion, GatewayKind, Instant, MerchantProfile, SecretKind, gateway_kind,
};
use recondesk_ports::Ports;
use wechatpay_codec::v3::{Certificate, PUBLIC_KEY_PREFIX, VerifyKey};

pub(super) fn checks(
    ports: &Ports,
    MerchantRef { id, profile }: MerchantRef<'_>,
) -> Result<Vec<DoctorCheck>, Failure> {
    let held = profiles::held(ports, id)?;
    let now = ports.clock.now();
    let has = |kind| -> Result<bool, Failure> { Ok(ports.vault.get(id, kind)?.is_some()) };
    let mut out = vec![appid(profile), gateway(profile)];
    match profile.api {
        ApiVersion::V2 => {
            out.push(text_key(SecretKind::V2Key, has(SecretKind::V2Key)?));
            out.push(certificate(profile, &held, now));
        }
        ApiVersion::V3 => {
            out.push(private_key(&held));
            out.push(certificate(profile, &held, now));
            out.push(serial(profile, &held));
            let is_there = has(SecretKind::V3Key)?;
            out.push(text_key(SecretKind::V3Key, is_there));
            let keys = platform_keys(&*ports.vault, MerchantRef { id, profile })?;
            out.push(platform(profile, &keys, is_there, now));
        }
    }
    Ok(out)
}

fn appid(profile: &MerchantProfile) -> DoctorCheck {
    if profile.appids.is_empty() {
        return DoctorCheck::bad(
            "appid",
            Message::new("档案没有 appid", "The profile has no appid"),
            Advice::by_place(
                Message::new(
                    "用 profile edit --appid 写上任一已绑定的 appid",
                    "Name any appid bound to the merchant with profile edit --appid",
                ),
                Message::new(
                    "到“商户”写上任一已绑定的 appid",
                    "Name any appid bound to the merchant under Merchants",
                ),
            ),
        );
    }
    let list = profile.appids.join(", ");
    DoctorCheck::good(
        "appid",
        Message::new(format!("appid：{list}"), format!("appid: {list}")),
    )
}

fn gateway(profile: &MerchantProfile) -> DoctorCheck {
    let address = &profile.gateway;
    match gateway_kind(address) {
        Some(GatewayKind::Remote) => DoctorCheck::good(
            "gateway",
            Message::new(format!("网关 {address}"), format!("Gateway {address}")),
        ),
        Some(GatewayKind::Loopback) => DoctorCheck::new(
            "gateway",
            Health::Warning,
            Message::new(
                format!("网关是本机地址 {address}：这是沙箱，不是微信支付"),
                format!("The gateway is this computer ({address}): a sandbox, not WeChat Pay"),
            ),
            Advice::by_place(
                Message::new(
                    "正式使用前用 profile edit --gateway 改回官方地址",
                    "Before real use set the official address with profile edit --gateway",
                ),
                Message::new(
                    "正式使用前到“商户”改回官方地址",
                    "Before real use set the official address under Merchants",
                ),
            ),
        ),
        None => DoctorCheck::bad(
            "gateway",
            Message::new(
                format!("网关地址不能用：{address}"),
                format!("The gateway address cannot be used: {address}"),
            ),
            Message::new(
                "须为 https 地址，本机回环地址除外",
                "It must be https, or loopback",
            ),
        ),
    }
}

fn text_key(kind: SecretKind, is_there: bool) -> DoctorCheck {
    let (id, name, word) = if kind == SecretKind::V2Key {
        ("v2_key", "APIv2", "v2")
    } else {
        ("v3_key", "APIv3", "v3")
    };
    if is_there {
        return DoctorCheck::good(
            id,
            Message::new(
                format!("{name} 密钥已存，32 个字符"),
                format!("The {name} key is stored, 32 characters"),
            ),
        );
    }
    DoctorCheck::bad(
        id,
        Message::new(
            format!("没有存 {name} 密钥"),
            format!("No {name} key is stored"),
        ),
        Advice::by_place(
            Message::new(
                format!(
                    "在商户平台“账户中心 → API 安全”查看或设置，再用 recondesk profile set-key NAME {word} 存入"
                ),
                format!(
                    "See or set it in the merchant console (API security), then store it with recondesk profile set-key NAME {word}"
                ),
            ),
            Message::new(
                "在商户平台“账户中心 → API 安全”查看或设置，再到“商户 › 密钥”存入",
                "See or set it in the merchant console (API security), then store it under Merchants › Keys",
            ),
        ),
    )
}

fn private_key(held: &HeldKeys) -> DoctorCheck {
    if held.private.is_some() {
        return DoctorCheck::good(
            "client_key",
            Message::new("商户私钥已存", "The merchant's private key is stored"),
        );
    }
    DoctorCheck::bad(
        "client_key",
        Message::new(
            "没有存商户私钥，或存着的不能用",
            "No private key is stored, or it cannot be used",
        ),
        Advice::by_place(
            Message::new(
                "用 set-key NAME client-cert --from-file apiclient_cert.p12 存入",
                "Store it with set-key NAME client-cert --from-file apiclient_cert.p12",
            ),
            Message::new(
                "到“商户 › 密钥”存入 apiclient_cert.p12",
                "Store apiclient_cert.p12 under Merchants › Keys",
            ),
        ),
    )
}

/// The merchant's certificate: there, in date, of this merchant, the other half of the key.
fn certificate(profile: &MerchantProfile, held: &HeldKeys, now: Instant) -> DoctorCheck {
    let id = "client_cert";
    let replace = Advice::by_place(
        Message::new(
            "在商户平台“API 安全”更换证书，再用 set-key NAME client-cert 存入新的 apiclient_cert.p12",
            "Replace it in the merchant console (API security), then store the new apiclient_cert.p12 with set-key NAME client-cert",
        ),
        Message::new(
            "在商户平台“API 安全”更换证书，再到“商户 › 密钥”存入新的 apiclient_cert.p12",
            "Replace it in the merchant console (API security), then store the new apiclient_cert.p12 under Merchants › Keys",
        ),
    );
    let Some(certificate) = &held.certificate else {
        // APIv3 signs with the key alone; APIv2 needs the certificate for refunds and the fund flow.
        let health = match profile.api {
            ApiVersion::V2 => Health::Warning,
            ApiVersion::V3 if profile.cert_serial.is_empty() => Health::Bad,
            ApiVersion::V3 => Health::Warning,
        };
        return DoctorCheck::new(
            id,
            health,
            Message::new(
                "没有存商户证书：不能看它何时到期，APIv2 退款和资金账单也做不了",
                "No certificate is stored: its end is not known, and refunds and fund flow of APIv2 need it",
            ),
            Advice::by_place(
                Message::new(
                    "用 set-key NAME client-cert --from-file apiclient_cert.p12 存入",
                    "Store it with set-key NAME client-cert --from-file apiclient_cert.p12",
                ),
                Message::new(
                    "到“商户 › 密钥”存入 apiclient_cert.p12",
                    "Store apiclient_cert.p12 under Merchants › Keys",
                ),
            ),
        );
    };
    let name = &certificate.subject;
    let is_number = name.len() >= 8 && name.bytes().all(|byte| byte.is_ascii_digit());
    if is_number && *name != profile.mch_id {
        let fact = Message::new(
            format!("商户证书属于商户号 {name}"),
            format!("The certificate belongs to merchant {name}"),
        );
        return DoctorCheck::bad(id, fact, replace);
    }
    if held
        .private
        .as_ref()
        .is_some_and(|key| !certificate.is_pair_of(key))
    {
        let fact = Message::new(
            "商户证书和私钥不是一对",
            "Certificate and private key do not belong together",
        );
        return DoctorCheck::bad(id, fact, replace);
    }
    dated(id, certificate, now, replace)
}

/// How many days a certificate has left.
fn dated(
    id: &'static str,
    certificate: &Certificate,
    now: Instant,
    replace: Advice,
) -> DoctorCheck {
    let (serial, until) = (&certificate.serial, certificate.not_after.day());
    let days = days_left(certificate, now);
    if !certificate.is_valid_at(now) {
        let fact = Message::new(
            format!("证书 {serial} 不在有效期内（至 {until}）"),
            format!("Certificate {serial} is not in date (until {until})"),
        );
        return DoctorCheck::bad(id, fact, replace);
    }
    let fact = Message::new(
        format!("证书 {serial} 有效期至 {until}，还有 {days} 天"),
        format!("Certificate {serial} is valid until {until}, {days} days left"),
    );
    if days <= WARN_DAYS {
        return DoctorCheck::new(id, Health::Warning, fact, replace);
    }
    DoctorCheck::good(id, fact)
}

fn serial(profile: &MerchantProfile, held: &HeldKeys) -> DoctorCheck {
    let id = "cert_serial";
    let Some(certificate) = &held.certificate else {
        let serial = &profile.cert_serial;
        if serial.is_empty() {
            return DoctorCheck::bad(
                id,
                Message::new(
                    "不知道商户证书的序列号",
                    "The serial number of the merchant's certificate is not known",
                ),
                Advice::by_place(
                    Message::new(
                        "存入商户证书，或用 profile edit --cert-serial 写上序列号",
                        "Store the certificate, or name the serial with profile edit --cert-serial",
                    ),
                    Message::new(
                        "到“商户”存入商户证书，或写上序列号",
                        "Store the certificate under Merchants, or name its serial number there",
                    ),
                ),
            );
        }
        return DoctorCheck::good(
            id,
            Message::new(
                format!("证书序列号 {serial}（按档案）"),
                format!("Serial number {serial}, as the profile says"),
            ),
        );
    };
    match other_serial(profile, certificate) {
        None => {
            let serial = &certificate.serial;
            DoctorCheck::good(
                id,
                Message::new(
                    format!("证书序列号 {serial}"),
                    format!("Serial number {serial}"),
                ),
            )
        }
        Some(named) => DoctorCheck::new(
            id,
            Health::Warning,
            Message::new(
                format!(
                    "档案写的序列号 {named} 与证书 {} 不同；以证书为准",
                    certificate.serial
                ),
                format!(
                    "The profile names serial {named}, the certificate is {}; the certificate counts",
                    certificate.serial
                ),
            ),
            Message::new(
                "重新存一次商户证书，档案就会改正",
                "Store the certificate once more and the profile is corrected",
            ),
        ),
    }
}

/// What answers are verified with.
fn platform(
    profile: &MerchantProfile,
    keys: &[VerifyKey],
    has_v3_key: bool,
    now: Instant,
) -> DoctorCheck {
    let id = "platform_key";
    let advice = Advice::by_place(
        Message::new(
            "在商户平台下载微信支付公钥（pub_key.pem）存为 platform-key，并用 profile edit --public-key-id 写上 PUB_KEY_ID_…",
            "Download the WeChat Pay public key (pub_key.pem) in the console, store it as platform-key, and name PUB_KEY_ID_… with profile edit --public-key-id",
        ),
        Message::new(
            "在商户平台下载微信支付公钥（pub_key.pem），到“商户 › 密钥”存入，并写上 PUB_KEY_ID_…",
            "Download the WeChat Pay public key (pub_key.pem) in the console, store it under Merchants › Keys, and name PUB_KEY_ID_… there",
        ),
    );
    let public = keys.iter().find(|key| key.is_public_key());
    let named = &profile.public_key_id;
    if public.is_some() && !named.starts_with(PUBLIC_KEY_PREFIX) {
        return DoctorCheck::bad(
            id,
            Message::new(
                "存有微信支付公钥，但档案里没有它的 ID（PUB_KEY_ID_…）",
                "The WeChat Pay public key is stored, but its id (PUB_KEY_ID_…) is not",
            ),
            advice,
        );
    }
    if public.is_none() && !named.is_empty() {
        return DoctorCheck::bad(
            id,
            Message::new(
                format!("档案写了公钥 ID {named}，但没有存公钥"),
                format!("The profile names the public key {named}, but it is not stored"),
            ),
            advice,
        );
    }
    if public.is_some() {
        return DoctorCheck::good(
            id,
            Message::new(
                format!("用微信支付公钥 {named} 验证应答"),
                format!("Answers are verified with the WeChat Pay public key {named}"),
            ),
        );
    }
    let newest = keys
        .iter()
        .filter(|key| key.is_valid_at(now))
        .filter_map(|key| key.certificate.as_ref())
        .max_by_key(|certificate| certificate.not_after);
    match newest {
        Some(certificate) => dated(
            id,
            certificate,
            now,
            Advice::from(Message::new(
                "新的平台证书会自动下载；也可以改用微信支付公钥",
                "A new platform certificate is fetched by itself; or change to the WeChat Pay public key",
            )),
        ),
        None if has_v3_key => DoctorCheck::skipped(
            id,
            Message::new(
                "还没有平台证书：第一次提问时自动下载",
                "No platform certificate yet: it is fetched with the first question",
            ),
        ),
        None => DoctorCheck::bad(
            id,
            Message::new(
                "没有可以验证应答的公钥或平台证书",
                "There is no key to verify answers with",
            ),
            advice,
        ),
    }
}
