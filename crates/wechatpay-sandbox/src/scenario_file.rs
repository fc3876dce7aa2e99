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
//! ```

use serde::Deserialize;

use super::fault::Planned;
use super::rules::Rules;

/// No such file is larger.
const LARGEST: usize = 256 * 1024;

/// What a scenario file says; what it leaves out stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScenarioFile {
    /// How the sandbox behaves.
    #[serde(default)]
    pub rules: Option<Rules>,
    /// What goes wrong, in this order.
    #[serde(default, rename = "fault")]
    pub faults: Vec<Planned>,
}

impl ScenarioFile {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong, with its line.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LARGEST {
            return Err("the file is too large".to_owned());
        }
        toml::from_str(text).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::super::fault::InjectedFault;
    use super::super::rules::AnswerKey;
    use super::*;

    #[test]
    fn rules_and_faults_are_read_and_slips_are_named() {
        let read = ScenarioFile::parse(
            "[rules]\nanswer_key = \"public_key\"\n[[fault]]\nkind = \"reset\"\nbytes = 40\ntimes = 2\n",
        )
        .unwrap();
        assert_eq!(read.rules.unwrap().answer_key, AnswerKey::PublicKey);
        assert_eq!(read.faults[0].fault, InjectedFault::Reset { bytes: 40 });
        assert_eq!(read.faults[0].times, 2);
        for bad in [
            "[[fault]]\nkind = \"restet\"\n",
            "[rule]\n",
            "[rules]\nanswer = 1\n",
        ] {
            assert!(ScenarioFile::parse(bad).is_err(), "{bad}");
        }
    }
}
