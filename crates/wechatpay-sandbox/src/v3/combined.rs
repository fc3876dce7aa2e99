//! Combined orders of APIv3: placed with up to fifty parts, asked about and closed by the number of the whole.

use serde_json::{Map, Value, json};

use super::body::{Body, wrong};
use super::orders::{expiry, is_number, refused_place};
use super::{V3Call, V3Refused, V3Reply, V3Result};
use crate::combined;
use crate::ledger::{SandboxOrder, SandboxOrderState};
use crate::order_rules::CloseRefusal;
use crate::tickets::issue;
use recondesk_domain::{ApiVersion, Fen, SignType};

const FIELDS: [&str; 10] = [
    "combine_appid",
    "combine_mchid",
    "combine_out_trade_no",
    "scene_info",
    "sub_orders",
    "combine_payer_info",
    "time_start",
    "time_expire",
    "notify_url",
    "limit_pay",
];
const PART_FIELDS: [&str; 10] = [
    "mchid",
    "attach",
    "amount",
    "out_trade_no",
    "sub_mchid",
    "sub_appid",
    "detail",
    "goods_tag",
    "description",
    "settle_info",
];
/// 最多支持 50 笔.
const MOST_PARTS: usize = 50;

/// Places a combined order.
pub(crate) fn place(call: &V3Call<'_>, kind: &str) -> V3Result {
    let body = Body::read(call.request.body, &FIELDS)?;
    let number = whole_number(&body)?;
    own_app(call, &body)?;
    if body.need("/combine_mchid", 32)? != call.merchant.mch_id {
        return Err(V3Refused::new(403, "NO_AUTH", "商户号与签名的商户号不一致"));
    }
    let (trade_type, openid) = match kind {
        "jsapi" => ("JSAPI", body.need("/combine_payer_info/openid", 128)?),
        "h5" => {
            body.need("/scene_info/payer_client_ip", 45)?;
            body.need("/scene_info/h5_info/type", 32)?;
            ("MWEB", "")
        }
        "app" => ("APP", ""),
        _ => ("NATIVE", ""),
    };
    let notify_url = body.need("/notify_url", 255)?;
    if !notify_url.starts_with("http") || notify_url.contains('?') {
        return Err(wrong("/notify_url", &json!(notify_url), "不是合法的URL"));
    }
    let count = body.list("/sub_orders", MOST_PARTS, &PART_FIELDS)?;
    let whole = Whole {
        number: &number,
        appid: body.need("/combine_appid", 32)?,
        notify_url,
        trade_type,
        openid,
    };
    let parts = (0..count)
        .map(|at| part(call, &body, &format!("/sub_orders/{at}"), &whole))
        .collect::<Result<Vec<SandboxOrder>, V3Refused>>()?;
    let mut numbers: Vec<&str> = parts
        .iter()
        .map(|part| part.out_trade_no.as_str())
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.len() != count || numbers.contains(&number.as_str()) {
        let issue = "子单商户订单号重复";
        return Err(wrong("/sub_orders", &json!(numbers), issue));
    }
    let mch_id = &call.merchant.mch_id;
    let request = format!("{kind}{}", body.canonical());
    combined::place(call.shared, mch_id, (&number, request), parts, call.now)
        .map_err(refused_place)?;
    let prepaid = issue(call.shared, mch_id, (&number, trade_type), call.now);
    Ok(V3Reply::Json(match kind {
        "native" => json!({ "code_url": prepaid.link }),
        "h5" => json!({ "h5_url": prepaid.link }),
        _ => json!({ "prepay_id": prepaid.prepay_id }),
    }))
}

/// What every part takes from the whole.
struct Whole<'a> {
    number: &'a str,
    appid: &'a str,
    notify_url: &'a str,
    trade_type: &'a str,
    openid: &'a str,
}

fn part(
    call: &V3Call<'_>,
    body: &Body,
    at: &str,
    whole: &Whole<'_>,
) -> Result<SandboxOrder, V3Refused> {
    let field = |name: &str| format!("{at}/{name}");
    if body.need(&field("mchid"), 32)? != call.merchant.mch_id {
        let text = "子单商户号未授权给合单发起方";
        return Err(V3Refused::new(403, "NO_AUTH", text));
    }
    let number = body.need(&field("out_trade_no"), 32)?;
    if !is_number(number, 6) {
        return Err(wrong(&field("out_trade_no"), &json!(number), "格式有误"));
    }
    if body.need(&field("amount/currency"), 16)? != "CNY" {
        return Err(wrong(&field("amount/currency"), &json!("?"), "仅支持CNY"));
    }
    let amount = Fen::new(body.fen(&field("amount/total_amount"))?);
    Ok(SandboxOrder {
        appid: whole.appid.to_owned(),
        sub_mch_id: body.text(&field("sub_mchid"), 32)?.to_owned(),
        sub_appid: body.text(&field("sub_appid"), 32)?.to_owned(),
        sub_openid: String::new(),
        out_trade_no: number.to_owned(),
        transaction_id: String::new(),
        body: body.need(&field("description"), 127)?.to_owned(),
        attach: body.text(&field("attach"), 128)?.to_owned(),
        device_info: body.text("/scene_info/device_id", 32)?.to_owned(),
        trade_type: whole.trade_type.to_owned(),
        openid: if whole.openid.is_empty() {
            call.merchant.openid.clone()
        } else {
            whole.openid.to_owned()
        },
        bank_type: "OTHERS".to_owned(),
        notify_url: whole.notify_url.to_owned(),
        amount,
        settled: amount,
        coupon: Fen::ZERO,
        state: SandboxOrderState::NotPay,
        created_at: call.now,
        expires_at: expiry(body.text("/time_expire", 64)?, call.now)?,
        paid_at: None,
        api: ApiVersion::V3,
        sign_type: SignType::Md5,
        request: String::new(),
        part_of: whole.number.to_owned(),
    })
}

