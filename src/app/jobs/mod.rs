//! The jobs: plain, synchronous functions over [`crate::ports::Ports`], used alike by window and command line.

pub mod export;
pub mod profiles;
