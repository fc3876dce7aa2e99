//! Servers that are not WeChat Pay: none of them gets a byte of a request.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, KeyPair, KeyUsagePurpose, NameConstraints, date_time_ymd,
};
use recondesk::adapters::gateway::HttpGateway;
use recondesk::ports::{CancelToken, Gateway as _, GatewayError, HttpAnswer, HttpRequest, Route};
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{ServerConfig, ServerConnection, Stream};

use crate::support::fake_gateway::FakeGateway;
use crate::support::line::{NoonClock, hurried};

type TestIssuer = CertifiedIssuer<'static, KeyPair>;

/// What a server shows: its certificates, the leaf first, and the key it signs with.
struct ServerIdentity {
    chain: Vec<CertificateDer<'static>>,
    key: KeyPair,
}

fn authority(name: &str, change: impl FnOnce(&mut CertificateParams)) -> TestIssuer {
    let mut params = valid(name, &[]);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(1));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    change(&mut params);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Parameters that are in order, for these hosts.
fn valid(name: &str, hosts: &[&str]) -> CertificateParams {
    let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
    let mut params = CertificateParams::new(hosts).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2024, 1, 1);
    params.not_after = date_time_ymd(2044, 1, 1);
    params
}

const HERE: [&str; 2] = ["localhost", "127.0.0.1"];

/// A leaf of an authority; sound but for what is changed.
fn leaf(issuer: &TestIssuer, change: impl FnOnce(&mut CertificateParams)) -> ServerIdentity {
    let mut params = valid("127.0.0.1", &HERE);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let leaf = params.signed_by(&key, issuer).unwrap();
    ServerIdentity {
        chain: vec![leaf.der().clone()],
        key,
    }
}

/// An authority below another.
fn below(issuer: &TestIssuer, change: impl FnOnce(&mut CertificateParams)) -> TestIssuer {
    let mut params = valid("Between", &[]);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    change(&mut params);
    CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), issuer).unwrap()
}

#[derive(Debug)]
struct Only(Arc<CertifiedKey>);

impl ResolvesServerCert for Only {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

fn config(shown: ServerIdentity) -> ServerConfig {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(shown.key.serialize_der()));
    let key = provider.key_provider.load_private_key(der).unwrap();
    // Not checked against each other: one of the servers has a certificate that is not its own.
    let pair = Arc::new(CertifiedKey::new(shown.chain, key));
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Only(pair)))
}

/// Plays one connection, and gives what it got of a request.
type ConnectionPlay = Box<dyn FnOnce(TcpStream) -> Vec<u8> + Send>;

/// Speaks TLS and answers whatever comes.
fn secure(shown: ServerIdentity, answer: &'static [u8]) -> ConnectionPlay {
    let config = Arc::new(config(shown));
    Box::new(move |mut stream| {
        let mut session = ServerConnection::new(config).unwrap();
        let mut tls = Stream::new(&mut session, &mut stream);
        let mut got = vec![0; 4096];
        // The handshake fails where the client goes away.
        let Ok(count) = tls.read(&mut got) else {
            return Vec::new();
        };
        got.truncate(count);
        drop(tls.write_all(answer));
        drop(tls.flush());
        got
    })
}

/// Sends these bytes at once and keeps what comes, less the greeting of TLS.
fn raw(answer: Vec<u8>) -> ConnectionPlay {
    Box::new(move |mut stream| {
        drop(stream.write_all(&answer));
        drop(stream.shutdown(std::net::Shutdown::Write));
        let mut got = Vec::new();
        drop(stream.read_to_end(&mut got));
        // A request in plain text would show; what TLS sends of itself is no part of one.
        let text = String::from_utf8_lossy(&got).into_owned();
        text.find("POST ")
            .map_or_else(Vec::new, |at| got[at..].to_vec())
    })
}

/// A server's greeting in an old version of the protocol.
fn old_greeting(minor: u8) -> Vec<u8> {
    let mut hello = vec![3, minor];
    hello.extend([7; 32]);
    // No session; TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA; no compression.
    hello.extend([0, 0xC0, 0x13, 0]);
    let mut message = vec![2, 0, 0, u8::try_from(hello.len()).unwrap()];
    message.extend(hello);
    let mut record = vec![22, 3, minor, 0, u8::try_from(message.len()).unwrap()];
    record.extend(message);
    record
}

