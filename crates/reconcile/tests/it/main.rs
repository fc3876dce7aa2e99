//! Tests of this crate: one binary, one module a subject.

#![expect(clippy::unwrap_used, reason = "in tests a panic is the assertion")]

mod cases;
mod money_back;
mod props;
mod several_rows;
mod small_books;
