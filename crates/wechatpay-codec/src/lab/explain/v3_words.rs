//! The names of the mistakes of APIv3, in both languages, and how to mend each.

use super::Change;
use super::v3_forms::Ends;
use crate::lab::reprint::Rewriting;
use crate::v3::{BareContent, DigestName};
use recondesk_domain::Message;

pub(super) fn other_key_hints(none: bool) -> Vec<Message> {
    if none {
        return vec![Message::new(
            "先给出公钥、证书或私钥",
            "Give a public key, a certificate or a private key first",
        )];
    }
    vec![
        Message::new(
            "这个签名不是用这些密钥做的（已用公钥还原核对，不必再试字符串）：核对私钥与证书序列号是否一对",
            "None of these keys made this signature (checked by undoing it, so no string can help): check that key and serial belong together",
        ),
        Message::new(
            "签名文本若在复制中少了字符，也会这样",
            "A signature that lost characters while copying looks the same",
        ),
    ]
}

pub(super) fn other_text_hints() -> Vec<Message> {
    vec![
        Message::new(
            "密钥是对的，签的是另一个字符串",
            "The key is right; another string was signed",
        ),
        Message::new(
            "给出 401 应答全文，其中的 sign_information 可逐字节比对",
            "Give the whole 401 answer: its sign_information is compared byte by byte",
        ),
        Message::new(
            "给出对方实际签名的字符串，或签名时的随机串和时间",
            "Give the string that was really signed, or its nonce and time",
        ),
    ]
}

pub(super) fn other_key(name: &str) -> Change {
    Change {
        code: "key-of-other",
        field: String::new(),
        what: Message::new(
            format!("用了“{name}”的私钥"),
            format!("the private key of “{name}” was used"),
        ),
        mend: Message::new(
            "换成与证书序列号成对的私钥",
            "use the private key that belongs to the serial",
        ),
    }
}

/// Another digest than the one of APIv3.
pub(super) fn other_digest(name: DigestName) -> Option<Change> {
    let code = match name {
        DigestName::Sha256 => return None,
        DigestName::Sha1 => "digest-sha1",
        DigestName::Md5 => "digest-md5",
        DigestName::Sha224 => "digest-sha224",
        DigestName::Sha384 => "digest-sha384",
        DigestName::Sha512 => "digest-sha512",
    };
    let word = name.word();
    Some(Change {
        code,
        field: String::new(),
        what: Message::new(
            format!("用了 {word}withRSA，应为 SHA256withRSA"),
            format!("{word}withRSA was used instead of SHA256withRSA"),
        ),
        mend: Message::new("改用 SHA256withRSA", "use SHA256withRSA"),
    })
}

/// The digest was signed as if it were the string.
pub(super) fn digest_twice() -> Change {
    Change {
        code: "digest-twice",
        field: String::new(),
        what: Message::new(
            "先自己算了一次 SHA-256，再对摘要做 SHA256withRSA",
            "the string was hashed with SHA-256 first, and the digest was signed as if it were the string",
        ),
        mend: Message::new(
            "把待签名串原文交给 SHA256withRSA，它自己会算摘要",
            "give the string itself to SHA256withRSA, which hashes it",
        ),
    }
}

/// The padding holds something that names no digest.
pub(super) fn bare(content: BareContent) -> Change {
    let (code, zh, en) = match content {
        BareContent::Digest => (
            "digest-unnamed",
            "对 SHA-256 摘要直接做了 RSA（如 NONEwithRSA），没有 DigestInfo",
            "the SHA-256 digest was put into RSA without its DigestInfo (NONEwithRSA)",
        ),
        BareContent::DigestText => (
            "digest-encrypted",
            "用私钥“加密”了十六进制或 Base64 写的摘要，不是签名",
            "a digest written as hex or Base64 was encrypted with the private key instead of signing",
        ),
        BareContent::Text => (
            "text-encrypted",
            "用私钥“加密”了待签名串，不是签名",
            "the string was encrypted with the private key instead of signed",
        ),
    };
    Change {
        code,
        field: String::new(),
        what: Message::new(zh, en),
        mend: Message::new(
            "改用 SHA256withRSA 的签名接口",
            "use the signing call for SHA256withRSA",
        ),
    }
}

