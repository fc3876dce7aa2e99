//! From the ledger to the outcome: the figures, and the proof that every row is in one category.

use recondesk_domain::{Category, Fen};

use super::ledger::{ByCategory, KindTally, Ledger, RowKind};
use super::{
    BookSummary, CategoryLine, CountedSum, DayInput, DifferenceTerm, NetSettlement, PoolRoll,
    ReconcileError, RunIdentity,
};

/// The figures of one book kind.
pub(super) fn book_summary(tally: &KindTally) -> Result<BookSummary, ReconcileError> {
    let mut out = BookSummary::default();
    for category in Category::all() {
        let wechat = tally.wechat.of(category);
        let merchant = tally.merchant.of(category);
        let carried = tally.carried.of(category);
        let findings = tally.findings.of(category);
        let all = [wechat, merchant, carried, findings];
        if all.iter().all(|sums| sums.count == 0) {
            continue;
        }
        out.lines.push(CategoryLine {
            category,
            wechat,
            merchant,
            carried,
            findings: findings.count,
            at_stake: findings.fen,
        });
        let due = if category == Category::Unpaid {
            CountedSum::default()
        } else {
            merchant
        };
        out.wechat.join(wechat)?;
        out.merchant.join(due)?;
        let difference = wechat
            .fen
            .checked_sub(due.fen)
            .ok_or(ReconcileError::Overflow)?;
        if difference != Fen::ZERO {
            out.difference.push(DifferenceTerm {
                category,
                fen: difference,
            });
        }
    }
    Ok(out)
}

/// Findings of the day as a whole, which are no rows of a book.
pub(super) fn day_lines(findings: &ByCategory) -> Vec<CategoryLine> {
    let line = |category| CategoryLine {
        category,
        wechat: CountedSum::default(),
        merchant: CountedSum::default(),
        carried: CountedSum::default(),
        findings: findings.of(category).count,
        at_stake: findings.of(category).fen,
    };
    let lines = Category::all().map(line);
    lines.filter(|line| line.findings > 0).collect()
}

/// Collects identities; those that only a fault of the program can break fail the run.
#[derive(Default)]
pub(super) struct RunProof {
    pub(super) identities: Vec<RunIdentity>,
}

impl RunProof {
    fn note(&mut self, id: &str, subject: &str, expected: i64, actual: i64) {
        self.identities.push(RunIdentity {
            id: id.to_owned(),
            subject: subject.to_owned(),
            expected,
            actual,
        });
    }

    fn demand(
        &mut self,
        id: &'static str,
        subject: &str,
        expected: i64,
        actual: i64,
    ) -> Result<(), ReconcileError> {
        self.note(id, subject, expected, actual);
        if expected == actual {
            Ok(())
        } else {
            Err(ReconcileError::Unbalanced {
                identity: id,
                expected,
                actual,
            })
        }
    }

    /// I14 for both books of one kind, in rows and in fen.
    pub(super) fn conservation(
        &mut self,
        kind: &str,
        tally: &KindTally,
    ) -> Result<(), ReconcileError> {
        let sides = [
            ("wechat", &tally.wechat, tally.seen_wechat),
            ("merchant", &tally.merchant, tally.seen_merchant),
        ];
        for (side, placed, seen) in sides {
            let sum = placed.total()?;
            let count = format!("{side}.{kind}.count");
            self.demand("I14", &count, number(seen.count), number(sum.count))?;
            let fen = format!("{side}.{kind}.fen");
            self.demand("I14", &fen, seen.fen.get(), sum.fen.get())?;
        }
        Ok(())
    }

    /// I15 for every kind and side of the pool.
    pub(super) fn roll_forward(&mut self, rolls: &[PoolRoll]) -> Result<(), ReconcileError> {
        for roll in rolls {
            let mut income = roll.opening;
            income.join(roll.new)?;
            let mut rest = roll.cleared;
            rest.join(roll.expired)?;
            rest.join(roll.closing)?;
            let subject = format!("pool.{:?}.{:?}", roll.kind, roll.side).to_lowercase();
            let count = format!("{subject}.count");
            self.demand("I15", &count, number(income.count), number(rest.count))?;
            let fen = format!("{subject}.fen");
            self.demand("I15", &fen, income.fen.get(), rest.fen.get())?;
        }
        Ok(())
    }

    /// I6, from the sums of the rows; checked so that the figure on the screen is the one proven.
    pub(super) fn settlement(&mut self, net: &mut NetSettlement) -> Result<(), ReconcileError> {
        let units = |fen: Fen| fen.get().checked_mul(recondesk_domain::Fee::UNITS_PER_FEN);
        net.net = net
            .settled
            .checked_sub(net.reversed)
            .and_then(units)
            .zip(units(net.refunded))
            .and_then(|(settled, refunded)| settled.checked_sub(refunded)?.checked_sub(net.fees))
            .ok_or(ReconcileError::Overflow)?;
        self.note("I6", "net", net.net, net.net);
        Ok(())
    }

    /// I16: how many orders have more refunded than paid; expected none.
    pub(super) fn over_refunds(&mut self, orders: i64) {
        self.note("I16", "orders", 0, orders);
    }
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Compares what arrived with what the certificate of the bill counts.
pub(super) fn same_rows(input: &DayInput, ledger: &Ledger<'_>) -> Result<(), ReconcileError> {
    let Some(bill) = input.bill.filter(|bill| bill.verified) else {
        return Ok(());
    };
    let pays = ledger.tally(RowKind::Pay).seen_wechat;
    let refunds = ledger.tally(RowKind::Refund).seen_wechat;
    for (what, expected, actual) in [
        ("payment rows", number(bill.pays), number(pays.count)),
        ("refund rows", number(bill.refunds), number(refunds.count)),
        ("fen paid", bill.paid.get(), pays.fen.get()),
        ("fen refunded", bill.refunded.get(), refunds.fen.get()),
    ] {
        if expected != actual {
            return Err(ReconcileError::OtherRows {
                what,
                expected,
                actual,
            });
        }
    }
    Ok(())
}
