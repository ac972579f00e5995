use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::trouble::{Result, Trouble};
use crate::sql::BUSY_TIMEOUT;

/// Says that this process has the store open, for as long as it lives: a shared lock on a file beside it, which the
/// kernel takes back however the process ends. (A lock on the store's own file would interfere with SQLite's.)
pub(super) struct Presence {
    file: File,
    path: PathBuf,
    /// Nobody else had the store open when this process came.
    pub(super) alone: bool,
}

impl Presence {
    /// Enters. While `alone`, nobody else can enter until [`share`](Self::share).
    pub(super) async fn enter(store: &Path) -> Result<Self> {
        let mut name = store.as_os_str().to_owned();
        name.push("-open");
        let path = PathBuf::from(name);
        let trouble = |error: std::io::Error| Trouble::Broken(format!("lock file {}: {error}", path.display()));
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(trouble)?;
        match file.try_lock() {
            Ok(()) => return Ok(Self { file, path, alone: true }),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(trouble(error)),
        }
        let patience = Instant::now() + BUSY_TIMEOUT;
        loop {
            match file.try_lock_shared() {
                Ok(()) => return Ok(Self { file, path, alone: false }),
                Err(TryLockError::WouldBlock) if Instant::now() < patience => {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(Trouble::Unavailable(format!("another process holds {}", path.display())));
                }
                Err(TryLockError::Error(error)) => return Err(trouble(error)),
            }
        }
    }

    /// Lets others enter.
    pub(super) fn share(&self) -> Result<()> {
        self.file.lock_shared().map_err(|error| Trouble::Broken(format!("lock file {}: {error}", self.path.display())))
    }
}
