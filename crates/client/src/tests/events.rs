use super::*;

const ID: &str = "01JBKR2E5F3G4H5J6K7X8M9N0P";

#[tokio::test]
async fn events_go_on_over_a_broken_connection_until_the_task_has_ended() {
    let first = "id: 1\nevent: started\ndata: {\"status\": \"started\"}\n\nid: 2\nevent: comp";
    let second = "id: 2\nevent: completed\ndata: {\"status\": \"completed\"}\n\n";
    let answers = vec![Answer::Stream(vec![first]), Answer::HangUp, Answer::Stream(vec![": hello\n\n", second])];
    let manager = Manager::start(answers).await;
    let mut events = manager.client().events(ID);
    let mut seen = Vec::new();
    while let Some(event) = events.next().await.expect("an event") {
        seen.push(event.data.to_string());
    }
    assert_eq!(seen, ["{\"status\": \"started\"}", "{\"status\": \"completed\"}"]);
    let calls = manager.calls();
    assert!(calls[0].head.starts_with(&format!("GET /tasks/{ID}/events ")) && !calls[0].head.contains("last-event-id"));
    assert!(calls[2].head.contains("last-event-id: 1"), "{calls:?}");
}

#[tokio::test]
async fn events_of_an_unknown_task_are_a_problem() {
    let manager = Manager::start(vec![problem(404, "there is no task")]).await;
    let error = manager.client().events(ID).next().await.expect_err("unknown");
    assert_eq!(error.problem().map(|problem| problem.status), Some(404));
}

#[tokio::test]
async fn an_event_that_is_no_json_is_told() {
    let manager = Manager::start(vec![Answer::Stream(vec!["data: hello\n\n"])]).await;
    let error = manager.client().events(ID).next().await.expect_err("no JSON");
    assert!(matches!(error, Error::Unexpected { .. }), "{error}");
}

#[tokio::test]
async fn a_manager_with_too_many_listeners_says_so_at_once() {
    let manager = Manager::start(vec![problem(503, "too many listen")]).await;
    let error = manager.client().events(ID).next().await.expect_err("refused");
    assert_eq!(error.problem().map(|problem| problem.status), Some(503));
}

#[tokio::test]
async fn events_end_when_the_task_is_removed_or_its_end_was_told() {
    let removed = Answer::Stream(vec!["event: removed\ndata: {\"id\": \"x\"}\n\n"]);
    let manager = Manager::start(vec![removed, Answer::Reply(204, Value::Null)]).await;
    let mut events = manager.client().events(ID);
    let event = events.next().await.expect("an event").expect("one");
    assert_eq!((event.kind.as_str(), event.task()), ("removed", None));
    assert_eq!(events.next().await, Ok(None));
    assert_eq!(manager.client().events(ID).next().await, Ok(None));
}
