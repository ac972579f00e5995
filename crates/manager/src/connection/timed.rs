use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::pace::{Pace, TAKE_WITHIN};

/// A connection that ends when its client is too slow.
#[derive(Debug)]
pub(super) struct Timed<S> {
    stream: S,
    pace: Arc<Pace>,
    arriving: Timer,
    taking: Timer,
}

impl<S> Timed<S> {
    pub(super) fn new(stream: S, pace: Arc<Pace>) -> Self {
        Self { stream, pace, arriving: Timer::default(), taking: Timer::default() }
    }

    /// What became of a write; one that the client takes nothing of for too long is an error.
    fn taken<T>(&mut self, written: Poll<io::Result<T>>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.taking.clear();
            return written;
        }
        let deadline = self.taking.deadline.unwrap_or_else(|| Instant::now() + TAKE_WITHIN);
        self.taking.expire(deadline, cx).map(|()| Err(too_slow("the client does not take its answer")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Timed<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let me = &mut *self;
        if let Poll::Ready(read) = Pin::new(&mut me.stream).poll_read(cx, buffer) {
            me.pace.arrived();
            return Poll::Ready(read);
        }
        let Some(deadline) = me.pace.deadline() else {
            me.arriving.clear();
            return Poll::Pending;
        };
        ready!(me.arriving.expire(deadline, cx));
        Poll::Ready(Err(too_slow("the client sends no request")))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Timed<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.taken(written, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.taken(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.taken(flushed, cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.taken(shut, cx)
    }
}

fn too_slow(detail: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, detail)
}

/// Costs nothing until it is needed for the first time.
#[derive(Debug, Default)]
struct Timer {
    sleep: Option<Pin<Box<Sleep>>>,
    deadline: Option<Instant>,
}

impl Timer {
    fn clear(&mut self) {
        self.deadline = None;
    }

    /// A connection that is used moves its deadlines on all the time: the timer that runs is left to run, and set anew
    /// only when it ends too early.
    fn expire(&mut self, deadline: Instant, cx: &mut Context<'_>) -> Poll<()> {
        self.deadline = Some(deadline);
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.deadline() > deadline {
            sleep.as_mut().reset(deadline);
        }
        loop {
            ready!(sleep.as_mut().poll(cx));
            if sleep.deadline() >= deadline {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(deadline);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;
    use crate::connection::pace::{HEAD_WITHIN, IDLE};

    fn after<T>(began: Instant, ended: &io::Result<T>) -> Duration {
        assert_eq!(ended.as_ref().err().map(io::Error::kind), Some(io::ErrorKind::TimedOut));
        began.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_nothing_is_left() {
        let (server, mut client) = duplex(64);
        let mut timed = Timed::new(server, Pace::new());
        let began = Instant::now();
        let ended = timed.write_all(&[0; 100]).await;
        assert!(after(began, &ended) >= TAKE_WITHIN);
        client.read_exact(&mut [0; 64]).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_something_now_and_then_is_kept() {
        let (server, mut client) = duplex(64);
        let mut timed = Timed::new(server, Pace::new());
        let taking = async {
            for _ in 0..10 {
                tokio::time::sleep(TAKE_WITHIN / 2).await;
                client.read_exact(&mut [0; 64]).await.unwrap();
            }
        };
        let (written, ()) = tokio::join!(timed.write_all(&[0; 640]), taking);
        written.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_must_arrive_and_then_there_is_time() {
        let (server, mut client) = duplex(64);
        let pace = Pace::new();
        let mut timed = Timed::new(server, pace.clone());
        let began = Instant::now();
        client.write_all(b"G").await.unwrap();
        timed.read_u8().await.unwrap();
        assert!(after(began, &timed.read_u8().await) < HEAD_WITHIN + Duration::from_millis(10));

        pace.answering();
        let busy = tokio::time::timeout(10 * IDLE, timed.read_u8()).await;
        assert!(busy.is_err(), "while it is answered a client need not send anything");
        drop(super::super::pace::Answer::new(axum::body::Body::empty(), pace));
        let began = Instant::now();
        assert!(after(began, &timed.read_u8().await) >= IDLE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_is_used_is_kept_and_then_ends_in_time() {
        let (server, mut client) = duplex(64);
        let pace = Pace::new();
        let mut timed = Timed::new(server, pace.clone());
        let answer = || {
            pace.answering();
            drop(super::super::pace::Answer::new(axum::body::Body::empty(), pace.clone()));
        };
        answer();
        let using = async {
            for _ in 0..5 {
                tokio::time::sleep(IDLE * 3 / 4).await;
                client.write_all(b"G").await.unwrap();
            }
        };
        let serving = async {
            for _ in 0..5 {
                timed.read_u8().await.unwrap();
                answer();
            }
        };
        tokio::join!(using, serving);
        let began = Instant::now();
        let idle = after(began, &timed.read_u8().await);
        assert!((IDLE..IDLE + Duration::from_millis(10)).contains(&idle), "{idle:?}");
    }
}
