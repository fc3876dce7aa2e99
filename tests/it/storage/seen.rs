//! A job as the layer saw it: what it did to the disk, and the states of the tables that it went through.

use std::collections::BTreeMap;
use std::path::Path;

use super::jobs::{StorageJob, TraceLayer, workspace};
use super::trace::{FileEvent, Rest, TracedDisk, read};
use super::view::tables;
use super::yard::Yard;

/// A job as it was seen, and the states that it went through.
pub(super) struct ObservedJob {
    pub(super) name: &'static str,
    start: TracedDisk,
    pub(super) deeds: Vec<FileEvent>,
    /// State of the tables after so many deeds, where it changed.
    pub(super) states: BTreeMap<usize, String>,
}

/// The disk after so many deeds.
fn disk_after(start: &TracedDisk, deeds: &[FileEvent]) -> TracedDisk {
    let mut disk = start.clone();
    for deed in deeds {
        disk.follow(deed);
    }
    disk
}

impl ObservedJob {
    pub(super) fn of(yard: &Yard, layer: &TraceLayer, job: &StorageJob) -> Self {
        let folder = job.stage();
        let start = TracedDisk::of(folder.path());
        let beside = tempfile::tempdir().unwrap();
        let trace = beside.path().join("trace");
        let setting = ("FAULT_TRACE", trace.to_str().unwrap().to_owned());
        let output = job.run(yard, layer, folder.path(), &[setting]);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(job.code), "{}: {told}", job.name);
        let mut deeds = read(&trace);
        deeds.push(FileEvent::Told);
        let mut seen = Self {
            name: job.name,
            start,
            deeds,
            states: BTreeMap::new(),
        };
        seen.compare(folder.path());
        seen.find_states();
        assert!(seen.deeds.len() > 10, "{}: {}", job.name, seen.deeds.len());
        seen
    }

    /// What the layer saw is all that was done.
    fn compare(&self, real: &Path) {
        let played = tempfile::tempdir().unwrap();
        disk_after(&self.start, &self.deeds).write(Rest::All, played.path());
        let (real, played) = (all_files(real), all_files(played.path()));
        for (name, bytes) in &real {
            assert!(
                played.get(name) == Some(bytes),
                "{}: {name} was changed unseen",
                self.name
            );
        }
    }

    /// The states that a program ends in when it is killed, the power staying on.
    fn find_states(&mut self) {
        let mut last = String::new();
        for at in 0..=self.deeds.len() {
            let is_turn = at == 0
                || at == self.deeds.len()
                || self.deeds.get(at - 1).is_some_and(|deed| {
                    matches!(
                        deed,
                        FileEvent::Synced { .. } | FileEvent::Renamed { .. } | FileEvent::Told
                    )
                });
            if is_turn {
                let folder = self.left(at, Rest::All);
                let state = tables(&workspace(folder.path()))
                    .unwrap_or_else(|error| panic!("{}, killed at {at}: {error:?}", self.name));
                if state != last {
                    last.clone_from(&state);
                    self.states.insert(at, state);
                }
            }
        }
    }

    /// What is left when the power fails after so many deeds.
    pub(super) fn left(&self, at: usize, rest: Rest) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        disk_after(&self.start, &self.deeds[..at]).write(rest, folder.path());
        folder
    }

    /// The last moment, up to this one, at which something was told.
    pub(super) fn told_at(&self, at: usize) -> usize {
        let told = self.deeds[..at]
            .iter()
            .rposition(|deed| *deed == FileEvent::Told);
        told.map_or(0, |place| place + 1)
    }
}

/// Every file that stays, with its bytes.
fn all_files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut out = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().display().to_string();
            if path.is_dir() {
                folders.push(path);
            } else if !name.ends_with("-shm") {
                out.insert(name, std::fs::read(path).unwrap());
            }
        }
    }
    out
}
