use std::time::Duration;

use jobbers_core::lifecycle::Outcome;
use jobbers_core::model::{DeadLetter, NewTask, Policy, Progress, TaskId, When};
use jobbers_core::store::{
    Beat, Claim, ClaimedTask, Lease, MAX_BATCH, Promote, QueueSlots, Renewal, SharedStore, Turn, Verdict,
};

use super::step::{End, Slots, Step, Submission};
use crate::oracle::Model;
use crate::sample::{
    LEASE, QUEUE, alpha, beta, completed, confirmed_cancelled, failed, failed_expectedly, failed_for_later,
    handed_back, id, stopped, task,
};
use crate::{Environment, Worker, scheduler};

const TASKS: u8 = 8;
const ELSEWHERE: &str = "elsewhere";

/// One case as it is played: the store and the oracle side by side.
pub(super) struct Play {
    env: Environment,
    model: Model,
    /// Handles as of two processes; steps take turns between them.
    stores: [SharedStore; 2],
    workers: Vec<Worker>,
    last_turns: Vec<Option<Turn>>,
    /// All attempts that ever began.
    attempts: Vec<ClaimedTask>,
    decided: Vec<Verdict>,
    steps: usize,
}

type Checked = Result<(), String>;

impl Play {
    pub async fn new(env: Environment, workers: u8) -> Self {
        let policy = Policy { max_retries: 2, max_lost: 2, dead_letter: DeadLetter::Save, ..Policy::default() };
        let stores = [env.store().clone(), env.other().await];
        let mut model = Model::default();
        model.now = env.now();
        model.publish(&policy);
        let mut all = Vec::new();
        for n in 0..workers {
            all.push(Worker::with_policy(&stores[usize::from(n) % 2], n + 1, policy.clone()).await);
        }
        let last_turns = all.iter().map(|_| None).collect();
        Self { env, model, stores, workers: all, last_turns, attempts: Vec::new(), decided: Vec::new(), steps: 0 }
    }

    /// Takes a step and compares the answer, and then every task.
    pub async fn step(&mut self, step: &Step) -> Checked {
        self.steps += 1;
        match step {
            Step::Submit(submissions) => self.submit(submissions).await?,
            Step::Turn { worker, ends, claim } => {
                let worker = usize::from(*worker) % self.workers.len();
                let turn = self.turn_of(worker, ends, *claim);
                self.send(worker, turn).await?;
            }
            Step::TurnAgain { worker } => {
                let worker = usize::from(*worker) % self.workers.len();
                if let Some(turn) = self.last_turns[worker].clone() {
                    self.workers[worker].store = self.store().clone();
                    self.send(worker, turn).await?;
                }
            }
            Step::Renew { worker, attempts, beat } => self.renew(*worker, attempts, *beat).await?,
            Step::Cancel { task } => {
                let id = id(u64::from(task % TASKS));
                let actual = self.store().cancel(id).await.map_err(|error| error.to_string())?;
                same("cancel", &self.model.cancel(id), &actual)?;
            }
            Step::Promote => {
                let promote = Promote { queues: None, limit: MAX_BATCH };
                let promoted = self.store().promote(&promote).await.map_err(|error| error.to_string())?;
                self.model.follow_promote(&promote, promoted)?;
            }
            Step::Decide => self.decide().await?,
            Step::Reap => {
                let actual = self.store().reap(&self.decided).await.map_err(|error| error.to_string())?;
                same("reap", &self.model.reap(&self.decided), &actual)?;
            }
            Step::Wait(hundredths) => {
                self.env.advance(Duration::from_millis(u64::from(*hundredths) * 10)).await;
                self.model.now = self.env.now();
            }
        }
        self.compare().await
    }

    fn store(&self) -> &SharedStore {
        &self.stores[self.steps % 2]
    }

    async fn submit(&mut self, submissions: &[Submission]) -> Checked {
        let tasks: Vec<_> = submissions.iter().map(new_task).collect();
        let actual = self.store().submit(&tasks).await.map_err(|error| error.to_string())?;
        same("submit", &self.model.submit(&tasks), &actual)
    }

    fn turn_of(&mut self, worker: usize, ends: &[(u8, End)], claim: Option<Slots>) -> Turn {
        let mut finishes = Vec::new();
        let mut ended: Vec<TaskId> = Vec::new();
        for (attempt, end) in ends {
            if let Some(attempt) = self.attempt(*attempt)
                && !ended.contains(&attempt.id)
            {
                ended.push(attempt.id);
                finishes.push(self.workers[worker].decide(attempt, outcome(*end)));
            }
        }
        let worker = &mut self.workers[worker];
        let claim = claim.map(|slots| limited(worker, slots));
        worker.next_turn(finishes, claim)
    }

