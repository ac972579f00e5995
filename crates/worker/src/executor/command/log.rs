use super::capture::Take;
use crate::attempt::Attempt;

/// Bytes of its end that are kept for the history of a task that fails.
const TAIL: usize = 64 * 1024;
/// Longest line that is logged.
const LONGEST_LINE: usize = 8 * 1024;

/// What a command writes to its standard error: each line goes to the log at once, and the end of it all is kept.
#[derive(Debug)]
pub(super) struct Log<'a> {
    attempt: &'a Attempt,
    lines: Lines,
    tail: Vec<u8>,
    cut: bool,
}

impl<'a> Log<'a> {
    pub(super) fn new(attempt: &'a Attempt) -> Self {
        Self { attempt, lines: Lines::new(LONGEST_LINE), tail: Vec::new(), cut: false }
    }

    /// The end of what was written, beginning with a whole line if there is one. The last line need not have ended.
    pub(super) fn into_tail(mut self) -> String {
        let attempt = self.attempt;
        self.lines.finish(|line| tell(attempt, line));
        let mut tail = self.tail.as_slice();
        if self.cut
            && let Some(end) = tail.iter().position(|byte| *byte == b'\n')
        {
            tail = &tail[end + 1..];
        }
        String::from_utf8_lossy(tail).trim_end().to_owned()
    }
}

impl Take for Log<'_> {
    fn take(&mut self, bytes: &[u8]) {
        let attempt = self.attempt;
        self.lines.take(bytes, |line| tell(attempt, line));
        self.tail.extend_from_slice(bytes);
        let beyond = self.tail.len().saturating_sub(TAIL);
        if beyond > 0 {
            self.cut = true;
            self.tail.drain(..beyond);
        }
    }
}

fn tell(attempt: &Attempt, line: &str) {
    let task = attempt.task();
    tracing::info!(
        event = "task_log", task_id = %task.id, task = %task.task_type, queue = task.queue, attempt = task.attempt, "{line}"
    );
}

/// Puts bytes together to lines. What is longer than a line may be is left out.
#[derive(Debug)]
pub(super) struct Lines {
    longest: usize,
    begun: Vec<u8>,
    too_long: bool,
}

impl Lines {
    pub(super) fn new(longest: usize) -> Self {
        Self { longest, begun: Vec::new(), too_long: false }
    }

    pub(super) fn take(&mut self, bytes: &[u8], mut tell: impl FnMut(&str)) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (text, ends) = part.strip_suffix(b"\n").map_or((part, false), |text| (text, true));
            let room = self.longest - self.begun.len();
            self.too_long |= text.len() > room;
            self.begun.extend_from_slice(&text[..text.len().min(room)]);
            if ends {
                self.finish(&mut tell);
            }
        }
    }

    /// The last line need not have ended.
    pub(super) fn finish(&mut self, mut tell: impl FnMut(&str)) {
        let line = String::from_utf8_lossy(&self.begun);
        let line = line.trim_end();
        match (self.too_long, line.is_empty()) {
            (true, _) => tell(&format!("{line}…")),
            (false, false) => tell(line),
            (false, true) => {}
        }
        self.begun.clear();
        self.too_long = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_put_together_cut_and_told_in_order() {
        let mut lines = Lines::new(5);
        let mut told = Vec::new();
        for part in ["on", "e\ntwo\n\nabcdef", "ghi\n", "end"] {
            lines.take(part.as_bytes(), |line| told.push(line.to_owned()));
        }
        lines.finish(|line| told.push(line.to_owned()));
        lines.finish(|line| told.push(line.to_owned()));
        assert_eq!(told, ["one", "two", "abcde…", "end"]);
    }
}
