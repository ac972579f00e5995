//! More at once than the manager takes.

use std::time::{Duration, Instant};

use jobbers_manager::ManagerSettings;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::harness::{Manager, settings};
use crate::http::{get, post_bytes, post_json};

/// Waits until the other side has closed; what it sent before.
async fn closed(connection: &mut TcpStream) -> String {
    let mut rest = Vec::new();
    timeout(Duration::from_secs(30), connection.read_to_end(&mut rest)).await.expect("closed in time").expect("read");
    String::from_utf8(rest).expect("text")
}

async fn idle_connection(manager: &Manager) -> TcpStream {
    let mut connection = TcpStream::connect(manager.address).await.expect("connect");
    connection.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n").await.expect("send");
    let mut begin = [0; 12];
    connection.read_exact(&mut begin).await.expect("an answer");
    assert_eq!(&begin, b"HTTP/1.1 200");
    connection
}

#[tokio::test]
async fn who_comes_beyond_the_last_connection_is_sent_away_with_a_reason() {
    let manager = Manager::start_with(ManagerSettings { max_connections: 3, ..settings() }).await;
    // What the harness asked with may not be gone yet.
    let mut held = Vec::new();
    manager
        .until("all are taken", async || {
            if manager.send(get("/readyz")).await.status == 200 {
                held.push(idle_connection(&manager).await);
                return false;
            }
            held.len() == 3
        })
        .await;
    let large = vec![b' '; 2 << 20];
    for request in
        [get("/"), post_json("/tasks", &json!({"name": "anything", "version": 2})), post_bytes("/tasks", large)]
    {
        let reply = manager.send(request).await;
        assert_eq!((reply.header("retry-after"), reply.header("connection")), (Some("1"), Some("close")));
        let problem = reply.problem(503);
        assert!(problem["detail"].as_str().unwrap().contains("MAX_CONNECTIONS"), "{problem}");
    }
    manager.send(get("/livez")).await.expect(200);
    held.pop();
    manager.until("there is a place again", async || manager.send(get("/readyz")).await.status == 200).await;
}

#[tokio::test]
async fn even_who_is_sent_away_does_not_pile_up() {
    let manager = Manager::start_with(ManagerSettings { max_connections: 2, ..settings() }).await;
    let mut silent = Vec::new();
    for _ in 0..200 {
        silent.push(TcpStream::connect(manager.address).await.expect("the backlog takes it"));
    }
    // Whoever says nothing is dropped, one after the other, so a place becomes free.
    let begin = Instant::now();
    manager
        .until("there is a place", async || {
            let answered = timeout(Duration::from_secs(5), get("/readyz").send(manager.address)).await;
            answered.is_ok_and(|reply| reply.status == 200)
        })
        .await;
    assert!(begin.elapsed() < Duration::from_secs(60));
}

#[tokio::test]
async fn waits_are_bounded_and_do_not_keep_others_out() {
    let manager = Manager::start_with(ManagerSettings { max_waits: 1, ..settings() }).await;
    let id = manager.greet().await;
    let (address, path) = (manager.address, format!("/tasks/{id}?wait=60"));
    // What is asked below may be there first.
    let waiting = tokio::spawn(async move { while get(&path).send(address).await.status == 503 {} });
    // Asked with a wait of nothing: that one is answered at once where there is room.
    let refused = async || manager.send(get(format!("/tasks/{id}?wait=0"))).await;
    manager.until("somebody waits", async || refused().await.status == 503).await;
    let reply = refused().await;
    assert_eq!(reply.header("retry-after"), Some("1"));
    assert!(reply.problem(503)["detail"].as_str().unwrap().contains("MAX_WAITS"));
    manager.send(get(format!("/tasks/{id}"))).await.expect(200);
    // Whoever goes away makes room.
    waiting.abort();
    manager.until("there is room again", async || refused().await.status == 200).await;
}

#[tokio::test]
async fn bodies_are_bounded_together() {
    let bounded = ManagerSettings { max_body: 1 << 20, max_bodies: 1 << 20, ..settings() };
    let manager = Manager::start_with(bounded).await;
    let head =
        "POST /tasks HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n";
    let half = async || {
        let mut half = TcpStream::connect(manager.address).await.unwrap();
        half.write_all(head.as_bytes()).await.unwrap();
        half.write_all(&vec![b' '; 900_000]).await.unwrap();
        half
    };
    let parameters = json!({"x": "y".repeat(500_000)});
    let large = || post_json("/tasks", &json!({"name": "anything", "version": 2, "parameters": parameters}));
    // One half of a body that meets a large one while it is read is refused itself.
    let mut halves = Vec::new();
    manager
        .until("the room is taken", async || {
            halves.push(half().await);
            manager.send(large()).await.status == 503
        })
        .await;
    let problem = manager.send(large()).await.problem(503);
    assert!(problem["detail"].as_str().unwrap().contains("MAX_BODIES"), "{problem}");
    manager.send(post_json("/tasks", &json!({"name": "anything", "version": 2}))).await.expect(201);
    drop(halves);
    manager.until("there is room again", async || manager.send(large()).await.status == 201).await;
}

#[tokio::test]
async fn idle_connections_are_closed_at_once_when_the_manager_stops() {
    let manager = Manager::start().await;
    let mut idle = idle_connection(&manager).await;
    let mut silent = TcpStream::connect(manager.address).await.unwrap();
    manager.send(get("/livez")).await.expect(200);
    let begin = Instant::now();
    manager.shutdown.graceful.cancel();
    closed(&mut idle).await;
    assert_eq!(closed(&mut silent).await, "");
    timeout(Duration::from_secs(5), manager.server).await.expect("it ends").unwrap().unwrap();
    assert!(begin.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_request_that_was_sent_before_the_end_is_answered() {
    for _ in 0..20 {
        let manager = Manager::start().await;
        let mut connections = Vec::new();
        for _ in 0..20 {
            let mut connection = TcpStream::connect(manager.address).await.unwrap();
            connection.write_all(b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
            connections.push(connection);
        }
        manager.shutdown.graceful.cancel();
        for mut connection in connections {
            assert!(closed(&mut connection).await.starts_with("HTTP/1.1 200"));
        }
        timeout(Duration::from_secs(5), manager.server).await.expect("it ends").unwrap().unwrap();
    }
}

#[tokio::test]
async fn half_a_head_is_not_waited_for_for_ever() {
    let manager = Manager::start().await;
    let mut connection = TcpStream::connect(manager.address).await.unwrap();
    connection.write_all(b"GET /livez HTTP/1.1\r\nhos").await.unwrap();
    let begin = Instant::now();
    assert_eq!(closed(&mut connection).await, "");
    assert!(begin.elapsed() > Duration::from_secs(5), "a slow client has some time");
}
