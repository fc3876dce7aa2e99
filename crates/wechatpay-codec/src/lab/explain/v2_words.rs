//! The names of the mistakes of APIv2, in both languages, and how to mend each.

use super::Change;
use super::edits::Edit;
use super::escapes::visible;
use super::form::Given;
use super::v2::{Algorithm, QuestionV2};
use super::v2_drops::coupons_lost;
use super::v2_mutation::{FieldOrder, Mutation};
use super::v2_rows::{encoding_row, form_row, joiner_row, place_row, whole_row};
use recondesk_domain::{Message, SignType};

pub(super) type MistakeRow = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

pub(super) fn not_a_signature(given: &str) -> Message {
    if !Given::v3_readings(given).is_empty() {
        return Message::new(
            "这是 APIv3 的 RSA 签名，不是 APIv2 的：用 explain v3、verify v3",
            "This is an RSA signature of APIv3, not one of APIv2: use explain v3 or verify v3",
        );
    }
    Message::new(
        "这不是 APIv2 签名：应为 32 位（MD5）或 64 位（HMAC-SHA256）十六进制",
        "This is no APIv2 signature: 32 (MD5) or 64 (HMAC-SHA256) hex characters are expected",
    )
}

pub(super) fn hints(question: &QuestionV2) -> Vec<Message> {
    let mut out: Vec<Message> = beside(question).into_iter().map(|one| one.what).collect();
    out.push(if question.signed_text.is_some() {
        Message::new(
            "给出的字符串算不出这个签名：实际签的是另一个字符串，或用了另一个密钥",
            "The given string does not make this signature: another string was signed, or with another key",
        )
    } else {
        Message::new(
            "给出对方实际签名的字符串，可以逐字节比对",
            "Give the string that was really signed; it is then compared byte by byte",
        )
    });
    let lost = coupons_lost(&question.message);
    if question.keys.len() < 2 && lost.is_none() {
        out.push(Message::new(
            "密钥可能不是这一个：核对商户平台上的 API 密钥，或加上其他商户档案的密钥",
            "The key may be another one: check it in the merchant console, or add keys of other profiles",
        ));
    }
    out.push(Message::new(
        "随机串或时间若在签名后重新生成，请给出签名时用的那一个",
        "If nonce or time were made anew after signing, give the ones that were signed",
    ));
    out.splice(0..0, lost);
    out
}

/// What is wrong beside the signature: a unit, a named algorithm, a field that is not there.
pub(super) fn beside(question: &QuestionV2) -> Vec<Change> {
    let params = &question.message;
    let mut out = Vec::new();
    let milliseconds = ["timeStamp", "timestamp"].into_iter().find(|name| {
        params
            .filled(name)
            .is_some_and(|time| time.len() == 13 && time.bytes().all(|byte| byte.is_ascii_digit()))
    });
    if let Some(name) = milliseconds {
        out.push(Change {
            code: "header-time-unit",
            field: name.to_owned(),
            what: Message::new(
                format!("{name} 是毫秒（13 位），应为秒（10 位）"),
                format!("{name} is in milliseconds (13 digits) instead of seconds (10 digits)"),
            ),
            mend: Message::new(
                "签名和传给前端都用同一个 10 位秒数",
                "sign and pass on one and the same number of seconds, ten digits",
            ),
        });
    }
    if params.get("signType") == Some("RSA") {
        out.push(Change {
            code: "header-sign-type",
            field: "signType".to_owned(),
            what: Message::new(
                "signType 是 RSA，paySign 却是 APIv2 的签名",
                "signType is RSA, but paySign is a signature of APIv2",
            ),
            mend: Message::new(
                "APIv2 下的单写 MD5 或 HMAC-SHA256，APIv3 下的单用商户私钥做 RSA 签名",
                "an order of APIv2 takes MD5 or HMAC-SHA256, one of APIv3 an RSA signature of the private key",
            ),
        });
    }
    out.extend(missing_fields(question));
    out
}

