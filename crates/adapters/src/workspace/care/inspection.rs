//! Looking a workspace over: database, journal, archive and books, each against the others.

use std::sync::Arc;

use super::{WorkspaceKeeper, failed};
use crate::books::{Bookshelf, stray};
use crate::sqlite::Database;
use recondesk_domain::Message;
use recondesk_ports::{CareFault, CheckReport, StoreError};

impl WorkspaceKeeper {
    pub(super) fn look_over(&self, deep: bool) -> Result<CheckReport, StoreError> {
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
        database_faults(&database, deep, &mut report.faults)?;
        let books = Bookshelf::open(
            &self.workspace,
            Arc::new(database.another()?),
            Arc::clone(&self.clock),
        );
        match books {
            Ok(books) => report.faults.extend(books.file_faults(imports, deep)?),
            Err(error) => report.faults.push(CareFault {
                file: "books".to_owned(),
                what: Message::new(error.to_string(), error.to_string()),
            }),
        }
        Ok(report)
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
