//! Who gives a command: a named operator with a PIN, or, while nobody was entered, the user of the computer.

use clap::Args;

use super::context::CommandContext;
use super::prompt;
use recondesk_app::{Failure, FailureKind, Message};
use recondesk_casework::Role;
use recondesk_domain::Secret;
use recondesk_ports::{PinError, Ports};

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
        let named = self
            .operator
            .clone()
            .or_else(|| environment("RECONDESK_OPERATOR"));
        match named {
            Some(name) => identified(context, ports, &name, role),
            None => unnamed(ports),
        }
    }
}

/// An operator whose PIN fits and who has the role.
pub(super) fn identified(
    context: &CommandContext<'_>,
    ports: &Ports,
    name: &str,
    role: Role,
) -> Result<String, Failure> {
    let pin = pin(context, "RECONDESK_PIN", name)?;
    let operator = ports
        .casework
        .check_pin(name, &pin, ports.clock.now())
        .map_err(refused)?;
    if operator.roles.has(role) {
        return Ok(operator.name);
    }
    let (zh, en) = (role.zh(), role.en());
    Err(Failure::new(
        FailureKind::Usage,
        "operator.role",
        Message::new(
            format!("{name} 没有「{zh}」权限"),
            format!("{name} does not have the role {en}"),
        ),
        Message::new("换一位有权限的人", "Somebody with that role must do it"),
    ))
}

/// The user of the computer, as long as no operator was entered.
fn unnamed(ports: &Ports) -> Result<String, Failure> {
    let operators = ports.casework.operators()?;
    if operators.iter().any(|known| known.removed_at.is_none()) {
        return Err(Failure::new(
            FailureKind::Usage,
            "operator.needed",
            Message::new("要指明操作人", "It must be said who does it"),
            Message::new(
                "加上 --operator 姓名，或设置 RECONDESK_OPERATOR",
                "Add --operator NAME, or set RECONDESK_OPERATOR",
            ),
        ));
    }
    let user = ["USER", "USERNAME", "LOGNAME"]
        .into_iter()
        .find_map(environment);
    Ok(user.unwrap_or_else(|| "unnamed".to_owned()))
}

/// Whoever may administer; while nobody may, any operator with his PIN; before the first one, anybody, who has no name then.
pub(super) fn administrator(
    context: &CommandContext<'_>,
    ports: &Ports,
    person: &PersonArgs,
) -> Result<String, Failure> {
    let operators = ports.casework.operators()?;
    let mut living = operators.iter().filter(|known| known.removed_at.is_none());
    if living
        .clone()
        .any(|known| known.roles.has(Role::Administer))
    {
        return person.check(context, ports, Role::Administer);
    }
    match living.next() {
        Some(any) => {
            let role = any.roles.iter().next().unwrap_or(Role::See);
            person.check(context, ports, role)
        }
        None => Ok(String::new()),
    }
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

fn refused(error: PinError) -> Failure {
    let advice = Message::new(
        "recondesk operator list 列出操作人",
        "recondesk operator list shows the operators",
    );
    match error {
        PinError::Wrong => Failure::new(
            FailureKind::Usage,
            "operator.pin",
            Message::new("操作人或 PIN 不对", "The operator or the PIN is wrong"),
            advice,
        ),
        PinError::Locked(until) => Failure::new(
            FailureKind::Usage,
            "operator.locked",
            Message::new(
                format!("PIN 连续输错，{until} 之后再试"),
                format!("Too many wrong PINs, try again after {until}"),
            ),
            Message::default(),
        ),
        PinError::Store(error) => error.into(),
    }
}
