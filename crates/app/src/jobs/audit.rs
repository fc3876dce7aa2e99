//! Verifying the audit trail: every entry sits behind the one before it, and every seal fits.

use crate::Failure;
use recondesk_casework::{TRAIL_START, TrailEntry, seal};
use recondesk_domain::Instant;
use recondesk_ports::{AuditEntry, Ports};

/// Entries that are read at once.
const PIECE: u32 = 2_000;

/// What the trail is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditReading {
    /// Entries that were checked.
    pub entries: u64,
    /// The last one's time.
    pub last_at: Option<Instant>,
    /// The last one's seal: whoever keeps it elsewhere can show that nothing before it was changed.
    pub head: [u8; 32],
    /// The first entry that does not fit, and why.
    pub fault: Option<AuditFault>,
}

/// Why an entry does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditFault {
    /// An entry is missing before this place.
    Gap(i64),
    /// The seal of the entry before is another one.
    Chain(i64),
    /// The entry was changed.
    Seal(i64),
}

impl AuditFault {
    /// The place in the trail.
    #[must_use]
    pub const fn place(self) -> i64 {
        match self {
            Self::Gap(place) | Self::Chain(place) | Self::Seal(place) => place,
        }
    }
}

/// Reads the whole trail and checks it.
///
/// # Errors
/// When the workspace cannot be read; what does not fit is no error but the answer.
pub fn verify(ports: &Ports) -> Result<AuditReading, Failure> {
    let mut reading = AuditReading {
        entries: 0,
        last_at: None,
        head: TRAIL_START,
        fault: None,
    };
    let mut next = 1;
    loop {
        let piece = ports.casework.audit(next, PIECE)?;
        if piece.is_empty() {
            return Ok(reading);
        }
        for entry in &piece {
            if let Some(fault) = fault_of(entry, next, &reading.head) {
                reading.fault = Some(fault);
                return Ok(reading);
            }
            reading.entries = reading.entries.saturating_add(1);
            reading.last_at = Some(entry.at);
            reading.head = entry.hash;
            next = next.saturating_add(1);
        }
    }
}

fn fault_of(entry: &AuditEntry, place: i64, before: &[u8; 32]) -> Option<AuditFault> {
    if entry.id != place {
        return Some(AuditFault::Gap(place));
    }
    if entry.before != *before {
        return Some(AuditFault::Chain(place));
    }
    (!fits(entry)).then_some(AuditFault::Seal(place))
}

/// True when the seal of an entry is that of its contents.
#[must_use]
pub fn fits(entry: &AuditEntry) -> bool {
    let sealed = TrailEntry {
        id: entry.id,
        at: entry.at,
        actor: &entry.actor,
        kind: &entry.kind,
        subject: &entry.subject,
        document: &entry.document,
    };
    seal(&entry.before, &sealed) == entry.hash
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: i64, before: [u8; 32]) -> AuditEntry {
        let mut entry = AuditEntry {
            id,
            at: Instant::from_unix(id),
            actor: "li".to_owned(),
            kind: "refund.sent".to_owned(),
            subject: "refund/RD1".to_owned(),
            document: "{}".to_owned(),
            before,
            hash: [0; 32],
        };
        let sealed = TrailEntry {
            id,
            at: entry.at,
            actor: "li",
            kind: "refund.sent",
            subject: "refund/RD1",
            document: "{}",
        };
        entry.hash = seal(&before, &sealed);
        entry
    }

    #[test]
    fn a_changed_a_missing_and_a_foreign_entry_are_found() {
        let first = entry(1, TRAIL_START);
        let second = entry(2, first.hash);
        assert_eq!(fault_of(&second, 2, &first.hash), None);

        let mut changed = second.clone();
        changed.actor.push('x');
        assert_eq!(
            fault_of(&changed, 2, &first.hash),
            Some(AuditFault::Seal(2))
        );
        assert_eq!(fault_of(&second, 1, &TRAIL_START), Some(AuditFault::Gap(1)));
        assert_eq!(
            fault_of(&entry(2, TRAIL_START), 2, &first.hash),
            Some(AuditFault::Chain(2))
        );
    }
}
