use super::*;

const ID: &str = "01JBKR2E5F3G4H5J6K7X8M9N0P";

#[tokio::test]
async fn dead_letters_are_taken_out_by_their_ids() {
    let reply = json!({"removed": 1, "task_ids": [ID]});
    let manager = Manager::start(vec![Answer::Reply(200, reply), Answer::HangUp]).await;
    let (client, ids) = (manager.client(), [ID.to_owned(), "x".to_owned()]);
    let removed = client.remove_dead_letters(&ids).await.expect("an answer");
    assert_eq!(removed.value, Removed { removed: 1, task_ids: vec![ID.to_owned()] });
    client.remove_dead_letters(&ids).await.expect_err("it is not repeated by itself");
    let calls = manager.calls();
    assert_eq!(calls.len(), 2);
    assert!(calls[0].head.starts_with("DELETE /dead-letter-queue HTTP/1.1"), "{}", calls[0].head);
    assert_eq!(calls[0].body, json!({"task_ids": [ID, "x"]}));
}

#[tokio::test]
async fn groups_of_errors_are_asked_for_by_queue_and_type() {
    let group = json!({"queue": "default", "task_name": "resize", "task_version": 2, "error_type": "Io",
        "message": "no room for #", "count": 12, "first_failed_at": "2026-03-12T10:00:00.000Z",
        "last_failed_at": "2026-03-12T11:00:00.000Z"});
    let manager = Manager::start(vec![Answer::Reply(200, json!({"errors": [group]}))]).await;
    let which = ErrorFilter { name: Some("resize".into()), version: Some(2), limit: Some(5), ..ErrorFilter::default() };
    let groups = manager.client().dead_letter_errors(&which).await.expect("groups");
    assert_eq!((groups.errors[0].name.as_str(), groups.errors[0].version, groups.errors[0].count), ("resize", 2, 12));
    let head = &manager.calls()[0].head;
    assert!(head.starts_with("GET /dead-letter-queue/errors?task_name=resize&task_version=2&limit=5 "), "{head}");
}

#[tokio::test]
async fn a_resubmission_that_stopped_short_says_so() {
    let whole = json!({"resubmitted": 1, "skipped": 0, "tasks": []});
    let part = json!({"resubmitted": 1, "skipped": 0, "unfinished": true, "tasks": []});
    let manager = Manager::start(vec![Answer::Reply(200, whole), Answer::Reply(200, part)]).await;
    let which = DeadLetters { queue: Some("default".into()), ..DeadLetters::default() };
    for unfinished in [false, true] {
        let revived = manager.client().resubmit_dead_letters(&which).await.expect("an answer");
        assert_eq!(revived.unfinished, unfinished);
    }
}