/// Fields that every request of APIv2 has and this one lacks.
fn missing_fields(question: &QuestionV2) -> Option<Change> {
    let params = &question.message;
    let has = |name: &&str| params.filled(name).is_some();
    let speaks_of_an_order = [
        "out_trade_no",
        "transaction_id",
        "out_refund_no",
        "bill_date",
    ];
    let is_request = params.get("return_code").is_none() && speaks_of_an_order.iter().any(has);
    let lost: Vec<&str> = ["appid", "mch_id", "nonce_str"]
        .into_iter()
        .filter(|name| !has(name))
        .collect();
    if !is_request || lost.is_empty() || lost.len() == 3 {
        return None;
    }
    let (zh, en) = (lost.join("、"), lost.join(", "));
    Some(Change {
        code: "header-field-missing",
        field: lost.first().copied().unwrap_or_default().to_owned(),
        what: Message::new(
            format!("报文里缺少必填字段：{zh}"),
            format!("a required field is missing from the message: {en}"),
        ),
        mend: Message::new(
            "补上后重新签名：每个请求都要有 appid、mch_id 和 nonce_str",
            "add it and sign anew: each request has appid, mch_id and nonce_str",
        ),
    })
}

/// The string is right but for the key at its end.
pub(super) fn string_with_other_key() -> Change {
    Change {
        code: "key-of-string",
        field: String::new(),
        what: Message::new(
            "字符串是对的，末尾接的却是另一个密钥",
            "the string is right, but another key stands at its end",
        ),
        mend: Message::new(
            "换成这个商户号的 APIv2 密钥（不是 APIv3 密钥，也不是别的商户的）",
            "take the APIv2 key of this merchant, neither the APIv3 key nor another merchant's",
        ),
    }
}

pub(super) fn other_string(lacks_key: bool) -> Change {
    let (zh, en) = if lacks_key {
        (
            "签名正确，但签的是另一个字符串（不含密钥部分）",
            "the signature is right, but of another string (given without its key)",
        )
    } else {
        (
            "签名正确，但签的是另一个字符串",
            "the signature is right, but of another string",
        )
    };
    Change {
        code: "other-string",
        field: String::new(),
        what: Message::new(zh, en),
        mend: Message::new(
            "照右边的字符串改，从第一处不同开始",
            "follow the right string, beginning at the first difference",
        ),
    }
}

pub(super) fn algorithm(used: Algorithm, wanted: SignType) -> Option<Change> {
    let name = match (used, wanted) {
        (Algorithm::Md5, SignType::Md5) | (Algorithm::HmacSha256, SignType::HmacSha256) => {
            return None;
        }
        (Algorithm::Md5, _) => "MD5",
        (Algorithm::HmacSha256, _) => "HMAC-SHA256",
        (Algorithm::HmacMd5, _) => "HMAC-MD5",
        (Algorithm::Sha256, _) => "SHA-256",
        (Algorithm::Sha1, _) => "SHA-1",
    };
    let code = match used {
        Algorithm::Md5 => "digest-md5",
        Algorithm::HmacSha256 => "digest-hmac-sha256",
        Algorithm::HmacMd5 => "digest-hmac-md5",
        Algorithm::Sha256 => "digest-sha256",
        Algorithm::Sha1 => "digest-sha1",
    };
    Some(Change {
        code,
        field: String::new(),
        what: Message::new(
            format!("用了 {name}，应为 {}", wanted.wire()),
            format!("{name} was used instead of {}", wanted.wire()),
        ),
        mend: Message::new(
            format!("改用 {}，并与 sign_type 一致", wanted.wire()),
            format!("use {}, and say so in sign_type", wanted.wire()),
        ),
    })
}

