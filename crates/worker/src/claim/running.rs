use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jobbers_core::model::Token;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::attempt::{Attempt, Interruption};

/// The attempts whose leases this worker keeps: from the claim until the store has answered to the end.
#[derive(Debug, Default)]
pub(crate) struct Running {
    attempts: Mutex<Attempts>,
    /// The first deadline may have moved.
    deadline_moved: Notify,
    /// An attempt did not stop in its grace.
    given_up: Notify,
}

#[derive(Debug, Default)]
struct Attempts {
    by_token: HashMap<Token, Arc<Attempt>>,
    closed: bool,
    /// No attempt has an earlier deadline.
    first_deadline: Option<Instant>,
}

impl Running {
    /// Adds attempts that are about to begin; false if none may begin any more.
    pub(crate) fn add(&self, attempts: &[Arc<Attempt>]) -> bool {
        let mut all = self.lock();
        if all.closed {
            return false;
        }
        all.by_token.extend(attempts.iter().map(|attempt| (attempt.task().token, Arc::clone(attempt))));
        let first = attempts.iter().filter_map(|attempt| attempt.deadline()).min();
        if let Some(first) = first
            && all.first_deadline.is_none_or(|known| first < known)
        {
            all.first_deadline = Some(first);
            self.deadline_moved.notify_one();
        }
        true
    }

    /// The store has answered to the ends of these.
    pub(crate) fn remove(&self, tokens: impl Iterator<Item = Token>) {
        let mut all = self.lock();
        for token in tokens {
            all.by_token.remove(&token);
        }
    }

    /// Asks an attempt to stop, and watches that it does.
    pub(crate) fn interrupt(&self, attempt: &Attempt, reason: Interruption) -> bool {
        let first = attempt.interrupt(reason);
        self.deadline_moved();
        first
    }

    /// The store gave the task to someone else. False if that was known, or its code has stopped already.
    pub(crate) fn take_away(&self, attempt: &Attempt) -> bool {
        let first = !attempt.has_ended() && attempt.take_away();
        self.deadline_moved();
        first
    }

    /// From now on no attempt begins; answers those that run.
    pub(crate) fn close(&self) -> Vec<Arc<Attempt>> {
        let mut all = self.lock();
        all.closed = true;
        all.by_token.values().cloned().collect()
    }

    pub(crate) fn snapshot(&self) -> Vec<Arc<Attempt>> {
        self.lock().by_token.values().cloned().collect()
    }

    /// Gives up on attempts that did not stop in their grace, interrupts those that take too long, and answers when to
    /// look again.
    pub(crate) fn enforce_deadlines(&self) -> Option<Instant> {
        let now = Instant::now();
        let mut all = self.lock();
        let mut given_up = false;
        for attempt in all.by_token.values() {
            if attempt.deadline().is_some_and(|deadline| deadline <= now) {
                if attempt.interruption().is_none() {
                    attempt.interrupt(Interruption::TimedOut);
                } else if attempt.give_up() {
                    given_up = true;
                    let task = attempt.task();
                    tracing::error!(
                        event = "handler_does_not_stop", task_id = %task.id, task = %task.task_type, queue = task.queue,
                        attempt = task.attempt, duration_ms = attempt.elapsed().as_millis() as u64,
                        "the handler was asked to stop and did not in {} s; it keeps its slot and its lease, and this \
                         worker ends when the others have",
                        attempt.registration().policy.cancel_grace.as_secs_f64()
                    );
                }
            }
        }
        all.first_deadline = all.by_token.values().filter_map(|attempt| attempt.deadline()).min();
        drop(all);
        if given_up {
            self.given_up.notify_one();
        }
        self.lock().first_deadline
    }

    /// Attempts that did not stop in their grace and still run.
    pub(crate) fn overdue(&self) -> usize {
        self.lock().by_token.values().filter(|attempt| attempt.is_overdue()).count()
    }

    pub(crate) async fn deadline_has_moved(&self) {
        self.deadline_moved.notified().await;
    }

    pub(crate) async fn has_given_up(&self) {
        self.given_up.notified().await;
    }

    fn deadline_moved(&self) {
        self.deadline_moved.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Attempts> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
