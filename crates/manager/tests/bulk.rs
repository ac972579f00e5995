use jobbers_conformance::sample::failed;
use jobbers_conformance::server::redis::{RedisServer, WITH_AOF};
use serde_json::{Value, json};

use crate::harness::Manager;
use crate::http::{get, post, post_json};

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

fn statuses(reply: &Value) -> Vec<(&str, &str)> {
    let pair = |result: &'_ Value| {
        (result["task_id"].as_str().expect("a text").len(), result["status"].as_str().expect("a text").len())
    };
    let results = reply["results"].as_array().expect("results");
    assert!(results.iter().all(|result| pair(result).0 == 26));
    results
        .iter()
        .map(|result| (result["task_id"].as_str().expect("a text"), result["status"].as_str().expect("a text")))
        .collect()
}

async fn count(manager: &Manager, status: &str) -> usize {
    let page = manager.send(get(format!("/tasks?status={status}&limit=1000"))).await.expect(200);
    assert_eq!(page["next_cursor"], Value::Null);
    page["tasks"].as_array().expect("an array").len()
}

/// Goes on until nothing is left; answers how many results there were, and in how many calls.
async fn until_done(manager: &Manager, path: &str, body: &Value) -> (usize, usize) {
    let (mut body, mut tasks, mut calls) = (body.clone(), 0, 0);
    loop {
        let reply = manager.send(post_json(path, &body)).await.expect(200);
        tasks += reply["results"].as_array().expect("an array").len();
        calls += 1;
        assert!(calls < 1000, "no end");
        match reply["next_cursor"].clone() {
            Value::Null => return (tasks, calls),
            cursor => body["cursor"] = cursor,
        }
    }
}

async fn many_are_cancelled_and_resubmitted_by_id(manager: Manager) {
    let ids = manager.anything(1_200).await;
    let mut worker = manager.worker_of_anything().await;
    let claimed = worker.claim(2).await;
    let running: Vec<String> = claimed.iter().map(|task| task.id.to_string()).collect();
    let mut all = ids.clone();
    all.push(ids[5].clone());
    all.push(ID.to_owned());
    let rehearsal =
        manager.send(post_json("/tasks/cancel", &json!({"task_ids": all, "dry_run": true}))).await.expect(200);
    let reply = manager.send(post_json("/tasks/cancel", &json!({"task_ids": all}))).await.expect(200);
    assert_eq!(rehearsal, reply, "a rehearsal says what is done then");
    let found = statuses(&reply);
    assert_eq!(found.len(), 1_201, "each once");
    for (asked, (id, status)) in ids.iter().zip(&found) {
        let expected = if running.contains(asked) { "cancellation_requested" } else { "cancelled" };
        assert_eq!((id, status), (&asked.as_str(), &expected));
    }
    assert_eq!(found[1_200], (ID, "not_found"));
    assert_eq!((count(&manager, "started").await, count(&manager, "submitted").await), (2, 0));

    let again = manager.send(post_json("/tasks/cancel", &json!({"task_ids": [ids[10]]}))).await.expect(200);
    assert_eq!(
        again["results"][0],
        json!({
            "task_id": ids[10], "status": "conflict",
            "detail": "it is cancelled: only submitted, scheduled and started tasks can be cancelled",
        })
    );
    let reply = manager.send(post_json("/tasks/resubmit", &json!({"task_ids": ids}))).await.expect(200);
    let resubmitted = statuses(&reply).iter().filter(|(_, status)| *status == "resubmitted").count();
    assert_eq!((resubmitted, count(&manager, "started").await), (1_198, 2));
    let conflict = reply["results"]
        .as_array()
        .expect("an array")
        .iter()
        .find(|result| result["status"] == "conflict")
        .expect("it is there");
    assert_eq!(
        conflict["detail"],
        "it is started: only failed, stalled, cancelled and dropped tasks can be resubmitted"
    );
}

#[tokio::test]
async fn many_are_cancelled_and_resubmitted_by_id_on_sqlite() {
    many_are_cancelled_and_resubmitted_by_id(Manager::start().await).await;
}

