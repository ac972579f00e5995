use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
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
        let number = std::fs::read_dir(folder).map_or(0, Iterator::count);
        let log = folder.join(format!("{name}-{number}.log"));
        let output = File::create(&log).expect("a log file");
        let mut command = Command::new(file(name));
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
