//! A gateway for refunds that shares no code with the program or the sandbox: written from the documents, with a
//! ledger of its own, and with answers that go wrong as told.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};
use serde_json::{Value, json};

use super::wire::elements;

pub(crate) const MCH_ID: &str = "1900000109";
pub(crate) const APPID: &str = "wx8888888888888888";
pub(crate) const V2_KEY: &str = "q7W2e9R4t6Y1u8I3o5P0a2S7d4F9g6H1";
pub(crate) const PUBLIC_KEY_ID: &str = "PUB_KEY_ID_0119000001092026112800001900";

/// Which call goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    Order,
    Refund,
    Query,
}

/// What is said in place of the truth, or how it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Say {
    Truth,
    /// The connection ends without a byte.
    Nothing,
    /// The request is not even read: a reset.
    Unread,
    /// So many bytes of the body, then the end.
    Cut(usize),
    /// Headers alone, then the end.
    NoBody,
    Late(u64),
    /// One byte at a time, so many milliseconds apart.
    Drip(u64),
    /// A page for people.
    Page(u16),
    Redirect,
    Garbage,
    Huge,
    Empty,
    WrongSign,
    Unsigned,
    /// The truth with one byte of its body changed after signing.
    Tampered,
    /// A signed business error under this status of HTTP.
    Code(u16, &'static str),
    /// A refusal that nobody signed.
    Bare(u16, &'static str),
    OtherRefund,
    OtherOrder,
    OtherAmount,
    OtherTotal,
    OtherMerchant,
    /// The truth under another status of HTTP.
    Status(u16),
    /// A well signed word for the state of the refund.
    State(&'static str),
    /// A well signed "there is no such refund".
    Absent,
    /// Signed an hour ago (APIv3).
    Old,
    /// Signed under a number that nobody knows (APIv3).
    OtherKey,
}

/// What goes wrong with one call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlannedFault {
    pub(crate) at: At,
    /// Whether the request is carried out.
    pub(crate) done: bool,
    pub(crate) say: Say,
}

/// A refund that was accepted.
#[derive(Debug, Clone)]
pub(crate) struct AcceptedRefund {
    pub(crate) number: String,
    pub(crate) fen: i64,
    pub(crate) state: &'static str,
}

#[derive(Default)]
struct GatewayLedger {
    orders: BTreeMap<String, i64>,
    refunds: BTreeMap<String, Vec<AcceptedRefund>>,
    /// Number and sum of each request for a refund, by order.
    asked: BTreeMap<String, Vec<(String, i64)>>,
    faults: VecDeque<PlannedFault>,
    /// The state of refunds accepted from now on.
    outcome: Option<&'static str>,
}

struct Inside {
    ledger: Mutex<GatewayLedger>,
    key: RsaKeyPair,
    other_key: RsaKeyPair,
}

/// Listens on loopback until the test program ends.
pub(crate) struct FaultGateway {
    pub(crate) base: String,
    pub(crate) public_key: String,
    inside: Arc<Inside>,
}

fn pem(name: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut out = format!("-----BEGIN {name}-----\n");
    for line in text.as_bytes().chunks(64) {
        out.push_str(std::str::from_utf8(line).unwrap());
        out.push('\n');
    }
    out + &format!("-----END {name}-----\n")
}

/// A private key of 2,048 bits as PEM, and ready for signing.
pub(crate) fn fresh_key() -> (String, RsaKeyPair) {
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der = AsDer::<Pkcs8V1Der<'_>>::as_der(&key).unwrap();
    let ready = RsaKeyPair::from_pkcs8(der.as_ref()).unwrap();
    (pem("PRIVATE KEY", der.as_ref()), ready)
}

impl FaultGateway {
    pub(crate) fn new() -> Self {
        let (_, key) = fresh_key();
        let (_, other_key) = fresh_key();
        let public = AsDer::<PublicKeyX509Der<'_>>::as_der(key.public_key()).unwrap();
        let public_key = pem("PUBLIC KEY", public.as_ref());
        let inside = Arc::new(Inside {
            ledger: Mutex::default(),
            key,
            other_key,
        });
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let served = Arc::clone(&inside);
        std::thread::Builder::new()
            .name("fault gateway".to_owned())
            .spawn(move || {
                for stream in listener.incoming() {
                    let Ok(stream) = stream else { return };
                    let inside = Arc::clone(&served);
                    std::thread::Builder::new()
                        .name("fault connection".to_owned())
                        .spawn(move || serve(&inside, stream))
                        .unwrap();
                }
            })
            .unwrap();
        Self {
            base,
            public_key,
            inside,
        }
    }

    pub(crate) fn pay(&self, order: &str, fen: i64) {
        let mut ledger = self.inside.ledger.lock().unwrap();
        ledger.orders.insert(order.to_owned(), fen);
    }

    pub(crate) fn plan(&self, faults: &[PlannedFault]) {
        self.inside.ledger.lock().unwrap().faults = faults.iter().copied().collect();
    }

    /// Refunds accepted from now on end so.
    pub(crate) fn end_as(&self, outcome: Option<&'static str>) {
        self.inside.ledger.lock().unwrap().outcome = outcome;
    }

    /// The refunds of an order get this state.
    pub(crate) fn settle(&self, order: &str, state: &'static str) {
        let mut ledger = self.inside.ledger.lock().unwrap();
        for known in ledger.refunds.get_mut(order).unwrap() {
            known.state = state;
        }
    }

    /// Somebody hands the refund in by a file.
    pub(crate) fn upload(&self, order: &str, number: &str, fen: i64) {
        let mut ledger = self.inside.ledger.lock().unwrap();
        let refund = AcceptedRefund {
            number: number.to_owned(),
            fen,
            state: "SUCCESS",
        };
        ledger
            .refunds
            .entry(order.to_owned())
            .or_default()
            .push(refund);
    }

    pub(crate) fn accepted(&self, order: &str) -> Vec<AcceptedRefund> {
        let ledger = self.inside.ledger.lock().unwrap();
        ledger.refunds.get(order).cloned().unwrap_or_default()
    }

    /// Number and sum of each request for a refund of the order.
    pub(crate) fn asked(&self, order: &str) -> Vec<(String, i64)> {
        let ledger = self.inside.ledger.lock().unwrap();
        ledger.asked.get(order).cloned().unwrap_or_default()
    }
}

struct WireRequest {
    method: String,
    target: String,
    body: String,
}

fn receive(stream: &mut TcpStream) -> Option<WireRequest> {
    let mut bytes = Vec::new();
    let mut piece = [0; 8192];
    loop {
        if let Some(head) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let text = String::from_utf8(bytes[..head].to_vec()).ok()?;
            let length = text.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                let is_length = name.eq_ignore_ascii_case("content-length");
                is_length.then(|| value.trim().parse::<usize>().unwrap())
            });
            if bytes.len() >= head + 4 + length.unwrap_or(0) {
                let mut words = text.lines().next()?.split(' ');
                return Some(WireRequest {
                    method: words.next()?.to_owned(),
                    target: words.next()?.to_owned(),
                    body: String::from_utf8(bytes[head + 4..].to_vec()).ok()?,
                });
            }
        }
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&piece[..count]),
        }
    }
}

