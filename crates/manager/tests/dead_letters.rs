use jobbers_conformance::Worker;
use jobbers_conformance::sample::{failed, failed_expectedly};
use jobbers_core::model::{DeadLetter, Policy};
use jobbers_core::store::MAX_BATCH;
use serde_json::{Value, json};

use crate::harness::{Manager, greet_policy, registrations};
use crate::http::{get, post, post_json};

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

/// A worker whose failed greetings become dead letters.
pub async fn worker(manager: &Manager) -> Worker {
    let mut worker = manager.worker().await;
    let policy = Policy { dead_letter: DeadLetter::Save, ..greet_policy() };
    let mut types = registrations();
    types[0].policy = policy.clone();
    worker.types[0].2 = policy;
    manager.store.register(&types).await.expect("register");
    worker
}

/// Ids of greetings that are dead letters now.
pub async fn bury(manager: &Manager, worker: &mut Worker, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for _ in 0..count {
        ids.push(manager.greet().await);
        let claimed = worker.claim_one().await;
        worker.finish(&claimed, failed("no tea")).await;
    }
    ids
}

/// The same for many, in a few steps.
pub async fn bury_at_once(manager: &Manager, worker: &mut Worker, count: usize) -> Vec<String> {
    let item = json!({"name": "greet", "version": 1, "parameters": {"name": "Ada"}});
    let ids = manager.submit_all(&Value::from(vec![item; count])).await;
    for claimed in worker.claim_all().await.chunks(MAX_BATCH) {
        let finishes = claimed.iter().map(|claimed| worker.decide(claimed, failed("no tea"))).collect();
        let turn = worker.next_turn(finishes, None);
        worker.send(&turn).await;
    }
    ids
}

fn ids(page: &Value) -> Vec<String> {
    page["tasks"]
        .as_array()
        .expect("an array")
        .iter()
        .map(|task| task["id"].as_str().expect("a text").to_owned())
        .collect()
}

#[tokio::test]
async fn dead_letters_are_listed_and_run_again() {
    let manager = Manager::start().await;
    let mut worker = worker(&manager).await;
    let dead = bury(&manager, &mut worker, 5).await;
    let page = manager.send(get("/dead-letter-queue?limit=2")).await.expect(200);
    assert_eq!(ids(&page), [dead[4].clone(), dead[3].clone()]);
    assert_eq!(page["tasks"][0]["last_error"], "no tea");
    let next = page["next_cursor"].as_str().unwrap();
    let page = manager.send(get(format!("/dead-letter-queue?cursor={next}"))).await.expect(200);
    assert_eq!(ids(&page).len(), 3);
    for (query, count) in
        [("queue=default", 5), ("task_name=greet&task_version=1", 5), ("task_name=other", 0), ("queue=x", 0)]
    {
        let page = manager.send(get(format!("/dead-letter-queue?{query}"))).await.expect(200);
        assert_eq!(ids(&page).len(), count, "{query}");
    }

    let by_id = json!({"task_ids": [dead[0], dead[0], ID]});
    let reply = manager.send(post_json("/dead-letter-queue/resubmit", &by_id)).await.expect(200);
    assert_eq!((&reply["resubmitted"], &reply["skipped"]), (&json!(1), &json!(1)));
    assert_eq!(ids(&reply), [dead[0].clone()]);
    assert_eq!((&reply["tasks"][0]["status"], &reply["tasks"][0]["retry_attempt"]), (&json!("submitted"), &json!(0)));
    let reply = manager.send(post_json("/dead-letter-queue/resubmit", &by_id)).await.expect(200);
    assert_eq!((&reply["resubmitted"], &reply["skipped"], &reply["tasks"]), (&json!(0), &json!(2), &json!([])));

    let by_queue = json!({"queue": "default", "task_name": "greet", "limit": 3});
    let reply = manager.send(post_json("/dead-letter-queue/resubmit", &by_queue)).await.expect(200);
    assert_eq!((&reply["resubmitted"], &reply["skipped"]), (&json!(3), &json!(0)));
    assert_eq!(ids(&manager.send(get("/dead-letter-queue")).await.expect(200)), [dead[1].clone()]);
    assert_eq!(worker.claim_all().await.len(), 4);
}

#[tokio::test]
async fn failures_count_on_where_that_is_wanted() {
    let manager = Manager::start().await;
    let mut worker = worker(&manager).await;
    let id = manager.greet().await;
    for _ in 0..5 {
        let claimed = worker.claim_one().await;
        worker.finish(&claimed, failed_expectedly("no tea")).await;
    }
    assert_eq!(manager.task(&id).await["status"], "failed");
    let body = json!({"task_name": "greet", "reset_retry_count": false});
    let reply = manager.send(post_json("/dead-letter-queue/resubmit", &body)).await.expect(200);
    assert_eq!(reply["tasks"][0]["retry_attempt"], 5);
}

