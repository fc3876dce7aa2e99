//! A WeChat Pay look-alike on loopback: the other side of the wire.
//!
//! A real HTTP server with its own ledger and its own check of every signature. It shares with the
//! program only the pure codec of the protocol, so that it can be trusted as a test and offered to
//! the developers of a merchant, whose SDK talks to it as to the real gateway.
//! Control addresses under `/_sandbox/` play what customers and bad days do; each takes JSON or a query:
//!
//! | request | effect |
//! |---|---|
//! | `POST pay` `{"out_trade_no"}` | the customer pays, and a loopback `notify_url` is notified |
//! | `POST cancel` `{"out_trade_no"}` | the customer turns away |
//! | `GET cashier?out_trade_no=` | a page with both, where `code_url` and `mweb_url` (`h5_url`) lead to |
//! | `POST refund`, `POST notify`, `POST state` | a refund made by hand, a notification again, an order left unpaid |
//! | `POST fault` `{"kind", "path"?, "times"?}` | the next answers go wrong |
//! | `POST notification_fault` `{"kind", "event"?, "times"?}` | the next notifications go wrong |
//! | `POST clock` `{"shift_s"}` | time passes |
//! | `GET ledger` | every order with its refunds |
//!
//! ```
//! use std::io::{Read as _, Write as _};
//! use std::sync::Arc;
//!
//! use wechatpay_sandbox::{Config, Instant, start};
//!
//! // The clock is the caller's, so a test can stand still at noon.
//! let noon = Instant::parse_beijing("2026-03-09 12:00:00").ok_or("not a time")?;
//! let sandbox = start(Config::new(Arc::new(move || noon), 7))?;
//!
//! // An SDK is given `base_http`, `merchant.mch_id` and `merchant.v2_key`; here a bare socket asks.
//! let host = sandbox.base_http.trim_start_matches("http://");
//! let mut socket = std::net::TcpStream::connect(host)?;
//! write!(socket, "GET /_sandbox/state HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
//! let mut answer = String::new();
//! socket.read_to_string(&mut answer)?;
//! assert!(answer.contains("2026-03-09 12:00:00"));
//!
//! sandbox.stop(); // dropping it does the same
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bills;
mod cashier;
mod code_pay;
mod combined;
mod control;
mod customer;
mod door;
mod fault;
mod fund_flow;
mod keys;
mod ledger;
mod notification;
mod notification_fault;
mod notify;
mod numbers;
mod order_rules;
mod past;
mod refund_rules;
mod refunds;
mod rules;
pub mod scenario;
mod scenario_file;
mod server;
mod tickets;
mod tls;
mod trade;
mod v2;
mod v3;
mod wire;
mod wish;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::sync::watch;

pub use fault::{InjectedFault, Planned};
pub use ledger::SandboxRefundOutcome;
// The values that the interface below speaks of.
pub use notification_fault::{NotificationEvent, NotificationFault, PlannedNotification};
pub use recondesk_domain::{Instant, Secret, WPay, WRefund};
pub use rules::{AnswerKey, BillReadiness, CertificateRoll, CodePay, PaymentLinks, SandboxRules};
pub use scenario_file::{RuleChanges, ScenarioFile, ScenarioSlip};
pub use tls::Pems;

/// Tells the sandbox the time; the sandbox shifts it when it is told to.
pub type ClockFn = Arc<dyn Fn() -> Instant + Send + Sync>;

/// A merchant that the sandbox knows.
#[derive(Debug, Clone)]
pub struct Merchant {
    /// `mch_id`.
    pub mch_id: String,
    /// App ids bound to it; the first is the one printed.
    pub appids: Vec<String>,
    /// A customer who can pay under that appid.
    pub openid: String,
    /// The API key of APIv2.
    pub v2_key: Secret<String>,
    /// The APIv3 key.
    pub v3_key: Secret<String>,
}

impl Merchant {
    /// A merchant whose keys follow from the seed.
    #[must_use]
    pub fn from_seed(mch_id: &str, appid: &str, seed: u64) -> Self {
        let mut numbers = numbers::NumberSource::new(seed ^ 0x5EED_0F4A_11CE_0001);
        Self {
            mch_id: mch_id.to_owned(),
            appids: vec![appid.to_owned()],
            openid: format!("oUpF8u{}", numbers.letters(22)),
            v2_key: Secret::new(numbers.letters(32)),
            v3_key: Secret::new(numbers.letters(32)),
        }
    }
}

