use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::Client;

/// What a manager in a test does with a call.
pub(super) enum Answer {
    Reply(u16, Value),
    /// Reads the call and ends the connection.
    HangUp,
    /// Reads the call and never answers.
    Silence,
    /// Sends these pieces of a stream of events and ends the connection.
    Stream(Vec<&'static str>),
}

/// What a manager in a test was asked.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Call {
    pub(super) head: String,
    pub(super) body: Value,
}

/// Answers calls one after the other; keeps those that it read.
pub(super) struct Manager {
    pub(super) url: String,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Manager {
    /// Gives these answers, one after the other, and is not there any more then.
    pub(super) async fn start(answers: Vec<Answer>) -> Self {
        let mut answers = answers.into_iter();
        Self::answering(move |_| answers.next()).await
    }

    /// Gives whatever answers these are.
    pub(super) async fn with(mut answer: impl FnMut(&Call) -> Answer + Send + 'static) -> Self {
        Self::answering(move |call| Some(answer(call))).await
    }

    async fn answering(mut answer: impl FnMut(&Call) -> Option<Answer> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let calls = Arc::new(Mutex::new(Vec::new()));
        let seen = calls.clone();
        tokio::spawn(async move {
            loop {
                let (mut connection, _) = listener.accept().await.expect("a connection");
                let call = read(&mut connection).await;
                seen.lock().unwrap().push(call.clone());
                let answer = answer(&call);
                match answer {
                    Some(Answer::Reply(status, body)) => reply(&mut connection, status, &body).await,
                    Some(Answer::HangUp) => {}
                    Some(Answer::Silence) => {
                        // Until the client gives up.
                        let _ = connection.read(&mut [0]).await;
                    }
                    Some(Answer::Stream(pieces)) => stream(&mut connection, &pieces).await,
                    None => panic!("one call too many: {call:?}"),
                }
            }
        });
        Self { url, calls }
    }

    pub(super) fn client(&self) -> Client {
        Client::new(&self.url, Some("sesame")).expect("a client")
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }
}

async fn read(connection: &mut TcpStream) -> Call {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().expect("a length")) {
                return Call { head: head.to_owned(), body: serde_json::from_str(body).unwrap_or_default() };
            }
        }
        assert_ne!(connection.read_buf(&mut bytes).await.expect("more"), 0, "{text}");
    }
}

async fn reply(connection: &mut TcpStream, status: u16, body: &Value) {
    let body = if status == 204 { String::new() } else { body.to_string() };
    let head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\nretry-after: 1\r\ncontent-length: {}", body.len());
    connection.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).await.expect("written");
}

async fn stream(connection: &mut TcpStream, pieces: &[&str]) {
    let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: text/event-stream\r\n\r\n";
    connection.write_all(head.as_bytes()).await.expect("written");
    for piece in pieces {
        connection.write_all(piece.as_bytes()).await.expect("written");
    }
}

pub(super) fn task(status: &str) -> Value {
    json!({"id": "01JBKR2E5F3G4H5J6K7X8M9N0P", "name": "noop", "version": 1, "queue": "default", "status": status,
        "attempt": 1, "result": null})
}

pub(super) fn problem(status: u16, detail: &str) -> Answer {
    Answer::Reply(status, json!({"status": status, "detail": detail}))
}
