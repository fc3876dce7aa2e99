//! What a workspace shows: to a person, part by part; and its tables, row by row.

use std::fmt::{Debug, Write as _};
use std::path::Path;
use std::sync::Arc;

use recondesk::adapters;
use recondesk::adapters::clock::SystemClock;
use recondesk::adapters::workspace::{Workspace, WorkspaceKeeper};
use recondesk::domain::{BillDate, ProfileId};
use recondesk::ports::{CaseQuery, Ports, RefundQuery, StoreError, WorkspaceCare as _};
use rusqlite::types::Value;

use super::yard::{FIRST_DAY, SECOND_DAY};

/// Names of the parts that a person sees.
pub(super) const PARTS: [&str; 10] = [
    "merchants",
    "imports",
    "raw files",
    "rows of the bill",
    "orders",
    "runs",
    "findings",
    "pools",
    "cases and their history",
    "refunds, outcomes and the trail",
];

/// What a person sees; `None` for a part that is refused.
pub(super) fn parts(workspace: &Path) -> Vec<Option<String>> {
    let Ok(ports) = adapters::open(Some(workspace)) else {
        return vec![None; PARTS.len()];
    };
    let first = ports.records.profile("shop").ok().flatten();
    let profile = first.map_or(ProfileId(1), |(id, _)| id);
    let view = View { ports, profile };
    vec![
        view.merchants(),
        view.imports(),
        view.raw_files(),
        view.bill(),
        view.orders(),
        view.runs(),
        view.findings(),
        view.pools(),
        view.cases(),
        view.casework(),
    ]
}

fn day(text: &str) -> BillDate {
    BillDate::parse(text).unwrap()
}

struct View {
    ports: Ports,
    profile: ProfileId,
}

fn told<T: Debug, E>(part: Result<T, E>) -> Option<String> {
    part.ok().map(|part| format!("{part:?}"))
}

impl View {
    fn merchants(&self) -> Option<String> {
        let records = &self.ports.records;
        let merchants = told(records.profiles())?;
        Some(merchants + &told(records.mappings(self.profile))?)
    }

    fn imports(&self) -> Option<String> {
        told(self.ports.books.imports(self.profile))
    }

    fn raw_files(&self) -> Option<String> {
        let mut bytes = Vec::new();
        for import in self.ports.books.imports(self.profile).ok()? {
            let books = &self.ports.books;
            books
                .raw_file(import.import, &mut |some| bytes.extend_from_slice(some))
                .ok()?;
        }
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn bill(&self) -> Option<String> {
        let evidence = self.ports.books.evidence(self.profile).ok()?;
        let mut out = String::new();
        for pay in evidence.pays(day(FIRST_DAY)).ok()? {
            writeln!(out, "{:?}", pay.ok()?).unwrap();
        }
        for refund in evidence.refunds(day(FIRST_DAY)).ok()? {
            writeln!(out, "{:?}", refund.ok()?).unwrap();
        }
        Some(out)
    }

    fn orders(&self) -> Option<String> {
        let evidence = self.ports.books.evidence(self.profile).ok()?;
        let mut out = String::new();
        for order in evidence.orders(day(FIRST_DAY), 7).ok()? {
            writeln!(out, "{:?}", order.ok()?).unwrap();
        }
        Some(out)
    }

    fn runs(&self) -> Option<String> {
        let (first, last) = (day(FIRST_DAY), day(SECOND_DAY));
        told(self.ports.records.current_runs(self.profile, first, last))
    }

    fn findings(&self) -> Option<String> {
        let records = &self.ports.records;
        let run = records.current_run(self.profile, day(FIRST_DAY)).ok()??;
        told(records.findings(run.id))
    }

    fn pools(&self) -> Option<String> {
        told(
            self.ports
                .records
                .opening_pool(self.profile, day(SECOND_DAY)),
        )
    }

    fn cases(&self) -> Option<String> {
        let records = &self.ports.records;
        let query = CaseQuery {
            closed_too: true,
            ..CaseQuery::default()
        };
        let mut out = String::new();
        for case in records.cases(&query).ok()? {
            let events = records.case_events(case.id).ok()?;
            writeln!(out, "{case:?} {events:?}").unwrap();
        }
        Some(out)
    }

    fn casework(&self) -> Option<String> {
        let casework = &self.ports.casework;
        let refunds = casework.refunds(&RefundQuery::default()).ok()?;
        let mut out = told(casework.thresholds())?;
        for refund in refunds {
            let history = casework.refund_history(refund.id).ok()?;
            let (case, order) = (&refund.draft.case_key, &refund.draft.out_trade_no);
            let outcomes = casework.outcomes(self.profile, case, order).ok()?;
            writeln!(out, "{refund:?} {history:?} {outcomes:?}").unwrap();
        }
        Some(out + &told(casework.audit(0, 1000))?)
    }
}

/// Every row of every table, once the workspace has been opened and closed again.
pub(crate) fn tables(workspace: &Path) -> Result<String, StoreError> {
    drop(Workspace::at(workspace)?.open()?);
    let database = rusqlite::Connection::open(workspace.join("recondesk.db")).unwrap();
    let mut out = String::new();
    let version: i64 = database
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .unwrap();
    writeln!(out, "schema {version}").unwrap();
    let names: Vec<String> = database
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for name in names {
        let mut statement = database
            .prepare(&format!("SELECT * FROM \"{name}\""))
            .unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        let mut lines = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            let values: Vec<Value> = (0..columns).map(|at| row.get(at).unwrap()).collect();
            // Writing over the end of the log counts for itself.
            if values.first() != Some(&Value::Text("fence".to_owned())) {
                lines.push(format!("{name} {values:?}"));
            }
        }
        lines.sort_unstable();
        for line in lines {
            writeln!(out, "{line}").unwrap();
        }
    }
    Ok(out)
}

/// What reading every byte of a workspace finds wrong.
pub(super) fn faults(workspace: &Path) -> Result<Vec<String>, StoreError> {
    let keeper = WorkspaceKeeper::of(Some(workspace), Arc::new(SystemClock::new()))?;
    let report = keeper.check(true)?;
    Ok(report
        .faults
        .iter()
        .map(|fault| format!("{}: {}", fault.file, fault.what.en))
        .collect())
}
