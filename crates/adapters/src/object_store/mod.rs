//! Files of a shared workspace in an object store that speaks S3: each put once, whole, with its digest, never changed.
//!
//! | file | what it is |
//! |---|---|
//! | `location`, `credentials` | where, and with which keys |
//! | `exchange`, `fetched`, `failure` | one request: signed, watched, repeated; and what is told when it comes to nothing |
//! | `cache` | whole files on this computer, so that they are read by position |
//! | `room` | a folder of the workspace, as the books use it |

mod cache;
mod credentials;
mod exchange;
mod failure;
mod fetched;
mod location;
mod room;

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use rusty_s3::actions::{DeleteObject, GetObject, HeadObject, ListObjectsV2, PutObject};
use rusty_s3::{Bucket, Credentials, S3Action};

use crate::digest::{Hash, hex};
use exchange::{Line, StoreAnswer, StoreRequest, UploadContent};
use failure::{ObjectStoreFailure, code_in};
use fetched::{FetchedObject, SharedSink};
use location::Location;
use recondesk_ports::StoreError;

pub(crate) use cache::Cache;
pub use exchange::Limits;
pub(crate) use exchange::Stop;
pub(crate) use failure::store_error;
pub(crate) use location::is_one;
pub(crate) use room::{Going, Room};

/// How long a signed request may be under way until it arrives.
const SIGNED_FOR: Duration = Duration::from_mins(10);
/// Where the digest of a file stands beside it.
const DIGEST: &str = "x-amz-meta-sha256";
/// Names the file that a copy is made of.
const COPY_SOURCE: &str = "x-amz-copy-source";
/// Most names that a folder may have: two million imports.
const MOST_PAGES: u32 = 4_000;
/// Longest text that is read, such as the name of a workspace.
const MOST_TEXT: u64 = 64 << 10;

/// Never stops.
pub(crate) const GO_ON: Stop<'static> = &|_| false;

/// A place in an object store, and the line to it.
pub struct ObjectStore {
    location: Location,
    bucket: Bucket,
    line: Line,
    env: Env,
}

/// What the environment says under a name.
type Env = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

impl std::fmt::Debug for ObjectStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ObjectStore({})", self.location.text)
    }
}

/// What the store tells of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredObject {
    size: u64,
    sha256: Option<String>,
    etag: String,
    /// As the store writes it.
    pub(crate) modified: String,
}

impl StoredObject {
    fn of(answer: &StoreAnswer) -> Self {
        let said = |name| answer.header(name).unwrap_or_default().to_owned();
        Self {
            size: said("content-length").parse().unwrap_or(0),
            sha256: answer.header(DIGEST).map(str::to_owned),
            etag: said("etag"),
            modified: said("last-modified"),
        }
    }
}

impl ObjectStore {
    /// The place that a location `s3://BUCKET/PREFIX` names; nothing is asked of it yet.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] for what is no such location.
    pub fn at(location: &str, limits: Limits) -> Result<Self, StoreError> {
        let env = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self::with_env(location, limits, Box::new(env))
    }

    /// The same with another environment.
    ///
    /// # Errors
    /// As above.
    pub fn with_env(location: &str, limits: Limits, env: Env) -> Result<Self, StoreError> {
        let location = Location::parse(location)?;
        let bucket = location.bucket(&env)?;
        let is_here = bucket.base_url().scheme() == "http";
        let line = Line::new(limits, is_here)
            .map_err(|error| StoreError::Unreachable(failure::setup(&error)))?;
        Ok(Self {
            location,
            bucket,
            line,
            env,
        })
    }

    /// As it was named.
    pub(crate) fn shown(&self) -> &str {
        &self.location.text
    }

    fn key(&self, name: &str) -> String {
        match self.location.prefix.as_str() {
            "" => name.to_owned(),
            prefix => format!("{prefix}/{name}"),
        }
    }

    fn keys(&self) -> io::Result<Credentials> {
        credentials::look_up(&self.env)
            .ok_or_else(|| ObjectStoreFailure::without_keys(self.shown()).into())
    }

    fn refused(&self, name: &str, answer: &StoreAnswer) -> io::Error {
        ObjectStoreFailure::refused(self.shown(), name, answer).into()
    }

