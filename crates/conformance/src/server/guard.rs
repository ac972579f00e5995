use std::io::Write as _;
use std::process::{Child, Command, ExitStatus, Stdio};

/// A child process that does not outlive its test: it ends when this is dropped, and also when the test process
/// is killed, for a small shell waits at the other end of a pipe and ends the child when the pipe breaks.
#[derive(Debug)]
pub struct Guard {
    child: Child,
    watchdog: Option<Child>,
}

const WATCHDOG: &str = r#"read -r _ && exit 0; kill -9 "$1" 2>/dev/null"#;

impl Guard {
    /// Starts the command under guard.
    pub fn spawn(command: &mut Command) -> std::io::Result<Self> {
        let child = command.stdin(Stdio::null()).spawn()?;
        let watchdog = Command::new("sh")
            .args(["-c", WATCHDOG, "watchdog", &child.id().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        // Built before the watchdog is looked at, so that an error there ends the child, too.
        let mut guard = Self { child, watchdog: None };
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

    /// Ends the process at once (SIGKILL) and waits for that.
    pub fn kill(&mut self) {
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
    /// Freezes it.
    Stop,
    /// Wakes it from that.
    Cont,
    Kill,
}

/// Sends a signal through the shell, which needs neither unsafe code nor a crate.
pub fn signal(pid: u32, signal: Signal) {
    let name = match signal {
        Signal::Term => "TERM",
        Signal::Int => "INT",
        Signal::Stop => "STOP",
        Signal::Cont => "CONT",
        Signal::Kill => "KILL",
    };
    let status = Command::new("sh").args(["-c", r#"kill -s "$1" "$2""#, "kill", name, &pid.to_string()]).status();
    assert!(status.is_ok_and(|status| status.success()), "kill -s {name} {pid} failed");
}
