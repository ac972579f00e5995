use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use redis::Script;
use redis::aio::MultiplexedConnection;
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;

use super::{PREFIX, VALUE, id};

/// Times from the call of the bare submission to the return of a blocking pop on another thread and connection: once there and
/// once back, less than which no task service can do that asks a server of its own.
pub async fn latency(url: &str, tasks: usize, warm_up: usize, pace: Duration) -> Result<Vec<Duration>> {
    let client = redis::Client::open(url)?;
    let mut connection = client.get_multiplexed_async_connection().await?;
    let script = Script::new(include_str!("submit.lua"));
    let (sender, mut popped) = mpsc::unbounded_channel();
    let popping = tokio::task::spawn_blocking(move || pop(&client, tasks + warm_up, &sender));
    let mut latencies = Vec::with_capacity(tasks);
    let mut pace = tokio::time::interval(pace);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for number in 0..tasks + warm_up {
        pace.tick().await;
        let submitted = Instant::now();
        push(&mut connection, &script, number).await?;
        let at = popped.recv().await.context("nobody pops any more")?;
        if number >= warm_up {
            latencies.push(at.saturating_duration_since(submitted));
        }
    }
    popping.await??;
    Ok(latencies)
}

async fn push(connection: &mut MultiplexedConnection, script: &Script, number: usize) -> Result<()> {
    let mut invocation = script.key(PREFIX);
    invocation.arg(&VALUE[..]).arg(&id(number)[..]);
    let () = invocation.invoke_async(connection).await?;
    Ok(())
}

fn pop(client: &redis::Client, tasks: usize, popped: &mpsc::UnboundedSender<Instant>) -> Result<()> {
    const LONGEST_WAIT_SECONDS: u32 = 60;
    let mut connection = client.get_connection()?;
    for _ in 0..tasks {
        let id: Option<(String, Vec<u8>)> =
            redis::cmd("BLPOP").arg(format!("{PREFIX}queue")).arg(LONGEST_WAIT_SECONDS).query(&mut connection)?;
        id.context("nothing was submitted for a minute")?;
        popped.send(Instant::now())?;
    }
    Ok(())
}
