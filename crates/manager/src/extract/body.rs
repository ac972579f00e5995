use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use tokio::time::timeout;

use crate::app::App;
use crate::problem::{Kind, Problem};
use crate::room::Taken;

/// How long a client may take to send a body.
const SEND_WITHIN: Duration = Duration::from_secs(30);

/// A body that says that it is JSON, within the limit; not looked into yet.
#[derive(Debug)]
pub(crate) struct JsonBody(pub(crate) Bytes);

impl FromRequest<Arc<App>> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        check_not_idempotent(request.headers())?;
        check_content_type(request.headers())?;
        let slow =
            |_| Err(Problem::new(Kind::TooSlow, format!("the body did not arrive within {} s", SEND_WITHIN.as_secs())));
        timeout(SEND_WITHIN, read(request, app)).await.unwrap_or_else(slow).map(Self)
    }
}

/// A promise that is not kept yet is refused, so that nobody relies on it.
fn check_not_idempotent(headers: &HeaderMap) -> Result<(), Problem> {
    if headers.contains_key("idempotency-key") {
        let detail = "the header Idempotency-Key is not built yet: send an `id` of your own in the body instead";
        return Err(Problem::new(Kind::NotBuiltYet, detail));
    }
    Ok(())
}

fn check_content_type(headers: &HeaderMap) -> Result<(), Problem> {
    let sent = headers.get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let media_type = sent.as_deref().map(|sent| sent.split(';').next().unwrap_or_default().trim());
    match media_type {
        Some(media_type) if media_type.eq_ignore_ascii_case("application/json") => Ok(()),
        Some(media_type) => {
            let shown: String = media_type.chars().take(60).collect();
            Err(Problem::new(Kind::NotJsonType, format!("Content-Type is `{shown}`: application/json is expected")))
        }
        None => Err(Problem::new(Kind::NotJsonType, "there is no Content-Type: application/json is expected")),
    }
}

async fn read(request: Request, app: &App) -> Result<Bytes, Problem> {
    let limit = app.max_body;
    let too_large =
        || Problem::new(Kind::TooLarge, format!("the body is larger than MAX_BODY, which is {limit} bytes"));
    let announced =
        request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let mut stream = request.into_body().into_data_stream();
    let mut body = BytesMut::new();
    let mut room = app.room.for_body(0)?;
    while let Some(part) = stream.next().await {
        let part = part.map_err(|error| Problem::new(Kind::BrokenRequest, format!("the body broke off: {error}")))?;
        if body.len() + part.len() > limit {
            return Err(too_large());
        }
        room.merge(app.room.for_body(part.len())?);
        body.extend_from_slice(&part);
    }
    Ok(Bytes::from_owner(Held { body, _room: room }))
}

/// A body that keeps its room for as long as any of it is used.
struct Held {
    body: BytesMut,
    _room: Taken,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.body
    }
}
