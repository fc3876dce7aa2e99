//! Tests of this crate: one binary, one module a subject.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in tests a panic is the assertion"
)]

mod bill_files;
mod explain_blind;
mod explain_frameworks;
mod explain_keys;
mod explain_messages;
mod explain_slips;
mod explain_v2;
mod explain_v3;
mod odd_bills;
