//! The gateway client against real sockets: what it refuses, how long it waits, what it calls things.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use recondesk::adapters::gateway::{HttpGateway, Timeouts};
use recondesk::domain::{Instant, Secret};
use recondesk::ports::{
    CancelToken, Clock, Gateway as _, GatewayError, HttpAnswer, HttpRequest, Route,
};
use recondesk::sandbox::{Running, start};
use serde_json::json;

use crate::support::line::{NoonClock, patient, timeouts_under};
use crate::support::wire::{config, control, noon, sandbox};

fn client() -> HttpGateway {
    HttpGateway::with_timeouts(Arc::new(NoonClock::default()), patient())
}

fn route(gateway: &str) -> Route {
    Route {
        gateway: gateway.to_owned(),
        authority: None,
        certificate: None,
    }
}

fn post(path: &str) -> HttpRequest {
    HttpRequest {
        method: "POST",
        path: path.to_owned(),
        headers: Vec::new(),
        body: b"<xml></xml>".to_vec(),
        needs_certificate: false,
        may_repeat: true,
        max_answer_bytes: 1 << 20,
        is_address_secret: false,
    }
}

fn send(route: &Route, request: &HttpRequest) -> Result<HttpAnswer, GatewayError> {
    client().send(route, request, &CancelToken::default())
}

/// What the client makes of a planned fault.
fn under(fault: &serde_json::Value) -> GatewayError {
    let running = sandbox();
    control(&running.base_http, "fault", fault);
    let mut request = post("/pay/orderquery");
    request.max_answer_bytes = 64 * 1024;
    let clock = Arc::new(NoonClock::default());
    HttpGateway::with_timeouts(clock, timeouts_under(fault))
        .send(
            &route(&running.base_http),
            &request,
            &CancelToken::default(),
        )
        .unwrap_err()
}

#[test]
fn each_bad_day_has_its_own_name() {
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let refused = send(&route(&closed), &post("/pay/orderquery"));
    assert!(
        matches!(refused, Err(GatewayError::Connect(_))),
        "{refused:?}"
    );

    let hole = under(&json!({ "kind": "hole" }));
    assert!(matches!(hole, GatewayError::Unclear(_)), "{hole:?}");
    let drip = under(&json!({ "kind": "drip", "ms": 30 }));
    assert!(matches!(drip, GatewayError::Unclear(_)), "{drip:?}");
    let huge = under(&json!({ "kind": "huge", "bytes": 10_000_000 }));
    assert_eq!(huge, GatewayError::TooLarge(64 * 1024));
    let bomb = under(&json!({ "kind": "bomb", "bytes": 3_000_000 }));
    assert_eq!(bomb, GatewayError::TooLarge(64 * 1024));
    let away = under(&json!({ "kind": "redirect", "location": "https://evil.example/" }));
    assert_eq!(
        away,
        GatewayError::Redirect("https://evil.example/".to_owned())
    );
}

#[test]
fn an_answer_cut_at_any_byte_is_never_a_whole_one() {
    let running = sandbox();
    let whole = send(&route(&running.base_http), &post("/pay/orderquery")).unwrap();
    let mut cut = 0;
    for bytes in 0..400 {
        control(
            &running.base_http,
            "fault",
            &json!({ "kind": "reset", "bytes": bytes }),
        );
        match send(&route(&running.base_http), &post("/pay/orderquery")) {
            Err(GatewayError::Unclear(_)) => cut += 1,
            Ok(answer) => assert_eq!(answer.body, whole.body, "{bytes}"),
            Err(other) => panic!("{bytes}: {other}"),
        }
    }
    assert!(cut > 150, "{cut}");
}

/// Plans that the sandbox stops listening, and what the client then makes of it, call by call.
fn refused_for(ms: u64) -> (Running, Result<HttpAnswer, GatewayError>) {
    let running = sandbox();
    let fault = json!({ "kind": "refuse", "ms": ms, "path": "/pay/refundquery" });
    control(&running.base_http, "fault", &fault);
    let first = send(&route(&running.base_http), &post("/pay/refundquery"));
    assert!(matches!(first, Err(GatewayError::Unclear(_))), "{first:?}");
    let next = loop {
        match send(&route(&running.base_http), &post("/pay/orderquery")) {
            // The port is about to close: what was taken in by then is cut off.
            Err(GatewayError::Unclear(_)) => {}
            next => break next,
        }
    };
    (running, next)
}

