//! The signature of APIv2: MD5 or HMAC-SHA256 over the sorted, non-empty parameters and the API key.
//!
//! One implementation for requests, answers, notifications, front-end parameters, the laboratory and the sandbox.

use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::{Digest as _, Md5};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroize;

use crate::{Param, Params};
use recondesk_domain::{Secret, SignType};

/// The name of the field that carries the signature and never takes part in it.
pub const SIGN: &str = "sign";

/// Why a signature does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// There is no `sign`, or it is empty.
    #[error("the message carries no signature")]
    Missing,
    /// `sign` stands there more than once.
    #[error("the message carries more than one signature")]
    Repeated,
    /// It was made with another key, another algorithm or over other fields.
    #[error("the signature does not fit the message")]
    Wrong,
}

/// Signs parameters; `sign` among them and empty values do not take part.
///
/// ```
/// use recondesk_domain::{Secret, SignType};
/// use wechatpay_codec::{Params, v2::sign};
/// let params: Params = [("mch_id", "10000100"), ("body", "test"), ("device_info", "1000"),
///     ("appid", "wxd930ea5d5a258f4f"), ("nonce_str", "ibuaiVcKdpRxkhJA")].into_iter().collect();
/// let key = Secret::new("192006250b4c09247ec02edce69f6a2d".to_owned());
/// assert_eq!(sign(&params, &key, SignType::Md5), "9A0A8659F005D6984697E2CA0A9CF3B7");
/// ```
#[must_use]
pub fn sign<K: AsRef<[u8]> + Zeroize>(
    params: &Params,
    key: &Secret<K>,
    sign_type: SignType,
) -> String {
    let key = key.expose().as_ref();
    match sign_type {
        SignType::Md5 => {
            let mut hash = Md5::new();
            feed(params, key, &mut |bytes| hash.update(bytes));
            hex_upper(&hash.finalize())
        }
        SignType::HmacSha256 => Hmac::<Sha256>::new_from_slice(key).map_or_else(
            |_| String::new(),
            |mut mac| {
                feed(params, key, &mut |bytes| mac.update(bytes));
                hex_upper(&mac.finalize().into_bytes())
            },
        ),
    }
}

/// Digest of a finished string, in upper-case hex; for HMAC the key is used a second time, as the protocol wants.
#[must_use]
pub fn digest(string_to_sign: &[u8], key: &[u8], sign_type: SignType) -> String {
    match sign_type {
        SignType::Md5 => hex_upper(&Md5::digest(string_to_sign)),
        SignType::HmacSha256 => Hmac::<Sha256>::new_from_slice(key).map_or_else(
            |_| String::new(),
            |mut mac| {
                mac.update(string_to_sign);
                hex_upper(&mac.finalize().into_bytes())
            },
        ),
    }
}

/// Checks the `sign` of a message over everything else in it, in constant time.
///
/// # Errors
/// [`SignError`]; a message without a signature is never taken for a signed one.
pub fn verify<K: AsRef<[u8]> + Zeroize>(
    params: &Params,
    key: &Secret<K>,
    sign_type: SignType,
) -> Result<(), SignError> {
    let mut given = params.iter().filter(|param| param.name == SIGN);
    let (first, second) = (given.next(), given.next());
    if second.is_some() {
        return Err(SignError::Repeated);
    }
    let found = first
        .map(|param| param.value.as_str())
        .filter(|value| !value.is_empty())
        .ok_or(SignError::Missing)?;
    let right = sign(params, key, sign_type);
    if !right.is_empty() && bool::from(right.as_bytes().ct_eq(found.as_bytes())) {
        Ok(())
    } else {
        Err(SignError::Wrong)
    }
}

/// The parameters that take part, sorted by the bytes of their names; equal names keep their order.
#[must_use]
pub fn signed_params(params: &Params) -> Vec<&Param> {
    let mut kept: Vec<&Param> = params
        .iter()
        .filter(|param| !param.value.is_empty() && param.name != SIGN)
        .collect();
    if !kept.is_sorted_by(|a, b| a.name <= b.name) {
        kept.sort_by(|a, b| a.name.cmp(&b.name));
    }
    kept
}

/// The string that is signed, up to but without `&key=…`.
#[must_use]
pub fn canonical(params: &Params) -> String {
    let mut out = String::new();
    for param in signed_params(params) {
        if !out.is_empty() {
            out.push('&');
        }
        out.push_str(&param.name);
        out.push('=');
        out.push_str(&param.value);
    }
    out
}

/// Most fields whose order is worked out without allocating; more are as right, and a little slower.
const FEW: usize = 48;

/// Hands over the parameters that take part, in the order in which they are signed.
fn in_order(params: &Params, each: &mut dyn FnMut(&Param)) {
    let mut room = [(0_u64, 0_usize); FEW];
    let mut count = 0;
    for (at, param) in params.iter().enumerate() {
        if param.value.is_empty() || param.name == SIGN {
            continue;
        }
        let Some(slot) = room.get_mut(count) else {
            signed_params(params).into_iter().for_each(each);
            return;
        };
        *slot = (head(&param.name), at);
        count += 1;
    }
    let all = params.as_slice();
    let name = |at: usize| all.get(at).map(|param| param.name.as_str());
    let kept = room.get_mut(..count).unwrap_or_default();
    // Most names differ within their first eight bytes; the sort is stable, so equal names keep their order.
    kept.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| name(a.1).cmp(&name(b.1))));
    kept.iter()
        .filter_map(|(_, at)| all.get(*at))
        .for_each(each);
}

