use std::panic::AssertUnwindSafe;

use axum::http::{Method, Uri};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;

use crate::problem::{Kind, Problem};

/// A panic in a handler is this request's problem and nobody else's.
pub(crate) async fn guard(method: &Method, uri: &Uri, answer: impl Future<Output = Response>) -> Response {
    AssertUnwindSafe(answer).catch_unwind().await.unwrap_or_else(|_| {
        tracing::error!(event = "panic", %method, path = uri.path(), "a handler panicked");
        Problem::new(Kind::Bug, "the manager failed to answer this request; see its log").into_response()
    })
}

#[cfg(test)]
mod tests {
    use axum::extract::Request;
    use axum::middleware::{self, Next};
    use axum::{Router, routing};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    #[tokio::test]
    async fn a_panic_becomes_a_problem_document() {
        async fn bad() -> &'static str {
            panic!("on purpose")
        }
        async fn guarded(request: Request, next: Next) -> Response {
            let (method, uri) = (request.method().clone(), request.uri().clone());
            guard(&method, &uri, next.run(request)).await
        }
        let router = Router::new().route("/", routing::get(bad)).layer(middleware::from_fn(guarded));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut connection = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let server = tokio::spawn(async move { axum::serve(listener, router).await });
        connection.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut reply = String::new();
        connection.read_to_string(&mut reply).await.unwrap();
        server.abort();
        assert!(reply.starts_with("HTTP/1.1 500"), "{reply}");
        assert!(reply.contains("application/problem+json"), "{reply}");
    }
}
