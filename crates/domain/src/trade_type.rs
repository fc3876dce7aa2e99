//! 交易类型: the product by which a customer paid, its words in bills and contracts, and its number in the store.

/// 交易类型: the product by which the customer paid; contracts may have a rate for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(u8)]
pub enum TradeType {
    /// The bill has no such column, or the row was stored before it was kept.
    #[default]
    NotKnown = 0,
    /// Official account or mini program.
    Jsapi = 1,
    /// A code that the customer scans.
    Native = 2,
    /// An app.
    App = 3,
    /// A page in a browser of a phone.
    H5 = 4,
    /// A code that the merchant scans.
    CodePay = 5,
    /// The customer's face.
    FacePay = 6,
    /// A word that this program does not know.
    Other = 15,
}

impl TradeType {
    /// All of them that have a word.
    pub const KNOWN: [Self; 6] = [
        Self::Jsapi,
        Self::Native,
        Self::App,
        Self::H5,
        Self::CodePay,
        Self::FacePay,
    ];

    /// The word of the bill; empty where it is not known.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Jsapi => "JSAPI",
            Self::Native => "NATIVE",
            Self::App => "APP",
            Self::H5 => "MWEB",
            Self::CodePay => "MICROPAY",
            Self::FacePay => "FACEPAY",
            Self::NotKnown | Self::Other => "",
        }
    }

    /// Reads the word of a bill or of a contract.
    #[must_use]
    pub const fn read(word: &[u8]) -> Self {
        match word {
            b"JSAPI" | b"MINIPROGRAM" => Self::Jsapi,
            b"NATIVE" => Self::Native,
            b"APP" => Self::App,
            b"MWEB" | b"H5" => Self::H5,
            b"MICROPAY" | b"CODEPAY" => Self::CodePay,
            b"FACEPAY" | b"FACE" => Self::FacePay,
            b"" => Self::NotKnown,
            _ => Self::Other,
        }
    }

    /// Reads the number under which it is stored.
    #[must_use]
    pub const fn stored(number: u64) -> Option<Self> {
        Some(match number {
            0 => Self::NotKnown,
            1 => Self::Jsapi,
            2 => Self::Native,
            3 => Self::App,
            4 => Self::H5,
            5 => Self::CodePay,
            6 => Self::FacePay,
            15 => Self::Other,
            _ => return None,
        })
    }
}