    fn ask(
        &self,
        make: &mut dyn FnMut() -> io::Result<StoreRequest>,
        stop: Stop<'_>,
    ) -> io::Result<StoreAnswer> {
        self.line.send(self.shown(), make, &mut None, stop)
    }

    /// What is known of a file; `None` where there is none.
    pub(crate) fn head(&self, name: &str) -> io::Result<Option<StoredObject>> {
        let key = self.key(name);
        let mut make = || {
            let keys = self.keys()?;
            let action = HeadObject::new(&self.bucket, Some(&keys), &key);
            Ok(signed(Method::HEAD, action, Vec::new()))
        };
        let answer = self.ask(&mut make, GO_ON)?;
        match answer.status {
            200..=299 => Ok(Some(StoredObject::of(&answer))),
            404 => Ok(None),
            _ => Err(self.refused(name, &answer)),
        }
    }

    /// Fetches a whole file and holds it against its digest; `None` where there is none.
    pub(crate) fn fetch(
        &self,
        name: &str,
        out: &mut File,
        stop: Stop<'_>,
    ) -> io::Result<Option<StoredObject>> {
        let key = self.key(name);
        let taken = RefCell::new(FetchedObject::to(out));
        loop {
            let mut make = || {
                let keys = self.keys()?;
                let action = GetObject::new(&self.bucket, Some(&keys), &key);
                Ok(signed(Method::GET, action, taken.borrow().ask_for_rest()))
            };
            let mut sink = SharedSink(&taken);
            let answer = self
                .line
                .send(self.shown(), &mut make, &mut Some(&mut sink), stop)?;
            match answer.status {
                200..=299 => break,
                404 if code_in(&answer.body) != "NoSuchBucket" => return Ok(None),
                // It was exchanged between two attempts.
                412 | 416 if taken.borrow().has_begun() => taken.borrow_mut().begin_anew()?,
                _ => return Err(self.refused(name, &answer)),
            }
        }
        let object = taken.into_inner().end();
        object.map_or_else(
            || Err(ObjectStoreFailure::other_content(self.shown(), name).into()),
            |object| Ok(Some(object)),
        )
    }

    /// A short text, as it is at this moment, and what is known of it.
    pub(crate) fn text(&self, name: &str) -> io::Result<Option<(String, StoredObject)>> {
        let mut file = tempfile::tempfile()?;
        let Some(object) = self.fetch(name, &mut file, GO_ON)? else {
            return Ok(None);
        };
        let mut text = String::new();
        file.rewind()?;
        file.take(MOST_TEXT).read_to_string(&mut text)?;
        Ok(Some((text, object)))
    }

    /// Puts a file where there is none. One with the same content that is there already counts as put.
    pub(crate) fn put_file(
        &self,
        name: &str,
        (file, sha256): (&Path, &[u8; 32]),
        stop: Stop<'_>,
    ) -> io::Result<()> {
        let size = std::fs::metadata(file)?.len();
        let content = || Ok(UploadContent::File(File::open(file)?, size));
        self.put(name, (size, &hex(sha256)), &content, stop)
    }

    /// Puts a short text where there is none, as above.
    pub(crate) fn put_text(&self, name: &str, text: &str) -> io::Result<()> {
        let mut digest = Hash::sha256();
        digest.update(text.as_bytes());
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        let size = text.len() as u64;
        let content = || Ok(UploadContent::Text(bytes.clone()));
        self.put(name, (size, &hex(&digest.finish())), &content, GO_ON)
    }

    fn put(
        &self,
        name: &str,
        (size, sha256): (u64, &str),
        content: &dyn Fn() -> io::Result<UploadContent>,
        stop: Stop<'_>,
    ) -> io::Result<()> {
        let key = self.key(name);
        // Also for stores that do not know the condition.
        if self.is_there(name, size, sha256)? {
            return Ok(());
        }
        let mut only_new = true;
        for _ in 0..3 {
            let mut make = || {
                let keys = self.keys()?;
                let mut headers = vec![(DIGEST, sha256.to_owned())];
                if only_new {
                    headers.push(("if-none-match", "*".to_owned()));
                }
                let action = PutObject::new(&self.bucket, Some(&keys), &key);
                let mut request = signed(Method::PUT, action, headers);
                request.content = content()?;
                Ok(request)
            };
            let answer = self.ask(&mut make, stop)?;
            match answer.status {
                200..=299 => return Ok(()),
                // Put before by an answer that was lost, or by another program.
                412 if self.is_there(name, size, sha256)? => return Ok(()),
                409 | 412 => {}
                501 if only_new => only_new = false,
                _ => return Err(self.refused(name, &answer)),
            }
        }
        Err(ObjectStoreFailure::taken(self.shown(), name).into())
    }

