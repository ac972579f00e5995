use std::sync::Arc;
use std::time::Duration;

use jobbers_core::model::ProcessInfo;
use jobbers_core::store::{Lease, MAX_BATCH, Renewal, Renewed, Result, SharedStore, StoreError};
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use crate::attempt::{Attempt, BeatWaits, Interruption};
use crate::claim::{Consumed, Running};
use crate::renewal::Capacity;

/// What the renewal does, on whatever runtime.
#[derive(Debug)]
pub(crate) struct Renewer {
    /// Who is alive; its queues and its load are filled in.
    pub(crate) process: ProcessInfo,
    pub(crate) capacity: Capacity,
    pub(crate) lease: Duration,
    pub(crate) running: Arc<Running>,
    pub(crate) consumed: watch::Receiver<Consumed>,
    pub(crate) beats: mpsc::UnboundedReceiver<BeatWaits>,
    /// A task was cancelled or taken away: the answer to a renewal tells which.
    pub(crate) renew_now: Arc<Notify>,
    /// Cancelled here when the worker is asked to drain.
    pub(crate) drain: CancellationToken,
    pub(crate) stop: CancellationToken,
}

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    /// All leases, and the sign of life.
    All,
    /// Only what has a heartbeat to tell.
    Beats,
    Nothing,
}

impl Renewer {
    const FIRST_PAUSE: Duration = Duration::from_millis(100);
    const LONGEST_PAUSE: Duration = Duration::from_secs(1);
    /// How long the last word may take.
    const FAREWELL: Duration = Duration::from_secs(2);

    /// Runs until it is stopped; then says that the worker has ended.
    pub(crate) async fn run(mut self, store: SharedStore) {
        let mut next_all = Instant::now();
        let mut next_beats: Option<Instant> = None;
        let mut away_since: Option<Instant> = None;
        let mut pause = Self::FIRST_PAUSE;
        loop {
            let due = self.wait(next_all, &mut next_beats).await;
            let Some(due) = due else { break };
            let started = Instant::now();
            let done = match due {
                Due::Nothing => continue,
                Due::All => self.renew_all(&store).await,
                Due::Beats => self.renew(&store, self.running.snapshot(), Due::Beats).await,
            };
            match done {
                Ok(()) => {
                    if let Some(since) = away_since.take() {
                        let away_ms = since.elapsed().as_millis() as u64;
                        tracing::info!(event = "renewal_back", away_ms, "leases are renewed again");
                    }
                    pause = Self::FIRST_PAUSE;
                    next_beats = None;
                    if due == Due::All {
                        next_all = started + self.lease / 3;
                    }
                }
                Err(error) => {
                    if away_since.is_none() {
                        away_since = Some(started);
                        tracing::warn!(
                            event = "renewal_away", %error,
                            "leases cannot be renewed; handlers go on, and it is tried again"
                        );
                    }
                    // Everything is said again with the next renewal, the heartbeats too.
                    next_beats = None;
                    next_all = Instant::now() + pause.mul_f64(rand::random_range(0.5..1.0));
                    pause = (pause * 2).min(Self::LONGEST_PAUSE);
                }
            }
        }
        if let Ok(Err(error)) = timeout(Self::FAREWELL, store.retire(self.process.id)).await {
            tracing::debug!(event = "retire", %error, "the worker's entry expires by itself");
        }
    }

    /// None when it is to stop.
    async fn wait(&mut self, next_all: Instant, next_beats: &mut Option<Instant>) -> Option<Due> {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => None,
            () = sleep_until(next_all) => Some(Due::All),
            () = self.renew_now.notified() => Some(Due::All),
            () = sleep_until(next_beats.unwrap_or(next_all)), if next_beats.is_some() => Some(Due::Beats),
            Some(BeatWaits(patience)) = self.beats.recv() => {
                let at = Instant::now() + patience;
                *next_beats = Some(next_beats.map_or(at, |known| known.min(at)));
                Some(Due::Nothing)
            }
            Ok(()) = self.consumed.changed() => Some(Due::All),
        }
    }

    async fn renew_all(&mut self, store: &SharedStore) -> Result<()> {
        // Leases first: they run out, the sign of life has more time.
        self.renew(store, self.running.snapshot(), Due::All).await?;
        {
            let consumed = self.consumed.borrow_and_update();
            self.process.queues = consumed.queues.iter().map(|queue| queue.name.clone()).collect();
            let draining = self.drain.is_cancelled();
            self.process.load = Some(self.capacity.load(&self.running.snapshot(), &consumed.queues, draining));
        }
        let announced = store.announce(&self.process, self.lease * 3).await?;
        if announced.drain && !self.drain.is_cancelled() {
            tracing::info!(event = "drain", "asked to drain: nothing more is claimed, and what runs runs to its end");
            self.drain.cancel();
            // Tells at once that it drains.
            self.renew_now.notify_one();
        }
        Ok(())
    }

    async fn renew(&self, store: &SharedStore, attempts: Vec<Arc<Attempt>>, due: Due) -> Result<()> {
        let mut told: Vec<(Arc<Attempt>, Lease)> = Vec::with_capacity(attempts.len());
        for attempt in attempts {
            let beat = attempt.take_beat();
            if due == Due::Beats && beat.is_none() {
                continue;
            }
            let lease = Lease { id: attempt.task().id, token: attempt.task().token, beat };
            told.push((attempt, lease));
        }
        let mut failed: Option<StoreError> = None;
        while !told.is_empty() {
            let rest = told.split_off(told.len().min(MAX_BATCH));
            let (attempts, tasks): (Vec<_>, Vec<_>) = std::mem::replace(&mut told, rest).into_iter().unzip();
            let renewal = Renewal { worker: self.process.id, lease: self.lease, tasks };
            match store.renew(&renewal).await {
                Ok(reply) => {
                    for (attempt, renewed) in attempts.iter().zip(reply.tasks) {
                        self.learn(attempt, renewed);
                    }
                }
                Err(error) => {
                    for (attempt, lease) in attempts.iter().zip(renewal.tasks) {
                        if let Some(beat) = lease.beat {
                            attempt.put_back(beat);
                        }
                    }
                    failed = Some(error);
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }

    fn learn(&self, attempt: &Attempt, renewed: Renewed) {
        match renewed {
            Renewed::Kept => {}
            Renewed::CancelRequested => {
                self.running.interrupt(attempt, Interruption::Cancelled);
            }
            Renewed::Taken => {
                // Its end may have been delivered since this renewal was sent: then nothing was taken.
                if self.running.take_away(attempt) {
                    let task = attempt.task();
                    tracing::warn!(
                        event = "lease_lost", task_id = %task.id, task = %task.task_type, queue = task.queue,
                        attempt = task.attempt, duration_ms = attempt.elapsed().as_millis() as u64,
                        "the task was taken away; its handler is stopped and its result will not count"
                    );
                }
            }
        }
    }
}