#[test]
fn a_gateway_that_stops_listening_is_a_connection_refused() {
    let (_running, next) = refused_for(3_600_000);

    assert!(matches!(next, Err(GatewayError::Connect(_))), "{next:?}");
}

#[test]
fn a_gateway_that_listens_again_is_asked_again() {
    let (running, mut next) = refused_for(1);
    while matches!(
        next,
        Err(GatewayError::Connect(_) | GatewayError::Unclear(_))
    ) {
        next = send(&route(&running.base_http), &post("/pay/orderquery"));
    }

    assert!(next.is_ok(), "{next:?}");
}

#[test]
fn waiting_can_be_stopped() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let cancel = CancelToken::default();
    let stopper = cancel.clone();
    // Takes the request in, and a person stops before anything is answered.
    let silent = std::thread::Builder::new()
        .spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut buffer = [0; 4096];
            let taken = stream.read(&mut buffer).unwrap();
            stopper.cancel();
            (stream, taken)
        })
        .unwrap();

    let result = client().send(&route(&address), &post("/pay/orderquery"), &cancel);

    assert!(matches!(result, Err(GatewayError::Cancelled)), "{result:?}");
    assert!(silent.join().unwrap().1 > 0);
}

/// A clock on which an hour passes between any two looks.
#[derive(Default)]
struct LeapingClock(AtomicU64);

impl Clock for LeapingClock {
    fn now(&self) -> Instant {
        noon()
    }

    fn steady_ms(&self) -> u64 {
        self.0.fetch_add(3_600_000, Ordering::Relaxed)
    }
}

/// What is said of a stream of three bytes, asked for with a clock that leaps an hour each time it is looked at.
fn slow_stream(timeouts: Timeouts) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::Builder::new()
        .spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut buffer = [0; 4096];
            let _taken = stream.read(&mut buffer).unwrap();
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nxxx")
                .unwrap();
            // Until the client goes away.
            stream.read(&mut buffer).unwrap_or_default()
        })
        .unwrap();

    let gateway = HttpGateway::with_timeouts(Arc::new(LeapingClock::default()), timeouts);
    let result = gateway.download(
        &route(&address),
        &post("/pay/downloadbill"),
        &CancelToken::default(),
        &mut |_| Ok(()),
    );
    drop(gateway);
    assert_eq!(server.join().unwrap(), 0);
    match result {
        Err(GatewayError::Unclear(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_dripping_stream_is_given_up_though_it_never_pauses_for_long() {
    let why = slow_stream(patient());

    assert!(why.contains("drips"), "{why}");
}

#[test]
fn a_stream_that_comes_fast_enough_must_end_as_well() {
    let why = slow_stream(Timeouts {
        stream_window: std::time::Duration::from_hours(100),
        ..patient()
    });

    assert!(why.contains("does not end"), "{why}");
}

#[test]
fn the_clock_of_the_gateway_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::Builder::new()
        .spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut buffer = [0; 4096];
            let _read = stream.read(&mut buffer).unwrap();
            // Noon in Beijing is 04:00 in Greenwich; this clock is five minutes fast.
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nDate: Mon, 09 Mar 2026 04:05:00 GMT\r\nContent-Length: 2\r\nX-Y: \xff\r\n\r\nok")
                .unwrap();
            String::from_utf8_lossy(&buffer).into_owned()
        })
        .unwrap();

    let answer = send(&route(&address), &post("/pay/orderquery")).unwrap();

    assert_eq!(answer.skew_s, Some(300));
    assert_eq!(answer.body, b"ok");
    assert_eq!(answer.address, address);
    assert!(
        server
            .join()
            .unwrap()
            .starts_with("POST /pay/orderquery HTTP/1.1")
    );
}

