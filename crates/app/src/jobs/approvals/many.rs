//! Everything that waits and that one person may decide about: how many and how much first, then one after the other,
//! each with its result. What somebody asked for himself is never among it.

use super::{asked, judge, judged_words};
use crate::model::{Approvals, BulkKind, BulkLine, BulkOutcome, WaitingApproval};
use crate::{Failure, Progress, Reporter, Step};
use recondesk_casework::Judgement;
use recondesk_domain::Fen;
use recondesk_ports::{ApprovalId, Ports};

/// What waits, as one person sees it.
#[derive(Debug, Clone, Default)]
pub struct OpenApprovals<'a> {
    /// What that person may decide about, oldest first.
    pub theirs: Vec<&'a WaitingApproval>,
    /// How many that person asked for: somebody else decides about them.
    pub own: u64,
    /// What theirs are about together; `None` when no number holds it.
    pub sum: Option<Fen>,
}

impl<'a> OpenApprovals<'a> {
    /// Parts what waits for a person.
    #[must_use]
    pub fn to(checker: &str, all: &'a Approvals) -> Self {
        let is_own = |one: &&WaitingApproval| one.asked.maker == checker;
        let (own, theirs): (Vec<_>, Vec<_>) = all.iter().partition(is_own);
        let mut sums = theirs.iter().filter_map(|one| one.sum);
        let sum = sums.try_fold(Fen::ZERO, Fen::checked_add);
        Self {
            own: count(own.len()),
            sum,
            theirs,
        }
    }

    /// Their numbers.
    #[must_use]
    pub fn ids(&self) -> Vec<ApprovalId> {
        self.theirs.iter().map(|one| one.asked.id).collect()
    }
}

/// A second person's decision.
#[derive(Debug, Clone, Copy)]
pub struct SecondPerson<'a> {
    /// What is decided.
    pub judgement: Judgement,
    /// By whom.
    pub checker: &'a str,
}

/// A second person decides about one thing that waits; what it was about is told.
///
/// # Errors
/// As [`judge`].
pub fn judge_one(ports: &Ports, id: ApprovalId, by: SecondPerson<'_>) -> Result<BulkLine, Failure> {
    // What it is about is read first: the decision may move it on.
    let waiting = asked(ports, id)?;
    let SecondPerson { judgement, checker } = by;
    let result = judge(ports, id, judgement, checker);
    Ok(BulkLine {
        id: id.0,
        key: waiting.asked.subject.clone(),
        number: waiting.number.clone(),
        result: result.map(|_| judged_words(&waiting, judgement, checker)),
        waits: false,
        is_under_way: false,
    })
}

/// Decides about each of these, in order; a wish to stop is heard before each.
///
/// # Errors
/// When the workspace fails. What was decided by then stands.
pub fn judge_each(
    ports: &Ports,
    ids: &[ApprovalId],
    by: SecondPerson<'_>,
    reporter: &dyn Reporter,
) -> Result<BulkOutcome, Failure> {
    let mut lines = Vec::with_capacity(ids.len());
    for id in ids {
        if reporter.cancelled() {
            break;
        }
        reporter.progress(Progress {
            step: Step::Decide,
            done: count(lines.len()),
            total: Some(count(ids.len())),
        });
        lines.push(judge_one(ports, *id, by)?);
    }
    Ok(BulkOutcome {
        kind: BulkKind::Judged,
        left: count(ids.len().saturating_sub(lines.len())),
        lines,
    })
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
