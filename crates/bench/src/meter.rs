//! What a Redis says of its own work.
//!
//! Redis counts a command that a script calls twice: by its own name, and in the time of the `evalsha` around it. So
//! time spent in scripts is that of `evalsha` (and `eval`, once a script, when it is loaded), and is all that a task costs apart from reading requests and
//! writing answers: nothing in the life of a task is a plain command. CPU time is that of the whole server, network and all.
//! Counts of commands are of all that is called, from outside and by scripts, without this module's own questions.

use anyhow::{Context as _, Result};
use redis::aio::MultiplexedConnection;

/// What carries the time of all that it calls.
const SCRIPTS: [&str; 2] = ["evalsha", "eval"];
/// What this module itself sends.
const OWN: [&str; 2] = ["info", "config|resetstat"];

/// Asks one server.
#[derive(Debug)]
pub struct Meter {
    connection: MultiplexedConnection,
    cpu_at_reset: f64,
}

/// What was done since the last reset.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Spent {
    /// Calls of scripts: the round trips of steps.
    pub scripts: f64,
    /// Time in scripts.
    pub script_microseconds: f64,
    pub commands: f64,
    /// Of the whole server.
    pub cpu_microseconds: f64,
}

impl Spent {
    /// This and that.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            scripts: self.scripts + other.scripts,
            script_microseconds: self.script_microseconds + other.script_microseconds,
            commands: self.commands + other.commands,
            cpu_microseconds: self.cpu_microseconds + other.cpu_microseconds,
        }
    }
}

impl Meter {
    /// Of the server at this URL, from now on.
    pub async fn of(url: &str) -> Result<Self> {
        let connection = redis::Client::open(url)?.get_multiplexed_async_connection().await?;
        let mut meter = Self { connection, cpu_at_reset: 0.0 };
        meter.reset().await?;
        Ok(meter)
    }

    /// Begins to count anew.
    pub async fn reset(&mut self) -> Result<()> {
        let () = redis::cmd("CONFIG").arg("RESETSTAT").query_async(&mut self.connection).await?;
        self.cpu_at_reset = cpu(&self.info("cpu").await?)?;
        Ok(())
    }

    /// What was done since then.
    pub async fn spent(&mut self) -> Result<Spent> {
        let cpu = cpu(&self.info("cpu").await?)?;
        let commands = self.info("commandstats").await?;
        Ok(Spent { cpu_microseconds: (cpu - self.cpu_at_reset) * 1e6, ..spent(&commands) })
    }

    /// Memory of data and of what manages it, in bytes, without the buffers of connections.
    pub async fn memory(&mut self) -> Result<f64> {
        let memory = self.info("memory").await?;
        let number = |name| number(&memory, name).with_context(|| format!("INFO memory does not tell {name}"));
        Ok(number("used_memory")? - number("mem_clients_normal")?)
    }

    async fn info(&mut self, section: &str) -> Result<String> {
        Ok(redis::cmd("INFO").arg(section).query_async(&mut self.connection).await?)
    }
}

/// Seconds.
fn cpu(info: &str) -> Result<f64> {
    let number = |name| number(info, name).with_context(|| format!("INFO cpu does not tell {name}"));
    Ok(number("used_cpu_sys")? + number("used_cpu_user")?)
}

fn number(info: &str, name: &str) -> Option<f64> {
    info.lines().find_map(|line| line.trim_end().strip_prefix(name)?.strip_prefix(':')?.parse().ok())
}

/// `cmdstat_evalsha:calls=3,usec=100,usec_per_call=33.33,rejected_calls=0,failed_calls=0`, a line a command
fn spent(commandstats: &str) -> Spent {
    let mut spent = Spent::default();
    for line in commandstats.lines() {
        let Some((name, figures)) = line.strip_prefix("cmdstat_").and_then(|line| line.split_once(':')) else {
            continue;
        };
        let figure = |name: &str| {
            let found = figures.split(',').find_map(|figure| figure.strip_prefix(name)?.strip_prefix('='));
            found.and_then(|figure| figure.parse().ok()).unwrap_or(0.0)
        };
        if SCRIPTS.contains(&name) {
            spent.scripts += figure("calls");
            spent.script_microseconds += figure("usec");
        }
        if !OWN.contains(&name) {
            spent.commands += figure("calls");
        }
    }
    spent
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "# Commandstats\r\n\
        cmdstat_evalsha:calls=3,usec=100,usec_per_call=33.33,rejected_calls=0,failed_calls=0\r\n\
        cmdstat_set:calls=40,usec=30,usec_per_call=0.75,rejected_calls=0,failed_calls=0\r\n\
        cmdstat_info:calls=2,usec=900,usec_per_call=450.00,rejected_calls=0,failed_calls=0\r\n\
        cmdstat_config|resetstat:calls=1,usec=50,usec_per_call=50.00,rejected_calls=0,failed_calls=0\r\n";

    #[test]
    fn what_a_script_calls_is_in_its_time_and_the_questions_asked_here_are_left_out() {
        let expected = Spent { scripts: 3.0, script_microseconds: 100.0, commands: 43.0, cpu_microseconds: 0.0 };
        assert_eq!(spent(SAID), expected);
    }

    #[test]
    fn a_figure_is_found_by_its_whole_name() {
        let info = "used_cpu_sys_children:9.0\r\nused_cpu_sys:0.5\r\nused_cpu_user:1.25\r\n";
        assert_eq!(cpu(info).ok(), Some(1.75));
        assert!(cpu("used_cpu_sys:1").is_err());
    }
}
