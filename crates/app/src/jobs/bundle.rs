//! The evidence bundle of one order: everything that is known of it, in a zip that can be verified anywhere.
//!
//! `evidence.json` has the order's rows with the digest of their file and the place in it, notifications,
//! answers, cases, refunds, reissues and the sealed entries of the audit trail; `evidence.html` shows the same
//! to people; `manifest.json` has the SHA-256 of both.

mod document;
mod gather;
mod page;
mod shop;
mod verify;

pub use document::{EvidenceDocument, EvidenceRow};
pub use gather::gather;
pub use verify::{BundleFault, BundleReading, read_bundle};

use std::io::{Cursor, Write as _};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::jobs::views::certificate::hex;
use crate::{Failure, FailureKind, Message};

const DOCUMENT: &str = "evidence.json";
const PAGE: &str = "evidence.html";
const MANIFEST: &str = "manifest.json";
const MANIFEST_FORMAT: &str = "recondesk bundle 1";

/// What the zip holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BundleManifest {
    format: String,
    files: Vec<ManifestFile>,
}

/// One file of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ManifestFile {
    name: String,
    bytes: u64,
    sha256: String,
}

/// The evidence as the bytes of a zip; the same evidence gives the same bytes.
///
/// # Errors
/// When the zip cannot be written.
pub fn bundle(evidence: &EvidenceDocument) -> Result<Vec<u8>, Failure> {
    let json = serde_json::to_vec_pretty(evidence).map_err(|error| broken(&error))?;
    let page = page::html(evidence).into_bytes();
    let file = |name: &str, bytes: &[u8]| ManifestFile {
        name: name.to_owned(),
        bytes: bytes.len() as u64,
        sha256: hex(&Sha256::digest(bytes)),
    };
    let manifest = BundleManifest {
        format: MANIFEST_FORMAT.to_owned(),
        files: vec![file(DOCUMENT, &json), file(PAGE, &page)],
    };
    let manifest = serde_json::to_vec_pretty(&manifest).map_err(|error| broken(&error))?;
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    for (name, bytes) in [(MANIFEST, &manifest), (DOCUMENT, &json), (PAGE, &page)] {
        zip.start_file(name, options)
            .map_err(|error| broken(&error))?;
        zip.write_all(bytes).map_err(|error| broken(&error))?;
    }
    let done = zip.finish().map_err(|error| broken(&error))?;
    Ok(done.into_inner())
}

fn broken(error: &dyn std::fmt::Display) -> Failure {
    Failure::new(
        FailureKind::Workspace,
        "bundle.write",
        Message::new("证据包写不出来", "The bundle cannot be written"),
        Message::default(),
    )
    .with_detail(error.to_string())
}
