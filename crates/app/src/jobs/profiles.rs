//! Adding, changing and removing merchants, and giving them their keys.

use crate::{Failure, FailureKind, Message};
use recondesk_domain::{MerchantProfile, ProfileId, ProfileProblem, Secret, SecretKind};
use recondesk_ports::{Ports, VaultError};

/// Adds a profile after checking every field.
///
/// # Errors
/// [`Failure`] naming the field that is wrong, a name that is taken, or the workspace.
pub fn add(ports: &Ports, profile: &MerchantProfile) -> Result<ProfileId, Failure> {
    check(profile)?;
    Ok(ports.records.add_profile(profile, ports.clock.now())?)
}

/// Replaces a profile after checking every field.
///
/// # Errors
/// As [`add`].
pub fn update(ports: &Ports, id: ProfileId, profile: &MerchantProfile) -> Result<(), Failure> {
    check(profile)?;
    Ok(ports.records.update_profile(id, profile)?)
}

/// Removes a profile and its keys; what was imported and decided stays in the history.
///
/// # Errors
/// [`Failure`] when the vault or the workspace cannot be written.
pub fn remove(ports: &Ports, id: ProfileId) -> Result<(), Failure> {
    for kind in SecretKind::ALL {
        ports.vault.remove(id, kind)?;
    }
    Ok(ports.records.remove_profile(id, ports.clock.now())?)
}

/// Stores a key after checking its form.
///
/// # Errors
/// [`Failure`] when the key cannot be one of its kind, or the vault refuses.
pub fn set_key(
    ports: &Ports,
    id: ProfileId,
    kind: SecretKind,
    value: &Secret<Vec<u8>>,
) -> Result<(), Failure> {
    let value = judge_key(kind, value)?;
    Ok(ports.vault.set(id, kind, value)?)
}

fn check(profile: &MerchantProfile) -> Result<(), Failure> {
    let Some((field, problem)) = profile.problems().into_iter().next() else {
        return Ok(());
    };
    Err(Failure::new(
        FailureKind::Usage,
        "profile.field",
        Message::new(
            format!("档案的 {field} 不合要求"),
            format!("The profile's {field} is not acceptable"),
        ),
        problem_words(problem),
    ))
}

/// Why a field is refused, for a person.
#[must_use]
pub fn problem_words(problem: ProfileProblem) -> Message {
    let zh = match problem {
        ProfileProblem::Name => "名称须为 1–128 字节，不含控制字符",
        ProfileProblem::MchId => "商户号为 8–10 位数字",
        ProfileProblem::AppId => "appid 只含字母和数字，最多 32 位",
        ProfileProblem::Gateway => "网关必须是 https 地址；只有本机回环地址可以用 http",
        ProfileProblem::LookAlike => {
            "网关地址与微信支付相似但不是它：请核对拼写，官方地址是 https://api.mch.weixin.qq.com"
        }
        ProfileProblem::CaNotLoopback => "只有本机回环网关可以指定证书颁发者",
        ProfileProblem::CutOff => "日切窗口最多 720 分钟",
        ProfileProblem::Lookback => "回溯最多 90 天",
        ProfileProblem::Fulfil => "发货时限最多 100000 分钟",
        ProfileProblem::Rate => "费率是小于 100 的百分数，最多四位小数",
    };
    Message::new(zh, problem.to_string())
}

/// Trims what editors add, and refuses what cannot be a key of this kind; never repeats the key itself.
fn judge_key(kind: SecretKind, value: &Secret<Vec<u8>>) -> Result<Secret<Vec<u8>>, Failure> {
    let bytes = value.expose().trim_ascii();
    let holds = |mark: &str| {
        bytes
            .windows(mark.len())
            .any(|window| window == mark.as_bytes())
    };
    let (good, zh, en) = match kind {
        SecretKind::V2Key => (
            bytes.len() == 32 && bytes.iter().all(u8::is_ascii_alphanumeric),
            "APIv2 密钥为 32 位字母和数字",
            "An APIv2 key has 32 letters and digits",
        ),
        SecretKind::V3Key => (
            bytes.len() == 32 && bytes.iter().all(u8::is_ascii_graphic),
            "APIv3 密钥为 32 个字符",
            "An APIv3 key has 32 characters",
        ),
        SecretKind::ClientCert => (
            holds("-----BEGIN CERTIFICATE-----"),
            "需要 PEM 格式的商户证书（apiclient_cert.pem）",
            "The merchant's certificate in PEM form is needed (apiclient_cert.pem)",
        ),
        SecretKind::ClientKey => (
            holds("PRIVATE KEY-----"),
            "需要 PEM 格式的商户私钥（apiclient_key.pem）",
            "The merchant's private key in PEM form is needed (apiclient_key.pem)",
        ),
        SecretKind::PlatformKey => (
            holds("-----BEGIN CERTIFICATE-----") || holds("-----BEGIN PUBLIC KEY-----"),
            "需要 PEM 格式的微信支付公钥或平台证书",
            "A WeChat Pay public key or platform certificate in PEM form is needed",
        ),
        SecretKind::PlatformCerts => (
            holds("-----BEGIN CERTIFICATE-----"),
            "需要 PEM 格式的平台证书",
            "Platform certificates in PEM form are needed",
        ),
    };
    if good {
        return Ok(Secret::new(bytes.to_vec()));
    }
    Err(Failure::new(
        FailureKind::RefusedInput,
        "profile.key",
        Message::new(
            "密钥格式不对，没有保存",
            "Not a key of this kind, nothing was stored",
        ),
        Message::new(zh, en),
    )
    .with_detail(kind.word()))
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Locked => Self::new(
                FailureKind::Workspace,
                "vault.locked",
                Message::new(
                    "密钥库已锁定，或口令不对",
                    "The vault is locked, or the passphrase is wrong",
                ),
                Message::new(
                    "核对口令；无人值守时用环境变量 RECONDESK_PASSPHRASE 提供",
                    "Check the passphrase; where nobody can type it, give it in RECONDESK_PASSPHRASE",
                ),
            ),
            VaultError::Broken(detail) => Self::new(
                FailureKind::Workspace,
                "vault.broken",
                Message::new("密钥库无法使用", "The vault cannot be used"),
                Message::new(
                    "从备份恢复密钥库文件，或重新设置密钥",
                    "Restore its file from a copy, or set the keys again",
                ),
            )
            .with_detail(detail),
        }
    }
}
