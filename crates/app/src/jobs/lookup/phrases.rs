//! The book of messages: what pages, mini programs, apps and answers say in words instead of codes.
//!
//! Each entry says what it means, and what to look at in which order and where. What a customer sees on a page comes
//! without a code, and the words beside a code often say more than the code.

use super::answer_phrases::ANSWERS;
use super::explain::{CodeExplanation, MendAt};
use crate::Message;
use recondesk_domain::Term;

/// Where a message comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Speaker {
    /// A page in WeChat, or its JS-SDK.
    Page,
    /// A page in another browser (H5).
    Browser,
    /// A mini program.
    MiniProgram,
    /// An app with the SDK.
    App,
    /// The words beside the code of an answer.
    Answer,
}

impl Speaker {
    /// What it is called.
    #[must_use]
    pub const fn name(self) -> Term {
        match self {
            Self::Page => Term::new("公众号网页", "page in WeChat"),
            Self::Browser => Term::new("H5 网页", "page in a browser (H5)"),
            Self::MiniProgram => Term::new("小程序", "mini program"),
            Self::App => Term::new("APP", "app"),
            Self::Answer => Term::new("答复中的说明", "words of an answer"),
        }
    }
}

/// A message and what it means.
pub(super) struct Phrase {
    /// Parts of the message in lower case without blanks; any of which is enough.
    signs: &'static [&'static str],
    pub(super) speaker: Speaker,
    zh: &'static str,
    en: &'static str,
    mend_at: MendAt,
}

/// An entry.
pub(super) const fn phrase(
    speaker: Speaker,
    mend_at: MendAt,
    signs: &'static [&'static str],
    zh: &'static str,
    en: &'static str,
) -> Phrase {
    Phrase {
        signs,
        speaker,
        zh,
        en,
        mend_at,
    }
}

use MendAt as M;
use Speaker as S;

