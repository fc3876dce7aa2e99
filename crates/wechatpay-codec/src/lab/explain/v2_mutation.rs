//! The deviations of APIv2 that are about a whole message, and the list of those worth trying.

use super::edits::Edit;

/// Order of the fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FieldOrder {
    Sorted,
    AsWritten,
    Descending,
    IgnoringCase,
}

/// What is done to every value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueEncoding {
    Raw,
    Url,
    UrlLower,
    Form,
    /// As JavaScript's `encodeURIComponent` does.
    Script,
    /// As JavaScript's `encodeURI` does.
    ScriptAddress,
    /// As Python's `quote_plus` and `urlencode` do.
    PythonForm,
    /// As Python's `quote` does, which leaves slashes.
    PythonPath,
    Decoded,
    Xml,
    /// As HTML is escaped: what stands for a double quote and for a single one differs from language to language.
    Html(&'static str, &'static str),
    /// Quotes with a backslash before them.
    QuotesEscaped,
    /// As JSON that must be ASCII, without the quotes around it.
    JsonAscii,
    Cdata,
    Gbk,
    TwiceUtf8,
    Quoted,
    QuestionMarks,
    Trimmed,
}

/// What stands between fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joiner {
    Ampersand,
    Nothing,
    Escaped,
    Comma,
    Semicolon,
    /// Names and values one after the other, and the key after them: no `=`, no `&`.
    Bare,
    /// The fields as a JSON object.
    Json,
    ValuesOnly,
    AmpersandEnd,
    AmpersandFirst,
    QuestionFirst,
    Printed,
}

/// Where the key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyPlace {
    End,
    Missing,
    Bare,
    BareAfterAmpersand,
    NoAmpersand,
    Front,
    Sorted,
    NamedUpper,
    NamedCapital,
    NamedSecret,
    NamedApiKey,
    NamedAppKey,
    NamedPaySignKey,
    NamedAppSecret,
    NoEquals,
}

/// How the key is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyForm {
    AsIs,
    LfEnd,
    CrLfEnd,
    CrEnd,
    SpaceEnd,
    SpaceStart,
    TabEnd,
    Bom,
    Upper,
    Lower,
    Trimmed,
    Quoted,
    Md5,
    Empty,
    /// So many characters are missing in front.
    CutStart(u8),
    /// So many characters are missing at the end.
    CutEnd(u8),
    /// A word of [`KEY_WORDS`] in its place: it was not set.
    Word(usize),
    /// The value of a field of the message in its place.
    OfField(usize),
    /// As Python prints bytes: `b'…'`.
    BytesPrinted,
    SingleQuoted,
    SemicolonEnd,
    CommaEnd,
    /// Written as Base64, or as hex.
    Base64,
    Hex,
    /// Read as Base64, or as hex.
    FromBase64,
    FromHex,
}

/// Why a word stands where the key should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyWord {
    /// A language printed that nothing was set.
    Unset,
    /// A placeholder of a configuration was not replaced.
    Placeholder,
    /// The key of an example in the documents.
    Sample,
}

/// What stands in the place of a key that was not set, most usual first.
pub(super) const KEY_WORDS: [(&str, KeyWord); 46] = [
    ("null", KeyWord::Unset),
    ("undefined", KeyWord::Unset),
    ("None", KeyWord::Unset),
    ("nil", KeyWord::Unset),
    ("<nil>", KeyWord::Unset),
    ("%!s(<nil>)", KeyWord::Unset),
    ("NULL", KeyWord::Unset),
    ("(null)", KeyWord::Unset),
    ("NaN", KeyWord::Unset),
    ("false", KeyWord::Unset),
    ("[object Object]", KeyWord::Unset),
    ("Array", KeyWord::Unset),
    ("Optional.empty", KeyWord::Unset),
    ("b''", KeyWord::Unset),
    ("\"\"", KeyWord::Unset),
    ("''", KeyWord::Unset),
    ("0", KeyWord::Unset),
    ("${key}", KeyWord::Placeholder),
    ("${apiKey}", KeyWord::Placeholder),
    ("${api_key}", KeyWord::Placeholder),
    ("${API_KEY}", KeyWord::Placeholder),
    ("${mchKey}", KeyWord::Placeholder),
    ("${mch_key}", KeyWord::Placeholder),
    ("${MCH_KEY}", KeyWord::Placeholder),
    ("${WECHAT_KEY}", KeyWord::Placeholder),
    ("${WECHAT_API_KEY}", KeyWord::Placeholder),
    ("${WX_API_KEY}", KeyWord::Placeholder),
    ("${WXPAY_KEY}", KeyWord::Placeholder),
    ("${wx.key}", KeyWord::Placeholder),
    ("${wx.mchKey}", KeyWord::Placeholder),
    ("${wx.pay.key}", KeyWord::Placeholder),
    ("${wx.pay.mchKey}", KeyWord::Placeholder),
    ("${wxpay.key}", KeyWord::Placeholder),
    ("${wechat.key}", KeyWord::Placeholder),
    ("${wechat.pay.key}", KeyWord::Placeholder),
    ("${wechat.mchKey}", KeyWord::Placeholder),
    ("${wechat.pay.mchKey}", KeyWord::Placeholder),
    ("{{key}}", KeyWord::Placeholder),
    ("{key}", KeyWord::Placeholder),
    ("%s", KeyWord::Placeholder),
    ("key", KeyWord::Placeholder),
    ("your_key", KeyWord::Placeholder),
    ("YOUR_KEY", KeyWord::Placeholder),
    ("xxx", KeyWord::Placeholder),
    ("192006250b4c09247ec02edce69f6a2d", KeyWord::Sample),
    ("8934e7d15453e97507ef794cf7b0519d", KeyWord::Sample),
];

