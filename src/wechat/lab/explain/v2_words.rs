//! The names of the mistakes of APIv2, in both languages, and how to mend each.

use super::Change;
use super::edits::Edit;
use super::v2::{Algorithm, QuestionV2};
use super::v2_twist::{Encoding, Joiner, KeyForm, KeyPlace, Order, Twist};
use crate::domain::{SignType, Words};

type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

pub(super) fn not_a_signature() -> Words {
    Words::new(
        "这不是 APIv2 签名：应为 32 位（MD5）或 64 位（HMAC-SHA256）十六进制",
        "This is no APIv2 signature: 32 (MD5) or 64 (HMAC-SHA256) hex characters are expected",
    )
}

pub(super) fn hints(question: &QuestionV2) -> Vec<Words> {
    let mut out = vec![Words::new(
        "给出对方实际签名的字符串，可以逐字节比对",
        "Give the string that was really signed; it is then compared byte by byte",
    )];
    if question.keys.len() < 2 {
        out.push(Words::new(
            "密钥可能不是这一个：核对商户平台上的 API 密钥，或加上其他商户档案的密钥",
            "The key may be another one: check it in the merchant console, or add keys of other profiles",
        ));
    }
    out.push(Words::new(
        "随机串或时间若在签名后重新生成，请给出签名时用的那一个",
        "If nonce or time were made anew after signing, give the ones that were signed",
    ));
    out
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
        what: Words::new(zh, en),
        mend: Words::new(
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
        what: Words::new(
            format!("用了 {name}，应为 {}", wanted.wire()),
            format!("{name} was used instead of {}", wanted.wire()),
        ),
        mend: Words::new(
            format!("改用 {}，并与 sign_type 一致", wanted.wire()),
            format!("use {}, and say so in sign_type", wanted.wire()),
        ),
    })
}

pub(super) fn change(twist: &Twist<'_>, question: &QuestionV2) -> Change {
    let row = match twist {
        Twist::Edit(edit) => return edited(edit, question),
        Twist::OtherKey(at) => {
            return other_key(question.keys.get(*at).map_or("", |key| &key.name));
        }
        Twist::KeepEmpty => (
            "empty-kept",
            "空值字段参与了签名",
            "empty fields were signed",
            "值为空的字段不参与签名",
            "leave fields without a value out",
        ),
        Twist::KeepSign => (
            "sign-included",
            "sign 字段自己参与了签名",
            "the field sign was signed itself",
            "签名前去掉 sign",
            "take sign out before signing",
        ),
        Twist::Order(Order::AsWritten) => (
            "order-as-written",
            "字段没有排序",
            "the fields were not sorted",
            "按字段名 ASCII 从小到大排序",
            "sort by name, ASCII ascending",
        ),
        Twist::Order(Order::Descending) => (
            "order-descending",
            "字段按从大到小排序",
            "the fields were sorted descending",
            "按字段名 ASCII 从小到大排序",
            "sort by name, ASCII ascending",
        ),
        Twist::Order(Order::IgnoringCase | Order::Sorted) => (
            "order-ignoring-case",
            "排序时没有区分大小写",
            "case was ignored when sorting",
            "按 ASCII 排序，大写字母在前",
            "sort by ASCII: capitals come first",
        ),
        Twist::Encoding(encoding) => encoding_row(*encoding),
        Twist::Joiner(joiner) => joiner_row(*joiner),
        Twist::KeyPlace(place) => place_row(*place),
        Twist::KeyForm(form) => form_row(*form),
        Twist::NewlineEnd => (
            "newline-end",
            "字符串末尾多了换行",
            "a line feed stands at the end of the string",
            "去掉末尾的换行",
            "remove the line feed",
        ),
        Twist::FirstOfRepeated => (
            "repeated-first",
            "重复的字段只签了第一个",
            "of repeated fields only the first was signed",
            "收到的每个字段都参与签名",
            "sign every field received",
        ),
        Twist::LastOfRepeated => (
            "repeated-last",
            "重复的字段只签了最后一个",
            "of repeated fields only the last was signed",
            "收到的每个字段都参与签名",
            "sign every field received",
        ),
    };
    plain(row, "")
}

