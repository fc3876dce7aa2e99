//! The certificate of a signed day: inputs with digests, identities, totals, decisions, and who signed.
//!
//! It is sealed with a SHA-256 over its canonical text (this very serialisation, without blanks); the audit
//! trail keeps the digest of the whole, so that another certificate cannot take its place.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::facts::{cases_of_day, is_of_day};
use crate::jobs::views::certificate::hex;
use crate::{Failure, MerchantRef};
use recondesk_casework::RefundStage;
use recondesk_domain::{BillDate, CaseStatus, ProfileId};
use recondesk_ports::{
    Author, CaseEvent, CaseEventKind, CaseRecord, Ports, RefundQuery, RefundRecord, RunRecord,
    Standing, StoreError,
};
use recondesk_reconcile::BookSummary;

/// The first words of every certificate; the number changes with its shape.
pub(super) const FORMAT: &str = "recondesk day certificate 1";

/// What is certified. Amounts are integer fen, days and times are those of Beijing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayCertificate {
    /// `recondesk day certificate 1`.
    pub format: String,
    /// Name of the merchant.
    pub merchant: String,
    /// `mch_id`.
    pub mch_id: String,
    /// The business day, `YYYY-MM-DD`.
    pub day: String,
    /// Digest of inputs, rules and pool of the run, hex.
    pub run_digest: String,
    /// When the run was made.
    pub run_at: String,
    /// The files that were compared.
    pub inputs: Vec<CertifiedInput>,
    /// The checks of the run, each with both figures.
    pub identities: Vec<CertifiedIdentity>,
    /// Payments.
    pub payments: CertifiedBook,
    /// Refunds.
    pub refunds: CertifiedBook,
    /// What people decided about the cases of the day.
    pub decisions: Vec<CertifiedDecision>,
    /// Refunds that were sent for these cases.
    pub refunds_sent: Vec<CertifiedRefund>,
    /// Reissues of these cases.
    pub reissues: Vec<CertifiedReissue>,
    /// Who signed.
    pub signed_by: String,
    /// When.
    pub signed_at: String,
}

/// A file that was compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertifiedInput {
    /// `bill.all`, `orders`, …
    pub kind: String,
    /// Its name.
    pub name: String,
    /// SHA-256 of its bytes after decompression, hex.
    pub sha256: String,
    /// Bytes after decompression.
    pub bytes: u64,
    /// Rows.
    pub rows: u64,
}

/// A check with its figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertifiedIdentity {
    /// `I14`, …
    pub id: String,
    /// What it is of.
    pub subject: String,
    /// As counted at the source.
    pub expected: i64,
    /// As the run has it.
    pub actual: i64,
}

/// One kind of rows of both books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertifiedBook {
    /// Rows of the bill.
    pub wechat_count: u64,
    /// Their sum, fen.
    pub wechat_fen: i64,
    /// Rows of the merchant.
    pub merchant_count: u64,
    /// Their sum, fen.
    pub merchant_fen: i64,
    /// The same, category by category.
    pub categories: Vec<CertifiedCategory>,
}

/// One category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertifiedCategory {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Rows of the bill.
    pub wechat_count: u64,
    /// Their sum, fen.
    pub wechat_fen: i64,
    /// Rows of the merchant.
    pub merchant_count: u64,
    /// Their sum, fen.
    pub merchant_fen: i64,
}

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertifiedDecision {
    /// Its stable key.
    pub case: String,
    /// Code of its category.
    pub code: String,
    /// Sum at stake, fen.
    pub at_stake_fen: i64,
    /// Where it stands.
    pub status: String,
    /// Who looks after it.
    pub owner: String,
    /// What people did: time, person, words.
    pub history: Vec<CertifiedStep>,
}

/// One step of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertifiedStep {
    /// When.
    pub at: String,
    /// Who; empty for the program.
    pub actor: String,
    /// `status`, `owner`, `note`.
    pub kind: String,
    /// The words.
    pub text: String,
}

