//! Keys and certificates in the forms in which people have them.
//!
//! PEM with byte order marks, CRLF, bag attributes, all on one line, or with `\n` written as two signs;
//! Base64 without its marks; UTF-16 of Notepad; DER; PKCS#1 and PKCS#8. What comes out is one form.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use zeroize::Zeroizing;

use super::certificate::rsa_of_spki;
use super::keys::{pem_blocks, pem_text, wrap_pkcs1};
use super::{Certificate, KeyError, PrivateKey, VerifyKey};
use recondesk_domain::Secret;

/// No key file is larger.
const LARGEST: usize = 64 * 1024;

/// What a file holds.
#[derive(Debug, Default)]
pub struct KeyFile {
    /// The first private key.
    pub private: Option<PrivateKey>,
    /// Certificates, in order.
    pub certificates: Vec<Certificate>,
    /// Public keys without a certificate, as PEM.
    pub public_keys: Vec<String>,
}

impl KeyFile {
    /// Reads a file.
    ///
    /// # Errors
    /// [`KeyError`] when it holds nothing of these, or the first thing in it cannot be used.
    pub fn read(bytes: &[u8]) -> Result<Self, KeyError> {
        if bytes.len() > LARGEST {
            return Err(KeyError::NotPem);
        }
        if bytes.first() == Some(&0x30) {
            let mut file = Self::default();
            file.take_der(bytes)?;
            return Ok(file);
        }
        let text = key_text(bytes).ok_or(KeyError::NotPem)?;
        // The old form names its cipher in lines of its own, which are no Base64.
        let is_sealed_pkcs1 =
            text.expose().contains("-----BEGIN ") && text.expose().contains("Proc-Type");
        if is_sealed_pkcs1 {
            return Err(KeyError::Encrypted);
        }
        let blocks = pem_blocks(text.expose());
        let mut file = Self::default();
        if blocks.is_empty() {
            // Configuration files carry the Base64 alone.
            let bare: Zeroizing<String> = Zeroizing::new(
                text.expose()
                    .chars()
                    .filter(|sign| !sign.is_ascii_whitespace())
                    .collect(),
            );
            let der = BASE64.decode(bare.as_bytes()).ok().map(Zeroizing::new);
            file.take_der(&der.ok_or(KeyError::NotPem)?)?;
            return Ok(file);
        }
        for (label, content) in &blocks {
            match label.as_str() {
                "ENCRYPTED PRIVATE KEY" => return Err(KeyError::Encrypted),
                "PRIVATE KEY" | "RSA PRIVATE KEY" | "CERTIFICATE" | "PUBLIC KEY"
                | "RSA PUBLIC KEY" => file.take_der(content)?,
                _ => {}
            }
        }
        if file.is_empty() {
            return Err(KeyError::WrongKind {
                wanted: "a key or a certificate",
            });
        }
        Ok(file)
    }

    /// True when there is nothing in it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.private.is_none() && self.certificates.is_empty() && self.public_keys.is_empty()
    }

    /// Sorts DER by what it is; a private key may be PKCS#8 or PKCS#1, a public one with or without algorithm.
    fn take_der(&mut self, der: &[u8]) -> Result<(), KeyError> {
        match Certificate::from_der(der) {
            Ok(certificate) => {
                // A certificate whose key is too short must not pass for one that can be used.
                VerifyKey::from_certificate(certificate.clone())?;
                self.certificates.push(certificate);
                return Ok(());
            }
            Err(KeyError::NotRsa) => return Err(KeyError::NotRsa),
            Err(
                KeyError::BrokenCertificate
                | KeyError::NotPem
                | KeyError::WrongKind { .. }
                | KeyError::Encrypted,
            ) => {}
        }
        let private =
            PrivateKey::from_pkcs8(der).or_else(|_| PrivateKey::from_pkcs8(&wrap_pkcs1(der)));
        if let Ok(key) = private {
            self.private.get_or_insert(key);
            return Ok(());
        }
        let rsa = rsa_of_spki(der).unwrap_or(der);
        let key = VerifyKey::from_rsa(rsa)?;
        self.public_keys.push(key.public_pem());
        Ok(())
    }
}