/// The order decides: what says more stands before what says less.
const BOOK: &[Phrase] = &[
    phrase(
        S::Page,
        M::Console,
        &[
            "当前页面的url未注册",
            "urlhasnotbeenregistered",
            "urlisnotregistered",
        ],
        "支付授权目录没有登记当前页面：① 商户平台“产品中心 › 开发配置”登记页面所在的完整目录，以 / 结尾，区分大小写和 http/https；② 单页应用登记浏览器地址栏里的实际目录；③ 约五分钟后生效",
        "The payment directory of this page is not registered: 1. register its whole directory in the console (products, development), ending with /, with the right case and http or https; 2. for single-page apps take the directory that the address bar shows; 3. it takes about five minutes",
    ),
    phrase(
        S::Page,
        M::Lookup,
        &[
            "get_brand_wcpay_request:cancel",
            "getbrandwcpayrequest:cancel",
            "choosewxpay:cancel",
        ],
        "顾客取消了支付，不是错误；订单是否已付以查单为准",
        "The customer cancelled; no error. Whether the order is paid only a query says",
    ),
    phrase(
        S::Page,
        M::Lookup,
        &[
            "get_brand_wcpay_request:ok",
            "getbrandwcpayrequest:ok",
            "choosewxpay:ok",
            "requestpayment:ok",
        ],
        "前端说支付成功，但不能作为到账凭据：以支付通知或查单为准",
        "The front end says paid, which proves nothing: wait for the notification, or query the order",
    ),
    phrase(
        S::Page,
        M::Profile,
        &[
            "支付验证签名失败",
            "支付签名验证失败",
            "验证签名失败",
            "paysign验证失败",
            "paysign无效",
        ],
        "前端参数的签名不对：① appId、timeStamp、nonceStr、package、signType 五项与签名时完全相同；② timeStamp 是秒的文本，签名名是 timeStamp；③ package 带 prepay_id=；④ signType 与下单时一致；用 explain v2 / v3 查出哪一项",
        "The signature of the front end's set is wrong: 1. appId, timeStamp, nonceStr, package and signType exactly as signed; 2. timeStamp is text of seconds and is signed under this name; 3. package begins with prepay_id=; 4. signType as when ordering; explain v2 or v3 finds the one",
    ),
    phrase(
        S::Page,
        M::Profile,
        &["jsapi缺少参数"],
        "传给支付接口的参数缺一项或为空：多为 package 里没有 prepay_id（下单失败却没有检查应答），或参数名大小写不对",
        "A parameter of the payment call is missing or empty: usually package has no prepay_id, because the order failed unchecked, or a name is in another case",
    ),
    phrase(
        S::Page,
        M::Nowhere,
        &[
            "function_not_exist",
            "functionnotexist",
            "weixinjsbridgeisnotdefined",
        ],
        "不在微信里打开，或支付组件还没准备好：① 在微信内打开页面；② 等 WeixinJSBridgeReady 之后再调起；③ 微信版本过旧",
        "Not opened in WeChat, or its bridge is not ready: 1. open the page in WeChat; 2. wait for WeixinJSBridgeReady; 3. the client is too old",
    ),
    phrase(
        S::Page,
        M::Console,
        &[
            "system:access_denied",
            "access_control:not_allow",
            "thepermissionvalueisofflineverifying",
        ],
        "没有调用权限：① 公众号有微信支付权限，appid 与商户号已绑定；② 页面在支付授权目录内；③ 用 JS-SDK 时 jsApiList 里有 chooseWXPay，wx.config 已通过",
        "Not allowed: 1. the account may use WeChat Pay, and its appid is bound to the merchant; 2. the page lies in a registered directory; 3. with the JS-SDK chooseWXPay stands in jsApiList and wx.config has passed",
    ),
    phrase(
        S::Page,
        M::Profile,
        &["config:invalidsignature"],
        "wx.config 的签名不对：① url 是当前页面去掉 # 之后的完整地址，不编码；② noncestr、timestamp 与传入的一致；③ jsapi_ticket 没有过期；用“签名”里的 wx.config 核对",
        "The signature of wx.config is wrong: 1. url is the whole address of the page without its # part, not encoded; 2. noncestr and timestamp are those that are passed; 3. the jsapi_ticket is fresh; compare under Signature, wx.config",
    ),
    phrase(
        S::Page,
        M::Console,
        &["config:invalidurldomain", "invalidurldomain"],
        "页面域名不在公众号的“JS 接口安全域名”里",
        "The domain of the page is not among the account's safe domains for JS",
    ),
    phrase(
        S::Page,
        M::Console,
        &["redirect_uri参数错误", "redirect_uri域名与后台配置不一致"],
        "网页授权的回调域名没有登记：公众号后台“网页授权域名”与 redirect_uri 的域名一致，不带 http 和路径",
        "The domain of redirect_uri is not registered for web authorisation: register it in the account's console, without scheme and path",
    ),
    phrase(
        S::MiniProgram,
        M::Lookup,
        &["requestpayment:failcancel", "requestpayment:cancel"],
        "顾客取消了支付，不是错误；订单是否已付以查单为准",
        "The customer cancelled; no error. Whether the order is paid only a query says",
    ),
    phrase(
        S::MiniProgram,
        M::Console,
        &["jsapihasnopermission", "requestpayment:failnopermission"],
        "小程序没有支付权限：① 小程序 appid 与商户号绑定且双方已确认；② 下单用的 appid 就是这个小程序的；③ 小程序类目和认证有效",
        "The mini program may not pay: 1. its appid is bound to the merchant and confirmed by both; 2. the order was made with this very appid; 3. its category and verification are in order",
    ),
    phrase(
        S::MiniProgram,
        M::Profile,
        &["requestpayment:fail"],
        "小程序调起支付失败：① 参数 timeStamp、nonceStr、package（prepay_id=…）、signType、paySign 齐全；② 签名里的 appId 是小程序的；③ signType 与下单一致；④ prepay_id 在两小时内；用 explain v2 / v3 核对签名",
        "The mini program could not start the payment: 1. timeStamp, nonceStr, package (prepay_id=...), signType and paySign are there; 2. the appId that was signed is the mini program's; 3. signType as when ordering; 4. the prepay_id is younger than two hours; explain v2 or v3 checks the signature",
    ),
    phrase(
        S::Page,
        M::Profile,
        &[
            "get_brand_wcpay_request:fail",
            "getbrandwcpayrequest:fail",
            "choosewxpay:fail",
        ],
        "网页调起支付失败，先看同时弹出的文字；没有文字时依次检查：① 页面在支付授权目录内；② appid 与商户号绑定；③ 前端参数的签名（explain v2 / v3）；④ openid 属于下单的 appid；⑤ prepay_id 在两小时内",
        "The page could not start the payment. Read the words beside it first; without any, check in this order: 1. the page lies in a registered payment directory; 2. appid and merchant are bound; 3. the signature of the set (explain v2 or v3); 4. the openid belongs to the appid of the order; 5. the prepay_id is younger than two hours",
    ),
    phrase(
        S::App,
        M::Lookup,
        &["errcode-2", "errcode:-2", "errcode=-2"],
        "顾客取消了支付，不是错误；订单是否已付以查单为准",
        "The customer cancelled; no error. Whether the order is paid only a query says",
    ),
    phrase(
        S::App,
        M::Console,
        &["errcode-1", "errcode:-1", "errcode=-1"],
        "APP 调起支付失败，微信不说原因，依次检查：① 安装包的签名证书（正式包与调试包不同）和包名或 Bundle ID，与开放平台登记的一致；② 支付参数的签名：appid、partnerid、prepayid、package=Sign=WXPay、noncestr、timestamp；③ APP 的 appid 已注册，并与商户号绑定；④ 微信客户端登录的是能付款的账号，没有在别处登录；⑤ 微信未安装或版本过旧；改过登记后清微信缓存或重装再试",
        "The app could not start the payment and WeChat does not say why. Check in this order: 1. the signing certificate of the package (release and debug differ) and its name or bundle id are those registered on the open platform; 2. the signature over appid, partnerid, prepayid, package=Sign=WXPay, noncestr, timestamp; 3. the app's appid is registered and bound to the merchant; 4. the WeChat client is logged in with an account that can pay, and not elsewhere; 5. WeChat is missing or too old. After a change of the registration clear WeChat's cache",
    ),
    phrase(
        S::App,
        M::Lookup,
        &["errcode0", "errcode=0", "errcode:0"],
        "APP 收到成功，但不能作为到账凭据：以支付通知或查单为准",
        "The app was told success, which proves nothing: wait for the notification, or query the order",
    ),
    phrase(
        S::Browser,
        M::Console,
        &["商家存在未配置的参数"],
        "H5 支付域名没有登记：商户平台“产品中心 › 开发配置”登记发起支付的页面域名",
        "The domain of the H5 page is not registered: register it in the console (products, development)",
    ),
    phrase(
        S::Browser,
        M::Profile,
        &["商家参数格式有误"],
        "H5 支付跳转时没有 Referer：从登记域名的页面跳转；APP 里的 WebView 要自己带上 Referer",
        "The H5 address was opened without a Referer: open it from a page of the registered domain; a WebView must set the Referer itself",
    ),
    phrase(
        S::Browser,
        M::Profile,
        &["网络环境未能通过安全验证"],
        "下单的 spbill_create_ip（payer_client_ip）不是顾客的公网地址：取用户侧的真实 IP，经过代理时用 X-Forwarded-For 的第一项",
        "spbill_create_ip (payer_client_ip) of the order is not the customer's public address: take the real one, behind a proxy the first of X-Forwarded-For",
    ),
    phrase(
        S::Browser,
        M::Lookup,
        &["支付请求已失效"],
        "H5 支付链接超过五分钟：重新取得 mweb_url（h5_url）",
        "The H5 address is older than five minutes: get a new mweb_url (h5_url)",
    ),
    phrase(
        S::Browser,
        M::Nowhere,
        &["请在微信外打开订单"],
        "H5 支付只能在微信之外的浏览器里用；微信内改用 JSAPI",
        "H5 payment works outside of WeChat only; inside take JSAPI",
    ),
];

