//! `recondesk vault`: another passphrase for the sealed file, and giving lost keys up.

use clap::Subcommand;
use subtle::ConstantTimeEq as _;

use super::CommandEnd;
use super::context::CommandContext;
use super::person::{PersonArgs, keeper};
use super::prompt;
use recondesk_app::{Failure, FailureKind, Message};
use recondesk_domain::Secret;

/// Environment variable with the new passphrase, for programs that nobody watches.
const NEW_PASSPHRASE: &str = "RECONDESK_NEW_PASSPHRASE";

#[derive(Debug, Subcommand)]
pub(super) enum VaultCommand {
    /// 修改密封文件的口令；新口令由终端输入或 RECONDESK_NEW_PASSPHRASE 给出 | Another passphrase for the sealed file; it is asked for, or taken from RECONDESK_NEW_PASSPHRASE
    Passphrase(PersonArgs),
    /// 放弃已丢失的密钥，之后可以重新设置 | Give lost keys up, so that others can be set
    ForgetLost(PersonArgs),
}

pub(super) fn run(
    command: &VaultCommand,
    context: &CommandContext<'_>,
) -> Result<CommandEnd, Failure> {
    let (ports, _guard) = context.open_or_make_to_write()?;
    let (VaultCommand::Passphrase(person) | VaultCommand::ForgetLost(person)) = command;
    // As for a key: where operators are named, one of them who may administer, with the PIN.
    keeper(context, &ports, person)?;
    match command {
        VaultCommand::Passphrase(_) => {
            ports.vault.change_passphrase(new_passphrase(context)?)?;
            context.tell("口令已修改", "The passphrase is changed");
        }
        VaultCommand::ForgetLost(_) => {
            let lost = ports.vault.forget_lost()?;
            context.tell(
                &format!("放弃了 {lost} 把丢失的密钥"),
                &format!("{lost} lost keys are given up"),
            );
        }
    }
    Ok(CommandEnd::Clean)
}

fn new_passphrase(context: &CommandContext<'_>) -> Result<Secret<String>, Failure> {
    let lang = context.lang;
    if let Ok(text) = std::env::var(NEW_PASSPHRASE)
        && !text.is_empty()
    {
        return Ok(Secret::new(text));
    }
    let first = prompt::secret(lang.pick("新口令：", "New passphrase: "));
    let second = first
        .as_ref()
        .and_then(|_| prompt::secret(lang.pick("再输一次：", "Once more: ")));
    let same = |first: &Secret<String>, second: &Secret<String>| {
        bool::from(first.expose().as_bytes().ct_eq(second.expose().as_bytes()))
    };
    match (first, second) {
        (Some(first), Some(second)) if same(&first, &second) => Ok(first),
        _ => Err(Failure::new(
            FailureKind::Usage,
            "vault.new-passphrase",
            Message::new(
                "没有新口令，或两次输入不同",
                "No new passphrase, or two different ones",
            ),
            Message::new(
                "在终端重试，或用环境变量 RECONDESK_NEW_PASSPHRASE 提供",
                "Try again on a terminal, or give it in RECONDESK_NEW_PASSPHRASE",
            ),
        )),
    }
}