struct Server {
    port: u16,
    got: Receiver<Vec<u8>>,
}

/// Serves one connection.
fn serve(play: ConnectionPlay) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (send, got) = sync_channel(1);
    std::thread::Builder::new()
        .name("server".to_owned())
        .spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let limit = Some(Duration::from_secs(5));
            stream.set_read_timeout(limit).unwrap();
            // The test may be over.
            drop(send.send(play(stream)));
        })
        .unwrap();
    Server { port, got }
}

fn ask(port: u16, authority: Option<String>) -> Result<HttpAnswer, GatewayError> {
    let client = HttpGateway::with_timeouts(Arc::new(NoonClock::default()), hurried());
    let route = Route {
        gateway: format!("https://127.0.0.1:{port}"),
        authority,
        certificate: None,
    };
    let request = HttpRequest {
        method: "POST",
        path: "/pay/orderquery".to_owned(),
        headers: Vec::new(),
        body: b"<xml><sign>0123456789ABCDEF</sign></xml>".to_vec(),
        needs_certificate: false,
        may_repeat: true,
        max_answer_bytes: 1 << 20,
        is_address_secret: false,
    };
    client.send(&route, &request, &CancelToken::default())
}

const FINE: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const AWAY: &[u8] =
    b"HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n";

/// Leaves wrong in themselves: their hosts, their days, their authority or what they are for.
fn wrong_leaves(ca: &TestIssuer) -> Vec<(&'static str, ServerIdentity)> {
    let other = authority("Another Authority", |_| {});
    let hosts = |names: &'static [&'static str]| {
        move |params: &mut CertificateParams| {
            params.subject_alt_names = valid("x", names).subject_alt_names;
        }
    };
    vec![
        (
            "certificate of another host",
            leaf(ca, hosts(&["api.mch.weixin.qq.com"])),
        ),
        (
            "certificate of another address",
            leaf(ca, hosts(&["127.0.0.2"])),
        ),
        ("certificate without a host", leaf(ca, hosts(&[]))),
        (
            "expired",
            leaf(ca, |params| params.not_after = date_time_ymd(2025, 1, 1)),
        ),
        (
            "not valid yet",
            leaf(ca, |params| params.not_before = date_time_ymd(2043, 1, 1)),
        ),
        ("of another authority", leaf(&other, |_| {})),
        (
            "for clients only",
            leaf(ca, |params| {
                params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            }),
        ),
        (
            "for signing programs only",
            leaf(ca, |params| {
                params.extended_key_usages = vec![ExtendedKeyUsagePurpose::CodeSigning];
            }),
        ),
    ]
}

/// Leaves with an authority between them and the trusted one, wrong on the way.
fn wrong_chains(ca: &TestIssuer) -> Vec<(&'static str, ServerIdentity)> {
    let between = below(ca, |_| {});
    let expired_between = below(ca, |params| params.not_after = date_time_ymd(2025, 1, 1));
    let no_authority = below(ca, |params| {
        params.is_ca = IsCa::NoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    });
    let too_deep = below(&between, |_| {});
    let constrained = below(ca, |params| {
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: vec![GeneralSubtree::DnsName("example.com".to_owned())],
            excluded_subtrees: vec![GeneralSubtree::IpAddress(rcgen::CidrSubnet::V4(
                [0; 4], [0; 4],
            ))],
        });
    });
    let with = |mut shown: ServerIdentity, issuers: &[&TestIssuer]| {
        shown
            .chain
            .extend(issuers.iter().map(|issuer| issuer.der().clone()));
        shown
    };
    vec![
        ("authority between not sent", leaf(&between, |_| {})),
        (
            "authority between expired",
            with(leaf(&expired_between, |_| {}), &[&expired_between]),
        ),
        (
            "authority between is none",
            with(leaf(&no_authority, |_| {}), &[&no_authority]),
        ),
        (
            "authorities one too deep",
            with(leaf(&too_deep, |_| {}), &[&too_deep, &between]),
        ),
        (
            "authority not for this host",
            with(leaf(&constrained, |_| {}), &[&constrained]),
        ),
    ]
}

