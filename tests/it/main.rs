//! Integration tests: one binary, one module a subject.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "in tests a panic is the assertion"
)]

mod acceptance;
mod bill_files;
mod bill_layouts;
mod cli;
mod crash;
mod explain_blind;
mod explain_v2;
mod explain_v3;
mod gateway;
mod incoming;
mod intake;
mod intake_xlsx;
mod lab_cli;
mod lab_send;
mod layering;
mod lookup;
mod lookup_cli;
mod notify_v3;
mod pitfalls;
mod query;
mod reconcile_cases;
mod reconcile_props;
mod records;
mod sandbox;
mod shared_export;
mod store;
mod support;
mod vault;
