use jobbers_manager::ManagerSettings;
use serde_json::{Value, json};

use crate::dead_letters::{bury, worker};
use crate::harness::{Manager, settings};
use crate::http::{Request, get, method_json, post_json};

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

fn discard(body: &Value) -> Request {
    method_json("DELETE", "/dead-letter-queue", body)
}

#[tokio::test]
async fn dead_letters_are_taken_out_and_stay_failed_tasks() {
    let manager = Manager::start().await;
    let mut worker = worker(&manager).await;
    let dead = bury(&manager, &mut worker, 3).await;
    let waits = manager.greet().await;
    let body = json!({"task_ids": [dead[1], ID, waits, dead[0], dead[1]]});
    let reply = manager.send(discard(&body)).await.expect(200);
    assert_eq!(reply, json!({"removed": 2, "task_ids": [dead[1], dead[0]]}));
    let reply = manager.send(discard(&body)).await.expect(200);
    assert_eq!(reply, json!({"removed": 0, "task_ids": []}), "they are none any more");
    let left = manager.send(get("/dead-letter-queue")).await.expect(200);
    assert_eq!((left["tasks"].as_array().unwrap().len(), &left["tasks"][0]["id"]), (1, &json!(dead[2])));
    let failed = manager.send(get("/tasks?status=failed")).await.expect(200);
    assert_eq!(failed["tasks"].as_array().unwrap().len(), 3);
    let by_id = json!({"task_ids": dead});
    let reply = manager.send(post_json("/dead-letter-queue/resubmit", &by_id)).await.expect(200);
    assert_eq!((&reply["resubmitted"], &reply["skipped"]), (&json!(1), &json!(2)));
    assert_eq!(manager.task(&waits).await["status"], "submitted");
}

#[tokio::test]
async fn of_several_who_take_out_the_same_each_is_counted_once() {
    let manager = Manager::start().await;
    let mut worker = worker(&manager).await;
    let dead = bury(&manager, &mut worker, 20).await;
    let body = json!({"task_ids": dead});
    let calls: Vec<_> = (0..8).map(|_| tokio::spawn(discard(&body).send(manager.address))).collect();
    let mut removed = 0;
    for call in calls {
        removed += call.await.unwrap().expect(200)["removed"].as_u64().unwrap();
    }
    assert_eq!(removed, 20);
}

#[tokio::test]
async fn a_body_that_is_not_as_it_should_be_changes_nothing() {
    let manager = Manager::start().await;
    for (body, status, words) in [
        (json!({}), 422, "task_ids"),
        (json!({"task_ids": ["x"]}), 400, "/task_ids/0 `x` is not a task id"),
        (json!({"task_ids": [3]}), 422, "/task_ids/0"),
        (json!({"task_ids": [], "queue": "default"}), 422, "/queue is not a known field"),
        (json!({"task_ids": vec![ID; 10_001]}), 422, "/task_ids"),
    ] {
        let problem = manager.send(discard(&body)).await.problem(status);
        assert!(problem["detail"].as_str().unwrap().contains(words), "{words}: {problem}");
    }
    let reply = manager.send(discard(&json!({"task_ids": []}))).await.expect(200);
    assert_eq!(reply, json!({"removed": 0, "task_ids": []}));
}

#[tokio::test]
async fn it_takes_the_scope_admin() {
    let tokens = "ci:submit:alpha,ops:admin:omega".parse().ok();
    let manager = Manager::start_with(ManagerSettings { tokens, ..settings() }).await;
    let as_whom =
        |secret: &str| discard(&json!({"task_ids": [ID]})).header("authorization", &format!("Bearer {secret}"));
    manager.send(as_whom("alpha")).await.problem(403);
    manager.send(as_whom("omega")).await.expect(200);
}
