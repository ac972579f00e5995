//! The processes of a guard: started, signalled, reaped, and killed at the end.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use rustix::fs::{Mode, OFlags};
use rustix::io::{DupFlags, dup2, dup3, fcntl_dupfd_cloexec};
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, WaitOptions, WaitStatus, kill_process, kill_process_group, wait, waitid,
};

use super::frame::Event;
use super::marked::{MARK, mark, number_of};
use super::program::limited_command;
use super::{Launch, Streams};

#[derive(Debug)]
pub(super) struct Children {
    /// Its own name.
    guard: OsString,
    /// Those that were asked for, by process.
    numbers: HashMap<Pid, u64>,
    nothing: OwnedFd,
    /// Number 3: what is put here is inherited.
    third: OwnedFd,
}

impl Children {
    /// To be called first of all, as it needs the file descriptor 3.
    pub(super) fn new(guard: &OsStr) -> std::io::Result<Self> {
        let nothing = rustix::fs::open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())?;
        let third = if std::os::fd::AsRawFd::as_raw_fd(&nothing) == 3 {
            // The first that is free was the one.
            let third = nothing;
            return Ok(Self {
                guard: guard.to_owned(),
                numbers: HashMap::new(),
                nothing: fcntl_dupfd_cloexec(&third, 4)?,
                third,
            });
        } else {
            fcntl_dupfd_cloexec(&nothing, 3)?
        };
        if std::os::fd::AsRawFd::as_raw_fd(&third) != 3 {
            return Err(std::io::Error::other("the file descriptor 3 is in use"));
        }
        Ok(Self { guard: guard.to_owned(), numbers: HashMap::new(), nothing, third })
    }

    pub(super) fn start(&mut self, number: u64, launch: &Launch, streams: Streams) -> Event {
        match self.spawn(number, launch, streams) {
            Ok(pid) => {
                self.numbers.insert(pid, number);
                Event::Started { number, pid: pid.as_raw_nonzero().get().unsigned_abs() }
            }
            Err(error) => Event::NotStarted { number, error: error.to_string() },
        }
    }

    fn spawn(&mut self, number: u64, launch: &Launch, streams: Streams) -> std::io::Result<Pid> {
        let mut command = match launch.limits.are_none() {
            true => Command::new(&launch.program),
            false => limited_command(&launch.limits, &launch.program)?,
        };
        command
            .args(&launch.arguments)
            .envs(launch.environment.iter().map(|(name, value)| (name, value)))
            .env(MARK, mark(&self.guard, number))
            .process_group(0);
        command.stdin(streams.stdin).stdout(streams.stdout).stderr(streams.stderr);
        if let Some(directory) = &launch.directory {
            command.current_dir(directory);
        }
        // This process has one thread: nothing else is started between the two.
        dup2(&streams.third, &mut self.third)?;
        let child = command.spawn();
        dup3(&self.nothing, &mut self.third, DupFlags::CLOEXEC)?;
        let child = child?;
        i32::try_from(child.id()).ok().and_then(Pid::from_raw).ok_or_else(|| std::io::Error::other("no process id"))
    }

    /// Signals a process group whose leader has not been reaped: its number is nobody else's.
    pub(super) fn signal(&self, number: u64, signal: i32) {
        let leader = self.numbers.iter().find(|(_, known)| **known == number);
        if let (Some((pid, _)), Some(signal)) = (leader, Signal::from_named_raw(signal)) {
            let _ = kill_process_group(*pid, signal);
        }
    }

    /// Takes note of all that have ended. What is left of the group of one that was asked for is killed first.
    pub(super) fn reap(&mut self) -> Vec<Event> {
        let has_ended = |pid: &Pid| {
            let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
            matches!(waitid(WaitId::Pid(*pid), look), Ok(Some(_)))
        };
        for pid in self.numbers.keys().filter(|pid| has_ended(pid)) {
            let _ = kill_process_group(*pid, Signal::KILL);
        }
        let mut events = Vec::new();
        while let Ok(Some((pid, status))) = wait(WaitOptions::NOHANG) {
            if let Some(number) = self.numbers.remove(&pid) {
                events.push(ended(number, status));
            }
        }
        self.kill_orphans();
        events
    }

    /// Kills what has left the group of a process that was asked for, and outlived it. Whoever that had started is found when it
    /// is an orphan itself: each death comes back here.
    fn kill_orphans(&self) {
        for pid in own_children().into_iter().filter(|pid| !self.numbers.contains_key(pid)) {
            let is_needed = |number| self.numbers.values().any(|known| *known == number);
            if number_of(pid, &self.guard).is_some_and(|number| !is_needed(number)) {
                let _ = kill_process(pid, Signal::KILL);
            }
        }
    }

    /// Kills all descendants, until none is left.
    pub(super) fn end_all(mut self) {
        for pid in self.numbers.keys() {
            let _ = kill_process_group(*pid, Signal::KILL);
        }
        loop {
            for pid in own_children() {
                let _ = kill_process(pid, Signal::KILL);
            }
            // Whose parent was just killed is this process's child now.
            match wait(WaitOptions::empty()) {
                Ok(Some((pid, _))) => drop(self.numbers.remove(&pid)),
                Ok(None) | Err(rustix::io::Errno::INTR) => {}
                Err(_) => return,
            }
        }
    }
}

fn ended(number: u64, status: WaitStatus) -> Event {
    match (status.exit_status(), status.terminating_signal()) {
        (Some(code), _) => Event::Exited { number, code },
        (None, signal) => Event::Killed { number, signal: signal.unwrap_or(0) },
    }
}

/// Children of this process, those that it took over among them. None is reaped by anybody else, so none of the numbers is
/// another process's.
fn own_children() -> Vec<Pid> {
    let listed = std::fs::read_to_string("/proc/thread-self/children").unwrap_or_default();
    listed.split_ascii_whitespace().filter_map(|pid| Pid::from_raw(pid.parse().ok()?)).collect()
}