/// What was done to the whole string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WholeText {
    /// `&` alone became `&amp;`.
    Ampersands,
    /// As HTML is escaped; quotes stay, or become what the language writes.
    Html(&'static str, &'static str),
    Url,
    Form,
    Lower,
    Upper,
    /// The MD5 of the string, as hex in upper or lower case.
    Digest(bool),
}

/// Quotes as languages escape them: double, single.
const WHOLE_TEXTS: [WholeText; 10] = [
    WholeText::Ampersands,
    WholeText::Html("\"", "'"),
    WholeText::Html("&quot;", "'"),
    WholeText::Html("&quot;", "&#039;"),
    WholeText::Html("&quot;", "&#x27;"),
    WholeText::Html("&quot;", "&#39;"),
    WholeText::Html("&#34;", "&#39;"),
    WholeText::Html("&quot;", "&apos;"),
    WholeText::Url,
    WholeText::Form,
];

/// Deviations of the whole string. They come last: where one field explains it, naming that field says more.
pub(super) fn whole_texts() -> Vec<Mutation<'static>> {
    let cases = [WholeText::Lower, WholeText::Upper];
    WHOLE_TEXTS
        .into_iter()
        .chain(cases)
        .flat_map(|whole| [true, false].map(|with_key| Mutation::Whole(whole, with_key)))
        .chain([true, false].map(|upper| Mutation::Whole(WholeText::Digest(upper), true)))
        .collect()
}

/// Fields that a typed object of a framework does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MissingFields {
    /// `coupon_id_0` and its like: the numbered ones.
    CouponItems,
    /// Everything about coupons.
    Coupons,
}

impl MissingFields {
    /// True for a field that is not signed then.
    pub(super) fn has(self, name: &str) -> bool {
        let numbered = || name.ends_with(|sign: char| sign.is_ascii_digit());
        match self {
            Self::CouponItems => name.starts_with("coupon_") && numbered(),
            Self::Coupons => name.starts_with("coupon_"),
        }
    }
}

/// One deviation from the right way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mutation<'e> {
    KeepEmpty,
    KeepSign,
    FieldOrder(FieldOrder),
    ValueEncoding(ValueEncoding),
    Joiner(Joiner),
    KeyPlace(KeyPlace),
    KeyForm(KeyForm),
    OtherKey(usize),
    NewlineEnd,
    FirstOfRepeated,
    LastOfRepeated,
    NamesLower,
    /// `mch_id` as `mchId`, `noncestr` as `nonceStr`: the fields of an object were printed.
    /// With joined words too, or of those with underscores alone.
    NamesCamel(bool),
    Dropped(MissingFields),
    Edit(&'e Edit),
    /// The whole string changed, with the key or before it was appended.
    Whole(WholeText, bool),
}

impl Mutation<'_> {
    /// Two twists of one slot exclude each other.
    pub(super) const fn slot(&self) -> u8 {
        match self {
            Self::KeepEmpty => 0,
            Self::KeepSign => 1,
            Self::FieldOrder(_) => 2,
            Self::ValueEncoding(_) => 3,
            Self::Joiner(_) => 4,
            Self::KeyPlace(_) => 5,
            Self::KeyForm(_) | Self::OtherKey(_) => 6,
            Self::NewlineEnd => 7,
            Self::FirstOfRepeated | Self::LastOfRepeated => 8,
            Self::Edit(_) => 9,
            Self::NamesLower | Self::NamesCamel(_) => 10,
            Self::Dropped(_) => 11,
            Self::Whole(..) => 12,
        }
    }
}

