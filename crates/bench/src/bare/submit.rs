use std::time::Instant;

use anyhow::{Result, ensure};
use redis::Script;
use redis::aio::MultiplexedConnection;

use super::{PREFIX, VALUE, id};

/// Tasks per second of one producer that submits so many in a call, and waits for each call.
pub async fn submit(url: &str, tasks: usize, batch: usize) -> Result<f64> {
    let mut connection = redis::Client::open(url)?.get_multiplexed_async_connection().await?;
    let script = Script::new(include_str!("submit.lua"));
    // Loads it, so that the first call is like the others.
    send(&mut connection, &script, tasks..=tasks).await?;
    let begin = Instant::now();
    for first in (0..tasks).step_by(batch) {
        send(&mut connection, &script, first..=tasks.min(first + batch) - 1).await?;
    }
    let seconds = begin.elapsed().as_secs_f64();
    let waiting: usize = redis::cmd("LLEN").arg(format!("{PREFIX}queue")).query_async(&mut connection).await?;
    ensure!(waiting == tasks + 1, "the bare submission left {waiting} tasks, not {}", tasks + 1);
    Ok(tasks as f64 / seconds)
}

async fn send(
    connection: &mut MultiplexedConnection,
    script: &Script,
    numbers: std::ops::RangeInclusive<usize>,
) -> Result<()> {
    let mut invocation = script.key(PREFIX);
    invocation.arg(&VALUE[..]);
    for number in numbers {
        invocation.arg(&id(number)[..]);
    }
    let () = invocation.invoke_async(connection).await?;
    Ok(())
}
