//! The Bills screen: every bill of the workspace, and one in full.

use super::certificate::CertificateFacts;
use super::fund_bill::{FundBillFacts, is_fund_bill};
use super::{Views, is_bill};
use crate::Failure;
use crate::model::{BillDetail, BillRow, BillStanding, RawLine};
use recondesk_domain::{Fen, ProfileId, RowRef};
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
                for import in imports.iter().filter(|import| is_listed(import)) {
                    out.push(bill_row(import, &merchant.name)?);
                }
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
            let wanted = |i: &&ImportRecord| i.import == import && is_listed(i);
            if let Some(found) = imports.iter().find(wanted) {
                let (certificate, balances) = if is_fund_bill(found) {
                    let facts = FundBillFacts::of(found)?;
                    (facts.certificate(found), Some(facts.balances()))
                } else {
                    (CertificateFacts::of(found)?.certificate(found), None)
                };
                return Ok(BillDetail {
                    row: bill_row(found, &merchant.name)?,
                    certificate,
                    balances,
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
        // A file whose rows are read in another way has no line to show here.
        let raw = raw.filter(|raw| !raw.text.is_empty());
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

/// True for a trade bill and a fund-flow bill.
fn is_listed(import: &ImportRecord) -> bool {
    is_bill(import) || is_fund_bill(import)
}

/// What of a bill's facts stands in its row.
struct RowFacts {
    kind: String,
    rows: u64,
    amount: Option<Fen>,
    net: Option<Fen>,
    certificate: (u64, u64),
}

/// A fund-flow bill has balances, and none of the sums of a trade bill.
fn row_facts(import: &ImportRecord) -> Result<RowFacts, StoreError> {
    if is_fund_bill(import) {
        return Ok(RowFacts {
            kind: import.kind.to_uppercase(),
            rows: import.rows,
            amount: None,
            net: None,
            certificate: FundBillFacts::of(import)?.score(),
        });
    }
    let facts = CertificateFacts::of(import)?;
    Ok(RowFacts {
        kind: facts.kind(),
        rows: facts.rows(),
        amount: Some(facts.amount()),
        net: facts.net(),
        certificate: facts.score(),
    })
}

fn bill_row(import: &ImportRecord, merchant: &str) -> Result<BillRow, StoreError> {
    let RowFacts {
        kind,
        rows,
        amount,
        net,
        certificate,
    } = row_facts(import)?;
    Ok(BillRow {
        import: import.import,
        profile: import.profile,
        merchant: merchant.to_owned(),
        day: import.day.unwrap_or_else(|| import.imported_at.day()),
        kind,
        state: match import.standing {
            Standing::Verified => BillStanding::Verified,
            Standing::Quarantined => BillStanding::Quarantined,
            Standing::Replaced => BillStanding::Replaced,
        },
        rows,
        amount,
        net,
        certificate,
        file: import.name.clone(),
        imported_at: import.imported_at,
    })
}
