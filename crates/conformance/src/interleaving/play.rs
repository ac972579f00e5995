use std::collections::HashMap;
use std::time::Duration;

use jobbers_core::model::{DeadLetter, Policy, Progress, Status, TaskId, Token, WorkerId};
use jobbers_core::store::{
    Beat, ClaimedTask, IDEMPOTENCY_KEPT, Lease, MAX_BATCH, Promote, Renewal, Resubmit, SharedStore, StoreError,
    TALLIED_MINUTES, Turn, Verdict,
};

use super::limits::Windows;
use super::reader::Reader;
use super::sent::{TASKS, hundredths_of_a_second, ids, limited, list, new_task, outcome, queue as queue_of};
use super::step::{Case, End, Listing, Slots, Step, Submission};
use crate::oracle::{Model, minute};
use crate::sample::{LEASE, id};
use crate::{Environment, Worker, scheduler};

/// One case as it is played: the store and the oracle side by side.
pub(super) struct Play {
    env: Environment,
    pub(super) model: Model,
    windows: Windows,
    /// Handles as of two processes; steps take turns between them.
    stores: [SharedStore; 2],
    workers: Vec<Worker>,
    last_turns: Vec<Option<Turn>>,
    /// All attempts that ever began.
    attempts: Vec<ClaimedTask>,
    /// Whose each of them was.
    holders: HashMap<Token, WorkerId>,
    decided: Vec<Verdict>,
    resubmissions: Vec<Resubmit>,
    /// Who pages through a list while other things happen.
    reader: Option<Reader>,
    steps: usize,
}

/// How long a beta may be silent.
const INTERVAL: Duration = Duration::from_secs(2);

pub(super) type Checked = Result<(), String>;

impl Play {
    pub async fn new(env: Environment, workers: u8, windows: Windows) -> Self {
        let policy = Policy { max_retries: 2, max_lost: 2, dead_letter: DeadLetter::Save, ..Policy::default() };
        let stores = [env.store().clone(), env.other().await];
        let mut model = Model::default();
        model.now = env.now();
        let limited = Policy { max_heartbeat_interval: Some(INTERVAL), ..policy.clone() };
        model.publish(&policy);
        model.publish(&limited);
        let mut all = Vec::new();
        for n in 0..workers {
            all.push(Worker::with_policies(&stores[usize::from(n) % 2], n + 1, policy.clone(), limited.clone()).await);
        }
        let last_turns = all.iter().map(|_| None).collect();
        Self {
            env,
            model,
            windows,
            stores,
            workers: all,
            last_turns,
            attempts: Vec::new(),
            holders: HashMap::new(),
            decided: Vec::new(),
            resubmissions: Vec::new(),
            reader: None,
            steps: 0,
        }
    }

    /// Plays a case from beginning to end.
    pub async fn all(&mut self, case: &Case) -> Checked {
        for (number, step) in case.steps.iter().enumerate() {
            self.step(step).await.map_err(|objection| format!("step {number}, {step:?}: {objection}"))?;
        }
        while self.reader.is_some() {
            self.go_on().await.map_err(|objection| format!("at the end: {objection}"))?;
        }
        for listing in &case.listings {
            self.list(*listing).await.map_err(|objection| format!("at the end, {listing:?}: {objection}"))?;
        }
        self.count().await.map_err(|objection| format!("at the end: {objection}"))
    }

