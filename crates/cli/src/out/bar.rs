use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A progress bar on standard error; nothing where that is no terminal.
#[derive(Debug)]
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// Of so many; none = nobody knows.
    pub(crate) fn new(doing: &'static str, of: Option<u64>) -> Self {
        let target = ProgressDrawTarget::stderr();
        let (bar, template) = match of {
            Some(length) => (
                ProgressBar::with_draw_target(Some(length), target),
                "{msg} [{bar:30}] {human_pos} of {human_len} ({per_sec}, {eta} left)",
            ),
            None => (ProgressBar::with_draw_target(None, target), "{spinner} {msg} {human_pos} ({per_sec})"),
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        Self(bar.with_message(doing))
    }

    pub(crate) fn advance(&self, by: usize) {
        self.0.inc(by as u64);
    }

    /// Shows something above the bar.
    pub(crate) fn remark(&self, line: &str) {
        self.0.suspend(|| super::remark(line));
    }

    /// Does something that writes to the terminal while the bar is not there.
    pub(crate) fn hidden<T>(&self, write: impl FnOnce() -> T) -> T {
        self.0.suspend(write)
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
