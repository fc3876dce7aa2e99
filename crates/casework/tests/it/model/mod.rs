//! One order that was paid, two cases about it, two processes on one workspace, a gateway that misbehaves, a
//! power cut, a restored backup, an operator who presses everything there is to press.
//!
//! The operator may prepare, confirm, approve, withdraw and reissue at any moment; the processes carry on
//! whatever is due. Time has two instants a minute apart. Pauses between attempts are not modelled: every
//! attempt may come at once, which is more than the program ever does. Batch files are left out: what a person
//! uploads does not wait for the lock, and WeChat Pay alone keeps it from exceeding what was paid.

mod gateway;
mod properties;
mod steps;

use recondesk_casework::{
    Approval, CaseOutcome, OrderFacts, RefundPart, RefundProgress, RefundSubject, ReissueEvent,
    RemoteState, SendAnswer,
};
use recondesk_casework::{Reissue, ReissueWay};
use recondesk_domain::{Fen, Instant};
use stateright::{Checker as _, HasDiscoveries, Model, Property};

use super::protocol::Protocol;
use gateway::{ModelGateway, ReplyFault};

pub(crate) const PAID: Fen = Fen::new(3);
const SUMS: [Fen; 2] = [Fen::new(2), Fen::new(2)];
const NOON: Instant = Instant::from_unix(1_800_000_000);
const CASES: [&str; 2] = [
    "1900000109/pay/QH1/unfulfilled",
    "1900000109/pay/QH1/DUP_PAY",
];

fn subject(case: usize) -> RefundSubject<'static> {
    RefundSubject {
        mch_id: "1900000109",
        out_trade_no: "QH1",
        case_key: CASES[case],
    }
}

/// What lies on the disk about one case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct CaseFile {
    pub(crate) refund: Option<(u16, RefundProgress)>,
    pub(crate) reissue: Option<Reissue>,
}

pub(crate) type ModelDisk = [CaseFile; 2];

/// What a process is doing; the lock for sending is held from `Asked` on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Process {
    Idle,
    /// It asked about the order and has not yet written that it sends.
    Asked(usize, ModelFacts),
    /// It wrote that it sends; the request is on the wire.
    Posting(usize, String),
    /// The request was carried out or not; this comes back.
    Answered(usize, SendAnswer),
}

/// [`OrderFacts`] without what the model does not vary.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ModelFacts {
    asked_at: Instant,
    parts: Vec<RefundPart>,
}

