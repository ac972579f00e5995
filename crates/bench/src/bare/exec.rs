use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Result, ensure};

/// Processes per second of a loop that starts a program which does nothing, and waits for its end.
pub fn exec(program: &str, processes: usize) -> Result<f64> {
    let begin = Instant::now();
    for _ in 0..processes {
        let status = Command::new(program).stdin(Stdio::null()).stdout(Stdio::null()).status()?;
        ensure!(status.success(), "{program} ended with {status}");
    }
    Ok(processes as f64 / begin.elapsed().as_secs_f64())
}
