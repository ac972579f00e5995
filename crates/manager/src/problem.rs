//! Errors as RFC 9457 problem documents.

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use jobbers_core::operation::WrongField;
use jobbers_core::store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

/// Every problem that a client can meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    NotJson,
    BrokenRequest,
    MalformedId,
    MalformedWorkerId,
    MalformedName,
    WrongQuery,
    WrongHeader,
    NothingSelected,
    WrongCursor,
    UnknownTaskType,
    UnknownQueue,
    NotAuthenticated,
    NotAllowed,
    ForeignOrigin,
    NoSuchTask,
    NoSuchWorker,
    NoSuchQueue,
    NoSuchRole,
    NoSuchRoute,
    WrongMethod,
    TooSlow,
    WrongState,
    OtherContent,
    NameTaken,
    QueueNotEmpty,
    QueueGone,
    TooLarge,
    NotJsonType,
    WrongFields,
    NotBuiltYet,
    Bug,
    Starting,
    StoreAway,
    StoreFull,
    Busy,
}

impl Kind {
    /// Status, last part of the type, title.
    const fn facts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotJson => (StatusCode::BAD_REQUEST, "not-json", "The body is not JSON"),
            Self::BrokenRequest => (StatusCode::BAD_REQUEST, "broken-request", "The request is not complete"),
            Self::MalformedId => (StatusCode::BAD_REQUEST, "malformed-id", "Not a task id"),
            Self::MalformedWorkerId => (StatusCode::BAD_REQUEST, "malformed-worker-id", "Not a worker id"),
            Self::MalformedName => (StatusCode::BAD_REQUEST, "malformed-name", "Not a name"),
            Self::WrongQuery => (StatusCode::BAD_REQUEST, "wrong-query", "Wrong query parameter"),
            Self::WrongHeader => (StatusCode::BAD_REQUEST, "wrong-header", "Wrong header"),
            Self::WrongCursor => (StatusCode::BAD_REQUEST, "wrong-cursor", "Wrong cursor"),
            Self::NothingSelected => (StatusCode::BAD_REQUEST, "nothing-selected", "No tasks are selected"),
            Self::UnknownTaskType => (StatusCode::BAD_REQUEST, "unknown-task-type", "Unknown task type"),
            Self::UnknownQueue => (StatusCode::BAD_REQUEST, "unknown-queue", "Unknown queue"),
            Self::NotAuthenticated => (StatusCode::UNAUTHORIZED, "not-authenticated", "A token is needed"),
            Self::NotAllowed => (StatusCode::FORBIDDEN, "not-allowed", "The token does not allow this"),
            Self::ForeignOrigin => (StatusCode::FORBIDDEN, "foreign-origin", "Request from a foreign origin"),
            Self::NoSuchTask => (StatusCode::NOT_FOUND, "no-such-task", "No such task"),
            Self::NoSuchWorker => (StatusCode::NOT_FOUND, "no-such-worker", "No such worker"),
            Self::NoSuchQueue => (StatusCode::NOT_FOUND, "no-such-queue", "No such queue"),
            Self::NoSuchRole => (StatusCode::NOT_FOUND, "no-such-role", "No such role"),
            Self::NoSuchRoute => (StatusCode::NOT_FOUND, "no-such-route", "No such route"),
            Self::WrongMethod => (StatusCode::METHOD_NOT_ALLOWED, "wrong-method", "Wrong method"),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "too-slow", "The body took too long"),
            Self::WrongState => (StatusCode::CONFLICT, "wrong-state", "Not possible in this state"),
            Self::OtherContent => (StatusCode::CONFLICT, "other-content", "The id is taken by another task"),
            Self::NameTaken => (StatusCode::CONFLICT, "name-taken", "The name is taken"),
            Self::QueueNotEmpty => (StatusCode::CONFLICT, "queue-not-empty", "The queue has tasks"),
            Self::QueueGone => (StatusCode::CONFLICT, "queue-gone", "The queue does not exist any more"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large", "Too large"),
            Self::NotJsonType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json-type", "The body must be JSON"),
            Self::WrongFields => (StatusCode::UNPROCESSABLE_ENTITY, "wrong-fields", "Wrong fields"),
            Self::NotBuiltYet => (StatusCode::UNPROCESSABLE_ENTITY, "not-built-yet", "Not built yet"),
            Self::Bug => (StatusCode::INTERNAL_SERVER_ERROR, "bug", "An error of the manager"),
            Self::Starting => (StatusCode::SERVICE_UNAVAILABLE, "starting", "Waiting for the store"),
            Self::StoreAway => (StatusCode::SERVICE_UNAVAILABLE, "store-away", "The store does not answer"),
            Self::StoreFull => (StatusCode::SERVICE_UNAVAILABLE, "store-full", "The store is full"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy", "Too much at once"),
        }
    }
}

