//! The world outside: database, files, network, keychain, clock.

pub mod gateway;
