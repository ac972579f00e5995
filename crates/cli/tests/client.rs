//! The client against a real manager, also over connections that break.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jobbers_client::{
    BatchItem, BatchStatus, Client, DeadLetters, Filter, List, Listing, Selection, Status, Submission,
};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::{TcpListener, TcpStream};

use crate::harness::Dev;

impl Dev {
    fn client(&self) -> Client {
        Client::new(self.url(), None).expect("a client")
    }

    /// A client whose first `cuts` connections break after the manager has answered, before the client learns of it.
    async fn client_over_broken_connections(&self, cuts: u32) -> (Client, Arc<AtomicU32>) {
        let manager = self.url().strip_prefix("http://").expect("a URL").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let cut = Arc::new(AtomicU32::new(0));
        let count = cut.clone();
        tokio::spawn(async move {
            loop {
                let (near, _) = listener.accept().await.expect("a connection");
                let far = TcpStream::connect(&manager).await.expect("the manager");
                tokio::spawn(pass(near, far, count.clone(), cuts));
            }
        });
        (Client::new(&url, None).expect("a client"), cut)
    }
}

async fn pass(near: TcpStream, far: TcpStream, cut: Arc<AtomicU32>, cuts: u32) {
    let ((mut near_in, mut near_out), (mut far_in, mut far_out)) = (near.into_split(), far.into_split());
    let there = tokio::spawn(async move { copy(&mut near_in, &mut far_out).await });
    let mut first = [0];
    // The manager has answered, so it has stored.
    if far_in.read(&mut first).await.is_ok_and(|read| read == 1) {
        if cut.fetch_add(1, Ordering::SeqCst) < cuts {
            there.abort();
            return;
        }
        if near_out.write_all(&first).await.is_ok() {
            let _ = copy(&mut far_in, &mut near_out).await;
        }
    }
    there.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn over_broken_connections_each_submission_happens_once() {
    let dev = Dev::start();
    let (client, cut) = dev.client_over_broken_connections(2).await;
    let task = client.submit(Submission::new("noop", 1)).await.expect("a task");
    assert_eq!(cut.load(Ordering::SeqCst), 3);
    let listed = dev.client().list(&List::default()).await.expect("a list");
    assert_eq!(listed.tasks.iter().map(|task| &task.id).collect::<Vec<_>>(), [&task.id]);
}

#[tokio::test(flavor = "multi_thread")]
async fn over_broken_connections_a_batch_happens_once() {
    let dev = Dev::start();
    let (client, _) = dev.client_over_broken_connections(1).await;
    let submission = |n: u32| {
        Submission { delay: Some(3_600.0), ..Submission::new("echo_task", 1) }
            .parameters(json!({"value": n.to_string()}))
    };
    let items: Vec<BatchItem> = (0..1_500).map(|n| BatchItem::try_from(submission(n)).expect("an item")).collect();
    let results = client.submit_batch(&items).await.expect("results");
    assert!(results.iter().all(|result| result.status == BatchStatus::Exists));
    let mut pages = dev.client().pages(Listing::Scheduled, Filter::default());
    let mut count = 0;
    while pages.next_task().await.expect("a page").is_some() {
        count += 1;
    }
    assert_eq!(count, items.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn over_broken_connections_a_task_is_cancelled() {
    let dev = Dev::start();
    let submission = Submission { delay: Some(3_600.0), ..Submission::new("noop", 1) };
    let task = dev.client().submit(submission).await.expect("a task");
    let (client, _) = dev.client_over_broken_connections(1).await;
    assert_eq!(client.cancel(&task.id).await.expect("cancelled").status, Status::Cancelled);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rest_of_the_calls_do_what_they_say() {
    let dev = Dev::start();
    let client = dev.client();
    let first = client.submit_once("a key", &Submission::new("noop", 1)).await.expect("a task");
    let second = client.submit_once("a key", &Submission::new("noop", 1)).await.expect("a task");
    assert_eq!(first.id, second.id);
    let later = client.schedule(Submission::new("noop", 1), "2040-01-01T00:00:00Z").await.expect("a task");
    assert_eq!((later.status, later.run_at.as_deref()), (Status::Scheduled, Some("2040-01-01T00:00:00.000Z")));
    let due = client.scheduled(&List::default()).await.expect("a list");
    assert_eq!(due.tasks[0].id, later.id);
    let slow = Submission::new("slow_task", 1).parameters(json!({"seconds": 600}));
    let running = client.submit(slow).await.expect("a task");
    let active = loop {
        let active = client.active(&List::default()).await.expect("a list");
        if active.tasks.first().is_some_and(|task| task.running_ms.is_some()) {
            break active;
        }
    };
    assert_eq!((&active.tasks[0].id, active.tasks[0].worker.is_some()), (&running.id, true));
    let done = client.wait(&first.id, Some(Duration::from_secs(30))).await.expect("a task");
    assert_eq!(done.status, Status::Completed);
    client.delete(&first.id).await.expect("removed");
    assert_eq!(client.get(&first.id).await.expect_err("gone").problem().map(|problem| problem.status), Some(404));
    let dead = client.submit(Submission::new("always_fail_task", 1)).await.expect("a task");
    client.wait(&dead.id, Some(Duration::from_secs(30))).await.expect("a task");
    let letters = client.dead_letters(&List::default()).await.expect("a list");
    assert_eq!(letters.tasks[0].id, dead.id);
    let history = client.dead_letter_history(&dead.id).await.expect("a history");
    assert_eq!(history.history.len(), 3);
    let which = DeadLetters { name: Some("always_fail_task".into()), ..DeadLetters::default() };
    let revived = client.resubmit_dead_letters(&which).await.expect("revived");
    assert_eq!((revived.resubmitted, revived.skipped), (1, 0));
    let filter = Filter { name: Some("slow_task".into()), ..Filter::default() };
    let outcomes = client.cancel_many(&Selection::filter(filter, None), true).await.expect("outcomes");
    assert_eq!(outcomes.results[0].task_id, running.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_tell_each_change_until_the_end_or_the_removal() {
    let dev = Dev::start();
    let client = dev.client();
    let slow = Submission::new("slow_task", 1).parameters(json!({"seconds": 0.5}));
    let task = client.submit(slow).await.expect("a task");
    let mut events = client.events(&task.id);
    let mut last = None;
    let mut kinds = Vec::new();
    while let Some(event) = events.next().await.expect("an event") {
        last = event.task();
        kinds.push(event.kind);
    }
    assert!(kinds.ends_with(&["started".to_owned(), "completed".to_owned()]), "{kinds:?}");
    assert_eq!(last.and_then(|task| task.result), Some(json!({"seconds": 0.5})));
    let later = Submission { delay: Some(3_600.0), ..Submission::new("noop", 1) };
    let later = client.submit(later).await.expect("a task");
    let mut events = client.events(&later.id);
    assert_eq!(events.next().await.expect("an event").map(|event| event.kind).as_deref(), Some("scheduled"));
    client.cancel(&later.id).await.expect("cancelled");
    assert_eq!(events.next().await.expect("an event").map(|event| event.kind).as_deref(), Some("cancelled"));
    assert_eq!(events.next().await, Ok(None));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_too_many_listen_already_tasks_are_followed_all_the_same() {
    let dev = Dev::start_with(&["--max-streams", "1"]);
    let client = dev.client();
    let later = Submission { delay: Some(3_600.0), ..Submission::new("noop", 1) };
    let mut events = client.events(&client.submit(later).await.expect("a task").id);
    events.next().await.expect("an event");
    let id = dev.submit(&["slow_task", "seconds=0.3"]);
    client.events(&id).next().await.expect_err("there is one stream only");
    let run = dev.jobbers(&["status", &id, "--follow"]).expect(0);
    assert_eq!(run.out.lines().last(), Some("completed  {\"seconds\":0.3}"), "{run:?}");
    assert_eq!(run.err, "");
    drop(events);
}
