//! A small object store on loopback, as far as the program uses one, which fails when a test wants it to.
//!
//! It keeps objects in memory and knows PUT (also `If-None-Match: *` and copies), GET (also ranges and `If-Match`),
//! HEAD, DELETE and lists in pages of three. What it refuses without being asked to: requests without a signature of
//! the one key it knows, and bodies of unknown length.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// The key and the secret that are known.
pub(crate) const KEY: &str = "AKIADOUBLE";
pub(crate) const SECRET: &str = "hush-hush-hush";
const BUCKET: &str = "/desk/";
const PAGE: usize = 3;

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DoubleFault {
    /// It is answered with this status, and nothing is done.
    Status(u16),
    /// The line is cut before anything is done.
    Unheard,
    /// It is done, and the answer is lost.
    Unanswered,
    /// The answer breaks off after so many bytes of its body.
    Torn(usize),
    /// Nothing comes, for ever: who waits for it has no limit of its own.
    Silent,
    /// A byte of the body is another one.
    Altered,
}

#[derive(Debug, Clone)]
struct DoubleObject {
    bytes: Vec<u8>,
    sha256: Option<String>,
}

impl DoubleObject {
    fn etag(&self) -> String {
        let sum = self.bytes.iter().fold(7_u64, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(u64::from(*byte))
        });
        format!("\"{sum:x}\"")
    }
}

#[derive(Debug, Default)]
struct DoubleState {
    objects: Mutex<BTreeMap<String, DoubleObject>>,
    /// Requests that fail: the beginning of `METHOD name`, and how.
    faults: Mutex<Vec<(String, DoubleFault)>>,
    /// Requests, and how many bytes each was answered with.
    asked: Mutex<Vec<(String, usize)>>,
}

/// The store.
#[derive(Debug)]
pub(crate) struct Double {
    pub(crate) location: String,
    state: Arc<DoubleState>,
}

impl Double {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::<DoubleState>::default();
        let shared = Arc::clone(&state);
        spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                // A program that is gone is no matter for the store.
                spawn(move || {
                    let _answered = serve(&state, stream);
                });
            }
        });
        Self {
            location: format!("s3://desk/shop?endpoint=http://127.0.0.1:{port}"),
            state,
        }
    }

    /// Lets the next request that begins so (`PUT archive/`) fail.
    pub(crate) fn fail(&self, request: &str, fault: DoubleFault) {
        let mut faults = self.state.faults.lock().unwrap();
        faults.push((request.to_owned(), fault));
    }

    /// Faults that have not happened.
    pub(crate) fn faults_left(&self) -> usize {
        self.state.faults.lock().unwrap().len()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let objects = self.state.objects.lock().unwrap();
        objects.keys().cloned().collect()
    }

    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        let objects = self.state.objects.lock().unwrap();
        objects.get(name).unwrap().bytes.clone()
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        let object = DoubleObject {
            bytes: bytes.to_vec(),
            sha256: None,
        };
        let mut objects = self.state.objects.lock().unwrap();
        objects.insert(name.to_owned(), object);
    }

    /// Requests so far that begin so.
    pub(crate) fn asked(&self, request: &str) -> usize {
        let asked = self.state.asked.lock().unwrap();
        let these = asked.iter().filter(|(it, _)| it.starts_with(request));
        these.count()
    }

    /// Bytes that they were answered with.
    pub(crate) fn sent(&self, request: &str) -> usize {
        let asked = self.state.asked.lock().unwrap();
        let these = asked.iter().filter(|(it, _)| it.starts_with(request));
        these.map(|(_, bytes)| bytes).sum()
    }
}

fn spawn(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().name("store".to_owned());
    drop(thread.spawn(work).unwrap());
}

struct DoubleRequest {
    method: String,
    name: String,
    query: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    body: Option<Vec<u8>>,
}

struct DoubleAnswer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

fn plain(status: u16, code: &str) -> DoubleAnswer {
    DoubleAnswer {
        status,
        headers: Vec::new(),
        body: format!("<Error><Code>{code}</Code></Error>").into_bytes(),
    }
}

fn unescape(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let hex: Option<Vec<u8>> = (byte == b'%').then(|| rest.by_ref().take(2).collect());
        let value = hex.and_then(|hex| u8::from_str_radix(str::from_utf8(&hex).ok()?, 16).ok());
        bytes.push(value.unwrap_or(byte));
    }
    String::from_utf8(bytes).unwrap()
}

fn read(stream: &TcpStream) -> Option<DoubleRequest> {
    let mut lines = BufReader::new(stream);
    let mut line = String::new();
    lines.read_line(&mut line).ok()?;
    let mut words = line.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        lines.read_line(&mut line).ok()?;
        match line.trim_end().split_once(": ") {
            Some((name, value)) => headers.insert(name.to_ascii_lowercase(), value.to_owned()),
            None => break,
        };
    }
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let query = query.split('&').filter_map(|pair| pair.split_once('='));
    let query = query.map(|(name, value)| (unescape(name), unescape(value)));
    let length = headers.get("content-length").map(|it| it.parse().unwrap());
    let body = length.map(|length: usize| {
        let mut body = vec![0; length];
        lines.read_exact(&mut body).map(|()| body)
    });
    let body = match body {
        None => None,
        Some(body) => Some(body.ok()?),
    };
    let name = unescape(path).strip_prefix(BUCKET)?.to_owned();
    Some(DoubleRequest {
        method,
        name: name.strip_prefix("shop/").unwrap_or(&name).to_owned(),
        query: query.collect(),
        headers,
        body,
    })
}