    async fn send(&mut self, worker: usize, turn: Turn) -> Checked {
        let reply = self.workers[worker].send(&turn).await;
        self.model.follow_turn(&turn, &reply)?;
        let is_new = |task: &ClaimedTask| !self.attempts.iter().any(|known| known.token == task.token);
        let new: Vec<_> = reply.claimed.into_iter().filter(is_new).collect();
        self.attempts.extend(new);
        self.last_turns[worker] = Some(turn);
        Ok(())
    }

    async fn renew(&mut self, worker: u8, attempts: &[u8], beat: Option<u8>) -> Checked {
        let worker = self.workers[usize::from(worker) % self.workers.len()].id;
        let beat = beat.map(|percent| Beat {
            progress: (percent > 0).then(|| Progress { percent: f64::from(percent), message: None }),
            max_heartbeat_interval: None,
        });
        let mut tasks: Vec<Lease> = Vec::new();
        for attempt in attempts {
            if let Some(attempt) = self.attempt(*attempt)
                && tasks.iter().all(|lease| lease.token != attempt.token)
                // The seam does not say whether a token may be used by a worker that it was not given to.
                && self.model.get(attempt.id).is_none_or(|task| task.worker == Some(worker))
            {
                tasks.push(Lease { id: attempt.id, token: attempt.token, beat: beat.clone() });
            }
        }
        let renewal = Renewal { worker, lease: LEASE, tasks };
        let reply = self.store().renew(&renewal).await.map_err(|error| error.to_string())?;
        same("renew", &(self.model.now, self.model.renew(&renewal)), &(reply.now, reply.tasks))
    }

    async fn decide(&mut self) -> Checked {
        let overdue = self.store().overdue(MAX_BATCH).await.map_err(|error| error.to_string())?;
        let mut expected = self.model.overdue();
        let mut actual: Vec<_> = overdue.tasks.iter().map(|task| task.id).collect();
        expected.sort();
        actual.sort();
        same("overdue", &(None, expected), &(overdue.waiting_until, actual))?;
        for task in &overdue.tasks {
            let expected = self.model.overdue_task(task.id);
            // What an earlier attempt said may be told or not.
            let expected = jobbers_core::store::OverdueTask { progress: task.progress.clone(), ..expected };
            same("overdue", &expected, task)?;
        }
        self.decided = overdue.tasks.iter().map(scheduler::decide).collect();
        Ok(())
    }

    /// Compares every task as the store shows it.
    async fn compare(&self) -> Checked {
        for n in 0..TASKS {
            let id = id(u64::from(n));
            let actual = self.store().get(id).await.map_err(|error| error.to_string())?;
            let differences = self.model.differences(id, actual.as_ref());
            if !differences.is_empty() {
                return Err(format!("task {n} is shown with {}", differences.join("; ")));
            }
        }
        Ok(())
    }

    /// The attempt that began so many before the last.
    fn attempt(&self, back: u8) -> Option<&ClaimedTask> {
        let count = self.attempts.len();
        let index = usize::from(back).checked_rem(count)?;
        Some(&self.attempts[count - 1 - index])
    }
}

fn new_task(submission: &Submission) -> NewTask {
    let number = u64::from(submission.task % TASKS);
    NewTask {
        task_type: if submission.beta { beta() } else { alpha() },
        queue: if submission.elsewhere { ELSEWHERE } else { QUEUE }.to_owned(),
        priority: if submission.urgent { 1 } else { 5 },
        when: submission
            .delay
            .map_or(When::Now, |hundredths| When::After(Duration::from_millis(u64::from(hundredths) * 10))),
        fingerprint: if submission.altered { [0xFF; 8] } else { number.to_be_bytes() },
        ..task(number)
    }
}

fn limited(worker: &Worker, slots: Slots) -> Claim {
    let mut claim = worker.claim_of(u32::from(slots.tasks));
    claim.queues[0].free = u32::from(slots.queue);
    claim.queues.push(QueueSlots { queue: ELSEWHERE.to_owned(), free: u32::from(slots.elsewhere) });
    for types in &mut claim.types {
        types.free = u32::from(if types.task_type == alpha() { slots.alphas } else { slots.betas });
    }
    claim
}

fn outcome(end: End) -> Outcome {
    match end {
        End::Complete => completed("1"),
        End::Fail => failed("broken"),
        End::RetryAtOnce => failed_expectedly("busy"),
        End::RetryLater(seconds) => failed_for_later("busy", u64::from(seconds)),
        End::HandBack => handed_back(),
        End::Stop => stopped(),
        End::ConfirmCancel => confirmed_cancelled(),
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, expected: &T, actual: &T) -> Checked {
    if expected == actual { Ok(()) } else { Err(format!("{what}: {actual:?} instead of {expected:?}")) }
}
