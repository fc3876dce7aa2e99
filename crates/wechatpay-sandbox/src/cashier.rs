//! The cashier: the page that a QR picture's text or an H5 address leads to, with the two things a customer can do.
//!
//! | request | effect |
//! |---|---|
//! | `GET cashier?code=` or `?prepay_id=` or `?out_trade_no=` | shows the order; `&lang=zh` or `en`, `&redirect_url=` as of H5 |
//! | `POST cashier`, the page's own form | pays or cancels |

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;

use super::customer::{self, Notifying};
use super::ledger::{SandboxOrder, SandboxOrderState};
use super::server::{Shared, raw};
use super::tickets::{order_of, ticket_in};
use super::wish::pairs;

/// Nothing is loaded, and the form goes nowhere else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A request for the page, or of its form.
#[derive(Debug, Default)]
struct CashierWish {
    ticket: String,
    out_trade_no: String,
    lang: String,
    redirect_url: String,
    act: String,
}

impl CashierWish {
    fn read(text: &str) -> Self {
        let mut wish = Self::default();
        for (name, value) in pairs(text) {
            match name.as_str() {
                "code" | "prepay_id" | "pr" | "ticket" => {
                    ticket_in(&value).clone_into(&mut wish.ticket);
                }
                "out_trade_no" => wish.out_trade_no = value,
                "lang" => wish.lang = value,
                "redirect_url" => wish.redirect_url = value,
                "act" => wish.act = value,
                _ => {}
            }
        }
        wish
    }

    /// Where the shop wants its customer back; only what a browser opens as a page.
    fn way_back(&self) -> Option<&str> {
        let url = self.redirect_url.as_str();
        (url.starts_with("http://") || url.starts_with("https://")).then_some(url)
    }
}

/// The two languages of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct PageLanguage {
    is_chinese: bool,
}

impl PageLanguage {
    fn of(wish: &CashierWish, headers: &HeaderMap) -> Self {
        let asked = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let first = if wish.lang.is_empty() {
            asked
        } else {
            &wish.lang
        };
        Self {
            is_chinese: first.to_ascii_lowercase().starts_with("zh"),
        }
    }

    const fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        if self.is_chinese { zh } else { en }
    }
}

/// Serves the page and its form.
pub(crate) fn serve(
    shared: &Arc<Shared>,
    method: &Method,
    headers: &HeaderMap,
    query: &str,
    body: &[u8],
) -> Response {
    let is_form = *method == Method::POST;
    let text = if is_form {
        String::from_utf8_lossy(body).into_owned()
    } else {
        query.to_owned()
    };
    let wish = CashierWish::read(&text);
    let lang = PageLanguage::of(&wish, headers);
    let found = named_order(shared, &wish);
    let (mch_id, number) = match found {
        Ok(found) => found,
        Err(why) => return page(lang, StatusCode::NOT_FOUND, &refusal(lang, why)),
    };
    let mut note = String::new();
    if is_form {
        note = match act(shared, &mch_id, &number, lang, wish.act.as_str()) {
            Ok(note) => note,
            Err(why) => return page(lang, StatusCode::CONFLICT, &refusal(lang, &why)),
        };
    }
    let now = shared.now();
    let order = shared.with_book(&mch_id, |book| {
        book.expire_together(&number, now);
        book.shown(&number)
    });
    match order.flatten() {
        Some(order) => page(
            lang,
            StatusCode::OK,
            &shown(lang, &mch_id, &order, &wish, &note),
        ),
        None => page(
            lang,
            StatusCode::NOT_FOUND,
            &refusal(lang, "there is no such order"),
        ),
    }
}

/// The order by its ticket, else by its number under any merchant of the sandbox.
fn named_order(shared: &Shared, wish: &CashierWish) -> Result<(String, String), &'static str> {
    if !wish.ticket.is_empty() {
        return order_of(shared, &wish.ticket);
    }
    let number = wish.out_trade_no.as_str();
    let owner = shared.merchants.iter().find(|merchant| {
        let has = shared.with_book(&merchant.mch_id, |book| book.knows(number));
        has.unwrap_or(false)
    });
    owner
        .map(|merchant| (merchant.mch_id.clone(), number.to_owned()))
        .ok_or("there is no such order")
}

