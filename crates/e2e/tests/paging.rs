//! Lists are read page by page while tasks come and go.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jobbers_e2e::{Api, Installation, eventually};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

super::on_both_stores! {
    each_task_that_does_not_change_is_listed_once_while_others_come_and_go,
}

const STILL: usize = 200_000;
const BATCH: usize = 5_000;
/// What comes and goes each second.
const CHURN: usize = 2_000;

async fn each_task_that_does_not_change_is_listed_once_while_others_come_and_go(jobbers: Installation) {
    let manager = jobbers.start("jobbers_manager", &["--accept-unknown"], &[]);
    let api = jobbers_e2e::installation::api_of(&manager).await;
    let _worker = jobbers.demo_worker(&[("WORKER_CONCURRENT_TASKS", "100")]);
    api.knows("noop").await;
    let still = submit_still(&api).await;

    let churn = Churn::start(&api);
    eventually("others come", Duration::from_secs(30), async || (churn.count() > CHURN).then_some(())).await;
    for query in ["/tasks?limit=1000", "/tasks?limit=1000&status=submitted", "/tasks?limit=997&name=nobody_runs_this"] {
        let before = churn.count();
        let listed = page_through(&api, query).await;
        assert!(churn.count() > before, "nothing came meanwhile");
        let unique: HashSet<&String> = listed.iter().collect();
        assert_eq!(unique.len(), listed.len(), "{query}: a task is listed twice");
        let missing = still.iter().filter(|id| !unique.contains(id)).count();
        assert_eq!(missing, 0, "{query}: tasks that did not change are missing");
    }
    churn.stop().await;
}

/// Tasks that nobody runs; half of them in few milliseconds.
async fn submit_still(api: &Api) -> HashSet<String> {
    let mut ids = HashSet::with_capacity(STILL);
    for _ in 0..STILL / BATCH {
        let task = json!({"name": "nobody_runs_this", "version": 1});
        ids.extend(submit_batch(api, vec![task; BATCH]).await);
    }
    assert_eq!(ids.len(), STILL);
    ids
}

async fn submit_batch(api: &Api, batch: Vec<Value>) -> Vec<String> {
    let (status, answer) = api.post("/tasks/batch", Value::Array(batch)).await;
    assert_eq!(status, 200, "{answer}");
    let results = answer["results"].as_array().unwrap();
    assert!(results.iter().all(|result| result["status"] == "submitted"), "{}", results[0]);
    results.iter().map(|result| result["id"].as_str().unwrap().to_owned()).collect()
}

async fn page_through(api: &Api, query: &str) -> Vec<String> {
    let mut listed = Vec::new();
    let mut path = query.to_owned();
    loop {
        let (status, page) = api.call(Method::GET, &path, None).await;
        assert_eq!(status, 200, "{page}");
        listed.extend(page["tasks"].as_array().unwrap().iter().map(|task| task["id"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("{query}&cursor={cursor}"),
            None => return listed,
        }
    }
}

/// Tasks that are submitted all the time, run at once, and are done.
struct Churn {
    submitted: Arc<std::sync::atomic::AtomicUsize>,
    stop: Arc<AtomicBool>,
    running: tokio::task::JoinHandle<()>,
}

impl Churn {
    fn start(api: &Api) -> Self {
        const PER_SECOND: usize = 10;
        let (submitted, stop) = (Arc::<std::sync::atomic::AtomicUsize>::default(), Arc::<AtomicBool>::default());
        let running = tokio::spawn({
            let (api, submitted, stop) = (api.clone(), submitted.clone(), stop.clone());
            async move {
                let began = Instant::now();
                for round in 1.. {
                    if stop.load(Ordering::SeqCst) {
                        return;
                    }
                    let task = json!({"name": "noop", "version": 1});
                    let ids = submit_batch(&api, vec![task; CHURN / PER_SECOND]).await;
                    submitted.fetch_add(ids.len(), Ordering::SeqCst);
                    let next = began + Duration::from_secs(1) / u32::try_from(PER_SECOND).unwrap() * round;
                    sleep(next.saturating_duration_since(Instant::now())).await;
                }
            }
        });
        Self { submitted, stop, running }
    }

    fn count(&self) -> usize {
        self.submitted.load(Ordering::SeqCst)
    }

    async fn stop(self) {
        self.stop.store(true, Ordering::SeqCst);
        self.running.await.unwrap();
    }
}
