//! A scenario file: rules and faults that a sandbox starts with, written in TOML.
//!
//! ```toml
//! [rules]
//! refund_outcome = "PROCESSING"
//! answer_key = "public_key"
//!
//! [[fault]]
//! kind = "reset"
//! bytes = 40
//! path = "/v3/refund/domestic/refunds"
//! times = 2
//!
//! [[notification_fault]]
//! kind = "doubled"
//! event = "payment"
//! ```

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::fault::Planned;
use super::notification_fault::PlannedNotification;
use super::rules::SandboxRules;

/// No such file is larger.
const LARGEST: usize = 256 * 1024;

/// What a scenario file says; what it leaves out stays as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioFile {
    /// Rules that the file names.
    pub rules: RuleChanges,
    /// What goes wrong with answers, in this order.
    pub faults: Vec<Planned>,
    /// What goes wrong with notifications, in this order.
    pub notification_faults: Vec<PlannedNotification>,
}

/// Some of the rules, with their values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RuleChanges(Map<String, Value>);

impl RuleChanges {
    /// Takes changes from a JSON object.
    pub(crate) const fn new(changes: Map<String, Value>) -> Self {
        Self(changes)
    }

    /// The rules with these changes.
    ///
    /// # Errors
    /// A rule that there is not, or a value that it cannot have.
    pub fn over(&self, rules: SandboxRules) -> Result<SandboxRules, String> {
        let mut merged = json!(rules);
        for (name, value) in &self.0 {
            let slot = merged
                .get_mut(name)
                .ok_or_else(|| format!("there is no rule {name}"))?;
            value.clone_into(slot);
        }
        serde_json::from_value(merged).map_err(|error| error.to_string())
    }
}

/// Where a file is wrong, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioSlip {
    /// Line and column, from 1; none where it is the file as a whole.
    pub place: Option<(usize, usize)>,
    /// What is wrong, in English.
    pub what: String,
}

/// The file as it is written; its rules are read twice, once for their place in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    rules: Option<SandboxRules>,
    #[serde(default, rename = "fault")]
    faults: Vec<Planned>,
    #[serde(default, rename = "notification_fault")]
    notification_faults: Vec<PlannedNotification>,
}

#[derive(Deserialize)]
struct WrittenRules {
    #[serde(default)]
    rules: Map<String, Value>,
}

impl ScenarioFile {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong, with its line.
    pub fn parse(text: &str) -> Result<Self, ScenarioSlip> {
        if text.len() > LARGEST {
            return Err(ScenarioSlip {
                place: None,
                what: "the file is too large".to_owned(),
            });
        }
        let slip = |error: toml::de::Error| ScenarioSlip {
            place: error.span().map(|span| place(text, span.start)),
            what: error.message().to_owned(),
        };
        let written: Written = toml::from_str(text).map_err(slip)?;
        let rules = match written.rules {
            None => Map::new(),
            Some(_) => toml::from_str::<WrittenRules>(text).map_err(slip)?.rules,
        };
        Ok(Self {
            rules: RuleChanges::new(rules),
            faults: written.faults,
            notification_faults: written.notification_faults,
        })
    }
}

/// Line and column of a byte, from 1.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count().saturating_add(1);
    let column = before
        .rsplit('\n')
        .next()
        .map_or(0, |rest| rest.chars().count());
    (line, column.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::super::fault::InjectedFault;
    use super::super::notification_fault::{NotificationEvent, NotificationFault};
    use super::super::rules::{AnswerKey, BillReadiness};
    use super::*;

    #[test]
    fn rules_and_faults_are_read_over_those_that_hold() {
        let read = ScenarioFile::parse(
            "[rules]\nanswer_key = \"public_key\"\npay_after_s = 2\n[[fault]]\nkind = \"reset\"\nbytes = 40\ntimes = 2\n\
             [[notification_fault]]\nkind = \"late\"\nms = 5\nevent = \"refund\"\n",
        )
        .unwrap();
        let before = SandboxRules {
            bill: BillReadiness::Ready,
            ..SandboxRules::default()
        };
        let rules = read.rules.over(before).unwrap();
        assert_eq!(rules.answer_key, AnswerKey::PublicKey);
        assert_eq!(rules.bill, BillReadiness::Ready, "left out stays as it was");
        assert_eq!(rules.pay_after_s, Some(2));
        assert_eq!(read.faults[0].fault, InjectedFault::Reset { bytes: 40 });
        assert_eq!(read.faults[0].times, 2);
        let told = &read.notification_faults[0];
        assert_eq!(told.fault, NotificationFault::Late { ms: 5 });
        assert_eq!(told.event, Some(NotificationEvent::Refund));
        assert_eq!(told.times, 1);
    }

    #[test]
    fn slips_are_named_with_their_line() {
        for (bad, line, word) in [
            ("\n[[fault]]\nkind = \"restet\"\n", 2, "restet"),
            ("[rule]\n", 1, "rule"),
            ("[rules]\nanswer = 1\n", 2, "answer"),
            ("[rules]\nbill = \"soon\"\n", 2, "soon"),
            ("[[fault]]\nkind = \"html\"\non = \"refund\"\n", 1, "`on`"),
            ("[[fault]]\nkind = \"html\"\nskip = 1\n", 1, "`skip`"),
            ("[[fault]]\nkind = \"html\"\nms = 1\n", 1, "`ms`"),
            ("[[fault]]\nkind = \"late\"\n", 1, "ms"),
            (
                "[[notification_fault]]\nkind = \"lost\"\npath = \"/x\"\n",
                1,
                "`path`",
            ),
            (
                "[[notification_fault]]\nkind = \"lost\"\nevent = \"pay\"\n",
                1,
                "pay",
            ),
        ] {
            let slip = ScenarioFile::parse(bad).unwrap_err();
            assert!(slip.what.contains(word), "{bad}: {}", slip.what);
            assert_eq!(
                slip.place.map(|(line, _)| line),
                Some(line),
                "{bad}: {}",
                slip.what
            );
        }
    }
}
