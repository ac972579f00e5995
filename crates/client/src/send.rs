use std::error::Error as _;
use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::{RequestBuilder, Response};
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep};

use super::{Client, Error, Problem};

/// How often a call is sent whose connection breaks.
const TRIES: u32 = 3;

/// The pause before a manager is asked again that did not say when.
const PAUSE: Duration = Duration::from_millis(250);

/// When a call may be sent again by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// When the manager asks for it, or the connection broke: sent twice it happens once.
    Safe,
    /// Only when the manager asks for it.
    Asked,
}

impl Client {
    /// Sends a call, again if need be, and reads its answer.
    pub(super) async fn call<T: DeserializeOwned>(&self, request: RequestBuilder, repeat: Repeat) -> Result<T, Error> {
        self.call_counted(request, repeat).await.0
    }

    /// Also answers whether the call was sent more than once.
    pub(super) async fn call_counted<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        repeat: Repeat,
    ) -> (Result<T, Error>, bool) {
        let began = Instant::now();
        let mut lost = 0;
        let mut sent = 0;
        loop {
            let Some(again) = request.try_clone() else { return (self.send(request, self.timeout).await, false) };
            let answer = self.send(again, self.timeout).await;
            sent += 1;
            let left = self.patience.saturating_sub(began.elapsed());
            let pause = match &answer {
                Err(Error::NoAnswer { .. }) if repeat == Repeat::Safe && lost + 1 < TRIES && !left.is_zero() => {
                    lost += 1;
                    Duration::ZERO
                }
                // It was there a moment ago.
                Err(Error::Unreachable { .. }) if lost > 0 => PAUSE,
                Err(Error::Problem(Problem { status: 429 | 503, retry_after: Some(time), .. })) => *time,
                _ => return (answer, sent > 1),
            };
            if pause > left {
                return (answer, sent > 1);
            }
            sleep(pause).await;
        }
    }

    /// Sends a call once and reads its answer.
    pub(super) async fn send<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        timeout: Duration,
    ) -> Result<T, Error> {
        let response = self.open(request.timeout(timeout)).await?;
        let status = response.status().as_u16();
        let body = response.bytes().await.map_err(|error| self.no_answer(&error))?;
        serde_json::from_slice(&body).map_err(|error| self.unexpected(format!("{status}: {error}")))
    }

    /// Sends a call and answers what comes back, if the manager agrees.
    pub(super) async fn open(&self, mut request: RequestBuilder) -> Result<Response, Error> {
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.map_err(|error| self.no_answer(&error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let (status, retry_after) = (response.status().as_u16(), retry_after(&response));
        let body = response.bytes().await.map_err(|error| self.no_answer(&error))?;
        match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) => Err(Error::Problem(Problem { status, retry_after, ..problem })),
            Err(_) => {
                let text: String = String::from_utf8_lossy(&body).trim().chars().take(200).collect();
                Err(self.unexpected(format!("{status}: {text}")))
            }
        }
    }

    pub(super) fn no_answer(&self, error: &reqwest::Error) -> Error {
        let url = self.base.as_str().trim_end_matches('/').to_owned();
        let detail = cause(error);
        if error.is_builder() {
            Error::Configuration(detail)
        } else if error.is_connect() {
            Error::Unreachable { url, detail }
        } else {
            Error::NoAnswer { url, detail }
        }
    }

    pub(super) fn unexpected(&self, detail: String) -> Error {
        Error::Unexpected { url: self.base.as_str().trim_end_matches('/').to_owned(), detail }
    }
}

/// The first cause says what happened; the errors around it only where.
fn cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "the time was over".to_owned();
    }
    let mut cause = error.source();
    while let Some(deeper) = cause.and_then(|error| error.source()) {
        cause = Some(deeper);
    }
    cause.map_or_else(|| error.to_string(), ToString::to_string)
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}
