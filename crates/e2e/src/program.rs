use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use jobbers_conformance::server::{Guard, Signal, signal};

use crate::eventually;

/// The file of a program of this workspace, next to the test or program that runs.
pub fn file(name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("the own path");
    let folder = own.parent().expect("a program is in a folder");
    // A test is in target/PROFILE/deps.
    let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    let file = folder.join(name);
    assert!(
        file.is_file(),
        "{} is missing: run `cargo build --workspace` (with the profile of the tests) first",
        file.display()
    );
    file
}

/// A program that runs; it is ended when this is dropped, and shows what it logged if the test fails.
#[derive(Debug)]
pub struct Program {
    name: String,
    process: Guard,
    log: PathBuf,
}

impl Program {
    /// Starts a program with exactly this environment. Its output goes to a file in `folder`.
    pub fn start(name: &str, arguments: &[&str], environment: &[(String, String)], folder: &Path) -> Self {
        Self::spawn(name, Command::new(file(name)), arguments, environment, folder)
    }

    /// The same, as the first process (PID 1) of a namespace of its own, as in a container; none where this user may not
    /// do that. Signals go to the program, the end and its exit code are those of the program.
    pub fn start_as_init(
        name: &str,
        arguments: &[&str],
        environment: &[(String, String)],
        folder: &Path,
    ) -> Option<Self> {
        const UNSHARE: [&str; 4] = ["--pid", "--fork", "--mount-proc", "--kill-child"];
        let may = Command::new("unshare").args(UNSHARE).arg("true").stderr(Stdio::null()).status();
        if !may.is_ok_and(|status| status.success()) {
            return None;
        }
        let mut command = Command::new("unshare");
        command.args(UNSHARE).arg(file(name));
        Some(Self::spawn(name, command, arguments, environment, folder))
    }

    fn spawn(
        name: &str,
        mut command: Command,
        arguments: &[&str],
        environment: &[(String, String)],
        folder: &Path,
    ) -> Self {
        let number = std::fs::read_dir(folder).map_or(0, Iterator::count);
        let log = folder.join(format!("{name}-{number}.log"));
        let output = File::create(&log).expect("a log file");
        command
            .args(arguments)
            .env_clear()
            .envs(environment.iter().map(|(variable, value)| (variable, value)))
            .current_dir(folder)
            .stdout(output.try_clone().expect("the log file twice"))
            .stderr(output);
        let process = Guard::spawn(&mut command).unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        Self { name: name.to_owned(), process, log }
    }

    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    pub fn signal(&self, what: Signal) {
        signal(self.process.pid(), what);
    }

    /// The processes that it started, by their ids here.
    pub fn children(&self) -> Vec<u32> {
        let pid = self.process.pid();
        let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        children.split_whitespace().filter_map(|child| child.parse().ok()).collect()
    }

    /// Ends it as the kernel would when memory runs out, and waits for that.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    pub fn has_ended(&mut self) -> Option<ExitStatus> {
        self.process.ended()
    }

    /// Waits for its end by itself; its exit code, or none if a signal ended it.
    pub async fn ends_within(&mut self, within: Duration) -> Option<i32> {
        let what = format!("the end of {}", self.name);
        eventually(&what, within, async || self.process.ended()).await.code()
    }

    /// The summary that a cleaner wrote last.
    pub fn summary(&self) -> serde_json::Value {
        let objects = self.log();
        let mut objects = objects.lines().rev().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        objects.find(|object| object["rate_limits_pruned"].is_u64()).expect("a cleaner writes a summary")
    }

    /// What it wrote so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("── log of {} (process {})\n{}", self.name, self.process.pid(), self.log());
        }
    }
}
