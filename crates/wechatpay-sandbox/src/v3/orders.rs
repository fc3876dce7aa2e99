//! Orders of APIv3: JSAPI, APP, H5, NATIVE; query by either number; close; for merchants and for partners.

use chrono::DateTime;
use serde_json::{Value, json};

use super::body::{Body, wrong};
use super::{V3Call, V3Refused, V3Reply, V3Result};
use crate::ledger::{SandboxOrder, SandboxOrderState};
use crate::order_rules::{CloseRefusal, PlaceRefusal, close as close_order, place as place_order};
use crate::tickets::issue;
use crate::trade::WEEK_S;
use recondesk_domain::{ApiVersion, Fen, Instant, SignType};

/// Who asks: a merchant for itself, or a service provider for a sub-merchant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Party {
    /// `appid`, `mchid`.
    Merchant,
    /// `sp_appid`, `sp_mchid`, `sub_mchid`.
    Partner,
}

impl Party {
    const fn mchid(self) -> &'static str {
        match self {
            Self::Merchant => "mchid",
            Self::Partner => "sp_mchid",
        }
    }
}

const FIELDS: [&str; 17] = [
    "appid",
    "mchid",
    "sp_appid",
    "sp_mchid",
    "sub_appid",
    "sub_mchid",
    "description",
    "out_trade_no",
    "time_expire",
    "attach",
    "notify_url",
    "goods_tag",
    "support_fapiao",
    "amount",
    "payer",
    "detail",
    "scene_info",
];

/// Places an order, or gives a fresh ticket for one that was placed with the very same parameters.
pub(crate) fn place(call: &V3Call<'_>, kind: &str, party: Party) -> V3Result {
    let body = Body::read(call.request.body, &[&FIELDS[..], &["settle_info"]].concat())?;
    let order = wanted(call, kind, party, &body)?;
    let mch_id = &call.merchant.mch_id;
    let (number, trade_type) = (order.out_trade_no.clone(), order.trade_type.clone());
    place_order(call.shared, mch_id, order, call.now).map_err(refused_place)?;
    let prepaid = issue(call.shared, mch_id, (&number, &trade_type), call.now);
    Ok(V3Reply::Json(match kind {
        "native" => json!({ "code_url": prepaid.link }),
        "h5" => json!({ "h5_url": prepaid.link }),
        _ => json!({ "prepay_id": prepaid.prepay_id }),
    }))
}

/// The documented words for an order that is not placed.
pub(super) fn refused_place(why: PlaceRefusal) -> V3Refused {
    match why {
        PlaceRefusal::Paid => V3Refused::new(400, "ORDER_PAID", "该订单已支付"),
        PlaceRefusal::Closed => V3Refused::new(400, "ORDER_CLOSED", "该订单已关闭"),
        PlaceRefusal::Different => V3Refused::new(400, "INVALID_REQUEST", "201 商户订单号重复"),
        PlaceRefusal::NoBook => V3Refused::system(),
    }
}

/// True for a number of the merchant's own that is long enough.
pub(super) fn is_number(number: &str, shortest: usize) -> bool {
    number.len() >= shortest
        && number
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-|*@".contains(&b))
}

