//! Ten thousand clients wait for tasks at once.

use std::time::Duration;

use jobbers_e2e::{Api, Installation, eventually};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

super::on_both_stores! {
    ten_thousand_clients_wait_and_all_learn_of_the_end,
}

const WAITERS: usize = 10_000;
const TASKS: usize = 100;

async fn ten_thousand_clients_wait_and_all_learn_of_the_end(jobbers: Installation) {
    let files = rlimit::increase_nofile_limit(u64::MAX).unwrap();
    assert!(files > WAITERS as u64 + 500, "this host allows {files} open files: raise the hard limit (ulimit -Hn)");
    let (_manager, api) = jobbers.ready_manager().await;
    let worker = jobbers.demo_worker(&[]);
    api.knows("noop").await;
    drop(worker);
    let mut ids = Vec::with_capacity(TASKS);
    for _ in 0..TASKS {
        ids.push(api.submit("noop", json!({})).await);
    }
    let mut waiters = JoinSet::new();
    for n in 0..WAITERS {
        let (api, id) = (api.clone(), ids[n % TASKS].clone());
        let mut connection = connect(&api).await;
        ask(&mut connection, &api, &id).await;
        waiters.spawn(async move { status(connection).await });
    }
    // The manager is as quick for others as before: one more request is answered while all of them wait.
    assert_eq!(api.task(&ids[0]).await["status"], "submitted");
    assert!(waiters.try_join_next().is_none(), "somebody was not kept waiting");

    let _worker = jobbers.demo_worker(&[]);
    let mut answered = 0;
    eventually("all have learned of it", Duration::from_secs(60), async || {
        while let Some(waiter) = waiters.try_join_next() {
            assert_eq!(waiter.unwrap(), "completed");
            answered += 1;
        }
        (answered == WAITERS).then_some(())
    })
    .await;
    for id in &ids {
        assert_eq!(api.task(id).await["status"], "completed");
    }
}

async fn connect(api: &Api) -> TcpStream {
    TcpStream::connect(api.base().trim_start_matches("http://")).await.unwrap()
}

async fn ask(connection: &mut TcpStream, api: &Api, id: &str) {
    let host = api.base().trim_start_matches("http://");
    let request = format!("GET /tasks/{id}?wait=60 HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await.unwrap();
}

/// The status of the task in the answer.
async fn status(mut connection: TcpStream) -> String {
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer}"));
    assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
    let task: serde_json::Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"));
    task["status"].as_str().unwrap().to_owned()
}