fn plain((code, zh, en, mend_zh, mend_en): Row, field: &str) -> Change {
    Change {
        code,
        field: field.to_owned(),
        what: Words::new(zh, en),
        mend: Words::new(mend_zh, mend_en),
    }
}

fn other_key(name: &str) -> Change {
    Change {
        code: "key-of-other",
        field: String::new(),
        what: Words::new(
            format!("用了“{name}”的密钥"),
            format!("the key of “{name}” was used"),
        ),
        mend: Words::new(
            "换成这个商户号自己的 API 密钥",
            "use the API key of this merchant",
        ),
    }
}

const fn encoding_row(encoding: Encoding) -> Row {
    const MEND: (&str, &str) = (
        "签名用原始的 UTF-8 文本，签完再编码",
        "sign the raw UTF-8 text, encode afterwards",
    );
    let (code, zh, en) = match encoding {
        Encoding::Url => (
            "all-url-encoded",
            "值先做了 URL 编码",
            "the values were URL-encoded first",
        ),
        Encoding::UrlLower => (
            "all-url-encoded-lower",
            "值先做了 URL 编码（小写）",
            "the values were URL-encoded in lower case first",
        ),
        Encoding::Form => (
            "all-form-encoded",
            "值先做了表单编码（空格成 +）",
            "the values were form-encoded first",
        ),
        Encoding::Decoded => (
            "all-url-decoded",
            "值先做了 URL 解码",
            "the values were URL-decoded first",
        ),
        Encoding::Xml => (
            "all-xml-escaped",
            "值先做了 XML 转义",
            "the values were XML-escaped first",
        ),
        Encoding::Cdata => (
            "all-cdata",
            "值带着 <![CDATA[ ]]> 参与签名",
            "the values were signed with their <![CDATA[ ]]>",
        ),
        Encoding::Gbk => (
            "all-gbk",
            "文本按 GBK 编码，不是 UTF-8",
            "the text was GBK, not UTF-8",
        ),
        Encoding::TwiceUtf8 => (
            "all-twice-utf8",
            "文本做了两次 UTF-8 编码",
            "the text was encoded as UTF-8 twice",
        ),
        Encoding::Quoted => (
            "all-quoted",
            "值带着引号参与签名",
            "the values were signed with quotes",
        ),
        Encoding::Trimmed | Encoding::Raw => (
            "all-trimmed",
            "值的前后空白被去掉了",
            "white space around the values was removed",
        ),
    };
    (code, zh, en, MEND.0, MEND.1)
}

const fn joiner_row(joiner: Joiner) -> Row {
    const MEND: (&str, &str) = ("用 name=value 以 & 连接", "join name=value with &");
    let (code, zh, en) = match joiner {
        Joiner::Nothing => (
            "joined-with-nothing",
            "字段之间没有 &",
            "no & stands between the fields",
        ),
        Joiner::Escaped => (
            "joined-with-amp",
            "& 写成了 &amp;",
            "& was written as &amp;",
        ),
        Joiner::Comma => (
            "joined-with-comma",
            "字段之间用了逗号",
            "a comma stands between the fields",
        ),
        Joiner::ValuesOnly => (
            "values-only",
            "只连接了值，没有字段名",
            "only values were joined, without names",
        ),
        Joiner::AmpersandEnd | Joiner::Ampersand => (
            "ampersand-twice",
            "末尾多了一个 &",
            "there is one & too many at the end",
        ),
    };
    (code, zh, en, MEND.0, MEND.1)
}