impl ModelFacts {
    fn order(&self, disk: &[RefundPart]) -> OrderFacts {
        OrderFacts {
            asked_at: self.asked_at,
            is_paid: true,
            paid: PAID,
            coupon: Fen::ZERO,
            paid_at: Some(NOON.plus(-86_400)),
            transaction_id: String::new(),
            parts: self.parts.iter().chain(disk).cloned().collect(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ModelWorld {
    pub(crate) disk: ModelDisk,
    /// What a power cut leaves.
    pub(crate) durable: ModelDisk,
    pub(crate) processes: [Process; 2],
    pub(crate) gateway: ModelGateway,
    /// The shop was told to deliver.
    pub(crate) is_reissued: bool,
    /// A second person agreed to the refund of this case, ever.
    pub(crate) was_approved: [bool; 2],
    pub(crate) clock: Instant,
    /// Minutes that really passed.
    pub(crate) minutes: u8,
    pub(crate) faults_left: u8,
    pub(crate) cuts_left: u8,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum ModelStep {
    Prepare(usize),
    Confirm(usize),
    Approve(usize),
    Withdraw(usize),
    Reissue(usize),
    /// A process takes up what is due for a case; the answers to its questions may be spoilt.
    TakeUp(usize, usize, Option<ReplyFault>),
    Dispatch(usize),
    Deliver(usize, Option<ReplyFault>),
    Store(usize),
    Settle(String, RemoteState),
    Notify(usize, RemoteState, bool),
    Minute,
    ClockBack,
    PowerCut,
    Kill(usize),
    Restore,
}

pub(crate) struct RefundModel {
    pub(crate) protocol: Protocol,
    pub(crate) faults: u8,
}

impl RefundModel {
    /// The name of the first property that does not hold, and how many states were seen.
    pub(crate) fn verdict(self) -> (Option<&'static str>, usize) {
        let checker = self.checker().threads(2);
        let checker = checker
            .finish_when(HasDiscoveries::AnyFailures)
            .spawn_bfs()
            .join();
        let broken = checker.discoveries().into_iter();
        let always = |name: &&'static str| !name.starts_with("can ");
        let mut broken: Vec<&'static str> = broken.map(|(name, _)| name).filter(always).collect();
        broken.sort_unstable();
        (broken.first().copied(), checker.unique_state_count())
    }
}

impl Model for RefundModel {
    type State = ModelWorld;
    type Action = ModelStep;

    fn init_states(&self) -> Vec<ModelWorld> {
        vec![ModelWorld {
            disk: ModelDisk::default(),
            durable: ModelDisk::default(),
            processes: [Process::Idle, Process::Idle],
            gateway: ModelGateway::default(),
            is_reissued: false,
            was_approved: [false; 2],
            clock: NOON,
            minutes: 0,
            faults_left: self.faults,
            cuts_left: 1,
        }]
    }

    fn actions(&self, world: &ModelWorld, deeds: &mut Vec<ModelStep>) {
        for case in 0..2 {
            let of_case = [
                ModelStep::Prepare(case),
                ModelStep::Confirm(case),
                ModelStep::Approve(case),
                ModelStep::Withdraw(case),
                ModelStep::Reissue(case),
                ModelStep::Notify(case, RemoteState::Success, true),
            ];
            deeds.extend(of_case);
            for process in 0..2 {
                deeds.push(ModelStep::TakeUp(process, case, None));
                deeds.extend(
                    ReplyFault::OF_QUERY.map(|f| ModelStep::TakeUp(process, case, Some(f))),
                );
            }
        }
        for process in 0..2 {
            deeds.extend([
                ModelStep::Dispatch(process),
                ModelStep::Store(process),
                ModelStep::Kill(process),
            ]);
            deeds.push(ModelStep::Deliver(process, None));
            deeds.extend(ReplyFault::OF_SEND.map(|f| ModelStep::Deliver(process, Some(f))));
        }
        for number in world.gateway.processing() {
            for state in [RemoteState::Success, RemoteState::Closed] {
                deeds.push(ModelStep::Settle(number.clone(), state));
            }
        }
        deeds.extend([
            ModelStep::Minute,
            ModelStep::ClockBack,
            ModelStep::PowerCut,
            ModelStep::Restore,
        ]);
    }

    fn next_state(&self, world: &ModelWorld, deed: ModelStep) -> Option<ModelWorld> {
        let mut next = world.clone();
        steps::carry_out(&self.protocol, &mut next, &deed)?;
        steps::forget_what_does_not_matter(&mut next);
        (next != *world).then_some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::all()
    }
}

/// The outcomes that stand for the order, of both cases.
pub(crate) fn standing(disk: &ModelDisk) -> Vec<CaseOutcome> {
    let mut out = Vec::new();
    for file in disk {
        if file
            .refund
            .is_some_and(|(_, refund)| refund.stage.holds_case())
        {
            out.push(CaseOutcome::Refund);
        }
        if file
            .reissue
            .is_some_and(|reissue| reissue.stage.holds_case())
        {
            out.push(CaseOutcome::Reissue);
        }
    }
    out
}

/// The first refund is above the limit, the second is not.
const fn approval_of(case: usize) -> Approval {
    if case == 0 {
        Approval::Awaited
    } else {
        Approval::NotNeeded
    }
}

fn handed_over() -> Option<Reissue> {
    Reissue::begin(ReissueWay::Webhook)
        .apply(ReissueEvent::Dispatch)?
        .apply(ReissueEvent::Taken)
}

#[test]
fn every_interleaving_keeps_what_must_hold() {
    let model = RefundModel {
        protocol: Protocol::program(),
        faults: std::env::var("RECONDESK_MODEL_FAULTS").map_or(1, |f| f.parse().unwrap()),
    };
    let checker = model.checker().threads(2).spawn_bfs().join();

    println!(
        "{} states, {} of them different, depth {}",
        checker.state_count(),
        checker.unique_state_count(),
        checker.max_depth()
    );
    checker.assert_properties();
    assert!(checker.is_done());
}
