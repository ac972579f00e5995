use super::*;

fn page(ids: &[&str], next: Option<&str>) -> Answer {
    let tasks: Vec<Value> = ids
        .iter()
        .map(|id| {
            let mut task = task("failed");
            task["id"] = (*id).into();
            task
        })
        .collect();
    Answer::Reply(200, json!({"tasks": tasks, "next_cursor": next}))
}

#[tokio::test]
async fn pages_go_on_over_short_and_empty_ones() {
    let manager = Manager::start(vec![page(&["a", "b"], Some("c1")), page(&[], Some("c2")), page(&["c"], None)]).await;
    let filter = Filter { queue: Some("a&b".into()), ..Filter::status(Status::Failed) };
    let mut pages = manager.client().pages(Listing::Tasks, filter);
    let mut ids = Vec::new();
    while let Some(task) = pages.next_task().await.expect("a page") {
        ids.push(task.id);
    }
    assert_eq!(ids, ["a", "b", "c"]);
    let lines: Vec<String> =
        manager.calls().iter().map(|call| call.head.lines().next().unwrap_or_default().to_owned()).collect();
    assert_eq!(
        lines,
        [
            "GET /tasks?status=failed&queue=a%26b HTTP/1.1",
            "GET /tasks?status=failed&queue=a%26b&cursor=c1 HTTP/1.1",
            "GET /tasks?status=failed&queue=a%26b&cursor=c2 HTTP/1.1",
        ]
    );
}

#[tokio::test]
async fn a_page_that_failed_is_asked_for_again() {
    let manager = Manager::start(vec![page(&["a"], Some("c1")), problem(400, "no"), page(&["b"], None)]).await;
    let mut pages = manager.client().pages(Listing::DeadLetters, Filter::default());
    assert_eq!(pages.next().await.expect("a page").map(|page| page.tasks.len()), Some(1));
    assert_eq!(pages.cursor(), Some("c1"));
    pages.next().await.expect_err("refused");
    assert_eq!(pages.next().await.expect("a page").map(|page| page.tasks[0].id.clone()), Some("b".into()));
    assert_eq!(pages.next().await, Ok(None));
    assert!(manager.calls()[2].head.starts_with("GET /dead-letter-queue?cursor=c1 "));
}

#[tokio::test]
async fn a_manager_that_asks_to_come_later_is_asked_later() {
    let manager = Manager::start(vec![problem(503, "full"), page(&[], None)]).await;
    manager.client().list(&List::default()).await.expect("a page");
    assert_eq!(manager.calls().len(), 2);
}

#[tokio::test]
async fn patience_has_an_end() {
    let manager = Manager::start(vec![problem(503, "full")]).await;
    let client = manager.client().with_patience(Duration::from_millis(500));
    let error = client.list(&List::default()).await.expect_err("away");
    assert_eq!(error.problem().map(|problem| problem.status), Some(503));
    assert_eq!(manager.calls().len(), 1);
}
