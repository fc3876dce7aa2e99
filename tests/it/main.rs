//! Integration tests: one binary, one module a subject.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "in tests a panic is the assertion"
)]

mod acceptance;
mod advice;
mod advice_cli;
mod advice_files;
mod advice_runs;
mod backfill;
mod bank_statements;
mod bill_copies;
mod bill_damage;
mod bill_layouts;
mod books_export;
mod canary;
mod case_sheet;
mod cases;
mod casework_cli;
mod cli;
mod close_order;
mod combined;
mod combined_notices;
mod damage;
mod day_words;
mod documents;
mod evidence_cli;
mod funds;
mod fuzz_corpus;
mod gateway;
mod gateway_v3;
mod goods_and_money;
mod handbook;
mod incoming;
mod inquiry;
mod lab_cli;
mod lab_send;
mod later_bills;
mod layering;
mod lookup;
mod lookup_cli;
mod mapping_cli;
mod morning;
mod no_workspace;
mod nothing_twice;
mod notify_v3;
mod out_files;
mod personal_data;
mod pitfalls;
mod profile_keys;
mod re_read;
mod refund_bulk;
mod refund_cli;
mod refund_faults;
mod refund_kill;
mod refund_many;
mod refund_parts;
mod refund_redirect;
mod refund_simulation;
mod report;
mod rules;
mod sandbox;
mod sandbox_notify;
mod sandbox_pay;
mod sandbox_v3;
mod sbom;
mod second_person;
mod shared;
mod shared_export;
mod shared_kill;
#[cfg(target_os = "linux")]
mod shared_money;
#[cfg(target_os = "linux")]
mod shared_move;
#[cfg(target_os = "linux")]
mod shared_workers;
mod soak;
mod storage;
mod sub_funds;
mod sub_merchants;
mod support;
mod terminal;
mod tls;
mod two_windows;
mod type_names;
mod window_bulk;
mod window_refunds;
mod window_words;
