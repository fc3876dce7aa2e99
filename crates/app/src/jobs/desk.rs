//! Who sits at the window: the user of the computer or, once operators are named, the operator who signed in.
//!
//! A PIN is checked once and not kept; every decision asks again whether the operator is still named and has the role.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::model::{OperatorIdentity, Person};
use crate::{Failure, FailureKind, Message};
use recondesk_casework::Role;
use recondesk_domain::ProfileId;
use recondesk_ports::{CaseRef, Operator, PinError, Ports, StoreError};

/// The place of the signed-in operator, and what was seen there; its copies share it.
#[derive(Debug, Clone, Default)]
pub struct Desk {
    signed_in: Arc<Mutex<Option<String>>>,
    seen: Arc<Mutex<ReadMarks>>,
}

/// Up to which change of any case the screens were read.
#[derive(Debug, Default)]
struct ReadMarks {
    /// The list of cases.
    list: Option<i64>,
    /// The case that is open.
    open: Option<((ProfileId, String), i64)>,
}

impl Desk {
    /// The list of cases was read, with all changes up to `last`.
    pub fn saw_list(&self, last: i64) {
        self.seen().list = Some(last);
    }

    /// A case was read, with all changes up to `last`.
    pub fn saw_case(&self, CaseRef { profile, key }: CaseRef<'_>, last: i64) {
        self.seen().open = Some(((profile, key.to_owned()), last));
    }

    /// Up to which change whoever sits there has seen this case; nothing where it was never shown.
    #[must_use]
    pub fn has_seen(&self, CaseRef { profile, key }: CaseRef<'_>) -> Option<i64> {
        let seen = self.seen();
        let open = seen.open.as_ref();
        let open = open.filter(|((of, name), _)| *of == profile && name == key);
        seen.list.max(open.map(|(_, last)| *last))
    }

    /// Up to which change the list of cases was read; nothing where it was never shown.
    #[must_use]
    pub fn has_seen_list(&self) -> Option<i64> {
        self.seen().list
    }

    fn seen(&self) -> MutexGuard<'_, ReadMarks> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An operator signs in.
    ///
    /// # Errors
    /// When name or PIN are wrong, or were wrong too often.
    pub fn sign_in(&self, ports: &Ports, identity: &OperatorIdentity) -> Result<Person, Failure> {
        let operator = known(ports, identity)?;
        *self.place() = Some(operator.name.clone());
        Ok(Person {
            name: operator.name,
            has_operators: true,
            operators: names(&living(ports)?),
        })
    }

    /// The operator leaves.
    pub fn sign_out(&self) {
        *self.place() = None;
    }

    /// Who sits there, for the screens: nobody while operators are named and none of them signed in.
    ///
    /// # Errors
    /// When the workspace cannot be read.
    pub fn person(&self, ports: &Ports, user: &str) -> Result<Person, Failure> {
        let operators = living(ports)?;
        if operators.is_empty() {
            return Ok(Person {
                name: user.to_owned(),
                ..Person::default()
            });
        }
        let name = self.signed_in(&operators).map(|known| known.name.clone());
        Ok(Person {
            name: name.unwrap_or_default(),
            has_operators: true,
            operators: names(&operators),
        })
    }

    /// The name under which a decision is kept.
    ///
    /// # Errors
    /// When somebody must sign in first, or the role is missing.
    pub fn actor(&self, ports: &Ports, role: Role, user: &str) -> Result<String, Failure> {
        let operators = living(ports)?;
        if operators.is_empty() {
            return Ok(user.to_owned());
        }
        match self.signed_in(&operators) {
            Some(operator) => with_role(operator, role),
            None => Err(refused(
                "operator.sign_in",
                Message::new("请先登录操作人", "Sign in as an operator first"),
                Message::new(
                    "设了操作人之后，决定记在登录的人名下",
                    "Once operators are named, decisions are kept under the name that signed in",
                ),
            )),
        }
    }

    fn signed_in<'a>(&self, operators: &'a [Operator]) -> Option<&'a Operator> {
        let place = self.place();
        let name = place.as_deref()?;
        operators.iter().find(|known| known.name == name)
    }

    fn place(&self) -> MutexGuard<'_, Option<String>> {
        self.signed_in
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The name under which goods or money move: the operator whose PIN fits and who has the role, or, while nobody is
/// named, the user of the computer.
///
/// # Errors
/// When somebody must say who he is, the PIN is wrong, or the role is missing.
pub fn identify(
    ports: &Ports,
    identity: Option<&OperatorIdentity>,
    role: Role,
    user: &str,
) -> Result<String, Failure> {
    if let Some(identity) = identity {
        return with_role(&known(ports, identity)?, role);
    }
    if living(ports)?.is_empty() {
        return Ok(user.to_owned());
    }
    Err(needed())
}

/// Somebody must say who he is.
pub(super) fn needed() -> Failure {
    refused(
        "operator.needed",
        Message::new("要指明操作人和 PIN", "Say who does it, with the PIN"),
        Message::default(),
    )
}

fn names(operators: &[Operator]) -> Vec<String> {
    operators.iter().map(|known| known.name.clone()).collect()
}

/// Operators who were not removed.
pub(super) fn living(ports: &Ports) -> Result<Vec<Operator>, StoreError> {
    let mut operators = ports.casework.operators()?;
    operators.retain(|known| known.removed_at.is_none());
    Ok(operators)
}

/// The operator whose name and PIN fit.
pub(super) fn known(
    ports: &Ports,
    OperatorIdentity { name, pin }: &OperatorIdentity,
) -> Result<Operator, Failure> {
    match ports.casework.check_pin(name, pin, ports.clock.now()) {
        Ok(known) => Ok(known),
        Err(PinError::Wrong) => Err(refused(
            "operator.pin",
            Message::new("操作人或 PIN 不对", "The operator or the PIN is wrong"),
            Message::default(),
        )),
        Err(PinError::Locked(until)) => Err(refused(
            "operator.locked",
            Message::new(
                format!("PIN 连续输错，{until} 之后再试"),
                format!("Too many wrong PINs, try again after {until}"),
            ),
            Message::default(),
        )),
        Err(PinError::Store(error)) => Err(error.into()),
    }
}

fn with_role(operator: &Operator, role: Role) -> Result<String, Failure> {
    if operator.roles.has(role) {
        return Ok(operator.name.clone());
    }
    let (name, zh, en) = (&operator.name, role.zh(), role.en());
    Err(refused(
        "operator.role",
        Message::new(
            format!("{name} 没有「{zh}」权限"),
            format!("{name} does not have the role {en}"),
        ),
        Message::default(),
    ))
}

fn refused(code: &'static str, title: Message, advice: Message) -> Failure {
    Failure::new(FailureKind::Usage, code, title, advice)
}
