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

/// How long a client may take to send a body.
const SEND_WITHIN: Duration = Duration::from_secs(30);

/// A body that says that it is JSON, within the limit; not looked into yet.
#[derive(Debug)]
pub(crate) struct JsonBody(pub(crate) Bytes);

impl FromRequest<Arc<App>> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        check_content_type(request.headers())?;
        read_whole(request, app.max_body).await.map(Self)
    }
}

/// The body, if it is within the limit and comes in time.
pub(super) async fn read_whole(request: Request, limit: usize) -> Result<Bytes, Problem> {
    let mut body = BytesMut::new();
    read_parts(request, limit, |part| {
        body.extend_from_slice(&part);
        Ok(())
    })
    .await?;
    Ok(body.freeze())
}

/// Gives the parts of a body, as they come, to `take`.
pub(super) async fn read_parts(
    request: Request,
    limit: usize,
    take: impl FnMut(Bytes) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let slow = || Problem::new(Kind::TooSlow, format!("the body did not arrive within {} s", SEND_WITHIN.as_secs()));
    timeout(SEND_WITHIN, read(request, limit, take)).await.unwrap_or_else(|_| Err(slow()))
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
    limit: usize,
    mut take: impl FnMut(Bytes) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let too_large =
        || Problem::new(Kind::TooLarge, format!("the body is larger than MAX_BODY, which is {limit} bytes"));
    let announced =
        request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let mut stream = request.into_body().into_data_stream();
    let mut length = 0;
    while let Some(part) = stream.next().await {
        let part = part.map_err(|error| Problem::new(Kind::BrokenRequest, format!("the body broke off: {error}")))?;
        length += part.len();
        if length > limit {
            return Err(too_large());
        }
        take(part)?;
    }
    Ok(())
}