pub(super) fn pss() -> Change {
    Change {
        code: "padding-pss",
        field: String::new(),
        what: Message::new(
            "密钥是对的，但用了 RSA-PSS 填充，应为 PKCS#1 v1.5",
            "the key is right, but RSA-PSS padding was used instead of PKCS#1 v1.5",
        ),
        mend: Message::new(
            "改用 SHA256withRSA（RSASSA-PKCS1-v1_5）",
            "use SHA256withRSA (RSASSA-PKCS1-v1_5)",
        ),
    }
}

/// The header names another key than the one that made the signature.
pub(super) fn serial(named: &str, own: &str) -> Change {
    let short: String = named.chars().take(64).collect();
    Change {
        code: "serial-of-other",
        field: "serial".to_owned(),
        what: Message::new(
            format!("报文头写的序列号是 {short}，签名的密钥是 {own} 的"),
            format!("the header names the serial {short}, but the key of {own} signed"),
        ),
        mend: Message::new(
            "报文头写与私钥成对的证书序列号",
            "name the serial of the certificate that belongs to the private key",
        ),
    }
}

/// What a framework changed in a body of WeChat Pay.
pub(super) fn printed(what: Rewriting) -> Change {
    let code = match what {
        Rewriting::FieldNames => "body-field-names",
        Rewriting::KeyOrder => "body-key-order",
        Rewriting::Blanks => "body-blanks",
        Rewriting::Unicode => "body-unicode-escapes",
        Rewriting::Slashes => "body-escaped-slashes",
        Rewriting::NumberText => "body-numbers-as-text",
        Rewriting::Nulls => "body-nulls-added",
        Rewriting::Ends => "body-ends",
        Rewriting::Decimals => "body-decimals",
        Rewriting::PlusBlanks => "body-plus-blanks",
        Rewriting::Encoding => "body-encoding",
        Rewriting::JsonText => "body-json-text",
        Rewriting::HtmlEscapes => "body-html-escapes",
        Rewriting::PercentEscapes => "body-percent-escapes",
        Rewriting::FormField => "body-form-field",
    };
    let (zh, en) = what.names();
    Change {
        code,
        field: "body".to_owned(),
        what: Message::new(
            format!("报文体不是收到的原样：{zh}"),
            format!("the body is not as it was received: {en}"),
        ),
        mend: Message::new(
            "验签用收到的原始字节，在框架解析之前取得",
            "verify the raw bytes, taken before the framework parses them",
        ),
    }
}

pub(super) fn other_string() -> Change {
    Change {
        code: "other-string",
        field: String::new(),
        what: Message::new(
            "签名正确，但签的是另一个字符串",
            "the signature is right, but of another string",
        ),
        mend: Message::new(
            "照右边的字符串改，从第一处不同开始",
            "follow the right string, beginning at the first difference",
        ),
    }
}

pub(super) fn ends(ends: Ends) -> Change {
    let (code, zh, en) = match ends {
        Ends::LastMissing => (
            "last-lf-missing",
            "最后一行缺少换行",
            "the last line feed is missing",
        ),
        Ends::Literal => (
            "lf-as-two-characters",
            "换行写成了 \\n 两个字符",
            "line feeds were written as the two characters \\n",
        ),
        Ends::LiteralLastMissing => (
            "lf-as-two-characters-last-missing",
            "换行写成了 \\n 两个字符，且缺最后一个",
            "line feeds were written as \\n, and the last is missing",
        ),
        Ends::CrLf => ("crlf", "换行是回车换行（CRLF）", "lines end with CR and LF"),
        Ends::CrLfLastMissing => (
            "crlf-last-missing",
            "换行是 CRLF，且缺最后一个",
            "lines end with CR and LF, and the last is missing",
        ),
        Ends::Cr => ("cr", "换行是回车（CR）", "lines end with CR"),
        Ends::Nothing => (
            "lines-joined",
            "各行之间没有换行",
            "no line feeds stand between the lines",
        ),
        Ends::OneMore | Ends::Right => (
            "lf-one-more",
            "末尾多了一个换行",
            "there is one line feed too many",
        ),
        Ends::LastLineMissing => (
            "last-line-missing",
            "缺少最后一行",
            "the last line is missing",
        ),
        Ends::LastLineEmptyMissing => (
            "empty-line-missing",
            "请求体为空时，空行也不能少",
            "the empty line of an empty body is missing",
        ),
        Ends::Swapped => (
            "time-nonce-swapped",
            "时间和随机串两行颠倒了",
            "the lines of time and nonce are swapped",
        ),
    };
    Change {
        code,
        field: String::new(),
        what: Message::new(zh, en),
        mend: Message::new(
            "每一行（包括最后一行）都以一个 LF 结尾",
            "end every line, the last too, with one LF",
        ),
    }
}

