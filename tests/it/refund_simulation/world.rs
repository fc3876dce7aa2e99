//! A world of its own for a simulation: a sandbox, a computer with two programs, a second computer with an older copy
//! of the workspace; what people do there, and what must be so afterwards.

use recondesk_app::MerchantRef;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use recondesk::adapters;
use recondesk::adapters::clock::SystemClock;
use recondesk::adapters::gateway::HttpGateway;
use recondesk::adapters::workspace::WorkspaceKeeper;
use recondesk::app::Failure;
use recondesk::app::jobs::audit;
use recondesk::app::jobs::refund::{RefundAsk, RefundOf, RefundPace, carry_on, confirm, prepare};
use recondesk::casework::{Judgement, RefundEvent, RefundProgress, RefundStage, Roles, Thresholds};
use recondesk::domain::{Fen, Instant, MerchantProfile, ProfileId, Secret, SecretKind};
use recondesk::ports::{
    Author, CancelToken, Clock, Gateway, Operator, Ports, RebuildOutcome, RefundQuery,
    RefundRecord, Vault as _, WorkspaceCare as _,
};
use recondesk::sandbox::{Config, Running, start};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::trouble::{ComputerClock, SimulatedClock, SlowWay};
use crate::storage;
use crate::support::line::{Nonces, PocketVault, hurried};
use crate::support::wire::{control, http, ledger_order};

/// Above this a second person must agree.
pub(crate) const LIMIT: Fen = Fen::new(45_000);

/// The two computers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SimulatedComputer {
    First,
    Second,
}

pub(crate) struct SimulatedWorld {
    folder: TempDir,
    pub(crate) running: Running,
    pub(crate) sun: Arc<SimulatedClock>,
    pub(crate) way: Arc<SlowWay>,
    /// Two programs over the workspace of the first computer, one over that of the second.
    pub(crate) programs: [Ports; 3],
    /// The clocks of both computers.
    pub(crate) watches: [Arc<ComputerClock>; 2],
    profile: (ProfileId, MerchantProfile),
}

/// Room for files in memory, where the system has it.
fn room() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = tempfile::tempdir_in(memory);
    made.unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

impl SimulatedWorld {
    pub(crate) fn new() -> Self {
        let sun = Arc::new(SimulatedClock::default());
        let shared = Arc::clone(&sun);
        let running = start(Config::new(Arc::new(move || shared.now()), 7)).unwrap();
        control(
            &running.base_http,
            "rules",
            &json!({ "refund_settles_s": 0 }),
        );
        let folder = room();
        let places = [SimulatedComputer::First, SimulatedComputer::Second]
            .map(|desk| place(folder.path(), desk));
        let mut merchant = MerchantProfile::new("shop", &running.merchant.mch_id);
        merchant.appids.clone_from(&running.merchant.appids);
        merchant.gateway.clone_from(&running.base_http);
        let first = adapters::open(Some(&places[0])).unwrap();
        let id = first
            .records
            .add_profile(&merchant, Author::program(sun.now()))
            .unwrap();
        staff(&first, sun.now());
        drop(first);
        storage::copy(&places[0], &places[1]);

        let watches = [0, 1].map(|_| Arc::new(ComputerClock::by(Arc::clone(&sun))));
        let clock = Arc::clone(&watches[0]) as Arc<dyn Clock>;
        let line: Arc<dyn Gateway> = Arc::new(HttpGateway::with_timeouts(clock, hurried()));
        let way = Arc::new(SlowWay::over(line, Arc::clone(&sun)));
        let vault = Arc::new(PocketVault::default());
        let key = running.merchant.v2_key.expose().clone().into_bytes();
        vault.set(id, SecretKind::V2Key, Secret::new(key)).unwrap();
        let programs = [0, 0, 1].map(|desk: usize| Ports {
            gateway: Arc::clone(&way) as _,
            clock: Arc::clone(&watches[desk]) as _,
            random: Arc::new(Nonces::default()),
            vault: Arc::clone(&vault) as _,
            ..adapters::open(Some(&places[desk])).unwrap()
        });
        Self {
            folder,
            running,
            sun,
            way,
            programs,
            watches,
            profile: (id, merchant),
        }
    }

