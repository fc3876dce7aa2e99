//! The APIv3 half: JSON, signed with the merchant's private key, answers verified with WeChat Pay's keys.

use super::keyring::Keyring;
use super::v2::is_absent;
use super::{
    AnsweredQuery, CloseOutcome, Exchange, ExchangeError, GatewayClient, PaymentCall, QueryVerdict,
    RefundAnswer, RefundOutcome, RefundVerdict, SignedRefusal, foreign, missing, other_refund,
    page_title,
};
use crate::{Advice, Failure, Message};
use recondesk_domain::{ApiVersion, OutRefundNo, OutTradeNo, SecretKind};
use recondesk_ports::{HttpAnswer, HttpRequest};
use wechatpay_codec::v2::{NewRefund, OrderRef, OrderState, RefundLine};
use wechatpay_codec::v3::api::{self, Signer, Unsigned};
use wechatpay_codec::v3::notify::open_certificates;
use wechatpay_codec::v3::{
    self, BillTicket, MAX_SKEW_S, Refund, SignatureHeaders, Transaction, VerifyError, VerifyKey,
    flat_fields, verify_signature,
};

/// The largest answer but for bills.
const MAX_ANSWER_BYTES: u64 = 1 << 20;
/// The largest bill.
const MAX_FILE_BYTES: u64 = 2 << 30;

pub(super) fn query_order(
    client: &GatewayClient<'_>,
    order: &OrderRef,
    sub_mch_id: &str,
) -> Result<AnsweredQuery<QueryVerdict>, Failure> {
    let profile = client.merchant.profile;
    let request = api::query_order(order, &profile.mch_id, sub_mch_id);
    let exchange = ask(client, &request)?;
    let outcome = match believed(&exchange) {
        Ok(body) => match order_state(client, order, sub_mch_id, body) {
            Ok(state) => QueryVerdict::Known(Box::new(state)),
            Err(trouble) => QueryVerdict::ExchangeError(trouble),
        },
        Err(ExchangeError::Fault(fault)) if fault.is("ORDER_NOT_EXIST") => QueryVerdict::NotFound,
        Err(trouble) => QueryVerdict::ExchangeError(trouble),
    };
    Ok(AnsweredQuery { exchange, outcome })
}

fn order_state(
    client: &GatewayClient<'_>,
    order: &OrderRef,
    sub_mch_id: &str,
    body: &[u8],
) -> Result<OrderState, ExchangeError> {
    let told =
        Transaction::read(body).map_err(|error| ExchangeError::Unclear(error.to_string()))?;
    let profile = client.merchant.profile;
    if !told.mchid.is_empty() && told.mchid != profile.mch_id {
        let theirs = told.mchid;
        return Err(ExchangeError::Untrusted(format!(
            "the answer is about mchid {theirs}"
        )));
    }
    let names_apps = !profile.appids.is_empty() && !told.appid.is_empty();
    if names_apps && !profile.appids.contains(&told.appid) {
        let theirs = told.appid;
        return Err(ExchangeError::Untrusted(format!(
            "the answer is about appid {theirs}"
        )));
    }
    if !told.sub_mchid.is_empty() && told.sub_mchid != sub_mch_id {
        let theirs = told.sub_mchid;
        return Err(ExchangeError::Untrusted(format!(
            "the answer is about sub_mchid {theirs}"
        )));
    }
    match foreign(order, &told.out_trade_no, &told.transaction_id) {
        Some(why) => Err(ExchangeError::Untrusted(why)),
        None => Ok(told.into()),
    }
}

pub(super) fn close_order(
    client: &GatewayClient<'_>,
    out_trade_no: &OutTradeNo,
    sub_mch_id: &str,
) -> Result<AnsweredQuery<CloseOutcome>, Failure> {
    let mch_id = &client.merchant.profile.mch_id;
    let request = api::close_order(out_trade_no.as_str(), mch_id, sub_mch_id);
    let exchange = ask(client, &request)?;
    let outcome = closed(&exchange);
    Ok(AnsweredQuery { exchange, outcome })
}

/// What the answer to a wish to close means.
pub(super) fn closed(exchange: &Exchange) -> CloseOutcome {
    match &exchange.result {
        Ok(_) => CloseOutcome::Closed,
        Err(ExchangeError::Fault(fault)) => match fault {
            fault if fault.is("ORDER_CLOSED") => CloseOutcome::Closed,
            fault if fault.is("ORDER_PAID") => CloseOutcome::Paid,
            fault if fault.is("USER_PAYING") => CloseOutcome::Paying,
            fault => CloseOutcome::Refused(fault.clone()),
        },
        Err(trouble) => CloseOutcome::ExchangeError(trouble.clone()),
    }
}

