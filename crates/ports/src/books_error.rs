//! Why the books cannot do what they were asked for.

use crate::{ServerRefusal, StoreError};
use recondesk_domain::Term;
use recondesk_intake::{IntakeError, MappingError};
use wechatpay_codec::bill::{BillFault, BodyKind, Certificate};
use wechatpay_codec::fund_flow::FundFault;

/// Why the books cannot answer, or refused an import.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BooksError {
    /// The workspace.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file of the workspace is damaged or missing.
    #[error("{file} is damaged: {what}")]
    Damaged {
        /// File in the workspace.
        file: String,
        /// What is wrong with it.
        what: String,
    },
    /// The source cannot be read.
    #[error("the file cannot be read: {0}")]
    Source(String),
    /// The source holds more than any real file does; nothing was stored.
    #[error("the file cannot be read: {}", .0.en)]
    TooMuch(Term),
    /// The file is something else than a bill.
    #[error("not a trade bill: {}", .kind.en())]
    NotABill {
        /// What it is.
        kind: BodyKind,
        /// Its first bytes, such as the gateway's error.
        head: Vec<u8>,
    },
    /// The bill cannot be read.
    #[error(transparent)]
    Bill(Box<BillFault>),
    /// The fund-flow bill cannot be read.
    #[error(transparent)]
    Fund(Box<FundFault>),
    /// The bank statement cannot be read.
    #[error(transparent)]
    Statement(Box<recondesk_intake::StatementFault>),
    /// The amounts of a fund-flow bill leave every range.
    #[error("a sum of the fund-flow bill is out of range")]
    FundSum,
    /// The bill is of another merchant or day, or ruined; nothing was stored.
    #[error("the bill is refused")]
    BillRefused(Box<Certificate>),
    /// The bytes are not those that the gateway announced (B01).
    #[error("the digest of the bill is {found}, announced was {expected}")]
    Digest {
        /// Announced.
        expected: String,
        /// Computed.
        found: String,
    },
    /// The bill does not say of which single day it is; somebody must.
    #[error("the bill has rows of {} days: name its day", .0.len())]
    WhichDay(Vec<String>),
    /// The merchant's file is refused.
    #[error(transparent)]
    Orders(Box<IntakeError>),
    /// The column mapping does not fit the file.
    #[error(transparent)]
    Mapping(Box<MappingError>),
    /// A person stopped it; nothing was stored.
    #[error("cancelled")]
    Cancelled,
}

/// A gzip stream unpacks into more than any bill holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", Self::WHAT.en)]
pub struct Expands;

impl Expands {
    /// In both languages.
    pub const WHAT: Term = Term::new(
        "gzip 解压后远超任何账单的大小",
        "the gzip file unpacks into far more than any bill holds",
    );
}

impl BooksError {
    /// Why a source could not be read on.
    #[must_use]
    pub fn source(error: &std::io::Error) -> Self {
        match error.get_ref() {
            Some(inner) if inner.is::<Expands>() => Self::TooMuch(Expands::WHAT),
            _ => Self::Source(error.to_string()),
        }
    }
}

impl From<BooksError> for recondesk_reconcile::EvidenceError {
    fn from(error: BooksError) -> Self {
        match error {
            BooksError::Store(StoreError::Unreachable(why)) => Self {
                what: why.en.clone(),
                unreachable: Some(why),
            },
            BooksError::Store(StoreError::Server(ServerRefusal { code, said })) => Self {
                what: said.clone(),
                unreachable: Some(recondesk_domain::Message::new(
                    format!("数据库服务器没有照办（{code}：{said}）"),
                    format!("the database server refused ({code}: {said})"),
                )),
            },
            other => Self {
                what: other.to_string(),
                unreachable: None,
            },
        }
    }
}