pub(super) fn change(twist: &Mutation<'_>, question: &QuestionV2) -> Change {
    let row = match twist {
        Mutation::Edit(edit) => return edited(edit, question),
        Mutation::OtherKey(at) => {
            return other_key(question.keys.get(*at).map_or("", |key| &key.name));
        }
        Mutation::KeepEmpty => (
            "empty-kept",
            "空值字段参与了签名",
            "empty fields were signed",
            "值为空的字段不参与签名",
            "leave fields without a value out",
        ),
        Mutation::KeepSign => (
            "sign-included",
            "sign 字段自己参与了签名",
            "the field sign was signed itself",
            "签名前去掉 sign",
            "take sign out before signing",
        ),
        Mutation::FieldOrder(order) => order_row(*order),
        Mutation::ValueEncoding(encoding) => encoding_row(*encoding),
        Mutation::Joiner(joiner) => joiner_row(*joiner),
        Mutation::KeyPlace(place) => place_row(*place),
        Mutation::KeyForm(form) => form_row(*form),
        Mutation::Whole(whole, _) => whole_row(*whole),
        Mutation::NamesLower => (
            "names-lower-case",
            "字段名都成了小写（如 timestamp、noncestr）",
            "all names were in lower case (timestamp, noncestr)",
            "字段名与发送的大小写一致：appId、timeStamp、nonceStr、signType",
            "write the names as they are sent: appId, timeStamp, nonceStr, signType",
        ),
        Mutation::NamesCamel(_) => (
            "names-camel-case",
            "字段名都成了驼峰写法（如 mchId、nonceStr）",
            "all names were in camel case (mchId, nonceStr)",
            "字段名与发送的大小写一致，不要签对象的属性名",
            "write the names as they are sent, not as the properties of an object are called",
        ),
        Mutation::Dropped(_) => (
            "coupon-fields-dropped",
            "代金券字段（coupon_…）没有参与验签",
            "the coupon fields (coupon_…) were not signed",
            "收到的每个字段都参与验签，框架的类型里没有的也算",
            "sign every field received, those too that the type of a framework does not have",
        ),
        Mutation::NewlineEnd => (
            "newline-end",
            "字符串末尾多了换行",
            "a line feed stands at the end of the string",
            "去掉末尾的换行",
            "remove the line feed",
        ),
        Mutation::FirstOfRepeated => (
            "repeated-first",
            "重复的字段只签了第一个",
            "of repeated fields only the first was signed",
            "收到的每个字段都参与签名",
            "sign every field received",
        ),
        Mutation::LastOfRepeated => (
            "repeated-last",
            "重复的字段只签了最后一个",
            "of repeated fields only the last was signed",
            "收到的每个字段都参与签名",
            "sign every field received",
        ),
    };
    plain(row, "")
}

const fn order_row(order: FieldOrder) -> MistakeRow {
    match order {
        FieldOrder::AsWritten => (
            "order-as-written",
            "字段没有排序",
            "the fields were not sorted",
            "按字段名 ASCII 从小到大排序",
            "sort by name, ASCII ascending",
        ),
        FieldOrder::Descending => (
            "order-descending",
            "字段按从大到小排序",
            "the fields were sorted descending",
            "按字段名 ASCII 从小到大排序",
            "sort by name, ASCII ascending",
        ),
        FieldOrder::IgnoringCase | FieldOrder::Sorted => (
            "order-ignoring-case",
            "排序时没有区分大小写",
            "case was ignored when sorting",
            "按 ASCII 排序，大写字母在前",
            "sort by ASCII: capitals come first",
        ),
    }
}

fn plain((code, zh, en, mend_zh, mend_en): MistakeRow, field: &str) -> Change {
    Change {
        code,
        field: field.to_owned(),
        what: Message::new(zh, en),
        mend: Message::new(mend_zh, mend_en),
    }
}

/// The set of another front end was signed.
pub(super) fn other_front_end(is_app: bool) -> Change {
    let (zh, en) = if is_app {
        (
            "签的是 APP 的参数（appid、partnerid、prepayid…），这里是公众号或小程序",
            "the set of an app was signed (appid, partnerid, prepayid …), this is a page or a mini program",
        )
    } else {
        (
            "签的是公众号或小程序的参数（appId、package=prepay_id=…），这里是 APP",
            "the set of a page was signed (appId, package=prepay_id=…), this is an app",
        )
    };
    let (mend_zh, mend_en) = if is_app {
        (
            "签 appId、timeStamp、nonceStr、package、signType",
            "sign appId, timeStamp, nonceStr, package, signType",
        )
    } else {
        (
            "签 appid、partnerid、prepayid、package、noncestr、timestamp",
            "sign appid, partnerid, prepayid, package, noncestr, timestamp",
        )
    };
    plain(("front-end-other", zh, en, mend_zh, mend_en), "")
}

fn other_key(name: &str) -> Change {
    Change {
        code: "key-of-other",
        field: String::new(),
        what: Message::new(
            format!("用了“{name}”的密钥"),
            format!("the key of “{name}” was used"),
        ),
        mend: Message::new(
            "换成这个商户号自己的 API 密钥",
            "use the API key of this merchant",
        ),
    }
}

