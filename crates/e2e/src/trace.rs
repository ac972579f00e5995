//! A task that writes down when it runs, so that a test sees executions and not only what the store says of them.

use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jobbers_worker::{Params, TaskContext, TaskError, task};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Traced {
    /// Gets a line at the start and one at the end of each attempt.
    file: PathBuf,
    #[serde(default)]
    seconds: f64,
}

impl Traced {
    pub(crate) fn duration(&self) -> Duration {
        Duration::from_secs_f64(self.seconds)
    }
}

/// Writes the lines of one attempt.
#[derive(Debug)]
pub(crate) struct Writer {
    file: PathBuf,
    attempt: String,
}

impl Writer {
    pub(crate) fn of(traced: &Traced, task: &TaskContext) -> Self {
        Self { file: traced.file.clone(), attempt: format!("{} {}", task.id(), task.attempt()) }
    }

    pub(crate) fn write(&self, what: &str) -> Result<(), TaskError> {
        append(&self.file, &format!("{what} {}\n", self.attempt)).map_err(TaskError::fatal)
    }
}

#[derive(Debug, Serialize)]
pub struct Attempted {
    attempt: u32,
}

/// Writes `start ID ATTEMPT` to a file, takes its time, and writes `end ID ATTEMPT`.
#[task(version = 1, max_concurrent = "none", on_shutdown = "resubmit", max_lost = 10)]
pub async fn traced_task(Params(traced): Params<Traced>, task: TaskContext) -> Result<Attempted, TaskError> {
    let writer = Writer::of(&traced, &task);
    writer.write("start")?;
    tokio::time::sleep(traced.duration()).await;
    writer.write("end")?;
    Ok(Attempted { attempt: task.attempt() })
}

/// One write of one short line: lines of several processes do not mix.
fn append(path: &Path, line: &str) -> io::Result<()> {
    OpenOptions::new().create(true).append(true).open(path)?.write_all(line.as_bytes())
}

/// What attempts have written so far.
#[derive(Debug, Default)]
pub struct Trace {
    starts: HashMap<String, Vec<u32>>,
    ends: HashMap<String, Vec<u32>>,
}

impl Trace {
    pub fn read(path: &Path) -> Self {
        let mut trace = Self::default();
        for line in fs::read_to_string(path).unwrap_or_default().lines() {
            let mut words = line.split(' ');
            let (Some(what), Some(id), Some(attempt)) = (words.next(), words.next(), words.next()) else {
                panic!("`{line}` is no line of a trace");
            };
            let of = if what == "start" { &mut trace.starts } else { &mut trace.ends };
            of.entry(id.to_owned()).or_default().push(attempt.parse().expect("the number of an attempt"));
        }
        trace
    }

    /// Attempts of a task that began, in order.
    pub fn starts(&self, id: &str) -> &[u32] {
        self.starts.get(id).map_or(&[], Vec::as_slice)
    }

    /// Attempts of a task that ran to their end, in order.
    pub fn ends(&self, id: &str) -> &[u32] {
        self.ends.get(id).map_or(&[], Vec::as_slice)
    }

    /// Tasks that ever began.
    pub fn tasks(&self) -> usize {
        self.starts.len()
    }

    pub fn ended(&self) -> usize {
        self.ends.len()
    }
}
