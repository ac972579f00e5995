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
        check_content_type(request.headers())?;
        let (body, room) = read_whole(request, app).await?;
        Ok(Self(Bytes::from_owner(Held { body, _room: room })))
    }
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

/// The body, if it is within the limit, comes in time, and there is room for it; and that room.
pub(super) async fn read_whole(request: Request, app: &App) -> Result<(BytesMut, Taken), Problem> {
    let mut body = BytesMut::new();
    let room = read_parts(request, app, |part| {
        body.extend_from_slice(&part);
        Ok(())
    })
    .await?;
    Ok((body, room))
}

/// Gives the parts of a body, as they come, to `take`. The room for all of them is held until what comes back is
/// dropped.
pub(super) async fn read_parts(
    request: Request,
    app: &App,
    take: impl FnMut(Bytes) -> Result<(), Problem>,
) -> Result<Taken, Problem> {
    let slow = || Problem::new(Kind::TooSlow, format!("the body did not arrive within {} s", SEND_WITHIN.as_secs()));
    timeout(SEND_WITHIN, read(request, app, take)).await.unwrap_or_else(|_| Err(slow()))
}

fn check_content_type(headers: &HeaderMap) -> Result<(), Problem> {
    match media_type(headers) {
        Some(media_type) if media_type == "application/json" => Ok(()),
        other => Err(not_json_type(other.as_deref(), "application/json is expected")),
    }
}

/// What the body says it is, in lower case.
pub(super) fn media_type(headers: &HeaderMap) -> Option<String> {
    let sent = String::from_utf8_lossy(headers.get(CONTENT_TYPE)?.as_bytes()).into_owned();
    Some(sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

pub(super) fn not_json_type(media_type: Option<&str>, expected: &str) -> Problem {
    let detail = match media_type {
        Some(media_type) => {
            let shown: String = media_type.chars().take(60).collect();
            format!("Content-Type is `{shown}`: {expected}")
        }
        None => format!("there is no Content-Type: {expected}"),
    };
    Problem::new(Kind::NotJsonType, detail)
}

async fn read(
    request: Request,
    app: &App,
    mut take: impl FnMut(Bytes) -> Result<(), Problem>,
) -> Result<Taken, Problem> {
    let limit = app.max_body;
    let too_large =
        || Problem::new(Kind::TooLarge, format!("the body is larger than MAX_BODY, which is {limit} bytes"));
    let announced =
        request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let mut stream = request.into_body().into_data_stream();
    let mut length = 0;
    let mut room = app.room.for_body(0)?;
    while let Some(part) = stream.next().await {
        let part = part.map_err(|error| Problem::new(Kind::BrokenRequest, format!("the body broke off: {error}")))?;
        length += part.len();
        if length > limit {
            return Err(too_large());
        }
        room.merge(app.room.for_body(part.len())?);
        take(part)?;
    }
    Ok(room)
}
