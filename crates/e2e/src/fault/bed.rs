use std::sync::Arc;
use std::time::Duration;

use jobbers_conformance::server::Signal;
use tokio::task::JoinHandle;

use super::check::Evidence;
use super::client::Client;
use super::journal::{Event, Journal};
use super::plan::{Fate, Plan};
use super::proxy::Proxy;
use super::record::Said;
use super::tally::Tally;
use super::{Chance, Report};
use crate::installation::LEASE;
use crate::{Installation, Program};

/// How much a scenario does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// For a test.
    Short,
    /// For a round of the soak.
    Long,
}

/// What a scenario runs on: an installation, its programs, a client, and the choices of this run.
#[derive(Debug)]
pub struct Bed {
    pub length: Length,
    pub chance: Chance,
    pub jobbers: Installation,
    pub journal: Journal,
    pub client: Arc<Client>,
    pub manager: Program,
    pub schedulers: Vec<Program>,
    pub workers: Vec<Program>,
    /// Between all programs and Redis, if there is one.
    pub proxy: Option<Proxy>,
}

/// Longest time until everything has come to its end after the last fault.
const SETTLED_WITHIN: Duration = Duration::from_secs(60);

impl Bed {
    /// With a manager, a scheduler, and so many workers.
    pub async fn new(jobbers: Installation, length: Length, chance: Chance, workers: usize) -> Self {
        Self::behind(None, jobbers, length, chance, workers).await
    }

    /// The same, with a proxy between all of them and Redis.
    pub async fn behind(
        proxy: Option<Proxy>,
        jobbers: Installation,
        length: Length,
        chance: Chance,
        workers: usize,
    ) -> Self {
        let journal = Journal::at(&jobbers.path("journal"));
        let url = proxy.as_ref().map_or_else(|| jobbers.store_url(), Proxy::url);
        let (manager, api) = jobbers.manager_with(&[("STORE_URL", &url)]).await;
        let client = Arc::new(Client::new(api, journal.clone()));
        let (schedulers, workers_wanted) = (Vec::new(), workers);
        let mut bed =
            Self { length, chance, jobbers, journal, client, manager, schedulers, workers: Vec::new(), proxy };
        bed.start_scheduler(&[]);
        for _ in 0..workers_wanted {
            bed.start_worker(&[]);
        }
        bed.client.api().knows("kept_task").await;
        bed
    }

    /// As many as are right for this length.
    pub fn times(&self, short: usize, long: usize) -> usize {
        match self.length {
            Length::Short => short,
            Length::Long => long,
        }
    }

    pub fn start_worker(&mut self, changes: &[(&str, &str)]) {
        let url = self.url();
        let own = [("STORE_URL", url.as_str()), ("WORKER_CONCURRENT_TASKS", "4")];
        self.workers.push(self.jobbers.worker(&[own.as_slice(), changes].concat()));
    }

    /// It looks for due tasks and dead workers very often, to get into every gap.
    pub fn start_scheduler(&mut self, changes: &[(&str, &str)]) {
        let url = self.url();
        let own = [("STORE_URL", url.as_str()), ("SCHEDULER_POLL_INTERVAL", "0.1"), ("SCHEDULER_BATCH_SIZE", "7")];
        let changes = [own.as_slice(), changes].concat();
        self.schedulers.push(self.jobbers.start("jobbers_scheduler", &[], &changes));
    }

    fn url(&self) -> String {
        self.proxy.as_ref().map_or_else(|| self.jobbers.store_url(), Proxy::url)
    }

    /// Ends the manager in whatever it does, and starts another one, on another port.
    pub async fn replace_manager(&mut self) {
        self.replace_manager_with(&[]).await;
    }

    /// The same; the next one has other settings.
    pub async fn replace_manager_with(&mut self, changes: &[(&str, &str)]) {
        self.manager.kill();
        let url = self.url();
        let changes = [&[("STORE_URL", url.as_str())], changes].concat();
        let (manager, api) = self.jobbers.manager_with(&changes).await;
        self.manager = manager;
        self.client.turn_to(api);
    }

