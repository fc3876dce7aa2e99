//! Listening, routing, and the faults that belong to the connection rather than to the message.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio_rustls::TlsAcceptor;

use super::fault::{Faults, InjectedFault};
use super::keys::PlatformKeys;
use super::ledger::MerchantLedger;
use super::numbers::NumberSource;
use super::rules::SandboxRules;
use super::tls::Authority;
use super::v3::BillShelf;
use super::wire::{Gate, Peer, SandboxConnection};
use super::{ClockFn, Config, Merchant, cashier, control, door, v2, v3};
use recondesk_domain::Instant;
use wechatpay_codec::v3::{VerifyKey, decrypt_field, normal_serial};

/// Largest request; real ones have a few kilobytes.
const MAX_REQUEST_BYTES: usize = 1 << 20;
/// Handshakes that may wait for the HTTP server.
const WAITING: usize = 64;
/// A handshake that takes longer is given up.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// What all requests share.
pub(crate) struct Shared {
    /// `http://127.0.0.1:port`, where the cashier's pages are.
    pub(crate) base_http: String,
    pub(crate) merchants: Vec<Merchant>,
    pub(crate) tls: bool,
    /// WeChat Pay's own keys.
    pub(crate) platform: PlatformKeys,
    /// Keys of the merchants' certificates, by merchant number.
    certificates: BTreeMap<String, VerifyKey>,
    shelf: Mutex<BillShelf>,
    books: Mutex<BTreeMap<String, MerchantLedger>>,
    rules: Mutex<SandboxRules>,
    faults: Mutex<Faults>,
    numbers: Mutex<NumberSource>,
    clock: ClockFn,
    shift_s: AtomicI64,
    refuse: watch::Sender<Duration>,
    refusing: AtomicBool,
}

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn new(
        config: Config,
        authority: Authority,
        base_http: &str,
    ) -> Result<Self, String> {
        let mut books: BTreeMap<String, MerchantLedger> = config
            .merchants
            .iter()
            .map(|merchant| (merchant.mch_id.clone(), MerchantLedger::default()))
            .collect();
        if let Some(first) = config.merchants.first()
            && let Some(book) = books.get_mut(&first.mch_id)
        {
            book.seed(config.pays, config.refunds, &first.openid);
            for deal in &config.deals {
                book.seed_deal(deal);
            }
        }
        let mut faults = Faults::default();
        for planned in config.faults {
            if !faults.plan(planned) {
                return Err("too many planned faults".to_owned());
            }
        }
        for planned in config.notification_faults {
            if !faults.plan_notification(planned) {
                return Err("too many planned faults".to_owned());
            }
        }
        let mut certificates = BTreeMap::new();
        for (mch_id, key) in &authority.merchants {
            certificates.insert(mch_id.clone(), key.verifying()?);
        }
        Ok(Self {
            base_http: base_http.to_owned(),
            merchants: config.merchants,
            tls: config.tls,
            platform: authority.platform,
            certificates,
            shelf: Mutex::default(),
            books: Mutex::new(books),
            rules: Mutex::new(config.rules),
            faults: Mutex::new(faults),
            numbers: Mutex::new(NumberSource::new(config.seed)),
            clock: config.clock,
            shift_s: AtomicI64::new(0),
            refuse: watch::Sender::new(Duration::ZERO),
            refusing: AtomicBool::new(false),
        })
    }

    /// The key of a merchant's certificate.
    pub(crate) fn certificate(&self, mch_id: &str) -> Option<&VerifyKey> {
        self.certificates.get(mch_id)
    }

    /// Works on the files that were applied for.
    pub(crate) fn with_shelf<T>(&self, work: impl FnOnce(&mut BillShelf) -> T) -> T {
        work(&mut hold(&self.shelf))
    }

    /// True when a personal field was sealed with the platform key of that serial number.
    pub(crate) fn opens(&self, serial: &str, sealed: &str) -> bool {
        let keys = &self.platform;
        let id = normal_serial(serial);
        [&keys.old, &keys.new, &keys.public]
            .into_iter()
            .filter(|key| key.id == id)
            .any(|key| decrypt_field(sealed, &key.private).is_ok())
    }

    /// The sandbox's time as the header `Date` has it.
    pub(crate) fn http_date(&self) -> String {
        chrono::DateTime::from_timestamp(self.now().unix(), 0)
            .unwrap_or_default()
            .format("%a, %d %b %Y %H:%M:%S GMT")
            .to_string()
    }

    /// The sandbox's time.
    pub(crate) fn now(&self) -> Instant {
        (self.clock)().plus(self.shift_s.load(Ordering::Relaxed))
    }

    /// Shifts the sandbox's time against the computer's.
    pub(crate) fn shift(&self, seconds: i64) {
        self.shift_s.store(seconds, Ordering::Relaxed);
    }

    /// Works on the book of a merchant.
    pub(crate) fn with_book<T>(
        &self,
        mch_id: &str,
        work: impl FnOnce(&mut MerchantLedger) -> T,
    ) -> Option<T> {
        hold(&self.books).get_mut(mch_id).map(work)
    }

    pub(crate) fn rules(&self) -> SandboxRules {
        *hold(&self.rules)
    }

    pub(crate) fn set_rules(&self, rules: SandboxRules) {
        *hold(&self.rules) = rules;
    }

    pub(crate) fn with_rules<T>(&self, work: impl FnOnce(&mut SandboxRules) -> T) -> T {
        work(&mut hold(&self.rules))
    }

    pub(crate) fn with_faults<T>(&self, work: impl FnOnce(&mut Faults) -> T) -> T {
        work(&mut hold(&self.faults))
    }

    pub(crate) fn with_numbers<T>(&self, work: impl FnOnce(&mut NumberSource) -> T) -> T {
        work(&mut hold(&self.numbers))
    }

    /// A merchant by number.
    pub(crate) fn merchant(&self, mch_id: &str) -> Option<&Merchant> {
        self.merchants.iter().find(|known| known.mch_id == mch_id)
    }

    /// Stops listening for a while.
    pub(crate) fn refuse_for(&self, pause: Duration) {
        self.refusing.store(true, Ordering::Relaxed);
        self.refuse.send_replace(pause);
    }
}

