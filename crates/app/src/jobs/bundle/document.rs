//! What a bundle says of an order. Amounts are integer fen, times are those of Beijing.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The first words of every bundle; the number changes with its shape.
pub(super) const FORMAT: &str = "recondesk evidence 1";

/// Everything that is known of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceDocument {
    /// `recondesk evidence 1`.
    pub format: String,
    /// Name of the merchant.
    pub merchant: String,
    /// `mch_id`.
    pub mch_id: String,
    /// `out_trade_no`.
    pub out_trade_no: String,
    /// When it was put together.
    pub made_at: String,
    /// True when personal data of customers is masked: a masked line is not the bytes of its file.
    pub masked: bool,
    /// Its rows in both books, as their files have them.
    pub rows: Vec<EvidenceRow>,
    /// What WeChat Pay said by itself or was asked and kept.
    pub observations: Vec<Value>,
    /// Questions to WeChat Pay and their answers, without secrets.
    pub exchanges: Vec<Value>,
    /// Its cases and what was done about them.
    pub cases: Vec<Value>,
    /// Its refunds and what happened to each.
    pub refunds: Vec<Value>,
    /// Its reissues and what shows them.
    pub reissues: Vec<Value>,
    /// The entries of the audit trail about it, each with its seal.
    pub trail: Vec<EvidenceEntry>,
    /// Entries of the whole trail when this was made.
    pub trail_entries: u64,
    /// Seal of the last of them, hex.
    pub trail_head: String,
}

/// A row of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceRow {
    /// `pay`, `refund`, `order`, `merchant_refund`.
    pub book: String,
    /// The business day.
    pub day: String,
    /// Name of the file.
    pub file: String,
    /// SHA-256 of the file's bytes after decompression, hex.
    pub file_sha256: String,
    /// Line in it.
    pub line: u32,
    /// Where the line begins in these bytes; nothing where the file has no lines of its own (a workbook).
    pub byte_offset: Option<u64>,
    /// The line.
    pub text: String,
    /// True when a newer import changed or replaced it.
    pub superseded: bool,
}

/// A sealed entry of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvidenceEntry {
    /// Its place.
    pub id: i64,
    /// Seconds since 1970.
    pub at_unix: i64,
    /// Who.
    pub actor: String,
    /// What.
    pub kind: String,
    /// To what.
    pub subject: String,
    /// The rest.
    pub document: String,
    /// Seal of the entry before, hex.
    pub before: String,
    /// Its own seal, hex.
    pub hash: String,
}
