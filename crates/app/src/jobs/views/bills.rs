//! The Bills screen: every bill of the workspace, and one in full.

use super::certificate::CertificateFacts;
use super::{Views, is_bill};
use crate::Failure;
use crate::model::{BillDetail, BillRow, BillState, RawLine};
use recondesk_domain::{ProfileId, RowRef};
use recondesk_ports::{ImportRecord, Standing, StoreError};

impl Views<'_> {
    /// Bills of a merchant, or of all; newest day first.
    ///
    /// # Errors
    /// [`Failure`] when the workspace cannot be read.
    pub fn bills(&self, profile: Option<ProfileId>) -> Result<Vec<BillRow>, Failure> {
        let mut out = Vec::new();
        for (id, merchant) in self.records.profiles()? {
            if profile.is_none_or(|wanted| wanted == id) {
                let imports = self.books.imports(id)?;
                out.extend(
                    imports
                        .iter()
                        .filter(|i| is_bill(i))
                        .map(|i| bill_row(i, &merchant.name)),
                );
            }
        }
        out.sort_by_key(|row| {
            (
                std::cmp::Reverse(row.day),
                row.merchant.clone(),
                std::cmp::Reverse(row.import),
            )
        });
        Ok(out)
    }

    /// One bill in full.
    ///
    /// # Errors
    /// [`Failure`] when there is no such bill, or the workspace cannot be read.
    pub fn bill(&self, import: u32) -> Result<BillDetail, Failure> {
        for (id, merchant) in self.records.profiles()? {
            let imports = self.books.imports(id)?;
            if let Some(found) = imports.iter().find(|i| i.import == import && is_bill(i)) {
                let facts = CertificateFacts::of(found);
                return Ok(BillDetail {
                    row: bill_row(found, &merchant.name),
                    certificate: facts.certificate(found),
                    head: self.head(found),
                });
            }
        }
        Err(StoreError::Missing(import.to_string()).into())
    }

    /// The header line of the file; an unreadable archive shows none, its damage is told elsewhere.
    fn head(&self, import: &ImportRecord) -> Vec<RawLine> {
        let first = RowRef {
            import: import.import,
            line: 1,
            offset: 0,
        };
        let raw = self.books.raw_row(first).ok();
        raw.map(|raw| RawLine {
            file: raw.file,
            line: 1,
            cells: raw.cells,
            text: raw.text,
        })
        .into_iter()
        .collect()
    }
}

fn bill_row(import: &ImportRecord, merchant: &str) -> BillRow {
    let facts = CertificateFacts::of(import);
    BillRow {
        import: import.import,
        profile: import.profile,
        merchant: merchant.to_owned(),
        day: import.day.unwrap_or_else(|| import.imported_at.day()),
        kind: facts.kind(),
        state: match import.standing {
            Standing::Verified => BillState::Verified,
            Standing::Quarantined => BillState::Quarantined,
            Standing::Replaced => BillState::Replaced,
        },
        rows: facts.rows(),
        amount: Some(facts.amount()),
        net: facts.net(),
        certificate: facts.score(),
        file: import.name.clone(),
        imported_at: import.imported_at,
    }
}
