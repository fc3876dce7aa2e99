//! The way to WeChat Pay: one HTTP client for every request of the program.
//!
//! Synchronous outside; inside an asynchronous client on a runtime of its own, because only that one
//! has an idle timeout and can be cancelled. Certificates are always checked, redirects never followed,
//! answers bounded, and a request is sent a second time only where it certainly was not carried out.
//! What an answer means is not judged here: see `app::jobs::exchange`.

mod failure;
mod timeouts;

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{DATE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Certificate, Client, ClientBuilder, Identity, Method, Response, redirect};
use sha2::{Digest as _, Sha256};
use tokio::runtime::Runtime;
use zeroize::Zeroizing;

use failure::{chain, judge, tls_cause};
use timeouts::StreamPace;
pub use timeouts::{STREAM_FLOOR_BYTES, Timeouts};

use recondesk_domain::{GatewayKind, OFFICIAL_GATEWAY, OFFICIAL_GATEWAY_2, gateway_kind};
use recondesk_ports::{
    CancelToken, Clock, Gateway, GatewayError, HttpAnswer, HttpRequest, Route as Way,
};

/// How often a waiting request looks whether it was cancelled.
const CANCEL_POLL: Duration = Duration::from_millis(50);
/// Clients kept: one per merchant certificate and gateway in use.
const MAX_CLIENTS: usize = 16;

/// The client. Making one costs nothing: runtime and connections come with the first request.
pub struct HttpGateway {
    clock: Arc<dyn Clock>,
    timeouts: Timeouts,
    engine: Mutex<Option<Arc<Runtime>>>,
    clients: Mutex<Vec<([u8; 32], Client)>>,
}

/// What is to be done: the request, the way, and the wish to stop.
#[derive(Clone, Copy)]
struct Errand<'a> {
    way: &'a Way,
    request: &'a HttpRequest,
    cancel: &'a CancelToken,
}

/// Where the answer goes.
enum Taker<'a> {
    /// Into memory, as a whole.
    Whole,
    /// To the caller, piece by piece.
    Stream(&'a mut dyn FnMut(&[u8]) -> Result<(), String>),
}

