//! A merchant's own server, which takes notifications in.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;

/// The address where notifications come in.
pub(crate) struct ShopListener(pub(crate) TcpListener);

/// A message as it came.
pub(crate) struct ShopMessage {
    /// Header lines.
    pub(crate) head: String,
    /// As many bytes as came.
    pub(crate) body: String,
}

impl ShopMessage {
    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

impl ShopListener {
    pub(crate) fn open() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/told", self.0.local_addr().unwrap())
    }

    /// Takes one message in, and confirms it or says that it did not work.
    pub(crate) fn hears(&self, confirms: bool) -> ShopMessage {
        let (stream, _) = self.0.accept().unwrap();
        let mut reader = BufReader::new(&stream);
        let (mut length, mut head) = (0, String::new());
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
            head.push_str(&line);
        }
        let mut body = Vec::new();
        // A message that is cut ends early.
        drop(reader.take(length).read_to_end(&mut body));
        let (status, answer) = if confirms {
            let answer = "<xml><return_code>SUCCESS</return_code><return_msg>OK</return_msg></xml>";
            ("200 OK", answer)
        } else {
            let answer = "<xml><return_code>FAIL</return_code><return_msg>no</return_msg></xml>";
            ("500 Internal Server Error", answer)
        };
        let head_out = format!(
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n",
            answer.len()
        );
        // Who cut its message does not wait for an answer.
        drop((&stream).write_all((head_out + answer).as_bytes()));
        ShopMessage {
            head,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }
}