fn wanted(
    call: &V3Call<'_>,
    kind: &str,
    party: Party,
    body: &Body,
) -> Result<SandboxOrder, V3Refused> {
    let (app, sub) = match party {
        Party::Merchant => ("/appid", ""),
        Party::Partner => ("/sp_appid", body.need("/sub_mchid", 32)?),
    };
    let mchid = body.need(&format!("/{}", party.mchid()), 32)?;
    let appid = body.need(app, 32)?;
    if mchid != call.merchant.mch_id {
        return Err(V3Refused::new(403, "NO_AUTH", "商户号与签名的商户号不一致"));
    }
    if !call.merchant.appids.iter().any(|known| known == appid) {
        return Err(V3Refused::new(
            400,
            "APPID_MCHID_NOT_MATCH",
            "appid和mch_id不匹配",
        ));
    }
    let number = body.need("/out_trade_no", 32)?;
    if !is_number(number, 6) {
        return Err(wrong("/out_trade_no", &json!(number), "格式有误"));
    }
    let notify_url = body.need("/notify_url", 255)?;
    if !notify_url.starts_with("http") || notify_url.contains('?') {
        return Err(wrong("/notify_url", &json!(notify_url), "不是合法的URL"));
    }
    if !matches!(body.text("/amount/currency", 16)?, "" | "CNY") {
        return Err(wrong("/amount/currency", &json!("?"), "仅支持CNY"));
    }
    let amount = Fen::new(body.fen("/amount/total")?);
    let (trade_type, openid) = way(kind, party, body)?;
    let sub_openid = body.text("/payer/sub_openid", 128)?;
    let sub_appid = body.text("/sub_appid", 32)?;
    if !sub_openid.is_empty() && sub_appid.is_empty() {
        return Err(wrong("/sub_appid", &Value::Null, "传sub_openid时必填"));
    }
    Ok(SandboxOrder {
        appid: appid.to_owned(),
        sub_mch_id: sub.to_owned(),
        sub_appid: sub_appid.to_owned(),
        sub_openid: sub_openid.to_owned(),
        out_trade_no: number.to_owned(),
        transaction_id: String::new(),
        body: body.need("/description", 127)?.to_owned(),
        attach: body.text("/attach", 128)?.to_owned(),
        device_info: body.text("/scene_info/device_id", 32)?.to_owned(),
        trade_type: trade_type.to_owned(),
        openid: if openid.is_empty() {
            call.merchant.openid.clone()
        } else {
            openid.to_owned()
        },
        bank_type: "OTHERS".to_owned(),
        notify_url: notify_url.to_owned(),
        amount,
        settled: amount,
        coupon: Fen::ZERO,
        state: SandboxOrderState::NotPay,
        created_at: call.now,
        expires_at: expiry(body.text("/time_expire", 64)?, call.now)?,
        paid_at: None,
        api: ApiVersion::V3,
        sign_type: SignType::Md5,
        request: format!("{kind}{}", body.canonical()),
        part_of: String::new(),
    })
}

/// The trade type, and the payer where the way of paying demands one.
fn way<'b>(kind: &str, party: Party, body: &'b Body) -> Result<(&'static str, &'b str), V3Refused> {
    Ok(match (kind, party) {
        ("jsapi", Party::Merchant) => ("JSAPI", body.need("/payer/openid", 128)?),
        ("jsapi", Party::Partner) => {
            let openid = body.text("/payer/sp_openid", 128)?;
            if openid.is_empty() && body.text("/payer/sub_openid", 128)?.is_empty() {
                body.need("/payer/sp_openid", 128)?;
            }
            ("JSAPI", openid)
        }
        ("h5", _) => {
            body.need("/scene_info/payer_client_ip", 45)?;
            body.need("/scene_info/h5_info/type", 32)?;
            ("MWEB", "")
        }
        ("app", _) => ("APP", ""),
        _ => ("NATIVE", ""),
    })
}

/// Too early an end is moved to a minute from now, too late a one to ninety days.
pub(super) fn expiry(text: &str, now: Instant) -> Result<Instant, V3Refused> {
    if text.is_empty() {
        return Ok(now.plus(WEEK_S));
    }
    let at = DateTime::parse_from_rfc3339(text)
        .map_err(|_error| wrong("/time_expire", &json!(text), "时间格式有误，需要RFC3339"))?;
    let at = Instant::from_unix(at.timestamp());
    Ok(at.max(now.plus(60)).min(now.plus(90 * 86_400)))
}

/// Tells what is known of an order, by either of its numbers.
pub(crate) fn query(call: &V3Call<'_>, which: &str, number: &str, party: Party) -> V3Result {
    own_number(call, party)?;
    let order = call.shared.with_book(&call.merchant.mch_id, |book| {
        if which == "id" {
            return book.order(Some(number), None).cloned();
        }
        book.expire(number, call.now);
        book.order(None, Some(number)).cloned()
    });
    let order = order
        .flatten()
        .filter(|order| party == Party::Merchant || !order.sub_mch_id.is_empty())
        .ok_or_else(|| V3Refused::new(404, "ORDER_NOT_EXIST", "订单不存在"))?;
    Ok(V3Reply::Json(transaction(&order, &call.merchant.mch_id)))
}

