//! The jobs: plain, synchronous functions over [`recondesk_ports::Ports`], used alike by window and command line.

pub mod assistant;
pub mod backfill;
pub mod bill_archive;
pub mod bills;
pub mod check;
pub mod day;
pub mod decisions;
pub mod doctor;
pub mod download;
pub mod export;
pub mod import_file;
mod imports;
pub mod intake;
pub mod key_material;
pub mod lab;
mod lab_keys;
mod lab_open;
pub mod lab_send;
pub mod lookup;
pub mod notify;
pub mod poll;
pub mod profiles;
pub mod query;
pub mod reconcile;
pub mod refund;
pub mod router;
pub mod views;
