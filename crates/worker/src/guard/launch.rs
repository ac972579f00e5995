use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A process that is to be started, as the leader of a process group of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Launch {
    /// A path, or a name that is looked up in `PATH`.
    pub program: OsString,
    pub arguments: Vec<OsString>,
    /// Besides the environment of the worker; of two with the same name the last one counts.
    pub environment: Vec<(OsString, OsString)>,
    pub directory: Option<PathBuf>,
    pub limits: Limits,
}

/// What a process may use; none = as much as the worker may.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of address space, of each process.
    pub memory: Option<u64>,
    /// Seconds of processor time, of each process: SIGXCPU, and a second later SIGKILL.
    pub cpu_seconds: Option<u64>,
    /// Added to the niceness of the worker.
    pub nice: Option<i32>,
}

impl Limits {
    pub(super) fn are_none(&self) -> bool {
        *self == Self::default()
    }
}

/// What a process reads and writes. `third` is its file descriptor 3.
#[derive(Debug)]
pub struct Streams {
    pub stdin: OwnedFd,
    pub stdout: OwnedFd,
    pub stderr: OwnedFd,
    pub third: OwnedFd,
}

impl Streams {
    pub(super) const COUNT: usize = 4;

    pub(super) fn into_list(self) -> [OwnedFd; Self::COUNT] {
        [self.stdin, self.stdout, self.stderr, self.third]
    }

    pub(super) fn from_list([stdin, stdout, stderr, third]: [OwnedFd; Self::COUNT]) -> Self {
        Self { stdin, stdout, stderr, third }
    }
}
