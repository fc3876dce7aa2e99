//! Many cases at once, for the window and the terminal: which they are and how much is at stake, then some hundred at a
//! time, each with its result. A wish to stop is heard before each hundred; what was done by then stays done.

use std::collections::HashSet;

use super::decisions::{self, asked_words};
use super::payout::ways_of;
use super::refund::{profile_of, proposed};
use super::views::Views;
use crate::model::{BulkAsk, BulkKind, BulkLine, BulkOutcome, BulkShare, BulkSummary, Decision};
use crate::{Failure, Message, Progress, Reporter, Step, Surface};
use recondesk_casework::ReissueWay;
use recondesk_domain::{CaseStatus, Fen, PersonalData, ProfileId, Tag};
use recondesk_ports::{Author, CaseId, CaseRecord, CaseRef, CaseStep, CaseSteps, Ports};

/// Cases that are stored in one transaction: the disk is flushed once for them.
const TOGETHER: usize = 100;

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

/// The cases of a list, or the chosen ones of it, and what they are together, as of now.
///
/// # Errors
/// When the workspace cannot be read.
pub fn summary(ports: &Ports, ask: &BulkAsk) -> Result<BulkSummary, Failure> {
    // Before the cases: a change between the two was not seen for certain.
    let seen = ports.records.last_case_event()?;
    let views = Views {
        records: ports.records.as_ref(),
        books: ports.books.as_ref(),
        now: ports.clock.now(),
        personal: PersonalData::Masked,
    };
    let mut cases = views.listed_cases(&ask.filter)?;
    if let Some(chosen) = &ask.ids {
        let chosen: HashSet<u64> = chosen.iter().copied().collect();
        cases.retain(|case| number(case).is_some_and(|id| chosen.contains(&id)));
    }
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
        ids: cases.iter().filter_map(number).collect(),
        at_stake: at_stake(&cases),
        states,
        refunds: share(&cases, may_be_refunded),
        reissues,
        ways,
        bulk_over: ports.casework.thresholds()?.bulk_over,
        seen,
    })
}

/// Those of the cases to which it applies.
fn share(cases: &[CaseRecord], applies: fn(&CaseRecord) -> bool) -> BulkShare {
    let of: Vec<&CaseRecord> = cases.iter().filter(|case| applies(case)).collect();
    let mut stakes = of.iter().map(|case| case.finding.at_stake());
    BulkShare {
        at_stake: stakes.try_fold(Fen::ZERO, Fen::checked_add),
        ids: of.iter().filter_map(|case| number(case)).collect(),
    }
}

/// True for an open case that nothing moves for, and that no second person is asked about.
fn is_free(case: &CaseRecord) -> bool {
    !case.status.is_closed()
        && !matches!(case.status, CaseStatus::Executing | CaseStatus::Proposed)
        && !case.finding.out_trade_no.as_str().is_empty()
}

/// True where money may go back for a case; what WeChat Pay says of its order is asked before it does. What waits for
/// the other side of midnight or agrees by another measure can be refunded alone, and never among many.
fn may_be_refunded(case: &CaseRecord) -> bool {
    is_free(case)
        && case.finding.category.severity().needs_person()
        && proposed(&case.finding, case.finding.at_stake()).is_ok()
}

/// True where goods may go out for a case; what WeChat Pay says of its order is asked before they do.
fn may_be_reissued(case: &CaseRecord) -> bool {
    is_free(case)
        && case.finding.category.action().delivers()
        && !case.finding.tags.contains(&Tag::Hold)
}

/// The number by which the window knows a case.
fn number(case: &CaseRecord) -> Option<u64> {
    u64::try_from(case.id.0).ok()
}

/// The cases with these numbers, in their order; one that is gone is left out.
///
/// # Errors
/// When the workspace cannot be read.
pub fn by_ids(ports: &Ports, ids: &[u64]) -> Result<Vec<CaseRecord>, Failure> {
    let ids = ids.iter().filter_map(|id| i64::try_from(*id).ok());
    let ids: Vec<CaseId> = ids.map(CaseId).collect();
    Ok(ports.records.cases_by_id(&ids)?)
}