pub(super) fn refund(
    client: &GatewayClient<'_>,
    refund: &NewRefund,
    sub_mch_id: &str,
) -> Result<AnsweredQuery<RefundOutcome>, Failure> {
    let exchange = ask(client, &api::refund(refund, sub_mch_id))?;
    let outcome = match believed(&exchange) {
        Ok(body) => match refund_answer(body) {
            Ok(told) => match other_refund(refund, &told) {
                Some(why) => RefundOutcome::Unclear(ExchangeError::Untrusted(why)),
                None => RefundOutcome::Accepted(Box::new(told)),
            },
            Err(trouble) => RefundOutcome::Unclear(trouble),
        },
        Err(trouble) => RefundOutcome::from_error(trouble),
    };
    Ok(AnsweredQuery { exchange, outcome })
}

pub(super) fn query_refund(
    client: &GatewayClient<'_>,
    out_refund_no: &OutRefundNo,
    sub_mch_id: &str,
) -> Result<AnsweredQuery<RefundVerdict>, Failure> {
    let number = out_refund_no.as_str();
    let exchange = ask(client, &api::query_refund(number, sub_mch_id))?;
    let told = believed(&exchange).and_then(refund_answer);
    let outcome = match told {
        Ok(told) if told.refund.out_refund_no == number => RefundVerdict::Known(Box::new(told)),
        Ok(told) => RefundVerdict::ExchangeError(ExchangeError::Untrusted(format!(
            "asked for out_refund_no {number}, answered for {:?}",
            told.refund.out_refund_no
        ))),
        Err(ExchangeError::Fault(fault)) if is_absent(&fault) => RefundVerdict::NotFound,
        Err(trouble) => RefundVerdict::ExchangeError(trouble),
    };
    Ok(AnsweredQuery { exchange, outcome })
}

pub(super) fn refund_answer(body: &[u8]) -> Result<RefundAnswer, ExchangeError> {
    let told = Refund::read(body).map_err(|error| ExchangeError::Unclear(error.to_string()))?;
    Ok(RefundAnswer {
        out_trade_no: told.out_trade_no.clone(),
        transaction_id: told.transaction_id.clone(),
        total_fee: told.total,
        refund: RefundLine::from(told),
    })
}

/// Fetches the platform certificates, whether or not they were fetched before.
pub(super) fn fetch_certificates(
    client: &GatewayClient<'_>,
) -> Result<Result<usize, ExchangeError>, Failure> {
    let keyring = if let Some(keyring) = client.keyring.get() {
        keyring
    } else {
        let read = Keyring::read(client)?;
        client.keyring.get_or_init(|| read)
    };
    keyring.refreshed.set(false);
    let done = refresh(client, keyring)?;
    Ok(done.map(|()| keyring.certificate_count()))
}

/// The address and digest of a bill.
///
/// # Errors
/// As every question; what the answer is worth stands inside.
pub(super) fn bill_ticket(
    client: &GatewayClient<'_>,
    application: &Unsigned,
) -> Result<Result<BillTicket, ExchangeError>, Failure> {
    let exchange = ask(client, application)?;
    Ok(believed(&exchange).and_then(|body| {
        BillTicket::read(body).map_err(|error| ExchangeError::Unclear(error.to_string()))
    }))
}

/// The request for a file: signed as any other, while its answer is not.
pub(super) fn file_request(
    client: &GatewayClient<'_>,
    request: &Unsigned,
) -> Result<HttpRequest, Failure> {
    let mut wire = http(client, keyring(client)?, request);
    for (name, value) in &mut wire.headers {
        if name == "accept" {
            "*/*".clone_into(value);
        }
    }
    wire.max_answer_bytes = MAX_FILE_BYTES;
    // An address may count its uses: a file that broke off is fetched at a fresh one.
    wire.may_repeat = false;
    Ok(wire)
}

/// The raw body of an answer that may be believed.
pub(super) fn believed(exchange: &Exchange) -> Result<&[u8], ExchangeError> {
    match (&exchange.result, &exchange.answer) {
        (Ok(_), Some(answer)) => Ok(&answer.body),
        (Err(trouble), _) => Err(trouble.clone()),
        (Ok(_), None) => Err(ExchangeError::Unclear("there is no answer".to_owned())),
    }
}

/// The merchant's keys, read with the first question; WeChat Pay's are fetched where there are none.
pub(super) fn keyring<'c>(client: &'c GatewayClient<'_>) -> Result<&'c Keyring, Failure> {
    if let Some(keyring) = client.keyring.get() {
        return Ok(keyring);
    }
    let read = Keyring::read(client)?;
    let keyring = client.keyring.get_or_init(|| read);
    if keyring.preferred().is_none() {
        // Without a key no answer could be verified: better not to ask at all.
        if let Err(why) = refresh(client, keyring)? {
            return Err(no_platform_key(&why));
        }
    }
    Ok(keyring)
}