/// The query names the merchant, and it must be the one that signed.
fn own_number(call: &V3Call<'_>, party: Party) -> Result<(), V3Refused> {
    let name = party.mchid();
    match call.request.asked(name) {
        Some(mchid) if mchid == call.merchant.mch_id => Ok(()),
        Some(_) => Err(V3Refused::new(403, "NO_AUTH", "商户号与签名的商户号不一致")),
        None => {
            let message = format!("输入源“/query/{name}”映射到值字段校验失败：缺少必填参数");
            Err(V3Refused::new(400, "PARAM_ERROR", message).with(json!({
                "location": "query", "field": name, "issue": "缺少必填参数",
            })))
        }
    }
}

/// An order as queries and notifications tell it.
pub(crate) fn transaction(order: &SandboxOrder, mch_id: &str) -> Value {
    let is_sub = order.has_sub_merchant();
    let mut out = json!({
        "out_trade_no": order.out_trade_no,
        "trade_state": order.state.wire(),
        "trade_state_desc": order.state.words(),
        "promotion_detail": [],
    });
    let mut put = |name: &str, value: Value| {
        if let Some(object) = out.as_object_mut() {
            object.insert(name.to_owned(), value);
        }
    };
    if is_sub {
        put("sp_appid", json!(order.appid));
        put("sp_mchid", json!(mch_id));
        put("sub_mchid", json!(order.sub_mch_id));
        if !order.sub_appid.is_empty() {
            put("sub_appid", json!(order.sub_appid));
        }
    } else {
        put("appid", json!(order.appid));
        put("mchid", json!(mch_id));
    }
    if !(order.state.is_paid() || order.state == SandboxOrderState::Revoked) {
        put("payer", json!({}));
        put(
            "amount",
            json!({ "total": order.amount.get(), "currency": "CNY" }),
        );
        return out;
    }
    let cash = order
        .amount
        .checked_sub(order.coupon)
        .unwrap_or(order.amount);
    put("transaction_id", json!(order.transaction_id));
    put("trade_type", json!(order.trade_type));
    put("bank_type", json!(order.bank_type));
    put("attach", json!(order.attach));
    put(
        "success_time",
        json!(order.paid_at.unwrap_or(order.created_at).rfc3339()),
    );
    let payer = if is_sub && !order.sub_openid.is_empty() {
        json!({ "sp_openid": order.openid, "sub_openid": order.sub_openid })
    } else if is_sub {
        json!({ "sp_openid": order.openid })
    } else {
        json!({ "openid": order.openid })
    };
    put("payer", payer);
    put(
        "amount",
        json!({
            "total": order.amount.get(), "payer_total": cash.get(),
            "currency": "CNY", "payer_currency": "CNY",
        }),
    );
    if order.coupon != Fen::ZERO {
        let coupon = json!([{
            "coupon_id": "2000000000000000001", "name": "沙箱代金券", "scope": "GLOBAL",
            "type": if order.settled == order.amount { "CASH" } else { "NOCASH" },
            "amount": order.coupon.get(), "stock_id": "9300001", "currency": "CNY",
        }]);
        put("promotion_detail", coupon);
    }
    out
}

/// Closes an unpaid order; closing twice is the same as once.
pub(crate) fn close(call: &V3Call<'_>, number: &str, party: Party) -> V3Result {
    let body = Body::read(call.request.body, &["mchid", "sp_mchid", "sub_mchid"])?;
    if body.need(&format!("/{}", party.mchid()), 32)? != call.merchant.mch_id {
        return Err(V3Refused::new(403, "NO_AUTH", "商户号与签名的商户号不一致"));
    }
    close_order(call.shared, &call.merchant.mch_id, number).map_err(|why| match why {
        CloseRefusal::NoOrder => V3Refused::new(404, "ORDER_NOT_EXIST", "订单不存在"),
        CloseRefusal::Paid => V3Refused::new(400, "ORDER_PAID", "该订单已支付"),
        CloseRefusal::Paying => V3Refused::new(202, "USER_PAYING", "用户支付中，需要输入密码"),
        CloseRefusal::State => V3Refused::new(400, "INVALID_REQUEST", "订单状态不支持关单"),
        CloseRefusal::NoBook => V3Refused::system(),
    })?;
    Ok(V3Reply::Nothing)
}
