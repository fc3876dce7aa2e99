//! The certificate of a stored bill as the screens show it, read from the facts of its import.

use serde::Deserialize;

use crate::Message;
use crate::model::{IdentityRow, ShownCertificate};
use recondesk_domain::{Fen, group_digits};
use recondesk_ports::{ImportRecord, StoreError};

/// The part of a stored certificate that is shown; what is absent reads as nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CertificateFacts {
    kind: String,
    columns: u32,
    bytes: u64,
    rows: u64,
    unknown_columns: Vec<String>,
    sums: SumFacts,
    identities: Vec<IdentityFacts>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SumFacts {
    amount_fen: i64,
    settled_fen: i64,
    net_e5: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct IdentityFacts {
    id: String,
    name: String,
    holds: bool,
    expected: String,
    actual: String,
}

impl CertificateFacts {
    /// Reads the facts of an import.
    pub(super) fn of(import: &ImportRecord) -> Result<Self, StoreError> {
        import.read_facts()
    }

    /// 订单总金额; legacy bills have 总金额 in the column of 应结订单金额.
    pub(super) fn amount(&self) -> Fen {
        Fen::new(self.sums.amount_fen.max(self.sums.settled_fen))
    }

    /// 应结净额, rounded towards zero to the fen.
    pub(super) fn net(&self) -> Option<Fen> {
        self.sums.net_e5.map(|net| Fen::new(net / 1_000))
    }

    /// Detail rows.
    pub(super) const fn rows(&self) -> u64 {
        self.rows
    }

    /// `ALL`, `SUCCESS`, `REFUND`.
    pub(super) fn kind(&self) -> String {
        self.kind.to_uppercase()
    }

    /// Identities that hold, and all of them.
    pub(super) fn score(&self) -> (u64, u64) {
        let holding = self
            .identities
            .iter()
            .filter(|identity| identity.holds)
            .count();
        (holding as u64, self.identities.len() as u64)
    }

    /// The certificate for the screen.
    pub(super) fn certificate(&self, import: &ImportRecord) -> ShownCertificate {
        ShownCertificate {
            kind: self.kind(),
            columns: self.columns,
            gzip: import.name.to_ascii_lowercase().ends_with(".gz"),
            bytes: self.bytes,
            sha256: hex(&import.sha256),
            identities: self.identities.iter().map(identity_row).collect(),
            unknown_columns: self.unknown_columns.clone(),
        }
    }
}

fn identity_row(facts: &IdentityFacts) -> IdentityRow {
    let en = match (facts.id.as_str(), facts.name.as_str()) {
        ("I1", _) => "rows = summary count".to_owned(),
        ("I2", "应结订单总金额" | "总交易额") => "settled total".to_owned(),
        ("I2", "退款总金额" | "总退款金额") => "refunded total".to_owned(),
        ("I2", "手续费总金额") => "fee total".to_owned(),
        ("I2", "订单总金额") => "order total".to_owned(),
        ("I2", "申请退款总金额") => "asked refund total".to_owned(),
        ("I2", _) => "refunded coupon total".to_owned(),
        ("I3", _) => "settled within order − coupon".to_owned(),
        ("I4", name) if name.starts_with("付款行") => "payments and refunds apart".to_owned(),
        ("I4", _) => "refund within asked".to_owned(),
        (_, name) => name.to_owned(),
    };
    let zh = match facts.id.as_str() {
        "I1" => "行数 ＝ 总交易单数",
        "I3" => "应结 ＝ 订单 − 免充值券",
        "I4" if !facts.name.starts_with("付款行") => "退款 ＝ 申请 − 免充值券",
        _ => facts.name.as_str(),
    };
    IdentityRow {
        id: facts.id.clone(),
        name: Message::new(zh, en),
        holds: facts.holds,
        actual: grouped(&facts.actual),
        expected: if facts.holds {
            String::new()
        } else {
            grouped(&facts.expected)
        },
    }
}

/// Separators of thousands in a plain decimal number; other text stays as it is.
pub(super) fn grouped(text: &str) -> String {
    let (sign, rest) = text
        .strip_prefix('-')
        .map_or(("", text), |rest| ("-", rest));
    let (whole, part) = rest.split_once('.').unwrap_or((rest, ""));
    if whole.is_empty()
        || !whole
            .bytes()
            .chain(part.bytes())
            .all(|b| b.is_ascii_digit())
    {
        return text.to_owned();
    }
    let dot = if part.is_empty() { "" } else { "." };
    format!("{sign}{}{dot}{part}", group_digits(whole))
}

/// Lower-case hex.
pub(in crate::jobs) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_get_separators_and_words_stay() {
        assert_eq!(grouped("31601"), "31,601");
        assert_eq!(grouped("-2718330.20"), "-2,718,330.20");
        assert_eq!(grouped("0 ≤ x"), "0 ≤ x");
        assert_eq!(grouped(""), "");
    }

    #[test]
    fn facts_of_another_shape_are_refused_and_none_are_put_in_their_place() {
        let import = |facts: &str| ImportRecord {
            import: 7,
            profile: recondesk_domain::ProfileId(1),
            kind: "bill.all".to_owned(),
            name: String::new(),
            sha256: [0; 32],
            bytes: 0,
            rows: 0,
            imported_at: recondesk_domain::Instant::from_unix(0),
            day: None,
            standing: recondesk_ports::Standing::Verified,
            facts: facts.to_owned(),
        };
        for facts in ["{\"kind\":7}", "{\"rows\":-1}", "", "nothing"] {
            let error = CertificateFacts::of(&import(facts)).unwrap_err();
            assert!(error.to_string().contains("import 7"), "{facts}: {error}");
        }
        assert_eq!(CertificateFacts::of(&import("{}")).unwrap().score(), (0, 0));
    }
}
