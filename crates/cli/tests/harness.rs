use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

pub const JOBBERS: &str = env!("CARGO_BIN_EXE_jobbers");

/// No condition is waited for longer.
const BOUND: Duration = Duration::from_secs(30);

/// `jobbers dev` with the demo tasks, on a free port and a store of its own; ended with the test.
pub struct Dev {
    url: String,
    process: Child,
    _folder: TempDir,
}

impl Dev {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    pub fn start_with(flags: &[&str]) -> Self {
        Self::start_module("demo", flags)
    }

    /// With other tasks than the demo.
    pub fn start_module(module: &str, flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut process = command()
            .args(["dev", module, "--port", "0"])
            .args(flags)
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("jobbers starts");
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let ready = lines.find_map(|line| {
            let line = line.expect("text");
            Some(line.strip_prefix("Jobbers is ready at ")?.split_once(' ')?.0.to_owned())
        });
        Self { url: ready.expect("it becomes ready"), process, _folder: folder }
    }

    /// A command that speaks to this manager.
    pub fn jobbers(&self, arguments: &[&str]) -> Run {
        self.jobbers_with(arguments, "")
    }

    /// The same, with something on its standard input.
    pub fn jobbers_with(&self, arguments: &[&str], stdin: &str) -> Run {
        run(command().env("JOBBERS_URL", &self.url).args(arguments), stdin)
    }

    /// A command that goes on while the test does something else.
    pub fn spawn(&self, arguments: &[&str]) -> Child {
        let mut command = command();
        command.env("JOBBERS_URL", &self.url).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("jobbers starts")
    }

    /// Submits a task and answers its id.
    pub fn submit(&self, arguments: &[&str]) -> String {
        let words: Vec<&str> = ["submit", "--json"].iter().chain(arguments).copied().collect();
        self.jobbers(&words).expect(0).json()["id"].as_str().expect("an id").to_owned()
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// Waits until it is so.
    pub fn until_so(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let began = Instant::now();
        while !is_so() {
            assert!(began.elapsed() < BOUND, "it is waited for in vain: {what}");
        }
    }

    /// Waits until a task has this status, and answers it.
    pub fn until(&self, id: &str, status: &str) -> Value {
        let task = || self.jobbers(&["status", id, "--json"]).expect(0).json();
        self.until_so(&format!("{id} is {status}"), || task()["status"] == status);
        task()
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The program, without what the environment of the test says.
pub fn command() -> Command {
    let mut command = Command::new(JOBBERS);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("JOBBERS_") || name.starts_with("WORKER_")) {
            command.env_remove(name);
        }
    }
    for name in ["STORE_URL", "REDIS_URL", "SQL_PATH", "MANAGER_BIND", "CLICOLOR_FORCE"] {
        command.env_remove(name);
    }
    command
}

/// Runs a command to its end.
pub fn run(command: &mut Command, stdin: &str) -> Run {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("jobbers starts");
    let mut input = child.stdin.take().expect("its input");
    let text = stdin.to_owned();
    let writer = std::thread::spawn(move || drop(input.write_all(text.as_bytes())));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("written");
    Run::of(output)
}

/// What a command said.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Run {
    pub fn of(Output { status, stdout, stderr }: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Self { code: status.code(), out: text(stdout), err: text(stderr) }
    }

    /// The same, if it ended with this code.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}\n{}", self.out, self.err);
        self
    }

    /// Its output, one JSON document.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Its output, a JSON document a line.
    #[track_caller]
    pub fn json_lines(&self) -> Vec<Value> {
        let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.out.lines().map(read).collect()
    }
}

/// Everything that a child has said, once it has ended.
pub fn ended(mut child: Child) -> Run {
    let began = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if began.elapsed() > BOUND {
            let _ = child.kill();
            panic!("it does not end");
        }
        std::thread::yield_now();
    }
    Run::of(child.wait_with_output().expect("it has ended"))
}

/// Reads from a child until its output has this in it.
pub fn read_until(child: &mut Child, wanted: &str) -> String {
    let (mut seen, mut byte) = (Vec::new(), [0]);
    let output = child.stdout.as_mut().expect("its output");
    while !String::from_utf8_lossy(&seen).contains(wanted) {
        let read = output.read(&mut byte).expect("readable");
        assert_eq!(read, 1, "{wanted} is not in {}", String::from_utf8_lossy(&seen));
        seen.push(byte[0]);
    }
    String::from_utf8_lossy(&seen).into_owned()
}
