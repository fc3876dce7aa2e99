//! `apiclient_cert.p12` as the merchant console hands it out: one private key with its certificate.
//!
//! The file is sealed with the merchant number, in a form (40-bit RC2) that current TLS libraries
//! refuse. A crate of its own, because the library behind it brings much that nothing else needs.
//! Rounds of key derivation are bounded by that library (a million).

use p12_keystore::{
    Certificate, EncryptionAlgorithm, KeyStore, KeyStoreEntry, MacAlgorithm, Pkcs12Archive,
    PrivateKey, PrivateKeyChain,
};
use recondesk_domain::Secret;
use zeroize::Zeroizing;

/// No such file is larger.
const LARGEST: usize = 256 * 1024;

/// What the file holds, both as DER.
#[derive(Debug, Clone)]
pub struct CertificateAndKey {
    /// The certificate.
    pub certificate: Vec<u8>,
    /// The private key, PKCS#8.
    pub key: Secret<Vec<u8>>,
}

/// Why a file cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum P12Error {
    /// Not a PKCS#12 file, or a damaged one.
    #[error("this is not a PKCS#12 file, or it is damaged")]
    Broken,
    /// The password does not open it.
    #[error("the password does not open the file; by default it is the merchant number")]
    Password,
    /// Larger than any real one.
    #[error("the file is larger than any real one")]
    TooMuch,
    /// It has no private key, or several.
    #[error("the file does not hold one private key with its certificate")]
    NoPair,
}

/// True for bytes that begin as a PKCS#12 file does: a sequence with version 3 in it.
#[must_use]
pub fn is_p12(bytes: &[u8]) -> bool {
    let after_header = match bytes {
        [0x30, 0x82, _, _, rest @ ..] => rest,
        [0x30, 0x81, _, rest @ ..] => rest,
        [0x30, 0x83, _, _, _, rest @ ..] => rest,
        _ => return false,
    };
    after_header.starts_with(&[0x02, 0x01, 0x03])
}

/// Opens a file with its password, which by default is the merchant number.
///
/// # Errors
/// [`P12Error`].
pub fn open(bytes: &[u8], password: &str) -> Result<CertificateAndKey, P12Error> {
    if bytes.len() > LARGEST {
        return Err(P12Error::TooMuch);
    }
    if !is_p12(bytes) {
        return Err(P12Error::Broken);
    }
    let archive = Pkcs12Archive::from_pkcs12(bytes, password).map_err(|error| match error {
        p12_keystore::error::Error::MacError(_) => P12Error::Password,
        _ => P12Error::Broken,
    })?;
    let [key] = archive.keys.as_slice() else {
        return Err(P12Error::NoPair);
    };
    let own = archive.certs.iter().find(|held| {
        key.local_key_id.as_ref().is_some_and(|id| {
            held.local_key_id
                .as_ref()
                .is_some_and(|known| known.as_slice() == id.as_ref())
        })
    });
    // Without an id the first certificate is the merchant's; whether it fits the key is checked by the caller.
    let certificate = own.or(archive.certs.first()).ok_or(P12Error::NoPair)?;
    Ok(CertificateAndKey {
        certificate: certificate.cert.as_der().to_vec(),
        key: Secret::new(key.key.as_der().to_vec()),
    })
}

/// Writes a file in the old form, for the sandbox and for tests.
///
/// # Errors
/// [`P12Error::Broken`] when key or certificate are none.
pub fn write_old_form(pair: &CertificateAndKey, password: &str) -> Result<Vec<u8>, P12Error> {
    let broken = |_error: p12_keystore::error::Error| P12Error::Broken;
    let key = PrivateKey::from_der(&Zeroizing::new(pair.key.expose().clone())).map_err(broken)?;
    let certificate = Certificate::from_der(&pair.certificate).map_err(broken)?;
    let mut store = KeyStore::new();
    store.add_entry(
        "Tenpay Certificate",
        KeyStoreEntry::PrivateKeyChain(PrivateKeyChain::new(vec![1; 20], key, [certificate])),
    );
    store
        .writer(password)
        .encryption_algorithm(EncryptionAlgorithm::PbeWithShaAnd40BitRc4Cbc)
        .encryption_iterations(2048)
        .mac_algorithm(MacAlgorithm::HmacSha1)
        .mac_iterations(2048)
        .write()
        .map_err(broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> CertificateAndKey {
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        CertificateAndKey {
            certificate: params.self_signed(&key).unwrap().der().to_vec(),
            key: Secret::new(key.serialize_der()),
        }
    }

    #[test]
    fn the_old_form_opens_with_the_merchant_number_alone() {
        let pair = pair();
        let file = write_old_form(&pair, "1900000109").unwrap();

        let opened = open(&file, "1900000109").unwrap();

        assert!(is_p12(&file));
        assert_eq!(opened.certificate, pair.certificate);
        assert_eq!(opened.key.expose(), pair.key.expose());
        assert_eq!(open(&file, "1900000110").unwrap_err(), P12Error::Password);
    }

    #[test]
    fn damage_anywhere_is_refused_without_a_panic() {
        let file = write_old_form(&pair(), "1").unwrap();
        for at in (0..file.len()).step_by(7) {
            assert!(open(&file[..at], "1").is_err());
            let mut changed = file.clone();
            changed[at] ^= 0x55;
            // Names and padding may change without harm; anything but a panic is right.
            drop(open(&changed, "1"));
        }
        assert_eq!(open(b"", "1").unwrap_err(), P12Error::Broken);
        assert_eq!(
            open(&vec![0x30; LARGEST + 1], "1").unwrap_err(),
            P12Error::TooMuch
        );
    }
}
