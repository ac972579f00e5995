use super::*;

#[tokio::test]
async fn a_reason_has_its_fields_and_a_newer_one_is_kept() {
    let waits = json!({"task_id": "i", "status": "submitted", "reason": "no_consumer", "sentence": "It waits.",
        "at": "2026-03-12T10:00:00.000Z", "queue": "q", "name": "n", "version": 1, "other_workers": 2});
    let mut newer = waits.clone();
    newer["reason"] = "limited".into();
    let manager = Manager::start(vec![Answer::Reply(200, waits), Answer::Reply(200, newer)]).await;
    let explanation = manager.client().explain("i").await.expect("an explanation");
    assert_eq!((&explanation.reason, explanation.other_workers), (&Reason::NoConsumer, Some(2)));
    assert_eq!((explanation.status.clone(), explanation.waiting_since.clone()), (Status::Submitted, None));
    let explanation = manager.client().explain("i").await.expect("an explanation");
    assert_eq!(explanation.reason, Reason::Other("limited".to_owned()));
    assert!(manager.calls()[0].head.starts_with("GET /tasks/i/explain "));
}
