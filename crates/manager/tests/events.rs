//! Streams of server-sent events.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use jobbers_conformance::sample::completed;
use jobbers_core::model::Progress;
use jobbers_manager::ManagerSettings;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::harness::{Manager, settings};
use crate::http::{get, method, post, post_json};

const SOON: Duration = Duration::from_secs(30);

#[derive(Debug, Clone, PartialEq)]
struct Event {
    name: String,
    id: Option<String>,
    data: Value,
}

/// A stream that is read event by event.
struct Events {
    connection: TcpStream,
    head: String,
    text: String,
    ready: VecDeque<Event>,
}

impl Events {
    async fn open(address: SocketAddr, path: &str, last: Option<&str>) -> Self {
        let mut connection = TcpStream::connect(address).await.expect("connect");
        let last = last.map_or(String::new(), |id| format!("last-event-id: {id}\r\n"));
        let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n{last}\r\n");
        connection.write_all(request.as_bytes()).await.expect("send");
        let mut events = Self { connection, head: String::new(), text: String::new(), ready: VecDeque::new() };
        while !events.text.contains("\r\n\r\n") {
            assert!(events.read().await, "no head: {}", events.text);
        }
        let (head, rest) = events.text.split_once("\r\n\r\n").expect("a head");
        (events.head, events.text) = (head.to_lowercase(), rest.to_owned());
        events
    }

    async fn read(&mut self) -> bool {
        let mut bytes = [0; 4096];
        let read = self.connection.read(&mut bytes);
        let count = timeout(SOON, read).await.expect("something in time").expect("read");
        self.text.push_str(std::str::from_utf8(&bytes[..count]).expect("text"));
        count > 0
    }

    /// The next event; none when the stream has ended.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            // Chunks begin with their length on a line of its own; events end with an empty line.
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    block.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).map(str::to_owned)
                };
                if let (Some(name), Some(data)) = (field("event"), field("data")) {
                    let data = serde_json::from_str(&data).expect("JSON");
                    self.ready.push_back(Event { name, id: field("id"), data });
                }
                self.text = rest.to_owned();
            }
            if self.ready.is_empty() && (self.text.contains("\r\n0\r\n\r\n") || !self.read().await) {
                return None;
            }
        }
    }

    async fn until(&mut self, wanted: impl Fn(&Event) -> bool) -> Event {
        loop {
            let event = timeout(SOON, self.next()).await.expect("in time").expect("the stream goes on");
            if wanted(&event) {
                return event;
            }
        }
    }
}

impl Manager {
    async fn events(&self, path: &str) -> Events {
        Events::open(self.address, path, None).await
    }
}

#[tokio::test]
async fn a_task_is_told_change_by_change_until_it_has_ended() {
    let manager = Manager::start().await;
    let mut worker = manager.worker().await;
    let id = manager.greet().await;
    let mut events = manager.events(&format!("/tasks/{id}/events")).await;
    assert!(events.head.starts_with("http/1.1 200"), "{}", events.head);
    for header in ["content-type: text/event-stream", "cache-control: no-store", "x-accel-buffering: no"] {
        assert!(events.head.contains(header), "{header}: {}", events.head);
    }
    let first = events.next().await.unwrap();
    assert_eq!((first.name.as_str(), &first.data), ("submitted", &manager.task(&id).await));
    let claimed = worker.claim_one().await;
    let started = events.next().await.unwrap();
    assert_eq!((started.name.as_str(), &started.data["attempt"]), ("started", &json!(1)));
    worker.finish(&claimed, completed("{\"said\": \"hello\"}")).await;
    let ended = events.next().await.unwrap();
    assert_eq!((ended.name.as_str(), &ended.data["result"]), ("completed", &json!({"said": "hello"})));
    assert_eq!(events.next().await, None);

    // A browser that connects again with what it saw last is told not to.
    let again = Events::open(manager.address, &format!("/tasks/{id}/events"), ended.id.as_deref()).await;
    assert!(again.head.starts_with("http/1.1 204"), "{}", again.head);
    let mut late = manager.events(&format!("/tasks/{id}/events")).await;
    assert_eq!(late.next().await.map(|event| event.name), Some("completed".to_owned()));
    assert_eq!(late.next().await, None);
}

#[tokio::test]
async fn progress_is_told_while_a_task_runs() {
    let manager = Manager::start().await;
    let mut worker = manager.worker().await;
    let id = manager.greet().await;
    let claimed = worker.claim_one().await;
    let mut events = manager.events(&format!("/tasks/{id}/events")).await;
    assert_eq!(events.next().await.unwrap().name, "started");
    worker.beat(&claimed, Some(Progress { percent: 40.0, message: None })).await;
    let event = events.next().await.unwrap();
    assert_eq!((event.name.as_str(), &event.data["progress"]["percent"]), ("started", &json!(40.0)));
}

