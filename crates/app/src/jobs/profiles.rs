//! Adding, changing and removing merchants, and giving them their keys.

use super::key_material::{HeldKeys, KeyOffer, judge};
use super::morning::Webhook;
use crate::{Advice, Failure, FailureKind, Message};
use recondesk_casework::RefundStage;
use recondesk_domain::{MerchantProfile, ProfileId, ProfileProblem, Secret, SecretKind};
use recondesk_ports::{AuditDeed, Author, Ports, RefundQuery, StoreError, VaultError};
use wechatpay_codec::v3::{Certificate, KeyFile, normal_serial};

/// In place of an address: no messages any more.
const WEBHOOK_OFF: &[u8] = b"off";

/// Adds a profile after checking every field. A merchant that was removed comes back with its books and history.
///
/// # Errors
/// [`Failure`] naming the field that is wrong, a name that is taken, a profile that keeps the books of this merchant
/// already, or the workspace.
pub fn add(ports: &Ports, profile: &MerchantProfile, actor: &str) -> Result<ProfileId, Failure> {
    check(profile)?;
    refuse_second(ports, profile, None)?;
    Ok(ports.records.add_profile(profile, author(ports, actor))?)
}

/// Replaces a profile after checking every field.
///
/// # Errors
/// As [`add`].
pub fn update(
    ports: &Ports,
    id: ProfileId,
    profile: &MerchantProfile,
    actor: &str,
) -> Result<(), Failure> {
    check(profile)?;
    let known = named(ports, id)?;
    if !known.is_same_merchant(profile) {
        refuse_second(ports, profile, Some(id))?;
    }
    if known.mch_id != profile.mch_id && has_books(ports, id)? {
        return Err(other_merchant(&known.mch_id));
    }
    let author = author(ports, actor);
    Ok(ports.records.update_profile(id, profile, author)?)
}

/// True when something was imported, asked or sent under a profile.
fn has_books(ports: &Ports, id: ProfileId) -> Result<bool, Failure> {
    let refunds = RefundQuery {
        profile: Some(id),
        ..RefundQuery::default()
    };
    Ok(!ports.books.imports(id)?.is_empty() || !ports.casework.refunds(&refunds)?.is_empty())
}

/// Bills, orders and cases of one merchant must not become those of another.
fn other_merchant(mch_id: &str) -> Failure {
    Failure::new(
        FailureKind::Usage,
        "profile.other_merchant",
        Message::new(
            format!("这个档案已有商户号 {mch_id} 的账，商户号不能再改"),
            format!("This profile has books of merchant {mch_id}; its merchant number stays"),
        ),
        Message::new(
            "给另一个商户号新增档案",
            "Add a profile of its own for the other merchant number",
        ),
    )
}

/// Removes a profile and its keys; what was imported and decided stays in the history.
///
/// # Errors
/// [`Failure`] while refunds of it are not at their end, since nobody could ask about them any more; when the vault or
/// the workspace cannot be written.
pub fn remove(ports: &Ports, id: ProfileId, actor: &str) -> Result<(), Failure> {
    let is_open = |stage: &RefundStage| {
        use RefundStage as S;
        !matches!(stage, S::Done | S::Closed | S::Rejected | S::Withdrawn)
    };
    let open = ports.casework.refunds(&RefundQuery {
        profile: Some(id),
        stages: RefundStage::all().filter(is_open).collect(),
        ..RefundQuery::default()
    })?;
    if !open.is_empty() {
        let numbers: Vec<_> = open.iter().map(|it| it.id.0.to_string()).collect();
        let numbers = numbers.join(", ");
        return Err(Failure::new(
            FailureKind::Usage,
            "profile.refunds",
            Message::new(
                format!("还有退款没有结果，档案不能移除：{numbers}"),
                format!("Refunds are not at their end, the profile stays: {numbers}"),
            ),
            Advice::by_place(
                Message::new(
                    "先用 recondesk refund resume 问到结果；没有发出的用 recondesk refund withdraw 撤回",
                    "Ask for their end with recondesk refund resume; take back what was not sent with recondesk refund \
                 withdraw",
                ),
                Message::new(
                    "在“差错 › 未了退款”查到结果；没有发出的撤回",
                    "Ask for their end under Open refunds; give up what was not sent",
                ),
            ),
        ));
    }
    for kind in SecretKind::ALL {
        ports.vault.remove(id, kind)?;
    }
    Ok(ports.records.remove_profile(id, author(ports, actor))?)
}