/// The joints worth trying, most usual first.
const JOINERS: [Joiner; 11] = [
    Joiner::Nothing,
    Joiner::Bare,
    Joiner::Escaped,
    Joiner::Comma,
    Joiner::Semicolon,
    Joiner::Json,
    Joiner::ValuesOnly,
    Joiner::AmpersandEnd,
    Joiner::AmpersandFirst,
    Joiner::QuestionFirst,
    Joiner::Printed,
];

/// Fields whose value may stand in the place of the key.
const MOST_FIELDS: usize = 40;

/// Characters that a key may have lost at an end.
const MOST_LOST: u8 = 4;

/// What may have been done to all values, most usual first.
const ENCODINGS: [ValueEncoding; 23] = [
    ValueEncoding::Url,
    ValueEncoding::UrlLower,
    ValueEncoding::Form,
    ValueEncoding::Script,
    ValueEncoding::PythonForm,
    ValueEncoding::PythonPath,
    ValueEncoding::ScriptAddress,
    ValueEncoding::Decoded,
    ValueEncoding::Xml,
    ValueEncoding::Html("&#34;", "&#39;"),
    ValueEncoding::Html("&quot;", "&#x27;"),
    ValueEncoding::Html("&quot;", "&#039;"),
    ValueEncoding::Html("&quot;", "&#39;"),
    ValueEncoding::Html("&quot;", "'"),
    ValueEncoding::Html("\"", "'"),
    ValueEncoding::QuotesEscaped,
    ValueEncoding::JsonAscii,
    ValueEncoding::Cdata,
    ValueEncoding::Gbk,
    ValueEncoding::TwiceUtf8,
    ValueEncoding::Quoted,
    ValueEncoding::QuestionMarks,
    ValueEncoding::Trimmed,
];

/// All twists that are about the whole message, most usual first.
pub(super) fn whole_message(keys: usize, fields: usize) -> Vec<Mutation<'static>> {
    use KeyForm as F;
    use KeyPlace as P;

    let mut out = vec![
        Mutation::KeepEmpty,
        Mutation::KeepSign,
        Mutation::FieldOrder(FieldOrder::AsWritten),
        Mutation::FieldOrder(FieldOrder::IgnoringCase),
        Mutation::FieldOrder(FieldOrder::Descending),
    ];
    out.extend((1..keys).map(Mutation::OtherKey));
    out.extend(
        [
            P::Missing,
            P::BareAfterAmpersand,
            P::Bare,
            P::NoAmpersand,
            P::Front,
            P::Sorted,
            P::NamedUpper,
            P::NamedCapital,
            P::NamedSecret,
            P::NamedApiKey,
            P::NamedAppKey,
            P::NamedPaySignKey,
            P::NamedAppSecret,
            P::NoEquals,
        ]
        .map(Mutation::KeyPlace),
    );
    out.extend(
        [
            F::LfEnd,
            F::CrLfEnd,
            F::CrEnd,
            F::SpaceEnd,
            F::SpaceStart,
            F::TabEnd,
            F::Bom,
            F::Upper,
            F::Lower,
            F::Trimmed,
            F::Quoted,
            F::Md5,
            F::Empty,
        ]
        .map(Mutation::KeyForm),
    );
    out.extend(
        [
            F::BytesPrinted,
            F::SingleQuoted,
            F::SemicolonEnd,
            F::CommaEnd,
            F::Base64,
            F::Hex,
            F::FromBase64,
            F::FromHex,
        ]
        .map(Mutation::KeyForm),
    );
    out.extend((0..KEY_WORDS.len()).map(|at| Mutation::KeyForm(F::Word(at))));
    out.extend((0..fields.min(MOST_FIELDS)).map(|at| Mutation::KeyForm(F::OfField(at))));
    for lost in 1..=MOST_LOST {
        out.extend([F::CutEnd(lost), F::CutStart(lost)].map(Mutation::KeyForm));
    }
    out.extend(ENCODINGS.map(Mutation::ValueEncoding));
    out.extend(JOINERS.map(Mutation::Joiner));
    out.extend([
        Mutation::NewlineEnd,
        Mutation::FirstOfRepeated,
        Mutation::LastOfRepeated,
        Mutation::NamesLower,
        Mutation::NamesCamel(false),
        Mutation::NamesCamel(true),
        Mutation::Dropped(MissingFields::CouponItems),
        Mutation::Dropped(MissingFields::Coupons),
    ]);
    out
}