    /// Ends one of the workers and takes it off the list.
    pub fn kill_a_worker(&mut self) {
        let victim = self.chance.below(self.workers.len());
        let mut worker = self.workers.swap_remove(victim);
        worker.kill();
        self.write(Event::Killed { pid: worker.pid() });
    }

    /// Freezes a worker for a while.
    pub async fn freeze(&self, worker: usize, seconds: f64) {
        let worker = &self.workers[worker];
        let pid = worker.pid();
        worker.signal(Signal::Stop);
        self.write(Event::Frozen { pid });
        tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
        self.write(Event::Thawed { pid });
        worker.signal(Signal::Cont);
    }

    pub fn write(&self, event: Event) {
        self.journal.write(event).expect("the journal takes a line");
    }

    /// Until a random instant.
    pub async fn pause(&mut self, least: f64, most: f64) {
        tokio::time::sleep(Duration::from_secs_f64(self.chance.between(least, most))).await;
    }

    /// Tasks of all kinds, of up to so many seconds each.
    pub fn plans(&mut self, short: usize, long: usize, seconds: f64) -> Vec<Plan> {
        (0..self.times(short, long)).map(|_| Plan::mixed(&mut self.chance, seconds)).collect()
    }

    /// Submits in the background, by several clients at once, over about so many seconds. Now and then one that is not sure
    /// whether it was heard submits once more.
    pub fn submit(&mut self, plans: Vec<Plan>, over: f64) -> Vec<JoinHandle<()>> {
        const CLIENTS: usize = 4;
        let pause = 2.0 * over * CLIENTS as f64 / plans.len().max(1) as f64;
        let mut shares = vec![Vec::new(); CLIENTS];
        for (n, plan) in plans.into_iter().enumerate() {
            shares[n % CLIENTS].push(plan);
        }
        let submit = |(share, mut chance): (Vec<Plan>, Chance)| {
            let client = Arc::clone(&self.client);
            tokio::spawn(async move {
                for (n, plan) in share.iter().enumerate() {
                    client.submit(plan).await;
                    if chance.happens(0.2) {
                        client.submit_again(&share[chance.below(n + 1)]).await;
                    }
                    tokio::time::sleep(Duration::from_secs_f64(chance.between(0.0, pause))).await;
                }
            })
        };
        let chances: Vec<Chance> = shares.iter().map(|_| self.chance.split()).collect();
        shares.into_iter().zip(chances).map(submit).collect()
    }

    /// Waits until everything that is to end has ended, and draws up the account.
    pub async fn settle(self, submissions: Vec<JoinHandle<()>>) -> Report {
        self.settle_with(submissions, async |_| ()).await
    }

    /// The same; then something more is done, of which the report does not tell.
    pub async fn settle_with(mut self, submissions: Vec<JoinHandle<()>>, more: impl AsyncFnOnce(&mut Self)) -> Report {
        for submission in submissions {
            submission.await.expect("clients come to their end");
        }
        let client = &self.client;
        let deadline = tokio::time::Instant::now() + SETTLED_WITHIN;
        // Who does not settle is found by the check of its end.
        while tokio::time::Instant::now() < deadline && !self.has_settled().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // Counts are of the last second.
        tokio::time::sleep(Duration::from_millis(1100)).await;
        let plans = client.accepted();
        let said = Said::of(client, plans.iter().map(|plan| plan.id.clone()).collect()).await;
        let report = Report::of(&Evidence {
            plans,
            cancelled: client.cancelled(),
            surprises: client.surprises(),
            said,
            tally: Tally::of(&self.jobbers).await,
            journal: self.journal.read(),
            lease: LEASE,
        });
        more(&mut self).await;
        report
    }

    async fn has_settled(&self) -> bool {
        let plans = self.client.accepted();
        let cancelled = self.client.cancelled();
        let later = plans.iter().filter(|plan| plan.fate() == Fate::StaysScheduled && !cancelled.contains(&plan.id));
        let (waiting, started) =
            (self.client.list("/tasks?status=submitted").await, self.client.list("/tasks?status=started").await);
        waiting.is_empty()
            && started.is_empty()
            && self.client.list("/tasks?status=scheduled").await.len() <= later.count()
    }
}