/// The first eight bytes of a name as a number that sorts like them.
fn head(name: &str) -> u64 {
    let mut bytes = [0_u8; 8];
    for (to, from) in bytes.iter_mut().zip(name.bytes()) {
        *to = from;
    }
    u64::from_be_bytes(bytes)
}

/// Gathers small pieces, so that the digest gets few large ones.
struct DigestBuffer<'s> {
    bytes: [u8; 512],
    used: usize,
    sink: &'s mut dyn FnMut(&[u8]),
}

impl DigestBuffer<'_> {
    fn put(&mut self, piece: &[u8]) {
        match self.bytes.get_mut(self.used..self.used + piece.len()) {
            Some(room) => {
                room.copy_from_slice(piece);
                self.used += piece.len();
            }
            None => self.put_after_flush(piece),
        }
    }

    #[cold]
    fn put_after_flush(&mut self, piece: &[u8]) {
        self.flush();
        match self.bytes.get_mut(..piece.len()) {
            Some(room) => {
                room.copy_from_slice(piece);
                self.used = piece.len();
            }
            None => (self.sink)(piece),
        }
    }

    fn flush(&mut self) {
        (self.sink)(self.bytes.get(..self.used).unwrap_or_default());
        self.used = 0;
    }
}

fn feed(params: &Params, key: &[u8], sink: &mut dyn FnMut(&[u8])) {
    let mut block = DigestBuffer {
        bytes: [0; 512],
        used: 0,
        sink,
    };
    let mut first = true;
    in_order(params, &mut |param| {
        if !first {
            block.put(b"&");
        }
        first = false;
        block.put(param.name.as_bytes());
        block.put(b"=");
        block.put(param.value.as_bytes());
    });
    block.put(if first { b"key=" } else { b"&key=" });
    let before = block.used;
    block.put(key);
    // The key lies behind what was there, or at the very front where it came after a flush.
    let from = if block.used >= before + key.len() {
        before
    } else {
        0
    };
    let to = block.used;
    block.flush();
    block.bytes.get_mut(from..to).unwrap_or_default().zeroize();
}

/// Upper-case hex.
#[must_use]
pub(crate) fn hex_upper(bytes: &[u8]) -> String {
    hex(bytes, *b"0123456789ABCDEF")
}

/// Lower-case hex.
#[must_use]
pub(crate) fn hex_lower(bytes: &[u8]) -> String {
    hex(bytes, *b"0123456789abcdef")
}

fn hex(bytes: &[u8], digits: [u8; 16]) -> String {
    let digit = |nibble: u8| digits.get(usize::from(nibble)).copied().unwrap_or(b'0');
    let mut out = Vec::with_capacity(bytes.len() * 2);
    for byte in bytes {
        out.extend_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
    }
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    fn message() -> Params {
        [
            ("b", "1"),
            ("a", "中文 & <x>"),
            ("empty", ""),
            ("zero", "0"),
        ]
        .into_iter()
        .collect()
    }

    #[test]
    fn a_message_without_or_with_two_signatures_is_refused() {
        let mut params = message();
        assert_eq!(
            verify(&params, &key("k"), SignType::Md5),
            Err(SignError::Missing)
        );
        params.push("sign", "");
        assert_eq!(
            verify(&params, &key("k"), SignType::Md5),
            Err(SignError::Missing)
        );
        let right = sign(&params, &key("k"), SignType::Md5);
        params.push("sign", right);
        assert_eq!(
            verify(&params, &key("k"), SignType::Md5),
            Err(SignError::Repeated)
        );
    }

    #[test]
    fn lower_case_is_not_the_signature() {
        let mut params = message();
        let right = sign(&params, &key("k"), SignType::Md5);
        params.push("sign", right.to_lowercase());
        assert_eq!(
            verify(&params, &key("k"), SignType::Md5),
            Err(SignError::Wrong)
        );
    }

    proptest! {
        #[test]
        fn feeding_in_blocks_equals_signing_the_whole_string(
            values in prop::collection::vec("\\PC{0,700}", 0..60), secret in "[a-zA-Z0-9]{1,40}",
        ) {
            let params: Params = values.iter().enumerate()
                .map(|(at, value)| (format!("{}{}", ["p", "parameter_"][at % 2], at * 7 % 11), value.clone())).collect();
            let joined = canonical(&params);
            let whole = if joined.is_empty() { format!("key={secret}") } else { format!("{joined}&key={secret}") };
            for kind in [SignType::Md5, SignType::HmacSha256] {
                prop_assert_eq!(sign(&params, &key(&secret), kind), digest(whole.as_bytes(), secret.as_bytes(), kind));
            }
        }

        #[test]
        fn any_changed_byte_breaks_the_signature(at in 0_usize..64, flip in 1_u8..128) {
            let mut params = message();
            params.remove("empty");
            let right = sign(&params, &key("secret"), SignType::HmacSha256);
            params.push("sign", right);
            prop_assert!(verify(&params, &key("secret"), SignType::HmacSha256).is_ok());

            let mut list: Vec<(String, String)> =
                params.iter().map(|p| (p.name.clone(), p.value.clone())).collect();
            let chosen = at % list.len();
            let text = if at % 2 == 0 { &mut list[chosen].0 } else { &mut list[chosen].1 };
            let mut bytes = std::mem::take(text).into_bytes();
            if bytes.is_empty() { bytes.push(b'x'); } else { let n = at % bytes.len(); bytes[n] ^= flip; }
            let Ok(changed) = String::from_utf8(bytes) else { return Ok(()) };
            *text = changed;
            let changed: Params = list.into_iter().collect();
            prop_assert!(verify(&changed, &key("secret"), SignType::HmacSha256).is_err());
        }
    }
}
