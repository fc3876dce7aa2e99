//! Sends a message of the laboratory through the gateway port, and follows an order until it is paid.

use super::inquiry::{self, QueryVerdict};
use super::lab::{meant, refused, usage};
use super::poll::{Next, Poll, PollPlan};
use crate::gateway::{Exchange, ExchangeError, GatewayClient, v2};
use crate::model::{Follow, Followed, FollowedAnswer, SendAsk, Sent, Worth};
use crate::{Advice, Failure, FailureKind, MerchantRef, Message};
use recondesk_domain::{MerchantProfile, OutTradeNo, ProfileId};
use recondesk_ports::{CancelToken, Ports, StoreError};
use wechatpay_codec::lab::sending::refusal;
use wechatpay_codec::lab::steps::signed_xml;
use wechatpay_codec::v2::{Endpoint, OrderRef, SIGN, Signed, sign, xml};

/// Bytes of an answer that are kept to be shown.
const SHOWN: usize = 64 << 10;
/// The largest answer that is taken in: the laboratory looks at bills, it does not store them.
const LARGEST_ANSWER: u64 = 16 << 20;

fn profile_of(ports: &Ports, id: ProfileId) -> Result<MerchantProfile, Failure> {
    let rows = ports.records.profiles()?;
    let found = rows.into_iter().find(|(known, _)| *known == id);
    let (_, profile) = found.ok_or_else(|| StoreError::Missing(format!("merchant {}", id.0)))?;
    Ok(profile)
}

/// Signs a message with the key of its profile and sends it to the gateway of its profile.
///
/// # Errors
/// When the laboratory may not send it there, or it cannot be signed; what happened to a message that was
/// sent stands in [`Sent`].
pub fn send(ports: &Ports, ask: &SendAsk, cancel: &CancelToken) -> Result<Sent, Failure> {
    let profile = profile_of(ports, ask.profile)?;
    if let Some(why) = refusal(ask.endpoint, &profile.gateway) {
        let advice = Advice::by_place(
            Message::new(
                "改用沙箱：recondesk sandbox，再把商户网关设为它的地址",
                "Use the sandbox: recondesk sandbox, and set the merchant's gateway to its address",
            ),
            Message::new(
                "改用沙箱，并在“商户”里把网关设为它的地址",
                "Use the sandbox, and set its address as gateway under Merchants",
            ),
        );
        let failure = Failure::new(FailureKind::Usage, "lab.live", Message::from(why), advice);
        return Err(failure.with_detail(format!("{} {}", profile.gateway, ask.endpoint.path())));
    }
    let client = GatewayClient::new(ports, MerchantRef::new(ask.profile, &profile), cancel);
    let exchange = exchange(&client, ask)?;
    if cancel.is_cancelled() {
        return Err(Failure::cancelled());
    }
    let address = format!(
        "{}{}",
        profile.gateway.trim_end_matches('/'),
        ask.endpoint.path()
    );
    let mut sent = told(&exchange, ask.endpoint, address);
    if ask.endpoint == Endpoint::UnifiedOrder
        && let Ok(answer) = &exchange.result
    {
        let code = answer.filled("code_url").unwrap_or_default();
        code.clone_into(&mut sent.code_url);
        sent.follow = begin(ports, ask).map(Box::new);
    }
    Ok(sent)
}

fn exchange(client: &GatewayClient<'_>, ask: &SendAsk) -> Result<Exchange, Failure> {
    let key = v2::key(client)?;
    let mut params = ask.params.clone();
    params.remove(SIGN);
    super::lab_keys::refuse_key_as_field(&params, key.expose().as_ref())?;
    let signature = sign(&params, &key, ask.sign_type);
    let body = signed_xml(&params, &signature).map_err(|error| {
        let title = ("无法写成 XML", "Cannot be written as XML");
        refused("xml.write", title, error.to_string())
    })?;
    params.push(SIGN, signature);
    v2::send_within(
        client,
        Signed {
            endpoint: ask.endpoint,
            params,
            body: body.into_bytes(),
            sign_type: ask.sign_type,
        },
        &key,
        LARGEST_ANSWER,
    )
}

