//! Refunds that a bill calls under way (R04): each morning WeChat Pay is asked about them, until it is done with them.
//!
//! Nobody else does: a bill is a picture of its day, and of a refund that is closed later no other bill tells. The answers
//! are kept as evidence, and the day is compared again by them. It only asks, so it does so for read-only profiles, too.

use std::collections::BTreeSet;

use super::state::MorningMemory;
use super::{MOST_IN_A_ROW, MorningAsk};
use crate::jobs::backfill::PACE;
use crate::jobs::inquiry::QueryVerdict;
use crate::jobs::lookup::live::{self, LiveAnswer};
use crate::jobs::reconcile;
use crate::{Failure, FailureKind, MerchantRef, Reporter};
use recondesk_domain::{ApiVersion, BillDate, Category, ProfileId, SecretKind};
use recondesk_ports::{CaseQuery, CaseRecord, NumberKind, Ports};
use wechatpay_codec::v2::RefundState;

/// Questions of one morning for one merchant: far below every documented rate, and the rest waits for the next one.
const MOST_ASKED: usize = 20;
/// A refund is not asked about again before so many seconds: WeChat Pay takes days for some, and a scheduler starts
/// every half hour.
const REST_S: i64 = 3 * 3600;

/// What the questions of a morning brought.
#[derive(Debug, Clone, Default)]
pub struct RefundsAsked {
    /// Refunds that were asked about and answered.
    pub answered: u64,
    /// Of them those that WeChat Pay is done with: it succeeded, is closed, or did not arrive.
    pub settled: u64,
    /// Why the rest was left for the next morning.
    pub failure: Option<Failure>,
}

/// Asks about the open cases of refunds under way; the days whose result rests on another state by now come back.
///
/// # Errors
/// When the workspace fails or a person stopped it; what was heard stays.
pub(super) fn ask(
    ports: &Ports,
    merchant: MerchantRef<'_>,
    ask: &MorningAsk<'_>,
    state: &mut MorningMemory,
    reporter: &dyn Reporter,
) -> Result<(RefundsAsked, BTreeSet<BillDate>), Failure> {
    let cases = ports.records.cases(&CaseQuery {
        profile: Some(merchant.id),
        categories: vec![Category::RefundInFlight],
        ..CaseQuery::default()
    })?;
    let mut out = RefundsAsked::default();
    forget(state, &cases);
    if !cases.is_empty() && has_key(ports, merchant) {
        let asker = RefundAsker {
            ports,
            merchant,
            reporter,
        };
        asker.about(&cases, ask, state, &mut out)?;
    }
    let days = changed_days(ports, merchant, &cases)?;
    Ok((out, days))
}

/// Keeps of the memory what is about a case that is still open.
fn forget(state: &mut MorningMemory, cases: &[CaseRecord]) {
    let open: BTreeSet<&str> = cases.iter().map(number).collect();
    state
        .asked
        .retain(|number, _| open.contains(number.as_str()));
}

fn number(case: &CaseRecord) -> &str {
    case.finding.out_refund_no.as_str()
}

/// True where the key that signs questions can be read; a locked safe has none, and the bill's own failure says so.
fn has_key(ports: &Ports, merchant: MerchantRef<'_>) -> bool {
    let kind = match merchant.profile.api {
        ApiVersion::V2 => SecretKind::V2Key,
        ApiVersion::V3 => SecretKind::ClientKey,
    };
    ports
        .vault
        .get(merchant.id, kind)
        .is_ok_and(|key| key.is_some())
}

/// Whom is asked, and who may stop it.
struct RefundAsker<'a> {
    ports: &'a Ports,
    merchant: MerchantRef<'a>,
    reporter: &'a dyn Reporter,
}

