use std::sync::Arc;
use std::time::Duration;

use jobbers_core::lifecycle::Event;
use jobbers_core::model::{Policy, Registration, TaskId, Token, WorkerId};
use jobbers_core::process::Shutdown;
use jobbers_core::store::{Claim, ClaimedTask, Finish, MAX_BATCH, MoveOutcome, StoreError, Turn, TurnReply};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::yield_now;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::batch;
use super::delivery::{Delivered, Undelivered};
use super::parked::Parked;
use super::patience::Patience;
use super::rate_slot;
use super::{Consumed, Counts, Delivery, Running, Slots};
use crate::attempt::{Attempt, AttemptReport, Reports, Start, not_begun};
use crate::executor::Executor;

/// Time after which a worker with free slots asks again, in case a signal was lost.
const SLOW_POLL: Duration = Duration::from_secs(1);

/// Calls the store, one turn at a time: each brings what has ended and claims what can be run.
#[derive(Debug)]
pub(crate) struct ClaimLoop {
    pub(crate) worker: WorkerId,
    pub(crate) lease: Duration,
    pub(crate) delivery: Delivery,
    pub(crate) executor: Arc<dyn Executor>,
    pub(crate) registrations: Vec<Arc<Registration>>,
    pub(crate) slots: Slots,
    pub(crate) running: Arc<Running>,
    pub(crate) reports: Arc<Reports>,
    pub(crate) ends: mpsc::UnboundedReceiver<AttemptReport>,
    /// There may be something to claim.
    pub(crate) wake: Arc<Notify>,
    /// Leases are to be renewed at once.
    pub(crate) renew_now: Arc<Notify>,
    pub(crate) consumed: watch::Receiver<Consumed>,
    pub(crate) shutdown: Shutdown,
    /// Cancelled when the worker is to drain: it claims nothing more, and what runs runs to its end.
    pub(crate) drain: CancellationToken,
    /// Tasks that may still be claimed; none = any number.
    pub(crate) ttl: Option<u64>,
    pub(crate) state: State,
}

/// Where the loop is.
#[derive(Debug)]
pub(crate) struct State {
    sequence: u64,
    parked: Parked,
    /// Attempts that ended, and whose slots are free; the store does not know it yet.
    ended: Vec<AttemptReport>,
    /// Attempts that were taken away and have stopped since; the store does not know yet that they occupy nothing any more.
    stopped: Vec<(TaskId, Token)>,
    /// Attempts whose code has not stopped yet.
    in_slots: usize,
    /// Whether there may be something to claim that was not asked for yet.
    claim_wanted: bool,
    next_poll: Instant,
    /// When a rate limit that has held back tasks lets the next one start.
    next_slot: Option<Instant>,
    gave_up: bool,
    counts: Counts,
}

impl Default for State {
    fn default() -> Self {
        Self {
            sequence: 0,
            parked: Parked::default(),
            ended: Vec::new(),
            stopped: Vec::new(),
            in_slots: 0,
            claim_wanted: true,
            next_poll: Instant::now(),
            next_slot: None,
            gave_up: false,
            counts: Counts::default(),
        }
    }
}

impl State {
    /// Whether there is something to say to the store.
    fn has_news(&self) -> bool {
        !self.ended.is_empty() || !self.stopped.is_empty()
    }

    /// When to claim again without any other reason.
    fn next_claim(&self) -> Instant {
        self.next_slot.map_or(self.next_poll, |slot| slot.min(self.next_poll))
    }
}

/// Why the loop ended.
#[derive(Debug)]
pub(crate) enum LoopEnd {
    /// Asked to stop; everything is delivered.
    Stopped(Counts),
    /// It has run as many tasks as it may.
    Spent(Counts),
    /// Asked to drain; everything has run to its end and is delivered.
    Drained(Counts),
    /// Asked to stop at once.
    AtOnce(Counts),
    /// Handlers did not stop when they were asked to; everything else is delivered.
    Stuck { counts: Counts, handlers: usize },
    /// The store does not fit this program any more.
    Store(StoreError),
}