fn author<'a>(ports: &Ports, name: &'a str) -> Author<'a> {
    let at = ports.clock.now();
    Author { name, at }
}

/// Which keys were set or taken away, never what they are.
fn trace_keys(
    ports: &Ports,
    id: ProfileId,
    kind: &str,
    kinds: &[SecretKind],
    actor: &str,
) -> Result<(), Failure> {
    let words: Vec<_> = kinds.iter().map(|kind| kind.word()).collect();
    Ok(ports.casework.record(&AuditDeed {
        at: ports.clock.now(),
        actor,
        kind,
        subject: &format!("profile/{}", id.0),
        document: &serde_json::json!({ "keys": words }).to_string(),
    })?)
}

fn named(ports: &Ports, id: ProfileId) -> Result<MerchantProfile, Failure> {
    let rows = ports.records.profiles()?;
    let found = rows.into_iter().find(|(known, _)| *known == id);
    let (_, profile) = found.ok_or_else(|| StoreError::Missing(format!("merchant {}", id.0)))?;
    Ok(profile)
}

/// Two profiles of one merchant would keep two halves of its books: each would miss what the other has.
fn refuse_second(
    ports: &Ports,
    profile: &MerchantProfile,
    except: Option<ProfileId>,
) -> Result<(), Failure> {
    let rows = ports.records.profiles()?;
    let mut others = rows.iter().filter(|(id, _)| Some(*id) != except);
    let Some((_, other)) = others.find(|(_, known)| known.is_same_merchant(profile)) else {
        return Ok(());
    };
    let (name, mch_id) = (&other.name, &other.mch_id);
    Err(Failure::new(
        FailureKind::Usage,
        "profile.merchant",
        Message::new(
            format!("商户号 {mch_id} 已有档案「{name}」"),
            format!("Merchant {mch_id} has a profile already: {name}"),
        ),
        Advice::by_place(
            Message::new(
                format!(
                    "一个商户号一本账：换接口用 recondesk profile edit {name} --api v3，多个 appid 写在同一个档案"
                ),
                format!(
                    "One merchant, one set of books: change the API with recondesk profile edit {name} --api v3, and name \
                 several appids in one profile"
                ),
            ),
            Message::new(
                "一个商户号一本账：在那个档案里换接口，多个 appid 写在同一个档案",
                "One merchant, one set of books: change the API in that profile, and name several appids in it",
            ),
        ),
    ))
}

