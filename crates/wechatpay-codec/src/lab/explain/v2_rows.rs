//! Names of the mistakes of APIv2 that are about a whole message.

use super::v2_mutation::{Joiner, KEY_WORDS, KeyForm, KeyPlace, KeyWord, ValueEncoding, WholeText};
use super::v2_words::MistakeRow;

pub(super) const fn encoding_row(encoding: ValueEncoding) -> MistakeRow {
    let (zh, en) = encoding_words(encoding);
    (
        encoding_code(encoding),
        zh,
        en,
        "签名用原始的 UTF-8 文本，签完再编码",
        "sign the raw UTF-8 text, encode afterwards",
    )
}

const fn encoding_code(encoding: ValueEncoding) -> &'static str {
    match encoding {
        ValueEncoding::Url => "all-url-encoded",
        ValueEncoding::UrlLower => "all-url-encoded-lower",
        ValueEncoding::Form => "all-form-encoded",
        ValueEncoding::Script => "all-script-encoded",
        ValueEncoding::ScriptAddress => "all-script-address",
        ValueEncoding::PythonForm => "all-python-form",
        ValueEncoding::PythonPath => "all-python-path",
        ValueEncoding::Html(..) => "all-html-escaped",
        ValueEncoding::JsonAscii => "all-json-escaped",
        ValueEncoding::QuotesEscaped => "all-quotes-escaped",
        ValueEncoding::Decoded => "all-url-decoded",
        ValueEncoding::Xml => "all-xml-escaped",
        ValueEncoding::Cdata => "all-cdata",
        ValueEncoding::Gbk => "all-gbk",
        ValueEncoding::TwiceUtf8 => "all-twice-utf8",
        ValueEncoding::Quoted => "all-quoted",
        ValueEncoding::QuestionMarks => "all-question-marks",
        ValueEncoding::Trimmed | ValueEncoding::Raw => "all-trimmed",
    }
}

/// What was done to the values, Chinese and English.
const fn encoding_words(encoding: ValueEncoding) -> (&'static str, &'static str) {
    match encoding {
        ValueEncoding::Url => ("值先做了 URL 编码", "the values were URL-encoded first"),
        ValueEncoding::UrlLower => (
            "值先做了 URL 编码（小写）",
            "the values were URL-encoded in lower case first",
        ),
        ValueEncoding::Form => (
            "值先做了表单编码（空格成 +）",
            "the values were form-encoded first",
        ),
        ValueEncoding::Script => (
            "值先做了 encodeURIComponent",
            "the values went through encodeURIComponent first",
        ),
        ValueEncoding::ScriptAddress => (
            "值先做了 encodeURI",
            "the values went through encodeURI first",
        ),
        ValueEncoding::PythonForm => (
            "值先做了 Python 的 urlencode（空格成 +）",
            "the values went through Python's urlencode first (blanks as +)",
        ),
        ValueEncoding::PythonPath => (
            "值先做了 Python 的 quote（不编码 /）",
            "the values went through Python's quote first (slashes left)",
        ),
        ValueEncoding::Html(..) => ("值先做了 HTML 转义", "the values were HTML-escaped first"),
        ValueEncoding::JsonAscii => (
            "值先做了 JSON 转义（\\u 和 \\\"）",
            "the values were JSON-escaped first (\\u and \\\")",
        ),
        ValueEncoding::QuotesEscaped => (
            "值里的引号前加了反斜杠",
            "the quotes in the values have a backslash before them",
        ),
        ValueEncoding::Decoded => ("值先做了 URL 解码", "the values were URL-decoded first"),
        ValueEncoding::Xml => ("值先做了 XML 转义", "the values were XML-escaped first"),
        ValueEncoding::Cdata => (
            "值带着 <![CDATA[ ]]> 参与签名",
            "the values were signed with their <![CDATA[ ]]>",
        ),
        ValueEncoding::Gbk => ("文本按 GBK 编码，不是 UTF-8", "the text was GBK, not UTF-8"),
        ValueEncoding::TwiceUtf8 => (
            "文本做了两次 UTF-8 编码",
            "the text was encoded as UTF-8 twice",
        ),
        ValueEncoding::Quoted => ("值带着引号参与签名", "the values were signed with quotes"),
        ValueEncoding::QuestionMarks => (
            "非 ASCII 字符签成了问号",
            "what is not ASCII was signed as question marks",
        ),
        ValueEncoding::Trimmed | ValueEncoding::Raw => (
            "值的前后空白被去掉了",
            "white space around the values was removed",
        ),
    }
}

pub(super) const fn joiner_row(joiner: Joiner) -> MistakeRow {
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
        Joiner::Semicolon => (
            "joined-with-semicolon",
            "字段之间用了分号",
            "a semicolon stands between the fields",
        ),
        Joiner::Bare => (
            "joined-bare",
            "字段名、值和密钥首尾相接，没有 =、& 和 key=",
            "names, values and the key stand one after the other, without =, & and key=",
        ),
        Joiner::Json => (
            "json-signed",
            "签的是 JSON 文本，不是 name=value",
            "a JSON text was signed instead of name=value",
        ),
        Joiner::ValuesOnly => (
            "values-only",
            "只连接了值，没有字段名",
            "only values were joined, without names",
        ),
        Joiner::AmpersandFirst => (
            "ampersand-first",
            "最前面多了一个 &",
            "an & stands before the first field",
        ),
        Joiner::QuestionFirst => (
            "question-first",
            "最前面多了一个 ?",
            "a question mark stands before the first field",
        ),
        Joiner::Printed => (
            "map-printed",
            "直接签了打印出来的 Map：{a=1, b=2}",
            "a printed map was signed: {a=1, b=2}",
        ),
        Joiner::AmpersandEnd | Joiner::Ampersand => (
            "ampersand-twice",
            "&key= 前多了一个 &",
            "there is one & too many before &key=",
        ),
    };
    (code, zh, en, MEND.0, MEND.1)
}

