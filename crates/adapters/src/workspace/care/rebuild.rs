//! Making the database of a workspace anew, where it is lost, damaged or not of its files.

use std::fs;

use super::super::belonging;
use super::{WorkspaceKeeper, failed};
use crate::books::stray::{self, set_aside};
use crate::disk::sync_folder;
use crate::sqlite::care::{DatabaseFacts, rebuild};
use crate::sqlite::check_imports_of;
use recondesk_ports::{RebuildOutcome, StoreError};

impl WorkspaceKeeper {
    /// Makes the database anew; the caller has the rights to write and to pay out.
    pub(super) fn make_anew(&self) -> Result<RebuildOutcome, StoreError> {
        match self.workspace.open() {
            Ok(database) if database.faults(true)?.is_empty() => {
                return Ok(RebuildOutcome::NotNeeded);
            }
            // All of these are what the journal is there for.
            Ok(_) | Err(StoreError::Torn(_) | StoreError::Broken(_)) => {}
            Err(error) => return Err(error),
        }
        let folder = self.workspace.folder();
        let scratch = tempfile::Builder::new()
            .prefix(".rebuild-")
            .tempdir_in(folder)
            .map_err(failed)?;
        let made = scratch.path().join("recondesk.db");
        let journal = self.workspace.database_file().with_extension("journal");
        let entries = self.entries().map_err(failed)?;
        let rebuilt = rebuild(&made, &journal, &entries)?;
        let facts = DatabaseFacts::of(&made)?;
        let mut files = stray::files_of_imports(&self.workspace).map_err(failed)?;
        // What no entry tells of is set aside below.
        let unknown = files.split_off(&facts.imports.saturating_add(1));
        let known: Vec<u32> = files.keys().copied().collect();
        check_imports_of(&made, &|imports| {
            belonging::check_imports(&self.workspace, &known, imports)
        })?;
        let aside = self.aside("before-rebuild").map_err(failed)?;
        if rebuilt.lost_lines > 0 {
            let kept = aside.join("recondesk.journal");
            fs::copy(&journal, kept).map_err(failed)?;
        }
        let mut unknown_files = 0;
        for path in unknown.values().flatten() {
            set_aside(path, &aside).map_err(failed)?;
            unknown_files += 1;
        }
        self.set_database_aside(&aside, true).map_err(failed)?;
        fs::rename(&made, self.workspace.database_file()).map_err(failed)?;
        sync_folder(folder).map_err(failed)?;
        drop(self.workspace.open()?);
        Ok(RebuildOutcome::Rebuilt {
            imports: facts.imports,
            adopted: rebuilt.adopted,
            lost_lines: rebuilt.lost_lines,
            unknown_files,
            set_aside: aside,
        })
    }
}
