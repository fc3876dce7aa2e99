//! What a framework, a filter or a form changes in a body between the socket and the check, with its words.

/// What printing anew changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rewriting {
    /// `eventType` in place of `event_type`.
    FieldNames,
    /// Keys in another order.
    KeyOrder,
    /// Blanks or line breaks between the parts.
    Blanks,
    /// `\uXXXX` in place of characters.
    Unicode,
    /// `\/` in place of `/`.
    Slashes,
    /// `"100"` in place of `100`.
    NumberText,
    /// `null` for fields that were not sent.
    Nulls,
    /// White space, a mark or a line end around the body.
    Ends,
    /// `100.0` in place of `100`.
    Decimals,
    /// Blanks in place of `+`.
    PlusBlanks,
    /// Characters read in another encoding than UTF-8.
    Encoding,
    /// The whole body as a JSON string: `"{\"id\":…}"`.
    JsonText,
    /// `&quot;` in place of quotes.
    HtmlEscapes,
    /// `%7B` in place of brackets.
    PercentEscapes,
    /// The whole body as a field of a form: `data=…`.
    FormField,
}

impl Rewriting {
    /// The stable word of exports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::FieldNames => "field-names",
            Self::KeyOrder => "key-order",
            Self::Blanks => "blanks",
            Self::Unicode => "unicode-escapes",
            Self::Slashes => "escaped-slashes",
            Self::NumberText => "numbers-as-text",
            Self::Nulls => "nulls-added",
            Self::Ends => "ends",
            Self::Decimals => "decimals",
            Self::PlusBlanks => "plus-blanks",
            Self::Encoding => "encoding",
            Self::JsonText => "json-text",
            Self::HtmlEscapes => "html-escapes",
            Self::PercentEscapes => "percent-escapes",
            Self::FormField => "form-field",
        }
    }

    /// What people read.
    #[must_use]
    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::FieldNames => (
                "字段名不是微信支付的（如 eventType，应为 event_type）",
                "the field names are not those of WeChat Pay (eventType for event_type)",
            ),
            Self::KeyOrder => ("键的顺序变了", "the order of the keys was changed"),
            Self::Blanks => ("多了空格或换行", "blanks or line breaks were added"),
            Self::Unicode => ("字符写成了 \\uXXXX", "characters were written as \\uXXXX"),
            Self::Slashes => ("斜杠写成了 \\/", "slashes were written as \\/"),
            Self::NumberText => ("数字写成了文本", "numbers were written as text"),
            Self::Nulls => ("多了值为 null 的字段", "fields with null were added"),
            Self::Ends => (
                "首尾多了或少了空白、换行",
                "white space at an end was added or lost",
            ),
            Self::Decimals => (
                "整数写成了小数（100.0）",
                "whole numbers were written as decimals (100.0)",
            ),
            Self::PlusBlanks => (
                "+ 变成了空格（做了 URL 解码）",
                "each + became a blank (URL-decoded)",
            ),
            Self::Encoding => (
                "没有按 UTF-8 读取，汉字坏了",
                "it was not read as UTF-8, and its Chinese characters are broken",
            ),
            Self::JsonText => (
                "整个报文体又写成了 JSON 字符串（引号前有 \\）",
                "the whole body was written as a JSON string once more",
            ),
            Self::HtmlEscapes => (
                "引号等被过滤器转成了 HTML 转义（&quot;）",
                "a filter wrote quotes as HTML escapes (&quot;)",
            ),
            Self::PercentEscapes => (
                "整个报文体做了 URL 编码（%7B）",
                "the whole body was percent-encoded (%7B)",
            ),
            Self::FormField => (
                "整个报文体成了表单的一个字段（data=…）",
                "the whole body became a field of a form (data=…)",
            ),
        }
    }
}
