//! Tests of this crate: one binary, one module a subject.

#![expect(clippy::unwrap_used, reason = "in tests a panic is the assertion")]

mod candidates;
mod care;
mod casework;
mod catalogs;
mod crash;
mod engine;
mod exchanged;
#[cfg(target_os = "linux")]
mod faults;
mod mending;
mod newer_export;
mod object_store;
mod object_store_double;

mod records;
mod shared;
mod sieves;
mod store;
mod tables;
mod together;
mod torn;
mod vault;
