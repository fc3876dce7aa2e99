//! Operators are added and removed and the limits set by one rule, whether the window or the terminal asks.

use super::desk::{identify, known, living, needed};
use crate::model::{OperatorGate, OperatorIdentity, OperatorsView};
use crate::{Failure, FailureKind, Message};
use recondesk_casework::{Role, Roles, Thresholds};
use recondesk_domain::Secret;
use recondesk_ports::{Operator, Ports, StoreError};

/// A PIN has at least this many signs.
pub const SHORTEST_PIN: usize = 4;
/// A name has at most this many bytes.
const LONGEST_NAME: usize = 64;

/// An operator to be added.
#[derive(Debug, Clone, Copy)]
pub struct NewOperator<'a> {
    /// The name; blanks around it do not count.
    pub name: &'a str,
    /// What the person may do; `None` for what is usual.
    pub roles: Option<Roles>,
    /// The PIN.
    pub pin: &'a Secret<String>,
}

/// Who may change operators and limits at this moment.
///
/// # Errors
/// When the workspace cannot be read.
pub fn gate(ports: &Ports) -> Result<OperatorGate, StoreError> {
    let living = living(ports)?;
    Ok(if living.is_empty() {
        OperatorGate::Anybody
    } else if living.iter().any(|known| known.roles.has(Role::Administer)) {
        OperatorGate::Administrator
    } else {
        OperatorGate::AnyOperator
    })
}

/// The name under which a change is kept; nobody before the first operator.
///
/// # Errors
/// When somebody must say who he is, the PIN is wrong, or the role is missing.
pub fn admitted(ports: &Ports, identity: Option<&OperatorIdentity>) -> Result<String, Failure> {
    match (gate(ports)?, identity) {
        (OperatorGate::Anybody, _) => Ok(String::new()),
        (OperatorGate::Administrator, identity) => identify(ports, identity, Role::Administer, ""),
        (OperatorGate::AnyOperator, Some(identity)) => Ok(known(ports, identity)?.name),
        (OperatorGate::AnyOperator, None) => Err(needed()),
    }
}

/// The operators with the limits, and who may change them.
///
/// # Errors
/// When the workspace cannot be read.
pub fn view(ports: &Ports) -> Result<OperatorsView, Failure> {
    let mut operators = ports.casework.operators()?;
    operators.sort_by(|a, b| {
        let key = |operator: &Operator| (operator.removed_at.is_some(), operator.name.clone());
        key(a).cmp(&key(b))
    });
    Ok(OperatorsView {
        operators,
        limits: ports.casework.thresholds()?,
        gate: gate(ports)?,
    })
}

/// The name without the blanks around it.
///
/// # Errors
/// For an empty one, one that is too long, and one with signs that no name has.
pub fn checked_name(name: &str) -> Result<&str, Failure> {
    let name = name.trim();
    if name.is_empty() || name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
        let title = Message::new("姓名要有 1 到 64 字节", "A name has 1 to 64 bytes");
        return Err(refused("operator.name", title, Message::default()));
    }
    Ok(name)
}

/// What an operator may do where nobody says: see and work; the first one administers as well.
#[must_use]
pub fn usual_roles(gate: OperatorGate) -> Roles {
    let base = Roles::default().with(Role::See).with(Role::Work);
    if gate.lacks_administrator() {
        base.with(Role::Administer)
    } else {
        base
    }
}

/// Adds an operator in the name of somebody who was admitted.
///
/// # Errors
/// When the name or the PIN does not do, the first one would not administer, or the workspace refuses it.
pub fn add(ports: &Ports, new: &NewOperator<'_>, actor: &str) -> Result<Operator, Failure> {
    let name = checked_name(new.name)?;
    if new.pin.expose().chars().count() < SHORTEST_PIN {
        let title = Message::new("PIN 至少 4 位", "A PIN has at least 4 signs");
        return Err(refused("operator.pin_short", title, Message::default()));
    }
    let gate = gate(ports)?;
    let roles = new.roles.unwrap_or_else(|| usual_roles(gate));
    if roles == Roles::default() {
        let title = Message::new("至少要有一项权限", "At least one role is needed");
        return Err(refused("operator.roles", title, Message::default()));
    }
    if gate.lacks_administrator() && !roles.has(Role::Administer) {
        return Err(first_administers());
    }
    let operator = Operator {
        name: name.to_owned(),
        roles,
        created_at: ports.clock.now(),
        removed_at: None,
    };
    let added = ports.casework.add_operator(&operator, new.pin, actor);
    added.map_err(|error| match error {
        StoreError::Taken(_) => refused(
            "operator.taken",
            Message::new(
                format!("姓名“{name}”用过了"),
                format!("The name {name} is taken"),
            ),
            Message::new(
                "姓名只用一次，移除之后也不再用，历史里才分得清；换一个写法",
                "A name is used once, even after its operator was removed, so that the history stays clear; write it in another way",
            ),
        ),
        error => error.into(),
    })?;
    Ok(operator)
}

/// Removes an operator in the name of somebody who was admitted; the name stays in the history.
///
/// # Errors
/// When there is no such operator, or nobody would be left who may administer.
pub fn remove(ports: &Ports, name: &str, actor: &str) -> Result<(), Failure> {
    let removed = ports
        .casework
        .remove_operator(name, actor, ports.clock.now());
    removed.map_err(|error| match error {
        StoreError::Forbidden(_) => refused(
            "operator.last",
            Message::new(
                format!("{name} 是最后一位有「管理」权限的人，不能移除"),
                format!("{name} is the last who may administer and cannot be removed"),
            ),
            Message::new(
                "先新增一位有「管理」权限的人",
                "Add another one who may administer first",
            ),
        ),
        error => error.into(),
    })
}

/// Sets the limits in the name of somebody who was admitted.
///
/// # Errors
/// For a limit below zero, or when the workspace cannot be written.
pub fn set_limits(ports: &Ports, limits: Thresholds, actor: &str) -> Result<(), Failure> {
    if limits.refund_over < recondesk_domain::Fen::ZERO {
        let title = Message::new("界限不能是负数", "A limit is not below zero");
        return Err(refused("operator.limit", title, Message::default()));
    }
    Ok(ports
        .casework
        .set_thresholds(limits, actor, ports.clock.now())?)
}

/// Roles as a person reads them.
#[must_use]
pub fn role_words(roles: Roles) -> Message {
    let zh: Vec<&str> = roles.iter().map(Role::zh).collect();
    let en: Vec<&str> = roles.iter().map(Role::en).collect();
    Message::new(zh.join("、"), en.join(", "))
}

fn first_administers() -> Failure {
    refused(
        "operator.first",
        Message::new(
            "第一位操作人必须有「管理」权限，否则以后没有人能管理操作人",
            "The first operator must administer, else nobody can later say who may do what",
        ),
        Message::new(
            "加上「管理」（administer）",
            "Give the role administer as well",
        ),
    )
}

fn refused(code: &'static str, title: Message, advice: Message) -> Failure {
    Failure::new(FailureKind::Usage, code, title, advice)
}
