use super::*;

fn mails() -> Value {
    json!({"name": "mails", "max_concurrent": 5, "max_concurrent_total": null, "rate_numerator": 100,
        "rate_denominator": 2, "rate_period": "hour", "paused": true})
}

fn reply(status: u16, queue: &Value) -> Answer {
    Answer::Reply(status, json!({"message": "Queue so", "queue": queue}))
}

fn queue() -> Queue {
    let rate = RateLimit { numerator: 100, denominator: 2, period: Period::Hour };
    Queue { max_concurrent: Some(5), rate: Some(rate), paused: true, ..Queue::unlimited("mails") }
}

#[tokio::test]
async fn a_queue_is_sent_whole_and_a_change_leaves_alone_whether_it_is_paused() {
    let manager = Manager::start(vec![reply(201, &mails()), reply(200, &mails())]).await;
    let client = manager.client();
    assert_eq!(client.create_queue(&queue()).await.expect("created").queue, queue());
    assert_eq!(client.change_queue(&queue()).await.expect("changed").queue, queue());
    let calls = manager.calls();
    assert!(calls[0].head.starts_with("POST /queues HTTP"), "{}", calls[0].head);
    assert_eq!(calls[0].body, mails());
    assert!(calls[1].head.starts_with("PUT /queues/mails HTTP"), "{}", calls[1].head);
    let mut change = mails();
    change.as_object_mut().expect("an object").remove("paused");
    assert_eq!(calls[1].body, change);
}

#[tokio::test]
async fn a_creation_whose_answer_is_lost_has_happened_if_the_queue_is_as_it_was_wanted() {
    let taken = || problem(409, "there is a queue `mails` already");
    let manager = Manager::start(vec![Answer::HangUp, taken(), reply(200, &mails())]).await;
    assert_eq!(manager.client().create_queue(&queue()).await.expect("created").queue, queue());
    let mut other = mails();
    other["max_concurrent"] = json!(6);
    let manager = Manager::start(vec![Answer::HangUp, taken(), reply(200, &other)]).await;
    let error = manager.client().create_queue(&queue()).await.expect_err("another one");
    assert_eq!(error.to_string(), "there is a queue `mails` already");
    let manager = Manager::start(vec![taken()]).await;
    manager.client().create_queue(&queue()).await.expect_err("taken before");
    assert_eq!(manager.calls().len(), 1);
}

#[tokio::test]
async fn queues_are_listed_with_their_limits_in_one_call() {
    let list = json!({"queues": ["mails"], "details": [mails()]});
    let manager = Manager::start(vec![Answer::Reply(200, list.clone())]).await;
    let queues = manager.client().queues().await.expect("queues");
    assert_eq!(queues.queues, [queue()]);
    assert_eq!(queues.json.as_str(), list.to_string());
    assert!(manager.calls()[0].head.starts_with("GET /queues?details=true HTTP"));
}

#[tokio::test]
async fn a_purge_goes_on_with_the_time_that_it_is_about() {
    let answer = |remaining| {
        Answer::Reply(200, json!({"cancelled": 7, "remaining": remaining, "before": "2026-03-12T10:00:00.000Z"}))
    };
    let manager = Manager::start(vec![answer(3), answer(0), Answer::HangUp]).await;
    let client = manager.client();
    let purged = client.purge("mails", &Purge::default()).await.expect("purged");
    assert_eq!((purged.cancelled, purged.remaining), (7, 3));
    let rest = Purge { scheduled: true, before: Some(purged.value.before) };
    client.purge("mails", &rest).await.expect("purged");
    let calls = manager.calls();
    assert!(calls[0].head.starts_with("POST /queues/mails/purge?scheduled=false HTTP"), "{}", calls[0].head);
    let second = "POST /queues/mails/purge?scheduled=true&before=2026-03-12T10%3A00%3A00.000Z HTTP";
    assert!(calls[1].head.starts_with(second), "{}", calls[1].head);
    let error = client.purge("mails", &rest).await.expect_err("lost");
    assert!(matches!(error, Error::NoAnswer { .. }), "{error}");
}

#[tokio::test]
async fn a_queue_is_paused_resumed_and_deleted() {
    let deleted = json!({"message": "Queue deleted", "cancelled": 5, "stopping": 2, "remaining": null});
    let manager =
        Manager::start(vec![Answer::HangUp, reply(200, &mails()), reply(200, &mails()), Answer::Reply(200, deleted)])
            .await;
    let client = manager.client();
    assert!(client.pause("mails").await.expect("paused").queue.paused);
    client.resume("mails").await.expect("resumed");
    let deleted = client.delete_queue("mails", true).await.expect("deleted");
    assert_eq!((deleted.cancelled, deleted.stopping, deleted.remaining), (5, 2, None));
    let heads: Vec<String> =
        manager.calls().iter().map(|call| call.head.lines().next().unwrap_or_default().to_owned()).collect();
    let pause = "POST /queues/mails/pause HTTP/1.1";
    let rest = ["POST /queues/mails/resume HTTP/1.1", "DELETE /queues/mails?force=true HTTP/1.1"];
    assert_eq!(heads, [&[pause, pause][..], &rest].concat());
}
