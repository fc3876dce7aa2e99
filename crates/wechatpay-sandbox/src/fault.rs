//! Bad days on demand: what goes wrong with the next answers, and how often.

use serde::{Deserialize, Serialize};

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum InjectedFault {
    /// Nobody listens for some time: new connections are refused, old ones cut.
    Refuse {
        /// For how long.
        ms: u64,
    },
    /// The request is carried out; its answer breaks off after some bytes.
    Reset {
        /// How many bytes get through.
        bytes: u64,
    },
    /// The request is carried out or not; no answer ever comes.
    Hole {
        /// Whether it is carried out.
        #[serde(default)]
        carried_out: bool,
    },
    /// The answer comes one byte at a time.
    Drip {
        /// Time between two bytes.
        ms: u64,
    },
    /// The answer waits.
    Late {
        /// For how long.
        ms: u64,
    },
    /// An HTML page with status 200, as a captive portal gives.
    Html,
    /// An HTML page with this status.
    Status {
        /// The status.
        status: u16,
    },
    /// Signed with another key.
    WrongSign,
    /// Not signed at all.
    Unsigned,
    /// A well signed answer about another order.
    OtherOrder,
    /// A well signed answer of another merchant.
    OtherMerchant,
    /// A well signed answer with another amount.
    OtherAmount,
    /// A body of this size.
    Huge {
        /// How large.
        bytes: u64,
    },
    /// A small gzip body that unfolds to this size.
    Bomb {
        /// How large when unfolded.
        bytes: u64,
    },
    /// A redirect.
    Redirect {
        /// Where to.
        location: String,
    },
    /// Random bytes.
    Garbage {
        /// How many.
        bytes: u64,
    },
    /// A well signed business error; nothing is carried out.
    Error {
        /// `err_code`.
        code: String,
        /// `err_code_des`.
        #[serde(default)]
        text: String,
    },
    /// The request is carried out, but a well signed `SYSTEMERROR` is said.
    DoneButError,
    /// Signed with a clock that is away by this much (APIv3).
    Stale {
        /// How old the signature is.
        seconds: i64,
    },
    /// Signed under a serial number that nobody knows (APIv3).
    UnknownSerial,
    /// A signature that starts as those of probes do (APIv3).
    Probe,
    /// The digest of a bill is another one (APIv3).
    WrongHash,
    /// `return_code` FAIL with this text; with APIv3 a 400 that nobody signed.
    Fail {
        /// `return_msg`.
        text: String,
    },
}

/// A fault with its aim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// What goes wrong.
    #[serde(flatten)]
    pub fault: InjectedFault,
    /// Only for paths that end so; empty for all.
    #[serde(default)]
    pub path: String,
    /// How many more times; without one: once.
    #[serde(default = "once")]
    pub times: u32,
}

const fn once() -> u32 {
    1
}

/// The faults that still wait, in order.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Planned>);

/// More than this many planned faults are a mistake of the caller.
const MAX_PLANNED: usize = 1000;

impl Faults {
    /// Adds one; false when there are too many.
    pub(crate) fn plan(&mut self, planned: Planned) -> bool {
        let room = self.0.len() < MAX_PLANNED;
        if room && planned.times > 0 {
            self.0.push(planned);
        }
        room
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault of the next request to `path`, counted down.
    pub(crate) fn take(&mut self, path: &str) -> Option<InjectedFault> {
        let at = self
            .0
            .iter()
            .position(|planned| path.ends_with(&planned.path))?;
        let planned = self.0.get_mut(at)?;
        planned.times = planned.times.saturating_sub(1);
        let fault = planned.fault.clone();
        if planned.times == 0 {
            self.0.remove(at);
        }
        Some(fault)
    }

    /// What still waits.
    pub(crate) fn list(&self) -> &[Planned] {
        &self.0
    }
}
