//! The world outside: database, files, network, keychain, clock.
//!
//! Each adapter implements a trait of [`crate::ports`]; nothing above names an adapter but `main` and the
//! composition of the command line.

pub mod clock;
pub mod gateway;
pub mod sqlite;
pub mod workspace;
