//! Sealed contents of APIv3: AES-256-GCM for notifications and certificates, RSA-OAEP for personal fields.

use aes_gcm::aead::consts::{U12, U16};
use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::aes::Aes256;
use aes_gcm::{AesGcm, Nonce};
use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OaepPrivateDecryptingKey, OaepPublicEncryptingKey, PrivateDecryptingKey,
    PublicEncryptingKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use zeroize::Zeroize;

use super::{PrivateKey, VerifyKey};
use recondesk_domain::Secret;

/// The one algorithm of `resource.algorithm`.
pub const AEAD: &str = "AEAD_AES_256_GCM";
const TAG_BYTES: usize = 16;

/// Why a sealed text cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The APIv3 key does not have 32 bytes.
    #[error("an APIv3 key has 32 bytes, this one has {0}")]
    KeyLength(usize),
    /// The nonce has neither 12 nor 16 bytes.
    #[error("the nonce has {0} bytes; 12 or 16 are possible")]
    NonceLength(usize),
    /// Not Base64.
    #[error("the ciphertext is not Base64")]
    Base64,
    /// Shorter than its tag.
    #[error("the ciphertext is too short")]
    TooShort,
    /// Wrong key, wrong nonce, wrong associated data, or damaged.
    #[error("it does not open: wrong APIv3 key, or nonce, associated data or text were changed")]
    Tag,
    /// The RSA key cannot open or seal it.
    #[error("it does not open with this private key")]
    Rsa,
    /// More than RSA-OAEP can carry in one block.
    #[error("the text is too long for RSA-OAEP: {0} bytes")]
    TooLong(usize),
}

/// Opens `resource` or `encrypt_certificate`.
///
/// # Errors
/// [`SealError`].
pub fn open_resource<K: AsRef<[u8]> + Zeroize>(
    ciphertext: &str,
    nonce: &str,
    associated_data: &str,
    key: &Secret<K>,
) -> Result<Vec<u8>, SealError> {
    let sealed = BASE64
        .decode(ciphertext.trim())
        .ok()
        .ok_or(SealError::Base64)?;
    open_bytes(&sealed, nonce, associated_data, key)
}

/// Opens bytes that came as they are, without Base64: a part of a bill.
///
/// # Errors
/// [`SealError`].
pub(super) fn open_bytes<K: AsRef<[u8]> + Zeroize>(
    sealed: &[u8],
    nonce: &str,
    associated_data: &str,
    key: &Secret<K>,
) -> Result<Vec<u8>, SealError> {
    if sealed.len() < TAG_BYTES {
        return Err(SealError::TooShort);
    }
    let payload = Payload {
        msg: sealed,
        aad: associated_data.as_bytes(),
    };
    gcm(key, nonce, Direction::Open, payload)
}

/// Seals a resource, for the sandbox and for tests.
///
/// # Errors
/// [`SealError`] for a key or nonce of wrong length.
pub fn seal_resource<K: AsRef<[u8]> + Zeroize>(
    plain: &[u8],
    nonce: &str,
    associated_data: &str,
    key: &Secret<K>,
) -> Result<String, SealError> {
    let payload = Payload {
        msg: plain,
        aad: associated_data.as_bytes(),
    };
    gcm(key, nonce, Direction::Seal, payload).map(|sealed| BASE64.encode(sealed))
}

#[derive(Clone, Copy)]
enum Direction {
    Open,
    Seal,
}

/// Live messages carry nonces of 12 characters, the documents allow 16.
fn gcm<K: AsRef<[u8]> + Zeroize>(
    key: &Secret<K>,
    nonce: &str,
    direction: Direction,
    payload: Payload<'_, '_>,
) -> Result<Vec<u8>, SealError> {
    let key = key.expose().as_ref();
    let length = SealError::KeyLength(key.len());
    let nonce = nonce.as_bytes();
    let done = if let Ok(nonce) = Nonce::<U12>::try_from(nonce) {
        let cipher = AesGcm::<Aes256, U12>::new_from_slice(key)
            .ok()
            .ok_or(length)?;
        match direction {
            Direction::Open => cipher.decrypt(&nonce, payload),
            Direction::Seal => cipher.encrypt(&nonce, payload),
        }
    } else if let Ok(nonce) = Nonce::<U16>::try_from(nonce) {
        let cipher = AesGcm::<Aes256, U16>::new_from_slice(key)
            .ok()
            .ok_or(length)?;
        match direction {
            Direction::Open => cipher.decrypt(&nonce, payload),
            Direction::Seal => cipher.encrypt(&nonce, payload),
        }
    } else {
        return Err(SealError::NonceLength(nonce.len()));
    };
    done.ok().ok_or(SealError::Tag)
}

/// Encrypts a personal field (OAEP with SHA-1, as WeChat Pay uses it), in Base64.
///
/// # Errors
/// [`SealError::TooLong`], or [`SealError::Rsa`] for a key that cannot encrypt.
pub fn encrypt_field(plain: &str, key: &VerifyKey) -> Result<String, SealError> {
    let public = PublicEncryptingKey::from_der(&key.spki())
        .ok()
        .ok_or(SealError::Rsa)?;
    let oaep = OaepPublicEncryptingKey::new(public)
        .ok()
        .ok_or(SealError::Rsa)?;
    if plain.len() > oaep.max_plaintext_size(&OAEP_SHA1_MGF1SHA1) {
        return Err(SealError::TooLong(plain.len()));
    }
    let mut room = vec![0; oaep.ciphertext_size()];
    let sealed = oaep
        .encrypt(&OAEP_SHA1_MGF1SHA1, plain.as_bytes(), &mut room, None)
        .ok()
        .ok_or(SealError::Rsa)?;
    Ok(BASE64.encode(sealed))
}

/// Decrypts a personal field with the merchant's private key.
///
/// # Errors
/// [`SealError`].
pub fn decrypt_field(sealed: &str, key: &PrivateKey) -> Result<Vec<u8>, SealError> {
    let sealed = BASE64.decode(sealed.trim()).ok().ok_or(SealError::Base64)?;
    let private = PrivateDecryptingKey::from_pkcs8(key.pkcs8())
        .ok()
        .ok_or(SealError::Rsa)?;
    let oaep = OaepPrivateDecryptingKey::new(private)
        .ok()
        .ok_or(SealError::Rsa)?;
    let mut room = vec![0; oaep.min_output_size()];
    oaep.decrypt(&OAEP_SHA1_MGF1SHA1, &sealed, &mut room, None)
        .map(|plain| plain.to_vec())
        .ok()
        .ok_or(SealError::Rsa)
}
