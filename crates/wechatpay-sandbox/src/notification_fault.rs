//! Bad days of notifications: lost, doubled, late, badly signed, forged.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::fault::{only_its_own_keys, taken};

/// What goes wrong with a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NotificationFault {
    /// This delivery does not arrive; the plan goes on.
    Lost,
    /// No delivery of this notification ever arrives: only a query and the bill tell the payment.
    Never,
    /// It is delivered twice at the same time.
    Doubled,
    /// It waits.
    Late {
        /// For how long.
        ms: u64,
    },
    /// The connection breaks off in the middle of the body.
    Cut,
    /// Signed with another key; a refund of APIv2 is sealed with another key.
    WrongSign,
    /// Without a signature.
    Unsigned,
    /// A stranger's message comes first: another sum, signed with the stranger's own key. The right one follows.
    Forged,
    /// Well signed, with another sum.
    OtherAmount,
    /// Well signed, about an order that the merchant does not have.
    OtherOrder,
    /// Well signed, for another merchant number.
    OtherMerchant,
    /// Signed with a clock that is away by this much (APIv3).
    Stale {
        /// How old the signature is.
        seconds: i64,
    },
    /// Signed under a serial number that nobody knows (APIv3).
    UnknownSerial,
    /// A probe of WeChat Pay, whose signature must fail (APIv3).
    Probe,
}

impl NotificationFault {
    /// Its name in scenario files and in the ledger.
    pub(crate) fn name(self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        let name = value.get("kind").and_then(Value::as_str);
        name.unwrap_or_default().to_owned()
    }
}

/// What a notification tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationEvent {
    /// A payment.
    Payment,
    /// The outcome of a refund.
    Refund,
}

/// A fault with its aim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedNotification {
    /// What goes wrong.
    #[serde(flatten)]
    pub fault: NotificationFault,
    /// Only for notifications of this kind; none for both.
    pub event: Option<NotificationEvent>,
    /// How many more deliveries.
    pub times: u32,
}

impl<'de> Deserialize<'de> for PlannedNotification {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        let mut keys = Map::deserialize(deserializer)?;
        let event = taken(&mut keys, "event").map_err(D::Error::custom)?;
        let times = taken(&mut keys, "times").map_err(D::Error::custom)?;
        Ok(Self {
            fault: only_its_own_keys(keys).map_err(D::Error::custom)?,
            event,
            times: times.unwrap_or(1),
        })
    }
}
