use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::*;

/// Stores submissions by id, as a manager does.
#[derive(Debug, Clone, Default)]
struct Stored(Arc<Mutex<BTreeMap<String, Value>>>);

impl Stored {
    /// Stores a batch and answers what became of each.
    fn batch(&self, call: &Call) -> Answer {
        let mut stored = self.0.lock().unwrap();
        let items = call.body.as_array().expect("an array");
        let results = items.iter().map(|item| {
            let id = item["id"].as_str().expect("an id").to_owned();
            let status = if stored.insert(id.clone(), item.clone()).is_some() { "exists" } else { "submitted" };
            json!({"id": id, "status": status})
        });
        Answer::Reply(200, json!({"results": results.collect::<Vec<_>>()}))
    }

    fn ids(&self) -> Vec<String> {
        self.0.lock().unwrap().keys().cloned().collect()
    }
}

fn items(count: usize) -> Vec<BatchItem> {
    let item = |n| BatchItem::try_from(Submission::new("noop", 1).parameters(json!({"n": n}))).expect("an item");
    (0..count).map(item).collect()
}

#[tokio::test]
async fn a_submission_whose_answer_is_lost_is_stored_once() {
    let stored = Stored::default();
    let (store, mut calls) = (stored.clone(), 0);
    let manager = Manager::with(move |call| {
        calls += 1;
        let known = store.0.lock().unwrap().insert(call.body["id"].to_string(), call.body.clone()).is_some();
        // It is stored, and nobody learns of it.
        if calls == 1 { Answer::HangUp } else { Answer::Reply(if known { 200 } else { 201 }, super::task("submitted")) }
    })
    .await;
    manager.client().submit(Submission::new("noop", 1)).await.expect("a task");
    assert_eq!((manager.calls().len(), stored.ids().len()), (2, 1));
}

#[tokio::test]
async fn a_batch_whose_answer_is_lost_is_stored_once() {
    let stored = Stored::default();
    let (store, mut calls) = (stored.clone(), 0);
    let manager = Manager::with(move |call| {
        calls += 1;
        let answer = store.batch(call);
        if calls == 1 { Answer::HangUp } else { answer }
    })
    .await;
    let items = items(50);
    let results = manager.client().submit_batch(&items).await.expect("results");
    assert!(results.iter().all(|result| result.status == BatchStatus::Exists));
    let mut ids: Vec<String> = items.iter().map(|item| item.id().to_owned()).collect();
    ids.sort();
    assert_eq!(stored.ids(), ids);
}

#[tokio::test]
async fn a_batch_goes_in_pieces_that_the_manager_takes() {
    let stored = Stored::default();
    let store = stored.clone();
    let manager = Manager::with(move |call| store.batch(call)).await;
    let client = manager.client().with_most_body(1_000);
    let items = items(40);
    let results = client.submit_batch(&items).await.expect("results");
    let ids: Vec<&str> = items.iter().map(BatchItem::id).collect();
    let answered: Vec<&str> = results.iter().filter_map(|result| result.id.as_deref()).collect();
    assert_eq!(answered, ids);
    let calls = manager.calls();
    assert!(calls.len() > 1);
    assert!(
        calls.iter().all(|call| call.body.to_string().len() <= 1_000 && call.head.starts_with("POST /tasks/batch "))
    );
}

#[tokio::test]
async fn a_manager_that_takes_less_gets_smaller_pieces() {
    let stored = Stored::default();
    let store = stored.clone();
    let manager = Manager::with(move |call| match call.body.as_array().map(Vec::len) {
        Some(0..=3) => store.batch(call),
        _ => problem(413, "the body is too large"),
    })
    .await;
    let results = manager.client().submit_batch(&items(10)).await.expect("results");
    assert_eq!((results.len(), stored.ids().len()), (10, 10));
}

#[tokio::test]
async fn one_item_that_is_too_large_is_told() {
    let manager = Manager::with(|_| problem(413, "the body is too large")).await;
    let error = manager.client().submit_batch(&items(2)).await.expect_err("too large");
    assert_eq!(error.problem().map(|problem| problem.status), Some(413));
}

#[tokio::test]
async fn results_must_be_as_many_as_submissions() {
    let manager = Manager::with(|_| Answer::Reply(200, json!({"results": []}))).await;
    let error = manager.client().submit_batch(&items(2)).await.expect_err("no results");
    assert!(matches!(error, Error::Unexpected { .. }), "{error}");
}