#[tokio::test]
async fn many_are_cancelled_and_resubmitted_by_id_on_redis() {
    let server = RedisServer::start(&WITH_AOF);
    many_are_cancelled_and_resubmitted_by_id(Manager::start_on(&server).await).await;
}

#[tokio::test]
async fn a_filter_reaches_everything_that_is_live() {
    let manager = Manager::start().await;
    let ended = manager.anything(20).await;
    manager.send(post_json("/tasks/cancel", &json!({"task_ids": ended}))).await.expect(200);
    manager.anything(700).await;
    manager.submit_all(&json!([{"name": "anything", "version": 2, "delay": 3600}])).await;
    manager.greet().await;
    let mut worker = manager.worker_of_anything().await;
    assert_eq!(worker.claim(3).await.len(), 3);

    let filter = json!({"queue": "default", "name": "anything"});
    let rehearsal = json!({"filter": filter, "limit": 10_000, "dry_run": true});
    assert_eq!(until_done(&manager, "/tasks/cancel", &rehearsal).await.0, 701);
    assert_eq!(count(&manager, "submitted").await, 698, "nothing has changed");
    let (tasks, calls) = until_done(&manager, "/tasks/cancel", &json!({"filter": filter, "limit": 300})).await;
    assert_eq!(tasks, 701, "each once, also those that still run");
    assert!(calls >= 3, "{calls}");
    assert_eq!((count(&manager, "submitted").await, count(&manager, "scheduled").await), (1, 0));
    assert_eq!((count(&manager, "started").await, count(&manager, "cancelled").await), (3, 718));

    let again = manager.send(post_json("/tasks/cancel", &json!({"filter": {"status": "cancelled"}, "limit": 2}))).await;
    let again = again.expect(200);
    assert!(statuses(&again).iter().all(|(_, status)| *status == "conflict"), "{again}");
}

#[tokio::test]
async fn a_filter_by_times_is_about_the_submission_where_no_status_is_named() {
    let manager = Manager::start().await;
    let early = manager.anything(3).await;
    manager.send(post(format!("/tasks/{}/cancel", early[0]))).await.expect(200);
    let since = manager.store.now().await.unwrap().after(std::time::Duration::from_millis(1));
    manager.until("later", async || manager.store.now().await.unwrap() > since).await;
    let late = manager.anything(2).await;
    let until = json!({"filter": {"until": since.to_string()}});
    let reply = manager.send(post_json("/tasks/cancel", &until)).await.expect(200);
    assert_eq!(statuses(&reply), [(early[2].as_str(), "cancelled"), (early[1].as_str(), "cancelled")]);
    let reply = manager.send(post_json("/tasks/resubmit", &until)).await.expect(200);
    assert_eq!(statuses(&reply).len(), 3);
    assert_eq!(manager.task(&late[0]).await["status"], "submitted");
}

#[tokio::test]
async fn failed_tasks_are_resubmitted_once_each_even_if_they_fail_again() {
    let manager = Manager::start().await;
    manager.anything(30).await;
    let mut worker = manager.worker_of_anything().await;
    let fail_all = async |worker: &mut jobbers_conformance::Worker| {
        for task in worker.claim_all().await {
            worker.finish(&task, failed("no tea")).await;
        }
    };
    fail_all(&mut worker).await;
    let mut body = json!({"filter": {"status": "failed"}, "limit": 10});
    let mut tasks = 0;
    for _ in 0..10 {
        let reply = manager.send(post_json("/tasks/resubmit", &body)).await.expect(200);
        tasks += statuses(&reply).len();
        fail_all(&mut worker).await;
        match reply["next_cursor"].clone() {
            Value::Null => break,
            cursor => body["cursor"] = cursor,
        }
    }
    assert_eq!(tasks, 30);
    assert_eq!(count(&manager, "failed").await, 30);
}

