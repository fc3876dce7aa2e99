//! unifiedorder, orderquery, closeorder.

use super::ledger::{SandboxOrder, SandboxOrderState};
use super::order_rules::{CloseRefusal, PlaceRefusal, close, place};
use super::tickets::issue;
use super::v2::{SignedCall, V2Refused};
use recondesk_domain::{ApiVersion, Fen, Instant};
use wechatpay_codec::Params;
use wechatpay_codec::v2::canonical;

pub(crate) const WEEK_S: i64 = 7 * 86_400;

/// Places an order, or gives a fresh prepay id for one that was placed with the very same parameters.
pub(crate) fn unified_order(call: &SignedCall<'_>) -> Result<Params, V2Refused> {
    let order = wanted(call)?;
    let (number, trade_type) = (order.out_trade_no.clone(), order.trade_type.clone());
    let mch_id = &call.merchant.mch_id;
    place(call.shared, mch_id, order, call.now).map_err(not_placed)?;
    let prepaid = issue(call.shared, mch_id, (&number, &trade_type), call.now);
    let mut fields = Params::new();
    fields.push("trade_type", trade_type.as_str());
    fields.push("prepay_id", prepaid.prepay_id);
    let link = if trade_type == "NATIVE" {
        "code_url"
    } else {
        "mweb_url"
    };
    if let Some(address) = prepaid.link {
        fields.push(link, address);
    }
    Ok(fields)
}

fn not_placed(why: PlaceRefusal) -> V2Refused {
    let (code, text) = match why {
        PlaceRefusal::Paid => ("ORDERPAID", "该订单已支付"),
        PlaceRefusal::Closed => ("ORDERCLOSED", "该订单已关闭"),
        PlaceRefusal::Different => ("INVALID_REQUEST", "201 商户订单号重复"),
        PlaceRefusal::NoBook => ("SYSTEMERROR", "系统错误"),
    };
    V2Refused::business(code, text)
}

fn not_closed(why: CloseRefusal) -> V2Refused {
    let (code, text) = match why {
        CloseRefusal::NoOrder => ("ORDERNOTEXIST", "订单不存在"),
        CloseRefusal::Paid => ("ORDERPAID", "订单已支付，不能发起关单"),
        CloseRefusal::Paying | CloseRefusal::State => ("TRADE_STATE_ERROR", "订单状态不支持关单"),
        CloseRefusal::NoBook => ("SYSTEMERROR", "系统错误"),
    };
    V2Refused::business(code, text)
}

/// The merchant's number of a new order.
pub(crate) fn order_number<'a>(call: &'a SignedCall<'_>) -> Result<&'a str, V2Refused> {
    let number = call.need("out_trade_no")?;
    let is_number = number.len() <= 32
        && number
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-|*@".contains(&b));
    is_number
        .then_some(number)
        .ok_or_else(|| V2Refused::business("PARAM_ERROR", "out_trade_no参数格式错误"))
}

/// What a new order costs, in fen; goods and address of the customer must be there too.
pub(crate) fn order_amount(call: &SignedCall<'_>) -> Result<i64, V2Refused> {
    call.need("body")?;
    call.need("spbill_create_ip")?;
    let amount = call.fen("total_fee")?;
    if amount < 1 {
        return Err(V2Refused::business("PARAM_ERROR", "total_fee参数格式错误"));
    }
    if !matches!(call.params.filled("fee_type"), None | Some("CNY")) {
        return Err(V2Refused::business("PARAM_ERROR", "fee_type参数格式错误"));
    }
    Ok(amount)
}

/// Reads and checks the order that the request describes.
fn wanted(call: &SignedCall<'_>) -> Result<SandboxOrder, V2Refused> {
    let number = order_number(call)?;
    let amount = order_amount(call)?;
    let notify_url = call.need("notify_url")?;
    if notify_url.len() > 256 || notify_url.contains('?') {
        return Err(V2Refused::business("PARAM_ERROR", "notify_url参数格式错误"));
    }
    let trade_type = call.need("trade_type")?;
    let openid = match trade_type {
        "JSAPI" if call.params.filled("sub_openid").is_some() => {
            call.need("sub_appid")?;
            call.need("sub_mch_id")?;
            call.short("openid", 128)?
        }
        "JSAPI" => call.need("openid")?,
        "NATIVE" => {
            call.need("product_id")?;
            ""
        }
        "APP" | "MWEB" => "",
        _ => return Err(V2Refused::business("PARAM_ERROR", "trade_type参数格式错误")),
    };
    let expires_at = match call.params.filled("time_expire") {
        None => call.now.plus(WEEK_S),
        Some(text) => expiry(text, call.now)?,
    };
    Ok(SandboxOrder {
        notify_url: notify_url.to_owned(),
        expires_at,
        ..described(call, number, trade_type, openid, Fen::new(amount))?
    })
}

