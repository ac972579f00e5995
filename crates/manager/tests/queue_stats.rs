use futures_util::future::join_all;
use jobbers_conformance::sample::{completed, failed};
use jobbers_conformance::server::redis::{RedisServer, WITH_AOF};
use serde_json::{Value, json};

use crate::harness::Manager;
use crate::http::get;

async fn of_queue(manager: &Manager, name: &str) -> Value {
    let stats = manager.send(get("/queue-stats")).await.expect(200);
    assert!(stats["at"].is_string());
    let queues = stats["queues"].as_array().expect("queues");
    queues.iter().find(|queue| queue["queue"] == name).cloned().unwrap_or_default()
}

async fn a_queue_says_how_it_is_doing(manager: Manager) {
    let empty = of_queue(&manager, "default").await;
    assert_eq!(
        empty,
        json!({
            "queue": "default", "waiting": 0, "scheduled": 0, "started": 0, "dead": 0, "oldest_waiting_seconds": null,
            "paused": false, "consumers": 0, "roles": [{"role": "default", "workers": 0}],
            "last_minute": {"throughput": 0.0, "failure_rate": null},
            "last_hour": {"throughput": 0.0, "failure_rate": null},
        })
    );
    let mut worker = manager.worker_of_anything().await;
    manager.anything(8).await;
    manager.submit_all(&json!([{"name": "anything", "version": 2, "delay": 3600}])).await;
    let claimed = worker.claim(5).await;
    for (index, task) in claimed.iter().take(4).enumerate() {
        let end = if index == 0 { failed("no tea") } else { completed("1") };
        worker.finish(task, end).await;
    }
    manager
        .until("counted", async || {
            let queue = of_queue(&manager, "default").await;
            (&queue["waiting"], &queue["scheduled"], &queue["started"]) == (&json!(3), &json!(1), &json!(1))
                && queue["last_minute"]["failure_rate"] == 0.25
        })
        .await;
    let queue = of_queue(&manager, "default").await;
    let rate = |period: &str| queue[period]["throughput"].as_f64().expect("a number");
    // Up to a minute may have passed since, of which a part is left out.
    assert!(rate("last_minute") > 0.0 && rate("last_minute") <= 0.0667, "{queue}");
    assert!(rate("last_hour") > 0.0 && rate("last_hour") <= 0.0012, "{queue}");
    assert!(queue["oldest_waiting_seconds"].as_f64().is_some_and(|age| (0.0..60.0).contains(&age)), "{queue}");
}

#[tokio::test]
async fn a_queue_says_how_it_is_doing_on_sqlite() {
    a_queue_says_how_it_is_doing(Manager::start().await).await;
}

#[tokio::test]
async fn a_queue_says_how_it_is_doing_on_redis() {
    let server = RedisServer::start(&WITH_AOF);
    a_queue_says_how_it_is_doing(Manager::start_on(&server).await).await;
}

#[tokio::test]
async fn however_many_ask_it_is_counted_once_a_second() {
    let manager = Manager::start().await;
    let replies = join_all((0..200).map(|_| manager.send(get("/queue-stats")))).await;
    let mut moments: Vec<String> = replies.into_iter().map(|reply| reply.expect(200)["at"].to_string()).collect();
    moments.dedup();
    moments.sort();
    moments.dedup();
    assert!(moments.len() <= 10, "{} countings for 200 requests", moments.len());
}
