//! The comparison of the two books: pure, streaming, the same bytes for the same inputs.

mod evidence;

pub use evidence::{Evidence, EvidenceError, Stream};
