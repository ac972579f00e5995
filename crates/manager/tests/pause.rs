use serde_json::json;

use crate::harness::Manager;
use crate::http::{get, method_json, post, post_json};

#[tokio::test]
async fn a_queue_is_paused_and_resumed_as_often_as_one_likes() {
    let manager = Manager::start().await;
    let mails = json!({
        "name": "mails", "max_concurrent": 3, "max_concurrent_total": 7, "rate_numerator": 5, "rate_denominator": 1,
        "rate_period": "day", "paused": false,
    });
    manager.send(post_json("/queues", &mails)).await.expect(201);
    let mut paused = mails.clone();
    paused["paused"] = json!(true);
    for (step, message, queue) in [
        ("pause", "Queue paused", &paused),
        ("pause", "Queue paused", &paused),
        ("resume", "Queue resumed", &mails),
        ("resume", "Queue resumed", &mails),
    ] {
        let reply = manager.send(post(format!("/queues/mails/{step}"))).await.expect(200);
        assert_eq!(reply, json!({"message": message, "queue": queue}));
        assert_eq!(manager.send(get("/queues/mails/config")).await.expect(200), json!({"queue": queue}));
    }
}

#[tokio::test]
async fn a_paused_queue_takes_submissions_and_stays_paused_when_its_limits_change() {
    let manager = Manager::start().await;
    manager.send(post("/queues/default/pause")).await.expect(200);
    let task = manager.greet().await;
    assert_eq!(manager.task(&task).await["status"], "submitted");
    let reply = manager.send(method_json("PUT", "/queues/default", &json!({"max_concurrent": 2}))).await.expect(200);
    assert_eq!((&reply["queue"]["paused"], &reply["queue"]["max_concurrent"]), (&json!(true), &json!(2)));
}