impl ClaimLoop {
    pub(crate) async fn run(mut self) -> LoopEnd {
        loop {
            self.gather().await;
            let claim = self.claim();
            if claim.is_none() && !self.state.has_news() {
                if let Some(end) = self.end() {
                    return end;
                }
                if !self.wait().await {
                    return LoopEnd::AtOnce(self.state.counts);
                }
                continue;
            }
            match self.turn(claim).await {
                Ok(()) => {}
                Err(Undelivered::AtOnce) => return LoopEnd::AtOnce(self.state.counts),
                Err(Undelivered::Store(error)) => return LoopEnd::Store(error),
            }
        }
    }

    /// Takes what has ended. Attempts that are just about to end get the chance to join this turn.
    async fn gather(&mut self) {
        let mut patience = Patience::new();
        let mut known = 0;
        loop {
            // Asked before: the ends of those that do not begin any more are found.
            let beginning = self.reports.beginning();
            while let Ok(report) = self.ends.try_recv() {
                self.ended(report);
            }
            let came = self.state.ended.len() - known;
            known += came;
            if !self.state.has_news() || !patience.wait(self.state.in_slots, beginning, came) {
                return;
            }
            yield_now().await;
        }
    }

    fn ended(&mut self, report: AttemptReport) {
        let task = report.attempt.task();
        self.slots.release(&task.queue, report.attempt.type_index());
        self.state.in_slots -= 1;
        self.state.ended.push(report);
    }

    fn draining(&self) -> bool {
        self.state.gave_up || self.ttl == Some(0) || self.shutdown.graceful.is_cancelled() || self.drain.is_cancelled()
    }

    /// A claim, if there is something to ask for. What has ended is a reason to ask as well: its slot is free.
    fn claim(&mut self) -> Option<Claim> {
        if self.draining() {
            // Claims nothing, and is not woken in place of others by what it hands back.
            return self.state.parked.leave(None).filter(|_| self.state.has_news());
        }
        if !self.state.claim_wanted && !self.state.has_news() {
            return None;
        }
        let most = self.ttl.map_or(u32::MAX, |left| u32::try_from(left).unwrap_or(u32::MAX));
        let consumed = self.consumed.borrow_and_update();
        let claim = self.slots.claim(&consumed.queues, most, rand::random());
        self.state.claim_wanted = false;
        self.state.parked.leave(claim)
    }

    /// Whether nothing is left to do.
    fn end(&self) -> Option<LoopEnd> {
        if !self.draining() {
            return None;
        }
        let (counts, overdue) = (self.state.counts, self.running.overdue());
        if self.state.in_slots > overdue {
            return None;
        }
        Some(if self.state.gave_up || overdue > 0 {
            LoopEnd::Stuck { counts, handlers: overdue }
        } else if self.shutdown.graceful.is_cancelled() {
            LoopEnd::Stopped(counts)
        } else if self.drain.is_cancelled() {
            LoopEnd::Drained(counts)
        } else {
            LoopEnd::Spent(counts)
        })
    }

    /// Waits for a reason to go on; false if the worker is to end at once.
    async fn wait(&mut self) -> bool {
        let draining = self.draining();
        let may_claim = !draining && self.slots.free() > 0;
        tokio::select! {
            biased;
            () = self.shutdown.immediate.cancelled() => return false,
            Some(report) = self.ends.recv() => self.ended(report),
            () = self.wake.notified(), if may_claim => self.state.claim_wanted = true,
            () = self.shutdown.graceful.cancelled(), if !self.shutdown.graceful.is_cancelled() => {}
            () = self.drain.cancelled(), if !draining => {}
            () = self.running.has_given_up() => self.state.gave_up = true,
            Ok(()) = self.consumed.changed(), if may_claim => self.state.claim_wanted = true,
            () = sleep_until(self.state.next_claim()), if may_claim => {
                self.state.claim_wanted = true;
                // Without a queue to ask for, no turn moves these on.
                self.state.next_poll = Instant::now() + SLOW_POLL;
                self.state.next_slot = None;
            }
        }
        true
    }

