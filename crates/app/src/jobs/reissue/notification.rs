//! The payment notification that the shop missed: made of what WeChat Pay just said of the order, signed anew.
//!
//! A notification of APIv2 is signed with the merchant's own key, so that it can be sent again from here; one
//! of APIv3 is signed by WeChat Pay alone and cannot.

use super::shop::{AnswerForm, ShopCall, address};
use crate::gateway::GatewayClient;
use crate::jobs::inquiry::QueryVerdict;
use crate::jobs::refund::OrderSubject;
use crate::{Advice, Failure, FailureKind, MerchantRef, Message};
use recondesk_domain::{ApiVersion, SecretKind};
use recondesk_ports::{HttpRequest, Ports, Route};
use wechatpay_codec::Params;
use wechatpay_codec::v2::{OrderRef, SIGN, TradeState, sign, xml};

/// What an answer to orderquery has and a notification has not.
const ONLY_IN_ANSWERS: [&str; 3] = ["trade_state", "trade_state_desc", SIGN];
const LARGEST_ANSWER: u64 = 64 * 1024;

/// The call that repeats the notification of an order.
pub(super) fn call(
    ports: &Ports,
    client: &GatewayClient<'_>,
    order: &OrderSubject,
) -> Result<ShopCall, Failure> {
    let MerchantRef { id, profile } = client.merchant;
    if profile.api == ApiVersion::V3 {
        return Err(Failure::new(
            FailureKind::Usage,
            "reissue.v3",
            Message::new(
                "APIv3 的通知由微信支付签名，不能从这里补发",
                "A notification of APIv3 is signed by WeChat Pay and cannot be sent from here",
            ),
            Advice::by_place(
                Message::new(
                    "改用 --by list 或 --by webhook",
                    "Use --by list or --by webhook",
                ),
                Message::new(
                    "改用清单，或调用商城接口",
                    "Use the list, or the call to the shop",
                ),
            ),
        ));
    }
    let (base, path) = address(&profile.notify_url)?;
    let named = OrderRef::Merchant(order.out_trade_no);
    let asked = client.query_order(&named, &order.sub_mch_id)?;
    let answer = match (&asked.outcome, &asked.exchange.result) {
        (QueryVerdict::Known(state), Ok(params)) if state.state == TradeState::Success => params,
        (QueryVerdict::ExchangeError(trouble), _) => return Err(trouble.failure()),
        _ => return Err(not_paid()),
    };
    let key = ports
        .vault
        .get(id, SecretKind::V2Key)?
        .ok_or_else(not_paid)?;
    let mut fields = Params::new();
    for field in answer {
        let name = field.name.as_str();
        if !ONLY_IN_ANSWERS.contains(&name) && name != "nonce_str" {
            fields.push(name, field.value.as_str());
        }
    }
    fields.push("nonce_str", ports.random.nonce());
    fields.push(SIGN, sign(&fields, &key, profile.sign_type));
    let body = xml::write(&fields).map_err(|error| {
        let title = Message::new("通知写不出来", "The notification cannot be written");
        Failure::new(
            FailureKind::Gateway,
            "reissue.xml",
            title,
            Message::default(),
        )
        .with_detail(error.to_string())
    })?;
    Ok(ShopCall {
        route: Route {
            gateway: base,
            authority: profile.gateway_ca.clone(),
            certificate: None,
        },
        request: HttpRequest {
            method: "POST",
            path,
            headers: vec![("content-type".to_owned(), "text/xml".to_owned())],
            body,
            needs_certificate: false,
            may_repeat: true,
            max_answer_bytes: LARGEST_ANSWER,
            is_address_secret: false,
        },
        form: AnswerForm::ReturnCode,
    })
}

fn not_paid() -> Failure {
    Failure::new(
        FailureKind::Usage,
        "reissue.state",
        Message::new(
            "微信支付没有答复支付成功，不补发通知",
            "WeChat Pay does not say that it was paid; no notification is sent",
        ),
        Message::default(),
    )
}
