use std::sync::Arc;

use super::capture::Take;
use super::log::Lines;
use crate::attempt::Attempt;
use crate::task::TaskContext;

/// Longest line of the protocol.
const LONGEST_LINE: usize = 2 * 1024;

/// What a command says on its file descriptor 3, a line each: `heartbeat`, and `progress PERCENT [MESSAGE]`.
#[derive(Debug)]
pub(super) struct Signs {
    context: TaskContext,
    lines: Lines,
    complained: bool,
}

#[derive(Debug, PartialEq)]
enum Sign<'a> {
    Heartbeat,
    Progress(f64, &'a str),
}

impl Signs {
    pub(super) fn new(attempt: &Arc<Attempt>) -> Self {
        Self { context: TaskContext(Arc::clone(attempt)), lines: Lines::new(LONGEST_LINE), complained: false }
    }
}

impl Take for Signs {
    fn take(&mut self, bytes: &[u8]) {
        let (context, complained) = (&self.context, &mut self.complained);
        self.lines.take(bytes, |line| match parse(line) {
            Some(Sign::Heartbeat) => context.heartbeat(),
            Some(Sign::Progress(percent, message)) => context.progress(percent, message),
            None if *complained => {}
            None => {
                *complained = true;
                tracing::warn!(
                    event = "unknown_sign", task_id = %context.id(), task = %context.task_type(), line,
                    "a command says `heartbeat` or `progress PERCENT [MESSAGE]` on its file descriptor 3; everything else is \
                     left out"
                );
            }
        });
    }
}

fn parse(line: &str) -> Option<Sign<'_>> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    match word {
        "heartbeat" if rest.trim().is_empty() => Some(Sign::Heartbeat),
        "progress" => {
            let (percent, message) = rest.trim_start().split_once(' ').unwrap_or((rest.trim(), ""));
            let percent: f64 = percent.trim_end_matches('%').parse().ok()?;
            percent.is_finite().then_some(Sign::Progress(percent, message.trim()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_protocol_is_understood_and_nothing_else() {
        assert_eq!(parse("heartbeat"), Some(Sign::Heartbeat));
        assert_eq!(parse("progress 40"), Some(Sign::Progress(40.0, "")));
        assert_eq!(parse("progress 12.5% copying 3 files"), Some(Sign::Progress(12.5, "copying 3 files")));
        for line in ["", "progress", "progress much", "progress nan", "heartbeats", "heartbeat 5"] {
            assert_eq!(parse(line), None, "{line}");
        }
    }
}
