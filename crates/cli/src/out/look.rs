use std::io::{IsTerminal as _, stdout};
use std::time::{SystemTime, UNIX_EPOCH};

use anstream::{AutoStream, ColorChoice};
use jobbers_core::model::Timestamp;
use terminal_size::{Height, Width, terminal_size_of};

/// How output looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    /// Characters a line on a terminal; none = as long as need be.
    pub(crate) width: Option<u16>,
    /// Lines on a terminal.
    pub(crate) height: Option<u16>,
    pub(crate) colour: bool,
    /// What ages are counted from; none = times are shown as they are.
    pub(crate) now: Option<Timestamp>,
}

impl Look {
    /// As standard output wants it: `NO_COLOR` and its like hold.
    pub(crate) fn of_stdout() -> Self {
        let terminal = stdout().is_terminal();
        let size = if terminal { terminal_size_of(stdout()) } else { None };
        let (width, height) = size.map_or((None, None), |(Width(width), Height(height))| (Some(width), Some(height)));
        let colour = AutoStream::choice(&stdout()) != ColorChoice::Never;
        Self { width, height, colour, now: terminal.then(now) }
    }

    pub(crate) const fn is_terminal(&self) -> bool {
        self.now.is_some()
    }
}

/// By the clock of this machine.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
