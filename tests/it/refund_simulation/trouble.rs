//! What goes wrong in a simulation: chance, clocks that are put wrong, a way on which requests get lost or late, and
//! bad answers.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use recondesk::domain::Instant;
use recondesk::ports::{CancelToken, Clock, Gateway, GatewayError, HttpAnswer, HttpRequest, Route};
use serde_json::{Value, json};

use crate::support::wire::noon;

/// How long a client waits for an answer before it gives up.
pub(crate) const CLIENT_TIMEOUT: Duration = Duration::from_mins(1);

/// The time of the world: it goes on only when somebody waits, or when the simulation lets it pass.
#[derive(Default)]
pub(crate) struct SimulatedClock(AtomicI64);

impl SimulatedClock {
    pub(crate) fn pass(&self, time: Duration) {
        let ms = i64::try_from(time.as_millis()).unwrap();
        self.0.fetch_add(ms.max(1), Ordering::SeqCst);
    }

    pub(crate) fn ms(&self) -> u64 {
        u64::try_from(self.0.load(Ordering::SeqCst)).unwrap()
    }

    pub(crate) fn now(&self) -> Instant {
        noon().plus(self.0.load(Ordering::SeqCst) / 1000)
    }
}

/// The clock of one computer: the time of the world, and how far it is off.
pub(crate) struct ComputerClock {
    sun: Arc<SimulatedClock>,
    off_s: AtomicI64,
}

impl ComputerClock {
    pub(crate) const fn by(sun: Arc<SimulatedClock>) -> Self {
        Self {
            sun,
            off_s: AtomicI64::new(0),
        }
    }

    /// Somebody puts it wrong, or right again.
    pub(crate) fn put(&self, off_s: i64) {
        self.off_s.store(off_s, Ordering::SeqCst);
    }

    pub(crate) fn jump(&self, by_s: i64) {
        self.off_s.fetch_add(by_s, Ordering::SeqCst);
    }
}

impl Clock for ComputerClock {
    fn now(&self) -> Instant {
        self.sun.now().plus(self.off_s.load(Ordering::SeqCst))
    }

    fn steady_ms(&self) -> u64 {
        self.sun.ms()
    }
}

/// Chance, the same for the same seed (`SplitMix64`).
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub(crate) fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }
}

/// How long a request takes, where it takes longer than its client waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slow {
    /// It gets lost on the way.
    Never,
    /// It arrives and is carried out; the answer does not come in time.
    Answer,
    /// It arrives after its client has given up.
    Request,
}

/// The way to the gateway, on which the next requests may be slow.
pub(crate) struct SlowWay {
    inner: Arc<dyn Gateway>,
    sun: Arc<SimulatedClock>,
    next: Mutex<Vec<Option<Slow>>>,
    under_way: Mutex<Vec<(Route, HttpRequest)>>,
}

impl SlowWay {
    pub(crate) const fn over(inner: Arc<dyn Gateway>, sun: Arc<SimulatedClock>) -> Self {
        Self {
            inner,
            sun,
            next: Mutex::new(Vec::new()),
            under_way: Mutex::new(Vec::new()),
        }
    }

    /// What happens to the next requests, the last one first.
    pub(crate) fn plan(&self, next: Vec<Option<Slow>>) {
        *self.next.lock().unwrap() = next;
    }

    /// What was held up on the way arrives; nobody waits for the answers any more.
    pub(crate) fn arrive(&self) -> usize {
        let late = std::mem::take(&mut *self.under_way.lock().unwrap());
        for (route, request) in &late {
            drop(self.inner.send(route, request, &CancelToken::default()));
        }
        late.len()
    }
}

impl Gateway for SlowWay {
    fn send(
        &self,
        route: &Route,
        request: &HttpRequest,
        cancel: &CancelToken,
    ) -> Result<HttpAnswer, GatewayError> {
        let slow = self.next.lock().unwrap().pop().flatten();
        match slow {
            None => return self.inner.send(route, request, cancel),
            Some(Slow::Never) => {}
            Some(Slow::Answer) => drop(self.inner.send(route, request, cancel)),
            Some(Slow::Request) => {
                let mut under_way = self.under_way.lock().unwrap();
                under_way.push((route.clone(), request.clone()));
            }
        }
        self.sun.pass(CLIENT_TIMEOUT);
        Err(GatewayError::Unclear("not complete after 60 s".to_owned()))
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

/// What happens to the next requests: mostly nothing.
pub(crate) fn slow_requests(chance: &mut Chance) -> Vec<Option<Slow>> {
    (0..chance.below(10))
        .map(|_| match chance.below(9) {
            0 => Some(Slow::Never),
            1 => Some(Slow::Answer),
            2 => Some(Slow::Request),
            _ => None,
        })
        .collect()
}

/// By how much a clock is put wrong: to and fro, a minute, an hour, a day.
pub(crate) fn clock_jump(chance: &mut Chance) -> i64 {
    chance.one_of(&[-86_400, -3_600, -45, -1, 1, 59, 3_600, 86_400])
}

/// A bad answer, of those that need no waiting in real time.
pub(crate) fn bad_answer(chance: &mut Chance) -> Value {
    let path = match chance.below(4) {
        0 => "/pay/refundquery",
        1 => "/pay/orderquery",
        _ => "/secapi/pay/refund",
    };
    let codes = [
        "SYSTEMERROR",
        "BIZERR_NEED_RETRY",
        "FREQUENCY_LIMITED",
        "NOTENOUGH",
        "ERROR",
        "WHAT_IS_THIS",
    ];
    let mut fault = match chance.below(12) {
        0 => json!({ "kind": "reset", "bytes": 0 }),
        1 => json!({ "kind": "reset", "bytes": chance.below(500) }),
        2 => json!({ "kind": "html" }),
        3 => json!({ "kind": "status", "status": 502 }),
        4 => json!({ "kind": "wrong_sign" }),
        5 => json!({ "kind": "unsigned" }),
        6 => json!({ "kind": "other_order" }),
        // An order whose sum is told in two ways waits for a person; that is tried elsewhere.
        7 if path != "/pay/orderquery" => json!({ "kind": "other_amount" }),
        7 => json!({ "kind": "wrong_sign" }),
        8 | 9 => json!({ "kind": "done_but_error" }),
        _ => json!({ "kind": "error", "code": chance.one_of(&codes), "text": "x" }),
    };
    fault["path"] = json!(path);
    fault
}
