//! Many cases at once, for the window and the terminal: which they are and how much is at stake, then one after the
//! other, each with its result. A wish to stop is heard before each case; what was done by then stays done.

use std::collections::HashMap;

use super::decisions::{self, Decided};
use super::payout::ways_of;
use super::refund::{profile_of, proposed};
use super::views::Views;
use crate::model::{BulkAsk, BulkKind, BulkLine, BulkOutcome, BulkShare, BulkSummary, Decision};
use crate::{Failure, Message, Progress, Reporter, Step, Surface};
use recondesk_casework::ReissueWay;
use recondesk_domain::{CaseStatus, Fen, PersonalData, ProfileId, Tag};
use recondesk_ports::{CaseQuery, CaseRecord, Ports};

/// What is done to each case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseDeed {
    /// A decision.
    Decide(Decision),
    /// A note.
    Comment(String),
    /// Taking the last decision back, and why.
    Undo(String),
}

/// Sum at stake of these cases; `None` when no number holds it.
#[must_use]
pub fn at_stake(cases: &[CaseRecord]) -> Option<Fen> {
    let mut stakes = cases.iter().map(|case| case.finding.at_stake());
    stakes.try_fold(Fen::ZERO, Fen::checked_add)
}

/// The cases of a list, or the chosen ones of it, and what they are together.
///
/// # Errors
/// When the workspace cannot be read.
pub fn summary(ports: &Ports, ask: &BulkAsk) -> Result<BulkSummary, Failure> {
    let views = Views {
        records: ports.records.as_ref(),
        books: ports.books.as_ref(),
        now: ports.clock.now(),
        personal: PersonalData::Masked,
    };
    let (list, _) = views.cases(&ask.filter)?;
    let ids: Vec<u64> = match &ask.ids {
        None => list.ids,
        Some(chosen) => {
            let chosen: std::collections::HashSet<u64> = chosen.iter().copied().collect();
            let listed = list.ids.into_iter();
            listed.filter(|id| chosen.contains(id)).collect()
        }
    };
    let cases = by_ids(ports, &ids)?;
    let mut states: Vec<(CaseStatus, u64)> = Vec::new();
    for case in &cases {
        match states.iter_mut().find(|(known, _)| *known == case.status) {
            Some((_, n)) => *n = n.saturating_add(1),
            None => states.push((case.status, 1)),
        }
    }
    let reissues = share(&cases, may_be_reissued);
    let shops: std::collections::BTreeSet<ProfileId> = cases
        .iter()
        .filter(|case| may_be_reissued(case))
        .map(|case| case.profile)
        .collect();
    let mut ways = vec![
        ReissueWay::Notification,
        ReissueWay::Webhook,
        ReissueWay::List,
    ];
    for shop in shops {
        let known = ways_of(&profile_of(ports, shop)?);
        ways.retain(|way| known.contains(way));
    }
    Ok(BulkSummary {
        ids: ids.into(),
        at_stake: at_stake(&cases),
        states,
        refunds: share(&cases, may_be_refunded),
        reissues,
        ways,
        bulk_over: ports.casework.thresholds()?.bulk_over,
    })
}

/// Those of the cases to which it applies.
fn share(cases: &[CaseRecord], applies: fn(&CaseRecord) -> bool) -> BulkShare {
    let of: Vec<&CaseRecord> = cases.iter().filter(|case| applies(case)).collect();
    let mut stakes = of.iter().map(|case| case.finding.at_stake());
    BulkShare {
        at_stake: stakes.try_fold(Fen::ZERO, Fen::checked_add),
        ids: of
            .iter()
            .filter_map(|case| u64::try_from(case.id.0).ok())
            .collect(),
    }
}

/// True for an open case that nothing moves for, and that no second person is asked about.
fn is_free(case: &CaseRecord) -> bool {
    !case.status.is_closed()
        && !matches!(case.status, CaseStatus::Executing | CaseStatus::Proposed)
        && !case.finding.out_trade_no.as_str().is_empty()
}

/// True where money may go back for a case; what WeChat Pay says of its order is asked before it does.
fn may_be_refunded(case: &CaseRecord) -> bool {
    is_free(case) && proposed(&case.finding, case.finding.at_stake()).is_ok()
}

/// True where goods may go out for a case; what WeChat Pay says of its order is asked before they do.
fn may_be_reissued(case: &CaseRecord) -> bool {
    is_free(case)
        && case.finding.category.action().delivers()
        && !case.finding.tags.contains(&Tag::Hold)
}

/// The cases with these numbers, in their order; one that is gone is left out.
///
/// # Errors
/// When the workspace cannot be read.
pub fn by_ids(ports: &Ports, ids: &[u64]) -> Result<Vec<CaseRecord>, Failure> {
    let all = ports.records.cases(&CaseQuery {
        closed_too: true,
        ..CaseQuery::default()
    })?;
    let mut by_id: HashMap<u64, CaseRecord> = all
        .into_iter()
        .filter_map(|case| Some((u64::try_from(case.id.0).ok()?, case)))
        .collect();
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}

/// Does it to each case, one after the other.
#[must_use]
pub fn carry_out(
    ports: &Ports,
    cases: &[CaseRecord],
    (deed, actor, surface): (&CaseDeed, &str, Surface),
    reporter: &dyn Reporter,
) -> BulkOutcome {
    let mut lines = Vec::with_capacity(cases.len());
    let together = u32::try_from(cases.len()).unwrap_or(u32::MAX);
    for case in cases {
        if reporter.cancelled() {
            break;
        }
        reporter.progress(Progress {
            step: Step::Decide,
            done: count(lines.len()),
            total: Some(count(cases.len())),
        });
        let done = one(ports, case, (deed, together), (actor, surface));
        lines.push(BulkLine {
            id: case.id.0,
            key: case.key.clone(),
            number: super::views::number_of(&case.finding).to_owned(),
            waits: done.as_ref().is_ok_and(|done| done.waits),
            is_under_way: false,
            result: done.map(|done| done.said),
        });
    }
    BulkOutcome {
        kind: BulkKind::Decided,
        left: count(cases.len().saturating_sub(lines.len())),
        lines,
    }
}

fn one(
    ports: &Ports,
    case: &CaseRecord,
    (deed, together): (&CaseDeed, u32),
    (actor, surface): (&str, Surface),
) -> Result<Decided, Failure> {
    let place = (case.profile, case.key.as_str());
    let said = match deed {
        CaseDeed::Decide(decision) => {
            let decision = (decision.clone(), together);
            return decisions::decide_one_of(ports, place, decision, (actor, surface));
        }
        CaseDeed::Undo(why) => decisions::take_back(ports, place, why, actor)?,
        CaseDeed::Comment(text) => {
            decisions::note(ports, place, text.trim().to_owned(), actor)?;
            Message::new("已记下", "Noted")
        }
    };
    Ok(Decided { said, waits: false })
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
