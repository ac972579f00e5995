use std::path::PathBuf;
use std::time::Duration;

use jobbers_worker::manifest::Manifest;
use tempfile::TempDir;
use tokio::time::sleep;

use crate::place::{PATIENCE, within};

/// A folder with a manifest, in which commands leave their traces.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Writes a manifest of tasks, each a name, a script of the shell, and further options.
    pub fn write(&self, tasks: &[(&str, &str, &str)]) -> PathBuf {
        let table = |(name, script, options): &(&str, &str, &str)| {
            format!("[[task]]\nname = '{name}'\nversion = 1\ncommand = ['sh', '-c', '''{script}''']\n{options}\n")
        };
        let file = self.0.path().join("tasks.toml");
        std::fs::write(&file, tasks.iter().map(table).collect::<String>()).unwrap();
        file
    }

    /// The same, for a worker in this process, which is no guard itself.
    pub fn manifest(&self, tasks: &[(&str, &str, &str)]) -> Manifest {
        let mut manifest = Manifest::read(&self.write(tasks)).unwrap();
        manifest.guard = Some(env!("CARGO_BIN_EXE_jobbers_worker").into());
        manifest
    }

    /// The process id that a command wrote into this file, once it is there.
    pub async fn pid(&self, file: &str) -> u32 {
        let file = self.0.path().join(file);
        within(PATIENCE, async {
            loop {
                let text = std::fs::read_to_string(&file).unwrap_or_default();
                if let Some(pid) = text.strip_suffix('\n') {
                    return pid.parse().unwrap();
                }
                sleep(Duration::from_millis(5)).await;
            }
        })
        .await
    }

    pub fn exists(&self, file: &str) -> bool {
        self.0.path().join(file).exists()
    }

    pub fn touch(&self, file: &str) {
        std::fs::write(self.0.path().join(file), "").unwrap();
    }
}

pub fn runs(pid: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // Behind the name, which may have any character, comes the state. A zombie has ended.
    status.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
}

/// Waits until none of these processes runs.
pub async fn all_end(pids: &[u32]) {
    within(PATIENCE, async {
        while pids.iter().any(|pid| runs(*pid)) {
            sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

/// The parent of a process.
pub fn parent(pid: u32) -> u32 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    status.rsplit_once(')').unwrap().1.split_ascii_whitespace().nth(1).unwrap().parse().unwrap()
}
