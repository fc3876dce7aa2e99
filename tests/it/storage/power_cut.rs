//! The power fails at any moment of a job: what was told is there, and the workspace is as before or as after.
//!
//! Each job runs once under the layer, which writes down what it does to the disk. From that, a seed chooses a moment
//! and what of the uncovered writes is there; the workspace must then open by itself, show one of the states that the
//! job went through, and none from before the last word that the job told anybody.
//! The short form takes 54 seeds; with `RECONDESK_THOROUGH=1` it is 1,000.

use std::path::Path;
use std::sync::Arc;

use fastrand::Rng;
use recondesk::adapters::clock::SystemClock;
use recondesk::adapters::workspace::WorkspaceKeeper;
use recondesk::ports::WorkspaceCare as _;

use super::is_thorough;
use super::jobs::{Layer, all, workspace};
use super::seen::Seen;
use super::trace::Rest;
use super::view::{faults, tables};
use super::yard::Yard;

/// Lets the power fail once; tells whether the workspace is as after.
fn cut(seen: &Seen, seed: u64) -> bool {
    let mut rng = Rng::with_seed(seed);
    let at = rng.usize(0..=seen.deeds.len());
    let folder = seen.left(at, Rest::Some(rng));
    let context = format!("{}, seed {seed}, power cut after deed {at}", seen.name);
    let place = workspace(folder.path());
    let state = tables(&place).unwrap_or_else(|error| panic!("{context}: {error:?}"));
    let acknowledged = seen.states.range(..=seen.told_at(at)).next_back();
    let acknowledged = acknowledged.map_or(0, |(place, _)| *place);
    let is_legal = seen
        .states
        .range(acknowledged..)
        .any(|(_, legal)| *legal == state);
    let is_known = seen.states.values().any(|known| *known == state);
    assert!(is_legal, "{context}: known: {is_known}\n{state}");
    let wrong = faults(&place).unwrap_or_else(|error| panic!("{context}: {error:?}"));
    assert!(wrong.is_empty(), "{context}: {wrong:?}");
    check_copies(seen, at, folder.path());
    seen.states
        .last_key_value()
        .is_some_and(|(_, last)| *last == state)
}

/// A copy that has its name is whole, and one that was told is there.
fn check_copies(seen: &Seen, at: usize, folder: &Path) {
    let copy = folder.join("copy.zip");
    let is_told = seen.name == "backup" && at == seen.deeds.len();
    assert!(copy.exists() || !is_told, "the copy is lost");
    let mut copies: Vec<_> = std::fs::read_dir(workspace(folder).join("backups"))
        .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
        .unwrap_or_default();
    copies.push(copy);
    for copy in copies
        .iter()
        .filter(|copy| copy.extension().is_some_and(|end| end == "zip") && copy.exists())
    {
        let other = tempfile::tempdir().unwrap();
        let clock = Arc::new(SystemClock::new());
        let keeper = WorkspaceKeeper::of(Some(&workspace(other.path())), clock).unwrap();
        let restored = keeper.restore(copy, false);
        assert!(
            restored.is_ok(),
            "{}, {at}, {copy:?}: {restored:?}",
            seen.name
        );
    }
}

#[test]
fn a_power_cut_loses_nothing_that_was_told() {
    let yard = Yard::new(7);
    let layer = Layer::new();
    let jobs = all(&yard);
    let seeds = if is_thorough() { 1000 } else { 54 };
    let seen: Vec<Seen> = jobs
        .iter()
        .map(|job| Seen::of(&yard, &layer, job))
        .collect();
    let mut after = vec![0_u64; seen.len()];
    let mut tried = vec![0_u64; seen.len()];
    for (place, seed) in (0..seen.len()).cycle().zip(0..seeds) {
        tried[place] += 1;
        after[place] += u64::from(cut(&seen[place], seed));
    }
    for (place, seen) in seen.iter().enumerate() {
        println!(
            "{}: {} power cuts in {} deeds, {} as after, nothing lost that was told",
            seen.name,
            tried[place],
            seen.deeds.len(),
            after[place]
        );
    }
}
