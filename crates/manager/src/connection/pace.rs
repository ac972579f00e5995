use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use hyper::body::{Frame, SizeHint};
use tokio::time::Instant;

/// How long a connection may be there between two requests. Longer than the minute after which load balancers close
/// theirs: whoever closes first must not be the one who is just being sent a request.
pub(super) const IDLE: Duration = Duration::from_secs(75);
/// How long the head of a request may take from its first byte (the first one: from the connection) to its end.
pub(super) const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// How long a client may take nothing of its answer.
pub(super) const TAKE_WITHIN: Duration = Duration::from_secs(10);

/// What a connection is doing, for the time that it may take.
#[derive(Debug)]
pub(super) struct Pace(Mutex<Phase>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Since the last answer there was nothing.
    Idle(Instant),
    /// Since then the head of a request arrives.
    Head(Instant),
    /// A request is read and answered; who does that minds the time.
    Busy,
}

impl Pace {
    /// Of a connection that was just made.
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(Phase::Head(Instant::now()))))
    }

    /// Until when something must arrive.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match self.get() {
            Phase::Idle(since) => Some(since + IDLE),
            Phase::Head(since) => Some(since + HEAD_WITHIN),
            Phase::Busy => None,
        }
    }

    /// Something arrived.
    pub(super) fn arrived(&self) {
        if let Phase::Idle(_) = self.get() {
            self.set(Phase::Head(Instant::now()));
        }
    }

    /// The head of a request is complete.
    pub(super) fn answering(&self) {
        self.set(Phase::Busy);
    }

    fn answered(&self) {
        self.set(Phase::Idle(Instant::now()));
    }

    fn get(&self) -> Phase {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, phase: Phase) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = phase;
    }
}

/// The body of an answer: when it is gone, the connection is idle.
#[derive(Debug)]
pub(super) struct Answer {
    body: Body,
    pace: Arc<Pace>,
}

impl Answer {
    pub(super) fn new(body: Body, pace: Arc<Pace>) -> Self {
        Self { body, pace }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.pace.answered();
    }
}

impl hyper::body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
