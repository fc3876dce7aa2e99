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
use recondesk::ports::{RebuildOutcome, WorkspaceCare as _};

use super::is_thorough;
use super::jobs::{TraceLayer, all, workspace};
use super::seen::ObservedJob;
use super::trace::{FileEvent, Rest};
use super::view::{faults, tables};
use super::yard::Yard;

/// Lets the power fail once; tells whether the workspace is as after, or what is wrong with it.
fn cut(seen: &ObservedJob, seed: u64) -> Result<bool, String> {
    let mut rng = Rng::with_seed(seed);
    let at = rng.usize(0..=seen.deeds.len());
    let folder = seen.left(at, Rest::Some(rng));
    let place = workspace(folder.path());
    let state = tables(&place).map_err(|error| format!("after deed {at}: {error:?}"))?;
    let acknowledged = seen.states.range(..=seen.told_at(at)).next_back();
    let acknowledged = acknowledged.map_or(0, |(place, _)| *place);
    let mut legal = seen.states.range(acknowledged..);
    if !legal.any(|(_, legal)| *legal == state) {
        let is_known = seen.states.values().any(|known| *known == state);
        return Err(format!("after deed {at}: known: {is_known}\n{state}"));
    }
    match faults(&place) {
        Ok(wrong) if wrong.is_empty() => {}
        other => return Err(format!("after deed {at}: {other:?}")),
    }
    check_copies(seen, at, folder.path())?;
    if seen.name.starts_with("import") {
        check_entries(&place, &state).map_err(|error| format!("after deed {at}: {error}"))?;
    }
    let last = seen.states.last_key_value();
    Ok(last.is_some_and(|(_, last)| *last == state))
}

/// The books alone tell of every import.
fn check_entries(place: &Path, state: &str) -> Result<(), String> {
    for end in ["db", "db-wal", "db-shm", "sums", "journal"] {
        let path = place.join("recondesk.db").with_extension(end);
        if path.exists() {
            std::fs::remove_file(path).unwrap();
        }
    }
    let known = state.lines().filter(|line| line.starts_with("import ["));
    let keeper = WorkspaceKeeper::of(Some(place), Arc::new(SystemClock::new())).unwrap();
    let wanted = u32::try_from(known.count()).unwrap();
    match keeper.rebuild().map(|report| report.database) {
        Ok(RebuildOutcome::Rebuilt { imports, .. }) if imports == wanted => Ok(()),
        other => Err(format!("of {wanted} imports the books tell {other:?}")),
    }
}

/// A copy that has its name is whole, and one that was told is there.
fn check_copies(seen: &ObservedJob, at: usize, folder: &Path) -> Result<(), String> {
    let copy = folder.join("copy.zip");
    let is_told = seen.name == "backup" && at == seen.deeds.len();
    if is_told && !copy.exists() {
        return Err("the copy is lost".to_owned());
    }
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
        keeper
            .restore(copy, false)
            .map_err(|error| format!("after deed {at}, {}: {error:?}", copy.display()))?;
    }
    Ok(())
}

#[test]
fn a_power_cut_loses_nothing_that_was_told() {
    let yard = Yard::new(7);
    let layer = TraceLayer::new();
    let jobs = all(&yard);
    let seeds = if is_thorough() { 1000 } else { 54 };
    let seen: Vec<ObservedJob> = jobs
        .iter()
        .map(|job| ObservedJob::of(&yard, &layer, job))
        .collect();
    let mut after = vec![0_u64; seen.len()];
    let mut tried = vec![0_u64; seen.len()];
    for (place, seed) in (0..seen.len()).cycle().zip(0..seeds) {
        tried[place] += 1;
        let is_after = cut(&seen[place], seed);
        let is_after =
            is_after.unwrap_or_else(|why| panic!("{}, seed {seed}: {why}", seen[place].name));
        after[place] += u64::from(is_after);
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

#[test]
fn a_disk_that_flushes_nothing_is_noticed() {
    let yard = Yard::new(7);
    let jobs = all(&yard);
    let mut seen = ObservedJob::of(&yard, &TraceLayer::new(), &jobs[0]);
    for deed in &mut seen.deeds {
        if matches!(
            deed,
            FileEvent::Synced { .. } | FileEvent::FolderSynced { .. }
        ) {
            *deed = FileEvent::Told;
        }
    }
    seen.deeds.push(FileEvent::Told);

    let lost = (0..40).filter(|seed| cut(&seen, *seed).is_err()).count();

    assert!(lost > 5, "{lost} of 40");
}
