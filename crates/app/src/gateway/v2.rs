//! The APIv2 half: XML, signed with the API key in both directions, refunds over mutual TLS.

use super::{
    AnsweredQuery, CloseOutcome, Exchange, ExchangeError, GatewayClient, QueryVerdict,
    RefundAnswer, RefundOutcome, RefundVerdict, SignedRefusal, foreign, missing, other_refund,
    page_title,
};
use crate::{Advice, Failure, FailureKind, Message};
use recondesk_domain::{ApiVersion, OutRefundNo, OutTradeNo, RefundId, Secret, SecretKind};
use recondesk_ports::{GatewayError, HttpAnswer, HttpRequest};
use wechatpay_codec::Params;
use wechatpay_codec::v2::{
    Answer, Endpoint, NewRefund, OrderRef, OrderState, RefundAccepted, RefundLine, RefundList,
    RefundRef, RefundState, ReplyError, Request, RequestEnvelope, Signed, build, open,
};

pub(super) fn query_order(
    client: &GatewayClient<'_>,
    order: &OrderRef,
    sub_mch_id: &str,
) -> Result<AnsweredQuery<QueryVerdict>, Failure> {
    let exchange = ask(client, &Request::OrderQuery(*order), sub_mch_id)?;
    let outcome = match &exchange.result {
        Ok(params) => match OrderState::read(params) {
            Err(error) => QueryVerdict::ExchangeError(ExchangeError::Unclear(error.to_string())),
            Ok(state) => match foreign(order, &state.out_trade_no, &state.transaction_id) {
                Some(why) => QueryVerdict::ExchangeError(ExchangeError::Untrusted(why)),
                None => QueryVerdict::Known(Box::new(state)),
            },
        },
        Err(ExchangeError::Fault(fault)) if fault.is("ORDERNOTEXIST") => QueryVerdict::NotFound,
        Err(trouble) => QueryVerdict::ExchangeError(trouble.clone()),
    };
    Ok(AnsweredQuery { exchange, outcome })
}

pub(super) fn close_order(
    client: &GatewayClient<'_>,
    out_trade_no: &OutTradeNo,
    sub_mch_id: &str,
) -> Result<AnsweredQuery<CloseOutcome>, Failure> {
    let exchange = ask(client, &Request::CloseOrder(*out_trade_no), sub_mch_id)?;
    let outcome = match &exchange.result {
        Ok(_) => CloseOutcome::Closed,
        Err(ExchangeError::Fault(fault)) => match fault {
            fault if fault.is("ORDERCLOSED") => CloseOutcome::Closed,
            fault if fault.is("ORDERPAID") => CloseOutcome::Paid,
            fault => CloseOutcome::Refused(fault.clone()),
        },
        Err(trouble) => CloseOutcome::ExchangeError(trouble.clone()),
    };
    Ok(AnsweredQuery { exchange, outcome })
}

pub(super) fn refund(
    client: &GatewayClient<'_>,
    refund: &NewRefund,
    sub_mch_id: &str,
) -> Result<AnsweredQuery<RefundOutcome>, Failure> {
    let request = Request::Refund(Box::new(refund.clone()));
    let exchange = ask(client, &request, sub_mch_id)?;
    let outcome = match &exchange.result {
        Ok(params) => accepted(params, refund),
        Err(error) => RefundOutcome::from_error(error.clone()),
    };
    Ok(AnsweredQuery { exchange, outcome })
}

/// Reads an accepted refund; one that does not say what was asked leaves the outcome unclear.
fn accepted(params: &Params, asked: &NewRefund) -> RefundOutcome {
    let told = match RefundAccepted::read(params) {
        Ok(told) => told,
        Err(error) => {
            return RefundOutcome::Unclear(ExchangeError::Unclear(error.to_string()));
        }
    };
    let answer = RefundAnswer {
        out_trade_no: told.out_trade_no,
        transaction_id: told.transaction_id,
        total_fee: told.total_fee,
        refund: RefundLine {
            refund_id: told.refund_id,
            out_refund_no: told.out_refund_no,
            refund_fee: told.refund_fee,
            settlement_refund_fee: told.settlement_refund_fee,
            state: RefundState::Processing,
            channel: String::new(),
            account: String::new(),
            received_by: String::new(),
            succeeded_at: None,
        },
    };
    match other_refund(asked, &answer) {
        Some(why) => RefundOutcome::Unclear(ExchangeError::Untrusted(why)),
        None => RefundOutcome::Accepted(Box::new(answer)),
    }
}

pub(super) fn query_refund(
    client: &GatewayClient<'_>,
    out_refund_no: &OutRefundNo,
    sub_mch_id: &str,
) -> Result<AnsweredQuery<RefundVerdict>, Failure> {
    query_one(client, RefundRef::Merchant(*out_refund_no), sub_mch_id)
}

