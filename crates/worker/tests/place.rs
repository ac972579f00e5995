use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jobbers_conformance::server::redis::RedisServer;
use jobbers_core::model::{NewTask, Status, Task, TaskId, TaskType, When};
use jobbers_core::process::{Connector, Shutdown, SqlUrl, StoreSettings, StoreUrl, Stores};
use jobbers_worker::{TaskModule, WorkerEnd, WorkerSettings};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

/// Longest wait for anything.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A store of its own, and a client's way to it.
pub struct Place {
    pub connector: Connector,
    pub stores: Stores,
    pub folder: Arc<TempDir>,
}

impl Place {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("jobbers.db");
        Self::open(StoreUrl::Sqlite(file), folder).await
    }

    pub async fn redis(server: &RedisServer) -> Self {
        Self::open(StoreUrl::Redis(server.url()), tempfile::tempdir().unwrap()).await
    }

    async fn open(store_url: StoreUrl, folder: TempDir) -> Self {
        let sql = SqlUrl::Sqlite(folder.path().join("jobbers.db"));
        let connector = Connector::new(StoreSettings::new(store_url, sql));
        let stores = connector.connect().await.unwrap();
        Self { connector, stores, folder: Arc::new(folder) }
    }

    /// Starts a worker that ends when it is dropped or stopped.
    pub fn work(&self, module: impl Into<TaskModule>, settings: WorkerSettings) -> Worker {
        let shutdown = Shutdown::default();
        let (module, connector, stores) = (module.into(), self.connector.clone(), self.stores.clone());
        let running = tokio::spawn(jobbers_worker::run(module, settings, connector, stores, shutdown.clone()));
        Worker { shutdown, running: Some(running) }
    }

    pub async fn submit(&self, name: &str, parameters: &'static str) -> TaskId {
        let task = NewTask {
            id: TaskId::from_parts(1_700_000_000_000, rand::random()),
            task_type: TaskType::new(name, 1),
            queue: "default".to_owned(),
            priority: 5,
            when: When::Now,
            parameters: Bytes::from_static(parameters.as_bytes()),
            metadata: Some(Bytes::from_static(br#"{"who":"me"}"#)),
            trace_id: None,
            fingerprint: [0; 8],
            expires_at: None,
            idempotency_key: None,
        };
        self.stores.tasks.submit(std::slice::from_ref(&task)).await.unwrap();
        task.id
    }

    pub async fn get(&self, id: TaskId) -> Task {
        self.stores.tasks.get(id).await.unwrap().expect("the store knows the task")
    }

    /// The task, once it is as `condition` says.
    pub async fn until(&self, id: TaskId, condition: impl Fn(&Task) -> bool) -> Task {
        within(PATIENCE, async {
            loop {
                let task = self.get(id).await;
                if condition(&task) {
                    return task;
                }
                sleep(Duration::from_millis(5)).await;
            }
        })
        .await
    }

    pub async fn ended(&self, id: TaskId) -> Task {
        self.until(id, |task| task.status.is_ended()).await
    }

    /// Submits, runs with these tasks, and answers the task after its end.
    pub async fn run(module: impl Into<TaskModule>, name: &str, parameters: &'static str) -> Task {
        let place = Self::sqlite().await;
        let worker = place.work(module, settings());
        let id = place.submit(name, parameters).await;
        let task = place.ended(id).await;
        assert!(matches!(worker.stop().await, WorkerEnd::Stopped(_)));
        task
    }
}

pub struct Worker {
    pub shutdown: Shutdown,
    running: Option<JoinHandle<anyhow::Result<WorkerEnd>>>,
}

impl Worker {
    pub async fn stop(self) -> WorkerEnd {
        self.shutdown.graceful.cancel();
        self.end().await
    }

    pub async fn end(mut self) -> WorkerEnd {
        let running = self.running.take().unwrap();
        within(PATIENCE, running).await.unwrap().unwrap()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.shutdown.graceful.cancel();
        self.shutdown.immediate.cancel();
    }
}

pub fn settings() -> WorkerSettings {
    WorkerSettings { worker_ttl: 0, ..WorkerSettings::default() }
}

pub async fn within<T>(patience: Duration, wait: impl Future<Output = T>) -> T {
    timeout(patience, wait).await.expect("it did not happen in time")
}

/// Error and type of the last attempt.
pub fn last_error(task: &Task) -> (&str, &str) {
    let detail = &task.attempts.last().expect("an end of an attempt").detail;
    (&detail.error, &detail.error_type)
}

pub fn is_failed(task: &Task) -> bool {
    task.status == Status::Failed
}