impl HttpGateway {
    /// A client with the usual timeouts.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::with_timeouts(clock, Timeouts::default())
    }

    /// A client with other timeouts, for tests and for settings.
    #[must_use]
    pub const fn with_timeouts(clock: Arc<dyn Clock>, timeouts: Timeouts) -> Self {
        Self {
            clock,
            timeouts,
            engine: Mutex::new(None),
            clients: Mutex::new(Vec::new()),
        }
    }

    fn engine(&self) -> Result<Arc<Runtime>, GatewayError> {
        let mut engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(runtime) = engine.as_ref() {
            return Ok(Arc::clone(runtime));
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| GatewayError::Connect(format!("no network runtime: {error}")))?;
        Ok(Arc::clone(engine.insert(Arc::new(runtime))))
    }

    fn client(&self, way: &Way, request: &HttpRequest) -> Result<Client, GatewayError> {
        let key = client_key(way, request);
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, client)) = clients.iter().find(|(known, _)| *known == key) {
            return Ok(client.clone());
        }
        let client = build(way, request, self.timeouts)?;
        if clients.len() >= MAX_CLIENTS {
            clients.remove(0);
        }
        clients.push((key, client.clone()));
        Ok(client)
    }

    fn exchange(
        &self,
        errand: Errand<'_>,
        mut taker: Taker<'_>,
    ) -> Result<HttpAnswer, GatewayError> {
        let Errand {
            way,
            request,
            cancel,
        } = errand;
        if gateway_kind(&way.gateway).is_none() {
            return Err(GatewayError::Connect(
                "the gateway address is neither https nor loopback".to_owned(),
            ));
        }
        if !request.path.starts_with('/') {
            return Err(GatewayError::Connect(
                "the path must be absolute".to_owned(),
            ));
        }
        if cancel.is_cancelled() {
            return Err(GatewayError::Cancelled);
        }
        let first = way.gateway.trim_end_matches('/').to_owned();
        let result = self.attempt(errand, &first, &mut taker);
        match (&result, second_address(&first)) {
            (Err(GatewayError::Connect(reason)), Some(second)) if request.may_repeat => {
                tracing::warn!(
                    gateway.address = first,
                    reason,
                    "no connection, trying the second official address"
                );
                self.attempt(errand, second, &mut taker)
            }
            _ => result,
        }
    }

    /// One attempt at one address.
    fn attempt(
        &self,
        errand: Errand<'_>,
        address: &str,
        taker: &mut Taker<'_>,
    ) -> Result<HttpAnswer, GatewayError> {
        let Errand {
            way,
            request,
            cancel,
        } = errand;
        let engine = self.engine()?;
        let client = self.client(way, request)?;
        let started = self.clock.steady_ms();
        let limit = match taker {
            Taker::Whole => Some(self.timeouts.total),
            Taker::Stream(_) => None,
        };
        let result = engine.block_on(async {
            tokio::select! {
                biased;
                () = cancelled(cancel) => Err(GatewayError::Cancelled),
                () = after(limit) => Err(GatewayError::Unclear(format!(
                    "not complete after {} s", self.timeouts.total.as_secs_f32()
                ))),
                result = self.talk(&client, address, request, taker) => result,
            }
        });
        let took_ms = self.clock.steady_ms().saturating_sub(started);
        log(address, request, &result, took_ms);
        result.map(|answer| HttpAnswer { took_ms, ..answer })
    }

    async fn talk(
        &self,
        client: &Client,
        address: &str,
        request: &HttpRequest,
        taker: &mut Taker<'_>,
    ) -> Result<HttpAnswer, GatewayError> {
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|error| GatewayError::Connect(error.to_string()))?;
        let sent = client
            .request(method, format!("{address}{}", request.path))
            .headers(headers(&request.headers)?)
            .body(request.body.clone())
            .send();
        let response = sent.await.map_err(|error| judge(&error))?;
        let status = response.status();
        if status.is_redirection() {
            let target = response.headers().get(LOCATION);
            let target = target.map_or("nowhere".into(), |to| {
                String::from_utf8_lossy(to.as_bytes())
            });
            return Err(GatewayError::Redirect(target.chars().take(200).collect()));
        }
        let mut answer = HttpAnswer {
            status: status.as_u16(),
            headers: response.headers().iter().map(plain).collect(),
            body: Vec::new(),
            skew_s: skew(response.headers(), self.clock.now().unix()),
            took_ms: 0,
            address: address.to_owned(),
        };
        match taker {
            Taker::Whole => {
                let body = &mut answer.body;
                let mut keep = |piece: &[u8]| {
                    body.extend_from_slice(piece);
                    Ok(())
                };
                self.read(response, request.max_answer_bytes, None, &mut keep)
                    .await?;
            }
            Taker::Stream(sink) => {
                let pace = Some(StreamPace::from(self.timeouts, self.clock.steady_ms()));
                self.read(response, request.max_answer_bytes, pace, sink)
                    .await?;
            }
        }
        Ok(answer)
    }

    /// Reads a body piece by piece. Sizes count after unzipping, so that a bomb stops at the limit too.
    async fn read(
        &self,
        mut response: Response,
        limit: u64,
        mut pace: Option<StreamPace>,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), String>,
    ) -> Result<(), GatewayError> {
        if response.content_length().is_some_and(|size| size > limit) {
            return Err(GatewayError::TooLarge(limit));
        }
        let mut total: u64 = 0;
        while let Some(piece) = response.chunk().await.map_err(|error| judge(&error))? {
            total = total.saturating_add(piece.len() as u64);
            if total > limit {
                return Err(GatewayError::TooLarge(limit));
            }
            sink(&piece).map_err(GatewayError::Unclear)?;
            if let Some(pace) = &mut pace {
                pace.check(total, self.clock.steady_ms())
                    .map_err(GatewayError::Unclear)?;
            }
        }
        Ok(())
    }
}

impl Gateway for HttpGateway {
    fn send(
        &self,
        way: &Way,
        request: &HttpRequest,
        cancel: &CancelToken,
    ) -> Result<HttpAnswer, GatewayError> {
        self.exchange(
            Errand {
                way,
                request,
                cancel,
            },
            Taker::Whole,
        )
    }

    fn download(
        &self,
        way: &Way,
        request: &HttpRequest,
        cancel: &CancelToken,
        sink: &mut dyn FnMut(&[u8]) -> Result<(), String>,
    ) -> Result<HttpAnswer, GatewayError> {
        self.exchange(
            Errand {
                way,
                request,
                cancel,
            },
            Taker::Stream(sink),
        )
    }
}

/// The other official address; other gateways have none.
fn second_address(first: &str) -> Option<&'static str> {
    match first {
        OFFICIAL_GATEWAY => Some(OFFICIAL_GATEWAY_2),
        OFFICIAL_GATEWAY_2 => Some(OFFICIAL_GATEWAY),
        _ => None,
    }
}