/// Lower case without blanks: such messages are broken and spaced at will.
fn plain(text: &str) -> String {
    let kept = text
        .chars()
        .filter(|sign| !sign.is_whitespace() && !"\"'`“”".contains(*sign));
    kept.flat_map(char::to_lowercase).collect()
}

/// True when a sign stands in the text, and a number of it is not cut from a longer one.
fn is_said(text: &str, sign: &str) -> bool {
    let ends_in_digit = sign.ends_with(|sign: char| sign.is_ascii_digit());
    text.match_indices(sign).any(|(at, _)| {
        let after = text
            .get(at.saturating_add(sign.len())..)
            .unwrap_or_default();
        let before = text.get(..at).unwrap_or_default();
        let is_number = sign.bytes().all(|byte| byte.is_ascii_digit());
        let goes_on = ends_in_digit && after.starts_with(|next: char| next.is_ascii_digit());
        let went_before = is_number && before.ends_with(|last: char| last.is_ascii_alphanumeric());
        !(goes_on || went_before)
    })
}

/// What the words of a text mean, where the book has them; the first entry that fits.
pub(super) fn of_words(text: &str) -> Option<CodeExplanation> {
    find(text, |_| true)
}

/// What the words beside a code mean: no front end speaks there.
pub(super) fn of_answer(text: &str) -> Option<CodeExplanation> {
    find(text, |speaker| speaker == Speaker::Answer)
}

