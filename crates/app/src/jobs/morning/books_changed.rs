//! Days that were compared and whose books changed since: a file that came later, by hand or into the folder.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::jobs::reconcile;
use crate::{Failure, MerchantRef};
use recondesk_domain::BillDate;
use recondesk_ports::{ImportRecord, Ports, RunRecord, StoreError};

/// The days of an import of orders or refunds, out of its stored facts; those of earlier versions name none.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Covered {
    days: Option<(BillDate, BillDate)>,
}

/// Days from `oldest` on whose last comparison knew other books than there are now.
pub(super) fn since_compared(
    ports: &Ports,
    MerchantRef { id, profile }: MerchantRef<'_>,
    runs: &[RunRecord],
    oldest: BillDate,
) -> Result<BTreeSet<BillDate>, Failure> {
    let mut out = BTreeSet::new();
    let runs: Vec<&RunRecord> = runs.iter().filter(|run| run.day >= oldest).collect();
    if runs.is_empty() {
        return Ok(out);
    }
    let imports = ports.books.imports(id)?;
    for run in runs {
        // Most files are about other days, and some say nothing new.
        let mut may_change = false;
        for import in imports.iter().filter(|one| one.imported_at >= run.made_at) {
            may_change = may_change || covers(import, run.day)?;
        }
        if may_change
            && reconcile::digest_now(ports, MerchantRef { id, profile }, run.day)? != run.digest
        {
            out.insert(run.day);
        }
    }
    Ok(out)
}

/// True when an import may have rows of a day.
fn covers(import: &ImportRecord, day: BillDate) -> Result<bool, StoreError> {
    Ok(match import.kind.as_str() {
        "orders" | "refunds" => {
            let covered: Covered = import.read_facts()?;
            covered
                .days
                .is_none_or(|(first, last)| (first..=last).contains(&day))
        }
        _ => import.day == Some(day),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use recondesk_domain::{Instant, ProfileId};
    use recondesk_ports::Standing;

    #[test]
    fn a_file_covers_the_days_of_its_rows_and_one_of_unknown_days_may_cover_any() {
        let day = |text: &str| BillDate::parse(text).unwrap();
        let import = |kind: &str, on: Option<&str>, facts: &str| ImportRecord {
            import: 1,
            profile: ProfileId(1),
            kind: kind.to_owned(),
            name: String::new(),
            sha256: [0; 32],
            bytes: 0,
            rows: 0,
            imported_at: Instant::from_unix(0),
            day: on.map(day),
            standing: Standing::Verified,
            facts: facts.to_owned(),
        };
        let covers = |import: ImportRecord, on| covers(&import, day(on)).unwrap();
        let days = r#"{"days":["2026-03-07","2026-03-08"]}"#;
        assert!(covers(import("orders", None, days), "2026-03-08"));
        assert!(!covers(import("refunds", None, days), "2026-03-09"));
        assert!(covers(
            import("orders", None, r#"{"good":3}"#),
            "2026-03-09"
        ));
        let bill = |on| import("bill.all", Some(on), "{}");
        assert!(covers(bill("2026-03-08"), "2026-03-08"));
        assert!(!covers(bill("2026-03-09"), "2026-03-08"));
    }
}