pub(super) const fn place_row(place: KeyPlace) -> MistakeRow {
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
        KeyPlace::NamedAppKey => (
            "key-named-app-key",
            "写成了 &appkey=",
            "it was written &appkey=",
        ),
        KeyPlace::NoEquals => (
            "key-no-equals",
            "写成了 &key密钥，没有 =",
            "it was written &key without =",
        ),
        KeyPlace::NamedAppSecret => (
            "key-named-app-secret",
            "写成了 &appsecret=",
            "it was written &appsecret=",
        ),
        KeyPlace::NamedPaySignKey | KeyPlace::End => (
            "key-named-pay-sign-key",
            "写成了 &paySignKey=",
            "it was written &paySignKey=",
        ),
    };
    (code, zh, en, MEND.0, MEND.1)
}

#[expect(clippy::too_many_lines, reason = "a table of words, one line each")]
pub(super) fn form_row(form: KeyForm) -> MistakeRow {
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
        KeyForm::CutStart(_) => (
            "key-cut-start",
            "对方的密钥开头少了字符",
            "their key has lost characters at its start",
        ),
        KeyForm::CutEnd(_) => (
            "key-cut-end",
            "对方的密钥末尾少了字符",
            "their key has lost characters at its end",
        ),
        KeyForm::Empty => ("key-empty", "密钥是空的", "the key is empty"),
        KeyForm::BytesPrinted => (
            "key-bytes-printed",
            "密钥是打印出来的字节串：b'…'",
            "the key is the printed form of bytes: b'…'",
        ),
        KeyForm::SingleQuoted => ("key-quoted", "密钥带着引号", "the key stands in quotes"),
        KeyForm::SemicolonEnd => (
            "key-semicolon-end",
            "密钥末尾多了分号",
            "a semicolon follows the key",
        ),
        KeyForm::CommaEnd => (
            "key-comma-end",
            "密钥末尾多了逗号",
            "a comma follows the key",
        ),
        KeyForm::Base64 => (
            "key-base64",
            "密钥先写成了 Base64",
            "the key was written as Base64 first",
        ),
        KeyForm::Hex => (
            "key-hex",
            "密钥先写成了十六进制",
            "the key was written as hex first",
        ),
        KeyForm::FromBase64 => (
            "key-from-base64",
            "密钥先做了 Base64 解码",
            "the key was read as Base64 first",
        ),
        KeyForm::FromHex => (
            "key-from-hex",
            "密钥先按十六进制解码",
            "the key was read as hex first",
        ),
        KeyForm::OfField(_) => (
            "key-is-field",
            "密钥的位置用了报文里的一个字段值",
            "the value of a field stands in the place of the key",
        ),
        KeyForm::Word(at) => match word_at(at) {
            KeyWord::Unset => (
                "key-unset",
                "密钥没有取到，签进去的是空值的打印形式（见下面的串）",
                "the key was not set: what its language prints for nothing was signed (see the string)",
            ),
            KeyWord::Placeholder => (
                "key-placeholder",
                "密钥的占位符没有替换（见下面的串）",
                "the placeholder of the key was not replaced (see the string)",
            ),
            KeyWord::Sample => (
                "key-of-sample",
                "用了文档示例里的密钥",
                "the key of an example in the documents was used",
            ),
        },
    };
    (code, zh, en, MEND.0, MEND.1)
}

fn word_at(at: usize) -> KeyWord {
    KEY_WORDS.get(at).map_or(KeyWord::Unset, |(_, word)| *word)
}

pub(super) const fn whole_row(whole: WholeText) -> MistakeRow {
    match whole {
        WholeText::Ampersands | WholeText::Html(..) => (
            "whole-html-escaped",
            "整个串被过滤器做了 HTML 转义（& 成了 &amp;）",
            "a filter escaped the whole string for HTML (& became &amp;)",
            "签名前不要转义，转义只用于写 XML",
            "sign the plain string; escape only when writing XML",
        ),
        WholeText::Digest(_) => (
            "md5-twice",
            "对串的 MD5 又做了一次 MD5",
            "the MD5 of the string was hashed with MD5 once more",
            "只做一次 MD5，结果转成大写",
            "hash once, and write the result in upper case",
        ),
        WholeText::Url | WholeText::Form => (
            "whole-url-encoded",
            "整个串做了 URL 编码",
            "the whole string was URL-encoded",
            "签名用未编码的串",
            "sign the string without encoding",
        ),
        WholeText::Lower => (
            "whole-lower-case",
            "整个串转成了小写",
            "the whole string was turned to lower case",
            "签名用原样的大小写，只有结果转成大写",
            "keep the cases as they are; only the result is in upper case",
        ),
        WholeText::Upper => (
            "whole-upper-case",
            "整个串转成了大写",
            "the whole string was turned to upper case",
            "签名用原样的大小写，只有结果转成大写",
            "keep the cases as they are; only the result is in upper case",
        ),
    }
}