pub(super) fn query_refund_id(
    client: &GatewayClient<'_>,
    refund_id: &RefundId,
    sub_mch_id: &str,
) -> Result<AnsweredQuery<RefundVerdict>, Failure> {
    query_one(client, RefundRef::Refund(*refund_id), sub_mch_id)
}

fn query_one(
    client: &GatewayClient<'_>,
    which: RefundRef,
    sub_mch_id: &str,
) -> Result<AnsweredQuery<RefundVerdict>, Failure> {
    let asked = refund_page(client, &which, None, sub_mch_id)?;
    Ok(asked.map(|page| match page {
        Ok(list) => one_refund(list),
        Err(ExchangeError::Fault(fault)) if is_absent(&fault) => RefundVerdict::NotFound,
        Err(trouble) => RefundVerdict::ExchangeError(trouble),
    }))
}

/// True when there is no such refund.
pub(super) fn is_absent(fault: &SignedRefusal) -> bool {
    fault.is("REFUNDNOTEXIST") || fault.is("RESOURCE_NOT_EXISTS")
}

fn one_refund(list: RefundList) -> RefundVerdict {
    let RefundList {
        transaction_id,
        out_trade_no,
        total_fee,
        total_count: _,
        mut refunds,
    } = list;
    match (refunds.pop(), refunds.is_empty()) {
        (Some(refund), true) => RefundVerdict::Known(Box::new(RefundAnswer {
            out_trade_no,
            transaction_id,
            total_fee,
            refund,
        })),
        _ => RefundVerdict::ExchangeError(ExchangeError::Untrusted(
            "asked for one refund, answered for none or several".to_owned(),
        )),
    }
}

/// One page of refunds, checked to be about what was asked.
pub(super) fn refund_page(
    client: &GatewayClient<'_>,
    which: &RefundRef,
    offset: Option<u32>,
    sub_mch_id: &str,
) -> Result<AnsweredQuery<Result<RefundList, ExchangeError>>, Failure> {
    let exchange = ask(client, &Request::RefundQuery(*which, offset), sub_mch_id)?;
    let outcome = exchange
        .result
        .as_ref()
        .map_err(Clone::clone)
        .and_then(|params| {
            RefundList::read(params).map_err(|error| ExchangeError::Unclear(error.to_string()))
        })
        .and_then(|list| match other_list(which, &list) {
            Some(why) => Err(ExchangeError::Untrusted(why)),
            None => Ok(list),
        });
    Ok(AnsweredQuery { exchange, outcome })
}

/// Why a list of refunds is not about what was asked.
fn other_list(which: &RefundRef, list: &RefundList) -> Option<String> {
    let other = |field: &str, asked: &str, pick: fn(&RefundLine) -> &String| {
        let mut found = list.refunds.iter().map(pick);
        found
            .find(|number| *number != asked)
            .map(|number| format!("asked for {field} {asked}, answered for {number}"))
    };
    match which {
        RefundRef::Order(order) => foreign(order, &list.out_trade_no, &list.transaction_id),
        RefundRef::Refund(id) => other("refund_id", id.as_str(), |line| &line.refund_id),
        RefundRef::Merchant(number) => {
            other("out_refund_no", number.as_str(), |line| &line.out_refund_no)
        }
    }
}

/// The merchant's key of APIv2.
pub(crate) fn key(client: &GatewayClient<'_>) -> Result<Secret<Vec<u8>>, Failure> {
    client.secret(SecretKind::V2Key)?.ok_or_else(|| {
        missing(
            "vault.v2_key",
            Message::new(
                "这个商户还没有设置 APIv2 密钥",
                "This merchant has no APIv2 key yet",
            ),
            Advice::by_place(
                Message::new(
                    "用 recondesk profile set-key 档案名 v2 设置",
                    "Set it with recondesk profile set-key NAME v2",
                ),
                Message::new(
                    "到“商户 › 密钥”存入 APIv2 密钥",
                    "Store the APIv2 key under Merchants › Keys",
                ),
            ),
        )
    })
}

/// Signs a request with a fresh nonce.
pub(crate) fn sign(
    client: &GatewayClient<'_>,
    request: &Request,
    sub_mch_id: &str,
) -> Result<(Signed, Secret<Vec<u8>>), Failure> {
    let key = key(client)?;
    let profile = client.merchant.profile;
    let appid = profile.appids.first().cloned().ok_or_else(|| {
        missing(
            "profile.appid",
            Message::new("这个商户档案没有 appid", "This profile has no appid"),
            Message::new(
                "在档案里补上任一已绑定的 appid",
                "Add any appid bound to the merchant",
            ),
        )
    })?;
    let envelope = RequestEnvelope {
        appid,
        mch_id: profile.mch_id.clone(),
        sub_appid: String::new(),
        sub_mch_id: sub_mch_id.to_owned(),
        nonce: client.ports.random.nonce(),
        sign_type: profile.sign_type,
    };
    let signed = build(request, &envelope, &key).map_err(|error| {
        Failure::new(
            FailureKind::Usage,
            "request.value",
            Message::new(
                "请求里有无法发送的字符",
                "The request holds a character that cannot be sent",
            ),
            Message::default(),
        )
        .with_detail(error.to_string())
    })?;
    Ok((signed, key))
}