    /// True when this very file is there.
    fn is_there(&self, name: &str, size: u64, sha256: &str) -> io::Result<bool> {
        match self.head(name)? {
            None => Ok(false),
            Some(object) if object.size == size && object.sha256.as_deref() == Some(sha256) => {
                Ok(true)
            }
            Some(_) => Err(ObjectStoreFailure::taken(self.shown(), name).into()),
        }
    }

    /// Removes a file; one that is not there is no error. Whatever is not removed now is set aside later, so it is tried
    /// once: a job that the store has failed already need not wait for it again.
    pub(crate) fn remove(&self, name: &str) -> io::Result<()> {
        let key = self.key(name);
        let keys = self.keys()?;
        let action = DeleteObject::new(&self.bucket, Some(&keys), &key);
        let request = signed(Method::DELETE, action, Vec::new());
        let answer = self.line.send_once(self.shown(), request)?;
        match answer.status {
            200..=299 | 404 => Ok(()),
            _ => Err(self.refused(name, &answer)),
        }
    }

    /// Copies a file within the store to a name that is free.
    pub(crate) fn copy(&self, from: &str, to: &str) -> io::Result<()> {
        let key = self.key(to);
        let source = format!("/{}/{}", self.bucket.name(), self.key(from));
        let mut make = || {
            let keys = self.keys()?;
            let action = PutObject::new(&self.bucket, Some(&keys), &key);
            let headers = vec![(COPY_SOURCE, source.clone())];
            Ok(signed(Method::PUT, action, headers))
        };
        let answer = self.ask(&mut make, GO_ON)?;
        // A copy that fails half-way is answered with success and a code.
        if (200..300).contains(&answer.status) && code_in(&answer.body).is_empty() {
            return Ok(());
        }
        Err(self.refused(to, &answer))
    }

    /// Names of the files in a folder that come after a name, sorted.
    pub(crate) fn names(&self, folder: &str, after: &str) -> io::Result<Vec<String>> {
        let prefix = self.key(&format!("{folder}/"));
        let mut names = Vec::new();
        let mut next: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let mut make = || {
                let keys = self.keys()?;
                let mut action = ListObjectsV2::new(&self.bucket, Some(&keys));
                action.with_prefix(prefix.clone());
                match &next {
                    Some(next) => action.with_continuation_token(next.clone()),
                    None if after.is_empty() => {}
                    None => action.with_start_after(format!("{prefix}{after}")),
                }
                Ok(signed(Method::GET, action, Vec::new()))
            };
            let answer = self.ask(&mut make, GO_ON)?;
            if answer.status != 200 {
                return Err(self.refused(folder, &answer));
            }
            let page = str::from_utf8(&answer.body)
                .ok()
                .and_then(|text| ListObjectsV2::parse_response(text).ok());
            let Some(page) = page else {
                return Err(self.refused(folder, &answer));
            };
            for object in page.contents {
                let name = object.key.strip_prefix(&prefix);
                names.extend(
                    name.filter(|name| !name.is_empty() && !name.contains('/'))
                        .map(str::to_owned),
                );
            }
            match page.next_continuation_token {
                Some(token) if next.as_ref() != Some(&token) => next = Some(token),
                _ => {
                    names.sort_unstable();
                    return Ok(names);
                }
            }
        }
        Err(ObjectStoreFailure::other_content(self.shown(), folder).into())
    }
}

/// A signed request.
fn signed<'a, A: S3Action<'a>>(
    method: Method,
    mut action: A,
    headers: Vec<(&'static str, String)>,
) -> StoreRequest {
    for (name, value) in &headers {
        action.headers_mut().insert(*name, value.clone());
    }
    StoreRequest {
        method,
        url: action.sign(SIGNED_FOR),
        headers,
        content: UploadContent::Nothing,
    }
}
