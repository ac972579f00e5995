//! One host: what is said to it and heard from it, and its end.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use jobbers_core::model::{EndDetail, EndKind, TaskType};
use rustix::process::Signal;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::Notify;
use tokio::time::{Instant, interval, sleep, timeout};

use super::begin::{Begun, told};
use super::frame::{Message, next, push_drain, push_interrupt, push_ping, push_run};
use super::log;
use super::pool::Pool;
use super::running::Running;
use crate::attempt::{Ended, Interruption, Start};
use crate::guard::{Child, End};
use crate::task::TaskContext;

/// How often a host is asked whether its loop comes round.
const PING: Duration = Duration::from_secs(1);
/// After so long without an answer the loop is blocked.
const BLOCKED: Duration = Duration::from_secs(5);
/// What a host that has nothing left to do may take to end.
const TIME_TO_END: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub(super) struct Host {
    pub(super) pid: u32,
    pub(super) began: Instant,
    /// The place of each task type of the worker among those of this process, which may have imported a newer file.
    places: Vec<Option<usize>>,
    /// Attempts that it was given.
    taken: AtomicU64,
    /// An attempt has ended in it.
    worked: AtomicBool,
    /// By this worker, to stop what does not stop otherwise.
    killed: AtomicBool,
    running: Mutex<Running>,
    /// Frames that are to be written.
    frames: Mutex<Vec<u8>>,
    written: Notify,
    /// Another one takes its place, or is about to.
    retired: AtomicBool,
    /// Since when a ping has not been answered, and whether that was told.
    asked: Mutex<Asked>,
}

#[derive(Debug, Default)]
struct Asked {
    since: Option<Instant>,
    blocked: bool,
}

impl Host {
    /// Takes over a process that is ready, and tells the pool when it has ended.
    pub(super) fn supervise(begun: Begun, places: Vec<Option<usize>>, pool: Weak<Pool>) -> Arc<Self> {
        let Begun { child, reader, writer, read, .. } = begun;
        let host = Arc::new(Self {
            pid: child.pid(),
            began: Instant::now(),
            places,
            taken: AtomicU64::new(0),
            worked: AtomicBool::new(false),
            killed: AtomicBool::new(false),
            running: Mutex::default(),
            frames: Mutex::default(),
            written: Notify::new(),
            retired: AtomicBool::new(false),
            asked: Mutex::default(),
        });
        let supervised = Arc::clone(&host);
        tokio::spawn(async move {
            let end = supervised.serve(child, reader, writer, read).await;
            let ended = if supervised.was_killed() {
                // Also of those that nobody had asked to stop: they are handed back, and nothing counts against them.
                Ended::Interrupted
            } else {
                Ended::Lost { evidence: format!("the Python host of its worker ended: {}", told(end)) }
            };
            let lost = lock(&supervised.running).close(&ended);
            if let Some(pool) = pool.upgrade() {
                pool.ended(&supervised, end, lost);
            }
        });
        host
    }

    /// Begins an attempt; it is given back if the host has ended, or is to end.
    pub(super) fn run(self: &Arc<Self>, mut start: Start, pool: &Weak<Pool>) -> Result<(), Start> {
        let mut running = lock(&self.running);
        if running.is_closed() {
            return Err(start);
        }
        // A process of its own: nothing is waited for.
        start.begun();
        let Some(place) = self.places.get(start.attempt().type_index()).copied().flatten() else {
            drop(running);
            let ended = not_registered(&start.attempt().task().task_type);
            start.end(ended);
            return Ok(());
        };
        let id = running.number();
        push_run(&mut lock(&self.frames), id, place, start.attempt());
        let (host, pool, attempt) = (Arc::clone(self), Weak::clone(pool), Arc::clone(start.attempt()));
        let watch = tokio::spawn(async move {
            attempt.interrupted().await;
            host.interrupt(id, attempt.interruption());
            sleep(attempt.registration().policy.cancel_grace).await;
            host.is_stuck(id, &pool);
        });
        running.add(id, start, watch.abort_handle());
        self.taken.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Writes what waits.
    pub(super) fn flush(&self) {
        self.written.notify_one();
    }

    pub(super) fn busy(&self) -> usize {
        lock(&self.running).len()
    }

    pub(super) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }

    /// False if it was before.
    pub(super) fn retire(&self) -> bool {
        !self.retired.swap(true, Ordering::AcqRel)
    }

    pub(super) fn is_retired(&self) -> bool {
        self.retired.load(Ordering::Acquire)
    }

    /// Lets it end when nothing runs in it any more.
    pub(super) fn drain(&self) {
        let mut running = lock(&self.running);
        // Under the lock: an attempt that was begun after this would be lost.
        running.refuse();
        push_drain(&mut lock(&self.frames));
        drop(running);
        self.flush();
    }

    /// Whether an attempt has ended in it, so that it did not die of its start.
    pub(super) fn has_worked(&self) -> bool {
        self.worked.load(Ordering::Relaxed)
    }

    pub(super) fn was_killed(&self) -> bool {
        self.killed.load(Ordering::Acquire)
    }

    fn interrupt(&self, id: u64, reason: Option<Interruption>) {
        let reason = match reason {
            Some(Interruption::Cancelled) => "cancelled",
            Some(Interruption::TimedOut) => "timed_out",
            Some(Interruption::Stopped) => "stopped",
            Some(Interruption::HandedBack) => "handed_back",
            Some(Interruption::TakenAway) | None => "taken_away",
        };
        push_interrupt(&mut lock(&self.frames), id, reason);
        self.flush();
    }

