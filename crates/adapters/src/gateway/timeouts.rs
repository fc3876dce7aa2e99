//! How long the gateway client waits; tests and settings choose other times.

use std::time::Duration;

/// How long the client waits for what.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// For a connection, name lookup and TLS included.
    pub connect: Duration,
    /// Between two pieces of an answer.
    pub idle: Duration,
    /// For a whole answer.
    pub total: Duration,
    /// A streamed answer must bring at least [`STREAM_FLOOR_BYTES`] in this time.
    pub stream_window: Duration,
    /// For a whole streamed answer.
    pub stream_total: Duration,
}

/// What a streamed answer must bring in each [`Timeouts::stream_window`].
pub const STREAM_FLOOR_BYTES: u64 = 64 * 1024;

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(30),
            total: Duration::from_mins(1),
            stream_window: Duration::from_mins(1),
            // The largest bills, a gigabyte of them zipped, at a megabit a second.
            stream_total: Duration::from_hours(3),
        }
    }
}

/// How fast a streamed answer comes, looked at piece by piece.
#[derive(Debug, Clone, Copy)]
pub(super) struct StreamPace {
    limits: Timeouts,
    /// When it began, and when this window of it did, in steady milliseconds.
    since: u64,
    window_since: u64,
    /// Bytes before this window.
    bytes_before: u64,
}

impl StreamPace {
    /// Of an answer that begins now.
    pub(super) const fn from(limits: Timeouts, now: u64) -> Self {
        Self {
            limits,
            since: now,
            window_since: now,
            bytes_before: 0,
        }
    }

    /// Refuses an answer that has brought so many bytes until now, when it is too slow or too long.
    pub(super) fn check(&mut self, bytes: u64, now: u64) -> Result<(), String> {
        let passed = u128::from(now.saturating_sub(self.window_since));
        if passed > self.limits.stream_window.as_millis() {
            if bytes.saturating_sub(self.bytes_before) < STREAM_FLOOR_BYTES {
                return Err(format!(
                    "the answer drips: under {STREAM_FLOOR_BYTES} bytes in {passed} ms"
                ));
            }
            (self.window_since, self.bytes_before) = (now, bytes);
        }
        let whole = u128::from(now.saturating_sub(self.since));
        if whole > self.limits.stream_total.as_millis() {
            return Err(format!(
                "the answer does not end: {bytes} bytes in {whole} ms"
            ));
        }
        Ok(())
    }
}