    /// Takes a step and compares the answer, and then every task.
    async fn step(&mut self, step: &Step) -> Checked {
        self.steps += 1;
        match step {
            Step::Submit(submissions) => self.submit(submissions).await?,
            Step::Turn { worker, ends, stopped, claim } => {
                let worker = usize::from(*worker) % self.workers.len();
                let turn = self.turn_of(worker, ends, stopped, *claim);
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
                let id = ids(&[*task])[0];
                let actual = self.store().cancel(id).await.map_err(told)?;
                same("cancel", &self.model.cancel(id), &actual)?;
            }
            Step::CancelAll(tasks) => {
                let ids = ids(tasks);
                let actual = self.store().cancel_all(&ids).await.map_err(told)?;
                same("cancel_all", &self.model.cancel_all(&ids), &actual)?;
            }
            Step::Resubmit { tasks, reset_failures, only_dead } => {
                let request = (self.steps as u64).to_be_bytes();
                let (reset_failures, only_dead) = (*reset_failures, *only_dead);
                self.resubmit(Resubmit { ids: ids(tasks), reset_failures, only_dead, request }).await?;
            }
            Step::ResubmitAgain(back) => {
                if let Some(resubmit) = self.resubmissions.iter().rev().nth(usize::from(*back)).cloned() {
                    self.resubmit(resubmit).await?;
                }
            }
            Step::Hasten(tasks) => {
                let ids = ids(tasks);
                let actual = self.store().hasten(&ids).await.map_err(told)?;
                same("hasten", &self.model.hasten(&ids), &actual)?;
            }
            Step::Forget(tasks) => {
                // What becomes of the place of an attempt when its task is forgotten is left open.
                let ids: Vec<_> = ids(tasks).into_iter().filter(|id| !self.model.is_stopping(*id)).collect();
                let actual = self.store().forget(&ids).await.map_err(told)?;
                same("forget", &self.model.forget(&ids), &actual)?;
            }
            Step::Discard(tasks) => {
                let ids = ids(tasks);
                let actual = self.store().discard(&ids).await.map_err(told)?;
                same("discard", &self.model.discard(&ids), &actual)?;
            }
            Step::Stall { stale, walk } => self.stall(*stale, *walk).await?,
            Step::FallSilent(walk) => {
                self.wait(INTERVAL).await;
                self.stall(None, *walk).await?;
            }
            Step::Prune { dead, age, walk } => self.prune(*dead, *age, *walk).await?,
            Step::Drop { beta, elsewhere, waited } => self.drop_waiting(*beta, *elsewhere, *waited).await?,
            Step::Purge { elsewhere, waited, scheduled, walk } => {
                self.purge(*elsewhere, *waited, *scheduled, *walk).await?;
            }
            Step::Stand { task, numerator } => self.stand(ids(&[*task])[0], *numerator).await?,
            Step::Expire => {
                let expired = self.store().expire(MAX_BATCH).await.map_err(told)?;
                self.model.follow_expire(MAX_BATCH, expired)?;
            }
            Step::List(listing) => self.list(*listing).await?,
            Step::Begin(listing) => self.reader = Some(Reader::new(list(*listing, &self.model), &self.model)),
            Step::GoOn => self.go_on().await?,
            Step::Count => self.count().await?,
            Step::Promote => {
                let promote = Promote { queues: None, limit: MAX_BATCH };
                let promoted = self.store().promote(&promote).await.map_err(told)?;
                self.model.follow_promote(&promote, promoted)?;
            }
            Step::Decide => self.decide().await?,
            Step::Reap => {
                let actual = self.store().reap(&self.decided).await.map_err(told)?;
                self.model.follow_reap(&self.decided, &actual)?;
            }
            Step::Wait(hundredths) => self.wait(hundredths_of_a_second(*hundredths)).await,
            Step::WaitForADay => self.wait(IDEMPOTENCY_KEPT).await,
        }
        self.compare().await
    }

    pub(super) fn store(&self) -> &SharedStore {
        &self.stores[self.steps % 2]
    }

    async fn wait(&mut self, duration: Duration) {
        self.env.advance(duration).await;
        self.model.now = self.env.now();
    }

    async fn resubmit(&mut self, resubmit: Resubmit) -> Checked {
        let actual = self.store().resubmit(&resubmit).await.map_err(told)?;
        same("resubmit", &self.model.resubmit(&resubmit), &actual)?;
        self.resubmissions.push(resubmit);
        Ok(())
    }

    /// Compares a list with what it should have, computed from all tasks.
    async fn list(&mut self, listing: Listing) -> Checked {
        let list = list(listing, &self.model);
        let mut reader = Reader::new(list.clone(), &self.model);
        while reader.read_on(self.store()).await? {}
        self.model.follow_list(&list.filter, list.order, &reader.seen)
    }

    async fn go_on(&mut self) -> Checked {
        let store = self.store().clone();
        if let Some(reader) = &mut self.reader
            && !reader.read_on(&store).await?
        {
            reader.check()?;
            self.reader = None;
        }
        Ok(())
    }

    /// Compares counts, and tallies of the last day.
    async fn count(&mut self) -> Checked {
        let counts = self.store().counts().await.map_err(told)?;
        self.model.follow_counts(&counts)?;
        self.count_by_kind().await?;
        let minute = minute(self.model.now);
        let minutes = minute + 1 - TALLIED_MINUTES..=minute;
        let tallies = self.store().tallies(minutes.clone()).await.map_err(told)?;
        self.model.follow_tallies(&minutes, &tallies)
    }

    async fn submit(&mut self, submissions: &[Submission]) -> Checked {
        let tasks: Vec<_> = submissions.iter().map(|submission| new_task(submission, self.model.now)).collect();
        let actual = self.store().submit(&tasks).await.map_err(told)?;
        same("submit", &self.model.submit(&tasks), &actual)
    }

    fn turn_of(&mut self, worker: usize, ends: &[(u8, End)], stopped: &[u8], claim: Option<Slots>) -> Turn {
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
        // Mostly such that occupy places still.
        let stopping: Vec<_> = self.stopping().collect();
        let among = |back: &u8| match usize::from(*back).checked_rem(stopping.len()) {
            Some(index) => Some(stopping[index]),
            None => self.attempt(*back).filter(|attempt| !self.model.runs(attempt.id, attempt.token)),
        };
        let gone: Vec<_> = stopped.iter().filter_map(among).map(|attempt| (attempt.id, attempt.token)).collect();
        let windows = self.windows;
        let worker = &mut self.workers[worker];
        let claim = claim.map(|slots| limited(worker, slots, windows));
        let mut turn = worker.next_turn(finishes, claim);
        turn.stopped = gone;
        turn
    }