/// What is asked, whichever API asks.
struct ScriptedQuestion {
    at: At,
    is_v3: bool,
    order: String,
    number: String,
    fen: i64,
    total: i64,
}

fn question(received: &WireRequest) -> ScriptedQuestion {
    let path = received.target.split('?').next().unwrap();
    if let Some(rest) = path.strip_prefix("/v3/") {
        let body: Value = serde_json::from_str(&received.body).unwrap_or(Value::Null);
        let last = rest.rsplit('/').next().unwrap().to_owned();
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let of = |at, order, number| ScriptedQuestion {
            at,
            is_v3: true,
            order,
            number,
            fen: body["amount"]["refund"].as_i64().unwrap_or(0),
            total: body["amount"]["total"].as_i64().unwrap_or(0),
        };
        return if rest.starts_with("pay/transactions/out-trade-no/") {
            of(At::Order, last, String::new())
        } else if received.method == "POST" {
            of(At::Refund, text("out_trade_no"), text("out_refund_no"))
        } else {
            of(At::Query, String::new(), last)
        };
    }
    let fields = elements(&received.body);
    let text = |name: &str| fields.get(name).cloned().unwrap_or_default();
    let fen = |name: &str| text(name).parse().unwrap_or(0);
    let at = match path {
        "/secapi/pay/refund" => At::Refund,
        "/pay/refundquery" => At::Query,
        _ => At::Order,
    };
    ScriptedQuestion {
        at,
        is_v3: false,
        order: text("out_trade_no"),
        number: text("out_refund_no"),
        fen: fen("refund_fee"),
        total: fen("total_fee"),
    }
}

