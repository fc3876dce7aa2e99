//! Signing a day off (签账), opening it again, and the certificate that shows it.
//!
//! When a day may be signed is decided by `recondesk_casework::sign_off`; here the facts are gathered, the
//! certificate is put together, and the signature is stored, from when on the result of the day is locked.

mod document;
mod facts;
mod html;
mod verify;

pub use document::{DayCertificate, SealFault, SealedCertificate, sealed};
pub(super) use facts::is_integrity;
pub use facts::{obstacle_words, obstacles};
pub use html::certificate_html;
pub(in crate::jobs) use html::{escape, head, heading, table};
pub use verify::{CertificateFault, CertificateReading, read_certificate};

use crate::{Failure, FailureKind, MerchantRef, Message};
use recondesk_casework::ApprovalNeed;
use recondesk_domain::{BillDate, ProfileId};
use recondesk_ports::{ApprovalRecord, Author, Ports, SignOffRecord, StoreError};

/// Signs a day off in the name of an operator.
///
/// # Errors
/// When something stands in the way (each thing is named), the day is signed already, or the workspace fails.
pub fn sign_day(
    ports: &Ports,
    MerchantRef { id, profile }: MerchantRef<'_>,
    day: BillDate,
    signed_by: &str,
) -> Result<SignOffRecord, Failure> {
    let standing = obstacles(ports, MerchantRef { id, profile }, day)?;
    if !standing.is_empty() {
        return Err(not_yet(&standing));
    }
    let run = ports.records.current_run(id, day)?;
    let run = run.ok_or_else(|| StoreError::Missing(format!("run of {day}")))?;
    let now = ports.clock.now();
    let certificate = document::gather(
        ports,
        MerchantRef { id, profile },
        &run,
        Author::new(signed_by, now),
    )?;
    let record = SignOffRecord {
        id: 0,
        profile: id,
        day,
        run: run.id,
        signed_by: signed_by.to_owned(),
        signed_at: now,
        certificate: sealed(&certificate)?,
    };
    Ok(ports.casework.sign_off(&record)?)
}

fn not_yet(standing: &[recondesk_casework::Obstacle]) -> Failure {
    let words: Vec<Message> = standing.iter().map(obstacle_words).collect();
    let zh: Vec<&str> = words.iter().map(|message| message.zh.as_str()).collect();
    let en: Vec<&str> = words.iter().map(|message| message.en.as_str()).collect();
    Failure::new(
        FailureKind::Usage,
        "sign_off.obstacle",
        Message::new(
            format!("还不能签账：{}", zh.join("；")),
            format!("The day cannot be signed off yet: {}", en.join("; ")),
        ),
        Message::new("逐项处理后再签", "Settle each of these, then sign"),
    )
}

/// Asks a second person to open a signed day again.
///
/// # Errors
/// When the day is not signed, or no reason is given.
pub fn ask_unlock(
    ports: &Ports,
    id: ProfileId,
    day: BillDate,
    reason: &str,
    maker: &str,
) -> Result<ApprovalRecord, Failure> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Failure::new(
            FailureKind::Usage,
            "sign_off.reason",
            Message::new("解锁要写明原因", "Opening a signed day needs a reason"),
            Message::default(),
        ));
    }
    let signed = ports.casework.signed(id, day)?.ok_or_else(|| {
        Failure::new(
            FailureKind::Usage,
            "sign_off.missing",
            Message::new("这一天没有签账", "The day is not signed off"),
            Message::default(),
        )
        .with_detail(day.to_string())
    })?;
    let subject = format!("sign_off/{}", signed.id);
    let maker = Author::new(maker, ports.clock.now());
    Ok(ports
        .casework
        .ask_approval(ApprovalNeed::Unlock, &subject, reason, maker)?)
}
