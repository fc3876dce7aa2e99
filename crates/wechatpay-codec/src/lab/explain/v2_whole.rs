//! What filters do to the whole string before it is hashed: escapes, percent-encoding, one case.

use md5::{Digest as _, Md5};

use super::v2_mutation::WholeText;
use crate::v2::{hex_lower, hex_upper};
use crate::v3::api::percent;

impl WholeText {
    /// Rewrites the string; bytes that are no UTF-8 stay.
    pub(super) fn rewrite(self, text: &mut Vec<u8>) {
        let Ok(own) = std::str::from_utf8(text) else {
            return;
        };
        let new = match self {
            Self::Ampersands => own.replace('&', "&amp;"),
            Self::Html(double, single) => own
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
                .replace('"', double)
                .replace('\'', single),
            Self::Url => percent(own),
            Self::Form => percent(own)
                .replace("%20", "+")
                .replace("%2A", "*")
                .replace('~', "%7E"),
            Self::Lower => own.to_lowercase(),
            Self::Upper => own.to_uppercase(),
            Self::Digest(true) => hex_upper(&Md5::digest(own.as_bytes())),
            Self::Digest(false) => hex_lower(&Md5::digest(own.as_bytes())),
        };
        *text = new.into_bytes();
    }
}