/// Requests that share certificate, authority and manner share a client and its connections.
fn client_key(way: &Way, request: &HttpRequest) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    part(way.gateway.as_bytes());
    part(way.authority.as_deref().unwrap_or_default().as_bytes());
    if let (true, Some((certificate, key))) = (request.needs_certificate, &way.certificate) {
        part(certificate);
        part(key.expose());
    }
    part(&[u8::from(request.may_repeat)]);
    hash.finalize().into()
}

fn build(way: &Way, request: &HttpRequest, timeouts: Timeouts) -> Result<Client, GatewayError> {
    let loopback = gateway_kind(&way.gateway) == Some(GatewayKind::Loopback);
    let plain = way.gateway.starts_with("http://");
    let mut builder = ClientBuilder::new()
        .user_agent(concat!("Recondesk/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .referer(false)
        .connect_timeout(timeouts.connect)
        .read_timeout(timeouts.idle)
        .pool_idle_timeout(Duration::from_secs(4));
    if !request.may_repeat {
        // A kept connection may be dead already, and then the outcome would be unknown for nothing.
        builder = builder.pool_max_idle_per_host(0);
    }
    if loopback {
        let here = [
            SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            SocketAddr::from((Ipv6Addr::LOCALHOST, 0)),
        ];
        builder = builder.no_proxy().resolve_to_addrs("localhost", &here);
    }
    if plain {
        // Loopback without TLS: do not read the system's certificates for nothing.
        builder = builder.tls_certs_only([]);
    } else if let Some(authority) = way.authority.as_deref().filter(|_| loopback) {
        let trusted = Certificate::from_pem_bundle(authority.as_bytes())
            .map_err(|error| GatewayError::Tls(format!("authority: {}", chain(&error))))?;
        builder = builder.tls_certs_only(trusted);
    }
    if request.needs_certificate && !plain {
        let Some((certificate, key)) = &way.certificate else {
            return Err(GatewayError::Certificate(
                "this request needs the merchant's certificate, and the profile has none"
                    .to_owned(),
            ));
        };
        let mut pem = Zeroizing::new(key.expose().clone());
        pem.push(b'\n');
        pem.extend_from_slice(certificate);
        let identity =
            Identity::from_pem(&pem).map_err(|error| GatewayError::Certificate(chain(&error)))?;
        builder = builder.identity(identity);
    }
    builder.build().map_err(|error| match tls_cause(&error) {
        Some(_) if request.needs_certificate => GatewayError::Certificate(chain(&error)),
        _ => GatewayError::Tls(chain(&error)),
    })
}

fn headers(given: &[(String, String)]) -> Result<HeaderMap, GatewayError> {
    let mut map = HeaderMap::with_capacity(given.len());
    for (name, value) in given {
        let bad = |what: &str| GatewayError::Connect(format!("header {name}: {what}"));
        let name =
            HeaderName::from_bytes(name.as_bytes()).map_err(|error| bad(&error.to_string()))?;
        let value = HeaderValue::from_str(value).map_err(|error| bad(&error.to_string()))?;
        map.append(name, value);
    }
    Ok(map)
}

fn plain((name, value): (&HeaderName, &HeaderValue)) -> (String, String) {
    let value = String::from_utf8_lossy(value.as_bytes());
    (name.as_str().to_owned(), value.into_owned())
}

/// The gateway's clock minus ours, from its `Date`.
fn skew(headers: &HeaderMap, now: i64) -> Option<i64> {
    let date = headers.get(DATE)?.to_str().ok()?;
    let there = chrono::DateTime::parse_from_rfc2822(date).ok()?;
    Some(there.timestamp().saturating_sub(now))
}

async fn cancelled(cancel: &CancelToken) {
    while !cancel.is_cancelled() {
        tokio::time::sleep(CANCEL_POLL).await;
    }
}

async fn after(limit: Option<Duration>) {
    match limit {
        Some(limit) => tokio::time::sleep(limit).await,
        None => std::future::pending().await,
    }
}

fn log(
    address: &str,
    request: &HttpRequest,
    result: &Result<HttpAnswer, GatewayError>,
    took_ms: u64,
) {
    let path = request.path.split('?').next().unwrap_or_default();
    let (address, path) = if request.is_address_secret {
        ("webhook", "")
    } else {
        (address, path)
    };
    match result {
        Ok(answer) => tracing::info!(
            gateway.address = address,
            path,
            status = answer.status,
            size_bytes = answer.body.len(),
            duration_ms = took_ms,
            "gateway answered"
        ),
        Err(_) if request.is_address_secret => tracing::warn!(
            gateway.address = address,
            duration_ms = took_ms,
            "no usable answer"
        ),
        Err(error) => tracing::warn!(
            gateway.address = address,
            path,
            %error,
            duration_ms = took_ms,
            "no usable answer of the gateway"
        ),
    }
}
