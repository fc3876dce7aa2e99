//! `recondesk day sign-off` and `unlock`: a day's result is locked by one person and opened again by two.

use std::path::PathBuf;

use clap::Args;

use super::CommandEnd;
use super::certificate::write;
use super::context::{CommandContext, profile_named};
use super::person::identified;
use recondesk_app::jobs::sign_off::{ask_unlock, sign_day};
use recondesk_app::{Failure, MerchantRef};
use recondesk_casework::Role;

#[derive(Debug, Args)]
pub(super) struct SignOffCommand {
    /// 商户档案 | Profile
    #[arg(long, value_name = "NAME")]
    profile: String,
    /// 账单日：YYYY-MM-DD 或 yesterday | Day: YYYY-MM-DD or yesterday
    #[arg(long, value_name = "D")]
    date: String,
    /// 签账人，须有复核权限 | Who signs; needs the role approve
    #[arg(long, value_name = "NAME")]
    operator: String,
    /// 证书文件，html 或 json | File of the certificate: html or json
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct UnlockCommand {
    /// 商户档案 | Profile
    #[arg(long, value_name = "NAME")]
    profile: String,
    /// 账单日：YYYY-MM-DD 或 yesterday | Day: YYYY-MM-DD or yesterday
    #[arg(long, value_name = "D")]
    date: String,
    /// 申请人 | Who asks
    #[arg(long, value_name = "NAME")]
    operator: String,
    /// 原因 | Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

pub(super) fn sign(
    command: &SignOffCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    CommandContext::check_out(command.out.as_deref())?;
    let day = context.day(&command.date)?;
    let ports = context.open()?;
    let (id, profile) = profile_named(&ports, &command.profile)?;
    let signer = identified(context, &ports, &command.operator, Role::Approve)?;
    let signed = sign_day(&ports, MerchantRef::new(id, &profile), day, &signer)?;
    if let Some(path) = &command.out {
        write(context, path, &signed.certificate)?;
    }
    let name = &profile.name;
    context.tell(
        &format!("{name} {day} 已由 {signer} 签账，结果已锁定"),
        &format!("{name} {day} is signed off by {signer}; its result is locked"),
    );
    Ok(CommandEnd::Clean)
}

pub(super) fn unlock(
    command: &UnlockCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let day = context.day(&command.date)?;
    let ports = context.open()?;
    let (id, _) = profile_named(&ports, &command.profile)?;
    let maker = identified(context, &ports, &command.operator, Role::Work)?;
    let asked = ask_unlock(&ports, id, day, &command.reason, &maker)?;
    let number = asked.id.0;
    context.tell(
        &format!("待另一人复核：recondesk approve {number} --operator 姓名"),
        &format!("A second person must agree: recondesk approve {number} --operator NAME"),
    );
    Ok(CommandEnd::NeedsPerson)
}
