//! The bare worker that stands for the limit: a fixed list of Redis calls a task, and nothing that a task service
//! promises. Batches of 50 over two connections.
//!
//! A claim pops an id, reads one value, sets its state byte, adds one zset entry and writes one small hash; a finish
//! removes the zset entry, writes the hash and adds one zset entry; commands that take several members take a batch.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::Result;
use redis::Script;
use redis::aio::MultiplexedConnection;

const BATCH: usize = 50;
const CONNECTIONS: usize = 2;

/// Tasks per second of the bare worker over `tasks` waiting tasks of `parameters` bytes.
pub async fn drain(url: &str, tasks: usize, parameters: &[u8]) -> Result<f64> {
    let client = redis::Client::open(url)?;
    let mut connection = client.get_multiplexed_async_connection().await?;
    fill(&mut connection, tasks, parameters).await?;
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

async fn fill(connection: &mut MultiplexedConnection, tasks: usize, parameters: &[u8]) -> Result<()> {
    let value = [b"W", parameters].concat();
    for first in (0..tasks).step_by(500) {
        let mut pipeline = redis::pipe();
        for number in first..tasks.min(first + 500) {
            let id = (number as u128).to_be_bytes();
            pipeline.cmd("SET").arg([b"bare:t:", &id[..]].concat()).arg(&value).ignore();
            pipeline.cmd("RPUSH").arg("bare:queue").arg(&id).ignore();
        }
        let () = pipeline.query_async(connection).await?;
    }
    Ok(())
}

async fn work(mut connection: MultiplexedConnection, script: Arc<Script>, left: Arc<AtomicUsize>) -> Result<()> {
    let mut running: Vec<Vec<u8>> = Vec::new();
    loop {
        let mut invocation = script.key("bare:");
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
