//! `recondesk profile export|import`: a profile as a file without secrets, to go from one computer to another.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::CommandEnd;
use super::context::{CommandContext, profile_named};
use super::person::{PersonArgs, keeper};
use super::profile::tell_of_gateway;
use super::terminal_output::print;
use recondesk_app::jobs::profiles;
use recondesk_app::{Failure, FailureKind, Message};
use recondesk_domain::MerchantProfile;

/// No such file is larger.
const LARGEST: u64 = 1 << 20;
const FORMAT: u32 = 1;

/// The file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileFile {
    /// Format of the file; a newer one is refused.
    recondesk_profile: u32,
    /// Everything about the merchant that is not secret.
    profile: MerchantProfile,
}

pub(super) fn export(
    context: &CommandContext<'_>,
    name: &str,
    out: Option<&Path>,
) -> Result<CommandEnd, Failure> {
    let ports = context.open()?;
    let (_, profile) = profile_named(&ports, name)?;
    let file = ProfileFile {
        recondesk_profile: FORMAT,
        profile,
    };
    let text = serde_json::to_string_pretty(&file).map_err(|error| refused(&error.to_string()))?;
    match out {
        Some(path) => {
            context.write_file(path, &mut |to| writeln!(to, "{text}"))?;
            context.tell(
                "档案已导出，不含密钥和证书；在另一台电脑导入后再存密钥",
                "Profile exported without keys and certificates; store them again where it is imported",
            );
        }
        None => print(format!("{text}\n").as_bytes())?,
    }
    Ok(CommandEnd::Clean)
}

pub(super) fn import(
    context: &CommandContext<'_>,
    path: &Path,
    name: Option<String>,
    person: &PersonArgs,
) -> Result<CommandEnd, Failure> {
    let bytes = super::profile::read_at_most(path, LARGEST)?;
    let file: ProfileFile = serde_json::from_slice(&bytes).map_err(|error| unreadable(&error))?;
    if file.recondesk_profile != FORMAT {
        return Err(refused(&format!("format {}", file.recondesk_profile)));
    }
    let mut profile = file.profile;
    profile.name = name.unwrap_or(profile.name);
    let (ports, _guard) = context.open_or_make_to_write()?;
    let actor = keeper(context, &ports, person)?;
    profiles::add(&ports, &profile, &actor)?;
    let name = &profile.name;
    context.tell(
        &format!("档案 {name} 已导入；再用 profile set-key 存入密钥，用 profile doctor 检查"),
        &format!("Profile {name} imported; store its keys with profile set-key, check with profile doctor"),
    );
    tell_of_gateway(context, &profile);
    Ok(CommandEnd::Clean)
}

/// Names the place in the file from which it is no profile.
fn unreadable(error: &serde_json::Error) -> Failure {
    let (line, column) = (error.line(), error.column());
    let failure = refused(&error.to_string());
    let title = Message::new(
        format!("{}：第 {line} 行第 {column} 列", failure.title.zh),
        format!("{}: line {line}, column {column}", failure.title.en),
    );
    Failure {
        title,
        detail: String::new(),
        ..failure
    }
}

fn refused(detail: &str) -> Failure {
    Failure::new(
        FailureKind::RefusedInput,
        "profile.file",
        Message::new(
            "这不是导出的商户档案，没有导入",
            "This is not an exported profile, nothing was imported",
        ),
        Message::new(
            "用 recondesk profile export 导出",
            "Make one with recondesk profile export",
        ),
    )
    .with_detail(detail)
}
