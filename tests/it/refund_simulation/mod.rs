//! Program, sandbox, clocks and disk together, seed by seed: one accepted refund whatever goes wrong.
//!
//! Two programs share a workspace, a third has an older copy of it on another computer; answers are bad, requests are
//! lost or come after their client gave up, the store ends at some write, clocks are put wrong. Nothing waits in real
//! time and no process is started. The short form takes 2,000 seeds, `RECONDESK_SEEDS=10000` more of them,
//! `RECONDESK_SEED=N` one.

mod trouble;
mod world;

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use recondesk::casework::RefundStage;
use recondesk::domain::Fen;
use serde_json::json;

use crate::support::faulty::{FaultyCasework, Loss};
use crate::support::wire::{Client, SignDigest};
pub(crate) use trouble::SimulatedClock;
use trouble::{Chance, bad_answer, clock_jump, slow_requests};
pub(crate) use world::SimulatedWorld;

/// Seeds of a run in which nothing else is asked for.
const SEEDS: u64 = 2_000;
/// Seeds that live in one world after another.
const A_WORLD: u64 = 100;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

/// What happens to one order; the number of requests that came late.
fn live(world: &SimulatedWorld, seed: u64) -> u64 {
    let client = Client::of(&world.running, SignDigest::Md5);
    let mut chance = Chance(seed);
    let order = format!("S{seed:012}");
    let sum = Fen::new(1 + i64::try_from(chance.below(90_000)).unwrap());
    client.place_paid(&order, &sum.get().to_string());
    for _ in 0..chance.below(4) {
        world.fault(&bad_answer(&mut chance));
    }
    let mut late = 0;
    for _ in 0..=chance.below(4) {
        let which = chance.one_of(&[0, 0, 1, 1, 2]);
        let mut ports = world.programs[which].clone();
        let nth = i64::try_from(chance.below(11)).unwrap();
        let loss = chance.one_of(&[Loss::Before, Loss::After]);
        ports.casework = Arc::new(FaultyCasework::new(ports.casework, nth, loss));
        world.way.plan(slow_requests(&mut chance));
        drop(world.pay_back(&ports, &order, sum));
        if chance.below(2) == 0 {
            late += world.way.arrive();
        }
        // Time passes, and now and then a clock is put wrong.
        match chance.below(6) {
            0 => world.watches[which / 2].jump(clock_jump(&mut chance)),
            1 => world.sun.pass(Duration::from_hours(1)),
            some => world.sun.pass(Duration::from_secs(some * 9)),
        }
    }
    world.calm();
    // Some requests come only after all is settled.
    if chance.below(2) == 0 {
        late += world.way.arrive();
    }
    world.settle(&order, sum);
    late += world.way.arrive();
    world.judge(&order, sum, &format!("RECONDESK_SEED={seed}"));
    late as u64
}

#[test]
fn one_refund_is_accepted_whatever_the_seed() {
    let (first, last) = match number("RECONDESK_SEED") {
        Some(one) => (one, one),
        None => (1, number("RECONDESK_SEEDS").unwrap_or(SEEDS)),
    };
    let next = AtomicU64::new(first);
    let late = AtomicU64::new(0);
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let from = next.fetch_add(A_WORLD, Ordering::SeqCst);
                    if from > last {
                        return;
                    }
                    let world = SimulatedWorld::new();
                    for seed in from..=last.min(from + A_WORLD - 1) {
                        late.fetch_add(live(&world, seed), Ordering::SeqCst);
                    }
                    world.close();
                }
            });
        }
    });
    println!(
        "{} seeds, {} requests that came after their client gave up, one accepted refund each",
        last + 1 - first,
        late.into_inner()
    );
}

#[test]
fn one_refund_is_accepted_whichever_write_is_lost() {
    let world = SimulatedWorld::new();
    let client = Client::of(&world.running, SignDigest::Md5);
    // A sum that needs a second person has a write more.
    for (sum, least) in [(Fen::new(1_230), 4), (Fen::new(world::LIMIT.get() + 1), 5)] {
        for loss in [Loss::Before, Loss::After] {
            for lost_answer in [false, true] {
                for nth in 1.. {
                    let order = format!("W{nth:04}{loss:?}{lost_answer}{sum}");
                    let order = order.replace(['.', '¥', ','], "");
                    client.place_paid(&order, &sum.get().to_string());
                    if lost_answer {
                        world.fault(&json!({
                            "kind": "reset", "bytes": 0, "path": "/secapi/pay/refund"
                        }));
                    }
                    let mut ports = world.programs[0].clone();
                    let store = Arc::new(FaultyCasework::new(ports.casework, nth, loss));
                    ports.casework = Arc::clone(&store) as _;
                    let done = world.pay_back(&ports, &order, sum);
                    if !store.has_failed() {
                        assert_eq!(done.unwrap().refund.stage, RefundStage::Done);
                        assert!(nth > least, "only {nth} writes");
                        break;
                    }
                    world.settle(&order, sum);
                    world.judge(&order, sum, &order);
                    assert!(nth < 60, "no end");
                }
            }
        }
    }
    world.close();
}
