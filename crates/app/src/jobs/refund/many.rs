//! Many refunds one after another: each is carried on by itself, and between them the distance is kept that WeChat Pay
//! asks for.

use std::time::Duration;

use super::carry_on::{Carried, RefundPace, carry_on, confirm};
use crate::{Failure, FailureKind};
use recondesk_casework::RefundStage;
use recondesk_ports::{Ports, RefundRecord};

/// Of orders older than a month 5,000 a minute are taken, of others 150 a second.
const BETWEEN: Duration = Duration::from_millis(13);
/// Of those that fail, six a second.
const AFTER_FAILURE: Duration = Duration::from_millis(200);
/// Where that was too often, nothing is taken for a minute.
const AFTER_TOO_MANY: Duration = Duration::from_mins(1);
/// The codes that say so.
const TOO_MANY: [&str; 3] = [
    "FREQUENCY_LIMITED",
    "INVALID_REQ_TOO_MUCH",
    "RATELIMIT_EXCEEDED",
];
/// A wish to stop is heard so often while time passes.
const PIECE: Duration = Duration::from_millis(500);

/// Confirms these refunds in the name of a person and carries each on, telling how many are done before each of them
/// and at the end. A workspace that fails ends it; trouble with one refund does not keep the others waiting.
pub fn send_each(
    ports: &Ports,
    records: Vec<RefundRecord>,
    actor: &str,
    pace: &RefundPace<'_>,
    tell: &mut dyn FnMut(usize, usize),
) -> Vec<Carried> {
    let confirmed = |record: RefundRecord| confirm(ports, &record, record.refund.amount, actor);
    each(ports, records, pace, tell, &confirmed)
}

/// How each of many is made ready to be carried on.
type Ready<'a> = &'a dyn Fn(RefundRecord) -> Result<RefundRecord, Failure>;

/// Carries each on, once it is ready.
pub(super) fn each(
    ports: &Ports,
    records: Vec<RefundRecord>,
    pace: &RefundPace<'_>,
    tell: &mut dyn FnMut(usize, usize),
    ready: Ready<'_>,
) -> Vec<Carried> {
    let all = records.len();
    let mut out: Vec<Carried> = Vec::with_capacity(all);
    let mut free_ms = 0;
    for record in records {
        tell(out.len(), all);
        wait_until(ports, free_ms, pace);
        if pace.cancel.is_cancelled() {
            return out;
        }
        let before = record.clone();
        let began_ms = ports.clock.steady_ms();
        let carried = match ready(record).and_then(|record| carry_on(ports, record, pace)) {
            Ok(carried) => carried,
            Err(failure) => Carried {
                // It may have been sent by then: what is on disk counts.
                record: ports
                    .casework
                    .refund(before.id)
                    .ok()
                    .flatten()
                    .unwrap_or(before),
                trouble: Some(failure),
            },
        };
        let distance = distance_after(&carried);
        free_ms = match distance {
            AFTER_TOO_MANY => ports.clock.steady_ms(),
            _ => began_ms,
        };
        free_ms = free_ms.saturating_add(millis(distance));
        let is_over = is_of_workspace(&carried);
        out.push(carried);
        if is_over {
            return out;
        }
    }
    tell(out.len(), all);
    out
}

/// True where the workspace itself failed, so that nothing can be written down any more.
pub(super) fn is_of_workspace(carried: &Carried) -> bool {
    let trouble = carried.trouble.as_ref();
    trouble.is_some_and(|failure| failure.kind == FailureKind::Workspace)
}

/// How long after this one the next may go out.
fn distance_after(carried: &Carried) -> Duration {
    use RefundStage as S;
    let refund = &carried.record.refund;
    let is_refused = matches!(
        refund.stage,
        S::Confirmed | S::Rejected | S::Sent | S::Unknown
    );
    let trouble = carried.trouble.as_ref();
    let said = |code: &&str| {
        let detail = trouble.map_or("", |failure| failure.detail.as_str());
        carried.record.last_words.contains(*code) || detail.contains(*code)
    };
    if is_refused && TOO_MANY.iter().any(said) {
        return AFTER_TOO_MANY;
    }
    let has_failed = is_refused && refund.sends > 0
        || trouble.is_some_and(|failure| failure.kind == FailureKind::Gateway);
    if has_failed { AFTER_FAILURE } else { BETWEEN }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Lets time pass, in pieces, until the next may go out.
fn wait_until(ports: &Ports, free_ms: u64, pace: &RefundPace<'_>) {
    let left = free_ms.saturating_sub(ports.clock.steady_ms());
    let mut left = Duration::from_millis(left);
    while !left.is_zero() && !pace.cancel.is_cancelled() {
        let piece = left.min(PIECE);
        (pace.pause)(piece);
        left = left.saturating_sub(piece);
    }
}