/// Pays or cancels.
fn act(
    shared: &Arc<Shared>,
    mch_id: &str,
    number: &str,
    lang: PageLanguage,
    what: &str,
) -> Result<String, String> {
    match what {
        "pay" => {
            let (_, told) = customer::pay(shared, mch_id, number, Notifying::USUAL)?;
            Ok(match told {
                customer::NotificationRoute::Sent(url) => {
                    format!(
                        "{} {url}",
                        lang.pick("支付通知发往", "The notification goes to")
                    )
                }
                customer::NotificationRoute::Nobody(why) => {
                    format!(
                        "{} {why}",
                        lang.pick("没有发送支付通知：", "No notification was sent:")
                    )
                }
            })
        }
        "cancel" => {
            let cancelled = shared.with_book(mch_id, |book| {
                if book.combined.contains_key(number) {
                    return Ok(());
                }
                book.cancel(number)
            });
            cancelled.unwrap_or_else(|| Err("there is no such merchant".to_owned()))?;
            Ok(lang
                .pick("顾客取消了支付", "The customer cancelled")
                .to_owned())
        }
        _ => Err("neither pay nor cancel".to_owned()),
    }
}

fn refusal(lang: PageLanguage, why: &str) -> String {
    format!(
        "<h1>{}</h1><p>{}</p>",
        lang.pick("不能支付", "This cannot be paid"),
        escaped(why)
    )
}

/// The words for a state.
const fn state_words(lang: PageLanguage, state: SandboxOrderState) -> &'static str {
    match state {
        SandboxOrderState::NotPay => lang.pick("未支付", "not paid"),
        SandboxOrderState::UserPaying => lang.pick("等待输入密码", "waiting for the password"),
        SandboxOrderState::PayError => lang.pick("支付失败", "failed"),
        SandboxOrderState::Success => lang.pick("已支付", "paid"),
        SandboxOrderState::Refund => lang.pick("已支付，有退款", "paid, with a refund"),
        SandboxOrderState::Closed => lang.pick("已关闭", "closed"),
        SandboxOrderState::Revoked => lang.pick("已撤销", "reversed"),
    }
}

fn shown(
    lang: PageLanguage,
    mch_id: &str,
    order: &SandboxOrder,
    wish: &CashierWish,
    note: &str,
) -> String {
    let is_open = matches!(
        order.state,
        SandboxOrderState::NotPay | SandboxOrderState::UserPaying
    );
    let mut out = format!("<h1>¥{}</h1><table>", order.amount);
    let rows = [
        (lang.pick("商品", "Goods"), order.body.as_str()),
        (lang.pick("商户号", "Merchant"), mch_id),
        (
            lang.pick("子商户号", "Sub-merchant"),
            order.sub_mch_id.as_str(),
        ),
        (
            lang.pick("商户订单号", "Order"),
            order.out_trade_no.as_str(),
        ),
        (
            lang.pick("微信订单号", "Transaction"),
            order.transaction_id.as_str(),
        ),
        (lang.pick("方式", "Way"), order.trade_type.as_str()),
        (lang.pick("状态", "State"), state_words(lang, order.state)),
    ];
    for (name, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
        out.extend(["<tr><th>", name, "</th><td>", &escaped(value), "</td></tr>"]);
    }
    out.push_str("</table>");
    if !note.is_empty() {
        out.extend(["<p>", &escaped(note), "</p>"]);
    }
    if is_open {
        out.push_str("<form method=\"post\" action=\"/_sandbox/cashier\">");
        let code = if lang.is_chinese { "zh" } else { "en" };
        for (name, value) in [
            ("ticket", wish.ticket.as_str()),
            ("out_trade_no", order.out_trade_no.as_str()),
            ("lang", code),
            ("redirect_url", wish.redirect_url.as_str()),
        ] {
            out.extend([
                "<input type=\"hidden\" name=\"",
                name,
                "\" value=\"",
                &escaped(value),
                "\">",
            ]);
        }
        out.extend([
            "<button name=\"act\" value=\"pay\">",
            lang.pick("支付", "Pay"),
            "</button> <button name=\"act\" value=\"cancel\">",
            lang.pick("取消", "Cancel"),
            "</button></form>",
        ]);
    }
    if let Some(url) = wish.way_back() {
        out.extend([
            "<p><a href=\"",
            &escaped(url),
            "\">",
            lang.pick("返回商户", "Back to the shop"),
            "</a></p>",
        ]);
    }
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            sign => out.push(sign),
        }
    }
    out
}

fn page(lang: PageLanguage, status: StatusCode, inner: &str) -> Response {
    let title = lang.pick("沙箱收银台", "Sandbox cashier");
    let html = format!(
        "<!DOCTYPE html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title><style>body{{font:16px/1.5 system-ui,sans-serif;max-width:28em;margin:2em auto;padding:0 1em}}h1{{font-size:2em}}th{{text-align:left;padding-right:1.5em;font-weight:normal;opacity:.7}}td{{word-break:break-all}}button{{font:inherit;padding:.5em 2em;margin-top:1em}}</style></head><body><p>{}</p>{inner}</body></html>\n",
        lang.pick("zh-CN", "en"),
        lang.pick("对账台沙箱，不动真钱", "Recondesk sandbox, no real money"),
    );
    let mut response = raw("text/html; charset=utf-8", html);
    *response.status_mut() = status;
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}
