//! A client that can also send what a well-behaved one would not.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The longest that any reply may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(90);

#[derive(Debug, Clone)]
pub struct Request {
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    head: String,
    pub body: Vec<u8>,
}

pub fn get(path: impl Into<String>) -> Request {
    Request { method: "GET", path: path.into(), headers: Vec::new(), body: Vec::new() }
}

pub fn method(method: &'static str, path: impl Into<String>) -> Request {
    Request { method, ..get(path) }
}

/// A POST without a body.
pub fn post(path: impl Into<String>) -> Request {
    method("POST", path)
}

/// A POST with these bytes as JSON.
pub fn post_bytes(path: impl Into<String>, body: impl Into<Vec<u8>>) -> Request {
    Request { body: body.into(), ..post(path) }.header("content-type", "application/json")
}

pub fn post_json(path: impl Into<String>, body: &Value) -> Request {
    post_bytes(path, body.to_string())
}

/// With this method and body, as JSON.
pub fn method_json(method: &'static str, path: impl Into<String>, body: &Value) -> Request {
    Request { method, ..post_json(path, body) }
}

impl Request {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without_header(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    pub async fn send(self, address: SocketAddr) -> Reply {
        let mut text = format!("{} {} HTTP/1.1\r\nconnection: close\r\n", self.method, self.path);
        let with_host = self.header_or("host", &address.to_string()).header_or_length();
        for (name, value) in &with_host.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str("\r\n");
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(&with_host.body);
        let exchange = async {
            let mut connection = TcpStream::connect(address).await.expect("connect");
            connection.write_all(&bytes).await.expect("send");
            let mut reply = Vec::new();
            connection.read_to_end(&mut reply).await.expect("receive");
            reply
        };
        Reply::parse(&timeout(ANSWER_WITHIN, exchange).await.expect("a reply"))
    }

    fn header_or(self, name: &str, value: &str) -> Self {
        if self.headers.iter().any(|(known, _)| known == name) { self } else { self.header(name, value) }
    }

    fn header_or_length(self) -> Self {
        let length = self.body.len().to_string();
        if self.method == "GET" { self } else { self.header_or("content-length", &length) }
    }
}

impl Reply {
    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("the end of the headers");
        let head = String::from_utf8(bytes[..end].to_vec()).expect("headers in ASCII");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        Self { status, head, body: bytes[end + 4..].to_vec() }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let named = |line: &&str| line.split(':').next().is_some_and(|known| known.eq_ignore_ascii_case(name));
        self.head.lines().skip(1).find(named).and_then(|line| line.split_once(':')).map(|(_, value)| value.trim())
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a body in UTF-8")
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The JSON of a reply with this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), Some("application/json"));
        self.json()
    }

    /// The problem document with this status: always complete.
    #[track_caller]
    pub fn problem(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        let problem = self.json();
        assert_eq!(problem["status"], status, "{problem}");
        for field in ["type", "title", "detail"] {
            assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{field}: {problem}");
        }
        problem
    }
}