/// A refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertifiedRefund {
    /// `out_refund_no`.
    pub out_refund_no: String,
    /// `out_trade_no`.
    pub out_trade_no: String,
    /// Amount, fen.
    pub amount_fen: i64,
    /// Where it stands.
    pub state: String,
    /// Who prepared it.
    pub maker: String,
    /// Who agreed; empty where nobody had to.
    pub checker: String,
}

/// A reissue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertifiedReissue {
    /// `out_trade_no`.
    pub out_trade_no: String,
    /// `list`, `webhook`, `notification`.
    pub by: String,
    /// Where it stands.
    pub state: String,
}

/// A certificate and its seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedCertificate {
    /// What is certified.
    pub certificate: DayCertificate,
    /// SHA-256 of its canonical text, hex.
    pub sha256: String,
}

/// A certificate that cannot be written as a text: nothing is sealed in its place.
#[derive(Debug, thiserror::Error)]
#[error("the certificate cannot be written: {0}")]
pub struct SealFault(#[from] serde_json::Error);

impl From<SealFault> for Failure {
    fn from(fault: SealFault) -> Self {
        StoreError::Broken(fault.to_string()).into()
    }
}

/// SHA-256 of the canonical text.
pub(super) fn seal_of(certificate: &DayCertificate) -> Result<String, SealFault> {
    let text = serde_json::to_vec(certificate)?;
    Ok(hex(&Sha256::digest(&text)))
}

/// The certificate with its seal, as a JSON text for people.
///
/// # Errors
/// [`SealFault`], a fault of the program.
pub fn sealed(certificate: &DayCertificate) -> Result<String, SealFault> {
    let sealed = SealedCertificate {
        sha256: seal_of(certificate)?,
        certificate: certificate.clone(),
    };
    Ok(serde_json::to_string_pretty(&sealed)?)
}

/// Puts the certificate of a run together.
pub(super) fn gather(
    ports: &Ports,
    MerchantRef { id, profile }: MerchantRef<'_>,
    run: &RunRecord,
    Author {
        name: signed_by,
        at: signed_at,
    }: Author<'_>,
) -> Result<DayCertificate, Failure> {
    let day = run.summary.day;
    let inputs = inputs(ports, id, day)?;
    // What was done about a payment balances it, so that the result no longer finds its case.
    let cases = cases_of_day(ports, id, day)?;
    let keys: BTreeSet<&str> = cases.iter().map(|case| case.key.as_str()).collect();
    let mut refunds = Vec::new();
    for refund in ports.casework.refunds(&RefundQuery {
        profile: Some(id),
        ..RefundQuery::default()
    })? {
        if was_out(&refund) && is_of_day(ports, id, day, &keys, &refund)? {
            refunds.push(refund);
        }
    }
    let reissues = ports.casework.reissues(Some(id))?;
    Ok(DayCertificate {
        format: FORMAT.to_owned(),
        merchant: profile.name.clone(),
        mch_id: profile.mch_id.clone(),
        day: day.to_string(),
        run_digest: hex(&run.digest),
        run_at: run.made_at.to_string(),
        inputs,
        identities: run
            .summary
            .identities
            .iter()
            .map(|identity| CertifiedIdentity {
                id: identity.id.clone(),
                subject: identity.subject.clone(),
                expected: identity.expected,
                actual: identity.actual,
            })
            .collect(),
        payments: book(&run.summary.pays),
        refunds: book(&run.summary.refunds),
        decisions: decisions(ports, &cases)?,
        refunds_sent: refunds
            .iter()
            .map(|refund| CertifiedRefund {
                out_refund_no: refund.out_refund_no.to_string(),
                out_trade_no: refund.draft.out_trade_no.clone(),
                amount_fen: refund.refund.amount.get(),
                state: refund.refund.stage.word().to_owned(),
                maker: refund.draft.maker.clone(),
                checker: checker(refund),
            })
            .collect(),
        reissues: reissues
            .iter()
            .filter(|reissue| keys.contains(reissue.draft.case_key.as_str()))
            .map(|reissue| CertifiedReissue {
                out_trade_no: reissue.draft.out_trade_no.clone(),
                by: reissue.draft.way.word().to_owned(),
                state: reissue.stage.word().to_owned(),
            })
            .collect(),
        signed_by: signed_by.to_owned(),
        signed_at: signed_at.to_string(),
    })
}

/// True for a refund that went out, from here or in a batch file, or that WeChat Pay had already.
const fn was_out(refund: &RefundRecord) -> bool {
    match refund.refund.stage {
        RefundStage::Listed
        | RefundStage::Sent
        | RefundStage::Unknown
        | RefundStage::Accepted
        | RefundStage::Abnormal
        | RefundStage::Done
        | RefundStage::Closed => true,
        RefundStage::Drafted
        | RefundStage::Confirmed
        | RefundStage::Rejected
        | RefundStage::Withdrawn => refund.refund.sends > 0,
    }
}

/// The imports that count for a day, oldest first.
fn inputs(ports: &Ports, id: ProfileId, day: BillDate) -> Result<Vec<CertifiedInput>, Failure> {
    let counts = |standing, of: Option<BillDate>| {
        standing == Standing::Verified && of.is_none_or(|of| of == day)
    };
    let mut out: Vec<CertifiedInput> = ports
        .books
        .imports(id)?
        .into_iter()
        .filter(|import| counts(import.standing, import.day))
        .map(|import| CertifiedInput {
            kind: import.kind,
            name: import.name,
            sha256: hex(&import.sha256),
            bytes: import.bytes,
            rows: import.rows,
        })
        .collect();
    out.reverse();
    Ok(out)
}

/// What was decided in each case.
fn decisions(ports: &Ports, cases: &[CaseRecord]) -> Result<Vec<CertifiedDecision>, Failure> {
    let mut out = Vec::new();
    for case in cases {
        let events = ports.records.case_events(case.id)?;
        if case.status == CaseStatus::AutoClosed && events.iter().all(|it| it.actor.is_empty()) {
            continue;
        }
        out.push(CertifiedDecision {
            case: case.key.clone(),
            code: case.finding.category.code().to_owned(),
            at_stake_fen: case.finding.at_stake().get(),
            status: case.status.word().to_owned(),
            owner: case.owner.clone(),
            history: events.iter().filter_map(step).collect(),
        });
    }
    Ok(out)
}

fn checker(refund: &RefundRecord) -> String {
    let judged = refund
        .approval
        .as_ref()
        .and_then(|asked| asked.judged.as_ref());
    judged.map_or_else(String::new, |judged| judged.0.clone())
}

/// The steps of people, and what closed or opened a case by itself.
fn step(event: &CaseEvent) -> Option<CertifiedStep> {
    let is_decision = match event.kind {
        CaseEventKind::Status | CaseEventKind::Owner | CaseEventKind::Note => true,
        CaseEventKind::AutoClosed | CaseEventKind::Reopened => true,
        CaseEventKind::Found | CaseEventKind::Changed => false,
    };
    is_decision.then(|| CertifiedStep {
        at: event.at.to_string(),
        actor: event.actor.clone(),
        kind: event.kind.word().to_owned(),
        text: event.text.clone(),
    })
}

fn book(summary: &BookSummary) -> CertifiedBook {
    CertifiedBook {
        wechat_count: summary.wechat.count,
        wechat_fen: summary.wechat.fen.get(),
        merchant_count: summary.merchant.count,
        merchant_fen: summary.merchant.fen.get(),
        categories: summary
            .lines
            .iter()
            .filter(|line| line.wechat.count > 0 || line.merchant.count > 0)
            .map(|line| CertifiedCategory {
                code: line.category.code().to_owned(),
                name: line.category.name().to_owned(),
                wechat_count: line.wechat.count,
                wechat_fen: line.wechat.fen.get(),
                merchant_count: line.merchant.count,
                merchant_fen: line.merchant.fen.get(),
            })
            .collect(),
    }
}
