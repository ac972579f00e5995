use std::cell::Cell;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What is done sooner needs no bar.
const PATIENCE: Duration = Duration::from_millis(400);

/// A progress bar on standard error, once the work has taken a moment; nothing where that is no terminal.
#[derive(Debug)]
pub(crate) struct Bar {
    bar: ProgressBar,
    began: Instant,
    shown: Cell<bool>,
}

impl Bar {
    /// Of so many; none = nobody knows.
    pub(crate) fn new(doing: &'static str, of: Option<u64>) -> Self {
        match of {
            Some(_) => Self::with(doing, of, "{msg} [{bar:30}] {human_pos} of {human_len} ({eta} left)"),
            None => Self::with(doing, of, "{spinner} {msg}: {human_pos} ({elapsed})"),
        }
    }

    /// Of so many bytes.
    pub(crate) fn of_bytes(doing: &'static str, of: u64) -> Self {
        Self::with(doing, Some(of), "{msg} [{bar:30}] {decimal_bytes} of {decimal_total_bytes} ({eta} left)")
    }

    fn with(doing: &'static str, of: Option<u64>, template: &str) -> Self {
        let bar = ProgressBar::with_draw_target(of, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        Self { bar: bar.with_message(doing), began: Instant::now(), shown: Cell::new(false) }
    }

    pub(crate) fn advance(&self, by: usize) {
        if !self.shown.get() && self.began.elapsed() > PATIENCE {
            self.shown.set(true);
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(by as u64);
    }

    /// Shows something above the bar.
    pub(crate) fn remark(&self, line: &str) {
        self.hidden(|| super::remark(line));
    }

    /// Does something that writes to the terminal while the bar is not there.
    pub(crate) fn hidden<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