/// What is true, or a business error.
enum Truth {
    Order(String, i64, bool),
    /// Order, total, its refunds that are asked about.
    Refunds(String, i64, Vec<AcceptedRefund>),
    Error(u16, &'static str),
}

fn carry_out(ledger: &mut GatewayLedger, asked: &ScriptedQuestion) -> Truth {
    match asked.at {
        At::Order => match ledger.orders.get(&asked.order) {
            None => Truth::Error(404, "ORDERNOTEXIST"),
            Some(total) => {
                let refunds = ledger.refunds.get(&asked.order);
                let has_refunds = refunds.is_some_and(|known| !known.is_empty());
                Truth::Order(asked.order.clone(), *total, has_refunds)
            }
        },
        At::Query => {
            let found = ledger.refunds.iter().find_map(|(order, known)| {
                let of: Vec<AcceptedRefund> = known
                    .iter()
                    .filter(|one| one.number == asked.number || *order == asked.order)
                    .cloned()
                    .collect();
                (!of.is_empty()).then(|| (order.clone(), of))
            });
            match found {
                Some((order, refunds)) => {
                    let total = ledger.orders[&order];
                    Truth::Refunds(order, total, refunds)
                }
                None if asked.is_v3 => Truth::Error(404, "RESOURCE_NOT_EXISTS"),
                None => Truth::Error(200, "REFUNDNOTEXIST"),
            }
        }
        At::Refund => accept(ledger, asked),
    }
}

fn accept(ledger: &mut GatewayLedger, asked: &ScriptedQuestion) -> Truth {
    let Some(total) = ledger.orders.get(&asked.order).copied() else {
        return Truth::Error(404, "RESOURCE_NOT_EXISTS");
    };
    let state = ledger.outcome.unwrap_or("SUCCESS");
    let known = ledger.refunds.entry(asked.order.clone()).or_default();
    if let Some(same) = known.iter().find(|one| one.number == asked.number) {
        if same.fen != asked.fen || total != asked.total {
            return Truth::Error(400, "REFUND_FEE_MISMATCH");
        }
        let same = AcceptedRefund {
            state: "PROCESSING",
            ..same.clone()
        };
        return Truth::Refunds(asked.order.clone(), total, vec![same]);
    }
    let sum: i64 = known.iter().map(|one| one.fen).sum();
    if total != asked.total || asked.fen < 1 || sum + asked.fen > total {
        return Truth::Error(400, "INVALID_REQUEST");
    }
    let new = AcceptedRefund {
        number: asked.number.clone(),
        fen: asked.fen,
        state,
    };
    known.push(new.clone());
    let told = AcceptedRefund {
        state: "PROCESSING",
        ..new
    };
    Truth::Refunds(asked.order.clone(), total, vec![told])
}

/// Another number than the one that is meant.
fn other(number: &str) -> String {
    format!("{}X", &number[..number.len() - 1])
}

/// A well signed lie in place of the truth.
fn lie(truth: Truth, say: Say, asked: &ScriptedQuestion) -> Truth {
    match (say, truth) {
        (Say::Code(status, code), _) => Truth::Error(status, code),
        (Say::Absent, _) if asked.is_v3 => Truth::Error(404, "RESOURCE_NOT_EXISTS"),
        (Say::Absent, _) => Truth::Error(200, "REFUNDNOTEXIST"),
        (Say::OtherOrder, Truth::Order(order, total, refunded)) => {
            Truth::Order(other(&order), total, refunded)
        }
        (Say::OtherOrder, Truth::Refunds(order, total, refunds)) => {
            Truth::Refunds(other(&order), total, refunds)
        }
        (Say::OtherTotal, Truth::Order(order, total, refunded)) => {
            Truth::Order(order, total + 1, refunded)
        }
        (Say::OtherTotal, Truth::Refunds(order, total, refunds)) => {
            Truth::Refunds(order, total + 1, refunds)
        }
        (say, Truth::Refunds(order, total, mut refunds)) => {
            for refund in &mut refunds {
                match say {
                    Say::OtherRefund => refund.number = other(&refund.number),
                    Say::OtherAmount => refund.fen -= 1,
                    Say::State(state) => refund.state = state,
                    _ => {}
                }
            }
            Truth::Refunds(order, total, refunds)
        }
        (_, truth) => truth,
    }
}

fn v2_body(truth: &Truth, asked: &ScriptedQuestion, say: Say) -> String {
    let mut fields: BTreeMap<String, String> = BTreeMap::new();
    let mut put = |name: &str, value: &str| fields.insert(name.to_owned(), value.to_owned());
    put("return_code", "SUCCESS");
    put("appid", APPID);
    let stranger = say == Say::OtherMerchant;
    put("mch_id", if stranger { "1900000110" } else { MCH_ID });
    put("nonce_str", "5K8264ILTKCH16CQ2502SI8ZNMTM67VS");
    put("result_code", "SUCCESS");
    match truth {
        Truth::Error(_, code) => {
            put("result_code", "FAIL");
            put("err_code", code);
            put("err_code_des", "说明");
        }
        Truth::Order(order, total, refunded) => {
            put("out_trade_no", order);
            put("transaction_id", "4200002026112800000000000001");
            put("trade_state", if *refunded { "REFUND" } else { "SUCCESS" });
            put("total_fee", &total.to_string());
            put("time_end", "20261101120000");
        }
        Truth::Refunds(order, total, refunds) => {
            put("out_trade_no", order);
            put("transaction_id", "4200002026112800000000000001");
            put("total_fee", &total.to_string());
            put("cash_fee", &total.to_string());
            for (at, refund) in refunds.iter().enumerate() {
                let tail = match asked.at {
                    At::Query => format!("_{at}"),
                    At::Refund | At::Order => String::new(),
                };
                put(&format!("out_refund_no{tail}"), &refund.number);
                put(&format!("refund_id{tail}"), &refund_id(refund));
                put(&format!("refund_fee{tail}"), &refund.fen.to_string());
                if asked.at == At::Query {
                    put(&format!("refund_status{tail}"), refund.state);
                }
            }
            if asked.at == At::Query {
                put("refund_count", &refunds.len().to_string());
            }
        }
    }
    let mut text = String::new();
    for (name, value) in &fields {
        write!(text, "{name}={value}&").unwrap();
    }
    let key = if say == Say::WrongSign {
        "wrong"
    } else {
        V2_KEY
    };
    write!(text, "key={key}").unwrap();
    let mut sign = String::new();
    for byte in Md5::digest(text.as_bytes()) {
        write!(sign, "{byte:02X}").unwrap();
    }
    if say != Say::Unsigned {
        fields.insert("sign".to_owned(), sign);
    }
    let mut body = "<xml>".to_owned();
    for (name, value) in &fields {
        write!(body, "<{name}><![CDATA[{value}]]></{name}>").unwrap();
    }
    body + "</xml>"
}

fn refund_id(refund: &AcceptedRefund) -> String {
    let sum: u64 = refund.number.bytes().map(u64::from).sum();
    format!("503000202611280{sum:011}")
}

fn v3_word(state: &str) -> &str {
    match state {
        "REFUNDCLOSE" => "CLOSED",
        "CHANGE" => "ABNORMAL",
        other => other,
    }
}

fn v3_body(truth: &Truth, say: Say) -> (u16, String) {
    let mch_id = if say == Say::OtherMerchant {
        "1900000110"
    } else {
        MCH_ID
    };
    match truth {
        Truth::Error(status, code) => {
            let status = if *status == 200 { 400 } else { *status };
            (
                status,
                json!({ "code": code, "message": "说明" }).to_string(),
            )
        }
        Truth::Order(order, total, refunded) => {
            let body = json!({
                "appid": APPID, "mchid": mch_id, "out_trade_no": order,
                "transaction_id": "4200002026112800000000000001", "trade_type": "JSAPI",
                "trade_state": if *refunded { "REFUND" } else { "SUCCESS" },
                "trade_state_desc": "支付成功", "bank_type": "OTHERS",
                "success_time": "2026-11-01T12:00:00+08:00", "payer": { "openid": "oUpF8u" },
                "amount": { "total": total, "payer_total": total, "currency": "CNY",
                            "payer_currency": "CNY" },
            });
            (200, body.to_string())
        }
        Truth::Refunds(order, total, refunds) => {
            let refund = &refunds[0];
            let body = json!({
                "refund_id": refund_id(refund), "out_refund_no": refund.number,
                "transaction_id": "4200002026112800000000000001", "out_trade_no": order,
                "channel": "ORIGINAL", "user_received_account": "支付用户零钱",
                "create_time": "2026-11-28T12:00:00+08:00", "status": v3_word(refund.state),
                "funds_account": "AVAILABLE",
                "amount": { "total": total, "refund": refund.fen, "payer_total": total,
                            "payer_refund": refund.fen, "settlement_refund": refund.fen,
                            "settlement_total": total, "discount_refund": 0, "currency": "CNY" },
            });
            (200, body.to_string())
        }
    }
}

fn v3_headers(inside: &Inside, body: &str, say: Say) -> String {
    if matches!(say, Say::Unsigned | Say::Bare(..)) {
        return String::new();
    }
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let time = if say == Say::Old { now - 3_600 } else { now };
    let nonce = "c5ac7061fccab6bf3e254dcf98995b8c";
    let key = if say == Say::WrongSign {
        &inside.other_key
    } else {
        &inside.key
    };
    let mut signature = vec![0; key.public_modulus_len()];
    let text = format!("{time}\n{nonce}\n{body}\n");
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        text.as_bytes(),
        &mut signature,
    )
    .unwrap();
    let id = if say == Say::OtherKey {
        "PUB_KEY_ID_0119000001092026112800009999"
    } else {
        PUBLIC_KEY_ID
    };
    format!(
        "Wechatpay-Timestamp: {time}\r\nWechatpay-Nonce: {nonce}\r\nWechatpay-Serial: {id}\r\nWechatpay-Signature: {}\r\n",
        STANDARD.encode(signature)
    )
}

