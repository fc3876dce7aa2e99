//! Keys and texts for the commands of the signature laboratory.
//!
//! A key comes from a profile, a variable or a file, never from an argument, which would stay in the shell's history.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;

use super::context::{CommandContext, profile_named};
use recondesk_app::jobs::lab_keys::platform_key;
use recondesk_app::{Failure, FailureKind, MerchantRef, Message};
use recondesk_domain::{MerchantProfile, ProfileId, Secret, SecretKind};
use recondesk_ports::Ports;
use wechatpay_codec::lab::explain::KeyCandidate;
use wechatpay_codec::lab::paste::{Pasted, take_apart};
use wechatpay_codec::v3::{PrivateKey, VerifyKey};

/// The largest text that is read.
const LARGEST_TEXT: u64 = 16 << 20;

/// Where a key comes from.
#[derive(Debug, Args)]
pub(super) struct KeySource {
    /// 用这个商户档案的密钥 | Use the key of this profile
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// 密钥在这个环境变量里 | The key is in this environment variable
    #[arg(long, value_name = "VAR", conflicts_with = "profile")]
    key_env: Option<String>,
    /// 密钥在这个文件里 | The key is in this file
    #[arg(long, value_name = "FILE", conflicts_with_all = ["profile", "key_env"])]
    key_file: Option<PathBuf>,
}

/// A key, and the profile it came from.
pub(super) struct ProfileKey {
    pub(super) name: String,
    pub(super) key: Secret<String>,
    pub(super) profile: Option<MerchantProfile>,
}

impl KeySource {
    /// The profile that was named, and the workspace that has it.
    pub(super) fn profile(
        &self,
        context: &CommandContext<'_>,
    ) -> Result<(Ports, ProfileId), Failure> {
        let name = self.profile.as_deref().unwrap_or_default();
        let ports = context.open()?;
        let (id, _) = profile_named(&ports, name)?;
        Ok((ports, id))
    }

    /// Reads the key; `kind` says which one of a profile.
    pub(super) fn read(
        &self,
        kind: SecretKind,
        context: &CommandContext<'_>,
    ) -> Result<ProfileKey, Failure> {
        if let Some(name) = &self.profile {
            let ports = context.open()?;
            let (id, profile) = profile_named(&ports, name)?;
            let key = ports
                .vault
                .get(id, kind)?
                .ok_or_else(|| missing(name, kind))?;
            return Ok(ProfileKey {
                name: name.clone(),
                key: text_of(&key)?,
                profile: Some(profile),
            });
        }
        let (name, bytes) = if let Some(variable) = &self.key_env {
            let text = std::env::var(variable)
                .ok()
                .ok_or_else(|| usage(("环境变量没有设置", "The variable is not set"), variable))?;
            (variable.clone(), Secret::new(text.into_bytes()))
        } else if let Some(file) = &self.key_file {
            (
                file.display().to_string(),
                Secret::new(read_file(Some(file))?),
            )
        } else {
            return Err(usage(
                ("没有指定密钥", "No key is named"),
                "--profile, --key-env, --key-file",
            ));
        };
        let mut key = text_of(&bytes)?;
        // Editors end a file with a line feed; more white space than that is kept and told.
        if let Some(text) = key.expose().strip_suffix('\n') {
            key = Secret::new(text.strip_suffix('\r').unwrap_or(text).to_owned());
        }
        if !key.expose().contains("-----BEGIN") && key.expose().len() != 32 {
            let bytes = key.expose().len();
            context.tell(
                &format!("注意：密钥有 {bytes} 字节，应为 32 字节"),
                &format!("Note: the key has {bytes} bytes, 32 are expected"),
            );
        }
        Ok(ProfileKey {
            name,
            key,
            profile: None,
        })
    }

    /// The chosen APIv2 key first, then those of all other profiles when a profile was named.
    pub(super) fn candidates(
        &self,
        context: &CommandContext<'_>,
    ) -> Result<(Vec<KeyCandidate>, Option<MerchantProfile>), Failure> {
        let chosen = self.read(SecretKind::V2Key, context)?;
        let mut out = vec![KeyCandidate {
            name: chosen.name,
            key: chosen.key,
        }];
        if self.profile.is_some() {
            let ports = context.open()?;
            for (id, profile) in ports.records.profiles()? {
                if Some(&profile.name) == self.profile.as_ref() {
                    continue;
                }
                if let Some(key) = ports.vault.get(id, SecretKind::V2Key)?
                    && let Ok(key) = text_of(&key)
                {
                    out.push(KeyCandidate {
                        name: profile.name,
                        key,
                    });
                }
            }
        }
        Ok((out, chosen.profile))
    }

    /// The same for a search of causes, where the APIv3 key of the named profile is tried too: it is the key most often
    /// taken for the other. It never makes a signature right.
    pub(super) fn suspects(
        &self,
        context: &CommandContext<'_>,
    ) -> Result<(Vec<KeyCandidate>, Option<MerchantProfile>), Failure> {
        let (mut keys, profile) = self.candidates(context)?;
        if let Some(name) = &self.profile {
            let ports = context.open()?;
            let (id, _) = profile_named(&ports, name)?;
            if let Some(key) = ports.vault.get(id, SecretKind::V3Key)?
                && let Ok(key) = text_of(&key)
            {
                let other = KeyCandidate {
                    name: format!("{name}: APIv3"),
                    key,
                };
                keys.insert(1, other);
            }
        }
        Ok((keys, profile))
    }