/// What a sandbox is started with.
#[derive(Clone)]
pub struct Config {
    /// Where it listens; port 0 takes a free one. Anything but loopback is refused.
    pub listen: SocketAddr,
    /// True to offer https as well, on a port of its own, and to demand the merchant's certificate
    /// where the real gateway does.
    pub tls: bool,
    /// Makes keys, numbers and nonces; the same seed makes the same ones.
    pub seed: u64,
    /// The time.
    pub clock: ClockFn,
    /// The merchants; the first is the one printed and the one that owns the history.
    pub merchants: Vec<Merchant>,
    /// How it behaves where the real one has choices.
    pub rules: SandboxRules,
    /// Payments of the past, which bills and queries then know.
    pub pays: Vec<WPay>,
    /// Refunds of the past.
    pub refunds: Vec<WRefund>,
    /// What goes wrong, in this order.
    pub faults: Vec<Planned>,
    /// What goes wrong with notifications, in this order.
    pub notification_faults: Vec<PlannedNotification>,
    /// The past with its texts and its unpaid orders, such as a [`scenario::Scenario`] makes.
    pub deals: Vec<scenario::GeneratedOrder>,
}

impl Config {
    /// One demo merchant on a free port of loopback, without history.
    #[must_use]
    pub fn new(clock: ClockFn, seed: u64) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            tls: false,
            seed,
            clock,
            merchants: vec![Merchant::from_seed(
                "1900000109",
                "wx8888888888888888",
                seed,
            )],
            rules: SandboxRules::default(),
            pays: Vec::new(),
            refunds: Vec::new(),
            faults: Vec::new(),
            notification_faults: Vec::new(),
            deals: Vec::new(),
        }
    }
}

/// Why a sandbox does not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// It is for this computer only.
    #[error("the sandbox listens on loopback only, not on {0}")]
    NotLoopback(IpAddr),
    /// There is nobody to serve.
    #[error("the sandbox needs at least one merchant")]
    NoMerchant,
    /// The port is taken, or the like.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// The threads or the runtime could not be made.
    #[error("cannot start: {0}")]
    Start(std::io::Error),
    /// The certificates could not be made.
    #[error("cannot make certificates: {0}")]
    Certificates(String),
}

/// A sandbox that runs; dropping it stops it.
pub struct Running {
    /// `http://127.0.0.1:port`.
    pub base_http: String,
    /// `https://127.0.0.1:port`, with TLS.
    pub base_https: Option<String>,
    /// The first merchant.
    pub merchant: Merchant,
    /// Authority, and certificate and key of the merchant.
    pub pems: Pems,
    stop: watch::Sender<bool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Running {
    /// Stops serving and waits until the ports are free.
    pub fn stop(mut self) {
        self.end();
    }

    /// Waits until the server ends by itself, which it does not unless the process is told to.
    pub fn wait(mut self) {
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }

    fn end(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// Starts a sandbox on a thread of its own; when this returns, it accepts connections.
///
/// # Errors
/// [`SandboxError`] when the address is not of this computer or cannot be listened on.
pub fn start(config: Config) -> Result<Running, SandboxError> {
    if !config.listen.ip().is_loopback() {
        return Err(SandboxError::NotLoopback(config.listen.ip()));
    }
    let merchant = config
        .merchants
        .first()
        .cloned()
        .ok_or(SandboxError::NoMerchant)?;
    let authority =
        tls::Authority::make(&config.merchants, config.seed).map_err(SandboxError::Certificates)?;
    let pems = authority.pems.clone();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(SandboxError::Start)?;
    let acceptor = config.tls.then(|| authority.acceptor()).transpose();
    let acceptor = acceptor.map_err(SandboxError::Certificates)?;
    let listen = config.listen;
    let (http, https) = runtime
        .block_on(server::bind(listen, acceptor.is_some()))
        .map_err(|error| SandboxError::Listen(listen, error))?;
    let address = |listener: &tokio::net::TcpListener| {
        listener
            .local_addr()
            .map_err(|error| SandboxError::Listen(listen, error))
    };
    let base_http = format!("http://{}", address(&http)?);
    let base_https = match &https {
        Some(listener) => Some(format!("https://{}", address(listener)?)),
        None => None,
    };
    let (stop, stopped) = watch::channel(false);
    let shared =
        server::Shared::new(config, authority, &base_http).map_err(SandboxError::Certificates)?;
    let shared = Arc::new(shared);
    let secure = https.zip(acceptor);
    let thread = std::thread::Builder::new()
        .name("sandbox".to_owned())
        .spawn(move || {
            runtime.block_on(server::run(shared, http, secure, stopped));
            runtime.shutdown_background();
        })
        .map_err(SandboxError::Start)?;
    Ok(Running {
        base_http,
        base_https,
        merchant,
        pems,
        stop,
        thread: Some(thread),
    })
}
