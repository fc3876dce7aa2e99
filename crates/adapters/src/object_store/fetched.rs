//! A file on its way from an object store: what arrived stays when the line is cut, and only the rest is asked for.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Seek as _, Write as _};

use super::StoredObject;
use super::exchange::{AnswerSink, StoreAnswer};
use crate::digest::{Hash, hex};

/// What arrived so far.
pub(super) struct FetchedObject<'a> {
    out: &'a mut File,
    digest: Hash<32>,
    bytes: u64,
    /// As the first answer tells of it.
    object: Option<StoredObject>,
}

impl<'a> FetchedObject<'a> {
    pub(super) fn to(out: &'a mut File) -> Self {
        Self {
            out,
            digest: Hash::sha256(),
            bytes: 0,
            object: None,
        }
    }

    /// Headers of the next attempt.
    pub(super) fn ask_for_rest(&self) -> Vec<(&'static str, String)> {
        match &self.object {
            Some(object) if self.bytes > 0 && !object.etag.is_empty() => vec![
                ("range", format!("bytes={}-", self.bytes)),
                ("if-match", object.etag.clone()),
            ],
            _ => Vec::new(),
        }
    }

    pub(super) const fn has_begun(&self) -> bool {
        self.object.is_some()
    }

    pub(super) fn begin_anew(&mut self) -> io::Result<()> {
        self.out.rewind()?;
        self.out.set_len(0)?;
        (self.digest, self.bytes, self.object) = (Hash::sha256(), 0, None);
        Ok(())
    }

    fn begin(&mut self, answer: &StoreAnswer) -> io::Result<()> {
        let goes_on = format!("bytes {}-", self.bytes);
        let range = answer.header("content-range").unwrap_or_default();
        if answer.status == 206 && self.has_begun() && range.starts_with(&goes_on) {
            return Ok(());
        }
        self.begin_anew()?;
        self.object = Some(StoredObject::of(answer));
        Ok(())
    }

    fn piece(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.digest.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// What is known of the file, if all of it arrived as it was put.
    pub(super) fn end(self) -> Option<StoredObject> {
        let digest = hex(&self.digest.finish());
        let object = self.object?;
        let is_right =
            object.size == self.bytes && object.sha256.as_ref().is_none_or(|due| *due == digest);
        is_right.then_some(object)
    }
}

/// Lets the next attempt look at what the one before brought.
pub(super) struct SharedSink<'a, 'b>(pub(super) &'a RefCell<FetchedObject<'b>>);

impl AnswerSink for SharedSink<'_, '_> {
    fn begin(&mut self, answer: &StoreAnswer) -> io::Result<()> {
        self.0.borrow_mut().begin(answer)
    }

    fn piece(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.borrow_mut().piece(bytes)
    }
}
