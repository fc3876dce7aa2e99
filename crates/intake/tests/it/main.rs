//! Tests of this crate: one binary, one module a subject.

#![expect(clippy::unwrap_used, reason = "in tests a panic is the assertion")]

mod exports;
mod intake;
mod intake_xlsx;
mod unnamed_columns;
mod words;
#[path = "../../../../tests/it/support/xlsx.rs"]
mod xlsx;