#[expect(clippy::too_many_lines, reason = "a table of words, one line each")]
pub(super) fn line(name: &'static str, code: &'static str, value: &[u8]) -> Change {
    let shown: String = String::from_utf8_lossy(value)
        .chars()
        .take(60)
        .collect::<String>()
        .escape_debug()
        .to_string();
    let (zh, en): (String, String) = match code {
        "target-with-host" => ("地址带了域名".into(), "the host is in the address".into()),
        "query-dropped" => ("没有签查询参数".into(), "the query was not signed".into()),
        "query-reordered" => (
            "查询参数的顺序与发送的不同".into(),
            "the query is in another order than sent".into(),
        ),
        "query-parameter-dropped" => (
            "少签了一个查询参数".into(),
            "a query parameter was not signed".into(),
        ),
        "query-encoded" | "query-values-encoded" => (
            "查询参数多编码了一次".into(),
            "the query was encoded once more".into(),
        ),
        "target-decoded" => (
            "地址做了 URL 解码".into(),
            "the address was URL-decoded".into(),
        ),
        "placeholder-left" => (
            format!("地址里的占位符没有替换：{shown}"),
            format!("a placeholder was not replaced: {shown}"),
        ),
        "target-slash-end" | "target-no-slash" | "target-slash-twice" => (
            format!("地址的斜杠不同：{shown}"),
            format!("the slashes of the address differ: {shown}"),
        ),
        "time-milliseconds" => ("时间用了毫秒".into(), "the time is in milliseconds".into()),
        "time-anew" => (
            format!("时间签名后又重新生成：签的是 {shown}"),
            format!("the time was made anew after signing: {shown} was signed"),
        ),
        "nonce-anew" => (
            format!("随机串与头里的不是同一个：签的是 {shown}"),
            format!("the nonce of the header is not the signed one: {shown} was signed"),
        ),
        "body-empty" => (
            "签名时请求体为空，发送时不空".into(),
            "an empty body was signed, but one is sent".into(),
        ),
        "body-word" => (
            format!("请求体签成了 {shown}"),
            format!("the body was signed as {shown}"),
        ),
        "body-trimmed" => (
            "发送的请求体首尾多了空白或换行，签名时没有".into(),
            "the sent body has white space or a line end at an end, the signed one has none".into(),
        ),
        "body-lf-end" | "body-crlf-end" => (
            "签名的请求体末尾多了换行".into(),
            "the signed body ends with a line end".into(),
        ),
        "body-bom-sent" => (
            "发送的请求体前面多了一个 BOM，签名时没有".into(),
            "a BOM stands before the sent body, the signed one has none".into(),
        ),
        "body-null-added" => (
            "签名的请求体多了值为 null 的字段".into(),
            "the signed body has a field that is null more than the sent one".into(),
        ),
        "body-number-as-text" | "body-text-as-number" | "body-number-decimals" => (
            "请求体里的一个数字，签名时的写法与发送的不同".into(),
            "a number of the body was signed in another writing than it is sent".into(),
        ),
        "body-keys-turned" => (
            "请求体里一个对象的字段顺序，签名时与发送的不同".into(),
            "the fields of an object of the body were signed in another order than they are sent"
                .into(),
        ),
        "target-encoded-twice" => (
            "地址多编码了一次".into(),
            "the address was encoded once more".into(),
        ),
        "target-behind-proxy" => (
            format!("地址里代理的前缀没有签：签的是 {shown}"),
            format!("the prefix of a proxy was not signed: {shown} was"),
        ),
        "target-other" => (
            format!("签的是另一个接口的地址：{shown}"),
            format!("the address of another call was signed: {shown}"),
        ),
        "body-gbk" => (
            "请求体按 GBK 签名".into(),
            "the body was signed in GBK".into(),
        ),
        "pay-line-bare" => (
            "第四行少了 prepay_id=（那是 APP 的写法）".into(),
            "the fourth line lacks prepay_id= (that is the way of apps)".into(),
        ),
        "pay-line-prefixed" => (
            "第四行多了 prepay_id=（APP 只用单独的编号）".into(),
            "the fourth line has prepay_id= (apps use the bare number)".into(),
        ),
        "method-lower-case" | "method-capital" => (
            "请求方法要大写".into(),
            "the method must be in upper case".into(),
        ),
        code if code.starts_with("json-") || code == "body-json-twice" => {
            let (zh, en) = json_writing(code);
            (
                format!("请求体重新序列化过，与发送的写法不同：签的{zh}"),
                format!("the body was serialised again, in another writing than sent: signed {en}"),
            )
        }
        _ => (
            format!("{} 行签的是 {shown}", line_name(name).0),
            format!("the line {} was signed as {shown}", line_name(name).1),
        ),
    };
    let (line_zh, line_en) = line_name(name);
    Change {
        code,
        field: name.to_owned(),
        what: Message::new(zh, en),
        mend: Message::new(
            format!("{line_zh}一行用实际发送的原文"),
            format!("sign the line {line_en} exactly as it is sent"),
        ),
    }
}

