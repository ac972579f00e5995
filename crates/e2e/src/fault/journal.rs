//! What really happened, in the order in which it happened.
//!
//! Every process appends its lines to one file, each line by one write: the kernel puts them into one order, which no clock
//! can get wrong. A handler writes when it begins and when it stops, whoever does the damage writes what was done.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// One attempt of a task in one process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    pub id: String,
    pub attempt: u32,
    pub token: String,
    pub pid: u32,
}

/// How a handler stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// It came to its end and has a result.
    Ended,
    /// It returned an error.
    Failed,
    /// It was interrupted, or panicked.
    Left,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Event {
    Start {
        run: Run,
    },
    Stop {
        run: Run,
        how: How,
    },
    Killed {
        pid: u32,
    },
    Frozen {
        pid: u32,
    },
    Thawed {
        pid: u32,
    },
    /// The API said that a task is cancelled.
    Cancelled {
        id: String,
    },
    /// The API said that the attempt that runs will be told to stop.
    CancelAsked {
        id: String,
        attempt: u32,
    },
    /// The store was ended.
    Down,
    /// It answers again.
    Back,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Seconds since the machine was started: one clock for all processes, which nobody sets.
    pub at: f64,
    /// Milliseconds since 1970 by the clock of the process that wrote it.
    pub clock: i64,
    #[serde(flatten)]
    pub event: Event,
}

/// Where lines go.
#[derive(Debug, Clone)]
pub struct Journal(PathBuf);

impl Journal {
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn write(&self, event: Event) -> io::Result<()> {
        let mut text = serde_json::to_string(&Line { at: uptime()?, clock: clock(), event })?;
        text.push('\n');
        OpenOptions::new().create(true).append(true).open(&self.0)?.write_all(text.as_bytes())
    }

    /// All lines so far.
    pub fn read(&self) -> Vec<Line> {
        let text = std::fs::read_to_string(&self.0).unwrap_or_default();
        let line = |text: &str| serde_json::from_str(text).unwrap_or_else(|error| panic!("journal: `{text}`: {error}"));
        text.lines().map(line).collect()
    }
}

/// The monotonic clock is the same for all processes of a machine, but std does not say what it shows. This is the same
/// clock in hundredths of a second, and comes from where no library can come between.
fn uptime() -> io::Result<f64> {
    let text = std::fs::read_to_string("/proc/uptime")?;
    text.split(' ').next().and_then(|seconds| seconds.parse().ok()).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

fn clock() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
