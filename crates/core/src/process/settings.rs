use std::fmt;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, Error, FromArgMatches, error::ErrorKind};

use super::StoreUrl;
use crate::routing::{InvalidUrl, SqlUrl, masked};

/// `TASK_ADAPTER`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TaskAdapter {
    #[default]
    Msgpack,
}

/// Where the stores are: flags and environment of every process.
#[derive(Debug, Clone)]
pub struct StoreSettings {
    pub store_url: StoreUrl,
    pub key_prefix: String,
    pub sql_path: SqlUrl,
    pub task_adapter: TaskAdapter,
    /// What the log should say at the start: settings that were given twice, and which counts.
    pub remarks: Vec<String>,
}

impl StoreSettings {
    /// These stores, and everything else as it is without settings.
    pub fn new(store_url: StoreUrl, sql_path: SqlUrl) -> Self {
        let (key_prefix, task_adapter) = ("jobbers".to_owned(), TaskAdapter::default());
        Self { store_url, key_prefix, sql_path, task_adapter, remarks: Vec::new() }
    }
}

/// The flags as given: their texts are judged in [`StoreSettings::from_flags`], because clap would print a wrong
/// value with its credentials.
#[derive(Args)]
#[group(skip)]
struct Flags {
    /// Where tasks live: redis://, rediss://, unix:// or the embedded store, sqlite://PATH
    #[arg(
        long,
        env = "STORE_URL",
        value_name = "URL",
        default_value = "redis://localhost:6379",
        hide_env_values = true
    )]
    store_url: String,

    /// The older name of --store-url
    #[arg(long, env = "REDIS_URL", value_name = "URL", hide_env_values = true)]
    redis_url: Option<String>,

    /// Keeps several installations on one Redis apart
    #[arg(long, env = "KEY_PREFIX", value_name = "PREFIX", default_value = "jobbers")]
    key_prefix: String,

    /// Where queues and roles live: sqlite://PATH or postgres://
    #[arg(long, env = "SQL_PATH", value_name = "URL", default_value = "sqlite://jobbers.db", hide_env_values = true)]
    sql_path: String,

    /// How tasks are kept in Redis: msgpack
    #[arg(long, env = "TASK_ADAPTER", value_name = "ADAPTER", default_value = "msgpack")]
    task_adapter: String,

    /// The older name of --task-adapter
    #[arg(long, env = "TASK_BACKEND", value_name = "ADAPTER")]
    task_backend: Option<String>,
}

impl Args for StoreSettings {
    fn augment_args(command: Command) -> Command {
        Flags::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Flags::augment_args_for_update(command)
    }
}

impl FromArgMatches for StoreSettings {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let flags = Flags::from_arg_matches(matches)?;
        let given = |id| matches.value_source(id).is_some_and(|source| source != ValueSource::DefaultValue);
        Self::from_flags(flags, given("store_url"), given("task_adapter"))
            .map_err(|wrong| Error::raw(ErrorKind::ValueValidation, wrong))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// A setting and what is wrong with it.
struct Wrong {
    setting: &'static str,
    reason: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.setting, self.reason)
    }
}

impl Wrong {
    fn url(setting: &'static str) -> impl Fn(InvalidUrl) -> Self {
        move |error| Self { setting, reason: error.0 }
    }
}

impl StoreSettings {
    fn from_flags(flags: Flags, store_url_given: bool, adapter_given: bool) -> Result<Self, Wrong> {
        let mut remarks = Vec::new();
        let store_url = match flags.redis_url {
            Some(older) if !store_url_given => older.parse().map_err(Wrong::url("REDIS_URL"))?,
            Some(older) if older != flags.store_url => {
                remarks.push(format!(
                    "STORE_URL ({}) is used, REDIS_URL ({}) is not: it is the older name of the same setting",
                    masked(&flags.store_url),
                    masked(&older)
                ));
                flags.store_url.parse().map_err(Wrong::url("STORE_URL"))?
            }
            Some(_) | None => flags.store_url.parse().map_err(Wrong::url("STORE_URL"))?,
        };
        let task_adapter = match flags.task_backend {
            Some(older) if !adapter_given => adapter("TASK_BACKEND", &older)?,
            Some(older) if older != flags.task_adapter => {
                remarks.push(format!(
                    "TASK_ADAPTER ({}) is used, TASK_BACKEND ({older}) is not: it is the older name of the same setting",
                    flags.task_adapter
                ));
                adapter("TASK_ADAPTER", &flags.task_adapter)?
            }
            Some(_) | None => adapter("TASK_ADAPTER", &flags.task_adapter)?,
        };
        let sql_path = flags.sql_path.parse().map_err(Wrong::url("SQL_PATH"))?;
        let key_prefix = key_prefix(flags.key_prefix)?;
        Ok(Self { store_url, key_prefix, sql_path, task_adapter, remarks })
    }
}

fn adapter(setting: &'static str, text: &str) -> Result<TaskAdapter, Wrong> {
    let reason = match text {
        "msgpack" | "redis" => return Ok(TaskAdapter::Msgpack),
        "json" => "`json` is not built yet: allowed is msgpack (or its older name redis)".to_owned(),
        _ => format!("`{}` is unknown: allowed is msgpack (or its older name redis)", masked(text)),
    };
    Err(Wrong { setting, reason })
}

/// The prefix is part of every key, before a hash tag in braces.
fn key_prefix(prefix: String) -> Result<String, Wrong> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:-".contains(&byte);
    if (1..=64).contains(&prefix.len()) && prefix.bytes().all(allowed) {
        return Ok(prefix);
    }
    let reason = format!("`{prefix}` is no prefix: 1 to 64 characters of A-Z a-z 0-9 _ . : - are allowed");
    Err(Wrong { setting: "KEY_PREFIX", reason })
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
