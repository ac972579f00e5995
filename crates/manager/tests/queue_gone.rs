//! Nothing is made to wait in a queue that does not exist any more.

use jobbers_conformance::Worker;
use jobbers_conformance::sample::failed;
use jobbers_core::model::{DeadLetter, Policy, TaskType};
use serde_json::{Value, json};

use crate::harness::Manager;
use crate::http::{method, post, post_json};

/// Cancelled tasks: two of a queue that is gone, one of one that is not.
async fn cancelled(manager: &Manager) -> Vec<String> {
    manager.queue("mails").await;
    let later = |queue: &str| json!({"name": "anything", "version": 2, "queue": queue, "delay": 3600});
    let ids = manager.submit_all(&json!([later("mails"), later("default"), later("mails")])).await;
    manager.send(post_json("/tasks/cancel", &json!({"task_ids": ids}))).await.expect(200);
    manager.send(method("DELETE", "/queues/mails")).await.expect(200);
    ids
}

fn results(reply: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let results = reply["results"].as_array().expect("results");
    results.iter().map(|result| (text(&result["task_id"]), text(&result["status"]))).collect()
}

const DETAIL: &str = "there is no queue `mails` (any more), so it cannot be resubmitted: create it first";

#[tokio::test]
async fn one_task_is_not_resubmitted_into_a_queue_that_is_gone() {
    let manager = Manager::start().await;
    let ids = cancelled(&manager).await;
    let problem = manager.send(post(format!("/tasks/{}/resubmit", ids[0]))).await.problem(409);
    assert_eq!(problem["type"], "urn:jobbers:problem:queue-gone");
    let id = &ids[0];
    assert_eq!(
        problem["detail"],
        format!("task {id} cannot be resubmitted: there is no queue `mails` (any more); create it first")
    );
    assert_eq!(manager.task(id).await["status"], "cancelled");
    manager.send(post(format!("/tasks/{}/resubmit", ids[1]))).await.expect(200);
    manager.queue("mails").await;
    let task = manager.send(post(format!("/tasks/{id}/resubmit"))).await.expect(200);
    assert_eq!(task["status"], "submitted");
}

#[tokio::test]
async fn of_many_tasks_those_are_refused_whose_queue_is_gone() {
    let manager = Manager::start().await;
    let ids = cancelled(&manager).await;
    let expected = |statuses: [&str; 3]| -> Vec<(String, String)> {
        ids.iter().zip(statuses).map(|(id, status)| (id.clone(), status.to_owned())).collect()
    };
    let by_ids = json!({"task_ids": ids});
    for rehearsal in [true, false] {
        let mut body = by_ids.clone();
        body["dry_run"] = json!(rehearsal);
        let reply = manager.send(post_json("/tasks/resubmit", &body)).await.expect(200);
        assert_eq!(results(&reply), expected(["conflict", "resubmitted", "conflict"]), "{rehearsal}");
        assert_eq!(reply["results"][0]["detail"], DETAIL);
        assert_eq!(reply["results"][2]["detail"], DETAIL);
    }
    let by_filter = json!({"filter": {"status": "cancelled"}});
    let reply = manager.send(post_json("/tasks/resubmit", &by_filter)).await.expect(200);
    assert_eq!(results(&reply).len(), 2);
    assert_eq!(reply["results"][1]["detail"], DETAIL);
    // Where no status is named it says so as well, and cancelling is not concerned.
    let reply = manager.send(post_json("/tasks/resubmit", &json!({"filter": {"queue": "mails"}}))).await.expect(200);
    assert_eq!(results(&reply).len(), 2);
    manager.send(post_json("/tasks/cancel", &by_ids)).await.expect(200);
    assert_eq!(manager.task(&ids[1]).await["status"], "cancelled");
    manager.queue("mails").await;
    let reply = manager.send(post_json("/tasks/resubmit", &by_ids)).await.expect(200);
    assert_eq!(results(&reply), expected(["resubmitted"; 3]));
}

#[tokio::test]
async fn dead_letters_of_a_queue_that_is_gone_stay_and_are_not_resubmitted() {
    let manager = Manager::start().await;
    manager.queue("mails").await;
    let types = [TaskType::new("anything", 2)];
    let mut worker = Worker::consuming(&manager.store, 3, &["default", "mails"], &types).await;
    worker.types[0].2 = Policy { dead_letter: DeadLetter::Save, ..Policy::default() };
    let of = |queue: &str| json!({"name": "anything", "version": 2, "queue": queue});
    let ids = manager.submit_all(&json!([of("mails"), of("default")])).await;
    for claimed in worker.claim_all().await {
        worker.finish(&claimed, failed("no tea")).await;
    }
    let problem = manager.send(method("DELETE", "/queues/mails")).await.problem(409);
    assert!(problem["detail"].as_str().unwrap().contains("it has 1 dead letter."), "{problem}");
    let reply = manager.send(method("DELETE", "/queues/mails?force=true")).await.expect(200);
    assert_eq!(reply["message"], "Queue deleted");

    let revive = async |body: Value| manager.send(post_json("/dead-letter-queue/resubmit", &body)).await;
    let problem = revive(json!({"queue": "mails"})).await.problem(409);
    assert_eq!(
        problem["detail"],
        "there is no queue `mails` (any more), so nothing is resubmitted into it: create it first"
    );
    let reply = revive(json!({"task_ids": [ids[0]]})).await.expect(200);
    assert_eq!(reply, json!({"resubmitted": 0, "skipped": 1, "missing_queues": ["mails"], "tasks": []}));
    let reply = revive(json!({"task_name": "anything"})).await.expect(200);
    assert_eq!((&reply["resubmitted"], &reply["skipped"]), (&json!(1), &json!(1)));
    assert_eq!(reply["missing_queues"], json!(["mails"]));
    manager.queue("mails").await;
    let reply = revive(json!({"queue": "mails"})).await.expect(200);
    assert_eq!((&reply["resubmitted"], reply.get("missing_queues")), (&json!(1), None));
}