fn serve(state: &DoubleState, mut stream: TcpStream) -> Option<()> {
    let request = read(&stream)?;
    let what = format!("{} {}", request.method, request.name);
    let at = {
        let mut asked = state.asked.lock().unwrap();
        asked.push((what.clone(), 0));
        asked.len() - 1
    };
    let fault = {
        let mut faults = state.faults.lock().unwrap();
        let at = faults.iter().position(|(begin, _)| what.starts_with(begin));
        at.map(|at| faults.remove(at).1)
    };
    let mut answer = match fault {
        Some(DoubleFault::Unheard) => return None,
        Some(DoubleFault::Status(status)) => plain(status, "Odd"),
        Some(DoubleFault::Silent) => loop {
            std::thread::park();
        },
        _ => act(state, &request),
    };
    if fault == Some(DoubleFault::Unanswered) {
        return None;
    }
    let mut head = format!("HTTP/1.1 {} x\r\nconnection: close\r\n", answer.status);
    if !answer
        .headers
        .iter()
        .any(|(name, _)| *name == "content-length")
    {
        write!(head, "content-length: {}\r\n", answer.body.len()).unwrap();
    }
    for (name, value) in &answer.headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    head.push_str("\r\n");
    match fault {
        Some(DoubleFault::Torn(bytes)) => answer.body.truncate(bytes),
        Some(DoubleFault::Altered) => *answer.body.first_mut()? ^= 1,
        _ => {}
    }
    state.asked.lock().unwrap().get_mut(at)?.1 = answer.body.len();
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(&answer.body).ok()
}

fn act(state: &DoubleState, request: &DoubleRequest) -> DoubleAnswer {
    let signed = |name: &str| request.query.get(name).map_or("", String::as_str);
    let is_ours = signed("X-Amz-Credential").starts_with(&format!("{KEY}/"));
    if !is_ours || signed("X-Amz-Signature").len() != 64 {
        return plain(403, "AccessDenied");
    }
    let mut objects = state.objects.lock().unwrap();
    let known = objects.get(&request.name).cloned();
    let header = |name: &str| request.headers.get(name).map(String::as_str);
    match (request.method.as_str(), known) {
        ("GET", _) if request.query.contains_key("list-type") => list(&objects, request),
        ("GET" | "HEAD", None) => plain(404, "NoSuchKey"),
        ("GET", Some(object)) => get(&object, request),
        ("HEAD", Some(object)) => DoubleAnswer {
            status: 200,
            headers: told(&object, object.bytes.len()),
            body: Vec::new(),
        },
        ("PUT", Some(_)) if header("if-none-match") == Some("*") => {
            plain(412, "PreconditionFailed")
        }
        ("PUT", _) => {
            let object = match (header("x-amz-copy-source"), &request.body) {
                (Some(source), _) => {
                    let name = source.strip_prefix("/desk/shop/").unwrap();
                    objects.get(name).unwrap().clone()
                }
                (None, None) => return plain(411, "MissingContentLength"),
                (None, Some(body)) => DoubleObject {
                    bytes: body.clone(),
                    sha256: header("x-amz-meta-sha256").map(str::to_owned),
                },
            };
            objects.insert(request.name.clone(), object);
            plain(200, "")
        }
        ("DELETE", _) => {
            objects.remove(&request.name);
            plain(204, "")
        }
        _ => plain(405, "MethodNotAllowed"),
    }
}

fn told(object: &DoubleObject, length: usize) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("content-length", length.to_string()),
        ("etag", object.etag()),
    ];
    if let Some(sha256) = &object.sha256 {
        headers.push(("x-amz-meta-sha256", sha256.clone()));
    }
    headers
}

fn get(object: &DoubleObject, request: &DoubleRequest) -> DoubleAnswer {
    let wanted = request.headers.get("if-match");
    if wanted.is_some_and(|wanted| *wanted != object.etag()) {
        return plain(412, "PreconditionFailed");
    }
    let from = request.headers.get("range").map(|range| {
        let from = range.strip_prefix("bytes=").unwrap().trim_end_matches('-');
        from.parse::<usize>().unwrap()
    });
    let body = object.bytes.get(from.unwrap_or(0)..).unwrap_or_default();
    let body = body.to_vec();
    let mut headers = told(object, body.len());
    if let Some(from) = from {
        let whole = object.bytes.len();
        headers.push((
            "content-range",
            format!("bytes {from}-{}/{whole}", whole - 1),
        ));
    }
    DoubleAnswer {
        status: if from.is_some() { 206 } else { 200 },
        headers,
        body,
    }
}

fn list(objects: &BTreeMap<String, DoubleObject>, request: &DoubleRequest) -> DoubleAnswer {
    let asked = |name: &str| request.query.get(name).map_or("", String::as_str);
    let after = asked("continuation-token").max(asked("start-after"));
    let mut page: Vec<(String, usize)> = objects
        .iter()
        .map(|(name, object)| (format!("shop/{name}"), object.bytes.len()))
        .filter(|(key, _)| key.starts_with(asked("prefix")) && key.as_str() > after)
        .collect();
    let is_cut = page.len() > PAGE;
    page.truncate(PAGE);
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
         <Name>desk</Name><MaxKeys>{PAGE}</MaxKeys><EncodingType>url</EncodingType>\
         <IsTruncated>{is_cut}</IsTruncated>"
    );
    if let (true, Some((last, _))) = (is_cut, page.last()) {
        write!(xml, "<NextContinuationToken>{last}</NextContinuationToken>").unwrap();
    }
    for (key, size) in page {
        let key = key.replace('+', "%2B");
        write!(
            xml,
            "<Contents><Key>{key}</Key><ETag>\"x\"</ETag><Size>{size}</Size></Contents>"
        )
        .unwrap();
    }
    xml.push_str("</ListBucketResult>");
    DoubleAnswer {
        status: 200,
        headers: vec![("content-type", "application/xml".to_owned())],
        body: xml.into_bytes(),
    }
}
