use std::time::{Duration, Instant};

use tokio::time::timeout;

use crate::harness::Manager;
use crate::http::get;

#[tokio::test]
async fn whoever_waits_is_answered_at_once_when_the_manager_stops() {
    let manager = Manager::start().await;
    let id = manager.greet().await;
    let begin = Instant::now();
    let stopping = async {
        // Only once the request is being answered is there something to cut short.
        manager.until("held", async || begin.elapsed() > Duration::from_millis(300)).await;
        manager.shutdown.graceful.cancel();
    };
    let (reply, ()) = tokio::join!(manager.send(get(format!("/tasks/{id}?wait=60"))), stopping);
    assert_eq!(reply.expect(200)["status"], "submitted");
    assert!(begin.elapsed() < Duration::from_secs(30));
    timeout(Duration::from_secs(15), manager.server).await.expect("it ends").unwrap().unwrap();
}

#[tokio::test]
async fn a_client_that_never_finishes_does_not_keep_the_manager() {
    use tokio::io::AsyncWriteExt;
    let manager = Manager::start().await;
    let mut connection = tokio::net::TcpStream::connect(manager.address).await.unwrap();
    connection
        .write_all(
            b"POST /tasks HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{",
        )
        .await
        .unwrap();
    // The manager has read the head of that request: it has answered one that came later.
    manager.send(get("/livez")).await.expect(200);
    manager.shutdown.graceful.cancel();
    timeout(Duration::from_secs(25), manager.server).await.expect("it ends").unwrap().unwrap();
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let manager = Manager::start().await;
    let id = manager.greet().await;
    let address = manager.address;
    let waiting = tokio::spawn(async move { get(format!("/tasks/{id}?wait=60")).send(address).await });
    manager.shutdown.immediate.cancel();
    timeout(Duration::from_secs(15), manager.server).await.expect("it ends").unwrap().unwrap();
    waiting.abort();
}
