//! APIv2: flat XML over POST, signed with MD5 or HMAC-SHA256.
//!
//! `sign` and `xml` are the codec; typed requests, answers, notifications and error codes stand on them.

mod sign;
pub mod xml;

pub use sign::{SIGN, SignError, canonical, digest, sign, signed_params, verify};
pub use xml::{XmlError, XmlLimits};
