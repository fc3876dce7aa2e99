//! Why a key or certificate cannot be used, in both languages.

use recondesk_domain::Message;

/// Why a key or certificate cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// There is no PEM block, or its Base64 is broken.
    #[error("this is not PEM text")]
    NotPem,
    /// A PEM block of another kind, for instance a public key where a private one is wanted.
    #[error("the PEM holds something else than {wanted}")]
    WrongKind {
        /// What was wanted.
        wanted: &'static str,
    },
    /// Encrypted with a passphrase, which is not supported.
    #[error("the private key is protected by a passphrase; store it without one")]
    Encrypted,
    /// Not an RSA key of at least 2048 bits.
    #[error("this is not an RSA key of 2048 bits or more")]
    NotRsa,
    /// Not a certificate that can be read.
    #[error("the certificate cannot be read")]
    BrokenCertificate,
}

impl KeyError {
    /// Why, in both languages.
    #[must_use]
    pub fn words(&self) -> Message {
        let zh = match self {
            Self::NotPem => "不是 PEM 文本".to_owned(),
            Self::WrongKind { wanted } => {
                format!("PEM 里是别的内容，这里要的是{}", wanted_zh(wanted))
            }
            Self::Encrypted => "私钥有密码保护，请存没有密码的".to_owned(),
            Self::NotRsa => "不是 2048 位以上的 RSA 密钥".to_owned(),
            Self::BrokenCertificate => "证书无法读取".to_owned(),
        };
        Message::new(zh, self.to_string())
    }
}

/// What a kind of PEM is called in Chinese; the texts are those of this module.
fn wanted_zh(wanted: &'static str) -> &'static str {
    match wanted {
        "a private key" => "私钥",
        "a certificate" => "证书",
        "a key or a certificate" => "密钥或证书",
        "a certificate or a public key" => "证书或公钥",
        other => other,
    }
}
