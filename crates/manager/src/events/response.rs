use std::convert::Infallible;
use std::time::Duration;

use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, HeaderName};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt};
use tokio_util::sync::CancellationToken;

use crate::room::Taken;

/// A comment in this time, so that nobody on the way takes the connection for dead.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// A response of these events, until they or the manager end.
pub(crate) fn stream(
    events: impl Stream<Item = Event> + Send + 'static,
    room: Taken,
    stop: CancellationToken,
) -> Response {
    let events = events.take_until(stop.cancelled_owned()).map(move |event| {
        // Kept as long as the stream is.
        let _ = &room;
        Ok::<_, Infallible>(event)
    });
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // What proxies gather before they pass it on comes too late.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}