#[test]
fn only_https_and_loopback_are_spoken_to() {
    for gateway in [
        "http://example.com",
        "ftp://127.0.0.1",
        "http://10.0.0.1",
        "127.0.0.1",
    ] {
        let result = send(&route(gateway), &post("/pay/orderquery"));
        assert!(matches!(result, Err(GatewayError::Connect(_))), "{gateway}");
    }
}

fn secure() -> Running {
    let mut config = config();
    config.tls = true;
    start(config).unwrap()
}

#[test]
fn an_authority_that_is_not_named_is_not_trusted() {
    let (running, stranger) = (secure(), secure());
    let base = running.base_https.clone().unwrap();
    let mut way = route(&base);

    let system = send(&way, &post("/pay/orderquery"));
    way.authority = Some(stranger.pems.ca.clone());
    let other = send(&way, &post("/pay/orderquery"));
    way.authority = Some(running.pems.ca.clone());
    let right = send(&way, &post("/pay/orderquery"));

    assert!(matches!(system, Err(GatewayError::Tls(_))), "{system:?}");
    assert!(matches!(other, Err(GatewayError::Tls(_))), "{other:?}");
    assert_eq!(right.unwrap().status, 200);
}

#[test]
fn a_call_that_needs_the_certificate_goes_with_it_or_not_at_all() {
    let (running, stranger) = (secure(), secure());
    let mut way = route(running.base_https.as_ref().unwrap());
    way.authority = Some(running.pems.ca.clone());
    let mut request = post("/secapi/pay/refund");

    let page = send(&way, &request).unwrap();
    assert_eq!(page.status, 400);
    assert!(String::from_utf8_lossy(&page.body).contains("No required SSL certificate"));

    request.needs_certificate = true;
    request.may_repeat = false;
    let missing = send(&way, &request);
    assert!(
        matches!(missing, Err(GatewayError::Certificate(_))),
        "{missing:?}"
    );

    let pair = |cert: &Running, key: &Running| {
        let key = key.pems.client_key.expose().clone().into_bytes();
        Some((cert.pems.client_cert.clone().into_bytes(), Secret::new(key)))
    };
    way.certificate = pair(&running, &running);
    let right = send(&way, &request).unwrap();
    assert_eq!(right.status, 200);
    assert!(String::from_utf8_lossy(&right.body).contains("mch_id"));

    way.certificate = pair(&stranger, &stranger);
    let foreign = send(&way, &request);
    assert!(matches!(foreign, Err(GatewayError::Tls(_))), "{foreign:?}");

    let another = {
        let mut config = config();
        config.tls = true;
        "1900000110".clone_into(&mut config.merchants[0].mch_id);
        start(config).unwrap()
    };
    way.certificate = pair(&running, &another);
    let mixed = send(&way, &request);
    assert!(
        matches!(
            mixed,
            Err(GatewayError::Certificate(_) | GatewayError::Tls(_))
        ),
        "{mixed:?}"
    );

    way.certificate = Some((b"nonsense".to_vec(), Secret::new(b"nonsense".to_vec())));
    let broken = send(&way, &request);
    assert!(
        matches!(broken, Err(GatewayError::Certificate(_))),
        "{broken:?}"
    );
    let text = format!("{broken:?}");
    assert!(!text.contains("PRIVATE"), "{text}");
}

#[test]
fn without_tls_the_certificate_is_not_asked_for() {
    let running = sandbox();
    let mut request = post("/secapi/pay/refund");
    request.needs_certificate = true;

    let answer = send(&route(&running.base_http), &request).unwrap();

    assert_eq!(answer.status, 200);
}

#[test]
fn two_threads_share_one_client() {
    let running = sandbox();
    let gateway = Arc::new(client());
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let (gateway, base) = (Arc::clone(&gateway), running.base_http.clone());
            std::thread::Builder::new()
                .spawn(move || {
                    for _ in 0..20 {
                        let cancel = CancelToken::default();
                        let answer = gateway.send(&route(&base), &post("/pay/orderquery"), &cancel);
                        assert_eq!(answer.unwrap().status, 200);
                    }
                })
                .unwrap()
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}
