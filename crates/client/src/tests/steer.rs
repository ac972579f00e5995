use super::*;

const ID: &str = "01JBKR2E5F3G4H5J6K7X8M9N0P";

#[tokio::test]
async fn a_cancellation_whose_answer_is_lost_has_happened() {
    let manager =
        Manager::start(vec![Answer::HangUp, problem(409, "it has ended"), Answer::Reply(200, task("cancelled"))]).await;
    let task = manager.client().cancel(ID).await.expect("cancelled");
    assert_eq!(task.status, Status::Cancelled);
}

#[tokio::test]
async fn a_task_that_had_ended_otherwise_was_not_cancelled() {
    let manager =
        Manager::start(vec![Answer::HangUp, problem(409, "it has ended"), Answer::Reply(200, task("completed"))]).await;
    let error = manager.client().cancel(ID).await.expect_err("ended");
    assert_eq!(error.to_string(), "it has ended");
}

#[tokio::test]
async fn a_first_conflict_is_told_as_it_is() {
    let manager = Manager::start(vec![problem(409, "it has ended")]).await;
    manager.client().cancel(ID).await.expect_err("ended");
    assert_eq!(manager.calls().len(), 1);
}

#[tokio::test]
async fn a_removal_is_not_repeated_by_itself() {
    let manager = Manager::start(vec![Answer::HangUp]).await;
    let error = manager.client().delete(ID).await.expect_err("lost");
    assert!(matches!(error, Error::NoAnswer { .. }), "{error}");
    assert!(manager.calls()[0].head.starts_with(&format!("DELETE /tasks/{ID} ")));
}

#[tokio::test]
async fn many_are_named_by_ids_or_by_a_filter() {
    let results = json!({"results": [{"task_id": ID, "status": "cancellation_requested"},
        {"task_id": "x", "status": "not_found", "detail": "there is no task x"}]});
    let filtered = json!({"results": [{"task_id": ID, "status": "resubmitted"}], "next_cursor": "c"});
    let manager = Manager::start(vec![Answer::Reply(200, results), Answer::Reply(200, filtered)]).await;
    let client = manager.client();
    let outcomes = client.cancel_many(&Selection::ids([ID, "x"]), false).await.expect("outcomes");
    let statuses: Vec<&OutcomeStatus> = outcomes.results.iter().map(|outcome| &outcome.status).collect();
    assert_eq!(statuses, [&OutcomeStatus::CancellationRequested, &OutcomeStatus::NotFound]);
    let selection = Selection::filter(Filter::status(Status::Failed), Some(5));
    let outcomes = client.resubmit_many(&selection, true).await.expect("outcomes");
    let rest = Selection::Filter { filter: Filter::status(Status::Failed), limit: Some(4), cursor: Some("c".into()) };
    assert_eq!(selection.rest(&outcomes), Some(rest));
    let calls = manager.calls();
    assert_eq!(calls[0].body, json!({"task_ids": [ID, "x"]}));
    assert_eq!(calls[1].body, json!({"filter": {"status": "failed"}, "limit": 5, "dry_run": true}));
}

#[test]
fn a_limit_that_is_reached_leaves_no_rest() {
    let outcome = Outcome { task_id: ID.into(), status: OutcomeStatus::Cancelled, detail: None };
    let outcomes = Outcomes { results: vec![outcome], next_cursor: Some("c".into()) };
    assert_eq!(Selection::filter(Filter::default(), Some(1)).rest(&outcomes), None);
    assert_eq!(Selection::ids([ID]).rest(&outcomes), None);
}
