//! The seal of an audit entry: a digest over the entry and over the seal before it, so that no entry can be
//! changed, taken out or put in without breaking every seal behind it.

use recondesk_domain::Instant;
use sha2::{Digest as _, Sha256};

/// What stands before the first entry.
pub const TRAIL_START: [u8; 32] = [0; 32];

/// What of an entry is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrailEntry<'a> {
    /// Its place, from 1.
    pub id: i64,
    /// When.
    pub at: Instant,
    /// Who.
    pub actor: &'a str,
    /// What.
    pub kind: &'a str,
    /// To what.
    pub subject: &'a str,
    /// The rest.
    pub document: &'a str,
}

/// The seal of an entry that follows the one sealed with `before`.
///
/// SHA-256 over `before`, place and time as 8 bytes big endian, and each text with its length in front.
#[must_use]
pub fn seal(before: &[u8; 32], entry: &TrailEntry<'_>) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(entry.id.to_be_bytes());
    hash.update(entry.at.unix().to_be_bytes());
    for text in [entry.actor, entry.kind, entry.subject, entry.document] {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_an_entry_is_sealed() {
        let entry = TrailEntry {
            id: 1,
            at: Instant::from_unix(1_800_000_000),
            actor: "li",
            kind: "refund.confirm",
            subject: "refund/RD1",
            document: "{}",
        };
        let sealed = seal(&TRAIL_START, &entry);
        let others = [
            TrailEntry { id: 2, ..entry },
            TrailEntry {
                at: entry.at.plus(1),
                ..entry
            },
            TrailEntry {
                actor: "wang",
                ..entry
            },
            TrailEntry {
                actor: "lir",
                kind: "efund.confirm",
                ..entry
            },
            TrailEntry {
                document: "{ }",
                ..entry
            },
        ];
        for other in others {
            assert_ne!(seal(&TRAIL_START, &other), sealed, "{other:?}");
        }
        assert_ne!(seal(&sealed, &entry), sealed);
        assert_eq!(seal(&TRAIL_START, &entry), sealed);
    }
}
