//! Where a run's lines go.

use recondesk_domain::Finding;

/// Takes what a run finds, in stable order, and may stop it.
pub trait FindingSink {
    /// Takes a finding. All come at the end of the run: by severity, category, number, row.
    fn finding(&mut self, finding: Finding);

    /// True when matched rows are wanted, too.
    fn wants_matched(&self) -> bool {
        false
    }

    /// Takes a row in agreement while the run goes on; only called when wanted.
    fn matched(&mut self, _: Finding) {}

    /// Hears how many rows have been compared; false stops the run.
    fn keep_going(&mut self, _rows: u64) -> bool {
        true
    }
}

/// A sink that keeps everything in memory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Collected {
    /// Ask for matched rows.
    pub with_matched: bool,
    /// The findings.
    pub findings: Vec<Finding>,
    /// Rows in agreement, if asked for.
    pub matched: Vec<Finding>,
}

impl FindingSink for Collected {
    fn finding(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    fn wants_matched(&self) -> bool {
        self.with_matched
    }

    fn matched(&mut self, finding: Finding) {
        self.matched.push(finding);
    }
}
