//! A gateway that answers every request with the same bytes, and keeps what it was asked.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Listens on loopback until the test program ends.
pub(crate) struct FakeGateway {
    pub(crate) base: String,
    asked: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl FakeGateway {
    /// Answers with status, further header lines and a body.
    pub(crate) fn new(status: &str, headers: &[u8], body: &[u8]) -> Self {
        let mut answer = format!(
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n",
            body.len()
        )
        .into_bytes();
        answer.extend_from_slice(headers);
        answer.extend_from_slice(b"\r\n");
        answer.extend_from_slice(body);
        Self::of_bytes(answer)
    }

    /// Answers with these very bytes.
    pub(crate) fn of_bytes(answer: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&asked);
        std::thread::Builder::new()
            .name("fake gateway".to_owned())
            .spawn(move || {
                for stream in listener.incoming() {
                    let Ok(mut stream) = stream else { return };
                    let request = read_request(&mut stream);
                    kept.lock().unwrap().push(request);
                    // A client that went away is no fault of the test.
                    drop(stream.write_all(&answer));
                }
            })
            .unwrap();
        Self { base, asked }
    }

    /// Every request so far.
    pub(crate) fn asked(&self) -> Vec<Vec<u8>> {
        self.asked.lock().unwrap().clone()
    }
}

/// Head and body of a request, as far as they come.
fn read_request(stream: &mut TcpStream) -> Vec<u8> {
    stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    loop {
        if let Some(head) = request.windows(4).position(|four| four == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&request[..head]).to_ascii_lowercase();
            let length = text
                .lines()
                .find_map(|line| line.strip_prefix("content-length:"))
                .map_or(0, |length| length.trim().parse().unwrap());
            if request.len() >= head + 4 + length {
                return request;
            }
        }
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => return request,
            Ok(count) => request.extend_from_slice(&piece[..count]),
        }
    }
}