/// Fifty thousand tasks are cancelled by a client that goes on until nothing is left, while workers run.
async fn fifty_thousand(manager: Manager) {
    for _ in 0..5 {
        manager.anything(10_000).await;
    }
    let mut worker = manager.worker_of_anything().await;
    let working = async {
        let mut done = 0;
        loop {
            let claimed = worker.claim(20).await;
            if claimed.is_empty() {
                return done;
            }
            done += claimed.len();
            for task in claimed {
                worker.finish(&task, jobbers_conformance::sample::completed("1")).await;
            }
        }
    };
    let body = json!({"filter": {"queue": "default"}, "limit": 10_000});
    let begin = std::time::Instant::now();
    let (done, (tasks, calls)) = tokio::join!(working, until_done(&manager, "/tasks/cancel", &body));
    let took = begin.elapsed();
    // Whoever runs when the list of waiting ones is passed is reached in the list of running ones, or has ended.
    assert!(tasks + done >= 50_000 && tasks > 25_000, "{tasks} cancelled, {done} done");
    assert!(calls < 60, "{calls} calls");
    assert!(took < std::time::Duration::from_secs(60), "{took:?}");
    let live = json!({"filter": {"queue": "default"}, "dry_run": true});
    assert_eq!(until_done(&manager, "/tasks/cancel", &live).await.0, 0, "nothing is left");
}

#[tokio::test]
async fn fifty_thousand_tasks_are_cancelled_by_filter_while_a_worker_runs_on_sqlite() {
    fifty_thousand(Manager::start().await).await;
}

#[tokio::test]
async fn fifty_thousand_tasks_are_cancelled_by_filter_while_a_worker_runs_on_redis() {
    let server = RedisServer::start(&WITH_AOF);
    fifty_thousand(Manager::start_on(&server).await).await;
}

#[tokio::test]
async fn nobody_cancels_everything_by_mistake() {
    let manager = Manager::start().await;
    let id = manager.greet().await;
    for path in ["/tasks/cancel", "/tasks/resubmit"] {
        for (body, status, words) in [
            (json!({}), 400, "send `task_ids` or a `filter`"),
            (json!({"dry_run": false}), 400, "send `task_ids` or a `filter`"),
            (json!({"filter": {}}), 400, "the filter is empty"),
            (json!({"filter": {"status": null}}), 400, "the filter is empty"),
            (json!({"filter": {"status": "done"}}), 422, "/filter/status"),
            (json!({"filter": {"colour": "red"}}), 422, "/filter/colour is not a known field"),
            (json!({"filter": {"worker": "0001020304050607"}}), 422, "/filter/worker selects among the tasks that run"),
            (json!({"filter": {"status": "started", "worker": "x"}}), 422, "`x` is not the id of a worker"),
            (json!({"filter": {"since": "yesterday"}}), 422, "/filter/since `yesterday` is not a time"),
            (json!({"filter": {"name": "a", "task_name": "a"}}), 422, "two spellings of the same"),
            (json!({"filter": {"queue": "a"}, "limit": 0}), 422, "/limit must be 1 or more"),
            (json!({"filter": {"queue": "a"}, "limit": 10_001}), 422, "/limit must be 10000 or less"),
            (json!({"filter": {"queue": "a"}, "cursor": "x"}), 400, "`x` is not a cursor of this list"),
            (json!({"filter": {"queue": "a"}, "task_ids": []}), 422, "/filter is there besides /task_ids"),
            (json!({"task_ids": [], "limit": 5}), 422, "/limit is there besides /task_ids"),
            (json!({"task_ids": [id, "x"]}), 400, "/task_ids/1 `x` is not a task id"),
            (json!({"task_ids": [id, 5]}), 422, "/task_ids/1 must be a string"),
            (json!({"task_ids": vec![ID; 10_001]}), 422, "/task_ids must have at most 10000 items"),
            (json!([]), 422, "must be an object"),
        ] {
            let problem = manager.send(post_json(path, &body)).await.problem(status);
            assert!(problem["detail"].as_str().unwrap().contains(words), "{words}: {problem}");
        }
        assert_eq!(manager.send(post_json(path, &json!({"task_ids": []}))).await.expect(200)["results"], json!([]));
    }
    assert_eq!(manager.task(&id).await["status"], "submitted");
}
