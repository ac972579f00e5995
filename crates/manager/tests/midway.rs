//! What happens between two steps of one request.

use std::sync::Arc;

use jobbers_conformance::sample::completed;
use jobbers_core::model::{ProcessInfo, ProcessKind};
use jobbers_core::process::Stores;
use serde_json::{Value, json};

use crate::dead_letters;
use crate::harness::{Manager, connector, settings};
use crate::http::{get, method_json, post_json};
use crate::staged::Staged;
use crate::workers::{TTL, process};

pub async fn staged() -> (Manager, Arc<Staged>) {
    let folder = tempfile::tempdir().expect("a folder");
    let Stores { tasks, routing } = connector(&folder, None).connect().await.expect("stores");
    let store = Arc::new(Staged::new(tasks));
    let manager = Manager::serve(&settings(), Stores { tasks: store.clone(), routing }, folder).await;
    (manager, store)
}

fn count(reply: &Value, status: &str) -> usize {
    reply["results"].as_array().expect("results").iter().filter(|result| result["status"] == status).count()
}

#[tokio::test]
async fn a_task_that_changes_while_its_page_is_made_is_left_out() {
    let (manager, store) = staged().await;
    let ids = manager.anything(3).await;
    store.cancel_after_list(vec![ids[1].parse().unwrap()]);
    let page = manager.send(get("/tasks?status=submitted")).await.expect(200);
    let listed: Vec<&Value> = page["tasks"].as_array().unwrap().iter().map(|task| &task["id"]).collect();
    assert_eq!(listed, [&json!(ids[2]), &json!(ids[0])]);
    store.cancel_after_list(vec![ids[2].parse().unwrap()]);
    let page = manager.send(get("/tasks")).await.expect(200);
    assert_eq!(page["tasks"][0]["status"], "cancelled", "it still belongs to a list of all");
}

#[tokio::test]
async fn what_was_done_before_the_store_went_away_is_told() {
    let (manager, store) = staged().await;
    manager.anything(1_200).await;
    let mut body = json!({"filter": {"status": "submitted"}, "limit": 10_000});
    store.answer(0);
    manager.send(post_json("/tasks/cancel", &body)).await.problem(503);
    store.answer(1);
    let reply = manager.send(post_json("/tasks/cancel", &body)).await.expect(200);
    assert_eq!(count(&reply, "cancelled"), 500);
    store.answer(usize::MAX);
    body["cursor"] = reply["next_cursor"].clone();
    let reply = manager.send(post_json("/tasks/cancel", &body)).await.expect(200);
    assert_eq!((count(&reply, "cancelled"), &reply["next_cursor"]), (700, &Value::Null));
}

#[tokio::test]
async fn a_batch_that_was_stored_in_part_says_so_and_is_finished_by_sending_it_again() {
    let (manager, store) = staged().await;
    let items: Vec<Value> =
        (0..2_000).map(|n| json!({"name": "anything", "version": 2, "parameters": {"n": n}})).collect();
    let request = post_json("/tasks/batch", &Value::from(items)).header("idempotency-key", "k");
    store.answer(2);
    let problem = manager.send(request.clone()).await.problem(503);
    let detail = problem["detail"].as_str().unwrap();
    for words in ["some may be stored", "2000 submissions", "Idempotency-Key"] {
        assert!(detail.contains(words), "{detail}");
    }
    store.answer(usize::MAX);
    let reply = manager.send(request).await.expect(200);
    assert_eq!((count(&reply, "exists"), count(&reply, "submitted")), (1_000, 1_000));
}

#[tokio::test]
async fn many_ids_that_were_dealt_with_in_part_say_so() {
    let (manager, store) = staged().await;
    let ids = manager.anything(1_200).await;
    store.answer(1);
    let problem = manager.send(post_json("/tasks/cancel", &json!({"task_ids": ids}))).await.problem(503);
    assert!(problem["detail"].as_str().unwrap().contains("some may have been dealt with"), "{problem}");
    store.answer(usize::MAX);
    let reply = manager.send(post_json("/tasks/cancel", &json!({"task_ids": ids}))).await.expect(200);
    assert_eq!((count(&reply, "conflict"), count(&reply, "cancelled")), (500, 700));
}

#[tokio::test]
async fn dead_letters_that_leave_while_the_list_is_read_do_not_count_towards_the_limit() {
    let (manager, store) = staged().await;
    let mut worker = dead_letters::worker(&manager).await;
    let dead = dead_letters::bury(&manager, &mut worker, 6).await;
    // Somebody else takes the newest three right after they were listed.
    store.discard_after_list(dead[3..].iter().map(|id| id.parse().unwrap()).collect());
    let body = json!({"queue": "default", "limit": 3});
    let reply = manager.send(post_json("/dead-letter-queue/resubmit", &body)).await.expect(200);
    assert_eq!((&reply["resubmitted"], &reply["skipped"], &reply["unfinished"]), (&json!(3), &json!(3), &Value::Null));
    assert_eq!(manager.task(&dead[5]).await["status"], "failed");
    assert_eq!(manager.task(&dead[0]).await["status"], "submitted");
}

#[tokio::test]
async fn dead_letters_of_which_some_were_resubmitted_are_told() {
    let (manager, store) = staged().await;
    let mut worker = dead_letters::worker(&manager).await;
    let dead = dead_letters::bury_at_once(&manager, &mut worker, 700).await;
    let request = post_json("/dead-letter-queue/resubmit", &json!({"queue": "default", "limit": 1000}));
    store.answer(1);
    let reply = manager.send(request.clone()).await.expect(200);
    assert_eq!((&reply["resubmitted"], &reply["unfinished"]), (&json!(500), &json!(true)));
    store.answer(0);
    manager.send(request.clone()).await.problem(503);
    store.answer(usize::MAX);
    let reply = manager.send(request).await.expect(200);
    assert_eq!((&reply["resubmitted"], &reply["unfinished"]), (&json!(dead.len() - 500), &Value::Null));
}

#[tokio::test]
async fn dead_letters_of_which_some_were_taken_out_say_so() {
    let (manager, store) = staged().await;
    let mut worker = dead_letters::worker(&manager).await;
    let dead = dead_letters::bury_at_once(&manager, &mut worker, 700).await;
    let request = method_json("DELETE", "/dead-letter-queue", &json!({"task_ids": dead}));
    store.answer(1);
    let problem = manager.send(request.clone()).await.problem(503);
    assert!(problem["detail"].as_str().unwrap().contains("some may have been dealt with"), "{problem}");
    store.answer(usize::MAX);
    let reply = manager.send(request).await.expect(200);
    assert_eq!(reply["removed"], 200);
}

#[tokio::test]
async fn a_worker_that_ends_in_good_order_is_not_taken_for_lost() {
    let (manager, store) = staged().await;
    let mut worker = manager.worker().await;
    let alive = ProcessInfo { id: worker.id, ..process(1, ProcessKind::Worker) };
    manager.store.announce(&alive, TTL).await.unwrap();
    let id = manager.greet().await;
    let claimed = worker.claim_one().await;
    let finish = worker.decide(&claimed, completed("3"));
    store.end_worker_after_get(worker.next_turn(vec![finish], None));
    let told = manager.send(get(format!("/tasks/{id}/explain"))).await.expect(200);
    assert_eq!((&told["reason"], &told["status"]), (&json!("ended"), &json!("completed")));
}
