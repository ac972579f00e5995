use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use jobbers_conformance::Worker;
use jobbers_conformance::server::redis::RedisServer;
use jobbers_core::model::{Policy, Registration, TaskType};
use jobbers_core::process::{Connector, Shutdown, StoreSettings, Stores};
use jobbers_core::store::SharedStore;
use jobbers_manager::{ManagerSettings, bind};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::http::{Reply, Request, get, post_json};

/// A manager on a free port, on the embedded store, with three task types in its catalogue.
#[derive(Debug)]
pub struct Manager {
    pub address: SocketAddr,
    pub store: SharedStore,
    pub shutdown: Shutdown,
    pub server: JoinHandle<anyhow::Result<()>>,
    folder: TempDir,
}

pub fn settings() -> ManagerSettings {
    ManagerSettings { bind: "127.0.0.1:0".into(), ..ManagerSettings::default() }
}

/// Stores in this folder; the store of tasks at `store_url`, if there is one.
pub fn connector(folder: &TempDir, store_url: Option<String>) -> Connector {
    let file = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
    let store_url = store_url.unwrap_or_else(|| file("tasks.db"));
    Connector::new(StoreSettings::new(
        store_url.parse().expect("a store url"),
        file("queues.db").parse().expect("an SQL url"),
    ))
}

/// `greet` version 1 checks its parameters and hides a field, `anything` version 2 does not, `astray` version 1 goes
/// to a queue that does not exist.
pub fn registrations() -> Vec<Registration> {
    let registration = |name: &str, version| Registration {
        task_type: TaskType::new(name, version),
        queue: "default".into(),
        policy: Policy::default(),
        parameters_schema: None,
    };
    let schema = json!({
        "type": "object", "required": ["name"], "additionalProperties": false,
        "properties": {
            "name": {"type": "string"}, "times": {"type": "integer", "minimum": 1, "maximum": 9},
            "password": {"type": "string", "minLength": 8},
        },
    });
    vec![
        Registration { parameters_schema: Some(schema), policy: greet_policy(), ..registration("greet", 1) },
        registration("anything", 2),
        Registration { queue: "nowhere".into(), ..registration("astray", 1) },
    ]
}

pub fn greet_policy() -> Policy {
    Policy { redact: vec!["password".into()], max_retries: 4, ..Policy::default() }
}

impl Manager {
    pub async fn start() -> Self {
        Self::start_with(settings()).await
    }

    pub async fn start_with(settings: ManagerSettings) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let stores = connector(&folder, None).connect().await.expect("stores");
        Self::serve(&settings, stores, folder).await
    }

    /// On a Redis of its own.
    pub async fn start_on(server: &RedisServer) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let stores = connector(&folder, Some(server.url())).connect().await.expect("stores");
        Self::serve(&settings(), stores, folder).await
    }

    pub async fn serve(settings: &ManagerSettings, stores: Stores, folder: TempDir) -> Self {
        let store = stores.tasks.clone();
        store.register(&registrations()).await.expect("register");
        let bound = bind(settings).expect("an address");
        let (address, shutdown) = (bound.address(), Shutdown::default());
        let server = tokio::spawn(bound.serve(stores, shutdown.clone()));
        let manager = Self { address, store, shutdown, server, folder };
        manager.until("ready", async || manager.send(get("/readyz")).await.status == 200).await;
        manager
    }

    /// Another manager on the same stores.
    pub async fn another(&self) -> Self {
        let stores = connector(&self.folder, None).connect().await.expect("stores");
        Self::serve(&settings(), stores, tempfile::tempdir().expect("a folder")).await
    }

    /// The SQL store of queues and roles.
    pub fn sql_file(&self) -> PathBuf {
        self.folder.path().join("queues.db")
    }

    /// Creates a queue that is as queues are.
    pub async fn queue(&self, name: &str) {
        self.send(post_json("/queues", &json!({"name": name}))).await.expect(201);
    }

    pub async fn send(&self, request: Request) -> Reply {
        request.send(self.address).await
    }

    /// Submits a `greet` and answers its id.
    pub async fn greet(&self) -> String {
        let body = json!({"name": "greet", "version": 1, "parameters": {"name": "Ada"}});
        let task = self.send(post_json("/tasks", &body)).await.expect(201);
        task["id"].as_str().expect("an id").to_owned()
    }

    /// Submits these and answers their ids.
    pub async fn submit_all(&self, items: &Value) -> Vec<String> {
        let reply = self.send(post_json("/tasks/batch", items)).await.expect(200);
        let id = |result: &Value| {
            assert!(matches!(result["status"].as_str(), Some("submitted" | "scheduled")), "{result}");
            result["id"].as_str().expect("an id").to_owned()
        };
        reply["results"].as_array().expect("results").iter().map(id).collect()
    }

    /// Submits this many tasks `anything` and answers their ids.
    pub async fn anything(&self, count: usize) -> Vec<String> {
        let items: Vec<Value> =
            (0..count).map(|n| json!({"name": "anything", "version": 2, "parameters": {"n": n}})).collect();
        self.submit_all(&Value::from(items)).await
    }

    /// A worker that runs `anything`.
    pub async fn worker_of_anything(&self) -> Worker {
        let worker = Worker::consuming(&self.store, 2, &["default"], &[TaskType::new("anything", 2)]).await;
        self.store.register(&registrations()).await.expect("register");
        worker
    }

    pub async fn task(&self, id: &str) -> Value {
        self.send(get(format!("/tasks/{id}"))).await.expect(200)
    }

    /// A worker that runs `greet` as soon as it is told to.
    pub async fn worker(&self) -> Worker {
        let mut worker = Worker::consuming(&self.store, 1, &["default"], &[TaskType::new("greet", 1)]).await;
        for (_, _, policy) in &mut worker.types {
            *policy = greet_policy();
        }
        // A worker without handlers publishes no schemas: say again what there is.
        self.store.register(&registrations()).await.expect("register");
        worker
    }

    /// Waits until it is so.
    pub async fn until(&self, what: &str, mut is_so: impl AsyncFnMut() -> bool) {
        for _ in 0..600 {
            if is_so().await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("not in time: {what}");
    }
}
