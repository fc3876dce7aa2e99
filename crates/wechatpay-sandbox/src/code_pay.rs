//! micropay and reverse: the customer shows a code, the shop scans it, and the answer is the result.

use super::customer;
use super::ledger::{MICROPAY, MerchantLedger, SandboxOrder, SandboxOrderState};
use super::rules::CodePay;
use super::trade::{described, no_book, order_amount, order_number, payment_fields};
use super::v2::{SignedCall, V2Refused};
use recondesk_domain::Fen;
use wechatpay_codec::Params;

/// A paid order can be reversed so long.
const REVERSIBLE_S: i64 = 7 * 86_400;

/// Charges the customer whose code was scanned.
pub(crate) fn micropay(call: &SignedCall<'_>) -> Result<Params, V2Refused> {
    let number = order_number(call)?;
    let amount = Fen::new(order_amount(call)?);
    let code = call.need("auth_code")?;
    if !is_payment_code(code) {
        let text = "请扫描微信支付被扫条码/二维码";
        return Err(V2Refused::business("AUTH_CODE_INVALID", text));
    }
    let customer = call.merchant.openid.clone();
    let order = described(call, number, MICROPAY, &customer, amount)?;
    let asks_password = call.shared.rules().code_pay == CodePay::Password;
    let mch_id = &call.merchant.mch_id;
    let charged = call.shared.with_book(mch_id, |book| {
        enter(book, order, code)?;
        if asks_password {
            return Err(PASSWORD);
        }
        let paid = call
            .shared
            .with_numbers(|numbers| book.pay_one(number, call.now, numbers));
        paid.map_err(|_error| ("SYSTEMERROR", "系统错误"))
    });
    let order = charged
        .unwrap_or(Err(("SYSTEMERROR", "系统错误")))
        .map_err(|refusal| {
            if refusal == PASSWORD {
                customer::pay_later(call.shared, mch_id, number);
            }
            V2Refused::business(refusal.0, refusal.1)
        })?;
    let mut fields = Params::new();
    payment_fields(&order, &mut fields);
    Ok(fields)
}

type CodePayRefusal = (&'static str, &'static str);

const PASSWORD: CodePayRefusal = ("USERPAYING", "需要用户输入支付密码");

/// Eighteen digits that start with 10 to 15.
fn is_payment_code(code: &str) -> bool {
    code.len() == 18
        && code.bytes().all(|byte| byte.is_ascii_digit())
        && code.starts_with('1')
        && code.as_bytes().get(1).is_some_and(|byte| *byte <= b'5')
}

/// Enters a new order; the very same request again finds the old one.
fn enter(book: &mut MerchantLedger, order: SandboxOrder, code: &str) -> Result<(), CodePayRefusal> {
    let number = order.out_trade_no.clone();
    match book.orders.get(&number) {
        Some(known) if known.state.is_paid() => return Err(("ORDERPAID", "订单已支付")),
        Some(known) => match known.state {
            SandboxOrderState::Revoked => return Err(("ORDERREVERSED", "当前订单已经被撤销")),
            SandboxOrderState::Closed => return Err(("ORDERCLOSED", "该订单已关闭")),
            SandboxOrderState::UserPaying => return Err(PASSWORD),
            SandboxOrderState::NotPay
            | SandboxOrderState::PayError
            | SandboxOrderState::Success
            | SandboxOrderState::Refund => {
                return Err(("OUT_TRADE_NO_USED", "商户订单号重复"));
            }
        },
        None => {}
    }
    if book.used_codes.contains_key(code) {
        let text = "每个二维码仅限使用一次，请刷新再试";
        return Err(("AUTHCODEEXPIRE", text));
    }
    book.used_codes.insert(code.to_owned(), number.clone());
    let waiting = SandboxOrder {
        state: SandboxOrderState::UserPaying,
        ..order
    };
    book.orders.insert(number, waiting);
    Ok(())
}

/// Takes a payment by code back, whatever became of it.
pub(crate) fn reverse(call: &SignedCall<'_>) -> Result<Params, V2Refused> {
    let transaction_id = call.params.filled("transaction_id");
    let number = call.params.filled("out_trade_no");
    if transaction_id.is_none() && number.is_none() {
        return Err(V2Refused::transport("缺少参数out_trade_no"));
    }
    let reversed = call.shared.with_book(&call.merchant.mch_id, |book| {
        let order = book
            .order(transaction_id, number)
            .ok_or(("INVALID_TRANSACTIONID", "订单号非法"))?;
        if !order.is_code_pay() {
            return Err(("PARAM_ERROR", "仅付款码支付的订单可以撤销"));
        }
        let paid_at = order.paid_at.unwrap_or(order.created_at);
        if call.now > paid_at.plus(REVERSIBLE_S) {
            return Err(("REVERSE_EXPIRE", "订单无法撤销：超过7天"));
        }
        if order.state == SandboxOrderState::Revoked {
            return Ok(());
        }
        let number = order.out_trade_no.clone();
        book.reverse(&number, call.now)
            .map_err(|_error| ("SYSTEMERROR", "系统错误"))
    });
    match reversed {
        None => no_book(),
        Some(Err((code, text))) => Err(V2Refused::business(code, text)),
        Some(Ok(())) => {
            let mut fields = Params::new();
            fields.push("recall", "N");
            Ok(fields)
        }
    }
}
