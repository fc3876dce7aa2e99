//! Tests of this crate: one binary, one module a subject.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "in tests a panic is the assertion"
)]

mod intake;
mod intake_xlsx;
#[path = "../../../../tests/it/support/xlsx.rs"]
mod xlsx;
