//! Decoding: an error code, an error answer or a Request-ID becomes cause and remedy. Unknown stays unknown.

use serde_json::Value;

use super::foreign_errors::foreign;
use super::phrases::{of_answer, of_words};
use crate::Message;
use recondesk_domain::Category;
use wechatpay_codec::v2::{
    BillRefusal, CodePayCall, Endpoint, FaultAction, bill_refusal, known, request_id_reason,
    same_code, xml,
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
pub struct CodeExplanation {
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

/// A code of this program's own findings, such as P09, by code or name.
fn of_categories(word: &str) -> Vec<CodeExplanation> {
    Category::meant_by(word)
        .map(|category| CodeExplanation {
            subject: category.code().to_owned(),
            calls: Vec::new(),
            words: Message::new(
                format!(
                    "对账台的差错代码，不是微信支付的：{}；怎么处理见手册“差错分类”",
                    category.zh()
                ),
                format!(
                    "A code of Recondesk's own findings, none of WeChat Pay's: {}; what to do stands in the handbook under “What each category means”",
                    category.en()
                ),
            ),
            mend_at: MendAt::Nowhere,
            said: String::new(),
        })
        .collect()
}

/// Longer than any code or Request-ID: such a word is not compared with each of them.
const LONGEST: usize = 256;

/// Explains a code, a Request-ID, or the text of an answer; empty when nothing in it is known.
#[must_use]
pub fn explain(text: &str) -> Vec<CodeExplanation> {
    let text = text.trim().trim_start_matches('\u{feff}').trim_start();
    if text.len() > MAX_BYTES {
        return Vec::new();
    }
    let of_program = of_categories(text);
    if !of_program.is_empty() {
        return of_program;
    }
    let answer = match text.chars().next() {
        Some('<') => message(text),
        Some('{') => object(text),
        _ => Vec::new(),
    };
    if !answer.is_empty() {
        return answer;
    }
    if let Some(mut found) = answer_within(text) {
        // The log line around the answer often has the Request-ID, whose tail says it in one word.
        found.extend(words(text).filter_map(by_tail));
        return found;
    }
    // What is no answer may be a page of a proxy, or what a front end was told.
    if let Some(found) = foreign(text) {
        return vec![found];
    }
    let mut out: Vec<CodeExplanation> = of_words(text).into_iter().collect();
    let is_alone = words(text).nth(1).is_none();
    for word in words(text).filter(|word| is_alone || is_spelled_as_a_code(word)) {
        // Logs often keep the number of a Request-ID alone.
        let tail = format!("-{word}");
        let asked = if is_alone { tail.as_str() } else { word };
        let found = if let Some(reason) = by_tail(word).or_else(|| by_tail(asked)) {
            vec![CodeExplanation {
                subject: word.to_owned(),
                ..reason
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

/// What the number at the end of a Request-ID means.
fn by_tail(word: &str) -> Option<CodeExplanation> {
    Some(CodeExplanation {
        subject: word.to_owned(),
        calls: Vec::new(),
        words: request_id_reason(word)?.words(),
        mend_at: MendAt::Lookup,
        said: String::new(),
    })
}

/// So many places of a log line are looked at.
const MOST_PLACES: usize = 32;

/// An answer in the middle of a log line: `… 401 {"code":…}`, `body=<xml>…`, its quotes escaped or not.
fn answer_within(text: &str) -> Option<Vec<CodeExplanation>> {
    let plain = text.contains("\\\"").then(|| text.replace("\\\"", "\""));
    [Some(text), plain.as_deref()]
        .into_iter()
        .flatten()
        .find_map(|text| {
            let xml = text.find("<xml").and_then(|at| {
                let rest = text.get(at..)?;
                let end = rest.find("</xml>")?.checked_add("</xml>".len())?;
                rest.get(..end).map(message)
            });
            let objects = text.match_indices('{').take(MOST_PLACES);
            let mut objects = objects.filter_map(|(at, _)| {
                let rest = text.get(at..)?;
                let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
                let value = values.next()?.ok()?;
                Some(object(&value.to_string()))
            });
            xml.filter(|found| !found.is_empty())
                .or_else(|| objects.find(|found| !found.is_empty()))
        })
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
fn code(word: &str, said: &str) -> Vec<CodeExplanation> {
    let mut out: Vec<CodeExplanation> = Vec::new();
    for endpoint in Endpoint::ALL {
        let Some((code, advice)) = known(endpoint).find(|(code, _)| same_code(code, word)) else {
            continue;
        };
        let words = Message::from(advice.words);
        match out.iter_mut().find(|known| known.words == words) {
            Some(known) => known.calls.push(endpoint.name().words()),
            None => out.push(CodeExplanation {
                subject: code.to_owned(),
                calls: vec![endpoint.name().words()],
                words,
                mend_at: mend_at(code, endpoint, advice.action),
                said: said.to_owned(),
            }),
        }
    }
    for call in CodePayCall::ALL {
        let Some((code, advice)) = call.known().find(|(code, _)| same_code(code, word)) else {
            continue;
        };
        let words = Message::from(advice.words);
        match out.iter_mut().find(|known| known.words == words) {
            Some(known) => known.calls.push(call.name().words()),
            None => out.push(CodeExplanation {
                subject: code.to_owned(),
                calls: vec![call.name().words()],
                words,
                mend_at: mend_at(code, Endpoint::UnifiedOrder, advice.action),
                said: said.to_owned(),
            }),
        }
    }
    for explanation in &mut out {
        if explanation.calls.len() == Endpoint::ALL.len() {
            explanation.calls.clear();
        }
    }
    closest_first(&mut out, said);
    out
}

/// The calls that the words beside a code speak of come first.
fn closest_first(found: &mut [CodeExplanation], said: &str) {
    let said = said.to_lowercase();
    let themes = [
        (["退款", "refund"], ["申请退款", "查询退款"]),
        (["账单", "bill"], ["下载交易账单", "下载资金账单"]),
        (["关单", "关闭"], ["关闭订单", "关闭订单"]),
        (["付款码", "auth_code"], ["付款码支付", "付款码支付"]),
        (["撤销", "reverse"], ["撤销订单", "撤销订单"]),
    ];
    let theme = themes
        .iter()
        .find(|(words, _)| words.iter().any(|word| said.contains(word)));
    if let Some((_, calls)) = theme {
        let is_meant = |one: &CodeExplanation| {
            let mut names = one.calls.iter().map(|call| call.zh.as_str());
            names.any(|name| calls.contains(&name))
        };
        found.sort_by_key(|one| !is_meant(one));
    }
}

/// An XML answer: its codes, its message; a bill's error body as well.
fn message(text: &str) -> Vec<CodeExplanation> {
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
        return vec![CodeExplanation {
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
fn beside(code: &str, said: &str) -> Option<Vec<CodeExplanation>> {
    let found = of_answer(said)?;
    Some(vec![CodeExplanation {
        subject: code.to_owned(),
        calls: Vec::new(),
        said: said.to_owned(),
        ..found
    }])
}

/// The error body of `downloadbill`, where one code has two meanings.
fn bill(error_code: &str, said: &str) -> CodeExplanation {
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
    CodeExplanation {
        subject: error_code.to_owned(),
        calls: vec![Endpoint::DownloadBill.name().words()],
        words: Message::new(zh, en),
        mend_at: MendAt::Bills,
        said: said.to_owned(),
    }
}

/// A JSON answer of APIv3: its codes are those of APIv2 and a few more.
fn object(text: &str) -> Vec<CodeExplanation> {
    let fault = v3::Fault::read(Call::QueryByNumber, 0, text.as_bytes());
    if fault.code.is_empty() {
        return Vec::new();
    }
    let said = match (fault.field.as_str(), fault.issue.as_str()) {
        ("", "") => fault.message.clone(),
        (field, "") | ("", field) => format!("{} ({field})", fault.message),
        (field, issue) => format!("{} ({field}: {issue})", fault.message),
    };
    if let Some(found) = beside(&fault.code, &said).or_else(|| of_field(&fault, &said)) {
        return found;
    }
    let older = code(&fault.code, &said);
    if older.is_empty() {
        newer(&fault.code, &said)
    } else {
        older
    }
}

/// What `detail.field` names, where the words leave it open.
fn of_field(fault: &v3::Fault, said: &str) -> Option<Vec<CodeExplanation>> {
    let field = fault.field.as_str();
    let is_sign = same_code(&fault.code, "SIGN_ERROR");
    let (words, mend_at) = match field {
        "" => return None,
        "timestamp" if is_sign => (of_answer("timestamp expired")?.words, MendAt::Nowhere),
        "serial_no" if is_sign => (of_answer("serial_no not match")?.words, MendAt::Certificate),
        "mchid" if is_sign => (
            Message::new(
                "Authorization 里的 mchid 不对：用签名证书所属的商户号（服务商用自己的，不是子商户的）",
                "mchid in Authorization is wrong: it is the merchant number of the signing certificate (a service provider's own, not the sub-merchant's)",
            ),
            MendAt::Profile,
        ),
        "nonce_str" if is_sign => (of_answer("nonce_str too long")?.words, MendAt::Profile),
        "authorization" if is_sign => (
            Message::new(
                "没有 Authorization 头，或格式不对：WECHATPAY2-SHA256-RSA2048 后一个空格，再是 mchid、nonce_str、signature、timestamp、serial_no，值带双引号，逗号分隔",
                "The header Authorization is missing or malformed: WECHATPAY2-SHA256-RSA2048, a blank, then mchid, nonce_str, signature, timestamp and serial_no with their values in double quotes and commas between",
            ),
            MendAt::Profile,
        ),
        _ if is_sign => return None,
        _ if same_code(&fault.code, "PARAM_ERROR") => (
            Message::new(
                format!("字段 {field} 不对：按返回的说明改正；接口没有的字段也会这样"),
                format!(
                    "The field {field} is wrong: correct it as the message says; a field that the call does not have is told the same way"
                ),
            ),
            MendAt::Profile,
        ),
        _ => return None,
    };
    Some(vec![CodeExplanation {
        subject: fault.code.clone(),
        calls: Vec::new(),
        words,
        mend_at,
        said: said.to_owned(),
    }])
}

/// The meaning of a code that only APIv3 has.
fn newer(word: &str, said: &str) -> Vec<CodeExplanation> {
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
        vec![CodeExplanation {
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
mod tests;