/// How the JSON was written that was signed.
fn json_writing(code: &str) -> (&'static str, &'static str) {
    match code {
        "json-compact" => ("没有空格和换行", "without blanks and line breaks"),
        "json-spaces" => ("冒号和逗号后有空格", "with blanks after colons and commas"),
        "json-indent-2" | "json-indent-4" | "json-indent-tab" | "json-indent-jackson" => {
            ("有缩进和换行", "with indents and line breaks")
        }
        "json-sorted" => ("字段按名排了序", "with its fields sorted by name"),
        "json-slash-escaped" => ("斜杠写成 \\/", "with slashes as \\/"),
        "json-slash-plain" => ("斜杠没有转义", "with plain slashes"),
        "json-unicode-escaped" => ("汉字写成 \\uXXXX", "with characters as \\uXXXX"),
        "json-unicode-upper" => (
            "汉字写成大写的 \\uXXXX",
            "with characters as \\uXXXX in upper case",
        ),
        "json-unicode-plain" => ("汉字没有转义", "with plain characters"),
        "json-html-escaped" => ("<、>、& 等写成 \\u003c", "with <, > or & as \\u003c"),
        "json-html-plain" => ("<、>、& 等没有转义", "with plain <, > and &"),
        "json-nulls-dropped" => ("没有值为 null 的字段", "without fields that are null"),
        "json-empties-dropped" => ("没有空值字段", "without empty fields"),
        "json-of-python" => (
            "有空格，汉字写成 \\uXXXX（Python 的默认写法）",
            "with blanks and \\uXXXX, as Python does by itself",
        ),
        "json-of-php" => (
            "斜杠和汉字都转义（PHP 的默认写法）",
            "with slashes and characters escaped, as PHP does by itself",
        ),
        "body-json-twice" => ("成了 JSON 字符串", "as a JSON string"),
        _ => ("写法不同", "in another writing"),
    }
}

fn line_name(name: &'static str) -> (&'static str, &'static str) {
    match name {
        "method" => ("请求方法", "method"),
        "target" => ("地址", "address"),
        "timestamp" => ("时间戳", "timestamp"),
        "nonce" => ("随机串", "nonce"),
        "body" => ("请求体", "body"),
        "package" => ("订单详情", "package"),
        other => (other, other),
    }
}

pub(super) fn aligned(first: Option<usize>, line: usize, other_length: bool) -> Message {
    match first {
        Some(at) => Message::new(
            format!("从第 {line} 行、第 {at} 字节起与微信支付计算的不同"),
            format!("It parts from WeChat Pay's string at byte {at}, in line {line}"),
        ),
        None if other_length => Message::new(
            "看得到的部分相同，但总长度不同：不同处在请求体里",
            "What is told is equal, but the lengths differ: the difference is in the body",
        ),
        None => Message::new(
            "字符串相同：问题在私钥或证书序列号，不在字符串",
            "The strings are equal: look at the private key or the serial number, not at the string",
        ),
    }
}
