use std::io::Write as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A child process that does not outlive its test: it ends when this is dropped, and also when the test process
/// is killed, for a small shell waits at the other end of a pipe and ends the child when the pipe breaks.
#[derive(Debug)]
pub struct Guard {
    child: Child,
    watchdog: Option<Child>,
    last: Signal,
}

const WATCHDOG: &str = r#"read -r _ && exit 0; kill -s "$2" "$1" 2>/dev/null"#;

/// What a process may take to end by a signal that it can handle.
const LAST_WISH: Duration = Duration::from_secs(5);

impl Guard {
    /// Starts the command under guard.
    pub fn spawn(command: &mut Command) -> std::io::Result<Self> {
        Self::spawn_ended_by(Signal::Kill, command)
    }

    /// The same for a process that must be ended by another signal, to end its own children; it is killed only if it does
    /// not obey.
    pub fn spawn_ended_by(last: Signal, command: &mut Command) -> std::io::Result<Self> {
        let child = command.stdin(Stdio::null()).spawn()?;
        let watchdog = Command::new("sh")
            .args(["-c", WATCHDOG, "watchdog", &child.id().to_string(), last.name()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        // Built before the watchdog is looked at, so that an error there ends the child, too.
        let mut guard = Self { child, watchdog: None, last };
        guard.watchdog = Some(watchdog?);
        Ok(guard)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How the process ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child can be waited for")
    }

    /// Ends the process at once (SIGKILL, unless it was to be another signal) and waits for that.
    pub fn kill(&mut self) {
        if self.last != Signal::Kill && self.ended().is_none() {
            signal(self.pid(), self.last);
            let deadline = Instant::now() + LAST_WISH;
            while self.ended().is_none() && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.kill();
        if let Some(mut watchdog) = self.watchdog.take() {
            if let Some(stdin) = &mut watchdog.stdin {
                let _ = stdin.write_all(b"done\n");
            }
            let _ = watchdog.wait();
        }
    }
}

/// A signal for a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    Term,
    Int,
    Quit,
    /// Freezes it.
    Stop,
    /// Wakes it from that.
    Cont,
    Kill,
}

impl Signal {
    const fn name(self) -> &'static str {
        match self {
            Self::Term => "TERM",
            Self::Int => "INT",
            Self::Quit => "QUIT",
            Self::Stop => "STOP",
            Self::Cont => "CONT",
            Self::Kill => "KILL",
        }
    }
}

/// Sends a signal through the shell, which needs neither unsafe code nor a crate.
pub fn signal(pid: u32, signal: Signal) {
    let name = signal.name();
    let status = Command::new("sh").args(["-c", r#"kill -s "$1" "$2""#, "kill", name, &pid.to_string()]).status();
    assert!(status.is_ok_and(|status| status.success()), "kill -s {name} {pid} failed");
}