impl RefundAsker<'_> {
    fn about(
        &self,
        cases: &[CaseRecord],
        ask: &MorningAsk<'_>,
        state: &mut MorningMemory,
        out: &mut RefundsAsked,
    ) -> Result<(), Failure> {
        let now = self.ports.clock.now();
        let settled = settled(self.ports, self.merchant.id)?;
        let mut due: Vec<(i64, &CaseRecord)> = cases
            .iter()
            .filter(|case| !number(case).is_empty() && !settled.contains(number(case)))
            .map(|case| {
                (
                    state.asked.get(number(case)).copied().unwrap_or(i64::MIN),
                    case,
                )
            })
            .filter(|(last, _)| now.unix().saturating_sub(*last) >= REST_S)
            .collect();
        // What was asked about longest ago is next.
        due.sort_by_key(|(last, case)| (*last, case.id));
        let mut in_a_row = 0;
        for (nth, (_, case)) in due.into_iter().take(MOST_ASKED).enumerate() {
            if self.reporter.cancelled() {
                return Err(Failure::cancelled());
            }
            if nth > 0 {
                (ask.pause)(PACE);
            }
            let asked = match self.one(case) {
                Ok(asked) => asked,
                Err(failure) => match failure.kind {
                    FailureKind::Workspace | FailureKind::Cancelled => return Err(failure),
                    FailureKind::Usage
                    | FailureKind::NotReady
                    | FailureKind::RefusedInput
                    | FailureKind::Gateway => {
                        out.failure = Some(failure);
                        return Ok(());
                    }
                },
            };
            if let Some(trouble) = asked.trouble() {
                in_a_row += 1;
                out.failure = Some(trouble.failure());
                if in_a_row >= MOST_IN_A_ROW {
                    return Ok(());
                }
                continue;
            }
            in_a_row = 0;
            state.asked.insert(number(case).to_owned(), now.unix());
            out.answered = out.answered.saturating_add(1);
            if matches!(asked.inquiry.verdict, QueryVerdict::Known(_)) {
                live::keep(self.ports, self.merchant.id, &asked)?;
                out.settled = out.settled.saturating_add(u64::from(settles(&asked, case)));
            }
        }
        Ok(())
    }

    fn one(&self, case: &CaseRecord) -> Result<LiveAnswer, Failure> {
        let order = case.finding.out_trade_no.as_str();
        let local = live::local_behind(self.ports, self.merchant.id, order)?;
        let what = (number(case), NumberKind::OutRefundNo);
        live::ask(
            self.ports,
            self.merchant,
            what,
            local,
            &self.reporter.token(),
        )
    }
}

/// True when an answer says that WeChat Pay is done with the refund of a case.
fn settles(asked: &LiveAnswer, case: &CaseRecord) -> bool {
    let Some(Ok(lines)) = &asked.inquiry.refunds else {
        return false;
    };
    let mut of_case = lines
        .iter()
        .filter(|line| line.out_refund_no == number(case));
    of_case.any(|line| is_settled(&line.state))
}

const fn is_settled(state: &RefundState) -> bool {
    match state {
        RefundState::Success | RefundState::Closed | RefundState::Abnormal => true,
        RefundState::Processing | RefundState::Unknown(_) => false,
    }
}

/// Refunds of which a final word is known, however it came.
fn settled(ports: &Ports, id: ProfileId) -> Result<BTreeSet<String>, Failure> {
    let words = ports.records.refund_words(id)?;
    let settled = words
        .into_iter()
        .filter(|word| is_settled(&RefundState::parse(&word.state)));
    Ok(settled.map(|word| word.out_refund_no).collect())
}

/// Days of these cases whose comparison would rest on another state of a refund than it did.
fn changed_days(
    ports: &Ports,
    merchant: MerchantRef<'_>,
    cases: &[CaseRecord],
) -> Result<BTreeSet<BillDate>, Failure> {
    let settled = settled(ports, merchant.id)?;
    let told = cases.iter().filter(|case| settled.contains(number(case)));
    let days: BTreeSet<BillDate> = told.flat_map(|case| [case.day, case.opened_on]).collect();
    let mut out = BTreeSet::new();
    for day in days {
        let Some(run) = ports.records.current_run(merchant.id, day)? else {
            continue;
        };
        if reconcile::digest_now(ports, merchant, day)? != run.digest {
            out.insert(day);
        }
    }
    Ok(out)
}