fn whole_number(body: &Body) -> Result<String, V3Refused> {
    let number = body.need("/combine_out_trade_no", 32)?;
    if is_number(number, 2) {
        Ok(number.to_owned())
    } else {
        Err(wrong("/combine_out_trade_no", &json!(number), "格式有误"))
    }
}

fn own_app(call: &V3Call<'_>, body: &Body) -> Result<(), V3Refused> {
    let appid = body.need("/combine_appid", 32)?;
    if call.merchant.appids.iter().any(|known| known == appid) {
        Ok(())
    } else {
        let text = "appid和mch_id不匹配";
        Err(V3Refused::new(400, "APPID_MCHID_NOT_MATCH", text))
    }
}

/// Tells what is known of a combined order.
pub(crate) fn query(call: &V3Call<'_>, number: &str) -> V3Result {
    let parts = call.shared.with_book(&call.merchant.mch_id, |book| {
        if !book.combined.contains_key(number) {
            return Vec::new();
        }
        book.expire_together(number, call.now);
        book.together(number)
    });
    object(&parts.unwrap_or_default(), &call.merchant.mch_id)
        .map(V3Reply::Json)
        .ok_or_else(|| V3Refused::new(404, "ORDER_NOT_EXIST", "订单不存在"))
}

/// A combined order as queries and notifications tell it; none without parts.
pub(crate) fn object(parts: &[SandboxOrder], mch_id: &str) -> Option<Value> {
    let first = parts.first()?;
    let orders: Vec<Value> = parts.iter().map(|one| sub_order(one, mch_id)).collect();
    Some(json!({
        "combine_appid": first.appid,
        "combine_mchid": mch_id,
        "combine_out_trade_no": first.part_of,
        "scene_info": { "device_id": first.device_info },
        "sub_orders": orders,
        "combine_payer_info": { "openid": first.openid },
    }))
}

fn sub_order(order: &SandboxOrder, mch_id: &str) -> Value {
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| out.insert(name.to_owned(), value);
    put("mchid", json!(mch_id));
    put("out_trade_no", json!(order.out_trade_no));
    put("trade_state", json!(order.state.wire()));
    put("attach", json!(order.attach));
    if order.has_sub_merchant() {
        put("sub_mchid", json!(order.sub_mch_id));
    }
    if !order.sub_appid.is_empty() {
        put("sub_appid", json!(order.sub_appid));
    }
    let mut amount = json!({ "total_amount": order.amount.get(), "currency": "CNY" });
    if order.state.is_paid() {
        put("trade_type", json!(order.trade_type));
        put("bank_type", json!(order.bank_type));
        put("transaction_id", json!(order.transaction_id));
        let paid_at = order.paid_at.unwrap_or(order.created_at);
        put("success_time", json!(paid_at.rfc3339()));
        if let Some(fields) = amount.as_object_mut() {
            let cash = order
                .amount
                .checked_sub(order.coupon)
                .unwrap_or(order.amount);
            fields.insert("payer_amount".to_owned(), json!(cash.get()));
            fields.insert("payer_currency".to_owned(), json!("CNY"));
        }
    }
    put("amount", amount);
    Value::Object(out)
}

/// Closes a combined order with all its parts.
pub(crate) fn close(call: &V3Call<'_>, number: &str) -> V3Result {
    let body = Body::read(call.request.body, &["combine_appid", "sub_orders"])?;
    own_app(call, &body)?;
    let allowed = ["mchid", "out_trade_no", "sub_mchid", "sub_appid"];
    let count = body.list("/sub_orders", MOST_PARTS, &allowed)?;
    let mut named = Vec::new();
    for at in 0..count {
        body.need(&format!("/sub_orders/{at}/mchid"), 32)?;
    }
    let fields: Vec<String> = (0..count)
        .map(|at| format!("/sub_orders/{at}/out_trade_no"))
        .collect();
    for field in &fields {
        named.push(body.need(field, 32)?);
    }
    combined::close(call.shared, &call.merchant.mch_id, number, &named).map_err(
        |why| match why {
            CloseRefusal::NoOrder => V3Refused::new(404, "ORDER_NOT_EXIST", "订单不存在"),
            CloseRefusal::Paid => V3Refused::new(400, "ORDER_PAID", "该订单已支付"),
            CloseRefusal::Paying => V3Refused::new(202, "USER_PAYING", "用户支付中，需要输入密码"),
            CloseRefusal::State => {
                V3Refused::new(400, "INVALID_REQUEST", "子单信息与合单下单时不一致")
            }
            CloseRefusal::NoBook => V3Refused::system(),
        },
    )?;
    Ok(V3Reply::Nothing)
}