fn ask(
    client: &GatewayClient<'_>,
    request: &Request,
    sub_mch_id: &str,
) -> Result<Exchange, Failure> {
    let (signed, key) = sign(client, request, sub_mch_id)?;
    let most = signed.endpoint.max_answer_bytes();
    send_within(client, signed, &key, most)
}

/// Sends a request that is signed already with this key and takes an answer of at most that size.
///
/// # Errors
/// When the certificate is demanded and missing; nothing was sent then.
pub(crate) fn send_within(
    client: &GatewayClient<'_>,
    signed: Signed,
    key: &Secret<Vec<u8>>,
    most_bytes: u64,
) -> Result<Exchange, Failure> {
    let endpoint = signed.endpoint;
    let route = client.route(endpoint.needs_certificate())?;
    let mut wire = http(&signed);
    wire.max_answer_bytes = wire.max_answer_bytes.min(most_bytes);
    let (answer, result) = match client.ports.gateway.send(&route, &wire, client.cancel) {
        Err(error) => (None, Err(ExchangeError::from(error))),
        Ok(answer) => {
            let result = judge(client, &signed, &answer, key);
            (Some(answer), result)
        }
    };
    if let Err(trouble) = &result {
        tracing::warn!(path = endpoint.path(), %trouble, "no answer to go by");
    }
    Ok(Exchange {
        call: endpoint.into(),
        api: ApiVersion::V2,
        method: wire.method,
        target: wire.path,
        body: signed.body,
        answer,
        result,
    })
}

/// What an answer is worth: status, message, signature, merchant, appid, result.
fn judge(
    client: &GatewayClient<'_>,
    signed: &Signed,
    answer: &HttpAnswer,
    key: &Secret<Vec<u8>>,
) -> Result<Params, ExchangeError> {
    if answer.status != 200 {
        return Err(status_trouble(signed.endpoint, answer));
    }
    let profile = client.merchant.profile;
    let opened = open(
        signed.endpoint,
        &answer.body,
        key,
        signed.sign_type,
        &profile.mch_id,
    );
    match opened {
        Ok(Answer::Done(params)) => match params.filled("appid") {
            Some(appid) if !profile.appids.iter().any(|known| known == appid) => Err(
                ExchangeError::Untrusted(format!("the answer is about appid {appid}")),
            ),
            _ => Ok(params),
        },
        Ok(Answer::Fault(fault)) => {
            let fault = SignedRefusal::from(fault);
            Err(if fault.is_unclear() {
                ExchangeError::Unclear(format!("{} {}", fault.code, fault.description))
            } else {
                ExchangeError::Fault(fault)
            })
        }
        Err(ReplyError::Refused {
            message,
            error_code,
        }) => Err(ExchangeError::Refused {
            message,
            error_code,
        }),
        Err(error @ (ReplyError::Signature(_) | ReplyError::Foreign { .. })) => {
            Err(ExchangeError::Untrusted(error.to_string()))
        }
        Err(
            error @ (ReplyError::Message(_)
            | ReplyError::Incomplete { .. }
            | ReplyError::Field { .. }),
        ) => Err(ExchangeError::Unclear(error.to_string())),
    }
}

/// The request as it goes over the wire.
#[must_use]
pub(crate) fn http(signed: &Signed) -> HttpRequest {
    HttpRequest {
        method: "POST",
        path: signed.endpoint.path().to_owned(),
        headers: vec![(
            "content-type".to_owned(),
            "text/xml; charset=utf-8".to_owned(),
        )],
        body: signed.body.clone(),
        needs_certificate: signed.endpoint.needs_certificate(),
        may_repeat: signed.endpoint.may_repeat(),
        max_answer_bytes: signed.endpoint.max_answer_bytes(),
        is_address_secret: false,
    }
}

/// A status other than 200 never comes from the payment system itself, but from what stands before it.
pub(crate) fn status_trouble(endpoint: Endpoint, answer: &HttpAnswer) -> ExchangeError {
    let text = format!("HTTP {} {}", answer.status, page_title(&answer.body));
    // The one page that proves that the request went no further: the certificate was refused at the door.
    let about_certificate = text.to_ascii_lowercase().contains("ssl certificate");
    if answer.status == 400 && endpoint.needs_certificate() && about_certificate {
        return ExchangeError::NotSent(GatewayError::Certificate(text));
    }
    ExchangeError::Unclear(text)
}