    /// The merchant's private key.
    pub(super) fn private_key(
        &self,
        context: &CommandContext<'_>,
    ) -> Result<(PrivateKey, Option<MerchantProfile>), Failure> {
        let chosen = self.read(SecretKind::ClientKey, context)?;
        let key = PrivateKey::from_pem(chosen.key.expose()).map_err(|error| {
            let why = error.words();
            let zh = format!("私钥无法使用：{}", why.zh);
            let en = format!("The private key cannot be used: {}", why.en);
            refused("key.pem", (&zh, &en), String::new())
        })?;
        Ok((key, chosen.profile))
    }

    /// A key to verify with: certificate, public key, or the public half of a private key. It is called as the
    /// certificate or the profile says, else as the message does.
    pub(super) fn verify_key(
        &self,
        kind: SecretKind,
        id: &str,
        context: &CommandContext<'_>,
    ) -> Result<VerifyKey, Failure> {
        if kind == SecretKind::PlatformKey
            && let Some(name) = &self.profile
        {
            let ports = context.open()?;
            let (owner, profile) = profile_named(&ports, name)?;
            if let Some(key) = platform_key(&ports, MerchantRef::new(owner, &profile), id)? {
                return Ok(key);
            }
        }
        let chosen = self.read(kind, context)?;
        let text = chosen.key.expose();
        let own = chosen.profile.as_ref().map(|profile| match kind {
            SecretKind::ClientKey => profile.cert_serial.as_str(),
            _ => profile.public_key_id.as_str(),
        });
        let id = own.filter(|own| !own.is_empty()).unwrap_or(id);
        let key = if text.contains("PRIVATE KEY-----") {
            PrivateKey::from_pem(text).and_then(|key| key.verifying(id))
        } else {
            VerifyKey::from_pem(text, id)
        };
        key.map_err(|error| {
            let why = error.words();
            let zh = format!("密钥或证书无法使用：{}", why.zh);
            let en = format!("The key or certificate cannot be used: {}", why.en);
            refused("key.pem", (&zh, &en), String::new())
        })
    }
}

fn text_of(bytes: &Secret<Vec<u8>>) -> Result<Secret<String>, Failure> {
    String::from_utf8(bytes.expose().clone())
        .map(Secret::new)
        .ok()
        .ok_or_else(|| {
            refused(
                "key.text",
                ("密钥不是文本", "The key is not text"),
                String::new(),
            )
        })
}

fn missing(name: &str, kind: SecretKind) -> Failure {
    Failure::new(
        FailureKind::Usage,
        "vault.missing",
        Message::new("这个档案没有存这种密钥", "The profile has no such key"),
        Message::new(
            "用 recondesk profile set-key 存入",
            "Store it with recondesk profile set-key",
        ),
    )
    .with_detail(format!("{name}: {}", kind.word()))
}

/// The command was filled in wrongly.
pub(super) fn usage(title: (&str, &str), detail: impl Into<String>) -> Failure {
    Failure::new(
        FailureKind::Usage,
        "usage.lab",
        Message::new(title.0, title.1),
        Message::default(),
    )
    .with_detail(detail)
}

/// What was given cannot be read.
pub(super) fn refused(
    code: &'static str,
    title: (&str, &str),
    detail: impl Into<String>,
) -> Failure {
    Failure::new(
        FailureKind::RefusedInput,
        code,
        Message::new(title.0, title.1),
        Message::default(),
    )
    .with_detail(detail)
}

/// Reads a file, or standard input for none or `-`.
pub(super) fn read_file(file: Option<&Path>) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let (name, read) = match file {
        Some(path) if path != Path::new("-") => (
            path.display().to_string(),
            std::fs::File::open(path)
                .and_then(|file| file.take(LARGEST_TEXT + 1).read_to_end(&mut bytes)),
        ),
        _ => (
            "-".to_owned(),
            std::io::stdin()
                .lock()
                .take(LARGEST_TEXT + 1)
                .read_to_end(&mut bytes),
        ),
    };
    read.map_err(|error| {
        refused(
            "file.read",
            ("无法读取", "Cannot be read"),
            format!("{name}: {error}"),
        )
    })?;
    if bytes.len() as u64 > LARGEST_TEXT {
        return Err(refused(
            "file.large",
            ("文本太大", "The text is too large"),
            name,
        ));
    }
    Ok(bytes)
}

/// Reads a text and takes it apart, telling its notes.
pub(super) fn read_pasted(
    file: Option<&Path>,
    context: &CommandContext<'_>,
) -> Result<Pasted, Failure> {
    let bytes = read_file(file)?;
    let pasted = take_apart(&bytes).map_err(|error| {
        let why = error.words();
        let zh = format!("文本无法识别：{}", why.zh);
        let en = format!("The text is not understood: {}", why.en);
        refused("lab.text", (&zh, &en), String::new())
    })?;
    for note in &pasted.notes {
        context.tell(&note.zh, &note.en);
    }
    Ok(pasted)
}
