//! "Why does mine differ?": tries the usual mistakes, singly and in pairs, until the signature given verifies.
//!
//! An explanation is offered only when the given signature is right under it, so it is never false.
//! When nothing fits, the answer says how much was tried.

mod authorization;
mod edits;
mod escapes;
mod form;
mod json_print;
pub(super) mod json_text;
mod v2;
mod v2_drops;
mod v2_front_end;
mod v2_key;
mod v2_mask;
mod v2_mutation;
mod v2_plan;
mod v2_rows;
mod v2_whole;
mod v2_words;
mod v3;
mod v3_body;
mod v3_forms;
mod v3_pay;
mod v3_search;
mod v3_sight;
mod v3_words;

use recondesk_domain::Message;

pub use authorization::AuthorizationReading;
pub(super) use escapes::{html_unescaped, unpercent};
pub use form::Given;
pub use v2::{KeyCandidate, QuestionV2, explain_v2};
pub use v3::{Alignment, QuestionV3, SignedMessage, VerifyCandidate, align_401, explain_v3};
pub use v3_pay::{PayMessage, PayParts};
pub use v3_sight::{body_sight, merchant_fault};

/// One change that was needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Stable name for programs and tests, such as `empty-kept` or `value-space-end`.
    pub code: &'static str,
    /// The field concerned; empty when it is about the whole.
    pub field: String,
    /// What differs.
    pub what: Message,
    /// How to mend it.
    pub mend: Message,
}

/// The change, or the changes, under which the given signature is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// One or two, or the habits of one printer; a wrong algorithm, the way the result is written and
    /// faults of the header may come on top.
    pub changes: Vec<Change>,
    /// The string that was signed there, keys replaced by placeholders.
    pub theirs: Vec<u8>,
    /// The right string, keys replaced by placeholders.
    pub right: Vec<u8>,
    /// Where the two part, in bytes; `None` when the strings are equal and only the rest differs.
    pub first_difference: Option<usize>,
    /// How many strings were tried.
    pub tried: u64,
}

impl Explanation {
    /// True where the signature is right and only what carries it is wrong: the header, the unit of the time.
    #[must_use]
    pub fn is_beside_only(&self) -> bool {
        self.changes
            .iter()
            .all(|change| change.code.starts_with("header-"))
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignatureVerdict {
    /// The given signature is right as it is.
    Right,
    /// It is right under these changes.
    Explained(Box<Explanation>),
    /// None of this many changes makes it right.
    Unexplained {
        /// How many strings were tried.
        tried: u64,
        /// What would help.
        hints: Vec<Message>,
    },
    /// What was given cannot be a signature at all.
    NotASignature(Message),
    /// A person stopped the search.
    Cancelled {
        /// How many strings were tried.
        tried: u64,
    },
}

/// Watches a search: told how many strings were tried of how many; `false` stops it.
pub type SearchWatch<'a> = &'a dyn Fn(u64, u64) -> bool;

/// A watch that never stops.
#[must_use]
pub fn unwatched(_: u64, _: u64) -> bool {
    true
}

/// Counts tries and asks the watch now and then.
struct Counter<'a> {
    tried: u64,
    total: u64,
    watch: SearchWatch<'a>,
}

impl Counter<'_> {
    /// Counts one; `false` when the search must stop.
    fn step(&mut self) -> bool {
        self.tried += 1;
        !self.tried.is_multiple_of(512) || (self.watch)(self.tried, self.total.max(self.tried))
    }
}

/// Where two texts part; `None` when they are equal.
#[must_use]
pub fn first_difference(one: &[u8], other: &[u8]) -> Option<usize> {
    if one == other {
        return None;
    }
    Some(one.iter().zip(other).take_while(|(a, b)| a == b).count())
}
