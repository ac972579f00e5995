use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jobbers_core::model::{Backoff, DeadLetter, OnShutdown, Policy, Registration, TaskType, check_name};
use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;

use super::ExpectedEnds;
use super::value::{Limit, NotBuiltYet, Seconds, bytes, factor, some_seconds};
use crate::guard::{Launch, Limits};

/// A task that is a command.
#[derive(Debug, Clone)]
pub struct CommandTask {
    pub registration: Registration,
    pub launch: Launch,
    pub expected: ExpectedEnds,
}

/// A `[[task]]` as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub(super) name: Spanned<String>,
    version: u32,
    command: Spanned<Vec<String>>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    cwd: Option<Spanned<PathBuf>>,
    parameters_schema: Option<Spanned<Schema>>,
    #[serde(default)]
    retry_exit_codes: Vec<u8>,
    #[serde(default)]
    expected_errors: ExpectedEnds,
    #[serde(default, deserialize_with = "bytes")]
    memory: Option<u64>,
    cpu_seconds: Option<u64>,
    nice: Option<i32>,

    queue: Option<Spanned<String>>,
    max_retries: Option<u32>,
    retry_delay: Option<Seconds>,
    backoff: Option<Backoff>,
    #[serde(default, deserialize_with = "factor")]
    backoff_factor: Option<f64>,
    #[serde(default, deserialize_with = "factor")]
    retry_jitter: Option<f64>,
    max_retry_delay: Option<Seconds>,
    #[serde(default, deserialize_with = "some_seconds")]
    timeout: Option<Seconds>,
    dead_letter: Option<DeadLetter>,
    #[serde(default, deserialize_with = "some_seconds")]
    max_heartbeat_interval: Option<Seconds>,
    max_concurrent: Option<Limit>,
    max_concurrent_total: Option<Limit>,
    on_shutdown: Option<OnShutdown>,
    cancel_grace: Option<Seconds>,
    max_lost: Option<std::num::NonZeroU32>,
    #[serde(default)]
    redact: Vec<String>,

    #[serde(rename = "retention")]
    _retention: Option<NotBuiltYet>,
    #[serde(rename = "singleton")]
    _singleton: Option<NotBuiltYet>,
    #[serde(rename = "max_run_time")]
    _max_run_time: Option<NotBuiltYet>,
    #[serde(rename = "cron")]
    _cron: Option<NotBuiltYet>,
}

/// A JSON Schema, or the file that it is in.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a JSON Schema as a table, or the path of a JSON file")]
enum Schema {
    File(PathBuf),
    Inline(toml::Table),
}

/// What is wrong with a table, and where it stands in the file.
pub(super) struct Wrong {
    pub(super) at: usize,
    pub(super) text: String,
}

fn wrong<T>(at: &Spanned<T>, text: impl Into<String>) -> Wrong {
    Wrong { at: at.span().start, text: text.into() }
}

impl Table {
    pub(super) fn task_type(&self) -> TaskType {
        TaskType::new(self.name.get_ref(), self.version)
    }

    /// Completes it, by the folder that the manifest is in.
    pub(super) fn into_task(self, folder: &Path) -> Result<CommandTask, Wrong> {
        let task_type = self.task_type();
        for name in std::iter::once(&self.name).chain(&self.queue) {
            check_name(name.get_ref()).map_err(|error| wrong(name, error.to_string()))?;
        }
        let directory = self.cwd.as_ref().map_or_else(|| folder.to_owned(), |cwd| folder.join(cwd.get_ref()));
        if let Some(cwd) = self.cwd.as_ref().filter(|_| !directory.is_dir()) {
            return Err(wrong(cwd, format!("cwd: {} is not a folder", directory.display())));
        }
        let parameters_schema =
            self.parameters_schema.as_ref().map(|schema| read_schema(schema, folder)).transpose()?;
        let launch = self.launch(directory)?;
        let mut expected = self.expected_errors.clone();
        expected.add_exit_codes(&self.retry_exit_codes);
        let queue = self.queue.as_ref().map_or("default", |queue| queue.get_ref()).to_owned();
        let registration = Registration { task_type, queue, policy: self.policy(), parameters_schema };
        Ok(CommandTask { registration, launch, expected })
    }

    fn launch(&self, directory: PathBuf) -> Result<Launch, Wrong> {
        let words = self.command.get_ref();
        let Some((program, arguments)) = words.split_first() else {
            return Err(wrong(&self.command, "command: there is no program in it"));
        };
        // As shells have it where there is none.
        const PATH: &str = "/usr/local/bin:/usr/bin:/bin";
        let path = self.env.get("PATH").map(Into::into).or_else(|| std::env::var_os("PATH"));
        let program = which::which_in(program, Some(path.unwrap_or_else(|| PATH.into())), &directory)
            .map_err(|_| wrong(&self.command, format!("command: `{program}` is not a program that can be run")))?;
        Ok(Launch {
            program: program.into(),
            arguments: arguments.iter().map(Into::into).collect(),
            environment: self.env.iter().map(|(name, value)| (name.into(), value.into())).collect(),
            directory: Some(directory),
            limits: Limits { memory: self.memory, cpu_seconds: self.cpu_seconds, nice: self.nice },
        })
    }

    fn policy(self) -> Policy {
        let or = Policy::default();
        let seconds = |seconds: Seconds| seconds.0;
        Policy {
            max_retries: self.max_retries.unwrap_or(or.max_retries),
            retry_delay: self.retry_delay.map(seconds).or(or.retry_delay),
            backoff: self.backoff.unwrap_or(or.backoff),
            backoff_factor: self.backoff_factor.unwrap_or(or.backoff_factor),
            retry_jitter: self.retry_jitter.unwrap_or(or.retry_jitter),
            max_retry_delay: self.max_retry_delay.map_or(or.max_retry_delay, seconds),
            timeout: self.timeout.map(seconds).or(or.timeout),
            dead_letter: self.dead_letter.unwrap_or(or.dead_letter),
            max_heartbeat_interval: self.max_heartbeat_interval.map(seconds).or(or.max_heartbeat_interval),
            max_concurrent: self.max_concurrent.map_or(or.max_concurrent, |limit| limit.0),
            max_concurrent_total: self.max_concurrent_total.map_or(or.max_concurrent_total, |limit| limit.0),
            on_shutdown: self.on_shutdown.unwrap_or(or.on_shutdown),
            cancel_grace: self.cancel_grace.map_or(or.cancel_grace, seconds),
            max_lost: self.max_lost.map_or(or.max_lost, Into::into),
            redact: self.redact,
        }
    }
}

fn read_schema(schema: &Spanned<Schema>, folder: &Path) -> Result<Value, Wrong> {
    let complain = |text: String| wrong(schema, format!("parameters_schema: {text}"));
    let value = match schema.get_ref() {
        Schema::Inline(table) => serde_json::to_value(table).map_err(|error| complain(error.to_string()))?,
        Schema::File(file) => {
            let path = folder.join(file);
            let tell = |error: &dyn std::fmt::Display| complain(format!("{}: {error}", path.display()));
            let text = std::fs::read(&path).map_err(|error| tell(&error))?;
            serde_json::from_slice(&text).map_err(|error| tell(&error))?
        }
    };
    jsonschema::validator_for(&value).map_err(|error| complain(format!("not a JSON Schema: {error}")))?;
    Ok(value)
}
