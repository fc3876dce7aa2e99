//! The world outside: database, files, network, keychain, clock.
//!
//! Each adapter implements a trait of [`recondesk_ports`]; nothing above names an adapter but `main` and the
//! composition of the command line.

pub mod books;
mod checksum;
pub mod clock;
pub mod core_dumps;
mod digest;
pub mod disk;
pub mod files;
pub mod gateway;
pub mod log;
pub mod object_store;
mod open;
pub mod parquet;
pub mod places;
pub mod priority;
pub mod report;
pub mod sqlite;
pub mod vault;
pub mod workspace;

pub use open::{
    bind_role, care, create_shared, lacking, move_workspace, open, open_asking, reopen,
};
