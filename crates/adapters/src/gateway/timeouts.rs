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
