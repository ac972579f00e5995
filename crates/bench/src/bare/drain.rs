use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::Result;
use redis::Script;
use redis::aio::MultiplexedConnection;

use super::{PREFIX, SUBMIT_BATCH, submit};

const BATCH: usize = 50;
const CONNECTIONS: usize = 2;

/// Tasks per second of the bare worker over that many waiting tasks, in batches of 50 over two connections.
pub async fn drain(url: &str, tasks: usize) -> Result<f64> {
    submit(url, tasks - 1, SUBMIT_BATCH).await?;
    let client = redis::Client::open(url)?;
    let script = Arc::new(Script::new(include_str!("worker.lua")));
    let left = Arc::new(AtomicUsize::new(tasks));
    let begin = Instant::now();
    let mut loops = Vec::new();
    for _ in 0..CONNECTIONS {
        let connection = client.get_multiplexed_async_connection().await?;
        loops.push(tokio::spawn(work(connection, Arc::clone(&script), Arc::clone(&left))));
    }
    for worker in loops {
        worker.await??;
    }
    anyhow::ensure!(left.load(Ordering::SeqCst) == 0, "the bare worker lost tasks");
    Ok(tasks as f64 / begin.elapsed().as_secs_f64())
}

async fn work(mut connection: MultiplexedConnection, script: Arc<Script>, left: Arc<AtomicUsize>) -> Result<()> {
    let mut running: Vec<Vec<u8>> = Vec::new();
    loop {
        let mut invocation = script.key(PREFIX);
        invocation.arg(BATCH);
        for id in &running {
            invocation.arg(id.as_slice());
        }
        let claimed: Vec<(Vec<u8>, Vec<u8>)> = invocation.invoke_async(&mut connection).await?;
        left.fetch_sub(running.len(), Ordering::SeqCst);
        if claimed.is_empty() {
            return Ok(());
        }
        running = claimed.into_iter().map(|(id, _)| id).collect();
    }
}
