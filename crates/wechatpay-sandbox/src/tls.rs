//! Certificates of the sandbox: an authority, a server, merchants, the platform; issued anew at every start.

use std::collections::BTreeMap;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use super::Merchant;
use super::keys::{CertifiedKey, PlatformKeys, rsa};
use super::numbers::NumberSource;
use recondesk_domain::Secret;

/// What a client needs, as PEM texts.
#[derive(Debug, Clone)]
pub struct Pems {
    /// The authority to trust.
    pub ca: String,
    /// The merchant's certificate (`apiclient_cert.pem`).
    pub client_cert: String,
    /// Its private key (`apiclient_key.pem`).
    pub client_key: Secret<String>,
    /// Serial number of that certificate.
    pub client_serial: String,
    /// Both as `apiclient_cert.p12`, in the old form; its password is the merchant number.
    pub client_p12: Secret<Vec<u8>>,
    /// The platform certificate that signs.
    pub platform_cert: String,
    /// Its serial number.
    pub platform_serial: String,
    /// The WeChat Pay public key.
    pub public_key: String,
    /// Its id, `PUB_KEY_ID_…`.
    pub public_key_id: String,
}

/// An authority with what it issued.
pub(crate) struct Authority {
    pub(crate) pems: Pems,
    /// Certificates of merchants, by merchant number.
    pub(crate) merchants: BTreeMap<String, CertifiedKey>,
    pub(crate) platform: PlatformKeys,
    ca: CertificateDer<'static>,
    server: CertificateDer<'static>,
    server_key: Vec<u8>,
}

type Issuer = CertifiedIssuer<'static, KeyPair>;

impl Authority {
    /// Makes all certificates; a merchant's carries its number as common name, as the real one does.
    pub(crate) fn make(merchants: &[Merchant], seed: u64) -> Result<Self, String> {
        let mut numbers = NumberSource::new(seed ^ 0xCE47_1F1C_A7E5_0001);
        let text = |error: rcgen::Error| error.to_string();
        let ca = authority().map_err(text)?;
        let (server, server_key) = server(&ca).map_err(text)?;
        let mut certified = BTreeMap::new();
        for merchant in merchants {
            let key = rsa(&format!("merchant {}", merchant.mch_id))?;
            let issued = issue(&ca, &merchant.mch_id, &key, &mut numbers).map_err(text)?;
            certified.insert(merchant.mch_id.clone(), CertifiedKey::new(issued, &key)?);
        }
        let mut platform = |name: &str| {
            let key = rsa(name)?;
            let issued = issue(&ca, "Tenpay.com sandbox sign", &key, &mut numbers).map_err(text)?;
            CertifiedKey::new(issued, &key)
        };
        let old = platform("platform certificate")?;
        let new = platform("next platform certificate")?;
        let first = merchants.first().ok_or("no merchant")?;
        let own = certified.get(&first.mch_id).ok_or("no merchant")?;
        let platform = PlatformKeys::new(&old, &new, &first.mch_id)?;
        Ok(Self {
            pems: Pems {
                ca: ca.pem(),
                client_cert: own.certificate_pem.clone(),
                client_key: own.key_pem.clone(),
                client_serial: own.serial.clone(),
                client_p12: Secret::new(own.p12(&first.mch_id)?),
                platform_cert: old.certificate_pem,
                platform_serial: old.serial,
                public_key: platform.public.pem.clone(),
                public_key_id: platform.public.id.clone(),
            },
            merchants: certified,
            platform,
            ca: ca.der().clone(),
            server,
            server_key: server_key.serialize_der(),
        })
    }

    /// Accepts TLS; a client certificate is asked for, and checked when one comes.
    pub(crate) fn acceptor(&self) -> Result<TlsAcceptor, String> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut roots = RootCertStore::empty();
        roots
            .add(self.ca.clone())
            .map_err(|error| error.to_string())?;
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .allow_unauthenticated()
                .build()
                .map_err(|error| error.to_string())?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.server_key.clone()));
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_client_cert_verifier(verifier)
            .with_single_cert(vec![self.server.clone()], key)
            .map_err(|error| error.to_string())?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

fn authority() -> Result<Issuer, rcgen::Error> {
    let mut ca = params("Recondesk Sandbox CA", &[])?;
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    CertifiedIssuer::self_signed(ca, KeyPair::generate()?)
}

fn server(ca: &Issuer) -> Result<(CertificateDer<'static>, KeyPair), rcgen::Error> {
    let mut server = params("127.0.0.1", &["localhost", "127.0.0.1", "::1"])?;
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate()?;
    Ok((server.signed_by(&key, ca)?.der().clone(), key))
}

/// A certificate for signing, with a serial number of twenty bytes as the real ones have.
fn issue(
    ca: &Issuer,
    name: &str,
    key: &KeyPair,
    numbers: &mut NumberSource,
) -> Result<String, rcgen::Error> {
    let mut wanted = params(name, &[])?;
    wanted.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let mut serial = vec![0x5B];
    for _ in 0..3 {
        serial.extend_from_slice(&numbers.next().to_be_bytes());
    }
    serial.truncate(20);
    wanted.serial_number = Some(serial.into());
    Ok(wanted.signed_by(key, ca)?.pem())
}

fn params(name: &str, hosts: &[&str]) -> Result<CertificateParams, rcgen::Error> {
    let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
    let mut params = CertificateParams::new(hosts)?;
    params.distinguished_name.push(DnType::CommonName, name);
    params
        .distinguished_name
        .push(DnType::OrganizationName, "Recondesk Sandbox");
    params.not_before = date_time_ymd(2024, 1, 1);
    params.not_after = date_time_ymd(2044, 1, 1);
    Ok(params)
}
