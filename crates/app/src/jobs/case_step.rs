//! What is to be done about a case now: nothing once it is over, what is under way while something is, else what its
//! finding suggests. Lists, exports, reports and the window propose from here.

use std::collections::HashMap;

use crate::jobs::refund::state_words;
use crate::{Failure, Message};
use recondesk_casework::{RefundStage, ReissueStage};
use recondesk_domain::{CaseStatus, Fen, ProfileId, SuggestedAction};
use recondesk_ports::{CaseRecord, Casework, RefundQuery, RefundRecord, ReissueRecord};

/// The next step of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseNextStep {
    /// By its stable word.
    pub action: SuggestedAction,
    /// As it is told.
    pub words: Message,
}

impl CaseNextStep {
    fn new(action: SuggestedAction, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            action,
            words: Message::new(zh, en),
        }
    }

    fn plain(action: SuggestedAction) -> Self {
        Self::new(action, action.zh(), action.en())
    }
}

/// The step of a case in a state, whose finding suggests `action`, beside what was begun for it, oldest first.
#[must_use]
pub fn case_step<'r>(
    status: CaseStatus,
    action: SuggestedAction,
    refunds: impl IntoIterator<Item = &'r RefundRecord> + Clone,
    reissues: impl IntoIterator<Item = &'r ReissueRecord>,
) -> CaseNextStep {
    if status.is_closed() {
        return CaseNextStep::plain(SuggestedAction::None);
    }
    let newest = refunds.clone().into_iter().filter_map(open_refund).last();
    let reissued = || reissues.into_iter().filter_map(begun_reissue).last();
    if let Some(step) = newest.or_else(reissued) {
        return step;
    }
    if status == CaseStatus::Proposed {
        return CaseNextStep::new(
            SuggestedAction::Wait,
            "已提请忽略，等第二人复核",
            "Proposed to be left, a second person decides",
        );
    }
    paid_back(action, refunds).unwrap_or_else(|| CaseNextStep::plain(action))
}

/// What a refund that is not at its end asks for.
fn open_refund(known: &RefundRecord) -> Option<CaseNextStep> {
    let (sum, state) = (known.refund.amount.grouped(), state_words(known));
    Some(match known.refund.stage {
        RefundStage::Drafted | RefundStage::Confirmed => CaseNextStep::new(
            SuggestedAction::Review,
            format!("退款 ¥{sum} {}：先了结这笔退款，不发货，也不另退", state.zh),
            format!(
                "Refund of ¥{sum}, {}: settle it first, neither deliver nor refund again",
                state.en.to_lowercase()
            ),
        ),
        RefundStage::Listed | RefundStage::Sent | RefundStage::Unknown | RefundStage::Accepted => {
            CaseNextStep::new(
                SuggestedAction::Poll,
                "先跟进进行中的退款，不发货，也不另退",
                "Follow the refund under way up first, neither deliver nor refund again",
            )
        }
        RefundStage::Abnormal => CaseNextStep::plain(SuggestedAction::ApplyAbnormal),
        RefundStage::Rejected => CaseNextStep::new(
            SuggestedAction::Review,
            format!("退款 ¥{sum} 没有被受理：改正后用同一单号再发，或撤回"),
            format!(
                "Refund of ¥{sum} was not accepted: correct it and send it again, or withdraw it"
            ),
        ),
        RefundStage::Done | RefundStage::Closed | RefundStage::Withdrawn => return None,
    })
}

/// What a reissue that stands asks for.
pub(super) fn begun_reissue(known: &ReissueRecord) -> Option<CaseNextStep> {
    Some(match known.stage {
        ReissueStage::Begun => CaseNextStep::new(
            SuggestedAction::Review,
            "补发货已登记，还没有交给商城：再次补发货，或撤回",
            "A reissue is written down and not with the shop yet: reissue once more, or withdraw it",
        ),
        ReissueStage::Sent | ReissueStage::Waiting => CaseNextStep::new(
            SuggestedAction::Wait,
            "补发货已交商城，等发货证实",
            "The shop was told to deliver, wait for proof of delivery",
        ),
        ReissueStage::Refused => CaseNextStep::new(
            SuggestedAction::Review,
            "商城拒绝了补发货：改正后再次补发货，或撤回后退款",
            "The shop refused the reissue: correct it and reissue once more, or withdraw it and refund",
        ),
        ReissueStage::Proven => CaseNextStep::new(
            SuggestedAction::Review,
            "已证实发货：不再发货，也不退款",
            "Delivery is proven: neither deliver again nor refund",
        ),
        ReissueStage::Withdrawn => return None,
    })
}