/// Takes the ports.
pub(crate) async fn bind(
    listen: SocketAddr,
    secure: bool,
) -> io::Result<(TcpListener, Option<TcpListener>)> {
    let http = TcpListener::bind(listen).await?;
    let https = if secure {
        Some(TcpListener::bind(SocketAddr::new(listen.ip(), 0)).await?)
    } else {
        None
    };
    Ok((http, https))
}

/// Serves until told to stop.
pub(crate) async fn run(
    shared: Arc<Shared>,
    http: TcpListener,
    https: Option<(TcpListener, TlsAcceptor)>,
    mut stopped: watch::Receiver<bool>,
) {
    let router = Router::new()
        .fallback(serve)
        .with_state(Arc::clone(&shared));
    listen(http, None, &shared, router.clone());
    if let Some((listener, acceptor)) = https {
        listen(listener, Some(acceptor), &shared, router);
    }
    // An error means that the handle is gone, which is the wish to stop as well.
    drop(stopped.wait_for(|stop| *stop).await);
}

/// Starts the two halves of a listener: taking connections, and speaking HTTP on them.
fn listen(
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    shared: &Arc<Shared>,
    router: Router,
) {
    let Ok(address) = listener.local_addr() else {
        return;
    };
    let (sender, ready) = mpsc::channel(WAITING);
    let gate = Gate { ready, address };
    tokio::spawn(accept(listener, acceptor, Arc::clone(shared), sender));
    tokio::spawn(async move {
        let service = router.into_make_service_with_connect_info::<Peer>();
        drop(axum::serve(gate, service).await);
    });
}

async fn accept(
    first: TcpListener,
    acceptor: Option<TlsAcceptor>,
    shared: Arc<Shared>,
    sender: mpsc::Sender<(SandboxConnection, SocketAddr)>,
) {
    let Ok(address) = first.local_addr() else {
        return;
    };
    let mut refuse = shared.refuse.subscribe();
    let mut listener = Some(first);
    loop {
        let Some(open) = &listener else {
            let pause = *refuse.borrow_and_update();
            tokio::time::sleep(pause).await;
            listener = TcpListener::bind(address).await.ok();
            if listener.is_some() {
                shared.refusing.store(false, Ordering::Relaxed);
            }
            continue;
        };
        tokio::select! {
            _ = refuse.changed() => listener = None,
            taken = open.accept() => {
                let Ok((stream, from)) = taken else {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                };
                drop(stream.set_nodelay(true));
                let (acceptor, sender) = (acceptor.clone(), sender.clone());
                tokio::spawn(async move {
                    let connection = match acceptor {
                        None => SandboxConnection::plain(stream),
                        Some(acceptor) => {
                            let hands = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream));
                            let Ok(Ok(stream)) = hands.await else { return };
                            SandboxConnection::secure(stream)
                        }
                    };
                    drop(sender.send((connection, from)).await);
                });
            }
        }
    }
}

