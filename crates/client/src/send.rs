use std::error::Error as _;
use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::{RequestBuilder, Response};
use serde::de::DeserializeOwned;

use super::{Client, Error, Problem};

impl Client {
    /// Sends a call and reads its answer.
    pub(super) async fn send<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        timeout: Duration,
    ) -> Result<T, Error> {
        let mut request = request.timeout(timeout);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.map_err(|error| self.no_answer(&error))?;
        let (status, retry_after) = (response.status().as_u16(), retry_after(&response));
        let body = response.bytes().await.map_err(|error| self.no_answer(&error))?;
        if (200..300).contains(&status) {
            return serde_json::from_slice(&body).map_err(|error| self.unexpected(format!("{status}: {error}")));
        }
        match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) => Err(Error::Problem(Problem { status, retry_after, ..problem })),
            Err(_) => {
                let text: String = String::from_utf8_lossy(&body).trim().chars().take(200).collect();
                Err(self.unexpected(format!("{status}: {text}")))
            }
        }
    }

    fn no_answer(&self, error: &reqwest::Error) -> Error {
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

    fn unexpected(&self, detail: String) -> Error {
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
