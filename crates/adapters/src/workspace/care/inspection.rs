//! Looking a workspace over: database, journal, archive and books, each against the others.

use std::sync::Arc;

use super::backup::read_back;
use super::{WorkspaceKeeper, daily, failed};
use crate::books::{Bookshelf, stray};
use crate::sqlite::Database;
use crate::sqlite::care::sums_are_sound;
use recondesk_domain::Message;
use recondesk_ports::{CareFault, CheckReport, StoreError};

impl WorkspaceKeeper {
    pub(super) fn look_over(&self, deep: bool) -> Result<CheckReport, StoreError> {
        // Looked at first: sums that are none are made anew with the next change of the database.
        let has_sums = sums_are_sound(&self.workspace.database_file())?;
        let database = self.workspace.open()?;
        let imports = database.facts()?.imports;
        let files = stray::files_of_imports(&self.workspace).map_err(failed)?;
        let mut report = CheckReport {
            imports,
            files: files
                .range(..=imports)
                .map(|(_, paths)| paths.len() as u64)
                .sum(),
            faults: Vec::new(),
        };
        if !has_sums {
            report.faults.push(sums_fault());
        }
        database_faults(&database, deep, &mut report.faults)?;
        report.faults.extend(self.book_faults(&database, deep)?);
        if deep {
            report.faults.extend(self.copy_faults()?);
        }
        Ok(report)
    }

    /// What is wrong with archive and books.
    pub(super) fn book_faults(
        &self,
        database: &Database,
        deep: bool,
    ) -> Result<Vec<CareFault>, StoreError> {
        let imports = database.facts()?.imports;
        let mut faults = match self.books(database) {
            Ok(books) => books.file_faults(imports, deep)?,
            Err(error) => vec![CareFault {
                file: "books".to_owned(),
                what: Message::new(error.to_string(), error.to_string()),
            }],
        };
        let entries = database.entry_faults()?.into_iter();
        faults.extend(entries.map(|import| CareFault {
            file: format!("books/{import:08}.entry"),
            what: Message::new(
                "缺失或与写入时不同；内容在数据库里，可以重新写出",
                "Missing or not what was written; the database has it, and it can be written anew",
            ),
        }));
        Ok(faults)
    }

    /// The books by this database.
    pub(super) fn books(&self, database: &Database) -> Result<Bookshelf, StoreError> {
        let catalog = Arc::new(database.another()?);
        Bookshelf::open(&self.workspace, catalog, Arc::clone(&self.clock))
            .map_err(|error| StoreError::Broken(error.to_string()))
    }

    /// What is wrong with the copies that are kept by rule.
    fn copy_faults(&self) -> Result<Vec<CareFault>, StoreError> {
        let folder = self.workspace.folder().join("backups");
        let mut faults = Vec::new();
        for name in daily::names(&folder).map_err(failed)? {
            if read_back(&folder.join(&name)).is_err() {
                faults.push(CareFault {
                    file: format!("backups/{name}"),
                    what: Message::new(
                        "与写入时不同；这份副本不能用来恢复",
                        "Not what was written; this copy cannot be put back",
                    ),
                });
            }
        }
        Ok(faults)
    }
}

fn sums_fault() -> CareFault {
    CareFault {
        file: "recondesk.sums".to_owned(),
        what: Message::new(
            "与写入时不同；它只用来核对数据库，可以重新写出",
            "Not what was written; it only proves the database, and can be written anew",
        ),
    }
}

fn database_faults(
    database: &Database,
    deep: bool,
    faults: &mut Vec<CareFault>,
) -> Result<(), StoreError> {
    for line in database.faults(deep)? {
        faults.push(CareFault {
            file: "recondesk.db".to_owned(),
            what: Message::new(
                format!("数据库自检：{line}"),
                format!("Check of the database: {line}"),
            ),
        });
    }
    let lost = database.journal_faults()?;
    if lost > 0 {
        faults.push(CareFault {
            file: "recondesk.journal".to_owned(),
            what: Message::new(
                format!("{lost} 行不是写入时的内容；数据库本身完好，删除该文件后会由数据库重新写出"),
                format!(
                    "{lost} lines are not what was written; the database has it all: take the file away, and it is \
                     written anew"
                ),
            ),
        });
    }
    Ok(())
}
