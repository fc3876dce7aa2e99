//! The digest inside an RSA signature: the public operation undone, so that thousands of texts can be compared cheaply.
//!
//! It only narrows a search; whether a signature holds is decided by the library.
//! Everything here is public, so nothing needs constant time.

use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::der::{Der, tag};

/// What a PKCS#1 v1.5 signature was taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recovered {
    /// A SHA-256 digest: the right one.
    Sha256(Vec<u8>),
    /// A SHA-1 digest.
    Sha1(Vec<u8>),
    /// PSS padding with SHA-256, which APIv3 does not take: what is inside is compared with the same salt.
    Pss {
        /// Digest of the salted digest.
        hash: Vec<u8>,
        /// The salt.
        salt: Vec<u8>,
    },
    /// Well-formed padding around something else.
    Other,
}

impl Recovered {
    /// True when the signature was taken over this text.
    #[must_use]
    pub fn is_of(&self, text: &[u8]) -> bool {
        match self {
            Self::Sha256(digest) => Sha256::digest(text).as_slice() == digest,
            Self::Sha1(digest) => Sha1::digest(text).as_slice() == digest,
            Self::Pss { hash, salt } => {
                let inner = Sha256::digest(text);
                let salted = [&[0_u8; 8][..], inner.as_slice(), salt].concat();
                Sha256::digest(&salted).as_slice() == hash
            }
            Self::Other => false,
        }
    }
}

const SHA256: &[u8] = &[
    0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];
const SHA1: &[u8] = &[
    0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2B, 0x0E, 0x03, 0x02, 0x1A, 0x05, 0x00, 0x04, 0x14,
];

/// Undoes a signature; `None` when it was not made with the other half of this key.
pub(super) fn recover(rsa: &[u8], signature: &[u8]) -> Option<Recovered> {
    let mut key = Der(rsa).enter(tag::SEQUENCE)?;
    let modulus = key.take(tag::INTEGER)?.content;
    let exponent = key.take(tag::INTEGER)?.content;
    let modulus = modulus.strip_prefix(&[0]).unwrap_or(modulus);
    if signature.len() != modulus.len() || modulus.len() > 1024 || exponent.len() > 4 {
        return None;
    }
    let exponent = exponent
        .iter()
        .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    let n = limbs(modulus);
    let base = limbs(signature);
    if !below(&base, &n) {
        return None;
    }
    let mut power = base.clone();
    let top = 63_u32.checked_sub(exponent.leading_zeros())?;
    for bit in (0..top).rev() {
        power = product(&power, &power, &n);
        if exponent >> bit & 1 == 1 {
            power = product(&power, &base, &n);
        }
    }
    let text: Vec<u8> = power
        .iter()
        .rev()
        .flat_map(|limb| limb.to_be_bytes())
        .collect();
    let text = text.get(text.len().checked_sub(modulus.len())?..)?;
    unpad(text).or_else(|| unmask(text))
}

/// The inside of PSS padding (RFC 8017, 9.1.2) with SHA-256 and its mask; `None` for anything else.
fn unmask(text: &[u8]) -> Option<Recovered> {
    const DIGEST: usize = 32;
    let body = text.strip_suffix(&[0xBC])?;
    let (masked, hash) = body.split_at_checked(body.len().checked_sub(DIGEST)?)?;
    let mut block = Vec::with_capacity(masked.len());
    for (at, chunk) in masked.chunks(DIGEST).enumerate() {
        let counter = u32::try_from(at).ok()?.to_be_bytes();
        let mask = Sha256::digest([hash, &counter[..]].concat());
        block.extend(chunk.iter().zip(mask).map(|(byte, mask)| byte ^ mask));
    }
    // The top bit belongs to no padding of a modulus of whole bytes.
    *block.first_mut()? &= 0x7F;
    let zeros = block.iter().take_while(|byte| **byte == 0).count();
    let salt = block.get(zeros..)?.strip_prefix(&[1])?;
    // So many zeros do not stand there by chance.
    (zeros >= 16).then(|| Recovered::Pss {
        hash: hash.to_vec(),
        salt: salt.to_vec(),
    })
}

fn unpad(text: &[u8]) -> Option<Recovered> {
    let rest = text.strip_prefix(&[0, 1])?;
    let filled = rest.iter().take_while(|byte| **byte == 0xFF).count();
    let inner = rest.get(filled..)?.strip_prefix(&[0])?;
    if filled < 8 {
        return None;
    }
    Some(
        match (inner.strip_prefix(SHA256), inner.strip_prefix(SHA1)) {
            (Some(digest), _) if digest.len() == 32 => Recovered::Sha256(digest.to_vec()),
            (_, Some(digest)) if digest.len() == 20 => Recovered::Sha1(digest.to_vec()),
            _ => Recovered::Other,
        },
    )
}

/// Little-endian limbs of a big-endian number.
fn limbs(bytes: &[u8]) -> Vec<u64> {
    bytes
        .rchunks(8)
        .map(|chunk| {
            chunk
                .iter()
                .fold(0, |sum, byte| sum << 8 | u64::from(*byte))
        })
        .collect()
}

fn below(one: &[u64], other: &[u64]) -> bool {
    one.iter().rev().lt(other.iter().rev())
}

/// `a * b mod n` by doubling and adding; slow and plain, one signature takes about a millisecond.
fn product(a: &[u64], b: &[u64], n: &[u64]) -> Vec<u64> {
    let mut sum = vec![0; n.len()];
    for limb in a.iter().rev() {
        for bit in (0..64).rev() {
            let doubled = sum.clone();
            add(&mut sum, &doubled, n);
            if limb >> bit & 1 == 1 {
                add(&mut sum, b, n);
            }
        }
    }
    sum
}

/// `sum += other`, once reduced; both are below `n`.
fn add(sum: &mut [u64], other: &[u64], n: &[u64]) {
    let mut carry = false;
    for (limb, more) in sum.iter_mut().zip(other) {
        let (part, one) = limb.overflowing_add(*more);
        let (part, two) = part.overflowing_add(u64::from(carry));
        *limb = part;
        carry = one || two;
    }
    if carry || !below(sum, n) {
        let mut borrow = false;
        for (limb, less) in sum.iter_mut().zip(n) {
            let (part, one) = limb.overflowing_sub(*less);
            let (part, two) = part.overflowing_sub(u64::from(borrow));
            *limb = part;
            borrow = one || two;
        }
    }
}
