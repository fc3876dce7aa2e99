//! Certificates of the sandbox: an authority, a server, a merchant; made anew at every start.

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
}

/// An authority with what it issued.
pub(crate) struct Authority {
    pub(crate) pems: Pems,
    ca: CertificateDer<'static>,
    server: CertificateDer<'static>,
    server_key: Vec<u8>,
}

impl Authority {
    /// Makes all certificates; the merchant's carries its number as common name, as the real one does.
    pub(crate) fn make(mch_id: &str) -> Result<Self, String> {
        make(mch_id).map_err(|error| error.to_string())
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

fn make(mch_id: &str) -> Result<Authority, rcgen::Error> {
    let mut ca = params("Recondesk Sandbox CA", &[])?;
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate()?)?;

    let mut server = params("127.0.0.1", &["localhost", "127.0.0.1", "::1"])?;
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let server_key = KeyPair::generate()?;
    let server = server.signed_by(&server_key, &ca)?;

    let mut client = params(mch_id, &[])?;
    client.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let client_key = KeyPair::generate()?;
    let client = client.signed_by(&client_key, &ca)?;

    Ok(Authority {
        pems: Pems {
            ca: ca.pem(),
            client_cert: client.pem(),
            client_key: Secret::new(client_key.serialize_pem()),
        },
        ca: ca.der().clone(),
        server: server.der().clone(),
        server_key: server_key.serialize_der(),
    })
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