/// The text of a key file without what editors put round it: marks, UTF-16, carriage returns, escaped line ends.
///
/// `None` for bytes that are no text.
#[must_use]
pub fn key_text(bytes: &[u8]) -> Option<Secret<String>> {
    let wide = |pairs: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = pairs.chunks_exact(2).map(|pair| match pair {
            [one, other] => unit([*one, *other]),
            _ => 0,
        });
        String::from_utf16(&units.collect::<Vec<u16>>()).ok()
    };
    let text = match bytes {
        [0xFF, 0xFE, rest @ ..] => wide(rest, u16::from_le_bytes)?,
        [0xFE, 0xFF, rest @ ..] => wide(rest, u16::from_be_bytes)?,
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8(rest.to_vec()).ok()?,
        rest => String::from_utf8(rest.to_vec()).ok()?,
    };
    let text = Zeroizing::new(text);
    // Blanks that cannot be seen come along when a key is copied out of a page.
    let is_padding = |sign: char| {
        sign.is_whitespace() || matches!(sign, '\u{feff}' | '\u{200b}' | '\u{200c}' | '\u{200d}')
    };
    let inner = text.trim_matches(is_padding);
    Some(Secret::new(if inner.contains("-----BEGIN ") {
        inner.replace("\\r", "").replace("\\n", "\n")
    } else {
        inner.to_owned()
    }))
}

impl PrivateKey {
    /// The key as PEM text of PKCS#8.
    #[must_use]
    pub fn pem(&self) -> Secret<String> {
        Secret::new(pem_text("PRIVATE KEY", self.pkcs8()))
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::AsDer as _;
    use aws_lc_rs::signature::RsaKeyPair;

    use super::super::der::{Der, tag};
    use super::*;

    fn pkcs8() -> Vec<u8> {
        let rsa = RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
        let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = rsa.as_der().unwrap();
        der.as_ref().to_vec()
    }

    fn pkcs1(pkcs8: &[u8]) -> Vec<u8> {
        let mut outer = Der(pkcs8).enter(tag::SEQUENCE).unwrap();
        outer.take(tag::INTEGER).unwrap();
        outer.take(tag::SEQUENCE).unwrap();
        outer.take(tag::OCTET_STRING).unwrap().content.to_vec()
    }

    #[test]
    fn every_form_of_one_key_is_that_key() {
        let der = pkcs8();
        let short = pkcs1(&der);
        let pem = pem_text("PRIVATE KEY", &der);
        let one_line = pem.replace('\n', "");
        let escaped = pem.replace('\n', "\\n");
        let crlf = format!("\u{feff}{}", pem.replace('\n', "\r\n"));
        let bags =
            format!("Bag Attributes\n    friendlyName: x\nKey Attributes: <No Attributes>\n{pem}");
        let wide: Vec<u8> = [0xFF, 0xFE]
            .into_iter()
            .chain(pem.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let rsa = pem_text("RSA PRIVATE KEY", &short);
        let bare = BASE64.encode(&der);
        let public = PrivateKey::from_pkcs8(&der).unwrap().public();

        for form in [
            der.as_slice(),
            &short,
            pem.as_bytes(),
            one_line.as_bytes(),
            escaped.as_bytes(),
            crlf.as_bytes(),
            bags.as_bytes(),
            &wide,
            rsa.as_bytes(),
            bare.as_bytes(),
        ] {
            let read = KeyFile::read(form).unwrap();
            assert_eq!(read.private.unwrap().public(), public);
        }
    }

    #[test]
    fn a_public_key_is_read_with_and_without_its_algorithm() {
        let key = PrivateKey::from_pkcs8(&pkcs8()).unwrap();
        let verifying = key.verifying("x").unwrap();
        let pem = verifying.public_pem();

        let read = KeyFile::read(pem.as_bytes()).unwrap();
        let bare = KeyFile::read(&key.public()).unwrap();

        assert_eq!(read.public_keys, std::slice::from_ref(&pem));
        assert_eq!(bare.public_keys, [pem]);
    }

    #[test]
    fn what_is_none_of_them_is_refused_without_a_panic() {
        for bad in [
            &b""[..],
            b"x",
            b"0",
            b"-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----",
            b"\xFF\xFEx",
            &vec![0x30; 70_000][..],
        ] {
            assert!(KeyFile::read(bad).is_err());
        }
        let sealed = b"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----";
        assert_eq!(KeyFile::read(sealed).unwrap_err(), KeyError::Encrypted);
        let der = pkcs8();
        for at in (0..der.len()).step_by(13) {
            assert!(KeyFile::read(&der[..at]).is_err());
        }
    }

    #[test]
    fn marks_and_line_ends_round_a_text_key_are_taken_off() {
        let key = "0123456789abcdef0123456789ABCDEF";
        let bytes = format!("\u{feff}{key}\r\n");
        assert_eq!(key_text(bytes.as_bytes()).unwrap().expose(), key);
        let inside = format!("{key} {key}");
        assert_eq!(key_text(inside.as_bytes()).unwrap().expose(), &inside);
    }
}
