use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use jobbers_core::model::{Registration, TaskType};
use serde::Deserialize;

use super::CommandTask;
use super::command::{Table, Wrong};

/// The tasks of a manifest.
#[derive(Debug, Clone)]
pub struct Manifest {
    pub tasks: Vec<CommandTask>,
    /// The program of the guard, where it is not this one.
    pub guard: Option<OsString>,
}

/// What is wrong with a manifest.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    #[error("task module `{file}` cannot be read", file = .0.display())]
    Unreadable(PathBuf, #[source] std::io::Error),
    /// The text shows the line.
    #[error("task module `{file}`: {text}", file = .0.display(), text = .1.to_string().trim_end())]
    Syntax(PathBuf, Box<toml::de::Error>),
    #[error("task module `{file}`, line {line}: {text}", file = .file.display())]
    Wrong { file: PathBuf, line: usize, text: String },
    #[error("task module `{file}` has no [[task]]", file = .0.display())]
    Empty(PathBuf),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tables {
    #[serde(default)]
    task: Vec<Table>,
}

impl Manifest {
    /// Reads and checks it, with all that it names: programs, folders, schemas.
    pub fn read(file: &Path) -> Result<Self, ManifestError> {
        let unreadable = |error| ManifestError::Unreadable(file.to_owned(), error);
        let text = std::fs::read_to_string(file).map_err(unreadable)?;
        let folder = std::path::absolute(file).map_err(unreadable)?;
        Self::parse(&text, file, folder.parent().unwrap_or(Path::new("/")))
    }

    fn parse(text: &str, file: &Path, folder: &Path) -> Result<Self, ManifestError> {
        let tables: Tables =
            toml::from_str(text).map_err(|error| ManifestError::Syntax(file.to_owned(), Box::new(error)))?;
        let line = |at: usize| text[..text.floor_char_boundary(at)].matches('\n').count() + 1;
        let complain = |Wrong { at, text }| ManifestError::Wrong { file: file.to_owned(), line: line(at), text };
        let mut tasks = Vec::with_capacity(tables.task.len());
        let mut seen: HashMap<TaskType, usize> = HashMap::new();
        for table in tables.task {
            let (at, task_type) = (table.name.span().start, table.task_type());
            if let Some(first) = seen.insert(task_type.clone(), at) {
                let text =
                    format!("{task_type} is there already, in line {}; give it another name or version", line(first));
                return Err(complain(Wrong { at, text }));
            }
            tasks.push(table.into_task(folder).map_err(complain)?);
        }
        if tasks.is_empty() {
            return Err(ManifestError::Empty(file.to_owned()));
        }
        Ok(Self { tasks, guard: None })
    }

    /// What the worker publishes of its tasks, in the order of the file.
    pub fn registrations(&self) -> impl Iterator<Item = &Registration> {
        self.tasks.iter().map(|task| &task.registration)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jobbers_core::model::{Backoff, DeadLetter, OnShutdown, Policy};

    use super::super::Failure;
    use super::*;

    fn parse(text: &str) -> Result<Manifest, String> {
        Manifest::parse(text, Path::new("tasks.toml"), Path::new("/")).map_err(|error| error.to_string())
    }

    #[test]
    fn every_option_is_read() {
        let manifest = parse(
            r#"
            [[task]]
            name = "thumbnail"
            version = 2
            command = ["sh", "-c", "cat"]
            env = { SIZE = "64" }
            cwd = "tmp"
            parameters_schema = { type = "object", required = ["file"] }
            retry_exit_codes = [3, 4]
            expected_errors = ["Signal(SIGKILL)"]
            memory = "512MiB"
            cpu_seconds = 30
            nice = 5
            queue = "pictures"
            max_retries = 5
            retry_delay = 30
            backoff = "exponential_jitter"
            backoff_factor = 1.5
            retry_jitter = 0.1
            max_retry_delay = 300
            timeout = 0.5
            dead_letter = "save"
            max_heartbeat_interval = 300
            max_concurrent = "none"
            max_concurrent_total = 7
            on_shutdown = "resubmit"
            cancel_grace = 0
            max_lost = 1
            redact = ["secret"]
            "#,
        )
        .unwrap();
        let CommandTask { registration, launch, expected } = &manifest.tasks[0];
        assert_eq!(registration.task_type, TaskType::new("thumbnail", 2));
        assert_eq!(registration.queue, "pictures");
        assert_eq!(registration.parameters_schema.as_ref().unwrap()["required"][0], "file");
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        let policy = Policy {
            max_retries: 5,
            retry_delay: seconds(30),
            backoff: Backoff::ExponentialJitter,
            backoff_factor: 1.5,
            retry_jitter: 0.1,
            max_retry_delay: Duration::from_secs(300),
            timeout: Some(Duration::from_millis(500)),
            dead_letter: DeadLetter::Save,
            max_heartbeat_interval: seconds(300),
            max_concurrent: None,
            max_concurrent_total: Some(7),
            on_shutdown: OnShutdown::Resubmit,
            cancel_grace: Duration::ZERO,
            max_lost: 1,
            redact: vec!["secret".to_owned()],
        };
        assert_eq!(registration.policy, policy);
        assert!(Path::new(&launch.program).is_absolute() && Path::new(&launch.program).ends_with("sh"));
        assert_eq!((launch.arguments.len(), launch.directory.as_deref()), (2, Some(Path::new("/tmp"))));
        assert_eq!(launch.environment, [("SIZE".into(), "64".into())]);
        assert_eq!(
            (launch.limits.memory, launch.limits.cpu_seconds, launch.limits.nice),
            (Some(512 << 20), Some(30), Some(5))
        );
        assert!(expected.expects(Failure::ExitCode(4)) && expected.expects(Failure::Signal(9)));
        assert!(!expected.expects(Failure::ExitCode(1)) && !expected.expects(Failure::Signal(15)));
    }

    #[test]
    fn what_is_left_out_is_as_for_other_tasks() {
        let manifest = parse("[[task]]\nname = 'a'\nversion = 0\ncommand = ['true']").unwrap();
        let task = &manifest.tasks[0];
        assert_eq!((task.registration.queue.as_str(), &task.registration.policy), ("default", &Policy::default()));
        assert_eq!(task.registration.parameters_schema, None);
        assert_eq!(task.launch.directory.as_deref(), Some(Path::new("/")));
    }

    #[test]
    fn what_is_wrong_is_told_with_file_line_and_key() {
        let begin = "[[task]]\nname = 'a'\nversion = 1\ncommand = ['true']\n";
        let cases = [
            (format!("{begin}retries = 3"), ["line 5", "retries", "unknown field"]),
            (format!("{begin}cron = '* * * * *'"), ["line 5", "cron", "not built yet"]),
            (format!("{begin}timeout = 0"), ["line 5", "timeout", "leave it out"]),
            (format!("{begin}timeout = -1"), ["line 5", "timeout", "number of seconds"]),
            (format!("{begin}max_concurrent = 0"), ["line 5", "max_concurrent", "or \"none\""]),
            (format!("{begin}backoff = 'cubic'"), ["line 5", "backoff", "exponential_jitter"]),
            (format!("{begin}memory = 'much'"), ["line 5", "memory", "512MiB"]),
            (format!("{begin}expected_errors = ['Timeout']"), ["line 5", "expected_errors", "`Timeout` is not known"]),
            (format!("{begin}cwd = 'no/such/folder'"), ["line 5", "cwd", "is not a folder"]),
            (format!("{begin}queue = 'a b'"), ["line 5", "`a b`", "is not a name"]),
            (format!("{begin}parameters_schema = 'no.json'"), ["line 5", "parameters_schema", "No such file"]),
            (
                format!("{begin}parameters_schema = {{ type = 'thing' }}"),
                ["line 5", "parameters_schema", "JSON Schema"],
            ),
            (
                format!("{begin}\n[[task]]\nname = 'a'\nversion = 1\ncommand = ['true']"),
                ["line 7", "a version 1", "in line 2"],
            ),
            ("[[task]]\nname = 'a'\ncommand = ['true']".to_owned(), ["line 1", "version", "missing field"]),
            ("[[task]]\nname = 'a'\nversion = 1\ncommand = []".to_owned(), ["line 4", "command", "no program"]),
            (
                "[[task]]\nname = 'a'\nversion = 1\ncommand = ['/no/such']".to_owned(),
                ["line 4", "command", "`/no/such`"],
            ),
            ("[task]\nname = 'a'".to_owned(), ["line 1", "task", "invalid type"]),
            ("[[tasks]]\nname = 'a'".to_owned(), ["line 1", "tasks", "unknown field"]),
            ("".to_owned(), ["tasks.toml", "no [[task]]", ""]),
        ];
        for (text, wanted) in cases {
            let message = parse(&text).unwrap_err();
            assert!(message.contains("`tasks.toml`"), "{message}");
            for part in wanted {
                assert!(message.contains(part), "{part:?} is not in: {message}");
            }
        }
    }
}
