//! Decoding: an error code, an error answer or a Request-ID becomes cause and remedy. Unknown stays unknown.

use super::foreign_errors::foreign;
use super::phrases::{of_answer, of_words};
use crate::Message;
use wechatpay_codec::v2::{
    BillRefusal, Endpoint, FaultAction, bill_refusal, known, request_id_reason, same_code, xml,
};
use wechatpay_codec::v3::{self, api::Call};

/// Where the cause is mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MendAt {
    /// The merchant's profile: numbers, keys, sign type.
    Profile,
    /// The merchant's certificate in the profile.
    Certificate,
    /// Look the order up.
    Lookup,
    /// The bills.
    Bills,
    /// WeChat Pay's merchant console.
    Console,
    /// Nothing to mend here.
    Nowhere,
}

impl MendAt {
    /// The stable word of exports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Certificate => "certificate",
            Self::Lookup => "lookup",
            Self::Bills => "bills",
            Self::Console => "console",
            Self::Nowhere => "nowhere",
        }
    }
}

/// What a code means at the calls that know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The code, the number of a Request-ID, or the text that was explained.
    pub subject: String,
    /// Names of the calls where it means this; empty where it is the same everywhere.
    pub calls: Vec<Message>,
    /// What it means and what to do.
    pub words: Message,
    /// Where.
    pub mend_at: MendAt,
    /// The remote side's own words, where there are some.
    pub said: String,
}

/// Largest text that is looked at.
pub const MAX_BYTES: usize = 1 << 20;

/// Longer than any code or Request-ID: such a word is not compared with each of them.
const LONGEST: usize = 256;

/// Explains a code, a Request-ID, or the text of an answer; empty when nothing in it is known.
#[must_use]
pub fn explain(text: &str) -> Vec<Explanation> {
    let text = text.trim().trim_start_matches('\u{feff}').trim_start();
    if text.len() > MAX_BYTES {
        return Vec::new();
    }
    let answer = match text.chars().next() {
        Some('<') => message(text),
        Some('{') => object(text),
        _ => Vec::new(),
    };
    if !answer.is_empty() {
        return answer;
    }
    // What is no answer may be a page of a proxy, or what a front end was told.
    if let Some(found) = foreign(text) {
        return vec![found];
    }
    let mut out: Vec<Explanation> = of_words(text).into_iter().collect();
    let is_alone = words(text).nth(1).is_none();
    for word in words(text).filter(|word| is_alone || is_spelled_as_a_code(word)) {
        // Logs often keep the number of a Request-ID alone.
        let tail = format!("-{word}");
        let asked = if is_alone { tail.as_str() } else { word };
        let reason = request_id_reason(word).or_else(|| request_id_reason(asked));
        let found = if let Some(reason) = reason {
            vec![Explanation {
                subject: word.to_owned(),
                calls: Vec::new(),
                words: reason.words(),
                mend_at: MendAt::Lookup,
                said: String::new(),
            }]
        } else {
            let older = code(word, "");
            if older.is_empty() {
                newer(word, "")
            } else {
                older
            }
        };
        out.extend(found);
    }
    out
}

/// In a sentence only what is written as codes are is one: "error" is no code, `SYSTEMERROR` is.
fn is_spelled_as_a_code(word: &str) -> bool {
    !word.bytes().any(|b| b.is_ascii_lowercase()) || word.contains(['_', '-'])
}

/// Words that may be codes: one argument may hold a whole line of a log.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let cut = |c: char| c.is_whitespace() || ",;，；:：\"'`()[]".contains(c);
    text.split(cut)
        .filter(|word| (1..=LONGEST).contains(&word.len()))
        .take(64)
}

/// The meanings of a code of APIv2, calls with the same meaning together; else of APIv3.
fn code(word: &str, said: &str) -> Vec<Explanation> {
    let mut out: Vec<Explanation> = Vec::new();
    for endpoint in Endpoint::ALL {
        let Some((code, advice)) = known(endpoint).find(|(code, _)| same_code(code, word)) else {
            continue;
        };
        let words = Message::from(advice.words);
        match out.iter_mut().find(|known| known.words == words) {
            Some(known) => known.calls.push(endpoint.name().words()),
            None => out.push(Explanation {
                subject: code.to_owned(),
                calls: vec![endpoint.name().words()],
                words,
                mend_at: mend_at(code, endpoint, advice.action),
                said: said.to_owned(),
            }),
        }
    }
    for explanation in &mut out {
        if explanation.calls.len() == Endpoint::ALL.len() {
            explanation.calls.clear();
        }
    }
    out
}

