//! Who gives a command: a named operator with a PIN, or, while nobody was entered, the user of the computer.

use clap::Args;

use super::context::CommandContext;
use super::prompt;
use recondesk_app::jobs::{desk, operators};
use recondesk_app::model::{LOCAL_PERSON, OperatorIdentity};
use recondesk_app::{Failure, FailureKind, Message};
use recondesk_casework::Role;
use recondesk_domain::Secret;
use recondesk_ports::Ports;

/// Says who gives the command.
#[derive(Debug, Clone, Args)]
pub(super) struct PersonArgs {
    /// 操作人；PIN 由终端输入或 RECONDESK_PIN 给出 | Operator; the PIN is asked for, or taken from RECONDESK_PIN
    #[arg(long, value_name = "NAME")]
    pub(super) operator: Option<String>,
}

impl PersonArgs {
    /// The name that history keeps, once the PIN fits and the role is there.
    pub(super) fn check(
        &self,
        context: &CommandContext<'_>,
        ports: &Ports,
        role: Role,
    ) -> Result<String, Failure> {
        match self.named() {
            Some(name) => identified(context, ports, &name, role),
            None => unnamed(ports),
        }
    }

    /// Who was named, by the argument or the environment.
    pub(super) fn named(&self) -> Option<String> {
        let argument = self.operator.clone();
        argument.or_else(|| environment("RECONDESK_OPERATOR"))
    }
}

/// An operator whose PIN fits and who has the role.
pub(super) fn identified(
    context: &CommandContext<'_>,
    ports: &Ports,
    name: &str,
    role: Role,
) -> Result<String, Failure> {
    let identity = identity(context, name)?;
    desk::identify(ports, Some(&identity), role, "").map_err(with_way_on)
}

/// A name with its PIN, not checked yet.
fn identity(context: &CommandContext<'_>, name: &str) -> Result<OperatorIdentity, Failure> {
    Ok(OperatorIdentity {
        name: name.to_owned(),
        pin: pin(context, "RECONDESK_PIN", name)?,
    })
}

/// What can be done on the terminal where somebody was refused.
fn with_way_on(failure: Failure) -> Failure {
    let advice = match failure.code {
        "operator.pin" => Message::new(
            "recondesk operator list 列出操作人",
            "recondesk operator list shows the operators",
        ),
        "operator.role" => Message::new("换一位有权限的人", "Somebody with that role must do it"),
        "operator.needed" => return must_be_named(),
        _ => return failure,
    };
    Failure {
        advice: advice.into(),
        ..failure
    }
}

fn must_be_named() -> Failure {
    Failure::new(
        FailureKind::Usage,
        "operator.needed",
        Message::new("要指明操作人", "It must be said who does it"),
        Message::new(
            "加上 --operator 姓名，或设置 RECONDESK_OPERATOR",
            "Add --operator NAME, or set RECONDESK_OPERATOR",
        ),
    )
}

/// The user of the computer, as long as no operator was entered.
fn unnamed(ports: &Ports) -> Result<String, Failure> {
    let operators = ports.casework.operators()?;
    if operators.iter().any(|known| known.removed_at.is_none()) {
        return Err(must_be_named());
    }
    let user = ["USER", "USERNAME", "LOGNAME"]
        .into_iter()
        .find_map(environment);
    Ok(user.unwrap_or_else(|| LOCAL_PERSON.to_owned()))
}

/// Whoever may administer; while nobody may, any operator with his PIN; before the first one, anybody, who has no name then.
pub(super) fn administrator(
    context: &CommandContext<'_>,
    ports: &Ports,
    person: &PersonArgs,
) -> Result<String, Failure> {
    let identity = if operators::gate(ports)?.asks_who() {
        let named = person.named().ok_or_else(must_be_named)?;
        Some(identity(context, &named)?)
    } else {
        None
    };
    operators::admitted(ports, identity.as_ref()).map_err(with_way_on)
}

/// The same for a change of a merchant's profile or keys, under the name that the trail keeps.
pub(super) fn keeper(
    context: &CommandContext<'_>,
    ports: &Ports,
    person: &PersonArgs,
) -> Result<String, Failure> {
    let name = administrator(context, ports, person)?;
    if name.is_empty() {
        return unnamed(ports);
    }
    Ok(name)
}

/// A PIN from the environment or the terminal.
pub(super) fn pin(
    context: &CommandContext<'_>,
    variable: &str,
    name: &str,
) -> Result<Secret<String>, Failure> {
    let question = match context.lang {
        recondesk_app::Language::Zh => format!("{name} 的 PIN："),
        recondesk_app::Language::En => format!("PIN of {name}: "),
    };
    environment(variable)
        .map(Secret::new)
        .or_else(|| prompt::secret(&question))
        .ok_or_else(|| {
            Failure::new(
                FailureKind::Usage,
                "operator.pin",
                Message::new("没有输入 PIN", "No PIN was given"),
                Message::new(
                    format!("在终端输入，或设置 {variable}"),
                    format!("Type it on a terminal, or set {variable}"),
                ),
            )
        })
}

fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
