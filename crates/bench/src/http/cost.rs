use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};

use super::load::Load;
use super::side::Side;
use crate::place::{Kind, Place};
use crate::usage;

/// What a load cost.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    pub requests_per_second: f64,
    /// CPU milliseconds per 1,000 requests.
    pub server_cpu: f64,
    pub redis_cpu: f64,
    pub client_cpu: f64,
    /// Scripts that Redis ran per 1,000 requests; none for the bare endpoint.
    pub scripts: f64,
}

/// Puts a load on one side, on a Redis of its own.
pub async fn measure(side: &Side, load: Load) -> Result<Cost> {
    let place = Kind::Redis.open()?;
    let server = side.start(&place).await?;
    // Connections, scripts and memory are there before anything counts.
    Load { requests: load.requests / 20 + load.connections, ..load }.put_on(server.address).await?;
    let pids = [server.pid(), place.server_pid().context("no Redis")?, std::process::id()];
    let before = Reading::take(&place, pids).await?;
    let took = load.put_on(server.address).await?;
    let after = Reading::take(&place, pids).await?;
    let requests = load.requests as f64;
    let cpu = |index: usize| (after.cpu[index] - before.cpu[index]).as_secs_f64() * 1e6 / requests;
    Ok(Cost {
        requests_per_second: requests / took.as_secs_f64(),
        server_cpu: cpu(0),
        redis_cpu: cpu(1),
        client_cpu: cpu(2),
        scripts: after.scripts.saturating_sub(before.scripts) as f64 * 1e3 / requests,
    })
}

struct Reading {
    cpu: [Duration; 3],
    scripts: u64,
}

impl Reading {
    async fn take(place: &Arc<Place>, pids: [u32; 3]) -> Result<Self> {
        let mut cpu = [Duration::ZERO; 3];
        for (cpu, pid) in cpu.iter_mut().zip(pids) {
            *cpu = usage::cpu(pid).context("CPU time of a process")?;
        }
        Ok(Self { cpu, scripts: scripts(place).await? })
    }
}

async fn scripts(place: &Place) -> Result<u64> {
    let mut connection = redis::Client::open(place.store_url())?.get_multiplexed_async_connection().await?;
    let info: String = redis::cmd("INFO").arg("commandstats").query_async(&mut connection).await?;
    Ok(calls(&info, "evalsha"))
}

/// How often Redis ran a command.
fn calls(info: &str, command: &str) -> u64 {
    let line =
        info.lines().find_map(|line| line.strip_prefix("cmdstat_")?.strip_prefix(command)?.strip_prefix(":calls="));
    line.and_then(|rest| rest.split(',').next()?.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_those_of_the_command_alone() {
        let info = "# Commandstats\r\ncmdstat_evalsha_ro:calls=3,usec=1\r\ncmdstat_evalsha:calls=17,usec=900,x=y\r\n";
        assert_eq!((calls(info, "evalsha"), calls(info, "get")), (17, 0));
    }
}
