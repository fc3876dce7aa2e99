//! The digest inside an RSA signature: the public operation undone, so that thousands of texts can be compared cheaply.
//!
//! It only narrows a search; whether a signature holds is decided by the library.
//! Everything here is public, so nothing needs constant time.

use super::DigestName;
use super::der::{Der, tag};

/// What a signature was taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recovered {
    /// A named digest in PKCS#1 v1.5 padding; SHA-256 is the right one.
    Digest {
        /// Which digest.
        name: DigestName,
        /// Its bytes.
        digest: Vec<u8>,
    },
    /// PSS padding, which APIv3 does not take: what is inside is compared with the same salt.
    Pss {
        /// The digest of the text.
        name: DigestName,
        /// Digest of the salted digest.
        hash: Vec<u8>,
        /// The salt.
        salt: Vec<u8>,
        /// True when the padding alone proves the key; otherwise only a text that fits does.
        is_certain: bool,
    },
    /// PKCS#1 v1.5 padding around bytes that name no digest.
    Bare(Vec<u8>),
}

/// What was put into the padding without the name of a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BareContent {
    /// The SHA-256 digest alone.
    Digest,
    /// The SHA-256 digest written as hex or as Base64.
    DigestText,
    /// The text itself: it was encrypted with the private key, not signed.
    Text,
}

impl Recovered {
    /// True when the signature was taken over this text.
    #[must_use]
    pub fn is_of(&self, text: &[u8]) -> bool {
        match self {
            Self::Digest { name, digest } => name.of(text) == *digest,
            Self::Pss {
                name, hash, salt, ..
            } => {
                let salted = [&[0_u8; 8][..], &name.of(text), salt].concat();
                name.of(&salted) == *hash
            }
            Self::Bare(inner) => bare_content(inner, text).is_some(),
        }
    }

    /// True when the padding proves that the other half of the key made the signature.
    #[must_use]
    pub const fn is_certain(&self) -> bool {
        match self {
            Self::Pss { is_certain, .. } => *is_certain,
            Self::Digest { .. } | Self::Bare(_) => true,
        }
    }
}

/// How bytes without the name of a digest come from a text; `None` where they do not.
#[must_use]
pub fn bare_content(inner: &[u8], text: &[u8]) -> Option<BareContent> {
    if inner == text {
        return Some(BareContent::Text);
    }
    let digest = DigestName::Sha256.of(text);
    if inner == digest.as_slice() {
        return Some(BareContent::Digest);
    }
    digest_texts(&digest)
        .iter()
        .any(|written| written.as_bytes() == inner)
        .then_some(BareContent::DigestText)
}

/// A digest as people write it: hex in both cases, Base64.
#[must_use]
pub fn digest_texts(digest: &[u8]) -> [String; 3] {
    use base64::Engine as _;
    let lower = crate::v2::hex_lower(digest);
    let upper = lower.to_uppercase();
    let base64 = base64::engine::general_purpose::STANDARD.encode(digest);
    [lower, upper, base64]
}

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

/// The digests and masks that libraries pair in PSS.
const PSS_PAIRS: [(DigestName, DigestName); 5] = [
    (DigestName::Sha256, DigestName::Sha256),
    (DigestName::Sha1, DigestName::Sha1),
    (DigestName::Sha256, DigestName::Sha1),
    (DigestName::Sha512, DigestName::Sha512),
    (DigestName::Sha384, DigestName::Sha384),
];

/// The inside of PSS padding (RFC 8017, 9.1.2); `None` for anything else.
fn unmask(text: &[u8]) -> Option<Recovered> {
    let read = PSS_PAIRS.map(|(name, mask)| unmask_with(text, name, mask));
    let certain = |one: &Recovered| one.is_certain();
    read.iter()
        .flatten()
        .find(|one| certain(one))
        .or_else(|| read.iter().flatten().next())
        .cloned()
}

fn unmask_with(text: &[u8], name: DigestName, mask: DigestName) -> Option<Recovered> {
    let body = text.strip_suffix(&[0xBC])?;
    let (masked, hash) = body.split_at_checked(body.len().checked_sub(name.length())?)?;
    let mut block = Vec::with_capacity(masked.len());
    for (at, chunk) in masked.chunks(mask.length()).enumerate() {
        let counter = u32::try_from(at).ok()?.to_be_bytes();
        let stream = mask.of(&[hash, &counter[..]].concat());
        block.extend(chunk.iter().zip(stream).map(|(byte, mask)| byte ^ mask));
    }
    // The top bit belongs to no padding of a modulus of whole bytes.
    *block.first_mut()? &= 0x7F;
    let zeros = block.iter().take_while(|byte| **byte == 0).count();
    let salt = block.get(zeros..)?.strip_prefix(&[1])?;
    Some(Recovered::Pss {
        name,
        hash: hash.to_vec(),
        salt: salt.to_vec(),
        // So many zeros do not stand there by chance; a salt of the greatest length leaves none.
        is_certain: zeros >= 16,
    })
}

fn unpad(text: &[u8]) -> Option<Recovered> {
    let rest = text.strip_prefix(&[0, 1])?;
    let filled = rest.iter().take_while(|byte| **byte == 0xFF).count();
    let inner = rest.get(filled..)?.strip_prefix(&[0])?;
    if filled < 8 {
        return None;
    }
    let named = DigestName::ALL.into_iter().find_map(|name| {
        let digest = inner.strip_prefix(name.prefix())?;
        (digest.len() == name.length()).then(|| Recovered::Digest {
            name,
            digest: digest.to_vec(),
        })
    });
    Some(named.unwrap_or_else(|| Recovered::Bare(inner.to_vec())))
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
