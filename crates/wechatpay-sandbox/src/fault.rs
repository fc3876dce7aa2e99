//! Bad days on demand: what goes wrong with the next answers, and how often.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::notification_fault::{NotificationEvent, NotificationFault, PlannedNotification};

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Planned {
    /// What goes wrong.
    #[serde(flatten)]
    pub fault: InjectedFault,
    /// Only for paths that end so; empty for all.
    pub path: String,
    /// How many more times; without one: once.
    pub times: u32,
}

impl<'de> Deserialize<'de> for Planned {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let mut keys = Map::deserialize(deserializer)?;
        let path: Option<String> = taken(&mut keys, "path").map_err(D::Error::custom)?;
        let times = taken(&mut keys, "times").map_err(D::Error::custom)?;
        Ok(Self {
            fault: only_its_own_keys(keys).map_err(D::Error::custom)?,
            path: path.unwrap_or_default(),
            times: times.unwrap_or(1),
        })
    }
}

/// Takes a key out of a table that the rest of is read later.
pub(crate) fn taken<T: DeserializeOwned>(
    keys: &mut Map<String, Value>,
    name: &str,
) -> Result<Option<T>, String> {
    let value = keys.remove(name);
    let read = value.map(serde_json::from_value).transpose();
    read.map_err(|error| format!("{name}: {error}"))
}

/// Reads a table whose keys are all known: a slip such as `on` or `skip` would strike another call in silence.
pub(crate) fn only_its_own_keys<T: Serialize + DeserializeOwned>(
    keys: Map<String, Value>,
) -> Result<T, String> {
    let names: Vec<String> = keys.keys().cloned().collect();
    let read: T = serde_json::from_value(Value::Object(keys)).map_err(|error| error.to_string())?;
    let known = serde_json::to_value(&read).map_err(|error| error.to_string())?;
    match names.iter().find(|name| known.get(name).is_none()) {
        Some(name) => Err(format!("unknown key `{name}` for this kind")),
        None => Ok(read),
    }
}

/// The faults that still wait, in order.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    answers: Vec<Planned>,
    notifications: Vec<PlannedNotification>,
}

/// More than this many planned faults are a mistake of the caller.
const MAX_PLANNED: usize = 1000;

impl Faults {
    /// Adds one; false when there are too many.
    pub(crate) fn plan(&mut self, planned: Planned) -> bool {
        let room = self.answers.len() < MAX_PLANNED;
        if room && planned.times > 0 {
            self.answers.push(planned);
        }
        room
    }

    /// Adds one of notifications; false when there are too many.
    pub(crate) fn plan_notification(&mut self, planned: PlannedNotification) -> bool {
        let room = self.notifications.len() < MAX_PLANNED;
        if room && planned.times > 0 {
            self.notifications.push(planned);
        }
        room
    }

    /// Forgets all of answers.
    pub(crate) fn clear(&mut self) {
        self.answers.clear();
    }

    /// Forgets all of notifications.
    pub(crate) fn clear_notifications(&mut self) {
        self.notifications.clear();
    }

    /// The fault of the next request to `path`, counted down.
    pub(crate) fn take(&mut self, path: &str) -> Option<InjectedFault> {
        let at = self
            .answers
            .iter()
            .position(|planned| path.ends_with(&planned.path))?;
        let planned = self.answers.get_mut(at)?;
        planned.times = planned.times.saturating_sub(1);
        let fault = planned.fault.clone();
        if planned.times == 0 {
            self.answers.remove(at);
        }
        Some(fault)
    }

    /// The fault of the next delivery of a notification, counted down.
    pub(crate) fn take_notification(
        &mut self,
        event: NotificationEvent,
    ) -> Option<NotificationFault> {
        let fits = |planned: &PlannedNotification| planned.event.is_none_or(|one| one == event);
        let at = self.notifications.iter().position(fits)?;
        let planned = self.notifications.get_mut(at)?;
        planned.times = planned.times.saturating_sub(1);
        let fault = planned.fault;
        if planned.times == 0 {
            self.notifications.remove(at);
        }
        Some(fault)
    }

    /// What still waits for answers.
    pub(crate) fn list(&self) -> &[Planned] {
        &self.answers
    }

    /// What still waits for notifications.
    pub(crate) fn list_notifications(&self) -> &[PlannedNotification] {
        &self.notifications
    }
}