/// What an exchange is worth, with every field that may be believed.
fn told(exchange: &Exchange, endpoint: Endpoint, address: String) -> Sent {
    let answer = exchange.answer.as_ref();
    let body = answer.map_or(&[][..], |answer| answer.body.as_slice());
    let mut sent = Sent {
        endpoint,
        address,
        status: answer.map(|answer| answer.status),
        took_ms: answer.map_or(0, |answer| answer.took_ms),
        request_id: exchange.request_id().unwrap_or_default().to_owned(),
        worth: Worth::Nothing,
        title: Message::new("应答有效，签名相符", "Answered; the signature holds"),
        advice: Message::default(),
        detail: String::new(),
        fields: Vec::new(),
        body: body.get(..SHOWN).unwrap_or(body).to_vec(),
        code_url: String::new(),
        follow: None,
    };
    let is_bill = matches!(
        endpoint,
        Endpoint::DownloadBill | Endpoint::DownloadFundFlow
    );
    let is_message = body.trim_ascii_start().starts_with(b"<");
    if is_bill && answer.is_some_and(|answer| answer.status == 200) && !is_message {
        let bytes = body.len();
        let packed = body.starts_with(&[0x1f, 0x8b]);
        sent.worth = Worth::Done;
        sent.title = Message::new(
            format!("收到账单 {bytes} 字节，账单没有签名"),
            format!("A bill of {bytes} bytes; bills are not signed"),
        );
        sent.advice = Message::new("在“账单”里下载并入库", "Download it under Bills to keep it");
        if packed {
            sent.body = Vec::new();
        }
        return sent;
    }
    match &exchange.result {
        Ok(params) => {
            sent.worth = Worth::Done;
            sent.fields = meant(params);
        }
        Err(trouble) => {
            (sent.title, sent.advice) = trouble.words();
            sent.detail = trouble.to_string();
            if matches!(
                trouble,
                ExchangeError::Fault(_) | ExchangeError::Refused { .. }
            ) {
                sent.worth = Worth::Refused;
                sent.fields = xml::read(body)
                    .map(|params| meant(&params))
                    .unwrap_or_default();
            }
        }
    }
    sent
}

/// The plan for an order that was just placed.
fn begin(ports: &Ports, ask: &SendAsk) -> Option<Follow> {
    let number = ask.params.filled("out_trade_no")?.to_owned();
    let sub = ask.params.filled("sub_mch_id").unwrap_or_default();
    let now = ports.clock.now();
    let follow = Follow {
        profile: ask.profile,
        number,
        sub_mch_id: sub.to_owned(),
        poll: Poll::new(PollPlan::Ordered, now),
        at: now,
        after_ms: 0,
        heard: Vec::new(),
    };
    scheduled(ports, follow)
}

/// The same with the time of its next question; `None` when the order or the plan is at its end.
fn scheduled(ports: &Ports, mut follow: Follow) -> Option<Follow> {
    let now = ports.clock.now();
    follow.at = match follow.poll.next(now) {
        Next::WaitUntil(at) => at,
        Next::Ask => now,
        Next::Ended | Next::RanOut => return None,
    };
    let wait = follow.at.unix().saturating_sub(now.unix()).max(0);
    follow.after_ms = u64::try_from(wait).unwrap_or(0).saturating_mul(1000);
    Some(follow)
}

/// Asks about an order that is followed.
///
/// # Errors
/// When the question cannot be asked, or was cancelled.
pub fn follow(ports: &Ports, ask: &Follow, cancel: &CancelToken) -> Result<Followed, Failure> {
    let profile = profile_of(ports, ask.profile)?;
    let number = OutTradeNo::new(&ask.number).ok_or_else(|| {
        usage(Message::new(
            "商户订单号太长",
            "The order number is too long",
        ))
    })?;
    let client = GatewayClient::new(ports, MerchantRef::new(ask.profile, &profile), cancel);
    let inquiry = inquiry::order(&client, OrderRef::Merchant(number), &ask.sub_mch_id, &[])?;
    if cancel.is_cancelled() {
        return Err(Failure::cancelled());
    }
    let now = ports.clock.now();
    let mut next = ask.clone();
    next.poll.heard(&inquiry.verdict, now);
    let (words, paid) = match &inquiry.verdict {
        QueryVerdict::Known(state) => (Message::from(state.state.name()), state.state.is_paid()),
        QueryVerdict::NotFound => (
            Message::new("没有这个订单", "There is no such order"),
            false,
        ),
        QueryVerdict::ExchangeError(trouble) => (trouble.words().0, false),
    };
    next.heard.push(FollowedAnswer { at: now, words });
    let answers = inquiry
        .exchanges
        .first()
        .and_then(|first| first.result.as_ref().ok());
    Ok(Followed {
        number: ask.number.clone(),
        paid,
        heard: next.heard.clone(),
        fields: answers.map(meant).unwrap_or_default(),
        next: scheduled(ports, next).map(Box::new),
    })
}
