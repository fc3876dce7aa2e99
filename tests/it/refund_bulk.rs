//! A thousand refunds by one command: the distances that WeChat Pay asks for are kept, and whatever write the program
//! ends at, all of them are accepted once.
//!
//! The short form takes 150; with `RECONDESK_THOROUGH=1` it is 1,000.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use recondesk::app::jobs::refund::{RefundPace, resume, send_each};
use recondesk::casework::RefundStage;
use recondesk::domain::Fen;
use recondesk::ports::{
    CancelToken, Gateway, GatewayError, HttpAnswer, HttpRequest, Ports, RefundQuery, RefundRecord,
    Route,
};
use serde_json::json;

use crate::refund_simulation::{SimulatedClock, SimulatedWorld};
use crate::support::faulty::{FaultyCasework, Loss};
use crate::support::process::thread_time;
use crate::support::wire::{Client, SignDigest, ledger};

/// How long a request takes on this way.
const TRIP: Duration = Duration::from_millis(1);
const REFUND: &str = "/secapi/pay/refund";

/// The way to the gateway, which notes when refunds went out and whether they were accepted.
struct Watched {
    inner: Arc<dyn Gateway>,
    sun: Arc<SimulatedClock>,
    seen: Mutex<Vec<(u64, bool)>>,
}

impl Gateway for Watched {
    fn send(
        &self,
        route: &Route,
        request: &HttpRequest,
        cancel: &CancelToken,
    ) -> Result<HttpAnswer, GatewayError> {
        self.sun.pass(TRIP);
        let answer = self.inner.send(route, request, cancel);
        if request.path == REFUND {
            let is_taken = answer
                .as_ref()
                .is_ok_and(|answer| String::from_utf8_lossy(&answer.body).contains("<refund_id>"));
            self.seen.lock().unwrap().push((self.sun.ms(), is_taken));
        }
        answer
    }

    fn download(
        &self,
        route: &Route,
        request: &HttpRequest,
        cancel: &CancelToken,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), String>,
    ) -> Result<HttpAnswer, GatewayError> {
        self.inner.download(route, request, cancel, sink)
    }
}

impl Watched {
    /// The most of these that went out within one second.
    fn most_a_second(&self, is_wanted: impl Fn(bool) -> bool) -> usize {
        let seen = self.seen.lock().unwrap();
        let times: Vec<u64> = seen
            .iter()
            .filter(|(_, is_taken)| is_wanted(*is_taken))
            .map(|(at, _)| *at)
            .collect();
        let within = |from: &u64| {
            times
                .iter()
                .filter(|at| (*from..*from + 1_000).contains(*at))
                .count()
        };
        times.iter().map(within).max().unwrap_or(0)
    }
}

/// A world with so many drafts, and a program on a way that is watched.
fn drafted(count: usize) -> (SimulatedWorld, Arc<Watched>, Ports) {
    let world = SimulatedWorld::new();
    let client = Client::of(&world.running, SignDigest::Md5);
    let mut ports = world.programs[0].clone();
    let way = Arc::new(Watched {
        inner: Arc::clone(&ports.gateway),
        sun: Arc::clone(&world.sun),
        seen: Mutex::default(),
    });
    ports.gateway = Arc::clone(&way) as _;
    for nth in 0..count {
        let order = format!("B{nth:012}");
        client.place_paid(&order, "1230");
        world.draft(&ports, &order, Fen::new(1_230)).unwrap();
    }
    (world, way, ports)
}

fn at_stage(ports: &Ports, stage: RefundStage) -> Vec<RefundRecord> {
    let query = RefundQuery {
        stages: vec![stage],
        ..RefundQuery::default()
    };
    ports.casework.refunds(&query).unwrap()
}

#[test]
fn a_thousand_refunds_are_accepted_once_whatever_write_the_program_ends_at() {
    let count = if std::env::var_os("RECONDESK_THOROUGH").is_some() {
        1_000
    } else {
        150
    };
    let (world, way, ports) = drafted(count);
    let sun = Arc::clone(&world.sun);
    let pause = move |time| sun.pass(time);
    let cancel = CancelToken::default();
    let pace = RefundPace {
        patience: Duration::ZERO,
        pause: &pause,
        cancel: &cancel,
    };
    let began = thread_time();
    let mut ends = 0;
    // Each program ends at another write, before or after it is on disk; the next one takes everything up.
    for nth in 1.. {
        let loss = [Loss::Before, Loss::After][nth % 2];
        let mut program = ports.clone();
        let nth_write = i64::try_from(20 + nth * 7 % 40).unwrap();
        let store = Arc::new(FaultyCasework::new(program.casework, nth_write, loss));
        program.casework = Arc::clone(&store) as _;
        drop(resume(&program, None, &pace));
        let drafts = at_stage(&ports, RefundStage::Drafted);
        drop(send_each(&program, drafts, "li", &pace, &mut |_, _| ()));
        ends += usize::from(store.has_failed());
        if at_stage(&ports, RefundStage::Done).len() == count {
            break;
        }
        world.sun.pass(Duration::from_secs(70));
        assert!(nth < 20 * count, "no end");
    }
    let took = thread_time().saturating_sub(began);
    let ledger = ledger(&world.running.base_http);
    let orders = ledger["merchants"][0]["orders"].as_array().unwrap();
    assert_eq!(orders.len(), count);
    for order in orders {
        assert_eq!(order["refunds"].as_array().unwrap().len(), 1, "{order}");
    }
    let most = way.most_a_second(|is_taken| is_taken);
    println!(
        "{count} refunds, the program ended at {ends} writes, one accepted refund each, at most {most} within a second, {} ms of a processor each",
        took.as_millis() / count as u128
    );
    assert!(ends > count / 15, "{ends}");
    // 5,000 a minute.
    assert!(most <= 84, "{most} within a second");
    drop(ports);
    world.close();
}

#[test]
fn refunds_that_fail_are_six_a_second_at_most() {
    let (world, way, ports) = drafted(30);
    let sun = Arc::clone(&world.sun);
    let pause = move |time| sun.pass(time);
    let cancel = CancelToken::default();
    let pace = RefundPace {
        patience: Duration::ZERO,
        pause: &pause,
        cancel: &cancel,
    };
    let refuse = |code: &str, times: u32| {
        world.fault(&json!({
            "kind": "error", "code": code, "text": "x", "path": REFUND, "times": times
        }));
    };
    refuse("NOTENOUGH", 20);
    refuse("INVALID_REQ_TOO_MUCH", 1);
    let drafts = at_stage(&ports, RefundStage::Drafted);

    let carried = send_each(&ports, drafts, "li", &pace, &mut |_, _| ());

    assert_eq!(carried.len(), 30);
    let most = way.most_a_second(|is_taken| !is_taken);
    assert!((2..=6).contains(&most), "{most} within a second");
    let seen = way.seen.lock().unwrap();
    let refused = seen.iter().filter(|(_, is_taken)| !is_taken);
    let last_refused = refused.map(|(at, _)| *at).max().unwrap();
    let next = seen
        .iter()
        .map(|(at, _)| *at)
        .filter(|at| *at > last_refused)
        .min();
    assert!(next.unwrap() >= last_refused + 60_000, "no minute of rest");
}