    pub(crate) fn fault(&self, fault: &Value) {
        control(&self.running.base_http, "fault", fault);
    }

    const fn program(&self, desk: SimulatedComputer) -> &Ports {
        match desk {
            SimulatedComputer::First => &self.programs[0],
            SimulatedComputer::Second => &self.programs[2],
        }
    }

    fn accepted(&self, order: &str) -> Vec<Value> {
        let order = ledger_order(&self.running.base_http, order);
        order["refunds"].as_array().cloned().unwrap_or_default()
    }

    fn known(ports: &Ports, order: &str) -> Vec<RefundRecord> {
        ports
            .casework
            .refunds(&RefundQuery {
                out_trade_no: Some(order.to_owned()),
                ..RefundQuery::default()
            })
            .unwrap()
    }

    /// A refund that is written down and that nobody confirmed.
    pub(crate) fn draft(
        &self,
        ports: &Ports,
        order: &str,
        sum: Fen,
    ) -> Result<RefundRecord, Failure> {
        let sun = Arc::clone(&self.sun);
        let pause = move |time| sun.pass(time);
        let ask = RefundAsk {
            merchant: MerchantRef::new(self.profile.0, &self.profile.1),
            of: RefundOf::Order(order.to_owned()),
            amount: Some(sum),
            reason: "重复支付".to_owned(),
            maker: "li".to_owned(),
            together: 1,
        };
        Ok(prepare(ports, &ask, &pause, &CancelToken::default())?.record)
    }

    /// What people do, from the beginning: prepare, type the sum, agree as a second person, send.
    pub(crate) fn pay_back(
        &self,
        ports: &Ports,
        order: &str,
        sum: Fen,
    ) -> Result<RefundRecord, Failure> {
        let sun = Arc::clone(&self.sun);
        let pause = move |time| sun.pass(time);
        let cancel = CancelToken::default();
        let record = match Self::known(ports, order).last() {
            Some(known) => known.clone(),
            None => self.draft(ports, order, sum)?,
        };
        let record = confirm(ports, &record, sum, "li")?;
        let record = agree(ports, record)?;
        let pace = RefundPace {
            patience: Duration::from_secs(20),
            pause: &pause,
            cancel: &cancel,
        };
        Ok(carry_on(ports, record, &pace)?.record)
    }

    /// Until the money is back: no fault is left and the clocks are right, so a few times must do.
    pub(crate) fn settle(&self, order: &str, sum: Fen) {
        for watch in &self.watches {
            watch.put(0);
        }
        for desk in [SimulatedComputer::First, SimulatedComputer::Second] {
            let mut last = None;
            // What was written down while a clock was a day ahead waits until that day.
            let is_settled = (0..13).any(|turn| {
                match self.pay_back(self.program(desk), order, sum) {
                    Ok(record) if record.refund.stage == RefundStage::Done => return true,
                    other => last = Some(format!("{other:?}")),
                }
                self.sun.pass(Duration::from_secs(70 << turn));
                false
            });
            assert!(is_settled, "{desk:?}: not settled: {last:?}");
        }
    }

    /// The gateway accepted one refund, both computers know it as theirs, and their histories tell the rows.
    pub(crate) fn judge(&self, order: &str, sum: Fen, what: &str) {
        let accepted = self.accepted(order);
        assert_eq!(accepted.len(), 1, "{what}: {accepted:?}");
        assert_eq!(accepted[0]["refund_fee"], sum.get(), "{what}");
        for desk in [SimulatedComputer::First, SimulatedComputer::Second] {
            let what = format!("{what}, {desk:?}");
            let ports = self.program(desk);
            let known = Self::known(ports, order);
            assert_eq!(known.len(), 1, "{what}");
            let record = &known[0];
            let number = record.out_refund_no.as_str();
            assert_eq!(accepted[0]["out_refund_no"], number, "{what}");
            let waiting = ports.casework.approvals(false).unwrap();
            assert_eq!(waiting, [], "{what}: a question that nobody can answer");
            let told = replay(ports, record, &what);
            assert_eq!(told, Some(record.refund), "{what}");
        }
    }

