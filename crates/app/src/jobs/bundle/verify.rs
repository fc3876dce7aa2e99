//! Reading a bundle back, on any computer. The zip may come from anybody: sizes and counts are limited.

use std::io::{Cursor, Read as _};

use sha2::{Digest as _, Sha256};
use zip::ZipArchive;

use super::document::{EvidenceDocument, EvidenceEntry, FORMAT};
use super::page;
use super::{BundleManifest, DOCUMENT, MANIFEST, MANIFEST_FORMAT, PAGE};
use crate::Message;
use crate::jobs::audit::fits;
use crate::jobs::views::certificate::hex;
use recondesk_domain::Instant;
use recondesk_ports::AuditEntry;

/// No part of a bundle is larger.
const LARGEST: u64 = 64 << 20;

/// A bundle that was read, and everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleReading {
    /// What it says.
    pub evidence: EvidenceDocument,
    /// What is wrong; nothing when it holds.
    pub faults: Vec<BundleFault>,
}

/// What is wrong with a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BundleFault {
    /// A file is another one than the manifest says, or not in it.
    File(String),
    /// The page shows something else than the data.
    Page,
    /// An entry of the trail was changed.
    Seal(i64),
}

impl BundleFault {
    /// What a person reads.
    #[must_use]
    pub fn words(&self) -> Message {
        match self {
            Self::File(name) => Message::new(
                format!("{name} 与清单的摘要不符"),
                format!("{name} is not what the manifest says"),
            ),
            Self::Page => Message::new(
                "页面显示的内容与数据不符",
                "The page shows something else than the data",
            ),
            Self::Seal(id) => Message::new(
                format!("第 {id} 条留痕被改动"),
                format!("Entry {id} of the trail was changed"),
            ),
        }
    }
}

/// Reads a bundle. `None` when the file is none.
#[must_use]
pub fn read_bundle(bytes: &[u8]) -> Option<BundleReading> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).ok()?;
    if zip.len() > 16 {
        return None;
    }
    let names: Result<Vec<String>, _> = zip
        .file_names()
        .map(|name| name.map(std::borrow::Cow::into_owned))
        .collect();
    let mut names = names.ok()?;
    let mut part = |name: &str| -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let file = zip.by_name(name).ok()?;
        file.take(LARGEST + 1).read_to_end(&mut out).ok()?;
        (out.len() as u64 <= LARGEST).then_some(out)
    };
    let (manifest, document, shown) = (part(MANIFEST)?, part(DOCUMENT)?, part(PAGE)?);
    let manifest: BundleManifest = serde_json::from_slice(&manifest).ok()?;
    let evidence: EvidenceDocument = serde_json::from_slice(&document).ok()?;
    if manifest.format != MANIFEST_FORMAT || evidence.format != FORMAT {
        return None;
    }
    let mut faults = Vec::new();
    for (name, bytes) in [(DOCUMENT, &document), (PAGE, &shown)] {
        let digest = hex(&Sha256::digest(bytes));
        let known = manifest.files.iter().find(|file| file.name == name);
        if known.is_none_or(|file| file.sha256 != digest || file.bytes != bytes.len() as u64) {
            faults.push(BundleFault::File(name.to_owned()));
        }
    }
    names.retain(|name| ![MANIFEST, DOCUMENT, PAGE].contains(&name.as_str()));
    faults.extend(names.into_iter().map(BundleFault::File));
    if page::html(&evidence).as_bytes() != shown.as_slice() {
        faults.push(BundleFault::Page);
    }
    for entry in &evidence.trail {
        if !sealed(entry) {
            faults.push(BundleFault::Seal(entry.id));
        }
    }
    Some(BundleReading { evidence, faults })
}

fn sealed(entry: &EvidenceEntry) -> bool {
    let (Some(before), Some(hash)) = (bytes_of(&entry.before), bytes_of(&entry.hash)) else {
        return false;
    };
    fits(&AuditEntry {
        id: entry.id,
        at: Instant::from_unix(entry.at_unix),
        actor: entry.actor.clone(),
        kind: entry.kind.clone(),
        subject: entry.subject.clone(),
        document: entry.document.clone(),
        before,
        hash,
    })
}

/// Thirty-two bytes from lower-case hex.
fn bytes_of(hex: &str) -> Option<[u8; 32]> {
    let mut out = [0; 32];
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    for (byte, pair) in out.iter_mut().zip(hex.as_bytes().chunks(2)) {
        let pair = std::str::from_utf8(pair).ok()?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(out)
}
