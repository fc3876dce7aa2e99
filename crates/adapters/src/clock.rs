//! The system's clock and random numbers: the only place that reads either.

use std::time::{SystemTime, UNIX_EPOCH};

use recondesk_domain::Instant;
use recondesk_ports::{Clock, Random};

/// The clock of this computer.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    started: std::time::Instant,
}

impl SystemClock {
    /// A clock whose steady part starts at zero now.
    #[must_use]
    pub fn new() -> Self {
        Self {
            started: std::time::Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the clock"
    )]
    fn now(&self) -> Instant {
        instant_of(SystemTime::now())
    }

    fn steady_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// A time of the system; what lies before 1970 stays before it, and shows a clock that is wrong as it is.
pub(crate) fn instant_of(time: SystemTime) -> Instant {
    let whole = |seconds: u64| i64::try_from(seconds).unwrap_or(i64::MAX);
    Instant::from_unix(match time.duration_since(UNIX_EPOCH) {
        Ok(since) => whole(since.as_secs()),
        Err(before) => {
            let before = before.duration();
            let begun = u64::from(before.subsec_nanos() > 0);
            -whole(before.as_secs().saturating_add(begun))
        }
    })
}

/// Random bytes of the operating system, through aws-lc.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl SystemRandom {
    /// Fills a buffer with random bytes.
    ///
    /// # Errors
    /// When the operating system has none to give; nothing secret may then be made.
    pub fn fill(self, bytes: &mut [u8]) -> Result<(), RandomError> {
        aws_lc_rs::rand::fill(bytes).map_err(|_unspecified| RandomError)
    }
}

/// The operating system gives no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gives no random bytes")]
pub struct RandomError;

impl Random for SystemRandom {
    /// 32 hexadecimal digits: 128 random bits.
    fn nonce(&self) -> String {
        let mut bytes = [0_u8; 16];
        if self.fill(&mut bytes).is_err() {
            // A nonce must be fresh, not secret: address space and time still make it so.
            let mark = (&raw const bytes).addr() as u128;
            let now = SystemClock::new().now().unix().unsigned_abs();
            bytes = (mark << 64 | u128::from(now)).to_be_bytes();
        }
        format!("{:032x}", u128::from_be_bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_before_1970_is_not_taken_for_its_first_second() {
        let at = |milliseconds| UNIX_EPOCH - std::time::Duration::from_millis(milliseconds);

        assert_eq!(instant_of(UNIX_EPOCH).unix(), 0);
        assert_eq!(instant_of(at(1)).unix(), -1);
        assert_eq!(instant_of(at(86_400_000)).unix(), -86_400);
    }

    #[test]
    fn nonces_are_32_letters_and_digits_and_never_the_same() {
        let (one, two) = (SystemRandom.nonce(), SystemRandom.nonce());

        assert_eq!(one.len(), 32);
        assert!(one.bytes().all(|b| b.is_ascii_alphanumeric()));
        assert_ne!(one, two);
    }
}
