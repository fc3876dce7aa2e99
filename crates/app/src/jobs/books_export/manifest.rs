//! What an export of the books holds, so that whoever reads it can check that all of it is there.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::tables::{FORMAT_VERSION, TABLES};
use crate::jobs::views::certificate::hex;
use crate::{Failure, FailureKind, Message};
use recondesk_domain::{BillDate, Instant};
use recondesk_ports::{
    ColumnBatch, ColumnValues, ImportRecord, RunRecord, Standing, StoreError, TableShape,
};

/// Name of the file.
pub const MANIFEST: &str = "_manifest.json";

/// Sums of columns, by name.
pub(super) type ColumnSums = BTreeMap<&'static str, i64>;

/// A sum went over what can be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SumTooLarge;

impl From<SumTooLarge> for Failure {
    fn from(_: SumTooLarge) -> Self {
        Self::new(
            FailureKind::Workspace,
            "export.total",
            Message::new("合计超出可计的范围", "A sum is beyond what can be counted"),
            Message::default(),
        )
    }
}

/// Adds the summed columns of some rows.
pub(super) fn add_batch(sums: &mut ColumnSums, batch: &ColumnBatch) -> Result<(), Failure> {
    let rows = batch.columns().ok_or_else(|| {
        StoreError::Broken(format!("cells of another table in {}", batch.shape().name))
    })?;
    for (column, rows) in batch.shape().columns.iter().zip(rows) {
        if !column.is_summed {
            continue;
        }
        let sum = sums.entry(column.name).or_default();
        if let ColumnValues::Whole(values) = &rows.values {
            for value in values {
                *sum = sum.checked_add(*value).ok_or(SumTooLarge)?;
            }
        }
    }
    Ok(())
}

/// A file of the export.
#[derive(Debug, Clone)]
pub(super) struct FileFacts {
    pub(super) table: &'static str,
    pub(super) path: String,
    pub(super) merchant: String,
    pub(super) day: Option<BillDate>,
    pub(super) rows: u64,
    pub(super) bytes: u64,
    pub(super) sha256: [u8; 32],
    pub(super) sums: ColumnSums,
    /// Rows by the import that they came with.
    pub(super) imports: BTreeMap<u32, u64>,
}

impl FileFacts {
    fn json(&self) -> Value {
        let imports: Map<String, Value> = self
            .imports
            .iter()
            .map(|(import, rows)| (import.to_string(), json!(rows)))
            .collect();
        json!({
            "path": self.path,
            "table": self.table,
            "merchant": self.merchant,
            "beijing_day": self.day.map(|day| day.to_string()),
            "rows": self.rows,
            "bytes": self.bytes,
            "sha256": hex(&self.sha256),
            "sums": self.sums,
            "rows_by_import": imports,
        })
    }
}

/// A run whose findings are in the export.
#[derive(Debug, Clone)]
pub(super) struct RunFacts {
    pub(super) run: RunRecord,
    pub(super) findings: u64,
    /// True when the books say something else than they did then.
    pub(super) is_outdated: bool,
}

/// A merchant of the export.
#[derive(Debug, Clone)]
pub(super) struct MerchantFacts {
    /// Its part of every path.
    pub(super) merchant: String,
    pub(super) mch_id: String,
    pub(super) profile: String,
    pub(super) newest_import: u32,
    /// Files that its books were made from, and bills that count for nothing.
    pub(super) imports: Vec<ImportRecord>,
    pub(super) runs: Vec<RunFacts>,
    /// Days with a bill that were never compared.
    pub(super) not_compared: Vec<BillDate>,
}

impl MerchantFacts {
    /// Bills that are kept and count for nothing.
    pub(super) fn in_quarantine(&self) -> impl Iterator<Item = &ImportRecord> {
        let imports = self.imports.iter();
        imports.filter(|import| import.standing == Standing::Quarantined)
    }

    fn json(&self, files: &[FileFacts]) -> Value {
        let mut exported: BTreeMap<u32, u64> = BTreeMap::new();
        for file in files.iter().filter(|file| file.merchant == self.merchant) {
            for (import, rows) in &file.imports {
                *exported.entry(*import).or_default() += rows;
            }
        }
        let source = |import: &ImportRecord| {
            json!({
                "import": import.import,
                "kind": import.kind,
                "name": import.name,
                "sha256": hex(&import.sha256),
                "bytes": import.bytes,
                "rows": import.rows,
                "rows_exported": exported.get(&import.import).copied().unwrap_or_default(),
                "imported_at": import.imported_at.rfc3339(),
                "bill_day": import.day.map(|day| day.to_string()),
                "standing": standing_word(import.standing),
            })
        };
        let runs = self.runs.iter().map(|facts| {
            json!({
                "beijing_day": facts.run.summary.day.to_string(),
                "run": facts.run.id.0,
                "digest": hex(&facts.run.digest),
                "made_at": facts.run.made_at.rfc3339(),
                "findings": facts.findings,
                "books_changed_since": facts.is_outdated,
            })
        });
        let days = self.not_compared.iter().map(BillDate::to_string);
        json!({
            "merchant": self.merchant,
            "mch_id": self.mch_id,
            "profile": self.profile,
            "newest_import": self.newest_import,
            "sources": self.imports.iter().map(source).collect::<Vec<_>>(),
            "runs": runs.collect::<Vec<_>>(),
            "days_not_compared": days.collect::<Vec<_>>(),
        })
    }
}

const fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::Verified => "verified",
        Standing::Quarantined => "quarantined",
        Standing::Replaced => "replaced",
    }
}

/// Everything an export tells of itself.
#[derive(Debug, Clone)]
pub(super) struct ExportManifest {
    pub(super) made_at: Instant,
    pub(super) from: Option<BillDate>,
    pub(super) to: Option<BillDate>,
    pub(super) merchants: Vec<MerchantFacts>,
    pub(super) files: Vec<FileFacts>,
}

impl ExportManifest {
    /// Rows of all files.
    pub(super) fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }

    /// The document.
    pub(super) fn json(&self) -> Result<Value, SumTooLarge> {
        let mut tables = Map::new();
        for table in TABLES {
            tables.insert(table.name.to_owned(), self.table(table)?);
        }
        let merchants = self.merchants.iter();
        let day = |day: Option<BillDate>| day.map(|day| day.to_string());
        Ok(json!({
            "format": "recondesk-books",
            "format_version": FORMAT_VERSION,
            "program_version": env!("CARGO_PKG_VERSION"),
            "made_at": self.made_at.rfc3339(),
            "from": day(self.from),
            "to": day(self.to),
            "merchants": merchants.map(|of| of.json(&self.files)).collect::<Vec<_>>(),
            "tables": tables,
            "files": self.files.iter().map(FileFacts::json).collect::<Vec<_>>(),
        }))
    }

    fn table(&self, table: TableShape) -> Result<Value, SumTooLarge> {
        let summed = table.columns.iter().filter(|column| column.is_summed);
        let mut sums: ColumnSums = summed.map(|column| (column.name, 0)).collect();
        let (mut files, mut rows) = (0_u64, 0_u64);
        for file in self.files.iter().filter(|file| file.table == table.name) {
            files += 1;
            rows += file.rows;
            for (name, sum) in &file.sums {
                let all = sums.entry(name).or_default();
                *all = all.checked_add(*sum).ok_or(SumTooLarge)?;
            }
        }
        Ok(json!({ "files": files, "rows": rows, "sums": sums }))
    }
}
