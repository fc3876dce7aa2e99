//! Pure codec of the payment protocol: messages, signatures, bills. No socket, file, clock or random number.

pub mod address;
pub mod bill;
pub mod front_end;
pub mod lab;
mod params;
pub mod selftest;
pub mod v2;
pub mod v3;

pub use params::{Param, Params};