async fn serve(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_REQUEST_BYTES).await else {
        return html(
            StatusCode::PAYLOAD_TOO_LARGE,
            "413 Request Entity Too Large",
        );
    };
    let path = head.uri.path().to_owned();
    if let Some(what) = path.strip_prefix("/_sandbox") {
        return behind_the_door(&shared, &head, what.trim_start_matches('/'), &body);
    }
    if shared.refusing.load(Ordering::Relaxed) {
        peer.wire.cut_after(0);
        return Response::default();
    }
    let fault = shared.with_faults(|faults| faults.take(&path));
    match &fault {
        Some(InjectedFault::Refuse { ms }) => {
            shared.refuse_for(Duration::from_millis(*ms));
            peer.wire.cut_after(0);
            return Response::default();
        }
        Some(InjectedFault::Hole { carried_out: false }) => return std::future::pending().await,
        Some(fault) => {
            if let Some(response) = instead(fault, &shared) {
                return response;
            }
        }
        None => {}
    }
    let needs_certificate = path.starts_with("/secapi/") || path == "/pay/downloadfundflow";
    if shared.tls && needs_certificate && peer.certificate.is_none() {
        let text = "400 No required SSL certificate was sent";
        return html(StatusCode::BAD_REQUEST, text);
    }
    if path.starts_with("/v3/") {
        let target = head
            .uri
            .path_and_query()
            .map_or("", |target| target.as_str());
        let scheme = if peer.is_secure { "https" } else { "http" };
        let line = (head.method.as_str(), target);
        let Some(request) = v3::V3Request::new(line, &head.headers, &body, scheme) else {
            return html(StatusCode::NOT_FOUND, "404 Not Found");
        };
        let response = v3::answer(&shared, &request, fault.as_ref());
        return spoilt(response, fault, &peer).await;
    }
    let request = v2::ReceivedRequest {
        path: &path,
        is_post: head.method == Method::POST,
        body: &body,
        certificate: peer.certificate.as_deref().map(Vec::as_slice),
    };
    let mut response = v2::answer(&shared, &request, fault.as_ref());
    if let Ok(date) = HeaderValue::from_str(&shared.http_date()) {
        response.headers_mut().insert(header::DATE, date);
    }
    spoilt(response, fault, &peer).await
}

/// The control addresses and the cashier, for programs and pages of this computer.
fn behind_the_door(shared: &Arc<Shared>, head: &Parts, what: &str, body: &[u8]) -> Response {
    if let Some(why) = door::turned_away(&head.method, &head.uri, &head.headers) {
        return control::turned_away(why);
    }
    let query = head.uri.query().unwrap_or_default();
    if what == "cashier" {
        return cashier::serve(shared, &head.method, &head.headers, query, body);
    }
    let request = control::ControlRequest {
        method: &head.method,
        what,
        query,
        body,
    };
    control::serve(shared, &request)
}

/// An answer as a bad line lets it through.
async fn spoilt(response: Response, fault: Option<InjectedFault>, peer: &Peer) -> Response {
    match fault {
        Some(InjectedFault::Reset { bytes }) => peer.wire.cut_after(bytes),
        Some(InjectedFault::Drip { ms }) => peer.wire.drip(Duration::from_millis(ms)),
        Some(InjectedFault::Late { ms }) => tokio::time::sleep(Duration::from_millis(ms)).await,
        Some(InjectedFault::Hole { .. }) => return std::future::pending().await,
        _ => {}
    }
    response
}

/// Answers that have nothing to do with the request.
fn instead(fault: &InjectedFault, shared: &Shared) -> Option<Response> {
    let size = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX).min(1 << 30);
    Some(match fault {
        InjectedFault::Html => html(StatusCode::OK, "登录校园网 Sign in to the network"),
        InjectedFault::Status { status } => html(
            StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            "error",
        ),
        InjectedFault::Huge { bytes } => raw("text/xml", vec![b' '; size(*bytes)]),
        InjectedFault::Bomb { bytes } => {
            let mut response = raw("text/xml", v2::gzip(&vec![b' '; size(*bytes)]));
            let value = HeaderValue::from_static("gzip");
            response
                .headers_mut()
                .insert(header::CONTENT_ENCODING, value);
            response
        }
        InjectedFault::Garbage { bytes } => shared.with_numbers(|numbers| {
            let bytes = (0..size(*bytes)).map(|_| numbers.next().to_le_bytes()[0]);
            raw("text/xml", bytes.collect::<Vec<u8>>())
        }),
        InjectedFault::Redirect { location } => {
            let mut response = html(StatusCode::FOUND, "302 Found");
            if let Ok(value) = HeaderValue::from_str(location) {
                response.headers_mut().insert(header::LOCATION, value);
            }
            response
        }
        _ => return None,
    })
}

/// A page as nginx in front of the real gateway gives it.
pub(crate) fn html(status: StatusCode, text: &str) -> Response {
    let page = format!(
        "<html>\r\n<head><title>{text}</title></head>\r\n<body>\r\n<center><h1>{text}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    );
    let mut response = raw("text/html; charset=utf-8", page);
    *response.status_mut() = status;
    response
}

/// A body with its type.
pub(crate) fn raw(content_type: &'static str, body: impl Into<Bytes>) -> Response {
    let mut response = Response::new(Body::from(body.into()));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