/// Status, further header lines, body.
struct ScriptedAnswer(u16, String, Vec<u8>);

fn answer(inside: &Inside, truth: &Truth, asked: &ScriptedQuestion, say: Say) -> ScriptedAnswer {
    match say {
        Say::Page(status) => {
            let page = "<html><head><title>登录网络</title></head><body>sign in</body></html>";
            return ScriptedAnswer(
                status,
                "Content-Type: text/html\r\n".to_owned(),
                page.into(),
            );
        }
        Say::Redirect => {
            let to = "Location: http://127.0.0.1:9/login\r\n".to_owned();
            return ScriptedAnswer(302, to, Vec::new());
        }
        Say::Garbage => return ScriptedAnswer(200, String::new(), vec![0xFE; 300]),
        Say::Huge => return ScriptedAnswer(200, String::new(), vec![b' '; 5_000_000]),
        Say::Empty => return ScriptedAnswer(200, String::new(), Vec::new()),
        Say::Bare(_, text) if !asked.is_v3 => {
            let body = format!(
                "<xml><return_code>FAIL</return_code><return_msg>{text}</return_msg></xml>"
            );
            return ScriptedAnswer(200, String::new(), body.into());
        }
        _ => {}
    }
    let (mut status, mut body) = match (asked.is_v3, say) {
        (true, Say::Bare(status, code)) => (
            status,
            json!({ "code": code, "message": "说明" }).to_string(),
        ),
        (true, say) => v3_body(truth, say),
        (false, say) => (200, v2_body(truth, asked, say)),
    };
    let headers = if asked.is_v3 {
        v3_headers(inside, &body, say)
    } else {
        String::new()
    };
    match say {
        Say::Status(other) => status = other,
        Say::Tampered => {
            body = body.replacen(
                "4200002026112800000000000001",
                "4200002026112800000000000002",
                1,
            );
        }
        _ => {}
    }
    ScriptedAnswer(status, headers, body.into_bytes())
}

