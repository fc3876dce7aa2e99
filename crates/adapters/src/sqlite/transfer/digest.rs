//! The digest of a table: of its rows, in whatever order they are read.

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::super::session::Value;

/// How many rows, and the sum of their digests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct TableDigest {
    pub(super) rows: u64,
    sum: u128,
}

impl TableDigest {
    /// Adds a row: each value by its kind and its length.
    pub(super) fn add(&mut self, values: &[Value]) {
        let mut digest = Sha256::new();
        for value in values {
            match value {
                Value::Null => digest.update([0]),
                Value::Integer(number) => {
                    digest.update([1]);
                    digest.update(number.to_be_bytes());
                }
                Value::Text(text) => part(&mut digest, 2, text.as_bytes()),
                Value::Blob(bytes) => part(&mut digest, 3, bytes),
            }
        }
        let digest: [u8; 32] = digest.finalize().into();
        let head = digest.first_chunk().copied().unwrap_or_default();
        self.sum = self.sum.wrapping_add(u128::from_be_bytes(head));
        self.rows = self.rows.saturating_add(1);
    }
}

fn part(digest: &mut Sha256, kind: u8, bytes: &[u8]) {
    digest.update([kind]);
    digest.update((bytes.len() as u64).to_be_bytes());
    digest.update(bytes);
}

impl fmt::Display for TableDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows of {:032x}", self.rows, self.sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(rows: &[&[Value]]) -> TableDigest {
        let mut digest = TableDigest::default();
        for row in rows {
            digest.add(row);
        }
        digest
    }

    #[test]
    fn rows_count_in_any_order_and_values_do_not_run_into_each_other() {
        let text = |text: &str| Value::Text(text.to_owned());
        let (one, two) = ([text("ab"), text("c")], [text("a"), text("bc")]);
        assert_eq!(digest(&[&one, &two]), digest(&[&two, &one]));
        for (left, right) in [
            (digest(&[&one]), digest(&[&two])),
            (digest(&[&one]), digest(&[&one, &one])),
            (digest(&[&[Value::Null]]), digest(&[&[text("")]])),
            (
                digest(&[&[text("a")]]),
                digest(&[&[Value::Blob(b"a".to_vec())]]),
            ),
            (digest(&[&[Value::Integer(0)]]), digest(&[&[Value::Null]])),
        ] {
            assert_ne!(left, right);
        }
    }
}