/// Leaves with a signature or a key that is not theirs.
fn wrong_keys(ca: &TestIssuer) -> Vec<(&'static str, ServerIdentity)> {
    let mut self_signed = leaf(ca, |_| {});
    let own = valid("127.0.0.1", &HERE)
        .self_signed(&self_signed.key)
        .unwrap();
    self_signed.chain = vec![own.der().clone()];
    let mut forged = leaf(ca, |_| {});
    let mut bytes = forged.chain[0].to_vec();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    forged.chain = vec![bytes.into()];
    let mut stolen = leaf(ca, |_| {});
    stolen.key = KeyPair::generate().unwrap();
    vec![
        ("signed by itself", self_signed),
        ("signature forged", forged),
        ("certificate of somebody else", stolen),
    ]
}

/// Every server that must get nothing, by what is wrong with it.
fn impostors(ca: &TestIssuer) -> Vec<(&'static str, ConnectionPlay)> {
    let shown = [wrong_leaves(ca), wrong_chains(ca), wrong_keys(ca)];
    let mut all: Vec<(&str, ConnectionPlay)> = shown
        .into_iter()
        .flatten()
        .map(|(what, shown)| (what, secure(shown, FINE)))
        .collect();
    all.push(("TLS 1.0", raw(old_greeting(1))));
    all.push(("TLS 1.1", raw(old_greeting(2))));
    all.push(("SSL 3.0", raw(old_greeting(0))));
    all.push(("plain HTTP", raw(FINE.to_vec())));
    all.push(("redirect in plain HTTP", raw(AWAY.to_vec())));
    all.push(("garbage", raw(vec![0xA5; 300])));
    all.push(("nothing", raw(Vec::new())));
    all
}

#[test]
fn no_impostor_gets_a_byte_of_a_request() {
    let ca = authority("Recondesk Test CA", |_| {});
    let trusted = || Some(ca.pem());
    // The same way with a server that is in order: so the silence of the others means something.
    let fine = serve(secure(leaf(&ca, |_| {}), FINE));
    assert_eq!(ask(fine.port, trusted()).unwrap().body, b"ok");
    assert!(
        fine.got
            .recv()
            .unwrap()
            .starts_with(b"POST /pay/orderquery")
    );

    let impostors = impostors(&ca);
    let count = impostors.len();
    for (what, play) in impostors {
        let server = serve(play);
        let result = ask(server.port, trusted());
        let error = result.expect_err(what);
        let got = server.got.recv().unwrap();
        assert!(got.is_empty(), "{what} got {} bytes", got.len());
        assert!(
            matches!(error, GatewayError::Tls(_) | GatewayError::Connect(_)),
            "{what}: {error:?}"
        );
    }
    assert!(count >= 12);
    println!("{count} bad TLS servers: 0 request bytes sent");
}

#[test]
fn an_authority_nobody_named_is_not_trusted() {
    let ca = authority("Recondesk Test CA", |_| {});
    let server = serve(secure(leaf(&ca, |_| {}), FINE));

    let error = ask(server.port, None).unwrap_err();

    assert!(matches!(error, GatewayError::Tls(_)), "{error:?}");
    assert_eq!(server.got.recv().unwrap(), b"");
}

#[test]
fn a_redirect_is_not_followed_even_from_the_right_server() {
    let ca = authority("Recondesk Test CA", |_| {});
    let target = FakeGateway::new("200 OK", b"", b"caught");
    let answer = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nLocation: {}/\r\nContent-Length: 0\r\n\r\n",
        target.base
    );
    let server = serve(secure(leaf(&ca, |_| {}), answer.leak().as_bytes()));

    let error = ask(server.port, Some(ca.pem())).unwrap_err();

    assert!(matches!(error, GatewayError::Redirect(_)), "{error:?}");
    assert_eq!(target.asked(), Vec::<Vec<u8>>::new());
}

/// No option, setting or variable turns the checks off: the names of the calls that could do not occur in the program.
#[test]
fn there_is_no_switch_to_ignore_certificates() {
    let root = env!("CARGO_MANIFEST_DIR");
    let mut folders = vec![format!("{root}/src"), format!("{root}/crates")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path.to_str().unwrap().to_owned());
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let path = path.display();
                for call in [
                    "danger_accept",
                    "tls_danger",
                    ".dangerous()",
                    "dangerous_configuration",
                ] {
                    assert!(!text.contains(call), "{path} names {call}");
                }
                files += 1;
            }
        }
    }
    assert!(files > 300, "{files}");
}