/// Where money went back from here and the case is still open: never goods, and no more money than is left.
fn paid_back<'r>(
    action: SuggestedAction,
    refunds: impl IntoIterator<Item = &'r RefundRecord>,
) -> Option<CaseNextStep> {
    if !(action.moves_money() || action.delivers()) {
        return None;
    }
    let (mut back, mut total) = (Fen::ZERO, Fen::ZERO);
    for known in refunds {
        if known.refund.stage == RefundStage::Done {
            back = back.checked_add(known.refund.amount)?;
            total = total.max(known.draft.total);
        }
    }
    if back <= Fen::ZERO {
        return None;
    }
    let left = total.checked_sub(back)?;
    if left <= Fen::ZERO {
        return Some(CaseNextStep::new(
            SuggestedAction::Review,
            "已全额退款：复核后关闭，不发货，也不另退",
            "Refunded in full: review it and close it, neither deliver nor refund again",
        ));
    }
    let (back, left) = (back.grouped(), left.grouped());
    Some(CaseNextStep::new(
        SuggestedAction::RefundAgain,
        format!("已退 ¥{back}，尚欠 ¥{left}：不发货，退还其余"),
        format!("¥{back} went back, ¥{left} is left: do not deliver, refund the rest"),
    ))
}

/// What was begun here for the cases of a list, read once.
#[derive(Debug, Default)]
pub struct CasePayouts {
    refunds: Vec<RefundRecord>,
    reissues: Vec<ReissueRecord>,
    refunds_of: HashMap<(ProfileId, String), Vec<usize>>,
    reissues_of: HashMap<(ProfileId, String), Vec<usize>>,
}

impl CasePayouts {
    /// Reads what counts: of one merchant, or of all.
    ///
    /// # Errors
    /// When the workspace cannot be read.
    pub fn read(casework: &dyn Casework, profile: Option<ProfileId>) -> Result<Self, Failure> {
        let mut out = Self::default();
        let stages = RefundStage::all().filter(|stage| stage.holds_case());
        out.refunds = casework.refunds(&RefundQuery {
            profile,
            stages: stages.collect(),
            ..RefundQuery::default()
        })?;
        out.reissues = casework.reissues(profile)?;
        for (at, known) in out.refunds.iter().enumerate() {
            let draft = &known.draft;
            for name in names(&draft.case_key, &draft.out_trade_no) {
                out.refunds_of
                    .entry((draft.profile, name))
                    .or_default()
                    .push(at);
            }
        }
        for (at, known) in out.reissues.iter().enumerate() {
            let draft = &known.draft;
            for name in names(&draft.case_key, &draft.out_trade_no) {
                out.reissues_of
                    .entry((draft.profile, name))
                    .or_default()
                    .push(at);
            }
        }
        Ok(out)
    }

    /// The step of a case, beside all that was begun for it or for its order.
    #[must_use]
    pub fn step(&self, case: &CaseRecord) -> CaseNextStep {
        let finding = &case.finding;
        let at = |of: &HashMap<(ProfileId, String), Vec<usize>>| {
            let mut at: Vec<usize> = names(&case.key, finding.out_trade_no.as_str())
                .filter_map(|name| of.get(&(case.profile, name)))
                .flatten()
                .copied()
                .collect();
            at.sort_unstable();
            at.dedup();
            at
        };
        let shop = finding.sub_mch_id.as_str();
        let refunds: Vec<&RefundRecord> = at(&self.refunds_of)
            .into_iter()
            .filter_map(|at| self.refunds.get(at))
            .filter(|known| {
                let other = known.draft.sub_mch_id.as_str();
                known.draft.case_key == case.key
                    || shop.is_empty()
                    || other.is_empty()
                    || shop == other
            })
            .collect();
        let reissues = at(&self.reissues_of);
        let reissues = reissues.into_iter().filter_map(|at| self.reissues.get(at));
        case_step(case.status, finding.action(), refunds, reissues)
    }
}

/// By what a payout is found: its case, and its order.
fn names(key: &str, out_trade_no: &str) -> impl Iterator<Item = String> {
    let key = format!("case {key}");
    let order = (!out_trade_no.is_empty()).then(|| format!("order {out_trade_no}"));
    [key].into_iter().chain(order)
}