fn no_platform_key(why: &ExchangeError) -> Failure {
    // Where WeChat Pay could not be reached, or what it said is not clear, no key is missing.
    if matches!(why, ExchangeError::NotSent(_) | ExchangeError::Unclear(_)) {
        return why.failure();
    }
    let failure = missing(
        "vault.platform_key",
        Message::new(
            "没有可以验证微信支付应答的公钥或平台证书，请求没有发出",
            "There is no key to verify WeChat Pay's answers with, nothing was sent",
        ),
        Message::new(
            "新商户：在商户平台“账户中心 → API 安全”下载微信支付公钥，存为 platform-key，并写上公钥 ID；老商户：检查 APIv3 密钥，平台证书会自动下载",
            "Newer merchants: download the WeChat Pay public key in the console, store it as platform-key and name its id; others: check the APIv3 key, certificates are fetched with it",
        ),
    );
    failure.with_detail(why.to_string())
}

/// Signs and sends a question, and verifies its answer.
pub(super) fn ask(client: &GatewayClient<'_>, request: &Unsigned) -> Result<Exchange, Failure> {
    let keyring = keyring(client)?;
    let wire = http(client, keyring, request);
    let route = client.route(false)?;
    let (answer, result) = match client.ports.gateway.send(&route, &wire, client.cancel) {
        Err(error) => (None, Err(ExchangeError::from(error))),
        Ok(answer) => {
            let result = judge(client, keyring, request, &answer);
            (Some(answer), result)
        }
    };
    let path = request.target.split('?').next().unwrap_or_default();
    if let Err(trouble) = &result {
        tracing::warn!(path, %trouble, "no answer to go by");
    }
    let result = result.and_then(|()| {
        let body = answer.as_ref().map_or(&[][..], |answer| &answer.body);
        flat_fields(body).map_err(|error| ExchangeError::Unclear(error.to_string()))
    });
    Ok(Exchange {
        call: PaymentCall::from(request.call),
        api: ApiVersion::V3,
        method: request.method,
        target: request.target.clone(),
        body: request.body.clone(),
        answer,
        result,
    })
}

/// The request as it goes over the wire: a fresh nonce and time for each attempt.
pub(super) fn http(
    client: &GatewayClient<'_>,
    keyring: &Keyring,
    request: &Unsigned,
) -> HttpRequest {
    let nonce = client.ports.random.nonce();
    let signer = Signer {
        mchid: &client.merchant.profile.mch_id,
        serial: &keyring.serial,
        key: &keyring.private,
        nonce: &nonce,
        now: client.ports.clock.now(),
    };
    let mut headers = vec![
        (
            "authorization".to_owned(),
            request.authorize(&signer).header(),
        ),
        ("accept".to_owned(), "application/json".to_owned()),
    ];
    if !request.body.is_empty() {
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
    }
    if let Some(key) = keyring.preferred() {
        headers.push(("wechatpay-serial".to_owned(), key.id));
    }
    HttpRequest {
        method: request.method,
        path: request.target.clone(),
        headers,
        body: request.body.clone(),
        needs_certificate: false,
        may_repeat: request.method == "GET",
        max_answer_bytes: MAX_ANSWER_BYTES,
        is_address_secret: false,
    }
}

/// What an answer is worth: signature, time, status.
fn judge(
    client: &GatewayClient<'_>,
    keyring: &Keyring,
    request: &Unsigned,
    answer: &HttpAnswer,
) -> Result<(), ExchangeError> {
    let headers = match SignatureHeaders::collect(&answer.headers) {
        Ok(headers) => headers,
        Err(error) if matches!(answer.status, 200..=299) => {
            return Err(ExchangeError::Untrusted(error.to_string()));
        }
        Err(_) => return Err(unsigned_answer(request.call, answer)),
    };
    let mut checked = verify(client, &keyring.platform(), &headers, answer);
    if matches!(checked, Err(ExchangeError::UnknownKey(_)))
        && request.call != api::Call::Certificates
        && !headers.serial.starts_with(v3::PUBLIC_KEY_PREFIX)
        && matches!(refresh(client, keyring), Ok(Ok(())))
    {
        checked = verify(client, &keyring.platform(), &headers, answer);
    }
    checked?;
    match answer.status {
        200 | 204 => Ok(()),
        status => {
            let fault = SignedRefusal::from(v3::Fault::read(request.call, status, &answer.body));
            let is_close = matches!(request.call, api::Call::Close | api::Call::CloseCombined);
            Err(if status >= 500 || (fault.is_unclear() && !is_close) {
                ExchangeError::Unclear(format!(
                    "HTTP {status} {} {}",
                    fault.code, fault.description
                ))
            } else {
                ExchangeError::Fault(fault)
            })
        }
    }
}