/// Who does it, where, and which change of any case was the last that was seen before; nothing where what is found now
/// is judged.
#[derive(Debug, Clone, Copy)]
pub struct BulkActor<'a> {
    /// The name it is kept under.
    pub name: &'a str,
    /// Where its results are read.
    pub surface: Surface,
    /// What somebody else changed since is left as it is.
    pub seen: Option<i64>,
}

/// Does it to each case, in order.
#[must_use]
pub fn carry_out(
    ports: &Ports,
    cases: &[CaseRecord],
    deed: &CaseDeed,
    by: BulkActor<'_>,
    reporter: &dyn Reporter,
) -> BulkOutcome {
    let mut lines = Vec::with_capacity(cases.len());
    let together = u32::try_from(cases.len()).unwrap_or(u32::MAX);
    for batch in cases.chunks(TOGETHER) {
        if reporter.cancelled() {
            break;
        }
        reporter.progress(Progress {
            step: Step::Decide,
            done: count(lines.len()),
            total: Some(count(cases.len())),
        });
        let (mut steps, said) = steps_of(deed, Author::new(by.name, ports.clock.now()), together);
        for step in &mut steps {
            step.seen = by.seen;
        }
        let results = match owner_known(ports, deed) {
            Ok(()) => store(ports, batch, &steps),
            Err(failure) => vec![Err(failure); batch.len()],
        };
        let asked = asked(ports, batch, deed, by.surface);
        for ((case, result), asked) in batch.iter().zip(results).zip(asked) {
            let done = result.and(asked);
            lines.push(BulkLine {
                id: case.id.0,
                key: case.key.clone(),
                number: super::views::number_of(&case.finding).to_owned(),
                waits: done.as_ref().is_ok_and(Option::is_some),
                is_under_way: false,
                result: done.map(|asked| asked.unwrap_or_else(|| said.clone())),
            });
        }
    }
    BulkOutcome {
        kind: BulkKind::Decided,
        left: count(cases.len().saturating_sub(lines.len())),
        lines,
    }
}

/// The steps of a deed on each case, and what is said when they are done.
fn steps_of(deed: &CaseDeed, author: Author<'_>, together: u32) -> (Vec<CaseStep>, Message) {
    match deed {
        CaseDeed::Decide(decision) => decisions::steps(decision.clone(), author, together),
        CaseDeed::Undo(why) => {
            let (step, said) = decisions::undo_step(why, author);
            (vec![step], said)
        }
        CaseDeed::Comment(text) => {
            let step = decisions::note_step(text.trim().to_owned(), author);
            (vec![step], Message::new("已记下", "Noted"))
        }
    }
}

fn owner_known(ports: &Ports, deed: &CaseDeed) -> Result<(), Failure> {
    match deed {
        CaseDeed::Decide(decision) => decisions::check_owner(ports, decision),
        CaseDeed::Comment(_) | CaseDeed::Undo(_) => Ok(()),
    }
}

fn store(ports: &Ports, batch: &[CaseRecord], steps: &[CaseStep]) -> Vec<Result<(), Failure>> {
    let one = |case: &CaseRecord| CaseSteps {
        case: case.id,
        steps: steps.to_vec(),
    };
    let all: Vec<CaseSteps> = batch.iter().map(one).collect();
    let results = ports.records.step_cases(&all).into_iter();
    results
        .map(|result| result.map_err(|error| decisions::refusal(error, steps)))
        .collect()
}

/// What is said of each case where a second person must agree now.
fn asked(
    ports: &Ports,
    batch: &[CaseRecord],
    deed: &CaseDeed,
    surface: Surface,
) -> Vec<Result<Option<Message>, Failure>> {
    let CaseDeed::Decide(decision) = deed else {
        return vec![Ok(None); batch.len()];
    };
    let places: Vec<_> = batch
        .iter()
        .map(|case| CaseRef::new(case.profile, case.key.as_str()))
        .collect();
    match asked_words(ports, &places, decision, surface) {
        Ok(words) => words.into_iter().map(Ok).collect(),
        Err(failure) => vec![Err(failure); batch.len()],
    }
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