#[tokio::test]
async fn a_task_that_is_removed_ends_its_stream() {
    let manager = Manager::start().await;
    let id = manager.greet().await;
    let path = format!("/tasks/{id}/events");
    manager.send(get(path.replace(&id, "01ARZ3NDEKTSV4RRFFQ69G5FAV"))).await.problem(404);
    manager.send(get(path.replace(&id, "nothing"))).await.problem(400);
    let mut events = manager.events(&path).await;
    events.until(|event| event.name == "submitted").await;
    manager.send(post(format!("/tasks/{id}/cancel"))).await.expect(200);
    events.until(|event| event.name == "cancelled").await;
    assert_eq!(events.next().await, None);
    manager.send(method("DELETE", format!("/tasks/{id}"))).await.expect(200);
    manager.send(get(path)).await.problem(404);
}

#[tokio::test]
async fn counts_and_tasks_are_told_to_all_who_listen() {
    let manager = Manager::start().await;
    let mut both = [manager.events("/events").await, manager.events("/api/events").await];
    for events in &mut both {
        events.until(|event| event.name == "counts").await;
    }
    let id = manager.greet().await;
    for events in &mut both {
        let task = events.until(|event| event.name == "task").await;
        assert_eq!(task.data, json!({"id": id, "status": "submitted"}));
        let waits = |event: &Event| event.name == "counts" && event.data["queues"][0]["waiting"] == 1;
        events.until(waits).await;
    }
}

#[tokio::test]
async fn who_comes_again_goes_on_where_it_was() {
    let manager = Manager::start().await;
    // Somebody always listens, so that nothing is lost in between.
    let mut steady = manager.events("/events").await;
    steady.until(|event| event.name == "counts").await;
    let mut events = manager.events("/events").await;
    let ids = [manager.greet().await, manager.greet().await, manager.greet().await];
    let is_of = |id: &str| {
        let id = id.to_owned();
        move |event: &Event| event.data["id"] == id.as_str()
    };
    let first = events.until(is_of(&ids[0])).await;
    drop(events);
    steady.until(is_of(&ids[2])).await;
    let mut again = Events::open(manager.address, "/events", first.id.as_deref()).await;
    let mut told = Vec::new();
    while told.len() < 2 {
        let event = again.next().await.unwrap();
        assert_ne!(event.name, "resync");
        if event.name == "task" {
            told.push(event.data["id"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(told, ids[1..], "each once, in order");
    for unknown in ["01ARZ3NDEKTSV4RRFFQ69G5FAV:3", "nonsense", &format!("{}999999", first.id.unwrap())] {
        let mut lost = Events::open(manager.address, "/events", Some(unknown)).await;
        assert_eq!(lost.next().await.unwrap().name, "resync", "{unknown}");
        assert_eq!(lost.next().await.unwrap().name, "counts", "{unknown}");
    }
}

#[tokio::test]
async fn a_flood_of_changes_is_cut_and_counted() {
    let manager = Manager::start().await;
    let mut events = manager.events("/events").await;
    events.until(|event| event.name == "counts").await;
    let batch = vec![json!({"name": "anything", "version": 2}); 500];
    let begin = Instant::now();
    manager.send(post_json("/tasks/batch", &Value::from(batch))).await.expect(200);
    let (mut told, mut skipped) = (0, 0);
    while told + skipped < 500 {
        let event = events.until(|event| ["task", "skipped"].contains(&event.name.as_str())).await;
        match event.name.as_str() {
            "task" => told += 1,
            _ => skipped += event.data["tasks"].as_u64().unwrap(),
        }
    }
    assert_eq!(told + skipped, 500);
    let seconds = begin.elapsed().as_secs() + 2;
    assert!(told <= 50 * seconds, "{told} in {seconds} s");
}

#[tokio::test]
async fn streams_are_bounded_and_end_with_the_manager() {
    let manager = Manager::start_with(ManagerSettings { max_streams: 2, ..settings() }).await;
    let id = manager.greet().await;
    let mut all = manager.events("/events").await;
    let mut one = manager.events(&format!("/tasks/{id}/events")).await;
    for path in ["/events".to_owned(), format!("/tasks/{id}/events")] {
        let problem = manager.send(get(path)).await.problem(503);
        assert!(problem["detail"].as_str().unwrap().contains("MAX_STREAMS"), "{problem}");
    }
    all.until(|event| event.name == "counts").await;
    one.until(|event| event.name == "submitted").await;
    manager.shutdown.graceful.cancel();
    while timeout(SOON, all.next()).await.expect("it ends").is_some() {}
    assert_eq!(one.next().await, None);
    timeout(Duration::from_secs(5), manager.server).await.expect("it ends").unwrap().unwrap();
}
