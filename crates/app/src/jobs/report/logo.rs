//! The merchant's logo on its reports: a PNG kept with the preferences of the workspace.

use serde::{Deserialize, Serialize};

use recondesk_domain::ProfileId;
use recondesk_ports::{Logo, Records};

use crate::{Failure, FailureKind, Message};

#[derive(Serialize, Deserialize)]
struct StoredLogo {
    /// The file as hex: preferences are JSON.
    png: String,
}

fn key(id: ProfileId) -> String {
    format!("report.logo.{}", id.0)
}

/// Keeps a logo for the reports of a merchant.
///
/// # Errors
/// [`Failure`] when the bytes are no PNG of a decent size, or the workspace cannot be written.
pub fn set_logo(records: &dyn Records, id: ProfileId, png: Vec<u8>) -> Result<(), Failure> {
    let logo = Logo::new(png).ok_or_else(refused)?;
    let mut hex = String::with_capacity(logo.png.len().saturating_mul(2));
    for byte in &logo.png {
        for half in [byte >> 4, byte & 15] {
            hex.extend(char::from_digit(u32::from(half), 16));
        }
    }
    let json = serde_json::to_string(&StoredLogo { png: hex }).map_err(|_broken| refused())?;
    Ok(records.set_preference(&key(id), &json)?)
}

/// Forgets the logo.
///
/// # Errors
/// [`Failure`] when the workspace cannot be written.
pub fn forget_logo(records: &dyn Records, id: ProfileId) -> Result<(), Failure> {
    Ok(records.set_preference(&key(id), "null")?)
}

/// The logo that is kept, if there is one.
///
/// # Errors
/// [`Failure`] when the workspace cannot be read.
pub fn logo(records: &dyn Records, id: ProfileId) -> Result<Option<Logo>, Failure> {
    let Some(json) = records.preference(&key(id))? else {
        return Ok(None);
    };
    let Ok(Some(kept)) = serde_json::from_str::<Option<StoredLogo>>(&json) else {
        return Ok(None);
    };
    Ok(bytes(&kept.png).and_then(Logo::new))
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = hex
        .chars()
        .map(|sign| sign.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(high << 4 | low),
        _ => None,
    };
    digits?.chunks(2).map(pair).collect()
}

fn refused() -> Failure {
    Failure::new(
        FailureKind::RefusedInput,
        "report.logo",
        Message::new("不是可用的标志图片", "Not a picture that can be a logo"),
        Message::new(
            "要 PNG，512 KB 以内，边长 2000 像素以内",
            "A PNG of at most 512 KB, no side above 2,000 pixels",
        ),
    )
}
