//! What a command shows: to a person on a terminal, or to whatever reads its output.

mod bar;
mod look;
mod table;
mod tint;
mod when;

use std::io::{ErrorKind, Write};

use crate::failure::Failure;

pub(crate) use bar::Bar;
pub(crate) use look::{Look, now};
pub(crate) use table::{Cell, Column, Table, one_line, visible};
pub(crate) use tint::Tint;
pub(crate) use when::{age, moment, span};

/// Writes to standard output. A reader that has gone, such as `head`, is no failure, but there is no more to do then.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::Silent(0)),
        Err(error) => Err(Failure::Failed(format!("standard output cannot be written: {error}"))),
    }
}

/// One line.
pub(crate) fn print_line(line: impl std::fmt::Display) -> Result<(), Failure> {
    print(&format!("{line}\n"))
}

/// A remark that is no part of the output; nobody is left to tell if it cannot be written.
pub(crate) fn remark(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
