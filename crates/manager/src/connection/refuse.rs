use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Request, Response};
use axum::response::IntoResponse;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::problem::{Kind, Problem};
use crate::routes::health;

/// The longest that this takes.
const WITHIN: Duration = Duration::from_secs(2);

/// Answers one request of a connection for which there is no place, and closes it. That the manager lives is answered
/// as ever: a supervisor must not kill it for having much to do.
pub(super) async fn refuse(stream: TcpStream) {
    let conversation = async {
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .keep_alive(false)
            .serve_connection(TokioIo::new(stream), service_fn(answer));
        let mut stream = connection.without_shutdown().await.ok()?.io.into_inner();
        stream.shutdown().await.ok()?;
        // What is still arriving must be taken: closing on it would take the answer away from the client.
        let mut rest = [0; 4096];
        while stream.read(&mut rest).await.ok()? > 0 {}
        Some(())
    };
    let _ = timeout(WITHIN, conversation).await;
}

async fn answer(request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
    let path = request.uri().path();
    let mut response = if matches!(path, "/livez" | "/api/livez") {
        health::live().await.into_response()
    } else {
        let detail = "the manager has as many connections as it may (MAX_CONNECTIONS): try again later";
        Problem::new(Kind::Busy, detail).into_response()
    };
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    Ok(response)
}