#[tokio::test]
async fn the_history_tells_how_each_attempt_ended() {
    let manager = Manager::start().await;
    let mut worker = worker(&manager).await;
    let id = manager.greet().await;
    for error in ["first", "second"] {
        let claimed = worker.claim_one().await;
        let end = if error == "first" { failed_expectedly(error) } else { failed(error) };
        worker.finish(&claimed, end).await;
    }
    let reply = manager.send(get(format!("/dead-letter-queue/{id}/history"))).await.expect(200);
    assert_eq!(reply["task_id"], id);
    let history = reply["history"].as_array().unwrap();
    let seen: Vec<_> = history.iter().map(|end| (&end["attempt"], &end["retry_attempt"], &end["error"])).collect();
    assert_eq!(seen, [(&json!(1), &json!(0), &json!("first")), (&json!(2), &json!(1), &json!("second"))]);
    assert_eq!(history[0]["failed_at"], history[0]["timestamp"]);
    assert_eq!(history[0]["worker"], worker.id.to_string());
}

#[tokio::test]
async fn what_has_not_failed_is_left_alone_and_nothing_is_meant_by_nothing() {
    let manager = Manager::start().await;
    let id = manager.greet().await;
    manager.send(post(format!("/tasks/{id}/cancel"))).await.expect(200);
    let reply = manager.send(post_json("/dead-letter-queue/resubmit", &json!({"task_ids": [id]}))).await.expect(200);
    assert_eq!((&reply["resubmitted"], &reply["skipped"]), (&json!(0), &json!(1)));
    assert_eq!(manager.task(&id).await["status"], "cancelled");
    let failed_only = manager.anything(1).await.remove(0);
    let mut worker = manager.worker_of_anything().await;
    let claimed = worker.claim_one().await;
    worker.finish(&claimed, failed("no tea")).await;
    let reply = manager.send(post_json("/dead-letter-queue/resubmit", &json!({"queue": "default"}))).await.expect(200);
    assert_eq!((&reply["resubmitted"], &reply["skipped"]), (&json!(0), &json!(0)), "it is no dead letter");
    let by_id = json!({"task_ids": [failed_only]});
    let reply = manager.send(post_json("/dead-letter-queue/resubmit", &by_id)).await.expect(200);
    assert_eq!((&reply["resubmitted"], &reply["skipped"]), (&json!(0), &json!(1)), "nor by its id");
    assert_eq!(manager.task(&failed_only).await["status"], "failed");
    for (body, status, words) in [
        (json!({}), 400, "send `task_ids`, or at least one of"),
        (json!({"limit": 5, "reset_retry_count": true}), 400, "send `task_ids`, or at least one of"),
        (json!({"task_ids": [id], "queue": "default"}), 422, "/queue is there besides /task_ids"),
        (json!({"task_ids": [id], "limit": 5}), 422, "/limit is there besides /task_ids"),
        (json!({"task_ids": ["x"]}), 400, "/task_ids/0 `x` is not a task id"),
        (json!({"queue": "default", "limit": 1001}), 422, "/limit must be 1000 or less"),
        (json!({"colour": "red"}), 422, "/colour is not a known field"),
    ] {
        let problem = manager.send(post_json("/dead-letter-queue/resubmit", &body)).await.problem(status);
        assert!(problem["detail"].as_str().unwrap().contains(words), "{words}: {problem}");
    }
}

#[tokio::test]
async fn of_two_who_want_the_same_dead_letters_one_counts_each() {
    let manager = Manager::start().await;
    let mut worker = worker(&manager).await;
    let dead = bury(&manager, &mut worker, 40).await;
    let by_id = post_json("/dead-letter-queue/resubmit", &json!({"task_ids": dead}));
    let by_queue = post_json("/dead-letter-queue/resubmit", &json!({"queue": "default", "limit": 1000}));
    let requests = (0..12).map(|n| if n % 2 == 0 { by_id.clone() } else { by_queue.clone() });
    let calls: Vec<_> = requests.map(|request| tokio::spawn(request.send(manager.address))).collect();
    let mut resubmitted = 0;
    for (n, call) in calls.into_iter().enumerate() {
        let reply = call.await.unwrap().expect(200);
        let counted = reply["resubmitted"].as_u64().unwrap();
        assert_eq!(ids(&reply).len() as u64, counted);
        if n % 2 == 0 {
            assert_eq!(counted + reply["skipped"].as_u64().unwrap(), 40, "{reply}");
        }
        resubmitted += counted;
    }
    assert_eq!(resubmitted, 40);
    assert_eq!(ids(&manager.send(get("/dead-letter-queue")).await.expect(200)), [""; 0]);
    assert_eq!(worker.claim_all().await.len(), 40);
}
