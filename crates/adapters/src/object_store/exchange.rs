//! Requests to an object store: signed, watched while they move, sent again where that is safe and can help.
//!
//! Every request here may be sent twice: a file is put only where there is none, and what was put by an answer that
//! was lost is recognised by its digest. Certificates are always checked and redirects never followed. The address of
//! a signed request has keys in it, so no error names it.

use std::fs::File;
use std::io::{self, Read as _};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use reqwest::header::HeaderMap;
use reqwest::{Body, Certificate, Client, ClientBuilder, Method, Url, redirect};
use tokio::runtime::Runtime;

use super::GO_ON;
use super::failure::{ObjectStoreFailure, told_by};

/// How often a request looks whether it shall stop, and whether anything moved.
const POLL: Duration = Duration::from_millis(50);
/// Bytes that are sent at a time.
const PIECE: usize = 128 << 10;
/// Longest answer that is kept in memory.
const MOST_KEPT: usize = 8 << 20;

/// How long is waited for what.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For a connection, name lookup and TLS included.
    pub connect: Duration,
    /// While nothing moves, in either direction.
    pub idle: Duration,
    /// How often a request is sent in all.
    pub attempts: u32,
    /// Before the second attempt; twice as long before each further one.
    pub pause: Duration,
    /// After a request that came to nothing, for which no other is sent: a job that needs a hundred files of a store
    /// that is away does not wait for each.
    pub rest: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(20),
            attempts: 4,
            pause: Duration::from_millis(500),
            rest: Duration::from_secs(5),
        }
    }
}

/// Is told how many bytes moved so far in this attempt, and says whether to stop.
pub(crate) type Stop<'a> = &'a (dyn Fn(u64) -> bool + Sync);

/// A request, made anew for each attempt.
pub(super) struct StoreRequest {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) content: UploadContent,
}

/// What is sent along.
pub(super) enum UploadContent {
    Nothing,
    Text(Bytes),
    File(File, u64),
}

/// An answer.
#[derive(Debug)]
pub(super) struct StoreAnswer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    /// Empty where the body went to the sink.
    pub(super) body: Vec<u8>,
}

impl StoreAnswer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Why an attempt came to nothing.
pub(super) enum Trouble {
    /// Worth another one.
    Again(String),
    /// Not.
    End(io::Error),
}

/// Takes the body of an answer that succeeded: the answer without it, then each piece.
pub(super) trait AnswerSink {
    fn begin(&mut self, answer: &StoreAnswer) -> io::Result<()>;
    fn piece(&mut self, bytes: &[u8]) -> io::Result<()>;
}

/// The line to the servers of an object store.
pub(super) struct Line {
    client: Client,
    runtime: Runtime,
    limits: Limits,
    /// When the store was last given up, and why.
    lost: Mutex<Option<(Instant, String)>>,
}

