use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::limits::REFUSED_AT_ONCE;
use super::pace::{Answer, Pace};
use super::refuse::refuse;
use super::timed::Timed;
use crate::service::Service;

/// Pause after the system had no file or memory for a connection.
const PAUSE: Duration = Duration::from_millis(100);
/// How long what was sent may stay unconfirmed: a client that vanished, or whose window stays shut, is given up.
const CONFIRM_WITHIN: Duration = Duration::from_secs(30);
/// How long a connection is read at the end of everything before it counts as idle.
const LAST_LOOK: Duration = Duration::from_millis(50);
/// Of the head of a request, and of requests that are sent ahead.
const READ_AHEAD: usize = 64 << 10;

/// How connections are served, and when that ends.
#[derive(Debug, Clone)]
pub(crate) struct Serving {
    pub(crate) most: usize,
    /// Nothing more is accepted; what was accepted is finished, and whoever has nothing to be answered is closed.
    pub(crate) stop: CancellationToken,
    /// Everything ends.
    pub(crate) end: CancellationToken,
}

/// Serves until it is told to stop and all connections have ended.
pub(crate) async fn serve(listener: TcpListener, service: Service, serving: Serving) {
    let stop = serving.stop.clone();
    let mut acceptor = Acceptor {
        listener,
        service,
        places: Arc::new(Semaphore::new(serving.most)),
        refusals: Arc::new(Semaphore::new(REFUSED_AT_ONCE)),
        full: false,
        tracker: TaskTracker::new(),
        serving,
    };
    stop.run_until_cancelled(acceptor.accept()).await;
    let tracker = acceptor.accept_the_rest();
    tracker.close();
    tracker.wait().await;
}

struct Acceptor {
    listener: TcpListener,
    service: Service,
    serving: Serving,
    places: Arc<Semaphore>,
    refusals: Arc<Semaphore>,
    /// The last connection was sent away.
    full: bool,
    tracker: TaskTracker,
}

impl Acceptor {
    async fn accept(&mut self) {
        loop {
            // Only with a place for it: what is accepted and then dropped was promised an answer.
            let place = self.place().await;
            match self.listener.accept().await {
                Ok((stream, _)) => self.start(stream, place),
                Err(error) => pause_after(&error).await,
            }
        }
    }

    /// Whoever is connected but not accepted yet would be cut off, maybe in the middle of a request. Asks the system
    /// itself, because the runtime may not have heard of them yet.
    fn accept_the_rest(self) -> TaskTracker {
        let Self { listener, service, serving, places, tracker, .. } = self;
        let Ok(listener) = listener.into_std() else { return tracker };
        while let Ok(place) = places.clone().try_acquire_owned()
            && let Ok((stream, _)) = listener.accept()
            && stream.set_nonblocking(true).is_ok()
            && let Ok(stream) = TcpStream::from_std(stream)
        {
            begin(stream, Place::Served(place), &service, &serving, &tracker);
        }
        tracker
    }

    /// A place, at best one to be served at. While there is none at all, nothing more is accepted.
    async fn place(&self) -> Place {
        let permit = tokio::select! {
            biased;
            permit = self.places.clone().acquire_owned() => permit.map(Place::Served),
            permit = self.refusals.clone().acquire_owned() => permit.map(Place::Refused),
        };
        permit.expect("these semaphores are never closed")
    }

    fn start(&mut self, stream: TcpStream, place: Place) {
        // A place may have become free while nobody came.
        let place = match place {
            Place::Refused(refusal) => {
                self.places.clone().try_acquire_owned().map_or(Place::Refused(refusal), Place::Served)
            }
            served @ Place::Served(_) => served,
        };
        let refused = matches!(place, Place::Refused(_));
        if refused && !self.full {
            tracing::warn!(event = "connections_full", most = self.serving.most, "connections are sent away");
        }
        self.full = refused;
        begin(stream, place, &self.service, &self.serving, &self.tracker);
    }
}

fn begin(stream: TcpStream, place: Place, service: &Service, serving: &Serving, tracker: &TaskTracker) {
    prepare(&stream);
    let one = one(stream, place, service.clone(), serving.stop.clone());
    let end = serving.end.clone();
    tracker.spawn(async move { end.run_until_cancelled(one).await });
}

enum Place {
    Served(OwnedSemaphorePermit),
    Refused(OwnedSemaphorePermit),
}

async fn one(stream: TcpStream, place: Place, service: Service, stop: CancellationToken) {
    let _permit = match place {
        Place::Served(permit) => permit,
        Place::Refused(_permit) => return refuse(stream).await,
    };
    let pace = Pace::new();
    let answering = service_fn({
        let pace = pace.clone();
        move |request| answer(service.clone(), request, pace.clone())
    });
    let connection = http1::Builder::new()
        .header_read_timeout(None)
        .max_buf_size(READ_AHEAD)
        .serve_connection(TokioIo::new(Timed::new(stream, pace)), answering);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            // A request that is here already, though nobody has read it yet, is answered.
            match timeout(LAST_LOOK, connection.as_mut()).await {
                Ok(ended) => ended,
                Err(_) => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(event = "connection_broke", %error);
    }
}

async fn answer(service: Service, request: Request<Incoming>, pace: Arc<Pace>) -> Result<Response<Answer>, Infallible> {
    pace.answering();
    let response = service.answer(request.map(Body::new)).await;
    Ok(response.map(|body| Answer::new(body, pace)))
}

/// What a connection does not do is no reason to refuse it.
fn prepare(stream: &TcpStream) {
    // Replies are small and written at once: waiting for more to send would only delay them.
    let _ = stream.set_nodelay(true);
    let socket = SockRef::from(stream);
    let _ = socket.set_keepalive(true);
    #[cfg(target_os = "linux")]
    let _ = socket.set_tcp_user_timeout(Some(CONFIRM_WITHIN));
}

/// A connection that broke before it was accepted is nobody's trouble; too many files is everybody's.
async fn pause_after(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::warn!(event = "accept_failed", %error, "cannot accept connections right now");
        sleep(PAUSE).await;
    }
}