fn find(text: &str, counts: impl Fn(Speaker) -> bool) -> Option<CodeExplanation> {
    let said = plain(
        text.get(..text.floor_char_boundary(4_096))
            .unwrap_or_default(),
    );
    // The interfaces of accounts answer with errcode and errmsg, which are no word of the app's SDK.
    let is_account = said.contains("errmsg");
    let found = BOOK
        .iter()
        .chain(ANSWERS)
        .filter(|entry| counts(entry.speaker) && !(is_account && entry.speaker == Speaker::App))
        .find(|entry| entry.signs.iter().any(|sign| is_said(&said, sign)))?;
    let line = text.lines().find(|line| !line.trim().is_empty());
    Some(CodeExplanation {
        subject: line.unwrap_or_default().trim().chars().take(120).collect(),
        calls: vec![found.speaker.name().words()],
        words: Message::new(found.zh, found.en),
        mend_at: found.mend_at,
        said: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_is_written_as_it_is_compared_and_finds_its_own_entry() {
        for entry in BOOK.iter().chain(ANSWERS) {
            for sign in entry.signs {
                assert_eq!(plain(sign), *sign);
                let found = of_words(sign).unwrap();
                assert_eq!(found.words.zh, entry.zh, "{sign}");
            }
        }
    }

    #[test]
    fn messages_are_found_as_people_paste_them() {
        let found = |text: &str| of_words(text).map(|one| one.words.en);
        let has = |text: &str, part: &str| found(text).is_some_and(|words| words.contains(part));
        assert!(has(
            "当前页面的 URL 未注册：https://a.example/pay",
            "payment directory"
        ));
        assert!(has(
            "{\"err_msg\":\"get_brand_wcpay_request:fail\"}",
            "openid belongs"
        ));
        assert!(has(
            "onResp errCode = -1, errStr = null",
            "signing certificate"
        ));
        assert!(has("resp.errCode: -2", "cancelled"));
        assert!(has(
            "appid and openid not match",
            "not of the order's appid"
        ));
        assert_eq!(found("errCode -12"), None);
        assert_eq!(found(r#"{"errcode":-1,"errmsg":"system error"}"#), None);
        assert_eq!(found("Permission denied"), None);
        assert_eq!(found("order 210003 was paid"), None);
        assert_eq!(found(""), None);
    }
}