impl Line {
    pub(super) fn new(limits: Limits, is_here: bool) -> io::Result<Self> {
        let mut builder = ClientBuilder::new()
            .user_agent(concat!("Recondesk/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_gzip()
            .connect_timeout(limits.connect)
            .pool_idle_timeout(Duration::from_secs(4));
        if is_here {
            builder = builder.no_proxy();
        }
        if let Some(file) = std::env::var_os("AWS_CA_BUNDLE").filter(|file| !file.is_empty()) {
            let certificates = std::fs::read(file)
                .and_then(|pem| Certificate::from_pem_bundle(&pem).map_err(io::Error::other))?;
            for certificate in certificates {
                builder = builder.add_root_certificate(certificate);
            }
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        Ok(Self {
            client: builder.build().map_err(io::Error::other)?,
            runtime,
            limits,
            lost: Mutex::new(None),
        })
    }

    /// Sends a request until it is answered; answers that tell of a passing trouble count as none.
    pub(super) fn send(
        &self,
        place: &str,
        make: &mut dyn FnMut() -> io::Result<StoreRequest>,
        sink: &mut Option<&mut dyn AnswerSink>,
        stop: Stop<'_>,
    ) -> io::Result<StoreAnswer> {
        if let Some(why) = self.lost_just_now() {
            return Err(ObjectStoreFailure::lost(place, &why).into());
        }
        let mut attempt = 1;
        loop {
            let why = match self.attempt(make()?, sink, stop) {
                Ok(answer) => return Ok(answer),
                Err(Trouble::End(error)) => return Err(error),
                Err(Trouble::Again(why)) => why,
            };
            if attempt >= self.limits.attempts {
                let mut lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
                *lost = Some((Instant::now(), why.clone()));
                return Err(ObjectStoreFailure::lost(place, &why).into());
            }
            tracing::warn!(place, why, attempt, "the object store is asked once more");
            self.rest(attempt, stop)?;
            attempt += 1;
        }
    }

    fn lost_just_now(&self) -> Option<String> {
        let lost = self.lost.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, why) = lost.as_ref()?;
        (since.elapsed() < self.limits.rest).then(|| why.clone())
    }

    /// Sends a request a single time, where nothing depends on it.
    pub(super) fn send_once(&self, place: &str, request: StoreRequest) -> io::Result<StoreAnswer> {
        self.attempt(request, &mut None, GO_ON)
            .map_err(|trouble| match trouble {
                Trouble::End(error) => error,
                Trouble::Again(why) => ObjectStoreFailure::lost(place, &why).into(),
            })
    }

    fn rest(&self, attempt: u32, stop: Stop<'_>) -> io::Result<()> {
        let pause = self.limits.pause.saturating_mul(1 << (attempt - 1).min(6));
        let since = Instant::now();
        while since.elapsed() < pause {
            if stop(0) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            std::thread::sleep(POLL.min(pause));
        }
        Ok(())
    }

    fn attempt(
        &self,
        request: StoreRequest,
        sink: &mut Option<&mut dyn AnswerSink>,
        stop: Stop<'_>,
    ) -> Result<StoreAnswer, Trouble> {
        let moved = Arc::<AtomicU64>::default();
        self.runtime.block_on(async {
            let mut work = pin!(self.exchange(request, &moved, sink));
            let (mut seen, mut since) = (0, Instant::now());
            loop {
                tokio::select! {
                    done = &mut work => return done,
                    () = tokio::time::sleep(POLL) => {}
                }
                let now = moved.load(Ordering::Relaxed);
                if stop(now) {
                    return Err(Trouble::End(io::ErrorKind::Interrupted.into()));
                }
                if now != seen {
                    (seen, since) = (now, Instant::now());
                } else if since.elapsed() > self.limits.idle.max(self.limits.connect) {
                    let idle = since.elapsed().as_millis();
                    return Err(Trouble::Again(format!("nothing moved for {idle} ms")));
                }
            }
        })
    }

    async fn exchange(
        &self,
        request: StoreRequest,
        moved: &Arc<AtomicU64>,
        sink: &mut Option<&mut dyn AnswerSink>,
    ) -> Result<StoreAnswer, Trouble> {
        let again = |error: reqwest::Error| Trouble::Again(told_by(error));
        let mut sent = self.client.request(request.method, request.url);
        for (name, value) in request.headers {
            sent = sent.header(name, value);
        }
        let sent = match request.content {
            UploadContent::Nothing => sent,
            UploadContent::Text(text) => sent.body(text),
            UploadContent::File(file, size) => sent.body(Body::wrap(FileBody {
                file,
                left: size,
                moved: Arc::clone(moved),
            })),
        };
        let mut response = sent.send().await.map_err(again)?;
        moved.fetch_add(1, Ordering::Relaxed);
        let mut answer = StoreAnswer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: Vec::new(),
        };
        let mut sink = sink.as_mut().filter(|_| response.status().is_success());
        if let Some(sink) = &mut sink {
            sink.begin(&answer).map_err(Trouble::End)?;
        }
        while let Some(piece) = response.chunk().await.map_err(again)? {
            moved.fetch_add(piece.len() as u64, Ordering::Relaxed);
            match &mut sink {
                Some(sink) => sink.piece(&piece).map_err(Trouble::End)?,
                None if answer.body.len() + piece.len() <= MOST_KEPT => {
                    answer.body.extend_from_slice(&piece);
                }
                None => return Err(Trouble::Again("the answer is too long".to_owned())),
            }
        }
        if matches!(answer.status, 429 | 500 | 502..=599) {
            let code = super::failure::code_in(&answer.body);
            return Err(Trouble::Again(format!("HTTP {} {code}", answer.status)));
        }
        Ok(answer)
    }
}

/// A file on its way to the server.
struct FileBody {
    file: File,
    left: u64,
    moved: Arc<AtomicU64>,
}

impl HttpBody for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let take = usize::try_from(self.left).unwrap_or(PIECE).min(PIECE);
        let mut piece = vec![0; take];
        if let Err(error) = self.file.read_exact(&mut piece) {
            return Poll::Ready(Some(Err(error)));
        }
        self.left -= take as u64;
        self.moved.fetch_add(take as u64, Ordering::Relaxed);
        Poll::Ready(Some(Ok(Frame::data(piece.into()))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
