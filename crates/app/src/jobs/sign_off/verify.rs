//! Reading a certificate back, on any computer: its seal, its sums, and that the page shows what is sealed.

use super::document::{
    CertifiedBook, CertifiedCategory, DayCertificate, FORMAT, SealedCertificate, seal_of,
};
use super::html::{SCRIPT_END, SCRIPT_START, certificate_html};
use crate::Message;
use recondesk_domain::Category;

/// A certificate that was read, and everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateReading {
    /// What it says.
    pub certificate: DayCertificate,
    /// Its seal, hex.
    pub sha256: String,
    /// What is wrong; nothing when it holds.
    pub faults: Vec<CertificateFault>,
}

/// What is wrong with a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CertificateFault {
    /// The seal is that of another text.
    Seal,
    /// A check does not hold.
    Identity(String),
    /// Categories and total of a book differ.
    Sums(String),
    /// The page shows something else than what is sealed.
    Page,
}

impl CertificateFault {
    /// What a person reads.
    #[must_use]
    pub fn words(&self) -> Message {
        match self {
            Self::Seal => Message::new(
                "内容与摘要不符：签发后被改动",
                "The seal does not fit: it was changed after it was signed",
            ),
            Self::Identity(what) => Message::new(
                format!("恒等式不成立：{what}"),
                format!("A check does not hold: {what}"),
            ),
            Self::Sums(what) => Message::new(
                format!("各类别之和与合计不符：{what}"),
                format!("Categories and total differ: {what}"),
            ),
            Self::Page => Message::new(
                "页面显示的内容与封存的数据不符",
                "The page shows something else than what is sealed",
            ),
        }
    }
}

/// Reads a certificate, JSON or HTML. `None` when the file is none.
#[must_use]
pub fn read_certificate(bytes: &[u8]) -> Option<CertificateReading> {
    let text = std::str::from_utf8(bytes).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let is_page = !text.trim_start().starts_with('{');
    let json = if is_page {
        let (_, rest) = text.split_once(SCRIPT_START)?;
        rest.split_once(SCRIPT_END)?.0
    } else {
        text
    };
    let SealedCertificate {
        certificate,
        sha256,
    } = serde_json::from_str(json).ok()?;
    if certificate.format != FORMAT {
        return None;
    }
    let mut faults = Vec::new();
    if seal_of(&certificate).ok()? != sha256 {
        faults.push(CertificateFault::Seal);
    }
    for identity in &certificate.identities {
        // I16 is about orders, each of which is a case of its own.
        if identity.expected != identity.actual && identity.id != "I16" {
            let what = format!("{} {}", identity.id, identity.subject);
            faults.push(CertificateFault::Identity(what));
        }
    }
    for (name, book) in [
        ("payments", &certificate.payments),
        ("refunds", &certificate.refunds),
    ] {
        if !adds_up(book) {
            faults.push(CertificateFault::Sums(name.to_owned()));
        }
    }
    let as_unix = |page: &str| page.replace("\r\n", "\n");
    if is_page && as_unix(text).trim_end() != certificate_html(&certificate).ok()?.trim_end() {
        faults.push(CertificateFault::Page);
    }
    Some(CertificateReading {
        certificate,
        sha256,
        faults,
    })
}

impl CertificateReading {
    /// Checks that did not hold on the day itself and were signed all the same: they are what was signed, no fault of
    /// the certificate, and whoever reads "whole" must hear of them.
    #[must_use]
    pub fn signed_over(&self) -> Vec<Message> {
        let identities = self.certificate.identities.iter();
        let broken = identities.filter(|one| one.expected != one.actual);
        broken
            .map(|one| {
                let (id, count) = (&one.id, one.actual);
                match id.as_str() {
                    "I16" => Message::new(
                        format!("{count} 笔订单的退款超过实付（I16）"),
                        format!("{count} orders refunded beyond what was paid (I16)"),
                    ),
                    _ => Message::new(
                        format!("{id} {} 不成立", one.subject),
                        format!("{id} {} does not hold", one.subject),
                    ),
                }
            })
            .collect()
    }
}

/// True when the categories of a book give its totals.
fn adds_up(book: &CertifiedBook) -> bool {
    // The total leaves out what is unpaid on both sides.
    let is_due = |line: &CertifiedCategory| line.name != Category::Unpaid.name();
    let sum = book
        .categories
        .iter()
        .try_fold((0_u64, 0_i64, 0_u64, 0_i64), |sum, line| {
            Some((
                sum.0.checked_add(line.wechat_count)?,
                sum.1.checked_add(line.wechat_fen)?,
                sum.2
                    .checked_add(if is_due(line) { line.merchant_count } else { 0 })?,
                sum.3
                    .checked_add(if is_due(line) { line.merchant_fen } else { 0 })?,
            ))
        });
    let total = (
        book.wechat_count,
        book.wechat_fen,
        book.merchant_count,
        book.merchant_fen,
    );
    sum == Some(total)
}