    async fn send(&mut self, worker: usize, turn: Turn) -> Checked {
        let reply = self.workers[worker].send(&turn).await;
        self.model.follow_turn(&turn, &reply)?;
        let is_new = |task: &ClaimedTask| !self.attempts.iter().any(|known| known.token == task.token);
        let new: Vec<_> = reply.claimed.into_iter().filter(is_new).collect();
        self.holders.extend(new.iter().map(|task| (task.token, turn.worker)));
        self.attempts.extend(new);
        self.last_turns[worker] = Some(turn);
        Ok(())
    }

    async fn renew(&mut self, worker: u8, attempts: &[u8], beat: Option<u8>) -> Checked {
        let worker = &self.workers[usize::from(worker) % self.workers.len()];
        let beat = |attempt| {
            beat.map(|percent| Beat {
                progress: (percent > 0).then(|| Progress { percent: f64::from(percent), message: None }),
                max_heartbeat_interval: worker.policy(attempt).max_heartbeat_interval,
            })
        };
        let worker = worker.id;
        let mut tasks: Vec<Lease> = Vec::new();
        // A worker renews what was taken away as well, as long as its code runs.
        let own = self.stopping().filter(|attempt| self.holders[&attempt.token] == worker);
        for attempt in attempts.iter().filter_map(|back| self.attempt(*back)).chain(own) {
            if tasks.iter().all(|lease| lease.token != attempt.token)
                // The seam does not say whether a token may be used by a worker that it was not given to.
                && self.holders[&attempt.token] == worker
                && !self.model.has_lost_its_place(attempt.id, attempt.token)
            {
                tasks.push(Lease { id: attempt.id, token: attempt.token, beat: beat(attempt) });
            }
        }
        let renewal = Renewal { worker, lease: LEASE, tasks };
        let reply = self.store().renew(&renewal).await.map_err(told)?;
        same("renew", &(self.model.now, self.model.renew(&renewal)), &(reply.now, reply.tasks))
    }

    /// Compares where a task stands.
    async fn stand(&mut self, id: TaskId, numerator: Option<u8>) -> Checked {
        let queue = self.model.get(id).map(|task| task.queue.clone()).unwrap_or_default();
        let rate = numerator.map(|numerator| self.windows.rate(queue == queue_of(true), numerator));
        let actual = self.store().standing(id, rate).await.map_err(told)?;
        self.model.follow_standing(id, rate, actual)
    }

    async fn decide(&mut self) -> Checked {
        let overdue = self.store().overdue(MAX_BATCH).await.map_err(told)?;
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
    async fn compare(&mut self) -> Checked {
        for n in 0..TASKS {
            let id = id(u64::from(n));
            let actual = self.store().get(id).await.map_err(told)?;
            if let Some(actual) = &actual {
                self.model.settle(id, actual);
            }
            let differences = self.model.differences(id, actual.as_ref());
            if !differences.is_empty() {
                return Err(format!("task {n} is shown with {}", differences.join("; ")));
            }
        }
        if let Some(reader) = &mut self.reader {
            reader.notice(&self.model);
        }
        // Which shows what occupies places as well, and what counts against a rate.
        let waits = |id: &TaskId| self.model.get(*id).is_some_and(|task| task.status == Status::Submitted);
        let mut tasks = (0..usize::from(TASKS)).map(|n| id(((self.steps + n) % usize::from(TASKS)) as u64));
        match tasks.find(waits) {
            Some(id) => self.stand(id, Some(3)).await,
            None => Ok(()),
        }
    }

    /// Attempts that were taken away, and whose code may still run.
    fn stopping(&self) -> impl Iterator<Item = &ClaimedTask> {
        self.attempts.iter().filter(|attempt| self.model.stops(attempt.id, attempt.token))
    }

    /// The attempt that began so many before the last.
    fn attempt(&self, back: u8) -> Option<&ClaimedTask> {
        let count = self.attempts.len();
        let index = usize::from(back).checked_rem(count)?;
        Some(&self.attempts[count - 1 - index])
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what an error is mapped with")]
pub(super) fn told(error: StoreError) -> String {
    error.to_string()
}

/// Compares an answer.
pub(super) fn same<T: PartialEq + std::fmt::Debug>(what: &str, expected: &T, actual: &T) -> Checked {
    if expected == actual { Ok(()) } else { Err(format!("{what}: {actual:?} instead of {expected:?}")) }
}