/// The signature first, then the time; where the clock is the cause, it is named.
fn verify(
    client: &GatewayClient<'_>,
    keys: &[VerifyKey],
    headers: &SignatureHeaders,
    answer: &HttpAnswer,
) -> Result<(), ExchangeError> {
    match verify_signature(headers, &answer.body, keys) {
        Ok(_) => {}
        Err(VerifyError::UnknownKey(serial)) => return Err(ExchangeError::UnknownKey(serial)),
        Err(
            error @ (VerifyError::Header(_)
            | VerifyError::Timestamp
            | VerifyError::Stale(_)
            | VerifyError::Probe
            | VerifyError::Wrong),
        ) => return Err(ExchangeError::Untrusted(error.to_string())),
    }
    let untrusted = |error: VerifyError| ExchangeError::Untrusted(error.to_string());
    let age = headers.age(client.ports.clock.now()).map_err(untrusted)?;
    if age < MAX_SKEW_S {
        return Ok(());
    }
    Err(match answer.skew_s {
        Some(skew_s) if is_far(skew_s) => ExchangeError::Clock { skew_s },
        _ => untrusted(VerifyError::Stale(age)),
    })
}

const fn is_far(skew_s: i64) -> bool {
    skew_s.unsigned_abs() >= MAX_SKEW_S.unsigned_abs()
}

/// An answer without a signature: what it says is shown and never believed.
pub(super) fn unsigned_answer(call: api::Call, answer: &HttpAnswer) -> ExchangeError {
    let status = answer.status;
    if let (401, Some(skew_s)) = (status, answer.skew_s)
        && is_far(skew_s)
    {
        return ExchangeError::Clock { skew_s };
    }
    let said = v3::Fault::read(call, status, &answer.body);
    if (400..500).contains(&status) && !said.code.is_empty() {
        let fault = SignedRefusal::from(said);
        return ExchangeError::Refused {
            message: fault.description,
            error_code: fault.code,
        };
    }
    ExchangeError::Unclear(format!(
        "HTTP {status} {} {}",
        said.code,
        page_title(&answer.body)
    ))
}

/// Fetches the platform certificates, once for this client; the answer is signed with a key of its own contents.
///
/// # Errors
/// A [`Failure`] when it cannot be asked: without the APIv3 key the certificates stay sealed.
fn refresh(
    client: &GatewayClient<'_>,
    keyring: &Keyring,
) -> Result<Result<(), ExchangeError>, Failure> {
    if keyring.refreshed.replace(true) {
        return Ok(Err(ExchangeError::Unclear(
            "certificates were asked for already".to_owned(),
        )));
    }
    let key = client.secret(SecretKind::V3Key)?.ok_or_else(|| {
        missing(
            "vault.v3_key",
            Message::new(
                "这个商户还没有设置 APIv3 密钥，平台证书无法解密",
                "This merchant has no APIv3 key, so platform certificates cannot be opened",
            ),
            Advice::by_place(Message::new(
                "用 recondesk profile set-key 档案名 v3 设置；或存入微信支付公钥及其 ID",
                "Set it with recondesk profile set-key NAME v3; or store the WeChat Pay public key and its id",
            ),Message::new(
"到“商户 › 密钥”存入 APIv3 密钥；或存入微信支付公钥及其 ID",
"Store the APIv3 key under Merchants › Keys; or the WeChat Pay public key and its id",
)),
        )
    })?;
    let request = api::certificates();
    let wire = http(client, keyring, &request);
    let route = client.route(false)?;
    let answer = match client.ports.gateway.send(&route, &wire, client.cancel) {
        Ok(answer) => answer,
        Err(error) => return Ok(Err(error.into())),
    };
    let headers = match SignatureHeaders::collect(&answer.headers) {
        Ok(headers) => headers,
        Err(error) if answer.status == 200 => {
            return Ok(Err(ExchangeError::Untrusted(error.to_string())));
        }
        Err(_) => return Ok(Err(unsigned_answer(request.call, &answer))),
    };
    if answer.status != 200 {
        return Ok(judge(client, keyring, &request, &answer));
    }
    let fresh = match open_certificates(&answer.body, &key) {
        Ok(fresh) => fresh,
        Err(error) => return Ok(Err(ExchangeError::Untrusted(error.to_string()))),
    };
    let now = client.ports.clock.now();
    let usable: Vec<_> = fresh
        .into_iter()
        .filter(|key| key.is_valid_at(now))
        .collect();
    // Sealed with the merchant's own APIv3 key, and signed by one of them or by a key known before.
    let all = [keyring.platform(), usable.clone()].concat();
    if let Err(trouble) = verify(client, &all, &headers, &answer) {
        return Ok(Err(trouble));
    }
    tracing::info!(count = usable.len(), "platform certificates fetched");
    keyring.take(client, usable);
    Ok(Ok(()))
}