    /// The trail of either computer is whole and seals what lies there; the workspace made anew from its journal
    /// alone has the same rows.
    pub(crate) fn close(self) {
        for desk in [SimulatedComputer::First, SimulatedComputer::Second] {
            let ports = self.program(desk);
            let trail = audit::verify(ports).unwrap();
            assert_eq!(trail.fault, None, "{desk:?}");
            assert!(trail.entries > 0);
            assert_eq!(ports.casework.history_faults().unwrap(), [], "{desk:?}");
        }
        let Self {
            folder, programs, ..
        } = self;
        drop(programs);
        for desk in [SimulatedComputer::First, SimulatedComputer::Second] {
            let place = place(folder.path(), desk);
            let was = storage::tables(&place).unwrap();
            for end in ["db", "sums"] {
                std::fs::remove_file(place.join("recondesk").with_extension(end)).unwrap();
            }
            let keeper = WorkspaceKeeper::of(Some(&place), Arc::new(SystemClock::new())).unwrap();
            let made = keeper.rebuild().unwrap().database;
            assert!(matches!(made, RebuildOutcome::Rebuilt { .. }), "{made:?}");
            let is = storage::tables(&place).unwrap();
            assert!(is == was, "{desk:?}: other rows than the journal tells");
        }
    }

    /// From here on nothing goes wrong: what was planned for later requests is forgotten, what is late arrives.
    pub(crate) fn calm(&self) {
        http(&self.running.base_http, "DELETE", "/_sandbox/fault", b"");
        self.way.plan(Vec::new());
    }
}

fn place(folder: &Path, desk: SimulatedComputer) -> PathBuf {
    folder.join(match desk {
        SimulatedComputer::First => "workspace",
        SimulatedComputer::Second => "older-copy",
    })
}

/// One who pays back, one who agrees, and the limit between them.
fn staff(ports: &Ports, now: Instant) {
    for (name, roles) in [("li", "work,approve,administer"), ("wang", "approve")] {
        let operator = Operator {
            name: name.to_owned(),
            roles: Roles::parse(roles).unwrap(),
            created_at: now,
            removed_at: None,
        };
        let pin = Secret::new("84712936".to_owned());
        ports.casework.add_operator(&operator, &pin, "li").unwrap();
    }
    let limits = Thresholds {
        refund_over: LIMIT,
        ..Thresholds::default()
    };
    ports.casework.set_thresholds(limits, "li", now).unwrap();
}

/// A second person agrees where one must; its maker may not.
fn agree(ports: &Ports, record: RefundRecord) -> Result<RefundRecord, Failure> {
    let Some(asked) = &record.approval else {
        return Ok(record);
    };
    let waiting = ports.casework.approvals(false)?;
    if !waiting.iter().any(|one| one.id == asked.id) {
        return Ok(record);
    }
    let now = ports.clock.now();
    let judge = |who| {
        let by = Author { name: who, at: now };
        ports.casework.judge(asked.id, Judgement::Approved, by)
    };
    assert!(judge("li").is_err(), "the maker agreed");
    judge("wang")?;
    Ok(ports.casework.refund(record.id)?.unwrap())
}

/// The refund as its history tells it, step by step.
fn replay(ports: &Ports, record: &RefundRecord, what: &str) -> Option<RefundProgress> {
    let history = ports.casework.refund_history(record.id).unwrap();
    let mut told: Option<RefundProgress> = None;
    let mut is_agreed = false;
    for entry in &history {
        is_agreed |= entry.event == RefundEvent::Approve;
        let is_sent = entry.event == RefundEvent::Dispatch;
        let needs_second = record.refund.amount > LIMIT;
        assert!(
            !is_sent || is_agreed || !needs_second,
            "{what}: sent before a second person agreed"
        );
        told = Some(match (told, entry.event) {
            (_, RefundEvent::Redraft(amount, approval)) => RefundProgress::draft(amount, approval),
            (Some(refund), event) => refund.apply(event, entry.at).unwrap(),
            (None, event) => panic!("{what}: history begins with {event:?}"),
        });
        assert_eq!(told.unwrap().stage, entry.stage, "{what}");
    }
    told
}