#[expect(clippy::too_many_lines, reason = "a table of words, one line each")]
fn edited(edit: &Edit, question: &QuestionV2) -> Change {
    let own = edit
        .at
        .and_then(|at| question.message.as_slice().get(at))
        .map_or(edit.name.as_str(), |param| param.name.as_str());
    let theirs: String = edit
        .value
        .as_deref()
        .map(|bytes| String::from_utf8_lossy(bytes).chars().take(60).collect())
        .unwrap_or_default();
    let shown = visible(&theirs);
    let (zh, en): (String, String) = match edit.code {
        "field-dropped" => (
            format!("{own} 没有参与签名"),
            format!("{own} was not signed"),
        ),
        "field-added" => (
            format!("多签了 {own}={shown}"),
            format!("{own}={shown} was signed as well"),
        ),
        "name-other" => (
            format!("{own} 签成了 {}", edit.name),
            format!("{own} was signed as {}", edit.name),
        ),
        "sign-of-first-try" => (
            "上一次的 sign 还在参数里，又签了一次".into(),
            "the sign of the first try was still among the fields when they were signed again"
                .into(),
        ),
        "value-emoji-replaced" => (
            format!("{own} 里的表情符号签成了问号"),
            format!("the emoji in {own} was signed as question marks"),
        ),
        "value-full-width" | "value-half-width" => (
            format!("{own} 里全角和半角的符号不同：签的是 {shown}"),
            format!("{own} was signed with signs of another width: {shown}"),
        ),
        "value-space-end" => (
            format!("{own} 签名时末尾多一个空格"),
            format!("{own} was signed with a space at its end"),
        ),
        "value-space-start" => (
            format!("{own} 签名时前面多一个空格"),
            format!("{own} was signed with a space before it"),
        ),
        "value-trimmed" | "value-trimmed-end" => (
            format!("{own} 现在的值带空白，签名时没有"),
            format!("{own} has white space now, it was signed without"),
        ),
        "value-lf-end" | "value-crlf-end" => (
            format!("{own} 签名时末尾多了换行"),
            format!("{own} was signed with a line end"),
        ),
        "value-lower-case" | "value-upper-case" => (
            format!("{own} 签名时大小写不同：{shown}"),
            format!("{own} was signed in another case: {shown}"),
        ),
        "value-gbk" => (
            format!("{own} 签名时是 GBK 编码"),
            format!("{own} was signed in GBK"),
        ),
        "value-twice-utf8" | "value-question-marks" => (
            format!("{own} 签名时编码已损坏"),
            format!("{own} was signed with a broken encoding"),
        ),
        "value-unicode-escaped" => (
            format!("{own} 签名时写成了 \\u 转义"),
            format!("{own} was signed with \\u escapes"),
        ),
        "value-url-encoded-twice" => (
            format!("{own} 签名时做了两次 URL 编码"),
            format!("{own} was URL-encoded twice before signing"),
        ),
        "value-url-encoded" | "value-form-encoded" => (
            format!("{own} 签名时做了 URL 编码"),
            format!("{own} was URL-encoded before signing"),
        ),
        "value-url-decoded" => (
            format!("{own} 签名时做了 URL 解码"),
            format!("{own} was URL-decoded before signing"),
        ),
        "value-xml-escaped" | "value-xml-unescaped" => (
            format!("{own} 的 XML 转义与发送的不同"),
            format!("{own} is XML-escaped differently"),
        ),
        "time-anew" | "nonce-anew" => (
            format!("{own} 签名后又重新生成：签的是 {shown}"),
            format!("{own} was made anew after signing: {shown} was signed"),
        ),
        "time-milliseconds" => (
            format!("{own} 签名时用了毫秒"),
            format!("{own} was signed in milliseconds"),
        ),
        "empty-word" => (
            format!("{own} 的空值签成了 {shown}"),
            format!("the empty {own} was signed as {shown}"),
        ),
        code if code.starts_with("number-") => (
            format!("{own} 的数字写法不同：签的是 {shown}"),
            format!("{own} was signed as the number {shown}"),
        ),
        code if code.starts_with("json-") => (
            format!("{own} 的 JSON 写法与发送的不同"),
            format!("{own} was signed in another JSON writing"),
        ),
        _ => (
            format!("{own} 签的是 {shown}"),
            format!("{own} was signed as {shown}"),
        ),
    };
    Change {
        code: edit.code,
        field: own.to_owned(),
        what: Message::new(zh, en),
        mend: Message::new(
            format!("让签名用的 {own} 与发送的完全一样"),
            format!("sign {own} exactly as it is sent"),
        ),
    }
}