impl Kind {
    pub(crate) const fn status(self) -> StatusCode {
        self.facts().0
    }

    /// What tells it from other kinds, for programs.
    pub(crate) const fn slug(self) -> &'static str {
        self.facts().1
    }

    pub(crate) const fn title(self) -> &'static str {
        self.facts().2
    }

    /// The `type` of its documents.
    pub(crate) fn uri(self) -> String {
        format!("urn:jobbers:problem:{}", self.slug())
    }
}

/// A problem on its way to the client.
#[derive(Debug)]
pub(crate) struct Problem {
    kind: Kind,
    detail: String,
    errors: Vec<WrongField>,
    challenge: Option<&'static str>,
}

/// What is wrong, as RFC 9457 has it.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Document<'p> {
    /// `urn:jobbers:problem:` and a word that stays.
    #[serde(rename = "type")]
    kind: String,
    /// The type in words.
    title: &'p str,
    status: u16,
    /// What is wrong with this request, and what is allowed.
    detail: &'p str,
    /// Which fields of the body are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<Wrong<'p>>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = WrongField)]
struct Wrong<'p> {
    /// JSON pointer (RFC 6901) to the field.
    pointer: &'p str,
    detail: &'p str,
}

impl Problem {
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), errors: Vec::new(), challenge: None }
    }

    /// What is wrong with which fields; never empty.
    pub(crate) fn wrong_fields(kind: Kind, errors: Vec<WrongField>) -> Self {
        const MOST_IN_DETAIL: usize = 3;
        let mut sentences: Vec<String> = errors
            .iter()
            .take(MOST_IN_DETAIL)
            .map(|field| match field.pointer.as_str() {
                "" => format!("the body {}", field.detail),
                pointer => format!("{pointer} {}", field.detail),
            })
            .collect();
        if errors.len() > MOST_IN_DETAIL {
            sentences.push(format!("and {} more", errors.len() - MOST_IN_DETAIL));
        }
        Self { errors, ..Self::new(kind, sentences.join("; ")) }
    }

    /// What is wrong, in a sentence.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// Names the field that the detail is about.
    #[must_use]
    pub(crate) fn at(mut self, pointer: &str) -> Self {
        self.errors = vec![WrongField::new(pointer, self.detail.clone())];
        self
    }

    /// Says in what way to authenticate.
    #[must_use]
    pub(crate) fn challenge(mut self, challenge: &'static str) -> Self {
        self.challenge = Some(challenge);
        self
    }

    #[cfg(test)]
    pub(crate) fn status(&self) -> StatusCode {
        self.kind.status()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, title) = (self.kind.status(), self.kind.title());
        let document = Document {
            kind: self.kind.uri(),
            title,
            status: status.as_u16(),
            detail: &self.detail,
            errors: self.errors.iter().map(|field| Wrong { pointer: &field.pointer, detail: &field.detail }).collect(),
        };
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from(StoreError::RETRY_AFTER.as_secs()));
        }
        if let Some(challenge) = self.challenge {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}
