use jobbers_conformance::sample::failed;
use serde_json::{Value, json};

use crate::dead_letters::worker;
use crate::harness::Manager;
use crate::http::{get, method_json, post_json};

async fn groups(manager: &Manager, query: &str) -> Vec<Value> {
    let reply = manager.send(get(format!("/dead-letter-queue/errors{query}"))).await.expect(200);
    reply["errors"].as_array().expect("groups").clone()
}

#[tokio::test]
async fn dead_letters_are_grouped_by_errors_that_are_alike() {
    let manager = Manager::start().await;
    let mut worker = worker(&manager).await;
    assert_eq!(groups(&manager, "").await, [Value::Null; 0]);
    let mut dead = Vec::new();
    for error in ["no room for 17 cups", "the tea is `cold`", "no room for 4 cups", "no room for 99 cups"] {
        dead.push(manager.greet().await);
        let claimed = worker.claim_one().await;
        worker.finish(&claimed, failed(error)).await;
    }
    let found = groups(&manager, "").await;
    let seen: Vec<_> = found.iter().map(|group| (&group["message"], &group["count"])).collect();
    assert_eq!(
        seen,
        [(&json!("no room for # cups"), &json!(3)), (&json!("the tea is `…`"), &json!(1))],
        "the largest first"
    );
    let (first, last) = (manager.task(&dead[0]).await, manager.task(&dead[3]).await);
    assert_eq!(
        found[0],
        json!({
            "queue": "default", "task_name": "greet", "task_version": 1,
            "error_type": first["attempts"][0]["error_type"], "message": "no room for # cups", "count": 3,
            "first_failed_at": first["completed_at"], "last_failed_at": last["completed_at"],
        })
    );
    for (query, count) in [
        ("?queue=default&task_name=greet&task_version=1", 2),
        ("?limit=1", 1),
        ("?queue=other", 0),
        ("?task_name=anything", 0),
        ("?task_version=2", 0),
    ] {
        assert_eq!(groups(&manager, query).await.len(), count, "{query}");
    }

    manager.send(post_json("/dead-letter-queue/resubmit", &json!({"task_ids": [dead[1]]}))).await.expect(200);
    manager.send(method_json("DELETE", "/dead-letter-queue", &json!({"task_ids": [dead[3]]}))).await.expect(200);
    let found = groups(&manager, "").await;
    assert_eq!((found.len(), &found[0]["count"]), (1, &json!(2)), "who leaves is not counted any more");
}

#[tokio::test]
async fn wrong_parameters_are_named() {
    let manager = Manager::start().await;
    for (query, words) in
        [("limit=0", "`limit` is `0`"), ("cursor=x", "`cursor` is not a query parameter of this route")]
    {
        let problem = manager.send(get(format!("/dead-letter-queue/errors?{query}"))).await.problem(400);
        assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
    }
}
