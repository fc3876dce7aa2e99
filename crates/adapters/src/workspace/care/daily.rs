//! A copy of the database before the first work of a day, kept by a rule.
//!
//! The copies lie in `backups/`, named by the day in Beijing and the count of transactions. Kept are the last seven,
//! and of each of the last twelve months the last one. The files of imports need no copy a day: they never change.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use super::backup::{BackupTarget, Scope, write};
use super::failed;
use crate::disk::Disk;
use crate::sqlite::Database;
use crate::workspace::Workspace;
use recondesk_domain::Instant;
use recondesk_ports::StoreError;

/// Copies kept whatever their month.
const LAST: usize = 7;
/// Months of which a copy is kept.
const MONTHS: usize = 12;

/// A copy that lies in the folder: its name begins with the day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct DayCopy {
    day: String,
    generation: u64,
}

impl DayCopy {
    /// Reads a name; `None` for files that are not of this rule.
    fn of(name: &str) -> Option<Self> {
        let (day, rest) = name.split_at_checked(10)?;
        recondesk_domain::BillDate::parse(day)?;
        let generation = rest.strip_prefix("-g")?.strip_suffix(".zip")?;
        Some(Self {
            day: day.to_owned(),
            generation: generation.parse().ok()?,
        })
    }

    fn name(&self) -> String {
        format!("{}-g{:08}.zip", self.day, self.generation)
    }
}

/// Makes the copy of the day, if something was stored since the last one.
///
/// # Errors
/// [`StoreError`] when it cannot be written; the workspace is as it was.
pub(crate) fn copy_of_the_day(
    workspace: &Workspace,
    database: &Database,
    now: Instant,
) -> Result<(), StoreError> {
    let folder = workspace.folder().join("backups");
    let copies = copies(&folder).map_err(failed)?;
    let facts = database.facts()?;
    let day = now.day().to_string();
    let is_needed = copies.last().map_or(facts.generation > 0, |last| {
        last.day != day && last.generation != facts.generation
    });
    if !is_needed {
        return Ok(());
    }
    let disk = Disk::at(&folder, None).map_err(failed)?;
    let made = DayCopy {
        day,
        generation: facts.generation,
    };
    let file = disk.path(&made.name());
    let target = BackupTarget {
        file: &file,
        scope: Scope::Database,
    };
    write(workspace, database, target, now)?;
    let mut all = copies;
    all.push(made);
    for old in superfluous(&all) {
        disk.remove(&old.name()).map_err(failed)?;
    }
    Ok(())
}

/// Names of the copies in a folder, oldest first.
pub(super) fn names(folder: &Path) -> io::Result<Vec<String>> {
    Ok(copies(folder)?.iter().map(DayCopy::name).collect())
}

/// Copies in a folder, oldest first.
fn copies(folder: &Path) -> io::Result<Vec<DayCopy>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut out = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        // Only what this rule names itself is ever removed by it.
        out.extend(
            name.to_str()
                .and_then(DayCopy::of)
                .filter(|copy| copy.name() == name.to_string_lossy()),
        );
    }
    out.sort();
    Ok(out)
}

/// Those of the copies, oldest first, that the rule does not keep.
fn superfluous(copies: &[DayCopy]) -> Vec<DayCopy> {
    let mut months = BTreeSet::new();
    let mut out = Vec::new();
    for (age, copy) in copies.iter().rev().enumerate() {
        let month = copy.day.get(..7).unwrap_or_default();
        let is_last_of_month = months.len() < MONTHS && months.insert(month);
        if age >= LAST && !is_last_of_month {
            out.push(copy.clone());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_seven_and_one_a_month_are_kept() {
        let copies: Vec<DayCopy> = (1..=14)
            .flat_map(|month| (1..=20).map(move |day| (month, day)))
            .map(|(month, day)| {
                let (year, month) = (2025 + (month - 1) / 12, (month - 1) % 12 + 1);
                DayCopy::of(&format!(
                    "{year}-{month:02}-{day:02}-g{:08}.zip",
                    month * 100 + day
                ))
                .unwrap()
            })
            .collect();

        let gone = superfluous(&copies);

        let kept: Vec<&DayCopy> = copies.iter().filter(|copy| !gone.contains(copy)).collect();
        assert_eq!(kept.len(), 7 + 11);
        assert!(
            kept.iter()
                .rev()
                .take(7)
                .all(|copy| copy.day.starts_with("2026-02"))
        );
        assert_eq!(kept[0].day, "2025-03-20");
        assert_eq!(DayCopy::of("2025-03-20.zip"), None);
        assert_eq!(DayCopy::of("2025-02-30-g00000001.zip"), None);
    }
}