/// An XML answer: its codes, its message; a bill's error body as well.
fn message(text: &str) -> Vec<Explanation> {
    let Ok(params) = xml::read(text.as_bytes()) else {
        return Vec::new();
    };
    let said = params
        .filled("err_code_des")
        .or_else(|| params.filled("return_msg"))
        .unwrap_or_default();
    if let Some(error_code) = params.filled("error_code") {
        return vec![bill(error_code, said)];
    }
    if let Some(err_code) = params.filled("err_code") {
        return beside(err_code, said).unwrap_or_else(|| code(err_code, said));
    }
    if params.get("return_code") == Some("FAIL") && !said.is_empty() {
        if let Some(found) = beside("return_code FAIL", said) {
            return found;
        }
        return vec![Explanation {
            subject: "return_code FAIL".to_owned(),
            calls: Vec::new(),
            words: Message::new(
                "请求在受理前被拒绝：多半是配置问题，按返回信息检查 appid、商户号、密钥、签名类型和必填参数",
                "Refused before it was looked at: usually configuration; check appid, merchant number, key, sign type and required parameters as the message says",
            ),
            mend_at: MendAt::Profile,
            said: said.to_owned(),
        }];
    }
    Vec::new()
}

/// The words beside a code, where they say what the code alone leaves open.
fn beside(code: &str, said: &str) -> Option<Vec<Explanation>> {
    let found = of_answer(said)?;
    Some(vec![Explanation {
        subject: code.to_owned(),
        calls: Vec::new(),
        said: said.to_owned(),
        ..found
    }])
}

/// The error body of `downloadbill`, where one code has two meanings.
fn bill(error_code: &str, said: &str) -> Explanation {
    let (zh, en) = match bill_refusal(error_code, said) {
        BillRefusal::NoBill => (
            "当天没有成功的交易或退款，没有账单：正常的空白日",
            "Nothing succeeded that day, there is no bill: an ordinary empty day",
        ),
        BillRefusal::NotReady => (
            "账单还在生成：次日 10:00 后每 30 分钟再取",
            "The bill is being made: after 10:00 of the next day try every 30 minutes",
        ),
        BillRefusal::Fix => (
            "账单请求的参数或签名有误：按返回信息改正",
            "A parameter or the signature of the request is wrong: correct it as the message says",
        ),
        BillRefusal::Retry => (
            "微信支付系统异常：稍后再取",
            "WeChat Pay failed: try again later",
        ),
        BillRefusal::Closed => (
            "账单接口权限已关闭：联系微信支付",
            "The bill interface is closed for this merchant: ask WeChat Pay",
        ),
        BillRefusal::Other => (
            "文档中没有这种账单错误：看返回信息",
            "The documents do not have this error: read the message",
        ),
    };
    Explanation {
        subject: error_code.to_owned(),
        calls: vec![Endpoint::DownloadBill.name().words()],
        words: Message::new(zh, en),
        mend_at: MendAt::Bills,
        said: said.to_owned(),
    }
}

/// A JSON answer of APIv3: its codes are those of APIv2 and a few more.
fn object(text: &str) -> Vec<Explanation> {
    let fault = v3::Fault::read(Call::QueryByNumber, 0, text.as_bytes());
    if fault.code.is_empty() {
        return Vec::new();
    }
    if let Some(found) = beside(&fault.code, &fault.message) {
        return found;
    }
    let older = code(&fault.code, &fault.message);
    let mut found = if older.is_empty() {
        newer(&fault.code, &fault.message)
    } else {
        older
    };
    if same_code(&fault.code, "RESOURCE_NOT_EXISTS") && fault.message.contains("平台证书") {
        // The text beside the code says what does not exist: no order is meant.
        found.truncate(1);
        for one in &mut found {
            one.calls.clear();
            one.words = Message::new(
                "该商户没有平台证书：新商户改用微信支付公钥验签；到商户平台“API 安全”申请公钥，把公钥和公钥 ID 填进商户档案",
                "This merchant has no platform certificate: new ones verify with the WeChat Pay public key. Apply for it in the console, API security, and put the key and its id into the profile",
            );
            one.mend_at = MendAt::Profile;
        }
    }
    found
}

/// The meaning of a code that only APIv3 has.
fn newer(word: &str, said: &str) -> Vec<Explanation> {
    let calls = [
        Call::QueryByNumber,
        Call::Refund,
        Call::QueryRefund,
        Call::TradeBill,
    ];
    let found = calls.into_iter().find_map(|call| {
        let advice = v3::advice(call, 0, word);
        // What is said of a code that nobody has is said of every unknown one.
        (advice != v3::advice(call, 0, "\u{0}")).then_some(advice)
    });
    found.map_or_else(Vec::new, |advice| {
        vec![Explanation {
            subject: word.to_owned(),
            calls: Vec::new(),
            words: Message::from(advice.words),
            mend_at: mend_at(word, Endpoint::OrderQuery, advice.action),
            said: said.to_owned(),
        }]
    })
}

