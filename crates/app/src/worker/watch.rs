//! The thread that notices what others decide: it looks when a bell is rung, and every so often where nobody rings one.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::Worker;
use crate::Event;
use recondesk_ports::DeedListener;

/// Least time between two looks: where many decide at once, the window reads again what it shows twice a second.
const GAP: Duration = Duration::from_millis(500);
/// So much longer it is not looked while a bell is rung for whatever is stored: for a ring that was lost.
const TRUST: u32 = 5;

/// Rung when something was stored; the thread that watches waits for it. Clones are the same bell.
#[derive(Debug, Clone, Default)]
pub struct Bell(Arc<BellRope>);

#[derive(Debug, Default)]
struct BellRope {
    state: Mutex<BellState>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct BellState {
    is_rung: bool,
    /// It is rung for whatever is stored.
    is_relied_on: bool,
    is_closed: bool,
}

impl Bell {
    fn set(&self, set: impl FnOnce(&mut BellState)) {
        let state = self.0.state.lock();
        set(&mut state.unwrap_or_else(PoisonError::into_inner));
        self.0.changed.notify_all();
    }

    /// Nobody waits for it any more.
    pub(super) fn close(&self) {
        self.set(|state| state.is_closed = true);
    }

    /// Waits until it is rung or closed, no longer than `most`, or longer where it is relied on; what was rung is heard once. False when it is closed.
    fn wait(&self, most: Duration) -> bool {
        let state = self.0.state.lock();
        let state = state.unwrap_or_else(PoisonError::into_inner);
        let most = if state.is_relied_on {
            most.saturating_mul(TRUST)
        } else {
            most
        };
        let waited = self
            .0
            .changed
            .wait_timeout_while(state, most, |state| !state.is_rung && !state.is_closed);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.is_rung = false;
        !state.is_closed
    }

    /// Waits for so long, unless it is closed.
    fn rest(&self, time: Duration) {
        let state = self.0.state.lock();
        let state = state.unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .0
            .changed
            .wait_timeout_while(state, time, |state| !state.is_closed);
        drop(waited);
    }
}

impl DeedListener for Bell {
    fn heard(&self) {
        self.set(|state| state.is_rung = true);
    }

    fn announced(&self, arrive: bool) {
        // Rung, so that no longer wait is under way that relied on it.
        self.set(|state| (state.is_relied_on, state.is_rung) = (arrive, true));
    }

    fn is_wanted(&self) -> bool {
        let state = self.0.state.lock();
        !state.unwrap_or_else(PoisonError::into_inner).is_closed
    }
}

impl Worker {
    /// Looks when the bell is rung, and every so often without, whether `last` tells of something new, and says so as
    /// [`Event::Decided`]. Where it cannot be told, it is looked again.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub fn watch(
        &mut self,
        every: Duration,
        bell: Bell,
        mut last: Box<dyn FnMut() -> Option<i64> + Send>,
    ) -> std::io::Result<()> {
        let Some(events) = self.sender.clone() else {
            return Ok(());
        };
        let heard = bell.clone();
        let thread = std::thread::Builder::new().name("watch".to_owned());
        let thread = thread.spawn(move || {
            let mut known = last();
            while heard.wait(every) {
                if let Some(now) = last() {
                    if known.is_some_and(|known| known != now) {
                        events.try_send(Event::Decided);
                    }
                    known = Some(now);
                }
                heard.rest(GAP.min(every));
            }
        })?;
        self.watch = Some(bell);
        self.threads.push(thread);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::super::tests::start;
    use super::*;
    use crate::Failure;

    #[test]
    fn what_others_decide_is_told_once_and_what_cannot_be_told_is_looked_at_again() {
        let (mut worker, woken) = start(|_, _| Err(Failure::cancelled()));
        let answers = [
            Some(1),
            Some(1),
            None,
            Some(1),
            Some(2),
            Some(2),
            None,
            Some(5),
        ];
        let mut answers = answers.into_iter();
        let mut last = None;
        let asked = move || {
            last = answers.next().unwrap_or(last);
            last
        };
        worker
            .watch(Duration::from_millis(1), Bell::default(), Box::new(asked))
            .unwrap();

        for _ in 0..2 {
            let event = worker.next_within(Duration::from_mins(10));
            assert!(matches!(event, Some(Event::Decided)), "{event:?}");
        }
        // Nothing new is no event, however often it is looked.
        let none = worker.next_within(Duration::from_millis(100));
        assert!(none.is_none(), "{none:?}");
        assert_eq!(woken.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn a_bell_is_heard_long_before_it_would_be_looked() {
        let (mut worker, _) = start(|_, _| Err(Failure::cancelled()));
        let bell = Bell::default();
        let asked = Arc::new(AtomicUsize::new(0));
        let deeds = Arc::clone(&asked);
        let last = move || i64::try_from(deeds.load(Ordering::SeqCst)).ok();
        let hour = Duration::from_hours(1);
        worker.watch(hour, bell.clone(), Box::new(last)).unwrap();

        // Rung before the thread has looked for the first time as well: it is rung until it is heard.
        let heard = (0..12_000).find_map(|_| {
            asked.fetch_add(1, Ordering::SeqCst);
            bell.heard();
            worker.next_within(Duration::from_millis(50))
        });
        assert!(matches!(heard, Some(Event::Decided)), "{heard:?}");
        assert!(bell.is_wanted());
        drop(worker);
        assert!(!bell.is_wanted());
    }
}
