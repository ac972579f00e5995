use std::fs;
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context as _, Result, ensure};
use jobbers_core::model::Timestamp;

/// What the figures were measured on, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    pub cores: usize,
    pub cpu: String,
    pub system: String,
    pub redis: String,
    /// `2026-03-12`
    pub date: String,
}

impl Machine {
    /// This one, today. Fails if there is no `redis-server`.
    pub fn here() -> Result<Self> {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let redis = Command::new("redis-server").arg("--version").output();
        let redis = redis.context("redis-server cannot be started: is it installed?")?;
        ensure!(redis.status.success(), "redis-server --version failed: {}", redis.status);
        let since_1970 = SystemTime::UNIX_EPOCH.elapsed().context("the clock is before 1970")?;
        let mut date = Timestamp::default().after(since_1970).to_string();
        date.truncate("2026-03-12".len());
        Ok(Self {
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            cpu: model_name(&read("/proc/cpuinfo")).unwrap_or("unknown CPU").to_owned(),
            system: pretty_name(&read("/etc/os-release")).unwrap_or("unknown system").to_owned(),
            redis: version(&String::from_utf8_lossy(&redis.stdout)).unwrap_or("of unknown version").to_owned(),
            date,
        })
    }
}

impl std::fmt::Display for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { cores, cpu, system, redis, date } = self;
        write!(f, "{date}, {cores} cores, {cpu}, {system}, Redis {redis}")
    }
}

fn model_name(cpuinfo: &str) -> Option<&str> {
    cpuinfo.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|(_, name)| name.trim())
}

fn pretty_name(release: &str) -> Option<&str> {
    Some(release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="))?.trim_matches('"'))
}

fn version(said: &str) -> Option<&str> {
    said.split_whitespace().find_map(|word| word.strip_prefix("v="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_read_from_what_the_system_says() {
        assert_eq!(model_name("processor\t: 0\nmodel name\t: A CPU @ 2 GHz\n"), Some("A CPU @ 2 GHz"));
        assert_eq!(pretty_name("ID=debian\nPRETTY_NAME=\"Debian 12\"\n"), Some("Debian 12"));
        assert_eq!(version("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64"), Some("7.0.15"));
    }
}