fn serve(inside: &Inside, mut stream: TcpStream) {
    let patience = Some(Duration::from_secs(10));
    stream.set_read_timeout(patience).unwrap();
    let is_unread = {
        let mut ledger = inside.ledger.lock().unwrap();
        let is_unread = ledger.faults.front().is_some_and(|f| f.say == Say::Unread);
        if is_unread {
            ledger.faults.pop_front();
        }
        is_unread
    };
    if is_unread {
        // Closing with bytes unread resets the connection.
        let mut one = [0; 1];
        let _count = stream.read(&mut one);
        return;
    }
    let Some(received) = receive(&mut stream) else {
        return;
    };
    let asked = question(&received);
    let (truth, say) = {
        let mut ledger = inside.ledger.lock().unwrap();
        if asked.at == At::Refund {
            let told = (asked.number.clone(), asked.fen);
            ledger
                .asked
                .entry(asked.order.clone())
                .or_default()
                .push(told);
        }
        let mine = ledger.faults.front().is_some_and(|f| f.at == asked.at);
        let fault = if mine {
            ledger.faults.pop_front()
        } else {
            None
        };
        let done = fault.is_none_or(|fault| fault.done);
        let truth = if done {
            carry_out(&mut ledger, &asked)
        } else {
            Truth::Error(500, "SYSTEMERROR")
        };
        (truth, fault.map_or(Say::Truth, |fault| fault.say))
    };
    if say == Say::Nothing {
        return;
    }
    let truth = lie(truth, say, &asked);
    write(&mut stream, answer(inside, &truth, &asked, say), say);
}

/// A client that went away is no fault of the test.
fn write(stream: &mut TcpStream, ScriptedAnswer(status, headers, body): ScriptedAnswer, say: Say) {
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n",
        body.len()
    );
    let mut bytes = head.into_bytes();
    match say {
        Say::Late(ms) => std::thread::sleep(Duration::from_millis(ms)),
        Say::Drip(ms) => {
            for byte in bytes.iter().chain(&body) {
                if stream.write_all(&[*byte]).is_err() {
                    return;
                }
                std::thread::sleep(Duration::from_millis(ms));
            }
            return;
        }
        _ => {}
    }
    let body = match say {
        Say::Cut(most) => &body[..most.min(body.len())],
        Say::NoBody => &[],
        _ => &body[..],
    };
    bytes.extend_from_slice(body);
    drop(stream.write_all(&bytes));
}