const fn place_row(place: KeyPlace) -> Row {
    const MEND: (&str, &str) = (
        "在末尾接 &key= 和密钥",
        "append &key= and the key at the end",
    );
    let (code, zh, en) = match place {
        KeyPlace::Missing => (
            "key-missing",
            "没有接 &key=密钥",
            "&key= and the key are missing",
        ),
        KeyPlace::Bare => (
            "key-bare",
            "密钥直接接在末尾，没有 &key=",
            "the key was appended without &key=",
        ),
        KeyPlace::BareAfterAmpersand => (
            "key-no-name",
            "密钥接在 & 后，没有 key=",
            "the key was appended after & without key=",
        ),
        KeyPlace::NoAmpersand => (
            "key-no-ampersand",
            "key= 前没有 &",
            "no & stands before key=",
        ),
        KeyPlace::Front => ("key-front", "密钥放在最前面", "the key was put in front"),
        KeyPlace::Sorted => (
            "key-sorted",
            "key 和字段一起排了序",
            "key was sorted among the fields",
        ),
        KeyPlace::NamedUpper => ("key-named-upper", "写成了 &KEY=", "it was written &KEY="),
        KeyPlace::NamedCapital => ("key-named-capital", "写成了 &Key=", "it was written &Key="),
        KeyPlace::NamedSecret => (
            "key-named-secret",
            "写成了 &secret=",
            "it was written &secret=",
        ),
        KeyPlace::NamedApiKey => (
            "key-named-api-key",
            "写成了 &api_key=",
            "it was written &api_key=",
        ),
        KeyPlace::NamedPaySignKey | KeyPlace::End => (
            "key-named-pay-sign-key",
            "写成了 &paySignKey=",
            "it was written &paySignKey=",
        ),
    };
    (code, zh, en, MEND.0, MEND.1)
}

const fn form_row(form: KeyForm) -> Row {
    const MEND: (&str, &str) = (
        "密钥原样使用，32 个字符",
        "use the key as it is, 32 characters",
    );
    let (code, zh, en) = match form {
        KeyForm::LfEnd => (
            "key-lf-end",
            "密钥末尾多了换行",
            "a line feed follows the key",
        ),
        KeyForm::CrLfEnd => (
            "key-crlf-end",
            "密钥末尾多了回车换行",
            "CR and LF follow the key",
        ),
        KeyForm::CrEnd => ("key-cr-end", "密钥末尾多了回车", "a CR follows the key"),
        KeyForm::SpaceEnd => (
            "key-space-end",
            "密钥末尾多了空格",
            "a space follows the key",
        ),
        KeyForm::SpaceStart => (
            "key-space-start",
            "密钥前面多了空格",
            "a space stands before the key",
        ),
        KeyForm::TabEnd => ("key-tab-end", "密钥末尾多了制表符", "a tab follows the key"),
        KeyForm::Bom => ("key-bom", "密钥前面有 BOM", "a BOM stands before the key"),
        KeyForm::Upper => (
            "key-upper-case",
            "密钥被转成大写",
            "the key was turned to upper case",
        ),
        KeyForm::Lower => (
            "key-lower-case",
            "密钥被转成小写",
            "the key was turned to lower case",
        ),
        KeyForm::Trimmed | KeyForm::AsIs => (
            "key-stored-with-space",
            "这里保存的密钥带空白，对方没有",
            "the key stored here has white space, theirs has none",
        ),
        KeyForm::Quoted => ("key-quoted", "密钥带着引号", "the key stands in quotes"),
        KeyForm::Md5 => (
            "key-md5",
            "密钥先做了 MD5",
            "the key was hashed with MD5 first",
        ),
        KeyForm::Empty => ("key-empty", "密钥是空的", "the key is empty"),
    };
    (code, zh, en, MEND.0, MEND.1)
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
    let shown = theirs.escape_debug().to_string();
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
        what: Words::new(zh, en),
        mend: Words::new(
            format!("让签名用的 {own} 与发送的完全一样"),
            format!("sign {own} exactly as it is sent"),
        ),
    }
}