fn mend_at(code: &str, endpoint: Endpoint, action: FaultAction) -> MendAt {
    if same_code(code, "CERT_ERROR") {
        return MendAt::Certificate;
    }
    if ["NOAUTH", "NO_AUTH", "NOTENOUGH", "APPID_MCHID_NOT_MATCH"]
        .iter()
        .any(|known| same_code(code, known))
    {
        return MendAt::Console;
    }
    if matches!(
        endpoint,
        Endpoint::DownloadBill | Endpoint::DownloadFundFlow
    ) {
        return MendAt::Bills;
    }
    match action {
        FaultAction::Fix => MendAt::Profile,
        FaultAction::Query | FaultAction::Show | FaultAction::Final => MendAt::Lookup,
        FaultAction::Retry | FaultAction::RetryLater | FaultAction::NewNumber => MendAt::Lookup,
        FaultAction::Done => MendAt::Nowhere,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_explained_for_each_call_that_means_something_else_by_it() {
        let closed = explain("ORDERCLOSED");
        assert_eq!(closed.len(), 2);
        assert!(closed.iter().all(|one| !one.words.zh.is_empty()));

        let sign = explain("SIGN_ERROR");
        assert_eq!(sign.len(), 1);
        assert_eq!(sign[0].mend_at, MendAt::Profile);
        assert!(sign[0].calls.is_empty());
        assert_eq!(explain("CERT_ERROR")[0].mend_at, MendAt::Certificate);
    }

    #[test]
    fn a_request_id_tells_by_its_tail() {
        let found = explain("Request-ID: 08F7E2B10610-268443699");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].words.en, "signature error");
    }

    #[test]
    fn error_bodies_are_read_as_what_they_are() {
        let body = "<xml><return_code>FAIL</return_code><return_msg>Bill Creating</return_msg><error_code>20002</error_code></xml>";
        assert!(
            explain(body)[0]
                .words
                .en
                .starts_with("The bill is being made")
        );
        let fail = "<xml><return_code>FAIL</return_code><return_msg>签名错误</return_msg></xml>";
        assert_eq!(explain(fail)[0].said, "签名错误");
    }

    #[test]
    fn an_explanation_fits_the_text_beside_the_code() {
        let body = r#"{"code":"RESOURCE_NOT_EXISTS","message":"无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥。"}"#;
        let found = explain(body);
        assert_eq!(found.len(), 1);
        assert!(found[0].words.en.contains("public key"), "{found:?}");
        let order = explain(r#"{"code":"RESOURCE_NOT_EXISTS","message":"订单不存在"}"#);
        assert!(!order[0].words.en.contains("public key"), "{order:?}");
    }

    #[test]
    fn the_words_beside_a_code_are_weighed_whatever_the_message_is_written_in() {
        let xml = "<xml><return_code>SUCCESS</return_code><result_code>FAIL</result_code><err_code>PARAM_ERROR</err_code><err_code_des>appid and openid not match</err_code_des></xml>";
        let json = r#"{"code":"PARAM_ERROR","message":"appid和openid不匹配"}"#;
        for body in [xml, json] {
            let found = explain(body);
            assert_eq!(found.len(), 1, "{body}");
            assert_eq!(found[0].subject, "PARAM_ERROR");
            assert!(found[0].words.en.contains("Authorise anew"), "{found:?}");
        }
        let page = r#"{"err_msg":"get_brand_wcpay_request:fail"}"#;
        assert!(explain(page)[0].words.en.contains("check in this order"));
        assert!(
            explain("errCode -1")[0]
                .words
                .en
                .contains("signing certificate")
        );
    }

    #[test]
    fn pages_of_proxies_and_the_tails_of_request_ids_are_known_for_what_they_are() {
        let page = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";
        assert!(
            explain(page)[0].words.en.contains("HTTP"),
            "{:?}",
            explain(page)
        );
        for id in ["08F7E2B10610-268443699", "268443699"] {
            assert_eq!(explain(id)[0].words.en, "signature error", "{id}");
        }
        for (text, part) in [
            (
                "error:0308010C:digital envelope routines::unsupported",
                "OpenSSL 3",
            ),
            (
                "javax.crypto.AEADBadTagException: Tag mismatch!",
                "APIv3 key",
            ),
            ("cipher: message authentication failed", "APIv3 key"),
            (
                "ENOENT: no such file or directory, open 'apiclient_key.pem'",
                "path",
            ),
        ] {
            assert!(explain(text)[0].words.en.contains(part), "{text}");
        }
    }

    #[test]
    fn messages_of_other_programs_are_not_taken_for_codes() {
        let key = explain("error:0909006C:PEM routines:get_name:no start line");
        assert_eq!(key.len(), 1);
        assert!(key[0].words.en.contains("-----BEGIN"), "{key:?}");
        assert_eq!(explain("an error of ours, see the log"), []);
        assert_eq!(
            explain("the answer was SYSTEMERROR").len(),
            explain("SYSTEMERROR").len()
        );
    }

    #[test]
    fn what_is_unknown_stays_unknown() {
        for text in [
            "",
            "WHAT_IS_THIS",
            "<html></html>",
            "{}",
            "<xml></xml>",
            "08F7-1",
            "你好",
        ] {
            assert_eq!(explain(text), [], "{text}");
        }
    }
}