/// Stores a key after judging it against the profile and the keys that are here; tells what was understood.
///
/// A file with certificate and private key, such as `apiclient_cert.p12`, stores both.
///
/// # Errors
/// [`Failure`] when the key is not acceptable, or the vault refuses; nothing is stored then.
pub fn set_key(
    ports: &Ports,
    id: ProfileId,
    kind: SecretKind,
    value: &Secret<Vec<u8>>,
    actor: &str,
) -> Result<Vec<Message>, Failure> {
    let is_webhook = kind == SecretKind::Webhook;
    if is_webhook && value.expose().trim_ascii() == WEBHOOK_OFF {
        for kind in [SecretKind::Webhook, SecretKind::WebhookSecret] {
            ports.vault.remove(id, kind)?;
        }
        Webhook::note(ports, id, false)?;
        let kinds = [SecretKind::Webhook, SecretKind::WebhookSecret];
        trace_keys(ports, id, "profile.key_removed", &kinds, actor)?;
        return Ok(vec![Message::new(
            "不再发送汇总消息",
            "No message is sent any more",
        )]);
    }
    let mut profile = named(ports, id)?;
    let offer = KeyOffer {
        kind,
        bytes: value,
        profile: &profile,
        now: ports.clock.now(),
    };
    let material = judge(offer, &held(ports, id)?)?;
    let mut fresh = Vec::new();
    for (kind, value) in material.entries {
        // The same key again is no change.
        let known = ports.vault.get(id, kind)?;
        if known.is_none_or(|known| known.expose() != value.expose()) {
            fresh.push((kind, value));
        }
    }
    // Told before it is done: a key never changes without a trace.
    if !fresh.is_empty() {
        let kinds: Vec<_> = fresh.iter().map(|(kind, _)| *kind).collect();
        trace_keys(ports, id, "profile.key", &kinds, actor)?;
    }
    for (kind, value) in fresh {
        ports.vault.set(id, kind, value)?;
    }
    if is_webhook {
        Webhook::note(ports, id, true)?;
    }
    if let Some(serial) = material.cert_serial
        && normal_serial(&profile.cert_serial) != serial
    {
        profile.cert_serial = serial;
        let author = author(ports, actor);
        ports.records.update_profile(id, &profile, author)?;
    }
    Ok(material.told)
}

/// The keys of a profile that others are compared with; one that cannot be read does not count.
pub(super) fn held(ports: &Ports, id: ProfileId) -> Result<HeldKeys, Failure> {
    let text = |kind| -> Result<Option<String>, Failure> {
        let bytes = ports.vault.get(id, kind)?;
        Ok(bytes.map(|bytes| String::from_utf8_lossy(bytes.expose()).into_owned()))
    };
    let key = ports.vault.get(id, SecretKind::ClientKey)?;
    let key = key.and_then(|key| KeyFile::read(key.expose()).ok()?.private);
    let certificate = text(SecretKind::ClientCert)?;
    Ok(HeldKeys {
        private: key,
        certificate: certificate.and_then(|pem| Certificate::from_pem(&pem).ok()),
        platform_certs: text(SecretKind::PlatformCerts)?.unwrap_or_default(),
    })
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
        ProfileProblem::ShopUrl => "商城地址须为 https，或本机 http",
        ProfileProblem::CutOff => "日切窗口最多 720 分钟",
        ProfileProblem::Lookback => "回溯最多 90 天",
        ProfileProblem::Fulfil => "发货时限最多 100000 分钟",
        ProfileProblem::Tolerance => "容差是大于或等于零的金额",
        ProfileProblem::Rate => "费率是小于 100 的百分数，最多四位小数",
    };
    Message::new(zh, problem.to_string())
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
            VaultError::Lost => Self::new(
                FailureKind::Workspace,
                "vault.lost",
                Message::new(
                    "密钥丢失：密钥库已被删除，或被换成了另一个",
                    "Keys are lost: the vault was deleted, or exchanged for another",
                ),
                Advice::by_place(
                    Message::new(
                        "从备份恢复 vault.sealed；确实找不回时，用 recondesk vault forget-lost 放弃，再重新设置密钥",
                        "Put vault.sealed back from a copy; when it is gone for good, give the keys up with recondesk vault \
                     forget-lost and set them again",
                    ),
                    Message::new(
                        "从备份恢复 vault.sealed，见手册“备份”",
                        "Put vault.sealed back from a copy, as the handbook says under Backup",
                    ),
                ),
            ),
            VaultError::NoPassphrase => Self::new(
                FailureKind::Usage,
                "vault.no-passphrase",
                Message::new(
                    "密钥不在密封文件里，没有口令可改",
                    "The keys are in no sealed file, so they have no passphrase",
                ),
                Message::default(),
            ),
            VaultError::Full => Self::new(
                FailureKind::Workspace,
                "vault.full",
                Message::new("磁盘已满", "The disk is full"),
                Message::new(
                    "腾出空间后再试；原有的密钥都还在",
                    "Make room and try again; the keys that were there still are",
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