/// An order as any call describes it: who, what and how much.
pub(crate) fn described(
    call: &SignedCall<'_>,
    number: &str,
    trade_type: &str,
    openid: &str,
    amount: Fen,
) -> Result<SandboxOrder, V2Refused> {
    let mut request = call.params.clone();
    request.remove("nonce_str");
    Ok(SandboxOrder {
        appid: call.need("appid")?.to_owned(),
        sub_mch_id: call.short("sub_mch_id", 32)?.to_owned(),
        sub_appid: call.short("sub_appid", 32)?.to_owned(),
        sub_openid: call.short("sub_openid", 128)?.to_owned(),
        out_trade_no: number.to_owned(),
        transaction_id: String::new(),
        body: call.short("body", 128)?.to_owned(),
        attach: call.short("attach", 127)?.to_owned(),
        device_info: call.short("device_info", 32)?.to_owned(),
        trade_type: trade_type.to_owned(),
        openid: if openid.is_empty() {
            call.merchant.openid.clone()
        } else {
            openid.to_owned()
        },
        bank_type: "OTHERS".to_owned(),
        notify_url: String::new(),
        amount,
        settled: amount,
        coupon: Fen::ZERO,
        state: SandboxOrderState::NotPay,
        created_at: call.now,
        expires_at: call.now.plus(WEEK_S),
        paid_at: None,
        api: ApiVersion::V2,
        sign_type: call.sign_type,
        request: canonical(&request),
        part_of: String::new(),
    })
}

fn expiry(text: &str, now: Instant) -> Result<Instant, V2Refused> {
    let bad = |why| V2Refused::business("PARAM_ERROR", why);
    let at = Instant::parse_compact(text).ok_or_else(|| bad("time_expire参数格式错误"))?;
    if at < now.plus(60) {
        return Err(bad("time_expire时间过短，刷卡至少1分钟，其他5分钟"));
    }
    Ok(at)
}

/// Tells what is known of an order.
pub(crate) fn order_query(call: &SignedCall<'_>) -> Result<Params, V2Refused> {
    let transaction_id = call.params.filled("transaction_id");
    let number = call.params.filled("out_trade_no");
    if transaction_id.is_none() && number.is_none() {
        return Err(V2Refused::transport("缺少参数out_trade_no"));
    }
    let order = call.shared.with_book(&call.merchant.mch_id, |book| {
        if let Some(number) = number {
            book.expire(number, call.now);
        }
        book.order(transaction_id, number).cloned()
    });
    let order = order
        .flatten()
        .ok_or_else(|| V2Refused::business("ORDERNOTEXIST", "订单不存在"))?;
    Ok(order_fields(&order))
}

/// The fields that orderquery has of an order.
pub(crate) fn order_fields(order: &SandboxOrder) -> Params {
    let mut fields = Params::new();
    if order.state.is_paid() || order.state == SandboxOrderState::Revoked {
        payment_fields(order, &mut fields);
    } else {
        fields.push("out_trade_no", order.out_trade_no.as_str());
        fields.push("total_fee", order.amount.get().to_string());
    }
    // An empty element is usual here, and must survive the check of the signature.
    if order.attach.is_empty() {
        fields.push("attach", "");
    } else if fields.get("attach").is_none() {
        fields.push("attach", order.attach.as_str());
    }
    fields.push("trade_state", order.state.wire());
    fields.push("trade_state_desc", order.state.words());
    fields
}

/// The fields of a payment, common to orderquery and the notification.
pub(crate) fn payment_fields(order: &SandboxOrder, fields: &mut Params) {
    let cash = order
        .amount
        .checked_sub(order.coupon)
        .unwrap_or(order.amount);
    fields.push("openid", order.openid.as_str());
    fields.push("is_subscribe", "N");
    if !order.sub_openid.is_empty() {
        fields.push("sub_openid", order.sub_openid.as_str());
        fields.push("sub_is_subscribe", "N");
    }
    fields.push("trade_type", order.trade_type.as_str());
    fields.push("bank_type", order.bank_type.as_str());
    fields.push("total_fee", order.amount.get().to_string());
    if order.settled != order.amount {
        fields.push("settlement_total_fee", order.settled.get().to_string());
    }
    fields.push("fee_type", "CNY");
    fields.push("cash_fee", cash.get().to_string());
    if order.coupon != Fen::ZERO {
        let coupon = order.coupon.get().to_string();
        fields.push("coupon_fee", coupon.as_str());
        fields.push("coupon_count", "1");
        fields.push("coupon_id_0", "2000000000000000001");
        fields.push("coupon_fee_0", coupon);
    }
    fields.push("transaction_id", order.transaction_id.as_str());
    fields.push("out_trade_no", order.out_trade_no.as_str());
    fields.push_some("attach", Some(order.attach.as_str()));
    if let Some(paid_at) = order.paid_at {
        fields.push("time_end", paid_at.compact());
    }
}

/// Closes an unpaid order; closing twice is the same as once.
pub(crate) fn close_order(call: &SignedCall<'_>) -> Result<Params, V2Refused> {
    let number = call.need("out_trade_no")?;
    close(call.shared, &call.merchant.mch_id, number).map_err(not_closed)?;
    let mut fields = Params::new();
    fields.push("result_msg", "OK");
    Ok(fields)
}

/// The answer for a merchant without books, which cannot be after the signature was checked.
pub(crate) fn no_book<T>() -> Result<T, V2Refused> {
    Err(V2Refused::business("SYSTEMERROR", "系统错误"))
}