    fn is_stuck(self: &Arc<Self>, id: u64, pool: &Weak<Pool>) {
        {
            let mut running = lock(&self.running);
            if !running.mark_stuck(id) {
                return;
            }
            let Some(task) = running.get(id).map(|start| start.attempt().task()) else { return };
            tracing::warn!(
                event = "handler_does_not_stop", task_id = %task.id, task = %task.task_type, queue = task.queue,
                attempt = task.attempt, pid = self.pid,
                "the handler was asked to stop and did not; its Python host is replaced, and killed when nothing else runs in it"
            );
        }
        if let Some(pool) = pool.upgrade() {
            pool.replace(self);
        }
    }

    /// Until the process has ended.
    async fn serve(
        &self,
        mut child: Child,
        mut reader: OwnedReadHalf,
        writer: OwnedWriteHalf,
        mut read: BytesMut,
    ) -> End {
        let mut ticks = interval(PING);
        {
            let write = self.write(writer);
            tokio::pin!(write);
            loop {
                tokio::select! {
                    some = reader.read_buf(&mut read) => {
                        if some.unwrap_or(0) == 0 || !self.hear_all(&mut read) {
                            break;
                        }
                    }
                    () = &mut write => break,
                    _ = ticks.tick() => self.tick(&child),
                }
            }
        }
        // It may have closed its connection only, or not be understood any more; or it ends by itself as it was asked to.
        if !self.is_retired() || self.busy() > 0 || timeout(TIME_TO_END, child.wait()).await.is_err() {
            child.signal_group(Signal::KILL);
        }
        child.wait().await
    }

    async fn write(&self, mut writer: OwnedWriteHalf) {
        loop {
            self.written.notified().await;
            let frames = std::mem::take(&mut *lock(&self.frames));
            if writer.write_all(&frames).await.is_err() {
                return;
            }
        }
    }

    /// False if the host is not understood.
    fn hear_all(&self, read: &mut BytesMut) -> bool {
        loop {
            match next(read) {
                Ok(None) => return true,
                Ok(Some(frame)) => match serde_json::from_slice(&frame) {
                    Ok(message) => self.hear(message),
                    Err(error) => return self.complain(&error),
                },
                Err(error) => return self.complain(&error),
            }
        }
    }

    fn complain(&self, error: &dyn std::fmt::Display) -> bool {
        tracing::error!(event = "python_host_not_understood", pid = self.pid, %error, "a Python host is not understood");
        false
    }

    fn hear(&self, message: Message<'_>) {
        let id = message.id.unwrap_or(0);
        match message.kind {
            "returned" => {
                let result = message.result.map_or("null", |result| result.get());
                self.end(id, Ended::Returned(Bytes::copy_from_slice(result.as_bytes())));
            }
            "raised" => {
                let Message { error, error_type, traceback, expected, .. } = message;
                let end = EndDetail { kind: EndKind::Failed, error, error_type, backtrace: Some(traceback) };
                self.end(id, Ended::Failed { end, expected, retry_after: None });
            }
            "interrupted" => self.end(id, Ended::Interrupted),
            "heartbeat" => self.with(id, |context| context.heartbeat()),
            "progress" => self.with(id, |context| context.progress(message.percent, message.message)),
            "log" => {
                let attempt = lock(&self.running).get(id).map(|start| Arc::clone(start.attempt()));
                log::tell(attempt.as_deref(), self.pid, &message);
            }
            "pong" => self.pong(),
            // Of a newer package of the same protocol.
            _ => {}
        }
    }

    fn end(&self, id: u64, ended: Ended) {
        let start = lock(&self.running).end(id);
        if let Some(start) = start {
            self.worked.store(true, Ordering::Relaxed);
            start.end(ended);
        }
    }

    fn with(&self, id: u64, tell: impl FnOnce(TaskContext)) {
        let context = lock(&self.running).get(id).map(|start| TaskContext(Arc::clone(start.attempt())));
        if let Some(context) = context {
            tell(context);
        }
    }

    fn pong(&self) {
        let mut asked = lock(&self.asked);
        asked.since = None;
        if std::mem::take(&mut asked.blocked) {
            tracing::info!(
                event = "python_host_answers",
                pid = self.pid,
                "the loop of a Python host comes round again"
            );
        }
    }

    fn tick(&self, child: &Child) {
        let running = lock(&self.running);
        let (all, stuck) = (running.len(), running.stuck());
        drop(running);
        let mut asked = lock(&self.asked);
        match asked.since {
            None => {
                asked.since = Some(Instant::now());
                push_ping(&mut lock(&self.frames), 0);
                self.flush();
            }
            Some(since) if !asked.blocked && since.elapsed() >= BLOCKED => {
                asked.blocked = true;
                tracing::warn!(
                    event = "python_host_blocked",
                    pid = self.pid,
                    tasks = all,
                    "the loop of a Python host has not come round for {} s: a function that is async blocks it; its tasks keep \
                     their leases",
                    BLOCKED.as_secs()
                );
            }
            Some(_) => {}
        }
        // What does not stop cannot be stopped otherwise. Behind a loop that is blocked nobody else gets on either.
        if self.is_retired() && stuck > 0 && (stuck == all || asked.blocked) {
            self.killed.store(true, Ordering::Release);
            child.signal_group(Signal::KILL);
        }
    }
}

/// The module was changed under the worker.
fn not_registered(task_type: &TaskType) -> Ended {
    let end = EndDetail {
        kind: EndKind::Failed,
        error: format!("the task module does not register {task_type} any more"),
        error_type: "NotRegistered".to_owned(),
        backtrace: None,
    };
    Ended::Failed { end, expected: false, retry_after: None }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
