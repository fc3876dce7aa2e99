//! What a merchant's mornings leave behind for the next one: files taken, days not told of, what was told last.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::Failure;
use recondesk_domain::{BillDate, ProfileId};
use recondesk_ports::{ListedFile, Records, StoreError};

/// So many facts are remembered as told.
const MOST_TOLD: usize = 1_000;

/// The memory of one merchant, kept among the preferences of the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct MorningMemory {
    /// Files of the folder that were taken, with size and time of last change.
    pub(super) taken: BTreeMap<String, (u64, i64)>,
    /// Days whose result did not reach the webhook.
    pub(super) untold: BTreeSet<BillDate>,
    /// Days whose bill was refused, with the day on which it was asked for.
    pub(super) refused: BTreeMap<String, BillDate>,
    /// Refunds under way by number, with the second at which each was answered last.
    pub(super) asked: BTreeMap<String, i64>,
    /// Digests of the facts that were told last, the newest at the end.
    pub(super) told: Vec<String>,
}

impl MorningMemory {
    /// The memory of a merchant; a new one has none.
    pub(super) fn of(records: &dyn Records, id: ProfileId) -> Result<Self, Failure> {
        let Some(json) = records.preference(&key(id))? else {
            return Ok(Self::default());
        };
        serde_json::from_str(&json)
            .map_err(|error| StoreError::Broken(format!("{}: {error}", key(id))).into())
    }

    /// Keeps it.
    pub(super) fn keep(&self, records: &dyn Records, id: ProfileId) -> Result<(), Failure> {
        let json = serde_json::to_string(self)
            .map_err(|error| StoreError::Broken(format!("{}: {error}", key(id))))?;
        Ok(records.set_preference(&key(id), &json)?)
    }

    /// Notes that these facts were told, and that nothing waits to be.
    pub(super) fn tell(&mut self, facts: Vec<String>) {
        self.untold.clear();
        self.told.retain(|fact| !facts.contains(fact));
        self.told.extend(facts);
        let surplus = self.told.len().saturating_sub(MOST_TOLD);
        self.told.drain(..surplus);
    }

    /// True for a file that was taken in this very state.
    pub(super) fn has_taken(&self, file: &ListedFile) -> bool {
        self.taken.get(&file.name) == Some(&(file.bytes, file.modified.unix()))
    }

    /// True when the bill of this day was refused today already.
    pub(super) fn was_refused(&self, day: BillDate, today: BillDate) -> bool {
        self.refused.get(&day.to_string()) == Some(&today)
    }
}

fn key(id: ProfileId) -> String {
    format!("morning.{}", id.0)
}