    async fn turn(&mut self, claim: Option<Claim>) -> Result<(), Undelivered> {
        let batch = batch::count(self.state.ended.iter().map(batch::size));
        let ended: Vec<AttemptReport> = self.state.ended.drain(..batch).collect();
        let mut attempts = Vec::with_capacity(ended.len());
        let mut retries = Vec::with_capacity(ended.len());
        let mut finishes = Vec::with_capacity(ended.len());
        let mut given_away = Vec::new();
        for AttemptReport { attempt, transition } in ended {
            let (id, token) = (attempt.task().id, attempt.task().token);
            match transition {
                Some(transition) if !attempt.is_taken() => {
                    retries.push(transition.event == Event::RetryAtOnce);
                    finishes.push(Finish { id, token, transition });
                    attempts.push(attempt);
                }
                _ => given_away.push((id, token)),
            }
        }
        self.state.counts.lost += given_away.len() as u64;
        // No renewal may keep a place for them after this turn has given it up.
        self.running.remove(given_away.iter().map(|(_, token)| *token));
        self.state.stopped.append(&mut given_away);
        let some = self.state.stopped.len().min(MAX_BATCH);
        let stopped: Vec<(TaskId, Token)> = self.state.stopped.drain(..some).collect();
        self.state.sequence += 1;
        let turn = Turn {
            worker: self.worker,
            sequence: self.state.sequence,
            lease: self.lease,
            finishes,
            stopped,
            claim,
            was_parked: self.state.parked.is_parked(),
        };
        let Delivered { reply, late } = self.delivery.deliver(&turn).await?;
        self.running.remove(attempts.iter().map(|attempt| attempt.task().token));
        for ((attempt, retry), outcome) in attempts.iter().zip(retries).zip(&reply.finished) {
            self.finished(attempt, retry, *outcome);
        }
        self.apply(reply, turn.claim);
        if late {
            // What was claimed by an earlier try may have little left of its lease.
            self.renew_now.notify_one();
        }
        Ok(())
    }

    fn finished(&mut self, attempt: &Attempt, retry: bool, outcome: MoveOutcome) {
        match outcome {
            MoveOutcome::Applied { status } => self.state.counts.finished(status, retry),
            MoveOutcome::Stale { now } => {
                self.state.counts.lost += 1;
                let task = attempt.task();
                self.state.stopped.push((task.id, task.token));
                tracing::warn!(
                    event = "lease_lost", task_id = %task.id, task = %task.task_type, queue = task.queue,
                    attempt = task.attempt, now = now.map(tracing::field::display),
                    "the end of this attempt came too late: the task had been taken away"
                );
            }
        }
    }

    fn apply(&mut self, reply: TurnReply, claim: Option<Claim>) {
        let claimed = reply.claimed.len();
        self.state.counts.claimed += claimed as u64;
        if claim.is_some() {
            let now = Instant::now();
            self.state.next_poll = now + SLOW_POLL;
            self.state.next_slot = rate_slot::next_claim(&reply, now);
            // Not parked: there may be more. If there is only what a rate limit holds back, that has its time.
            let held_back = claimed == 0 && reply.next_slot.is_some();
            self.state.claim_wanted |= !reply.parked && !held_back;
        }
        self.state.parked.see(&reply, claim);
        if let Some(left) = &mut self.ttl {
            *left = left.saturating_sub(claimed as u64);
        }
        if claimed > 0 {
            self.begin(reply.claimed);
        }
    }

    fn begin(&mut self, claimed: Vec<ClaimedTask>) {
        let mut attempts = Vec::with_capacity(claimed.len());
        for task in claimed {
            let Some(place) = self.slots.place(&task.task_type) else {
                // A claim names the types: only a store that is broken gives another. Its lease runs out.
                tracing::error!(
                    event = "unknown_task", task_id = %task.id, task = %task.task_type, queue = task.queue,
                    attempt = task.attempt, "the store gave a task that was not asked for"
                );
                continue;
            };
            self.slots.take(&task.queue, place);
            self.state.in_slots += 1;
            tracing::debug!(
                event = "task_started", task_id = %task.id, task = %task.task_type, queue = task.queue,
                attempt = task.attempt, "started"
            );
            let registration = Arc::clone(&self.registrations[place]);
            attempts.push(Attempt::new(task, registration, place, Arc::clone(&self.reports)));
        }
        if self.running.add(&attempts) {
            self.executor.start(attempts.into_iter().map(Start::new).collect());
            return;
        }
        // Told to stop while the claim was on its way.
        for attempt in attempts {
            let policy: &Policy = &attempt.registration().policy;
            let transition = Some(not_begun(policy, attempt.task().failures));
            self.ended(AttemptReport { attempt, transition });
        }
    }
}
