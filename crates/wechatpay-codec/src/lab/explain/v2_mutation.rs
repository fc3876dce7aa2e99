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
    /// As HTML templates escape text, with numbers for the quotes.
    Html,
    /// Quotes with a backslash before them.
    QuotesEscaped,
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
}

/// Fields that a typed object of a framework does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dropped {
    /// `coupon_id_0` and its like: the numbered ones.
    CouponItems,
    /// Everything about coupons.
    Coupons,
}

impl Dropped {
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
    Dropped(Dropped),
    Edit(&'e Edit),
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
            Self::NamesLower => 10,
            Self::Dropped(_) => 11,
        }
    }
}

/// The joints worth trying, most usual first.
const JOINERS: [Joiner; 8] = [
    Joiner::Nothing,
    Joiner::Escaped,
    Joiner::Comma,
    Joiner::ValuesOnly,
    Joiner::AmpersandEnd,
    Joiner::AmpersandFirst,
    Joiner::QuestionFirst,
    Joiner::Printed,
];

/// Characters that a key may have lost at an end.
const MOST_LOST: u8 = 4;

/// What may have been done to all values, most usual first.
const ENCODINGS: [ValueEncoding; 17] = [
    ValueEncoding::Url,
    ValueEncoding::UrlLower,
    ValueEncoding::Form,
    ValueEncoding::Script,
    ValueEncoding::PythonForm,
    ValueEncoding::PythonPath,
    ValueEncoding::ScriptAddress,
    ValueEncoding::Decoded,
    ValueEncoding::Xml,
    ValueEncoding::Html,
    ValueEncoding::QuotesEscaped,
    ValueEncoding::Cdata,
    ValueEncoding::Gbk,
    ValueEncoding::TwiceUtf8,
    ValueEncoding::Quoted,
    ValueEncoding::QuestionMarks,
    ValueEncoding::Trimmed,
];

/// All twists that are about the whole message, most usual first.
pub(super) fn whole_message(keys: usize) -> Vec<Mutation<'static>> {
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
        Mutation::Dropped(Dropped::CouponItems),
        Mutation::Dropped(Dropped::Coupons),
    ]);
    out
}
