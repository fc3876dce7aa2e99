//! Who is named to decide, and what is asked for to change that.

use super::OperatorIdentity;
use crate::Language;
use recondesk_casework::{Roles, Thresholds};
use recondesk_domain::Secret;
use recondesk_ports::Operator;

/// The name under which decisions are kept where neither an operator nor the system names a person.
pub const LOCAL_PERSON: &str = "local";
/// The name that the terminal used for the same before.
const UNNAMED: &str = "unnamed";

/// A name as people read it: where nobody is named, this computer.
#[must_use]
pub fn person_in_words(name: &str, language: Language) -> &str {
    if matches!(name, LOCAL_PERSON | UNNAMED) {
        language.pick("本机", "This computer")
    } else {
        name
    }
}

/// Who may change operators and limits at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperatorGate {
    /// Nobody is named yet: whoever sits at the computer names the first one.
    Anybody,
    /// Nobody who is named may administer, as in workspaces of earlier versions: any of them.
    AnyOperator,
    /// An operator who may administer.
    Administrator,
}

impl OperatorGate {
    /// True when somebody must say who he is.
    #[must_use]
    pub const fn asks_who(self) -> bool {
        match self {
            Self::Anybody => false,
            Self::AnyOperator | Self::Administrator => true,
        }
    }

    /// True when the next operator must be one who may administer.
    #[must_use]
    pub const fn lacks_administrator(self) -> bool {
        match self {
            Self::Anybody | Self::AnyOperator => true,
            Self::Administrator => false,
        }
    }
}

/// The operators and limits as the settings show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorsView {
    /// Those who are named, then those who were removed; each by name.
    pub operators: Vec<Operator>,
    /// From when on a second person must agree.
    pub limits: Thresholds,
    /// Who may change this.
    pub gate: OperatorGate,
}

/// An operator to be added.
#[derive(Debug, Clone)]
pub struct NewOperatorWish {
    /// The name; unique for ever.
    pub name: String,
    /// What the person may do.
    pub roles: Roles,
    /// The PIN.
    pub pin: Secret<String>,
    /// Who adds.
    pub identity: Option<OperatorIdentity>,
}

/// An operator to be removed.
#[derive(Debug, Clone)]
pub struct RemoveOperatorWish {
    /// The name.
    pub name: String,
    /// Who removes.
    pub identity: Option<OperatorIdentity>,
}

/// Limits to be set.
#[derive(Debug, Clone)]
pub struct LimitsWish {
    /// From when on a second person must agree.
    pub limits: Thresholds,
    /// Who sets them.
    pub identity: Option<OperatorIdentity>,
}
