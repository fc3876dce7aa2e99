//! The refund protocol as a model that is checked to the end, and planted faults that must turn it red.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in tests a panic is the assertion"
)]

mod model;
mod mutants;
mod protocol;
