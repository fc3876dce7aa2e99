//! Connections that can be made to fail: cut after some bytes, or dripping.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::Sleep;
use tokio_rustls::server::TlsStream;

/// What a connection does to the bytes that are written to it.
#[derive(Debug, Default, Clone, Copy)]
struct Manner {
    cut_after: Option<u64>,
    drip: Option<Duration>,
}

/// The handle by which a request changes the manner of its own connection.
#[derive(Debug, Default)]
pub(crate) struct Wire(Mutex<Manner>);

impl Wire {
    fn manner(&self) -> MutexGuard<'_, Manner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets `bytes` more through and then resets the connection.
    pub(crate) fn cut_after(&self, bytes: u64) {
        self.manner().cut_after = Some(bytes);
    }

    /// From now on one byte in this time.
    pub(crate) fn drip(&self, pause: Duration) {
        self.manner().drip = Some(pause);
    }
}

/// Who is on the other end.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    /// The connection's handle.
    pub(crate) wire: Arc<Wire>,
    /// The certificate it showed (DER), issued by the sandbox's authority.
    pub(crate) certificate: Option<Arc<Vec<u8>>>,
    /// True for a connection over TLS.
    pub(crate) is_secure: bool,
}

impl Connected<IncomingStream<'_, Gate>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Gate>) -> Self {
        let io = stream.io();
        Self {
            wire: Arc::clone(&io.wire),
            certificate: io.certificate.clone(),
            is_secure: matches!(io.io, Io::Secure(_)),
        }
    }
}

enum Io {
    Plain(TcpStream),
    Secure(Box<TlsStream<TcpStream>>),
}

/// A connection, plain or secure.
pub(crate) struct SandboxConnection {
    io: Io,
    wire: Arc<Wire>,
    certificate: Option<Arc<Vec<u8>>>,
    pause: Option<Pin<Box<Sleep>>>,
}

impl SandboxConnection {
    pub(crate) fn plain(stream: TcpStream) -> Self {
        Self::new(Io::Plain(stream), None)
    }

    pub(crate) fn secure(stream: TlsStream<TcpStream>) -> Self {
        let shown = stream.get_ref().1.peer_certificates();
        let certificate = shown
            .and_then(|chain| chain.first())
            .map(|first| Arc::new(first.to_vec()));
        Self::new(Io::Secure(Box::new(stream)), certificate)
    }

    fn new(io: Io, certificate: Option<Arc<Vec<u8>>>) -> Self {
        Self {
            io,
            wire: Arc::default(),
            certificate,
            pause: None,
        }
    }

    fn reset(&self) -> io::Error {
        let stream = match &self.io {
            Io::Plain(stream) => stream,
            Io::Secure(stream) => stream.get_ref().0,
        };
        // Without lingering the close below becomes a reset, as a broken line looks to the client.
        drop(stream.set_zero_linger());
        io::ErrorKind::ConnectionReset.into()
    }
}

impl AsyncRead for SandboxConnection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.io {
            Io::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Io::Secure(stream) => Pin::new(stream.as_mut()).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for SandboxConnection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let manner = *self.wire.manner();
        let mut room = buf.len();
        if let Some(left) = manner.cut_after {
            if left == 0 {
                return Poll::Ready(Err(self.reset()));
            }
            room = room.min(usize::try_from(left).unwrap_or(usize::MAX));
        }
        if let Some(pause) = manner.drip {
            room = room.min(1);
            let sleep = self
                .pause
                .get_or_insert_with(|| Box::pin(tokio::time::sleep(pause)));
            std::task::ready!(sleep.as_mut().poll(cx));
            self.pause = None;
        }
        let part = buf.get(..room).unwrap_or(buf);
        let written = std::task::ready!(match &mut self.io {
            Io::Plain(stream) => Pin::new(stream).poll_write(cx, part),
            Io::Secure(stream) => Pin::new(stream.as_mut()).poll_write(cx, part),
        })?;
        if let Some(left) = self.wire.manner().cut_after.as_mut() {
            *left = left.saturating_sub(written as u64);
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.io {
            Io::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Io::Secure(stream) => Pin::new(stream.as_mut()).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.io {
            Io::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Io::Secure(stream) => Pin::new(stream.as_mut()).poll_shutdown(cx),
        }
    }
}

/// Hands ready connections to the HTTP server; handshakes are done elsewhere and hold nobody up.
pub(crate) struct Gate {
    pub(crate) ready: mpsc::Receiver<(SandboxConnection, SocketAddr)>,
    pub(crate) address: SocketAddr,
}

impl Listener for Gate {
    type Io = SandboxConnection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (SandboxConnection, SocketAddr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            // The accepting task is gone: the server is being stopped.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}
