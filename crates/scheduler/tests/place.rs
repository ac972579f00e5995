use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jobbers_conformance::flaky::Flaky;
use jobbers_core::model::{NewTask, Policy, Registration, Status, Task, TaskId, TaskType, Timestamp, When, WorkerId};
use jobbers_core::process::{Shutdown, SqlUrl, Stores};
use jobbers_core::routing::Routing;
use jobbers_core::store::sqlite::{Clock, SqliteStore};
use jobbers_core::store::{Claim, ClaimedTask, QueueSlots, Turn, TypeSlots};
use jobbers_scheduler::SchedulerSettings;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// Longest wait for anything.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// An embedded store of its own that can be made to fail.
pub struct Place {
    pub store: Arc<Flaky>,
    pub stores: Stores,
    pub folder: TempDir,
}

impl Place {
    pub async fn new() -> Self {
        Self::by(Clock::System).await
    }

    pub async fn by(clock: Clock) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("jobbers.db");
        let store = Arc::new(Flaky::new(SqliteStore::open(&file, clock).await.unwrap()));
        let routing = Routing::open(&SqlUrl::Sqlite(file)).await.unwrap();
        let stores = Stores { tasks: store.clone(), routing };
        Self { store, stores, folder }
    }

    pub fn schedule(&self, settings: SchedulerSettings) -> Scheduler {
        let shutdown = Shutdown::default();
        let running = tokio::spawn(jobbers_scheduler::run(settings, self.stores.clone(), shutdown.clone()));
        Scheduler { shutdown, running }
    }

    pub async fn submit(&self, queue: &str, when: When) -> TaskId {
        self.submit_as("report", queue, when, None).await
    }

    /// A task of another type, that may start now.
    pub async fn submit_type(&self, name: &str) -> TaskId {
        self.submit_as(name, "default", When::Now, None).await
    }

    /// A task that is to start before `expires_at`.
    pub async fn submit_until(&self, queue: &str, when: When, expires_at: Timestamp) -> TaskId {
        self.submit_as("report", queue, when, Some(expires_at)).await
    }

    async fn submit_as(&self, name: &str, queue: &str, when: When, expires_at: Option<Timestamp>) -> TaskId {
        let task = NewTask {
            id: TaskId::from_parts(1_700_000_000_000, rand::random()),
            task_type: TaskType::new(name, 1),
            queue: queue.to_owned(),
            priority: 5,
            when,
            parameters: Bytes::from_static(b"{}"),
            metadata: None,
            trace_id: None,
            fingerprint: [0; 8],
            expires_at,
            idempotency_key: None,
        };
        self.stores.tasks.submit(std::slice::from_ref(&task)).await.unwrap();
        task.id
    }

    /// Claims one task, as a worker does that dies then.
    pub async fn claim(&self, sequence: u64, worker: WorkerId, lease: Duration) -> Option<ClaimedTask> {
        let task_type = TaskType::new("report", 1);
        let policy = Policy::default();
        let registration = Registration {
            task_type: task_type.clone(),
            queue: "default".to_owned(),
            policy: policy.clone(),
            parameters_schema: None,
        };
        self.stores.tasks.register(&[registration]).await.unwrap();
        let slots =
            TypeSlots { task_type, free: 1, total: None, policy: policy.reference(), max_heartbeat_interval: None };
        let turn = Turn {
            worker,
            sequence,
            lease,
            finishes: Vec::new(),
            stopped: Vec::new(),
            claim: Some(Claim {
                tasks: 1,
                queues: vec![QueueSlots { queue: "default".to_owned(), free: 1, ..QueueSlots::default() }],
                types: vec![slots],
                token_seed: rand::random(),
            }),
            was_parked: false,
        };
        self.stores.tasks.turn(&turn).await.unwrap().claimed.pop()
    }

    pub async fn get(&self, id: TaskId) -> Task {
        self.stores.tasks.get(id).await.unwrap().expect("the store knows the task")
    }

    pub async fn until(&self, id: TaskId, status: Status) -> Task {
        timeout(PATIENCE, async {
            loop {
                let task = self.get(id).await;
                if task.status == status {
                    return task;
                }
                sleep(Duration::from_millis(5)).await;
            }
        })
        .await
        .unwrap_or_else(|_| panic!("task {id} did not become {status}"))
    }
}

pub struct Scheduler {
    shutdown: Shutdown,
    running: JoinHandle<()>,
}

impl Scheduler {
    pub async fn stop(self) {
        self.shutdown.graceful.cancel();
        timeout(PATIENCE, self.running).await.expect("the scheduler does not stop").unwrap();
    }
}
