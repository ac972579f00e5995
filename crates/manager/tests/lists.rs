use std::collections::HashSet;

use futures_util::future::join_all;
use jobbers_conformance::sample::completed;
use jobbers_conformance::server::redis::{RedisServer, WITH_AOF};
use serde_json::{Value, json};

use crate::harness::Manager;
use crate::http::{get, post};

fn ids(page: &Value) -> Vec<&str> {
    page["tasks"].as_array().expect("tasks").iter().map(|task| task["id"].as_str().expect("an id")).collect()
}

/// Every id of a list, page by page; pages end where they should.
async fn all(manager: &Manager, path: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    for _ in 0..1000 {
        let page = manager.send(get(format!("{path}{cursor}"))).await.expect(200);
        found.extend(ids(&page).into_iter().map(str::to_owned));
        if path.contains("status=submitted") {
            let fits = |task: &Value| task["status"] == "submitted";
            assert!(page["tasks"].as_array().expect("tasks").iter().all(fits), "only what is so, not what was so");
        }
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
    panic!("{path} has no end");
}

/// Ids as a list has them that begins with the newest.
fn reversed(ids: &[String]) -> Vec<String> {
    ids.iter().rev().cloned().collect()
}

async fn lists_are_paged(manager: Manager) {
    let submitted = manager.anything(25).await;
    assert_eq!(all(&manager, "/tasks?limit=7").await, reversed(&submitted));
    assert_eq!(all(&manager, "/tasks?limit=25").await, reversed(&submitted));
    assert_eq!(all(&manager, "/task-list?").await, submitted);
    let page = manager.send(get("/task-list")).await.expect(200);
    assert_eq!(ids(&page), submitted[..10]);
    assert!(page["tasks"][0]["results"].is_object(), "older spellings");
    let page = manager.send(get("/tasks?limit=1")).await.expect(200);
    assert_eq!(page["tasks"][0], manager.task(&submitted[24]).await);

    for (query, expected) in [
        ("offset=3&limit=4", &submitted[3..7]),
        ("offset=23", &submitted[23..]),
        ("offset=10000", &[]),
        (&format!("start={}&limit=3", submitted[20]), &submitted[20..23]),
        (&format!("start={}&offset=2", submitted[20]), &submitted[22..]),
    ] {
        let page = manager.send(get(format!("/task-list?{query}"))).await.expect(200);
        assert_eq!(ids(&page), expected, "{query}");
    }
    let rest = all(&manager, &format!("/task-list?limit=2&start={}&offset=1", submitted[18])).await;
    assert_eq!(rest, submitted[19..]);
    let page = manager.send(get("/task-list?limit=25&order_by=task_id")).await.expect(200);
    let mut sorted: Vec<&str> = submitted.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    assert_eq!(ids(&page), sorted);
}

#[tokio::test]
async fn lists_are_paged_on_sqlite() {
    lists_are_paged(Manager::start().await).await;
}

#[tokio::test]
async fn lists_are_paged_on_redis() {
    let server = RedisServer::start(&WITH_AOF);
    lists_are_paged(Manager::start_on(&server).await).await;
}

#[tokio::test]
async fn a_list_begins_far_behind_its_first_task_at_once() {
    let manager = Manager::start().await;
    let submitted = manager.anything(7_000).await;
    let page = manager.send(get(format!("/task-list?start={}", submitted[6_990]))).await.expect(200);
    assert_eq!(ids(&page), submitted[6_990..]);
    let reply = manager.send(get("/task-list?offset=6995")).await.expect(200);
    assert_eq!((ids(&reply).len(), reply["next_cursor"].is_string()), (0, true), "that is too far for one call");
    assert_eq!(all(&manager, "/task-list?offset=6995").await, submitted[6_995..]);
}

#[tokio::test]
async fn filters_select() {
    let manager = Manager::start().await;
    let waiting = manager.anything(3).await;
    let greeting = manager.greet().await;
    let later = manager.submit_all(&json!([{"name": "anything", "version": 2, "delay": 3600}])).await.remove(0);
    let mut worker = manager.worker().await;
    let claimed = worker.claim_one().await;
    let worker_id = worker.id;
    for (query, expected) in [
        ("status=submitted".to_owned(), reversed(&waiting)),
        ("status=started".to_owned(), vec![greeting.clone()]),
        ("status=scheduled".to_owned(), vec![later.clone()]),
        ("status=completed".to_owned(), vec![]),
        (format!("status=started&worker={worker_id}"), vec![greeting.clone()]),
        ("status=started&worker=0001020304050607".to_owned(), vec![]),
        ("name=greet".to_owned(), vec![greeting.clone()]),
        ("task_name=greet&task_version=1".to_owned(), vec![greeting.clone()]),
        ("name=greet&version=2".to_owned(), vec![]),
        ("queue=gone".to_owned(), vec![]),
        ("queue=default&name=anything&status=submitted&limit=2".to_owned(), reversed(&waiting)),
        ("since=2999-01-01T00:00:00Z".to_owned(), vec![]),
        ("until=2001-01-01T00:00:00%2B01:00".to_owned(), vec![]),
        ("status=scheduled&since=2001-01-01T00:00:00Z&until=2999-01-01T00:00:00Z".to_owned(), vec![later.clone()]),
    ] {
        assert_eq!(all(&manager, &format!("/tasks?{query}")).await, expected, "{query}");
    }
    worker.finish(&claimed, completed("1")).await;
    assert_eq!(all(&manager, "/tasks?status=completed").await, [greeting]);
}

#[tokio::test]
async fn those_that_run_say_for_how_long_and_those_that_are_due_say_when() {
    let manager = Manager::start().await;
    let id = manager.greet().await;
    let mut worker = manager.worker().await;
    worker.claim_one().await;
    let page = manager.send(get(format!("/active-tasks?worker={}", worker.id))).await.expect(200);
    assert_eq!(ids(&page), [id]);
    let task = &page["tasks"][0];
    assert!(task["running_ms"].as_u64().is_some_and(|ms| ms < 60_000), "{task}");
    assert_eq!((&task["status"], &task["worker"]), (&json!("started"), &json!(worker.id.to_string())));
    assert_eq!(manager.send(get("/tasks")).await.expect(200)["tasks"][0].get("running_ms"), None);

    let later = manager
        .submit_all(&json!([
            {"name": "anything", "version": 2, "run_at": "2999-01-03T00:00:00Z"},
            {"name": "anything", "version": 2, "run_at": "2999-01-01T00:00:00Z"},
            {"name": "anything", "version": 2, "run_at": "2999-01-02T00:00:00Z"},
        ]))
        .await;
    let page = manager.send(get("/scheduled-tasks")).await.expect(200);
    assert_eq!(ids(&page), [&later[1], &later[2], &later[0]]);
    let task = &page["tasks"][0];
    assert_eq!((&task["run_at"], &task["scheduled_at"]), (&json!("2999-01-01T00:00:00.000Z"), &task["run_at"]));
    let page = manager.send(get(format!("/scheduled-tasks?start={}", later[2]))).await.expect(200);
    assert_eq!(ids(&page), [&later[2], &later[0]]);
    let page = manager.send(get("/scheduled-tasks?order_by=task_id&limit=2")).await.expect(200);
    let mut first = [&later[1], &later[2]];
    first.sort_unstable();
    assert_eq!(ids(&page), first);
}

#[tokio::test]
async fn what_is_not_the_cursor_of_this_list_is_refused() {
    let manager = Manager::start().await;
    let submitted = manager.anything(5).await;
    let page = manager.send(get("/tasks?limit=2")).await.expect(200);
    let cursor = page["next_cursor"].as_str().expect("more").to_owned();
    let wider = manager.send(get(format!("/tasks?limit=100&cursor={cursor}"))).await.expect(200);
    assert_eq!(ids(&wider), reversed(&submitted)[2..], "another limit is the same list");
    assert_eq!(wider["next_cursor"], Value::Null);
    for request in [
        get(format!("/tasks?status=submitted&cursor={cursor}")),
        get(format!("/task-list?cursor={cursor}")),
        get(format!("/tasks?cursor={}", &cursor[1..])),
        get("/tasks?cursor="),
        get("/tasks?cursor=%00%ff"),
        get("/dead-letter-queue?cursor=AAAA"),
    ] {
        let problem = manager.send(request.clone()).await.problem(400);
        let detail = problem["detail"].as_str().unwrap();
        assert!(
            detail.contains("not a cursor of this list") || detail.contains("cannot be read"),
            "{request:?} {detail}"
        );
    }
    for (query, words) in [
        ("limit=0", "`limit` is `0`: a number from 1 to 1000 is expected"),
        ("colour=red", "`colour` is not a query parameter of this route: status, worker, queue,"),
        ("status=done", "`status` is `done`: submitted, scheduled, started,"),
    ] {
        let problem = manager.send(get(format!("/tasks?{query}"))).await.problem(400);
        assert!(problem["detail"].as_str().unwrap().starts_with(words), "{problem}");
    }
    let unknown = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let problem = manager.send(get(format!("/task-list?start={unknown}"))).await.problem(400);
    assert_eq!(problem["detail"], format!("the list cannot begin with task {unknown}: there is no such task"));
    let problem = manager.send(get(format!("/scheduled-tasks?start={}", submitted[0]))).await.problem(400);
    assert!(problem["detail"].as_str().unwrap().ends_with("it is not in this list"), "{problem}");
}

#[tokio::test]
async fn a_page_of_large_tasks_is_short_and_none_is_lost() {
    let manager = Manager::start().await;
    let large = json!([{"name": "anything", "version": 2, "parameters": {"text": "x".repeat(900_000)}}]);
    let mut submitted = Vec::new();
    for _ in 0..12 {
        submitted.extend(manager.submit_all(&large).await);
    }
    let page = manager.send(get("/tasks?limit=12")).await;
    assert!(page.body.len() < 6 << 20, "{} bytes", page.body.len());
    let page = page.expect(200);
    assert!((1..12).contains(&ids(&page).len()));
    assert_eq!(all(&manager, "/tasks?limit=12").await, reversed(&submitted));
}

#[tokio::test]
async fn pages_neither_skip_nor_repeat_while_tasks_come_and_go() {
    let manager = Manager::start().await;
    let submitted = manager.anything(300).await;
    let (stay, go) = submitted.split_at(200);
    let changing = async {
        for ids in go.chunks(10) {
            join_all(ids.iter().map(|id| manager.send(post(format!("/tasks/{id}/cancel"))))).await;
            manager.anything(10).await;
        }
    };
    let (found, ()) = tokio::join!(all(&manager, "/tasks?status=submitted&limit=9"), changing);
    let distinct: HashSet<&String> = found.iter().collect();
    assert_eq!(distinct.len(), found.len(), "none twice");
    assert!(stay.iter().all(|id| distinct.contains(id)), "none skipped");
    let oldest: Vec<&String> = found.iter().filter(|id| stay.contains(id)).collect();
    assert_eq!(oldest, stay.iter().rev().collect::<Vec<_>>());
}
